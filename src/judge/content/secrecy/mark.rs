//! Marks of state secrets and heads of telegrams, where they stand as on a document.
//!
//! In: a folded line and where it stands. Out: the mark in it, if it stands alone, beside other items of a document's
//! head, in brackets, or before or after a document's title. The form is that of GB/T 9704 (7.2.2): the level, a
//! star, the period; what recognition makes of the star and of the spaces is read as well.

use super::paper::{KINDS, LONGEST, NUMBER, Place, is_titled, pattern, stem};
use super::{Level, Mark};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What a star becomes in type and recognition.
const STARS: &str = "★☆✩✪✫✬✭✮✯✰⭐🌟⋆∗*﹡✡✶✴✦✧※✱✲✳";
/// How long it is kept: a number of years or months, a date, for good.
const PERIOD: &str = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3}) *(?:年|个 *月|月|天|日)(?: *\d{1,2} *(?:个?月|日))*(?: *(?:前|后|止|内))?|长 *期";
/// Until what it is kept.
const UNTIL: &str =
    "(?:启 *用|开 *启|启 *封|拆 *封|开 *考|考试结束|考试开始|公布|发布|公开|宣布) *(?:以|之)?前";
/// What else stands in a document's head.
const HEAD: &str = r"密 *级|保密期限|份 *号|编 *号|等 *级|紧急程度|缓急|特提|特急|加急|平急|急件|no\.?|\d+ *(?:号|份)?|签批盖章[: ]*\p{Han}{0,4}\(?略?\)?|发(?:电|文)(?:单位|机关)[: ]*\p{Han}{0,24}|[:()\[\]【】|/·,.\-—_+ ]";

static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        "(?P<level>[绝机機秘祕]) *密(?:[级件])?(?: *(?P<star>[{STARS}]+))?(?: *(?:(?P<until>{UNTIL})|(?P<period>{PERIOD})))?"
    ))
});
static TELEGRAM: LazyLock<Regex> = LazyLock::new(|| {
    let names = ["密码电报", "明码电报", "内部传真电报", "内部明传电报", "密码传真电报", "明传电报"]
        .map(spaced)
        .join("|");
    pattern(&format!(r"(?:特 *提|特 *急|加 *急|平 *急) *[·.、,/\-—*:]? *[明密] *电(?: *报)?|{names}"))
});
static ITEMS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^(?:{NUMBER}|{HEAD})*$")));
static KIND_ENDS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?:{KINDS})$")));
/// A body whose telegram it is: its name stands before the word.
static BODY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\p{Han} ]{0,30}(?:委|办|办公室|政府|局|厅|部|院|会|指挥部|中心) *$"));

/// A word with the spaces that recognition puts between its characters.
fn spaced(word: &str) -> String {
    word.chars().map(String::from).collect::<Vec<_>>().join(" *")
}

/// The mark that stands in a line.
pub(super) fn find(line: &str, place: Place) -> Option<Mark> {
    let line = if place == Place::Name { stem(line) } else { line };
    let secret = SECRET.captures_iter(line).find_map(|captures| secret(line, place, &captures));
    secret.or_else(|| TELEGRAM.captures_iter(line).find_map(|captures| telegram(line, place, &captures)))
}

fn secret(line: &str, place: Place, captures: &Captures) -> Option<Mark> {
    let whole = captures.get(0)?;
    let level = match &captures["level"] {
        "绝" => Level::TopSecret,
        "机" | "機" => Level::Secret,
        _ => Level::Confidential,
    };
    let bare = captures.name("star").is_none();
    let around = Around { before: &line[..whole.start()], after: &line[whole.end()..] };
    if around.is_named("商业") || around.is_named("商") || around.is_quoted() {
        return None;
    }
    let stands = around.is_alone() || around.is_bracketed(place) || around.is_beside_a_title();
    let named = place == Place::Name && (!bare || around.is_set_off());
    if !stands && !named {
        return None;
    }
    let range = if around.is_bracketed(place) {
        whole.start() - around.open()..whole.end() + around.close()
    } else {
        whole.range()
    };
    Some(Mark { level, range, bare, until: captures.name("until").is_some() })
}

fn telegram(line: &str, place: Place, captures: &Captures) -> Option<Mark> {
    let whole = captures.get(0)?;
    let around = Around { before: &line[..whole.start()], after: &line[whole.end()..] };
    if around.is_quoted() {
        return None;
    }
    let of_a_body =
        BODY.is_match(around.short(around.before)?) && ITEMS.is_match(around.short(around.after)?);
    let stands = around.is_alone() || around.is_bracketed(place) || around.is_beside_a_title() || of_a_body;
    (stands || place == Place::Name).then(|| Mark {
        level: Level::Telegram,
        range: whole.range(),
        bare: false,
        until: false,
    })
}

/// What stands around a mark in its line.
#[derive(Debug, Clone, Copy)]
struct Around<'a> {
    before: &'a str,
    after: &'a str,
}

impl<'a> Around<'a> {
    /// A part of the line, unless it is long.
    #[expect(clippy::unused_self, reason = "reads as a question about the line")]
    fn short(self, part: &'a str) -> Option<&'a str> {
        (part.len() <= LONGEST).then_some(part)
    }

    fn is_head(self, part: &'a str) -> bool {
        self.short(part).is_some_and(|part| ITEMS.is_match(part))
    }

    /// Nothing else, or only other items of a head.
    fn is_alone(self) -> bool {
        self.is_head(self.before) && self.is_head(self.after)
    }

    fn is_named(self, kind: &str) -> bool {
        self.before.trim_end().ends_with(kind)
    }

    fn is_quoted(self) -> bool {
        self.before.ends_with(['“', '"', '\'', '‘', '「', '『', '《', '<'])
            || self.after.starts_with(['”', '"', '\'', '’', '」', '』', '》', '>'])
    }

    /// In brackets of its own: anywhere in a title or a name, and at either end of another line.
    fn is_bracketed(self, place: Place) -> bool {
        let closed = self.before.ends_with(['(', '[', '【']) && self.after.starts_with([')', ']', '】']);
        let at_an_end = self.before.chars().count() == 1 || self.after.chars().count() == 1;
        closed && (place != Place::Line || (at_an_end && !self.before.contains(['。', ',', '!', ';'])))
    }

    /// The length of the bracket that opens.
    fn open(self) -> usize {
        self.before.chars().next_back().map_or(0, char::len_utf8)
    }

    /// The length of the bracket that closes.
    fn close(self) -> usize {
        self.after.chars().next().map_or(0, char::len_utf8)
    }

    /// Before a document's title, or after one.
    fn is_beside_a_title(self) -> bool {
        let leads = self.is_head(self.before)
            && (self.after.starts_with([' ', ':', '|', ')', ']', '】', '-', '_', '·'])
                || self.after.starts_with("关于"))
            && is_titled(self.after);
        let follows = self.is_head(self.after)
            && self.short(self.before).is_some_and(|before| {
                let title = before.trim_end_matches(['(', '[', '【', ' ', '-', '_', '|', ':']);
                KIND_ENDS.is_match(title) && is_titled(title)
            });
        leads || follows
    }

    /// Set off from the rest of a name by a sign.
    fn is_set_off(self) -> bool {
        let sign = |c: char| !c.is_alphanumeric();
        (self.before.is_empty() || self.before.ends_with(sign))
            && (self.after.is_empty() || self.after.starts_with(sign))
    }
}
