//! What a look leaves behind comes back as it was: the account's facts, its posts, the log of looks.

use crate::support::database::both;
use crate::support::fixture::{at, day, lean, register, sighted, take, visit, watched, write};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use xunwang::model::account::{AccountId, AccountState, Platform};
use xunwang::model::bridge::Bridge;
use xunwang::model::finding::LastPost;
use xunwang::model::listing::{Line, Listing};
use xunwang::model::moment::to_ms;
use xunwang::model::page::Validators;
use xunwang::model::post::{Origin, PostKey, Published};
use xunwang::model::profile::Noted;
use xunwang::model::visit::{Failure, Outcome, Visit};
use xunwang::model::watch::{Days, Known, Trouble, Watched};
use xunwang::store::accounts::Finish;
use xunwang::store::changes::{Edited, Withdrawn};

/// Something in every field, no two alike where two could be mistaken for each other.
fn everything(watched: Watched) -> Watched {
    let mut days = Days::default();
    for age in [0, 0, 3, 20] {
        days.count(at(-1440 * age));
    }
    let line = |number: i64, published| Line {
        hash: u64::MAX - number.unsigned_abs(),
        key: PostKey(-number),
        published,
        pinned: number == 1,
    };
    Watched {
        state: AccountState::Lagging,
        known: Known {
            last_visit: Some(at(1)),
            good_look: Some(at(-2)),
            hand_look: Some(at(-11)),
            covers_since: Some(at(-3)),
            reach: Some(at(-4)),
            last_update: Some(at(-5)),
            last_original: Some(at(-6)),
            last_post: Some(LastPost {
                title: "“通告”'😀\\".to_owned(),
                url: "https://x.example/?a=1&b=2".to_owned(),
                at: at(-7),
            }),
            months: "2026-11:3".to_owned(),
            days,
            news_at: Some(at(-12)),
            profile_empty: true,
            followers: Some(u64::MAX >> 1),
            profile: Noted::default(),
            posts_counted: Some(321),
        },
        trouble: Trouble {
            failures: 3,
            failure: Some(Failure::Timeout),
            failing_since: Some(at(-8)),
            statement: Some(Failure::Banned),
            statement_since: Some(at(-9)),
            doubt_since: Some(at(-10)),
            detail: "连接超时".to_owned(),
        },
        source_no: 1,
        bridge: Some(Bridge { site: "rss.chenghu.example:1200".to_owned(), platform: Platform::Weibo }),
        validators: Validators {
            etag: Some("W/\"abc\"".to_owned()),
            last_modified: Some("Fri, 20 Nov 2026 00:00:00 GMT".to_owned()),
        },
        listing: Listing {
            lines: vec![line(1, Some(Published::At(at(-11)))), line(2, Some(day(3))), line(3, None)],
        },
        open_cases: 2,
        ..watched
    }
}

fn assert_same(is: &Watched, should: &Watched) {
    assert_eq!(is.registered, should.registered);
    assert_eq!(is.known, should.known);
    assert_eq!(is.trouble, should.trouble);
    assert_eq!(is.listing, should.listing);
    assert_eq!((&is.site, is.known_since, is.state), (&should.site, should.known_since, should.state));
    assert_eq!(
        (is.source_no, &is.bridge, &is.validators, is.open_cases),
        (should.source_no, &should.bridge, &should.validators, should.open_cases)
    );
}

fn full(watched: Watched, due: DateTime<Utc>) -> Finish {
    Finish { watched, due_at: Some(due), due_why: "临近期限".to_owned(), no_original: true, lean: false }
}

