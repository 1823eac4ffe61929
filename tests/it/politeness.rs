//! How politely the whole fleet asks a site: budget, quiet hours, refusals, and a pace that starves nobody.
//!
//! In: a site on the loopback that can refuse, and schedulers over one store with clocks that stand still.

use crate::support::database::{Base, both};
use crate::support::fixture::{at, registered, watched, write};
use crate::support::office::{Office, Plan, key};
use crate::support::rows;
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual};
use xunwang::model::account::{Kind, Registered, Source};
use xunwang::model::moment::to_ms;
use xunwang::schedule::pace::{Pace, Slot, Want};
use xunwang::store::Store;

/// A site that answers every path with the same feed, or with a status.
struct Site {
    port: u16,
    status: Arc<AtomicU16>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (status, asked) = (Arc::new(AtomicU16::new(200)), Arc::<Mutex<Vec<String>>>::default());
        let (answer, seen) = (Arc::clone(&status), Arc::clone(&asked));
        let router = Router::new().fallback(move |uri: Uri| {
            seen.lock().unwrap().push(uri.path().to_owned());
            let status = StatusCode::from_u16(answer.load(Ordering::SeqCst)).unwrap();
            let item = format!(
                "<item><title>通告</title><guid>{uri}</guid><link>http://127.0.0.1{uri}/1</link><pubDate>{}</pubDate></item>",
                (at(0) - Duration::hours(1)).to_rfc2822()
            );
            let body = format!("<rss version=\"2.0\"><channel><title>澄湖</title>{item}</channel></rss>");
            async move { (status, [(header::CONTENT_TYPE, "application/rss+xml")], body) }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, status, asked }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

/// An office whose accounts are read by a recipe with this pace, all of them on one site and due at 08:00.
async fn office(store: &Store, base: &Base, site: &Site, accounts: usize, pace: &str) -> Office {
    let office = Office::open(&Plan { interval: "1h", lease: "3m", ..Plan::new(base.address(), 9) });
    let recipe =
        format!("name = \"polite\"\nreader = \"feed\"\nurl = \"{{target}}\"\n[pace]\ngap = \"0s\"\n{pace}\n");
    std::fs::write(office.file().with_file_name("platforms").join("polite.toml"), recipe).unwrap();
    let lines: Vec<Registered> = (0..accounts)
        .map(|number| Registered {
            kind: Kind::Ordinary,
            pack: String::new(),
            sources: vec![Source {
                recipe: "polite".to_owned(),
                target: format!("http://127.0.0.1:{}/{number}", site.port),
            }],
            ..registered(number)
        })
        .collect();
    let config = office.config();
    write(store, async |tx| tx.add_accounts(&lines, &|line| config.site_of(line), at(0)).await).await;
    office
}

async fn worker(office: &Office, clock: &Manual) -> App {
    App::build(office.config(), Arc::new(clock.clone())).await.unwrap()
}

async fn pass(app: &App) {
    let (_stop, stopped) = watch::channel(false);
    app.settle(|_| {}, stopped).await.unwrap();
}

both! {
    async fn a_refusal_cools_the_site_for_every_worker(store: Store, base: &Base) {
        for status in [429, 432, 418, 412, 403, 461] {
            let site = Site::start().await;
            let office = office(&store, base, &site, 1, "").await;
            let clock = Manual::new(at(0));
            let (first, second) = (worker(&office, &clock).await, worker(&office, &clock).await);
            site.answer(status);
            pass(&first).await;
            assert_eq!(site.asked(), 1, "{status}");
            // The other worker, which hears of it within seconds; a site with a gap asks the store for every slot.
            clock.advance(Duration::seconds(6));
            store.make_due(None, None, clock.now()).await.unwrap();
            pass(&second).await;
            assert_eq!(site.asked(), 1, "{status}");
            assert_eq!(watched(&store, &key(0)).await.trouble.failures, 1);
            site.answer(200);
            clock.advance(Duration::minutes(11));
            store.make_due(None, None, clock.now()).await.unwrap();
            pass(&second).await;
            assert_eq!(site.asked(), 2, "{status}");
            assert!(store.list_cooling().await.unwrap().is_empty());
            write(&store, async |tx| tx.retire_accounts(&[key(0)], at(0)).await).await;
        }
    }

    async fn what_waits_when_a_site_refuses_is_not_sent(store: Store, base: &Base) {
        let site = Site::start().await;
        let office = office(&store, base, &site, 40, "daily = 1000").await;
        let text = std::fs::read_to_string(office.file()).unwrap();
        let one_by_one = text.replace("[schedule]\n", "[schedule]\nper_site = 1\n");
        std::fs::write(office.file(), one_by_one).unwrap();
        let app = worker(&office, &Manual::new(at(0))).await;
        site.answer(429);
        pass(&app).await;
        assert_eq!(site.asked(), 1);
        let put_off = rows::plans(&store).await.into_iter().filter(|(_, _, why)| why.contains("拒绝访问"));
        assert!(put_off.count() > 0);
        let failed = rows::looks(&store).await;
        assert_eq!(failed, 1);
    }

    async fn a_budget_is_spread_over_the_day_and_puts_nobody_in_the_wrong(store: Store, base: &Base) {
        let site = Site::start().await;
        let office = office(&store, base, &site, 30, "daily = 8").await;
        let clock = Manual::new(at(0));
        let app = worker(&office, &clock).await;
        pass(&app).await;
        // Eight hours of the day, and an eighth of it in advance.
        assert_eq!(site.asked(), 3);
        let waiting = |(_, due, why): &(String, i64, String)| *due > to_ms(at(0)) && why.contains("额度");
        assert_eq!(rows::plans(&store).await.iter().filter(|plan| waiting(plan)).count(), 27);
        for number in 0..30 {
            assert_eq!(watched(&store, &key(number)).await.trouble.failures, 0);
        }
        for _ in 0..15 {
            clock.advance(Duration::hours(1));
            pass(&app).await;
        }
        assert_eq!(site.asked(), 8);
        let plans = rows::plans(&store).await;
        let tomorrow = plans.iter().filter(|(_, due, why)| *due >= to_ms(at(16 * 60)) && why.contains("已用完"));
        assert!(tomorrow.count() > 0, "{plans:?}");
        clock.advance_to(at(16 * 60 + 1));
        pass(&app).await;
        assert_eq!(site.asked(), 9);
    }

    async fn nobody_is_asked_in_quiet_hours(store: Store, base: &Base) {
        let site = Site::start().await;
        let office = office(&store, base, &site, 5, "quiet = [\"23:00-06:00\", \"07:00-09:00\"]").await;
        let clock = Manual::new(at(0));
        let app = worker(&office, &clock).await;
        pass(&app).await;
        assert_eq!(site.asked(), 0);
        let plans = rows::plans(&store).await;
        assert!(plans.iter().all(|(_, due, why)| *due == to_ms(at(60)) && why.contains("不访问")), "{plans:?}");
        clock.advance_to(at(60));
        pass(&app).await;
        assert_eq!(site.asked(), 5);
    }

    async fn a_pace_starves_nobody(store: Store) {
        const ACCOUNTS: usize = 60;
        let clock = Manual::new(at(0));
        let pace = Pace::new(store, Arc::new(clock.clone())).await.unwrap();
        let gap = std::time::Duration::from_secs(15);
        let mut due: BTreeMap<usize, DateTime<Utc>> = (0..ACCOUNTS).map(|account| (account, at(0))).collect();
        let mut sent = Vec::new();
        while let Some(next) = due.values().min().copied() {
            clock.advance_to(next);
            let now = clock.now();
            let taken: Vec<usize> = due.iter().filter(|(_, at)| **at <= now).map(|(account, _)| *account).collect();
            let requests = u32::try_from(taken.len()).unwrap();
            let want = Want { requests, gap, jitter: 0.3, ..Want::default() };
            let wants = BTreeMap::from([("weibo.example:443".to_owned(), want)]);
            let mut slots = pace.reserve_all(&wants, now + Duration::minutes(1)).await.unwrap();
            let slots = slots.get_mut("weibo.example:443").unwrap();
            for account in taken {
                match slots.take() {
                    Slot::At(at) => {
                        sent.push(at);
                        due.remove(&account);
                    }
                    Slot::Later(at, _) => drop(due.insert(account, at)),
                }
            }
        }
        sent.sort();
        assert_eq!(sent.len(), ACCOUNTS);
        // One every fifteen seconds, and not one place wasted.
        let took = sent[ACCOUNTS - 1] - sent[0];
        assert!(took <= Duration::seconds(15 * 60 + 5), "{took}");
        assert!(sent.windows(2).all(|pair| pair[1] - pair[0] >= Duration::seconds(10)));
    }
}
