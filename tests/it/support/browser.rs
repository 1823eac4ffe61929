//! A real browser for the tests that want one.
//!
//! In: `XUNWANG_TEST_CHROMIUM`, its path, or a Chromium in its usual place. Out: the path; without one the test says that
//! it is skipped, and in CI it fails.

use super::cluster::is_ci;
use std::io::Write;
use std::path::PathBuf;

/// Where Debian and others put it.
const USUAL: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// A browser. `None`: there is none on this machine, and that may be.
pub(crate) fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("XUNWANG_TEST_CHROMIUM").map(PathBuf::from);
    let found = named.or_else(|| USUAL.iter().map(PathBuf::from).find(|path| path.is_file()));
    if found.is_none() {
        assert!(!is_ci(), "the tests with a real browser cannot run: Chromium is not installed");
        // Not captured, for whoever reads "ok" should know.
        let _ = writeln!(std::io::stderr(), "skipped with a real browser: Chromium is not installed");
    }
    found
}
