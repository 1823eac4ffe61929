//! The set `dates`: strings found on pages and the instants they mean.
//!
//! In: `raw` and `now`. Out: `instant` with an offset, or null. It only hands the string to
//! [`crate::extract::date`] and never corrects the answer.

use crate::extract::date;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The answer to one case.
pub(super) fn judge(mut case: Value) -> Result<Value, String> {
    let mut text = |field: &str| match case.get_mut(field).map(Value::take) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("字段 {field} 缺失或不是文本")),
    };
    let raw = text("raw")?;
    let now = DateTime::parse_from_rfc3339(&text("now")?)
        .map_err(|error| format!("字段 now 不是时间:{error}"))?
        .with_timezone(&Utc);
    let instant = date::read(&raw, now).map(|stamp| stamp.at.to_rfc3339());
    Ok(json!({ "instant": instant }))
}
