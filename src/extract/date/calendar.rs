//! Days of the calendar: with their year, without it, and in one run of digits.
//!
//! In: a cursor at the beginning of a number. Out: the day and the place behind it. What looks like a date but
//! is part of a longer number (index and telephone numbers, versions, ranges with a unit) is none; what is
//! plainly a date that no calendar has (2月30日) is impossible.

use super::cursor::Cursor;
use super::hour::{self, Hour};
use super::{Impossible, Reading, english, label, zone};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};

/// Years that a number without clear separators may mean.
const NEAR_YEARS: std::ops::Range<i32> = 1900..2100;
/// A day without a year goes back this far: between two leap days lie at most eight years.
const LEAP_GAP: i32 = 8;

/// Steps over a day with its year: `2026-11-20`, `2026年11月20日`, `26/11/20`, `2026-Nov-20`.
pub(super) fn full(cursor: &mut Cursor<'_>) -> Reading<NaiveDate> {
    let before = cursor.before();
    let mut ahead = *cursor;
    if !label::begins_number(before) || label::is_other_calendar(before) {
        return None;
    }
    let year = ahead.run()?;
    let whole = year.width == 4;
    let short = year.width == 2 && !label::names_a_number(before);
    if !whole && !short {
        return None;
    }
    let year = i32::try_from(year.value).ok()? + if short { 2000 } else { 0 };
    let spaced = ahead.sees(|c| c == ' ');
    let (first, month, second) = separated_month(&mut ahead, whole)?;
    let spaced = spaced || ahead.sees(|c| c == ' ');
    ahead.spaces();
    let day = ahead.short().or_else(|| glued_day(&mut ahead).filter(|_| whole))?;
    if second == '月' {
        day_sign(&mut ahead);
    } else {
        // The less a number looks like a year, the more alike its separators have to be.
        let strict = short || spaced || first == '—' || second == '—';
        if strict && first != second && first != '年' || spaced && !NEAR_YEARS.contains(&year) {
            return None;
        }
        ahead.eat('日');
        if !ends_number(ahead, second) {
            return None;
        }
    }
    let found = NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible);
    // Two digits make no year by themselves: 26-13-40 is some other number.
    if found.is_err() && short && second != '月' {
        return None;
    }
    *cursor = ahead;
    Some(found)
}

/// Steps over the month and the separators around it. A month name needs a whole year before it, since in
/// `20 Nov 26` the first number is the day.
fn separated_month(cursor: &mut Cursor<'_>, whole: bool) -> Option<(char, u32, char)> {
    let spaced = cursor.sees(|c| c == ' ');
    cursor.spaces();
    let first = cursor.eat_if(|c| matches!(c, '-' | '/' | '.' | '年' | '—')).or(spaced.then_some(' '))?;
    cursor.spaces();
    let month = cursor.short();
    let named = month.is_none();
    if named && (first == '年' || !whole) || !named && first == ' ' {
        return None;
    }
    let month = month.or_else(|| english::month(cursor))?;
    let mut ahead = *cursor;
    ahead.spaces();
    let second = ahead.eat_if(|c| matches!(c, '-' | '/' | '.' | '月' | '—'));
    if second.is_some() {
        *cursor = ahead;
    }
    Some((first, month, second.or(named.then_some(first))?))
}

/// Steps over a day without a year and gives the latest one that is not after `now`'s: `11-20`, `11/20`,
/// `11月20日`; a year beside it in words (去年11月20日) or behind it (11月 20, 2026) counts.
pub(super) fn yearless(cursor: &mut Cursor<'_>, now: DateTime<Utc>) -> Reading<NaiveDate> {
    let today = super::today(now);
    let mut ahead = *cursor;
    let month = ahead.short()?;
    let mut sign = ahead;
    if let Some(sign) = sign.eat_if(|c| matches!(c, '-' | '/')) {
        ahead.eat(sign);
        let day = ahead.short()?;
        let clean = label::begins_number(cursor.before()) && !label::names_a_number(cursor.before());
        if !clean || !ends_number(ahead, sign) || label::is_counted(ahead.rest()) {
            return None;
        }
        *cursor = ahead;
        return Some(Ok(latest(month, day, today)?));
    }
    ahead.spaces();
    ahead.eat('月').then_some(())?;
    ahead.spaces();
    let day = ahead.short()?;
    if let Some(year) = year_behind(&mut ahead) {
        *cursor = ahead;
        return Some(NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible));
    }
    if !day_sign(&mut ahead) && !is_range_of_days(ahead) || label::is_other_calendar(cursor.before()) {
        return None;
    }
    let found = match label::year_in_words(cursor.before())? {
        label::Year::Open => latest(month, day, today),
        label::Year::Ago(years) => NaiveDate::from_ymd_opt(today.year() - years, month, day),
    };
    *cursor = ahead;
    Some(found.ok_or(Impossible))
}

