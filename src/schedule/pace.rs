//! When a site may be asked: time slots shared by all workers.
//!
//! In: sites, their pace and how many requests are wanted. Out: the instants at which requests may leave, and for those
//! that may not leave soon, when to ask again and why. A site that refused is left alone by the whole fleet, because
//! its next slot lies behind its cool-down; one whose budget of the day is spent waits for the next day; and in its
//! quiet hours nobody asks it anything.

use super::{backoff, budget};
use crate::clock::SharedClock;
use crate::extract::Recipe;
use crate::model::moment::zh_minute;
use crate::model::quiet::Quiet;
use crate::store::sites::{Ask, Grant};
use crate::store::{Error, Store};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// What other workers found out about sites is read anew after so long.
const REFRESH: Duration = Duration::seconds(5);

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
    cooling: Arc<Mutex<Cooling>>,
}

/// Sites that refused and have not answered since, and until when they are left alone: a good answer costs a statement
/// only for them, and what was handed out before one refused is not sent after it.
#[derive(Debug, Default)]
struct Cooling {
    sites: HashMap<String, DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
}

impl Pace {
    /// The pace kept in a store. Sites that are cooling down are remembered from before.
    pub async fn new(store: Store, clock: SharedClock) -> Result<Self, Error> {
        let pace = Self { store, clock, cooling: Arc::default() };
        pace.refresh().await?;
        Ok(pace)
    }

    /// Reserves the slot of one request to a site; `None` when it lies farther ahead than `reach`.
    pub async fn reserve(
        &self,
        site: &str,
        want: Want,
        reach: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let wants = BTreeMap::from([(site.to_owned(), want)]);
        let mut slots = self.reserve_all(&wants, reach).await?;
        Ok(match slots.get_mut(site).map(Slots::take) {
            Some(Slot::At(at)) => Some(at),
            Some(Slot::Later(..)) | None => None,
        })
    }

    /// Reserves slots for requests to several sites at once, none of them beyond `reach`. A site without a gap, a budget
    /// and a refusal needs no slots.
    pub async fn reserve_all(
        &self,
        wants: &BTreeMap<String, Want>,
        reach: DateTime<Utc>,
    ) -> Result<HashMap<String, Slots>, Error> {
        self.refresh().await?;
        let now = self.clock.now();
        let mut slots = HashMap::with_capacity(wants.len());
        let mut asks = BTreeMap::new();
        for (site, want) in wants {
            if let Some(slot) = want.silenced(site, now, reach) {
                slots.insert(site.clone(), slot);
            } else if !want.is_paced() && !self.is_cooling(site) {
                slots.insert(site.clone(), Slots::free(site, want, now));
            } else {
                let allowed = want.daily.map_or(Ask::UNLIMITED, |daily| budget::allowed(daily, now));
                asks.insert(site.clone(), Ask { requests: want.requests, gap: want.gap(), allowed });
            }
        }
        let grants = self.store.reserve_slots(&asks, now, reach, budget::day(now)).await?;
        slots.extend(grants.into_iter().filter_map(|(site, grant)| {
            let granted = Slots::granted(&site, wants.get(&site)?, grant, now);
            Some((site, granted))
        }));
        Ok(slots)
    }

    /// Notes that a site refused: nobody asks it again for a while.
    pub async fn cool(&self, site: &str, asked: Option<std::time::Duration>) -> Result<(), Error> {
        let now = self.clock.now();
        let count = self.store.cool_site(site, now, |count| now + backoff::cool_down(count, asked)).await?;
        self.remember(site, now + backoff::cool_down(count, asked));
        Ok(())
    }

    /// The same at once, before it is written: what waits for a slot of the site must not leave.
    pub fn hold(&self, site: &str) {
        self.remember(site, self.clock.now() + backoff::cool_down(1, None));
    }

