//! Whose work a post is: the unit's own, somebody else's, or nobody can tell; and whether the source is allowed.
//!
//! In: the names of the unit, what the platform marks, title and text, the sources that are allowed. Out: a
//! [`Verdict`] with its reason. Pure, and linear in the length of a text, however hostile. What cannot be told is
//! unknown and never held against an account.
//!
//! The rules in order; the first that applies decides. A rule is a file.
//!
//! | # | Rule | File |
//! |---|---|---|
//! | 1 | the platform marks a repost | here ([`Marks::forwarded`]) |
//! | 2 | the text is a retweet or holds a chain | `chain` |
//! | 3 | a line says that the text comes from another | `credit`, `dateline`, `byline` |
//! | 4 | the text is a document, notice or warning of another authority | `notice` |
//! | 5 | every line of that kind names the unit itself | `own` |
//! | 6 | the page's metadata, or a declaration of originality | here |
//! | 7 | a byline, a signature, or the unit acts in what the text reports | `byline`, `notice`, `own`, `actor` |
//! | 8 | otherwise unknown | |
//!
//! What is unknown by its own words may still be known by the words of others: `overlap` tells whether it repeats an
//! earlier post of another unit.

mod actor;
mod allow;
mod byline;
mod chain;
mod credit;
mod dateline;
mod fold;
mod name;
mod notice;
mod organ;
pub mod overlap;
mod own;
mod page;
mod settle;
pub mod share;
mod sign;
#[cfg(test)]
mod tests;

pub use allow::{Allowed, Sources};
pub use own::Unit;
pub use settle::of_post;

use crate::model::account::Platform;
use crate::model::post::Origin;
use credit::Credit;
use memchr::memmem;
use page::{Line, Page, Use};
use regex::Regex;
use sign::{Sign, Signs};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Whose a retweet or a marked repost is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarded<'a> {
    /// Named; the unit itself is possible.
    From(&'a str),
    /// Not named, or gone.
    FromSomebody,
}

impl<'a> Forwarded<'a> {
    /// From a name that may be missing or empty.
    #[must_use]
    pub fn by(name: Option<&'a str>) -> Self {
        name.map(str::trim).filter(|name| !name.is_empty()).map_or(Self::FromSomebody, Self::From)
    }

    fn name(self) -> Option<&'a str> {
        match self {
            Self::From(name) => Some(name),
            Self::FromSomebody => None,
        }
    }
}

/// What a platform says about a post besides its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks<'a> {
    /// The platform marks it a repost; inside, whose it is, if it says so.
    pub forwarded: Option<Forwarded<'a>>,
    /// A source line the platform prints outside the text.
    pub source_line: Option<&'a str>,
    /// The source the page's metadata name: the unit's own name declares the post original.
    pub content_source: Option<&'a str>,
    /// The name under which the platform publishes it: the unit's own says nothing.
    pub publisher: Option<&'a str>,
    /// Declared original.
    pub declared: bool,
}

/// A post to be judged.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// Where it stands: on a platform of videos the video is the post.
    pub platform: Platform,
    /// Title, may be empty.
    pub title: &'a str,
    /// Text, may be empty.
    pub text: &'a str,
    /// What the platform says.
    pub marks: Marks<'a>,
}

/// Whose work a post is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Original, repost or unknown.
    pub origin: Origin,
    /// Whom a repost names, several joined by “、”.
    pub source: Option<String>,
    /// Whether every source of a repost is allowed; `None` for what is no repost.
    pub allowed: Option<bool>,
    /// Why, in Chinese.
    pub reason: String,
}

/// A text tag that declares originality.
static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[【\[(]\s*(?:本[局台站]|独家)?原创\p{Han}{0,6}\s*[】\])]|#[^#\n]{0,8}原创[^#\n]{0,12}#|^原创\s*[|:]|(?:^|\n)\s*(?:本文)?(?:为|系)?(?:本[局站台]|本单位)?原创(?:作品|内容|文章|稿件)?\s*(?:$|\n|。)|声明:?本文(?:为|系)(?:本\p{Han}{1,3}|[\p{Han}]{2,12})?原创")
        .expect("a constant pattern")
});
/// 本网讯 and 本站讯: the unit's site reports.
static OWN_NEWS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(【\]】])(?:本网|本站|本局|本委|本院|本中心|本公众号)(?:讯|消息|综合|报道|原创)")
        .expect("a constant pattern")
});
/// Notation of pictures and addresses in a text that holds nothing else.
static PICTURES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[(?:图片|视频|表情|链接)\]|https?://\S+").expect("a constant pattern"));

