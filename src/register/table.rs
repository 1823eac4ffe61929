//! A file as sheets of rows of cells, before anybody asks what they mean.
//!
//! In: the bytes of a CSV (UTF-8 with or without BOM, UTF-16 with BOM, GB18030; `,`, tab or `;`) or an XLSX.
//! Out: cells with the row numbers the spreadsheet shows. The bytes come from many hands: sizes are
//! bounded before anything is built from them, and nothing in here may panic.

use super::header;
use super::workbook;
use chrono::{NaiveDateTime, NaiveTime};
use encoding_rs::{Encoding, GB18030};
use std::borrow::Cow;
use std::io::Read;

/// Largest file read, in bytes.
const MAX_BYTES: usize = 64 << 20;
/// Most filled rows of a sheet; all public accounts of a province are fewer.
pub(super) const MAX_ROWS: usize = 200_000;
/// Columns beyond are not read; a register has about thirty.
pub(super) const MAX_COLUMNS: usize = 256;
/// Most cells of a file: what keeps a small file of tiny cells from filling the memory.
pub(super) const MAX_CELLS: usize = 8_000_000;
/// Most characters in a cell, the limit of Excel itself.
const MAX_CHARS: usize = 32_767;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing, or white space only.
    Empty,
    /// Text, trimmed.
    Text(String),
    /// A number without a date format: an amount, an id, or a date as a serial number.
    Number(f64),
    /// A date or a time of day on a date, without zone.
    Date(NaiveDateTime),
    /// A formula that failed, or more text than a cell can hold; what to tell.
    Fault(String),
}

impl Cell {
    /// A cell of text.
    pub(super) fn text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            Self::Empty
        } else if text.len() > MAX_CHARS && text.chars().count() > MAX_CHARS {
            Self::Fault(format!("内容超过 {MAX_CHARS} 个字"))
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// What a person sees in the cell.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Fault(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(at) if at.time() == NaiveTime::MIN => Cow::Owned(at.format("%Y-%m-%d").to_string()),
            Self::Date(at) => Cow::Owned(at.format("%Y-%m-%d %H:%M:%S").to_string()),
        }
    }

    /// Whether there is something in it.
    pub(super) fn is_filled(&self) -> bool {
        *self != Self::Empty
    }
}

/// A row with at least one filled cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Counted from 1, as the spreadsheet shows it.
    pub(super) number: usize,
    /// From the first column; trailing empty cells are left out.
    pub(super) cells: Vec<Cell>,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sheet {
    /// Empty for CSV.
    pub(super) name: String,
    /// Filled rows in order.
    pub(super) rows: Vec<Row>,
}

/// The visible sheets of a file.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// In the order of the file.
    pub(super) sheets: Vec<Sheet>,
    /// Names of hidden sheets, which are not read.
    pub(super) hidden: Vec<String>,
}

/// Why a file is no table, in Chinese: reason and advice.
pub(super) type Refusal = (String, &'static str);

/// Reads the bytes of a register.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Refusal> {
    read_by(bytes, &|rows| header::find(rows).map_or(0, |header| header.known()))
}

/// Reads the bytes of a file; `known` counts the columns that its first rows name.
pub(super) fn read_by(bytes: &[u8], known: &dyn Fn(&[Row]) -> usize) -> Result<Table, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err((format!("文件超过 {} MiB", MAX_BYTES >> 20), "请按单位或平台拆成几个文件"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook::read(bytes);
    }
    // calamine reads this format too, but trusts the sizes written in it: a crafted file ends the process.
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err((
            "这是旧版 .xls 工作簿,或加了密码的工作簿".to_owned(),
            "请用 Excel 或 WPS 另存为不加密的 .xlsx",
        ));
    }
    let text = decode(bytes)?;
    if text.trim_start().starts_with('<') {
        return Err(("这是网页或 XML,不是表格".to_owned(), "请用 Excel 或 WPS 打开后另存为 .xlsx"));
    }
    let rows = comma_separated(&text, known)?;
    Ok(Table { sheets: vec![Sheet { name: String::new(), rows }], hidden: Vec::new() })
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let (text, broken) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), false),
            Err(_) => GB18030.decode_without_bom_handling(bytes),
        },
    };
    if broken || text.contains('\0') {
        return Err((
            "既不是 UTF-8 也不是 GB18030 编码的文本,也不是 XLSX".to_owned(),
            "请用 Excel 或 WPS 另存为 .xlsx 或“CSV UTF-8”",
        ));
    }
    Ok(text)
}

