//! Accounts of 微信: feeds of bridges, albums, article pages in every form and state, and the page about the account.

use super::*;
use crate::model::account::Verification;
use crate::model::post::Origin;

fn told_all(name: &str, body: impl Into<Vec<u8>>) -> Vec<String> {
    look(name, body).unwrap().posts.iter().map(told).collect()
}

fn page(body: impl Into<Vec<u8>>) -> Result<Article, Miss> {
    let url = Url::parse("https://mp.weixin.qq.com/s/Yx1aBcDeFgHiJkLmNoPqRs").unwrap();
    article(recipe("wechat-article"), &Fetched { url, ..fetched(body) }, now())
}

fn article_text() -> String {
    String::from_utf8(golden("wechat/article.html")).unwrap()
}

#[test]
fn the_feed_of_each_bridge_is_read() {
    let two = ["11-20 08:36 unknown - 云溪老街：改造第一天", "11-18 09:00 unknown - 医保缴费指南"]
        .map(str::to_owned);
    for (name, file, posts) in [
        ("wewe-rss", "wechat/wewe.xml", 3),
        ("wewe-rss", "wechat/wewe.json", 2),
        ("werss", "wechat/werss.xml", 2),
        ("wechat2rss", "wechat/wechat2rss.xml", 2),
    ] {
        let read = look(name, golden(file)).unwrap();
        assert_eq!(read.posts.len(), posts, "{file}");
        assert_eq!(read.posts.iter().map(told).take(2).collect::<Vec<_>>(), two, "{file}");
        assert_eq!(read.profile.name.as_deref(), Some("云溪发布"), "{file}");
        assert_eq!(read.profile.intro.as_deref(), Some("云溪县人民政府新闻办公室"), "{file}");
        assert!(read.profile.avatar.is_some(), "{file}");
        assert!(!read.part && !read.empty_marker, "{file}");
    }
}

#[test]
fn a_full_text_that_failed_is_no_text() {
    for file in ["wechat/wewe.xml", "wechat/wewe.json"] {
        assert_eq!(look("wewe-rss", golden(file)).unwrap().posts[1].text, "", "{file}");
    }
    assert_eq!(look("wewe-rss", golden("wechat/wewe.xml")).unwrap().posts[2].text, "自来水管网检修。");
}

