//! The memory; the only place with SQL.
//!
//! In: facts, cases and messages. Out: the same, later, also after a kill at any instant. One SQL text
//! serves SQLite and PostgreSQL; what differs between them stands in this file, `lease.rs`, `upkeep.rs` and
//! the migrations, and nowhere else (a test looks). It never asks the database for the time and never
//! decides anything.

pub mod accounts;
pub mod bridges;
pub mod cases;
pub mod changes;
pub mod dismissals;
pub mod exhibits;
pub mod figures;
pub mod groups;
pub mod hosts;
pub mod incidents;
pub mod lease;
pub mod outbox;
pub mod posts;
pub mod profiles;
pub mod records;
pub mod register;
pub mod sites;
pub mod tasks;
pub mod upkeep;
pub mod visits;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

static SQLITE: Migrator = sqlx::migrate!("src/store/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// Rows in one statement: large enough that the number of statements no longer counts, small enough for the
/// parameter limit of either database at the widest row.
pub(crate) const CHUNK: usize = 200;

/// Our own failure to remember.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused, is busy or out of reach.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value makes no sense: the database was written by something else.
    #[error("{table}.{column} of row {row} holds {value:?}: {reason}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Row.
        row: i64,
        /// What stands there.
        value: String,
        /// Why it makes no sense.
        reason: String,
    },
    /// The address of the store is neither a file nor a PostgreSQL address. Only its beginning is told, for the
    /// rest may hold a password.
    #[error("store address beginning with {0:?}: expected a file path, sqlite:… or postgres://…")]
    Address(String),
}

impl Error {
    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                // PostgreSQL: serialization failure, deadlock, shutting down; SQLite: busy, locked.
                matches!(
                    error.code().as_deref(),
                    Some("40001" | "40P01" | "57P01" | "57P02" | "57P03" | "5" | "6" | "517" | "261")
                )
            }
            Self::Database(error) => {
                matches!(
                    error,
                    sqlx::Error::Io(_)
                        | sqlx::Error::PoolTimedOut
                        | sqlx::Error::PoolClosed
                        | sqlx::Error::WorkerCrashed
                )
            }
            _ => false,
        }
    }
}

/// The memory of one installation.
#[derive(Debug, Clone)]
pub enum Store {
    /// One file, one process.
    Sqlite {
        /// The one connection that writes; a single writer never meets `SQLITE_BUSY` from its own process.
        writer: SqlitePool,
        /// Connections that only read.
        reader: SqlitePool,
    },
    /// Several workers.
    Postgres(PgPool),
}

/// A transaction that writes. Dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one expression against the pool that reads, whichever database it is.
macro_rules! on_db {
    ($store:expr, $db:ident, $pool:ident => $body:expr) => {
        match $store {
            $crate::store::Store::Sqlite { reader: $pool, .. } => {
                type $db = sqlx::Sqlite;
                // Not every statement names the type.
                const _: Option<$db> = None;
                $body
            }
            $crate::store::Store::Postgres($pool) => {
                type $db = sqlx::Postgres;
                // Not every statement names the type.
                const _: Option<$db> = None;
                $body
            }
        }
    };
}

