//! `xunwang evidence add`: one look by hand.

use super::{Accounts, Desk, Failed, build, look_json, take_in, whoever_types};
use crate::model::post::Published;
use crate::register::looks::{Note, Since, read_since, read_time};
use crate::store::exhibits;
use chrono::{DateTime, Utc};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Key or name of the account.
    account: String,
    /// Address of the newest post seen.
    #[arg(long, value_name = "URL", requires = "published_at", required_unless_present = "nothing_since")]
    seen_post: Option<String>,
    /// When it was published, as the platform shows it.
    #[arg(long, value_name = "TIME", requires = "seen_post")]
    published_at: Option<String>,
    /// Its title.
    #[arg(long, requires = "seen_post")]
    title: Option<String>,
    /// The whole list was looked at and nothing is newer than this; "known": than the newest post known.
    #[arg(long, value_name = "TIME")]
    nothing_since: Option<String>,
    /// Screenshot to keep.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Who looked [default: the user of this machine].
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// When [default: now].
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let app = build(desk).await?;
        let now = app.clock.now();
        let note = self.note(now)?;
        let candidate = self
            .file
            .as_deref()
            .map(exhibits::read)
            .transpose()
            .map_err(|error| Failed::Usage(error.to_string()))?;
        let accounts = Accounts::new(app.store.find_entries(std::slice::from_ref(&self.account)).await?);
        let entry = accounts
            .find(&self.account)
            .map_err(|(reason, advice)| Failed::Usage(format!("{reason}({advice})")))?;
        let exhibit = candidate.as_ref().map(|candidate| candidate.exhibit.clone());
        let look = note.look(&whoever_types(), entry.last_update, exhibit, now).map_err(|troubles| {
            let lines: Vec<String> = troubles
                .into_iter()
                .map(|it| format!("{}:{}({})", it.column.zh(), it.reason, it.advice))
                .collect();
            Failed::Usage(lines.join("\n"))
        })?;
        if let Some(candidate) = &candidate {
            exhibits::keep(&app.config.main.store.data_dir, candidate).map_err(anyhow::Error::from)?;
        }
        let looks = [(entry.id, look)];
        let new = take_in(&app, &looks).await?.first().copied().unwrap_or(false);
        let (key, look) = (&entry.registered.key, &looks[0].1);
        if desk.output.is_json() {
            let mut data = look_json(key, look);
            data["new"] = new.into();
            desk.output.data(&data)?;
        } else if new {
            desk.output.line(format!("已登记 {key} {}:{}", entry.registered.name, look.hand.words()))?;
        } else {
            desk.output.line(format!("与已有的核查记录相同,未重复登记:{key} {}", entry.registered.name))?;
        }
        app.store.close().await;
        Ok(())
    }

    /// The arguments as somebody's note.
    fn note(&self, now: DateTime<Utc>) -> Result<Note, Failed> {
        let unreadable = |flag: &str, text: &str| {
            Failed::Usage(format!("看不懂的时间“{text}”({flag};请写成 2026-11-20 08:30 或 2026年11月20日)"))
        };
        let at = match &self.at {
            None => None,
            Some(text) => Some(read_time(text, now).ok_or_else(|| unreadable("--at", text))?),
        };
        let at = at.map(|at| match at {
            Published::On(_) if at.shown() <= now => at.latest().min(now),
            at => at.shown(),
        });
        let seen_at = at.unwrap_or(now);
        let published = match &self.published_at {
            None => None,
            Some(text) => Some(read_time(text, seen_at).ok_or_else(|| unreadable("--published-at", text))?),
        };
        let nothing_since: Option<Since> = match &self.nothing_since {
            None => None,
            Some(text) => Some(read_since(text, seen_at).ok_or_else(|| unreadable("--nothing-since", text))?),
        };
        Ok(Note {
            url: self.seen_post.clone().unwrap_or_default(),
            title: self.title.clone().unwrap_or_default(),
            published,
            nothing_since,
            file: String::new(),
            by: self.by.clone().unwrap_or_default(),
            at,
        })
    }
}
