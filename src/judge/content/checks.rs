//! All checks of the content of a post, put together.
//!
//! In: the operator's choice of checks, a post as it was read, the pack of its account. Out: one finding for each rule
//! that the post seems to break, with its passages. Pure: the same post always gives the same findings, so that a look
//! that reads it again opens nothing twice. What is found is a suspicion; only a person can decide.

use super::ads::{self, Shops};
use super::passages::{self, Quoting};
use super::privacy::{self, Severity};
use super::terms::Terms;
use super::{Part, Spot, Words, links, reposts, secrecy, taken};
use crate::judge::originality::Sources;
use crate::judge::pack::Pack;
use crate::model::finding::{Evidence, Finding, LastPost, Level, Rule};
use crate::model::listing::Front;
use crate::model::moment::in_shanghai;
use crate::model::passage::{self, Passage};
use crate::model::post::{Link, Post, PostKey};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::sync::Arc;
use url::Url;

/// The most passages a case shows: a roster of a thousand numbers is one case and is told by its beginning.
const MOST_PASSAGES: usize = 50;

/// Which checks run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "one switch for each check")]
pub struct Settings {
    /// Personal data.
    pub privacy: bool,
    /// Documents that bear a secrecy or restriction marking.
    pub secrecy: bool,
    /// Commercial advertising.
    pub ads: bool,
    /// The operator's word lists.
    pub terms: bool,
    /// Links to gambling and the like, and links that nobody sees.
    pub links: bool,
    /// Sources of reposts, and their titles.
    pub sources: bool,
    /// Posts of different accounts that tell one thing with other times or figures.
    pub contradictions: bool,
    /// How many of the newest posts of all accounts are held in memory, by signatures of some 700 bytes, to tell whose
    /// text repeats whose; 0 compares none.
    pub remember: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            privacy: true,
            secrecy: true,
            ads: true,
            terms: true,
            links: true,
            sources: true,
            contradictions: false,
            remember: 10_000,
        }
    }
}

/// The checks that run, ready to judge.
#[derive(Debug, Default)]
pub struct Checks {
    settings: Settings,
    sources: Arc<Sources>,
    shops: Shops,
    terms: Terms,
}

/// The subject of the case about an account's page itself.
pub const PAGE: &str = "page";

/// The subject of the cases about a post: it tells them from those about other posts of the account.
#[must_use]
pub fn subject(post: PostKey) -> String {
    format!("{:016x}", post.0)
}

impl Checks {
    /// The checks of these settings.
    #[must_use]
    pub const fn new(settings: Settings, sources: Arc<Sources>, shops: Shops, terms: Terms) -> Self {
        Self { settings, sources, shops, terms }
    }

    /// How many posts are held to be compared with each other.
    #[must_use]
    pub const fn remembered(&self) -> usize {
        self.settings.remember
    }

    /// Whether contradicting posts are told of.
    #[must_use]
    pub const fn contradictions(&self) -> bool {
        self.settings.contradictions
    }

    /// Whether it is looked where links lead.
    #[must_use]
    pub const fn follows_links(&self) -> bool {
        self.settings.links
    }

    /// Whether reposts are held against their sources.
    #[must_use]
    pub const fn sources(&self) -> bool {
        self.settings.sources
    }

    /// How many terms the word lists hold.
    #[must_use]
    pub const fn terms(&self) -> usize {
        self.terms.len()
    }

    /// What a post seems to break. `at`: when it was read, which is since when the matter holds for a post without a
    /// time of its own.
    #[must_use]
    pub fn findings(&self, post: &Post, pack: &Pack, at: DateTime<Utc>) -> Vec<Finding> {
        // Platforms without titles show the beginning of the text as one: what stands there is found in the text.
        let repeated = post.text.starts_with(post.title.trim_end_matches(['…', '.']));
        let title = if repeated { "" } else { post.title.as_str() };
        let (title_words, text_words) = (Words::new(title), Words::new(&post.text));
        let words = [(Part::Title, &title_words), (Part::Text, &text_words)];
        let mut found = Vec::new();
        if self.settings.secrecy {
            found.extend(secrecy_passages(words).map(|it| (Rule::Secrecy, it)));
        }
        if self.settings.privacy {
            found.extend(privacy_passages(post, title).map(|it| (Rule::Privacy, it)));
        }
        if self.settings.ads {
            found.extend(ad_passages(words, &post.links, &self.shops).map(|it| (Rule::Advertising, it)));
        }
        let since = post.published.map_or(at, |published| published.shown().min(at));
        if self.settings.terms {
            let day = in_shanghai(since).date_naive();
            found.extend(term_passages(words, &self.terms, day).map(|it| (Rule::Wording, it)));
        }
        if self.settings.links {
            found.extend(link_passages(&post.links, &post.url).map(|it| (Rule::Links, it)));
        }
        let mut findings = if found.is_empty() { Vec::new() } else { gathered(found, post, pack, since, at) };
        if self.settings.sources {
            findings.extend(reposts::find(post, &self.sources, pack, since, at));
        }
        findings
    }

