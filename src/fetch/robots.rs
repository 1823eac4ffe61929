//! What a site lets strangers read (robots.txt, RFC 9309): in comes an address, out goes leave to ask it or
//! [`Failure::Robots`].
//!
//! Asked once per origin and kept for a day of the clock. It must never hold up a request for a rule that is
//! already known, nor grow without bound.

use super::body::{self, Caps};
use super::client::Client;
use super::redirect::Route;
use crate::clock::Clock;
use crate::model::page::Miss;
use crate::model::visit::Failure;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use texting_robots::Robot;
use url::{Position, Url};

/// How long an answer is believed (RFC 9309, 2.4).
const KEPT: TimeDelta = TimeDelta::hours(24);

/// When to ask again after the site was in trouble. Shorter than any deadline's last look, long enough that a
/// site whose robots.txt is broken is not asked twice for every account.
const KEPT_IN_TROUBLE: TimeDelta = TimeDelta::minutes(10);

/// Redirects followed (RFC 9309, 2.3.1.2).
const HOPS: usize = 5;

/// Read in full up to here (RFC 9309, 2.5); what is larger is not a robots.txt.
const CAPS: Caps = Caps { wire: 512 << 10, page: 512 << 10 };

/// Rules with `$` each cost a compiled expression; beyond this many the file is an attack.
const ANCHORED: usize = 500;

/// No site may slow us down further than this; the pace decides what to make of it.
const SLOWEST: Duration = Duration::from_hours(1);

/// Origins remembered; the one asked longest ago makes room.
const ORIGINS: usize = 10_000;

/// What is known about the robots.txt of each origin.
#[derive(Debug)]
pub(super) struct Robots {
    agent: String,
    exempt: HashSet<String>,
    origins: Mutex<HashMap<Box<str>, Origin>>,
}

#[derive(Debug, Default)]
struct Origin {
    known: Option<Known>,
    /// Held by the one who is asking, while the others wait for the answer.
    asking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Clone)]
struct Known {
    policy: Arc<Policy>,
    until: DateTime<Utc>,
}

/// What an origin lets us read.
#[derive(Debug)]
enum Policy {
    /// Everything: it has no rules.
    Open,
    /// What the rules say.
    Rules { robot: Robot, delay: Option<Duration> },
    /// It has rules that cannot be made out, so nothing.
    Unreadable,
    /// It is in trouble and must be assumed to forbid everything (RFC 9309, 2.3.1.4), but the trouble is the
    /// reason, not a rule.
    Trouble(Miss),
}

impl Robots {
    /// Judges for the product called `agent`; hosts in `exempt` are not asked.
    pub(super) fn new(agent: &str, exempt: &[String]) -> Self {
        let exempt = exempt.iter().map(|host| host.to_ascii_lowercase()).collect();
        Self { agent: agent.to_owned(), exempt, origins: Mutex::default() }
    }

    /// Leave to ask `url`, learning the rules of its origin first where they are not known.
    pub(super) async fn permit(&self, client: &Client, clock: &dyn Clock, url: &Url) -> Result<(), Miss> {
        if url.host_str().is_some_and(|host| self.exempt.contains(host)) {
            return Ok(());
        }
        let policy = match self.fresh(origin(url), clock.now()) {
            Some(policy) => policy,
            None => self.learn(client, clock, url).await,
        };
        policy.permit(url)
    }

    /// The pause the origin asks for between two requests, as far as it is known.
    pub(super) fn crawl_delay(&self, url: &Url) -> Option<Duration> {
        match *self.origins().get(origin(url))?.known.as_ref()?.policy {
            Policy::Rules { delay, .. } => delay,
            _ => None,
        }
    }

    /// Asks the origin, unless another request does so already: then waits for what it learns.
    async fn learn(&self, client: &Client, clock: &dyn Clock, url: &Url) -> Arc<Policy> {
        let asking = self.enter(origin(url));
        let _turn = asking.lock().await;
        if let Some(policy) = self.fresh(origin(url), clock.now()) {
            return policy;
        }
        let policy = policy(&self.agent, ask(client, url).await);
        self.remember(origin(url), policy, clock.now())
    }

    fn fresh(&self, origin: &str, now: DateTime<Utc>) -> Option<Arc<Policy>> {
        let origins = self.origins();
        let known = origins.get(origin)?.known.as_ref()?;
        (now < known.until).then(|| Arc::clone(&known.policy))
    }

