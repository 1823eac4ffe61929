//! The recipes at hand: those shipped inside the program, and those of the operator's folder over them.
//!
//! In: a folder. Out: recipes by name, or every mistake in every file. It never reaches the network.

use super::{Golden, Recipe, compile};
use crate::config::mistake::Mistake;
use crate::config::rotating::SecretFile;
use crate::extract::{alone, extract, profile};
use crate::model::listing::Listing;
use crate::model::page::Fetched;
use chrono::{DateTime, Utc};
use regex::Regex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The file of the general marks.
const WALLS: &str = "walls.toml";

/// What is shipped; a file of the same name in the operator's folder replaces it.
const SHIPPED: [(&str, &str); 20] = [
    (WALLS, include_str!("../../../config/platforms/walls.toml")),
    ("feed.toml", include_str!("../../../config/platforms/feed.toml")),
    ("rsshub.toml", include_str!("../../../config/platforms/rsshub.toml")),
    ("gov-list.toml", include_str!("../../../config/platforms/gov-list.toml")),
    ("gov-json.toml", include_str!("../../../config/platforms/gov-json.toml")),
    ("wechat-aboutbiz.toml", include_str!("../../../config/platforms/wechat-aboutbiz.toml")),
    ("wechat-album.toml", include_str!("../../../config/platforms/wechat-album.toml")),
    ("wechat-article.toml", include_str!("../../../config/platforms/wechat-article.toml")),
    ("wechat2rss.toml", include_str!("../../../config/platforms/wechat2rss.toml")),
    ("weibo.toml", include_str!("../../../config/platforms/weibo.toml")),
    ("weibo-ajax.toml", include_str!("../../../config/platforms/weibo-ajax.toml")),
    ("bilibili.toml", include_str!("../../../config/platforms/bilibili.toml")),
    ("douyin.toml", include_str!("../../../config/platforms/douyin.toml")),
    ("toutiao.toml", include_str!("../../../config/platforms/toutiao.toml")),
    ("kuaishou.toml", include_str!("../../../config/platforms/kuaishou.toml")),
    ("xiaohongshu.toml", include_str!("../../../config/platforms/xiaohongshu.toml")),
    ("app-apple.toml", include_str!("../../../config/platforms/app-apple.toml")),
    ("app-tencent.toml", include_str!("../../../config/platforms/app-tencent.toml")),
    ("werss.toml", include_str!("../../../config/platforms/werss.toml")),
    ("wewe-rss.toml", include_str!("../../../config/platforms/wewe-rss.toml")),
];

/// Recipes by name.
#[derive(Debug, Clone, Default)]
pub struct Recipes {
    by_name: BTreeMap<String, Arc<Recipe>>,
}

