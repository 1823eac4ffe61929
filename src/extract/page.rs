//! A list page: by the selectors of a recipe, or by itself.
//!
//! In: HTML. Out: lines and posts with absolute addresses. It never runs a script: a list that a script fills is
//! a changed layout, never an empty one.

use super::answer::{Answer, parse};
use super::gather::{Found, Gather, MOST, hash_of};
use super::recipe::{Field, On, PageFields, Pick, Recipe};
use super::{Trouble, address, article, clean, date, dated, links, list};
use crate::model::listing::{Extracted, Front, Listing};
use crate::model::moment;
use crate::model::post::Published;
use crate::model::visit::Failure;
use chrono::{DateTime, Utc};
use scraper::{ElementRef, Html, Selector};
use std::sync::LazyLock;
use url::Url;

static BASE: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("base[href]").ok());

/// Reads a list page.
pub(super) fn read(
    recipe: &Recipe,
    answer: &Answer<'_>,
    known: &Listing,
    now: DateTime<Utc>,
) -> Result<Extracted, Trouble> {
    if answer.text().trim().is_empty() {
        return Err(Trouble::new(Failure::Broken, "回答没有内容"));
    }
    let unwrapped = records(answer.text()).map(|html| parse(&html));
    let page = match &unwrapped {
        Some(page) => page.as_ref(),
        None => answer.tree(),
    };
    let page = page.ok_or_else(|| Trouble::new(Failure::TooLarge, "页面嵌套过深"))?;
    let base = base(page, &answer.fetched.url);
    let mut gather = Gather::new(recipe, known, now);
    gather.out.profile.name = article::meta(page, &["sitename"]);
    gather.out.front = Some(front(answer, &base));
    let rows = match &recipe.page {
        Some(fields) => by_selectors(fields, page, &base)?,
        None => by_itself(page, &base)?,
    };
    for row in rows {
        let pinned = if row.pinned { "^" } else { "" };
        let hash = hash_of([row.url.as_str(), &row.title, &row.date, &row.source, pinned]);
        if !gather.recall(hash) {
            gather.add(hash, found(recipe, row, now));
        }
    }
    Ok(gather.out)
}

/// What a page says about itself.
pub(super) fn front(answer: &Answer<'_>, base: &Url) -> Front {
    let meta = |name| answer.tree().and_then(|page| article::meta(page, &[name])).unwrap_or_default();
    Front {
        title: answer.title().to_owned(),
        keywords: meta("keywords"),
        description: meta("description"),
        hidden: links::hidden(answer.text(), base),
    }
}

/// The rows of a list that a script fetches as XML (大汉 jpage dataproxy: `<record><![CDATA[<li>…]]></record>`)
/// as the page the script makes of them.
fn records(text: &str) -> Option<String> {
    let start = text.find("<recordset").filter(|_| text.contains("<record><![CDATA["))?;
    let rows = text[start..].split("<![CDATA[").skip(1);
    let rows: String = rows.filter_map(|rest| rest.split_once("]]>")).map(|(row, _)| row).collect();
    Some(format!("<ul>{rows}</ul>"))
}

/// One row as raw text.
#[derive(Default)]
struct Row {
    url: String,
    title: String,
    date: String,
    source: String,
    pinned: bool,
}

fn by_itself(page: &Html, base: &Url) -> Result<Vec<Row>, Trouble> {
    let rows = list::find(page, base);
    if rows.is_empty() {
        return Err(Trouble::new(Failure::Layout, "页面上没有带日期的列表"));
    }
    // What an article page recommends beside the article is no list of the account.
    if article::is_article(page) && rows.iter().all(|row| row.date.is_empty()) {
        return Err(Trouble::new(Failure::Layout, "这是一篇文章的页面,不是列表页"));
    }
    let row =
        |row: list::Row| Row { url: row.url.into(), title: row.title, date: row.date, ..Row::default() };
    Ok(rows.into_iter().take(MOST).map(row).collect())
}

fn by_selectors(fields: &PageFields, page: &Html, base: &Url) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    let mut items = 0_usize;
    for item in page.select(&fields.item).take(MOST) {
        items += 1;
        let link = match &fields.link {
            Some(pick) => item.select(&pick.selector).next(),
            None => item.descendent_elements().find(|element| element.attr("href").is_some()),
        };
        let url = link.and_then(|link| link.attr("href")).and_then(|href| address::absolute(base, href));
        let title = match (&fields.title, link) {
            (Some(pick), _) => pick.read(item),
            (None, Some(link)) => {
                let shown = text(link);
                let full = link.attr("title").map(clean::fold).unwrap_or_default();
                if full.chars().count() > shown.chars().count() { full } else { shown }
            }
            (None, None) => String::new(),
        };
        let date = match &fields.date {
            Some(pick) => pick.read(item),
            None => text(item),
        };
        if title.is_empty() && url.is_none() {
            continue;
        }
        rows.push(Row {
            url: url.map(String::from).unwrap_or_default(),
            title: clean::title(&title),
            date: dated::find(&date).map(|at| date[at].to_owned()).unwrap_or(date),
            source: fields.source.as_ref().map(|pick| pick.read(item)).unwrap_or_default(),
            pinned: fields
                .pinned
                .as_ref()
                .is_some_and(|mark| mark.matches(&item) || item.select(mark).next().is_some()),
        });
    }
    if rows.is_empty() {
        return Err(Trouble::new(Failure::Layout, format!("选择器找到{items}项,没有一项带链接和标题")));
    }
    Ok(rows)
}

impl Pick {
    /// The text of the first match inside an item, or its attribute.
    fn read(&self, item: ElementRef<'_>) -> String {
        let Some(found) = item.select(&self.selector).next() else { return String::new() };
        match &self.attribute {
            Some(attribute) => found.attr(attribute).map(clean::fold).unwrap_or_default(),
            None => text(found),
        }
    }
}

fn text(element: ElementRef<'_>) -> String {
    clean::fold(&element.text().collect::<String>())
}

fn found(recipe: &Recipe, row: Row, now: DateTime<Utc>) -> Found {
    let printed = date::read(&row.date, now);
    let absolute = date::read_absolute(&row.date).is_some();
    let in_url = date::from_url(&row.url);
    let published = match (printed, in_url) {
        (Some(stamp), _) if absolute => Some(stamp.published()),
        // A day without its year, or told from now: the address knows better.
        (Some(stamp), Some(day)) if moment::in_shanghai(stamp.at.to_utc()).date_naive() == day => {
            Some(stamp.published())
        }
        (_, Some(day)) => Some(Published::On(day)),
        (Some(stamp), None) => Some(stamp.published()),
        (None, None) => None,
    };
    let mut found = Found {
        published,
        absolute: absolute || in_url.is_some(),
        source: clean::source_line(&row.source),
        url: row.url,
        title: row.title,
        pinned: row.pinned,
        ..Found::default()
    };
    let origin = recipe.origins.iter().find(|rule| match &rule.on {
        On::Field(Field::Title, pattern) => pattern.is_match(&found.title),
        On::Field(Field::Url, pattern) => pattern.is_match(&found.url),
        _ => false,
    });
    found.origin = origin.map(|rule| rule.is);
    found
}

/// What relative links of a page are relative to.
fn base(page: &Html, url: &Url) -> Url {
    let told = BASE.as_ref().and_then(|base| page.select(base).next()).and_then(|base| base.attr("href"));
    told.and_then(|href| address::absolute(url, href)).unwrap_or_else(|| url.clone())
}
