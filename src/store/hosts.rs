//! Hosts that posts link to.

use super::lease::Token;
use super::{CHUNK, Error, Store, Tx, on_db, on_tx, storable, word};
use crate::model::account::AccountId;
use crate::model::finding::LastPost;
use crate::model::host::{Host, HostLink, Standing, Suspect};
use crate::model::moment::{from_ms, to_ms};
use crate::model::post::PostKey;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};
use std::collections::BTreeMap;

/// The longest address kept of a link, in characters.
const LONGEST: usize = 1_000;

const ANY_TOLD: &str = "/* any_told */ SELECT EXISTS (SELECT 1 FROM host WHERE told)";

const ALIVE_HOST: &str =
    "/* alive_host */ SELECT root FROM host WHERE state = 'alive' ORDER BY due_at DESC LIMIT 1";

#[derive(FromRow)]
struct HostRow {
    id: i64,
    name: String,
    root: String,
    state: String,
    silent_since: Option<i64>,
    silent_looks: i64,
    why: String,
}

#[derive(FromRow)]
struct SuspectRow {
    account_id: i64,
    post: i64,
    href: String,
    words: String,
    #[sqlx(flatten)]
    host: HostRow,
    title: String,
    url: String,
    effective_at: i64,
    stands: bool,
}

/// What became known of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// Its number.
    pub id: i64,
    /// What is known.
    pub standing: Standing,
    /// When to look again.
    pub due_at: DateTime<Utc>,
}

impl Tx {
    /// Takes the links of edited posts for gone, until they are noted again.
    pub async fn drop_links(&mut self, posts: &[(AccountId, PostKey)]) -> Result<(), Error> {
        for chunk in posts.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* drop_links */ UPDATE host_link SET gone = TRUE FROM (");
                query.push_values(chunk, |mut row, (account, key)| {
                    row.push_bind(account.0).push_bind(key.0);
                });
                query.push(") AS v WHERE account_id = v.column1 AND post = v.column2");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Notes where posts link to; a host never seen before is looked at soon.
    pub async fn note_links(&mut self, links: &[HostLink], now: DateTime<Utc>) -> Result<(), Error> {
        for chunk in links.chunks(CHUNK) {
            // In one order, lest two workers wait for each other.
            let hosts: BTreeMap<&str, &str> =
                chunk.iter().map(|link| (link.host.as_str(), link.root.as_str())).collect();
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* note_hosts */ INSERT INTO host (name, root, due_at) ");
                query.push_values(&hosts, |mut row, (name, root)| {
                    row.push_bind((*name).to_owned()).push_bind((*root).to_owned()).push_bind(to_ms(now));
                });
                query.push(" ON CONFLICT (name) DO NOTHING");
                query.build().persistent(false).execute(&mut *conn).await?;
                let mut query = QueryBuilder::<Db>::new(
                    "/* note_links */ INSERT INTO host_link (account_id, post, host_id, href, words) \
                     SELECT v.column1, v.column2, h.id, v.column4, v.column5 FROM (",
                );
                query.push_values(chunk, |mut row, link| {
                    row.push_bind(link.account.0)
                        .push_bind(link.post.0)
                        .push_bind(link.host.clone())
                        .push_bind(storable(&link.href).chars().take(LONGEST).collect::<String>())
                        .push_bind(storable(&link.words));
                });
                query.push(") AS v JOIN host AS h ON h.name = v.column3 WHERE h.id > 0 \
                     ON CONFLICT (account_id, post, host_id) DO UPDATE SET href = excluded.href, words = excluded.words, gone = FALSE");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Writes what became known of hosts, as far as their lease still holds.
    pub async fn settle_hosts(&mut self, learnt: &[Learnt], token: Token) -> Result<(), Error> {
        for chunk in learnt.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* settle_hosts */ UPDATE host SET state = v.column2, silent_since = v.column3, silent_looks = v.column4, \
                     why = v.column5, told = host.told OR v.column6, due_at = v.column7, lease_token = NULL, attempts = 0 FROM (",
                );
                query.push_values(chunk, |mut row, it| {
                    row.push_bind(it.id)
                        .push_bind(it.standing.state.as_str())
                        .push_bind(it.standing.silent_since.map(to_ms))
                        .push_bind(i64::from(it.standing.silent_looks))
                        .push_bind(storable(&it.standing.why))
                        .push_bind(it.standing.state.is_bad())
                        .push_bind(to_ms(it.due_at));
                });
                query.push(") AS v WHERE host.id = v.column1 AND host.lease_token = ");
                query.push_bind(token.0);
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// These hosts.
    pub async fn hosts(&self, ids: &[i64]) -> Result<Vec<Host>, Error> {
        let rows: Vec<HostRow> = on_db!(self, Db, pool => {
            let mut query = QueryBuilder::<Db>::new(
                "/* hosts */ SELECT id, name, root, state, silent_since, silent_looks, why FROM host WHERE id IN (",
            );
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(") ORDER BY id");
            query.build_query_as().persistent(false).fetch_all(pool).await?
        });
        rows.into_iter().map(Host::try_from).collect()
    }

    /// The first page of the host that answered last.
    pub async fn alive_host(&self) -> Result<Option<String>, Error> {
        Ok(on_db!(self, Db, pool => sqlx::query_scalar::<Db, String>(ALIVE_HOST).fetch_optional(pool).await?))
    }

    /// The links of these accounts to hosts that are dead or taken, or were. One statement for a whole batch of looks, and
    /// mostly none but a glance whether there is such a host at all.
    pub async fn suspect_links(&self, accounts: &[AccountId]) -> Result<Vec<Suspect>, Error> {
        let any: bool =
            on_db!(self, Db, pool => sqlx::query_scalar::<Db, bool>(ANY_TOLD).fetch_one(pool).await?);
        let mut suspects = Vec::new();
        for chunk in accounts.chunks(1000).take_while(|_| any) {
            let rows: Vec<SuspectRow> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* suspect_links */ SELECT l.account_id, l.post, l.href, l.words, h.id, h.name, h.root, h.state, h.silent_since, \
                     h.silent_looks, h.why, p.title, p.url, p.effective_at, p.withdrawn_at IS NULL AND NOT l.gone AS stands \
                     FROM host AS h JOIN host_link AS l ON l.host_id = h.id \
                     JOIN post AS p ON p.account_id = l.account_id AND p.key = l.post WHERE h.told AND l.account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(") ORDER BY l.account_id, h.name, l.post");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            suspects.extend(rows.into_iter().map(Suspect::try_from));
        }
        suspects.into_iter().collect()
    }
}

impl TryFrom<HostRow> for Host {
    type Error = Error;

    fn try_from(row: HostRow) -> Result<Self, Error> {
        let standing = Standing {
            state: word("host", "state", row.id, &row.state)?,
            silent_since: row.silent_since.map(from_ms),
            silent_looks: u32::try_from(row.silent_looks).unwrap_or(u32::MAX),
            why: row.why,
        };
        Ok(Self { id: row.id, name: row.name, root: row.root, standing })
    }
}

impl TryFrom<SuspectRow> for Suspect {
    type Error = Error;

    fn try_from(row: SuspectRow) -> Result<Self, Error> {
        let host = Host::try_from(row.host)?;
        let link = HostLink {
            account: AccountId(row.account_id),
            post: PostKey(row.post),
            host: host.name,
            root: host.root,
            href: row.href,
            words: row.words,
        };
        let post = LastPost { title: row.title, url: row.url, at: from_ms(row.effective_at) };
        Ok(Self { link, standing: host.standing, post, stands: row.stands })
    }
}
