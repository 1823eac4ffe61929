//! `xunwang evidence export`: what was seen when a case was opened, as a file for others.

use super::super::Desk;
use super::super::Failed;
use crate::clock::{Clock, System};
use crate::model::incident::IncidentId;
use crate::model::moment::in_shanghai;
use crate::model::record::hex;
use crate::report::{bundle, warc};
use crate::store::cases::Wanted;
use serde_json::json;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Number of the case.
    case: i64,
    /// Where to write [default: case-N.zip or case-N.warc.gz here].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A zip with a page to read, or the bare WARC archive.
    #[arg(long, value_enum, default_value_t = Format::Zip)]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Zip,
    Warc,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let id = IncidentId(self.case);
        let cases = store.list_cases(Wanted::These(&[id])).await?;
        let records = store.records_of(id).await?;
        store.close().await;
        let Some(case) = cases.first() else {
            return Err(Failed::Usage(format!("没有编号为{}的立案;xunwang case list 列出全部", self.case)));
        };
        if records.is_empty() {
            return Err(Failed::Usage(format!(
                "立案{}没有保存记录:到期提醒,以及关于站点和本系统的立案不保存",
                self.case
            )));
        }
        let ending = match self.format {
            Format::Zip => "zip",
            Format::Warc => "warc.gz",
        };
        let out = self.out.unwrap_or_else(|| PathBuf::from(format!("case-{}.{ending}", self.case)));
        let unwritable =
            |error: std::io::Error| Failed::Usage(format!("无法写入“{}”:{error}", out.display()));
        let file = File::create(&out).map_err(unwritable)?;
        let now = System.now();
        match self.format {
            Format::Zip => bundle::write(BufWriter::new(file), case, &records, now).map_err(unwritable)?,
            Format::Warc => {
                let name = out.file_name().unwrap_or_default().to_string_lossy();
                warc::write(BufWriter::new(file), &name, now, &records).map_err(unwritable)?;
            }
        }
        if desk.output.is_json() {
            let rows = records.iter().map(|record| {
                json!({
                    "number": record.number, "kind": record.draft.kind, "url": record.draft.url,
                    "at": in_shanghai(record.draft.at).to_rfc3339(), "sha256": hex(&record.sha256),
                    "link": hex(&record.link), "bytes": record.draft.payload.len(), "kept": record.kept,
                })
            });
            desk.output
                .data(&json!({ "case": self.case, "file": out, "records": rows.collect::<Vec<_>>() }))?;
        } else {
            desk.output.line(format!(
                "立案{}的{}条记录已写入 {}",
                self.case,
                records.len(),
                out.display()
            ))?;
        }
        Ok(())
    }
}
