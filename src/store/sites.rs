//! The pace of sites, shared by all workers.

use super::accounts::small;
use super::{Error, Store, on_db, on_tx};
use crate::model::moment::{from_ms, to_ms};
use crate::model::visit::Failure;
use chrono::{DateTime, Duration, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap};

/// Refusals while the site is being left alone already belong to the same refusal.
const COOL: &str = "/* cool_site */ INSERT INTO site (site, next_slot_at, cool_until, cool_count) VALUES ($1, $2, $2, 1) \
     ON CONFLICT (site) DO UPDATE SET cool_count = CASE WHEN site.cool_until > $2 THEN site.cool_count ELSE site.cool_count + 1 END \
     RETURNING cool_count";
const EXTEND: &str =
    "/* extend_cooling */ UPDATE site SET cool_until = $2 WHERE site = $1 AND cool_until < $2";
const WARM: &str = "/* warm_site */ UPDATE site SET cool_count = 0 WHERE site = $1 AND cool_count > 0";
const COOLING: &str =
    "/* cooling_sites */ SELECT site, cool_until, cool_count FROM site WHERE cool_count > 0";

/// A site that is left alone, or was not long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooling {
    /// The site.
    pub site: String,
    /// Until when nobody may ask it.
    pub until: DateTime<Utc>,
    /// How often in a row it had to be left alone.
    pub count: u32,
}

impl Store {
    /// Reserves consecutive slots of sites: for each site, all of them different, the time its slots take together.
    /// Returns the first slot of each.
    ///
    /// Reserving moves the next free slot on by that time, from the latest of now, the next free slot and the end of
    /// a cool-down; the slots just taken are those before it.
    pub async fn reserve_slots(
        &self,
        wants: &BTreeMap<String, Duration>,
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, DateTime<Utc>>, Error> {
        if wants.is_empty() {
            return Ok(HashMap::new());
        }
        let now = to_ms(now);
        let mut tx = self.begin().await?;
        let rows: Vec<(String, i64)> = on_tx!(&mut tx, Db, conn => {
            let mut query = QueryBuilder::<Db>::new("/* reserve_slots */ INSERT INTO site (site, next_slot_at) ");
            // In one order, lest two workers wait for each other.
            query.push_values(wants, |mut row, (site, span)| {
                row.push_bind(site.clone()).push_bind(now.saturating_add(span.num_milliseconds()));
            });
            query.push(" ON CONFLICT (site) DO UPDATE SET next_slot_at = excluded.next_slot_at - ").push_bind(now);
            query.push(" + CASE WHEN site.cool_until > ").push_bind(now);
            query.push(" AND site.cool_until >= site.next_slot_at THEN site.cool_until WHEN site.next_slot_at > ").push_bind(now);
            query.push(" THEN site.next_slot_at ELSE ").push_bind(now).push(" END RETURNING site, next_slot_at");
            query.build_query_as().persistent(wants.len() == 1).fetch_all(conn).await?
        });
        tx.commit().await?;
        let first = |(site, next): (String, i64)| {
            let span = wants.get(&site).copied().unwrap_or_default();
            (site, from_ms(next) - span)
        };
        Ok(rows.into_iter().map(first).collect())
    }

    /// Notes that a site refused at an instant, and leaves it alone until `until` says, given how often in a row
    /// it has refused; never shorter than before. Both in one transaction: of workers that are refused at the
    /// same moment the first starts the cool-down, and the others find it running. Returns how often in a row.
    pub async fn cool_site(
        &self,
        site: &str,
        at: DateTime<Utc>,
        until: impl FnOnce(u32) -> DateTime<Utc>,
    ) -> Result<u32, Error> {
        let mut tx = self.begin().await?;
        let count: i64 = on_tx!(&mut tx, Db, conn =>
            sqlx::query_scalar::<Db, i64>(COOL).bind(site.to_owned()).bind(to_ms(at)).fetch_one(conn).await?);
        let count = small(count);
        let until = to_ms(until(count));
        on_tx!(&mut tx, Db, conn => sqlx::query::<Db>(EXTEND).bind(site.to_owned()).bind(until).execute(conn).await?.rows_affected());
        tx.commit().await?;
        Ok(count)
    }

    /// Notes that a site answers again.
    pub async fn warm_site(&self, site: &str) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        on_tx!(&mut tx, Db, conn => sqlx::query::<Db>(WARM).bind(site.to_owned()).execute(conn).await?.rows_affected());
        tx.commit().await
    }

    /// Sites that had to be left alone and have not answered since.
    pub async fn list_cooling(&self) -> Result<Vec<Cooling>, Error> {
        let rows: Vec<(String, i64, i64)> =
            on_db!(self, Db, pool => sqlx::query_as::<Db, _>(COOLING).fetch_all(pool).await?);
        Ok(rows
            .into_iter()
            .map(|(site, until, count)| Cooling { site, until: from_ms(until), count: small(count) })
            .collect())
    }

    /// For each of these sites: how many of its accounts are out of reach after repeated looks, and how many
    /// it has. `outage` failures are those of the site, not of the account.
    pub async fn site_health(&self, sites: &[String]) -> Result<Vec<(String, u32, u32)>, Error> {
        if sites.is_empty() {
            return Ok(Vec::new());
        }
        let outages = Failure::ALL.iter().filter(|failure| failure.is_outage());
        let rows: Vec<(String, i64, i64)> = on_db!(self, Db, pool => {
            let mut query = QueryBuilder::<Db>::new("/* site_health */ SELECT site, COUNT(*) FILTER (WHERE failures >= 2 AND failure IN (");
            let mut list = query.separated(", ");
            for failure in outages {
                list.push_bind(failure.as_str());
            }
            query.push(")), COUNT(*) FROM account_look JOIN account ON id = account_id WHERE due_at IS NOT NULL AND site IN (");
            let mut list = query.separated(", ");
            for site in sites {
                list.push_bind(site.clone());
            }
            query.push(") GROUP BY site");
            query.build_query_as().persistent(false).fetch_all(pool).await?
        });
        Ok(rows.into_iter().map(|(site, out, all)| (site, small(out), small(all))).collect())
    }
}
