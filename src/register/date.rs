//! Dates as offices write them.
//!
//! In: a cell. Out: an instant; wall time is Shanghai's. What cannot be read for certain (`21.3.5`,
//! `3/5/2021`) is a complaint, never a guess.

use super::cell::Complaint;
use super::table::Cell;
use crate::model::moment::{ZONE, day_start};
use chrono::{
    DateTime, Days, DurationRound, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use unicode_normalization::UnicodeNormalization;

const ADVICE: &str = "请写成 2021-03-05 或 2021年3月5日";

/// How exactly a date was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// To the day or finer.
    Day,
    /// To the month or the year: the last day of it stands for it, so that no account is held
    /// to rules before it existed.
    Rough,
}

/// Reads a filled cell.
pub(super) fn read(cell: &Cell) -> Result<(DateTime<Utc>, Precision), Complaint> {
    let found = match cell {
        Cell::Date(at) => Some((instant(*at), Precision::Day)),
        Cell::Number(number) => from_number(*number),
        Cell::Text(text) => from_text(&text.nfkc().collect::<String>()),
        Cell::Empty | Cell::Fault(_) => None,
    };
    found
        .filter(|(at, _)| (day_of(1980)..day_of(2101)).contains(at))
        .ok_or_else(|| Complaint::new(format!("看不懂的日期“{}”", cell.shown()), ADVICE))
}

fn day_of(year: i32) -> DateTime<Utc> {
    NaiveDate::from_yo_opt(year, 1).map_or(DateTime::<Utc>::MIN_UTC, day_start)
}

fn instant(at: NaiveDateTime) -> DateTime<Utc> {
    // Excel keeps fractions of a day in binary: whole seconds are what was meant.
    let at = (at + TimeDelta::milliseconds(500)).duration_trunc(TimeDelta::seconds(1)).unwrap_or(at);
    ZONE.from_local_datetime(&at).earliest().map_or_else(|| day_start(at.date()), |local| local.to_utc())
}

/// `20210305`, `2021` or the serial number of a day in Excel (1 is 1 January 1900).
fn from_number(number: f64) -> Option<(DateTime<Utc>, Precision)> {
    #[expect(clippy::cast_possible_truncation, reason = "the ranges below are far inside of i64")]
    let whole = number.trunc() as i64;
    let is_whole = number.fract() == 0.0;
    match whole {
        1980..=2100 if is_whole => end_of_year(i32::try_from(whole).ok()?),
        19_800_101..=21_001_231 if is_whole => {
            let part = |by: i64, of: i64| u32::try_from(whole / by % of).ok();
            date(i32::try_from(whole / 10_000).ok()?, part(100, 100)?, part(1, 100)?)
        }
        20_000..=80_000 => {
            let start = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
            #[expect(clippy::cast_possible_truncation, reason = "a fraction of a day in milliseconds")]
            let millis = (number.fract() * 86_400_000.0).round() as i64;
            Some((instant(start + TimeDelta::days(whole) + TimeDelta::milliseconds(millis)), Precision::Day))
        }
        _ => None,
    }
}

fn from_text(text: &str) -> Option<(DateTime<Utc>, Precision)> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some((DateTime::from_timestamp(at.timestamp(), 0)?, Precision::Day));
    }
    if let Ok(number) = text.parse::<f64>()
        && text.split('.').next().is_some_and(|whole| matches!(whole.len(), 5 | 8) || text.len() == 4)
    {
        return from_number(number);
    }
    let (date_part, time_part) = split(text);
    let mut parts = Vec::with_capacity(3);
    for part in date_part.split(['-', '/', '.', '年', '月', '–', '—', '−']).map(str::trim) {
        if !part.is_empty() {
            parts.push(part);
        }
    }
    if parts.len() > 3 || !parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let year = parts.first().filter(|year| year.len() == 4)?.parse().ok()?;
    match (parts.get(1), parts.get(2)) {
        (Some(month), Some(day)) => {
            let day = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
            Some((instant(day.and_time(time(time_part)?)), Precision::Day))
        }
        (Some(month), None) if time_part.is_empty() => {
            let first = NaiveDate::from_ymd_opt(year, month.parse().ok()?, 1)?;
            let last = first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
            Some((day_start(last), Precision::Rough))
        }
        (None, None) if time_part.is_empty() => end_of_year(year),
        _ => None,
    }
}

