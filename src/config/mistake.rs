//! What the operator wrote wrongly: where, what, and what to do about it.
//!
//! Mistakes are collected, never thrown one at a time: `check`, `run` and `import` show all of them at once.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where in a file a mistake stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// A line of a text file, counted from 1.
    Line(usize),
    /// A cell of a table; the row counted from 1 as the spreadsheet shows it.
    Cell {
        /// Sheet, empty for CSV.
        sheet: String,
        /// Row.
        row: usize,
        /// Column by its header, or its letter when the header is the trouble.
        column: String,
    },
}

/// One mistake of the operator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file.
    pub file: PathBuf,
    /// Where in it.
    pub place: Place,
    /// The key or column concerned; empty for the whole.
    pub key: String,
    /// What is wrong, in Chinese.
    pub reason: String,
    /// What to do, in Chinese; empty when the reason says it.
    pub advice: String,
}

impl Mistake {
    /// A mistake of a file as a whole.
    #[must_use]
    pub fn whole(file: &Path, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place: Place::Whole,
            key: String::new(),
            reason: reason.into(),
            advice: advice.into(),
        }
    }

    /// A mistake in a line of a text file.
    #[must_use]
    pub fn line(
        file: &Path,
        line: usize,
        key: impl Into<String>,
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            place: Place::Line(line),
            key: key.into(),
            reason: reason.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match &self.place {
            Place::Whole => {}
            Place::Line(line) => write!(f, ":{line}")?,
            Place::Cell { sheet, row, column } => {
                if !sheet.is_empty() {
                    write!(f, " 工作表“{sheet}”")?;
                }
                write!(f, " 第{row}行")?;
                if !column.is_empty() {
                    write!(f, " “{column}”列")?;
                }
            }
        }
        if !self.key.is_empty() && !matches!(self.place, Place::Cell { .. }) {
            write!(f, " {}", self.key)?;
        }
        write!(f, ": {}", self.reason)?;
        if !self.advice.is_empty() {
            write!(f, "(建议:{})", self.advice)?;
        }
        Ok(())
    }
}
