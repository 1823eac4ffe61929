//! A person's word for a bridge that is suspected, on the command line.

use crate::support::database::both;
use crate::support::fixture::{case, open};
use crate::support::office::{Office, Plan};
use std::process::{Command, Output};
use xunwang::model::finding::Rule;
use xunwang::model::incident::State;

fn run(office: &Office, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunwang"));
    command.arg("--config").arg(office.file()).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

both! {
    async fn who_vouches_for_a_bridge_ends_its_case_and_is_remembered(store: Store, base: &Base) {
        let office = Office::open(&Plan::new(base.address(), 9));
        assert!(said(&run(&office, &["bridge", "list"])).contains("没有账号经采集桥查看"));
        let cases = ["rss.chenghu.example:1200 wechat", "rss.chenghu.example:1200 weibo", "b.example:80 weibo"];
        open(&store, &cases.map(|subject| case(None, Rule::BridgeStale, subject))).await;
        let listed = said(&run(&office, &["bridge", "list"]));
        assert!(listed.contains("rss.chenghu.example:1200（微信公众号）") && listed.contains("疑似停更"), "{listed}");

        // Of several shares of one bridge it must be said which.
        let unclear = run(&office, &["bridge", "vouch", "rss.chenghu.example:1200"]);
        assert_eq!(unclear.status.code(), Some(1));
        assert!(said(&unclear).contains("“rss.chenghu.example:1200 weibo”"), "{}", said(&unclear));
        let unknown = run(&office, &["bridge", "vouch", "c.example:80"]);
        assert!(unknown.status.code() == Some(1) && said(&unknown).contains("b.example:80 weibo"));

        let vouched = run(&office, &["--json", "bridge", "vouch", cases[0], "--by", "李工"]);
        assert!(vouched.status.success(), "{}", said(&vouched));
        let told: serde_json::Value = serde_json::from_slice(&vouched.stdout).unwrap();
        assert_eq!((&told["bridge"], &told["closed"], &told["by"]), (&cases[0].into(), &true.into(), &"李工".into()));
        let short = run(&office, &["bridge", "vouch", "b.example:80"]);
        assert!(short.status.success() && said(&short).contains("已办结"), "{}", said(&short));
        let again = run(&office, &["bridge", "vouch", cases[0]]);
        assert!(again.status.code() == Some(1) && said(&again).contains("无须确认"), "{}", said(&again));

        // The service takes the end of a closed case as the beginning of a new window.
        let known = store.list_bridge_cases(chrono::DateTime::UNIX_EPOCH).await.unwrap();
        let states: Vec<State> = known.iter().map(|case| case.state).collect();
        assert_eq!(states, [State::Closed, State::Open, State::Closed]);
        let data: serde_json::Value =
            serde_json::from_slice(&run(&office, &["--json", "bridge", "list"]).stdout).unwrap();
        let of = |subject: &str| data.as_array().unwrap().iter().find(|it| it["bridge"] == subject).unwrap();
        assert!(of(cases[0])["vouched_at"].is_string() && of(cases[0])["suspected_since"].is_null(), "{data}");
        assert!(of(cases[1])["vouched_at"].is_null() && of(cases[1])["suspected_since"].is_string(), "{data}");
    }
}
