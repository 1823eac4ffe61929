//! The history of an account as it was seen: looks and sightings, and what they prove about time.
//!
//! In: every good look and every sighting of a post. Out: the posts that count, each with the latest time
//! the evidence allows. Linear in the history but for one table of look-ups; never reads a rule.

use crate::model::address;
use crate::model::post::{Origin, PostKey, Published};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// How much earlier than a look a post may be dated and still have been missed by it.
const SLACK: TimeDelta = TimeDelta::minutes(10);

/// One look at an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether it may carry a claim.
    pub good: bool,
    /// How far its listing reached back, if that can be told.
    pub covers_since: Option<DateTime<Utc>>,
    /// The platform itself said that there is nothing.
    pub empty_marker: bool,
}

/// A post as it was seen under one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting<'a> {
    /// The platform's own id; empty when it has none.
    pub guid: &'a str,
    /// Its address; empty when the platform shows none.
    pub url: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The time the page gave for it.
    pub published: Option<Published>,
    /// When we saw it first.
    pub first_seen: DateTime<Utc>,
    /// Whose work it is.
    pub origin: Origin,
    /// It is gone from the page: as if it had never been.
    pub deleted: bool,
}

/// Good looks in the order of time, asked how far back any of them reached.
#[derive(Debug, Clone, Default)]
pub struct Looks {
    at: Vec<DateTime<Utc>>,
    /// `reach[k][i]`: the farthest reach among the `2^k` looks from the `i`th on.
    reach: Vec<Vec<DateTime<Utc>>>,
}

impl Looks {
    /// The good ones among these looks.
    #[must_use]
    pub fn new(looks: &[Look]) -> Self {
        let mut good: Vec<&Look> = looks.iter().filter(|look| look.good).collect();
        good.sort_by_key(|look| look.at);
        let mut reach = vec![good.iter().map(|look| reach_of(look)).collect::<Vec<_>>()];
        let mut half = 1;
        while half * 2 <= good.len() {
            let below = &reach[reach.len() - 1];
            reach.push(below.iter().zip(&below[half..]).map(|(near, far)| *near.min(far)).collect());
            half *= 2;
        }
        Self { at: good.iter().map(|look| look.at).collect(), reach }
    }

    /// The latest look up to an instant.
    #[must_use]
    pub fn latest(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let end = self.at.partition_point(|at| *at <= until);
        self.at[..end].last().copied()
    }

    /// The farthest any look strictly between two instants reached back.
    fn farthest(&self, after: DateTime<Utc>, before: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let start = self.at.partition_point(|at| *at <= after);
        let end = self.at.partition_point(|at| *at < before);
        let step = end.checked_sub(start)?.checked_ilog2()?;
        let row = &self.reach[usize::try_from(step).ok()?];
        Some(row[start].min(row[end - (1 << step)]))
    }
}

/// An empty page that says so itself would have shown a post of any age.
fn reach_of(look: &Look) -> DateTime<Utc> {
    if look.empty_marker {
        DateTime::<Utc>::MIN_UTC
    } else {
        look.covers_since.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The latest time the evidence allows for a post.
///
/// That is its printed time, a bare day taken to its end; but the first sighting when there is none, when it
/// lies after the first sighting, or when it is back-dated: some look in between reached back to it and did
/// not show the post. `looks` need hold only those after the printed time and before the first sighting.
#[must_use]
pub fn effective_time(
    published: Option<Published>,
    first_seen: DateTime<Utc>,
    looks: &Looks,
) -> DateTime<Utc> {
    let Some(printed) = published.map(Published::latest).filter(|printed| *printed <= first_seen) else {
        return first_seen;
    };
    let missed = printed.checked_add_signed(SLACK).and_then(|after| looks.farthest(after, first_seen));
    if missed.is_some_and(|reach| reach <= printed) { first_seen } else { printed }
}

/// What marks two sightings under different identities as one post: the same title at the same time.
/// `None` when it has no title or no time. A store that keeps it beside the key finds a re-listed post.
#[must_use]
pub fn twin(title: &str, published: Option<Published>) -> Option<PostKey> {
    let (title, published) = (title.trim(), published?);
    let stamp = match published {
        Published::At(at) => at.to_rfc3339(),
        Published::On(day) => day.to_string(),
    };
    (!title.is_empty()).then(|| PostKey::of(&format!("{stamp} {title}")))
}

/// A post that counts, with all its sightings in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known<'a> {
    pub(super) title: &'a str,
    pub(super) url: &'a str,
    pub(super) published: Option<Published>,
    pub(super) first_seen: DateTime<Utc>,
    pub(super) origin: Origin,
}

/// The posts that count, in the order in which they were first seen.
pub(super) fn merge<'a>(sightings: &[Sighting<'a>]) -> Vec<Known<'a>> {
    let mut seen: Vec<&Sighting<'a>> = sightings.iter().filter(|sighting| !sighting.deleted).collect();
    seen.sort_by_key(|sighting| sighting.first_seen);
    let mut sets = Sets { parent: (0..seen.len()).collect() };
    sets.join_equal(seen.iter().map(|sighting| Some(sighting.guid).filter(|guid| !guid.is_empty())));
    sets.join_equal(
        seen.iter().map(|sighting| Some(address::plain(sighting.url)).filter(|url| !url.is_empty())),
    );
    sets.join_equal(seen.iter().map(|sighting| twin(sighting.title, sighting.published)));
    let mut place: HashMap<usize, usize> = HashMap::new();
    let mut known: Vec<Known<'a>> = Vec::new();
    for (index, sighting) in seen.into_iter().enumerate() {
        match place.entry(sets.root(index)) {
            Entry::Occupied(place) => known[*place.get()].absorb(sighting),
            Entry::Vacant(vacant) => {
                vacant.insert(known.len());
                known.push(Known {
                    title: sighting.title,
                    url: sighting.url,
                    published: sighting.published,
                    first_seen: sighting.first_seen,
                    origin: sighting.origin,
                });
            }
        }
    }
    known
}

impl<'a> Known<'a> {
    /// Takes in a later sighting: the earliest time stands, and the account has the benefit of the doubt.
    fn absorb(&mut self, sighting: &Sighting<'a>) {
        let earlier = |a: Published, b: Published| if b.latest() < a.latest() { b } else { a };
        self.published = match (self.published, sighting.published) {
            (Some(a), Some(b)) => Some(earlier(a, b)),
            (a, b) => a.or(b),
        };
        self.origin = match (self.origin, sighting.origin) {
            (Origin::Original, _) | (_, Origin::Original) => Origin::Original,
            (Origin::Unknown, _) | (_, Origin::Unknown) => Origin::Unknown,
            (Origin::Repost, Origin::Repost) => Origin::Repost,
        };
    }
}

/// Disjoint sets of sightings; the root of a set is its earliest member.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn root(&mut self, mut index: usize) -> usize {
        while self.parent[index] != index {
            self.parent[index] = self.parent[self.parent[index]];
            index = self.parent[index];
        }
        index
    }

    /// Joins all sightings with the same mark.
    fn join_equal<K: Eq + Hash>(&mut self, marks: impl Iterator<Item = Option<K>>) {
        let mut first: HashMap<K, usize> = HashMap::new();
        for (index, mark) in marks.enumerate() {
            let Some(mark) = mark else { continue };
            let other = *first.entry(mark).or_insert(index);
            let (a, b) = (self.root(index), self.root(other));
            self.parent[a.max(b)] = a.min(b);
        }
    }
}

#[cfg(test)]
mod tests;
