//! Waiting for what other processes do: on a condition, with a deadline, never for a fixed time.

use chrono::{DateTime, Duration, Utc};
use xunwang::clock::{Clock, System};

/// Waits until a condition holds. Panics with the last answer of `why_not` when it does not hold in time.
pub(crate) async fn until<T>(
    what: &str,
    limit: Duration,
    mut why_not: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let deadline = System.now() + limit;
    loop {
        match why_not().await {
            Ok(value) => return value,
            Err(why) => assert!(System.now() < deadline, "not within {limit}: {what}: {why}"),
        }
        System.sleep(Duration::milliseconds(20)).await;
    }
}

/// `Err(why())` unless `holds`.
pub(crate) fn check(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

/// The real time, for what real programs are shown.
pub(crate) fn now() -> DateTime<Utc> {
    System.now()
}
