//! The city read back by the shipped recipes: what an account shows is what the watch sees.

use super::answer::answer;
use super::behaviour::{Behaviour, END, LAYOUT};
use super::city::{Account, City, Route, Site};
use super::server::Addresses;
use super::timeline::{Post, posts};
use crate::extract::{Recipes, alone, article, extract};
use crate::judge::originality::{Unit, of_post};
use crate::model::account::Platform;
use crate::model::listing::{Extracted, Listing};
use crate::model::page::{Fetched, Miss, Validators};
use crate::model::post::{Origin, Published};
use crate::model::visit::Failure;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use std::path::Path;
use url::Url;

fn city_of(start: &str) -> City {
    City::new(DateTime::parse_from_rfc3339(start).unwrap().with_timezone(&Utc))
}

fn city() -> City {
    city_of("2026-11-18T09:00:00+08:00")
}

/// One way to one account, read at an hour of the script.
struct Read<'a> {
    account: &'a Account,
    route: Route,
    shown: Vec<Post>,
    result: Result<Extracted, Miss>,
}

fn read_all(city: &City, hour: i64) -> Vec<Read<'_>> {
    let recipes = Recipes::load(Path::new("config/platforms")).unwrap();
    let now = city.start() + Duration::hours(hour);
    let register = city.registered(&Addresses::default());
    let mut all = Vec::new();
    for (account, registered) in city.accounts().iter().zip(&register) {
        for (route, source) in account.routes.iter().zip(&registered.sources) {
            let recipe = recipes.find(&source.recipe).unwrap();
            let url = recipe.request(&source.target, Validators::default()).unwrap().url;
            let target = &url[url::Position::BeforePath..];
            let answered = answer(city, route.site(), "http://127.0.0.1:1", target, now);
            let mut fetched = Fetched::at_hand(url.clone(), answered.body);
            fetched.status = answered.status;
            answered.content_type.clone_into(&mut fetched.content_type);
            let result = extract(recipe, &fetched, &Listing::default(), now);
            let mut shown = posts(account, city.start(), now);
            // A shop offers one version of an app.
            if matches!(route, Route::Store | Route::Market) {
                shown.truncate(1);
            }
            all.push(Read { account, route: *route, shown, result });
        }
    }
    all
}

/// Whether the account shows posts at any time.
fn is_readable(read: &Read<'_>) -> bool {
    !matches!(read.account.behaviour, Behaviour::Wall | Behaviour::Deregistered)
        && read.route != Route::Expired
}

#[test]
fn every_account_in_sight_is_read_in_full_with_its_dates() {
    reads_in_full(&city());
}

#[test]
fn a_city_that_starts_at_the_turn_of_the_year_is_read_in_full_too() {
    // The district prints its dates without a year.
    reads_in_full(&city_of("2027-01-02T23:00:00+08:00"));
}

fn reads_in_full(city: &City) {
    for read in read_all(city, 1).iter().filter(|read| is_readable(read)) {
        let name = &read.account.registered.name;
        let extracted = read.result.as_ref().unwrap_or_else(|miss| panic!("{name}: {miss:?}"));
        assert_eq!(extracted.listing.lines.len(), read.shown.len(), "{name}");
        assert_eq!(extracted.empty_marker, read.shown.is_empty(), "{name}");
        // Portals print days, and the id of a note tells no more.
        let tells_days =
            matches!(read.route, Route::CityHall | Route::DistrictHall | Route::CountyHall | Route::Notes);
        for (line, post) in extracted.listing.lines.iter().zip(&read.shown) {
            match line.published {
                Some(Published::At(at)) => assert_eq!(at, post.printed, "{name}"),
                Some(day @ Published::On(_)) => {
                    assert!(
                        tells_days && day.shown() <= post.printed && post.printed < day.latest(),
                        "{name}"
                    );
                }
                None => assert_eq!(read.account.behaviour, Behaviour::Undated, "{name}"),
            }
            // Only the interface marks its pins so that a machine can tell; elsewhere an old post stands first.
            assert_eq!(line.pinned, post.pinned && read.route == Route::Weibo, "{name}");
        }
    }
}

#[test]
fn a_repost_is_known_as_one_and_no_own_post_is_taken_for_one() {
    let city = city();
    for read in read_all(&city, 1).iter().filter(|read| is_readable(read)) {
        let registered = &read.account.registered;
        // Elsewhere the source stands in the text, or on the article's own page.
        let marks_reposts = matches!(
            read.route,
            Route::Weibo | Route::Ajax | Route::Space | Route::Headlines | Route::Column | Route::Wechat2rss
        ) || (read.route == Route::Rsshub && registered.platform == Platform::Weibo);
        for (post, shown) in read.result.as_ref().unwrap().posts.iter().zip(&read.shown) {
            let unit = Unit::new(&registered.name, &registered.owner, &[]);
            let (origin, _) = of_post(post, registered.platform, &unit);
            match shown.outlet {
                Some(_) if marks_reposts => {
                    assert_eq!(origin, Origin::Repost, "{}: {post:?}", registered.name);
                }
                // A list of notes shows titles only: what they say of their source is not there.
                Some(_) if read.route == Route::Notes => {}
                Some(_) => assert_ne!(origin, Origin::Original, "{}: {post:?}", registered.name),
                None => assert_ne!(origin, Origin::Repost, "{}: {post:?}", registered.name),
            }
        }
    }
}

