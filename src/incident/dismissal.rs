//! What a person has decided about a fact stays decided: pure.
//!
//! In: what a look found, which rules it can speak about, and the facts about the account that a person dismissed by
//! closing their cases. Out: what is left of the findings, and the dismissals that are over. The same fact opens no
//! second case; another one does, and so does the same one after it had been gone. A look that cannot tell neither
//! uses nor ends a dismissal.

use super::Sureness;
use crate::model::finding::{Finding, Rule};

/// A fact about an account that a person has dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dismissed {
    /// The rule whose case was closed.
    pub rule: Rule,
    /// Of the fact that it was about, see [`crate::model::finding::Evidence::fingerprint`].
    pub fingerprint: i64,
}

impl Dismissed {
    /// Whether a finding claims the dismissed fact.
    #[must_use]
    pub fn is_about(self, finding: &Finding) -> bool {
        self.rule == finding.rule && finding.evidence.facts().any(|fact| fact == self.fingerprint)
    }
}

/// Takes out of the findings what was dismissed. Returns the dismissals whose fact a sure look no longer finds.
///
/// Only of rules about the profile is what a look does not find surely gone: a post leaves a list without being
/// deleted, so a dismissal of its words stays.
#[must_use]
pub fn sift(findings: &mut Vec<Finding>, sure: &Sureness, dismissed: &[Dismissed]) -> Vec<Dismissed> {
    let over = |it: &Dismissed| {
        it.rule.is_profile()
            && sure.covers(it.rule, "")
            && !findings.iter().any(|finding| it.is_about(finding))
    };
    let over = dismissed.iter().filter(|it| over(it)).copied().collect();
    if !dismissed.is_empty() {
        let left = std::mem::take(findings).into_iter().filter_map(|finding| {
            let rule = finding.rule;
            finding.without(|fact| dismissed.contains(&Dismissed { rule, fingerprint: fact }))
        });
        *findings = left.collect();
    }
    over
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Evidence, Level, RuleSet};
    use chrono::DateTime;

    const GOOD: Sureness = Sureness {
        good: true,
        judged: true,
        profile: RuleSet::NONE,
        compared: false,
        complete: true,
        read: Vec::new(),
    };

    fn finding(rule: Rule, fingerprint: Option<i64>) -> Finding {
        Finding {
            rule,
            subject: String::new(),
            level: Level::Suspected,
            since: DateTime::UNIX_EPOCH,
            evidence: Evidence { fingerprint, ..Evidence::default() },
        }
    }

    fn told(rule: Rule) -> Sureness {
        Sureness { profile: std::iter::once(rule).collect(), ..GOOD }
    }

    const SEVEN: Dismissed = Dismissed { rule: Rule::Renamed, fingerprint: 7 };

    #[test]
    fn the_same_fact_is_not_told_again_and_another_one_is() {
        for (fingerprint, left) in [(Some(7), 0), (Some(8), 1), (None, 1)] {
            let mut findings = vec![finding(Rule::Renamed, fingerprint)];
            let _ = sift(&mut findings, &told(Rule::Renamed), &[SEVEN]);
            assert_eq!(findings.len(), left, "{fingerprint:?}");
        }
        // A number means nothing to another rule.
        let mut findings = vec![finding(Rule::SubjectMismatch, Some(7))];
        assert_eq!(sift(&mut findings, &GOOD, &[SEVEN]), []);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn a_fact_that_surely_changed_ends_its_dismissal() {
        let mut none = Vec::new();
        assert_eq!(sift(&mut none, &told(Rule::Renamed), &[SEVEN]), [SEVEN]);
        let mut other = vec![finding(Rule::Renamed, Some(8))];
        assert_eq!(sift(&mut other, &told(Rule::Renamed), &[SEVEN]), [SEVEN]);
        let mut same = vec![finding(Rule::Renamed, Some(7))];
        assert_eq!(sift(&mut same, &told(Rule::Renamed), &[SEVEN]), []);
    }

    #[test]
    fn a_look_that_cannot_tell_ends_no_dismissal() {
        let failed = Sureness { good: false, ..told(Rule::Renamed) };
        for sure in [GOOD, failed, told(Rule::FollowersJump)] {
            assert_eq!(sift(&mut Vec::new(), &sure, &[SEVEN]), []);
        }
        // What a list no longer shows is not gone.
        let post = Dismissed { rule: Rule::Weekly, fingerprint: 7 };
        assert_eq!(sift(&mut Vec::new(), &GOOD, &[post]), []);
    }
}
