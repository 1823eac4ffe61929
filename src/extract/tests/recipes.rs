//! What each shipped recipe reads from a page of its kind.

use super::*;
use encoding_rs::GB18030;

fn told_all(name: &str, file: &str) -> Vec<String> {
    look(name, golden(file)).unwrap().posts.iter().map(told).collect()
}

#[test]
fn every_shipped_recipe_reads_its_golden_page() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/platforms");
    let recipes = Recipes::load(&folder).unwrap();
    for recipe in recipes.iter() {
        let golden = recipe.golden().unwrap();
        for page in golden.profile.iter().chain([&golden.page]) {
            assert!(page.exists(), "{}", page.display());
        }
    }
    assert_eq!(recipes.rehearse(now()), []);
}

#[test]
fn a_feed_of_each_kind_is_read() {
    assert_eq!(
        told_all("feed", "feed/rss.xml"),
        [
            "11-20 08:30 unknown - 澄湖市部署冬季供水保障工作",
            "2026-11-19 unknown - 云溪县举办稻香节 & 丰收市集",
            "- unknown - 没有时间的一条",
        ]
    );
    assert_eq!(
        told_all("feed", "feed/atom.xml"),
        ["11-19 18:20 unknown - 云溪县第三届读书月启动", "11-18 09:00 unknown - 云溪县交通管制通告"]
    );
    assert_eq!(told_all("feed", "feed/rdf.xml"), ["11-20 08:30 unknown - 停水通知"]);
    assert_eq!(
        told_all("feed", "feed/feed.json"),
        ["11-20 07:30 unknown - 一图读懂澄湖市医保新政", "11-19 07:30 unknown - 周末去哪儿"]
    );
}

#[test]
fn a_feed_gives_the_profile_and_clean_texts_and_whole_addresses() {
    let read = look("feed", golden("feed/rss.xml")).unwrap();
    assert_eq!(read.profile.name.as_deref(), Some("澄湖市人民政府门户网站"));
    assert_eq!(read.profile.intro.as_deref(), Some("澄湖市人民政府办公室主办"));
    assert_eq!(read.profile.avatar.as_deref(), Some("https://www.chenghu.example/logo.png"));
    assert_eq!(read.posts[0].text, "会议强调 保供。");
    assert_eq!(read.posts[2].url, "https://www.chenghu.example/art/art_7_99.html");
    let atom = look("feed", golden("feed/atom.xml")).unwrap();
    assert_eq!(atom.posts[0].url, "https://www.yunxi.example/p/7");
}

