//! One page by the `[article]` section of a recipe: what it says about its post and about the account.
//!
//! In: HTML, and ways to its values. Out: title, time, mark of origin, source, text, ids and profile. It never
//! runs a script: values that stand in scripts are read as the literals they are.

use super::answer::Answer;
use super::profile::verified;
use super::recipe::{ArticleFields, Recipe, Way};
use super::{Trouble, clean, date, links};
use crate::model::listing::{Article, Profile};
use crate::model::post::{Link, Origin};
use crate::model::visit::Failure;
use chrono::{DateTime, Duration, Utc};
use regex::Regex;
use std::borrow::Cow;

/// The most values of one way; a page has no more names and marks than this.
const MOST: usize = 100;

/// Reads a page by ways.
pub(super) fn read(
    recipe: &Recipe,
    fields: &ArticleFields,
    answer: &Answer<'_>,
    now: DateTime<Utc>,
) -> Result<Article, Trouble> {
    if answer.tree().is_none() {
        return Err(Trouble::new(Failure::TooLarge, "页面嵌套过深"));
    }
    let present = |way: &Way| match way {
        // An element without text is there as well.
        Way::Element(pick) => answer.tree().is_some_and(|page| page.select(&pick.selector).next().is_some()),
        way => !way.values(answer).is_empty(),
    };
    if !fields.present.is_empty() && !fields.present.iter().any(present) {
        return Err(Trouble::new(Failure::Layout, "页面上没有文章"));
    }
    let first = |ways: &[Way]| ways.iter().find_map(|way| way.first(answer));
    let line = |ways: &[Way]| {
        first(ways).map(|text| {
            let mut line = clean::fold(&text);
            clean::clip(&mut line, clean::TITLE);
            line
        })
    };
    let stamps = fields.time.iter().flat_map(|way| way.values(answer));
    let published = stamps
        .filter_map(|raw| date::read_absolute(raw.trim()))
        .find(|stamp| stamp.at <= now + Duration::days(1))
        .map(date::Stamp::published);
    let mark = line(&fields.mark);
    let origin = match &mark {
        Some(mark) if fields.repost.as_ref() == Some(mark) => Origin::Repost,
        Some(mark) if fields.original.as_ref() == Some(mark) => Origin::Original,
        _ => Origin::Unknown,
    };
    let named = if origin == Origin::Repost { line(&fields.reposted_from) } else { None };
    let title = line(&fields.title);
    let links = fields.text.iter().find_map(|way| way.links(answer)).unwrap_or_default();
    let text = first(&fields.text).or_else(|| title.clone()).unwrap_or_default();
    Ok(Article {
        title,
        published,
        origin,
        source: named.or_else(|| first(&fields.source).and_then(|raw| clean::source_line(&raw))),
        text,
        links,
        ids: fields.id.iter().filter_map(|way| way.first(answer)).collect(),
        profile: Profile {
            name: line(&fields.name),
            intro: line(&fields.intro),
            avatar: line(&fields.avatar),
            verified_subject: line(&fields.verified_subject),
            verification: line(&fields.verified_as)
                .and_then(|words| verified(&recipe.verification, &words, None)),
            names: fields
                .names
                .iter()
                .map(|way| way.values(answer))
                .find(|names| !names.is_empty())
                .unwrap_or_default(),
            ..Profile::default()
        },
    })
}

impl ArticleFields {
    /// An id of the account that published a page when it cannot be the registered one: both are of one kind
    /// and differ. Ids of different kinds say nothing about each other.
    pub(super) fn stranger<'a>(&self, ids: &'a [String], registered: &str) -> Option<&'a str> {
        let plain =
            |id: &str| percent_encoding::percent_decode_str(id.trim()).decode_utf8_lossy().trim().to_owned();
        let registered = plain(registered);
        let kind = self.id_like.iter().find(|kind| kind.is_match(&registered))?;
        let mut same_kind = ids.iter().filter(|id| kind.is_match(&plain(id))).peekable();
        let first = *same_kind.peek()?;
        (!same_kind.any(|id| plain(id) == registered)).then_some(first.as_str())
    }
}

