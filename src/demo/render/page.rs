//! HTML as government portals write it, in three styles, and the pages that stand in the way.
//!
//! In: a view or a post. Out: HTML in UTF-8; the answer re-encodes the county's. Portals carry the metas of
//! 政府网站发展指引 (国办发〔2017〕47号, annex): Site* and Column* on lists, the article's own on articles.

use super::feed::rendered;
use super::{Line, View};
use crate::demo::city::{Account, Site};
use askama::Template;

/// What a portal says about itself in its metas.
struct Portal {
    name: &'static str,
    domain: &'static str,
    code: &'static str,
    charset: &'static str,
}

impl Portal {
    const fn of(site: Site) -> Self {
        let (name, domain, code, charset) = match site {
            Site::DistrictHall => ("青岚区人民政府", "www.qinglan.example", "9901020001", "utf-8"),
            Site::CountyHall => ("云溪县人民政府", "www.yunxi.example", "9901210001", "gb2312"),
            Site::CityHall => ("澄湖市人民政府", "www.chenghu.example", "9901000001", "utf-8"),
            _ => ("巡网演示站点", "bridge.example", "", "utf-8"),
        };
        Self { name, domain, code, charset }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="{{ portal.charset }}">
<meta name="SiteName" content="{{ portal.name }}"><meta name="SiteDomain" content="{{ portal.domain }}"><meta name="SiteIDCode" content="{{ portal.code }}">
<meta name="ColumnName" content="{{ view.name() }}"><meta name="ColumnDescription" content="{{ view.intro() }}"><meta name="ColumnType" content="工作动态">
{%- if let Some((title, keywords)) = broken.head %}
<meta name="keywords" content="{{ keywords }}"><title>{{ title }}</title></head><body>
{%- else %}
<title>{{ view.name() }}_{{ portal.name }}</title></head><body>
{%- endif %}
<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a> <a href="/bsfw/">办事服务</a> <a href="/hdjl/">互动交流</a>
<ul class="more" style="display:none"><li><a href="/zwgk/zfxxgk/">政府信息公开</a></li><li><a href="https://service.weibo.com/share/share.php">分享到微博</a></li></ul></div>
{%- if broken.planted %}
<div style="position:absolute;left:-9999px"><a href="https://xinpujing.example/">澳门新葡京娱乐官网</a><a href="https://ty.bocai.example/">体育投注平台</a></div>
{%- endif %}
{%- if redesigned %}
<div id="app" class="news-panel-v2" data-column="{{ view.account.number }}"><div class="skeleton"></div><div class="skeleton"></div></div>
<script src="/static/js/chunk-vendors.9901.js"></script><script>window.__COLUMN__={id:{{ view.account.number }},size:20};</script>
{%- else if view.site == Site::DistrictHall %}
<table class="list-table"><tbody>
{%- for line in view.lines %}
<tr><td class="bt">{% if line.pinned %}<em>[置顶]</em>{% endif %}<a href="{{ view.path(line) }}" title="{{ line.title }}">{{ line.short() }}</a></td><td class="rq">[{{ line.printed.form("%m-%d") }}]</td></tr>
{%- endfor %}
</tbody></table>
{%- else if view.site == Site::CountyHall %}
<div class="col-list">
{%- for line in view.lines %}
<div class="item">{% if line.pinned %}<i class="top">置顶</i>{% endif %}<h3><a target="_blank" href="{{ view.path(line) }}">{{ line.title }}</a></h3><p>发布日期:<em>{{ line.printed.form("%Y年%-m月%-d日") }}</em></p></div>
{%- endfor %}
</div>
{%- else %}
<ul class="news-list">
{%- for line in view.lines %}
<li>{% if line.pinned %}<em>[置顶]</em>{% endif %}<a href="{{ view.path(line) }}" title="{{ line.title }}">{{ line.short() }}</a><span>{{ line.printed.form("%Y-%m-%d") }}</span></li>
{%- endfor %}
</ul>
<script>createPageHTML(25, 0, "index", "html");</script>
{%- endif %}
<div class="footer">主办单位:{{ view.account.registered.owner }} <a href="/sitemap.html">网站地图</a> 网站标识码 {{ portal.code }}</div>
</body></html>
"##
)]
struct List<'a> {
    portal: Portal,
    view: &'a View<'a>,
    redesigned: bool,
    broken: Broken,
}

