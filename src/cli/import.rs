//! `xunwang import`: the register from an office's file.

use super::output::table;
use super::{Desk, Failed};
use crate::app;
use crate::clock::{Clock, System};
use crate::config::Config;
use crate::model::account::Registered;
use crate::register::plan::{Plan, Scope, plan};
use crate::register::{self, Reading, bad, template};
use anyhow::Context;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "four switches of a command line, each on its own")]
pub(super) struct Args {
    /// CSV or XLSX file.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Show what would be added, changed and retired; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave bad rows out and write them to a file of their own.
    #[arg(long, conflicts_with = "whole")]
    skip_bad: bool,
    /// The file is the whole register: retire accounts that are not in it.
    #[arg(long)]
    whole: bool,
    /// Print an empty register to fill in.
    #[arg(long)]
    template: bool,
}

/// Larger files are no register.
const MAX_BYTES: u64 = 64 << 20;
/// Changes shown one by one.
const SHOWN: usize = 50;

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        if self.template {
            desk.output.line(template::template())?;
            return Ok(());
        }
        let Some(file) = &self.file else { return Err(Failed::Usage("请指定台账文件".to_owned())) };
        let config = desk.load()?;
        let reading = read(file, &config)?;
        for warning in &reading.warnings {
            desk.output.note(format!("注意 {warning}"));
        }
        if !reading.broken.is_empty() {
            return Err(Failed::Mistakes(reading.broken));
        }
        if !reading.bad.is_empty() {
            if !self.skip_bad {
                return Err(Failed::Mistakes(reading.bad.into_iter().flat_map(|row| row.mistakes).collect()));
            }
            self.set_aside(desk, file, &reading)?;
        }
        let store = app::open_store(&config, &app::worker_name()).await?;
        let current: Vec<Registered> =
            store.list_register().await?.into_iter().map(|(_, registered)| registered).collect();
        let plan = plan(&current, &reading, if self.whole { Scope::Whole } else { Scope::Add });
        self.show(desk, &plan)?;
        if !self.dry_run {
            let now = System.now();
            let site = |account: &Registered| config.site_of(account);
            let changed: Vec<(String, Registered)> =
                plan.changed.into_iter().map(|change| (change.key, change.registered)).collect();
            let mut tx = store.begin().await?;
            tx.retire_accounts(&plan.retired, now).await?;
            tx.change_accounts(&changed, &site, now).await?;
            tx.add_accounts(&plan.added, &site, now).await?;
            tx.commit().await?;
        }
        store.close().await;
        Ok(())
    }

    fn set_aside(&self, desk: &Desk, file: &Path, reading: &Reading) -> Result<(), Failed> {
        let place = file.with_extension("bad.csv");
        if !self.dry_run {
            let into =
                std::fs::File::create(&place).with_context(|| format!("无法写入{}", place.display()))?;
            bad::write(reading, into).context("写入有问题的行")?;
        }
        desk.output.note(format!("{}行有问题,已跳过,写入 {}", reading.bad.len(), place.display()));
        Ok(())
    }

    fn show(&self, desk: &Desk, plan: &Plan) -> Result<(), Failed> {
        let Plan { added, changed, retired, unchanged, warnings } = plan;
        if desk.output.is_json() {
            let changes: Vec<_> = changed
                .iter()
                .map(|change| json!({ "key": change.key, "fields": change.fields.iter().map(|(column, old, new)| json!({ "column": column, "old": old, "new": new })).collect::<Vec<_>>() }))
                .collect();
            let keys: Vec<&str> = added.iter().map(|account| account.key.as_str()).collect();
            desk.output.data(&json!({ "dry_run": self.dry_run, "added": keys, "changed": changes, "retired": retired, "unchanged": unchanged, "warnings": warnings }))?;
            return Ok(());
        }
        for warning in warnings {
            desk.output.note(format!("注意 {warning}"));
        }
        let mut rows = table(&["动作", "编号", "账号", "内容"]);
        for account in added.iter().take(SHOWN) {
            rows.add_row(["新增", &account.key, &account.name, account.platform.zh()]);
        }
        for change in changed.iter().take(SHOWN) {
            let fields: Vec<String> =
                change.fields.iter().map(|(column, old, new)| format!("{column}:{old} → {new}")).collect();
            rows.add_row(["变更", &change.key, &change.registered.name, &fields.join("\n")]);
        }
        for key in retired.iter().take(SHOWN) {
            rows.add_row(["撤销", key, "", ""]);
        }
        if rows.row_count() > 0 {
            desk.output.line(rows.to_string())?;
        }
        let more = [added.len(), changed.len(), retired.len()]
            .iter()
            .map(|n| n.saturating_sub(SHOWN))
            .sum::<usize>();
        if more > 0 {
            desk.output.line(format!("另有{more}项未列出"))?;
        }
        let done = if self.dry_run { "试运行,未写入:" } else { "" };
        desk.output.line(format!(
            "{done}新增{} 变更{} 撤销{} 不变{unchanged}",
            added.len(),
            changed.len(),
            retired.len()
        ))?;
        Ok(())
    }
}

fn read(file: &Path, config: &Config) -> Result<Reading, Failed> {
    let size = std::fs::metadata(file)
        .map_err(|error| Failed::Usage(format!("无法读取{}:{error}", file.display())))?
        .len();
    if size > MAX_BYTES {
        return Err(Failed::Usage(format!("{}超过64MB,不像是台账", file.display())));
    }
    let bytes = std::fs::read(file).with_context(|| format!("无法读取{}", file.display()))?;
    Ok(register::read(file, &bytes, &|recipe| config.recipes.find(recipe).is_some()))
}
