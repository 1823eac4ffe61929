//! Whether an address is the home of a named person.
//!
//! In: an address with what stands around it. Out: whether the text gives it as the residence or the postal address of a
//! person who is named on the same line or in the same record. Offices, shops and halls are not.

use super::address::Address;
use super::label::trim;
use super::page::Page;
use super::table::Row;
use super::who;
use regex::Regex;
use std::sync::LazyLock;

/// What a text says an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Somebody lives there.
    Home,
    /// Letters reach somebody there, or it is a 住所 or an 地址 and nothing more: also firms and offices have those.
    Reached,
    /// It is said to be something else: 经营场所, 办公地址.
    Other,
}

const HOME: [&str; 29] = [
    "住址",
    "家庭地址",
    "家庭所在地",
    "住在",
    "家住",
    "现住",
    "住于",
    "居住",
    "居住地",
    "居住地址",
    "居住在",
    "居住于",
    "租住",
    "暂住",
    "常住",
    "借住",
    "入住",
    "现居",
    "定居",
    "户籍",
    "户籍地",
    "户籍地址",
    "户籍所在地",
    "户口所在地",
    "户口地址",
    "住处",
    "家在",
    "住宅",
    "身份证地址",
];
const REACHED: [&str; 20] = [
    "通讯地址",
    "通信地址",
    "通联地址",
    "邮寄地址",
    "邮政地址",
    "寄送地址",
    "收件地址",
    "收货地址",
    "快递地址",
    "送达地址",
    "联系地址",
    "配送地址",
    "本人地址",
    "个人地址",
    "详细地址",
    "寄往",
    "寄至",
    "寄到",
    "住所",
    "住所地",
];
/// Those who can be reached for the public's sake: their address is an office.
const CONTACTS: [&str; 9] =
    ["联系人", "联络人", "经办人", "承办人", "负责人", "收稿人", "咨询", "报名", "受理"];
/// Where somebody works or learns, and who acts for a unit: neither is the subject of the record.
const ASIDE: [&str; 9] =
    ["工作单位", "所在单位", "就读学校", "学校", "毕业院校", "派出所", "法定代表人", "法人", "经营者"];
/// What heads a column of persons who are the subjects of a list.
const PERSONS: [&str; 11] =
    ["姓名", "户主", "申请人", "收件人", "收货人", "获奖", "中奖", "对象", "业主", "当事人", "被执行人"];
/// What heads a column of places.
const PLACES: [&str; 12] =
    ["名称", "网点", "门店", "店名", "机构", "站点", "药店", "医院", "场所", "企业", "公司", "办公"];
/// Who lives at an address that stands before them.
static DWELLER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:的|,)?(?:[\p{Han}]{0,6}?(?:居民|村民|住户|业主|户主|租户|老人|党员|军人|户|市民|老兵|职工|学生|病人|患者|儿童|家属|模范|代表))?(?:[^\p{Han}\d;。\n]?)")
        .expect("a constant pattern")
});

/// How far around an address is looked, in bytes.
const BEFORE: usize = 600;
const AFTER: usize = 90;

/// Whether an address is a home, where a row of a list gives it or not.
pub(super) fn is_home(page: &Page<'_>, address: &Address, row: Option<&Row<'_>>) -> bool {
    let before = page.before(address.range.start, BEFORE);
    let after = page.after(address.range.end, AFTER);
    if belongs_to_unit(after) {
        return false;
    }
    let relation = relation(before)
        .or_else(|| row.and_then(heading).and_then(relation))
        .or_else(|| above(page, address));
    match relation {
        Some(Relation::Other) => false,
        Some(Relation::Home) => names_somebody(page, address, row, before, after),
        Some(Relation::Reached) => {
            subject(page, address, row, before).unwrap_or_else(|| {
                // 收件地址:…,收件人:张三.
                let token = first_value(after);
                token.is_some_and(|(label, name)| {
                    !label.is_empty() && who::is_person(name) && !CONTACTS.iter().any(|it| label.contains(it))
                })
            })
        }
        None => stands_with_dweller(address, before, after),
    }
}

