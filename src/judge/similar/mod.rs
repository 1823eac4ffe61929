//! Whether two posts tell the same information, and whether their facts agree (“同一信息在不同政务新媒体发布的，应保持一致”).
//!
//! In: title, text and day of two posts. Out: consistent, contradictory or different, with the kinds of facts that
//! clash and the reason in Chinese. Facts are compared by value: 9点 is 9:00, 32亿 is 320000万, 下周五 is counted from
//! the day of publication. A contradiction is for a person to look at: it accuses nobody. Pure.

mod event;
mod fold;
mod measure;
mod opposite;
#[cfg(test)]
mod tests;
mod time;
mod weigh;
mod whole;

use chrono::NaiveDate;
use measure::Quantity;
use std::collections::BTreeSet;
use time::Times;
use weigh::{Weighed, clocks, days, names, numbers, other_subject};

/// A post to be compared.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Title, may be empty.
    pub title: &'a str,
    /// Text, may be empty.
    pub text: &'a str,
    /// The day of publication in Shanghai.
    pub published: NaiveDate,
}

/// How two posts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same information, and no fact of one excludes a fact of the other.
    Consistent,
    /// The same information, and some facts exclude each other.
    Contradictory,
    /// Other information.
    Different,
}

/// The kinds of facts that may clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Days, times of day, weekdays.
    Date,
    /// Quantities, prices, telephone numbers.
    Number,
    /// Places.
    Place,
    /// Names of persons.
    Name,
    /// Levels, conditions, results and the rest.
    Other,
}

impl Field {
    /// In Chinese.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Date => "时间",
            Self::Number => "数字",
            Self::Place => "地点",
            Self::Name => "姓名",
            Self::Other => "其他事实",
        }
    }
}

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How they stand to each other.
    pub relation: Relation,
    /// What clashes; empty unless contradictory.
    pub conflicts: BTreeSet<Field>,
    /// Why, in Chinese.
    pub reason: String,
}

/// The facts of one post.
struct Facts {
    title: String,
    whole: String,
    /// The text alone.
    text: String,
    /// The text without times, quantities and telephone numbers.
    words: String,
    times: Times,
    phones: Vec<String>,
    quantities: Vec<Quantity>,
}

fn facts(post: &Post<'_>) -> Facts {
    let (title, whole) = fold::fold(post.title, post.text);
    let mut words = whole.clone();
    let phones = measure::phones(&mut words);
    let times = time::take(&mut words, post.published);
    let quantities = measure::quantities(&mut words);
    let (_, text) = fold::fold("", post.text);
    Facts { title, whole, text, words, times, phones, quantities }
}

/// Compares two posts.
#[must_use]
pub fn judge(a: &Post<'_>, b: &Post<'_>) -> Verdict {
    let (a, b) = (facts(a), facts(b));
    if let Some(why) = other_edition(&a, &b) {
        return different(why);
    }
    let mut weighed = Weighed::default();
    days(&a.times, &b.times, &mut weighed);
    clocks(&a.times, &b.times, &mut weighed);
    numbers(&a, &b, &mut weighed);
    if !a.times.periods.is_disjoint(&b.times.periods) {
        weighed.matched += 0.7;
        weighed.figures = true;
    }
    let overlap = whole::overlap(&a.words, &b.words);
    let stretches = whole::shared(&a.words, &b.words);
    let long = stretches.iter().map(|stretch| if stretch.chars().count() >= 4 { 1.0 } else { 0.6 });
    weighed.matched += long.sum::<f64>().min(3.0);
    weighed.matched += whole::topic(&a.title, &b.title);
    let same_title = !a.title.trim().is_empty() && a.title.trim() == b.title.trim();
    if same_title {
        weighed.matched += 1.0;
    }
    let subjects = names(&a, &b, &mut weighed);
    if apart(&a.times.halves, &b.times.halves) {
        weighed.clash(Field::Date);
    }
    if opposite::differ(&a.whole, &b.whole)
        || opposite::differ(&a.text, &b.text)
        || opposite::tops_differ(&a.whole, &b.whole)
        || opposite::denies(&a.words, &b.words)
    {
        weighed.clash(Field::Other);
    }
    if (subjects || other_subject(&a, &b) || event::other_event(&a.words, &b.words)) && !weighed.exact {
        return different("标题所指的对象不同");
    }
    if !is_same(&weighed, overlap, same_title) {
        return different("所述不是同一件事");
    }
    if weighed.clashes.is_empty() {
        return Verdict {
            relation: Relation::Consistent,
            conflicts: BTreeSet::new(),
            reason: "内容为同一信息，事实一致".to_owned(),
        };
    }
    let fields: Vec<&str> = weighed.clashes.iter().map(|field| field.zh()).collect();
    let reason = format!("内容疑为同一信息，{}不一致", fields.join("、"));
    Verdict { relation: Relation::Contradictory, conflicts: weighed.clashes, reason }
}