impl Way {
    /// The first value that is not one of the ways in which templates write nothing.
    fn first(&self, answer: &Answer<'_>) -> Option<String> {
        self.values(answer).into_iter().next()
    }

    /// The links of an element that has a text; none where the way leads to no element.
    fn links(&self, answer: &Answer<'_>) -> Option<Vec<Link>> {
        let Self::Element(pick) = self else { return None };
        let element = answer.tree()?.select(&pick.selector).next()?;
        pick.attribute.is_none().then(|| links::links(&element.html(), &answer.fetched.url))
    }

    /// Every value, as plain text.
    fn values(&self, answer: &Answer<'_>) -> Vec<String> {
        let mut values: Vec<String> = match self {
            Self::Element(pick) => {
                let Some(page) = answer.tree() else { return Vec::new() };
                let found = page.select(&pick.selector).take(MOST);
                found
                    .filter_map(|element| match &pick.attribute {
                        Some(attribute) => element.attr(attribute).map(|value| clean::plain(&literal(value))),
                        None => Some(clean::plain(&element.html())),
                    })
                    .collect()
            }
            Self::Script(pattern) => {
                all(pattern, answer.scripts()).map(|value| clean::plain(&literal(value))).take(MOST).collect()
            }
            Self::Visible(pattern) => all(pattern, answer.visible()).map(str::to_owned).take(MOST).collect(),
        };
        values.retain(|value| !clean::is_void(value));
        values
    }
}

fn all<'t>(pattern: &'t Regex, text: &'t str) -> impl Iterator<Item = &'t str> {
    let found = pattern.captures_iter(text);
    found.filter_map(|found| found.name("it").or_else(|| found.get(0)).map(|part| part.as_str().trim()))
}

/// What a literal of a script stands for: `\x26`, `\u4e00`, `\n` and the like resolved.
fn literal(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let hex = |digits: usize| {
            let code = after.get(1..=digits)?;
            char::from_u32(u32::from_str_radix(code, 16).ok()?).map(|sign| (sign, 1 + digits))
        };
        let sign = after.chars().next();
        let (resolved, used) = match sign {
            Some('x') => hex(2).unwrap_or(('x', 1)),
            Some('u') => hex(4).unwrap_or(('u', 1)),
            Some('n' | 'r') => ('\n', 1),
            Some('t') => ('\t', 1),
            Some(other) => (other, other.len_utf8()),
            None => ('\\', 0),
        };
        out.push(resolved);
        rest = &after[used..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_literal_stands_for_its_text() {
        for (raw, text) in [
            ("澄湖", "澄湖"),
            (r"a\x26amp;b", "a&amp;b"),
            (r"\u6e56\x0a\'x\'\/", "湖\n'x'/"),
            (r"\x4", "x4"),
            (r"\u湖", "u湖"),
            ("\\", "\\"),
        ] {
            assert_eq!(literal(raw), text, "{raw}");
        }
    }

    #[test]
    fn only_ids_of_one_kind_are_compared() {
        let like = |text: &str| Regex::new(text).unwrap();
        let fields =
            ArticleFields { id_like: vec![like("^gh_"), like("^M.+==$")], ..ArticleFields::default() };
        let ids = ["gh_0a1b2c".to_owned(), "MzIxMDAwMDAwMQ==".to_owned()];
        for (registered, stranger) in [
            ("gh_0a1b2c", None),
            ("gh_ffffff", Some("gh_0a1b2c")),
            ("MzIxMDAwMDAwMQ%3D%3D", None),
            ("MzI5OTk5OTk5OQ==", Some("MzIxMDAwMDAwMQ==")),
            ("yunxifabu", None),
            ("", None),
        ] {
            assert_eq!(fields.stranger(&ids, registered), stranger, "{registered}");
        }
        assert_eq!(fields.stranger(&[], "gh_ffffff"), None);
    }

    proptest! {
        #[test]
        fn any_literal_is_resolved_without_a_panic(raw in "(\\\\[xun\\\\湖]|[0-9a-f湖]){0,20}") {
            let _ = literal(&raw);
        }
    }
}
