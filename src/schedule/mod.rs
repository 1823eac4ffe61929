//! 1 WHEN: which accounts are due, and at what pace.
//!
//! The loop: lease what is due, hand it out, collect the looks, commit them in batches. It takes no more than
//! it has hands for, gives back what it cannot reach in time, and drains on stop. Nothing here decides what a
//! look means: that is pure and stands in `settle.rs`.

pub(crate) mod about;
pub mod backoff;
pub mod bridges;
pub mod budget;
pub mod by_hand;
pub mod cadence;
mod commit;
mod contents;
mod doubt;
mod echo;
mod hands;
mod hosts;
pub mod jobs;
pub mod keep;
pub mod news;
pub mod pace;
mod picture;
mod profiles;
mod quarantine;
mod secrets;
pub mod sentinel;
pub mod settle;
mod shots;
mod sites;
pub(crate) mod stop;
pub mod syncs;
mod tasks;
mod turns;
pub mod visit;

use crate::clock::SharedClock;
use crate::fetch::screen::Screen;
use crate::judge::content::checks::Checks;
use crate::judge::pack::{Pack, Packs};
use crate::metrics::Metrics;
use crate::model::finding::Rule;
use crate::model::watch::Watched;
use crate::notify::settings::Settings as NotifySettings;
use crate::store::Store;
use crate::store::lease::Token;
use bridges::Bridges;
use cadence::Cadence;
use chrono::{DateTime, Duration, Utc};
use commit::Done;
use echo::Echo;
use hands::{AHEAD, Hands};
use secrets::Secrets;
use sentinel::Sentinel;
use serde::{Deserialize, Serialize};
use shots::Shots;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use stop::stopped;
use tokio::sync::{Notify, watch};
use turns::Turns;
use visit::Eyes;

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
            batch: 400,
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
    /// Another process took the accounts in between.
    #[error("another process is writing these accounts, try again")]
    Taken,
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

/// Leases, hands out, collects and commits.
#[derive(Debug)]
pub struct Scheduler {
    /// The memory.
    pub store: Store,
    /// What looking needs.
    pub eyes: Eyes,
    /// The rules.
    pub packs: Arc<Packs>,
    /// The checks of content.
    pub checks: Arc<Checks>,
    /// What is kept of looks that open cases.
    pub keep: keep::Settings,
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
    echo: tokio::sync::Mutex<Option<Echo>>,
    screen: Option<Screen>,
    shots: Shots,
    down: Mutex<BTreeSet<String>>,
    bridges: Mutex<Bridges>,
    secrets: Mutex<Secrets>,
}

/// What a scheduler is made of.
#[derive(Debug)]
pub struct Parts {
    /// The memory.
    pub store: Store,
    /// What looking needs.
    pub eyes: Eyes,
    /// The rules.
    pub packs: Arc<Packs>,
    /// The checks of content.
    pub checks: Arc<Checks>,
    /// What is kept of looks that open cases.
    pub keep: keep::Settings,
    /// Takes pictures of pages.
    pub screen: Option<Screen>,
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
        let of = |rule| {
            let cases = running.iter().filter(move |case| case.key.rule == rule);
            cases.map(|case| case.key.subject.clone()).collect::<BTreeSet<String>>()
        };
        let down = of(Rule::SiteDown);
        let secrets = Secrets::new(&running, &parts.eyes.recipes);
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
            echo: tokio::sync::Mutex::new(None),
            screen: parts.screen,
            shots: Shots::default(),
            checks: parts.checks,
            keep: parts.keep,
            notify: parts.notify,
            settings: parts.settings,
            metrics: parts.metrics,
            worker: parts.worker,
            bell: parts.bell,
            tokens: AtomicI64::new(parts.first_token),
            sentinel: Mutex::new(Sentinel::default()),
            down: Mutex::new(down),
            bridges: Mutex::default(),
            secrets: Mutex::new(secrets),
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
            empty &= !self.notice_new_secrets().await;
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
            if idle && !empty && !stopping {
                // Everything that was handed out has been put off: nothing will wake us, so what else is due is next.
                continue;
            }
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
}

/// A configured span in the clock's terms.
fn span(span: std::time::Duration) -> Duration {
    Duration::from_std(span).unwrap_or(Duration::days(1))
}
