//! When mails leave: the spans of an audience, and the time of its daily digest.
//!
//! In: spans and times as the operator writes them (`30s`, `1d`, `09:00`). Out: those that hold for an audience, and
//! arithmetic with instants that cannot overflow.

use crate::model::moment::{ZONE, day_start};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::time::Duration;

/// The spans of one audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timing {
    /// From the first news until the mail, so that what happens together is told together.
    #[serde(with = "humantime_serde")]
    pub group_wait: Duration,
    /// Between two mails at least.
    #[serde(with = "humantime_serde")]
    pub group_interval: Duration,
    /// Until an open case is told again; zero means never.
    #[serde(with = "humantime_serde")]
    pub repeat_interval: Duration,
    /// From the end of a case until it is told, so that a case that comes back at once was never “recovered”.
    #[serde(with = "humantime_serde")]
    pub resolve_delay: Duration,
    /// When minor matters are told, once a day, in Asia/Shanghai.
    #[serde(with = "time_of_day")]
    pub digest_at: NaiveTime,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            group_wait: Duration::from_secs(30),
            group_interval: Duration::from_mins(5),
            repeat_interval: Duration::from_hours(24),
            resolve_delay: Duration::from_mins(5),
            digest_at: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or(NaiveTime::MIN),
        }
    }
}

impl Timing {
    const LONGEST: Duration = Duration::from_hours(366 * 24);

    /// These spans, with those an audience sets for itself.
    #[must_use]
    pub fn with(self, own: &TimingOverride) -> Self {
        Self {
            group_wait: own.group_wait.unwrap_or(self.group_wait),
            group_interval: own.group_interval.unwrap_or(self.group_interval),
            repeat_interval: own.repeat_interval.unwrap_or(self.repeat_interval),
            resolve_delay: own.resolve_delay.unwrap_or(self.resolve_delay),
            digest_at: own.digest_at.map_or(self.digest_at, |TimeOfDay(time)| time),
        }
    }

    /// The first digest that can tell what happened at an instant.
    pub(super) fn digest_after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let day = at.with_timezone(&ZONE).date_naive();
        let today = day_start(day) + (self.digest_at - NaiveTime::MIN);
        if today >= at { today } else { today + TimeDelta::days(1) }
    }

    /// What is wrong with the spans: the key and the reason.
    pub(super) fn mistakes(self) -> Vec<(&'static str, &'static str)> {
        let spans = [
            ("group_wait", self.group_wait),
            ("group_interval", self.group_interval),
            ("repeat_interval", self.repeat_interval),
            ("resolve_delay", self.resolve_delay),
        ];
        let mut mistakes: Vec<_> = spans
            .into_iter()
            .filter(|(_, span)| *span > Self::LONGEST)
            .map(|(key, _)| (key, "时长不能超过366天"))
            .collect();
        if !self.repeat_interval.is_zero() && self.repeat_interval < self.group_interval {
            mistakes.push(("repeat_interval", "重复提醒的间隔不能短于两封邮件的最短间隔(group_interval)"));
        }
        mistakes
    }
}

/// Spans an audience sets for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimingOverride {
    /// See [`Timing::group_wait`].
    #[serde(with = "humantime_serde")]
    pub group_wait: Option<Duration>,
    /// See [`Timing::group_interval`].
    #[serde(with = "humantime_serde")]
    pub group_interval: Option<Duration>,
    /// See [`Timing::repeat_interval`].
    #[serde(with = "humantime_serde")]
    pub repeat_interval: Option<Duration>,
    /// See [`Timing::resolve_delay`].
    #[serde(with = "humantime_serde")]
    pub resolve_delay: Option<Duration>,
    /// See [`Timing::digest_at`].
    pub digest_at: Option<TimeOfDay>,
}

/// A time of day as the operator writes it: `09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct TimeOfDay(#[serde(with = "time_of_day")] pub NaiveTime);

/// `09:00`, in both directions.
mod time_of_day {
    use super::{Deserialize, Deserializer, NaiveTime, Serializer};

    const FORM: &str = "%H:%M";

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub(super) fn serialize<S: Serializer>(time: &NaiveTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&time.format(FORM))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(from)?;
        NaiveTime::parse_from_str(&text, FORM)
            .map_err(|_| serde::de::Error::custom(format!("“{text}”不是时刻，应写作“09:00”")))
    }
}

/// An instant so much later, or the last there is.
pub(super) fn after(at: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(span)
        .ok()
        .and_then(|span| at.checked_add_signed(span))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
