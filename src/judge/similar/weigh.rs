//! What two posts share and where they clash, fact by fact.
//!
//! In: the facts of both. Out: a weight for what agrees and the kinds of facts that exclude each other. What only one
//! of them tells is neither. It does not decide what that makes of the posts.

use super::measure::{self, Quantity};
use super::time::{Moment, Part, Times};
use super::{Facts, Field, fold, opposite, whole};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// How much two posts share, and where they clash.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    /// Weight of the facts both tell.
    pub(super) matched: f64,
    /// Whether a figure or a day is among them.
    pub(super) figures: bool,
    /// Whether a quantity is among them: two matters share a day and a place, but hardly their figures.
    pub(super) exact: bool,
    pub(super) clashes: BTreeSet<Field>,
    /// How many facts clash.
    pub(super) count: u32,
}

impl Weighed {
    pub(super) fn clash(&mut self, field: Field) {
        self.clashes.insert(field);
        self.count += 1;
    }
}

/// Takes what agrees out of both lists and gives back what is left.
fn unmatched<T: Clone>(a: &[T], b: &[T], agrees: impl Fn(&T, &T) -> bool) -> (Vec<T>, Vec<T>, usize) {
    let left: Vec<T> = a.iter().filter(|one| !b.iter().any(|two| agrees(one, two))).cloned().collect();
    let right: Vec<T> = b.iter().filter(|two| !a.iter().any(|one| agrees(one, two))).cloned().collect();
    let matched = a.len() - left.len();
    (left, right, matched)
}

pub(super) fn days(a: &Times, b: &Times, weighed: &mut Weighed) {
    // Days that only follow from a weekday stand in for days only where there is no other.
    let all = |times: &Times| -> Vec<Moment<NaiveDate>> {
        if times.days.is_empty() {
            times.derived.iter().map(|at| Moment { at: *at, part: Part::Point }).collect()
        } else {
            times.days.clone()
        }
    };
    let (ours, theirs) = (all(a), all(b));
    // 24时 of a day is 0时 of the next.
    let same = |one: &Moment<NaiveDate>, two: &Moment<NaiveDate>| {
        let next = |midnight: bool, at: NaiveDate| at.succ_opt().filter(|_| midnight);
        one.at == two.at
            || next(a.midnight, one.at) == Some(two.at)
            || next(b.midnight, two.at) == Some(one.at)
    };
    let (left, right, matched) = unmatched(&ours, &theirs, same);
    weighed.matched += 1.2 * f64::from(u32::try_from(matched).unwrap_or(u32::MAX)).min(2.0);
    weighed.figures |= matched > 0;
    if left.iter().any(|one| right.iter().any(|two| one.part.meets(two.part))) {
        weighed.clash(Field::Date);
    }
}

pub(super) fn clocks(a: &Times, b: &Times, weighed: &mut Weighed) {
    let (left, right, matched) = unmatched(&a.clocks, &b.clocks, |one, two| one.at == two.at);
    weighed.matched += 0.7 * f64::from(u32::try_from(matched).unwrap_or(u32::MAX)).min(2.0);
    if left.iter().any(|one| right.iter().any(|two| one.part.meets(two.part))) {
        weighed.clash(Field::Date);
    }
}

pub(super) fn numbers(a: &Facts, b: &Facts, weighed: &mut Weighed) {
    let (left, right, matched) = unmatched(&a.phones, &b.phones, |one, two| one == two);
    weighed.matched += if matched > 0 { 2.0 } else { 0.0 };
    if !left.is_empty() && !right.is_empty() {
        weighed.clash(Field::Number);
    }
    let agrees =
        |one: &Quantity, two: &Quantity| (one.is_of_kind(two) || one.counts_like(two)) && one.agrees(two);
    for one in &a.quantities {
        if b.quantities.iter().any(|two| agrees(one, two)) {
            weighed.matched += if one.value.abs() >= 10.0 { 1.0 } else { 0.5 };
            weighed.figures = true;
            weighed.exact = true;
        }
    }
    // 65岁以上 and 65岁以下: the same number on either side.
    let turned = |one: &Quantity, two: &Quantity| {
        agrees(one, two) && matches!((one.bound, two.bound), (Some(one), Some(two)) if one != two)
    };
    if a.quantities.iter().any(|one| b.quantities.iter().any(|two| turned(one, two))) {
        weighed.clash(Field::Other);
    }
    let (left, right, _) = unmatched(&a.quantities, &b.quantities, agrees);
    let clash = |one: &Quantity, two: &Quantity| {
        if one.is_of_kind(two) {
            let measured = !measure::COUNTS.contains(&one.unit) && !one.unit.is_empty();
            measured || one.is_near(two) || one.is_slip_of(two)
        } else {
            one.counts_like(two) && (one.is_near(two) || one.value >= 10.0) && one.is_slip_of(two)
        }
    };
    let clashing = left.iter().filter(|one| right.iter().any(|two| clash(one, two))).count();
    for _ in 0..clashing.min(5) {
        weighed.clash(Field::Number);
    }
}

