//! One look at one account: what it gave, or why it gave nothing.

use super::account::AccountId;
use super::hand::Hand;
use super::words;
use chrono::{DateTime, Utc};

words! {
    /// Why a look gave nothing. The outside world is expected to fail: these are facts that are stored,
    /// counted and shown, never errors of ours and never inactivity of the account.
    pub enum Failure {
        /// No source in the register that a machine may read.
        NoSource = "no_source", "没有可用的采集源";
        /// The host name does not resolve.
        Dns = "dns", "域名无法解析";
        /// The connection was refused or reset.
        Connect = "connect", "无法建立连接";
        /// The certificate or the handshake is broken.
        Tls = "tls", "证书或加密连接有误";
        /// No complete answer in time.
        Timeout = "timeout", "访问超时";
        /// The address, or one it redirects to, is private and private addresses are not allowed.
        Private = "private", "指向内部网络地址";
        /// More redirects than a browser follows, or a circle.
        Redirect = "redirect", "跳转次数过多";
        /// robots.txt forbids the look.
        Robots = "robots", "对方robots.txt不允许访问";
        /// The answer is larger than the limit, before or after decompression.
        TooLarge = "too_large", "页面过大";
        /// The body broke off or could not be decompressed or decoded.
        Broken = "broken", "页面内容残缺";
        /// The server is in trouble (5xx).
        Server = "server", "对方服务器故障";
        /// Any other refusing status (4xx).
        Refused = "refused", "对方拒绝访问";
        /// Too many requests (429 and its relatives).
        RateLimited = "rate_limited", "访问过于频繁被限制";
        /// A captcha, a risk page or a script shell stands in front of the page.
        Challenge = "challenge", "被验证码或防护页拦截";
        /// The page is shown only after login.
        LoginWall = "login_wall", "需要登录才能查看";
        /// The operator's own cookie or token is no longer accepted.
        Credential = "credential", "采集凭据失效";
        /// The feed bridge is down or answers with its own error page.
        BridgeDown = "bridge_down", "采集桥故障";
        /// The feed bridge answers, but what it serves is old: its own pull has stopped, or is suspected to have.
        Stale = "stale", "采集桥疑似停更";
        /// The page came, but what the recipe looks for is not there.
        Layout = "layout", "页面结构已变化";
        /// An empty list without the platform's own word that there is nothing.
        Empty = "empty", "列表为空但无法证实";
        /// The list is older than what was seen before, or it is known to be only a part.
        Partial = "partial", "列表不完整";
        /// The platform says that the account or page does not exist.
        Gone = "gone", "平台称账号或页面不存在";
        /// The platform says that it has banned the account.
        Banned = "banned", "平台称账号被封禁";
        /// The platform says that the owner has closed the account.
        Closed = "closed", "平台称账号已注销";
        /// The platform says that the account has moved.
        Migrated = "migrated", "平台称账号已迁移";
        /// What the source gives belongs to another account than the registered one.
        WrongAccount = "wrong_account", "采集源读到的是另一个账号";
        /// Our own line is down: nobody is judged.
        Blind = "blind", "我方网络中断";
    }
}

