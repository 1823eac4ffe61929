//! Addresses down to a door: the grammar of 路 and 号, of 村 and 组, of 小区, 幢 and 室.
//!
//! In: the folded text. Out: each address that ends at a house, a door or a room, with what stands before it. Whose it is,
//! is not asked here.

use super::page::Page;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A number with what it numbers: 302号, 9号楼, 2单元, 701室, 21-402室, 四组.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?:[a-z]?[0-9]{1,5}(?:[-－—][0-9a-z]{1,5}){0,3}[a-z]?|[a-z]|[一二三四五六七八九十百零〇]{1,5}|[甲乙丙丁])
        (号楼|号院|号|\#楼|\#|幢|栋|座|单元|室|户|层|楼|组|队|弄|巷|房)",
    )
    .expect("a constant pattern")
});
/// How places are called that have numbers in them, or lie around them.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"省|市|区|县|旗|州|盟|镇|乡|街|村|路|巷|弄|道|胡同|里|苑|园|城|庄|屯|寨|组|花|公寓|府|湾|坊|庭|郡|院|宿舍|墅|圩|埭|塘|桥|浜|港|墩|岗|岭|沟|坪|坝|堡|营|集|店|寓|居|第|名都|大厦|广场|楼",
    )
    .expect("a constant pattern")
});
/// Places where people live.
static ESTATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"村|组|苑|花园|家园|小区|公寓|府|里|庭|郡|湾|邸|名都|华城|新城|家属院|宿舍|大院|别墅|社区|庄|屯|寨",
    )
    .expect("a constant pattern")
});
/// Places where people work.
static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"中心|大厦|写字楼|产业园|科技园|工业园|创业园|政府|办公|商城|市场|商业|门面|商铺|车间|厂|行政楼|综合楼|教学楼|医院|学校")
        .expect("a constant pattern")
});
/// Words that bring an address into a sentence and belong to it no longer.
const BRINGS: [&str; 20] = [
    "住在",
    "家住",
    "现住",
    "居住在",
    "居住于",
    "租住",
    "暂住",
    "借住",
    "入住",
    "住",
    "地址",
    "住址",
    "住所",
    "住所地",
    "户籍",
    "户籍地",
    "所在地",
    "居住地",
    "家在",
    "现居",
];
/// Words before an address that say nothing of who lives there.
const LEADS: [&str; 25] = [
    "看望",
    "走访",
    "慰问",
    "探望",
    "位于",
    "坐落于",
    "坐落在",
    "坐落",
    "来到",
    "走进",
    "到达",
    "前往",
    "赶到",
    "赶往",
    "抵达",
    "寄至",
    "寄往",
    "寄到",
    "送到",
    "送至",
    "在",
    "至",
    "为",
    "是",
    "的",
];
/// What never stands inside an address, between two of its numbers.
const NOT_INSIDE: [char; 18] = [
    '的', '住', '在', '与', '和', '及', '至', '到', '为', '是', '等', '日', '月', '年', '第', '文', '共',
    '有',
];
/// How far an address reaches before its first number, in characters.
const HEAD: usize = 40;
/// How many numbered parts an address has at most; more of them are a list.
const PARTS: usize = 12;
/// How far its numbers lie apart, in bytes: 302号水岸名都9号楼.
const GAP: usize = 36;

/// An address down to a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) range: Range<usize>,
    /// It names a flat or a house of a village, as homes do; shops and offices lie at plain numbers.
    pub(super) dwelling: bool,
}

/// The addresses of a page, in order.
pub(super) fn find(page: &Page<'_>) -> Vec<Address> {
    let text = page.text();
    let mut addresses = Vec::new();
    let mut parts = PART
        .captures_iter(text)
        .filter_map(|part| Some((part.get(0)?.range(), part.get(1)?.as_str())))
        .peekable();
    let mut taken = 0;
    while let Some((first, unit)) = parts.next() {
        if unit == "号" && is_other_number(text, &first) {
            continue;
        }
        let mut chain = Chain::new(unit, first);
        let mut left = PARTS;
        while let Some((next, unit)) =
            parts.next_if(|(next, unit)| left > 0 && chain.goes_on(text, next, unit))
        {
            left -= 1;
            chain.push(next, unit);
        }
        chain.end_bare(text);
        if !chain.door {
            continue;
        }
        if let Some(address) = chain.whole(text, taken) {
            taken = address.range.end;
            addresses.push(address);
        }
    }
    addresses
}

