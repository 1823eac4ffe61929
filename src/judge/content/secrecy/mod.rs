//! Does a post show a document that bears a secrecy or restriction marking?
//!
//! In: title, text, lines read in pictures and names of attachments of a post. Out: the markings that stand in it as on a
//! document, gravest first, each with its place, its words and the reason. A marking that is only talked about, quoted,
//! taught, sampled or invented is none, nor one of a document that says it is open or no longer secret. What is found
//! is a suspicion: nothing here knows whether a document is genuine.

mod mark;
mod note;
mod paper;
mod talk;
#[cfg(test)]
mod tests;

use super::{MOST_PARTS, Part, Spot, Words};
use crate::model::words;
use paper::Place;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use talk::Talk;

/// How many lines with a mark are looked at: no document bears more, and what follows is told by the first.
const MOST: usize = 64;

/// A post, as far as it can show a document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Post<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The lines recognised in its pictures.
    pub pictures: &'a [String],
    /// The file names of its attachments.
    pub attachments: &'a [String],
}

words! {
    /// What a marking says; the gravest comes first.
    pub enum Level {
        /// A state secret (保守国家秘密法, article 14).
        TopSecret = "top_secret", "绝密";
        Secret = "secret", "机密";
        Confidential = "confidential", "秘密";
        /// The head of an official telegram.
        Telegram = "telegram", "电报";
        /// A note that forbids passing a document on.
        Internal = "internal", "内部";
    }
}

impl Level {
    const fn what(self) -> &'static str {
        match self {
            Self::TopSecret | Self::Secret | Self::Confidential => "国家秘密标志",
            Self::Telegram => "电报报头",
            Self::Internal => "限制传播的标注",
        }
    }
}

/// A marking that a post shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// What it says.
    pub level: Level,
    /// Where it stands.
    pub spot: Spot,
    /// Its words as written.
    pub words: String,
    /// Why it is reported, in Chinese.
    pub reason: String,
}

/// What a line may hold of a marking.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    level: Level,
    /// Where it stands in the folded line.
    range: Range<usize>,
    /// The word alone, without a star: it counts only on what looks like a document.
    bare: bool,
    /// It holds until something happens that may have happened (启用前).
    until: bool,
}

/// Without one of these characters, no line holds a marking.
static SIGN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        "密|电|内 *部|外 *[传泄流发露提送]|公 *开|[收退交] *回|清退|销毁|仅 *[供限]|[登见] *报|扩 *散|泄|传出",
    )
    .expect("a constant pattern")
});

/// The markings a post shows, gravest first; empty for nearly every post.
#[must_use]
pub fn markings(post: &Post) -> Vec<Marking> {
    let words: Vec<(Part, Words<'_>)> = parts(post).map(|(part, text)| (part, Words::new(text))).collect();
    let parts: Vec<(Part, &Words<'_>)> = words.iter().map(|(part, words)| (*part, words)).collect();
    of_parts(&parts)
}

/// The markings that parts of a post show.
#[must_use]
pub fn of_parts(parts: &[(Part, &Words<'_>)]) -> Vec<Marking> {
    let mut marks = marks(parts).take(MOST).peekable();
    if marks.peek().is_none() {
        return Vec::new();
    }
    let talk = Talk::new(parts);
    let mut found: Vec<Marking> = marks
        .filter(|(number, line, mark)| !talk.clears(mark, *number, line.clone()))
        .map(|(number, line, mark)| {
            let (part, words) = &parts[number];
            let range = words.folded.original(line.start + mark.range.start..line.start + mark.range.end);
            marking(&mark, *part, range, words.written)
        })
        .collect();
    found.sort_by_key(|marking| marking.level);
    found
}

/// The marks in the lines of all parts: the part's number, the line, the mark.
fn marks(parts: &[(Part, &Words<'_>)]) -> impl Iterator<Item = (usize, Range<usize>, Mark)> {
    parts.iter().enumerate().flat_map(|(number, (part, words))| {
        let text = words.folded.text();
        text.split('\n').filter_map(move |line| {
            let start = line.as_ptr() as usize - text.as_ptr() as usize;
            let mark = SIGN.is_match(line).then(|| find(line, Place::of(*part))).flatten()?;
            Some((number, start..start + line.len(), mark))
        })
    })
}

/// The parts of a post that can show a document.
fn parts<'a>(post: &Post<'a>) -> impl Iterator<Item = (Part, &'a str)> {
    let pictures = post
        .pictures
        .iter()
        .take(MOST_PARTS)
        .enumerate()
        .map(|(no, line)| (Part::Picture(no), line.as_str()));
    let names = post
        .attachments
        .iter()
        .take(MOST_PARTS)
        .enumerate()
        .map(|(no, name)| (Part::Attachment(no), name.as_str()));
    [(Part::Title, post.title), (Part::Text, post.text)].into_iter().chain(pictures).chain(names)
}

fn find(line: &str, place: Place) -> Option<Mark> {
    mark::find(line, place).or_else(|| note::find(line, place))
}

fn marking(mark: &Mark, part: Part, range: Range<usize>, written: &str) -> Marking {
    let words = written[range.clone()].to_owned();
    let place = match part {
        Part::Title => "标题".to_owned(),
        Part::Picture(no) => format!("图片文字第{}行", no + 1),
        Part::Attachment(no) => format!("第{}个附件的名称", no + 1),
        Part::Text => "正文".to_owned(),
    };
    let reason = format!("{place}带有{}“{words}”，疑似公开了不得公开的文件", mark.level.what());
    Marking { level: mark.level, spot: Spot { part, range }, words, reason }
}