    /// The lock of one who wants to ask; makes room for the origin.
    fn enter(&self, origin: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut origins = self.origins();
        if origins.len() >= ORIGINS && !origins.contains_key(origin) {
            let oldest =
                origins.iter().min_by_key(|(_, origin)| origin.known.as_ref().map(|known| known.until));
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                origins.remove(&oldest);
            }
        }
        Arc::clone(&origins.entry(origin.into()).or_default().asking)
    }

    /// Keeps what was learnt. Rules known from before outlive the site's trouble (RFC 9309, 2.4).
    fn remember(&self, origin: &str, policy: Policy, now: DateTime<Utc>) -> Arc<Policy> {
        let mut origins = self.origins();
        let known = &mut origins.entry(origin.into()).or_default().known;
        let kept = if matches!(policy, Policy::Trouble(_)) { KEPT_IN_TROUBLE } else { KEPT };
        let policy = match (policy, known.take()) {
            (Policy::Trouble(_), Some(before)) if !matches!(*before.policy, Policy::Trouble(_)) => {
                before.policy
            }
            (policy, _) => Arc::new(policy),
        };
        *known = Some(Known { policy: Arc::clone(&policy), until: now + kept });
        policy
    }

    fn origins(&self) -> MutexGuard<'_, HashMap<Box<str>, Origin>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Policy {
    fn permit(&self, url: &Url) -> Result<(), Miss> {
        match self {
            Self::Open => Ok(()),
            Self::Rules { robot, .. } if robot.allowed(&url[Position::BeforePath..Position::AfterQuery]) => {
                Ok(())
            }
            Self::Rules { .. } => Err(Miss::new(Failure::Robots, "robots.txt forbids the path")),
            Self::Unreadable => Err(Miss::new(Failure::Robots, "robots.txt cannot be made out")),
            Self::Trouble(miss) => Err(miss.clone()),
        }
    }
}

/// Scheme, host and port, as robots.txt belongs to them; the guard lets no credentials through.
fn origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

/// The status and text of the robots.txt that `url` falls under.
async fn ask(client: &Client, url: &Url) -> Result<(StatusCode, Bytes), Miss> {
    let mut robots = url.clone();
    robots.set_path("/robots.txt");
    robots.set_query(None);
    robots.set_fragment(None);
    let mut route = Route::new(robots, HeaderMap::new(), HOPS);
    loop {
        let response = client.get(&route.url, &route.headers).await?;
        let status = response.status();
        if !route.turn(status, response.headers())? {
            let text = if status.is_success() { body::read(response, CAPS).await? } else { Bytes::new() };
            return Ok((status, text));
        }
    }
}

/// What an answer to the question for robots.txt means (RFC 9309, 2.3.1).
fn policy(agent: &str, answer: Result<(StatusCode, Bytes), Miss>) -> Policy {
    let trouble = |failure, status: StatusCode| {
        let miss = Miss::new(failure, format!("robots.txt answers {status}"));
        Policy::Trouble(Miss { status: status.as_u16(), ..miss })
    };
    match answer {
        Ok((StatusCode::TOO_MANY_REQUESTS, _)) => {
            trouble(Failure::RateLimited, StatusCode::TOO_MANY_REQUESTS)
        }
        Ok((status, _)) if status.is_server_error() => trouble(Failure::Server, status),
        Ok((status, text)) if status.is_success() => rules(agent, &text),
        Err(miss) if miss.failure.is_outage() || miss.failure == Failure::Broken => Policy::Trouble(miss),
        // No such file, or a circle, a private address, a file without end: none can be had, which is no rule.
        Ok(_) | Err(_) => Policy::Open,
    }
}

