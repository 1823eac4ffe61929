//! What stands in front of a page: login walls, captchas, risk pages and error pages, most of which answer 200.
//!
//! In: an answer a reader could make nothing of, and the marks of its recipe and of `walls.toml`. Out: the class
//! of the failure and the words that were seen. It never looks for words in a page that was read: wall words
//! stand in the scripts of good pages too.

use super::answer::Answer;
use super::clean;
use super::path::Test;
use super::recipe::Reader;
use crate::model::page::Miss;
use crate::model::visit::Failure;
use regex::Regex;
use scraper::Selector;

/// What a wall looks like; all the conditions given must hold.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) readers: Vec<Reader>,
    pub(super) status: Vec<u16>,
    pub(super) final_url: Option<Regex>,
    pub(super) content_type: Option<Regex>,
    pub(super) title: Option<Regex>,
    pub(super) selector: Option<Selector>,
    pub(super) json: Vec<Test>,
    pub(super) body: Option<Regex>,
    pub(super) text: Option<Regex>,
    pub(super) failure: Failure,
}

/// The most visible characters a wall has. A longer page is an article or a list, and its words are its own.
const WALL_TEXT: usize = 3_000;

/// How far into a body its scripts are searched, in bytes.
const WALL_BODY: usize = 64 * 1024;

impl Mark {
    /// The order in which marks are tried: the address says more than a title, a title more than words.
    pub(super) fn rank(&self) -> u8 {
        let kinds = [
            self.final_url.is_some(),
            self.content_type.is_some(),
            self.title.is_some(),
            self.selector.is_some() || !self.json.is_empty(),
            self.body.is_some(),
            self.text.is_some(),
        ];
        kinds.iter().zip(0..).find(|(there, _)| **there).map_or(u8::MAX, |(_, rank)| rank)
    }

    /// Whether only keys and values of JSON are asked for: they cannot stand in a good answer by accident.
    fn is_exact(&self) -> bool {
        !self.json.is_empty() && self.text.is_none()
    }

    /// The words seen, if every condition holds.
    fn seen(&self, reader: Reader, answer: &Answer<'_>) -> Option<String> {
        let fetched = answer.fetched;
        let mut quote = String::new();
        if !self.readers.is_empty() && !self.readers.contains(&reader) {
            return None;
        }
        if !self.status.is_empty() {
            if !self.status.contains(&fetched.status) {
                return None;
            }
            quote = format!("HTTP {}", fetched.status);
        }
        let mut words = |pattern: &Option<Regex>, text: &str| match pattern {
            None => true,
            Some(pattern) => pattern.captures(text).is_some_and(|found| {
                quote =
                    found.name("quote").map_or_else(|| found[0].to_owned(), |part| part.as_str().to_owned());
                true
            }),
        };
        if !words(&self.final_url, fetched.url.as_str()) || !words(&self.content_type, &fetched.content_type)
        {
            return None;
        }
        if self.title.is_some() && !words(&self.title, answer.title()) {
            return None;
        }
        if self.body.is_some() && !words(&self.body, head(answer.text(), WALL_BODY)) {
            return None;
        }
        if self.text.is_some()
            && (answer.visible().chars().nth(WALL_TEXT).is_some() || !words(&self.text, answer.visible()))
        {
            return None;
        }
        if !self.json.is_empty() {
            let json = answer.json()?;
            if !self.json.iter().all(|test| test.holds(json)) {
                return None;
            }
            if quote.is_empty() {
                head(answer.text().trim(), Miss::DETAIL).clone_into(&mut quote);
            }
        }
        if let Some(selector) = &self.selector {
            let found = answer.tree()?.select(selector).next()?;
            let text = clean::fold(&found.text().collect::<String>());
            if !text.is_empty() {
                quote = text;
            } else if quote.is_empty() {
                // A picture or a field has no words; which one it is says as much.
                quote = format!("<{} id={}>", found.value().name(), found.value().id().unwrap_or_default());
            }
        }
        Some(clean::fold(&quote))
    }
}

/// The first mark that is seen.
pub(super) fn wall(marks: &[Mark], reader: Reader, answer: &Answer<'_>) -> Option<Miss> {
    find(marks.iter(), reader, answer)
}

/// What the answer's own keys say, before anything is read from it.
pub(super) fn statement(marks: &[Mark], reader: Reader, answer: &Answer<'_>) -> Option<Miss> {
    find(marks.iter().filter(|mark| mark.is_exact()), reader, answer)
}

/// Why a status other than 2xx gives nothing: a mark, else the class of the status.
pub(super) fn refusal(marks: &[Mark], reader: Reader, answer: &Answer<'_>) -> Miss {
    wall(marks, reader, answer).unwrap_or_else(|| {
        let status = answer.fetched.status;
        let failure = match status {
            300..=399 => Failure::Redirect,
            500..=599 => Failure::Server,
            400..=499 => Failure::Refused,
            _ => Failure::Broken,
        };
        Miss::on(answer.fetched, failure, format!("HTTP {status}"))
    })
}

fn find<'m>(mut marks: impl Iterator<Item = &'m Mark>, reader: Reader, answer: &Answer<'_>) -> Option<Miss> {
    marks
        .find_map(|mark| mark.seen(reader, answer).map(|quote| Miss::on(answer.fetched, mark.failure, quote)))
}

/// The beginning of a text, at most so many bytes.
fn head(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
