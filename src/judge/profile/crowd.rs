//! Followers that come faster than an account's own history explains.
//!
//! In: at most one count a day. Out: the greatest jump of the last weeks with the figures it rests on, or none.
//! The measure is the account's own: the median and the spread (median absolute deviation) of its daily changes in
//! logarithms, and the greatest rise it ever made in a day. What stays silent: short histories, steps over days
//! nobody looked, small accounts, what rounding ("693.2万") explains, what came back after a dip, and what did not
//! stay until a second count. A post that everybody shares makes a jump too: whether fans were bought nobody can
//! tell from counts, so the caller only suspects.

use crate::model::followers::Point;

/// Daily changes that must be known before one can stand out.
pub const HISTORY: usize = 14;
/// For how many days a jump is told.
pub const TOLD_FOR: i32 = 30;
/// A longer step says nothing about a day.
const LONGEST_STEP: i32 = 3;
/// Counts of so many days before a jump are what it rises above, so that a dip is no jump when it ends.
const BASE: i32 = 30;
/// Spreads above the median.
const SPREADS: f64 = 10.0;
/// The least spread: nobody's followers are steadier than a fifth of a percent a day.
const LEAST_SPREAD: f64 = 0.002;
/// Times the greatest rise before.
const TIMES: f64 = 2.0;
/// The least rise, as a share.
const LEAST_SHARE: f64 = 0.05;
/// The least rise, in followers.
const LEAST_RISE: u64 = 500;

/// A rise beyond the account's own history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jump {
    /// The last count before.
    pub before: Point,
    /// The first count after.
    pub after: Point,
    /// The first count that confirmed it.
    pub confirmed: Point,
    /// The latest count.
    pub latest: Point,
    /// The rise as a share of what was there before.
    pub share: f64,
    /// How many daily changes were known before.
    pub history: usize,
    /// Their median, as a share a day.
    pub median: f64,
    /// Their usual deviation from it.
    pub spread: f64,
    /// The greatest rise among them.
    pub greatest: f64,
}

/// The greatest jump that is still told, by counts in the order of time.
#[must_use]
pub fn jump(points: &[Point]) -> Option<Jump> {
    let latest = *points.last()?;
    let recent = (1..points.len().saturating_sub(1)).filter(|at| points[*at].day > latest.day - TOLD_FOR);
    // Of equal ones the first: what was told once keeps its day.
    recent.filter_map(|at| jump_at(points, at)).fold(None, |best: Option<Jump>, it| {
        if best.is_none_or(|best| it.share > best.share) { Some(it) } else { best }
    })
}

/// Whether the count at a place is a jump.
fn jump_at(points: &[Point], at: usize) -> Option<Jump> {
    let (before, after, confirmed) = (points[at - 1], points[at], *points.get(at + 1)?);
    let days = after.day - before.day;
    let base =
        points[..at].iter().filter(|point| point.day > after.day - BASE).map(|point| point.count).max()?;
    let rise = after.count.checked_sub(base)?;
    // Either end may be off by one of its last shown digit.
    let unit = unit(&points[..=at]);
    let sure = rise.saturating_sub(unit);
    if days > LONGEST_STEP || sure < LEAST_RISE || base == 0 {
        return None;
    }
    let latest = *points.last()?;
    let stays = |point: Point| point.count.saturating_sub(base) >= rise / 2;
    if !stays(confirmed) || !stays(latest) {
        return None;
    }
    let changes = changes(&points[..at]);
    if changes.len() < HISTORY {
        return None;
    }
    let median = middle(changes.clone());
    // Of a normal spread the median deviation is two thirds.
    let spread =
        (1.4826 * middle(changes.iter().map(|change| (change - median).abs()).collect())).max(LEAST_SPREAD);
    let greatest = greatest(&points[..at]);
    let change = ratio(base + sure, base).ln();
    let usual = f64::from(days).mul_add(median, SPREADS * spread * f64::from(days).sqrt());
    let beyond = change >= usual && change >= TIMES * greatest && change >= LEAST_SHARE.ln_1p();
    beyond.then(|| Jump {
        before,
        after,
        confirmed,
        latest,
        share: ratio(rise, base),
        history: changes.len(),
        median: median.exp_m1(),
        spread: spread.exp_m1(),
        greatest: greatest.exp_m1(),
    })
}

/// Daily changes in logarithms.
fn changes(points: &[Point]) -> Vec<f64> {
    let steps = points.windows(2).filter_map(|pair| {
        let days = pair[1].day - pair[0].day;
        let known = days <= LONGEST_STEP && pair[0].count > 0 && pair[1].count > 0;
        known.then(|| ratio(pair[1].count, pair[0].count).ln() / f64::from(days))
    });
    steps.collect()
}

/// The greatest rise in one step above everything before, in logarithms; 0 when there was none.
fn greatest(points: &[Point]) -> f64 {
    let mut most = points.first().map_or(0, |point| point.count);
    let mut greatest = 0.0_f64;
    for point in points {
        if point.count > most && most > 0 {
            greatest = greatest.max(ratio(point.count, most).ln());
        }
        most = most.max(point.count);
    }
    greatest
}

/// One of the last digit a platform shows: `693.2万` is counted in thousands, `12345` one by one.
fn unit(points: &[Point]) -> u64 {
    let of = |count: u64| {
        let mut unit = 1;
        while count >= 10_000 && count.is_multiple_of(unit * 10) {
            unit *= 10;
        }
        unit
    };
    // A single round number is chance; platforms round all of them.
    points.iter().map(|point| of(point.count)).min().unwrap_or(1)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[half],
        _ => f64::midpoint(values[half - 1], values[half]),
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody has so many followers that it matters")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

#[cfg(test)]
mod tests;
