//! A site on the loopback with a feed for every account, and a memory of who asked for what.
//!
//! In: which accounts are silent, and which do not answer. Out: RSS, and the list of requests.

use super::patience::now;
use axum::Router;
use axum::http::{HeaderMap, Uri, header};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A running site; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Origin {
    port: u16,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    start: DateTime<Utc>,
    silent: Mutex<BTreeSet<usize>>,
    asked: Mutex<Vec<Asked>>,
    mute: watch::Sender<bool>,
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The account it was for.
    pub(crate) account: usize,
    /// Who asked: the header `User-Agent`.
    pub(crate) by: String,
}

impl Origin {
    /// Starts a site whose accounts post today, all but the silent ones: their latest post is twenty days old.
    pub(crate) async fn start(silent: impl IntoIterator<Item = usize>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            start: now(),
            silent: Mutex::new(silent.into_iter().collect()),
            asked: Mutex::default(),
            mute: watch::channel(false).0,
        });
        let site = Arc::clone(&shared);
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
            let site = Arc::clone(&site);
            async move {
                let by = headers.get(header::USER_AGENT).and_then(|by| by.to_str().ok()).unwrap_or_default();
                let feed = site.answer(&uri, by).await;
                ([(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")], feed)
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, shared, task }
    }

    /// The feed of an account.
    pub(crate) fn feed(&self, account: usize) -> String {
        format!("http://127.0.0.1:{}/{account}.xml", self.port)
    }

    /// The account posts now.
    pub(crate) fn post(&self, account: usize) {
        self.shared.silent.lock().unwrap().remove(&account);
    }

    /// From now on nobody gets an answer, or everybody does again. Who waits goes on waiting.
    pub(crate) fn mute(&self, mute: bool) {
        self.shared.mute.send_replace(mute);
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// How often each account was asked for.
    pub(crate) fn counts(&self) -> BTreeMap<usize, usize> {
        let mut counts = BTreeMap::new();
        for asked in self.asked() {
            *counts.entry(asked.account).or_default() += 1;
        }
        counts
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn answer(&self, uri: &Uri, by: &str) -> String {
        let account = uri.path().trim_matches('/').trim_end_matches(".xml").parse().unwrap();
        self.asked.lock().unwrap().push(Asked { account, by: by.to_owned() });
        self.mute.subscribe().wait_for(|mute| !mute).await.unwrap();
        let silent = self.silent.lock().unwrap().contains(&account);
        let old = [("旧", 40), ("中", 30), ("近", 20)].map(|(title, days)| (title, Duration::days(days)));
        let new = (!silent).then_some(("新", Duration::minutes(5)));
        let items = new.into_iter().chain(old.into_iter().rev()).map(|(title, age)| {
            let at = (self.start - age).to_rfc2822();
            format!(
                "<item><title>{title}消息{account}</title><guid isPermaLink=\"false\">{account}-{title}</guid>\
                 <link>http://127.0.0.1/{account}/{title}</link><pubDate>{at}</pubDate></item>"
            )
        });
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>澄湖发布{account}</title>\
             <link>http://127.0.0.1/</link><description>澄湖</description>{}</channel></rss>",
            items.collect::<String>()
        )
    }
}
