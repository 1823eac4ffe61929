//! A place in folded text, moved forward by what is recognised there.
//!
//! In: the characters [`super::fold`] produced. Out: numbers and words, read one after another. A cursor is
//! copied to look ahead and assigned back when the look was right; it never allocates and never goes back.

/// A place in folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a [char],
    at: usize,
}

/// A whole run of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Its value; runs too long for any date saturate.
    pub(super) value: u64,
    /// How many digits it has.
    pub(super) width: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [char], at: usize) -> Self {
        Self { text, at }
    }

    pub(super) fn at(self) -> usize {
        self.at
    }

    /// Everything before the place.
    pub(super) fn before(self) -> &'a [char] {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// Everything from the place on.
    pub(super) fn rest(self) -> &'a [char] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    /// Whether the next character satisfies `wanted`; the end of the text satisfies nothing.
    pub(super) fn sees(self, wanted: impl Fn(char) -> bool) -> bool {
        self.peek().is_some_and(wanted)
    }

    pub(super) fn sees_digit(self) -> bool {
        self.sees(|c| c.is_ascii_digit())
    }

    pub(super) fn eat_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let next = self.peek().filter(|&c| wanted(c))?;
        self.at += 1;
        Some(next)
    }

    pub(super) fn eat(&mut self, wanted: char) -> bool {
        self.eat_if(|c| c == wanted).is_some()
    }

    pub(super) fn spaces(&mut self) {
        while self.eat(' ') {}
    }

    /// Steps over `word` if it stands here.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let mut ahead = *self;
        if word.chars().all(|c| ahead.eat(c)) {
            *self = ahead;
            return true;
        }
        false
    }

    /// Steps over the first of `words` that stands here; put longer words before their own beginnings.
    pub(super) fn any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.word(word))
    }

    /// Steps over the digits that stand here.
    pub(super) fn run(&mut self) -> Option<Run> {
        let start = self.at;
        let mut value = 0_u64;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            value = value.saturating_mul(10).saturating_add(u64::from(digit));
            self.at += 1;
        }
        (self.at > start).then_some(Run { value, width: self.at - start })
    }

    /// Steps over a number of one or two digits; a longer run is none.
    pub(super) fn short(&mut self) -> Option<u32> {
        let mut ahead = *self;
        let run = ahead.run().filter(|run| run.width <= 2)?;
        *self = ahead;
        u32::try_from(run.value).ok()
    }

    /// Steps over the ASCII letters that stand here.
    pub(super) fn letters(&mut self) -> &'a [char] {
        let start = self.at;
        while self.eat_if(|c| c.is_ascii_alphabetic()).is_some() {}
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The next place where something may begin: behind the digits or letters that stand here, so that no
    /// number or word is ever read from its middle.
    pub(super) fn step(mut self) -> usize {
        if self.run().is_none() && self.letters().is_empty() {
            self.at += 1;
        }
        self.at
    }
}
