//! Has a bridge fallen silent? A bridge whose login is dead goes on serving what it had, with status 200.
//!
//! In: the rhythm of every account read through one share of a bridge, and when each showed its newest post. Out:
//! how surprising their common silence is. It judges the bridge and never an account: of one to three accounts
//! nothing follows, for their silence cannot be told from the bridge's.
//!
//! # The statistic
//! Offices post in bursts, at the same hour, less at weekends, and now and then stop for weeks. So days with a post
//! are counted, not posts, and of an account that posted on a share `p` of the working days before the silence we
//! believe that it stays silent through `T` days by chance with
//!
//! > `q + (1 - q) (1 - p)^(T / 2)`
//!
//! - `p` is shrunk towards nothing (`active days / (20 + 4)`): a short history predicts little.
//! - `T` counts whole days after that of the last post, so that neither nights nor a common hour of posting matter; a
//!   weekend day by the weight that weekends have with all accounts together. It ends where posts may still be on
//!   their way: the bridge's own delay before our last look. It is halved, because holidays slow all offices at
//!   once and nobody has told us of them.
//! - `q` is the chance that an office pauses by itself. It keeps one chatty account from carrying the whole sum, for no
//!   account can add more than `-ln q`; and of an account that was silent for long when the common silence began it is
//!   raised (by Bayes) to the chance that it was pausing then, so that who had stopped before adds nothing.
//!
//! The product over all accounts is the chance of the common silence; its negative logarithm is the *surprise*.
//! Up to a fifth of the accounts may still show posts (a second login, a page kept warm): the `j` accounts with the
//! newest posts are left out and the rest judged, at the price of `ln(n over j)` for having chosen them (the union
//! bound over all choices). The largest surprise over `j` counts.
//!
//! Long before a silence is strange enough to be told to anybody, it is too strange to accuse on: a bridge that owes
//! two posts by the plain rhythm of its accounts, night or day, is *doubtful*, and accusations wait for its next
//! post, though not for ever.

use crate::model::bridge::Reading;
use crate::model::listing::Synced;
use crate::model::moment::ZONE;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

/// The chance that an office pauses by itself at any time.
const PAUSE: f64 = 0.08;
/// Working days without a post that every account is credited with.
const PRIOR: f64 = 4.0;
/// Working days and weekend days in the four weeks that [`Days`] keeps.
const WORKING_DAYS: f64 = 20.0;
const WEEKEND_DAYS: f64 = 8.0;
/// In a week of holidays offices post about half as often or less.
const SLOW: f64 = 0.5;
/// Of fewer accounts with a rhythm nothing follows.
const LEAST_ACCOUNTS: u32 = 4;
/// Days with a post in four weeks that make a rhythm.
const RHYTHM: u32 = 2;
/// `-ln` of [`Standing::THRESHOLD`]: a bridge is suspected.
const OPEN: f64 = 6.91;
/// `-ln 1/30`: a suspicion ends below this only, lest it flutter.
const CLOSE: f64 = 3.4;
/// A bridge that owes so many posts is doubtful.
const OWED: f64 = 2.0;
/// By then a silence is suspected, or the accounts are too few for it; who is silent is judged at last.
const DOUBT_LASTS: TimeDelta = TimeDelta::days(14);
/// Where one or two accounts alone go on posting for so long under a suspicion, it needs its first strength to stay.
const LIFE: TimeDelta = TimeDelta::days(3);
/// How late a bridge's posts come when too few of them have been seen coming.
const USUAL_DELAY: TimeDelta = TimeDelta::hours(24);
/// No delay is taken for shorter or longer.
const DELAYS: (TimeDelta, TimeDelta) = (TimeDelta::hours(1), TimeDelta::hours(36));