#[test]
fn a_feed_in_gb18030_is_read_however_it_is_declared() {
    let utf8 = String::from_utf8(golden("feed/rss.xml")).unwrap().replace("云溪", "云㐂");
    let rest = utf8.split_once("?>").unwrap().1;
    for (declaration, content_type) in [
        ("<?xml version=\"1.0\" encoding=\"gb2312\"?>", "text/xml"),
        ("<?xml version=\"1.0\" encoding=\"GB18030\"?>", ""),
        ("<?xml version=\"1.0\"?>", "application/rss+xml; charset=gbk"),
        ("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "text/xml; charset=gb2312"),
        ("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "text/xml"),
        ("", ""),
    ] {
        let body = GB18030.encode(&format!("{declaration}{rest}")).0.into_owned();
        let fetched = Fetched { content_type: content_type.to_owned(), ..fetched(body) };
        let read = extract(recipe("feed"), &fetched, &Listing::default(), now()).unwrap();
        assert_eq!(read.posts[1].title, "云㐂县举办稻香节 & 丰收市集", "{declaration} {content_type}");
    }
}

#[test]
fn a_feed_without_a_version_is_still_a_feed() {
    for root in ["<rss>", "<rss version='2.0.1' xmlns:a='b'>", "<rss version=\"1.0\">"] {
        let body = format!("{root}<channel><item><title>停水通知</title></item></channel></rss>");
        assert_eq!(look("feed", body).unwrap().posts.len(), 1, "{root}");
    }
}

#[test]
fn a_bridge_tells_reposts_from_own_posts() {
    assert_eq!(
        told_all("rsshub", "rsshub/weibo.xml"),
        [
            "11-20 10:30 original - 【提醒】今晚降温,注意添衣",
            "11-19 20:30 repost 澄湖发布 转发微博 - 转发 澄湖发布: 全市文明创建推进会召开",
            "11-18 09:00 repost - 转发微博 - 转发 [原微博不可访问]",
        ]
    );
    let profile = look("rsshub", golden("rsshub/weibo.xml")).unwrap().profile;
    assert_eq!(profile.name.as_deref(), Some("云溪发布"));
    assert_eq!(profile.intro.as_deref(), Some("云溪县人民政府新闻办公室官方微博"));
}

#[test]
fn only_what_names_an_account_is_its_name() {
    let renamed =
        String::from_utf8(golden("rsshub/weibo.xml")).unwrap().replace("云溪发布的微博", "青岚之声的微博");
    for (name, body, named) in [
        ("rsshub", renamed.clone(), Some("青岚之声")),
        ("rsshub", renamed.replace("青岚之声的微博", "青岚之声"), None),
        ("feed", renamed.clone(), None),
        ("gov-list", String::from_utf8(golden("gov-list/list.html")).unwrap(), None),
        ("weibo", String::from_utf8(golden("weibo/page.json")).unwrap(), Some("云溪发布")),
    ] {
        let read = look(name, body).unwrap();
        assert_eq!(read.profile.name.filter(|_| read.named).as_deref(), named, "{name}");
    }
}

#[test]
fn a_bridge_tells_a_new_name_also_without_a_new_post() {
    let text = String::from_utf8(golden("rsshub/weibo.xml")).unwrap();
    let known = look("rsshub", text.clone()).unwrap().listing;
    let renamed = text.replace("云溪发布的微博", "青岚之声的微博");
    let read = extract(recipe("rsshub"), &fetched(renamed), &known, now()).unwrap();
    assert!(read.posts.is_empty() && read.named);
    assert_eq!(read.profile.name.as_deref(), Some("青岚之声"));
    assert_eq!(read.listing, known);
    let read = extract(recipe("feed"), &fetched(text), &known, now()).unwrap();
    assert!(
        read.posts.is_empty() && !read.named && read.profile == crate::model::listing::Profile::default()
    );
}

#[test]
fn the_list_of_a_government_page_is_found_by_itself() {
    let read = look("gov-list", golden("gov-list/list.html")).unwrap();
    assert_eq!(
        read.posts.iter().map(told).collect::<Vec<_>>(),
        [
            "2026-11-20 unknown - 澄湖市召开冬季供水保障工作会议研究部署下一阶段任务",
            "2026-11-19 unknown - 云溪县举办第三届稻香节暨丰收市集开幕式",
            "2026-11-18 unknown - 2026年11月18日新闻发布会实录",
            "2026-11-17 unknown - 市卫生健康委开展“健康澄湖”主题宣传活动",
            "2026-10-30 unknown - 关于城区部分道路临时交通管制的通告",
            "2025-12-25 unknown - 年终盘点:澄湖市十件民生实事全部办结",
        ]
    );
    assert_eq!(read.posts[0].url, "https://www.chenghu.example/zwgk/202611/t20261120_101.html");
    assert_eq!(read.profile.name.as_deref(), Some("澄湖市人民政府"));
}

#[test]
fn a_list_of_table_rows_is_found_too() {
    let row = |n: u32| {
        format!(
            "<tr><td>·</td><td><a href='/n/{n}.html'>云溪县第{n}号通告</a></td><td>2026-11-{n:02}</td></tr>"
        )
    };
    let page =
        format!("<table><tr><th>标题</th><th>日期</th></tr>{}</table>", (1..8).map(row).collect::<String>());
    assert_eq!(look("gov-list", page).unwrap().posts.len(), 7);
}

#[test]
fn a_page_with_fewer_dated_rows_than_a_list_has_is_a_changed_layout() {
    let row = |n: u32| format!("<li><a href='/n/{n}.html'>云溪县第{n}号通告</a><i>2026-11-{n:02}</i></li>");
    for page in [
        format!("<ul>{}</ul>", (1..5).map(row).collect::<String>()),
        format!(
            "<ul>{}</ul>",
            (1..9).map(|n| format!("<li><a href='/{n}'>导航{n}</a></li>")).collect::<Vec<_>>().concat()
        ),
        "<ul id=list></ul><script>load('/api/list')</script>".to_owned(),
    ] {
        assert_eq!(look("gov-list", page).unwrap_err().failure, Failure::Layout);
    }
}

#[test]
fn an_article_is_read_by_its_metas_and_never_by_left_over_attributes() {
    let read = article(recipe("gov-list"), &fetched(golden("gov-list/article.html")), now()).unwrap();
    assert_eq!(read.title.as_deref(), Some("澄湖市召开冬季供水保障工作会议"));
    assert_eq!(read.source.as_deref(), Some("云溪日报"));
    assert!(
        read.text.starts_with("11月20日,澄湖市召开") && read.text.ends_with("安全稳定。"),
        "{}",
        read.text
    );
    let post = post_of(read, &fetched("").url);
    assert_eq!(told(&post), "11-20 08:26 unknown 云溪日报 澄湖市召开冬季供水保障工作会议");
}

#[test]
fn an_article_without_metas_is_read_by_its_labels_then_by_its_address() {
    let body = "<p>云溪县今日召开重点项目建设调度会议,研究推进下一步工作。</p>";
    let url = Url::parse("https://www.yunxi.example/202611/t20261118_9.html").unwrap();
    for (head, time) in [
        ("<i>2026年11月19日08:18&nbsp;来源:云溪日报</i>", "11-19 08:18"),
        ("<i>发布日期:2026-11-19</i>", "2026-11-19"),
        ("<i>活动时间:2026-11-19</i>", "2026-11-18"),
        ("", "2026-11-18"),
    ] {
        let page = Fetched {
            url: url.clone(),
            ..fetched(format!("<h1>云溪县调度会</h1><div>{head}</div><div>{body}</div>"))
        };
        let read = article(recipe("gov-list"), &page, now()).unwrap();
        assert!(told(&post_of(read, &url)).starts_with(time), "{head}");
    }
}

#[test]
fn a_column_is_read_from_json() {
    assert_eq!(
        told_all("gov-json", "gov-json/column.json"),
        [
            "11-20 09:10 unknown 澄湖市应急管理局 澄湖市开展消防安全大检查",
            "2026-11-19 unknown 云溪日报 云溪县推进老旧小区改造",
            "11-19 09:00 unknown - 关于征集民生实事项目的公告",
        ]
    );
}

#[test]
fn weibo_is_read_with_pins_reposts_and_profile() {
    let read = look("weibo", golden("weibo/page.json")).unwrap();
    assert_eq!(
        read.posts.iter().map(told).collect::<Vec<_>>(),
        [
            "^01-07 10:00 original - 置顶:云溪发布开通啦",
            "11-20 08:30 original - 今晨有雾,注意行车安全",
            "11-19 12:00 repost 澄湖发布 转发微博",
            "11-19 21:05 repost - 快转",
        ]
    );
    assert_eq!(read.posts[0].url, "https://weibo.com/7000000001/Qz0001");
    assert_eq!(read.posts[1].url, "https://weibo.com/7000000001/5100000000000004");
    assert_eq!(read.profile.followers, Some(12_000));
    assert_eq!(read.profile.verified_subject.as_deref(), Some("云溪县人民政府新闻办公室"));
}

#[test]
fn a_known_listing_leaves_nothing_to_parse() {
    for (name, file) in [
        ("feed", "feed/rss.xml"),
        ("feed", "feed/atom.xml"),
        ("feed", "feed/feed.json"),
        ("gov-list", "gov-list/list.html"),
        ("gov-json", "gov-json/column.json"),
        ("weibo", "weibo/page.json"),
    ] {
        let first = look(name, golden(file)).unwrap();
        let again = extract(recipe(name), &fetched(golden(file)), &first.listing, now()).unwrap();
        assert_eq!(again.listing, first.listing, "{file}");
        assert_eq!(again.posts, [], "{file}");
    }
}

#[test]
fn one_new_item_among_known_ones_is_the_only_post() {
    let all = String::from_utf8(golden("feed/rss.xml")).unwrap();
    let start = all.find("<item>").unwrap();
    let end = all.find("</item>\n").unwrap() + "</item>".len();
    let without = format!("{}{}", &all[..start], &all[end..]);
    let before = look("feed", without).unwrap();
    assert_eq!(before.listing.lines.len(), 2);
    let after = extract(recipe("feed"), &fetched(all.clone()), &before.listing, now()).unwrap();
    assert_eq!(
        after.posts.iter().map(told).collect::<Vec<_>>(),
        ["11-20 08:30 unknown - 澄湖市部署冬季供水保障工作"]
    );
    assert_eq!(after.listing, look("feed", all).unwrap().listing);
}

#[test]
fn a_time_told_from_now_stays_what_the_nearer_look_read() {
    let page = |words: &str| {
        let old = |n: u32| format!("<li><a href='/n/{n}'>云溪县第{n}号通告</a><i>2026-11-{n:02}</i></li>");
        format!(
            "<ul><li><a href='/n/20'>云溪县第20号通告</a><i>{words}</i></li>{}</ul>",
            (1..9).map(old).collect::<String>()
        )
    };
    let first = look("gov-list", page("3分钟前")).unwrap();
    let later = now() + chrono::Duration::hours(2);
    let again = extract(recipe("gov-list"), &fetched(page("2小时前")), &first.listing, later).unwrap();
    assert_eq!(again.listing.lines[0].published, first.listing.lines[0].published);
}

#[test]
fn a_request_is_made_from_the_target() {
    let none = Validators::default;
    let weibo = recipe("weibo").request("1669879400", none()).unwrap();
    assert_eq!(weibo.url.host_str(), Some("m.weibo.cn"));
    assert!(weibo.headers.contains(&("Referer".to_owned(), "https://m.weibo.cn/u/1669879400".to_owned())));
    assert!(recipe("weibo").request("a&b", none()).unwrap().url.as_str().contains("value=a%26b&"));
    let route = recipe("rsshub").request("weibo/user/1/readable=1&showRetweeted=1", none()).unwrap();
    assert_eq!(route.url.as_str(), "http://127.0.0.1:1200/weibo/user/1/readable=1&showRetweeted=1");
    assert_eq!(recipe("feed").request("https://a.example/x?y=1", none()).unwrap().url.query(), Some("y=1"));
    for target in ["", "file:///etc/passwd", "rss.xml", "ftp://a.example/"] {
        assert!(recipe("feed").request(target, none()).is_err(), "{target}");
    }
}

#[test]
fn a_demo_points_a_platform_at_loopback() {
    let mut recipes = SHIPPED.clone();
    recipes.rebase("https://m.weibo.cn", "http://127.0.0.1:9");
    let request = recipes.find("weibo").unwrap().request("1", Validators::default()).unwrap();
    assert_eq!(request.url.port(), Some(9));
    assert_eq!(
        recipe("weibo").request("1", Validators::default()).unwrap().url.host_str(),
        Some("m.weibo.cn")
    );
}

#[test]
fn every_mistake_of_a_recipe_is_told_at_once_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = \"云溪\"\nreader = \"page\"\nurl = \"/list\"\ncolour = 1\nfollow = { most = 3 }\n\n[page]\nitem = \"li >\"\n\n[[marks]]\ntext = '''('''\nfailure = \"challenge\"\n\n[[marks]]\nfailure = \"nonsense\"\n\n[[marks]]\nfailure = \"gone\"\n";
    std::fs::write(folder.path().join("yunxi.toml"), text).unwrap();
    std::fs::write(folder.path().join("broken.toml"), "name = ").unwrap();
    let mistakes = Recipes::load(folder.path()).unwrap_err();
    let told: Vec<_> = mistakes
        .iter()
        .filter(|mistake| mistake.file.ends_with("yunxi.toml"))
        .map(|mistake| match mistake.place {
            crate::config::mistake::Place::Line(line) => (line, mistake.key.as_str()),
            _ => (0, mistake.key.as_str()),
        })
        .collect();
    for expected in [
        (3, "url"),
        (4, "colour"),
        (5, "follow"),
        (8, "page.item"),
        (11, "marks.text"),
        (15, "marks"),
        (17, "marks"),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not in {told:?}");
    }
    assert!(mistakes.iter().any(|mistake| mistake.file.ends_with("broken.toml")));
}

#[test]
fn a_file_of_the_operator_replaces_the_shipped_one() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = \"rsshub\"\nreader = \"feed\"\nbase = \"https://bridge.chenghu.example\"\nurl = \"{+target}\"\n";
    std::fs::write(folder.path().join("rsshub.toml"), text).unwrap();
    let recipes = Recipes::load(folder.path()).unwrap();
    let request = recipes.find("rsshub").unwrap().request("weibo/user/1", Validators::default()).unwrap();
    assert_eq!(request.url.host_str(), Some("bridge.chenghu.example"));
    assert!(recipes.find("weibo").is_some());
}

