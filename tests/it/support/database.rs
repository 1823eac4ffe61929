//! A fresh database for every test, on SQLite and on PostgreSQL.
//!
//! In: nothing. Out: an opened [`Store`] without a row, and the way to open it once more as another worker.
//! On PostgreSQL the schema is made once and cloned; the clone is dropped even when the test fails.

use super::cluster::{Cluster, is_ci};
use futures_util::FutureExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::io::Write;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use xunwang::store::Store;

/// Held while the template is made, so that two test processes do not make it at once; any fixed number.
const TEMPLATE_LOCK: i64 = 0x78_756e_7761_6e67;

/// Runs a test on both databases, as `name::sqlite` and `name::postgres`.
///
/// The body takes the opened store and, if it wants to open it again, the database it lives in.
macro_rules! both {
    ($(async fn $name:ident($store:ident: Store $(, $base:ident: &Base)?) $body:block)+) => {
        $(
            async fn $name($store: xunwang::store::Store, base: &$crate::support::database::Base) {
                $(let $base = base;)?
                let _ = base;
                $body
            }

            mod $name {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    let base = $crate::support::database::Base::sqlite();
                    base.run(async |store| super::$name(store, &base).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    let Some(base) = $crate::support::database::Base::postgres().await else { return };
                    base.run(async |store| super::$name(store, &base).await).await;
                }
            }
        )+
    };
}
pub(crate) use both;

/// One test's database.
#[derive(Debug)]
pub(crate) struct Base {
    address: String,
    /// The folder of a SQLite file.
    folder: Option<TempDir>,
    /// The name of a PostgreSQL database.
    name: String,
}

impl Base {
    /// A SQLite file that is not there yet.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("xunwang.db").to_str().unwrap().to_owned();
        Self { address, folder: Some(folder), name: String::new() }
    }

    /// A PostgreSQL database with the schema in it. `None`: there is no server here, and that may be.
    pub(crate) async fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let cluster = match Cluster::shared() {
            Ok(cluster) => cluster,
            Err(why) if is_ci() => panic!("the tests on PostgreSQL cannot run: {why}"),
            Err(why) => {
                // Not captured, for whoever reads "ok" should know.
                let _ = writeln!(std::io::stderr(), "skipped on PostgreSQL: {why}");
                return None;
            }
        };
        let template = template(cluster).await;
        let name = format!("xunwang_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        administer(cluster, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Self { address: cluster.address(&name), folder: None, name })
    }

    /// Its address, for a program that opens it by itself.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Opens the database, as one more worker.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.address, "test").await.unwrap()
    }

    /// Runs a test and removes the database whatever came of it.
    pub(crate) async fn run(&self, test: impl AsyncFnOnce(Store)) {
        let store = self.open().await;
        let ended = AssertUnwindSafe(test(store.clone())).catch_unwind().await;
        store.close().await;
        if self.folder.is_none()
            && let Ok(cluster) = Cluster::shared()
        {
            administer(cluster, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
        if let Err(panic) = ended {
            resume_unwind(panic);
        }
    }
}

/// The name of a database with the schema and no row. It is named after the migrations, stays on the server
/// and serves later runs too.
async fn template(cluster: &'static Cluster) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| async {
        let name = format!("xunwang_template_{:016x}", xxhash_rust::xxh3::xxh3_64(migrations().as_bytes()));
        let mut connection = PgConnection::connect(cluster.entry()).await.unwrap();
        sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(TEMPLATE_LOCK)
            .execute(&mut connection)
            .await
            .unwrap();
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        if !there {
            // Under another name until it is whole.
            for statement in [
                "DROP DATABASE IF EXISTS xunwang_template_new WITH (FORCE)",
                "CREATE DATABASE xunwang_template_new",
            ] {
                connection.execute(statement).await.unwrap();
            }
            Store::open(&cluster.address("xunwang_template_new"), "template").await.unwrap().close().await;
            let rename = format!("ALTER DATABASE xunwang_template_new RENAME TO {name}");
            connection.execute(AssertSqlSafe(rename)).await.unwrap();
        }
        connection.close().await.unwrap();
        name
    })
    .await
}

/// The text of all migrations for PostgreSQL.
fn migrations() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/migrations/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// Runs a statement that no transaction may hold.
async fn administer(cluster: &Cluster, statement: String) {
    let mut connection = PgConnection::connect(cluster.entry()).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}
