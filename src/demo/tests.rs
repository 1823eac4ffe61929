//! The city read back by the shipped recipes: what an account shows is what the watch sees.

use super::answer::answer;
use super::behaviour::{Behaviour, END, LAYOUT};
use super::city::{Account, City, Route};
use super::server::Addresses;
use super::timeline::{Post, posts};
use crate::extract::{Recipes, extract};
use crate::judge::originality::{Unit, of_post};
use crate::model::account::Platform;
use crate::model::listing::{Extracted, Listing};
use crate::model::page::{Fetched, Miss, Validators};
use crate::model::post::{Origin, Published};
use crate::model::visit::Failure;
use chrono::{DateTime, Duration, Utc};
use std::path::Path;

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
            all.push(Read { account, route: *route, shown: posts(account, city.start(), now), result });
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
        let is_page = matches!(read.route, Route::CityHall | Route::DistrictHall | Route::CountyHall);
        for (line, post) in extracted.listing.lines.iter().zip(&read.shown) {
            match line.published {
                Some(Published::At(at)) => assert_eq!(at, post.printed, "{name}"),
                Some(day @ Published::On(_)) => {
                    assert!(is_page && day.shown() <= post.printed && post.printed < day.latest(), "{name}");
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
        let marks_reposts = matches!(read.route, Route::Weibo | Route::Column)
            || (read.route == Route::Rsshub && registered.platform == Platform::Weibo);
        for (post, shown) in read.result.as_ref().unwrap().posts.iter().zip(&read.shown) {
            let unit = Unit::new(&registered.name, &registered.owner, &[]);
            let (origin, _) = of_post(post, registered.platform, &unit);
            match shown.outlet {
                Some(_) if marks_reposts => {
                    assert_eq!(origin, Origin::Repost, "{}: {post:?}", registered.name);
                }
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
