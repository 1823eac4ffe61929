//! One configuration file as text: what it says, and on which line it says it.
//!
//! In: a path for messages and the text. Out: a typed value or the mistake that prevents it, and the line of
//! any key for checks that come later. It opens no file itself.

use super::mistake::Mistake;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML file that parses.
#[derive(Debug)]
pub struct Document<'a> {
    file: &'a Path,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

/// A step towards a key: the name of a table's entry or the place of an array's element.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// `name` in `[name]` or `name = …`.
    Name(&'a str),
    /// The element of an array, counted from 0.
    Index(usize),
}

impl<'a> Document<'a> {
    /// Parses the text; every syntax mistake is reported at its line.
    pub fn parse(file: &'a Path, text: &'a str) -> Result<Self, Vec<Mistake>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { file, text, root });
        }
        let mut mistakes: Vec<_> = errors.iter().map(|error| syntax_mistake(file, text, error)).collect();
        mistakes.sort();
        Err(mistakes)
    }

    /// The file as a typed value; every unknown key and wrong type is a mistake at its line.
    ///
    /// A deserialiser stops at its first error. To learn of the others the offending lines are blanked out (so
    /// that line numbers stay) and the rest is read again, until it reads or nothing new comes out.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Vec<Mistake>> {
        let mut mistakes: Vec<Mistake> = Vec::new();
        let mut rest = self.text.to_owned();
        loop {
            let error = match toml::from_str(&rest) {
                Ok(value) if mistakes.is_empty() => return Ok(value),
                Ok(_) => return Err(mistakes),
                Err(error) => error,
            };
            let mistake = type_mistake(self.file, &rest, &error);
            // What is missing after a line was blanked out may be missing only because of that.
            let repeated = mistakes.iter().any(|known| known.place == mistake.place);
            if repeated || (!mistakes.is_empty() && error.message().starts_with("missing field")) {
                return Err(mistakes);
            }
            mistakes.push(mistake);
            match error.span().map(|span| blank_lines(&rest, &span)) {
                Some(shorter) if mistakes.len() < Self::MOST_MISTAKES => rest = shorter,
                _ => return Err(mistakes),
            }
        }
    }

    /// More mistakes than this in one file are not shown at once.
    const MOST_MISTAKES: usize = 50;

    /// A mistake at the place a path leads to, or at the last step of it that exists.
    #[must_use]
    pub fn mistake(
        &self,
        path: &[Step<'_>],
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) -> Mistake {
        let key = shown(path);
        match self.span(path) {
            Some(span) => Mistake::line(self.file, line_at(self.text, span.start), key, reason, advice),
            None => Mistake { key, ..Mistake::whole(self.file, reason, advice) },
        }
    }

    /// Where the path leads; the key of the last step, not its value.
    fn span(&self, path: &[Step<'_>]) -> Option<Range<usize>> {
        let mut found = None;
        let mut here: Option<&DeValue<'_>> = None;
        for step in path {
            let table = match here {
                None => Some(self.root.get_ref()),
                Some(value) => value.as_table(),
            };
            let next = match *step {
                Step::Name(name) => table
                    .and_then(|table| table.get_key_value(name))
                    .map(|(key, value)| (key.span(), value.get_ref())),
                Step::Index(index) => here
                    .and_then(DeValue::as_array)
                    .and_then(|array| array.get(index))
                    .map(|value| (value.span(), value.get_ref())),
            };
            let Some((span, value)) = next else { break };
            found = Some(span);
            here = Some(value);
        }
        found
    }
}

/// `office[1].email`: a path as the operator knows it, counted from 1.
fn shown(path: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Step::Index(index) => {
                text.push('[');
                text.push_str(&(index + 1).to_string());
                text.push(']');
            }
        }
    }
    text
}

fn syntax_mistake(file: &Path, text: &str, error: &toml::de::Error) -> Mistake {
    // The parser's own words are English, but they quote what stands there and name what could.
    let reason = format!("配置无法识别:{}", error.message());
    match error.span() {
        Some(span) => Mistake::line(file, line_at(text, span.start), "", reason, ""),
        None => Mistake::whole(file, reason, ""),
    }
}

