//! What the integration tests share.

pub(crate) mod cluster;
pub(crate) mod database;
pub(crate) mod fixture;
