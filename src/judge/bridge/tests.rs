//! Single silences, by hand.

use super::*;
use crate::model::watch::Days;
use chrono::TimeDelta;
use proptest::prelude::*;

/// Monday, 16 November 2026, 18:00 in Shanghai, and so many hours later.
fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_823_200, 0).unwrap() + TimeDelta::hours(hours)
}

/// An account that posted on every `every`-th day until `last` hours before Monday evening, seen until `until`.
fn account(every: i64, last: i64, until: i64) -> Reading {
    let mut days = Days::default();
    for age in (0..28).rev().filter(|age| age % every == 0) {
        days.count(at(-last - 24 * age));
    }
    Reading { days, newest: at(-last), read_until: at(until), delay: Some(TimeDelta::hours(2)) }
}

/// At the last look.
fn assess(readings: &[Reading], vouched: Option<DateTime<Utc>>) -> Option<Standing> {
    let now = readings.iter().map(|reading| reading.read_until).max().unwrap_or(at(0));
    super::assess(readings, vouched, now)
}

fn daily(count: usize, last: i64, until: i64) -> Vec<Reading> {
    vec![account(1, last, until); count]
}

fn opens(readings: &[Reading]) -> bool {
    assess(readings, None).unwrap().opens()
}

fn is_doubtful(readings: &[Reading]) -> bool {
    assess(readings, None).unwrap().is_doubtful()
}

#[test]
fn nothing_follows_from_the_silence_of_one_to_three_accounts() {
    for count in 1..=3 {
        let silent = daily(count, 24, 24 * 200);
        assert!(!opens(&silent) && !is_doubtful(&silent), "{count}");
    }
    assert!(opens(&daily(4, 24, 24 * 200)));
    assert_eq!(assess(&[], None), None);
}

#[test]
fn neither_a_night_nor_a_weekend_nor_a_common_hour_of_posting_is_a_silence() {
    // Offices that all post at 17:00, from Monday to Friday, the last time on Friday.
    let offices = |until: i64| {
        let mut days = Days::default();
        let posts = (3..31)
            .rev()
            .map(|age| at(-1 - 24 * age))
            .filter(|at| at.with_timezone(&ZONE).weekday().num_days_from_monday() < 5);
        posts.for_each(|post| days.count(post));
        let delay = Some(TimeDelta::hours(2));
        vec![Reading { days, newest: at(-1 - 24 * 3), read_until: at(until), delay }; 60]
    };
    // Saturday morning, and Monday before and after the hour.
    for until in [-24 * 2 - 10, -2, 7] {
        assert!(!opens(&offices(until)), "{until}");
    }
    // Accusations wait for the morning.
    assert!(!is_doubtful(&offices(-24 * 3)) && is_doubtful(&offices(-24 * 3 + 8)));
    // Tuesday morning, when Monday has passed and what is under way has come.
    assert!(opens(&offices(9)));
}

#[test]
fn one_chatty_account_does_not_carry_the_sum() {
    let mut accounts = daily(1, 24, 24 * 30);
    accounts.extend(vec![account(27, 24, 24 * 30); 4]);
    assert!(!opens(&accounts));
}

#[test]
fn accounts_that_were_silent_before_say_nothing() {
    let mut accounts: Vec<Reading> =
        (0..50).map(|number| account(1, 24 * (30 + 5 * number), 24 * 3)).collect();
    accounts.push(account(1, 24, 24 * 3));
    let standing = assess(&accounts, None).unwrap();
    assert!(!standing.opens() && !standing.is_doubtful(), "{standing:?}");
}

#[test]
fn one_account_still_fresh_does_not_hide_that_all_others_fell_silent_at_once() {
    let mut accounts = daily(20, 24 * 5, 24 * 4);
    accounts.push(account(1, -24 * 4 + 3, 24 * 4));
    let standing = assess(&accounts, None).unwrap();
    assert!(standing.opens(), "{standing:?}");
    assert_eq!((standing.seen, standing.since), (1, at(-24 * 5)));
}

#[test]
fn accounts_that_fall_silent_one_by_one_are_silent_themselves() {
    let mut accounts = daily(10, 3, 4);
    accounts.extend((0..4).map(|number| account(1, 24 * (20 + 5 * number), 4)));
    assert!(!opens(&accounts));
}

#[test]
fn posts_that_are_still_on_their_way_are_not_missed() {
    let late = |hours| {
        let mut accounts = daily(30, 3, 34);
        for account in &mut accounts {
            account.delay = Some(TimeDelta::hours(hours));
        }
        accounts
    };
    assert!(is_doubtful(&late(1)));
    assert!(!is_doubtful(&late(36)));
    // Nobody knows how late they come: as late as any bridge's.
    let mut unknown = late(1);
    for account in &mut unknown {
        account.delay = None;
    }
    assert_eq!(assess(&unknown, None).unwrap().delay, USUAL_DELAY);
}

#[test]
fn what_was_not_looked_at_is_not_silent() {
    let accounts = daily(50, 24, -20);
    assert!(assess(&accounts, None).unwrap().surprise < 0.01);
}

#[test]
fn a_bridge_that_serves_again_after_days_of_being_down_is_doubted_until_it_shows_a_post() {
    let accounts = daily(8, 3, -2);
    let at_return = super::assess(&accounts, None, at(24 * 8)).unwrap();
    assert!(at_return.is_doubtful() && !at_return.opens(), "{at_return:?}");
    let few = daily(3, 3, -2);
    assert!(!super::assess(&few, None, at(24 * 8)).unwrap().is_doubtful());
}

