//! What follows from one look: pure.
//!
//! In: an account as it was handed out, what the look gave, and which of its posts were known. Out: the
//! account as it stands now, its new posts, its findings and its next look. A failed look changes nothing but
//! the count of failures; what a site's page says about itself is told also where its list was not found.

use super::backoff;
use super::bridges::Trust;
use super::cadence::{Cadence, Next};
use super::doubt::{
    all_answered, disagreements, distrust, doubtful, held_back, second_look, stale_since, still_good,
    withhold, would_accuse,
};
use super::news::{From, KnownPosts, News, learn};
use super::visit::{Look, Seen};
use crate::extract;
use crate::incident::Sureness;
use crate::judge::facts::Facts;
use crate::judge::pack::Pack;
use crate::judge::{inactivity, reachability};
use crate::model::account::Platform;
use crate::model::finding::{Finding, Rule, RuleSet};
use crate::model::listing::{Front, Listing};
use crate::model::page::{Fetched, Miss, Validators};
use crate::model::post::Post;
use crate::model::profile::Told;
use crate::model::task::Carried;
use crate::model::visit::{Failure, Outcome, Visit};
use crate::model::watch::{Trouble, Watched};
use crate::store::accounts::Finish;
use crate::store::changes::{Edited, Withdrawn};
use crate::store::posts::Sighted;
use crate::store::profiles::Notes;
use chrono::{DateTime, Utc};

/// What one look changes.
#[derive(Debug)]
pub struct Settled {
    /// The account as it stands now.
    pub finish: Finish,
    /// The entry in the log of looks.
    pub visit: Visit,
    /// Posts never seen before.
    pub posts: Vec<Sighted>,
    /// Posts that changed.
    pub edits: Vec<Edited>,
    /// Posts that were withdrawn, or are back.
    pub withdrawn: Vec<Withdrawn>,
    /// Posts that carry what tasks ask for.
    pub carried: Vec<Carried>,
    /// What the account's page says about itself; none when no page of a site was read.
    pub front: Option<Front>,
    /// What servers answered in the look, the list first, as long as the look is not written.
    pub answers: Vec<Fetched>,
    /// What the rules say.
    pub findings: Vec<Finding>,
    /// What the look can say.
    pub sure: Sureness,
    /// What it told about the account itself.
    pub told: Told,
    /// What of that is to be noted, once it was compared with what is remembered.
    pub notes: Option<Notes>,
}

/// Posts in a listing that the memory of the last listing does not hold: they may be new, or come back.
pub fn candidates<'a>(watched: &'a Watched, seen: &'a Seen) -> impl Iterator<Item = &'a Post> {
    let posts = seen.extracted.iter().flat_map(|extracted| &extracted.posts);
    posts.filter(|post| watched.listing.find_key(post.key).is_none())
}

