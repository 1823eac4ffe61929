//! Cron lines: what is to be done at a time of the calendar.
//!
//! In: a line of six fields and an instant. Out: the next instant, in UTC, of the times of Asia/Shanghai.

use crate::model::moment::ZONE;
use chrono::{DateTime, Utc};
use cron::Schedule;
use std::str::FromStr;

/// Reads a line of seconds, minutes, hours, day of month, month and day of week. A `*` for the seconds means
/// sixty runs a minute, which nobody ever wants.
pub fn parse_cron(line: &str) -> Result<Schedule, String> {
    if line.split_whitespace().next().is_some_and(|seconds| seconds.contains('*')) {
        return Err("秒字段为*,表示每分钟执行60次".to_owned());
    }
    Schedule::from_str(line).map_err(|error| format!("无法识别的时间表“{line}”：{error}"))
}

/// The first time of a line after an instant; `None` when it never comes again.
#[must_use]
pub fn next_time(schedule: &Schedule, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    schedule.after(&after.with_timezone(&ZONE)).next().map(|local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_line_means_the_wall_time_of_shanghai() {
        let schedule = parse_cron("0 30 3 * * *").unwrap();
        assert_eq!(next_time(&schedule, at("2026-11-20T00:00:00Z")), Some(at("2026-11-21T03:30:00+08:00")));
    }

    #[test]
    fn sixty_runs_a_minute_are_refused() {
        assert!(parse_cron("* 0 3 * * *").unwrap_err().contains("60次"));
        assert!(parse_cron("*/5 0 3 * * *").is_err());
    }

    #[test]
    fn nonsense_is_named() {
        assert!(parse_cron("jeden Tag").unwrap_err().contains("jeden Tag"));
    }
}
