//! A bridge that dies, lies and recovers, before the whole service, with a clock that the test moves.
//!
//! In: a bridge with feeds of accounts that post every day, and what befalls it. Out: what the service made of it. Who
//! posts every day must never be accused, whatever befalls the bridge.

use crate::support::database::both;
use crate::support::fixture;
use crate::support::rows::{self, Case};
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual};
use xunwang::config::Config;
use xunwang::model::account::{Kind, Registered, Source};
use xunwang::model::finding::Rule;
use xunwang::store::Store;

/// Accounts that post every day.
const LIVELY: usize = 8;
/// The account behind the same bridge that has been silent for weeks.
const SILENT: usize = LIVELY;

/// Monday, 16 November 2026, 12:00 in Shanghai.
fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_801_600, 0).unwrap()
}

/// What befalls a bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It reads its platform when asked.
    Lives,
    /// It serves what it had when its login died, with status 200.
    Frozen(DateTime<Utc>),
    /// It answers 503.
    Down,
    /// It answers 200 with its own error page.
    Confused,
}

/// A bridge on the loopback.
struct Relay {
    port: u16,
    fate: Arc<Mutex<Fate>>,
    task: tokio::task::JoinHandle<()>,
}

impl Relay {
    async fn start(clock: Manual) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let fate = Arc::new(Mutex::new(Fate::Lives));
        let shared = Arc::clone(&fate);
        let router = Router::new().fallback(move |uri: Uri| {
            let fate = *shared.lock().unwrap();
            let now = clock.now();
            async move { answer(&uri, fate, now) }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, fate, task }
    }