#[test]
fn what_stands_in_the_way_is_called_by_its_name() {
    let city = city();
    for read in read_all(&city, LAYOUT + 1) {
        let expected = match (read.route, read.account.behaviour) {
            (Route::Expired, _) => Failure::BridgeDown,
            (_, Behaviour::Wall | Behaviour::WallLater) => Failure::LoginWall,
            (_, Behaviour::Vanishes | Behaviour::Deregistered) => Failure::Gone,
            (_, Behaviour::LayoutChanged) => Failure::Layout,
            _ => continue,
        };
        let name = &read.account.registered.name;
        assert_eq!(read.result.map_err(|miss| miss.failure).unwrap_err(), expected, "{name}");
    }
}

#[test]
fn a_post_dated_a_month_ahead_is_read_without_its_date_or_with_the_wrong_one_but_never_lost() {
    let city = city();
    let all = read_all(&city, END);
    let read = all.iter().find(|read| read.account.behaviour == Behaviour::FutureDated).unwrap();
    assert_eq!(read.result.as_ref().unwrap().posts.len(), read.shown.len());
}

#[test]
fn every_shipped_recipe_is_spoken_by_the_city() {
    let city = city();
    let recipes = Recipes::load(Path::new("config/platforms")).unwrap();
    let register = city.registered(&Addresses::default());
    let mut spoken: BTreeSet<&str> = BTreeSet::new();
    for source in register.iter().flat_map(|registered| &registered.sources) {
        let recipe = recipes.find(&source.recipe).unwrap();
        spoken.extend([recipe.name.as_str(), recipes.reader_of_pages(recipe).name.as_str()]);
    }
    // What only a person asks for has a page all the same.
    let (now, account) =
        (city.start(), register.iter().find(|line| line.platform == Platform::Wechat).unwrap());
    let target = format!("/mp/aboutbiz?username={}", account.platform_uid);
    let page = answer(&city, Site::Wechat, "http://127.0.0.1:1", &target, now);
    let fetched = Fetched::at_hand(Url::parse("https://mp.weixin.qq.com/mp/aboutbiz").unwrap(), page.body);
    let about = alone(recipes.find("wechat-aboutbiz").unwrap(), &fetched, now).unwrap();
    assert_eq!(about.profile.verified_subject.as_deref(), Some(account.verified_subject.as_str()));
    spoken.insert("wechat-aboutbiz");
    let files = std::fs::read_dir("config/platforms").unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(name == "walls" || spoken.contains(name), "no account of the city is read by {name}");
    }
}

#[test]
fn an_article_of_a_public_account_is_read_on_its_own_page() {
    let city = city();
    let recipes = Recipes::load(Path::new("config/platforms")).unwrap();
    let reader = recipes.find("wechat-article").unwrap();
    let now = city.start() + Duration::hours(1);
    let by_wewe = city.accounts().iter().filter(|account| account.routes.contains(&Route::Wewe));
    let mut own = 0;
    for (account, post) in by_wewe
        .flat_map(|account| posts(account, city.start(), now).into_iter().map(move |post| (account, post)))
    {
        let target = format!("/s/{:03}{:06}", account.number, post.serial);
        let page = answer(&city, Site::Wewe, "http://127.0.0.1:1", &target, now);
        let fetched = Fetched::at_hand(Url::parse("https://mp.weixin.qq.com/s/x").unwrap(), page.body);
        let read = article(reader, &fetched, now).unwrap();
        assert_eq!(read.published, Some(Published::At(post.printed)));
        assert_eq!(read.origin == Origin::Original, post.outlet.is_none());
        assert_eq!(reader.stranger(&read, &account.registered.platform_uid), None);
        own += usize::from(post.outlet.is_none());
    }
    assert!(own > 100);
}

#[test]
fn platforms_refuse_for_some_hours_each_in_its_own_way() {
    let city = city();
    for (route, hour, expected) in [
        (Route::Space, 41, Failure::Challenge),
        (Route::Videos, 45, Failure::Challenge),
        (Route::Notes, 49, Failure::Challenge),
        (Route::Ajax, 53, Failure::RateLimited),
        (Route::Headlines, 57, Failure::Challenge),
        (Route::Clips, 61, Failure::RateLimited),
        (Route::Album, 65, Failure::RateLimited),
        (Route::CountyHall, 69, Failure::Challenge),
    ] {
        let behind: Vec<_> = read_all(&city, hour).into_iter().filter(|read| read.route == route).collect();
        assert!(!behind.is_empty());
        for read in behind {
            let name = &read.account.registered.name;
            assert_eq!(read.result.map_err(|miss| miss.failure).unwrap_err(), expected, "{name}");
        }
    }
}