#[test]
fn a_suspicion_ends_when_several_accounts_show_posts_again_and_not_with_the_first() {
    let mut accounts = daily(10, 24, 24 * 4);
    let opened = at(24 * 3);
    assert!(!assess(&accounts, None).unwrap().closes(opened));
    accounts[0] = account(1, -24 * 4 + 3, 24 * 4);
    assert!(!assess(&accounts, None).unwrap().closes(opened));
    accounts[1] = accounts[0].clone();
    assert!(!assess(&accounts, None).unwrap().closes(opened));
    accounts[2] = accounts[0].clone();
    assert!(assess(&accounts, None).unwrap().closes(opened));
}

#[test]
fn of_four_accounts_one_that_lives_for_three_days_ends_the_suspicion() {
    let mut accounts = daily(4, 24, 24 * 40);
    let opened = at(24 * 20);
    assert!(opens(&accounts));
    accounts[0] = account(1, -24 * 21, 24 * 40);
    assert!(!assess(&accounts, None).unwrap().closes(opened));
    accounts[0] = account(1, -24 * 39, 24 * 40);
    assert!(assess(&accounts, None).unwrap().closes(opened));
}

#[test]
fn a_person_who_says_that_the_bridge_works_is_believed_about_the_silence_until_then() {
    let accounts = daily(20, 24, 24 * 10);
    assert!(assess(&accounts, None).unwrap().opens());
    assert!(!assess(&accounts, Some(at(24 * 10 - 3))).unwrap().is_doubtful());
    assert!(!assess(&accounts, Some(at(24 * 4))).unwrap().opens());
    // It worked a few hours after the last post: that says nothing about the days since.
    assert!(assess(&accounts, Some(at(-20))).unwrap().opens());
}

#[test]
fn a_bridge_that_says_when_it_pulled_last_is_taken_at_its_word() {
    let synced = |hours| Synced { at: at(hours), allowed: TimeDelta::hours(30) };
    let now = at(0);
    assert!(!is_out_of_sync(synced(-30), now));
    assert!(is_out_of_sync(synced(-31), now));
    assert!(!is_out_of_sync(synced(1), now));
}

#[test]
fn whole_days_count_and_weekends_by_their_weight() {
    let close = |from, until, weekend: f64, days: f64| {
        let between = days_between(at(from), at(until), weekend);
        assert!((between - days).abs() < 1e-9, "{between} and {days}");
    };
    close(0, 5, 0.5, 0.0);
    // Tuesday is over when Wednesday begins.
    close(0, 29, 0.5, 0.0);
    close(0, 31, 0.5, 1.0);
    close(0, 24 * 7 - 17, 0.5, 4.0 + 2.0 * 0.5);
    close(0, 24 * 14, 0.25, 9.0 + 4.0 * 0.25);
    close(24 * 14, 0, 0.25, 0.0);
}

#[test]
fn leaving_accounts_out_has_its_price() {
    assert!((ln_choose(10, 3) - 120.0_f64.ln()).abs() < 1e-9);
    assert!(ln_choose(5, 0).abs() < 1e-9);
    assert_eq!(choices(3).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(choices(1).collect::<Vec<_>>(), [0]);
    assert_eq!(choices(60).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 6, 8, 11]);
}

prop_compose! {
    fn any_account()(every in 1_i64..28, last in 0_i64..2000, until in 0_i64..2000, delay in proptest::option::of(0_i64..100)) -> Reading {
        Reading { delay: delay.map(TimeDelta::hours), ..account(every, last, until) }
    }
}

proptest! {
    #[test]
    fn three_accounts_never_suspect_a_bridge(accounts in proptest::collection::vec(any_account(), 0..4)) {
        if let Some(standing) = assess(&accounts, None) {
            prop_assert!(!standing.opens() && !standing.is_doubtful());
        }
    }

    #[test]
    fn a_fresh_post_of_every_account_always_clears_the_bridge(mut accounts in proptest::collection::vec(any_account(), 1..40)) {
        for account in &mut accounts {
            account.newest = account.read_until;
        }
        let newest = accounts.iter().map(|account| account.newest).max().unwrap();
        for account in &mut accounts {
            account.newest = newest;
        }
        let standing = assess(&accounts, None).unwrap();
        prop_assert!(!standing.opens() && standing.closes(newest) && !standing.is_doubtful());
    }

    #[test]
    fn no_account_adds_more_than_its_cap(accounts in proptest::collection::vec(any_account(), 1..40)) {
        let standing = assess(&accounts, None).unwrap();
        prop_assert!(standing.surprise.is_finite() && standing.silence.is_finite());
        prop_assert!(standing.surprise <= -PAUSE.ln() * f64::from(standing.accounts));
        prop_assert!(standing.since <= standing.newest && standing.expected >= 0.0);
    }

    #[test]
    fn looking_on_without_a_post_only_adds_to_the_silence(accounts in proptest::collection::vec(any_account(), 1..40), hours in 1_i64..500) {
        let later: Vec<Reading> = accounts
            .iter()
            .map(|account| Reading { read_until: account.read_until + TimeDelta::hours(hours), ..account.clone() })
            .collect();
        let (before, after) = (assess(&accounts, None).unwrap(), assess(&later, None).unwrap());
        prop_assert!(after.silence >= before.silence - 1e-9 && after.surprise >= before.surprise - 1e-9);
    }

    #[test]
    fn a_suspicion_that_would_open_never_closes_at_the_same_moment(accounts in proptest::collection::vec(any_account(), 1..40), opened in 0_i64..2000) {
        let standing = assess(&accounts, None).unwrap();
        prop_assert!(!(standing.opens() && standing.closes(at(opened))));
    }
}
