//! How to read a platform: a recipe, compiled from a file of `config/platforms`.
//!
//! In: a target out of the register. Out: the request for it, and everything the readers need to know. A recipe
//! is data; it never runs code and never reaches another address than its own.

mod article;
mod compile;
mod file;
mod profile;
mod shelf;
mod sync;

pub(super) use article::{ArticleFields, Way};
#[cfg(test)]
pub(super) use file::KEYS;
pub(super) use profile::{ProfileFields, Verifier};
pub use shelf::Recipes;
pub use sync::Sync;

use super::challenge::Mark;
use super::embedded::Embedded;
use super::path::{Path, Test};
use crate::config::rotating::SecretFile;
use crate::model::account::Platform;
use crate::model::listing::Article;
use crate::model::page::{Miss, Request, Validators};
use crate::model::post::Origin;
use crate::model::quiet::Quiet;
use crate::model::visit::Failure;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use profile::ProfilePage;
use regex::Regex;
use scraper::Selector;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// How a platform is read.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The word before the colon of a source in the register.
    pub name: String,
    /// What an office reads.
    pub title: String,
    /// The platforms whose accounts it reads; empty means any.
    pub platforms: Vec<Platform>,
    pub(super) reader: Reader,
    base: Option<Url>,
    url: String,
    headers: Vec<(String, String)>,
    /// The operator's own cookie or token, out of the configuration.
    secret: Option<Arc<SecretFile>>,
    conditional: bool,
    follow: Option<Follow>,
    pace: Pace,
    golden: Option<Golden>,
    pub(super) bridge: bool,
    pub(super) part: bool,
    pub(super) origin: Origin,
    pub(super) origins: Vec<OriginRule>,
    pub(super) feed: Naming,
    pub(super) page: Option<PageFields>,
    pub(super) json: Option<JsonFields>,
    /// Where a page carries the data; none when the answer is the data.
    pub(super) embedded: Option<Embedded>,
    pub(super) profile: Option<ProfilePage>,
    pub(super) verification: Verifier,
    pub(super) article: Option<ArticleFields>,
    sync: Option<Sync>,
    pub(super) empty: Proof,
    /// In the order of trying: the recipe's own before the general ones.
    pub(super) marks: Vec<Mark>,
}

/// What kind of bytes a recipe reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reader {
    Feed,
    Page,
    Json,
    /// One page about one post or about the account itself; never a source of an account.
    Article,
}

/// Fetch the page of each new post that lacks a time of day, a source or a mark of origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// The most pages in one visit.
    pub max: usize,
    /// The recipe that reads them; none means this one.
    pub by: Option<String>,
}

/// How often a site may be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Between two requests to the site.
    pub gap: Duration,
    /// How far a gap may vary, as a share of it, 0 to 1.
    pub jitter: f64,
    /// Requests to the site in one day; none means no limit beyond the gap.
    pub daily: Option<u32>,
    /// Hours in which the site is not asked.
    pub quiet: Quiet,
}

/// A saved page that the recipe must read; `check` reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Golden {
    /// The file.
    pub page: PathBuf,
    /// The posts on it.
    pub posts: usize,
    /// A saved answer about the account, which must give a profile.
    pub profile: Option<PathBuf>,
}

/// How the channel of a feed names the account: patterns whose group `it` is the name or the introduction.
#[derive(Debug, Clone, Default)]
pub(super) struct Naming {
    pub(super) name: Vec<Regex>,
    pub(super) intro: Vec<Regex>,
    /// Texts of items that only say that there is none.
    pub(super) void: Vec<Regex>,
}

/// The fields of an item in a page. Without an item selector the list is found by itself.
#[derive(Debug, Clone)]
pub(super) struct PageFields {
    pub(super) item: Selector,
    pub(super) link: Option<Pick>,
    pub(super) title: Option<Pick>,
    pub(super) date: Option<Pick>,
    pub(super) source: Option<Pick>,
    pub(super) pinned: Option<Selector>,
}

/// An element inside an item, and the attribute to read instead of its text.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    pub(super) selector: Selector,
    pub(super) attribute: Option<String>,
}

