//! Text from outside, made fit for one line of a mail.
//!
//! In: names, titles and addresses that anybody on the web may have written. Out: one line without anything a
//! mail header, a terminal or a reader could stumble over, lines of a bearable width, and links that are links.

use textwrap::{Options, WordSplitter, WrapAlgorithm, core::display_width};
use url::Url;

/// The text as one line of at most `longest` characters: no controls, no marks that turn the direction of
/// writing or hide, no runs of spaces; what is cut off is shown as `…`.
pub(super) fn line(text: &str, longest: usize) -> String {
    // A text that is far longer than its place is not read to its end.
    let mut clean = String::with_capacity(text.len().min(longest * 4));
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            continue;
        }
        if is_hidden(c) {
            continue;
        }
        let space = usize::from(gap && length > 0);
        if length + space + 1 > longest {
            shorten(&mut clean, longest);
            return clean;
        }
        if space == 1 {
            clean.push(' ');
        }
        clean.push(c);
        length += space + 1;
        gap = false;
    }
    clean
}

/// Makes room for an ellipsis in a text that is too long.
fn shorten(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest.saturating_sub(1)) {
        text.truncate(end);
    }
    text.truncate(text.trim_end().len());
    text.push('…');
}

/// Marks without a shape of their own: zero width, direction, byte order, tags, line and paragraph ends.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The address, if it is one a reader may safely open in a browser.
pub(super) fn web_link(text: &str) -> Option<String> {
    /// Longer than any address a mail client opens.
    const LONGEST: usize = 2000;
    if text.len() > LONGEST {
        return None;
    }
    let url = Url::parse(text.trim()).ok()?;
    let web =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (web && url.has_host()).then(|| url.into())
}

/// The text in lines of at most `width` columns (a Chinese character fills two), the lines after the first
/// indented; never breaks before closing punctuation.
pub(super) fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(text, options)
}

/// Spaces as wide as the text.
pub(super) fn blank(text: &str) -> String {
    " ".repeat(display_width(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_that_ends_a_header_survives() {
        assert_eq!(line("云溪发布\r\nBcc: x@y.cn", 40), "云溪发布 Bcc: x@y.cn");
        assert_eq!(line("a\u{2028}b\u{85}c\u{0}d", 40), "a b c d");
    }

    #[test]
    fn marks_that_deceive_the_eye_are_taken_out() {
        assert_eq!(line("\u{202e}云\u{200b}溪\u{feff}", 40), "云溪");
        assert_eq!(line("  澄湖   交警\t ", 40), "澄湖 交警");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(line("一二三四五", 5), "一二三四五");
        assert_eq!(line("一二三四五六", 5), "一二三四…");
        assert_eq!(line("一二 三四", 4), "一二…");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(
            web_link("https://example.gov.cn/a?b=1&c=2").as_deref(),
            Some("https://example.gov.cn/a?b=1&c=2")
        );
        assert_eq!(web_link("HTTP://例.cn").as_deref(), Some("http://xn--fsq.cn/"));
        for bad in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://x.cn/",
            "http://",
            "x",
            "//x.cn",
            "https://a@x.cn/",
        ] {
            assert_eq!(web_link(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_line_begins_with_closing_punctuation() {
        let text = "该账号自2026年11月5日以来没有发布任何内容,已经超过两周,请尽快核实并恢复更新。".repeat(3);
        let wrapped = wrap(&text, 30, "问题:", "      ");
        for row in wrapped.lines() {
            assert!(display_width(row) <= 31, "{row}");
            assert!(!row.trim_start().starts_with(['。', ',']), "{row}");
        }
        assert_eq!(wrapped.split_whitespace().collect::<String>(), format!("问题:{text}"));
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_short_line(text in "\\PC*|[\\s\\S]{0,60}", longest in 1_usize..50) {
            let clean = line(&text, longest);
            prop_assert!(clean.chars().count() <= longest);
            prop_assert!(!clean.chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert_eq!(line(&clean, longest), clean);
        }

        #[test]
        fn any_text_can_be_wrapped(text in "[\\s\\S]{0,200}") {
            wrap(&line(&text, 100), 20, "* ", "  ");
        }
    }
}
