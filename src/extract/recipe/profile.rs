//! How a recipe reads an account itself: the fields of a profile, the second request, the words of verification.
//!
//! In: the parts of a recipe file. Out: their compiled forms, mistakes noted at the desk. It reads no answer.

use super::file::{Desk, Text};
use crate::extract::path::Path;
use crate::model::account::Verification;
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `[profile]`, and without address, headers and required keys `[json.profile]`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProfilePart {
    pub(super) url: Option<Text>,
    pub(super) headers: Option<BTreeMap<String, String>>,
    pub(super) required: Vec<Text>,
    pub(super) name: Option<Text>,
    pub(super) intro: Option<Text>,
    pub(super) avatar: Option<Text>,
    pub(super) followers: Option<Text>,
    pub(super) verified_subject: Option<Text>,
    pub(super) verification: Option<Text>,
    pub(super) posts: Vec<Text>,
    pub(super) counts_all: Option<bool>,
}

/// `[verification]`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct VerificationPart {
    pub(super) codes: BTreeMap<String, Verification>,
    pub(super) words: Vec<WordsPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsPart {
    pub(super) pattern: Text,
    pub(super) is: Verification,
}

/// Where the facts about an account stand in a document.
#[derive(Debug, Clone, Default)]
pub(in crate::extract) struct ProfileFields {
    pub(in crate::extract) name: Option<Path>,
    pub(in crate::extract) intro: Option<Path>,
    pub(in crate::extract) avatar: Option<Path>,
    pub(in crate::extract) followers: Option<Path>,
    pub(in crate::extract) verified_subject: Option<Path>,
    pub(in crate::extract) verification: Option<Path>,
    /// The platform's own counters of posts, to be added up.
    pub(in crate::extract) posts: Vec<Path>,
    /// The counters leave out some kind of post that the list shows: their rise says something, their 0 nothing.
    pub(in crate::extract) counts_some: bool,
}

/// The second request, about the account itself.
#[derive(Debug, Clone)]
pub(in crate::extract) struct ProfilePage {
    pub(super) url: String,
    /// Its own headers; none means those of the list.
    pub(super) headers: Option<Vec<(String, String)>>,
    pub(in crate::extract) required: Vec<(String, Path)>,
    pub(in crate::extract) fields: ProfileFields,
}

/// What the platform's codes and words of verification mean.
#[derive(Debug, Clone, Default)]
pub(in crate::extract) struct Verifier {
    /// By the code as the platform writes it.
    pub(in crate::extract) codes: Vec<(String, Verification)>,
    /// Where no code tells: by the words of the code's place or of the verified body, the first that match.
    pub(in crate::extract) words: Vec<(Regex, Verification)>,
}

/// The fields that stand in the document of the list.
pub(super) fn in_list(desk: &mut Desk<'_>, part: &ProfilePart) -> ProfileFields {
    if let Some(url) = &part.url {
        let advice = "另一个请求写在 [profile] 一节";
        desk.wrong(url.span(), "json.profile.url", "[json.profile] 读的是列表本身,没有自己的网址", advice);
    }
    fields(desk, "json.profile", part)
}

/// The second request and what it gives.
pub(super) fn page(
    desk: &mut Desk<'_>,
    part: Spanned<ProfilePart>,
    base: Option<&Text>,
) -> Option<ProfilePage> {
    let place = part.span();
    let part = part.into_inner();
    let fields = fields(desk, "profile", &part);
    let required = part
        .required
        .iter()
        .filter_map(|text| {
            desk.path("profile.required", Some(text)).map(|path| (text.get_ref().clone(), path))
        })
        .collect();
    let Some(url) = part.url else {
        desk.wrong(place, "profile", "缺少“url”", "写账号资料的网址,其中的 {target} 与列表的相同");
        return None;
    };
    super::compile::addresses(desk, base, Some(&url));
    let headers = part.headers.map(|headers| headers.into_iter().collect());
    Some(ProfilePage { url: url.into_inner(), headers, required, fields })
}

/// What codes and words mean.
pub(super) fn verifier(desk: &mut Desk<'_>, part: VerificationPart) -> Verifier {
    let words = part.words.iter().filter_map(|words| {
        desk.regex("verification.words", Some(&words.pattern)).map(|pattern| (pattern, words.is))
    });
    Verifier { words: words.collect(), codes: part.codes.into_iter().collect() }
}

fn fields(desk: &mut Desk<'_>, section: &str, part: &ProfilePart) -> ProfileFields {
    let mut path = |key: &str, text: Option<&Text>| desk.path(&format!("{section}.{key}"), text);
    ProfileFields {
        name: path("name", part.name.as_ref()),
        intro: path("intro", part.intro.as_ref()),
        avatar: path("avatar", part.avatar.as_ref()),
        followers: path("followers", part.followers.as_ref()),
        verified_subject: path("verified_subject", part.verified_subject.as_ref()),
        verification: path("verification", part.verification.as_ref()),
        posts: part.posts.iter().filter_map(|text| path("posts", Some(text))).collect(),
        counts_some: part.counts_all == Some(false),
    }
}
