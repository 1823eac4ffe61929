//! 公众号 as mp.weixin.qq.com and the bridges to it write them: RSS of wewe-rss and Wechat2RSS, an album, an article, the
//! page about an account.
//!
//! In: a view, or one post. Out: XML, JSON or HTML. Links lead to article pages on the site that lists them.

use super::feed::rendered;
use super::{Line, View};
use crate::demo::city::Account;
use askama::Template;
use serde_json::{Value, json};

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
    <channel>
        <title>{{ view.name() }}</title>
        <link>{{ view.base }}{{ target }}</link>
        <description>{{ view.intro() }}</description>
        <lastBuildDate>{{ view.asked.gmt() }}</lastBuildDate>
        <generator>WeWe-RSS</generator>
        <image><title>{{ view.name() }}</title><url>{{ view.base }}/avatar.png</url><link>{{ view.base }}{{ target }}</link></image>
{%- for line in view.lines %}
        <item>
            <title>{{ line.title }}</title>
            <link>{{ view.article(line) }}</link>
            <guid>{{ view.article(line) }}</guid>
            <pubDate>{{ line.printed.gmt() }}</pubDate>
            <enclosure url="{{ view.base }}/avatar.png" length="0" type="image/jpeg"/>
        </item>
{%- endfor %}
    </channel>
</rss>
"#
)]
struct Wewe<'a> {
    view: &'a View<'a>,
    target: &'a str,
}

/// wewe-rss: titles and links only.
pub(in crate::demo) fn wewe(view: &View<'_>, target: &str) -> String {
    rendered(&Wewe { view, target })
}

/// The list wewe-rss gives of its feeds, with the second of each one's last reading.
pub(in crate::demo) fn wewe_feeds<'a>(
    feeds: impl Iterator<Item = (String, &'a Account)>,
    synced: i64,
) -> Value {
    let feed = |(id, account): (String, &Account)| json!({ "id": id, "name": account.registered.name, "intro": "", "cover": "", "syncTime": synced });
    feeds.map(feed).collect()
}

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{{ view.name() }}</title><link>https://mp.weixin.qq.com/</link><description>{{ view.intro() }} (wechat feed made by @ttttmr https://wechat2rss.example)</description><image><url>{{ view.base }}/avatar.png</url><title>{{ view.name() }}</title><link>https://mp.weixin.qq.com/</link></image>
{%- for line in view.lines %}<item><title>{{ line.title }}</title><link>{{ view.article(line) }}</link><description>{{ line.html() }}</description><guid>{{ view.article(line) }}</guid><pubDate>{{ line.printed.form("%a, %d %b %Y %H:%M:%S %z") }}</pubDate></item>{% endfor %}</channel></rss>"#
)]
struct Wechat2rss<'a> {
    view: &'a View<'a>,
}

/// Wechat2RSS.
pub(in crate::demo) fn wechat2rss(view: &View<'_>) -> String {
    rendered(&Wechat2rss { view })
}

/// An album of an account, as mp.weixin.qq.com gives it.
pub(in crate::demo) fn album(view: &View<'_>) -> Value {
    let article = |line: &Line| {
        json!({
            "create_time": line.printed.seconds().to_string(), "item_show_type": "0", "itemidx": "1", "msgid": line.id,
            "title": line.title, "url": view.article(line),
        })
    };
    json!({
        "base_resp": { "ret": 0, "err_msg": "ok" },
        "getalbum_resp": {
            "base_info": {
                "article_count": view.lines.len().to_string(), "brand_icon": format!("{}/avatar.png", view.base),
                "nickname": view.name(), "title": "政策解读", "username": view.uid(),
            },
            "article_list": view.lines.iter().map(article).collect::<Vec<_>>(),
            "continue_flag": "0", "reverse_continue_flag": "0",
        },
    })
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta property="og:title" content="{{ line.title }}"><title></title>
<script>var biz = "" || ""; var oriCreateTime = '{{ line.printed.seconds() }}'; var createTime = '{{ line.printed.form("%Y-%m-%d %H:%M") }}';</script></head>
<body class="zh_CN"><div id="js_article" class="rich_media"><h1 class="rich_media_title" id="activity-name">{{ line.title }}</h1>
<a href="javascript:void(0);" id="js_name">{{ account.registered.name }}</a><em id="publish_time"></em>
<div class="rich_media_content" id="js_content" style="visibility: hidden;">{{ line.html()|safe }}</div></div>
<script type="text/javascript">var nickname = htmlDecode("{{ account.registered.name }}"); var ct = "{{ line.printed.seconds() }}"; var user_name = "{{ account.registered.platform_uid }}"; var _copyright_stat = "{% if line.outlet.is_none() %}1{% else %}0{% endif %}"; var item_show_type = "0";</script>
</body></html>
"#
)]
struct Article<'a> {
    account: &'a Account,
    line: &'a Line,
}

/// The page of one article.
pub(in crate::demo) fn article(account: &Account, line: &Line) -> String {
    rendered(&Article { account, line })
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{{ account.registered.name }}</title></head>
<body><div class="about-page">
  <div class="item-info"><div class="item-title basic-title">公众号简介</div><div class="item-desc basic-desc">{{ account.registered.owner }}官方公众号</div></div>
  <div class="item-info basic-info"><div class="item-title">微信号</div><div class="item-desc">{{ account.registered.platform_uid }}</div></div>
  <div class="item-info basic-info"><div class="item-title">认证类型</div><div class="item-desc">政府</div></div>
  <div class="item-info basic-info"><div class="item-title">认证主体</div><div class="item-desc">{{ account.registered.verified_subject }}</div></div>
  <div class="item-info"><div class="item-title basic-title">名称记录</div><div class="item-desc basic-desc" id="js_div_rename_history"><p class="js_item">2021年02月02日 注册“{{ account.registered.name }}”</p></div></div>
</div></body></html>
"#
)]
struct About<'a> {
    account: &'a Account,
}

/// The page about an account.
pub(in crate::demo) fn about(account: &Account) -> String {
    rendered(&About { account })
}