/// What the words right before an address say it is.
fn relation(before: &str) -> Option<Relation> {
    let mut rest = trim(before);
    if let Some(inner) = rest.strip_suffix(')') {
        rest = inner.rfind('(').map_or(inner, |open| trim(&inner[..open]));
    }
    let whole = rest;
    for lead in ["位于", "为", "是", "在", "于", "地"] {
        if let Some(shorter) = rest.strip_suffix(lead)
            && !HOME.iter().chain(&REACHED).any(|word| rest.ends_with(word))
        {
            rest = trim(shorter);
        }
    }
    if HOME.iter().any(|word| rest.ends_with(word)) || HOME.iter().any(|word| whole.ends_with(word)) {
        return Some(Relation::Home);
    }
    if REACHED.iter().any(|word| rest.ends_with(word)) {
        return Some(Relation::Reached);
    }
    if let Some(name) = rest.strip_suffix("地址") {
        // 地址 alone is whoever's the record is; any other kind of 地址 is no home.
        return Some(if name.ends_with(|c: char| c.is_alphabetic()) {
            Relation::Other
        } else {
            Relation::Reached
        });
    }
    if let Some(who) = rest.strip_suffix('住') {
        // 张三,住…; 老人住….
        return (!who.ends_with(['居', '不', '记', '接', '停'])).then_some(Relation::Home);
    }
    let others = [
        "场所",
        "地点",
        "坐落",
        "位置",
        "会址",
        "校址",
        "店址",
        "院址",
        "所在地",
        "标的",
        "房源",
        "门店",
        "网点",
    ];
    others.iter().any(|word| rest.ends_with(word)).then_some(Relation::Other)
}

/// What heads the column.
fn heading<'r>(row: &'r Row<'_>) -> Option<&'r str> {
    if row.cells.len() == row.heading.len() {
        return row.heading.get(row.column).map(String::as_str);
    }
    let mut named = row.heading.iter().filter(|cell| relation(cell).is_some());
    named.next().filter(|_| named.next().is_none()).map(String::as_str)
}

/// What a label says that stands alone on the line above.
fn above(page: &Page<'_>, address: &Address) -> Option<Relation> {
    if !trim(page.before(address.range.start, BEFORE)).is_empty() {
        return None;
    }
    let line = page.above(page.line_of(address.range.start), 60).next()?;
    (line.len() <= 36 && !line.contains(['。', ','])).then(|| relation(line)).flatten()
}

/// Whether what follows an address says that a unit has it: 302号县林业站, 8号(市民政局).
fn belongs_to_unit(after: &str) -> bool {
    let after = after.trim_start_matches([' ', '(', ',']);
    let name: String = after.chars().take_while(|c| c.is_alphabetic()).take(20).collect();
    let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.filter(|end| *end >= 9).any(|end| who::is_unit(&name[..end])) && !who::begins_with_person(&name)
}

/// Whether a person is named on the line or in the record of an address.
fn names_somebody(
    page: &Page<'_>,
    address: &Address,
    row: Option<&Row<'_>>,
    before: &str,
    after: &str,
) -> bool {
    who::names_person(before)
        || who::names_person(after)
        || who::begins_with_person(after.trim_start_matches(DWELLER_SIGNS))
        || row.is_some_and(|row| row.cells.iter().any(|cell| who::is_person(cell)))
        || record(page, address).any(|(_, name)| who::is_person(name))
}

const DWELLER_SIGNS: [char; 4] = ['的', ' ', ',', '('];

/// Whether the subject of a record is a person; `None` when the record names nobody.
fn subject(page: &Page<'_>, address: &Address, row: Option<&Row<'_>>, before: &str) -> Option<bool> {
    if let Some(row) = row {
        // 网点 地址 联系人 is a list of places, 姓名 地址 one of persons.
        let heads =
            |words: &[&str]| row.heading.iter().any(|cell| words.iter().any(|word| cell.contains(word)));
        let person = row.cells.iter().any(|cell| who::is_person(cell));
        return Some(person && heads(&PERSONS) && !heads(&PLACES));
    }
    let values = values(before).into_iter().rev();
    values.chain(record(page, address)).find_map(|(label, name)| {
        let name = name.trim();
        if ASIDE.iter().any(|it| label.ends_with(it)) {
            None
        } else if who::is_person(name) {
            Some(!CONTACTS.iter().any(|it| label.ends_with(it)))
        } else if who::is_unit(name) {
            Some(false)
        } else {
            None
        }
    })
}

