//! One look at one account: through its sources, page by page, until one of them can be read.
//!
//! In: an account as it was handed out. Out: what was read, or the miss of the last source tried. Nothing is
//! written here; every failure of the outside world is a value.

use super::pace::{Pace, site_of};
use crate::clock::SharedClock;
use crate::extract::{self, Recipe, Recipes};
use crate::fetch::Fetcher;
use crate::model::account::Source;
use crate::model::listing::Extracted;
use crate::model::page::{Fetched, Miss, Request, Validators};
use crate::model::post::Published;
use crate::model::visit::Failure;
use crate::model::watch::Watched;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// A slot farther ahead is not waited for: whoever waits holds one of the few hands.
pub(super) const PATIENCE: chrono::Duration = chrono::Duration::minutes(1);

/// What looking needs.
#[derive(Debug, Clone)]
pub struct Eyes {
    /// Gets pages.
    pub fetcher: Arc<Fetcher>,
    /// How to read platforms.
    pub recipes: Arc<Recipes>,
    /// When sites may be asked.
    pub pace: Pace,
    /// The time.
    pub clock: SharedClock,
}

/// What one look gave.
#[derive(Debug)]
pub struct Look {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// The site asked last.
    pub site: String,
    /// How long the answer of that site took.
    pub took: Duration,
    /// Bytes read.
    pub bytes: usize,
    /// What was read, or why nothing was.
    pub result: Result<Seen, Miss>,
}

/// A page that could be read.
#[derive(Debug)]
pub struct Seen {
    /// Which of the account's sources it is.
    pub source_no: usize,
    /// HTTP status.
    pub status: u16,
    /// To ask with next time.
    pub validators: Validators,
    /// What stands there; `None` when nothing changed since the last good look.
    pub extracted: Option<Extracted>,
}

impl Eyes {
    /// Looks at an account. The slot for its first request has come already.
    pub async fn look(&self, watched: &Watched) -> Look {
        let mut last = None;
        // The source that answered last time is as good as the preferred one, but only the preferred one gets
        // better when it recovers: so the order of the register holds at every look.
        for (source_no, source) in watched.registered.machine_sources() {
            let look = self.ask(watched, source_no, source, last.is_some()).await;
            if look.result.is_ok() {
                return look;
            }
            last = Some(look);
        }
        last.unwrap_or_else(|| self.missed(String::new(), Miss::new(Failure::NoSource, "")))
    }

    fn missed(&self, site: String, miss: Miss) -> Look {
        Look { at: self.clock.now(), site, took: Duration::ZERO, bytes: 0, result: Err(miss) }
    }

    async fn ask(&self, watched: &Watched, source_no: usize, source: &Source, wait: bool) -> Look {
        let Some(recipe) = self.recipes.find(&source.recipe) else {
            return self.missed(
                String::new(),
                Miss::new(Failure::NoSource, format!("没有名为{}的采集规则", source.recipe)),
            );
        };
        let asked_before = watched.known.good_look.is_some() && watched.source_no == source_no;
        let validators = if asked_before { watched.validators.clone() } else { Validators::default() };
        let request = match recipe.request(&source.target, validators) {
            Ok(request) => request,
            Err(reason) => return self.missed(String::new(), Miss::new(Failure::NoSource, reason)),
        };
        let site = site_of(&request.url);
        if wait && !self.wait(&site, recipe, &request.url).await {
            return self.missed(site, Miss::new(Failure::RateLimited, "该站点正在冷却，稍后再看"));
        }
        let fetched = match self.fetcher.fetch(request).await {
            Ok(fetched) => fetched,
            Err(miss) => return self.missed(site, miss),
        };
        let (took, bytes) = (fetched.took, fetched.body.len());
        let result = self.read(watched, source_no, recipe, fetched).await;
        Look { at: self.clock.now(), site, took, bytes, result }
    }

    async fn read(
        &self,
        watched: &Watched,
        source_no: usize,
        recipe: &Recipe,
        fetched: Fetched,
    ) -> Result<Seen, Miss> {
        let seen = |extracted| Seen {
            source_no,
            status: fetched.status,
            validators: fetched.validators.clone(),
            extracted,
        };
        if fetched.status == 304 {
            return Ok(seen(None));
        }
        let mut extracted = extract::extract(recipe, &fetched, &watched.listing, self.clock.now())?;
        self.follow(watched, recipe, &mut extracted).await;
        Ok(seen(Some(extracted)))
    }

    /// Reads the own pages of new posts for what their list does not say. A page that cannot be read changes
    /// nothing: the list has been read.
    async fn follow(&self, watched: &Watched, recipe: &Recipe, extracted: &mut Extracted) {
        let Some(follow) = recipe.follow() else { return };
        let wanting = extracted.posts.iter_mut().filter(|post| {
            let vague = !matches!(post.published, Some(Published::At(_))) || post.source.is_none();
            vague && watched.listing.find_key(post.key).is_none()
        });
        for post in wanting.take(follow.max) {
            let Ok(url) = Url::parse(&post.url) else { continue };
            if !self.wait(&site_of(&url), recipe, &url).await {
                return;
            }
            let Ok(fetched) = self.fetcher.fetch(Request::get(url)).await else { continue };
            let Ok(article) = extract::article(recipe, &fetched, self.clock.now()) else { continue };
            if let Some(published) = article.published {
                post.published = Some(published);
                if let Some(line) = extracted.listing.lines.iter_mut().find(|line| line.key == post.key) {
                    line.published = Some(published);
                }
            }
            if post.source.is_none() {
                post.source = article.source;
            }
            if post.text.len() < article.text.len() {
                post.text = article.text;
            }
        }
    }

    /// The gap between two requests to a site. A pace protects other people's machines; this one needs none.
    #[must_use]
    pub fn gap(&self, recipe: &Recipe, url: &Url) -> Duration {
        let ours = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if ours {
            Duration::ZERO
        } else {
            recipe.pace().gap.max(self.fetcher.crawl_delay(url).unwrap_or_default())
        }
    }

    /// Waits for a slot of a site. False when it lies too far ahead to wait for with a look under way.
    async fn wait(&self, site: &str, recipe: &Recipe, url: &Url) -> bool {
        // A store that cannot be asked must not turn into a burst of requests: the plain gap is kept instead.
        let gap = self.gap(recipe, url);
        let slot = match self.pace.reserve(site, gap).await {
            Ok(slot) => slot,
            Err(error) => {
                tracing::warn!(%error, site, "no slot could be reserved, keeping the plain gap");
                self.clock.now() + chrono::Duration::from_std(gap).unwrap_or_default()
            }
        };
        if slot - self.clock.now() > PATIENCE {
            return false;
        }
        self.clock.sleep_until(slot).await;
        true
    }
}
