//! An account as the schedule hands it out: its line of the register and everything remembered about it.
//!
//! Judging a visit needs nothing beyond this and the page, so that no visit costs a query of its own.

use super::account::{AccountId, AccountState, Registered};
use super::bridge::Bridge;
use super::finding::LastPost;
use super::listing::Listing;
use super::moment::ZONE;
use super::page::Validators;
use super::profile::Noted;
use super::visit::Failure;
use chrono::{DateTime, Datelike, Utc};

/// Posts per day of the last four weeks, by the days of Shanghai.
///
/// It answers the windows that people ask for (7 and 28 days) and tells the rhythm of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// The newest day counted, in days since the common era.
    newest: i32,
    /// Counts; the newest day first.
    counts: Vec<u8>,
}

impl Days {
    /// How many days are kept.
    pub const SPAN: usize = 28;

    /// Counts one post at its effective time.
    pub fn count(&mut self, at: DateTime<Utc>) {
        let day = Self::day(at);
        if self.counts.is_empty() {
            self.newest = day;
            self.counts.push(0);
        }
        while self.newest < day {
            self.counts.insert(0, 0);
            self.newest += 1;
            if self.counts.len() >= Self::SPAN {
                // Everything older has left the window; a gap longer than the window starts anew.
                self.counts.truncate(Self::SPAN);
                self.newest = self.newest.max(day - i32::try_from(Self::SPAN).unwrap_or(i32::MAX));
            }
        }
        let Ok(age) = usize::try_from(self.newest - day) else { return };
        if age >= Self::SPAN {
            return;
        }
        if self.counts.len() <= age {
            self.counts.resize(age + 1, 0);
        }
        self.counts[age] = self.counts[age].saturating_add(1);
    }

    /// Posts of the last `days` days up to and including the day of `now`.
    #[must_use]
    pub fn within(&self, days: i32, now: DateTime<Utc>) -> u32 {
        let today = Self::day(now);
        let ages = self.counts.iter().enumerate().filter(|(age, _)| {
            let day = self.newest - i32::try_from(*age).unwrap_or(i32::MAX);
            day <= today && day > today - days
        });
        ages.map(|(_, count)| u32::from(*count)).sum()
    }

    /// Working days and days of weekends with a post, among those kept up to and including the day of `until`.
    #[must_use]
    pub fn active(&self, until: DateTime<Utc>) -> (u32, u32) {
        let last = Self::day(until);
        let posted = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let days = posted.map(|(age, _)| self.newest - i32::try_from(age).unwrap_or(i32::MAX));
        let kept =
            days.filter(|day| *day <= last && last - day < i32::try_from(Self::SPAN).unwrap_or(i32::MAX));
        // The first day of the common era was a Monday.
        kept.fold((0, 0), |(working, weekend), day| match (day - 1).rem_euclid(7) {
            0..5 => (working + 1, weekend),
            _ => (working, weekend + 1),
        })
    }

    /// The form kept in the store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.counts.is_empty() {
            return Vec::new();
        }
        [&self.newest.to_le_bytes()[..], &self.counts].concat()
    }

    /// The counts kept in the store; none when the bytes are no counts.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match bytes.split_first_chunk::<4>() {
            Some((newest, counts)) if counts.len() <= Self::SPAN => {
                Self { newest: i32::from_le_bytes(*newest), counts: counts.to_vec() }
            }
            _ => Self::default(),
        }
    }

    fn day(at: DateTime<Utc>) -> i32 {
        at.with_timezone(&ZONE).num_days_from_ce()
    }
}

/// What is known about an account's posts and looks; the facts the rules judge by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// When the last look ended, good or not.
    pub last_visit: Option<DateTime<Utc>>,
    /// When the last good look ended.
    pub good_look: Option<DateTime<Utc>>,
    /// When a person looked last.
    pub hand_look: Option<DateTime<Utc>>,
    /// How far back the last good listing reached.
    pub covers_since: Option<DateTime<Utc>>,
    /// How far back the known history reaches over all good looks.
    pub reach: Option<DateTime<Utc>>,
    /// Latest effective time of a post.
    pub last_update: Option<DateTime<Utc>>,
    /// Latest effective time of a post that is or may be original.
    pub last_original: Option<DateTime<Utc>>,
    /// The newest post.
    pub last_post: Option<LastPost>,
    /// Service accounts: updates per natural month, as the judge writes it.
    pub months: String,
    /// Posts per day.
    pub days: Days,
    /// When the newest post came in sight, if we were looking then.
    pub news_at: Option<DateTime<Utc>>,
    /// The profile has neither introduction nor avatar.
    pub profile_empty: bool,
    /// Followers, a lower bound.
    pub followers: Option<u64>,
    /// What was last noted of the profile.
    pub profile: Noted,
    /// The platform's own counter of posts at the last good look; none when it was not heard, or when posts seen
    /// since would have raised it.
    pub posts_counted: Option<u64>,
}

