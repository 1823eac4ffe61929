//! A host to which posts link, and whether it still is what it was.

use super::account::AccountId;
use super::finding::LastPost;
use super::post::PostKey;
use super::words;
use chrono::{DateTime, Utc};

words! {
    /// What is known of a host.
    pub enum HostState {
        /// Not looked at yet, or no look could tell.
        Unknown = "unknown", "尚未核实";
        /// It answers as a site does.
        Alive = "alive", "正常";
        /// It could not be reached for a while, not yet long enough to say so.
        Silent = "silent", "暂时无法访问";
        /// It has not been there for days.
        Dead = "dead", "已失效";
        /// It shows what somebody else has made of it.
        Taken = "taken", "疑似被他人利用";
    }
}

impl HostState {
    /// Whether a link there is told of.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Dead | Self::Taken)
    }
}

/// What is known of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What it is.
    pub state: HostState,
    /// The first of the looks in a row that did not reach it.
    pub silent_since: Option<DateTime<Utc>>,
    /// How many these are.
    pub silent_looks: u32,
    /// What was seen, in Chinese.
    pub why: String,
}

impl Default for Standing {
    fn default() -> Self {
        Self { state: HostState::Unknown, silent_since: None, silent_looks: 0, why: String::new() }
    }
}

/// A host to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Number in the store.
    pub id: i64,
    /// Host and port.
    pub name: String,
    /// Its first page.
    pub root: String,
    /// What is known of it.
    pub standing: Standing,
}

/// A link of a post to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostLink {
    /// Whose post it is.
    pub account: AccountId,
    /// Which post.
    pub post: PostKey,
    /// Host and port.
    pub host: String,
    /// The first page of the host.
    pub root: String,
    /// Where it leads.
    pub href: String,
    /// The words it stands behind.
    pub words: String,
}

/// A link to a host that was or is no longer what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// The link.
    pub link: HostLink,
    /// What is known of the host.
    pub standing: Standing,
    /// The post it stands in.
    pub post: LastPost,
    /// The post can still be read.
    pub stands: bool,
}
