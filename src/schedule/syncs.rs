//! When bridges themselves last read their accounts, asked at most once an hour for each bridge.
//!
//! In: a recipe with a `[sync]` section. Out: the bridge's own time for one account. A bridge that does not tell
//! is not asked again before the hour is over, and an account it does not name has no time.

use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// How long what a bridge told is believed.
const FRESH: Duration = Duration::hours(1);

/// What one bridge told, and when.
type Told = Option<(DateTime<Utc>, HashMap<String, DateTime<Utc>>)>;

/// What the bridges told.
#[derive(Debug, Clone, Default)]
pub struct Syncs(Arc<std::sync::Mutex<HashMap<String, Arc<Mutex<Told>>>>>);

impl Syncs {
    /// The bridge's time for an account. `ask` fetches the whole list; while it does, others wait for it, because
    /// a hundred accounts of one bridge come due together.
    pub(super) async fn time_of(
        &self,
        bridge: &str,
        target: &str,
        now: DateTime<Utc>,
        ask: impl Future<Output = HashMap<String, DateTime<Utc>>>,
    ) -> Option<DateTime<Utc>> {
        let slot = {
            let mut bridges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(bridges.entry(bridge.to_owned()).or_default())
        };
        let mut told = slot.lock().await;
        if told.as_ref().is_none_or(|(at, _)| now - *at >= FRESH || *at > now) {
            *told = Some((now, ask.await));
        }
        told.as_ref().and_then(|(_, times)| times.get(target.trim()).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_bridge_is_asked_once_an_hour_for_all_its_accounts() {
        let asked = AtomicU32::new(0);
        let start: DateTime<Utc> = "2026-11-20T04:00:00Z".parse().unwrap();
        let syncs = Syncs::default();
        let ask = async || {
            asked.fetch_add(1, Ordering::Relaxed);
            HashMap::from([("MP_WXS_1".to_owned(), start)])
        };
        for (bridge, target, minutes, time, times_asked) in [
            ("http://a/feeds/", "MP_WXS_1", 0, Some(start), 1),
            ("http://a/feeds/", "MP_WXS_2", 30, None, 1),
            ("http://b/feeds/", "MP_WXS_1", 30, Some(start), 2),
            ("http://a/feeds/", "MP_WXS_1", 60, Some(start), 3),
        ] {
            let now = start + Duration::minutes(minutes);
            assert_eq!(syncs.time_of(bridge, target, now, ask()).await, time);
            assert_eq!(asked.load(Ordering::Relaxed), times_asked);
        }
    }
}
