//! Bytes nobody meant well: no panic, no endless work, and the shortcut never says other than the whole way.

use super::*;
use proptest::prelude::*;

const NAMES: [&str; 9] = [
    "feed",
    "rsshub",
    "gov-list",
    "gov-json",
    "weibo",
    "xiaohongshu",
    "wechat-album",
    "wechat-article",
    "wechat-aboutbiz",
];
const FILES: [&str; 16] = [
    "feed/rss.xml",
    "feed/atom.xml",
    "feed/rdf.xml",
    "feed/feed.json",
    "rsshub/weibo.xml",
    "gov-list/list.html",
    "gov-list/article.html",
    "gov-json/column.json",
    "weibo/page.json",
    "bilibili/dynamic.json",
    "douyin/user.html",
    "xiaohongshu/profile.html",
    "app-tencent/detail.html",
    "wechat/article.html",
    "wechat/aboutbiz.html",
    "wechat/album.json",
];

fn look_at_everything(body: &[u8]) {
    for name in NAMES {
        let _ = look(name, body);
        let _ = article(recipe(name), &fetched(body), now());
        let _ = crate::extract::profile(recipe(name), &fetched(body));
    }
}

/// An item of a feed, as odd as feeds are.
fn any_item() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<![CDATA[ </item> <item> ]]>".to_owned()),
        Just("<!-- </item><item> -->".to_owned()),
        Just("<x:note xmlns:x='y' a='</item>'>注</x:note>".to_owned()),
        Just("<category/>".to_owned()),
        "[\u{4e00}-\u{4e40}]{1,6}".prop_map(|text| format!("<description>{text}</description>")),
        Just("<pubDate>2026-11-19</pubDate>".to_owned()),
        Just("<pubDate>Thu, 19 Nov 2026 08:00:00 CST</pubDate>".to_owned()),
        Just("\n  ".to_owned()),
    ];
    (0_u32..40, proptest::collection::vec(piece, 0..5)).prop_map(|(id, pieces)| {
        format!("<item><title>第{id}号</title><guid>id-{id}</guid>{}</item>", pieces.concat())
    })
}

fn rss(items: &[String]) -> String {
    format!(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>云溪</title>{}</channel></rss>",
        items.join("\n<!-- x -->")
    )
}

/// The same feed in a form the cutter leaves to the parser.
fn uncut(feed: &str) -> String {
    feed.replacen("<rss", "<!DOCTYPE rss [ ]><rss", 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_survived(body: Vec<u8>) {
        look_at_everything(&body);
    }

    #[test]
    fn a_page_with_holes_and_swaps_is_survived(file in 0..FILES.len(), at in 0.0..1.0_f64, cut in 0_usize..200, put in "[<>&\\]\\[!\"'{}\u{4e00}]{0,6}") {
        let mut body = golden(FILES[file]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a small file")]
        let from = (body.len() as f64 * at) as usize;
        let to = (from + cut).min(body.len());
        body.splice(from..to, put.into_bytes());
        look_at_everything(&body);
    }

    #[test]
    fn the_cut_feed_says_what_the_whole_feed_says(items in proptest::collection::vec(any_item(), 1..12)) {
        let feed = rss(&items);
        let cut = look("feed", feed.clone()).unwrap();
        let whole = look("feed", uncut(&feed)).unwrap();
        prop_assert_eq!(cut.posts, whole.posts);
    }

    #[test]
    fn a_look_with_memory_says_what_a_look_without_says(old in proptest::collection::vec(any_item(), 1..10), new in proptest::collection::vec(any_item(), 0..4)) {
        let before = look("feed", rss(&old)).unwrap();
        let feed = rss(&[new, old].concat());
        let fresh = look("feed", feed.clone()).unwrap();
        let again = extract(recipe("feed"), &fetched(feed), &before.listing, now()).unwrap();
        let keys = |read: &Extracted| read.listing.lines.iter().map(|line| (line.key, line.published)).collect::<Vec<_>>();
        prop_assert_eq!(keys(&again), keys(&fresh));
    }
}

#[test]
fn deep_and_wide_bodies_end_soon() {
    let deep = 5_000;
    for body in [
        "<div>".repeat(deep),
        "<rss><channel>".to_owned() + &"<item>".repeat(deep),
        format!("<rss version='2.0'><channel><item>{}</item></channel></rss>", "<a>".repeat(deep)),
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>{}",
            "<p>".repeat(deep)
        ),
        "[".repeat(deep),
        "{\"a\":".repeat(deep),
        "<!--".repeat(deep),
        "<a href=\"".repeat(deep),
        "&#x".repeat(deep),
        format!("<ul>{}</ul>", "<li><a href=x>题</a>2026-11-20</li>".repeat(2_000)),
    ] {
        look_at_everything(body.as_bytes());
    }
}

#[test]
fn a_list_of_any_length_gives_no_more_than_a_page_may() {
    let row = |n: u32| format!("<li><a href='/n/{n}'>第{n}号</a>2026-11-20</li>");
    let page = format!("<ul>{}</ul>", (0..3_000).map(row).collect::<String>());
    assert_eq!(look("gov-list", page).unwrap().listing.lines.len(), gather::MOST);
    let items: Vec<_> = (0..3_000).map(|n| format!("<item><guid>{n}</guid></item>")).collect();
    assert_eq!(look("feed", rss(&items)).unwrap().listing.lines.len(), gather::MOST);
}