/// A day, a time of day and an offset out of one run of digits; only the day is always there.
type Compact = (NaiveDate, Option<Hour>, Option<FixedOffset>);

/// Steps over `20261120`, `202611200830`, `20261120083015`, the latter two with an offset.
pub(super) fn compact(cursor: &mut Cursor<'_>) -> Reading<Compact> {
    let mut ahead = *cursor;
    let before = cursor.before();
    if !label::begins_number(before) || label::names_digits(before) {
        return None;
    }
    let run = ahead.run()?;
    let tail = match run.width {
        8 => 1,
        12 => 10_000,
        14 => 1_000_000,
        _ => return None,
    };
    let day = run.value / tail;
    let part = |divisor: u64| u32::try_from(day / divisor % 100).ok();
    let year = i32::try_from(day / 10_000).ok().filter(|year| NEAR_YEARS.contains(year))?;
    let day = NaiveDate::from_ymd_opt(year, part(100)?, part(1)?)?;
    if tail == 1 {
        if !ends_number(ahead, '-') || label::is_counted(ahead.rest()) {
            return None;
        }
        *cursor = ahead;
        return Some(Ok((day, None, None)));
    }
    let digits = super::cursor::Run { value: run.value % tail, width: run.width - 8 };
    let time = hour::basic(digits).map(|time| time.with_fraction(&mut ahead));
    let offset = zone::read(&mut ahead, true);
    if offset.is_none() && (!ends_number(ahead, '-') || label::is_counted(ahead.rest())) {
        return None;
    }
    *cursor = ahead;
    Some(time.and_then(|time| Ok((day, Some(time), offset.transpose()?))))
}

/// The latest such day that is not after `today`; `None` if no year has it.
fn latest(month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let years = (0..=LEAP_GAP).map(|ago| today.year() - ago);
    years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day)).find(|&day| day <= today)
}

/// Steps over the day in `2026-11-2008:30`, where the tags between day and hour are lost.
fn glued_day(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut ahead = *cursor;
    let run = ahead.run()?;
    if run.width != 4 || !ahead.eat(':') {
        return None;
    }
    let mut day = 0;
    for _ in 0..2 {
        day = day * 10 + cursor.eat_if(|c| c.is_ascii_digit())?.to_digit(10)?;
    }
    Some(day)
}

/// Steps over 日 or 号.
fn day_sign(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.spaces();
    let found = ahead.eat_if(|c| matches!(c, '日' | '号')).is_some();
    if found {
        *cursor = ahead;
    }
    found
}

/// Steps over the `, 2026` of `11月 20, 2026`.
fn year_behind(cursor: &mut Cursor<'_>) -> Option<i32> {
    let mut ahead = *cursor;
    day_sign(&mut ahead);
    ahead.spaces();
    ahead.eat(',').then_some(())?;
    ahead.spaces();
    let year = ahead.run().filter(|run| run.width == 4)?;
    *cursor = ahead;
    i32::try_from(year.value).ok()
}

/// Whether the rest goes on like `至20日` or `-20日`.
fn is_range_of_days(mut cursor: Cursor<'_>) -> bool {
    cursor.spaces();
    let joined = cursor.eat_if(|c| "-—~至到、和及".contains(c)).is_some();
    cursor.spaces();
    joined && cursor.short().is_some() && day_sign(&mut cursor)
}

/// Whether a date written with `sign` ends here: what follows is no further part of the same number. A time of
/// day (`2007-08-20-23:59:59`) or the end of a range (`2026-11-16-2026-11-20`) may follow the sign.
fn ends_number(cursor: Cursor<'_>, sign: char) -> bool {
    let mut ahead = cursor;
    if !ahead.sees(|c| c == sign || matches!(c, '-' | '/' | '.' | ':' | '_')) {
        return true;
    }
    let next = ahead.eat_if(|_| true);
    if !ahead.sees_digit() {
        return true;
    }
    if next != Some(sign) && next == Some('-') {
        // 2026.11.16-11.20
        let mut other = ahead;
        if other.short().is_some() && other.eat(sign) {
            return true;
        }
    }
    if hour::read(&mut ahead.clone(), None).is_some() {
        return true;
    }
    let year = ahead.run().is_some_and(|run| run.width == 4);
    year && ahead.eat(sign)
}
