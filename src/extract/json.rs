//! Public JSON by the paths of a recipe.
//!
//! In: the first JSON document of an answer. Out: profile, lines and posts; proof of emptiness only from the
//! platform's own counter. An empty list without it is no news.

use super::answer::Answer;
use super::gather::{Found, Gather, MOST, hash_of};
use super::path::{Path, scalar};
use super::recipe::{Field, JsonFields, Link, LinkPart, On, Recipe};
use super::{Trouble, address, clean, date};
use crate::model::listing::{Extracted, Listing, Profile};
use crate::model::post::Origin;
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
    let Some(document) = answer.json() else { return Err(trouble(answer)) };
    if let Some((path, _)) = fields.required.iter().find(|(_, path)| !path.exists(document)) {
        return Err(Trouble::new(Failure::Layout, format!("缺少 {path}")));
    }
    let mut gather = Gather::new(recipe, known, now);
    gather.out.profile = profile(fields, document);
    for item in fields.items.find(document).into_iter().filter(|item| item.is_object()).take(MOST) {
        take(recipe, fields, &answer.fetched.url, item, now, &mut gather);
    }
    let counter = recipe.empty.counter.as_ref().and_then(|path| path.first(document)).and_then(number);
    gather.out.empty_marker = gather.out.listing.lines.is_empty() && counter == Some(0);
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
    let text = |path: &Option<Path>| path.as_ref().and_then(|path| path.text(item)).unwrap_or_default();
    let (id, title, html) = (text(&fields.id), text(&fields.title), text(&fields.text));
    let (raw, source) = (text(&fields.date), text(&fields.source));
    let url =
        fields.link.as_ref().and_then(|link| link.fill(item)).and_then(|href| address::absolute(base, &href));
    let url = url.map(String::from).unwrap_or_default();
    if id.is_empty() && url.is_empty() {
        // Something of another kind among the items: an advertisement, a heading.
        return;
    }
    let pinned = fields.pinned.iter().any(|test| test.holds(item));
    let hash = hash_of([&*id, &url, &title, &html, &raw, &source, if pinned { "^" } else { "" }]);
    if gather.recall(hash) {
        return;
    }
    let mut found = Found {
        published: date::read(&raw, now).map(date::Stamp::published),
        absolute: date::read_absolute(&raw).is_some(),
        id,
        url,
        title: clean::title(&title),
        text: clean::plain(&html),
        origin: None,
        source: clean::source_line(&source),
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

impl Link {
    /// The link of an item; none when any of its paths leads nowhere.
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

fn profile(fields: &JsonFields, document: &Value) -> Profile {
    let text = |path: &Option<Path>| {
        path.as_ref().and_then(|path| path.text(document)).map(|text| clean::title(&text))
    };
    // An empty avatar is a fact: the page shows that there is none.
    let avatar = fields.avatar.as_ref().and_then(|path| path.first(document)).and_then(scalar);
    Profile {
        name: text(&fields.name),
        intro: text(&fields.intro),
        avatar,
        followers: fields.followers.as_ref().and_then(|path| path.first(document)).and_then(number),
        verified_subject: text(&fields.verified_subject),
        ..Profile::default()
    }
}

/// A count as platforms write it, a lower bound: `1,234`, `693.2万`, `1亿`, `10万+`, `1.1K`.
fn number(value: &Value) -> Option<u64> {
    let text = scalar(value)?;
    let text = text.trim().trim_end_matches('+').replace([',', '\u{ff0c}'], "");
    let units =
        [('亿', 100_000_000_u64), ('万', 10_000), ('w', 10_000), ('W', 10_000), ('k', 1_000), ('K', 1_000)];
    let (digits, unit) = units
        .iter()
        .find_map(|(sign, unit)| text.strip_suffix(*sign).map(|digits| (digits.trim().to_owned(), *unit)))
        .unwrap_or((text, 1));
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut count = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in part.chars() {
        place /= 10;
        count = count.checked_add(u64::from(digit.to_digit(10)?) * place)?;
    }
    Some(count)
}

/// Why a body is not the JSON it should be.
fn trouble(answer: &Answer<'_>) -> Trouble {
    let text = answer.text().trim();
    if text.is_empty() {
        return Trouble::new(Failure::Broken, "回答没有内容");
    }
    if text.starts_with('<') || answer.is_html() {
        let title = answer.title();
        let seen = if title.is_empty() { clean::opening(answer.visible()) } else { title.to_owned() };
        return Trouble::new(Failure::Layout, format!("返回的是网页而不是数据:{seen}"));
    }
    let failure = if text.starts_with(['{', '[']) { Failure::Broken } else { Failure::Layout };
    Trouble::new(failure, format!("不是完整的数据:{}", clean::opening(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_a_lower_bound() {
        for (text, count) in [
            ("693.2万", Some(6_932_000)),
            ("1.2亿", Some(120_000_000)),
            ("10万+", Some(100_000)),
            ("1,234", Some(1_234)),
            ("1.1K", Some(1_100)),
            ("0", Some(0)),
            ("很多", None),
            ("99999999999999999999亿", None),
        ] {
            assert_eq!(number(&Value::from(text)), count, "{text}");
        }
        assert_eq!(number(&Value::from(7)), Some(7));
    }
}
