//! The definition of a date, sentence by sentence, as a table of texts and the instants they mean.
//!
//! An instant is written `2026-10-08 08:30`, with seconds where there are some, as the wall time of Shanghai;
//! a day in summer time or a fraction as RFC 3339. `-` means that the text names no date.

mod choice;
mod counted;
mod forms;

use super::read;
use chrono::{DateTime, Utc};

/// A Thursday.
const NOW: &str = "2026-10-08T15:20:30+08:00";

fn instant(text: &str) -> DateTime<Utc> {
    let padded = match text.len() {
        10 => format!("{text}T00:00:00+08:00"),
        16 => format!("{}:00+08:00", text.replace(' ', "T")),
        19 => format!("{}+08:00", text.replace(' ', "T")),
        _ => text.to_owned(),
    };
    DateTime::parse_from_rfc3339(&padded).unwrap().to_utc()
}

#[track_caller]
fn check_at(now: &str, table: &[(&str, &str)]) {
    for (raw, expected) in table {
        let read = read(raw, instant(now)).map(|stamp| stamp.at.to_utc());
        let expected = (*expected != "-").then(|| instant(expected));
        assert_eq!(read, expected, "{raw:?} at {now}");
    }
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    check_at(NOW, table);
}

#[track_caller]
fn check_none(texts: &[&str]) {
    for raw in texts {
        assert_eq!(read(raw, instant(NOW)), None, "{raw:?}");
    }
}
