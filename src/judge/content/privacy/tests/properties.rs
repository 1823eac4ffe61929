//! What holds for any text, however it was made.

use super::*;
use proptest::prelude::*;

/// Pieces of which hostile and ordinary texts are made.
const PIECES: [&str; 40] = [
    "身份证号",
    "：",
    ":",
    "19900001111",
    "990123199003075216",
    "*",
    "****",
    "xxx",
    "X",
    " ",
    "\n",
    "\t",
    "|",
    "、",
    "，",
    "。",
    "张三",
    "家住",
    "住址",
    "清渡路12号",
    "3幢501室",
    "号",
    "室",
    "户名",
    "账号",
    "6299",
    "苏Z",
    "·",
    "12345",
    "护照",
    "E0000000",
    "\u{200b}",
    "（",
    "）",
    "姓名 身份证号\n",
    "https://a.example/",
    "１９９",
    "●",
    "86",
    "-",
];

proptest! {
    #[test]
    fn no_text_makes_it_fail_and_every_spot_is_a_part_of_the_text(title in ".{0,10}", text in ".{0,200}") {
        for found in find(&title, Part::Text, &text) {
            prop_assert!(text.get(found.spot.range).is_some_and(|span| !span.is_empty()));
        }
    }

    #[test]
    fn pieces_of_personal_data_in_any_order_are_read(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
        let text = pieces.concat();
        let all = find("", Part::Text, &text);
        for found in &all {
            let span = text.get(found.spot.range.clone());
            prop_assert!(span.is_some_and(|span| span.chars().any(char::is_numeric)), "{text}");
        }
        let disciplinary = find("行政处罚", Part::Text, &text);
        prop_assert!(disciplinary.iter().all(|found| found.kind != Kind::Plate && found.severity != Severity::High));
        prop_assert_eq!(disciplinary.len(), all.iter().filter(|found| found.kind != Kind::Plate).count());
    }

    #[test]
    fn words_around_a_number_do_not_move_it(before in "[中国a ，。：]{0,20}", after in "[中国 ，。：]{0,20}") {
        let number = identity("99012319900307521");
        let text = format!("{before}，{number}，{after}");
        prop_assert_eq!(found("", &text), [(Kind::IdNumber, number.as_str(), Severity::High)]);
    }
}
