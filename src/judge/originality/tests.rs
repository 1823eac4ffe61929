//! The rules together, sentence by sentence: a county's water bureau and what it might post.

use super::actor::is_han;
use super::*;
use proptest::prelude::{ProptestConfig, Strategy};

/// What a post must come out as: `O` original, `U` unknown, `R` a repost without a source, else its source.
fn check(platform: Platform, title: &str, text: &str, marks: Marks<'_>, expected: &str) {
    let unit = Unit::new("沙河水利", "临江市沙河县水利局", &["县水利局", "沙河县清渡闸管理所"]);
    let sources = Sources::shipped();
    let allowed =
        sources.allowed(None, None).and(["江州日报", "江州新闻", "临江市人民政府网", "临江市政府网站"]);
    let case = Case { platform, title, text, marks };
    let verdict = judge(&case, &unit, &allowed);
    // Signs save work and decide nothing.
    assert_eq!(verdict, judge_by(&case, &unit, &allowed, |_| Signs::ALL), "{title} / {text}");
    let (origin, source) = match expected {
        "O" => (Origin::Original, None),
        "U" => (Origin::Unknown, None),
        "R" => (Origin::Repost, None),
        source => (Origin::Repost, Some(source)),
    };
    assert_eq!(
        (verdict.origin, verdict.source.as_deref()),
        (origin, source),
        "{title} / {text}: {}",
        verdict.reason
    );
    assert_eq!(verdict.allowed.is_some(), origin == Origin::Repost, "{text}");
}

fn wechat(table: &[(&str, &str)]) {
    for (text, expected) in table {
        check(Platform::Wechat, "", text, Marks::default(), expected);
    }
}

#[test]
fn a_line_that_credits_another_makes_a_repost() {
    wechat(&[
        ("冬天要补水。\n来源：新华社", "新华社"),
        ("冬天要补水。\n来源: 新华社 责编: 张三", "新华社"),
        ("来源丨人民日报\n冬天要补水。", "人民日报"),
        ("冬天要补水。\n来源 | 江州日报 · 视点", "江州日报"),
        ("冬天要补水。\n文章来源/科普江州", "科普江州"),
        ("冬天要补水。\n来源 新华社", "新华社"),
        ("冬天要补水。\n【来源】新华社", "新华社"),
        ("冬天要补水。\n[来源：江州新闻]", "江州新闻"),
        ("冬天要补水。\n（稿件来源：中国水利报）", "中国水利报"),
        ("冬天要补水。\n来源：\n人民日报", "人民日报"),
        ("冬天要补水。\n▼来源：人民网", "人民网"),
        ("冬天要补水。\n本文来源：健康时报", "健康时报"),
        ("冬天要补水。\n图文来源：江州晚报", "江州晚报"),
        ("冬天要补水。\n文字来源：江州晚报  图片来源：网络", "江州晚报"),
        ("冬天要补水。\n转自：水利部", "水利部"),
        ("冬天要补水。\n转自 “江边事” 微信公众号", "江边事"),
        ("本文转载自公众号“江边事”", "江边事"),
        ("冬天要补水。\n转载自《江州晚报》", "江州晚报"),
        ("冬天要补水。\n综合自新华社、人民网", "新华社、人民网"),
        ("冬天要补水。\n综合：新华社、江州日报", "新华社、江州日报"),
        ("冬天要补水。\n来源：综合人民日报、央视新闻等", "人民日报、央视新闻"),
        ("冬天要补水。\n摘自《中国水利》杂志", "中国水利杂志"),
        ("冬天要补水。\n素材来源于网络", "网络"),
        ("冬天要补水。\n以上内容来自互联网", "互联网"),
        ("冬天要补水。\n来源：市水利局", "市水利局"),
        ("冬天要补水。\n来源：县政府办公室", "县政府办公室"),
        ("冬天要补水。\n来源：沙河县水利局、江州日报", "江州日报"),
        ("冬天要补水。\n来源：12345热线", "12345热线"),
        ("冬天要补水。\nvia 江州新闻", "江州新闻"),
        ("冬天要补水。\n（综合网络）", "网络"),
        ("冬天要补水。\n来源网络", "网络"),
        ("冬天要补水。\n来源：江边园编辑部", "江边园编辑部"),
        ("冬天要补水。\n来源：新华社总编室", "新华社总编室"),
        ("冬天要补水。\n出处：江州晚报", "江州晚报"),
        ("冬天要补水。\n来源：央视新闻、健康中国 编辑：张三", "央视新闻、健康中国"),
        ("冬天要补水。\n——摘自《江州晚报》", "江州晚报"),
        ("据新华社报道，今冬雨水偏少。", "新华社"),
        ("据“江边事”公众号消息，今冬雨水偏少。", "江边事"),
        ("新华社北京11月18日电（记者 张三）今冬雨水偏少。", "新华社"),
        ("（新华社南京3日电）今冬雨水偏少。", "新华社"),
        ("江州日报讯 今冬雨水偏少。", "江州日报"),
        ("今冬雨水偏少。\n（新华社记者 张三 李四）", "新华社"),
        ("作者：张三（江州大学）\n冬天要补水。", "江州大学"),
        ("供稿：县气象局\n今冬雨水偏少。", "县气象局"),
        ("我局完成了河道清障。\n来源：江州日报（记者 张三）", "江州日报"),
    ]);
}

