//! Years of invented offices behind bridges that live and die: how often is a bridge suspected wrongly, and how soon
//! rightly?
//!
//! Offices differ in their rhythm, post in daytime and in bursts, less at weekends, stop for weeks now and then, and
//! all slow down together in two weeks of holidays. Every chance is a hash of a seed, so that each run is the same.

use super::*;
use crate::model::watch::Days;
use chrono::TimeDelta;
use xxhash_rust::xxh3::xxh3_64_with_seed;

const HOURS: i64 = 6;
/// Monday, 5 January 2026, in Shanghai.
const START: i64 = 1_767_542_400;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START, 0).unwrap() + TimeDelta::hours(hours)
}

/// An even chance between 0 and 1.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 += 1;
        f64::from(u32::try_from(xxh3_64_with_seed(&self.0.to_le_bytes(), 7) >> 32).unwrap())
            / f64::from(u32::MAX)
    }

    fn below(&mut self, n: u32) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "smaller than n")]
        let n = (self.next() * f64::from(n)) as i64;
        n
    }
}

/// How a bridge hands on what it reads.
#[derive(Debug, Clone, Copy)]
struct Habit {
    /// Hours of the day at which it pulls; none: it reads when asked.
    pulls: &'static [i64],
}

const AT_ONCE: Habit = Habit { pulls: &[] };
const TWICE_A_DAY: Habit = Habit { pulls: &[5, 17] };

struct Office {
    /// Hours at which it posts.
    posts: Vec<i64>,
    /// Its looks come so many hours after the hour.
    shift: i64,
}

fn office(chance: &mut Chance, days: i64) -> Office {
    let share = match chance.next() {
        it if it < 0.15 => 0.85,
        it if it < 0.4 => 0.5,
        it if it < 0.7 => 0.25,
        _ => 0.12,
    };
    let mut posts = Vec::new();
    let mut paused_until = -1;
    for day in 0..days {
        if chance.next() < 0.03 / 7.0 {
            paused_until = day + 7 + chance.below(15);
        }
        let holiday = matches!(day % 365, 40..48 | 269..277);
        let mut today = if day % 7 < 5 { share } else { share * 0.35 };
        if holiday {
            today = share * 0.25;
        }
        if day <= paused_until || chance.next() > today {
            continue;
        }
        for _ in 0..=chance.below(4) {
            posts.push(day * 24 + 8 + chance.below(11));
        }
    }
    posts.sort_unstable();
    Office { posts, shift: chance.below(6) }
}

/// What is known of an office at an hour, of what the bridge had taken in until it died.
struct Eye {
    office: Office,
    taken: usize,
    days: Days,
    newest: Option<(i64, Option<i64>)>,
    looked: i64,
}

impl Eye {
    fn look(&mut self, hour: i64, habit: Habit, dead: Option<i64>) {
        let alive_until = dead.map_or(hour, |dead| dead.min(hour));
        let pulled = match habit.pulls {
            [] => alive_until,
            pulls => (0..24)
                .map(|back| alive_until - back)
                .find(|hour| pulls.contains(&hour.rem_euclid(24)))
                .unwrap(),
        };
        let first = self.looked == 0;
        while let Some(post) = self.office.posts.get(self.taken).filter(|post| **post <= pulled) {
            self.days.count(at(*post));
            self.newest = Some((*post, (!first).then_some(hour - post)));
            self.taken += 1;
        }
        self.looked = hour;
    }

    fn reading(&self) -> Option<Reading> {
        let (newest, delay) = self.newest?;
        Some(Reading {
            days: self.days.clone(),
            newest: at(newest),
            read_until: at(self.looked),
            delay: delay.map(TimeDelta::hours),
        })
    }
}

/// What came of one bridge.
#[derive(Debug, Default)]
struct Life {
    /// Suspicions while it lived.
    wrong: u32,
    /// Hours of doubt while it lived.
    doubted: i64,
    /// Hours from its death to the suspicion.
    found_after: Option<i64>,
    /// Accounts called silent for a week although they had posted, after its death.
    accused: u32,
    /// The same, if only the suspicion and not the doubt held accusations back.
    accused_without_doubt: u32,
}

