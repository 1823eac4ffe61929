//! `xunwang probe`: one look through all stages, nothing written.
//!
//! The JSON form is a contract: outcome, failure, complete, profile and posts.

use super::{Desk, Failed};
use crate::clock::{Manual, SharedClock, System};
use crate::config::Config;
use crate::extract::{Recipe, alone, article, extract, post_of, profile, syncs};
use crate::fetch::Fetcher;
use crate::judge::originality::{self, Unit};
use crate::model::account::{Platform, Source};
use crate::model::listing::{Extracted, Line, Listing, Profile};
use crate::model::moment::{in_shanghai, zh_minute};
use crate::model::page::{Fetched, Miss, Validators};
use crate::model::post::{Origin, Post, Published};
use crate::model::visit::{Failure, OutcomeKind};
use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Key or name of an account of the register.
    #[arg(required_unless_present = "recipe", conflicts_with = "recipe")]
    account: Option<String>,
    /// Name of a recipe.
    #[arg(long, requires = "page")]
    recipe: Option<String>,
    /// Address to look at, or what else the recipe takes as its target.
    #[arg(long, group = "page")]
    url: Option<String>,
    /// Saved page to read.
    #[arg(long, group = "page")]
    file: Option<PathBuf>,
    /// Reference time (RFC 3339).
    #[arg(long, value_parser = super::parse_instant)]
    now: Option<DateTime<Utc>>,
}

/// Where a saved page pretends to come from, so that its relative links resolve.
const NOWHERE: &str = "https://saved.example/";

/// One source and what a look at it gave.
struct Tried {
    source: String,
    fetched: Option<Fetched>,
    result: Result<Extracted, Miss>,
    /// What the second request, about the account itself, gave; none when there was none.
    about: Option<Result<Profile, Miss>>,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let clock: SharedClock = match self.now {
            Some(now) => Arc::new(Manual::new(now)),
            None => Arc::new(System),
        };
        let (tries, whose) = self.tries(desk, &config, &clock).await?;
        if !desk.output.is_json() {
            for tried in &tries {
                explain(desk, tried)?;
            }
        }
        // The last one is the one that answered, or the last that did not.
        let Some(last) = tries.last() else {
            return Err(Failed::Usage(
                "该账号没有系统可以读取的采集源,请人工核查后用 xunwang evidence add 登记".to_owned(),
            ));
        };
        if desk.output.is_json() {
            desk.output.data(&as_json(last, &whose))?;
        } else {
            show(desk, last, &whose)?;
        }
        Ok(())
    }

    async fn tries(
        &self,
        desk: &Desk,
        config: &Config,
        clock: &SharedClock,
    ) -> Result<(Vec<Tried>, Whose), Failed> {
        if let Some(name) = &self.recipe {
            let recipe = find(config, name)?;
            if let Some(file) = &self.file {
                let body = std::fs::read(file)
                    .map_err(|error| Failed::Usage(format!("无法读取{}:{error}", file.display())))?;
                let fetched = Fetched::at_hand(Url::parse(NOWHERE).context("address")?, body);
                let source = format!("{name}:{}", file.display());
                let (result, about) = read_saved(recipe, &fetched, clock.now());
                let tried = Tried { source, fetched: Some(fetched), result, about };
                return Ok((vec![tried], Whose::nobody(recipe)));
            }
            let source = Source { recipe: name.clone(), target: self.url.clone().unwrap_or_default() };
            let fetcher = Fetcher::new(&config.main.fetch, clock.clone()).map_err(anyhow::Error::from)?;
            return Ok((vec![look(config, &fetcher, &source, clock).await], Whose::nobody(recipe)));
        }
        let wanted = self.account.as_deref().unwrap_or_default();
        let store = crate::app::open_store(config, &crate::app::worker_name()).await?;
        let mut found = store.find_watched(wanted).await?;
        if found.len() > 1 {
            for watched in &found {
                desk.output.note(format!(
                    "{} {}({})",
                    watched.registered.key,
                    watched.registered.name,
                    watched.registered.platform.zh()
                ));
            }
            return Err(Failed::Usage(format!("有{}个账号叫“{wanted}”,请改用台账编号", found.len())));
        }
        let Some(watched) = found.pop() else {
            return Err(Failed::Usage(format!("台账中没有“{wanted}”")));
        };
        let fetcher = Fetcher::new(&config.main.fetch, clock.clone()).map_err(anyhow::Error::from)?;
        let mut tries = Vec::new();
        for (_, source) in watched.registered.machine_sources() {
            let next = look(config, &fetcher, source, clock).await;
            let read = next.result.is_ok();
            tries.push(next);
            if read {
                break;
            }
        }
        let registered = watched.registered;
        let names = [registered.verified_subject.as_str()];
        let unit = Unit::new(&registered.name, &registered.owner, &names);
        Ok((tries, Whose { unit, platform: registered.platform }))
    }
}

fn find<'a>(config: &'a Config, name: &str) -> Result<&'a Arc<Recipe>, Failed> {
    config.recipes.find(name).ok_or_else(|| {
        let known: Vec<&str> = config.recipes.iter().map(|recipe| recipe.name.as_str()).collect();
        Failed::Usage(format!("没有名为“{name}”的采集规则,可用的有:{}", known.join("、")))
    })
}