#[test]
fn signs_of_a_reprint_that_name_nobody_make_one_without_a_source() {
    wechat(&[
        ("本报讯（记者 张三）县水利局昨天启动冬修。", "R"),
        ("本报记者 张三\n今冬雨水偏少。", "R"),
        ("本台消息 今冬雨水偏少。", "R"),
        ("冬天要补水。\n来源：本报", "R"),
        ("冬天要补水。\n版权归原作者所有，如有侵权请联系删除", "R"),
        ("冬天要补水。\n文章版权归原作者，侵删", "R"),
        ("原标题：今冬要补水\n冬天要补水。", "R"),
        ("本报通讯员 张三 今冬雨水偏少。", "R"),
        ("今冬雨水偏少。（本报记者 张三）", "R"),
        ("（转）冬天要补水。", "R"),
        ("冬天要补水。（转）", "R"),
    ]);
    check(Platform::Wechat, "【转】冬天要补水", "喝水要少量多次。", Marks::default(), "R");
}

#[test]
fn credits_for_a_part_staff_and_other_senses_say_nothing() {
    wechat(&[
        ("冬天要补水。\n图片来源：新华社", "U"),
        ("冬天要补水。\n图源：新华社", "U"),
        ("冬天要补水。\n部分图片来源于网络，侵删", "U"),
        ("冬天要补水。\n数据来源：国家统计局", "U"),
        ("冬天要补水。\n参考资料：《饮水指南》", "U"),
        ("冬天要补水。\n视频来源：央视新闻", "U"),
        ("冬天要补水。\n封面：视觉中国", "U"),
        ("冬天要补水。\n摄影：新华社记者 张三", "U"),
        ("冬天要补水。\n编辑：张三 校对：李四 审核：王五", "U"),
        ("冬天要补水。\n背景音乐：晴天", "U"),
        ("项目资金来源：财政拨款。", "U"),
        ("水的来源要清楚，收入来源要登记。", "U"),
        ("冬天要补水。\n相关阅读\n1.新华社：水从哪里来\n《人民日报：喝水》", "U"),
        ("冬天要补水。\n推荐阅读：《新华网：冬季饮水》", "U"),
        ("冬天要补水。\n如需转载，请注明出处", "U"),
        ("冬天要补水。感谢新华社提供帮助。", "U"),
        ("冬天要补水。 @新华社 @人民日报", "U"),
        ("冬天要补水。\n关注“江边事”公众号", "U"),
        ("https://example.com/a/b", "U"),
        ("[图片][图片]", "U"),
        ("", "U"),
    ]);
}

#[test]
fn the_units_own_work_is_original() {
    wechat(&[
        ("县水利局组织开展河道清障。", "O"),
        ("近日，沙河县水利局召开冬修会议。", "O"),
        ("11月3日上午，我局开展巡河。另据新华社报道，多地开展类似行动。", "O"),
        ("我局开展巡河，《江州日报》曾报道此事。", "O"),
        ("清渡闸管理所的职工每天测报水位。", "O"),
        ("冬天要补水。\n来源：沙河县水利局", "O"),
        ("冬天要补水。\n来源：本局办公室", "O"),
        ("冬天要补水。\n来源：河湖管理科", "O"),
        ("冬天要补水。\n来源：局办公室", "O"),
        ("冬天要补水。（县水利局 张三）", "O"),
        ("冬天要补水。（县水利局供稿）", "O"),
        ("节水宣传周启动。\n主办单位：县水利局", "O"),
        ("来自县水利局的志愿者走进社区。", "O"),
        ("冬天要补水。\n来源：县局", "O"),
        ("冬天要补水。\n来源：沙河水利微信公众号", "O"),
        ("冬天要补水。\n（来源：本站）", "O"),
        ("本网讯 今冬雨水偏少。", "O"),
        ("冬天要补水。\n文/图 张三", "O"),
        ("冬天要补水。\n撰稿｜张三 审核｜李四", "O"),
        ("冬天要补水。\n供稿：沙河县清渡闸管理所 张三", "O"),
        ("通讯员 张三 今冬雨水偏少，农田要保墒。", "O"),
        ("冬天要补水。\n沙河水利出品", "O"),
        ("冬天要补水。\n转载请注明来源：沙河水利", "O"),
        ("【原创】冬天要补水。", "O"),
        ("各镇：现将有关事项通知如下。\n沙河县水利局\n2026年11月3日", "O"),
        ("#原创科普# 冬天要补水。", "O"),
    ]);
}

