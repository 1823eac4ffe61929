//! Runs of signs that may be a number, a plate or a passport: the one pass over the text.
//!
//! In: the folded text. Out: the runs in order, each with its place and its signs. A run touches no further digit,
//! letter or underscore; groups of it may be divided by single spaces or hyphens. Nothing is said about meaning.

use super::check::IDENTITY;
use std::ops::Range;

/// What a run looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Digits, with masked positions among them or a check sign at their end.
    Number,
    /// A letter or two and digits.
    Passport,
    /// The sign of a province, a letter, and five or six letters or digits.
    Plate,
}

/// A run of signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) shape: Shape,
    /// Where it stands in the folded text.
    pub(super) range: Range<usize>,
    /// Its signs without what divides them: digits, letters, `*` for each masked position.
    pub(super) signs: Vec<u8>,
}

impl Run {
    /// How many of its positions are masked.
    pub(super) fn masked(&self) -> usize {
        memchr::memchr_iter(b'*', &self.signs).count()
    }
}

/// Length of a mobile number.
pub(super) const MOBILE: usize = 11;
/// Shortest and longest number of interest, in positions.
const NUMBER: std::ops::RangeInclusive<usize> = MOBILE..=19;
/// How the digits of a number are grouped: identity numbers, mobile numbers, cards, of these the longest first.
pub(super) const GROUPS: [&[usize]; 6] =
    [&[6, 8, 4], &[3, 4, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 4, 2], &[4, 4, 4, 4, 1], &[4, 4, 4, 4]];
/// The signs of the provinces, by which plates begin (GA 36).
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// Whether a sign hides a position.
pub(super) const fn is_mask(c: char) -> bool {
    matches!(c, '*' | '●' | '×' | '█' | '■' | '○' | '□' | '✱' | '∗')
}

/// Walks over the runs of a text.
#[derive(Debug)]
pub(super) struct Runs<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Runs<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        while let Some(word) = next_word(self.text, self.at) {
            let run = plate(self.text, &word)
                .or_else(|| grouped(self.text, &word))
                .or_else(|| number(self.text, &word))
                .or_else(|| passport(self.text, &word));
            self.at = run.as_ref().map_or(word.end, |run| run.range.end.max(word.end));
            if run.is_some() {
                return run;
            }
        }
        None
    }
}

/// The next word: a stretch of ASCII letters, digits, underscores and masking signs.
fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(is_word)?;
    let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |length| start + length);
    Some(start..end)
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || is_mask(c)
}

/// The signs of a word that is a number or a group of one: an `x` is a mask in a run of three or more, a check sign
/// alone at the end, and else no part of a number.
fn signs(word: &str) -> Option<Vec<u8>> {
    /// A longer word is no number, and need not be read to its end.
    const LONGEST: usize = 3 * 24;
    if word.len() > LONGEST {
        return None;
    }
    let mut signs: Vec<u8> = word.chars().map(|c| if is_mask(c) { b'*' } else { c as u8 }).collect();
    let mut at = 0;
    while at < signs.len() {
        if signs[at] != b'x' {
            if !matches!(signs[at], b'0'..=b'9' | b'*') {
                return None;
            }
            at += 1;
            continue;
        }
        let length = signs[at..].iter().take_while(|sign| **sign == b'x').count();
        if length >= 3 {
            signs[at..at + length].fill(b'*');
        } else if length > 1 || at + 1 != signs.len() {
            return None;
        }
        at += length;
    }
    Some(signs)
}

fn number(text: &str, word: &Range<usize>) -> Option<Run> {
    if word.len() < *NUMBER.start() {
        return None;
    }
    let mut range = word.clone();
    let mut signs = signs(&text[word.clone()])?;
    // The country code may touch the number.
    let country = match signs.as_slice() {
        [b'8', b'6', b'1', rest @ ..] if rest.len() == 10 && text[..word.start].ends_with('+') => 2,
        [b'0', b'0', b'8', b'6', b'1', rest @ ..] if rest.len() == 10 => 4,
        _ => 0,
    };
    signs.drain(..country);
    range.start += country;
    trim_ornament(text, &mut range, &mut signs);
    (NUMBER.contains(&signs.len()) && (!signs.ends_with(b"x") || signs.len() == IDENTITY)).then_some(Run {
        shape: Shape::Number,
        range,
        signs,
    })
}