/// Settles one look. `blind`: our own line is down, so that no failure of the network counts.
#[must_use]
pub fn settle(
    mut watched: Watched,
    look: Look,
    known: &KnownPosts,
    pack: &Pack,
    cadence: &Cadence,
    blind: bool,
) -> Settled {
    let at = look.at;
    let (trust, others, answers) = (look.trust, look.others, look.answers);
    let behind = watched.bridge.clone();
    let (result, doubt) = doubtful(&watched, look.result, known, at);
    let before = (watched.state, watched.trouble.failures, watched.known.clone());
    watched.known.last_visit = Some(at);
    let mut facts = facts_of(&watched);
    let mut visit = unchanged(&watched, look.took, at);
    let (mut news, mut front) = (News::default(), None);
    let mut told = Told::default();
    let mut changed = true;
    let mut asked = None;
    match result {
        Ok(seen) => {
            visit.status = seen.status;
            let other = seen.source_no != watched.source_no
                || seen.bridge != watched.bridge
                || (!seen.validators.is_empty() && seen.validators != watched.validators);
            if !seen.validators.is_empty() || seen.extracted.is_some() {
                watched.validators = seen.validators;
            }
            let another = seen.source_no != watched.source_no && watched.known.good_look.is_some();
            let from = From { late: seen.bridge.is_some(), other: another };
            watched.source_no = seen.source_no;
            watched.bridge = seen.bridge;
            let stale = stale_since(trust, seen.out_of_sync);
            let part = seen.extracted.as_ref().is_some_and(|extracted| extracted.part);
            if let Some(mut extracted) = seen.extracted {
                front = extracted.front.take();
                visit.items = u32::try_from(extracted.listing.lines.len()).unwrap_or(u32::MAX);
                told = Told::of(&extracted.profile, extracted.named, &watched.registered);
                news = learn(&mut watched, &mut facts, extracted, known, from, at);
                visit.outcome = outcome(&watched.listing, news.posts.len());
            } else {
                changed = other;
                visit.items = u32::try_from(watched.listing.lines.len()).unwrap_or(u32::MAX);
            }
            let covers_since = watched.listing.covers_since();
            if let Some(since) = stale {
                // As old as its posts is what it says about the account.
                told = Told::default();
                if behind == watched.bridge {
                    // The looks that were believed before the suspicion prove nothing either.
                    facts.good_look = still_good(&watched.known, since);
                }
                distrust(&mut watched, &mut visit, since);
            } else if part && would_accuse(&facts, covers_since, pack, at) {
                withhold(&mut watched, &mut visit);
            } else {
                facts.look(at, covers_since);
                watched.known.covers_since = covers_since;
                visit.covers_since = covers_since;
                watched.trouble = Trouble::default();
            }
        }
        Err(miss) => {
            asked = miss.retry_after;
            front = defaced_front(&watched, &miss, &answers);
            let failure = if blind && miss.failure.is_outage() { Failure::Blind } else { miss.failure };
            miss_out(&mut watched, &mut visit, failure, miss, cadence);
            watched.trouble.doubt_since = doubt;
            if failure != Failure::Partial {
                // What the memory says about the page no longer holds once the page has been something else.
                watched.validators = Validators::default();
            }
        }
    }
    store_facts(&mut watched, facts.clone());
    let good = visit.outcome.is_good();
    let mut judgement = inactivity::judge(&facts, pack, at);
    let waits = good && trust == Trust::Doubted && !judgement.findings.is_empty();
    if waits {
        judgement = held_back(&judgement, before.0);
    }
    watched.state = judgement.state;
    let mut findings = if good { judgement.findings } else { Vec::new() };
    let compared = good && all_answered(&watched, &others);
    // The case about the bridge stands for all accounts behind it.
    if good {
        findings.extend(disagreements(&watched, &others, at));
    } else if !matches!(trust, Trust::Stale { .. }) {
        findings.extend(reachability::judge(&sight_of(&watched, cadence), pack.fresh, at));
    }
    let no_original = findings.iter().any(|finding| finding.rule == Rule::BiweeklyOriginal);
    let mut next = next_look(&watched, &facts, pack, cadence, visit.outcome, asked, at);
    if waits && behind != watched.bridge {
        next = second_look(watched.id, at);
    }
    let lean = good && !changed && before.0 == watched.state && before.1 == 0 && before.2.good_look.is_some();
    Settled {
        finish: Finish { watched, due_at: Some(next.at), due_why: next.why, no_original, lean },
        visit,
        posts: news.posts,
        edits: news.edits,
        withdrawn: news.withdrawn,
        carried: Vec::new(),
        front,
        answers,
        findings,
        sure: sureness(good, judgement.judged, compared),
        told,
        notes: None,
    }
}

/// What a list that was read in full gave.
fn outcome(listing: &Listing, new: usize) -> Outcome {
    if listing.lines.is_empty() {
        return Outcome::ProvenEmpty;
    }
    Outcome::Read { new: u32::try_from(new).unwrap_or(u32::MAX) }
}

/// What a machine's look can say: a good one shows all there is.
const fn sureness(good: bool, judged: bool, compared: bool) -> Sureness {
    Sureness {
        good,
        judged: good && judged,
        profile: RuleSet::NONE,
        compared,
        complete: good,
        read: Vec::new(),
    }
}

/// The entry of a look that found everything as it was.
fn unchanged(watched: &Watched, took: std::time::Duration, at: DateTime<Utc>) -> Visit {
    Visit {
        account: watched.id,
        at,
        outcome: Outcome::Unchanged,
        items: 0,
        covers_since: watched.known.covers_since,
        duration_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
        status: 0,
        detail: String::new(),
        hand: None,
    }
}

/// What a site's page says about itself where its list could not be found: an intruder mostly takes the list away.
fn defaced_front(watched: &Watched, miss: &Miss, answers: &[Fetched]) -> Option<Front> {
    let is_site = watched.registered.platform == Platform::Website;
    let is_page = matches!(miss.failure, Failure::Layout | Failure::Empty);
    answers.first().filter(|answer| is_site && is_page && answer.status == 200).map(extract::front)
}

