//! The grammar of the names of public bodies and outlets: place, level, kind.
//!
//! In: a name. Out: the places it begins with, its short form, and whether it reads like the name of a body, of an
//! outlet or of an office inside a body. Suffixes and levels only: no list of bodies.

use regex::Regex;
use std::sync::LazyLock;

/// Long words in the names of bodies and what everybody says instead; longer ones first.
const SHORT: [(&str, &str); 44] = [
    ("国有资产监督管理委员会", "国资委"),
    ("人力资源和社会保障", "人社"),
    ("人力资源社会保障", "人社"),
    ("住房和城乡建设", "住建"),
    ("住房城乡建设", "住建"),
    ("发展和改革委员会", "发改委"),
    ("发展改革委员会", "发改委"),
    ("发展改革委", "发改委"),
    ("发展和改革", "发改"),
    ("发展改革", "发改"),
    ("卫生健康委员会", "卫健委"),
    ("卫生健康委", "卫健委"),
    ("卫生健康", "卫健"),
    ("文化广电和旅游", "文旅"),
    ("文化广电旅游", "文旅"),
    ("文化和旅游", "文旅"),
    ("疾病预防控制", "疾控"),
    ("民族宗教事务", "民宗"),
    ("退役军人事务", "退役军人"),
    ("自然资源和规划", "自然资源"),
    ("工业和信息化", "工信"),
    ("住房公积金管理", "公积金"),
    ("机关事务管理", "机关事务"),
    ("行政审批服务", "行政审批"),
    ("林业和草原", "林草"),
    ("教育体育", "教体"),
    ("教育和体育", "教体"),
    ("市场监督管理", "市场监管"),
    ("食品药品监督管理", "食药监"),
    ("药品监督管理", "药监"),
    ("地方金融监督管理", "金融监管"),
    ("应急管理", "应急"),
    ("医疗保障", "医保"),
    ("城市管理", "城管"),
    ("科学技术", "科技"),
    ("消防救援", "消防"),
    ("交通警察", "交警"),
    ("车辆管理", "车管"),
    ("管理委员会", "管委会"),
    ("街道办事处", "街道办"),
    ("人民政府", "政府"),
    ("政府办公室", "政府办"),
    ("监督管理", "监管"),
    ("委员会", "委"),
];

/// The long words that have short ones.
pub(super) const LONG: [&str; SHORT.len()] = {
    let mut long = [""; SHORT.len()];
    let mut at = 0;
    while at < long.len() {
        long[at] = SHORT[at].0;
        at += 1;
    }
    long
};

/// A place at the beginning of a name: `青岚区`.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\p{Han}{2,9}?(特别行政区|自治区|自治州|自治县|自治旗|地区|新区|开发区|街道|省|市|盟|州|区|县|旗|镇|乡)")
        .expect("a constant pattern")
});

/// Words that end in the word of a level and are no place: 社区卫生服务中心 does not lie in 社区.
const NO_PLACE: [&str; 12] =
    ["社区", "小区", "景区", "校区", "林区", "灾区", "街区", "片区", "库区", "超市", "城市", "城乡"];

/// How the names of bodies end.
static BODY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:办公厅|办公室|政府|政府办|党委|省委|市委|县委|区委|人大|政协|常委会|委员会|纪委监委|监委|委|管委会|国务院|法院|检察院|[省市县区州总分]?局|厅|总局|总署|署|部|院|中心|总站|总队|支队|大队|中队|分队|所|站|馆|街道|街道办|办事处|镇|乡|指挥部|领导小组|专班|协会|学会|商会|联合会|总会|基金会|总工会|妇联|团委|共青团|残联|红十字会|工商联|消保委|集团|公司|银行|信用社|合作社|大学|学院|医院|中学|小学|学校|幼儿园|体校|党校|公安|交警|气象台|台网|事务所|俱乐部|社|处|队|会)$",
    )
    .expect("a constant pattern")
});

