//! The register's lines: new, changed, retired.
//!
//! In: what the office wrote about its accounts. Out: accounts to look at. What the looks learnt is never
//! touched here.

use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, to_json};
use crate::model::account::{AccountId, AccountState, Registered, Status};
use crate::model::moment::{from_ms, to_ms};
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap};

/// What a new line of the register makes of an account's row. What the register says about the account itself
/// (closing, deregistered) shows at once; any other state waits for a look.
macro_rules! renewed {
    ($state:literal) => {
        concat!(
            "state = CASE WHEN ",
            $state,
            " <> 'new' OR account.state IN ('closing', 'deregistered') THEN ",
            $state,
            " ELSE account.state END, retired_at = NULL, profile_due = NULL, etag = NULL, last_modified = NULL"
        )
    };
}

/// Binds the columns that a line of the register says something about.
macro_rules! bind_line {
    ($row:expr, $account:expr) => {
        $row.push_bind($account.key.clone())
            .push_bind($account.name.clone())
            .push_bind($account.platform.as_str())
            .push_bind($account.platform_uid.clone())
            .push_bind($account.level.as_str())
            .push_bind($account.region_code.clone())
            .push_bind($account.owner.clone())
            .push_bind(first_state($account).as_str())
    };
}

/// When and why an account is looked at after its line was written.
struct Renewal<'a> {
    site: &'a (dyn Fn(&Registered) -> String + Sync),
    now: DateTime<Utc>,
    why: &'static str,
}

const LIST_REGISTER: &str = "/* list_register */ SELECT a.id, t.register FROM account AS a JOIN account_text AS t ON t.account_id = a.id \
     WHERE a.retired_at IS NULL ORDER BY a.id";

impl Tx {
    /// Writes new lines of the register; their first look is due at once. `site` tells what shares one pace. A
    /// retired account with the same key goes on where it stopped; one that is watched stays as it is.
    pub async fn add_accounts(
        &mut self,
        added: &[Registered],
        site: &(dyn Fn(&Registered) -> String + Sync),
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        for chunk in added.chunks(CHUNK) {
            let written: Vec<(i64, String)> = on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* add_accounts */ INSERT INTO account (key, name, platform, platform_uid, level, region_code, \
                     owner, state, known_since) ",
                );
                query.push_values(chunk, |mut row, account| {
                    bind_line!(row, account).push_bind(to_ms(now));
                });
                query.push(concat!(
                    " ON CONFLICT (key) DO UPDATE SET name = excluded.name, platform = excluded.platform, \
                     platform_uid = excluded.platform_uid, level = excluded.level, region_code = excluded.region_code, \
                     owner = excluded.owner, ",
                    renewed!("excluded.state"),
                    " WHERE account.retired_at IS NOT NULL RETURNING id, key"
                ));
                query.build_query_as().persistent(chunk.len() == CHUNK).fetch_all(conn).await?
            });
            let renewal = Renewal { site, now, why: "登记后首次查看" };
            self.write_lines(&written, chunk.iter(), renewal).await?;
        }
        Ok(())
    }

    /// Rewrites lines of the register; each is looked at anew, for its sources or rules may have changed. A look
    /// that is under way began with the old line, so it loses its lease.
    pub async fn change_accounts(
        &mut self,
        changed: &[(String, Registered)],
        site: &(dyn Fn(&Registered) -> String + Sync),
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        for chunk in changed.chunks(CHUNK) {
            let written: Vec<(i64, String)> = on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(concat!(
                    "/* change_accounts */ UPDATE account SET key = v.column2, name = v.column3, \
                     platform = v.column4, platform_uid = v.column5, level = v.column6, region_code = v.column7, \
                     owner = v.column8, ",
                    renewed!("v.column9"),
                    " FROM (",
                ));
                query.push_values(chunk, |mut row, (old_key, account)| {
                    row.push_bind(old_key.clone());
                    bind_line!(row, account);
                });
                query.push(") AS v WHERE key = v.column1 RETURNING id, key");
                query.build_query_as().persistent(false).fetch_all(conn).await?
            });
            let renewal = Renewal { site, now, why: "台账变更后复查" };
            self.write_lines(&written, chunk.iter().map(|(_, account)| account), renewal).await?;
        }
        Ok(())
    }

    /// Writes the whole lines of accounts whose rows were written, told by number and key, and when to look at them.
    /// A look that is under way loses its lease.
    async fn write_lines(
        &mut self,
        written: &[(i64, String)],
        accounts: impl Iterator<Item = &Registered>,
        renewal: Renewal<'_>,
    ) -> Result<(), Error> {
        let lines: HashMap<&str, &Registered> =
            accounts.map(|account| (account.key.as_str(), account)).collect();
        let rows: Vec<(i64, &Registered)> =
            written.iter().filter_map(|(id, key)| Some((*id, *lines.get(key.as_str())?))).collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.follow_sources(&rows).await?;
        on_tx!(self, Db, conn => {
            let mut query = QueryBuilder::<Db>::new("/* write_lines */ INSERT INTO account_text (account_id, register) ");
            query.push_values(&rows, |mut row, (id, account)| {
                row.push_bind(*id).push_bind(to_json(*account));
            });
            query.push(" ON CONFLICT (account_id) DO UPDATE SET register = excluded.register");
            query.build().persistent(rows.len() == CHUNK).execute(&mut *conn).await?;
            let mut query = QueryBuilder::<Db>::new("/* write_looks */ INSERT INTO account_look (account_id, site, due_at, due_why) ");
            query.push_values(&rows, |mut row, (id, account)| {
                row.push_bind(*id)
                    .push_bind((renewal.site)(account))
                    .push_bind(first_due(account, renewal.now).map(to_ms))
                    .push_bind(renewal.why);
            });
            query.push(
                " ON CONFLICT (account_id) DO UPDATE SET site = excluded.site, due_at = excluded.due_at, \
                 due_why = excluded.due_why, lease_token = NULL, attempts = 0",
            );
            query.build().persistent(rows.len() == CHUNK).execute(conn).await?;
        });
        Ok(())
    }

    /// Keeps what is remembered of a list with its source, wherever the new line names it. Of a source that is no longer
    /// named nothing is compared with the lists of others: what it covered would make their older posts back-dated.
    async fn follow_sources(&mut self, rows: &[(i64, &Registered)]) -> Result<(), Error> {
        let old: Vec<(i64, i64, String)> = on_tx!(self, Db, conn => {
            let mut query = QueryBuilder::<Db>::new(
                "/* old_lines */ SELECT a.id, a.source_no, t.register FROM account AS a \
                 JOIN account_text AS t ON t.account_id = a.id WHERE a.id IN (",
            );
            let mut list = query.separated(", ");
            for (id, _) in rows {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().persistent(false).fetch_all(conn).await?
        });
        let new: HashMap<i64, &Registered> = rows.iter().copied().collect();
        let mut moved = Vec::new();
        for (id, source_no, text) in old {
            let before: Registered = json("account_text", "register", id, &text)?;
            let Some(new) = new.get(&id) else { continue };
            let place = place_of(&before, source_no, new);
            moved.extend((place != source_no).then_some((id, place)));
        }
        if moved.is_empty() {
            return Ok(());
        }
        on_tx!(self, Db, conn => {
            let mut query = QueryBuilder::<Db>::new("/* follow_sources */ UPDATE account SET source_no = v.column2 FROM (");
            query.push_values(&moved, |mut row, (id, place)| {
                row.push_bind(*id).push_bind(*place);
            });
            query.push(") AS v WHERE id = v.column1");
            query.build().persistent(false).execute(conn).await?;
        });
        Ok(())
    }

    /// Stops watching accounts on purpose; a look that is under way loses its lease. Their history stays.
    pub async fn retire_accounts(&mut self, keys: &[String], now: DateTime<Utc>) -> Result<(), Error> {
        for chunk in keys.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* retire_accounts */ UPDATE account SET retired_at = ");
                query.push_bind(to_ms(now)).push(" WHERE key IN (");
                let mut list = query.separated(", ");
                for key in chunk {
                    list.push_bind(key.clone());
                }
                query.push(") RETURNING id");
                let ids: Vec<i64> = query.build_query_scalar().persistent(false).fetch_all(&mut *conn).await?;
                if ids.is_empty() {
                    continue;
                }
                let mut query = QueryBuilder::<Db>::new(
                    "/* retire_looks */ UPDATE account_look SET due_at = NULL, lease_token = NULL WHERE account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in ids {
                    list.push_bind(id);
                }
                query.push(")");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }
}

