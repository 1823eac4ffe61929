//! The words around a date: what kind of date it is, or that it is none.
//!
//! In: the text before or after a candidate. Out: whether it is a publication date, a number of another kind,
//! a day of another calendar. Words are looked for directly beside the candidate, never anywhere in the text.

use super::fold::WEEKDAY;

/// What publishing is called; stands alone or before 时间, 日期, 于.
const PUBLISHING: [&str; 6] = ["发布", "发表", "首发", "刊发", "刊登", "登载"];
/// Also publishing, but only before 时间, 日期, 于: by themselves they are parts of other words.
const PUBLISHING_AT: [&str; 12] =
    ["公开", "公布", "刊载", "发稿", "推送", "上传", "上网", "上线", "投稿", "发送", "信息", "稿件"];
const TIMES: [&str; 8] = ["时间", "日期", "时刻", "于", "在", "日", "time", "date"];
const PUBLISHING_ENGLISH: [&str; 8] =
    ["publish", "published", "publication", "pub", "posted", "posted on", "published on", "published at"];
/// What a date of another kind is called before 时间 or 日期.
const OTHER: [&str; 20] = [
    "更新", "修改", "编辑", "修订", "成文", "发文", "印发", "签发", "制发", "公示", "有效", "生效", "施行",
    "实施", "失效", "废止", "截止", "活动", "报名", "访问",
];
/// What numbers that name something are called.
const IDENTIFIERS: [&str; 12] =
    ["号", "码", "电话", "传真", "第", "比分", "no", "no.", "tel", "qq", "$", "¥"];
/// What is counted about a post.
const COUNTS: [&str; 14] = [
    "阅读", "浏览", "点击", "访问", "播放", "评论", "转发", "分享", "收藏", "点赞", "人气", "数", "量", "id",
];
/// What is counted with a number: 11-20页, 3-5天, 1-2月.
const COUNTED: &str = "年月日号天周时点分秒小个岁元人名位期页楼层栋室房次条件章节级班届集组场路线度米公里亩吨斤倍万千亿号%℃折版辆户家";
/// Calendars that are not read.
const CALENDARS: [&str; 6] = ["农历", "阴历", "旧历", "夏历", "闰", "民国"];

/// Chinese characters.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Letters, digits and Chinese characters.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// Signs that stand around dates and labels without a meaning of their own.
pub(super) fn is_decoration(c: char) -> bool {
    matches!(c, WEEKDAY | ' ' | ':' | ',' | ';' | '|' | '=' | '·' | '*' | '"' | '\'')
        || "()[]{}<>《》“”‘’「」『』、。!".contains(c)
}

/// `text` without the decoration at its end.
fn undecorated(text: &[char]) -> &[char] {
    let end = text.iter().rposition(|&c| !is_decoration(c)).map_or(0, |last| last + 1);
    &text[..end]
}

/// `text` without the decoration at both ends.
pub(super) fn trimmed(text: &[char]) -> &[char] {
    let text = undecorated(text);
    let start = text.iter().position(|&c| !is_decoration(c)).unwrap_or(0);
    &text[start..]
}

/// What stands before `word` at the end of `text`; spaces inside the word (日 期) do not matter.
fn before_word<'a>(text: &'a [char], word: &str) -> Option<&'a [char]> {
    let mut rest = text;
    for wanted in word.chars().rev() {
        while wanted != ' '
            && let [head @ .., ' '] = rest
        {
            rest = head;
        }
        match rest {
            [head @ .., last] if *last == wanted => rest = head,
            _ => return None,
        }
    }
    Some(rest)
}

fn ends_with_any(text: &[char], words: &[&str]) -> bool {
    words.iter().any(|word| before_word(text, word).is_some())
}

/// Whether `before` ends with the label of a publication date.
pub(super) fn is_publication(before: &[char]) -> bool {
    let mut label = undecorated(before);
    if let [head @ .., '为' | '是'] = label {
        label = head;
    }
    if ends_with_any(label, &PUBLISHING) || ends_with_english(label) {
        return true;
    }
    TIMES.iter().filter_map(|word| before_word(label, word).map(|rest| (*word, rest))).any(|(word, rest)| {
        let publishing = ends_with_any(rest, &PUBLISHING) || ends_with_any(rest, &PUBLISHING_AT);
        let whole = matches!(word, "时间" | "日期" | "time" | "date")
            && !rest.last().is_some_and(|&c| is_word(c))
            && !ends_with_any(undecorated(rest), &OTHER)
            && !undecorated(rest).last().is_some_and(char::is_ascii_alphabetic);
        publishing || whole || ends_with_english(rest)
    })
}

