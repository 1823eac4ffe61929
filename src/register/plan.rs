//! What an import would change.
//!
//! In: the accounts as they are and as a file wants them. Out: added, changed, retired. Pure and in one pass;
//! planning what was just applied plans nothing. It never retires an account unless the file is said to be
//! the whole register.

use super::column::Column;
use crate::model::account::{Platform, Registered};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// How much of the register a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Some accounts: those that are not in it stay as they are.
    Add,
    /// All accounts: those that are not in it are retired. Not for a file with bad rows left out, whose
    /// accounts would be retired for a slip of the pen.
    Whole,
}

/// What an import would do.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// Accounts that are new, in the order of the file.
    pub added: Vec<Registered>,
    /// Accounts that are known and differ.
    pub changed: Vec<Change>,
    /// Keys of accounts that are no longer in the register.
    pub retired: Vec<String>,
    /// How many accounts stay as they are.
    pub unchanged: usize,
    /// What a person should look at, in Chinese.
    pub warnings: Vec<String>,
}

/// A change of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The key it has in the store; [`Change::registered`] may bring another one.
    pub key: String,
    /// Column in Chinese, old text, new text.
    pub fields: Vec<(&'static str, String, String)>,
    /// The account as it shall be.
    pub registered: Registered,
}

/// Compares. Accounts are the same by key, else by platform and `platform_uid`, else by platform, name and
/// owner when one side has no `platform_uid` yet: an account whose id is filled in later keeps its history.
/// A key made by us never replaces one of the office.
#[must_use]
pub fn plan(current: &[Registered], wanted: &[Registered], scope: Scope) -> Plan {
    let mut plan = Plan::default();
    let known = Known::new(current, wanted);
    let mut seen = vec![false; current.len()];
    for account in wanted {
        let Some(at) = known.find(account).filter(|at| !seen[*at]) else {
            plan.added.push(account.clone());
            continue;
        };
        seen[at] = true;
        let old = &current[at];
        let mut registered = account.clone();
        if is_made(account) && !is_made(old) {
            registered.key.clone_from(&old.key);
        }
        if registered == *old {
            plan.unchanged += 1;
        } else {
            plan.changed.push(Change {
                key: old.key.clone(),
                fields: differences(old, &registered),
                registered,
            });
        }
    }
    let absent = || current.iter().zip(&seen).filter(|(_, seen)| !**seen).map(|(account, _)| account);
    if scope == Scope::Whole {
        plan.retired = absent().map(|account| account.key.clone()).collect();
        plan.warnings = clashes(wanted.iter());
    } else {
        plan.warnings = clashes(wanted.iter().chain(absent()));
    }
    plan
}

/// Whether a key was made from platform and id or name because the office gave none.
fn is_made(account: &Registered) -> bool {
    account.key.strip_prefix(account.platform.as_str()).is_some_and(|rest| rest.starts_with(':'))
}

fn differences(old: &Registered, new: &Registered) -> Vec<(&'static str, String, String)> {
    let pairs = Column::ALL.iter().map(|column| (column.zh(), column.text(old), column.text(new)));
    pairs
        .filter(|(_, old, new)| old != new)
        .map(|(c, old, new)| (c, old.into_owned(), new.into_owned()))
        .collect()
}

/// The accounts of the store by everything that can identify them.
struct Known<'a> {
    keys: HashMap<&'a str, usize>,
    /// Without accounts whose key stands in the file: those are matched by it.
    uids: HashMap<(Platform, &'a str), usize>,
    /// By platform, name and owner; `None` where two accounts share them.
    names: HashMap<(Platform, &'a str, &'a str), Option<usize>>,
    current: &'a [Registered],
}

impl<'a> Known<'a> {
    fn new(current: &'a [Registered], wanted: &'a [Registered]) -> Self {
        let wanted_keys: HashSet<&str> = wanted.iter().map(|account| account.key.as_str()).collect();
        let mut known = Self {
            keys: HashMap::with_capacity(current.len()),
            uids: HashMap::new(),
            names: HashMap::new(),
            current,
        };
        for (at, account) in current.iter().enumerate() {
            known.keys.insert(&account.key, at);
            if wanted_keys.contains(account.key.as_str()) {
                continue;
            }
            if !account.platform_uid.is_empty() {
                known.uids.insert((account.platform, &account.platform_uid), at);
            }
            let name = (account.platform, account.name.as_str(), account.owner.as_str());
            known.names.entry(name).and_modify(|at| *at = None).or_insert(Some(at));
        }
        known
    }

    fn find(&self, account: &Registered) -> Option<usize> {
        let by_uid = || {
            let uid = (account.platform, account.platform_uid.as_str());
            if account.platform_uid.is_empty() { None } else { self.uids.get(&uid).copied() }
        };
        let by_name = || {
            let name = (account.platform, account.name.as_str(), account.owner.as_str());
            let at = self.names.get(&name).copied().flatten()?;
            let lacks_uid = account.platform_uid.is_empty() || self.current[at].platform_uid.is_empty();
            lacks_uid.then_some(at)
        };
        self.keys.get(account.key.as_str()).copied().or_else(by_uid).or_else(by_name)
    }
}

/// Accounts that share an id or a name on one platform though their keys differ.
fn clashes<'a>(accounts: impl Iterator<Item = &'a Registered>) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut uids: HashMap<(Platform, &str), &str> = HashMap::new();
    let mut names: HashMap<(Platform, &str), &str> = HashMap::new();
    for account in accounts {
        let mut clash = |seen: Entry<'_, (Platform, &'a str), &'a str>, column: Column| match seen {
            Entry::Occupied(first) => warnings.push(format!(
                "账号“{}”与“{}”的平台({})和{}(“{}”)相同,请核对是否重复登记",
                account.key,
                first.get(),
                account.platform.zh(),
                column.zh(),
                column.text(account),
            )),
            Entry::Vacant(entry) => {
                entry.insert(&account.key);
            }
        };
        // Of other platforms the register does not say which one it is.
        if account.platform == Platform::Other {
            continue;
        }
        if !account.platform_uid.is_empty() {
            clash(uids.entry((account.platform, &account.platform_uid)), Column::PlatformUid);
        }
        clash(names.entry((account.platform, &account.name)), Column::Name);
    }
    warnings
}
