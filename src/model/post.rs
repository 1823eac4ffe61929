//! One published item and what is known about its time and origin.

use super::words;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Whose work a post is. `Unknown` is a verdict: it is counted apart and never held against an account.
    pub enum Origin {
        Original = "original", "原创";
        Repost = "repost", "转载";
        Unknown = "unknown", "无法判断";
    }
}

/// The time a page gives for a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Published {
    /// Day and time of day.
    At(DateTime<Utc>),
    /// A bare day: the post may have appeared at any time of it.
    On(NaiveDate),
}

impl Published {
    /// The latest instant the stamp allows: the end of a bare day.
    #[must_use]
    pub fn latest(self) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::On(day) => super::moment::day_end(day),
        }
    }

    /// The instant shown to people and sorted by: the beginning of a bare day.
    #[must_use]
    pub fn shown(self) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::On(day) => super::moment::day_start(day),
        }
    }
}

/// Identity of a post inside its account: a hash of the platform's own id or of the normalised address,
/// never of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PostKey(pub i64);

impl PostKey {
    /// The key of an id the platform gave, or of a normalised address when it gave none.
    #[must_use]
    pub fn of(identity: &str) -> Self {
        Self(xxhash_rust::xxh3::xxh3_64(identity.as_bytes()).cast_signed())
    }
}

/// One published item as it was seen in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Identity inside the account.
    pub key: PostKey,
    /// Address of the post, empty when the platform shows none.
    pub url: String,
    /// Title or the beginning of the text; plain text.
    pub title: String,
    /// Plain text of the post as far as the listing carries it.
    pub text: String,
    /// Time printed by the platform, if any.
    pub published: Option<Published>,
    /// Whose work it is.
    pub origin: Origin,
    /// Whom a repost names as its source.
    pub source: Option<String>,
    /// Held at the top of the list by its author; says nothing about its age.
    pub pinned: bool,
    /// Where its text leads, as far as the listing or the post's own page shows it; judged with it and not kept.
    pub links: Vec<Link>,
}

/// A link in the text of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words it stands behind.
    pub words: String,
    /// Where it leads: an absolute web address.
    pub href: String,
    /// It stands where nobody who looks at the page can see it.
    pub hidden: bool,
}
