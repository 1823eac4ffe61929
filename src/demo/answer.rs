//! What a site answers to an address at an instant: the whole server as one pure function.
//!
//! In: the city, a site, a path with its query, the present instant. Out: status, headers that matter, bytes.
//! Addresses come from outside: anything unknown is a 404, never a panic.

use super::behaviour::{Behaviour, DOWN, LAYOUT, LIMITED, MUTE, STALE, VANISHES, WALL};
use super::city::{Account, City, Route, Site};
use super::render::{Line, View, feed, json, page, parse_article, parse_wechat_article, platform, wechat};
use super::slips::Slip;
use super::timeline::posts;
use chrono::{DateTime, Duration, Utc};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    /// Seconds the site asks to wait.
    pub(super) retry_after: Option<i64>,
    pub(super) body: Vec<u8>,
}

const XML: &str = "application/xml; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    fn ok(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, content_type, retry_after: None, body: body.into() }
    }

    fn failed(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, ..Self::ok(content_type, body) }
    }
}

/// Whether a site takes no connections at all.
pub(super) fn is_mute(city: &City, site: Site, now: DateTime<Utc>) -> bool {
    site == Site::DistrictHall && is_in(city, now, MUTE..DOWN.end)
}

/// Whether the present lies in these hours of the script.
fn is_in(city: &City, now: DateTime<Utc>, hours: std::ops::Range<i64>) -> bool {
    let passed = now - city.start();
    Duration::hours(hours.start) <= passed && passed < Duration::hours(hours.end)
}

/// What `site` answers at `now`; `base` is its own address without a final slash.
pub(super) fn answer(city: &City, site: Site, base: &str, target: &str, now: DateTime<Utc>) -> Answer {
    if site == Site::DistrictHall && is_in(city, now, DOWN) {
        return Answer::failed(503, HTML, "<html><body><h1>503 Service Unavailable</h1></body></html>");
    }
    if site == Site::Columns && is_in(city, now, LIMITED) {
        let end = city.start() + Duration::hours(LIMITED.end);
        let wait = Some((end - now).num_seconds().max(1));
        let body = r#"{"code":429,"message":"访问过于频繁,请稍后再试"}"#;
        return Answer { retry_after: wait, ..Answer::failed(429, JSON, body) };
    }
    if let Some(wall) = wall(city, site, now) {
        return wall;
    }
    if let Some((account, route)) = city.find_shown(site, target) {
        return shown(city, account, route, base, target, now);
    }
    if let Some(text) = fixed(site, target) {
        return text;
    }
    find_page(city, site, base, target, now).unwrap_or_else(|| not_found(site, target))
}

/// When platforms refuse everybody, in hours of the script: nobody behind such a wall may be accused.
pub(super) const REFUSALS: [(Site, std::ops::Range<i64>); 8] = [
    (Site::Bilibili, 40..43),
    (Site::Douyin, 44..47),
    (Site::Xiaohongshu, 48..51),
    (Site::WeiboAjax, 52..55),
    (Site::Toutiao, 56..59),
    (Site::Kuaishou, 60..63),
    (Site::Wechat, 64..67),
    (Site::CountyHall, 68..71),
];

