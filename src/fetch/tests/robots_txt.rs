//! What a site asks of strangers is obeyed, and asked for rarely.

use super::*;

const RULES: &str = "User-agent: *\nDisallow: /private\nCrawl-delay: 2.5\n";

async fn site(robots: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |seen| match seen.path() {
        "/robots.txt" => robots(),
        "/leads-astray" => to("/private"),
        _ => good("页"),
    })
    .await
}

#[tokio::test]
async fn what_it_forbids_is_not_asked_not_even_after_a_redirect() {
    let server = site(|| good(RULES)).await;
    let fetcher = fetcher(&with_robots());
    assert_eq!(fetcher.crawl_delay(&server.url("/")), None);
    for (path, allowed) in [("/", true), ("/private/a", false), ("/leads-astray", false)] {
        let looked = fetcher.fetch(Request::get(server.url(path))).await;
        assert_eq!(
            looked.map_err(|miss| miss.failure).err(),
            (!allowed).then_some(Failure::Robots),
            "{path}"
        );
    }
    assert_eq!(server.paths(), ["/robots.txt", "/", "/leads-astray"]);
    assert_eq!(fetcher.crawl_delay(&server.url("/b")), Some(Duration::from_millis(2500)));
}

#[tokio::test]
async fn it_is_asked_once_a_day_however_many_ask_at_once() {
    let server = site(|| good(RULES)).await;
    let clock = Manual::new(now());
    let fetcher = Fetcher::new(&with_robots(), Arc::new(clock.clone())).unwrap();
    let asked = || server.paths().iter().filter(|path| *path == "/robots.txt").count();
    let looks = (0..20).map(|number| fetcher.fetch(Request::get(server.url(&format!("/{number}")))));
    assert!(futures_util::future::join_all(looks).await.iter().all(Result::is_ok));
    assert_eq!(asked(), 1);
    clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    fetcher.fetch(Request::get(server.url("/"))).await.unwrap();
    assert_eq!(asked(), 1);
    clock.advance(TimeDelta::seconds(1));
    fetcher.fetch(Request::get(server.url("/"))).await.unwrap();
    assert_eq!(asked(), 2);
    assert_eq!(clock.now(), now() + TimeDelta::hours(24));
}

#[tokio::test]
async fn a_site_without_one_is_open() {
    let server = site(missing).await;
    assert!(fetch(&with_robots(), server.url("/private")).await.is_ok());
}

#[tokio::test]
async fn one_that_answers_with_trouble_is_asked_again_soon() {
    let server = site(|| page("503 Busy", "", b"")).await;
    let clock = Manual::new(now());
    let fetcher = Fetcher::new(&with_robots(), Arc::new(clock.clone())).unwrap();
    for _ in 0..2 {
        let miss = fetcher.fetch(Request::get(server.url("/"))).await.unwrap_err();
        assert_eq!((miss.failure, miss.status), (Failure::Server, 503));
    }
    assert_eq!(server.paths(), ["/robots.txt"]);
    clock.advance(TimeDelta::minutes(10));
    fetcher.fetch(Request::get(server.url("/"))).await.unwrap_err();
    assert_eq!(server.paths(), ["/robots.txt", "/robots.txt"]);
}

#[tokio::test]
async fn it_is_not_asked_where_the_operator_says_so() {
    let server = site(|| good("User-agent: *\nDisallow: /")).await;
    assert_eq!(failure(&with_robots(), server.url("/")).await, Failure::Robots);
    let exempt = Settings { robots_exempt: vec!["127.0.0.1".to_owned()], ..with_robots() };
    assert!(fetch(&exempt, server.url("/")).await.is_ok());
    assert!(fetch(&open(), server.url("/")).await.is_ok());
}
