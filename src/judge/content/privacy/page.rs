//! A text laid out for looking around in it: its folded form, its lines, and the way back to what was written.
//!
//! In: a text as it was written. Out: lines, what stands before a place, what stands above it. Looking back is always
//! bounded, so that no text makes it dear.

use crate::judge::folded::Folded;
use std::ops::Range;

/// A text with its folded form and its lines; all places are places of the folded form.
#[derive(Debug)]
pub(super) struct Page<'t> {
    original: &'t str,
    folded: Folded,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl<'t> Page<'t> {
    /// Lays a text out.
    pub(super) fn new(original: &'t str) -> Self {
        let folded = Folded::new(original);
        let lines = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', folded.text().as_bytes()).map(|end| end + 1))
            .collect();
        Self { original, folded, lines }
    }

    /// The folded text.
    pub(super) fn text(&self) -> &str {
        self.folded.text()
    }

    /// Where a part was written, in bytes of the original.
    pub(super) fn written_at(&self, part: Range<usize>) -> Range<usize> {
        self.folded.original(part)
    }

    /// A part as it was written.
    pub(super) fn written(&self, part: Range<usize>) -> &'t str {
        &self.original[self.folded.original(part)]
    }

    /// The whole text as it was written.
    pub(super) const fn original(&self) -> &'t str {
        self.original
    }

    /// The number of the line in which a place lies.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at) - 1
    }

    /// A line without its end; empty when there is none of that number.
    pub(super) fn line(&self, number: usize) -> Range<usize> {
        let Some(&start) = self.lines.get(number) else { return 0..0 };
        start..self.lines.get(number + 1).map_or(self.text().len(), |next| next - 1)
    }

    /// What stands before a place on its line, no more than so many bytes of it.
    pub(super) fn before(&self, at: usize, bytes: usize) -> &str {
        let start = self.lines[self.line_of(at)].max(at.saturating_sub(bytes));
        &self.text()[self.text().ceil_char_boundary(start)..at]
    }

    /// What stands after a place on its line, no more than so many bytes of it.
    pub(super) fn after(&self, at: usize, bytes: usize) -> &str {
        let end = self.line(self.line_of(at)).end.min(at + bytes);
        &self.text()[at..self.text().floor_char_boundary(end)]
    }

    /// The lines above one that say something, the nearest first; each no longer than so many bytes of its end.
    pub(super) fn above(&self, line: usize, bytes: usize) -> impl Iterator<Item = &str> {
        /// A record is a handful of lines, and those between them are few.
        const LINES: usize = 12;
        (line.saturating_sub(LINES)..line)
            .rev()
            .map(move |number| {
                let end = self.line(number).end;
                self.before(end, bytes).trim()
            })
            .filter(|line| !line.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_knows_its_line_and_what_is_around_it() {
        let page = Page::new("姓名：甲\n\n电话：１２３，乙\n");
        let at = page.text().find("123").unwrap();
        assert_eq!((page.line_of(at), page.before(at, 100), page.after(at, 100)), (2, "电话:", "123,乙"));
        assert_eq!(page.before(at, 2), ":");
        assert_eq!(page.above(2, 100).collect::<Vec<_>>(), ["姓名:甲"]);
        assert_eq!(page.written(at..at + 3), "１２３");
        assert_eq!((page.line(3), page.line(4)), (page.text().len()..page.text().len(), 0..0));
    }
}
