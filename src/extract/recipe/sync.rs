//! The section `[sync]`: where a bridge tells when it last read an account itself.
//!
//! In: the section. Out: an address on the bridge, and paths to its list of accounts. A bridge that serves old
//! rows with status 200 shows only here that they are old.

use super::Recipe;
use super::file::{Desk, Text};
use crate::extract::path::Path;
use crate::model::listing::Synced;
use crate::model::page::Request;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::time::Duration;

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SyncPart {
    url: Text,
    items: Text,
    id: Text,
    time: Text,
    #[serde(with = "humantime_serde")]
    stale: Duration,
}

/// Where a bridge tells when it last read an account.
#[derive(Debug, Clone)]
pub struct Sync {
    url: String,
    pub(in crate::extract) items: Path,
    /// What the account is called there: the target of a source.
    pub(in crate::extract) id: Path,
    pub(in crate::extract) time: Path,
    stale: TimeDelta,
}

impl Sync {
    /// The bridge's word about an account, and how old it may be before the bridge's silence says nothing.
    #[must_use]
    pub const fn said(&self, at: DateTime<Utc>) -> Synced {
        Synced { at, allowed: self.stale }
    }
}

impl Recipe {
    /// Where the bridge tells when it last read an account, if it does.
    #[must_use]
    pub const fn sync(&self) -> Option<&Sync> {
        self.sync.as_ref()
    }

    /// The request for the bridge's times.
    #[must_use]
    pub fn sync_request(&self) -> Option<Request> {
        let url = self.base.as_ref()?.join(&self.sync.as_ref()?.url).ok()?;
        Some(Request { headers: self.headers_for(url.as_str()), ..Request::get(url) })
    }
}

/// Compiles the section.
pub(super) fn sync(desk: &mut Desk<'_>, part: &SyncPart, has_base: bool) -> Option<Sync> {
    if !has_base {
        desk.wrong(part.url.span(), "sync.url", "没有 base", "采集桥的地址写在 base");
    }
    let items = desk.path("sync.items", Some(&part.items));
    let id = desk.path("sync.id", Some(&part.id));
    let time = desk.path("sync.time", Some(&part.time));
    let stale = TimeDelta::from_std(part.stale).unwrap_or(TimeDelta::MAX);
    Some(Sync { url: part.url.get_ref().clone(), items: items?, id: id?, time: time?, stale })
}
