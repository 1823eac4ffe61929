//! Pictures of the pages on which cases rest.
//!
//! In: cases that a look opened, with what servers answered in it. Out: a record in the chain for each, once the browser
//! has taken its picture. A picture is an extra: cases never wait for one, and when too many are wanted at once, or the
//! program ends before, the rest is left out and counted. What was answered is kept anyway.

use super::settle::Settled;
use super::{Error, Scheduler};
use crate::model::finding::{Finding, Rule};
use crate::model::incident::IncidentId;
use crate::model::page::Fetched;
use crate::model::record::{Draft, RecordKind};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// The most pictures that wait.
const MOST: usize = 64;

/// A picture that is wanted.
#[derive(Debug)]
pub(super) struct Shot {
    incident: IncidentId,
    page: Fetched,
    at: DateTime<Utc>,
}

/// Pictures that are wanted.
#[derive(Debug, Default)]
pub(super) struct Shots {
    waiting: Mutex<VecDeque<Shot>>,
    bell: Notify,
}

/// The pages of the cases that a look opened: of each the post it is about, or else the list.
pub(super) fn wanted(settled: &Settled, opened: &[(IncidentId, &Finding)]) -> Vec<Shot> {
    let page_of = |finding: &Finding| {
        let about = finding.evidence.post.as_ref().map(|post| post.url.as_str());
        let post = settled.answers.iter().find(|fetched| Some(fetched.url.as_str()) == about);
        post.or_else(|| settled.answers.first())
            .filter(|fetched| fetched.status == 200 && fetched.content_type.contains("html"))
    };
    let opened = opened.iter().filter(|(_, finding)| finding.rule != Rule::DueSoon);
    let shots = opened.filter_map(|(incident, finding)| {
        Some(Shot { incident: *incident, page: page_of(finding)?.clone(), at: settled.visit.at })
    });
    shots.collect()
}

impl Scheduler {
    /// Asks for pictures, if there is a browser.
    pub(super) fn want_shots(&self, shots: Vec<Shot>) {
        if self.screen.is_none() || shots.is_empty() {
            return;
        }
        let mut waiting = self.shots.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for shot in shots {
            if waiting.len() < MOST {
                waiting.push_back(shot);
            } else {
                self.metrics.screenshots_total.with_label_values(&["left_out"]).inc();
            }
        }
        drop(waiting);
        self.shots.bell.notify_one();
    }

    /// Rings when a picture is wanted.
    pub async fn shot_wanted(&self) {
        self.shots.bell.notified().await;
    }

    /// Takes the next picture that is wanted. False when none was.
    pub async fn take_shot(&self) -> Result<bool, Error> {
        let next = self.shots.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let (Some(shot), Some(screen)) = (next, &self.screen) else { return Ok(false) };
        match screen.shoot(&shot.page).await {
            Ok(png) => {
                let draft = Draft {
                    incident: shot.incident,
                    kind: RecordKind::Screenshot,
                    url: shot.page.url.to_string(),
                    at: shot.at,
                    peer: String::new(),
                    request: String::new(),
                    response: String::new(),
                    payload: png,
                    truncated: false,
                };
                let mut tx = self.store.begin().await?;
                tx.keep_records(vec![draft]).await?;
                tx.commit().await?;
                self.metrics.screenshots_total.with_label_values(&["taken"]).inc();
            }
            Err(error) => {
                tracing::warn!(%error, incident.id = shot.incident.0, "no picture of the page");
                self.metrics.screenshots_total.with_label_values(&["failed"]).inc();
            }
        }
        Ok(true)
    }
}