async fn look(config: &Config, fetcher: &Fetcher, source: &Source, clock: &SharedClock) -> Tried {
    let missed = |failure, detail: String| Tried {
        source: source.to_string(),
        fetched: None,
        result: Err(Miss::new(failure, detail)),
        about: None,
    };
    let Some(recipe) = config.recipes.find(&source.recipe) else {
        return missed(Failure::NoSource, format!("没有名为{}的采集规则", source.recipe));
    };
    let request = match recipe.request(&source.target, Validators::default()) {
        Ok(request) => request,
        Err(reason) => return missed(Failure::NoSource, reason),
    };
    let answer = match fetcher.fetch(request).await {
        Ok(answer) => answer,
        Err(miss) => return missed(miss.failure, recipe.own(miss).detail),
    };
    let mut result = read(recipe, &answer, clock.now());
    let mut about = None;
    if result.as_ref().err().is_none_or(|miss| miss.failure == Failure::Empty)
        && let Some(Ok(request)) = recipe.profile_request(&source.target)
    {
        let told = fetcher.fetch(request).await.and_then(|answer| profile(recipe, &answer));
        let told = told.map_err(|miss| recipe.own(miss));
        result = crate::schedule::about::joined(result, &told);
        about = Some(told);
    }
    if let (Ok(extracted), Some(sync), Some(request)) = (&mut result, recipe.sync(), recipe.sync_request()) {
        let told = fetcher.fetch(request).await.and_then(|answer| syncs(recipe, &answer));
        let at = told.ok().and_then(|times| times.get(source.target.trim()).copied());
        extracted.synced = at.map(|at| sync.said(at));
    }
    let result = result.map_err(|miss| recipe.own(miss));
    Tried { source: source.to_string(), fetched: Some(answer), result, about }
}

/// Reads a saved page: a list, or the answer about an account. The latter alone proves nothing about posts.
fn read_saved(
    recipe: &Recipe,
    fetched: &Fetched,
    now: DateTime<Utc>,
) -> (Result<Extracted, Miss>, Option<Result<Profile, Miss>>) {
    let result = read(recipe, fetched, now);
    if result.as_ref().err().is_none_or(|miss| miss.failure != Failure::Layout) {
        return (result, None);
    }
    match profile(recipe, fetched) {
        Ok(told) => {
            let miss = Miss::on(fetched, Failure::Empty, "这是账号资料,其中没有列表");
            (Err(miss), Some(Ok(told)))
        }
        Err(_) => (result, None),
    }
}

/// Reads a listing; a page that is no listing but an article is shown as its one post.
fn read(recipe: &Recipe, fetched: &Fetched, now: DateTime<Utc>) -> Result<Extracted, Miss> {
    if recipe.is_article() {
        return alone(recipe, fetched, now);
    }
    extract(recipe, fetched, &Listing::default(), now).or_else(|miss| {
        if miss.failure != Failure::Layout {
            return Err(miss);
        }
        let article = article(recipe, fetched, now)
            .ok()
            .filter(|article| article.title.is_some() && article.published.is_some());
        let post = article.map(|article| post_of(article, &fetched.url)).ok_or(miss)?;
        let line = Line { hash: 0, key: post.key, published: post.published, pinned: false };
        Ok(Extracted { listing: Listing { lines: vec![line] }, posts: vec![post], ..Extracted::default() })
    })
}

fn kind(result: &Result<Extracted, Miss>) -> OutcomeKind {
    match result {
        Ok(extracted) if extracted.empty_marker => OutcomeKind::ProvenEmpty,
        Ok(_) => OutcomeKind::Read,
        Err(_) => OutcomeKind::Failed,
    }
}

fn as_json(tried: &Tried, whose: &Whose) -> Value {
    match &tried.result {
        Ok(extracted) => json!({
            "outcome": kind(&tried.result).as_str(),
            "failure": null,
            "complete": !extracted.part,
            "profile": extracted.profile,
            "posts": extracted.posts.iter().map(|post| post_json(post, whose)).collect::<Vec<_>>(),
        }),
        Err(miss) => json!({
            "outcome": OutcomeKind::Failed.as_str(),
            "failure": miss.failure.class(),
            "detail": miss.detail,
            "complete": false,
            "profile": match &tried.about {
                Some(Ok(told)) => json!(told),
                _ => json!({}),
            },
            "posts": [],
        }),
    }
}

/// Whose posts are shown: without an account only what a post says of itself tells.
struct Whose {
    unit: Unit,
    platform: Platform,
}

impl Whose {
    /// A look through a recipe alone, at an account of nobody known.
    fn nobody(recipe: &Recipe) -> Self {
        let platform = recipe.platforms.first().copied().unwrap_or(Platform::Other);
        Self { unit: Unit::default(), platform }
    }
}

fn settled(post: &Post, whose: &Whose) -> (Origin, Option<String>) {
    originality::of_post(post, whose.platform, &whose.unit)
}

