//! The section `[article]`: what one page says about one post, or about the account itself.
//!
//! In: the section. Out: ways to each value, compiled, every mistake noted. A way is a selector, a pattern over
//! the page's scripts (`script: …`) or a pattern over its visible text (`text: …`).

use super::file::{Desk, Text};
use super::{Pick, compile};
use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

/// The section as it is written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ArticlePart {
    pub(super) url: Option<Text>,
    pub(super) present: Vec<Text>,
    pub(super) title: Vec<Text>,
    pub(super) time: Vec<Text>,
    pub(super) source: Vec<Text>,
    pub(super) text: Vec<Text>,
    pub(super) id: Vec<Text>,
    pub(super) id_like: Vec<Text>,
    pub(super) origin: OriginPart,
    pub(super) profile: ProfilePart,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OriginPart {
    pub(super) value: Vec<Text>,
    pub(super) original: Option<String>,
    pub(super) repost: Option<String>,
    pub(super) source: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProfilePart {
    pub(super) name: Vec<Text>,
    pub(super) intro: Vec<Text>,
    pub(super) avatar: Vec<Text>,
    pub(super) verified_subject: Vec<Text>,
    pub(super) verified_as: Vec<Text>,
    pub(super) names: Vec<Text>,
}

/// How one page is read; of the ways to a value the first that leads to anything counts.
#[derive(Debug, Clone, Default)]
pub(in crate::extract) struct ArticleFields {
    /// The addresses of such pages; any when there is none.
    pub(in crate::extract) url: Option<Regex>,
    /// One of these must be there, else the page is none of the kind.
    pub(in crate::extract) present: Vec<Way>,
    pub(in crate::extract) title: Vec<Way>,
    pub(in crate::extract) time: Vec<Way>,
    pub(in crate::extract) source: Vec<Way>,
    pub(in crate::extract) text: Vec<Way>,
    /// Ids of the account that published the page: each way may lead to one of another kind.
    pub(in crate::extract) id: Vec<Way>,
    /// What ids of one kind look like; only ids of one kind can be compared.
    pub(in crate::extract) id_like: Vec<Regex>,
    /// The platform's own mark of original and reposted work.
    pub(in crate::extract) mark: Vec<Way>,
    pub(in crate::extract) original: Option<String>,
    pub(in crate::extract) repost: Option<String>,
    /// Whom a repost names.
    pub(in crate::extract) reposted_from: Vec<Way>,
    pub(in crate::extract) name: Vec<Way>,
    pub(in crate::extract) intro: Vec<Way>,
    pub(in crate::extract) avatar: Vec<Way>,
    pub(in crate::extract) verified_subject: Vec<Way>,
    pub(in crate::extract) verified_as: Vec<Way>,
    /// Every name the platform's own record gives, the newest first.
    pub(in crate::extract) names: Vec<Way>,
}

/// A way to a value.
#[derive(Debug, Clone)]
pub(in crate::extract) enum Way {
    /// An element, or an attribute of it.
    Element(Pick),
    /// The group `it` of a pattern, or all it matches, in the page's scripts.
    Script(Regex),
    /// The same in what a reader of the page sees.
    Visible(Regex),
}

/// Compiles the section.
pub(super) fn fields(desk: &mut Desk<'_>, part: &ArticlePart) -> ArticleFields {
    let mut ways = |key: &str, texts: &[Text]| {
        texts.iter().filter_map(|text| way(desk, &format!("article.{key}"), text)).collect()
    };
    let profile = &part.profile;
    let mut fields = ArticleFields {
        present: ways("present", &part.present),
        title: ways("title", &part.title),
        time: ways("time", &part.time),
        source: ways("source", &part.source),
        text: ways("text", &part.text),
        id: ways("id", &part.id),
        mark: ways("origin.value", &part.origin.value),
        reposted_from: ways("origin.source", &part.origin.source),
        name: ways("profile.name", &profile.name),
        intro: ways("profile.intro", &profile.intro),
        avatar: ways("profile.avatar", &profile.avatar),
        verified_subject: ways("profile.verified_subject", &profile.verified_subject),
        verified_as: ways("profile.verified_as", &profile.verified_as),
        names: ways("profile.names", &profile.names),
        original: part.origin.original.clone(),
        repost: part.origin.repost.clone(),
        ..ArticleFields::default()
    };
    fields.url = desk.regex("article.url", part.url.as_ref());
    fields.id_like =
        part.id_like.iter().filter_map(|text| desk.regex("article.id_like", Some(text))).collect();
    fields
}

fn way(desk: &mut Desk<'_>, key: &str, text: &Text) -> Option<Way> {
    let mut pattern = |raw: &str| {
        let pattern = Spanned::new(text.span(), raw.trim().to_owned());
        desk.regex(key, Some(&pattern))
    };
    if let Some(raw) = text.get_ref().strip_prefix("script:") {
        return pattern(raw).map(Way::Script);
    }
    if let Some(raw) = text.get_ref().strip_prefix("text:") {
        return pattern(raw).map(Way::Visible);
    }
    compile::pick(desk, key, Some(text)).map(Way::Element)
}
