//! The outbox: mails that are owed leave, are tried again, or are given up with a case.
//!
//! In: deliveries out of the store. Out: how each try ended, written before the next one. A mail leaves at
//! least once; it can leave twice only when we die between the server's word and our own note of it, and then
//! both carry the same Message-ID.

use super::desk::add_touches;
use super::mail::{Mailer, SendError};
use super::route::CaseFacts;
use super::settings::Settings;
use crate::clock::{Clock, SharedClock, System};
use crate::metrics::Metrics;
use crate::model::finding::{Evidence, Level, Rule};
use crate::model::incident::{Incident, IncidentId, IncidentKey, State};
use crate::model::moment::zh_minute;
use crate::store::incidents::NewIncident;
use crate::store::lease::{Table, Take, Token};
use crate::store::outbox::{Owed, Sent};
use crate::store::{Error, Store};
use chrono::{DateTime, Duration, Utc};
use futures_util::future::{Fuse, FusedFuture};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::collections::{BTreeMap, HashSet};
use std::pin::pin;
use std::sync::Arc;

/// Mails on their way at once: a server that hangs on one recipient does not hold up the others.
const AT_ONCE: usize = 8;
/// What a try may take beyond the mail's own time limit: to be loaded, and to be noted in a slow database.
const SLACK: Duration = Duration::seconds(10);
/// While mails are under way others may become due; so often somebody looks.
const LOOK_AGAIN: Duration = Duration::seconds(1);
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
    /// Sends the mails that are due, and those that become due meanwhile, as long as `go_on` says so. Returns how
    /// many there were. A recipient's server that hangs takes up one of the hands and holds up nobody else.
    pub async fn pass(&self, token: Token, go_on: impl Fn() -> bool) -> Result<usize, Error> {
        let mut tries = FuturesUnordered::new();
        let mut under_way = HashSet::new();
        let (mut count, mut look, mut trouble) = (0, true, None);
        // Taken beside the tries, never between them: a try that has the database's only connection for writing
        // must go on for it to become free.
        let mut taking = pin!(Fuse::terminated());
        loop {
            let room = AT_ONCE - tries.len();
            if look && room > 0 && trouble.is_none() && taking.is_terminated() && go_on() {
                look = false;
                taking.set(self.take(room, token).map(move |owed| (room, owed)).fuse());
            }
            if tries.is_empty() && taking.is_terminated() {
                return trouble.map_or(Ok(count), Err);
            }
            tokio::select! {
                (room, owed) = &mut taking => match owed {
                    Ok(all_owed) => {
                        look = all_owed.len() == room;
                        // A clock that runs fast ends leases while their mails are still under way.
                        for owed in all_owed.into_iter().filter(|owed| under_way.insert(owed.id)) {
                            count += 1;
                            tries.push(async move { (owed.id, self.send(&owed, token).await) });
                        }
                    }
                    Err(error) => trouble = Some(error),
                },
                Some((id, ended)) = tries.next() => {
                    under_way.remove(&id);
                    // What is under way is not cut off because another try could not be noted.
                    trouble = trouble.or(ended.err());
                }
                // Servers take real time, whatever clock the program lives by.
                () = System.sleep(LOOK_AGAIN), if !look && room > 0 => look = true,
            }
        }
    }

    /// Takes mails that are due. A killed worker's mails come back as soon as its tries must be over.
    async fn take(&self, limit: usize, token: Token) -> Result<Vec<Owed>, Error> {
        let now = self.clock.now();
        let limit_of_a_try =
            Duration::from_std(self.settings.mail.time_limit()).unwrap_or(Duration::hours(1));
        let take = Take { now, until: now + limit_of_a_try + SLACK, limit, token };
        let ids = self.store.lease(Table::Delivery, take).await?;
        self.store.load_owed(&ids).await
    }

    async fn send(&self, owed: &Owed, token: Token) -> Result<(), Error> {
        let channel = self.settings.mail.transport.channel();
        self.metrics.notification_attempts_total.with_label_values(&[channel]).inc();
        let result = self.mailer.send(&owed.message).await;
        let now = self.clock.now();
        let sent = match result {
            Ok(receipt) => Sent::Delivered { receipt: receipt.detail },
            Err(error) => {
                self.metrics
                    .notifications_failed_total
                    .with_label_values(&[channel, error.kind.as_str()])
                    .inc();
                let sent = after_failure(&error, owed.attempts, owed.message.written_at, now);
                tracing::warn!(
                    delivery.id = owed.id.0,
                    kind = error.kind.as_str(),
                    attempts = owed.attempts,
                    given_up = matches!(sent, Sent::Dead { .. }),
                    "mail not delivered"
                );
                sent
            }
        };
        self.note_patiently(owed, token, &sent, now).await?;
        if matches!(sent, Sent::Delivered { .. }) {
            tracing::info!(
                delivery.id = owed.id.0,
                message.id = owed.message.message_id,
                attempts = owed.attempts,
                "mail delivered"
            );
        }
        Ok(())
    }

    /// Notes, and tries again after a passing trouble of the database: a mail that left and is not noted leaves
    /// a second time.
    async fn note_patiently(
        &self,
        owed: &Owed,
        token: Token,
        sent: &Sent,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tries = 0;
        loop {
            match self.note(owed, token, sent, now).await {
                Err(error) if error.is_transient() && tries < 3 => {
                    tries += 1;
                    self.metrics.store_retries_total.inc();
                    System.sleep(Duration::milliseconds(200 << tries)).await;
                }
                ended => return ended,
            }
        }
    }

    /// Notes how a try ended, and in the same transaction what follows from it: a recipient who cannot be
    /// reached is a case for the operator, which ends with the next mail that arrives.
    async fn note(&self, owed: &Owed, token: Token, sent: &Sent, now: DateTime<Utc>) -> Result<(), Error> {
        let recipient = owed.message.recipient.as_str();
        let over = match sent {
            Sent::Delivered { .. } => self.undeliverable_until_now(recipient).await?,
            Sent::Later { .. } | Sent::Dead { .. } => Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        if !tx.finish_delivery(token, owed.id, sent, now).await? {
            self.metrics.leases_lost_total.inc();
            return Ok(());
        }
        let mut opened = Vec::new();
        if let Sent::Dead { error } = sent {
            opened = tx.open_incidents(&[undeliverable(recipient, error, now)], &self.worker).await?;
            let mut touches = BTreeMap::new();
            for (id, _) in &opened {
                // Nobody hears by mail that the only address for such news is dead.
                if self.settings.operator.email.iter().any(|address| address != recipient) {
                    add_touches(
                        &self.settings,
                        &mut touches,
                        *id,
                        &CaseFacts::elsewhere(Rule::Undeliverable),
                    );
                }
            }
            tx.touch_groups(&touches.into_values().collect::<Vec<_>>(), now).await?;
        }
        let ended = tx.end_incidents(&over, State::Resolved, now, &self.worker).await?;
        tx.touch_groups_of(&ended, now).await?;
        tx.commit().await?;
        self.metrics
            .findings_total
            .with_label_values(&[Rule::Undeliverable.as_str(), Level::Reminder.as_str()])
            .inc_by(u64::try_from(opened.len()).unwrap_or(0));
        Ok(())
    }

    /// The running case about a recipient, if there is one.
    async fn undeliverable_until_now(&self, recipient: &str) -> Result<Vec<IncidentId>, Error> {
        let running = self.store.running_elsewhere().await?;
        let about = |case: &&Incident| case.key.rule == Rule::Undeliverable && case.key.subject == recipient;
        Ok(running.iter().filter(about).map(|case| case.id).collect())
    }
}

fn undeliverable(recipient: &str, error: &str, now: DateTime<Utc>) -> NewIncident {
    let summary = format!("{}起发往{recipient}的邮件无法送达：{error}", zh_minute(now));
    NewIncident {
        key: IncidentKey { account: None, rule: Rule::Undeliverable, subject: recipient.to_owned() },
        level: Level::Reminder,
        since: now,
        opened_at: now,
        evidence: Evidence {
            summary,
            advice: "请核对收件地址，或在notify.toml中更换".to_owned(),
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
