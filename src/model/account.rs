//! Accounts of the register and what is known about each of them.

use super::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// The kind of place an account lives on; a closed set because it labels metrics.
    pub enum Platform {
        Wechat = "wechat", "微信公众号";
        Channels = "channels", "微信视频号";
        Miniprogram = "miniprogram", "小程序";
        Weibo = "weibo", "微博";
        Douyin = "douyin", "抖音";
        Toutiao = "toutiao", "今日头条";
        Kuaishou = "kuaishou", "快手";
        Xiaohongshu = "xiaohongshu", "小红书";
        Bilibili = "bilibili", "哔哩哔哩";
        Baijiahao = "baijiahao", "百家号";
        App = "app", "移动客户端";
        Website = "website", "网站";
        Other = "other", "其他平台";
    }
}

words! {
    /// How the platform lets the account post. A service account may push only four times a calendar month.
    pub enum Kind {
        Ordinary = "ordinary", "普通账号";
        Subscription = "subscription", "订阅号";
        Service = "service", "服务号";
    }
}

words! {
    /// The level of the body that opened the account.
    pub enum Tier {
        National = "national", "国家级";
        Province = "province", "省级";
        City = "city", "市级";
        County = "county", "县级";
        Township = "township", "乡级";
        Unknown = "unknown", "未填";
    }
}

words! {
    /// The status the register gives an account (宁夏细则 art. 15: 开设、变更、关停、注销).
    pub enum Status {
        Planned = "planned", "拟开设";
        Normal = "normal", "正常";
        Closing = "closing", "关停公告中";
        Deregistered = "deregistered", "已注销";
    }
}

words! {
    /// As what a platform has verified an account (蓝V, 黄V …).
    pub enum Verification {
        Unverified = "none", "未认证";
        Personal = "personal", "个人认证";
        Enterprise = "enterprise", "企业认证";
        Government = "government", "政府认证";
        Media = "media", "媒体认证";
        Organisation = "organisation", "机构认证";
    }
}

words! {
    /// What the rules say about an account at present, the first that applies (`unverified`: we could not look).
    pub enum AccountState {
        New = "new", "新开设";
        Active = "active", "正常更新";
        Lagging = "lagging", "更新不及时";
        NotUpdated = "not_updated", "两周未更新";
        Dormant = "dormant", "睡眠";
        Zombie = "zombie", "僵尸";
        Hollow = "hollow", "空壳";
        Unverified = "unverified", "未能核验";
        Closing = "closing", "关停公告中";
        Deregistered = "deregistered", "已注销";
    }
}

/// The number of an account in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

/// Where to read an account: `recipe:target`, as the register writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// Name of a recipe in `config/platforms/`.
    pub recipe: String,
    /// What the recipe needs: an address or an account number.
    pub target: String,
}

impl Source {
    /// The word for a source that only a person may read.
    pub const MANUAL: &'static str = "manual";

    /// Whether only a person may read it.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        self.recipe == Self::MANUAL
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.recipe, self.target)
    }
}

/// One line of the register (台账): what the office wrote about an account, never what we saw.
///
/// Text columns an office left empty are empty strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The office's own number of the account; made from platform and `platform_uid` when empty there.
    pub key: String,
    /// 账号名称.
    pub name: String,
    /// 平台.
    pub platform: Platform,
    /// 账号ID on the platform (`gh_…`, a weibo uid, a host …).
    pub platform_uid: String,
    /// 账号类型.
    pub kind: Kind,
    /// 采集源, the preferred one first; empty when no machine may read the account.
    pub sources: Vec<Source>,
    /// 主页链接.
    pub homepage: String,
    /// 服务地址: where an app's own server is.
    #[serde(default)]
    pub service_url: String,
    /// 主办单位, the body responsible.
    pub owner: String,
    /// 统一社会信用代码.
    pub credit_code: String,
    /// 主管单位.
    pub supervisor: String,
    /// 层级.
    pub level: Tier,
    /// 行政区划代码, up to 12 digits.
    pub region_code: String,
    /// 行政区划 as a path, `江苏省/南通市/崇川区`.
    pub region_path: String,
    /// 认证主体.
    pub verified_subject: String,
    /// 认证类型.
    pub verified_type: String,
    /// 状态.
    pub status: Status,
    /// 状态日期.
    pub status_since: Option<DateTime<Utc>>,
    /// 开设日期.
    pub opened_on: Option<DateTime<Utc>>,
    /// 备案日期.
    pub filed_on: Option<DateTime<Utc>>,
    /// 公告日期 of a closing notice.
    pub announced_on: Option<DateTime<Utc>>,
    /// 公告链接.
    pub announcement_url: String,
    /// 负责人.
    pub leader: String,
    /// 管理员.
    pub operator: String,
    /// 联系电话.
    pub phone: String,
    /// 联系邮箱: one or more addresses, each a recipient of its own.
    pub email: Vec<String>,
    /// 承办单位.
    pub contractor: String,
    /// 规则包; empty means the configured default.
    pub pack: String,
    /// 备注.
    pub notes: String,
}

impl Registered {
    /// The sources a machine may read, with their places in the register's order.
    pub fn machine_sources(&self) -> impl Iterator<Item = (usize, &Source)> {
        self.sources.iter().enumerate().filter(|(_, source)| !source.is_manual())
    }

    /// The instant from which the rules count (开设 or the newer 备案), `None` when the register has neither.
    #[must_use]
    pub fn registered_at(&self) -> Option<DateTime<Utc>> {
        self.opened_on.max(self.filed_on)
    }
}
