//! `xunwang sweep`: one pass over all accounts now.

use super::{Desk, Failed};
use crate::app::App;
use crate::clock::System;
use crate::model::account::Platform;
use crate::schedule::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this account (key or name); may be given several times.
    #[arg(long)]
    account: Vec<String>,
    /// Only accounts of this platform.
    #[arg(long)]
    platform: Option<Platform>,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let app = App::build(desk.load()?, Arc::new(System)).await?;
        let total = self.make_due(&app).await?;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(super::run::stop_on_signal(stop));
        let watcher = Watcher::new(desk, total);
        app.settle(|progress| watcher.show(progress), stopped).await?;
        let last = watcher.finish();
        if desk.output.is_json() {
            desk.output.data(&json!({ "due": total, "done": last.done, "failed": last.failed }))?;
        } else {
            desk.output.line(format!("查看{}个账号,其中{}个未能核验", last.done, last.failed))?;
        }
        app.store.close().await;
        Ok(())
    }

    /// Makes the wanted accounts due at once. Returns how many there are.
    async fn make_due(&self, app: &App) -> Result<u64, Failed> {
        let now = app.clock.now();
        if self.account.is_empty() {
            return Ok(app.store.make_due(self.platform, None, now).await?);
        }
        let mut accounts = Vec::new();
        for wanted in &self.account {
            let found = app.store.find_watched(wanted).await?;
            if found.is_empty() {
                return Err(Failed::Usage(format!("台账中没有“{wanted}”")));
            }
            accounts.extend(found.into_iter().map(|watched| watched.id));
        }
        Ok(app.store.make_due(self.platform, Some(&accounts), now).await?)
    }
}

/// Shows how far a pass is: a bar on a terminal, now and then a line elsewhere.
#[derive(Debug)]
struct Watcher {
    bar: Option<ProgressBar>,
    output: super::output::Output,
    total: u64,
    done: AtomicU64,
    failed: AtomicU64,
}

impl Watcher {
    fn new(desk: &Desk, total: u64) -> Self {
        let bar = desk.output.is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{bar:40.cyan/blue} {pos}/{len} {per_sec} 剩余{eta} {msg}");
            ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, output: desk.output, total, done: AtomicU64::new(0), failed: AtomicU64::new(0) }
    }

    fn show(&self, progress: Progress) {
        let before = self.done.swap(progress.done, Ordering::Relaxed);
        self.failed.store(progress.failed, Ordering::Relaxed);
        match &self.bar {
            Some(bar) => {
                bar.set_position(progress.done);
                bar.set_message(format!("未能核验{}", progress.failed));
            }
            // A line for each tenth is enough for a log.
            None if progress.done * 10 / self.total.max(1) > before * 10 / self.total.max(1) => {
                self.output.note(format!("{}/{},未能核验{}", progress.done, self.total, progress.failed));
            }
            None => {}
        }
    }

    fn finish(self) -> Progress {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        Progress { done: self.done.into_inner(), failed: self.failed.into_inner() }
    }
}
