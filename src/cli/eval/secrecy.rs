//! The set `secrecy`: whether a post shows a document that bears a marking.
//!
//! In: title, text, lines read in pictures, names of attachments. Out: `class`, and of the gravest marking `level` and
//! `span`.

use crate::judge::content::secrecy::{Post, markings};
use serde::Deserialize;
use serde_json::{Value, json};

/// A case as it is written.
#[derive(Debug, Deserialize)]
struct Input {
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    ocr: Vec<String>,
    #[serde(default)]
    attachments: Vec<String>,
}

/// The answer to one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    let input: Input = serde_json::from_value(case).map_err(|error| format!("不是一条标密案例:{error}"))?;
    let Input { title, text, ocr, attachments } = &input;
    let found = markings(&Post { title, text, pictures: ocr, attachments });
    Ok(match found.first() {
        Some(marking) => json!({ "class": "leak", "level": marking.level.zh(), "span": marking.words }),
        None => json!({ "class": "clean", "level": null, "span": null }),
    })
}
