//! Rows as they stand in the database, for tests that ask more than the program ever does.

use sqlx::FromRow;
use xunwang::store::Store;

/// A mail.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Delivery {
    pub(crate) group_id: i64,
    pub(crate) sequence: i64,
    pub(crate) recipient: String,
    pub(crate) reason: String,
    pub(crate) state: String,
    pub(crate) message_id: String,
    pub(crate) attempts: i64,
}

/// A case and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub(crate) struct Case {
    /// The account's key; empty for sites and ourselves.
    pub(crate) key: String,
    pub(crate) rule: String,
    pub(crate) subject: String,
    pub(crate) state: String,
}

macro_rules! fetch {
    ($store:expr, $type:ty, $text:literal) => {
        match $store {
            Store::Sqlite { reader, .. } => {
                sqlx::query_as::<_, $type>($text).fetch_all(reader).await.unwrap()
            }
            Store::Postgres(pool) => sqlx::query_as::<_, $type>($text).fetch_all(pool).await.unwrap(),
        }
    };
}

/// Changes rows behind the program's back, as somebody with access to the database could.
pub(crate) async fn tamper(store: &Store, statement: &'static str) {
    let changed = match store {
        Store::Sqlite { writer, .. } => sqlx::query(statement).execute(writer).await.unwrap().rows_affected(),
        Store::Postgres(pool) => sqlx::query(statement).execute(pool).await.unwrap().rows_affected(),
    };
    assert!(changed > 0, "{statement} changed nothing");
}

/// Every mail in the order of writing.
pub(crate) async fn deliveries(store: &Store) -> Vec<Delivery> {
    fetch!(
        store,
        Delivery,
        "SELECT group_id, sequence, recipient, reason, state, message_id, attempts FROM delivery ORDER BY id"
    )
}

/// Every case in the order of opening.
pub(crate) async fn cases(store: &Store) -> Vec<Case> {
    fetch!(
        store,
        Case,
        "SELECT COALESCE(a.key, '') AS key, i.rule, i.subject, i.state FROM incident AS i \
         LEFT JOIN account AS a ON a.id = i.account_id ORDER BY i.id"
    )
}

/// How often each case was told as each thing: its state, and what its audiences were told of it.
pub(crate) async fn told(store: &Store) -> Vec<(String, String, String, String)> {
    fetch!(
        store,
        (String, String, String, String),
        "SELECT COALESCE(a.key, ''), i.rule, i.state, m.told FROM group_member AS m \
         JOIN incident AS i ON i.id = m.incident_id LEFT JOIN account AS a ON a.id = i.account_id"
    )
}

/// How many accounts, groups and mails are in somebody's hands, or were when their worker was killed.
pub(crate) async fn leased(store: &Store) -> (i64, i64, i64) {
    let rows = fetch!(
        store,
        (i64, i64, i64),
        "SELECT (SELECT COUNT(*) FROM account_look WHERE lease_token IS NOT NULL), \
         (SELECT COUNT(*) FROM incident_group WHERE lease_token IS NOT NULL), \
         (SELECT COUNT(*) FROM delivery WHERE lease_token IS NOT NULL)"
    );
    rows[0]
}

/// How many looks were written.
pub(crate) async fn looks(store: &Store) -> i64 {
    fetch!(store, (i64,), "SELECT COUNT(*) FROM visit")[0].0
}

/// Changes the database behind the program's back.
pub(crate) async fn execute(store: &Store, text: &'static str) {
    match store {
        Store::Sqlite { writer, .. } => sqlx::query(text).execute(writer).await.map(drop).unwrap(),
        Store::Postgres(pool) => sqlx::query(text).execute(pool).await.map(drop).unwrap(),
    }
}

/// Each account's key, when it is due in milliseconds, and why then.
pub(crate) async fn plans(store: &Store) -> Vec<(String, i64, String)> {
    fetch!(
        store,
        (String, i64, String),
        "SELECT a.key, COALESCE(l.due_at, 0), l.due_why FROM account_look AS l JOIN account AS a ON a.id = l.account_id ORDER BY a.id"
    )
}

/// Everything in the store that holds words.
pub(crate) async fn everything(store: &Store) -> String {
    let rows = fetch!(
        store,
        (String,),
        "SELECT detail FROM visit UNION ALL SELECT detail FROM account UNION ALL SELECT evidence FROM incident \
         UNION ALL SELECT note FROM event UNION ALL SELECT subject || text || html || error FROM delivery \
         UNION ALL SELECT due_why FROM account_look UNION ALL SELECT title || url || text FROM post \
         UNION ALL SELECT register FROM account_text UNION ALL SELECT COALESCE(failure, '') FROM visit"
    );
    rows.into_iter().map(|(text,)| text + "\n").collect()
}
