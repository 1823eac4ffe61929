//! Which open case hides which, so that a mail tells the gravest matter once.
//!
//! In: the running cases. Out: which of them are hidden by another. A hidden case stays recorded, counted and
//! judged; it is only not told. Hiding follows from the rules alone and never looks at who was told what.

use crate::model::account::AccountId;
use crate::model::finding::{Rule, RuleSet};
use std::collections::HashMap;

/// How far a case hides others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Cases of the same account.
    Account,
    /// Cases of the accounts of the same site.
    Site,
    /// Cases everywhere.
    Everywhere,
}

/// How far a running case of the rule `by` hides cases of the rule `hidden`; `None` when it never does.
///
/// - The ladder of silence: whoever is 睡眠 is also two weeks and one week late; the highest rung stands alone.
///   Two weeks without any post are also two weeks without an original one.
/// - An account that is gone cannot be looked at, and its page looks different: both follow from being gone.
/// - What an account that is gone called itself last is no longer to be mended.
/// - Whoever lost its verification shows another subject or none.
/// - A site that is down explains why its accounts could not be verified.
/// - While our own line is down nothing can be said about anybody's reachability.
#[must_use]
pub const fn reach(by: Rule, hidden: Rule) -> Option<Reach> {
    match (by, hidden) {
        (
            Rule::Gone,
            Rule::Unverified
            | Rule::LayoutChanged
            | Rule::Renamed
            | Rule::VerificationChanged
            | Rule::SubjectMismatch
            | Rule::FollowersJump
            | Rule::Ipv6Lacking,
        )
        | (Rule::VerificationChanged, Rule::SubjectMismatch) => Some(Reach::Account),
        (Rule::SiteDown, Rule::Unverified) => Some(Reach::Site),
        (Rule::Blind, Rule::SiteDown | Rule::Unverified) => Some(Reach::Everywhere),
        _ => match (rung(by), rung(hidden)) {
            (Some(above), Some(below)) if above > 0 && above > below => Some(Reach::Account),
            _ => None,
        },
    }
}

/// The rung of a rule on the ladder of silence. Rung 0 never hides: each of its duties is one of its own.
const fn rung(rule: Rule) -> Option<u8> {
    match rule {
        Rule::Weekly | Rule::DueSoon | Rule::BiweeklyOriginal => Some(0),
        // An empty shell may be no matter of the veto yet, so it never hides the veto itself.
        Rule::NotUpdated | Rule::Hollow => Some(1),
        Rule::Dormant => Some(2),
        Rule::Zombie => Some(3),
        Rule::Unverified
        | Rule::LayoutChanged
        | Rule::Gone
        | Rule::SiteDown
        | Rule::BridgeStale
        | Rule::SourcesDisagree
        | Rule::Blind
        | Rule::Undeliverable
        | Rule::Quarantined
        | Rule::CredentialExpired
        | Rule::Renamed
        | Rule::VerificationChanged
        | Rule::SubjectMismatch
        | Rule::FollowersJump
        | Rule::Ipv6Lacking
        | Rule::Privacy
        | Rule::Secrecy
        | Rule::Advertising
        | Rule::Wording
        | Rule::UnlistedSource
        | Rule::Contradiction
        | Rule::RepostMissed
        | Rule::TitleAltered
        | Rule::Links
        | Rule::Defaced => None,
    }
}

/// A running case, as far as hiding goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running<'a> {
    /// Which criterion.
    pub rule: Rule,
    /// The account, if it is about one.
    pub account: Option<AccountId>,
    /// The site of the account, or the site the case is about; empty when there is none.
    pub site: &'a str,
}

/// What is hidden, gathered once from all running cases and asked for each of them.
#[derive(Debug, Default)]
pub struct Inhibitor<'a> {
    everywhere: RuleSet,
    sites: HashMap<&'a str, RuleSet>,
    accounts: HashMap<AccountId, RuleSet>,
}

impl<'a> Inhibitor<'a> {
    /// Gathers the running cases that may hide others.
    #[must_use]
    pub fn new(running: impl IntoIterator<Item = Running<'a>>) -> Self {
        let mut all = Self::default();
        for case in running {
            for hidden in Rule::ALL {
                match reach(case.rule, *hidden) {
                    Some(Reach::Everywhere) => all.everywhere.insert(*hidden),
                    Some(Reach::Site) if !case.site.is_empty() => {
                        all.sites.entry(case.site).or_default().insert(*hidden);
                    }
                    Some(Reach::Account) => {
                        if let Some(account) = case.account {
                            all.accounts.entry(account).or_default().insert(*hidden);
                        }
                    }
                    Some(Reach::Site) | None => {}
                }
            }
        }
        all
    }

