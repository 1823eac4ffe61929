//! Who wrote it, as the post says: 文/某某, 供稿, 通讯员, 作者.
//!
//! In: the lines of a text. Out: the outside bodies that wrote it, and whether one of the unit's own people did. A
//! person without a body is one of the own: units name their correspondents that way.

use super::own::Unit;
use super::page::Line;
use super::sign::Sign;
use super::{name, organ};
use regex::Regex;
use std::sync::LazyLock;

/// What bylines say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bylines {
    /// Outside bodies and outlets, in order.
    pub(super) others: Vec<String>,
    /// A person or an own name signs as the author.
    pub(super) own: bool,
}

/// A role and who fills it; a sign must follow 文, a space is enough after the others.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s。!?;,()\[\]【】「」|/—*■▲●◆]|^【[^】\n]{0,80}】)(?:(?:文/图|图/文|文、图|图、文|文&图|撰稿人?|撰文|采写|采编|文案|供稿单位|供稿人?|供图供稿|图文供稿|稿件提供|文字提供|来稿单位|报送单位|报送|通讯员|特约通讯员|本网记者|本站记者|特约记者|记者|信息员|作者单位|作者|执笔|出品单位|联合出品|出品)(?:\s*[:|/]\s*|\s+|)|(?:文图|图文|文字|文|原作者|编写)\s*[:|/]\s*)")
        .expect("a constant pattern")
});
/// The longest byline, in characters.
const LONGEST: usize = 80;
/// A person's name, or several.
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\p{Han}{2,4}(?:[\s、,&]+\p{Han}{2,4}){0,5}(?:$|[\s)(|/。,:;】\]])")
        .expect("a constant pattern")
});
/// A body at the beginning of a longer description: 省人民医院呼吸科主任医师.
static BODY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^.{2,18}?(?:医院|大学|研究院|研究所|研究中心|科学院|疾控中心|疾病预防控制中心|协会|学会|日报|晚报|报社|电视台|广播|出版社|融媒体中心|[省市县区州]\p{Han}{1,12}?局|厅|委员会|法院|检察院|学校|中学|小学)")
        .expect("a constant pattern")
});
/// 某某出品.
static MADE_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(【])(?P<who>[\p{Han}A-Za-z0-9]{2,16}?)(?:联合)?出品\s*(?:$|[)】。])")
        .expect("a constant pattern")
});
/// Words that stand after 记者 and 作者 in a sentence, not in a byline.
const GOES_ON: [&str; 10] = ["从", "在", "了解", "获悉", "看到", "来到", "走访", "注意", "简介", "采访"];

