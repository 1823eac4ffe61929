//! Who hears of a case.
//!
//! In: the settings and what a case is about. Out: every audience that hears of it. It never leaves a case
//! without an audience: what nobody else hears, the operator hears.

use super::settings::{Office, Settings};
use super::timing::Timing;
use crate::model::account::{Platform, Tier};
use crate::model::finding::{Level, Rule};
use crate::model::region;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// What a case is about, as far as its audiences depend on it.
#[derive(Debug, Clone, Copy)]
pub struct CaseFacts<'a> {
    /// Which criterion.
    pub rule: Rule,
    /// How much it weighs.
    pub level: Level,
    /// The platform of the account or site; `None` for cases about ourselves.
    pub platform: Option<Platform>,
    /// The level of the body that opened the account.
    pub tier: Tier,
    /// 行政区划代码 of the account, empty when unknown.
    pub region_code: &'a str,
    /// 主办单位 of the account, empty when there is none.
    pub owner: &'a str,
    /// The register's addresses of the account.
    pub owner_email: &'a [String],
}

impl CaseFacts<'static> {
    /// A case about a site or about ourselves: no account, no place, a reminder.
    #[must_use]
    pub const fn elsewhere(rule: Rule) -> Self {
        Self {
            rule,
            level: Level::Reminder,
            platform: None,
            tier: Tier::Unknown,
            region_code: "",
            owner: "",
            owner_email: &[],
        }
    }
}

/// People who hear together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Audience {
    /// `owner:…`, `office:…`, `operator` or `operator:unclaimed`; the same key always means the same recipients.
    pub key: String,
    /// How a mail addresses them.
    pub title: String,
    /// Their addresses, each a recipient of its own.
    pub recipients: Vec<String>,
}

impl Audience {
    /// The key of the operator's own matters.
    pub const OPERATOR: &'static str = "operator";
    /// The key of what the operator hears because nobody else does.
    pub const UNCLAIMED: &'static str = "operator:unclaimed";

    /// Whether these cases reach the operator only because nobody else hears them.
    #[must_use]
    pub fn is_unclaimed(&self) -> bool {
        self.key == Self::UNCLAIMED
    }
}

/// An audience and when its mails leave; kept with the group in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Who.
    pub audience: Audience,
    /// When.
    pub timing: Timing,
}

/// Every audience of a case, at least one.
///
/// - What concerns this service (断网, 无法送达, 采集异常) goes to the operator alone.
/// - A site that is down, a bridge that has fallen silent or a page that changed is work for the operator as well
///   as news for the offices.
/// - Owners hear only what is said about their accounts, never that a look failed: that is not theirs to mend,
///   and must not read like a reproach.
/// - That fans may have been bought is for the supervising office to look into before the body itself hears of it.
#[must_use]
pub fn destinations(settings: &Settings, case: &CaseFacts<'_>) -> Vec<Destination> {
    if case.rule.is_internal() {
        return vec![operator(settings, Audience::OPERATOR, "系统运维人员")];
    }
    let mut all = Vec::new();
    if settings.owner.enabled
        && !is_about_our_sight(case.rule)
        && case.rule != Rule::FollowersJump
        && contains(&settings.owner.levels, &case.level)
        && let Some(owner) = owner(settings, case)
    {
        all.push(owner);
    }
    all.extend(
        settings.office.iter().filter(|office| matches(office, case)).map(|o| destination(settings, o)),
    );
    if matches!(case.rule, Rule::SiteDown | Rule::BridgeStale | Rule::LayoutChanged) {
        all.push(operator(settings, Audience::OPERATOR, "系统运维人员"));
    }
    if all.is_empty() {
        all.push(operator(settings, Audience::UNCLAIMED, "系统运维人员(无人接收的问题)"));
    }
    all
}

/// Whether the case says that we could not look, rather than something about the account.
const fn is_about_our_sight(rule: Rule) -> bool {
    matches!(rule, Rule::Unverified | Rule::LayoutChanged | Rule::SiteDown | Rule::BridgeStale)
        || rule.is_internal()
}

fn contains<T: PartialEq>(wanted: &[T], it: &T) -> bool {
    wanted.is_empty() || wanted.contains(it)
}

fn matches(office: &Office, case: &CaseFacts<'_>) -> bool {
    contains(&office.rules, &case.rule)
        && contains(&office.levels, &case.level)
        && contains(&office.tiers, &case.tier)
        && (office.platforms.is_empty() || case.platform.is_some_and(|it| office.platforms.contains(&it)))
        && (office.regions.is_empty()
            || office.regions.iter().any(|place| region::is_within(case.region_code, place)))
}

