use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;
use textwrap::core::display_width;

const NOW: &str = "2026-11-20T09:30:00+08:00";

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn audience(key: &str) -> Audience {
    Audience {
        key: key.to_owned(),
        title: "澄湖市政务公开办".to_owned(),
        recipients: vec!["a@b.cn".to_owned()],
    }
}

fn evidence() -> Evidence {
    Evidence {
        fingerprint: None,
        summary: "监测时间点前2周内无更新".to_owned(),
        basis: "国办秘函〔2019〕19号 附件1 单项否决“内容不更新”".to_owned(),
        advice: "请立即恢复更新；不再使用的账号请按程序关停注销".to_owned(),
        looked_at: Some(utc("2026-11-20T09:12:00+08:00")),
        last_post: Some(LastPost {
            title: "云溪县启动冬季安全生产大检查".to_owned(),
            url: "https://mp.weixin.qq.com/s/abc?x=1&y=2".to_owned(),
            at: utc("2026-11-05T09:00:00+08:00"),
        }),
        ..Evidence::default()
    }
}

fn case<'a>(name: &'a str, rule: Rule, level: Level, evidence: &'a Evidence) -> CaseLine<'a> {
    CaseLine {
        tell: Tell::Opened,
        name,
        platform: Some(Platform::Wechat),
        owner: "云溪县人民政府办公室",
        homepage: "https://example.gov.cn/yunxi",
        rule,
        level,
        state: State::Open,
        since: utc("2026-11-05T09:00:00+08:00"),
        ended_at: None,
        evidence,
        latest: None,
    }
}

fn silent<'a>(name: &'a str, evidence: &'a Evidence) -> CaseLine<'a> {
    case(name, Rule::NotUpdated, Level::Fail, evidence)
}

fn ended(case: CaseLine<'_>) -> CaseLine<'_> {
    CaseLine {
        tell: Tell::Ended,
        state: State::Resolved,
        ended_at: Some(utc("2026-11-20T08:50:00+08:00")),
        ..case
    }
}

fn letter<'a>(reason: Reason, audience: &'a Audience, lines: Vec<CaseLine<'a>>) -> Letter<'a> {
    Letter { reason, audience, lines, still_open: 0, now: utc(NOW), subject_prefix: "", console_url: None }
}

/// The text without its line ends and spaces, which may stand anywhere in Chinese.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect()
}

fn subject_of(reason: Reason, lines: Vec<CaseLine<'_>>) -> String {
    render(&letter(reason, &audience("office:澄湖市政务公开办"), lines)).subject
}

#[test]
fn one_account_is_named_first() {
    let evidence = evidence();
    assert_eq!(
        subject_of(Reason::First, vec![silent("云溪发布", &evidence)]),
        "【巡网】云溪发布 两周未更新（单项否决）"
    );
    assert_eq!(
        subject_of(Reason::First, vec![case("云溪发布", Rule::DueSoon, Level::Reminder, &evidence)]),
        "【巡网·提醒】云溪发布 即将超期未更新"
    );
    assert_eq!(
        subject_of(Reason::First, vec![case("云溪发布", Rule::Unverified, Level::Reminder, &evidence)]),
        "【巡网·未能核验】云溪发布 未能核验（不计为未更新）"
    );
}

#[test]
fn several_accounts_are_counted_and_the_first_ones_named() {
    let evidence = evidence();
    let names = ["云溪发布", "澄湖交警", "青岚文旅"];
    assert_eq!(
        subject_of(Reason::First, names.iter().map(|name| silent(name, &evidence)).collect()),
        "【巡网】3个账号两周未更新（单项否决）：云溪发布、澄湖交警、青岚文旅"
    );
    let many: Vec<String> = (0..100).map(|i| format!("澄湖市第{i}中学")).collect();
    let subject = subject_of(Reason::First, many.iter().map(|name| silent(name, &evidence)).collect());
    assert_eq!(
        subject,
        "【巡网】100个账号两周未更新（单项否决）：澄湖市第0中学、澄湖市第1中学、澄湖市第2中学、澄湖市第3中学等"
    );
}

