//! Words of which two cannot both be true of one thing, and words that announce a change or a stage.
//!
//! In: folded texts. Out: whether they choose different words of one family (蓝色 and 黄色, 公办 and 民办), affirm and
//! deny the same (不能补缴 and 可以补缴), or stand at different stages of one matter.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Families: of each, the groups exclude each other; the words of a group mean the same.
const FAMILIES: [&[&[&str]]; 47] = [
    &[&["东侧"], &["西侧"], &["南侧"], &["北侧"]],
    &[&["东门"], &["西门"], &["南门"], &["北门"]],
    &[&["由东向西", "东往西"], &["由西向东", "西往东"], &["由南向北", "南往北"], &["由北向南", "北往南"]],
    &[&["工作日", "周一至周五"], &["周末", "双休日", "节假日"]],
    &[&["每天", "每日"], &["每周"], &["每月"], &["每季度"], &["每年"]],
    &[&["副县长"], &["县长"]],
    &[&["副局长"], &["局长"]],
    &[&["副市长"], &["市长"]],
    &[&["全程马拉松", "全马"], &["半程马拉松", "半马"]],
    &[&["老年人", "老人", "老年"], &["儿童", "少儿", "小朋友", "孩子"]],
    &[&["有奖"], &["无奖"]],
    &[&["开放", "照常开放"], &["不开放", "暂不开放", "暂停开放"]],
    &[&["蓝色"], &["黄色"], &["橙色"], &["红色"]],
    &[
        &["国家级", "全国"],
        &["省级", "全省"],
        &["市级", "全市"],
        &["县级", "区级", "全县", "全区"],
        &["镇级", "乡级"],
    ],
    &[
        &["一级应急", "i级应急", "一级响应", "i级响应"],
        &["二级应急", "ii级应急", "二级响应", "ii级响应"],
        &["三级应急", "iii级应急", "三级响应", "iii级响应"],
        &["四级应急", "iv级应急", "四级响应", "iv级响应"],
    ],
    &[&["一等功"], &["二等功"], &["三等功"]],
    &[&["全部合格"], &["不合格"]],
    &[&["特等奖"], &["一等奖"], &["二等奖"], &["三等奖"], &["优秀奖"]],
    &[&["冠军", "第一名", "金牌"], &["亚军", "第二名", "银牌"], &["季军", "第三名", "铜牌"]],
    &[&["公办"], &["民办"]],
    &[
        &["免费", "不收费", "不要钱", "免收", "免票", "零收费", "不花钱", "无需付费"],
        &["收费", "付费", "购票", "自费", "需缴费", "有偿"],
    ],
    &[
        &["无需预约", "不用预约", "免预约", "不需预约", "无须预约"],
        &["需预约", "须预约", "提前预约", "需提前预约", "先预约", "请预约", "凭预约"],
    ],
    &[
        &["线上", "网上", "小程序", "公众号", "app", "网络", "官网", "云端"],
        &["线下", "现场", "窗口", "柜台", "上门", "当面"],
    ],
    &[&["维修", "检修", "修缮", "修复", "养护"], &["更换", "更新", "拆除", "新建", "重建", "报废"]],
    &[&["全封闭", "全幅封闭", "完全封闭"], &["半封闭", "半幅封闭", "部分封闭", "单向通行"]],
    &[&["单行", "单向"], &["双向"]],
    &[&["室内"], &["室外", "户外", "露天"]],
    &[
        &["上涨", "增长", "上升", "提高", "上调", "增加", "回升", "涨价"],
        &["下跌", "下降", "降低", "下调", "减少", "回落", "降价"],
    ],
    &[&["通过验收", "合格", "达标", "及格"], &["不合格", "不达标", "未达标", "未通过"]],
    &[&["通过"], &["未通过", "否决", "不予通过"]],
    &[&["自愿"], &["强制", "必须参加", "统一参加"]],
    &[&["单号"], &["双号"]],
    &[&["男子", "男性", "男"], &["女子", "女性", "女"]],
    &[&["本市户籍", "限本市", "限户籍"], &["不限户籍", "户籍不限", "不分户籍"]],
    &[&["小雨"], &["中雨"], &["大雨"], &["暴雨"], &["大暴雨"]],
    &[&["小雪"], &["中雪"], &["大雪"], &["暴雪"]],
    &[&["东风", "偏东"], &["西风", "偏西"], &["南风", "偏南"], &["北风", "偏北"]],
    &[&["阳性"], &["阴性"]],
    &[&["有责", "全部责任"], &["无责", "不承担责任"]],
    &[&["胜", "获胜", "战胜", "击败"], &["负于", "不敌", "落败", "惜败"]],
    &[&["轻伤", "轻微伤"], &["重伤"], &["死亡", "遇难", "身亡"]],
    &[&["全天", "24小时"], &["半天"]],
    &[&["统一组织", "集中办理"], &["自行办理", "自行组织"]],
    &[&["一次性"], &["分期", "分批"]],
    &[&["云闪付"], &["支付宝"], &["微信支付"], &["美团"], &["抖音"], &["京东"]],
    &[&["纸质"], &["电子版", "电子"]],
    &[&["左转"], &["右转"], &["直行"]],
];

