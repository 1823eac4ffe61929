//! XLSX: the cells of the visible sheets, vertically merged ones filled.
//!
//! In: bytes that begin like a ZIP archive. Out: a [`Table`]. A few kilobytes can unpack to gigabytes and a
//! sheet with two cells can span seventeen thousand million: sizes are measured before the workbook is
//! opened, and cells are read as a stream, never as a rectangle.

use super::table::{
    Cell, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Refusal, Row, Sheet, Table, too_many_cells, too_many_rows,
};
use calamine::{DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

/// Most bytes of all parts of a workbook together, unpacked.
const MAX_UNPACKED: u64 = 256 << 20;
/// Most cells filled from merged ones, so that overlapping regions cannot multiply the work.
const MAX_MERGED: usize = 1_000_000;

const RESAVE: &str = "请用 Excel 或 WPS 打开后另存为 .xlsx";

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Refusal> {
    measure(bytes, MAX_UNPACKED)?;
    // calamine computes with the numbers of a damaged sheet unchecked: a panic in there is a broken file.
    std::panic::catch_unwind(|| sheets(bytes)).unwrap_or_else(|_| Err(unreadable(&"内容损坏")))
}

fn sheets(bytes: &[u8]) -> Result<Table, Refusal> {
    let mut book: Book = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let mut table = Table::default();
    let mut cells = 0;
    for sheet in book.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        if sheet.visible == SheetVisible::Visible {
            let rows = rows(&mut book, &sheet.name, &mut cells)?;
            table.sheets.push(Sheet { name: sheet.name, rows });
        } else {
            table.hidden.push(sheet.name);
        }
    }
    Ok(table)
}

fn unreadable(error: &dyn std::fmt::Display) -> Refusal {
    (format!("XLSX 无法读取:{error}"), RESAVE)
}

/// Unpacks everything once into nothing, to know how much it is: the sizes written in the archive may lie.
fn measure(bytes: &[u8], limit: u64) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let mut left = limit;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|e| unreadable(&e))?;
        if part.name().map_err(|e| unreadable(&e))?.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            check_count(part.by_ref().take(left))?;
        }
        drop(part);
        let part = archive.by_index(index).map_err(|e| unreadable(&e))?;
        let read =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|e| unreadable(&e))?;
        left = left.checked_sub(read).ok_or_else(|| {
            (format!("XLSX 解压后超过 {} MiB", limit >> 20), "请删去图片和无关的工作表,或拆成几个文件")
        })?;
    }
    Ok(())
}

/// calamine reserves memory for as many shared strings as the part claims to have.
fn check_count(part: impl Read) -> Result<(), Refusal> {
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let claimed = tag
                    .try_get_attribute("uniqueCount")
                    .ok()
                    .flatten()
                    .and_then(|count| count.value.parse::<usize>().ok());
                return if claimed.is_some_and(|count| count > MAX_CELLS) {
                    Err(too_many_cells())
                } else {
                    Ok(())
                };
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => buffer.clear(),
        }
    }
}

fn rows(book: &mut Book, name: &str, total: &mut usize) -> Result<Vec<Row>, Refusal> {
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A chart on a sheet of its own carries a worksheet's type in some writers.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(&error)),
    };
    while let Some(found) = reader.next_cell().map_err(|e| unreadable(&e))? {
        let (row, column) = found.get_position();
        let cell = cell(found.get_value());
        if cell.is_filled() {
            put(&mut rows, row, column, cell, total)?;
        }
    }
    drop(reader);
    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    fill(&mut rows, &merged, total)?;
    Ok(rows.into_iter().map(|(row, cells)| Row { number: row as usize + 1, cells }).collect())
}

fn put(
    rows: &mut BTreeMap<u32, Vec<Cell>>,
    row: u32,
    column: u32,
    cell: Cell,
    total: &mut usize,
) -> Result<(), Refusal> {
    let column = column as usize;
    if column >= MAX_COLUMNS {
        return Ok(());
    }
    if rows.len() >= MAX_ROWS && !rows.contains_key(&row) {
        return Err(too_many_rows());
    }
    let cells = rows.entry(row).or_default();
    if cells.len() <= column {
        *total += column + 1 - cells.len();
        cells.resize(column + 1, Cell::Empty);
    }
    cells[column] = cell;
    if *total > MAX_CELLS { Err(too_many_cells()) } else { Ok(()) }
}

/// An owner's name merged over the lines of its accounts belongs to every one of them; the file holds it in
/// the first only. Regions that lie side by side in one row are titles and stay as they are.
fn fill(
    rows: &mut BTreeMap<u32, Vec<Cell>>,
    merged: &[Dimensions],
    total: &mut usize,
) -> Result<(), Refusal> {
    let mut left = MAX_MERGED;
    for region in merged {
        let (first, column) = region.start;
        let last = region.end.0;
        if last <= first {
            continue;
        }
        let Some(value) = rows
            .get(&first)
            .and_then(|cells| cells.get(column as usize))
            .filter(|cell| cell.is_filled())
            .cloned()
        else {
            continue;
        };
        let below: Vec<u32> = rows.range(first + 1..=last).map(|(row, _)| *row).take(left).collect();
        left -= below.len();
        for row in below {
            let taken =
                rows.get(&row).and_then(|cells| cells.get(column as usize)).is_some_and(Cell::is_filled);
            if !taken {
                put(rows, row, column, value.clone(), total)?;
            }
        }
    }
    Ok(())
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        #[expect(clippy::cast_precision_loss, reason = "a spreadsheet itself keeps 15 digits only")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(yes) => Cell::text(if *yes { "是" } else { "否" }),
        // Outside Excel's own calendar (1900 to 9999) the conversion would panic.
        DataRef::DateTime(at) if at.is_datetime() && (1.0..2_958_466.0).contains(&at.as_f64()) => {
            at.as_datetime().map_or(Cell::Empty, Cell::Date)
        }
        DataRef::DateTime(span) => Cell::Number(span.as_f64()),
        DataRef::Error(error) => Cell::Fault(format!("公式出错({error})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_not_opened() {
        let bytes = rust_xlsxwriter::Workbook::new().save_to_buffer().unwrap();
        assert!(measure(&bytes, MAX_UNPACKED).is_ok());
        assert!(measure(&bytes, 1_000).unwrap_err().0.contains("解压后"));
    }
}
