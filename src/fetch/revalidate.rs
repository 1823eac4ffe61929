//! The server's words about time: in come answer headers and the present instant, out go validators to ask
//! with next time and hints when to come back; and the other way round, validators become request headers.
//!
//! Never believes a hint beyond a day, and never hands out a validator that could make a changed page look
//! unchanged.

use crate::model::page::Validators;
use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{
    CACHE_CONTROL, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    RETRY_AFTER,
};
use std::time::Duration;

/// No server may keep us away longer than this at a time.
const CEILING: Duration = Duration::from_hours(24);

/// The longest validator kept; real ones are below a hundred bytes.
const LONGEST: usize = 512;

/// What an answer's headers say about the next look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    pub(super) validators: Validators,
    pub(super) retry_after: Option<Duration>,
    pub(super) max_age: Option<Duration>,
}

impl Hints {
    /// Reads them. Only a page that was given out (2xx) or confirmed (304) carries validators, and not when the
    /// server forbids to keep it (`no-store`).
    pub(super) fn read(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        let cache = CacheControl::read(headers);
        let keeps = (status.is_success() || status == StatusCode::NOT_MODIFIED) && !cache.no_store;
        let validators = if keeps {
            Validators { etag: text(headers, &ETAG), last_modified: text(headers, &LAST_MODIFIED) }
        } else {
            Validators::default()
        };
        Self {
            validators,
            retry_after: headers.get(RETRY_AFTER).and_then(|value| wait(value, now)),
            max_age: cache.max_age,
        }
    }
}

/// Asks "changed since?" (RFC 9110, 13.1). A validator that is no header value, as a damaged store may give, is
/// left out: the whole page is then asked for.
pub(super) fn ask(validators: &Validators, headers: &mut HeaderMap) {
    let mut put = |name: HeaderName, validator: &Option<String>| {
        if let Some(value) = validator.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    };
    put(IF_NONE_MATCH, &validators.etag);
    put(IF_MODIFIED_SINCE, &validators.last_modified);
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    (!text.is_empty() && text.len() <= LONGEST).then(|| text.to_owned())
}

/// `Retry-After` as a number of seconds or as a date (RFC 9110, 10.2.3).
fn wait(value: &HeaderValue, now: DateTime<Utc>) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now).to_std().unwrap_or_default(),
    };
    Some(wait.min(CEILING))
}

#[derive(Default)]
struct CacheControl {
    no_store: bool,
    max_age: Option<Duration>,
}

impl CacheControl {
    fn read(headers: &HeaderMap) -> Self {
        let mut this = Self::default();
        let lines = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|line| line.to_str().ok());
        for directive in lines.flat_map(|line| line.split(',')).map(str::trim) {
            if directive.eq_ignore_ascii_case("no-store") {
                this.no_store = true;
            } else if let Some((name, value)) = directive.split_once('=')
                && name.trim_end().eq_ignore_ascii_case("max-age")
                && let Ok(seconds) = value.trim().trim_matches('"').parse()
            {
                this.max_age = Some(Duration::from_secs(seconds).min(CEILING));
            }
        }
        this
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn read(status: u16, lines: &[(&'static str, &str)]) -> Hints {
        let now = "2026-11-23T07:00:00Z".parse().unwrap();
        Hints::read(StatusCode::from_u16(status).unwrap(), &headers(lines), now)
    }

    #[test]
    fn a_good_page_gives_what_to_ask_with_next_time() {
        let given = read(200, &[("etag", "W/\"x-1\""), ("last-modified", "Mon, 23 Nov 2026 06:30:00 GMT")]);
        assert_eq!(given.validators.etag.as_deref(), Some("W/\"x-1\""));
        assert_eq!(given.validators.last_modified.as_deref(), Some("Mon, 23 Nov 2026 06:30:00 GMT"));
        let mut asked = HeaderMap::new();
        ask(&given.validators, &mut asked);
        assert_eq!(asked[IF_NONE_MATCH], "W/\"x-1\"");
        assert_eq!(asked[IF_MODIFIED_SINCE], "Mon, 23 Nov 2026 06:30:00 GMT");
    }

    #[test]
    fn a_page_that_must_not_be_kept_or_is_no_page_gives_nothing_to_ask_with() {
        assert!(
            read(200, &[("etag", "\"a\""), ("cache-control", "private, No-Store")]).validators.is_empty()
        );
        for status in [302, 404, 412, 500, 503] {
            assert!(read(status, &[("etag", "\"a\"")]).validators.is_empty(), "{status}");
        }
        assert!(read(200, &[("etag", &"x".repeat(LONGEST + 1))]).validators.is_empty());
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_never_beyond_a_day() {
        for (value, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Mon, 23 Nov 2026 07:30:00 GMT", Some(1800)),
            ("Mon, 23 Nov 2026 06:00:00 GMT", Some(0)),
            ("Mon, 30 Nov 2026 06:00:00 GMT", Some(86_400)),
            ("99999999", Some(86_400)),
            ("18446744073709551615", Some(86_400)),
            ("-1", None),
            ("soon", None),
        ] {
            let hints = read(429, &[("retry-after", value)]);
            assert_eq!(hints.retry_after, seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn freshness_is_read_wherever_it_stands_in_the_line() {
        let lines = [("cache-control", "public"), ("cache-control", "must-revalidate , Max-Age=\"600\"")];
        assert_eq!(read(200, &lines).max_age, Some(Duration::from_mins(10)));
        assert_eq!(read(200, &[("cache-control", "max-age=31536000")]).max_age, Some(CEILING));
        assert_eq!(read(200, &[("cache-control", "s-maxage=600, max-age=x")]).max_age, None);
    }

    #[test]
    fn a_validator_that_would_smuggle_a_header_is_left_out() {
        let validators = Validators { etag: Some("\"a\"\r\nHost: b".to_owned()), last_modified: None };
        let mut asked = HeaderMap::new();
        ask(&validators, &mut asked);
        assert!(asked.is_empty());
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(
            retry in "[ -~]{0,40}", cache in "(max-age|no-store|=|,|[ -~]){0,10}", seconds: i64,
        ) {
            let lines = headers(&[("retry-after", &retry), ("cache-control", &cache)]);
            let now = DateTime::from_timestamp(seconds % 8_000_000_000_000, 0).unwrap_or_default();
            Hints::read(StatusCode::OK, &lines, now);
        }
    }
}
