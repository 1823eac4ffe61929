//! How news agencies and papers begin and sign a text: datelines, 本报讯, 新华社记者, a closing bracket.
//!
//! In: the lines of a text. Out: the outlets whose text it is, or that it is some paper's own. An outlet inside a
//! report, thanked or recommended, is none of this.

use super::actor::is_han;
use super::credit::Credit;
use super::own::Unit;
use super::page::{Line, Use};
use super::sign::Sign;
use super::{name, organ};
use regex::Regex;
use std::sync::LazyLock;

/// What may stand before a dateline.
const OPEN: &str = r"^(?:【[^】\n]{0,80}】|#[^#\n]{0,40}#|\[[^\]\n]{0,20}\]|[\s(【\[▲▼■●—*“])*";

/// 新华社北京11月18日电; the place and the month may be missing.
static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"{OPEN}(?P<who>[\p{{Han}}A-Za-z·]{{2,22}}?)\s*(?:\d{{4}}年)?(?:\d{{1,2}}月)?\d{{1,2}}日\s*(?:电|讯|消息|专电)[\s(:,，】)\]。]"
    ))
    .expect("a constant pattern")
});
/// 光明网讯, 央视网消息: an outlet and the word for news.
static NEWS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"{OPEN}(?P<who>[\p{{Han}}A-Za-z·]{{2,14}}?)(?:快)?(?:讯|消息|电)(?:[\s(:,】)\]]|$)"))
        .expect("a constant pattern")
});
/// 本报讯, 本报通讯员, 本台记者 where a text or a bracket begins.
static OURS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(\[【】。])(?P<who>本报|本台|本刊)(?:全媒体|特约|见习|首席|融媒体?)*(?:讯|记者|通讯员|综合|消息|电|评论员)")
        .expect("a constant pattern")
});
/// 新华社记者 张三 at the beginning of a line or in a bracket.
static REPORTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[(\[【—●■▲]|^【[^】\n]{0,80}】)\s*(?:文/|文[:|]|作者[:|]?)?(?P<who>[\p{Han}A-Za-z·]{2,16}?)(?:全媒体|首席|特约|见习|融媒体?|驻[\p{Han}]{2,4}|实习)*记者[\s:|/]*(?P<names>(?:\p{Han}{2,4}[\s、,]*){1,6})(?P<end>$|[)\]】。:(]|\s|(?:通讯员|报道|文))")
        .expect("a constant pattern")
});
/// A bracket that closes a text.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"[(【\[](?P<who>[^()【】\[\]\n]{2,60})[)】\]]\s*(?:#[^#\n]{1,30}#\s*|https?://\S+\s*|[。!~]\s*)*$",
    )
    .expect("a constant pattern")
});
/// A line of its own that signs: ——新华社.
static SIGNED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:—+|-{2,})\s*(?P<who>[^\n]{2,24})$").expect("a constant pattern"));

/// What the beginning and the end of a text credit.
pub(super) fn credits(
    lines: &[Line<'_>],
    weibo: bool,
    unit: &Unit,
    known: &dyn Fn(&str) -> bool,
) -> Vec<Credit> {
    let body: Vec<&Line<'_>> = lines.iter().filter(|line| line.used == Use::Body).collect();
    let mut found = Vec::new();
    for line in body.iter().take(3) {
        if line.signs.has(Sign::News)
            && let Some(credit) = opening(&line.text, unit, known)
        {
            found.push(credit);
            break;
        }
    }
    for (at, line) in body.iter().enumerate() {
        if at >= 3 && at + 4 <= body.len() {
            continue;
        }
        // The name before 记者 begins the line or stands after a bracket.
        let named =
            |c: char| is_han(c) || c.is_ascii_alphabetic() || matches!(c, '·' | ' ' | ':' | '|' | '/');
        let begins = || line.text.find("记者").is_some_and(|at| line.text[..at].chars().all(named));
        if line.signs.has(Sign::Reporter) && (line.signs.has(Sign::Opening) || begins()) {
            found.extend(reporters(&line.text, unit, known));
        }
        if line.signs.has(Sign::Ours) {
            let ours = OURS.captures(&line.text).and_then(|said| said.name("who"));
            found.extend(ours.map(|who| press(who.as_str(), unit)).filter(|credit| !found.contains(credit)));
        }
    }
    if let Some(last) = body.last() {
        found.extend(closing(last, weibo, unit, known));
    }
    found
}

/// A dateline or 某某讯 at the beginning of a line.
fn opening(line: &str, unit: &Unit, known: &dyn Fn(&str) -> bool) -> Option<Credit> {
    if let Some(said) = DATELINE.captures(line) {
        let who = outlet_before_place(said.name("who")?.as_str(), known)?;
        return Some(press(who, unit));
    }
    let said = NEWS.captures(line)?;
    let who = said.name("who")?.as_str();
    let certain = known(who) || organ::is_outlet(who) || is_ours(who).is_some();
    certain.then(|| press(outlet_before_place(who, known).unwrap_or(who), unit))
}

/// The outlet at the beginning of 新华社北京: the longest that leaves a place or nothing.
fn outlet_before_place<'a>(who: &'a str, known: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    let ends: Vec<usize> =
        who.char_indices().map(|(at, c)| at + c.len_utf8()).filter(|end| *end >= "社社".len()).collect();
    let fits = |end: &&usize| {
        let rest = who[**end..].chars().count();
        rest != 1 && rest <= 8
    };
    let is_known = |end: &&usize| known(&who[..**end]) || is_ours(&who[..**end]).is_some();
    let by_list = ends.iter().filter(fits).rfind(is_known);
    let by_form = || ends.iter().filter(fits).rfind(|end| organ::is_outlet(&who[..**end]));
    by_list.or_else(by_form).map(|end| &who[..*end])
}

