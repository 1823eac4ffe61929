//! (under construction)

pub mod date;
