//! What the operator wrote.

pub mod document;
pub mod mistake;
pub mod secret;