fn destination(settings: &Settings, office: &Office) -> Destination {
    let name = office.name.trim();
    Destination {
        audience: Audience {
            key: format!("office:{name}"),
            title: name.to_owned(),
            recipients: distinct(&office.email),
        },
        timing: settings.timing.with(&office.timing),
    }
}

fn operator(settings: &Settings, key: &str, title: &str) -> Destination {
    Destination {
        audience: Audience {
            key: key.to_owned(),
            title: title.to_owned(),
            recipients: distinct(&settings.operator.email),
        },
        timing: settings.timing.with(&settings.operator.timing),
    }
}

/// The body responsible, if the register says where it reads. Accounts of one body may name different addresses;
/// these are different audiences, told apart in the key.
fn owner(settings: &Settings, case: &CaseFacts<'_>) -> Option<Destination> {
    let mut recipients = distinct(case.owner_email);
    recipients.sort_unstable();
    if recipients.is_empty() {
        return None;
    }
    let name = if case.owner.is_empty() { "账号主办单位" } else { case.owner };
    let key = format!("owner:{}:{:016x}", case.owner, xxh3_64(recipients.join("\n").as_bytes()));
    Some(Destination {
        audience: Audience { key, title: name.to_owned(), recipients },
        timing: settings.timing.with(&settings.owner.timing),
    })
}

