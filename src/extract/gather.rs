//! The items of one listing on their way from a reader to the listing and the posts.
//!
//! In: items in the order of the page, each with the hash of what was read. Out: an `Extracted`, in which an item
//! known from the last look is a line only, and never parsed. It never keeps two lines of one post.

use super::clean;
use super::recipe::Recipe;
use crate::model::address::plain_with_route;
use crate::model::listing::{Extracted, Line, Listing};
use crate::model::post::{Link, Origin, Post, PostKey, Published};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::HashSet;

/// The most items of one page; a longer list is cut, the page's order being newest first.
pub(super) const MOST: usize = 1_000;

/// An item as a reader found it.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The platform's own id; the address stands in for it.
    pub(super) id: String,
    /// Absolute address, or empty.
    pub(super) url: String,
    /// Plain title, or empty.
    pub(super) title: String,
    /// Plain text, or empty.
    pub(super) text: String,
    /// When, as the page says.
    pub(super) published: Option<Published>,
    /// The page's words fix the instant; "3小时前" does not, and "11-20" does not in January.
    pub(super) absolute: bool,
    /// Whose work; none when nothing tells.
    pub(super) origin: Option<Origin>,
    /// Whom it names as its source.
    pub(super) source: Option<String>,
    /// Held at the top.
    pub(super) pinned: bool,
    /// Where its text leads.
    pub(super) links: Vec<Link>,
}

/// An `Extracted` in the making.
pub(super) struct Gather<'a> {
    known: &'a Listing,
    now: DateTime<Utc>,
    origin: Origin,
    seen: HashSet<PostKey>,
    pub(super) out: Extracted,
}

impl<'a> Gather<'a> {
    pub(super) fn new(recipe: &Recipe, known: &'a Listing, now: DateTime<Utc>) -> Self {
        Self { known, now, origin: recipe.origin, seen: HashSet::new(), out: Extracted::default() }
    }

    /// Whether the last look saw these bytes; then their line is taken over.
    pub(super) fn recall(&mut self, hash: u64) -> bool {
        let Some(line) = self.known.find_hash(hash) else { return false };
        if self.seen.insert(line.key) {
            self.out.listing.lines.push(*line);
        }
        true
    }

    /// Takes in an item. One without id and address is recognised by its title; one without any is no post.
    pub(super) fn add(&mut self, hash: u64, found: Found) {
        let identity =
            [found.id.trim(), &found.url, &found.title, &found.text].into_iter().find(|id| !id.is_empty());
        let Some(identity) = identity else { return };
        let key = PostKey::of(&plain_with_route(identity));
        if !self.seen.insert(key) || self.out.listing.lines.len() >= MOST {
            return;
        }
        let mut published = found.published.filter(|stamp| is_plausible(*stamp, self.now));
        if !found.absolute
            && let Some(before) = self.known.find_key(key).and_then(|line| line.published)
        {
            // The nearer look read the vaguer words better.
            published = Some(before);
        }
        self.out.listing.lines.push(Line { hash, key, published, pinned: found.pinned });
        let title = if found.title.is_empty() { clean::opening(&found.text) } else { found.title };
        self.out.posts.push(Post {
            key,
            url: found.url,
            title,
            text: found.text,
            published,
            origin: found.origin.unwrap_or(self.origin),
            source: found.source,
            pinned: found.pinned,
            links: found.links,
        });
    }
}

/// Whether a post can carry a stamp: not tomorrow's and not older than the platforms.
fn is_plausible(stamp: Published, now: DateTime<Utc>) -> bool {
    let oldest = NaiveDate::from_ymd_opt(2000, 1, 1).map(crate::model::moment::day_start);
    stamp.shown() <= now + Duration::days(1) && oldest.is_none_or(|oldest| stamp.shown() >= oldest)
}

/// The hash of an item by the fields that were read from it, for readers that do not see its bytes.
pub(super) fn hash_of<'t>(fields: impl IntoIterator<Item = &'t str>) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    for field in fields {
        hasher.update(field.as_bytes());
        hasher.update(&[0]);
    }
    hasher.digest()
}
