//! A look with its second request, over a real connection.

use super::*;
use crate::clock::{Clock, Manual};
use crate::fetch;
use crate::model::account::{AccountId, AccountState, Registered};
use crate::model::listing::Listing;
use crate::model::watch::{Known, Trouble};
use crate::store::Store;
use axum::Router;
use axum::http::{StatusCode, Uri};
use std::net::Ipv4Addr;
use std::sync::Mutex;

const NOTHING: &str = r#"{"ok":1,"data":{"cards":[]}}"#;
const LIST: &str = r#"{"ok":1,"data":{"cards":[{"card_type":9,"mblog":{"id":"1","text":"通告","created_at":"Thu Nov 19 12:00:00 +0800 2026","user":{"screen_name":"云溪发布"}}}]}}"#;

/// m.weibo.cn with one list and one answer about the account, and what it was asked for.
struct Site {
    eyes: Eyes,
    clock: Manual,
    asked: Arc<Mutex<Vec<&'static str>>>,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn open(list: &'static str, about: (u16, &'static str)) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let router = Router::new().fallback(move |uri: Uri| {
            let log = Arc::clone(&log);
            async move {
                let query = uri.query().unwrap_or_default();
                let (name, status, body) = match query {
                    query if query.contains("containerid") => ("list", 200, list),
                    query if query.contains("value=7") => ("account", about.0, about.1),
                    _ => return (StatusCode::NOT_FOUND, ""),
                };
                log.lock().unwrap().push(name);
                (StatusCode::from_u16(status).unwrap(), body)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}", folder.path().join("x.db").display());
        let store = Store::open(&address, "test").await.unwrap();
        let clock = Manual::new("2026-11-20T12:00:00+08:00".parse().unwrap());
        let shared: SharedClock = Arc::new(clock.clone());
        let settings = fetch::Settings {
            allow_private: vec!["127.0.0.0/8".parse().unwrap()],
            ..fetch::Settings::default()
        };
        let mut recipes = Recipes::load(std::path::Path::new("no such folder")).unwrap();
        recipes.rebase("https://m.weibo.cn", &base);
        let eyes = Eyes {
            syncs: Syncs::default(),
            fetcher: Arc::new(Fetcher::new(&settings, shared.clone()).unwrap()),
            recipes: Arc::new(recipes),
            pace: Pace::new(store, shared.clone()).await.unwrap(),
            clock: shared,
            keep: 1 << 20,
        };
        Self { eyes, clock, asked, _folder: folder }
    }

    /// A look at the account whose last good look was so many hours ago.
    async fn look(&self, good_look: Option<i64>) -> Look {
        let registered: Registered = serde_json::from_value(serde_json::json!({
            "key": "A1", "name": "云溪发布", "platform": "weibo", "platform_uid": "7", "kind": "ordinary",
            "sources": [{"recipe": "weibo", "target": "7"}], "homepage": "", "owner": "", "credit_code": "",
            "supervisor": "", "level": "county", "region_code": "", "region_path": "", "verified_subject": "",
            "verified_type": "", "status": "normal", "status_since": null, "opened_on": null, "filed_on": null,
            "announced_on": null, "announcement_url": "", "leader": "", "operator": "", "phone": "", "email": [],
            "contractor": "", "pack": "", "notes": "",
        }))
        .unwrap();
        let now = self.clock.now();
        let watched = Watched {
            id: AccountId(1),
            registered,
            site: String::new(),
            known_since: now,
            state: AccountState::New,
            bridge: None,
            known: Known {
                good_look: good_look.map(|hours| now - chrono::Duration::hours(hours)),
                ..Known::default()
            },
            trouble: Trouble::default(),
            source_no: 0,
            validators: Validators::default(),
            listing: Listing::default(),
            open_cases: 0,
            attempts: 1,
            token: 1,
        };
        self.asked.lock().unwrap().clear();
        self.eyes.look(&watched, &Asking::default()).await
    }

    fn asked(&self) -> Vec<&'static str> {
        self.asked.lock().unwrap().clone()
    }
}

fn account(look: Look) -> Result<(usize, bool, Option<u64>), Failure> {
    look.result.map_err(|miss| miss.failure).map(|seen| {
        let extracted = seen.extracted.unwrap();
        (extracted.listing.lines.len(), extracted.empty_marker, extracted.profile.posts)
    })
}

#[tokio::test]
async fn an_empty_list_is_proven_by_the_counter_of_the_same_look_or_by_nothing() {
    for (about, expected) in [
        (
            (200, r#"{"ok":1,"data":{"userInfo":{"screen_name":"云溪发布","statuses_count":0}}}"#),
            Ok((0, true, Some(0))),
        ),
        (
            (200, r#"{"ok":1,"data":{"userInfo":{"screen_name":"云溪发布","statuses_count":7}}}"#),
            Err(Failure::Empty),
        ),
        ((200, r#"{"ok":1,"data":{"userInfo":{"screen_name":"云溪发布"}}}"#), Err(Failure::Empty)),
        ((200, r#"{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}"#), Err(Failure::Empty)),
        ((200, r#"{"error":"User does not exists!","error_code":20003}"#), Err(Failure::Gone)),
        ((404, ""), Err(Failure::Empty)),
        ((500, ""), Err(Failure::Empty)),
    ] {
        let site = Site::open(NOTHING, about).await;
        assert_eq!(account(site.look(Some(0)).await), expected, "{about:?}");
        assert_eq!(site.asked(), ["list", "account"]);
    }
}

#[tokio::test]
async fn a_good_list_is_kept_whatever_the_second_request_gives() {
    let site = Site::open(LIST, (432, "")).await;
    let look = site.look(None).await;
    assert_eq!(look.refusals, [Refusal { site: look.site.clone(), asked: None }]);
    assert_eq!(account(look), Ok((1, false, None)));
    let site = Site::open(LIST, (200, r#"{"ok":1,"data":{"userInfo":{"statuses_count":321}}}"#)).await;
    assert_eq!(account(site.look(None).await), Ok((1, false, Some(321))));
}

#[tokio::test]
async fn the_account_is_asked_for_once_a_day_of_good_looks() {
    let site = Site::open(LIST, (200, r#"{"ok":1,"data":{"userInfo":{"statuses_count":321}}}"#)).await;
    for (hours, asked) in
        [(Some(0), &["list"][..]), (Some(24), &["list", "account"]), (None, &["list", "account"])]
    {
        let look = site.look(hours).await;
        assert!(look.result.is_ok());
        assert_eq!(site.asked(), asked, "{hours:?}");
    }
}

#[tokio::test]
async fn a_wall_is_not_asked_again() {
    let site = Site::open(r#"{"ok":-100,"url":"https://passport.weibo.com/"}"#, (200, "")).await;
    assert_eq!(account(site.look(None).await), Err(Failure::LoginWall));
    assert_eq!(site.asked(), ["list"]);
}
