//! Looks that people take, by the real program, on both databases.

use crate::support::database::both;
use crate::support::fixture::{registered, watched, write};
use crate::support::office::{Office, Plan, key};
use crate::support::patience::now;
use crate::support::rows;
use chrono::Duration;
use serde_json::Value;
use std::process::{Command, Output};
use xunwang::model::account::{AccountState, Kind, Platform, Registered, Source, Status};
use xunwang::model::moment::{in_shanghai, zh_minute};
use xunwang::store::Store;

const ANYBODY: &str = "王核查";

/// Accounts that no machine may read: with no source, or with one for people only.
async fn enrol(store: &Store) {
    let line = |number: usize| Registered {
        kind: Kind::Ordinary,
        platform: Platform::Channels,
        sources: if number == 1 {
            vec![Source { recipe: Source::MANUAL.to_owned(), target: String::new() }]
        } else {
            Vec::new()
        },
        opened_on: Some(now() - Duration::days(900)),
        filed_on: None,
        announced_on: None,
        status: if number == 2 { Status::Deregistered } else { Status::Normal },
        pack: String::new(),
        name: if number >= 4 { "澄湖同名".to_owned() } else { format!("澄湖视频{number}") },
        ..registered(number)
    };
    let lines: Vec<Registered> = (0..6).map(line).collect();
    write(store, async |tx| tx.add_accounts(&lines, &|_| String::new(), now()).await).await;
    write(store, async |tx| tx.retire_accounts(&[key(3)], now()).await).await;
}

fn office(address: &str) -> Office {
    Office::open(&Plan { interval: "1h", ..Plan::new(address, 9) })
}

fn evidence(office: &Office, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xunwang"))
        .arg("--config")
        .arg(office.file())
        .args(["--json", "evidence"])
        .args(arguments)
        .env("USER", ANYBODY)
        .env_remove("SUDO_USER")
        .output()
        .unwrap()
}

