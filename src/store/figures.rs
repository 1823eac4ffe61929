//! Figures for metrics and health, counted by the database when they are asked for.

use super::accounts::small;
use super::{Error, Store, on_db, word};
use crate::model::account::{AccountState, Platform, Tier};
use crate::model::bridge::Bridge;
use crate::model::finding::Rule;
use crate::model::incident::State;
use crate::model::moment::{from_ms, to_ms};
use crate::model::watch::Days;
use chrono::{DateTime, Utc};
use sqlx::FromRow;

/// What a scrape reads.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Accounts by platform, level and state.
    pub accounts: Vec<(Platform, Tier, AccountState, u32)>,
    /// Accounts that break the original-content rule, by platform.
    pub no_original: Vec<(Platform, u32)>,
    /// Accounts due now.
    pub due: u32,
    /// The due time longest past.
    pub oldest_due: Option<DateTime<Utc>>,
    /// Accounts kept apart because looking at them failed in our own hands again and again.
    pub quarantined: u32,
    /// The end of the longest cool-down of a site.
    pub cooling_until: Option<DateTime<Utc>>,
    /// Cases by rule and state.
    pub incidents: Vec<(Rule, State, u32)>,
    /// The platforms of suspected bridges, one for each bridge.
    pub stale_bridges: Vec<Platform>,
    /// Mails owed.
    pub outbox_pending: u32,
    /// The oldest mail owed.
    pub outbox_oldest: Option<DateTime<Utc>>,
    /// Mails that will never arrive.
    pub outbox_dead: u32,
}

/// One account's health, for `/metrics/accounts`.
#[derive(Debug, Clone)]
pub struct Health {
    /// Key in the register.
    pub key: String,
    /// Name.
    pub name: String,
    /// Platform word.
    pub platform: String,
    /// Body responsible.
    pub owner: String,
    /// Region code.
    pub region: String,
    /// Present state.
    pub state: AccountState,
    /// Latest effective time of a post.
    pub last_update: Option<DateTime<Utc>>,
    /// Latest effective time of a post that is or may be original.
    pub last_original: Option<DateTime<Utc>>,
    /// End of the last good look.
    pub good_look: Option<DateTime<Utc>>,
    /// Followers, a lower bound.
    pub followers: Option<i64>,
    /// Posts per day.
    pub days: Days,
}

#[derive(FromRow)]
struct HealthRow {
    id: i64,
    key: String,
    name: String,
    platform: String,
    owner: String,
    region_code: String,
    state: String,
    last_update: Option<i64>,
    last_original: Option<i64>,
    good_look: Option<i64>,
    followers: Option<i64>,
    days: Vec<u8>,
}

const ACCOUNTS: &str = "/* figures_accounts */ SELECT platform, level, state, COUNT(*) FROM account WHERE retired_at IS NULL GROUP BY platform, level, state";
const NO_ORIGINAL: &str = "/* figures_no_original */ SELECT platform, COUNT(*) FROM account WHERE retired_at IS NULL AND no_original GROUP BY platform";
const DUE: &str = "/* figures_due */ SELECT COUNT(*), MIN(due_at) FROM account_look WHERE due_at <= $1";
const QUARANTINED: &str = "/* figures_quarantined */ SELECT COUNT(*) FROM account_look WHERE due_at IS NOT NULL AND attempts > 1 AND attempts >= $1";
const COOLING: &str = "/* figures_cooling */ SELECT MAX(cool_until) FROM site WHERE cool_count > 0";
const INCIDENTS: &str =
    "/* figures_incidents */ SELECT rule, state, COUNT(*) FROM incident GROUP BY rule, state";
const STALE_BRIDGES: &str = "/* figures_stale_bridges */ SELECT subject FROM incident WHERE rule = 'bridge_stale' AND state IN ('open', 'acknowledged')";
const OUTBOX: &str = "/* figures_outbox */ SELECT COUNT(*) FILTER (WHERE state = 'pending'), MIN(CASE WHEN state = 'pending' THEN written_at END), \
     COUNT(*) FILTER (WHERE state = 'dead') FROM delivery";
