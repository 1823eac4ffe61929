//! Words without which a pattern cannot match, found for many patterns in one pass.
//!
//! In: patterns. Out: an index that tells which of them may match a text, and where to look. A set of patterns run side
//! by side over Chinese text knows so many states that it forgets them faster than it uses them; one pass for the words
//! and a look around the few that stand there is thirty times cheaper. The words are taken from the patterns
//! themselves, so that nobody can forget one.

use daachorse::CharwiseDoubleArrayAhoCorasick;
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// A set of more words says nothing any more.
const MOST_WORDS: usize = 64;
/// How far around a word a pattern is looked for, in bytes: none reaches farther.
const REACH: usize = 96;

/// Patterns and the words that call for them.
pub(super) struct Triggers {
    patterns: Vec<Regex>,
    /// The patterns of each word.
    called: Vec<Vec<usize>>,
    words: CharwiseDoubleArrayAhoCorasick<u32>,
}

impl Triggers {
    /// The index of patterns, each of which must hold a word in every form.
    pub(super) fn new(patterns: &[&str]) -> Self {
        let mut by_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, pattern) in patterns.iter().enumerate() {
            let hir = regex_syntax::parse(pattern).expect("a constant pattern");
            for word in words_of(&hir).expect("a constant pattern with a word in every form") {
                by_word.entry(word).or_default().push(number);
            }
        }
        let words = CharwiseDoubleArrayAhoCorasick::new(by_word.keys()).expect("words that differ");
        Self {
            patterns: patterns.iter().map(|it| Regex::new(it).expect("a constant pattern")).collect(),
            called: by_word.into_values().collect(),
            words,
        }
    }

    /// The patterns that match a text, by their places in the list, in its order.
    pub(super) fn matching(&self, text: &str) -> Vec<usize> {
        let mut found = vec![false; self.patterns.len()];
        // Where each pattern has been looked for.
        let mut looked = vec![0_usize; self.patterns.len()];
        for word in self.words.find_overlapping_iter(text) {
            for &number in &self.called[word.value() as usize] {
                if found[number] || word.end() <= looked[number] {
                    continue;
                }
                let around = around(text, word.start()..word.end());
                looked[number] = around.end.saturating_sub(REACH);
                found[number] = self.patterns[number].is_match(&text[around]);
            }
        }
        (0..found.len()).filter(|number| found[*number]).collect()
    }

    /// A pattern by its place in the list.
    pub(super) fn pattern(&self, number: usize) -> &Regex {
        &self.patterns[number]
    }
}

/// A place with what stands around it.
fn around(text: &str, place: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(place.start.saturating_sub(REACH));
    start..text.ceil_char_boundary((place.end + REACH).min(text.len()))
}

/// Words of which every match holds one; none when there are no such words.
fn words_of(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            let ranges = class.iter().flat_map(|range| range.start()..=range.end());
            (size <= MOST_WORDS).then(|| ranges.map(String::from).collect())
        }
        HirKind::Capture(capture) => words_of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => words_of(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(words_of).max_by_key(|words| weight(words)),
        HirKind::Alternation(parts) => {
            let words: Vec<String> = parts.iter().map(words_of).collect::<Option<Vec<_>>>()?.concat();
            (words.len() <= MOST_WORDS * 4).then_some(words)
        }
        _ => None,
    }
}

/// How much a set of words tells: the longer the shortest of them and the fewer, the more. Signs and letters without a
/// meaning of their own tell the least.
fn weight(words: &[String]) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = words.iter().map(|word| if word.is_ascii() { 0 } else { word.chars().count() }).min();
    (shortest.unwrap_or(0), std::cmp::Reverse(words.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATTERNS: [&str; 4] =
        ["甲[乙丙]{0,3}丁|戊+", "[0-9]+(?:元|块)起", "(?:满|减)[0-9]{2}", "壬.{0,20}癸"];

    #[test]
    fn words_are_those_that_every_match_holds() {
        let words = |pattern| words_of(&regex_syntax::parse(pattern).unwrap());
        assert_eq!(words("甲乙丙?丁"), Some(vec!["甲乙".to_owned()]));
        assert_eq!(words("甲|乙丙"), Some(vec!["甲".to_owned(), "乙丙".to_owned()]));
        assert_eq!(words("[0-9]+元"), Some(vec!["元".to_owned()]));
        assert_eq!(words("甲?"), None);
        assert_eq!(words("\\p{Han}"), None);
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_by_the_patterns_themselves(text in "[甲乙丁戊0-5元起满减壬癸a]{0,40}") {
            let triggers = Triggers::new(&PATTERNS);
            let expected: Vec<usize> = (0..PATTERNS.len()).filter(|it| Regex::new(PATTERNS[*it]).unwrap().is_match(&text)).collect();
            prop_assert_eq!(triggers.matching(&text), expected);
        }
    }
}
