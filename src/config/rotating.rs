//! A secret in a file that may be replaced while the program runs: cookies of platforms live for days.
//!
//! In: a file and the header its content is sent in. Out: the header as the file says now. It looks at time and
//! length of the file at each use, so that nothing has to watch it. A file that is gone, half written or no header
//! value leaves the last good one in force. No value is ever shown, neither the present nor the last one.

use super::secret::Secret;
use crate::model::page::SecretHeader;
use chrono::{DateTime, Utc};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Says in Chinese why a header cannot be sent, without its value.
pub type Check = fn(&SecretHeader) -> Result<(), String>;

/// A secret that is read again when its file has changed.
pub struct SecretFile {
    file: PathBuf,
    header: String,
    check: Check,
    held: Mutex<Held>,
}

/// When a file was written and how long it is.
type Stamp = (SystemTime, u64);

struct Held {
    /// Of the file as it was read last, good or not.
    stamp: Option<Stamp>,
    value: Secret,
    /// The one before: answers to questions asked with it may still be on their way.
    before: Option<Secret>,
    generation: u64,
}

impl SecretFile {
    /// Reads the file for the first time; the error says in Chinese what is wrong with it.
    pub fn open(file: &Path, header: &str, check: Check) -> Result<Self, String> {
        let stamp = stamp(file);
        let value = read(file, header, check)?;
        let held = Mutex::new(Held { stamp, value, before: None, generation: 1 });
        Ok(Self { file: file.to_owned(), header: header.to_owned(), check, held })
    }

    /// The header as the file says now.
    #[must_use]
    pub fn current(&self) -> SecretHeader {
        let held = self.refreshed();
        SecretHeader { name: self.header.clone(), value: held.value.clone() }
    }

    /// Counts the values: a higher number is a newer value.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.refreshed().generation
    }

    /// The values that a page may repeat: the present one and the one before.
    #[must_use]
    pub fn recent(&self) -> Vec<Secret> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(held.value.clone()).chain(held.before.clone()).collect()
    }

    /// When the file was written, if its system tells.
    #[must_use]
    pub fn written_at(&self) -> Option<DateTime<Utc>> {
        stamp(&self.file).map(|(written, _)| DateTime::from(written))
    }

    fn refreshed(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.file);
        if now.is_none() || now == held.stamp {
            return held;
        }
        held.stamp = now;
        let file = self.file.display();
        match read(&self.file, &self.header, self.check) {
            Ok(value) if value == held.value => {}
            Ok(value) => {
                held.before = Some(std::mem::replace(&mut held.value, value));
                held.generation += 1;
                tracing::info!(%file, "a secret file was replaced; its new content is used from now on");
            }
            Err(reason) => {
                tracing::warn!(%file, reason, "a secret file was replaced by one that cannot be used; the last good one stays in force");
            }
        }
        held
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn read(file: &Path, header: &str, check: Check) -> Result<Secret, String> {
    let value = Secret::choose(None, Some(file)).map_err(|error| error.to_string())?;
    let value = value.ok_or_else(String::new)?;
    let sent = SecretHeader { name: header.to_owned(), value };
    check(&sent)?;
    Ok(sent.value)
}

impl fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretFile").field("header", &self.header).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &SecretHeader) -> Result<(), String> {
        if header.value.reveal().contains('\n') { Err("不是一行".to_owned()) } else { Ok(()) }
    }

    #[test]
    fn what_the_file_says_now_is_used_and_what_cannot_be_used_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cookie");
        std::fs::write(&file, "one\n").unwrap();
        let secret = SecretFile::open(&file, "Cookie", check).unwrap();
        let now = || (secret.current().value.reveal().to_owned(), secret.generation());
        assert_eq!(now(), ("one".to_owned(), 1));
        for (content, value, generation) in [
            ("two-2", "two-2", 2),
            // A file that is being written, or holds something else, is not taken.
            ("", "two-2", 2),
            ("a\nb", "two-2", 2),
            // Written again with the same content it is the same secret.
            ("two-2\n", "two-2", 2),
            ("three three", "three three", 3),
        ] {
            std::fs::write(&file, content).unwrap();
            assert_eq!(now(), (value.to_owned(), generation), "{content:?}");
        }
        std::fs::remove_file(&file).unwrap();
        assert_eq!(now(), ("three three".to_owned(), 3));
        let recent: Vec<String> = secret.recent().iter().map(|it| it.reveal().to_owned()).collect();
        assert_eq!(recent, ["three three", "two-2"]);
        assert!(!format!("{secret:?}").contains("three"));
    }

    #[test]
    fn a_file_that_cannot_be_used_at_the_start_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cookie");
        assert!(SecretFile::open(&file, "Cookie", check).unwrap_err().contains("无法读取"));
        std::fs::write(&file, "a\nb").unwrap();
        assert_eq!(SecretFile::open(&file, "Cookie", check).unwrap_err(), "不是一行");
    }
}
