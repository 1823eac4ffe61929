//! Mails that are owed, sent or dead.

use super::lease::Token;
use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, storable, to_json, word};
use crate::model::delivery::{DeliveryId, DeliveryState, Message, Reason};
use crate::model::moment::{from_ms, to_ms};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};
use std::collections::HashMap;

/// A mail to be written down.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// The group it tells.
    pub group: i64,
    /// Which of the group's mails it is.
    pub sequence: i64,
    /// Why it is written.
    pub reason: Reason,
    /// The mail.
    pub message: Message,
}

/// A mail taken to be sent.
#[derive(Debug, Clone)]
pub struct Owed {
    /// Its number.
    pub id: DeliveryId,
    /// The group it tells.
    pub group: i64,
    /// Tries so far, this one included.
    pub attempts: u32,
    /// The mail.
    pub message: Message,
}

/// A mail as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    /// Its number.
    pub id: DeliveryId,
    /// The group it tells.
    pub group: String,
    /// Whom it is for.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// The last error, if its last try failed.
    pub error: String,
}

/// How a try ended.
#[derive(Debug, Clone)]
pub enum Sent {
    /// The server took it.
    Delivered {
        /// The server's words.
        receipt: String,
    },
    /// Try again.
    Later {
        /// When.
        due_at: DateTime<Utc>,
        /// What went wrong.
        error: String,
    },
    /// It will never arrive.
    Dead {
        /// What went wrong.
        error: String,
    },
}

#[derive(FromRow)]
struct OwedRow {
    id: i64,
    group_id: i64,
    recipient: String,
    attempts: i64,
    message_id: String,
    refs: String,
    subject: String,
    text: String,
    html: String,
    written_at: i64,
}

const FINISH_DELIVERY: &str = "/* finish_delivery */ UPDATE delivery SET state = $3, due_at = $4, receipt = $5, error = $6, \
     ended_at = $7, lease_token = NULL WHERE id = $1 AND lease_token = $2 RETURNING id";
/// A mail's thread is its last ten predecessors; mail clients need no more to keep it together.
const LIST_MAILS: &str = "/* list_mails */ SELECT d.id, g.key, d.recipient, d.subject, d.state, d.written_at, d.error \
     FROM delivery AS d JOIN incident_group AS g ON g.id = d.group_id WHERE d.id > $1 ORDER BY d.id";
const NEXT_DELIVERY: &str = "/* next_delivery */ SELECT MIN(due_at) FROM delivery WHERE due_at IS NOT NULL";

/// Message-IDs of the latest mails, oldest first, by group and recipient.
pub type Threads = HashMap<(i64, String), Vec<String>>;

impl Tx {
    /// Writes down mails that are owed from now on. The same mail is never written down twice.
    pub async fn insert_deliveries(&mut self, news: &[NewDelivery]) -> Result<(), Error> {
        for chunk in news.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* insert_deliveries */ INSERT INTO delivery (group_id, sequence, recipient, reason, state, message_id, refs, \
                     subject, text, html, written_at, due_at) ",
                );
                query.push_values(chunk, |mut row, new| {
                    row.push_bind(new.group)
                        .push_bind(new.sequence)
                        .push_bind(new.message.recipient.clone())
                        .push_bind(new.reason.as_str())
                        .push_bind(DeliveryState::Pending.as_str())
                        .push_bind(new.message.message_id.clone())
                        .push_bind(to_json(&new.message.references))
                        .push_bind(new.message.subject.clone())
                        .push_bind(new.message.text.clone())
                        .push_bind(new.message.html.clone())
                        .push_bind(to_ms(new.message.written_at))
                        .push_bind(to_ms(new.message.written_at));
                });
                query.push(" ON CONFLICT (group_id, sequence, recipient) DO NOTHING");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Notes how a try ended. False when the lease was lost: then somebody else tries, and notes how that ends.
    pub async fn finish_delivery(
        &mut self,
        token: Token,
        id: DeliveryId,
        sent: &Sent,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let (state, due, receipt, error, ended) = match sent {
            Sent::Delivered { receipt } => (DeliveryState::Sent, None, receipt.as_str(), "", Some(now)),
            Sent::Later { due_at, error } => {
                (DeliveryState::Pending, Some(*due_at), "", error.as_str(), None)
            }
            Sent::Dead { error } => (DeliveryState::Dead, None, "", error.as_str(), Some(now)),
        };
        let held: Option<i64> = on_tx!(self, Db, conn => {
            let query = sqlx::query_scalar::<Db, i64>(FINISH_DELIVERY).bind(id.0).bind(token.0).bind(state.as_str());
            let query = query.bind(due.map(to_ms)).bind(storable(receipt)).bind(storable(error)).bind(ended.map(to_ms));
            query.fetch_optional(conn).await?
        });
        Ok(held.is_some())
    }
}

