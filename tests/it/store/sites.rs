//! All workers together keep the pace of a site.

use crate::support::database::both;
use crate::support::fixture::{at, register, take, write};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, HashSet};
use xunwang::model::visit::Failure;
use xunwang::store::Store;
use xunwang::store::accounts::Finish;
use xunwang::store::sites::{Ask, Cooling, Grant};

const SITE: &str = "www.chenghu.example:443";

fn gap() -> Duration {
    Duration::seconds(3)
}

fn ask(requests: u32) -> Ask {
    Ask { requests, gap: gap(), allowed: Ask::UNLIMITED }
}

/// Reserves slots of one site, an hour ahead at the most.
async fn grant(store: &Store, ask: Ask, now: DateTime<Utc>) -> Grant {
    let asks = BTreeMap::from([(SITE.to_owned(), ask)]);
    store.reserve_slots(&asks, now, now + Duration::hours(1), 1).await.unwrap()[SITE]
}

/// Reserves slots of one site and returns the first.
async fn reserve(store: &Store, site: &str, n: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let asks = BTreeMap::from([(site.to_owned(), ask(n))]);
    let grant = store.reserve_slots(&asks, now, now + Duration::hours(1), 1).await.unwrap()[site];
    assert_eq!(grant.requests, n);
    grant.first
}

