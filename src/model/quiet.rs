//! Hours of the day in which nobody is asked anything.
//!
//! In: spans of wall time in Shanghai, such as `01:00-06:00`; one that ends before it begins goes over midnight. Out:
//! when silence ends or begins next. Pure arithmetic on the minutes of a day.

use super::moment::ZONE;
use chrono::{DateTime, Duration, Timelike, Utc};
use std::str::FromStr;

/// Minutes of a day.
const DAY: i64 = 1440;

/// Quiet hours of a day; none is the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quiet {
    /// First minute and the minute after the last of each span; the same minute never.
    spans: Vec<(i64, i64)>,
}

impl Quiet {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// When silence that holds at an instant ends; `None` when it does not hold.
    #[must_use]
    pub fn end(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let start = minute_start(at);
        let mut minute = minute_of(at);
        let mut left = 0;
        // Spans that touch each other are one; they never cover a whole day.
        while let Some((_, end)) = self.spans.iter().find(|span| holds(**span, minute)) {
            let more = (end - minute).rem_euclid(DAY);
            left += more;
            minute = *end % DAY;
            if left > DAY {
                break;
            }
        }
        (left > 0).then(|| start + Duration::minutes(left))
    }

    /// When silence holds next, at an instant when it does not hold.
    #[must_use]
    pub fn begin(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let minute = minute_of(at);
        let wait = self.spans.iter().map(|(start, _)| (start - minute - 1).rem_euclid(DAY) + 1).min()?;
        Some(minute_start(at) + Duration::minutes(wait))
    }

    /// Minutes of a day in which somebody may be asked.
    #[must_use]
    pub fn open_minutes(&self) -> i64 {
        let open = (0..DAY).filter(|minute| !self.spans.iter().any(|span| holds(*span, *minute)));
        i64::try_from(open.count()).unwrap_or(DAY)
    }
}

fn holds((start, end): (i64, i64), minute: i64) -> bool {
    if start < end { (start..end).contains(&minute) } else { minute >= start || minute < end }
}

fn minute_of(at: DateTime<Utc>) -> i64 {
    let local = at.with_timezone(&ZONE);
    i64::from(local.hour() * 60 + local.minute())
}

fn minute_start(at: DateTime<Utc>) -> DateTime<Utc> {
    at - Duration::milliseconds(at.timestamp_millis().rem_euclid(60_000))
}

impl FromStr for Quiet {
    type Err = String;

    /// Spans separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        let spans: Vec<(i64, i64)> =
            text.split([',', '，', '、']).map(str::trim).map(span).collect::<Result<_, _>>()?;
        let quiet = Self { spans };
        if quiet.open_minutes() == 0 {
            return Err("全天都不访问".to_owned());
        }
        Ok(quiet)
    }
}

fn span(text: &str) -> Result<(i64, i64), String> {
    let wrong = || format!("“{text}”不是时段");
    let (start, end) = text.split_once(['-', '~', '～', '—']).ok_or_else(wrong)?;
    let (start, end) = (minute(start.trim()).ok_or_else(wrong)?, minute(end.trim()).ok_or_else(wrong)?);
    if start == end || start == DAY {
        return Err(wrong());
    }
    Ok((start, end))
}

/// `06:00`; `24:00` is the end of the day.
fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once([':', '：'])?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("2026-11-{text}+08:00")).unwrap().to_utc()
    }

    fn quiet(text: &str) -> Quiet {
        text.parse().unwrap()
    }

    #[test]
    fn silence_ends_at_its_end_of_the_same_day_or_the_next() {
        let night = quiet("23:00-06:00, 12:00-13:30");
        assert_eq!(night.end(at("20T22:59:59")), None);
        assert_eq!(night.end(at("20T23:00:00")), Some(at("21T06:00:00")));
        assert_eq!(night.end(at("21T05:59:59")), Some(at("21T06:00:00")));
        assert_eq!(night.end(at("21T06:00:00")), None);
        assert_eq!(night.end(at("21T13:00:30")), Some(at("21T13:30:00")));
    }

    #[test]
    fn spans_that_touch_are_one_silence() {
        let evening = quiet("22:00-24:00，00:00-06:00");
        assert_eq!(evening.end(at("20T22:30:00")), Some(at("21T06:00:00")));
        assert_eq!(evening.begin(at("21T06:00:00")), Some(at("21T22:00:00")));
    }

    #[test]
    fn silence_begins_at_the_next_begin() {
        let night = quiet("01:00-06:00,12:00-13:00");
        assert_eq!(night.begin(at("20T06:00:00")), Some(at("20T12:00:00")));
        assert_eq!(night.begin(at("20T13:00:00")), Some(at("21T01:00:00")));
        assert_eq!(Quiet::default().begin(at("20T13:00:00")), None);
    }

    #[test]
    fn what_is_no_span_or_leaves_no_time_is_refused() {
        for text in [
            "",
            "1-6",
            "01:00",
            "01:00-01:00",
            "25:00-26:00",
            "01:60-02:00",
            "夜里",
            "24:00-06:00",
            "+1:00-2:00",
        ] {
            assert!(text.parse::<Quiet>().is_err(), "{text}");
        }
        assert!("00:00-12:00,12:00-24:00".parse::<Quiet>().unwrap_err().contains("全天"));
    }

    proptest! {
        #[test]
        fn no_silence_is_left_before_it_ends_and_none_holds_at_its_end(
            spans in prop::collection::vec((0_i64..DAY, 0_i64..=DAY), 0..4), second in 0_i64..200_000,
        ) {
            let spans: Vec<_> = spans.into_iter().filter(|(start, end)| start != end).collect();
            let quiet = Quiet { spans };
            prop_assume!(quiet.open_minutes() > 0);
            let now = at("20T00:00:00") + Duration::seconds(second);
            match quiet.end(now) {
                Some(end) => {
                    prop_assert!(end > now && end - now <= Duration::days(1));
                    prop_assert_eq!(quiet.end(end), None);
                    prop_assert!(quiet.end(end - Duration::seconds(1)).is_some());
                }
                None => if let Some(begin) = quiet.begin(now) {
                    prop_assert!(begin > now && quiet.end(begin).is_some());
                    prop_assert_eq!(quiet.end(begin - Duration::seconds(1)), None);
                }
            }
        }
    }
}
