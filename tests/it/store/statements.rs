use crate::support::database::both;
both! {
    async fn placeholder(store: Store) { store.ping().await.unwrap(); }
}
