//! A bridge: a service that reads a platform for us and hands its posts on as feeds.
//!
//! In: where it answers and which platform it reads. Out: one key for a bridge's share in one platform. One
//! service often reads several platforms with a login each, and one login may die alone: so the share, not the
//! service, is what falls silent as a whole.

use super::account::Platform;
use super::watch::Days;
use chrono::{DateTime, TimeDelta, Utc};
use std::str::FromStr;

/// The share of a bridge in one platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bridge {
    /// Where it answers: host and port.
    pub site: String,
    /// What it reads.
    pub platform: Platform,
}

impl Bridge {
    /// How people read it.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}（{}）", self.site, self.platform.zh())
    }
}

/// The form kept in the store, and the subject of a case.
impl std::fmt::Display for Bridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.site, self.platform)
    }
}

impl FromStr for Bridge {
    type Err = super::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (site, platform) = text.rsplit_once(' ').unwrap_or(("", text));
        Ok(Self { site: site.to_owned(), platform: platform.parse()? })
    }
}

/// What is known of one account behind a bridge.
#[derive(Debug, Clone)]
pub struct Reading {
    /// On which days it posted.
    pub days: Days,
    /// Its newest post.
    pub newest: DateTime<Utc>,
    /// When the bridge was last seen serving its list.
    pub read_until: DateTime<Utc>,
    /// How long after its publication we saw that post, if we were looking when it came.
    pub delay: Option<TimeDelta>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_survives_the_store() {
        for platform in Platform::ALL {
            let bridge = Bridge { site: "rss.chenghu.example:1200".to_owned(), platform: *platform };
            assert_eq!(bridge.to_string().parse(), Ok(bridge));
        }
        assert!("rss.chenghu.example:1200".parse::<Bridge>().is_err());
    }

    #[test]
    fn people_read_the_platform_in_their_own_words() {
        let bridge = Bridge { site: "127.0.0.1:4000".to_owned(), platform: Platform::Wechat };
        assert_eq!(bridge.title(), "127.0.0.1:4000（微信公众号）");
    }
}
