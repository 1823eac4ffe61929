//! When to look next: pure.
//!
//! In: the account's rhythm, the deadlines of its rules and the instant of the last look. Out: an instant and
//! the reason for it, shown to whoever asks why. Every claim must rest on a fresh look, so a look is planned
//! shortly before each deadline and right after it.

use crate::model::account::AccountId;
use crate::model::finding::Rule;
use crate::model::quiet::Quiet;
use crate::model::watch::Days;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// How often accounts are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cadence {
    /// Never more often than this.
    #[serde(with = "humantime_serde")]
    pub min_interval: std::time::Duration,
    /// At least this often; must stay well inside the 24 hours a look is fresh.
    #[serde(with = "humantime_serde")]
    pub max_interval: std::time::Duration,
    /// Looks per expected post: 4 means four looks in the time the account usually takes for one post.
    pub looks_per_post: u32,
    /// How long before a deadline a look is taken.
    #[serde(with = "humantime_serde")]
    pub before_deadline: std::time::Duration,
    /// How long a look by hand is good for: so long an account that only people can see is not called unverified.
    #[serde(with = "humantime_serde")]
    pub by_hand: std::time::Duration,
}

impl Default for Cadence {
    fn default() -> Self {
        Self {
            min_interval: std::time::Duration::from_mins(30),
            max_interval: std::time::Duration::from_hours(6),
            looks_per_post: 4,
            before_deadline: std::time::Duration::from_mins(30),
            by_hand: std::time::Duration::from_hours(7 * 24),
        }
    }
}

/// When to look next, and why then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// When.
    pub at: DateTime<Utc>,
    /// Why then, in the office's words.
    pub why: String,
}

/// The looks right after deadlines are spread over this span, so that a thousand accounts whose deadline is
/// the same midnight do not all come at once.
const AFTER_DEADLINE: Duration = Duration::minutes(10);