/// How a site refuses now, each in its own way.
fn wall(city: &City, site: Site, now: DateTime<Utc>) -> Option<Answer> {
    REFUSALS.iter().find(|(refusing, hours)| *refusing == site && is_in(city, now, hours.clone()))?;
    Some(match site {
        Site::Bilibili => Answer::ok(JSON, r#"{"code":-352,"message":"-352","ttl":1}"#),
        Site::Douyin => Answer::ok(HTML, platform::douyin_challenge()),
        Site::WeiboAjax => Answer::failed(414, HTML, "<html><title>414 Request-URI Too Large</title></html>"),
        Site::Toutiao => Answer::ok(JSON, ""),
        Site::Kuaishou => Answer::ok(JSON, r#"{"result":2,"error_msg":"操作太快了，请稍微休息一下"}"#),
        Site::Wechat => Answer::ok(JSON, r#"{"base_resp":{"ret":-6,"err_msg":"freq control"}}"#),
        Site::CountyHall => Answer::failed(412, HTML, page::challenge()),
        _ => Answer::failed(403, HTML, "<html><title>403 Forbidden</title></html>"),
    })
}

/// The page that shows an account.
fn shown(
    city: &City,
    account: &Account,
    route: Route,
    base: &str,
    target: &str,
    now: DateTime<Utc>,
) -> Answer {
    let passed = now - city.start();
    let after = |hour| passed >= Duration::hours(hour);
    let site = route.site();
    // A bridge whose own login is over goes on serving the rows it has.
    let synced = if site == Site::Werss && is_in(city, now, STALE) {
        city.start() + Duration::hours(STALE.start)
    } else {
        now
    };
    let view = || View::of(account, (site, base), city.start(), synced);
    let walled = match account.behaviour {
        Behaviour::Wall => true,
        Behaviour::WallLater => after(WALL),
        _ => false,
    };
    let gone = account.behaviour == Behaviour::Vanishes && after(VANISHES)
        || account.behaviour == Behaviour::Deregistered;
    match route {
        Route::Weibo if gone => Answer::ok(JSON, json::weibo_nobody().to_string()),
        Route::Weibo if walled => Answer::ok(JSON, json::weibo_wall().to_string()),
        Route::Weibo => Answer::ok(JSON, json::weibo(&view()).to_string()),
        Route::Expired => {
            let error = feed::rsshub_error(target, "Cookies expired. Please update WEIBO_COOKIES");
            Answer::failed(503, HTML, error)
        }
        Route::Rsshub => Answer::ok(XML, feed::rsshub(&view(), target)),
        Route::Werss => Answer::ok("application/rss+xml", feed::werss(&view(), target)),
        Route::JsonFeed => Answer::ok(JSON, json::feed(&view(), target).to_string()),
        Route::Wewe => Answer::ok("application/rss+xml; charset=utf-8", wechat::wewe(&view(), target)),
        Route::Wechat2rss => Answer::ok(XML, wechat::wechat2rss(&view())),
        Route::Album => Answer::ok(JSON, wechat::album(&view()).to_string()),
        Route::Ajax if target.starts_with("/ajax/profile/") => {
            Answer::ok(JSON, platform::weibo_ajax_user(&view()).to_string())
        }
        Route::Ajax => Answer::ok(JSON, platform::weibo_ajax(&view()).to_string()),
        Route::Space if target.starts_with("/x/web-interface/card") => {
            Answer::ok(JSON, platform::bilibili_card(&view()).to_string())
        }
        Route::Space => Answer::ok(JSON, platform::bilibili(&view()).to_string()),
        Route::Videos => Answer::ok(HTML, platform::douyin(&view())),
        Route::Headlines => Answer::ok(JSON, platform::toutiao(&view()).to_string()),
        Route::Clips if target.starts_with("/live_api/baseuser/") => {
            Answer::ok(JSON, platform::kuaishou_user(&view()).to_string())
        }
        Route::Clips => Answer::ok(JSON, platform::kuaishou(&view()).to_string()),
        Route::Notes => Answer::ok(HTML, platform::xiaohongshu(&view())),
        Route::Store => Answer::ok(JSON, platform::apple(&view()).to_string()),
        Route::Market => Answer::ok(HTML, platform::tencent(&view())),
        Route::Atom => Answer::ok("application/atom+xml; charset=utf-8", feed::atom(&view(), target)),
        Route::Column => Answer::ok(JSON, json::column(&view()).to_string()),
        Route::CityHall | Route::DistrictHall | Route::CountyHall if walled => {
            Answer::ok(HTML, page::login())
        }
        Route::CityHall | Route::DistrictHall | Route::CountyHall => {
            let redesigned = account.behaviour == Behaviour::LayoutChanged && after(LAYOUT);
            let broken = match account.behaviour {
                Behaviour::Says(slip) if after(slip.hour()) => {
                    page::Broken { planted: slip == Slip::Planted, head: slip.head() }
                }
                _ => page::Broken::default(),
            };
            html(site, &page::list(&view(), redesigned, broken))
        }
    }
}

/// HTML of a site. The county's portal says its charset only inside the page.
fn html(site: Site, text: &str) -> Answer {
    if site == Site::CountyHall {
        let (bytes, _, _) = encoding_rs::GB18030.encode(text);
        return Answer::ok("text/html", bytes);
    }
    Answer::ok(HTML, text)
}

/// Texts that do not depend on time.
fn fixed(site: Site, target: &str) -> Option<Answer> {
    match (site, target) {
        // The interface and the office's own bridge have no robots.txt: nothing is forbidden.
        (Site::Weibo | Site::Atom, "/robots.txt") => None,
        (Site::CityHall | Site::DistrictHall | Site::CountyHall, "/robots.txt") => {
            Some(Answer::ok(TEXT, "User-agent: *\nDisallow: /admin/\nDisallow: /login\nCrawl-delay: 1\n"))
        }
        (_, "/robots.txt") => Some(Answer::ok(TEXT, "User-agent: *\nDisallow: /admin/\n")),
        (Site::Rsshub, "/healthz") => Some(Answer::ok(TEXT, "ok")),
        _ => None,
    }
}

/// Pages found by a number in their address: articles, homes, notices, the list of a bridge.
fn find_page(city: &City, site: Site, base: &str, target: &str, now: DateTime<Utc>) -> Option<Answer> {
    if matches!(site, Site::Wewe | Site::Wechat2rss | Site::Wechat)
        && let Some((number, serial)) = parse_wechat_article(target)
    {
        let account = city.find_number(number)?;
        let posts = posts(account, city.start(), now);
        let post = posts.iter().find(|post| post.serial == serial)?;
        return Some(Answer::ok(HTML, wechat::article(account, &Line::of(account, post, base))));
    }
    if site == Site::Wewe && target == "/feeds/" {
        let read = city.accounts().iter().filter(|account| account.routes.contains(&Route::Wewe));
        let feeds = read.map(|account| (account.feed_number(), account));
        return Some(Answer::ok(JSON, wechat::wewe_feeds(feeds, now.timestamp()).to_string()));
    }
    if site == Site::Wechat
        && let Some(uid) = target.strip_prefix("/mp/aboutbiz?username=")
    {
        let account = city.accounts().iter().find(|account| account.registered.platform_uid == uid)?;
        return Some(Answer::ok(HTML, wechat::about(account)));
    }
    if let Some((number, serial)) = parse_article(target) {
        let account = city.find_number(number)?;
        let shows = account.routes.iter().any(|route| route.site() == site);
        let posts = posts(account, city.start(), now);
        let post = posts.iter().find(|post| post.serial == serial).filter(|_| shows)?;
        return Some(html(site, &page::article(site, account, &Line::of(account, post, base))));
    }
    let numbered = |before: &str, after: &str| {
        let number = target.strip_prefix(before)?.strip_suffix(after)?.parse().ok()?;
        city.find_number(number)
    };
    if let Some(account) = numbered("/home/", "/") {
        let view = View::of(account, (site, base), city.start(), now);
        return Some(html(site, &page::list(&view, false, page::Broken::default())));
    }
    if let Some(account) =
        numbered("/gonggao/", ".html").filter(|account| account.registered.announced_on.is_some())
    {
        return Some(Answer::ok(HTML, page::notice(account)));
    }
    None
}

fn not_found(site: Site, target: &str) -> Answer {
    match site {
        Site::Weibo => Answer::ok(JSON, json::weibo_nobody().to_string()),
        Site::Rsshub => Answer::failed(404, HTML, feed::rsshub_error(target, "Not Found")),
        Site::Wewe => Answer::failed(400, JSON, r#"{"message":"不存在该feed!","statusCode":400}"#),
        _ => Answer::failed(
            404,
            HTML,
            "<html><head><title>404</title></head><body>您访问的页面不存在</body></html>",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::server::Addresses;
    use crate::model::account::Registered;
    use proptest::prelude::*;

    fn city() -> City {
        City::new(DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().with_timezone(&Utc))
    }

    /// Every way to read every account, asked at an hour of the script.
    fn each(city: &City, hour: i64, mut with: impl FnMut(&Account, &Registered, Route, &Answer)) {
        let now = city.start() + Duration::hours(hour);
        let register = city.registered(&Addresses::default());
        for (account, registered) in city.accounts().iter().zip(&register) {
            for route in account.routes {
                let target = account.target(*route);
                let answer = answer(city, route.site(), "http://127.0.0.1:1", &target, now);
                with(account, registered, *route, &answer);
            }
        }
    }

    fn text(answer: &Answer) -> &str {
        std::str::from_utf8(&answer.body).unwrap()
    }

    #[test]
    fn feeds_are_read_by_a_feed_reader_and_the_last_way_to_an_account_always_works() {
        let city = city();
        each(&city, 1, |account, _, route, answer| {
            if matches!(
                route,
                Route::Rsshub
                    | Route::Werss
                    | Route::Wewe
                    | Route::Wechat2rss
                    | Route::Atom
                    | Route::JsonFeed
            ) {
                let feed = feed_rs::parser::parse(answer.body.as_slice()).unwrap();
                let shown = posts(account, city.start(), city.start() + Duration::hours(1));
                assert_eq!(feed.entries.len(), shown.len(), "{}", account.registered.name);
                if matches!(route, Route::Rsshub | Route::Atom) && account.behaviour != Behaviour::Undated {
                    let printed: Vec<_> = feed.entries.iter().filter_map(|entry| entry.published).collect();
                    assert_eq!(printed, shown.iter().map(|post| post.printed).collect::<Vec<_>>());
                }
            }
            if account.routes.last() == Some(&route) {
                assert_eq!(answer.status, 200);
            } else {
                assert_eq!((answer.status, route), (503, Route::Expired));
            }
        });
    }

    #[test]
    fn the_interfaces_answer_json_and_say_themselves_when_there_is_nothing() {
        each(&city(), 1, |account, _, route, answer| {
            let parsed = || serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap();
            let nothing = matches!(account.behaviour, Behaviour::NeverPosted | Behaviour::NewAccount);
            match (route, account.behaviour) {
                (Route::Weibo, Behaviour::Wall) => assert_eq!(parsed()["ok"], -100),
                (Route::Weibo, Behaviour::Deregistered) => assert_eq!(parsed()["error_code"], 20003),
                (Route::Weibo, _) => {
                    assert_eq!(parsed()["data"]["userInfo"]["statuses_count"] == 0, nothing);
                    assert_eq!(parsed()["data"]["cards"].as_array().unwrap().is_empty(), nothing);
                }
                (Route::Column, _) => {
                    assert_eq!(parsed()["code"], 0);
                    assert_eq!(parsed()["data"]["total"] == 0, nothing);
                }
                _ => {}
            }
        });
    }

    #[test]
    fn lists_of_portals_hold_their_posts_and_every_link_leads_to_an_article_with_its_metas() {
        let city = city();
        let now = city.start() + Duration::hours(1);
        each(&city, 1, |account, _, route, listed| {
            let site = route.site();
            if !matches!(route, Route::CityHall | Route::DistrictHall | Route::CountyHall)
                || account.behaviour == Behaviour::Wall
            {
                return;
            }
            let decoded = match site {
                Site::CountyHall => encoding_rs::GB18030.decode(&listed.body).0,
                _ => text(listed).into(),
            };
            assert!(site != Site::CountyHall || !listed.content_type.contains("charset"));
            let page = scraper::Html::parse_document(&decoded);
            let rows = scraper::Selector::parse("ul.news-list li a, table.list-table a, div.item a").unwrap();
            let list = url::Url::parse("http://127.0.0.1:1").unwrap().join(&account.target(route)).unwrap();
            let links: Vec<_> = page
                .select(&rows)
                .map(|link| list.join(link.value().attr("href").unwrap()).unwrap())
                .collect();
            assert_eq!(links.len(), posts(account, city.start(), now).len());
            for link in links {
                let article = answer(&city, site, "http://127.0.0.1:1", link.path(), now);
                assert_eq!(article.status, 200, "{link}");
                let body = encoding_rs::GB18030.decode(&article.body).0;
                let body = if site == Site::CountyHall { body } else { text(&article).into() };
                assert!(body.contains("name=\"PubDate\" content=\"20") && body.contains("ContentSource"));
            }
        });
    }

    #[test]
    fn the_county_writes_signs_that_gbk_does_not_have() {
        let mut rare = 0;
        each(&city(), 1, |_, _, route, answer| {
            if route == Route::CountyHall {
                let (text, _, broken) = encoding_rs::GB18030.decode(&answer.body);
                assert!(!broken);
                rare += text.matches('𪣻').count();
            }
        });
        assert!(rare > 10);
    }

    #[test]
    fn walls_rise_layouts_change_and_accounts_vanish_at_their_hour() {
        let city = city();
        let states = |hour| {
            let mut states = Vec::new();
            each(&city, hour, |account, _, _, answer| {
                let text = String::from_utf8_lossy(&answer.body);
                match account.behaviour {
                    Behaviour::WallLater => states.push(text.contains("-100")),
                    Behaviour::Vanishes => states.push(text.contains("20003")),
                    Behaviour::LayoutChanged => states.push(!text.contains("news-list")),
                    _ => {}
                }
            });
            states
        };
        assert!(states(2).iter().all(|changed| !changed));
        assert!(states(89).iter().all(|changed| *changed) && states(89).len() == 4);
    }

    #[test]
    fn the_same_instant_shows_the_same_bytes() {
        let (one, other) = (city(), city());
        let mut answers = Vec::new();
        each(&one, 30, |_, _, _, answer| answers.push(answer.clone()));
        let mut again = answers.iter();
        each(&other, 30, |_, _, _, answer| assert_eq!(Some(answer), again.next()));
    }

    #[test]
    fn homes_and_notices_of_the_register_exist() {
        let city = city();
        for registered in city.registered(&Addresses::default()) {
            for address in [&registered.homepage, &registered.announcement_url] {
                let Some(path) = address.strip_prefix("http://127.0.0.1:0") else { continue };
                let found =
                    Site::ALL.iter().any(|site| answer(&city, *site, "", path, city.start()).status == 200);
                assert!(found, "{address}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_address_makes_a_site_panic(target in "/\\PC{0,60}", site in 0..Site::ALL.len()) {
            static CITY: std::sync::LazyLock<City> = std::sync::LazyLock::new(city);
            let _ = answer(&CITY, Site::ALL[site], "http://127.0.0.1:1", &target, CITY.start());
        }
    }
}
