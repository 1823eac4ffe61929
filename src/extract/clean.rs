//! Text as a person reads it, out of HTML.
//!
//! In: fragments and whole pages. Out: plain text, folded and capped. It never fails and never builds a tree:
//! it runs on every item of every feed.

use super::scan::{Scan, Token};
use quick_xml::escape::resolve_html5_entity;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The most characters kept of one text.
pub(super) const CAP: usize = 20_000;

/// The most characters kept of a title.
pub(super) const TITLE: usize = 300;

/// Plain text of an HTML fragment: tags, scripts, styles and comments gone, entities resolved, spaces folded,
/// blocks on lines of their own, at most [`CAP`] characters.
pub(super) fn plain(html: &str) -> String {
    let mut fold = Fold::new(html.len().min(CAP * 3), CAP);
    for token in Scan::new(html) {
        match token {
            Token::Text(text) => fold.push_escaped(text),
            Token::Start(name, _) | Token::End(name) => fold.gap(gap_of(name)),
        }
        if fold.is_full() {
            break;
        }
    }
    fold.out
}

/// A line of plain text with its spaces folded, at most [`CAP`] characters.
pub(super) fn fold(text: &str) -> String {
    let mut fold = Fold::new(text.len().min(CAP * 3), CAP);
    fold.push(text);
    fold.out
}

/// A title: the plain text of a fragment on one line, at most [`TITLE`] characters.
pub(super) fn title(html: &str) -> String {
    let mut text = if html.contains(['<', '&']) { fold(&plain(html)) } else { fold(html) };
    clip(&mut text, TITLE);
    text
}

/// The beginning of a text, to stand for the title a post does not have.
pub(super) fn opening(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut line = line.to_owned();
    clip(&mut line, 80);
    line
}

/// Cuts a text after so many characters.
pub(super) fn clip(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

/// The label before a source, as pages write it.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s\[【(（]*(?:信息|文章|稿件|内容|新闻|资料)?来源\s*[:：]?\s*")
        .expect("a constant pattern")
});

/// Where on a line the source ends because something else begins.
static NEIGHBOUR: LazyLock<Regex> = LazyLock::new(|| {
    let words = "作者|记者|责任编辑|责编|编辑|审核|发布|更新|时间|日期|浏览|点击|阅读|访问|字体|字号|打印|分享|收藏|扫一扫";
    Regex::new(&format!(r"[|｜【\[\n]|字体|字号|浏览次数|点击数|打印本页|\s(?:{words}|\d{{4}}[-年/.])"))
        .expect("a constant pattern")
});

/// A source line without its label and without what other labels begin behind it; none when nothing is left.
pub(super) fn source_line(raw: &str) -> Option<String> {
    let text = raw.trim_start();
    let text = LABEL.find(text).map_or(text, |label| &text[label.end()..]);
    let text = NEIGHBOUR.find(text).map_or(text, |other| &text[..other.start()]);
    let mut kept = fold(text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ']' | '】' | ',' | '\u{ff0c}' | ';' | '\u{ff1b}')
    }));
    clip(&mut kept, 100);
    (!is_void(&kept)).then_some(kept)
}

