//! The city: its accounts, its sites, and which page of which site shows whom.
//!
//! In: the start instant. Out: everything else, as a function of it. A city never changes: time is an argument
//! of those who ask.

use super::behaviour::Behaviour;
use super::names::{Body, Place};
use super::register;
use super::render::BIZ;
use super::script::{self, Event};
use super::server::Addresses;
use crate::model::account::{Platform, Registered, Source};
use crate::model::words;
use chrono::{DateTime, Utc};
use std::collections::HashMap;

words! {
    /// A place where pages are served: one loopback port, one pace.
    pub enum Site {
        /// RSSHub: weibo, douyin, toutiao, kuaishou, xiaohongshu and bilibili as RSS 2.0.
        Rsshub = "rsshub", "RSSHub 采集桥";
        /// WeRSS: 公众号 as RSS 2.0 with an empty time zone.
        Werss = "werss", "WeRSS 采集桥";
        /// wewe-rss: 公众号 as RSS 2.0 without texts; it tells when it read each.
        Wewe = "wewe", "wewe-rss 采集桥";
        /// Wechat2RSS: 公众号 as RSS 2.0 with texts.
        Wechat2rss = "wechat2rss", "Wechat2RSS 采集桥";
        /// mp.weixin.qq.com: albums, articles, the pages about accounts.
        Wechat = "wechat", "微信公众平台";
        /// A bridge of the office's own: Atom and JSON Feed.
        Atom = "atom", "自建订阅服务";
        /// The public interface of m.weibo.cn.
        Weibo = "weibo", "微博移动版接口";
        /// The interface of weibo.com for desktops.
        WeiboAjax = "weibo_ajax", "微博电脑版接口";
        /// The interface of Bilibili's spaces.
        Bilibili = "bilibili", "哔哩哔哩接口";
        /// Pages of users of Douyin.
        Douyin = "douyin", "抖音网页版";
        /// The interface of Toutiao.
        Toutiao = "toutiao", "今日头条接口";
        /// The interface of Kuaishou.
        Kuaishou = "kuaishou", "快手接口";
        /// Pages of users of Xiaohongshu.
        Xiaohongshu = "xiaohongshu", "小红书网页版";
        /// The App Store's lookup.
        Apple = "apple", "苹果应用商店接口";
        /// 应用宝.
        Tencent = "tencent", "应用宝网页版";
        /// The portal of the city, shared with a county: UTF-8, lists with relative links.
        CityHall = "city_hall", "澄湖市政府门户网站";
        /// The portal of the district: tables, dates without a year. It goes down during the script.
        DistrictHall = "district_hall", "青岚区政府门户网站";
        /// The portal of the county: GB18030, said only in a meta element.
        CountyHall = "county_hall", "云溪县政府门户网站";
        /// Columns of apps and mini programs as plain JSON.
        Columns = "columns", "移动端栏目接口";
    }
}

/// One way to read an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Werss,
    Wewe,
    Wechat2rss,
    /// An album of mp.weixin.qq.com: a part of what the account publishes.
    Album,
    Atom,
    JsonFeed,
    Weibo,
    /// weibo.com for desktops.
    Ajax,
    /// The space of an account of Bilibili.
    Space,
    /// The page of a user of Douyin.
    Videos,
    /// What a user of Toutiao has published.
    Headlines,
    /// The public videos of Kuaishou.
    Clips,
    /// The notes of a user of Xiaohongshu.
    Notes,
    /// The App Store.
    Store,
    /// 应用宝.
    Market,
    Rsshub,
    /// A bridge whose login has expired: always its error page.
    Expired,
    CityHall,
    DistrictHall,
    CountyHall,
    Column,
}

impl Route {
    /// Where it leads.
    pub(super) const fn site(self) -> Site {
        match self {
            Self::Werss => Site::Werss,
            Self::Wewe => Site::Wewe,
            Self::Wechat2rss => Site::Wechat2rss,
            Self::Album => Site::Wechat,
            Self::Atom | Self::JsonFeed => Site::Atom,
            Self::Ajax => Site::WeiboAjax,
            Self::Space => Site::Bilibili,
            Self::Videos => Site::Douyin,
            Self::Headlines => Site::Toutiao,
            Self::Clips => Site::Kuaishou,
            Self::Notes => Site::Xiaohongshu,
            Self::Store => Site::Apple,
            Self::Market => Site::Tencent,
            Self::Weibo => Site::Weibo,
            Self::Rsshub | Self::Expired => Site::Rsshub,
            Self::CityHall => Site::CityHall,
            Self::DistrictHall => Site::DistrictHall,
            Self::CountyHall => Site::CountyHall,
            Self::Column => Site::Columns,
        }
    }