fn post_json(post: &Post, whose: &Whose) -> Value {
    let (origin, source) = settled(post, whose);
    json!({
        "key": format!("{:016x}", post.key.0),
        "title": post.title,
        "url": post.url,
        "published_at": post.published.map(|stamp| in_shanghai(stamp.shown()).to_rfc3339()),
        "date_only": matches!(post.published, Some(Published::On(_))),
        "origin": origin.as_str(),
        "source": source,
        "pinned": post.pinned,
    })
}

/// Every step of one look, so that an operator can mend a recipe.
fn explain(desk: &Desk, tried: &Tried) -> Result<(), Failed> {
    desk.output.line(format!("采集源 {}", tried.source))?;
    if let Some(fetched) = &tried.fetched {
        desk.output.line(format!(
            "  访问 {} → HTTP {},{}字节,{}毫秒",
            fetched.url,
            fetched.status,
            fetched.body.len(),
            fetched.took.as_millis()
        ))?;
        if !fetched.content_type.is_empty() {
            desk.output.line(format!("  类型 {}", fetched.content_type))?;
        }
    }
    match &tried.result {
        Ok(extracted) => {
            desk.output.line(format!("  读取 {}条", extracted.listing.lines.len()))?;
            if extracted.part {
                desk.output.line("  只是账号的一部分内容：能证明有更新，不能证明没有更新")?;
            }
            if let Some(synced) = extracted.synced {
                desk.output.line(format!("  采集桥自称最近一次读取该账号是 {}", zh_minute(synced.at)))?;
            }
        }
        Err(miss) => {
            desk.output.line(format!(
                "  未能核验 {}({}){}",
                miss.failure.zh(),
                miss.failure.class(),
                miss.detail
            ))?;
            desk.output.line(format!("  建议 {}", miss.failure.advice()))?;
        }
    }
    match &tried.about {
        Some(Ok(told)) => {
            let name = told.name.as_deref().unwrap_or("未读出名称");
            let posts = told.posts.map_or_else(|| "未读出".to_owned(), |posts| posts.to_string());
            desk.output.line(format!("  账号资料 {name},作品计数{posts}"))?;
        }
        Some(Err(miss)) => {
            desk.output.line(format!(
                "  账号资料 未读出 {}({}){}",
                miss.failure.zh(),
                miss.failure.class(),
                miss.detail
            ))?;
        }
        None => {}
    }
    Ok(())
}

fn show(desk: &Desk, tried: &Tried, whose: &Whose) -> Result<(), Failed> {
    let Ok(extracted) = &tried.result else { return Ok(()) };
    if let Some(name) = &extracted.profile.name {
        desk.output.line(format!("账号 {name}"))?;
    }
    let profile = &extracted.profile;
    let verification = profile.verification.map(|verification| verification.zh().to_owned());
    for (word, value) in [
        ("简介", profile.intro.clone()),
        ("认证主体", profile.verified_subject.clone()),
        ("认证类型", verification),
        ("名称记录", (!profile.names.is_empty()).then(|| profile.names.join("；"))),
    ] {
        if let Some(value) = value {
            desk.output.line(format!("{word} {value}"))?;
        }
    }
    if extracted.posts.is_empty() && extracted.listing.lines.is_empty() {
        return Ok(());
    }
    let mut rows = super::output::table(&["发布时间", "来源", "标题", "链接"]);
    for post in &extracted.posts {
        let time = post.published.map_or_else(
            || "无日期".to_owned(),
            |stamp| match stamp {
                Published::At(at) => crate::model::moment::zh_minute(at),
                Published::On(day) => day.format("%Y年%-m月%-d日").to_string(),
            },
        );
        let (origin, source) = settled(post, whose);
        let origin =
            source.map_or_else(|| origin.zh().to_owned(), |source| format!("{}({source})", origin.zh()));
        rows.add_row([time, origin, post.title.clone(), post.url.clone()]);
    }
    desk.output.line(rows.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Recipes;

    fn saved(recipe: &str, file: &str) -> (OutcomeKind, Option<Failure>, Option<u64>) {
        let recipes = Recipes::load(std::path::Path::new("no such folder")).unwrap();
        let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
        let fetched = Fetched::at_hand(Url::parse(NOWHERE).unwrap(), std::fs::read(page).unwrap());
        let now = "2026-11-20T12:00:00+08:00".parse().unwrap();
        let (result, about) = read_saved(recipes.find(recipe).unwrap(), &fetched, now);
        let posts = about.and_then(Result::ok).and_then(|told| told.posts);
        (kind(&result), result.err().map(|miss| miss.failure), posts)
    }

    #[test]
    fn a_saved_answer_about_an_account_is_told_from_a_list_and_proves_nothing() {
        assert_eq!(
            saved("bilibili", "bilibili/card.json"),
            (OutcomeKind::Failed, Some(Failure::Empty), Some(43))
        );
        assert_eq!(saved("bilibili", "bilibili/dynamic.json"), (OutcomeKind::Read, None, None));
        assert_eq!(saved("bilibili", "weibo/page.json"), (OutcomeKind::Failed, Some(Failure::Layout), None));
    }
}
