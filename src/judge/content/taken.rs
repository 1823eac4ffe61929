//! Pages that an intruder has rewritten, or that whoever took over an expired domain shows instead.
//!
//! In: what a page says about itself. Out: what it seems to have become, with the words. Intruders write where search
//! engines read: title, keywords and description. An office may have a column against gambling; words of warning there
//! are none of an intruder.

use super::links::TRADES;
use crate::model::listing::Front;
use regex::Regex;
use std::sync::LazyLock;

/// Words with which an office speaks of such trades.
static WARNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"打击|整治|警惕|防范|谨防|远离|抵制|禁|举报|查处|曝光|反诈|反赌|治理|扫黄|专项行动|骗局|诈骗")
        .expect("a constant pattern")
});
/// What registrars and dealers show under a domain that nobody owns any more.
static PARKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)域名[^,。]{0,8}(?:出售|转让|待售|过期|已?到期|停放|抢注|交易)|(?:出售|转让)[^,。]{0,4}域名|domain[^,。]{0,40}(?:for sale|expired|parked|parking)|buy this domain",
    )
    .expect("a constant pattern")
});

/// What a page has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It speaks of gambling or pornography.
    Trade,
    /// Its domain is for sale or has expired.
    Parked,
}

impl Taken {
    /// In words.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Trade => "出现赌博、色情等用语，疑似被篡改或被他人利用",
            Self::Parked => "显示域名出售或到期，疑似域名已过期",
        }
    }
}

/// Where a page gives itself away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign<'f> {
    /// What it has become.
    pub taken: Taken,
    /// Where it says so, in Chinese.
    pub place: &'static str,
    /// The words.
    pub words: &'f str,
}

/// What gives a page away, by its title, keywords and description.
pub fn signs(front: &Front) -> impl Iterator<Item = Sign<'_>> {
    let parts = [
        ("网页标题", front.title.as_str()),
        ("网页关键词", front.keywords.as_str()),
        ("网页简介", front.description.as_str()),
    ];
    parts.into_iter().filter_map(|(place, words)| {
        let taken = if PARKED.is_match(words) {
            Taken::Parked
        } else if TRADES.is_match(words) && !WARNS.is_match(words) {
            Taken::Trade
        } else {
            return None;
        };
        Some(Sign { taken, place, words })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> Option<Taken> {
        let front = Front { title: title.to_owned(), ..Front::default() };
        signs(&front).next().map(|sign| sign.taken)
    }

    #[test]
    fn a_rewritten_or_lost_page_is_told_from_a_column_against_gambling() {
        for title in ["澳门新葡京娱乐官网-首页", "体育投注平台_云溪县交通运输局", "百家乐 时时彩 北京赛车"]
        {
            assert_eq!(of(title), Some(Taken::Trade), "{title}");
        }
        for title in
            ["此域名正在出售", "example.cn 域名已过期", "example.com domain is for sale", "转让优质域名"]
        {
            assert_eq!(of(title), Some(Taken::Parked), "{title}");
        }
        for title in [
            "云溪县人民政府",
            "打击网络赌博网站专项行动",
            "警惕百家乐骗局_平安云溪",
            "澳门特别行政区旅游局",
            "域名注册与备案指南",
            "中国互联网络域名管理办法",
            "",
        ] {
            assert_eq!(of(title), None, "{title}");
        }
        let front = Front { keywords: "真人荷官,老虎机".to_owned(), ..Front::default() };
        assert_eq!(signs(&front).map(|sign| sign.place).collect::<Vec<_>>(), ["网页关键词"]);
    }
}