    /// What an account's page gives away: links that nobody sees, and what it says about itself.
    #[must_use]
    pub fn page(&self, front: &Front, homepage: &str, pack: &Pack, at: DateTime<Utc>) -> Vec<Finding> {
        if !self.settings.links {
            return Vec::new();
        }
        let hidden: Vec<Passage> = link_passages(&front.hidden, homepage).take(MOST_PASSAGES).collect();
        let taken: Vec<Passage> = taken::signs(front).map(|sign| passages::of_head(&sign)).collect();
        let found = [
            (Rule::Links, format!("栏目页或首页中有{}", passage::summary(&hidden)), hidden),
            (Rule::Defaced, format!("栏目页或首页的{}", said(&taken)), taken),
        ];
        let findings = found.into_iter().filter_map(|(rule, summary, passages)| {
            let level = passage::gravest(&passages)?;
            let (basis, advice) = words_of(pack, rule);
            let evidence =
                Evidence { summary, basis, advice, looked_at: Some(at), passages, ..Evidence::default() };
            Some(Finding { rule, subject: PAGE.to_owned(), level, since: at, evidence })
        });
        findings.collect()
    }

    /// What the findings about a post can be about: whatever of it was not found is not the case.
    pub fn subjects(post: &Post) -> impl Iterator<Item = String> {
        std::iter::once(subject(post.key)).chain(reposts::named(post).map(str::to_owned))
    }
}

/// What a page says that it should not.
fn said(passages: &[Passage]) -> String {
    passages.first().map(|passage| format!("{}{}", passage.place, passage.reason)).unwrap_or_default()
}

/// Basis and advice of a rule.
fn words_of(pack: &Pack, rule: Rule) -> (String, String) {
    pack.content(rule).map(|rule| (rule.basis.clone(), rule.advice.clone())).unwrap_or_default()
}

/// One finding for each rule.
fn gathered(
    found: Vec<(Rule, Passage)>,
    post: &Post,
    pack: &Pack,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Vec<Finding> {
    let mut by_rule: Vec<(Rule, Vec<Passage>)> = Vec::new();
    for (rule, passage) in found {
        match by_rule.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, passages)) => passages.push(passage),
            None => by_rule.push((rule, vec![passage])),
        }
    }
    let findings = by_rule.into_iter().filter_map(|(rule, mut passages)| {
        let level = passage::gravest(&passages)?;
        passages.sort_by_key(|passage| std::cmp::Reverse(passage.level.gravity()));
        let summary = passage::summary(&passages);
        passages.truncate(MOST_PASSAGES);
        let (basis, advice) = words_of(pack, rule);
        Some(Finding {
            rule,
            subject: subject(post.key),
            level,
            since,
            evidence: Evidence {
                summary,
                basis,
                advice,
                looked_at: Some(at),
                post: Some(LastPost { title: post.title.clone(), url: post.url.clone(), at: since }),
                passages,
                ..Evidence::default()
            },
        })
    });
    findings.collect()
}

fn link_passages<'a>(links: &'a [Link], url: &str) -> impl Iterator<Item = Passage> + 'a {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    links::find(links, &host).map(|suspect| passages::of_link("违规链接", suspect.link, suspect.reason))
}

/// The words of a post by their parts.
type Parts<'a> = [(Part, &'a Words<'a>); 2];

/// The words of the part in which something stands.
fn written<'a>(parts: Parts<'a>, spot: &Spot) -> &'a str {
    parts[usize::from(spot.part == Part::Text)].1.written
}

