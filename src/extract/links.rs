//! The links of a text.
//!
//! In: an HTML fragment and the address of its page. Out: the web addresses its anchors lead to, each with its words.
//! It never fails and never builds a tree: it runs on every new item of every feed.

use super::scan::{Scan, Token};
use super::{address, clean};
use crate::model::post::Link;
use regex::Regex;
use std::sync::LazyLock;
use url::Url;

/// The most links of one text.
const MOST: usize = 200;
/// The longest words of a link, in characters.
const WORDS: usize = 60;

/// The address in a tag, however it is quoted.
static HREF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#).expect("a constant pattern")
});

/// The links of a fragment in its order; places on the same page and addresses of other kinds are none.
pub(super) fn links(html: &str, base: &Url) -> Vec<Link> {
    let mut links = Vec::new();
    if memchr::memmem::find(html.as_bytes(), b"href").is_none() {
        return links;
    }
    let mut open: Option<(String, String)> = None;
    for token in Scan::new(html) {
        match token {
            Token::Start(name, tag) if name.eq_ignore_ascii_case("a") => {
                links.extend(open.take().map(link));
                open = href(tag, base).map(|href| (href, String::new()));
            }
            Token::End(name) if name.eq_ignore_ascii_case("a") => links.extend(open.take().map(link)),
            Token::Text(text) => {
                if let Some((_, words)) = &mut open
                    && words.len() < WORDS * 4
                {
                    words.push_str(text);
                }
            }
            _ => {}
        }
        if links.len() >= MOST {
            return links;
        }
    }
    links.extend(open.map(link));
    links
}

fn link((href, words): (String, String)) -> Link {
    let mut words = clean::title(&words);
    clean::clip(&mut words, WORDS);
    Link { words, href }
}

fn href(tag: &str, base: &Url) -> Option<String> {
    let found = HREF.captures(tag)?;
    let raw = found.iter().skip(1).flatten().next()?.as_str().trim();
    if raw.starts_with('#') {
        return None;
    }
    let raw = quick_xml::escape::unescape_with(raw, quick_xml::escape::resolve_html5_entity).ok()?;
    address::absolute_text(base, &raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_read_with_their_words_and_made_absolute() {
        let base = Url::parse("https://www.yunxi.gov.cn/a/1.html").unwrap();
        let html = "<p>看<A class=x HREF='/b?x=1&amp;y=2'>这里 <b>下载</b></A>，<a href=https://shop.example/1>买</a>\
                    <a href=\"#top\">回顶部</a><a href='javascript:void(0)'>无</a><a>空</a><a href=\"c.html\">未完";
        let found = links(html, &base);
        let found: Vec<_> = found.iter().map(|it| (it.words.as_str(), it.href.as_str())).collect();
        assert_eq!(
            found,
            [
                ("这里 下载", "https://www.yunxi.gov.cn/b?x=1&y=2"),
                ("买", "https://shop.example/1"),
                ("未完", "https://www.yunxi.gov.cn/a/c.html")
            ]
        );
        assert!(links(&"<a href=/x>".repeat(10_000), &base).len() <= MOST);
        assert!(links("没有链接", &base).is_empty());
    }
}
