//! (under construction)

pub mod inhibit;
