//! A time of day.
//!
//! In: a cursor where one may stand. Out: the time since midnight, or that what stands there is no time any
//! clock shows. A number without `:`, 时, 点, AM or PM is never a time.

use super::Reading;
use super::cursor::{Cursor, Run};
use super::{Impossible, label};

/// A time of day; 24:00 is the following midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hour {
    /// Seconds since midnight, at most 86 400.
    pub(super) seconds: u32,
    /// Nanoseconds of the second.
    pub(super) nanos: u32,
    /// Whether the text gives seconds, as machines do.
    pub(super) precise: bool,
}

impl Hour {
    /// The same time with the fraction of its second that stands at the cursor.
    pub(super) fn with_fraction(mut self, cursor: &mut Cursor<'_>) -> Self {
        if self.precise {
            self.nanos = fraction(cursor);
        }
        self
    }
}

/// The part of the day a text names beside an hour of up to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// AM, 凌晨: 12 is 0.
    Dawn,
    /// 上午, 早上: the hour as it stands.
    Morning,
    /// 中午: from 11 to 13 o'clock.
    Noon,
    /// PM, 下午, 晚上: hours below 12 are those after noon.
    Later,
    /// 深夜, 半夜: the hours around midnight.
    Night,
}

impl Part {
    const WORDS: [(Self, &'static [&'static str]); 5] = [
        (Self::Dawn, &["凌晨", "a.m.", "a.m", "am"]),
        (Self::Morning, &["上午", "午前", "早上", "早晨", "清晨", "早"]),
        (Self::Noon, &["中午", "正午"]),
        (Self::Later, &["下午", "午后", "晚上", "晚间", "傍晚", "晚", "p.m.", "p.m", "pm"]),
        (Self::Night, &["深夜", "半夜", "午夜", "夜里", "夜间"]),
    ];

    /// Steps over the name of a part of the day.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut ahead = *cursor;
        let (part, _) = Self::WORDS.iter().find(|(_, words)| ahead.any(words))?;
        // `pm` of `pmi` is no part of the day.
        if ahead.before().last().is_some_and(char::is_ascii_alphabetic)
            && ahead.sees(|c| c.is_ascii_alphabetic())
        {
            return None;
        }
        *cursor = ahead;
        Some(*part)
    }

    fn apply(self, hour: u32) -> u32 {
        match (self, hour) {
            (Self::Dawn, 12) => 0,
            (Self::Noon, 1..=3) | (Self::Later, 0..=11) | (Self::Night, 6..=12) => hour + 12,
            _ => hour,
        }
    }
}

/// Steps over a time of day. `implied` is the part of the day that the words before it name (昨晚).
pub(super) fn read(cursor: &mut Cursor<'_>, implied: Option<Part>) -> Reading<Hour> {
    let mut ahead = *cursor;
    let named = Part::read(&mut ahead).or(implied);
    ahead.spaces();
    let hour = ahead.run()?;
    let (mut clock, spoken) = with_colons(&mut ahead, hour)
        .or_else(|| with_words(&mut ahead, hour))
        .or_else(|| with_part_only(&mut ahead, hour))?;
    if !spoken {
        let mut after = ahead;
        after.spaces();
        if let Some(part) = Part::read(&mut after).filter(|_| named.is_none()) {
            clock.part = Some(part);
            ahead = after;
        }
    }
    clock.part = clock.part.or(named);
    *cursor = ahead;
    Some(clock.check())
}

/// Steps over the bare digits of the basic form behind a `T`: `08`, `0830`, `083015`, with a fraction.
pub(super) fn read_basic(cursor: &mut Cursor<'_>) -> Reading<Hour> {
    let run = cursor.run()?;
    Some(basic(run).map(|hour| hour.with_fraction(cursor)))
}

/// The time of day in two, four or six digits.
pub(super) fn basic(run: Run) -> Result<Hour, Impossible> {
    let seconds = match run.width {
        2 => run.value * 10_000,
        4 => run.value * 100,
        6 => run.value,
        _ => return Err(Impossible),
    };
    let part = |divisor: u64| u32::try_from(seconds / divisor % 100).map_err(|_| Impossible);
    let mut clock = Clock { hour: part(10_000)?, minute: part(100)?, ..Clock::default() };
    clock.second = (run.width == 6).then_some(part(1)?);
    clock.check()
}

/// What a text says about the time of day, not yet known to exist.
#[derive(Debug, Clone, Copy, Default)]
struct Clock {
    part: Option<Part>,
    hour: u32,
    minute: u32,
    second: Option<u32>,
    nanos: u32,
    malformed: bool,
}

