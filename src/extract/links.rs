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
/// The longest address that is followed, in bytes; servers take no longer ones.
const LONGEST: usize = 4_096;
/// The longest words of a link, in characters.
const WORDS: usize = 60;

/// The address in a tag, however it is quoted.
static HREF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#).expect("a constant pattern")
});

/// Styles under which nothing of an element is seen: not shown, without size, or moved off the page.
static UNSEEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity|(?:max-)?(?:width|height))\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:[;\x22'!]|$)|(?:left|right|top|text-indent|margin-left|margin-top)\s*:\s*-\s*[0-9]{3,}",
    )
    .expect("a constant pattern")
});
/// A marquee of no height, an older way of the same.
static MARQUEE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)height\s*=\s*["']?[0-3]["'\s]"#).expect("a constant pattern"));
/// How deep elements are followed.
const DEEPEST: usize = 256;

/// The links of a fragment in its order; places on the same page and addresses of other kinds are none. A style of the
/// fragment's outermost element hides nothing: pages show their articles by script once they are there.
pub(super) fn links(html: &str, base: &Url) -> Vec<Link> {
    walk(html, base, |_| true)
}

/// The links of a whole page that nobody sees.
pub(super) fn hidden(html: &str, base: &Url) -> Vec<Link> {
    if UNSEEN.is_match(html) || MARQUEE.is_match(html) {
        walk(html, base, |link| link.hidden)
    } else {
        Vec::new()
    }
}

/// The links that are wanted.
fn walk(html: &str, base: &Url, wanted: impl Fn(&Link) -> bool) -> Vec<Link> {
    let mut links = Vec::new();
    if memchr::memmem::find(html.as_bytes(), b"href").is_none() {
        return links;
    }
    let mut open: Option<Link> = None;
    // The names of the elements a place stands in, from the outermost one that hides it on.
    let mut unseen: Vec<&str> = Vec::new();
    let mut outermost = true;
    for token in Scan::new(html) {
        match token {
            Token::Start(name, tag) => {
                let hides = !outermost && is_unseen(name, tag);
                outermost = false;
                if (hides || !unseen.is_empty()) && unseen.len() < DEEPEST && !is_void(name, tag) {
                    unseen.push(name);
                }
                if name.eq_ignore_ascii_case("a") {
                    links.extend(open.take().filter(&wanted).map(finished));
                    let hidden = hides || !unseen.is_empty();
                    open = href(tag, base).map(|href| Link { words: String::new(), href, hidden });
                }
            }
            Token::End(name) => {
                if name.eq_ignore_ascii_case("a") {
                    links.extend(open.take().filter(&wanted).map(finished));
                }
                if let Some(place) = unseen.iter().rposition(|it| it.eq_ignore_ascii_case(name)) {
                    unseen.truncate(place);
                }
            }
            Token::Text(text) => {
                if let Some(link) = &mut open
                    && link.words.len() < WORDS * 4
                {
                    link.words.push_str(&text[..text.floor_char_boundary(WORDS * 8)]);
                }
            }
        }
        if links.len() >= MOST {
            return links;
        }
    }
    links.extend(open.filter(wanted).map(finished));
    links
}

/// Whether a start tag hides its element.
fn is_unseen(name: &str, tag: &str) -> bool {
    UNSEEN.is_match(tag) || name.eq_ignore_ascii_case("marquee") && MARQUEE.is_match(tag)
}

/// Elements that hold nothing.
fn is_void(name: &str, tag: &str) -> bool {
    tag.ends_with('/')
        || ["br", "img", "input", "meta", "link", "hr", "wbr", "source"]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(name))
}

fn finished(mut link: Link) -> Link {
    link.words = clean::title(&link.words);
    clean::clip(&mut link.words, WORDS);
    link
}

fn href(tag: &str, base: &Url) -> Option<String> {
    let found = HREF.captures(tag)?;
    let raw = found.iter().skip(1).flatten().next()?.as_str().trim();
    if raw.starts_with('#') || raw.len() > LONGEST {
        return None;
    }
    let raw = quick_xml::escape::unescape_with(raw, quick_xml::escape::resolve_html5_entity).ok()?;
    address::absolute_text(base, &raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_nobody_sees_is_told_from_one_in_an_article_that_a_script_shows() {
        let base = Url::parse("https://www.yunxi.gov.cn/").unwrap();
        let hidden = |html: &str| links(html, &base).iter().map(|it| it.hidden).collect::<Vec<_>>();
        for unseen in [
            "<div style='display:none'>",
            "<div style=\"position:absolute; left:-9999px\">",
            "<p style='font-size:0px'>",
            "<marquee height=1 width=2>",
            "<div style='overflow:hidden;height:0'><ul><li><br>",
        ] {
            let html = format!("<body>{unseen}<a href=/1>甲</a></div></p></marquee><a href=/2>乙</a>");
            assert_eq!(hidden(&html), [true, false], "{unseen}");
        }
        assert_eq!(
            hidden("<div style='visibility: hidden; opacity: 0;'><p><a href=/1>甲</a></p></div>"),
            [false]
        );
        assert_eq!(
            hidden("<div><p style='font-size:0.9em;height:05px'><a href=/1>甲</a></p></div>"),
            [false]
        );
        assert_eq!(hidden("<p><a style='display:none' href=/1>甲</a><a href=/2>乙</a></p>"), [true, false]);
    }

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
        assert!(links(html, &base).iter().all(|it| !it.hidden));
        assert!(links(&"<a href=/x>".repeat(10_000), &base).len() <= MOST);
        assert!(links("没有链接", &base).is_empty());
    }
}
