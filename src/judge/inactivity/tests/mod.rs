//! Each sentence of the definition, one test.

mod properties;
mod quota;

use super::*;
use crate::judge::facts::Learnt;
use crate::judge::pack::Packs;
use crate::model::account::{Kind, Platform};
use crate::model::post::Origin;
use std::path::Path;
use std::sync::LazyLock;

static PACKS: LazyLock<Packs> = LazyLock::new(|| Packs::load(None).unwrap());

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}+08:00")).unwrap().with_timezone(&Utc)
}

fn national() -> &'static Pack {
    PACKS.find("national", at("2026-11-20T00:00:00")).unwrap()
}

const NOW: &str = "2026-11-20T08:30:00";

/// An old account, looked at just now, whose latest post is original and so old.
fn silent_for(span: TimeDelta) -> Facts {
    let mut facts = Facts::new(
        Kind::Subscription,
        Platform::Wechat,
        Status::Normal,
        Some(at("2020-01-01T00:00:00")),
        at("2026-01-01T00:00:00"),
    );
    facts.look(at(NOW), Some(at(NOW) - span));
    post(&mut facts, at(NOW) - span, Origin::Original);
    facts
}

fn post(facts: &mut Facts, at: DateTime<Utc>, origin: Origin) {
    facts.learn(&Learnt { at, origin, title: "停水通知", url: "" });
}

fn told(judgement: &Judgement) -> Vec<(Rule, DateTime<Utc>)> {
    let real = judgement.findings.iter().filter(|finding| finding.rule != Rule::DueSoon);
    real.map(|finding| (finding.rule, finding.since)).collect()
}

fn rules(judgement: &Judgement) -> Vec<Rule> {
    told(judgement).into_iter().map(|(rule, _)| rule).collect()
}

fn verdict(facts: &Facts) -> Judgement {
    judge(facts, national(), at(NOW))
}

#[test]
fn a_short_list_of_reposts_proves_nothing_about_the_days_before_it() {
    let listed = |days: i64| {
        let mut facts = silent_for(TimeDelta::days(1));
        facts.last_maybe_original = None;
        facts.reach = Some(at(NOW) - TimeDelta::days(days));
        rules(&verdict(&facts))
    };
    assert_eq!(listed(3), []);
    assert_eq!(listed(14), []);
    assert_eq!(listed(15), [Rule::BiweeklyOriginal]);
}

#[test]
fn windows_are_closed_and_rolling() {
    use AccountState::{Active, Dormant, Lagging, NotUpdated, Zombie};
    use Rule::{BiweeklyOriginal, Weekly};
    let (day, second) = (TimeDelta::days(1), TimeDelta::seconds(1));
    let cases: [(TimeDelta, AccountState, &[Rule]); 9] = [
        (TimeDelta::zero(), Active, &[]),
        (day * 7, Active, &[]),
        (day * 7 + second, Lagging, &[Weekly]),
        (day * 14, Lagging, &[Weekly]),
        (day * 14 + second, NotUpdated, &[Weekly, BiweeklyOriginal, Rule::NotUpdated]),
        (day * 30, NotUpdated, &[Weekly, BiweeklyOriginal, Rule::NotUpdated]),
        (day * 30 + second, Dormant, &[Weekly, BiweeklyOriginal, Rule::NotUpdated, Rule::Dormant]),
        (day * 90, Dormant, &[Weekly, BiweeklyOriginal, Rule::NotUpdated, Rule::Dormant]),
        (day * 90 + second, Zombie, &[Weekly, BiweeklyOriginal, Rule::NotUpdated, Rule::Zombie]),
    ];
    for (silence, state, broken) in cases {
        let judgement = verdict(&silent_for(silence));
        assert_eq!((judgement.state, rules(&judgement).as_slice()), (state, broken), "{silence}");
        assert!(judgement.judged);
    }
}

#[test]
fn since_is_the_end_of_the_window_after_the_last_update() {
    let facts = silent_for(TimeDelta::days(40));
    let last = at(NOW) - TimeDelta::days(40);
    let since = |days| last + TimeDelta::days(days);
    assert_eq!(
        told(&verdict(&facts)),
        [
            (Rule::Weekly, since(7)),
            (Rule::BiweeklyOriginal, since(14)),
            (Rule::NotUpdated, since(14)),
            (Rule::Dormant, since(30))
        ]
    );
}

#[test]
fn every_rule_has_a_grace_after_the_registration() {
    let registered = at(NOW) - TimeDelta::days(7);
    let filed_anew = Facts { registered_at: Some(registered), ..silent_for(TimeDelta::days(60)) };
    assert_eq!(rules(&verdict(&filed_anew)), []);
    let second_later = Facts { registered_at: Some(registered - TimeDelta::seconds(1)), ..filed_anew };
    assert_eq!(told(&verdict(&second_later)), [(Rule::Weekly, at(NOW) - TimeDelta::seconds(1))]);
}

