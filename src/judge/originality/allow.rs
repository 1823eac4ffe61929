//! Which sources a unit may reprint from: lists of bodies with the other names they go by.
//!
//! In: the lists shipped with the program and those of the operator's folder, which replace lists of the same file
//! name or add to them. Out: whether a name is on the national list or on that of a place on a given day, or every
//! mistake in the files at once. It says nothing about who wrote what.

use super::{fold, name};
use crate::config::document::{Document, Step};
use crate::config::mistake::Mistake;
use crate::config::overlay;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// What is shipped; a file of the same name in the operator's folder replaces it.
const SHIPPED: [(&str, &str); 3] = [
    ("national.toml", include_str!("../../../config/sources/national.toml")),
    ("ningxia.toml", include_str!("../../../config/sources/ningxia.toml")),
    ("nantong.toml", include_str!("../../../config/sources/nantong.toml")),
];
/// The list that holds everywhere.
const NATIONAL: &str = "national";

/// A file of sources.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    basis: String,
    #[serde(default)]
    source: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
}

/// When a name is allowed; both days belong to the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Span {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl Span {
    fn holds(self, day: Option<NaiveDate>) -> bool {
        let Some(day) = day else { return self.until.is_none() };
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// One list.
#[derive(Debug, Clone)]
struct List {
    title: String,
    basis: String,
    names: HashMap<String, Vec<Span>>,
}

/// The lists of sources by name.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    lists: BTreeMap<String, List>,
}

impl Sources {
    /// The lists shipped with the program.
    #[must_use]
    pub fn shipped() -> Self {
        // A test reads every shipped list, so that none can hold a mistake.
        Self::load(Path::new("")).unwrap_or_default()
    }

    /// The shipped lists and those of a folder over them; the folder need not exist.
    pub fn load(dir: &Path) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let files = overlay::read(dir, "toml", &SHIPPED, &mut mistakes);
        let mut sources = Self::default();
        for (path, bytes) in files.values() {
            let Ok(text) = str::from_utf8(bytes) else {
                mistakes.push(Mistake::whole(path, "不是UTF-8编码的文字", "请另存为UTF-8编码"));
                continue;
            };
            match list(path, text) {
                Ok((name, list)) => {
                    if sources.lists.insert(name.clone(), list).is_some() {
                        let reason = format!("已有另一个文件使用名称“{name}”");
                        mistakes.push(Mistake::whole(path, reason, "请换一个 name，或删去其中一个文件"));
                    }
                }
                Err(found) => mistakes.extend(found),
            }
        }
        if mistakes.is_empty() { Ok(sources) } else { Err(mistakes) }
    }

    /// The sources allowed under a local list besides the national ones; a list that does not exist adds nothing.
    /// Without a day only entries without an end count.
    #[must_use]
    pub fn allowed<'a>(&'a self, local: Option<&str>, day: Option<NaiveDate>) -> Allowed<'a> {
        let lists = [Some(NATIONAL), local].into_iter().flatten().filter_map(|name| self.lists.get(name));
        Allowed { lists: lists.collect(), day, more: HashSet::new() }
    }

    /// Names, titles and legal bases of the lists, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.lists.iter().map(|(name, list)| (name.as_str(), list.title.as_str(), list.basis.as_str()))
    }
}

/// The sources allowed to one unit on one day.
#[derive(Debug, Clone)]
pub struct Allowed<'a> {
    lists: Vec<&'a List>,
    day: Option<NaiveDate>,
    more: HashSet<String>,
}

