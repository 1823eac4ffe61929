//! An article's own page: what it adds to the line in a list.
//!
//! In: HTML of any site. Out: title, time, source and text, by the tags that 国办发〔2017〕47号 (政府网站发展指引,
//! annex on page tags) asks of government sites, then by the labels people read. It never reads attributes of
//! body elements: templates leave old values in them.

use super::answer::Answer;
use super::{Trouble, clean, date, dated, links};
use crate::model::listing::Article;
use crate::model::moment;
use crate::model::post::{Link, Published};
use crate::model::visit::Failure;
use chrono::{DateTime, Utc};
use ego_tree::iter::Edge;
use regex::Regex;
use scraper::{ElementRef, Html, Node, Selector};
use std::sync::LazyLock;
use url::Url;

static META: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("meta").ok());
static HEADING: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("h1").ok());

/// What people read before the time of publication, the surest first.
static LABELS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    ["(?:发布|发表|发文)(?:时间|日期)\\s*[:：]?\\s*$", "(?:^|[^\\p{Han}])(?:时间|日期)\\s*[:：]\\s*$"]
        .map(|label| Regex::new(label).expect("a constant pattern"))
});

/// A source line, on one line or with its value on the next.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:信息|文章|稿件|内容|新闻)?来源\s*[:：]\s*([^\n]{1,120})").expect("a constant pattern")
});

/// The metas that name the time of an article, the most binding first.
const TIMES: [&str; 4] = ["pubdate", "firstpublishedtime", "publishdate", "article:published_time"];

/// Whether a page says by its metas that it is an article; list pages name their column instead.
pub(super) fn is_article(page: &Html) -> bool {
    TIMES.iter().chain(&["articletitle"]).any(|name| meta(page, &[name]).is_some())
}

/// Reads an article page.
pub(super) fn read(answer: &Answer<'_>, now: DateTime<Utc>) -> Result<Article, Trouble> {
    let page = answer.tree().ok_or_else(|| Trouble::new(Failure::TooLarge, "页面嵌套过深"))?;
    let visible = answer.visible();
    let base = &answer.fetched.url;
    let (text, links) = main_text(page, base).unwrap_or_else(|| (visible.to_owned(), Vec::new()));
    let title = title(page, answer.title());
    let published = published(page, visible, answer.fetched.url.as_str(), now);
    if published.is_none() && text.chars().count() < 20 {
        return Err(Trouble::new(Failure::Layout, "页面上没有文章"));
    }
    let source = meta(page, &["contentsource"])
        .and_then(|raw| clean::source_line(&raw))
        .or_else(|| SOURCE.captures_iter(visible).find_map(|found| clean::source_line(&found[1])));
    Ok(Article { title, published, source, text, links, ..Article::default() })
}

/// The first value that is not void among the metas of these names, lower case, in the order of the names.
pub(super) fn meta(page: &Html, names: &[&str]) -> Option<String> {
    let selector = META.as_ref()?;
    names.iter().find_map(|wanted| {
        page.select(selector).find_map(|element| {
            let name = element.attr("name").or_else(|| element.attr("property"))?;
            let value = element.attr("content").or_else(|| element.attr("value"))?;
            (name.trim().eq_ignore_ascii_case(wanted) && !clean::is_void(value)).then(|| clean::title(value))
        })
    })
}

fn title(page: &Html, head: &str) -> Option<String> {
    let heading = || {
        let mut all = page.select(HEADING.as_ref()?).map(|h1| clean::fold(&h1.text().collect::<String>()));
        all.find(|text| text.chars().count() > 4)
    };
    // A page's title ends with the names of its columns and its site.
    let alone = || {
        ["--", "__", "_", " - ", "|"]
            .iter()
            .find_map(|sign| head.split_once(sign))
            .map_or(head, |(own, _)| own)
    };
    meta(page, &["articletitle", "og:title"])
        .or_else(heading)
        .or_else(|| Some(alone().trim().to_owned()))
        .filter(|title| !title.is_empty())
}

/// The time of publication in the order of PLATFORMS 8.1; a bare day takes its time of day from the page's own
/// line of time and source when that names the same day.
fn published(page: &Html, visible: &str, url: &str, now: DateTime<Utc>) -> Option<Published> {
    let read =
        |raw: &str| date::read_absolute(raw).filter(|stamp| stamp.at <= now + chrono::Duration::days(1));
    let metas = TIMES.iter().filter_map(|name| meta(page, &[*name])).filter_map(|raw| read(raw.trim()));
    let first = metas.map(date::Stamp::published).next();
    let labelled = || {
        LABELS.iter().find_map(|label| {
            let mut found = dated::on_lines(visible).filter(|(before, _, _)| label.is_match(before));
            found.find_map(|(_, raw, _)| read(raw))
        })
    };
    let beside_source = |day: Option<chrono::NaiveDate>| {
        dated::on_lines(visible)
            .filter(|(before, _, after)| {
                after.chars().take(8).collect::<String>().contains("来源")
                    || LABELS.iter().any(|label| label.is_match(before))
            })
            .filter_map(|(_, raw, _)| read(raw))
            .find(|stamp| {
                !stamp.bare
                    && day.is_none_or(|day| moment::in_shanghai(stamp.at.to_utc()).date_naive() == day)
            })
            .map(date::Stamp::published)
    };
    let first = first
        .or_else(|| labelled().map(date::Stamp::published))
        .or_else(|| beside_source(None))
        .or_else(|| date::from_url(url).map(Published::On));
    match first {
        Some(Published::On(day)) => beside_source(Some(day)).or(first),
        exact => exact,
    }
}

/// Text and links of the element that holds the most text of its own: an article's paragraphs share one parent.
fn main_text(page: &Html, base: &Url) -> Option<(String, Vec<Link>)> {
    // Own text, and the text of the children that are paragraphs.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut best = (0_usize, None);
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(_) => open.push((0, 0)),
                Node::Text(text) => {
                    if let Some((own, _)) = open.last_mut() {
                        *own += text.trim().chars().count();
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                let Node::Element(element) = node.value() else { continue };
                let Some((own, paragraphs)) = open.pop() else { continue };
                let name = element.name();
                if matches!(
                    name,
                    "script" | "style" | "noscript" | "a" | "template" | "textarea" | "title" | "option"
                ) {
                    continue;
                }
                let inline =
                    matches!(name, "p" | "span" | "strong" | "b" | "em" | "font" | "section" | "h2" | "h3");
                if own + paragraphs > best.0 && !matches!(name, "p" | "span" | "font" | "strong" | "b" | "em")
                {
                    best = (own + paragraphs, Some(node));
                }
                if inline && let Some((_, of_parent)) = open.last_mut() {
                    *of_parent += own + paragraphs;
                }
            }
        }
    }
    let element = ElementRef::wrap(best.1?)?;
    let html = element.html();
    let text = clean::plain(&html);
    (text.chars().count() >= 20).then(|| (text, links::links(&html, base)))
}
