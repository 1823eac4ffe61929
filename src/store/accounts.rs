//! Accounts as they are handed out for a look, and what the look left behind.

use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, storable, to_json, word};
use crate::model::account::{AccountId, Platform};
use crate::model::finding::LastPost;
use crate::model::listing::Listing;
use crate::model::moment::{from_ms, to_ms};
use crate::model::page::Validators;
use crate::model::profile::Noted;
use crate::model::visit::Failure;
use crate::model::watch::{Days, Known, NO_SOURCE, Trouble, Watched};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};
use std::collections::HashSet;

/// The columns of [`WatchedRow`] and where they come from, in one place for every statement that returns them.
macro_rules! watched_columns {
    () => {
        "a.id, t.register, l.site, a.known_since, a.state, l.last_visit, l.good_look, a.hand_look, a.covers_since, a.reach, a.last_update, \
         a.last_original, a.last_post, a.months, a.days, a.profile_empty, a.followers, a.posts_counted, a.failures, a.failure, a.failing_since, \
         a.statement, a.statement_since, a.doubt_since, a.detail, a.source_no, a.bridge, a.news_at, a.etag, a.last_modified, t.listing, \
         a.open_cases, a.profile_hash, a.profile_due, a.profile_avatar, l.attempts, l.lease_token FROM account_look AS l JOIN account AS a ON a.id = l.account_id \
         JOIN account_text AS t ON t.account_id = l.account_id"
    };
}
pub(crate) use watched_columns;

#[derive(FromRow)]
pub(crate) struct WatchedRow {
    id: i64,
    register: String,
    site: String,
    known_since: i64,
    state: String,
    last_visit: Option<i64>,
    good_look: Option<i64>,
    hand_look: Option<i64>,
    covers_since: Option<i64>,
    reach: Option<i64>,
    last_update: Option<i64>,
    last_original: Option<i64>,
    last_post: Option<String>,
    months: String,
    days: Vec<u8>,
    profile_empty: bool,
    followers: Option<i64>,
    posts_counted: Option<i64>,
    failures: i64,
    failure: Option<String>,
    failing_since: Option<i64>,
    statement: Option<String>,
    statement_since: Option<i64>,
    doubt_since: Option<i64>,
    detail: String,
    source_no: i64,
    bridge: String,
    news_at: Option<i64>,
    etag: Option<String>,
    last_modified: Option<String>,
    listing: Vec<u8>,
    open_cases: i64,
    profile_hash: Option<i64>,
    profile_due: Option<i64>,
    profile_avatar: Option<i64>,
    attempts: i64,
    lease_token: Option<i64>,
}

impl TryFrom<WatchedRow> for Watched {
    type Error = Error;

    fn try_from(row: WatchedRow) -> Result<Self, Error> {
        let id = row.id;
        let failure = |column, value: Option<String>| -> Result<Option<Failure>, Error> {
            value.map(|value| word("account", column, id, &value)).transpose()
        };
        let last_post: Option<LastPost> =
            row.last_post.map(|text| json("account", "last_post", id, &text)).transpose()?;
        Ok(Self {
            id: AccountId(id),
            registered: json("account", "register", id, &row.register)?,
            site: row.site,
            known_since: from_ms(row.known_since),
            state: word("account", "state", id, &row.state)?,
            known: Known {
                last_visit: row.last_visit.map(from_ms),
                good_look: row.good_look.map(from_ms),
                hand_look: row.hand_look.map(from_ms),
                covers_since: row.covers_since.map(from_ms),
                reach: row.reach.map(from_ms),
                last_update: row.last_update.map(from_ms),
                last_original: row.last_original.map(from_ms),
                last_post,
                months: row.months,
                days: Days::from_bytes(&row.days),
                news_at: row.news_at.map(from_ms),
                profile_empty: row.profile_empty,
                followers: row.followers.and_then(|n| u64::try_from(n).ok()),
                profile: Noted {
                    hash: row.profile_hash,
                    due: row.profile_due.map(from_ms),
                    avatar: row.profile_avatar,
                },
                posts_counted: row.posts_counted.and_then(|n| u64::try_from(n).ok()),
            },
            trouble: Trouble {
                failures: small(row.failures),
                failure: failure("failure", row.failure)?,
                failing_since: row.failing_since.map(from_ms),
                statement: failure("statement", row.statement)?,
                statement_since: row.statement_since.map(from_ms),
                doubt_since: row.doubt_since.map(from_ms),
                detail: row.detail,
            },
            source_no: usize::try_from(row.source_no).unwrap_or(NO_SOURCE),
            bridge: Some(row.bridge)
                .filter(|bridge| !bridge.is_empty())
                .map(|bridge| word("account", "bridge", id, &bridge))
                .transpose()?,
            validators: Validators { etag: row.etag, last_modified: row.last_modified },
            listing: Listing::from_bytes(&row.listing),
            open_cases: small(row.open_cases),
            attempts: small(row.attempts),
            token: row.lease_token.unwrap_or(0),
        })
    }
}

/// A small count from the store's wide integer.
pub(crate) fn small(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(if n < 0 { 0 } else { u32::MAX })
}

