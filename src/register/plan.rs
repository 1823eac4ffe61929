//! What an import would change.
//!
//! In: the accounts of the store and the reading of a file. Out: added, changed, retired. Pure and in one pass;
//! planning what was just applied plans nothing. It never retires an account unless the file is said to be
//! the whole register.

use super::column::{self, Column};
use super::{Reading, Row};
use crate::model::account::{Platform, Registered};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// How much of the register a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Some accounts: those that are not in it stay as they are.
    Add,
    /// All accounts: those that are not in it are retired.
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
/// A key made by us never replaces one of the office, and a column the file does not have changes nothing.
/// A file with bad rows retires nobody: the account on a bad row is in the register all the same.
#[must_use]
pub fn plan(current: &[Registered], reading: &Reading, scope: Scope) -> Plan {
    let mut plan = Plan::default();
    let known = Known::new(current, &reading.accounts);
    let mut seen = vec![false; current.len()];
    for row in &reading.accounts {
        let Some(at) = known.find(&row.registered).filter(|at| !seen[*at]) else {
            plan.added.push(row.registered.clone());
            continue;
        };
        seen[at] = true;
        let old = &current[at];
        let registered = updated(old, row);
        if registered == *old {
            plan.unchanged += 1;
        } else {
            let fields = differences(old, &registered);
            plan.changed.push(Change { key: old.key.clone(), fields, registered });
        }
    }
    let absent: Vec<&Registered> =
        current.iter().zip(&seen).filter(|(_, seen)| !**seen).map(|(account, _)| account).collect();
    let wanted = reading.accounts.iter().map(|row| &row.registered);
    let all_read = reading.bad.is_empty() && reading.broken.is_empty();
    if scope == Scope::Whole && all_read {
        plan.warnings = clashes(wanted);
        plan.retired = absent.iter().map(|account| account.key.clone()).collect();
    } else {
        plan.warnings = clashes(wanted.chain(absent.iter().copied()));
        if scope == Scope::Whole && !absent.is_empty() {
            plan.warnings.push(format!(
                "文件有未读入的行,不能断定台账里少了哪些账号:{} 个不在文件中的账号未停用",
                absent.len()
            ));
        }
    }
    plan
}

/// What an account becomes when a row of a file is applied to it.
fn updated(old: &Registered, row: &Row) -> Registered {
    let mut registered = row.registered.clone();
    for column in row.absent.iter() {
        column::copy(*column, old, &mut registered);
    }
    let knows_uid = !row.absent.contains(&Column::PlatformUid);
    if is_made(&registered) && !(is_made(old) && knows_uid) {
        registered.key.clone_from(&old.key);
    }
    registered
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
    fn new(current: &'a [Registered], wanted: &'a [Row]) -> Self {
        let wanted_keys: HashSet<&str> = wanted.iter().map(|row| row.registered.key.as_str()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn reading(csv: &str) -> Reading {
        super::super::read(Path::new("台账.csv"), csv.as_bytes(), &|_| true)
    }

    /// The store after a file was imported into an empty one.
    fn store(csv: &str) -> Vec<Registered> {
        plan(&[], &reading(csv), Scope::Add).added
    }

    const CURRENT: &str = "编号,账号名称,平台,账号ID,主办单位,状态,邮箱\n\
        A1,云溪发布,微博,1,云溪县,关停公告中,a@example.com\n\
        ,云溪公安,微博,2,云溪县,,b@example.com\n\
        ,云溪文旅,抖音,,云溪县,,c@example.com\n";

    #[test]
    fn only_what_differs_is_shown_as_changed() {
        let file = CURRENT.replace("b@example.com", "new@example.com").replace(",2,", ",２,");
        let plan = plan(&store(CURRENT), &reading(&file), Scope::Add);
        assert_eq!((plan.added.len(), plan.unchanged, plan.changed.len()), (0, 2, 1));
        let change = &plan.changed[0];
        assert_eq!(change.key, "weibo:2");
        assert_eq!(change.fields, [("邮箱", "b@example.com".to_owned(), "new@example.com".to_owned())]);
    }

    #[test]
    fn an_id_filled_in_later_keeps_the_account() {
        let file = CURRENT.replace(",云溪公安", "A2,云溪公安").replace(",抖音,,", ",抖音,yx123,");
        let plan = plan(&store(CURRENT), &reading(&file), Scope::Whole);
        let keys: Vec<(&str, &str)> =
            plan.changed.iter().map(|change| (change.key.as_str(), change.registered.key.as_str())).collect();
        assert_eq!(keys, [("weibo:2", "A2"), ("douyin:云溪文旅", "douyin:yx123")]);
        assert_eq!((plan.added.len(), plan.retired.len()), (0, 0));
    }

    #[test]
    fn a_column_the_file_lacks_changes_nothing() {
        let file = "账号名称,平台,账号ID,主办单位\n云溪发布,微博,1,云溪县\n云溪文旅,抖音,,云溪县\n";
        let plan = plan(&store(CURRENT), &reading(file), Scope::Add);
        assert_eq!((plan.added.len(), plan.unchanged, plan.changed.len()), (0, 2, 0));
        let file = "账号名称,平台,主办单位\n云溪发布,微博,云溪县\n云溪公安,微博,云溪县\n";
        let plan = super::plan(&store(CURRENT), &reading(file), Scope::Add);
        assert_eq!((plan.added.len(), plan.unchanged, plan.changed.len()), (0, 2, 0));
    }

    #[test]
    fn an_account_that_is_not_in_the_file_is_retired_only_when_the_file_is_the_whole_register() {
        let file = CURRENT.lines().take(3).collect::<Vec<_>>().join("\n");
        assert_eq!(plan(&store(CURRENT), &reading(&file), Scope::Add).retired, [""; 0]);
        assert_eq!(plan(&store(CURRENT), &reading(&file), Scope::Whole).retired, ["douyin:云溪文旅"]);
    }

    #[test]
    fn a_bad_row_retires_nobody() {
        let file = CURRENT.replace("c@example.com", "没有邮箱");
        let plan = plan(&store(CURRENT), &reading(&file), Scope::Whole);
        assert_eq!(plan.retired, [""; 0]);
        assert!(plan.warnings[0].contains("1 个不在文件中的账号未停用"), "{:?}", plan.warnings);
    }

    #[test]
    fn two_keys_of_one_account_are_pointed_out() {
        let file =
            "编号,账号名称,平台,账号ID,主办单位\nB9,云溪公安,微博,9,云溪县\nA1,云溪发布,微博,2,云溪县\n";
        let plan = plan(&store(CURRENT), &reading(file), Scope::Add);
        assert_eq!(plan.warnings.len(), 2, "{:?}", plan.warnings);
        assert!(plan.warnings.iter().all(|warning| warning.contains("weibo:2")));
    }
}
