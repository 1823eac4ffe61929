//! The shape of a recipe file, and the desk at which its mistakes are noted.
//!
//! In: TOML. Out: its parts with their places in the file. Each top-level key is read by itself, so that a file
//! with five mistakes shows five.

use super::article::ArticlePart;
use super::profile::{ProfilePart, VerificationPart};
use super::sync::SyncPart;
use super::{Field, IdTime, Reader};
use crate::config::mistake::Mistake;
use crate::extract::path::{Path as JsonPath, Test};
use crate::model::account::Platform;
use crate::model::post::Origin;
use crate::model::visit::Failure;
use regex::Regex;
use scraper::Selector;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A value that is compiled later, with its place.
pub(super) type Text = Spanned<String>;

/// The parts of a recipe file.
#[derive(Default)]
pub(super) struct File {
    pub(super) name: Option<Text>,
    pub(super) title: Option<String>,
    pub(super) platforms: Vec<Platform>,
    pub(super) reader: Option<Spanned<Reader>>,
    pub(super) base: Option<Text>,
    pub(super) url: Option<Text>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) conditional: Option<bool>,
    pub(super) bridge: bool,
    pub(super) part: bool,
    pub(super) follow: Option<FollowPart>,
    pub(super) pace: Option<Spanned<PacePart>>,
    pub(super) golden: Option<GoldenPart>,
    pub(super) origin: Option<Origin>,
    pub(super) origins: Vec<Spanned<OriginPart>>,
    pub(super) feed: FeedPart,
    pub(super) page: Option<PagePart>,
    pub(super) json: Option<JsonPart>,
    pub(super) embedded: Option<Spanned<EmbeddedPart>>,
    pub(super) profile: Option<Spanned<ProfilePart>>,
    pub(super) verification: VerificationPart,
    pub(super) article: Option<ArticlePart>,
    pub(super) sync: Option<SyncPart>,
    pub(super) empty: EmptyPart,
    pub(super) marks: Vec<Spanned<MarkPart>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowPart {
    pub(super) max: usize,
    pub(super) by: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PacePart {
    #[serde(with = "humantime_serde")]
    pub(super) gap: Duration,
    #[serde(default)]
    pub(super) jitter: f64,
    pub(super) daily: Option<u32>,
    pub(super) quiet: Option<Spans>,
}

/// `quiet = "01:00-06:00"`, or several in a list.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Spans {
    One(String),
    Several(Vec<String>),
}

