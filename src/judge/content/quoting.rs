//! Texts that speak about wrong things to warn of them: fraud, fines, exposed tricks.
//!
//! In: a folded text. Out: whether it warns, and the same text without what it only quotes or reports, every other
//! word at its old place. A text that warns shows the words of those it warns of; they are not its own.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Words of texts that warn, punish or check.
static WARNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        "骗|反诈|谨防|警惕|套路|陷阱|曝光|虚假|误导|罚款|查处|被查|处罚|典型案例|警示|避坑|不合格|通报|端掉|打假|辟谣|违法|违规|\
         拒绝[“\"]|坑老|的坑|话术|诱饵|失联|跑路|冒充|非法|当事人|被罚|不得|严禁|维权|调查发现|猫腻|消费提[示醒]|涉案|立案|涉嫌|责令|强制购物|下架|抽检|所谓",
    )
    .expect("a constant pattern")
});
/// Words of whoever reports what others say.
static REPORTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("承诺|声称|宣称|号称|所谓|同一句|都指向|忽悠|诱导|标注|标示|兜售|推销|以[“\"]")
        .expect("a constant pattern")
});
/// Words in quotation marks; a whole speech is quoted sentence by sentence.
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[“\"「『][^”\"」』\n]{1,120}[”\"」』]").expect("a constant pattern"));

/// Whether a text warns of something.
pub(super) fn warns(text: &str) -> bool {
    WARNS.is_match(text)
}

/// How far around a place the sentence and the quotation it stands in are looked for, in bytes.
const REACH: usize = 400;

/// Whether a place stands in quotation marks, or in a sentence that warns or reports.
pub(super) fn is_cited(text: &str, place: Range<usize>) -> bool {
    let start = text.floor_char_boundary(place.start.saturating_sub(REACH));
    let end = text.ceil_char_boundary((place.end + REACH).min(text.len()));
    let before = &text[start..place.start];
    let after = &text[place.end..end];
    let ends = ['。', '!', '?', ';', '\n'];
    let from = before.rfind(ends).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let until = after.find(ends).unwrap_or(after.len());
    let sentence = &text[start + from..place.end + until];
    is_between(before, after, ['“', '「', '『'], ['”', '」', '』'])
        || WARNS.is_match(sentence)
        || REPORTS.is_match(sentence)
}

/// Whether a place stands in the title of a work.
pub(super) fn is_in_title(text: &str, place: Range<usize>) -> bool {
    let start = text.floor_char_boundary(place.start.saturating_sub(REACH));
    let end = text.ceil_char_boundary((place.end + REACH).min(text.len()));
    is_between(&text[start..place.start], &text[place.end..end], ['《', '〈', '〔'], ['》', '〉', '〕'])
}

/// Whether what stands before opens a pair of marks that what stands after closes.
fn is_between(before: &str, after: &str, open: [char; 3], close: [char; 3]) -> bool {
    let opened = before.rfind(open).is_some_and(|at| !before[at..].contains(close));
    opened && after.find(close).is_some_and(|at| !after[..at].contains(open))
}

/// Whether a title says that the text shows others at work: whatever it then tells is theirs.
pub(super) fn exposes(title: &str) -> bool {
    WARNS.is_match(title) || title.contains("揭秘") || title.contains("盘点")
}

/// A text that warns, with blanks of the same length for what is quoted and for sentences that warn or report.
pub(super) fn own_words(text: &str) -> String {
    let mut own = text.as_bytes().to_vec();
    for quote in QUOTED.find_iter(text) {
        own[quote.range()].fill(b' ');
    }
    let mut start = 0;
    for sentence in text.split_inclusive(['。', '!', '?', ';', '\n']) {
        let end = start + sentence.len();
        if WARNS.is_match(sentence) || REPORTS.is_match(sentence) {
            own[start..end].fill(b' ');
        }
        start = end;
    }
    // Whole characters were replaced by as many blanks as they have bytes: the text is still well formed.
    String::from_utf8(own).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_knows_whether_it_is_cited() {
        let cited = |text: &str| {
            let at = text.find("某词").unwrap();
            is_cited(text, at..at + "某词".len())
        };
        assert!(cited("他说“某词”。") && cited("骗子爱用某词。") && cited("谨防某词"));
        assert!(!cited("谨防受骗。某词随处可见。") && !cited("“引文”之外的某词") && !cited("某词“引文”"));
        let in_title = |text: &str| {
            let at = text.find("某词").unwrap();
            is_in_title(text, at..at + "某词".len())
        };
        assert!(in_title("《关于某词的通知》") && !in_title("《通知》里的某词《附件》"));
    }

    #[test]
    fn what_a_warning_quotes_and_reports_is_not_its_own() {
        let text = "谨防骗局。他们说“加微信领红包”。骗子还会打折。本店今日八折。";
        assert!(warns(text));
        let own = own_words(text);
        assert_eq!(own.len(), text.len());
        assert!(
            own.contains("本店今日八折") && !own.contains("加微信") && !own.contains("还会打折"),
            "{own}"
        );
        assert!(!warns("本店今日八折"));
    }

    proptest! {
        #[test]
        fn every_other_word_stays_at_its_place(text in "([骗“”。\"a中\n]|谨防){0,40}") {
            let own = own_words(&text);
            prop_assert_eq!(own.len(), text.len());
            for (at, c) in own.char_indices().filter(|(_, c)| *c != ' ') {
                prop_assert!(text[at..].starts_with(c));
            }
        }
    }
}