    /// Until when a site is left alone, if it is.
    #[must_use]
    pub fn held(&self, site: &str) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        self.lock().sites.get(site).copied().filter(|until| *until > now)
    }

    /// Notes that a site answered.
    pub async fn warm(&self, site: &str) -> Result<(), Error> {
        if self.is_cooling(site) {
            self.store.warm_site(site).await?;
            self.lock().sites.remove(site);
        }
        Ok(())
    }

    /// Reads what other workers found out, unless that was done a moment ago.
    async fn refresh(&self) -> Result<(), Error> {
        let now = self.clock.now();
        if self.lock().read_at.is_some_and(|at| now - at < REFRESH) {
            return Ok(());
        }
        let stored = self.store.list_cooling().await?;
        let mut cooling = self.lock();
        // What was noted here and is still being written stays.
        cooling.sites.retain(|_, until| *until > now);
        for site in stored {
            let until = cooling.sites.entry(site.site).or_insert(site.until);
            *until = site.until.max(*until);
        }
        cooling.read_at = Some(now);
        Ok(())
    }

    fn remember(&self, site: &str, until: DateTime<Utc>) {
        let mut cooling = self.lock();
        let known = cooling.sites.entry(site.to_owned()).or_insert(until);
        *known = until.max(*known);
    }

    fn is_cooling(&self, site: &str) -> bool {
        self.lock().sites.contains_key(site)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cooling> {
        self.cooling.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Requests wanted of one site, and its pace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Want {
    /// How many.
    pub requests: u32,
    /// The least time between two of them, on average.
    pub gap: std::time::Duration,
    /// How far a gap may vary, as a share of it.
    pub jitter: f64,
    /// Requests in one day.
    pub daily: Option<u32>,
    /// Hours in which the site is not asked.
    pub quiet: Quiet,
}

impl Want {
    /// One request by a recipe at the gap of a site.
    #[must_use]
    pub fn one(recipe: &Recipe, gap: std::time::Duration) -> Self {
        let pace = recipe.pace();
        Self { requests: 1, gap, jitter: pace.jitter, daily: pace.daily, quiet: pace.quiet.clone() }
    }

    /// One request by no recipe.
    #[must_use]
    pub fn plain(gap: std::time::Duration) -> Self {
        Self { requests: 1, gap, jitter: 0.0, daily: None, quiet: Quiet::default() }
    }

    fn gap(&self) -> Duration {
        Duration::from_std(self.gap).unwrap_or(Duration::days(1))
    }

    /// Whether the site has a pace at all. Ours have none: their looks leave side by side.
    #[must_use]
    pub fn is_paced(&self) -> bool {
        !self.gap.is_zero() || self.daily.is_some()
    }

    /// No slots at all, when one of them could lie in the quiet hours.
    fn silenced(&self, site: &str, now: DateTime<Utc>, reach: DateTime<Utc>) -> Option<Slots> {
        let end = self.quiet.end(now).or_else(|| self.quiet.end(reach + self.gap()))?;
        let why = format!("该站点此时段不访问，顺延至{}", zh_minute(end));
        Some(Slots { left: 0, next: end, why: Some(why), ..Slots::free(site, self, end) })
    }
}

/// Where one request of a site goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// It may leave at this instant.
    At(DateTime<Utc>),
    /// It may not leave soon: when to ask again, and why then.
    Later(DateTime<Utc>, Option<String>),
}

/// Slots of one site: those that were granted, and behind them the times for whoever got none.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots {
    site: u64,
    left: u32,
    next: DateTime<Utc>,
    gap: Duration,
    vary: Duration,
    /// From here on when no slot is left, and this far apart.
    later: DateTime<Utc>,
    apart: Duration,
    why: Option<String>,
}

impl Slots {
    fn free(site: &str, want: &Want, now: DateTime<Utc>) -> Self {
        let gap = want.gap();
        Self {
            site: xxh3_64(site.as_bytes()),
            left: want.requests,
            next: now,
            gap,
            vary: share(gap, want.jitter),
            later: now,
            apart: gap,
            why: None,
        }
    }

    fn granted(site: &str, want: &Want, grant: Grant, now: DateTime<Utc>) -> Self {
        let free = Self { left: grant.requests, next: grant.first, ..Self::free(site, want, now) };
        let behind = grant.first + free.gap * i32::try_from(grant.requests).unwrap_or(i32::MAX);
        let spent = want.daily.filter(|daily| grant.asked >= budget::allowed(*daily, now));
        match spent {
            Some(daily) if grant.requests < want.requests => {
                let next = budget::next(daily, grant.asked, now).max(behind);
                let apart = Duration::days(1) / i32::try_from(daily).unwrap_or(i32::MAX).max(1);
                let why = if grant.asked >= i64::from(daily) {
                    format!("该站点今日{daily}次的访问额度已用完，顺延至{}", zh_minute(next))
                } else {
                    format!("该站点每日{daily}次的访问额度按时段使用，顺延至{}", zh_minute(next))
                };
                Self { later: next, apart: apart.max(free.gap), why: Some(why), ..free }
            }
            _ => Self { later: behind, ..free },
        }
    }

