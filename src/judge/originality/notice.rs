//! Documents, notices and warnings: whose text a published document is.
//!
//! In: title and lines of a post. Out: the authority that issued the document a post republishes or passes on, and
//! who signed it. A report about a document is not the document.

use super::own::Unit;
use super::page::{Line, Use};
use super::sign::Sign;
use super::{name, organ};
use regex::Regex;
use std::sync::LazyLock;

/// A body's name as far as it can be told: ending where the name of a body ends.
const BODY: &str = r"(?:中共中央(?:办公厅|\p{Han}{2,6}部)?|中共\p{Han}{1,8}委(?:员会)?(?:办公[厅室]|\p{Han}{2,4}部)?|国务院(?:办公厅|\p{Han}{2,10}(?:办公室|委员会|局))?|全国人大常委会|全国政协|[\p{Han}、]{1,24}?(?:办公厅|办公室|政府办|政府|委员会|管委会|人大常委会|[总分]局|局|总署|署|厅|[卫健发改科教民宗农网住]委|省委|市委|县委|区委|部|银保监会|证监会|总工会|消保委|妇联|团委|支队|总队|大队|法院|检察院|气象台|气象局|水文局|中心|指挥部|领导小组|街道办事处|街道|协会|管理所|总站))";
/// The kinds of documents.
const KIND: &str = r"(?:通知|公告|通告|通报|意见|决定|办法|规定|方案|批复|函|规划|条例|细则|倡议书|公开信|提示函|指引|纲要|要点|清单|措施|公报|目录|标准|预案)";

/// 转发《国务院办公厅关于…的意见》, 关于转发市政府…的通知.
static PASSED_ON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?:转发|全文转发|现转发|印发转发|批转|现?将)(?:了)?[《“〈]*(?P<who>{BODY})(?P<more>(?:[、\s]{BODY})*)(?:关于|《|印发|办公室关于|等|联合)?"
    ))
    .expect("a constant pattern")
});
/// 现将《…》转发给你们, 全文转发如下.
static PASSES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"转发(?:给|如下|于后|至|你|各)|予以转发|全文(?:转发|转载|刊登|刊发|如下|发布|公布)|原文(?:转发|转载|刊登|如下)|转发[《“]|关于转发|^转发|(?:办公厅|办公室|局|委|厅)转发|[。,:]\s*(?:现)?转发|批转").expect("a constant pattern")
});
/// 某某印发《…》, 发布通告如下: what follows is that body's text.
static ISSUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"^(?:【[^】\n]{{0,60}}】|\s)*(?:近日|日前|今天|今日|昨日|昨天|刚刚)?,?(?:\d{{4}}年)?(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?,?(?P<who>{BODY})(?:近日|日前|今天|今日|昨日|昨天|于?\d{{1,2}}月\d{{1,2}}日)?(?:联合)?(?:印发|发布|公布|下发|出台|发出|提醒|提示)(?P<what>[^。\n]{{0,60}}?)(?:(?:全文|原文|内容|公告|通告|通知|提示)?(?:转发|刊登|转载|公布)?如下|全文转发|全文如下|全文:|原文:|:)"
    ))
    .expect("a constant pattern")
});
/// A warning signal: 临江市气象台11月20日18时发布寒潮黄色预警.
static WARNING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"^(?:【[^】\n]{{0,60}}】|#[^#\n]{{0,40}}#|\s)*(?P<who>{BODY}|[\p{{Han}}]{{0,10}}气象)[\d年月日时分:\s]{{0,24}}(?:联合\p{{Han}}{{2,20}})?(?:继续|升级|变更|更新|解除|再次|最新)?(?:发布|解除|升级)[^。\n]{{0,30}}?(?:预警|警报|警示|应急响应)"
    ))
    .expect("a constant pattern")
});
/// A document's title: 教育部关于…的通知.
static TITLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"^[《“\s]*(?P<who>{BODY})(?:[、\s]+{BODY})*\s*关于[^。\n]{{2,80}}{KIND}[》”]?(?:\([^)]*\))?$"
    ))
    .expect("a constant pattern")
});
/// 某某致家长的一封信.
static LETTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"^[《“\s]*(?P<who>{BODY})致[^。\n]{{2,40}}(?:一封信|公开信|倡议书|慰问信)"))
        .expect("a constant pattern")
});
/// A document number: 国办发〔2026〕19号.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\p{Han}{1,10}[\[(【]\d{4}[\])】]\s*(?:第)?\d{1,5}号").expect("a constant pattern")
});
/// What only a document says.
static FORMAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"现(?:将|就|予|印发|公告|通告|通知|通报)[^。\n]{0,60}(?:如下|公布|公告|印发|通知)|特此(?:通知|公告|通告|通报|函告|说明)|(?:通知|公告|通告|通报)如下|^各(?:省|市|县|区|镇|乡|街道|部门|单位|有关|地|级|学校|企业)[^。\n]{0,60}:|请(?:认真)?(?:遵照|贯彻|抓好)[^。\n]{0,20}(?:执行|落实)")
        .expect("a constant pattern")
});
/// A date alone in its line, as it stands under a signature.
static DATE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}[-./]\d{1,2}[-./]\d{1,2}|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)$")
        .expect("a constant pattern")
});
/// A signature and its date in one line.
static SIGNED_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\s|。)(?P<who>[\p{Han}、 ]{4,40}?)\s*\(?\s*\d{4}年\d{1,2}月\d{1,2}日\s*\)?$")
        .expect("a constant pattern")
});

