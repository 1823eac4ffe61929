//! What the operator wrote.

pub mod mistake;
