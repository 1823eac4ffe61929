//! What kind of thing a post tells of: a meeting, a drill, a closure, a vaccination.
//!
//! In: folded texts without times and quantities. Out: whether two posts tell of different kinds of things, or of
//! different things of one kind (防汛演练, 消防演练). General words of public life only.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Kinds of things told; the words of a group mean the same kind.
#[rustfmt::skip]
const KINDS: [&[&str]; 40] = [
    &["会议", "现场会", "推进会", "座谈会", "动员会", "部署会", "调度会", "例会", "研讨会", "交流会", "论坛", "党代会", "人代会"],
    &["演练", "演习", "拉练"],
    &["比赛", "邀请赛", "锦标赛", "联赛", "公开赛", "球赛", "竞赛", "杯赛", "运动会", "马拉松", "决赛"],
    &["讲座", "开讲", "宣讲", "公开课", "讲堂"],
    &["培训", "研修班"],
    &["招聘", "引才", "双选会", "求职"],
    &["展览", "画展", "书展", "车展", "花展", "灯展", "灯会", "博览会", "展出", "影展"],
    &["演唱会", "音乐会", "音乐节", "晚会", "演出", "汇演", "首演"],
    &["义诊", "体检", "筛查"],
    &["疫苗", "接种"],
    &["献血"],
    &["开放", "开园", "开馆", "启用", "开业", "开市", "开门迎客"],
    &["闭馆", "闭园", "停业", "检修"],
    &["停水"], &["停电", "供电"], &["停气", "供气"],
    &["交通管制", "封路", "禁止通行", "绕行", "限行", "封闭施工", "全封闭", "半封闭", "禁行"],
    &["放假", "寒假", "暑假", "假期", "开学"],
    &["缴费", "参保", "补缴", "缴纳"],
    &["招生", "入学报名", "录取"],
    &["消费券", "发券"],
    &["补贴", "津贴", "补助"],
    &["预警"],
    &["火灾", "起火", "中毒", "食源性", "坍塌", "事故", "爆炸"],
    &["投诉"],
    &["抽检", "抽查"],
    &["表彰", "获评", "荣获", "模范", "先进"],
    &["竣工", "通车", "建成"],
    &["开工", "奠基"],
    &["专项整治", "夜查", "查处", "执法检查"],
    &["志愿服务", "志愿者招募"],
    &["摇号", "公租房"],
    &["拍卖", "挂牌出让"],
    &["公交", "地铁"],
    &["征求意见", "听证"],
    &["考试", "考点"],
    &["药品", "集采"],
    &["清淤", "疏浚", "冬修"],
    &["捐款", "捐赠", "募捐"],
    &["报修"],
];

/// Heads of what is held, given or warned of: the word before them says which it is.
static EVENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<which>\p{Han}{2}|[a-z]{2,6})(?:专场|应急|工作|安全|知识|技能|公开|联合|综合|蓝色|黄色|橙色|红色|气象|人员|居民|职工|社保|医保|养老保险|医疗保险){0,3}(?P<head>演练|演习|讲座|培训班|培训|比赛|邀请赛|联赛|锦标赛|公开赛|球赛|运动会|招聘会|推介会|音乐节|艺术节|文化节|美食节|马拉松|灯会|画展|书展|车展|展览|论坛|会议|座谈会|推进会|发布会|考试|预警|疫苗|消费券|贷款额度|缴费基数|体检|义诊|收购价|节目|比武|竞赛|巡展|补贴|津贴|行动|缴费|申领|认定|接种)")
        .expect("a constant pattern")
});

/// Words before a kind that do not say which: 应急演练.
const NONE: [&str; 14] = [
    "应急", "工作", "安全", "公开", "联合", "综合", "蓝色", "黄色", "橙色", "红色", "气象", "专场", "举行",
    "开展",
];

/// Whether both posts name a kind of event, and never the same of it: 防汛演练, 消防演练.
fn other_of_kind(a: &str, b: &str) -> bool {
    let events = |text: &str| -> Vec<(String, String)> {
        let found = EVENT.captures_iter(text).take(40);
        let pair = |said: regex::Captures<'_>| (said["head"].to_owned(), said["which"].to_owned());
        found.map(pair).filter(|(_, which)| !NONE.contains(&which.as_str())).collect()
    };
    let (ours, theirs) = (events(a), events(b));
    let heads: BTreeSet<&String> = ours.iter().map(|(head, _)| head).collect();
    heads.into_iter().any(|head| {
        let of = |events: &[(String, String)]| -> Vec<String> {
            events.iter().filter(|(other, _)| other == head).map(|(_, which)| which.clone()).collect()
        };
        let (mine, other) = (of(&ours), of(&theirs));
        !other.is_empty()
            && mine.iter().all(|which| !b.contains(which.as_str()))
            && other.iter().all(|which| !a.contains(which.as_str()))
    })
}

/// Whether two posts tell of different things: of no kind in common, or of different ones of one kind.
pub(super) fn other_event(a: &str, b: &str) -> bool {
    let kinds = |text: &str| -> BTreeSet<usize> {
        let holds = |words: &&[&str]| words.iter().any(|word| text.contains(word));
        KINDS.iter().enumerate().filter(|(_, words)| holds(words)).map(|(kind, _)| kind).collect()
    };
    let (ours, theirs) = (kinds(a), kinds(b));
    let apart = !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(&theirs);
    apart || other_of_kind(a, b)
}
