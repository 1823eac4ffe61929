use super::super::history::twin;
use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;
use std::collections::HashMap;

fn minute(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap()
}

fn account(kind: Kind) -> Facts {
    Facts::new(kind, Platform::Wechat, Status::Normal, None, minute(0))
}

fn sighting(guid: &str, published: Option<Published>, first_seen: DateTime<Utc>) -> Sighting<'_> {
    Sighting { guid, url: "", title: guid, published, first_seen, origin: Origin::Original, deleted: false }
}

#[test]
fn articles_of_one_push_are_one_update() {
    let push = Some(Published::At(minute(10)));
    let seen = [
        sighting("一", push, minute(20)),
        sighting("二", push, minute(20)),
        sighting("三", push, minute(30)),
    ];
    let facts = account(Kind::Service).from_history(&[], &seen, minute(40));
    assert_eq!(facts.months.total(), 1);
}

#[test]
fn posts_known_only_by_their_first_sighting_each_count() {
    let late = Some(Published::At(minute(90)));
    let seen = [
        sighting("一", None, minute(20)),
        sighting("二", None, minute(20)),
        sighting("三", late, minute(20)),
    ];
    let facts = account(Kind::Service).from_history(&[], &seen, minute(40));
    assert_eq!(facts.months.total(), 3);
}

#[test]
fn the_history_reaches_back_to_the_farthest_good_look() {
    let look = |at, covers: Option<i64>, good| Look {
        at: minute(at),
        good,
        covers_since: covers.map(minute),
        empty_marker: false,
    };
    let looks =
        [look(50, Some(40), true), look(60, None, true), look(70, Some(10), false), look(90, Some(5), true)];
    let facts = account(Kind::Ordinary).from_history(&looks, &[], minute(80));
    assert_eq!((facts.reach, facts.good_look), (Some(minute(40)), Some(minute(60))));
}

#[test]
fn what_is_read_again_from_history_does_not_count_twice() {
    let seen = [sighting("一", None, minute(20))];
    let once = account(Kind::Service).from_history(&[], &seen, minute(40));
    assert_eq!(once.clone().from_history(&[], &seen, minute(40)), once);
}

/// A look, in minutes after the one before: whether it is good, how far back it lists, what it shows first.
type Visit = (i64, bool, Option<i64>, Vec<(Option<(i64, bool)>, u8, u8)>);

fn any_visit() -> impl Strategy<Value = Visit> {
    // Titles and times from small sets, so that posts are listed again under another id.
    let post = (proptest::option::of((0_i64..40, any::<bool>())), 0_u8..4, 0_u8..3);
    (1_i64..2000, any::<bool>(), proptest::option::of(0_i64..20), proptest::collection::vec(post, 0..3))
}

const TITLES: [&str; 4] = ["", "停水通知", "招聘公告", "防汛提示"];
const ORIGINS: [Origin; 3] = [Origin::Original, Origin::Repost, Origin::Unknown];

proptest! {
    #[test]
    fn facts_learnt_look_by_look_are_those_of_the_whole_history(visits in proptest::collection::vec(any_visit(), 0..25)) {
        let guids: Vec<String> = (0..200).map(|number| format!("g{number}")).collect();
        let (mut looks, mut seen): (Vec<Look>, Vec<Sighting<'_>>) = (Vec::new(), Vec::new());
        let mut learnt = account(Kind::Subscription);
        let mut twins: HashMap<_, DateTime<Utc>> = HashMap::new();
        let mut now = 100_000;
        for (gap, good, covers, posts) in &visits {
            now += gap;
            let covers_since = covers.map(|back| minute(now - back * 500));
            looks.push(Look { at: minute(now), good: *good, covers_since, empty_marker: false });
            if !good {
                continue;
            }
            let before = Looks::new(&looks);
            for (printed, title, origin) in posts {
                // A grid of times, some of them in the future.
                let printed = printed.map(|(back, bare)| (minute((now / 2000 + 1 - back) * 2000), bare));
                let published = printed.map(|(at, bare)| if bare { Published::On(at.date_naive()) } else { Published::At(at) });
                let (title, origin) = (TITLES[usize::from(*title)], ORIGINS[usize::from(*origin)]);
                let post = Sighting {
                    guid: &guids[seen.len()], url: "", title, published, first_seen: minute(now), origin, deleted: false,
                };
                // What the store does: a post listed again keeps its time and may only gain an origin.
                let at = effective_time(published, post.first_seen, &before);
                let at = twin(title, published).map_or(at, |twin| *twins.entry(twin).or_insert(at));
                learnt.learn(&Learnt { at, origin, title, url: "" });
                seen.push(post);
            }
            learnt.look(minute(now), covers_since);
        }
        let whole = account(Kind::Subscription).from_history(&looks, &seen, minute(now));
        prop_assert_eq!(learnt, whole);
    }
}

#[test]
fn a_long_history_is_read_in_one_pass() {
    let looks: Vec<Look> = (0..20_000)
        .map(|hour| Look {
            at: minute(hour * 60),
            good: true,
            covers_since: Some(minute(hour * 60 + 1)),
            empty_marker: false,
        })
        .collect();
    let end = minute(20_000 * 60);
    // Every post scrolled in at the very end: each must be held against all looks before.
    let guids: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
    let seen = guids.iter().zip((0..4).cycle());
    let seen: Vec<_> = seen.map(|(guid, at)| sighting(guid, Some(Published::At(minute(at))), end)).collect();
    let facts = account(Kind::Service).from_history(&looks, &seen, end + TimeDelta::hours(1));
    assert_eq!(facts.months.total(), 4);
}