/// The place in the new line of the source that answered last; -1 when it is not there.
fn place_of(before: &Registered, source_no: i64, new: &Registered) -> i64 {
    let source = usize::try_from(source_no).ok().and_then(|no| before.sources.get(no));
    let place = source.and_then(|source| new.sources.iter().position(|other| other == source));
    // Of an account that never had a source nothing is remembered that could mislead.
    let none = if before.sources.is_empty() { 0 } else { -1 };
    place.and_then(|place| i64::try_from(place).ok()).unwrap_or(none)
}

/// When a line of the register asks for its first look; `None`: never.
fn first_due(account: &Registered, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match account.status {
        Status::Normal | Status::Closing => Some(now),
        Status::Planned | Status::Deregistered => None,
    }
}

/// The state of an account nobody has looked at.
fn first_state(account: &Registered) -> AccountState {
    match account.status {
        Status::Deregistered => AccountState::Deregistered,
        Status::Closing => AccountState::Closing,
        Status::Normal | Status::Planned => AccountState::New,
    }
}

impl Store {
    /// Every line of the register that is not retired.
    pub async fn list_register(&self) -> Result<Vec<(AccountId, Registered)>, Error> {
        let rows: Vec<(i64, String)> =
            on_db!(self, Db, pool => sqlx::query_as::<Db, _>(LIST_REGISTER).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, text)| Ok((AccountId(id), json("account_text", "register", id, &text)?)))
            .collect()
    }
}

/// An account as the register's keys and names lead to it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub id: AccountId,
    /// Its line of the register.
    pub registered: Registered,
    /// Taken out of the register.
    pub retired: bool,
    /// Latest effective time of a post.
    pub last_update: Option<DateTime<Utc>>,
}

impl Store {
    /// The accounts that have one of these words as their key or name, retired ones included.
    pub async fn find_entries(&self, words: &[String]) -> Result<Vec<Entry>, Error> {
        let mut found: BTreeMap<i64, Entry> = BTreeMap::new();
        for chunk in words.chunks(CHUNK) {
            let rows: Vec<(i64, String, bool, Option<i64>)> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* find_entries */ SELECT a.id, t.register, a.retired_at IS NOT NULL, a.last_update FROM account AS a \
                     JOIN account_text AS t ON t.account_id = a.id WHERE a.key IN (",
                );
                let mut list = query.separated(", ");
                for word in chunk {
                    list.push_bind(word.clone());
                }
                query.push(") OR a.name IN (");
                let mut list = query.separated(", ");
                for word in chunk {
                    list.push_bind(word.clone());
                }
                query.push(")");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            for (id, text, retired, last_update) in rows {
                let registered = json("account_text", "register", id, &text)?;
                let last_update = last_update.map(from_ms);
                found.insert(id, Entry { id: AccountId(id), registered, retired, last_update });
            }
        }
        Ok(found.into_values().collect())
    }
}
