//! What an answer says about the account itself, by the paths of a recipe.
//!
//! In: the answer to a recipe's second request, or the document of its list. Out: profile facts; or why there are
//! none, in the classes of failure. Only the answer's own words say that an account is gone, never a bare status.

use super::answer::Answer;
use super::path::{Path, scalar};
use super::recipe::{ProfileFields, Recipe, Verifier};
use super::{Trouble, clean, json, usable, wall};
use crate::model::account::Verification;
use crate::model::listing::Profile;
use crate::model::page::{Fetched, Miss};
use crate::model::visit::Failure;
use serde_json::Value;

/// What the answer to [`Recipe::profile_request`] says.
///
/// # Errors
/// When it says nothing, or that there is no such account.
pub fn profile(recipe: &Recipe, fetched: &Fetched) -> Result<Profile, Miss> {
    let answer = Answer::new(fetched).with_embedded(recipe.embedded.as_ref());
    usable(recipe, &answer).map_err(|mut miss| {
        if miss.failure.is_statement() && !(200..300).contains(&fetched.status) {
            // An interface that has moved answers so for every account.
            miss.failure = Failure::Refused;
        }
        miss
    })?;
    let nothing = |trouble: Trouble| {
        wall(recipe, &answer, Failure::Layout)
            .unwrap_or_else(|| Miss::on(fetched, trouble.failure, trouble.detail))
    };
    let Some(page) = &recipe.profile else {
        return Err(nothing(Trouble::new(Failure::NoSource, "采集规则没有 [profile] 一节")));
    };
    let Some(document) = answer.json() else { return Err(nothing(json::trouble(recipe, &answer))) };
    if let Some((path, _)) = page.required.iter().find(|(_, path)| !path.exists(document)) {
        return Err(nothing(Trouble::new(Failure::Layout, format!("账号资料缺少 {path}"))));
    }
    Ok(of(&page.fields, recipe, document))
}

/// The profile facts in a document.
pub(super) fn of(fields: &ProfileFields, recipe: &Recipe, document: &Value) -> Profile {
    let first = |path: &Option<Path>| path.as_ref().and_then(|path| path.first(document));
    let text = |path: &Option<Path>| {
        path.as_ref().and_then(|path| path.text(document)).map(|text| clean::title(&text))
    };
    let verified_subject = text(&fields.verified_subject);
    let posts = posts(&fields.posts, document);
    Profile {
        name: text(&fields.name),
        // An empty introduction or avatar is a fact: the page shows that there is none.
        intro: text(&fields.intro).or_else(|| first(&fields.intro).and_then(scalar)),
        avatar: text(&fields.avatar).or_else(|| first(&fields.avatar).and_then(scalar)),
        followers: first(&fields.followers).and_then(number),
        verification: first(&fields.verification)
            .and_then(scalar)
            .and_then(|code| verified(&recipe.verification, &code, verified_subject.as_deref())),
        verified_subject,
        picture: None,
        ipv6: None,
        posts,
        proven_empty: posts == Some(0) && !fields.counts_some,
        names: Vec::new(),
    }
}

/// As what a platform's code or words say that an account is verified.
pub(super) fn verified(rules: &Verifier, code: &str, subject: Option<&str>) -> Option<Verification> {
    let code = code.trim();
    // A code left empty is told by the words of another field, if there are any.
    let codes = rules.codes.iter().filter(|_| !code.is_empty() || subject.is_none());
    let told = codes.clone().find(|(known, _)| known == code);
    let words = || {
        let texts = [Some(code), subject];
        rules.words.iter().find(|(pattern, _)| texts.iter().flatten().any(|text| pattern.is_match(text)))
    };
    told.map(|(_, is)| *is).or_else(|| words().map(|(_, is)| *is))
}

/// The sum of the platform's counters, when each of them is there and exact.
fn posts(counters: &[Path], document: &Value) -> Option<u64> {
    let counts = counters.iter().map(|path| path.first(document).and_then(exact));
    let sum = counts.reduce(|sum, count| sum?.checked_add(count?));
    sum.flatten()
}

/// A count that is no round figure: of `1.2万` nobody can tell whether it has risen.
fn exact(value: &Value) -> Option<u64> {
    let text = scalar(value)?;
    text.trim().replace([',', '\u{ff0c}'], "").parse().ok()
}

/// A count as platforms write it, a lower bound: `1,234`, `693.2万`, `1亿`, `10万+`, `1.1K`.
pub(super) fn number(value: &Value) -> Option<u64> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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

    #[test]
    fn counters_add_up_only_when_each_is_exact() {
        let document = json!({"a": 3, "b": "1,200", "c": "1.2万", "d": null});
        let sum = |paths: &[&str]| {
            let paths: Vec<Path> = paths.iter().map(|path| Path::parse(path).unwrap()).collect();
            posts(&paths, &document)
        };
        assert_eq!(sum(&["a", "b"]), Some(1_203));
        for paths in [&["a", "c"][..], &["d"], &["a", "missing"], &[]] {
            assert_eq!(sum(paths), None, "{paths:?}");
        }
    }
}
