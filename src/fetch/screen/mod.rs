//! What a page looks like: a picture of it by a browser that the operator has installed (headless Chromium, by its
//! `DevTools` protocol). Optional; nothing else needs it.
//!
//! In: an answer that was fetched. Out: a PNG of that very answer. The browser itself reaches nobody: it resolves no name
//! and every proxy it could use is closed. What it shows came through the one fetcher, with its guard against private
//! addresses, its caps and its manners: the page from the answer at hand, pictures and styles asked for in its stead. It
//! must never see a secret: they are asked for without.

mod devtools;
mod launch;

use super::Fetcher;
use crate::model::page::{Fetched, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use devtools::{Heard, Session};
use launch::Browser;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use url::Url;

/// The browser that takes pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The program, as `/usr/bin/chromium`; without one no pictures are taken.
    pub program: Option<PathBuf>,
    /// Whether the browser shuts its own processes in. It cannot when it runs as root.
    pub sandbox: bool,
    /// The longest a picture may take.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// The width of the page, in pixels.
    pub width: u32,
    /// The most of its height that is shown, in pixels.
    pub max_height: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { program: None, sandbox: true, timeout: Duration::from_secs(30), width: 1280, max_height: 6000 }
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program does not start, or ends at once.
    #[error("浏览器无法启动：{0}")]
    Launch(String),
    /// It says what it should not, or hangs up.
    #[error("浏览器没有按约定回答：{0}")]
    Protocol(String),
    /// The page cannot be shown.
    #[error("网页无法显示：{0}")]
    Page(String),
    /// It took too long.
    #[error("截图超时")]
    Timeout,
}

/// What a page may ask for besides itself.
const MOST_REQUESTS: usize = 100;
/// How much of it, in bytes.
const MOST_BYTES: usize = 32 << 20;
/// After the page is there, what is still on its way is waited for so long.
const SETTLING: Duration = Duration::from_secs(3);

/// Takes pictures of pages.
#[derive(Debug)]
pub struct Screen {
    settings: Settings,
    program: PathBuf,
    fetcher: Arc<Fetcher>,
}

impl Screen {
    /// A screen, if a browser is configured.
    #[must_use]
    pub fn new(settings: &Settings, fetcher: Arc<Fetcher>) -> Option<Self> {
        let program = settings.program.clone()?;
        Some(Self { settings: settings.clone(), program, fetcher })
    }

    /// A picture of an answer, as PNG.
    pub async fn shoot(&self, page: &Fetched) -> Result<Bytes, Error> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a browser works in real time, whatever the clock says"
        )]
        let shot = tokio::time::timeout(self.settings.timeout, async {
            let browser = Browser::launch(&self.program, self.settings.sandbox, self.settings.width).await?;
            let mut session = Session::open(&browser.endpoint).await?;
            let shot = self.show(&mut session, page).await;
            session.close().await;
            shot
        });
        // A browser that is dropped is killed.
        shot.await.unwrap_or(Err(Error::Timeout))
    }

    async fn show(&self, session: &mut Session, page: &Fetched) -> Result<Bytes, Error> {
        session.call("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] })).await?;
        session.call("Page.enable", json!({})).await?;
        let navigation = session.send("Page.navigate", json!({ "url": page.url.as_str() })).await?;
        let mut served = Served { page: Some(page), requests: 0, bytes: 0, under_way: JoinSet::new() };
        let mut loaded = false;
        #[expect(
            clippy::disallowed_methods,
            reason = "a browser works in real time, whatever the clock says"
        )]
        let patience =
            |loaded: bool| tokio::time::sleep(if loaded { SETTLING } else { self.settings.timeout });
        let mut end = Box::pin(patience(false));
        loop {
            if loaded && served.under_way.is_empty() {
                break;
            }
            tokio::select! {
                heard = session.hear() => match heard? {
                    Heard::Event(method, params) if method == "Fetch.requestPaused" => {
                        let answer = served.answer(&params, &self.fetcher);
                        if let Some((method, params)) = answer {
                            session.send(method, params).await?;
                        }
                    }
                    Heard::Event(method, _) if method == "Page.loadEventFired" => {
                        loaded = true;
                        end.set(patience(true));
                    }
                    Heard::Answer(id, result) if id == navigation => {
                        if let Some(error) = result["errorText"].as_str() {
                            return Err(Error::Page(error.to_owned()));
                        }
                    }
                    Heard::Event(..) | Heard::Answer(..) => {}
                },
                Some(fetched) = served.under_way.join_next() => {
                    let (request, fetched) = fetched.map_err(|error| Error::Page(error.to_string()))?;
                    let (method, params) = served.told(&request, fetched);
                    session.send(method, params).await?;
                }
                () = &mut end => {
                    if loaded { break }
                    return Err(Error::Timeout);
                }
            }
        }
        let metrics = session.call("Page.getLayoutMetrics", json!({})).await?;
        let height =
            metrics["cssContentSize"]["height"].as_f64().unwrap_or(f64::from(self.settings.max_height));
        let height = height.clamp(1.0, f64::from(self.settings.max_height));
        let clip = json!({ "x": 0, "y": 0, "width": self.settings.width, "height": height, "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = session.call("Page.captureScreenshot", wanted).await?;
        let data = shot["data"].as_str().unwrap_or_default();
        let png = STANDARD.decode(data).map_err(|error| Error::Protocol(error.to_string()))?;
        if png.is_empty() { Err(Error::Protocol("没有图像".to_owned())) } else { Ok(Bytes::from(png)) }
    }
}

