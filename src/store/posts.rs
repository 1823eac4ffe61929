//! Posts, as first seen.

use super::{CHUNK, Error, Store, Tx, on_db, on_tx, storable, word};
use crate::model::account::AccountId;
use crate::model::moment::{ZONE, from_ms, to_ms};
use crate::model::post::{Post, PostKey, Published};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::{FromRow, QueryBuilder};
use std::collections::HashSet;

/// A post together with what its first sighting tells.
#[derive(Debug, Clone)]
pub struct Sighted {
    /// Whose it is.
    pub account: AccountId,
    /// The post.
    pub post: Post,
    /// When we first saw it.
    pub first_seen: DateTime<Utc>,
    /// The latest instant the evidence allows.
    pub effective_at: DateTime<Utc>,
}

/// A post as another account told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Whose it is.
    pub account: AccountId,
    /// Which post.
    pub key: PostKey,
    /// The name of the account.
    pub name: String,
    /// The body behind the account.
    pub owner: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its text.
    pub text: String,
    /// The time it carries.
    pub published: Option<Published>,
    /// Whom it names as its source, if it is a repost.
    pub source: Option<String>,
}

#[derive(FromRow)]
struct TellingRow {
    account_id: i64,
    key: i64,
    name: String,
    owner: String,
    title: String,
    url: String,
    text: String,
    published: Option<i64>,
    bare: bool,
    source: Option<String>,
}

#[derive(FromRow)]
struct PostRow {
    account_id: i64,
    key: i64,
    first_seen: i64,
    published: Option<i64>,
    bare: bool,
    effective_at: i64,
    origin: String,
    source: Option<String>,
    title: String,
    url: String,
    text: String,
}

const LIST_POSTS: &str = "/* list_posts */ SELECT account_id, key, first_seen, published, bare, effective_at, origin, source, title, url, text \
     FROM post WHERE account_id = $1 AND first_seen <= $2 ORDER BY effective_at DESC LIMIT $3";

const RECENT_TEXTS: &str = "/* recent_texts */ SELECT account_id, key, text FROM post WHERE first_seen > $1 ORDER BY first_seen DESC LIMIT $2";

/// Instant and bareness of a printed time, as two columns.
fn columns(published: Option<Published>) -> (Option<i64>, bool) {
    (published.map(|stamp| to_ms(stamp.shown())), matches!(published, Some(Published::On(_))))
}

/// Of title and text; the address may change with every look (session parameters) and says nothing.
pub(super) fn fingerprint(post: &Post) -> i64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(post.title.as_bytes());
    hasher.update(&[0]);
    hasher.update(post.text.as_bytes());
    hasher.digest().cast_signed()
}

impl Tx {
    /// Writes posts never seen before. One that is there already stays as it was first seen.
    pub async fn insert_posts(&mut self, posts: &[&Sighted]) -> Result<(), Error> {
        for chunk in posts.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* insert_posts */ INSERT INTO post (account_id, key, first_seen, published, bare, effective_at, origin, source, \
                     title, url, text, fingerprint) ",
                );
                query.push_values(chunk, |mut row, sighted| {
                    let (published, bare) = columns(sighted.post.published);
                    row.push_bind(sighted.account.0)
                        .push_bind(sighted.post.key.0)
                        .push_bind(to_ms(sighted.first_seen))
                        .push_bind(published)
                        .push_bind(bare)
                        .push_bind(to_ms(sighted.effective_at))
                        .push_bind(sighted.post.origin.as_str())
                        .push_bind(sighted.post.source.as_deref().map(storable))
                        .push_bind(storable(&sighted.post.title))
                        .push_bind(storable(&sighted.post.url))
                        .push_bind(storable(&sighted.post.text))
                        .push_bind(fingerprint(&sighted.post));
                });
                query.push(" ON CONFLICT (account_id, key) DO NOTHING");
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// Which of these posts are known already, by their keys. One statement for a whole batch of visits.
    pub async fn known_posts(
        &self,
        wanted: &[(AccountId, PostKey)],
    ) -> Result<HashSet<(AccountId, PostKey)>, Error> {
        let mut known = HashSet::new();
        for chunk in wanted.chunks(2000) {
            let rows: Vec<(i64, i64)> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new("/* known_posts */ SELECT p.account_id, p.key FROM (");
                query.push_values(chunk, |mut row, (account, key)| {
                    row.push_bind(account.0).push_bind(key.0);
                });
                // A join and not a row in a list: SQLite would read the whole index for the latter.
                query.push(") AS w JOIN post AS p ON p.account_id = w.column1 AND p.key = w.column2");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            known.extend(rows.into_iter().map(|(account, key)| (AccountId(account), PostKey(key))));
        }
        Ok(known)
    }