fn ends_with_english(text: &[char]) -> bool {
    PUBLISHING_ENGLISH
        .iter()
        .filter_map(|word| before_word(text, word))
        .any(|rest| !rest.last().is_some_and(char::is_ascii_alphabetic))
}

/// Whether `after`, the text behind a date, says that it was published then: `2026-11-20 发布`, not followed by
/// a label of its own (`2026-11-20 发布时间:…`).
pub(super) fn is_published(after: &[char]) -> bool {
    let start = after.iter().position(|&c| c != ' ').unwrap_or(0);
    let after = &after[start..];
    PUBLISHING.iter().any(|word| {
        let width = word.chars().count();
        let stands = after.iter().take(width).copied().eq(word.chars());
        stands && !after.get(width).is_some_and(|&c| is_word(c) || c == ':')
    })
}

/// A text without the one label at its beginning: `08:05` of `发布时间:08:05`.
pub(super) fn without_label(text: &[char]) -> &[char] {
    let mut cursor = super::cursor::Cursor::new(text, 0);
    let _ = cursor.any(&PUBLISHING) || cursor.any(&PUBLISHING_AT) || cursor.any(&OTHER[..4]);
    cursor.spaces();
    cursor.any(&TIMES);
    trimmed(cursor.rest())
}

/// Whether a number may begin behind `before`: it is not the tail of a longer number, a name or an address.
pub(super) fn begins_number(before: &[char]) -> bool {
    match before {
        [.., c] if c.is_ascii_alphanumeric() || *c == '_' => false,
        [.., c, ':'] => !c.is_ascii_digit(),
        [.., '-', '-'] | ['-' | '.' | '+'] => false,
        [.., c, '-' | '/' | '.' | '—' | '~' | '+'] => !is_word(*c) || is_han(*c),
        _ => true,
    }
}

/// Whether `before` says that what looks like a date is the number of something (编号11-20, 电话:85-11-20) or the
/// end of a range (11月11-20日). Behind a space it is not: 微信公众号 11-20.
pub(super) fn names_a_number(before: &[char]) -> bool {
    let gap = &before[undecorated(before).len()..];
    let joined = gap.is_empty() || gap.contains(&':');
    before.last().is_some_and(|&c| c == '月') || joined && labels_with(before, &IDENTIFIERS)
}

/// Whether `before` says that a run of digits is a number or a count (编号 20261120, 阅读 20261120).
pub(super) fn names_digits(before: &[char]) -> bool {
    labels_with(before, &IDENTIFIERS) || labels_with(before, &COUNTS)
}

/// Whether one of `words` labels what follows; in `12号 11-20` and `35赞 11-20` they belong to the number before.
fn labels_with(before: &[char], words: &[&str]) -> bool {
    let label = undecorated(before);
    let owners = words.iter().filter_map(|word| before_word(label, word));
    owners.map(undecorated).any(|owner| !owner.last().is_some_and(char::is_ascii_digit))
}

/// Whether `after` counts something with the number before it.
pub(super) fn is_counted(after: &[char]) -> bool {
    match after {
        [c, ..] if COUNTED.contains(*c) => true,
        [c, ..] => c.is_ascii_alphabetic() && *c != 't' && *c != 'z',
        [] => false,
    }
}

/// Whether `before` says that what follows is a day of another calendar.
pub(super) fn is_other_calendar(before: &[char]) -> bool {
    let before = undecorated(before);
    ends_with_any(before, &CALENDARS)
}

/// The year that words before a month name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Year {
    /// None.
    Open,
    /// This year, or so many years before it.
    Ago(i32),
}

/// The year that `before` names in words; `None` if it is one that leaves the day unknown (丙午年, 每年, 20XX年).
/// Another word that ends in 年 (青年) is no year.
pub(super) fn year_in_words(before: &[char]) -> Option<Year> {
    const UNKNOWN: &str = "子丑寅卯辰巳午未申酉戌亥鼠牛虎兔龙蛇马羊猴鸡狗猪每次翌当同明后往某";
    match undecorated(before) {
        [.., '今' | '本', '年'] => Some(Year::Ago(0)),
        [.., '去', '年'] => Some(Year::Ago(1)),
        [.., '前', '年'] => Some(Year::Ago(2)),
        ['年'] | [.., '每'] => None,
        [.., c, '年'] if !is_han(*c) || UNKNOWN.contains(*c) => None,
        _ => Some(Year::Open),
    }
}
