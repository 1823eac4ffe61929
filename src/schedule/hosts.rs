//! Hosts that posts link to: looked at now and then, and told of where they are dead or in other hands.
//!
//! In: rows of hosts that are due; the settled looks of a batch. Out: what became known of the hosts; findings about
//! accounts whose posts lead there. A host's first page is asked for, once a week while it answers, at the pace and
//! under the robots.txt of any other look.

use super::pace::{Slot, Want, site_of};
use super::settle::Settled;
use super::{Error, Scheduler, span};
use crate::extract;
use crate::judge::content::hosts::{Sight, findings, followed, learn, rest};
use crate::model::account::AccountId;
use crate::model::host::{Host, HostLink, Suspect};
use crate::model::page::{Fetched, Miss, Request};
use crate::model::visit::Failure;
use crate::store::hosts::Learnt;
use crate::store::lease::{Table, Take};
use chrono::{DateTime, Duration, Utc};
use futures_util::{StreamExt, stream};
use std::collections::{BTreeMap, HashMap};
use std::sync::PoisonError;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Hosts looked at in one pass.
const BATCH: usize = 32;
/// Hosts asked at once.
const HANDS: usize = 8;
/// A host whose site has no free slot waits so long.
const LATER: Duration = Duration::minutes(10);
/// The gap between two requests to a site that nobody has set one for.
const GAP: std::time::Duration = std::time::Duration::from_secs(2);

impl Scheduler {
    /// Looks at the hosts that are due. Returns how many were.
    pub async fn look_at_hosts(&self) -> Result<usize, Error> {
        if !self.checks.follows_links() {
            return Ok(0);
        }
        let (now, token) = (self.clock.now(), self.token());
        let take = Take { now, until: now + span(self.settings.lease), limit: BATCH, token };
        let ids = self.store.lease(Table::Host, take).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let hosts = self.store.hosts(&ids).await?;
        let wants =
            hosts.iter().map(|host| (host.name.clone(), Want::plain(GAP))).collect::<BTreeMap<_, _>>();
        // Nobody waits for a slot here: what has none by now comes again.
        let mut slots = self.eyes.pace.reserve_all(&wants, now + LATER).await?;
        let now = self.clock.now();
        let (free, full): (Vec<Host>, Vec<Host>) = hosts.into_iter().partition(|host| {
            slots.get_mut(&host.name).is_some_and(|slots| matches!(slots.take(), Slot::At(at) if at <= now))
        });
        let asked = stream::iter(free).map(|host| async {
            let answer = self.ask(&host.root).await;
            (host, answer)
        });
        let asked: Vec<_> = asked.buffer_unordered(HANDS).collect().await;
        let blind = self.is_blind(&asked).await?;
        let at = self.clock.now();
        let later =
            full.into_iter().map(|host| Learnt { id: host.id, standing: host.standing, due_at: at + LATER });
        let learnt = asked.iter().map(|(host, answer)| learnt(host, answer, blind, at)).chain(later);
        let mut learnt: Vec<Learnt> = learnt.collect();
        learnt.sort_by_key(|it| it.id);
        let mut tx = self.store.begin().await?;
        tx.settle_hosts(&learnt, token).await?;
        tx.commit().await?;
        Ok(ids.len())
    }

    async fn ask(&self, root: &str) -> Result<Fetched, Miss> {
        let url = Url::parse(root).map_err(|_| Miss::new(Failure::NoSource, "网址无法识别"))?;
        self.eyes.fetcher.fetch(Request::get(url)).await
    }

    /// Whether silence may be ours: behind a line that reaches only some sites, every other host seems dead. So a host
    /// that does not answer counts only while another does, one of this pass or, asked for that alone, of an earlier one.
    async fn is_blind(&self, answers: &[(Host, Result<Fetched, Miss>)]) -> Result<bool, Error> {
        if self.sentinel.lock().unwrap_or_else(PoisonError::into_inner).blind_since().is_some() {
            return Ok(true);
        }
        if answers.iter().any(|(_, answer)| answer.is_ok()) || answers.is_empty() {
            return Ok(false);
        }
        let Some(control) = self.store.alive_host().await? else { return Ok(true) };
        Ok(self.ask(&control).await.is_err())
    }

    /// Where the posts of a look lead.
    pub(super) fn links_of(&self, settled: &Settled) -> Vec<HostLink> {
        if !self.checks.follows_links() {
            return Vec::new();
        }
        let account = settled.finish.watched.id;
        let homepage = &settled.finish.watched.registered.homepage;
        let new = settled.posts.iter().map(|sighted| &sighted.post);
        let posts = new.chain(settled.edits.iter().map(|edited| &edited.post));
        let links = posts.flat_map(|post| {
            followed(post, homepage).map(|(root, link)| HostLink {
                account,
                post: post.key,
                host: site_of(&root),
                root: root.to_string(),
                href: link.href.clone(),
                words: link.words.clone(),
            })
        });
        links.collect()
    }

    /// Finds which accounts lead to hosts that are dead or taken, with one question for the whole batch.
    pub(super) async fn with_hosts(&self, mut settled: Vec<Settled>) -> Result<Vec<Settled>, Error> {
        if !self.checks.follows_links() {
            return Ok(settled);
        }
        let accounts: Vec<AccountId> = settled.iter().map(|it| it.finish.watched.id).collect();
        let mut by_account: HashMap<AccountId, Vec<Suspect>> = HashMap::new();
        for suspect in self.store.suspect_links(&accounts).await? {
            by_account.entry(suspect.link.account).or_default().push(suspect);
        }
        for it in settled.iter_mut().filter(|it| it.sure.good) {
            let Some(suspects) = by_account.remove(&it.finish.watched.id) else { continue };
            let pack = self.pack_of(&it.finish.watched, it.visit.at);
            let (found, hosts) = findings(&suspects, pack, it.visit.at);
            it.findings.extend(found);
            it.sure.read.extend(hosts);
        }
        Ok(settled)
    }
}

fn learnt(host: &Host, answer: &Result<Fetched, Miss>, blind: bool, at: DateTime<Utc>) -> Learnt {
    let front = answer.as_ref().ok().filter(|fetched| fetched.status == 200).map(extract::front);
    let sight = match (&front, answer) {
        (Some(front), _) => Sight::Page(front),
        (None, Ok(_)) => Sight::Answer,
        (None, Err(_)) if blind => Sight::Blind,
        (None, Err(miss)) => Sight::Nothing(miss.failure),
    };
    let standing = learn(&host.standing, sight, at);
    // Spread, lest all hosts of one sweep come back at the same moment.
    let spread = xxh3_64(host.name.as_bytes()) % 3_600;
    let due_at = at + rest(standing.state) + Duration::seconds(i64::try_from(spread).unwrap_or(0));
    Learnt { id: host.id, standing, due_at }
}
