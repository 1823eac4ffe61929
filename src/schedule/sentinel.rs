//! Are we online ourselves? Pure.
//!
//! In: how looks at different sites end. Out: whether our own line is down. When several unrelated sites stop
//! answering together it is we who are cut off: then nobody is judged and no failure is held against an
//! account, a site or a platform.

use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;

/// Only what was seen in the last minutes tells about the line.
const WINDOW: Duration = Duration::minutes(15);
/// One or two silent sites may be their own trouble.
const LEAST_SITES: usize = 3;

/// Remembers how the latest look at each site ended.
#[derive(Debug, Default)]
pub struct Sentinel {
    sites: HashMap<String, (DateTime<Utc>, bool)>,
    blind_since: Option<DateTime<Utc>>,
}

/// A change of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Our line went down.
    WentBlind,
    /// Our line is up again.
    SeesAgain,
}

impl Sentinel {
    /// Notes how a look at a site ended: `answered` is true for any answer at all, even a refusing one.
    pub fn observe(&mut self, site: &str, answered: bool, now: DateTime<Utc>) -> Option<Change> {
        if let Some(seen) = self.sites.get_mut(site) {
            *seen = (now, answered);
        } else {
            self.sites.insert(site.to_owned(), (now, answered));
        }
        if answered {
            // One answer from anywhere proves the line; whoever was silent until now may have been cut off with us.
            return self.blind_since.take().map(|_| Change::SeesAgain);
        }
        if self.blind_since.is_some() {
            return None;
        }
        self.sites.retain(|_, (at, _)| now - *at <= WINDOW);
        let silent = self.sites.values().filter(|(_, answered)| !answered).count();
        // Nine in ten: with a hundred sites a few may answer from a cache on the way.
        if silent >= LEAST_SITES && silent * 10 >= self.sites.len() * 9 {
            self.blind_since = Some(now);
            return Some(Change::WentBlind);
        }
        None
    }

    /// Since when our line has been down, if it is.
    #[must_use]
    pub fn blind_since(&self) -> Option<DateTime<Utc>> {
        self.blind_since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::minutes(minute)
    }

    #[test]
    fn one_silent_site_is_its_own_trouble() {
        let mut sentinel = Sentinel::default();
        for minute in 0..50 {
            assert_eq!(sentinel.observe("a:80", false, at(minute)), None);
        }
        assert_eq!(sentinel.blind_since(), None);
    }

    #[test]
    fn three_unrelated_silent_sites_and_no_answer_mean_that_we_are_cut_off() {
        let mut sentinel = Sentinel::default();
        assert_eq!(sentinel.observe("a:80", false, at(0)), None);
        assert_eq!(sentinel.observe("b:80", false, at(1)), None);
        assert_eq!(sentinel.observe("c:80", false, at(2)), Some(Change::WentBlind));
        assert_eq!(sentinel.blind_since(), Some(at(2)));
        assert_eq!(sentinel.observe("d:80", true, at(3)), Some(Change::SeesAgain));
        assert_eq!(sentinel.blind_since(), None);
    }

    #[test]
    fn silent_sites_among_answering_ones_do_not_blind_us() {
        let mut sentinel = Sentinel::default();
        for site in ["a", "b", "c", "d"] {
            sentinel.observe(site, true, at(0));
        }
        for site in ["e", "f", "g"] {
            assert_eq!(sentinel.observe(site, false, at(1)), None);
        }
    }

    #[test]
    fn answers_of_long_ago_do_not_hide_that_the_line_is_down() {
        let mut sentinel = Sentinel::default();
        for site in ["a", "b", "c", "d", "e", "f"] {
            sentinel.observe(site, true, at(0));
        }
        for (minute, site) in [(20, "a"), (21, "b")] {
            assert_eq!(sentinel.observe(site, false, at(minute)), None);
        }
        assert_eq!(sentinel.observe("c", false, at(22)), Some(Change::WentBlind));
    }
}
