//! One look at one account: through its sources, page by page, until one of them can be read.
//!
//! In: an account as it was handed out, and how thoroughly to look. Out: what was read, or the miss of the last
//! source tried. Where several sources answer, the one with the newest posts wins. Nothing is written here; every
//! failure of the outside world is a value.

use super::about;
use super::bridges::Trust;
use super::pace::{Pace, Want, site_of};
use super::syncs::Syncs;
use crate::clock::SharedClock;
use crate::extract::{self, Recipe, Recipes};
use crate::fetch::Fetcher;
use crate::judge::{self, sources};
use crate::model::account::Source;
use crate::model::bridge::Bridge;
use crate::model::listing::{Extracted, Listing, Profile, Synced};
use crate::model::page::{Fetched, Miss, Validators};
use crate::model::post::{Origin, Published};
use crate::model::visit::Failure;
use crate::model::watch::{NO_SOURCE, Watched};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

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
    /// When bridges themselves last read their accounts.
    pub syncs: Syncs,
    /// The time.
    pub clock: SharedClock,
    /// The most bytes of an answer that are held until the look is written.
    pub keep: usize,
}

/// How thoroughly to look.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// Ask every source, also when the first one answers.
    pub all: bool,
    /// Bridges suspected of serving only what they had: what they show proves nothing.
    pub stale: Arc<BTreeSet<Bridge>>,
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
    /// The other sources that were asked.
    pub others: Vec<Other>,
    /// How far the bridge can be trusted that it came through.
    pub trust: Trust,
    /// Sites that refused on the way, whichever of them was asked last.
    pub refusals: Vec<Refusal>,
    /// What servers answered, the list first, then the pages of single posts; as much of each as may be kept.
    pub answers: Vec<Fetched>,
    /// Recipes that looked with a secret of the operator's, and whether it was accepted.
    pub secrets: Vec<Used>,
}

/// What another source gave in the same look.
#[derive(Debug)]
pub struct Other {
    /// Which of the account's sources it is.
    pub source_no: usize,
    /// What it lists, or why nothing was read.
    pub result: Result<Listing, Miss>,
}

/// A secret of the operator's that a recipe looked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The recipe.
    pub recipe: String,
    /// Which of its values, the first being 1.
    pub generation: u64,
    /// Whether it was accepted.
    pub accepted: bool,
}

/// A site that refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The site.
    pub site: String,
    /// How long it asks us to wait.
    pub asked: Option<Duration>,
}

impl Refusal {
    /// What a miss at a site says about the whole site, if anything.
    pub(super) fn of(site: &str, miss: &Miss) -> Option<Self> {
        miss.cools_site().then(|| Self { site: site.to_owned(), asked: miss.retry_after })
    }
}

/// A page that could be read.
#[derive(Debug)]
pub struct Seen {
    /// Which of the account's sources it is.
    pub source_no: usize,
    /// The bridge it came through, if any: its posts may come in sight long after they were published.
    pub bridge: Option<Bridge>,
    /// The bridge's own time of its last reading of the account, when it is so long ago that its silence says nothing.
    pub out_of_sync: Option<DateTime<Utc>>,
    /// A newer post is known from another source that could not be asked now.
    pub behind: bool,
    /// HTTP status.
    pub status: u16,
    /// To ask with next time.
    pub validators: Validators,
    /// What stands there; `None` when nothing changed since the last good look.
    pub extracted: Option<Extracted>,
}

impl Eyes {
    /// Looks at an account. The slot for its first request has come already.
    ///
    /// The source that answered last time is as good as the preferred one, but only the preferred one gets better
    /// when it recovers: so the order of the register holds at every look. A source whose bridge is suspected or says
    /// itself that it has not read the account for long, or that stops short of a post known already, is no answer
    /// while there is another to ask.
    pub async fn look(&self, watched: &Watched, asking: &Asking) -> Look {
        let mut looks: Vec<(usize, Look)> = Vec::new();
        let (mut refusals, mut secrets) = (Vec::new(), Vec::new());
        for (source_no, source) in watched.registered.machine_sources() {
            // A source that may not be asked now says nothing: what the one before it gave stands.
            let Some(mut look) = self.ask(watched, source_no, source, !looks.is_empty(), &mut refusals).await
            else {
                continue;
            };
            secrets.append(&mut look.secrets);
            if let Err(miss) = &look.result {
                refusals.extend(Refusal::of(&look.site, miss));
            }
            let stands = look
                .result
                .as_ref()
                .is_ok_and(|seen| !is_stale(seen, asking) && !stops_short(watched, seen, look.at));
            looks.push((source_no, look));
            if stands && !asking.all {
                break;
            }
        }
        let look = choose(watched, looks, asking)
            .unwrap_or_else(|| self.missed(String::new(), Miss::new(Failure::NoSource, "")));
        Look { refusals, secrets, ..look }
    }

