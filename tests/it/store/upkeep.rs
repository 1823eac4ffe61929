//! What is not kept for ever.

use crate::support::database::both;
use crate::support::fixture::{at, lean, register, take, visit, write};
use xunwang::model::account::AccountId;
use xunwang::model::visit::{Failure, Outcome, Visit};

both! {
    async fn old_looks_are_forgotten_but_not_what_the_present_state_rests_on(store: Store) {
        register(&store, 3, 1).await;
        let taken = store.lease_accounts(take(at(0), 3, 1), 3).await.unwrap();
        // The first was looked at up to now, the second well at 20 and in vain at 30, the third never well.
        let times = [(Some(at(90)), Some(at(90))), (Some(at(20)), Some(at(30))), (None, Some(at(30)))];
        let mut finishes = Vec::new();
        for (account, (good_look, last_visit)) in taken.into_iter().zip(times) {
            let mut finish = lean(account, at(0), at(999));
            finish.lean = false;
            (finish.watched.known.good_look, finish.watched.known.last_visit) = (good_look, last_visit);
            finishes.push(finish);
        }
        let ids: Vec<AccountId> = finishes.iter().map(|finish| finish.watched.id).collect();
        let mut visits: Vec<Visit> = Vec::new();
        for id in &ids {
            visits.extend([10, 20, 30].map(|minute| visit(*id, at(minute))));
        }
        visits[5].outcome = Outcome::Failed(Failure::Timeout);
        visits.push(visit(ids[0], at(90)));
        write(&store, async |tx| {
            tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await?;
            tx.insert_visits(&visits.iter().collect::<Vec<_>>()).await
        })
        .await;
        assert_eq!(store.forget_visits(at(10)).await.unwrap(), 0);
        assert_eq!(store.forget_visits(at(50)).await.unwrap(), 4);
        let mut left = Vec::new();
        for id in &ids {
            left.push(
                store
                    .list_visits(*id, at(99), 9)
                    .await
                    .unwrap()
                    .iter()
                    .map(|look| look.at)
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(left, [vec![at(90)], vec![at(30), at(20)], vec![at(30), at(20), at(10)]]);
    }

    async fn the_database_can_be_tidied_while_it_is_read(store: Store) {
        register(&store, 50, 1).await;
        store.optimize().await.unwrap();
        store.ping().await.unwrap();
        assert_eq!(store.list_register().await.unwrap().len(), 50);
    }
}