/// The addresses without empty ones and repetitions, in their order.
fn distinct(addresses: &[String]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    addresses
        .iter()
        .map(|address| address.trim())
        .filter(|address| !address.is_empty() && seen.insert(address.to_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;
    use std::time::Duration;

    const TEXT: &str = r#"
        [mail]
        transport = "directory"
        from = { name = "巡网", address = "xunwang@example.cn" }

        [[office]]
        name = "澄湖市政务办"
        email = ["city@example.cn", "CITY@example.cn", "second@example.cn"]
        regions = ["320600"]
        levels = ["fail", "deduction"]
        timing = { group_wait = "10m" }

        [[office]]
        name = "云溪县政务办"
        email = ["county@example.cn"]
        regions = ["320621"]
        tiers = ["county", "township"]
        platforms = ["wechat"]

        [owner]
        enabled = true
        levels = ["fail"]

        [operator]
        email = ["ops@example.cn"]
    "#;

    fn settings() -> Settings {
        Settings::read(Path::new("notify.toml"), TEXT).unwrap()
    }

    fn case<'a>() -> CaseFacts<'a> {
        CaseFacts {
            rule: Rule::NotUpdated,
            level: Level::Fail,
            platform: Some(Platform::Wechat),
            tier: Tier::County,
            region_code: "320621000000",
            owner: "云溪县教育局",
            owner_email: &[],
        }
    }

    fn titles(case: &CaseFacts<'_>) -> Vec<String> {
        destinations(&settings(), case).into_iter().map(|it| it.audience.title).collect()
    }

    #[test]
    fn the_owner_and_every_office_of_its_place_hear_a_grave_case() {
        let emails = ["b@example.cn".to_owned(), "a@example.cn".to_owned()];
        let all = destinations(&settings(), &CaseFacts { owner_email: &emails, ..case() });
        let titles: Vec<_> = all.iter().map(|it| it.audience.title.as_str()).collect();
        assert_eq!(titles, ["云溪县教育局", "澄湖市政务办", "云溪县政务办"]);
        assert_eq!(all[0].audience.recipients, ["a@example.cn", "b@example.cn"]);
        assert_eq!(all[1].audience.recipients, ["city@example.cn", "second@example.cn"]);
    }

    #[test]
    fn an_audience_waits_as_it_says_itself() {
        let all = destinations(&settings(), &case());
        assert_eq!(all[0].timing.group_wait, Duration::from_mins(10));
        assert_eq!(all[1].timing, Timing::default());
    }

    #[test]
    fn an_office_hears_only_what_it_asked_for() {
        assert_eq!(titles(&CaseFacts { level: Level::Reminder, ..case() }), ["云溪县政务办"]);
        assert_eq!(titles(&CaseFacts { platform: Some(Platform::Weibo), ..case() }), ["澄湖市政务办"]);
        assert_eq!(titles(&CaseFacts { tier: Tier::City, ..case() }), ["澄湖市政务办"]);
        assert_eq!(titles(&CaseFacts { region_code: "320612", ..case() }), ["澄湖市政务办"]);
    }

    #[test]
    fn what_nobody_hears_the_operator_hears_and_is_told_so() {
        for case in [CaseFacts { region_code: "", ..case() }, CaseFacts { region_code: "110101", ..case() }] {
            let all = destinations(&settings(), &case);
            assert_eq!(all.len(), 1);
            assert!(all[0].audience.is_unclaimed());
            assert_eq!(all[0].audience.recipients, ["ops@example.cn"]);
        }
    }

    #[test]
    fn matters_of_the_service_are_the_operators_alone() {
        for rule in [Rule::Blind, Rule::Undeliverable, Rule::Quarantined, Rule::CredentialExpired] {
            let all = destinations(&settings(), &CaseFacts { rule, ..case() });
            assert_eq!(all.len(), 1, "{rule}");
            assert_eq!(all[0].audience.key, Audience::OPERATOR);
        }
    }

    #[test]
    fn an_owner_is_never_blamed_for_a_look_that_failed() {
        let emails = ["a@example.cn".to_owned()];
        for rule in [Rule::Unverified, Rule::LayoutChanged, Rule::SiteDown] {
            let case = CaseFacts { rule, owner_email: &emails, ..case() };
            assert!(titles(&case).iter().all(|title| title != "云溪县教育局"), "{rule}");
        }
    }

    #[test]
    fn an_owner_hears_what_its_account_shows_but_not_that_fans_may_have_been_bought() {
        let emails = ["a@example.cn".to_owned()];
        let hears = |rule| {
            let mut settings = settings();
            settings.owner.levels.clear();
            let case = CaseFacts { rule, level: Level::Suspected, owner_email: &emails, ..case() };
            destinations(&settings, &case).iter().any(|it| it.audience.title == "云溪县教育局")
        };
        assert!(hears(Rule::Renamed) && hears(Rule::VerificationChanged) && hears(Rule::SubjectMismatch));
        assert!(!hears(Rule::FollowersJump));
    }

    #[test]
    fn a_silent_bridge_is_work_for_the_operator_and_news_for_the_offices_but_sources_are_the_operators_alone()
    {
        let elsewhere = |rule| CaseFacts { platform: Some(Platform::Wechat), ..CaseFacts::elsewhere(rule) };
        let mut open = settings();
        open.office[0].levels.clear();
        open.office[0].regions.clear();
        let titles = |case: &CaseFacts<'_>| -> Vec<String> {
            destinations(&open, case).into_iter().map(|it| it.audience.title).collect()
        };
        assert_eq!(titles(&elsewhere(Rule::BridgeStale)), ["澄湖市政务办", "系统运维人员"]);
        let emails = ["a@example.cn".to_owned()];
        let disagree = CaseFacts { rule: Rule::SourcesDisagree, owner_email: &emails, ..case() };
        assert_eq!(titles(&disagree), ["系统运维人员"]);
    }

    #[test]
    fn a_site_that_is_down_is_the_operators_work_and_claimed() {
        let all = destinations(&settings(), &CaseFacts { rule: Rule::SiteDown, region_code: "", ..case() });
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].audience.key, Audience::OPERATOR);
    }

    #[test]
    fn accounts_of_one_owner_with_other_addresses_are_another_audience() {
        let key = |emails: &[&str]| {
            let emails: Vec<String> = emails.iter().map(|&it| it.to_owned()).collect();
            destinations(&settings(), &CaseFacts { owner_email: &emails, ..case() })[0].audience.key.clone()
        };
        assert_eq!(key(&["a@x.cn", "b@x.cn"]), key(&["b@x.cn", " a@x.cn", "a@x.cn"]));
        assert_ne!(key(&["a@x.cn"]), key(&["b@x.cn"]));
    }

    proptest! {
        #[test]
        fn every_case_reaches_somebody(
            rule in prop::sample::select(Rule::ALL), level in prop::sample::select(Level::ALL),
            platform in prop::option::of(prop::sample::select(Platform::ALL)),
            tier in prop::sample::select(Tier::ALL), region_code in "[0-9]{0,12}", owner in "\\PC{0,5}",
            owner_email in prop::collection::vec("[ab]{0,1}@x.cn| ", 0..3),
        ) {
            let case = CaseFacts {
                rule, level, platform, tier, region_code: &region_code, owner: &owner, owner_email: &owner_email,
            };
            let all = destinations(&settings(), &case);
            prop_assert!(!all.is_empty());
            prop_assert!(all.iter().all(|it| !it.audience.recipients.is_empty()));
            let keys: std::collections::HashSet<_> = all.iter().map(|it| &it.audience.key).collect();
            prop_assert_eq!(keys.len(), all.len());
        }
    }
}
