//! Which of several sources counts.

use super::*;
use crate::model::account::Platform;
use crate::model::listing::Line;
use crate::model::post::PostKey;
use crate::model::watch::Known;

/// 18:00 of 16 November 2026 in Shanghai, and so many hours later.
fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_823_200, 0).unwrap() + chrono::Duration::hours(hours)
}

fn bridge() -> Bridge {
    Bridge { site: "rss.chenghu.example:1200".to_owned(), platform: Platform::Weibo }
}

fn list(hours: &[i64]) -> Listing {
    let line = |hour: &i64| Line {
        hash: hour.unsigned_abs(),
        key: PostKey(*hour),
        published: Some(Published::At(at(*hour))),
        pinned: false,
    };
    Listing { lines: hours.iter().map(line).collect() }
}

/// An account whose second source answered last; its newest post is of hour -100.
fn watched() -> Watched {
    let text = r#"{"key":"A1","name":"云溪发布","platform":"weibo","platform_uid":"1","kind":"ordinary","sources":[{"recipe":"rsshub","target":"1"},{"recipe":"weibo","target":"1"}],"homepage":"","owner":"","credit_code":"","supervisor":"","level":"county","region_code":"","region_path":"","verified_subject":"","verified_type":"","status":"normal","status_since":null,"opened_on":null,"filed_on":null,"announced_on":null,"announcement_url":"","leader":"","operator":"","phone":"","email":[],"contractor":"","pack":"","notes":""}"#;
    Watched {
        id: crate::model::account::AccountId(5),
        registered: serde_json::from_str(text).unwrap(),
        site: String::new(),
        known_since: at(-9000),
        state: crate::model::account::AccountState::Active,
        known: Known { last_update: Some(at(-100)), good_look: Some(at(-6)), ..Known::default() },
        trouble: crate::model::watch::Trouble::default(),
        source_no: 1,
        bridge: None,
        validators: Validators::default(),
        listing: list(&[-100, -200]),
        open_cases: 0,
        attempts: 0,
        token: 0,
    }
}

fn look(source_no: usize, result: Result<Listing, Failure>) -> Look {
    let seen = |listing| Seen {
        source_no,
        bridge: (source_no == 0).then(bridge),
        out_of_sync: None,
        behind: false,
        status: 200,
        validators: Validators::default(),
        extracted: Some(Extracted { listing, ..Extracted::default() }),
    };
    Look {
        at: at(0),
        site: format!("{source_no}.example:443"),
        took: Duration::ZERO,
        bytes: 0,
        result: result.map(seen).map_err(|failure| Miss::new(failure, "")),
        refusals: Vec::new(),
        secrets: Vec::new(),
        answers: Vec::new(),
        others: Vec::new(),
        trust: Trust::Full,
    }
}

/// The source that counts and whether it stops short, or the failure.
fn chosen(looks: Vec<Look>, asking: &Asking) -> Result<(usize, bool), Failure> {
    let asked = looks.len();
    let look = choose(&watched(), looks.into_iter().enumerate().collect(), asking).unwrap();
    assert_eq!(look.others.len() + 1, asked);
    look.result.map(|seen| (seen.source_no, seen.behind)).map_err(|miss| miss.failure)
}

#[test]
fn the_preferred_source_counts_unless_another_shows_newer_posts() {
    let asking = Asking::default();
    let both = |first: &[i64], second: &[i64]| vec![look(0, Ok(list(first))), look(1, Ok(list(second)))];
    assert_eq!(chosen(both(&[-50], &[-50]), &asking), Ok((0, false)));
    assert_eq!(chosen(both(&[-60], &[-50]), &asking), Ok((1, false)));
    assert_eq!(chosen(both(&[-40], &[-50]), &asking), Ok((0, false)));
    // What neither shows any more is gone, and no source is short of it.
    assert_eq!(chosen(both(&[-300], &[-300]), &asking), Ok((0, false)));
}

#[test]
fn a_source_that_failed_never_counts_while_another_answers() {
    let asking = Asking::default();
    let looks = vec![look(0, Err(Failure::BridgeDown)), look(1, Ok(list(&[-100])))];
    assert_eq!(chosen(looks, &asking), Ok((1, false)));
    let looks = vec![look(0, Ok(list(&[-100]))), look(1, Err(Failure::LoginWall))];
    assert_eq!(chosen(looks, &asking), Ok((0, false)));
    let looks = vec![look(0, Err(Failure::BridgeDown)), look(1, Err(Failure::LoginWall))];
    assert_eq!(chosen(looks, &asking), Err(Failure::LoginWall));
}

#[test]
fn the_only_answer_stops_short_when_a_newer_post_is_known_from_elsewhere() {
    let looks = vec![look(0, Ok(list(&[-300]))), look(1, Err(Failure::LoginWall))];
    assert_eq!(chosen(looks, &Asking::default()), Ok((0, true)));
    // The source that showed the post may have lost it; that its own memory tells.
    let looks = vec![look(0, Err(Failure::BridgeDown)), look(1, Ok(list(&[-300])))];
    assert_eq!(chosen(looks, &Asking::default()), Ok((1, false)));
}

/// A look through a bridge that says itself that it last read the account in hour -90.
fn out_of_sync(hours: &[i64]) -> Look {
    let mut look = look(0, Ok(list(hours)));
    look.result.as_mut().unwrap().out_of_sync = Some(at(-90));
    look
}

#[test]
fn a_bridge_that_says_that_it_is_out_of_sync_counts_only_when_nothing_else_answers() {
    let asking = Asking::default();
    // Not even when it shows a newer post: that is known to the other as soon as it is older than a day.
    let looks = vec![out_of_sync(&[-40]), look(1, Ok(list(&[-50])))];
    assert_eq!(chosen(looks, &asking), Ok((1, false)));
    let looks = vec![out_of_sync(&[-100]), look(1, Err(Failure::LoginWall))];
    assert_eq!(chosen(looks, &asking), Ok((0, false)));
    let suspected = Asking { stale: Arc::new(BTreeSet::from([bridge()])), ..Asking::default() };
    let looks = vec![out_of_sync(&[-100]), look(1, Ok(list(&[-300])))];
    assert_eq!(chosen(looks, &suspected), Ok((1, false)));
}

#[test]
fn a_suspected_bridge_counts_only_when_nothing_else_answers() {
    let asking = Asking { stale: Arc::new(BTreeSet::from([bridge()])), ..Asking::default() };
    let looks = vec![look(0, Ok(list(&[-40]))), look(1, Ok(list(&[-50])))];
    assert_eq!(chosen(looks, &asking), Ok((1, false)));
    let looks = vec![look(0, Ok(list(&[-100]))), look(1, Err(Failure::LoginWall))];
    assert_eq!(chosen(looks, &asking), Ok((0, false)));
}
