//! Addresses: made absolute, and brought to the one form by which a post is recognised again.
//!
//! In: links as pages write them. Out: http and https addresses only; it never follows one.

use url::Url;

/// Query parameters that say how a reader came to a page, not which page it is.
const CARRIED: [&str; 5] = ["from", "scene", "chksm", "share_token", "timestamp"];

/// The address a link leads to; none for scripts, mail, anchors and anything that is not http.
pub(super) fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    base.join(href).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The form of an address that stays the same when only the way to it differs: without scheme, anchor, closing
/// slash and the parameters of sharing. A text that is no address stays as it is.
pub(super) fn normalise(address: &str) -> String {
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
    // An anchor that is itself a path chooses the page in a single-page application.
    if let Some(route) = url.fragment().filter(|anchor| anchor.starts_with(['/', '!'])) {
        form.push('#');
        form.push_str(route);
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_page_does_not_make_another_page() {
        let plain = normalise("https://www.chenghu.example/a/1.html?id=7");
        for other in [
            "http://www.chenghu.example/a/1.html?id=7#top",
            "https://WWW.chenghu.example:443/a/1.html?utm_source=x&id=7&from=timeline&scene=1&chksm=9",
            "https://www.chenghu.example/a/1.html/?id=7&share_token=t&timestamp=5",
        ] {
            assert_eq!(normalise(other), plain, "{other}");
        }
        assert_ne!(normalise("https://www.chenghu.example/a/1.html?id=8"), plain);
        assert_ne!(normalise("https://a.example/#/post/1"), normalise("https://a.example/#/post/2"));
    }

    #[test]
    fn an_id_that_is_no_address_stays_itself() {
        assert_eq!(normalise("tag:chenghu,2026:1"), "tag:chenghu,2026:1");
        assert_eq!(normalise(" 5012 "), "5012");
    }

    #[test]
    fn links_that_lead_nowhere_are_left_out() {
        let base = Url::parse("https://www.chenghu.example/zwgk/index.html").unwrap();
        assert_eq!(absolute(&base, "./202611/t1.html").unwrap().path(), "/zwgk/202611/t1.html");
        for href in ["javascript:void(0)", "#top", "", "mailto:a@chenghu.example", "data:text/html,x"] {
            assert_eq!(absolute(&base, href), None, "{href}");
        }
    }
}
