//! Who is named: a person or a unit.
//!
//! In: folded text. Out: whether it is the name of a person or of a unit, or names a person somewhere. Persons are told by
//! their surname (the hundred surnames and those often met besides) and by what stands around them; units by how their
//! names end.

use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Surnames of one character.
static SURNAMES: LazyLock<HashSet<char>> = LazyLock::new(|| SINGLE.chars().collect());
const SINGLE: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿边扈燕冀郏浦尚农温庄晏柴瞿阎慕连茹习宦艾鱼容向古易慎戈廖庾终衡耿满弘匡文寇广禄阙东欧殳沃蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚简饶曾毋沙乜鞠丰巢关蒯查荆红游竺权逯盖桓公仉督岳帅缑亢况郈琴海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈谯年爱阳佟言福肖邸付代亓冼仝展苑迟母褟官原覃邝麦战揭撒宛冒郇宇衣栗粟";
/// Surnames of two characters.
const DOUBLE: [&str; 40] = [
    "万俟", "司马", "上官", "欧阳", "夏侯", "诸葛", "闻人", "东方", "赫连", "皇甫", "尉迟", "公羊", "澹台",
    "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "公孙", "仲孙", "轩辕", "令狐", "钟离", "宇文",
    "长孙", "慕容", "鲜于", "闾丘", "司徒", "司空", "端木", "百里", "呼延", "南宫", "拓跋", "独孤", "西门",
    "第五",
];
/// What begins with a surname and is no name.
const NO_NAME: [&str; 99] = [
    "于是",
    "平时",
    "常年",
    "明天",
    "明年",
    "连日",
    "时值",
    "单位",
    "成员",
    "安全",
    "方便",
    "高度",
    "应该",
    "应当",
    "应急",
    "党员",
    "干部",
    "农户",
    "农民",
    "公司",
    "公示",
    "公告",
    "东侧",
    "关于",
    "路过",
    "原来",
    "年龄",
    "年底",
    "康复",
    "强调",
    "福利",
    "幸福",
    "项目",
    "管理",
    "房屋",
    "文明",
    "方面",
    "时候",
    "高龄",
    "金额",
    "常住",
    "房产",
    "房子",
    "房源",
    "房间",
    "车辆",
    "车主",
    "车位",
    "安置",
    "安装",
    "管道",
    "管网",
    "路灯",
    "路面",
    "路段",
    "水管",
    "水电",
    "水表",
    "田地",
    "林地",
    "花坛",
    "花木",
    "党群",
    "党支部",
    "包括",
    "时间",
    "时段",
    "单元",
    "景观",
    "宣传",
    "高层",
    "高压",
    "平台",
    "成立",
    "程序",
    "解决",
    "东门",
    "应届",
    "农家乐",
    "商铺",
    "东面",
    "古城",
    "石桥",
    "江边",
    "水果",
    "花店",
    "安康",
    "温泉",
    "金融",
    "钱包",
    "白天",
    "黄金",
    "池塘",
    "强烈",
    "祝贺",
    "荣获",
    "高兴",
    "平安",
    "边上",
];
/// What a name may follow directly: whom it is the name of, or a word that takes a person.
const BEFORE: &str = "将庭象范星残童警者人民众兵生属户主员师长事友者士亲子女儿妻夫母父爷奶婆叔伯姐哥弟妹的对向与和及给由让帮助问访到是叫名学工位娘嫂爸妈孙烈岁";
/// What may follow a name directly.
const AFTER: [&str; 47] = [
    "家",
    "的",
    "说",
    "住",
    "老人",
    "大爷",
    "奶奶",
    "大妈",
    "先生",
    "女士",
    "同志",
    "同学",
    "阿姨",
    "师傅",
    "一家",
    "一户",
    "夫妇",
    "夫妻",
    "现",
    "在",
    "和",
    "与",
    "及",
    "等",
    "也",
    "已",
    "将",
    "是",
    "因",
    "于",
    "从",
    "被",
    "经",
    "反映",
    "表示",
    "来",
    "今年",
    "向",
    "户",
    "身份证",
    "电话",
    "手机",
    "男",
    "女",
    "系",
    "居",
    "名下",
];

/// How the names of units end. A single character is enough only in a name of four or more.
static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?:公司|集团|银行|支行|分行|合作社|经济社|联社|协会|学会|商会|总会|基金会|工会|委员会|村委|居委|政府|办公室|办事处|中心|医院|学校|学院|大学|中学
          |小学|幼儿园|法院|检察院|财政|专户|国库|商店|超市|商行|饭店|酒店|工作室|事务所|经营部|服务部|项目部|支队|大队|中队|车队|企业|工厂|农场|林场
          |农庄|药店|诊所|银行股份)$
        |\p{Han}{3,}[局会社院校厅处站所厂店队馆部办委署行台坊园场]$",
    )
    .expect("a constant pattern")
});