const HEALTH: &str = "/* account_health */ SELECT id, key, name, platform, owner, region_code, state, last_update, last_original, good_look, \
     followers, days FROM account JOIN account_look ON account_id = id WHERE retired_at IS NULL AND id > $1 AND ($2 = '' OR platform = $2) ORDER BY id LIMIT $3";

impl Store {
    /// Counts everything a scrape shows. `quarantine` is the number of tries, two or more, after which an account
    /// is kept apart.
    pub async fn figures(&self, quarantine: u32, now: DateTime<Utc>) -> Result<Figures, Error> {
        let mut figures = Figures::default();
        on_db!(self, Db, pool => {
            let accounts: Vec<(String, String, String, i64)> = sqlx::query_as::<Db, _>(ACCOUNTS).fetch_all(pool).await?;
            for (platform, level, state, count) in accounts {
                figures.accounts.push((
                    word("account", "platform", 0, &platform)?,
                    word("account", "level", 0, &level)?,
                    word("account", "state", 0, &state)?,
                    small(count),
                ));
            }
            let no_original: Vec<(String, i64)> = sqlx::query_as::<Db, _>(NO_ORIGINAL).fetch_all(pool).await?;
            for (platform, count) in no_original {
                figures.no_original.push((word("account", "platform", 0, &platform)?, small(count)));
            }
            let (due, oldest): (i64, Option<i64>) = sqlx::query_as::<Db, _>(DUE).bind(to_ms(now)).fetch_one(pool).await?;
            (figures.due, figures.oldest_due) = (small(due), oldest.map(from_ms));
            figures.quarantined = small(sqlx::query_scalar::<Db, i64>(QUARANTINED).bind(i64::from(quarantine)).fetch_one(pool).await?);
            let cooling: Option<i64> = sqlx::query_scalar::<Db, Option<i64>>(COOLING).fetch_one(pool).await?;
            figures.cooling_until = cooling.map(from_ms);
            let incidents: Vec<(String, String, i64)> = sqlx::query_as::<Db, _>(INCIDENTS).fetch_all(pool).await?;
            for (rule, state, count) in incidents {
                figures.incidents.push((word("incident", "rule", 0, &rule)?, word("incident", "state", 0, &state)?, small(count)));
            }
            let bridges: Vec<String> = sqlx::query_scalar::<Db, String>(STALE_BRIDGES).fetch_all(pool).await?;
            figures.stale_bridges = bridges.iter().filter_map(|key| Some(key.parse::<Bridge>().ok()?.platform)).collect();
            let (pending, oldest, dead): (i64, Option<i64>, i64) = sqlx::query_as::<Db, _>(OUTBOX).fetch_one(pool).await?;
            (figures.outbox_pending, figures.outbox_oldest, figures.outbox_dead) = (small(pending), oldest.map(from_ms), small(dead));
        });
        Ok(figures)
    }

    /// A page of accounts' health in the order of their numbers, after the given number; the last number comes along.
    pub async fn account_health(
        &self,
        after: i64,
        platform: &str,
        limit: u32,
    ) -> Result<Vec<(i64, Health)>, Error> {
        let rows: Vec<HealthRow> = on_db!(self, Db, pool => {
            let query = sqlx::query_as::<Db, HealthRow>(HEALTH).bind(after).bind(platform.to_owned());
            query.bind(i64::from(limit)).fetch_all(pool).await?
        });
        rows.into_iter()
            .map(|row| {
                let health = Health {
                    state: word("account", "state", row.id, &row.state)?,
                    key: row.key,
                    name: row.name,
                    platform: row.platform,
                    owner: row.owner,
                    region: row.region_code,
                    last_update: row.last_update.map(from_ms),
                    last_original: row.last_original.map(from_ms),
                    good_look: row.good_look.map(from_ms),
                    followers: row.followers,
                    days: Days::from_bytes(&row.days),
                };
                Ok((row.id, health))
            })
            .collect()
    }
}
