//! What is marked, and what only looks like it.

use super::*;
use proptest::prelude::*;

/// What the gravest marking of a post says, with its words.
fn gravest(
    title: &str,
    text: &str,
    pictures: &[&str],
    attachments: &[&str],
) -> Option<(&'static str, String)> {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let (pictures, attachments) = (owned(pictures), owned(attachments));
    let post = Post { title, text, pictures: &pictures, attachments: &attachments };
    markings(&post).into_iter().next().map(|marking| (marking.level.zh(), marking.words))
}

/// Each text is a post of its own under a title that says nothing.
fn assert_text_marked(table: &[(&str, &str, &str)]) {
    for (text, level, words) in table {
        let found = gravest("关于开展堤防检查的通知", text, &[], &[]);
        assert_eq!(found, Some((*level, (*words).to_owned())), "{text}");
    }
}

fn assert_clean(table: &[(&str, &str, &[&str], &[&str])]) {
    for (title, text, pictures, attachments) in table {
        let found = gravest(title, text, pictures, attachments);
        assert_eq!(found, None, "{title} / {text} / {pictures:?} / {attachments:?}");
    }
}

#[test]
fn a_state_secret_is_marked_at_the_head_of_its_document() {
    assert_text_marked(&[
        ("机密★10年\n沙政发〔2031〕7号\n各乡镇：", "机密", "机密★10年"),
        ("000012\n绝密★\n特急\n沙河县水利局文件", "绝密", "绝密★"),
        ("000012　秘密★三年　特急\n正文", "秘密", "秘密★三年"),
        ("份号：000012\n密级：机密☆5年\n正文", "机密", "机密☆5年"),
        ("密级和保密期限\n秘 密 ✩ 6 个月\n正文", "秘密", "秘 密 ✩ 6 个月"),
        ("机密*20年\n正文", "机密", "机密*20年"),
        ("机\u{200b}密★２０年\n正文", "机密", "机\u{200b}密★２０年"),
        ("秘密⭐️1年\n正文", "秘密", "秘密⭐️1年"),
        ("秘密★2033年6月30日前\n正文", "秘密", "秘密★2033年6月30日前"),
        ("绝密★长 期 沙办发〔2031〕2号\n正文", "绝密", "绝密★长 期"),
        ("【机密★1年】\n正文", "机密", "【机密★1年】"),
        ("机密\n沙政发〔2031〕7号\n各乡镇：", "机密", "机密"),
        ("秘密 10年\n沙政发〔2031〕7号\n各乡镇：", "秘密", "秘密 10年"),
        ("密级：机密级\n沙政发〔2031〕7号", "机密", "机密级"),
        ("（秘密）\n沙政发〔2031〕7号", "秘密", "（秘密）"),
        ("秘密★5年 关于调整闸站值守力量的请示\n正文", "秘密", "秘密★5年"),
    ]);
}

#[test]
fn a_state_secret_is_marked_in_titles_names_and_pictures() {
    /// Title, text, lines of pictures, names of attachments, the level of the mark.
    type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);
    let table: [Row; 12] = [
        ("关于水源地守护力量的报告（机密★5年）", "", &[], &[], "机密"),
        ("【秘密】关于水源地守护力量的报告", "", &[], &[], "秘密"),
        ("机密：关于水源地守护力量的报告", "", &[], &[], "机密"),
        ("闸站布防情况", "见附件", &[], &["闸站布防情况(绝密).docx"], "绝密"),
        ("闸站布防情况", "见附件", &[], &["机密-闸站布防情况.pdf"], "机密"),
        ("闸站布防情况", "见附件", &[], &["01 秘密★1年 闸站布防情况.pdf"], "秘密"),
        ("闸站布防情况", "见附件", &[], &["闸站布防情况机密☆长期.wps"], "机密"),
        ("会议材料", "如图", &["000007", "绝 密 ☆ 长 期", "沙河县防汛指挥部文件"], &[], "绝密"),
        ("会议材料", "如图", &["机密", "沙政发〔2031〕7号", "关于闸站布防的意见"], &[], "机密"),
        ("会议材料", "如图", &["秘密✦1年 特急", "关于开展保密知识培训的通知"], &[], "秘密"),
        ("模拟考试", "各校领取", &["绝密★启用前", "沙河县初三联考", "数学"], &[], "绝密"),
        ("会议材料", "如图", &["机密★3年", "一、加强保密教育", "二、落实责任"], &[], "机密"),
    ];
    for (title, text, pictures, attachments, level) in table {
        let found = gravest(title, text, pictures, attachments);
        assert_eq!(found.map(|(level, _)| level), Some(level), "{title} {text} {pictures:?} {attachments:?}");
    }
}