fn live(seed: u64, count: usize, habit: Habit, days: i64, dies: Option<i64>) -> Life {
    let mut chance = Chance(seed << 32);
    let mut eyes: Vec<Eye> = (0..count)
        .map(|_| Eye {
            office: office(&mut chance, days),
            taken: 0,
            days: Days::default(),
            newest: None,
            looked: 0,
        })
        .collect();
    let mut life = Life::default();
    let (mut opened, mut doubtful): (Option<DateTime<Utc>>, bool) = (None, false);
    let mut accused = vec![(false, false); count];
    for hour in (28 * 24..days * 24).step_by(usize::try_from(HOURS).unwrap()) {
        // Bridges are judged by the looks before, and then looked through.
        let readings: Vec<Reading> = eyes.iter().filter_map(Eye::reading).collect();
        if let Some(standing) = assess(&readings, None, at(hour)) {
            doubtful = standing.is_doubtful();
            let alive = dies.is_none_or(|dies| hour < dies);
            if alive && doubtful {
                life.doubted += HOURS;
            }
            match opened {
                None if standing.opens() => {
                    opened = Some(at(hour));
                    if alive {
                        life.wrong += 1;
                    } else {
                        life.found_after = Some(hour - dies.unwrap());
                        break;
                    }
                }
                Some(since) if standing.closes(since) => opened = None,
                _ => {}
            }
        }
        for (eye, accused) in eyes.iter_mut().zip(&mut accused) {
            eye.look(hour + eye.office.shift, habit, dies);
            let last = eye.newest.map_or(0, |(post, _)| post);
            let late = hour - last > 7 * 24;
            let posted = dies.is_some_and(|dies| {
                eye.office.posts.iter().any(|post| *post > dies.max(hour - 7 * 24) && *post <= hour)
            });
            if late && posted && opened.is_none() {
                accused.0 |= !doubtful;
                accused.1 = true;
            }
        }
    }
    life.accused = u32::try_from(accused.iter().filter(|it| it.0).count()).unwrap();
    life.accused_without_doubt = u32::try_from(accused.iter().filter(|it| it.1).count()).unwrap();
    life
}

/// Wrong suspicions and hours of doubt in one year of each of `bridges` bridges that live.
fn wrong(bridges: u64, count: usize, habit: Habit) -> (u32, i64) {
    let lives = (0..bridges).map(|seed| live(seed + 1, count, habit, 28 + 365, None));
    lives.fold((0, 0), |sum, life| (sum.0 + life.wrong, sum.1 + life.doubted))
}

/// For bridges that die at all hours of a week: hours until each was found, sorted, and accounts wrongly accused.
fn deaths(bridges: u64, count: usize, habit: Habit) -> (Vec<i64>, u32, u32) {
    let (mut found, mut accused, mut without) = (Vec::new(), 0, 0);
    for seed in 0..bridges {
        let dies = 24 * 90 + i64::try_from(seed * 13 % (24 * 21)).unwrap();
        let life = live(seed + 1000, count, habit, 170, Some(dies));
        // One that was under a wrong suspicion already when it died is not counted as found late.
        found.push(life.found_after.unwrap_or(if life.wrong > 0 { 0 } else { 24 * 80 }));
        accused += life.accused;
        without += life.accused_without_doubt;
    }
    found.sort_unstable();
    (found, accused, without)
}

#[test]
fn bridges_that_live_are_hardly_ever_suspected() {
    for (count, habit) in [(4, AT_ONCE), (12, TWICE_A_DAY), (40, AT_ONCE)] {
        let (suspected, doubted) = wrong(6, count, habit);
        assert!(suspected <= 1, "{count} accounts, {habit:?}: {suspected}");
        assert!(doubted < 6 * 365 * 24 / 4, "{count} accounts, {habit:?}: {doubted} hours of doubt");
    }
}

#[test]
fn bridges_that_die_are_found_within_days() {
    for (count, habit, days) in [(12, AT_ONCE, 10), (40, TWICE_A_DAY, 5)] {
        let (found, accused, _) = deaths(9, count, habit);
        let median = found[found.len() / 2];
        assert!(median <= days * 24, "{count} accounts, {habit:?}: {found:?}");
        assert!(u64::from(accused) <= 9, "{count} accounts, {habit:?}: {accused}");
    }
}

/// `cargo test --release -- --ignored figures_of_the_statistic --nocapture`
#[test]
#[ignore = "prints the figures for a reader and takes a minute"]
fn figures_of_the_statistic() {
    use std::fmt::Write;
    let mut text = String::new();
    for habit in [AT_ONCE, TWICE_A_DAY] {
        for count in [4, 6, 12, 25, 60, 150] {
            let bridges = 12;
            let (suspected, doubted) = wrong(bridges, count, habit);
            let (found, accused, without) = deaths(bridges, count, habit);
            let place = |share: usize| found[found.len() * share / 100];
            writeln!(
                text,
                "{count:4} accounts, pulls {:?}: {suspected} wrong suspicions and {} hours of doubt in {bridges} years; \
                 deaths found after {} h (median), {} h (90 %); wrongly accused per death {:.2}, {:.2} without doubt",
                habit.pulls,
                doubted,
                place(50),
                place(90),
                f64::from(accused) / 12.0,
                f64::from(without) / 12.0,
            )
            .unwrap();
        }
    }
    assert!(!text.is_empty());
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()).unwrap();
}
