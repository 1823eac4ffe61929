//! `xunwang check`: every mistake in the configuration at once.

use super::{Desk, Failed};
use crate::clock::{Clock, System};
use crate::config::mistake::Mistake;
use crate::config::{Config, SHIPPED, SHIPPED_NOTIFY};
use crate::model::moment::zh_minute;
use crate::schedule::jobs;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the built-in default configuration.
    #[arg(long)]
    defaults: bool,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        if self.defaults {
            desk.output.line(format!("# xunwang.toml\n{SHIPPED}\n# notify.toml\n{SHIPPED_NOTIFY}"))?;
            return Ok(());
        }
        let (config, mut mistakes) = match Config::load(desk.config.as_deref()) {
            Ok(config) => (Some(config), Vec::new()),
            Err(mistakes) => (None, mistakes),
        };
        if let Some(config) = &config {
            mistakes.extend(config.recipes.rehearse(System.now()));
            if let Err(error) = crate::app::open_store(config, &crate::app::worker_name()).await {
                let file = config.file.clone().unwrap_or_else(|| "xunwang.toml".into());
                mistakes.push(Mistake::whole(&file, format!("{error:#}"), ""));
            }
        }
        let warnings = config.as_ref().map(Config::exposed_secrets).unwrap_or_default();
        for warning in &warnings {
            desk.output.note(format!("注意 {warning}"));
        }
        if desk.output.is_json() {
            let list: Vec<_> = mistakes.iter().map(|mistake| json!({ "file": mistake.file, "key": mistake.key, "reason": mistake.reason, "advice": mistake.advice, "text": mistake.to_string() })).collect();
            desk.output.data(&json!({ "mistakes": list, "warnings": warnings.iter().map(ToString::to_string).collect::<Vec<_>>() }))?;
        } else if let Some(config) = config.filter(|_| mistakes.is_empty()) {
            desk.output.line("配置没有问题")?;
            desk.output.line(format!(
                "配置文件:{}",
                config.file.as_ref().map_or("内置".into(), |file| file.display().to_string())
            ))?;
            desk.output.line(format!(
                "规则包:{}",
                config.packs.iter().map(|pack| pack.name.as_str()).collect::<Vec<_>>().join("、")
            ))?;
            desk.output.line(format!(
                "采集规则:{}",
                config.recipes.iter().map(|recipe| recipe.name.as_str()).collect::<Vec<_>>().join("、")
            ))?;
            desk.output.line(format!(
                "稿源名单:{}",
                config.allowed_sources.iter().map(|(name, _, _)| name).collect::<Vec<_>>().join("、")
            ))?;
            desk.output.line(format!("词表:共{}个词", config.checks.terms()))?;
            desk.output.line(format!("清理时间:{}", next_three(&config)))?;
        } else {
            desk.output.mistakes(&mistakes);
        }
        if mistakes.is_empty() { Ok(()) } else { Err(Failed::Found) }
    }
}

/// The next three times of the upkeep, so that a wrong line shows.
fn next_three(config: &Config) -> String {
    let Ok(line) = jobs::parse_cron(&config.main.upkeep.at) else { return String::new() };
    let times = std::iter::successors(jobs::next_time(&line, System.now()), |at| jobs::next_time(&line, *at));
    times.take(3).map(zh_minute).collect::<Vec<_>>().join("、")
}