/// Whether a name is that of a unit.
pub(super) fn is_unit(name: &str) -> bool {
    let name = name.trim();
    // 澄湖市慈善总会(备注捐款): brackets add to a name.
    let name = name.find('(').filter(|at| *at > 0 && name.ends_with(')')).map_or(name, |at| &name[..at]);
    UNIT.is_match(name.trim_end_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether a name is that of a person, and nothing else.
pub(super) fn is_person(name: &str) -> bool {
    // 张 三 and 张　三 are written so for the sake of the column.
    let name: String = name.chars().filter(|c| *c != ' ').collect();
    given_name(&name).is_some_and(|given| (1..=2).contains(&given.chars().count()) && is_given(given))
        && !NO_NAME.contains(&name.as_str())
}

/// What follows the surname at the beginning of a text.
fn given_name(text: &str) -> Option<&str> {
    DOUBLE.iter().find_map(|surname| text.strip_prefix(surname)).or_else(|| {
        let first = text.chars().next()?;
        SURNAMES.contains(&first).then(|| &text[first.len_utf8()..])
    })
}

/// Whether characters can be a given name: Chinese ones, and none that hides the name (张某某).
fn is_given(given: &str) -> bool {
    given.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}') && c != '某')
}

/// Whether a text names a person somewhere: a surname and a given name between what may stand around them.
pub(super) fn names_person(text: &str) -> bool {
    let mut before: Option<char> = None;
    text.char_indices().any(|(at, c)| {
        let begins = before.is_none_or(|before| !before.is_alphanumeric() || BEFORE.contains(before));
        before = Some(c);
        begins && begins_with_person(&text[at..])
    })
}

/// Whether a text begins with the name of a person: 张三 or 李四老人, also 王女士.
pub(super) fn begins_with_person(text: &str) -> bool {
    /// How people are called who are not named further.
    const CALLED: [&str; 12] =
        ["先生", "女士", "大爷", "大妈", "奶奶", "爷爷", "阿姨", "大娘", "大叔", "老人", "师傅", "同学"];
    let Some(given) = given_name(text) else { return false };
    if NO_NAME.iter().any(|word| text.starts_with(word)) {
        return false;
    }
    if CALLED.iter().any(|called| given.starts_with(called)) {
        return true;
    }
    let mut ends = given.char_indices().map(|(at, c)| at + c.len_utf8());
    [ends.next(), ends.next()].into_iter().flatten().any(|end| {
        let (name, after) = given.split_at(end);
        is_given(name)
            && (after.chars().next().is_none_or(|c| !c.is_alphanumeric() || c.is_ascii_digit())
                || AFTER.iter().any(|word| after.starts_with(word)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_and_units_are_told_apart_by_their_names() {
        for name in ["张三", "李小四", "欧阳小四", "淳于意", "张 三", "诸葛亮"] {
            assert!(is_person(name) && !is_unit(name), "{name}");
        }
        for name in [
            "临江市远山机械有限公司",
            "沙河县慈善总会",
            "北岸村股份经济合作社",
            "临江市教育局",
            "沙河镇人民政府",
            "北岸村村民委员会",
            "临江中学",
            "沙河县慈善总会(备注捐款)",
            "临江市房产交易资金监管中心",
        ] {
            assert!(is_unit(name) && !is_person(name), "{name}");
        }
        for name in ["张某某", "李某", "张", "赵钱孙李周", "于是", "安全", "第三组", "", "x"]
        {
            assert!(!is_person(name) && !is_unit(name), "{name}");
        }
    }

    #[test]
    fn a_person_is_named_among_other_words() {
        for text in [
            "来到老兵淳于小四家中",
            "申请人张三,",
            "张三(男)",
            "其女儿李小四已赶来",
            "居民王五反映",
            "王女士来电",
            "慰问了困难党员李小四老人",
            "张三 ",
        ] {
            assert!(names_person(text), "{text}");
        }
        for text in [
            "居民来信反映路灯不亮",
            "临江市沙河区",
            "老人身体硬朗",
            "张某某",
            "安全的小区",
            "",
            "请与我们联系",
        ] {
            assert!(!names_person(text), "{text}");
        }
    }
}
