//! What is kept of a look when it opens cases.
//!
//! In: the answers of a look, the account, the cases it opened. Out: drafts of records: each answer once, however many
//! cases it opened, and for each case what was read from it, which names the answers it rests on by their hash. A
//! reminder before a deadline accuses nobody and keeps nothing.

use super::settle::Settled;
use crate::model::finding::{Finding, Rule};
use crate::model::incident::IncidentId;
use crate::model::moment::in_shanghai;
use crate::model::page::Fetched;
use crate::model::post::Post;
use crate::model::record::{Draft, RecordKind, hex};
use crate::model::visit::Failure;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What is kept as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The most bytes kept of one answer.
    pub max_bytes: usize,
    /// How long answers and extracts are kept; their hashes stay for good.
    #[serde(with = "humantime_serde")]
    pub keep: std::time::Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_bytes: 1 << 20, keep: std::time::Duration::from_hours(3 * 365 * 24) }
    }
}

/// The records of the cases that a look opened.
pub(super) fn drafts(settled: &Settled, opened: &[(IncidentId, &Finding)], most: usize) -> Vec<Draft> {
    let opened: Vec<_> = opened.iter().filter(|(_, finding)| finding.rule != Rule::DueSoon).collect();
    let Some((first, _)) = opened.first() else { return Vec::new() };
    let at = settled.visit.at;
    // Of the pages of single posts only those matter that a case is about.
    let about = |url: &str| {
        opened.iter().any(|(_, finding)| finding.evidence.post.as_ref().is_some_and(|post| post.url == url))
    };
    let matters = |(place, fetched): (usize, &Fetched)| {
        (place == 0 || about(fetched.url.as_str())).then(|| fetched.clone())
    };
    let answers = settled.answers.iter().enumerate().filter_map(matters);
    let mut drafts: Vec<Draft> =
        answers.map(|fetched| Draft::of_response(*first, &fetched, at, most)).collect();
    let hashes: Vec<String> =
        drafts.iter().map(|draft| hex(&Sha256::digest(&draft.payload).into())).collect();
    let extracts = opened.iter().map(|(id, finding)| Draft {
        incident: *id,
        kind: RecordKind::Extract,
        url: finding.evidence.post.as_ref().map(|post| post.url.clone()).unwrap_or_default(),
        at,
        peer: String::new(),
        request: String::new(),
        response: String::new(),
        // A value of our own always serialises.
        payload: Bytes::from(
            serde_json::to_vec_pretty(&extract(settled, finding, &hashes)).unwrap_or_default(),
        ),
        truncated: false,
    });
    drafts.extend(extracts);
    drafts
}

/// What was read: the account, what the rule says and why, and the posts it rests on.
fn extract(settled: &Settled, finding: &Finding, hashes: &[String]) -> Value {
    let registered = &settled.finish.watched.registered;
    let (visit, evidence) = (&settled.visit, &finding.evidence);
    let time = |at| in_shanghai(at).to_rfc3339();
    let all = settled.posts.iter().map(|it| &it.post).chain(settled.edits.iter().map(|it| &it.post));
    let asked = evidence.post.as_ref().map(|post| post.url.as_str());
    let posts = all.filter(|post| asked.is_none_or(|url| url == post.url)).map(as_json);
    json!({
        "account": {
            "key": registered.key, "name": registered.name, "platform": registered.platform,
            "owner": registered.owner, "homepage": registered.homepage,
        },
        "rule": finding.rule,
        "level": finding.level,
        "since": time(finding.since),
        "evidence": evidence,
        "look": {
            "at": time(visit.at), "outcome": visit.outcome.kind(), "status": visit.status,
            "failure": visit.outcome.failure().map(Failure::class), "detail": visit.detail,
            "covers_since": visit.covers_since.map(time),
        },
        "posts": posts.collect::<Vec<_>>(),
        "listed": settled.finish.watched.listing.lines.iter().map(|line| json!({
            "key": line.key, "published": line.published.map(|published| time(published.shown())),
            "pinned": line.pinned,
        })).collect::<Vec<_>>(),
        "responses": hashes,
    })
}

fn as_json(post: &Post) -> Value {
    json!({
        "title": post.title, "url": post.url, "text": post.text, "origin": post.origin, "source": post.source,
        "published": post.published.map(|published| in_shanghai(published.shown()).to_rfc3339()),
        "links": post.links.iter().map(|link| json!({ "words": link.words, "href": link.href })).collect::<Vec<_>>(),
    })
}
