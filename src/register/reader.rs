//! From the rows of all sheets to one reading.
//!
//! In: sheets with their headers. Out: accounts, bad rows and warnings with their places. It decides what
//! happens to a row as a whole; what the cells mean is decided in `row`.

use super::cell::Complaint;
use super::column::Column;
use super::sheets::Register;
use super::{BadRow, Reading, Row, duplicates, row};
use crate::config::mistake::{Mistake, Place};
use crate::model::account::Registered;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// A row: the number of its sheet and its place there.
type Origin = (usize, usize);

/// Collects what a file says.
pub(super) struct Reader<'a> {
    path: &'a Path,
    pub(super) reading: Reading,
    /// Where the warning stands that says the same of an earlier row, and how many rows it is about.
    repeats: HashMap<(usize, Column, String), (usize, usize)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self { path, reading: Reading::default(), repeats: HashMap::new() }
    }

    /// What has been collected; of a broken file no account.
    pub(super) fn finish(mut self) -> Reading {
        for (at, rows) in self.repeats.into_values() {
            if rows > 1
                && let Some(warning) = self.reading.warnings.get_mut(at)
            {
                warning.reason = format!("{}(共 {rows} 行)", warning.reason);
            }
        }
        if !self.reading.broken.is_empty() {
            self.reading.accounts.clear();
        }
        self.reading
    }

    /// Reads every row of the registers.
    pub(super) fn rows(&mut self, registers: &[Register], known_recipe: &dyn Fn(&str) -> bool) {
        let mut found: Vec<(Origin, Registered)> = Vec::new();
        let mut bad: BTreeMap<Origin, Vec<Mistake>> = BTreeMap::new();
        for (index, Register { sheet, header, .. }) in registers.iter().enumerate() {
            for (at, cells) in sheet.rows.iter().enumerate().skip(header.index + 1) {
                let origin = (index, at);
                match row::sort(header, cells) {
                    row::Sort::Nothing => continue,
                    row::Sort::Remark => {
                        self.warn(registers, origin, Column::Name, Complaint::new("不是账号行,已跳过", ""));
                        continue;
                    }
                    row::Sort::Account => {}
                }
                let read = row::read(header, cells, known_recipe);
                for (column, complaint) in read.warnings {
                    self.warn(registers, origin, column, complaint);
                }
                if !read.mistakes.is_empty() {
                    let placed = |(column, complaint)| self.placed(registers, origin, column, complaint);
                    bad.insert(origin, read.mistakes.into_iter().map(placed).collect());
                }
                found.extend(read.accounts.into_iter().map(|account| (origin, account)));
            }
        }
        let repeated = self.reject_duplicates(registers, &found, &mut bad);
        for (at, (origin, registered)) in found.into_iter().enumerate() {
            if !bad.contains_key(&origin) && !repeated.contains(&at) {
                let (place, absent) = (place(registers, origin), Arc::clone(&registers[origin.0].absent));
                self.reading.accounts.push(Row { place, registered, absent });
            }
        }
        for (origin, mistakes) in bad {
            let Register { sheet, columns, .. } = &registers[origin.0];
            let mut cells = vec![String::new(); self.reading.header.len()];
            for (cell, at) in sheet.rows[origin.1].cells.iter().zip(columns) {
                cells[*at] = cell.shown().into_owned();
            }
            self.reading.bad.push(BadRow { place: place(registers, origin), cells, mistakes });
        }
    }

    /// Says of rows about one account that they contradict each other; returns the accounts to leave out
    /// because an earlier row says all of it.
    fn reject_duplicates(
        &mut self,
        registers: &[Register],
        found: &[(Origin, Registered)],
        bad: &mut BTreeMap<Origin, Vec<Mistake>>,
    ) -> HashSet<usize> {
        let duplicates = duplicates::find(found.iter().map(|(_, account)| account));
        for (first, second, column) in duplicates.clashes {
            let value = column.text(&found[second].1);
            for (at, other) in [(first, second), (second, first)] {
                let origin = found[at].0;
                let complaint = Complaint::new(
                    format!("与{}是同一账号(“{value}”),内容却不同", place_name(registers, found[other].0)),
                    "请只留一行;确是两个账号的,请填写各自的账号ID或编号",
                );
                let mistakes = bad.entry(origin).or_default();
                // One other row is enough: a thousand equal ones would name each other a thousand times.
                if !mistakes.iter().any(|mistake| mistake.key == column.as_str()) {
                    mistakes.push(self.placed(registers, origin, column, complaint));
                }
            }
        }
        for (first, second) in &duplicates.repeated {
            let reason = format!("与{}完全相同,只计一次", place_name(registers, found[*first].0));
            self.warn(registers, found[*second].0, Column::Name, Complaint::new(reason, ""));
        }
        duplicates.repeated.into_iter().map(|(_, second)| second).collect()
    }

    /// Warns of a cell; the same about many rows of a sheet is told once, with their number.
    fn warn(&mut self, registers: &[Register], origin: Origin, column: Column, complaint: Complaint) {
        match self.repeats.entry((origin.0, column, complaint.reason.clone())) {
            Entry::Occupied(mut entry) => entry.get_mut().1 += 1,
            Entry::Vacant(entry) => {
                entry.insert((self.reading.warnings.len(), 1));
                let warning = self.placed(registers, origin, column, complaint);
                self.reading.warnings.push(warning);
            }
        }
    }

    fn placed(
        &self,
        registers: &[Register],
        (index, at): Origin,
        column: Column,
        complaint: Complaint,
    ) -> Mistake {
        let Register { sheet, header, .. } = &registers[index];
        let place = Place::Cell {
            sheet: sheet.name.clone(),
            row: sheet.rows[at].number,
            column: header.name(column).to_owned(),
        };
        self.mistake(place, column.as_str(), complaint)
    }

    /// A mistake of the file.
    pub(super) fn mistake(&self, place: Place, key: &str, complaint: Complaint) -> Mistake {
        Mistake {
            file: self.path.to_owned(),
            place,
            key: key.to_owned(),
            reason: complaint.reason,
            advice: complaint.advice,
        }
    }
}

fn place(registers: &[Register], (index, at): Origin) -> Place {
    let Register { sheet, .. } = &registers[index];
    Place::Cell { sheet: sheet.name.clone(), row: sheet.rows[at].number, column: String::new() }
}

/// A row as people say it.
fn place_name(registers: &[Register], (index, at): Origin) -> String {
    let Register { sheet, .. } = &registers[index];
    let row = sheet.rows[at].number;
    if sheet.name.is_empty() {
        format!("第{row}行")
    } else {
        format!("工作表“{}”第{row}行", sheet.name)
    }
}
