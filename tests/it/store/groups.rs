//! Groups remember what people know, and no change of a case is overlooked.

use crate::support::database::both;
use crate::support::fixture::{at, case, lean, open, register, registered, take, watched, write};
use xunwang::model::account::AccountId;
use xunwang::model::delivery::Told;
use xunwang::model::finding::{LastPost, Level, Rule};
use xunwang::model::incident::{IncidentId, State};
use xunwang::store::Store;
use xunwang::store::groups::{Group, GroupFinish, Tell, Touch};
use xunwang::store::lease::{Table, Token};

fn touch(key: &str, incidents: &[IncidentId]) -> Touch {
    Touch {
        key: key.to_owned(),
        audience: "{\"title\":\"澄湖市\"}".to_owned(),
        incidents: incidents.to_vec(),
    }
}

/// A decision that tells everything in the group and waits for the next change.
fn told(group: &Group, what: Told) -> GroupFinish {
    let told = group.members.iter().map(|member| Tell {
        incident: member.incident.id,
        told: what,
        level: member.incident.level,
        at: at(3),
    });
    GroupFinish {
        id: group.id,
        touched: group.touched,
        sequence: group.sequence + 1,
        last_sent_at: Some(at(3)),
        due_at: None,
        told: told.collect(),
    }
}

/// Takes every group due at a minute.
async fn lease(store: &Store, minute: i64, token: i64) -> Vec<Group> {
    let mut ids = store.lease(Table::Group, take(at(minute), 99, token)).await.unwrap();
    ids.sort_unstable();
    store.load_groups(&ids).await.unwrap()
}

async fn finish(store: &Store, token: i64, finish: &GroupFinish, minute: i64) -> bool {
    write(store, async |tx| tx.finish_group(Token(token), finish, at(minute)).await).await
}

fn told_of(group: &Group) -> Vec<(IncidentId, Told)> {
    group.members.iter().map(|member| (member.incident.id, member.told)).collect()
}