#[test]
fn documents_of_others_are_theirs() {
    wechat(&[
        ("转发《国务院办公厅关于加强节水工作的意见》，全文如下：", "国务院办公厅"),
        ("市水利局近日印发《节水方案》，全文转发如下。", "市水利局"),
        ("临江市气象台11月3日16时发布大风蓝色预警信号。", "临江市气象台"),
        ("各县（区）水利局：现将有关事项通知如下。一、抓紧冬修。\n临江市水利局", "临江市水利局"),
        ("为保障安全，现通告如下。\n临江市公安局\n2026年11月3日", "临江市公安局"),
    ]);
    check(
        Platform::Website,
        "关于转发《水利部关于冬修的通知》的通知",
        "各镇：现转发给你们。\n沙河县水利局\n2026年11月3日",
        Marks::default(),
        "水利部",
    );
}

#[test]
fn on_weibo_chains_and_closing_brackets_name_the_source() {
    for (text, expected) in [
        ("转发微博", "R"),
        ("好！//@沙河水利:转起来//@江州日报:正文", "江州日报"),
        ("转发微博//@沙河水利：放水通知", "沙河水利"),
        ("回复@张三:谢谢", "U"),
        ("【标题】冬天要补水。（央视新闻）", "央视新闻"),
        ("冬天要补水。(@江边事)", "江边事"),
        ("冬天要补水。（县水利局宣传股）", "O"),
        ("冬天要补水。（具体见图）", "U"),
        ("冬天要补水。（来自网友投稿）", "网友投稿"),
        ("视频来源 @江边事", "U"),
        ("#沙河水利# 冬天要补水", "U"),
    ] {
        check(Platform::Weibo, "", text, Marks::default(), expected);
    }
}

#[test]
fn on_a_platform_of_videos_the_video_is_the_post() {
    for (text, expected) in [
        ("节水有妙招 视频来源：央视新闻", "央视新闻"),
        ("节水有妙招 素材：江边事", "江边事"),
        ("节水有妙招 视频来自央视新闻", "央视新闻"),
        ("节水有妙招 视频转自@江边事", "江边事"),
        ("节水有妙招 视频来源：沙河水利", "O"),
        ("节水有妙招 部分视频来源：央视新闻", "U"),
        ("节水有妙招 BGM：晴天", "U"),
    ] {
        check(Platform::Douyin, "", text, Marks::default(), expected);
    }
}

#[test]
fn marks_of_the_platform_have_their_rank() {
    let of = |marks, text, expected| check(Platform::Website, "", text, marks, expected);
    let forwarded =
        Marks { forwarded: Some(Forwarded::From("江边事")), declared: true, ..Marks::default() };
    of(forwarded, "我局开展巡河。\n来源：沙河县水利局", "江边事");
    of(Marks { forwarded: Some(Forwarded::FromSomebody), ..Marks::default() }, "我局开展巡河。", "R");
    of(Marks { declared: true, ..Marks::default() }, "冬天要补水。", "O");
    of(Marks { declared: true, ..Marks::default() }, "冬天要补水。\n来源：新华社", "新华社");
    of(Marks { content_source: Some("县水利局"), ..Marks::default() }, "冬天要补水。", "O");
    of(
        Marks { content_source: Some("临江市政府网站"), ..Marks::default() },
        "我局开展巡河。",
        "临江市政府网站",
    );
    of(Marks { publisher: Some("沙河水利"), ..Marks::default() }, "冬天要补水。", "U");
    of(Marks { publisher: Some("江边事"), ..Marks::default() }, "冬天要补水。", "江边事");
    of(Marks { source_line: Some("新华社 编辑:张三"), ..Marks::default() }, "我局开展巡河。", "新华社");
    of(Marks { source_line: Some("本站"), ..Marks::default() }, "冬天要补水。", "O");
}

