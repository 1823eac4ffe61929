//! A place in a post, put into words for an office.
//!
//! In: a part of a post and what was found where in it. Out: a passage with its place counted in characters, a quote
//! with a little of what stands around it, and the number by which a dismissal is remembered.

use super::taken::Sign;
use super::{Part, Spot};
use crate::model::finding::{Level, fingerprint};
use crate::model::passage::Passage;
use crate::model::post::Link;
use std::ops::Range;

/// How much of what stands before and after is quoted, in characters.
const AROUND: usize = 16;
/// The longest words that are quoted, in characters.
const LONGEST_WORDS: usize = 80;
/// How much must stay visible at each end of a number that is masked, in characters: enough to find it in the post.
const SHOWN: (usize, usize) = (3, 2);

/// How words may be shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// As they are.
    Whole,
    /// With nothing but their ends: numbers.
    MiddleMasked,
    /// Without what tells one door from another: addresses.
    DigitsMasked,
}

/// A passage about words of a part.
pub(super) fn passage(
    kind: &str,
    written: &str,
    spot: &Spot,
    quoting: Quoting,
    reason: String,
    level: Level,
) -> Passage {
    let words = &written[spot.range.clone()];
    let (before, after) = around(written, spot.range.clone());
    let shown = shown(words, quoting);
    // Beside personal data stands more of it: only the label before it is quoted.
    let quote = match quoting {
        Quoting::Whole => format!("{before}{shown}{after}"),
        Quoting::MiddleMasked | Quoting::DigitsMasked => format!("{}{shown}", masked_digits(before)),
    };
    Passage {
        kind: kind.to_owned(),
        place: place(written, spot),
        quote: quote.trim().to_owned(),
        reason,
        suggestion: String::new(),
        level,
        fingerprint: fingerprint([kind, words, before, after]),
    }
}

/// A passage about a link and why it must not be there.
pub(super) fn of_link(kind: &str, link: &Link, reason: &str) -> Passage {
    let href: String = link.href.chars().take(LONGEST_WORDS * 3).collect();
    let quote = if link.words.is_empty() { href } else { format!("{} {href}", link.words) };
    Passage {
        kind: kind.to_owned(),
        place: "链接".to_owned(),
        quote,
        reason: reason.to_owned(),
        suggestion: String::new(),
        level: Level::Suspected,
        fingerprint: fingerprint([kind, &link.href]),
    }
}

/// Words of a stranger, as many as are shown.
pub(super) fn clipped(words: &str) -> String {
    words.chars().take(LONGEST_WORDS).collect()
}

/// A passage about what a page says about itself.
pub(super) fn of_head(sign: &Sign<'_>) -> Passage {
    Passage {
        kind: "网页被改写".to_owned(),
        place: sign.place.to_owned(),
        quote: sign.words.chars().take(LONGEST_WORDS * 3).collect(),
        reason: sign.taken.zh().to_owned(),
        suggestion: String::new(),
        level: Level::Suspected,
        fingerprint: fingerprint([sign.place, sign.words]),
    }
}

/// Where it stands, for people.
fn place(written: &str, spot: &Spot) -> String {
    match spot.part {
        Part::Title => "标题".to_owned(),
        Part::Text => format!("正文第{}字", written[..spot.range.start].chars().count() + 1),
        Part::Picture(no) => format!("图片文字第{}行", no + 1),
        Part::Attachment(no) => format!("第{}个附件的名称", no + 1),
    }
}

/// What stands before and after in the same sentence, so many characters of it.
fn around(written: &str, range: Range<usize>) -> (&str, &str) {
    let goes_on = |(_, c): &(usize, char)| !matches!(c, '\n' | '。' | '！' | '？' | '!' | '?' | '；');
    let before = &written[..range.start];
    let start = before.char_indices().rev().take(AROUND).take_while(goes_on).last();
    let after = &written[range.end..];
    let end = after.char_indices().take(AROUND).take_while(goes_on).last();
    (
        &before[start.map_or(before.len(), |(at, _)| at)..],
        &after[..end.map_or(0, |(at, c)| at + c.len_utf8())],
    )
}

fn shown(words: &str, quoting: Quoting) -> String {
    match quoting {
        Quoting::Whole => words.chars().take(LONGEST_WORDS).collect(),
        Quoting::MiddleMasked => {
            let count = words.chars().count();
            let hidden = SHOWN.0..count.saturating_sub(SHOWN.1);
            words
                .chars()
                .enumerate()
                .map(|(place, c)| if hidden.contains(&place) { '*' } else { c })
                .collect()
        }
        Quoting::DigitsMasked => masked_digits(words).chars().take(LONGEST_WORDS).collect(),
    }
}

/// The text with a star for each digit, of any script, and each numeral.
fn masked_digits(text: &str) -> String {
    let is_digit = |c: char| c.is_numeric() || "零一二两三四五六七八九十百千".contains(c);
    text.chars().map(|c| if is_digit(c) { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(written: &str, words: &str, quoting: Quoting) -> Passage {
        let start = written.find(words).unwrap();
        let spot = Spot { part: Part::Text, range: start..start + words.len() };
        passage("某类", written, &spot, quoting, String::new(), Level::Reminder)
    }

    #[test]
    fn a_place_is_counted_in_characters_and_quoted_with_its_line() {
        let passage = of("第一行\n这里写了错词两次", "错词", Quoting::Whole);
        assert_eq!((passage.place.as_str(), passage.quote.as_str()), ("正文第9字", "这里写了错词两次"));
    }

    #[test]
    fn personal_data_is_masked_and_so_is_what_stands_before_it() {
        let passage =
            of("张三，卡号6222021234567890123，电话13912345678", "13912345678", Quoting::MiddleMasked);
        assert_eq!(passage.quote, "*************，电话139******78");
        let passage =
            of("家住云溪县人民路12号三单元502室", "云溪县人民路12号三单元502室", Quoting::DigitsMasked);
        assert_eq!(passage.quote, "家住云溪县人民路**号*单元***室");
    }

    #[test]
    fn the_same_words_in_the_same_surroundings_are_the_same_fact() {
        let one = of("版权声明：某词。", "某词", Quoting::Whole);
        let again = of("另一篇文章\n版权声明：某词。", "某词", Quoting::Whole);
        let other = of("版权声明：无某词。", "某词", Quoting::Whole);
        assert_eq!(one.fingerprint, again.fingerprint);
        assert_ne!(one.fingerprint, other.fingerprint);
    }
}
