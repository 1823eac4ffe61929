//! 1 WHEN: which accounts are due, and at what pace.
//!
//! The loop: lease what is due, hand it out, collect the looks, commit them in batches. It takes no more than
//! it has hands for, gives back what it cannot reach in time, and drains on stop. Nothing here decides what a
//! look means: that is pure and stands in `settle.rs`.

pub mod backoff;
pub mod cadence;
mod commit;
pub mod jobs;
pub mod pace;
mod quarantine;
pub mod sentinel;
pub mod settle;
mod sites;
pub(crate) mod stop;
mod turns;
pub mod visit;

use crate::clock::SharedClock;
use crate::judge::pack::{Pack, Packs};
use crate::metrics::Metrics;
use crate::model::finding::Rule;
use crate::model::watch::Watched;
use crate::notify::settings::Settings as NotifySettings;
use crate::store::Store;
use crate::store::lease::{Take, Token};
use cadence::Cadence;
use chrono::{DateTime, Duration, Utc};
use commit::Done;
use sentinel::Sentinel;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use stop::{out_of_time, stopped};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use turns::Turns;
use visit::{Eyes, PATIENCE};

/// How the schedule works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Looks under way at once.
    pub concurrency: usize,
    /// Looks at one site under way at once.
    pub per_site: usize,
    /// How long a worker may keep an account; a killed worker's accounts come back after it.
    #[serde(with = "humantime_serde")]
    pub lease: std::time::Duration,
    /// How long looks are collected before they are written.
    #[serde(with = "humantime_serde")]
    pub gather: std::time::Duration,
    /// How many looks are written at once at the most.
    pub batch: usize,
    /// How long to wait when nothing is due.
    #[serde(with = "humantime_serde")]
    pub poll: std::time::Duration,
    /// After so many tries without an end an account is kept apart for a day.
    pub quarantine: u32,
    /// The pack of accounts whose register line names none.
    pub pack: String,
    /// How often accounts are looked at.
    pub cadence: Cadence,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 64,
            per_site: 16,
            lease: std::time::Duration::from_mins(10),
            gather: std::time::Duration::from_millis(200),
            batch: 200,
            poll: std::time::Duration::from_secs(1),
            quarantine: 5,
            pack: "national".to_owned(),
            cadence: Cadence::default(),
        }
    }
}

/// Our own failure in this stage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// The default pack does not exist.
    #[error("no rule pack is named {0:?}")]
    Pack(String),
}

/// How long the loop goes on.
#[derive(Debug, Clone)]
pub enum Until {
    /// Until told to stop.
    Stopped,
    /// Until nothing that was due at this instant is left, or told to stop.
    Drained(DateTime<Utc>),
}

/// What a loop has done so far, for progress bars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Looks that are written.
    pub done: u64,
    /// Those of them that failed.
    pub failed: u64,
}

/// How an account that was handed out comes back.
#[derive(Debug)]
enum Back {
    /// Looked at.
    Looked(Done),
    /// Not looked at, or not to the end, because of a stop.
    Unread(Watched),
}

/// What the loop has in its hands.
#[derive(Debug, Default)]
struct Hands {
    /// Looks under way.
    looks: JoinSet<Back>,
    /// Looks that are not written yet.
    pending: Vec<Done>,
    /// Accounts to be given back.
    unread: Vec<(Watched, DateTime<Utc>)>,
}

/// Leases, hands out, collects and commits.
#[derive(Debug)]
pub struct Scheduler {
    /// The memory.
    pub store: Store,
    /// What looking needs.
    pub eyes: Eyes,
    /// The rules.
    pub packs: Arc<Packs>,
    /// Who hears of what.
    pub notify: Arc<NotifySettings>,
    /// How it works.
    pub settings: Settings,
    /// The time.
    pub clock: SharedClock,
    /// The counters.
    pub metrics: Metrics,
    /// This process, in the store's views.
    pub worker: String,
    /// Rings when groups may have something to tell.
    pub bell: Arc<Notify>,
    default_pack: Pack,
    turns: Turns,
    tokens: AtomicI64,
    sentinel: Mutex<Sentinel>,
    down: Mutex<BTreeSet<String>>,
}

/// Accounts taken for each hand. One lease then serves many looks, and whoever waits for a slot or for a turn at a
/// slow site holds no hand.
const AHEAD: usize = 4;

