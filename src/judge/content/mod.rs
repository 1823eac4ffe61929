//! What the words of a post give away: personal data, secrecy markings.
//!
//! In: a post as it was read, hostile and of any length. Out: what was found in it, each with its place, the words as
//! written, the reason and how grave it is. Pure and linear in the length of the text; nothing is fetched or stored.

pub mod ads;
pub mod checks;
pub mod hosts;
pub mod links;
mod passages;
pub mod privacy;
mod quoting;
pub mod reposts;
pub mod secrecy;
pub mod taken;
pub mod terms;
mod trigger;

use super::folded::Folded;
use std::ops::Range;

/// Which part of a post something stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// The n-th line recognised in its pictures.
    Picture(usize),
    /// The name of its n-th attachment.
    Attachment(usize),
}

/// Where in a post something stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spot {
    /// In which part.
    pub part: Part,
    /// Where in the part as it was written, in bytes.
    pub range: Range<usize>,
}

/// How much of a part is read, in bytes: the longest article a platform takes is shorter (50 000 characters).
const LONGEST: usize = 160_000;
/// How many parts of one kind are read.
const MOST_PARTS: usize = 1_000;

/// The words of a part: as they were written, and as rules read them. Made once for all checks.
#[derive(Debug)]
pub struct Words<'t> {
    written: &'t str,
    folded: Folded,
}

impl<'t> Words<'t> {
    /// The words of a part, as far as it is read.
    #[must_use]
    pub fn new(written: &'t str) -> Self {
        let written = clip(written);
        Self { written, folded: Folded::new(written) }
    }
}

/// The beginning of a part, as far as it is read.
fn clip(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}
