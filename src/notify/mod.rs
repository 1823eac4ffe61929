//! 6 PEOPLE: who hears what, when, once.
//!
//! A case is routed to its audiences ([`route`]), each audience decides when it hears what ([`decide`]), the
//! decision becomes a letter ([`message`]), and each recipient gets a mail of its own ([`mail`]).

pub mod decide;
pub mod mail;
pub mod message;
pub mod route;
pub mod settings;
pub mod timing;

mod address;
mod plain;
mod sections;
mod smtp;
mod subject;