/// Judges a post of a unit.
#[must_use]
pub fn judge(case: &Case<'_>, unit: &Unit, allowed: &Allowed<'_>) -> Verdict {
    judge_by(case, unit, allowed, Signs::of)
}

/// Judges a post whose lines can hold what `signs` says of them.
fn judge_by(case: &Case<'_>, unit: &Unit, allowed: &Allowed<'_>, signs: impl Fn(&str) -> Signs) -> Verdict {
    let known = |name: &str| allowed.holds(name) || unit.is_own(name);
    if let Some(by) = case.marks.forwarded {
        return repost(by.name().into_iter(), "平台标明为转发或转载", unit, allowed);
    }
    if let Some(by) = chain::origin(case.text) {
        return repost(by.name().into_iter(), "正文为转发", unit, allowed);
    }
    let text = fold::fold(case.text);
    let title = fold::fold(case.title);
    let heading = page::line(&title, &signs);
    let page = page::read_by(&text, &signs);
    let said = attributions(case, &title, &page, unit, &known);
    // 来源:本报 where the unit has no paper names nobody.
    let ours = |name: &&str| !matches!(*name, "本报" | "本台" | "本刊" | "本社") || unit.is_own(name);
    let nameless = said.names.iter().any(|name| !ours(&name.as_str()));
    let (own, others): (Vec<&str>, Vec<&str>) =
        said.names.iter().map(AsRef::as_ref).filter(ours).partition(|name| unit.is_own(name));
    if !others.is_empty() {
        return repost(others.into_iter(), "正文注明来源为其他单位", unit, allowed);
    }
    if let Some(unnamed) = said.unnamed.or(nameless.then_some("来源写作“本报”“本台”，不是本单位的"))
    {
        return repost(std::iter::empty(), unnamed, unit, allowed);
    }
    if let Some(own) = own.first() {
        return original(format!("注明来源为本单位（{own}）"));
    }
    if let Some(issuer) = notice::issuer(&heading, &page.lines, unit, &known) {
        return repost(std::iter::once(issuer.as_str()), "为其他单位印发的文件、公告或预警", unit, allowed);
    }
    if let Some(verdict) = by_metadata(case, &title, &text, unit, allowed, &known) {
        return verdict;
    }
    own_work(&heading, &page, unit, said.signed).map_or_else(
        || Verdict {
            origin: Origin::Unknown,
            source: None,
            allowed: None,
            reason: "没有来源、署名或本单位活动等依据，无法判断".to_owned(),
        },
        original,
    )
}

/// What the lines of a post say about where it comes from.
struct Said {
    names: Vec<String>,
    unnamed: Option<&'static str>,
    /// One of the own people signs.
    signed: bool,
}

fn attributions(
    case: &Case<'_>,
    title: &str,
    page: &Page<'_>,
    unit: &Unit,
    known: &dyn Fn(&str) -> bool,
) -> Said {
    let video = matches!(
        case.platform,
        Platform::Douyin | Platform::Kuaishou | Platform::Channels | Platform::Bilibili
    );
    let weibo = matches!(case.platform, Platform::Weibo);
    let mut credits = Vec::new();
    if let Some(line) = case.marks.source_line {
        let (names, _) = name::names_in(&fold::fold(line), known);
        credits.push(Credit::Names(names));
    }
    credits.extend(dateline::credits(&page.lines, weibo, unit, known));
    credits.extend(credit::credits(title, &page.lines, video, known));
    let bylines = byline::read(&page.lines, unit, known);
    let mut said = Said { names: Vec::new(), unnamed: None, signed: bylines.own };
    for credit in credits {
        match credit {
            Credit::Names(names) => names.into_iter().for_each(|name| said.add(name)),
            Credit::Unnamed(why) => said.unnamed = said.unnamed.or(Some(why)),
        }
    }
    if !bylines.own {
        bylines.others.into_iter().for_each(|name| said.add(name));
    }
    said
}

impl Said {
    fn add(&mut self, name: String) {
        if !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }
}

