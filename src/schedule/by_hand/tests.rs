use super::*;
use crate::incident::{Verdict, compare};
use crate::judge::pack::Packs;
use crate::model::account::{AccountState, Kind, Platform, Registered, Source, Status, Tier};
use crate::model::finding::{Evidence, Level};
use crate::model::incident::{Incident, IncidentId, IncidentKey, State};
use crate::model::page::{Miss, Validators};
use crate::model::visit::Failure;
use crate::model::watch::Known;
use crate::schedule::settle::settle;
use crate::schedule::visit::Look;

const ACCOUNT: AccountId = AccountId(7);

fn at(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_132_800, 0).unwrap() + Duration::days(days)
}

fn registered() -> Registered {
    Registered {
        key: "S1".to_owned(),
        name: "云溪发布".to_owned(),
        platform: Platform::Channels,
        platform_uid: String::new(),
        kind: Kind::Ordinary,
        sources: Vec::new(),
        homepage: String::new(),
        service_url: String::new(),
        owner: "云溪县人民政府办公室".to_owned(),
        credit_code: String::new(),
        supervisor: String::new(),
        level: Tier::County,
        region_code: String::new(),
        region_path: String::new(),
        verified_subject: String::new(),
        verified_type: String::new(),
        status: Status::Normal,
        status_since: None,
        opened_on: Some(at(-900)),
        filed_on: None,
        announced_on: None,
        announcement_url: String::new(),
        leader: String::new(),
        operator: String::new(),
        phone: String::new(),
        email: Vec::new(),
        contractor: String::new(),
        pack: String::new(),
        notes: String::new(),
    }
}

fn watched() -> Watched {
    Watched {
        id: ACCOUNT,
        registered: registered(),
        site: String::new(),
        known_since: at(-100),
        state: AccountState::New,
        bridge: None,
        known: Known::default(),
        trouble: Trouble::default(),
        source_no: 0,
        validators: Validators::default(),
        listing: Listing::default(),
        open_cases: 0,
        attempts: 0,
        token: 1,
    }
}

fn look(day: i64, posted: Option<i64>, nothing_since: Option<i64>) -> HandLook {
    let seen = posted.map(|day| SeenPost {
        url: format!("https://channels.example/p/{day}"),
        title: String::new(),
        published: Published::At(at(day)),
    });
    let hand = Hand {
        by: "张三".to_owned(),
        noted_at: at(day),
        seen,
        nothing_since: nothing_since.map(at),
        exhibit: None,
    };
    HandLook { at: at(day), hand }
}

fn settled(watched: Watched, look: &HandLook, now: i64) -> Settled {
    let packs = Packs::load(None).unwrap();
    let pack = packs.find("national", at(now)).unwrap();
    settle_by_hand(watched, look, &KnownPosts::default(), pack, &Cadence::default(), at(now))
}

fn case(rule: Rule) -> Incident {
    Incident {
        id: IncidentId(1),
        key: IncidentKey { account: Some(ACCOUNT), rule, subject: String::new() },
        level: Level::Fail,
        state: State::Open,
        since: at(-1),
        opened_at: at(-1),
        changed_at: at(-1),
        ended_at: None,
        evidence: Evidence::default(),
    }
}

fn verdict(settled: &Settled, running: &[&Incident]) -> Verdict {
    compare(ACCOUNT, running, settled.findings.clone(), &settled.sure)
}

fn opened(settled: &Settled) -> Vec<Rule> {
    verdict(settled, &[]).open.into_iter().map(|(key, _)| key.rule).collect()
}

#[test]
fn a_post_that_was_seen_moves_the_facts_but_is_no_complete_look() {
    let settled = settled(watched(), &look(0, Some(-1), None), 0);
    let known = &settled.finish.watched.known;
    assert_eq!((known.last_update, known.last_original), (Some(at(-1)), Some(at(-1))));
    assert_eq!((known.good_look, known.hand_look, known.last_visit), (None, Some(at(0)), Some(at(0))));
    assert_eq!(settled.posts.len(), 1);
    assert_eq!(settled.finish.watched.state, AccountState::Active);
    assert_eq!(settled.visit.hand.as_ref().map(|hand| hand.by.as_str()), Some("张三"));
}

#[test]
fn a_post_that_was_seen_never_opens_a_case_of_inactivity_however_old_it_is() {
    for posted in [-1, -8, -20, -40, -400] {
        assert_eq!(opened(&settled(watched(), &look(0, Some(posted), None), 0)), [], "{posted}");
    }
}

#[test]
fn a_post_that_was_seen_ends_the_cases_it_disproves_and_no_others() {
    let (silent, zombie, unverified) = (case(Rule::NotUpdated), case(Rule::Zombie), case(Rule::Unverified));
    let ends = |posted, case| verdict(&settled(watched(), &look(0, Some(posted), None), 0), &[case]).resolve;
    assert_eq!(ends(-1, &silent), [IncidentId(1)]);
    // Nobody knows whether there is anything newer: the case about two weeks goes on, that about months is over.
    assert_eq!(ends(-20, &silent), []);
    assert_eq!(ends(-20, &zombie), [IncidentId(1)]);
    assert_eq!(ends(-20, &unverified), [IncidentId(1)]);
}

