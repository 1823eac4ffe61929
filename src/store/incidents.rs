//! Cases and what happened to them.

use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, to_json, word};
use crate::incident::dismissal::Dismissed;
use crate::model::account::AccountId;
use crate::model::finding::{Evidence, Level, Rule};
use crate::model::incident::{EventKind, Incident, IncidentId, IncidentKey, State};
use crate::model::moment::{from_ms, to_ms};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

/// A case to open.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// What it is about.
    pub key: IncidentKey,
    /// How much it weighs.
    pub level: Level,
    /// Since when the matter holds.
    pub since: DateTime<Utc>,
    /// When it is opened.
    pub opened_at: DateTime<Utc>,
    /// What it rests on.
    pub evidence: Evidence,
}

/// A running case whose weight or evidence changed.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which case.
    pub id: IncidentId,
    /// How much it weighs now.
    pub level: Level,
    /// Since when the matter holds.
    pub since: DateTime<Utc>,
    /// What it rests on now.
    pub evidence: Evidence,
}

/// The columns of a case.
#[derive(FromRow)]
pub(crate) struct IncidentColumns {
    id: i64,
    account_id: i64,
    rule: String,
    subject: String,
    level: String,
    state: String,
    since: i64,
    opened_at: i64,
    changed_at: i64,
    ended_at: Option<i64>,
    evidence: String,
}

macro_rules! columns {
    () => {
        "id, account_id, rule, subject, level, state, since, opened_at, changed_at, ended_at, evidence"
    };
}

const RUNNING_ELSEWHERE: &str = concat!(
    "/* list_running_elsewhere */ SELECT ",
    columns!(),
    " FROM incident WHERE account_id = 0 AND state IN ('open', 'acknowledged') ORDER BY id"
);
const BRIDGE_CASES: &str = concat!(
    "/* list_bridge_cases */ SELECT ",
    columns!(),
    " FROM incident WHERE rule = 'bridge_stale' AND (state IN ('open', 'acknowledged') OR ended_at >= $1) ORDER BY id"
);
const LIST_ALL: &str =
    concat!("/* list_incidents */ SELECT ", columns!(), " FROM incident WHERE opened_at <= $1 ORDER BY id");

fn account_column(account: Option<AccountId>) -> i64 {
    account.map_or(0, |id| id.0)
}

