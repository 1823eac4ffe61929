//! Feeds as the bridges write them: RSSHub and WeRSS as RSS 2.0, the office's own bridge as Atom.
//!
//! In: a view. Out: XML. Each keeps the habits of its bridge: RSSHub's `lastBuildDate` is the time of the
//! request, WeRSS leaves the zone of `pubDate` empty, kuaishou items have no title, link or date.

use super::{Line, Stamp, View};
use crate::demo::behaviour::Behaviour;
use crate::model::account::Platform;
use askama::Template;
use quick_xml::escape::escape;

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">
  <channel>
    <title>{{ title }}</title>
    <link>{{ view.base }}/home/{{ "{:03}"|format(view.account.number) }}/</link>
    <atom:link href="{{ view.base }}{{ target }}" rel="self" type="application/rss+xml"></atom:link>
    <description>{{ view.intro() }} - Powered by RSSHub</description>
    <generator>RSSHub</generator>
    <webMaster>contact@rsshub.example (RSSHub)</webMaster>
    <language>zh-CN</language>
    <image>
      <url>{{ view.base }}/avatar.png</url>
      <title>{{ title }}</title>
      <link>{{ view.base }}/home/{{ "{:03}"|format(view.account.number) }}/</link>
    </image>
    <lastBuildDate>{{ view.asked.gmt() }}</lastBuildDate>
    <ttl>5</ttl>
{%- for line in view.lines %}
    <item>
{%- if undated %}
      <description>{{ line.html() }}</description>
      <guid isPermaLink="false">{{ line.id }}</guid>
      <author>{{ view.name() }}</author>
{%- else %}
      <title>{{ self.heading(line) }}</title>
      <description>{{ self.description(line) }}</description>
      <link>{{ view.url(line) }}</link>
      <guid isPermaLink="false">{{ view.url(line) }}</guid>
      <pubDate>{{ line.printed.gmt() }}</pubDate>
      <author>{{ view.name() }}</author>
{%- endif %}
    </item>
{%- endfor %}
  </channel>
</rss>
"#
)]
struct Rsshub<'a> {
    view: &'a View<'a>,
    target: &'a str,
    title: String,
    undated: bool,
}

impl Rsshub<'_> {
    fn is_weibo(&self) -> bool {
        self.view.account.registered.platform == Platform::Weibo
    }

    fn heading(&self, line: &Line) -> String {
        match line.outlet {
            Some(outlet) if self.is_weibo() => format!("转发微博 - 转发 {outlet}: {}", line.title),
            _ => line.title.clone(),
        }
    }

    fn description(&self, line: &Line) -> String {
        match line.outlet {
            Some(outlet) if self.is_weibo() => format!(
                "转发微博<br><blockquote> - 转发 <a href=\"{}/9901000999\" target=\"_blank\">@{outlet}\
                 </a>: {}</blockquote>",
                self.view.elsewhere(),
                escape(line.title.as_str())
            ),
            _ => line.html(),
        }
    }
}

/// RSSHub, any platform.
pub(in crate::demo) fn rsshub(view: &View<'_>, target: &str) -> String {
    let name = view.name();
    let title = match view.account.registered.platform {
        Platform::Weibo => format!("{name}的微博"),
        Platform::Toutiao => format!("{name}的头条主页 - 今日头条(www.toutiao.com)"),
        Platform::Bilibili => format!("{name} 的 bilibili 动态"),
        _ => name.to_owned(),
    };
    let undated = view.account.behaviour == Behaviour::Undated;
    rendered(&Rsshub { view, target, title, undated })
}

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{{ view.name() }}</title><link>{{ view.base }}{{ target }}</link><description>{{ view.intro() }}</description><language>zh-CN</language><generator>Mp-We-Rss</generator><lastBuildDate>{{ view.asked.zoneless() }}</lastBuildDate><image><url>{{ view.base }}/avatar.png</url><title>{{ view.name() }}</title><link>{{ view.base }}{{ target }}</link></image>
{%- for line in view.lines %}<item><id>{{ line.id }}_1</id><title>{{ line.title }}</title><description>{{ line.short() }}</description><content:encoded>{{ line.html() }}</content:encoded><guid>{{ view.url(line) }}</guid><enclosure url="{{ view.base }}/avatar.png" length="0" type="image/jpeg"></enclosure><link>{{ view.url(line) }}</link><pubDate>{{ line.printed.zoneless() }}</pubDate></item>{% endfor %}</channel></rss>"#
)]
struct Werss<'a> {
    view: &'a View<'a>,
    target: &'a str,
}

/// WeRSS: 公众号.
pub(in crate::demo) fn werss(view: &View<'_>, target: &str) -> String {
    rendered(&Werss { view, target })
}

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>{{ view.name() }}</title>
  <subtitle>{{ view.intro() }}</subtitle>
  <id>{{ view.base }}{{ target }}</id>
  <link rel="self" href="{{ view.base }}{{ target }}"/>
  <updated>{{ updated }}</updated>
{%- for line in view.lines %}
  <entry>
    <title>{{ line.title }}</title>
    <id>{{ view.url(line) }}</id>
    <link rel="alternate" href="{{ view.url(line) }}"/>
    <published>{{ line.printed.rfc3339() }}</published>
    <updated>{{ line.printed.rfc3339() }}</updated>
    <author><name>{{ view.name() }}</name></author>
    <content type="html">{{ line.html() }}</content>
  </entry>
{%- endfor %}
</feed>
"#
)]
struct Atom<'a> {
    view: &'a View<'a>,
    target: &'a str,
    updated: String,
}

/// The office's own bridge.
pub(in crate::demo) fn atom(view: &View<'_>, target: &str) -> String {
    let newest = view.lines.iter().map(|line| line.printed).max();
    let updated = newest.map(Stamp::rfc3339).unwrap_or_default();
    rendered(&Atom { view, target, updated })
}

/// RSSHub's page when a route fails; it comes with status 503.
pub(in crate::demo) fn rsshub_error(target: &str, message: &str) -> String {
    format!(
        "<html><head><title>Welcome to RSSHub!</title></head><body><div><h1>Looks like something went wrong</h1>\
         <details open><summary>Error Message:</summary><code>Error: {}</code></details>\
         <div>Full Route: <code>{}</code></div><div>Node Version: <code>v22</code></div></div></body></html>",
        escape(message),
        escape(target)
    )
}

/// A template fails only when its output cannot be written, and memory always can.
pub(super) fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}
