//! A store is opened where it is, made where it is not, and refused where it cannot be.

use crate::support::database::both;
use crate::support::fixture::{at, register};
use xunwang::store::{Error, Store};

both! {
    async fn what_was_written_is_there_after_a_restart(store: Store, base: &Base) {
        register(&store, 3, 1).await;
        store.close().await;
        let again = base.open().await;
        assert_eq!(again.list_register().await.unwrap().len(), 3);
        assert!(store.ping().await.unwrap_err().is_transient());
    }

    async fn two_workers_open_a_store_and_see_each_others_rows(store: Store, base: &Base) {
        let other = base.open().await;
        other.ensure_job("upkeep", at(0)).await.unwrap();
        register(&store, 2, 1).await;
        assert_eq!(other.count_due(at(0)).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_sqlite_file_that_is_not_there_is_made_by_path_and_by_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("新 库.db");
    for address in [
        path.display().to_string(),
        format!("sqlite:{}", path.display()),
        format!("sqlite://{}", path.display()),
    ] {
        let store = Store::open(&address, "test").await.unwrap();
        store.ensure_job("upkeep", at(0)).await.unwrap();
        store.close().await;
        assert!(std::fs::read(&path).unwrap().starts_with(b"SQLite format 3\0"), "{address}");
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "everything was written into the file on closing"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.csv");
    let text = "账号名称,平台\n".repeat(500);
    std::fs::write(&path, &text).unwrap();
    let error = Store::open(path.to_str().unwrap(), "test").await.unwrap_err();
    assert!(error.to_string().contains("file is not a database"), "{error}");
    assert!(!error.is_transient());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path().join("no/such/x.db").to_str().unwrap(), "test").await.unwrap_err();
    assert!(error.to_string().contains("unable to open database file"), "{error}");
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_telling_its_password() {
    for address in
        ["mysql://xunwang:s3cret@db.example/x", "postgress://xunwang:s3cret@db.example/x", "", "sqlite:"]
    {
        let error = Store::open(address, "test").await.unwrap_err();
        assert!(matches!(error, Error::Address(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_there_a_moment_later() {
    // Port 1 of this machine: nothing listens there.
    let error = Store::open("postgres://xunwang:s3cret@127.0.0.1:1/x", "test").await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
}