impl Cadence {
    /// The next look after a good one at `now`.
    #[must_use]
    pub fn next(
        &self,
        id: AccountId,
        days: &Days,
        deadlines: &[(Rule, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Next {
        let interval = self.interval(days, now);
        let share = spread(id);
        // Nine to eleven tenths of the interval: accounts imported together drift apart and stay apart.
        let own = interval * 9 / 10 + scaled(interval / 5, share);
        let mut next = Next {
            at: now + own,
            why: format!("按更新频率每{}查看", crate::model::moment::zh_span(interval)),
        };
        let before = Duration::from_std(self.before_deadline).unwrap_or(Duration::zero());
        for (rule, deadline) in deadlines {
            let looks = [
                (*deadline - before, "期限前复查"),
                (*deadline + Duration::seconds(1) + scaled(AFTER_DEADLINE, share), "期限后复查"),
            ];
            for (at, why) in looks {
                if at > now && at < next.at {
                    next = Next { at, why: format!("“{}”{why}", rule.zh()) };
                }
            }
        }
        next
    }

    /// The next look of a site that is not asked in some hours. One that falls into them waits for their end, unless a
    /// deadline passes meanwhile: then it is made before they begin. A look made that shortly before is enough.
    #[must_use]
    pub fn around(
        &self,
        id: AccountId,
        next: Next,
        quiet: &Quiet,
        deadlines: &[(Rule, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Next {
        let before = Duration::from_std(self.before_deadline).unwrap_or(Duration::zero());
        let Some((begin, end)) = silence(quiet, now, next.at) else { return next };
        let passing = deadlines.iter().find(|(_, deadline)| (begin..=end).contains(deadline));
        match passing {
            Some((rule, _)) if now < begin - before => Next {
                at: begin - before + scaled(before / 2, spread(id)),
                why: format!("“{}”的期限在该站点不访问的时段内，提前复查", rule.zh()),
            },
            _ => next,
        }
    }

    /// Until when a look by hand at `look` is good.
    #[must_use]
    pub fn good_by_hand(&self, look: DateTime<Utc>) -> DateTime<Utc> {
        Duration::from_std(self.by_hand)
            .ok()
            .and_then(|span| look.checked_add_signed(span))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The interval that the account's rhythm asks for.
    fn interval(&self, days: &Days, now: DateTime<Utc>) -> Duration {
        let bounds = |span| Duration::from_std(span).unwrap_or(Duration::hours(1));
        let (least, most) = (bounds(self.min_interval), bounds(self.max_interval));
        let posts = i32::try_from(days.within(28, now)).unwrap_or(i32::MAX);
        let looks = posts.saturating_mul(i32::try_from(self.looks_per_post).unwrap_or(1));
        if looks == 0 { most } else { (Duration::days(28) / looks).clamp(least, most) }
    }
}

/// The silence that holds at `at`, from its begin to its end; `None` when none holds there or it holds now already.
fn silence(quiet: &Quiet, now: DateTime<Utc>, at: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let end = quiet.end(at)?;
    let mut begin = quiet.begin(now).filter(|_| quiet.end(now).is_none())?;
    while let Some(over) = quiet.end(begin).filter(|over| *over <= at) {
        begin = quiet.begin(over)?;
    }
    Some((begin, end))
}

/// An even, stable share of 1024 for an account: the same after every restart.
#[must_use]
pub fn spread(id: AccountId) -> i32 {
    i32::try_from(xxh3_64(&id.0.to_le_bytes()) % 1024).unwrap_or(0)
}

fn scaled(span: Duration, share: i32) -> Duration {
    // Multiplied first for exactness; a span of a day times 1024 is far from the limit.
    span * share / 1024
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn a_lively_account_is_looked_at_more_often_than_a_quiet_one() {
        let cadence = Cadence::default();
        let mut lively = Days::default();
        for hour in 0..100 {
            lively.count(now() - Duration::hours(6 * hour));
        }
        let quiet = cadence.next(AccountId(1), &Days::default(), &[], now()).at;
        assert!(cadence.next(AccountId(1), &lively, &[], now()).at < quiet);
    }

    #[test]
    fn a_look_is_planned_shortly_before_and_right_after_a_deadline() {
        let cadence = Cadence::default();
        let deadline = now() + Duration::hours(2);
        let deadlines = [(Rule::NotUpdated, deadline)];
        let before = cadence.next(AccountId(7), &Days::default(), &deadlines, now());
        assert_eq!(before.at, deadline - Duration::minutes(30));
        let after = cadence.next(AccountId(7), &Days::default(), &deadlines, before.at);
        assert!(after.at > deadline && after.at <= deadline + Duration::minutes(11), "{after:?}");
        assert!(after.why.contains("两周未更新"));
    }

    #[test]
    fn a_deadline_in_quiet_hours_is_looked_at_before_they_begin() {
        // `now` is 19:06 in Shanghai.
        let quiet: Quiet = "21:00-01:00".parse().unwrap();
        let cadence = Cadence::default();
        let (begin, deadline) = (now() + Duration::seconds(6800), now() + Duration::hours(4));
        let next = |deadline, now| {
            let next = Next { at: deadline - Duration::minutes(30), why: String::new() };
            cadence.around(AccountId(7), next, &quiet, &[(Rule::NotUpdated, deadline)], now)
        };
        assert_eq!(quiet.begin(now()), Some(begin));
        let early = next(deadline, now());
        assert!(early.at < begin && early.at >= begin - Duration::minutes(30), "{early:?}");
        assert!(early.why.contains("提前"), "{early:?}");
        // Looked at a moment before the silence: that was the look.
        assert_eq!(next(deadline, begin - Duration::minutes(5)).why, "");
        // A deadline behind the silence is looked at when it ends.
        assert_eq!(next(now() + Duration::hours(7), now()).why, "");
    }

    proptest! {
        #[test]
        fn the_next_look_is_always_later_and_inside_the_fresh_window(id: i64, posts in 0_u32..400, deadline in -100_i64..100) {
            let cadence = Cadence::default();
            let mut days = Days::default();
            for post in 0..posts {
                days.count(now() - Duration::hours(i64::from(post)));
            }
            let next = cadence.next(AccountId(id), &days, &[(Rule::Weekly, now() + Duration::hours(deadline))], now());
            prop_assert!(next.at > now());
            prop_assert!(next.at <= now() + Duration::hours(7));
        }

        #[test]
        fn a_deadline_inside_the_interval_never_passes_without_a_look_after_it(id: i64, minutes in 1_i64..2000) {
            let cadence = Cadence::default();
            let deadlines = [(Rule::Weekly, now() + Duration::minutes(minutes))];
            let mut at = now();
            while at <= deadlines[0].1 {
                at = cadence.next(AccountId(id), &Days::default(), &deadlines, at).at;
            }
            prop_assert!(at <= deadlines[0].1 + Duration::minutes(11));
        }
    }
}
