//! What accounts say about themselves, over time.

use super::{CHUNK, Error, Store, Tx, on_db, on_tx, storable, word};
use crate::model::account::AccountId;
use crate::model::followers::Followers;
use crate::model::moment::{from_ms, to_ms};
use crate::model::profile::{Memory, Noted, Seen};
use sqlx::{FromRow, QueryBuilder};
use std::collections::HashMap;

/// What a look adds to the memory of a profile.
#[derive(Debug, Clone)]
pub struct Notes {
    /// Whose profile it is.
    pub account: AccountId,
    /// What to compare the next look with.
    pub noted: Noted,
    /// Values that are new or were seen again.
    pub facts: Vec<Seen>,
    /// The followers, if they have one more count.
    pub followers: Option<Followers>,
}

#[derive(FromRow)]
struct FactRow {
    account_id: i64,
    fact: String,
    value: String,
    first_seen: i64,
    since: i64,
    last_seen: i64,
    lasted: bool,
}

impl Tx {
    /// Writes what looks add to the memory of profiles.
    pub async fn note_profiles(&mut self, notes: &[&Notes]) -> Result<(), Error> {
        for chunk in notes.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* mark_profiles */ UPDATE account SET profile_hash = v.column2, profile_due = v.column3, profile_avatar = v.column4 FROM (",
                );
                query.push_values(chunk, |mut row, note| {
                    row.push_bind(note.account.0).push_bind(note.noted.hash).push_bind(note.noted.due.map(to_ms)).push_bind(note.noted.avatar);
                });
                query.push(") AS v WHERE id = v.column1");
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        let facts = notes.iter().flat_map(|note| note.facts.iter().map(|seen| (note.account, seen)));
        for chunk in facts.collect::<Vec<_>>().chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* note_facts */ INSERT INTO profile_fact (account_id, fact, value, first_seen, since, last_seen, lasted) ",
                );
                query.push_values(chunk, |mut row, (account, seen)| {
                    row.push_bind(account.0)
                        .push_bind(seen.fact.as_str())
                        .push_bind(storable(&seen.value))
                        .push_bind(to_ms(seen.first_seen))
                        .push_bind(to_ms(seen.since))
                        .push_bind(to_ms(seen.last_seen))
                        .push_bind(seen.lasted);
                });
                query.push(
                    " ON CONFLICT (account_id, fact, value) DO UPDATE SET since = excluded.since, last_seen = excluded.last_seen, \
                     lasted = excluded.lasted",
                );
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        let counted = notes.iter().filter_map(|note| Some((note.account, note.followers.as_ref()?)));
        for chunk in counted.collect::<Vec<_>>().chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* note_followers */ INSERT INTO profile_followers (account_id, series) ");
                query.push_values(chunk, |mut row, (account, followers)| {
                    row.push_bind(account.0).push_bind(followers.to_bytes());
                });
                query.push(" ON CONFLICT (account_id) DO UPDATE SET series = excluded.series");
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// What is remembered of these accounts' profiles; who has none is absent. Two statements for a whole batch.
    pub async fn profiles(&self, accounts: &[AccountId]) -> Result<HashMap<AccountId, Memory>, Error> {
        let mut memories: HashMap<AccountId, Memory> = HashMap::new();
        for chunk in accounts.chunks(1000) {
            let (facts, followers): (Vec<FactRow>, Vec<(i64, Vec<u8>)>) = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* profile_facts */ SELECT account_id, fact, value, first_seen, since, last_seen, lasted FROM profile_fact WHERE account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                let facts = query.build_query_as().persistent(false).fetch_all(pool).await?;
                let mut query = QueryBuilder::<Db>::new(
                    "/* profile_followers */ SELECT account_id, series FROM profile_followers WHERE account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                (facts, query.build_query_as().persistent(false).fetch_all(pool).await?)
            });
            for row in facts {
                let account = AccountId(row.account_id);
                memories.entry(account).or_default().facts.push(Seen::try_from(row)?);
            }
            for (id, series) in followers {
                memories.entry(AccountId(id)).or_default().followers = Followers::from_bytes(&series);
            }
        }
        Ok(memories)
    }
}

impl TryFrom<FactRow> for Seen {
    type Error = Error;

    fn try_from(row: FactRow) -> Result<Self, Error> {
        Ok(Self {
            fact: word("profile_fact", "fact", row.account_id, &row.fact)?,
            value: row.value,
            first_seen: from_ms(row.first_seen),
            since: from_ms(row.since),
            last_seen: from_ms(row.last_seen),
            lasted: row.lasted,
        })
    }
}
