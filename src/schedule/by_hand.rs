//! What follows from looks that people took.
//!
//! In: looks by hand. Out: the same as from a look of ours, by the same judging and the same cases: facts, posts, the
//! log of looks. A post that was seen may end a case of inactivity; only a look that says "nothing newer" may open one.

use super::cadence::Cadence;
use super::news::{From, KnownPosts, learn};
use super::settle::{Settled, facts_of, hand_look_due, store_facts};
use super::{Error, Scheduler, span};
use crate::incident::Sureness;
use crate::judge::inactivity;
use crate::judge::pack::Pack;
use crate::model::account::AccountId;
use crate::model::address::plain_with_route;
use crate::model::finding::{Rule, RuleSet};
use crate::model::hand::{Hand, HandLook, SeenPost};
use crate::model::listing::{Extracted, Listing};
use crate::model::post::{Origin, Post, PostKey, Published};
use crate::model::profile::Told;
use crate::model::visit::{Outcome, Visit};
use crate::model::watch::{Trouble, Watched};
use crate::store::accounts::Finish;
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, HashMap};

/// A person reads a time off a screen to the minute at best, and posts of the same moment are one.
const BLUR: Duration = Duration::minutes(10);

/// The post a person saw, as one of the account's posts.
fn post_of(seen: &SeenPost) -> Post {
    Post {
        key: PostKey::of(&plain_with_route(&seen.url)),
        url: seen.url.clone(),
        title: seen.title.clone(),
        text: String::new(),
        published: Some(seen.published),
        origin: Origin::Unknown,
        source: None,
        pinned: false,
        links: Vec::new(),
    }
}

/// From when to when a known post must have been printed to be the one that was seen.
fn printed_within(published: Published) -> (DateTime<Utc>, DateTime<Utc>) {
    match published {
        Published::At(at) => (at - Duration::seconds(59), at + Duration::minutes(1)),
        Published::On(_) => (published.shown(), published.latest()),
    }
}

/// Settles one look by hand. `now` is when it is judged, which may be long after it was taken.
#[must_use]
pub fn settle_by_hand(
    mut watched: Watched,
    look: &HandLook,
    known: &KnownPosts,
    pack: &Pack,
    cadence: &Cadence,
    now: DateTime<Utc>,
) -> Settled {
    let at = look.at;
    let before = watched.known.good_look;
    let mut facts = facts_of(&watched);
    let mut posts = Vec::new();
    if let Some(seen) = &look.hand.seen {
        let listing = Listing { lines: watched.listing.lines.clone() };
        let extracted = Extracted { listing, posts: vec![post_of(seen)], ..Extracted::default() };
        let news_at = watched.known.news_at;
        posts = learn(&mut watched, &mut facts, extracted, known, From::default(), at).posts;
        // What a person saw says nothing about how late a bridge is.
        watched.known.news_at = news_at;
    }
    let covers = look.hand.nothing_since.map(|since| (since + BLUR).min(at));
    if let (Some(since), Some(covers)) = (look.hand.nothing_since, covers) {
        facts.look(at, Some(covers));
        facts.silent_since(since, before.is_some_and(|before| before >= since));
        if before <= Some(at) {
            watched.known.covers_since = Some(covers);
        }
    }
    watched.known.last_visit = watched.known.last_visit.max(Some(at));
    watched.known.hand_look = watched.known.hand_look.max(Some(at));
    let fresh = now < cadence.good_by_hand(at);
    if fresh && watched.trouble.failing_since.is_none_or(|since| since <= at) {
        let doubt = watched.trouble.doubt_since.filter(|_| !look.hand.is_complete());
        watched.trouble = Trouble { doubt_since: doubt, ..Trouble::default() };
    }
    let judgement = inactivity::judge(&facts, pack, now);
    watched.state = judgement.state;
    let complete = look.hand.is_complete() && judgement.judged;
    let judgement = if complete {
        judgement
    } else {
        // The worst that can be: there is nothing newer than what is known. Whatever does not hold even then is over.
        let mut worst = facts.clone();
        worst.look(now, None);
        inactivity::judge(&worst, pack, now)
    };
    let deadlines: Vec<(Rule, DateTime<Utc>)> = inactivity::deadlines(&facts, pack).collect();
    store_facts(&mut watched, facts);
    let no_original =
        complete && judgement.findings.iter().any(|finding| finding.rule == Rule::BiweeklyOriginal);
    let visit = Visit {
        account: watched.id,
        at,
        outcome: Outcome::Read { new: u32::try_from(posts.len()).unwrap_or(u32::MAX) },
        items: u32::from(look.hand.seen.is_some()),
        covers_since: covers,
        duration_ms: 0,
        status: 0,
        detail: String::new(),
        hand: Some(look.hand.clone()),
    };
    let next = if watched.registered.machine_sources().next().is_some() {
        // Machines go on in their rhythm.
        cadence.next(watched.id, &watched.known.days, &deadlines, now)
    } else {
        hand_look_due(watched.known.hand_look.unwrap_or(at), cadence)
    };
    Settled {
        finish: Finish { watched, due_at: Some(next.at), due_why: next.why, no_original, lean: false },
        visit,
        posts,
        edits: Vec::new(),
        withdrawn: Vec::new(),
        carried: Vec::new(),
        front: None,
        answers: Vec::new(),
        findings: judgement.findings,
        sure: Sureness {
            good: fresh,
            judged: judgement.judged,
            profile: RuleSet::NONE,
            compared: false,
            complete,
            read: Vec::new(),
        },
        told: Told::default(),
        notes: None,
    }
}

