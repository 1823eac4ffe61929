//! `xunwang task`: what accounts must repost, and who has.
//!
//! In: a title, an address, a deadline, which accounts. Out: a task the watch follows from then on; a table of who has
//! carried it, late or with another title, who has not, and who could not be seen well enough to say.

use super::output::table;
use super::{Desk, Failed, parse_instant};
use crate::clock::{Clock, System};
use crate::judge::tasks::is_missed;
use crate::model::account::{AccountId, Platform, Tier};
use crate::model::moment::{in_shanghai, zh_minute};
use crate::model::task::{Carried, Scope, Task, TaskId};
use crate::store::Store;
use crate::store::tasks::Concerned;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Require a repost.
    Add(Add),
    /// All tasks.
    List,
    /// Who has carried a task, who has not, and who could not be seen.
    Show {
        /// Number of the task.
        task: i64,
    },
    /// End a task: it is no longer followed.
    Close {
        /// Number of the task.
        task: i64,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Title of what must be reposted.
    #[arg(long)]
    title: String,
    /// Where the original stands.
    #[arg(long, default_value = "")]
    url: String,
    /// Whose it is.
    #[arg(long, default_value = "")]
    source: String,
    /// By when (RFC 3339).
    #[arg(long, value_parser = parse_instant)]
    deadline: DateTime<Utc>,
    /// From when on reposts count (RFC 3339) [default: now].
    #[arg(long, value_parser = parse_instant)]
    from: Option<DateTime<Utc>>,
    /// Only accounts of this place (行政区划代码) and the places inside; may be given several times.
    #[arg(long)]
    region: Vec<String>,
    /// Only on this platform; may be given several times.
    #[arg(long)]
    platform: Vec<Platform>,
    /// Only of this level ("county"); may be given several times.
    #[arg(long)]
    level: Vec<Tier>,
    /// Only this account (key or name); may be given several times.
    #[arg(long)]
    account: Vec<String>,
}

/// How an account stands to a task.
enum Standing<'a> {
    Carried(&'a Carried),
    Missing,
    Unverified,
    NotYet,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let now = System.now();
        let done = match self.action {
            Action::Add(args) => args.run(desk, &store, now).await,
            Action::List => list(desk, &store).await,
            Action::Show { task } => show(desk, &store, task, now).await,
            Action::Close { task } => close(desk, &store, task, now).await,
        };
        store.close().await;
        done
    }
}

impl Add {
    async fn run(self, desk: &Desk, store: &Store, now: DateTime<Utc>) -> Result<(), Failed> {
        let title = self.title.trim().to_owned();
        let from = self.from.unwrap_or(now);
        if title.chars().count() < 4 {
            return Err(Failed::Usage("标题太短,请填写完整的标题".to_owned()));
        }
        if !self.url.is_empty() && url::Url::parse(&self.url).is_err() {
            return Err(Failed::Usage(format!(
                "“{}”不是网址,请填写以https://或http://开头的完整网址",
                self.url
            )));
        }
        if self.deadline <= from {
            return Err(Failed::Usage("截止时间须晚于起算时间(--from,默认为现在)".to_owned()));
        }
        let scope = Scope {
            tiers: self.level,
            regions: self.region,
            platforms: self.platform,
            accounts: self.account,
        };
        let concerned = store.list_concerned().await?;
        let count = concerned.iter().filter(|it| scope.holds(&it.registered)).count();
        if count == 0 {
            return Err(Failed::Usage("台账中没有账号符合所填的条件,未作登记".to_owned()));
        }
        let task = Task {
            id: TaskId(0),
            title,
            url: self.url,
            source: self.source,
            from,
            deadline: self.deadline,
            scope,
            closed_at: None,
        };
        let mut tx = store.begin().await?;
        let id = tx.add_task(&task).await?;
        tx.commit().await?;
        if desk.output.is_json() {
            desk.output.data(&json!({ "task": id.0, "accounts": count }))?;
        } else {
            desk.output.line(format!(
                "已登记转载任务{}:《{}》,{}前,涉及{count}个账号",
                id.0,
                task.title,
                zh_minute(task.deadline)
            ))?;
        }
        Ok(())
    }
}

fn as_json(task: &Task) -> Value {
    let time = |at| in_shanghai(at).to_rfc3339();
    json!({
        "task": task.id.0, "title": task.title, "url": task.url, "source": task.source,
        "from": time(task.from), "deadline": time(task.deadline), "scope": task.scope,
        "closed_at": task.closed_at.map(time),
    })
}

async fn list(desk: &Desk, store: &Store) -> Result<(), Failed> {
    let tasks = store.list_tasks().await?;
    if desk.output.is_json() {
        desk.output.data(&tasks.iter().map(as_json).collect::<Vec<_>>())?;
        return Ok(());
    }
    if tasks.is_empty() {
        desk.output.line("没有转载任务;用 xunwang task add 登记")?;
        return Ok(());
    }
    let mut rows = table(&["编号", "标题", "截止", "状态"]);
    for task in &tasks {
        let state = if task.closed_at.is_some() { "已结束" } else { "进行中" };
        rows.add_row([task.id.0.to_string(), task.title.clone(), zh_minute(task.deadline), state.to_owned()]);
    }
    desk.output.line(rows.to_string())?;
    Ok(())
}

