//! Does a post carry commercial advertising, or link to it (“不得刊登商业广告或链接商业广告页面”)?
//!
//! In: title, text and links of a post, and the list of shops. Out: what was found, with its places, its words and the
//! reason; none for nearly every post. A sale is told by several families of signs together (an attractive price, a
//! way to buy, a seller), weighed against what makes a matter public and against warnings that only quote sales talk.
//! Pure; one pass for the signs of a text, and only where some were found the rest.

mod link;
mod public;
mod sign;
#[cfg(test)]
mod tests;

pub use link::Shops;

use super::{Part, Spot, Words, quoting};
use crate::judge::folded::Folded;
use crate::model::post::Link;
use regex::Regex;
use sign::{Meaning, Signs};
use std::ops::Range;
use std::sync::LazyLock;

/// What the signs of a sale must weigh together.
const ENOUGH: f32 = 3.0;
/// What they must weigh when a public body is at hand, in a link's stead: a coupon that a government pays for may be
/// fetched in a shop.
const PUBLIC: f32 = 4.0;
/// What a text that warns takes off: it may still sell at its end, but more must speak for it.
const WARNING: f32 = 2.0;
/// The same where the title already says so.
const EXPOSING: f32 = 4.0;
/// Ways of saying one thing that count: a long leaflet sells no more than a short one.
const MOST: usize = 3;
/// Links that are looked at; a page of a thousand links is told by its first.
const MOST_LINKS: usize = 500;

/// An address in a text.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"https?://[\x21-\x7e]+").expect("a constant pattern"));

/// A post, as far as it can advertise.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Its title.
    pub title: &'a Words<'a>,
    /// Its text.
    pub text: &'a Words<'a>,
    /// Its links besides the addresses that stand in the text.
    pub links: &'a [Link],
}

/// What advertises.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ad {
    /// The places of the text that sell, first to last; empty when only a link does.
    pub places: Vec<Spot>,
    /// The links that lead to a sale.
    pub links: Vec<Link>,
}

/// What advertises in a post; none when nothing does.
#[must_use]
pub fn find(post: &Post<'_>, shops: &Shops) -> Option<Ad> {
    let places = sale(post);
    let links = selling(post, shops);
    (!places.is_empty() || !links.is_empty()).then_some(Ad { places, links })
}

/// The places of a text that sells.
fn sale(post: &Post<'_>) -> Vec<Spot> {
    let whole = without_addresses(whole(post));
    let signs = Signs::of(&whole);
    // Nearly every post ends here.
    if weight(&signs) < ENOUGH {
        return Vec::new();
    }
    let (own, signs) = if quoting::warns(&whole) {
        let own = quoting::own_words(&whole);
        let signs = Signs::of(&own);
        let warning = if quoting::exposes(post.title.folded.text()) { EXPOSING } else { WARNING };
        if weight(&signs) - warning - public::weight(&own) < ENOUGH {
            return Vec::new();
        }
        (own, signs)
    } else if weight(&signs) - public::weight(&whole) < ENOUGH {
        return Vec::new();
    } else {
        (whole, signs)
    };
    let border = post.title.folded.text().len() + 1;
    let places = sentences(&own, signs.places(&own)).into_iter();
    places.filter_map(|place| spot(&place, border, &post.title.folded, &post.text.folded)).collect()
}

/// Places of one sentence as one: a reader wants to see where, not how often.
fn sentences(text: &str, places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match merged.last_mut() {
            Some(last)
                if place.start <= last.end
                    || !text[last.end..place.start].contains(['。', '!', '?', ';', '\n']) =>
            {
                last.end = last.end.max(place.end);
            }
            _ => merged.push(place),
        }
    }
    merged
}

/// Title and text as one.
fn whole(post: &Post<'_>) -> String {
    format!("{}\n{}", post.title.folded.text(), post.text.folded.text())
}

/// What the signs of a sale weigh together.
fn weight(signs: &Signs) -> f32 {
    let count = |meaning, most: usize| {
        // A handful at the most.
        #[expect(clippy::cast_precision_loss, reason = "at most three")]
        let count = signs.count(meaning).min(most) as f32;
        count
    };
    let said = 2.0 * count(Meaning::Deal, MOST)
        + 2.0 * count(Meaning::Call, MOST)
        + 1.5 * count(Meaning::Seller, MOST - 1)
        + 0.5 * count(Meaning::Contact, 1);
    let price = if signs.price && said > 0.0 { 1.0 } else { 0.0 };
    said + price
}

/// A place of title and text together as a place of one of them, as it was written.
fn spot(place: &Range<usize>, border: usize, title: &Folded, text: &Folded) -> Option<Spot> {
    if place.start >= border {
        let range = text.original(place.start - border..place.end - border);
        return Some(Spot { part: Part::Text, range });
    }
    // One that reaches over the border is none of either.
    (place.end < border).then(|| Spot { part: Part::Title, range: title.original(place.clone()) })
}

/// A text with blanks of the same length for its addresses.
fn without_addresses(text: String) -> String {
    if memchr::memmem::find(text.as_bytes(), b"://").is_none() {
        return text;
    }
    ADDRESS.replace_all(&text, |found: &regex::Captures<'_>| " ".repeat(found[0].len())).into_owned()
}

/// The links that lead to a sale; none where a public body pays for what is fetched there.
fn selling(post: &Post<'_>, shops: &Shops) -> Vec<Link> {
    if post.links.is_empty() && memchr::memmem::find(post.text.written.as_bytes(), b"://").is_none() {
        return Vec::new();
    }
    let in_text = ADDRESS.find_iter(post.text.written).map(|it| Link {
        words: String::new(),
        href: it.as_str().to_owned(),
        hidden: false,
    });
    let links = post.links.iter().cloned().chain(in_text).take(MOST_LINKS);
    let selling: Vec<Link> = links.filter(|link| shops.sells(&link.words, &link.href)).collect();
    if selling.is_empty() {
        return selling;
    }
    if public::weight(&whole(post)) >= PUBLIC { Vec::new() } else { selling }
}