/// What somebody has put into a page.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::demo) struct Broken {
    /// Links that nobody sees.
    pub(in crate::demo) planted: bool,
    /// Another title, and keywords.
    pub(in crate::demo) head: Option<(&'static str, &'static str)>,
}

/// The list page of a column; after a redesign only its shell, which a script fills.
pub(in crate::demo) fn list(view: &View<'_>, redesigned: bool, broken: Broken) -> String {
    rendered(&List { portal: Portal::of(view.site), view, redesigned, broken })
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="{{ portal.charset }}">
<meta name="SiteName" content="{{ portal.name }}"><meta name="SiteDomain" content="{{ portal.domain }}"><meta name="SiteIDCode" content="{{ portal.code }}">
<meta name="ColumnName" content="{{ account.registered.name }}"><meta name="ColumnType" content="工作动态">
<meta name="ArticleTitle" content="{{ line.title }}"><meta name="PubDate" content="{{ line.printed.form("%Y-%m-%d %H:%M") }}"><meta name="ContentSource" content="{{ source }}">
<title>{{ line.title }}</title></head><body>
<div class="article" id="article"><h1>{{ line.title }}</h1>
<p class="info"><span>发布时间:{{ line.printed.form("%Y-%m-%d %H:%M") }}</span> <span>来源:{{ source }}</span> <span>{{ account.registered.name }}</span></p>
<div class="TRS_Editor" id="content">
{%- for paragraph in line.paragraphs() %}<p>{{ paragraph }}</p>{% endfor %}
</div></div>
</body></html>
"#
)]
struct Article<'a> {
    portal: Portal,
    account: &'a Account,
    line: &'a Line,
    source: &'a str,
}

/// The page of one post.
pub(in crate::demo) fn article(site: Site, account: &Account, line: &Line) -> String {
    let source = line.outlet.unwrap_or(&account.registered.owner);
    rendered(&Article { portal: Portal::of(site), account, line, source })
}

/// The login page that a walled portal answers with status 200.
pub(in crate::demo) fn login() -> &'static str {
    r#"<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>统一身份认证平台-用户登录</title></head><body>
<form id="loginForm" method="post" action="/login"><h2>请先登录后查看</h2>
<input type="text" name="username" placeholder="用户名"><input type="password" name="password" placeholder="密码">
<button type="submit">登录</button></form></body></html>
"#
}

/// What a portal behind 瑞数 answers to a machine: a script that must run first.
pub(in crate::demo) fn challenge() -> &'static str {
    r#"<!DOCTYPE html><html><head><meta charset="utf-8"><meta content="c0ffee" r="m"><script type="text/javascript" r="m">$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=99010;$_ts.cd="qTqEqA";</script><script type="text/javascript" src="/4QbVtADbnLVIc/d.FxJzG50F.js" r="m"></script></head><body></body></html>"#
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>关于{{ verb }}“{{ account.registered.name }}”的公告</title></head><body>
<div class="article"><h1>关于{{ verb }}“{{ account.registered.name }}”的公告</h1>
<p>因工作调整,{{ account.registered.owner }}决定{{ verb }}{{ account.registered.platform.zh() }}“{{ account.registered.name }}”,现予公告。</p>
</div></body></html>
"#
)]
struct Notice<'a> {
    account: &'a Account,
    verb: &'static str,
}

/// The notice by which an owner announces that an account will be closed.
pub(in crate::demo) fn notice(account: &Account) -> String {
    let closed = account.registered.status == crate::model::account::Status::Deregistered;
    rendered(&Notice { account, verb: if closed { "注销" } else { "关停" } })
}
