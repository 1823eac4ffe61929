//! What two posts are about, apart from their figures: shared stretches of text, places, persons.
//!
//! In: folded texts without times and quantities. Out: how much of the shorter post the other repeats, the longest
//! stretches they share, and the places and persons each names. Bounded by the bound of the texts.

use super::fold::is_han;
use regex::Regex;
use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

/// How much of the shorter text's pairs of characters the other holds, from 0 to 1.
pub(super) fn overlap(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| -> HashSet<(char, char)> {
        let chars: Vec<char> = text.chars().collect();
        chars
            .windows(2)
            .filter(|pair| is_word(pair[0]) && is_word(pair[1]))
            .map(|pair| (pair[0], pair[1]))
            .collect()
    };
    let (a, b) = (pairs(a), pairs(b));
    let fewer = a.len().min(b.len());
    #[expect(clippy::cast_precision_loss, reason = "a text has some thousand characters")]
    let share = |shared: usize| shared as f64 / fewer as f64;
    if fewer == 0 { 0.0 } else { share(a.intersection(&b).count()) }
}

fn is_word(c: char) -> bool {
    is_han(c) || c.is_ascii_alphanumeric()
}

/// Stretches of at least three characters that both texts hold, longest first, none inside another.
pub(super) fn shared(a: &str, b: &str) -> Vec<String> {
    let runs = |text: &str| -> Vec<Vec<char>> {
        text.split(|c: char| !is_word(c))
            .filter(|run| !run.is_empty())
            .map(|run| run.chars().collect())
            .collect()
    };
    let (a, b) = (runs(a), runs(b));
    let mut grams: HashSet<&[char]> = HashSet::new();
    for run in &b {
        for width in 3..=12 {
            grams.extend(run.windows(width));
        }
    }
    let mut found: BTreeSet<String> = BTreeSet::new();
    for run in &a {
        let mut at = 0;
        while at + 3 <= run.len() {
            let longest =
                (3..=12.min(run.len() - at)).rev().find(|width| grams.contains(&run[at..at + width]));
            match longest {
                Some(width) => {
                    found.insert(run[at..at + width].iter().collect());
                    at += width;
                }
                None => at += 1,
            }
        }
    }
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort_by_key(|stretch| std::cmp::Reverse(stretch.chars().count()));
    found.truncate(24);
    found
}

/// Words of titles that belong to every topic.
const EVERY_TOPIC: [&str; 34] = [
    "通知", "公告", "通告", "通报", "提醒", "提示", "预告", "安排", "情况", "发布", "公布", "时间", "来了",
    "数据", "名单", "最新", "关于", "举行", "召开", "举办", "开展", "开始", "全市", "全县", "全区", "我市",
    "我县", "我区", "注意", "这些", "工作", "活动", "今年", "公示",
];

/// How much two titles share beyond the words of every topic.
pub(super) fn topic(a: &str, b: &str) -> f64 {
    let pairs = |title: &str| -> BTreeSet<String> {
        let chars: Vec<char> = title.chars().collect();
        let pairs = chars.windows(2).filter(|pair| pair.iter().all(|c| is_han(*c)));
        pairs
            .map(|pair| pair.iter().collect::<String>())
            .filter(|pair| !EVERY_TOPIC.contains(&pair.as_str()))
            .collect()
    };
    match pairs(a).intersection(&pairs(b)).count() {
        0 => 0.0,
        1 => 0.5,
        _ => 1.0,
    }
}

/// How places end.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:(?P<level>[市县区镇省])|(?P<name>[\p{Han}a-z]{2,12}?))(?P<end>卫生服务中心|服务中心|体育中心|文化中心|会展中心|活动中心|培训中心|中心小学|体育馆|图书馆|博物馆|文化馆|美术馆|科技馆|展览馆|报告厅|多功能厅|大礼堂|礼堂|剧院|影院|会议室|服务大厅|大厅|广场|公园|景区|码头|车站|机场|医院|学校|大学|中学|小学|幼儿园|社区|小区|花园|新村|家园|大道|大桥|大厦|商场|酒店|宾馆|体育场|球场|操场|中心|街道|开发区|新区|植物园|动物园|文化宫|路|街|巷|苑|村|闸|镇|乡|县|区|市)")
        .expect("a constant pattern")
});
/// 在…举行, 地点:….
static VENUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:在|于|走进|地点[:为是在\s]{0,3}|地址[:为是\s]{0,3}|集合地[点]?[:为是\s]{0,3}|移师|改至)(?P<where>[\p{Han}a-z]{3,20}?)(?:举行|举办|召开|开赛|打响|鸣哨|开幕|闭幕|落幕|启动|进行|开展|集中|集合|开市|上演|发放|接种|办理|设立|开讲|开课|开园|揭牌|揭幕|签约|竣工|开工|见[。!]|演出|播出|亮相|如期|隆重|顺利|成功|$|[。,;!\s\u{1}(])")
        .expect("a constant pattern")
});
/// Words that no name of a place goes across.
const CUT: [char; 26] = [
    '在', '于', '到', '至', '从', '往', '为', '的', '是', '由', '了', '将', '及', '和', '与', '因', '对',
    '等', '向', '沿', '经', '自', '被', '把', '有', '起',
];
/// Places without a name of their own.
const NAMELESS: [&str; 22] = [
    "全市",
    "全县",
    "全区",
    "全镇",
    "全乡",
    "我市",
    "我县",
    "我区",
    "本市",
    "本县",
    "本区",
    "城市",
    "县市区",
    "各县",
    "各区",
    "各镇",
    "城区",
    "市区",
    "现场",
    "市场",
    "社区",
    "小区",
];

