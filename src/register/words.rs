//! The words offices use for platforms, kinds, levels and statuses.
//!
//! In: the text of a cell. Out: one of the project's words, or nothing. Matching is exact after folding:
//! a word that merely contains another one must not become it.

use crate::model::account::{Kind, Platform, Status, Tier};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

type Words<T> = &'static [(T, &'static [&'static str])];

const PLATFORMS: Words<Platform> = &[
    (Platform::Wechat, &["微信", "公众号", "微信公众号", "微信公众平台", "微信公号", "weixin"]),
    (Platform::Channels, &["视频号", "微信视频号"]),
    (Platform::Miniprogram, &["小程序", "微信小程序", "支付宝小程序", "百度小程序", "抖音小程序"]),
    (Platform::Weibo, &["微博", "新浪微博", "新浪", "sina"]),
    (Platform::Douyin, &["抖音", "抖音号", "抖音短视频", "抖音视频号"]),
    (Platform::Toutiao, &["今日头条", "头条", "头条号", "今日头条号"]),
    (Platform::Kuaishou, &["快手", "快手号", "快手短视频"]),
    (Platform::Xiaohongshu, &["小红书", "小红书号", "xhs"]),
    (Platform::Bilibili, &["b站", "哔哩哔哩", "哔哩", "哔哩哔哩弹幕网", "bili"]),
    (Platform::Baijiahao, &["百家号", "百度百家号", "百度百家"]),
    (
        Platform::App,
        &["客户端", "移动客户端", "手机客户端", "新闻客户端", "移动应用", "手机应用", "移动app", "手机app"],
    ),
    (
        Platform::Website,
        &["网站", "门户网站", "政府网站", "政府门户网站", "政府门户", "部门网站", "官网", "网页"],
    ),
    (
        Platform::Other,
        &[
            "其他",
            "其它",
            "其他平台",
            "其它平台",
            "大鱼号",
            "企鹅号",
            "网易号",
            "搜狐号",
            "一点号",
            "一点资讯",
            "澎湃号",
            "澎湃",
            "人民号",
            "人民日报",
            "新华号",
            "央视频",
            "学习强国",
            "强国号",
            "知乎",
            "西瓜视频",
            "抖音火山版",
            "火山小视频",
            "腾讯微博",
            "微视",
            "美篇",
            "喜马拉雅",
            "南方号",
            "企业微信",
            "微信企业号",
            "企业号",
            "qq公众号",
            "qq",
            "豆瓣",
            "网络直播",
        ],
    ),
];

/// What says platform and kind in one word.
const WECHAT_KINDS: Words<Kind> = &[
    (
        Kind::Subscription,
        &["公众号", "微信公众号", "订阅号", "微信订阅号", "微信公众号订阅号", "公众号订阅号"],
    ),
    (Kind::Service, &["服务号", "微信服务号", "微信公众号服务号", "公众号服务号"]),
];

const KINDS: Words<Kind> = &[
    (Kind::Ordinary, &["普通", "普通账号", "普通号", "政务号", "机构号", "蓝v", "一般账号"]),
    (Kind::Subscription, &["订阅", "订阅号"]),
    (Kind::Service, &["服务", "服务号"]),
];

const TIERS: Words<Tier> = &[
    (Tier::National, &["国家级", "国家", "中央", "中央级", "部级", "国务院部门"]),
    (Tier::Province, &["省级", "省", "自治区", "自治区级", "直辖市", "直辖市级", "省直", "省市级", "省部级"]),
    (
        Tier::City,
        &[
            "市级",
            "市",
            "地级",
            "地市",
            "地市级",
            "地级市",
            "设区市",
            "设区的市",
            "市直",
            "州级",
            "州",
            "盟",
            "市州级",
        ],
    ),
    (
        Tier::County,
        &[
            "县级",
            "县",
            "区",
            "区级",
            "区县",
            "区县级",
            "县区",
            "县区级",
            "县市区",
            "县市区级",
            "县级市",
            "县直",
            "区直",
            "旗",
            "旗县级",
        ],
    ),
    (
        Tier::Township,
        &[
            "乡级",
            "乡",
            "镇",
            "镇级",
            "乡镇",
            "乡镇级",
            "街道",
            "街道级",
            "乡镇街道",
            "乡镇街道级",
            "镇街",
            "镇街级",
            "乡科级",
        ],
    ),
    (Tier::Unknown, &["未填", "未知", "其他", "其它"]),
];

/// 关停 is the notice and the pause before 注销; until that is done an account is looked at as before.
const STATUSES: Words<Status> = &[
    (
        Status::Planned,
        &["拟开设", "拟开通", "待开设", "待开通", "筹备", "筹备中", "申请中", "待审批", "审批中"],
    ),
    (
        Status::Normal,
        &[
            "正常",
            "正常运行",
            "正常运营",
            "正常更新",
            "正常使用",
            "运行",
            "运行中",
            "运营中",
            "在运行",
            "在运营",
            "在用",
            "使用中",
            "启用",
            "已启用",
            "活跃",
            "开设",
            "已开设",
            "已开通",
            "变更",
            "已变更",
            "已备案",
        ],
    ),
    (
        Status::Closing,
        &[
            "关停公告中",
            "关停公告期",
            "停更公告中",
            "停更公告期",
            "注销公告中",
            "注销公告期",
            "公告中",
            "公告期",
            "关停",
            "关停中",
            "拟关停",
            "待关停",
            "已关停",
            "停更",
            "停更中",
            "已停更",
            "注销中",
            "拟注销",
            "待注销",
            "申请注销",
        ],
    ),
    (Status::Deregistered, &["注销", "已注销", "注销完成", "已完成注销", "已删除"]),
];

/// Out of the office's hands, yet not deregistered: inspected until 注销 is complete.
const LOST: [&str; 15] = [
    "停用",
    "已停用",
    "停用无法注销",
    "停用未注销",
    "无法注销",
    "无法登录",
    "密码丢失",
    "密码遗失",
    "账号丢失",
    "失管",
    "封禁",
    "已封禁",
    "被封禁",
    "平台封禁",
    "被平台封禁",
];

fn table<T: Copy + Eq + Hash>(words: Words<T>) -> HashMap<&'static str, T> {
    words.iter().flat_map(|(value, names)| names.iter().map(|name| (*name, *value))).collect()
}