fn rules(agent: &str, text: &[u8]) -> Policy {
    if text.is_empty() {
        return Policy::Open;
    }
    if memchr::memchr_iter(b'$', text).count() > ANCHORED {
        return Policy::Unreadable;
    }
    match Robot::new(agent, text) {
        Ok(robot) => {
            let delay = robot
                .delay
                .map(|seconds| Duration::try_from_secs_f32(seconds).unwrap_or(SLOWEST).min(SLOWEST));
            Policy::Rules { robot, delay }
        }
        Err(_) => Policy::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(status: u16, text: &str) -> Policy {
        policy("Xunwang", Ok((StatusCode::from_u16(status).unwrap(), text.to_owned().into())))
    }

    fn verdict(policy: &Policy, path: &str) -> Result<(), Failure> {
        let url = Url::parse(&format!("http://www.chenghu.gov.cn{path}")).unwrap();
        policy.permit(&url).map_err(|miss| miss.failure)
    }

    #[test]
    fn the_longest_rule_that_fits_decides() {
        let policy = answer(200, "User-agent: *\nDisallow: /admin\nAllow: /admin/news\nDisallow: /*.doc$\n");
        assert_eq!(verdict(&policy, "/col/col1/"), Ok(()));
        assert_eq!(verdict(&policy, "/admin?x"), Err(Failure::Robots));
        assert_eq!(verdict(&policy, "/admin/news/1"), Ok(()));
        assert_eq!(verdict(&policy, "/a.doc"), Err(Failure::Robots));
        assert_eq!(verdict(&policy, "/a.docx#.doc"), Ok(()));
    }

    #[test]
    fn rules_for_us_by_name_outweigh_rules_for_all() {
        let policy =
            answer(200, "User-agent: *\nDisallow: /\n\nUser-agent: xunwang\nDisallow: /x\nCrawl-delay: 7");
        assert_eq!(verdict(&policy, "/"), Ok(()));
        assert!(
            matches!(policy, Policy::Rules { delay: Some(delay), .. } if delay == Duration::from_secs(7))
        );
    }

    #[test]
    fn a_chinese_path_is_matched_in_either_spelling() {
        let policy = answer(200, "User-agent: *\nDisallow: /内部");
        assert_eq!(verdict(&policy, "/内部/a"), Err(Failure::Robots));
        assert_eq!(verdict(&policy, "/%E5%86%85%E9%83%A8/a"), Err(Failure::Robots));
    }

    #[test]
    fn no_robots_txt_means_no_rules() {
        for status in [302, 401, 403, 404, 410, 412] {
            assert_eq!(verdict(&answer(status, "Disallow: /"), "/"), Ok(()), "{status}");
        }
        for failure in [Failure::Redirect, Failure::Private, Failure::TooLarge] {
            assert_eq!(verdict(&policy("Xunwang", Err(Miss::new(failure, ""))), "/"), Ok(()), "{failure}");
        }
        assert_eq!(verdict(&answer(200, "<html><title>404</title>页面不存在</html>"), "/"), Ok(()));
    }

    #[test]
    fn a_site_in_trouble_is_left_alone_for_its_trouble_and_not_for_a_rule() {
        for (status, failure) in [(500, Failure::Server), (503, Failure::Server), (429, Failure::RateLimited)]
        {
            assert_eq!(verdict(&answer(status, ""), "/"), Err(failure));
        }
        for failure in [Failure::Timeout, Failure::Connect, Failure::Dns, Failure::Tls, Failure::Broken] {
            assert_eq!(verdict(&policy("Xunwang", Err(Miss::new(failure, ""))), "/"), Err(failure));
        }
    }

    #[test]
    fn an_absurd_delay_is_cut_and_an_absurd_file_is_not_obeyed_blindly() {
        for absurd in ["1e30", "inf", "999999"] {
            let policy = answer(200, &format!("User-agent: *\nCrawl-delay: {absurd}"));
            assert!(matches!(policy, Policy::Rules { delay: Some(SLOWEST), .. }), "{absurd}");
        }
        let bomb = format!("User-agent: *\n{}", "Disallow: /*a$\n".repeat(ANCHORED + 1));
        assert_eq!(verdict(&answer(200, &bomb), "/"), Err(Failure::Robots));
    }

    #[test]
    fn rules_outlive_the_trouble_of_their_site() {
        let robots = Robots::new("Xunwang", &[]);
        let now = DateTime::UNIX_EPOCH;
        robots.remember("http://a.cn", answer(200, "User-agent: *\nDisallow: /x"), now);
        assert!(robots.fresh("http://a.cn", now + KEPT).is_none());
        let kept = robots.remember("http://a.cn", answer(503, ""), now + KEPT);
        assert_eq!(verdict(&kept, "/"), Ok(()));
        assert_eq!(verdict(&kept, "/x"), Err(Failure::Robots));
        assert!(robots.fresh("http://a.cn", now + KEPT + KEPT_IN_TROUBLE).is_none());
    }

    #[test]
    fn the_origin_asked_longest_ago_makes_room() {
        let robots = Robots::new("Xunwang", &[]);
        let now = DateTime::UNIX_EPOCH;
        for number in 0..=ORIGINS {
            let origin = format!("http://{number}.cn");
            robots.enter(&origin);
            robots.remember(&origin, Policy::Open, now + TimeDelta::milliseconds(number.try_into().unwrap()));
        }
        assert_eq!(robots.origins().len(), ORIGINS);
        assert!(robots.fresh("http://0.cn", now).is_none());
        assert!(robots.fresh("http://1.cn", now).is_some());
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(text in "((User-agent|Disallow|Allow|Crawl-delay)[: ]{0,2}[ -~]{0,12}\n){0,12}", tail: Vec<u8>, path in "/[ -~]{0,12}") {
            let text = [text.as_bytes(), &tail].concat();
            let _ = verdict(&rules("Xunwang", &text), &path);
        }
    }
}