/// Numbered parts that follow each other.
struct Chain<'t> {
    range: Range<usize>,
    last: &'t str,
    door: bool,
    dwelling: bool,
}

impl<'t> Chain<'t> {
    fn new(unit: &'t str, range: Range<usize>) -> Self {
        let mut chain = Self { range: range.start..range.start, last: unit, door: false, dwelling: false };
        chain.push(range, unit);
        chain
    }

    fn push(&mut self, part: Range<usize>, unit: &'t str) {
        let first = self.range.is_empty();
        self.range.end = part.end;
        self.last = unit;
        // 3户 alone counts families.
        self.door |= matches!(unit, "号" | "室" | "房") || (unit == "户" && !first);
        self.dwelling |= matches!(unit, "室" | "户" | "房" | "幢" | "栋" | "单元" | "组" | "号楼" | "队");
    }

    /// Whether the next part belongs to the address.
    fn goes_on(&self, text: &str, next: &Range<usize>, unit: &str) -> bool {
        let between = &text[self.range.end..next.start];
        between.len() <= GAP
            && !(unit == "号" && is_other_number(text, next))
            && match between {
                "" | " " | "-" | "," => between.is_empty() || !matches!(unit, "号" | "户"),
                _ => between.chars().all(|c| is_han(c) && !NOT_INSIDE.contains(&c)),
            }
    }

    /// Takes in a room without its word: 21幢402, 9号楼2-701.
    fn end_bare(&mut self, text: &'t str) {
        static ROOM: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^(?:-?[0-9]{3,4}|[0-9]{1,2}-[0-9]{3,4})(?:[^0-9元年月日人.:-]|$)")
                .expect("a constant pattern")
        });
        static ANNEX: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^(?:-[0-9]{1,3}|之[0-9一二三四五六七八九十]{1,2})(?:室|号|户)?")
                .expect("a constant pattern")
        });
        let rest = &text[self.range.end..text.ceil_char_boundary((self.range.end + 24).min(text.len()))];
        if matches!(self.last, "幢" | "栋" | "座" | "单元" | "号楼" | "#" | "#楼" | "号")
            && ROOM.is_match(rest)
        {
            let length = rest.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(rest.len());
            self.range.end += length;
            self.door = true;
            self.dwelling = true;
        } else if let Some(annex) = ANNEX.find(rest).filter(|_| self.last == "号") {
            self.range.end += annex.end();
        }
    }

    /// The address with the places before its first number.
    fn whole(&self, text: &str, taken: usize) -> Option<Address> {
        // The second number of 12号-199号 lies in the address that the first has taken.
        let start = head(text, self.range.start, taken.min(self.range.start));
        let head = &text[start..self.range.start];
        let whole = &text[start..self.range.end];
        (PLACE.is_match(head) && head.chars().count() >= 2).then(|| Address {
            range: start..self.range.end,
            dwelling: self.dwelling && ESTATE.is_match(whole) && !OFFICE.is_match(whole),
        })
    }
}

