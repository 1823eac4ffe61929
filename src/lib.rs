//! The map of Xunwang, in the order in which a look at an account travels through it.

// One blank line between the lines below: rustfmt sorts adjacent ones and would destroy the order.

pub mod model;

pub mod clock;

pub mod config;

pub mod register;

pub mod schedule;

pub mod fetch;

pub mod extract;

pub mod judge;

pub mod incident;

pub mod notify;

pub mod store;

pub mod metrics;

pub mod web;

pub mod app;

pub mod cli;

pub mod demo;
