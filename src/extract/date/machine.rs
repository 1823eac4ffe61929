//! Forms that machines write.
//!
//! In: a whole field. Out: the instant. [`quick`] reads the two forms of feeds from their bytes, without
//! allocating; what it does not know is `None` and goes the long way, never wrong. [`epoch`] reads counts of
//! seconds and milliseconds, which are dates only when they are the whole field.

use super::cursor::Cursor;
use super::hour::Hour;
use super::{Impossible, Reading, Stamp, hour};
use chrono::{DateTime, FixedOffset, NaiveDate};

/// Seconds that ten digits can mean. A leading zero belongs to a telephone number, and so do the first digits
/// of 400 and 800 numbers, which would lie in 2096 and later.
const EPOCH: std::ops::Range<i64> = 1_000_000_000..4_000_000_000;

/// Month names of RFC 822.
const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// RFC 822 (`Fri, 20 Nov 2026 08:30:00 +0800`, weekday, seconds and zone optional, CST = +08:00) and RFC 3339
/// (`2026-11-20T08:30:00.123+08:00`, also with a space, without seconds or offset, or the day alone).
pub(super) fn quick(raw: &str) -> Option<Stamp> {
    let mut bytes = Bytes(raw.as_bytes().trim_ascii());
    match bytes.0 {
        [_, _, _, _, b'-', ..] => rfc_3339(&mut bytes),
        _ => rfc_822(&mut bytes),
    }
}

fn rfc_3339(bytes: &mut Bytes<'_>) -> Option<Stamp> {
    let year = bytes.number(4, 4)?;
    bytes.eat(b'-')?;
    let month = bytes.number(2, 2)?;
    bytes.eat(b'-')?;
    let day = NaiveDate::from_ymd_opt(year.cast_signed(), month, bytes.number(2, 2)?)?;
    if bytes.0.is_empty() {
        return Stamp::on(day).ok();
    }
    if !matches!(bytes.next()?, b'T' | b't' | b' ') {
        return None;
    }
    let mut time = bytes.time()?;
    if bytes.0.first() == Some(&b'.') {
        time.nanos = bytes.fraction()?;
    }
    bytes.stamp(day, time)
}

fn rfc_822(bytes: &mut Bytes<'_>) -> Option<Stamp> {
    if let [a, b, c, b',', rest @ ..] = bytes.0 {
        [a, b, c].iter().all(|c| c.is_ascii_alphabetic()).then_some(())?;
        bytes.0 = rest.trim_ascii_start();
    }
    let day = bytes.number(1, 2)?;
    bytes.eat(b' ')?;
    let [a, b, c, rest @ ..] = bytes.0 else { return None };
    let month = MONTHS.iter().position(|month| [*a, *b, *c].eq_ignore_ascii_case(month.as_slice()))?;
    let month = u32::try_from(month + 1).ok()?;
    bytes.0 = rest;
    bytes.eat(b' ')?;
    let year = bytes.number(4, 4)?;
    bytes.eat(b' ')?;
    let time = bytes.time()?;
    let day = NaiveDate::from_ymd_opt(year.cast_signed(), month, day)?;
    bytes.stamp(day, time)
}

/// The bytes of a field that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn eat(&mut self, wanted: u8) -> Option<()> {
        self.next().filter(|&byte| byte == wanted).map(|_| ())
    }

    /// A whole run of digits of a width between `least` and `most`.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let width = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(width);
        self.0 = rest;
        let number = digits.iter().take(most).fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        (least..=most).contains(&width).then_some(number)
    }

    /// `08:30` or `08:30:15`.
    fn time(&mut self) -> Option<Hour> {
        let hour = self.number(2, 2).filter(|&hour| hour < 24)?;
        self.eat(b':')?;
        let minute = self.number(2, 2).filter(|&minute| minute < 60)?;
        let precise = self.0.first() == Some(&b':');
        let second = if precise {
            self.eat(b':')?;
            self.number(2, 2).filter(|&second| second < 60)?
        } else {
            0
        };
        Some(Hour { seconds: hour * 3600 + minute * 60 + second, nanos: 0, precise })
    }

    /// `.123` in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        self.eat(b'.')?;
        let before = self.0.len();
        let value = self.number(1, 9)?;
        let width = u32::try_from(before - self.0.len()).ok()?;
        Some(value * 10_u32.pow(9 - width))
    }

    /// The stamp of a wall time, whose offset, if it has one, is all that is left.
    fn stamp(&self, day: NaiveDate, time: Hour) -> Option<Stamp> {
        let seconds = match self.0.trim_ascii_start() {
            b"" => return Stamp::at(day, time, None).ok(),
            b"Z" | b"z" | b"GMT" | b"UTC" | b"UT" => 0,
            b"CST" => 8 * 3600,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] | [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
                let digits = [h1, h2, m1, m2];
                digits.iter().all(|digit| digit.is_ascii_digit()).then_some(())?;
                let [h1, h2, m1, m2] = digits.map(|digit| i32::from(digit - b'0'));
                let (hours, minutes) = (h1 * 10 + h2, m1 * 10 + m2);
                (hours < 14 && minutes < 60).then_some(())?;
                (hours * 3600 + minutes * 60) * if *sign == b'+' { 1 } else { -1 }
            }
            _ => return None,
        };
        Stamp::at(day, time, Some(FixedOffset::east_opt(seconds)?)).ok()
    }
}

/// `1795134615`, `1795134615.5`, `1795134615123` and `/Date(1795134615123+0800)/` as the whole text.
pub(super) fn epoch(text: &[char]) -> Reading<Stamp> {
    let mut cursor = Cursor::new(text, 0);
    while cursor.eat_if(|c| matches!(c, '/' | '\\')).is_some() {}
    if cursor.any(&["date(", "new date("]) {
        let negative = cursor.eat('-');
        let run = cursor.run().filter(|run| run.width <= 15)?;
        let millis = i64::try_from(run.value).ok()?;
        return Some(from_millis(if negative { -millis } else { millis }, 0));
    }
    let mut cursor = Cursor::new(text, 0);
    let run = cursor.run()?;
    let nanos = hour::fraction(&mut cursor);
    let value = i64::try_from(run.value).ok().filter(|_| cursor.rest().is_empty())?;
    match run.width {
        10 if EPOCH.contains(&value) => Some(from_millis(value * 1000, nanos)),
        13 if EPOCH.contains(&(value / 1000)) => Some(from_millis(value, 0)),
        _ => None,
    }
}

/// The instant so many milliseconds after 1970. Zero is what a program writes that knows no date.
fn from_millis(millis: i64, nanos: u32) -> Result<Stamp, Impossible> {
    let at = DateTime::from_timestamp_millis(millis).filter(|_| millis != 0).ok_or(Impossible)?;
    Stamp::moment(at + chrono::Duration::nanoseconds(nanos.into()))
}
