//! How fast looks are: whole sweeps through the real service, and the stages they consist of.
//!
//! In: a server on loopback that plays feeds, and a store in a temporary folder. Out: time per look. Only this
//! machine is ever asked.

#![expect(clippy::unwrap_used, reason = "what cannot be set up cannot be measured")]

use axum::Router;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use url::Url;
use xunwang::app::App;
use xunwang::clock::{Clock, System};
use xunwang::config::Config;
use xunwang::extract::{Recipes, extract};
use xunwang::judge::facts::{Facts, Learnt};
use xunwang::judge::inactivity;
use xunwang::judge::pack::Packs;
use xunwang::model::account::{Kind, Platform, Registered, Source, Status, Tier};
use xunwang::model::listing::Listing;
use xunwang::model::page::Fetched;
use xunwang::model::post::Origin;
use xunwang::store::Store;
use xunwang::store::accounts::Finish;
use xunwang::store::lease::{Take, Token};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Accounts of one sweep.
const ACCOUNTS: usize = 500;
/// Accounts taken and given back at once.
const LEASED: usize = 1_000;
/// Items of one feed.
const ITEMS: usize = 30;

/// Everything a sweep of these accounts needs, without a pace and without robots.txt.
const CONFIG: &str = r#"
[store]
data_dir = "{dir}"

[schedule]
per_site = 64

[fetch]
allow_private = ["127.0.0.0/8"]
robots = false
"#;

/// The shipped recipe of feeds without its pace.
const RECIPE: &str = r#"
name = "feed"
title = "订阅源"
reader = "feed"
url = "{target}"

[pace]
gap = "0s"
jitter = 0.0
"#;

/// Items that a server may publish later, the last of them just now.
const LATER: usize = 400;

/// The instant of the item number 0.
fn start() -> DateTime<Utc> {
    System.now() - EVERY * i32::try_from(ITEMS + LATER).unwrap()
}

/// The time between two items.
const EVERY: Duration = Duration::minutes(5);