    /// The recipe that reads it.
    const fn recipe(self) -> &'static str {
        match self {
            Self::Werss => "werss",
            Self::Wewe => "wewe-rss",
            Self::Wechat2rss => "wechat2rss",
            Self::Album => "wechat-album",
            Self::Atom | Self::JsonFeed => "feed",
            Self::Ajax => "weibo-ajax",
            Self::Space => "bilibili",
            Self::Videos => "douyin",
            Self::Headlines => "toutiao",
            Self::Clips => "kuaishou",
            Self::Notes => "xiaohongshu",
            Self::Store => "app-apple",
            Self::Market => "app-tencent",
            Self::Weibo => "weibo",
            Self::Rsshub | Self::Expired => "rsshub",
            Self::CityHall | Self::DistrictHall | Self::CountyHall => "gov-list",
            Self::Column => "gov-json",
        }
    }
}

impl Site {
    /// Whether pages are found by the account's id, wherever in the address it stands: the recipes say where.
    const fn is_asked_by_id(self) -> bool {
        matches!(
            self,
            Self::Wewe
                | Self::Wechat2rss
                | Self::Wechat
                | Self::WeiboAjax
                | Self::Bilibili
                | Self::Douyin
                | Self::Toutiao
                | Self::Kuaishou
                | Self::Xiaohongshu
                | Self::Apple
                | Self::Tencent
        )
    }
}

/// One account of the city.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number, from 1: all variety is a hash of it.
    pub(super) number: u32,
    pub(super) place: Place,
    pub(super) body: Body,
    /// How it is read, the preferred way first.
    pub(super) routes: &'static [Route],
    /// What it does.
    pub behaviour: Behaviour,
    /// Its line of the register, still without addresses.
    pub registered: Registered,
}

impl Account {
    /// Whether its titles sometimes hold a sign outside GBK.
    pub(super) fn shows_rare_signs(&self) -> bool {
        self.routes == [Route::CountyHall]
    }

    /// Whether the server behind it has no IPv6 address.
    pub(super) fn lacks_ipv6(&self) -> bool {
        self.routes == [Route::Market]
    }

    /// What a bridge of 公众号 calls it.
    pub(super) fn feed_number(&self) -> String {
        format!("MP_WXS_3990100{:03}", self.number)
    }

    /// The id under which a route knows it.
    fn id(&self, route: Route) -> String {
        match route {
            Route::Wewe | Route::Wechat2rss | Route::Werss => self.feed_number(),
            Route::Album => format!("9901{:06}", self.number),
            _ => self.registered.platform_uid.clone(),
        }
    }

    /// The path and query under which a route shows it; where an id in the address is enough, the id.
    pub(super) fn target(&self, route: Route) -> String {
        let number = self.number;
        let uid = &self.registered.platform_uid;
        match route {
            Route::Werss => format!("/feed/{}.rss", self.feed_number()),
            Route::JsonFeed => format!("/channels/{uid}.json"),
            Route::Atom => format!("/channels/{uid}.atom"),
            Route::Weibo => format!("/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}"),
            Route::CityHall => format!("/zwdt/{number:03}/"),
            Route::DistrictHall => format!("/bmdt/{number:03}/index.html"),
            Route::CountyHall => format!("/col/col{number:04}/index.html"),
            Route::Column => format!("/api/column/list?columnId={number:03}&pageNo=1"),
            Route::Wewe
            | Route::Wechat2rss
            | Route::Album
            | Route::Ajax
            | Route::Space
            | Route::Videos
            | Route::Headlines
            | Route::Clips
            | Route::Notes
            | Route::Store
            | Route::Market => self.id(route),
            Route::Rsshub | Route::Expired => match self.registered.platform {
                Platform::Douyin => format!("/douyin/user/{uid}"),
                Platform::Toutiao => format!("/toutiao/user/token/{uid}"),
                Platform::Kuaishou => format!("/kuaishou/profile/{uid}"),
                Platform::Xiaohongshu => format!("/xiaohongshu/user/{uid}/notes"),
                Platform::Bilibili => format!("/bilibili/user/dynamic/{uid}"),
                _ => format!("/weibo/user/{uid}/readable=1&showRetweeted=1&showRetweetTextInTitle=1"),
            },
        }
    }

    /// Its line of the register, complete.
    fn registered_at(&self, addresses: &Addresses) -> Registered {
        let address = |route: &Route| format!("{}{}", addresses.base(route.site()), self.target(*route));
        let source = |route: &Route| Source {
            recipe: route.recipe().to_owned(),
            target: match route {
                Route::Weibo => self.registered.platform_uid.clone(),
                Route::Album => format!("__biz={BIZ}&album_id={}", self.id(Route::Album)),
                route if route.site().is_asked_by_id() || *route == Route::Werss => self.id(*route),
                _ => address(route),
            },
        };
        let home = self.routes.last().map(|route| match route {
            Route::CityHall | Route::DistrictHall | Route::CountyHall => address(route),
            _ => format!("{}/home/{:03}/", addresses.base(route.site()), self.number),
        });
        let notice = self
            .registered
            .announced_on
            .map(|_| format!("{}/gonggao/{:03}.html", addresses.base(Site::CityHall), self.number));
        Registered {
            sources: self.routes.iter().map(source).collect(),
            homepage: home.unwrap_or_default(),
            announcement_url: notice.unwrap_or_default(),
            // Its server has an IPv4 address and no other.
            service_url: if self.lacks_ipv6() { addresses.base(Site::Columns) } else { String::new() },
            ..self.registered.clone()
        }
    }
}