impl Scheduler {
    /// Takes in looks by hand. Returns for each whether it was new; one that was written down before is left alone.
    pub async fn take_in(&self, looks: &[(AccountId, HandLook)]) -> Result<Vec<bool>, Error> {
        let mut order: Vec<usize> = (0..looks.len()).collect();
        order.sort_by_key(|place| (looks[*place].0, looks[*place].1.at));
        let mut accounts: Vec<AccountId> = looks.iter().map(|(account, _)| *account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let mut noted: HashMap<AccountId, Vec<(DateTime<Utc>, Hand)>> = HashMap::new();
        for visit in self.store.list_hand_looks(&accounts).await? {
            if let Some(hand) = visit.hand {
                noted.entry(visit.account).or_default().push((visit.at, hand));
            }
        }
        let mut new = vec![false; looks.len()];
        // The looks at one account follow each other; those at different ones are settled side by side.
        let mut rounds: Vec<Vec<(AccountId, HandLook)>> = Vec::new();
        let mut taken: BTreeMap<AccountId, usize> = BTreeMap::new();
        for place in order {
            let (account, look) = &looks[place];
            let noted = noted.entry(*account).or_default();
            if noted.iter().any(|(at, hand)| look.repeats(*at, hand)) {
                continue;
            }
            new[place] = true;
            let mut look = look.clone();
            // The log holds one look at an account for each instant.
            while noted.iter().any(|(at, _)| *at == look.at) {
                look.at += Duration::milliseconds(1);
            }
            noted.push((look.at, look.hand.clone()));
            let round = taken.entry(*account).or_default();
            if rounds.len() <= *round {
                rounds.push(Vec::new());
            }
            rounds[*round].push((*account, look));
            *round += 1;
        }
        for round in rounds {
            for batch in round.chunks(self.settings.batch.max(1)) {
                self.take_in_batch(batch).await?;
            }
        }
        Ok(new)
    }

    /// Takes in looks at accounts that are all different.
    async fn take_in_batch(&self, looks: &[(AccountId, HandLook)]) -> Result<(), Error> {
        let now = self.clock.now();
        let accounts: Vec<AccountId> = looks.iter().map(|(account, _)| *account).collect();
        let until = now + span(self.settings.lease);
        let leased = self.store.lease_these(&accounts, until, self.token()).await?;
        let known = self.known_by_hand(looks).await?;
        let looks: HashMap<AccountId, &HandLook> =
            looks.iter().map(|(account, look)| (*account, look)).collect();
        let settled = leased.into_iter().filter_map(|watched| {
            let look = looks.get(&watched.id)?;
            let pack = self.pack_of(&watched, now);
            let mut settled = settle_by_hand(watched, look, &known, pack, &self.settings.cadence, now);
            self.judge_contents(&mut settled, pack);
            Some(settled)
        });
        let settled = self.with_tasks(settled.collect()).await?;
        let items = self.with_cases(settled).await?;
        if self.write_patiently(&items, now).await? < looks.len() {
            return Err(Error::Taken);
        }
        Ok(())
    }

    /// Which of the seen posts are known: under their address, or printed at the same moment. One statement each.
    async fn known_by_hand(&self, looks: &[(AccountId, HandLook)]) -> Result<KnownPosts, Error> {
        let seen: Vec<(AccountId, Post)> = looks
            .iter()
            .filter_map(|(account, look)| Some((*account, post_of(look.hand.seen.as_ref()?))))
            .collect();
        let keys: Vec<_> = seen.iter().map(|(account, post)| (*account, post.key)).collect();
        let spans: Vec<_> = seen
            .iter()
            .filter_map(|(account, post)| {
                let (from, to) = printed_within(post.published?);
                Some((*account, from, to))
            })
            .collect();
        let mut keys = self.store.known_posts(&keys).await?;
        let near = self.store.posts_between(&spans).await?;
        keys.extend(
            seen.iter()
                .filter(|(account, _)| near.contains(account))
                .map(|(account, post)| (*account, post.key)),
        );
        Ok(KnownPosts { keys, ..KnownPosts::default() })
    }
}

#[cfg(test)]
mod tests;