#[test]
fn a_complete_look_opens_cases_and_ends_them() {
    let silent = settled(watched(), &look(0, Some(-20), Some(-20)), 0);
    assert!(opened(&silent).contains(&Rule::NotUpdated), "{:?}", opened(&silent));
    assert_eq!(silent.finish.watched.known.good_look, Some(at(0)));
    let active = settled(watched(), &look(0, Some(-1), Some(-1)), 0);
    assert_eq!(opened(&active), []);
    assert_eq!(verdict(&active, &[&case(Rule::NotUpdated)]).resolve, [IncidentId(1)]);
}

#[test]
fn a_silence_counts_only_from_where_somebody_vouches_for_it() {
    // Nothing is known before: whatever was posted until eight days ago has the benefit of the doubt.
    let settled = settled(watched(), &look(0, None, Some(-8)), 0);
    assert_eq!(settled.finish.watched.known.last_update, Some(at(-8)));
    let rules: Vec<Rule> = settled.findings.iter().map(|finding| finding.rule).collect();
    assert!(!rules.contains(&Rule::Hollow) && !rules.contains(&Rule::NotUpdated), "{rules:?}");
}

#[test]
fn a_silence_that_joins_on_to_what_is_known_counts_from_the_last_post() {
    let first = settled(watched(), &look(-8, Some(-20), Some(-20)), -8).finish.watched;
    let second = settled(first, &look(0, None, Some(-10)), 0);
    assert_eq!(second.finish.watched.known.last_update, Some(at(-20)));
    assert!(opened(&second).contains(&Rule::NotUpdated));
}

#[test]
fn an_account_that_never_posted_is_silent_since_its_opening() {
    let settled = settled(watched(), &look(0, None, Some(-900)), 0);
    assert_eq!(settled.finish.watched.known.last_update, None);
    assert!(opened(&settled).contains(&Rule::Hollow), "{:?}", opened(&settled));
}

#[test]
fn a_look_written_down_long_after_it_was_taken_opens_nothing() {
    let settled = settled(watched(), &look(-3, Some(-30), Some(-30)), 0);
    assert_eq!(settled.finish.watched.known.good_look, Some(at(-3)));
    assert_eq!(opened(&settled), []);
}

#[test]
fn an_older_look_written_down_later_takes_nothing_back() {
    let newer = settled(watched(), &look(0, Some(-1), Some(-1)), 0).finish.watched;
    let before = newer.known.clone();
    let after = settled(newer, &look(-5, Some(-9), None), 0).finish.watched.known;
    assert_eq!(
        (after.good_look, after.hand_look, after.last_update),
        (before.good_look, before.hand_look, before.last_update)
    );
}

#[test]
fn an_older_post_seen_after_a_complete_look_keeps_its_time() {
    let first = settled(watched(), &look(-4, Some(-6), Some(-6)), -4).finish.watched;
    let second = settled(first, &look(0, Some(-30), None), 0);
    assert_eq!(second.posts[0].effective_at, at(-30));
    // The same post to the second, as a machine prints it, is not taken for back-dated either.
    assert_eq!(second.finish.watched.known.last_update, Some(at(-6)));
}

/// What the schedule makes of the account a moment after a day has passed, having no source to read.
fn scheduled(watched: Watched, day: i64) -> Settled {
    let now = at(day) + Duration::seconds(1);
    let packs = Packs::load(None).unwrap();
    let look = Look {
        at: now,
        site: String::new(),
        took: std::time::Duration::ZERO,
        bytes: 0,
        result: Err(Miss::new(Failure::NoSource, "")),
        others: Vec::new(),
        trust: crate::schedule::bridges::Trust::Full,
        refusals: Vec::new(),
        secrets: Vec::new(),
        answers: Vec::new(),
    };
    let pack = packs.find("national", now).unwrap();
    settle(watched, look, &KnownPosts::default(), pack, &Cadence::default(), false)
}

#[test]
fn while_a_look_by_hand_is_good_an_account_without_a_source_has_not_failed() {
    let seen = settled(watched(), &look(0, Some(-1), None), 0);
    let end = at(7) + Duration::seconds(1);
    assert_eq!(seen.finish.due_at, Some(end));
    let looked = scheduled(seen.finish.watched, 3);
    assert_eq!(looked.finish.watched.trouble, Trouble::default());
    assert_eq!((looked.findings.len(), looked.finish.due_at), (0, Some(end)));
}

#[test]
fn once_a_look_by_hand_is_no_longer_good_somebody_has_to_look_again() {
    let seen = settled(watched(), &look(0, Some(-1), Some(-1)), 0).finish.watched;
    let looked = scheduled(seen, 7);
    let [finding] = &looked.findings[..] else { panic!("{:?}", looked.findings) };
    assert_eq!((finding.rule, finding.since), (Rule::Unverified, at(7)));
    assert!(finding.evidence.summary.contains("需人工核查"), "{}", finding.evidence.summary);
    assert!(!finding.evidence.summary.contains("张三"));
    // And having looked again ends it.
    let again = settled(looked.finish.watched, &look(7, Some(-1), None), 7);
    assert_eq!(verdict(&again, &[&case(Rule::Unverified)]).resolve, [IncidentId(1)]);
}

#[test]
fn machines_go_on_where_there_are_some() {
    let mut account = watched();
    account.registered.sources = vec![
        Source { recipe: Source::MANUAL.to_owned(), target: String::new() },
        Source { recipe: "weibo".to_owned(), target: "1".to_owned() },
    ];
    let due = settled(account, &look(0, Some(-1), None), 0).finish.due_at.unwrap();
    assert!(due > at(0) && due < at(1));
}
