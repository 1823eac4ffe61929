//! What the city's bodies write.
//!
//! In: a topic, names and a seed. Out: a title and a text, plain. The texts carry no telephone number, no
//! person, no price and no offer: what a content rule could stumble over stands in `slips.rs`.

use super::names::pick;

/// What a body writes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Government,
    Safety,
    Health,
    Learning,
    Nature,
    Transport,
    Culture,
    Water,
    Emergency,
    Market,
    Labour,
    Farming,
}

/// Things of each topic's field that a title may tell about, in the order of [`Topic`].
const MATTERS: [[&str; 8]; 12] = [
    [
        "“一件事一次办”服务窗口",
        "民生实事项目",
        "政务公开日活动",
        "老旧小区改造",
        "优化营商环境工作",
        "重点项目建设",
        "政府网站集约化",
        "村(社区)便民服务点",
    ],
    [
        "夜间交通安全检查",
        "反诈宣传进社区",
        "校园周边秩序巡查",
        "法治宣传日活动",
        "户籍窗口延时服务",
        "人民调解员培训",
        "电动自行车骑行安全宣传",
        "矛盾纠纷排查",
    ],
    [
        "家庭医生签约服务",
        "健康知识讲座",
        "老年人健康体检",
        "无偿献血活动",
        "基层卫生院能力提升",
        "慢性病管理培训",
        "儿童视力筛查",
        "急救技能培训",
    ],
    [
        "教师岗位练兵",
        "校园读书节",
        "青少年科普活动",
        "课后服务调研",
        "亲子阅读活动",
        "劳动教育实践",
        "乡村学校结对帮扶",
        "古籍修复体验活动",
    ],
    [
        "湖区水质监测",
        "空气质量会商",
        "噪声污染整治",
        "气象科普进校园",
        "湿地鸟类观测",
        "雷达站设备检修",
        "排污口巡查",
        "生态修复工程",
    ],
    [
        "农村公路养护",
        "公交线路优化",
        "桥梁安全检查",
        "客运站服务提升",
        "渡口安全巡查",
        "道路照明设施更新",
        "公交驾驶员培训",
        "慢行步道建设",
    ],
    [
        "非遗展演",
        "文化惠民演出",
        "博物馆主题展览",
        "乡村文化站建设",
        "文物保护巡查",
        "湖畔音乐会",
        "全民阅读推广",
        "旅游服务质量检查",
    ],
    [
        "堤防巡查",
        "小型水库除险加固",
        "节水型社区建设",
        "河长制工作培训",
        "灌区渠道清淤",
        "农村供水管网改造",
        "水土保持监测",
        "河湖“清四乱”行动",
    ],
    [
        "消防演练",
        "防灾减灾宣传",
        "企业安全生产检查",
        "应急物资盘点",
        "森林防火巡护",
        "应急广播测试",
        "基层救援队伍集训",
        "地质灾害隐患排查",
    ],
    [
        "食品安全抽检",
        "电梯安全检查",
        "计量器具检定",
        "农贸市场巡查",
        "消费维权宣传",
        "企业登记帮办服务",
        "药店规范经营检查",
        "儿童用品质量抽查",
    ],
    [
        "就业服务进校园",
        "职业技能培训",
        "劳动关系协调员培训",
        "社保卡服务进村",
        "创业辅导沙龙",
        "工资支付专项检查",
        "零工市场建设",
        "技能人才座谈会",
    ],
    [
        "粮食作物田间管理指导",
        "高标准农田建设",
        "农机检修服务",
        "农产品质量检测",
        "农技员下乡",
        "水产养殖巡查",
        "秸秆综合利用",
        "乡村振兴示范村建设",
    ],
];

impl Topic {
    /// Things of its field that a title may tell about.
    const fn matters(self) -> &'static [&'static str] {
        &MATTERS[self as usize]
    }
}

/// Verbs that make a piece of news out of a matter.
const MOVES: [(&str, &str); 8] = [
    ("扎实推进", ""),
    ("组织开展", ""),
    ("部署", ""),
    ("", "取得新进展"),
    ("", "走进基层"),
    ("持续做好", ""),
    ("集中开展", ""),
    ("", "圆满完成"),
];

/// The outlets whose texts the city's accounts repost.
pub(super) const OUTLETS: [&str; 3] = ["新华社", "人民日报", "央视新闻"];

/// Headlines as the outlets write them.
const REPRINTED: [&str; 8] = [
    "多部门联合部署做好民生保障工作",
    "我国科研人员在湖泊生态研究中取得新成果",
    "一图读懂全国政务服务改革新举措",
    "冷空气来袭 各地积极应对天气变化",
    "秋粮收购工作平稳有序推进",
    "全国多地推出便民服务新举措",
    "我国新型城镇化建设稳步推进",
    "中国航天再传捷报",
];

/// A title and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    pub(super) title: String,
    pub(super) text: String,
}

/// A body's own story. Every fourth story of the county hall names a village whose first sign stands outside
/// GBK, so that a reader who takes GB18030 for GBK is found out.
pub(super) fn own_story(topic: Topic, place: &str, owner: &str, seed: u64, rare: bool) -> Story {
    let matter = pick(topic.matters(), seed);
    let (before, after) = pick(&MOVES, seed >> 8);
    let place = if rare { format!("{place}𪣻上村") } else { place.to_owned() };
    let title = format!("{place}{before}{matter}{after}");
    let text = format!(
        "近日,{owner}{}{matter}。工作人员深入一线了解情况,听取群众意见,现场解答大家关心的问题。\
         下一步,{owner}将继续把工作做细做实,不断提升服务水平。",
        if before.is_empty() { "组织开展" } else { before },
    );
    Story { title, text }
}

/// An outlet's story, as an account reprints it.
pub(super) fn reprinted_story(outlet: &str, seed: u64) -> Story {
    let title = pick(&REPRINTED, seed).to_owned();
    let text = format!("{title}。有关情况请关注权威发布。\n来源:{outlet}");
    Story { title, text }
}
