//! Service accounts: four updates in each natural month.

use super::*;

/// A service account known since long, with so many updates in September, October and November.
fn service(counts: [u16; 3], now: &str) -> Facts {
    let mut facts = Facts::new(
        Kind::Service,
        Platform::Wechat,
        Status::Normal,
        Some(at("2020-01-01T00:00:00")),
        at("2026-01-01T00:00:00"),
    );
    facts.look(at(now), Some(at("2026-09-01T00:00:00")));
    for (month, count) in ["2026-09", "2026-10", "2026-11"].into_iter().zip(counts) {
        for day in 1..=count {
            let posted = at(&format!("{month}-{day:02}T09:00:00"));
            post(&mut facts, posted, Origin::Original);
            facts.months.add(posted);
        }
    }
    facts
}

#[test]
fn a_service_account_is_judged_by_the_last_month_that_is_over() {
    let now = "2026-11-20T08:30:00";
    let november_first = at("2026-11-01T00:00:00");
    let october_first = at("2026-10-01T00:00:00");
    let cases: [([u16; 3], Option<DateTime<Utc>>); 5] = [
        ([4, 4, 0], None),
        ([0, 4, 0], None),
        ([4, 3, 9], Some(november_first)),
        ([3, 3, 0], Some(october_first)),
        ([0, 0, 4], Some(october_first)),
    ];
    for (counts, since) in cases {
        let judgement = judge(&service(counts, now), national(), at(now));
        let weekly = told(&judgement).into_iter().find(|(rule, _)| *rule == Rule::Weekly);
        assert_eq!(weekly.map(|(_, since)| since), since, "{counts:?}");
    }
}

fn misses_its_quota(facts: &Facts, now: DateTime<Utc>) -> bool {
    rules(&judge(facts, national(), now)).contains(&Rule::Weekly)
}

#[test]
fn a_month_is_shanghais_and_is_over_with_its_last_instant() {
    let (edge, second) = (at("2026-11-01T00:00:00"), TimeDelta::seconds(1));
    let mut facts = service([4, 3, 0], "2026-11-01T00:00:00");
    assert!(!misses_its_quota(&facts, edge), "at the edge itself nothing is broken yet");
    facts.look(edge + second, None);
    assert!(misses_its_quota(&facts, edge + second));
    // Still October in UTC, but November in Shanghai.
    facts.months.add("2026-10-31T16:00:00Z".parse().unwrap());
    assert!(misses_its_quota(&facts, edge + second));
    facts.months.add("2026-10-31T15:59:59Z".parse().unwrap());
    assert!(!misses_its_quota(&facts, edge + second));
}

#[test]
fn a_run_of_short_months_goes_on_across_the_year() {
    let mut facts = service([4, 4, 3], "2027-01-10T08:00:00");
    post(&mut facts, at("2027-01-09T08:00:00"), Origin::Original);
    let judgement = judge(&facts, national(), at("2027-01-10T08:00:00"));
    assert_eq!(told(&judgement), [(Rule::Weekly, at("2026-12-01T00:00:00"))]);
    assert!(
        judgement.findings[0]
            .evidence
            .summary
            .contains("自2026年11月起每个自然月更新均少于4次，其中2026年12月更新0次")
    );
}

#[test]
fn a_month_that_cannot_be_seen_whole_is_not_judged() {
    let facts = service([4, 0, 4], NOW);
    let part_known = Facts { reach: Some(at("2026-10-01T00:00:01")), ..facts.clone() };
    assert!(!misses_its_quota(&part_known, at(NOW)));
    let opened_in_it = Facts { registered_at: Some(at("2026-10-01T00:00:01")), ..facts.clone() };
    assert!(!misses_its_quota(&opened_in_it, at(NOW)));
    let opened_with_it = Facts { registered_at: Some(at("2026-10-01T00:00:00")), ..facts };
    assert!(misses_its_quota(&opened_with_it, at(NOW)));
}

#[test]
fn a_service_account_is_new_until_its_first_full_month_is_over() {
    let now = "2026-11-10T08:30:00";
    let registered_at = Some(at("2026-10-15T00:00:00"));
    let young = |counts| Facts { registered_at, ..service(counts, now) };
    let state = |facts: &Facts| judge(facts, national(), at(now)).state;
    assert_eq!(state(&young([0, 0, 3])), AccountState::New);
    assert_eq!(state(&young([0, 0, 4])), AccountState::Active);
    assert_eq!(state(&Facts { good_look: None, ..young([0, 0, 4]) }), AccountState::New);
}

#[test]
fn an_unseen_service_account_is_active_by_a_full_month_only() {
    let state = |counts| verdict(&Facts { good_look: None, ..service(counts, NOW) }).state;
    assert_eq!(state([0, 4, 0]), AccountState::Active);
    assert_eq!(state([4, 3, 9]), AccountState::Unverified);
}

#[test]
fn the_next_deadline_of_a_quota_is_the_end_of_the_first_month_without_it() {
    let weekly = |counts| deadlines(&service(counts, NOW), national()).next();
    assert_eq!(weekly([4, 4, 3]), Some((Rule::Weekly, at("2026-12-01T00:00:00"))));
    assert_eq!(weekly([4, 4, 4]), Some((Rule::Weekly, at("2027-01-01T00:00:00"))));
}

#[test]
fn a_monthly_quota_is_reminded_of_before_the_month_ends() {
    let now = "2026-10-31T01:00:00";
    let judgement = judge(&service([4, 2, 0], now), national(), at(now));
    let soon = judgement.findings.iter().find(|finding| finding.subject == "weekly").unwrap();
    assert!(soon.evidence.summary.contains("2026年10月已更新2次，尚缺2次"), "{}", soon.evidence.summary);
}
