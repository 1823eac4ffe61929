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
mod whole;

use chrono::NaiveDate;
use measure::Quantity;
use std::collections::BTreeSet;
use time::{Moment, Part, Times};

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

/// How much two posts share, and where they clash.
#[derive(Debug, Default)]
struct Weighed {
    /// Weight of the facts both tell.
    matched: f64,
    /// Whether a figure or a day is among them.
    figures: bool,
    /// Whether a quantity is among them: two matters share a day and a place, but hardly their figures.
    exact: bool,
    clashes: BTreeSet<Field>,
    /// How many facts clash.
    count: u32,
}

impl Weighed {
    fn clash(&mut self, field: Field) {
        self.clashes.insert(field);
        self.count += 1;
    }
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

/// Takes what agrees out of both lists and gives back what is left.
fn unmatched<T: Clone>(a: &[T], b: &[T], agrees: impl Fn(&T, &T) -> bool) -> (Vec<T>, Vec<T>, usize) {
    let left: Vec<T> = a.iter().filter(|one| !b.iter().any(|two| agrees(one, two))).cloned().collect();
    let right: Vec<T> = b.iter().filter(|two| !a.iter().any(|one| agrees(one, two))).cloned().collect();
    let matched = a.len() - left.len();
    (left, right, matched)
}

fn days(a: &Times, b: &Times, weighed: &mut Weighed) {
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

fn clocks(a: &Times, b: &Times, weighed: &mut Weighed) {
    let (left, right, matched) = unmatched(&a.clocks, &b.clocks, |one, two| one.at == two.at);
    weighed.matched += 0.7 * f64::from(u32::try_from(matched).unwrap_or(u32::MAX)).min(2.0);
    if left.iter().any(|one| right.iter().any(|two| one.part.meets(two.part))) {
        weighed.clash(Field::Date);
    }
}

fn numbers(a: &Facts, b: &Facts, weighed: &mut Weighed) {
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
fn names(a: &Facts, b: &Facts, weighed: &mut Weighed) -> bool {
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
fn other_subject(a: &Facts, b: &Facts) -> bool {
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
