//! HTML as a flat run of text and tags, in one pass and without a tree.
//!
//! In: any text. Out: borrowed tokens; comments and the insides of scripts and styles are left out. It never
//! allocates, and looks at every byte a bounded number of times, because it runs on every fragment of every
//! feed and in front of the real HTML parser.

use memchr::{memchr, memchr_iter, memchr3, memmem};

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities still in it.
    Text(&'a str),
    /// The name of a start tag as written, and everything between its angle brackets.
    Start(&'a str, &'a str),
    /// The name of an end tag as written.
    End(&'a str),
}

/// The tokens of a text.
pub(super) struct Scan<'a> {
    html: &'a str,
    at: usize,
    /// The element whose content is no markup and not for readers.
    raw: Option<&'a str>,
}

/// Elements whose content a reader never sees and a parser never reads as markup.
const RAW: [&str; 5] = ["script", "style", "iframe", "noframes", "xmp"];

impl<'a> Scan<'a> {
    pub(super) const fn new(html: &'a str) -> Self {
        Self { html, at: 0, raw: None }
    }

    /// Reads the markup that begins at a `<`: a token, or none for a comment. Moves behind it.
    fn markup(&mut self, start: usize) -> Option<Token<'a>> {
        let bytes = self.html.as_bytes();
        let rest = &bytes[start + 1..];
        if rest.starts_with(b"!--") {
            let from = start + 4;
            self.at = memmem::find(&bytes[from..], b"-->").map_or(bytes.len(), |end| from + end + 3);
            return None;
        }
        if rest.starts_with(b"/") {
            let end = memchr(b'>', rest).map_or(bytes.len(), |end| start + 1 + end);
            self.at = (end + 1).min(bytes.len());
            return Some(Token::End(name(&self.html[start + 2..end])));
        }
        if rest.starts_with(b"!") || rest.starts_with(b"?") {
            self.at = memchr(b'>', rest).map_or(bytes.len(), |end| start + end + 2);
            return None;
        }
        let end = tag_end(bytes, start + 1);
        self.at = (end + 1).min(bytes.len());
        let inside = &self.html[start + 1..end];
        let name = name(inside);
        if RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) && !inside.ends_with('/') {
            self.raw = Some(name);
        }
        Some(Token::Start(name, inside))
    }

    /// Moves behind the content of a raw element.
    fn skip_raw(&mut self, name: &str) {
        let bytes = self.html.as_bytes();
        let closes = memmem::find_iter(&bytes[self.at..], b"</").find(|found| {
            let from = self.at + found + 2;
            bytes.get(from..from + name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        });
        self.at = closes.map_or(bytes.len(), |found| self.at + found);
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            self.skip_raw(name);
        }
        let bytes = self.html.as_bytes();
        while self.at < bytes.len() {
            let begin = self.at;
            if is_markup(bytes, begin) {
                match self.markup(begin) {
                    Some(token) => return Some(token),
                    None => continue,
                }
            }
            let next = memchr_iter(b'<', &bytes[begin..]).find(|found| is_markup(bytes, begin + found));
            self.at = next.map_or(bytes.len(), |found| begin + found);
            return Some(Token::Text(&self.html[begin..self.at]));
        }
        None
    }
}

/// Whether a tag or a comment begins at this place.
fn is_markup(bytes: &[u8], start: usize) -> bool {
    bytes[start] == b'<'
        && match bytes.get(start + 1) {
            Some(b'!' | b'?') => true,
            Some(b'/') => bytes.get(start + 2).is_some_and(u8::is_ascii_alphabetic),
            Some(first) => first.is_ascii_alphabetic(),
            None => false,
        }
}

/// The name at the beginning of a tag's inside.
fn name(inside: &str) -> &str {
    let end = inside.bytes().position(|b| b.is_ascii_whitespace() || b == b'/' || b == b'>');
    &inside[..end.unwrap_or(inside.len())]
}

/// Where the tag whose inside begins here ends: at its `>`, which may stand in a quoted value before.
pub(super) fn tag_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        let here = at + found;
        let sign = bytes[here];
        if sign == b'>' {
            return here;
        }
        at = here + 1;
        let before = bytes[from..here].iter().rev().find(|byte| !byte.is_ascii_whitespace());
        if before == Some(&b'=') {
            match memchr(sign, &bytes[at..]) {
                Some(close) => at += close + 1,
                // A quote that never closes hides nothing.
                None => return memchr(b'>', &bytes[at..]).map_or(bytes.len(), |end| at + end),
            }
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(html: &str) -> Vec<Token<'_>> {
        Scan::new(html).collect()
    }

    #[test]
    fn tags_and_text_come_apart() {
        assert_eq!(
            tokens("澄湖<b title='a>b'>发布</b>"),
            [Token::Text("澄湖"), Token::Start("b", "b title='a>b'"), Token::Text("发布"), Token::End("b")]
        );
    }

    #[test]
    fn scripts_and_comments_are_left_out() {
        assert_eq!(
            tokens("<!--x--><!--<p>--><script>if (a<b) '</p>'</SCRIPT>正文"),
            [Token::Start("script", "script"), Token::End("SCRIPT"), Token::Text("正文")]
        );
    }

    #[test]
    fn a_lone_sign_is_text() {
        assert_eq!(tokens("3 < 5 <"), [Token::Text("3 < 5 <")]);
    }

    proptest! {
        #[test]
        fn any_text_ends(html in "[<>/!'\"=a-c\\- ]{0,80}") {
            prop_assert!(Scan::new(&html).count() <= html.len());
        }
    }
}