    fn missed(&self, site: String, miss: Miss) -> Look {
        Look {
            at: self.clock.now(),
            site,
            took: Duration::ZERO,
            bytes: 0,
            result: Err(miss),
            others: Vec::new(),
            trust: Trust::Full,
            answers: Vec::new(),
            refusals: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// Asks one source. `wait`: it has no slot yet; `None` when it cannot have one soon.
    async fn ask(
        &self,
        watched: &Watched,
        source_no: usize,
        source: &Source,
        wait: bool,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Look> {
        let Some(recipe) = self.recipes.find(&source.recipe) else {
            let miss = Miss::new(Failure::NoSource, format!("没有名为{}的采集规则", source.recipe));
            return Some(self.missed(String::new(), miss));
        };
        if recipe.is_article() {
            let reason = format!("采集规则{}只读单页，不能作为账号的采集源", recipe.name);
            return Some(self.missed(String::new(), Miss::new(Failure::NoSource, reason)));
        }
        let asked_before = watched.known.good_look.is_some() && watched.source_no == source_no;
        // A page that has not changed tells nothing, and the host behind it may have.
        let asks_host = about::asks_host(watched, self.clock.now());
        let validators =
            if asked_before && !asks_host { watched.validators.clone() } else { Validators::default() };
        // Asked for before the request takes its value: one that is replaced in between counts as the older one.
        let generation = recipe.secret().map(|secret| secret.generation());
        let request = match recipe.request(&source.target, validators) {
            Ok(request) => request,
            Err(reason) => return Some(self.missed(String::new(), Miss::new(Failure::NoSource, reason))),
        };
        let site = site_of(&request.url);
        if wait && !self.wait(&site, recipe, &request.url).await {
            return None;
        }
        let fetched = match self.fetcher.fetch(request).await {
            Ok(fetched) => fetched,
            Err(miss) => return Some(self.missed(site, recipe.own(miss))),
        };
        let (took, bytes) = (fetched.took, fetched.body.len());
        let bridge =
            recipe.is_bridge().then(|| Bridge { site: site.clone(), platform: watched.registered.platform });
        let mut pages = Vec::new();
        let read = self.read(watched, source_no, recipe, &fetched, refusals, &mut pages).await;
        // A recipe with such times never asks conditionally, so that no 304 stands in for them.
        let synced = if read.is_ok() { self.synced(recipe, source).await } else { None };
        let old = synced.filter(|synced| judge::bridge::is_out_of_sync(*synced, self.clock.now()));
        let result = read.map_err(|miss| recipe.own(miss)).map(|extracted| Seen {
            source_no,
            bridge,
            out_of_sync: old.map(|synced| synced.at),
            behind: false,
            status: fetched.status,
            validators: fetched.validators.clone(),
            extracted: extracted.map(|extracted| Extracted { synced, ..extracted }),
        });
        let accepted = match &result {
            Ok(_) => Some(true),
            Err(miss) => (miss.failure == Failure::Credential).then_some(false),
        };
        let used = |(accepted, generation)| Used { recipe: recipe.name.clone(), generation, accepted };
        let secrets = accepted.zip(generation).map(used);
        let answers =
            std::iter::once(fetched).chain(pages).map(|answer| answer.shortened(self.keep)).collect();
        Some(Look {
            took,
            bytes,
            result,
            secrets: secrets.into_iter().collect(),
            answers,
            ..self.missed(site, Miss::new(Failure::NoSource, ""))
        })
    }

    /// Reads a page and what belongs to it; none when it has not changed.
    async fn read(
        &self,
        watched: &Watched,
        source_no: usize,
        recipe: &Recipe,
        fetched: &Fetched,
        refusals: &mut Vec<Refusal>,
        pages: &mut Vec<Fetched>,
    ) -> Result<Option<Extracted>, Miss> {
        if fetched.status == 304 {
            return Ok(None);
        }
        let mut read = extract::extract(recipe, fetched, &watched.listing, self.clock.now());
        if about::is_wanted(watched, &read, self.clock.now()) {
            let target = watched.registered.sources.get(source_no).map_or("", |source| &source.target);
            if let Some((site, told)) = self.profile(recipe, target).await {
                read = about::joined(read, &told);
                if let Err(miss) = &told {
                    refusals.extend(Refusal::of(&site, miss));
                    let (class, detail) = (miss.failure.class(), miss.detail.as_str());
                    tracing::debug!(
                        account.id = watched.id.0,
                        site,
                        class,
                        detail,
                        "nothing about the account itself"
                    );
                }
            }
        }
        let mut extracted = read?;
        self.follow(watched, recipe, &mut extracted, refusals, pages).await?;
        if about::asks_host(watched, self.clock.now())
            && let Ok(host) = Url::parse(&watched.registered.service_url)
        {
            extracted.profile.ipv6 = self.fetcher.ipv6(&host).await;
        }
        extracted.profile.picture = self.picture(watched, recipe, &extracted, &fetched.url, refusals).await;
        Ok(Some(extracted))
    }

    /// Asks about the account itself; none when the recipe cannot or the site has no slot soon.
    async fn profile(&self, recipe: &Recipe, target: &str) -> Option<(String, Result<Profile, Miss>)> {
        let request = recipe.profile_request(target)?.ok()?;
        let site = site_of(&request.url);
        if !self.wait(&site, recipe, &request.url).await {
            return None;
        }
        let answer = self.fetcher.fetch(request).await;
        let told = answer.and_then(|fetched| extract::profile(recipe, &fetched));
        Some((site, told.map_err(|miss| recipe.own(miss))))
    }

    /// When the bridge itself last read the account of a source, if it says so. A bridge that does not tell
    /// changes nothing: its feed has been read.
    async fn synced(&self, recipe: &Recipe, source: &Source) -> Option<Synced> {
        let request = recipe.sync_request()?;
        let bridge = request.url.clone();
        let ask = async {
            if !self.wait(&site_of(&bridge), recipe, &bridge).await {
                return HashMap::new();
            }
            let told = match self.fetcher.fetch(request).await {
                Ok(fetched) => extract::syncs(recipe, &fetched),
                Err(miss) => Err(miss),
            };
            told.unwrap_or_else(|miss| {
                tracing::warn!(
                    failure = miss.failure.class(),
                    detail = miss.detail,
                    site = site_of(&bridge),
                    "the bridge does not tell when it read its accounts"
                );
                HashMap::new()
            })
        };
        let at = self.syncs.time_of(bridge.as_str(), &source.target, self.clock.now(), ask).await?;
        Some(recipe.sync()?.said(at))
    }

    /// Reads the own pages of new posts for what their list does not say. A page that cannot be read changes
    /// nothing: the list has been read. A page of another account than the registered one says that the whole
    /// list is another's: then nothing has been learnt about this account.
    async fn follow(
        &self,
        watched: &Watched,
        recipe: &Recipe,
        extracted: &mut Extracted,
        refusals: &mut Vec<Refusal>,
        pages: &mut Vec<Fetched>,
    ) -> Result<(), Miss> {
        let Some(follow) = recipe.follow() else { return Ok(()) };
        let reader = self.recipes.reader_of_pages(recipe);
        let wanting = extracted.posts.iter_mut().filter_map(|post| {
            let vague = !matches!(post.published, Some(Published::At(_))) || post.source.is_none();
            let url = Url::parse(&post.url).ok().filter(|url| reader.reads_page(url))?;
            (vague && watched.listing.find_key(post.key).is_none()).then_some((post, url))
        });
        for (post, url) in wanting.take(follow.max) {
            let site = site_of(&url);
            if !self.wait(&site, reader, &url).await {
                break;
            }
            let Ok(fetched) = self.fetcher.fetch(reader.page_request(url)).await else { continue };
            let article = match extract::article(reader, &fetched, self.clock.now()) {
                Ok(article) => article,
                Err(miss) if miss.cools_site() => {
                    refusals.extend(Refusal::of(&site, &miss));
                    break;
                }
                Err(_) => continue,
            };
            if let Some(stranger) = reader.stranger(&article, &watched.registered.platform_uid) {
                let name = article.profile.name.as_deref().unwrap_or("未知账号");
                let reason = format!(
                    "文章《{}》由“{name}”（{stranger}）发布，与登记的账号ID {} 不是同一账号",
                    post.title, watched.registered.platform_uid
                );
                return Err(Miss::on(&fetched, Failure::WrongAccount, reason));
            }
            if post.origin == Origin::Unknown {
                post.origin = article.origin;
            }
            extracted.profile = std::mem::take(&mut extracted.profile).or(article.profile);
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
                (post.text, post.links) = (article.text, article.links);
            }
            pages.push(fetched);
        }
        Ok(())
    }

    /// The gap between two requests to a site. A pace protects other people's machines; this one needs none.
    #[must_use]
    pub fn gap(&self, recipe: &Recipe, url: &Url) -> Duration {
        if extract::is_loopback(url) {
            Duration::ZERO
        } else {
            recipe.pace().gap.max(self.fetcher.crawl_delay(url).unwrap_or_default())
        }
    }

    /// Waits for a slot of a site. False when it lies too far ahead to wait for with a look under way.
    pub(super) async fn wait(&self, site: &str, recipe: &Recipe, url: &Url) -> bool {
        // A store that cannot be asked must not turn into a burst of requests: the plain gap is kept instead.
        let gap = self.gap(recipe, url);
        let reach = self.clock.now() + PATIENCE;
        let want = Want::one(recipe, gap);
        let paced = want.is_paced();
        let slot = match self.pace.reserve(site, want, reach).await {
            Ok(Some(slot)) => slot,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(%error, site, "no slot could be reserved, keeping the plain gap");
                self.clock.now() + chrono::Duration::from_std(gap).unwrap_or_default().min(PATIENCE)
            }
        };
        self.clock.sleep_until(slot).await;
        !paced || self.pace.held(site).is_none()
    }
}

/// What a page that was read lists; one that has not changed lists what it did.
fn listing<'a>(watched: &'a Watched, seen: &'a Seen) -> &'a Listing {
    seen.extracted.as_ref().map_or(&watched.listing, |extracted| &extracted.listing)
}

/// Whether a source that did not answer last time stops short of what the one that did has shown. What one has shown
/// that the office took out of the register binds no other.
fn stops_short(watched: &Watched, seen: &Seen, at: DateTime<Utc>) -> bool {
    seen.source_no != watched.source_no
        && watched.source_no != NO_SOURCE
        && sources::is_behind(listing(watched, seen), watched.known.last_update, at)
}

/// Whether a bridge serves only what it had: by the suspicion of the whole bridge, or by its own word.
fn is_stale(seen: &Seen, asking: &Asking) -> bool {
    seen.out_of_sync.is_some() || seen.bridge.as_ref().is_some_and(|bridge| asking.stale.contains(bridge))
}

/// The look that counts: of the sources that answered, the first one but for those that show newer posts; without
/// any, one through a bridge that is suspected or out of sync; without any, the last miss.
fn choose(watched: &Watched, looks: Vec<(usize, Look)>, asking: &Asking) -> Option<Look> {
    let mut chosen: Option<usize> = None;
    for (place, (_, look)) in looks.iter().enumerate() {
        let better = match (&look.result, chosen.map(|place| &looks[place].1.result)) {
            (Err(_), Some(before)) => before.is_err(),
            (_, None) | (Ok(_), Some(Err(_))) => true,
            (Ok(seen), Some(Ok(before))) => match (is_stale(seen, asking), is_stale(before, asking)) {
                (false, true) => true,
                (true, false) => false,
                _ => sources::is_ahead(listing(watched, seen), listing(watched, before)),
            },
        };
        if better {
            chosen = Some(place);
        }
    }
    let chosen = chosen?;
    let (mut look, mut others) = (None, Vec::new());
    for (place, (source_no, other)) in looks.into_iter().enumerate() {
        if place == chosen {
            look = Some(other);
        } else {
            let result = other.result.map(|seen| listing(watched, &seen).clone());
            others.push(Other { source_no, result });
        }
    }
    let mut look = look?;
    if let Ok(seen) = &mut look.result {
        // What a second source does not show either is gone.
        seen.behind = others.iter().all(|other| other.result.is_err()) && stops_short(watched, seen, look.at);
    }
    look.others = others;
    Some(look)
}

#[cfg(test)]
mod several;

#[cfg(test)]
mod tests;
