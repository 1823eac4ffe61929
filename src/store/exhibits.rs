//! Screenshots and other files that people hand in, kept in the data folder under their hash.
//!
//! In: a file. Out: what it is called and its hash. The bytes are written whole or not at all; the name somebody gave
//! never becomes a path.

use crate::model::hand::Exhibit;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The largest file taken.
pub const MAX_BYTES: u64 = 20 << 20;

/// Why a file cannot be kept, in the operator's words.
#[derive(Debug, thiserror::Error)]
pub enum ExhibitError {
    /// It cannot be read.
    #[error("无法读取“{}”:{source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is a folder or a device.
    #[error("“{}”不是文件", file.display())]
    NoFile {
        /// The file.
        file: PathBuf,
    },
    /// It is empty.
    #[error("“{}”是空的", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// It is too large.
    #[error("“{}”超过{}MB,请压缩截图后再登记", file.display(), MAX_BYTES >> 20)]
    TooLarge {
        /// The file.
        file: PathBuf,
    },
    /// The copy cannot be written.
    #[error("无法写入“{}”:{source}", file.display())]
    Unwritable {
        /// The copy.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A file that has been read and can be kept.
#[derive(Debug)]
pub struct Candidate {
    /// What it will be called.
    pub exhibit: Exhibit,
    bytes: Vec<u8>,
}

/// Reads a file; nothing is written yet.
pub fn read(file: &Path) -> Result<Candidate, ExhibitError> {
    let path = || file.to_owned();
    let unreadable = |source| ExhibitError::Unreadable { file: path(), source };
    let about = std::fs::metadata(file).map_err(unreadable)?;
    if !about.is_file() {
        return Err(ExhibitError::NoFile { file: path() });
    }
    let mut bytes = Vec::new();
    let mut reader = std::fs::File::open(file).map_err(unreadable)?.take(MAX_BYTES + 1);
    reader.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ExhibitError::TooLarge { file: path() });
    }
    if bytes.is_empty() {
        return Err(ExhibitError::Empty { file: path() });
    }
    let sha256 = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing into a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = name.chars().filter(|c| !c.is_control()).take(120).collect();
    Ok(Candidate { exhibit: Exhibit { name, sha256 }, bytes })
}

/// Where a file lies in the data folder: under its hash, with the ending it came with.
#[must_use]
pub fn place(data_dir: &Path, exhibit: &Exhibit) -> PathBuf {
    let ending = exhibit.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending
        .filter(|it| (1..=5).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric()))
        .map_or_else(String::new, |ending| format!(".{ending}"));
    let shelf = exhibit.sha256.get(..2).unwrap_or("xx");
    data_dir.join("evidence").join(shelf).join(format!("{}{ending}", exhibit.sha256))
}

/// Keeps a file. One that is there already is the same, by its name.
pub fn keep(data_dir: &Path, candidate: &Candidate) -> Result<(), ExhibitError> {
    let file = place(data_dir, &candidate.exhibit);
    if file.exists() {
        return Ok(());
    }
    let unwritable = |source| ExhibitError::Unwritable { file: file.clone(), source };
    let folder = file.parent().unwrap_or(data_dir);
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let unfinished = folder.join(format!(".{}.{}", candidate.exhibit.sha256, std::process::id()));
    let mut into = std::fs::File::create(&unfinished).map_err(unwritable)?;
    into.write_all(&candidate.bytes).and_then(|()| into.sync_all()).map_err(unwritable)?;
    std::fs::rename(&unfinished, &file).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_under_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("截图 1.PNG");
        std::fs::write(&file, b"abc").unwrap();
        let read = read(&file).unwrap();
        assert_eq!(read.exhibit.name, "截图 1.PNG");
        assert!(read.exhibit.sha256.starts_with("ba7816bf8f01cfea"), "{}", read.exhibit.sha256);
        let data = folder.path().join("data");
        for _ in 0..2 {
            keep(&data, &read).unwrap();
        }
        let kept = place(&data, &read.exhibit);
        assert_eq!(std::fs::read(&kept).unwrap(), b"abc");
        assert_eq!(kept.extension().unwrap(), "png");
        assert_eq!(std::fs::read_dir(kept.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_from_outside_never_becomes_a_path() {
        let exhibit = Exhibit { name: "x.../../etc".to_owned(), sha256: "ab12".to_owned() };
        assert_eq!(place(Path::new("d"), &exhibit), Path::new("d/evidence/ab/ab12"));
    }

    #[test]
    fn what_is_no_picture_to_keep_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, large) = (folder.path().join("empty"), folder.path().join("large"));
        std::fs::write(&empty, b"").unwrap();
        std::fs::File::create(&large).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(matches!(read(&empty), Err(ExhibitError::Empty { .. })));
        assert!(matches!(read(&large), Err(ExhibitError::TooLarge { .. })));
        assert!(matches!(read(folder.path()), Err(ExhibitError::NoFile { .. })));
        assert!(matches!(read(&folder.path().join("none")), Err(ExhibitError::Unreadable { .. })));
    }
}
