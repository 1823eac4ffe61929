//! Accounts behind bridges, as the store tells about them.

use crate::support::database::both;
use crate::support::fixture::{at, case, lean, open, register, take, watched, write};
use chrono::Duration;
use xunwang::model::account::Platform;
use xunwang::model::bridge::Bridge;
use xunwang::model::finding::Rule;
use xunwang::model::incident::State;
use xunwang::model::visit::Failure;
use xunwang::store::accounts::Finish;
use xunwang::store::bridges::Behind;

fn bridge(site: &str) -> Bridge {
    Bridge { site: site.to_owned(), platform: Platform::Wechat }
}

both! {
    async fn the_accounts_behind_each_bridge_are_told_with_how_long_they_were_seen(store: Store) {
        register(&store, 5, 1).await;
        let taken = store.lease_accounts(take(at(0), 9, 1), 9).await.unwrap();
        let finishes: Vec<Finish> = taken
            .into_iter()
            .zip([("a:1", None), ("a:1", Some(Failure::Stale)), ("a:1", Some(Failure::BridgeDown)), ("b:1", None), ("", None)])
            .map(|(mut account, (site, failure))| {
                account.bridge = (!site.is_empty()).then(|| bridge(site));
                account.known.last_update = Some(at(-600));
                account.known.news_at = Some(at(-300));
                account.known.days.count(at(-600));
                account.trouble.failure = failure;
                let mut finish = Finish { lean: false, ..lean(account, at(0), at(60)) };
                finish.watched.known.good_look = Some(at(-30));
                finish
            })
            .collect();
        write(&store, async |tx| tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await).await;
        let behind = store.list_behind().await.unwrap();
        assert_eq!(behind.len(), 4);
        let by_bridge = Behind::by_bridge(behind);
        let mut until: Vec<_> = by_bridge[&bridge("a:1")].iter().map(|reading| reading.read_until).collect();
        until.sort_unstable();
        // A bridge that is down was last seen serving at the last good look.
        assert_eq!(until, [at(-30), at(0), at(0)]);
        let reading = &by_bridge[&bridge("b:1")][0];
        assert_eq!((reading.newest, reading.delay), (at(-600), Some(Duration::minutes(300))));
        assert_eq!(reading.days.within(1, at(-600)), 1);

        // Whose newest post a person may have seen past the bridge is left out.
        let mut seen = store.lease_accounts(take(at(60), 1, 2), 9).await.unwrap().remove(0);
        seen.known.hand_look = Some(at(1));
        let finish = Finish { lean: false, ..lean(seen, at(2), at(60)) };
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        assert_eq!(store.list_behind().await.unwrap().len(), 3);

        // When it recovers, whoever waits for it is looked at at once, and nobody else.
        assert_eq!(store.recheck_behind(&bridge("a:1"), at(10)).await.unwrap(), 3);
        assert_eq!(store.count_due(at(10)).await.unwrap(), 3);
        assert_eq!(watched(&store, "A00003").await.bridge, Some(bridge("b:1")));
    }

    async fn cases_about_bridges_are_listed_while_they_run_and_for_a_while_after(store: Store) {
        let subject = bridge("a:1").to_string();
        let ids = open(&store, &[case(None, Rule::BridgeStale, &subject), case(None, Rule::SiteDown, "a:1")]).await;
        let since = at(5);
        let listed = store.list_bridge_cases(since).await.unwrap();
        assert_eq!(listed.iter().map(|case| case.id).collect::<Vec<_>>(), [ids[0]]);
        assert_eq!(store.figures(9, at(5)).await.unwrap().stale_bridges, [Platform::Wechat]);
        write(&store, async |tx| tx.end_incidents(&ids[..1], State::Closed, at(6), "test").await).await;
        assert_eq!(store.list_bridge_cases(since).await.unwrap()[0].state, State::Closed);
        assert!(store.list_bridge_cases(at(7)).await.unwrap().is_empty());
        assert!(store.figures(9, at(7)).await.unwrap().stale_bridges.is_empty());
    }
}
