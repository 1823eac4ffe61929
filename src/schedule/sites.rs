//! Sites and our own line: what concerns many accounts at once.
//!
//! In: how the looks of a batch ended, site by site. Out: one case for a site that is down instead of one for
//! each of its accounts, and one for ourselves while our own line is down. No account is judged here.

use super::commit::{Done, answered};
use super::sentinel::Change;
use super::{Error, Scheduler};
use crate::incident::damp::{self, Damp};
use crate::model::finding::{Evidence, Level, Rule};
use crate::model::incident::{Incident, IncidentKey, State};
use crate::model::moment::zh_minute;
use crate::notify::desk::add_touches;
use crate::notify::route::CaseFacts;
use crate::store::incidents::NewIncident;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::PoisonError;

impl Scheduler {
    /// Shows the sentinel how the looks ended, in their order. Returns whether our own line is down.
    pub(super) async fn watch_the_line(&self, batch: &[Done]) -> Result<bool, Error> {
        let mut last = None;
        let blind = {
            let mut sentinel = self.sentinel.lock().unwrap_or_else(PoisonError::into_inner);
            for done in batch {
                if let Some(answered) = answered(done) {
                    last = sentinel.observe(&done.look.site, answered, done.look.at).or(last);
                }
            }
            sentinel.blind_since()
        };
        self.metrics.blind.set(i64::from(blind.is_some()));
        let now = self.clock.now();
        match last {
            Some(Change::WentBlind) if blind.is_some() => {
                tracing::error!(
                    "several unrelated sites stopped answering together: our own line is down, nobody is judged"
                );
                let summary = format!(
                    "{}起多个互不相关的网站同时无法访问，判断为本机网络中断；恢复前不对任何账号作出判断",
                    zh_minute(now)
                );
                self.open_elsewhere(
                    Rule::Blind,
                    &self.worker,
                    summary,
                    "请检查本机网络、DNS与出口防火墙",
                    now,
                )
                .await?;
            }
            Some(Change::SeesAgain) if blind.is_none() => {
                tracing::info!("our own line is up again");
                self.end_elsewhere(
                    |case| case.key.rule == Rule::Blind && case.key.subject == self.worker,
                    now,
                )
                .await?;
            }
            _ => {}
        }
        Ok(blind.is_some())
    }

    /// Opens or ends cases about sites, after a batch that saw an outage or an answer of a site known to be down.
    pub(super) async fn settle_sites(
        &self,
        sites: &[(String, bool)],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let known_down = self.down.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let concerned: Vec<String> = sites
            .iter()
            .filter(|(site, outage)| *outage || known_down.contains(site))
            .map(|(site, _)| site.clone())
            .collect();
        if concerned.is_empty() {
            return Ok(());
        }
        for (site, out, all) in self.store.site_health(&concerned).await? {
            match damp::site(out, all, known_down.contains(&site)) {
                Damp::Open => {
                    let summary = format!(
                        "站点{site}上的{all}个账号中有{out}个连续无法访问，判断为站点故障；期间不对这些账号作出不更新的判断"
                    );
                    self.open_elsewhere(
                        Rule::SiteDown,
                        &site,
                        summary,
                        "请在浏览器中打开该站点核对；恢复后系统会自动复查",
                        now,
                    )
                    .await?;
                    self.down.lock().unwrap_or_else(PoisonError::into_inner).insert(site);
                }
                Damp::Close => {
                    self.end_elsewhere(
                        |case| case.key.rule == Rule::SiteDown && case.key.subject == site,
                        now,
                    )
                    .await?;
                    self.down.lock().unwrap_or_else(PoisonError::into_inner).remove(&site);
                }
                Damp::Keep => {}
            }
        }
        Ok(())
    }

    pub(super) async fn open_elsewhere(
        &self,
        rule: Rule,
        subject: &str,
        summary: String,
        advice: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let new = NewIncident {
            key: IncidentKey { account: None, rule, subject: subject.to_owned() },
            level: Level::Reminder,
            since: now,
            opened_at: now,
            evidence: Evidence { summary, advice: advice.to_owned(), ..Evidence::default() },
        };
        self.open_case(new, &CaseFacts::elsewhere(rule)).await
    }

    /// Opens a case about a site, a bridge or ourselves.
    pub(super) async fn open_case(&self, new: NewIncident, facts: &CaseFacts<'_>) -> Result<(), Error> {
        let (rule, level, now) = (new.key.rule, new.level, new.opened_at);
        let mut tx = self.store.begin().await?;
        let opened = tx.open_incidents(&[new], &self.worker).await?;
        let mut touches = BTreeMap::new();
        for (id, _) in &opened {
            add_touches(&self.notify, &mut touches, *id, facts);
            self.metrics.findings_total.with_label_values(&[rule.as_str(), level.as_str()]).inc();
        }
        tx.touch_groups(&touches.into_values().collect::<Vec<_>>(), now).await?;
        tx.commit().await?;
        self.bell.notify_one();
        Ok(())
    }

    /// Ends cases about sites, bridges or ourselves. What they hid may now be told, so every group looks anew.
    pub(super) async fn end_elsewhere(
        &self,
        over: impl Fn(&Incident) -> bool,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let over: Vec<_> =
            self.store.running_elsewhere().await?.into_iter().filter(over).map(|case| case.id).collect();
        let mut tx = self.store.begin().await?;
        if !tx.end_incidents(&over, State::Resolved, now, &self.worker).await?.is_empty() {
            tx.touch_all_groups(now).await?;
        }
        tx.commit().await?;
        self.bell.notify_one();
        Ok(())
    }
}
