//! Figures are counted from what is stored.

use crate::support::database::both;
use crate::support::fixture::{at, case, lean, open, register, registered, take, watched, write};
use xunwang::model::account::{AccountId, AccountState, Platform, Registered, Tier};
use xunwang::model::finding::Rule;
use xunwang::model::incident::State;
use xunwang::model::watch::Days;

fn one_site(_: &Registered) -> String {
    "site0.example:443".to_owned()
}

both! {
    async fn figures_of_an_empty_store_are_empty(store: Store) {
        let figures = store.figures(5, at(0)).await.unwrap();
        assert!(
            figures.accounts.is_empty() && figures.no_original.is_empty() && figures.incidents.is_empty()
        );
        assert_eq!((figures.due, figures.oldest_due, figures.quarantined), (0, None, 0));
        assert_eq!((figures.outbox_pending, figures.outbox_oldest, figures.outbox_dead), (0, None, 0));
    }

    async fn accounts_are_counted_by_platform_level_and_state(store: Store) {
        register(&store, 5, 1).await;
        let county = Registered { platform: Platform::Website, level: Tier::County, ..registered(7) };
        write(&store, async |tx| tx.add_accounts(&[county], &one_site, at(30)).await).await;
        write(&store, async |tx| tx.retire_accounts(&["A00004".to_owned()], at(0)).await).await;
        let mut taken = store.lease_accounts(take(at(0), 2, 1), 9).await.unwrap();
        let mut finish = lean(taken.remove(0), at(1), at(60));
        (finish.lean, finish.no_original, finish.watched.state) = (false, true, AccountState::Dormant);
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;

        let mut figures = store.figures(2, at(20)).await.unwrap();
        figures.accounts.sort();
        assert_eq!(
            figures.accounts,
            [
                (Platform::Weibo, Tier::City, AccountState::New, 3),
                (Platform::Weibo, Tier::City, AccountState::Dormant, 1),
                (Platform::Website, Tier::County, AccountState::New, 1),
            ]
        );
        assert_eq!(figures.no_original, [(Platform::Weibo, 1)]);
        // Two were never taken, and one is in hand for the first time.
        assert_eq!((figures.due, figures.oldest_due, figures.quarantined), (2, Some(at(0)), 0));
        store.lease_accounts(take(at(30), 9, 2), 9).await.unwrap();
        assert_eq!(store.figures(2, at(30)).await.unwrap().quarantined, 1);
    }

    async fn cases_are_counted_by_rule_and_state(store: Store) {
        let cases: Vec<_> = (1..=3).map(|account| case(Some(AccountId(account)), Rule::Weekly, "")).collect();
        let ids = open(&store, &cases).await;
        open(&store, &[case(None, Rule::Blind, "")]).await;
        write(&store, async |tx| tx.end_incidents(&ids[..1], State::Resolved, at(1), "test").await).await;
        let mut counted = store.figures(5, at(0)).await.unwrap().incidents;
        counted.sort();
        assert_eq!(
            counted,
            [
                (Rule::Weekly, State::Open, 2),
                (Rule::Weekly, State::Resolved, 1),
                (Rule::Blind, State::Open, 1)
            ]
        );
    }

    async fn health_is_read_in_pages_that_miss_and_repeat_nobody(store: Store) {
        register(&store, 25, 1).await;
        let other = Registered { platform: Platform::Douyin, ..registered(99) };
        write(&store, async |tx| tx.add_accounts(&[other], &one_site, at(0)).await).await;
        write(&store, async |tx| tx.retire_accounts(&["A00003".to_owned()], at(0)).await).await;
        for (platform, expected) in [("", 25), ("weibo", 24), ("douyin", 1), ("kuaishou", 0)] {
            let (mut after, mut keys) = (0, Vec::new());
            loop {
                let page = store.account_health(after, platform, 10).await.unwrap();
                assert!(page.len() <= 10);
                let Some((last, _)) = page.last() else { break };
                after = *last;
                keys.extend(page.into_iter().map(|(_, health)| health.key));
            }
            assert!(keys.is_sorted() && !keys.contains(&"A00003".to_owned()));
            keys.dedup();
            assert_eq!(keys.len(), expected, "{platform}");
        }
    }

    async fn health_tells_what_is_known(store: Store) {
        register(&store, 1, 1).await;
        let mut finish =
            lean(store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap().remove(0), at(1), at(60));
        finish.lean = false;
        let mut days = Days::default();
        days.count(at(-1440));
        let known = &mut finish.watched.known;
        (known.last_update, known.last_original, known.followers, known.days) =
            (Some(at(-2)), Some(at(-3)), Some(1200), days.clone());
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        let (id, health) = store.account_health(0, "", 10).await.unwrap().remove(0);
        assert_eq!(id, watched(&store, "A00000").await.id.0);
        assert_eq!(
            (health.key, health.name, health.platform),
            ("A00000".to_owned(), registered(0).name, "weibo".to_owned())
        );
        assert_eq!(
            (health.owner, health.region, health.state),
            (registered(0).owner, "320999".to_owned(), AccountState::New)
        );
        assert_eq!(
            (health.last_update, health.last_original, health.good_look),
            (Some(at(-2)), Some(at(-3)), Some(at(1)))
        );
        assert_eq!((health.followers, health.days), (Some(1200), days));
    }
}
