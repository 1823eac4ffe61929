//! The operator's secrets: one that is no longer accepted is a case for the operator, one that was replaced is tried.
//!
//! In: which secrets the looks of a batch used, and with what success. Out: a case for each that has expired, ended
//! when a newer one is accepted. No account is at fault, and no value is ever seen here: values are counted.

use super::visit::Used;
use super::{Error, Scheduler};
use crate::extract::Recipes;
use crate::model::finding::Rule;
use crate::model::incident::Incident;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// How often the files of expired secrets are looked at; all others are looked at when they are used.
const EVERY: Duration = Duration::seconds(10);

/// What this worker knows of secrets that were refused.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// By recipe, the newest value that was refused or that is being tried after a refusal.
    expired: BTreeMap<String, u64>,
    checked_at: Option<DateTime<Utc>>,
}

impl Secrets {
    /// Of the cases that run. A file written after its case was opened holds what nobody has tried yet.
    pub(super) fn new(running: &[Incident], recipes: &Recipes) -> Self {
        let cases = running.iter().filter(|case| case.key.rule == Rule::CredentialExpired);
        let expired = cases.map(|case| {
            let secret = recipes.find(&case.key.subject).and_then(|recipe| recipe.secret());
            let replaced = secret.and_then(|it| it.written_at()).is_some_and(|at| at > case.opened_at);
            (case.key.subject.clone(), u64::from(!replaced))
        });
        Self { expired: expired.collect(), checked_at: None }
    }

    /// Whether an expired secret has been replaced since; each replacement is told once.
    fn has_new(&mut self, recipes: &Recipes, now: DateTime<Utc>) -> bool {
        if self.expired.is_empty() || self.checked_at.is_some_and(|at| now - at < EVERY && at <= now) {
            return false;
        }
        self.checked_at = Some(now);
        let mut found = false;
        for (recipe, refused) in &mut self.expired {
            let secret = recipes.find(recipe).and_then(|recipe| recipe.secret());
            if let Some(generation) = secret.map(|it| it.generation()).filter(|it| it > refused) {
                *refused = generation;
                found = true;
            }
        }
        found
    }
}

impl Scheduler {
    /// Makes the accounts due at once that wait for a secret, when one of those that expired has been replaced.
    /// Returns whether any is due now.
    pub(super) async fn notice_new_secrets(&self) -> bool {
        let now = self.clock.now();
        let found = {
            let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
            secrets.has_new(&self.eyes.recipes, now)
        };
        if !found {
            return false;
        }
        match self.store.recheck_credentials(now).await {
            Ok(accounts) => {
                tracing::info!(
                    accounts,
                    "an expired secret was replaced: the accounts that need it are looked at"
                );
                accounts > 0
            }
            Err(error) => {
                // They come due by themselves, only later.
                tracing::warn!(%error, "accounts that wait for a new secret could not be made due");
                false
            }
        }
    }

    /// Opens a case for each of the operator's secrets that is no longer accepted, and ends it when it is again. The
    /// accounts behind it are not at fault.
    pub(super) async fn settle_secrets(
        &self,
        secrets: &BTreeMap<String, Used>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        for Used { recipe, generation, accepted } in secrets.values() {
            let known =
                self.secrets.lock().unwrap_or_else(PoisonError::into_inner).expired.get(recipe).copied();
            match (accepted, known) {
                (false, None) => {
                    let summary = format!(
                        "采集规则{recipe}所用的凭据已不被平台接受，需要它的账号暂时无法查看；与这些账号是否更新无关"
                    );
                    let advice =
                        "请重新登录平台，更新该采集规则的凭据文件；更新后系统立即改用新的凭据，不必重启";
                    self.open_elsewhere(Rule::CredentialExpired, recipe, summary, advice, now).await?;
                    self.refused(recipe, *generation);
                }
                (false, Some(_)) => self.refused(recipe, *generation),
                (true, Some(_)) => {
                    self.end_elsewhere(
                        |case| case.key.rule == Rule::CredentialExpired && case.key.subject == *recipe,
                        now,
                    )
                    .await?;
                    self.secrets.lock().unwrap_or_else(PoisonError::into_inner).expired.remove(recipe);
                }
                (true, None) => {}
            }
        }
        Ok(())
    }

    fn refused(&self, recipe: &str, generation: u64) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = secrets.expired.entry(recipe.to_owned()).or_default();
        *newest = generation.max(*newest);
    }
}