both! {
    async fn four_hundred_reservations_are_four_hundred_slots(store: Store, base: &Base) {
        let mut tasks = Vec::new();
        for task in 0..8 {
            let store = if task % 2 == 0 { store.clone() } else { base.open().await };
            tasks.push(tokio::spawn(async move {
                let mut slots = Vec::new();
                for _ in 0..50 {
                    slots.push(reserve(&store, SITE, 1, at(0)).await);
                }
                slots
            }));
        }
        let mut slots = HashSet::new();
        for task in tasks {
            slots.extend(task.await.unwrap());
        }
        assert_eq!(slots, (0..400).map(|n| at(0) + gap() * n).collect());
    }

    async fn several_slots_lie_behind_each_other(store: Store) {
        assert_eq!(reserve(&store, SITE, 5, at(0)).await, at(0));
        assert_eq!(reserve(&store, SITE, 2, at(0)).await, at(0) + gap() * 5);
        assert_eq!(reserve(&store, "other.example:443", 1, at(0)).await, at(0));
        // Slots nobody took are not made up for.
        assert_eq!(reserve(&store, SITE, 1, at(9)).await, at(9));
    }

    async fn slots_of_several_sites_are_reserved_at_once(store: Store) {
        assert_eq!(reserve(&store, SITE, 2, at(0)).await, at(0));
        let asks = BTreeMap::from([(SITE.to_owned(), ask(1)), ("other.example:443".to_owned(), ask(3))]);
        let grants = store.reserve_slots(&asks, at(0), at(60), 1).await.unwrap();
        assert_eq!((grants[SITE].first, grants["other.example:443"].first), (at(0) + gap() * 2, at(0)));
        assert_eq!(reserve(&store, "other.example:443", 1, at(0)).await, at(0) + gap() * 3);
        assert!(store.reserve_slots(&BTreeMap::new(), at(0), at(60), 1).await.unwrap().is_empty());
    }

    async fn whoever_got_no_slot_takes_none_from_others(store: Store) {
        let asks = |n| BTreeMap::from([(SITE.to_owned(), ask(n))]);
        // Twenty-one slots begin within a minute; a hundred are wanted, again and again.
        for minute in 0..5 {
            let grants = store.reserve_slots(&asks(100), at(minute), at(minute + 1), 1).await.unwrap();
            let Grant { first, requests, asked } = grants[SITE];
            let so_far = 20 * (minute + 1) + 1;
            assert_eq!((requests, asked), (if minute == 0 { 21 } else { 20 }, so_far));
            assert!(first <= at(minute) + gap());
            let again = store.reserve_slots(&asks(100), at(minute), at(minute + 1), 1).await.unwrap()[SITE];
            assert_eq!((again.requests, again.asked), (0, so_far));
            assert_eq!(again.first, at(minute + 1) + gap());
        }
    }

    async fn a_budget_is_shared_by_all_workers_and_ends_with_its_day(store: Store, base: &Base) {
        let mut tasks = Vec::new();
        for task in 0..8 {
            let store = if task % 2 == 0 { store.clone() } else { base.open().await };
            tasks.push(tokio::spawn(async move {
                let mut granted = 0;
                for _ in 0..10 {
                    let ask = Ask { requests: 7, gap: Duration::zero(), allowed: 100 };
                    granted += grant(&store, ask, at(0)).await.requests;
                }
                granted
            }));
        }
        let mut granted = 0;
        for task in tasks {
            granted += task.await.unwrap();
        }
        assert_eq!(granted, 100);
        let more = Ask { allowed: 120, ..ask(50) };
        assert_eq!(grant(&store, more, at(1)).await, Grant { first: at(1), requests: 20, asked: 120 });
        assert_eq!(grant(&store, more, at(2)).await.requests, 0);
        let asks = BTreeMap::from([(SITE.to_owned(), Ask { allowed: 30, ..ask(50) })]);
        let next = store.reserve_slots(&asks, at(1440), at(1500), 2).await.unwrap()[SITE];
        assert_eq!((next.requests, next.asked), (30, 30));
    }

    async fn a_site_that_refused_is_left_alone_by_everybody(store: Store, base: &Base) {
        let other = base.open().await;
        assert_eq!(store.cool_site(SITE, at(0), |count| at(i64::from(count) * 10)).await.unwrap(), 1);
        assert_eq!(reserve(&other, SITE, 1, at(1)).await, at(10));
        assert_eq!(reserve(&store, SITE, 1, at(1)).await, at(10) + gap());
        assert_eq!(
            other.list_cooling().await.unwrap(),
            [Cooling { site: SITE.to_owned(), until: at(10), count: 1 }]
        );
        // After the end the pace is the usual one.
        assert_eq!(reserve(&other, SITE, 1, at(11)).await, at(11));
    }

    async fn refusals_of_one_cool_down_count_once(store: Store, base: &Base) {
        let mut tasks = Vec::new();
        for task in 0..8 {
            let store = if task % 2 == 0 { store.clone() } else { base.open().await };
            tasks.push(tokio::spawn(async move {
                store.cool_site(SITE, at(0), |count| at(10 * i64::from(count))).await.unwrap()
            }));
        }
        for task in tasks {
            assert_eq!(task.await.unwrap(), 1);
        }
        assert_eq!(store.cool_site(SITE, at(9), |count| at(9 + 10 * i64::from(count))).await.unwrap(), 1);
        // A server that asks for less does not shorten what it asked for before.
        assert_eq!(store.cool_site(SITE, at(9), |_| at(12)).await.unwrap(), 1);
        assert_eq!(store.list_cooling().await.unwrap()[0].until, at(19));
        assert_eq!(store.cool_site(SITE, at(20), |count| at(20 + 10 * i64::from(count))).await.unwrap(), 2);
        assert_eq!(store.list_cooling().await.unwrap()[0].until, at(40));
    }

    async fn a_site_that_answers_again_starts_from_the_beginning(store: Store) {
        store.cool_site(SITE, at(0), |_| at(10)).await.unwrap();
        store.cool_site(SITE, at(11), |_| at(30)).await.unwrap();
        store.warm_site(SITE).await.unwrap();
        store.warm_site("unknown.example:80").await.unwrap();
        assert!(store.list_cooling().await.unwrap().is_empty());
        assert_eq!(store.cool_site(SITE, at(31), |_| at(41)).await.unwrap(), 1);
    }

    async fn the_health_of_a_site_counts_its_own_outages_only(store: Store) {
        register(&store, 12, 3).await;
        let taken = store.lease_accounts(take(at(0), 99, 1), 99).await.unwrap();
        let finishes: Vec<Finish> = taken
            .into_iter()
            .enumerate()
            .map(|(place, mut account)| {
                let failures = [
                    (2, Some(Failure::Timeout)),
                    (1, Some(Failure::Dns)),
                    (5, Some(Failure::Layout)),
                    (0, None),
                ];
                (account.trouble.failures, account.trouble.failure) = failures[place / 3];
                // The last of each site is never looked at again.
                Finish {
                    watched: account,
                    due_at: (place < 9).then(|| at(60)),
                    due_why: String::new(),
                    no_original: false,
                    lean: false,
                }
            })
            .collect();
        write(&store, async |tx| tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await).await;
        let asked = ["site0.example:443", "site2.example:443", "unknown.example:80"].map(str::to_owned);
        let mut health = store.site_health(&asked).await.unwrap();
        health.sort();
        assert_eq!(health, [("site0.example:443".to_owned(), 1, 3), ("site2.example:443".to_owned(), 1, 3)]);
        assert!(store.site_health(&[]).await.unwrap().is_empty());
    }
}
