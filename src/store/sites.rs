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

/// What is asked of one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Slots wanted.
    pub requests: u32,
    /// The time between two of them.
    pub gap: Duration,
    /// How many requests the site may have been sent today.
    pub allowed: i64,
}

impl Ask {
    /// The allowance of a site without a daily budget.
    pub const UNLIMITED: i64 = i64::MAX >> 1;
}

/// What was granted of one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The first slot; when none was granted, the first that is free.
    pub first: DateTime<Utc>,
    /// Slots granted.
    pub requests: u32,
    /// Requests of today, those granted included.
    pub asked: i64,
}

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
    /// Reserves consecutive slots of sites that are all different, in one statement. Of each as many are granted as are
    /// wanted, begin by `reach` and are within the day's allowance.
    ///
    /// The first slot is the latest of now, the next free slot and the end of a cool-down. Only what was granted moves
    /// the next free slot on, so that whoever got none takes none from others.
    pub async fn reserve_slots(
        &self,
        asks: &BTreeMap<String, Ask>,
        now: DateTime<Utc>,
        reach: DateTime<Utc>,
        day: i64,
    ) -> Result<HashMap<String, Grant>, Error> {
        if asks.is_empty() {
            return Ok(HashMap::new());
        }
        let (now, reach) = (to_ms(now), to_ms(reach));
        let mut tx = self.begin().await?;
        let rows: Vec<(String, i64, i64, i64)> = on_tx!(&mut tx, Db, conn => {
            let mut query = QueryBuilder::<Db>::new(
                "/* reserve_slots */ INSERT INTO site (site, next_slot_at, day, asked, gap, wanted, allowed, granted) ",
            );
            // In one order, lest two workers wait for each other.
            query.push_values(asks, |mut row, (site, ask)| {
                let gap = ask.gap.num_milliseconds();
                let fit = (reach - now).checked_div(gap).map_or(i64::MAX, |more| more + 1);
                let granted = i64::from(ask.requests).min(fit).min(ask.allowed).max(0);
                row.push_bind(site.clone())
                    .push_bind(now.saturating_add(gap.saturating_mul(granted)))
                    .push_bind(day)
                    .push_bind(granted)
                    .push_bind(gap)
                    .push_bind(i64::from(ask.requests))
                    .push_bind(ask.allowed)
                    .push_bind(granted);
            });
            let base = format!(
                "CASE WHEN site.cool_until > {now} AND site.cool_until >= site.next_slot_at THEN site.cool_until \
                 WHEN site.next_slot_at > {now} THEN site.next_slot_at ELSE {now} END"
            );
            let used = "CASE WHEN site.day = excluded.day THEN site.asked ELSE 0 END";
            let left = format!("(excluded.allowed - {used})");
            let fit = format!(
                "CASE WHEN {base} > {reach} THEN 0 WHEN excluded.gap = 0 THEN excluded.wanted \
                 ELSE ({reach} - {base}) / excluded.gap + 1 END"
            );
            let granted = format!(
                "CASE WHEN {left} <= 0 THEN 0 \
                 WHEN excluded.wanted <= {fit} AND excluded.wanted <= {left} THEN excluded.wanted \
                 WHEN {fit} <= {left} THEN {fit} ELSE {left} END"
            );
            // Every expression sees the row as it was before. Numbers of our own are written out, for they stand in
            // it many times.
            query.push(format!(
                " ON CONFLICT (site) DO UPDATE SET next_slot_at = {base} + excluded.gap * ({granted}), \
                 asked = {used} + ({granted}), day = excluded.day, gap = excluded.gap, wanted = excluded.wanted, \
                 allowed = excluded.allowed, granted = {granted} RETURNING site, next_slot_at, granted, asked"
            ));
            query.build_query_as().persistent(false).fetch_all(conn).await?
        });
        tx.commit().await?;
        let grant = |(site, next, granted, asked): (String, i64, i64, i64)| {
            let gap = asks.get(&site).map_or(0, |ask| ask.gap.num_milliseconds());
            let first = from_ms(next - gap.saturating_mul(granted));
            (site, Grant { first, requests: small(granted), asked })
        };
        Ok(rows.into_iter().map(grant).collect())
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