#[test]
fn a_note_forbids_passing_a_document_on() {
    assert_text_marked(&[
        ("内部资料　注意保存\n正文", "内部", "内部资料　注意保存"),
        ("正文。\n（内部文件，不得外传）", "内部", "内部文件，不得外传"),
        ("正文。\n(此件不公开)", "内部", "此件不公开"),
        ("正文。\n此件不予公开。", "内部", "此件不予公开"),
        ("正文。\n公开方式：不予公开", "内部", "公开方式：不予公开"),
        ("仅供内部传阅\n正文", "内部", "仅供内部传阅"),
        ("内部使用·严禁翻印\n正文", "内部", "内部使用·严禁翻印"),
        ("本资料仅供内部学习使用，请勿转发\n正文", "内部", "本资料仅供内部学习使用，请勿转发"),
        ("000031 内 部 资 料 请 勿 外 传\n正文", "内部", "内 部 资 料 请 勿 外 传"),
        ("会议材料 会后收回\n正文", "内部", "会议材料 会后收回"),
        ("阅后退回\n正文", "内部", "阅后退回"),
        ("请注意保密，严禁外泄\n正文", "内部", "请注意保密，严禁外泄"),
        ("工作秘密 注意保管\n正文", "内部", "工作秘密 注意保管"),
        ("仅供领导参阅\n正文", "内部", "仅供领导参阅"),
        ("正文。\n（此件不登报、不上网）", "内部", "此件不登报、不上网"),
        ("内部资料\n正文", "内部", "内部资料"),
        ("未经批准，不得擅自对外提供\n正文", "内部", "未经批准，不得擅自对外提供"),
    ]);
    let table: [(&str, &[&str], &[&str]); 7] = [
        ("闸站运行简报（内部资料 注意保存）", &[], &[]),
        ("【内部文件 不得外传】闸站运行简报", &[], &[]),
        ("闸站运行简报 仅供内部参阅", &[], &[]),
        ("会议材料", &["闸站运行简报", "内部参考 请勿转载"], &[]),
        ("会议材料", &[], &["闸站运行简报（内部使用）.pdf"]),
        ("会议材料", &[], &["闸站运行简报内部资料请勿外传.pdf"]),
        ("会议材料", &[], &["内部资料_闸站运行简报.xlsx"]),
    ];
    for (title, pictures, attachments) in table {
        let found = gravest(title, "见图或附件。", pictures, attachments);
        assert_eq!(found.map(|(level, _)| level), Some("内部"), "{title} {pictures:?} {attachments:?}");
    }
}

#[test]
fn a_telegram_is_known_by_its_head() {
    assert_text_marked(&[
        ("发电单位：沙河县政府办公室\n等级：特提·明电 沙政电〔2031〕3号\n正文", "电报", "特提·明电"),
        ("等级 加急·密电\n正文", "电报", "加急·密电"),
        ("平急 明电\n沙政电〔2031〕3号", "电报", "平急 明电"),
        ("沙河县人民政府办公室内部传真电报\n正文", "电报", "内部传真电报"),
        ("密 码 电 报\n签批盖章：（略）\n正文", "电报", "密 码 电 报"),
        ("明码电报\n正文", "电报", "明码电报"),
        ("特急明电 签批盖章 李某\n正文", "电报", "特急明电"),
    ]);
    assert_eq!(gravest("特急·明电 关于防御寒潮的通知", "", &[], &[]), Some(("电报", "特急·明电".to_owned())));
    assert_eq!(
        gravest("材料", "", &[], &["加急·明电关于防御寒潮的通知.pdf"]),
        Some(("电报", "加急·明电".to_owned()))
    );
}

