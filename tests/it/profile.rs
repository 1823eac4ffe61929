//! An account that changes its name, its subject and its crowd of followers, seen through the whole service.
//!
//! In: a platform and two feeds on the loopback, and a clock that stands still until it is moved. Out: which cases
//! about profiles run after each step, and what the mails say.

use crate::support::database::both;
use crate::support::fixture::{registered, watched, write};
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual, SharedClock};
use xunwang::config::Config;
use xunwang::model::account::{Platform, Registered, Source};
use xunwang::model::delivery::DeliveryId;
use xunwang::model::finding::Rule;
use xunwang::model::incident::State;
use xunwang::model::profile::Fact;

const MAIN: &str = r#"
[store]
data_dir = "{data}"

[schedule]
gather = "1m"

[schedule.cadence]
min_interval = "2h"
max_interval = "3h"
before_deadline = "1h"

[fetch]
allow_private = ["127.0.0.0/8"]
robots = false
"#;

const NOTIFY: &str = r#"
[mail]
transport = "directory"
directory = "{data}/mails"
from = { name = "巡网", address = "xunwang@example.cn" }

[timing]
group_wait = "30m"
resolve_delay = "30m"

[[office]]
name = "澄湖市政务公开办"
email = ["office@example.cn"]

[operator]
email = ["ops@example.cn"]
"#;

const RECIPE: &str = r#"
name = "town"
title = "示例平台"
platforms = ["weibo"]
reader = "json"
url = "{target}"

[pace]
gap = "0s"
jitter = 0.0

[json]
required = ["list"]
items = "list[]"
id = "id"
title = "title"
date = "date"

[json.profile]
name = "account.name"
intro = "account.about"
avatar = "account.face"
followers = "account.fans"
verified_subject = "account.subject"
"#;

/// How the platform answers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Open,
    /// Nothing changed since last time, whatever did.
    Unchanged,
    Down,
}

#[derive(Debug, Clone)]
struct Page {
    mood: Mood,
    name: &'static str,
    subject: &'static str,
    fans: u64,
    /// The name of the avatar's file; `gone` is not there, and what begins with `b` is another picture.
    face: &'static str,
    base: String,
    asked: usize,
    start: DateTime<Utc>,
}

impl Page {
    fn answer(&mut self, uri: &Uri, headers: &HeaderMap) -> Response {
        if let Some(face) = uri.path().strip_prefix("/face/") {
            self.asked += 1;
            return if face == "gone" {
                StatusCode::NOT_FOUND.into_response()
            } else {
                picture(face).into_response()
            };
        }
        let when = self.start - Duration::hours(1);
        if uri.path().starts_with("/feed") {
            return format!(
                "<rss version=\"2.0\"><channel><title>{}</title><link>http://127.0.0.1/</link><description>{}</description>\
                 <item><title>{}通告</title><guid>{0}</guid><pubDate>{}</pubDate></item></channel></rss>",
                self.name, self.subject, self.name, when.to_rfc2822()
            )
            .into_response();
        }
        match self.mood {
            Mood::Down => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Mood::Unchanged if headers.contains_key(header::IF_NONE_MATCH) => {
                StatusCode::NOT_MODIFIED.into_response()
            }
            Mood::Open | Mood::Unchanged => {
                let page = serde_json::json!({
                    "account": {
                        "name": self.name, "about": "权威发布", "subject": self.subject, "fans": self.fans,
                        "face": format!("{}/face/{}?sign={}", self.base, self.face, self.fans),
                    },
                    "list": [{ "id": "1", "title": "通告", "date": when.to_rfc3339() }],
                });
                ([(header::ETAG, "\"1\"")], page.to_string()).into_response()
            }
        }
    }
}

