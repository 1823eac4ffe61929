//! What became of posts after they were first seen: edits with what stood there before, and withdrawals.

use super::posts::fingerprint;
use super::{CHUNK, Error, Store, Tx, on_db, on_tx, storable};
use crate::model::account::AccountId;
use crate::model::moment::{from_ms, to_ms};
use crate::model::post::{Post, PostKey};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

/// A post that changed after it was first seen.
#[derive(Debug, Clone)]
pub struct Edited {
    /// Whose it is.
    pub account: AccountId,
    /// The post as it is now.
    pub post: Post,
    /// When we saw the change.
    pub at: DateTime<Utc>,
}

/// A post that left its list although older ones still stand there, or that is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whose it is.
    pub account: AccountId,
    /// Which post.
    pub key: PostKey,
    /// Since when it is gone; none when it is back.
    pub since: Option<DateTime<Utc>>,
}

/// Something that became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What the post is called now.
    pub title: String,
    /// Its address.
    pub url: String,
    /// When it was seen.
    pub at: DateTime<Utc>,
    /// Title and text as they were before; none when the post was withdrawn.
    pub before: Option<(String, String)>,
}

#[derive(FromRow)]
struct ChangeRow {
    title: String,
    url: String,
    at: i64,
    was_title: Option<String>,
    was_text: Option<String>,
}

const LIST_CHANGES: &str = "/* list_changes */ \
     SELECT p.title, p.url, v.replaced_at AS at, v.title AS was_title, v.text AS was_text \
     FROM post_version AS v JOIN post AS p ON p.account_id = v.account_id AND p.key = v.key \
     WHERE v.account_id = $1 AND v.replaced_at <= $2 \
     UNION ALL SELECT title, url, withdrawn_at, NULL, NULL FROM post WHERE account_id = $1 AND withdrawn_at <= $2 \
     ORDER BY 3 DESC LIMIT $3";

impl Tx {
    /// Writes what edited posts say now and keeps what they said before; when they were published and first seen
    /// stays. A post that says what it said is left alone.
    pub async fn edit_posts(&mut self, edits: &[&Edited]) -> Result<(), Error> {
        for chunk in edits.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* keep_versions */ INSERT INTO post_version (account_id, key, replaced_at, title, text) \
                     SELECT p.account_id, p.key, v.column4, p.title, p.text FROM (",
                );
                query.push_values(chunk, |mut row, edited| {
                    row.push_bind(edited.account.0)
                        .push_bind(edited.post.key.0)
                        .push_bind(fingerprint(&edited.post))
                        .push_bind(to_ms(edited.at));
                });
                query.push(
                    ") AS v JOIN post AS p ON p.account_id = v.column1 AND p.key = v.column2 \
                     WHERE p.fingerprint <> v.column3 ON CONFLICT DO NOTHING",
                );
                query.build().persistent(chunk.len() == CHUNK).execute(&mut *conn).await?;
                let mut query = QueryBuilder::<Db>::new(
                    "/* edit_posts */ UPDATE post SET title = v.column3, text = v.column4, fingerprint = v.column5, edited_at = v.column6 FROM (",
                );
                query.push_values(chunk, |mut row, edited| {
                    row.push_bind(edited.account.0)
                        .push_bind(edited.post.key.0)
                        .push_bind(storable(&edited.post.title))
                        .push_bind(storable(&edited.post.text))
                        .push_bind(fingerprint(&edited.post))
                        .push_bind(to_ms(edited.at));
                });
                query.push(") AS v WHERE account_id = v.column1 AND key = v.column2 AND fingerprint <> v.column5");
                query.build().persistent(chunk.len() == CHUNK).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Notes which posts are gone and which are back; what was noted already stays.
    pub async fn note_withdrawn(&mut self, posts: &[&Withdrawn]) -> Result<(), Error> {
        for chunk in posts.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* note_withdrawn */ UPDATE post SET withdrawn_at = v.column3 FROM (",
                );
                query.push_values(chunk, |mut row, post| {
                    row.push_bind(post.account.0)
                        .push_bind(post.key.0)
                        .push_bind(post.since.map(to_ms));
                });
                query.push(
                    ") AS v WHERE account_id = v.column1 AND key = v.column2 \
                     AND (withdrawn_at IS NULL) <> (v.column3 IS NULL)",
                );
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// What became of the posts of an account up to an instant, the latest first.
    pub async fn list_changes(
        &self,
        account: AccountId,
        seen_by: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Changed>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<ChangeRow> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, ChangeRow>(LIST_CHANGES).bind(account.0).bind(to_ms(seen_by)).bind(limit).fetch_all(pool).await?);
        let changed = rows.into_iter().map(|row| Changed {
            title: row.title,
            url: row.url,
            at: from_ms(row.at),
            before: row.was_title.zip(row.was_text),
        });
        Ok(changed.collect())
    }
}
