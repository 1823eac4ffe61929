//! Rule packs: what a jurisdiction demands, as data.
//!
//! In: the packs built in from `config/rules/` and the files of a folder, which replace packs of the same
//! name or add to them. Out: [`Packs`], or every mistake at once. A window, a level or an article is never
//! written in code; the code only knows which rules exist.

mod read;
mod section;

use crate::config::mistake::Mistake;
use crate::model::account::{Kind, Platform, Status};
use crate::model::finding::{Level, Rule};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The packs that ship with the program, by file name.
const BUILT_IN: [(&str, &str); 4] = [
    ("national.toml", include_str!("../../../config/rules/national.toml")),
    ("ningxia.toml", include_str!("../../../config/rules/ningxia.toml")),
    ("nantong.toml", include_str!("../../../config/rules/nantong.toml")),
    ("hubei.toml", include_str!("../../../config/rules/hubei.toml")),
];

/// The rules every pack has, in the order in which a [`Pack`] keeps them.
pub(super) const RULES: [Rule; 6] =
    [Rule::Weekly, Rule::BiweeklyOriginal, Rule::NotUpdated, Rule::Dormant, Rule::Zombie, Rule::Hollow];

/// The rules about the words of posts, in the order in which a [`Pack`] keeps them.
const CONTENT: [Rule; 10] = [
    Rule::Defaced,
    Rule::Secrecy,
    Rule::Privacy,
    Rule::Advertising,
    Rule::Links,
    Rule::Wording,
    Rule::UnlistedSource,
    Rule::RepostMissed,
    Rule::TitleAltered,
    Rule::Contradiction,
];

/// What an account must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Once in any rolling span of this length, closed at both ends.
    Window(TimeDelta),
    /// So many updates in each natural month of Shanghai.
    Monthly(u8),
}

/// One rule of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRule {
    /// Which criterion.
    pub rule: Rule,
    /// The rolling span in which it must be kept.
    pub window: TimeDelta,
    /// What service accounts must keep instead.
    pub service: Option<Limit>,
    /// How much a breach weighs.
    pub level: Level,
    /// Document and article, in Chinese.
    pub basis: String,
    /// What the office should do, in Chinese.
    pub advice: String,
    /// How long before a deadline to remind; empty means not at all.
    pub remind_before: Vec<TimeDelta>,
    /// Whether it still binds while a closing notice runs.
    pub while_closing: bool,
    /// Only for these kinds of account; `None` for all.
    pub kinds: Option<Vec<Kind>>,
    /// Only on these platforms; `None` for all.
    pub platforms: Option<Vec<Platform>>,
    /// A case of the rule, for people, in Chinese.
    pub example: String,
}

impl PackRule {
    /// What an account of this kind must keep.
    #[must_use]
    pub fn limit(&self, kind: Kind) -> Limit {
        self.service.filter(|_| kind == Kind::Service).unwrap_or(Limit::Window(self.window))
    }

    /// Whether the rule binds an account like this at all.
    #[must_use]
    pub fn binds(&self, kind: Kind, platform: Platform, status: Status) -> bool {
        let by_status = match status {
            Status::Normal => true,
            Status::Closing => self.while_closing,
            Status::Planned | Status::Deregistered => false,
        };
        by_status
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
            && self.platforms.as_ref().is_none_or(|platforms| platforms.contains(&platform))
    }
}

/// A rule about the words of posts: it has no window, and what it weighs is told by what is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentRule {
    /// Which criterion.
    pub rule: Rule,
    /// Document and article, in Chinese.
    pub basis: String,
    /// What the office should do, in Chinese.
    pub advice: String,
}

