//! Do the sources of an account tell the same?
//!
//! In: what two sources of one account listed in the same look. Out: whether one lags behind the other, and by how
//! much; a reminder for the operator and never a word about the account. A source may be slow: what is younger than a
//! slow bridge's delay is not missed yet.

use crate::model::finding::{Evidence, Finding, Level, Rule};
use crate::model::listing::Listing;
use crate::model::moment::{zh_minute, zh_span};
use crate::model::post::Published;
use chrono::{DateTime, TimeDelta, Utc};

/// Bridges that pull twice a day or less bring a post up to a day late, and a look may come hours after it.
const LATE: TimeDelta = TimeDelta::hours(30);
/// Two sources round the time of one post differently.
const ROUNDING: TimeDelta = TimeDelta::minutes(10);

/// How a source lags behind another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Posts that it ought to show by now and does not.
    pub missing: usize,
    /// The oldest of them.
    pub oldest: DateTime<Utc>,
    /// The newest post of the other.
    pub ahead: DateTime<Utc>,
    /// Its own newest post, if it has any.
    pub behind: Option<DateTime<Utc>>,
}

/// The latest instant the newest post of a list may have; `None` when it has none that can be dated.
#[must_use]
pub fn newest(listing: &Listing) -> Option<DateTime<Utc>> {
    let ages = listing.lines.iter().filter(|line| !line.pinned);
    ages.filter_map(|line| line.published.map(Published::latest)).max()
}

/// Whether a list shows posts that are newer than everything in another.
#[must_use]
pub fn is_ahead(listing: &Listing, other: &Listing) -> bool {
    match (listing.newest(), newest(other)) {
        (Some(newest), Some(other)) => newest > later(other, ROUNDING),
        (Some(_), None) => other.lines.is_empty(),
        (None, _) => false,
    }
}

/// Whether a list stops short of a post that is known to exist and is no longer on its way.
#[must_use]
pub fn is_behind(listing: &Listing, known: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(known) = known.filter(|known| later(*known, LATE) <= now) else { return false };
    match newest(listing) {
        Some(newest) => later(newest, ROUNDING) < known,
        None => listing.lines.is_empty(),
    }
}

/// How far a list lags behind another one of the same look.
#[must_use]
pub fn lag(behind: &Listing, ahead: &Listing, now: DateTime<Utc>) -> Option<Lag> {
    let edge = newest(behind);
    if edge.is_none() && !behind.lines.is_empty() {
        // Without a date nobody can tell.
        return None;
    }
    let missing = ahead.lines.iter().filter(|line| !line.pinned).filter_map(|line| line.published);
    let missing = missing.filter(|at| edge.is_none_or(|edge| at.shown() > later(edge, ROUNDING)));
    let due: Vec<DateTime<Utc>> =
        missing.map(Published::latest).filter(|at| later(*at, LATE) <= now).collect();
    let oldest = due.iter().min().copied()?;
    Some(Lag { missing: due.len(), oldest, ahead: newest(ahead)?, behind: edge })
}

/// What to tell about a source that lags; the sources are named by their places in the register and their recipes.
#[must_use]
pub fn finding(lag: &Lag, behind: (usize, &str), ahead: (usize, &str), looked: DateTime<Utc>) -> Finding {
    let place = |(no, recipe): (usize, &str)| format!("第{}个采集源（{recipe}）", no + 1);
    let (slow, fast) = (place(behind), place(ahead));
    let until = match lag.behind {
        Some(at) => format!("最新一条为{}，落后{}", zh_minute(at), zh_span(lag.ahead - at)),
        None => "没有任何内容".to_owned(),
    };
    let summary = format!(
        "{fast}最新一条为{}，{slow}{until}，至少缺少{}条；已按较新的一方认定，不影响对账号的判断",
        zh_minute(lag.ahead),
        lag.missing
    );
    Finding {
        rule: Rule::SourcesDisagree,
        subject: format!("{} {}", behind.0 + 1, behind.1),
        level: Level::Reminder,
        since: lag.oldest,
        evidence: Evidence {
            summary,
            basis: "同一账号的多个采集源应当显示同样的内容".to_owned(),
            advice: "请核对落后的采集源：登录或同步是否失效、订阅的是否为同一账号；不再可用的请从台账中删去"
                .to_owned(),
            looked_at: Some(looked),
            ..Evidence::default()
        },
    }
}