both! {
    async fn a_group_comes_with_its_cases_and_their_accounts(store: Store) {
        register(&store, 1, 1).await;
        let taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap().remove(0);
        let last_post = LastPost { title: "通告".to_owned(), url: String::new(), at: at(-9) };
        let mut looked = lean(taken, at(1), at(60));
        looked.lean = false;
        looked.watched.known.last_post = Some(last_post.clone());
        write(&store, async |tx| tx.finish_accounts(&[&looked]).await).await;
        let cases = open(
            &store,
            &[
                case(Some(looked.watched.id), Rule::Weekly, ""),
                case(None, Rule::SiteDown, "site0.example:443"),
            ],
        )
        .await;
        write(&store, async |tx| tx.touch_groups(&[touch("市级", &cases)], at(2)).await).await;

        assert_eq!(store.next_group().await.unwrap(), Some(at(2)));
        let group = lease(&store, 2, 5).await.remove(0);
        assert_eq!((group.key.as_str(), group.audience.as_str()), ("市级", "{\"title\":\"澄湖市\"}"));
        assert_eq!((group.created_at, group.sequence, group.last_sent_at), (at(2), 0, None));
        // Of cases opened together, those about no account come first.
        assert_eq!(told_of(&group), [(cases[1], Told::Never), (cases[0], Told::Never)]);
        let [of_site, of_account] = &group.members[..] else { panic!("{group:?}") };
        let (subject, line) = (of_account.account.as_deref().unwrap(), registered(0));
        assert_eq!((subject.site.as_str(), &subject.last_post), ("site0.example:443", &Some(last_post)));
        assert_eq!(
            (&subject.name, subject.platform, &subject.owner, &subject.homepage),
            (&line.name, line.platform, &line.owner, &line.homepage)
        );
        assert!(of_site.account.is_none());
        assert_eq!((of_account.told_at, of_account.told_level), (None, None));
        assert!(store.load_groups(&[]).await.unwrap().is_empty());
    }

    async fn a_group_without_a_change_waits_as_long_as_was_decided(store: Store) {
        let cases = open(&store, &[case(None, Rule::Blind, "")]).await;
        write(&store, async |tx| tx.touch_groups(&[touch("a", &cases)], at(0)).await).await;
        let group = lease(&store, 0, 1).await.remove(0);
        assert!(lease(&store, 1, 2).await.is_empty());
        let decided = GroupFinish { due_at: Some(at(500)), ..told(&group, Told::Open) };
        assert!(finish(&store, 1, &decided, 4).await);
        assert_eq!(store.next_group().await.unwrap(), Some(at(500)));
        let again = lease(&store, 500, 2).await.remove(0);
        assert_eq!((again.sequence, again.last_sent_at), (1, Some(at(3))));
        assert_eq!(
            (again.members[0].told, again.members[0].told_at, again.members[0].told_level),
            (Told::Open, Some(at(3)), Some(Level::Deduction))
        );
        // And one that waits for nothing but a change is not due at all.
        assert!(finish(&store, 2, &told(&again, Told::Open), 501).await);
        assert_eq!(store.next_group().await.unwrap(), None);
    }

    async fn a_change_while_a_group_is_decided_on_makes_it_due_again_at_once(store: Store) {
        let cases = open(&store, &[case(None, Rule::SiteDown, "a"), case(None, Rule::SiteDown, "b")]).await;
        write(&store, async |tx| tx.touch_groups(&[touch("a", &cases[..1])], at(0)).await).await;
        let group = lease(&store, 0, 1).await.remove(0);
        write(&store, async |tx| tx.touch_groups(&[touch("a", &cases[1..])], at(1)).await).await;
        assert!(finish(&store, 1, &told(&group, Told::Open), 4).await);
        assert_eq!(store.next_group().await.unwrap(), Some(at(4)));
        let again = lease(&store, 4, 2).await.remove(0);
        assert_eq!(told_of(&again), [(cases[0], Told::Open), (cases[1], Told::Never)]);
    }

    async fn a_decision_whose_lease_was_lost_writes_nothing(store: Store) {
        let cases = open(&store, &[case(None, Rule::Blind, "")]).await;
        write(&store, async |tx| tx.touch_groups(&[touch("a", &cases)], at(0)).await).await;
        let slow = lease(&store, 0, 1).await.remove(0);
        let quick = lease(&store, 30, 2).await.remove(0);
        assert!(!finish(&store, 1, &told(&slow, Told::Open), 31).await);
        assert_eq!(told_of(&store.load_groups(&[slow.id]).await.unwrap()[0]), [(cases[0], Told::Never)]);
        assert!(finish(&store, 2, &told(&quick, Told::Open), 32).await);
        assert!(!finish(&store, 2, &told(&quick, Told::Open), 33).await);
    }

    async fn people_hear_of_an_end_once_and_never_of_a_case_they_did_not_know(store: Store) {
        let cases = open(&store, &[case(None, Rule::SiteDown, "a"), case(None, Rule::SiteDown, "b")]).await;
        write(&store, async |tx| tx.touch_groups(&[touch("a", &cases[..1])], at(0)).await).await;
        let group = lease(&store, 0, 1).await.remove(0);
        finish(&store, 1, &told(&group, Told::Open), 1).await;
        write(&store, async |tx| tx.touch_groups(&[touch("a", &cases[1..])], at(2)).await).await;
        write(&store, async |tx| {
            let ended = tx.end_incidents(&cases, State::Resolved, at(3), "test").await?;
            tx.touch_groups_of(&ended, at(3)).await
        })
        .await;
        let group = lease(&store, 3, 2).await.remove(0);
        assert_eq!(told_of(&group), [(cases[0], Told::Open)]);
        assert_eq!(group.members[0].incident.state, State::Resolved);
        finish(&store, 2, &told(&group, Told::Resolved), 4).await;
        assert!(store.load_groups(&[group.id]).await.unwrap()[0].members.is_empty());
    }

    async fn a_changed_case_touches_its_groups_and_no_other(store: Store) {
        let cases = open(&store, &[case(None, Rule::SiteDown, "a"), case(None, Rule::SiteDown, "b")]).await;
        let touches = [touch("a", &cases[..1]), touch("ab", &cases), touch("b", &cases[1..])];
        write(&store, async |tx| tx.touch_groups(&touches, at(0)).await).await;
        for group in lease(&store, 0, 1).await {
            finish(&store, 1, &told(&group, Told::Open), 1).await;
        }
        write(&store, async |tx| tx.touch_groups_of(&cases[..1], at(5)).await).await;
        let due = lease(&store, 5, 2).await;
        assert_eq!(due.iter().map(|group| group.key.as_str()).collect::<Vec<_>>(), ["a", "ab"]);
        write(&store, async |tx| tx.touch_all_groups(at(6)).await).await;
        assert_eq!(lease(&store, 6, 3).await.len(), 3);
    }

    async fn the_newest_audience_of_a_group_wins(store: Store) {
        write(&store, async |tx| tx.touch_groups(&[touch("a", &[])], at(0)).await).await;
        let newer = Touch { audience: "{}".to_owned(), ..touch("a", &[]) };
        write(&store, async |tx| tx.touch_groups(&[newer], at(1)).await).await;
        let groups = lease(&store, 1, 1).await;
        assert_eq!((groups.len(), groups[0].audience.as_str(), groups[0].created_at), (1, "{}", at(0)));
    }

    async fn a_member_is_added_once(store: Store) {
        register(&store, 450, 1).await;
        let first = watched(&store, "A00000").await.id.0;
        let cases: Vec<_> =
            (first..first + 450).map(|account| case(Some(AccountId(account)), Rule::Weekly, "")).collect();
        let ids = open(&store, &cases).await;
        for minute in 0..2 {
            write(&store, async |tx| tx.touch_groups(&[touch("a", &ids)], at(minute)).await).await;
        }
        let group = lease(&store, 1, 1).await.remove(0);
        assert_eq!(group.members.len(), 450);
        assert!(finish(&store, 1, &told(&group, Told::Open), 2).await);
        assert!(
            store.load_groups(&[group.id]).await.unwrap()[0]
                .members
                .iter()
                .all(|member| member.told == Told::Open)
        );
    }
}
