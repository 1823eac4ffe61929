//! Which cases a sound watch has open at a moment of the script, and which it has seen end.
//!
//! In: the behaviours and a moment. Out: three sets of cases. They follow from what the accounts do and from
//! the wording of the rules (7, 14, 30 and 90 days, four pushes in a natural month, a look stays fresh for a
//! day); nothing here asks the judge.
//!
//! Assumed: two looks at an account lie at most seven hours apart (the default cadence has six and a tenth of
//! spread), failures of an account behind a wall or denied by its platform at most twelve and a half. A case
//! whose edge is nearer than [`MARGIN`] is left undecided; where the rules leave the moment to the watch (how
//! long before a deadline it reminds, how long it backs off), it is so for as long as that may take.

use super::behaviour::{BACKDATED, Behaviour, DOWN, END, LAYOUT, REVIVES, STALE, VANISHES, WALL};
use super::city::{Account, City, Site};
use crate::model::finding::Rule;
use crate::model::moment::Month;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;

/// How far from every edge the expectation keeps: the longest time between two looks and an hour more.
pub const MARGIN: Duration = Duration::hours(8);

/// The longest time between two failing looks at an account that refuses, in hours.
const BACK_OFF: i64 = 13;

/// What a case is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// An account, by its key in the register.
    Account(String),
    /// A whole site.
    Site(Site),
}

/// The cases at one moment of the script. What stands in none of the sets must never have been opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Must be running.
    pub open: BTreeSet<(About, Rule)>,
    /// Must have been opened and have ended.
    pub resolved: BTreeSet<(About, Rule)>,
    /// May be running, may have ended, may never have been opened.
    pub undecided: BTreeSet<(About, Rule)>,
}

/// From when to when a case runs, in the time of the script.
struct Spell {
    rule: Rule,
    /// The earliest and the latest moment at which it opens.
    opens: (Duration, Duration),
    /// The earliest and the latest moment at which it ends, if it does.
    ends: Option<(Duration, Duration)>,
}

impl Spell {
    /// A case whose line is crossed at a known moment and that never ends.
    fn from(rule: Rule, line: Duration) -> Self {
        // What was crossed before the start is found by the first look.
        Self { rule, opens: (line, line.max(Duration::zero())), ends: None }
    }

    /// A case the watch opens somewhere between two hours.
    fn between(rule: Rule, earliest: i64, latest: i64) -> Self {
        Self { rule, opens: (Duration::hours(earliest), Duration::hours(latest)), ends: None }
    }

    /// A case that may or may not be there at any time.
    fn possible(rule: Rule) -> Self {
        Self { rule, opens: (Duration::MIN, Duration::MAX), ends: None }
    }

    fn ending(self, earliest: i64, latest: i64) -> Self {
        Self { ends: Some((Duration::hours(earliest), Duration::hours(latest))), ..self }
    }
}

impl City {
    /// The cases at a moment of the script, counted from its start.
    ///
    /// The start must lie more than three days away from both ends of a natural month, or the quota of service
    /// accounts changes during the script.
    #[must_use]
    pub fn expected(&self, at: Duration) -> Expected {
        let mut expected = Expected::default();
        for account in self.accounts() {
            for spell in spells(account, self.start()) {
                expected.add(About::Account(account.registered.key.clone()), &spell, at);
            }
        }
        let down = Spell::between(Rule::SiteDown, DOWN.start, DOWN.start).ending(DOWN.end, DOWN.end);
        expected.add(About::Site(Site::DistrictHall), &down, at);
        // When the silence of a bridge stands out is for the watch to say; that it has passed shows at once.
        let stale = Spell::between(Rule::BridgeStale, STALE.start, STALE.end).ending(STALE.end, STALE.end);
        expected.add(About::Site(Site::Werss), &stale, at);
        expected
    }

    /// Length of the script.
    #[must_use]
    pub fn length() -> Duration {
        Duration::hours(END)
    }
}

