//! The outbox: mails that are owed leave, are tried again, or are given up with a case.
//!
//! In: deliveries out of the store. Out: how each try ended, written before the next one. A mail leaves at
//! least once; it can leave twice only when we die between the server's word and our own note of it, and then
//! both carry the same Message-ID.

use super::desk::add_touches;
use super::mail::{Mailer, SendError};
use super::route::CaseFacts;
use super::settings::Settings;
use crate::clock::SharedClock;
use crate::metrics::Metrics;
use crate::model::account::Tier;
use crate::model::finding::{Evidence, Level, Rule};
use crate::model::incident::{IncidentKey, State};
use crate::model::moment::zh_minute;
use crate::store::incidents::NewIncident;
use crate::store::lease::{Table, Take, Token};
use crate::store::outbox::{Owed, Sent};
use crate::store::{Error, Store};
use chrono::{DateTime, Duration, Utc};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Mails on their way at once: a server that hangs on one recipient does not hold up the others.
const AT_ONCE: usize = 8;
/// A try that takes longer belongs to a dead process; it is longer than any configurable time limit of a mail.
const LEASE: Duration = Duration::minutes(15);
/// After so long a mail is old news: it is given up, and a case tells the operator.
const GIVE_UP: Duration = Duration::days(3);

/// Sends what is owed.
#[derive(Debug)]
pub struct Outbox {
    /// The memory.
    pub store: Store,
    /// The way mails leave.
    pub mailer: Mailer,
    /// Who hears of what.
    pub settings: Arc<Settings>,
    /// The counters.
    pub metrics: Metrics,
    /// The time.
    pub clock: SharedClock,
    /// This process, in the store's views.
    pub worker: String,
}

/// When to try again after the `attempts`-th try: a minute, doubled up to an hour.
#[must_use]
pub fn retry_delay(attempts: u32) -> Duration {
    Duration::minutes((1_i64 << attempts.saturating_sub(1).min(6)).min(60))
}

