//! Hosts that posts link to: dead, or in other hands.
//!
//! In: what is known of a host and what a look at it gave; links to hosts that are no longer what they were. Out: what is
//! known then, when to look again, and findings. A host is dead only when its name does not resolve or nobody listens
//! there, look after look for days: whoever is slow, refuses robots or shows an error is not dead. What anybody shows under
//! a name that he bought is the worse case, and told at once.

use super::links::{foreign, site_of};
use super::passages;
use super::taken::signs;
use crate::judge::pack::Pack;
use crate::model::finding::{Evidence, Finding, Level, Rule};
use crate::model::host::{HostState, Standing, Suspect};
use crate::model::listing::Front;
use crate::model::moment::{zh_day, zh_minute};
use crate::model::passage;
use crate::model::post::{Link, Post};
use crate::model::visit::Failure;
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, HashSet};
use url::Url;

/// A host is dead after at least so many looks in a row …
const LOOKS: u32 = 3;
/// … over at least so long.
const LONG: Duration = Duration::hours(48);
/// The most hosts of one post that are followed.
const MOST: usize = 20;
/// The most links that one case shows.
const SHOWN: usize = 20;

/// What a look at a host gave.
#[derive(Debug, Clone, Copy)]
pub enum Sight<'f> {
    /// A page, with what it says about itself.
    Page(&'f Front),
    /// An answer without one: somebody is there.
    Answer,
    /// None, and why.
    Nothing(Failure),
    /// Our own line is down: it tells nothing.
    Blind,
}

/// What is known of a host after a look.
#[must_use]
pub fn learn(before: &Standing, sight: Sight<'_>, at: DateTime<Utc>) -> Standing {
    match sight {
        Sight::Page(front) => match signs(front).next() {
            Some(sign) => Standing {
                state: HostState::Taken,
                why: format!("{}为“{}”，{}", sign.place, passages::clipped(sign.words), sign.taken.zh()),
                ..Standing::default()
            },
            None => Standing { state: HostState::Alive, ..Standing::default() },
        },
        Sight::Answer => Standing { state: HostState::Alive, ..Standing::default() },
        Sight::Nothing(failure @ (Failure::Dns | Failure::Connect)) => {
            let since = before.silent_since.unwrap_or(at);
            let looks = before.silent_looks.saturating_add(1);
            let dead = looks >= LOOKS && at - since >= LONG;
            let state = match before.state {
                // What it showed last is still the last that was seen.
                HostState::Taken if !dead => HostState::Taken,
                _ if dead => HostState::Dead,
                _ => HostState::Silent,
            };
            let why = format!("自{}起{looks}次查看均{}", zh_minute(since), failure.zh());
            let why = if state == HostState::Taken { before.why.clone() } else { why };
            Standing { state, silent_since: Some(since), silent_looks: looks, why }
        }
        Sight::Nothing(_) | Sight::Blind => before.clone(),
    }
}

/// How long until the next look.
#[must_use]
pub const fn rest(state: HostState) -> Duration {
    match state {
        HostState::Alive => Duration::days(7),
        HostState::Silent => Duration::hours(12),
        HostState::Unknown | HostState::Dead | HostState::Taken => Duration::days(1),
    }
}

