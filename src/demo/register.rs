//! The register of the city: which body has which account, where it is read and how it behaves.
//!
//! In: the start instant. Out: the accounts, numbered from 1 in the order of the table. A new account goes to
//! the end of the table: everything an account does hangs on its number.

use super::behaviour::Behaviour::{
    self, Backdated, Closing, Deregistered, FutureDated, Hidden, Late, LayoutChanged, Lively, NeverPosted,
    NewAccount, Pinned, RepostsOnly, Revives, Says, ServiceFull, ServiceShort, Silent, SiteDown, Undated,
    Vanishes, Wall, WallLater,
};
use super::city::Route::{
    self, Ajax, Album, Atom, CityHall, Clips, Column, CountyHall, DistrictHall, Expired, Headlines, JsonFeed,
    Market as Tencent, Notes, Rsshub, Space, Store, Videos, Wechat2rss, Werss, Wewe,
};
use super::city::{Account, Route::Weibo as Api};
use super::names::Body::{
    self, Culture, Ecology, Education, Emergency, Farming, Government, Health, Hospital, Justice, Labour,
    Library, Market, Police, Transport, Water, Weather,
};
use super::names::Place::{
    self, Bailu, Chenghu, Linze, Liupu, Luzhou, Qinglan, Shiqiao, Shuangqiao, Tongyin, Wanghu, Weitang, Yunxi,
};
use super::names::{credit_code, person, pick, seed};
use super::slips::Slip;
use crate::model::account::Platform::{
    self, App, Bilibili, Channels, Douyin, Kuaishou, Miniprogram, Toutiao, Website, Wechat, Weibo,
    Xiaohongshu,
};
use crate::model::account::{Kind, Registered, Status};
use chrono::{DateTime, Duration, Utc};

