//! A restart sends nothing that was not due.

use crate::support::database::both;
use crate::support::office::{Office, Plan};
use crate::support::origin::Origin;
use crate::support::patience::{check, now, until};
use crate::support::program::Program;
use crate::support::rows;
use crate::support::smtp::{Script, Sink};
use chrono::Duration;
use std::sync::Arc;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual};
use xunwang::store::Store;

const LIMIT: Duration = Duration::seconds(30);
const ACCOUNTS: usize = 12;

/// Waits until every account was asked for so many times more.
async fn looked_again(origin: &Origin, times: usize) {
    let before = origin.counts();
    until("further looks", LIMIT, async || {
        let counts = origin.counts();
        let done = (0..ACCOUNTS).all(|account| {
            let count = |counts: &std::collections::BTreeMap<usize, usize>| {
                counts.get(&account).copied().unwrap_or(0)
            };
            count(&counts) >= count(&before) + times
        });
        check(done, || format!("{counts:?}"))
    })
    .await;
}

/// Waits until mails have left and none is owed.
async fn told(store: &Store, sink: &Sink) -> usize {
    until("all mails", LIMIT, async || {
        let deliveries = rows::deliveries(store).await;
        let sent = deliveries.iter().filter(|mail| mail.state == "sent").count();
        check(sent > 0 && sent == deliveries.len(), || format!("{deliveries:?}"))?;
        let next = store.next_group().await.unwrap();
        check(next.is_none(), || format!("{next:?}"))
    })
    .await;
    sink.taken().len()
}

both! {
    async fn neither_a_stop_nor_a_kill_repeats_a_mail(store: Store, base: &Base) {
        let origin = Origin::start(0..4).await;
        let sink = Script::default().start().await;
        let office = Office::open(&Plan::new(base.address(), sink.port()));
        office.enrol(&store, &origin, ACCOUNTS).await;
        let first = Program::start(&office);
        looked_again(&origin, 1).await;
        let mails = told(&store, &sink).await;
        first.kill();
        for _ in 0..2 {
            let program = Program::start(&office);
            looked_again(&origin, 2).await;
            assert!(program.stop().await.0.success());
        }
        assert_eq!(sink.taken().len(), mails, "{:?}", rows::deliveries(&store).await);
        assert_eq!(rows::deliveries(&store).await.len(), mails);
    }

    async fn a_mail_that_was_not_due_before_a_restart_leaves_when_it_is_due(store: Store, base: &Base) {
        let origin = Origin::start(0..4).await;
        let sink = Script::default().start().await;
        let office = Office::open(&Plan { interval: "20h", ..Plan::new(base.address(), sink.port()) });
        let clock = Manual::new(now());
        office.enrol(&store, &origin, ACCOUNTS).await;
        clock.advance_to(now());
        let app = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        app.settle(|_| {}, stopped).await.unwrap();
        assert!(!rows::cases(&store).await.is_empty());
        drop(app);
        // Found, but within `group_wait`: nobody is told, by no process.
        for _ in 0..3 {
            let again = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
            again.flush().await.unwrap();
            assert!(rows::deliveries(&store).await.is_empty());
        }
        let due = store.next_group().await.unwrap().unwrap();
        assert!(due > clock.now());
        clock.advance_to(due);
        let again = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        again.flush().await.unwrap();
        let mails = sink.taken().len();
        // Two recipients of the office, and each of the four owners.
        assert_eq!((mails, rows::deliveries(&store).await.len()), (6, 6));
        let again = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        again.flush().await.unwrap();
        assert_eq!(sink.taken().len(), mails);
    }
}