/// How surprising the silence of the accounts behind one bridge is.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Accounts with a post.
    pub accounts: u32,
    /// Those of them that posted at least twice in the four weeks before the silence.
    pub rhythmic: u32,
    /// The last plausible post: after it the silence begins.
    pub since: DateTime<Utc>,
    /// Days with a post that their rhythms predict for the silent accounts since then, before any allowance.
    pub expected: f64,
    /// Accounts that have shown a post since then; they were left out.
    pub seen: u32,
    /// Negative logarithm of the chance, with the price of leaving accounts out.
    pub surprise: f64,
    /// The same for the silence of all accounts, none left out.
    pub silence: f64,
    /// Posts that all accounts together owe by now by their rhythms, before any allowance; several of a day count
    /// once. Nothing of too few accounts.
    pub owed: f64,
    /// The newest post of all.
    pub newest: DateTime<Utc>,
    /// When the bridge was last seen serving.
    pub read_until: DateTime<Utc>,
    /// How late posts come.
    pub delay: TimeDelta,
}

impl Standing {
    /// The chance below which a bridge is suspected.
    pub const THRESHOLD: f64 = 0.001;

    /// Whether to suspect the bridge.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.rhythmic >= LEAST_ACCOUNTS && self.surprise >= OPEN
    }

    /// Whether a suspicion of `opened_at` is over: several accounts show posts again, so that what is left of the
    /// silence is no longer strange.
    #[must_use]
    pub fn closes(&self, opened_at: DateTime<Utc>) -> bool {
        let alive = self.silence < CLOSE && self.newest >= opened_at + LIFE;
        self.surprise < if alive { OPEN } else { CLOSE }
    }

    /// Whether the silence is long enough to hold back accusations, be the bridge suspected or not.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        let quiet = self.read_until.signed_duration_since(self.newest);
        self.owed >= OWED && quiet <= DOUBT_LASTS
    }

    /// The chance as people read it.
    #[must_use]
    pub fn chance(&self) -> String {
        percent((-self.surprise).exp())
    }

    /// The chance below which a bridge is suspected, as people read it.
    #[must_use]
    pub fn threshold() -> String {
        percent(Self::THRESHOLD)
    }
}

fn percent(chance: f64) -> String {
    match chance * 100.0 {
        percent if percent < 0.001 => "不到0.001%".to_owned(),
        percent if percent < 0.095 => format!("{percent:.3}%"),
        percent if percent < 9.5 => format!("{percent:.1}%"),
        percent => format!("{percent:.0}%"),
    }
}

/// Whether a bridge's own word about its last pull of an account is too old for its list to prove anything.
#[must_use]
pub fn is_out_of_sync(synced: Synced, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(synced.at) > synced.allowed
}

