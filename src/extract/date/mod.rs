//! Dates as Chinese pages write them.
//!
//! In: a text from a page or a field of a feed, and for texts of pages the present instant. Out: an instant,
//! or `None` where the text names none. Wall times without an offset are those of Asia/Shanghai with its
//! history. Reading never guesses: vague, lunar, incomplete and impossible dates are `None`, and a number that
//! is no date stays a number.
//!
//! A text travels `fold` (one form for every way of writing) → `machine` (whole fields of machines) →
//! `relative`, `calendar`, `english` (candidates, from left to right) → `hour`, `zone` (what follows a day) →
//! `label` (which candidate is the publication).

mod calendar;
mod cursor;
mod english;
mod fold;
mod hour;
mod label;
mod machine;
mod numeral;
mod relative;
mod url;
mod zone;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

pub use url::from_url;

use crate::model::moment;
use crate::model::post::Published;
use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use cursor::Cursor;
use hour::{Hour, Part};
use relative::Past;

/// Years in which a date can lie. Before 1902 the clocks of Shanghai ran by the sun, and a year 1 is what
/// programs write that know no date.
const YEARS: std::ops::RangeInclusive<i32> = 1902..=9999;

/// An instant read from a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The instant; with the offset the text gives, else with Shanghai's. Midnight if the text gives only a day.
    pub at: DateTime<FixedOffset>,
    /// Whether the text gives only a day.
    pub bare: bool,
}

/// What looks like a date and cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Impossible;

/// Nothing of the kind stands here, or something that may turn out to be impossible.
type Reading<T> = Option<Result<T, Impossible>>;

impl Stamp {
    /// The stamp as facts about posts hold it.
    #[must_use]
    pub fn published(self) -> Published {
        let at = self.at.to_utc();
        if self.bare { Published::On(today(at)) } else { Published::At(at) }
    }

    fn on(day: NaiveDate) -> Result<Self, Impossible> {
        Self::in_shanghai(day, Hour { seconds: 0, nanos: 0, precise: false }, true)
    }

    fn at(day: NaiveDate, hour: Hour, offset: Option<FixedOffset>) -> Result<Self, Impossible> {
        let Some(offset) = offset else { return Self::in_shanghai(day, hour, false) };
        let at = wall(day, hour)?.and_local_timezone(offset).single().ok_or(Impossible)?;
        Self { at, bare: false }.checked()
    }

    fn moment(at: DateTime<Utc>) -> Result<Self, Impossible> {
        // Out of range, an instant may have no wall time at all.
        YEARS
            .contains(&at.year())
            .then(|| moment::in_shanghai(at))
            .ok_or(Impossible)
            .and_then(|at| Self { at, bare: false }.checked())
    }

    fn in_shanghai(day: NaiveDate, hour: Hour, bare: bool) -> Result<Self, Impossible> {
        let wall = wall(day, hour)?;
        // A wall time that summer time skipped is counted as if the clocks had not been moved.
        let at = moment::ZONE
            .from_local_datetime(&wall)
            .earliest()
            .map_or_else(|| wall.and_utc() - Duration::hours(8), |at| at.to_utc());
        Ok(Self { at: moment::in_shanghai(at), bare })
    }

    fn checked(self) -> Result<Self, Impossible> {
        if YEARS.contains(&self.at.year()) { Ok(self) } else { Err(Impossible) }
    }
}

/// The wall time on a day that can be. The first day of the Unix epoch is what programs show that know no date.
fn wall(day: NaiveDate, hour: Hour) -> Result<NaiveDateTime, Impossible> {
    let span = Duration::seconds(hour.seconds.into()) + Duration::nanoseconds(hour.nanos.into());
    let wall = day.and_time(NaiveTime::MIN).checked_add_signed(span);
    let possible = |year: i32| YEARS.contains(&year);
    let shown = day != DateTime::UNIX_EPOCH.date_naive();
    wall.filter(|wall| shown && possible(day.year()) && possible(wall.year())).ok_or(Impossible)
}

/// The day of Shanghai an instant falls into.
fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&moment::ZONE).date_naive()
}

/// The publication date in a text from a page: of several dates the one labelled so, else the first.
#[must_use]
pub fn read(raw: &str, now: DateTime<Utc>) -> Option<Stamp> {
    machine::quick(raw).or_else(|| scan(&fold::fold(raw), Some(now)))
}

