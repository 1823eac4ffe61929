//! Feeds: RSS, Atom, RDF and JSON Feed.
//!
//! In: the text of a feed and the listing of the last look. Out: profile, lines, and the posts whose bytes are
//! new. When every item is known nothing but the head is parsed, and that only where it names an account; when one is
//! new only that one is. The parser is feed-rs;
//! it always gets UTF-8 without a declaration, because it refuses text that was decoded before it.

use super::answer::Answer;
use super::date;
use super::gather::{Found, Gather, MOST, hash_of};
use super::recipe::{Field, Naming, On, Recipe};
use super::scan::tag_end;
use super::{Trouble, address, clean, cut, links};
use crate::model::address::plain_with_route;
use crate::model::listing::{Extracted, Listing, Profile};
use crate::model::moment;
use crate::model::post::{Origin, Published};
use crate::model::visit::Failure;
use chrono::{DateTime, Timelike, Utc};
use feed_rs::model::{Entry, Feed};
use feed_rs::parser::Builder;
use memchr::memmem;
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// The nanosecond that marks a bare day on its way through feed-rs, which knows only instants. No feed prints it.
const BARE: u32 = 1;

/// The version of an `rss` element.
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\sversion\s*=\s*("[^"]*"|'[^']*')"#).expect("a constant pattern"));

/// The attribute that says that a content stands elsewhere.
static ELSEWHERE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\ssrc\s*=\s*("[^"]*"|'[^']*')"#).expect("a constant pattern"));

/// A content with a media type rather than `text`, `html` or `xhtml`.
static MEDIA: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\stype\s*=\s*["'][^"'/]+/"#).expect("a constant pattern"));

/// Reads a feed.
pub(super) fn read(
    recipe: &Recipe,
    answer: &Answer<'_>,
    known: &Listing,
    now: DateTime<Utc>,
) -> Result<Extracted, Trouble> {
    let text = versioned(undeclared(answer.text()));
    let text = told_once(&text);
    let text = text.as_ref();
    let base = &answer.fetched.url;
    if let Some(items) = cut::items(text).filter(|items| !items.is_empty() && items.len() <= MOST)
        && let Some(read) = read_new(recipe, base, text, &items, known, now)
    {
        return Ok(read);
    }
    let feed = parse(text).map_err(|error| trouble(answer, &error))?;
    let mut gather = Gather::new(recipe, known, now);
    (gather.out.profile, gather.out.named) = profile(&recipe.feed, &feed);
    for entry in feed.entries.into_iter().take(MOST) {
        let stamp = entry.published.or(entry.updated).map(|at| at.to_rfc3339()).unwrap_or_default();
        let body = entry.content.as_ref().and_then(|content| content.body.as_deref());
        let summary = entry.summary.as_ref().map(|text| text.content.as_str());
        let title = entry.title.as_ref().map(|text| text.content.as_str());
        let link = entry.links.first().map_or("", |link| link.href.as_str());
        let body = body.or(summary).unwrap_or_default();
        let hash = hash_of([entry.id.as_str(), link, title.unwrap_or_default(), &stamp, body]);
        if !gather.recall(hash) {
            gather.add(hash, found(recipe, base, entry));
        }
    }
    Ok(gather.out)
}

/// Reads a feed whose items were cut: known ones by their bytes, new ones by the parser, which gets the feed
/// without the known ones. `None` when the parser sees other items than the cutter.
fn read_new(
    recipe: &Recipe,
    base: &Url,
    text: &str,
    items: &[Range<usize>],
    known: &Listing,
    now: DateTime<Utc>,
) -> Option<Extracted> {
    let hashes: Vec<u64> = items.iter().map(|item| xxh3_64(text[item.clone()].as_bytes())).collect();
    let is_new = |hash: &u64| known.find_hash(*hash).is_none();
    let new = hashes.iter().filter(|hash| is_new(hash)).count();
    let mut gather = Gather::new(recipe, known, now);
    let mut entries = Vec::new().into_iter();
    if new > 0 {
        let feed = parse(&without_known(text, items, &hashes, known))
            .ok()
            .filter(|feed| feed.entries.len() == new)?;
        (gather.out.profile, gather.out.named) = profile(&recipe.feed, &feed);
        entries = feed.entries.into_iter();
    } else if recipe.names_accounts() || !recipe.feed.name.is_empty() {
        // A head without items is short, and an account may change its name without posting.
        if let Ok(head) = parse(&without_known(text, items, &hashes, known)) {
            (gather.out.profile, gather.out.named) = profile(&recipe.feed, &head);
        }
    }
    for hash in hashes {
        if !gather.recall(hash) {
            gather.add(hash, found(recipe, base, entries.next()?));
        }
    }
    Some(gather.out)
}

/// The feed with its head, its tail and its new items.
fn without_known<'t>(text: &'t str, items: &[Range<usize>], hashes: &[u64], known: &Listing) -> Cow<'t, str> {
    if known.lines.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut from = 0;
    for (item, hash) in items.iter().zip(hashes) {
        if known.find_hash(*hash).is_some() {
            kept.push_str(&text[from..item.start]);
            from = item.end;
        }
    }
    kept.push_str(&text[from..]);
    Cow::Owned(kept)
}

