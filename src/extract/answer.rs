//! An answer as the readers see it: its text, and the views that only a failing look needs, each made once.
//!
//! In: bytes. Out: text, title, visible text, tree, JSON. Never more work than a bound allows: a page built to
//! exhaust the HTML parser gives no tree.

use super::clean;
use super::embedded::Embedded;
use super::literal;
use super::scan::{Scan, Token};
use crate::model::charset;
use crate::model::page::Fetched;
use encoding_rs::GB18030;
use memchr::memmem;
use scraper::{Html, Selector};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::LazyLock;

/// One answer and its views.
pub(super) struct Answer<'f> {
    pub(super) fetched: &'f Fetched,
    embedded: Option<&'f Embedded>,
    text: OnceCell<Cow<'f, str>>,
    title: OnceCell<String>,
    visible: OnceCell<String>,
    tree: OnceCell<Option<Html>>,
    scripts: OnceCell<String>,
    json: OnceCell<Option<Value>>,
}

impl<'f> Answer<'f> {
    pub(super) const fn new(fetched: &'f Fetched) -> Self {
        Self {
            fetched,
            embedded: None,
            text: OnceCell::new(),
            title: OnceCell::new(),
            visible: OnceCell::new(),
            tree: OnceCell::new(),
            scripts: OnceCell::new(),
            json: OnceCell::new(),
        }
    }

    /// The same answer, whose data may stand inside a page.
    pub(super) fn with_embedded(self, embedded: Option<&'f Embedded>) -> Self {
        Self { embedded, ..self }
    }

    /// The body as text.
    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| decode(&self.fetched.content_type, &self.fetched.body))
    }

    /// The page's `<title>` as plain text; empty when there is none.
    pub(super) fn title(&self) -> &str {
        self.title.get_or_init(|| {
            let mut tokens = Scan::new(self.text());
            let begins = |token: &Token<'_>| matches!(token, Token::Start(name, _) if name.eq_ignore_ascii_case("title"));
            match tokens.find(begins).and_then(|_| tokens.next()) {
                Some(Token::Text(text)) => clean::title(text),
                _ => String::new(),
            }
        })
    }

    /// What a reader of the page sees, scripts and styles left out.
    pub(super) fn visible(&self) -> &str {
        self.visible.get_or_init(|| clean::plain(self.text()))
    }

    /// Whether the body is a page for people.
    pub(super) fn is_html(&self) -> bool {
        let text = self.text().trim_start();
        let head = &text.as_bytes()[..text.len().min(1024)];
        let names: [&[u8]; 4] = [b"<!doctype html", b"<html", b"<head", b"<body"];
        let lower = head.to_ascii_lowercase();
        names.iter().any(|name| memmem::find(&lower, name).is_some())
            || (self.fetched.content_type.contains("html")
                && text.starts_with('<')
                && !text.starts_with("<?xml"))
    }

    /// The page as a tree; none when building it would cost more than a page may.
    pub(super) fn tree(&self) -> Option<&Html> {
        self.tree.get_or_init(|| parse(self.text())).as_ref()
    }

    /// The page's own scripts, one after another; empty when there is no tree.
    pub(super) fn scripts(&self) -> &str {
        self.scripts.get_or_init(|| {
            let Some((page, selector)) = self.tree().zip(SCRIPT.as_ref()) else { return String::new() };
            page.select(selector).flat_map(|script| script.text().chain(["\n"])).collect()
        })
    }

    /// The first JSON document of the body, or else the one that the page carries.
    pub(super) fn json(&self) -> Option<&Value> {
        let find = || {
            first_document(self.text())
                .or_else(|| self.embedded.and_then(|embedded| embedded.find(self.text())))
        };
        self.json.get_or_init(find).as_ref()
    }
}

static SCRIPT: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("script").ok());

/// A page as a tree; none when building it would cost more than a page may.
pub(super) fn parse(html: &str) -> Option<Html> {
    is_buildable(html).then(|| Html::parse_document(html))
}

/// The body's text by header, mark, declaration or what its bytes can be.
///
/// A declaration inside a document is older than the document: sites that moved to UTF-8 still say gb2312. Bytes
/// that are UTF-8 beyond ASCII are not GB by chance, so without a header they are believed more.
fn decode<'b>(content_type: &str, body: &'b [u8]) -> Cow<'b, str> {
    let told = content_type.contains("charset");
    if !told
        && !body.is_ascii()
        && let Ok(text) = simdutf8::basic::from_utf8(body)
    {
        return Cow::Borrowed(text.trim_start_matches('\u{feff}'));
    }
    let text = match xml_encoding(body) {
        Some(label) if !told => charset::decode(&format!("text/xml; charset={label}"), body),
        _ => charset::decode(content_type, body),
    };
    if memmem::find(text.as_bytes(), "\u{fffd}".as_bytes()).is_some()
        && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(body)
    {
        return text;
    }
    text
}

/// The encoding an XML declaration names.
fn xml_encoding(body: &[u8]) -> Option<&str> {
    let head = body.get(..body.len().min(200))?;
    let declared = head.strip_prefix(b"<?xml")?;
    let declared = &declared[..memmem::find(declared, b"?>")?];
    let value = declared[memmem::find(declared, b"encoding")? + 8..].trim_ascii_start();
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    let quote = *value.first().filter(|sign| matches!(sign, b'"' | b'\''))?;
    let value = &value[1..];
    std::str::from_utf8(&value[..memchr::memchr(quote, value)?]).ok()
}

