//! What the request about an account itself adds to its list, and when it is worth making: pure.
//!
//! In: the account as it was handed out, what its list said, what its own page told. Out: both together. It keeps no
//! state of its own: the last good look tells whether the account's moment of this day has passed since.

use super::cadence::spread;
use crate::model::account::{AccountId, Platform};
use crate::model::listing::{Extracted, Profile};
use crate::model::page::Miss;
use crate::model::visit::Failure;
use crate::model::watch::Watched;
use chrono::{DateTime, Duration, Utc};

/// Facts about an account are asked for so often.
const EVERY: Duration = Duration::days(1);

/// Whether to ask about the account after its list gave this.
///
/// A list that tells the counter itself needs no second request. An empty list does, for only the counter proves it;
/// a list in doubt does, for only the counter ends the doubt; a good list does once a day.
pub(super) fn is_wanted(watched: &Watched, read: &Result<Extracted, Miss>, now: DateTime<Utc>) -> bool {
    match read {
        Ok(extracted) if extracted.empty_marker || extracted.profile.posts.is_some() => false,
        Ok(_) => {
            watched.trouble.doubt_since.is_some()
                || watched.known.good_look.is_none_or(|look| moment_between(watched.id, look, now))
        }
        Err(miss) => miss.failure == Failure::Empty,
    }
}

/// Whether it is time to ask how the host behind an app answers over IPv6: once a day.
pub(super) fn asks_host(watched: &Watched, now: DateTime<Utc>) -> bool {
    let registered = &watched.registered;
    registered.platform == Platform::App
        && !registered.service_url.is_empty()
        && watched.known.good_look.is_none_or(|look| moment_between(watched.id, look, now))
}

/// The list together with what the account's own page told.
///
/// An empty list is proven by a counter of 0 and by nothing else. The platform's own word that the account is gone
/// outweighs a list, which may come from a cache; any other miss changes nothing about what was read.
pub(crate) fn joined(read: Result<Extracted, Miss>, told: &Result<Profile, Miss>) -> Result<Extracted, Miss> {
    match (read, told) {
        (_, Err(miss)) if miss.failure.is_statement() => Err(miss.clone()),
        (Ok(extracted), Ok(told)) => {
            let named = extracted.named || told.name.is_some();
            Ok(Extracted { profile: told.clone().or(extracted.profile), named, ..extracted })
        }
        (Err(miss), Ok(told)) if miss.failure == Failure::Empty && told.proven_empty => {
            Ok(Extracted { profile: told.clone(), named: true, empty_marker: true, ..Extracted::default() })
        }
        (read, _) => read,
    }
}

/// Whether the account's own moment of the day lies between two instants. By hash, so that the moments of many
/// accounts are spread over the day and stay where they are.
fn moment_between(account: AccountId, after: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let own = EVERY.num_milliseconds() * i64::from(spread(account)) / 1024;
    let day = |at: DateTime<Utc>| (at.timestamp_millis() - own).div_euclid(EVERY.num_milliseconds());
    day(after) < day(until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap() + Duration::minutes(minutes)
    }

    fn empty(posts: Option<u64>, counts_all: bool) -> Result<Extracted, Miss> {
        let proven_empty = posts == Some(0) && counts_all;
        let told = Profile { posts, proven_empty, ..Profile::default() };
        joined(Err(Miss::new(Failure::Empty, "")), &Ok(told))
    }

    #[test]
    fn only_a_counter_of_nothing_proves_an_empty_list() {
        assert!(empty(Some(0), true).unwrap().empty_marker);
        for posts in [None, Some(1), Some(7)] {
            assert_eq!(empty(posts, true).unwrap_err().failure, Failure::Empty, "{posts:?}");
        }
        // Counters that leave out what the list shows say 0 of an account that posts nothing else.
        assert_eq!(empty(Some(0), false).unwrap_err().failure, Failure::Empty);
        let wall = Err(Miss::new(Failure::Challenge, ""));
        let told = Ok(Profile { posts: Some(0), proven_empty: true, ..Profile::default() });
        assert_eq!(joined(wall, &told).unwrap_err().failure, Failure::Challenge);
    }

    #[test]
    fn the_own_page_says_more_and_takes_nothing_away() {
        let profile = Profile { name: Some("旧名".into()), followers: Some(7), ..Profile::default() };
        let read = Ok(Extracted { profile, ..Extracted::default() });
        let told = Ok(Profile { name: Some("云溪发布".into()), posts: Some(3), ..Profile::default() });
        let both = joined(read, &told).unwrap().profile;
        assert_eq!((both.name.as_deref(), both.followers, both.posts), (Some("云溪发布"), Some(7), Some(3)));
    }

    #[test]
    fn a_failed_request_about_the_account_changes_nothing_unless_it_says_that_there_is_none() {
        let list = || Ok(Extracted { empty_marker: true, ..Extracted::default() });
        for failure in Failure::ALL {
            let both = joined(list(), &Err(Miss::new(*failure, "")));
            assert_eq!(both.err().map(|miss| miss.failure), failure.is_statement().then_some(*failure));
            let empty = joined(Err(Miss::new(Failure::Empty, "")), &Err(Miss::new(*failure, "")));
            let kept = if failure.is_statement() { *failure } else { Failure::Empty };
            assert_eq!(empty.unwrap_err().failure, kept);
        }
    }

    proptest! {
        #[test]
        fn each_day_of_looks_asks_once(id: i64, gap in 5_i64..600) {
            let looks: Vec<_> = (0..20 * 24 * 60 / gap).map(|n| at(n * gap)).collect();
            let asked = looks.windows(2).filter(|pair| moment_between(AccountId(id), pair[0], pair[1])).count();
            prop_assert!((19..=20).contains(&asked), "{asked} times");
        }
    }
}