#[test]
fn words_about_secrecy_are_no_marking() {
    assert_clean(&[
        ("保密法学习问答", "机密级国家秘密的保密期限不超过20年。", &[], &[]),
        ("一图读懂密级", "如图", &["绝密★30年", "机密★20年", "秘密★10年"], &[]),
        ("公文版头怎么排", "份号在上，密级在下。\n000001\n机密★1年\n特急", &[], &[]),
        ("公文小课堂", "下面是一份示例。\n秘密★3年\n沙政发〔2031〕7号", &[], &[]),
        ("办公室业务交流", "如图", &["公文格式样例", "机密★1年", "×政发〔2031〕7号"], &[]),
        ("每周一测", "下列标注正确的是（ ）\nA.机密★10年\nB.★机密10年", &[], &[]),
        ("警示案例", "一名干部把文件拍照发到群里，下图已作处理。", &["机密★5年", "（略）"], &[]),
        ("他拍下了那份文件", "文件首页标着“秘密★5年”，他却随手发给了同学。", &[], &[]),
        ("他拍下了那份文件", "文件首页标着秘密★5年，他却随手发给了同学。", &[], &[]),
        ("提醒", "凡标有内部资料 注意保存字样的材料，一律不得发布到网上。", &[], &[]),
        ("培训信息", "会上讲解了“内部文件 不得外传”等标注的用法。", &[], &[]),
        ("馆藏介绍", "展柜里有一份旧电报。", &["特急·密电", "1949年4月"], &[]),
        ("什么是“特急·明电”", "明电是不加密的电报。", &[], &[]),
        ("密码电报：看不见的战线", "周六讲座，请到图书馆。", &[], &[]),
        ("网传“机密文件”系伪造", "如图", &["机密★2年", "关于发放补贴的通知"], &[]),
        ("材料下载", "见附件", &[], &["国家秘密标志样例.docx", "保密承诺书.pdf", "涉密人员登记表.xls"]),
        ("县志里的澄水", "这份标有“机密★长期”的图纸早已解密。", &[], &[]),
        ("县志里的澄水", "本件已解密。\n机密★长期\n闸站图纸", &[], &[]),
    ]);
}

#[test]
fn names_and_figures_of_speech_are_no_marking() {
    assert_clean(&[
        ("《绝密》新书分享会", "周六下午两点。", &["绝密", "一部谍战小说"], &[]),
        ("绝密！这家面馆的汤", "老汤熬了八个小时。", &[], &[]),
        ("甜瓜高产的秘密", "秘密\n在于温差。", &[], &[]),
        ("秘密花园亲子活动", "如图", &["秘密花园", "周末开放"], &[]),
        ("秘密★约定", "亲子露营等你来。", &[], &[]),
        ("五星好评★★★★★", "窗口服务更上一层楼。", &[], &[]),
        ("密室逃脱开业", "如图", &["机密★10年", "谁是卧底"], &[]),
        ("商业秘密保护", "商业秘密★\n企业可自行标注。", &[], &[]),
        ("密码安全提示", "请妥善保管密码，不要泄露给他人。", &[], &[]),
        ("电报大楼旧址", "市民到电报大楼打卡。", &[], &[]),
        ("加急办理通道", "加急件当天取。", &[], &[]),
        ("内部装修", "内部装修，暂停开放。\n内部停车场\n请勿入内", &[], &[]),
        ("版权声明", "未经许可，不得转载\n请勿拍照\n仅供参考", &[], &[]),
        ("图书馆规则", "仅供馆内阅览\n请妥善保管\n不得转借", &[], &[]),
        ("庭审安排", "本案不公开审理。\n不公开", &[], &[]),
    ]);
}

