//! Upkeep: jobs of the calendar, and what is not kept for ever.

use super::lease::Token;
use super::{Error, Store, on_db, on_tx};
use crate::model::moment::to_ms;
use chrono::{DateTime, Utc};

const ENSURE_JOB: &str =
    "/* ensure_job */ INSERT INTO job (name, due_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const JOB_NAME: &str = "/* job_name */ SELECT name FROM job WHERE id = $1";
const FINISH_JOB: &str = "/* finish_job */ UPDATE job SET due_at = $3, lease_token = NULL, attempts = 0 WHERE id = $1 AND lease_token = $2";
/// The newest look at each account stays however old it is: it is what the present state rests on. What people saw
/// stays for good, for nobody could look at it again.
const FORGET_VISITS: &str = "/* forget_visits */ DELETE FROM visit WHERE account_id > $2 AND account_id <= $3 AND at < $1 AND hand IS NULL AND EXISTS \
     (SELECT 1 FROM account_look AS l WHERE l.account_id = visit.account_id AND l.good_look > visit.at AND l.last_visit > visit.at)";

/// The newest value of each fact stays however old it is.
const FORGET_FACTS: &str = "/* forget_facts */ DELETE FROM profile_fact WHERE account_id > $2 AND account_id <= $3 AND last_seen < $1 AND EXISTS \
     (SELECT 1 FROM profile_fact AS n WHERE n.account_id = profile_fact.account_id AND n.fact = profile_fact.fact AND n.last_seen > profile_fact.last_seen) \
     AND (fact IN ('intro', 'avatar') OR NOT lasted)";

/// Where posts of long ago lead is nobody's concern; a host to which no post leads any more is not looked at.
const FORGET_HOST_LINKS: &str = "/* forget_host_links */ DELETE FROM host_link WHERE account_id > $2 AND account_id <= $3 AND EXISTS \
     (SELECT 1 FROM post AS p WHERE p.account_id = host_link.account_id AND p.key = host_link.post AND p.first_seen < $1)";
const FORGET_HOSTS: &str = "/* forget_hosts */ DELETE FROM host WHERE due_at < $1 AND NOT EXISTS (SELECT 1 FROM host_link AS l WHERE l.host_id = host.id)";

/// The log is long: it is gone through by so many accounts at a time, lest looks wait for the whole of it.
const NEXT_ACCOUNTS: &str = "/* next_accounts */ SELECT MAX(id) FROM (SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT 500) AS page";

impl Store {
    /// Makes sure that a job exists; one that is there keeps its time.
    pub async fn ensure_job(&self, name: &str, due_at: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        on_tx!(&mut tx, Db, conn => sqlx::query::<Db>(ENSURE_JOB).bind(name.to_owned()).bind(to_ms(due_at)).execute(conn).await?.rows_affected());
        tx.commit().await
    }

    /// The name of a leased job.
    pub async fn job_name(&self, id: i64) -> Result<Option<String>, Error> {
        Ok(
            on_db!(self, Db, pool => sqlx::query_scalar::<Db, String>(JOB_NAME).bind(id).fetch_optional(pool).await?),
        )
    }

    /// Gives a job back until its next time.
    pub async fn finish_job(&self, token: Token, id: i64, due_at: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        on_tx!(&mut tx, Db, conn => sqlx::query::<Db>(FINISH_JOB).bind(id).bind(token.0).bind(to_ms(due_at)).execute(conn).await?.rows_affected());
        tx.commit().await
    }

    /// Forgets looks older than an instant. Returns how many.
    pub async fn forget_visits(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        self.forget(FORGET_VISITS, before).await
    }

    /// Forgets introductions, pictures and slips of the platform last seen before an instant. What an account was
    /// called and as what it was verified is little, and stays. Returns how many values were forgotten.
    pub async fn forget_facts(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        self.forget(FORGET_FACTS, before).await
    }

    /// Forgets where posts lead that were first seen before an instant, and the hosts that are due by `now` and to which
    /// no post leads any more. Returns how many links.
    pub async fn forget_hosts(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, Error> {
        let links = self.forget(FORGET_HOST_LINKS, before).await?;
        let mut tx = self.begin().await?;
        on_tx!(&mut tx, Db, conn => sqlx::query::<Db>(FORGET_HOSTS).bind(to_ms(now)).execute(conn).await?.rows_affected());
        tx.commit().await?;
        Ok(links)
    }

    /// Runs a statement that forgets for all accounts, page by page.
    async fn forget(&self, statement: &'static str, before: DateTime<Utc>) -> Result<u64, Error> {
        let (mut after, mut rows) = (0, 0);
        loop {
            let last: Option<i64> = on_db!(self, Db, pool =>
                sqlx::query_scalar::<Db, Option<i64>>(NEXT_ACCOUNTS).bind(after).fetch_one(pool).await?);
            let Some(last) = last else { return Ok(rows) };
            let mut tx = self.begin().await?;
            rows += on_tx!(&mut tx, Db, conn =>
                sqlx::query::<Db>(statement).bind(to_ms(before)).bind(after).bind(last).execute(conn).await?.rows_affected());
            tx.commit().await?;
            after = last;
        }
    }

    /// Lets the database tidy its file and statistics.
    pub async fn optimize(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite { writer, .. } => {
                sqlx::query("/* optimize */ PRAGMA optimize").execute(writer).await?;
                sqlx::query("/* checkpoint */ PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await?;
            }
            Self::Postgres(pool) => {
                sqlx::query("/* analyze */ ANALYZE").execute(pool).await?;
            }
        }
        Ok(())
    }
}