#[test]
fn a_recipe_that_leaves_pages_to_nobody_is_told() {
    let load = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("yunxi.toml"), text).unwrap();
        Recipes::load(folder.path())
    };
    let feed = |more: &str| format!("name = \"yunxi\"\nreader = \"feed\"\nurl = \"{{target}}\"\n{more}");
    for text in [
        feed("follow = { max = 3, by = \"nobody\" }"),
        feed("follow = { max = 3, by = \"weibo\" }"),
        feed("[sync]\nurl = \"/x\"\nitems = \"[]\"\nid = \"id\"\ntime = \"t\"\nstale = \"30h\""),
        feed("[article]\ntitle = [\"h1 >\"]"),
        feed("[article]\ntime = [\"script: (\"]"),
        feed("[article]\nheading = [\"h1\"]"),
        "name = \"yunxi\"\nreader = \"article\"\nurl = \"{target}\"".to_owned(),
    ] {
        assert_eq!(load(&text).unwrap_err().len(), 1, "{text}");
    }
    assert!(load(&feed("follow = { max = 3, by = \"wechat-article\" }")).is_ok());
    // Nothing that must be judged anew at every look may be answered with "nothing changed".
    let asked = Validators { etag: Some("\"x\"".to_owned()), ..Validators::default() };
    for (text, conditional) in [(feed(""), true), (feed("part = true"), false)] {
        let recipes = load(&text).unwrap();
        let request = recipes.find("yunxi").unwrap().request("https://a.example/", asked.clone()).unwrap();
        assert_eq!(!request.validators.is_empty(), conditional, "{text}");
    }
    assert!(recipe("wewe-rss").request("MP_WXS_1", asked).unwrap().validators.is_empty());
}
