//! `xunwang evidence verify`: whether the kept records are what they were.
//!
//! In: the chain in the store. Out: every record that is not what was kept; the exit code is 3 when there is one. A
//! change breaks the link of its own record and the place of the next; what follows is checked on from there.

use super::super::{Desk, Failed};
use crate::model::record::{BEGINNING, hex};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// Records read at once.
const AT_ONCE: i64 = 200;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let head = store.record_head().await?;
        let bar = if desk.output.is_terminal() {
            let bar = ProgressBar::new(u64::try_from(head.number).unwrap_or(0));
            let style = ProgressStyle::with_template("核对 {wide_bar} {pos}/{len}");
            style.map_or(bar.clone(), |style| bar.with_style(style))
        } else {
            ProgressBar::hidden()
        };
        let (mut before, mut number, mut checked) = (BEGINNING, 0, 0_u64);
        let mut broken = Vec::new();
        loop {
            // What came after the head was read belongs to the next run.
            let records = store.walk_records(number, AT_ONCE).await?;
            if records.is_empty() {
                break;
            }
            for record in records.iter().filter(|record| record.number <= head.number) {
                if let Err(what) = record.check(number + 1, &before) {
                    broken.push((record.number, record.draft.incident.0, what.zh()));
                }
                (before, number) = (record.link, record.number);
                checked += 1;
                bar.inc(1);
            }
            if records.iter().any(|record| record.number > head.number) {
                break;
            }
        }
        bar.finish_and_clear();
        store.close().await;
        if (number, before) != (head.number, head.link) {
            broken.push((head.number, 0, "链尾与登记的不符：最后的记录被删除或替换"));
        }
        if desk.output.is_json() {
            let broken: Vec<_> = broken
                .iter()
                .map(|(number, case, what)| json!({ "number": number, "case": case, "what": what }))
                .collect();
            desk.output.data(&json!({ "checked": checked, "link": hex(&before), "broken": broken }))?;
        } else if broken.is_empty() {
            desk.output.line(format!("{checked}条记录均与保存时相符,链尾 {}", hex(&before)))?;
        } else {
            for (number, case, what) in &broken {
                desk.output.line(format!("记录{number}(立案{case}):{what}"))?;
            }
            desk.output.line(format!("{checked}条记录中有{}处与保存时不符", broken.len()))?;
        }
        if broken.is_empty() { Ok(()) } else { Err(Failed::Found) }
    }
}
