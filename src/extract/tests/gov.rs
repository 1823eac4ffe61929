//! Government sites: their walls, their soft errors, and lists in every shape.

use super::*;

fn miss(name: &str, status: u16, body: &str) -> Failure {
    let answer = Fetched { status, ..fetched(body) };
    extract(recipe(name), &answer, &Listing::default(), now()).unwrap_err().failure
}

#[test]
fn every_wall_of_a_government_site_is_told_by_its_marks() {
    let ruishu = "<!DOCTYPE html><html><head><meta id=\"aZ3kQ\" content=\"x\" r='m'><script>$_ts=window['$_ts'];\
                  if(!$_ts)$_ts={};$_ts.nsd=1;</script></head><body></body></html>";
    let jsl = "<script>document.cookie=('_')+('_')+('jsl_clearance_s=1')+(';');location.href=location.pathname</script>";
    let aliyun = "<!doctypehtml><html><head><title>405</title></head><body><img src='https://errors.aliyun.com/images/x.png'>\
                  很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</body></html>";
    for (status, body, failure) in [
        (412, ruishu, Failure::Challenge),
        (202, ruishu, Failure::Challenge),
        (200, ruishu, Failure::Challenge),
        (521, jsl, Failure::Challenge),
        (200, jsl, Failure::Challenge),
        (405, aliyun, Failure::Challenge),
        (200, aliyun, Failure::Challenge),
        (403, "<title>知道创宇云防御</title><p>您的访问请求可能存在风险</p>", Failure::Challenge),
        (403, "<p>您的请求可能存在威胁，已被创宇盾拦截</p>", Failure::Challenge),
        (
            200,
            "<title>网站防火墙</title><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>",
            Failure::Challenge,
        ),
        (200, "<p>网站安全狗：您的访问被拦截</p>", Failure::Challenge),
        (200, "<p>您的访问被云锁拦截</p>", Failure::Challenge),
        (200, "<title>请求被拦截</title>", Failure::Challenge),
        (403, "<p>Forbidden</p>", Failure::Refused),
        (200, "<title>系统维护</title>", Failure::Server),
        (200, "<p>网站升级维护中</p>", Failure::Server),
        (503, "", Failure::Server),
    ] {
        for name in ["gov-list", "gov-json"] {
            assert_eq!(miss(name, status, body), failure, "{name} {status} {body}");
        }
    }
}

#[test]
fn a_page_that_does_not_exist_is_gone_and_a_list_that_does_not_exist_has_moved() {
    for body in [
        "<title>页面不存在</title>",
        "<title>404</title><p>出错了</p>",
        "<h1>您访问的页面不存在</h1>",
        "<p>抱歉，您要访问的页面已删除</p>",
        "<p>该页面已删除</p>",
        "<p>您访问的页面已被删除</p>",
    ] {
        assert_eq!(miss("gov-list", 200, body), Failure::Layout, "{body}");
        let page = article(recipe("gov-list"), &fetched(body), now());
        assert_eq!(page.unwrap_err().failure, Failure::Gone, "{body}");
    }
    // The server's own word is a statement, to be confirmed a day later.
    assert_eq!(miss("gov-list", 404, "<title>404</title>"), Failure::Gone);
}

#[test]
fn a_redirect_to_a_login_host_is_a_login_wall() {
    for address in [
        "https://sso.yunxi.example/login",
        "https://tyrz.yunxi.example/index",
        "https://www.yunxi.example/cas/login?service=x",
        "https://www.yunxi.example/oauth2/authorize?x=1",
    ] {
        let answer = Fetched { url: Url::parse(address).unwrap(), ..fetched("<div>请稍候</div>") };
        let miss = extract(recipe("gov-list"), &answer, &Listing::default(), now()).unwrap_err();
        assert_eq!(miss.failure, Failure::LoginWall, "{address}");
    }
}