/// The first JSON document in a text: blank lines before it, a JSONP call around it or a second document behind
/// it (all of which platforms send) do no harm.
fn first_document(text: &str) -> Option<Value> {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let start = text.find(['{', '['])?;
    let before = text[..start].trim_end();
    if !(before.is_empty() || (before.ends_with('(') && before.len() < 200 && !before.contains('<'))) {
        return None;
    }
    match serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>().next()? {
        Ok(value) => Some(value),
        // A title cut in the middle of a sign, or a script's way of writing.
        Err(error) if !error.is_eof() => serde_json::from_str(&literal::json_of(&text[start..])?).ok(),
        Err(_) => None,
    }
}

/// The most steps a tree may cost: what a browser would also call a broken page. A page of 1 MB in the field
/// costs some hundred thousand.
const DEEP: usize = 20_000_000;
const REPEATED: usize = 1_000_000;

/// Whether the HTML parser can build a page in bounded time and memory.
///
/// The standard's algorithm walks the open elements at each start tag, and repeats each unclosed formatting
/// element inside each new block; both are quadratic in what stays open, so that is what is counted here.
fn is_buildable(html: &str) -> bool {
    const FORMATTING: [&str; 14] =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    const SHORT: [&str; 31] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead",
        "tfoot", "colgroup", "rt", "rp", "html", "body",
    ];
    let word = |name: &str| {
        let mut word = [0_u8; 12];
        word.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from.to_ascii_lowercase());
        word
    };
    let short: Vec<_> = SHORT.iter().map(|name| word(name)).collect();
    let formatting: Vec<_> = FORMATTING.iter().map(|name| word(name)).collect();
    let mut open: HashMap<[u8; 12], usize> = HashMap::new();
    let (mut depth, mut styles, mut walked, mut repeated) = (0_usize, 0_usize, 0_usize, 0_usize);
    for token in Scan::new(html) {
        match token {
            Token::Start(name, inside) => {
                let name = word(name);
                // Each attribute is compared with those before it.
                walked += depth + inside.bytes().filter(|byte| *byte == b'=').count().pow(2) / 16;
                repeated += styles;
                if walked > DEEP || repeated > REPEATED {
                    return false;
                }
                if short.contains(&name) || inside.ends_with('/') && !formatting.contains(&name) {
                    continue;
                }
                *open.entry(name).or_default() += 1;
                depth += 1;
                styles += usize::from(formatting.contains(&name));
            }
            Token::End(name) => {
                let name = word(name);
                if let Some(count) = open.get_mut(&name).filter(|count| **count > 0) {
                    *count -= 1;
                    depth -= 1;
                    styles -= usize::from(formatting.contains(&name));
                }
            }
            Token::Text(_) => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn fetched(content_type: &str, body: &[u8]) -> Fetched {
        let url = Url::parse("https://www.chenghu.example/").unwrap();
        Fetched { content_type: content_type.to_owned(), ..Fetched::at_hand(url, body.to_vec()) }
    }

    #[test]
    fn a_document_is_read_in_the_charset_it_is_really_in() {
        let gb = GB18030.encode("澄湖市发布㐂").0.into_owned();
        let declared = [b"<?xml version='1.0' encoding=\"gb2312\"?>".as_slice(), &gb].concat();
        for (content_type, body) in [
            ("text/html; charset=gb2312", gb.as_slice()),
            ("", gb.as_slice()),
            ("text/xml; charset=utf-8", gb.as_slice()),
            ("", declared.as_slice()),
            ("", "<meta charset=gb2312>澄湖市发布㐂".as_bytes()),
        ] {
            let fetched = fetched(content_type, body);
            assert!(Answer::new(&fetched).text().ends_with("澄湖市发布㐂"), "{content_type}");
        }
    }

    #[test]
    fn the_first_document_counts() {
        for text in
            ["\n\n {\"a\":1}", "{\"a\":1}{\"b\":2}", "window.cb && cb({\"a\":1});", "\u{feff}{\"a\":1}"]
        {
            let fetched = fetched("", text.as_bytes());
            assert_eq!(
                Answer::new(&fetched).json().and_then(|json| json.get("a")),
                Some(&Value::from(1)),
                "{text}"
            );
        }
        for text in [r#"{"a":1,"title":"半个\ud83d"}"#, "cb({a:1,b:undefined})"] {
            let fetched = fetched("", text.as_bytes());
            assert_eq!(Answer::new(&fetched).json().and_then(|json| json.get("a")), Some(&Value::from(1)));
        }
        for text in ["", "blocked", "<html>{\"a\":1}</html>", "{\"a\":"] {
            let fetched = fetched("", text.as_bytes());
            assert_eq!(Answer::new(&fetched).json(), None, "{text}");
        }
    }

    #[test]
    fn a_page_built_to_exhaust_the_parser_gives_no_tree() {
        let divs = "<div>".repeat(200_000);
        let styles = format!(
            "<p>{}</p>{}",
            (0..900).map(|n| format!("<b id={n}>")).collect::<Vec<_>>().concat(),
            "<p>x".repeat(200_000)
        );
        let masked = "<div></span>".repeat(80_000);
        for page in [divs, styles, masked] {
            assert!(Answer::new(&fetched("text/html", page.as_bytes())).tree().is_none());
        }
        let honest = format!("<ul>{}</ul>", "<li><a href=x><b>标题</b></a><p>段落<br>".repeat(20_000));
        assert!(Answer::new(&fetched("text/html", honest.as_bytes())).tree().is_some());
    }
}
