//! Addresses of links, made absolute.
//!
//! In: links as pages write them. Out: http and https addresses only; it never follows one.

use crate::model::address::is_normal;
use url::Url;

/// The address a link leads to; none for scripts, mail, anchors and anything that is not http.
pub(super) fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    base.join(href).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The address a link leads to, as text.
///
/// Most links of feeds are written as an address is written anyway; what is sure to stay as it is is not taken apart.
pub(super) fn absolute_text(base: &Url, href: &str) -> Option<String> {
    let href = href.trim();
    if is_normal(href) { Some(href.to_owned()) } else { absolute(base, href).map(String::from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_nowhere_are_left_out() {
        let base = Url::parse("https://www.chenghu.example/zwgk/index.html").unwrap();
        assert_eq!(absolute(&base, "./202611/t1.html").unwrap().path(), "/zwgk/202611/t1.html");
        for href in ["javascript:void(0)", "#top", "", "mailto:a@chenghu.example", "data:text/html,x"] {
            assert_eq!(absolute(&base, href), None, "{href}");
        }
    }
}
