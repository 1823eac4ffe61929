//! JSON that a page carries inside a script: the state of its application.
//!
//! In: a page and where in it the data stands. Out: the data, or nothing. It never builds a tree and never runs a
//! script; each byte of the page is looked at a bounded number of times.

use super::literal;
use super::scan::tag_end;
use memchr::memmem;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::borrow::Cow;

/// Where a page carries its data.
#[derive(Debug, Clone)]
pub(super) enum Embedded {
    /// The content of the script element with this id.
    Script {
        /// The id.
        id: String,
        /// The content is percent-encoded.
        percent: bool,
    },
    /// What a script assigns to this name.
    Variable(String),
}

/// How many places that look like the assignment are tried.
const TRIES: usize = 8;

impl Embedded {
    /// The data in a page.
    pub(super) fn find(&self, html: &str) -> Option<Value> {
        match self {
            Self::Script { id, percent } => {
                let inside = script(html, id)?.trim();
                let text = if *percent {
                    percent_decode_str(inside).decode_utf8().ok()?
                } else {
                    Cow::Borrowed(inside)
                };
                read(&text)
            }
            Self::Variable(name) => memmem::find_iter(html.as_bytes(), name.as_bytes())
                .filter_map(|at| {
                    let behind = html[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
                    behind.starts_with(['{', '[']).then_some(behind)
                })
                .take(TRIES)
                .find_map(read),
        }
    }
}

fn read(text: &str) -> Option<Value> {
    serde_json::from_str(&literal::json_of(text)?).ok()
}

/// The content of the script with this id.
fn script<'h>(html: &'h str, id: &str) -> Option<&'h str> {
    let bytes = html.as_bytes();
    let mut at = 0;
    while let Some(found) = memmem::find(&bytes[at..], b"<script") {
        let begin = at + found + b"<script".len();
        let end = tag_end(bytes, begin);
        let inside = html.get(end + 1..)?;
        let content = &inside[..memmem::find(inside.as_bytes(), b"</script").unwrap_or(inside.len())];
        if has_id(&html[begin..end], id) {
            return Some(content);
        }
        at = end + 1 + content.len();
    }
    None
}

/// Whether the inside of a tag carries this id.
fn has_id(tag: &str, id: &str) -> bool {
    memmem::find_iter(tag.as_bytes(), b"id=").any(|at| {
        let value = tag[at + 3..].trim_start_matches(['"', '\'']);
        tag[..at].ends_with(char::is_whitespace)
            && value.strip_prefix(id).is_some_and(|rest| {
                rest.chars()
                    .next()
                    .is_none_or(|next| next.is_whitespace() || matches!(next, '"' | '\'' | '/'))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn by_id(percent: bool) -> Embedded {
        Embedded::Script { id: "STATE".to_owned(), percent }
    }

    #[test]
    fn the_state_of_a_page_is_found() {
        let variable = Embedded::Variable("window.__STATE__".to_owned());
        for (place, page) in [
            (&variable, "<script>if(window.__STATE__){};window.__STATE__ = {a:undefined,b:'澄湖'}</script>"),
            (
                &by_id(false),
                r#"<script id=other>{}</script><script type="a/json" id="STATE">{"a":null,"b":"澄湖"}</script>"#,
            ),
            (
                &by_id(false),
                "<script data-id=STATE>[]</script><script id='STATE' defer>{\"a\":null,\"b\":\"澄湖\"}</script>",
            ),
            (
                &by_id(true),
                r"<script id=STATE>%7B%22a%22%3Anull%2C%22b%22%3A%22%E6%BE%84%E6%B9%96%22%7D</script>",
            ),
        ] {
            assert_eq!(place.find(page), Some(json!({"a": null, "b": "澄湖"})), "{page}");
        }
    }

    #[test]
    fn a_page_without_it_has_none() {
        for page in
            ["", "<script id=STATED>{}</script>", "<script id=STATE>load()</script>", "<script id=STATE"]
        {
            assert_eq!(by_id(false).find(page), None, "{page}");
        }
        let many = "window.__STATE__={".repeat(50_000);
        assert_eq!(Embedded::Variable("window.__STATE__".to_owned()).find(&many), None);
    }

    proptest! {
        #[test]
        fn any_page_is_searched_without_a_panic(page in "(<script|</script| id=|STATE|window.__STATE__|=|[{}\"'>%7B湖 ]){0,40}") {
            let _ = by_id(true).find(&page);
            let _ = by_id(false).find(&page);
            let _ = Embedded::Variable("window.__STATE__".to_owned()).find(&page);
        }
    }
}
