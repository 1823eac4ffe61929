//! What a batch of looks caused, in one transaction.
//!
//! In: accounts and what the looks at them gave. Out: everything that follows, written at once and only for
//! accounts whose lease still holds. Mails leave later, from rows.

use super::cadence::Next;
use super::news::KnownPosts;
use super::settle::{Settled, candidates, facts_of, settle};
use super::visit::{Look, Used};
use super::{Error, Scheduler, keep, shots};
use crate::incident::dismissal::{Dismissed, sift};
use crate::incident::{Verdict, compare};
use crate::judge::inactivity;
use crate::judge::pack::Pack;
use crate::metrics::seconds;
use crate::model::account::AccountId;
use crate::model::finding::{Finding, RuleSet};
use crate::model::incident::{Incident, IncidentId, IncidentKey, State};
use crate::model::moment::to_ms;
use crate::model::post::Published;
use crate::model::visit::Failure;
use crate::model::watch::Watched;
use crate::notify::desk::add_touches;
use crate::notify::route::CaseFacts;
use crate::store::groups::Touch;
use crate::store::incidents::{Change, NewIncident};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap, HashSet};

/// An account and the look at it.
#[derive(Debug)]
pub(super) struct Done {
    /// The account as it was handed out.
    pub(super) watched: Watched,
    /// The look.
    pub(super) look: Look,
}

/// What one look writes.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) settled: Settled,
    verdict: Verdict,
    /// Dismissals whose fact is over.
    lifted: Vec<Dismissed>,
}

impl Scheduler {
    /// Writes what a batch of looks caused. Looks whose lease was lost leave no trace.
    pub(super) async fn commit(&self, mut batch: Vec<Done>) -> Result<(), Error> {
        let blind = self.watch_the_line(&batch).await?;
        self.watch_the_bridges(&mut batch).await?;
        let sites = touched_sites(&batch);
        let secrets = used_secrets(&batch);
        self.keep_pace(&batch).await?;
        let mut known = self.known_posts(&batch).await?;
        let echoes = self.echoes(&batch, &mut known).await?;
        let now = self.clock.now();
        let settled = batch.into_iter().map(|done| {
            let pack = self.pack_of(&done.watched, done.look.at);
            let site = done.look.site.clone();
            let bytes = done.look.bytes;
            let mut settled = settle(done.watched, done.look, &known, pack, &self.settings.cadence, blind);
            self.judge_contents(&mut settled, pack);
            self.compare_posts(&mut settled, &echoes, pack);
            self.plan_around_silence(&mut settled, pack);
            self.count(&settled, &site, bytes);
            settled
        });
        let settled = self.with_profiles(settled.collect()).await?;
        let settled = self.with_tasks(settled).await?;
        let settled = self.with_hosts(settled).await?;
        let items = self.with_cases(settled).await?;
        let started = self.clock.now();
        if let Err(error) = self.write_patiently(&items, now).await {
            tracing::warn!(%error, looks = items.len(), "a batch could not be written, trying its looks one by one");
            // One look that cannot be written must not sink the others.
            for item in items.chunks(1) {
                if let Err(error) = self.write_patiently(item, now).await {
                    let account = item.first().map(|item| item.settled.visit.account.0);
                    tracing::error!(%error, account.id = account, "a look could not be written; its lease brings it back");
                }
            }
        }
        self.observe("commit", started);
        self.settle_secrets(&secrets, now).await?;
        self.settle_sites(&sites, now).await
    }

    /// Writes, and tries again after a passing trouble of the database.
    /// Returns how many of them were written.
    pub(super) async fn write_patiently(
        &self,
        items: &[Item],
        now: DateTime<Utc>,
    ) -> Result<usize, crate::store::Error> {
        let mut tries = 0;
        loop {
            match self.write(items, now).await {
                Err(error) if error.is_transient() && tries < 3 => {
                    tries += 1;
                    self.metrics.store_retries_total.inc();
                    self.clock.sleep(chrono::Duration::milliseconds(200 << tries)).await;
                }
                ended => return ended,
            }
        }
    }