#[test]
fn the_gravest_matter_stands_first() {
    let evidence = evidence();
    let lines = vec![
        case("青岚文旅", Rule::Weekly, Level::Reminder, &evidence),
        case("青岚教育", Rule::Weekly, Level::Reminder, &evidence),
        silent("云溪发布", &evidence),
        case("澄湖水务", Rule::Unverified, Level::Reminder, &evidence),
    ];
    assert_eq!(
        subject_of(Reason::Added, lines),
        "【巡网】1个账号两周未更新（单项否决）、2个账号一周未更新等共4项：云溪发布等"
    );
}

#[test]
fn what_ended_is_told_as_good_news() {
    let evidence = evidence();
    let lines = vec![
        ended(silent("云溪发布", &evidence)),
        ended(case("云溪发布", Rule::Weekly, Level::Reminder, &evidence)),
    ];
    assert_eq!(subject_of(Reason::AllResolved, lines.clone()), "【巡网·恢复】云溪发布 已恢复更新");
    let office = audience("office:x");
    let mut some = letter(Reason::SomeResolved, &office, lines);
    some.still_open = 2;
    assert_eq!(render(&some).subject, "【巡网·恢复】云溪发布 已恢复更新（另有2项未解决）");
}

#[test]
fn what_a_person_closed_is_never_called_recovered() {
    let evidence = evidence();
    let closed = CaseLine { state: State::Closed, ..ended(silent("云溪发布", &evidence)) };
    let office = audience("office:x");
    let mail = render(&letter(Reason::AllResolved, &office, vec![closed]));
    assert_eq!(mail.subject, "【巡网·恢复】云溪发布 已办结");
    assert!(!mail.text.contains("已恢复更新"));
}

#[test]
fn the_operators_mails_say_what_they_are() {
    let evidence = evidence();
    let blind = CaseLine { platform: None, owner: "", ..case("", Rule::Blind, Level::Reminder, &evidence) };
    assert_eq!(subject_of(Reason::First, vec![blind]), "【巡网·运维】本机断网，暂停判断");
    assert_eq!(subject_of(Reason::AllResolved, vec![ended(blind)]), "【巡网·恢复】网络已恢复");
    let unclaimed = audience(Audience::UNCLAIMED);
    let mail = render(&letter(Reason::First, &unclaimed, vec![silent("云溪发布", &evidence)]));
    assert_eq!(mail.subject, "【巡网·无人接收】云溪发布 两周未更新（单项否决）");
    assert!(mail.text.contains("没有任何单位接收"));
}

#[test]
fn a_finding_tells_everything_an_office_needs() {
    let evidence = evidence();
    let office = audience("office:x");
    let mail = render(&letter(Reason::First, &office, vec![silent("云溪发布", &evidence)]));
    for part in [
        "澄湖市政务公开办：",
        "1. 云溪发布（微信公众号）",
        "主办单位：云溪县人民政府办公室",
        "问题：两周未更新，自2026年11月5日 09:00起，已15天",
        "最后更新：2026年11月5日 09:00",
        "《云溪县启动冬季安全生产大检查》",
        "依据：国办秘函〔2019〕19号",
        "处理：请立即恢复更新",
        "核查时间：2026年11月20日 09:12",
        "人工复核",
    ] {
        assert!(unwrapped(&mail.text).contains(&unwrapped(part)), "{part} is missing in\n{}", mail.text);
    }
    assert!(mail.text.contains("https://mp.weixin.qq.com/s/abc?x=1&y=2"));
    assert!(mail.html.contains("href=\"https://mp.weixin.qq.com/s/abc?x=1&#38;y=2\""), "{}", mail.html);
}

#[test]
fn what_could_not_be_verified_stands_apart_and_is_not_silence() {
    let evidence = evidence();
    let office = audience("office:x");
    let lines =
        vec![case("澄湖水务", Rule::Unverified, Level::Reminder, &evidence), silent("云溪发布", &evidence)];
    let mail = render(&letter(Reason::First, &office, lines));
    for body in [unwrapped(&mail.text), mail.html] {
        let (silence, unverified) = body.split_once("未能核验：1项").unwrap();
        assert!(silence.contains("云溪发布") && !silence.contains("澄湖水务"));
        assert!(unverified.contains("未能核验不等于未更新"));
        assert!(unverified.contains("不计入未更新"));
    }
}

