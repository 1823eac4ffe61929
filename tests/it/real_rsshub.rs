//! Feeds and errors as a real RSSHub writes them, by its built-in test routes, which need no internet.
//!
//! In: `XUNWANG_TEST_RSSHUB`, the base address of a running RSSHub. Without it nothing is tried, and that is said.

use crate::support::cluster::variable;
use chrono::{DateTime, Utc};
use std::io::Write;
use std::sync::Arc;
use xunwang::clock::{Clock, System};
use xunwang::extract::{Recipes, extract};
use xunwang::fetch::{Fetcher, Settings};
use xunwang::model::listing::{Extracted, Listing};
use xunwang::model::page::{Miss, Validators};
use xunwang::model::post::Published;
use xunwang::model::visit::Failure;

/// The variable that names a running RSSHub.
const BASE: &str = "XUNWANG_TEST_RSSHUB";

/// One look at a route of it.
struct Hub {
    recipes: Recipes,
    fetcher: Fetcher,
    _folder: tempfile::TempDir,
}

impl Hub {
    fn open() -> Option<Self> {
        let Some(base) = variable(BASE) else {
            // Not captured, for whoever reads "ok" should know.
            let _ = writeln!(std::io::stderr(), "skipped with a real RSSHub: {BASE} names none");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let shipped = include_str!("../../config/platforms/rsshub.toml");
        assert!(shipped.contains("http://127.0.0.1:1200/"));
        let recipe = shipped.replace("http://127.0.0.1:1200/", &format!("{}/", base.trim_end_matches('/')));
        std::fs::write(folder.path().join("rsshub.toml"), recipe).unwrap();
        let settings = Settings {
            allow_private: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
            robots: false,
            ..Settings::default()
        };
        let fetcher = Fetcher::new(&settings, Arc::new(System)).unwrap();
        Some(Self { recipes: Recipes::load(folder.path()).unwrap(), fetcher, _folder: folder })
    }

    async fn look(&self, route: &str) -> Result<Extracted, Miss> {
        let recipe = self.recipes.find("rsshub").unwrap();
        let request = recipe.request(route, Validators::default()).unwrap();
        let fetched = self.fetcher.fetch(request).await?;
        extract(recipe, &fetched, &Listing::default(), System.now())
    }
}

fn instant(text: &str) -> Published {
    Published::At(text.parse::<DateTime<Utc>>().unwrap())
}

#[tokio::test]
async fn a_real_bridge_is_read_in_every_format() {
    let Some(hub) = Hub::open() else { return };
    let first = hub.look("test/1").await.unwrap();
    assert_eq!(first.posts.len(), 5);
    assert_eq!(first.posts[0].title, "Title1");
    assert_eq!(first.posts[0].text, "Description1");
    assert_eq!(first.posts[0].url, "https://github.com/DIYgod/RSSHub/issues/1");
    assert_eq!(first.posts[0].published, Some(instant("2018-12-31T15:59:50Z")));
    assert_eq!(first.profile.name.as_deref(), Some("Test 1"));
    assert_eq!(first.profile.intro.as_deref(), Some("A test route for RSSHub"));
    for format in ["atom", "json"] {
        let read = hub.look(&format!("test/1?format={format}")).await.unwrap();
        assert_eq!(read.posts, first.posts, "{format}");
        assert_eq!(read.profile.name, first.profile.name, "{format}");
    }
    // Pictures and scripts inside, links without a scheme, a title cut short, undated items, a redirect.
    for (route, posts) in
        [("complicated", 9), ("multimedia", 7), ("json", 10), ("long", 6), ("mess", 6), ("redirect", 5)]
    {
        for format in ["rss", "atom", "json"] {
            let read = hub.look(&format!("test/{route}?format={format}")).await.unwrap();
            let seen = read.posts.len();
            // Items of one address are one post.
            assert!(seen <= posts && seen + 3 >= posts, "{route} {format}: {seen} of {posts}");
            assert!(read.posts.iter().all(|post| post.url.starts_with("https://")), "{route} {format}");
        }
    }
}

#[tokio::test]
async fn the_errors_of_a_real_bridge_are_told_apart() {
    let Some(hub) = Hub::open() else { return };
    for (route, status, failure, words) in [
        ("test/error", 503, Failure::BridgeDown, "Error test"),
        ("test/config-not-found-error", 503, Failure::BridgeDown, "Test config not found error"),
        ("test/invalid-parameter-error", 503, Failure::BridgeDown, "Test invalid parameter error"),
        ("test/captcha-error", 503, Failure::BridgeDown, "Test captcha error"),
        ("test/empty", 503, Failure::Empty, "this route is empty"),
        ("test/allow_empty", 200, Failure::Empty, ""),
        ("no-such-route/at/all", 404, Failure::BridgeDown, ""),
    ] {
        for format in ["rss", "atom", "json"] {
            let miss = hub.look(&format!("{route}?format={format}")).await.unwrap_err();
            assert_eq!((miss.failure, miss.status), (failure, status), "{route} {format}: {}", miss.detail);
            assert!(miss.detail.contains(words), "{route} {format}: {}", miss.detail);
            assert!(!miss.detail.contains("node_modules"), "{route} {format}: {}", miss.detail);
        }
    }
    // Its front page and its health are no feeds.
    for page in ["healthz", "robots.txt"] {
        assert_eq!(hub.look(page).await.unwrap_err().failure, Failure::BridgeDown, "{page}");
    }
}