#[test]
fn only_reposts_break_the_original_rule_alone_and_unknown_ones_do_not() {
    for (origin, broken) in [(Origin::Repost, vec![Rule::BiweeklyOriginal]), (Origin::Unknown, vec![])] {
        let mut facts = silent_for(TimeDelta::days(15));
        post(&mut facts, at(NOW) - TimeDelta::days(1), origin);
        let judgement = verdict(&facts);
        assert_eq!(rules(&judgement), broken);
        let state = if broken.is_empty() { AccountState::Active } else { AccountState::Lagging };
        assert_eq!(judgement.state, state);
    }
}

#[test]
fn a_look_is_fresh_for_exactly_a_day() {
    let facts = silent_for(TimeDelta::days(100));
    let fresh = judge(&facts, national(), at(NOW) + TimeDelta::hours(24));
    assert!(fresh.judged && !fresh.findings.is_empty());
    let stale = judge(&facts, national(), at(NOW) + TimeDelta::hours(24) + TimeDelta::seconds(1));
    assert_eq!(stale, Judgement { state: AccountState::Unverified, findings: vec![], judged: false });
}

#[test]
fn a_window_that_ran_out_after_the_last_good_look_is_not_held_against_an_account() {
    let facts = silent_for(TimeDelta::days(7));
    assert_eq!(rules(&judge(&facts, national(), at(NOW) + TimeDelta::hours(20))), []);
}

#[test]
fn without_a_good_look_only_what_is_known_speaks() {
    let never = |silence| Facts { good_look: None, ..silent_for(silence) };
    let state = |facts: &Facts| verdict(facts).state;
    assert_eq!(state(&never(TimeDelta::days(7))), AccountState::Active);
    assert_eq!(state(&never(TimeDelta::days(8))), AccountState::Unverified);
    let young = Facts { registered_at: Some(at(NOW) - TimeDelta::days(7)), ..never(TimeDelta::days(8)) };
    assert_eq!(state(&young), AccountState::New);
    assert!(!verdict(&young).judged);
}

#[test]
fn an_account_without_posts_is_hollow_and_nothing_of_old() {
    let mut facts = Facts {
        last_update: None,
        last_maybe_original: None,
        last_post: None,
        ..silent_for(TimeDelta::zero())
    };
    let registered = at("2026-01-01T00:00:00");
    facts.registered_at = Some(registered);
    let judgement = verdict(&facts);
    assert_eq!(judgement.state, AccountState::Hollow);
    assert_eq!(rules(&judgement), [Rule::Weekly, Rule::BiweeklyOriginal, Rule::NotUpdated, Rule::Hollow]);
    assert_eq!(told(&judgement)[3].1, registered + TimeDelta::days(7));
    let in_grace = Facts { registered_at: Some(at(NOW) - TimeDelta::days(7)), ..facts };
    assert_eq!(verdict(&in_grace).state, AccountState::New);
}

#[test]
fn an_empty_profile_is_hollow_in_place_of_zombie() {
    let facts = Facts { profile_empty: true, ..silent_for(TimeDelta::days(100)) };
    let judgement = verdict(&facts);
    assert_eq!(judgement.state, AccountState::Hollow);
    assert!(!rules(&judgement).contains(&Rule::Zombie) && !rules(&judgement).contains(&Rule::Dormant));
}

#[test]
fn a_new_account_that_posts_is_active_and_not_new() {
    let registered = Some(at(NOW) - TimeDelta::days(3));
    let posting = Facts { registered_at: registered, ..silent_for(TimeDelta::days(1)) };
    assert_eq!(verdict(&posting).state, AccountState::Active);
    let refiled = Facts { registered_at: registered, ..silent_for(TimeDelta::days(8)) };
    assert_eq!(verdict(&refiled).state, AccountState::New);
}

#[test]
fn without_a_date_in_the_register_an_empty_account_counts_from_when_it_became_known() {
    let known_since = at(NOW) - TimeDelta::days(8);
    let mut facts = Facts::new(Kind::Ordinary, Platform::Weibo, Status::Normal, None, known_since);
    facts.look(at(NOW), None);
    assert_eq!(
        told(&verdict(&facts)),
        [(Rule::Weekly, known_since + TimeDelta::days(7)), (Rule::Hollow, known_since + TimeDelta::days(7))]
    );
    post(&mut facts, at(NOW) - TimeDelta::days(20), Origin::Original);
    // With a post there is something to count from, and no grace.
    assert_eq!(verdict(&facts).state, AccountState::NotUpdated);
}

#[test]
fn reposts_of_unknown_past_are_counted_from_when_the_account_became_known() {
    let mut facts =
        Facts::new(Kind::Ordinary, Platform::Weibo, Status::Normal, None, at(NOW) - TimeDelta::days(1));
    facts.look(at(NOW), None);
    post(&mut facts, at(NOW) - TimeDelta::days(2), Origin::Repost);
    assert_eq!(rules(&verdict(&facts)), []);
}

#[test]
fn the_register_alone_decides_about_accounts_that_are_no_more_or_not_yet() {
    for (status, state) in
        [(Status::Deregistered, AccountState::Deregistered), (Status::Planned, AccountState::New)]
    {
        let facts = Facts { status, ..silent_for(TimeDelta::days(100)) };
        assert_eq!(verdict(&facts), Judgement { state, findings: vec![], judged: true });
        assert_eq!(deadlines(&facts, national()).count(), 0);
    }
}

