//! Bridges: what their silence means for the accounts behind them.
//!
//! In: the looks of a batch and, every few minutes, what is known of all accounts behind bridges. Out: one case for a
//! bridge that is suspected of serving only what it had, and how far each look through a bridge can be trusted. No
//! account is judged here.

use super::commit::Done;
use super::{Error, Scheduler, span};
use crate::judge::bridge::{Standing, assess};
use crate::judge::inactivity;
use crate::model::account::AccountId;
use crate::model::bridge::Bridge;
use crate::model::finding::{Evidence, Level, Rule};
use crate::model::incident::{Incident, IncidentKey, State};
use crate::model::moment::{zh_minute, zh_span};
use crate::model::watch::Watched;
use crate::notify::route::CaseFacts;
use crate::schedule::cadence::spread;
use crate::schedule::settle::facts_of;
use crate::schedule::visit::Asking;
use crate::store::bridges::Behind;
use crate::store::incidents::NewIncident;
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

/// A silence grows slowly: all bridges are looked through so often, by each worker, with one query.
const EVERY: Duration = Duration::minutes(5);
/// Cases that ended longer ago no longer matter.
const REMEMBERED: Duration = Duration::days(60);
/// A look at a deadline may come so much before it, beside the planned span.
const EARLY: Duration = Duration::minutes(5);

/// How far a look through a bridge can be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// As any other.
    #[default]
    Full,
    /// It may acquit, but nobody is accused on it yet.
    Doubted,
    /// The bridge is suspected: what it shows is kept, what it does not show means nothing since then.
    Stale {
        /// The last plausible post.
        since: DateTime<Utc>,
    },
}

/// What this worker knows about bridges; the suspicions themselves are cases in the store.
#[derive(Debug, Default)]
pub(super) struct Bridges {
    checked_at: Option<DateTime<Utc>>,
    shares: BTreeMap<Bridge, Share>,
    stale: Arc<BTreeSet<Bridge>>,
}

/// What is known about one bridge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Share {
    /// The last plausible post, while the bridge is suspected.
    suspected: Option<DateTime<Utc>>,
    doubtful: bool,
    /// When the last suspicion began, and until when posts may still be on their way after its end.
    recovering: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Bridges {
    /// How far a look at an account through a bridge can be trusted.
    fn trust(&self, watched: &Watched, bridge: &Bridge, now: DateTime<Utc>) -> Trust {
        let Some(share) = self.shares.get(bridge) else { return Trust::Doubted };
        if let Some(since) = share.suspected {
            return Trust::Stale { since };
        }
        let missed = share
            .recovering
            .is_some_and(|(since, until)| now < until && watched.known.last_update <= Some(since));
        // The first look through a bridge adds the account to those whose silence is judged together; only the next
        // one can tell whether they all are silent.
        let first = watched.bridge.as_ref() != Some(bridge);
        if share.doubtful || missed || first { Trust::Doubted } else { Trust::Full }
    }
}

/// What people read about a bridge's silence.
#[must_use]
pub fn summary(bridge: &Bridge, standing: &Standing) -> String {
    let seen = match standing.seen {
        0 => "实际没有任何账号更新".to_owned(),
        seen => format!("实际只有{seen}个账号更新"),
    };
    format!(
        "采集桥{}后的{}个账号自{}起没有新内容：按各账号此前的更新规律，此后应有约{:.0}个“账号日”有更新，{seen}；\
         纯属巧合的可能性为{}（低于{}即判断为疑似停更）。自该时刻起，这些账号均为未能核验，恢复之前不作未更新的认定",
        bridge.title(),
        standing.accounts,
        zh_minute(standing.since),
        standing.expected,
        standing.chance(),
        Standing::threshold(),
    )
}

fn case(bridge: &Bridge, standing: &Standing, now: DateTime<Utc>) -> NewIncident {
    let evidence = Evidence {
        summary: summary(bridge, standing),
        basis: "未能核验的查看不作为认定账号未更新的依据".to_owned(),
        advice: "请登录采集桥核对：平台登录是否失效（重新扫码）、定时同步是否在运行、订阅列表是否完整。\
                 恢复并补齐内容后，系统会自动复查并解除本项"
            .to_owned(),
        looked_at: Some(standing.read_until),
        ..Evidence::default()
    };
    NewIncident {
        key: IncidentKey { account: None, rule: Rule::BridgeStale, subject: bridge.to_string() },
        level: Level::Reminder,
        since: standing.since,
        opened_at: now,
        evidence,
    }
}

/// Whether a look asks every source of the account although the first one answers: at the first look, before and
/// after each deadline that no good look has passed yet, and once a day.
fn asks_all(
    watched: &Watched,
    mut deadlines: impl Iterator<Item = DateTime<Utc>>,
    before: Duration,
    now: DateTime<Utc>,
) -> bool {
    let Some(look) = watched.known.good_look else { return true };
    let near = now + before + EARLY;
    if deadlines.any(|deadline| look < deadline && deadline <= near) {
        return true;
    }
    let daily = |at: DateTime<Utc>| (at.timestamp() - daily_second(watched.id)).div_euclid(86_400);
    daily(watched.known.last_visit.unwrap_or(look)) < daily(now)
}