/// A platform and, when its name says so, the kind.
pub(super) fn platform(text: &str) -> Option<(Platform, Option<Kind>)> {
    static NAMES: LazyLock<HashMap<&str, Platform>> = LazyLock::new(|| table(PLATFORMS));
    static KINDED: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| table(WECHAT_KINDS));
    let folded = fold(text);
    let (outside, inside) = unbracket(&folded);
    for name in [folded.as_str(), outside.as_str(), bare(&outside)] {
        if let Some(kind) = KINDED.get(name) {
            return Some((Platform::Wechat, Some(plain_kind(&inside).unwrap_or(*kind))));
        }
        if let Some(platform) = NAMES.get(name).copied().or_else(|| name.parse().ok()) {
            return Some((platform, plain_kind(&inside)));
        }
    }
    None
}

/// A kind, by itself or in the name of a platform.
pub(super) fn kind(text: &str) -> Option<Kind> {
    let folded = fold(text);
    plain_kind(&folded).or_else(|| platform(&folded).map(|(_, kind)| kind.unwrap_or(Kind::Ordinary)))
}

fn plain_kind(folded: &str) -> Option<Kind> {
    static NAMES: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| table(KINDS));
    NAMES.get(folded).copied().or_else(|| folded.parse().ok())
}

/// A level.
pub(super) fn tier(text: &str) -> Option<Tier> {
    static NAMES: LazyLock<HashMap<&str, Tier>> = LazyLock::new(|| table(TIERS));
    let folded = fold(text);
    NAMES.get(folded.as_str()).copied().or_else(|| folded.parse().ok())
}

/// A status, and whether it is one that the office can no longer act on (停用无法注销).
pub(super) fn status(text: &str) -> Option<(Status, bool)> {
    static NAMES: LazyLock<HashMap<&str, Status>> = LazyLock::new(|| table(STATUSES));
    let folded = fold(text);
    let (outside, _) = unbracket(&folded);
    for name in [folded.as_str(), outside.as_str()] {
        if let Some(status) = NAMES.get(name).copied().or_else(|| name.parse().ok()) {
            return Some((status, false));
        }
    }
    let joined: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    [joined.as_str(), outside.as_str()]
        .iter()
        .any(|name| LOST.contains(name))
        .then_some((Status::Normal, true))
}

