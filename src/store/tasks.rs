//! Required reposts and who has carried them.

use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, storable, to_json};
use crate::model::account::{AccountId, Registered};
use crate::model::moment::{from_ms, to_ms};
use crate::model::post::PostKey;
use crate::model::task::{Carried, Task, TaskId};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

#[derive(FromRow)]
struct TaskRow {
    id: i64,
    title: String,
    url: String,
    source: String,
    starts_at: i64,
    deadline: i64,
    scope: String,
    closed_at: Option<i64>,
}

#[derive(FromRow)]
struct CarriedRow {
    task_id: i64,
    account_id: i64,
    post: i64,
    at: i64,
    title: String,
    url: String,
    altered: String,
}

/// An account that a task may concern, with what is known of how far it was seen.
#[derive(Debug, Clone)]
pub struct Concerned {
    /// Its number.
    pub id: AccountId,
    /// Its line of the register.
    pub registered: Registered,
    /// When it was last seen well.
    pub good_look: Option<DateTime<Utc>>,
    /// How far back its list reached then.
    pub covers_since: Option<DateTime<Utc>>,
}

const ADD_TASK: &str = "/* add_task */ INSERT INTO task (title, url, source, starts_at, deadline, scope) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
const CLOSE_TASK: &str =
    "/* close_task */ UPDATE task SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL RETURNING id";
const LIST_TASKS: &str = "/* list_tasks */ SELECT id, title, url, source, starts_at, deadline, scope, closed_at FROM task ORDER BY id";
const CARRIED_BY: &str = "/* carried_by */ SELECT task_id, account_id, post, at, title, url, altered FROM task_carried \
     WHERE task_id = $1 ORDER BY account_id";
const CONCERNED: &str = "/* concerned */ SELECT a.id, t.register, l.good_look, a.covers_since FROM account AS a \
     JOIN account_text AS t ON t.account_id = a.id JOIN account_look AS l ON l.account_id = a.id \
     WHERE a.retired_at IS NULL ORDER BY a.key";

impl Tx {
    /// Sets a task; its number is given by the store.
    pub async fn add_task(&mut self, task: &Task) -> Result<TaskId, Error> {
        let id: i64 = on_tx!(self, Db, conn =>
            sqlx::query_scalar::<Db, i64>(ADD_TASK)
                .bind(storable(&task.title))
                .bind(storable(&task.url))
                .bind(storable(&task.source))
                .bind(to_ms(task.from))
                .bind(to_ms(task.deadline))
                .bind(to_json(&task.scope))
                .fetch_one(conn).await?);
        Ok(TaskId(id))
    }

    /// Ends a task. False when there is none of that number that runs.
    pub async fn close_task(&mut self, id: TaskId, at: DateTime<Utc>) -> Result<bool, Error> {
        let closed: Option<i64> = on_tx!(self, Db, conn =>
            sqlx::query_scalar::<Db, i64>(CLOSE_TASK).bind(id.0).bind(to_ms(at)).fetch_optional(conn).await?);
        Ok(closed.is_some())
    }

    /// Notes posts that carry tasks. The first stands, unless its title was altered and the new one's is not.
    pub async fn note_carried(&mut self, carried: &[(AccountId, &Carried)]) -> Result<(), Error> {
        for chunk in carried.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* note_carried */ INSERT INTO task_carried (task_id, account_id, post, at, title, url, altered) ",
                );
                query.push_values(chunk, |mut row, (account, it)| {
                    row.push_bind(it.task.0)
                        .push_bind(account.0)
                        .push_bind(it.post.0)
                        .push_bind(to_ms(it.at))
                        .push_bind(storable(&it.title))
                        .push_bind(storable(&it.url))
                        .push_bind(storable(&it.altered));
                });
                query.push(
                    " ON CONFLICT (account_id, task_id) DO UPDATE SET post = excluded.post, at = excluded.at, \
                     title = excluded.title, url = excluded.url, altered = excluded.altered \
                     WHERE task_carried.altered <> '' AND excluded.altered = ''",
                );
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// All tasks, in the order of their numbers.
    pub async fn list_tasks(&self) -> Result<Vec<Task>, Error> {
        let rows: Vec<TaskRow> =
            on_db!(self, Db, pool => sqlx::query_as::<Db, TaskRow>(LIST_TASKS).fetch_all(pool).await?);
        rows.into_iter().map(Task::try_from).collect()
    }

    /// Who has carried a task.
    pub async fn carried_by(&self, task: TaskId) -> Result<Vec<(AccountId, Carried)>, Error> {
        let rows: Vec<CarriedRow> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, CarriedRow>(CARRIED_BY).bind(task.0).fetch_all(pool).await?);
        Ok(rows.into_iter().map(CarriedRow::told).collect())
    }

    /// What these accounts have carried of all tasks. One statement for a whole batch of looks.
    pub async fn carried_of(&self, accounts: &[AccountId]) -> Result<Vec<(AccountId, Carried)>, Error> {
        let mut carried = Vec::new();
        for chunk in accounts.chunks(1000) {
            let rows: Vec<CarriedRow> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* carried_of */ SELECT task_id, account_id, post, at, title, url, altered FROM task_carried WHERE account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            carried.extend(rows.into_iter().map(CarriedRow::told));
        }
        Ok(carried)
    }

    /// Every account in the register, with how far it was seen.
    pub async fn list_concerned(&self) -> Result<Vec<Concerned>, Error> {
        let rows: Vec<(i64, String, Option<i64>, Option<i64>)> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, (i64, String, Option<i64>, Option<i64>)>(CONCERNED).fetch_all(pool).await?);
        let concerned = rows.into_iter().map(|(id, register, good_look, covers_since)| {
            Ok(Concerned {
                id: AccountId(id),
                registered: json("account_text", "register", id, &register)?,
                good_look: good_look.map(from_ms),
                covers_since: covers_since.map(from_ms),
            })
        });
        concerned.collect()
    }
}

impl CarriedRow {
    fn told(self) -> (AccountId, Carried) {
        let carried = Carried {
            task: TaskId(self.task_id),
            post: PostKey(self.post),
            at: from_ms(self.at),
            title: self.title,
            url: self.url,
            altered: self.altered,
        };
        (AccountId(self.account_id), carried)
    }
}

impl TryFrom<TaskRow> for Task {
    type Error = Error;

    fn try_from(row: TaskRow) -> Result<Self, Error> {
        Ok(Self {
            id: TaskId(row.id),
            title: row.title,
            url: row.url,
            source: row.source,
            from: from_ms(row.starts_at),
            deadline: from_ms(row.deadline),
            scope: json("task", "scope", row.id, &row.scope)?,
            closed_at: row.closed_at.map(from_ms),
        })
    }
}
