//! Cases: one per account and rule.
//!
//! In: the cases that run for an account and what a look found. Out: what to open, rewrite and end. Pure; the
//! schedule writes it in the transaction of the look, and mails leave later, from rows.

pub mod damp;
pub mod dismissal;
pub mod inhibit;
pub mod lifecycle;

use crate::model::account::AccountId;
use crate::model::finding::{Finding, Rule, RuleSet};
use crate::model::incident::{Incident, IncidentId, IncidentKey};
use lifecycle::{Effect, Happening};

/// What follows from one look for the cases of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Cases to open.
    pub open: Vec<(IncidentKey, Finding)>,
    /// Running cases whose weight or beginning changed.
    pub change: Vec<(IncidentId, Finding)>,
    /// Running cases that are over.
    pub resolve: Vec<IncidentId>,
}

/// What a look can say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four questions, each answered by itself")]
pub struct Sureness {
    /// The look itself was good: what it did not find is not there.
    pub good: bool,
    /// The look can carry a claim about activity.
    pub judged: bool,
    /// The rules about the profile of which the look can say anything: it told what they ask for, twice seen.
    pub profile: RuleSet,
    /// The look asked every source of the account and every one of them answered.
    pub compared: bool,
    /// What the look did not show is not there. A look by hand that only says what was seen proves activity, never
    /// silence: it may end a case of inactivity, but neither open one nor make one graver.
    pub complete: bool,
    /// What the look read of what posts say, as the subjects of its cases: only about that it can say anything.
    pub read: Vec<String>,
}

impl Sureness {
    /// Whether the look would show the matter of a rule and subject if it still held.
    fn covers(&self, rule: Rule, subject: &str) -> bool {
        if rule.is_content() {
            // A post that was read was read, whatever else of the look failed.
            return self.read.iter().any(|read| read == subject);
        }
        self.good
            && (self.judged || !rule.is_inactivity())
            && (self.profile.contains(rule) || !rule.is_profile())
            && (self.compared || rule != Rule::SourcesDisagree)
    }

    fn accuses(&self, rule: Rule) -> bool {
        self.complete || !rule.is_inactivity()
    }
}