/// Turns the entry of a look into that of a failed one, and remembers the trouble.
fn miss_out(watched: &mut Watched, visit: &mut Visit, failure: Failure, miss: Miss, cadence: &Cadence) {
    visit.outcome = Outcome::Failed(failure);
    visit.status = miss.status;
    visit.covers_since = None;
    visit.detail.clone_from(&miss.detail);
    // Where only people can look, and one has, there is nothing to stumble over.
    if !is_vouched_for(watched, failure, cadence, visit.at) {
        stumble(&mut watched.trouble, failure, miss, visit.at);
    }
}

/// Whether a failed look means nothing, because only people can look and one has not long ago.
fn is_vouched_for(watched: &Watched, failure: Failure, cadence: &Cadence, at: DateTime<Utc>) -> bool {
    failure == Failure::NoSource
        && watched.known.hand_look.is_some_and(|look| at < cadence.good_by_hand(look))
}

/// Takes in a failed look.
pub(super) fn stumble(trouble: &mut Trouble, failure: Failure, miss: Miss, at: DateTime<Utc>) {
    trouble.detail = miss.detail;
    trouble.failure = Some(failure);
    if failure == Failure::Blind {
        return;
    }
    trouble.failures += 1;
    trouble.failing_since = trouble.failing_since.or(Some(at));
    if failure.is_statement() && trouble.statement != Some(failure) {
        trouble.statement = Some(failure);
        trouble.statement_since = Some(at);
    }
}

fn next_look(
    watched: &Watched,
    facts: &Facts,
    pack: &Pack,
    cadence: &Cadence,
    outcome: Outcome,
    asked: Option<std::time::Duration>,
    at: DateTime<Utc>,
) -> Next {
    if let Some(failure) = outcome.failure() {
        if is_vouched_for(watched, failure, cadence, at)
            && let Some(look) = watched.known.hand_look
        {
            return hand_look_due(look, cadence);
        }
        let wait = backoff::delay(failure, watched.trouble.failures.max(1), asked);
        return Next {
            at: at + wait,
            why: format!("{},{}后重试", failure.zh(), crate::model::moment::zh_span(wait)),
        };
    }
    let deadlines: Vec<(Rule, DateTime<Utc>)> = inactivity::deadlines(facts, pack).collect();
    cadence.next(watched.id, &watched.known.days, &deadlines, at)
}

/// When people are to look again at an account that only they can see.
pub(super) fn hand_look_due(look: DateTime<Utc>, cadence: &Cadence) -> Next {
    let until = cadence.good_by_hand(look);
    // A moment later it is over.
    Next {
        at: until + chrono::Duration::seconds(1),
        why: format!("人工核查有效至{}", crate::model::moment::zh_minute(until)),
    }
}

/// The facts the judge needs, from an account's row.
#[must_use]
pub fn facts_of(watched: &Watched) -> Facts {
    let registered = &watched.registered;
    let known = &watched.known;
    let facts = Facts::new(
        registered.kind,
        registered.platform,
        registered.status,
        registered.registered_at(),
        watched.known_since,
    );
    Facts {
        last_update: known.last_update,
        last_maybe_original: known.last_original,
        good_look: known.good_look,
        reach: known.reach,
        months: known.months.parse().unwrap_or_default(),
        profile_empty: known.profile_empty,
        last_post: known.last_post.clone(),
        ..facts
    }
}

pub(super) fn store_facts(watched: &mut Watched, facts: Facts) {
    let known = &mut watched.known;
    known.last_update = facts.last_update;
    known.last_original = facts.last_maybe_original;
    known.good_look = facts.good_look;
    known.reach = facts.reach;
    known.months = facts.months.to_string();
    known.profile_empty = facts.profile_empty;
    known.last_post = facts.last_post;
}

/// How we see an account, from its row.
#[must_use]
pub fn sight_of(watched: &Watched, cadence: &Cadence) -> reachability::Sight {
    let trouble = &watched.trouble;
    reachability::Sight {
        failures: trouble.failures,
        failure: trouble.failure,
        failing_since: trouble.failing_since,
        statement: trouble.statement.zip(trouble.statement_since),
        good_look: watched.known.good_look,
        hand_look: watched.known.hand_look.map(|look| (look, cadence.good_by_hand(look))),
        known_since: watched.known_since,
        detail: trouble.detail.clone(),
    }
}

#[cfg(test)]
mod counter;

#[cfg(test)]
mod tests;
