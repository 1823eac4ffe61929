//! Instants as people in China read them.
//!
//! In: instants in UTC. Out: Asia/Shanghai wall time, natural months and short Chinese texts. Inside the
//! program every instant is UTC; only this file, reports and mails turn it into local time.

use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use chrono_tz::Tz;

/// The zone of every wall time in the product.
pub const ZONE: Tz = Shanghai;

/// The instant in Shanghai with the offset that was in force then (summer time of 1986 to 1991 included).
#[must_use]
pub fn in_shanghai(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let local = at.with_timezone(&ZONE);
    local.with_timezone(&local.offset().fix())
}

/// The first instant of a day in Shanghai. A day that starts inside a clock change starts at its first valid instant.
#[must_use]
pub fn day_start(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    let by_offset =
        || midnight.and_utc().checked_sub_signed(Duration::hours(8)).unwrap_or(DateTime::<Utc>::MIN_UTC);
    ZONE.from_local_datetime(&midnight).earliest().map_or_else(by_offset, |local| local.with_timezone(&Utc))
}

/// The first instant after a day in Shanghai: what "24:00 of that day" means.
#[must_use]
pub fn day_end(day: NaiveDate) -> DateTime<Utc> {
    day.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, day_start)
}

/// A natural month of Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month an instant falls into.
    #[must_use]
    pub fn of(at: DateTime<Utc>) -> Self {
        let local = at.with_timezone(&ZONE);
        Self(local.year() * 12 + i32::try_from(local.month0()).unwrap_or(0))
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The first instant of the month.
    #[must_use]
    pub fn start(self) -> DateTime<Utc> {
        let month = u32::try_from(self.0.rem_euclid(12)).unwrap_or(0) + 1;
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), month, 1).map_or(DateTime::<Utc>::MIN_UTC, day_start)
    }

    /// The first instant after the month.
    #[must_use]
    pub fn end(self) -> DateTime<Utc> {
        self.next().start()
    }
}

/// `2026年11月20日 08:30`.
#[must_use]
pub fn zh_minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%Y年%-m月%-d日 %H:%M").to_string()
}

/// `11月20日 08:30`: for tables where the year is plain from the rest.
#[must_use]
pub fn zh_short(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%-m月%-d日 %H:%M").to_string()
}

/// `2026年11月20日`.
#[must_use]
pub fn zh_day(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%Y年%-m月%-d日").to_string()
}

/// A span as an official says it: `15天3小时`, `6小时`, `8分钟`, `不到1分钟`.
#[must_use]
pub fn zh_span(span: Duration) -> String {
    let minutes = span.num_minutes().max(0);
    let (days, hours) = (minutes / 1440, minutes % 1440 / 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "不到1分钟".to_owned(),
        (0, 0, m) => format!("{m}分钟"),
        (0, h, _) => format!("{h}小时"),
        (d, 0, _) => format!("{d}天"),
        (d, h, _) => format!("{d}天{h}小时"),
    }
}

/// Milliseconds since 1970, the form of every instant in the store.
#[must_use]
pub fn to_ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// An instant from the store's milliseconds. Values no calendar has become the nearest one that exists.
#[must_use]
pub fn from_ms(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(if ms < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn a_month_begins_and_ends_at_midnight_in_shanghai() {
        let month = Month::of(utc("2025-10-31T16:00:00Z"));
        assert_eq!(month.start(), utc("2025-11-01T00:00:00+08:00"));
        assert_eq!(month.end(), utc("2025-12-01T00:00:00+08:00"));
        assert_eq!(month.previous().start(), utc("2025-10-01T00:00:00+08:00"));
        assert_eq!(
            Month::of(utc("2026-01-01T00:00:00+08:00")).previous().start(),
            utc("2025-12-01T00:00:00+08:00")
        );
    }

    #[test]
    fn a_day_ends_where_the_next_begins() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        assert_eq!(day_end(day), utc("2026-11-21T00:00:00+08:00"));
    }

    #[test]
    fn summer_time_of_the_eighties_is_kept() {
        assert_eq!(in_shanghai(utc("1988-07-01T03:00:00Z")).to_rfc3339(), "1988-07-01T12:00:00+09:00");
    }

    #[test]
    fn spans_read_as_an_official_says_them() {
        assert_eq!(zh_span(Duration::seconds(20)), "不到1分钟");
        assert_eq!(zh_span(Duration::minutes(61)), "1小时");
        assert_eq!(zh_span(Duration::hours(24 * 15 + 3)), "15天3小时");
    }
}
