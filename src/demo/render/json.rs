//! JSON of m.weibo.cn, of a plain column list, and as a feed.
//!
//! In: a view. Out: a JSON text. Walls and denials are the platform's own words.

use super::{Line, View};
use serde_json::{Value, json};

/// A JSON Feed.
pub(in crate::demo) fn feed(view: &View<'_>, target: &str) -> Value {
    let item = |line: &Line| {
        json!({
            "id": line.id,
            "content_html": line.html(),
            "url": view.url(line),
            "title": line.title,
            "image": format!("{}/avatar.png", view.base),
            "date_modified": line.printed.utc(),
        })
    };
    json!({
        "version": "https://jsonfeed.org/version/1",
        "title": view.name(),
        "home_page_url": format!("{}{target}", view.base),
        "description": view.intro(),
        "icon": format!("{}/avatar.png", view.base),
        "author": { "name": view.name() },
        "items": view.lines.iter().map(item).collect::<Vec<_>>(),
    })
}

/// A column of an app or mini program.
pub(in crate::demo) fn column(view: &View<'_>) -> Value {
    let entry = |line: &Line| {
        json!({
            "id": line.id,
            "title": line.title,
            "url": format!("/p/{}.html", line.id),
            "publishTime": line.printed.form("%Y-%m-%d %H:%M:%S"),
            "source": line.outlet.unwrap_or(&view.account.registered.owner),
        })
    };
    let list: Vec<Value> = view.lines.iter().map(entry).collect();
    json!({
        "code": 0,
        "message": "success",
        "data": { "columnName": view.name(), "pageNo": 1, "total": list.len(), "list": list },
    })
}

/// The container interface of m.weibo.cn: the account and its posts.
pub(in crate::demo) fn weibo(view: &View<'_>) -> Value {
    let number = view.account.number;
    let author = json!({ "id": uid(view.uid()), "screen_name": view.name() });
    let card = |line: &Line| {
        let mut mblog = json!({
            "id": line.id,
            "mid": line.id,
            "bid": format!("Q{}", line.id),
            "created_at": line.printed.form("%a %b %d %H:%M:%S %z %Y"),
            "text": match line.outlet {
                Some(_) => "转发微博".to_owned(),
                None => format!("【{}】{}", line.title, line.text.replace('\n', "<br />")),
            },
            "isLongText": false,
            "source": "微博网页版",
            "region_name": "发布于 澄湖",
            "user": author,
        });
        if let Some(outlet) = line.outlet {
            mblog["retweeted_status"] = json!({
                "id": format!("9{}", line.id),
                "bid": format!("R{}", line.id),
                "created_at": line.printed.form("%a %b %d %H:%M:%S %z %Y"),
                "text": line.title,
                "user": { "id": 9_901_000_999_u64, "screen_name": outlet },
            });
        }
        let mut card = json!({
            "card_type": 9,
            "itemid": format!("107603{}_-_{}", view.uid(), line.id),
            "scheme": format!("https://m.weibo.cn/status/Q{0}?mblogid=Q{0}", line.id),
        });
        if line.pinned {
            card["profile_type_id"] = json!(format!("proweibotop_{}", line.id));
            mblog["isTop"] = json!(1);
            mblog["mblogtype"] = json!(2);
        }
        card["mblog"] = mblog;
        card
    };
    // A profile counts all posts, the page shows the newest.
    let count = if view.lines.is_empty() { 0 } else { view.lines.len() + 500 };
    json!({
        "ok": 1,
        "data": {
            "userInfo": {
                "id": uid(view.uid()),
                "screen_name": view.name(),
                "profile_image_url": format!("{}/avatar.png", view.base),
                "avatar_hd": format!("{}/avatar.png", view.base),
                "description": view.intro(),
                "verified": true,
                "verified_type": 1,
                "verified_reason": view.account.registered.verified_subject,
                "followers_count": format!("{}.{}万", 1 + number % 9, number % 10),
                "follow_count": 62,
                "statuses_count": count,
            },
            "tabsInfo": { "tabs": [
                { "tab_type": "profile", "containerid": format!("230283{}", view.uid()) },
                { "tab_type": "weibo", "containerid": format!("107603{}", view.uid()) },
            ]},
            "cardlistInfo": { "containerid": format!("107603{}", view.uid()), "total": count, "page": null },
            "cards": view.lines.iter().map(card).collect::<Vec<_>>(),
        },
    })
}

/// m.weibo.cn to a stranger it does not want.
pub(in crate::demo) fn weibo_wall() -> Value {
    json!({ "ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso&source=wapsso" })
}

/// Weibo about an account that is not there.
pub(in crate::demo) fn weibo_nobody() -> Value {
    json!({ "error": "User does not exists!", "error_code": 20003 })
}

/// The interface writes account numbers as numbers.
pub(super) fn uid(text: &str) -> Value {
    text.parse::<u64>().map_or(Value::Null, Value::from)
}