/// How surprising the silence behind a bridge is; `None` when no account has a post. `vouched`: when a person last
/// said that the bridge works. `now`: it is serving now, whether or not all accounts have been looked at since.
#[must_use]
pub fn assess(readings: &[Reading], vouched: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Standing> {
    let mut sorted: Vec<&Reading> = readings.iter().collect();
    sorted.sort_by_key(|reading| std::cmp::Reverse(reading.newest));
    let newest = sorted.first()?.newest;
    let accounts = count(sorted.len());
    let delay = delay_of(readings);
    let mut best: Option<Standing> = None;
    let read_until = sorted.iter().map(|reading| reading.read_until).max()?;
    let (mut silence, mut owed) = (0.0, 0.0);
    for left_out in choices(accounts) {
        let silent = &sorted[usize::try_from(left_out).unwrap_or(usize::MAX)..];
        let last = silent.first()?.newest;
        let from = vouched.map_or(last, |at| at.max(last));
        let silence_here = Silence::of(silent, last, from, delay, now);
        let surprise = silence_here.surprise - ln_choose(accounts, left_out);
        if left_out == 0 {
            silence = surprise;
            owed = if silence_here.rhythmic >= LEAST_ACCOUNTS { silence_here.owed } else { 0.0 };
        }
        if best.as_ref().is_none_or(|best| surprise > best.surprise) {
            best = Some(Standing {
                accounts,
                rhythmic: silence_here.rhythmic,
                since: last,
                expected: silence_here.expected,
                seen: left_out,
                surprise,
                silence,
                owed,
                newest,
                read_until,
                delay,
            });
        }
    }
    best
}

/// How many accounts are left out, in growing steps up to a fifth of them, and one of few.
fn choices(accounts: u32) -> impl Iterator<Item = u32> {
    let most = (accounts / 5).max(1).min(accounts.saturating_sub(1));
    let grow = |left_out: &u32| Some(left_out + 1 + left_out / 4);
    std::iter::successors(Some(0), grow).take_while(move |left_out| *left_out <= most)
}

/// The common silence of some accounts.
struct Silence {
    rhythmic: u32,
    expected: f64,
    owed: f64,
    surprise: f64,
}

impl Silence {
    /// `last` is the newest post of these accounts; the silence counts from `from`.
    fn of(
        silent: &[&Reading],
        last: DateTime<Utc>,
        from: DateTime<Utc>,
        delay: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        let active: Vec<(u32, u32)> = silent.iter().map(|reading| reading.days.active(last)).collect();
        let (working, weekend) =
            active.iter().fold((0, 0), |sum, (working, weekend)| (sum.0 + working, sum.1 + weekend));
        let weight = if working == 0 {
            0.0
        } else {
            ((f64::from(weekend) / WEEKEND_DAYS) / (f64::from(working) / WORKING_DAYS)).min(1.0)
        };
        // Without waiting for the looks: whoever comes back after days of being unreachable is doubted at once.
        let due =
            (day_of(now.checked_sub_signed(delay).unwrap_or(now), weight) - day_of(from, weight)).max(0.0);
        let (mut expected, mut owed, mut surprise) = (0.0, 0.0, 0.0);
        for (reading, (working, _)) in silent.iter().zip(&active) {
            let until = reading.read_until.checked_sub_signed(delay).unwrap_or(reading.read_until);
            let span = days_between(from, until, weight);
            let share = f64::from(*working) / (WORKING_DAYS + PRIOR);
            let stays = |span: f64| (1.0 - share).powf(span * SLOW);
            let pausing = PAUSE / (PAUSE + (1.0 - PAUSE) * stays(days_between(reading.newest, from, weight)));
            expected += share * span;
            owed += share * due;
            surprise -= (pausing + (1.0 - pausing) * stays(span)).ln();
        }
        let rhythmic = count(active.iter().filter(|(working, weekend)| working + weekend >= RHYTHM).count());
        Self { rhythmic, expected, owed, surprise }
    }
}

/// Whole days of Shanghai between the days of two instants, a weekend day weighted.
fn days_between(from: DateTime<Utc>, until: DateTime<Utc>, weekend: f64) -> f64 {
    let number = |at: DateTime<Utc>| at.with_timezone(&ZONE).num_days_from_ce();
    (days_before(number(until), 0.0, weekend) - days_before(number(from) + 1, 0.0, weekend)).max(0.0)
}

/// An instant in days, the begun one included.
fn day_of(at: DateTime<Utc>, weekend: f64) -> f64 {
    let local = at.with_timezone(&ZONE);
    let begun = f64::from(local.num_seconds_from_midnight()) / 86_400.0;
    days_before(local.num_days_from_ce(), begun, weekend)
}

/// Days since the Monday on which the common era began, a weekend day weighted.
fn days_before(day: i32, begun: f64, weekend: f64) -> f64 {
    let (week, day) = (f64::from((day - 1).div_euclid(7)), f64::from((day - 1).rem_euclid(7)) + begun);
    week * (5.0 + 2.0 * weekend) + day.min(5.0) + (day - 5.0).max(0.0) * weekend
}

/// How late posts come: all but the latest fifth of those seen coming are no later.
fn delay_of(readings: &[Reading]) -> TimeDelta {
    let mut seen: Vec<TimeDelta> = readings.iter().filter_map(|reading| reading.delay).collect();
    if seen.len() < 3 {
        return USUAL_DELAY;
    }
    seen.sort_unstable();
    seen[seen.len() * 4 / 5].clamp(DELAYS.0, DELAYS.1)
}

/// `ln(n over k)`: the price of having chosen k of n.
fn ln_choose(n: u32, k: u32) -> f64 {
    (0..k).map(|i| (f64::from(n - i) / f64::from(i + 1)).ln()).sum()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
