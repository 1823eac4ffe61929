//! Whether a link leads to where something is sold.
//!
//! In: an address with the words it stands behind, and the list of shops. Out: whether it is a page that sells. The
//! host alone does not decide: shops have help pages and courts sell on their sites; and every site can have a page to
//! buy on. Nothing is fetched.

use crate::config::document::{Document, Step};
use crate::config::mistake::Mistake;
use regex::Regex;
use serde::Deserialize;
use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;
use url::Url;

/// What is shipped; a file of the same name in the operator's folder stands in its place.
const SHIPPED: &str = include_str!("../../../../config/content/shops.toml");

/// Paths of pages that sell nothing, whoever's they are.
static HELP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/(?:helps?|rules?|about(?:us)?|agreement|privacy|notice|law|legal|policy|protocol|faq|complaint|jobs?|recruit|guide|announcement|paimai|auction|sf_item|gongyi)(?:[/._?-]|$)")
        .expect("a constant pattern")
});
/// Paths on which something is bought.
static BUY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/(?:buy|purchase|cart|checkout|goods[0-9]*|products?|shops?|mall|store|coupons?|vip|sku|deals?)(?:[/._?-]|$)")
        .expect("a constant pattern")
});
/// Paths that lead to a sale where the words of the link say so.
static MAYBE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/(?:items?|orders?|members?|membership|sale|booking|pay|detail)(?:[/._?-]|$)")
        .expect("a constant pattern")
});
/// Words of links that sell.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("购买|下单|会员|商城|旗舰|领券|优惠|团购|抢购|同款|进店|订购|特惠|商品|题库")
        .expect("a constant pattern")
});

/// Which hosts are shops.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shops {
    hosts: HashSet<String>,
    short: HashSet<String>,
    public: HashSet<String>,
}

impl Default for Shops {
    fn default() -> Self {
        // A test reads the shipped list, so that it cannot hold a mistake.
        Self::read(Path::new("shops.toml"), SHIPPED).unwrap_or_else(|_| Self {
            hosts: HashSet::new(),
            short: HashSet::new(),
            public: HashSet::new(),
        })
    }
}

impl Shops {
    /// The list of a folder, or the shipped one where it has none.
    pub fn load(dir: &Path) -> Result<Self, Vec<Mistake>> {
        let file = dir.join("shops.toml");
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::read(&file, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(vec![Mistake::whole(
                &file,
                format!("无法读取：{error}"),
                "请核对文件权限和编码（UTF-8）",
            )]),
        }
    }

    /// Reads a list; `file` is only named in mistakes.
    fn read(file: &Path, text: &str) -> Result<Self, Vec<Mistake>> {
        let document = Document::parse(file, text)?;
        let list: Self = document.value()?;
        let mut mistakes = Vec::new();
        for (key, hosts) in [("hosts", &list.hosts), ("short", &list.short)] {
            for host in hosts.iter().filter(|host| !host.contains('.') || host.contains(['/', ':', ' '])) {
                let reason = format!("{key}中的“{host}”不是域名");
                mistakes.push(document.mistake(
                    &[Step::Name(key)],
                    reason,
                    "请只写域名，如“shop.example.com”",
                ));
            }
        }
        if mistakes.is_empty() { Ok(list) } else { Err(mistakes) }
    }

    /// Whether a link leads to a page that sells; `words` are those it stands behind, empty for a bare address.
    pub(super) fn sells(&self, words: &str, href: &str) -> bool {
        let Ok(url) = Url::parse(href) else { return false };
        let Some(host) = url.host_str().filter(|_| url.scheme().starts_with("http")) else { return false };
        let path = url.path().to_ascii_lowercase();
        if is_public(host) || HELP.is_match(&path) {
            return false;
        }
        let within = |hosts: &HashSet<String>| parents(host).any(|parent| hosts.contains(parent));
        if within(&self.short) {
            return true;
        }
        if within(&self.hosts) {
            let first = host.split(['.', '-']).next().unwrap_or_default();
            let whole = host.split('.').next().unwrap_or_default();
            let home = path == "/" && url.query().is_none() && matches!(first, "www" | "m");
            return !home && !self.public.contains(first) && !self.public.contains(whole);
        }
        BUY.is_match(&path) || MAYBE.is_match(&path) && WORDS.is_match(words)
    }
}

/// Sites of public bodies and of public services.
fn is_public(host: &str) -> bool {
    parents(host).any(|parent| {
        matches!(parent, "gov.cn" | "edu.cn" | "mil.cn" | "12306.cn" | "ccgp.gov.cn" | "unionpay.com")
            || parent.strip_prefix("gov.").is_some_and(|rest| rest.len() == 2 || rest == "example")
    })
}

/// A host and the domains it belongs to: `m.a.cn`, `a.cn`, `cn`.
fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_holds_no_mistake() {
        let shops = Shops::read(Path::new("shops.toml"), SHIPPED).unwrap();
        assert!(shops.hosts.contains("jd.com"));
    }

    #[test]
    fn a_list_with_a_slip_names_it() {
        let text = "hosts = [\"jd.com\", \"https://shop.example/\"]\nshort = []\npublic = []\n";
        let mistakes = Shops::read(Path::new("shops.toml"), text).unwrap_err();
        assert!(mistakes[0].to_string().contains("https://shop.example/"), "{mistakes:?}");
        assert!(Shops::read(Path::new("shops.toml"), "shop = []").is_err());
    }

    #[test]
    fn pages_that_sell_are_told_from_pages_of_the_same_hosts_that_do_not() {
        let shops = Shops::default();
        for (words, href) in [
            ("", "https://item.jd.com/1.html"),
            ("", "https://detail.tmall.com/item.htm?id=1"),
            ("", "https://m.tb.cn/h.5abc"),
            ("", "https://u.jd.com/AbC"),
            ("店", "https://shop10001.youzan.com/v2/feature/abc"),
            ("", "https://mobile.yangkeduo.com/goods.html?goods_id=1"),
            ("", "https://www.dianping.com/deal/1"),
            ("", "https://hotels.ctrip.com/hotels/1.html"),
            ("会员", "https://www.ketang.example/vip/buy?from=a"),
            ("同款", "https://www.pinpai.example/item/9"),
            ("", "https://www.pinpai.example/goods/9"),
            ("", "https://gov.shop.example/goods/9"),
        ] {
            assert!(shops.sells(words, href), "{href}");
        }
        for (words, href) in [
            ("", "https://www.jd.com/"),
            ("", "https://sf.taobao.com/sf_item/1.htm"),
            ("", "https://paimai.jd.com/1"),
            ("", "https://rule.taobao.com/detail-1.htm"),
            ("", "https://help.jd.com/user/issue/1.html"),
            ("", "https://about.meituan.com/news"),
            ("", "https://www.ccgp.gov.cn/goods/1"),
            ("", "https://rsj.chenghu.gov.example/shop/form.doc"),
            ("", "https://www.12306.cn/index/"),
            ("报名", "https://docs.qq.com/form/page/D1"),
            ("查看", "https://www.school.example/item/9"),
            ("", "taobao.com/item"),
            ("", "mailto:shop@jd.com"),
        ] {
            assert!(!shops.sells(words, href), "{href}");
        }
    }
}
