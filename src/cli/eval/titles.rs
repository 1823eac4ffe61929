//! The set `titles`: whether an account altered the title of what it reposts.
//!
//! In: the source's name and title, and the account's title. Out: `altered`.

use crate::judge::titles::judge as judge_title;
use serde::Deserialize;
use serde_json::{Value, json};

/// A case as it is written.
#[derive(Debug, Deserialize)]
struct Input {
    #[serde(default)]
    source_name: String,
    source_title: String,
    account_title: String,
}

/// The answer to one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    let input: Input = serde_json::from_value(case).map_err(|error| format!("不是一条标题案例:{error}"))?;
    let verdict = judge_title(&input.source_name, &input.source_title, &input.account_title);
    Ok(json!({ "altered": verdict.altered }))
}