/// The links of a post that lead to other sites than its own and its account's, one for each host.
pub fn followed<'p>(post: &'p Post, homepage: &str) -> impl Iterator<Item = (Url, &'p Link)> + use<'p> {
    let host = |address: &str| Url::parse(address).ok().and_then(|url| site_of(&url).map(str::to_owned));
    let own = [host(&post.url).unwrap_or_default(), host(homepage).unwrap_or_default()];
    let mut seen = HashSet::new();
    let foreign = post.links.iter().filter_map(move |link| Some((foreign(link, &own)?, link)));
    let first = foreign.filter_map(move |(url, link)| {
        let root = url.join("/").ok().filter(|root| matches!(root.scheme(), "http" | "https"))?;
        seen.insert(root.authority().to_owned()).then_some((root, link))
    });
    first.take(MOST)
}

/// What the links of one account say: a finding for each bad host, and all hosts that were told of, whatever they are now.
#[must_use]
pub fn findings(suspects: &[Suspect], pack: &Pack, at: DateTime<Utc>) -> (Vec<Finding>, Vec<String>) {
    let mut by_host: BTreeMap<&str, Vec<&Suspect>> = BTreeMap::new();
    for suspect in suspects {
        by_host.entry(&suspect.link.host).or_default().push(suspect);
    }
    let hosts = by_host.keys().map(|host| (*host).to_owned()).collect();
    let findings = by_host.into_values().filter_map(|suspects| finding(&suspects, pack, at));
    (findings.collect(), hosts)
}

fn finding(suspects: &[&Suspect], pack: &Pack, at: DateTime<Utc>) -> Option<Finding> {
    let bad = |it: &&&Suspect| it.stands && it.standing.state.is_bad();
    let suspects: Vec<_> = suspects.iter().filter(bad).collect();
    let newest = suspects.iter().max_by_key(|it| it.post.at)?;
    let standing = &newest.standing;
    let (level, kind) = match standing.state {
        HostState::Taken => (Level::Suspected, "链接的网站疑似被他人利用"),
        _ => (Level::Reminder, "链接的网站已失效"),
    };
    let passages = suspects.iter().take(SHOWN).map(|it| {
        let link = Link { words: it.link.words.clone(), href: it.link.href.clone(), hidden: false };
        let reason = format!("见《{}》（{}）；{}", it.post.title, zh_day(it.post.at), standing.why);
        passage::Passage { level, ..passages::of_link(kind, &link, &reason) }
    });
    let host = Url::parse(&newest.link.root).ok()?;
    let words = pack.content(Rule::Links);
    Some(Finding {
        rule: Rule::Links,
        subject: newest.link.host.clone(),
        level,
        since: newest.post.at,
        evidence: Evidence {
            summary: format!(
                "{}条信息链接到{}：{}",
                suspects.len(),
                host.host_str().unwrap_or_default(),
                standing.why
            ),
            basis: words.map(|rule| rule.basis.clone()).unwrap_or_default(),
            advice: words.map(|rule| rule.advice.clone()).unwrap_or_default(),
            looked_at: Some(at),
            post: Some(newest.post.clone()),
            passages: passages.collect(),
            ..Evidence::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::hours(hour)
    }

    fn after(sights: &[(i64, Sight<'_>)]) -> HostState {
        let learnt = sights
            .iter()
            .fold(Standing::default(), |before, (hour, sight)| learn(&before, *sight, at(*hour)));
        learnt.state
    }

    const GONE: Sight<'_> = Sight::Nothing(Failure::Dns);

    #[test]
    fn a_host_is_dead_only_after_several_looks_over_two_days() {
        assert_eq!(after(&[(0, GONE), (24, GONE)]), HostState::Silent);
        assert_eq!(after(&[(0, GONE), (1, GONE), (2, GONE), (47, GONE)]), HostState::Silent);
        assert_eq!(after(&[(0, GONE), (48, GONE)]), HostState::Silent);
        assert_eq!(after(&[(0, GONE), (24, GONE), (48, GONE)]), HostState::Dead);
        assert_eq!(after(&[(0, GONE), (24, GONE), (30, Sight::Answer), (48, GONE)]), HostState::Silent);
        assert_eq!(after(&[(0, GONE), (24, GONE), (48, GONE), (60, Sight::Answer)]), HostState::Alive);
    }

    #[test]
    fn whoever_is_slow_refuses_or_is_not_to_be_asked_is_not_dead_nor_are_we_blind() {
        for failure in [Failure::Timeout, Failure::Robots, Failure::Tls, Failure::Server, Failure::Private] {
            let sight = Sight::Nothing(failure);
            assert_eq!(
                after(&[(0, sight), (30, sight), (60, sight), (90, sight)]),
                HostState::Unknown,
                "{failure:?}"
            );
        }
        assert_eq!(after(&[(0, GONE), (24, GONE), (48, Sight::Blind)]), HostState::Silent);
    }

    #[test]
    fn what_somebody_made_of_a_lost_name_is_told_at_once_and_stays_told_while_it_is_away() {
        let sale = Front { title: "此域名正在出售".to_owned(), ..Front::default() };
        let own = Front { title: "云溪县图书馆".to_owned(), ..Front::default() };
        assert_eq!(after(&[(0, Sight::Page(&sale))]), HostState::Taken);
        assert_eq!(after(&[(0, Sight::Page(&sale)), (24, GONE)]), HostState::Taken);
        assert_eq!(after(&[(0, Sight::Page(&sale)), (24, Sight::Page(&own))]), HostState::Alive);
    }
}
