//! What was seen when a case was opened, and the chain that shows whether it was touched since.
//!
//! In: what a server was asked and what it answered, or what was read from it. Out: records, each with the SHA-256 of
//! what it holds and of everything before it: whoever changes, removes or inserts one breaks every link that follows
//! (Haber and Stornetta 1991). It proves that nothing was changed after the fact to whoever keeps the last link
//! elsewhere; an export carries it.

use super::incident::IncidentId;
use super::page::Fetched;
use super::words;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::net::SocketAddr;

words! {
    /// What a record holds.
    pub enum RecordKind {
        /// What a server answered, with what it was asked.
        Response = "response", "网页响应";
        /// What was read from it, as JSON.
        Extract = "extract", "提取内容";
        /// A picture of the page.
        Screenshot = "screenshot", "页面截图";
    }
}

/// A SHA-256.
pub type Hash = [u8; 32];

/// What was said on both sides of an exchange, besides the body.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The headers of the request beyond those that every request carries.
    pub asked: HeaderMap,
    /// The headers of the answer.
    pub answered: HeaderMap,
    /// Who answered; none through a proxy.
    pub peer: Option<SocketAddr>,
}

/// A record before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The case it was kept for.
    pub incident: IncidentId,
    /// What it holds.
    pub kind: RecordKind,
    /// The address it is about; may be empty.
    pub url: String,
    /// When it was seen.
    pub at: DateTime<Utc>,
    /// The address of the server; empty when it is not known.
    pub peer: String,
    /// Request line and headers; empty but for responses. Secrets are not in it.
    pub request: String,
    /// Status line and headers; empty but for responses.
    pub response: String,
    /// What was seen, as much of it as is kept.
    pub payload: Bytes,
    /// The payload was longer than is kept.
    pub truncated: bool,
}

/// A record in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the chain, from 1 without a gap.
    pub number: i64,
    /// What it says; the payload is empty once it is no longer kept.
    pub draft: Draft,
    /// Of the payload.
    pub sha256: Hash,
    /// Whether the payload is still kept.
    pub kept: bool,
    /// Of everything up to here.
    pub link: Hash,
}

/// The link before the first.
pub const BEGINNING: Hash = [0; 32];

impl Draft {
    /// The record of an answer, no more of its body than so many bytes.
    #[must_use]
    pub fn of_response(incident: IncidentId, fetched: &Fetched, at: DateTime<Utc>, most: usize) -> Self {
        let said = &fetched.said;
        let query = fetched.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let host = fetched.url.host_str().unwrap_or_default();
        let host = fetched.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let status = fetched.status;
        let reason = http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
        let truncated = fetched.body.len() > most;
        Self {
            incident,
            kind: RecordKind::Response,
            url: fetched.url.to_string(),
            at,
            peer: said.peer.map(|peer| peer.ip().to_string()).unwrap_or_default(),
            request: format!(
                "GET {}{query} HTTP/1.1\r\nHost: {host}\r\n{}",
                fetched.url.path(),
                lines(&said.asked)
            ),
            response: format!(
                "HTTP/1.1 {status} {}\r\n{}",
                reason.unwrap_or_default(),
                lines(&said.answered)
            ),
            payload: fetched.body.slice(..fetched.body.len().min(most)),
            truncated,
        }
    }

    /// The record at its place in a chain.
    #[must_use]
    pub fn link(self, number: i64, before: &Hash) -> Record {
        let sha256 = Sha256::digest(&self.payload).into();
        let link = link(number, &self, &sha256, before);
        Record { number, draft: self, sha256, kept: true, link }
    }
}

/// Why a record cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Records before it are missing.
    Gap,
    /// What it holds is not what was kept.
    Payload,
    /// What it says of itself, or its place, is not what was written.
    Link,
}

impl Broken {
    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Gap => "之前有记录缺失",
            Self::Payload => "内容与保存时的校验值不符",
            Self::Link => "记录本身或其次序与保存时不符",
        }
    }
}

impl Record {
    /// The payloads of answers that an extract says it rests on.
    #[must_use]
    pub fn named_responses(&self) -> Vec<Hash> {
        #[derive(serde::Deserialize)]
        struct Named {
            #[serde(default)]
            responses: Vec<String>,
        }
        if self.draft.kind != RecordKind::Extract {
            return Vec::new();
        }
        let named: Result<Named, _> = serde_json::from_slice(&self.draft.payload);
        named
            .map(|named| named.responses.iter().filter_map(|text| of_hex(text)).collect())
            .unwrap_or_default()
    }

