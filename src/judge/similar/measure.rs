//! How much: quantities with their units, and telephone numbers.
//!
//! In: a folded text without its days and times. Out: values in basic units with what stands around them; what is used
//! up is taken out. 320000万元 and 32亿元 are one value, so are 亩 and 公顷.

use super::fold::{around, blank, is_han};
use crate::judge::amount;
use regex::Regex;
use std::sync::LazyLock;

/// A quantity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    /// In basic units; negative below zero.
    pub(super) value: f64,
    /// What is counted or measured.
    pub(super) unit: &'static str,
    /// 近, 约, 余, 左右.
    pub(super) rough: bool,
    /// Written with 万, 亿 or a decimal point: may have been rounded.
    pub(super) scaled: bool,
    /// The words right before and after.
    pub(super) near: String,
    /// A bound: at least this (`true`), at most this (`false`).
    pub(super) bound: Option<bool>,
}

/// Units: as written, basic unit, factor. Longer ones first.
const UNITS: [(&str, &str, f64); 98] = [
    ("个百分点", "百分点", 1.0),
    ("平方公里", "平方米", 1e6),
    ("平方千米", "平方米", 1e6),
    ("平方米", "平方米", 1.0),
    ("立方米", "立方米", 1.0),
    ("千瓦时", "千瓦时", 1.0),
    ("人次", "人", 1.0),
    ("人份", "份", 1.0),
    ("公里", "米", 1e3),
    ("千米", "米", 1e3),
    ("厘米", "米", 0.01),
    ("毫米", "毫米", 1.0),
    ("平米", "平方米", 1.0),
    ("公顷", "亩", 15.0),
    ("公斤", "公斤", 1.0),
    ("千克", "公斤", 1.0),
    ("小时", "分钟", 60.0),
    ("分钟", "分钟", 1.0),
    ("个月", "月", 1.0),
    ("美元", "美元", 1.0),
    ("车次", "次", 1.0),
    ("班次", "班次", 1.0),
    ("工作日", "工作日", 1.0),
    ("个工作日", "工作日", 1.0),
    ("个学位", "个", 1.0),
    ("°c", "度", 1.0),
    ("℃", "度", 1.0),
    ("%", "%", 1.0),
    ("‰", "‰", 1.0),
    ("元", "元", 1.0),
    ("角", "元", 0.1),
    ("米", "米", 1.0),
    ("亩", "亩", 1.0),
    ("吨", "公斤", 1e3),
    ("斤", "公斤", 0.5),
    ("克", "公斤", 1e-3),
    ("秒", "秒", 1.0),
    ("天", "分钟", 1440.0),
    ("日", "分钟", 1440.0),
    ("周", "分钟", 10_080.0),
    ("年", "月", 12.0),
    ("岁", "岁", 1.0),
    ("人", "人", 1.0),
    ("名", "人", 1.0),
    ("位", "人", 1.0),
    ("户", "户", 1.0),
    ("家", "家", 1.0),
    ("所", "所", 1.0),
    ("个", "个", 1.0),
    ("处", "处", 1.0),
    ("座", "座", 1.0),
    ("条", "条", 1.0),
    ("件", "件", 1.0),
    ("项", "项", 1.0),
    ("类", "类", 1.0),
    ("种", "种", 1.0),
    ("次", "次", 1.0),
    ("场", "场", 1.0),
    ("辆", "辆", 1.0),
    ("架", "架", 1.0),
    ("艘", "艘", 1.0),
    ("台", "台", 1.0),
    ("套", "套", 1.0),
    ("部", "部", 1.0),
    ("本", "本", 1.0),
    ("册", "本", 1.0),
    ("份", "份", 1.0),
    ("支", "支", 1.0),
    ("班", "班", 1.0),
    ("节", "节", 1.0),
    ("间", "间", 1.0),
    ("栋", "栋", 1.0),
    ("幢", "栋", 1.0),
    ("层", "层", 1.0),
    ("级", "级", 1.0),
    ("株", "棵", 1.0),
    ("棵", "棵", 1.0),
    ("头", "头", 1.0),
    ("只", "只", 1.0),
    ("张", "张", 1.0),
    ("幅", "幅", 1.0),
    ("篇", "篇", 1.0),
    ("起", "起", 1.0),
    ("例", "例", 1.0),
    ("宗", "宗", 1.0),
    ("笔", "笔", 1.0),
    ("枚", "枚", 1.0),
    ("道", "道", 1.0),
    ("根", "根", 1.0),
    ("组", "组", 1.0),
    ("列", "列", 1.0),
    ("倍", "倍", 1.0),
    ("折", "折", 1.0),
    ("步", "步", 1.0),
    ("批", "批", 1.0),
    ("轮", "轮", 1.0),
    ("门", "门", 1.0),
    ("度", "度", 1.0),
];
/// Units that only say how many of something there are: 360名 children are 360个 places.
pub(super) const COUNTS: [&str; 30] = [
    "人", "个", "家", "所", "处", "座", "件", "项", "条", "种", "类", "户", "支", "份", "辆", "台", "套",
    "起", "例", "宗", "次", "场", "张", "间", "组", "只", "头", "艘", "棵", "班",
];

