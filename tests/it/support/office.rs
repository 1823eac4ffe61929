//! The configuration of an office in a hurry, as files: every span is as short as the checks allow.

use super::fixture;
use super::origin::Origin;
use super::patience::now;
use chrono::Duration;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xunwang::config::Config;
use xunwang::model::account::{Kind, Registered, Source};
use xunwang::store::Store;

/// What differs between the tests' offices.
#[derive(Debug, Clone)]
pub(crate) struct Plan<'a> {
    /// The address of the store.
    pub(crate) store: &'a str,
    /// Where mails go: a port of this machine.
    pub(crate) smtp: u16,
    /// How often accounts are looked at.
    pub(crate) interval: &'a str,
    /// The longest a look may take.
    pub(crate) fetch: &'a str,
    /// How long a worker may keep an account.
    pub(crate) lease: &'a str,
    /// Who asks, as sites see it.
    pub(crate) contact: &'a str,
}

impl<'a> Plan<'a> {
    /// Looks every second or so.
    pub(crate) fn new(store: &'a str, smtp: u16) -> Self {
        Self { store, smtp, interval: "1s", fetch: "1s", lease: "3s", contact: "" }
    }
}

/// A folder with the configuration.
#[derive(Debug)]
pub(crate) struct Office {
    folder: TempDir,
}

impl Office {
    /// Writes the files.
    pub(crate) fn open(plan: &Plan<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let Plan { store, smtp, interval, fetch, lease, contact } = plan;
        let mut main = String::from("[store]\n");
        if store.starts_with("postgres") {
            writeln!(main, "data_dir = '{}'\nurl = '{store}'", folder.path().display()).unwrap();
        } else {
            let folder = Path::new(store).parent().unwrap();
            writeln!(main, "data_dir = '{}'", folder.display()).unwrap();
        }
        write!(
            main,
            r#"[schedule]
concurrency = 16
lease = "{lease}"
gather = "30ms"
poll = "100ms"
# Being killed again and again is no fault of the accounts here.
quarantine = 1000
[schedule.cadence]
min_interval = "{interval}"
max_interval = "{interval}"
before_deadline = "1s"
[fetch]
contact = "{contact}"
timeout = "{fetch}"
robots = false
allow_private = ["127.0.0.0/8"]
[web]
listen = "127.0.0.1:0"
"#
        )
        .unwrap();
        let notify = notify(*smtp);
        let recipe = "name = \"swift\"\ntitle = \"订阅源\"\nreader = \"feed\"\nurl = \"{target}\"\n[pace]\ngap = \"0s\"\njitter = 0.0\n";
        std::fs::create_dir(folder.path().join("platforms")).unwrap();
        for (name, text) in
            [("xunwang.toml", main.as_str()), ("notify.toml", &notify), ("platforms/swift.toml", recipe)]
        {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    /// The main file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("xunwang.toml")
    }

    /// What the programs of this office have logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Where they log.
    pub(crate) fn log_file(&self) -> PathBuf {
        self.folder.path().join("xunwang.log")
    }

    /// The configuration, read by the program's own code.
    pub(crate) fn config(&self) -> Config {
        let text = std::fs::read_to_string(self.file()).unwrap();
        let read = Config::read(&self.file(), &text, Some(self.folder.path()), &[]);
        read.unwrap_or_else(|mistakes| {
            panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })
    }

    /// Registers accounts of a site, all due at once.
    pub(crate) async fn enrol(&self, store: &Store, origin: &Origin, count: usize) {
        let config = self.config();
        let accounts: Vec<Registered> = (0..count).map(|number| account(origin, number)).collect();
        fixture::write(store, async |tx| {
            tx.add_accounts(&accounts, &|account| config.site_of(account), now()).await
        })
        .await;
    }
}

/// The notify file: an office, the owners and the operator, told at once.
pub(crate) fn notify(smtp: u16) -> String {
    format!(
        r#"[mail]
transport = "smtp"
from = {{ name = "澄湖市巡网", address = "xunwang@chenghu.example" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, tls = "none", timeout = "1s", hello_name = "xunwang.example" }}
[timing]
group_wait = "200ms"
group_interval = "500ms"
repeat_interval = "0s"
resolve_delay = "200ms"
[[office]]
name = "澄湖市政务公开办"
email = ["gongkai@chenghu.example", "zhiban@chenghu.example"]
levels = ["fail", "deduction"]
[owner]
enabled = true
[operator]
email = ["yunwei@chenghu.example"]
"#
    )
}

/// The key of the account with a number, as the register has it.
pub(crate) fn key(number: usize) -> String {
    fixture::registered(number).key
}

fn account(origin: &Origin, number: usize) -> Registered {
    Registered {
        kind: Kind::Subscription,
        sources: vec![Source { recipe: "swift".to_owned(), target: origin.feed(number) }],
        opened_on: Some(now() - Duration::days(900)),
        filed_on: Some(now() - Duration::days(800)),
        status_since: Some(now() - Duration::days(400)),
        announced_on: None,
        owner: format!("云溪县第{number}局"),
        email: vec![format!("ju{number}@yunxi.example")],
        pack: String::new(),
        ..fixture::registered(number)
    }
}