impl Store {
    /// Mails taken to be sent.
    pub async fn load_owed(&self, ids: &[i64]) -> Result<Vec<Owed>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<OwedRow> = on_db!(self, Db, pool => {
            let mut query = QueryBuilder::<Db>::new(
                "/* load_owed */ SELECT id, group_id, recipient, attempts, message_id, refs, subject, text, html, written_at FROM delivery WHERE id IN (",
            );
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(") ORDER BY id");
            query.build_query_as().persistent(false).fetch_all(pool).await?
        });
        rows.into_iter().map(Owed::try_from).collect()
    }

    /// The Message-IDs of the latest mails of groups, the oldest first.
    pub async fn group_threads(&self, groups: &[i64]) -> Result<Threads, Error> {
        if groups.is_empty() {
            return Ok(Threads::new());
        }
        let rows: Vec<(i64, String, String)> = on_db!(self, Db, pool => {
            let mut query = QueryBuilder::<Db>::new(
                "/* group_threads */ SELECT d.group_id, d.recipient, d.message_id FROM delivery AS d \
                 JOIN incident_group AS g ON g.id = d.group_id WHERE d.sequence > g.sequence - 10 AND d.group_id IN (",
            );
            let mut list = query.separated(", ");
            for id in groups {
                list.push_bind(*id);
            }
            query.push(") ORDER BY d.sequence");
            query.build_query_as().persistent(false).fetch_all(pool).await?
        });
        let mut threads = Threads::new();
        for (group, recipient, id) in rows {
            threads.entry((group, recipient)).or_default().push(id);
        }
        Ok(threads)
    }

    /// Every mail with a number above `after`, in the order of writing.
    pub async fn list_mails(&self, after: DeliveryId) -> Result<Vec<Mailed>, Error> {
        let rows: Vec<(i64, String, String, String, String, i64, String)> = on_db!(self, Db, pool => sqlx::query_as::<Db, _>(LIST_MAILS).bind(after.0).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, group, recipient, subject, state, written_at, error)| {
                let state = word("delivery", "state", id, &state)?;
                Ok(Mailed {
                    id: DeliveryId(id),
                    group,
                    recipient,
                    subject,
                    state,
                    written_at: from_ms(written_at),
                    error,
                })
            })
            .collect()
    }

    /// When the next mail is due, `None` when none is.
    pub async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let ms: Option<i64> = on_db!(self, Db, pool => sqlx::query_scalar::<Db, Option<i64>>(NEXT_DELIVERY).fetch_one(pool).await?);
        Ok(ms.map(from_ms))
    }
}

impl TryFrom<OwedRow> for Owed {
    type Error = Error;

    fn try_from(row: OwedRow) -> Result<Self, Error> {
        Ok(Self {
            id: DeliveryId(row.id),
            group: row.group_id,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            message: Message {
                message_id: row.message_id,
                references: json("delivery", "refs", row.id, &row.refs)?,
                recipient: row.recipient,
                subject: row.subject,
                text: row.text,
                html: row.html,
                written_at: from_ms(row.written_at),
            },
        })
    }
}
