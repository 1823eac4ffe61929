//! Notes on documents that forbid passing them on: 内部资料 注意保存, 仅供内部传阅, (此件不公开).
//!
//! In: a folded line and where it stands. Out: the note, if the line, a bracket of it or the end of a name or title is
//! made of nothing but what such notes are made of. A sentence about internal papers holds other words and is none;
//! a copyright notice (不得转载) names neither an internal paper nor its readers and is none.

use super::paper::{KINDS, Place, pattern, stem};
use super::{Level, Mark};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The longest note, in characters without signs.
const LONGEST: usize = 48;

/// What notes are made of. Each family is a group; the first that fits at a place is taken, so longer words come
/// before their beginnings.
const FAMILIES: [(&str, &str); 9] = [
    // Not to leave the circle of its readers.
    (
        "closed",
        "(?:FORBID)(?:HOW)*(?:外传|外泄|泄露|泄漏|泄密|扩散|外流|外露|外发|外送|传出|对外提供|见报|登报|散发|流出|带出)(?:或|和|及|ACT)*|(?:请|严格)?注意保密|严格保密|(?:阅|会|用|看|传达|使用|学习)[后毕完]?(?:后|请|立即|统一|即)*(?:收回|退回|清退|销毁|交回|缴回|归还)|不登报",
    ),
    // Not to be published.
    ("hidden", "不予?(?:对外|向社会)?公开(?:发布)?|不对外|不上网|不宜公开"),
    // Not to be copied: said of open works as well.
    ("copied", "(?:FORBID)(?:HOW)*(?:ACT)(?:或|和|及|ACT)*"),
    ("kept", "(?:请|务必|须)?(?:注意|妥善)(?:保存|保管)"),
    ("inner", "内部|工作秘密|涉密|保密"),
    ("limit", "仅供|仅限|只供|只限|限于|限"),
    (
        "thing",
        "此件|本件|该件|资料|文件|材料|讨论稿|征求意见稿|送审稿|汇编|文稿|通讯|刊物|简报|情况|信息|数据|公开(?:属性|方式|类别|形式|选项)|事项",
    ),
    (
        "reader",
        "领导(?:同志|干部)?|本(?:单位|机关|系统|部门|局|委|院|校|级)|机关|系统|单位|部门|党内|(?:参|与)会(?:人员|同志|代表|领导)?|工作人员|干部|同志|人员|有关|相关|成员",
    ),
    ("used", "使用|参考|参阅|传阅|掌握|阅读|阅览|阅知|阅办|交流|讨论|发行|学习|查阅|工作|参用"),
];
/// Words that forbid.
const FORBID: &str = "不得|严禁|请勿|禁止|切勿|勿|不准|不要|不可|不许|不宜|不能|严防";
/// How something is forbidden.
const HOW: &str = "随意|擅自|自行|私自|任意|以任何(?:方式|形式)|向(?:外|社会|外界)|对外|在?互?联?网上";
/// What is forbidden with every work.
const ACT: &str = "翻印|复制|复印|转发|转载|传播|拍照|拍摄|摘抄|摘录|引用|抄录|录音|录像|截图|截屏|张贴|发布|遗失|丢失|转借|外借|转送|上网|公开|外传|扩散|泄露";
/// What binds them.
const BINDING: &str = r"编号|份号|会议|本|此|该|请|并|和|与|及|或|的|为|属于|属|系|均|一律|未经|批准|许可|允许|同意|授权|严格|限定|范围|内|供|用|阅|仅|严|\d+";

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let families = FAMILIES.map(|(name, words)| format!("(?P<{name}>{words})")).join("|");
    let families = families.replace("FORBID", FORBID).replace("HOW", HOW).replace("ACT", ACT);
    pattern(&format!("^(?:{families}|(?P<binding>{BINDING}))"))
});
/// Where a note may begin after something else.
static START: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("内 *部|仅 *[供限]|(?:{FORBID})|此 *件|本 *件|工作秘密|阅后|会后")));
static KIND_ENDS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?:{KINDS})$")));

