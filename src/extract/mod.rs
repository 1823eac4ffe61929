//! 3 FACTS: from bytes to profile and posts.
//!
//! In: an answer of the outside world, the recipe of its platform and the listing of the last look. Out: what the
//! page says, or why it says nothing. It reads no clock, no network and no database, and never takes a page that
//! could not be read for an account that is silent: an empty list counts only with the platform's own proof.
//!
//! The order: the status; the answer's own keys; the reader; only when it read nothing, the marks of walls.

mod address;
mod answer;
mod article;
mod challenge;
mod clean;
mod cut;
pub mod date;
mod dated;
mod embedded;
mod feed;
mod gather;
mod json;
mod links;
mod list;
mod literal;
mod page;
mod path;
mod picture;
mod profile;
mod recipe;
mod scan;
mod syncs;
mod ways;

/// How to add a platform in ten minutes, for whoever mends recipes; in Chinese, as the recipes are.
#[doc = ""]
#[doc = include_str!("../../config/platforms/README.md")]
pub mod adding_a_platform {}

pub use picture::picture;
pub use profile::profile;
pub(crate) use recipe::is_loopback;
pub use recipe::{Follow, Golden, Pace, Recipe, Recipes, Sync};
pub use syncs::syncs;

use crate::model::listing::{Article, Extracted, Front, Line, Listing};
use crate::model::page::{Fetched, Miss};
use crate::model::post::{Post, PostKey};
use crate::model::visit::Failure;
use answer::Answer;
use chrono::{DateTime, Utc};
use recipe::Reader;
use url::Url;

/// Why a reader could make nothing of an answer, before the walls are looked for.
struct Trouble {
    failure: Failure,
    detail: String,
}

impl Trouble {
    fn new(failure: Failure, detail: impl Into<String>) -> Self {
        Self { failure, detail: detail.into() }
    }
}

/// What a listing page or feed says.
///
/// `posts` holds the items whose bytes `known` does not have; `listing` holds all. An answer without items is an
/// error unless `empty_marker` is set.
pub fn extract(
    recipe: &Recipe,
    fetched: &Fetched,
    known: &Listing,
    now: DateTime<Utc>,
) -> Result<Extracted, Miss> {
    let answer = Answer::new(fetched).with_embedded(recipe.embedded.as_ref());
    usable(recipe, &answer)?;
    let read = match (recipe.reader, &recipe.json) {
        (Reader::Json, Some(fields)) => json::read(recipe, fields, &answer, known, now),
        (Reader::Page, _) => page::read(recipe, &answer, known, now),
        (Reader::Article, _) => Err(Trouble::new(Failure::Layout, "这条采集规则只读单页,读不了列表")),
        _ => feed::read(recipe, &answer, known, now),
    };
    let read = read.map(|read| Extracted { named: read.named || recipe.names_accounts(), ..read });
    let trouble = match read {
        Ok(read) if !read.listing.lines.is_empty() || (read.empty_marker && !recipe.part) => {
            return Ok(Extracted { part: recipe.part, ..read });
        }
        Ok(read) if says_empty(recipe, &answer) => return Ok(Extracted { empty_marker: true, ..read }),
        Ok(_) => Trouble::new(Failure::Empty, "列表中没有一条内容"),
        // A page without a list has no rows to be empty: its words stand in their place.
        Err(trouble)
            if recipe.reader == Reader::Page
                && trouble.failure == Failure::Layout
                && says_empty(recipe, &answer) =>
        {
            return Ok(Extracted { empty_marker: true, ..Extracted::default() });
        }
        Err(trouble) => trouble,
    };
    Err(wall(recipe, &answer, Failure::Layout).unwrap_or_else(|| {
        let failure = if recipe.bridge && trouble.failure != Failure::Empty {
            Failure::BridgeDown
        } else {
            trouble.failure
        };
        Miss::on(fetched, failure, trouble.detail)
    }))
}

/// What a page says about itself; nothing when it is no page for people.
#[must_use]
pub fn front(fetched: &Fetched) -> Front {
    let answer = Answer::new(fetched);
    if answer.is_html() { page::front(&answer, &fetched.url) } else { Front::default() }
}

/// What an article's own page says about it.
pub fn article(recipe: &Recipe, fetched: &Fetched, now: DateTime<Utc>) -> Result<Article, Miss> {
    let answer = Answer::new(fetched);
    usable(recipe, &answer)?;
    let read = match &recipe.article {
        Some(fields) => ways::read(recipe, fields, &answer, now),
        None => article::read(&answer, now),
    };
    match read {
        Ok(read) if read.published.is_some() || recipe.is_article() => Ok(read),
        // Words without a date may be those of a wall.
        Ok(read) => wall(recipe, &answer, Failure::Gone).map_or(Ok(read), Err),
        Err(trouble) => Err(wall(recipe, &answer, Failure::Gone)
            .unwrap_or_else(|| Miss::on(fetched, trouble.failure, trouble.detail))),
    }
}

/// A page looked at by itself, as a list of its one post; a page about the account has none.
pub fn alone(recipe: &Recipe, fetched: &Fetched, now: DateTime<Utc>) -> Result<Extracted, Miss> {
    let article = article(recipe, fetched, now)?;
    let mut read = Extracted { profile: article.profile.clone(), ..Extracted::default() };
    if article.title.is_some() || article.published.is_some() {
        let post = post_of(article, &fetched.url);
        read.listing.lines.push(Line { hash: 0, key: post.key, published: post.published, pinned: false });
        read.posts.push(post);
    }
    Ok(read)
}

/// The article of a page as a post, for a look at that page alone.
#[must_use]
pub fn post_of(article: Article, url: &Url) -> Post {
    Post {
        key: PostKey::of(&crate::model::address::plain_with_route(url.as_str())),
        url: url.to_string(),
        title: article.title.unwrap_or_else(|| clean::opening(&article.text)),
        text: article.text,
        published: article.published,
        origin: article.origin,
        source: article.source,
        pinned: false,
        links: article.links,
    }
}

/// Whether the platform's own words say that there is nothing, and no wall stands there.
fn says_empty(recipe: &Recipe, answer: &Answer<'_>) -> bool {
    let words = recipe.empty.text.as_ref().is_some_and(|words| words.is_match(answer.visible()));
    words && !recipe.part && challenge::wall(&recipe.marks, recipe.reader, answer).is_none()
}

/// Whether there is anything to read: the status is a good one and the answer's own keys do not refuse.
fn usable(recipe: &Recipe, answer: &Answer<'_>) -> Result<(), Miss> {
    if !(200..300).contains(&answer.fetched.status) {
        let mut miss = challenge::refusal(&recipe.marks, recipe.reader, answer);
        if recipe.bridge && matches!(miss.failure, Failure::Server | Failure::Refused | Failure::Gone) {
            // What a bridge cannot find says something about the bridge, not about the account.
            miss.failure = Failure::BridgeDown;
        }
        return Err(miss);
    }
    challenge::statement(&recipe.marks, recipe.reader, answer).map_or(Ok(()), Err)
}

/// The wall in front of a page that gave nothing. A page that says "does not exist" with status 200 means itself:
/// for an article that is gone, for a list only that the list has moved; the caller says which.
fn wall(recipe: &Recipe, answer: &Answer<'_>, missing: Failure) -> Option<Miss> {
    let mut miss = challenge::wall(&recipe.marks, recipe.reader, answer)?;
    if miss.failure == Failure::Gone && recipe.reader == Reader::Page {
        miss.failure = missing;
    }
    Some(miss)
}

#[cfg(test)]
mod tests;