both! {
    async fn every_field_of_an_account_survives_a_look(store: Store) {
        register(&store, 1, 1).await;
        let taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap().remove(0);
        let finish = full(everything(taken), at(60));
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        let again = store.lease_accounts(take(at(60), 1, 2), 1).await.unwrap().remove(0);
        assert_same(&again, &finish.watched);

        // A lean finish moves the times of the look and nothing else.
        let mut expected = again.clone();
        let finish = lean(again, at(61), at(120));
        (expected.known.last_visit, expected.known.good_look) = (Some(at(61)), Some(at(61)));
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        let again = store.lease_accounts(take(at(120), 1, 3), 1).await.unwrap().remove(0);
        assert_same(&again, &expected);

        // And everything can become empty again.
        let bare = Watched {
            state: AccountState::New,
            known: Known::default(),
            trouble: Trouble::default(),
            source_no: 0,
            bridge: None,
            validators: Validators::default(),
            listing: Listing::default(),
            open_cases: 0,
            ..again
        };
        let finish = full(bare, at(180));
        write(&store, async |tx| tx.finish_accounts(&[&finish]).await).await;
        assert_same(&watched(&store, "A00000").await, &finish.watched);
    }

    async fn every_state_and_every_failure_can_be_stored(store: Store) {
        register(&store, Failure::ALL.len(), 1).await;
        let taken = store.lease_accounts(take(at(0), 99, 1), 99).await.unwrap();
        let finishes: Vec<Finish> = taken
            .into_iter()
            .zip(Failure::ALL)
            .enumerate()
            .map(|(place, (mut account, failure))| {
                account.state = AccountState::ALL[place % AccountState::ALL.len()];
                (account.trouble.failure, account.trouble.statement) = (Some(*failure), Some(*failure));
                full(account, at(60))
            })
            .collect();
        write(&store, async |tx| tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await).await;
        for finish in &finishes {
            assert_same(&watched(&store, &finish.watched.registered.key).await, &finish.watched);
        }
    }

    async fn text_from_outside_with_a_nul_in_it_can_be_stored(store: Store) {
        register(&store, 1, 1).await;
        let mut taken = store.lease_accounts(take(at(0), 1, 1), 1).await.unwrap().remove(0);
        "a\0b".clone_into(&mut taken.trouble.detail);
        taken.validators.etag = Some("\"\0\"".to_owned());
        let id = taken.id;
        let finish = full(taken, at(60));
        let mut post = sighted(id, 1, None);
        (post.post.title, post.post.text, post.post.source) =
            ("题\0目".to_owned(), "\0".to_owned(), Some("\0源".to_owned()));
        let look = Visit { detail: "c\0d".to_owned(), ..visit(id, at(1)) };
        write(&store, async |tx| {
            tx.finish_accounts(&[&finish]).await?;
            tx.insert_posts(&[&post]).await?;
            tx.insert_visits(&[&look]).await
        })
        .await;
        assert_eq!(watched(&store, "A00000").await.trouble.detail, "ab");
        assert_eq!(store.list_visits(id, at(9), 9).await.unwrap()[0].detail, "cd");
        let posts = store.list_posts(id, at(9), 9).await.unwrap();
        assert_eq!((posts[0].post.title.as_str(), posts[0].post.text.as_str()), ("题目", ""));
    }

    async fn a_post_stays_as_it_was_first_seen(store: Store) {
        let account = AccountId(5);
        let stamps = [Some(Published::At(at(-100))), Some(day(18)), None];
        let mut posts: Vec<_> =
            (0..).zip(stamps).map(|(number, stamp)| sighted(account, number, stamp)).collect();
        posts[1].post.source = None;
        posts[2].post.origin = Origin::Unknown;
        write(&store, async |tx| tx.insert_posts(&posts.iter().collect::<Vec<_>>()).await).await;
        let mut again = posts[0].clone();
        "另一个标题".clone_into(&mut again.post.title);
        again.first_seen = at(77);
        write(&store, async |tx| tx.insert_posts(&[&again]).await).await;

        let mut listed = store.list_posts(account, at(0), 9).await.unwrap();
        assert!(listed.is_sorted_by(|one, next| one.effective_at >= next.effective_at));
        listed.sort_by_key(|post| post.post.key);
        for (is, should) in listed.iter().zip(&posts) {
            assert_eq!(is.post, should.post);
            assert_eq!(
                (is.account, is.first_seen, is.effective_at),
                (account, should.first_seen, should.effective_at)
            );
        }
        assert_eq!(listed.len(), 3);
        assert_eq!(store.list_posts(account, at(0), 2).await.unwrap().len(), 2);
        assert!(store.list_posts(account, at(-1), 9).await.unwrap().is_empty());
        assert!(store.list_posts(AccountId(6), at(0), 9).await.unwrap().is_empty());
    }

    async fn known_posts_are_told_from_new_ones_by_account_and_key(store: Store) {
        let posts: Vec<_> = (0..500).map(|number| sighted(AccountId(number % 2), number, None)).collect();
        write(&store, async |tx| tx.insert_posts(&posts.iter().collect::<Vec<_>>()).await).await;
        let wanted: Vec<_> = (0..2600).map(|number| (AccountId(0), PostKey(number))).collect();
        let known = store.known_posts(&wanted).await.unwrap();
        let expected: HashSet<_> =
            (0..500).step_by(2).map(|number| (AccountId(0), PostKey(number))).collect();
        assert_eq!(known, expected);
        assert!(store.known_posts(&[]).await.unwrap().is_empty());
    }

    async fn a_post_under_another_address_is_known_by_time_and_title(store: Store) {
        let account = AccountId(1);
        let posts = [
            sighted(account, 1, Some(day(18))),
            sighted(account, 2, Some(Published::At(at(-10)))),
            sighted(account, 3, None),
            sighted(AccountId(2), 4, Some(day(18))),
        ];
        write(&store, async |tx| tx.insert_posts(&posts.iter().collect::<Vec<_>>()).await).await;
        let wanted: Vec<_> = std::iter::repeat_n((account, day(17)), 1200)
            .chain([(account, day(18)), (account, Published::At(at(-10))), (AccountId(2), day(17))])
            .collect();
        let known = store.known_titles(&wanted).await.unwrap();
        let expected = [(day(18), "云溪县第1号通告"), (Published::At(at(-10)), "云溪县第2号通告")];
        assert_eq!(
            known,
            expected.map(|(stamp, title)| (account, to_ms(stamp.shown()), title.to_owned())).into()
        );
        assert!(store.known_titles(&[]).await.unwrap().is_empty());
    }

    async fn an_edit_changes_what_a_post_says_and_not_when_it_was_seen(store: Store) {
        let first = sighted(AccountId(1), 1, Some(day(18)));
        let other = sighted(AccountId(2), 1, Some(day(18)));
        write(&store, async |tx| tx.insert_posts(&[&first, &other]).await).await;
        let mut post = first.post.clone();
        (post.title, post.text, post.published, post.url) =
            ("更正".to_owned(), "正文".to_owned(), Some(day(20)), "https://other.example/".to_owned());
        let edited = Edited { account: AccountId(1), post, at: at(50) };
        write(&store, async |tx| tx.edit_posts(&[&edited]).await).await;
        let is = store.list_posts(AccountId(1), at(0), 9).await.unwrap().remove(0);
        assert_eq!((is.post.title.as_str(), is.post.text.as_str()), ("更正", "正文"));
        assert_eq!(
            (is.post.published, is.first_seen, is.effective_at),
            (first.post.published, first.first_seen, first.effective_at)
        );
        assert_eq!(store.list_posts(AccountId(2), at(0), 9).await.unwrap()[0].post, other.post);
        // What it said before is kept, once however often the edit is seen.
        write(&store, async |tx| tx.edit_posts(&[&Edited { at: at(60), ..edited.clone() }]).await).await;
        let changes = store.list_changes(AccountId(1), at(99), 9).await.unwrap();
        let was = (first.post.title.clone(), first.post.text.clone());
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].at, changes[0].title.as_str(), &changes[0].before), (at(50), "更正", &Some(was)));
        assert!(store.list_changes(AccountId(1), at(49), 9).await.unwrap().is_empty());
    }

    async fn a_withdrawn_post_is_noted_until_it_is_back(store: Store) {
        let account = AccountId(1);
        let posts = [sighted(account, 1, None), sighted(account, 2, None)];
        write(&store, async |tx| tx.insert_posts(&posts.iter().collect::<Vec<_>>()).await).await;
        let note = async |since: Option<i64>| {
            let gone = Withdrawn { account, key: PostKey(1), since: since.map(at) };
            write(&store, async |tx| tx.note_withdrawn(&[&gone]).await).await;
            let changes = store.list_changes(account, at(99), 9).await.unwrap();
            changes.into_iter().map(|it| (it.at, it.before)).collect::<Vec<_>>()
        };
        assert_eq!(note(Some(10)).await, [(at(10), None)]);
        // It was gone already.
        assert_eq!(note(Some(20)).await, [(at(10), None)]);
        assert_eq!(note(None).await, []);
    }

    async fn the_log_of_looks_is_read_backwards_from_an_instant(store: Store) {
        let account = AccountId(1);
        let outcomes = [
            Outcome::Unchanged,
            Outcome::Read { new: 4 },
            Outcome::ProvenEmpty,
            Outcome::Failed(Failure::Challenge),
        ];
        let mut visits: Vec<Visit> = (0..)
            .zip(outcomes)
            .map(|(minute, outcome)| Visit {
                outcome,
                detail: format!("第{minute}次"),
                ..visit(account, at(minute))
            })
            .collect();
        (visits[3].covers_since, visits[3].status) = (None, 0);
        visits.push(visit(AccountId(2), at(0)));
        write(&store, async |tx| tx.insert_visits(&visits.iter().collect::<Vec<_>>()).await).await;
        // A look is logged once.
        write(&store, async |tx| tx.insert_visits(&[&visits[0]]).await).await;
        let backwards = |from: usize| visits[..=from].iter().rev().cloned().collect::<Vec<_>>();
        assert_eq!(store.list_visits(account, at(99), 9).await.unwrap(), backwards(3));
        assert_eq!(store.list_visits(account, at(2), 9).await.unwrap(), backwards(2));
        assert_eq!(store.list_visits(account, at(2), 1).await.unwrap(), [visits[2].clone()]);
    }
}