#[test]
fn a_hundred_cases_are_one_readable_mail() {
    let evidence = evidence();
    let names: Vec<String> = (1..=100).map(|i| format!("澄湖市第{i}中学")).collect();
    let office = audience("office:x");
    let mail =
        render(&letter(Reason::First, &office, names.iter().map(|name| silent(name, &evidence)).collect()));
    assert_eq!(mail.text.matches("主办单位：").count(), 30);
    assert_eq!(mail.html.matches(">主办单位<").count(), 30);
    for name in &names {
        assert_eq!(mail.text.matches(&format!("{name}（")).count(), 1, "{name}");
        assert_eq!(mail.html.matches(&format!("{name}（")).count(), 1, "{name}");
    }
    assert!(mail.text.lines().count() < 500);
}

#[test]
fn ten_thousand_cases_are_still_a_mail() {
    let evidence = evidence();
    let names: Vec<String> = (1..=10_000).map(|i| format!("账号{i}")).collect();
    let office = audience("office:x");
    let mail =
        render(&letter(Reason::First, &office, names.iter().map(|name| silent(name, &evidence)).collect()));
    assert!(mail.text.contains("另有9670项未列出"));
    assert!(mail.html.len() < 200_000, "{}", mail.html.len());
}

#[test]
fn plain_text_fits_a_plain_client() {
    let evidence = Evidence { summary: "该账号".repeat(100), ..evidence() };
    let office = audience("office:x");
    let mail = render(&letter(Reason::First, &office, vec![silent("云溪发布", &evidence)]));
    for line in mail.text.lines().filter(|line| !line.contains("http")) {
        assert!(display_width(line) <= 74, "{line}");
    }
    assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
}

#[test]
fn nothing_from_outside_becomes_markup_a_link_or_a_header() {
    let evidence = Evidence {
        summary: "<script>alert(1)</script>".to_owned(),
        last_post: Some(LastPost {
            title: "\"><img src=x>".to_owned(),
            url: "javascript:alert(1)".to_owned(),
            at: utc(NOW),
        }),
        ..evidence()
    };
    let office = audience("office:x");
    let name = "云溪\r\nBcc: x@y.cn\u{202e}";
    let line = CaseLine { homepage: "data:text/html,x", ..silent(name, &evidence) };
    let mail = render(&letter(Reason::First, &office, vec![line]));
    assert_eq!(mail.subject, "【巡网】云溪 Bcc: x@y.cn 两周未更新（单项否决）");
    assert!(!mail.html.contains("<script") && !mail.html.contains("<img"));
    assert!(!mail.html.contains("javascript:") && !mail.html.contains("data:text"));
    assert!(!mail.text.contains("javascript:") && !mail.text.contains('\u{202e}'));
}

#[test]
fn a_repeat_says_that_it_is_one() {
    let evidence = evidence();
    let office = audience("office:x");
    let still = CaseLine { tell: Tell::StillOpen, ..silent("云溪发布", &evidence) };
    let mail = render(&letter(Reason::Repeat, &office, vec![still]));
    assert_eq!(mail.subject, "【巡网·仍未解决】云溪发布 两周未更新（单项否决）");
    assert!(mail.text.contains("1. 云溪发布（微信公众号）［仍未解决］"));
}

#[test]
fn an_ended_case_names_the_post_that_ended_it() {
    let evidence = evidence();
    let latest = LastPost {
        title: "云溪县召开常务会议".to_owned(),
        url: "https://example.gov.cn/2".to_owned(),
        at: utc("2026-11-20T08:40:00+08:00"),
    };
    let office = audience("office:x");
    let line = CaseLine { latest: Some(&latest), ..ended(silent("云溪发布", &evidence)) };
    let mail = render(&letter(Reason::AllResolved, &office, vec![line]));
    assert!(mail.text.contains("情况：已恢复更新（原问题：两周未更新），2026年11月20日 08:50"));
    assert!(mail.text.contains("《云溪县召开常务会议》") && mail.text.contains("https://example.gov.cn/2"));
}