    /// Moves the next look to before the quiet hours of its site when a deadline passes in them.
    fn plan_around_silence(&self, settled: &mut Settled, pack: &Pack) {
        let finish = &mut settled.finish;
        let source = finish.watched.registered.machine_sources().next();
        let recipe = source.and_then(|(_, source)| self.eyes.recipes.find(&source.recipe));
        let quiet = recipe.map(|recipe| &recipe.pace().quiet).filter(|quiet| !quiet.is_empty());
        let (Some(quiet), Some(at)) = (quiet, finish.due_at) else { return };
        let facts = facts_of(&finish.watched);
        let deadlines: Vec<_> = inactivity::deadlines(&facts, pack).collect();
        let next = Next { at, why: std::mem::take(&mut finish.due_why) };
        let next = self.settings.cadence.around(finish.watched.id, next, quiet, &deadlines, settled.visit.at);
        (finish.due_at, finish.due_why) = (Some(next.at), next.why);
    }

    /// Asks the store, once for the whole batch, which posts are known.
    async fn known_posts(&self, batch: &[Done]) -> Result<KnownPosts, Error> {
        let (mut keys, mut times) = (Vec::new(), Vec::new());
        for done in batch {
            // An account without any post cannot know one.
            let (Ok(seen), Some(_)) = (&done.look.result, done.watched.known.last_update) else { continue };
            // The memory of another source says nothing about this list.
            let remembered = seen.source_no == done.watched.source_no;
            let newest = done.watched.listing.newest().filter(|_| remembered);
            for post in candidates(&done.watched, seen) {
                keys.push((done.watched.id, post.key));
                // Nothing known can be as young as a post younger than the whole last listing.
                if let Some(published) = post.published
                    && (!remembered || newest.is_some_and(|newest| published.shown() <= newest))
                {
                    times.push((done.watched.id, published));
                }
            }
        }
        times.sort_unstable_by_key(|(account, published): &(AccountId, Published)| {
            (*account, published.shown())
        });
        times.dedup();
        Ok(KnownPosts {
            keys: self.store.known_posts(&keys).await?,
            titles: self.store.known_titles(&times).await?,
            repeats: HashMap::new(),
        })
    }

    /// Compares what the looks found with the cases that run, once for the whole batch.
    pub(super) async fn with_cases(&self, settled: Vec<Settled>) -> Result<Vec<Item>, Error> {
        let concerned = settled
            .iter()
            .filter(|settled| settled.finish.watched.open_cases > 0 || !settled.findings.is_empty());
        let concerned: Vec<AccountId> = concerned.map(|settled| settled.finish.watched.id).collect();
        let running =
            if concerned.is_empty() { Vec::new() } else { self.store.running_incidents(&concerned).await? };
        // Most batches find nothing that anybody could have dismissed.
        let dismissible = settled.iter().filter(|settled| {
            settled.sure.profile != RuleSet::NONE
                || settled.findings.iter().any(|finding| finding.evidence.facts().next().is_some())
        });
        let dismissible: Vec<AccountId> = dismissible.map(|settled| settled.finish.watched.id).collect();
        let mut dismissed =
            if dismissible.is_empty() { HashMap::new() } else { self.store.dismissals(&dismissible).await? };
        let mut by_account: HashMap<AccountId, Vec<&Incident>> = HashMap::new();
        for incident in &running {
            by_account.entry(incident.key.account.unwrap_or(AccountId(0))).or_default().push(incident);
        }
        let items = settled.into_iter().map(|mut settled| {
            let account = settled.finish.watched.id;
            let cases = by_account.remove(&account).unwrap_or_default();
            let mut findings = std::mem::take(&mut settled.findings);
            let known = dismissed.remove(&account).unwrap_or_default();
            let lifted = sift(&mut findings, &settled.sure, &known);
            let verdict = compare(account, &cases, findings, &settled.sure);
            let count = cases.len() + verdict.open.len() - verdict.resolve.len();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            // Cases that open or end change more of the account's row than the times of the look.
            settled.finish.lean &=
                verdict == Verdict::default() && settled.finish.watched.open_cases == count;
            settled.finish.watched.open_cases = count;
            Item { settled, verdict, lifted }
        });
        Ok(items.collect())
    }

