//! Workers end when told to, share the work without doing it twice, and inherit the work of the dead.

use crate::support::database::{Base, both};
use crate::support::office::{Office, Plan};
use crate::support::origin::Origin;
use crate::support::patience::{check, until};
use crate::support::program::Program;
use crate::support::rows;
use crate::support::smtp::Script;
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};
use xunwang::store::Store;

const LIMIT: Duration = Duration::seconds(30);

/// Looks so rarely that every account is due once.
fn once<'a>(address: &'a str, smtp: u16, contact: &'a str) -> Plan<'a> {
    Plan { interval: "20h", contact, ..Plan::new(address, smtp) }
}

/// Waits until all accounts have been looked at.
async fn all_looked_at(store: &Store, count: i64) {
    until("all accounts looked at", LIMIT, async || {
        let looks = rows::looks(store).await;
        check(looks >= count, || format!("{looks} looks"))
    })
    .await;
}

/// Waits until the site has been asked so often.
async fn asked(origin: &Origin, count: usize) {
    until("requests", LIMIT, async || {
        let asked = origin.asked().len();
        check(asked >= count, || format!("{asked} requests"))
    })
    .await;
}

both! {
    async fn a_stop_ends_the_program_within_seconds_whatever_is_under_way(store: Store, base: &Base) {
        let origin = Origin::start([]).await;
        let sink = Script::default().start().await;
        // The site answers nobody, and a look may take half a minute.
        origin.mute(true);
        let office = Office::open(&Plan { fetch: "30s", lease: "2m", ..once(base.address(), sink.port(), "") });
        office.enrol(&store, &origin, 30).await;
        let program = Program::start(&office);
        asked(&origin, 10).await;
        let (status, took) = program.stop().await;
        assert_eq!(status.code(), Some(0));
        assert!(took < Duration::seconds(5), "{took}");
        assert_eq!(rows::leased(&store).await, (0, 0, 0), "what was not read is given back");
        assert_eq!(rows::looks(&store).await, 0, "a look cut short is no failed look");
        // So the next program need not wait for the end of a lease.
        origin.mute(false);
        let _next = Program::start(&office);
        all_looked_at(&store, 30).await;
    }

    async fn a_killed_program_s_accounts_come_back(store: Store, base: &Base) {
        let origin = Origin::start([]).await;
        let sink = Script::default().start().await;
        origin.mute(true);
        let office = Office::open(&once(base.address(), sink.port(), ""));
        office.enrol(&store, &origin, 30).await;
        let program = Program::start(&office);
        asked(&origin, 10).await;
        program.kill();
        assert!(rows::leased(&store).await.0 > 0);
        origin.mute(false);
        let _next = Program::start(&office);
        all_looked_at(&store, 30).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_share_the_accounts_and_ask_for_none_twice() {
    const COUNT: usize = 300;
    let Some(base) = Base::postgres().await else { return };
    base.run(async |store| {
        let origin = Origin::start([]).await;
        let sink = Script::default().start().await;
        let names = ["east@chenghu.example", "west@chenghu.example"];
        let offices = names.map(|name| Office::open(&once(base.address(), sink.port(), name)));
        // Both are there before the work is.
        let workers = offices.each_ref().map(Program::start);
        for worker in &workers {
            worker.listens(1).await;
        }
        offices[0].enrol(&store, &origin, COUNT).await;
        all_looked_at(&store, i64::try_from(COUNT).unwrap()).await;
        let twice: BTreeMap<_, _> = origin.counts().into_iter().filter(|(_, count)| *count != 1).collect();
        assert_eq!((twice, origin.counts().len()), (BTreeMap::new(), COUNT));
        let by: BTreeSet<String> = origin.asked().into_iter().map(|asked| asked.by).collect();
        assert!(names.iter().all(|name| by.iter().any(|by| by.contains(name))), "{by:?}");
        for worker in workers {
            assert!(worker.stop().await.0.success());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_goes_on_when_another_ends() {
    let Some(base) = Base::postgres().await else { return };
    base.run(async |store| {
        let origin = Origin::start([]).await;
        let sink = Script::default().start().await;
        let names = ["east@chenghu.example", "west@chenghu.example"];
        let offices =
            names.map(|name| Office::open(&Plan { contact: name, ..Plan::new(base.address(), sink.port()) }));
        let [east, west] = offices.each_ref().map(Program::start);
        east.listens(1).await;
        west.listens(1).await;
        offices[0].enrol(&store, &origin, 30).await;
        all_looked_at(&store, 60).await;
        assert!(east.stop().await.0.success());
        let (looks, asked) = (rows::looks(&store).await, origin.asked().len());
        all_looked_at(&store, looks + 60).await;
        assert!(origin.asked()[asked..].iter().all(|asked| asked.by.contains(names[1])));
        // And when the other is killed, the first one's successor takes over.
        west.kill();
        let looks = rows::looks(&store).await;
        let _east = Program::start(&offices[0]);
        all_looked_at(&store, looks + 60).await;
    })
    .await;
}
