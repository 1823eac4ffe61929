//! Where the one who acts stands in a sentence.
//!
//! In: what goes before and after a name. Out: whether the name is that of somebody who does something, or of somebody
//! who is only addressed, visited or given as a contact. It does not know whose name it is.

/// Whether a character is Han.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

/// What goes before one who is only asked, called or visited.
pub(super) const TOWARDS: [&str; 44] = [
    "到",
    "向",
    "至",
    "往",
    "请",
    "找",
    "给",
    "拨打",
    "关注",
    "咨询",
    "联系",
    "前往",
    "登录",
    "登陆",
    "搜索",
    "扫码",
    "走进",
    "来到",
    "赴",
    "参观",
    "调研",
    "检查",
    "督导",
    "慰问",
    "抵达",
    "莅临",
    "致电",
    "打开",
    "进入",
    "加入",
    "添加",
    "反馈",
    "举报",
    "投诉",
    "支持",
    "感谢",
    "点击",
    "下载",
    "使用",
    "访问",
    "推荐",
    "@",
    "#",
    "不代表",
];
/// After which characters, if they are Han, a name can begin: 近日市体育局, 由市体育局.
const NAME_BEGINS: [char; 43] = [
    '自', '由', '和', '与', '及', '同', '合', '经', '为', '从', '让', '据', '对', '被', '受', '月', '日',
    '时', '午', '天', '晚', '间', '周', '来', '前', '后', '起', '年', '上', '中', '里', '悉', '因', '当',
    '是', '会', '令', '得', '使', '了', '今', '晨', '夜',
];

/// How a unit speaks of itself as one who acts; what continues another word (本台风, 本会议) is sifted after.
pub(super) const SELF_ACTS: [&str; 36] = [
    "局",
    "委",
    "办",
    "厅",
    "院",
    "校",
    "中心",
    "支队",
    "大队",
    "总队",
    "中队",
    "所",
    "馆",
    "站",
    "园",
    "处",
    "队",
    "台",
    "单位",
    "分局",
    "街道",
    "镇",
    "乡",
    "社区",
    "学院",
    "医院",
    "法院",
    "检察院",
    "集团",
    "公司",
    "市",
    "县",
    "区",
    "省",
    "州",
    "旗",
];
/// Who speaks.
pub(super) const SPEAKERS: [char; 2] = ['我', '本'];

/// How a unit speaks of itself as one who acts: 我局, 本局.
pub(super) fn spoken() -> impl Iterator<Item = String> {
    SPEAKERS.into_iter().flat_map(|speaker| SELF_ACTS.into_iter().map(move |kind| format!("{speaker}{kind}")))
}

/// Whether what goes before and after a name lets it be the one who acts.
pub(super) fn stands_as_actor(before: &str, after: &str) -> bool {
    let last = before.chars().next_back();
    if last.is_some_and(|last| is_han(last) && !NAME_BEGINS.contains(&last)) {
        return false;
    }
    if is_doer(before) {
        return true;
    }
    let end = |c: char| "。!?;,)】》”\"".contains(c);
    is_free(before, &TOWARDS)
        && !is_contact(after)
        && !after.trim_start().is_empty()
        && !after.starts_with(end)
}

/// Whether a name stands in a list of those who hold something: 主办单位:县水利局.
fn is_doer(before: &str) -> bool {
    const DOERS: [&str; 8] =
        ["主办", "承办", "主办单位", "承办单位", "组织单位", "实施单位", "制作", "制作单位"];
    let label = before.trim_end().strip_suffix([':', '|', '/']);
    label.is_some_and(|label| DOERS.iter().any(|doer| label.trim_end().ends_with(doer)))
}

/// Whether nothing before a name makes it somebody who is only addressed or labelled.
pub(super) fn is_free(before: &str, towards: &[&str]) -> bool {
    let before = before.trim_end();
    if let Some(label) = before.strip_suffix([':', '|', '/', '}']) {
        let doers =
            ["主办", "承办", "主办单位", "承办单位", "组织单位", "实施单位", "制作", "制作单位", "】"];
        return doers.iter().any(|doer| label.ends_with(doer)) || label.chars().count() > 12;
    }
    !towards.iter().any(|word| before.ends_with(word))
}

/// Whether what follows a name makes it an address to turn to.
pub(super) fn is_contact(after: &str) -> bool {
    const CONTACT: [&str; 19] = [
        "微信",
        "公众号",
        "官网",
        "官方",
        "网站",
        "门户",
        "微博",
        "客户端",
        "电话",
        "热线",
        "咨询",
        "地址",
        "办事大厅",
        "服务大厅",
        "抖音",
        "视频号",
        "头条号",
        "小程序",
        "#",
    ];
    let after = after.trim_start_matches([' ', '”', '"', '》', '的']);
    CONTACT.iter().any(|word| after.starts_with(word))
}