/// The note that stands in a line.
pub(super) fn find(line: &str, place: Place) -> Option<Mark> {
    let line = if place == Place::Name { stem(line) } else { line };
    let bracketed = brackets(line, place);
    let whole = std::iter::once(0..line.len());
    let found = whole.chain(bracketed).find_map(|part| note(line, part)).or_else(|| last(line, place));
    found.map(|range| Mark { level: Level::Internal, range, bare: false, until: false })
}

/// Bracketed parts: all of a title or name, those at either end of another line.
fn brackets(line: &str, place: Place) -> impl Iterator<Item = Range<usize>> {
    let opens = line.match_indices(['(', '[', '【']);
    opens.filter_map(move |(open, sign)| {
        let rest = &line[open + sign.len()..];
        let length = rest.char_indices().take(2 * LONGEST).find(|(_, c)| matches!(c, ')' | ']' | '】'))?.0;
        let at_an_end = open == 0 || rest[length..].chars().nth(1).is_none();
        (place != Place::Line || at_an_end).then(|| open + sign.len()..open + sign.len() + length)
    })
}

/// A note at the end of a title or name, set off by a sign or right after a kind of document; or between the signs of
/// a name.
fn last(line: &str, place: Place) -> Option<Range<usize>> {
    if place == Place::Line || line.chars().nth(4 * LONGEST).is_some() {
        return None;
    }
    let starts = START.find_iter(line).map(|found| found.start()).filter(|start| *start > 0);
    let ends = starts.filter_map(|start| {
        let before = &line[..start];
        let set_off = before.ends_with(|c: char| !c.is_alphanumeric());
        if place == Place::Title && before.contains(['?', '!', '。']) {
            return None;
        }
        (set_off || KIND_ENDS.is_match(before)).then(|| note(line, start..line.len())).flatten()
    });
    let lead = (place == Place::Name)
        .then(|| line.find(['-', '_', '+', '—', ' ']))
        .flatten()
        .and_then(|end| note(line, 0..end));
    ends.into_iter().next().or(lead)
}

/// The note that a part of a line is, without signs and numbers around it.
fn note(line: &str, part: Range<usize>) -> Option<Range<usize>> {
    let mut bare = String::new();
    let mut places = Vec::new();
    for (at, c) in line[part.clone()].char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        if places.len() == LONGEST {
            return None;
        }
        places.push((bare.len(), part.start + at, part.start + at + c.len_utf8()));
        bare.push(c);
    }
    let (mut seen, mut at) = (Seen::default(), 0);
    let mut core: Option<Range<usize>> = None;
    while at < bare.len() {
        let token = TOKEN.captures(&bare[at..])?;
        let end = at + token.get(0)?.end();
        seen.take(&token);
        let is_number = bare[at..end].bytes().all(|byte| byte.is_ascii_digit());
        if !is_number && !bare[at..].starts_with("编号") && !bare[at..].starts_with("份号") {
            core = Some(core.map_or(at, |core| core.start)..end);
        }
        at = end;
    }
    let core = core.filter(|_| seen.is_note())?;
    let start = places.iter().find(|(at, ..)| *at == core.start)?.1;
    let end = places.iter().rev().find(|(at, ..)| *at < core.end)?.2;
    Some(start..end)
}

/// Which families a part holds.
#[derive(Debug, Default)]
struct Seen(Vec<&'static str>);

impl Seen {
    fn take(&mut self, token: &regex::Captures) {
        self.0.extend(FAMILIES.iter().map(|(name, _)| *name).filter(|name| token.name(name).is_some()));
    }

    fn has(&self, family: &str) -> bool {
        self.0.contains(&family)
    }

    fn is_note(&self) -> bool {
        let inner = self.has("inner")
            && ["thing", "used", "kept", "copied", "hidden", "limit"].iter().any(|family| self.has(family));
        let readers = self.has("limit") && self.has("reader") && self.has("used");
        self.has("closed") || (self.has("hidden") && self.has("thing")) || inner || readers
    }
}