#[test]
fn a_bridge_without_rows_or_without_the_account_proves_nothing() {
    for (name, status, body, failure) in [
        (
            "wewe-rss",
            400,
            r#"{"statusCode":400,"message":"不存在该feed！","error":"Bad Request"}"#,
            Failure::BridgeDown,
        ),
        ("wewe-rss", 400, "不存在该feed！", Failure::BridgeDown),
        ("wewe-rss", 500, r#"{"statusCode":500,"message":"Internal server error"}"#, Failure::BridgeDown),
        (
            "wewe-rss",
            200,
            "<rss version='2.0'><channel><title>云溪发布</title></channel></rss>",
            Failure::Empty,
        ),
        (
            "wewe-rss",
            200,
            r#"{"version":"https://jsonfeed.org/version/1","title":"云溪发布","items":[]}"#,
            Failure::Empty,
        ),
        ("wewe-rss", 200, "<html><body>WeWe RSS</body></html>", Failure::BridgeDown),
        ("wewe-rss", 200, "", Failure::BridgeDown),
        ("werss", 404, r#"{"detail":{"code":40401,"message":"公众号不存在"}}"#, Failure::BridgeDown),
        ("werss", 401, r#"{"detail":{"code":40101,"message":"未授权的RSS访问"}}"#, Failure::BridgeDown),
        ("werss", 200, r#"{"code":50001,"message":"获取RSS订阅列表失败"}"#, Failure::BridgeDown),
        ("werss", 502, "<h1>502 Bad Gateway</h1>", Failure::BridgeDown),
        ("werss", 200, "<rss version='2.0'><channel></channel></rss>", Failure::Empty),
        ("wechat2rss", 404, "404 page not found", Failure::BridgeDown),
        ("wechat2rss", 200, r#"{"err":"not found","data":null}"#, Failure::BridgeDown),
        ("wechat2rss", 200, "<rss version='2.0'><channel></channel></rss>", Failure::Empty),
        ("wechat2rss", 429, "", Failure::RateLimited),
    ] {
        let answer = Fetched { status, ..fetched(body) };
        let miss = extract(recipe(name), &answer, &Listing::default(), now()).unwrap_err();
        assert_eq!(miss.failure, failure, "{name} {status} {body}: {}", miss.detail);
    }
    let answer = Fetched { status: 400, ..fetched(r#"{"statusCode":400,"message":"不存在该feed！"}"#) };
    let miss = extract(recipe("wewe-rss"), &answer, &Listing::default(), now()).unwrap_err();
    assert!(miss.detail.contains("不存在该feed！"), "{}", miss.detail);
}

#[test]
fn a_bridge_tells_when_it_read_each_account() {
    let list = r#"[{"id":"MP_WXS_1","name":"云溪发布","syncTime":1795124100,"updateTime":1795100000},
        {"id":"MP_WXS_2","name":"新订阅","syncTime":0,"updateTime":0},{"id":"MP_WXS_3","name":"无时间"}]"#;
    let times = syncs(recipe("wewe-rss"), &fetched(list)).unwrap();
    let at = |id: &str| times.get(id).map(|at| crate::model::moment::in_shanghai(*at).to_rfc3339());
    assert_eq!(at("MP_WXS_1").as_deref(), Some("2026-11-20T05:35:00+08:00"));
    assert_eq!((at("MP_WXS_2"), at("MP_WXS_3")), (None, None));
    for body in ["<html>WeWe RSS</html>", "", r#"{"statusCode":500,"message":"x"}"#] {
        assert_eq!(
            syncs(recipe("wewe-rss"), &fetched(body)).unwrap_err().failure,
            Failure::BridgeDown,
            "{body}"
        );
    }
    let request = recipe("wewe-rss").sync_request().unwrap();
    assert_eq!(request.url.as_str(), "http://127.0.0.1:4000/feeds/");
    assert_eq!(recipe("wewe-rss").sync().unwrap().said(now()).allowed.num_hours(), 30);
    assert!(recipe("werss").sync_request().is_none());
}

#[test]
fn an_album_is_read_as_the_part_it_is() {
    let read = look("wechat-album", golden("wechat/album.json")).unwrap();
    assert!(read.part);
    assert_eq!(
        read.posts.iter().map(told).collect::<Vec<_>>(),
        ["11-20 08:36 unknown - 一图读懂老街改造", "11-18 09:00 unknown - 医保缴费指南"]
    );
    assert_eq!(read.profile.name.as_deref(), Some("云溪发布"));
    let target = "__biz=MzIxMDAwMDAwMQ==&album_id=42";
    let request = recipe("wechat-album").request(target, Validators::default()).unwrap();
    assert!(request.url.as_str().contains("action=getalbum&__biz=MzIxMDAwMDAwMQ==&album_id=42&count=20"));
}

#[test]
fn an_album_with_one_article_names_it_without_a_list() {
    let lone = r#"{"base_resp":{"ret":0},"getalbum_resp":{"base_info":{"nickname":"云溪发布"},
        "article_list":{"title":"医保缴费指南","url":"https://mp.weixin.qq.com/s/x","create_time":"1794963600","msgid":"1"}}}"#;
    assert_eq!(told_all("wechat-album", lone), ["11-18 09:00 unknown - 医保缴费指南"]);
}

#[test]
fn an_album_never_proves_that_there_is_nothing() {
    for (body, failure) in [
        (r#"{"base_resp":{"ret":0},"getalbum_resp":{"base_info":{},"continue_flag":"0"}}"#, Failure::Empty),
        (
            r#"{"base_resp":{"ret":0},"getalbum_resp":{"base_info":{"article_count":"0"},"article_list":[]}}"#,
            Failure::Empty,
        ),
        (r#"{"base_resp":{"ret":0}}"#, Failure::Layout),
        (r#"{"base_resp":{"ret":200013}}"#, Failure::RateLimited),
        (r#"{"base_resp":{"ret":-6}}"#, Failure::RateLimited),
        (r#"{"base_resp":{"ret":-1,"err_msg":"system error"}}"#, Failure::Refused),
        (r#"{"base_resp":{"ret":200003}}"#, Failure::LoginWall),
        ("<title>环境异常</title><div id=secitptpage>完成验证后即可继续访问</div>", Failure::Challenge),
        ("", Failure::Challenge),
    ] {
        assert_eq!(look("wechat-album", body).unwrap_err().failure, failure, "{body}");
    }
    let url = Url::parse("https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x").unwrap();
    let answer = Fetched { url, ..fetched("<div>请稍候</div>") };
    let miss = extract(recipe("wechat-album"), &answer, &Listing::default(), now()).unwrap_err();
    assert_eq!(miss.failure, Failure::Challenge);
}

#[test]
fn an_article_page_says_when_whose_and_by_whom() {
    let read = page(golden("wechat/article.html")).unwrap();
    assert_eq!(read.title.as_deref(), Some("云溪老街&巷子：改造第一天"));
    assert_eq!(read.origin, Origin::Original);
    assert_eq!(read.source, None);
    assert_eq!(read.ids, ["gh_0a1b2c3d4e5f", "gh_0a1b2c3d4e5f", "MzIxMDAwMDAwMQ==", "MzIxMDAwMDAwMQ=="]);
    assert_eq!(read.profile.name.as_deref(), Some("云溪发布"));
    assert_eq!(read.profile.intro.as_deref(), Some("云溪县人民政府新闻办公室 官方公众号"));
    assert!(read.profile.avatar.as_deref().unwrap().starts_with("http://mmbiz.qpic.cn/"));
    assert!(read.text.starts_with("11月20日，云溪县老街改造开工。\n第一天"), "{}", read.text);
    let post = post_of(read, &fetched("").url);
    assert_eq!(told(&post), "11-20 08:36 original - 云溪老街&巷子：改造第一天");
}

#[test]
fn the_time_is_read_in_every_form_a_script_writes_it() {
    for (script, time) in [
        (r#"var ct = "1795134960";"#, "11-20 08:36"),
        ("window.ct = '1795134960' || '';", "11-20 08:36"),
        ("var ct = '' || '1795134960';", "11-20 08:36"),
        ("x = {ori_send_time: '1795134960' * 1}", "11-20 08:36"),
        (r#"var create_time = "1795134960" * 1;"#, "11-20 08:36"),
        ("var createTime = '2026-11-20 08:36';", "11-20 08:36"),
        ("x = {create_time: JsDecode('2026-11-20 08:36')}", "11-20 08:36"),
        (r#"var publish_time = "2026-11-20 08:36";"#, "11-20 08:36"),
        ("ct = '' * 1; var t = {ct: '1' * 1}; var svr_time = \"1795134999\";", "-"),
        (r#"var ct = "4000000000";"#, "-"),
    ] {
        let body = format!("<div id=js_content>正文</div><script>{script}</script>");
        let post = post_of(page(body).unwrap(), &fetched("").url);
        assert!(told(&post).starts_with(time), "{script}: {}", told(&post));
    }
}

#[test]
fn the_platforms_mark_tells_original_from_repost() {
    for (script, origin, source) in [
        (r#"var _copyright_stat = "1";"#, Origin::Original, None),
        ("x = {copyright_stat: '1' * 1, platform: JsDecode('澄湖日报')}", Origin::Original, None),
        (
            "x = {copyright_stat: '2' * 1, platform: JsDecode('澄湖\\x26amp;日报')}",
            Origin::Repost,
            Some("澄湖&日报"),
        ),
        (r#"var copyright_stat = "2" * 1;"#, Origin::Repost, None),
        (r#"var copyright_stat = "" * 1; var _copyright_stat = "0";"#, Origin::Unknown, None),
        ("if (copyright_stat == 1) show();", Origin::Unknown, None),
    ] {
        let body = format!("<div id=js_content>正文</div><script>{script}</script>");
        let read = page(body).unwrap();
        assert_eq!((read.origin, read.source.as_deref()), (origin, source), "{script}");
    }
    let named = "<div id=js_article><strong class=original_primary_nickname>澄湖日报</strong></div>\
                 <script>var _copyright_stat = \"2\";</script>";
    assert_eq!(page(named).unwrap().source.as_deref(), Some("澄湖日报"));
}

#[test]
fn a_picture_or_a_short_text_is_an_article_without_a_body() {
    for kind in ["8", "10"] {
        let body = format!(
            "<meta property='og:title' content='秋日云溪'><meta property='og:description' content='银杏\\x0a黄了'>\
             <script>window.item_show_type = '{kind}' || ''; window.ct = '1795134960' || '';\
             window.biz = '' || 'MzIxMDAwMDAwMQ==';</script>"
        );
        let read = page(body).unwrap();
        assert_eq!(read.text, "银杏 黄了");
        assert_eq!(read.ids, ["MzIxMDAwMDAwMQ=="]);
        assert_eq!(told(&post_of(read, &fetched("").url)), "11-20 08:36 unknown - 秋日云溪");
    }
}

#[test]
fn every_state_of_an_article_page_is_told_apart() {
    let says = |title: &str, rest: &str| {
        format!(
            "<title></title><script>var t='该公众号已迁移 环境异常';</script>\
             <div class='weui-msg'><div class='weui-msg__title warn'>{title}</div>{rest}</div>\
             <div>微信公众平台运营中心</div><div>视频 小程序 赞 在看 分享 留言 收藏</div>"
        )
    };
    for (title, failure) in [
        ("该内容已被发布者删除", Failure::Gone),
        ("The content has been deleted by the author.", Failure::Gone),
        ("此内容因违规无法查看", Failure::Refused),
        ("此内容被投诉且经审核涉嫌侵权，无法查看", Failure::Refused),
        ("此帐号已被屏蔽, 内容无法查看", Failure::Banned),
        ("此账号已被屏蔽，内容无法查看", Failure::Banned),
        ("此帐号已自主注销，内容无法查看", Failure::Closed),
        ("帐号已被系统回收", Failure::Closed),
        ("该公众号已迁移", Failure::Migrated),
        ("此帐号处于帐号迁移流程中", Failure::Migrated),
        ("原帐号迁移时未将文章素材同步至新帐号", Failure::Migrated),
        ("该内容暂时无法查看", Failure::Refused),
        ("访问过于频繁，请用微信扫描二维码进行访问", Failure::RateLimited),
        ("操作频繁，请稍候再试", Failure::RateLimited),
        ("参数错误", Failure::Refused),
        ("链接已过期", Failure::Refused),
        ("完成验证后即可继续访问", Failure::Challenge),
        ("登录", Failure::Layout),
    ] {
        let miss = page(says(title, "")).unwrap_err();
        assert_eq!(miss.failure, failure, "{title}: {}", miss.detail);
    }
    let why = page(says("此内容因违规无法查看", "<p>由用户投诉并经平台审核，涉嫌过度营销</p>")).unwrap_err();
    assert_eq!(why.detail, "此内容因违规无法查看 由用户投诉并经平台审核，涉嫌过度营销");
    let shell = "<html><head><title>登录</title></head><body>登录</body></html>";
    assert_eq!(page(shell).unwrap_err().failure, Failure::LoginWall);
}

#[test]
fn a_search_that_asks_for_a_captcha_has_no_result() {
    let captcha = "<title>搜狗搜索</title><p>用户您好，您的访问过于频繁，为确认本次访问为正常用户行为，需要您协助验证。</p>\
                   <img id=seccodeImage><input id=seccodeInput>";
    for name in ["gov-list", "wechat-article"] {
        let answer = fetched(captcha);
        let miss = if name == "gov-list" {
            extract(recipe(name), &answer, &Listing::default(), now()).map(|_| ()).unwrap_err()
        } else {
            article(recipe(name), &answer, now()).map(|_| ()).unwrap_err()
        };
        assert_eq!(
            (miss.failure, miss.detail.as_str()),
            (Failure::Challenge, "<img id=seccodeImage>"),
            "{name}"
        );
    }
}

#[test]
fn a_page_of_another_account_is_noticed_only_where_ids_can_be_compared() {
    let read = page(article_text()).unwrap();
    let reader = recipe("wechat-article");
    for (registered, stranger) in [
        ("gh_0a1b2c3d4e5f", None),
        ("gh_999999999999", Some("gh_0a1b2c3d4e5f")),
        ("MzIxMDAwMDAwMQ==", None),
        ("MzI5OTk5OTk5OQ==", Some("MzIxMDAwMDAwMQ==")),
        ("yunxifabu", None),
        ("MzYearbook2026", None),
        ("", None),
    ] {
        assert_eq!(reader.stranger(&read, registered), stranger, "{registered}");
    }
}

#[test]
fn only_articles_of_wechat_are_followed_from_a_bridge() {
    for name in ["wewe-rss", "werss", "wechat2rss", "wechat-album", "rsshub", "feed"] {
        let reader = SHIPPED.reader_of_pages(recipe(name));
        assert_eq!(reader.name, "wechat-article");
        for (address, follows) in [
            ("https://mp.weixin.qq.com/s/Yx1aBcDeFgHiJkLmNoPqRs", true),
            ("http://mp.weixin.qq.com/s?__biz=Mz==&mid=1&idx=1&sn=a", true),
            ("https://mp.weixin.qq.com/mp/appmsgalbum?x", false),
            ("https://weibo.com/1/Qz", false),
            ("https://evil.example/?https://mp.weixin.qq.com/s/x", false),
        ] {
            assert_eq!(reader.reads_page(&Url::parse(address).unwrap()), follows, "{name} {address}");
        }
    }
    assert_eq!(SHIPPED.reader_of_pages(recipe("gov-list")).name, "gov-list");
}

#[test]
fn the_page_about_the_account_tells_who_stands_behind_it() {
    let read = alone(recipe("wechat-aboutbiz"), &fetched(golden("wechat/aboutbiz.html")), now()).unwrap();
    assert_eq!(read.posts, []);
    assert_eq!(read.profile.verified_subject.as_deref(), Some("云溪县人民政府办公室"));
    assert_eq!(read.profile.verification, Some(Verification::Government));
    assert_eq!(read.profile.intro.as_deref(), Some("云溪县人民政府新闻办公室官方公众号"));
    assert_eq!(
        read.profile.names,
        ["2021年02月02日 “云溪县政府网”改名“云溪发布”", "2017年05月16日 注册“云溪县政府网”"]
    );
    let other = alone(recipe("wechat-aboutbiz"), &fetched("<p>请在微信客户端打开链接</p>"), now());
    assert_eq!(other.unwrap_err().failure, Failure::Layout);
}

#[test]
fn a_page_for_one_post_is_never_read_as_a_list() {
    let article = article_text().replace("访问过于频繁", "人流密集");
    for body in [article.into_bytes(), golden("wechat/aboutbiz.html")] {
        assert_eq!(look("wechat-article", body).unwrap_err().failure, Failure::Layout);
    }
}