fn secrecy_passages(parts: Parts<'_>) -> impl Iterator<Item = Passage> {
    secrecy::of_parts(&parts).into_iter().map(move |marking| {
        let kind = format!("带有“{}”标志的文件", marking.level.zh());
        let written = written(parts, &marking.spot);
        passages::passage(&kind, written, &marking.spot, Quoting::Whole, marking.reason, Level::Suspected)
    })
}

fn term_passages<'a>(
    parts: Parts<'a>,
    terms: &'a Terms,
    day: NaiveDate,
) -> impl Iterator<Item = Passage> + 'a {
    let found = parts.into_iter().flat_map(move |(part, words)| terms.find(part, words, day));
    found.map(move |found| {
        let times = if found.count > 1 { format!("，共{}处", found.count) } else { String::new() };
        let cited = if found.cited { "，处于引用或警示的语境，已降低级别" } else { "" };
        let reason = format!("列入词表（{}）{times}{cited}", found.category);
        let written = written(parts, &found.spot);
        let passage =
            passages::passage(found.category, written, &found.spot, Quoting::Whole, reason, found.level);
        Passage { suggestion: found.suggestion.to_owned(), ..passage }
    })
}

/// Why a link is told with an advertisement.
const LEADS_TO_SHOP: &str = "链接指向商品、店铺、优惠或预订页面";
/// The places of an advertisement that an office must see: enough to know it.
const AD_PLACES: usize = 6;

fn ad_passages<'a>(
    parts: Parts<'a>,
    links: &[Link],
    shops: &Shops,
) -> impl Iterator<Item = Passage> + 'a + use<'a> {
    let [(_, title), (_, text)] = parts;
    let ad = ads::find(&ads::Post { title, text, links }, shops).unwrap_or_default();
    let words = ad.places.into_iter().take(AD_PLACES).map(move |spot| {
        let reason = "与价格、购买方式或销售者的说法同时出现，疑似推销".to_owned();
        passages::passage("推销用语", written(parts, &spot), &spot, Quoting::Whole, reason, Level::Suspected)
    });
    words.chain(ad.links.into_iter().map(|link| passages::of_link("商业链接", &link, LEADS_TO_SHOP)))
}

