//! The platforms' own answers: JSON of their interfaces, and pages that carry their data in a script.
//!
//! In: a view. Out: JSON or HTML in the shapes of the platforms (config/platforms tells field by field). What these
//! answers do not show (a text in a list of notes, all versions of an app) is not shown here either.

use super::feed::rendered;
use super::json::uid;
use super::{Line, View};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// The desktop interface of weibo.com: the posts.
pub(in crate::demo) fn weibo_ajax(view: &View<'_>) -> Value {
    let author = weibo_user(view);
    let status = |line: &Line| {
        let text = match line.outlet {
            Some(_) => "转发微博".to_owned(),
            None => format!("【{}】{}", line.title, line.text),
        };
        let mut status = json!({
            "id": uid(&line.id), "idstr": line.id, "mid": line.id, "mblogid": format!("Q{}", line.id),
            "created_at": line.printed.form("%a %b %d %H:%M:%S %z %Y"),
            "text": text, "text_raw": text, "isLongText": false, "region_name": "发布于 澄湖", "user": author,
        });
        if let Some(outlet) = line.outlet {
            status["retweeted_status"] = json!({
                "idstr": format!("9{}", line.id), "text_raw": line.title,
                "user": { "idstr": "9901000999", "screen_name": outlet },
            });
        }
        status
    };
    let list: Vec<Value> = view.lines.iter().map(status).collect();
    json!({ "ok": 1, "data": { "since_id": "", "total": counted(view), "status_visible": 0, "list": list } })
}

/// The same interface about the account.
pub(in crate::demo) fn weibo_ajax_user(view: &View<'_>) -> Value {
    json!({ "ok": 1, "data": { "user": weibo_user(view), "blockText": "" } })
}

fn weibo_user(view: &View<'_>) -> Value {
    json!({
        "id": uid(view.uid()), "idstr": view.uid(), "screen_name": view.name(),
        "avatar_hd": format!("{}/avatar.png", view.base), "description": view.intro(),
        "verified": true, "verified_type": 1, "verified_reason": view.account.registered.verified_subject,
        "followers_count": fans(view), "statuses_count": counted(view),
    })
}

/// Bilibili: the dynamics of a space.
pub(in crate::demo) fn bilibili(view: &View<'_>) -> Value {
    let item = |line: &Line| {
        let author = |name: &str| json!({ "mid": uid(view.uid()), "name": name, "face": format!("{}/avatar.png", view.base) });
        let mut by = author(view.name());
        by["pub_ts"] = json!(line.printed.seconds());
        by["pub_time"] = json!("");
        let mut item = json!({
            "id_str": format!("12{:>017}", line.id), "visible": true,
            "type": "DYNAMIC_TYPE_DRAW", "basic": { "rid_str": line.id },
            "modules": { "module_author": by, "module_dynamic": {
                "desc": null,
                "major": { "type": "MAJOR_TYPE_OPUS", "opus": {
                    "title": line.title, "summary": { "text": line.text }, "pics": [],
                }},
            }},
        });
        if let Some(outlet) = line.outlet {
            item["type"] = json!("DYNAMIC_TYPE_FORWARD");
            item["modules"]["module_dynamic"] = json!({ "desc": { "text": line.title }, "major": null });
            item["orig"] = json!({
                "id_str": format!("99{}", line.id), "type": "DYNAMIC_TYPE_AV",
                "modules": { "module_author": author(outlet) },
            });
        }
        item
    };
    let items: Vec<Value> = view.lines.iter().map(item).collect();
    json!({ "code": 0, "message": "0", "ttl": 1, "data": { "has_more": true, "offset": "", "items": items } })
}

