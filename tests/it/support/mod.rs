//! What the integration tests share.

pub(crate) mod cluster;
pub(crate) mod database;
pub(crate) mod fixture;
#[path = "../../support/smtp.rs"]
pub(crate) mod smtp;