fn privacy_passages<'a>(post: &'a Post, title: &'a str) -> impl Iterator<Item = Passage> + 'a {
    let parts = [(Part::Title, title), (Part::Text, post.text.as_str())];
    parts.into_iter().flat_map(move |(part, written)| {
        privacy::find(&post.title, part, written).into_iter().map(move |found| {
            let level = if found.severity == Severity::Low { Level::Reminder } else { Level::Suspected };
            let quoting = if found.kind == privacy::Kind::HomeAddress {
                Quoting::DigitsMasked
            } else {
                Quoting::MiddleMasked
            };
            let reason = format!("{}（危害程度：{}）", found.why.zh(), found.severity.zh());
            passages::passage(found.kind.zh(), written, &found.spot, quoting, reason, level)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::pack::Packs;
    use crate::model::post::{Origin, Published};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn post(title: &str, text: &str) -> Post {
        Post {
            key: PostKey(-2),
            url: "https://www.yunxi.gov.cn/1.html".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            published: Some(Published::At(at("2026-11-20T01:00:00Z"))),
            origin: Origin::Unknown,
            source: None,
            pinned: false,
            links: Vec::new(),
        }
    }

    fn findings(post: &Post) -> Vec<Finding> {
        let packs = Packs::load(None).unwrap();
        let now = at("2026-11-20T02:00:00Z");
        let terms = Terms::load(std::path::Path::new("/nonexistent")).unwrap();
        let checks = Checks::new(Settings::default(), Arc::default(), Shops::default(), terms);
        checks.findings(post, packs.find("national", now).unwrap(), now)
    }

    #[test]
    fn an_ordinary_post_breaks_nothing() {
        assert_eq!(
            findings(&post("县政府召开常务会议", "会议听取了防汛工作汇报，咨询电话：0513-81234567。")),
            []
        );
    }

    #[test]
    fn each_rule_has_one_finding_with_all_its_places() {
        let text = "机密★10年\n云溪县人民政府文件\n低保对象：李小禾，身份证号：11010519491231002X，手机：13912345678。";
        let found = findings(&post("关于印发名单的通知", text));
        let rules: Vec<_> = found.iter().map(|it| (it.rule, it.evidence.summary.as_str())).collect();
        assert_eq!(
            rules,
            [(Rule::Secrecy, "带有“机密”标志的文件1处"), (Rule::Privacy, "身份证件号码1处、手机号码1处")]
        );
        let privacy = &found[1];
        assert_eq!((privacy.level, privacy.subject.as_str()), (Level::Suspected, "fffffffffffffffe"));
        assert_eq!(privacy.since, at("2026-11-20T01:00:00Z"));
        assert!(!privacy.evidence.basis.is_empty() && !privacy.evidence.advice.is_empty());
        // What warns of a leak does not leak.
        let told = format!("{:?}", privacy.evidence);
        assert!(!told.contains("11010519491231002X") && !told.contains("13912345678"), "{told}");
        assert!(privacy.evidence.passages[0].quote.contains("110*************2X"), "{privacy:?}");
    }

    #[test]
    fn a_title_that_only_repeats_the_beginning_of_the_text_is_not_told_twice() {
        let text = "李小禾的手机号码是13912345678，请协助寻找。";
        assert_eq!(findings(&post("李小禾的手机号码是13912345678…", text))[0].evidence.passages.len(), 1);
        assert_eq!(findings(&post("寻人：13912345678", text))[0].evidence.passages.len(), 2);
    }

    #[test]
    fn an_advertisement_is_told_with_its_words_and_its_links() {
        let text = "冬日护手霜全场五折，加客服微信下单。";
        let link =
            Link { words: "购买".to_owned(), href: "https://item.jd.com/1.html".to_owned(), hidden: false };
        let found = findings(&Post { links: vec![link], ..post("编辑推荐", text) });
        assert_eq!((found[0].rule, found[0].level), (Rule::Advertising, Level::Suspected));
        let quotes: Vec<_> = found[0].evidence.passages.iter().map(|it| it.quote.as_str()).collect();
        assert!(quotes.contains(&"购买 https://item.jd.com/1.html"), "{quotes:?}");
        assert!(quotes.iter().any(|quote| quote.contains("五折")), "{quotes:?}");
    }

    #[test]
    fn a_planted_link_is_told_once_and_by_its_own_rule() {
        let link = Link {
            words: "澳门葡京娱乐网址".to_owned(),
            href: "https://a.example/".to_owned(),
            hidden: true,
        };
        let found = findings(&Post { links: vec![link], ..post("会议", "会议听取了汇报。") });
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rule, found[0].level), (Rule::Links, Level::Suspected));
        assert!(found[0].evidence.passages[0].reason.contains("暗链"));
    }

    #[test]
    fn a_source_is_held_against_a_list_only_where_the_place_has_one() {
        let packs = Packs::load(None).unwrap();
        let now = at("2026-11-20T02:00:00Z");
        let checks = Checks::new(
            Settings::default(),
            Arc::new(Sources::shipped()),
            Shops::default(),
            Terms::default(),
        );
        let of = |source: &str, pack: &str| {
            let source = Some(source.to_owned());
            let post =
                Post { origin: Origin::Repost, source, ..post("秋粮收购", "各地有序推进。") };
            let found = checks.findings(&post, packs.find(pack, now).unwrap(), now);
            found.into_iter().map(|it| (it.rule, it.level, it.subject)).collect::<Vec<_>>()
        };
        let unlisted = |name: &str| (Rule::UnlistedSource, Level::Reminder, name.to_owned());
        assert_eq!(of("新华社", "nantong"), []);
        assert_eq!(of("南通日报、某自媒体", "nantong"), [unlisted("某自媒体")]);
        assert_eq!(of("南通日报", "ningxia"), [unlisted("南通日报")]);
        assert_eq!(of("某自媒体", "national"), []);
    }

    #[test]
    fn a_listed_term_is_told_with_what_to_write_instead() {
        let found = findings(&post("会议布署秋收", "会议布署了秋收工作，并布署了防汛。"));
        assert_eq!((found[0].rule, found[0].level), (Rule::Wording, Level::Reminder));
        assert_eq!(found[0].evidence.summary, "错别字2处");
        let passages = &found[0].evidence.passages;
        assert_eq!((passages[1].place.as_str(), passages[1].suggestion.as_str()), ("正文第3字", "部署"));
        assert!(passages[1].reason.contains("共2处"), "{passages:?}");
    }

    #[test]
    fn a_contact_of_a_service_is_minor() {
        let found = findings(&post("报名须知", "报名联系人：王老师 13912345678。"));
        assert_eq!(found[0].level, Level::Reminder);
    }
}
