//! A secret: written in the configuration or, better, in a file of its own.
//!
//! In: inline text or a path. Out: a value that can be used but not shown. It has neither `Display` nor
//! `Serialize`, and its `Debug` prints `<secret>`, so that no log line, error or dump can carry it.

use serde::Deserialize;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A text that must never be shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The largest secret file that is read, in bytes; a larger one is surely the wrong file.
    const MAX_FILE: u64 = 64 * 1024;

    /// The secret itself, for the one call that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret of a setting with an inline form and a file form; `None` when neither was written.
    pub fn choose(inline: Option<&Self>, file: Option<&Path>) -> Result<Option<Self>, SecretError> {
        match (inline, file) {
            (Some(_), Some(_)) => Err(SecretError::Both),
            (Some(inline), None) if inline.is_empty() => Err(SecretError::EmptyInline),
            (Some(inline), None) => Ok(Some(inline.clone())),
            (None, Some(file)) => Self::read(file).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Reads a file that holds the secret and nothing else; line ends at its end do not belong to it.
    fn read(file: &Path) -> Result<Self, SecretError> {
        let unreadable = |source| SecretError::Unreadable { file: file.to_owned(), source };
        let mut text = String::new();
        let mut reader = std::fs::File::open(file).map_err(unreadable)?.take(Self::MAX_FILE + 1);
        reader.read_to_string(&mut text).map_err(unreadable)?;
        if text.len() as u64 > Self::MAX_FILE {
            return Err(SecretError::TooLarge { file: file.to_owned() });
        }
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
        if text.is_empty() {
            return Err(SecretError::EmptyFile { file: file.to_owned() });
        }
        Ok(Self(text))
    }
}

/// Whether others on this machine may read a file.
#[must_use]
pub fn is_exposed(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Why a secret could not be had, in the operator's words.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Both forms were written.
    #[error("密码与密码文件只能填写一项")]
    Both,
    /// The inline form is empty.
    #[error("密码为空")]
    EmptyInline,
    /// The file cannot be read or is not UTF-8.
    #[error("无法读取密码文件“{}”:{source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is far too large for a secret.
    #[error("密码文件“{}”过大,可能指错了文件", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
    },
    /// The file holds nothing.
    #[error("密码文件“{}”是空的", file.display())]
    EmptyFile {
        /// The file.
        file: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[test]
    fn a_secret_is_never_printed() {
        let secret = inline("hunter2");
        assert_eq!(format!("{secret:?}"), "<secret>");
        assert_eq!(format!("{:?}", Some(&secret)), "Some(<secret>)");
        assert_eq!(secret.reveal(), "hunter2");
    }

    #[test]
    fn a_secret_file_may_end_with_a_line_end_but_keeps_its_spaces() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, " 口令 x \r\n\n").unwrap();
        let secret = Secret::choose(None, Some(&file)).unwrap().unwrap();
        assert_eq!(secret.reveal(), " 口令 x ");
    }

    #[test]
    fn every_wrong_secret_has_its_own_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        let large = folder.path().join("large");
        std::fs::write(&large, "x".repeat(70_000)).unwrap();
        let missing = folder.path().join("missing");

        assert!(matches!(Secret::choose(None, None), Ok(None)));
        assert!(matches!(Secret::choose(Some(&inline("x")), Some(&empty)), Err(SecretError::Both)));
        assert!(matches!(Secret::choose(Some(&inline("")), None), Err(SecretError::EmptyInline)));
        assert!(matches!(Secret::choose(None, Some(&empty)), Err(SecretError::EmptyFile { .. })));
        assert!(matches!(Secret::choose(None, Some(&large)), Err(SecretError::TooLarge { .. })));
        assert!(matches!(Secret::choose(None, Some(&missing)), Err(SecretError::Unreadable { .. })));
        assert!(matches!(Secret::choose(None, Some(folder.path())), Err(SecretError::Unreadable { .. })));
    }
}
