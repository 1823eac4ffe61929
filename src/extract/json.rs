//! Public JSON by the paths of a recipe.
//!
//! In: the first JSON document of an answer. Out: profile, lines and posts; proof of emptiness only from the
//! platform's own counter. An empty list without it is no news.

use super::answer::Answer;
use super::gather::{Found, Gather, MOST, hash_of};
use super::path::{Path, scalar};
use super::profile::{self, number};
use super::recipe::{Field, IdTime, JsonFields, Link, LinkPart, On, Recipe};
use super::{Trouble, address, clean, date, links};
use crate::model::listing::{Extracted, Listing};
use crate::model::moment::in_shanghai;
use crate::model::post::{Origin, Published};
use crate::model::visit::Failure;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::borrow::Cow;
use url::Url;

/// Reads an answer by paths.
pub(super) fn read(
    recipe: &Recipe,
    fields: &JsonFields,
    answer: &Answer<'_>,
    known: &Listing,
    now: DateTime<Utc>,
) -> Result<Extracted, Trouble> {
    let Some(document) = answer.json() else { return Err(trouble(recipe, answer)) };
    if let Some((path, _)) = fields.required.iter().find(|(_, path)| !path.exists(document)) {
        return Err(Trouble::new(Failure::Layout, format!("缺少 {path}")));
    }
    let mut gather = Gather::new(recipe, known, now);
    gather.out.profile = profile::of(&fields.profile, recipe, document);
    let mine: Option<Vec<String>> =
        fields.mine.as_ref().map(|(_, whose)| whose.find(document).into_iter().filter_map(scalar).collect());
    let is_mine = |item: &Value| match (&fields.mine, &mine) {
        (Some((path, _)), Some(mine)) => path.text(item).is_some_and(|text| mine.contains(&text)),
        _ => true,
    };
    let items = fields.items.find(document).into_iter();
    for item in items.filter(|item| item.is_object() && is_mine(item)).take(MOST) {
        take(recipe, fields, &answer.fetched.url, item, now, &mut gather);
    }
    let counter = recipe.empty.counter.as_ref().and_then(|path| path.first(document)).and_then(number);
    let proven = counter == Some(0) || gather.out.profile.proven_empty;
    gather.out.empty_marker = gather.out.listing.lines.is_empty() && proven;
    Ok(gather.out)
}

fn take(
    recipe: &Recipe,
    fields: &JsonFields,
    base: &Url,
    item: &Value,
    now: DateTime<Utc>,
    gather: &mut Gather<'_>,
) {
    if fields.skip.iter().any(|test| test.holds(item)) {
        return;
    }
    let text = |path: &Option<Path>| path.as_ref().and_then(|path| path.text(item)).unwrap_or_default();
    let (id, html) = (text(&fields.id), text(&fields.text));
    let title = fields.title.as_ref().and_then(|title| title.fill(item)).unwrap_or_default();
    let (raw, source) = (text(&fields.date), text(&fields.source));
    let special =
        fields.links.iter().find(|(when, _)| when.holds(item)).and_then(|(_, link)| link.fill(item));
    let href = special.or_else(|| fields.link.as_ref().and_then(|link| link.fill(item)));
    let url = href.and_then(|href| address::absolute(base, &href));
    let url = url.map(String::from).unwrap_or_default();
    if id.is_empty() && url.is_empty() && (title.is_empty() || raw.is_empty()) {
        // Something of another kind among the items: an advertisement, a heading.
        return;
    }
    let pinned = fields.pinned.iter().any(|test| test.holds(item));
    let hash = hash_of([&*id, &url, &title, &html, &raw, &source, if pinned { "^" } else { "" }]);
    if gather.recall(hash) {
        return;
    }
    let by_id = || fields.date_of_id.and_then(|how| of_id(how, &id));
    let mut found = Found {
        published: date::read(&raw, now).map(date::Stamp::published).or_else(by_id),
        absolute: date::read_absolute(&raw).is_some(),
        id,
        url,
        title: clean::title(&title),
        text: clean::plain(&html),
        links: links::links(&html, base),
        origin: None,
        // The account's own name on the platform is no source.
        source: clean::source_line(&source).filter(|named| gather.out.profile.name.as_ref() != Some(named)),
        pinned,
    };
    for rule in &recipe.origins {
        let matched = match &rule.on {
            On::Json(asked) => asked.holds(item).then_some(None),
            On::Field(field, pattern) => {
                let on = match field {
                    Field::Title => &found.title,
                    Field::Text => &found.text,
                    Field::Html => &html,
                    Field::Url => &found.url,
                };
                pattern.captures(on).map(|seen| seen.name("source").map(|source| source.as_str().to_owned()))
            }
        };
        if let Some(named) = matched {
            if rule.is == Origin::Repost {
                let named = named.or_else(|| rule.source.as_ref().and_then(|path| path.text(item)));
                found.source = named.map(|source| clean::title(&source)).or(found.source);
            }
            found.origin = Some(rule.is);
            break;
        }
    }
    gather.add(hash, found);
}

/// When a post was made, by its id: only the day, for it may have been published later that day.
fn of_id(how: IdTime, id: &str) -> Option<Published> {
    let IdTime::Hex8 = how;
    let digits = id.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let at = DateTime::from_timestamp(i64::from_str_radix(digits, 16).ok()?, 0)?;
    Some(Published::On(in_shanghai(at).date_naive()))
}

impl Link {
    /// The text of an item; none when any of its paths leads nowhere.
    fn fill(&self, item: &Value) -> Option<String> {
        self.0
            .iter()
            .map(|part| match part {
                LinkPart::Text(text) => Some(Cow::Borrowed(text.as_str())),
                LinkPart::Path(path) => path.text(item).map(Cow::Owned),
            })
            .collect()
    }
}

/// Why a body is not the JSON it should be.
pub(super) fn trouble(recipe: &Recipe, answer: &Answer<'_>) -> Trouble {
    let text = answer.text().trim();
    if text.is_empty() {
        return Trouble::new(Failure::Broken, "回答没有内容");
    }
    if text.starts_with('<') || answer.is_html() {
        let title = answer.title();
        let seen = if title.is_empty() { clean::opening(answer.visible()) } else { title.to_owned() };
        let what = if recipe.embedded.is_some() {
            "网页中没有内嵌的数据"
        } else {
            "返回的是网页而不是数据"
        };
        return Trouble::new(Failure::Layout, format!("{what}:{seen}"));
    }
    let failure = if text.starts_with(['{', '[']) { Failure::Broken } else { Failure::Layout };
    Trouble::new(failure, format!("不是完整的数据:{}", clean::opening(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn the_first_digits_of_an_id_are_the_day_it_was_made() {
        let day = |id| of_id(IdTime::Hex8, id);
        let made = NaiveDate::from_ymd_opt(2026, 11, 20).map(Published::On);
        // Ten past midnight in Shanghai, when it is still the 19th in Greenwich.
        assert_eq!(day("6aff1f58000000001f00a1b2"), made);
        for id in ["", "n1", "6b06a7", "湖湖湖湖湖湖湖湖", "6b06a7fg00"] {
            assert_eq!(day(id), None, "{id}");
        }
    }
}