#[test]
fn a_repost_is_allowed_when_every_source_is() {
    let unit = Unit::new("沙河水利", "沙河县水利局", &[]);
    let sources = Sources::shipped();
    let allowed = sources.allowed(None, None).and(["临江市政府网站"]);
    for (text, expected) in [
        ("正文\n来源：新华社、人民网", Some(true)),
        ("正文\n来源：新华社、江边事", Some(false)),
        ("正文\n来源：临江市政府网站", Some(true)),
        ("正文\n来源：人民日报健康客户端", Some(false)),
        ("（转）正文", Some(false)),
        ("转发微博//@沙河水利:正文", Some(true)),
        ("正文", None),
    ] {
        let case = Case { platform: Platform::Wechat, title: "", text, marks: Marks::default() };
        assert_eq!(judge(&case, &unit, &allowed).allowed, expected, "{text}");
    }
}

#[test]
fn hostile_texts_are_judged_in_bounded_time() {
    for piece in [
        "来源：",
        "//@甲:",
        "（",
        "【来源",
        "转自",
        "据",
        "县水利局",
        "记者 张三 ",
        "来源：甲、",
        "#原创",
        "\n《",
    ] {
        let text = piece.repeat(5_000_000 / piece.len());
        let unit = Unit::new("沙河水利", "沙河县水利局", &[]);
        let sources = Sources::shipped();
        let case = Case { platform: Platform::Weibo, title: &text, text: &text, marks: Marks::default() };
        let _ = judge(&case, &unit, &sources.allowed(None, None));
    }
}

/// Where the rules are written.
const RULES: [&str; 8] = [
    include_str!("mod.rs"),
    include_str!("page.rs"),
    include_str!("credit.rs"),
    include_str!("dateline.rs"),
    include_str!("byline.rs"),
    include_str!("notice.rs"),
    include_str!("own.rs"),
    include_str!("sign.rs"),
];

/// Pieces from which any wording the rules know can come about, and what stands between them.
fn wording() -> impl Strategy<Value = String> {
    const AROUND: [&str; 36] = [
        "via ",
        "From",
        "新华社",
        "江州日报",
        "县水利局",
        "沙河县水利局",
        "省水利厅",
        "市人民政府办公室",
        "张三",
        "我局",
        "本报",
        "讯",
        "电",
        "2026年3月1日",
        "11月18日",
        ":",
        "：",
        "|",
        "/",
        " ",
        "\n",
        "。",
        "，",
        "、",
        "（",
        "）",
        "【",
        "】",
        "《",
        "》",
        "“",
        "”",
        "#",
        "@",
        "各镇：",
        "〔2026〕3号",
    ];
    // Every word the rules know stands in their sources, a sign's or not.
    let han = RULES.iter().flat_map(|rule| rule.split(|c| !is_han(c)));
    let words: Vec<&'static str> = han.filter(|word| !word.is_empty()).chain(AROUND).collect();
    proptest::collection::vec(proptest::sample::select(words), 0..24).prop_map(|pieces| pieces.concat())
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_rule_needs_a_word_that_its_signs_do_not_name(title in wording(), text in wording(), video in proptest::bool::ANY) {
        let unit = Unit::new("沙河水利", "沙河县水利局", &["县水利局"]);
        let sources = Sources::shipped();
        let platform = if video { Platform::Douyin } else { Platform::Weibo };
        let case = Case { platform, title: &title, text: &text, marks: Marks::default() };
        let allowed = sources.allowed(None, None);
        let whole = judge_by(&case, &unit, &allowed, |_| Signs::ALL);
        proptest::prop_assert_eq!(judge(&case, &unit, &allowed), whole);
    }
}

proptest::proptest! {
    #[test]
    fn any_post_is_judged_without_a_panic(title in "\\PC{0,60}", text in "(\\PC|[来源：:转自//@甲（）【】\n本报讯记者局]){0,200}") {
        let unit = Unit::new("沙河水利", "沙河县水利局", &["县水利局"]);
        let sources = Sources::shipped();
        let case = Case { platform: Platform::Weibo, title: &title, text: &text, marks: Marks::default() };
        let verdict = judge(&case, &unit, &sources.allowed(None, None));
        proptest::prop_assert_eq!(verdict.allowed.is_some(), verdict.origin == Origin::Repost);
    }
}
