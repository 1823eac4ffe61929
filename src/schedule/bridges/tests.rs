//! How far looks through bridges are trusted, when all sources are asked, and what people read.

use super::*;
use crate::model::account::Platform;
use crate::model::moment::zh_minute;

/// 18:00 of 16 November 2026 in Shanghai, and so many hours later.
fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_823_200, 0).unwrap() + Duration::hours(hours)
}

fn bridge() -> Bridge {
    Bridge { site: "rss.chenghu.example:1200".to_owned(), platform: Platform::Wechat }
}

fn watched(last_update: i64, known_behind: bool) -> Watched {
    let text = r#"{"key":"A1","name":"云溪发布","platform":"wechat","platform_uid":"1","kind":"ordinary","sources":[],"homepage":"","owner":"","credit_code":"","supervisor":"","level":"county","region_code":"","region_path":"","verified_subject":"","verified_type":"","status":"normal","status_since":null,"opened_on":null,"filed_on":null,"announced_on":null,"announcement_url":"","leader":"","operator":"","phone":"","email":[],"contractor":"","pack":"","notes":""}"#;
    Watched {
        id: AccountId(5),
        registered: serde_json::from_str(text).unwrap(),
        site: String::new(),
        known_since: at(-9000),
        state: crate::model::account::AccountState::Active,
        known: crate::model::watch::Known {
            last_update: Some(at(last_update)),
            good_look: Some(at(0)),
            last_visit: Some(at(0)),
            ..Default::default()
        },
        trouble: crate::model::watch::Trouble::default(),
        source_no: 0,
        bridge: known_behind.then(bridge),
        validators: crate::model::page::Validators::default(),
        listing: crate::model::listing::Listing::default(),
        open_cases: 0,
        attempts: 0,
        token: 0,
    }
}

fn trust(share: Option<Share>, watched: &Watched, hours: i64) -> Trust {
    let shares = share.into_iter().map(|share| (bridge(), share)).collect();
    Bridges { shares, ..Bridges::default() }.trust(watched, &bridge(), at(hours))
}

#[test]
fn a_bridge_is_trusted_once_it_has_been_judged_with_the_account_behind_it() {
    let old = watched(-90, true);
    assert_eq!(trust(Some(Share::default()), &old, 1), Trust::Full);
    assert_eq!(trust(Some(Share::default()), &watched(-90, false), 1), Trust::Doubted);
    assert_eq!(trust(None, &old, 1), Trust::Doubted);
    assert_eq!(trust(Some(Share { doubtful: true, ..Share::default() }), &old, 1), Trust::Doubted);
    let suspected = Share { suspected: Some(at(-50)), ..Share::default() };
    assert_eq!(trust(Some(suspected), &old, 1), Trust::Stale { since: at(-50) });
}

#[test]
fn after_a_recovery_who_has_shown_nothing_since_is_waited_for() {
    let share = || Some(Share { recovering: Some((at(-50), at(24))), ..Share::default() });
    assert_eq!(trust(share(), &watched(-90, true), 1), Trust::Doubted);
    assert_eq!(trust(share(), &watched(-20, true), 1), Trust::Full);
    assert_eq!(trust(share(), &watched(-90, true), 25), Trust::Full);
}

#[test]
fn all_sources_are_asked_before_anybody_is_accused_and_otherwise_once_a_day() {
    let before = Duration::minutes(30);
    let asks = |account: &Watched, deadline: i64, now: DateTime<Utc>| {
        asks_all(account, std::iter::once(at(deadline)), before, now)
    };
    let account = watched(-90, true);
    let mut fresh = watched(-90, true);
    fresh.known.good_look = None;
    assert!(asks(&fresh, 900, at(1)));
    // Its deadline lies an hour ahead, near, or behind without a good look since.
    let daily = |now: DateTime<Utc>| asks(&account, 900, now);
    let quiet = (1..24).map(at).find(|now| !daily(*now)).unwrap();
    let hours = (quiet - at(0)).num_hours();
    assert!(!asks(&account, hours + 1, quiet));
    assert!(asks(&account, hours + 1, quiet + Duration::minutes(30)) || daily(quiet + Duration::minutes(30)));
    assert!(asks_all(&account, std::iter::once(quiet + Duration::minutes(30)), before, quiet));
    assert!(asks_all(&account, std::iter::once(at(0) + Duration::seconds(1)), before, quiet));
    assert!(!asks_all(&account, std::iter::once(at(0)), before, quiet));
    // In any day exactly one of the looks finds that the account's time of the day has come.
    let mut asked = 0;
    let mut looked = watched(-90, true);
    for quarter in 1..=4 * 24 * 7 {
        let now = at(0) + Duration::minutes(15 * quarter);
        asked += u32::from(asks(&looked, 900_000, now));
        looked.known.last_visit = Some(now);
    }
    assert_eq!(asked, 7);
}

#[test]
fn people_read_what_was_expected_what_was_seen_and_since_when() {
    let standing = Standing {
        accounts: 54,
        rhythmic: 40,
        since: at(-60),
        expected: 37.4,
        seen: 0,
        surprise: 13.0,
        silence: 13.0,
        owed: 50.0,
        newest: at(-60),
        read_until: at(0),
        delay: Duration::hours(6),
    };
    let case = case(&bridge(), &standing, at(0));
    assert_eq!(case.key.subject, "rss.chenghu.example:1200 wechat");
    assert_eq!((case.since, case.level), (at(-60), Level::Reminder));
    let summary = case.evidence.summary;
    for part in [
        "54个账号",
        "微信公众号",
        &zh_minute(at(-60)),
        "约37个",
        "没有任何账号更新",
        "不到0.001%",
        "低于0.1%",
    ] {
        assert!(summary.contains(part), "{part} in {summary}");
    }
    let some = Standing { seen: 3, surprise: 7.5, ..standing };
    assert!(super::summary(&bridge(), &some).contains("只有3个账号"));
    assert!(super::summary(&bridge(), &some).contains("0.055%"), "{}", super::summary(&bridge(), &some));
}
