//! The times at which a bridge itself last read its accounts.
//!
//! In: the bridge's own list. Out: for each account the time of its last reading. It never takes "never read" for
//! a time, and a list that cannot be read for one without accounts.

use super::answer::Answer;
use super::path::scalar;
use super::recipe::Recipe;
use super::{date, usable};
use crate::model::page::{Fetched, Miss};
use crate::model::visit::Failure;
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// When a bridge last read each of its accounts, by the target of a source.
pub fn syncs(recipe: &Recipe, fetched: &Fetched) -> Result<HashMap<String, DateTime<Utc>>, Miss> {
    let Some(sync) = recipe.sync() else { return Ok(HashMap::new()) };
    let answer = Answer::new(fetched);
    usable(recipe, &answer)?;
    let Some(document) = answer.json() else {
        return Err(Miss::on(fetched, Failure::BridgeDown, "采集桥的账号列表不是数据"));
    };
    let rows = sync.items.find(document).into_iter().filter(|row| row.is_object());
    let times = rows.filter_map(|row| {
        let id = sync.id.text(row)?;
        let raw = sync.time.first(row).and_then(scalar)?;
        Some((id, date::read_absolute(&raw)?.at.to_utc()))
    });
    Ok(times.collect())
}