/// What a scheduler is made of.
#[derive(Debug)]
pub struct Parts {
    /// The memory.
    pub store: Store,
    /// What looking needs.
    pub eyes: Eyes,
    /// The rules.
    pub packs: Arc<Packs>,
    /// Who hears of what.
    pub notify: Arc<NotifySettings>,
    /// How it works.
    pub settings: Settings,
    /// The counters.
    pub metrics: Metrics,
    /// This process, in the store's views.
    pub worker: String,
    /// Rings when groups may have something to tell.
    pub bell: Arc<Notify>,
    /// The first lease token; unlike that of any other process on the same store.
    pub first_token: i64,
}

impl Scheduler {
    /// A scheduler that knows which sites are down.
    pub async fn new(parts: Parts) -> Result<Self, Error> {
        let running = parts.store.running_elsewhere().await?;
        let down = running
            .into_iter()
            .filter(|case| case.key.rule == Rule::SiteDown)
            .map(|case| case.key.subject)
            .collect();
        let clock = parts.eyes.clock.clone();
        let default_pack = parts.packs.find(&parts.settings.pack, clock.now()).cloned();
        let default_pack = default_pack.ok_or_else(|| Error::Pack(parts.settings.pack.clone()))?;
        Ok(Self {
            default_pack,
            turns: Turns::new(parts.settings.concurrency, parts.settings.per_site),
            clock,
            store: parts.store,
            eyes: parts.eyes,
            packs: parts.packs,
            notify: parts.notify,
            settings: parts.settings,
            metrics: parts.metrics,
            worker: parts.worker,
            bell: parts.bell,
            tokens: AtomicI64::new(parts.first_token),
            sentinel: Mutex::new(Sentinel::default()),
            down: Mutex::new(down),
        })
    }

    /// A lease token never given out before.
    pub fn token(&self) -> Token {
        Token(self.tokens.fetch_add(1, Ordering::Relaxed))
    }

    /// The rules for an account at an instant.
    pub(crate) fn pack_of(&self, watched: &Watched, at: DateTime<Utc>) -> &Pack {
        let named = Some(watched.registered.pack.as_str()).filter(|name| !name.is_empty());
        let found = named
            .and_then(|name| self.packs.find(name, at))
            .or_else(|| self.packs.find(&self.settings.pack, at));
        found.unwrap_or(&self.default_pack)
    }

    /// Runs the loop. `progress` is told after each batch; `stop` ends it after what is under way.
    pub async fn run(
        self: &Arc<Self>,
        until: Until,
        progress: impl Fn(Progress),
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), Error> {
        let mut hands = Hands::default();
        let mut sum = Progress::default();
        let mut flush_at = None;
        let mut empty = false;
        loop {
            let stopping = *stop.borrow();
            let most = self.settings.concurrency * AHEAD;
            let room = most.saturating_sub(hands.looks.len());
            // Half of it free: one lease call for many accounts instead of one for each.
            if !stopping && !empty && room * 2 >= most {
                empty = match self.hand_out(&mut hands, room, &until, &stop).await {
                    Ok(any) => !any,
                    Err(Error::Store(error)) if error.is_transient() => {
                        tracing::warn!(%error, "accounts could not be handed out, trying again");
                        true
                    }
                    Err(error) => return Err(error),
                };
            }
            if hands.looks.is_empty()
                && hands.pending.is_empty()
                && (stopping || (empty && matches!(until, Until::Drained(_))))
            {
                return self.give_back(std::mem::take(&mut hands.unread)).await;
            }
            if hands.looks.is_empty()
                || hands.pending.len() >= self.settings.batch
                || flush_at.is_some_and(|at| at <= self.clock.now())
            {
                // Never more than a batch: statements of one length are prepared only once.
                let most = hands.pending.len().min(self.settings.batch);
                let batch: Vec<Done> = hands.pending.drain(..most).collect();
                flush_at = (!hands.pending.is_empty()).then(|| self.clock.now() + span(self.settings.gather));
                if !batch.is_empty() {
                    sum.done += u64::try_from(batch.len()).unwrap_or(0);
                    sum.failed +=
                        u64::try_from(batch.iter().filter(|done| done.look.result.is_err()).count())
                            .unwrap_or(0);
                    // A batch that cannot even be compared with what is stored is dropped: its accounts are still
                    // leased and come back by themselves.
                    if let Err(error) = self.commit(batch).await {
                        tracing::error!(%error, "a batch of looks could not be settled; their leases bring them back");
                    }
                    progress(sum);
                    empty = false;
                    continue;
                }
            }
            let idle = hands.looks.is_empty();
            tokio::select! {
                Some(ended) = hands.looks.join_next(), if !idle => {
                    self.collect(ended, &mut hands);
                    while let Some(ended) = hands.looks.try_join_next() {
                        self.collect(ended, &mut hands);
                    }
                    if flush_at.is_none() && !hands.pending.is_empty() {
                        flush_at = Some(self.clock.now() + span(self.settings.gather));
                    }
                }
                () = self.clock.sleep_until(flush_at.unwrap_or(DateTime::<Utc>::MAX_UTC)), if flush_at.is_some() => {}
                () = self.clock.sleep(span(self.settings.poll)), if empty => empty = false,
                () = stopped(&mut stop), if !stopping => {}
            }
        }
    }

