//! Xunwang 巡网 watches over the official accounts of public bodies and tells the supervising office, before the
//! national inspection does, which of them have fallen silent — and which could not be looked at, for **a failed
//! look is never inactivity**.
//!
//! # The map
//! The modules below are the pipeline, in the order in which a look at an account travels through it:
//! [`schedule`] → [`fetch`] → [`extract`] → [`judge`] → [`incident`] → [`notify`] → [`report`]. [`model`] holds the words they
//! share, [`store`] is the only place with SQL, [`clock`] the only one that reads the time, [`config`] the only
//! one that reads the environment. A stage knows the model and the store, never another stage; only the schedule
//! and [`app`] know them all. Facts (visits, posts), judgements (findings, cases) and messages (deliveries) are
//! kept apart, each derived from the one before.
//!
//! # Walkthrough: a new post
//! 1. `schedule` leases the account's row: its `due_at` moves to the end of the lease and the row carries a token.
//! 2. `schedule::visit` asks the recipe for a request, waits for the site's slot and hands the request to `fetch`,
//!    which sends `If-None-Match`. The server answers 200.
//! 3. `extract` cuts the feed at its items, drops those whose bytes the account's last listing holds, and parses
//!    the one that is left.
//! 4. `schedule::settle` (pure) gives the post its effective time, works out whose work it is, and asks
//!    `judge::inactivity` what the rules say now. Nothing is wrong any more.
//! 5. `incident::compare` finds that the running case of silence is over.
//! 6. `schedule::commit` writes visit, post, account, the end of the case and the group's new due time in one
//!    transaction, valid only while the token matches.
//! 7. `notify::desk` takes the group's row, decides that the office is to hear of the end, and writes one delivery
//!    per recipient; `notify::outbox` sends them, each with its own Message-ID.
//!
//! # Walkthrough: a silent account
//! 1. `schedule::cadence` plans a look half an hour before each deadline of the account's rules and one right
//!    after it, so that a claim rests on a fresh look.
//! 2. The look before the deadline succeeds and shows nothing new: `judge` reports that a deadline is near, and the
//!    office gets a reminder.
//! 3. The look after the deadline succeeds: a case opens, with the rule's document and article, the last post and
//!    the instant of the look as evidence. Had it failed, the account would have become *unverified*, nothing more.
//! 4. The mail leaves after `group_wait`, together with whatever else happened, and is repeated after
//!    `repeat_interval` until the account posts or somebody takes the case in hand.
//!
//! # Walkthrough: a new name
//! 1. A look reads a name of which the recipe says that it is the account's own (`extract::Recipe`): a site's title
//!    never is. The hash of what is judged differs from the one on the account's row.
//! 2. `schedule::profiles` reads back what is remembered of the batch's changed profiles, one question for all of
//!    them, and takes the name in (`model::profile`). It was seen once, so nothing is said about it.
//! 3. Six hours later the row asks for the profile again. The name is still there: `judge::profile` reports it with
//!    what was there before. A look that fails, that gives 304 or tells no name says nothing, and the case stays.
//! 4. The office writes the new name into the register; the next look that tells it ends the case.
//!
//! # Walkthrough: a silent bridge
//! 1. A bridge's login dies; it goes on serving what it had, with status 200. Every few minutes `schedule::bridges`
//!    asks `judge::bridge` how strange it is that the accounts read through one bridge and platform are all silent.
//! 2. As soon as the bridge owes posts, looks through it accuse nobody; when the silence is too strange for chance, one
//!    case opens for the bridge. From then on looks through it fail as *stale*, other sources of an account are asked
//!    instead, and the accounts are unverified since the last plausible post. What such looks do show is kept.
//! 3. Posts of several accounts come again: the case ends, everybody behind the bridge is looked at at once, and the
//!    missed posts count with their real times.
//!
//! # A new platform
//! How a platform is read is data: see [`extract::adding_a_platform`].
//!
//! # What the log says
//! A message can be read alone and carries fields for search (`account.id`, `site`, `delivery.id`); `error` means
//! that a person must act, `warn` that something was tried again. The failures of the outside world are facts in
//! the store, not errors in the log. Addresses of people, secrets and bodies of pages are never logged.

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
pub mod report;

pub mod store;

pub mod metrics;

pub mod web;

pub mod app;

pub mod cli;

pub mod demo;
