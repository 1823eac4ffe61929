//! Terms that an office does not want to read: typing errors, names that are no longer right, whatever it lists.
//!
//! In: word lists as data, a post and its day. Out: where a term stands, why it is listed and what to write instead.
//! All terms are looked for in one pass (Aho-Corasick over characters, by `daachorse`, which for tens of thousands of
//! Chinese terms is several times faster than one over bytes); only where one stands are its exceptions, its validity
//! and what surrounds it looked at. Pure, and linear in the length of the text.

mod list;
#[cfg(test)]
mod tests;

use super::{Part, Spot, Words, quoting};
use crate::config::mistake::Mistake;
use crate::config::overlay;
use crate::model::finding::Level;
use chrono::NaiveDate;
use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, MatchKind};
use list::List;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is shipped; a file of the same name in the operator's folder replaces it.
const SHIPPED: [(&str, &str); 3] = [
    ("organs.txt", include_str!("../../../../config/terms/organs.txt")),
    ("respect.txt", include_str!("../../../../config/terms/respect.txt")),
    ("typos.txt", include_str!("../../../../config/terms/typos.txt")),
];
/// The most places of terms that are looked at in a post: a text made of nothing else is told by its beginning.
const MOST: usize = 2_000;
/// The most different terms that are told of a post.
const MOST_TOLD: usize = 30;

/// A term and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    /// As it is looked for: folded.
    form: String,
    category: Arc<str>,
    level: Level,
    /// What to write instead; may be empty.
    suggestion: String,
    /// Folded phrases in which the term is right, each with where in it the term begins.
    exceptions: Vec<(String, usize)>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    /// In the title of a work it is quoted and right.
    right_in_titles: bool,
}

/// A term that stands in a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'t> {
    /// The category of its list.
    pub category: &'t str,
    /// How much it weighs where it stands.
    pub level: Level,
    /// What to write instead; may be empty.
    pub suggestion: &'t str,
    /// Where it stands first.
    pub spot: Spot,
    /// How often it stands there.
    pub count: usize,
    /// It stands in a quotation or a warning, so that it weighs less.
    pub cited: bool,
}

/// All terms, ready to be looked for.
#[derive(Default)]
pub struct Terms {
    terms: Vec<Term>,
    /// None without any term.
    automaton: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terms").field("count", &self.terms.len()).finish_non_exhaustive()
    }
}

impl Terms {
    /// The shipped lists and those of a folder over them; the folder need not exist.
    pub fn load(dir: &Path) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let files = overlay::read(dir, "txt", &SHIPPED, &mut mistakes);
        let lists: Vec<List> =
            files.values().map(|(path, bytes)| list::read(path, bytes, &mut mistakes)).collect();
        let terms = Self::of(lists, &mut mistakes);
        if mistakes.is_empty() { Ok(terms) } else { Err(mistakes) }
    }

    /// How many terms there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Puts lists together; a term that stands twice is a mistake at its second place.
    fn of(lists: Vec<List>, mistakes: &mut Vec<Mistake>) -> Self {
        let mut terms = Vec::new();
        let mut known: HashMap<String, (PathBuf, usize)> = HashMap::new();
        for list in lists {
            for (line, term) in list.terms {
                if let Some((file, before)) = known.get(&term.form) {
                    let reason = format!("“{}”已在{}第{before}行列出", term.form, file.display());
                    mistakes.push(Mistake::line(&list.file, line, "", reason, "请删去其中一处"));
                    continue;
                }
                known.insert(term.form.clone(), (list.file.clone(), line));
                terms.push(term);
            }
        }
        let forms = terms.iter().map(|term| term.form.as_str());
        let builder = CharwiseDoubleArrayAhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest);
        let automaton = if terms.is_empty() { None } else { builder.build(forms).ok() };
        Self { terms, automaton }
    }

    /// The terms in a part of a post published on a day, in the order of the text; each once.
    #[must_use]
    pub fn find(&self, part: Part, text: &Words<'_>, day: NaiveDate) -> Vec<Found<'_>> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let words = text.folded.text();
        let mut found: Vec<(u32, Found<'_>)> = Vec::new();
        for place in automaton.leftmost_find_iter(words).take(MOST) {
            let Some(term) = self.terms.get(place.value() as usize) else { continue };
            let range = place.start()..place.end();
            if !term.holds(words, range.start, range.end, day) {
                continue;
            }
            if let Some((_, known)) = found.iter_mut().find(|(number, _)| *number == place.value()) {
                known.count += 1;
                continue;
            }
            if found.len() == MOST_TOLD {
                break;
            }
            let cited = quoting::is_cited(words, range.clone());
            let level = if cited { Level::Reminder } else { term.level };
            let spot = Spot { part, range: text.folded.original(range) };
            found.push((
                place.value(),
                Found {
                    category: &term.category,
                    level,
                    suggestion: &term.suggestion,
                    spot,
                    count: 1,
                    cited,
                },
            ));
        }
        found.into_iter().map(|(_, found)| found).collect()
    }
}

impl Term {
    /// Whether the term is wrong where it stands.
    fn holds(&self, text: &str, start: usize, end: usize, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
            && !splits_word(text, start, end)
            && !self.exceptions.iter().any(|(phrase, at)| {
                start
                    .checked_sub(*at)
                    .and_then(|from| text.get(from..))
                    .is_some_and(|it| it.starts_with(phrase))
            })
            && !(self.right_in_titles && quoting::is_in_title(text, start..end))
    }
}

/// Whether a place begins or ends in the middle of a word of letters or of a number.
fn splits_word(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let joined = |left: Option<&u8>, right: Option<&u8>| {
        left.is_some_and(u8::is_ascii_alphanumeric) && right.is_some_and(u8::is_ascii_alphanumeric)
    };
    joined(start.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(start))
        || joined(bytes.get(end - 1), bytes.get(end))
}
