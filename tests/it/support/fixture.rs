//! Invented accounts, looks, posts and cases, and the few steps that most tests share.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use xunwang::model::account::{AccountId, Kind, Platform, Registered, Source, Status, Tier};
use xunwang::model::finding::{Evidence, LastPost, Level, Rule};
use xunwang::model::incident::{IncidentId, IncidentKey};
use xunwang::model::post::{Origin, Post, PostKey, Published};
use xunwang::model::visit::{Outcome, Visit};
use xunwang::model::watch::Watched;
use xunwang::store::accounts::Finish;
use xunwang::store::incidents::NewIncident;
use xunwang::store::lease::{Take, Token};
use xunwang::store::posts::Sighted;
use xunwang::store::{Error, Store, Tx};

/// An instant so many minutes after 08:00 of 20 November 2026 in Shanghai.
pub(crate) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_132_800, 0).unwrap() + Duration::minutes(minutes)
}

/// A line of the register with something in every column.
pub(crate) fn registered(number: usize) -> Registered {
    let day = |days: i64| Some(at(-1440 * days));
    Registered {
        key: format!("A{number:05}"),
        name: format!("澄湖发布{number}"),
        platform: Platform::Weibo,
        platform_uid: format!("56{number:08}"),
        kind: Kind::Service,
        sources: vec![
            Source { recipe: "feed".to_owned(), target: format!("https://feeds.example/{number}.xml") },
            Source { recipe: "weibo".to_owned(), target: format!("56{number:08}") },
        ],
        homepage: format!("https://weibo.example/u/56{number:08}"),
        service_url: String::new(),
        owner: "澄湖市人民政府办公室".to_owned(),
        credit_code: "11320000MB0000000X".to_owned(),
        supervisor: "澄湖市委网信办".to_owned(),
        level: Tier::City,
        region_code: "320999".to_owned(),
        region_path: "江苏省/澄湖市/云溪县".to_owned(),
        verified_subject: "澄湖市人民政府办公室".to_owned(),
        verified_type: "政府机构".to_owned(),
        status: Status::Normal,
        status_since: day(400),
        opened_on: day(900),
        filed_on: day(800),
        announced_on: day(10),
        announcement_url: "https://www.chenghu.example/gg/1.html".to_owned(),
        leader: "周 澄".to_owned(),
        operator: "吴 溪".to_owned(),
        phone: "0599-8000000".to_owned(),
        email: vec!["zhou@chenghu.example".to_owned(), "wu@chenghu.example".to_owned()],
        contractor: "澄湖融媒体中心".to_owned(),
        pack: "national".to_owned(),
        notes: "“引号”、'撇号'、\\反斜杠\n换行 😀".to_owned(),
    }
}

/// Writes in one transaction.
pub(crate) async fn write<T>(store: &Store, act: impl AsyncFnOnce(&mut Tx) -> Result<T, Error>) -> T {
    let mut tx = store.begin().await.unwrap();
    let given = act(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    given
}

/// Registers the accounts `0..count`, spread over so many sites; all are due at [`at`]`(0)`.
pub(crate) async fn register(store: &Store, count: usize, sites: usize) {
    let lines: Vec<Registered> = (0..count).map(registered).collect();
    let site_of = |line: &Registered| {
        let number: usize = line.key[1..].parse().unwrap();
        format!("site{}.example:443", number % sites)
    };
    write(store, async |tx| tx.add_accounts(&lines, &site_of, at(0)).await).await;
}

/// A lease of half an hour.
pub(crate) fn take(now: DateTime<Utc>, limit: usize, token: i64) -> Take {
    Take { now, until: now + Duration::minutes(30), limit, token: Token(token) }
}

/// Takes the one account of a key or name as it stands, without a lease.
pub(crate) async fn watched(store: &Store, key: &str) -> Watched {
    let mut found = store.find_watched(key).await.unwrap();
    assert_eq!(found.len(), 1, "{key}");
    found.remove(0)
}

/// A finish that leaves everything but the time of the look as it was.
pub(crate) fn lean(mut watched: Watched, looked: DateTime<Utc>, due: DateTime<Utc>) -> Finish {
    watched.known.last_visit = Some(looked);
    watched.known.good_look = Some(looked);
    Finish { watched, due_at: Some(due), due_why: "日常巡查".to_owned(), no_original: false, lean: true }
}

/// A post of an account.
pub(crate) fn sighted(account: AccountId, number: i64, published: Option<Published>) -> Sighted {
    let post = Post {
        key: PostKey(number),
        url: format!("https://www.chenghu.example/p/{number}.html"),
        title: format!("云溪县第{number}号通告"),
        text: "各乡镇人民政府:\n现将有关事项通告如下。".to_owned(),
        published,
        origin: Origin::Repost,
        source: Some("新华社".to_owned()),
        pinned: false,
        links: Vec::new(),
    };
    let effective_at = published.map_or(at(0), Published::latest).min(at(0));
    Sighted { account, post, first_seen: at(0), effective_at }
}

/// A bare day of November 2026.
pub(crate) fn day(day: u32) -> Published {
    Published::On(NaiveDate::from_ymd_opt(2026, 11, day).unwrap())
}

/// A good look at an account.
pub(crate) fn visit(account: AccountId, ended: DateTime<Utc>) -> Visit {
    Visit {
        account,
        at: ended,
        outcome: Outcome::Unchanged,
        items: 20,
        covers_since: Some(ended - Duration::days(9)),
        duration_ms: 350,
        status: 304,
        detail: String::new(),
        hand: None,
    }
}

/// What a case rests on.
pub(crate) fn evidence(summary: &str) -> Evidence {
    Evidence {
        fingerprint: None,
        summary: summary.to_owned(),
        basis: "国办秘函〔2019〕19号".to_owned(),
        advice: "请尽快更新".to_owned(),
        looked_at: Some(at(-5)),
        last_post: Some(LastPost { title: "通告".to_owned(), url: String::new(), at: at(-30_000) }),
        ..Evidence::default()
    }
}

/// A case to open.
pub(crate) fn case(account: Option<AccountId>, rule: Rule, subject: &str) -> NewIncident {
    NewIncident {
        key: IncidentKey { account, rule, subject: subject.to_owned() },
        level: Level::Deduction,
        since: at(-60),
        opened_at: at(0),
        evidence: evidence("已连续15天未更新"),
    }
}

/// Opens cases and returns their numbers.
pub(crate) async fn open(store: &Store, cases: &[NewIncident]) -> Vec<IncidentId> {
    let opened = write(store, async |tx| tx.open_incidents(cases, "test").await).await;
    opened.into_iter().map(|(id, _)| id).collect()
}