/// The fields of an item in JSON.
#[derive(Debug, Clone)]
pub(super) struct JsonFields {
    pub(super) required: Vec<(String, Path)>,
    pub(super) items: Path,
    pub(super) id: Option<Path>,
    pub(super) link: Option<Link>,
    /// Links of items of another kind, by what tells the kind.
    pub(super) links: Vec<(Test, Link)>,
    pub(super) title: Option<Link>,
    pub(super) text: Option<Path>,
    pub(super) date: Option<Path>,
    pub(super) date_of_id: Option<IdTime>,
    pub(super) source: Option<Path>,
    pub(super) pinned: Vec<Test>,
    /// What stands among the items without being a post.
    pub(super) skip: Vec<Test>,
    /// Where an item and where the document say whose it is: items of others are left out.
    pub(super) mine: Option<(Path, Path)>,
    pub(super) profile: ProfileFields,
}

/// How the id of a post tells when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub(super) enum IdTime {
    /// Its first eight hexadecimal digits are seconds since 1970.
    #[serde(rename = "hex8")]
    Hex8,
}

/// A text made of an item: a path, or literal text around paths in braces.
#[derive(Debug, Clone)]
pub(super) struct Link(pub(super) Vec<LinkPart>);

/// A part of a link.
#[derive(Debug, Clone)]
pub(super) enum LinkPart {
    Text(String),
    Path(Path),
}

/// By what the platform itself says that there is nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Proof {
    /// A path to the platform's own counter of posts, which must be 0.
    pub(super) counter: Option<Path>,
    /// Words on the page.
    pub(super) text: Option<Regex>,
}

/// Tells whose work a post is.
#[derive(Debug, Clone)]
pub(super) struct OriginRule {
    pub(super) on: On,
    pub(super) is: Origin,
    /// Who is named as the source, in JSON.
    pub(super) source: Option<Path>,
}

/// What an origin rule looks at.
#[derive(Debug, Clone)]
pub(super) enum On {
    /// A test on the item's JSON.
    Json(Test),
    /// A pattern on a field; its group `source` is whom a repost names.
    Field(Field, Regex),
}

/// The fields of a post that a pattern may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Field {
    Title,
    Text,
    Html,
    Url,
}

/// Whether an address lies on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// What may stand unescaped in one value of a path or query.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A template with its target in it.
fn fill(template: &str, target: &str) -> String {
    if !template.contains('{') {
        return template.to_owned();
    }
    let encoded = utf8_percent_encode(target, VALUE).to_string();
    template.replace("{+target}", target).replace("{target}", &encoded)
}

impl Recipe {
    /// The request for a target; the error says in Chinese what is wrong with the target.
    pub fn request(&self, target: &str, validators: Validators) -> Result<Request, String> {
        let mut request = self.to(&self.url, &self.headers, target)?;
        if self.conditional {
            request.validators = validators;
        }
        Ok(request)
    }

    /// The second request, about the account itself; none when the recipe has none.
    #[must_use]
    pub fn profile_request(&self, target: &str) -> Option<Result<Request, String>> {
        let page = self.profile.as_ref()?;
        Some(self.to(&page.url, page.headers.as_ref().unwrap_or(&self.headers), target))
    }

    fn to(&self, url: &str, headers: &[(String, String)], target: &str) -> Result<Request, String> {
        let target = target.trim();
        if target.is_empty() {
            return Err(format!("“{}:”之后没有目标", self.name));
        }
        let address = if url == "{target}" { target.to_owned() } else { fill(url, target) };
        let url = match &self.base {
            Some(base) => base.join(&address),
            None => Url::parse(&address),
        };
        let url = url.map_err(|_| format!("“{target}”不是完整的网址,应以 http:// 或 https:// 开头"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("“{target}”不是 http 或 https 网址"));
        }
        let headers = headers.iter().map(|(name, value)| (name.clone(), fill(value, target))).collect();
        // Whatever the template makes of a target, the secret goes to the recipe's own host alone.
        let secret = self.secret.as_ref().filter(|_| self.may_send_secret(&url)).map(|it| it.current());
        Ok(Request { headers, secret, ..Request::get(url) })
    }

