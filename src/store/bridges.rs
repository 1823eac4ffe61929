//! Accounts behind bridges, for judging the bridges by them.

use super::{Error, Store, on_db, on_tx, word};
use crate::model::account::AccountId;
use crate::model::bridge::{Bridge, Reading};
use crate::model::moment::{from_ms, to_ms};
use crate::model::visit::Failure;
use crate::model::watch::Days;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// An account behind a bridge that has shown a post.
#[derive(Debug, Clone)]
pub struct Behind {
    /// The account.
    pub account: AccountId,
    /// The bridge.
    pub bridge: Bridge,
    /// What its silence is judged by.
    pub reading: Reading,
}

impl Behind {
    /// The readings of each bridge.
    #[must_use]
    pub fn by_bridge(all: Vec<Self>) -> BTreeMap<Bridge, Vec<Reading>> {
        let mut by_bridge: BTreeMap<Bridge, Vec<Reading>> = BTreeMap::new();
        for behind in all {
            by_bridge.entry(behind.bridge).or_default().push(behind.reading);
        }
        by_bridge
    }
}

#[derive(FromRow)]
struct BehindRow {
    id: i64,
    bridge: String,
    days: Vec<u8>,
    last_update: i64,
    news_at: Option<i64>,
    failure: Option<String>,
    last_visit: Option<i64>,
    good_look: Option<i64>,
}

/// A newest post that a person may have seen past the bridge says nothing about the bridge.
const LIST_BEHIND: &str = "/* list_behind */ SELECT a.id, a.bridge, a.days, a.last_update, a.news_at, a.failure, l.last_visit, l.good_look \
     FROM account AS a JOIN account_look AS l ON l.account_id = a.id \
     WHERE a.bridge <> '' AND a.last_update IS NOT NULL AND a.retired_at IS NULL \
     AND (a.hand_look IS NULL OR a.hand_look < a.last_update)";
/// The bridge has shown posts again: whoever was only waiting for it is looked at at once.
const RECHECK: &str = "/* recheck_behind */ UPDATE account_look SET due_at = $1, due_why = '采集桥恢复后复查' \
     WHERE lease_token IS NULL AND due_at > $1 AND account_id IN (SELECT id FROM account WHERE bridge = $2 AND bridge <> '')";

impl Store {
    /// Every watched account whose posts come through a bridge, in one statement.
    pub async fn list_behind(&self) -> Result<Vec<Behind>, Error> {
        let rows: Vec<BehindRow> =
            on_db!(self, Db, pool => sqlx::query_as::<Db, BehindRow>(LIST_BEHIND).fetch_all(pool).await?);
        rows.into_iter().map(Behind::try_from).collect()
    }

    /// Makes the accounts behind a bridge due at once. Returns how many.
    pub async fn recheck_behind(&self, bridge: &Bridge, now: DateTime<Utc>) -> Result<u64, Error> {
        let mut tx = self.begin().await?;
        let rows = on_tx!(&mut tx, Db, conn =>
            sqlx::query::<Db>(RECHECK).bind(to_ms(now)).bind(bridge.to_string()).execute(conn).await?.rows_affected());
        tx.commit().await?;
        Ok(rows)
    }
}

impl TryFrom<BehindRow> for Behind {
    type Error = Error;

    fn try_from(row: BehindRow) -> Result<Self, Error> {
        let newest = from_ms(row.last_update);
        let failure: Option<Failure> =
            row.failure.map(|text| word("account", "failure", row.id, &text)).transpose()?;
        // A look that was not believed has seen the bridge serving all the same; any other failed one has not.
        let read =
            if matches!(failure, None | Some(Failure::Stale)) { row.last_visit } else { row.good_look };
        let reading = Reading {
            days: Days::from_bytes(&row.days),
            newest,
            read_until: read.map_or(newest, from_ms),
            delay: row.news_at.map(|seen| from_ms(seen) - newest),
        };
        Ok(Self {
            account: AccountId(row.id),
            bridge: word("account", "bridge", row.id, &row.bridge)?,
            reading,
        })
    }
}
