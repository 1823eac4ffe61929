//! The register's lines come, change and go.

use crate::support::database::both;
use crate::support::fixture::{at, lean, register, registered, take, watched, write};
use xunwang::model::account::{AccountState, Platform, Registered, Source, Status};
use xunwang::model::watch::NO_SOURCE;

fn one_site(_: &Registered) -> String {
    "new.example:443".to_owned()
}

both! {
    async fn a_line_comes_back_as_it_was_written(store: Store) {
        register(&store, 450, 3).await;
        let lines = store.list_register().await.unwrap();
        let expected: Vec<Registered> = (0..450).map(registered).collect();
        assert_eq!(lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>(), expected);
        let account = watched(&store, "A00004").await;
        assert_eq!(
            (account.site.as_str(), account.known_since, account.state),
            ("site1.example:443", at(0), AccountState::New)
        );
        assert_eq!((account.attempts, account.open_cases, account.token), (0, 0, 0));
    }

    async fn an_account_is_found_by_key_and_by_name(store: Store) {
        let mut twin = registered(9);
        twin.name = registered(1).name;
        register(&store, 2, 1).await;
        write(&store, async |tx| tx.add_accounts(&[twin], &one_site, at(0)).await).await;
        assert_eq!(store.find_watched("A00009").await.unwrap().len(), 1);
        assert_eq!(store.find_watched("澄湖发布1").await.unwrap().len(), 2);
        assert!(store.find_watched("澄湖发布").await.unwrap().is_empty());
    }

    async fn an_account_that_is_planned_or_deregistered_is_never_due(store: Store) {
        let with = |number, status| Registered { status, ..registered(number) };
        let lines = [
            with(1, Status::Planned),
            with(2, Status::Deregistered),
            with(3, Status::Closing),
            with(4, Status::Normal),
        ];
        write(&store, async |tx| tx.add_accounts(&lines, &one_site, at(0)).await).await;
        assert_eq!(store.count_due(at(0)).await.unwrap(), 2);
        let mut states = Vec::new();
        for line in &lines {
            states.push(watched(&store, &line.key).await.state);
        }
        assert_eq!(
            states,
            [AccountState::New, AccountState::Deregistered, AccountState::Closing, AccountState::New]
        );
    }

    async fn a_changed_line_keeps_its_number_and_is_due_at_once(store: Store) {
        register(&store, 2, 1).await;
        let before = watched(&store, "A00001").await;
        store.lease_accounts(take(at(0), 9, 1), 9).await.unwrap();
        let changed = Registered {
            key: "B1".to_owned(),
            name: "云溪发布".to_owned(),
            platform: Platform::Douyin,
            ..registered(1)
        };
        write(&store, async |tx| {
            tx.change_accounts(&[("A00001".to_owned(), changed.clone())], &one_site, at(5)).await
        })
        .await;
        let after = watched(&store, "B1").await;
        assert_eq!(
            (after.id, &after.registered, after.site.as_str()),
            (before.id, &changed, "new.example:443")
        );
        assert_eq!((after.known_since, after.attempts), (at(0), 0));
        assert!(store.find_watched("A00001").await.unwrap().is_empty());
        assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
    }

    async fn what_an_account_is_by_the_register_shows_at_once(store: Store) {
        register(&store, 1, 1).await;
        let mut expected = Vec::new();
        for (status, state) in [
            (Status::Closing, AccountState::Closing),
            (Status::Deregistered, AccountState::Deregistered),
            (Status::Normal, AccountState::New),
        ] {
            let changed = Registered { status, ..registered(0) };
            write(&store, async |tx| {
                tx.change_accounts(&[("A00000".to_owned(), changed)], &one_site, at(5)).await
            })
            .await;
            expected.push((watched(&store, "A00000").await.state, state));
        }
        assert!(expected.iter().all(|(is, should)| is == should), "{expected:?}");
    }

    async fn a_changed_note_does_not_forget_what_is_known(store: Store) {
        register(&store, 1, 1).await;
        let taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap().remove(0);
        let mut finish = lean(taken, at(1), at(60));
        finish.lean = false;
        finish.watched.state = AccountState::Dormant;
        finish.watched.known.last_update = Some(at(-9999));
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        let changed = Registered { notes: "新备注".to_owned(), ..registered(0) };
        write(&store, async |tx| {
            tx.change_accounts(&[("A00000".to_owned(), changed)], &one_site, at(5)).await
        })
        .await;
        let after = watched(&store, "A00000").await;
        assert_eq!((after.state, after.known.last_update), (AccountState::Dormant, Some(at(-9999))));
    }

    async fn what_is_remembered_of_a_list_follows_its_source_or_is_forgotten(store: Store) {
        register(&store, 1, 1).await;
        let source = |target: &str| Source { recipe: "feed".to_owned(), target: target.to_owned() };
        let line = |targets: &[&str]| Registered {
            sources: targets.iter().map(|target| source(target)).collect(),
            ..registered(0)
        };
        let changes = async |targets: &[&str]| {
            let changed = [("A00000".to_owned(), line(targets))];
            write(&store, async |tx| tx.change_accounts(&changed, &one_site, at(5)).await).await;
            watched(&store, "A00000").await.source_no
        };
        changes(&["a", "b"]).await;
        let answers = async |source_no| {
            let taken = store.lease_accounts(take(at(9), 1, 1), 1).await.unwrap().remove(0);
            let mut finish = lean(taken, at(9), at(9));
            finish.lean = false;
            finish.watched.source_no = source_no;
            write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        };
        answers(0).await;
        assert_eq!(changes(&["a", "b"]).await, 0);
        assert_eq!(changes(&["b", "a"]).await, 1);
        assert_eq!(changes(&["b", "c", "a"]).await, 2);
        assert_eq!(changes(&["b", "c"]).await, NO_SOURCE);
        // A failed look keeps it so, and nothing of it comes back with the old line.
        answers(NO_SOURCE).await;
        assert_eq!(changes(&["a", "b"]).await, NO_SOURCE);
        answers(1).await;
        assert_eq!(changes(&["a", "b"]).await, 1);
    }

    async fn a_look_begun_before_the_line_changed_writes_nothing(store: Store) {
        register(&store, 2, 1).await;
        let taken = store.lease_accounts(take(at(0), 9, 1), 9).await.unwrap();
        write(&store, async |tx| {
            tx.change_accounts(&[("A00000".to_owned(), registered(0))], &one_site, at(5)).await?;
            tx.retire_accounts(&["A00001".to_owned()], at(5)).await
        })
        .await;
        let finishes: Vec<_> = taken.into_iter().map(|account| lean(account, at(6), at(90))).collect();
        let held =
            write(&store, async |tx| tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await).await;
        assert!(held.is_empty());
        // The changed one is due at once, the retired one never.
        assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
        assert_eq!(store.count_due(at(9999)).await.unwrap(), 1);
    }

    async fn a_retired_account_is_no_longer_listed_nor_due_but_not_forgotten(store: Store) {
        register(&store, 300, 1).await;
        let keys: Vec<String> = (0..299).map(|number| registered(number).key).collect();
        write(&store, async |tx| tx.retire_accounts(&keys, at(5)).await).await;
        assert_eq!(store.list_register().await.unwrap().len(), 1);
        assert_eq!(store.count_due(at(60)).await.unwrap(), 1);
        let retired = watched(&store, "A00000").await;
        assert_eq!(store.make_due(None, Some(&[retired.id]), at(60)).await.unwrap(), 0);
        assert_eq!(retired.registered, registered(0));
    }

    async fn a_retired_account_that_is_registered_again_goes_on_where_it_stopped(store: Store) {
        register(&store, 1, 1).await;
        let before = watched(&store, "A00000").await;
        write(&store, async |tx| tx.retire_accounts(&["A00000".to_owned()], at(5)).await).await;
        let again = Registered { notes: "重新纳入".to_owned(), ..registered(0) };
        write(&store, async |tx| tx.add_accounts(std::slice::from_ref(&again), &one_site, at(9)).await).await;
        assert_eq!(store.list_register().await.unwrap(), [(before.id, again)]);
        assert_eq!(store.next_due().await.unwrap(), Some(at(9)));
        assert_eq!(watched(&store, "A00000").await.known_since, at(0));
    }

    async fn a_line_that_is_there_is_not_added_twice(store: Store) {
        register(&store, 1, 1).await;
        store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap();
        let again = Registered { notes: "另一份".to_owned(), ..registered(0) };
        write(&store, async |tx| tx.add_accounts(&[again], &one_site, at(9)).await).await;
        assert_eq!(store.list_register().await.unwrap()[0].1, registered(0));
        assert_eq!(store.next_due().await.unwrap(), Some(at(30)));
    }

    async fn a_sweep_makes_due_what_it_names_and_nothing_in_hand(store: Store) {
        register(&store, 3, 1).await;
        let other = Registered { platform: Platform::Website, ..registered(7) };
        write(&store, async |tx| tx.add_accounts(&[other], &one_site, at(100)).await).await;
        let taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap();
        assert_eq!(taken.len(), 1);
        let other = [watched(&store, "A00007").await.id];
        assert_eq!(store.make_due(Some(Platform::Website), None, at(10)).await.unwrap(), 1);
        assert_eq!(store.make_due(Some(Platform::Weibo), Some(&other), at(10)).await.unwrap(), 0);
        assert_eq!(store.make_due(None, Some(&other), at(11)).await.unwrap(), 1);
        assert_eq!(store.make_due(None, Some(&[]), at(11)).await.unwrap(), 0);
        assert_eq!(store.make_due(None, None, at(12)).await.unwrap(), 3);
        assert_eq!(store.count_due(at(12)).await.unwrap(), 3);
    }

    async fn nothing_is_due_in_an_empty_register(store: Store) {
        assert_eq!(store.next_due().await.unwrap(), None);
        assert_eq!(store.count_due(at(0)).await.unwrap(), 0);
        assert!(store.lease_accounts(take(at(0), 9, 1), 9).await.unwrap().is_empty());
        write(&store, async |tx| {
            tx.add_accounts(&[], &one_site, at(0)).await?;
            tx.change_accounts(&[], &one_site, at(0)).await?;
            tx.retire_accounts(&[], at(0)).await
        })
        .await;
    }
}