/// The sample city.
#[derive(Debug)]
pub struct City {
    start: DateTime<Utc>,
    accounts: Vec<Account>,
    /// (site, path and query) → place in `accounts`, and the route.
    shown: HashMap<(Site, String), (usize, Route)>,
    script: Vec<Event>,
}

impl City {
    /// The city whose script begins at `start`.
    #[must_use]
    pub fn new(start: DateTime<Utc>) -> Self {
        let accounts = register::accounts(start);
        let mut shown = HashMap::new();
        for (place, account) in accounts.iter().enumerate() {
            for route in account.routes {
                shown.insert((route.site(), account.target(*route)), (place, *route));
            }
        }
        let script = script::write(&accounts, start);
        Self { start, accounts, shown, script }
    }

    /// When the script begins.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// Every account, in the order of their numbers.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The register, with the addresses at which the sites listen.
    #[must_use]
    pub fn registered(&self, addresses: &Addresses) -> Vec<Registered> {
        self.accounts.iter().map(|account| account.registered_at(addresses)).collect()
    }

    /// What happens, in the order of time.
    #[must_use]
    pub fn script(&self) -> &[Event] {
        &self.script
    }

    /// Whom a page of a site shows, and by which route.
    pub(super) fn find_shown(&self, site: Site, target: &str) -> Option<(&Account, Route)> {
        let (place, route) = if site == Site::Weibo {
            // The interface is asked in several forms; the account number stands in each of them.
            let (_, query) = target.split_once('?')?;
            let value = query.split('&').find_map(|pair| pair.strip_prefix("value="));
            let uid = value
                .or_else(|| query.split('&').find_map(|pair| pair.strip_prefix("containerid=107603")))?;
            let by_uid = |account: &Account| {
                account.registered.platform == Platform::Weibo && account.registered.platform_uid == uid
            };
            (self.accounts.iter().position(by_uid)?, Route::Weibo)
        } else if site.is_asked_by_id() {
            let pieces = target.split(['/', '?', '&']);
            let mut ids = pieces.map(|piece| piece.split_once('=').map_or(piece, |(_, value)| value));
            ids.find_map(|id| {
                let id = id.trim_end_matches(".rss").trim_end_matches(".xml");
                self.shown.get(&(site, id.to_owned())).copied()
            })?
        } else {
            *self.shown.get(&(site, target.to_owned()))?
        };
        Some((self.accounts.get(place)?, route))
    }

    /// The account with a number.
    pub(super) fn find_number(&self, number: u32) -> Option<&Account> {
        self.accounts.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn city() -> City {
        City::new(DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().with_timezone(&Utc))
    }

    #[test]
    fn most_accounts_are_fine_and_each_trouble_has_a_few() {
        let city = city();
        let lively = city.accounts().iter().filter(|account| account.behaviour.is_lively()).count();
        assert!(city.accounts().len() >= 120);
        assert!(lively * 10 >= city.accounts().len() * 7, "{lively} of {}", city.accounts().len());
        let mut troubles = BTreeMap::new();
        for account in city.accounts().iter().filter(|account| !account.behaviour.is_lively()) {
            *troubles.entry(format!("{:?}", std::mem::discriminant(&account.behaviour))).or_insert(0) += 1;
        }
        assert_eq!(troubles.len(), 13, "{troubles:?}");
        assert!(troubles.values().all(|count| *count <= 8), "{troubles:?}");
    }

    #[test]
    fn every_platform_with_offices_on_it_is_there() {
        let city = city();
        let there: BTreeSet<_> = city.accounts().iter().map(|account| account.registered.platform).collect();
        for platform in Platform::ALL {
            let wanted = !matches!(platform, Platform::Baijiahao | Platform::Other);
            assert_eq!(there.contains(platform), wanted, "{platform}");
        }
    }

    #[test]
    fn two_cities_of_one_start_are_the_same() {
        assert_eq!(format!("{:?}", city().accounts()), format!("{:?}", city().accounts()));
        assert_eq!(city().script(), city().script());
    }

    #[test]
    fn no_two_accounts_share_a_key_a_page_or_a_name_on_one_platform() {
        let city = city();
        let all = city.accounts();
        let keys: BTreeSet<_> = all.iter().map(|account| &account.registered.key).collect();
        let names: BTreeSet<_> =
            all.iter().map(|account| (account.registered.platform, &account.registered.name)).collect();
        assert_eq!(keys.len(), all.len());
        assert_eq!(names.len(), all.len());
        assert_eq!(city.shown.len(), all.iter().map(|account| account.routes.len()).sum::<usize>());
    }

    #[test]
    fn the_register_names_a_source_and_an_address_of_its_owner_for_every_account() {
        let city = city();
        for line in city.registered(&Addresses::default()) {
            assert!(!line.sources.is_empty() && !line.homepage.is_empty(), "{}", line.name);
            assert!(line.email.iter().all(|mail| mail.ends_with(".example")));
            assert!(line.region_code.len() == 12 && line.region_code.starts_with("9901"));
            assert!(line.registered_at().is_some());
        }
    }
}
