//! A mail is written down once, tried by one worker at a time, and ends as delivered or dead.

use crate::support::database::both;
use crate::support::fixture::{at, take, write};
use std::collections::HashMap;
use xunwang::model::delivery::{DeliveryId, DeliveryState, Message, Reason};
use xunwang::store::Store;
use xunwang::store::groups::{GroupFinish, Touch};
use xunwang::store::lease::{Table, Token};
use xunwang::store::outbox::{Mailed, NewDelivery, Owed, Sent};

/// A group with mails up to a sequence number.
async fn group(store: &Store, sequence: i64) -> i64 {
    let touch = Touch { key: "a".to_owned(), audience: "{}".to_owned(), incidents: Vec::new() };
    write(store, async |tx| tx.touch_groups(&[touch], at(0)).await).await;
    let id = store.lease(Table::Group, take(at(0), 1, 1)).await.unwrap()[0];
    let finish = GroupFinish { id, touched: 0, sequence, last_sent_at: None, due_at: None, told: Vec::new() };
    assert!(write(store, async |tx| tx.finish_group(Token(1), &finish, at(0)).await).await);
    id
}

fn mail(group: i64, sequence: i64, recipient: &str) -> NewDelivery {
    let message = Message {
        message_id: format!("<{group}.{sequence}.{recipient}>"),
        references: vec!["<earlier@xunwang>".to_owned(), "<later@xunwang>".to_owned()],
        recipient: recipient.to_owned(),
        subject: "【巡网】澄湖市1个账号两周未更新".to_owned(),
        text: "正文\n第二行".to_owned(),
        html: "<p>正文</p>".to_owned(),
        written_at: at(sequence),
    };
    NewDelivery { group, sequence, reason: Reason::First, message }
}

async fn lease(store: &Store, minute: i64, token: i64) -> Vec<Owed> {
    let ids = store.lease(Table::Delivery, take(at(minute), 99, token)).await.unwrap();
    store.load_owed(&ids).await.unwrap()
}

async fn end(store: &Store, token: i64, id: DeliveryId, sent: Sent) {
    write(store, async |tx| tx.finish_delivery(Token(token), id, &sent, at(5)).await).await;
}

fn later(minute: i64) -> Sent {
    Sent::Later { due_at: at(minute), error: "451 请稍后再试".to_owned() }
}

/// How many mails wait, and how many are dead.
async fn counts(store: &Store) -> (u32, u32) {
    let figures = store.figures(9, at(0)).await.unwrap();
    (figures.outbox_pending, figures.outbox_dead)
}

