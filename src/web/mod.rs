//! The endpoints: is it alive, is it ready, what does it count.
//!
//! In: requests from Prometheus, a load balancer or a person. Out: texts. It listens on loopback unless told
//! otherwise, shows nothing that needs a login, and asks the database once per scrape however many scrape.

mod accounts;
mod health;

use crate::clock::SharedClock;
use crate::metrics::Metrics;
use crate::store::Store;
use axum::Router;
use axum::routing::get;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The console and the endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether `/metrics/accounts` shows every account, with names.
    pub account_metrics: bool,
    /// Shows only accounts of this platform there; empty shows all.
    pub account_platform: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9560)),
            account_metrics: true,
            account_platform: String::new(),
        }
    }
}

/// What the endpoints read from.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The memory.
    pub store: Store,
    /// The counters.
    pub metrics: Metrics,
    /// The time.
    pub clock: SharedClock,
    /// Which accounts are shown.
    pub settings: Settings,
    /// Tries after which an account is kept apart.
    pub quarantine: u32,
}

/// Binds the address, so that the caller knows the port before anything is served.
pub async fn bind(settings: &Settings) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until told to stop.
pub async fn serve(
    listener: TcpListener,
    desk: Desk,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let router = routes(desk);
    let stopped = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, router).with_graceful_shutdown(stopped).await
}

fn routes(desk: Desk) -> Router {
    let desk = Arc::new(desk);
    let router = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    let router = if desk.settings.account_metrics {
        router.route("/metrics/accounts", get(accounts::metrics))
    } else {
        router
    };
    router.with_state(desk)
}
