//! 2 BYTES: get a public page or feed, politely.
//!
//! In comes a [`Request`], out goes what the server answered, whatever its status, or a [`Miss`] that says why
//! no answer could be had. It must never reach a private address, ask what robots.txt forbids, hold more than
//! its caps, or judge what an answer means: walls and empty lists are for the next stage to recognise.

mod body;
mod client;
mod failure;
mod guard;
mod reach;
mod redirect;
mod revalidate;
mod robots;
pub mod screen;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod testserver;

use crate::clock::SharedClock;
use crate::model::page::{Fetched, Miss, Request, SecretHeader, Validators};
use crate::model::record::Said;
use crate::model::visit::Failure;
use body::Caps;
use bytes::Bytes;
use client::Client;
use guard::Guard;
use ipnet::IpNet;
use reach::Reach;
use redirect::Route;
use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap, HeaderName,
    HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use revalidate::Hints;
use robots::Robots;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// How pages are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Who we say we are. The word before the slash is the name robots.txt knows us by.
    pub user_agent: String,
    /// An e-mail address or page where a site's operator reaches the office; joined to `user_agent` when set.
    pub contact: String,
    /// The longest wait for a connection.
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,
    /// The longest wait for the next bytes of an answer.
    #[serde(with = "humantime_serde")]
    pub read_timeout: Duration,
    /// The longest a look may take, with robots.txt, redirects and body.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// The largest page, decompressed, in bytes.
    pub max_bytes: usize,
    /// The largest compressed body, as it travels, in bytes.
    pub max_compressed_bytes: usize,
    /// Redirects followed.
    pub max_redirects: usize,
    /// Private networks that may be asked, such as that of the office's own feed bridge, as `10.0.0.0/8`.
    pub allow_private: Vec<IpNet>,
    /// Whether robots.txt is obeyed.
    pub robots: bool,
    /// Hosts whose robots.txt is not asked: bridges of the office itself, sites that agreed otherwise.
    pub robots_exempt: Vec<String>,
    /// The proxy for all requests, none by default and without credentials. It resolves names itself, so the
    /// guard sees only addresses written as numbers.
    pub proxy: Option<Url>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("Xunwang/", env!("CARGO_PKG_VERSION")).to_owned(),
            contact: String::new(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(15),
            timeout: Duration::from_secs(30),
            max_bytes: 8 << 20,
            max_compressed_bytes: 4 << 20,
            max_redirects: 5,
            allow_private: Vec::new(),
            robots: true,
            robots_exempt: Vec::new(),
            proxy: None,
        }
    }
}

impl Settings {
    /// The `User-Agent` header.
    fn agent(&self) -> Result<HeaderValue, BuildError> {
        let agent = match self.contact.trim() {
            "" => self.user_agent.clone(),
            contact => format!("{} (+{contact})", self.user_agent),
        };
        let value = HeaderValue::try_from(agent).ok().filter(|value| value.to_str().is_ok());
        value.ok_or(BuildError::Agent)
    }

    /// The name robots.txt knows us by (RFC 9309, 2.2.1).
    fn product(&self) -> &str {
        self.user_agent.split(['/', ' ']).next().unwrap_or_default()
    }
}

/// Why the stage cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The settings make no header.
    #[error("user_agent 与 contact 只能使用英文字母、数字和半角符号")]
    Agent,
    /// The proxy's address carries credentials, which settings must never hold.
    #[error("proxy 地址中不能写用户名和密码")]
    Proxy,
    /// The client cannot be built: no root certificates, or a proxy it does not speak to.
    #[error("无法建立网络客户端: {0}")]
    Client(#[source] reqwest::Error),
}

/// Gets pages; one serves the whole program.
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
    robots: Option<Robots>,
    clock: SharedClock,
    caps: Caps,
    redirects: usize,
    timeout: Duration,
}

impl Fetcher {
    /// A fetcher after `settings`. What is remembered of robots.txt ages by `clock`; sockets wait in real time.
    pub fn new(settings: &Settings, clock: SharedClock) -> Result<Self, BuildError> {
        Ok(Self {
            client: Client::new(settings)?,
            reach: Reach::new(
                Guard::new(settings.allow_private.clone(), None),
                settings.proxy.is_some(),
                settings.connect_timeout,
            ),
            robots: settings.robots.then(|| Robots::new(settings.product(), &settings.robots_exempt)),
            clock,
            caps: Caps { wire: settings.max_compressed_bytes, page: settings.max_bytes },
            redirects: settings.max_redirects,
            timeout: settings.timeout,
        })
    }

