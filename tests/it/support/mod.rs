//! What the integration tests share.

pub(crate) mod browser;
pub(crate) mod cluster;
pub(crate) mod database;
pub(crate) mod fixture;
pub(crate) mod office;
pub(crate) mod origin;
pub(crate) mod patience;
pub(crate) mod program;
pub(crate) mod real_smtp;
pub(crate) mod room;
pub(crate) mod rows;

#[path = "../../support/smtp.rs"]
#[expect(dead_code, reason = "encryption is tried beside the code that speaks SMTP")]
pub(crate) mod smtp;
