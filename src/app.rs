//! The composition root: a configuration becomes parts, parts become running tasks.
//!
//! In: a checked configuration and a clock. Out: a service that runs until it is told to stop. Parts start in
//! the order in which they need each other and stop in reverse; only this file and the schedule know them all.

use crate::clock::SharedClock;
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::fetch::screen::Screen;
use crate::metrics::{Metrics, seconds};
use crate::model::moment::to_ms;
use crate::notify::desk::Desk;
use crate::notify::mail::Mailer;
use crate::notify::outbox::Outbox;
use crate::schedule::pace::Pace;
use crate::schedule::stop::{out_of_time, stopped};
use crate::schedule::syncs::Syncs;
use crate::schedule::visit::Eyes;
use crate::schedule::{Parts, Progress, Scheduler, Until, jobs};
use crate::store::Store;
use crate::store::lease::{Table, Take};
use crate::web;
use anyhow::Context;
use chrono::{DateTime, Duration, Utc};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// The one job of the calendar so far.
const UPKEEP: &str = "upkeep";
/// How long upkeep may take before another worker takes it over.
const UPKEEP_LEASE: Duration = Duration::hours(1);
/// Where posts lead is followed for so long.
const KEEP_LINKS: Duration = Duration::days(180);
/// How long introductions, pictures and slips of a platform are kept: as long as followers are.
const KEEP_FACTS: Duration = Duration::days(400);
/// Loops that wait for rows look again after this, for another worker may have written some.
const POLL: Duration = Duration::seconds(2);

/// Every part of one process.
#[derive(Debug, Clone)]
pub struct App {
    /// What the operator wrote.
    pub config: Arc<Config>,
    /// The memory.
    pub store: Store,
    /// Looks at accounts.
    pub scheduler: Arc<Scheduler>,
    /// Decides on mails.
    pub desk: Arc<Desk>,
    /// Sends them.
    pub outbox: Arc<Outbox>,
    /// The counters.
    pub metrics: Metrics,
    /// The time.
    pub clock: SharedClock,
    /// Rings when mails may be owed.
    owed: Arc<Notify>,
}

impl App {
    /// Builds every part. Nothing runs yet, and nothing is sent.
    pub async fn build(config: Config, clock: SharedClock) -> anyhow::Result<Self> {
        let config = Arc::new(config);
        let worker = worker_name();
        let metrics = Metrics::new().context("metrics")?;
        let store = open_store(&config, &worker).await?;
        let eyes = Eyes {
            syncs: Syncs::default(),
            fetcher: Arc::new(Fetcher::new(&config.main.fetch, clock.clone())?),
            recipes: config.recipes.clone(),
            pace: Pace::new(store.clone(), clock.clone()).await?,
            clock: clock.clone(),
            keep: config.main.evidence.max_bytes,
        };
        let screen = Screen::new(&config.main.browser, eyes.fetcher.clone());
        let parts = Parts {
            store: store.clone(),
            eyes,
            packs: config.packs.clone(),
            screen,
            checks: config.checks.clone(),
            keep: config.main.evidence.clone(),
            notify: config.notify.clone(),
            settings: config.main.schedule.clone(),
            metrics: metrics.clone(),
            worker: worker.clone(),
            bell: Arc::new(Notify::new()),
            first_token: first_token(clock.now()),
        };
        let scheduler = Arc::new(Scheduler::new(parts).await?);
        let notify_file = config.file.as_deref().unwrap_or(Path::new("notify.toml"));
        let mailer = Mailer::new(&config.notify.mail, notify_file).map_err(|mistakes| {
            let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            anyhow::anyhow!(lines.join("\n"))
        })?;
        let desk = Desk {
            store: store.clone(),
            settings: config.notify.clone(),
            metrics: metrics.clone(),
            clock: clock.clone(),
        };
        let outbox = Outbox {
            store: store.clone(),
            mailer,
            settings: config.notify.clone(),
            metrics: metrics.clone(),
            clock: clock.clone(),
            worker,
        };
        metrics.config_last_reload_successful.set(1);
        metrics.config_last_reload_success_timestamp_seconds.set(seconds(to_ms(clock.now())));
        let (desk, outbox) = (Arc::new(desk), Arc::new(outbox));
        Ok(Self { config, store, scheduler, desk, outbox, metrics, clock, owed: Arc::new(Notify::new()) })
    }

