//! What the store promises, on SQLite and on PostgreSQL alike.

mod bridges;
mod figures;
mod groups;
mod incidents;
mod leases;
mod looks;
mod opening;
mod outbox;
mod profiles;
mod register;
mod sites;
mod statements;
mod tasks;
mod upkeep;
