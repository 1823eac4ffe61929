//! `xunwang evidence import`: looks by hand out of a file.

use super::{Accounts, Desk, Failed, build, look_json, take_in, whoever_types};
use crate::config::mistake::{Mistake, Place};
use crate::model::account::AccountId;
use crate::model::hand::HandLook;
use crate::register::looks::{self, LookColumn, LookRow, Trouble};
use crate::store::exhibits::{self, Candidate};
use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// CSV or XLSX file.
    file: PathBuf,
    /// Read and check only; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave bad rows out.
    #[arg(long)]
    skip_bad: bool,
    /// Who looked, where the file does not say [default: the user of this machine].
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Larger files are no list of looks.
const MAX_BYTES: u64 = 64 << 20;

/// A look that can be taken in.
struct Good {
    id: AccountId,
    key: String,
    look: HandLook,
    candidate: Option<Candidate>,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let bytes = self.bytes()?;
        let app = build(desk).await?;
        let now = app.clock.now();
        let reading = looks::read(&self.file, &bytes, now);
        if !reading.broken.is_empty() {
            return Err(Failed::Mistakes(reading.broken));
        }
        let mut words: Vec<String> = reading.rows.iter().map(|row| row.account.clone()).collect();
        words.sort_unstable();
        words.dedup();
        let accounts = Accounts::new(app.store.find_entries(&words).await?);
        let by = self.by.clone().unwrap_or_else(whoever_types);
        let (mut good, mut bad) = (Vec::new(), reading.bad);
        for row in reading.rows {
            match self.check(&row, &accounts, &by, now) {
                Ok(look) => good.push(look),
                Err(mistakes) => bad.extend(mistakes),
            }
        }
        if !bad.is_empty() {
            bad.sort_by_key(|mistake| match &mistake.place {
                Place::Cell { sheet, row, .. } => (sheet.clone(), *row),
                Place::Whole | Place::Line(_) => (String::new(), 0),
            });
            if !self.skip_bad {
                return Err(Failed::Mistakes(bad));
            }
            for mistake in &bad {
                desk.output.note(format!("跳过 {mistake}"));
            }
        }
        let mut new = vec![false; good.len()];
        if !self.dry_run {
            for candidate in good.iter().filter_map(|good| good.candidate.as_ref()) {
                exhibits::keep(&app.config.main.store.data_dir, candidate).map_err(anyhow::Error::from)?;
            }
            let looks: Vec<(AccountId, HandLook)> =
                good.iter().map(|good| (good.id, good.look.clone())).collect();
            new = take_in(&app, &looks).await?;
        }
        self.show(desk, &good, &new, &bad)?;
        app.store.close().await;
        Ok(())
    }

    fn bytes(&self) -> Result<Vec<u8>, Failed> {
        let size = std::fs::metadata(&self.file)
            .map_err(|error| Failed::Usage(format!("无法读取{}:{error}", self.file.display())))?
            .len();
        if size > MAX_BYTES {
            return Err(Failed::Usage(format!("{}超过64MB,不像是核查记录", self.file.display())));
        }
        Ok(std::fs::read(&self.file).with_context(|| format!("无法读取{}", self.file.display()))?)
    }

    /// A row as a look at an account, or everything wrong with it. A screenshot is looked for beside the file.
    fn check(
        &self,
        row: &LookRow,
        accounts: &Accounts,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Good, Vec<Mistake>> {
        let trouble = |column, reason: String, advice: String| {
            Trouble { column, reason, advice }.at(&self.file, &row.place)
        };
        let mut mistakes = Vec::new();
        let entry = accounts
            .find(&row.account)
            .map_err(|(reason, advice)| mistakes.push(trouble(LookColumn::Account, reason, advice)))
            .ok();
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let candidate = match row.note.file.as_str() {
            "" => None,
            file => exhibits::read(&folder.join(file))
                .map_err(|error| {
                    let advice = "请把截图放在核查记录文件旁边".to_owned();
                    mistakes.push(trouble(LookColumn::File, error.to_string(), advice));
                })
                .ok(),
        };
        let exhibit = candidate.as_ref().map(|candidate| candidate.exhibit.clone());
        let known = entry.and_then(|entry| entry.last_update);
        match (row.note.look(by, known, exhibit, now), entry) {
            (Ok(look), Some(entry)) if mistakes.is_empty() => {
                Ok(Good { id: entry.id, key: entry.registered.key.clone(), look, candidate })
            }
            (looked, _) => {
                let troubles = looked.err().unwrap_or_default();
                mistakes.extend(troubles.into_iter().map(|trouble| trouble.at(&self.file, &row.place)));
                Err(mistakes)
            }
        }
    }

    fn show(&self, desk: &Desk, good: &[Good], new: &[bool], bad: &[Mistake]) -> Result<(), Failed> {
        let added = new.iter().filter(|new| **new).count();
        if desk.output.is_json() {
            let rows: Vec<_> = good
                .iter()
                .zip(new)
                .map(|(good, new)| {
                    let mut data = look_json(&good.key, &good.look);
                    data["new"] = (*new).into();
                    data
                })
                .collect();
            let bad: Vec<String> = bad.iter().map(ToString::to_string).collect();
            desk.output
                .data(&json!({ "dry_run": self.dry_run, "added": added, "looks": rows, "bad": bad }))?;
        } else if self.dry_run {
            desk.output.line(format!("试运行,未写入:可登记{}条,有问题{}处", good.len(), bad.len()))?;
        } else {
            desk.output.line(format!("登记{added}条,与已有记录相同{}条", good.len() - added))?;
        }
        Ok(())
    }
}
