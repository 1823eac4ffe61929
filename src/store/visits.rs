//! The log of looks.

use super::accounts::small;
use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, storable, to_json, word};
use crate::model::account::AccountId;
use crate::model::moment::{from_ms, to_ms};
use crate::model::visit::{Failure, Outcome, OutcomeKind, Visit};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

#[derive(FromRow)]
struct VisitRow {
    account_id: i64,
    at: i64,
    outcome: String,
    failure: Option<String>,
    items: i64,
    fresh: i64,
    covers_since: Option<i64>,
    duration_ms: i64,
    status: i64,
    detail: String,
    hand: Option<String>,
}

const LIST_VISITS: &str = "/* list_visits */ SELECT account_id, at, outcome, failure, items, fresh, covers_since, duration_ms, status, detail, hand \
     FROM visit WHERE account_id = $1 AND at <= $2 ORDER BY at DESC LIMIT $3";

impl Tx {
    /// Appends looks to the log.
    pub async fn insert_visits(&mut self, visits: &[&Visit]) -> Result<(), Error> {
        for chunk in visits.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* insert_visits */ INSERT INTO visit (account_id, at, outcome, failure, items, fresh, covers_since, duration_ms, \
                     status, detail, hand) ",
                );
                query.push_values(chunk, |mut row, visit| {
                    let fresh = match visit.outcome {
                        Outcome::Read { new } => new,
                        _ => 0,
                    };
                    row.push_bind(visit.account.0)
                        .push_bind(to_ms(visit.at))
                        .push_bind(visit.outcome.kind().as_str())
                        .push_bind(visit.outcome.failure().map(Failure::as_str))
                        .push_bind(i64::from(visit.items))
                        .push_bind(i64::from(fresh))
                        .push_bind(visit.covers_since.map(to_ms))
                        .push_bind(i64::from(visit.duration_ms))
                        .push_bind(i64::from(visit.status))
                        .push_bind(storable(&visit.detail))
                        .push_bind(visit.hand.as_ref().map(to_json));
                });
                query.push(" ON CONFLICT (account_id, at) DO NOTHING");
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// The latest looks at an account up to an instant, the newest first.
    pub async fn list_visits(
        &self,
        account: AccountId,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Visit>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<VisitRow> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, VisitRow>(LIST_VISITS).bind(account.0).bind(to_ms(until)).bind(limit).fetch_all(pool).await?);
        rows.into_iter().map(Visit::try_from).collect()
    }

    /// Every look that people took at these accounts, in the order of time.
    pub async fn list_hand_looks(&self, accounts: &[AccountId]) -> Result<Vec<Visit>, Error> {
        let mut looks = Vec::new();
        for chunk in accounts.chunks(CHUNK) {
            let rows: Vec<VisitRow> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* list_hand_looks */ SELECT account_id, at, outcome, failure, items, fresh, covers_since, duration_ms, status, \
                     detail, hand FROM visit WHERE hand IS NOT NULL AND account_id IN (",
                );
                let mut list = query.separated(", ");
                for account in chunk {
                    list.push_bind(account.0);
                }
                query.push(") ORDER BY account_id, at");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            looks.extend(rows);
        }
        looks.into_iter().map(Visit::try_from).collect()
    }
}

impl TryFrom<VisitRow> for Visit {
    type Error = Error;

    fn try_from(row: VisitRow) -> Result<Self, Error> {
        let failure: Option<Failure> =
            row.failure.map(|text| word("visit", "failure", row.account_id, &text)).transpose()?;
        let outcome = match word("visit", "outcome", row.account_id, &row.outcome)? {
            OutcomeKind::Unchanged => Outcome::Unchanged,
            OutcomeKind::Read => Outcome::Read { new: small(row.fresh) },
            OutcomeKind::ProvenEmpty => Outcome::ProvenEmpty,
            OutcomeKind::Failed => Outcome::Failed(failure.unwrap_or(Failure::Broken)),
        };
        Ok(Self {
            account: AccountId(row.account_id),
            at: from_ms(row.at),
            outcome,
            items: small(row.items),
            covers_since: row.covers_since.map(from_ms),
            duration_ms: small(row.duration_ms),
            status: u16::try_from(row.status).unwrap_or(0),
            detail: row.detail,
            hand: row.hand.map(|text| json("visit", "hand", row.account_id, &text)).transpose()?,
        })
    }
}