/// What a failed try means for a mail written at `written_at`.
#[must_use]
pub fn after_failure(
    error: &SendError,
    attempts: u32,
    written_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Sent {
    let words = error.to_string();
    if error.kind.is_retryable() && now - written_at < GIVE_UP {
        Sent::Later { due_at: now + retry_delay(attempts), error: words }
    } else {
        Sent::Dead { error: words }
    }
}

impl Outbox {
    /// Sends the mails that are due. Returns how many there were.
    pub async fn pass(&self, token: Token) -> Result<usize, Error> {
        let now = self.clock.now();
        let ids = self
            .store
            .lease(Table::Delivery, Take { now, until: now + LEASE, limit: AT_ONCE, token })
            .await?;
        let owed = self.store.load_owed(&ids).await?;
        let mut tries: FuturesUnordered<_> = owed.iter().map(|owed| self.send(owed, token)).collect();
        let (mut dead, mut delivered) = (BTreeMap::new(), BTreeSet::new());
        while let Some(ended) = tries.next().await {
            match ended? {
                (recipient, Sent::Dead { error }) => {
                    dead.insert(recipient, error);
                }
                (recipient, Sent::Delivered { .. }) => {
                    delivered.insert(recipient);
                }
                (_, Sent::Later { .. }) => {}
            }
        }
        self.settle_recipients(&dead, &delivered).await?;
        Ok(ids.len())
    }

    async fn send<'a>(&self, owed: &'a Owed, token: Token) -> Result<(&'a str, Sent), Error> {
        let channel = self.settings.mail.transport.channel();
        self.metrics.notification_attempts_total.with_label_values(&[channel]).inc();
        let result = self.mailer.send(&owed.message).await;
        let now = self.clock.now();
        let sent = match result {
            Ok(receipt) => {
                tracing::info!(
                    delivery.id = owed.id.0,
                    message.id = owed.message.message_id,
                    "mail delivered"
                );
                Sent::Delivered { receipt: receipt.detail }
            }
            Err(error) => {
                self.metrics
                    .notifications_failed_total
                    .with_label_values(&[channel, error.kind.as_str()])
                    .inc();
                let sent = after_failure(&error, owed.attempts, owed.message.written_at, now);
                let given_up = matches!(sent, Sent::Dead { .. });
                tracing::warn!(
                    delivery.id = owed.id.0,
                    kind = error.kind.as_str(),
                    attempts = owed.attempts,
                    given_up,
                    "mail not delivered"
                );
                sent
            }
        };
        self.store.finish_delivery(token, owed.id, &sent, now).await?;
        Ok((&owed.message.recipient, sent))
    }

    /// A recipient who cannot be reached is a case for the operator; it ends with the next mail that arrives.
    async fn settle_recipients(
        &self,
        dead: &BTreeMap<&str, String>,
        delivered: &BTreeSet<&str>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let running = if delivered.is_empty() { Vec::new() } else { self.store.running_elsewhere().await? };
        let over: Vec<_> = running
            .iter()
            .filter(|case| {
                case.key.rule == Rule::Undeliverable && delivered.contains(case.key.subject.as_str())
            })
            .map(|case| case.id)
            .collect();
        if dead.is_empty() && over.is_empty() {
            return Ok(());
        }
        let news: Vec<NewIncident> =
            dead.iter().map(|(recipient, error)| undeliverable(recipient, error, now)).collect();
        let facts = CaseFacts {
            rule: Rule::Undeliverable,
            level: Level::Reminder,
            platform: None,
            tier: Tier::Unknown,
            region_code: "",
            owner: "",
            owner_email: &[],
        };
        let mut tx = self.store.begin().await?;
        let mut touches = BTreeMap::new();
        for (id, key) in tx.open_incidents(&news, &self.worker).await? {
            // The operator's own address being dead is no news that could reach the operator by mail.
            if !self.settings.operator.email.contains(&key.subject) {
                add_touches(&self.settings, &mut touches, id, &facts);
            }
            self.metrics
                .findings_total
                .with_label_values(&[Rule::Undeliverable.as_str(), Level::Reminder.as_str()])
                .inc();
        }
        tx.touch_groups(&touches.into_values().collect::<Vec<_>>(), now).await?;
        let ended = tx.end_incidents(&over, State::Resolved, now, &self.worker).await?;
        tx.touch_groups_of(&ended, now).await?;
        tx.commit().await
    }
}

fn undeliverable(recipient: &str, error: &str, now: DateTime<Utc>) -> NewIncident {
    let summary = format!("{}起发往{recipient}的邮件无法送达:{error}", zh_minute(now));
    NewIncident {
        key: IncidentKey { account: None, rule: Rule::Undeliverable, subject: recipient.to_owned() },
        level: Level::Reminder,
        since: now,
        opened_at: now,
        evidence: Evidence {
            summary,
            advice: "请核对收件地址,或在notify.toml中更换".to_owned(),
            ..Evidence::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::mail::SendErrorKind;

    fn error(kind: SendErrorKind) -> SendError {
        SendError { kind, detail: String::new() }
    }

    #[test]
    fn tries_grow_rarer_but_never_rarer_than_an_hour() {
        assert_eq!([1, 2, 3, 7, 100].map(|attempts| retry_delay(attempts).num_minutes()), [1, 2, 4, 60, 60]);
    }

    #[test]
    fn passing_trouble_is_tried_again_for_three_days() {
        let written = DateTime::UNIX_EPOCH;
        let after = |hours| {
            after_failure(&error(SendErrorKind::Transient), 5, written, written + Duration::hours(hours))
        };
        assert!(matches!(after(71), Sent::Later { .. }));
        assert!(matches!(after(72), Sent::Dead { .. }));
    }

    #[test]
    fn a_recipient_that_does_not_exist_is_given_up_at_once() {
        let written = DateTime::UNIX_EPOCH;
        assert!(matches!(
            after_failure(&error(SendErrorKind::Permanent), 1, written, written),
            Sent::Dead { .. }
        ));
    }
}
