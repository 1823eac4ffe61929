//! A scripted web server on the loopback: in come a path and a script, out goes exactly what the script says,
//! byte for byte and as late as it says.

use crate::clock::{Clock, System};
use chrono::TimeDelta;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// Sends the bytes and keeps the connection.
    Send(Vec<u8>),
    /// Sends the bytes and closes the connection.
    Cut(Vec<u8>),
    /// Sends the bytes and then nothing more, for ever.
    Hang(Vec<u8>),
    /// Sends the first bytes and then the second ones again and again, with a pause in milliseconds.
    Drip(Vec<u8>, Vec<u8>, i64),
}

/// One request as it arrived: the head, in lower case.
#[derive(Debug, Clone)]
pub(super) struct Seen(String);

impl Seen {
    /// Path and query.
    pub(super) fn path(&self) -> &str {
        self.0.split(' ').nth(1).unwrap_or_default()
    }

    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// The server; it stops with the test's runtime.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers every request by `script`.
    pub(super) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let script = Arc::new(script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                tokio::spawn(async move { serve(stream, &*script, &log).await });
            }
        });
        Self { address, seen }
    }

    /// An address on this server, by number.
    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// An address on this server, by a name.
    pub(super) fn named(&self, path: &str) -> Url {
        format!("http://localhost:{}{path}", self.address.port()).parse().unwrap()
    }

    /// All requests so far, in order.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Paths of all requests so far, in order.
    pub(super) fn paths(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.path().to_owned()).collect()
    }
}

async fn serve(
    stream: TcpStream,
    script: &(impl Fn(&Seen) -> Reply + Sync),
    log: &Mutex<Vec<Seen>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        let seen = Seen(head.to_ascii_lowercase());
        log.lock().unwrap().push(seen.clone());
        match script(&seen) {
            Reply::Send(bytes) => stream.write_all(&bytes).await.ok()?,
            Reply::Cut(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                return None;
            }
            Reply::Hang(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                std::future::pending::<()>().await;
            }
            Reply::Drip(first, again, pause) => {
                stream.write_all(&first).await.ok()?;
                loop {
                    stream.write_all(&again).await.ok()?;
                    System.sleep(TimeDelta::milliseconds(pause)).await;
                }
            }
        }
    }
}

/// A whole answer with a body of known length.
pub(super) fn page(status: &str, headers: &str, body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    Reply::Send([head.as_bytes(), body].concat())
}

/// A good page.
pub(super) fn good(body: &str) -> Reply {
    page("200 OK", "Content-Type: text/html; charset=UTF-8\r\n", body.as_bytes())
}

/// An answer that redirects.
pub(super) fn to(location: &str) -> Reply {
    page("302 Found", &format!("Location: {location}\r\n"), b"")
}

/// There is no such page.
pub(super) fn missing() -> Reply {
    page("404 Not Found", "", "页面不存在".as_bytes())
}
