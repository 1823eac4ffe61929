//! Files that nobody meant well: damaged, crafted, or random.

use super::tests::{read, write_row};
use crate::config::mistake::Place;
use proptest::prelude::*;
use proptest::sample::Index;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Read as _, Write as _};
use std::sync::LazyLock;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

#[test]
fn a_sparse_sheet_is_not_spread_out() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write_row(sheet, 0, &["账号名称", "平台", "主办单位"]);
    write_row(sheet, 1_048_575, &["云溪发布", "微博", "云溪县"]);
    sheet.write(1_048_575, 16_383, "x").unwrap();
    let reading = read(&book.save_to_buffer().unwrap());
    let place = Place::Cell { sheet: "Sheet1".to_owned(), row: 1_048_576, column: String::new() };
    assert_eq!(reading.accounts[0].place, place);
}

/// A file inside of a workbook: name and content.
type Part = (String, Vec<u8>);

/// A small workbook, and its sheet and strings as they stand inside of it.
static WORKBOOK: LazyLock<(Vec<u8>, Vec<Part>)> = LazyLock::new(|| {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write_row(sheet, 0, &["账号名称", "平台", "主办单位", "开设日期"]);
    write_row(sheet, 1, &["云溪发布", "微博", "云溪县"]);
    let date = Format::new().set_num_format("yyyy/m/d");
    sheet.write_with_format(1, 3, ExcelDateTime::from_ymd(2019, 5, 20).unwrap(), &date).unwrap();
    sheet.merge_range(1, 2, 3, 2, "云溪县", &Format::new()).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        parts.push((part.name().unwrap().into_owned(), content));
    }
    (bytes, parts)
});

fn packed(parts: &[Part]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The small workbook with a part changed.
fn with_part(name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut parts = WORKBOOK.1.clone();
    let part = parts.iter_mut().find(|(part, _)| part.ends_with(name)).unwrap();
    part.1 = change(String::from_utf8(part.1.clone()).unwrap()).into_bytes();
    packed(&parts)
}

#[test]
fn a_workbook_that_claims_more_than_it_has_is_refused() {
    let strings =
        with_part("sharedStrings.xml", |xml| xml.replace("uniqueCount=\"", "uniqueCount=\"99999999999"));
    assert!(read(&strings).broken[0].reason.contains("单元格"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_it_panic(cells in prop::collection::vec("[\\PC]{0,12}|[0-9年月|、;\n\"=/:@.-]{0,10}", 24)) {
        let rows = cells.chunks(6).map(|row| row.join(",") + "\n").collect::<String>();
        let _ = read(format!("账号名称,平台,账号ID,主办单位,采集源,邮箱\n{rows}").as_bytes());
        let _ = read(format!("编号,开设日期,状态,主页链接,行政区划代码,账号名称,平台,主办单位\n{rows}").as_bytes());
    }

    #[test]
    fn no_damage_to_a_workbook_makes_it_panic(at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>()) {
        let mut bytes = WORKBOOK.0.clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read(&bytes);
    }

    #[test]
    fn no_damage_inside_a_workbook_makes_it_panic(
        damage in prop::collection::vec((any::<Index>(), any::<Index>(), "[0-9A-Z\"<>/ -]{0,3}|[0-9]{18}"), 1..4)
    ) {
        let mut parts = WORKBOOK.1.clone();
        for (part, at, put) in damage {
            let content = &mut part.get_mut(&mut parts).1;
            let at = at.index(content.len());
            let end = (at + put.len()).min(content.len());
            content.splice(at..end, put.bytes());
        }
        let _ = read(&packed(&parts));
    }

    #[test]
    fn reading_what_was_read_gives_it_again(name in "[\\PC]{1,12}", notes in "[\\PC]{0,12}") {
        let mut written = csv::Writer::from_writer(Vec::new());
        written.write_record(["账号名称", "平台", "账号ID", "主办单位", "备注"]).unwrap();
        written.write_record([name.as_str(), "微博", "1", "云溪县", notes.as_str()]).unwrap();
        let once = read(&written.into_inner().unwrap());
        prop_assume!(once.accounts.len() == 1);
        let account = &once.accounts[0].registered;
        let mut written = csv::Writer::from_writer(Vec::new());
        written.write_record(["账号名称", "平台", "账号ID", "主办单位", "备注"]).unwrap();
        written.write_record([account.name.as_str(), "微博", "1", "云溪县", account.notes.as_str()]).unwrap();
        let twice = read(&written.into_inner().unwrap());
        prop_assert_eq!(&twice.accounts[0].registered, account);
    }
}
