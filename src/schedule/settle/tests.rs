//! Looks through bridges and through several sources, and what never follows from looks that failed.

use super::*;
use crate::incident::compare;
use crate::judge::pack::Packs;
use crate::model::account::AccountId;
use crate::model::account::AccountState;
use crate::model::account::{Kind, Platform, Registered, Source, Status, Tier};
use crate::model::bridge::Bridge;
use crate::model::incident::{Incident, IncidentId, State};
use crate::model::listing::Extracted;
use crate::model::listing::{Line, Profile};
use crate::model::moment::ZONE;
use crate::model::post::Origin;
use crate::model::post::{PostKey, Published};
use crate::model::watch::{Days, Known, NO_SOURCE};
use crate::schedule::visit::Other;
use chrono::Duration;
use proptest::prelude::*;

/// 18:00 of 16 November 2026, a Monday, in Shanghai, and so many hours later.
fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_823_200, 0).unwrap() + Duration::hours(hours)
}

fn bridge() -> Bridge {
    Bridge { site: "rss.chenghu.example:1200".to_owned(), platform: Platform::Weibo }
}

fn registered() -> Registered {
    let source = |recipe: &str| Source { recipe: recipe.to_owned(), target: "1".to_owned() };
    Registered {
        key: "A1".to_owned(),
        name: "云溪发布".to_owned(),
        platform: Platform::Weibo,
        platform_uid: "1".to_owned(),
        kind: Kind::Ordinary,
        sources: vec![source("rsshub"), source("weibo")],
        homepage: String::new(),
        service_url: String::new(),
        owner: "云溪县人民政府".to_owned(),
        credit_code: String::new(),
        supervisor: String::new(),
        level: Tier::County,
        region_code: String::new(),
        region_path: String::new(),
        verified_subject: String::new(),
        verified_type: String::new(),
        status: Status::Normal,
        status_since: None,
        opened_on: Some(at(-24 * 900)),
        filed_on: None,
        announced_on: None,
        announcement_url: String::new(),
        leader: String::new(),
        operator: String::new(),
        phone: String::new(),
        email: Vec::new(),
        contractor: String::new(),
        pack: String::new(),
        notes: String::new(),
    }
}

fn post(hours: i64) -> Post {
    Post {
        key: PostKey(hours),
        url: format!("https://weibo.example/{hours}"),
        title: format!("通告{hours}"),
        text: String::new(),
        published: Some(Published::At(at(hours))),
        origin: Origin::Original,
        source: None,
        pinned: false,
        links: Vec::new(),
    }
}

/// A list of posts of these hours; `name` tells the keys of one source from those of another.
fn list(name: i64, hours: &[i64]) -> Extracted {
    let posts: Vec<Post> =
        hours.iter().map(|hour| Post { key: PostKey(hour + name * 1_000_000), ..post(*hour) }).collect();
    let line = |post: &Post| Line {
        hash: post.key.0.unsigned_abs(),
        key: post.key,
        published: post.published,
        pinned: false,
    };
    Extracted {
        profile: Profile::default(),
        named: false,
        listing: Listing { lines: posts.iter().map(line).collect() },
        posts,
        empty_marker: false,
        ..Extracted::default()
    }
}

fn seen(source_no: usize, extracted: Option<Extracted>) -> Seen {
    let through = source_no == 0;
    Seen {
        out_of_sync: None,
        source_no,
        bridge: through.then(bridge),
        behind: false,
        status: 200,
        validators: Validators::default(),
        extracted,
    }
}

fn look(hours: i64, result: Result<Seen, Miss>) -> Look {
    Look {
        at: at(hours),
        site: "rss.chenghu.example:1200".to_owned(),
        took: std::time::Duration::ZERO,
        bytes: 0,
        result,
        refusals: Vec::new(),
        secrets: Vec::new(),
        answers: Vec::new(),
        others: Vec::new(),
        trust: Trust::Full,
    }
}

