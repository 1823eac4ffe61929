//! What a listing brings: pure.
//!
//! In: an account as it stands, a listing that was read, and which of its posts were known. Out: posts never seen
//! before, posts that changed, posts that were withdrawn or are back, and the account's facts with all of that in
//! them. It takes every listing as it is: whether one is to be believed was decided before.

use super::doubt::is_told;
use crate::judge::facts::{Facts, Learnt};
use crate::judge::history::{Look as Glance, Looks, effective_time};
use crate::judge::originality;
use crate::model::account::{AccountId, Registered};
use crate::model::listing::{Extracted, Listing};
use crate::model::post::{Origin, Post, PostKey, Published};
use crate::model::watch::Watched;
use crate::store::changes::{Edited, Withdrawn};
use crate::store::posts::Sighted;
use chrono::{DateTime, Utc};
use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

/// Which posts of a batch were known before it.
#[derive(Debug, Default)]
pub struct KnownPosts {
    /// By key.
    pub keys: HashSet<(AccountId, PostKey)>,
    /// By printed time and title, for posts that come back under another address.
    pub titles: HashSet<(AccountId, i64, String)>,
    /// New posts that repeat an earlier one of another unit, and whose work that is.
    pub repeats: HashMap<(AccountId, PostKey), String>,
}

/// Where a listing comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct From {
    /// Posts may come in sight long after they were published.
    pub(super) late: bool,
    /// Another source has shown what is known: its memory says nothing about this list, nor its looks about posts
    /// that stand in it.
    pub(super) other: bool,
}

/// Whether nobody has seen a post before.
pub(super) fn is_new(watched: &Watched, known: &KnownPosts, post: &Post) -> bool {
    watched.listing.find_key(post.key).is_none()
        && !known.keys.contains(&(watched.id, post.key))
        && !is_twin(known, watched.id, post)
}

/// What a listing brings.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Posts never seen before.
    pub(super) posts: Vec<Sighted>,
    /// Posts that changed.
    pub(super) edits: Vec<Edited>,
    /// Posts that were withdrawn, or are back.
    pub(super) withdrawn: Vec<Withdrawn>,
}

/// Takes in a listing: its new, edited and withdrawn posts, and what it says about the account.
pub(super) fn learn(
    watched: &mut Watched,
    facts: &mut Facts,
    extracted: Extracted,
    known: &KnownPosts,
    from: From,
    at: DateTime<Utc>,
) -> News {
    let account = watched.id;
    let looks = if from.late || from.other { Looks::default() } else { Looks::new(&last_good(watched)) };
    let before = (facts.last_update, facts.last_post.clone());
    // Most looks bring nothing whose origin is to be told.
    let registered = &watched.registered;
    let unit = LazyCell::new(|| unit(registered));
    let mut news = News::default();
    if !from.other {
        let gone = watched.listing.withdrawn(&extracted.listing).into_iter();
        news.withdrawn.extend(gone.map(|key| Withdrawn { account, key, since: Some(at) }));
    }
    let mut pushes: HashSet<DateTime<Utc>> = HashSet::new();
    for mut post in extracted.posts {
        let known_line = watched.listing.find_key(post.key).is_some();
        // A post may leave a list and come back another one.
        let returned = !known_line && !from.other && known.keys.contains(&(account, post.key));
        if !known_line
            && !returned
            && (!is_new(watched, known, &post) || from.other && is_told(&post, before.0, before.1.as_ref()))
        {
            continue;
        }
        (post.origin, post.source) = originality::of_post(&post, registered.platform, &unit);
        // What its own words leave open, the words of others may tell.
        if post.origin == Origin::Unknown
            && let Some(source) = known.repeats.get(&(account, post.key))
        {
            (post.origin, post.source) = (Origin::Repost, Some(source.clone()));
        }
        let origin = post.origin;
        if returned {
            news.withdrawn.push(Withdrawn { account, key: post.key, since: None });
        }
        if known_line || returned {
            news.edits.push(Edited { account, post, at });
            continue;
        }
        let effective_at = effective_time(post.published, at, &looks);
        facts.learn(&Learnt { at: effective_at, origin, title: &post.title, url: &post.url });
        if facts.counts_months() && is_new_push(&watched.listing, &mut pushes, post.published, effective_at) {
            facts.months.add(effective_at);
        }
        watched.known.days.count(effective_at);
        news.posts.push(Sighted { account, post, first_seen: at, effective_at });
    }
    if facts.last_update > before.0 {
        watched.known.news_at = watched.known.good_look.map(|_| at);
    }
    watched.listing = extracted.listing;
    let profile = extracted.profile;
    if let (Some(intro), Some(avatar)) = (&profile.intro, &profile.avatar) {
        facts.profile_empty = intro.trim().is_empty() && avatar.is_empty();
    }
    watched.known.followers = profile.followers.or(watched.known.followers);
    // Posts seen without a counter would have raised it: then the next one that is heard begins anew.
    let kept = watched.known.posts_counted.filter(|_| news.posts.is_empty());
    watched.known.posts_counted = profile.posts.or(kept);
    news
}

fn is_twin(known: &KnownPosts, account: AccountId, post: &Post) -> bool {
    let Some(published) = post.published else { return false };
    !post.title.is_empty()
        && known.titles.contains(&(
            account,
            crate::model::moment::to_ms(published.shown()),
            post.title.clone(),
        ))
}

/// Several articles sent in one push carry the very same time and are one update.
fn is_new_push(
    before: &Listing,
    pushes: &mut HashSet<DateTime<Utc>>,
    published: Option<Published>,
    effective_at: DateTime<Utc>,
) -> bool {
    if published != Some(Published::At(effective_at)) {
        return true;
    }
    pushes.insert(effective_at) && !before.lines.iter().any(|line| line.published == published)
}

/// The last good look, as the rule about back-dated posts wants to know it.
fn last_good(watched: &Watched) -> Vec<Glance> {
    let look = watched.known.good_look.map(|at| Glance {
        at,
        good: true,
        covers_since: watched.known.covers_since,
        // A look by hand has a reach, but no lines.
        empty_marker: watched.listing.lines.is_empty() && watched.known.covers_since.is_none(),
    });
    look.into_iter().collect()
}

/// The names under which the account's own body appears.
fn unit(registered: &Registered) -> originality::Unit {
    originality::Unit::new(&registered.name, &registered.owner, &[registered.verified_subject.as_str()])
}
