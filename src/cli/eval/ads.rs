//! The set `ads`: whether a post advertises, by its text or by a link.
//!
//! In: title, text, links. Out: `class` and `reason`.

use crate::judge::content::Words;
use crate::judge::content::ads::{Post, Shops, find};
use crate::model::post::Link;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A case as it is written.
#[derive(Debug, Deserialize)]
struct Input {
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    links: Vec<Written>,
}

#[derive(Debug, Deserialize)]
struct Written {
    #[serde(default)]
    text: String,
    url: String,
}

/// The answer to one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    static SHOPS: LazyLock<Shops> = LazyLock::new(Shops::default);
    let input: Input = serde_json::from_value(case).map_err(|error| format!("不是一条广告案例:{error}"))?;
    let links: Vec<Link> = input
        .links
        .into_iter()
        .map(|link| Link { words: link.text, href: link.url, hidden: false })
        .collect();
    let (title, text) = (Words::new(&input.title), Words::new(&input.text));
    let post = Post { title: &title, text: &text, links: &links };
    let reason = find(&post, &SHOPS).map(|ad| match (ad.places.is_empty(), ad.links.is_empty()) {
        (false, false) => "both",
        (false, true) => "text",
        (true, _) => "link",
    });
    Ok(json!({ "class": if reason.is_some() { "ad" } else { "clean" }, "reason": reason }))
}
