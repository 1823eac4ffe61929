//! The loopback sites: one listener each, all answering out of one city.
//!
//! In: a city and a clock. Out: running listeners and their addresses. It binds 127.0.0.1 only, keeps nothing
//! between two requests, and ends when its [`Serving`] is shut down or dropped.

use super::answer::{Answer, answer, is_mute};
use super::city::{City, Site};
use crate::clock::SharedClock;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use axum::serve::Listener;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Where each site listens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses(BTreeMap<Site, SocketAddr>);

impl Addresses {
    /// `http://127.0.0.1:PORT` of a site, without a final slash. A site that does not listen has port 0.
    #[must_use]
    pub fn base(&self, site: Site) -> String {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        format!("http://{}", self.0.get(&site).unwrap_or(&nowhere))
    }
}

/// The running sites.
#[derive(Debug)]
pub struct Serving {
    /// Where they listen.
    pub addresses: Addresses,
    stop: watch::Sender<()>,
    tasks: JoinSet<std::io::Result<()>>,
}

impl Serving {
    /// Stops listening, lets the answers under way finish, and returns when all have.
    pub async fn shut_down(self) {
        let Self { stop, mut tasks, .. } = self;
        drop(stop);
        while tasks.join_next().await.is_some() {}
    }
}

/// Opens every site of the city on a free port of 127.0.0.1.
///
/// # Errors
/// When a port cannot be bound.
pub async fn serve(city: Arc<City>, clock: SharedClock) -> std::io::Result<Serving> {
    let (stop, stopped) = watch::channel(());
    let mut addresses = Addresses::default();
    let mut tasks = JoinSet::new();
    for &site in Site::ALL {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        addresses.0.insert(site, listener.local_addr()?);
        let responder = Arc::new(Responder {
            city: city.clone(),
            clock: clock.clone(),
            site,
            base: addresses.base(site),
        });
        let door = Door { listener, responder: responder.clone() };
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
            let responder = responder.clone();
            async move { responder.respond(&uri, &headers) }
        });
        let mut stopped = stopped.clone();
        let server = axum::serve(door, router).with_graceful_shutdown(async move {
            // An error says that the sender is gone, which is the signal.
            let _ = stopped.changed().await;
        });
        tasks.spawn(server.into_future());
    }
    Ok(Serving { addresses, stop, tasks })
}

/// One site.
struct Responder {
    city: Arc<City>,
    clock: SharedClock,
    site: Site,
    base: String,
}

impl Responder {
    fn respond(&self, uri: &Uri, headers: &HeaderMap) -> Response {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let answer = answer(&self.city, self.site, &self.base, target, self.clock.now());
        let mut response = if answer.status == 200 {
            let tag = entity_tag(&answer);
            let known =
                headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
            let body = if known { Body::empty() } else { Body::from(answer.body) };
            let mut response = Response::new(body);
            *response.status_mut() = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
            put(&mut response, header::ETAG, &tag);
            response
        } else {
            let mut response = Response::new(Body::from(answer.body));
            *response.status_mut() =
                StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if let Some(wait) = answer.retry_after {
                put(&mut response, header::RETRY_AFTER, &wait.to_string());
            }
            // Nobody keeps a line to a site in trouble: the next request must meet the closed door.
            put(&mut response, header::CONNECTION, "close");
            response
        };
        put(&mut response, header::CONTENT_TYPE, answer.content_type);
        response
    }
}

