//! `/livez`, `/readyz` and `/metrics`.

use super::Desk;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The text format of Prometheus.
pub(super) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process turns.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// The store answers.
pub(super) async fn ready(State(desk): State<Arc<Desk>>) -> Response {
    match desk.store.ping().await {
        Ok(()) => "ok\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            // The database's own words may name hosts and users: they go to the log only.
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// Everything that is counted.
pub(super) async fn metrics(State(desk): State<Arc<Desk>>) -> Response {
    let now = desk.clock.now();
    let counted = match desk.store.figures(desk.quarantine, now).await {
        Ok(figures) => {
            desk.metrics.show(&figures, now);
            desk.metrics.text().map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    match counted {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(error) => {
            tracing::warn!(error, "a scrape could not be answered");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}
