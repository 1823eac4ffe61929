//! Times counted from now: 刚刚, 5分钟前, 1小时20分钟前, 昨天, 3天前, 2个月前.
//!
//! In: a cursor where such words may begin, and the present instant. Out: an instant (seconds, minutes, hours)
//! or a day (everything longer). Vague amounts (几天前, 半个月前, 3-5天前) are none.

use super::cursor::Cursor;
use super::hour::Part;
use super::{Impossible, Reading, label};
use chrono::{DateTime, Days, Duration, Months, NaiveDate, Utc};

/// What words counted from now mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// An instant.
    Moment(DateTime<Utc>),
    /// A day, and the part of it that the words name.
    Day(NaiveDate, Option<Part>),
}

/// Years back that somebody would count in words.
const MAX_YEARS: u64 = 100;
/// Largest number of any unit that is taken for a span of time.
const MAX_COUNT: u64 = 1_000_000;

/// Steps over a time counted from `now`.
pub(super) fn read(cursor: &mut Cursor<'_>, now: DateTime<Utc>) -> Reading<Past> {
    if cursor.any(&["刚刚", "刚才"]) {
        return Some(Ok(Past::Moment(now)));
    }
    if let Some((ago, part)) = day_word(cursor) {
        let day = super::today(now).checked_sub_days(Days::new(ago));
        return Some(day.map(|day| Past::Day(day, part)).ok_or(Impossible));
    }
    span(cursor).map(|span| span.back_from(now).ok_or(Impossible))
}

/// Steps over a word for one of the last days.
fn day_word(cursor: &mut Cursor<'_>) -> Option<(u64, Option<Part>)> {
    const WORDS: [(&str, u64, Option<Part>, bool); 14] = [
        ("大前天", 3, None, false),
        ("前天", 2, None, false),
        ("前日", 2, None, true),
        ("前晚", 2, Some(Part::Later), false),
        ("昨天", 1, None, false),
        ("昨日", 1, None, true),
        ("昨晚", 1, Some(Part::Later), false),
        ("昨夜", 1, Some(Part::Later), false),
        ("昨晨", 1, Some(Part::Morning), false),
        ("今天", 0, None, false),
        ("今日", 0, None, true),
        ("今晚", 0, Some(Part::Later), false),
        ("今早", 0, Some(Part::Morning), false),
        ("今晨", 0, Some(Part::Morning), false),
    ];
    let mut ahead = *cursor;
    let &(_, ago, part, formal) = WORDS.iter().find(|(word, ..)| ahead.word(word))?;
    // 目前日均, 以前天气: the 前 belongs to the word before.
    if ago == 2 && cursor.before().last().is_some_and(|&c| "目以之此日年月天提当节午".contains(c))
    {
        return None;
    }
    // 今日头条, 今天是2026年…: a name, and a sentence about the calendar.
    if ahead.sees(|c| c == '是') || formal && ahead.sees(|c| label::is_han(c) && !begins_addition(c)) {
        return None;
    }
    *cursor = ahead;
    Some((ago, part))
}

/// Whether a character may begin what a page adds to 今日: a part of the day, 发布, 更新, 来自 and the like.
fn begins_addition(c: char) -> bool {
    "上下中午凌清早晨晚傍深半夜零发刊公推编更修来于".contains(c)
}

/// A span of time; its parts are kept apart because months and days are counted on the calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Span {
    months: u32,
    days: u64,
    /// Milliseconds, for decimal hours.
    millis: u64,
    exact: bool,
}