impl Expected {
    fn add(&mut self, about: About, spell: &Spell, at: Duration) {
        let far_after = |edge: Duration| edge.checked_add(&MARGIN).is_some_and(|edge| at >= edge);
        let opened = far_after(spell.opens.1);
        let set = match spell.ends {
            _ if at < spell.opens.0 => return,
            Some((_, latest)) if opened && far_after(latest) => &mut self.resolved,
            Some((earliest, _)) if opened && at < earliest => &mut self.open,
            None if opened => &mut self.open,
            _ => &mut self.undecided,
        };
        set.insert((about, spell.rule));
    }
}

/// The cases of silence since an instant before or in the script: all whose line lies before its end.
fn silence(last: Duration) -> Vec<Spell> {
    let lines = [(Rule::Weekly, 7), (Rule::BiweeklyOriginal, 14), (Rule::NotUpdated, 14)];
    let mut spells: Vec<Spell> =
        lines.into_iter().map(|(rule, days)| Spell::from(rule, last + Duration::days(days))).collect();
    // A zombie is no longer called dormant.
    let (dormant, zombie) = (last + Duration::days(30), last + Duration::days(90));
    spells.push(if zombie <= Duration::hours(END) {
        Spell::from(Rule::Zombie, zombie)
    } else {
        Spell::from(Rule::Dormant, dormant)
    });
    spells.retain(|spell| spell.opens.0 <= Duration::hours(END));
    spells
}

fn spells(account: &Account, start: DateTime<Utc>) -> Vec<Spell> {
    let behaviour = account.behaviour;
    let last = behaviour.last(account.number).unwrap_or_default();
    let mut spells = match behaviour {
        Behaviour::Late { .. } | Behaviour::Silent { .. } => silence(last),
        Behaviour::Revives => ended(silence(last), REVIVES),
        // What counts is when the post was first seen, whatever date it prints: the silence ends.
        Behaviour::Backdated => ended(silence(last), BACKDATED),
        Behaviour::NeverPosted => {
            // Without posts the rules count from the registration, and hollow stands for dormant and zombie.
            let since = account.registered.registered_at().map_or(Duration::zero(), |since| since - start);
            let mut spells = silence(since);
            spells.retain(|spell| !matches!(spell.rule, Rule::Dormant | Rule::Zombie));
            spells.push(Spell::from(Rule::Hollow, since + Duration::days(7)));
            spells
        }
        // The pages of many weeks show nothing of its own.
        Behaviour::RepostsOnly => vec![Spell::from(Rule::BiweeklyOriginal, Duration::zero())],
        Behaviour::ServiceShort => vec![Spell::from(Rule::Weekly, Month::of(start).start() - start)],
        // Nothing is known from the first failed look on; whether that takes a day to say is the watch's choice.
        Behaviour::Wall => vec![Spell::between(Rule::Unverified, 0, 24)],
        // The last good look lies between the start and the wall and stays fresh for a day; then one more look
        // must fail.
        Behaviour::WallLater => vec![Spell::between(Rule::Unverified, 24, WALL + 24 + BACK_OFF)],
        Behaviour::LayoutChanged => vec![Spell::between(Rule::LayoutChanged, LAYOUT, LAYOUT)],
        Behaviour::Vanishes => vec![
            // The platform must say it twice, a day apart.
            Spell::between(Rule::Gone, VANISHES + 24, VANISHES + 36),
            Spell {
                opens: (Duration::hours(VANISHES + 22), Duration::MAX),
                ..Spell::possible(Rule::Unverified)
            },
        ],
        Behaviour::Says(slip) => slip.breaks().map_or_else(Vec::new, |(rule, _)| {
            let (earliest, latest) = slip.known();
            let told = Spell::between(rule, earliest, latest);
            vec![match slip.mended() {
                Some(hour) => told.ending(hour, hour),
                None => told,
            }]
        }),
        // Its post stands behind a bridge that shows nothing new: nobody may say that its week is over.
        _ => Vec::new(),
    };
    // The host of an app is asked once a day, and must lack it twice.
    if account.lacks_ipv6() {
        spells.push(Spell::between(Rule::Ipv6Lacking, 6, 48));
    }
    let judged = !matches!(behaviour, Behaviour::Closing | Behaviour::Deregistered);
    if judged && !behaviour.is_lively() {
        spells.push(Spell::possible(Rule::DueSoon));
    }
    spells
}