both! {
    async fn a_mail_comes_back_as_it_was_written(store: Store) {
        let group = group(&store, 1).await;
        let new = mail(group, 1, "zhou@chenghu.example");
        write(&store, async |tx| tx.insert_deliveries(std::slice::from_ref(&new)).await).await;
        assert_eq!(store.next_delivery().await.unwrap(), Some(at(1)));
        assert!(lease(&store, 0, 1).await.is_empty());
        let owed = lease(&store, 1, 1).await;
        assert_eq!((owed.len(), owed[0].group, owed[0].attempts), (1, group, 1));
        assert_eq!(owed[0].message, new.message);
        assert!(store.load_owed(&[]).await.unwrap().is_empty());
    }

    async fn the_same_mail_is_never_written_down_twice(store: Store) {
        let group = group(&store, 1).await;
        let mails =
            [mail(group, 1, "a@x.example"), mail(group, 1, "b@x.example"), mail(group, 2, "a@x.example")];
        for _ in 0..2 {
            write(&store, async |tx| tx.insert_deliveries(&mails).await).await;
        }
        let mut again = mails[0].clone();
        "另一封".clone_into(&mut again.message.subject);
        write(&store, async |tx| tx.insert_deliveries(&[again, mails[2].clone(), mails[2].clone()]).await)
            .await;
        let owed = lease(&store, 9, 1).await;
        assert_eq!(owed.len(), 3);
        assert!(owed.iter().all(|owed| owed.message.subject == mails[0].message.subject));
    }

    async fn a_mail_that_was_taken_by_the_server_is_owed_no_more(store: Store) {
        let group = group(&store, 1).await;
        write(&store, async |tx| {
            tx.insert_deliveries(&[mail(group, 1, "a@x.example"), mail(group, 1, "b@x.example")]).await
        })
        .await;
        let owed = lease(&store, 1, 1).await;
        assert_eq!(counts(&store).await, (2, 0));
        end(&store, 1, owed[0].id, Sent::Delivered { receipt: "250 已收".to_owned() }).await;
        end(&store, 1, owed[1].id, Sent::Dead { error: "550 无此用户\0".to_owned() }).await;
        assert_eq!(counts(&store).await, (0, 1));
        assert_eq!(store.next_delivery().await.unwrap(), None);
        // The lease is used up.
        end(&store, 1, owed[1].id, later(6)).await;
        assert_eq!(counts(&store).await, (0, 1));
    }

    async fn a_mail_is_tried_again_when_asked_and_its_tries_are_counted(store: Store) {
        let group = group(&store, 1).await;
        write(&store, async |tx| tx.insert_deliveries(&[mail(group, 1, "a@x.example")]).await).await;
        for tries in 1..=3 {
            let owed = lease(&store, i64::from(tries) * 10, tries.into()).await;
            assert_eq!((owed.len(), owed[0].attempts), (1, tries));
            end(&store, tries.into(), owed[0].id, later(i64::from(tries) * 10 + 10)).await;
            assert_eq!(store.next_delivery().await.unwrap(), Some(at(i64::from(tries) * 10 + 10)));
        }
    }

    async fn the_end_of_a_try_whose_lease_was_lost_changes_nothing(store: Store) {
        let group = group(&store, 1).await;
        write(&store, async |tx| tx.insert_deliveries(&[mail(group, 1, "a@x.example")]).await).await;
        let slow = lease(&store, 1, 1).await;
        let quick = lease(&store, 31, 2).await;
        assert_eq!(slow[0].id, quick[0].id);
        end(&store, 1, slow[0].id, Sent::Dead { error: "550".to_owned() }).await;
        assert_eq!(counts(&store).await, (1, 0));
        end(&store, 2, quick[0].id, Sent::Delivered { receipt: "250".to_owned() }).await;
        end(&store, 1, slow[0].id, later(40)).await;
        assert_eq!((counts(&store).await, store.next_delivery().await.unwrap()), ((0, 0), None));
    }

    async fn a_thread_is_the_last_ten_mails_to_each_recipient(store: Store) {
        let group = group(&store, 12).await;
        let mails: Vec<_> = (1..=12)
            .rev()
            .map(|sequence| mail(group, sequence, "a@x.example"))
            .chain([mail(group, 5, "b@x.example")])
            .collect();
        write(&store, async |tx| tx.insert_deliveries(&mails).await).await;
        let ids = |recipient, sequences: std::ops::RangeInclusive<i64>| -> ((i64, String), Vec<String>) {
            (
                (group, String::from(recipient)),
                sequences.map(|sequence| format!("<{group}.{sequence}.{recipient}>")).collect(),
            )
        };
        let expected = HashMap::from([ids("a@x.example", 3..=12), ids("b@x.example", 5..=5)]);
        assert_eq!(store.group_threads(&[group, group + 1]).await.unwrap(), expected);
        assert!(store.group_threads(&[group + 1]).await.unwrap().is_empty());
        assert!(store.group_threads(&[]).await.unwrap().is_empty());
    }

    async fn every_mail_is_listed_as_it_stands(store: Store) {
        let group = group(&store, 1).await;
        let mails = [mail(group, 1, "a@x.example"), mail(group, 1, "b@x.example")];
        write(&store, async |tx| tx.insert_deliveries(&mails).await).await;
        let owed = lease(&store, 1, 1).await;
        end(&store, 1, owed[0].id, Sent::Dead { error: "550 无此用户".to_owned() }).await;
        let listed = store.list_mails(DeliveryId(0)).await.unwrap();
        let expected = Mailed {
            id: owed[0].id,
            group: "a".to_owned(),
            recipient: owed[0].message.recipient.clone(),
            subject: owed[0].message.subject.clone(),
            state: DeliveryState::Dead,
            written_at: at(1),
            error: "550 无此用户".to_owned(),
        };
        assert_eq!((listed.len(), listed.iter().find(|mail| mail.id == owed[0].id)), (2, Some(&expected)));
        assert_eq!(store.list_mails(listed[0].id).await.unwrap(), listed[1..]);
    }
}