/// How the names of outlets and of well-run accounts end.
static OUTLET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:通讯社|新华社|中新社|[\p{Han}]社|日报|晚报|早报|晨报|时报|周报|商报|学报|报社|报|周刊|月刊|杂志|期刊|电视台|广播电台|广播|电台|总台|台|卫视|频道|广电|融媒|融媒体|传媒|新媒体|新闻|网|在线|客户端|公众号|视频号|发布|头条|视点|热点|快报|时评|视界|视线|之声|之窗|观察|资讯|微博|官微|央视|央广|出版社|研究院|学习强国|APP|app|云|号外|速递|说)$",
    )
    .expect("a constant pattern")
});

/// Duties by which accounts of public bodies are named: 江苏高速交警.
static DUTY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\p{Han}{2,8}(?:交警|公安|警方|消防|气象|疾控|教育|人社|医保|水利|应急|民政|司法|检察|法院|城管|住建|交通|文旅|体育|卫健|市监|市场监管|税务|统计|农业|环保|生态环境|党建|团委|妇联|纪检监察|网信|政务|政务服务|水务|供电|铁路|地铁|公交|海事|海关|边检|移民|反诈|禁毒)$",
    )
    .expect("a constant pattern")
});

/// How the name of an office inside a body ends.
static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^[\p{Han}\dA-Za-z、()]{0,14}(?:办公室|科室|科|股|处|室|组|部|办|台|窗口|专班|党委|党组|党支部|党总支|机关党委|支部|团委|团支部|工会|妇委会|中队|大队|分队|站|所|队|小编|服务台|志愿队)$",
    )
    .expect("a constant pattern")
});

/// An office that needs no name before it: 综合科, 宣传科, 办公室.
static OFFICE_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:机关)?\p{Han}{0,8}(?:办公室|科室|科|股|处|室|党支部|机关党委)$|^(?:本|总|融媒体|新媒体|网站|公众号)?(?:编辑部|编辑组|宣传组|采编部)$")
        .expect("a constant pattern")
});

/// Who speaks as one of the own staff.
static EDITORS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:的)?(?:官微|官方)?(?:编辑部|编辑室|编辑组|编辑|小编|运营组|运营团队|运营中心|工作室|新媒体组|新媒体工作室|新媒体中心|融媒体工作室|团队|原创|君)$")
        .expect("a constant pattern")
});

/// The places a name begins with, and the rest.
pub(super) fn places(name: &str) -> (Vec<&str>, &str) {
    let mut found = Vec::new();
    let mut rest = name;
    while found.len() < 4 {
        let Some(place) = PLACE.find(rest).map(|place| place.as_str()) else { break };
        let after = &rest[place.len()..];
        if after.chars().count() < 2 || NO_PLACE.iter().any(|word| place.ends_with(word)) {
            break;
        }
        found.push(place);
        rest = after;
    }
    (found, rest)
}

/// The word of the level a place is of, as it stands alone before a body: 市 of 澄湖市.
pub(super) fn level(place: &str) -> &str {
    for level in ["自治区", "街道", "自治州", "自治县"] {
        if place.ends_with(level) {
            return level;
        }
    }
    place.char_indices().next_back().map_or("", |(at, _)| &place[at..])
}

/// A place without the word of its level: 澄湖 of 澄湖市.
pub(super) fn stem(place: &str) -> Option<&str> {
    place.strip_suffix(level(place)).filter(|stem| stem.chars().count() >= 2)
}

/// The part of a nested body's name that is enough to call it by: 交警支队 of 公安局交警支队.
pub(super) fn innermost(rest: &str) -> impl Iterator<Item = &str> {
    let outer = ["局", "委", "支队", "大队", "总队"];
    outer.into_iter().filter_map(move |outer| {
        let (_, inner) = rest.split_once(outer)?;
        (inner.chars().count() >= 3 && is_body(inner)).then_some(inner)
    })
}

/// Whether a name begins with the bare word of a level: 市体育局.
pub(super) fn bare_level(name: &str) -> Option<&str> {
    let level = ["自治区", "街道", "省", "市", "县", "区", "州", "旗", "镇", "乡"]
        .into_iter()
        .find(|level| name.starts_with(level))?;
    (places(name).0.is_empty() && name.chars().count() >= 3).then(|| &name[..level.len()])
}