    async fn write(&self, items: &[Item], now: DateTime<Utc>) -> Result<usize, crate::store::Error> {
        let finishes: Vec<_> = items.iter().map(|item| &item.settled.finish).collect();
        let mut tx = self.store.begin().await?;
        let held: HashSet<AccountId> = tx.finish_accounts(&finishes).await?.into_iter().collect();
        let kept: Vec<&Item> =
            items.iter().filter(|item| held.contains(&item.settled.visit.account)).collect();
        let visits: Vec<_> = kept.iter().map(|item| &item.settled.visit).collect();
        tx.insert_visits(&visits).await?;
        let posts: Vec<_> = kept.iter().flat_map(|item| &item.settled.posts).collect();
        tx.insert_posts(&posts).await?;
        let edits: Vec<_> = kept.iter().flat_map(|item| &item.settled.edits).collect();
        tx.edit_posts(&edits).await?;
        let edited: Vec<_> = edits.iter().map(|edited| (edited.account, edited.post.key)).collect();
        tx.drop_links(&edited).await?;
        let links: Vec<_> = kept.iter().flat_map(|item| self.links_of(&item.settled)).collect();
        tx.note_links(&links, now).await?;
        let withdrawn: Vec<_> = kept.iter().flat_map(|item| &item.settled.withdrawn).collect();
        tx.note_withdrawn(&withdrawn).await?;
        let carried: Vec<_> = kept
            .iter()
            .flat_map(|item| item.settled.carried.iter().map(|it| (item.settled.visit.account, it)))
            .collect();
        tx.note_carried(&carried).await?;
        let notes: Vec<_> = kept.iter().filter_map(|item| item.settled.notes.as_ref()).collect();
        tx.note_profiles(&notes).await?;
        let lifted: Vec<_> = kept
            .iter()
            .flat_map(|item| item.lifted.iter().map(|it| (item.settled.visit.account, *it)))
            .collect();
        tx.lift(&lifted).await?;
        let found: Vec<_> = kept
            .iter()
            .flat_map(|item| item.verdict.open.iter().map(|(key, finding)| (*item, key, finding)))
            .collect();
        let news: Vec<NewIncident> =
            found.iter().map(|(_, key, finding)| new_incident(key, finding, now)).collect();
        let opened = tx.open_incidents(&news, &self.worker).await?;
        tx.touch_groups(&self.touches(&found, &opened), now).await?;
        let ids: HashMap<&IncidentKey, IncidentId> = opened.iter().map(|(id, key)| (key, *id)).collect();
        let (mut drafts, mut shots) = (Vec::new(), Vec::new());
        for item in &kept {
            let own = item.verdict.open.iter();
            let own: Vec<_> = own.filter_map(|(key, finding)| Some((*ids.get(key)?, finding))).collect();
            drafts.extend(keep::drafts(&item.settled, &own, self.keep.max_bytes));
            shots.extend(shots::wanted(&item.settled, &own));
        }
        tx.keep_records(drafts).await?;
        let changes: Vec<Change> = kept
            .iter()
            .flat_map(|item| &item.verdict.change)
            .map(|(id, finding)| change(*id, finding))
            .collect();
        tx.change_incidents(&changes, now, &self.worker).await?;
        let over: Vec<IncidentId> =
            kept.iter().flat_map(|item| item.verdict.resolve.iter().copied()).collect();
        let ended = tx.end_incidents(&over, State::Resolved, now, &self.worker).await?;
        let moved: Vec<IncidentId> =
            ended.into_iter().chain(changes.iter().map(|change| change.id)).collect();
        tx.touch_groups_of(&moved, now).await?;
        tx.commit().await?;
        self.want_shots(shots);
        // Counted only once it lasts.
        self.metrics.leases_lost_total.inc_by(u64::try_from(items.len() - kept.len()).unwrap_or(0));
        for (_, _, finding) in
            found.iter().filter(|(_, key, _)| opened.iter().any(|(_, opened)| opened == *key))
        {
            self.metrics
                .findings_total
                .with_label_values(&[finding.rule.as_str(), finding.level.as_str()])
                .inc();
        }
        if !moved.is_empty() || !opened.is_empty() {
            self.bell.notify_one();
        }
        Ok(kept.len())
    }

    /// Which groups hear of the cases just opened.
    fn touches(
        &self,
        found: &[(&Item, &IncidentKey, &Finding)],
        opened: &[(IncidentId, IncidentKey)],
    ) -> Vec<Touch> {
        let ids: HashMap<&IncidentKey, IncidentId> = opened.iter().map(|(id, key)| (key, *id)).collect();
        let mut touches = BTreeMap::new();
        for (item, key, finding) in found {
            let Some(id) = ids.get(key) else { continue };
            let registered = &item.settled.finish.watched.registered;
            let facts = CaseFacts {
                rule: finding.rule,
                level: finding.level,
                platform: Some(registered.platform),
                tier: registered.level,
                region_code: &registered.region_code,
                owner: &registered.owner,
                owner_email: &registered.email,
            };
            add_touches(&self.notify, &mut touches, *id, &facts);
        }
        touches.into_values().collect()
    }