/// A telephone number, or a short number one is told to dial.
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:0\d{2,3}[-\s)]{0,2}\d{4}\s?\d{3,4}|1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}|[48]00[-\s]?\d{3,4}[-\s]?\d{3,4})|(?:电话|热线|拨打?|致电|咨询|号码)[:\s是为“(]{0,3}(?P<short>\d{5,8}(?:[-\s]\d{1,8})?)")
        .expect("a constant pattern")
});

/// Takes the telephone numbers out of a text: their digits.
pub(super) fn phones(text: &mut String) -> Vec<String> {
    let mut found = Vec::new();
    let mut used = Vec::new();
    for said in PHONE.captures_iter(text) {
        let Some(whole) = said.name("short").or_else(|| said.get(0)) else { continue };
        found.push(whole.as_str().chars().filter(char::is_ascii_digit).collect());
        used.push((whole.start(), whole.end()));
    }
    for (from, to) in used {
        blank(text, from, to);
    }
    found
}

/// Takes the quantities out of a text.
pub(super) fn quantities(text: &mut String) -> Vec<Quantity> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let plain: Vec<char> = chars.iter().map(|(_, c)| *c).collect();
    let mut found = Vec::new();
    let mut used = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        let Some((value, length)) = amount::read(&plain[at..]) else {
            at += 1;
            continue;
        };
        let written = &plain[at..at + length];
        let end = at + length;
        let from = chars[at].0;
        let to = chars.get(end).map_or(text.len(), |(place, _)| *place);
        if let Some(quantity) = quantity(text, &plain, written, (at, end), (from, to), value) {
            let (quantity, more) = quantity;
            found.push(quantity);
            let last = chars.get(end + more).map_or(text.len(), |(place, _)| *place);
            used.push((from, last));
            at = end + more;
        } else {
            if written.iter().any(char::is_ascii_digit) {
                used.push((from, to));
            }
            at = end;
        }
    }
    for (from, to) in used {
        blank(text, from, to);
    }
    found
}

