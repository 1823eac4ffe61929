//! A set of characters, and the fastest way to the next of them in a text.
//!
//! In: which characters. Out: where in a text one of them stands. Most characters of most texts are in no set that a
//! rule asks for: a table of one bit each, small enough to stay beside the processor, passes them over without
//! working out what they are. Characters beyond the basic plane belong to no set.

/// A set of characters of the basic plane.
pub(super) struct Glyphs {
    /// One bit for each character: its lowest six bits tell the bit, the others the word.
    words: [u64; 1024],
}

impl Default for Glyphs {
    fn default() -> Self {
        Self { words: [0; 1024] }
    }
}

impl Glyphs {
    /// The characters of the basic plane of which this is true.
    pub(super) fn of(belongs: impl Fn(char) -> bool) -> Self {
        let mut set = Self::default();
        for c in ('\0'..='\u{ffff}').filter(|c| belongs(*c)) {
            set.words[c as usize >> 6] |= 1 << (c as u32 & 63);
        }
        set
    }

    /// Where the next of them begins at or after `from`, which must lie between characters.
    #[inline]
    pub(super) fn find(&self, text: &str, from: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut at = from;
        loop {
            // A text is well formed: a first byte tells how many follow.
            let (word, last, width) = match *bytes.get(at..)? {
                [first @ 0xe0..0xf0, second, third, ..] => {
                    (usize::from(first & 15) << 6 | usize::from(second & 63), third, 3)
                }
                [first @ ..0x80, ..] => (usize::from(first >> 6), first, 1),
                [first @ ..0xe0, second, ..] => (usize::from(first & 31), second, 2),
                [_, ..] => {
                    at += 4;
                    continue;
                }
                [] => return None,
            };
            if self.words[word] >> (last & 63) & 1 == 1 {
                return Some(at);
            }
            at += width;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_of_them_is_found_and_nothing_else(text in "[a-cé中国，\u{ffff}𠮷😀\\PC]{0,30}") {
            let sought = ['b', 'é', '国', '，', '\u{ffff}'];
            let set = Glyphs::of(|c| sought.contains(&c));
            let mut found = Vec::new();
            while let Some(at) = set.find(&text, found.last().map_or(0, |last: &usize| {
                *last + text[*last..].chars().next().map_or(0, char::len_utf8)
            })) {
                found.push(at);
            }
            let expected: Vec<usize> =
                text.char_indices().filter(|(_, c)| sought.contains(c)).map(|(at, _)| at).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