/// The labels and values on the lines above an address that begins its line with a label, the nearest first.
fn record<'p>(page: &'p Page<'_>, address: &Address) -> impl Iterator<Item = (&'p str, &'p str)> {
    /// A line of a record is short.
    const LINE: usize = 180;
    let lines = page.above(page.line_of(address.range.start), LINE + 1).take(8);
    lines
        .take_while(|line| line.len() <= LINE && !line.contains('。'))
        .flat_map(|line| values(line).into_iter().rev())
}

/// The pieces of a line, each with its label or with none: 姓名:张三 gives (姓名, 张三).
fn values(line: &str) -> Vec<(&str, &str)> {
    line.split([',', ';', '。', '、', '|', '(', ')', '!'])
        .flat_map(|piece| match piece.split_once(':') {
            Some((label, value)) => vec![(label.trim(), value.trim())],
            None => piece.split(' ').map(|value| ("", value)).collect(),
        })
        .flat_map(|(label, value)| {
            let mut words = value.split(' ').filter(|word| !word.is_empty());
            let first = words.next().map(|word| (label, word));
            // 申请人张三: a word for the one who is named, and the name.
            let named = (label.is_empty())
                .then(|| ROLES.iter().find_map(|role| value.strip_prefix(role).map(|name| (*role, name))))
                .flatten();
            [first, named].into_iter().flatten().chain(words.map(|word| ("", word))).collect::<Vec<_>>()
        })
        .collect()
}

/// Words for the subject of a record, which its name may follow directly.
const ROLES: [&str; 16] = [
    "申请人",
    "被执行人",
    "当事人",
    "收件人",
    "收货人",
    "获奖者",
    "中奖人",
    "来信人",
    "户主",
    "业主",
    "原告",
    "被告",
    "联系人",
    "居民",
    "村民",
    "老人",
];

/// The first label with its value in a text.
fn first_value(text: &str) -> Option<(&str, &str)> {
    values(text.trim_start_matches(|c: char| !c.is_alphanumeric())).into_iter().next()
}

/// Whether an address of which nothing is said stands beside a person's name as the place where they live.
fn stands_with_dweller(address: &Address, before: &str, after: &str) -> bool {
    // 清渡路8号村民张三, 17号李四家.
    let dweller = DWELLER.find(after).map_or(0, |found| found.end());
    let role = &after[..dweller];
    let named = after.get(dweller..).unwrap_or_default();
    if who::begins_with_person(named) {
        let at_home = ["家", "一家"].iter().any(|home| {
            let name: String = named.chars().take(6).collect();
            name.find(home).is_some_and(|at| who::is_person(&name[..at]))
        });
        return at_home || address.dwelling || role.contains(|c: char| c.is_alphabetic() && c != '的');
    }
    // 张三 清渡镇北岸村4组17号: an entry of a list.
    let entry = before.rsplit(['\n', ';', '。']).next().unwrap_or(before);
    let cells = entry.rsplit([' ', ',', ':', '(', '|', '、', ')']).filter(|cell| !cell.is_empty());
    let beside = !entry.ends_with(|c: char| c.is_alphanumeric());
    address.dwelling && beside && cells.take(4).find(|cell| !describes(cell)).is_some_and(who::is_person)
}

/// Whether a cell between a name and an address describes the person: 男, 汉族, 64岁, a number.
fn describes(cell: &str) -> bool {
    matches!(cell, "男" | "女")
        || cell.ends_with(['族', '岁'])
        || cell.chars().all(|c| c.is_ascii_alphanumeric() || super::run::is_mask(c))
}