fn said(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An account's running and ended cases of a kind.
async fn cases(store: &Store, account: usize, state: &str) -> Vec<String> {
    let all = rows::cases(store).await.into_iter();
    all.filter(|case| case.key == key(account) && case.state == state).map(|case| case.rule).collect()
}

both! {
    async fn a_complete_look_opens_a_case_and_a_post_that_was_seen_ends_it(store: Store, base: &Base) {
        enrol(&store).await;
        let office = office(base.address());
        let (account, url) = (key(0), "https://channels.example/p/1");
        let old = zh_minute(now() - Duration::days(20));
        let arguments =
            ["add", account.as_str(), "--seen-post", url, "--published-at", &old, "--nothing-since", "known", "--by", "张三"];
        let first = said(&evidence(&office, &arguments));
        assert_eq!((&first["new"], &first["complete"]), (&true.into(), &true.into()));
        assert_eq!(first["by"], "张三");
        let open = cases(&store, 0, "open").await;
        assert!(open.contains(&"not_updated".to_owned()), "{open:?}");
        assert_eq!(watched(&store, &account).await.state, AccountState::NotUpdated);

        // The same look once more is no second one.
        assert_eq!(said(&evidence(&office, &arguments))["new"], false);
        assert_eq!(said(&evidence(&office, &["list", &account])).as_array().unwrap().len(), 1);
        assert_eq!(rows::looks(&store).await, 1);

        let new = in_shanghai(now() - Duration::hours(2)).format("%F %R").to_string();
        let arguments = ["add", "澄湖视频0", "--seen-post", "https://channels.example/p/2", "--published-at", &new];
        let second = said(&evidence(&office, &arguments));
        assert_eq!((&second["complete"], &second["by"]), (&false.into(), &ANYBODY.into()));
        assert_eq!(cases(&store, 0, "open").await, Vec::<String>::new());
        assert!(cases(&store, 0, "resolved").await.contains(&"not_updated".to_owned()));
        assert_eq!(watched(&store, &account).await.state, AccountState::Active);
    }

    async fn a_post_that_was_seen_accuses_nobody(store: Store, base: &Base) {
        enrol(&store).await;
        let office = office(base.address());
        let old = zh_minute(now() - Duration::days(200));
        let account = key(1);
        let arguments =
            ["add", account.as_str(), "--seen-post", "https://channels.example/p/9", "--published-at", &old];
        assert_eq!(said(&evidence(&office, &arguments))["new"], true);
        assert!(rows::cases(&store).await.is_empty());
        let known = watched(&store, &account).await.known;
        assert!(known.last_update.is_some() && known.hand_look.is_some() && known.good_look.is_none());
        // The schedule does not hold against it that no machine can look.
        let app = xunwang::app::App::build(office.config(), std::sync::Arc::new(xunwang::clock::System)).await.unwrap();
        app.store.make_due(None, None, now()).await.unwrap();
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        app.settle(|_| {}, stopped).await.unwrap();
        assert_eq!(watched(&store, &account).await.trouble.failures, 0);
        assert_eq!(watched(&store, &key(0)).await.trouble.failures, 1);
    }

    async fn a_screenshot_is_kept_under_its_hash(store: Store, base: &Base) {
        enrol(&store).await;
        let office = office(base.address());
        let picture = office.file().with_file_name("截图.png");
        std::fs::write(&picture, b"picture").unwrap();
        let account = key(0);
        let arguments = ["add", account.as_str(), "--nothing-since", "2026年1月5日", "--file", picture.to_str().unwrap()];
        let said = said(&evidence(&office, &arguments));
        let hash = said["file"]["sha256"].as_str().unwrap();
        let data = &office.config().main.store.data_dir;
        let kept = data.join("evidence").join(&hash[..2]).join(format!("{hash}.png"));
        assert_eq!(std::fs::read(kept).unwrap(), b"picture");
        let list = evidence(&office, &["list", &account]);
        assert!(String::from_utf8_lossy(&list.stdout).contains(hash));
        assert!(!cases(&store, 0, "open").await.is_empty());
    }

    async fn what_cannot_be_is_refused_with_advice_and_changes_nothing(store: Store, base: &Base) {
        enrol(&store).await;
        let office = office(base.address());
        let post = ["--seen-post", "https://channels.example/p/1", "--published-at"];
        let soon = zh_minute(now() + Duration::days(2));
        let (gone, closed, first) = (key(3), key(2), key(0));
        let add = |account: &str, time: &str, more: &[&str]| {
            refused(&evidence(&office, &[&["add", account], &post[..], &[time], more].concat()))
        };
        assert!(add("无此账号", "昨天", &[]).contains("台账中没有"));
        assert!(add("澄湖同名", "昨天", &[]).contains(&key(4)));
        assert!(add(&gone, "昨天", &[]).contains("撤销"));
        assert!(add(&closed, "昨天", &[]).contains("已注销"));
        assert!(add(&first, &soon, &[]).contains("晚于核查时间"));
        assert!(add(&first, "不知道", &[]).contains("看不懂的时间"));
        assert!(add(&first, "昨天", &["--at", &soon]).contains("还没有到"));
        assert!(add(&first, "昨天", &["--file", "/nowhere/x.png"]).contains("无法读取"));
        assert_eq!(rows::looks(&store).await, 0);
    }

    async fn a_file_is_taken_in_as_a_whole_or_not_at_all(store: Store, base: &Base) {
        enrol(&store).await;
        let office = office(base.address());
        let file = office.file().with_file_name("核查.csv");
        let day = |days| in_shanghai(now() - Duration::days(days)).format("%Y-%m-%d %H:%M").to_string();
        let good = format!(
            "账号,内容链接,发布时间,此后无更新,核查人\n{},https://channels.example/p/1,{},,张三\n澄湖视频1,,,{},李四\n{},https://channels.example/p/2,{},,张三\n",
            key(0), day(3), day(1), key(0), day(2)
        );
        let bad = format!("{good}{},https://channels.example/p/1,{},,张三\n查无此号,,,{},\n", key(2), day(1), day(1));
        std::fs::write(&file, encoding_rs::GB18030.encode(&bad).0).unwrap();
        let file = file.to_str().unwrap();
        let told = refused(&evidence(&office, &["import", file]));
        assert!(told.contains("第5行") && told.contains("第6行") && told.contains("查无此号"), "{told}");
        assert_eq!(rows::looks(&store).await, 0);
        let rehearsed = said(&evidence(&office, &["import", file, "--dry-run", "--skip-bad"]));
        assert_eq!((&rehearsed["added"], rehearsed["looks"].as_array().unwrap().len()), (&0.into(), 3));
        assert_eq!(rows::looks(&store).await, 0);
        let taken = said(&evidence(&office, &["import", file, "--skip-bad"]));
        assert_eq!((&taken["added"], taken["bad"].as_array().unwrap().len()), (&3.into(), 2));
        assert_eq!(rows::looks(&store).await, 3);
        assert_eq!(said(&evidence(&office, &["import", file, "--skip-bad"]))["added"], 0);
        assert_eq!(rows::looks(&store).await, 3);
    }
}