/// One account: whose, where, read how (the preferred way first), behaving how.
type Row = (Place, Body, Platform, &'static [Route], Behaviour);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (Chenghu, Government, Wechat, &[Werss], Lively),
    (Chenghu, Government, Wechat, &[Wewe], ServiceFull),
    (Chenghu, Government, Channels, &[Atom], Lively),
    (Chenghu, Government, Weibo, &[Api], Pinned),
    (Chenghu, Government, Douyin, &[Videos], Lively),
    (Chenghu, Government, Toutiao, &[Headlines], Lively),
    (Chenghu, Government, Kuaishou, &[Rsshub], Undated),
    (Chenghu, Government, Xiaohongshu, &[Notes], Lively),
    (Chenghu, Government, Bilibili, &[Space], Lively),
    (Chenghu, Government, App, &[Column], Lively),
    (Chenghu, Government, Miniprogram, &[Column], Lively),
    (Chenghu, Government, Website, &[CityHall], Lively),
    (Chenghu, Police, Wechat, &[Werss], Lively),
    (Chenghu, Police, Weibo, &[Expired, Api], Lively),
    (Chenghu, Police, Douyin, &[Videos], Lively),
    (Chenghu, Police, Bilibili, &[Space], Lively),
    (Chenghu, Police, Kuaishou, &[Rsshub], Undated),
    (Chenghu, Police, Toutiao, &[Rsshub], Lively),
    (Chenghu, Health, Wechat, &[Wewe], Lively),
    (Chenghu, Health, Wechat, &[Wewe], ServiceFull),
    (Chenghu, Health, Weibo, &[Api], Lively),
    (Chenghu, Health, Douyin, &[Rsshub], Lively),
    (Chenghu, Health, Website, &[CityHall], Lively),
    (Chenghu, Education, Wechat, &[Werss], Lively),
    (Chenghu, Education, Weibo, &[Rsshub], Lively),
    (Chenghu, Education, Douyin, &[Rsshub], Lively),
    (Chenghu, Education, Website, &[CityHall], Lively),
    (Chenghu, Ecology, Wechat, &[Wewe], Lively),
    (Chenghu, Ecology, Weibo, &[Api], Wall),
    (Chenghu, Ecology, Bilibili, &[Rsshub], FutureDated),
    (Chenghu, Ecology, Website, &[CityHall], Lively),
    (Chenghu, Transport, Wechat, &[Werss], Lively),
    (Chenghu, Transport, Weibo, &[Rsshub], Lively),
    (Chenghu, Transport, Miniprogram, &[Column], NeverPosted),
    (Chenghu, Transport, App, &[Store], Lively),
    (Chenghu, Culture, Wechat, &[Werss], Lively),
    (Chenghu, Culture, Xiaohongshu, &[Rsshub], Lively),
    (Chenghu, Culture, Douyin, &[Rsshub], Lively),
    (Chenghu, Culture, Bilibili, &[Space], Silent { days: 40 }),
    (Chenghu, Culture, Channels, &[Atom], Lively),
    (Chenghu, Water, Wechat, &[Wewe], Lively),
    (Chenghu, Water, Website, &[CityHall], LayoutChanged),
    (Chenghu, Water, Weibo, &[Ajax], Lively),
    (Chenghu, Emergency, Wechat, &[Werss], Lively),
    (Chenghu, Emergency, Weibo, &[Ajax], Lively),
    (Chenghu, Emergency, Toutiao, &[Headlines], Lively),
    (Chenghu, Emergency, Douyin, &[Rsshub], Lively),
    (Chenghu, Weather, Weibo, &[Expired, Api], Lively),
    (Chenghu, Weather, Wechat, &[Wechat2rss], Lively),
    (Chenghu, Weather, Douyin, &[Rsshub], Lively),
    (Chenghu, Weather, Miniprogram, &[Column], RepostsOnly),
    (Chenghu, Market, Wechat, &[Werss], Lively),
    (Chenghu, Market, Website, &[CityHall], Lively),
    (Chenghu, Market, Toutiao, &[Headlines], Silent { days: 15 }),
    (Chenghu, Labour, Wechat, &[Wewe], Lively),
    (Chenghu, Labour, Wechat, &[Wewe], ServiceShort),
    (Chenghu, Labour, Website, &[CityHall], Lively),
    (Chenghu, Labour, Miniprogram, &[Column], Lively),
    (Chenghu, Farming, Wechat, &[Werss], Lively),
    (Chenghu, Farming, Douyin, &[Rsshub], Late { hour: 36 }),
    (Chenghu, Farming, Website, &[CityHall], Lively),
    (Chenghu, Justice, Wechat, &[Wechat2rss], Lively),
    (Chenghu, Justice, Weibo, &[Api], RepostsOnly),
    (Chenghu, Library, Wechat, &[Werss], Lively),
    (Chenghu, Library, Wechat, &[Wewe], ServiceFull),
    (Chenghu, Library, Bilibili, &[Rsshub], Lively),
    (Chenghu, Hospital, Wechat, &[Wewe], ServiceFull),
    (Chenghu, Hospital, Channels, &[Atom], Lively),
    (Qinglan, Government, Wechat, &[Werss], Lively),
    (Qinglan, Government, Weibo, &[Api], Lively),
    (Qinglan, Government, Douyin, &[Rsshub], Lively),
    (Qinglan, Government, Website, &[DistrictHall], SiteDown),
    (Qinglan, Health, Wechat, &[Wewe], Lively),
    (Qinglan, Health, Website, &[DistrictHall], SiteDown),
    (Qinglan, Education, Wechat, &[Werss], Lively),
    (Qinglan, Education, Website, &[DistrictHall], SiteDown),
    (Qinglan, Market, Weibo, &[Rsshub], RepostsOnly),
    (Qinglan, Market, Website, &[DistrictHall], SiteDown),
    (Qinglan, Culture, Xiaohongshu, &[Notes], Silent { days: 8 }),
    (Qinglan, Culture, Wechat, &[Wewe], Lively),
    (Qinglan, Labour, Miniprogram, &[Column], NewAccount),
    (Wanghu, Government, Wechat, &[Werss], Lively),
    (Wanghu, Government, Website, &[DistrictHall], SiteDown),
    (Tongyin, Government, Wechat, &[Wewe], Revives),
    (Tongyin, Government, Website, &[DistrictHall], SiteDown),
    (Yunxi, Government, Wechat, &[Werss], Lively),
    (Yunxi, Government, Weibo, &[Ajax], Lively),
    (Yunxi, Government, Douyin, &[Rsshub], Lively),
    (Yunxi, Government, Website, &[CountyHall], Lively),
    (Yunxi, Government, App, &[Tencent], Lively),
    (Yunxi, Police, Wechat, &[Werss], Lively),
    (Yunxi, Police, Weibo, &[Api], WallLater),
    (Yunxi, Police, Douyin, &[Rsshub], Lively),
    (Yunxi, Water, Wechat, &[Wewe], Late { hour: 28 }),
    (Yunxi, Water, Website, &[CountyHall], Lively),
    (Yunxi, Health, Wechat, &[Wewe], Lively),
    (Yunxi, Health, Website, &[CountyHall], Pinned),
    (Yunxi, Farming, Wechat, &[Werss], Lively),
    (Yunxi, Farming, Toutiao, &[Headlines], Lively),
    (Yunxi, Farming, Website, &[CountyHall], Lively),
    (Yunxi, Education, Toutiao, &[Rsshub], Silent { days: 100 }),
    (Yunxi, Transport, Weibo, &[Rsshub], Silent { days: 100 }),
    (Yunxi, Labour, Wechat, &[Wewe], ServiceShort),
    (Shiqiao, Government, Wechat, &[Werss], Silent { days: 15 }),
    (Liupu, Government, Wechat, &[Album], Lively),
    (Liupu, Government, Douyin, &[Rsshub], Lively),
    (Bailu, Government, Wechat, &[Werss], Silent { days: 40 }),
    (Bailu, Government, Weibo, &[Api], NeverPosted),
    (Linze, Government, Wechat, &[Werss], Lively),
    (Linze, Government, Weibo, &[Expired, Api], Lively),
    (Linze, Government, Toutiao, &[Rsshub], Lively),
    (Linze, Government, Website, &[CityHall], Lively),
    (Linze, Culture, Wechat, &[Werss], Lively),
    (Linze, Culture, Channels, &[JsonFeed], Silent { days: 8 }),
    (Linze, Education, Website, &[CityHall], Wall),
    (Linze, Education, Wechat, &[JsonFeed], Backdated),
    (Linze, Emergency, Weibo, &[Api], Revives),
    (Linze, Emergency, Wechat, &[Werss], Lively),
    (Linze, Water, Weibo, &[Api], WallLater),
    (Linze, Market, Wechat, &[Wechat2rss], RepostsOnly),
    (Luzhou, Government, Weibo, &[Api], Vanishes),
    (Luzhou, Government, Wechat, &[Werss], Lively),
    (Shuangqiao, Government, Weibo, &[Api], NewAccount),
    (Shuangqiao, Government, Wechat, &[Werss], Late { hour: 20 }),
    (Weitang, Government, Wechat, &[Wewe], Closing),
    (Weitang, Government, Weibo, &[Api], Deregistered),
    (Luzhou, Culture, Wechat, &[Werss], Hidden),
    (Luzhou, Health, Wechat, &[Werss], Hidden),
    (Yunxi, Government, Kuaishou, &[Clips], Lively),
    (Linze, Culture, Kuaishou, &[Clips], Lively),
    (Luzhou, Culture, Douyin, &[Videos], Lively),
    (Tongyin, Labour, Weibo, &[Api], Says(Slip::Roster)),
    (Qinglan, Labour, Wechat, &[Wechat2rss], Says(Slip::MaskedRoster)),
    (Wanghu, Police, Wechat, &[Wechat2rss], Says(Slip::Mended)),
    (Yunxi, Library, Channels, &[Atom], Says(Slip::Contact)),
    (Qinglan, Water, Weibo, &[Ajax], Says(Slip::PublicNumbers)),
    (Linze, Labour, Wechat, &[JsonFeed], Says(Slip::Marked)),
    (Yunxi, Justice, Wechat, &[Wechat2rss], Says(Slip::Lesson)),
    (Qinglan, Ecology, Wechat, &[Wechat2rss], Says(Slip::Advert)),
    (Linze, Farming, Weibo, &[Api], Says(Slip::Coupons)),
    (Tongyin, Police, Weibo, &[Ajax], Says(Slip::Warning)),
    (Wanghu, Emergency, Wechat, &[Wechat2rss], Says(Slip::Misspelled)),
    (Qinglan, Police, Wechat, &[Wechat2rss], Says(Slip::Spelled)),
    (Linze, Transport, Website, &[CityHall], Says(Slip::Planted)),
    (Qinglan, Transport, Weibo, &[Api], Says(Slip::Notice)),
    (Qinglan, Emergency, Weibo, &[Ajax], Says(Slip::Echoed)),
    (Qinglan, Justice, Wechat, &[Wechat2rss], Says(Slip::Contradicted)),
    (Linze, Water, Website, &[CityHall], Says(Slip::Defaced)),
    (Linze, Police, Website, &[CityHall], Says(Slip::Campaign)),
    (Linze, Library, Wechat, &[Wechat2rss], Says(Slip::Unlisted)),
    (Linze, Health, Wechat, &[Wechat2rss], Says(Slip::Listed)),
    (Tongyin, Water, Wechat, &[Wechat2rss], Says(Slip::Carried)),
    (Wanghu, Water, Wechat, &[Wechat2rss], Says(Slip::Altered)),
    (Qinglan, Culture, Weibo, &[Ajax], Says(Slip::Missed)),
    (Wanghu, Culture, Wechat, &[Wechat2rss], Says(Slip::DeadLink)),
    (Wanghu, Library, Wechat, &[Wechat2rss], Says(Slip::LiveLink)),
];