#[test]
fn a_closing_account_is_still_held_to_the_veto_and_to_nothing_else() {
    let facts = Facts { status: Status::Closing, ..silent_for(TimeDelta::days(100)) };
    let judgement = verdict(&facts);
    assert_eq!(
        (judgement.state, rules(&judgement).as_slice()),
        (AccountState::Closing, &[Rule::NotUpdated][..])
    );
    let unseen = Facts { good_look: None, ..facts };
    assert_eq!(verdict(&unseen), Judgement { state: AccountState::Closing, findings: vec![], judged: false });
}

#[test]
fn a_deadline_is_told_before_it_passes_and_only_the_nearest() {
    let hours_left = |hours| verdict(&silent_for(TimeDelta::days(14) - TimeDelta::hours(hours)));
    let reminder = |judgement: &Judgement| {
        let mut soon = judgement.findings.iter().filter(|finding| finding.rule == Rule::DueSoon);
        let first = soon.next().map(|finding| (finding.subject.clone(), finding.since));
        assert_eq!(soon.next(), None);
        first
    };
    let deadline = |hours| at(NOW) + TimeDelta::hours(hours);
    assert_eq!(reminder(&hours_left(49)), None);
    assert_eq!(reminder(&hours_left(48)), Some(("not_updated".to_owned(), deadline(0))));
    assert_eq!(reminder(&hours_left(25)), Some(("not_updated".to_owned(), deadline(-23))));
    // The second step is told again, with a new since.
    assert_eq!(reminder(&hours_left(20)), Some(("not_updated".to_owned(), deadline(-4))));
    assert_eq!(reminder(&hours_left(0)), Some(("not_updated".to_owned(), deadline(-24))));
    assert_eq!(reminder(&hours_left(-1)), None);
}

#[test]
fn a_reminder_names_the_instant_and_never_comes_from_a_stale_look() {
    let facts = silent_for(TimeDelta::days(6) + TimeDelta::hours(12));
    let judgement = verdict(&facts);
    let soon = &judgement.findings[0];
    assert_eq!((soon.rule, soon.subject.as_str(), soon.level), (Rule::DueSoon, "weekly", Level::Reminder));
    assert!(soon.evidence.summary.contains("将于2026年11月20日 20:30超期"), "{}", soon.evidence.summary);
    assert_eq!(judge(&facts, national(), at(NOW) + TimeDelta::hours(25)).findings, []);
}

#[test]
fn deadlines_tell_when_to_look() {
    let facts = silent_for(TimeDelta::days(3));
    let last = at(NOW) - TimeDelta::days(3);
    let expected = [
        (Rule::Weekly, 7),
        (Rule::BiweeklyOriginal, 14),
        (Rule::NotUpdated, 14),
        (Rule::Dormant, 30),
        (Rule::Zombie, 90),
    ];
    let expected = expected.map(|(rule, days)| (rule, last + TimeDelta::days(days)));
    assert_eq!(deadlines(&facts, national()).collect::<Vec<_>>(), expected);
}

#[test]
fn evidence_is_a_sentence_with_its_dates_basis_and_last_post() {
    let judgement = verdict(&silent_for(TimeDelta::days(15)));
    let evidence = &judgement.findings.last().unwrap().evidence;
    assert_eq!(
        evidence.summary,
        "自2026年11月5日 08:30以来已15天未更新，超过14天的期限（截至2026年11月20日 08:30查看）"
    );
    assert!(evidence.basis.contains("监测时间点前2周内无更新"));
    assert_eq!(evidence.looked_at, Some(at(NOW)));
    assert_eq!(evidence.last_post.as_ref().unwrap().title, "停水通知");
}

#[test]
fn windows_are_data() {
    let dir = tempfile::tempdir().unwrap();
    let text = include_str!("../../../../config/rules/national.toml");
    let stricter =
        text.replace("window = \"7d\"", "window = \"5d\"").replace("window = \"14d\"", "window = \"10d\"");
    std::fs::write(dir.path().join("national.toml"), stricter).unwrap();
    let packs = Packs::load(Some(Path::new(dir.path()))).unwrap();
    let pack = packs.find("national", at(NOW)).unwrap();
    let judged = |silence| rules(&judge(&silent_for(silence), pack, at(NOW)));
    assert_eq!(judged(TimeDelta::days(5)), []);
    assert_eq!(judged(TimeDelta::days(6)), [Rule::Weekly]);
    assert_eq!(judged(TimeDelta::days(11)), [Rule::Weekly, Rule::BiweeklyOriginal, Rule::NotUpdated]);
}

#[test]
fn instants_at_the_edge_of_the_calendar_do_not_overflow() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for kind in [Kind::Service, Kind::Ordinary] {
        for (registered, look, now) in [(first, first, first), (last, last, last), (first, last, last)] {
            let mut facts = Facts::new(kind, Platform::Wechat, Status::Normal, Some(registered), registered);
            facts.look(look, Some(first));
            let _ = judge(&facts, national(), now);
            let _ = deadlines(&facts, national()).count();
        }
    }
}
