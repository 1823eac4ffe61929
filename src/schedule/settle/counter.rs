//! A counter that rises while the list shows nothing new is a wall, not silence; and no doubt lasts for ever.

use super::*;
use crate::judge::pack::Packs;
use crate::model::account::AccountId;
use crate::model::account::{AccountState, Kind, Platform, Registered, Source, Status, Tier};
use crate::model::listing::Extracted;
use crate::model::listing::{Line, Profile};
use crate::model::post::Origin;
use crate::model::post::{PostKey, Published};
use crate::model::watch::Known;
use chrono::Duration;
use proptest::prelude::*;
use std::sync::LazyLock;

static PACKS: LazyLock<Packs> = LazyLock::new(|| Packs::load(None).unwrap());

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_132_800, 0).unwrap() + Duration::hours(hours)
}

fn account() -> Watched {
    let empty = String::new;
    let registered = Registered {
        key: "A1".to_owned(),
        name: "云溪发布".to_owned(),
        platform: Platform::Weibo,
        platform_uid: empty(),
        kind: Kind::Ordinary,
        sources: ["weibo", "rsshub"]
            .map(|recipe| Source { recipe: recipe.to_owned(), target: "7".to_owned() })
            .to_vec(),
        homepage: empty(),
        service_url: empty(),
        owner: "云溪县人民政府办公室".to_owned(),
        credit_code: empty(),
        supervisor: empty(),
        level: Tier::County,
        region_code: empty(),
        region_path: empty(),
        verified_subject: empty(),
        verified_type: empty(),
        status: Status::Normal,
        status_since: None,
        opened_on: Some(at(-20_000)),
        filed_on: None,
        announced_on: None,
        announcement_url: empty(),
        leader: empty(),
        operator: empty(),
        phone: empty(),
        email: Vec::new(),
        contractor: empty(),
        pack: empty(),
        notes: empty(),
    };
    Watched {
        id: AccountId(1),
        registered,
        site: "m.weibo.cn:443".to_owned(),
        known_since: at(-20_000),
        state: AccountState::Active,
        bridge: None,
        known: Known::default(),
        trouble: Trouble::default(),
        source_no: 0,
        validators: Validators::default(),
        listing: Listing::default(),
        open_cases: 0,
        attempts: 1,
        token: 1,
    }
}

/// Post `n`, three hundred hours before the first look and `n` hours later than that.
fn post(n: i64) -> Post {
    Post {
        key: PostKey(n),
        url: format!("https://weibo.com/7/{n}"),
        title: format!("第{n}号通告"),
        text: String::new(),
        published: Some(Published::At(at(n - 300))),
        origin: Origin::Original,
        source: None,
        pinned: false,
        links: Vec::new(),
    }
}

/// A look at a list with the posts up to `newest`; `counter` is what the platform counts.
fn look(watched: Watched, hours: i64, source_no: usize, newest: i64, counter: Option<u64>) -> Settled {
    let all: Vec<Post> = (0..=newest).rev().map(post).collect();
    let line = |post: &Post| Line { hash: 0, key: post.key, published: post.published, pinned: false };
    let listing = Listing { lines: all.iter().map(line).collect() };
    let posts = all.into_iter().filter(|post| watched.listing.find_key(post.key).is_none()).collect();
    let profile = Profile { posts: counter, ..Profile::default() };
    let extracted = Extracted { profile, listing, posts, ..Extracted::default() };
    let seen = Seen {
        source_no,
        bridge: None,
        out_of_sync: None,
        behind: false,
        status: 200,
        validators: Validators::default(),
        extracted: Some(extracted),
    };
    let look = Look {
        at: at(hours),
        site: String::new(),
        took: std::time::Duration::ZERO,
        bytes: 0,
        result: Ok(seen),
        refusals: Vec::new(),
        secrets: Vec::new(),
        answers: Vec::new(),
        others: Vec::new(),
        trust: Trust::Full,
    };
    let pack = PACKS.find("national", at(hours)).unwrap();
    settle(watched, look, &KnownPosts::default(), pack, &Cadence::default(), false)
}

