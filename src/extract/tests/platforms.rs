//! Each platform's own faces: a good page, nothing with its proof, nothing without, every mark of refusal, a layout
//! that has changed.

use super::*;
use crate::extract::profile;
use crate::model::account::Verification;
use crate::model::listing::Profile;

/// What one recipe has to tell.
struct Faces {
    recipe: &'static str,
    /// Page and the posts on it.
    good: &'static [(&'static str, &'static [&'static str])],
    /// Answers that say nothing, and why; the first word is the status where it is not 200.
    bad: &'static [(u16, &'static str, Failure)],
}

const FACES: &[Faces] = &[
    Faces {
        recipe: "weibo",
        good: &[(
            "weibo/page.json",
            &[
                "^01-07 10:00 original - 置顶:云溪发布开通啦",
                "11-20 08:30 original - 今晨有雾,注意行车安全",
                "11-19 12:00 repost 澄湖发布 转发微博",
                "11-19 21:05 repost - 快转",
            ],
        )],
        bad: &[
            (200, r#"{"ok":1,"data":{"cards":[]}}"#, Failure::Empty),
            (
                200,
                r#"{"ok":1,"data":{"cards":[{"card_type":9,"mblog":{"id":"1","title":{"text":"云溪发布赞过的微博"}}}]}}"#,
                Failure::Empty,
            ),
            (200, r#"{"ok":1,"data":{"cards":null}}"#, Failure::Layout),
            (200, r#"{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}"#, Failure::Empty),
            (200, r#"{"ok":-100,"url":"https://passport.weibo.com/sso/signin"}"#, Failure::LoginWall),
            (200, r#"{"error":"User does not exists!","error_code":20003}"#, Failure::Gone),
            (200, "", Failure::Challenge),
            (200, "<html><script src='/js/visitor/mini_original.js'></script></html>", Failure::LoginWall),
            (418, "", Failure::RateLimited),
            (432, "", Failure::RateLimited),
            (502, "", Failure::Server),
        ],
    },
    Faces {
        recipe: "weibo-ajax",
        good: &[(
            "weibo-ajax/mymblog.json",
            &[
                "^01-07 10:00 original - 云溪发布开通啦",
                "11-20 08:30 original - 今晨有雾,注意行车安全",
                "11-19 12:00 repost 澄湖发布 转发微博",
                "11-19 09:00 repost - 源微博已删除",
                "11-18 09:00 repost - 快转",
            ],
        )],
        bad: &[
            (200, r#"{"ok":1,"data":{"list":[],"total":0}}"#, Failure::Empty),
            (200, r#"{"ok":1,"data":{"items":[]}}"#, Failure::Layout),
            (200, r#"{"ok":1,"data":{"list":null}}"#, Failure::Layout),
            (200, r#"{"ok":-100,"url":"https://passport.weibo.com/sso/signin"}"#, Failure::LoginWall),
            (200, r#"{"ok":-100,"url":"https://weibo.com/captcha"}"#, Failure::Challenge),
            (200, r#"{"ok":0,"msg":"这里还没有内容","data":{"list":[]}}"#, Failure::Empty),
            (200, r#"{"error":"User does not exists!","error_code":20003}"#, Failure::Gone),
            (200, r#"{"ok":0,"error_code":20101}"#, Failure::Refused),
            (200, "<title>Sina Visitor System</title>", Failure::LoginWall),
            (200, "window.cb && cb({\"retcode\":20000000,\"data\":{}});", Failure::Layout),
            (414, "", Failure::RateLimited),
            (432, "", Failure::RateLimited),
        ],
    },
    Faces {
        recipe: "bilibili",
        good: &[
            (
                "bilibili/dynamic.json",
                &[
                    "^03-01 10:00 original - 云溪发布入驻啦",
                    "11-20 09:30 unknown - 医保新政一分钟",
                    "11-19 20:00 repost 澄湖发布 转给大家",
                    "11-18 08:00 original - 今晨有雾",
                    "11-17 08:00 repost - 原动态已失效",
                    "11-16 08:00 original - 云溪县2026年度报告",
                ],
            ),
            ("bilibili/videos.json", &["11-20 09:30 unknown - 医保新政一分钟"]),
        ],
        bad: &[
            (200, r#"{"code":0,"ttl":1,"data":{"items":[],"has_more":false}}"#, Failure::Empty),
            (
                200,
                r#"{"code":0,"ttl":1,"data":{"items":[{"id_str":"1","type":"DYNAMIC_TYPE_LIVE_RCMD"}]}}"#,
                Failure::Empty,
            ),
            (200, r#"{"code":0,"ttl":1,"data":{"items":null}}"#, Failure::Layout),
            (200, r#"{"code":0,"ttl":1,"data":{}}"#, Failure::Layout),
            (200, r#"{"code":-352,"message":"-352","ttl":1,"data":{"v_voucher":"x"}}"#, Failure::Challenge),
            (200, r#"{"code":-412,"message":"请求被拦截","ttl":1}"#, Failure::Challenge),
            (200, r#"{"code":-401,"message":"非法访问","ttl":1}"#, Failure::Challenge),
            (
                200,
                r#"{"code":-509,"message":"请求过于频繁"}{"code":0,"data":{"items":[]}}"#,
                Failure::RateLimited,
            ),
            (200, r#"{"code":-799,"message":"请求过于频繁","ttl":1}"#, Failure::RateLimited),
            (200, r#"{"code":-101,"message":"账号未登录","ttl":1}"#, Failure::LoginWall),
            (200, r#"{"code":-403,"message":"访问权限不足","ttl":1}"#, Failure::Refused),
            (200, r#"{"code":-404,"message":"啥都木有"}"#, Failure::Gone),
            (200, r#"{"code":-503,"message":"过载保护","ttl":1}"#, Failure::Server),
            (412, "<html><body>banned</body></html>", Failure::Challenge),
        ],
    },
    Faces {
        recipe: "douyin",
        good: &[
            (
                "douyin/user.html",
                &[
                    "^02-01 10:00 original - 云溪发布入驻抖音",
                    "11-20 10:00 original - 降温提醒 #云溪 注意添衣",
                    "11-19 18:30 original - 一图读懂",
                ],
            ),
            ("douyin/aweme.json", &["11-20 10:00 original - 降温提醒", "^02-01 10:00 original - 入驻"]),
        ],
        bad: &[
            (200, "", Failure::Challenge),
            (200, "blocked", Failure::Challenge),
            (200, r#"{"status_code":8,"status_msg":"风控","aweme_list":[]}"#, Failure::Challenge),
            (200, r#"{"status_code":2053,"aweme_list":[]}"#, Failure::Challenge),
            (200, r#"{"status_code":0,"aweme_list":[]}"#, Failure::Empty),
            (200, r#"{"status_code":0,"aweme_list":null}"#, Failure::Layout),
            (200, "<title>验证码中间页</title>", Failure::Challenge),
            (200, "<html><script>window.__ac_signature='x'</script></html>", Failure::Challenge),
            (200, "<html><div id='captcha_container'></div></html>", Failure::Challenge),
            (200, "<html><title>云溪发布的抖音</title><body>改版</body></html>", Failure::Layout),
            (200, "<html><script id=RENDER_DATA>%7B%221%22%3A%7B%7D%7D</script></html>", Failure::Layout),
            (200, "<html><script id=RENDER_DATA>%7B%221%22%3A</script></html>", Failure::Layout),
            (200, r#"{"a":{"user":{"user":{"userCanceled":true}},"post":{"data":[]}}}"#, Failure::Closed),
            (200, r#"{"a":{"user":{"user":{"isBan":true}},"post":{"data":[]}}}"#, Failure::Banned),
            (200, r#"{"a":{"user":{"user":{"secret":1}},"post":{"data":[]}}}"#, Failure::Refused),
            (200, r#"{"a":{"user":{"user":{"awemeCount":3}},"post":{"data":[]}}}"#, Failure::Empty),
        ],
    },
    Faces {
        recipe: "toutiao",
        good: &[(
            "toutiao/feed.json",
            &[
                "^01-05 09:00 original - 云溪发布开通头条号",
                "11-20 08:00 original - 云溪县推进老旧小区改造",
                "11-19 12:00 unknown 澄湖日报 全市文明创建推进会召开",
                "11-19 07:00 original - 今晨有雾",
                "11-18 07:00 repost 澄湖发布 转给大家",
                "11-17 07:00 unknown - 一分钟看云溪",
            ],
        )],
        bad: &[
            (200, r#"{"message":"error","has_more":false,"data":null}"#, Failure::Refused),
            (200, r#"{"message":"success","data":null}"#, Failure::Layout),
            (200, r#"{"message":"success","has_more":false,"data":[]}"#, Failure::Empty),
            (
                200,
                r#"{"message":"success","data":[{"id":"1","user":{"info":{"ban_status":true}}}]}"#,
                Failure::Banned,
            ),
            (200, r#"{"message":"success"}"#, Failure::Layout),
            (200, "<html><script>var _$jsvmprt=1</script></html>", Failure::Challenge),
            (200, "<html><title>安全验证</title></html>", Failure::Challenge),
            (429, "", Failure::RateLimited),
        ],
    },
    Faces {
        recipe: "kuaishou",
        good: &[(
            "kuaishou/public.json",
            &["^02-02 10:00 original - 入驻快手", "11-20 10:15 original - 降温提醒", "- original - 稻香节"],
        )],
        bad: &[
            (200, r#"{"data":{"result":1,"list":[],"pcursor":""}}"#, Failure::Empty),
            (200, r#"{"data":{"result":1}}"#, Failure::Layout),
            (200, r#"{"data":{"result":2}}"#, Failure::RateLimited),
            (200, r#"{"result":2,"error_msg":"太快了"}"#, Failure::RateLimited),
            (200, r#"{"data":{"result":50}}"#, Failure::Refused),
            (200, r#"{"data":{"result":109}}"#, Failure::LoginWall),
            (200, r#"{"data":{"result":11}}"#, Failure::Broken),
            (200, r#"{"result":400002,"captchaSession":"x"}"#, Failure::Challenge),
            (200, "<html><title>快手</title></html>", Failure::Layout),
        ],
    },
    Faces {
        recipe: "xiaohongshu",
        good: &[(
            "xiaohongshu/profile.html",
            &[
                "^2026-01-01 original - 云溪发布入驻",
                "2026-11-19 original - undefined 也是正文",
                "11-18 11:30 original - 有时间的一篇",
                "- original - 编号里没有时间的一篇",
            ],
        )],
        bad: &[
            (200, "<script>window.__INITIAL_STATE__={\"user\":{\"notes\":[[]]}}</script>", Failure::Empty),
            (
                200,
                "<script>window.__INITIAL_STATE__={\"user\":{\"notes\":undefined}}</script>",
                Failure::Layout,
            ),
            (200, "<script>window.__INITIAL_STATE__={\"user\":{\"notes\":[[</script>", Failure::Layout),
            (200, "<html><body><div id=app></div></body></html>", Failure::Layout),
            (200, "<html><body>验证码</body></html>", Failure::Challenge),
            (200, r#"{"code":300012,"success":false,"msg":"IP存在风险","data":{}}"#, Failure::Challenge),
            (200, r#"{"code":300011,"success":false}"#, Failure::Challenge),
            (200, r#"{"code":-100,"success":false}"#, Failure::LoginWall),
            (200, r#"{"code":-510001,"success":false}"#, Failure::Refused),
            (401, "", Failure::LoginWall),
            (403, "", Failure::Challenge),
            (461, "", Failure::Challenge),
            (471, "", Failure::Challenge),
        ],
    },
    Faces {
        recipe: "app-apple",
        good: &[("app-apple/lookup.json", &["10-28 14:12 original - 云溪通 3.2.1"])],
        bad: &[
            (200, "\n\n\n{\n \"resultCount\":0,\n \"results\": []\n}", Failure::Gone),
            (200, r#"{"resultCount":1,"results":[{"trackName":"云溪通"}]}"#, Failure::Layout),
            (200, r#"{"errorMessage":"Invalid value(s) for key(s): [id]"}"#, Failure::Layout),
            (403, "", Failure::RateLimited),
            (503, "", Failure::Server),
        ],
    },
    Faces {
        recipe: "app-tencent",
        good: &[("app-tencent/detail.html", &["10-30 10:00 original - 云溪通 3.2.0"])],
        bad: &[
            (200, "<html><title>云溪通</title><body>版本 3.2.0</body></html>", Failure::Layout),
            (
                200,
                "<html><script id=__NEXT_DATA__>{\"props\":{\"pageProps\":{}}}</script></html>",
                Failure::Layout,
            ),
            (200, "<html><title>应用已下架</title></html>", Failure::Gone),
            (404, "", Failure::Gone),
        ],
    },
];

#[test]
fn each_platform_is_read() {
    for faces in FACES {
        for (page, posts) in faces.good {
            let read = look(faces.recipe, golden(page)).unwrap_or_else(|miss| panic!("{page}: {miss:?}"));
            assert_eq!(read.posts.iter().map(told).collect::<Vec<_>>(), *posts, "{page}");
            let again = extract(recipe(faces.recipe), &fetched(golden(page)), &read.listing, now()).unwrap();
            assert_eq!((again.listing, again.posts), (read.listing, Vec::new()), "{page}");
        }
    }
}

#[test]
fn each_refusal_of_each_platform_has_its_class_and_none_is_an_empty_success() {
    for faces in FACES {
        for (status, body, failure) in faces.bad {
            let answer = Fetched { status: *status, ..fetched(*body) };
            let read = extract(recipe(faces.recipe), &answer, &Listing::default(), now());
            let miss = read.expect_err(&format!("{} {status} {body}", faces.recipe));
            assert_eq!(miss.failure, *failure, "{} {status} {body}: {}", faces.recipe, miss.detail);
        }
    }
}

#[test]
fn links_lead_to_the_kind_of_post_it_is() {
    for (name, page, links) in [
        (
            "bilibili",
            "bilibili/dynamic.json",
            &["t.bilibili.com/1200000000000000001", "www.bilibili.com/video/BV1yunxi0008"][..],
        ),
        ("bilibili", "bilibili/videos.json", &["www.bilibili.com/video/BV1yunxi0008"]),
        (
            "douyin",
            "douyin/user.html",
            &[
                "www.douyin.com/video/7500000000000000001",
                "www.douyin.com/video/7500000000000000003",
                "www.douyin.com/note/7500000000000000002",
            ],
        ),
        ("toutiao", "toutiao/feed.json", &["www.toutiao.com/article/7580000000000000001/"]),
        ("kuaishou", "kuaishou/public.json", &["www.kuaishou.com/short-video/3xyunxi0001"]),
        ("weibo-ajax", "weibo-ajax/mymblog.json", &["weibo.com/7000000001/Qz0001"]),
    ] {
        let read = look(name, golden(page)).unwrap();
        let found: Vec<_> = read.posts.iter().map(|post| post.url.trim_start_matches("https://")).collect();
        assert_eq!(&found[..links.len()], links, "{page}");
    }
    let read = look("toutiao", golden("toutiao/feed.json")).unwrap();
    assert_eq!(read.posts[3].url, "https://www.toutiao.com/w/1850000000000004/");
    assert_eq!(read.posts[5].url, "https://www.toutiao.com/video/1850000000000006/");
}

/// Name, followers, verification, verified body, counter.
type Told<'p> = (Option<&'p str>, Option<u64>, Option<Verification>, Option<&'p str>, Option<u64>);

fn told_of(profile: &Profile) -> Told<'_> {
    (
        profile.name.as_deref(),
        profile.followers,
        profile.verification,
        profile.verified_subject.as_deref(),
        profile.posts,
    )
}

const OFFICE: Option<&str> = Some("云溪县人民政府新闻办公室");
const OFFICIAL: Option<&str> = Some("云溪县人民政府新闻办公室官方账号");

#[test]
fn the_account_itself_is_read_from_its_own_answer() {
    let told: [(&str, &str, Told<'_>); 4] = [
        (
            "weibo",
            "weibo/profile.json",
            (Some("云溪发布"), Some(12_000), Some(Verification::Government), OFFICE, Some(321)),
        ),
        (
            "weibo-ajax",
            "weibo-ajax/info.json",
            (Some("云溪发布"), Some(12_034), Some(Verification::Government), OFFICE, Some(321)),
        ),
        (
            "bilibili",
            "bilibili/card.json",
            (Some("云溪发布"), Some(12_345), Some(Verification::Organisation), OFFICIAL, Some(43)),
        ),
        (
            "kuaishou",
            "kuaishou/userinfo.json",
            (Some("云溪发布"), Some(34_000), Some(Verification::Government), OFFICIAL, Some(128)),
        ),
    ];
    for (name, page, expected) in told {
        let read = profile(recipe(name), &fetched(golden(page))).unwrap();
        assert_eq!(told_of(&read), expected, "{name}");
    }
}

#[test]
fn the_account_itself_is_read_from_its_list_where_that_tells() {
    let told: [(&str, &str, Told<'_>); 4] = [
        (
            "douyin",
            "douyin/user.html",
            (Some("云溪发布"), Some(20_480), Some(Verification::Media), Some("云溪县融媒体中心"), Some(96)),
        ),
        (
            "toutiao",
            "toutiao/feed.json",
            (Some("云溪发布"), Some(12_345), Some(Verification::Government), OFFICIAL, None),
        ),
        (
            "xiaohongshu",
            "xiaohongshu/profile.html",
            (Some("云溪发布"), Some(10_000), Some(Verification::Unverified), None, None),
        ),
        (
            "app-apple",
            "app-apple/lookup.json",
            (Some("云溪通"), None, None, Some("Yunxi County Big Data Center"), None),
        ),
    ];
    for (name, page, expected) in told {
        let read = look(name, golden(page)).unwrap();
        assert_eq!(told_of(&read.profile), expected, "{name}");
    }
    let xiaohongshu = look("xiaohongshu", golden("xiaohongshu/profile.html")).unwrap().profile;
    assert_eq!(xiaohongshu.intro.as_deref(), Some(""), "an empty introduction is a fact");
}

#[test]
fn codes_and_words_tell_as_what_an_account_is_verified() {
    let douyin = |reason: &str, custom: &str| {
        let body = format!(
            r#"{{"a":{{"user":{{"user":{{"enterpriseVerifyReason":"{reason}","customVerify":"{custom}"}}}},"post":{{"data":[{{"awemeId":"1"}}]}}}}}}"#
        );
        look("douyin", body).unwrap().profile.verification
    };
    for (reason, custom, verification) in [
        ("", "", Some(Verification::Unverified)),
        ("云溪县公安局官方账号", "", Some(Verification::Government)),
        ("云溪文旅集团有限公司", "", Some(Verification::Enterprise)),
        ("云溪日报社", "", Some(Verification::Media)),
        ("云溪县红十字会官方账号", "", Some(Verification::Organisation)),
        ("", "美食创作者", None),
    ] {
        assert_eq!(douyin(reason, custom), verification, "{reason}{custom}");
    }
    for (code, verification) in
        [(-1, Verification::Unverified), (0, Verification::Personal), (3, Verification::Media)]
    {
        let body = format!(
            r#"{{"ok":1,"data":{{"userInfo":{{"screen_name":"云溪发布","verified_type":{code}}}}}}}"#
        );
        let read = profile(recipe("weibo"), &fetched(body)).unwrap();
        assert_eq!(read.verification, Some(verification));
    }
}

#[test]
fn an_own_answer_that_says_the_account_is_no_more_is_a_statement_and_every_other_failure_is_none() {
    let ajax = |words: &str| {
        let words = percent_encoding::utf8_percent_encode(words, percent_encoding::NON_ALPHANUMERIC);
        format!(r#"{{"ok":0,"error_type":"link","url":"https://weibo.com/sorry?msg={words}"}}"#)
    };
    let card = |name: &str| {
        format!(
            r#"{{"code":0,"ttl":1,"data":{{"card":{{"name":"{name}","spacesta":-2}},"archive_count":0,"article_count":0}}}}"#
        )
    };
    for (name, status, body, failure) in [
        ("weibo-ajax", 200, ajax("该账号因被投诉违反法律法规,现已无法查看"), Failure::Banned),
        ("weibo-ajax", 200, ajax("该账号行为异常,存在安全风险,用户验证之前暂时不能查看"), Failure::Refused),
        ("weibo-ajax", 200, ajax("该账号因用户自行申请关闭,现已无法查看"), Failure::Closed),
        ("weibo-ajax", 200, ajax("该账号已关闭,现无法查看"), Failure::Closed),
        ("weibo-ajax", 200, r#"{"ok":1,"data":{}}"#.to_owned(), Failure::Layout),
        ("weibo", 200, r#"{"ok":1,"data":{}}"#.to_owned(), Failure::Layout),
        ("weibo", 200, r#"{"error":"User does not exists!","error_code":20003}"#.to_owned(), Failure::Gone),
        ("weibo", 200, r#"{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}"#.to_owned(), Failure::Empty),
        ("weibo", 432, String::new(), Failure::RateLimited),
        // An interface that has moved says nothing about an account.
        ("weibo", 404, String::new(), Failure::Refused),
        ("bilibili", 200, card("bili_700001"), Failure::Banned),
        ("bilibili", 200, card("账号已注销"), Failure::Closed),
        ("bilibili", 200, r#"{"code":-404,"message":"啥都木有","ttl":1}"#.to_owned(), Failure::Gone),
        ("bilibili", 200, r#"{"code":-352,"ttl":1,"data":{}}"#.to_owned(), Failure::Challenge),
        ("kuaishou", 200, r#"{"data":{"result":1}}"#.to_owned(), Failure::Layout),
        ("kuaishou", 200, "blocked".to_owned(), Failure::Challenge),
        ("kuaishou", 200, "<html><body>改版</body></html>".to_owned(), Failure::Layout),
    ] {
        let answer = Fetched { status, ..fetched(body.clone()) };
        assert_eq!(profile(recipe(name), &answer).unwrap_err().failure, failure, "{name} {body}");
    }
}

#[test]
fn a_counter_in_the_same_answer_proves_that_there_is_nothing() {
    let body = r#"{"a":{"user":{"user":{"nickname":"云溪发布","awemeCount":0}},"post":{"data":[]}}}"#;
    let read = look("douyin", body).unwrap();
    assert!(read.empty_marker && read.listing.lines.is_empty());
    let round =
        r#"{"ok":1,"data":{"userInfo":{"screen_name":"云溪发布","statuses_count":"1.2万"},"cards":[]}}"#;
    assert_eq!(look("weibo", round).unwrap_err().failure, Failure::Empty);
    assert_eq!(
        profile(recipe("weibo"), &fetched(round)).unwrap().posts,
        None,
        "a round figure cannot be seen to rise"
    );
}

#[test]
fn counters_that_leave_out_a_kind_of_post_prove_nothing_by_their_0() {
    let card = |counts: &str| format!(r#"{{"code":0,"data":{{"card":{{"name":"云溪发布"}}{counts}}}}}"#);
    for (counts, posts) in [
        (r#","archive_count":0,"article_count":0"#, Some(0)),
        (r#","archive_count":0"#, None),
        ("", None),
        (r#","archive_count":3,"article_count":0"#, Some(3)),
    ] {
        let told = profile(recipe("bilibili"), &fetched(card(counts))).unwrap();
        assert_eq!((told.posts, told.proven_empty), (posts, false), "{counts}");
    }
    // Of a platform that counts whatever its list shows, 0 is the proof.
    for (count, proven) in [("0", true), ("7", false), ("\"1.2万\"", false), ("null", false)] {
        let body = format!(
            r#"{{"ok":1,"data":{{"userInfo":{{"screen_name":"云溪发布","statuses_count":{count}}}}}}}"#
        );
        let told = profile(recipe("weibo"), &fetched(body)).unwrap();
        assert_eq!(told.proven_empty, proven, "{count}");
    }
}

#[test]
fn the_version_of_another_app_on_the_page_is_not_the_apps() {
    let page = String::from_utf8(golden("app-tencent/detail.html")).unwrap();
    let page = page.replace(
        "\"query\":{\"pkgname\":\"cn.example.yunxi\"}",
        "\"query\":{\"pkgname\":\"cn.example.other\"}",
    );
    assert_eq!(look("app-tencent", page).unwrap_err().failure, Failure::Empty);
}

#[test]
fn an_item_without_an_id_is_a_post_when_it_has_a_title_and_a_time() {
    let state = r#"{"user":{"notes":[[{"noteCard":{"noteId":"","displayTitle":"旧笔记","time":1763600000000}},{"noteCard":{"noteId":"","displayTitle":"广告"}}]]}}"#;
    let read = look("xiaohongshu", format!("<script>window.__INITIAL_STATE__={state}</script>")).unwrap();
    assert_eq!(read.posts.iter().map(|post| post.title.as_str()).collect::<Vec<_>>(), ["旧笔记"]);
}

#[test]
fn the_request_about_an_account_is_made_from_the_target() {
    let request = recipe("bilibili").profile_request("700001").unwrap().unwrap();
    assert_eq!(request.url.as_str(), "https://api.bilibili.com/x/web-interface/card?mid=700001");
    assert!(request.headers.iter().any(|(name, value)| name == "Referer" && value.contains("/700001/")));
    assert!(recipe("bilibili").profile_request("").unwrap().is_err());
    assert!(recipe("douyin").profile_request("x").is_none());
}