/// What is known about looks that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Failed looks in a row.
    pub failures: u32,
    /// The class of the last one.
    pub failure: Option<Failure>,
    /// Since when every look failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// What the platform said about the account (gone, banned …).
    pub statement: Option<Failure>,
    /// When it first said so without contradiction since.
    pub statement_since: Option<DateTime<Utc>>,
    /// Since when the listing has been older than what was seen before.
    pub doubt_since: Option<DateTime<Utc>>,
    /// What was seen at the last failure.
    pub detail: String,
}

/// In place of a source: the one that answered last has been taken out of the register. What its list covered says
/// nothing about the list of any other.
pub const NO_SOURCE: usize = usize::MAX;

/// An account handed out for a look.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Its number.
    pub id: AccountId,
    /// Its line of the register.
    pub registered: Registered,
    /// What shares one pace with it.
    pub site: String,
    /// When the register first had it.
    pub known_since: DateTime<Utc>,
    /// The state at the last judgement.
    pub state: AccountState,
    /// Facts about posts and looks.
    pub known: Known,
    /// Facts about failures.
    pub trouble: Trouble,
    /// Which of the sources answered last, and so whose list is remembered; [`NO_SOURCE`] when the register no longer
    /// names it.
    pub source_no: usize,
    /// The bridge behind that source, if it is one whose silence has to be told from its posts.
    pub bridge: Option<Bridge>,
    /// To ask that source with.
    pub validators: Validators,
    /// The last good listing.
    pub listing: Listing,
    /// Cases that run.
    pub open_cases: u32,
    /// How often it was handed out without a finish.
    pub attempts: u32,
    /// Proof of the lease; what is learnt may be written only while the row still carries it.
    pub token: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use proptest::prelude::*;

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::days(days)
    }

    #[test]
    fn posts_leave_the_window_as_days_pass() {
        let mut days = Days::default();
        for day in [0, 0, 3, 20] {
            days.count(at(day));
        }
        assert_eq!(days.within(7, at(20)), 1);
        assert_eq!(days.within(28, at(20)), 4);
        assert_eq!(days.within(28, at(28)), 2);
        assert_eq!(days.within(28, at(90)), 0);
    }

    #[test]
    fn days_with_a_post_are_told_apart_by_working_days_and_weekends() {
        let mut days = Days::default();
        // at(0) is Monday, 21 September 2026, evening.
        for day in [0, 0, 4, 5, 6, 6, 27] {
            days.count(at(day));
        }
        assert_eq!(days.active(at(27)), (2, 3));
        assert_eq!(days.active(at(28)), (1, 3));
        assert_eq!(days.active(at(5)), (2, 1));
        assert_eq!(days.active(at(-1)), (0, 0));
    }

    proptest! {
        #[test]
        fn counting_by_day_agrees_with_counting_the_posts(posts in proptest::collection::vec(0_i64..60, 0..50)) {
            let mut days = Days::default();
            for post in &posts {
                days.count(at(*post));
            }
            let newest = posts.iter().copied().max().unwrap_or(0);
            let expected = posts.iter().filter(|post| **post > newest - 7).count();
            prop_assert_eq!(days.within(7, at(newest)), u32::try_from(expected).unwrap());
            prop_assert_eq!(&Days::from_bytes(&days.to_bytes()), &days);
        }

        #[test]
        fn a_post_of_the_far_future_costs_no_more_than_the_window(day in 0_i64..3_000_000) {
            let mut days = Days::default();
            days.count(at(0));
            days.count(at(day));
            prop_assert!(days.to_bytes().len() <= 4 + Days::SPAN);
        }
    }
}