/// A picture whose left or right half is dark.
fn picture(name: &str) -> Vec<u8> {
    let dark_left = name.starts_with('a');
    let at = |x: u32, _| {
        let step = u8::try_from(x).unwrap();
        image::Luma([if (x < 32) == dark_left { step } else { 255 - step }])
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::GrayImage::from_fn(64, 64, at).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The service, the platform and the time.
struct Town {
    app: App,
    clock: Manual,
    page: Arc<Mutex<Page>>,
    _folder: tempfile::TempDir,
}

impl Town {
    async fn open(store: &str) -> Self {
        let start = DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().to_utc();
        let clock = Manual::new(start);
        let page = Page {
            mood: Mood::Open,
            name: "云溪发布",
            subject: "云溪县委宣传部官方微博",
            fans: 52_300,
            face: "a1",
            base: String::new(),
            asked: 0,
            start,
        };
        let page = Arc::new(Mutex::new(page));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        page.lock().unwrap().base.clone_from(&base);
        let shown = Arc::clone(&page);
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
            let answer = shown.lock().unwrap().answer(&uri, &headers);
            async move { answer }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        std::fs::create_dir(folder.path().join("platforms")).unwrap();
        std::fs::write(folder.path().join("platforms/town.toml"), RECIPE).unwrap();
        std::fs::write(folder.path().join("notify.toml"), NOTIFY.replace("{data}", &data)).unwrap();
        let file = folder.path().join("xunwang.toml");
        let mut config =
            Config::read(&file, &MAIN.replace("{data}", &data), Some(folder.path()), &[]).unwrap();
        store.clone_into(&mut config.store_address);
        let shared: SharedClock = Arc::new(clock.clone());
        let app = App::build(config, shared).await.unwrap();
        let lines = lines(&base);
        write(&app.store, async |tx| {
            tx.add_accounts(&lines, &|_| "site.example:443".to_owned(), start).await
        })
        .await;
        Self { app, clock, page, _folder: folder }
    }

    /// Changes what the platform shows.
    fn shows(&self, change: impl FnOnce(&mut Page)) {
        change(&mut self.page.lock().unwrap());
    }

    /// Lets so many hours pass.
    async fn passes(&self, hours: i64) {
        let (_stop, stopped) = watch::channel(false);
        let end = self.clock.now() + Duration::hours(hours);
        while self.clock.now() < end {
            self.app.settle(|_| {}, stopped.clone()).await.unwrap();
            self.clock.advance(Duration::minutes(30));
        }
    }

    /// The running cases about profiles.
    async fn cases(&self) -> BTreeSet<(String, Rule)> {
        let mut cases = BTreeSet::new();
        let register = self.app.store.list_register().await.unwrap();
        for case in self.app.store.list_incidents(self.clock.now()).await.unwrap() {
            if case.state.is_running() && case.key.rule.is_profile() {
                let account = register.iter().find(|(id, _)| Some(*id) == case.key.account).unwrap();
                cases.insert((account.1.key.clone(), case.key.rule));
            }
        }
        cases
    }

    /// The rules whose cases run for the account on the platform; no other account ever has one.
    async fn rules(&self) -> Vec<Rule> {
        let cases = self.cases().await;
        assert!(cases.iter().all(|(key, _)| key == "town"), "{cases:?}");
        cases.into_iter().map(|(_, rule)| rule).collect()
    }

    async fn subjects(&self) -> Vec<String> {
        let mails = self.app.store.list_mails(DeliveryId(0)).await.unwrap();
        mails.into_iter().map(|mail| mail.subject).collect()
    }
}

/// One account on the platform, one that is read through a generic feed, and a site.
fn lines(base: &str) -> Vec<Registered> {
    let line = |key: &str, platform, recipe: &str| Registered {
        key: key.to_owned(),
        name: "云溪发布".to_owned(),
        platform,
        owner: "中共云溪县委宣传部".to_owned(),
        verified_subject: String::new(),
        kind: xunwang::model::account::Kind::Ordinary,
        sources: vec![Source { recipe: recipe.to_owned(), target: format!("{base}/{recipe}/{key}") }],
        ..registered(1)
    };
    vec![
        line("town", Platform::Weibo, "town"),
        line("generic", Platform::Weibo, "feed"),
        line("site", Platform::Website, "feed"),
    ]
}

both! {
    async fn a_changing_profile_is_followed_from_the_first_look_to_the_register(store: Store, base: &Base) {
        let town = Town::open(base.address()).await;
        town.passes(30).await;
        assert_eq!(town.rules().await, []);
        let known = watched(&store, "town").await;
        let memory = &store.profiles(&[known.id]).await.unwrap()[&known.id];
        assert!(memory.latest(Fact::Avatar).unwrap().value.ends_with(" face/a1"));
        assert_eq!(memory.facts.len(), 4);

        // A slip of the platform.
        town.shows(|page| page.name = "用户5601234");
        town.passes(3).await;
        town.shows(|page| page.name = "云溪发布");
        town.passes(12).await;
        assert_eq!(town.rules().await, []);

        // A new name: nothing at first, a case hours later.
        town.shows(|page| page.name = "青岚之声");
        town.passes(4).await;
        assert_eq!(town.rules().await, []);
        town.passes(10).await;
        assert_eq!(town.rules().await, [Rule::Renamed]);
        assert!(town.subjects().await.iter().any(|subject| subject.contains("名称与台账不一致")));

        // What does not tell a name says nothing about it, whether it fails or not.
        for mood in [Mood::Unchanged, Mood::Down] {
            town.shows(|page| (page.mood, page.name) = (mood, "云溪发布"));
            town.passes(40).await;
            assert_eq!(town.rules().await, [Rule::Renamed], "{mood:?}");
        }

        town.shows(|page| (page.mood, page.name, page.subject) = (Mood::Open, "青岚之声", "澄湖星光文化传媒有限公司"));
        town.passes(20).await;
        assert_eq!(town.rules().await, [Rule::Renamed, Rule::SubjectMismatch]);

        // The register follows.
        let line = Registered { name: "青岚之声".to_owned(), ..watched(&store, "town").await.registered };
        let now = town.clock.now();
        let changed = [("town".to_owned(), line)];
        write(&store, async |tx| tx.change_accounts(&changed, &|_| "site.example:443".to_owned(), now).await).await;
        town.passes(3).await;
        assert_eq!(town.rules().await, [Rule::SubjectMismatch]);
        assert!(town.subjects().await.iter().any(|subject| subject.contains("名称已与台账一致")));
        town.app.store.close().await;
    }

    async fn an_avatar_that_only_moves_is_the_same_and_one_that_cannot_be_fetched_unverified(store: Store, base: &Base) {
        let town = Town::open(base.address()).await;
        let id = watched(&town.app.store, "town").await.id;
        let avatars = async || {
            let memory = store.profiles(&[id]).await.unwrap().remove(&id).unwrap();
            let values = memory.facts.iter().filter(|seen| seen.fact == Fact::Avatar).count();
            (values, memory.latest(Fact::Avatar).unwrap().value.clone())
        };
        town.passes(80).await;
        let (values, first) = avatars().await;
        // Fetched once, though it was told at every look and signed anew.
        assert_eq!((values, town.page.lock().unwrap().asked), (1, 1));
        town.shows(|page| page.face = "a2");
        town.passes(60).await;
        assert_eq!((avatars().await, town.page.lock().unwrap().asked), ((1, first.clone()), 2));
        town.shows(|page| page.face = "gone");
        town.passes(60).await;
        assert_eq!(avatars().await, (1, first));
        // Tried about once a day.
        assert!((3..=5).contains(&town.page.lock().unwrap().asked));
        town.shows(|page| page.face = "b1");
        town.passes(60).await;
        let (values, other) = avatars().await;
        assert!(values == 2 && other.ends_with(" face/b1"), "{other}");
        assert_eq!(town.rules().await, []);
        town.app.store.close().await;
    }

    async fn what_a_person_closed_stays_closed_until_something_else_happens(store: Store, base: &Base) {
        let town = Town::open(base.address()).await;
        let closes = async || {
            let now = town.clock.now();
            let cases = store.list_incidents(now).await.unwrap();
            let ids: Vec<_> = cases.iter().filter(|case| case.key.rule == Rule::Renamed).map(|case| case.id).collect();
            write(&store, async |tx| tx.end_incidents(&ids, State::Closed, now, "李工").await).await;
        };
        town.passes(30).await;
        town.shows(|page| page.name = "青岚之声");
        town.passes(14).await;
        assert_eq!(town.rules().await, [Rule::Renamed]);
        closes().await;
        town.passes(60).await;
        assert_eq!(town.rules().await, []);
        // What fails or does not tell a name ends nothing.
        town.shows(|page| page.mood = Mood::Down);
        town.passes(20).await;
        town.shows(|page| page.mood = Mood::Open);
        town.passes(20).await;
        assert_eq!(town.rules().await, []);
        // A further change is another matter.
        town.shows(|page| page.name = "青岚融媒");
        town.passes(14).await;
        assert_eq!(town.rules().await, [Rule::Renamed]);
        closes().await;
        // So is the same name again, after the account had gone back to its own.
        town.shows(|page| page.name = "云溪发布");
        town.passes(14).await;
        town.shows(|page| page.name = "青岚融媒");
        town.passes(14).await;
        assert_eq!(town.rules().await, [Rule::Renamed]);
        town.app.store.close().await;
    }

    async fn followers_that_come_in_one_night_are_suspected_after_weeks_of_quiet(_store: Store, base: &Base) {
        let town = Town::open(base.address()).await;
        for _ in 0..18 {
            town.passes(24).await;
            town.shows(|page| page.fans += 37);
        }
        assert_eq!(town.rules().await, []);
        town.shows(|page| page.fans += 31_000);
        town.passes(24).await;
        assert_eq!(town.rules().await, []);
        town.passes(36).await;
        assert_eq!(town.rules().await, [Rule::FollowersJump]);
        town.app.store.close().await;
    }
}