/// The text without its XML declaration, whose encoding is no longer true.
fn undeclared(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let declared =
        text.strip_prefix("<?xml").filter(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace()));
    declared.and_then(|rest| rest.split_once("?>")).map_or(text, |(_, document)| document)
}

/// The text with a version that the parser knows, for feeds that write `<rss>` alone or a version of their own.
fn versioned(text: &str) -> Cow<'_, str> {
    let Some(root) = memmem::find(text.as_bytes(), b"<rss").map(|at| at + 4) else {
        return Cow::Borrowed(text);
    };
    let end = tag_end(text.as_bytes(), root);
    let inside = &text[root..end.max(root)];
    match VERSION.captures(inside) {
        Some(found) if ["2.0", "0.91", "0.92"].contains(&found[1].trim_matches(['"', '\''])) => {
            Cow::Borrowed(text)
        }
        _ => {
            let others = VERSION.replace(inside, " ");
            Cow::Owned(format!("{} version=\"2.0\"{others}{}", &text[..root], &text[end..]))
        }
    }
}

/// The text without what the parser refuses a whole Atom feed for: a content that stands in its element and is
/// also said to stand elsewhere (RSSHub writes every entry so), and a content that is empty.
fn told_once(text: &str) -> Cow<'_, str> {
    const CONTENT: &[u8] = b"<content";
    if memmem::find(&text.as_bytes()[..text.len().min(1024)], b"<feed").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut from = 0;
    for start in memmem::find_iter(text.as_bytes(), CONTENT) {
        let end = tag_end(text.as_bytes(), start + 1);
        let inside = &text[start + CONTENT.len()..end.max(start + CONTENT.len())];
        let is_tag = inside.starts_with(|c: char| c.is_ascii_whitespace() || c == '/') || inside.is_empty();
        if start < from || !is_tag || end >= text.len() {
            continue;
        }
        let behind = &text[end + 1..];
        let closed = behind.len() - behind.trim_start().len() + "</content>".len();
        let empty = if inside.ends_with('/') {
            Some(end + 1)
        } else {
            behind.trim_start().starts_with("</content>").then_some(end + 1 + closed)
        };
        let elsewhere = ELSEWHERE.find(inside);
        // With a media type, an empty content that stands elsewhere is as it should be.
        let is_media = MEDIA.is_match(inside);
        match (empty, elsewhere) {
            (Some(_), Some(_)) if is_media => {}
            (Some(after), _) => {
                out.push_str(&text[from..start]);
                from = after;
            }
            (None, Some(found)) => {
                out.push_str(&text[from..start + CONTENT.len() + found.start()]);
                from = start + CONTENT.len() + found.end();
            }
            (None, None) => {}
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

fn parse(text: &str) -> Result<Feed, String> {
    let parser = Builder::new()
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|raw| {
            let stamp = date::read_absolute(raw)?;
            let at = stamp.at.with_timezone(&Utc);
            at.with_nanosecond(if stamp.bare { BARE } else { at.nanosecond() & !BARE })
        })
        .build();
    parser.parse(text.as_bytes()).map_err(|error| error.to_string())
}

/// Why a body is no feed: a page for people, a feed that breaks off, or something else.
fn trouble(answer: &Answer<'_>, error: &str) -> Trouble {
    let text = answer.text();
    if text.trim().is_empty() {
        return Trouble::new(Failure::Broken, "回答没有内容");
    }
    if answer.is_html() {
        let title = answer.title();
        let seen = if title.is_empty() { clean::opening(answer.visible()) } else { title.to_owned() };
        return Trouble::new(Failure::Layout, format!("返回的是网页而不是订阅源:{seen}"));
    }
    let begins = ["<rss", "<feed", "<rdf:RDF"].iter().any(|root| text.contains(root));
    let failure = if begins { Failure::Broken } else { Failure::Layout };
    Trouble::new(failure, format!("不是完整的订阅源:{error}"))
}

/// What the channel says about the account, and whether a pattern told its name from the title.
fn profile(naming: &Naming, feed: &Feed) -> (Profile, bool) {
    let said = |text: &Option<feed_rs::model::Text>| {
        text.as_ref().map(|text| clean::title(&text.content)).filter(|text| !clean::is_void(text))
    };
    let image = feed.logo.as_ref().or(feed.icon.as_ref());
    let title = said(&feed.title);
    let name = title.as_deref().and_then(|text| inner(&naming.name, text));
    let named = name.is_some();
    let intro = said(&feed.description).map(|text| inner(&naming.intro, &text).unwrap_or(text));
    let profile = Profile {
        name: name.or(title),
        intro,
        avatar: image.map(|image| image.uri.clone()).filter(|uri| !uri.is_empty()),
        ..Profile::default()
    };
    (profile, named)
}

/// What the group `it` of the first matching pattern holds.
fn inner(patterns: &[Regex], text: &str) -> Option<String> {
    let part = patterns.iter().find_map(|pattern| pattern.captures(text)?.name("it"));
    part.map(|part| part.as_str().trim().to_owned())
}

fn found(recipe: &Recipe, base: &Url, entry: Entry) -> Found {
    let alternates = &entry.links;
    let link = alternates
        .iter()
        .find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .or(alternates.first());
    let url = link.and_then(|link| address::absolute_text(base, &link.href));
    let title = entry.title.map(|text| text.content).unwrap_or_default();
    let html = entry.content.and_then(|content| content.body).filter(|body| !body.trim().is_empty());
    let html = html.or(entry.summary.map(|text| text.content)).unwrap_or_default();
    let mut found = Found {
        id: entry.id,
        url: url.unwrap_or_default(),
        title: clean::title(&title),
        text: Some(clean::plain(&html)).filter(|text| !is_void(&recipe.feed, text)).unwrap_or_default(),
        links: links::links(&html, base),
        published: entry.published.or(entry.updated).map(stamp),
        absolute: true,
        ..Found::default()
    };
    if found.id == found.url || plain_with_route(&found.id) == plain_with_route(&found.url) {
        found.id.clear();
    }
    for rule in &recipe.origins {
        let On::Field(field, pattern) = &rule.on else { continue };
        let on = match field {
            Field::Title => &found.title,
            Field::Text => &found.text,
            Field::Html => &html,
            Field::Url => &found.url,
        };
        if let Some(seen) = pattern.captures(on) {
            let source = seen.name("source").map(|source| clean::title(source.as_str()));
            found.source = source.filter(|source| rule.is == Origin::Repost && !source.is_empty());
            found.origin = Some(rule.is);
            break;
        }
    }
    found
}

/// Whether the text of an item only says that there is none.
fn is_void(naming: &Naming, text: &str) -> bool {
    naming.void.iter().any(|pattern| pattern.is_match(text))
}

/// The stamp that came through feed-rs.
fn stamp(at: DateTime<Utc>) -> Published {
    if at.nanosecond() == BARE {
        Published::On(moment::in_shanghai(at).date_naive())
    } else {
        Published::At(at)
    }
}
