//! `xunwang case`: the cases, and what a person says about them.
//!
//! In: numbers of cases. Out: a table, one case in full, or the end of cases. Who closes a case says that there is
//! nothing to it or that it was settled otherwise: the same fact (a term in its text, a name, a subject) opens no
//! second one. Who acknowledges it has it in hand: it is not told again, and ends by itself like any other.

use super::output::table;
use super::{Desk, Failed};
use crate::clock::{Clock, System};
use crate::config::environment;
use crate::model::finding::Rule;
use crate::model::incident::{IncidentId, State};
use crate::model::moment::{in_shanghai, zh_minute};
use crate::store::Store;
use crate::store::cases::{Case, Wanted};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The cases that run.
    List(List),
    /// One case in full: its evidence with every passage.
    Show {
        /// Number of the case.
        case: i64,
    },
    /// Say that somebody has cases in hand.
    Acknowledge(Word),
    /// End cases: a false alarm, or settled otherwise. The same fact is not told again.
    Close(Word),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Ended ones as well.
    #[arg(long)]
    all: bool,
    /// Only of this rule ("privacy"); may be given several times.
    #[arg(long, value_name = "RULE", value_parser = rule)]
    rule: Vec<Rule>,
    /// Only about accounts with this key or name.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Word {
    /// Numbers of the cases.
    #[arg(required = true, num_args = 1..)]
    cases: Vec<i64>,
    /// Who says so [default: the user of this machine].
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

fn rule(word: &str) -> Result<Rule, String> {
    word.parse().map_err(|_| {
        let known: Vec<_> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
        format!("没有规则“{word}”;可用的规则:{}", known.join("、"))
    })
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let now = System.now();
        let done = match self.action {
            Action::List(args) => args.run(desk, &store).await,
            Action::Show { case } => show(desk, &store, case).await,
            Action::Acknowledge(word) => word.acknowledge(desk, &store, now).await,
            Action::Close(word) => word.close(desk, &store, now).await,
        };
        store.close().await;
        done
    }
}

impl List {
    async fn run(self, desk: &Desk, store: &Store) -> Result<(), Failed> {
        let wanted = if self.all { Wanted::All } else { Wanted::Running };
        let mut cases = store.list_cases(wanted).await?;
        cases.retain(|case| {
            (self.rule.is_empty() || self.rule.contains(&case.incident.key.rule))
                && self.account.as_ref().is_none_or(|word| {
                    case.account.as_ref().is_some_and(|it| it.key == *word || it.name == *word)
                })
        });
        if desk.output.is_json() {
            desk.output.data(&cases.iter().map(as_json).collect::<Vec<_>>())?;
            return Ok(());
        }
        if cases.is_empty() {
            desk.output.line("没有符合条件的立案")?;
            return Ok(());
        }
        let mut rows = table(&["编号", "账号", "平台", "问题", "级别", "状态", "立案时间", "说明"]);
        for case in &cases {
            let it = &case.incident;
            rows.add_row([
                it.id.0.to_string(),
                title(case),
                case.account.as_ref().map_or("—", |account| account.platform.zh()).to_owned(),
                it.key.rule.zh().to_owned(),
                it.level.zh().to_owned(),
                it.state.zh().to_owned(),
                zh_minute(it.opened_at),
                it.evidence.summary.clone(),
            ]);
        }
        desk.output.line(rows.to_string())?;
        desk.output.line(
            "详情:xunwang case show 编号;确认为误报或已另行处理:xunwang case close 编号(同一事实不再提醒)",
        )?;
        Ok(())
    }
}

/// What a case is about, in one word.
fn title(case: &Case) -> String {
    case.account.as_ref().map_or_else(|| case.incident.key.subject.clone(), |account| account.name.clone())
}

fn as_json(case: &Case) -> Value {
    let time = |at| in_shanghai(at).to_rfc3339();
    let it = &case.incident;
    json!({
        "case": it.id.0,
        "account": case.account.as_ref().map(|account| &account.key),
        "name": case.account.as_ref().map(|account| &account.name),
        "platform": case.account.as_ref().map(|account| account.platform),
        "owner": case.account.as_ref().map(|account| &account.owner),
        "rule": it.key.rule,
        "subject": it.key.subject,
        "level": it.level,
        "state": it.state,
        "since": time(it.since),
        "opened_at": time(it.opened_at),
        "ended_at": it.ended_at.map(time),
        "evidence": it.evidence,
    })
}

