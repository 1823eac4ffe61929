//! One form for the signs of a text, so that rules need not know every width of a colon.
//!
//! In: text as a page shows it, hostile and of any length. Out: the same text with half-width signs and one
//! sign per meaning, and of a long text only its beginning and its end. It changes signs, never words.

use crate::judge::folded::sign;
use crate::judge::glyphs::Glyphs;
use std::sync::LazyLock;

/// How much of either end of a text is read, in characters: whose a text is, it says at its beginning or its end.
const END: usize = 4000;

/// The characters that do not stay as they are.
static CHANGING: LazyLock<Glyphs> = LazyLock::new(|| Glyphs::of(|c| sign(c) != Some(c)));

/// A text as the rules read it.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(8 * END));
    // A text has no more characters than bytes.
    if text.len() <= 2 * END {
        push(text, &mut folded);
        return folded;
    }
    let head = text.char_indices().nth(END).map_or(text.len(), |(at, _)| at);
    let tail = text.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    if tail <= head {
        push(text, &mut folded);
    } else {
        push(&text[..head], &mut folded);
        folded.push('\n');
        push(&text[tail..], &mut folded);
    }
    folded
}

/// Folds sign by sign; what stays as it is, and mostly that is nearly all, is copied in stretches.
fn push(text: &str, folded: &mut String) {
    let mut kept = 0;
    while let Some(at) = CHANGING.find(text, kept) {
        folded.push_str(&text[kept..at]);
        let mut rest = text[at..].chars();
        folded.extend(rest.next().and_then(sign));
        kept = text.len() - rest.as_str().len();
    }
    folded.push_str(&text[kept..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_of_a_sign_is_one_sign() {
        assert_eq!(fold("来源：新华社（北京）｜丨　Ａ\u{200b}1\r\n〔a〕"), "来源:新华社(北京)|| A1\n\n[a]");
    }

    #[test]
    fn of_a_long_text_its_ends_are_read() {
        let text = format!("头{}尾", "中".repeat(2_000_000));
        let folded = fold(&text);
        assert!(folded.starts_with('头') && folded.ends_with('尾'));
        assert_eq!(folded.chars().count(), 2 * END + 1);
    }
}
