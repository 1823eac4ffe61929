//! `xunwang bridge`: which bridges serve accounts, which of them are suspected, and a person's word for one.
//!
//! In: the accounts behind each bridge, and the cases about bridges. Out: a table or JSON; or the end of a case: the
//! bridge is right, there really were that few posts. The service takes such a word as the beginning of a new window,
//! so that the same silence is not suspected again; what was held back is looked at anew at once.

use super::output::table;
use super::{Desk, Failed};
use crate::clock::{Clock, System};
use crate::config::environment;
use crate::judge::bridge::{Standing, assess};
use crate::model::bridge::Bridge;
use crate::model::incident::{Incident, State};
use crate::model::moment::{in_shanghai, zh_minute};
use crate::store::Store;
use crate::store::bridges::Behind;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Cases that ended longer ago no longer matter; as the service has it.
const REMEMBERED: Duration = Duration::days(60);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// All bridges, and how the silence behind each looks.
    List,
    /// Say that a suspected bridge is right: there really were that few posts.
    Vouch(Vouch),
}

#[derive(Debug, clap::Args)]
struct Vouch {
    /// Host and port of the bridge, with the platform where it serves several ("rss.example:1200 weibo").
    bridge: String,
    /// Who says so [default: the user of this machine].
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// What is known of one bridge.
struct Known {
    bridge: Bridge,
    standing: Option<Standing>,
    running: Option<Incident>,
    vouched: Option<DateTime<Utc>>,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let now = System.now();
        let done = match self.action {
            Action::List => list(desk, &store, now).await,
            Action::Vouch(args) => args.run(desk, &store, now).await,
        };
        store.close().await;
        done
    }
}

async fn bridges(store: &Store, now: DateTime<Utc>) -> Result<Vec<Known>, Failed> {
    let mut behind = Behind::by_bridge(store.list_behind().await?);
    let mut cases: BTreeMap<Bridge, Vec<Incident>> = BTreeMap::new();
    for case in store.list_bridge_cases(now - REMEMBERED).await? {
        let Ok(bridge) = case.key.subject.parse::<Bridge>() else { continue };
        behind.entry(bridge.clone()).or_default();
        cases.entry(bridge).or_default().push(case);
    }
    let known = behind.into_iter().map(|(bridge, readings)| {
        let cases = cases.remove(&bridge).unwrap_or_default();
        let closed = cases.iter().filter(|case| case.state == State::Closed);
        let vouched = closed.filter_map(|case| case.ended_at).max();
        let standing = assess(&readings, vouched, now);
        let running = cases.into_iter().find(|case| case.state.is_running());
        Known { bridge, standing, running, vouched }
    });
    Ok(known.collect())
}

async fn list(desk: &Desk, store: &Store, now: DateTime<Utc>) -> Result<(), Failed> {
    let known = bridges(store, now).await?;
    if desk.output.is_json() {
        desk.output.data(&known.iter().map(Known::json).collect::<Vec<_>>())?;
        return Ok(());
    }
    if known.is_empty() {
        desk.output.line("没有账号经采集桥查看")?;
        return Ok(());
    }
    let mut rows = table(&["采集桥", "账号", "最新一条", "状况", "人工确认"]);
    for it in &known {
        let standing = it.standing.as_ref();
        rows.add_row([
            it.bridge.title(),
            standing.map_or(0, |standing| standing.accounts).to_string(),
            standing.map_or_else(|| "—".to_owned(), |standing| zh_minute(standing.newest)),
            it.words(),
            it.vouched.map_or_else(|| "—".to_owned(), zh_minute),
        ]);
    }
    desk.output.line(rows.to_string())?;
    if known.iter().any(|it| it.running.is_some()) {
        desk.output.line(
            "登录采集桥核对后:确有故障的,恢复即自动解除;确实没有新内容的,用 xunwang bridge vouch 确认",
        )?;
    }
    Ok(())
}

impl Known {
    fn words(&self) -> String {
        match (&self.running, &self.standing) {
            (Some(case), _) => format!("疑似停更,自{}起", zh_minute(case.since)),
            (None, Some(standing)) if standing.is_doubtful() => "近来没有新内容,尚不足以判断".to_owned(),
            (None, Some(_)) => "正常".to_owned(),
            (None, None) => "其后的账号都还没有内容".to_owned(),
        }
    }

    fn json(&self) -> Value {
        let time = |at| in_shanghai(at).to_rfc3339();
        let (case, standing) = (self.running.as_ref(), self.standing.as_ref());
        json!({
            "bridge": self.bridge.to_string(),
            "site": self.bridge.site,
            "platform": self.bridge.platform,
            "accounts": standing.map_or(0, |it| it.accounts),
            "newest": standing.map(|it| time(it.newest)),
            "suspected_since": case.map(|case| time(case.since)),
            "opened_at": case.map(|case| time(case.opened_at)),
            "doubtful": standing.is_some_and(Standing::is_doubtful),
            "chance": standing.map(|it| (-it.surprise).exp()),
            "vouched_at": self.vouched.map(time),
        })
    }
}

impl Vouch {
    async fn run(self, desk: &Desk, store: &Store, now: DateTime<Utc>) -> Result<(), Failed> {
        let word = self.bridge.trim();
        let known = bridges(store, now).await?;
        let meant = known.iter().filter(|it| it.bridge.site == word || it.bridge.to_string() == word);
        let meant: Vec<&Known> = meant.collect();
        if meant.is_empty() {
            let names: Vec<String> = known.iter().map(|it| format!("“{}”", it.bridge)).collect();
            return Err(Failed::Usage(format!("没有采集桥“{word}”;现有:{}", names.join("、"))));
        }
        let suspected: Vec<(&Bridge, &Incident)> =
            meant.iter().filter_map(|it| Some((&it.bridge, it.running.as_ref()?))).collect();
        let (bridge, case) = match suspected.as_slice() {
            [] => return Err(Failed::Usage(format!("采集桥“{word}”目前没有停更的立案,无须确认"))),
            [one] => *one,
            several => {
                let names: Vec<String> = several.iter().map(|(bridge, _)| format!("“{bridge}”")).collect();
                return Err(Failed::Usage(format!("“{word}”有几项立案,请写明是哪一项:{}", names.join("、"))));
            }
        };
        let who = self.by.or_else(environment::user_name).unwrap_or_default();
        let mut tx = store.begin().await?;
        let closed = !tx.end_incidents(&[case.id], State::Closed, now, &who).await?.is_empty();
        if closed {
            // What the case hid may now be told, so every group looks anew.
            tx.touch_all_groups(now).await?;
        }
        tx.commit().await?;
        let accounts = if closed { store.recheck_behind(bridge, now).await? } else { 0 };
        if desk.output.is_json() {
            desk.output.data(&json!({
                "bridge": bridge.to_string(), "closed": closed, "at": in_shanghai(now).to_rfc3339(),
                "by": who, "accounts_due": accounts,
            }))?;
        } else if closed {
            desk.output.line(format!(
                "已确认采集桥{}正常,立案已办结;此前的沉默不再据以怀疑,其后{accounts}个账号将立即复查",
                bridge.title()
            ))?;
        } else {
            desk.output.line(format!("采集桥{}的立案刚刚已经解除,无须确认", bridge.title()))?;
        }
        Ok(())
    }
}
