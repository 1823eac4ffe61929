//! Bad rows in a file of their own, to be corrected and imported again.
//!
//! In: a [`Reading`]. Out: CSV that Excel opens as it is. A cell must never become a formula there: what
//! came from outside is text.

use super::{BadRow, Reading};
use crate::config::mistake::Place;
use std::borrow::Cow;
use std::io::Write;

/// Writes the bad rows with their original columns, where they stood (原表位置) and what is wrong (问题).
pub fn write(reading: &Reading, mut into: impl Write) -> csv::Result<()> {
    into.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(into);
    let own = ["原表位置", "问题"].map(Cow::Borrowed);
    writer.write_record(reading.header.iter().map(|name| guarded(name)).chain(own).map(to_bytes))?;
    for row in &reading.bad {
        let cells = row.cells.iter().map(String::as_str).chain(std::iter::repeat(""));
        let cells = cells.take(reading.header.len()).map(guarded);
        let own = [Cow::Owned(place(&row.place)), Cow::Owned(troubles(row))];
        writer.write_record(cells.chain(own).map(to_bytes))?;
    }
    writer.flush()?;
    Ok(())
}

fn to_bytes(cell: Cow<'_, str>) -> Vec<u8> {
    cell.into_owned().into_bytes()
}

fn place(place: &Place) -> String {
    match place {
        Place::Cell { sheet, row, .. } if sheet.is_empty() => format!("第{row}行"),
        Place::Cell { sheet, row, .. } => format!("工作表“{sheet}”第{row}行"),
        Place::Line(line) => format!("第{line}行"),
        Place::Whole => String::new(),
    }
}

fn troubles(row: &BadRow) -> String {
    let one = |mistake: &crate::config::mistake::Mistake| {
        let column = match &mistake.place {
            Place::Cell { column, .. } => column.as_str(),
            Place::Whole | Place::Line(_) => "",
        };
        let advice = if mistake.advice.is_empty() { String::new() } else { format!("({})", mistake.advice) };
        format!("{column}:{}{advice}", mistake.reason)
    };
    row.mistakes.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The cell with an apostrophe before whatever a spreadsheet would compute (CSV injection, CWE-1236).
fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