impl Failure {
    /// The label of metrics and logs.
    #[must_use]
    pub const fn class(self) -> &'static str {
        self.as_str()
    }

    /// Whether the platform itself said something definite about the account, to be confirmed by a second look.
    #[must_use]
    pub const fn is_statement(self) -> bool {
        matches!(self, Self::Gone | Self::Banned | Self::Closed | Self::Migrated)
    }

    /// Whether the whole site, not only this account, should be left alone for a while.
    #[must_use]
    pub const fn cools_site(self) -> bool {
        matches!(self, Self::RateLimited | Self::Challenge)
    }

    /// Whether the site did not answer at all, so that its other accounts are probably unreachable too.
    #[must_use]
    pub const fn is_outage(self) -> bool {
        matches!(
            self,
            Self::Dns | Self::Connect | Self::Tls | Self::Timeout | Self::Server | Self::BridgeDown
        )
    }

    /// What the operator can do about it, in the office's words.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoSource => {
                "请在台账的“采集源”一栏填写可公开读取的地址，或人工核查后用 xunwang evidence add 登记结果"
            }
            Self::Dns => "请核对台账中的网址是否仍在使用，域名是否到期",
            Self::Connect | Self::Timeout | Self::Server => {
                "请在浏览器中打开该网址核对；若对方网站故障，恢复后系统会自动复查"
            }
            Self::Tls => "请联系主办单位检查网站证书是否过期或配置有误",
            Self::Private => "该地址位于内部网络；如确需采集，请在配置中允许该网段",
            Self::Redirect => "请核对台账中的网址，可能已更换为新地址",
            Self::Robots => "对方声明不允许自动访问，请改用公开订阅源或人工核查",
            Self::TooLarge => "请改用较小的列表页或订阅源地址",
            Self::Broken => "系统会自动重试；长期如此请核对网址是否为列表页或订阅源",
            Self::Refused => "请在浏览器中打开该网址核对是否需要特定入口",
            Self::RateLimited => "系统已自动放慢该网站的访问；请勿在其他程序中重复采集",
            Self::Challenge => "平台要求人工验证，系统不会破解；请改用订阅桥或人工核查",
            Self::LoginWall => "平台要求登录，系统不会绕过；请改用订阅桥或人工核查",
            Self::Credential => "请重新登录，并更新该采集规则的凭据文件",
            Self::BridgeDown => "请检查采集桥服务及其登录状态",
            Self::Stale => "请检查采集桥的平台登录和定时同步；恢复前不对其后的账号作出判断",
            Self::Layout => "请用 xunwang probe 查看该页面，并修改对应的采集规则",
            Self::Empty => "请在浏览器中确认该列表是否确实没有内容",
            Self::Partial => "请在浏览器中确认最新内容是否仍可公开查看",
            Self::Gone => "请与主办单位核实账号是否已注销或改名",
            Self::Banned => "请立即与主办单位和平台核实封禁原因",
            Self::Closed => "请核实是否已按规定公告并备案注销",
            Self::Migrated => "请核实迁移后的账号并更新台账",
            Self::WrongAccount => "请核对台账中的采集源和账号ID：采集源可能订阅了同名账号，或账号ID填写有误",
            Self::Blind => "请检查本机网络；恢复前不对任何账号作出判断",
        }
    }
}

words! {
    /// What a look gave, without its details; the label of `visits_total`.
    pub enum OutcomeKind {
        Unchanged = "unchanged", "没有变化";
        Read = "read", "已读取";
        ProvenEmpty = "proven_empty", "证实为空";
        Failed = "failed", "未能核验";
    }
}

/// What a look gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server says that nothing changed since the last good look (304), or the body is byte for byte the same.
    Unchanged,
    /// A listing was read in full; so many of its posts were never seen before.
    Read {
        /// Posts never seen before.
        new: u32,
    },
    /// The platform itself says that there is nothing.
    ProvenEmpty,
    /// Nothing was learnt about the account.
    Failed(Failure),
}

impl Outcome {
    /// The outcome without its details.
    #[must_use]
    pub const fn kind(self) -> OutcomeKind {
        match self {
            Self::Unchanged => OutcomeKind::Unchanged,
            Self::Read { .. } => OutcomeKind::Read,
            Self::ProvenEmpty => OutcomeKind::ProvenEmpty,
            Self::Failed(_) => OutcomeKind::Failed,
        }
    }

    /// Whether the look may carry a claim: it succeeded and was complete.
    #[must_use]
    pub const fn is_good(self) -> bool {
        !matches!(self, Self::Failed(_))
    }

    /// Why nothing was learnt, if so.
    #[must_use]
    pub const fn failure(self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// One look at one account, as the log of facts keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Whose look it was.
    pub account: AccountId,
    /// When the look ended.
    pub at: DateTime<Utc>,
    /// What it gave.
    pub outcome: Outcome,
    /// Posts in the listing.
    pub items: u32,
    /// Latest instant the oldest non-pinned listed post may have: the listing reaches back to here.
    pub covers_since: Option<DateTime<Utc>>,
    /// Milliseconds from the first byte sent to the last byte read.
    pub duration_ms: u32,
    /// HTTP status of the last answer, 0 when there was none.
    pub status: u16,
    /// What was seen when it failed: the mark of the wall, the error text; clipped, plain text.
    pub detail: String,
    /// Who looked and what at, when it was a person.
    pub hand: Option<Hand>,
}