/// The same for a field that stands by itself, without a present instant: dates that lack a year or are
/// counted from now are `None`. The forms of feeds are read without allocating.
#[must_use]
pub fn read_absolute(raw: &str) -> Option<Stamp> {
    machine::quick(raw).or_else(|| scan(&fold::fold(raw), None))
}

/// Goes through folded text from left to right.
fn scan(text: &[char], now: Option<DateTime<Utc>>) -> Option<Stamp> {
    let whole = label::without_label(label::trimmed(text));
    let read = machine::epoch(whole).or_else(|| bare_time(whole, now?));
    if let Some(whole) = read {
        return whole.ok();
    }
    let mut first = None;
    let mut at = 0;
    while at < text.len() {
        let mut cursor = Cursor::new(text, at);
        let Some(stamp) = candidate(&mut cursor, now) else {
            at = cursor.step();
            continue;
        };
        let before = text.get(..at).unwrap_or_default();
        if label::is_publication(before) || label::is_published(cursor.rest()) {
            return stamp.ok();
        }
        first.get_or_insert(stamp);
        at = cursor.at();
    }
    first?.ok()
}

/// Steps over the date that begins here, with its time of day and offset.
fn candidate(cursor: &mut Cursor<'_>, now: Option<DateTime<Utc>>) -> Reading<Stamp> {
    if let Some(past) = now.and_then(|now| relative::read(cursor, now)) {
        return Some(past.and_then(|past| match past {
            Past::Moment(at) => Stamp::moment(at),
            Past::Day(day, part) => with_time(cursor, day, part),
        }));
    }
    if cursor.sees(|c| c.is_ascii_alphabetic()) {
        if let Some(stamp) = english::year_last(cursor) {
            return Some(stamp);
        }
        let day = english::month_first(cursor)?;
        return Some(day.and_then(|day| with_time(cursor, day, None)));
    }
    if !cursor.sees_digit() {
        return None;
    }
    if let Some(compact) = calendar::compact(cursor) {
        return Some(compact.and_then(|(day, time, offset)| match time {
            Some(time) => Stamp::at(day, time, offset),
            None => with_time(cursor, day, None),
        }));
    }
    let day = calendar::full(cursor)
        .or_else(|| english::day_first(cursor))
        .or_else(|| calendar::yearless(cursor, now?))?;
    Some(day.and_then(|day| with_time(cursor, day, None)))
}

/// Steps over the time of day behind a day, if there is one.
fn with_time(cursor: &mut Cursor<'_>, day: NaiveDate, part: Option<Part>) -> Result<Stamp, Impossible> {
    let mut ahead = *cursor;
    let iso = ahead.eat('t') && ahead.sees_digit();
    let time = if iso {
        hour::read(&mut ahead, None).or_else(|| hour::read_basic(&mut ahead))
    } else {
        ahead = *cursor;
        gap(&mut ahead);
        hour::read(&mut ahead, part)
    };
    let Some(time) = time else { return Stamp::on(day) };
    let time = time?;
    let offset = zone::read(&mut ahead, iso || time.precise);
    *cursor = ahead;
    Stamp::at(day, time, offset.transpose()?)
}

/// Steps over what may stand between a day and its time.
fn gap(cursor: &mut Cursor<'_>) {
    let mut signs = 0;
    while signs < 8 && cursor.eat_if(|c| label::is_decoration(c) || "-/_".contains(c)).is_some() {
        signs += 1;
    }
    if cursor.any(&["时间", "at", "于"]) {
        while cursor.eat_if(|c| matches!(c, ' ' | ':')).is_some() {}
    }
}

/// A time of day that is all the text says: today's, or yesterday's if today's is still to come.
fn bare_time(text: &[char], now: DateTime<Utc>) -> Reading<Stamp> {
    let mut cursor = Cursor::new(text, 0);
    let time = hour::read(&mut cursor, None).filter(|_| cursor.rest().is_empty())?;
    // 3:2 is a score.
    if let [.., ':', _] = text {
        return None;
    }
    Some(time.and_then(|time| {
        let today = today(now);
        let stamp = Stamp::at(today, time, None)?;
        if stamp.at <= now {
            return Ok(stamp);
        }
        Stamp::at(today.pred_opt().ok_or(Impossible)?, time, None)
    }))
}