impl Allowed<'_> {
    /// Adds names that a place allows besides the lists.
    #[must_use]
    pub fn and<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.more.extend(names.into_iter().map(key).filter(|key| !key.is_empty()));
        self
    }

    /// Whether a source is allowed. A column or client joined by “·” counts as the part before it; sister products
    /// and namesakes are others.
    #[must_use]
    pub fn holds(&self, source: &str) -> bool {
        let whole = fold::fold(source);
        let first = whole.split('·').next().unwrap_or(&whole);
        [whole.as_str(), first].into_iter().any(|source| {
            let spaceless: String = source.chars().filter(|c| !c.is_whitespace()).collect();
            let exact = trimmed(&spaceless);
            self.has(&key(exact)) || self.has(&key(name::bare(exact)))
        })
    }

    fn has(&self, key: &str) -> bool {
        let listed = |list: &&List| {
            list.names.get(key).is_some_and(|spans| spans.iter().any(|span| span.holds(self.day)))
        };
        self.more.contains(key) || self.lists.iter().any(listed)
    }
}

/// A name without what only surrounds it.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|c: char| "“”\"'‘’「」『』《》〈〉@".contains(c))
}

/// The one form under which a name is kept: the site of a government has many.
fn key(name: &str) -> String {
    let name: String = fold::fold(name).chars().filter(|c| !"《》“”\"@ ".contains(*c)).collect();
    let name = name.replace("人民政府", "政府");
    for site in ["政府门户网站", "政府官方网站", "政府网站", "政府官网"] {
        if let Some(body) = name.strip_suffix(site) {
            return format!("{body}政府网");
        }
    }
    name
}