/// Whether a name is 本报 (`true`) or 本台 (`false`).
fn is_ours(who: &str) -> Option<bool> {
    match who {
        "本报" | "我报" | "本社" | "本刊" | "本报综合" => Some(true),
        "本台" | "我台" | "本台综合" => Some(false),
        _ => None,
    }
}

/// The credit for an outlet; 本报 is its own only where the unit publishes one.
fn press(who: &str, unit: &Unit) -> Credit {
    match is_ours(who) {
        Some(paper) if unit.is_press(paper) => Credit::Names(vec![who.to_owned()]),
        Some(true) => Credit::Unnamed("“本报”不是本单位的报纸"),
        Some(false) => Credit::Unnamed("“本台”不是本单位的台"),
        None => Credit::Names(vec![name::bare(who).to_owned()]),
    }
}

/// 新华社记者 and the like; a credit for a photograph is none.
fn reporters(line: &str, unit: &Unit, known: &dyn Fn(&str) -> bool) -> Option<Credit> {
    let said = REPORTER.captures(line)?;
    let who = said.name("who")?.as_str();
    let photo = said.name("names").is_some_and(|names| names.as_str().trim_end().ends_with(['摄', '图']));
    let certain = known(who) || organ::is_outlet(who) || is_ours(who).is_some();
    (certain && !photo).then(|| press(who, unit))
}

/// The outlet named in the bracket or the line that closes a text.
fn closing(line: &Line<'_>, weibo: bool, unit: &Unit, known: &dyn Fn(&str) -> bool) -> Option<Credit> {
    let (signs, line) = (line.signs, line.text.as_ref());
    if line.starts_with(['—', '-'])
        && let Some(said) = SIGNED.captures(line)
    {
        let who = name::bare(said.name("who")?.as_str());
        let labelled = ["自", "来源", "选自"].iter().any(|label| said[0].contains(label));
        if !labelled && (known(who) && !unit.is_own(who) || organ::is_outlet(who)) {
            return Some(Credit::Names(vec![who.to_owned()]));
        }
    }
    if !signs.has(Sign::Bracket) {
        return None;
    }
    let said = CLOSING.captures(line)?;
    let who = said.name("who")?.as_str().trim();
    if who.contains([':', '|', '/', '。', '?']) || who.ends_with('摄') {
        return None;
    }
    let by_mention = who.starts_with('@');
    let (names, _) = name::names_in(who, |name| known(name));
    let first = names.first()?;
    let counts = |name: &String| {
        let listed = known(name);
        let reads = (weibo && organ::is_publisher(name)) || unit.is_own(name);
        listed || reads || (weibo && by_mention)
    };
    // （央视新闻 记者张三）: the outlet is the first; everything after it that is no publisher is staff.
    counts(first).then(|| Credit::Names(names.iter().filter(|name| counts(name)).cloned().collect()))
}

#[cfg(test)]
mod tests {
    use super::super::{fold, page};
    use super::*;

    fn read(text: &str, weibo: bool) -> Vec<Credit> {
        let unit = Unit::new("沙河水利", "沙河县水利局", &["县水利局"]);
        let text = fold::fold(text);
        credits(&page::read(&text).lines, weibo, &unit, &|name| ["新华社", "人民日报"].contains(&name))
    }

    fn from(name: &str) -> Vec<Credit> {
        vec![Credit::Names(vec![name.to_owned()])]
    }

    #[test]
    fn a_dateline_names_its_outlet_without_the_place() {
        for (text, outlet) in [
            ("新华社北京11月18日电（记者张三、李四）正文", "新华社"),
            ("新华社台北3月2日电 正文", "新华社"),
            ("中新网南京11月18日电 (记者 张三)正文", "中新网"),
            ("【标题】新华社合肥8日电 正文", "新华社"),
            ("央视网消息：正文", "央视网"),
            ("光明网讯 正文", "光明网"),
            ("江北晚报讯（记者张三）正文", "江北晚报"),
            ("新华社记者 张三 李四\n正文", "新华社"),
            ("正文。\n（人民日报记者 王五）", "人民日报"),
        ] {
            assert_eq!(read(text, false), from(outlet), "{text}");
        }
    }

    #[test]
    fn a_paper_that_is_not_the_units_own_is_somebody_unnamed() {
        assert!(matches!(read("本报讯（记者 张三）正文", false)[..], [Credit::Unnamed(_)]));
        assert!(matches!(read("本台消息：正文", false)[..], [Credit::Unnamed(_)]));
        assert_eq!(read("本网讯 正文", false), from("本网"));
    }

    #[test]
    fn words_that_end_like_news_are_no_dateline() {
        for text in [
            "喜讯：正文",
            "近日天气转冷，11月18日电力检修",
            "快讯 正文",
            "据本地消息灵通人士",
            "市民来电 正文",
        ] {
            assert_eq!(read(text, false), [], "{text}");
        }
    }

    #[test]
    fn a_bracket_closes_a_post_on_weibo() {
        assert_eq!(read("正文。（江北交警）", true), from("江北交警"));
        assert_eq!(read("正文（@某某频道）", true), from("某某频道"));
        assert_eq!(read("正文（人民日报）", false), from("人民日报"));
        for text in
            ["正文（完）", "正文（具体以通知为准）", "正文（图片：新华社）", "正文（新华社记者 张三摄）"]
        {
            assert_eq!(read(text, true), [], "{text}");
        }
    }
}
