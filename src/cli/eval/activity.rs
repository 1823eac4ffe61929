//! The labelled set `activity`: which update rules an account breaks, since when, and its state.
//!
//! In: one case, as section F of the case sets defines it. Out: `state` and `violations`. Judges by the
//! national pack as it is built in, with the very code that judges a visit; reads no clock and no file.

use crate::judge::facts::Facts;
use crate::judge::history::{Look, Looks, Sighting};
use crate::judge::inactivity::judge as judge_account;
use crate::judge::pack::Packs;
use crate::model::account::{AccountState, Kind, Platform, Status};
use crate::model::finding::Rule;
use crate::model::moment::in_shanghai;
use crate::model::post::{Origin, Published};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

static PACKS: LazyLock<Result<Packs, String>> = LazyLock::new(|| {
    Packs::load(None)
        .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
});

/// Judges one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    let case: Case = serde_json::from_value(case).map_err(|error| format!("案例格式有误:{error}"))?;
    let pack =
        PACKS.as_ref().map_err(Clone::clone)?.find("national", case.now).ok_or("缺少内置规则包national")?;

    let looks = case.looks();
    // Rules are judged at the last good look while it is fresh: what came after it does not count.
    let seen = Looks::new(&looks).latest(case.now).filter(|look| case.now - *look <= pack.fresh);
    let facts = case.facts().from_history(&looks, &case.sightings(), seen.unwrap_or(case.now));
    let judgement = judge_account(&facts, pack, case.now);

    // The national pack goes on judging while a closing notice runs; the set exempts such accounts.
    let exempt = judgement.state == AccountState::Closing;
    let told = judgement.findings.iter().filter(|finding| !exempt && finding.rule != Rule::DueSoon);
    let violations: Vec<Value> = told
        .map(|finding| json!({"code": finding.rule, "since": in_shanghai(finding.since).to_rfc3339()}))
        .collect();
    Ok(json!({"state": judgement.state, "violations": violations}))
}

#[derive(Deserialize)]
struct Case {
    account: Account,
    now: DateTime<Utc>,
    fetches: Vec<Fetch>,
    posts: Vec<Post>,
}

#[derive(Deserialize)]
struct Account {
    kind: String,
    registered_at: Option<DateTime<Utc>>,
    status: Status,
    #[serde(default)]
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    intro: Option<String>,
    #[serde(default)]
    avatar: bool,
}

#[derive(Deserialize)]
struct Fetch {
    at: DateTime<Utc>,
    result: String,
    #[serde(default)]
    items: Option<u64>,
    #[serde(default)]
    covers_since: Option<Stamp>,
    #[serde(default)]
    empty_marker: Option<bool>,
}

#[derive(Deserialize)]
struct Post {
    #[serde(default)]
    guid: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    published_at: Option<Stamp>,
    first_seen_at: DateTime<Utc>,
    #[serde(default)]
    original: Option<bool>,
    #[serde(default)]
    deleted_at: Option<Value>,
}

/// An instant with its offset or a bare day.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stamp {
    At(DateTime<Utc>),
    On(NaiveDate),
}

impl Stamp {
    fn published(&self) -> Published {
        match *self {
            Self::At(at) => Published::At(at),
            Self::On(day) => Published::On(day),
        }
    }
}

impl Case {
    fn facts(&self) -> Facts {
        let (platform, kind) = place(&self.account.kind);
        let registered = self.account.registered_at;
        let known = registered.or(self.fetches.iter().map(|fetch| fetch.at).min()).unwrap_or(self.now);
        let mut facts = Facts::new(kind, platform, self.account.status, registered, known);
        facts.profile_empty = self.account.profile.as_ref().is_some_and(|profile| {
            !profile.avatar && profile.intro.as_ref().is_none_or(|intro| intro.trim().is_empty())
        });
        facts
    }

    /// The looks in the order of time. An unchanged page shows what the last good one showed.
    fn looks(&self) -> Vec<Look> {
        let mut fetches: Vec<&Fetch> = self.fetches.iter().collect();
        fetches.sort_by_key(|fetch| fetch.at);
        let mut before: Option<Look> = None;
        fetches
            .into_iter()
            .map(|fetch| {
                let look = fetch.look(before.as_ref());
                if look.good {
                    before = Some(look);
                }
                look
            })
            .collect()
    }

    fn sightings(&self) -> Vec<Sighting<'_>> {
        self.posts.iter().map(Post::sighting).collect()
    }
}

impl Fetch {
    fn look(&self, before: Option<&Look>) -> Look {
        let covers_since = self.covers_since.as_ref().map(|stamp| stamp.published().latest());
        let none = self.items.unwrap_or(0) == 0;
        let empty_marker = none && self.empty_marker.unwrap_or(false);
        match (self.result.as_str(), before) {
            ("ok", _) => Look { at: self.at, good: !none || empty_marker, covers_since, empty_marker },
            ("not_modified", Some(before)) => {
                Look { at: self.at, covers_since: covers_since.or(before.covers_since), ..*before }
            }
            _ => Look { at: self.at, good: false, covers_since: None, empty_marker: false },
        }
    }
}

