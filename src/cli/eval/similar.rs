//! The set `similar`: whether two posts tell the same information, and whether their facts agree.
//!
//! In: two posts `a` and `b` with title, text and time. Out: `relation` and `conflict_fields`.

use crate::judge::similar::{Field, Post, Relation, judge as compare};
use chrono::{DateTime, NaiveDate};
use chrono_tz::Asia::Shanghai;
use serde::Deserialize;
use serde_json::{Value, json};

/// A case as it is written.
#[derive(Debug, Deserialize)]
struct Input {
    a: Side,
    b: Side,
}

#[derive(Debug, Deserialize)]
struct Side {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    published_at: String,
}

impl Side {
    fn post(&self) -> Result<Post<'_>, String> {
        let day: NaiveDate = DateTime::parse_from_rfc3339(&self.published_at)
            .map(|at| at.with_timezone(&Shanghai).date_naive())
            .map_err(|error| format!("字段 published_at 不是时间:{error}"))?;
        Ok(Post { title: &self.title, text: &self.text, published: day })
    }
}

/// The answer to one case.
pub(super) fn judge(case: Value) -> Result<Value, String> {
    let input: Input = serde_json::from_value(case).map_err(|error| format!("不是一对帖文:{error}"))?;
    let verdict = compare(&input.a.post()?, &input.b.post()?);
    let relation = match verdict.relation {
        Relation::Consistent => "consistent",
        Relation::Contradictory => "contradictory",
        Relation::Different => "different",
    };
    let fields: Vec<&str> = verdict.conflicts.into_iter().map(word).collect();
    Ok(json!({ "relation": relation, "conflict_fields": fields }))
}

fn word(field: Field) -> &'static str {
    match field {
        Field::Date => "date",
        Field::Number => "number",
        Field::Place => "place",
        Field::Name => "name",
        Field::Other => "other",
    }
}