impl Recipes {
    /// The recipes shipped with the program and those of a folder; the folder need not exist.
    pub fn load(dir: &Path) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut files: BTreeMap<String, (PathBuf, String)> = SHIPPED
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (dir.join(name), (*text).to_owned())))
            .collect();
        files.extend(folder(dir, &mut mistakes));
        let walls = match files.remove(WALLS) {
            Some((path, text)) => compile::walls(&path, &text).unwrap_or_else(|found| {
                mistakes.extend(found);
                Vec::new()
            }),
            None => Vec::new(),
        };
        let mut recipes = Self::default();
        for (path, text) in files.into_values() {
            match compile::recipe(&path, &text, &walls) {
                Ok(recipe) => recipes.put(recipe, &path, &mut mistakes),
                Err(found) => mistakes.extend(found),
            }
        }
        // A recipe that could not be read is told as itself, not once more by those that name it.
        if mistakes.is_empty() {
            recipes.check_followers(dir, &mut mistakes);
        }
        if mistakes.is_empty() { Ok(recipes) } else { Err(mistakes) }
    }

    /// Whether each recipe that leaves pages to another names one that reads them.
    fn check_followers(&self, dir: &Path, mistakes: &mut Vec<Mistake>) {
        for recipe in self.iter() {
            let Some(by) = recipe.follow().and_then(|follow| follow.by.as_deref()) else { continue };
            if self.find(by).is_none_or(|reader| reader.article.is_none()) {
                let reason =
                    format!("采集规则“{}”的 follow.by:没有带 [article] 一节的规则“{by}”", recipe.name);
                mistakes.push(Mistake::whole(dir, reason, "请写一条 reader 为 article 的采集规则的 name"));
            }
        }
    }

    /// The recipe that reads the pages of another's posts.
    #[must_use]
    pub fn reader_of_pages<'a>(&'a self, recipe: &'a Recipe) -> &'a Recipe {
        let by = recipe.follow().and_then(|follow| follow.by.as_deref()).and_then(|by| self.find(by));
        by.map_or(recipe, Arc::as_ref)
    }

    fn put(&mut self, recipe: Recipe, path: &Path, mistakes: &mut Vec<Mistake>) {
        if self.by_name.contains_key(&recipe.name) {
            let reason = format!("已有另一个文件使用名称“{}”", recipe.name);
            mistakes.push(Mistake::whole(path, reason, "请换一个 name,或删去其中一个文件"));
        } else {
            self.by_name.insert(recipe.name.clone(), Arc::new(recipe));
        }
    }

    /// The recipe of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<Recipe>> {
        self.by_name.get(name)
    }

    /// Gives a recipe a secret to send. The error says in Chinese why it cannot have one.
    pub fn arm(&mut self, name: &str, secret: SecretFile) -> Result<(), String> {
        let recipe = self.by_name.get_mut(name).ok_or_else(|| format!("没有名为“{name}”的采集规则"))?;
        Arc::make_mut(recipe).arm(secret)
    }

    /// Every recipe in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Recipe>> {
        self.by_name.values()
    }

    /// Points every recipe of one base at another: the sample city serves the platforms on loopback.
    pub fn rebase(&mut self, from_base: &str, to_base: &str) {
        let (Ok(from), Ok(to)) = (Url::parse(from_base), Url::parse(to_base)) else { return };
        for recipe in self.by_name.values_mut().filter(|recipe| recipe.base.as_ref() == Some(&from)) {
            Arc::make_mut(recipe).base = Some(to.clone());
        }
    }

    /// Lets recipes that read pages of one host read them on others: a pattern, where the sample city serves them.
    pub fn rehost_pages(&mut self, host: &str, pattern: &str) {
        let host = regex::escape(host);
        for recipe in self.by_name.values_mut() {
            let Some(url) = recipe.article.as_ref().and_then(|fields| fields.url.as_ref()) else { continue };
            let Ok(url) = Regex::new(&url.as_str().replace(&host, pattern)) else { continue };
            if let Some(fields) = &mut Arc::make_mut(recipe).article {
                fields.url = Some(url);
            }
        }
    }

    /// Reads the golden page of every recipe that has one at hand; a page that is not there is not a mistake,
    /// because an installation need not carry them.
    #[must_use]
    pub fn rehearse(&self, now: DateTime<Utc>) -> Vec<Mistake> {
        let tries = self.iter().filter_map(|recipe| {
            let golden = recipe.golden()?;
            let body = std::fs::read(&golden.page).ok()?;
            let fetched = Fetched::at_hand(Url::parse("https://www.example.com/").ok()?, body);
            let read = if recipe.is_article() {
                alone(recipe, &fetched, now)
            } else {
                extract(recipe, &fetched, &Listing::default(), now)
            };
            let reason = match read {
                Ok(read) if read.posts.len() == golden.posts => return rehearse_profile(recipe, golden),
                Ok(read) => format!("应读出{}条,实际{}条", golden.posts, read.posts.len()),
                Err(miss) => format!("读不出:{}({})", miss.failure.zh(), miss.detail),
            };
            let reason = format!("采集规则“{}”读样页{reason}", recipe.name);
            Some(Mistake::whole(&golden.page, reason, "请修改采集规则,或更新 golden"))
        });
        tries.collect()
    }
}

/// Reads the saved answer about the account of a recipe that has one at hand.
fn rehearse_profile(recipe: &Recipe, golden: &Golden) -> Option<Mistake> {
    let page = golden.profile.as_ref()?;
    let body = std::fs::read(page).ok()?;
    let fetched = Fetched::at_hand(Url::parse("https://www.example.com/").ok()?, body);
    let reason = match profile(recipe, &fetched) {
        Ok(read) if read.name.is_some() => return None,
        Ok(_) => "没有账号名称".to_owned(),
        Err(miss) => format!("读不出:{}({})", miss.failure.zh(), miss.detail),
    };
    let reason = format!("采集规则“{}”读账号资料样页{reason}", recipe.name);
    Some(Mistake::whole(page, reason, "请修改采集规则的 [profile],或更新 golden"))
}

/// The recipe files of a folder.
fn folder(dir: &Path, mistakes: &mut Vec<Mistake>) -> Vec<(String, (PathBuf, String))> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut files = Vec::new();
    for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((name, (path, text)));
            }
            Err(error) => {
                mistakes.push(Mistake::whole(
                    &path,
                    format!("读不了:{error}"),
                    "请检查文件权限和编码(UTF-8)",
                ));
            }
        }
    }
    files
}