/// Runs one expression inside a transaction, whichever database it is.
macro_rules! on_tx {
    ($tx:expr, $db:ident, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                type $db = sqlx::Sqlite;
                // Not every statement names the type.
                const _: Option<$db> = None;
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                type $db = sqlx::Postgres;
                // Not every statement names the type.
                const _: Option<$db> = None;
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use {on_db, on_tx};

impl Store {
    /// Opens the store and brings its schema up to date. A SQLite file is created when it is not there.
    ///
    /// `address` is a file path, `sqlite:PATH`, `sqlite://PATH`, or `postgres://…`; `worker` names this process in the
    /// server's own views.
    pub async fn open(address: &str, worker: &str) -> Result<Self, Error> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(address)?
                .application_name(worker)
                .options([("statement_timeout", "60s"), ("idle_in_transaction_session_timeout", "60s")]);
            let pool = PgPoolOptions::new()
                .max_connections(8)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await?;
            POSTGRES.run(&pool).await?;
            return Ok(Self::Postgres(pool));
        }
        let path =
            address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:")).unwrap_or(address);
        if path.contains("://") || path.is_empty() {
            let scheme = address.split_once("://").map_or(address, |(scheme, _)| scheme);
            return Err(Error::Address(scheme.to_owned()));
        }
        let options = SqliteConnectOptions::new()
            .filename(PathBuf::from(path))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            // A post is about half a common page long, which would leave the other half of it empty.
            .page_size(8192)
            .pragma("cache_size", "-32768")
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", "4000")
            // A lease's rows fit, so that the thread of the database need not wait for ours.
            .row_buffer_size(1024);
        // A connection to a file does not go away by itself: asking before each use would wake its thread for nothing.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let writer = pool().max_connections(1).connect_with(options.clone()).await?;
        SQLITE.run(&writer).await?;
        let options = options.read_only(true).create_if_missing(false).pragma("cache_size", "-8192");
        let reader = pool().max_connections(4).connect_with(options).await?;
        Ok(Self::Sqlite { writer, reader })
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): a
    /// deferred one that reads first and writes later would fail when somebody else wrote in between.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), Error> {
        on_db!(self, Db, pool => sqlx::query("/* ping */ SELECT 1").execute(pool).await?.rows_affected());
        Ok(())
    }

    /// Closes all connections; what was committed stays.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything written in this transaction lasting.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Reads a word of a closed set from a column.
pub(crate) fn word<T>(table: &'static str, column: &'static str, row: i64, value: &str) -> Result<T, Error>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    value.parse().map_err(|error: T::Err| Error::Inconsistent {
        table,
        column,
        row,
        value: value.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads a JSON column.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    row: i64,
    value: &str,
) -> Result<T, Error> {
    serde_json::from_str(value).map_err(|error| Error::Inconsistent {
        table,
        column,
        row,
        value: value.chars().take(200).collect(),
        reason: error.to_string(),
    })
}

/// Text from outside as a column can hold it: PostgreSQL refuses a NUL, and with it the whole batch.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// Writes a JSON column. The types written here have string keys and no failing `Serialize`.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::model::account::AccountState;
    use crate::model::finding::Level;
    use crate::model::incident::State;
    use crate::model::post::Origin;
    use crate::model::profile::Fact;
    use crate::model::record::RecordKind;

    /// What a look found cannot be written while the schema does not know its word.
    #[test]
    fn every_word_that_is_stored_is_one_the_schema_knows() {
        let schemas = [
            [
                include_str!("migrations/sqlite/0001_register_to_receipt.sql"),
                include_str!("migrations/sqlite/0005_profile.sql"),
                include_str!("migrations/sqlite/0007_record.sql"),
            ],
            [
                include_str!("migrations/postgres/0001_register_to_receipt.sql"),
                include_str!("migrations/postgres/0005_profile.sql"),
                include_str!("migrations/postgres/0007_record.sql"),
            ],
        ];
        let lists: [(&str, Vec<&str>); 6] = [
            ("state", AccountState::ALL.iter().map(|word| word.as_str()).collect()),
            ("origin", Origin::ALL.iter().map(|word| word.as_str()).collect()),
            ("level", Level::ALL.iter().map(|word| word.as_str()).collect()),
            ("state", State::ALL.iter().map(|word| word.as_str()).collect()),
            ("kind", RecordKind::ALL.iter().map(|word| word.as_str()).collect()),
            ("fact", Fact::ALL.iter().map(|word| word.as_str()).collect()),
        ];
        for schema in schemas {
            let text = schema.concat();
            for (column, words) in &lists {
                let check = format!("CHECK ({column} IN ('{}'))", words.join("','"));
                assert!(text.contains(&check), "no {check}");
            }
        }
    }
}