/// A feed whose newest item is number `newest`, of about two kilobytes an item.
fn feed(newest: usize, start: DateTime<Utc>) -> String {
    let items: Vec<String> = (newest + 1 - ITEMS..=newest)
        .rev()
        .map(|number| {
            let published = start + EVERY * i32::try_from(number).unwrap();
            let words = format!("云溪县便民服务中心第{number}次延长办理时间,方便群众办事。").repeat(24);
            format!(
                "<item><title>云溪县便民服务第{number}期</title><link>https://www.chenghu.example/a/{number}.html</link>\
                 <guid isPermaLink=\"false\">chenghu-{number}</guid><pubDate>{}</pubDate>\
                 <description><![CDATA[<p>{words}</p><p>来源:<b>云溪融媒体中心</b>&nbsp;</p>]]></description></item>\n",
                published.to_rfc2822()
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>云溪发布</title>\
         <link>https://www.chenghu.example/</link><description>云溪县人民政府办公室</description>\n{}</channel></rss>\n",
        items.concat()
    )
}

/// A server whose every address is the same feed.
#[derive(Debug, Clone)]
struct Server {
    address: SocketAddr,
    start: DateTime<Utc>,
    page: Arc<Mutex<Page>>,
}

#[derive(Debug)]
struct Page {
    newest: usize,
    body: Bytes,
}

impl Server {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let start = start();
        let page = Page { newest: ITEMS - 1, body: feed(ITEMS - 1, start).into() };
        let page = Arc::new(Mutex::new(page));
        let server = Self { address: listener.local_addr().unwrap(), start, page };
        let routes = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        server
    }

    /// One new item in every feed.
    fn publish(&self) {
        let mut page = self.page.lock().unwrap();
        page.newest += 1;
        page.body = feed(page.newest, self.start).into();
    }
}

async fn answer(State(server): State<Server>, headers: HeaderMap) -> Response {
    let page = server.page.lock().unwrap();
    let tag = format!("\"{}\"", page.newest);
    if headers.get(IF_NONE_MATCH).is_some_and(|asked| asked.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    ([(ETAG, tag)], page.body.clone()).into_response()
}

/// A line of the register.
fn registered(number: usize, address: SocketAddr) -> Registered {
    Registered {
        key: format!("A{number:05}"),
        name: format!("云溪发布{number}"),
        platform: Platform::Website,
        platform_uid: number.to_string(),
        kind: Kind::Ordinary,
        sources: vec![Source { recipe: "feed".to_owned(), target: format!("http://{address}/{number}.xml") }],
        homepage: String::new(),
        service_url: String::new(),
        owner: format!("云溪县第{number}办公室"),
        credit_code: String::new(),
        supervisor: String::new(),
        level: Tier::County,
        region_code: "320999".to_owned(),
        region_path: "江苏省/澄湖市/云溪县".to_owned(),
        verified_subject: String::new(),
        verified_type: String::new(),
        status: Status::Normal,
        status_since: None,
        opened_on: None,
        filed_on: None,
        announced_on: None,
        announcement_url: String::new(),
        leader: "周澄".to_owned(),
        operator: "吴溪".to_owned(),
        phone: "0599-8000000".to_owned(),
        email: vec!["zhou@chenghu.example".to_owned()],
        contractor: String::new(),
        pack: String::new(),
        notes: String::new(),
    }
}

async fn enrol(store: &Store, count: usize, address: SocketAddr) {
    let lines: Vec<Registered> = (0..count).map(|number| registered(number, address)).collect();
    let mut tx = store.begin().await.unwrap();
    tx.add_accounts(&lines, &|_| address.to_string(), System.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The service in a folder of its own, which goes with it.
struct Service {
    app: App,
    // Kept until the end, and dropped after the parts that write into it.
    _dir: TempDir,
    _running: watch::Sender<bool>,
    stop: watch::Receiver<bool>,
}

impl Service {
    async fn open(address: SocketAddr) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("platforms")).unwrap();
        std::fs::write(dir.path().join("platforms/feed.toml"), RECIPE).unwrap();
        let text = CONFIG.replace("{dir}", &dir.path().display().to_string());
        let file = dir.path().join("xunwang.toml");
        let config = Config::read(&file, &text, Some(dir.path()), &[]).unwrap();
        let app = App::build(config, Arc::new(System)).await.unwrap();
        enrol(&app.store, ACCOUNTS, address).await;
        let (running, stop) = watch::channel(false);
        Self { app, _dir: dir, _running: running, stop }
    }

    async fn sweep(&self) {
        self.app.store.make_due(None, None, System.now()).await.unwrap();
        let done = std::cell::Cell::new((0, 0));
        let count = |progress: xunwang::schedule::Progress| done.set((progress.done, progress.failed));
        self.app.settle(count, self.stop.clone()).await.unwrap();
        assert_eq!(done.get(), (u64::try_from(ACCOUNTS).unwrap(), 0));
    }
}

/// A first sweep, one in which nothing has changed, and one with a new post in every feed.
fn sweeps(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::open());
    let mut group = group(criterion, "sweep", ACCOUNTS);
    group.bench_function("first", |bencher| {
        bencher.iter_batched(
            || runtime.block_on(Service::open(server.address)),
            |service| {
                runtime.block_on(service.sweep());
                service
            },
            BatchSize::PerIteration,
        );
    });
    let service = runtime.block_on(Service::open(server.address));
    runtime.block_on(service.sweep());
    group.bench_function("unchanged", |bencher| {
        bencher.iter(|| runtime.block_on(service.sweep()));
    });
    group.bench_function("one_new", |bencher| {
        bencher.iter_batched(
            || server.publish(),
            |()| runtime.block_on(service.sweep()),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Taking accounts out of the store and giving them back, with nothing in between.
fn leases(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let address = dir.path().join("xunwang.db").display().to_string();
    let store = runtime.block_on(Store::open(&address, "bench")).unwrap();
    runtime.block_on(enrol(&store, LEASED, SocketAddr::from(([127, 0, 0, 1], 1))));
    let mut group = group(criterion, "store", LEASED);
    group.bench_function("lease_and_finish", |bencher| {
        bencher.iter(|| runtime.block_on(lease_and_finish(&store)));
    });
    group.finish();
}

async fn lease_and_finish(store: &Store) {
    let now = System.now();
    let take = Take { now, until: now + Duration::minutes(10), limit: LEASED, token: Token(1) };
    let taken = store.lease_accounts(take, LEASED).await.unwrap();
    assert_eq!(taken.len(), LEASED);
    let finishes: Vec<Finish> = taken
        .into_iter()
        .map(|watched| Finish {
            watched,
            due_at: Some(now),
            due_why: "按更新频率每6小时查看".to_owned(),
            no_original: false,
            lean: true,
        })
        .collect();
    let mut tx = store.begin().await.unwrap();
    let held = tx.finish_accounts(&finishes.iter().collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(held.len(), LEASED);
}

/// From the bytes of a feed to its posts: all known, one new, all new.
fn reading(criterion: &mut Criterion) {
    let recipes = Recipes::load(Path::new("config/platforms")).unwrap();
    let recipe = recipes.find("feed").unwrap();
    let (now, start) = (System.now(), start());
    let fetched = |newest| {
        let url = Url::parse("https://www.chenghu.example/rss.xml").unwrap();
        Fetched::at_hand(url, feed(newest, start))
    };
    let (before, after) = (fetched(ITEMS - 1), fetched(ITEMS));
    let nothing = Listing::default();
    let known = extract(recipe, &before, &nothing, now).unwrap().listing;
    let mut group = group(criterion, "extract", 1);
    for (name, page, known, new) in [
        ("all_known", &before, &known, 0),
        ("one_new", &after, &known, 1),
        ("all_new", &before, &nothing, ITEMS),
    ] {
        assert_eq!(extract(recipe, page, known, now).unwrap().posts.len(), new, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| extract(recipe, black_box(page), black_box(known), now));
        });
    }
    group.finish();
}

/// What the rules say about one account that posts as it should.
fn judging(criterion: &mut Criterion) {
    let packs = Packs::load(None).unwrap();
    let now = System.now();
    let pack = packs.find("national", now).unwrap();
    let since = now - Duration::days(400);
    let mut facts = Facts::new(Kind::Ordinary, Platform::Website, Status::Normal, None, since);
    facts.look(now, Some(now - Duration::days(30)));
    let url = "https://www.chenghu.example/a/1.html";
    facts.learn(&Learnt {
        at: now - Duration::hours(2),
        origin: Origin::Original,
        title: "云溪县便民服务",
        url,
    });
    let mut group = group(criterion, "judge", 1);
    group.bench_function("one_account", |bencher| {
        bencher.iter(|| inactivity::judge(black_box(&facts), pack, now));
    });
    group.finish();
}

/// A group that counts accounts and is done in seconds.
fn group<'c>(criterion: &'c mut Criterion, name: &str, accounts: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(u64::try_from(accounts).unwrap()));
    group.sample_size(10);
    group
}

criterion_group!(pipeline, sweeps, leases, reading, judging);
criterion_main!(pipeline);
