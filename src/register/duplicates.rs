//! The same account on two rows of a file.
//!
//! In: accounts in the order of the file. Out: pairs of their places; first the one that came first. One
//! pass, whatever the size.

use super::column::Column;
use crate::model::account::{Platform, Registered};
use std::collections::HashMap;

/// Pairs of accounts that are one.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Duplicates {
    /// The rows agree: once is enough.
    pub(super) repeated: Vec<(usize, usize)>,
    /// They do not, and nobody can say which one is right; with the column they share.
    pub(super) clashes: Vec<(usize, usize, Column)>,
}

/// Finds them by key, else by platform and `platform_uid` (of other platforms nobody knows which one it is).
pub(super) fn find<'a>(accounts: impl Iterator<Item = &'a Registered>) -> Duplicates {
    let mut duplicates = Duplicates::default();
    let mut keys: HashMap<&str, (usize, &Registered)> = HashMap::new();
    let mut uids: HashMap<(Platform, &str), (usize, &Registered)> = HashMap::new();
    for (at, account) in accounts.enumerate() {
        let by_key = *keys.entry(&account.key).or_insert((at, account));
        let has_uid = !account.platform_uid.is_empty() && account.platform != Platform::Other;
        let by_uid = if has_uid {
            *uids.entry((account.platform, &account.platform_uid)).or_insert((at, account))
        } else {
            (at, account)
        };
        let (first, other, column) = if by_key.0 == at {
            (by_uid.0, by_uid.1, Column::PlatformUid)
        } else {
            (by_key.0, by_key.1, Column::Key)
        };
        if first == at {
            continue;
        }
        if other == account {
            duplicates.repeated.push((first, at));
        } else {
            duplicates.clashes.push((first, at, column));
        }
    }
    duplicates
}
