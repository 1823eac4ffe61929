//! What is wrong with a look that succeeded: pure.
//!
//! In: a look that read something, and what is known of the account. Out: why it is not believed, or not yet, or which
//! source it contradicts. An account has the benefit of every doubt.

use super::bridges::Trust;
use super::cadence::{Next, spread};
use super::news::{KnownPosts, is_new};
use super::settle::stumble;
use super::visit::{Other, Seen};
use crate::judge::facts::Facts;
use crate::judge::inactivity::Judgement;
use crate::judge::pack::Pack;
use crate::judge::{inactivity, sources};
use crate::model::account::{AccountId, AccountState};
use crate::model::finding::{Finding, LastPost};
use crate::model::listing::Extracted;
use crate::model::moment::{ZONE, zh_minute};
use crate::model::page::Miss;
use crate::model::post::Post;
use crate::model::visit::{Failure, Outcome, Visit};
use crate::model::watch::{Known, Watched};
use chrono::{DateTime, Duration, Utc};

/// After a first look through a bridge on which somebody would be accused, the next one comes so soon: by then the
/// other accounts behind the bridge are known as well.
const SECOND_LOOK: Duration = Duration::minutes(10);

/// A list that is older than before, or that shows less than the platform counts, is doubted for so long before it is
/// believed.
const DOUBT: Duration = Duration::hours(24);

/// Turns a look through a suspected bridge into a failed one: that it shows no more proves nothing since then.
pub(super) fn distrust(watched: &mut Watched, visit: &mut Visit, since: DateTime<Utc>) {
    let detail = format!("采集桥自{}起疑似停更", zh_minute(since));
    visit.outcome = Outcome::Failed(Failure::Stale);
    visit.covers_since = None;
    visit.detail.clone_from(&detail);
    stumble(&mut watched.trouble, Failure::Stale, Miss::new(Failure::Stale, detail), visit.at);
}

/// Since when a look through a bridge proves nothing: by the suspicion of the bridge as a whole, else by its own word
/// about this account.
pub(super) fn stale_since(trust: Trust, out_of_sync: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    if let Trust::Stale { since } = trust { Some(since) } else { out_of_sync }
}

/// Whether a look would accuse its account of anything.
pub(super) fn would_accuse(
    facts: &Facts,
    covers_since: Option<DateTime<Utc>>,
    pack: &Pack,
    at: DateTime<Utc>,
) -> bool {
    let mut looked = facts.clone();
    looked.look(at, covers_since);
    !inactivity::judge(&looked, pack, at).findings.is_empty()
}

/// A list that is only a part of an account shows updates, never silence: what it shows is learnt all the same.
pub(super) fn withhold(watched: &mut Watched, visit: &mut Visit) {
    let detail = "采集源只含账号的一部分内容，其中没有近期更新，不能说明账号没有更新";
    visit.outcome = Outcome::Failed(Failure::Partial);
    visit.covers_since = None;
    detail.clone_into(&mut visit.detail);
    stumble(&mut watched.trouble, Failure::Partial, Miss::new(Failure::Partial, detail), visit.at);
}

/// The last good look when those through the bridge since `since` no longer count. Who looked by hand looked past the
/// bridge.
pub(super) fn still_good(known: &Known, since: DateTime<Utc>) -> Option<DateTime<Utc>> {
    known.good_look.map(|look| if known.hand_look == Some(look) { look } else { look.min(since) })
}

/// What is left of a judgement by a doubted look: it may acquit, but what it accuses of waits.
pub(super) fn held_back(judgement: &Judgement, before: AccountState) -> Judgement {
    let state = match (is_accused(judgement.state), is_accused(before)) {
        (true, false) => AccountState::Unverified,
        (true, true) => before,
        (false, _) => judgement.state,
    };
    Judgement { state, findings: Vec::new(), judged: false }
}

/// The look after a first one through a bridge.
pub(super) fn second_look(id: AccountId, at: DateTime<Utc>) -> Next {
    let wait = SECOND_LOOK + SECOND_LOOK * spread(id) / 1024;
    Next { at: at + wait, why: "经采集桥首次查看，稍后复核".to_owned() }
}

/// Whether a state says that an account is silent.
const fn is_accused(state: AccountState) -> bool {
    matches!(
        state,
        AccountState::Lagging
            | AccountState::NotUpdated
            | AccountState::Dormant
            | AccountState::Zombie
            | AccountState::Hollow
    )
}

