//! What the rules need to know about one account.
//!
//! In: what the register says, looks and posts. Out: [`Facts`], a handful of instants kept on the account's
//! row so that judging a visit needs no query. Never judges; a failed look never reaches it.

use super::history::{Look, Looks, Sighting, effective_time, merge};
use super::months::Months;
use crate::model::account::{Kind, Platform, Status};
use crate::model::finding::LastPost;
use crate::model::post::{Origin, Published};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// What the rules need to know about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How the platform lets it post.
    pub kind: Kind,
    /// Where it lives.
    pub platform: Platform,
    /// Its status in the register.
    pub status: Status,
    /// Opening or newer filing; every rule has a grace from here. `None`: the register has no date, and there
    /// is no grace.
    pub registered_at: Option<DateTime<Utc>>,
    /// When it came into the register of this service; a silence of unknown age counts from here.
    pub known_since: DateTime<Utc>,
    /// Effective time of the latest update; `None` when there was no post at all.
    pub last_update: Option<DateTime<Utc>>,
    /// Effective time of the latest post that is or may be original.
    pub last_maybe_original: Option<DateTime<Utc>>,
    /// When the latest good look ended.
    pub good_look: Option<DateTime<Utc>>,
    /// The known history reaches back to here.
    pub reach: Option<DateTime<Utc>>,
    /// Updates by month, for service accounts only.
    pub months: Months,
    /// Neither introduction nor avatar.
    pub profile_empty: bool,
    /// The latest update itself.
    pub last_post: Option<LastPost>,
}

/// A post never seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learnt<'a> {
    /// Its effective time, see [`effective_time`].
    pub at: DateTime<Utc>,
    /// Whose work it is.
    pub origin: Origin,
    /// Its title.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
}

impl Facts {
    /// An account that nobody has looked at yet.
    #[must_use]
    pub fn new(
        kind: Kind,
        platform: Platform,
        status: Status,
        registered_at: Option<DateTime<Utc>>,
        known_since: DateTime<Utc>,
    ) -> Self {
        Self {
            kind,
            platform,
            status,
            registered_at,
            known_since,
            last_update: None,
            last_maybe_original: None,
            good_look: None,
            reach: None,
            months: Months::default(),
            profile_empty: false,
            last_post: None,
        }
    }

    /// The facts as they follow from a whole history up to `now`; what this account already knew about its
    /// updates is replaced, what the register and the profile say stays.
    #[must_use]
    pub fn from_history(self, looks: &[Look], sightings: &[Sighting<'_>], now: DateTime<Utc>) -> Self {
        let mut facts = Self {
            profile_empty: self.profile_empty,
            ..Self::new(self.kind, self.platform, self.status, self.registered_at, self.known_since)
        };
        for look in looks.iter().filter(|look| look.good && look.at <= now) {
            facts.look(look.at, look.covers_since);
        }
        let looks = Looks::new(looks);
        let mut pushes = HashSet::new();
        for post in merge(sightings) {
            let at = effective_time(post.published, post.first_seen, &looks);
            if at > now {
                continue;
            }
            facts.learn(&Learnt { at, origin: post.origin, title: post.title, url: post.url });
            // Several articles sent in one push carry the very same time and are one update.
            let in_push = post.published == Some(Published::At(at));
            if facts.counts_months() && (!in_push || pushes.insert(at)) {
                facts.months.add(at);
            }
        }
        facts
    }

    /// Whether the account has a monthly quota, whose count needs the whole history whenever a post is new.
    #[must_use]
    pub fn counts_months(&self) -> bool {
        self.kind == Kind::Service
    }

    /// Takes in a good look and how far back its listing reached.
    pub fn look(&mut self, at: DateTime<Utc>, covers_since: Option<DateTime<Utc>>) {
        self.good_look = self.good_look.max(Some(at));
        let reach = covers_since.map_or(at, |covers| covers.min(at));
        self.reach = Some(self.reach.map_or(reach, |known| known.min(reach)));
    }

    /// Takes in what a person vouches for: nothing was published after `since`. Unless the history up to there is known
    /// (`joined`: a good look at or after `since`), nobody knows what was published just before it, and the account has
    /// the benefit of the doubt.
    pub fn silent_since(&mut self, since: DateTime<Utc>, joined: bool) {
        if joined {
            return;
        }
        self.reach = Some(self.reach.map_or(since, |reach| reach.max(since)));
        if self.registered_at.is_none_or(|registered| since > registered) {
            self.last_update = self.last_update.max(Some(since));
            self.last_maybe_original = self.last_maybe_original.max(Some(since));
        }
    }

    /// Takes in a post never seen before: neither its key nor its [`twin`](super::history::twin) is known.
    /// Leaves [`Self::months`] alone: whoever [counts months](Self::counts_months) reads the history again.
    pub fn learn(&mut self, post: &Learnt<'_>) {
        if self.last_update < Some(post.at) {
            self.last_update = Some(post.at);
            let (title, url) = (post.title.to_owned(), post.url.to_owned());
            self.last_post = Some(LastPost { title, url, at: post.at });
        }
        if post.origin != Origin::Repost {
            self.last_maybe_original = self.last_maybe_original.max(Some(post.at));
        }
    }

    /// From when a silence without any post counts, and the grace of a new account: the register's date, or
    /// the day it became known to us while it has no post. `None`: it has posts and no date, so no grace.
    pub(super) fn origin(&self) -> Option<DateTime<Utc>> {
        self.registered_at.or_else(|| self.last_update.is_none().then_some(self.known_since))
    }
}

#[cfg(test)]
mod tests;