#[test]
fn a_list_mixes_forms_of_dates_and_of_links() {
    let page = "<meta name=SiteName content=云溪县人民政府><meta name=ColumnName content=工作动态><ul id=list>\
        <li><a href='./202611/t20261119_1444325.html' title='完整的标题在属性里，正文被截断时以它为准'>完整的标题在属性里，正文被…</a><span>2026-11-19</span></li>\
        <li><a href='/art/2026/11/20/art_16_332664.html'>另一种链接形态的一条</a><span>[11-20]</span></li>\
        <li><span>2026/11/18</span><a href='http://www.chenghu.example/content/post_12345.html'>日期在前的一条</a></li>\
        <li><a href='t20261101_9.html'>年月日写法的一条</a><em>2026年11月1日</em></li>\
        <li><a href='t20261030_8.html'>点分隔写法的一条</a><i>2026.10.30</i></li></ul>\
        <script>createPageHTML(25, 0, 'index', 'html');</script>";
    let read = look("gov-list", page).unwrap();
    assert_eq!(
        read.posts.iter().map(told).collect::<Vec<_>>(),
        [
            "2026-11-19 unknown - 完整的标题在属性里，正文被截断时以它为准",
            "2026-11-20 unknown - 另一种链接形态的一条",
            "2026-11-18 unknown - 日期在前的一条",
            "2026-11-01 unknown - 年月日写法的一条",
            "2026-10-30 unknown - 点分隔写法的一条",
        ]
    );
    assert_eq!(read.posts[0].url, "https://www.chenghu.example/zwgk/202611/t20261119_1444325.html");
    assert_eq!(read.profile.name.as_deref(), Some("云溪县人民政府"));
}

#[test]
fn a_list_that_a_script_fetches_as_xml_is_read_from_its_address() {
    let row = |n: u32| {
        format!(
            "<record><![CDATA[<li><a href='/art/2026/11/{n}/art_9_{n}.html'>云溪县第{n}号通告</a><span>2026-11-{n}</span></li>]]></record>"
        )
    };
    let rows: String = (13..20).rev().map(row).collect();
    let body = format!(
        "<?xml version='1.0' encoding='utf-8'?><datastore><totalrecord>{}</totalrecord><recordset>{rows}</recordset></datastore>",
        7
    );
    let read = look("gov-list", body).unwrap();
    assert_eq!(read.posts.len(), 7);
    assert_eq!(told(&read.posts[0]), "2026-11-19 unknown - 云溪县第19号通告");
    assert_eq!(read.posts[0].url, "https://www.chenghu.example/art/2026/11/19/art_9_19.html");
}

#[test]
fn metas_are_read_in_any_case_doubled_empty_or_with_another_attribute() {
    let body = "<p>11月20日，澄湖市召开会议，研究部署下一阶段重点工作，要求压实责任。</p>";
    for (head, time, source) in [
        (
            "<meta name=PubDate content='2026-11-20 08:26'><meta name=ContentSource content=云溪日报>",
            "11-20 08:26",
            Some("云溪日报"),
        ),
        ("<meta name=pubdate content=''><meta name=PubDate value='2026-11-20 08:26'>", "11-20 08:26", None),
        (
            "<meta name=contentSource content=null><meta name=contentsource content=云溪日报><meta name=PubDate content=2026-11-19>",
            "2026-11-19",
            Some("云溪日报"),
        ),
        (
            "<meta name=firstpublishedtime content='2026-11-19-23:59:59'><meta name=Maketime content='2026-11-20 10:00'>",
            "11-19 23:59",
            None,
        ),
        ("<meta property='article:published_time' content='2026-11-19T08:00:00+08:00'>", "11-19 08:00", None),
        ("<meta name=publishdate content=2026年11月18日08:18>", "11-18 08:18", None),
    ] {
        let read = article(
            recipe("gov-list"),
            &fetched(format!("{head}<h1>云溪县调度会议</h1><div>{body}</div>")),
            now(),
        )
        .unwrap();
        assert_eq!(read.source.as_deref(), source, "{head}");
        assert!(told(&post_of(read, &fetched("").url)).starts_with(time), "{head}");
    }
}
