//! Looks through a bridge of 微信: the article pages behind its feed, the account they belong to, the bridge's
//! own sync times, and a list that is only a part.

use crate::support::database::both;
use crate::support::fixture::{registered, write};
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use chrono::{DateTime, Duration, Utc};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::net::TcpListener;
use xunwang::clock::Manual;
use xunwang::extract::Recipes;
use xunwang::fetch::{Fetcher, Settings};
use xunwang::judge::pack::Packs;
use xunwang::model::account::{Kind, Platform, Registered, Source};
use xunwang::model::post::Origin;
use xunwang::model::visit::{Failure, Outcome};
use xunwang::model::watch::Watched;
use xunwang::schedule::cadence::Cadence;
use xunwang::schedule::news::KnownPosts;
use xunwang::schedule::pace::Pace;
use xunwang::schedule::settle::{Settled, settle};
use xunwang::schedule::syncs::Syncs;
use xunwang::schedule::visit::{Asking, Eyes, Look};
use xunwang::store::Store;

/// The bridge, 微信 itself, and the look at them, all on the loopback.
struct Scene {
    eyes: Eyes,
    clock: Manual,
    store: Store,
    site: Arc<Site>,
    _recipes: TempDir,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Site {
    asked: Mutex<Vec<String>>,
    /// What every article page answers instead of the article.
    article: Mutex<Option<String>>,
    album: Mutex<String>,
}

const ARTICLE: &str = include_str!("../golden/wechat/article.html");
const FEED: &str = include_str!("../golden/wechat/wewe.xml");
const SHIPPED: [(&str, &str); 3] = [
    ("wewe-rss.toml", include_str!("../../config/platforms/wewe-rss.toml")),
    ("wechat-album.toml", include_str!("../../config/platforms/wechat-album.toml")),
    ("wechat-article.toml", include_str!("../../config/platforms/wechat-article.toml")),
];

fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00+08:00".parse().unwrap()
}

async fn answer(State((site, base)): State<(Arc<Site>, String)>, uri: Uri) -> String {
    site.asked.lock().unwrap().push(uri.path().to_owned());
    match uri.path() {
        "/feeds/" => r#"[{"id":"MP_WXS_1","name":"云溪发布","syncTime":1795124100}]"#.to_owned(),
        "/feeds/MP_WXS_1.rss" => {
            FEED.replace("https://mp.weixin.qq.com", &base).replace("https://wx.qlogo.cn", &base)
        }
        "/mp/appmsgalbum" => site.album.lock().unwrap().clone(),
        _ => site.article.lock().unwrap().clone().unwrap_or_else(|| ARTICLE.to_owned()),
    }
}

impl Scene {
    async fn open(store: Store) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let site = Arc::new(Site::default());
        let router = Router::new().fallback(answer).with_state((Arc::clone(&site), base.clone()));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in SHIPPED {
            let text = text
                .replace("http://127.0.0.1:4000", &base)
                .replace("https://mp.weixin.qq.com", &base)
                .replace(r"^https?://mp\.weixin\.qq\.com/s", r"^http://127\.0\.0\.1:\d+/s");
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let clock = Manual::new(noon());
        let settings = Settings {
            allow_private: vec!["127.0.0.0/8".parse().unwrap()],
            robots: false,
            ..Settings::default()
        };
        let eyes = Eyes {
            fetcher: Arc::new(Fetcher::new(&settings, Arc::new(clock.clone())).unwrap()),
            recipes: Arc::new(Recipes::load(folder.path()).unwrap()),
            pace: Pace::new(store.clone(), Arc::new(clock.clone())).await.unwrap(),
            syncs: Syncs::default(),
            clock: Arc::new(clock.clone()),
            keep: 1 << 20,
        };
        Self { eyes, clock, store, site, _recipes: folder, server }
    }

    /// Registers an account of 微信 and hands it out.
    async fn account(&self, source: &str, uid: &str) -> Watched {
        let sources = source.split(';').map(|source| source.split_once(':').unwrap());
        let sources =
            sources.map(|(recipe, target)| Source { recipe: recipe.to_owned(), target: target.to_owned() });
        let line = Registered {
            platform: Platform::Wechat,
            kind: Kind::Subscription,
            platform_uid: uid.to_owned(),
            sources: sources.collect(),
            announced_on: None,
            ..registered(1)
        };
        write(&self.store, async |tx| {
            tx.add_accounts(std::slice::from_ref(&line), &|_| "site".to_owned(), noon()).await
        })
        .await;
        self.store.find_watched(&line.key).await.unwrap().remove(0)
    }

