//! A required repost (转载任务): what accounts must carry, by when, and which of them.

use super::account::{Platform, Registered, Tier};
use super::post::PostKey;
use super::region;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The number of a task in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub i64);

/// Which accounts must carry it; an empty list asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Levels of the bodies that opened them.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// 行政区划代码, with the places inside.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Platforms.
    #[serde(default)]
    pub platforms: Vec<Platform>,
    /// Keys or names of single accounts.
    #[serde(default)]
    pub accounts: Vec<String>,
}

impl Scope {
    /// Whether an account must carry it.
    #[must_use]
    pub fn holds(&self, account: &Registered) -> bool {
        (self.tiers.is_empty() || self.tiers.contains(&account.level))
            && (self.platforms.is_empty() || self.platforms.contains(&account.platform))
            && (self.accounts.is_empty()
                || self.accounts.contains(&account.key)
                || self.accounts.contains(&account.name))
            && (self.regions.is_empty()
                || self.regions.iter().any(|region| region::is_within(&account.region_code, region)))
    }
}

/// A required repost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    /// The title that must be carried unaltered.
    pub title: String,
    /// Where the original stands; may be empty.
    pub url: String,
    /// Whose it is; may be empty.
    pub source: String,
    /// From when on posts count.
    pub from: DateTime<Utc>,
    /// By when it must be carried.
    pub deadline: DateTime<Utc>,
    /// Which accounts must carry it.
    pub scope: Scope,
    /// When a person ended it.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A post that carries what a task asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Which task.
    pub task: TaskId,
    /// The post.
    pub post: PostKey,
    /// When it appeared.
    pub at: DateTime<Utc>,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Why its title is suspected to be altered; empty when it is not.
    pub altered: String,
}
