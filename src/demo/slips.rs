//! What some of the city's accounts should not have said, and what only looks like it.
//!
//! In: nothing. Out: a closed set of posts, each with its hour of the script, its words and the rule it breaks, if it
//! breaks any. Every kind of finding about content has a post that breaks it and another that is right: the watch must
//! tell the first and stay silent about the second. Persons, numbers and firms are invented; the identity numbers have
//! right check digits and belong to a county that does not exist.

use super::behaviour::Behaviour;
use super::city::{Account, City};
use super::texts::Story;
use crate::model::finding::{Level, Rule};
use crate::model::task::{Scope, Task, TaskId};
use chrono::Duration;

/// One post that says too much, or seems to; or a page that was broken into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slip {
    /// A list of grants with identity numbers and telephones.
    Roster,
    /// The same with numbers masked as they should be.
    MaskedRoster,
    /// A notice with the private number of a missing man, masked by an edit some hours later.
    Mended,
    /// The mobile telephone of a clerk as a contact: minor.
    Contact,
    /// Landlines, hotlines, a credit code and the number of a document.
    PublicNumbers,
    /// A document with its secrecy marking on it.
    Marked,
    /// A lesson about secrecy markings.
    Lesson,
    /// A useful article that sells at its end.
    Advert,
    /// Coupons that the government pays for.
    Coupons,
    /// A warning that quotes sales talk.
    Warning,
    /// Two words of the shipped list of typing errors.
    Misspelled,
    /// Right words that hold those of the list.
    Spelled,
    /// A notice of hours without water …
    Notice,
    /// … the same by another account …
    Echoed,
    /// … and by a third one with other hours.
    Contradicted,
    /// Links to gambling that an intruder hid in the page of the list; other lists have a menu that is hidden until it
    /// is opened.
    Planted,
    /// Another title over the page of the list …
    Defaced,
    /// … and a column against what such titles speak of.
    Campaign,
    /// A repost from a source that is not on the list of its place …
    Unlisted,
    /// … and one from a source that is.
    Listed,
    /// A required repost as it was …
    Carried,
    /// … one under another title …
    Altered,
    /// … and other news instead of it.
    Missed,
    /// A link to a site that is no more …
    DeadLink,
    /// … and one to a site that answers.
    LiveLink,
}

/// How long a mended post stands as it was, in hours.
const MENDED_AFTER: i64 = 24;

/// What some accounts must repost …
const REQUIRED: &str = "关于做好今冬明春安全用水工作的提示";
/// … by this hour of the script.
const DEADLINE: i64 = 50;

/// The required repost of the script.
pub(super) fn task(city: &City) -> Task {
    let asked = |account: &&Account| matches!(account.behaviour, Behaviour::Says(slip) if slip.is_asked());
    let asked = city.accounts().iter().filter(asked);
    Task {
        id: TaskId(0),
        title: REQUIRED.to_owned(),
        url: String::new(),
        source: "澄湖市人民政府网".to_owned(),
        from: city.start(),
        deadline: city.start() + Duration::hours(DEADLINE),
        scope: Scope { accounts: asked.map(|it| it.registered.key.clone()).collect(), ..Scope::default() },
        closed_at: None,
    }
}

impl Slip {
    /// When it appears, in hours of the script.
    pub(super) const fn hour(self) -> i64 {
        match self {
            Self::Roster => 10,
            Self::MaskedRoster => 11,
            Self::Mended => 16,
            Self::Contact => 21,
            Self::PublicNumbers => 24,
            Self::Marked => 34,
            Self::Lesson => 35,
            Self::Advert => 44,
            Self::Coupons => 45,
            Self::Warning => 46,
            Self::Misspelled => 55,
            Self::Spelled => 56,
            Self::Planted => 64,
            Self::Defaced => 60,
            Self::Campaign => 61,
            Self::Unlisted => 28,
            Self::Listed => 29,
            Self::Carried => 30,
            Self::Altered => 31,
            Self::Missed => 32,
            Self::DeadLink => 12,
            Self::LiveLink => 13,
            Self::Notice => 66,
            Self::Echoed => 67,
            Self::Contradicted => 80,
        }
    }

