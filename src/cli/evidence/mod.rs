//! `xunwang evidence`: looks that people took, for what no machine may read; and what was kept when cases opened.

mod add;
mod export;
mod file;
mod list;
mod verify;

use super::{Desk, Failed};
use crate::app::App;
use crate::clock::{SharedClock, System};
use crate::config::environment;
use crate::model::account::{AccountId, Status};
use crate::model::hand::HandLook;
use crate::model::moment::in_shanghai;
use crate::model::post::Published;
use crate::store::register::Entry;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write down one look.
    Add(add::Args),
    /// Write down the looks of a CSV or XLSX file.
    Import(file::Args),
    /// The looks at one account.
    List(list::Args),
    /// What was seen when a case was opened, as a file for others.
    Export(export::Args),
    /// Whether what was kept for cases is what it was.
    Verify(verify::Args),
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        match self.action {
            Action::Add(args) => args.run(desk).await,
            Action::Import(args) => args.run(desk).await,
            Action::List(args) => args.run(desk).await,
            Action::Export(args) => args.run(desk).await,
            Action::Verify(args) => args.run(desk).await,
        }
    }
}

/// The whole program, for looks by hand go the same way as its own.
async fn build(desk: &Desk) -> Result<App, Failed> {
    let clock: SharedClock = Arc::new(System);
    Ok(App::build(desk.load()?, clock).await?)
}

/// Who types, when nobody says who looked.
fn whoever_types() -> String {
    environment::user_name().unwrap_or_default()
}

/// The accounts of the register by key and by name.
#[derive(Debug, Default)]
struct Accounts {
    by_key: HashMap<String, Entry>,
    by_name: HashMap<String, Vec<String>>,
}

impl Accounts {
    fn new(entries: Vec<Entry>) -> Self {
        let mut accounts = Self::default();
        for entry in entries {
            let names = accounts.by_name.entry(entry.registered.name.clone()).or_default();
            names.push(entry.registered.key.clone());
            accounts.by_key.insert(entry.registered.key.clone(), entry);
        }
        accounts
    }

    /// The one account a word means, if anybody may look at it; else reason and advice. Of several accounts of one
    /// name those in the register are meant.
    fn find(&self, word: &str) -> Result<&Entry, (String, String)> {
        if let Some(entry) = self.by_key.get(word) {
            return watched(entry);
        }
        let named = self.by_name.get(word).map(Vec::as_slice).unwrap_or_default();
        let entries: Vec<&Entry> = named.iter().filter_map(|key| self.by_key.get(key)).collect();
        let kept: Vec<&Entry> = entries.iter().copied().filter(|entry| !entry.retired).collect();
        match (kept.as_slice(), entries.as_slice()) {
            ([entry], _) | ([], [entry, ..]) => watched(entry),
            ([], []) => Err((format!("台账中没有“{word}”"), "请核对台账编号或账号名称".to_owned())),
            (several, _) => {
                let keys: Vec<String> = several
                    .iter()
                    .map(|entry| format!("{}({})", entry.registered.key, entry.registered.platform.zh()))
                    .collect();
                Err((
                    format!("有{}个账号叫“{word}”", several.len()),
                    format!("请改用台账编号:{}", keys.join("、")),
                ))
            }
        }
    }
}

fn watched(entry: &Entry) -> Result<&Entry, (String, String)> {
    let refused = |what: &str| {
        Err((format!("账号“{}”{what}", entry.registered.name), "不再核查;如有变化请先更新台账".to_owned()))
    };
    match entry.registered.status {
        _ if entry.retired => refused("已从台账撤销"),
        Status::Deregistered => refused("已注销"),
        Status::Planned => refused("尚未开设"),
        Status::Normal | Status::Closing => Ok(entry),
    }
}

/// A look as data.
fn look_json(key: &str, look: &HandLook) -> Value {
    let hand = &look.hand;
    let time = |at| in_shanghai(at).to_rfc3339();
    json!({
        "account": key,
        "at": time(look.at),
        "by": hand.by,
        "noted_at": time(hand.noted_at),
        "complete": hand.is_complete(),
        "seen_post": hand.seen.as_ref().map(|post| json!({
            "url": post.url,
            "title": post.title,
            "published_at": time(post.published.shown()),
            "date_only": matches!(post.published, Published::On(_)),
        })),
        "nothing_since": hand.nothing_since.map(time),
        "file": hand.exhibit.as_ref().map(|exhibit| json!({ "name": exhibit.name, "sha256": exhibit.sha256 })),
    })
}

/// Takes looks in; true for each that was not written down before.
async fn take_in(app: &App, looks: &[(AccountId, HandLook)]) -> Result<Vec<bool>, Failed> {
    Ok(app.scheduler.take_in(looks).await.map_err(anyhow::Error::from)?)
}
