//! Where in a text a date stands.
//!
//! In: visible text. Out: the part of it that is a date, for `date` to read. It never decides what the date means.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A day with its year, and the time of day when one follows.
const FULL: &str = r"(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?(?:[-T\s]{0,3}\d{1,2}[:：时]\d{1,2}分?(?:[:：]\d{1,2})?)?";

/// Days that lack their year, and times told from now.
const LOOSE: &str = r"(?:今天|昨天|前天)(?:\s?\d{1,2}[:：]\d{1,2})?|刚刚|[\d几]{1,3}\s?(?:秒|分钟|小时|天|周|个月)前|\d{1,2}月\d{1,2}日(?:\s?\d{1,2}[:：]\d{1,2})?|\d{1,2}[-/]\d{1,2}(?:\s\d{1,2}[:：]\d{1,2})?";

static ANY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("{FULL}|{LOOSE}")).expect("a constant pattern"));

static WITH_YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(FULL).expect("a constant pattern"));

/// The first date in a text, with or without its year. Longer numbers around it (a telephone, a code) make it none.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let found = ANY.find(text)?;
    let stands_in_number = text[..found.start()]
        .ends_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.'))
        || text[found.end()..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '/'));
    (!stands_in_number).then(|| found.range())
}

/// Whether a text is a date and hardly anything else: brackets, a label.
pub(super) fn is_date(text: &str) -> bool {
    find(text).is_some_and(|at| {
        let around = text[..at.start].chars().chain(text[at.end..].chars());
        around.filter(|c| c.is_alphanumeric()).count() <= 4
    })
}

/// The dates with a year in a text, and the text before each on its line and after it on its line.
pub(super) fn on_lines(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.lines().flat_map(|line| {
        WITH_YEAR
            .find_iter(line)
            .map(move |found| (&line[..found.start()], found.as_str(), &line[found.end()..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_found_among_words() {
        for (text, date) in [
            ("[11-20]", Some("11-20")),
            ("发布时间：2026-11-20 08:30", Some("2026-11-20 08:30")),
            ("2026年11月1日", Some("2026年11月1日")),
            ("2019年06月15日08:18", Some("2019年06月15日08:18")),
            ("2026.10.30", Some("2026.10.30")),
            ("3分钟前", Some("3分钟前")),
            ("电话 0571-8705-3322", None),
            ("第12期", None),
        ] {
            assert_eq!(find(text).map(|at| &text[at]), date, "{text}");
        }
    }

    #[test]
    fn a_title_with_a_day_in_it_is_no_date() {
        assert!(is_date("（2026-11-20）"));
        assert!(!is_date("澄湖市2026年11月20日新闻发布会实录"));
    }
}