async fn show(desk: &Desk, store: &Store, number: i64) -> Result<(), Failed> {
    let found = store.list_cases(Wanted::These(&[IncidentId(number)])).await?;
    let Some(case) = found.first() else {
        return Err(Failed::Usage(format!("没有编号为{number}的立案;xunwang case list 列出全部")));
    };
    if desk.output.is_json() {
        desk.output.data(&as_json(case))?;
        return Ok(());
    }
    let (it, evidence) = (&case.incident, &case.incident.evidence);
    let line = |label: &str, value: &str| {
        if value.is_empty() { Ok(()) } else { desk.output.line(format!("{label}:{value}")) }
    };
    line("编号", &it.id.0.to_string())?;
    line("账号", &title(case))?;
    line("主办单位", case.account.as_ref().map_or("", |account| account.owner.as_str()))?;
    line("问题", &format!("{}({})", it.key.rule.zh(), it.level.zh()))?;
    line("状态", it.state.zh())?;
    line("起始", &zh_minute(it.since))?;
    line("立案", &zh_minute(it.opened_at))?;
    line("结束", &it.ended_at.map(zh_minute).unwrap_or_default())?;
    line("说明", &evidence.summary)?;
    if let Some(post) = &evidence.post {
        line("信息", &format!("《{}》 {} {}", post.title, zh_minute(post.at), post.url))?;
    }
    for (number, passage) in evidence.passages.iter().enumerate() {
        let suggestion = if passage.suggestion.is_empty() {
            String::new()
        } else {
            format!(",建议:{}", passage.suggestion)
        };
        line(
            &format!("位置{}", number + 1),
            &format!("{} “{}” {},{}{suggestion}", passage.place, passage.quote, passage.kind, passage.reason),
        )?;
    }
    line("依据", &evidence.basis)?;
    line("处理", &evidence.advice)?;
    Ok(())
}

impl Word {
    /// The cases meant, all of which exist.
    async fn cases(&self, store: &Store) -> Result<Vec<IncidentId>, Failed> {
        let ids: Vec<IncidentId> = self.cases.iter().copied().map(IncidentId).collect();
        let found = store.list_cases(Wanted::These(&ids)).await?;
        let missing = ids.iter().filter(|id| !found.iter().any(|case| case.incident.id == **id));
        let missing: Vec<_> = missing.map(|id| id.0.to_string()).collect();
        if missing.is_empty() {
            return Ok(ids);
        }
        let missing = missing.join("、");
        Err(Failed::Usage(format!("没有编号为{missing}的立案,未作任何改动;xunwang case list 列出全部")))
    }

    fn who(&self) -> String {
        self.by.clone().or_else(environment::user_name).unwrap_or_default()
    }

    async fn acknowledge(self, desk: &Desk, store: &Store, now: DateTime<Utc>) -> Result<(), Failed> {
        let ids = self.cases(store).await?;
        let who = self.who();
        let mut tx = store.begin().await?;
        let taken = tx.acknowledge_incidents(&ids, now, &who).await?;
        tx.touch_groups_of(&taken, now).await?;
        tx.commit().await?;
        self.report(desk, &taken, &who, State::Acknowledged)
    }

    async fn close(self, desk: &Desk, store: &Store, now: DateTime<Utc>) -> Result<(), Failed> {
        let ids = self.cases(store).await?;
        let who = self.who();
        let mut tx = store.begin().await?;
        let closed = tx.end_incidents(&ids, State::Closed, now, &who).await?;
        if !closed.is_empty() {
            // What the cases hid may now be told, so every group looks anew.
            tx.touch_all_groups(now).await?;
        }
        tx.commit().await?;
        self.report(desk, &closed, &who, State::Closed)
    }

    fn report(&self, desk: &Desk, changed: &[IncidentId], who: &str, state: State) -> Result<(), Failed> {
        let left = |id: &&i64| !changed.contains(&IncidentId(**id));
        let unchanged: Vec<i64> = self.cases.iter().filter(left).copied().collect();
        if desk.output.is_json() {
            let changed: Vec<i64> = changed.iter().map(|id| id.0).collect();
            desk.output
                .data(&json!({ "changed": changed, "unchanged": unchanged, "state": state, "by": who }))?;
            return Ok(());
        }
        desk.output.line(format!("{}项立案已转为“{}”", changed.len(), state.zh()))?;
        if !unchanged.is_empty() {
            let numbers: Vec<_> = unchanged.iter().map(ToString::to_string).collect();
            desk.output.line(format!("{}已结束或已受理,未作改动", numbers.join("、")))?;
        }
        Ok(())
    }
}
