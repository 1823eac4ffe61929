//! The way through redirects: in comes each answer, out goes the next address or "arrived".
//!
//! Redirects are followed here and not inside the client, so that every hop passes the guard and robots.txt.
//! It must never carry a recipe's headers to a host they were not written for.

use crate::model::page::Miss;
use crate::model::visit::Failure;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION};
use url::Url;

/// Where we are, and what we say there.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    hops_left: usize,
    turned: bool,
}

impl Route {
    /// Begins at `url`; at most `hops` redirects are followed.
    pub(super) fn new(url: Url, headers: HeaderMap, hops: usize) -> Self {
        Self { url, headers, hops_left: hops, turned: false }
    }

    /// Whether a redirect was followed.
    pub(super) fn turned(&self) -> bool {
        self.turned
    }

    /// Moves on if the answer redirects; `false` when this answer is the one to read. Going from https to http
    /// is allowed, as many public bodies still do; the final address tells it.
    pub(super) fn turn(&mut self, status: StatusCode, answer: &HeaderMap) -> Result<bool, Miss> {
        let Some(location) =
            answer.get(LOCATION).filter(|_| matches!(status.as_u16(), 301..=303 | 307 | 308))
        else {
            return Ok(false);
        };
        let lost = |why| Miss { status: status.as_u16(), ..Miss::new(Failure::Redirect, why) };
        self.hops_left = self.hops_left.checked_sub(1).ok_or_else(|| lost("too many redirects"))?;
        // Servers write raw UTF-8 or GBK here; what is not UTF-8 leads to a page that does not exist.
        let location = String::from_utf8_lossy(location.as_bytes());
        let next = self.url.join(&location).map_err(|_| lost("a redirect to no address"))?;
        // Validators belong to the address that gave them.
        self.headers.remove(IF_NONE_MATCH);
        self.headers.remove(IF_MODIFIED_SINCE);
        if next.origin() != self.url.origin() {
            self.headers = harmless(&self.headers);
        }
        self.url = next;
        self.turned = true;
        Ok(true)
    }
}

/// The headers that tell a stranger nothing.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| matches!(*name, &ACCEPT | &ACCEPT_LANGUAGE));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::{COOKIE, HeaderName, HeaderValue};

    fn to(location: &str) -> HeaderMap {
        [(LOCATION, HeaderValue::from_bytes(location.as_bytes()).unwrap())].into_iter().collect()
    }

    fn route(url: &str, hops: usize) -> Route {
        let headers = [
            (ACCEPT, "text/html"),
            (COOKIE, "a=b"),
            (HeaderName::from_static("x-key"), "k"),
            (IF_NONE_MATCH, "\"a\""),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        Route::new(url.parse().unwrap(), headers.into_iter().collect(), hops)
    }

    #[test]
    fn only_an_answer_that_redirects_moves_us() {
        for (status, answer) in [(200, to("/b")), (304, to("/b")), (300, to("/b")), (302, HeaderMap::new())] {
            let mut route = route("http://a.cn/a", 5);
            assert!(!route.turn(StatusCode::from_u16(status).unwrap(), &answer).unwrap());
            assert!(!route.turned() && route.url.path() == "/a");
        }
    }

    #[test]
    fn the_next_address_may_be_written_in_any_form() {
        for (location, expected) in [
            ("/b?c#d", "http://a.cn/b?c#d"),
            ("b/", "http://a.cn/x/b/"),
            ("//b.cn", "http://b.cn/"),
            ("HTTPS://b.cn/", "https://b.cn/"),
            ("/公告", "http://a.cn/%E5%85%AC%E5%91%8A"),
            ("weixin://dl", "weixin://dl"),
        ] {
            let mut route = route("http://a.cn/x/a", 5);
            assert!(route.turn(StatusCode::FOUND, &to(location)).unwrap());
            assert_eq!(route.url.as_str(), expected);
        }
    }

    #[test]
    fn the_last_hop_is_the_last() {
        let mut route = route("http://a.cn/", 2);
        assert!(route.turn(StatusCode::FOUND, &to("/1")).unwrap());
        assert!(route.turn(StatusCode::FOUND, &to("/2")).unwrap());
        let miss = route.turn(StatusCode::FOUND, &to("/3")).unwrap_err();
        assert_eq!((miss.failure, miss.status), (Failure::Redirect, 302));
    }

    #[test]
    fn a_redirect_to_no_address_is_a_broken_redirect() {
        let miss = route("http://a.cn/", 5).turn(StatusCode::FOUND, &to("http://[")).unwrap_err();
        assert_eq!(miss.failure, Failure::Redirect);
    }

    #[test]
    fn a_recipes_headers_stay_on_their_host_and_validators_on_their_page() {
        let mut same = route("http://a.cn/", 5);
        same.turn(StatusCode::FOUND, &to("/b")).unwrap();
        assert_eq!(same.headers.len(), 3);
        assert!(!same.headers.contains_key(IF_NONE_MATCH));
        for elsewhere in ["http://b.cn/", "https://a.cn/", "http://a.cn:81/"] {
            let mut other = route("http://a.cn/", 5);
            other.turn(StatusCode::FOUND, &to(elsewhere)).unwrap();
            assert_eq!(other.headers.keys().collect::<Vec<_>>(), [ACCEPT], "{elsewhere}");
        }
    }

    proptest! {
        #[test]
        fn no_location_makes_it_panic(location: Vec<u8>) {
            if let Ok(value) = HeaderValue::from_bytes(&location) {
                let answer = [(LOCATION, value)].into_iter().collect();
                let _ = route("http://a.cn/", 5).turn(StatusCode::FOUND, &answer);
            }
        }
    }
}
