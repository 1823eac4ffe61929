//! A mail server that is not ours: aiosmtpd, which delivers into a Maildir.
//!
//! In: Python with the package aiosmtpd. Out: a server on a free port of the loopback, and the mails it took
//! as an independent parser reads them. It never outlives the test.

use super::cluster::is_ci;
use super::patience::until;
use chrono::{DateTime, Duration, Utc};
use mail_parser::MessageParser;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// A running server.
#[derive(Debug)]
pub(crate) struct RealSmtp {
    child: Child,
    port: u16,
    folder: TempDir,
}

/// A mail as somebody who knows nothing of this program reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    /// Without angle brackets.
    pub(crate) message_id: String,
    /// Without angle brackets, the oldest first.
    pub(crate) references: Vec<String>,
    /// When it was written, by its own word.
    pub(crate) date: DateTime<Utc>,
    pub(crate) from: String,
    /// The recipient of the envelope.
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Interpreters that may have the package: the one in the path, and Debian's own.
const INTERPRETERS: [&str; 2] = ["python3", "/usr/bin/python3"];

impl RealSmtp {
    /// Starts a server. `None`: there is none on this machine, and that may be.
    pub(crate) async fn start() -> Option<Self> {
        let Some(python) = INTERPRETERS.into_iter().find(|python| has_aiosmtpd(python)) else {
            assert!(!is_ci(), "the tests with a real mail server cannot run: aiosmtpd is not installed");
            // Not captured, for whoever reads "ok" should know.
            let _ = writeln!(std::io::stderr(), "skipped with a real mail server: aiosmtpd is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // It cannot be told to choose a port by itself; nobody else takes one that was free a moment ago.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let child = Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(folder.path().join("mail"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port, folder };
        until("the mail server", Duration::seconds(20), async || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| error.to_string())
        })
        .await;
        Some(server)
    }

    /// Its port on 127.0.0.1; it speaks without encryption.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The mails in its Maildir, in the order of arrival.
    pub(crate) fn received(&self) -> Vec<Received> {
        let Ok(files) = std::fs::read_dir(self.folder.path().join("mail/new")) else { return Vec::new() };
        let mut files: Vec<_> = files.map(|file| file.unwrap()).collect();
        files.sort_by_key(|file| file.metadata().unwrap().modified().unwrap());
        files.iter().map(|file| Received::read(&std::fs::read(file.path()).unwrap())).collect()
    }
}

impl Drop for RealSmtp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Received {
    /// Reads a mail.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mail = MessageParser::default().parse(bytes).unwrap();
        let address = |address: Option<&mail_parser::Address<'_>>| {
            address.and_then(|list| list.first()?.address()).unwrap_or_default().to_owned()
        };
        Self {
            message_id: mail.message_id().unwrap_or_default().to_owned(),
            references: mail
                .references()
                .as_text_list()
                .unwrap_or_default()
                .iter()
                .map(ToString::to_string)
                .collect(),
            date: DateTime::from_timestamp(mail.date().unwrap().to_timestamp(), 0).unwrap(),
            from: address(mail.from()),
            to: address(mail.to()),
            subject: mail.subject().unwrap_or_default().to_owned(),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
        }
    }
}

fn has_aiosmtpd(python: &str) -> bool {
    let version = Command::new(python)
        .args(["-m", "aiosmtpd", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}