fn later(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::listing::Line;
    use crate::model::post::PostKey;
    use proptest::prelude::*;

    /// 18:00 of 20 November 2026 in Shanghai, and so many hours later.
    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_168_800, 0).unwrap() + TimeDelta::hours(hours)
    }

    fn list(hours: &[i64]) -> Listing {
        let line = |hour: &i64| Line {
            hash: 0,
            key: PostKey(*hour),
            published: Some(Published::At(at(*hour))),
            pinned: false,
        };
        Listing { lines: hours.iter().map(line).collect() }
    }

    #[test]
    fn a_source_lags_when_it_misses_what_it_had_time_to_bring() {
        let lag = lag(&list(&[-100, -120]), &list(&[-1, -40, -60, -100]), at(0)).unwrap();
        assert_eq!(lag, Lag { missing: 2, oldest: at(-60), ahead: at(-1), behind: Some(at(-100)) });
        let finding = finding(&lag, (0, "weibo"), (1, "rsshub"), at(0));
        assert_eq!((finding.rule, finding.subject.as_str()), (Rule::SourcesDisagree, "1 weibo"));
        assert!(finding.evidence.summary.contains("落后4天3小时"), "{}", finding.evidence.summary);
    }

    #[test]
    fn a_slow_source_does_not_lag() {
        assert_eq!(lag(&list(&[-25]), &list(&[-1, -20, -25]), at(0)), None);
        assert!(is_ahead(&list(&[-1]), &list(&[-25])));
    }

    #[test]
    fn a_list_without_dates_tells_nothing_and_an_empty_one_lags() {
        let undated = Listing {
            lines: list(&[-90]).lines.into_iter().map(|line| Line { published: None, ..line }).collect(),
        };
        assert_eq!(lag(&undated, &list(&[-40]), at(0)), None);
        assert!(!is_behind(&undated, Some(at(-60)), at(0)) && !is_ahead(&list(&[-1]), &undated));
        assert_eq!(lag(&Listing::default(), &list(&[-40]), at(0)).unwrap().behind, None);
        assert!(is_behind(&Listing::default(), Some(at(-60)), at(0)));
    }

    #[test]
    fn a_bare_day_and_a_rounded_minute_are_no_lag() {
        let day = Published::On(at(0).date_naive());
        let bare = Listing {
            lines: list(&[0]).lines.into_iter().map(|line| Line { published: Some(day), ..line }).collect(),
        };
        assert!(!is_ahead(&list(&[4]), &bare) && !is_behind(&bare, Some(at(4)), at(100)));
    }

    #[test]
    fn a_list_is_behind_only_what_it_had_time_to_bring() {
        assert!(is_behind(&list(&[-90]), Some(at(-40)), at(0)));
        assert!(!is_behind(&list(&[-90]), Some(at(-20)), at(0)));
        assert!(!is_behind(&list(&[-40]), Some(at(-40)), at(0)));
        assert!(!is_behind(&list(&[-40]), None, at(0)));
    }

    proptest! {
        #[test]
        fn two_sources_never_lag_behind_each_other(a in proptest::collection::vec(-500_i64..0, 0..8), b in proptest::collection::vec(-500_i64..0, 0..8)) {
            let (a, b) = (list(&a), list(&b));
            prop_assert!(lag(&a, &b, at(0)).is_none() || lag(&b, &a, at(0)).is_none());
            prop_assert!(!(is_ahead(&a, &b) && is_ahead(&b, &a)));
            prop_assert!(lag(&a, &b, at(0)).is_none() || is_ahead(&b, &a));
        }
    }
}
