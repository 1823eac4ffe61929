//! What looks tell about the accounts themselves, taken into memory and judged.
//!
//! In: the settled looks of a batch. Out: the same with what is to be noted, findings about their profiles and the
//! rules these looks can say something about. A profile that is as it was is neither read back nor written: most
//! batches cost nothing here.

use super::settle::Settled;
use super::{Error, Scheduler};
use crate::judge::profile::judge;
use crate::model::account::AccountId;
use crate::model::profile::{Memory, Noted};
use crate::store::profiles::Notes;
use std::collections::HashMap;

impl Scheduler {
    /// Takes in what the looks told, with one question to the store for the whole batch at the most.
    pub(super) async fn with_profiles(&self, mut settled: Vec<Settled>) -> Result<Vec<Settled>, Error> {
        let wanted = |it: &Settled| it.told.is_wanted(it.finish.watched.known.profile, it.visit.at);
        let known = |it: &&Settled| wanted(it) && it.finish.watched.known.profile.hash.is_some();
        let ids: Vec<AccountId> = settled.iter().filter(known).map(|it| it.finish.watched.id).collect();
        let mut memories = if ids.is_empty() { HashMap::new() } else { self.store.profiles(&ids).await? };
        for it in settled.iter_mut().filter(|it| wanted(it)) {
            let memory = memories.remove(&it.finish.watched.id).unwrap_or_default();
            note(it, memory);
        }
        Ok(settled)
    }
}

/// Takes one look into the memory and judges what it then holds.
fn note(settled: &mut Settled, mut memory: Memory) {
    let at = settled.visit.at;
    let watched = &mut settled.finish.watched;
    let changes = memory.note(&settled.told, at);
    let judgement = judge(&watched.registered, &memory, &settled.told, at);
    settled.findings.extend(judgement.findings);
    settled.sure.profile = judgement.sure;
    let avatar = changes.avatar.or(watched.known.profile.avatar);
    watched.known.profile = Noted { hash: Some(settled.told.hash()), due: Some(memory.due(at)), avatar };
    settled.notes = Some(Notes {
        account: watched.id,
        noted: watched.known.profile,
        facts: changes.facts,
        followers: changes.followers.then_some(memory.followers),
    });
}