fn put(response: &mut Response, name: header::HeaderName, value: &str) {
    // Every value is made here of plain ASCII; one that is not would be left out.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The tag of an answer. As RSSHub does, it leaves out the time of the request, so that an unchanged feed is
/// unchanged.
fn entity_tag(answer: &Answer) -> String {
    const STAMP: (&[u8], &[u8]) = (b"<lastBuildDate>", b"</lastBuildDate>");
    let body = &answer.body;
    let from = memchr::memmem::find(body, STAMP.0).unwrap_or(body.len());
    let to = memchr::memmem::find(&body[from..], STAMP.1).map_or(from, |end| from + end);
    let (head, tail) = (xxhash_rust::xxh3::xxh3_64(&body[..from]), xxhash_rust::xxh3::xxh3_64(&body[to..]));
    format!("\"{head:016x}{tail:016x}\"")
}

/// The door of a site: while the site is mute it closes every connection at once.
struct Door {
    listener: TcpListener,
    responder: Arc<Responder>,
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let (stream, peer) = Listener::accept(&mut self.listener).await;
            if !is_mute(&self.responder.city, self.responder.site, self.responder.clock.now()) {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, Manual};
    use crate::demo::Behaviour;
    use crate::model::account::Kind;
    use chrono::{DateTime, Duration, Utc};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn start() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().with_timezone(&Utc)
    }

    async fn open() -> (Arc<City>, Manual, Serving) {
        let city = Arc::new(City::new(start()));
        let clock = Manual::new(start());
        let serving = serve(city.clone(), Arc::new(clock.clone())).await.unwrap();
        (city, clock, serving)
    }

    /// One request over a line of its own; the whole answer as it came.
    async fn get(url: &str, header: &str) -> String {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let mut line = TcpStream::connect(host).await.unwrap();
        let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{header}\r\n");
        // A closed door may cut the line while we still write.
        let _ = line.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn first_source(city: &City, serving: &Serving, wanted: Behaviour) -> String {
        let place = city.accounts().iter().position(|account| account.behaviour == wanted).unwrap();
        city.registered(&serving.addresses)[place].sources[0].target.clone()
    }

    #[tokio::test]
    async fn an_unchanged_page_answers_304_and_a_new_post_changes_it() {
        let (city, clock, serving) = open().await;
        for site in [Site::Rsshub, Site::CityHall, Site::Columns, Site::Atom] {
            let account = city.registered(&serving.addresses).into_iter().find(|account| {
                account.kind != Kind::Service
                    && account.sources.len() == 1
                    && account.sources[0].target.starts_with(&serving.addresses.base(site))
            });
            let url = account.unwrap().sources[0].target.clone();
            let whole = get(&url, "").await;
            assert!(whole.starts_with("HTTP/1.1 200"), "{whole}");
            let tag = whole.split("etag: ").nth(1).unwrap().lines().next().unwrap().to_owned();
            clock.advance(Duration::minutes(1));
            let header = format!("if-none-match: {tag}\r\n");
            let unchanged = get(&url, &header).await;
            assert!(unchanged.starts_with("HTTP/1.1 304"), "{unchanged}");
            clock.advance(Duration::days(4));
            assert!(get(&url, &header).await.starts_with("HTTP/1.1 200"));
        }
        serving.shut_down().await;
    }

    #[tokio::test]
    async fn the_site_in_trouble_first_answers_503_then_nothing_then_comes_back() {
        let (city, clock, serving) = open().await;
        let url = first_source(&city, &serving, Behaviour::SiteDown);
        for (hour, expected) in [(1, "HTTP/1.1 200"), (21, "HTTP/1.1 503"), (27, ""), (33, "HTTP/1.1 200")] {
            clock.advance_to(start() + Duration::hours(hour));
            let answer = get(&url, "").await;
            assert_eq!(answer.split("\r\n").next().unwrap().get(..12).unwrap_or(""), expected, "hour {hour}");
        }
    }

    #[tokio::test]
    async fn a_limited_site_says_how_long_to_wait() {
        let (_, clock, serving) = open().await;
        clock.advance_to(start() + Duration::minutes(14 * 60 + 40));
        let url = format!("{}/api/column/list?columnId=010&pageNo=1", serving.addresses.base(Site::Columns));
        let answer = get(&url, "").await;
        assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: 1200\r\n"), "{answer}");
        assert_eq!(clock.now(), start() + Duration::minutes(14 * 60 + 40));
    }

    #[tokio::test]
    async fn every_site_stops_when_told() {
        let (_, _, serving) = open().await;
        let address = serving.addresses.base(Site::Weibo);
        serving.shut_down().await;
        assert!(TcpStream::connect(address.strip_prefix("http://").unwrap()).await.is_err());
    }
}