    fn asked(&self, path: &str) -> usize {
        self.site.asked.lock().unwrap().iter().filter(|asked| asked.starts_with(path)).count()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn settled(watched: &Watched, look: Look) -> Settled {
    let packs = Packs::load(Some(Path::new("config/rules"))).unwrap();
    let pack = packs.find("national", look.at).unwrap();
    settle(watched.clone(), look, &KnownPosts::default(), pack, &Cadence::default(), false)
}

both! {
    async fn the_pages_of_new_posts_say_what_the_feed_does_not(store: Store) {
        let scene = Scene::open(store).await;
        let watched = scene.account("wewe-rss:MP_WXS_1", "gh_0a1b2c3d4e5f").await;
        let look = scene.eyes.look(&watched, &Asking::default()).await;
        let read = look.result.as_ref().unwrap().extracted.as_ref().unwrap();
        assert!(read.posts.iter().all(|post| post.origin == Origin::Original), "{:?}", read.posts);
        assert!(read.posts[1].text.starts_with("11月20日，云溪县老街改造开工。"));
        assert_eq!(read.synced.map(|synced| synced.at), DateTime::from_timestamp(1_795_124_100, 0));
        assert_eq!((scene.asked("/s/"), scene.asked("/feeds/MP"), scene.asked("/feeds/")), (3, 1, 2));
        let known = settled(&watched, look).finish.watched;
        for minutes in [30, 61] {
            scene.clock.advance_to(noon() + Duration::minutes(minutes));
            let again = scene.eyes.look(&known, &Asking::default()).await;
            let read = again.result.as_ref().unwrap().extracted.as_ref().unwrap();
            assert_eq!(read.posts, []);
            assert_eq!(read.synced.map(|synced| synced.at), DateTime::from_timestamp(1_795_124_100, 0));
        }
        // By the bridge's own word it has not read the account for longer than it may.
        scene.clock.advance_to(noon() + Duration::hours(26));
        let stale = settled(&known, scene.eyes.look(&known, &Asking::default()).await);
        assert_eq!(stale.visit.outcome, Outcome::Failed(Failure::Stale));
        assert!(stale.findings.iter().all(|finding| !finding.rule.is_inactivity()), "{:?}", stale.findings);
        // Known posts need no page, and the bridge was asked for its times once more after the hour.
        assert_eq!((scene.asked("/s/"), scene.asked("/feeds/MP"), scene.asked("/feeds/")), (3, 4, 7));
    }

    async fn an_account_whose_bridge_is_out_of_sync_is_read_from_its_next_source(store: Store) {
        let scene = Scene::open(store).await;
        let sources = "wewe-rss:MP_WXS_1;wechat-album:__biz=x&album_id=1";
        let watched = scene.account(sources, "gh_0a1b2c3d4e5f").await;
        let sent = (noon() + Duration::hours(25)).timestamp();
        *scene.site.album.lock().unwrap() = format!(
            r#"{{"base_resp":{{"ret":0}},"getalbum_resp":{{"base_info":{{"nickname":"云溪发布"}},
            "article_list":{{"title":"防汛提示","url":"https://a.example/s/9","create_time":"{sent}","msgid":"9"}}}}}}"#
        );
        let look = scene.eyes.look(&watched, &Asking::default()).await;
        assert_eq!((look.result.as_ref().unwrap().source_no, scene.asked("/mp/appmsgalbum")), (0, 0));
        let known = settled(&watched, look).finish.watched;
        scene.clock.advance_to(noon() + Duration::hours(26));
        let look = scene.eyes.look(&known, &Asking::default()).await;
        assert_eq!((look.result.as_ref().unwrap().source_no, look.others.len()), (1, 1));
        let read = settled(&known, look);
        assert!(matches!(read.visit.outcome, Outcome::Read { .. }), "{:?}", read.visit);
        assert_eq!(read.posts.iter().map(|post| post.post.title.as_str()).collect::<Vec<_>>(), ["防汛提示"]);
        // When the next one fails, the bridge's own word stands: stale, and nobody is accused.
        "{}".clone_into(&mut scene.site.album.lock().unwrap());
        let stale = settled(&known, scene.eyes.look(&known, &Asking::default()).await);
        assert_eq!(stale.visit.outcome, Outcome::Failed(Failure::Stale));
    }

    async fn a_feed_of_another_account_is_no_look_at_this_one(store: Store) {
        let scene = Scene::open(store).await;
        let watched = scene.account("wewe-rss:MP_WXS_1", "gh_ffffffffffff").await;
        let look = scene.eyes.look(&watched, &Asking::default()).await;
        let miss = look.result.as_ref().unwrap_err();
        assert_eq!(miss.failure, Failure::WrongAccount);
        assert!(miss.detail.contains("云溪发布") && miss.detail.contains("gh_ffffffffffff"), "{}", miss.detail);
        assert_eq!(scene.asked("/s/"), 1);
        let settled = settled(&watched, look);
        assert_eq!(settled.visit.outcome, Outcome::Failed(Failure::WrongAccount));
        assert!(settled.posts.is_empty() && settled.findings.iter().all(|finding| !finding.rule.is_inactivity()));
        assert!(settled.finish.watched.listing.lines.is_empty());
    }

    async fn an_article_page_that_cannot_be_read_changes_nothing_about_the_list(store: Store) {
        let scene = Scene::open(store).await;
        let watched = scene.account("wewe-rss:MP_WXS_1", "gh_0a1b2c3d4e5f").await;
        for (page, asked) in [
            ("<div class=weui-msg__title>该内容已被发布者删除</div>", 3),
            ("<div class=weui-msg__title>此帐号已被屏蔽, 内容无法查看</div>", 3),
            ("", 3),
            // A captcha is left alone at once.
            ("<title>环境异常</title><div id=secitptpage>完成验证后即可继续访问</div>", 1),
        ] {
            scene.site.asked.lock().unwrap().clear();
            *scene.site.article.lock().unwrap() = Some(page.to_owned());
            let look = scene.eyes.look(&watched, &Asking::default()).await;
            let read = look.result.as_ref().unwrap().extracted.as_ref().unwrap();
            assert_eq!(read.posts.len(), 3, "{page}");
            assert!(read.posts.iter().all(|post| post.origin == Origin::Unknown), "{page}");
            assert_eq!(scene.asked("/s/"), asked, "{page}");
        }
    }

    async fn a_part_of_an_account_shows_updates_and_never_silence(store: Store) {
        let scene = Scene::open(store).await;
        let watched = scene.account("wechat-album:__biz=x&album_id=1", "gh_0a1b2c3d4e5f").await;
        let album = |age: Duration| {
            let sent = (noon() - age).timestamp();
            format!(
                r#"{{"base_resp":{{"ret":0}},"getalbum_resp":{{"base_info":{{"nickname":"云溪发布"}},
                "article_list":{{"title":"政策解读","url":"https://a.example/s/1","create_time":"{sent}","msgid":"1"}}}}}}"#
            )
        };
        *scene.site.album.lock().unwrap() = album(Duration::days(60));
        let look = scene.eyes.look(&watched, &Asking::default()).await;
        let silent = settled(&watched, look);
        assert_eq!(silent.visit.outcome, Outcome::Failed(Failure::Partial));
        assert!(silent.findings.iter().all(|finding| !finding.rule.is_inactivity()), "{:?}", silent.findings);
        assert!(!silent.sure.good && !silent.sure.judged);
        // What it shows is a fact all the same.
        assert_eq!(silent.posts.len(), 1);
        assert_eq!(silent.finish.watched.known.last_update, Some(noon() - Duration::days(60)));
        *scene.site.album.lock().unwrap() = album(Duration::hours(2));
        let look = scene.eyes.look(&watched, &Asking::default()).await;
        let active = settled(&watched, look);
        assert!(matches!(active.visit.outcome, Outcome::Read { new: 1 }), "{:?}", active.visit);
        assert_eq!(active.findings, []);
    }
}