/// A mistake of type or name: what the deserialiser says, in Chinese where it is one of its usual sentences.
fn type_mistake(file: &Path, text: &str, error: &toml::de::Error) -> Mistake {
    let quoted = |message: &str| message.split('`').nth(1).unwrap_or_default().to_owned();
    let message = error.message();
    let (key, reason, advice) = if message.starts_with("unknown field") {
        let known = message
            .split_once("expected")
            .map(|(_, known)| known.replace(['`'], "").replace("one of", "").trim().to_owned());
        (
            quoted(message),
            "没有这个设置项".to_owned(),
            known.map(|known| format!("可用的设置项:{known}")).unwrap_or_default(),
        )
    } else if message.starts_with("missing field") {
        (quoted(message), "缺少这个设置项".to_owned(), "请补上".to_owned())
    } else {
        (String::new(), format!("值不正确:{message}"), String::new())
    };
    match error.span() {
        Some(span) => Mistake::line(file, line_at(text, span.start), key, reason, advice),
        None => Mistake { key, ..Mistake::whole(file, reason, advice) },
    }
}

/// The text with the lines of a span emptied.
fn blank_lines(text: &str, span: &Range<usize>) -> String {
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(span.end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| span.end + at);
    let kept: String = text[start..end].chars().filter(|c| *c == '\n').collect();
    // Line numbers are what matters; offsets are only ever turned into lines.
    [&text[..start], &kept, &text[end..]].concat()
}

/// The line, counted from 1, an offset lies on.
fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    memchr::memchr_iter(b'\n', before).count() + 1
}

#[cfg(test)]
mod tests {
    use super::super::mistake::Place;
    use super::*;
    use Step::{Index, Name};

    const TEXT: &str = "[a]\nb = 1\n\n[[c]]\nd = [1, 2]\n\n[[c]]\nd = [3]\n";

    fn place(path: &[Step<'_>]) -> Place {
        Document::parse(Path::new("x.toml"), TEXT).unwrap().mistake(path, "", "").place
    }

    #[test]
    fn a_mistake_stands_at_the_line_of_its_key() {
        assert_eq!(place(&[Name("a"), Name("b")]), Place::Line(2));
        assert_eq!(place(&[Name("c"), Index(1), Name("d")]), Place::Line(8));
        assert_eq!(place(&[Name("c"), Index(0), Name("d"), Index(1)]), Place::Line(5));
    }

    #[test]
    fn a_key_that_is_missing_is_reported_at_the_table_it_should_stand_in() {
        assert_eq!(place(&[Name("a"), Name("z")]), Place::Line(1));
        assert_eq!(place(&[Name("z")]), Place::Whole);
    }

    #[test]
    fn a_path_reads_as_the_operator_counts() {
        let document = Document::parse(Path::new("x.toml"), TEXT).unwrap();
        let mistake = document.mistake(&[Name("c"), Index(1), Name("d")], "坏了", "");
        assert_eq!(mistake.to_string(), "x.toml:8 c[2].d: 坏了");
    }

    #[test]
    fn every_syntax_mistake_is_reported_at_once() {
        let mistakes = Document::parse(Path::new("x.toml"), "a = \nb = 1\nc = ]\n").unwrap_err();
        let places: Vec<_> = mistakes.iter().map(|mistake| mistake.place.clone()).collect();
        assert_eq!(places.first(), Some(&Place::Line(1)));
        assert_eq!(places.last(), Some(&Place::Line(3)));
    }

    #[test]
    fn a_wrong_type_is_reported_at_its_line() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct A {
            #[serde(rename = "b")]
            _b: bool,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Root {
            #[serde(rename = "a")]
            _a: A,
        }
        let document = Document::parse(Path::new("x.toml"), TEXT).unwrap();
        assert_eq!(document.value::<Root>().unwrap_err()[0].place, Place::Line(2));
    }

    #[test]
    fn every_unknown_key_and_wrong_type_is_reported_at_once() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Root {
            #[serde(rename = "a")]
            _a: u32,
            #[serde(rename = "b")]
            _b: bool,
        }
        let text = "a = \"x\"\nc = 1\nb = 3\nd = 2\n";
        let document = Document::parse(Path::new("x.toml"), text).unwrap();
        let mistakes = document.value::<Root>().unwrap_err();
        let mut lines: Vec<_> = mistakes.iter().map(|mistake| mistake.place.clone()).collect();
        lines.sort();
        assert_eq!(lines, [1, 2, 3, 4].map(Place::Line));
        assert!(mistakes.iter().any(|mistake| mistake.key == "c" && mistake.reason == "没有这个设置项"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,80}") {
            if let Ok(document) = Document::parse(Path::new("x.toml"), &text) {
                let _ = document.mistake(&[Name("a"), Index(0)], "", "");
            }
        }
    }
}