/// Rule 6.
fn by_metadata(
    case: &Case<'_>,
    title: &str,
    text: &str,
    unit: &Unit,
    allowed: &Allowed<'_>,
    known: &dyn Fn(&str) -> bool,
) -> Option<Verdict> {
    let named = |line: Option<&str>| {
        let line = line.map(str::trim).filter(|line| !line.is_empty())?;
        let (names, _) = name::names_in(&fold::fold(line), known);
        Some(names).filter(|names| !names.is_empty())
    };
    if let Some(names) = named(case.marks.content_source) {
        let others: Vec<&str> = names.iter().map(String::as_str).filter(|name| !unit.is_own(name)).collect();
        return Some(if others.is_empty() {
            original("页面标注的来源为本单位".to_owned())
        } else {
            repost(others.into_iter(), "页面标注的来源为其他单位", unit, allowed)
        });
    }
    if let Some(names) = named(case.marks.publisher) {
        let others: Vec<&str> = names.iter().map(String::as_str).filter(|name| !unit.is_own(name)).collect();
        if !others.is_empty() {
            return Some(repost(others.into_iter(), "平台标注的发布者为其他账号", unit, allowed));
        }
    }
    if case.marks.declared {
        return Some(original("平台标注为原创".to_owned()));
    }
    let declares =
        |text: &str| memmem::find(text.as_bytes(), "原创".as_bytes()).is_some() && DECLARED.is_match(text);
    (declares(title) || declares(text)).then(|| original("文中标注为原创".to_owned()))
}

/// Rule 7: why a post is the unit's own work.
fn own_work(title: &Line<'_>, page: &Page<'_>, unit: &Unit, signed: bool) -> Option<String> {
    if signed {
        return Some("有本单位人员或部门的署名".to_owned());
    }
    let body = || page.lines.iter().filter(|line| line.used == Use::Body);
    if body().any(|line| line.signs.has(Sign::OwnNews) && OWN_NEWS.is_match(&line.text)) {
        return Some("文中写明为本网讯".to_owned());
    }
    if page.instructions.iter().any(|line| names_unit(line, unit)) {
        return Some("要求他人转载时注明本账号".to_owned());
    }
    if notice::is_signed_by(&page.lines, unit) {
        return Some("由本单位落款".to_owned());
    }
    let nothing = body().all(|line| PICTURES.replace_all(&line.text, "").trim().is_empty());
    if nothing {
        return None;
    }
    let acts = |line: &Line<'_>| {
        let tagged = line.signs.has(Sign::Tag);
        let text = if tagged { without_tags(&line.text) } else { Cow::Borrowed(line.text.as_ref()) };
        unit.acts_in(&text, line.signs)
    };
    let acted = acts(title) || body().any(acts);
    acted.then(|| "报道的是本单位的工作".to_owned())
}

/// Whether an instruction to others names the unit: 转载请注明来源:沙河水利.
fn names_unit(line: &str, unit: &Unit) -> bool {
    line.split([':', '“', '”', '"', '(', ')', ' ', ',', '。', '「', '」', '《', '》']).any(|piece| {
        let piece = piece
            .trim_start_matches("来源")
            .trim_start_matches("出处")
            .trim_start_matches('自')
            .trim_start_matches("转");
        piece.chars().count() >= 2 && unit.is_called(piece)
    })
}

/// A line without its hashtags and mentions, which are no actors.
fn without_tags(line: &str) -> Cow<'_, str> {
    static TAGS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"#[^#\n]{1,40}#|#\S{1,30}|@[^\s@:,。;!?()【】]{1,30}").expect("a constant pattern")
    });
    TAGS.replace_all(line, " ")
}

fn original(reason: String) -> Verdict {
    Verdict { origin: Origin::Original, source: None, allowed: None, reason }
}

/// A repost from these; without any nobody can say that it was allowed.
fn repost<'n>(
    names: impl Iterator<Item = &'n str>,
    why: &str,
    unit: &Unit,
    allowed: &Allowed<'_>,
) -> Verdict {
    let names: Vec<&str> = names.collect();
    let source = (!names.is_empty()).then(|| names.join("、"));
    let is_allowed = !names.is_empty() && names.iter().all(|name| allowed.holds(name) || unit.is_own(name));
    let reason = match &source {
        None => format!("{why}，未写明来源"),
        Some(source) if is_allowed => format!("{why}：{source}（在稿源名单内）"),
        Some(source) => format!("{why}：{source}（不在稿源名单内）"),
    };
    Verdict { origin: Origin::Repost, source, allowed: Some(is_allowed), reason }
}
