//! A headless browser of our own: started for one picture, with an empty profile, and killed after it.
//!
//! In: the program. Out: where it listens for commands, on the loopback. It must reach nobody else: it can resolve no
//! name, and every proxy it is told to use is closed.

use super::Error;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A closed door: the discard port of the loopback, on which nobody listens.
const CLOSED: &str = "--proxy-server=socks5://127.0.0.1:9";

/// Everything a browser does on its own is switched off, and so is every way past the closed proxy.
const ALONE: [&str; 20] = [
    "--headless=new",
    "--remote-debugging-port=0",
    CLOSED,
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-domain-reliability",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--no-pings",
    "--mute-audio",
    "--hide-scrollbars",
    "--password-store=basic",
];

/// A running browser. Dropped, it is killed and its profile removed.
#[derive(Debug)]
pub(super) struct Browser {
    /// The address of its web socket.
    pub(super) endpoint: String,
    _child: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts one.
    pub(super) async fn launch(program: &Path, sandbox: bool, width: u32) -> Result<Self, Error> {
        let profile = TempDir::with_prefix("xunwang-browser-").map_err(failed)?;
        let mut command = Command::new(program);
        command
            .args(ALONE)
            .arg(format!("--window-size={width},960"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            // What the service knows is none of the browser's business.
            .env_clear()
            .env("HOME", profile.path())
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if !sandbox {
            command.arg("--no-sandbox");
        }
        let mut child = command.spawn().map_err(failed)?;
        let said = child.stderr.take().ok_or_else(|| failed("没有输出"))?;
        let mut lines = BufReader::new(said).lines();
        let mut last = String::new();
        while let Some(line) = lines.next_line().await.map_err(failed)? {
            if let Some((_, endpoint)) = line.split_once("DevTools listening on ") {
                // It goes on talking; nobody listens, but the pipe must not fill up.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { endpoint: endpoint.trim().to_owned(), _child: child, _profile: profile });
            }
            last = line;
        }
        Err(Error::Launch(last))
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Launch(error.to_string())
}