/// What announces new information about something known; the words of a group announce the same.
#[rustfmt::skip]
const CHANGES: [&[&str]; 10] = [
    &["延期", "推迟", "改期", "顺延", "延至", "延后", "择期", "另行通知", "改为", "改在", "改至", "改到", "移至", "移到", "易地", "提前至", "提前到", "推后", "暂缓", "调整为", "调整至", "调整到", "变更", "原定"],
    &["解除"],
    &["更正", "勘误", "有误", "以此为准"],
    &["取消", "终止", "中止", "不再举行", "停办"],
    &["升级为", "升级至", "升级发布", "升格", "提升至", "提升为"],
    &["降级为", "降级至", "调低", "下调为"],
    &["恢复正常", "已恢复", "提前结束"],
    &["照常"],
    &["废止", "失效", "作废"],
    &["续报", "续发", "继续发布", "更新发布", "最新进展", "补充公告", "补充通知", "延长至", "延长到"],
];
/// Words that change something only where they stand in a title.
#[rustfmt::skip]
const CHANGES_IN_TITLE: [&[&str]; 5] = [
    &["恢复", "重启", "复课", "复工", "复航", "重新开放"],
    &["时间调整", "调整通知", "调整公告", "临时调整"],
    &["加场", "后续", "再次", "延长", "续"],
    &["撤销", "暂停"],
    &["升级"],
];

/// Stages of one matter, early to late: posts at different ones tell different things.
#[rustfmt::skip]
const STAGES: [&[&[&str]]; 11] = [
    &[&["报名", "招募", "征集", "招生"], &["笔试"], &["面试"], &["录取名单", "拟录用", "拟聘用", "入围名单", "获奖名单", "结果公布", "揭晓", "启用", "开园"]],
    &[&["招标", "采购公告", "磋商公告", "招租"], &["中标", "成交", "废标", "流标"]],
    &[&["开工", "开建", "奠基", "动工"], &["封顶", "贯通", "合龙"], &["竣工", "完工", "通车", "投用", "落成", "建成"]],
    &[&["开幕", "开赛", "鸣哨", "打响", "揭幕战"], &["闭幕", "落幕", "收官", "夺冠", "颁奖"]],
    &[&["一审", "初次审议"], &["二审", "再次审议"], &["三审"]],
    &[&["试运营", "试运行", "试营业", "试开放"], &["正式运营", "正式运行", "正式营业", "正式开放"]],
    &[&["征求意见", "草案", "拟出台"], &["正式印发", "正式出台", "正式施行", "表决通过", "施行"]],
    &[&["初赛", "预赛", "小组赛"], &["半决赛"], &["总决赛"]],
    &[&["期中"], &["期末"]],
    &[&["春季"], &["秋季"], &["暑期", "暑假"], &["寒假"]],
    &[&["失联", "走失", "寻人"], &["已找到", "已寻回", "平安回家"]],
];
/// What stops a service, and what says that it goes on again.
const STOPS: [&str; 13] =
    ["封闭", "闭馆", "闭园", "停水", "停电", "停气", "停运", "停课", "停业", "关闭", "管制", "暂停", "检修"];
const RESUMES: [&str; 6] = ["恢复", "重新开放", "重新开馆", "解封", "复课", "复工"];

/// Whether two texts choose different words of one family.
pub(super) fn differ(a: &str, b: &str) -> bool {
    FAMILIES.iter().any(|family| {
        let (a, b) = (chosen(a, family), chosen(b, family));
        !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
    })
}

/// The groups of a family a text holds; a longer word hides those inside it (不合格 is no 合格).
fn chosen(text: &str, family: &[&[&str]]) -> BTreeSet<usize> {
    let mut words: Vec<(usize, &str)> = family
        .iter()
        .enumerate()
        .flat_map(|(group, words)| words.iter().map(move |word| (group, *word)))
        .collect();
    words.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
    let mut rest = text.to_owned();
    let mut found = BTreeSet::new();
    for (group, word) in words {
        if rest.contains(word) {
            found.insert(group);
            rest = rest.replace(word, "\u{1}");
        }
    }
    found
}

/// What stands first among many: 预付卡居首位, 投诉最多的是预付卡.
static TOP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<first>\p{Han}{2,6}?)(?:位居首位|居首位|居首|位居第一|居第一|排名第一|位列第一|排在首位|最多[,。;])|(?:最多|最高|最大|最集中|最受欢迎|首位|第一名|冠军|第一)的?(?:是|为)(?P<last>\p{Han}{2,6})")
        .expect("a constant pattern")
});

/// Whether two texts put different things first.
pub(super) fn tops_differ(a: &str, b: &str) -> bool {
    let tops = |text: &str| -> Vec<String> {
        let found = TOP.captures_iter(text).take(10);
        found
            .filter_map(|said| Some(said.name("first").or_else(|| said.name("last"))?.as_str().to_owned()))
            .collect()
    };
    let (ours, theirs) = (tops(a), tops(b));
    // Two characters of a name are enough to find it again in other words.
    let known = |name: &str, text: &str| {
        let chars: Vec<char> = name.chars().collect();
        chars.windows(2).any(|pair| text.contains(&pair.iter().collect::<String>()))
    };
    !ours.is_empty()
        && !theirs.is_empty()
        && ours.iter().all(|top| !known(top, b))
        && theirs.iter().all(|top| !known(top, a))
}