fn fresh() -> Watched {
    Watched {
        id: AccountId(1),
        registered: registered(),
        site: "rss.chenghu.example:1200".to_owned(),
        known_since: at(-24 * 300),
        state: AccountState::New,
        known: Known::default(),
        trouble: Trouble::default(),
        source_no: 0,
        bridge: None,
        validators: Validators::default(),
        listing: Listing::default(),
        open_cases: 0,
        attempts: 1,
        token: 1,
    }
}

fn settled(watched: Watched, look: Look) -> Settled {
    settle(watched, look, &KnownPosts::default(), pack(), &Cadence::default(), false)
}

fn pack() -> &'static Pack {
    static PACKS: std::sync::LazyLock<Packs> = std::sync::LazyLock::new(|| Packs::load(None).unwrap());
    PACKS.find("national", at(0)).unwrap()
}

/// An account read through the bridge at hour `looked`, whose posts are of these hours.
fn behind(looked: i64, hours: &[i64]) -> Watched {
    let first = settled(fresh(), look(looked - 1, Ok(seen(0, Some(list(0, hours))))));
    settled(first.finish.watched, look(looked, Ok(seen(0, None)))).finish.watched
}

fn rules(settled: &Settled) -> Vec<Rule> {
    settled.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_look_through_a_suspected_bridge_fails_and_accuses_nobody() {
    let watched = behind(0, &[-24 * 6, -24 * 5]);
    let trust = Trust::Stale { since: at(-24) };
    let looked = settled(watched, Look { trust, ..look(24 * 10, Ok(seen(0, None))) });
    assert_eq!(looked.visit.outcome, Outcome::Failed(Failure::Stale));
    assert!(looked.findings.is_empty() && !looked.sure.judged && !looked.sure.good);
    let watched = looked.finish.watched;
    // Unverified from the last plausible post on, also where looks were believed before the suspicion.
    assert_eq!(watched.known.good_look, Some(at(-24)));
    assert_eq!(watched.state, AccountState::Unverified);
    assert_eq!(watched.trouble.failure, Some(Failure::Stale));
}

#[test]
fn a_look_by_hand_looks_past_a_suspected_bridge() {
    let mut watched = behind(0, &[-24 * 6]);
    (watched.known.good_look, watched.known.hand_look) = (Some(at(10)), Some(at(10)));
    let trust = Trust::Stale { since: at(-24) };
    let looked = settled(watched, Look { trust, ..look(12, Ok(seen(0, None))) });
    assert_eq!(looked.finish.watched.known.good_look, Some(at(10)));
    assert!(looked.findings.is_empty());
}

#[test]
fn what_a_suspected_bridge_shows_is_kept_with_its_real_time() {
    let watched = behind(24 * 3, &[-24, 0]);
    let trust = Trust::Stale { since: at(0) };
    let news = list(0, &[-24, 0, 20, 50]);
    let looked = settled(watched, Look { trust, ..look(24 * 5, Ok(seen(0, Some(news)))) });
    let times: Vec<_> = looked.posts.iter().map(|post| post.effective_at).collect();
    assert_eq!(times, [at(20), at(50)]);
    assert_eq!(looked.finish.watched.known.last_update, Some(at(50)));
    assert_eq!(looked.visit.outcome, Outcome::Failed(Failure::Stale));
    // The bridge recovers: the account is judged by the posts it missed.
    let looked = settled(looked.finish.watched, look(24 * 6, Ok(seen(0, None))));
    assert!(looked.sure.judged);
    assert_eq!((looked.finish.watched.state, rules(&looked)), (AccountState::Active, vec![]));
}

#[test]
fn a_post_that_comes_late_through_a_bridge_is_not_taken_for_a_back_dated_one() {
    let watched = behind(24, &[0]);
    let looked = settled(watched.clone(), look(48, Ok(seen(0, Some(list(0, &[0, 20]))))));
    assert_eq!(looked.posts[0].effective_at, at(20));
    assert_eq!(looked.finish.watched.known.news_at, Some(at(48)));
    // Straight from the platform the look in between would have shown it.
    let direct = settled(fresh(), look(24, Ok(seen(1, Some(list(0, &[0])))))).finish.watched;
    let looked = settled(direct, look(48, Ok(seen(1, Some(list(0, &[0, 20]))))));
    assert_eq!(looked.posts[0].effective_at, at(48));
}

#[test]
fn the_first_look_through_a_bridge_is_followed_by_a_second_before_anybody_is_accused() {
    let doubted = |watched, hours, extracted| {
        settled(watched, Look { trust: Trust::Doubted, ..look(hours, Ok(seen(0, extracted))) })
    };
    let first = doubted(fresh(), 0, Some(list(0, &[-24 * 20])));
    assert!(first.findings.is_empty() && first.sure.good && !first.sure.judged);
    assert_eq!(first.finish.watched.state, AccountState::Unverified);
    let due = first.finish.due_at.unwrap();
    assert!(due > at(0) && due <= at(0) + Duration::minutes(20), "{due}");
    let second = settled(first.finish.watched, look(1, Ok(seen(0, None))));
    assert!(rules(&second).contains(&Rule::NotUpdated));
    // A first look that acquits is believed.
    let first = doubted(fresh(), 0, Some(list(0, &[-24])));
    assert_eq!((first.finish.watched.state, first.sure.judged), (AccountState::Active, true));
}

#[test]
fn a_doubted_look_leaves_a_case_as_it_stands_but_may_end_it() {
    let accused = settled(behind(0, &[-24 * 20]), look(6, Ok(seen(0, None)))).finish.watched;
    assert_eq!(accused.state, AccountState::NotUpdated);
    let doubted = |extracted| Look { trust: Trust::Doubted, ..look(12, Ok(seen(0, extracted))) };
    let same = settled(accused.clone(), doubted(None));
    assert_eq!((same.finish.watched.state, same.sure.judged), (AccountState::NotUpdated, false));
    let posted = settled(accused, doubted(Some(list(0, &[-24 * 20, 10]))));
    assert_eq!((posted.finish.watched.state, posted.sure.judged), (AccountState::Active, true));
}

#[test]
fn known_posts_under_the_names_of_another_source_are_no_news() {
    let watched = behind(0, &[-24 * 20, -24 * 15]);
    let before = watched.known.clone();
    let looked = settled(watched, look(24, Ok(seen(1, Some(list(7, &[-24 * 20, -24 * 15]))))));
    assert!(looked.posts.is_empty());
    assert_eq!(looked.finish.watched.known.last_update, before.last_update);
    assert_eq!(looked.finish.watched.known.days, before.days);
    assert!(rules(&looked).contains(&Rule::NotUpdated), "and so they acquit nobody");
    // But what is newer is news, with the time it was printed with.
    let watched = behind(0, &[-24 * 20]);
    let looked = settled(watched, look(24, Ok(seen(1, Some(list(7, &[-24 * 20, -24 * 2]))))));
    assert_eq!(looked.posts.len(), 1);
    assert_eq!(looked.finish.watched.known.last_update, Some(at(-24 * 2)));
}

#[test]
fn the_list_of_a_new_source_is_not_back_dated_against_that_of_one_taken_out_of_the_register() {
    // The old list reached back to hour -480 at the look of hour 0 and had none of these.
    let extracted = || Some(list(7, &[-24 * 20, -24 * 2, -24]));
    let same = Watched { source_no: 1, ..behind(1, &[-24 * 20]) };
    let kept = settled(same, look(24, Ok(seen(1, extracted()))));
    assert_eq!(kept.finish.watched.known.last_update, Some(at(24)), "of the same source they are");
    let forgotten = Watched { source_no: NO_SOURCE, ..behind(1, &[-24 * 20]) };
    let looked = settled(forgotten, look(24, Ok(seen(1, extracted()))));
    assert_eq!(looked.finish.watched.known.last_update, Some(at(-24)));
    assert_eq!(looked.finish.watched.source_no, 1);
}

#[test]
fn the_newest_post_is_known_again_by_its_title_when_another_source_rounds_its_time() {
    let watched = behind(0, &[-24 * 9]);
    let mut extracted = list(7, &[-24 * 9]);
    let day = Published::On((at(-24 * 9)).with_timezone(&ZONE).date_naive());
    extracted.posts[0].published = Some(day);
    extracted.posts[0].title = "通告…".to_owned();
    let looked = settled(watched, look(24, Ok(seen(1, Some(extracted)))));
    assert!(looked.posts.is_empty());
}

#[test]
fn a_source_that_stops_short_of_a_known_post_is_no_look_while_the_other_cannot_be_asked() {
    let watched = behind(0, &[-24 * 3]);
    let short = Seen { behind: true, ..seen(1, Some(list(7, &[-24 * 9]))) };
    let looked = settled(watched, look(24 * 6, Ok(short)));
    assert_eq!(looked.visit.outcome, Outcome::Failed(Failure::Partial));
    assert_eq!((looked.finish.watched.source_no, rules(&looked)), (0, vec![]));
}

#[test]
fn sources_that_disagree_are_told_to_the_operator_and_the_newest_wins() {
    let watched = behind(0, &[-24 * 3]);
    let others = vec![Other { source_no: 0, result: Ok(list(0, &[-24 * 9]).listing) }];
    let looked = settled(watched, Look { others, ..look(24, Ok(seen(1, Some(list(7, &[-24 * 3, -24]))))) });
    assert_eq!(looked.finish.watched.known.last_update, Some(at(-24)));
    let told = looked.findings.iter().find(|finding| finding.rule == Rule::SourcesDisagree).unwrap();
    assert_eq!(told.subject, "1 rsshub");
    assert!(looked.sure.compared && told.evidence.summary.contains("第2个采集源（weibo）"), "{told:?}");
}

/// Whatever a look can be without being a good one.
#[derive(Debug, Clone)]
enum Dark {
    Fails(Failure),
    Blind(Failure),
    Suspected { since: i64, shows: Option<Vec<i64>> },
    Short,
}

fn any_dark() -> impl Strategy<Value = Dark> {
    let failure = || proptest::sample::select(Failure::ALL);
    prop_oneof![
        4 => failure().prop_map(Dark::Fails),
        1 => failure().prop_filter("only the network is blind", |failure| failure.is_outage()).prop_map(Dark::Blind),
        3 => (-400_i64..0, proptest::option::of(proptest::collection::vec(-3000_i64..0, 0..4)))
            .prop_map(|(since, shows)| Dark::Suspected { since, shows }),
        1 => Just(Dark::Short),
    ]
}

fn dark_look(hours: i64, dark: &Dark) -> (Look, bool) {
    match dark {
        Dark::Fails(failure) => (look(hours, Err(Miss::new(*failure, "…"))), false),
        Dark::Blind(failure) => (look(hours, Err(Miss::new(*failure, "…"))), true),
        Dark::Suspected { since, shows } => {
            let shows = shows.as_ref().map(|shows| {
                let mut shows: Vec<i64> = shows.iter().map(|ago| hours + ago).collect();
                shows.sort_unstable();
                shows.dedup();
                list(0, &shows)
            });
            let trust = Trust::Stale { since: at(hours + since) };
            (Look { trust, ..look(hours, Ok(seen(0, shows))) }, false)
        }
        Dark::Short => {
            (look(hours, Ok(Seen { behind: true, ..seen(1, Some(list(7, &[hours - 24 * 60]))) })), false)
        }
    }
}

fn running(rule: Rule, number: i64) -> Incident {
    Incident {
        id: IncidentId(number),
        key: crate::model::incident::IncidentKey {
            account: Some(AccountId(1)),
            rule,
            subject: String::new(),
        },
        level: crate::model::finding::Level::Reminder,
        state: State::Open,
        since: at(-24 * 400),
        opened_at: at(-24 * 300),
        changed_at: at(-24 * 300),
        ended_at: None,
        evidence: crate::model::finding::Evidence::default(),
    }
}

fn known_account() -> impl Strategy<Value = Watched> {
    (any::<bool>(), proptest::collection::vec(-24_i64 * 200..0, 0..20), any::<bool>()).prop_map(
        |(looked, mut posts, service)| {
            posts.sort_unstable();
            posts.dedup();
            let mut watched = if looked && !posts.is_empty() { behind(0, &posts) } else { fresh() };
            if service {
                watched.registered.kind = Kind::Service;
            }
            watched
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// The principle above all others.
    #[test]
    fn no_sequence_of_looks_that_failed_ever_opens_or_ends_a_case_of_inactivity(
        account in known_account(),
        darks in proptest::collection::vec((1_i64..200, any_dark()), 1..40),
    ) {
        let running: Vec<Incident> = (0_i64..).zip(Rule::ALL).map(|(number, rule)| running(*rule, number)).collect();
        let some: Vec<&Incident> = running.iter().filter(|case| case.key.rule == Rule::Weekly || case.key.rule == Rule::Dormant).collect();
        let mut watched = account;
        let mut hours = 1;
        for (later, dark) in &darks {
            hours += later;
            let (look, blind) = dark_look(hours, dark);
            let before = watched.known.good_look;
            let looked = settle(watched, look, &KnownPosts::default(), pack(), &Cadence::default(), blind);
            prop_assert!(!looked.visit.outcome.is_good());
            prop_assert!(!looked.sure.good && !looked.sure.judged);
            prop_assert!(looked.finish.watched.known.good_look <= before, "a failed look is no good one");
            for cases in [&[][..], &some[..]] {
                let verdict = compare(AccountId(1), cases, looked.findings.clone(), &looked.sure);
                prop_assert!(verdict.open.iter().all(|(key, _)| !key.rule.is_inactivity()), "{verdict:?}");
                prop_assert!(verdict.resolve.is_empty() && verdict.change.is_empty(), "{verdict:?}");
            }
            watched = looked.finish.watched;
        }
    }

    #[test]
    fn only_a_look_that_succeeded_was_complete_and_is_trusted_accuses(
        looks in proptest::collection::vec((1_i64..200, proptest::option::of(any_dark()), any::<bool>(), proptest::option::of(1_i64..400)), 1..40),
    ) {
        let mut watched = fresh();
        let (mut hours, mut posts) = (0, vec![-24 * 3]);
        for (later, dark, doubted, posted) in looks {
            hours += later;
            let (mut look, blind) = if let Some(dark) = &dark {
                dark_look(hours, dark)
            } else {
                posts.extend(posted.map(|ago| (hours - ago).max(posts[posts.len() - 1] + 1).min(hours)));
                posts.dedup();
                (look(hours, Ok(seen(0, Some(list(0, &posts))))), false)
            };
            if dark.is_none() && doubted {
                look.trust = Trust::Doubted;
            }
            let looked = settle(watched, look, &KnownPosts::default(), pack(), &Cadence::default(), blind);
            let accuses = looked.findings.iter().any(|finding| finding.rule.is_inactivity());
            if accuses {
                prop_assert!(dark.is_none() && !doubted && looked.sure.judged && looked.visit.outcome.is_good());
            }
            watched = looked.finish.watched;
        }
    }
}

#[test]
fn the_rhythm_of_an_account_counts_each_post_once_over_all_sources() {
    let watched = behind(0, &[-24 * 3, -24 * 2]);
    let once = watched.known.days.clone();
    let there = settled(watched, look(6, Ok(seen(1, Some(list(7, &[-24 * 3, -24 * 2])))))).finish.watched;
    let back = settled(there, look(12, Ok(seen(0, Some(list(0, &[-24 * 3, -24 * 2])))))).finish.watched;
    assert_eq!(back.known.days, once);
    assert_ne!(once, Days::default());
}
