use super::*;

const FRESH: TimeDelta = TimeDelta::hours(24);

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + hour * 3600, 0).unwrap()
}

/// The latest of so many failures in a row, at hour 100; the last good look was at hour 50.
fn failing(failures: u32, failure: Failure) -> Sight {
    Sight {
        failures,
        failure: Some(failure),
        failing_since: Some(at(60)),
        statement: failure.is_statement().then_some((failure, at(60))),
        good_look: Some(at(50)),
        hand_look: None,
        known_since: at(0),
        detail: String::new(),
    }
}

fn rules(sight: &Sight) -> Vec<Rule> {
    judge(sight, FRESH, at(100)).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn three_failures_and_a_stale_look_are_unverified() {
    assert_eq!(rules(&failing(2, Failure::Timeout)), []);
    assert_eq!(rules(&failing(3, Failure::Timeout)), [Rule::Unverified]);
}

#[test]
fn while_the_last_good_look_is_fresh_failures_stay_silent() {
    let sight = Sight { good_look: Some(at(76)), ..failing(9, Failure::Challenge) };
    assert_eq!(rules(&sight), []);
    assert_eq!(rules(&Sight { good_look: Some(at(75)), ..sight }), [Rule::Unverified]);
}

#[test]
fn an_account_nobody_ever_saw_is_unverified_after_three_failures() {
    let sight = Sight { good_look: None, ..failing(3, Failure::LoginWall) };
    let findings = judge(&sight, FRESH, at(100));
    assert_eq!((findings[0].rule, findings[0].since), (Rule::Unverified, at(60)));
    assert!(findings[0].evidence.summary.contains("从未成功查看"), "{}", findings[0].evidence.summary);
}

#[test]
fn unverified_names_its_cause_and_says_that_it_is_no_silence() {
    let sight = Sight { detail: "  请\n先登录 ".to_owned(), ..failing(4, Failure::LoginWall) };
    let finding = &judge(&sight, FRESH, at(100))[0];
    assert_eq!((finding.level, finding.since), (Level::Reminder, at(74)));
    let summary = &finding.evidence.summary;
    assert!(
        summary.contains("连续4次未能核验：需要登录才能查看（“请 先登录”）；不代表账号未更新"),
        "{summary}"
    );
    assert_eq!(finding.evidence.advice, Failure::LoginWall.advice());
}

#[test]
fn a_missing_layout_is_told_at_the_second_failure() {
    assert_eq!(rules(&failing(1, Failure::Layout)), []);
    assert_eq!(rules(&failing(2, Failure::Layout)), [Rule::LayoutChanged]);
    assert_eq!(rules(&failing(3, Failure::Layout)), [Rule::LayoutChanged, Rule::Unverified]);
}

#[test]
fn a_statement_must_be_repeated_a_day_later() {
    let said = |hour| Sight { statement: Some((Failure::Banned, at(hour))), ..failing(2, Failure::Banned) };
    assert_eq!(rules(&said(77)), []);
    assert_eq!(rules(&said(76)), [Rule::Gone]);
}

#[test]
fn each_statement_is_a_suspicion_of_its_own() {
    for failure in [Failure::Gone, Failure::Banned, Failure::Closed, Failure::Migrated] {
        let findings = judge(&failing(5, failure), FRESH, at(100));
        // Told once: that it also could not be verified goes without saying.
        assert_eq!(findings.len(), 1);
        let gone = &findings[0];
        assert_eq!((gone.rule, gone.level, gone.since), (Rule::Gone, Level::Suspected, at(60)));
        assert_eq!(gone.subject, failure.as_str());
        assert!(gone.evidence.summary.contains(failure.zh()) && gone.evidence.summary.contains("人工核实"));
    }
}

#[test]
fn two_different_statements_confirm_nothing() {
    let sight = Sight { statement: Some((Failure::Migrated, at(10))), ..failing(2, Failure::Banned) };
    assert_eq!(rules(&sight), []);
}

#[test]
fn a_statement_followed_by_another_failure_is_not_repeated() {
    let sight = Sight { statement: Some((Failure::Gone, at(10))), ..failing(2, Failure::Timeout) };
    assert_eq!(rules(&sight), []);
}

#[test]
fn nothing_is_said_while_our_own_line_is_down_or_after_a_good_look() {
    assert_eq!(rules(&failing(9, Failure::Blind)), []);
    assert_eq!(rules(&Sight { failures: 0, failure: None, ..failing(9, Failure::Timeout) }), []);
}

#[test]
fn no_failure_ever_speaks_of_silence() {
    for &failure in Failure::ALL {
        for failures in 0..5 {
            let rules = rules(&failing(failures, failure));
            assert!(!rules.iter().any(|rule| rule.is_inactivity()), "{failure}");
        }
    }
}
