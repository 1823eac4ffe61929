//! What the operator wrote.
//!
//! In: a folder of files and the environment. Out: one [`Config`] that has been checked as a whole, or every
//! mistake at once, each with file, line, key, reason and advice. Precedence: default < file < environment
//! (`XUNWANG__SECTION__KEY`) < flag. The only place that reads the environment.

pub mod document;
pub mod environment;
pub mod mistake;
pub mod overlay;
pub mod rotating;
pub mod secret;

use crate::extract::Recipes;
use crate::judge::content::ads::Shops;
use crate::judge::content::checks::{self, Checks};
use crate::judge::content::terms::Terms;
use crate::judge::originality::Sources;
use crate::judge::pack::Packs;
use crate::model::account::Registered;
use crate::notify::settings::Settings as NotifySettings;
use crate::{fetch, schedule, web};
use document::{Document, Step};
use mistake::Mistake;
use rotating::SecretFile;
use secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where a configuration is looked for when no flag names one.
const PLACES: [&str; 2] = ["config/xunwang.toml", "/etc/xunwang/xunwang.toml"];

/// The main file, as shipped; it runs as it is.
pub const SHIPPED: &str = include_str!("../../config/xunwang.toml");
/// The notify file, as shipped.
pub const SHIPPED_NOTIFY: &str = include_str!("../../config/notify.toml");

/// `xunwang.toml`: each stage's own settings, composed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Main {
    /// The memory.
    pub store: StoreSettings,
    /// How accounts are scheduled.
    pub schedule: schedule::Settings,
    /// How pages are fetched.
    pub fetch: fetch::Settings,
    /// What is kept when a case opens.
    pub evidence: schedule::keep::Settings,
    /// The browser that takes pictures of pages.
    pub browser: fetch::screen::Settings,
    /// Which checks of content run.
    pub content: checks::Settings,
    /// The console and the endpoints.
    pub web: web::Settings,
    /// What is kept for how long.
    pub upkeep: UpkeepSettings,
    /// What single recipes need of the operator.
    pub recipes: BTreeMap<String, RecipeSettings>,
}

/// What one recipe needs of the operator: a cookie or token of his own account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeSettings {
    /// The file that holds it and nothing else; relative to the configuration's folder.
    pub secret_file: PathBuf,
    /// The header it is sent in.
    #[serde(default = "RecipeSettings::cookie")]
    pub header: String,
}

impl RecipeSettings {
    fn cookie() -> String {
        "Cookie".to_owned()
    }
}

/// Where the memory is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// The folder for everything that is written: the SQLite file, mails of the transport `directory`.
    pub data_dir: PathBuf,
    /// `postgres://…`; without it a SQLite file in `data_dir`.
    pub url: Option<Secret>,
    /// A file that holds the address.
    pub url_file: Option<PathBuf>,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { data_dir: PathBuf::from("data"), url: None, url_file: None }
    }
}

/// What is kept for how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpkeepSettings {
    /// When upkeep runs: seconds, minutes, hours, day of month, month, day of week, in Asia/Shanghai.
    pub at: String,
    /// How long single looks are remembered.
    #[serde(with = "humantime_serde")]
    pub keep_visits: Duration,
}

impl Default for UpkeepSettings {
    fn default() -> Self {
        Self { at: "0 30 3 * * *".to_owned(), keep_visits: Duration::from_hours(100 * 24) }
    }
}

/// Everything the operator wrote, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `xunwang.toml`.
    pub main: Main,
    /// `notify.toml`.
    pub notify: Arc<NotifySettings>,
    /// `rules/*.toml` over the built-in packs.
    pub packs: Arc<Packs>,
    /// The checks of content.
    pub checks: Arc<Checks>,
    /// `platforms/*.toml` over the built-in recipes.
    pub recipes: Arc<Recipes>,
    /// `sources/*.toml` over the built-in lists of sources that may be reprinted.
    pub allowed_sources: Arc<Sources>,
    /// Address of the store.
    pub store_address: String,
    /// The file it was read from; none when the built-in configuration runs.
    pub file: Option<PathBuf>,
}

impl Config {
    /// Finds, reads and checks the configuration. `file` is the flag, if given.
    pub fn load(file: Option<&Path>) -> Result<Self, Vec<Mistake>> {
        let found = match file {
            Some(file) => Some(file.to_owned()),
            None => PLACES.iter().map(PathBuf::from).find(|place| place.is_file()),
        };
        let Some(file) = found else {
            return Self::read(Path::new("xunwang.toml"), SHIPPED, None, &environment::overrides());
        };
        let text = read_file(&file, "请用 --config 指定配置文件,或从发行包的 config 目录复制一份")?;
        Self::read(&file, &text, file.parent(), &environment::overrides())
    }

