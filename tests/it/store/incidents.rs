//! Cases: at most one runs for a key, and what happened to it is written down.

use crate::support::database::both;
use crate::support::fixture::{at, case, evidence, open, write};
use sqlx::Row;
use std::collections::HashSet;
use xunwang::model::account::AccountId;
use xunwang::model::finding::{Level, Rule};
use xunwang::model::incident::{Incident, IncidentId, State};
use xunwang::store::Store;
use xunwang::store::incidents::Change;

/// The events of a case in their order.
async fn events(store: &Store, case: IncidentId) -> Vec<(String, i64)> {
    const EVENTS: &str = "SELECT kind, at FROM event WHERE incident_id = $1 ORDER BY id";
    match store {
        Store::Sqlite { reader, .. } => {
            let rows = sqlx::query(EVENTS).bind(case.0).fetch_all(reader).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
        Store::Postgres(pool) => {
            let rows = sqlx::query(EVENTS).bind(case.0).fetch_all(pool).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
    }
}

fn event(kind: &str, minute: i64) -> (String, i64) {
    (kind.to_owned(), at(minute).timestamp_millis())
}

both! {
    async fn a_case_comes_back_as_it_was_opened(store: Store) {
        let new = case(Some(AccountId(3)), Rule::NotUpdated, "");
        let ids = open(&store, std::slice::from_ref(&new)).await;
        let expected = Incident {
            id: ids[0],
            key: new.key,
            level: new.level,
            state: State::Open,
            since: new.since,
            opened_at: new.opened_at,
            changed_at: new.opened_at,
            ended_at: None,
            evidence: new.evidence,
        };
        assert_eq!(store.running_incidents(&[AccountId(3)]).await.unwrap(), [expected]);
        assert_eq!(events(&store, ids[0]).await, [event("opened", 0)]);
    }

    async fn at_most_one_case_of_a_key_runs_even_when_two_workers_open_it_at_once(store: Store, base: &Base) {
        for round in 1..=20 {
            let cases: Vec<_> =
                (0..5).map(|n| case(Some(AccountId(round)), Rule::Weekly, &format!("{n}"))).collect();
            let mut workers = Vec::new();
            for worker in 0..4 {
                let (cases, store) =
                    (cases.clone(), if worker < 2 { store.clone() } else { base.open().await });
                workers.push(tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let opened = tx.open_incidents(&cases, "test").await.unwrap();
                    tx.commit().await.unwrap();
                    opened
                }));
            }
            let mut opened = HashSet::new();
            for worker in workers {
                for (id, key) in worker.await.unwrap() {
                    assert_eq!(key.account, Some(AccountId(round)));
                    assert!(opened.insert(key), "opened twice");
                    assert_eq!(events(&store, id).await.len(), 1);
                }
            }
            assert_eq!(opened.len(), 5);
            assert_eq!(store.running_incidents(&[AccountId(round)]).await.unwrap().len(), 5);
        }
    }

    async fn the_same_key_twice_in_one_batch_is_one_case(store: Store) {
        let same = case(Some(AccountId(1)), Rule::Weekly, "");
        let other = case(Some(AccountId(1)), Rule::Dormant, "");
        assert_eq!(open(&store, &[same.clone(), other, same]).await.len(), 2);
    }

    async fn an_ended_case_may_be_opened_anew(store: Store) {
        let new = case(Some(AccountId(1)), Rule::Weekly, "");
        let first = open(&store, std::slice::from_ref(&new)).await;
        assert!(open(&store, std::slice::from_ref(&new)).await.is_empty());
        let ended =
            write(&store, async |tx| tx.end_incidents(&first, State::Resolved, at(7), "test").await).await;
        assert_eq!(ended, first);
        assert!(store.running_incidents(&[AccountId(1)]).await.unwrap().is_empty());
        // What has ended does not end again.
        assert!(
            write(&store, async |tx| tx.end_incidents(&first, State::Closed, at(8), "test").await)
                .await
                .is_empty()
        );
        let second = open(&store, &[new]).await;
        assert_eq!(second.len(), 1);
        assert_ne!(first, second);
        let all = store.list_incidents(at(0)).await.unwrap();
        assert_eq!(
            all.iter().map(|case| (case.state, case.ended_at, case.changed_at)).collect::<Vec<_>>(),
            [(State::Resolved, Some(at(7)), at(7)), (State::Open, None, at(0)),]
        );
        assert_eq!(events(&store, first[0]).await, [event("opened", 0), event("resolved", 7)]);
        assert!(store.list_incidents(at(-1)).await.unwrap().is_empty());
    }

    async fn a_case_closed_by_a_person_says_so(store: Store) {
        let ids = open(&store, &[case(None, Rule::Blind, "")]).await;
        write(&store, async |tx| tx.end_incidents(&ids, State::Closed, at(7), "test").await).await;
        assert_eq!(events(&store, ids[0]).await, [event("opened", 0), event("closed", 7)]);
        assert_eq!(store.list_incidents(at(0)).await.unwrap()[0].state, State::Closed);
    }

    async fn a_change_is_written_into_running_cases_only(store: Store) {
        let cases: Vec<_> = [Rule::Weekly, Rule::NotUpdated, Rule::Dormant]
            .map(|rule| case(Some(AccountId(1)), rule, ""))
            .into();
        let ids = open(&store, &cases).await;
        write(&store, async |tx| tx.end_incidents(&ids[2..], State::Resolved, at(1), "test").await).await;
        let change = |id: usize, level| Change {
            id: ids[id],
            level,
            since: at(-90),
            evidence: evidence("已连续20天未更新"),
        };
        let changes = [change(0, Level::Fail), change(1, Level::Deduction), change(2, Level::Fail)];
        write(&store, async |tx| tx.change_incidents(&changes, at(5), "test").await).await;
        let all = store.list_incidents(at(0)).await.unwrap();
        assert_eq!(
            all.iter().map(|case| (case.level, case.changed_at)).collect::<Vec<_>>(),
            [
                (Level::Fail, at(5)),
                // Only its evidence changed.
                (Level::Deduction, at(0)),
                // It had ended.
                (Level::Deduction, at(1)),
            ]
        );
        assert_eq!(all[1].evidence, evidence("已连续20天未更新"));
        assert_eq!((all[1].since, &all[2].evidence), (at(-90), &cases[2].evidence));
        assert_eq!(events(&store, ids[0]).await, [event("opened", 0), event("worsened", 5)]);
        assert_eq!(events(&store, ids[2]).await, [event("opened", 0), event("resolved", 1)]);
    }

    async fn cases_about_sites_and_ourselves_belong_to_no_account(store: Store) {
        let cases = [
            case(None, Rule::SiteDown, "a.example:443"),
            case(None, Rule::SiteDown, "b.example:443"),
            case(None, Rule::Blind, ""),
            case(Some(AccountId(1)), Rule::Unverified, ""),
        ];
        let ids = open(&store, &cases).await;
        write(&store, async |tx| tx.end_incidents(&ids[1..2], State::Resolved, at(1), "test").await).await;
        let elsewhere = store.running_elsewhere().await.unwrap();
        assert_eq!(
            elsewhere.iter().map(|case| &case.key).collect::<Vec<_>>(),
            [&cases[0].key, &cases[2].key]
        );
    }

    async fn the_cases_of_a_whole_batch_come_at_once(store: Store) {
        let cases: Vec<_> =
            (1..=450).map(|account| case(Some(AccountId(account)), Rule::Weekly, "")).collect();
        assert_eq!(open(&store, &cases).await.len(), 450);
        let asked: Vec<_> = (0..1500).map(AccountId).collect();
        assert_eq!(store.running_incidents(&asked).await.unwrap().len(), 450);
        assert_eq!(store.running_incidents(&asked[..11]).await.unwrap().len(), 10);
        assert!(store.running_incidents(&[]).await.unwrap().is_empty());
    }

    async fn every_rule_and_level_can_be_stored(store: Store) {
        let cases: Vec<_> = (0..)
            .zip(Rule::ALL)
            .map(|(place, rule)| {
                let mut new = case(Some(AccountId(9)), *rule, "");
                new.level = Level::ALL[place % Level::ALL.len()];
                new
            })
            .collect();
        open(&store, &cases).await;
        let all = store.list_incidents(at(0)).await.unwrap();
        assert!(all.iter().zip(&cases).all(|(is, should)| is.key == should.key && is.level == should.level));
        assert_eq!(all.len(), cases.len());
    }
}
