//! Where the items of a feed begin and end, found without parsing it.
//!
//! In: the text of an RSS, RDF or Atom feed. Out: the byte range of each item, so that items known from the last
//! look are never parsed. It never guesses: nested items, items in other places, entities of its own, an item
//! that does not close or another root give `None`, and then the real parser reads the whole feed.

use super::scan::tag_end;
use memchr::{memchr, memmem};
use std::ops::Range;

/// The items of a feed in their order, not overlapping; `None` when in doubt.
pub(super) fn items(text: &str) -> Option<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut cutter = Cutter { bytes, at: 0 };
    let root = loop {
        if let Tag::Start { name, closed: false, .. } = cutter.next()? {
            break name;
        }
    };
    let (item, depth) = match local(root) {
        b"rss" => (b"item".as_slice(), 2),
        b"RDF" => (b"item".as_slice(), 1),
        b"feed" => (b"entry".as_slice(), 1),
        _ => return None,
    };
    let mut found = Vec::new();
    let mut open = 1_usize;
    let mut name_of_items: Option<&[u8]> = None;
    while open > 0 {
        match cutter.next()? {
            Tag::Start { name, begin, closed } if local(name) == item => {
                // A second prefix may be another namespace, which only the parser can tell.
                if closed || open != depth || *name_of_items.get_or_insert(name) != name {
                    return None;
                }
                cutter.leave(name)?;
                found.push(begin..cutter.at);
            }
            Tag::Start { closed: true, .. } => {}
            Tag::Start { .. } => open += 1,
            Tag::End { .. } => open -= 1,
        }
    }
    Some(found)
}

enum Tag<'a> {
    Start { name: &'a [u8], begin: usize, closed: bool },
    End { name: &'a [u8] },
}

struct Cutter<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cutter<'a> {
    /// The next tag; comments, CDATA and instructions are passed over. `None` at the end, at a document type
    /// with entities of its own and at anything that is not XML.
    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let begin = self.at + memchr(b'<', self.bytes.get(self.at..)?)?;
            let rest = &self.bytes[begin + 1..];
            let behind = match *rest.first()? {
                b'!' if rest.starts_with(b"!--") => memmem::find(rest.get(3..)?, b"-->")? + 6,
                b'!' if rest.starts_with(b"![CDATA[") => memmem::find(&rest[8..], b"]]>")? + 11,
                b'!' => {
                    let end = memchr(b'>', rest)?;
                    if memchr(b'[', &rest[..end]).is_some() {
                        return None;
                    }
                    end + 1
                }
                b'?' => memmem::find(rest, b"?>")? + 2,
                b'/' => {
                    let end = begin + 1 + memchr(b'>', rest)?;
                    self.at = end + 1;
                    return Some(Tag::End { name: self.bytes[begin + 2..end].trim_ascii_end() });
                }
                _ => {
                    let end = tag_end(self.bytes, begin + 1);
                    let inside = self.bytes.get(begin + 1..end)?;
                    self.bytes.get(end)?;
                    self.at = end + 1;
                    let name = inside.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next()?;
                    return Some(Tag::Start { name, begin, closed: inside.ends_with(b"/") });
                }
            };
            self.at = begin + 1 + behind;
        }
    }

    /// Moves behind the end of the item that has just begun; `None` when another begins inside it.
    fn leave(&mut self, item: &[u8]) -> Option<()> {
        let mut open = 1_usize;
        loop {
            match self.next()? {
                Tag::End { name } if name == item => return (open == 1).then_some(()),
                Tag::End { .. } => open = open.checked_sub(1).filter(|left| *left > 0)?,
                Tag::Start { name, .. } if name == item => return None,
                Tag::Start { closed: true, .. } => {}
                Tag::Start { .. } => open += 1,
            }
        }
    }
}

fn local(name: &[u8]) -> &[u8] {
    &name[memchr(b':', name).map_or(0, |colon| colon + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Option<Vec<&str>> {
        items(text).map(|found| found.into_iter().map(|range| &text[range]).collect())
    }

    #[test]
    fn items_are_cut_out_of_every_kind_of_feed() {
        let rss = "<?xml version='1.0'?><!-- <item> --><rss><channel><title>a</title><item>1</item>\n<item x='>'>2</item></channel></rss>";
        assert_eq!(cut(rss).unwrap(), ["<item>1</item>", "<item x='>'>2</item>"]);
        let rdf = "<rdf:RDF xmlns='x'><channel><items><rdf:li/></items></channel><item rdf:about='a'><title/></item></rdf:RDF>";
        assert_eq!(cut(rdf).unwrap(), ["<item rdf:about='a'><title/></item>"]);
        let atom = "<a:feed xmlns:a='x'><a:entry><a:content><p>x<br/></p></a:content></a:entry></a:feed>";
        assert_eq!(cut(atom).unwrap(), ["<a:entry><a:content><p>x<br/></p></a:content></a:entry>"]);
        assert_eq!(cut("<feed/>"), None);
        assert_eq!(cut("<feed></feed>").unwrap(), Vec::<&str>::new());
    }

    #[test]
    fn an_item_ends_where_markup_ends_it_and_not_where_words_do() {
        let rss =
            "<rss><channel><item><![CDATA[</item>]]><!-- </item> --><a b='</item>'/></item></channel></rss>";
        assert_eq!(cut(rss).unwrap().len(), 1);
        assert!(cut(rss).unwrap()[0].ends_with("'/></item>"));
    }

    #[test]
    fn anything_in_doubt_is_left_to_the_parser() {
        for text in [
            "",
            "<html><item/></html>",
            "<rss><channel><item><item></item></item></channel></rss>",
            "<rss><channel><item></channel></rss>",
            "<rss><channel><item>",
            "<rss><item></item></rss>",
            "<rss><channel><item/></channel></rss>",
            "<rss><channel><item></item><x:item></x:item></channel></rss>",
            "<!DOCTYPE rss [<!ENTITY a '<item>'>]><rss><channel></channel></rss>",
        ] {
            assert_eq!(cut(text), None, "{text}");
        }
    }
}