    /// Reads and checks a configuration whose main file says `text`; its other files lie in `dir`.
    pub fn read(
        file: &Path,
        text: &str,
        dir: Option<&Path>,
        overrides: &[(String, String)],
    ) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let document = keep(Document::parse(file, text), &mut mistakes);
        let main: Option<Main> = document.as_ref().and_then(|document| {
            let plain = keep(document.value(), &mut mistakes)?;
            if overrides.is_empty() {
                Some(plain)
            } else {
                keep(environment::overlay(text, overrides), &mut mistakes)
            }
        });
        let inside = |name: &str| dir.map(|dir| dir.join(name)).filter(|path| path.exists());
        let packs = keep(Packs::load(inside("rules").as_deref()), &mut mistakes);
        let mut recipes =
            keep(Recipes::load(&dir.unwrap_or(Path::new("config")).join("platforms")), &mut mistakes);
        let allowed_sources =
            keep(Sources::load(&dir.unwrap_or(Path::new("config")).join("sources")), &mut mistakes);
        let shops = keep(Shops::load(&dir.unwrap_or(Path::new("config")).join("content")), &mut mistakes);
        let terms = keep(Terms::load(&dir.unwrap_or(Path::new("config")).join("terms")), &mut mistakes);
        if let (Some(document), Some(main), Some(recipes)) = (&document, &main, &mut recipes) {
            arm(document, main, dir.unwrap_or(Path::new(".")), recipes, &mut mistakes);
        }
        let notify_file = inside("notify.toml");
        let notify_text = match &notify_file {
            Some(path) => keep(read_file(path, ""), &mut mistakes),
            None => Some(SHIPPED_NOTIFY.to_owned()),
        };
        let notify_name = notify_file.unwrap_or_else(|| PathBuf::from("notify.toml"));
        let notify =
            notify_text.and_then(|text| keep(NotifySettings::read(&notify_name, &text), &mut mistakes));
        if let (Some(document), Some(main)) = (&document, &main) {
            cross_check(document, main, packs.as_ref(), &mut mistakes);
        }
        if let (Some(packs), Some(sources)) = (&packs, &allowed_sources) {
            name_lists(packs, sources, dir.unwrap_or(Path::new("config")), &mut mistakes);
        }
        let address = main.as_ref().and_then(|main| {
            let dir = dir.unwrap_or(Path::new("."));
            keep(store_address(&main.store, dir, file), &mut mistakes)
        });
        match (main, packs, recipes, allowed_sources, shops, terms, notify, address) {
            (
                Some(main),
                Some(packs),
                Some(recipes),
                Some(allowed_sources),
                Some(shops),
                Some(terms),
                Some(mut notify),
                Some(store_address),
            ) if mistakes.is_empty() => {
                let allowed_sources = Arc::new(allowed_sources);
                let checks = Checks::new(main.content.clone(), Arc::clone(&allowed_sources), shops, terms);
                notify.resolve(dir.unwrap_or(Path::new(".")), &main.store.data_dir);
                Ok(Self {
                    main,
                    notify: Arc::new(notify),
                    packs: Arc::new(packs),
                    checks: Arc::new(checks),
                    recipes: Arc::new(recipes),
                    allowed_sources,
                    store_address,
                    file: dir.map(|_| file.to_owned()),
                })
            }
            _ => Err(mistakes),
        }
    }

    /// Secret files of recipes that others on this machine may read, as warnings.
    #[must_use]
    pub fn exposed_secrets(&self) -> Vec<Mistake> {
        let dir = self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
        let files = self.main.recipes.values().map(|recipe| dir.join(&recipe.secret_file));
        let exposed = files.filter(|file| secret::is_exposed(file));
        exposed.map(|file| Mistake::whole(&file, "其他用户可以读取此凭据文件", "chmod 600")).collect()
    }

    /// What shares one pace with an account: the site of its preferred source, empty when it has none.
    #[must_use]
    pub fn site_of(&self, account: &Registered) -> String {
        let request = account.machine_sources().next().and_then(|(_, source)| {
            let recipe = self.recipes.find(&source.recipe)?;
            recipe.request(&source.target, crate::model::page::Validators::default()).ok()
        });
        request.map(|request| schedule::pace::site_of(&request.url)).unwrap_or_default()
    }
}

/// Gives recipes the secrets that the operator names for them.
fn arm(document: &Document<'_>, main: &Main, dir: &Path, recipes: &mut Recipes, mistakes: &mut Vec<Mistake>) {
    for (name, settings) in &main.recipes {
        let file = dir.join(&settings.secret_file);
        let armed = SecretFile::open(&file, &settings.header, fetch::check_secret)
            .and_then(|secret| recipes.arm(name, secret));
        if let Err(reason) = armed {
            let advice = "凭据文件只写请求头的值,一行;采集规则须有 https 的 base";
            let path = [Step::Name("recipes"), Step::Name(name), Step::Name("secret_file")];
            mistakes.push(document.mistake(&path, reason, advice));
        }
    }
}