/// Compares what a look found with the cases that run. Findings about activity must come from a look that can
/// carry them; a failed look can only open cases about its own failing.
#[must_use]
pub fn compare(
    account: AccountId,
    running: &[&Incident],
    findings: Vec<Finding>,
    sure: &Sureness,
) -> Verdict {
    let mut verdict = Verdict::default();
    for case in running {
        let found = findings
            .iter()
            .any(|finding| finding.rule == case.key.rule && finding.subject == case.key.subject);
        let happening = match (found, sure.covers(case.key.rule, &case.key.subject)) {
            (true, _) => Happening::Found,
            (false, true) => Happening::Cleared,
            (false, false) => Happening::Unsure,
        };
        if lifecycle::next(Some(case.state), happening).1 == Effect::Resolve {
            verdict.resolve.push(case.id);
        }
    }
    for finding in findings {
        let key =
            IncidentKey { account: Some(account), rule: finding.rule, subject: finding.subject.clone() };
        match running.iter().find(|case| case.key == key) {
            None if !sure.accuses(finding.rule) => {}
            None => verdict.open.push((key, finding)),
            Some(case) if !sure.accuses(finding.rule) && finding.level.gravity() > case.level.gravity() => {}
            Some(case)
                if case.level != finding.level
                    || case.since != finding.since && !finding.rule.is_content()
                    || case.evidence.passages != finding.evidence.passages =>
            {
                verdict.change.push((case.id, finding));
            }
            Some(_) => {}
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Evidence, Level};
    use crate::model::incident::State;
    use chrono::{DateTime, Utc};

    const ACCOUNT: AccountId = AccountId(5);
    const GOOD: Sureness = Sureness {
        good: true,
        judged: true,
        profile: RuleSet::NONE,
        compared: false,
        complete: true,
        read: Vec::new(),
    };
    const FAILED: Sureness = Sureness {
        good: false,
        judged: false,
        profile: RuleSet::NONE,
        compared: false,
        complete: false,
        read: Vec::new(),
    };

    fn finding(rule: Rule) -> Finding {
        Finding {
            rule,
            subject: String::new(),
            level: Level::Fail,
            since: DateTime::UNIX_EPOCH,
            evidence: Evidence::default(),
        }
    }

    fn case(rule: Rule) -> Incident {
        Incident {
            id: IncidentId(1),
            key: IncidentKey { account: Some(ACCOUNT), rule, subject: String::new() },
            level: Level::Fail,
            state: State::Open,
            since: DateTime::<Utc>::UNIX_EPOCH,
            opened_at: DateTime::UNIX_EPOCH,
            changed_at: DateTime::UNIX_EPOCH,
            ended_at: None,
            evidence: Evidence::default(),
        }
    }

    #[test]
    fn what_is_found_and_does_not_run_is_opened_once() {
        let verdict = compare(ACCOUNT, &[], vec![finding(Rule::Weekly)], &GOOD);
        assert_eq!(verdict.open.len(), 1);
        let running = case(Rule::Weekly);
        assert_eq!(compare(ACCOUNT, &[&running], vec![finding(Rule::Weekly)], &GOOD), Verdict::default());
    }

    #[test]
    fn a_failed_look_resolves_nothing() {
        for rule in Rule::ALL {
            let running = case(*rule);
            assert_eq!(compare(ACCOUNT, &[&running], vec![], &FAILED), Verdict::default());
        }
    }

    #[test]
    fn a_good_look_ends_what_is_over() {
        for rule in [Rule::Weekly, Rule::Unverified, Rule::LayoutChanged] {
            let running = case(rule);
            assert_eq!(compare(ACCOUNT, &[&running], vec![], &GOOD).resolve, [IncidentId(1)]);
        }
    }

    #[test]
    fn a_good_look_that_cannot_be_judged_ends_only_cases_about_our_sight() {
        let sure = Sureness { judged: false, ..GOOD };
        let (weekly, unverified) = (case(Rule::Weekly), case(Rule::Unverified));
        let verdict = compare(ACCOUNT, &[&weekly, &unverified], vec![], &sure);
        assert_eq!(verdict.resolve.len(), 1);
    }

    #[test]
    fn a_look_without_a_profile_leaves_cases_about_the_profile_as_they_are() {
        for rule in Rule::ALL.iter().filter(|rule| rule.is_profile()) {
            let running = case(*rule);
            assert_eq!(compare(ACCOUNT, &[&running], vec![], &GOOD), Verdict::default(), "{rule}");
            let told = Sureness { profile: std::iter::once(*rule).collect(), ..GOOD };
            assert_eq!(compare(ACCOUNT, &[&running], vec![], &told).resolve, [IncidentId(1)], "{rule}");
            let failed = Sureness { good: false, ..told };
            assert_eq!(compare(ACCOUNT, &[&running], vec![], &failed), Verdict::default(), "{rule}");
        }
    }

    #[test]
    fn only_a_look_at_all_sources_ends_a_case_about_their_disagreement() {
        let running = case(Rule::SourcesDisagree);
        assert_eq!(compare(ACCOUNT, &[&running], vec![], &GOOD), Verdict::default());
        let sure = Sureness { compared: true, ..GOOD };
        assert_eq!(compare(ACCOUNT, &[&running], vec![], &sure).resolve, [IncidentId(1)]);
    }

    #[test]
    fn only_a_look_that_read_the_post_again_ends_a_case_about_its_words() {
        let mut running = case(Rule::Privacy);
        running.key.subject = "post".to_owned();
        assert_eq!(compare(ACCOUNT, &[&running], vec![], &GOOD), Verdict::default());
        let other = Sureness { read: vec!["other".to_owned()], ..GOOD };
        assert_eq!(compare(ACCOUNT, &[&running], vec![], &other), Verdict::default());
        let read = Sureness { read: vec!["post".to_owned()], ..FAILED };
        assert_eq!(compare(ACCOUNT, &[&running], vec![], &read).resolve, [IncidentId(1)]);
    }

    #[test]
    fn what_only_proves_activity_ends_a_case_but_opens_none_and_makes_none_graver() {
        let sure = Sureness { complete: false, ..GOOD };
        let running = case(Rule::Weekly);
        assert_eq!(compare(ACCOUNT, &[&running], vec![], &sure).resolve, [IncidentId(1)]);
        assert_eq!(compare(ACCOUNT, &[], vec![finding(Rule::Weekly)], &sure), Verdict::default());
        let mild = Incident { level: Level::Reminder, ..case(Rule::Weekly) };
        assert_eq!(compare(ACCOUNT, &[&mild], vec![finding(Rule::Weekly)], &sure), Verdict::default());
    }

    #[test]
    fn a_changed_beginning_is_written_without_a_new_case() {
        let running = case(Rule::Weekly);
        let later = Finding { since: DateTime::from_timestamp(60, 0).unwrap(), ..finding(Rule::Weekly) };
        let verdict = compare(ACCOUNT, &[&running], vec![later], &GOOD);
        assert_eq!((verdict.open.len(), verdict.change.len()), (0, 1));
    }
}
