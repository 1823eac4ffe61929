//! The only file that reads the time.
//!
//! Everything that decides is handed an instant; everything that waits waits here. [`System`] is the wall
//! clock, [`Scaled`] lets a demo live through days in a minute, [`Manual`] stands still until a test moves it.

use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;

/// A future that ends when a clock reaches an instant.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Tells the time and wakes at a time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;

    /// Ends when the clock has reached `until`; at once if it already has.
    fn sleep_until(&self, until: DateTime<Utc>) -> Sleep<'_>;

    /// Ends after a span of this clock's time.
    fn sleep(&self, span: Duration) -> Sleep<'_> {
        self.sleep_until(self.now() + span)
    }
}

/// The clock every part of one program shares.
pub type SharedClock = Arc<dyn Clock>;

/// The wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
impl Clock for System {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep_until(&self, until: DateTime<Utc>) -> Sleep<'_> {
        Box::pin(async move {
            if let Ok(span) = (until - Utc::now()).to_std() {
                tokio::time::sleep(span).await;
            }
        })
    }
}

/// A clock that starts at a given instant and runs a given number of times faster than the wall clock.
#[derive(Debug, Clone, Copy)]
pub struct Scaled {
    start: DateTime<Utc>,
    began: Instant,
    factor: f64,
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
impl Scaled {
    /// Starts at `start`; `factor` seconds of this clock pass in one real second.
    #[must_use]
    pub fn new(start: DateTime<Utc>, factor: f64) -> Self {
        Self { start, began: Instant::now(), factor }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
impl Clock for Scaled {
    fn now(&self) -> DateTime<Utc> {
        let span = self.began.elapsed().mul_f64(self.factor);
        self.start + Duration::from_std(span).unwrap_or(Duration::MAX)
    }

    fn sleep_until(&self, until: DateTime<Utc>) -> Sleep<'_> {
        Box::pin(async move {
            if let Ok(span) = (until - self.now()).to_std() {
                tokio::time::sleep(span.div_f64(self.factor)).await;
            }
        })
    }
}

/// A clock that stands still until it is moved; for tests.
#[derive(Debug, Clone)]
pub struct Manual {
    state: Arc<Mutex<ManualState>>,
}

#[derive(Debug)]
struct ManualState {
    now: DateTime<Utc>,
    sleepers: BTreeMap<(DateTime<Utc>, u64), oneshot::Sender<()>>,
    serial: u64,
}

impl Manual {
    /// Stands at `now`.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        let state = ManualState { now, sleepers: BTreeMap::new(), serial: 0 };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Moves forward to `to` and wakes, in the order of their times, all who waited for an instant up to it.
    /// A clock never goes back: an earlier `to` changes nothing.
    pub fn advance_to(&self, to: DateTime<Utc>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.now.max(to);
        let reached = (state.now, u64::MAX);
        let later = state.sleepers.split_off(&reached);
        for sleeper in std::mem::replace(&mut state.sleepers, later).into_values() {
            // A sleeper that was dropped meanwhile no longer cares.
            let _ = sleeper.send(());
        }
    }

    /// Moves forward by `span`.
    pub fn advance(&self, span: Duration) {
        self.advance_to(self.now() + span);
    }
}

impl Clock for Manual {
    fn now(&self) -> DateTime<Utc> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    fn sleep_until(&self, until: DateTime<Utc>) -> Sleep<'_> {
        let woken = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if until <= state.now {
                None
            } else {
                let (sender, receiver) = oneshot::channel();
                state.serial += 1;
                let place = (until, state.serial);
                state.sleepers.insert(place, sender);
                Some(receiver)
            }
        };
        Box::pin(async move {
            if let Some(woken) = woken {
                // The sender lives in the clock, which outlives every sleeper that borrows it.
                let _ = woken.await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_only_those_whose_time_has_come() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let clock = Manual::new(start);
        let mut early = clock.sleep_until(start + Duration::seconds(5));
        let mut late = clock.sleep_until(start + Duration::seconds(9));
        clock.advance(Duration::seconds(5));
        tokio::select! { biased; () = &mut early => {}, () = &mut late => panic!("the later sleeper woke first") }
        clock.advance(Duration::seconds(4));
        late.await;
        assert_eq!(clock.now(), start + Duration::seconds(9));
    }

    #[tokio::test]
    async fn a_manual_clock_never_goes_back() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let clock = Manual::new(start);
        clock.advance_to(start - Duration::days(1));
        assert_eq!(clock.now(), start);
        clock.sleep_until(start).await;
    }

    #[test]
    fn a_scaled_clock_starts_where_it_is_told() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        assert!(Scaled::new(start, 1000.0).now() >= start);
    }
}
