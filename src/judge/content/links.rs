//! Links that an official account must not carry: to gambling and the like, and links that nobody is meant to see (暗链).
//!
//! In: the links of a post or of a page, and the host they stand on. Out: those that are suspected, with the reason.
//! Hidden links are planted by intruders to lend the site's standing to others; menus that open and share buttons are
//! hidden as well, so that a hidden link alone is told only where it leads elsewhere under words of such trades.

use crate::model::post::Link;
use regex::Regex;
use std::sync::LazyLock;
use url::{Host, Url};

/// Words of gambling and pornography, as such links and hosts carry them.
pub(super) static TRADES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:澳门|葡京|威尼斯人|太阳城|新濠|永利|银河|皇冠)[^,。]{0,6}(?:娱乐|赌|投注|开户|官网|网址|平台|登录)|娱乐城|百家乐|六合彩|时时彩|北京赛车|快三|pk10|幸运飞艇|(?:体育|电竞|足球|外围)(?:投注|下注|赔率)|棋牌(?:游戏)?(?:平台|下载|官网|送)|真人(?:荷官|视讯|娱乐)|网上赌|赌场|赌博(?:网站|平台)|博彩(?:网站|平台|公司)|注册送(?:彩金|[0-9]+元)|送彩金|彩金|老虎机|捕鱼(?:平台|上分)|(?:成人|色情|黄色|激情)(?:视频|网站|电影|小说|直播)|约炮|裸聊|一夜情|av(?:在线|视频)|私服发布",
    )
    .expect("a constant pattern")
});
/// The same in names of hosts.
static HOSTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[.-])(?:casino|bet365|betway|[0-9]*bet[0-9]+|baccarat|slots?|poker|lottery|caipiao|bocai|duchang|bobo?ty|porn|xxx|sex)[0-9a-z]*\.").expect("a constant pattern")
});
/// Texts that warn of such sites name them.
const PUBLIC: [&str; 2] = ["gov.cn", "edu.cn"];

/// A suspected link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect<'l> {
    /// The link.
    pub link: &'l Link,
    /// Why, in Chinese.
    pub reason: &'static str,
}

/// The suspected among links that stand on a page of `host`.
pub fn find<'l>(links: &'l [Link], host: &str) -> impl Iterator<Item = Suspect<'l>> + use<'l> {
    let own = site(host).to_owned();
    links.iter().filter_map(move |link| {
        let url = foreign(link, std::slice::from_ref(&own))?;
        let target = url.host_str()?;
        let is_public = PUBLIC.iter().any(|suffix| {
            target.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        if is_public {
            return None;
        }
        let trade = TRADES.is_match(&link.words) || HOSTS.is_match(target);
        let reason = match (trade, link.hidden) {
            (true, true) => "隐藏的链接，指向疑似赌博、色情等网站，疑似被植入暗链",
            (true, false) => "链接指向疑似赌博、色情等网站",
            (false, _) => return None,
        };
        Some(Suspect { link, reason })
    })
}

/// Where a link leads, if not to one of these sites.
pub(super) fn foreign(link: &Link, own: &[String]) -> Option<Url> {
    let url = Url::parse(&link.href).ok()?;
    let target = site_of(&url)?;
    (!own.iter().any(|own| own == target)).then_some(url)
}

/// What the host of an address belongs to; two ports of a host without a name are two.
pub(super) fn site_of(url: &Url) -> Option<&str> {
    match url.host()? {
        Host::Domain(name) => Some(site(name)),
        Host::Ipv4(_) | Host::Ipv6(_) => Some(url.authority()),
    }
}

/// What a host belongs to: `b.c.cn` and `www.b.c.cn` are one site. Of public suffixes only those of two labels that
/// Chinese sites use are known; that two sites of another such suffix are taken for one hides no stranger's host.
fn site(host: &str) -> &str {
    const SECOND: [&str; 6] = ["com.cn", "net.cn", "org.cn", "gov.cn", "edu.cn", "ac.cn"];
    let labels = if SECOND.iter().any(|suffix| host.ends_with(suffix)) { 3 } else { 2 };
    let mut starts = host.rmatch_indices('.').map(|(at, _)| at + 1);
    starts.nth(labels - 1).map_or(host, |start| &host[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspected(words: &str, href: &str, hidden: bool) -> bool {
        let links = [Link { words: words.to_owned(), href: href.to_owned(), hidden }];
        find(&links, "www.yunxi.gov.cn").next().is_some()
    }

    #[test]
    fn gambling_is_told_and_the_usual_neighbours_are_not() {
        for (words, href) in [
            ("澳门新葡京娱乐官网", "https://a.example/"),
            ("体育投注平台", "https://b.example/x"),
            ("点击这里", "https://www.bet365.example/"),
            ("成人视频", "https://c.example"),
            ("葡京娱乐平台", "https://wwwgov.cn/"),
        ] {
            assert!(suspected(words, href, false) && suspected(words, href, true), "{words} {href}");
        }
        for (words, href) in [
            ("澳门特别行政区政府", "https://www.gov.mo/"),
            ("中国体育彩票", "https://www.lottery.gov.cn/"),
            ("福利彩票公益金使用情况", "https://www.chenghu.example/1"),
            ("警惕网络赌博网站", "https://www.yunxi.gov.cn/2"),
            ("棋牌室整治", "https://news.example/3"),
            ("分享到微博", "https://service.weibo.com/share"),
            ("成人教育", "https://school.example/"),
            ("better", "https://better.example/"),
            ("澳门葡京娱乐官网", "https://www.yunxi.gov.cn/x"),
        ] {
            assert!(!suspected(words, href, false) && !suspected(words, href, true), "{words} {href}");
        }
    }

    #[test]
    fn a_site_is_the_same_under_all_its_names() {
        assert_eq!(
            (site("www.a.com.cn"), site("a.com.cn"), site("x.b.com"), site("localhost")),
            ("a.com.cn", "a.com.cn", "b.com", "localhost")
        );
    }
}
