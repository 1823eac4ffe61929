//! The SQL itself: one text for both databases, named, prepared on both, and never a walk through a large table.
//!
//! In: the sources of the store. Statements that are put together while running are executed by the other tests.

use crate::support::database::Base;
use regex::{Captures, Regex};
use sqlx::postgres::PgTypeInfo;
use sqlx::{AssertSqlSafe, Executor, Row, SqlSafeStr};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use xunwang::store::Store;

/// Files that may know one database from the other.
const KNOW_THE_DIALECT: [&str; 3] = ["lease.rs", "mod.rs", "upkeep.rs"];

/// Statements that are meant to read a whole table: all of it is the answer, or it is a small one.
const READ_EVERYTHING: [&str; 4] = ["list_incidents", "list_register", "list_tasks", "touch_all_groups"];

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)
}

/// The Rust files of a folder and their text without comments.
fn sources(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.insert(path, code.flat_map(|line| [line, "\n"]).collect());
        }
    }
    found
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// What the compiler makes of a string literal's inside.
fn unescape(literal: &str) -> String {
    let escape = Regex::new(r"\\(?:\n\s*|(.))").unwrap();
    escape
        .replace_all(literal, |found: &Captures<'_>| {
            found.get(1).map_or_else(String::new, |kept| kept.as_str().to_owned())
        })
        .into_owned()
}

