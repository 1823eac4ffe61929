//! The register (台账): what offices keep in CSV and XLSX files, read into accounts.
//!
//! In: the bytes of a file. Out: accounts, every bad row with its reasons, and warnings ([`read`]); then what
//! an import would change ([`plan::plan`]). Pure: it never touches the store, and the same file read twice
//! gives the same accounts. The id of a row without one is `{platform}:{platform_uid}`, and
//! `{platform}:{name}` when there is no `platform_uid` either.
//!
//! A file travels through `table` (cells), `sheets` and `header` (columns), `row` (accounts), `reader`.

pub mod bad;
mod cell;
pub mod column;
mod date;
mod duplicates;
mod header;
pub mod looks;
pub mod plan;
mod reader;
mod row;
mod sheets;
mod split;
mod table;
pub mod template;
mod words;
mod workbook;

use crate::config::mistake::{Mistake, Place};
use crate::model::account::Registered;
use column::Column;
use reader::Reader;
use std::path::Path;
use std::sync::Arc;

/// What a file says.
#[derive(Debug, Default)]
pub struct Reading {
    /// The accounts of all good rows, in the order of the file.
    pub accounts: Vec<Row>,
    /// Rows that cannot be taken over as they are.
    pub bad: Vec<BadRow>,
    /// Mistakes of the file or of a sheet as a whole. Where there is one nothing may be imported, not even
    /// with bad rows skipped: there are no accounts then.
    pub broken: Vec<Mistake>,
    /// What was passed over or taken another way than written.
    pub warnings: Vec<Mistake>,
    /// The columns of the file as it heads them, of all sheets together.
    pub header: Vec<String>,
}

/// An account and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its row, without a column.
    pub place: Place,
    /// What the office wrote.
    pub registered: Registered,
    /// Columns its sheet does not have, the key aside: nothing was written there, and an import leaves what the
    /// store knows.
    pub absent: Arc<[Column]>,
}

/// A row that cannot be taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct BadRow {
    /// Its row, without a column.
    pub place: Place,
    /// Its cells as a person sees them, under [`Reading::header`]; trailing ones may be missing.
    pub cells: Vec<String>,
    /// Everything that is wrong with it.
    pub mistakes: Vec<Mistake>,
}

/// Reads a file; `known_recipe` tells whether a recipe of that name exists. `path` is only for the mistakes.
#[must_use]
pub fn read(path: &Path, bytes: &[u8], known_recipe: &dyn Fn(&str) -> bool) -> Reading {
    let mut reader = Reader::new(path);
    let registers = reader.registers(bytes);
    reader.rows(&registers, known_recipe);
    reader.finish()
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
