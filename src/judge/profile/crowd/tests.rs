//! Tables for the edges, and simulated accounts for how often the rule errs.

use super::*;
use proptest::prelude::*;

fn points(counts: &[u64]) -> Vec<Point> {
    (1_000..).zip(counts).map(|(day, count)| Point { day, count: *count }).collect()
}

/// Forty days of a little growth from a number, then these counts.
fn steady(from: u64, then: &[u64]) -> Vec<Point> {
    let quiet = (0..40).map(|day| from + day * from / 2_000 + day % 3);
    points(&quiet.chain(then.iter().copied()).collect::<Vec<_>>())
}

fn day_of(points: &[Point]) -> Option<i32> {
    jump(points).map(|jump| jump.after.day - 1_000)
}

#[test]
fn a_jump_counts_once_a_second_day_confirms_it() {
    assert_eq!(day_of(&steady(50_003, &[71_000])), None);
    assert_eq!(day_of(&steady(50_003, &[71_000, 71_100])), Some(40));
    assert_eq!(day_of(&steady(50_003, &[71_000, 51_100])), None);
}

#[test]
fn a_jump_that_goes_back_later_is_over() {
    assert_eq!(day_of(&steady(50_003, &[71_000, 71_100, 71_050])), Some(40));
    assert_eq!(day_of(&steady(50_003, &[71_000, 71_100, 52_000])), None);
}

#[test]
fn a_dip_and_its_end_are_no_jump() {
    assert_eq!(day_of(&steady(50_003, &[3, 51_200, 51_210])), None);
    assert_eq!(day_of(&steady(50_003, &[0, 0, 51_200, 51_210])), None);
}

#[test]
fn a_short_history_says_nothing() {
    let all = steady(50_003, &[71_000, 71_100]);
    assert_eq!(jump(&all[40 - HISTORY..]), None);
    assert!(jump(&all[40 - HISTORY - 1..]).is_some());
}

#[test]
fn a_step_over_days_nobody_looked_says_nothing() {
    let mut all = steady(50_003, &[71_000, 71_100]);
    all[40].day += 4;
    all[41].day += 4;
    assert_eq!(jump(&all), None);
}

#[test]
fn a_small_accounts_few_more_are_nothing() {
    assert_eq!(day_of(&steady(203, &[500, 501])), None);
    assert_eq!(day_of(&steady(203, &[900, 901])), Some(40));
}

#[test]
fn what_rounding_explains_is_nothing() {
    let flat = |last: u64| points(&[vec![12_000; 40], vec![last; 2]].concat());
    // 1.2万 and 1.3万 may be 12999 and 13000.
    assert_eq!(day_of(&flat(13_000)), None);
    assert_eq!(day_of(&flat(15_000)), Some(40));
    let large = |last: u64| points(&[vec![6_932_000; 40], vec![last; 2]].concat());
    assert_eq!(day_of(&large(6_990_000)), None);
    assert_eq!(day_of(&large(7_630_000)), Some(40));
}

#[test]
fn an_account_that_has_had_such_days_is_not_suspected_for_another() {
    let mut all = steady(50_003, &[]);
    for point in &mut all[12..] {
        point.count += 15_000;
    }
    let last = all[39].count;
    let again = |rise: u64| {
        [&all[..], &points(&[0; 42])[40..]]
            .concat()
            .into_iter()
            .enumerate()
            .map(|(at, point)| if at < 40 { point } else { Point { count: last + rise, ..point } })
            .collect::<Vec<_>>()
    };
    assert_eq!(day_of(&again(20_000)), None);
    assert_eq!(day_of(&again(90_000)), Some(40));
}

#[test]
fn a_jump_is_told_for_a_month() {
    let stays = |days: usize| steady(50_003, &vec![71_000; days]);
    assert_eq!(day_of(&stays(30)), Some(40));
    assert_eq!(day_of(&stays(31)), None);
}

/// Accounts that grow day by day: the fan of a small generator, so that rates are the same everywhere.
struct City(u64);

impl City {
    /// A number between 0 and 1.
    fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
    }

    /// About normal, deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.draw()).sum::<f64>() - 6.0
    }

    /// Counts of so many days. `event` adds followers at a day, as a share of what is there.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of followers")]
    fn account(&mut self, days: usize, event: impl Fn(usize) -> f64) -> Vec<u64> {
        // From one thousand to three millions, growing up to 60 % a year.
        let mut count = 1_000.0 * (self.draw() * 8.0).exp();
        let growth = self.draw() * 0.0013;
        let noise = 0.0002 + self.draw() * 0.002;
        let rounded = self.draw() < 0.5;
        let mut counts = Vec::new();
        for day in 0..days {
            let weekly = if day % 7 >= 5 { 0.3 } else { 1.3 };
            let share = growth * weekly + noise * self.normal() + event(day);
            count = (count * (1.0 + share)).max(1.0);
            let shown = count as u64;
            counts.push(if rounded && shown >= 10_000 { shown / 1_000 * 1_000 } else { shown });
        }
        counts
    }
}

/// The share of five hundred accounts that were ever told within 120 days. A jump is told for weeks: it is enough to
/// ask once in each.
fn told(event: impl Fn(usize) -> f64) -> f64 {
    let mut city = City(7);
    let hit = (0..500).filter(|_| {
        let all = points(&city.account(120, &event));
        (16..=120).step_by(7).any(|days| jump(&all[..days]).is_some())
    });
    f64::from(u32::try_from(hit.count()).unwrap()) / 500.0
}

#[test]
fn ordinary_growth_is_hardly_ever_suspected() {
    let rate = told(|_| 0.0);
    assert!(rate <= 0.002, "{rate}");
}

#[test]
fn an_ordinary_busy_day_is_hardly_ever_suspected() {
    // A post that many share: four percent in three days.
    let rate = told(|day| match day {
        70 => 0.02,
        71 => 0.013,
        72 => 0.007,
        _ => 0.0,
    });
    assert!(rate <= 0.005, "{rate}");
}

#[test]
fn bought_followers_are_mostly_found() {
    let one_day = |share: f64| told(move |day| if day == 70 { share } else { 0.0 });
    let (half, third, tenth) = (one_day(0.5), one_day(0.3), one_day(0.1));
    assert!(half >= 0.95 && third >= 0.88 && tenth >= 0.7, "{half} {third} {tenth}");
}

#[test]
fn a_post_everybody_shares_looks_like_bought_followers() {
    // Which is why the rule only suspects and a person decides.
    let rate = told(|day| if (70..74).contains(&day) { 0.2 / f64::from(1_u32 << (day - 70)) } else { 0.0 });
    assert!(rate >= 0.6, "{rate}");
}

proptest! {
    #[test]
    fn a_jump_is_always_above_everything_of_a_month(counts in proptest::collection::vec(0_u64..3_000_000, 0..80)) {
        let all = points(&counts);
        if let Some(found) = jump(&all) {
            let before = all.iter().filter(|point| point.day < found.after.day && point.day > found.after.day - 30);
            prop_assert!(before.map(|point| point.count).max().unwrap() + 500 <= found.after.count);
            prop_assert!(found.share >= 0.05 && found.history >= HISTORY);
            prop_assert!(found.confirmed.day > found.after.day);
        }
    }

    #[test]
    fn what_never_rises_is_never_a_jump(mut counts in proptest::collection::vec(0_u64..3_000_000, 0..80)) {
        counts.sort_unstable_by(|a, b| b.cmp(a));
        prop_assert_eq!(jump(&points(&counts)), None);
    }
}
