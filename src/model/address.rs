//! The one form of an address by which a post is recognised again.
//!
//! In: addresses as pages and feeds give them. Out: a text for comparing; it is no address to be asked.

use url::Url;

/// Query parameters that say how a reader came to a page, not which page it is.
const CARRIED: [&str; 5] = ["from", "scene", "chksm", "share_token", "timestamp"];

/// The form of an address that stays the same when only the way to it differs: without scheme, anchor, closing
/// slash and the parameters of sharing. A text that is no address stays as it is.
#[must_use]
pub fn plain(address: &str) -> String {
    form(address, false)
}

/// The same, but an anchor that is itself a path stays: it chooses the page in a single-page application, and
/// dropping it would make one post of all.
#[must_use]
pub fn plain_with_route(address: &str) -> String {
    form(address, true)
}

fn form(address: &str, keep_route: bool) -> String {
    let address = address.trim();
    // Most platforms' own ids are no addresses.
    if !address.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
        return address.to_owned();
    }
    if is_normal(address) {
        let (_, rest) = address.split_once(':').unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        return with_query(path.trim_end_matches('/').to_owned(), query);
    }
    parsed(address, keep_route)
}

/// The form of an address in whatever way it is written.
fn parsed(address: &str, keep_route: bool) -> String {
    let Ok(url) = Url::parse(address) else { return address.to_owned() };
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return address.to_owned();
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    let mut form = with_query(format!("//{host}{port}{path}"), url.query().unwrap_or_default());
    if let Some(route) = url.fragment().filter(|anchor| keep_route && anchor.starts_with(['/', '!'])) {
        form.push('#');
        form.push_str(route);
    }
    form
}

/// Puts after an address what of its query says which page it is.
fn with_query(mut form: String, query: &str) -> String {
    let mut sign = '?';
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        if !name.starts_with("utm_") && !CARRIED.contains(&name.as_str()) {
            form.push(sign);
            form.push_str(pair);
            sign = '&';
        }
    }
    form
}

/// Whether an address is sure to be in its normal form: a host of small Latin letters whose last label is a word, no
/// port, a path without steps up, and nothing that is written in another way.
#[must_use]
pub fn is_normal(href: &str) -> bool {
    let Some(rest) = href.strip_prefix("https://").or_else(|| href.strip_prefix("http://")) else {
        return false;
    };
    let Some((host, path)) = rest.split_once('/') else { return false };
    let label = |label: &str| {
        label.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-?=&".contains(&byte);
    host.split('.').all(label)
        && path.bytes().all(of_path)
        && !path.contains("..")
        && !path.contains("./")
        && !path.contains(".?")
        && !path.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::{is_normal, plain_with_route};
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn the_way_to_a_page_does_not_make_another_page() {
        let plain = plain_with_route("https://www.chenghu.example/a/1.html?id=7");
        for other in [
            "http://www.chenghu.example/a/1.html?id=7#top",
            "https://WWW.chenghu.example:443/a/1.html?utm_source=x&id=7&from=timeline&scene=1&chksm=9",
            "https://www.chenghu.example/a/1.html/?id=7&share_token=t&timestamp=5",
        ] {
            assert_eq!(plain_with_route(other), plain, "{other}");
        }
        assert_ne!(plain_with_route("https://www.chenghu.example/a/1.html?id=8"), plain);
        assert_ne!(
            plain_with_route("https://a.example/#/post/1"),
            plain_with_route("https://a.example/#/post/2")
        );
        assert_eq!(super::plain("https://a.example/#/post/1"), super::plain("https://a.example/"));
    }

    #[test]
    fn an_id_that_is_no_address_stays_itself() {
        assert_eq!(plain_with_route("tag:chenghu,2026:1"), "tag:chenghu,2026:1");
        assert_eq!(plain_with_route(" 5012 "), "5012");
    }

    #[test]
    fn what_does_not_tell_addresses_apart() {
        let same_page = super::plain("https://mp.weixin.qq.com/s?__biz=Mz&mid=1&idx=1");
        for same in [
            "http://mp.weixin.qq.com/s?__biz=Mz&mid=1&idx=1",
            "https://MP.weixin.qq.com/s/?__biz=Mz&mid=1&idx=1#wechat_redirect",
            "https://mp.weixin.qq.com/s?utm_source=a&__biz=Mz&mid=1&idx=1&chksm=ff&scene=27&share_token=x&timestamp=1&from=timeline",
        ] {
            assert_eq!(super::plain(same), same_page, "{same}");
        }
        for other in
            ["https://mp.weixin.qq.com/s?__biz=Mz&mid=1&idx=2", "https://mp.weixin.qq.com/s", "不是网址"]
        {
            assert_ne!(super::plain(other), same_page, "{other}");
        }
        assert_eq!(
            super::plain("https://www.yunxi.example/"),
            super::plain("http://www.yunxi.example?from=app")
        );
    }

    #[test]
    fn what_is_written_otherwise_is_not_normal() {
        assert!(is_normal("https://www.chenghu.example/art/2026/t_1.html?id=3&p=4"));
        for href in [
            "https://chenghu.example",
            "HTTPS://chenghu.example/",
            "https://Chenghu.example/",
            "https://chenghu.example:443/",
            "https://a@chenghu.example/",
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://xn--fiq228c.example/",
            "https://chenghu.example/a/../b",
            "https://chenghu.example/a/./b",
            "https://chenghu.example/中",
            "https://chenghu.example/a b",
            "/art/1.html",
            "",
        ] {
            assert!(!is_normal(href), "{href}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_address_stays_as_it_is(href in "https?://[a-z]{1,3}(\\.[a-z0-9x-]{1,4}){0,2}(:80|:443)?/[a-zA-Z0-9._?=&/%#-]{0,9}") {
            if is_normal(&href) {
                let url = Url::parse(&href).unwrap();
                prop_assert_eq!(url.as_str(), href.as_str());
                prop_assert_eq!(super::plain(&href), super::parsed(&href, false));
            }
        }

        #[test]
        fn no_address_makes_reading_panic(address in "\\PC{0,40}|(https?|mailto|data):\\PC{0,30}") {
            let _ = super::plain_with_route(&address);
        }
    }
}
