//! Texts that speak about wrong things to warn of them: fraud, fines, exposed tricks.
//!
//! In: a folded text. Out: whether it warns, and the same text without what it only quotes or reports, every other
//! word at its old place. A text that warns shows the words of those it warns of; they are not its own.

use regex::Regex;
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