/// 不能补缴, 无需申请.
static DENIED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<by>不能|不可以|不可|不得|不予|无法|禁止|严禁|不再|不允许|不准|不支持|无需|无须|不需要|不用|不必|未|没有|无|暂不|不)(?P<what>\p{Han}{2})").expect("a constant pattern")
});
/// 可以补缴, 需要申请.
static AFFIRMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?P<by>可以|仍可|可|允许|能够|能|需要|须|需|必须|应当|应|准予|支持|有|已|出现)(?P<what>\p{Han}{2})",
    )
    .expect("a constant pattern")
});

/// Whether one text denies what the other affirms.
pub(super) fn denies(a: &str, b: &str) -> bool {
    let denied = |text: &str| -> BTreeSet<String> {
        DENIED.captures_iter(text).filter_map(|said| Some(said.name("what")?.as_str().to_owned())).collect()
    };
    let without = |text: &str| DENIED.replace_all(text, "\u{1}").into_owned();
    let affirmed = |text: &str| -> BTreeSet<String> {
        let rest = without(text);
        AFFIRMED
            .captures_iter(&rest)
            .filter_map(|said| Some(said.name("what")?.as_str().to_owned()))
            .collect()
    };
    // 无重症 is denied by any 重症 that is not denied itself; 禁止 may as well stand behind what it forbids.
    let missing = |text: &str| -> BTreeSet<String> {
        let plain = |by: &str| matches!(by, "无" | "没有" | "未" | "不");
        DENIED
            .captures_iter(text)
            .filter(|said| plain(&said["by"]))
            .map(|said| said["what"].to_owned())
            .collect()
    };
    let clash = |a: &str, b: &str| {
        let (no, yes, also) = (denied(a), affirmed(b), denied(b));
        let free = without(b);
        let told = missing(a).into_iter().any(|what| free.contains(&what) && !also.contains(&what));
        told || no.iter().any(|what| yes.contains(what) && !also.contains(what))
    };
    clash(a, b) || clash(b, a) || forbids(a, b) || forbids(b, a)
}

/// 禁止货车通行 against 允许货车通行: what is forbidden need not be two characters long.
fn forbids(a: &str, b: &str) -> bool {
    let after = |text: &str, words: &[&str]| -> BTreeSet<String> {
        let places = words.iter().flat_map(|word| text.match_indices(word).map(|(at, word)| at + word.len()));
        let said = places.map(|at| text[at..].chars().take(4).collect::<String>());
        said.filter(|what| what.chars().count() == 4).collect()
    };
    let no = after(a, &["禁止", "严禁", "不准", "不允许", "不得"]);
    !no.is_disjoint(&after(b, &["允许", "准许", "可以", "准予"]))
}

/// Whether two posts do not announce the same change: one is news about the other.
pub(super) fn is_change((title_a, a): (&str, &str), (title_b, b): (&str, &str)) -> bool {
    let groups = |groups: &[&[&str]], text: &str| -> BTreeSet<usize> {
        let holds = |words: &&[&str]| words.iter().any(|word| text.contains(word));
        groups.iter().enumerate().filter(|(_, words)| holds(words)).map(|(group, _)| group).collect()
    };
    let differ = |ours: &BTreeSet<usize>, theirs: &BTreeSet<usize>| {
        (!ours.is_empty() || !theirs.is_empty()) && ours.is_disjoint(theirs)
    };
    let in_titles = (groups(&CHANGES_IN_TITLE, title_a), groups(&CHANGES_IN_TITLE, title_b));
    // What one says in its title the other may say in its text.
    let in_texts = (groups(&CHANGES_IN_TITLE, a), groups(&CHANGES_IN_TITLE, b));
    let told = in_titles.0.is_subset(&in_texts.1) && in_titles.1.is_subset(&in_texts.0);
    differ(&groups(&CHANGES, a), &groups(&CHANGES, b)) || (differ(&in_titles.0, &in_titles.1) && !told)
}

/// Whether two posts stand at different stages of one matter.
pub(super) fn is_other_stage(a: &str, b: &str) -> bool {
    let apart = STAGES.iter().any(|family| {
        let (a, b) = (chosen(a, family), chosen(b, family));
        !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
    });
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    // A notice of a closure may say when it ends; one that only says that it has ended is later.
    let resumes = |text: &str, other: &str| {
        has(text, &RESUMES) && !has(other, &RESUMES) && has(other, &STOPS) && !will_stop(text)
    };
    apart || resumes(a, b) || resumes(b, a)
}

/// Whether a text that tells of a resumption announces the stop as well: 11月23日起全封闭.
fn will_stop(text: &str) -> bool {
    STOPS.iter().any(|word| text.contains(word))
        && !["结束", "完成", "完毕"].iter().any(|end| text.contains(end))
}