/// Whose text a post is, if it is a document, a notice or a warning of another authority.
pub(super) fn issuer(
    title: &Line<'_>,
    lines: &[Line<'_>],
    unit: &Unit,
    known: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let lines: Vec<&Line<'_>> = lines.iter().filter(|line| line.used == Use::Body).collect();
    let body: Vec<&str> = lines.iter().map(|line| line.text.as_ref()).collect();
    let other = |who: &str| {
        let who = authority(who);
        let real = known(who)
            || organ::is_body(who)
            || who.ends_with("气象")
            || who.ends_with("国务院")
            || who.ends_with("部");
        (real && !unit.is_own(who) && !vague(who)).then(|| who.to_owned())
    };
    for line in std::iter::once(title).chain(lines.iter().copied().take(4)) {
        if line.signs.has(Sign::Passing) && PASSES.is_match(&line.text) {
            let said = PASSED_ON.captures_iter(&line.text).find_map(|said| other(said.name("who")?.as_str()));
            if said.is_some() {
                return said;
            }
        }
    }
    for line in lines.iter().take(2) {
        let warning = line.signs.has(Sign::Warning).then_some(&WARNING);
        let issued = line.signs.has_all(&[Sign::Issuing, Sign::Begins]).then_some(&ISSUED);
        for pattern in [warning, issued].into_iter().flatten() {
            let said = pattern.captures(&line.text);
            if let Some(said) = said.and_then(|said| other(said.name("who")?.as_str())) {
                return Some(said);
            }
        }
    }
    let formal = lines.iter().any(|line| {
        line.signs.has(Sign::Formal) && FORMAL.is_match(&line.text)
            || line.signs.has_all(&[Sign::Number, Sign::Bracket]) && NUMBER.is_match(&line.text)
    });
    if let Some(who) = signer(&body) {
        if unit.is_own(&who) {
            return None;
        }
        if formal || organ::is_body(&who) {
            return other(&who);
        }
    }
    let letter = std::iter::once(title).chain(lines.iter().copied().take(1));
    let letter = letter.filter(|line| line.signs.has(Sign::Letter));
    let mut letter = letter.filter_map(|line| LETTER.captures(line.text.trim()));
    if let Some(who) = letter.find_map(|said| other(said.name("who")?.as_str())) {
        return Some(who);
    }
    if formal && body.len() > 1 {
        let last = body.last().map(|line| name::bare(line)).filter(|last| last.chars().count() <= 24);
        if let Some(who) = last.filter(|last| organ::is_body(last)).and_then(other) {
            return Some(who);
        }
    }
    let heading = std::iter::once(title.text.as_ref()).chain(body.iter().copied().take(2));
    heading
        .filter(|_| formal)
        .find_map(|line| TITLED.captures(line.trim()).and_then(|said| other(said.name("who")?.as_str())))
}

/// Whether an own name signs the text as a notice.
pub(super) fn is_signed_by(lines: &[Line<'_>], unit: &Unit) -> bool {
    let body: Vec<&str> =
        lines.iter().filter(|line| line.used == Use::Body).map(|line| line.text.as_ref()).collect();
    if signer(&body).is_some_and(|who| unit.is_own(&who)) {
        return true;
    }
    // A notice may end with the name alone.
    body.len() > 1 && body.last().is_some_and(|last| last.chars().count() <= 30 && unit.is_own(last))
}

/// Who signs at the end, above a date or together with it.
fn signer(body: &[&str]) -> Option<String> {
    let end = body.len().saturating_sub(4);
    let last = &body[end..];
    for (at, line) in last.iter().enumerate().rev() {
        if DATE_LINE.is_match(line.trim()) && at > 0 {
            let who = name::bare(last[at - 1]);
            if organ::is_body(who) {
                return Some(who.to_owned());
            }
        }
        // The pattern would begin anew at every character of a long line.
        let dated = line.trim_end_matches([' ', ')']).ends_with('日');
        if dated && let Some(said) = SIGNED_LINE.captures(line) {
            let who = name::bare(said.name("who")?.as_str());
            if organ::is_body(who) && body.len() + line.len() > who.len() {
                return Some(who.to_owned());
            }
        }
    }
    None
}

/// A body's name without what a sentence puts before it.
fn authority(who: &str) -> &str {
    let who = name::bare(who);
    let mut who = who;
    for before in
        ["近日", "日前", "今天", "昨天", "今日", "由", "据", "经", "转发", "印发", "现将", "将", "关于"]
    {
        who = who.strip_prefix(before).unwrap_or(who);
    }
    who
}

/// Words that read like a body and are none.
fn vague(who: &str) -> bool {
    const VAGUE: [&str; 14] = [
        "有关部门",
        "相关部门",
        "各部门",
        "全部",
        "内部",
        "外部",
        "上级部门",
        "主管部门",
        "部分",
        "局部",
        "干部",
        "中部",
        "东部",
        "西部",
    ];
    VAGUE.iter().any(|word| who.ends_with(word))
        || who.starts_with("我")
        || who.starts_with("本")
        || who.starts_with("各")
}

#[cfg(test)]
mod tests {
    use super::super::sign::Signs;
    use super::super::{fold, page};
    use super::*;

    fn of(title: &str, text: &str) -> Option<String> {
        let unit = Unit::new("沙河水利", "沙河县水利局", &["县水利局"]);
        let text = fold::fold(text);
        issuer(&page::line(title, Signs::of), &page::read(&text).lines, &unit, &|name| {
            name == "国务院办公厅" || name == "国务院"
        })
    }

    #[test]
    fn what_is_passed_on_is_its_issuers() {
        for (title, text, who) in [
            ("转发《国务院办公厅关于某事的意见》", "全文如下", "国务院办公厅"),
            (
                "关于转发市水利局某某方案的通知",
                "各单位:现转发给你们。\n沙河县水利局\n2026年3月1日",
                "市水利局",
            ),
            ("某某任务", "省政府办公厅近日印发《某某清单》，全文转发如下。", "省政府办公厅"),
            ("", "临江市气象台2026年3月1日8时发布大风蓝色预警信号。", "临江市气象台"),
            ("", "【预警】省气象台继续发布暴雨橙色预警", "省气象台"),
            (
                "水利部关于做好某某工作的通知",
                "各省、自治区水利厅：\n为做好工作，现就有关事项通知如下",
                "水利部",
            ),
            ("通告", "为保障安全，现通告如下。\n临江市公安局\n2026年3月1日", "临江市公安局"),
            ("", "市公安局发布通告如下：即日起禁止燃放烟花爆竹。", "市公安局"),
        ] {
            assert_eq!(of(title, text).as_deref(), Some(who), "{title} {text}");
        }
    }

    #[test]
    fn own_documents_and_reports_about_documents_are_not_republished() {
        for (title, text) in [
            ("关于冬修的通知", "各镇：现将有关事项通知如下。\n沙河县水利局\n2026年3月1日"),
            ("", "县水利局发布通告：即日起封闭河道。"),
            ("国务院办公厅印发意见", "意见提出，要加快建设。"),
            ("", "根据水利部要求，我局开展检查。"),
            ("节水小知识", "有关部门提醒：节约用水。"),
        ] {
            assert_eq!(of(title, text), None, "{title} {text}");
        }
    }
}
