//! The whole stage against a scripted server on the loopback.

mod failures;
mod robots_txt;
mod sizes;

use super::testserver::{Reply, Server, good, missing, page, to};
use super::*;
use crate::clock::{Clock, Manual};
use crate::model::charset;
use crate::model::page::Validators;
use chrono::{DateTime, TimeDelta, Utc};
use std::io::Write as _;
use std::sync::Arc;

const SHORT: Duration = Duration::from_millis(200);

fn now() -> DateTime<Utc> {
    "2026-11-23T07:00:00Z".parse().unwrap()
}

fn open() -> Settings {
    Settings { allow_private: vec!["127.0.0.0/8".parse().unwrap()], robots: false, ..Settings::default() }
}

fn with_robots() -> Settings {
    Settings { robots: true, ..open() }
}

fn fetcher(settings: &Settings) -> Fetcher {
    Fetcher::new(settings, Arc::new(Manual::new(now()))).unwrap()
}

async fn fetch(settings: &Settings, url: Url) -> Result<Fetched, Miss> {
    fetcher(settings).fetch(Request::get(url)).await
}

async fn failure(settings: &Settings, url: Url) -> Failure {
    fetch(settings, url).await.unwrap_err().failure
}

fn folded(page: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(page).unwrap();
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
    brotli.write_all(page).unwrap();
    [
        ("gzip", gzip.finish().unwrap()),
        ("br", brotli.into_inner()),
        ("zstd", zstd::encode_all(page, 3).unwrap()),
    ]
}

mod answers {
    use super::*;