async fn find(store: &Store, number: i64) -> Result<Task, Failed> {
    let tasks = store.list_tasks().await?;
    let task = tasks.into_iter().find(|task| task.id.0 == number);
    task.ok_or_else(|| Failed::Usage(format!("没有编号为{number}的转载任务;xunwang task list 列出全部")))
}

async fn show(desk: &Desk, store: &Store, number: i64, now: DateTime<Utc>) -> Result<(), Failed> {
    let task = find(store, number).await?;
    let carried: HashMap<AccountId, Carried> = store.carried_by(task.id).await?.into_iter().collect();
    let mut concerned = store.list_concerned().await?;
    concerned.retain(|it| task.scope.holds(&it.registered));
    let all: Vec<(&Concerned, Standing<'_>)> =
        concerned.iter().map(|it| (it, standing(&task, it, carried.get(&it.id), now))).collect();
    if desk.output.is_json() {
        let accounts: Vec<_> = all.iter().map(|(it, standing)| row_json(&task, it, standing)).collect();
        let mut data = as_json(&task);
        data["accounts"] = Value::from(accounts);
        desk.output.data(&data)?;
        return Ok(());
    }
    desk.output.line(format!("转载任务{}:《{}》,{}前", task.id.0, task.title, zh_minute(task.deadline)))?;
    let mut rows = table(&["账号", "平台", "主办单位", "情况", "时间", "链接"]);
    for (it, standing) in &all {
        let (at, url) = match standing {
            Standing::Carried(carried) => (zh_minute(carried.at), carried.url.clone()),
            _ => (String::new(), String::new()),
        };
        rows.add_row([
            it.registered.name.clone(),
            it.registered.platform.zh().to_owned(),
            it.registered.owner.clone(),
            words(&task, standing),
            at,
            url,
        ]);
    }
    desk.output.line(rows.to_string())?;
    let count = |wanted: fn(&Standing<'_>) -> bool| all.iter().filter(|(_, it)| wanted(it)).count();
    desk.output.line(format!(
        "已转载{},未转载{},未能核验{},尚未到期{}",
        count(|it| matches!(it, Standing::Carried(_))),
        count(|it| matches!(it, Standing::Missing)),
        count(|it| matches!(it, Standing::Unverified)),
        count(|it| matches!(it, Standing::NotYet)),
    ))?;
    Ok(())
}

/// How an account stands: whoever was not seen well enough after the deadline is unverified, not missing.
fn standing<'a>(
    task: &Task,
    account: &Concerned,
    carried: Option<&'a Carried>,
    now: DateTime<Utc>,
) -> Standing<'a> {
    match (carried, account.good_look) {
        (Some(carried), _) => Standing::Carried(carried),
        (None, Some(look)) if is_missed(task, look, account.covers_since) => Standing::Missing,
        (None, _) if now <= task.deadline => Standing::NotYet,
        (None, _) => Standing::Unverified,
    }
}

fn words(task: &Task, standing: &Standing<'_>) -> String {
    match standing {
        Standing::Carried(it) => {
            let late = if it.at > task.deadline { "逾期转载" } else { "已转载" };
            if it.altered.is_empty() {
                late.to_owned()
            } else {
                format!("{late},标题疑似改动:{}", it.altered)
            }
        }
        Standing::Missing => "未转载".to_owned(),
        Standing::Unverified => "未能核验".to_owned(),
        Standing::NotYet => "尚未到期".to_owned(),
    }
}

fn row_json(task: &Task, account: &Concerned, standing: &Standing<'_>) -> Value {
    let carried = match standing {
        Standing::Carried(carried) => Some(carried),
        _ => None,
    };
    let state = match standing {
        Standing::Carried(it) if it.at > task.deadline => "late",
        Standing::Carried(_) => "carried",
        Standing::Missing => "missing",
        Standing::Unverified => "unverified",
        Standing::NotYet => "not_yet",
    };
    json!({
        "account": account.registered.key, "name": account.registered.name,
        "platform": account.registered.platform, "state": state,
        "at": carried.map(|it| in_shanghai(it.at).to_rfc3339()), "title": carried.map(|it| &it.title),
        "url": carried.map(|it| &it.url), "altered": carried.map(|it| &it.altered),
    })
}

async fn close(desk: &Desk, store: &Store, number: i64, now: DateTime<Utc>) -> Result<(), Failed> {
    find(store, number).await?;
    let mut tx = store.begin().await?;
    let closed = tx.close_task(TaskId(number), now).await?;
    tx.commit().await?;
    if desk.output.is_json() {
        desk.output.data(&json!({ "task": number, "closed": closed }))?;
    } else {
        let said = if closed { "已结束" } else { "此前已经结束" };
        desk.output.line(format!("转载任务{number}{said}"))?;
    }
    Ok(())
}
