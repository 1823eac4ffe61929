//! Records as a WARC file (ISO 28500:2017), which public tools open: pywb, warcio, ReplayWeb.page.
//!
//! In: the records of a case. Out: `warcinfo`, then for each answer `response` and `request`, and for each extract
//! `metadata` (for a picture `resource`), one gzip member each, with SHA-256 digests. Bodies are kept decompressed: the
//! headers that say otherwise are renamed as archives do (`X-Archive-Orig-`), so that a reader does not unpack twice.

use crate::model::record::{Record, RecordKind, hex};
use chrono::{DateTime, SecondsFormat, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Headers about how a body travelled, which is no longer how it is kept.
const OF_TRAVEL: [&str; 3] = ["content-encoding", "transfer-encoding", "content-length"];

/// Writes the records of a case, in their order; `name` is what the file is called.
pub fn write(mut out: impl Write, name: &str, at: DateTime<Utc>, records: &[Record]) -> io::Result<()> {
    let info = format!(
        "software: xunwang/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let id = id(&["warcinfo", name, &stamp(at)]);
    let head = Head::new("warcinfo", &id, at)
        .with("WARC-Filename", name)
        .with("Content-Type", "application/warc-fields");
    member(&mut out, head, info.as_bytes(), None)?;
    // An extract may be read before the answer it rests on: it names the last one before it.
    let mut response: Option<String> = None;
    for record in records {
        let own = of_record(record, "");
        match record.draft.kind {
            RecordKind::Response => {
                exchange(&mut out, record, &own)?;
                response = Some(own);
            }
            RecordKind::Extract | RecordKind::Screenshot => {
                let (kind, content) = if record.draft.kind == RecordKind::Extract {
                    ("metadata", "application/json")
                } else {
                    ("resource", "image/png")
                };
                let mut head = Head::new(kind, &own, record.draft.at).with("Content-Type", content);
                if !record.draft.url.is_empty() {
                    head = head.with("WARC-Target-URI", &record.draft.url);
                }
                if let Some(response) = &response {
                    head = head.with("WARC-Refers-To", response);
                }
                member(&mut out, head, &record.draft.payload, None)?;
            }
        }
    }
    out.flush()
}

/// An answer and what was asked.
fn exchange(out: &mut impl Write, record: &Record, own: &str) -> io::Result<()> {
    let draft = &record.draft;
    let asked = of_record(record, "request");
    let mut block = answered(&draft.response, draft.payload.len()).into_bytes();
    block.extend_from_slice(&draft.payload);
    let mut head = Head::new("response", own, draft.at)
        .with("WARC-Target-URI", &draft.url)
        .with("Content-Type", "application/http;msgtype=response")
        .with("WARC-Concurrent-To", &asked);
    if !draft.peer.is_empty() {
        head = head.with("WARC-IP-Address", &draft.peer);
    }
    if draft.truncated {
        head = head.with("WARC-Truncated", "length");
    }
    member(out, head, &block, Some(&draft.payload))?;
    let request = format!("{}\r\n", draft.request);
    let head = Head::new("request", &asked, draft.at)
        .with("WARC-Target-URI", &draft.url)
        .with("Content-Type", "application/http;msgtype=request")
        .with("WARC-Concurrent-To", own);
    member(out, head, request.as_bytes(), None)
}

/// The head of an answer as it fits the body that is kept, with the empty line after it.
fn answered(head: &str, length: usize) -> String {
    let mut out = String::with_capacity(head.len() + 64);
    for line in head.lines() {
        let travels = line.split_once(':').is_some_and(|(name, _)| OF_TRAVEL.contains(&name.trim()));
        // Writing into a string never fails.
        let _ = write!(out, "{}{line}\r\n", if travels { "X-Archive-Orig-" } else { "" });
    }
    let _ = write!(out, "Content-Length: {length}\r\n\r\n");
    out
}

/// The head of a record.
struct Head(String);

impl Head {
    fn new(kind: &str, id: &str, at: DateTime<Utc>) -> Self {
        Self(format!("WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {}\r\n", stamp(at)))
    }

    /// Adds a line; a value from outside stays on it.
    fn with(mut self, name: &str, value: &str) -> Self {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        let _ = write!(self.0, "{name}: {value}\r\n");
        self
    }
}

/// One record as a gzip member of its own, so that a reader may begin at any.
fn member(out: &mut impl Write, head: Head, block: &[u8], payload: Option<&[u8]>) -> io::Result<()> {
    let mut head = head.with("WARC-Block-Digest", &digest(block));
    if let Some(payload) = payload {
        head = head.with("WARC-Payload-Digest", &digest(payload));
    }
    let mut gzip = GzEncoder::new(out, Compression::default());
    write!(gzip, "{}Content-Length: {}\r\n\r\n", head.0, block.len())?;
    gzip.write_all(block)?;
    gzip.write_all(b"\r\n\r\n")?;
    gzip.finish().map(drop)
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes).into()))
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The id of a record, or of what belongs to it: the same whenever it is exported.
fn of_record(record: &Record, part: &str) -> String {
    id(&[&hex(&record.link), part])
}

/// A UUID of version 8 (RFC 9562) out of a hash.
fn id(parts: &[&str]) -> String {
    let mut bytes: [u8; 32] = Sha256::digest(parts.join("\n")).into();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::IncidentId;
    use crate::model::record::{BEGINNING, Draft};
    use bytes::Bytes;
    use std::io::Read;

    #[test]
    fn every_record_is_a_gzip_member_with_its_digest_and_a_head_that_fits_its_body() {
        let draft = |kind, url: &str, payload: &'static [u8]| Draft {
            incident: IncidentId(7),
            kind,
            url: url.to_owned(),
            at: DateTime::UNIX_EPOCH,
            peer: "192.0.2.1".to_owned(),
            request: "GET / HTTP/1.1\r\nHost: a.cn\r\n".to_owned(),
            response: "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: text/html\r\n".to_owned(),
            payload: Bytes::from_static(payload),
            truncated: true,
        };
        let first = draft(RecordKind::Response, "http://a.cn/\r\nX: y", b"<p>a</p>").link(1, &BEGINNING);
        let second = draft(RecordKind::Extract, "http://a.cn/", b"{}").link(2, &first.link);
        let mut file = Vec::new();
        write(&mut file, "case-7.warc.gz", DateTime::UNIX_EPOCH, &[first, second]).unwrap();
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(&file[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text.matches("WARC/1.1\r\n").count(), 4);
        assert!(
            text.contains("X-Archive-Orig-content-encoding: gzip\r\n")
                && text.contains("\r\nContent-Length: 8\r\n\r\n<p>a</p>\r\n\r\n")
        );
        assert!(text.contains(&format!("WARC-Payload-Digest: {}", digest(b"<p>a</p>"))));
        assert!(text.contains("WARC-Truncated: length") && !text.contains("\nX: y"), "{text}");
        assert_eq!(file.windows(3).filter(|it| *it == [0x1f, 0x8b, 8]).count(), 4);
    }
}
