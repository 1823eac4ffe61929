//! The list on a page, found by itself.
//!
//! In: a page as a tree. Out: the rows of its list: the container whose children (five or more) each hold a link
//! and a date, the one with the most to read in it. Navigation has no dates, so it is never a list. One walk
//! over the tree; it never needs to know a site.

use super::{address, clean, date, dated};
use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{Html, Node};
use std::collections::HashMap;
use url::Url;

/// The fewest rows of a list.
const FEWEST: usize = 5;

/// The most links of a row: a department, the title, a "details".
const LINKS: usize = 3;

/// A row of the list.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) url: Url,
    pub(super) title: String,
    /// The date as printed, or empty when only the address has one.
    pub(super) date: String,
}

/// What is known about an element while its inside is walked.
#[derive(Default)]
struct Frame {
    links: usize,
    best: Option<(Url, String)>,
    date: String,
    /// The text of a link being walked, without the dates in it.
    text: String,
    /// The children that are rows.
    rows: Vec<Row>,
    /// The rows of children that look alike: lists are often cut into blocks of five.
    blocks: HashMap<String, Vec<Row>>,
}

/// The rows of the page's list, in the order of the page; empty when there is no list.
pub(super) fn find(page: &Html, base: &Url) -> Vec<Row> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut best: (usize, Vec<Row>) = (0, Vec::new());
    let mut link_depth = 0_usize;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    link_depth += usize::from(element.name() == "a");
                    frames.push(Frame::default());
                }
                Node::Text(text) if !is_hidden(node) => {
                    if let Some(frame) = frames.last_mut() {
                        frame.take_text(text, link_depth > 0);
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                let Node::Element(element) = node.value() else { continue };
                let Some(mut frame) = frames.pop() else { continue };
                if element.name() == "a" {
                    link_depth -= 1;
                    frame.close_link(element.attr("href"), element.attr("title"), base);
                }
                frame.offer(&mut best);
                if let Some(parent) = frames.last_mut() {
                    let look = format!("{}.{}", element.name(), element.attr("class").unwrap_or_default());
                    parent.take_child(frame, look, link_depth > 0);
                }
            }
        }
    }
    best.1
}

impl Frame {
    fn take_text(&mut self, text: &str, in_link: bool) {
        let found =
            dated::find(text).filter(|_| if in_link { dated::is_date(text) } else { text.len() < 200 });
        match found {
            Some(range) if self.date.is_empty() => text[range].clone_into(&mut self.date),
            None if in_link => self.text.push_str(text),
            _ => {}
        }
    }

    fn close_link(&mut self, href: Option<&str>, attribute: Option<&str>, base: &Url) {
        let Some(url) = href.and_then(|href| address::absolute(base, href)) else { return };
        let shown = clean::fold(&self.text);
        let attribute = clean::fold(attribute.unwrap_or_default());
        let cut = shown.trim_end_matches(['.', '…']);
        let fuller = attribute.chars().count() > cut.chars().count();
        let mut title = if fuller { attribute } else { shown };
        clean::clip(&mut title, clean::TITLE);
        if !title.is_empty() {
            self.links = 1;
            self.best = Some((url, title));
        }
    }

    /// Takes in what a child was: a row, a block of rows, or a part of this row.
    fn take_child(&mut self, child: Frame, look: String, in_link: bool) {
        if let Some(row) = child.row() {
            self.rows.push(row);
        }
        if !child.rows.is_empty() {
            self.blocks.entry(look).or_default().extend(child.rows);
        }
        if in_link {
            self.text.push(' ');
            self.text.push_str(&child.text);
        }
        self.links += child.links;
        if self.date.is_empty() {
            self.date = child.date;
        }
        let longer = |(_, title): &(Url, String)| {
            self.best.as_ref().is_none_or(|(_, best)| best.chars().count() < title.chars().count())
        };
        if child.best.as_ref().is_some_and(longer) {
            self.best = child.best;
        }
    }

    /// The element as a row of its parent.
    fn row(&self) -> Option<Row> {
        let (url, title) = self.best.as_ref()?;
        let has_date = !self.date.is_empty() || date::from_url(url.as_str()).is_some();
        // A container of rows is not itself a row, though its first row has a link and a date.
        (has_date && self.links <= LINKS && self.rows.len() < 2).then(|| Row {
            url: url.clone(),
            title: title.clone(),
            date: self.date.clone(),
        })
    }

    /// Offers the element's children as the list of the page.
    fn offer(&mut self, best: &mut (usize, Vec<Row>)) {
        let blocks = std::mem::take(&mut self.blocks);
        for rows in blocks.values().chain([&self.rows]).filter(|rows| rows.len() >= FEWEST) {
            let score = rows.iter().map(Row::weight).sum();
            if score > best.0 {
                *best = (score, rows.clone());
            }
        }
    }
}

impl Row {
    /// How much a row looks like news: a printed date, and a title long enough to say something.
    fn weight(&self) -> usize {
        self.title.chars().count().min(30) + if self.date.is_empty() { 0 } else { 30 }
    }
}

/// Whether a text stands in an element that no reader sees.
fn is_hidden(node: NodeRef<'_, Node>) -> bool {
    let parent =
        node.parent().and_then(|parent| parent.value().as_element().map(scraper::node::Element::name));
    matches!(parent, Some("script" | "style" | "noscript" | "template" | "title"))
}