    /// Whether the record is what was kept, after the link before it.
    pub fn check(&self, number: i64, before: &Hash) -> Result<(), Broken> {
        if self.number != number {
            return Err(Broken::Gap);
        }
        if self.kept && <[u8; 32]>::from(Sha256::digest(&self.draft.payload)) != self.sha256 {
            return Err(Broken::Payload);
        }
        if link(self.number, &self.draft, &self.sha256, before) != self.link {
            return Err(Broken::Link);
        }
        Ok(())
    }
}

/// The link of a record: of the link before it and of everything it says, each field with its length.
fn link(number: i64, draft: &Draft, sha256: &Hash, before: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(bytes);
    };
    field(before);
    field(&number.to_be_bytes());
    field(&draft.incident.0.to_be_bytes());
    field(draft.kind.as_str().as_bytes());
    field(draft.url.as_bytes());
    field(&draft.at.timestamp_millis().to_be_bytes());
    field(draft.peer.as_bytes());
    field(draft.request.as_bytes());
    field(draft.response.as_bytes());
    field(&[u8::from(draft.truncated)]);
    field(sha256);
    hasher.finalize().into()
}

/// Headers as lines. The value of a secret is not shown.
fn lines(headers: &HeaderMap) -> String {
    headers.iter().fold(String::new(), |mut lines, (name, value)| {
        // Writing into a string never fails.
        let _ = write!(lines, "{name}: {}\r\n", shown(value));
        lines
    })
}

fn shown(value: &HeaderValue) -> String {
    if value.is_sensitive() {
        return "<secret>".to_owned();
    }
    // One line, whatever a server sent.
    String::from_utf8_lossy(value.as_bytes()).replace(['\r', '\n', '\0'], " ")
}

/// A hash in hexadecimal digits.
#[must_use]
pub fn hex(hash: &Hash) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash of hexadecimal digits.
fn of_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    (text.len() == 64).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    fn fetched() -> Fetched {
        let mut said = Said::default();
        let mut cookie = HeaderValue::from_static("SUB=abc");
        cookie.set_sensitive(true);
        said.asked.insert("cookie", cookie);
        said.answered.insert("content-type", HeaderValue::from_static("text/html"));
        said.peer = Some("192.0.2.7:443".parse().unwrap());
        let url = Url::parse("https://www.yunxi.gov.cn/a?b=1").unwrap();
        Fetched { said, ..Fetched::at_hand(url, "一页") }
    }

    fn chain(count: i64) -> Vec<Record> {
        let mut before = BEGINNING;
        (1..=count)
            .map(|number| {
                let at = DateTime::UNIX_EPOCH + chrono::Duration::seconds(number);
                let draft = Draft::of_response(IncidentId(number), &fetched(), at, 100);
                let record = draft.link(number, &before);
                before = record.link;
                record
            })
            .collect()
    }

    /// The first record that is not what was kept.
    fn first_broken(records: &[Record]) -> Option<(i64, Broken)> {
        let (mut before, mut number) = (BEGINNING, 1);
        for record in records {
            if let Err(broken) = record.check(number, &before) {
                return Some((record.number, broken));
            }
            (before, number) = (record.link, number + 1);
        }
        None
    }

    #[test]
    fn an_exchange_is_kept_as_it_was_without_its_secret() {
        let draft = Draft::of_response(IncidentId(1), &fetched(), DateTime::UNIX_EPOCH, 3);
        assert_eq!(draft.request, "GET /a?b=1 HTTP/1.1\r\nHost: www.yunxi.gov.cn\r\ncookie: <secret>\r\n");
        assert_eq!(draft.response, "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n");
        assert_eq!((draft.peer.as_str(), draft.payload.len(), draft.truncated), ("192.0.2.7", 3, true));
    }

    #[test]
    fn a_chain_nobody_touched_holds_even_without_its_payloads() {
        let mut records = chain(5);
        assert_eq!(first_broken(&records), None);
        (records[1].kept, records[1].draft.payload) = (false, Bytes::new());
        assert_eq!(first_broken(&records), None);
    }

    proptest! {
        #[test]
        fn whatever_is_changed_shows(place in 0_usize..5, what in 0..8) {
            let mut records = chain(5);
            let record = &mut records[place];
            match what {
                0 => record.draft.payload = Bytes::from_static("另页".as_bytes()),
                1 => record.draft.url.push('x'),
                2 => record.draft.at += chrono::Duration::milliseconds(1),
                3 => record.draft.response.push(' '),
                4 => record.draft.incident.0 += 1,
                5 => record.draft.truncated ^= true,
                6 => record.sha256[0] ^= 1,
                _ => { records.remove(place); }
            }
            // The last one may be cut off without a trace: the head of the chain tells.
            prop_assert!(first_broken(&records).is_some() || what == 7 && place == 4);
        }
    }
}