    /// The next slot. Each lies a little behind its place, by a share of the gap that follows from its instant: no two
    /// sites are asked in the same beat, and a restart changes nothing.
    pub fn take(&mut self) -> Slot {
        if self.left == 0 {
            let at = self.later;
            self.later += self.apart;
            return Slot::Later(at, self.why.clone());
        }
        let place = self.next;
        self.left -= 1;
        self.next += self.gap;
        let hash = xxh3_64(&[self.site.to_le_bytes(), place.timestamp_millis().to_le_bytes()].concat());
        let share = i32::try_from(hash % 1024).unwrap_or(0);
        Slot::At(place + self.vary * share / 1024)
    }
}

/// A share of a span; neither is ever large.
#[expect(clippy::cast_possible_truncation, reason = "a gap in milliseconds, times at most one")]
#[expect(clippy::cast_precision_loss, reason = "the same")]
fn share(span: Duration, of: f64) -> Duration {
    Duration::milliseconds((span.num_milliseconds() as f64 * of.clamp(0.0, 1.0)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_132_800, 0).unwrap() + Duration::seconds(seconds)
    }

    fn want(requests: u32) -> Want {
        Want { requests, gap: std::time::Duration::from_secs(10), jitter: 0.3, ..Want::default() }
    }

    fn grant(requests: u32, asked: i64) -> Grant {
        Grant { first: at(0), requests, asked }
    }

    fn slots(count: u32) -> Vec<DateTime<Utc>> {
        let mut slots = Slots::granted("weibo.example:443", &want(count), grant(count, 0), at(0));
        let times = (0..count).map(|_| match slots.take() {
            Slot::At(at) => at,
            Slot::Later(..) => panic!("none left"),
        });
        times.collect()
    }

    #[test]
    fn gaps_vary_by_their_share_and_the_same_way_after_every_restart() {
        let first = slots(50);
        assert_eq!(first, slots(50));
        let gaps: Vec<i64> = first.windows(2).map(|pair| (pair[1] - pair[0]).num_milliseconds()).collect();
        assert!(gaps.iter().all(|gap| (7_000..=13_000).contains(gap)), "{gaps:?}");
        let different: std::collections::HashSet<_> = gaps.iter().collect();
        assert!(different.len() > 30, "{gaps:?}");
        // On average it is the gap itself.
        assert!((first[49] - at(490)).num_seconds().abs() <= 3);
    }

    #[test]
    fn whoever_got_no_slot_comes_back_behind_those_who_did() {
        let mut slots = Slots::granted("a.example:443", &want(4), grant(2, 0), at(0));
        assert!(matches!((slots.take(), slots.take()), (Slot::At(_), Slot::At(_))));
        assert_eq!(slots.take(), Slot::Later(at(20), None));
        assert_eq!(slots.take(), Slot::Later(at(30), None));
    }

    #[test]
    fn a_spent_budget_says_so_and_until_when() {
        let want = Want { daily: Some(100), ..want(3) };
        let mut slots = Slots::granted("a.example:443", &want, grant(0, 100), at(0));
        let Slot::Later(first, Some(why)) = slots.take() else { panic!("{slots:?}") };
        // 08:00 in Shanghai; the next day begins sixteen hours later.
        assert_eq!(first, at(16 * 3600));
        assert!(why.contains("今日100次的访问额度已用完"), "{why}");
        let Slot::Later(second, _) = slots.take() else { panic!("{slots:?}") };
        assert_eq!(second - first, Duration::days(1) / 100);
    }

    #[test]
    fn in_quiet_hours_and_right_before_them_there_is_no_slot() {
        let want = Want { quiet: "08:00-09:00".parse().unwrap(), ..want(1) };
        let silent = |now| want.silenced("a.example:443", now, now + Duration::minutes(1));
        for seconds in [0, 3599, -30] {
            let Some(mut slots) = silent(at(seconds)) else { panic!("{seconds}") };
            let Slot::Later(until, Some(why)) = slots.take() else { panic!("{slots:?}") };
            assert!(until == at(3600) && why.contains("不访问"), "{until} {why}");
        }
        assert_eq!((silent(at(3600)), silent(at(-200))), (None, None));
    }

    proptest! {
        #[test]
        fn two_slots_are_never_nearer_than_the_gap_less_its_share(start in 0_i64..1_000_000, jitter in 0.0_f64..1.0) {
            let want = Want { jitter, ..want(20) };
            let mut slots = Slots::granted("a:1", &want, Grant { first: at(start), requests: 20, asked: 0 }, at(0));
            let mut before = None;
            for _ in 0..20 {
                let Slot::At(now) = slots.take() else { panic!() };
                if let Some(before) = before {
                    let least = share(Duration::seconds(10), 1.0 - jitter) - Duration::milliseconds(2);
                    prop_assert!(now - before >= least, "{:?}", now - before);
                }
                before = Some(now);
            }
        }
    }
}