fn literals(code: &str) -> Vec<String> {
    let literal = Regex::new(r#""((?s:\\.|[^"\\])*)""#).unwrap();
    literal.captures_iter(code).map(|found| unescape(&found[1])).collect()
}

/// The statements that are constants, by their names: plain literals, or such joined with a list of columns.
fn constants() -> BTreeMap<String, String> {
    let list = Regex::new(r"(?s)macro_rules! (\w+) \{\s*\(\) => \{(.*?)\};").unwrap();
    let constant = Regex::new(r"(?s)const \w+: &str =(.*?);\n").unwrap();
    let name = Regex::new(r"^/\* (\w+) \*/ ").unwrap();
    let mut statements = BTreeMap::new();
    for code in sources(&source("store")).values() {
        let lists: Vec<(String, String)> = list
            .captures_iter(code)
            .map(|found| (format!("{}!()", &found[1]), found[2].to_owned()))
            .collect();
        for found in constant.captures_iter(code) {
            let whole =
                lists.iter().fold(found[1].to_owned(), |text, (call, columns)| text.replace(call, columns));
            let text = literals(&whole).concat();
            let name = name.captures(&text).unwrap_or_else(|| panic!("not named: {text}"))[1].to_owned();
            assert!(statements.insert(name, text.clone()).is_none(), "a name twice: {text}");
        }
    }
    assert!(statements.len() > 25, "{}", statements.len());
    statements
}

/// Types a server cannot tell from the text alone; the program binds them.
fn types_of(name: &str) -> Vec<PgTypeInfo> {
    let names: &[&str] = match name {
        "finish_group" => &["int8"; 7],
        _ => &[],
    };
    names.iter().map(|name| PgTypeInfo::with_name(name)).collect()
}

#[tokio::test]
async fn every_constant_statement_can_be_prepared_on_both_databases() {
    for base in [Some(Base::sqlite()), Base::postgres().await].into_iter().flatten() {
        base.run(async |store| {
            for (name, text) in constants() {
                let sql = AssertSqlSafe(text).into_sql_str();
                let prepared = match &store {
                    Store::Sqlite { reader, .. } => reader.prepare(sql).await.map(drop),
                    Store::Postgres(pool) => pool.prepare_with(sql, &types_of(&name)).await.map(drop),
                };
                assert!(prepared.is_ok(), "{name}: {prepared:?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn no_constant_statement_walks_through_a_large_table_on_sqlite() {
    let base = Base::sqlite();
    base.run(async |store| {
        let Store::Sqlite { reader, .. } = store else { unreachable!() };
        for (name, text) in constants() {
            let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")))
                .fetch_all(&reader)
                .await
                .unwrap();
            let steps: Vec<String> = plan.iter().map(|step| step.get("detail")).collect();
            // The oldest due are as many as are wanted.
            let short = ["SCAN CONSTANT ROW", "SCAN oldest"];
            let walks = steps.iter().any(|step| {
                step.starts_with("SCAN") && !step.contains("USING") && !short.contains(&step.as_str())
            });
            assert_eq!(walks, READ_EVERYTHING.contains(&name.as_str()), "{name}: {steps:?}");
        }
    })
    .await;
}

#[test]
fn every_statement_has_a_name_of_its_own() {
    let bare = Regex::new(r"^\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA|ANALYZE|WITH)\b").unwrap();
    let heading = Regex::new(r"^/\* (\w+) \*/").unwrap();
    let mut names = BTreeSet::new();
    for (path, code) in sources(&source("store")) {
        for literal in literals(&code) {
            // Pieces of the two lease statements.
            let piece = name_of(&path) == "lease.rs";
            assert!(piece || !bare.is_match(&literal), "{}: {literal}", path.display());
            if let Some(name) = heading.captures(&literal).filter(|_| !piece) {
                assert!(names.insert(name[1].to_owned()), "a name twice: {}", &name[1]);
            }
        }
    }
    assert!(names.len() > 50, "{}", names.len());
}

#[test]
fn only_a_few_files_know_one_database_from_the_other() {
    let words =
        ["now(", "datetime(", "ilike", "::", "skip locked", "autoincrement", "strftime(", "unixepoch("];
    for (path, code) in sources(&source("store")) {
        if KNOW_THE_DIALECT.contains(&name_of(&path)) {
            continue;
        }
        for literal in literals(&code) {
            let lower = literal.to_lowercase();
            assert!(!words.iter().any(|word| lower.contains(word)), "{}: {literal}", path.display());
        }
    }
}

#[test]
fn only_the_store_speaks_sql() {
    let store = source("store");
    for (path, code) in sources(&source("")) {
        assert!(path.starts_with(&store) || !code.contains("sqlx::"), "{}", path.display());
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let files = |database: &str| -> BTreeSet<String> {
        let folder = source("store/migrations").join(database);
        std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(files("sqlite"), files("postgres"));
    assert!(!files("sqlite").is_empty());
}

/// Every column as `table.column type` and whether it may be null, in PostgreSQL's words; every index as its name.
const SQLITE_SCHEMA: &str = "SELECT t.name || '.' || c.name || ' ' || \
     CASE c.type WHEN 'INTEGER' THEN 'bigint' WHEN 'BLOB' THEN 'bytea' ELSE LOWER(c.type) END || \
     CASE WHEN c.\"notnull\" OR c.pk > 0 THEN '' ELSE ' null' END \
     FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '_sqlx%' \
     UNION ALL SELECT name || ' on ' || tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
const POSTGRES_SCHEMA: &str = "SELECT table_name || '.' || column_name || ' ' || data_type || \
     CASE is_nullable WHEN 'NO' THEN '' ELSE ' null' END \
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' \
     UNION ALL SELECT indexname || ' on ' || tablename FROM pg_indexes \
     WHERE schemaname = 'public' AND tablename NOT LIKE '\\_sqlx%' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'";

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let Some(postgres) = Base::postgres().await else { return };
    let mut schemas: Vec<BTreeSet<String>> = Vec::new();
    for base in [Base::sqlite(), postgres] {
        base.run(async |store| {
            let lines: Vec<String> = match &store {
                Store::Sqlite { reader, .. } => {
                    sqlx::query_scalar(SQLITE_SCHEMA).fetch_all(reader).await.unwrap()
                }
                Store::Postgres(pool) => sqlx::query_scalar(POSTGRES_SCHEMA).fetch_all(pool).await.unwrap(),
            };
            // The names of unique constraints are PostgreSQL's own; `post_key` only looks like one.
            schemas.push(lines.into_iter().filter(|line| !line.starts_with("post_key ")).collect());
        })
        .await;
    }
    let [sqlite, postgres] = &schemas[..] else { unreachable!() };
    assert_eq!(sqlite, postgres);
    assert!(sqlite.len() > 80, "{}", sqlite.len());
}