/// Compatibility forms, lower case, without white space; 帐 is another way to write 账.
pub(super) fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == '帐' { '账' } else { c })
        .collect()
}

fn unbracket(folded: &str) -> (String, String) {
    match folded.split_once('(') {
        Some((before, rest)) => {
            let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
            (format!("{before}{after}"), inside.to_owned())
        }
        None => (folded.to_owned(), String::new()),
    }
}

/// A platform without the words that say no more than "official account on" it.
fn bare(name: &str) -> &str {
    let name = name.strip_prefix("政务").or_else(|| name.strip_prefix("官方")).unwrap_or(name);
    ["官方账号", "政务账号", "政务号", "官方号", "账号", "平台"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_platform_is_known_by_every_name_it_has() {
        for &value in Platform::ALL {
            assert_eq!(platform(value.as_str()).map(|(platform, _)| platform), Some(value));
            assert_eq!(platform(value.zh()).map(|(platform, _)| platform), Some(value), "{}", value.zh());
        }
        let wechat = |kind| Some((Platform::Wechat, kind));
        assert_eq!(platform("微信公众号"), wechat(Some(Kind::Subscription)));
        assert_eq!(platform(" 公众号 "), wechat(Some(Kind::Subscription)));
        assert_eq!(platform("微信订阅号"), wechat(Some(Kind::Subscription)));
        assert_eq!(platform("微信服务号"), wechat(Some(Kind::Service)));
        assert_eq!(platform("微信公众号(服务号)"), wechat(Some(Kind::Service)));
        assert_eq!(platform("微信"), wechat(None));
        assert_eq!(platform("政务微博账号"), Some((Platform::Weibo, None)));
        assert_eq!(platform("B站"), Some((Platform::Bilibili, None)));
        assert_eq!(platform("官方网站"), Some((Platform::Website, None)));
        assert_eq!(platform("移动客户端(APP)"), Some((Platform::App, None)));
        assert_eq!(platform("大鱼号"), Some((Platform::Other, None)));
        assert_eq!(platform("云溪发布"), None);
        assert_eq!(platform(""), None);
    }

    #[test]
    fn one_word_never_has_two_meanings() {
        fn distinct<T: Copy + Eq + Hash>(words: Words<T>) {
            let listed: usize = words.iter().map(|(_, names)| names.len()).sum();
            assert_eq!(table(words).len(), listed);
        }
        distinct(PLATFORMS);
        distinct(WECHAT_KINDS);
        distinct(KINDS);
        distinct(TIERS);
        distinct(STATUSES);
    }

    #[test]
    fn a_status_is_read_as_the_rules_mean_it() {
        let cases = [
            ("正常运行", Status::Normal, false),
            ("拟开设", Status::Planned, false),
            ("关停公告期", Status::Closing, false),
            ("停更公告中", Status::Closing, false),
            ("关停(公告中)", Status::Closing, false),
            ("注销", Status::Deregistered, false),
            ("已注销", Status::Deregistered, false),
            ("停用无法注销", Status::Normal, true),
            ("停用(无法注销)", Status::Normal, true),
            ("停用,无法注销", Status::Normal, true),
            ("closing", Status::Closing, false),
        ];
        for (text, value, lost) in cases {
            assert_eq!(status(text), Some((value, lost)), "{text}");
        }
        assert_eq!(status("不详"), None);
    }

    #[test]
    fn a_level_is_known_in_full_and_in_short() {
        for (text, value) in [
            ("省级", Tier::Province),
            ("区 县级", Tier::County),
            ("街道", Tier::Township),
            ("city", Tier::City),
        ] {
            assert_eq!(tier(text), Some(value), "{text}");
        }
        assert_eq!(tier("村级"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[()()政务官方账号平台微信a ]{0,20}|.{0,20}") {
            let _ = (platform(&text), kind(&text), tier(&text), status(&text));
        }
    }
}
