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
    let Ok(url) = Url::parse(address) else { return address.to_owned() };
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return address.to_owned();
    };
    let mut form = format!("//{host}");
    if let Some(port) = url.port() {
        form.push(':');
        form.push_str(&port.to_string());
    }
    form.push_str(url.path().trim_end_matches('/'));
    let mut sign = '?';
    for pair in url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        if !name.starts_with("utm_") && !CARRIED.contains(&name.as_str()) {
            form.push(sign);
            form.push_str(pair);
            sign = '&';
        }
    }
    if let Some(route) = url.fragment().filter(|anchor| keep_route && anchor.starts_with(['/', '!'])) {
        form.push('#');
        form.push_str(route);
    }
    form
}

#[cfg(test)]
mod tests {
    use super::plain_with_route;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn no_address_makes_reading_panic(address in "\\PC{0,40}|(https?|mailto|data):\\PC{0,30}") {
            let _ = super::plain_with_route(&address);
        }
    }
}
