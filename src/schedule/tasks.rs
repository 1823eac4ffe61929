//! Required reposts: which looks showed them, and which showed that they were missed.
//!
//! In: the settled looks of a batch. Out: the same with the posts that carry a task, findings about accounts that
//! missed one or altered its title, and which of these the looks can speak about. Without a task that runs it costs one
//! small question for the whole batch.

use super::settle::Settled;
use super::{Error, Scheduler};
use crate::judge::pack::Pack;
use crate::judge::tasks::{carries, is_missed};
use crate::model::account::AccountId;
use crate::model::finding::{Evidence, Finding, LastPost, Level, Rule, fingerprint};
use crate::model::moment::zh_minute;
use crate::model::task::{Carried, Task, TaskId};
use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;

/// How long after its deadline a task is followed: whoever has not carried it by then is known.
const FOLLOWED: Duration = Duration::days(30);

impl Scheduler {
    /// Looks for what tasks ask for, with two questions to the store for the whole batch at the most.
    pub(super) async fn with_tasks(&self, mut settled: Vec<Settled>) -> Result<Vec<Settled>, Error> {
        let now = self.clock.now();
        let tasks: Vec<Task> = self.store.list_tasks().await?;
        let tasks: Vec<Task> = tasks.into_iter().filter(|task| runs(task, now)).collect();
        if tasks.is_empty() {
            return Ok(settled);
        }
        let concerned =
            |it: &Settled| tasks.iter().any(|task| task.scope.holds(&it.finish.watched.registered));
        let ids: Vec<AccountId> =
            settled.iter().filter(|it| concerned(it)).map(|it| it.finish.watched.id).collect();
        let mut known: HashMap<(AccountId, TaskId), Carried> = HashMap::new();
        for (account, carried) in self.store.carried_of(&ids).await? {
            known.insert((account, carried.task), carried);
        }
        for it in settled.iter_mut().filter(|it| concerned(it)) {
            let pack = self.pack_of(&it.finish.watched, it.visit.at);
            judge(it, &tasks, &known, pack);
        }
        Ok(settled)
    }
}

fn runs(task: &Task, now: DateTime<Utc>) -> bool {
    task.closed_at.is_none() && now < task.deadline + FOLLOWED
}

/// Judges one look.
fn judge(settled: &mut Settled, tasks: &[Task], known: &HashMap<(AccountId, TaskId), Carried>, pack: &Pack) {
    let watched = &settled.finish.watched;
    let (account, at) = (watched.id, settled.visit.at);
    // How far a list reaches says something only while the look that read it does.
    let seen = settled.sure.good && settled.sure.complete;
    let covers_since = settled.visit.covers_since;
    for task in tasks.iter().filter(|task| task.scope.holds(&watched.registered)) {
        let new = settled.posts.iter().map(|it| (&it.post, it.effective_at));
        let edited = settled.edits.iter().map(|it| (&it.post, it.at));
        let carried: Vec<Carried> =
            new.chain(edited).filter_map(|(post, at)| carries(task, post, at)).collect();
        let best = carried.iter().find(|it| it.altered.is_empty()).or(carried.first());
        let best = best.into_iter().chain(known.get(&(account, task.id)));
        let stands = best.min_by_key(|it| !it.altered.is_empty()).cloned();
        settled.carried.extend(carried);
        match stands {
            Some(it) => {
                settled.sure.read.push(subject(task));
                if !it.altered.is_empty() {
                    settled.findings.push(altered(task, &it, pack, at));
                }
            }
            None if seen && is_missed(task, at, covers_since) => {
                settled.findings.push(missed(task, pack, at));
            }
            None => {}
        }
    }
}

/// The subject of the cases about a task.
fn subject(task: &Task) -> String {
    format!("task:{}", task.id.0)
}

fn missed(task: &Task, pack: &Pack, at: DateTime<Utc>) -> Finding {
    finding(
        task,
        Rule::RepostMissed,
        Level::Deduction,
        pack,
        Evidence {
            summary: format!(
                "截至{}查看，未见转载《{}》；要求于{}前转载",
                zh_minute(at),
                task.title,
                zh_minute(task.deadline)
            ),
            looked_at: Some(at),
            fingerprint: Some(fingerprint([subject(task).as_str()])),
            ..Evidence::default()
        },
    )
}

fn altered(task: &Task, carried: &Carried, pack: &Pack, at: DateTime<Utc>) -> Finding {
    finding(
        task,
        Rule::TitleAltered,
        Level::Suspected,
        pack,
        Evidence {
            summary: format!("转载时标题疑似改动：原标题《{}》；{}", task.title, carried.altered),
            looked_at: Some(at),
            post: Some(LastPost { title: carried.title.clone(), url: carried.url.clone(), at: carried.at }),
            fingerprint: Some(fingerprint([subject(task).as_str(), &carried.title])),
            ..Evidence::default()
        },
    )
}

fn finding(task: &Task, rule: Rule, level: Level, pack: &Pack, evidence: Evidence) -> Finding {
    let words = pack.content(rule);
    let basis = words.map(|rule| rule.basis.clone()).unwrap_or_default();
    let advice = words.map(|rule| rule.advice.clone()).unwrap_or_default();
    Finding {
        rule,
        subject: subject(task),
        level,
        since: task.deadline,
        evidence: Evidence { basis, advice, ..evidence },
    }
}