impl Spans {
    /// All of them as one text.
    pub(super) fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Several(list) => list.join(","),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoldenPart {
    pub(super) page: String,
    pub(super) posts: usize,
    pub(super) profile: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OriginPart {
    pub(super) is: Origin,
    pub(super) json: Option<Text>,
    pub(super) field: Option<Field>,
    pub(super) pattern: Option<Text>,
    pub(super) source: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FeedPart {
    pub(super) name: Vec<Text>,
    pub(super) intro: Vec<Text>,
    pub(super) void: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PagePart {
    pub(super) item: Text,
    pub(super) link: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) pinned: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonPart {
    #[serde(default)]
    pub(super) required: Vec<Text>,
    pub(super) items: Text,
    pub(super) id: Option<Text>,
    pub(super) link: Option<Text>,
    #[serde(default)]
    pub(super) links: Vec<LinkRule>,
    pub(super) title: Option<Text>,
    pub(super) text: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) date_of_id: Option<IdTime>,
    pub(super) source: Option<Text>,
    #[serde(default)]
    pub(super) pinned: Vec<Text>,
    #[serde(default)]
    pub(super) skip: Vec<Text>,
    pub(super) mine: Option<MinePart>,
    #[serde(default)]
    pub(super) profile: ProfilePart,
}

/// The link of items of one kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkRule {
    pub(super) json: Text,
    pub(super) link: Text,
}

/// By what an item is told from those of others on the same page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MinePart {
    pub(super) item: Text,
    pub(super) document: Text,
}

/// Where a page carries its data: one of `script` and `variable`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmbeddedPart {
    pub(super) script: Option<String>,
    #[serde(default)]
    pub(super) percent: bool,
    pub(super) variable: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EmptyPart {
    pub(super) counter: Option<Text>,
    pub(super) text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MarkPart {
    #[serde(default)]
    pub(super) readers: Vec<Reader>,
    #[serde(default)]
    pub(super) status: Vec<u16>,
    pub(super) final_url: Option<Text>,
    pub(super) content_type: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) selector: Option<Text>,
    #[serde(default)]
    pub(super) json: Vec<Text>,
    pub(super) body: Option<Text>,
    pub(super) text: Option<Text>,
    pub(super) failure: Failure,
}

/// The keys a recipe file may have at its top.
pub(in crate::extract) const KEYS: &str = "name、title、platforms、reader、base、url、headers、conditional、bridge、part、follow、pace、golden、origin、origins、feed、page、json、embedded、profile、verification、article、sync、empty、marks";

/// Where one file is read and its mistakes are noted.
pub(super) struct Desk<'a> {
    pub(super) file: &'a Path,
    text: &'a str,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'a> Desk<'a> {
    pub(super) const fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, mistakes: Vec::new() }
    }

    /// Notes a mistake at a place.
    pub(super) fn wrong(&mut self, at: Range<usize>, key: &str, reason: impl Into<String>, advice: &str) {
        let line = self.text.as_bytes().iter().take(at.start).filter(|byte| **byte == b'\n').count() + 1;
        self.mistakes.push(Mistake::line(self.file, line, key, reason, advice));
    }

    /// The parts of the file, as far as they can be read.
    pub(super) fn read(&mut self) -> File {
        let mut file = File::default();
        let table = match DeTable::parse(self.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                self.wrong(
                    error.span().unwrap_or_default(),
                    "",
                    format!("不是正确的TOML:{}", error.message()),
                    "",
                );
                return file;
            }
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match name {
                "name" => file.name = self.part(name, value),
                "title" => file.title = self.part(name, value),
                "platforms" => file.platforms = self.part(name, value).unwrap_or_default(),
                "reader" => file.reader = self.part(name, value),
                "base" => file.base = self.part(name, value),
                "url" => file.url = self.part(name, value),
                "headers" => file.headers = self.part(name, value).unwrap_or_default(),
                "conditional" => file.conditional = self.part(name, value),
                "bridge" => file.bridge = self.part(name, value).unwrap_or_default(),
                "part" => file.part = self.part(name, value).unwrap_or_default(),
                "follow" => file.follow = self.part(name, value),
                "pace" => file.pace = self.part(name, value),
                "golden" => file.golden = self.part(name, value),
                "origin" => file.origin = self.part(name, value),
                "origins" => file.origins = self.list(name, value),
                "feed" => file.feed = self.part(name, value).unwrap_or_default(),
                "page" => file.page = self.part(name, value),
                "json" => file.json = self.part(name, value),
                "embedded" => file.embedded = self.part(name, value),
                "profile" => file.profile = self.part(name, value),
                "verification" => file.verification = self.part(name, value).unwrap_or_default(),
                "article" => file.article = self.part(name, value),
                "sync" => file.sync = self.part(name, value),
                "empty" => file.empty = self.part(name, value).unwrap_or_default(),
                "marks" => file.marks = self.list(name, value),
                other => {
                    let advice = format!("可用的键:{KEYS}");
                    self.wrong(key.span(), other, "不认识的键", &advice);
                }
            }
        }
        file
    }

    /// Each element of an array by itself.
    fn list<T: DeserializeOwned>(&mut self, key: &str, value: Spanned<DeValue<'_>>) -> Vec<T> {
        let span = value.span();
        if let DeValue::Array(list) = value.into_inner() {
            return list.into_iter().filter_map(|part| self.part(key, part)).collect();
        }
        self.wrong(span, key, "应为表的数组", &format!("请写成 [[{key}]]"));
        Vec::new()
    }

    fn part<T: DeserializeOwned>(&mut self, key: &str, value: Spanned<DeValue<'_>>) -> Option<T> {
        let span = value.span();
        T::deserialize(ValueDeserializer::from(value))
            .map_err(|error| {
                let reason = format!("不能识别:{}", error.message());
                self.wrong(error.span().unwrap_or(span), key, reason, "请对照自带的采集规则修改");
            })
            .ok()
    }

    fn compiled<T>(&mut self, key: &str, text: &Text, advice: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|reason| self.wrong(text.span(), key, reason, advice)).ok()
    }

    pub(super) fn regex(&mut self, key: &str, text: Option<&Text>) -> Option<Regex> {
        let text = text?;
        let result = Regex::new(text.get_ref()).map_err(|error| format!("正则表达式有误:{error}"));
        self.compiled(key, text, "请用 '''…''' 书写正则表达式", result)
    }

    pub(super) fn selector(&mut self, key: &str, text: Option<&Text>) -> Option<Selector> {
        let text = text?;
        let result = Selector::parse(text.get_ref()).map_err(|error| format!("CSS选择器有误:{error}"));
        self.compiled(key, text, "请在浏览器的开发者工具中核对选择器", result)
    }

    pub(super) fn path(&mut self, key: &str, text: Option<&Text>) -> Option<JsonPath> {
        let text = text?;
        self.compiled(key, text, "路径形如 data.list[].title", JsonPath::parse(text.get_ref()))
    }

    pub(super) fn test(&mut self, key: &str, text: &Text) -> Option<Test> {
        self.compiled(key, text, "条件形如 data.result=1", Test::parse(text.get_ref()))
    }
}
