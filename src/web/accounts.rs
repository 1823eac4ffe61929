//! `/metrics/accounts`: one series per account and fact, streamed page by page.
//!
//! In: pages of accounts out of the store. Out: the text format of Prometheus. However many accounts there
//! are, only one page of them is in memory.

use super::Desk;
use super::health::TEXT;
use crate::metrics::seconds;
use crate::model::account::AccountState;
use crate::model::moment::to_ms;
use crate::store::figures::Health;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::stream;
use std::fmt::Write;
use std::sync::Arc;

/// Accounts read from the store at once.
const PAGE: u32 = 2000;

const HEAD: &str = "\
# HELP xunwang_account_last_post_timestamp_seconds Effective time of the latest post.
# TYPE xunwang_account_last_post_timestamp_seconds gauge
# HELP xunwang_account_last_original_timestamp_seconds Effective time of the latest post that is or may be original.
# TYPE xunwang_account_last_original_timestamp_seconds gauge
# HELP xunwang_account_last_success_timestamp_seconds End of the latest good look.
# TYPE xunwang_account_last_success_timestamp_seconds gauge
# HELP xunwang_account_posts Posts of the last days.
# TYPE xunwang_account_posts gauge
# HELP xunwang_account_followers Followers, a lower bound.
# TYPE xunwang_account_followers gauge
# HELP xunwang_account_state 1 for the present state.
# TYPE xunwang_account_state gauge
";

/// Every account's health.
pub(super) async fn metrics(State(desk): State<Arc<Desk>>) -> Response {
    let now = desk.clock.now();
    let pages = stream::try_unfold((desk, Some(0_i64), true), move |(desk, after, first)| async move {
        let Some(after) = after else { return Ok(None) };
        let page = desk.store.account_health(after, &desk.settings.account_platform, PAGE).await?;
        let mut text = if first { HEAD.to_owned() } else { String::new() };
        for (_, health) in &page {
            write_account(&mut text, health, now);
        }
        let last = page.last().map(|(id, _)| *id);
        Ok::<_, crate::store::Error>(Some((text, (desk, last, false))))
    });
    ([(header::CONTENT_TYPE, TEXT)], Body::from_stream(pages)).into_response()
}

fn write_account(text: &mut String, health: &Health, now: DateTime<Utc>) {
    let labels = format!(
        "account=\"{}\",name=\"{}\",platform=\"{}\",owner=\"{}\",region=\"{}\"",
        escape(&health.key),
        escape(&health.name),
        escape(&health.platform),
        escape(&health.owner),
        escape(&health.region)
    );
    let times = [
        ("last_post", health.last_update),
        ("last_original", health.last_original),
        ("last_success", health.good_look),
    ];
    for (fact, at) in times {
        if let Some(at) = at {
            // Writing into a string cannot fail.
            let _ =
                writeln!(text, "xunwang_account_{fact}_timestamp_seconds{{{labels}}} {}", seconds(to_ms(at)));
        }
    }
    for days in [7, 28] {
        let _ = writeln!(
            text,
            "xunwang_account_posts{{{labels},window=\"{days}d\"}} {}",
            health.days.within(days, now)
        );
    }
    if let Some(followers) = health.followers {
        let _ = writeln!(text, "xunwang_account_followers{{{labels}}} {followers}");
    }
    for state in AccountState::ALL {
        let _ = writeln!(
            text,
            "xunwang_account_state{{{labels},state=\"{state}\"}} {}",
            u8::from(*state == health.state)
        );
    }
}

/// A label value as the text format wants it.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::watch::Days;

    #[test]
    fn a_name_cannot_break_out_of_its_label() {
        assert_eq!(escape("a\"} 1\nb\\"), "a\\\"} 1\\nb\\\\");
    }

    #[test]
    fn an_account_shows_exactly_one_present_state() {
        let at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let mut days = Days::default();
        days.count(at);
        let health = Health {
            key: "k1".into(),
            name: "云溪发布".into(),
            platform: "weibo".into(),
            owner: "云溪县人民政府办公室".into(),
            region: "990102".into(),
            state: AccountState::Lagging,
            last_update: Some(at),
            last_original: None,
            good_look: Some(at),
            followers: Some(12),
            days,
        };
        let mut text = String::new();
        write_account(&mut text, &health, at);
        let present: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("xunwang_account_state") && line.ends_with(" 1"))
            .collect();
        assert_eq!(present.len(), 1);
        assert!(present[0].contains("state=\"lagging\""));
        assert!(text.contains("window=\"7d\"} 1\n"));
        assert!(!text.contains("last_original"));
    }
}
