//! Dates with English month names: `20 Nov 2026`, `Nov 20, 2026`, `Fri Nov 20 08:30:00 +0800 2026`.
//!
//! In: a cursor where a day or a month name stands. Out: the day; the weibo form carries its time in its
//! middle and comes out as a whole. A date without a year is none here.

use super::cursor::Cursor;
use super::{Impossible, Reading, Stamp, hour, zone};
use chrono::NaiveDate;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month by its name or the beginning of it, at least three letters in lower case.
fn month_number(name: &[char]) -> Option<u32> {
    let begins = |month: &str| month.chars().take(name.len()).eq(name.iter().copied());
    let index = MONTHS.iter().position(|month| name.len() >= 3 && begins(month))?;
    u32::try_from(index + 1).ok()
}

/// Steps over a month name and the full stop of its short form.
pub(super) fn month(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut ahead = *cursor;
    let month = month_number(ahead.letters())?;
    ahead.eat('.');
    *cursor = ahead;
    Some(month)
}

/// Steps over `20 Nov 2026`, `20-Nov-26`, `20th November, 2026`.
pub(super) fn day_first(cursor: &mut Cursor<'_>) -> Reading<NaiveDate> {
    let mut ahead = *cursor;
    let day = ordinal(&mut ahead)?;
    gap(&mut ahead);
    let month = month(&mut ahead)?;
    gap(&mut ahead);
    let year = year(&mut ahead, true)?;
    *cursor = ahead;
    Some(NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible))
}

/// Steps over `Nov 20, 2026`.
pub(super) fn month_first(cursor: &mut Cursor<'_>) -> Reading<NaiveDate> {
    let mut ahead = *cursor;
    let (month, day) = month_and_day(&mut ahead)?;
    gap(&mut ahead);
    let year = year(&mut ahead, false)?;
    *cursor = ahead;
    Some(NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible))
}

/// Steps over `Nov 20 08:30:00 +0800 2026` and `Nov 20 08:30:00 CST 2026`.
pub(super) fn year_last(cursor: &mut Cursor<'_>) -> Reading<Stamp> {
    let mut ahead = *cursor;
    let (month, day) = month_and_day(&mut ahead)?;
    ahead.spaces();
    let time = hour::read(&mut ahead, None)?;
    let offset = zone::read(&mut ahead, true);
    ahead.spaces();
    let year = year(&mut ahead, false)?;
    *cursor = ahead;
    let day = NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible);
    Some(day.and_then(|day| Stamp::at(day, time?, offset.transpose()?)))
}

fn month_and_day(cursor: &mut Cursor<'_>) -> Option<(u32, u32)> {
    let month = month(cursor)?;
    gap(cursor);
    Some((month, ordinal(cursor)?))
}

/// Steps over `20` or `20th`.
fn ordinal(cursor: &mut Cursor<'_>) -> Option<u32> {
    let day = cursor.short()?;
    let mut ahead = *cursor;
    if ahead.any(&["st", "nd", "rd", "th"]) && !ahead.sees(|c| c.is_ascii_alphabetic()) {
        *cursor = ahead;
    }
    Some(day)
}

/// Steps over what may stand between the parts.
fn gap(cursor: &mut Cursor<'_>) {
    while cursor.eat_if(|c| matches!(c, ' ' | ',' | '-' | '/' | '.')).is_some() {}
}

/// Steps over a year. Two digits are allowed by RFC 822; from 50 on they lie in the last century (RFC 2822).
fn year(cursor: &mut Cursor<'_>, short: bool) -> Option<i32> {
    let mut ahead = *cursor;
    let run = ahead.run()?;
    let year = i32::try_from(run.value).ok()?;
    let year = match run.width {
        4 => year,
        // `20 Nov 08:30` has no year.
        2 if ahead.sees(|c| c == ':') => return None,
        2 if short && year < 50 => 2000 + year,
        2 if short => 1900 + year,
        _ => return None,
    };
    *cursor = ahead;
    Some(year)
}
