//! A desk and an outbox over a store, with a clock that stands still until it is moved.
//!
//! In: a notify file. Out: what the two do with cases that a test opens, and what an operator sees of it.

use super::fixture::{case, evidence, open, registered, watched, write};
use super::patience::now;
use chrono::Duration;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use xunwang::clock::{Clock, Manual};
use xunwang::metrics::Metrics;
use xunwang::model::account::Platform;
use xunwang::model::finding::{Level, Rule};
use xunwang::model::incident::{IncidentId, State};
use xunwang::notify::desk::{Desk, add_touches};
use xunwang::notify::mail::Mailer;
use xunwang::notify::outbox::Outbox;
use xunwang::notify::route::CaseFacts;
use xunwang::notify::settings::Settings;
use xunwang::store::incidents::Change;
use xunwang::store::lease::Token;
use xunwang::store::{Error, Store};

/// No two rooms over one store hand out the same token, as no two processes do.
static TOKENS: AtomicI64 = AtomicI64::new(1);

/// A desk and an outbox.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) store: Store,
    pub(crate) clock: Manual,
    desk: Desk,
    outbox: Outbox,
}

impl Room {
    /// A room over a store. The clock starts now, for mail servers read the header `Date`.
    pub(crate) fn new(store: &Store, notify: &str) -> Self {
        let text = Settings::read(Path::new("notify.toml"), notify);
        let settings = Arc::new(text.unwrap_or_else(|mistakes| panic!("{mistakes:?}")));
        let clock = Manual::new(now());
        let metrics = Metrics::new().unwrap();
        let mailer = Mailer::new(&settings.mail, Path::new("notify.toml")).unwrap();
        let desk = Desk {
            store: store.clone(),
            settings: Arc::clone(&settings),
            metrics: metrics.clone(),
            clock: Arc::new(clock.clone()),
        };
        let outbox = Outbox {
            store: store.clone(),
            mailer,
            settings,
            metrics,
            clock: Arc::new(clock.clone()),
            worker: "room".to_owned(),
        };
        Self { store: store.clone(), clock, desk, outbox }
    }

    /// The same over the same store at the same time, with another notify file: a restart after an edit.
    pub(crate) fn reopened(self, notify: &str) -> Self {
        let new = Self::new(&self.store, notify);
        new.clock.advance_to(self.clock.now());
        new
    }

    /// Opens a case about an account, which may be new, with these addresses of its owner.
    pub(crate) async fn opens(&self, number: usize, owners: &[&str]) -> IncidentId {
        let line = registered(number);
        let key = line.key.clone();
        let now = self.clock.now();
        if self.store.find_watched(&key).await.unwrap().is_empty() {
            write(&self.store, async |tx| {
                tx.add_accounts(std::slice::from_ref(&line), &|_| "site.example:443".to_owned(), now).await
            })
            .await;
        }
        let account = watched(&self.store, &key).await.id;
        let new = xunwang::store::incidents::NewIncident {
            opened_at: now,
            ..case(Some(account), Rule::NotUpdated, "")
        };
        let id = open(&self.store, &[new]).await[0];
        let owners: Vec<String> = owners.iter().map(ToString::to_string).collect();
        let facts = CaseFacts {
            rule: Rule::NotUpdated,
            level: Level::Deduction,
            platform: Some(Platform::Weibo),
            tier: line.level,
            region_code: &line.region_code,
            owner: &line.owner,
            owner_email: &owners,
        };
        let mut touches = BTreeMap::new();
        add_touches(&self.desk.settings, &mut touches, id, &facts);
        let touches: Vec<_> = touches.into_values().collect();
        write(&self.store, async |tx| tx.touch_groups(&touches, now).await).await;
        id
    }

    /// Ends a case.
    pub(crate) async fn ends(&self, id: IncidentId) {
        let now = self.clock.now();
        write(&self.store, async |tx| {
            let ended = tx.end_incidents(&[id], State::Resolved, now, "test").await?;
            tx.touch_groups_of(&ended, now).await
        })
        .await;
    }

    /// A case weighs more from now on.
    pub(crate) async fn worsens(&self, id: IncidentId) {
        let now = self.clock.now();
        let change =
            Change { id, level: Level::Fail, since: now, evidence: evidence("已连续30天未更新") };
        write(&self.store, async |tx| {
            tx.change_incidents(&[change], now, "test").await?;
            tx.touch_groups_of(&[id], now).await
        })
        .await;
    }

    /// Lets a second pass and decides; nothing is sent.
    pub(crate) async fn decides(&self) {
        self.clock.advance(Duration::seconds(1));
        while self.desk.pass(token()).await.unwrap() > 0 {}
        // A group that was decided on before its mail was due is due now.
        self.clock.advance(Duration::seconds(1));
        while self.desk.pass(token()).await.unwrap() > 0 {}
    }

    /// Sends what is due.
    pub(crate) async fn sends(&self) -> Result<usize, Error> {
        self.outbox.pass(token(), || true).await
    }

    /// Decides and sends.
    pub(crate) async fn tells(&self) {
        self.decides().await;
        self.sends().await.unwrap();
    }

    /// Everything that is counted, as `/metrics` shows it.
    pub(crate) async fn metrics(&self) -> String {
        let now = self.clock.now();
        self.outbox.metrics.show(&self.store.figures(9, now).await.unwrap(), now);
        self.outbox.metrics.text().unwrap()
    }

    /// One of these figures, without what stands behind the point.
    pub(crate) async fn figure(&self, series: &str) -> i64 {
        let text = self.metrics().await;
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        let line = line.unwrap_or_else(|| panic!("no {series} in {text}"));
        line.split('.').next().unwrap().parse().unwrap()
    }
}

fn token() -> Token {
    Token(TOKENS.fetch_add(1, Ordering::Relaxed))
}
