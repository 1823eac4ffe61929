//! Could not be verified; the layout changed; the platform says the account is gone.
//!
//! In: how the latest looks at one account failed. Out: findings about our own sight and, suspected, about
//! the account's existence; never about its silence. What stays silent: a failure or two, failures while the
//! last good look is fresh, anything seen while our own line is down, and a statement of the platform until
//! it has been repeated a day later.
//!
//! Finding nothing here acquits nobody: a case of these rules ends with the next good look
//! (`failures == 0`), not with a look that failed in another way.

use crate::model::finding::{Evidence, Finding, Level, Rule};
use crate::model::moment::{zh_minute, zh_span};
use crate::model::visit::Failure;
use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row before an account counts as unverified.
const UNVERIFIED_AFTER: u32 = 3;
/// Failures in a row before a missing layout counts as changed.
const LAYOUT_AFTER: u32 = 2;
/// How far apart a platform must say twice that an account is gone.
const CONFIRM_AFTER: TimeDelta = TimeDelta::hours(24);
/// Characters of a page's own words that fit into a sentence.
const QUOTE: usize = 60;

/// How we see an account at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Looks that failed in a row, the latest included; 0 after a good one.
    pub failures: u32,
    /// Why the latest look failed, if it did.
    pub failure: Option<Failure>,
    /// When the first of these failures happened.
    pub failing_since: Option<DateTime<Utc>>,
    /// What the platform said about the account since the last good look, and when it said so first.
    pub statement: Option<(Failure, DateTime<Utc>)>,
    /// When the latest good look ended.
    pub good_look: Option<DateTime<Utc>>,
    /// When a person looked last, and until when that is good.
    pub hand_look: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// When the account came into the register of this service.
    pub known_since: DateTime<Utc>,
    /// What was seen when the latest look failed; plain text.
    pub detail: String,
}

/// What follows from the latest look at an account; `fresh` is the pack's.
#[must_use]
pub fn judge(sight: &Sight, fresh: TimeDelta, now: DateTime<Utc>) -> Vec<Finding> {
    let Some(failure) = sight.failure.filter(|failure| *failure != Failure::Blind && sight.failures > 0)
    else {
        return Vec::new();
    };
    if let Some(gone) = gone(sight, failure, now) {
        return vec![gone];
    }
    let layout =
        (failure == Failure::Layout && sight.failures >= LAYOUT_AFTER).then(|| layout_changed(sight, now));
    let unverified = unverified(sight, failure, fresh, now);
    layout.into_iter().chain(unverified).collect()
}

/// The platform said the same thing about the account at least a day ago and says it again.
fn gone(sight: &Sight, failure: Failure, now: DateTime<Utc>) -> Option<Finding> {
    let (said, first) = sight.statement?;
    if !failure.is_statement() || said != failure || now.signed_duration_since(first) < CONFIRM_AFTER {
        return None;
    }
    let summary = format!(
        "{}首次、{}再次查看，{}{}；是否属实请人工核实",
        zh_minute(first),
        zh_minute(now),
        failure.zh(),
        quote(&sight.detail)
    );
    let basis = "平台在相隔24小时以上的两次查看中作出同样的提示";
    Some(Finding {
        rule: Rule::Gone,
        subject: failure.as_str().to_owned(),
        level: Level::Suspected,
        since: first,
        evidence: evidence(sight, summary, basis, failure),
    })
}

/// The page answered, twice, without what the recipe looks for.
fn layout_changed(sight: &Sight, now: DateTime<Utc>) -> Finding {
    let since = sight.failing_since.unwrap_or(now);
    let summary = format!(
        "自{}以来未能读取；页面可以打开，但找不到采集规则所指的内容{}",
        zh_minute(since),
        quote(&sight.detail)
    );
    let basis = "采集规则与页面不符时，不得据以认定账号未更新";
    Finding {
        rule: Rule::LayoutChanged,
        subject: String::new(),
        level: Level::Reminder,
        since,
        evidence: evidence(sight, summary, basis, Failure::Layout),
    }
}

/// Nobody could look for longer than a look stays fresh.
fn unverified(sight: &Sight, failure: Failure, fresh: TimeDelta, now: DateTime<Utc>) -> Option<Finding> {
    let by_machine = sight.good_look.map(|look| look.checked_add_signed(fresh).unwrap_or(look));
    let stale_since = by_machine.max(sight.hand_look.map(|(_, until)| until));
    // Where only people look, trying again cannot help: the first look missing is the time to say so.
    let enough = if is_for_people(sight, failure) { 1 } else { UNVERIFIED_AFTER };
    if sight.failures < enough || stale_since.is_some_and(|since| now <= since) {
        return None;
    }
    let seen = sight.good_look.max(sight.hand_look.map(|(look, _)| look));
    let start = match seen {
        Some(look) if sight.hand_look.is_some_and(|(by_hand, _)| by_hand == look) => {
            format!("自{}人工核查以来", zh_minute(look))
        }
        Some(look) => format!("自{}成功查看以来", zh_minute(look)),
        None => format!("自{}列入台账以来从未成功查看", zh_minute(sight.known_since)),
    };
    let span = zh_span(now - seen.unwrap_or(sight.known_since));
    let summary = if is_for_people(sight, failure) {
        format!("{start}已{span}，需人工核查：{}；不代表账号未更新", failure.zh())
    } else {
        format!(
            "{start}已{span}，最近连续{}次未能核验：{}{}；不代表账号未更新",
            sight.failures,
            failure.zh(),
            quote(&sight.detail)
        )
    };
    let basis = "未能核验的查看不作为认定账号未更新的依据";
    Some(Finding {
        rule: Rule::Unverified,
        subject: String::new(),
        level: Level::Reminder,
        since: stale_since.or(sight.failing_since).unwrap_or(sight.known_since),
        evidence: evidence(sight, summary, basis, failure),
    })
}

/// Whether only people can look, and one has.
fn is_for_people(sight: &Sight, failure: Failure) -> bool {
    failure == Failure::NoSource && sight.hand_look.is_some()
}

fn evidence(sight: &Sight, summary: String, basis: &str, failure: Failure) -> Evidence {
    Evidence {
        summary,
        basis: basis.to_owned(),
        advice: failure.advice().to_owned(),
        looked_at: sight.good_look,
        ..Evidence::default()
    }
}

/// The page's own words in brackets, on one line and cut to length.
fn quote(detail: &str) -> String {
    let words: String = detail.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTE).collect();
    if words.is_empty() { words } else { format!("（“{words}”）") }
}

#[cfg(test)]
mod tests;