/// The outcomes of looks in a row: hour, source, newest post, counter.
fn outcomes(looks: &[(i64, usize, i64, Option<u64>)]) -> Vec<Option<Failure>> {
    let mut watched = account();
    let looks = looks.iter().map(|(hours, source_no, newest, counter)| {
        let settled = look(watched.clone(), *hours, *source_no, *newest, *counter);
        watched = settled.finish.watched;
        settled.visit.outcome.failure()
    });
    looks.collect()
}

const HIDES: Option<Failure> = Some(Failure::Partial);

#[test]
fn a_counter_that_rises_without_a_visible_post_is_a_partial_list() {
    let seen = outcomes(&[(0, 0, 5, Some(100)), (6, 0, 5, None), (24, 0, 5, Some(101))]);
    assert_eq!(seen, [None, None, HIDES]);
}

#[test]
fn a_counter_that_stays_or_falls_says_nothing() {
    assert_eq!(outcomes(&[(0, 0, 5, Some(100)), (24, 0, 5, Some(100)), (48, 0, 5, Some(97))]), [None; 3]);
}

#[test]
fn a_visible_post_explains_a_rise_then_and_until_the_counter_is_heard_again() {
    assert_eq!(outcomes(&[(0, 0, 5, Some(100)), (24, 0, 6, Some(103))]), [None; 2]);
    assert_eq!(
        outcomes(&[(0, 0, 5, Some(100)), (6, 0, 6, None), (24, 0, 6, Some(101)), (48, 0, 6, Some(102))]),
        [None, None, None, HIDES]
    );
}

#[test]
fn the_doubt_ends_with_a_new_post_or_after_a_day() {
    assert_eq!(
        outcomes(&[(0, 0, 5, Some(100)), (24, 0, 5, Some(101)), (25, 0, 6, Some(101))]),
        [None, HIDES, None]
    );
    assert_eq!(
        outcomes(&[
            (0, 0, 5, Some(100)),
            (24, 0, 5, Some(101)),
            (47, 0, 5, Some(101)),
            (48, 0, 5, Some(101)),
            (72, 0, 5, Some(101)),
        ]),
        [None, HIDES, HIDES, None, None]
    );
}

#[test]
fn a_counter_that_cannot_be_heard_does_not_end_the_doubt() {
    assert_eq!(
        outcomes(&[(0, 0, 5, Some(100)), (24, 0, 5, Some(101)), (25, 0, 5, None), (26, 0, 5, Some(100))]),
        [None, HIDES, HIDES, None]
    );
}

#[test]
fn counters_of_two_sources_are_not_compared() {
    assert_eq!(outcomes(&[(0, 0, 5, Some(100)), (24, 1, 5, Some(900)), (48, 1, 5, Some(900))]), [None; 3]);
}

#[test]
fn while_the_counter_says_that_the_list_hides_something_nobody_is_accused() {
    let read = look(account(), 0, 0, 5, Some(100));
    assert!(read.findings.iter().any(|finding| finding.rule == Rule::Weekly), "{:?}", read.findings);
    let hidden = look(read.finish.watched, 20, 0, 5, Some(101));
    assert!(hidden.findings.iter().all(|finding| !finding.rule.is_inactivity()), "{:?}", hidden.findings);
    assert!(!hidden.sure.good);
    assert!(hidden.visit.detail.contains("由100变为101"), "{}", hidden.visit.detail);
}

proptest! {
    #[test]
    fn whatever_the_counter_does_a_day_of_doubt_is_the_longest(
        counters in proptest::collection::vec(proptest::option::of(0_u64..9), 1..60),
    ) {
        let looks: Vec<_> = counters.iter().zip(0..).map(|(counter, n)| (n * 5, 0, 5, *counter)).collect();
        let seen = outcomes(&looks);
        // Five looks lie inside a day; the sixth ends the doubt.
        prop_assert!(seen.windows(6).all(|day| day.iter().any(Option::is_none)), "{seen:?}");
    }
}