/// Compares places and persons; whether the titles name different subjects.
pub(super) fn names(a: &Facts, b: &Facts, weighed: &mut Weighed) -> bool {
    let (ours, theirs) = (whole::persons(&a.words), whole::persons(&b.words));
    let left: Vec<&String> = ours.iter().filter(|name| !b.whole.contains(name.as_str())).collect();
    let right: Vec<&String> = theirs.iter().filter(|name| !a.whole.contains(name.as_str())).collect();
    if !left.is_empty() && !right.is_empty() {
        weighed.clash(Field::Name);
    }
    let inside = |name: &str, text: &str| text.contains(name);
    let (ours, theirs) = (whole::places(&a.words), whole::places(&b.words));
    let left: Vec<_> = ours.iter().filter(|(name, _)| !inside(name, &b.whole)).collect();
    let right: Vec<_> = theirs.iter().filter(|(name, _)| !inside(name, &a.whole)).collect();
    let clash = |one: &str, two: &str| !is_part(one, two);
    let pair = left.iter().find_map(|(one, end)| {
        let two = right.iter().find(|(two, other)| are_alike(end, other) && clash(one, two))?;
        Some((one.as_str(), two.0.as_str()))
    });
    let in_titles = pair.is_some_and(|(one, two)| a.title.contains(one) && b.title.contains(two));
    let venues = (whole::venues(&a.words), whole::venues(&b.words));
    let apart = venues.0.iter().any(|one| {
        !venues.1.is_empty()
            && !inside(one, &b.whole)
            && venues.1.iter().all(|two| clash(one, two) && !inside(two, &a.whole))
    });
    let region = regions(&left).zip(regions(&right)).is_some_and(|(one, two)| clash(one, two));
    if pair.is_some() || apart || region {
        weighed.clash(Field::Place);
    }
    in_titles
}

/// Whether two endings of places are of one kind: 图书馆 and 博物馆.
fn are_alike(one: &str, two: &str) -> bool {
    one == two
        || (one.chars().count() > 1
            && two.chars().count() > 1
            && one.chars().next_back() == two.chars().next_back())
}

/// Whether two titles say the same of two subjects: 植物园开放, 动物园开放.
pub(super) fn other_subject(a: &Facts, b: &Facts) -> bool {
    let words = |title: &str| -> Vec<char> { title.chars().filter(|c| c.is_alphanumeric()).collect() };
    let (one, two) = (words(&a.title), words(&b.title));
    let shorter = one.len().min(two.len());
    let head = one.iter().zip(&two).take_while(|(one, two)| one == two).count();
    let tail = one
        .iter()
        .rev()
        .zip(two.iter().rev())
        .take_while(|(one, two)| one == two)
        .count()
        .min(shorter - head);
    let middle = |title: &[char]| -> String {
        // One character alone is no word: its neighbour goes with it.
        let end = title.len() - tail;
        let end = if end - head == 1 { (end + 1).min(title.len()) } else { end };
        title[head..end].iter().collect()
    };
    if head > 2 || tail < 2 || one.len() - tail == head || two.len() - tail == head {
        return false;
    }
    let (mine, theirs) = (middle(&one), middle(&two));
    let general = |word: &str| ["全", "我", "本", "各"].iter().any(|first| word.starts_with(first));
    let is_word = |word: &str| word.chars().count() <= 6 && word.chars().all(fold::is_han) && !general(word);
    is_word(&mine)
        && is_word(&theirs)
        && !b.whole.contains(&mine)
        && !a.whole.contains(&theirs)
        && !opposite::differ(&a.title, &b.title)
}

/// The first region among places.
fn regions<'a>(places: &[&'a (String, String)]) -> Option<&'a str> {
    let regions = ["县", "区", "镇", "乡", "街道", "市"];
    places.iter().find(|(_, end)| regions.contains(&end.as_str())).map(|(name, _)| name.as_str())
}

/// Whether one name of a place is a form of another: 体育中心 of 市体育中心.
fn is_part(one: &str, two: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let (short, long) = if one.len() <= two.len() { (&one, &two) } else { (&two, &one) };
    // What goes before a name may have been taken for a part of it.
    long.ends_with(short)
        || (short.len() >= 4 && long.ends_with(&short[1..])) && short[0] == long[long.len() - short.len()]
}
