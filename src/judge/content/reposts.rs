//! Whether a repost comes from a source that its place has listed.
//!
//! In: a post whose origin is settled, the pack of its account, the lists of sources. Out: a finding for each source
//! that is on none of them. A place that has named no list holds nobody to one, and a source nobody can tell is none.
//! One case stands for all reposts of one source: it is the source that a person allows or not.

use crate::judge::originality::Sources;
use crate::judge::pack::Pack;
use crate::model::finding::{Evidence, Finding, LastPost, Level, Rule, fingerprint};
use crate::model::moment::in_shanghai;
use crate::model::post::{Origin, Post};
use chrono::{DateTime, Utc};

/// The longest name of a source, in bytes.
const LONGEST: usize = 200;

/// The sources that a repost names; none for what is no repost.
pub fn named(post: &Post) -> impl Iterator<Item = &str> {
    let names = post.source.as_deref().filter(|_| post.origin == Origin::Repost).unwrap_or_default();
    // What holds a control character is no name; one that long is none either.
    names
        .split('、')
        .filter(|name| !name.is_empty() && name.len() <= LONGEST && !name.contains(char::is_control))
}

/// The sources of a repost that are not listed on the day of the repost.
pub(super) fn find(
    post: &Post,
    sources: &Sources,
    pack: &Pack,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Vec<Finding> {
    let (Some(list), Some(rule)) = (&pack.sources, pack.content(Rule::UnlistedSource)) else {
        return Vec::new();
    };
    if named(post).next().is_none() {
        return Vec::new();
    }
    let allowed = sources.allowed(Some(list), Some(in_shanghai(since).date_naive()));
    let unlisted = named(post).filter(|name| !allowed.holds(name));
    let findings = unlisted.map(|name| Finding {
        rule: Rule::UnlistedSource,
        subject: name.to_owned(),
        level: Level::Reminder,
        since,
        evidence: Evidence {
            summary: format!("转载注明的来源“{name}”不在稿源名单（{list}）内"),
            basis: rule.basis.clone(),
            advice: rule.advice.clone(),
            looked_at: Some(at),
            post: Some(LastPost { title: post.title.clone(), url: post.url.clone(), at: since }),
            fingerprint: Some(fingerprint([name])),
            ..Evidence::default()
        },
    });
    findings.collect()
}