/// Whether a value is one of the ways in which templates write nothing.
pub(super) fn is_void(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || ["null", "undefined", "none", "-", "--", "无"].iter().any(|void| void.eq_ignore_ascii_case(value))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

/// What a tag puts between the texts around it.
fn gap_of(name: &str) -> Gap {
    const LINES: [&str; 31] = [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "section",
        "article",
        "header",
        "footer",
        "hr",
        "pre",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "form",
        "title",
        "nav",
        "main",
        "body",
    ];
    let is = |word: &&str| word.eq_ignore_ascii_case(name);
    if LINES.iter().any(is) {
        Gap::Line
    } else if ["td", "th", "option"].iter().any(is) {
        Gap::Space
    } else {
        Gap::None
    }
}

/// Text being folded.
struct Fold {
    out: String,
    gap: Gap,
    left: usize,
}

impl Fold {
    fn new(capacity: usize, cap: usize) -> Self {
        Self { out: String::with_capacity(capacity), gap: Gap::None, left: cap }
    }

    const fn is_full(&self) -> bool {
        self.left == 0
    }

    fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn push(&mut self, mut text: &str) {
        while let Some(c) = text.chars().next() {
            if !is_visible(c) {
                if c.is_whitespace() {
                    self.gap(Gap::Space);
                }
                text = &text[c.len_utf8()..];
                continue;
            }
            self.close_gap();
            if self.left == 0 {
                return;
            }
            // Nearly all text is long runs of such characters, which are copied at once.
            let run = text.chars().take(self.left).take_while(|c| is_visible(*c));
            let (count, end) = run.fold((0, 0), |(count, end), c| (count + 1, end + c.len_utf8()));
            self.out.push_str(&text[..end]);
            self.left -= count;
            text = &text[end..];
        }
    }

    /// Writes what stands between the text so far and the character that comes.
    fn close_gap(&mut self) {
        if self.gap != Gap::None && !self.out.is_empty() && self.left > 0 {
            self.out.push(if self.gap == Gap::Line { '\n' } else { ' ' });
            self.left -= 1;
        }
        self.gap = Gap::None;
    }

    fn push_escaped(&mut self, mut text: &str) {
        while let Some(at) = memchr::memchr(b'&', text.as_bytes()) {
            self.push(&text[..at]);
            text = &text[at..];
            let used = if let Some((resolved, used)) = entity(text) {
                self.push(&resolved);
                used
            } else {
                self.push("&");
                1
            };
            text = &text[used..];
            if self.is_full() {
                return;
            }
        }
        self.push(text);
    }
}

/// Whether a character shows: no space, no control character, nothing of zero width.
fn is_visible(c: char) -> bool {
    // ASCII and the Chinese blocks by range, before the tables are asked.
    matches!(c, '!'..='~' | '\u{3001}'..='\u{fefe}')
        || !(c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}'))
}

/// The entity at the beginning of a text, and how many bytes it takes.
fn entity(text: &str) -> Option<(Cow<'static, str>, usize)> {
    let window = &text.as_bytes()[..text.len().min(34)];
    let end = memchr::memchr(b';', window)?;
    let name = &text[1..end];
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return Some((Cow::Owned(char::from_u32(code)?.to_string()), end + 1));
    }
    resolve_html5_entity(name).map(|found| (Cow::Borrowed(found), end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fragment_becomes_what_a_reader_sees() {
        let html = "<p>澄湖市&nbsp;&ldquo;清源&rdquo;行动<br>第一天</p><script>alert('x')</script>\
                    <style>p{}</style><!-- 旧稿 --><div>3 &lt; 5 &#20320;&#x597d; &bogus; a&b</div>";
        assert_eq!(plain(html), "澄湖市 “清源”行动\n第一天\n3 < 5 你好 &bogus; a&b");
    }

    #[test]
    fn inline_tags_part_no_words() {
        assert_eq!(plain("云<b>溪</b>县<span> 发布 </span>"), "云溪县 发布");
    }

    #[test]
    fn a_text_is_capped_in_characters() {
        assert_eq!(plain(&"湖".repeat(CAP + 5)).chars().count(), CAP);
        assert_eq!(title(&"湖 ".repeat(TITLE)).chars().count(), TITLE);
    }

    #[test]
    fn a_source_line_loses_its_label_and_its_neighbours() {
        for (raw, kept) in [
            ("来源:澄湖日报", Some("澄湖日报")),
            ("信息来源： 云溪县人民政府办公室 作者：张三", Some("云溪县人民政府办公室")),
            ("来源:澄湖市发布中心", Some("澄湖市发布中心")),
            ("澄湖日报 【字体：大 中 小】", Some("澄湖日报")),
            ("来源:", None),
            ("null", None),
        ] {
            assert_eq!(source_line(raw).as_deref(), kept, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cleaned_without_a_panic(html in "(?s).{0,200}|[<>&;#x0-9a-z\"'=!/ -]{0,200}") {
            let text = plain(&html);
            prop_assert!(!text.contains("  "));
            let _ = title(&html);
            let _ = source_line(&html);
        }
    }
}