/// The second of the day at which an account's sources are compared: even, and the same after every restart.
fn daily_second(id: AccountId) -> i64 {
    i64::from(spread(id)) * 86_400 / 1024
}

impl Scheduler {
    /// How thoroughly to look at an account now.
    pub(super) fn asking(&self, watched: &Watched) -> Asking {
        let stale = Arc::clone(&self.bridges.lock().unwrap_or_else(PoisonError::into_inner).stale);
        let now = self.clock.now();
        let all = watched.registered.machine_sources().nth(1).is_some() && {
            let (facts, pack) = (facts_of(watched), self.pack_of(watched, now));
            let deadlines = inactivity::deadlines(&facts, pack).map(|(_, at)| at);
            asks_all(watched, deadlines, span(self.settings.cadence.before_deadline), now)
        };
        Asking { all, stale }
    }

    /// Tells each look of a batch how far it can be trusted; looks through all bridges first when it is time.
    pub(super) async fn watch_the_bridges(&self, batch: &mut [Done]) -> Result<(), Error> {
        let came_through = |done: &Done| done.look.result.as_ref().is_ok_and(|seen| seen.bridge.is_some());
        if !batch.iter().any(came_through) {
            return Ok(());
        }
        let now = self.clock.now();
        let checked = self.bridges.lock().unwrap_or_else(PoisonError::into_inner).checked_at;
        if checked.is_none_or(|at| now - at >= EVERY) {
            self.judge_bridges(now).await?;
        }
        let bridges = self.bridges.lock().unwrap_or_else(PoisonError::into_inner);
        for done in batch {
            if let Ok(seen) = &done.look.result
                && let Some(bridge) = &seen.bridge
            {
                done.look.trust = bridges.trust(&done.watched, bridge, done.look.at);
            }
        }
        Ok(())
    }

    /// Judges every bridge by the accounts behind it, opens and ends their cases, and remembers what follows.
    async fn judge_bridges(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let mut behind = Behind::by_bridge(self.store.list_behind().await?);
        let mut cases: BTreeMap<Bridge, Vec<Incident>> = BTreeMap::new();
        for case in self.store.list_bridge_cases(now - REMEMBERED).await? {
            let Ok(bridge) = case.key.subject.parse::<Bridge>() else { continue };
            behind.entry(bridge.clone()).or_default();
            cases.entry(bridge).or_default().push(case);
        }
        let mut shares = BTreeMap::new();
        for (bridge, readings) in &behind {
            let known = cases.remove(bridge).unwrap_or_default();
            let vouched =
                known.iter().filter(|case| case.state == State::Closed).filter_map(|case| case.ended_at);
            let standing = assess(readings, vouched.max(), now);
            let share = self.judge_bridge(bridge, standing.as_ref(), &known, now).await?;
            shares.insert(bridge.clone(), share);
        }
        let stale = shares.iter().filter(|(_, share)| share.suspected.is_some());
        let stale = stale.map(|(bridge, _)| bridge.clone()).collect();
        let mut bridges = self.bridges.lock().unwrap_or_else(PoisonError::into_inner);
        *bridges = Bridges { checked_at: Some(now), shares, stale: Arc::new(stale) };
        Ok(())
    }

    async fn judge_bridge(
        &self,
        bridge: &Bridge,
        standing: Option<&Standing>,
        known: &[Incident],
        now: DateTime<Utc>,
    ) -> Result<Share, Error> {
        let running = known.iter().find(|case| case.state.is_running());
        let mut share = Share {
            suspected: running.map(|case| case.since),
            doubtful: standing.is_some_and(Standing::is_doubtful),
            recovering: None,
        };
        let on_their_way = standing.map_or(Duration::zero(), |standing| standing.delay);
        let ended = known.iter().filter(|case| case.state == State::Resolved);
        let last =
            ended.filter_map(|case| Some((case.since, case.ended_at? + on_their_way))).max_by_key(|it| it.1);
        share.recovering = last.filter(|(_, until)| now < *until);
        match (running, standing) {
            (None, Some(standing)) if standing.opens() => {
                tracing::error!(
                    bridge = %bridge,
                    accounts = standing.accounts,
                    since = %standing.since,
                    "a bridge shows no new posts of any account behind it: it is suspected, and nobody is judged by it"
                );
                let facts =
                    CaseFacts { platform: Some(bridge.platform), ..CaseFacts::elsewhere(Rule::BridgeStale) };
                self.open_case(case(bridge, standing, now), &facts).await?;
                share.suspected = Some(standing.since);
            }
            (Some(case), standing) if standing.is_none_or(|standing| standing.closes(case.opened_at)) => {
                tracing::info!(bridge = %bridge, held = %zh_span(now - case.opened_at), "a bridge shows new posts again");
                self.end_elsewhere(|other| other.id == case.id, now).await?;
                self.store.recheck_behind(bridge, now).await?;
                share.suspected = None;
                share.recovering = Some((case.since, now + on_their_way));
            }
            _ => {}
        }
        Ok(share)
    }
}

#[cfg(test)]
mod tests;
