//! How much of its day's requests a site may have been asked by now: pure.
//!
//! In: the budget of a recipe and the time. Out: a ceiling, and when it has risen enough. The budget is handed out
//! evenly over the day of Shanghai, an eighth of it in advance: a few hours' worth may be asked at once, so that looks
//! before a deadline find room, and yet not all of it is spent at a minute past midnight.

use crate::model::moment::{ZONE, day_start};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

/// The share of a day that may be asked in advance: one in so many.
const ADVANCE: i64 = 8;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The day of Shanghai an instant falls into.
fn day_of(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&ZONE).date_naive()
}

/// The number of the day of Shanghai, as the store counts by it.
#[must_use]
pub fn day(now: DateTime<Utc>) -> i64 {
    i64::from(day_of(now).num_days_from_ce())
}

/// How many requests may have been sent since midnight, the next one included.
#[must_use]
pub fn allowed(daily: u32, now: DateTime<Utc>) -> i64 {
    let daily = i64::from(daily);
    let passed = (now - day_start(day_of(now))).num_milliseconds() + DAY_MS / ADVANCE;
    // At least one from the first minute on, however small the budget.
    (daily.saturating_mul(passed) / DAY_MS).clamp(daily.min(1), daily)
}

/// When another request is allowed after `asked` of them since midnight.
#[must_use]
pub fn next(daily: u32, asked: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let day = day_of(now);
    let tomorrow = day_start(day.succ_opt().unwrap_or(day));
    let daily = i64::from(daily);
    if asked >= daily {
        return tomorrow;
    }
    // Rounded up, lest it come back a moment too early.
    let whole = (asked + 1).saturating_mul(DAY_MS);
    let wait = whole / daily + i64::from(whole % daily != 0) - DAY_MS / ADVANCE;
    (day_start(day) + Duration::milliseconds(wait.max(0))).max(now).min(tomorrow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("2026-11-{text}+08:00")).unwrap().to_utc()
    }

    #[test]
    fn an_eighth_of_the_day_may_be_asked_at_midnight_and_all_of_it_in_the_evening() {
        let seen: Vec<i64> = ["20T00:00:00", "20T06:00:00", "20T12:00:00", "20T21:00:00", "20T23:59:59"]
            .iter()
            .map(|now| allowed(800, at(now)))
            .collect();
        assert_eq!(seen, [100, 300, 500, 800, 800]);
        assert_eq!((allowed(1, at("20T00:00:00")), allowed(0, at("20T12:00:00"))), (1, 0));
    }

    #[test]
    fn a_spent_budget_comes_back_at_midnight_in_shanghai() {
        assert_eq!(next(800, 800, at("20T15:00:00")), at("21T00:00:00"));
        assert_eq!(next(800, 100, at("20T00:00:00")), at("20T00:01:48"));
        assert_ne!(day(at("20T23:59:59")), day(at("21T00:00:00")));
    }

    proptest! {
        #[test]
        fn once_the_wait_is_over_another_request_is_allowed(daily in 1_u32..100_000, asked in 0_i64..100_000, second in 0_i64..86_400) {
            let now = at("20T00:00:00") + Duration::seconds(second);
            let asked = asked.min(i64::from(daily));
            let then = next(daily, asked, now);
            prop_assert!(then >= now && then <= at("21T00:00:00"));
            let asked = if day(then) == day(now) { asked } else { 0 };
            prop_assert!(allowed(daily, then) > asked, "{} of {}", asked, daily);
        }
    }
}