impl Span {
    fn back_from(self, now: DateTime<Utc>) -> Option<Past> {
        let millis = Duration::try_milliseconds(i64::try_from(self.millis).ok()?)?;
        if self.exact && self.months == 0 {
            let days = Duration::try_days(i64::try_from(self.days).ok()?)?;
            return now.checked_sub_signed(millis)?.checked_sub_signed(days).map(Past::Moment);
        }
        let day = super::today(now).checked_sub_months(Months::new(self.months))?;
        Some(Past::Day(day.checked_sub_days(Days::new(self.days))?, None))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Years,
    Months,
    Weeks,
    Days,
    Hours,
    Quarters,
    Minutes,
    Seconds,
}

/// Units, longer words before their own beginnings.
const UNITS: [(&str, Unit); 19] = [
    ("年", Unit::Years),
    ("个月", Unit::Months),
    ("个星期", Unit::Weeks),
    ("个礼拜", Unit::Weeks),
    ("星期", Unit::Weeks),
    ("礼拜", Unit::Weeks),
    ("周", Unit::Weeks),
    ("天", Unit::Days),
    ("个小时", Unit::Hours),
    ("个钟头", Unit::Hours),
    ("小时", Unit::Hours),
    ("钟头", Unit::Hours),
    ("刻钟", Unit::Quarters),
    ("分钟", Unit::Minutes),
    ("分", Unit::Minutes),
    ("秒钟", Unit::Seconds),
    ("秒", Unit::Seconds),
    ("个半小时", Unit::Hours),
    ("个半钟头", Unit::Hours),
];

impl Unit {
    /// Milliseconds, for the units that are counted to the second.
    fn millis(self) -> Option<u64> {
        match self {
            Self::Hours => Some(3_600_000),
            Self::Quarters => Some(900_000),
            Self::Minutes => Some(60_000),
            Self::Seconds => Some(1000),
            Self::Years | Self::Months | Self::Weeks | Self::Days => None,
        }
    }
}

/// Steps over a span and the 前 behind it.
fn span(cursor: &mut Cursor<'_>) -> Option<Span> {
    // 3-5天前, 数10分钟前, 1.5小时前 read from its 5: not a whole number.
    let joined = |c: char| "-—~至到、.数几好".contains(c) || c.is_ascii_alphanumeric();
    if cursor.before().last().is_some_and(|&c| joined(c)) {
        return None;
    }
    let mut ahead = *cursor;
    let mut span = Span::default();
    let mut last = None;
    loop {
        let mut next = ahead;
        next.spaces();
        let Some(unit) = component(&mut next, &mut span) else { break };
        // 5分钟3小时前 is no span.
        if last.is_some_and(|last| last >= unit as u8) {
            return None;
        }
        last = Some(unit as u8);
        ahead = next;
    }
    last?;
    ahead.spaces();
    ahead.any(&["以前", "之前", "前"]).then_some(())?;
    *cursor = ahead;
    Some(span)
}

/// Steps over one number with its unit and adds it to `span`.
fn component(cursor: &mut Cursor<'_>, span: &mut Span) -> Option<Unit> {
    let mut ahead = *cursor;
    if ahead.eat('半') {
        ahead.spaces();
        let unit = unit(&mut ahead)?;
        span.millis += unit.millis()? / 2;
        span.exact = true;
        *cursor = ahead;
        return Some(unit);
    }
    let count = ahead.run().map(|run| run.value).filter(|&count| count <= MAX_COUNT)?;
    let thousandths = super::hour::fraction(&mut ahead) / 1_000_000;
    ahead.spaces();
    let half_before = ahead.word("个半");
    let unit = unit(&mut ahead)?;
    let half = half_before || ahead.eat('半');
    if let Some(millis) = unit.millis() {
        let part = u64::from(thousandths) * millis / 1000 + if half { millis / 2 } else { 0 };
        span.millis = span.millis.checked_add(count * millis + part)?;
        span.exact = true;
        *cursor = ahead;
        return Some(unit);
    }
    if half || thousandths > 0 {
        return None;
    }
    let months = |per: u64| u32::try_from(count * per).ok();
    match unit {
        Unit::Years if count <= MAX_YEARS => span.months += months(12)?,
        Unit::Months if count <= MAX_YEARS * 12 => span.months += months(1)?,
        Unit::Weeks => span.days += count * 7,
        Unit::Days => span.days += count,
        _ => return None,
    }
    *cursor = ahead;
    Some(unit)
}

fn unit(cursor: &mut Cursor<'_>) -> Option<Unit> {
    UNITS.iter().find(|(word, _)| cursor.word(word)).map(|&(_, unit)| unit)
}
