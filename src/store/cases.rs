//! Cases as people ask for them, and what people do with them.

use super::incidents::IncidentColumns;
use super::{CHUNK, Error, Store, Tx, on_db, on_tx, word};
use crate::model::account::Platform;
use crate::model::incident::{EventKind, Incident, IncidentId};
use crate::model::moment::to_ms;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

/// A case with the account it is about.
#[derive(Debug, Clone)]
pub struct Case {
    /// The case.
    pub incident: Incident,
    /// The account; none for cases about a site or about ourselves.
    pub account: Option<Named>,
}

/// An account as people know it.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its key in the register.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// 主办单位.
    pub owner: String,
}

/// Which cases are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// Those that run.
    Running,
    /// All there have been.
    All,
    /// These.
    These(&'a [IncidentId]),
}

#[derive(FromRow)]
struct CaseRow {
    #[sqlx(flatten)]
    incident: IncidentColumns,
    account_key: Option<String>,
    name: Option<String>,
    platform: Option<String>,
    owner: Option<String>,
}

impl Store {
    /// Cases in the order of their opening.
    pub async fn list_cases(&self, wanted: Wanted<'_>) -> Result<Vec<Case>, Error> {
        let rows: Vec<CaseRow> = on_db!(self, Db, pool => {
            let mut query = QueryBuilder::<Db>::new(
                "/* list_cases */ SELECT i.id, i.account_id, i.rule, i.subject, i.level, i.state, i.since, i.opened_at, \
                 i.changed_at, i.ended_at, i.evidence, a.key AS account_key, a.name, a.platform, a.owner \
                 FROM incident AS i LEFT JOIN account AS a ON a.id = i.account_id",
            );
            match wanted {
                Wanted::All => {}
                Wanted::Running => {
                    query.push(" WHERE i.state IN ('open', 'acknowledged')");
                }
                // No number is below one.
                Wanted::These(ids) => {
                    query.push(" WHERE i.id IN (0");
                    for id in ids {
                        query.push(", ").push_bind(id.0);
                    }
                    query.push(")");
                }
            }
            query.push(" ORDER BY i.id");
            query.build_query_as().persistent(false).fetch_all(pool).await?
        });
        rows.into_iter().map(Case::try_from).collect()
    }
}

impl Tx {
    /// Notes that somebody has these open cases in hand. Returns those that were open until now.
    pub async fn acknowledge_incidents(
        &mut self,
        ids: &[IncidentId],
        at: DateTime<Utc>,
        who: &str,
    ) -> Result<Vec<IncidentId>, Error> {
        let mut taken = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<i64> = on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* acknowledge_incidents */ UPDATE incident SET state = 'acknowledged', changed_at = ",
                );
                query.push_bind(to_ms(at)).push(" WHERE state = 'open' AND id IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(") RETURNING id");
                query.build_query_scalar().persistent(false).fetch_all(conn).await?
            });
            taken.extend(rows.into_iter().map(IncidentId));
        }
        self.insert_events(&taken, EventKind::Acknowledged, at, who).await?;
        Ok(taken)
    }
}

impl TryFrom<CaseRow> for Case {
    type Error = Error;

    fn try_from(row: CaseRow) -> Result<Self, Error> {
        let incident = Incident::try_from(row.incident)?;
        let account = match (row.account_key, row.name, row.platform, row.owner) {
            (Some(key), Some(name), Some(platform), Some(owner)) => Some(Named {
                key,
                name,
                platform: word("account", "platform", incident.id.0, &platform)?,
                owner,
            }),
            _ => None,
        };
        Ok(Self { incident, account })
    }
}
