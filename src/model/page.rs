//! What travels between fetching and extracting: a request, the answer to it, or a miss.

use super::record::Said;
use super::visit::Failure;
use crate::config::secret::Secret;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// What a server gave us to ask "changed since?" with (RFC 9110, 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, as the server wrote it.
    pub etag: Option<String>,
    /// `Last-Modified`, as the server wrote it.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to ask with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A header whose value is never shown: a cookie or a token of the operator's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretHeader {
    /// Its name.
    pub name: String,
    /// Its value; prints as `<secret>`.
    pub value: Secret,
}

/// One address to get.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where.
    pub url: Url,
    /// Headers the recipe asks for beyond the client's own.
    pub headers: Vec<(String, String)>,
    /// Sent to this address alone, never after a redirect to another origin.
    pub secret: Option<SecretHeader>,
    /// From the last good look, if the recipe allows conditional requests.
    pub validators: Validators,
}

impl Request {
    /// An unconditional request without further headers.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self { url, headers: Vec::new(), secret: None, validators: Validators::default() }
    }
}

/// An answer, of any status. The body is decompressed and capped, but still in the page's own charset.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address the answer came from, after redirects.
    pub url: Url,
    /// HTTP status; 304 has no body.
    pub status: u16,
    /// `Content-Type`, lower case, with its parameters; empty when the server sent none.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
    /// To ask with next time.
    pub validators: Validators,
    /// How long the server asks us to wait (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// How long the server says the answer stays fresh (`Cache-Control: max-age`).
    pub max_age: Option<Duration>,
    /// From the first byte sent to the last byte read.
    pub took: Duration,
    /// What was said on both sides.
    pub said: Said,
}

impl Fetched {
    /// The answer with no more of its body than may be kept, and one byte to tell that there was more; the rest of it is
    /// let go.
    #[must_use]
    pub fn shortened(self, most: usize) -> Self {
        if self.body.len() <= most + 1 {
            return self;
        }
        Self { body: Bytes::copy_from_slice(&self.body[..=most]), ..self }
    }

    /// A page at hand, as if a server had just answered with it; for probing a file.
    #[must_use]
    pub fn at_hand(url: Url, body: impl Into<Bytes>) -> Self {
        Self {
            url,
            status: 200,
            content_type: String::new(),
            body: body.into(),
            validators: Validators::default(),
            retry_after: None,
            max_age: None,
            took: Duration::ZERO,
            said: Said::default(),
        }
    }
}

/// A look that gave nothing: why, and what was seen.
///
/// It stands in the `Err` place so that `?` ends the visit early; above the schedule it is data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The class.
    pub failure: Failure,
    /// The mark that was seen or the error's own words; plain text, clipped.
    pub detail: String,
    /// HTTP status of the last answer, 0 when there was none.
    pub status: u16,
    /// How long the server asks us to wait.
    pub retry_after: Option<Duration>,
}

impl Miss {
    /// The longest detail kept, in characters.
    pub const DETAIL: usize = 300;

    /// A miss without an answer.
    #[must_use]
    pub fn new(failure: Failure, detail: impl Into<String>) -> Self {
        let mut detail: String = detail.into();
        if let Some((end, _)) = detail.char_indices().nth(Self::DETAIL) {
            detail.truncate(end);
        }
        Self { failure, detail, status: 0, retry_after: None }
    }

    /// Whether the whole site, not only this account, should be left alone for a while: it says so by the class of the
    /// failure, by refusing outright (403), or by asking for time while it is in trouble (503 with `Retry-After`).
    #[must_use]
    pub fn cools_site(&self) -> bool {
        match self.failure {
            Failure::Refused => self.status == 403,
            Failure::Server => self.retry_after.is_some(),
            failure => failure.cools_site(),
        }
    }

    /// A miss on an answer that came.
    #[must_use]
    pub fn on(fetched: &Fetched, failure: Failure, detail: impl Into<String>) -> Self {
        Self { status: fetched.status, retry_after: fetched.retry_after, ..Self::new(failure, detail) }
    }
}
