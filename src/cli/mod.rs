//! (under construction)

pub mod eval;
