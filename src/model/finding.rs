//! What a rule says about an account now.

use super::passage::{self, Passage};
use super::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How much a finding weighs.
    pub enum Level {
        /// To be known, nothing is lost yet.
        Reminder = "reminder", "提醒";
        /// A duty of the place is not met; costs points where the place counts them.
        Deduction = "deduction", "扣分";
        /// A single item that fails the account in the national inspection (单项否决).
        Fail = "fail", "不合格";
        /// Only a person can decide.
        Suspected = "suspected", "疑似";
    }
}

impl Level {
    /// How grave the level is: what a mail shows first, and what counts as getting worse.
    #[must_use]
    pub const fn gravity(self) -> u8 {
        match self {
            Self::Reminder => 0,
            Self::Deduction => 1,
            Self::Suspected => 2,
            Self::Fail => 3,
        }
    }
}

words! {
    /// One criterion. The first six are the words of the labelled cases; the rest are about our own sight.
    pub enum Rule {
        Weekly = "weekly", "一周未更新";
        BiweeklyOriginal = "biweekly_original", "两周无原创";
        NotUpdated = "not_updated", "两周未更新";
        Dormant = "dormant", "睡眠账号";
        Zombie = "zombie", "僵尸账号";
        Hollow = "hollow", "空壳账号";
        /// A deadline is near and nothing has been posted yet.
        DueSoon = "due_soon", "即将超期";
        /// The account could not be looked at for longer than a look stays fresh.
        Unverified = "unverified", "未能核验";
        /// The page came, but what the recipe looks for is not there.
        LayoutChanged = "layout_changed", "页面结构变化";
        /// The platform said, twice and a day apart, that the account is gone, banned, closed or moved.
        Gone = "gone", "账号消失";
        /// Many accounts of one site cannot be reached.
        SiteDown = "site_down", "站点无法访问";
        /// A bridge serves its accounts, but its posts have stopped coming.
        BridgeStale = "bridge_stale", "采集桥疑似停更";
        /// One source of an account lags behind another.
        SourcesDisagree = "sources_disagree", "采集源不一致";
        /// Our own line is down.
        Blind = "blind", "巡网自身断网";
        /// A mail could not be delivered to a recipient.
        Undeliverable = "undeliverable", "邮件无法送达";
        /// Looking at the account has crashed our own worker again and again.
        Quarantined = "quarantined", "采集异常已隔离";
        /// The operator's own cookie or token for a recipe is no longer accepted.
        CredentialExpired = "credential_expired", "采集凭据失效";
        /// The account's name is another one than the register's and than it was.
        Renamed = "renamed", "名称变化";
        /// It was verified as a body and is no longer.
        VerificationChanged = "verification_changed", "认证变化";
        /// The platform has verified another body than the register names.
        SubjectMismatch = "subject_mismatch", "认证主体不符";
        /// Followers came faster than the account's own history explains.
        FollowersJump = "followers_jump", "粉丝数异常增长";
        /// The server of an app cannot be reached over IPv6.
        Ipv6Lacking = "ipv6_lacking", "应用不支持 IPv6";
        /// A post gives away personal data.
        Privacy = "privacy", "疑似泄露个人信息";
        /// A post shows a document that bears a secrecy or restriction marking.
        Secrecy = "secrecy", "疑似公开涉密或内部文件";
        /// A post advertises, or links to what does.
        Advertising = "advertising", "疑似商业广告";
        /// A post holds a term of the operator's lists.
        Wording = "wording", "疑似用语不当";
        /// A repost names a source that is not on the list of its place.
        UnlistedSource = "unlisted_source", "转载来源不在名单";
        /// A post contradicts the facts of another account's.
        Contradiction = "contradiction", "同一信息疑似不一致";
        /// A required repost was not carried by its deadline.
        RepostMissed = "repost_missed", "未按要求转载";
        /// A repost has another title than its source.
        TitleAltered = "title_altered", "疑似擅改标题";
        /// A post links to where an official account must not lead.
        Links = "links", "疑似违规链接";
        /// A page says about itself what an intruder would, or whoever took over its expired domain.
        Defaced = "defaced", "疑似网页被篡改";
    }
}

