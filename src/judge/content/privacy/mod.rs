//! Personal data in a post: who could be called, robbed or visited because of it.
//!
//! In: a title and a part of a post, as they were written. Out: numbers of identity cards, telephones, bank cards,
//! passports and vehicles, and addresses of homes, each with its place, how grave it is and why it was taken for
//! what it is. Masked numbers are respected; numbers of orders, documents and firms and accounts of units are not
//! reported. Pure; one pass finds what may be something, and only around it the surroundings are read, so that a post
//! without digits costs next to nothing and no post costs more than its length.

mod address;
mod check;
mod contact;
mod holder;
mod label;
mod link;
mod number;
mod page;
mod residence;
mod run;
mod table;
#[cfg(test)]
mod tests;
mod who;

use super::{Part, Spot};
use crate::model::words;
use page::Page;
use std::collections::HashSet;
use std::ops::Range;
use table::Tables;

words! {
    /// What a piece of personal data is.
    pub enum Kind {
        IdNumber = "id_number", "身份证件号码";
        Mobile = "mobile", "手机号码";
        BankCard = "bank_card", "银行卡号";
        Passport = "passport", "护照或通行证号码";
        Plate = "plate", "车牌号码";
        HomeAddress = "home_address", "家庭住址";
    }
}

words! {
    /// How much harm a piece of personal data can do where it stands.
    pub enum Severity {
        High = "high", "高";
        Medium = "medium", "中";
        Low = "low", "低";
    }
}

impl Severity {
    /// One step lower: what the law wants published about a person weighs less.
    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

words! {
    /// Why something was taken for personal data.
    pub enum Why {
        /// Its length, its date and its check digit are right (GB 11643, ISO/IEC 7812).
        Checked = "checked", "号码结构和校验位均相符";
        /// The label before it says account, and the check digit is right.
        CheckedCard = "checked_card", "标注为银行卡或账号，校验位相符";
        /// An old identity number of 15 digits with its label and a real date.
        OldNumber = "old_number", "标注为身份证号，符合 15 位旧号码结构";
        /// It is called so, though its check digit is wrong: mistyped, or somebody else's.
        Labelled = "labelled", "前有相应标注";
        /// Some positions are masked, too few to hide it.
        HardlyMasked = "hardly_masked", "遮盖位数过少，仍可推知完整号码";
        /// Written out, without a sign that it is meant for the public.
        Whole = "whole", "完整号码，未作遮盖";
        /// Written out as a way to reach a service or an officer.
        Contact = "contact", "作为公务或服务联系方式公布";
        /// The text says that a named person lives there or gets letters there.
        Residence = "residence", "文中写明为特定个人的住址或收件地址，且具体到门牌";
    }
}

/// A piece of personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// How grave it is.
    pub severity: Severity,
    /// Why it was taken for that.
    pub why: Why,
    /// Where it stands, without its label.
    pub spot: Spot,
}

/// A piece of personal data by its place in the folded text.
#[derive(Debug)]
struct Hit {
    kind: Kind,
    severity: Severity,
    why: Why,
    range: Range<usize>,
}

/// Finds the personal data in a part of a post, in the order of the text. The title tells what kind of publication it
/// is; the same data written twice is found once.
#[must_use]
pub fn find(title: &str, part: Part, text: &str) -> Vec<Found> {
    if !may_hold(text) {
        return Vec::new();
    }
    let page = Page::new(text);
    let mut hits = number::find(&page);
    hits.extend(homes(&page));
    hits.sort_by_key(|hit| hit.range.start);
    let disciplinary = is_disciplinary(title);
    let mut seen = HashSet::new();
    hits.into_iter()
        .filter(|hit| !(disciplinary && hit.kind == Kind::Plate))
        .filter(|hit| seen.insert((hit.kind, bare(&page.text()[hit.range.clone()]))))
        .map(|hit| Found {
            kind: hit.kind,
            severity: if disciplinary { hit.severity.lowered() } else { hit.severity },
            why: hit.why,
            spot: Spot { part, range: page.written_at(hit.range) },
        })
        .collect()
}

/// Finds the homes of named persons.
fn homes(page: &Page<'_>) -> Vec<Hit> {
    let mut tables = Tables::new(page);
    let addresses = address::find(page).into_iter();
    addresses
        .filter(|address| residence::is_home(page, address, tables.row(address.range.start).as_ref()))
        .map(|address| Hit {
            kind: Kind::HomeAddress,
            severity: Severity::Medium,
            why: Why::Residence,
            range: address.range,
        })
        .collect()
}

/// Whether a text can hold anything: there is neither number nor plate nor passport without a digit or a letter.
fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().any(u8::is_ascii_alphanumeric)
        || memchr::memchr_iter(0xef, bytes)
            .any(|at| matches!(bytes.get(at + 1..at + 3), Some([0xbc, 0x90..=0x99 | 0xa1..=0xba])))
}

/// Whether a title announces what the law wants published about persons: 惩戒公示.
fn is_disciplinary(title: &str) -> bool {
    const WORDS: [&str; 11] = [
        "失信被执行人",
        "限制消费",
        "限制高消费",
        "行政处罚",
        "强制执行",
        "行政强制",
        "终生禁驾",
        "曝光",
        "欠税公告",
        "悬赏",
        "通缉",
    ];
    WORDS.iter().any(|word| title.contains(word))
}

/// What a piece of data says, however it is spaced.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '·' | '.')).collect()
}