/// Reads one file.
fn list(path: &Path, text: &str) -> Result<(String, List), Vec<Mistake>> {
    let document = Document::parse(path, text)?;
    let file: File = document.value()?;
    let mut mistakes = Vec::new();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if file.name != stem {
        let reason = format!("name为“{}”，应与文件名“{stem}”相同", file.name);
        mistakes.push(document.mistake(&[Step::Name("name")], reason, "请改名"));
    }
    for (key, value) in [("title", &file.title), ("basis", &file.basis)] {
        if value.trim().is_empty() {
            mistakes.push(document.mistake(&[Step::Name(key)], format!("{key}为空"), "请填写"));
        }
    }
    let mut names: HashMap<String, Vec<Span>> = HashMap::new();
    for (at, entry) in file.source.iter().enumerate() {
        let path = [Step::Name("source"), Step::Index(at)];
        let span = span(&document, entry, path, &mut mistakes);
        if entry.name.trim().is_empty() {
            let place = [path[0], path[1], Step::Name("name")];
            mistakes.push(document.mistake(
                &place,
                format!("第{}个稿源的name为空", at + 1),
                "请填写稿源单位的名称",
            ));
        }
        for (alias, text) in entry.aliases.iter().enumerate() {
            if text.trim().is_empty() {
                let place = [path[0], path[1], Step::Name("aliases"), Step::Index(alias)];
                let reason = format!("稿源“{}”的aliases第{}项为空", entry.name, alias + 1);
                mistakes.push(document.mistake(&place, reason, "请删去空项"));
            }
        }
        for name in std::iter::once(&entry.name).chain(&entry.aliases) {
            names.entry(key(name)).or_default().push(span);
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    Ok((file.name, List { title: file.title, basis: file.basis, names }))
}

/// The days on which an entry holds.
fn span(document: &Document<'_>, entry: &Entry, path: [Step<'_>; 2], mistakes: &mut Vec<Mistake>) -> Span {
    let mut day = |field: &'static str, text: Option<&String>| {
        let text = text?;
        let day = text.parse().ok();
        if day.is_none() {
            let place = [path[0], path[1], Step::Name(field)];
            let reason = format!("稿源“{}”的{field}“{text}”不是日期", entry.name);
            mistakes.push(document.mistake(&place, reason, "请写成“2025-06-01”"));
        }
        day
    };
    let from: Option<NaiveDate> = day("valid_from", entry.valid_from.as_ref());
    let until: Option<NaiveDate> = day("valid_until", entry.valid_until.as_ref());
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let place = [path[0], path[1], Step::Name("valid_until")];
        let reason = format!("稿源“{}”的valid_until早于valid_from", entry.name);
        mistakes.push(document.mistake(&place, reason, "请核对两个日期"));
    }
    Span { from, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn every_shipped_list_is_read() {
        let sources = Sources::load(Path::new("/nonexistent")).unwrap();
        let names: Vec<_> = sources.iter().map(|(name, _, _)| name).collect();
        assert_eq!(names, ["nantong", "national", "ningxia"]);
        assert!(sources.iter().all(|(_, title, basis)| !title.is_empty() && !basis.is_empty()));
    }

    #[test]
    fn national_sources_are_allowed_under_every_name_of_theirs_and_nobody_else() {
        let sources = Sources::shipped();
        let allowed = sources.allowed(None, None);
        for name in [
            "新华社",
            "新华网",
            "新华社客户端",
            "新华视点",
            "人民日报",
            "人民网",
            "人民日报海外版",
            "央视新闻客户端",
            "中国政府网",
            "求是",
            "《求是》杂志",
            "中新网",
            "国务院办公厅",
            "中共中央",
            "新华社·客户端",
            "“人民日报”微信公众号",
            "中央广播电视总台",
            "国务院客户端",
        ] {
            assert!(allowed.holds(name), "{name}");
        }
        for name in [
            "人民日报健康客户端",
            "光明日报",
            "教育部",
            "新华日报",
            "新华社体育俱乐部",
            "网络",
            "",
            "国务院参事室",
        ] {
            assert!(!allowed.holds(name), "{name}");
        }
    }

    #[test]
    fn a_place_allows_its_own_sources_besides() {
        let sources = Sources::shipped();
        assert!(sources.allowed(Some("ningxia"), None).holds("宁夏日报"));
        assert!(!sources.allowed(Some("nantong"), None).holds("宁夏日报"));
        let allowed = sources.allowed(None, None).and(["江州市人民政府网", "江州日报"]);
        assert!(
            allowed.holds("江州市政府门户网站")
                && allowed.holds("江州日报·视点")
                && !allowed.holds("江州晚报")
        );
    }

    #[test]
    fn an_operators_list_replaces_and_adds_and_keeps_its_days() {
        let dir = tempfile::tempdir().unwrap();
        let text = "name = \"jiangzhou\"\ntitle = \"江州\"\nbasis = \"试行名单\"\n[[source]]\nname = \"江州日报\"\naliases = [\"江州网\"]\nvalid_from = \"2025-06-01\"\nvalid_until = \"2026-05-31\"\n";
        std::fs::write(dir.path().join("jiangzhou.toml"), text).unwrap();
        let sources = Sources::load(dir.path()).unwrap();
        let on = |text| sources.allowed(Some("jiangzhou"), day(text)).holds("江州网");
        assert_eq!(
            [on("2025-05-31"), on("2025-06-01"), on("2026-05-31"), on("2026-06-01")],
            [false, true, true, false]
        );
        assert!(sources.allowed(Some("jiangzhou"), day("2026-01-01")).holds("新华社"));
    }

    #[test]
    fn bad_entries_are_named_by_file_entry_and_field() {
        let dir = tempfile::tempdir().unwrap();
        let text = "name = \"other\"\ntitle = \"\"\nbasis = \"名单\"\n[[source]]\nname = \"甲报\"\nvalid_from = \"去年\"\n[[source]]\nname = \"\"\naliases = [\"\"]\n[[source]]\nname = \"丙报\"\nvalid_from = \"2026-01-02\"\nvalid_until = \"2026-01-01\"\n";
        std::fs::write(dir.path().join("bad.toml"), text).unwrap();
        let mistakes = Sources::load(dir.path()).unwrap_err();
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        for part in [
            "bad.toml:1",
            "title为空",
            "source[1].valid_from",
            "source[2].name",
            "aliases第1项",
            "早于valid_from",
        ] {
            assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:#?}");
        }
        std::fs::write(dir.path().join("bad.toml"), "name = \"bad\"\ntitle = 1\nwhat = 2\n").unwrap();
        assert!(Sources::load(dir.path()).is_err());
    }
}