    /// Whether another running case hides this one.
    #[must_use]
    pub fn hides(&self, case: &Running<'_>) -> bool {
        let holds = |hidden: &RuleSet| hidden.contains(case.rule);
        holds(&self.everywhere)
            || self.sites.get(case.site).is_some_and(holds)
            || case.account.and_then(|account| self.accounts.get(&account)).is_some_and(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Rule::{
        BiweeklyOriginal, Blind, Dormant, DueSoon, FollowersJump, Gone, Hollow, Ipv6Lacking, LayoutChanged,
        NotUpdated, Renamed, SiteDown, SubjectMismatch, Unverified, VerificationChanged, Weekly, Zombie,
    };

    /// Every pair that hides; all other pairs of rules do not.
    const TABLE: &[(Rule, &[Rule], Reach)] = &[
        (NotUpdated, &[Weekly, DueSoon, BiweeklyOriginal], Reach::Account),
        (Hollow, &[Weekly, DueSoon, BiweeklyOriginal], Reach::Account),
        (Dormant, &[Weekly, DueSoon, BiweeklyOriginal, NotUpdated, Hollow], Reach::Account),
        (Zombie, &[Weekly, DueSoon, BiweeklyOriginal, NotUpdated, Hollow, Dormant], Reach::Account),
        (
            Gone,
            &[
                Unverified,
                LayoutChanged,
                Renamed,
                VerificationChanged,
                SubjectMismatch,
                FollowersJump,
                Ipv6Lacking,
            ],
            Reach::Account,
        ),
        (VerificationChanged, &[SubjectMismatch], Reach::Account),
        (SiteDown, &[Unverified], Reach::Site),
        (Blind, &[SiteDown, Unverified], Reach::Everywhere),
    ];

    fn case(rule: Rule, account: i64, site: &str) -> Running<'_> {
        Running { rule, account: (account > 0).then_some(AccountId(account)), site }
    }

    #[test]
    fn exactly_the_pairs_of_the_table_hide_each_other() {
        for by in Rule::ALL {
            for hidden in Rule::ALL {
                let expected = TABLE
                    .iter()
                    .find(|(rule, hides, _)| rule == by && hides.contains(hidden))
                    .map(|(_, _, reach)| *reach);
                assert_eq!(reach(*by, *hidden), expected, "{by} over {hidden}");
            }
        }
    }

    #[test]
    fn no_two_cases_hide_each_other_and_none_hides_itself() {
        for by in Rule::ALL {
            for hidden in Rule::ALL {
                assert!(reach(*by, *hidden).is_none() || reach(*hidden, *by).is_none(), "{by} and {hidden}");
            }
        }
    }

    #[test]
    fn what_hides_a_hider_hides_at_least_as_much_of_the_account() {
        // Otherwise a case could be hidden by one that is itself not told.
        for top in Rule::ALL {
            for middle in Rule::ALL.iter().filter(|rule| reach(*top, **rule).is_some()) {
                for bottom in Rule::ALL.iter().filter(|rule| reach(*middle, **rule).is_some()) {
                    assert!(reach(*top, *bottom).is_some(), "{top} hides {middle} but not {bottom}");
                }
            }
        }
    }

    #[test]
    fn only_cases_of_the_same_account_are_hidden_by_its_silence() {
        let inhibitor = Inhibitor::new([case(NotUpdated, 1, "weibo")]);
        assert!(inhibitor.hides(&case(Weekly, 1, "weibo")));
        assert!(!inhibitor.hides(&case(Weekly, 2, "weibo")));
        assert!(!inhibitor.hides(&case(NotUpdated, 1, "weibo")));
    }

    #[test]
    fn a_site_that_is_down_hides_only_that_its_own_accounts_are_unverified() {
        let inhibitor = Inhibitor::new([case(SiteDown, 0, "weibo")]);
        assert!(inhibitor.hides(&case(Unverified, 1, "weibo")));
        assert!(!inhibitor.hides(&case(Unverified, 2, "douyin")));
        assert!(!inhibitor.hides(&case(NotUpdated, 1, "weibo")));
        assert!(!inhibitor.hides(&case(SiteDown, 0, "weibo")));
    }

    #[test]
    fn a_site_without_a_name_hides_nobody() {
        let inhibitor = Inhibitor::new([case(SiteDown, 0, "")]);
        assert!(!inhibitor.hides(&case(Unverified, 1, "")));
    }

    #[test]
    fn while_we_are_blind_nobody_is_called_unreachable() {
        let inhibitor = Inhibitor::new([case(Blind, 0, "")]);
        assert!(inhibitor.hides(&case(SiteDown, 0, "weibo")));
        assert!(inhibitor.hides(&case(Unverified, 1, "weibo")));
        assert!(!inhibitor.hides(&case(NotUpdated, 1, "weibo")));
        assert!(!inhibitor.hides(&case(Blind, 0, "")));
    }
}
