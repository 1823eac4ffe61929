//! The set `privacy`: personal data in a post.
//!
//! In: title and text. Out: `findings` with `type`, `span` as it was written and `severity`.

use crate::judge::content::Part;
use crate::judge::content::privacy::find;
use serde::Deserialize;
use serde_json::{Value, json};

/// A case as it is written.
#[derive(Debug, Deserialize)]
struct Input {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

/// The answer to one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    let input: Input = serde_json::from_value(case).map_err(|error| format!("不是一条隐私案例:{error}"))?;
    let parts = [(Part::Title, &input.title), (Part::Text, &input.text)];
    let findings: Vec<Value> = parts
        .into_iter()
        .flat_map(|(part, text)| find(&input.title, part, text).into_iter().map(move |found| (found, text)))
        .map(|(found, text)| {
            json!({ "type": found.kind, "span": &text[found.spot.range], "severity": found.severity })
        })
        .collect();
    Ok(json!({ "findings": findings }))
}
