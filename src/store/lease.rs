//! Take due rows, and give them back.
//!
//! Everything that must happen later is a row with a `due_at`, and this is the one way to take such rows.
//! The lease *is* the due time: taking a row moves `due_at` to the end of the lease and writes a token, so
//! that a killed worker's rows simply become due again, and a worker that was too slow cannot write (its
//! token no longer matches). These are the only statements with one text for each database.

use super::accounts::{WatchedRow, watched_columns};
use super::{CHUNK, Error, Store, Tx, on_tx, to_json};
use crate::model::account::AccountId;
use crate::model::moment::to_ms;
use crate::model::watch::Watched;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::QueryBuilder;

/// Proof that rows were taken: what was taken later by somebody else carries another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(pub i64);

/// The tables whose rows can be leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Groups of cases to tell.
    Group,
    /// Mails to send.
    Delivery,
    /// Jobs of the calendar.
    Job,
    /// Hosts that posts link to.
    Host,
}

/// Both texts of one lease statement. On PostgreSQL the rows are chosen into an array, which happens once: a list
/// may be chosen again for each row it is compared with, and every time other rows would be free to lock.
struct Text {
    sqlite: &'static str,
    postgres: &'static str,
}

impl Text {
    fn of(&self, tx: &Tx) -> &'static str {
        match tx {
            Tx::Sqlite(_) => self.sqlite,
            Tx::Postgres(_) => self.postgres,
        }
    }
}

macro_rules! oldest_due {
    ($name:literal, $table:literal) => {
        Text {
            sqlite: concat!(
                "/* ",
                $name,
                " */ UPDATE ",
                $table,
                " SET due_at = $1, lease_token = $2, attempts = attempts + 1 ",
                "WHERE id IN (SELECT id FROM ",
                $table,
                " WHERE due_at <= $3 ORDER BY due_at LIMIT $4) RETURNING id"
            ),
            postgres: concat!(
                "/* ",
                $name,
                " */ UPDATE ",
                $table,
                " SET due_at = $1, lease_token = $2, attempts = attempts + 1 ",
                "WHERE id = ANY(ARRAY(SELECT id FROM ",
                $table,
                " WHERE due_at <= $3 ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)) RETURNING id"
            ),
        }
    };
}

/// Among how many of the oldest due accounts the turns of sites are shared out when one site crowds the front.
const FRONT: usize = 1000;

/// How many of the oldest due accounts lie on the site with the most of them.
const CROWD: &str = "/* crowd */ SELECT COALESCE(MAX(n), 0) FROM (SELECT COUNT(*) AS n FROM ( \
     SELECT site FROM account_look WHERE due_at <= $1 ORDER BY due_at, account_id LIMIT $2) AS oldest GROUP BY site) AS sites";

/// Accounts are taken fairly: at most so many of one site among the oldest due, lest one slow site fill the hands.
/// Of those due at the same instant, as after an import, neighbours in the register go first: they lie on the same
/// pages of the database, and mostly on different sites.
const LEASE_ACCOUNTS: Text = Text {
    sqlite: concat!(
        "/* lease_accounts */ UPDATE account_look SET due_at = $1, lease_token = $2, attempts = attempts + 1 ",
        "WHERE account_id IN ( ",
        "SELECT account_id FROM (SELECT account_id, due_at, ROW_NUMBER() OVER (PARTITION BY site ORDER BY due_at, account_id) AS place ",
        "FROM (SELECT account_id, site, due_at FROM account_look WHERE due_at <= $3 ORDER BY due_at, account_id LIMIT $6) AS oldest) AS ranked ",
        "WHERE place <= $5 ORDER BY due_at, account_id LIMIT $4) RETURNING account_id",
    ),
    postgres: concat!(
        "/* lease_accounts */ UPDATE account_look SET due_at = $1, lease_token = $2, attempts = attempts + 1 ",
        "WHERE account_id = ANY(ARRAY( ",
        "SELECT account_id FROM account_look WHERE due_at <= $3 AND account_id IN ( ",
        "SELECT account_id FROM (SELECT account_id, due_at, ROW_NUMBER() OVER (PARTITION BY site ORDER BY due_at, account_id) AS place ",
        "FROM (SELECT account_id, site, due_at FROM account_look WHERE due_at <= $3 ORDER BY due_at, account_id LIMIT $6) AS oldest) AS ranked ",
        "WHERE place <= $5) ORDER BY due_at, account_id LIMIT $4 FOR UPDATE SKIP LOCKED)) RETURNING account_id",
    ),
};
/// Numbers travel as one JSON list: a statement of one length is prepared only once.
const LEASED_ACCOUNTS: Text = Text {
    sqlite: concat!(
        "/* leased_accounts */ SELECT ",
        watched_columns!(),
        " WHERE l.account_id IN (SELECT value FROM json_each($1)) ORDER BY l.account_id"
    ),
    postgres: concat!(
        "/* leased_accounts */ SELECT ",
        watched_columns!(),
        " WHERE l.account_id = ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text($1::json))) ORDER BY l.account_id"
    ),
};
const LEASE_GROUPS: Text = oldest_due!("lease_groups", "incident_group");
const LEASE_DELIVERIES: Text = oldest_due!("lease_deliveries", "delivery");
const LEASE_HOSTS: Text = oldest_due!("lease_hosts", "host");
const LEASE_JOBS: Text = oldest_due!("lease_jobs", "job");