    fn collect(&self, ended: Result<Back, JoinError>, hands: &mut Hands) {
        match ended {
            Ok(Back::Looked(done)) => hands.pending.push(done),
            Ok(Back::Unread(watched)) => hands.unread.push((watched, self.clock.now())),
            Err(error) => {
                // Only a panic ends a look this way; its lease brings the account back.
                self.metrics.panics_total.inc();
                tracing::error!(%error, "a look panicked");
            }
        }
    }

    /// Leases due accounts and starts looking at them. False when nothing was due.
    async fn hand_out(
        self: &Arc<Self>,
        hands: &mut Hands,
        room: usize,
        until: &Until,
        stop: &watch::Receiver<bool>,
    ) -> Result<bool, Error> {
        let started = self.clock.now();
        let now = match until {
            Until::Stopped => started,
            Until::Drained(at) => *at,
        };
        let take = Take { now, until: started + span(self.settings.lease), limit: room, token: self.token() };
        let leased = self.store.lease_accounts(take, self.settings.per_site * AHEAD).await?;
        self.observe("lease", started);
        let any = !leased.is_empty();
        let mut by_site: BTreeMap<String, Vec<Watched>> = BTreeMap::new();
        let mut apart = Vec::new();
        for watched in leased {
            if quarantine::is_kept_apart(watched.attempts, self.settings.quarantine) {
                apart.push(watched);
            } else {
                by_site.entry(watched.site.clone()).or_default().push(watched);
            }
        }
        let mut back = Vec::new();
        let reach = started + (span(self.settings.lease) / 2).min(PATIENCE);
        self.turns.forget_idle();
        for (site, accounts) in by_site {
            let turns = self.turns.at(&site);
            let gap = accounts.first().map_or(std::time::Duration::ZERO, |watched| self.gap_of(watched));
            let mut slots =
                self.eyes.pace.reserve(&site, u32::try_from(accounts.len()).unwrap_or(u32::MAX), gap).await?;
            for watched in accounts {
                let slot = slots.take();
                if slot > reach {
                    back.push((watched, slot));
                } else {
                    hands.looks.spawn(Arc::clone(self).look(watched, slot, Arc::clone(&turns), stop.clone()));
                }
            }
        }
        self.give_back(back).await?;
        self.keep_apart(apart, started).await?;
        Ok(any)
    }

    /// Gives accounts back that were not looked at, to be taken again at their instants.
    async fn give_back(&self, mut unread: Vec<(Watched, DateTime<Utc>)>) -> Result<(), Error> {
        if unread.is_empty() {
            return Ok(());
        }
        for (watched, _) in &mut unread {
            // Handed out, but not looked at: that was no try.
            watched.attempts = watched.attempts.saturating_sub(1);
        }
        let mut tx = self.store.begin().await?;
        tx.release_accounts(&unread).await?;
        Ok(tx.commit().await?)
    }

    /// Looks at an account when its slot and its turn have come, unless there is a stop before.
    async fn look(
        self: Arc<Self>,
        watched: Watched,
        slot: DateTime<Utc>,
        turns: Arc<Semaphore>,
        mut stop: watch::Receiver<bool>,
    ) -> Back {
        let turn = async {
            self.clock.sleep_until(slot).await;
            self.turns.wait(&turns).await
        };
        let _turn = tokio::select! {
            biased;
            turn = turn => turn,
            () = stopped(&mut stop) => return Back::Unread(watched),
        };
        let look = tokio::select! {
            look = self.eyes.look(&watched) => look,
            () = out_of_time(stop) => return Back::Unread(watched),
        };
        Back::Looked(Done { watched, look })
    }

    /// The gap of the site an account's preferred source lies on.
    fn gap_of(&self, watched: &Watched) -> std::time::Duration {
        let request = watched.registered.sources.first().and_then(|source| {
            let recipe = self.eyes.recipes.find(&source.recipe)?;
            let request = recipe.request(&source.target, crate::model::page::Validators::default()).ok()?;
            Some(self.eyes.gap(recipe, &request.url))
        });
        request.unwrap_or_default()
    }
}

/// A configured span in the clock's terms.
fn span(span: std::time::Duration) -> Duration {
    Duration::from_std(span).unwrap_or(Duration::days(1))
}
