use super::*;
use crate::incident::{Sureness, compare};
use crate::model::account::{AccountId, Platform};
use crate::model::incident::{Incident, IncidentId, IncidentKey, State};
use crate::model::listing::Profile;
use chrono::Duration;
use proptest::prelude::*;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::hours(hours)
}

fn registered() -> Registered {
    crate::model::profile::tests::registered(Platform::Weibo)
}

fn profile() -> Profile {
    Profile {
        name: Some("云溪发布".to_owned()),
        verification: Some(Verification::Government),
        verified_subject: Some("云溪县委宣传部官方微博".to_owned()),
        ..Profile::default()
    }
}

fn called(name: &str) -> Profile {
    Profile { name: Some(name.to_owned()), ..profile() }
}

fn verified(verification: Verification) -> Profile {
    Profile { verification: Some(verification), ..profile() }
}

/// What follows from the last of these looks.
fn after(registered: &Registered, looks: &[(i64, Profile)]) -> Judgement {
    let mut memory = Memory::default();
    let mut last = Judgement::default();
    for (hour, profile) in looks {
        let told = Told::of(profile, true, registered);
        memory.note(&told, at(*hour));
        last = judge(registered, &memory, &told, at(*hour));
    }
    last
}

fn rules(judgement: &Judgement) -> Vec<Rule> {
    judgement.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn an_account_that_is_what_the_register_says_gives_no_finding() {
    let judgement = after(&registered(), &[(0, profile()), (30, profile())]);
    assert_eq!(judgement.findings, []);
    let sure = RULES.into_iter().filter(|rule| judgement.sure.contains(*rule)).collect::<Vec<_>>();
    assert_eq!(sure, [Rule::Renamed, Rule::VerificationChanged, Rule::SubjectMismatch]);
}

#[test]
fn a_new_name_is_found_at_its_second_look_and_says_what_was_before() {
    let looks = [(0, profile()), (30, profile()), (60, called("青岚之声"))];
    let once = after(&registered(), &looks);
    assert_eq!(rules(&once), []);
    assert!(!once.sure.contains(Rule::Renamed));
    let twice = after(&registered(), &[&looks[..], &[(67, called("青岚之声"))]].concat());
    assert_eq!(rules(&twice), [Rule::Renamed]);
    let finding = &twice.findings[0];
    assert_eq!((finding.level, finding.since), (Level::Reminder, at(60)));
    for part in ["现名“青岚之声”", "登记为“云溪发布”", "所见为“云溪发布”"] {
        assert!(finding.evidence.summary.contains(part), "{}", finding.evidence.summary);
    }
}

#[test]
fn an_app_whose_server_lacks_ipv6_twice_is_told_and_one_that_answers_is_not() {
    let app = Registered {
        service_url: "https://api.yunxi.example/".to_owned(),
        ..crate::model::profile::tests::registered(Platform::App)
    };
    let host = |ipv6| Profile { ipv6: Some(ipv6), ..profile() };
    for (ipv6, found) in [(Ipv6::NoAddress, "没有 IPv6 地址"), (Ipv6::Unreachable, "有 IPv6 地址但无法连接")]
    {
        let once = after(&app, &[(0, host(ipv6))]);
        assert_eq!((rules(&once), once.sure.contains(Rule::Ipv6Lacking)), (vec![], false));
        let twice = after(&app, &[(0, host(ipv6)), (24, host(ipv6))]);
        assert_eq!(rules(&twice), [Rule::Ipv6Lacking]);
        let evidence = &twice.findings[0].evidence;
        assert!(
            evidence.summary.contains(&format!("“https://api.yunxi.example/”{found}")),
            "{}",
            evidence.summary
        );
        // What could not be told from here neither accuses nor acquits.
        let untold = after(&app, &[(0, host(ipv6)), (24, host(ipv6)), (48, Profile::default())]);
        assert_eq!((rules(&untold), untold.sure.contains(Rule::Ipv6Lacking)), (vec![], false));
        let mended =
            [(0, host(ipv6)), (24, host(ipv6)), (48, host(Ipv6::Reachable)), (72, host(Ipv6::Reachable))];
        let mended = after(&app, &mended);
        assert_eq!((rules(&mended), mended.sure.contains(Rule::Ipv6Lacking)), (vec![], true));
    }
}

#[test]
fn a_register_that_follows_ends_it() {
    let looks = [(0, profile()), (30, profile()), (60, called("青岚之声")), (67, called("青岚之声"))];
    let followed = Registered { name: "青岚 之声".to_owned(), ..registered() };
    let judgement = after(&followed, &looks);
    assert_eq!(rules(&judgement), []);
    assert!(judgement.sure.contains(Rule::Renamed));
}

#[test]
fn a_slip_of_the_platform_is_no_finding() {
    let judgement = after(
        &registered(),
        &[(0, profile()), (30, profile()), (31, called("用户1234")), (32, profile()), (39, profile())],
    );
    assert_eq!(rules(&judgement), []);
    assert!(judgement.sure.contains(Rule::Renamed));
}

#[test]
fn a_name_that_always_differed_is_the_registers_spelling() {
    let other = Registered { name: "云溪县发布".to_owned(), ..registered() };
    assert_eq!(rules(&after(&other, &[(0, profile()), (30, profile())])), []);
}

#[test]
fn a_verification_that_is_lost_or_no_longer_a_bodys_is_suspected() {
    use Verification::{Enterprise, Government, Media, Organisation, Personal, Unverified};
    for (was, now, found) in [
        (Government, Unverified, true),
        (Government, Personal, true),
        (Government, Enterprise, true),
        (Organisation, Unverified, true),
        (Media, Personal, true),
        (Enterprise, Unverified, true),
        (Government, Media, false),
        (Enterprise, Personal, false),
        (Personal, Unverified, false),
        (Unverified, Government, false),
    ] {
        let looks = [(0, verified(was)), (10, verified(was)), (60, verified(now)), (70, verified(now))];
        let judgement = after(&registered(), &looks);
        assert_eq!(rules(&judgement) == [Rule::VerificationChanged], found, "{was} then {now}");
        let back = [&looks[..], &[(80, verified(was)), (90, verified(was))]].concat();
        let back = after(&registered(), &back);
        assert!(back.sure.contains(Rule::VerificationChanged));
        assert_eq!(
            rules(&back) == [Rule::VerificationChanged],
            was == Unverified && now == Government,
            "{was} again"
        );
    }
}

#[test]
fn a_body_that_was_never_verified_lost_nothing() {
    let looks = [(0, verified(Verification::Unverified)), (10, verified(Verification::Unverified))];
    assert_eq!(rules(&after(&registered(), &looks)), []);
}

#[test]
fn another_subject_than_the_register_names_is_suspected_with_both_texts() {
    let other =
        Profile { verified_subject: Some("澄湖星光文化传媒有限公司".to_owned()), ..profile() };
    let judgement = after(&registered(), &[(0, other.clone()), (10, other.clone())]);
    assert_eq!(rules(&judgement), [Rule::SubjectMismatch]);
    let finding = &judgement.findings[0];
    assert_eq!(finding.level, Level::Suspected);
    assert!(
        finding.evidence.summary.contains("星光") && finding.evidence.summary.contains("中共云溪县委宣传部")
    );
    assert_eq!(rules(&after(&registered(), &[(0, other.clone())])), []);
    let known =
        Registered { verified_subject: "澄湖星光文化传媒有限公司".to_owned(), ..registered() };
    assert_eq!(rules(&after(&known, &[(0, other.clone()), (10, other.clone())])), []);
    let nobody = Registered { owner: String::new(), ..registered() };
    assert_eq!(rules(&after(&nobody, &[(0, other.clone()), (10, other)])), []);
}

#[test]
fn a_subject_that_is_the_accounts_own_name_says_nothing() {
    let vague = Profile { verified_subject: Some("云溪发布官方微博".to_owned()), ..profile() };
    let other = Registered { owner: "青岚区教育局".to_owned(), ..registered() };
    assert_eq!(rules(&after(&other, &[(0, vague.clone()), (10, vague)])), []);
}

#[test]
fn a_look_speaks_only_of_what_it_told() {
    let lost = verified(Verification::Unverified);
    let silent = Profile { name: Some("云溪发布".to_owned()), ..Profile::default() };
    let looks = [(0, profile()), (10, profile()), (60, lost.clone()), (70, lost), (71, silent)];
    let judgement = after(&registered(), &looks);
    assert_eq!(rules(&judgement), []);
    assert!(judgement.sure.contains(Rule::Renamed) && !judgement.sure.contains(Rule::VerificationChanged));
}

#[test]
fn bought_followers_are_suspected_with_their_figures() {
    let counted = |day: i64| {
        let grown = 52_300 + day * 40 + if day >= 30 { 31_000 } else { 0 };
        (day * 24, Profile { followers: Some(u64::try_from(grown).unwrap()), ..profile() })
    };
    let looks: Vec<_> = (0..=30).map(counted).collect();
    assert_eq!(rules(&after(&registered(), &looks)), []);
    let looks: Vec<_> = (0..=31).map(counted).collect();
    let judgement = after(&registered(), &looks);
    assert_eq!(rules(&judgement), [Rule::FollowersJump]);
    let summary = &judgement.findings[0].evidence.summary;
    for part in ["53460", "84500", "31040", "58.1%", "84540"] {
        assert!(summary.contains(part), "{part} in {summary}");
    }
    let looks: Vec<_> = (0..=62).map(counted).collect();
    let later = after(&registered(), &looks);
    assert_eq!(rules(&later), []);
    assert!(later.sure.contains(Rule::FollowersJump));
}

#[test]
fn what_is_remembered_alone_is_judged_alike() {
    let registered = registered();
    let mut memory = Memory::default();
    for (hour, profile) in
        [(0, profile()), (30, profile()), (60, called("青岚之声")), (67, called("青岚之声"))]
    {
        memory.note(&Told::of(&profile, true, &registered), at(hour));
    }
    assert_eq!(rules(&remembered(&registered, &memory, at(70))), [Rule::Renamed]);
    assert_eq!(rules(&remembered(&registered, &memory.up_to(at(50)), at(50))), []);
}

/// A case as it runs after its finding.
fn case(finding: &Finding) -> Incident {
    Incident {
        id: IncidentId(1),
        key: IncidentKey { account: Some(AccountId(1)), rule: finding.rule, subject: String::new() },
        level: finding.level,
        state: State::Open,
        since: finding.since,
        opened_at: finding.since,
        changed_at: finding.since,
        ended_at: None,
        evidence: Evidence::default(),
    }
}

const NAMES: [&str; 3] = ["云溪发布", "青岚之声", "溪畔"];
const SILENT: usize = 3;
const FAILED: usize = 4;

proptest! {
    /// Looks that tell a name, that tell nothing and that fail, in any order.
    #[test]
    fn only_a_name_told_twice_hours_apart_opens_or_ends_a_case(
        looks in proptest::collection::vec((1_i64..30, 0_usize..=FAILED), 1..60)
    ) {
        let registered = registered();
        let mut memory = Memory::default();
        let mut running: Option<Incident> = None;
        let (mut hour, mut run) = (0, Vec::new());
        for (gap, what) in looks {
            hour += gap;
            let mut judgement = Judgement::default();
            if what < SILENT {
                if run.last().is_some_and(|(before, _)| *before != what) {
                    run.clear();
                }
                run.push((what, hour));
                let told = Told::of(&called(NAMES[what]), true, &registered);
                memory.note(&told, at(hour));
                judgement = judge(&registered, &memory, &told, at(hour));
            }
            let sure = Sureness {
                good: what != FAILED,
                judged: false,
                profile: judgement.sure,
                compared: false,
                complete: true,
                read: Vec::new(),
            };
            judgement.findings.retain(|finding| finding.rule == Rule::Renamed);
            let cases: Vec<&Incident> = running.iter().collect();
            let verdict = compare(AccountId(1), &cases, judgement.findings, &sure);
            let confirmed = what < SILENT && hour - run[0].1 >= 6;
            if let Some((_, finding)) = verdict.open.first() {
                prop_assert!(confirmed && what > 0);
                running = Some(case(finding));
            }
            if !verdict.resolve.is_empty() {
                prop_assert!(confirmed && what == 0);
                running = None;
            }
        }
    }
}