/// Reads the text with the separator under which the header names most known columns.
fn comma_separated(text: &str, known: &dyn Fn(&[Row]) -> usize) -> Result<Vec<Row>, Refusal> {
    let mut best = (0, b',');
    for separator in [b',', b'\t', b';'] {
        let first = records(text, separator, header::WITHIN)?;
        let known = known(&first);
        if known > best.0 {
            best = (known, separator);
        }
    }
    let rows = records(text, best.1, MAX_ROWS + 1)?;
    if rows.len() > MAX_ROWS { Err(too_many_rows()) } else { Ok(rows) }
}

/// At most `limit` filled rows. The reader drops blank lines, which the spreadsheet counts: their number is
/// what remains of the lines consumed once the record's own are taken off. A line end is added, since the last
/// record may lack its own.
fn records(text: &str, separator: u8, limit: usize) -> Result<Vec<Row>, Refusal> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes().chain(&b"\n"[..]));
    let mut record = csv::StringRecord::new();
    let (mut rows, mut number, mut line, mut total) = (Vec::new(), 0, reader.position().line(), 0);
    while rows.len() < limit {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err((format!("CSV 无法读取:{error}"), "请用 Excel 或 WPS 另存为 .xlsx")),
        }
        let inner = record.as_slice().bytes().filter(|byte| *byte == b'\n').count();
        let next = reader.position().line();
        number += 1 + usize::try_from(next - line).unwrap_or(0).saturating_sub(inner + 1);
        line = next;
        let mut cells: Vec<Cell> = record.iter().take(MAX_COLUMNS).map(Cell::text).collect();
        while cells.last().is_some_and(|cell| !cell.is_filled()) {
            cells.pop();
        }
        total += cells.len();
        if total > MAX_CELLS {
            return Err(too_many_cells());
        }
        if !cells.is_empty() {
            rows.push(Row { number, cells });
        }
    }
    Ok(rows)
}

pub(super) fn too_many_rows() -> Refusal {
    (format!("超过 {MAX_ROWS} 行"), "请按单位或平台拆成几个文件")
}

pub(super) fn too_many_cells() -> Refusal {
    (format!("超过 {MAX_CELLS} 个单元格"), "请删去无关的列,或拆成几个文件")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "账号名称,平台,主办单位\n";

    fn rows(bytes: &[u8]) -> Vec<Row> {
        read(bytes).unwrap().sheets.remove(0).rows
    }

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn every_charset_an_office_saves_reads_alike() {
        let plain = format!("{HEADER}云溪发布,微信公众号,云溪县人民政府办公室\n");
        let (gb, _, _) = GB18030.encode(&plain);
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(plain.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let expected = rows(plain.as_bytes());
        assert_eq!(expected[1].cells[0], cell("云溪发布"));
        assert_eq!(rows(format!("\u{feff}{plain}").as_bytes()), expected);
        assert_eq!(rows(&gb), expected);
        assert_eq!(rows(&utf16), expected);
    }

    #[test]
    fn the_separator_is_the_one_that_makes_a_header() {
        for separator in [",", "\t", ";"] {
            let text =
                format!("填报单位:云溪县,政府办\n{HEADER}云溪发布,微博,云溪县\n").replace(',', separator);
            assert_eq!(rows(text.as_bytes())[2].cells.len(), 3, "{separator:?}");
        }
    }

    #[test]
    fn rows_are_numbered_as_the_spreadsheet_numbers_them() {
        let text = format!("{HEADER}\n\"甲\n乙\",微博,县\n\r\n,,\n丙,微博,县\n\n丁,微博,县");
        let numbers: Vec<usize> = rows(text.as_bytes()).iter().map(|row| row.number).collect();
        assert_eq!(numbers, [1, 3, 6, 8]);
    }

    #[test]
    fn what_is_no_table_is_refused_with_advice() {
        let cases: [(&[u8], &str); 4] = [
            (&[0xD0, 0xCF, 0x11, 0xE0, 1], ".xls"),
            (b"  <html><table>", "网页"),
            (&[0xFF, 0xFF, 0x00], "UTF-8"),
            (b"PK\x03\x04 not a workbook", "XLSX"),
        ];
        for (bytes, word) in cases {
            let (reason, advice) = read(bytes).unwrap_err();
            assert!(reason.contains(word), "{reason}");
            assert!(!advice.is_empty());
        }
    }

    #[test]
    fn a_cell_longer_than_excel_allows_is_a_fault() {
        assert!(matches!(Cell::text(&"字".repeat(MAX_CHARS + 1)), Cell::Fault(_)));
        assert!(matches!(Cell::text(&"字".repeat(MAX_CHARS)), Cell::Text(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }
    }
}
