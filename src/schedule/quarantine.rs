//! Accounts that looking at never ends well.
//!
//! In: accounts that were handed out again and again without an end, because each look took our worker down
//! with it. Out: they are kept apart for a day, tried once, and kept apart again, with a case for the operator.
//! Such a failure is ours; it says nothing about the account.

use super::commit::new_incident;
use super::{Error, Scheduler};
use crate::model::finding::{Evidence, Finding, Level, Rule};
use crate::model::incident::IncidentKey;
use crate::model::watch::Watched;
use crate::notify::desk::add_touches;
use crate::notify::route::CaseFacts;
use crate::store::accounts::Release;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;

/// How long an account is kept apart.
const APART: Duration = Duration::days(1);

/// Whether an account handed out for the `attempts`-th time in a row without an end is kept apart this time:
/// after `limit` tries every second time, so that it is tried once after each day apart.
pub(super) const fn is_kept_apart(attempts: u32, limit: u32) -> bool {
    attempts > limit && (attempts - limit) % 2 == 1
}

impl Scheduler {
    /// Gives accounts back for a day and opens their cases.
    pub(super) async fn keep_apart(&self, apart: Vec<Watched>, now: DateTime<Utc>) -> Result<(), Error> {
        if apart.is_empty() {
            return Ok(());
        }
        let news: Vec<_> = apart
            .iter()
            .map(|watched| case(watched, now))
            .map(|(key, finding)| new_incident(&key, &finding, now))
            .collect();
        let back = apart.into_iter().map(|watched| Release { watched, due_at: now + APART, why: None });
        let back: Vec<Release> = back.collect();
        let mut tx = self.store.begin().await?;
        tx.release_accounts(&back).await?;
        let mut touches = BTreeMap::new();
        for (id, key) in tx.open_incidents(&news, &self.worker).await? {
            tracing::error!(
                account.id = key.account.map(|id| id.0),
                "account kept apart: looking at it never ends well"
            );
            let facts = CaseFacts::elsewhere(key.rule);
            add_touches(&self.notify, &mut touches, id, &facts);
            self.metrics
                .findings_total
                .with_label_values(&[key.rule.as_str(), Level::Reminder.as_str()])
                .inc();
        }
        tx.touch_groups(&touches.into_values().collect::<Vec<_>>(), now).await?;
        tx.commit().await?;
        self.bell.notify_one();
        Ok(())
    }
}

fn case(watched: &Watched, now: DateTime<Utc>) -> (IncidentKey, Finding) {
    let key = IncidentKey { account: Some(watched.id), rule: Rule::Quarantined, subject: String::new() };
    let summary = format!(
        "查看该账号连续{}次使采集程序异常中止，已隔离，每天试一次；这是本系统的问题，与账号是否更新无关",
        watched.attempts
    );
    let finding = Finding {
        rule: key.rule,
        subject: String::new(),
        level: Level::Reminder,
        since: now,
        evidence: Evidence {
            summary,
            advice: "请查看日志中的panic，并把该页面与日志一并反馈".to_owned(),
            ..Evidence::default()
        },
    };
    (key, finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_limit_an_account_is_tried_once_between_two_days_apart() {
        let fates: Vec<bool> = (1..=9).map(|attempts| is_kept_apart(attempts, 5)).collect();
        assert_eq!(fates, [false, false, false, false, false, true, false, true, false]);
    }
}
