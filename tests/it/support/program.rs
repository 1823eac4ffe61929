//! The real program as a process.
//!
//! In: an office. Out: a running `xunwang run` that can be killed or told to stop, and its log. It never
//! outlives the test.

use super::office::Office;
use super::patience::{check, now, until};
use chrono::Duration;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running program; it is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it. Its log is appended to the one of the programs before it.
    pub(crate) fn start(office: &Office) -> Self {
        let log = office.log_file();
        let out = File::options().create(true).append(true).open(&log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_xunwang"))
            .arg("--config")
            .arg(office.file())
            .arg("run")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out)
            .spawn()
            .unwrap();
        Self { child, log }
    }

    /// Everything that was logged so far in this office.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the program of a number, the first being 1, says that it listens.
    pub(crate) async fn listens(&self, number: usize) {
        until("listening", Duration::seconds(20), async || {
            check(self.log().matches("listening").count() >= number, || self.log())
        })
        .await;
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop and waits for its end. Returns how it ended and how long that took.
    pub(crate) async fn stop(mut self) -> (ExitStatus, Duration) {
        let told = now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.ends().await;
        (status, now() - told)
    }

    /// Waits for its end.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        until("the end of the program", Duration::seconds(30), async || {
            self.child.try_wait().unwrap().ok_or_else(|| "still running".to_owned())
        })
        .await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
