//! No new post for too long: by rolling windows, and by the monthly quota of service accounts.
//!
//! In: the [`Facts`] of an account, a [`Pack`], the time. Out: its state and findings, or the word that
//! nothing may be claimed. Rules are judged at the latest good look, and only while that is fresh: a failed
//! look can neither accuse nor acquit. Builds texts only for actual findings; runs at every visit.

use super::facts::Facts;
use super::months::first_full;
use super::pack::{Limit, Pack, PackRule, RULES};
use super::wording;
use crate::model::account::{AccountState, Status};
use crate::model::finding::{Finding, Level, Rule};
use crate::model::moment::Month;
use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Reverse;

/// What the rules say about an account now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Its state.
    pub state: AccountState,
    /// Every rule it breaks, and the deadline that is near.
    pub findings: Vec<Finding>,
    /// Whether cases of inactivity may be opened and closed by this: `false` when the last good look is
    /// missing or too old.
    pub judged: bool,
}

/// Judges an account by a pack.
#[must_use]
pub fn judge(facts: &Facts, pack: &Pack, now: DateTime<Utc>) -> Judgement {
    let by_register = |state| Judgement { state, findings: Vec::new(), judged: true };
    match facts.status {
        Status::Deregistered => return by_register(AccountState::Deregistered),
        Status::Planned => return by_register(AccountState::New),
        Status::Normal | Status::Closing => {}
    }
    let closing = facts.status == Status::Closing;
    let fresh = facts.good_look.filter(|&look| look <= now && now <= later(look, pack.fresh));
    let Some(look) = fresh else {
        let state = if closing { AccountState::Closing } else { unseen_state(facts, pack, now) };
        return Judgement { state, findings: Vec::new(), judged: false };
    };
    let standings = pack.rules().each_ref().map(|rule| Standing::at(facts, rule, look));
    let state = if closing { AccountState::Closing } else { seen_state(facts, pack, &standings, look) };
    let mut findings = Vec::new();
    for standing in &standings {
        if let Some(since) = standing.broken_since.filter(|_| !is_hidden(standing.rule.rule, &standings)) {
            findings.push(breach(facts, standing.rule, since, look));
        }
    }
    findings.extend(due_soon(facts, &standings, look));
    Judgement { state, findings, judged: true }
}

/// The next deadline of each rule that binds the account: the instant after which it is broken unless
/// something is posted. Past ones are included while the rule is broken.
pub fn deadlines(facts: &Facts, pack: &Pack) -> impl Iterator<Item = (Rule, DateTime<Utc>)> {
    let from = facts.good_look.unwrap_or(facts.known_since);
    let standings = pack.rules().iter().map(move |rule| Standing::at(facts, rule, from));
    standings.filter_map(|standing| Some((standing.rule.rule, standing.deadline?)))
}

/// Where an account stands with one rule.
struct Standing<'p> {
    rule: &'p PackRule,
    /// Since when the rule is broken, if it is.
    broken_since: Option<DateTime<Utc>>,
    /// After which instant it is broken unless something is posted.
    deadline: Option<DateTime<Utc>>,
}

impl<'p> Standing<'p> {
    fn at(facts: &Facts, rule: &'p PackRule, look: DateTime<Utc>) -> Self {
        let (broken_since, deadline) = match rule.limit(facts.kind) {
            _ if !rule.binds(facts.kind, facts.platform, facts.status) => (None, None),
            Limit::Window(window) => {
                let deadline = counted_from(facts, rule.rule).map(|start| later(start, window));
                (deadline.filter(|deadline| look > *deadline), deadline)
            }
            Limit::Monthly(quota) => {
                (short_since(facts, quota, look), Some(quota_deadline(facts, quota, look)))
            }
        };
        Self { rule, broken_since, deadline }
    }
}

/// From which instant a rule's window runs; `None` when the rule cannot be broken by this account.
fn counted_from(facts: &Facts, rule: Rule) -> Option<DateTime<Utc>> {
    let or_known = |last: Option<DateTime<Utc>>| last.max(facts.registered_at).unwrap_or(facts.known_since);
    match rule {
        // Before the known history begins, originals may have stood that nobody has seen: a list of the last few
        // posts, all of them reposts, proves nothing about the days before it. Without a post there was none.
        Rule::BiweeklyOriginal => {
            let begins = facts.reach.filter(|_| facts.last_update.is_some());
            Some(or_known(facts.last_maybe_original.max(begins)))
        }
        // Without a post it is hollow, however long that lasts.
        Rule::Dormant | Rule::Zombie => {
            facts.last_update.max(facts.registered_at.filter(|_| facts.last_update.is_some()))
        }
        Rule::Hollow if facts.last_update.is_some() && !facts.profile_empty => None,
        Rule::Hollow => Some(facts.registered_at.unwrap_or(facts.known_since)),
        _ => Some(or_known(facts.last_update)),
    }
}

/// The first month that can be judged by its quota: it began after the registration, and the known history
/// reaches back to its start.
fn first_judgeable(facts: &Facts) -> Option<Month> {
    facts.reach.map(|reach| first_full(reach.max(facts.registered_at.unwrap_or(reach))))
}

/// Since when the quota is missed: the end of the first of the unbroken run of short months that ends with
/// the last month over at `look`.
fn short_since(facts: &Facts, quota: u8, look: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let since = first_short(facts, quota, look)?.end();
    (look > since).then_some(since)
}

/// The first of the unbroken run of short months.
fn first_short(facts: &Facts, quota: u8, look: DateTime<Utc>) -> Option<Month> {
    let over = Month::of(look).previous();
    let first = first_judgeable(facts).filter(|first| *first <= over)?;
    match facts.months.last_with(quota.into(), over) {
        Some(kept) if kept == over => None,
        Some(kept) => Some(first.max(kept.next())),
        None => Some(first),
    }
}