    /// Whether an address is the recipe's own host, and the way there cannot be listened to.
    fn may_send_secret(&self, url: &Url) -> bool {
        let Some(base) = &self.base else { return false };
        base.host() == url.host()
            && base.port_or_known_default() == url.port_or_known_default()
            && (url.scheme() == "https" || is_loopback(url))
    }

    /// Gives the recipe a secret to send. The error says in Chinese why it cannot have one.
    pub fn arm(&mut self, secret: SecretFile) -> Result<(), String> {
        let Some(base) = &self.base else {
            return Err("采集规则没有 base,凭据不知道可以发给谁".to_owned());
        };
        if !self.may_send_secret(base) {
            return Err("采集规则的 base 不是 https 网址,凭据会在途中泄露".to_owned());
        }
        self.secret = Some(Arc::new(secret));
        Ok(())
    }

    /// The secret of the operator's that the recipe looks with.
    #[must_use]
    pub const fn secret(&self) -> Option<&Arc<SecretFile>> {
        self.secret.as_ref()
    }

    /// A miss as this recipe means it: with a secret a login wall says that the secret is no longer accepted, without
    /// one there is none to be accepted. Words of the page that repeat the secret are taken out.
    #[must_use]
    pub fn own(&self, mut miss: Miss) -> Miss {
        match (&self.secret, miss.failure) {
            (Some(_), Failure::LoginWall) => miss.failure = Failure::Credential,
            (None, Failure::Credential) => miss.failure = Failure::LoginWall,
            _ => {}
        }
        for secret in self.secret.iter().flat_map(|secret| secret.recent()) {
            let whole = secret.reveal();
            let parts =
                whole.split(';').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value.trim());
            for part in std::iter::once(whole).chain(parts.filter(|part| part.len() >= 6)) {
                miss.detail = miss.detail.replace(part, "…");
            }
        }
        miss
    }

    /// Whether to fetch the pages of new posts, and how many at most.
    #[must_use]
    pub const fn follow(&self) -> Option<&Follow> {
        self.follow.as_ref()
    }

    /// The request for the page of one post.
    #[must_use]
    pub fn page_request(&self, url: Url) -> Request {
        Request { headers: self.headers_for(url.as_str()), ..Request::get(url) }
    }

    /// Whether it reads one page about one post or the account itself, and no list: what it reads says nothing
    /// about silence.
    #[must_use]
    pub fn is_article(&self) -> bool {
        self.reader == Reader::Article
    }

    /// Whether it reads the pages of such an address.
    #[must_use]
    pub fn reads_page(&self, url: &Url) -> bool {
        let pattern = self.article.as_ref().and_then(|fields| fields.url.as_ref());
        pattern.is_none_or(|pattern| pattern.is_match(url.as_str()))
    }

    /// The id of another account that a page says has published it, if the registered one cannot be the same.
    #[must_use]
    pub fn stranger<'a>(&self, article: &'a Article, registered: &str) -> Option<&'a str> {
        self.article.as_ref().and_then(|fields| fields.stranger(&article.ids, registered))
    }

    fn headers_for(&self, target: &str) -> Vec<(String, String)> {
        self.headers.iter().map(|(name, value)| (name.clone(), fill(value, target))).collect()
    }

    /// Whether a name it reads is an account's own: it reads accounts of platforms and nothing else. A site's title,
    /// a program's name or a generic feed's title is nobody's name; what a feed's patterns cut out of a title is.
    #[must_use]
    pub(super) fn names_accounts(&self) -> bool {
        let other = |platform: &Platform| {
            matches!(platform, Platform::Website | Platform::App | Platform::Miniprogram | Platform::Other)
        };
        !self.platforms.is_empty() && !self.platforms.iter().any(other)
    }

    /// How often the recipe's site may be asked.
    #[must_use]
    pub const fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Whether somebody else's program stands between us and the platform.
    #[must_use]
    pub const fn is_bridge(&self) -> bool {
        self.bridge
    }

    /// The saved page it must read.
    #[must_use]
    pub const fn golden(&self) -> Option<&Golden> {
        self.golden.as_ref()
    }
}