/// Whether every source of an account was asked and read.
pub(super) fn all_answered(watched: &Watched, others: &[Other]) -> bool {
    others.len() + 1 == watched.registered.machine_sources().count()
        && others.iter().all(|other| other.result.is_ok())
}

/// Sources asked in the same look that lag behind the one that counts.
pub(super) fn disagreements(watched: &Watched, others: &[Other], at: DateTime<Utc>) -> Vec<Finding> {
    let recipe = |no: usize| watched.registered.sources.get(no).map_or("", |source| source.recipe.as_str());
    let ahead = (watched.source_no, recipe(watched.source_no));
    let lags = others.iter().filter_map(|other| {
        let lag = sources::lag(other.result.as_ref().ok()?, &watched.listing, at)?;
        Some(sources::finding(&lag, (other.source_no, recipe(other.source_no)), ahead, at))
    });
    lags.collect()
}

/// A list whose newest post is older than before, or that is empty where there were posts, is doubted for a
/// day: the platform may be hiding something from strangers, or its cache may lag. So is a list that shows nothing new
/// while the platform's own counter has risen. Returns since when.
pub(super) fn doubtful(
    watched: &Watched,
    result: Result<Seen, Miss>,
    known: &KnownPosts,
    at: DateTime<Utc>,
) -> (Result<Seen, Miss>, Option<DateTime<Utc>>) {
    let since = watched.trouble.doubt_since;
    let Ok(seen) = result else { return (result, since) };
    if seen.behind {
        let detail = "列表早于此前从另一采集源所见，该采集源可能已停更";
        return (Err(Miss { status: seen.status, ..Miss::new(Failure::Partial, detail) }), since);
    }
    let Some(extracted) = &seen.extracted else { return (Ok(seen), None) };
    let same_source = seen.source_no == watched.source_no;
    let went_back = match (watched.listing.newest(), extracted.listing.newest()) {
        (Some(before), Some(now)) => now < before,
        (Some(_), None) => extracted.listing.lines.is_empty(),
        (None, _) => false,
    };
    let since = since.unwrap_or(at);
    let hides = is_hiding(watched, extracted, known);
    if !(went_back || hides) || !same_source || at - since >= DOUBT {
        return (Ok(seen), None);
    }
    let detail = if went_back {
        "列表中最新一条早于上次所见，可能未完整显示".to_owned()
    } else {
        let count = |posts: Option<u64>| posts.map_or_else(|| "未知".to_owned(), |posts| posts.to_string());
        let (before, now) = (count(watched.known.posts_counted), count(extracted.profile.posts));
        format!("平台的作品计数由{before}变为{now}，列表中却没有新内容，可能未完整显示")
    };
    let miss = Miss { status: seen.status, ..Miss::new(Failure::Partial, detail) };
    (Err(miss), Some(since))
}

/// Whether the list shows less than the platform counts.
///
/// Counters count more than lists show (deleted posts for a while, posts for followers only, reposts in a list of own
/// works), so their height says nothing; only a rise does, and only while nothing new has been seen since the counter
/// was noted: one new post explains any rise. A counter that cannot be heard while there is doubt does not end it.
fn is_hiding(watched: &Watched, extracted: &Extracted, known: &KnownPosts) -> bool {
    let Some(before) = watched.known.posts_counted else { return false };
    if extracted.posts.iter().any(|post| is_new(watched, known, post)) {
        return false;
    }
    extracted.profile.posts.map_or(watched.trouble.doubt_since.is_some(), |now| now > before)
}

/// Whether a post in the list of another source is one that is known under that source's own name for it: no newer
/// than what is known, or of the same day and title as the newest.
pub(super) fn is_told(post: &Post, last_update: Option<DateTime<Utc>>, last: Option<&LastPost>) -> bool {
    let (Some(published), Some(last_update)) = (post.published, last_update) else {
        return last_update.is_some();
    };
    if published.latest() <= last_update {
        return true;
    }
    let day = |at: DateTime<Utc>| at.with_timezone(&ZONE).date_naive();
    let stem = |title: &str| title.trim_end_matches(['.', '…']).trim().to_owned();
    last.is_some_and(|last| {
        let (title, known) = (stem(&post.title), stem(&last.title));
        day(published.shown()) == day(last.at)
            && !title.is_empty()
            && !known.is_empty()
            && (title.starts_with(&known) || known.starts_with(&title))
    })
}