/// The same cases, ended by a post at an hour of the script.
fn ended(spells: Vec<Spell>, hour: i64) -> Vec<Spell> {
    let before = |spell: &Spell| spell.opens.0 < Duration::hours(hour);
    spells.into_iter().filter(before).map(|spell| spell.ending(hour, hour)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn city() -> City {
        City::new(DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().with_timezone(&Utc))
    }

    fn count(set: &BTreeSet<(About, Rule)>, rule: Rule) -> usize {
        set.iter().filter(|(_, open)| *open == rule).count()
    }

    #[test]
    fn at_the_end_every_case_is_decided_but_those_the_rules_leave_open() {
        let expected = city().expected(City::length());
        for (_, rule) in &expected.undecided {
            assert!(matches!(rule, Rule::DueSoon | Rule::Unverified), "{rule}");
        }
        assert_eq!(count(&expected.undecided, Rule::Unverified), 1);
    }

    #[test]
    fn the_end_shows_each_kind_of_trouble() {
        let Expected { open, resolved, .. } = city().expected(City::length());
        // Silent 8 (2), 15 (2), 40 (2), 100 (2), late (3), never posted (2), short service accounts (2).
        assert_eq!(count(&open, Rule::Weekly), 15);
        // Silent 15, 40 and 100, never posted.
        assert_eq!(count(&open, Rule::NotUpdated), 8);
        // The same, and those that only repost (4).
        assert_eq!(count(&open, Rule::BiweeklyOriginal), 12);
        assert_eq!(count(&open, Rule::Dormant), 2);
        assert_eq!(count(&open, Rule::Zombie), 2);
        assert_eq!(count(&open, Rule::Hollow), 2);
        assert_eq!(count(&open, Rule::Unverified), 4);
        assert_eq!(count(&open, Rule::LayoutChanged), 1);
        assert_eq!(count(&open, Rule::Gone), 1);
        // Two revived accounts, three rules each; the back-dated one; the site; the bridge.
        assert_eq!(count(&resolved, Rule::Weekly), 3);
        assert_eq!(count(&resolved, Rule::NotUpdated), 2);
        assert_eq!(count(&resolved, Rule::SiteDown), 1);
        assert_eq!(count(&resolved, Rule::BridgeStale), 1);
        // And the mended post.
        assert_eq!(count(&resolved, Rule::Privacy), 1);
        assert_eq!(resolved.len(), 3 + 2 + 2 + 1 + 1 + 1);
    }

    #[test]
    fn a_late_account_is_accused_after_its_line_and_not_before() {
        let weekly = |hour| count(&city().expected(Duration::hours(hour)).open, Rule::Weekly);
        // Hours 20, 28 and 36 are the lines; the back-dated one leaves at 22, the two revived ones at 26.
        assert_eq!(weekly(10), 8 + 2 + 2 + 2 + 1);
        assert_eq!(weekly(23), weekly(10) - 1);
        assert_eq!(weekly(29), weekly(23) + 1 - 2);
        assert_eq!(weekly(37), weekly(29) + 1);
        assert_eq!(weekly(45), weekly(37) + 1);
    }

    #[test]
    fn nothing_is_certain_at_the_very_start() {
        let expected = city().expected(Duration::zero());
        assert!(expected.resolved.is_empty());
        assert_eq!(count(&expected.open, Rule::Unverified), 0);
    }
}