/// The quantity a number and what follows it make; how many characters its unit takes.
fn quantity(
    text: &str,
    plain: &[char],
    written: &[char],
    (at, end): (usize, usize),
    (from, to): (usize, usize),
    value: u128,
) -> Option<(Quantity, usize)> {
    let western = written.iter().any(char::is_ascii_digit);
    let digits = written.iter().any(|c| "一二三四五六七八九两〇零".contains(*c));
    if !western && (!digits || written == ['一']) {
        return None;
    }
    let before = at.checked_sub(1).and_then(|at| plain.get(at)).copied();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '第') {
        return None;
    }
    let mut after: String = plain[end..plain.len().min(end + 6)].iter().collect();
    let mut skipped = 0;
    let mut rough = false;
    for word in ["余", "多", "来"] {
        if after.starts_with(word) {
            after = after[word.len()..].to_owned();
            skipped = 1;
            rough = true;
            break;
        }
    }
    let unit = UNITS.iter().find(|(unit, _, _)| after.starts_with(unit));
    let Some((unit, basic, factor)) = unit.copied() else {
        // Without a unit only a plain number of some size is a fact.
        let plain_number = western && value >= 10 * amount::ONE;
        let (before, _) = around(text, from, to, 4);
        return plain_number.then(|| {
            let near = before + &after.chars().take(3).collect::<String>();
            (Quantity { value: whole(value), unit: "", rough, scaled: false, near, bound: None }, skipped)
        });
    };
    // Words made of a number and a unit that measure nothing: 十分, 三农 has none.
    if !western
        && matches!(unit, "部" | "本" | "级" | "道" | "头" | "层" | "年" | "日" | "节" | "门" | "度" | "分")
    {
        return None;
    }
    let minus = before == Some('-') && matches!(basic, "度" | "%");
    let (words, _) = around(text, from, to, 5);
    rough |= ["近", "约", "逾", "超", "超过", "将近", "大约", "约为", "近乎", "预计"]
        .iter()
        .any(|word| words.ends_with(word));
    let taken = skipped + unit.chars().count();
    let rest: String =
        plain[(end + taken).min(plain.len())..plain.len().min(end + taken + 3)].iter().collect();
    rough |= ["左右", "上下", "多", "余"].iter().any(|word| rest.starts_with(word));
    let at_least = ["以上", "及以", "起", "(含"].iter().any(|word| rest.starts_with(word))
        || ["至少", "不少于", "不低于", "年满", "满"].iter().any(|word| words.ends_with(word));
    let at_most = ["以下", "以内", "之内"].iter().any(|word| rest.starts_with(word))
        || ["不超过", "至多", "最多", "不足", "低于", "少于"].iter().any(|word| words.ends_with(word));
    let bound = (at_least != at_most).then_some(at_least);
    let near: String = words.chars().chain(rest.chars()).filter(|c| is_han(*c)).collect();
    let scaled = written.iter().any(|c| "万亿.".contains(*c));
    let value = whole(value) * factor * if minus { -1.0 } else { 1.0 };
    Some((Quantity { value, unit: basic, rough, scaled, near, bound }, taken))
}

#[expect(clippy::cast_precision_loss, reason = "facts are compared with a tolerance of a millionth")]
fn whole(value: u128) -> f64 {
    value as f64 / amount::ONE as f64
}

impl Quantity {
    /// Whether two quantities say the same beyond rounding.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let (a, b) = (self.value, other.value);
        let gap = (a - b).abs();
        let size = a.abs().max(b.abs()).max(1e-9);
        let close = if self.rough || other.rough {
            0.06
        } else if self.scaled != other.scaled || (self.scaled && other.scaled && self.unit == "元") {
            0.004
        } else {
            1e-9
        };
        gap / size <= close
    }

    /// Whether both count or measure the same kind of thing.
    pub(super) fn is_of_kind(&self, other: &Self) -> bool {
        self.unit == other.unit
    }

    /// Whether both only count things.
    pub(super) fn counts_like(&self, other: &Self) -> bool {
        let counts = |unit: &str| unit.is_empty() || COUNTS.contains(&unit);
        counts(self.unit) && counts(other.unit)
    }

    /// Whether the words around two quantities share something.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        let a: Vec<char> = self.near.chars().collect();
        let pairs = a.windows(2).map(|pair| pair.iter().collect::<String>());
        pairs.into_iter().any(|pair| other.near.contains(&pair))
    }

    /// Whether one value reads like a slip of the other: digits swapped or one changed.
    pub(super) fn is_slip_of(&self, other: &Self) -> bool {
        let digits = |value: f64| {
            let mut digits: Vec<char> = format!("{value}").chars().collect();
            digits.sort_unstable();
            digits
        };
        let ratio = self.value.abs() / other.value.abs().max(1e-9);
        digits(self.value) == digits(other.value) || (0.4..=2.5).contains(&ratio)
    }
}