    #[tokio::test]
    async fn a_page_comes_with_its_type_its_validators_and_its_hints() {
        let server = Server::start(|_| {
            let headers = "Content-Type: Text/HTML; Charset=UTF-8\r\nETag: \"7\"\r\n\
                           Last-Modified: Mon, 23 Nov 2026 06:00:00 GMT\r\nCache-Control: max-age=60\r\n";
            page("200 OK", headers, "云溪县".as_bytes())
        })
        .await;
        let fetched = fetch(&open(), server.url("/a?b#c")).await.unwrap();
        assert_eq!((fetched.status, &fetched.body[..]), (200, "云溪县".as_bytes()));
        assert_eq!(fetched.url, server.url("/a?b#c"));
        assert_eq!(fetched.content_type, "text/html; charset=utf-8");
        assert_eq!(fetched.validators.etag.as_deref(), Some("\"7\""));
        assert_eq!(fetched.max_age, Some(Duration::from_mins(1)));
        let seen = &server.seen()[0];
        assert_eq!(seen.path(), "/a?b");
        assert_eq!(seen.header("user-agent"), Some(concat!("xunwang/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(seen.header("accept-encoding"), Some("gzip, br, zstd"));
    }

    #[tokio::test]
    async fn an_unchanged_page_is_told_by_304_and_keeps_its_validators() {
        let server = Server::start(|seen| match seen.header("if-none-match") {
            Some("\"7\"") => Reply::Send(b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec()),
            _ => good("新"),
        })
        .await;
        let fetcher = fetcher(&open());
        let validators = Validators { etag: Some("\"7\"".to_owned()), last_modified: None };
        let request = Request { validators: validators.clone(), ..Request::get(server.url("/")) };
        for _ in 0..2 {
            let answer = fetcher.fetch(request.clone()).await.unwrap();
            assert_eq!((answer.status, answer.body.len()), (304, 0));
            assert_eq!(answer.validators, validators);
        }
    }

    #[tokio::test]
    async fn a_304_that_was_not_asked_for_proves_nothing() {
        let server = Server::start(|_| Reply::Send(b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec())).await;
        let miss = fetch(&open(), server.url("/")).await.unwrap_err();
        assert_eq!((miss.failure, miss.status), (Failure::Broken, 304));
    }

    #[tokio::test]
    async fn every_status_with_a_body_is_an_answer() {
        for status in
            ["202 Accepted", "403 Forbidden", "404 Not Found", "412 Precondition", "521 Down", "503 Busy"]
        {
            let server = Server::start(move |_| page(status, "ETag: \"1\"\r\n", b"wall")).await;
            let fetched = fetch(&open(), server.url("/")).await.unwrap();
            assert_eq!(fetched.status.to_string(), status[..3]);
            assert_eq!(&fetched.body[..], b"wall");
            assert_eq!(fetched.validators.is_empty(), fetched.status != 202);
        }
    }

    #[tokio::test]
    async fn too_many_requests_says_how_long_to_wait_in_either_form() {
        for (value, wait) in [("90", 90), ("Mon, 23 Nov 2026 07:05:00 GMT", 300)] {
            let headers = format!("Retry-After: {value}\r\n");
            let server = Server::start(move |_| page("429 Too Many Requests", &headers, b"")).await;
            let fetched = fetch(&open(), server.url("/")).await.unwrap();
            assert_eq!(fetched.retry_after, Some(Duration::from_secs(wait)));
        }
    }

    #[tokio::test]
    async fn the_charset_of_a_page_survives_the_way() {
        let text = "<meta charset=gb2312>澄湖市人民政府";
        let bytes = encoding_rs::GB18030.encode(text).0.into_owned();
        for headers in ["", "Content-Type: text/html\r\n", "Content-Type: text/html;charset=GBK\r\n"] {
            let bytes = bytes.clone();
            let server = Server::start(move |_| page("200 OK", headers, &bytes)).await;
            let fetched = fetch(&open(), server.url("/")).await.unwrap();
            assert_eq!(charset::decode(&fetched.content_type, &fetched.body), text);
        }
        let server = Server::start(move |_| good(text)).await;
        let fetched = fetch(&open(), server.url("/")).await.unwrap();
        assert_eq!(charset::decode(&fetched.content_type, &fetched.body), text);
    }
}

mod requests {
    use super::*;

    #[tokio::test]
    async fn a_recipe_may_add_headers_but_not_smuggle_or_replace_ours() {
        let server = Server::start(|_| good("")).await;
        let with = |name: &str, value: &str| Request {
            headers: vec![(name.to_owned(), value.to_owned())],
            ..Request::get(server.url("/"))
        };
        let fetcher = fetcher(&open());
        fetcher.fetch(with("Referer", "http://www.chenghu.gov.cn/")).await.unwrap();
        assert_eq!(server.seen()[0].header("referer"), Some("http://www.chenghu.gov.cn/"));
        for (name, value) in [
            ("X-A", "b\r\nHost: c"),
            ("X-A\r\nHost", "c"),
            ("", "a"),
            ("Host", "c"),
            ("user-agent", "Mozilla/5.0"),
            ("Content-Length", "7"),
            ("If-None-Match", "*"),
        ] {
            let miss = fetcher.fetch(with(name, value)).await.unwrap_err();
            assert_eq!(miss.failure, Failure::NoSource, "{name}");
        }
        assert_eq!(server.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_site_is_told_who_asks_and_where_to_complain() {
        let server = Server::start(|_| good("")).await;
        let settings = Settings { contact: "mailto:xw@chenghu.gov.cn".to_owned(), ..open() };
        fetch(&settings, server.url("/")).await.unwrap();
        let agent = concat!("xunwang/", env!("CARGO_PKG_VERSION"), " (+mailto:xw@chenghu.gov.cn)");
        assert_eq!(server.seen()[0].header("user-agent"), Some(agent));
    }

    #[test]
    fn settings_that_make_no_header_or_hold_a_secret_are_refused() {
        let build = |settings: &Settings| Fetcher::new(settings, Arc::new(Manual::new(now())));
        let contact = Settings { contact: "澄湖市".to_owned(), ..open() };
        assert!(matches!(build(&contact), Err(BuildError::Agent)));
        let proxy = Settings { proxy: "http://user:secret@127.0.0.1:3128".parse().ok(), ..open() };
        assert!(matches!(build(&proxy), Err(BuildError::Proxy)));
    }

    #[tokio::test]
    async fn a_configured_proxy_carries_every_request() {
        let proxy = Server::start(|_| good("through")).await;
        let settings = Settings { proxy: Some(proxy.named("/")), robots: false, ..Settings::default() };
        let fetched = fetch(&settings, "http://www.chenghu.gov.cn/".parse().unwrap()).await.unwrap();
        assert_eq!(&fetched.body[..], b"through");
        assert_eq!(proxy.paths(), ["http://www.chenghu.gov.cn/"]);
    }

    #[test]
    fn settings_are_strict_and_read_durations_and_networks_as_text() {
        let settings: Settings =
            toml::from_str("timeout = \"1m\"\nallow_private = [\"10.0.0.0/8\", \"fd00::/8\"]").unwrap();
        assert_eq!(settings.timeout, Duration::from_mins(1));
        assert_eq!(settings.allow_private.len(), 2);
        assert_eq!(settings.max_redirects, 5);
        for wrong in ["time_out = \"1m\"", "allow_private = [\"10.0.0.0/33\"]", "proxy = \"here\""] {
            assert!(toml::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }
}

mod redirects {
    use super::*;

    #[tokio::test]
    async fn a_chain_is_followed_to_its_end_without_the_validators() {
        let server = Server::start(|seen| match seen.path() {
            "/a" => to("/b"),
            "/b" => to("c?d"),
            _ => page("200 OK", "ETag: \"9\"\r\n", b"end"),
        })
        .await;
        let validators = Validators { etag: Some("\"7\"".to_owned()), last_modified: None };
        let request = Request { validators, ..Request::get(server.url("/a")) };
        let fetched = fetcher(&open()).fetch(request).await.unwrap();
        assert_eq!(fetched.url, server.url("/c?d"));
        assert_eq!(&fetched.body[..], b"end");
        assert!(fetched.validators.is_empty());
        let asked: Vec<_> = server.seen().iter().map(|seen| seen.header("if-none-match").is_some()).collect();
        assert_eq!(asked, [true, false, false]);
    }

    #[tokio::test]
    async fn a_circle_ends() {
        let server = Server::start(|_| to("/again")).await;
        let miss = fetch(&open(), server.url("/")).await.unwrap_err();
        assert_eq!((miss.failure, miss.status), (Failure::Redirect, 302));
        assert_eq!(server.seen().len(), 6);
    }

    #[tokio::test]
    async fn a_redirect_to_a_private_address_or_another_protocol_is_refused() {
        for location in ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "file:///etc/passwd"]
        {
            let server = Server::start(move |_| to(location)).await;
            assert_eq!(failure(&open(), server.url("/")).await, Failure::Private, "{location}");
        }
    }

    #[tokio::test]
    async fn secrets_of_a_recipe_do_not_follow_to_another_host() {
        let other = Server::start(|_| good("")).await;
        let there = other.url("/").to_string();
        let server = Server::start(move |_| to(&there)).await;
        let headers = vec![("Cookie".to_owned(), "a=b".to_owned()), ("X-Key".to_owned(), "k".to_owned())];
        fetcher(&open()).fetch(Request { headers, ..Request::get(server.url("/")) }).await.unwrap();
        assert_eq!(server.seen()[0].header("cookie"), Some("a=b"));
        assert_eq!((other.seen()[0].header("cookie"), other.seen()[0].header("x-key")), (None, None));
    }
}