/// Every account of the city, without its sources: those depend on where the sites listen.
pub(super) fn accounts(start: DateTime<Utc>) -> Vec<Account> {
    (1..).zip(ROWS).map(|(number, row)| account(number, *row, start)).collect()
}

fn account(number: u32, (place, body, platform, routes, behaviour): Row, start: DateTime<Utc>) -> Account {
    let owner = body.owner(place);
    let brand = body.brand(place);
    let kind = match (platform, behaviour) {
        (Wechat, ServiceFull | ServiceShort) => Kind::Service,
        (Wechat, _) => Kind::Subscription,
        _ => Kind::Ordinary,
    };
    let status = match behaviour {
        Closing => Status::Closing,
        Deregistered => Status::Deregistered,
        _ => Status::Normal,
    };
    let ago = |days: i64| start - Duration::days(days);
    let opened = match behaviour {
        NewAccount => ago(2),
        NeverPosted => ago(60),
        _ => ago(800 + i64::try_from(seed(number, "opened") % 1500).unwrap_or(0)),
    };
    // A filing follows the opening; the newest accounts have not got so far.
    let filed = (behaviour != NewAccount).then(|| opened + Duration::days(5));
    let status_since = match behaviour {
        Closing => ago(10),
        Deregistered => ago(200),
        _ => opened,
    };
    let announced = matches!(behaviour, Closing | Deregistered);
    let registered = Registered {
        key: format!("ch-{number:03}"),
        name: if kind == Kind::Service { format!("{brand}服务") } else { brand },
        platform,
        platform_uid: platform_uid(number, platform),
        kind,
        sources: Vec::new(),
        homepage: String::new(),
        service_url: String::new(),
        credit_code: credit_code(place, &owner),
        supervisor: place.supervisor(),
        level: place.tier(),
        region_code: place.code().to_owned(),
        region_path: place.path(),
        verified_subject: owner.clone(),
        verified_type: body.verified_type().to_owned(),
        status,
        status_since: Some(status_since),
        opened_on: Some(opened),
        filed_on: filed,
        announced_on: announced.then_some(status_since),
        announcement_url: String::new(),
        leader: person(seed(number, "leader")),
        operator: person(seed(number, "operator")),
        // Area code 0900 has never been given out.
        phone: format!("0900-6{:06}", seed(number, "phone") % 1_000_000),
        email: vec![body.mail(place)],
        contractor: pick(&["", "", "澄湖市融媒体中心"], seed(number, "contractor")).to_owned(),
        pack: match behaviour {
            Says(slip) => slip.pack(),
            _ => "national",
        }
        .to_owned(),
        notes: String::new(),
        owner,
    };
    Account { number, place, body, routes, behaviour, registered }
}

/// An identifier in the platform's own form, out of a range it has not reached.
fn platform_uid(number: u32, platform: Platform) -> String {
    let hex = seed(number, "uid");
    match platform {
        Wechat => format!("gh_9901{:08x}", hex >> 32),
        Channels => format!("sph9901{number:04}"),
        Miniprogram => format!("wx{hex:016x}"),
        Weibo => format!("9901000{number:03}"),
        Douyin | Toutiao => format!("MS4wLjABAAAA{hex:016x}"),
        Kuaishou => format!("3x9901{number:04}"),
        Xiaohongshu => format!("{hex:016x}9901{number:04}"),
        Bilibili => format!("99010000000{number:03}"),
        App => format!("example.chenghu.app{number:03}"),
        _ => format!("9901{number:06}"),
    }
}