    fn count(&self, settled: &Settled, site: &str, bytes: usize) {
        let platform = settled.finish.watched.registered.platform.as_str();
        let visit = &settled.visit;
        self.metrics.visits_total.with_label_values(&[platform, visit.outcome.kind().as_str()]).inc();
        self.metrics.fetch_bytes_total.inc_by(u64::try_from(bytes).unwrap_or(0));
        self.metrics
            .visit_duration_seconds
            .with_label_values(&[platform])
            .observe(seconds(i64::from(visit.duration_ms)));
        if !settled.posts.is_empty() {
            let new = u64::try_from(settled.posts.len()).unwrap_or(0);
            self.metrics.posts_new_total.with_label_values(&[platform]).inc_by(new);
        }
        if let Some(failure) = visit.outcome.failure() {
            self.metrics.failures_total.with_label_values(&[platform, failure.class()]).inc();
            tracing::debug!(
                account.id = visit.account.0,
                site,
                class = failure.class(),
                detail = visit.detail,
                "look failed"
            );
        }
    }

    pub(super) fn observe(&self, name: &str, started: DateTime<Utc>) {
        let span = seconds(to_ms(self.clock.now()) - to_ms(started));
        self.metrics.store_transaction_seconds.with_label_values(&[name]).observe(span);
    }

    /// Cools sites that refused, and notes those that answer again.
    async fn keep_pace(&self, batch: &[Done]) -> Result<(), Error> {
        let mut cooled: BTreeMap<&str, Option<std::time::Duration>> = BTreeMap::new();
        for refusal in batch.iter().flat_map(|done| &done.look.refusals) {
            let asked = cooled.entry(refusal.site.as_str()).or_default();
            *asked = refusal.asked.max(*asked);
        }
        for (site, asked) in &cooled {
            self.eyes.pace.cool(site, *asked).await?;
        }
        let answered = batch.iter().filter(|done| done.look.result.is_ok());
        for site in answered.map(|done| done.look.site.as_str()).filter(|site| !cooled.contains_key(site)) {
            self.eyes.pace.warm(site).await?;
        }
        Ok(())
    }
}

/// Sites with an outage in this batch, and those that answered.
fn touched_sites(batch: &[Done]) -> Vec<(String, bool)> {
    let mut sites: BTreeMap<&str, bool> = BTreeMap::new();
    for done in batch {
        let outage = done.look.result.as_ref().is_err_and(|miss| miss.failure.is_outage());
        *sites.entry(done.watched.site.as_str()).or_default() |= outage;
    }
    sites.into_iter().map(|(site, outage)| (site.to_owned(), outage)).collect()
}

/// Recipes that looked with a secret, and whether its newest value was accepted by the last of these looks.
fn used_secrets(batch: &[Done]) -> BTreeMap<String, Used> {
    let mut last: BTreeMap<String, Used> = BTreeMap::new();
    for used in batch.iter().flat_map(|done| &done.look.secrets) {
        if last.get(&used.recipe).is_none_or(|before| before.generation <= used.generation) {
            last.insert(used.recipe.clone(), used.clone());
        }
    }
    last
}

/// A case to open, of a finding.
pub(super) fn new_incident(key: &IncidentKey, finding: &Finding, now: DateTime<Utc>) -> NewIncident {
    NewIncident {
        key: key.clone(),
        level: finding.level,
        since: finding.since,
        opened_at: now,
        evidence: finding.evidence.clone(),
    }
}

/// What changed about a running case.
fn change(id: IncidentId, finding: &Finding) -> Change {
    Change { id, level: finding.level, since: finding.since, evidence: finding.evidence.clone() }
}

/// Whether a look reached any server at all.
pub(super) fn answered(done: &Done) -> Option<bool> {
    match &done.look.result {
        Ok(_) => Some(true),
        Err(miss) if miss.failure == Failure::NoSource => None,
        // A server in trouble is still proof of the line.
        Err(miss) => Some(!miss.failure.is_outage() || miss.status != 0),
    }
}