/// Whether 号 after a number is a day, a document, a line or a telephone: 18号文, 2号线, 11月18号, 第3号.
fn is_other_number(text: &str, part: &Range<usize>) -> bool {
    let before = &text[..part.start];
    let after = &text[part.end..];
    before.ends_with(['月', '第', ']', '字', ')', '.'])
        || [
            "码",
            "文",
            "令",
            "公告",
            "线",
            "机",
            "台风",
            "案",
            "提案",
            "建议",
            "牌",
            "考",
            "通知",
            "出入口",
            "窗",
            "球",
            "选手",
            "种子",
        ]
        .iter()
        .any(|word| after.starts_with(word))
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Where an address begins whose first number stands at a place.
fn head(text: &str, first: usize, taken: usize) -> usize {
    let mut start = first;
    let mut next = '号';
    let mut bracket = false;
    for (at, c) in text[taken..first].char_indices().rev().take(HEAD) {
        let at = taken + at;
        let belongs = is_han(c)
            || match c {
                ' ' => joins_places(&text[..at], &text[at + 1..first]),
                // 远山花园(北区)3幢.
                ')' => !bracket && text[taken..at].ends_with(is_han),
                '(' => bracket,
                // 远山花园2期3幢, 104国道12号, B区3幢.
                c if c.is_ascii_alphanumeric() => {
                    "期区里国省县团连村街路社院".contains(next) || next.is_ascii_digit()
                }
                _ => false,
            };
        if !belongs {
            break;
        }
        bracket = (bracket || c == ')') && c != '(';
        next = c;
        start = at;
    }
    if bracket {
        return first;
    }
    let head = &text[start..first];
    let after =
        |words: &[&str]| words.iter().filter_map(|word| head.rfind(word).map(|at| at + word.len())).max();
    let mut begins = after(&BRINGS).or_else(|| after(&LEADS)).unwrap_or(0);
    // 住址为青岚区…, 家住在…, 户籍地在….
    while let Some(lead) = LEADS
        .iter()
        .chain(&BRINGS)
        .chain(&["于", "址", "地", "了"])
        .find(|lead| head[begins..].starts_with(**lead))
    {
        begins += lead.len();
    }
    let blanks = head[begins..].len() - head[begins..].trim_start().len();
    start + begins + blanks
}

/// Whether a space stands between two places of one address: 澄湖市 青岚区 学宫路.
fn joins_places(before: &str, after: &str) -> bool {
    const LEVELS: [char; 11] = ['省', '市', '区', '县', '旗', '州', '盟', '镇', '乡', '道', '村'];
    let last = before.rsplit(|c: char| !is_han(c)).next().unwrap_or(before);
    (2..=12).contains(&last.chars().count()) && last.ends_with(LEVELS) && after.starts_with(is_han)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<&str> {
        let page = Page::new(text);
        find(&page).into_iter().map(|it| &text[page.written_at(it.range)]).collect()
    }

    #[test]
    fn an_address_reaches_from_its_first_place_to_its_last_number() {
        for (text, address) in [
            (
                "家住临江市沙河区清渡路12号远山名邸3号楼2单元501室，",
                "临江市沙河区清渡路12号远山名邸3号楼2单元501室",
            ),
            ("住沙河县清渡镇北岸村4组17号,", "沙河县清渡镇北岸村4组17号"),
            ("住址为清渡街道远山新村２１幢４０２室", "清渡街道远山新村２１幢４０２室"),
            ("住址：清渡街道远山新村21幢402", "清渡街道远山新村21幢402"),
            ("住址：远山花园21-402室", "远山花园21-402室"),
            ("住址：远山花园3#501室", "远山花园3#501室"),
            ("住址：清渡巷8弄3号", "清渡巷8弄3号"),
            ("住址：北岸村四组十七号", "北岸村四组十七号"),
            ("住址：清渡路8号-2", "清渡路8号-2"),
            ("住址：临江市 沙河区 清渡路8号 3幢 501室", "临江市 沙河区 清渡路8号 3幢 501室"),
            ("位于清渡路12号", "清渡路12号"),
            ("老人住在清渡镇北岸村17号。", "清渡镇北岸村17号"),
            ("户籍地在清渡镇北岸村17号。", "清渡镇北岸村17号"),
            ("住址：远山花园2期3幢501室", "远山花园2期3幢501室"),
            ("住址：远山花园（北区）3幢501室", "远山花园（北区）3幢501室"),
            ("住址：远山花园B区3幢501室", "远山花园B区3幢501室"),
            ("住址：104国道12号", "104国道12号"),
            ("（1）住址：远山花园A座1203室", "远山花园A座1203室"),
            ("住址：清渡街23号附2号", "清渡街23号附2号"),
        ] {
            assert_eq!(addresses(text), [address], "{text}");
        }
    }

    #[test]
    fn what_does_not_reach_a_door_is_no_address() {
        for text in [
            "住址：临江市沙河区",
            "远山苑3号楼",
            "北岸村4组",
            "11月18号",
            "清渡街道2号线",
            "沙河县政府第3号令",
            "〔2026〕第18号",
            "全村共3户",
            "3号 5号",
            "市教育局12号文",
            "远山社区第3号选手",
            "",
        ] {
            assert!(addresses(text).is_empty(), "{text}: {:?}", addresses(text));
        }
    }
}
