//! The files of an operator's folder that stand over those shipped with the program.
//!
//! In: a folder, which need not exist, and the ending of the files that matter. Out: their names, paths and bytes, and
//! a mistake for every one that cannot be read.

use super::mistake::Mistake;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files by name, each with its path and its bytes.
pub type Files = BTreeMap<String, (PathBuf, Vec<u8>)>;

/// The shipped files, replaced by and added to from a folder. Shipped ones are named as if they lay there.
pub fn read(dir: &Path, ending: &str, shipped: &[(&str, &str)], mistakes: &mut Vec<Mistake>) -> Files {
    let mut files: Files = shipped
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (dir.join(name), text.as_bytes().to_vec())))
        .collect();
    // A folder that is not there adds nothing.
    let Ok(entries) = std::fs::read_dir(dir) else { return files };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    for path in paths.filter(|path| path.extension().is_some_and(|its| its == ending)) {
        match std::fs::read(&path) {
            Ok(bytes) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.insert(name, (path, bytes));
            }
            Err(error) => {
                let reason = format!("读不了：{error}");
                mistakes.push(Mistake::whole(&path, reason, "请检查文件权限"));
            }
        }
    }
    files
}