    /// When it is mended, if it is.
    pub(super) const fn mended(self) -> Option<i64> {
        match self {
            Self::Mended => Some(Self::Mended.hour() + MENDED_AFTER),
            _ => None,
        }
    }

    /// In which hours of the script the watch can know that it breaks a rule.
    pub(super) const fn known(self) -> (i64, i64) {
        match self {
            // A site is no more only after two days of looks, half a day apart.
            Self::DeadLink => (Self::DeadLink.hour() + 48, Self::DeadLink.hour() + 66),
            Self::Missed => (DEADLINE, DEADLINE),
            _ => (self.hour(), self.hour()),
        }
    }

    /// Whether its account must carry the required repost.
    const fn is_asked(self) -> bool {
        matches!(self, Self::Carried | Self::Altered | Self::Missed)
    }

    /// The pack of its account: only some places have a list of sources.
    pub(super) const fn pack(self) -> &'static str {
        match self {
            Self::Unlisted | Self::Listed => "nantong",
            _ => "national",
        }
    }

    /// Whether its account reposts nothing else.
    pub(super) const fn is_alone(self) -> bool {
        matches!(self, Self::Unlisted | Self::Listed)
    }

    /// The rule it breaks and what that weighs; none when it only looks like it.
    #[must_use]
    pub const fn breaks(self) -> Option<(Rule, Level)> {
        match self {
            Self::Roster | Self::Mended => Some((Rule::Privacy, Level::Suspected)),
            Self::Contact => Some((Rule::Privacy, Level::Reminder)),
            Self::Marked => Some((Rule::Secrecy, Level::Suspected)),
            Self::Advert => Some((Rule::Advertising, Level::Suspected)),
            Self::Planted => Some((Rule::Links, Level::Suspected)),
            Self::Defaced => Some((Rule::Defaced, Level::Suspected)),
            Self::Unlisted => Some((Rule::UnlistedSource, Level::Reminder)),
            Self::Altered => Some((Rule::TitleAltered, Level::Suspected)),
            Self::Missed => Some((Rule::RepostMissed, Level::Deduction)),
            Self::DeadLink => Some((Rule::Links, Level::Reminder)),
            Self::Misspelled => Some((Rule::Wording, Level::Reminder)),
            Self::Contradicted => Some((Rule::Contradiction, Level::Reminder)),
            Self::Notice
            | Self::Echoed
            | Self::MaskedRoster
            | Self::PublicNumbers
            | Self::Lesson
            | Self::Coupons
            | Self::Warning
            | Self::Spelled
            | Self::Campaign
            | Self::Listed
            | Self::Carried
            | Self::LiveLink => None,
        }
    }

    /// What the page of its list says about itself from then on: title and keywords.
    pub(super) const fn head(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Defaced => Some(("澳门新葡京娱乐官网-首页", "葡京娱乐平台,体育投注平台,真人荷官")),
            Self::Campaign => Some(("打击网络赌博网站专项行动", "网络赌博,百家乐骗局,举报")),
            _ => None,
        }
    }

    /// What it says; `mended`: after the edit.
    pub(super) fn story(self, owner: &str, mended: bool) -> Story {
        let (title, text) = match self {
            Self::Roster => (
                "第四季度临时救助发放公示",
                "现将第四季度临时救助对象公示如下:\n\
                 薄小满,身份证号990102199003074012,联系电话13900005821;\n\
                 乔长河,身份证号990102198511242030,联系电话13700004406。\n\
                 公示期七天。",
            ),
            Self::MaskedRoster => (
                "第四季度高龄津贴发放公示",
                "现将第四季度高龄津贴发放对象公示如下:\n\
                 薄*满,身份证号990102********401X,联系电话139****5821;\n\
                 乔*河,身份证号990102********2036,联系电话137****4406。\n\
                 公示期七天。",
            ),
            Self::Mended if mended => {
                ("寻人启事", "望湖街道老人于昨日走失,家属联系方式已更新:请拨打110。感谢各位转发。")
            }
            Self::Mended => {
                ("寻人启事", "望湖街道老人于昨日走失,家人薄小满的手机号码是13900005821。感谢各位转发。")
            }
            Self::Contact => (
                "周末手工课开始报名",
                "本周末的手工课面向全市儿童,名额三十个,不收费用。报名联系人:乔老师 13700004406。",
            ),
            Self::PublicNumbers => (
                "便民服务电话一览",
                "政务服务热线12345;水务抢修0900-6123456;图书馆总台400-990-1234。\
                 本单位统一社会信用代码11990100MB0012345X,文号为澄政办发〔2026〕18号,流水号202611180900001234。",
            ),
            Self::Marked => (
                "关于开展年度考评的通知",
                "机密★5年\n特急\n澄湖市文件\n澄发〔2026〕9号\n关于开展年度考评的通知\n各县区、市直各单位:\n\
                 现将考评工作有关事项通知如下。",
            ),
            Self::Lesson => (
                "保密常识:密级标志怎么写",
                "国家秘密标志由密级、“★”和保密期限组成。例如“机密★5年”表示该文件为机密级,保密期限五年。\
                 国家秘密的密级分为绝密、机密、秘密三级。",
            ),
            Self::Advert => (
                "冬天怎样护手",
                "洗手后及时擦干,出门戴手套,室内保持湿度。\n\
                 文末福利:小编自用的护手霜三支装到手价59元,本号粉丝下单再减10元,加客服微信领券。",
            ),
            Self::Coupons => (
                "家电消费券明天上午发放",
                "本轮消费券总额三百万元,由市财政出资,满2000减200,在参与活动的商场和平台使用,先到先得。\
                 领取无须付费,谨防诈骗。",
            ),
            Self::Warning => (
                "警惕“低价保健品”骗局",
                "骗子常说“原价998,今天只要98”“加微信下单,货到付款”。遇到此类推销,请不要转账,拨打110。",
            ),
            Self::Misspelled => {
                ("冬季安全工作布署会召开", "会议布署了冬季安全工作,要求各单位再接再励,把责任落到实处。")
            }
            Self::Spelled => (
                "各部暑期值班安排回顾",
                "各部门总结了预防犯罪宣传和环保部门联合巡查的做法,原国家旅游局的展板也一并展出。",
            ),
            Self::Notice | Self::Echoed => (
                "湖滨路沿线停水通知",
                "因主管网维修,定于11月25日8时至18时对湖滨路、广济路、学宫路沿线停水,请居民提前储水,\
                 抢修结束后即恢复供水,给您带来不便敬请谅解。",
            ),
            Self::Contradicted => (
                "湖滨路沿线停水通知",
                "因主管网维修,定于11月25日9时至22时对湖滨路、广济路、学宫路沿线停水,请居民提前储水,\
                 抢修结束后即恢复供水,给您带来不便敬请谅解。",
            ),
            Self::Defaced => {
                ("汛后堤防巡查安排", "本周起分三组巡查全镇堤防和涵闸,发现问题当日登记、限期整改。")
            }
            Self::Campaign => {
                ("专项行动今日启动", "今日起在全镇开展宣传,请居民不参与、不传播,发现线索及时报告。")
            }
            Self::Unlisted => {
                ("立冬以后这样吃", "立冬以后饮食宜温热,少吃生冷,多喝温水。\n来源:舌尖上的八卦君")
            }
            Self::Listed => ("立冬以后这样穿", "立冬以后早晚温差大,出门备一件外套。\n来源:新华社"),
            Self::Carried => (REQUIRED, "管道做好包扎,水表箱盖严,夜间关紧外窗。\n来源:澄湖市人民政府网"),
            Self::Altered => (
                "关于做好今冬安全用水工作的紧急提示",
                "管道做好包扎,水表箱盖严,夜间关紧外窗。\n来源:澄湖市人民政府网",
            ),
            Self::Missed => ("冬季徒步路线推荐", "环湖步道全长九公里,沿途有三处驿站,适合半日往返。"),
            // The discard port, on which nobody listens.
            Self::DeadLink => ("数字展馆上线", "线上展览已经开放,欢迎参观。\nhttp://127.0.0.2:9/zhanguan/"),
            Self::LiveLink => ("数字书房上线", "线上书房已经开放,欢迎参观。\n{elsewhere}/shufang/"),
            Self::Planted => ("网站例行维护", "本周六零时至六时进行例行维护,期间部分栏目更新略有延迟。"),
        };
        Story { title: title.to_owned(), text: format!("{text}\n({owner})") }
    }
}
