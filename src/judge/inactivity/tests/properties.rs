//! What holds for every history.

use super::*;
use crate::judge::history::{Look, Sighting};
use crate::model::post::Published;
use proptest::prelude::*;

/// Hours before now, whether the look was good, whether it listed far back.
type Seen = (i64, bool, bool);
/// Hours before now, hours until it was first seen, whether it is original.
type Posted = (i64, i64, bool);

fn any_history() -> impl Strategy<Value = (Kind, Vec<Seen>, Vec<Posted>)> {
    let kind = prop_oneof![Just(Kind::Service), Just(Kind::Subscription)];
    let look = (-30_i64..2500, any::<bool>(), any::<bool>());
    let post = (-30_i64..2500, 0_i64..60, any::<bool>());
    (kind, proptest::collection::vec(look, 0..12), proptest::collection::vec(post, 0..12))
}

fn before(hours: i64) -> DateTime<Utc> {
    at(NOW) - TimeDelta::hours(hours)
}

fn looks(of: &[Seen]) -> Vec<Look> {
    of.iter()
        .map(|&(hours, good, far)| Look {
            at: before(hours),
            good,
            covers_since: far.then(|| before(hours + 2000)),
            empty_marker: false,
        })
        .collect()
}

fn known(kind: Kind, looks: &[Look], posts: &[Posted], now: DateTime<Utc>) -> Facts {
    let guids: Vec<String> = (0..posts.len()).map(|number| number.to_string()).collect();
    let seen: Vec<Sighting<'_>> = posts
        .iter()
        .zip(&guids)
        .map(|(&(hours, late, original), guid)| Sighting {
            guid,
            url: "",
            title: "",
            published: Some(Published::At(before(hours))),
            first_seen: before(hours - late),
            origin: if original { Origin::Original } else { Origin::Repost },
            deleted: false,
        })
        .filter(|sighting| sighting.first_seen <= now)
        .collect();
    let registered = Some(before(2000));
    Facts::new(kind, Platform::Wechat, Status::Normal, registered, before(2000))
        .from_history(looks, &seen, now)
}

proptest! {
    #[test]
    fn only_a_fresh_good_look_can_accuse((kind, all, posts) in any_history()) {
        let judgement = judge(&known(kind, &looks(&all), &posts, at(NOW)), national(), at(NOW));
        let fresh = all.iter().any(|&(hours, good, _)| good && (0..=24).contains(&hours));
        prop_assert_eq!(judgement.judged, fresh);
        prop_assert!(fresh || judgement.findings.is_empty());
    }

    #[test]
    fn a_failed_look_changes_nothing((kind, all, posts) in any_history()) {
        let good: Vec<_> = all.iter().copied().filter(|(_, good, _)| *good).collect();
        let with = judge(&known(kind, &looks(&all), &posts, at(NOW)), national(), at(NOW));
        prop_assert_eq!(with, judge(&known(kind, &looks(&good), &posts, at(NOW)), national(), at(NOW)));
    }

    #[test]
    fn another_original_post_never_adds_a_breach((kind, all, mut posts) in any_history(), hours in 0_i64..2500) {
        let broken = |posts: &[_]| {
            let judgement = judge(&known(kind, &looks(&all), posts, at(NOW)), national(), at(NOW));
            // Hollow only hides zombie and dormant: count all three as one ladder.
            let ladder = |rule: &Rule| !matches!(rule, Rule::Dormant | Rule::Zombie | Rule::Hollow);
            (rules(&judgement).into_iter().filter(ladder).collect::<Vec<_>>(), rules(&judgement).len())
        };
        let (without, many) = broken(&posts);
        posts.push((hours, 0, true));
        let (with, fewer) = broken(&posts);
        prop_assert!(fewer <= many);
        prop_assert!(with.iter().all(|rule| without.contains(rule)));
    }

    #[test]
    fn a_later_look_without_news_only_adds_breaches((_, all, posts) in any_history(), hours in 0_i64..2500) {
        let mut facts = known(Kind::Subscription, &looks(&all), &posts, at(NOW));
        facts.look(at(NOW), None);
        let now = told(&judge(&facts, national(), at(NOW)));
        let later = at(NOW) + TimeDelta::hours(hours);
        facts.look(later, None);
        let then = told(&judge(&facts, national(), later));
        let heavier = |rule: Rule| then.iter().any(|(other, _)| *other > rule && !matches!(rule, Rule::Hollow));
        for (rule, since) in now {
            prop_assert!(then.contains(&(rule, since)) || (rule == Rule::Dormant && heavier(rule)), "{}", rule);
        }
    }

    #[test]
    fn what_is_broken_was_a_deadline((kind, all, posts) in any_history()) {
        let facts = known(kind, &looks(&all), &posts, at(NOW));
        let deadlines: Vec<_> = deadlines(&facts, national()).collect();
        for (rule, since) in told(&judge(&facts, national(), at(NOW))) {
            prop_assert!(kind == Kind::Service && rule == Rule::Weekly || deadlines.contains(&(rule, since)));
            prop_assert!(since < facts.good_look.unwrap());
        }
    }
}
