//! A finding with a life, shown to people as a case.

use super::account::AccountId;
use super::finding::{Evidence, Level, Rule};
use super::words;
use chrono::{DateTime, Utc};

words! {
    /// Where a case stands.
    pub enum State {
        Open = "open", "未解决";
        Acknowledged = "acknowledged", "处理中";
        Resolved = "resolved", "已恢复";
        Closed = "closed", "已办结";
    }
}

impl State {
    /// Whether the case still runs: at most one such case exists for a key.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Open | Self::Acknowledged)
    }
}

words! {
    /// Something that happened to a case; append-only.
    pub enum EventKind {
        Opened = "opened", "立案";
        Worsened = "worsened", "情况变化";
        Acknowledged = "acknowledged", "已受理";
        Resolved = "resolved", "恢复";
        Closed = "closed", "办结";
    }
}

/// The number of a case in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub i64);

/// What a case is about. `account` is `None` for cases about a site or about ourselves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentKey {
    /// The account, if it is about one.
    pub account: Option<AccountId>,
    /// Which criterion.
    pub rule: Rule,
    /// A site, an address, or what else tells two cases apart.
    pub subject: String,
}

/// A finding with a life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// What it is about.
    pub key: IncidentKey,
    /// How much it weighs.
    pub level: Level,
    /// Where it stands.
    pub state: State,
    /// Since when the matter holds, by the rule.
    pub since: DateTime<Utc>,
    /// When we opened the case.
    pub opened_at: DateTime<Utc>,
    /// When it took its present state and level.
    pub changed_at: DateTime<Utc>,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// What it rests on.
    pub evidence: Evidence,
}