    /// Runs everything until told to stop: looks end first, then what they caused is decided and sent.
    pub async fn run(
        &self,
        stop: watch::Receiver<bool>,
        listening: impl FnOnce(SocketAddr),
    ) -> anyhow::Result<()> {
        self.ensure_jobs().await?;
        let (listener, address) = web::bind(&self.config.main.web).await.with_context(|| {
            format!("无法监听{},请在xunwang.toml的[web]中换一个listen", self.config.main.web.listen)
        })?;
        listening(address);
        let desk = web::Desk {
            store: self.store.clone(),
            metrics: self.metrics.clone(),
            clock: self.clock.clone(),
            settings: self.config.main.web.clone(),
            quarantine: self.config.main.schedule.quarantine,
        };
        let served = tokio::spawn(web::serve(listener, desk, stop.clone()));
        // Looking fails only when going on makes no sense: then the program ends and says so, instead of living on
        // without looking at anybody.
        // On the heap, for it is by far the largest of the futures.
        let looks = Box::pin(async { Ok(self.scheduler.run(Until::Stopped, |_| {}, stop.clone()).await?) });
        tokio::try_join!(
            looks,
            self.tell(stop.clone()),
            self.send(stop.clone()),
            self.keep(stop.clone()),
            Box::pin(self.follow(stop.clone())),
            Box::pin(self.shoot(stop.clone())),
        )?;
        served.await.context("web")?.context("web")?;
        self.store.close().await;
        Ok(())
    }

    /// Looks once at everything due up to now, then decides and sends what follows, until nothing is left.
    pub async fn settle(
        &self,
        progress: impl Fn(Progress),
        stop: watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        self.scheduler.look_at_hosts().await?;
        self.scheduler.run(Until::Drained(self.clock.now()), progress, stop).await?;
        while self.scheduler.take_shot().await? {}
        self.flush().await
    }

    /// Decides and sends what is due.
    pub async fn flush(&self) -> anyhow::Result<()> {
        loop {
            let told = self.desk.pass(self.scheduler.token()).await?;
            let sent = self.outbox.pass(self.scheduler.token(), || true).await?;
            if told == 0 && sent == 0 {
                return Ok(());
            }
        }
    }

