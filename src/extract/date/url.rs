//! The date in the address of a post, as government sites and papers build their paths.
//!
//! In: an address. Out: the day its path names, if it names one beyond doubt: `/202607/t20260719_1444325.html`
//! (TRS), `/art/2016/11/22/…` (jcms), `/content/2026-11/20/…` (papers), `/2026/1120/`, `/20261120/`,
//! `/2026-11-20/`. Query, fragment and host are not read.

use chrono::{Datelike, NaiveDate};

/// Years in which the addressed pages can have been written.
const YEARS: std::ops::RangeInclusive<i32> = 1995..=2099;
/// Longest address that is read.
const LIMIT: usize = 2048;

/// The day that the path of an address names.
#[must_use]
pub fn from_url(url: &str) -> Option<NaiveDate> {
    let path = url.get(..url.len().min(LIMIT))?.split(['?', '#']).next()?;
    let path =
        path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let mut segments = path.split('/');
    let mut folders = None;
    while let Some(segment) = segments.next() {
        // The document's own name knows better than its folder.
        if let Some(day) = trs(segment) {
            return Some(day);
        }
        folders = folders.or_else(|| in_folders(segment, segments.clone()));
    }
    folders
}

/// `t20260719_1444325.html`
fn trs(segment: &str) -> Option<NaiveDate> {
    let (day, serial) = segment.strip_prefix('t')?.split_once('_')?;
    let serial = serial.split('.').next()?;
    (!serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    joined(day)
}

/// A day in one folder or spread over this one and the next.
fn in_folders<'a>(segment: &str, mut next: impl Iterator<Item = &'a str>) -> Option<NaiveDate> {
    let parts: Vec<&str> = segment.splitn(4, '-').collect();
    match parts[..] {
        [year, month, day] => built(year, month, day),
        [year, month] => built(year, month, next.next()?),
        [whole] if whole.len() == 8 => joined(whole),
        [year] if year.len() == 4 => {
            let month = next.next()?;
            match month.len() {
                4 if month.is_ascii() => built(year, &month[..2], &month[2..]),
                _ => built(year, month, next.next()?),
            }
        }
        _ => None,
    }
}

/// `20260719`
fn joined(day: &str) -> Option<NaiveDate> {
    (day.len() == 8 && day.is_ascii()).then_some(())?;
    built(&day[..4], &day[4..6], &day[6..])
}

fn built(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str, widths: std::ops::RangeInclusive<usize>| {
        let digits = widths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten()
    };
    let year = number(year, 4..=4)?.cast_signed();
    NaiveDate::from_ymd_opt(year, number(month, 1..=2)?, number(day, 1..=2)?)
        .filter(|day| YEARS.contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_day_of_its_post() {
        let table = [
            ("https://www.example.cn/xw/202607/t20260719_1444325.html", "2026-07-19"),
            ("./202607/t20260719_1444325.html", "2026-07-19"),
            ("/art/2016/11/22/art_1_2.html", "2016-11-22"),
            ("https://paper.example.cn/content/2026-11/20/content_1.htm", "2026-11-20"),
            ("https://www.example.cn/n1/2026/1120/c1001-40000001.html", "2026-11-20"),
            ("https://www.example.cn/20261120/abc/c.html", "2026-11-20"),
            ("https://www.example.cn/2026-11-20/1.html", "2026-11-20"),
            ("https://www.example.cn/2026/1/5/1.html?d=/2020/01/01/", "2026-01-05"),
        ];
        for (url, day) in table {
            assert_eq!(from_url(url).map(|day| day.to_string()).as_deref(), Some(day), "{url}");
        }
    }

    #[test]
    fn an_address_without_a_certain_day_names_none() {
        let urls = [
            "",
            "https://www.example.cn/",
            "https://20261120/index.html",
            "https://www.example.cn/202607/index.html",
            "https://www.example.cn/xw/t20260231_1.html",
            "https://www.example.cn/xw/t20260719_a.html",
            "https://www.example.cn/2026/13/01/1.html",
            "https://www.example.cn/1949/10/01/1.html",
            "https://www.example.cn/art_1_20261120.html",
            "https://www.example.cn/list?date=2026-11-20",
            "https://www.example.cn/a#/2026/11/20/",
            "https://www.example.cn/二〇二六年/十一/二十",
        ];
        for url in urls {
            assert_eq!(from_url(url), None, "{url}");
        }
    }
}
