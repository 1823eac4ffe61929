//! What went wrong on the wire, by name: in comes an error of the client, out goes a [`Failure`] with the
//! words of its deepest cause.
//!
//! Layers wrap each other (reqwest, hyper, io, rustls), so the causes are walked down. The address is never
//! part of the words: it may carry an access key.

use super::guard::{Blocked, Unresolved};
use crate::model::page::Miss;
use crate::model::visit::Failure;
use std::error::Error;
use std::io;

/// How far the answer had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its headers had not arrived.
    Head,
    /// Its body was arriving.
    Body,
}

/// The miss that an error of the client means.
pub(super) fn miss(stage: Stage, error: reqwest::Error) -> Miss {
    let timed_out = error.is_timeout();
    let error = error.without_url();
    let failure = if timed_out { Failure::Timeout } else { class(stage, &error) };
    let deepest = causes(&error).last().map_or_else(String::new, ToString::to_string);
    Miss::new(failure, deepest)
}

/// The class by the first cause that has a name of its own.
fn class(stage: Stage, error: &(dyn Error + 'static)) -> Failure {
    for cause in causes(error) {
        if cause.is::<Blocked>() {
            return Failure::Private;
        } else if cause.is::<Unresolved>() {
            return Failure::Dns;
        } else if cause.is::<rustls::Error>() {
            return Failure::Tls;
        } else if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return Failure::Broken;
        }
    }
    match stage {
        Stage::Head => Failure::Connect,
        Stage::Body => Failure::Broken,
    }
}

/// The error and its causes, outermost first. `io::Error` hides what it wraps from `source`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(io) if io.get_ref().is_some() => io.get_ref().map(|inner| inner as _),
        _ => error.source(),
    })
}