/// Takes off a bullet at the beginning of a line and the stars of a bold number: they hide nothing.
fn trim_ornament(text: &str, range: &mut Range<usize>, signs: &mut Vec<u8>) {
    let leading = signs.iter().take_while(|sign| **sign == b'*').count();
    let trailing = signs.iter().rev().take_while(|sign| **sign == b'*').count();
    let begins_line = text[..range.start].trim_end_matches(' ').chars().next_back().is_none_or(|c| c == '\n');
    let ornament = (leading == 1 && trailing == 0 && begins_line) || (leading == 2 && trailing == 2);
    let inner = signs.len().saturating_sub(leading + trailing);
    if !ornament || !matches!(inner, MOBILE | 15..=19) {
        return;
    }
    let lengths = |signs: &str, count: usize| signs.chars().take(count).map(char::len_utf8).sum::<usize>();
    let word = &text[range.clone()];
    let head = lengths(word, leading);
    let tail: usize = word.chars().rev().take(trailing).map(char::len_utf8).sum();
    signs.drain(..leading);
    signs.truncate(inner);
    *range = range.start + head..range.end - tail;
}

/// A number whose groups begin with this word.
fn grouped(text: &str, word: &Range<usize>) -> Option<Run> {
    if !matches!(word.len(), 3..=18)
        || !signs(&text[word.clone()]).is_some_and(|it| matches!(it.len(), 3 | 4 | 6))
    {
        return None;
    }
    let candidates = GROUPS.iter().filter_map(|lengths| group(text, word.start, lengths));
    // Of a card's groups the longest that its check digit confirms, or the longest.
    let mut best: Option<Run> = None;
    for run in candidates {
        let confirmed = super::check::is_luhn(&run.signs);
        if confirmed || best.is_none() {
            if confirmed && run.signs.len() >= 16 {
                return Some(run);
            }
            best = best.or(Some(run));
        }
    }
    best
}

fn group(text: &str, start: usize, lengths: &[usize]) -> Option<Run> {
    let mut run = Run { shape: Shape::Number, range: start..start, signs: Vec::new() };
    let mut hyphens = false;
    for (index, length) in lengths.iter().enumerate() {
        let mut at = run.range.end;
        if index > 0 {
            hyphens |= text[at..].starts_with('-');
            at += text[at..].starts_with([' ', '-']).then_some(1)?;
        }
        let word = next_word(text, at).filter(|word| word.start == at && word.len() <= 3 * 8)?;
        let signs = signs(&text[word.clone()]).filter(|signs| signs.len() == *length)?;
        if run.signs.ends_with(b"x") {
            return None;
        }
        run.signs.extend(signs);
        run.range.end = word.end;
    }
    // A hyphen on either side makes it a part of a longer number.
    let longer = hyphens
        && (text[..start]
            .strip_suffix('-')
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()) && !is_country(before))
            || text[run.range.end..].strip_prefix('-').is_some_and(|after| after.starts_with(is_word)));
    (!longer && (!run.signs.ends_with(b"x") || run.signs.len() == IDENTITY)).then_some(run)
}