    /// When something is due next.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, crate::store::Error> {
        let times =
            [self.store.next_due().await?, self.store.next_group().await?, self.store.next_delivery().await?];
        Ok(times.into_iter().flatten().min())
    }

    async fn tell(&self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        while !*stop.borrow() {
            match self.desk.pass(self.scheduler.token()).await {
                Ok(0) => {}
                Ok(_) => {
                    self.owed.notify_one();
                    continue;
                }
                Err(error) => tracing::error!(%error, "deciding on mails failed, trying again"),
            }
            let next = self.store.next_group().await.ok().flatten();
            self.wait(next, &self.scheduler.bell, &mut stop).await;
        }
        Ok(())
    }

    async fn send(&self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        while !*stop.borrow() {
            let pass = self.outbox.pass(self.scheduler.token(), || !*stop.borrow());
            let sent = tokio::select! {
                sent = pass => sent,
                () = out_of_time(stop.clone()) => break,
            };
            match sent {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(%error, "sending mails failed, trying again"),
            }
            let next = self.store.next_delivery().await.ok().flatten();
            self.wait(next, &self.owed, &mut stop).await;
        }
        Ok(())
    }

    async fn wait(&self, next: Option<DateTime<Utc>>, bell: &Notify, stop: &mut watch::Receiver<bool>) {
        // A bell that rings before anybody listens is kept by `Notify`.
        let poll = self.clock.now() + POLL;
        let until =
            next.map_or(poll, |next| next.min(poll)).max(self.clock.now() + Duration::milliseconds(50));
        tokio::select! {
            () = bell.notified() => {}
            () = self.clock.sleep_until(until) => {}
            () = stopped(stop) => {}
        }
    }

    /// Upkeep is a row like everything that must happen later: with several workers one of them does it.
    async fn keep(&self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        while !*stop.borrow() {
            if let Err(error) = self.upkeep().await {
                tracing::error!(%error, "upkeep failed, trying again");
            }
            tokio::select! {
                () = self.clock.sleep(Duration::seconds(60)) => {}
                () = stopped(&mut stop) => {}
            }
        }
        Ok(())
    }

    /// Takes pictures of the pages on which new cases rest.
    async fn shoot(&self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        while !*stop.borrow() {
            // A picture is an extra, and a stop waits for none.
            let taken = tokio::select! {
                taken = self.scheduler.take_shot() => taken,
                () = stopped(&mut stop) => break,
            };
            match taken {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "a picture could not be kept"),
            }
            tokio::select! {
                () = self.scheduler.shot_wanted() => {}
                () = stopped(&mut stop) => {}
            }
        }
        Ok(())
    }

    /// Looks where posts lead.
    async fn follow(&self, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        while !*stop.borrow() {
            // What was leased comes back by itself.
            let looked = tokio::select! {
                looked = self.scheduler.look_at_hosts() => looked,
                () = stopped(&mut stop) => break,
            };
            match looked {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(%error, "looking at hosts failed, trying again"),
            }
            tokio::select! {
                () = self.clock.sleep(Duration::seconds(60)) => {}
                () = stopped(&mut stop) => {}
            }
        }
        Ok(())
    }

    async fn ensure_jobs(&self) -> anyhow::Result<()> {
        let line = jobs::parse_cron(&self.config.main.upkeep.at).map_err(|reason| anyhow::anyhow!(reason))?;
        if let Some(at) = jobs::next_time(&line, self.clock.now()) {
            self.store.ensure_job(UPKEEP, at).await?;
        }
        Ok(())
    }

    async fn upkeep(&self) -> anyhow::Result<()> {
        let now = self.clock.now();
        let token = self.scheduler.token();
        for id in
            self.store.lease(Table::Job, Take { now, until: now + UPKEEP_LEASE, limit: 1, token }).await?
        {
            let keep = Duration::from_std(self.config.main.upkeep.keep_visits)?;
            let forgotten = self.store.forget_visits(now - keep).await?;
            let facts = self.store.forget_facts(now - KEEP_FACTS).await?;
            let links = self.store.forget_hosts(now - KEEP_LINKS, now + Duration::days(8)).await?;
            let keep = Duration::from_std(self.config.main.evidence.keep)?;
            let payloads = self.store.forget_payloads(now - keep).await?;
            self.store.optimize().await?;
            tracing::info!(forgotten, facts, links, payloads, "upkeep done");
            let line =
                jobs::parse_cron(&self.config.main.upkeep.at).map_err(|reason| anyhow::anyhow!(reason))?;
            let next = jobs::next_time(&line, now).unwrap_or(now + Duration::days(1));
            self.store.finish_job(token, id, next).await?;
        }
        Ok(())
    }
}

/// Opens the store the configuration names, making the data folder when it is not there.
pub async fn open_store(config: &Config, worker: &str) -> anyhow::Result<Store> {
    let data = &config.main.store.data_dir;
    std::fs::create_dir_all(data).with_context(|| format!("无法创建数据目录{}", data.display()))?;
    Store::open(&config.store_address, worker).await.context("无法打开数据库,请核对xunwang.toml的[store]")
}

/// This process, as other workers and the database see it.
#[must_use]
pub fn worker_name() -> String {
    let host = hostname::get().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{host}:{}", std::process::id())
}

/// The first lease token of this process: no two processes that start at different milliseconds or with
/// different numbers meet, for none of them hands out a million leases a millisecond.
fn first_token(now: DateTime<Utc>) -> i64 {
    (to_ms(now) << 20) | i64::from(std::process::id() & 0xF_FFFF)
}
