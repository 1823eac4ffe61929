//! Every face of refusal becomes its class, and none of them an empty success.

use super::*;

#[test]
fn a_wall_that_answers_200_is_told_by_its_marks() {
    for (name, body, failure) in [
        (
            "weibo",
            r#"{"ok":-100,"url":"https://passport.weibo.com/sso/signin?entry=wapsso"}"#,
            Failure::LoginWall,
        ),
        ("weibo", r#"{"ok":-100,"url":"https://m.weibo.cn/captcha/show"}"#, Failure::Challenge),
        ("weibo", r#"{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}"#, Failure::Empty),
        ("weibo", r#"{"ok":1,"data":{"cards":[]}}"#, Failure::Empty),
        ("weibo", r#"{"ok":1,"data":{}}"#, Failure::Layout),
        ("weibo", r#"{"error":"User does not exists!","error_code":20003}"#, Failure::Gone),
        (
            "weibo",
            "<html><head><title>Sina Visitor System</title></head><body></body></html>",
            Failure::LoginWall,
        ),
        ("weibo", "<html><body>请先登录后查看 passport.weibo.com</body></html>", Failure::LoginWall),
        ("gov-json", r#"{"code":-352,"message":"-352","data":{"v_voucher":"x"}}"#, Failure::Challenge),
        ("gov-json", r#"{"code":-509,"message":"请求过于频繁"}{"code":0}"#, Failure::RateLimited),
        ("gov-json", r#"{"data":{"result":2}}"#, Failure::RateLimited),
        ("gov-json", r#"{"data":{"result":109}}"#, Failure::LoginWall),
        ("gov-json", r#"{"result":400002,"captchaSession":"x"}"#, Failure::Challenge),
        ("gov-json", r#"{"status_code":8,"aweme_list":[]}"#, Failure::Challenge),
        ("gov-json", r#"{"code":300012,"success":false,"msg":"IP存在风险","data":{}}"#, Failure::Challenge),
        ("gov-json", r#"{"data":{"list":[]}}"#, Failure::Empty),
        ("gov-json", "", Failure::Challenge),
        ("gov-json", "blocked", Failure::Challenge),
        ("gov-json", "<html><body>验证码</body></html>", Failure::Challenge),
        ("gov-json", r#"{"data":{"list":["#, Failure::Broken),
        ("gov-list", "<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>", Failure::Challenge),
        (
            "gov-list",
            "<script>document.cookie=('_')+('_')+('jsl_clearance_s=1')</script>",
            Failure::Challenge,
        ),
        ("gov-list", "<title>网站防火墙</title>您的请求带有不合法参数", Failure::Challenge),
        ("gov-list", "<p>您的访问请求可能存在风险</p>", Failure::Challenge),
        (
            "gov-list",
            "<title>环境异常</title><div id=secitptpage>完成验证后即可继续访问</div>",
            Failure::Challenge,
        ),
        ("gov-list", "<title>统一身份认证平台</title><form></form>", Failure::LoginWall),
        ("gov-list", "<h1>网站正在维护中</h1>", Failure::Server),
        ("gov-list", "<h1>您访问的页面不存在</h1>", Failure::Layout),
        ("gov-list", "", Failure::Broken),
        ("feed", "<rss version='2.0'><channel></channel></rss>", Failure::Empty),
        ("feed", "<rss version='2.0'><channel><item><title>断", Failure::Broken),
        ("feed", "<html><title>澄湖市</title><body>改版</body></html>", Failure::Layout),
        ("feed", r#"{"message":"不存在该feed!"}"#, Failure::BridgeDown),
        ("feed", "", Failure::Broken),
        ("rsshub", "<html><body>nginx</body></html>", Failure::BridgeDown),
        ("rsshub", "<rss version='2.0'><channel></channel></rss>", Failure::Empty),
    ] {
        assert_eq!(look(name, body).unwrap_err().failure, failure, "{name} {body}");
    }
}

#[test]
fn a_status_has_a_class_and_words_make_it_surer() {
    for (name, status, body, failure) in [
        ("gov-list", 401, "", Failure::LoginWall),
        ("gov-list", 403, "Forbidden", Failure::Refused),
        ("gov-list", 403, "<title>创宇盾</title>您的访问请求可能存在风险", Failure::Challenge),
        ("gov-list", 404, "<title>404</title>", Failure::Gone),
        ("gov-list", 410, "", Failure::Gone),
        ("gov-list", 412, "", Failure::Challenge),
        ("gov-list", 429, "", Failure::RateLimited),
        ("gov-list", 451, "", Failure::Refused),
        ("gov-list", 500, "", Failure::Server),
        ("gov-list", 503, "<title>503</title>", Failure::Server),
        ("gov-list", 521, "<script>jsl_clearance</script>", Failure::Challenge),
        ("gov-list", 302, "", Failure::Redirect),
        ("weibo", 432, "", Failure::RateLimited),
        ("weibo", 418, "", Failure::RateLimited),
        ("weibo", 403, "", Failure::RateLimited),
        ("gov-json", 461, "", Failure::Challenge),
        ("gov-json", 471, "", Failure::Challenge),
        ("rsshub", 503, "", Failure::BridgeDown),
        ("rsshub", 404, "", Failure::BridgeDown),
        ("rsshub", 429, "", Failure::RateLimited),
        ("feed", 400, "不存在该feed!", Failure::BridgeDown),
    ] {
        let answer = Fetched { status, ..fetched(body) };
        let miss = extract(recipe(name), &answer, &Listing::default(), now()).unwrap_err();
        assert_eq!((miss.failure, miss.status), (failure, status), "{name} {status} {body}");
    }
}

#[test]
fn the_error_page_of_a_bridge_is_quoted_and_its_words_are_no_wall() {
    for (name, status) in [("rsshub", 503), ("feed", 503), ("feed", 200)] {
        let answer = Fetched { status, ..fetched(golden("rsshub/error.html")) };
        let miss = extract(recipe(name), &answer, &Listing::default(), now()).unwrap_err();
        assert_eq!(miss.failure, Failure::BridgeDown);
        assert_eq!(miss.detail, "Cookies expired, 验证码 required");
    }
}

#[test]
fn a_redirect_to_a_login_is_a_login_wall() {
    for address in [
        "https://sso.chenghu.example/auth",
        "https://www.chenghu.example/login?back=1",
        "https://passport.weibo.com/visitor/visitor",
    ] {
        let answer = Fetched { url: Url::parse(address).unwrap(), ..fetched("<div>欢迎</div>") };
        let miss = extract(recipe("gov-list"), &answer, &Listing::default(), now()).unwrap_err();
        assert_eq!(miss.failure, Failure::LoginWall, "{address}");
    }
}

#[test]
fn wall_words_in_a_good_page_are_only_words() {
    let page = String::from_utf8(golden("gov-list/list.html")).unwrap();
    let page = page.replace("关于城区部分道路临时交通管制的通告", "验证码诈骗提醒:请先登录后查看的都是骗局");
    assert_eq!(look("gov-list", page).unwrap().posts.len(), 6);
    let feed = String::from_utf8(golden("feed/rss.xml")).unwrap().replace("稻香节开幕", "访问过于频繁");
    assert_eq!(look("feed", feed).unwrap().posts.len(), 3);
}

#[test]
fn a_long_page_with_another_layout_is_not_taken_for_a_wall_by_its_words() {
    let page = format!("<div>{}</div><p>请先登录后查看</p>", "澄湖市概况。".repeat(800));
    assert_eq!(look("gov-list", page).unwrap_err().failure, Failure::Layout);
}

#[test]
fn an_article_that_is_gone_says_so() {
    let miss = article(
        recipe("gov-list"),
        &fetched("<h1>您访问的页面不存在或已删除</h1><p>请返回首页重新查找您所需要的信息</p>"),
        now(),
    );
    assert_eq!(miss.unwrap_err().failure, Failure::Gone);
}

#[test]
fn only_the_platforms_own_counter_proves_that_there_is_nothing() {
    let none = look(
        "weibo",
        r#"{"ok":1,"data":{"userInfo":{"screen_name":"云溪发布","statuses_count":0},"cards":[]}}"#,
    )
    .unwrap();
    assert!(none.empty_marker && none.listing.lines.is_empty());
    assert_eq!(none.profile.name.as_deref(), Some("云溪发布"));
    let some = look("weibo", r#"{"ok":1,"data":{"userInfo":{"statuses_count":7},"cards":[]}}"#);
    assert_eq!(some.unwrap_err().failure, Failure::Empty);
    assert!(look("gov-json", r#"{"code":0,"data":{"total":0,"list":[]}}"#).unwrap().empty_marker);
}

#[test]
fn a_recipe_may_know_the_words_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "name = \"words\"\nreader = \"feed\"\nurl = \"{target}\"\n[empty]\ntext = '''本栏目尚无内容'''\n";
    std::fs::write(folder.path().join("words.toml"), text).unwrap();
    let recipes = Recipes::load(folder.path()).unwrap();
    let look = |title: &str| {
        let feed = format!("<rss version='2.0'><channel><title>{title}</title></channel></rss>");
        extract(recipes.find("words").unwrap(), &fetched(feed), &Listing::default(), now())
    };
    assert!(look("本栏目尚无内容").unwrap().empty_marker);
    assert_eq!(look("澄湖").unwrap_err().failure, Failure::Empty);
}