/// Whether a text ends with the country code 86.
fn is_country(before: &str) -> bool {
    ["+86", "0086", "86"].iter().any(|code| {
        before.strip_suffix(code).is_some_and(|rest| !rest.ends_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

fn passport(text: &str, word: &Range<usize>) -> Option<Run> {
    let signs = text[word.clone()].as_bytes();
    let letters = signs.iter().take_while(|sign| sign.is_ascii_lowercase()).count();
    let digits = signs.iter().skip(letters).take_while(|sign| sign.is_ascii_digit()).count();
    let fits = letters + digits == signs.len()
        && match (letters, digits) {
            (1 | 2, 7 | 8) => true,
            (1, 10) => matches!(signs[0], b'h' | b'm'),
            _ => false,
        };
    fits.then(|| Run { shape: Shape::Passport, range: word.clone(), signs: signs.to_vec() })
}

fn plate(text: &str, word: &Range<usize>) -> Option<Run> {
    if !matches!(word.len(), 1 | 6 | 7) || !text.as_bytes()[word.start].is_ascii_lowercase() {
        return None;
    }
    let province = text[..word.start].chars().next_back().filter(|c| PROVINCES.contains(*c))?;
    let mut range = word.start - province.len_utf8()..word.end;
    let mut signs = text[word.clone()].as_bytes().to_vec();
    if word.len() == 1 {
        let divider = text[word.end..].chars().next().filter(|c| matches!(c, '·' | '.' | ' '))?;
        let at = word.end + divider.len_utf8();
        let rest = next_word(text, at).filter(|rest| rest.start == at && matches!(rest.len(), 5 | 6))?;
        signs.extend_from_slice(&text.as_bytes()[rest.clone()]);
        range.end = rest.end;
    }
    signs.iter().all(u8::is_ascii_alphanumeric).then_some(Run { shape: Shape::Plate, range, signs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::folded::Folded;

    fn runs(text: &str) -> Vec<(String, String)> {
        let folded = Folded::new(text);
        Runs::new(folded.text())
            .map(|run| {
                (text[folded.original(run.range.clone())].to_owned(), String::from_utf8(run.signs).unwrap())
            })
            .collect()
    }

    #[test]
    fn numbers_are_read_with_their_groups_and_masks() {
        for (text, written, signs) in [
            ("电话19900001111。", "19900001111", "19900001111"),
            ("电话１９９００００１１１１", "１９９００００１１１１", "19900001111"),
            ("199-0000-1111转", "199-0000-1111", "19900001111"),
            ("199 0000 1111", "199 0000 1111", "19900001111"),
            ("+8619900001111", "19900001111", "19900001111"),
            ("008619900001111", "19900001111", "19900001111"),
            ("+86-199-0000-1111", "199-0000-1111", "19900001111"),
            ("1990000***1", "1990000***1", "1990000***1"),
            ("199xxxx1111", "199xxxx1111", "199****1111"),
            ("991234 19990101 123X", "991234 19990101 123X", "99123419990101123x"),
            ("99123419990101xxxx", "99123419990101xxxx", "99123419990101****"),
            ("991234××××××××123x", "991234××××××××123x", "991234********123x"),
            ("6200 0000 0000 0000 003", "6200 0000 0000 0000 003", "6200000000000000003"),
            ("**19900001111**", "19900001111", "19900001111"),
            ("●19900001111", "19900001111", "19900001111"),
            ("苏Z·12345", "苏Z·12345", "z12345"),
            ("护照E00000001号", "E00000001", "e00000001"),
        ] {
            assert_eq!(runs(text), [(written.to_owned(), signs.to_owned())], "{text}");
        }
    }

    #[test]
    fn what_touches_more_is_no_run() {
        for text in [
            "a19900001111",
            "19900001111_2",
            "199000011112026111122",
            "1990000111",
            "2611-199-0000-1111-01",
            "19900001x11",
            "1990000111x",
            "99123419990101xx12",
            "0500-0000-0000",
            "苏Z·12**5",
            "苏Z·1234567",
            "",
        ] {
            assert_eq!(runs(text), [], "{text}");
        }
    }

    #[test]
    fn cells_divided_by_single_spaces_are_their_own_runs() {
        let found: Vec<String> = runs("1 199 0000 1111 6200 0000 0000 0000 991234199901011234")
            .into_iter()
            .map(|it| it.1)
            .collect();
        assert_eq!(found, ["19900001111", "6200000000000000", "991234199901011234"]);
    }
}
