//! The words of a post that a finding points at.
//!
//! In: what a check of the content found. Out: places as an office reads them, each with its quote, its reason and its
//! weight. Personal data is quoted masked: what warns of a leak must not become one.

use super::finding::Level;
use serde::{Deserialize, Serialize};

/// One place of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// What was found there, in Chinese.
    pub kind: String,
    /// Where it stands, in Chinese: `标题`, `正文第12字`.
    pub place: String,
    /// The words with a little of what stands around them.
    pub quote: String,
    /// Why they were taken for it.
    pub reason: String,
    /// What to write or do instead; mostly empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suggestion: String,
    /// How much it weighs by itself.
    pub level: Level,
    /// Of the words and what stands around them, see [`super::finding::fingerprint`]: by it a person's dismissal is
    /// remembered for this term in this text.
    pub fingerprint: i64,
}

/// The weight of the gravest passage; none without any.
#[must_use]
pub fn gravest(passages: &[Passage]) -> Option<Level> {
    passages.iter().map(|passage| passage.level).max_by_key(|level| level.gravity())
}

/// What was found, counted by its kind in the order of the passages: `手机号码2处、银行卡号1处`.
#[must_use]
pub fn summary(passages: &[Passage]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for passage in passages {
        match counts.iter_mut().find(|(kind, _)| *kind == passage.kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((&passage.kind, 1)),
        }
    }
    let counts: Vec<_> = counts.into_iter().map(|(kind, count)| format!("{kind}{count}处")).collect();
    counts.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Evidence, Finding, Rule};
    use chrono::DateTime;

    fn passage(kind: &str, level: Level, fingerprint: i64) -> Passage {
        Passage {
            kind: kind.to_owned(),
            place: "标题".to_owned(),
            quote: "甲".to_owned(),
            reason: "乙".to_owned(),
            suggestion: String::new(),
            level,
            fingerprint,
        }
    }

    #[test]
    fn what_is_dismissed_leaves_the_rest_of_a_finding_with_its_own_weight_and_words() {
        let passages = vec![
            passage("银行卡号", Level::Suspected, 1),
            passage("手机号码", Level::Reminder, 2),
            passage("手机号码", Level::Reminder, 3),
        ];
        let finding = Finding {
            rule: Rule::Privacy,
            subject: "1".to_owned(),
            level: Level::Suspected,
            since: DateTime::UNIX_EPOCH,
            evidence: Evidence { summary: summary(&passages), passages, ..Evidence::default() },
        };
        assert_eq!(finding.evidence.summary, "银行卡号1处、手机号码2处");
        assert_eq!(finding.clone().without(|_| false), Some(finding.clone()));
        let left = finding.clone().without(|fact| fact == 1).unwrap();
        assert_eq!((left.level, left.evidence.summary.as_str()), (Level::Reminder, "手机号码2处"));
        assert_eq!(finding.without(|_| true), None);
    }
}
