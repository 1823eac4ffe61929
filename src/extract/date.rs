//! Stand-in for the reader of dates, replaced when `extract/date/` is merged.

use crate::model::moment;
use crate::model::post::Published;
use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, TimeZone, Utc};
use regex::Regex;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) at: DateTime<FixedOffset>,
    pub(super) bare: bool,
}

impl Stamp {
    pub(super) fn published(self) -> Published {
        if self.bare {
            Published::On(self.at.date_naive())
        } else {
            Published::At(self.at.with_timezone(&Utc))
        }
    }
}

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?:[-T\s]{0,3}(\d{1,2})[:：](\d{1,2})(?:[:：](\d{1,2}))?)?\s*$").unwrap_or_else(|_| unreachable!())
});
static SHORT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(\d{1,2})[-/月](\d{1,2})日?\s*$").unwrap_or_else(|_| unreachable!()));
static URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/t(\d{4})(\d{2})(\d{2})_|/(\d{4})[-/](\d{1,2})[-/](\d{1,2})/")
        .unwrap_or_else(|_| unreachable!())
});

pub(super) fn read_absolute(raw: &str) -> Option<Stamp> {
    let raw = raw.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(raw) {
        return Some(Stamp { at, bare: false });
    }
    let cst = raw.strip_suffix("CST").map(|head| format!("{head}+0800"));
    let zoned = cst.unwrap_or_else(|| {
        if raw.ends_with(|c: char| c.is_ascii_digit()) && raw.contains(',') && !raw.contains(['+']) {
            format!("{raw} +0800")
        } else {
            raw.to_owned()
        }
    });
    if let Ok(at) = DateTime::parse_from_rfc2822(&zoned)
        .or_else(|_| DateTime::parse_from_str(raw, "%a %b %d %H:%M:%S %z %Y"))
        .or_else(|_| DateTime::parse_from_str(raw, "%Y-%m-%d %H:%M:%S %z"))
    {
        return Some(Stamp { at, bare: false });
    }
    if raw.len() >= 10 && raw.bytes().all(|b| b.is_ascii_digit()) {
        let n: i64 = raw.parse().ok()?;
        let at = DateTime::from_timestamp_millis(if n > 100_000_000_000 { n } else { n * 1000 })?;
        return Some(Stamp { at: moment::in_shanghai(at), bare: false });
    }
    let found = DAY.captures(raw)?;
    let n = |i: usize| found.get(i).and_then(|m| m.as_str().parse::<u32>().ok());
    let day = NaiveDate::from_ymd_opt(n(1)?.try_into().ok()?, n(2)?, n(3)?)?;
    let bare = n(4).is_none();
    let time = day.and_hms_opt(n(4).unwrap_or(0), n(5).unwrap_or(0), n(6).unwrap_or(0))?;
    let at = moment::ZONE.from_local_datetime(&time).earliest()?.with_timezone(&Utc);
    Some(Stamp { at: moment::in_shanghai(at), bare })
}

pub(super) fn read(raw: &str, now: DateTime<Utc>) -> Option<Stamp> {
    read_absolute(raw).or_else(|| {
        if let Some(hours) = raw.strip_suffix("小时前").and_then(|n| n.trim().parse::<i32>().ok()) {
            return Some(Stamp { at: moment::in_shanghai(now - Duration::hours(hours.into())), bare: false });
        }
        let found = SHORT.captures(raw)?;
        let n = |i: usize| found.get(i).and_then(|m| m.as_str().parse::<u32>().ok());
        let today = moment::in_shanghai(now + Duration::days(1));
        let day = [today.year(), today.year() - 1]
            .into_iter()
            .filter_map(|year| NaiveDate::from_ymd_opt(year, n(1)?, n(2)?))
            .find(|day| *day <= today.date_naive())?;
        Some(Stamp { at: moment::in_shanghai(moment::day_start(day)), bare: true })
    })
}

pub(super) fn from_url(url: &str) -> Option<NaiveDate> {
    let found = URL.captures(url)?;
    let n = |i: usize| found.get(i).or_else(|| found.get(i + 3)).and_then(|m| m.as_str().parse::<u32>().ok());
    NaiveDate::from_ymd_opt(n(1)?.try_into().ok()?, n(2)?, n(3)?)
}
