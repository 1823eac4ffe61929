//! `xunwang run`: the service.

use super::{Desk, Failed};
use crate::app::App;
use crate::clock::System;
use clap::ValueEnum;
use std::sync::Arc;
use tokio::sync::watch;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Form of the log on standard error.
    #[arg(long, value_enum, default_value_t = Log::Text)]
    log: Log,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Log {
    /// For people and the journal.
    Text,
    /// For a collector.
    Json,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        start_log(self.log == Log::Json);
        let app = App::build(config, Arc::new(System)).await?;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(stop_on_signal(stop));
        tokio::spawn(feed_watchdog(app.clone(), stopped.clone()));
        app.run(stopped, |address| {
            tracing::info!(%address, "listening");
            // Outside systemd there is nobody to notify.
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        })
        .await?;
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        tracing::info!("stopped");
        Ok(())
    }
}

/// Starts the log on standard error.
fn start_log(json: bool) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(crate::config::environment::log_filter())
        .with_writer(std::io::stderr);
    // A second log in one process (tests) is refused; the first one goes on.
    let _ = if json { log.json().try_init() } else { log.try_init() };
}

/// Ends the service on SIGTERM or Ctrl-C.
pub(super) async fn stop_on_signal(stop: watch::Sender<bool>) {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = terminated => {}
        result = tokio::signal::ctrl_c() => {
            if result.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
    tracing::info!("stopping: looks under way are finished first");
    // Nobody listening any more means that it has stopped already.
    let _ = stop.send(true);
}

/// Feeds systemd's watchdog, but only while the store answers.
async fn feed_watchdog(app: App, stopped: watch::Receiver<bool>) {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let pause = chrono::Duration::from_std(limit / 3)
        .unwrap_or(chrono::Duration::seconds(10))
        .max(chrono::Duration::seconds(1));
    let mut stopped = stopped;
    while !*stopped.borrow() {
        if app.store.ping().await.is_ok() {
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
        tokio::select! {
            () = app.clock.sleep(pause) => {}
            _ = stopped.changed() => return,
        }
    }
}