/// The part that says the day and the part that says the time of day.
fn split(text: &str) -> (&str, &str) {
    if let Some((date, time)) = text.split_once(['日', '号']) {
        (date, time.trim())
    } else if text.contains('年') {
        (text, "")
    } else {
        text.split_once([' ', 'T']).map_or((text, ""), |(date, time)| (date, time.trim()))
    }
}

/// `14:30`, `14:30:00`, `14时30分`; nothing is midnight.
fn time(text: &str) -> Option<NaiveTime> {
    if text.is_empty() {
        return Some(NaiveTime::MIN);
    }
    let text = text.replace(['时', '点', '分'], ":").replace('秒', "");
    let mut parts = text.trim_end_matches(':').split(':').map(|part| part.trim().parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next().unwrap_or(Some(0))?);
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() { None } else { NaiveTime::from_hms_opt(hour, minute, second) }
}

fn date(year: i32, month: u32, day: u32) -> Option<(DateTime<Utc>, Precision)> {
    Some((day_start(NaiveDate::from_ymd_opt(year, month, day)?), Precision::Day))
}

fn end_of_year(year: i32) -> Option<(DateTime<Utc>, Precision)> {
    Some((day_start(NaiveDate::from_ymd_opt(year, 12, 31)?), Precision::Rough))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::moment::in_shanghai;
    use proptest::prelude::*;

    fn seen(cell: &Cell) -> String {
        read(cell).map_or_else(|c| c.reason, |(at, _)| in_shanghai(at).format("%F %T").to_string())
    }

    #[test]
    fn every_way_to_write_a_day_is_that_day() {
        for text in [
            "2021-3-5",
            "2021/03/05",
            "2021.3.5",
            "2021年3月5日",
            "2021 年 3 月 5 日",
            "2021年3月5号",
            "２０２１-３-５",
            "20210305",
            "44260",
            "2021-03-05 00:00:00",
            "2021-03-05T00:00:00+08:00",
        ] {
            assert_eq!(seen(&Cell::text(text)), "2021-03-05 00:00:00", "{text}");
        }
        assert_eq!(seen(&Cell::Number(44260.0)), "2021-03-05 00:00:00");
        assert_eq!(seen(&Cell::Number(20_210_305.0)), "2021-03-05 00:00:00");
    }

    #[test]
    fn a_time_of_day_is_kept() {
        for text in ["2021-3-5 14:30", "2021/3/5T14:30:00", "2021年3月5日14时30分", "44260.604166667"] {
            assert_eq!(seen(&Cell::text(text)), "2021-03-05 14:30:00", "{text}");
        }
    }

    #[test]
    fn a_month_or_a_year_counts_from_its_last_day() {
        for (text, day) in [("2019年5月", "2019-05-31"), ("2020.2", "2020-02-29"), ("2018年", "2018-12-31")]
        {
            assert_eq!(seen(&Cell::text(text)), format!("{day} 00:00:00"));
            assert_eq!(read(&Cell::text(text)).unwrap().1, Precision::Rough);
        }
        assert_eq!(seen(&Cell::Number(2018.0)), "2018-12-31 00:00:00");
    }

    #[test]
    fn what_could_be_two_days_is_not_guessed() {
        for text in [
            "21.3.5",
            "3/5/2021",
            "2021-13-01",
            "2021-2-30",
            "去年",
            "1",
            "2021-3-5 25:00",
            "0021-03-05",
            "-",
        ] {
            assert!(read(&Cell::text(text)).is_err(), "{text}");
        }
        for number in [0.0, 1.0, -5.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(read(&Cell::Number(number)).is_err(), "{number}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,30}", digits in "[0-9年月日:./ -]{0,24}", number in any::<f64>()) {
            let _ = read(&Cell::Text(text));
            let _ = read(&Cell::Text(digits));
            let _ = read(&Cell::Number(number));
        }
    }
}
