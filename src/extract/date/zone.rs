//! The offset a text gives behind a time of day.
//!
//! In: a cursor behind a time. Out: the offset, `None` where the text names none (the time is then Shanghai's).
//! CST is China Standard Time here, never the American one.

use super::cursor::Cursor;
use super::{Impossible, Reading, label};
use chrono::FixedOffset;

/// No clock on earth is farther from Greenwich.
const LIMIT: i32 = 14 * 3600;

/// Names of RFC 822 with their hours; CST apart.
const NAMES: [(&str, i32); 12] = [
    ("gmt", 0),
    ("utc", 0),
    ("ut", 0),
    ("z", 0),
    ("cst", 8),
    ("est", -5),
    ("edt", -4),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];

/// Steps over an offset. `precise` says that a machine wrote the time before it, so that `-11:30` is an offset
/// and not the end of opening hours.
pub(super) fn read(cursor: &mut Cursor<'_>, precise: bool) -> Reading<FixedOffset> {
    let mut ahead = *cursor;
    ahead.spaces();
    ahead.eat('(');
    let found = signed(&mut ahead, precise).or_else(|| named(&mut ahead))?;
    *cursor = ahead;
    Some(found)
}

fn named(cursor: &mut Cursor<'_>) -> Reading<FixedOffset> {
    let mut ahead = *cursor;
    let word = ahead.letters();
    let (_, hours) = NAMES.iter().find(|(name, _)| name.chars().eq(word.iter().copied()))?;
    if *hours == 0
        && let Some(offset) = signed(&mut ahead, true).or_else(|| single(&mut ahead))
    {
        *cursor = ahead;
        return Some(offset);
    }
    if ahead.sees(label::is_word) && ahead.sees(|c| c.is_ascii()) {
        return None;
    }
    *cursor = ahead;
    Some(offset(1, *hours * 3600))
}

/// `+08:00`, `+0800`, `+08`.
fn signed(cursor: &mut Cursor<'_>, precise: bool) -> Reading<FixedOffset> {
    let mut ahead = *cursor;
    let sign = if ahead.eat_if(|c| matches!(c, '+' | '-'))? == '+' { 1 } else { -1 };
    let run = ahead.run()?;
    let value = i32::try_from(run.value).ok()?;
    let mut minutes = ahead;
    let found = match run.width {
        4 => offset(sign, value / 100 * 3600 + value % 100 * 60),
        2 if sign < 0 && !precise => return None,
        2 if minutes.eat(':') => {
            let minute = i32::try_from(minutes.short()?).ok()?;
            ahead = minutes;
            // 09:00:00-11:30:00 is a span of time.
            if ahead.sees(|c| c == ':') {
                return None;
            }
            offset(sign, value * 3600 + minute * 60)
        }
        // `+86` and `-05条` are no offsets.
        2 if !ahead.sees(label::is_word) => Ok(offset(sign, value * 3600).ok()?),
        _ => return None,
    };
    *cursor = ahead;
    Some(found)
}

/// The `+8` of `GMT+8`.
fn single(cursor: &mut Cursor<'_>) -> Reading<FixedOffset> {
    let mut ahead = *cursor;
    let sign = if ahead.eat_if(|c| matches!(c, '+' | '-'))? == '+' { 1 } else { -1 };
    let hours = i32::try_from(ahead.short()?).ok()?;
    *cursor = ahead;
    Some(offset(sign, hours * 3600))
}

fn offset(sign: i32, seconds: i32) -> Result<FixedOffset, Impossible> {
    FixedOffset::east_opt(sign * seconds).filter(|_| seconds.abs() <= LIMIT).ok_or(Impossible)
}
