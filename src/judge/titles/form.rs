//! The one form of a title: its words and the values of its numbers, without signs.
//!
//! In: a title. Out: a [`Form`]; two titles with the same form say the same words in the same order. Question marks,
//! decimal points, minus signs, per cent and degrees are words here; every other sign is none.

use crate::judge::amount;
use unicode_normalization::UnicodeNormalization;

/// One unit of meaning in a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// A letter, lower case.
    Letter(char),
    /// The value of a number in millionths.
    Number(u128),
    /// A question.
    Question,
    /// From … to, between numbers.
    Range,
    /// Below zero.
    Minus,
}

/// A title without what may differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form(Vec<Unit>);

impl Form {
    /// Whether a title begins with these words.
    pub(super) fn begins_with(&self, other: &Self) -> bool {
        !other.0.is_empty() && self.0.starts_with(&other.0)
    }

    /// The words without questions.
    pub(super) fn without_questions(&self) -> Self {
        Self(self.0.iter().filter(|unit| **unit != Unit::Question).copied().collect())
    }
}

/// A title in half-width signs, without emoji and what nobody sees, at most so long.
pub(super) fn tidy(title: &str, longest: usize) -> String {
    let mut tidy = String::new();
    let mut chars = title.chars().take(longest).peekable();
    while let Some(c) = chars.next() {
        // A keycap is a picture of a digit, not a number.
        if c.is_ascii_digit() && chars.peek().is_some_and(|next| matches!(next, '\u{fe0f}' | '\u{20e3}')) {
            continue;
        }
        match c {
            '〇' | '○' => tidy.push('〇'),
            '…' => tidy.push('…'),
            '丨' | '│' | '┃' | '∣' | '︱' | '￨' => tidy.push('|'),
            '∶' | '꞉' => tidy.push(':'),
            '〔' | '［' => tidy.push('['),
            '〕' | '］' => tidy.push(']'),
            '〖' => tidy.push('【'),
            '〗' => tidy.push('】'),
            c if is_picture(c) => {}
            c => tidy.extend(std::iter::once(c).nfkc()),
        }
    }
    tidy
}

/// Emoji, dingbats, enclosed words and what only steers them.
fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2190}'..='\u{21ff}'
        | '\u{3200}'..='\u{32ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        | '\u{20e3}' | '\u{e0020}'..='\u{e007f}' | '™' | '®' | '©')
}

/// The form of a tidied title.
pub(super) fn form(title: &str) -> Form {
    let chars: Vec<char> = title.chars().collect();
    let mut units: Vec<Unit> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if let Some(length) = share(&chars[at..]) {
            // 百分之五 is 5%.
            if let Some((value, more)) = amount::read(&chars[at + length..]) {
                let sign = if c == '百' { '%' } else { '‰' };
                units.extend([Unit::Number(value), Unit::Letter(sign)]);
                at += length + more;
                continue;
            }
        }
        let letter_before = at > 0 && chars[at - 1].is_ascii_alphabetic();
        let number = amount::read(&chars[at..]).filter(|_| !(letter_before && c.is_ascii_alphabetic()));
        if let Some((value, length)) = number {
            units.push(Unit::Number(value));
            at += length;
            continue;
        }
        match c {
            '?' if units.last() != Some(&Unit::Question) => units.push(Unit::Question),
            '%' | '‰' | '°' | '≥' | '≤' => units.push(Unit::Letter(c)),
            '-' | '—' | '–' | '−' | '~' | '―' | '〜' => units.extend(dash(&chars, at)),
            c if c.is_alphanumeric() => units.extend(c.to_lowercase().map(Unit::Letter)),
            _ => {}
        }
        at += 1;
    }
    Form(units)
}

/// 百分之 and 千分之.
fn share(chars: &[char]) -> Option<usize> {
    matches!(chars, ['百' | '千', '分', '之', ..]).then_some(3)
}

/// What a dash means: a range between numbers, a minus before one, or nothing.
fn dash(chars: &[char], at: usize) -> Option<Unit> {
    let is_dash = |c: char| "-—–−~―〜".contains(c);
    let number = |c: &char| amount::read(std::slice::from_ref(c)).is_some();
    let next = chars[at + 1..].iter().find(|c| !is_dash(**c));
    if !next.is_some_and(number) {
        return None;
    }
    if at > 0 && is_dash(chars[at - 1]) {
        return None;
    }
    let before = chars[..at].iter().rev().find(|c| !c.is_whitespace());
    let single = chars.get(at + 1).is_some_and(|c| !is_dash(*c));
    match before {
        Some(c) if number(c) || "月日号年时点分℃C%°度岁元级周届万亿".contains(*c) => {
            Some(Unit::Range)
        }
        Some(c) if c.is_alphanumeric() && !"温低高至到为达约近降升零".contains(*c) => None,
        _ if single && matches!(chars[at], '-' | '−') => Some(Unit::Minus),
        _ => None,
    }
}

/// A title that ends with an ellipsis, without it.
pub(super) fn is_ellipsis(title: &str) -> Option<&str> {
    let title = title.trim_end();
    let kept = title.trim_end_matches(['…', '.', '。', '⋯']);
    let dots = &title[kept.len()..];
    (dots.contains(['…', '⋯']) || dots.chars().count() >= 3).then_some(kept)
}

/// How many characters of a title are words.
pub(super) fn letters(title: &str) -> usize {
    title.chars().filter(|c| c.is_alphanumeric()).count()
}