/// Bilibili about the account.
pub(in crate::demo) fn bilibili_card(view: &View<'_>) -> Value {
    let subject = &view.account.registered.verified_subject;
    json!({ "code": 0, "message": "0", "ttl": 1, "data": {
        "card": {
            "mid": view.uid(), "name": view.name(), "face": format!("{}/avatar.png", view.base), "fans": fans(view),
            "spacesta": 0, "sign": view.intro(), "Official": { "role": 3, "title": subject, "desc": "", "type": 1 },
            "official_verify": { "type": 1, "desc": subject },
        },
        "following": false, "archive_count": 42, "article_count": 1, "follower": fans(view),
    }})
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html><html><head><title>{{ title }}</title></head><body><div id="root"></div><script id="{{ id }}" type="application/json">{{ data|safe }}</script></body></html>"#
)]
struct Embedded<'a> {
    title: String,
    id: &'a str,
    data: String,
}

/// The page of a user of Douyin.
pub(in crate::demo) fn douyin(view: &View<'_>) -> String {
    let video = |line: &Line| {
        json!({
            "awemeId": format!("75{:>017}", line.id), "awemeType": 0, "desc": format!("{}\n{}", line.title, line.text),
            "createTime": line.printed.seconds(), "tag": { "isTop": line.pinned },
        })
    };
    let data = json!({
        "1": { "path": format!("/user/{}", view.uid()) },
        "41": {
            "user": { "statusCode": 0, "user": {
                "nickname": view.name(), "desc": view.intro(), "avatar300Url": format!("{}/avatar.png", view.base),
                "followerCount": fans(view), "awemeCount": counted(view), "customVerify": "",
                "enterpriseVerifyReason": view.account.registered.verified_subject,
                "userCanceled": false, "isBan": false, "secret": 0,
            }},
            "post": { "maxCursor": 1, "hasMore": 1, "data": view.lines.iter().map(video).collect::<Vec<_>>() },
        },
    });
    let data = utf8_percent_encode(&data.to_string(), NON_ALPHANUMERIC).to_string();
    rendered(&Embedded { title: format!("{}的抖音 - 抖音", view.name()), id: "RENDER_DATA", data })
}

/// Douyin to a machine: a page that computes before it shows anything.
pub(in crate::demo) fn douyin_challenge() -> &'static str {
    r#"<!DOCTYPE html><html><head><meta charset="utf-8"></head><body></body><script>window.byted_acrawler&&window.byted_acrawler.init({aid:99999,dfp:0});var _$jsvmprt=function(b,e,f){};</script></html>"#
}

/// Toutiao: everything a user has published.
pub(in crate::demo) fn toutiao(view: &View<'_>) -> Value {
    let user = json!({
        "name": view.name(), "description": view.intro(), "avatar_url": format!("{}/avatar.png", view.base),
        "user_verified": true, "verified_content": view.account.registered.verified_subject,
    });
    let item = |line: &Line| {
        let id = format!("75{:>017}", line.id);
        json!({
            "cell_type": 60, "id": id, "group_id": id, "title": line.title, "abstract": line.text,
            "publish_time": line.printed.seconds(), "source": line.outlet.unwrap_or(view.name()), "user_info": user,
        })
    };
    json!({ "message": "success", "has_more": true, "data": view.lines.iter().map(item).collect::<Vec<_>>() })
}

/// Kuaishou: the public videos of a user.
pub(in crate::demo) fn kuaishou(view: &View<'_>) -> Value {
    let video = |line: &Line| {
        json!({
            "id": format!("3x{}", line.id), "caption": format!("{}\n{}", line.title, line.text),
            "timestamp": line.printed.seconds() * 1000,
            "author": { "name": view.name(), "avatar": format!("{}/avatar.png", view.base) },
        })
    };
    json!({ "data": { "result": 1, "pcursor": "2", "list": view.lines.iter().map(video).collect::<Vec<_>>() } })
}

/// Kuaishou about the account.
pub(in crate::demo) fn kuaishou_user(view: &View<'_>) -> Value {
    json!({ "data": { "result": 1, "userInfo": {
        "id": view.uid(), "name": view.name(), "description": view.intro(),
        "avatar": format!("{}/avatar.png", view.base),
        "counts": { "fan": fans(view).to_string(), "photo": counted(view).to_string() },
        "verifiedStatus": { "verified": true, "description": view.account.registered.verified_subject },
    }}})
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html><html><head><title>{{ name }} - 小红书</title></head><body><div id="app"></div><script>window.__INITIAL_STATE__={"global":{"appSettings":undefined,"seen":new Set([])},"user":{{ user|safe }}}</script></body></html>"#
)]
struct Xiaohongshu<'a> {
    name: &'a str,
    user: String,
}

