//! Being told to stop: what has begun is finished, unless it takes too long.
//!
//! In: the signal. Out: when it came, and when patience with what is under way ends. It stops nothing itself.

use crate::clock::{Clock, System};
use chrono::Duration;
use tokio::sync::watch;

/// How long what is under way may go on after a stop. Accounts not read by then are given back.
const GRACE: Duration = Duration::seconds(3);

/// Ends when told to stop; never when there is nobody left who could say so.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending().await
    }
}

/// Ends when told to stop and what was under way has had its time.
pub(crate) async fn out_of_time(mut stop: watch::Receiver<bool>) {
    stopped(&mut stop).await;
    // Servers take real time, whatever clock the program lives by.
    System.sleep(GRACE).await;
}
