//! How many follow an account, day by day.
//!
//! In: counts as looks read them. Out: at most one count a day of the last four hundred, and how finely they were
//! counted. It never guesses a day nobody looked.

use super::moment::ZONE;
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

/// One day's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// In days since the common era, of Shanghai.
    pub day: i32,
    /// Followers.
    pub count: u64,
}

impl Point {
    /// The day as a date.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.day).unwrap_or_default()
    }
}

/// At most one count a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followers {
    /// When the newest was read.
    read_at: Option<DateTime<Utc>>,
    /// The newest day, in days since the common era.
    newest: i32,
    /// One more than the count, 0 for a day without one; the newest day first.
    counts: Vec<u32>,
}

impl Followers {
    /// How many days are kept.
    pub const SPAN: usize = 400;
    /// Two counts lie at least so far apart, lest two of one evening confirm each other at midnight.
    pub const APART: Duration = Duration::hours(6);

    /// Takes in a count; the first of a day stands. Returns whether it was taken.
    pub fn note(&mut self, at: DateTime<Utc>, count: u64) -> bool {
        let day = at.with_timezone(&ZONE).num_days_from_ce();
        let early = self.read_at.is_some_and(|read| at - read < Self::APART);
        if early || (!self.counts.is_empty() && day <= self.newest) {
            return false;
        }
        let gap = usize::try_from(day - self.newest).unwrap_or(usize::MAX);
        if self.counts.is_empty() || gap >= Self::SPAN {
            self.counts.clear();
        } else {
            self.counts.splice(0..0, std::iter::repeat_n(0, gap - 1));
        }
        self.counts.insert(0, u32::try_from(count).map_or(u32::MAX, |count| count.saturating_add(1)));
        self.counts.truncate(Self::SPAN);
        (self.read_at, self.newest) = (Some(at), day);
        true
    }

    /// The counts in the order of time.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        let days = (0_i32..).zip(&self.counts).filter(|(_, count)| **count > 0);
        let mut points: Vec<Point> =
            days.map(|(age, count)| Point { day: self.newest - age, count: u64::from(*count) - 1 }).collect();
        points.reverse();
        points
    }

    /// The same as it was known at an instant.
    #[must_use]
    pub fn up_to(&self, at: DateTime<Utc>) -> Self {
        let later = self.newest - at.with_timezone(&ZONE).num_days_from_ce();
        let counts = self.counts.iter().skip(usize::try_from(later).unwrap_or(0));
        Self {
            read_at: self.read_at.min(Some(at)),
            newest: self.newest - later.max(0),
            counts: counts.copied().collect(),
        }
    }

    /// The form kept in the store: fixed width, little endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Some(read_at) = self.read_at else { return Vec::new() };
        let mut bytes = Vec::with_capacity(HEAD + self.counts.len() * 4);
        bytes.extend_from_slice(&read_at.timestamp_millis().to_le_bytes());
        bytes.extend_from_slice(&self.newest.to_le_bytes());
        bytes.extend(self.counts.iter().flat_map(|count| count.to_le_bytes()));
        bytes
    }

    /// The counts kept in the store; none when the bytes are no counts.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let parts =
            bytes.split_first_chunk::<8>().and_then(|(at, rest)| Some((at, rest.split_first_chunk::<4>()?)));
        let Some((at, (newest, counts))) = parts else { return Self::default() };
        if !counts.len().is_multiple_of(4) || counts.len() > Self::SPAN * 4 {
            return Self::default();
        }
        let four = |chunk: &[u8]| chunk.first_chunk::<4>().map_or(0, |four| u32::from_le_bytes(*four));
        Self {
            read_at: DateTime::from_timestamp_millis(i64::from_le_bytes(*at)),
            newest: i32::from_le_bytes(*newest),
            counts: counts.chunks_exact(4).map(four).collect(),
        }
    }
}

/// Bytes before the counts.
const HEAD: usize = 8 + 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Noon of a day in Shanghai, and hours after it.
    fn at(day: i64, hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_049_600, 0).unwrap() + Duration::days(day) + Duration::hours(hours)
    }

    fn counts(followers: &Followers) -> Vec<(i32, u64)> {
        let points = followers.points();
        let first = points.first().map_or(0, |point| point.day);
        points.iter().map(|point| (point.day - first, point.count)).collect()
    }

    #[test]
    fn the_first_count_of_a_day_stands() {
        let mut followers = Followers::default();
        assert!(followers.note(at(0, 0), 100));
        assert!(!followers.note(at(0, 8), 200));
        assert!(followers.note(at(1, 0), 0));
        assert!(followers.note(at(4, 0), 300));
        assert!(!followers.note(at(3, 0), 400));
        assert_eq!(counts(&followers), [(0, 100), (1, 0), (4, 300)]);
    }

    #[test]
    fn two_counts_around_midnight_are_one() {
        let mut followers = Followers::default();
        assert!(followers.note(at(0, 11), 100));
        assert!(!followers.note(at(0, 13), 900));
        assert!(followers.note(at(0, 17), 900));
    }

    #[test]
    fn a_gap_longer_than_what_is_kept_starts_anew() {
        let mut followers = Followers::default();
        followers.note(at(0, 0), 100);
        followers.note(at(400, 0), 200);
        assert_eq!(counts(&followers), [(0, 200)]);
    }

    proptest! {
        #[test]
        fn what_is_kept_are_the_latest_days_and_survives_the_store(
            days in proptest::collection::btree_map(0_i64..1000, 0_u64..5_000_000_000, 0..60)
        ) {
            let mut followers = Followers::default();
            for (day, count) in &days {
                prop_assert!(followers.note(at(*day, 0), *count));
            }
            let newest = days.keys().max().copied().unwrap_or(0);
            let expected: Vec<u64> = days.iter().filter(|(day, _)| newest - **day < 400)
                .map(|(_, count)| (*count).min(u64::from(u32::MAX) - 1)).collect();
            let is: Vec<u64> = followers.points().iter().map(|point| point.count).collect();
            // A longer gap starts anew, so that the tail is what matters.
            prop_assert!(expected.ends_with(&is));
            prop_assert_eq!(Followers::from_bytes(&followers.to_bytes()), followers);
        }

        #[test]
        fn bytes_of_another_form_are_forgotten(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let followers = Followers::from_bytes(&bytes);
            prop_assert!(followers.points().len() <= bytes.len());
        }
    }
}