    /// Gets one page. An answer of any status is an answer; a miss is trouble on the way, a forbidden address,
    /// robots.txt or size. A 304 comes only when it was asked for.
    pub async fn fetch(&self, request: Request) -> Result<Fetched, Miss> {
        #[expect(clippy::disallowed_methods, reason = "sockets wait in real time, whatever the clock says")]
        match tokio::time::timeout(self.timeout, self.follow(request)).await {
            Ok(looked) => looked,
            Err(_) => Err(Miss::new(Failure::Timeout, "the whole answer took too long")),
        }
    }

    /// The pause that the site's robots.txt asks for between two requests, once it was read.
    #[must_use]
    pub fn crawl_delay(&self, url: &Url) -> Option<Duration> {
        self.robots.as_ref()?.crawl_delay(url)
    }

    async fn follow(&self, request: Request) -> Result<Fetched, Miss> {
        let conditional = !request.validators.is_empty();
        let mut headers = extra(&request.headers)?;
        if let Some(secret) = &request.secret {
            let (name, value) = sensitive(secret)?;
            // In place of what the recipe itself says, for two cookies would be none.
            headers.insert(name, value);
        }
        revalidate::ask(&request.validators, &mut headers);
        let mut route = Route::new(request.url, headers, self.redirects);
        let mut began = None;
        let response = loop {
            if let Some(robots) = &self.robots {
                robots.permit(&self.client, &*self.clock, &route.url).await?;
            }
            began.get_or_insert_with(|| self.clock.now());
            let response = self.client.get(&route.url, &route.headers).await?;
            if !route.turn(response.status(), response.headers())? {
                break response;
            }
        };
        let status = response.status();
        let (answered, peer) = (response.headers().clone(), response.remote_addr());
        let mut hints = Hints::read(status, response.headers(), self.clock.now());
        let content_type = content_type(response.headers());
        let seen = |miss| Miss { status: status.as_u16(), retry_after: hints.retry_after, ..miss };
        let body = if status == StatusCode::NOT_MODIFIED {
            if !conditional || route.turned() {
                return Err(seen(Miss::new(Failure::Broken, "304 to a question that was not asked")));
            }
            Bytes::new()
        } else {
            body::read(response, self.caps).await.map_err(seen)?
        };
        if route.turned() {
            // The next look begins at the first address again, where these would not belong.
            hints.validators = Validators::default();
        } else if status == StatusCode::NOT_MODIFIED && hints.validators.is_empty() {
            hints.validators = request.validators;
        }
        Ok(Fetched {
            url: route.url,
            status: status.as_u16(),
            content_type,
            body,
            validators: hints.validators,
            retry_after: hints.retry_after,
            max_age: hints.max_age,
            said: Said { asked: route.headers, answered, peer },
            took: began.and_then(|began| (self.clock.now() - began).to_std().ok()).unwrap_or_default(),
        })
    }
}

/// Headers that are ours alone.
const OURS: [HeaderName; 14] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
    TRANSFER_ENCODING,
    UPGRADE,
    USER_AGENT,
];

/// The headers of a recipe. Those that say who we are, what we can read or how the connection works are ours
/// alone; such a header, or one that would smuggle in another, is refused before anything is sent.
fn extra(lines: &[(String, String)]) -> Result<HeaderMap, Miss> {
    let mut headers = HeaderMap::with_capacity(lines.len());
    for (name, value) in lines {
        let refused = || Miss::new(Failure::NoSource, format!("a recipe may not send the header {name:?}"));
        let name = name.parse().ok().filter(|name| !OURS.contains(name)).ok_or_else(refused)?;
        headers.append(name, value.parse().map_err(|_| refused())?);
    }
    Ok(headers)
}

/// Whether a secret can be sent at all; the error says in Chinese why not, without its value.
pub fn check_secret(secret: &SecretHeader) -> Result<(), String> {
    if secret.name.parse::<HeaderName>().is_ok_and(|name| OURS.contains(&name)) {
        return Err(format!("请求头{}由系统填写,不能另写", secret.name));
    }
    sensitive(secret).map(drop).map_err(|miss| miss.detail)
}

/// A header that no log of the client shows. What is wrong with it is told without its value.
fn sensitive(secret: &SecretHeader) -> Result<(HeaderName, HeaderValue), Miss> {
    let refused = || Miss::new(Failure::Credential, format!("{}不能作为请求头发送", secret.name));
    let name = secret.name.parse().map_err(|_| refused())?;
    let mut value = HeaderValue::from_str(secret.value.reveal()).map_err(|_| refused())?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(value).to_ascii_lowercase()
}
