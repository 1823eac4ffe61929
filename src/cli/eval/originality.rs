//! The set `originality`: whether a post is the unit's own, somebody else's, or nobody can tell.
//!
//! In: the names of an account and its unit, the sources allowed to it besides the national ones, title, text and
//! the platform's marks. Out: `class`, `source` and `source_allowed`.

use crate::judge::originality::{Case, Forwarded, Marks, Sources, Unit, judge as judge_post};
use crate::model::account::Platform;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// A case as it is written.
#[derive(Debug, Deserialize)]
struct Input {
    platform: Platform,
    account_name: String,
    host_unit: String,
    #[serde(default)]
    own_names: Vec<String>,
    #[serde(default)]
    local_whitelist: Vec<Local>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    platform_marks: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Local {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

/// The answer to one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::shipped);
    let input: Input = serde_json::from_value(case).map_err(|error| format!("不是一条原创性案例:{error}"))?;
    let own: Vec<&str> = input.own_names.iter().map(String::as_str).collect();
    let unit = Unit::new(&input.account_name, &input.host_unit, &own);
    let locals = input.local_whitelist.iter();
    let names = locals.flat_map(|local| std::iter::once(&local.name).chain(&local.aliases));
    let allowed = SOURCES.allowed(None, None).and(names.map(String::as_str));
    let marks = marks(input.platform, &input.platform_marks);
    let case = Case { platform: input.platform, title: &input.title, text: &input.text, marks };
    let verdict = judge_post(&case, &unit, &allowed);
    Ok(json!({
        "class": verdict.origin.as_str(),
        "source": verdict.source,
        "source_allowed": verdict.allowed,
    }))
}

/// What the marks of a platform mean; empty ones count as absent.
fn marks(platform: Platform, marks: &Map<String, Value>) -> Marks<'_> {
    let text = |key: &str| marks.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let code = |key: &str| {
        let value = marks.get(key)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    };
    let shared = ["retweeted_status", "repost_card"].into_iter().find_map(|key| match marks.get(key)? {
        Value::Object(origin) if !origin.is_empty() => {
            let user = origin.get("user");
            let name = user.and_then(|user| user.as_str().or_else(|| user.get("name")?.as_str()));
            Some(Forwarded::by(name))
        }
        Value::String(name) if !name.trim().is_empty() => Some(Forwarded::From(name)),
        _ => None,
    });
    let named =
        ["reprint_source", "forward_from", "repost_from"].into_iter().find_map(text).map(Forwarded::From);
    let labelled = (code("copyright_stat") == Some(101)).then_some(Forwarded::FromSomebody);
    Marks {
        forwarded: named.or(shared).or(labelled),
        source_line: None,
        content_source: text("content_source"),
        publisher: text("source").filter(|_| platform == Platform::Toutiao),
        declared: code("copyright_stat") == Some(11)
            || marks.get("is_original").and_then(Value::as_bool).unwrap_or(false),
    }
}
