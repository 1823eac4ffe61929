//! How many looks may be under way at once, in all and at one site.
//!
//! In: a site. Out: a turn, held until the look is over and taken in, so that what was read never piles up. Whoever
//! waits for a turn at its site does not hold one of all, so that a slow site never keeps the others from being looked
//! at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// A turn; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Turn {
    _at_site: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// Hands out turns in the order in which they are waited for.
#[derive(Debug)]
pub(super) struct Turns {
    all: Arc<Semaphore>,
    per_site: usize,
    sites: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Turns {
    /// At most `all` turns at once, and `per_site` at one site.
    pub(super) fn new(all: usize, per_site: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), per_site, sites: Mutex::default() }
    }

    /// The turns at a site.
    pub(super) fn at(&self, site: &str) -> Arc<Semaphore> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sites.entry(site.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.per_site))))
    }

    /// Ends when both the site and we have a turn left. Nobody closes the semaphores, so it never fails.
    pub(super) async fn wait(&self, site: Arc<Semaphore>) -> Result<Turn, AcquireError> {
        let at_site = site.acquire_owned().await?;
        Ok(Turn { _at_site: at_site, _of_all: Arc::clone(&self.all).acquire_owned().await? })
    }

    /// Forgets sites nobody waits at.
    pub(super) fn forget_idle(&self) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.retain(|_, turns| Arc::strong_count(turns) > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn a_site_without_a_turn_left_takes_none_of_the_others() {
        let turns = Turns::new(2, 1);
        let (slow, other) = (turns.at("slow.example:443"), turns.at("other.example:443"));
        let held = turns.wait(Arc::clone(&slow)).now_or_never();
        assert!(held.is_some());
        let mut waiting = Box::pin(turns.wait(Arc::clone(&slow)));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(turns.wait(Arc::clone(&other)).now_or_never().is_some());
        drop(held);
        assert!(waiting.now_or_never().is_some());
    }

    #[test]
    fn there_are_never_more_turns_than_hands() {
        let turns = Turns::new(1, 5);
        let site = turns.at("slow.example:443");
        let held = turns.wait(Arc::clone(&site)).now_or_never();
        assert!(turns.wait(turns.at("other.example:443")).now_or_never().is_none());
        drop(held);
    }

    #[test]
    fn a_site_is_forgotten_only_when_nobody_waits_at_it() {
        let turns = Turns::new(1, 1);
        let site = turns.at("slow.example:443");
        turns.forget_idle();
        assert!(Arc::ptr_eq(&site, &turns.at("slow.example:443")));
        drop(site);
        turns.forget_idle();
        assert!(turns.sites.lock().unwrap().is_empty());
    }
}
