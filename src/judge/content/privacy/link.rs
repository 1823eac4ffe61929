//! Which places of a text lie inside a link.
//!
//! In: a text as it was written and places in it, in order. Out: whether a link runs through the place. Each character
//! is looked at once.

/// The links of a text, found as one walks down it.
#[derive(Debug)]
pub(super) struct Links<'t> {
    text: &'t str,
    /// How far the text was looked at, and whether that place lies in a link.
    seen: usize,
    inside: bool,
}

impl<'t> Links<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, seen: 0, inside: false }
    }

    /// Whether a place lies in a link; places must be asked for in order.
    pub(super) fn run_through(&mut self, at: usize) -> bool {
        let new = self.text.get(self.seen..at).unwrap_or_default();
        let tail = match new.rfind(|c| !belongs(c)) {
            Some(end) => {
                self.inside = false;
                &new[end + new[end..].chars().next().map_or(0, char::len_utf8)..]
            }
            None => new,
        };
        self.inside |= begins_link(tail);
        self.seen = self.seen.max(at);
        self.inside
    }
}

/// Signs of links. Brackets and commas may stand in one, but far more often they end it.
const fn belongs(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, ',' | ';' | '(' | ')' | '"' | '<' | '>' | '|')
}

/// Whether a link begins in a stretch of its signs: a scheme, `www.`, or a host with a path.
fn begins_link(text: &str) -> bool {
    let bytes = text.as_bytes();
    if memchr::memmem::find(bytes, b"://").is_some() {
        return true;
    }
    memchr::memchr_iter(b'.', bytes).any(|dot| {
        let host = bytes[dot + 1..].iter().take_while(|sign| sign.is_ascii_alphabetic()).count();
        let path = matches!(bytes.get(dot + 1 + host), Some(b'/' | b'?'));
        let www = bytes[..dot].last_chunk::<3>().is_some_and(|it| it.eq_ignore_ascii_case(b"www"));
        www || (host >= 2 && path && dot > 0 && bytes[dot - 1].is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_end_where_their_signs_end() {
        for (text, inside) in [
            ("见https://a.example/x?id=1", true),
            ("见https://a.example/x，1", false),
            ("见https://a.example/x 1", false),
            ("www.a.example/1", true),
            ("WWW.a.example:1", true),
            ("a.example/list?tel=1", true),
            ("电话/1", false),
            ("1", false),
            ("tel.1", false),
            ("a@b.example,1", false),
        ] {
            assert_eq!(Links::new(text).run_through(text.rfind('1').unwrap()), inside, "{text}");
        }
        let text = "https://a.example/1/2 3";
        let mut links = Links::new(text);
        assert_eq!(["1", "2", "3"].map(|it| links.run_through(text.find(it).unwrap())), [true, true, false]);
    }
}