impl Tx {
    /// Opens cases. One whose key already runs is not opened twice; its number is absent from the answer.
    pub async fn open_incidents(
        &mut self,
        news: &[NewIncident],
        who: &str,
    ) -> Result<Vec<(IncidentId, IncidentKey)>, Error> {
        let mut opened = Vec::with_capacity(news.len());
        for chunk in news.chunks(CHUNK) {
            let rows: Vec<(i64, i64, String, String)> = on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* open_incidents */ INSERT INTO incident (account_id, rule, subject, level, state, since, opened_at, changed_at, evidence) ",
                );
                query.push_values(chunk, |mut row, new| {
                    row.push_bind(account_column(new.key.account))
                        .push_bind(new.key.rule.as_str())
                        .push_bind(new.key.subject.clone())
                        .push_bind(new.level.as_str())
                        .push_bind(State::Open.as_str())
                        .push_bind(to_ms(new.since))
                        .push_bind(to_ms(new.opened_at))
                        .push_bind(to_ms(new.opened_at))
                        .push_bind(to_json(&new.evidence));
                });
                query.push(
                    " ON CONFLICT (account_id, rule, subject) WHERE state IN ('open', 'acknowledged') DO NOTHING \
                     RETURNING id, account_id, rule, subject",
                );
                query.build_query_as().persistent(false).fetch_all(conn).await?
            });
            for (id, account, rule, subject) in rows {
                let key = IncidentKey {
                    account: (account != 0).then_some(AccountId(account)),
                    rule: word("incident", "rule", id, &rule)?,
                    subject,
                };
                opened.push((IncidentId(id), key));
            }
        }
        let Some(first) = news.first() else { return Ok(opened) };
        let ids: Vec<IncidentId> = opened.iter().map(|(id, _)| *id).collect();
        self.insert_events(&ids, EventKind::Opened, first.opened_at, who).await?;
        Ok(opened)
    }

    /// Ends running cases. Returns those that ran until now. What a person closes is remembered as dismissed, if its
    /// evidence tells one fact from another.
    pub async fn end_incidents(
        &mut self,
        ids: &[IncidentId],
        state: State,
        at: DateTime<Utc>,
        who: &str,
    ) -> Result<Vec<IncidentId>, Error> {
        let kind = if state == State::Closed { EventKind::Closed } else { EventKind::Resolved };
        let (mut ended, mut dismissed) = (Vec::with_capacity(ids.len()), Vec::new());
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<(i64, i64, String, String)> = on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* end_incidents */ UPDATE incident SET state = ");
                query.push_bind(state.as_str()).push(", changed_at = ").push_bind(to_ms(at)).push(", ended_at = ").push_bind(to_ms(at));
                query.push(" WHERE state IN ('open', 'acknowledged') AND id IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(") RETURNING id, account_id, rule, evidence");
                query.build_query_as().persistent(false).fetch_all(conn).await?
            });
            for (id, account, rule, evidence) in rows {
                ended.push(IncidentId(id));
                if state == State::Closed {
                    let evidence: Evidence = json("incident", "evidence", id, &evidence)?;
                    let rule = word("incident", "rule", id, &rule)?;
                    let facts = evidence.facts().map(|fingerprint| Dismissed { rule, fingerprint });
                    dismissed.extend(facts.map(|fact| (AccountId(account), fact)));
                }
            }
        }
        self.dismiss(&dismissed, at, who).await?;
        self.insert_events(&ended, kind, at, who).await?;
        Ok(ended)
    }

    /// Rewrites weight and evidence of running cases; one that has ended meanwhile stays as it ended.
    pub async fn change_incidents(
        &mut self,
        changes: &[Change],
        at: DateTime<Utc>,
        who: &str,
    ) -> Result<(), Error> {
        let mut written = Vec::with_capacity(changes.len());
        for chunk in changes.chunks(CHUNK) {
            let rows: Vec<i64> = on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* change_incidents */ UPDATE incident SET level = v.column2, since = v.column3, evidence = v.column4, \
                     changed_at = CASE WHEN level = v.column2 THEN changed_at ELSE v.column5 END FROM (",
                );
                query.push_values(chunk, |mut row, change| {
                    row.push_bind(change.id.0)
                        .push_bind(change.level.as_str())
                        .push_bind(to_ms(change.since))
                        .push_bind(to_json(&change.evidence))
                        .push_bind(to_ms(at));
                });
                query.push(") AS v WHERE id = v.column1 AND state IN ('open', 'acknowledged') RETURNING id");
                query.build_query_scalar().persistent(false).fetch_all(conn).await?
            });
            written.extend(rows.into_iter().map(IncidentId));
        }
        self.insert_events(&written, EventKind::Worsened, at, who).await
    }

    pub(super) async fn insert_events(
        &mut self,
        ids: &[IncidentId],
        kind: EventKind,
        at: DateTime<Utc>,
        who: &str,
    ) -> Result<(), Error> {
        for chunk in ids.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* insert_events */ INSERT INTO event (incident_id, at, kind, who, note) ");
                query.push_values(chunk, |mut row, id| {
                    row.push_bind(id.0).push_bind(to_ms(at)).push_bind(kind.as_str()).push_bind(who.to_owned()).push_bind("");
                });
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// The running cases of these accounts. One statement for a whole batch of visits.
    pub async fn running_incidents(&self, accounts: &[AccountId]) -> Result<Vec<Incident>, Error> {
        let mut incidents = Vec::new();
        for chunk in accounts.chunks(1000) {
            let rows: Vec<IncidentColumns> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(concat!("/* running_incidents */ SELECT ", columns!(), " FROM incident \
                     WHERE state IN ('open', 'acknowledged') AND account_id IN ("));
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            for row in rows {
                incidents.push(Incident::try_from(row)?);
            }
        }
        Ok(incidents)
    }

    /// What the running cases of these accounts are about.
    pub async fn running_keys(&self, accounts: &[AccountId]) -> Result<Vec<IncidentKey>, Error> {
        let mut keys = Vec::new();
        for chunk in accounts.chunks(1000) {
            let rows: Vec<(i64, i64, String, String)> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* running_keys */ SELECT id, account_id, rule, subject FROM incident \
                     WHERE state IN ('open', 'acknowledged') AND account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            for (id, account, rule, subject) in rows {
                let account = (account != 0).then_some(AccountId(account));
                keys.push(IncidentKey { account, rule: word("incident", "rule", id, &rule)?, subject });
            }
        }
        Ok(keys)
    }

    /// The running cases about sites and about ourselves.
    pub async fn running_elsewhere(&self) -> Result<Vec<Incident>, Error> {
        let rows: Vec<IncidentColumns> = on_db!(self, Db, pool => sqlx::query_as::<Db, IncidentColumns>(RUNNING_ELSEWHERE).fetch_all(pool).await?);
        rows.into_iter().map(Incident::try_from).collect()
    }

    /// The cases about bridges that run or have ended since an instant.
    pub async fn list_bridge_cases(&self, ended_since: DateTime<Utc>) -> Result<Vec<Incident>, Error> {
        let rows: Vec<IncidentColumns> = on_db!(self, Db, pool => sqlx::query_as::<Db, IncidentColumns>(BRIDGE_CASES).bind(to_ms(ended_since)).fetch_all(pool).await?);
        rows.into_iter().map(Incident::try_from).collect()
    }

    /// Every case opened up to an instant, in the order of opening.
    pub async fn list_incidents(&self, opened_by: DateTime<Utc>) -> Result<Vec<Incident>, Error> {
        let rows: Vec<IncidentColumns> = on_db!(self, Db, pool => sqlx::query_as::<Db, IncidentColumns>(LIST_ALL).bind(to_ms(opened_by)).fetch_all(pool).await?);
        rows.into_iter().map(Incident::try_from).collect()
    }
}

impl TryFrom<IncidentColumns> for Incident {
    type Error = Error;

    fn try_from(row: IncidentColumns) -> Result<Self, Error> {
        let rule: Rule = word("incident", "rule", row.id, &row.rule)?;
        Ok(Self {
            id: IncidentId(row.id),
            key: IncidentKey {
                account: (row.account_id != 0).then_some(AccountId(row.account_id)),
                rule,
                subject: row.subject,
            },
            level: word("incident", "level", row.id, &row.level)?,
            state: word("incident", "state", row.id, &row.state)?,
            since: from_ms(row.since),
            opened_at: from_ms(row.opened_at),
            changed_at: from_ms(row.changed_at),
            ended_at: row.ended_at.map(from_ms),
            evidence: json("incident", "evidence", row.id, &row.evidence)?,
        })
    }
}
