//! Lists with a heading: which column a number stands in, and what heads it.
//!
//! In: a text and places in it, in order. Out: the cells of the heading and of the row in which a place lies. A heading
//! is a line of short cells of which one names a number; its rows divide their cells the same way. Each line is
//! looked at once.

use super::contact;
use super::label::{self, Named};
use super::page::Page;
use super::run::GROUPS;
use crate::judge::folded::Folded;
use std::ops::Range;

/// What divides the cells of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Divider {
    Tab,
    Bar,
    Space,
    Pause,
    Comma,
}

impl Divider {
    const ALL: [Self; 5] = [Self::Tab, Self::Bar, Self::Space, Self::Pause, Self::Comma];

    fn is(self, c: char) -> bool {
        match self {
            Self::Tab => c == '\t',
            Self::Bar => matches!(c, '|' | '｜' | '│' | '┃'),
            Self::Space => c == ' ' || c == '\u{3000}' || c == '\u{a0}',
            Self::Pause => c == '、',
            Self::Comma => matches!(c, ',' | '，'),
        }
    }
}

/// The heading of a list.
#[derive(Debug)]
struct Heading {
    divider: Divider,
    /// The folded text of each cell.
    cells: Vec<String>,
    /// What each cell names.
    names: Vec<Option<Named>>,
    /// The first cell that speaks of a contact.
    contact: Option<usize>,
}

/// The cells of a line.
#[derive(Debug)]
struct Line {
    number: usize,
    /// Where in the line as it was written each cell begins.
    starts: Vec<usize>,
    /// The folded text of each cell.
    cells: Vec<String>,
}

/// A row of a list under its heading.
#[derive(Debug)]
pub(super) struct Row<'h> {
    /// What the heading's cells say.
    pub(super) heading: &'h [String],
    names: &'h [Option<Named>],
    contact: Option<usize>,
    /// The folded text of the row's cells.
    pub(super) cells: &'h [String],
    /// The cell of the place that was asked for.
    pub(super) column: usize,
}

impl<'h> Row<'h> {
    /// What heads the column of a number, which may have the length of a mobile number.
    pub(super) fn named(&self, mobile: bool) -> Option<Named> {
        if self.cells.len() == self.names.len() {
            return self.names.get(self.column).copied().flatten();
        }
        // A row with a cell more or less: only what the whole heading agrees on.
        let mut names = self.names.iter().flatten().filter(|named| match named {
            Named::Other => true,
            Named::Phone => mobile,
            Named::Plate => false,
            Named::Identity | Named::Card | Named::Passport => !mobile,
        });
        let first = names.next()?;
        names.all(|named| named == first).then_some(*first)
    }

    /// Whether the heading speaks of a contact in the column or before it.
    pub(super) fn is_contact(&self) -> bool {
        self.contact.is_some_and(|contact| contact <= self.column)
    }

    /// The row's cell under the first heading of which something holds.
    pub(super) fn cell_under(&self, holds: impl Fn(&str) -> bool) -> Option<&'h str> {
        let column = self.heading.iter().position(|cell| holds(cell))?;
        self.cells.get(column).map(String::as_str)
    }
}

/// The lists of a text, found as one walks down it.
#[derive(Debug)]
pub(super) struct Tables<'p, 't> {
    page: &'p Page<'t>,
    /// The first line that was not looked at yet.
    next: usize,
    heading: Option<Heading>,
    /// The row that was asked for last.
    line: Option<Line>,
}

impl<'p, 't> Tables<'p, 't> {
    /// Longest line that can be a heading or a row, in bytes.
    const LINE: usize = 600;
    /// Longest cell of a heading, in characters.
    const CELL: usize = 16;

    pub(super) const fn new(page: &'p Page<'t>) -> Self {
        Self { page, next: 0, heading: None, line: None }
    }

    /// The row in which a place lies; places must be asked for in order.
    pub(super) fn row(&mut self, at: usize) -> Option<Row<'_>> {
        let number = self.page.line_of(at);
        while self.next < number {
            self.pass(self.next);
            self.next += 1;
        }
        let heading = self.heading.as_ref()?;
        let range = self.page.line(number);
        if range.len() > Self::LINE {
            return None;
        }
        let start = self.page.written_at(range.start..range.start).start;
        if self.line.as_ref().is_none_or(|line| line.number != number) {
            let written = self.page.written(range);
            let cells = split(written, heading.divider);
            self.line = Some(Line {
                number,
                starts: cells.iter().map(|cell| cell.start).collect(),
                cells: cells.into_iter().map(|cell| fold(&written[cell])).collect(),
            });
        }
        let line = self.line.as_ref().filter(|line| line.cells.len() >= 2)?;
        let place = self.page.written_at(at..at).start.saturating_sub(start);
        Some(Row {
            heading: &heading.cells,
            names: &heading.names,
            contact: heading.contact,
            cells: &line.cells,
            column: line.starts.partition_point(|start| *start <= place).checked_sub(1)?,
        })
    }

    /// Walks past a line.
    fn pass(&mut self, line: usize) {
        let range = self.page.line(line);
        let text = &self.page.text()[range.clone()];
        if text.len() > Self::LINE {
            self.heading = None;
            return;
        }
        let written = self.page.written(range);
        if let Some(heading) = heading(written, text) {
            self.heading = Some(heading);
        } else if let Some(heading) = &self.heading
            && text.contains('。')
            && split(written, heading.divider).len() != heading.cells.len()
        {
            self.heading = None;
        }
    }
}