/// A name or a text with the long words of bodies replaced by the short ones.
pub(super) fn shorten(text: &str) -> String {
    let mut short = text.to_owned();
    for (long, word) in SHORT {
        if short.contains(long) {
            short = short.replace(long, word);
        }
    }
    short
}

/// Whether a name reads like that of a body.
pub(super) fn is_body(name: &str) -> bool {
    let count = name.chars().count();
    (3..=30).contains(&count) && BODY.is_match(name)
}

/// Whether a name reads like that of an outlet or an official account.
pub(super) fn is_outlet(name: &str) -> bool {
    let count = name.chars().count();
    let name = name.split('·').next().unwrap_or(name);
    (2..=20).contains(&count) && (OUTLET.is_match(name) || DUTY.is_match(name))
}

/// Whether a name reads like that of anybody who publishes.
pub(super) fn is_publisher(name: &str) -> bool {
    is_body(name) || is_outlet(name)
}

/// Whether what follows a body's name is an office inside it.
pub(super) fn is_office(rest: &str) -> bool {
    OFFICE.is_match(rest) || EDITORS.is_match(rest)
}

/// Whether what follows an account's name means those who write for it.
pub(super) fn is_editors(rest: &str) -> bool {
    EDITORS.is_match(rest)
}

/// Whether a name alone is that of an office of whoever speaks. One that begins with a level or names a
/// government, a party organ or another body belongs to somebody else.
pub(super) fn is_office_alone(name: &str) -> bool {
    const OTHERS: [&str; 25] = [
        "政府",
        "办事处",
        "国务院",
        "中央",
        "国家",
        "省",
        "市",
        "县",
        "区",
        "委员会",
        "局",
        "厅",
        "街道",
        "秘书处",
        "社",
        "报",
        "台",
        "网",
        "医院",
        "大学",
        "学院",
        "公司",
        "协会",
        "中国",
        "科普",
    ];
    const WORDS: [&str; 22] = [
        "百科", "学科", "内科", "外科", "儿科", "眼科", "牙科", "妇科", "出处", "好处", "到处", "何处",
        "用处", "各处", "长处", "益处", "深处", "远处", "教室", "温室", "浴室", "持股",
    ];
    // 局办公室 is the office of whoever speaks as well.
    let name = ["局", "委", "院", "校", "台", "站", "所", "中心"]
        .iter()
        .find_map(|body| name.strip_prefix(body))
        .unwrap_or(name);
    OFFICE_ALONE.is_match(name)
        && !OTHERS.iter().any(|other| name.contains(other))
        && !WORDS.iter().any(|word| name.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_its_places() {
        for (name, found, rest) in [
            ("临江市沙河区教育局", vec!["临江市", "沙河区"], "教育局"),
            ("江苏省水利厅", vec!["江苏省"], "水利厅"),
            ("市市场监管局", vec![], "市市场监管局"),
            ("临江市市场监管局", vec!["临江市"], "市场监管局"),
            ("城东社区卫生服务中心", vec![], "城东社区卫生服务中心"),
            ("沙河区城市管理局", vec!["沙河区"], "城市管理局"),
            ("新华社", vec![], "新华社"),
        ] {
            assert_eq!(places(name), (found, rest), "{name}");
        }
        assert_eq!((level("临江市"), stem("临江市")), ("市", Some("临江")));
        assert_eq!((bare_level("市体育局"), bare_level("镇江市体育局")), (Some("市"), None));
    }

    #[test]
    fn bodies_outlets_and_offices_are_told_by_their_endings() {
        for name in ["临江市教育局", "省卫健委", "国务院办公厅", "沙河中学", "临江疾控中心"]
        {
            assert!(is_body(name), "{name}");
        }
        for name in ["临江日报", "荔枝新闻", "临江发布", "北岸交警", "央视网", "光明日报·客户端"]
        {
            assert!(is_outlet(name), "{name}");
        }
        for name in ["张三", "不见不散", "有删改", "完"] {
            assert!(!is_publisher(name), "{name}");
        }
        assert!(is_office("办公室") && is_office("河湖管理科") && !is_office("投资有限公司"));
        assert!(
            is_office_alone("综合科") && !is_office_alone("市政府办公室") && !is_office_alone("街道办事处")
        );
    }
}