    fn suffers(&self, fate: Fate) {
        *self.fate.lock().unwrap() = fate;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(uri: &Uri, fate: Fate, now: DateTime<Utc>) -> Response {
    let account: usize = uri.path().trim_matches('/').trim_end_matches(".xml").parse().unwrap();
    let until = match fate {
        Fate::Lives => now,
        Fate::Frozen(since) => since,
        Fate::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Fate::Confused => {
            return ([(header::CONTENT_TYPE, "text/html")], "<html><body>login expired</body></html>")
                .into_response();
        }
    };
    let mut items = String::new();
    for at in posts(account, until).iter().rev().take(25) {
        let number = at.timestamp();
        write!(
            items,
            "<item><title>消息{number}</title><guid isPermaLink=\"false\">{account}-{number}</guid>\
             <link>http://127.0.0.1/{account}/{number}</link><pubDate>{}</pubDate></item>",
            at.to_rfc2822()
        )
        .unwrap();
    }
    let feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>澄湖发布{account}</title>\
         <link>http://127.0.0.1/</link><description>澄湖</description>{items}</channel></rss>"
    );
    ([(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")], feed).into_response()
}

/// When an account has posted up to an instant: once a day at an hour of its own.
fn posts(account: usize, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let first = start() - Duration::days(60) + Duration::minutes(i64::try_from(account).unwrap() * 47 - 180);
    let last = if account == SILENT { start() - Duration::days(30) } else { until };
    (0..500).map(|day| first + Duration::days(day)).take_while(|at| *at <= last.min(until)).collect()
}

fn configure(folder: &Path, store: &str) -> Config {
    let main = format!(
        r#"[store]
data_dir = '{0}'
{1}
[schedule]
lease = "12h"
gather = "1m"
[schedule.cadence]
min_interval = "3h"
max_interval = "3h"
[fetch]
robots = false
allow_private = ["127.0.0.0/8"]
[web]
listen = "127.0.0.1:0"
"#,
        if store.starts_with("postgres") { folder } else { Path::new(store).parent().unwrap() }.display(),
        if store.starts_with("postgres") { format!("url = '{store}'") } else { String::new() }
    );
    let notify = r#"[mail]
transport = "directory"
from = { name = "澄湖市巡网", address = "xunwang@chenghu.example" }
[timing]
group_wait = "10m"
group_interval = "1h"
repeat_interval = "0s"
resolve_delay = "10m"
[[office]]
name = "澄湖市政务公开办"
email = ["gongkai@chenghu.example"]
[operator]
email = ["yunwei@chenghu.example"]
"#;
    let recipe = "name = \"relay\"\ntitle = \"采集桥\"\nreader = \"feed\"\nbridge = true\nurl = \"{target}\"\n[pace]\ngap = \"0s\"\n";
    std::fs::create_dir(folder.join("platforms")).unwrap();
    let file = folder.join("xunwang.toml");
    for (path, text) in [
        (&file, main.as_str()),
        (&folder.join("notify.toml"), notify),
        (&folder.join("platforms/relay.toml"), recipe),
    ] {
        std::fs::write(path, text).unwrap();
    }
    let mut config =
        Config::read(&file, &main, Some(folder), &[]).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    store.clone_into(&mut config.store_address);
    config
}

fn account(relay: &Relay, number: usize) -> Registered {
    let target = format!("http://127.0.0.1:{}/{number}.xml", relay.port);
    Registered {
        kind: Kind::Ordinary,
        sources: vec![Source { recipe: "relay".to_owned(), target }],
        announced_on: None,
        email: Vec::new(),
        ..fixture::registered(number)
    }
}

/// The service, the bridge and the clock.
struct Watch {
    app: App,
    clock: Manual,
    relay: Relay,
    folder: tempfile::TempDir,
}

impl Watch {
    async fn over(store: &Store, address: &str, accounts: usize) -> Self {
        let clock = Manual::new(start());
        let relay = Relay::start(clock.clone()).await;
        let folder = tempfile::tempdir().unwrap();
        let config = configure(folder.path(), address);
        let app = App::build(config, Arc::new(clock.clone())).await.unwrap();
        let lines: Vec<Registered> = (0..accounts).map(|number| account(&relay, number)).collect();
        let config = Arc::clone(&app.config);
        fixture::write(store, async |tx| {
            tx.add_accounts(&lines, &|line| config.site_of(line), start()).await
        })
        .await;
        Self { app, clock, relay, folder }
    }

    /// Lets hours pass, looking, deciding and sending every half an hour.
    async fn lives(&self, hours: i64) {
        let (_stop, stopped) = watch::channel(false);
        for _ in 0..hours * 2 {
            self.app.settle(|_| {}, stopped.clone()).await.unwrap();
            self.clock.advance(Duration::minutes(30));
        }
        self.app.settle(|_| {}, stopped).await.unwrap();
    }
}

impl Watch {
    /// What the program explains about an account's bridge, as data and in words.
    fn explains(&self, number: usize) -> (serde_json::Value, String) {
        let (key, now) = (fixture::registered(number).key, self.clock.now().to_rfc3339());
        let run = |json: bool| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_xunwang"));
            command.arg("--config").arg(self.folder.path().join("xunwang.toml"));
            command.args(json.then_some("--json")).args(["explain", &key, "--at", &now]);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let told: serde_json::Value = serde_json::from_str(&run(true)).unwrap();
        (told[0].clone(), run(false))
    }
}

fn of(cases: &[Case], rule: Rule) -> Vec<&Case> {
    cases.iter().filter(|case| case.rule == rule.as_str()).collect()
}

fn accused(cases: &[Case]) -> Vec<&Case> {
    let silent = fixture::registered(SILENT).key;
    let inactivity = |case: &&Case| case.rule.parse::<Rule>().unwrap().is_inactivity();
    cases.iter().filter(inactivity).filter(|case| case.key != silent).collect()
}

both! {
    async fn a_bridge_that_dies_leads_to_one_mail_and_to_no_accusation(store: Store, base: &Base) {
        let watch = Watch::over(&store, base.address(), LIVELY + 1).await;
        watch.lives(24).await;
        let before = rows::cases(&store).await;
        assert!(of(&before, Rule::BridgeStale).is_empty(), "{before:?}");
        assert!(!of(&before, Rule::NotUpdated).is_empty(), "the silent one is accused through a living bridge");

        let died = watch.clock.now();
        watch.relay.suffers(Fate::Frozen(died));
        watch.lives(24 * 10).await;
        let during = rows::cases(&store).await;
        let about = of(&during, Rule::BridgeStale);
        assert_eq!(about.len(), 1, "{during:?}");
        assert_eq!((about[0].state.as_str(), about[0].key.as_str()), ("open", ""));
        assert!(accused(&during).is_empty(), "{during:?}");
        assert!(of(&during, Rule::Unverified).is_empty(), "the bridge's case stands for all: {during:?}");
        // What was found before stays as it is.
        let kept = |cases: &[Case]| -> Vec<Case> {
            cases.iter().filter(|case| case.rule.parse::<Rule>().unwrap().is_inactivity()).cloned().collect()
        };
        assert_eq!(kept(&during), kept(&before));
        let figures = store.figures(9, watch.clock.now()).await.unwrap();
        assert_eq!(figures.stale_bridges.len(), 1);
        for number in 0..LIVELY {
            let known = fixture::watched(&store, &fixture::registered(number).key).await;
            assert_eq!(known.state.as_str(), "unverified");
            assert!(known.known.good_look.unwrap() <= died, "{number}");
        }

        // The reasoning is shown, and the looks before the suspicion accuse nobody there either.
        let (told, words) = watch.explains(0);
        assert_eq!((told["state"].as_str(), told["judged"].as_bool()), (Some("unverified"), Some(false)));
        let bridge = &told["bridge"];
        assert_eq!((bridge["accounts"].as_u64(), bridge["seen"].as_u64()), (Some(9), Some(0)), "{bridge}");
        assert!(bridge["suspected_since"].is_string() && bridge["chance"].as_f64() < bridge["threshold"].as_f64());
        assert!(bridge["expected"].as_f64() > Some(30.0), "{bridge}");
        for part in ["疑似停更", "账号日", "低于0.1%", "立案", "滞后"] {
            assert!(words.contains(part), "{part} in {words}");
        }

        // A restart knows what was suspected.
        let revived = App::build((*watch.app.config).clone(), Arc::new(watch.clock.clone())).await.unwrap();
        let watch = Watch { app: revived, ..watch };
        watch.lives(7).await;
        assert_eq!(rows::cases(&store).await.len(), during.len());

        watch.relay.suffers(Fate::Lives);
        watch.lives(24 * 3).await;
        let after = rows::cases(&store).await;
        assert_eq!(of(&after, Rule::BridgeStale).len(), 1, "{after:?}");
        assert_eq!(of(&after, Rule::BridgeStale)[0].state, "resolved");
        assert!(accused(&after).is_empty(), "{after:?}");
        for number in 0..LIVELY {
            let known = fixture::watched(&store, &fixture::registered(number).key).await;
            assert_eq!(known.state.as_str(), "active");
            // The missed posts have their real times.
            let times = store.list_posts(known.id, watch.clock.now(), 100).await.unwrap();
            let real = posts(number, watch.clock.now());
            assert!(times.iter().all(|post| real.contains(&post.effective_at)), "{number}");
            assert!(times.iter().filter(|post| post.effective_at > died).count() >= 12, "{number}");
        }
        let (told, _) = watch.explains(0);
        assert_eq!((told["state"].as_str(), told["judged"].as_bool()), (Some("active"), Some(true)), "{told}");
        assert!(told["bridge"]["suspected_since"].is_null(), "{told}");
        // Told once to each of the operator and the office when it began, and once when it was over.
        let mails = store.list_mails(xunwang::model::delivery::DeliveryId(0)).await.unwrap();
        for reader in ["yunwei@chenghu.example", "gongkai@chenghu.example"] {
            let subjects: Vec<&str> = mails
                .iter()
                .filter(|mail| mail.recipient == reader && mail.subject.contains("采集桥"))
                .map(|mail| mail.subject.as_str())
                .collect();
            assert_eq!(subjects.len(), 2, "{reader}: {subjects:?}");
            assert!(subjects[0].contains("采集桥疑似停更"), "{subjects:?}");
            assert!(subjects[1].contains("恢复"), "{subjects:?}");
        }
    }

    async fn whatever_befalls_a_bridge_who_posts_every_day_is_never_accused(store: Store, base: &Base) {
        let watch = Watch::over(&store, base.address(), LIVELY).await;
        watch.lives(12).await;
        // Fates and their hours, drawn from a fixed sequence; a frozen bridge stays frozen through an outage.
        let mut draw = 20_261_126_u64;
        let mut frozen = None;
        for _ in 0..14 {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let now = watch.clock.now();
            let fate = match (draw >> 33) % 5 {
                0 => {
                    frozen = None;
                    Fate::Lives
                }
                1 | 2 => Fate::Frozen(*frozen.get_or_insert(now)),
                3 => Fate::Down,
                _ => Fate::Confused,
            };
            watch.relay.suffers(fate);
            watch.lives(i64::try_from((draw >> 40) % 90).unwrap() + 3).await;
            let cases = rows::cases(&store).await;
            assert!(accused(&cases).is_empty(), "{fate:?}: {cases:?}");
        }
        watch.relay.suffers(Fate::Lives);
        watch.lives(24 * 2).await;
        let cases = rows::cases(&store).await;
        assert!(cases.iter().all(|case| case.state != "open"), "{cases:?}");
    }
}
