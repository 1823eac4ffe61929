//! A post as one string in one form, for the extractors of facts.
//!
//! In: title and text, hostile. Out: half-width lower case without what nobody sees, cut at a bound, with spans that an
//! extractor has used up taken out for the next. It changes signs, never words.

use unicode_normalization::UnicodeNormalization;

/// How much of a post is compared, in characters: its facts stand at its beginning.
const LONGEST: usize = 4000;

/// Title and text as one string; the title ends with a full stop.
pub(super) fn fold(title: &str, text: &str) -> (String, String) {
    let fold = |text: &str| -> String {
        let chars = text.chars().take(LONGEST).map(|c| match c {
            '—' | '–' | '−' | '～' | '〜' | '―' | '﹣' => '-',
            '丨' | '│' => '|',
            '〔' => '[',
            '〕' => ']',
            '○' => '〇',
            c if c.is_control() => ' ',
            c => c,
        });
        chars.nfkc().flat_map(char::to_lowercase).filter(|c| !is_hidden(*c)).take(2 * LONGEST).collect()
    };
    let title = fold(title);
    let whole = if title.trim().is_empty() { fold(text) } else { format!("{title}。{}", fold(text)) };
    (title, whole)
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// A text with a span replaced by a sign that belongs to nothing, so that places stay where they are.
pub(super) fn blank(text: &mut String, from: usize, to: usize) {
    let filler = "\u{1}".repeat(to - from);
    text.replace_range(from..to, &filler);
}

/// The character before and the characters after a place.
pub(super) fn around(text: &str, from: usize, to: usize, width: usize) -> (String, String) {
    let before: Vec<char> = text[..from].chars().rev().take(width).collect();
    (before.into_iter().rev().collect(), text[to..].chars().take(width).collect())
}

/// Whether a character is Han.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}