/// What a look leaves on the account's row.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The account as it stands after the look.
    pub watched: Watched,
    /// When to look again; `None`: never.
    pub due_at: Option<DateTime<Utc>>,
    /// Why then.
    pub due_why: String,
    /// Whether the original-content rule is broken now.
    pub no_original: bool,
    /// Nothing but the times of the look has changed: the facts need not be written.
    pub lean: bool,
}

/// An account given back without a look.
#[derive(Debug, Clone)]
pub struct Release {
    /// The account as it was handed out.
    pub watched: Watched,
    /// When to take it again.
    pub due_at: DateTime<Utc>,
    /// Why not before; `None`: as it stands.
    pub why: Option<String>,
}

impl Tx {
    /// Gives leased accounts back with what was learnt. Returns those whose lease still held; whatever was
    /// learnt about the others must not be written.
    pub async fn finish_accounts(&mut self, finishes: &[&Finish]) -> Result<Vec<AccountId>, Error> {
        let mut held = Vec::with_capacity(finishes.len());
        for chunk in finishes.chunks(CHUNK) {
            held.extend(self.finish_looks(chunk).await?);
        }
        let ids: HashSet<AccountId> = held.iter().copied().collect();
        let changed =
            finishes.iter().copied().filter(|finish| !finish.lean && ids.contains(&finish.watched.id));
        for chunk in changed.collect::<Vec<_>>().chunks(CHUNK) {
            self.remember_facts(chunk).await?;
            self.remember_listings(chunk).await?;
        }
        Ok(held)
    }

    async fn finish_looks(&mut self, chunk: &[&Finish]) -> Result<Vec<AccountId>, Error> {
        let ids: Vec<i64> = on_tx!(self, Db, conn => {
            let mut query = QueryBuilder::<Db>::new(
                "/* finish_looks */ UPDATE account_look SET due_at = v.column2, due_why = v.column3, last_visit = v.column4, \
                 good_look = v.column5, lease_token = NULL, attempts = 0 FROM (",
            );
            query.push_values(chunk, |mut row, finish| {
                let Watched { id, known, token, .. } = &finish.watched;
                row.push_bind(id.0)
                    .push_bind(finish.due_at.map(to_ms))
                    .push_bind(finish.due_why.clone())
                    .push_bind(known.last_visit.map(to_ms))
                    .push_bind(known.good_look.map(to_ms))
                    .push_bind(*token);
            });
            query.push(") AS v WHERE account_id = v.column1 AND lease_token = v.column6 RETURNING account_id");
            query.build_query_scalar().persistent(chunk.len() == CHUNK).fetch_all(conn).await?
        });
        Ok(ids.into_iter().map(AccountId).collect())
    }

    async fn remember_facts(&mut self, chunk: &[&Finish]) -> Result<(), Error> {
        on_tx!(self, Db, conn => {
            let mut query = QueryBuilder::<Db>::new(
                "/* remember_facts */ UPDATE account SET state = v.column2, no_original = v.column3, covers_since = v.column4, \
                 reach = v.column5, last_update = v.column6, last_original = v.column7, last_post = v.column8, \
                 months = v.column9, days = v.column10, profile_empty = v.column11, followers = v.column12, \
                 failures = v.column13, failure = v.column14, failing_since = v.column15, statement = v.column16, \
                 statement_since = v.column17, doubt_since = v.column18, detail = v.column19, source_no = v.column20, \
                 etag = v.column21, last_modified = v.column22, open_cases = v.column23, posts_counted = v.column24, \
                 bridge = v.column25, news_at = v.column26, hand_look = v.column27 FROM (",
            );
            query.push_values(chunk, |mut row, finish| {
                let Watched { id, state, known, trouble, source_no, bridge, validators, open_cases, .. } = &finish.watched;
                row.push_bind(id.0)
                    .push_bind(state.as_str())
                    .push_bind(finish.no_original)
                    .push_bind(known.covers_since.map(to_ms))
                    .push_bind(known.reach.map(to_ms))
                    .push_bind(known.last_update.map(to_ms))
                    .push_bind(known.last_original.map(to_ms))
                    .push_bind(known.last_post.as_ref().map(to_json))
                    .push_bind(known.months.clone())
                    .push_bind(known.days.to_bytes())
                    .push_bind(known.profile_empty)
                    .push_bind(known.followers.map(|n| i64::try_from(n).unwrap_or(i64::MAX)))
                    .push_bind(i64::from(trouble.failures))
                    .push_bind(trouble.failure.map(Failure::as_str))
                    .push_bind(trouble.failing_since.map(to_ms))
                    .push_bind(trouble.statement.map(Failure::as_str))
                    .push_bind(trouble.statement_since.map(to_ms))
                    .push_bind(trouble.doubt_since.map(to_ms))
                    .push_bind(storable(&trouble.detail))
                    .push_bind(i64::try_from(*source_no).unwrap_or(-1))
                    .push_bind(validators.etag.as_deref().map(storable))
                    .push_bind(validators.last_modified.as_deref().map(storable))
                    .push_bind(i64::from(*open_cases))
                    .push_bind(known.posts_counted.map(|n| i64::try_from(n).unwrap_or(i64::MAX)))
                    .push_bind(bridge.as_ref().map(ToString::to_string).unwrap_or_default())
                    .push_bind(known.news_at.map(to_ms))
                    .push_bind(known.hand_look.map(to_ms));
            });
            query.push(") AS v WHERE id = v.column1");
            query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
        });
        Ok(())
    }