/// The end of the next judgeable month whose quota is still to be met.
fn quota_deadline(facts: &Facts, quota: u8, look: DateTime<Utc>) -> DateTime<Utc> {
    let mut month = Month::of(look).max(first_judgeable(facts).unwrap_or_else(|| first_full(look)));
    while facts.months.count(month) >= quota.into() {
        month = month.next();
    }
    month.end()
}

/// At most one of dormant, zombie and hollow is told: hollow stands in for the others, zombie for dormant.
fn is_hidden(rule: Rule, standings: &[Standing<'_>; RULES.len()]) -> bool {
    let broken = |rule| standings.iter().any(|other| other.rule.rule == rule && other.broken_since.is_some());
    match rule {
        Rule::Dormant => broken(Rule::Zombie) || broken(Rule::Hollow),
        Rule::Zombie => broken(Rule::Hollow),
        _ => false,
    }
}

/// The state at a fresh good look, the first that applies.
fn seen_state(
    facts: &Facts,
    pack: &Pack,
    standings: &[Standing<'_>; RULES.len()],
    look: DateTime<Utc>,
) -> AccountState {
    let [weekly, original, silent, dormant, zombie, hollow] =
        standings.each_ref().map(|standing| standing.broken_since.is_some());
    match () {
        () if hollow => AccountState::Hollow,
        () if zombie => AccountState::Zombie,
        () if dormant => AccountState::Dormant,
        () if silent => AccountState::NotUpdated,
        () if weekly || original => AccountState::Lagging,
        () if in_grace(facts, pack, look) && !has_begun(facts, pack, look) => AccountState::New,
        () => AccountState::Active,
    }
}

/// The state when nobody could look: what is known of old may still show that the account is active.
fn unseen_state(facts: &Facts, pack: &Pack, now: DateTime<Utc>) -> AccountState {
    let kept = match pack.weekly().limit(facts.kind) {
        Limit::Window(window) => within(facts.last_update, window, now),
        Limit::Monthly(quota) => {
            let over = Month::of(now).previous();
            first_judgeable(facts).is_some_and(|first| first <= over)
                && facts.months.count(over) >= quota.into()
        }
    };
    match () {
        () if kept => AccountState::Active,
        () if in_grace(facts, pack, now) => AccountState::New,
        () => AccountState::Unverified,
    }
}

/// Whether the account is so new that its first weekly window, or its first full month, is not over.
fn in_grace(facts: &Facts, pack: &Pack, at: DateTime<Utc>) -> bool {
    facts.origin().is_some_and(|origin| match pack.weekly().limit(facts.kind) {
        Limit::Window(window) => at <= later(origin, window),
        Limit::Monthly(_) => at < first_full(origin).end(),
    })
}

/// Whether a new account's updates so far already meet the weekly rule.
fn has_begun(facts: &Facts, pack: &Pack, look: DateTime<Utc>) -> bool {
    match pack.weekly().limit(facts.kind) {
        Limit::Window(window) => within(facts.last_update, window, look),
        Limit::Monthly(quota) => facts.months.total() >= quota.into(),
    }
}

fn within(last: Option<DateTime<Utc>>, window: TimeDelta, at: DateTime<Utc>) -> bool {
    last.is_some_and(|last| last <= at && at <= later(last, window))
}

fn breach(facts: &Facts, rule: &PackRule, since: DateTime<Utc>, look: DateTime<Utc>) -> Finding {
    let summary = match rule.limit(facts.kind) {
        Limit::Window(window) => {
            let start = counted_from(facts, rule.rule).unwrap_or(since);
            wording::silence(facts, rule.rule, start, window, look)
        }
        Limit::Monthly(quota) => {
            wording::short_months(facts, quota, first_short(facts, quota, look), Month::of(look).previous())
        }
    };
    let evidence = wording::evidence(facts, rule, summary);
    Finding { rule: rule.rule, subject: String::new(), level: rule.level, since, evidence }
}

/// The nearest deadline that is so near that its rule wants a reminder; of equal ones the heaviest.
fn due_soon(facts: &Facts, standings: &[Standing<'_>; RULES.len()], look: DateTime<Utc>) -> Option<Finding> {
    let near = standings.iter().filter(|standing| standing.broken_since.is_none()).filter_map(|standing| {
        let deadline = standing.deadline.filter(|deadline| look <= *deadline)?;
        // The last step reached, so that a case is told again at each of them.
        let begun = |before: &&TimeDelta| later(look, **before) >= deadline;
        let step = standing.rule.remind_before.iter().filter(begun).min()?;
        Some((deadline, standing.rule, later(deadline, -*step)))
    });
    let (deadline, rule, since) = near.min_by_key(|(deadline, rule, _)| (*deadline, Reverse(rule.level)))?;
    let summary = match rule.limit(facts.kind) {
        Limit::Window(_) => {
            let start = counted_from(facts, rule.rule).unwrap_or(since);
            wording::deadline(facts, rule.rule, start, deadline)
        }
        Limit::Monthly(quota) => wording::quota_left(facts, quota, deadline),
    };
    Some(Finding {
        rule: Rule::DueSoon,
        subject: rule.rule.as_str().to_owned(),
        level: Level::Reminder,
        since,
        evidence: wording::evidence(facts, rule, summary),
    })
}

/// An instant and a span; stays within what a calendar has.
fn later(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    let edge = if span < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    at.checked_add_signed(span).unwrap_or(edge)
}

#[cfg(test)]
mod tests;
