//! How often an account was updated in each natural month.
//!
//! In: instants of updates. Out: counts by month of Shanghai, and the short text the store keeps
//! (`2026-09:4 2026-10:3`). Knows no rule.

use crate::model::moment::{Month, in_shanghai};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Updates by natural month; a month that is not there had none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Months {
    counts: BTreeMap<Month, u16>,
}

impl Months {
    /// Counts one update.
    pub fn add(&mut self, at: DateTime<Utc>) {
        let count = self.counts.entry(Month::of(at)).or_default();
        *count = count.saturating_add(1);
    }

    /// Updates in a month.
    #[must_use]
    pub fn count(&self, month: Month) -> u16 {
        self.counts.get(&month).copied().unwrap_or(0)
    }

    /// Updates in all months.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().map(|&count| u64::from(count)).sum()
    }

    /// The latest month up to `last` that had at least so many updates.
    #[must_use]
    pub fn last_with(&self, quota: u16, last: Month) -> Option<Month> {
        self.counts.range(..=last).rev().find(|(_, count)| **count >= quota).map(|(month, _)| *month)
    }
}

/// The first month that begins at an instant or after it.
#[must_use]
pub(super) fn first_full(at: DateTime<Utc>) -> Month {
    let month = Month::of(at);
    if month.start() == at { month } else { month.next() }
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (month, count)) in self.counts.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(f, "{gap}{}:{count}", in_shanghai(month.start()).format("%Y-%m"))?;
        }
        Ok(())
    }
}

/// A text that is not a list of months and counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a month and a count: {0:?}")]
pub struct NotMonths(String);

impl FromStr for Months {
    type Err = NotMonths;

    fn from_str(text: &str) -> Result<Self, NotMonths> {
        let entry = |word: &str| {
            let (month, count) = word.split_once(':')?;
            let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok()?;
            Some((Month::of(crate::model::moment::day_start(first)), count.parse().ok()?))
        };
        let counts = text.split_ascii_whitespace();
        let counts = counts.map(|word| entry(word).ok_or_else(|| NotMonths(word.to_owned())));
        Ok(Self { counts: counts.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_shanghais_month() {
        let mut months = Months::default();
        months.add(at("2026-10-31T15:59:59Z"));
        months.add(at("2026-10-31T16:00:00Z"));
        assert_eq!(months.to_string(), "2026-10:1 2026-11:1");
    }

    #[test]
    fn the_first_full_month_may_begin_at_the_instant_itself() {
        let november = Month::of(at("2026-11-10T00:00:00Z"));
        assert_eq!(first_full(at("2026-11-01T00:00:00+08:00")), november);
        assert_eq!(first_full(at("2026-11-01T00:00:01+08:00")), november.next());
        assert_eq!(first_full(at("2026-12-31T23:59:59+08:00")), Month::of(at("2027-01-10T00:00:00Z")));
    }

    #[test]
    fn a_text_that_is_no_list_of_months_is_refused() {
        for text in ["2026-13:1", "2026-10", "2026-10:x", "2026-10:-1"] {
            assert!(text.parse::<Months>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn months_survive_the_store(times in proptest::collection::vec(0_i64..4_000_000_000, 0..60)) {
            let mut months = Months::default();
            for time in times {
                months.add(DateTime::from_timestamp(time, 0).unwrap());
            }
            prop_assert_eq!(months.to_string().parse::<Months>().unwrap(), months);
        }
    }
}
