//! When to try again after a failure: pure.
//!
//! In: the class of the failure, how often in a row, and what the server asked for. Out: a delay. It grows to
//! a ceiling and never gives up; every ceiling but that of accounts no machine can read lies inside the 24
//! hours a look stays fresh, so that a recovered site is noticed before anybody becomes unverified again.

use crate::model::visit::Failure;
use chrono::Duration;

/// First delay and ceiling for a class of failure, in minutes.
const fn range(failure: Failure) -> (i64, i64) {
    match failure {
        Failure::Blind => (2, 10),
        Failure::Dns | Failure::Connect | Failure::Tls | Failure::Timeout | Failure::Broken => (5, 6 * 60),
        Failure::Server | Failure::BridgeDown | Failure::Redirect => (10, 6 * 60),
        Failure::RateLimited => (30, 12 * 60),
        Failure::Challenge | Failure::LoginWall | Failure::Credential | Failure::Refused => (60, 12 * 60),
        Failure::Stale
        | Failure::Layout
        | Failure::Empty
        | Failure::Partial
        | Failure::TooLarge
        | Failure::WrongAccount => (30, 6 * 60),
        // What a platform says about an account is confirmed by a look a day later.
        Failure::Gone | Failure::Banned | Failure::Closed | Failure::Migrated => (6 * 60, 12 * 60 + 30),
        Failure::Robots | Failure::Private => (12 * 60, 12 * 60),
        Failure::NoSource => (24 * 60, 24 * 60),
    }
}

/// The longest a server may ask us to wait.
const HINT_CEILING: Duration = Duration::hours(24);

/// The delay after the `count`-th failure in a row (from 1), no shorter than the server asks for.
#[must_use]
pub fn delay(failure: Failure, count: u32, asked: Option<std::time::Duration>) -> Duration {
    let (first, ceiling) = range(failure);
    let doublings = count.saturating_sub(1).min(10);
    let own = Duration::minutes(first.saturating_mul(1 << doublings).min(ceiling));
    let asked = asked.and_then(|span| Duration::from_std(span).ok()).unwrap_or(Duration::zero());
    own.max(asked.min(HINT_CEILING))
}

/// How long a whole site is left alone after it refused the `count`-th time in a row: ten minutes, doubled
/// up to a day, no shorter than the server asks for.
#[must_use]
pub fn cool_down(count: u32, asked: Option<std::time::Duration>) -> Duration {
    let own = Duration::minutes(10_i64.saturating_mul(1 << count.saturating_sub(1).min(8)).min(24 * 60));
    let asked = asked.and_then(|span| Duration::from_std(span).ok()).unwrap_or(Duration::zero());
    own.max(asked.min(HINT_CEILING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn delays_double_up_to_a_ceiling() {
        let minutes = |count| delay(Failure::Timeout, count, None).num_minutes();
        assert_eq!([1, 2, 3, 4, 50].map(minutes), [5, 10, 20, 40, 360]);
    }

    #[test]
    fn a_server_that_asks_for_more_time_gets_it_but_not_for_ever() {
        let asked = |hours: u64| Some(std::time::Duration::from_secs(hours * 3600));
        assert_eq!(delay(Failure::RateLimited, 1, asked(2)), Duration::hours(2));
        assert_eq!(delay(Failure::RateLimited, 1, asked(24 * 365)), Duration::hours(24));
        assert_eq!(cool_down(1, asked(3)), Duration::hours(3));
    }

    proptest! {
        #[test]
        fn nobody_is_ever_given_up(which in 0..Failure::ALL.len(), count: u32) {
            let failure = Failure::ALL[which];
            let wait = delay(failure, count, None);
            prop_assert!(wait > Duration::zero());
            prop_assert!(wait <= Duration::hours(24));
            prop_assert!(failure == Failure::NoSource || wait < Duration::hours(24));
            prop_assert!(delay(failure, count.saturating_add(1), None) >= wait);
        }
    }
}