#[test]
fn the_test_mail_says_that_it_is_one() {
    let mail = render_test("[试]", utc(NOW));
    assert_eq!(mail.subject, "[试]【巡网·测试】邮件发送正常");
    assert!(mail.text.contains("这是一封测试邮件") && mail.html.contains("这是一封测试邮件"));
}

#[test]
fn a_resend_has_the_same_message_id_and_another_delivery_has_not() {
    let id = message_id("group 7, 3, a@b.cn", "xunwang@example.gov.cn");
    assert_eq!(id, message_id("group 7, 3, a@b.cn", "xunwang@example.gov.cn"));
    assert_ne!(id, message_id("group 7, 4, a@b.cn", "xunwang@example.gov.cn"));
    assert!(id.starts_with('<') && id.ends_with("@example.gov.cn>"));
}

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        (-1_000_000_i64..1_000_000).prop_map(|minutes| utc(NOW) - TimeDelta::minutes(minutes)),
        Just(DateTime::<Utc>::MIN_UTC),
        Just(DateTime::<Utc>::MAX_UTC),
    ]
}

proptest! {
    // A letter takes milliseconds in an unoptimised build.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_letter_can_be_written(
        texts in prop::collection::vec("[\\s\\S]{0,30}", 6),
        lines in prop::collection::vec(
            (
                prop::sample::select(Rule::ALL), prop::sample::select(Level::ALL), prop::sample::select(State::ALL),
                prop::sample::select(&[Tell::Opened, Tell::Worsened, Tell::StillOpen, Tell::Ended][..]),
                prop::option::of(prop::sample::select(Platform::ALL)), instants(),
            ),
            0..40,
        ),
        reason in prop::sample::select(Reason::ALL),
        still_open in 0..3_usize,
    ) {
        let evidence = Evidence { summary: texts[0].clone(), basis: texts[1].clone(), ..evidence() };
        let lines = lines
            .into_iter()
            .map(|(rule, level, state, tell, platform, since)| CaseLine {
                tell, platform, state,
                owner: &texts[2],
                homepage: &texts[3],
                since,
                ..case(&texts[4], rule, level, &evidence)
            })
            .collect();
        let office = audience("office:x");
        let letter = Letter { still_open, subject_prefix: &texts[5], ..letter(reason, &office, lines) };
        let mail = render(&letter);
        prop_assert!(mail.subject.chars().count() <= 60);
        prop_assert!(!mail.subject.chars().any(char::is_control));
        prop_assert!(mail.text.chars().all(|c| c == '\n' || !c.is_control()));
        prop_assert!(!mail.text.is_empty() && !mail.html.is_empty());
    }
}

#[test]
fn what_an_accounts_profile_shows_is_told_in_its_own_words() {
    let evidence = Evidence { last_post: None, ..evidence() };
    let subject = |rule, names: &[&'static str]| {
        let lines = names.iter().map(|name| case(name, rule, Level::Suspected, &evidence)).collect();
        subject_of(Reason::First, lines)
    };
    for (rule, one, two) in [
        (Rule::Renamed, "云溪发布 名称与台账不一致", "2个账号名称与台账不一致"),
        (Rule::VerificationChanged, "云溪发布 认证变化", "2个账号认证变化"),
        (Rule::SubjectMismatch, "云溪发布 认证主体不符", "2个账号认证主体不符"),
        (Rule::FollowersJump, "云溪发布 粉丝数异常增长", "2个账号粉丝数异常增长"),
        (Rule::Ipv6Lacking, "云溪发布 应用不支持 IPv6", "2个账号应用不支持 IPv6"),
    ] {
        assert!(subject(rule, &["云溪发布"]).ends_with(one), "{}", subject(rule, &["云溪发布"]));
        let both = subject(rule, &["云溪发布", "青岚发布"]);
        assert!(both.contains(two), "{both}");
    }
}
