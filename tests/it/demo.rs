//! The demo as a newcomer runs it: the real program, its own city, its fast clock.

use serde_json::Value;
use std::process::{Command, Stdio};

#[test]
fn the_demo_finds_what_is_wrong_in_its_city_and_writes_the_mails() {
    let folder = tempfile::tempdir().unwrap();
    let answer = Command::new(env!("CARGO_BIN_EXE_xunwang"))
        .args(["demo", "--json", "--days", "0.5", "--seconds", "24", "--dir"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let found: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let number = |key: &str| found[key].as_u64().unwrap();
    assert!(number("cases_open") >= 20, "{found}");
    assert!(number("mails") > 0, "{found}");
    let mails = std::fs::read_dir(found["mail_dir"].as_str().unwrap()).unwrap().count();
    assert!(u64::try_from(mails).unwrap() >= number("mails"), "{found}");
    assert!(found["states"]["active"].as_u64().unwrap() > 60, "{found}");
}