impl Clock {
    fn check(self) -> Result<Hour, Impossible> {
        let hour = self.part.map_or(self.hour, |part| part.apply(self.hour));
        let (minute, second) = (self.minute, self.second.unwrap_or(0));
        let past_midnight = hour == 24 && (minute, second, self.nanos) != (0, 0, 0);
        if self.malformed || hour > 24 || minute > 59 || second > 59 || past_midnight {
            return Err(Impossible);
        }
        let seconds = hour * 3600 + minute * 60 + second;
        Ok(Hour { seconds, nanos: self.nanos, precise: self.second.is_some() })
    }
}

/// One or two digits; anything longer makes the time malformed.
fn two(run: Run, clock: &mut Clock) -> u32 {
    clock.malformed |= run.width > 2;
    u32::try_from(run.value).unwrap_or(u32::MAX)
}

/// The rest of `8:05`, `08:05:09`, `08:30:00.123`. The flag says whether AM or PM can no longer follow.
fn with_colons(cursor: &mut Cursor<'_>, hour: Run) -> Option<(Clock, bool)> {
    let mut ahead = *cursor;
    let minute = colon_number(&mut ahead)?;
    let mut clock = Clock::default();
    clock.hour = two(hour, &mut clock);
    clock.minute = two(minute, &mut clock);
    if let Some(second) = colon_number(&mut ahead) {
        clock.second = Some(two(second, &mut clock));
        clock.nanos = fraction(&mut ahead);
    }
    *cursor = ahead;
    Some((clock, false))
}

/// Steps over a colon and the number behind it.
fn colon_number(cursor: &mut Cursor<'_>) -> Option<Run> {
    let mut ahead = *cursor;
    ahead.spaces();
    ahead.eat(':').then_some(())?;
    ahead.spaces();
    let run = ahead.run()?;
    *cursor = ahead;
    Some(run)
}

/// Steps over a decimal fraction of a second; nanoseconds.
pub(super) fn fraction(cursor: &mut Cursor<'_>) -> u32 {
    let mut ahead = *cursor;
    let comma = ahead.sees(|c| c == ',');
    if ahead.eat_if(|c| matches!(c, '.' | ',')).is_none() {
        return 0;
    }
    let mut nanos = 0;
    let mut width = 0;
    while let Some(digit) = ahead.peek().and_then(|c| c.to_digit(10)) {
        ahead.eat_if(|_| true);
        width += 1;
        if width <= 9 {
            nanos = nanos * 10 + digit;
        }
    }
    // A comma before fewer digits than milliseconds have belongs to the sentence.
    if width == 0 || comma && width < 3 {
        return 0;
    }
    *cursor = ahead;
    nanos * 10_u32.pow(9_u32.saturating_sub(width))
}

/// The rest of `8时5分`, `8点30分15秒`, `8点半`, `8点一刻`, `8点`.
fn with_words(cursor: &mut Cursor<'_>, hour: Run) -> Option<(Clock, bool)> {
    let mut ahead = *cursor;
    ahead.spaces();
    ahead.eat_if(|c| matches!(c, '时' | '点')).filter(|_| hour.width <= 2)?;
    // 8点赞, 8点击: a count.
    if ahead.sees(|c| "赞击评".contains(c)) {
        return None;
    }
    let mut clock = Clock::default();
    clock.hour = two(hour, &mut clock);
    *cursor = ahead;
    ahead.spaces();
    if ahead.eat('半') {
        clock.minute = 30;
        *cursor = ahead;
    } else if ahead.any(&["整", "正", "许", "左右"]) {
        *cursor = ahead;
    } else if let Some(minute) = ahead.run() {
        let quarter = ahead;
        ahead.spaces();
        if ahead.eat('分') {
            clock.minute = two(minute, &mut clock);
            *cursor = ahead;
            ahead.spaces();
            let second = ahead.run();
            ahead.spaces();
            if let Some(second) = second.filter(|_| ahead.eat('秒')) {
                clock.second = Some(two(second, &mut clock));
                *cursor = ahead;
            }
        } else if ahead.eat('刻') {
            clock.minute = two(minute, &mut clock).saturating_mul(15);
            *cursor = ahead;
        } else if minute.width == 2 && !quarter.sees(label::is_word) {
            clock.minute = two(minute, &mut clock);
            *cursor = quarter;
        }
    }
    Some((clock, true))
}

/// The rest of `8 PM`.
fn with_part_only(cursor: &mut Cursor<'_>, hour: Run) -> Option<(Clock, bool)> {
    let mut ahead = *cursor;
    ahead.spaces();
    ahead.sees(|c| matches!(c, 'a' | 'p')).then_some(())?;
    let part = Part::read(&mut ahead).filter(|_| hour.width <= 2)?;
    let mut clock = Clock { part: Some(part), ..Clock::default() };
    clock.hour = two(hour, &mut clock);
    *cursor = ahead;
    Some((clock, true))
}
