//! What accounts say about themselves comes back as it was noted, and is forgotten late.

use crate::support::database::both;
use crate::support::fixture::{at, lean, register, take, watched, write};
use chrono::Duration;
use xunwang::model::account::AccountId;
use xunwang::model::followers::Followers;
use xunwang::model::profile::{Fact, Memory, Noted, Seen};
use xunwang::store::profiles::Notes;

fn seen(fact: Fact, value: &str, minute: i64) -> Seen {
    Seen {
        fact,
        value: value.to_owned(),
        first_seen: at(minute),
        since: at(minute + 1),
        last_seen: at(minute + 2),
        lasted: false,
    }
}

fn notes(account: AccountId, facts: Vec<Seen>, followers: Option<Followers>) -> Notes {
    Notes { account, noted: Noted { hash: Some(-7), due: Some(at(60)), avatar: Some(-9) }, facts, followers }
}

fn counted(days: i64) -> Followers {
    let mut followers = Followers::default();
    for day in 0..days {
        followers.note(at(day * 1440), u64::try_from(1_000 + day).unwrap());
    }
    followers
}

both! {
    async fn a_profile_comes_back_as_it_was_noted(store: Store) {
        register(&store, 3, 1).await;
        let ids = [watched(&store, "A00000").await.id, watched(&store, "A00001").await.id];
        let facts: Vec<Seen> = Fact::ALL.iter().map(|fact| seen(*fact, "“云溪”'\\ 😀\0", 5)).collect();
        let kept: Vec<Seen> =
            facts.iter().map(|seen| Seen { value: seen.value.replace('\0', ""), ..seen.clone() }).collect();
        let first = notes(ids[0], facts, Some(counted(500)));
        let second = notes(ids[1], vec![seen(Fact::Intro, "", 9)], None);
        write(&store, async |tx| tx.note_profiles(&[&first, &second]).await).await;

        let mut memories = store.profiles(&[ids[0], ids[1], AccountId(99)]).await.unwrap();
        let mut is = memories.remove(&ids[0]).unwrap();
        is.facts.sort_by_key(|seen| seen.fact);
        assert_eq!(is, Memory { facts: kept, followers: counted(500) });
        assert_eq!(memories.remove(&ids[1]).unwrap(), Memory { facts: second.facts, followers: Followers::default() });
        assert!(memories.is_empty());
        assert_eq!(watched(&store, "A00000").await.known.profile, first.noted);
        assert_eq!(watched(&store, "A00002").await.known.profile, Noted::default());
    }

    async fn a_value_seen_again_keeps_its_first_sighting(store: Store) {
        register(&store, 1, 1).await;
        let id = watched(&store, "A00000").await.id;
        let first = seen(Fact::Name, "云溪发布", 5);
        write(&store, async |tx| tx.note_profiles(&[&notes(id, vec![first.clone()], Some(counted(2)))]).await).await;
        let again = Seen { since: at(50), last_seen: at(900), lasted: true, ..seen(Fact::Name, "云溪发布", 40) };
        write(&store, async |tx| tx.note_profiles(&[&notes(id, vec![again.clone()], Some(counted(3)))]).await).await;
        let memory = store.profiles(&[id]).await.unwrap().remove(&id).unwrap();
        assert_eq!(memory.facts, [Seen { first_seen: at(5), ..again }]);
        assert_eq!(memory.followers, counted(3));
    }

    async fn many_profiles_are_noted_and_read_at_once(store: Store) {
        register(&store, 450, 9).await;
        let taken = store.lease_accounts(take(at(0), 450, 1), 450).await.unwrap();
        let all: Vec<Notes> = taken
            .iter()
            .map(|account| notes(account.id, vec![seen(Fact::Name, "甲", 1), seen(Fact::Intro, "乙", 2)], Some(counted(1))))
            .collect();
        write(&store, async |tx| tx.note_profiles(&all.iter().collect::<Vec<_>>()).await).await;
        let ids: Vec<AccountId> = taken.iter().map(|account| account.id).collect();
        let memories = store.profiles(&ids).await.unwrap();
        assert_eq!(memories.len(), 450);
        assert!(memories.values().all(|memory| memory.facts.len() == 2 && memory.followers == counted(1)));
        assert!(store.profiles(&[]).await.unwrap().is_empty());
    }

    async fn a_look_that_noted_nothing_leaves_what_was_noted(store: Store) {
        register(&store, 1, 1).await;
        let mut taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap();
        let noted = notes(taken[0].id, Vec::new(), None);
        write(&store, async |tx| tx.note_profiles(&[&noted]).await).await;
        let mut finish = lean(taken.remove(0), at(1), at(2));
        finish.lean = false;
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        assert_eq!(watched(&store, "A00000").await.known.profile, noted.noted);
    }

    async fn a_new_line_of_the_register_asks_for_the_profile_anew(store: Store) {
        register(&store, 1, 1).await;
        let account = watched(&store, "A00000").await;
        write(&store, async |tx| tx.note_profiles(&[&notes(account.id, Vec::new(), None)]).await).await;
        let line = xunwang::model::account::Registered { name: "青岚之声".to_owned(), ..account.registered };
        let changed = [(line.key.clone(), line)];
        write(&store, async |tx| tx.change_accounts(&changed, &|_| "site.example:443".to_owned(), at(9)).await).await;
        assert_eq!(watched(&store, "A00000").await.known.profile, Noted { hash: Some(-7), due: None, avatar: Some(-9) });
    }

    async fn slips_and_old_introductions_are_forgotten_but_no_name_and_nothing_present(store: Store) {
        register(&store, 2, 1).await;
        let ids = [watched(&store, "A00000").await.id, watched(&store, "A00001").await.id];
        let lasted = |seen: Seen| Seen { lasted: true, ..seen };
        let facts = vec![
            lasted(seen(Fact::Name, "旧名", 0)),
            seen(Fact::Name, "误读", 10),
            lasted(seen(Fact::Name, "现名", 20)),
            lasted(seen(Fact::Intro, "旧简介", 0)),
            lasted(seen(Fact::Intro, "现简介", 20)),
            seen(Fact::Avatar, "a.png", 0),
        ];
        let both = [notes(ids[0], facts, None), notes(ids[1], vec![seen(Fact::Intro, "唯一", 0)], None)];
        write(&store, async |tx| tx.note_profiles(&both.iter().collect::<Vec<_>>()).await).await;
        assert_eq!(store.forget_facts(at(2)).await.unwrap(), 0);
        assert_eq!(store.forget_facts(at(2) + Duration::days(1)).await.unwrap(), 2);
        let memories = store.profiles(&ids).await.unwrap();
        let mut left: Vec<&str> = memories[&ids[0]].facts.iter().map(|seen| seen.value.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["a.png", "旧名", "现名", "现简介"]);
        assert_eq!(memories[&ids[1]].facts.len(), 1);
    }
}
