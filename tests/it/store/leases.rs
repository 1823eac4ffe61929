//! Due accounts are taken by one worker at a time, and only who holds the lease may write.

use crate::support::database::both;
use crate::support::fixture::{at, day, lean, register, sighted, take, visit, watched, write};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::Barrier;
use xunwang::model::account::AccountId;
use xunwang::model::watch::Watched;
use xunwang::store::accounts::Release;
use xunwang::store::lease::{Table, Token};

both! {
    async fn an_account_is_due_again_when_its_finish_says(store: Store) {
        register(&store, 1, 1).await;
        let taken = store.lease_accounts(take(at(0), 10, 7), 10).await.unwrap();
        assert_eq!((taken.len(), taken[0].token, taken[0].attempts), (1, 7, 1));
        assert!(store.lease_accounts(take(at(1), 10, 8), 10).await.unwrap().is_empty());
        let finish = lean(taken.into_iter().next().unwrap(), at(2), at(60));
        let held = write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        assert_eq!(held, [finish.watched.id]);
        assert!(store.lease_accounts(take(at(59), 10, 8), 10).await.unwrap().is_empty());
        let again = store.lease_accounts(take(at(60), 10, 8), 10).await.unwrap();
        assert_eq!((again.len(), again[0].attempts, again[0].known.last_visit), (1, 1, Some(at(2))));
    }

    async fn an_account_that_is_finished_for_good_is_never_due(store: Store) {
        register(&store, 1, 1).await;
        let taken = store.lease_accounts(take(at(0), 1, 7), 1).await.unwrap().remove(0);
        let mut finish = lean(taken, at(2), at(60));
        finish.due_at = None;
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        assert_eq!(store.next_due().await.unwrap(), None);
    }

    async fn an_account_given_back_is_due_when_asked_and_counts_no_attempt(store: Store) {
        register(&store, 2, 1).await;
        let mut given: Vec<_> = store
            .lease_accounts(take(at(0), 9, 7), 9)
            .await
            .unwrap()
            .into_iter()
            .map(|account| {
                let watched = Watched { attempts: account.attempts - 1, ..account };
                Release { watched, due_at: at(12), why: None }
            })
            .collect();
        // Whoever does not hold the lease gives nothing back.
        given[1].watched.token = 8;
        // The number of tries is the caller's to say: this one was none.
        given[0].watched.attempts = 0;
        write(&store, async |tx| tx.release_accounts(&given).await).await;
        let again = store.lease_accounts(take(at(12), 9, 9), 9).await.unwrap();
        assert_eq!((again.len(), again[0].id, again[0].attempts), (1, given[0].watched.id, 1));
    }

    async fn the_oldest_due_come_first_and_no_site_fills_the_hands(store: Store) {
        // Eleven of the first site, then one each of two others, younger.
        register(&store, 22, 2).await;
        let all = store.lease_accounts(take(at(0), 100, 1), 3).await.unwrap();
        let mut of_site: HashMap<&str, usize> = HashMap::new();
        for account in &all {
            *of_site.entry(&account.site).or_default() += 1;
        }
        assert_eq!(of_site, HashMap::from([("site0.example:443", 3), ("site1.example:443", 3)]));
        // Those left are taken before the ones given back for later.
        let given: Vec<_> = all.into_iter().map(|watched| Release { watched, due_at: at(5), why: Some("该站点冷却".to_owned()) }).collect();
        write(&store, async |tx| tx.release_accounts(&given).await).await;
        let next = store.lease_accounts(take(at(6), 16, 2), 100).await.unwrap();
        let given: HashSet<AccountId> = given.iter().map(|given| given.watched.id).collect();
        assert_eq!(next.len(), 16);
        assert!(next.iter().all(|account| !given.contains(&account.id)));
    }

    async fn a_lease_never_takes_more_than_its_limit(store: Store) {
        // Without statistics a planner may choose to run the inner query once per row.
        register(&store, 9, 3).await;
        for name in ["a", "b", "c"] {
            store.ensure_job(name, at(0)).await.unwrap();
        }
        assert_eq!(store.lease_accounts(take(at(0), 1, 1), 9).await.unwrap().len(), 1);
        assert_eq!(store.lease_accounts(take(at(0), 3, 2), 1).await.unwrap().len(), 3);
        assert_eq!(store.lease(Table::Job, take(at(0), 1, 3)).await.unwrap().len(), 1);
        assert_eq!(store.lease(Table::Job, take(at(0), 9, 4)).await.unwrap().len(), 2);
    }

    async fn racing_workers_never_get_the_same_account(store: Store, base: &Base) {
        const ACCOUNTS: usize = 300;
        const WORKERS: i64 = 4;
        register(&store, ACCOUNTS, 7).await;
        let barrier = Arc::new(Barrier::new(usize::try_from(WORKERS).unwrap()));
        let mut workers = Vec::new();
        for worker in 0..WORKERS {
            // Two of them share a pool, as the loops of one process do; the others are processes of their own.
            let store = if worker < 2 { store.clone() } else { base.open().await };
            let barrier = Arc::clone(&barrier);
            workers.push(tokio::spawn(async move {
                let mut taken = Vec::new();
                for round in 0..60 {
                    barrier.wait().await;
                    let lease = take(at(0), 10, 1 + worker + round * WORKERS);
                    let accounts = store.lease_accounts(lease, 2).await.unwrap();
                    let mut of_site: HashMap<&str, usize> = HashMap::new();
                    for account in &accounts {
                        assert_eq!(account.token, lease.token.0);
                        *of_site.entry(&account.site).or_default() += 1;
                    }
                    assert!(accounts.len() <= 10 && of_site.values().all(|count| *count <= 2));
                    taken.extend(accounts.into_iter().map(|account| account.id));
                }
                taken
            }));
        }
        let mut seen = HashSet::new();
        for worker in workers {
            for account in worker.await.unwrap() {
                assert!(seen.insert(account), "{account:?} was handed out twice");
            }
        }
        assert_eq!(seen.len(), ACCOUNTS);
    }

    async fn a_killed_workers_accounts_come_back_and_its_late_answers_leave_no_trace(store: Store) {
        register(&store, 4, 1).await;
        let slow = store.lease_accounts(take(at(0), 9, 1), 9).await.unwrap();
        assert!(store.lease_accounts(take(at(29), 9, 2), 9).await.unwrap().is_empty());
        let mut quick = store.lease_accounts(take(at(30), 2, 2), 9).await.unwrap();
        assert!(quick.iter().all(|account| account.attempts == 2));
        let lost: HashSet<AccountId> = quick.iter().map(|account| account.id).collect();

        // The slow worker writes what it may, the way the schedule does.
        let mut late: Vec<_> = slow.into_iter().map(|account| lean(account, at(31), at(500))).collect();
        for finish in late.iter_mut().skip(1).step_by(2) {
            finish.lean = false;
        }
        let mut tx = store.begin().await.unwrap();
        let held: HashSet<AccountId> =
            tx.finish_accounts(&late.iter().collect::<Vec<_>>()).await.unwrap().into_iter().collect();
        let visits: Vec<_> = held.iter().map(|id| visit(*id, at(31))).collect();
        tx.insert_visits(&visits.iter().collect::<Vec<_>>()).await.unwrap();
        let posts: Vec<_> = held.iter().map(|id| sighted(*id, 1, Some(day(19)))).collect();
        tx.insert_posts(&posts.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(held.len(), 2);
        assert!(held.is_disjoint(&lost));
        for id in &lost {
            assert!(store.list_visits(*id, at(999), 9).await.unwrap().is_empty());
            assert!(store.list_posts(*id, at(999), 9).await.unwrap().is_empty());
        }
        // The quick one still holds its lease and finishes.
        let finish = lean(quick.pop().unwrap(), at(40), at(70));
        let key = finish.watched.registered.key.clone();
        assert_eq!(write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await, [finish.watched.id]);
        assert_eq!(watched(&store, &key).await.known.last_visit, Some(at(40)));
        // A second finish with the same proof is one too many.
        assert!(write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await.is_empty());
    }

    async fn a_transaction_dropped_half_way_leaves_no_trace(store: Store) {
        register(&store, 1, 1).await;
        let taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap().remove(0);
        let finish = lean(taken, at(1), at(60));
        let mut tx = store.begin().await.unwrap();
        tx.finish_accounts(&[&finish]).await.unwrap();
        tx.insert_visits(&[&visit(finish.watched.id, at(1))]).await.unwrap();
        drop(tx);
        assert!(store.list_visits(finish.watched.id, at(9), 9).await.unwrap().is_empty());
        assert_eq!(write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await, [finish.watched.id]);
    }

    async fn more_accounts_than_fit_a_statement_are_finished_at_once(store: Store) {
        register(&store, 450, 3).await;
        let taken = store.lease_accounts(take(at(0), 450, 1), 450).await.unwrap();
        let finishes: Vec<_> = taken
            .into_iter()
            .enumerate()
            .map(|(place, account)| {
                let mut finish = lean(account, at(1), at(60));
                finish.lean = place % 10 == 0;
                // Some lost their lease meanwhile.
                finish.watched.token = if place % 45 == 0 { 99 } else { 1 };
                finish
            })
            .collect();
        let held =
            write(&store, async |tx| tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await).await;
        assert_eq!(held.len(), 440);
    }

    async fn a_job_is_done_by_one_worker_and_again_at_its_next_time(store: Store) {
        store.ensure_job("upkeep", at(10)).await.unwrap();
        store.ensure_job("upkeep", at(0)).await.unwrap();
        assert!(store.lease(Table::Job, take(at(9), 9, 1)).await.unwrap().is_empty());
        let ids = store.lease(Table::Job, take(at(10), 9, 1)).await.unwrap();
        assert_eq!(ids.len(), 1);
        assert_eq!(store.job_name(ids[0]).await.unwrap().as_deref(), Some("upkeep"));
        assert_eq!(store.job_name(ids[0] + 1).await.unwrap(), None);
        assert!(store.lease(Table::Job, take(at(11), 9, 2)).await.unwrap().is_empty());
        store.finish_job(Token(2), ids[0], at(20)).await.unwrap();
        assert!(store.lease(Table::Job, take(at(20), 9, 3)).await.unwrap().is_empty());
        store.finish_job(Token(1), ids[0], at(30)).await.unwrap();
        assert_eq!(store.lease(Table::Job, take(at(30), 9, 3)).await.unwrap(), ids);
    }
}