/// The rules of one jurisdiction, those of the pack it extends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its name, as the register writes it.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The document.
    pub basis: String,
    /// From when it is in force.
    pub valid_from: DateTime<Utc>,
    /// The pack it builds on.
    pub extends: Option<String>,
    /// How old a good look may be to carry a claim; exactly this old is fresh.
    pub fresh: TimeDelta,
    /// Within how many working days a change must be filed (备案).
    pub filing_workdays: Option<u32>,
    /// For how many working days a closing must be announced (公告).
    pub notice_workdays: Option<u32>,
    /// The list of sources from which its accounts may repost, besides the national one; none when the place has
    /// named no list, so that nobody is held to any.
    pub sources: Option<String>,
    /// One for each of [`RULES`], in that order.
    rules: [PackRule; RULES.len()],
    /// One for each of [`CONTENT`], in that order.
    content: [ContentRule; CONTENT.len()],
}

impl Pack {
    /// Every rule, the lighter windows first.
    #[must_use]
    pub fn rules(&self) -> &[PackRule; 6] {
        &self.rules
    }

    /// What the pack says about a rule on the words of posts; none for other rules.
    #[must_use]
    pub fn content(&self, rule: Rule) -> Option<&ContentRule> {
        self.content.iter().find(|own| own.rule == rule)
    }

    /// The weekly rule, by which the state of an account is told when nobody could look.
    #[must_use]
    pub(super) fn weekly(&self) -> &PackRule {
        &self.rules[0]
    }
}

/// Every pack at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packs {
    by_name: BTreeMap<String, Pack>,
}

impl Packs {
    /// The built-in packs, replaced and extended by the `*.toml` files of a folder. A missing folder is a mistake.
    pub fn load(dir: Option<&Path>) -> Result<Self, Vec<Mistake>> {
        let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
        let dir_or_built_in = dir.unwrap_or(Path::new("config/rules"));
        for (name, text) in BUILT_IN {
            files.insert(dir_or_built_in.join(name), text.to_owned());
        }
        if let Some(dir) = dir {
            let mistakes = overlay(dir, &mut files);
            if !mistakes.is_empty() {
                return Err(mistakes);
            }
        }
        Self::parse(&files)
    }

    /// Packs from the text of their files.
    fn parse(files: &BTreeMap<PathBuf, String>) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let drafts: Vec<_> =
            files.iter().filter_map(|(path, text)| read::draft(path, text, &mut mistakes)).collect();
        // A pack whose file is wrong would only be missed by those that extend it: say the cause alone.
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let packs: Vec<_> =
            drafts.iter().filter_map(|own| read::settle(own, &drafts, &mut mistakes)).collect();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Self { by_name: packs.into_iter().map(|pack| (pack.name.clone(), pack)).collect() })
    }

    /// The pack of this name that is in force at an instant: the one it extends while it is not yet.
    /// `None` when no pack has the name.
    #[must_use]
    pub fn find(&self, name: &str, at: DateTime<Utc>) -> Option<&Pack> {
        let mut pack = self.by_name.get(name)?;
        // Ends: `read::settle` refuses circles.
        while pack.valid_from > at {
            match pack.extends.as_ref().and_then(|base| self.by_name.get(base)) {
                Some(base) => pack = base,
                None => break,
            }
        }
        Some(pack)
    }

    /// Every pack, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.by_name.values()
    }
}

/// Puts the files of a folder over those already there.
fn overlay(dir: &Path, files: &mut BTreeMap<PathBuf, String>) -> Vec<Mistake> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        Mistake::whole(path, format!("无法读取：{error}"), "请核对规则包目录和文件权限")
    };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return vec![unreadable(dir, &error)],
    };
    let mut mistakes = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) if entry.path().extension().is_some_and(|end| end == "toml") => {
                match std::fs::read_to_string(entry.path()) {
                    Ok(text) => drop(files.insert(entry.path(), text)),
                    Err(error) => mistakes.push(unreadable(&entry.path(), &error)),
                }
            }
            Ok(_) => {}
            Err(error) => mistakes.push(unreadable(dir, &error)),
        }
    }
    mistakes
}

#[cfg(test)]
mod tests;
