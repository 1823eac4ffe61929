//! A case with its evidence as one file for people: a zip with a page to read, the WARC archive, pictures, and
//! their hashes.
//!
//! In: a case and its records. Out: the zip. Everything on the page is escaped; it loads nothing and runs nothing.

use super::warc;
use crate::model::moment::zh_minute;
use crate::model::passage::Passage;
use crate::model::record::{Record, RecordKind, hex};
use crate::store::cases::Case;
use askama::Template;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Seek, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[derive(Template)]
#[template(path = "report/case.html")]
struct Page<'a> {
    title: String,
    facts: Vec<(&'static str, String)>,
    passages: &'a [Passage],
    rows: Vec<Row>,
    warc: &'a str,
}

/// A record as the page shows it.
struct Row {
    number: i64,
    kind: String,
    url: String,
    at: String,
    size: String,
    sha256: String,
    link: String,
}

/// Writes the bundle of a case.
pub fn write(out: impl Write + Seek, case: &Case, records: &[Record], at: DateTime<Utc>) -> io::Result<()> {
    let name = format!("case-{}.warc.gz", case.incident.id.0);
    let mut archive = Vec::new();
    warc::write(&mut archive, &name, at, records)?;
    let page = page(case, records, &name).map_err(io::Error::other)?;
    let mut files = vec![("index.html".to_owned(), page.into_bytes()), (name.clone(), archive)];
    let shots = records.iter().filter(|record| record.kept);
    files.extend(shots.filter_map(|record| Some((picture(record)?, record.draft.payload.to_vec()))));
    let mut hashes = String::new();
    let mut zip = ZipWriter::new(out);
    for (name, bytes) in &files {
        // Writing into a string never fails.
        let _ = writeln!(hashes, "{}  {name}", hex(&Sha256::digest(bytes).into()));
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    zip.start_file("sha256.txt", SimpleFileOptions::default())?;
    zip.write_all(hashes.as_bytes())?;
    zip.finish().map(drop).map_err(io::Error::from)
}

fn page(case: &Case, records: &[Record], warc: &str) -> Result<String, askama::Error> {
    let (it, evidence) = (&case.incident, &case.incident.evidence);
    let account = case.account.as_ref();
    let post =
        evidence.post.as_ref().map(|post| format!("《{}》 {} {}", post.title, zh_minute(post.at), post.url));
    let facts = [
        (
            "账号",
            account.map_or_else(
                || it.key.subject.clone(),
                |named| format!("{}（{}）", named.name, named.platform.zh()),
            ),
        ),
        ("主办单位", account.map(|named| named.owner.clone()).unwrap_or_default()),
        ("问题", format!("{}（{}）", it.key.rule.zh(), it.level.zh())),
        ("说明", evidence.summary.clone()),
        ("信息", post.unwrap_or_default()),
        ("起始时间", zh_minute(it.since)),
        ("立案时间", zh_minute(it.opened_at)),
        ("状态", it.state.zh().to_owned()),
        ("结束时间", it.ended_at.map(zh_minute).unwrap_or_default()),
        ("核查时间", evidence.looked_at.map(zh_minute).unwrap_or_default()),
        ("依据", evidence.basis.clone()),
        ("处理", evidence.advice.clone()),
    ];
    let rows = records.iter().map(|record| Row {
        number: record.number,
        kind: kind(record),
        url: record.draft.url.clone(),
        at: zh_minute(record.draft.at),
        size: size(record),
        sha256: hex(&record.sha256),
        link: hex(&record.link),
    });
    let page = Page {
        title: format!("立案 {}：{}", it.id.0, it.key.rule.zh()),
        facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        passages: &evidence.passages,
        rows: rows.collect(),
        warc,
    };
    page.render()
}

/// The name of the file that holds a picture.
fn picture(record: &Record) -> Option<String> {
    (record.draft.kind == RecordKind::Screenshot).then(|| format!("screenshot-{}.png", record.number))
}

fn kind(record: &Record) -> String {
    let kind = record.draft.kind.zh();
    picture(record).map_or_else(|| kind.to_owned(), |file| format!("{kind}（{file}）"))
}

fn size(record: &Record) -> String {
    if !record.kept {
        return "内容已过保存期，只留校验值".to_owned();
    }
    let bytes = format!("{}字节", record.draft.payload.len());
    if record.draft.truncated { format!("{bytes}（较长，只保存开头）") } else { bytes }
}
