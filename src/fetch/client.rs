//! The one HTTP client: in goes the address of one hop, out comes the answer's head.
//!
//! It never follows a redirect, decompresses, or takes a proxy from the environment by itself: those are
//! decisions of the stage.

use super::body::ACCEPT_ENCODING;
use super::failure::{self, Stage};
use super::guard::Guard;
use super::{BuildError, Settings};
use crate::model::page::Miss;
use reqwest::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use reqwest::{Method, Proxy, Response};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Idle connections kept per host. A site at its pace needs one; the office's own bridge, asked for many
/// accounts at once, should not pay for a new connection each time.
const IDLE_PER_HOST: usize = 32;

/// How long an idle connection is kept. Thousands of hosts are asked in turn; without a limit each would hold
/// a descriptor.
const IDLE: Duration = Duration::from_secs(20);

/// Sends single requests, each past the guard.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    guard: Guard,
}

impl Client {
    pub(super) fn new(settings: &Settings) -> Result<Self, BuildError> {
        // Fails only when the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(settings.allow_private.clone(), settings.proxy.as_ref());
        let headers = [
            (ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,zh;q=0.9")),
            (reqwest::header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_ENCODING)),
        ];
        let mut builder = reqwest::Client::builder()
            .user_agent(settings.agent()?)
            .default_headers(headers.into_iter().collect())
            .dns_resolver(Arc::new(guard.clone()))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .pool_idle_timeout(IDLE)
            .no_proxy();
        if let Some(proxy) = &settings.proxy {
            if !proxy.username().is_empty() || proxy.password().is_some() {
                return Err(BuildError::Proxy);
            }
            builder = builder.proxy(Proxy::all(proxy.clone()).map_err(BuildError::Client)?);
        }
        Ok(Self { http: builder.build().map_err(BuildError::Client)?, guard })
    }

    /// Asks for `url` and waits for the head of the answer.
    pub(super) async fn get(&self, url: &Url, headers: &HeaderMap) -> Result<Response, Miss> {
        self.guard.check(url)?;
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        request.headers_mut().clone_from(headers);
        self.http.execute(request).await.map_err(|error| failure::miss(Stage::Head, error))
    }
}
