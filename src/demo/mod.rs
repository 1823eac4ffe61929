//! The sample city: 澄湖市, which does not exist, its accounts and the sites that show them.
//!
//! In: a start instant and a clock. Out: a register, loopback sites in the platforms' public formats, the
//! script of what happens in four days, and which cases a sound watch must open over it. Everything
//! is a function of (start, now) and of each account's number: two runs from one start show the same bytes.
//! It never touches the network beyond loopback and never reads the wall clock.

mod answer;

mod behaviour;

mod city;

mod expect;

mod names;

mod register;

mod render;

mod script;

mod server;

pub mod setup;
mod slips;

mod texts;

mod timeline;

#[cfg(test)]
mod tests;

pub use behaviour::Behaviour;
pub use city::{Account, City, Site};
pub use expect::{About, Expected, MARGIN};
pub use script::{Event, What};
pub use server::{Addresses, Serving, serve};