/// Keeps what was read, or the mistakes that prevented it.
fn keep<T>(result: Result<T, Vec<Mistake>>, mistakes: &mut Vec<Mistake>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(more) => {
            mistakes.extend(more);
            None
        }
    }
}

fn read_file(file: &Path, advice: &str) -> Result<String, Vec<Mistake>> {
    std::fs::read_to_string(file)
        .map_err(|error| vec![Mistake::whole(file, format!("无法读取:{error}"), advice)])
}

fn store_address(store: &StoreSettings, dir: &Path, file: &Path) -> Result<String, Vec<Mistake>> {
    let url_file = store.url_file.as_ref().map(|path| dir.join(path));
    match Secret::choose(store.url.as_ref(), url_file.as_deref()) {
        Ok(Some(url)) => Ok(url.reveal().to_owned()),
        Ok(None) => Ok(store.data_dir.join("xunwang.db").display().to_string()),
        Err(error) => Err(vec![Mistake::whole(
            file,
            format!("store.url:{error}"),
            "store.url 与 store.url_file 只能填写一项",
        )]),
    }
}

/// Packs that name a list of sources which does not exist.
fn name_lists(packs: &Packs, sources: &Sources, dir: &Path, mistakes: &mut Vec<Mistake>) {
    for pack in packs.iter() {
        let Some(list) = &pack.sources else { continue };
        if !sources.iter().any(|(name, _, _)| name == list) {
            let known: Vec<&str> = sources.iter().map(|(name, _, _)| name).collect();
            let file = dir.join("rules").join(format!("{}.toml", pack.name));
            let reason = format!("sources:没有名为“{list}”的稿源名单");
            mistakes.push(Mistake::whole(&file, reason, format!("可用的名单:{}", known.join("、"))));
        }
    }
}

/// What no single section can see.
fn cross_check(document: &Document<'_>, main: &Main, packs: Option<&Packs>, mistakes: &mut Vec<Mistake>) {
    let at = |section, key| [Step::Name(section), Step::Name(key)];
    let mut say = |path: &[Step<'_>], reason: String, advice: &str| {
        mistakes.push(document.mistake(path, reason, advice));
    };
    let schedule = &main.schedule;
    if let Some(packs) = packs
        && !packs.iter().any(|pack| pack.name == schedule.pack)
    {
        let known: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
        say(
            &at("schedule", "pack"),
            format!("没有名为“{}”的规则包", schedule.pack),
            &format!("可用的规则包:{}", known.join("、")),
        );
    }
    for (key, n) in
        [("concurrency", schedule.concurrency), ("per_site", schedule.per_site), ("batch", schedule.batch)]
    {
        if n == 0 || n > 10_000 {
            say(&at("schedule", key), format!("{n}不在1至10000之间"), "");
        }
    }
    if schedule.lease < main.fetch.timeout * 2 {
        say(
            &at("schedule", "lease"),
            "租期短于两次访问的时限,查看可能来不及写入".to_owned(),
            "请不小于 fetch.timeout 的两倍",
        );
    }
    let browser = &main.browser;
    if let Some(program) = browser.program.as_ref().filter(|program| !program.is_file()) {
        say(
            &at("browser", "program"),
            format!("没有浏览器程序{}", program.display()),
            "请填写已安装的Chromium的完整路径,或删去此行(不截图)",
        );
    }
    if !(320..=4000).contains(&browser.width) || !(320..=20_000).contains(&browser.max_height) {
        say(&at("browser", "width"), "宽度须在320至4000之间,最大高度须在320至20000之间".to_owned(), "");
    }
    let cadence = &schedule.cadence;
    let at_cadence = |key| [Step::Name("schedule"), Step::Name("cadence"), Step::Name(key)];
    if cadence.min_interval > cadence.max_interval {
        say(&at_cadence("min_interval"), "最短间隔大于最长间隔".to_owned(), "");
    }
    if cadence.max_interval > Duration::from_hours(20) || cadence.min_interval.is_zero() {
        say(
            &at_cadence("max_interval"),
            "间隔须大于0且不超过20小时".to_owned(),
            "查看结果24小时内有效,超过后账号会变为“未能核验”",
        );
    }
    if cadence.looks_per_post == 0 {
        say(&at_cadence("looks_per_post"), "不能为0".to_owned(), "");
    }
    if let Err(reason) = schedule::jobs::parse_cron(&main.upkeep.at) {
        say(&at("upkeep", "at"), reason, "六段:秒 分 时 日 月 周,例如 0 30 3 * * *");
    }
    if main.upkeep.keep_visits < Duration::from_hours(24 * 32) {
        say(
            &at("upkeep", "keep_visits"),
            "保存时间少于32天".to_owned(),
            "规则最长回看一个月以上,请不少于32天",
        );
    }
}
