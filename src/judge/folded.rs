//! One form for the signs of a text, and the way back to the text as it was written.
//!
//! In: text as a page shows it, hostile and of any length. Out: the same text with half-width signs, small ASCII
//! letters, one sign per meaning and nothing that nobody sees, and for each part of it the part of the original. It
//! changes signs, never words; one pass, no more memory than the text and its differences.

use super::glyphs::Glyphs;
use std::ops::Range;
use std::sync::LazyLock;

/// A text as rules read it, and where each part of it came from.
#[derive(Debug, Clone, Default)]
pub(super) struct Folded {
    text: String,
    /// Where the distance between the two texts changes, in order; between two anchors they go byte by byte.
    anchors: Vec<Anchor>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    /// A place in the folded text.
    at: usize,
    /// Where in the original ends what stands before it.
    end: usize,
    /// Where in the original begins what stands after it; later than `end` when something invisible lies between.
    start: usize,
}

impl Folded {
    /// Folds a text.
    pub(super) fn new(original: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(original.len()), anchors: Vec::new() };
        let mut kept = 0;
        while let Some(at) = CHANGING.find(original, kept) {
            folded.text.push_str(&original[kept..at]);
            let mut rest = original[at..].chars();
            let new = rest.next().and_then(small);
            kept = original.len() - rest.as_str().len();
            folded.text.extend(new);
            match new {
                None => folded.anchor(at, kept),
                Some(new) if new.len_utf8() != kept - at => folded.anchor(kept, kept),
                Some(_) => {}
            }
        }
        folded.text.push_str(&original[kept..]);
        folded
    }

    /// The text to look at.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a part of the folded text stands in the original, in bytes; both ends must lie between characters. What
    /// nobody sees at its edges is left out.
    pub(super) fn original(&self, part: Range<usize>) -> Range<usize> {
        let start = self.anchor_before(part.start).map_or(part.start, |it| it.start + (part.start - it.at));
        let end = self
            .anchor_before(part.end)
            .map_or(part.end, |it| if it.at == part.end { it.end } else { it.start + (part.end - it.at) });
        start..end.max(start)
    }

    fn anchor(&mut self, end: usize, start: usize) {
        let at = self.text.len();
        match self.anchors.last_mut() {
            Some(last) if last.at == at => last.start = start,
            _ => self.anchors.push(Anchor { at, end, start }),
        }
    }

    fn anchor_before(&self, place: usize) -> Option<&Anchor> {
        self.anchors[..self.anchors.partition_point(|anchor| anchor.at <= place)].last()
    }
}

/// The characters that do not stay as they are.
static CHANGING: LazyLock<Glyphs> = LazyLock::new(|| Glyphs::of(|c| small(c) != Some(c)));

/// The one sign for a character, and of an ASCII letter the small one.
fn small(c: char) -> Option<char> {
    sign(c).map(|c| c.to_ascii_lowercase())
}

/// The one sign for a character; `None` for those that nobody sees.
pub(super) fn sign(c: char) -> Option<char> {
    Some(match c {
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{ad}' => {
            return None;
        }
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
        c if c.is_whitespace() || c.is_control() => ' ',
        // The full-width forms lie at a fixed distance from ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        '丨' | '│' | '┃' | '∣' | '︱' | '︳' | '￨' | '❘' | '❙' => '|',
        '∶' | '꞉' | '︰' | '﹕' => ':',
        '∕' | '⁄' => '/',
        '〔' | '﹝' => '[',
        '〕' | '﹞' => ']',
        '〖' => '【',
        '〗' => '】',
        '•' | '・' | '‧' | '∙' | '･' => '·',
        c => c,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part_of<'t>(original: &'t str, part: &str) -> &'t str {
        let folded = Folded::new(original);
        let at = folded.text().find(part).expect("the part is there");
        &original[folded.original(at..at + part.len())]
    }

    #[test]
    fn every_width_of_a_sign_is_one_sign_and_letters_are_small() {
        let folded = Folded::new("来源：新华社（北京）｜丨　Ａ\u{200b}1Ｂc\r\n〔D〕");
        assert_eq!(folded.text(), "来源:新华社(北京)|| a1bc\n\n[d]");
    }

    #[test]
    fn a_part_leads_back_to_what_was_written() {
        let original = "电\u{200b}话：１３８\u{feff}0000，\u{200b}详询Ｖ信";
        assert_eq!(part_of(original, "电话"), "电\u{200b}话");
        assert_eq!(part_of(original, "1380000"), "１３８\u{feff}0000");
        assert_eq!(part_of(original, ","), "，");
        assert_eq!(part_of(original, "详询v信"), "详询Ｖ信");
        assert_eq!(part_of(original, "话:"), "话：");
    }

    #[test]
    fn nothing_stands_at_the_place_of_what_follows_it() {
        let folded = Folded::new("\u{200b}a\u{200b}");
        assert_eq!((folded.text(), folded.original(0..1)), ("a", 3..4));
        assert_eq!(folded.original(1..1), 7..7);
        assert_eq!(Folded::new("").original(0..0), 0..0);
    }

    #[test]
    fn only_characters_of_the_basic_plane_change() {
        assert_eq!(('\u{10000}'..=char::MAX).find(|c| small(*c) != Some(*c)), None);
    }

    proptest! {
        #[test]
        fn each_character_leads_back_to_one_that_folds_to_it(original in "[a-cＡ-Ｃ：，中国\u{200b}\u{feff} 　\n１-３]{0,40}") {
            let folded = Folded::new(&original);
            let mut before = 0;
            for (at, c) in folded.text().char_indices() {
                let range = folded.original(at..at + c.len_utf8());
                prop_assert!(range.start >= before);
                before = range.end;
                let back = &original[range];
                prop_assert_eq!(back.chars().count(), 1);
                let again = Folded::new(back);
                prop_assert_eq!(again.text(), c.to_string());
            }
        }
    }
}