fn different(why: &str) -> Verdict {
    Verdict { relation: Relation::Different, conflicts: BTreeSet::new(), reason: why.to_owned() }
}

/// Whether what two posts share makes them the same information in spite of what clashes.
fn is_same(weighed: &Weighed, overlap: f64, same_title: bool) -> bool {
    let clashes = f64::from(weighed.count);
    // The same words with every figure changed: another day's report.
    if weighed.count >= 2 && weighed.clashes.contains(&Field::Date) && !weighed.figures {
        return false;
    }
    let evidence = weighed.matched + 2.0 * overlap;
    if weighed.count > 0 && !weighed.figures && !same_title && overlap < 0.4 {
        return false;
    }
    evidence >= 1.9 && evidence > 1.1 * clashes
}

/// Whether two sets name something each, and nothing in common.
fn apart<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> bool {
    !a.is_empty() && !b.is_empty() && a.is_disjoint(b)
}

/// Why two posts are about different editions, periods or stages, if they are.
fn other_edition(a: &Facts, b: &Facts) -> Option<&'static str> {
    if apart(&a.times.periods, &b.times.periods) {
        return Some("所述时段不同");
    }
    if apart(&a.times.years, &b.times.years) {
        return Some("所述年度不同");
    }
    if apart(&a.times.as_of, &b.times.as_of) {
        return Some("所述截止时间不同");
    }
    let undated = a.times.days.is_empty() && b.times.days.is_empty();
    if undated && (apart(&a.times.months, &b.times.months) || apart(&a.times.runs, &b.times.runs)) {
        return Some("所述时段不同");
    }
    if apart(&a.times.codes, &b.times.codes) {
        return Some("编号不同");
    }
    if apart(&a.times.day_years, &b.times.day_years) {
        return Some("所述年份不同");
    }
    let other = a
        .times
        .editions
        .iter()
        .any(|(unit, ours)| b.times.editions.get(unit).is_some_and(|theirs| ours.is_disjoint(theirs)));
    if other {
        return Some("届次、批次或文号不同");
    }
    if opposite::is_change((&a.title, &a.whole), (&b.title, &b.whole)) {
        return Some("其中一条是变更或后续");
    }
    let parts = (part_of_title(&a.title), part_of_title(&b.title));
    if matches!(parts, (Some(one), Some(two)) if one != two) {
        return Some("为同一系列的不同篇");
    }
    opposite::is_other_stage(&a.whole, &b.whole).then_some("所处阶段不同")
}

/// Which part of a series a title says it is: 通报（二）, 下篇.
fn part_of_title(title: &str) -> Option<char> {
    let title = title.trim();
    let inside =
        title.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, inside)| inside.trim());
    let part = inside.or_else(|| title.strip_suffix('篇'))?;
    let last = part.chars().next_back()?;
    let counted = "一二三四五六七八九十上中下".contains(last) || last.is_ascii_digit();
    (counted && part.chars().count() <= if inside.is_some() { 2 } else { 40 }).then_some(last)
}