/// The page of a user of Xiaohongshu: titles only, and times only inside the ids.
pub(in crate::demo) fn xiaohongshu(view: &View<'_>) -> String {
    let note = |line: &Line| {
        let id = format!("{:08x}{:016}", line.printed.seconds(), uid(&line.id).as_u64().unwrap_or_default());
        json!({ "id": id, "noteCard": {
            "noteId": id, "displayTitle": line.title, "type": "normal",
            "interactInfo": { "likedCount": "5", "sticky": line.pinned },
        }})
    };
    let notes: Vec<Value> = view.lines.iter().map(note).collect();
    let user = json!({
        "loggedIn": false,
        "userPageData": { "_rawValue": {
            "basicInfo": {
                "nickname": view.name(), "redId": view.uid(), "desc": view.intro(),
                "imageb": format!("{}/avatar.png", view.base),
            },
            "interactions": [{ "type": "fans", "name": "粉丝", "count": "1万+" }],
            "verifyInfo": { "redOfficialVerifyType": 0 },
        }},
        "notes": { "_rawValue": [notes, [], [], []] },
    });
    rendered(&Xiaohongshu { name: view.name(), user: user.to_string() })
}

/// The App Store about an app: the version on sale.
pub(in crate::demo) fn apple(view: &View<'_>) -> Value {
    let version = |line: &Line| {
        json!({
            "kind": "software", "wrapperType": "software", "trackId": view.account.number, "trackName": view.name(),
            "bundleId": view.uid(), "version": version(line), "currentVersionReleaseDate": line.printed.utc(),
            "releaseNotes": format!("{}\n{}", line.title, line.text),
            "sellerName": view.account.registered.verified_subject, "trackViewUrl": view.url(line),
            "artworkUrl512": format!("{}/avatar.png", view.base), "description": view.intro(),
        })
    };
    let results: Vec<Value> = view.lines.first().map(version).into_iter().collect();
    json!({ "resultCount": results.len(), "results": results })
}

/// 应用宝 about an app: the version on offer, beside one it recommends.
pub(in crate::demo) fn tencent(view: &View<'_>) -> String {
    let package = view.uid();
    let app = |line: &Line| {
        json!({
            "pkg_name": package, "name": view.name(), "version_name": version(line), "developer": view.account.registered.owner,
            "apk_publish_time": line.printed.seconds().to_string(), "new_feature": format!("{}\n{}", line.title, line.text),
        })
    };
    let apps: Vec<Value> = view.lines.first().map(app).into_iter().collect();
    let other = json!({ "pkg_name": "example.chenghu.other", "name": "另一个应用", "version_name": "1.0.0" });
    let data = json!({
        "props": { "pageProps": { "dynamicCardResponse": { "ret": 0, "data": { "components": [
            { "cardId": "detail", "data": { "itemData": apps } },
            { "cardId": "recommend", "data": { "itemData": [other] } },
        ]}}}},
        "page": "/appdetail/[pkgname]", "query": { "pkgname": package },
    });
    rendered(&Embedded {
        title: format!("{}-应用宝官网", view.name()),
        id: "__NEXT_DATA__",
        data: data.to_string(),
    })
}

/// Each post of an app is a version of it.
fn version(line: &Line) -> String {
    format!("3.{}", line.id)
}

/// Followers: some thousands, always the same.
fn fans(view: &View<'_>) -> u32 {
    10_000 + view.account.number * 37
}

/// The platform's counter: a page shows the newest of all posts.
fn counted(view: &View<'_>) -> usize {
    if view.lines.is_empty() { 0 } else { view.lines.len() + 500 }
}
