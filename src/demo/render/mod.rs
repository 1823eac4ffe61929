//! The pages of the city's sites as bytes.
//!
//! In: an account and what it shows at an instant. Out: the body of an answer in a platform's public format.
//! Nothing here decides what is shown, only how it is written.

pub(super) mod feed;

pub(super) mod json;

pub(super) mod page;

pub(super) mod platform;

pub(super) mod wechat;

use super::city::{Account, Site};
use super::timeline::{Post, posts};
use crate::model::moment::in_shanghai;
use chrono::{DateTime, Utc};
use std::fmt::Write as _;

/// What mp.weixin.qq.com calls an account in its addresses; here one for all.
pub(super) const BIZ: &str = "MzI5OTAxMDAwMA==";

/// What a page shows of an account.
pub(super) struct View<'a> {
    pub(super) account: &'a Account,
    /// The site that answers.
    pub(super) site: Site,
    /// Its `http://127.0.0.1:PORT`.
    pub(super) base: &'a str,
    /// When it was asked.
    pub(super) asked: Stamp,
    pub(super) lines: Vec<Line>,
}

/// One post, ready to be written.
pub(super) struct Line {
    /// Nine digits: the number of the account and the serial of the post.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) printed: Stamp,
    pub(super) outlet: Option<&'static str>,
    pub(super) pinned: bool,
}

/// The same server under another name, so that it is another site.
fn elsewhere(base: &str) -> String {
    base.replacen("127.0.0.1", "localhost", 1)
}

impl<'a> View<'a> {
    /// What `account` shows at `now`.
    pub(super) fn of(
        account: &'a Account,
        (site, base): (Site, &'a str),
        start: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let line = |post| Line::of(account, post, base);
        let lines = posts(account, start, now).iter().map(line).collect();
        Self { account, site, base, asked: Stamp(now), lines }
    }

    /// Another host, on this machine like everything.
    fn elsewhere(&self) -> String {
        elsewhere(self.base)
    }

    fn name(&self) -> &str {
        &self.account.registered.name
    }

    fn uid(&self) -> &str {
        &self.account.registered.platform_uid
    }

    /// What the account says about itself.
    fn intro(&self) -> String {
        format!("{}官方账号", self.account.registered.owner)
    }

    /// The address of a post on a site that is not a portal.
    fn url(&self, line: &Line) -> String {
        format!("{}/p/{}.html", self.base, line.id)
    }

    /// Where an article of a 公众号 stands: on the site that lists it, in one of the two forms mp.weixin.qq.com has.
    fn article(&self, line: &Line) -> String {
        match self.site {
            Site::Wechat => format!("{}/s?__biz={BIZ}&mid={}&idx=1&sn=0", self.base, line.id),
            _ => format!("{}/s/{}", self.base, line.id),
        }
    }

    /// Where a portal keeps an article: below the list on the city's, by day on the others.
    fn path(&self, line: &Line) -> String {
        let (id, printed) = (&line.id, line.printed);
        match self.site {
            Site::CityHall => format!("./{}/t{}_{id}.html", printed.form("%Y%m"), printed.form("%Y%m%d")),
            Site::DistrictHall => format!("../../content/{}/content_{id}.htm", printed.form("%Y-%m/%d")),
            Site::CountyHall => format!("/art/{}/art_{}_{id}.html", printed.form("%Y/%-m/%-d"), &id[..3]),
            _ => self.url(line),
        }
    }
}

/// An instant in the forms in which pages print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(DateTime<Utc>);

impl Stamp {
    /// In Shanghai, in a form of `chrono`.
    fn form(self, form: &str) -> String {
        in_shanghai(self.0).format(form).to_string()
    }

    /// Seconds since 1970.
    fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// RFC 3339 in Shanghai.
    fn rfc3339(self) -> String {
        in_shanghai(self.0).to_rfc3339()
    }

    /// As JavaScript prints it.
    fn utc(self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
    }

    /// RFC 822 in Greenwich, as RSSHub prints it.
    fn gmt(self) -> String {
        self.0.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// RFC 822 in Shanghai with a space where the zone should stand, as WeRSS prints it.
    fn zoneless(self) -> String {
        self.form("%a, %d %b %Y %H:%M:%S ")
    }
}

impl Line {
    /// A post of an account, ready to be written.
    pub(super) fn of(account: &Account, post: &Post, base: &str) -> Self {
        let story = post.story(account);
        Self {
            id: format!("{:03}{:06}", account.number, post.serial),
            title: story.title,
            text: story.text.replace("{elsewhere}", &elsewhere(base)),
            printed: Stamp(post.printed),
            outlet: post.outlet,
            pinned: post.pinned,
        }
    }

    /// The text as paragraphs.
    fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n')
    }

    /// The text as the HTML inside a feed.
    fn html(&self) -> String {
        let mut html = String::new();
        for paragraph in self.paragraphs() {
            let paragraph = quick_xml::escape::escape(paragraph);
            if paragraph.starts_with("http") {
                // Writing into a string never fails.
                let _ = write!(html, "<p><a href=\"{paragraph}\">点击这里</a></p>");
            } else {
                let _ = write!(html, "<p>{paragraph}</p>");
            }
        }
        html
    }

    /// The beginning of the title, as lists cut it.
    fn short(&self) -> String {
        const CUT: usize = 18;
        match self.title.char_indices().nth(CUT) {
            Some((end, _)) => format!("{}…", &self.title[..end]),
            None => self.title.clone(),
        }
    }
}

/// The same in the address of an article of a 公众号: /s/ID or /s?…&mid=ID.
pub(super) fn parse_wechat_article(target: &str) -> Option<(u32, u32)> {
    let id = match target.strip_prefix("/s/") {
        Some(id) => id,
        None => target.strip_prefix("/s?")?.split('&').find_map(|pair| pair.strip_prefix("mid="))?,
    };
    numbers(id)
}

/// The account's number and the post's serial in the nine digits of an id.
fn numbers(id: &str) -> Option<(u32, u32)> {
    let is_id = id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_digit());
    if is_id { Some((id[..3].parse().ok()?, id[3..].parse().ok()?)) } else { None }
}

/// The account's number and the post's serial in the address of an article.
pub(super) fn parse_article(target: &str) -> Option<(u32, u32)> {
    let (stem, ending) = target.rsplit_once('/')?.1.rsplit_once('.')?;
    let id = stem.get(stem.len().checked_sub(9)?..)?;
    if matches!(ending, "html" | "htm") { numbers(id) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_address_makes_the_server_panic(target in "\\PC{0,40}") {
            let _ = parse_article(&format!("/{target}"));
            let _ = parse_article(&format!("/{target}.html"));
            let _ = parse_wechat_article(&format!("/s/{target}"));
            let _ = parse_wechat_article(&format!("/s?mid={target}"));
        }
    }

    #[test]
    fn the_address_of_an_article_names_its_account_and_post() {
        assert_eq!(parse_article("/zwdt/012/202611/t20261117_012020123.html"), Some((12, 20123)));
        assert_eq!(parse_article("/content/2026-11/17/content_073900001.htm"), Some((73, 900_001)));
        assert_eq!(parse_article("/zwdt/012/"), None);
        assert_eq!(parse_wechat_article("/s/012020123"), Some((12, 20123)));
        assert_eq!(parse_wechat_article("/s?__biz=x&mid=012020123&idx=1"), Some((12, 20123)));
        assert_eq!(parse_wechat_article("/s/012"), None);
    }
}