/// Endings that hold shorter ones.
const ENDS: [&str; 12] = [
    "卫生服务中心",
    "服务中心",
    "体育中心",
    "文化中心",
    "幼儿园",
    "植物园",
    "动物园",
    "公园",
    "花园",
    "家园",
    "小区",
    "社区",
];

/// The places a text names, with their endings.
pub(super) fn places(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for said in PLACE.captures_iter(text) {
        let name = said.name("name").or_else(|| said.name("level"));
        let (Some(name), Some(end)) = (name, said.name("end")) else { continue };
        let name = name.as_str();
        let from =
            name.char_indices().filter(|(_, c)| CUT.contains(c)).map(|(at, c)| at + c.len_utf8()).next_back();
        let name = &name[from.unwrap_or(0)..];
        let next = text[said.get(0).map_or(0, |whole| whole.end())..].chars().next();
        let one = end.as_str().chars().count() == 1;
        // 市级, 市民, 路线: the word goes on, and no place ends here.
        let goes_on = one && next.is_some_and(|next| "级民场长委直属里线况灯面费政".contains(next));
        if goes_on || name.is_empty() || (one && name.chars().count() < 2) {
            continue;
        }
        let whole = format!("{name}{}", end.as_str());
        let end = ENDS.iter().find(|end| whole.ends_with(**end)).copied().unwrap_or(end.as_str());
        if NAMELESS.iter().any(|word| whole == *word) || found.iter().any(|(known, _)| *known == whole) {
            continue;
        }
        found.push((whole.clone(), end.to_owned()));
        if found.len() >= 40 {
            break;
        }
    }
    found
}

/// Where a text says that something happens.
pub(super) fn venues(text: &str) -> Vec<String> {
    VENUE
        .captures_iter(text)
        .filter_map(|said| Some(said.name("where")?.as_str().to_owned()))
        .filter(|name| name.chars().count() >= 3)
        .take(10)
        .collect()
}

/// Single and double family names.
const FAMILY: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴鬱胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公亓";
const DOUBLE: [&str; 30] = [
    "欧阳", "司马", "上官", "诸葛", "闻人", "东方", "赫连", "皇甫", "尉迟", "公羊", "澹台", "公冶", "宗政",
    "濮阳", "淳于", "单于", "太叔", "申屠", "公孙", "仲孙", "轩辕", "令狐", "钟离", "宇文", "长孙", "慕容",
    "鲜于", "闾丘", "司徒", "司空",
];
/// Titles and labels before a person, and what persons do.
static BEFORE_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:局长|主任|书记|县长|市长|区长|镇长|乡长|院长|校长|园长|所长|站长|队长|科长|处长|厅长|部长|会长|主席|助理|网格员|民警|辅警|医生|医师|护士|教授|专家|讲师|主讲人?|主讲|嘉宾|选手|教练|联系人|负责人|志愿者|队员|教师|老师|学生|同学|工程师|董事长|总经理|经理|代表|委员|先生|女士|运动员|村民|居民|市民|职工|工人|作家|诗人|画家|馆长|台长|社长|总工|班长|组长|干部|员工|党员|模范|工匠)[:\s]{0,2}(?P<who>\p{Han}{2,4})")
        .expect("a constant pattern")
});
static AFTER_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<who>\p{Han}{2,4})(?:出席|参加|主持|讲话|致辞|表示|介绍|获评|荣获|获得|获选|当选|担任|同志|带队|陪同|强调|指出|宣布|主讲|授课|领衔|夺冠|夺得|率队|调研|任|入选|获)")
        .expect("a constant pattern")
});

/// The persons a text names.
pub(super) fn persons(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for said in BEFORE_PERSON.captures_iter(text).chain(AFTER_PERSON.captures_iter(text)) {
        let Some(who) = said.name("who") else { continue };
        let behind = said.get(0).is_some_and(|whole| whole.end() > who.end());
        if let Some(name) = person(who.as_str(), behind)
            && !found.contains(&name)
            && found.len() < 20
        {
            found.push(name);
        }
    }
    found
}

/// A person's name at the beginning (or, before a verb, at the end) of some characters.
fn person(who: &str, at_end: bool) -> Option<String> {
    let chars: Vec<char> = who.chars().collect();
    let double =
        |part: &[char]| part.len() >= 2 && DOUBLE.contains(&part[..2].iter().collect::<String>().as_str());
    if at_end {
        for width in [4, 3, 2] {
            let Some(from) = chars.len().checked_sub(width) else { continue };
            let part = &chars[from..];
            let named = if width == 4 {
                double(part)
            } else {
                double(part) && width == 3 || FAMILY.contains(part[0])
            };
            if named {
                return Some(part.iter().collect());
            }
        }
        return None;
    }
    if double(&chars) {
        return (chars.len() >= 3).then(|| chars.iter().take(4).collect());
    }
    (FAMILY.contains(*chars.first()?)).then(|| chars.iter().take(3).collect())
}
