//! Accounts on their way through the hands that look at them.
//!
//! In: what is due. Out: looks that ended, and accounts to be given back unread. It takes no more than can be looked
//! at soon, and at no site more at once than its share.

use super::commit::Done;
use super::pace::{Slot, Want};
use super::stop::{out_of_time, stopped};
use super::turns::Turn;
use super::visit::PATIENCE;
use super::{Error, Scheduler, Until, quarantine, span};
use crate::model::moment::zh_minute;
use crate::model::watch::Watched;
use crate::store::accounts::Release;
use crate::store::lease::Take;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinSet};

/// Accounts taken for each hand. One lease then serves many looks, and whoever waits for a slot or for a turn at a
/// slow site holds no hand.
pub(super) const AHEAD: usize = 8;

/// How an account that was handed out comes back.
#[derive(Debug)]
pub(super) enum Back {
    /// Looked at, with the turn that ends when the look is taken in.
    Looked(Box<Done>, Turn),
    /// Not looked at, or not to the end: because of a stop, or because its site refused meanwhile and is left alone
    /// until then.
    Unread(Box<Watched>, Option<DateTime<Utc>>),
}

/// What the loop has in its hands.
#[derive(Debug, Default)]
pub(super) struct Hands {
    /// Looks under way.
    pub(super) looks: JoinSet<Back>,
    /// Looks that are not written yet.
    pub(super) pending: Vec<Done>,
    /// Accounts to be given back.
    pub(super) unread: Vec<Release>,
}

impl Scheduler {
    /// Takes an ended look in.
    pub(super) fn collect(&self, ended: Result<Back, JoinError>, hands: &mut Hands) {
        match ended {
            Ok(Back::Looked(done, _turn)) => hands.pending.push(*done),
            Ok(Back::Unread(watched, held)) => hands.unread.push(Release {
                watched: *watched,
                due_at: held.unwrap_or_else(|| self.clock.now()),
                why: held.map(|until| format!("该站点拒绝访问，暂停至{}", zh_minute(until))),
            }),
            Err(error) => {
                // Only a panic ends a look this way; its lease brings the account back.
                self.metrics.panics_total.inc();
                tracing::error!(%error, "a look panicked");
            }
        }
    }

    /// Leases due accounts and starts looking at them. False when nothing was due.
    pub(super) async fn hand_out(
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
        let (apart, leased): (Vec<Watched>, Vec<Watched>) = leased
            .into_iter()
            .partition(|watched| quarantine::is_kept_apart(watched.attempts, self.settings.quarantine));
        let mut wants: BTreeMap<String, Want> = BTreeMap::new();
        for watched in &leased {
            match wants.get_mut(&watched.site) {
                Some(want) => want.requests += 1,
                None => {
                    wants.insert(watched.site.clone(), self.want_of(watched));
                }
            }
        }
        // Counted from the reservation: a slow lease call has already spent the time since `started`.
        let reach = self.clock.now() + (span(self.settings.lease) / 2).min(PATIENCE);
        let mut slots = self.eyes.pace.reserve_all(&wants, reach).await?;
        self.turns.forget_idle();
        let mut back = Vec::new();
        // In the order of the register, where neighbours mostly lie on different sites: their looks run side by side,
        // and a site's next look finds the connection of the one before.
        for watched in leased {
            match slots.get_mut(&watched.site).map_or(Slot::At(started), super::pace::Slots::take) {
                Slot::At(slot) => {
                    let turns = self.turns.at(&watched.site);
                    let paced = wants.get(&watched.site).is_some_and(Want::is_paced);
                    hands.looks.spawn(Arc::clone(self).look(watched, slot, paced, turns, stop.clone()));
                }
                Slot::Later(due_at, why) => back.push(Release { watched, due_at, why }),
            }
        }
        self.give_back(back).await?;
        self.keep_apart(apart, started).await?;
        Ok(any)
    }

    /// Gives accounts back that were not looked at, to be taken again at their instants.
    pub(super) async fn give_back(&self, mut unread: Vec<Release>) -> Result<(), Error> {
        if unread.is_empty() {
            return Ok(());
        }
        for Release { watched, .. } in &mut unread {
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
        paced: bool,
        turns: Arc<Semaphore>,
        mut stop: watch::Receiver<bool>,
    ) -> Back {
        let turn = async {
            self.clock.sleep_until(slot).await;
            self.turns.wait(turns).await
        };
        let turn = tokio::select! {
            biased;
            Ok(turn) = turn => turn,
            () = stopped(&mut stop) => return Back::Unread(Box::new(watched), None),
        };
        if paced && let Some(until) = self.eyes.pace.held(&watched.site) {
            return Back::Unread(Box::new(watched), Some(until));
        }
        // A look under way is large, and most of those handed out only wait: it is made when its turn has come.
        let asking = self.asking(&watched);
        let look = tokio::select! {
            look = Box::pin(self.eyes.look(&watched, &asking)) => look,
            () = out_of_time(stop) => return Back::Unread(Box::new(watched), None),
        };
        // At once, for others may be waiting for their slots; the store hears of it with the batch.
        for refusal in look.refusals.iter().filter(|_| paced) {
            self.eyes.pace.hold(&refusal.site);
        }
        Back::Looked(Box::new(Done { watched, look }), turn)
    }

    /// One request to the site an account's preferred source lies on, at its pace.
    fn want_of(&self, watched: &Watched) -> Want {
        let request = watched.registered.machine_sources().next().and_then(|(_, source)| {
            let recipe = self.eyes.recipes.find(&source.recipe)?;
            let request = recipe.request(&source.target, crate::model::page::Validators::default()).ok()?;
            Some(Want::one(recipe, self.eyes.gap(recipe, &request.url)))
        });
        request.unwrap_or(Want { requests: 1, ..Want::default() })
    }
}
