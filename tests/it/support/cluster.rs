//! A PostgreSQL server for the tests.
//!
//! In: `XUNWANG_TEST_POSTGRES`, the address of a server where databases may be created; without it the
//! server programs found on this machine. Out: the address of a server, or why there is none. A server
//! started here lives in a folder of its own, is reached by a socket in it, and never outlives this process.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use url::Url;

/// Starts a server, tells where, and ends it when its standard input closes: that happens however this
/// process ends. `$1` is the folder of the server's programs.
const GUARD: &str = r#"
set -eu
folder=$(mktemp -d "${TMPDIR:-/tmp}/xunwang-postgres.XXXXXX")
end() { "$1/pg_ctl" -D "$folder/data" -m immediate stop || true; rm -rf "$folder"; }
trap 'end "$1" >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM
"$1/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C --no-sync >/dev/null
"$1/pg_ctl" -D "$folder/data" -l "$folder/log" -w start </dev/null >/dev/null 2>&1 -o \
    "-k $folder -c listen_addresses= -c max_connections=400 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
echo "$folder"
cat >/dev/null
"#;

/// A server, reached as a user who may create databases.
#[derive(Debug)]
pub(crate) struct Cluster {
    address: Url,
    /// Its standard input is the life line of a server started here.
    _guard: Option<Child>,
}

impl Cluster {
    /// The one server of this process. `Err`: why there is none, in one line.
    pub(crate) fn shared() -> Result<&'static Self, &'static str> {
        static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
        SHARED.get_or_init(Self::find).as_ref().map_err(String::as_str)
    }

    /// The address of one of its databases.
    pub(crate) fn address(&self, database: &str) -> String {
        let mut address = self.address.clone();
        address.set_path(database);
        address.into()
    }

    /// The address given by hand, which leads to a database that is there.
    pub(crate) fn entry(&self) -> &str {
        self.address.as_str()
    }

    fn find() -> Result<Self, String> {
        if let Some(given) = variable("XUNWANG_TEST_POSTGRES") {
            let address = given.parse().map_err(|error| format!("XUNWANG_TEST_POSTGRES: {error}"))?;
            return Ok(Self { address, _guard: None });
        }
        if is_ci() {
            return Err("XUNWANG_TEST_POSTGRES is not set".to_owned());
        }
        let programs = programs().ok_or("XUNWANG_TEST_POSTGRES is not set and initdb is not installed")?;
        Self::start(&programs).map_err(|error| format!("no server could be started: {error}"))
    }

    fn start(programs: &Path) -> std::io::Result<Self> {
        // The server refuses to run as root.
        let root =
            std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let mut command = if root { Command::new("runuser") } else { Command::new("sh") };
        if root {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        command.args(["-c", GUARD, "guard"]).arg(programs).current_dir("/");
        // In a process group of its own, lest a Ctrl-C end the guard before it has cleaned up.
        let mut guard = command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).spawn()?;
        let mut folder = String::new();
        if let Some(told) = guard.stdout.take() {
            BufReader::new(told).read_line(&mut folder)?;
        }
        let folder = folder.trim();
        if folder.is_empty() {
            return Err(std::io::Error::other("initdb or pg_ctl failed, see above"));
        }
        let address = Url::parse_with_params("postgres://postgres@localhost/postgres", [("host", folder)])
            .map_err(std::io::Error::other)?;
        Ok(Self { address, _guard: Some(guard) })
    }
}

/// Whether a missing server is a failure and not a reason to skip.
pub(crate) fn is_ci() -> bool {
    variable("CI").is_some()
}

/// The folder of the server's programs, the newest version first.
fn programs() -> Option<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    packaged.sort();
    std::env::split_paths(&path)
        .chain(packaged.into_iter().rev())
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|program| folder.join(program).is_file()))
}

/// A variable of the environment that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "a test has no configuration but its environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