    async fn remember_listings(&mut self, finishes: &[&Finish]) -> Result<(), Error> {
        on_tx!(self, Db, conn => {
            let mut query = QueryBuilder::<Db>::new("/* remember_listings */ UPDATE account_text SET listing = v.column2 FROM (");
            query.push_values(finishes, |mut row, finish| {
                row.push_bind(finish.watched.id.0).push_bind(finish.watched.listing.to_bytes());
            });
            query.push(") AS v WHERE account_id = v.column1");
            query.build().persistent(finishes.len() == CHUNK).execute(conn).await?;
        });
        Ok(())
    }

    /// Gives leased accounts back without a look, to be taken again at their times.
    pub async fn release_accounts(&mut self, accounts: &[Release]) -> Result<(), Error> {
        for chunk in accounts.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* release_accounts */ UPDATE account_look SET due_at = v.column2, lease_token = NULL, attempts = v.column4, \
                     due_why = COALESCE(v.column5, due_why) FROM (",
                );
                query.push_values(chunk, |mut row, Release { watched, due_at, why }| {
                    row.push_bind(watched.id.0)
                        .push_bind(to_ms(*due_at))
                        .push_bind(watched.token)
                        .push_bind(i64::from(watched.attempts))
                        .push_bind(why.clone());
                });
                query.push(") AS v WHERE account_id = v.column1 AND lease_token = v.column3");
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        Ok(())
    }
}

const FIND_WATCHED: &str = concat!(
    "/* find_watched */ SELECT ",
    watched_columns!(),
    " WHERE a.key = $1 OR a.name = $1 ORDER BY a.id"
);
const NEXT_DUE: &str = "/* next_due */ SELECT MIN(due_at) FROM account_look WHERE due_at IS NOT NULL";
const RECHECK_CREDENTIALS: &str = "/* recheck_credentials */ UPDATE account_look SET due_at = $1, due_why = '凭据更换后复查' \
     WHERE lease_token IS NULL AND due_at > $1 AND account_id IN (SELECT id FROM account WHERE failure = 'credential')";
const COUNT_DUE: &str = "/* count_due */ SELECT COUNT(*) FROM account_look WHERE due_at <= $1";

impl Store {
    /// The accounts with this key or name; a name may stand on several platforms.
    pub async fn find_watched(&self, key_or_name: &str) -> Result<Vec<Watched>, Error> {
        let rows: Vec<WatchedRow> = on_db!(self, Db, pool => sqlx::query_as::<Db, WatchedRow>(FIND_WATCHED).bind(key_or_name).fetch_all(pool).await?);
        rows.into_iter().map(Watched::try_from).collect()
    }

    /// Makes watched accounts due at once: all, or those of one platform, of these numbers, or both. Returns how many.
    pub async fn make_due(
        &self,
        platform: Option<Platform>,
        accounts: Option<&[AccountId]>,
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        if accounts.is_some_and(<[AccountId]>::is_empty) {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let rows = on_tx!(&mut tx, Db, conn => {
            let mut query = QueryBuilder::<Db>::new("/* make_due */ UPDATE account_look SET due_why = '手动巡查', due_at = ");
            query.push_bind(to_ms(now)).push(" WHERE due_at IS NOT NULL AND lease_token IS NULL");
            if let Some(platform) = platform {
                query.push(" AND account_id IN (SELECT id FROM account WHERE platform = ").push_bind(platform.as_str()).push(")");
            }
            if let Some(accounts) = accounts {
                query.push(" AND account_id IN (");
                let mut list = query.separated(", ");
                for account in accounts {
                    list.push_bind(account.0);
                }
                query.push(")");
            }
            query.build().persistent(false).execute(conn).await?.rows_affected()
        });
        tx.commit().await?;
        Ok(rows)
    }

    /// Makes the accounts due at once whose last look failed for a refused secret. Returns how many.
    pub async fn recheck_credentials(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let mut tx = self.begin().await?;
        let rows = on_tx!(&mut tx, Db, conn =>
            sqlx::query::<Db>(RECHECK_CREDENTIALS).bind(to_ms(now)).execute(conn).await?.rows_affected());
        tx.commit().await?;
        Ok(rows)
    }

    /// When the next account is due, `None` when none ever is.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let ms: Option<i64> =
            on_db!(self, Db, pool => sqlx::query_scalar::<Db, Option<i64>>(NEXT_DUE).fetch_one(pool).await?);
        Ok(ms.map(from_ms))
    }

    /// How many accounts are due.
    pub async fn count_due(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let count: i64 = on_db!(self, Db, pool => sqlx::query_scalar::<Db, i64>(COUNT_DUE).bind(to_ms(now)).fetch_one(pool).await?);
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