#[test]
fn what_is_open_over_or_licensed_is_no_marking() {
    assert_clean(&[
        ("关于修订章程的通知", "秘密★1年\n正文。\n（此件公开发布）", &[], &[]),
        ("关于修订章程的通知", "内部资料 注意保存\n公开属性：主动公开", &[], &[]),
        ("沙河文艺", "如图", &["内部资料 免费交流", "准印证号：2031-7"], &[]),
        ("沙河文艺", "本刊为内部资料性出版物。\n内部资料", &[], &[]),
        ("中考语文试卷及答案", "如图", &["绝密★启用前", "语文"], &[]),
        ("中考顺利结束", "考试于今天下午结束。", &["绝密★启用前", "语文"], &[]),
        ("一份民生考卷", "绝密★启用前\n第一题：饮水", &[], &[]),
        (
            "关于报送材料的函",
            "沙政函〔2031〕7号\n正文。",
            &["000007", "沙政函〔2031〕7号"],
            &["关于报送材料的函.pdf"],
        ),
        ("国办发明电〔2031〕1号", "国办发明电〔2031〕1号\n关于放假安排的通知", &[], &[]),
    ]);
}

#[test]
fn what_says_it_is_not_open_is_not_cleared_as_open() {
    let text = "秘密★1年\n正文。\n（不主动公开）";
    assert_eq!(gravest("关于修订章程的通知", text, &[], &[]), Some(("秘密", "秘密★1年".to_owned())));
}

#[test]
fn a_document_about_secrecy_can_be_secret() {
    let text = "机密★3年\n沙保发〔2031〕7号\n关于举办保密知识竞赛的通知\n各单位要加强保密教育。";
    assert_eq!(gravest("关于举办保密知识竞赛的通知", text, &[], &[]), Some(("机密", "机密★3年".to_owned())));
}

#[test]
fn the_gravest_marking_comes_first_and_each_says_where_it_stands() {
    let pictures = ["内部资料 注意保存".to_owned(), "机密★3年".to_owned()];
    let found = markings(&Post { title: "会议材料", pictures: &pictures, ..Post::default() });
    let levels: Vec<_> = found.iter().map(|marking| (marking.level, marking.spot.part)).collect();
    assert_eq!(levels, [(Level::Secret, Part::Picture(1)), (Level::Internal, Part::Picture(0))]);
    assert_eq!(found[0].reason, "图片文字第2行带有国家秘密标志“机密★3年”，疑似公开了不得公开的文件");
}

/// Pieces that lie close to what is looked for, and what nobody expects.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("机密"),
        Just("绝 密"),
        Just("秘\u{200b}密"),
        Just("★"),
        Just("⭐️"),
        Just("10年"),
        Just("启用前"),
        Just("("),
        Just("）"),
        Just("【"),
        Just("”"),
        Just("\n"),
        Just("　"),
        Just("内部资料"),
        Just("请勿外传"),
        Just("特急·明电"),
        Just("关于甲的通知"),
        Just(".pdf"),
        Just("000012"),
        Just("已解密"),
        Just("Ａ"),
        Just("😀"),
        Just("\u{0}"),
        Just("e\u{301}"),
        Just("此件不公开"),
        Just("密码电报"),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_stumble_and_every_spot_leads_to_its_words(
        title in pieces(), text in pieces(), picture in pieces(), name in pieces(), any in "\\PC{0,40}",
    ) {
        let (pictures, names) = ([picture, any.clone()], [name, any]);
        let post = Post { title: &title, text: &text, pictures: &pictures, attachments: &names };
        for marking in markings(&post) {
            let part = match marking.spot.part {
                Part::Title => &title,
                Part::Text => &text,
                Part::Picture(no) => &pictures[no],
                Part::Attachment(no) => &names[no],
            };
            prop_assert_eq!(&part[marking.spot.range.clone()], marking.words.as_str());
            prop_assert!(!marking.words.is_empty() && marking.reason.contains(&marking.words));
        }
    }
}

#[test]
fn hostile_texts_are_read_in_bounded_time() {
    let pieces = [
        "机密★",
        "机密★\n",
        "内部",
        "(内部",
        "(内部资料 注意保存)\n",
        "关于",
        "特急 ",
        "不得",
        "机 ",
        "关于甲\n机密★1年\n",
    ];
    for piece in pieces {
        let text = piece.repeat(5_000_000 / piece.len());
        let names = [text.clone()];
        let post = Post { title: &text, text: &text, pictures: &names, attachments: &names };
        assert!(markings(&post).len() <= MOST, "{piece}");
    }
}