impl Post {
    fn sighting(&self) -> Sighting<'_> {
        Sighting {
            guid: self.guid.as_deref().unwrap_or_default(),
            url: self.url.as_deref().unwrap_or_default(),
            title: self.title.as_deref().unwrap_or_default(),
            published: self.published_at.as_ref().map(Stamp::published),
            first_seen: self.first_seen_at,
            origin: match self.original {
                Some(true) => Origin::Original,
                Some(false) => Origin::Repost,
                None => Origin::Unknown,
            },
            deleted: self.deleted_at.as_ref().is_some_and(|at| !at.is_null()),
        }
    }
}

/// The set's kinds of account in our words; all but service accounts are judged alike.
fn place(kind: &str) -> (Platform, Kind) {
    match kind {
        "wechat_service" => (Platform::Wechat, Kind::Service),
        "wechat_subscription" => (Platform::Wechat, Kind::Subscription),
        other => (other.parse().unwrap_or(Platform::Other), Kind::Ordinary),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(status: &str, fetches: &Value, posts: &Value) -> Value {
        json!({
            "id": "Z1",
            "account": {
                "kind": "weibo", "name": "云溪发布", "registered_at": "2020-01-01T00:00:00+08:00", "status": status,
                "profile": {"intro": "云溪县人民政府", "avatar": true}
            },
            "now": "2026-11-20T09:00:00+08:00", "fetches": fetches, "posts": posts
        })
    }

    fn fetch(at: &str, result: &str, covers_since: Option<&str>) -> Value {
        json!({"at": at, "result": result, "items": u8::from(result == "ok"), "covers_since": covers_since})
    }

    fn post(published_at: &str, first_seen_at: &str) -> Value {
        json!({
            "guid": "1", "url": "https://weibo.example/1", "title": "停水", "published_at": published_at,
            "first_seen_at": first_seen_at, "original": true
        })
    }

    #[test]
    fn a_silent_account_is_told_with_the_words_of_the_set() {
        let fetches = json!([fetch("2026-11-20T08:00:00+08:00", "ok", None)]);
        let posts = json!([post("2026-11-10T08:00:00+08:00", "2026-11-10T08:30:00+08:00")]);
        let violation = json!({"code": "weekly", "since": "2026-11-17T08:00:00+08:00"});
        let expected = json!({"state": "lagging", "violations": [violation]});
        assert_eq!(judge(case("normal", &fetches, &posts)), Ok(expected));
    }

    #[test]
    fn an_account_with_a_closing_notice_is_exempt() {
        let fetches = json!([fetch("2026-11-20T08:00:00+08:00", "ok", None)]);
        let expected = json!({"state": "closing", "violations": []});
        assert_eq!(judge(case("closing", &fetches, &json!([]))), Ok(expected));
    }

    #[test]
    fn an_unchanged_page_is_a_good_look_only_after_a_good_one() {
        let unchanged = fetch("2026-11-20T08:00:00+08:00", "not_modified", None);
        let posts = json!([post("2026-11-01T08:00:00+08:00", "2026-11-01T08:30:00+08:00")]);
        let state = |fetches: Value| judge(case("normal", &fetches, &posts)).unwrap()["state"].clone();
        assert_eq!(state(json!([unchanged])), "unverified");
        assert_eq!(state(json!([unchanged, fetch("2026-11-21T08:00:00+08:00", "ok", None)])), "unverified");
        assert_eq!(state(json!([unchanged, fetch("2026-11-10T08:00:00+08:00", "ok", None)])), "not_updated");
    }

    #[test]
    fn an_unchanged_page_lists_as_far_back_as_it_did_before() {
        let fetches = json!([
            fetch("2026-11-01T00:00:00+08:00", "ok", Some("2026-10-01T00:00:00+08:00")),
            fetch("2026-11-10T00:00:00+08:00", "not_modified", None),
            fetch("2026-11-20T08:00:00+08:00", "ok", None)
        ]);
        let posts = json!([post("2026-11-05T08:00:00+08:00", "2026-11-20T08:00:00+08:00")]);
        assert_eq!(judge(case("normal", &fetches, &posts)).unwrap()["state"], "active", "it was back-dated");
    }

    #[test]
    fn a_case_of_another_form_is_an_error_and_no_panic() {
        for wrong in [json!(null), json!({}), json!({"id": 1}), case("normal", &json!([{}]), &json!([]))] {
            assert!(judge(wrong).unwrap_err().starts_with("案例格式有误"));
        }
    }
}