/// Reads the bylines of a text.
pub(super) fn read(lines: &[Line<'_>], unit: &Unit, known: &dyn Fn(&str) -> bool) -> Bylines {
    let mut found = Bylines::default();
    for line in lines.iter().filter(|line| !line.is_aside()) {
        let mut from = 0;
        while line.signs.has(Sign::Role)
            && let Some(said) = ROLE.find_at(&line.text, from)
        {
            from = said.end();
            let made = said.as_str().contains("出品");
            let joined = !said.as_str().ends_with([':', '|', '/', ' ']);
            one(beginning(&line.text[from..]), joined, made, unit, known, &mut found);
        }
        if line.signs.has(Sign::Made)
            && let Some(said) = MADE_BY.captures(&line.text)
            && let Some(who) = said.name("who")
        {
            let who = who.as_str();
            if unit.is_own(who) {
                found.own = true;
            } else if known(who) || organ::is_outlet(who) {
                found.others.push(who.to_owned());
            }
        }
    }
    found
}

/// What may still belong to a byline.
fn beginning(rest: &str) -> &str {
    rest.char_indices().nth(LONGEST).map_or(rest, |(end, _)| &rest[..end])
}

/// One byline.
fn one(who: &str, joined: bool, made: bool, unit: &Unit, known: &dyn Fn(&str) -> bool, found: &mut Bylines) {
    if GOES_ON.iter().any(|word| who.starts_with(word)) {
        return;
    }
    let person = PERSON.is_match(who);
    if joined && !person {
        return;
    }
    // After a person's name the text itself may go on: 通讯员 张三 县水利局昨天召开会议。
    let first = who.split_whitespace().next().unwrap_or_default();
    let goes_on = who.contains([',', '。']) || who.chars().count() > 24;
    if person && is_person(first) && goes_on && !first.contains('(') {
        found.own |= !made;
        return;
    }
    let (names, _) = name::names_in(who, |name| known(name) || unit.is_own(name));
    let Some(first) = names.first() else {
        found.own |= person && !made;
        return;
    };
    let mut outside = Vec::new();
    for name in &names {
        if unit.signs(name) {
            found.own = true;
            return;
        }
        if known(name) || organ::is_publisher(name) && !is_person(name) {
            outside.push(name.clone());
        } else if let Some(body) = BODY_FIRST.find(name) {
            outside.push(body.as_str().to_owned());
        }
    }
    // 作者：张三（江苏省某医院）
    if outside.is_empty()
        && let Some((_, inside)) = who.split_once('(')
    {
        let inside = inside.split(')').next().unwrap_or_default();
        if unit.signs(inside) {
            found.own = true;
            return;
        }
        if let Some(body) = BODY_FIRST.find(inside).filter(|_| inside.chars().count() <= 30) {
            outside.push(body.as_str().to_owned());
        }
    }
    if outside.is_empty() {
        let network = matches!(first.as_str(), "网络" | "互联网" | "佚名");
        found.own |= (person || is_person(first)) && !network && !made;
    } else {
        found.others.extend(outside);
    }
}

/// Whether a name has the length of a person's and no ending of a body longer than a person's name would be.
fn is_person(name: &str) -> bool {
    let count = name.chars().count();
    (2..=4).contains(&count)
        && !organ::is_outlet(name)
        && !name.ends_with(['局', '委', '厅', '院', '署', '办'])
}

#[cfg(test)]
mod tests {
    use super::super::{fold, page};
    use super::*;

    fn bylines(text: &str) -> Bylines {
        let unit = Unit::new("沙河水利", "沙河县水利局", &["县水利局", "沙河县清渡闸管理所"]);
        let text = fold::fold(text);
        read(&page::read(&text).lines, &unit, &|name| name == "新华社")
    }

    #[test]
    fn own_people_sign_own_work() {
        for text in [
            "正文。\n文/图 张三",
            "通讯员 李四 县水利局昨天召开会议。",
            "撰稿：欧阳小春",
            "供稿：河湖管理科 王五",
            "（供稿：沙河县清渡闸管理所 赵六）",
            "文|沙河水利 图|网络",
            "正文（记者 张三）",
            "信息员：钱七",
            "作者：沙河县水利局水资源科 孙八",
            "沙河水利出品",
            "采写｜周九",
            "供稿：县水利局张三",
        ] {
            assert_eq!(bylines(text), Bylines { others: vec![], own: true }, "{text}");
        }
    }

    #[test]
    fn an_outside_body_that_signs_is_the_source() {
        for (text, other) in [
            ("供稿：县气象局", "县气象局"),
            ("作者：张三（省人民医院）", "省人民医院"),
            ("作者：江州大学教授 李四", "江州大学"),
            ("撰稿：新华社 王五", "新华社"),
            ("文/临江日报 赵六", "临江日报"),
        ] {
            assert_eq!(bylines(text), Bylines { others: vec![other.to_owned()], own: false }, "{text}");
        }
    }

    #[test]
    fn words_of_the_text_are_no_bylines() {
        for text in [
            "记者从现场了解到，水位回落。",
            "图：张三",
            "编辑：李四 审核：王五",
            "图文并茂",
            "摄影：赵六",
            "作者简介",
        ] {
            assert_eq!(bylines(text), Bylines::default(), "{text}");
        }
    }
}
