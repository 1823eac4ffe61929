//! Settings out of the environment: `XUNWANG__SECTION__KEY=value`.
//!
//! In: the process's environment. Out: the main file's settings with those values in place. Nothing else in
//! the program reads the environment.

use super::mistake::Mistake;
use serde::de::DeserializeOwned;
use std::path::Path;
use toml::{Table, Value};

const PREFIX: &str = "XUNWANG__";

/// Every variable that overrides a setting, by name.
#[must_use]
pub fn overrides() -> Vec<(String, String)> {
    let mut found: Vec<_> = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    found.sort();
    found
}

/// Whether people are to be spoken to in Chinese, by the usual variables in their usual order.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the file that reads the environment")]
pub fn speaks_chinese() -> bool {
    let first = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    first.is_some_and(|locale| locale.to_ascii_lowercase().starts_with("zh"))
}

/// Who is at the keyboard, by the usual variables in their usual order.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the file that reads the environment")]
pub fn user_name() -> Option<String> {
    ["SUDO_USER", "USER", "LOGNAME", "USERNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
}

/// What to log, as the usual variable says; `info` without it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the file that reads the environment")]
pub fn log_filter() -> String {
    std::env::var("RUST_LOG").unwrap_or_else(|_| "info,sqlx=warn,hyper=warn,reqwest=warn".to_owned())
}

/// The settings of a text with the overrides in place; a value that does not fit is a mistake of its variable.
pub fn overlay<T: DeserializeOwned>(text: &str, overrides: &[(String, String)]) -> Result<T, Vec<Mistake>> {
    // The text has been read without a mistake before.
    let base: Table = toml::from_str(text).unwrap_or_default();
    let mut table = base.clone();
    for (name, value) in overrides {
        put(&mut table, name, value);
    }
    table.try_into().map_err(|_| {
        // Which of them is wrong shows when each stands alone.
        let wrong = overrides.iter().filter_map(|(name, value)| {
            let mut alone = base.clone();
            put(&mut alone, name, value);
            let error = alone.try_into::<T>().err()?;
            Some(Mistake::whole(
                Path::new("环境变量"),
                format!("{name} 不正确:{}", error.message()),
                "格式为 XUNWANG__节__键=值",
            ))
        });
        wrong.collect()
    })
}

fn put(table: &mut Table, name: &str, value: &str) {
    let path: Vec<String> =
        name.trim_start_matches(PREFIX).split("__").map(str::to_ascii_lowercase).collect();
    let Some((key, sections)) = path.split_last() else { return };
    let mut here = table;
    for section in sections {
        let next = here.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
        if !next.is_table() {
            *next = Value::Table(Table::new());
        }
        let Value::Table(inner) = next else { return };
        here = inner;
    }
    // What reads as a number, a truth value or a list is one; everything else is text.
    let read = toml::from_str::<Table>(&format!("v = {value}")).ok().and_then(|mut table| table.remove("v"));
    here.insert(key.clone(), read.unwrap_or_else(|| Value::String(value.to_owned())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Main;

    fn set(name: &str, value: &str) -> Result<Main, Vec<Mistake>> {
        overlay("[schedule]\nconcurrency = 3\n", &[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        assert_eq!(set("XUNWANG__SCHEDULE__CONCURRENCY", "7").unwrap().schedule.concurrency, 7);
        assert_eq!(set("XUNWANG__FETCH__CONTACT", "a@b.example").unwrap().fetch.contact, "a@b.example");
        assert_eq!(
            set("XUNWANG__SCHEDULE__CADENCE__LOOKS_PER_POST", "9").unwrap().schedule.cadence.looks_per_post,
            9
        );
    }

    #[test]
    fn a_variable_that_fits_nothing_is_named() {
        for (name, value) in [
            ("XUNWANG__SCHEDULE__CONCURRENCY", "viele"),
            ("XUNWANG__NOWHERE__AT", "1"),
            ("XUNWANG__SCHEDULE", "1"),
        ] {
            let mistakes = set(name, value).unwrap_err();
            assert!(mistakes.iter().all(|mistake| mistake.reason.contains(name)), "{mistakes:?}");
            assert_eq!(mistakes.len(), 1);
        }
    }
}