    /// The titles of known posts printed with these times: a post that comes back under another address is the
    /// same post. One statement for a whole batch of visits.
    pub async fn known_titles(
        &self,
        wanted: &[(AccountId, Published)],
    ) -> Result<HashSet<(AccountId, i64, String)>, Error> {
        let mut known = HashSet::new();
        for chunk in wanted.chunks(1000) {
            let rows: Vec<(i64, i64, String)> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new("/* known_titles */ SELECT p.account_id, p.published, p.title FROM (");
                query.push_values(chunk, |mut row, (account, published)| {
                    row.push_bind(account.0).push_bind(to_ms(published.shown()));
                });
                query.push(") AS w JOIN post AS p ON p.account_id = w.column1 AND p.published = w.column2");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            known.extend(
                rows.into_iter().map(|(account, published, title)| (AccountId(account), published, title)),
            );
        }
        Ok(known)
    }

    /// The accounts, all different, that have a known post printed within their span of time: from the first instant to
    /// before the second.
    pub async fn posts_between(
        &self,
        wanted: &[(AccountId, DateTime<Utc>, DateTime<Utc>)],
    ) -> Result<HashSet<AccountId>, Error> {
        let mut known = HashSet::new();
        for chunk in wanted.chunks(1000) {
            let rows: Vec<i64> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new("/* posts_between */ SELECT DISTINCT p.account_id FROM (");
                query.push_values(chunk, |mut row, (account, from, to)| {
                    row.push_bind(account.0).push_bind(to_ms(*from)).push_bind(to_ms(*to));
                });
                query.push(
                    ") AS w JOIN post AS p ON p.account_id = w.column1 AND p.published >= w.column2 AND p.published < w.column3",
                );
                query.build_query_scalar().persistent(false).fetch_all(pool).await?
            });
            known.extend(rows.into_iter().map(AccountId));
        }
        Ok(known)
    }

    /// The newest posts of an account that had been seen by an instant.
    pub async fn list_posts(
        &self,
        account: AccountId,
        seen_by: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Sighted>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<PostRow> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, PostRow>(LIST_POSTS).bind(account.0).bind(to_ms(seen_by)).bind(limit).fetch_all(pool).await?);
        rows.into_iter().map(Sighted::try_from).collect()
    }
}

impl Store {
    /// The texts of the posts first seen after an instant, at most so many, the newest first, each handed out as it
    /// comes.
    pub async fn recent_texts(
        &self,
        since: DateTime<Utc>,
        limit: usize,
        mut take: impl FnMut(AccountId, PostKey, &str),
    ) -> Result<(), Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        on_db!(self, Db, pool => {
            let mut rows = sqlx::query_as::<Db, (i64, i64, String)>(RECENT_TEXTS).bind(to_ms(since)).bind(limit).fetch(pool);
            while let Some((account, key, text)) = rows.try_next().await? {
                take(AccountId(account), PostKey(key), &text);
            }
        });
        Ok(())
    }

    /// These posts as their accounts told them. One statement for a whole batch of looks.
    pub async fn tellings(&self, wanted: &[(AccountId, PostKey)]) -> Result<Vec<Telling>, Error> {
        let mut told = Vec::new();
        for chunk in wanted.chunks(1000) {
            let rows: Vec<TellingRow> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* tellings */ SELECT p.account_id, p.key, a.name, a.owner, p.title, p.url, p.text, p.published, p.bare, p.source FROM (",
                );
                query.push_values(chunk, |mut row, (account, key)| {
                    row.push_bind(account.0).push_bind(key.0);
                });
                query.push(
                    ") AS w JOIN post AS p ON p.account_id = w.column1 AND p.key = w.column2 JOIN account AS a ON a.id = p.account_id",
                );
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            told.extend(rows.into_iter().map(Telling::from));
        }
        Ok(told)
    }
}

/// The time a row tells.
fn printed(published: Option<i64>, bare: bool) -> Option<Published> {
    published
        .map(from_ms)
        .map(|at| if bare { Published::On(at.with_timezone(&ZONE).date_naive()) } else { Published::At(at) })
}

impl From<TellingRow> for Telling {
    fn from(row: TellingRow) -> Self {
        Self {
            account: AccountId(row.account_id),
            key: PostKey(row.key),
            name: row.name,
            owner: row.owner,
            title: row.title,
            url: row.url,
            text: row.text,
            published: printed(row.published, row.bare),
            source: row.source,
        }
    }
}

impl TryFrom<PostRow> for Sighted {
    type Error = Error;

    fn try_from(row: PostRow) -> Result<Self, Error> {
        let published = printed(row.published, row.bare);
        let post = Post {
            key: PostKey(row.key),
            url: row.url,
            title: row.title,
            text: row.text,
            published,
            origin: word("post", "origin", row.key, &row.origin)?,
            source: row.source,
            pinned: false,
            links: Vec::new(),
        };
        Ok(Self {
            account: AccountId(row.account_id),
            post,
            first_seen: from_ms(row.first_seen),
            effective_at: from_ms(row.effective_at),
        })
    }
}
