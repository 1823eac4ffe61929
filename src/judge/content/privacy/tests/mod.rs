//! Tables and properties of personal data in posts. All numbers are invented: their regions, prefixes and issuers do
//! not exist, only their check digits are right.

mod cards;
mod homes;
mod identity;
mod mobiles;
mod papers;
mod properties;

use super::check::{is_identity, is_luhn};
use super::{Kind, Severity, find};
use crate::judge::content::Part;

/// A number of 17 digits with the check sign that GB 11643 asks for, in capitals as it is printed.
fn identity(body: &str) -> String {
    let check = ('0'..='9').chain(['x']).find(|check| is_identity(format!("{body}{check}").as_bytes()));
    format!("{body}{}", check.expect("the body holds a birthday")).to_uppercase()
}

/// Digits with the check digit of the Luhn formula.
fn card(body: &str) -> String {
    let check = ('0'..='9').find(|check| is_luhn(format!("{body}{check}").as_bytes()));
    format!("{body}{}", check.expect("one of ten is right"))
}

/// A number whose last digit is another one than it should be.
fn mistyped(number: &str) -> String {
    let last = if number.ends_with('1') { '2' } else { '1' };
    format!("{}{last}", &number[..number.len() - 1])
}

/// A number with so many positions masked from one on.
fn masked(number: &str, from: usize, count: usize, sign: char) -> String {
    let hidden: String = std::iter::repeat_n(sign, count).collect();
    format!("{}{hidden}{}", &number[..from], &number[from + count..])
}

/// What is found in a text, as it is written there.
fn found<'t>(title: &str, text: &'t str) -> Vec<(Kind, &'t str, Severity)> {
    find(title, Part::Text, text)
        .into_iter()
        .map(|found| (found.kind, &text[found.spot.range], found.severity))
        .collect()
}

/// Each text holds one thing.
#[track_caller]
fn each_holds(kind: Kind, severity: Severity, table: &[(String, String)]) {
    for (text, span) in table {
        assert_eq!(found("", text), [(kind, span.as_str(), severity)], "{text}");
    }
}

/// None of the texts holds anything.
#[track_caller]
fn none_holds(table: &[String]) {
    for text in table {
        assert_eq!(found("", text), [], "{text}");
    }
}

/// Texts made of a beginning and the same end.
fn after(beginnings: &[&str], end: &str) -> Vec<(String, String)> {
    beginnings.iter().map(|beginning| (format!("{beginning}{end}"), end.to_owned())).collect()
}

/// Texts made of a beginning and the same end, without what they should hold.
fn texts(beginnings: &[&str], end: &str) -> Vec<String> {
    beginnings.iter().map(|beginning| format!("{beginning}{end}")).collect()
}
