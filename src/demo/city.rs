//! The city: its accounts, its sites, and which page of which site shows whom.
//!
//! In: the start instant. Out: everything else, as a function of it. A city never changes: time is an argument
//! of those who ask.

use super::behaviour::Behaviour;
use super::names::{Body, Place};
use super::register;
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
        /// wewe-rss: 公众号 as JSON Feed.
        Wewe = "wewe", "wewe-rss 采集桥";
        /// A bridge of the office's own: Atom.
        Atom = "atom", "自建订阅服务";
        /// The public interface of m.weibo.cn.
        Weibo = "weibo", "微博移动版接口";
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
    Atom,
    Weibo,
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
            Self::Atom => Site::Atom,
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
            Self::Wewe | Self::Atom => "feed",
            Self::Weibo => "weibo",
            Self::Rsshub | Self::Expired => "rsshub",
            Self::CityHall | Self::DistrictHall | Self::CountyHall => "gov-list",
            Self::Column => "gov-json",
        }
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

    /// What a bridge of 公众号 calls it.
    fn feed_number(&self) -> String {
        format!("MP_WXS_3990100{:03}", self.number)
    }

    /// The path and query under which a route shows it.
    pub(super) fn target(&self, route: Route) -> String {
        let number = self.number;
        let uid = &self.registered.platform_uid;
        match route {
            Route::Werss => format!("/feed/{}.rss", self.feed_number()),
            Route::Wewe => format!("/feeds/{}.json", self.feed_number()),
            Route::Atom => format!("/channels/{uid}.atom"),
            Route::Weibo => format!("/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}"),
            Route::CityHall => format!("/zwdt/{number:03}/"),
            Route::DistrictHall => format!("/bmdt/{number:03}/index.html"),
            Route::CountyHall => format!("/col/col{number:04}/index.html"),
            Route::Column => format!("/api/column/list?columnId={number:03}&pageNo=1"),
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
                Route::Werss => self.feed_number(),
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
