use super::*;
use crate::config::mistake::Place;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn terms(text: &str) -> Result<Terms, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let list = list::read(Path::new("own.txt"), text.as_bytes(), &mut mistakes);
    let terms = Terms::of(vec![list], &mut mistakes);
    if mistakes.is_empty() { Ok(terms) } else { Err(mistakes) }
}

/// The terms a text holds, as they are written, with their counts.
fn found(terms: &Terms, text: &str) -> Vec<(String, usize)> {
    let found = terms.find(Part::Text, &Words::new(text), day("2026-11-20"));
    found.into_iter().map(|it| (text[it.spot.range].to_owned(), it.count)).collect()
}

fn one(word: &str, count: usize) -> Vec<(String, usize)> {
    vec![(word.to_owned(), count)]
}

#[test]
fn the_shipped_lists_are_read_and_say_what_to_write() {
    let terms = Terms::load(Path::new("/nonexistent")).unwrap();
    let found = terms.find(Part::Text, &Words::new("会议布署了秋收工作。"), day("2026-11-20"));
    assert_eq!((found[0].category, found[0].suggestion, found[0].level), ("错别字", "部署", Level::Reminder));
    // Right words that hold a wrong one.
    for right in
        ["各部暑期安排", "预防犯罪", "环保部门", "原国家工商总局", "《环保部公告》", "山脉博物馆", "农业部门"]
    {
        assert_eq!(self::found(&terms, right), [], "{right}");
    }
    // The name was right when it was written.
    assert!(terms.find(Part::Text, &Words::new("环保部发布"), day("2018-01-05")).is_empty());
    assert_eq!(terms.find(Part::Text, &Words::new("环保部发布"), day("2026-01-05")).len(), 1);
}

#[test]
fn a_term_is_found_in_any_width_and_case_and_counted_once() {
    let terms = terms("错词 | 对词\nabc公司 | 甲公司").unwrap();
    assert_eq!(found(&terms, "错词，错\u{200b}词，错词"), one("错词", 3));
    assert_eq!(found(&terms, "ＡＢＣ公司"), one("ＡＢＣ公司", 1));
    // Not in the middle of another word.
    assert_eq!(found(&terms, "xabc公司"), []);
}

#[test]
fn the_longest_term_counts_and_exceptions_and_days_hold() {
    let lists = "甲乙 | 一\n甲乙丙 | 二 | 甲乙丙丁、前甲乙丙\n生效：2027-01-01\n戊己 | 三\n生效：无\n失效：2026-01-01\n庚辛";
    let terms = terms(lists).unwrap();
    assert_eq!(found(&terms, "甲乙丙"), one("甲乙丙", 1));
    assert_eq!(found(&terms, "甲乙丙丁，前甲乙丙"), []);
    assert_eq!(found(&terms, "戊己庚辛"), []);
}

#[test]
fn what_is_cited_weighs_less_and_says_so() {
    let terms = terms("级别：疑似\n某某秘方").unwrap();
    let level = |text: &str| {
        let found = terms.find(Part::Text, &Words::new(text), day("2026-11-20"));
        (found[0].level, found[0].cited)
    };
    assert_eq!(level("本店供应某某秘方。"), (Level::Suspected, false));
    assert_eq!(level("骗子推销某某秘方。"), (Level::Reminder, true));
    assert_eq!(level("他们把“某某秘方”挂在嘴边。"), (Level::Reminder, true));
}

#[test]
fn every_slip_is_told_with_its_line() {
    let text = "级别：严重\n生效：去年\n书名号：也许\n例外：旧称\n类别：\n词\n错词 | 对词 | 别的\n甲乙 | 一 | 甲乙丙 | 多\n丙丁\n丙丁";
    let mistakes = terms(text).unwrap_err();
    let lines: Vec<_> = mistakes
        .iter()
        .map(|it| match it.place {
            Place::Line(line) => line,
            _ => 0,
        })
        .collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7, 8, 10], "{mistakes:?}");
    assert!(mistakes.iter().all(|it| !it.advice.is_empty()));
}

#[test]
fn a_list_typed_in_windows_is_read() {
    let mut mistakes = Vec::new();
    let bytes = encoding_rs::GB18030.encode("类别：错别字\r\n布署\t部署\r\n").0.into_owned();
    let list = list::read(Path::new("own.txt"), &bytes, &mut mistakes);
    assert_eq!(mistakes, []);
    assert_eq!((list.terms.len(), list.terms[0].1.suggestion.as_str()), (1, "部署"));
}

proptest! {
    #[test]
    fn every_place_lies_in_the_text(text in "[甲乙丙Ａa\u{200b}“”。\n]{0,60}") {
        let terms = terms("级别：疑似\n甲乙\n乙丙a | | 甲乙丙a").unwrap();
        for found in terms.find(Part::Text, &Words::new(&text), day("2026-11-20")) {
            prop_assert!(text.get(found.spot.range.clone()).is_some_and(|words| words.contains('乙')));
        }
    }
}