/// What to take.
#[derive(Debug, Clone, Copy)]
pub struct Take {
    /// Rows due up to here.
    pub now: DateTime<Utc>,
    /// The lease's end.
    pub until: DateTime<Utc>,
    /// How many at the most.
    pub limit: usize,
    /// To prove it with.
    pub token: Token,
}

impl Store {
    /// Takes due rows of a table and returns their numbers. Two workers never get the same row.
    pub async fn lease(&self, table: Table, take: Take) -> Result<Vec<i64>, Error> {
        let mut tx = self.begin().await?;
        let text = match table {
            Table::Group => &LEASE_GROUPS,
            Table::Delivery => &LEASE_DELIVERIES,
            Table::Job => &LEASE_JOBS,
            Table::Host => &LEASE_HOSTS,
        };
        let statement = text.of(&tx);
        let ids: Vec<i64> = on_tx!(&mut tx, Db, conn => {
            let query = sqlx::query_scalar::<Db, i64>(statement).bind(to_ms(take.until)).bind(take.token.0).bind(to_ms(take.now));
            query.bind(count(take.limit)).fetch_all(conn).await?
        });
        tx.commit().await?;
        Ok(ids)
    }

    /// Takes these accounts whether they are due or not, for what is learnt about them by another way than a look. A look
    /// that is under way loses its lease.
    pub async fn lease_these(
        &self,
        accounts: &[AccountId],
        until: DateTime<Utc>,
        token: Token,
    ) -> Result<Vec<Watched>, Error> {
        let mut tx = self.begin().await?;
        let mut leased = Vec::with_capacity(accounts.len());
        for chunk in accounts.chunks(CHUNK) {
            let ids: Vec<i64> = on_tx!(&mut tx, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* lease_these */ UPDATE account_look SET due_at = ");
                query.push_bind(to_ms(until)).push(", lease_token = ").push_bind(token.0);
                query.push(", attempts = attempts + 1 WHERE account_id IN (");
                let mut list = query.separated(", ");
                for account in chunk {
                    list.push_bind(account.0);
                }
                query.push(") RETURNING account_id");
                query.build_query_scalar().persistent(false).fetch_all(conn).await?
            });
            let statement = LEASED_ACCOUNTS.of(&tx);
            let rows: Vec<WatchedRow> = on_tx!(&mut tx, Db, conn =>
                sqlx::query_as::<Db, WatchedRow>(statement).bind(to_json(&ids)).fetch_all(conn).await?);
            leased.extend(rows.into_iter().map(Watched::try_from));
        }
        tx.commit().await?;
        leased.into_iter().collect()
    }

    /// Takes due accounts with everything remembered about them, at most `per_site` of one site.
    pub async fn lease_accounts(&self, take: Take, per_site: usize) -> Result<Vec<Watched>, Error> {
        let mut tx = self.begin().await?;
        let statement = LEASE_ACCOUNTS.of(&tx);
        let crowd: i64 = on_tx!(&mut tx, Db, conn =>
            sqlx::query_scalar::<Db, i64>(CROWD).bind(to_ms(take.now)).bind(count(take.limit)).fetch_one(conn).await?);
        // Mostly no site has more than its share, and the oldest are taken as they come.
        let front = if crowd > count(per_site) { take.limit.max(FRONT) } else { take.limit };
        let ids: Vec<i64> = on_tx!(&mut tx, Db, conn => {
            let query = sqlx::query_scalar::<Db, i64>(statement).bind(to_ms(take.until)).bind(take.token.0).bind(to_ms(take.now));
            query.bind(count(take.limit)).bind(count(per_site)).bind(count(front)).fetch_all(conn).await?
        });
        let mut leased = Vec::with_capacity(ids.len());
        if !ids.is_empty() {
            let statement = LEASED_ACCOUNTS.of(&tx);
            on_tx!(&mut tx, Db, conn => {
                let mut rows = sqlx::query_as::<Db, WatchedRow>(statement).bind(to_json(&ids)).fetch(conn);
                while let Some(row) = rows.try_next().await? {
                    leased.push(Watched::try_from(row));
                }
            });
        }
        // Committed also when a row makes no sense: it then comes back with its lease, not at once.
        tx.commit().await?;
        leased.into_iter().collect()
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
