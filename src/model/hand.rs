//! A look that a person took, for what no machine may read.
//!
//! In: what somebody saw and when. Out: the same as data, marked with who. A post that was seen proves that it
//! exists, never that nothing newer does; only a look that says so is complete.

use super::post::Published;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// A look by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandLook {
    /// When the person looked.
    pub at: DateTime<Utc>,
    /// What was seen, and by whom.
    pub hand: Hand,
}

/// What a person saw; kept with the look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Who looked. Shown to the operator only, never mailed.
    pub by: String,
    /// When it was written down.
    pub noted_at: DateTime<Utc>,
    /// The post that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenPost>,
    /// The whole list was looked at, and nothing on it is newer than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nothing_since: Option<DateTime<Utc>>,
    /// The screenshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<Exhibit>,
}

/// A post a person saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenPost {
    /// Its address.
    pub url: String,
    /// Its title; may be empty.
    #[serde(default)]
    pub title: String,
    /// The time the platform shows for it.
    pub published: Published,
}

/// A file kept in the data folder under its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// What the person called it.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal: its name in the data folder.
    pub sha256: String,
}

impl Hand {
    /// Whether the look says that nothing newer exists, so that it may carry a claim about silence.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.nothing_since.is_some()
    }

    /// One sentence for the operator: who saw what.
    #[must_use]
    pub fn words(&self) -> String {
        use super::moment::zh_minute;
        let seen = self.seen.as_ref().map(|post| {
            let time = match post.published {
                Published::At(at) => zh_minute(at),
                Published::On(day) => day.format("%Y年%-m月%-d日").to_string(),
            };
            let title = if post.title.is_empty() { String::new() } else { format!("《{}》", post.title) };
            format!("，看到{time}发布的内容{title}")
        });
        let nothing = self.nothing_since.map(|since| format!("，{}以后没有更新的内容", zh_minute(since)));
        let file = self.exhibit.as_ref().map(|file| format!("，截图{}", file.name));
        let parts = [seen, nothing, file].map(Option::unwrap_or_default);
        format!("人工核查，{}{}", self.by, parts.concat())
    }
}

impl HandLook {
    /// Two entries of one look that lie no farther apart than this are one.
    const SAME: Duration = Duration::minutes(10);

    /// Whether an earlier entry says the same of the same moment: then this one is that look once more.
    #[must_use]
    pub fn repeats(&self, at: DateTime<Utc>, hand: &Hand) -> bool {
        let post = |hand: &Hand| {
            hand.seen.as_ref().map(|post| (super::address::plain_with_route(&post.url), post.published))
        };
        (self.at - at).abs() <= Self::SAME
            && self.hand.nothing_since == hand.nothing_since
            && post(&self.hand) == post(hand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_132_800, 0).unwrap() + Duration::minutes(minute)
    }

    fn look(minute: i64, url: &str) -> HandLook {
        let seen = SeenPost { url: url.to_owned(), title: String::new(), published: Published::At(at(-60)) };
        let hand = Hand {
            by: "张三".to_owned(),
            noted_at: at(minute),
            seen: Some(seen),
            nothing_since: None,
            exhibit: None,
        };
        HandLook { at: at(minute), hand }
    }

    #[test]
    fn the_same_look_written_down_twice_is_one_look() {
        let first = look(0, "https://channels.example/p/1");
        let again = HandLook { hand: Hand { by: "李四".to_owned(), ..first.hand.clone() }, at: at(3) };
        assert!(again.repeats(first.at, &first.hand));
        for other in [look(0, "https://channels.example/p/2"), look(60, "https://channels.example/p/1")] {
            assert!(!other.repeats(first.at, &first.hand));
        }
        let more =
            HandLook { hand: Hand { nothing_since: Some(at(0)), ..first.hand.clone() }, ..first.clone() };
        assert!(!more.repeats(first.at, &first.hand));
    }

    #[test]
    fn a_look_reads_as_a_person_says_it() {
        let mut look = look(0, "https://channels.example/p/1");
        look.hand.nothing_since = Some(at(-60));
        assert_eq!(
            look.hand.words(),
            "人工核查，张三，看到2026年11月20日 07:00发布的内容，2026年11月20日 07:00以后没有更新的内容"
        );
    }
}
