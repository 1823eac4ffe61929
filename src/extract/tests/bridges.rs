//! RSSHub: its feeds in every format, and its error pages of several generations.

use super::*;

/// The error page of a running RSSHub: no `<details>`, the call stack behind the message.
fn error_page(message: &str) -> String {
    format!(
        "<html><head><title>Welcome to RSSHub!</title><script src=\"https://cdn.example/tw.js\"></script></head><body>\
         <h1 class=\"text-4xl\">Looks like something went wrong</h1><div><p class=\"font-bold\">Helpful Information</p>\
         <p class=\"message\">Error Message:<br/><code class=\"mt-2 block\">{message}\n    at Object.handler (file:///app/lib/test.mjs:18:45)\n\
         at async dispatch (file:///app/compose.js:22:17)</code></p><p class=\"message\">Route: <code>/weibo/user/:uid</code></p>\
         <p class=\"message\">Node Version: <code>v22</code></p></div><div><p>在仔细阅读<a>文档</a>后，如果你认为这是 RSSHub 的 bug，请提交 issue。</p></div></body></html>"
    )
}

#[test]
fn the_error_of_a_bridge_is_quoted_without_its_call_stack() {
    for (status, body, failure, detail) in [
        (503, error_page("Error: Cookies expired. Please update WEIBO_COOKIES"), Failure::BridgeDown, "Cookies expired. Please update WEIBO_COOKIES"),
        (403, error_page("RejectError: Authentication failed"), Failure::BridgeDown, "RejectError: Authentication failed"),
        (404, error_page("NotFoundError: wrong path"), Failure::BridgeDown, "NotFoundError: wrong path"),
        (503, error_page("CaptchaError: 验证码 访问过于频繁"), Failure::BridgeDown, "CaptchaError: 验证码 访问过于频繁"),
        (
            503,
            error_page("Error: this route is empty, please check the original site or &lt;a&gt;create an issue&lt;/a&gt;"),
            Failure::Empty,
            "this route is empty",
        ),
        (
            503,
            "<h1>Looks like something went wrong</h1><details open><summary>Error Message:</summary><code>Error: this route is empty, please check</code></details>".to_owned(),
            Failure::Empty,
            "this route is empty",
        ),
        (503, r#"{"error":{"message":"Error test"}}"#.to_owned(), Failure::BridgeDown, r#"{"error":{"message":"Error test"}}"#),
        (503, r#"{"error":{"message":"this route is empty, please"}}"#.to_owned(), Failure::Empty, r#"{"error":{"message":"this route is empty, please"}}"#),
        (404, r#"{"error":{"message":""}}"#.to_owned(), Failure::BridgeDown, "HTTP 404"),
    ] {
        let answer = Fetched { status, ..fetched(body.clone()) };
        let miss = extract(recipe("rsshub"), &answer, &Listing::default(), now()).unwrap_err();
        assert_eq!((miss.failure, miss.detail.as_str()), (failure, detail), "{status} {body}");
    }
}

#[test]
fn a_feed_without_items_and_a_front_page_prove_nothing() {
    let rss = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>云溪发布的微博</title><ttl>5</ttl></channel></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>云溪发布的微博</title><id>x</id><updated>2026-11-20T00:00:00Z</updated></feed>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"云溪发布的微博","items":[]}"#;
    for body in [rss, atom, json] {
        assert_eq!(look("rsshub", body).unwrap_err().failure, Failure::Empty, "{body}");
    }
    let front =
        "<html><head><title>Welcome to RSSHub!</title></head><body><h1>Welcome to RSSHub!</h1></body></html>";
    assert_eq!(look("rsshub", front).unwrap_err().failure, Failure::BridgeDown);
}

#[test]
fn the_three_formats_of_one_route_say_the_same() {
    let rss = "<rss version=\"2.0\"><channel><title>云溪发布的微博</title><description>云溪 - Powered by RSSHub</description>\
        <item><title>停水通知</title><description>&lt;p&gt;今晚检修。&lt;/p&gt;</description><link>https://mp.weixin.qq.com/s/a</link>\
        <guid isPermaLink=\"false\">https://mp.weixin.qq.com/s/a</guid><pubDate>Fri, 20 Nov 2026 00:36:00 GMT</pubDate><author>云溪发布</author></item></channel></rss>";
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>云溪发布的微博</title><id>http://127.0.0.1:1200/x</id><updated>2026-11-20T04:00:00Z</updated>\
        <subtitle>云溪 - Powered by RSSHub</subtitle><entry><title>停水通知</title><content type=\"html\" src=\"https://mp.weixin.qq.com/s/a\">&lt;p&gt;今晚检修。&lt;/p&gt;</content>\
        <link href=\"https://mp.weixin.qq.com/s/a\"></link><id>https://mp.weixin.qq.com/s/a</id><published>2026-11-20T00:36:00.000Z</published></entry></feed>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"云溪发布的微博","description":"云溪 - Powered by RSSHub","items":[{"id":"https://mp.weixin.qq.com/s/a","url":"https://mp.weixin.qq.com/s/a","title":"停水通知","content_html":"<p>今晚检修。</p>","date_published":"2026-11-20T00:36:00.000Z"}]}"#;
    let first = look("rsshub", rss).unwrap();
    assert_eq!(told(&first.posts[0]), "11-20 08:36 unknown - 停水通知");
    assert_eq!(first.profile.name.as_deref(), Some("云溪发布"));
    for body in [atom, json] {
        let read = look("rsshub", body).unwrap();
        assert_eq!(read.posts, first.posts, "{body}");
        assert_eq!(read.profile.name, first.profile.name);
    }
}

#[test]
fn a_content_that_is_empty_or_told_twice_spoils_no_feed() {
    let entry = |n: u32, content: &str| {
        format!(
            "<entry><title>第{n}号</title><id>x{n}</id><updated>2026-11-20T00:36:00Z</updated>{content}</entry>"
        )
    };
    let feed = |contents: &[&str]| {
        let entries: String = (1..).zip(contents).map(|(n, content)| entry(n, content)).collect();
        format!(
            "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>云溪</title><id>x</id><updated>2026-11-20T00:36:00Z</updated>{entries}</feed>"
        )
    };
    let contents = [
        "<content type=\"html\" src=\"https://a.example/1\">今晚检修。</content>",
        "<content src='https://a.example/1' type='html'>今晚检修。</content>",
        "<content type=\"html\" src=\"https://a.example/1\"/>",
        "<content type=\"html\" src=\"https://a.example/1\"></content>",
        "<content type=\"html\"></content>",
        "<content/>",
        "<content type=\"text/html\" src=\"https://a.example/1\"/>",
        "<content type=\"html\">&lt;content src='x'/&gt;今晚检修。</content>",
    ];
    let read = look("rsshub", feed(&contents)).unwrap();
    assert_eq!(read.posts.len(), contents.len());
    let texts: Vec<_> = read.posts.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, ["今晚检修。", "今晚检修。", "", "", "", "", "", "今晚检修。"]);
}