/// A line as a heading.
fn heading(written: &str, folded: &str) -> Option<Heading> {
    let mut digits = 0;
    for c in folded.chars() {
        digits = if c.is_ascii_digit() || super::run::is_mask(c) { digits + 1 } else { 0 };
        // A line with a number is a row itself.
        if digits > 6 {
            return None;
        }
    }
    if folded.contains('。') {
        return None;
    }
    Divider::ALL.into_iter().find_map(|divider| {
        let cells: Vec<String> =
            split(written, divider).into_iter().map(|cell| fold(&written[cell])).collect();
        if cells.len() < 2 || cells.iter().any(|cell| cell.chars().count() > Tables::CELL) {
            return None;
        }
        let names: Vec<Option<Named>> =
            cells.iter().map(|cell| label::read(cell).map(|it| it.named)).collect();
        let is_heading = names.iter().any(Option::is_some) || cells.iter().any(|cell| names_place(cell));
        let contact = cells.iter().position(|cell| contact::speaks(cell));
        is_heading.then_some(Heading { divider, cells, names, contact })
    })
}

/// Whether a cell heads a column of addresses.
fn names_place(cell: &str) -> bool {
    ["住址", "地址", "住所", "户籍地", "所在地", "居住地"].iter().any(|word| cell.contains(word))
}

fn fold(cell: &str) -> String {
    Folded::new(cell).text().trim().to_owned()
}

/// The cells of a line as it was written.
fn split(line: &str, divider: Divider) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (at, c) in line.char_indices() {
        if divider.is(c) {
            cells.push(start..at);
            start = at + c.len_utf8();
        }
    }
    cells.push(start..line.len());
    if divider == Divider::Space {
        cells.retain(|cell| !cell.is_empty());
        join(line, &mut cells);
    }
    cells
}

/// Joins what a space divides and is one thing: 张　三, and the groups of a number.
fn join(line: &str, cells: &mut Vec<Range<usize>>) {
    let single = |cell: &Range<usize>| {
        let mut chars = line[cell.clone()].chars();
        matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic() && !c.is_ascii())
    };
    let signs = |cell: &Range<usize>| {
        let text = Folded::new(&line[cell.clone()]);
        let all = text.text().chars().all(|c| c.is_ascii_digit() || c == 'x' || super::run::is_mask(c));
        if all { text.text().chars().count() } else { 0 }
    };
    let lengths: Vec<usize> = cells.iter().map(signs).collect();
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(cells.len());
    let mut at = 0;
    while at < cells.len() {
        let pair = cells.get(at + 1).is_some_and(|next| single(next) && single(&cells[at]));
        let group =
            GROUPS.iter().find(|group| lengths[at..].starts_with(group)).map_or(1, |group| group.len());
        let taken = if pair { 2 } else { group };
        joined.push(cells[at].start..cells[at + taken - 1].end);
        at += taken;
    }
    *cells = joined;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, number: &str) -> Option<Named> {
        let page = Page::new(text);
        let at = page.text().find(number).expect("the number is there");
        Tables::new(&page).row(at).and_then(|row| row.named(false))
    }

    #[test]
    fn a_column_is_named_by_its_heading_however_cells_are_divided() {
        for text in [
            "姓名 准考证号 身份证号\n张三 111 999",
            "姓名　准考证号　身份证号\n张　三　111　999",
            "姓名\t准考证号\t身份证号\n\t111\t999",
            "| 姓名 | 准考证号 | 身份证号 |\n|---|---|---|\n| 张三 | 111 | 999 |",
            "姓名|准考证号|身份证号\n张三|111|999",
            "姓名、准考证号、身份证号\n李四、222、888\n\n张三、111、999",
            "姓名，准考证号，身份证号\n张三,111,999",
            "名单如下。\n姓名 准考证号 身份证号\n李四 222 888\n张三 111 999",
            "姓名 电话 准考证号 身份证号\n张三 199 0000 1111 111 999",
            "姓名 卡号 准考证号 身份证号\n张三 6299 0000 0000 0001 888 111 999",
        ] {
            assert_eq!(named(text, "999"), Some(Named::Identity), "{text}");
            if !text.contains("199") {
                assert_eq!(named(text, "111"), Some(Named::Other), "{text}");
            }
        }
    }

    #[test]
    fn a_sentence_ends_a_list_and_other_lines_are_no_rows() {
        assert_eq!(named("姓名 身份证号\n公示到此为止。\n张三 999", "999"), None);
        assert_eq!(named("姓名 身份证号\n张三，999", "999"), None);
        assert_eq!(named("999 1\n姓名 身份证号", "999"), None);
        // A row with one cell more than its heading is under the only number that is named.
        assert_eq!(named("姓名 身份证号\n1 张三 999", "999"), Some(Named::Identity));
        assert_eq!(named("姓名 身份证号 准考证号\n1 张三 999 2", "999"), None);
    }
}