/// What is handed to the browser for one page.
struct Served<'p> {
    /// The page itself, until it was asked for.
    page: Option<&'p Fetched>,
    requests: usize,
    bytes: usize,
    /// What is being fetched, by the browser's number of the request.
    under_way: JoinSet<(String, Option<Fetched>)>,
}

impl Served<'_> {
    /// What to say to a request at once; none when it is fetched first.
    fn answer(&mut self, params: &Value, fetcher: &Arc<Fetcher>) -> Option<(&'static str, Value)> {
        let request = params["requestId"].as_str().unwrap_or_default().to_owned();
        let kind = params["resourceType"].as_str().unwrap_or_default();
        if kind == "Document"
            && let Some(page) = self.page.take()
        {
            return Some(fulfilled(&request, page));
        }
        let url = params["request"]["url"].as_str().and_then(|url| Url::parse(url).ok());
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let is_get = params["request"]["method"].as_str() == Some("GET");
        // Frames, scripts' own questions and downloads are nothing that a picture of this page needs.
        let wanted = matches!(kind, "Image" | "Stylesheet" | "Font" | "Script");
        self.requests += 1;
        match url {
            Some(url) if is_get && wanted && self.requests <= MOST_REQUESTS && self.bytes < MOST_BYTES => {
                let fetcher = Arc::clone(fetcher);
                self.under_way.spawn(async move { (request, fetcher.fetch(Request::get(url)).await.ok()) });
                None
            }
            _ => Some(refused(&request)),
        }
    }

    /// What to say to a request once it was fetched.
    fn told(&mut self, request: &str, fetched: Option<Fetched>) -> (&'static str, Value) {
        match fetched {
            Some(fetched) if self.bytes + fetched.body.len() <= MOST_BYTES => {
                self.bytes += fetched.body.len();
                fulfilled(request, &fetched)
            }
            _ => refused(request),
        }
    }
}

fn fulfilled(request: &str, fetched: &Fetched) -> (&'static str, Value) {
    let params = json!({
        "requestId": request,
        "responseCode": fetched.status,
        "responseHeaders": [{ "name": "Content-Type", "value": fetched.content_type }],
        "body": STANDARD.encode(&fetched.body),
    });
    ("Fetch.fulfillRequest", params)
}

fn refused(request: &str) -> (&'static str, Value) {
    ("Fetch.failRequest", json!({ "requestId": request, "errorReason": "BlockedByClient" }))
}
