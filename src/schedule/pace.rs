//! When a site may be asked: time slots shared by all workers.
//!
//! In: sites, their gaps and how many requests are wanted. Out: the instants at which they may leave. A site that
//! refused is left alone by the whole fleet, because its next slot lies behind its cool-down.

use super::backoff;
use crate::clock::SharedClock;
use crate::store::{Error, Store};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// What shares one pace: host and port, for two ports of one host are mostly two services.
#[must_use]
pub fn site_of(url: &Url) -> String {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        _ => String::new(),
    }
}

/// Hands out slots.
#[derive(Debug, Clone)]
pub struct Pace {
    store: Store,
    clock: SharedClock,
    /// Sites that refused and have not answered since, so that a good answer costs a statement only for them.
    cooling: Arc<Mutex<HashSet<String>>>,
}

impl Pace {
    /// The pace kept in a store. Sites that are cooling down are remembered from before.
    pub async fn new(store: Store, clock: SharedClock) -> Result<Self, Error> {
        let cooling = store.list_cooling().await?.into_iter().map(|cooling| cooling.site).collect();
        Ok(Self { store, clock, cooling: Arc::new(Mutex::new(cooling)) })
    }

    /// Reserves the slot of one request to a site.
    pub async fn reserve(&self, site: &str, gap: std::time::Duration) -> Result<DateTime<Utc>, Error> {
        let wants = BTreeMap::from([(site.to_owned(), Want { requests: 1, gap })]);
        let slots = self.reserve_all(&wants).await?;
        Ok(slots.get(site).map_or_else(|| self.clock.now(), |slots| slots.next))
    }

    /// Reserves slots for requests to several sites at once: for each the first instant and the gap between them. A
    /// site without a gap that is not cooling down needs no slots.
    pub async fn reserve_all(&self, wants: &BTreeMap<String, Want>) -> Result<HashMap<String, Slots>, Error> {
        let now = self.clock.now();
        let gap = |want: &Want| Duration::from_std(want.gap).unwrap_or(Duration::days(1));
        let paced = wants.iter().filter(|(site, want)| !want.gap.is_zero() || self.is_cooling(site));
        let spans = paced
            .map(|(site, want)| (site.clone(), gap(want) * i32::try_from(want.requests).unwrap_or(i32::MAX)));
        let firsts = self.store.reserve_slots(&spans.collect(), now).await?;
        let slots = wants.iter().map(|(site, want)| {
            let next = firsts.get(site).copied().unwrap_or(now);
            (site.clone(), Slots { next, gap: gap(want) })
        });
        Ok(slots.collect())
    }

    /// Notes that a site refused: nobody asks it again for a while.
    pub async fn cool(&self, site: &str, asked: Option<std::time::Duration>) -> Result<(), Error> {
        let now = self.clock.now();
        self.store.cool_site(site, now, |count| now + backoff::cool_down(count, asked)).await?;
        self.cooling.lock().unwrap_or_else(PoisonError::into_inner).insert(site.to_owned());
        Ok(())
    }

    /// Notes that a site answered.
    pub async fn warm(&self, site: &str) -> Result<(), Error> {
        if self.is_cooling(site) {
            self.store.warm_site(site).await?;
            self.cooling.lock().unwrap_or_else(PoisonError::into_inner).remove(site);
        }
        Ok(())
    }

    fn is_cooling(&self, site: &str) -> bool {
        self.cooling.lock().unwrap_or_else(PoisonError::into_inner).contains(site)
    }
}

/// Requests wanted of one site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Want {
    /// How many.
    pub requests: u32,
    /// The least time between two of them.
    pub gap: std::time::Duration,
}

/// Consecutive slots of one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    next: DateTime<Utc>,
    gap: Duration,
}

impl Slots {
    /// The next slot.
    pub fn take(&mut self) -> DateTime<Utc> {
        let slot = self.next;
        self.next += self.gap;
        slot
    }
}