impl Rule {
    /// Whether the rule accuses the account of silence, so that only a good look may open or close its case.
    #[must_use]
    pub const fn is_inactivity(self) -> bool {
        matches!(
            self,
            Self::Weekly
                | Self::BiweeklyOriginal
                | Self::NotUpdated
                | Self::Dormant
                | Self::Zombie
                | Self::Hollow
                | Self::DueSoon
        )
    }

    /// Whether the rule is about the account's profile, so that only a look that told what it asks for may open or
    /// close its case.
    #[must_use]
    pub const fn is_profile(self) -> bool {
        matches!(
            self,
            Self::Renamed
                | Self::VerificationChanged
                | Self::SubjectMismatch
                | Self::FollowersJump
                | Self::Ipv6Lacking
        )
    }

    /// Whether the rule is about what posts say: each post (or each source that is reposted) has a case of its own,
    /// and only a look that read it again may end it.
    #[must_use]
    pub const fn is_content(self) -> bool {
        matches!(
            self,
            Self::Privacy
                | Self::Secrecy
                | Self::Advertising
                | Self::Wording
                | Self::Links
                | Self::UnlistedSource
                | Self::Contradiction
                | Self::RepostMissed
                | Self::TitleAltered
                | Self::Defaced
        )
    }

    /// Whether the case concerns the operator of this service and not an office.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(
            self,
            Self::Blind
                | Self::Undeliverable
                | Self::Quarantined
                | Self::SourcesDisagree
                | Self::CredentialExpired
        )
    }
}

/// A set of rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleSet(u64);

// A set has room for so many.
const _: () = assert!(Rule::ALL.len() <= 64);

impl RuleSet {
    /// No rule.
    pub const NONE: Self = Self(0);

    /// Puts a rule into the set.
    pub const fn insert(&mut self, rule: Rule) {
        self.0 |= 1 << rule as u32;
    }

    /// Whether a rule is in the set.
    #[must_use]
    pub const fn contains(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u32) != 0
    }
}

impl FromIterator<Rule> for RuleSet {
    fn from_iter<T: IntoIterator<Item = Rule>>(rules: T) -> Self {
        let mut set = Self::default();
        rules.into_iter().for_each(|rule| set.insert(rule));
        set
    }
}

/// What a finding rests on, in the office's words; stored with the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// One sentence: what is the case.
    pub summary: String,
    /// The rule's document and article.
    pub basis: String,
    /// What to do.
    pub advice: String,
    /// When the last good look ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<DateTime<Utc>>,
    /// The last post that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_post: Option<LastPost>,
    /// Of what is claimed, by [`fingerprint`]: the same fact has the same number, so that a person's closing of its
    /// case is remembered. None where a closing is not to outlast the case, or where each passage has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<i64>,
    /// The post that the case is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<LastPost>,
    /// The places of that post, the gravest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
}

impl Evidence {
    /// The numbers of everything that is claimed.
    pub fn facts(&self) -> impl Iterator<Item = i64> {
        self.fingerprint.into_iter().chain(self.passages.iter().map(|passage| passage.fingerprint))
    }
}

/// The number of a fact, by whatever makes it another one: the values compared, a post and a term in it.
#[must_use]
pub fn fingerprint<'t>(parts: impl IntoIterator<Item = &'t str>) -> i64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.digest().cast_signed()
}

/// A post as a case shows it: the newest one seen when a finding was made, or the one it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastPost {
    /// Its title.
    pub title: String,
    /// Its address, empty when the platform shows none.
    pub url: String,
    /// Its effective time.
    pub at: DateTime<Utc>,
}

/// What a rule says about an account now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which criterion.
    pub rule: Rule,
    /// What else tells two cases of one rule and account apart; mostly empty.
    pub subject: String,
    /// How much it weighs.
    pub level: Level,
    /// Since when it holds.
    pub since: DateTime<Utc>,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Finding {
    /// The finding without the facts that a person dismissed; none when nothing is left of it.
    #[must_use]
    pub fn without(mut self, is_dismissed: impl Fn(i64) -> bool) -> Option<Self> {
        if self.evidence.fingerprint.is_some_and(&is_dismissed) {
            return None;
        }
        let passages = &mut self.evidence.passages;
        let before = passages.len();
        passages.retain(|passage| !is_dismissed(passage.fingerprint));
        if passages.len() == before {
            return Some(self);
        }
        self.level = passage::gravest(passages)?;
        self.evidence.summary = passage::summary(passages);
        Some(self)
    }
}
