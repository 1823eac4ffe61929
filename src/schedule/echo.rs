//! Posts of different accounts that tell the same: who repeats whom, and whether their facts agree.
//!
//! In: the new posts of a batch. Out: which of them repeat an earlier post of another unit, and a finding where one
//! contradicts a recent post of another account, or bears another title than the post it names as its source. Of the newest posts signatures are held in memory, as many as the
//! settings allow; they are read back when the service starts. Texts are read from the store only for posts that seem to
//! be told twice. A contradiction is for a person to look at: it accuses neither.

use super::commit::Done;
use super::news::KnownPosts;
use super::settle::{Settled, candidates};
use super::{Error, Scheduler};
use crate::judge::content::checks::subject;
use crate::judge::index::shingles::{Entry, Shingles, Signature, contained};
use crate::judge::originality::overlap::{self, repeats};
use crate::judge::pack::Pack;
use crate::judge::similar::{self, Field, Relation};
use crate::judge::titles;
use crate::model::account::AccountId;
use crate::model::finding::{Evidence, Finding, LastPost, Level, Rule, fingerprint};
use crate::model::post::{Origin, Post, PostKey, Published};
use crate::store::Store;
use crate::store::posts::{Sighted, Telling};
use chrono::{DateTime, Duration, Utc};
use rustc_hash::FxHashMap;
use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;

/// Older posts are nobody's source.
const RECENT: Duration = Duration::days(30);
/// Contradictions are told about what is still to come or has just been.
const CURRENT: Duration = Duration::days(7);
/// How much of two texts must seem the same before they are compared; the estimate errs by a tenth.
const LEAST: f64 = 0.45;
/// How much of a text must stand in another before their facts are compared: less is the same form filled in by others.
const SAME: f64 = 0.75;
/// Facts whose clash is told. Another place or name is mostly another unit's report in the same words.
const CLASHES: [Field; 2] = [Field::Date, Field::Number];
/// How many posts one is compared with.
const MOST: usize = 3;

/// The newest posts of all accounts, by their signatures. They are read back when the first new post is seen: a pass in
/// which nothing is new needs none.
#[derive(Debug)]
pub(super) struct Echo(Shingles);

impl Echo {
    /// Holds so many posts, to begin with the newest that the store has; none when nothing is to be remembered.
    pub(super) async fn read(
        store: &Store,
        capacity: usize,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, crate::store::Error> {
        let Some(bound) = NonZeroUsize::new(capacity) else { return Ok(None) };
        let mut signed = Vec::new();
        let take = |account: AccountId, key: PostKey, text: &str| {
            let entry = Entry { account: account.0, post: key.0 };
            signed.extend(Signature::of(text).map(|signature| (entry, signature)));
        };
        store.recent_texts(now - RECENT, capacity, take).await?;
        let mut index = Shingles::new(bound);
        // The oldest first: it is the first to be forgotten.
        signed.into_iter().rev().for_each(|(entry, signature)| index.add_signed(entry, signature));
        Ok(Some(Self(index)))
    }

    /// Takes posts in; for each the posts of other accounts that seem to tell the same, in this batch or before.
    fn meet(&mut self, signed: Vec<(Entry, Signature)>) -> Vec<(Entry, Vec<Entry>)> {
        for (entry, signature) in &signed {
            self.0.add_signed(*entry, signature.clone());
        }
        let near = signed.into_iter().map(|(entry, signature)| {
            let near = self.0.query_signed(entry.account, &signature, LEAST).into_iter();
            (entry, near.take(MOST).map(|overlap| overlap.entry).collect::<Vec<_>>())
        });
        near.filter(|(_, near)| !near.is_empty()).collect()
    }
}

/// What other accounts tell in nearly the same words as a new post.
#[derive(Debug, Default)]
pub(super) struct Echoes(HashMap<Entry, Vec<Telling>>);

impl Scheduler {
    /// Finds what tells the same as the new posts of a batch, with one question to the store at the most, and notes
    /// which of them repeat it.
    pub(super) async fn echoes(&self, batch: &[Done], known: &mut KnownPosts) -> Result<Echoes, Error> {
        let now = self.clock.now();
        let new = batch.iter().flat_map(|done| {
            let seen = done.look.result.as_ref().ok();
            seen.into_iter().flat_map(|seen| candidates(&done.watched, seen)).map(move |post| (done, post))
        });
        let new = new.filter(|(done, post)| {
            let recent = post.published.is_some_and(|published| published.latest() > now - RECENT);
            recent && !known.keys.contains(&(done.watched.id, post.key))
        });
        let here: FxHashMap<Entry, (&Done, &Post)> = new
            .map(|(done, post)| (Entry { account: done.watched.id.0, post: post.key.0 }, (done, post)))
            .collect();
        if here.is_empty() {
            return Ok(Echoes::default());
        }
        let near = self.near(&here).await?;
        let elsewhere: BTreeSet<Entry> = near
            .iter()
            .flat_map(|(_, near)| near)
            .filter(|entry| !here.contains_key(entry))
            .copied()
            .collect();
        let wanted: Vec<_> =
            elsewhere.iter().map(|entry| (AccountId(entry.account), PostKey(entry.post))).collect();
        let stored = if wanted.is_empty() { Vec::new() } else { self.store.tellings(&wanted).await? };
        let by_entry = |it: Telling| (Entry { account: it.account.0, post: it.key.0 }, it);
        let stored: HashMap<Entry, Telling> = stored.into_iter().map(by_entry).collect();
        let telling = |entry: &Entry| {
            stored.get(entry).cloned().or_else(|| here.get(entry).map(|(done, post)| telling(done, post)))
        };
        let mut echoes = Echoes::default();
        for (entry, near) in near {
            let tellings: Vec<Telling> = near.iter().filter_map(telling).collect();
            let Some((done, post)) = here.get(&entry) else { continue };
            if let Some(source) = source_of(done, post, &tellings) {
                known.repeats.insert((done.watched.id, post.key), source);
            }
            echoes.0.insert(entry, tellings);
        }
        Ok(echoes)
    }

    /// The new posts to which others are near.
    async fn near(&self, here: &FxHashMap<Entry, (&Done, &Post)>) -> Result<Vec<(Entry, Vec<Entry>)>, Error> {
        let now = self.clock.now();
        let mut echo = self.echo.lock().await;
        if echo.is_none() {
            *echo = Echo::read(&self.store, self.checks.remembered(), now).await?;
        }
        let Some(echo) = echo.as_mut() else { return Ok(Vec::new()) };
        let signed = here.iter().filter_map(|(entry, (_, post))| Some((*entry, Signature::of(&post.text)?)));
        let mut signed: Vec<_> = signed.collect();
        signed.sort_unstable_by_key(|(entry, _)| *entry);
        Ok(echo.meet(signed))
    }

    /// Compares the new posts of a look with those of other accounts.
    pub(super) fn compare_posts(&self, settled: &mut Settled, echoes: &Echoes, pack: &Pack) {
        if echoes.0.is_empty() {
            return;
        }
        let (account, at) = (settled.finish.watched.id, settled.visit.at);
        let recent = settled.posts.iter().filter(|sighted| sighted.effective_at > at - CURRENT);
        let findings = recent.flat_map(|sighted| {
            let near = echoes.0.get(&Entry { account: account.0, post: sighted.post.key.0 });
            near.map_or_else(Vec::new, |near| self.compared(sighted, near, pack, at))
        });
        let findings: Vec<Finding> = findings.collect();
        settled.findings.extend(findings);
    }

    /// What is told of a post beside others that say nearly the same.
    fn compared(&self, sighted: &Sighted, near: &[Telling], pack: &Pack, at: DateTime<Utc>) -> Vec<Finding> {
        let post = &sighted.post;
        let Some(published) = post.published else { return Vec::new() };
        let new = overlap::Telling { owner: "", title: &post.title, text: &post.text, published };
        let mut findings = Vec::new();
        if self.checks.contradictions()
            && let Some((old, reason)) = near.iter().find_map(|old| Some((old, contradicts(&new, old)?)))
        {
            let summary = format!("与“{}”发布的《{}》（{}）相比：{reason}", old.name, old.title, old.url);
            findings.push(finding(Rule::Contradiction, sighted, old, summary, pack, at));
        }
        if self.checks.sources()
            && let Some((old, reason)) = near.iter().find_map(|old| Some((old, retitled(post, &new, old)?)))
        {
            let summary =
                format!("注明来源为“{}”，而标题与其《{}》（{}）不同：{reason}", old.name, old.title, old.url);
            findings.push(finding(Rule::TitleAltered, sighted, old, summary, pack, at));
        }
        findings
    }
}

/// A new post as others will be told of it.
fn telling(done: &Done, post: &Post) -> Telling {
    let registered = &done.watched.registered;
    Telling {
        account: done.watched.id,
        key: post.key,
        name: registered.name.clone(),
        owner: registered.owner.clone(),
        title: post.title.clone(),
        url: post.url.clone(),
        text: post.text.clone(),
        published: post.published,
        source: post.source.clone(),
    }
}

fn as_told(telling: &Telling) -> Option<overlap::Telling<'_>> {
    let Telling { owner, title, text, .. } = telling;
    Some(overlap::Telling { owner, title, text, published: telling.published? })
}

/// Whom a new post repeats: the first who told it, or whom that one names.
fn source_of(done: &Done, post: &Post, others: &[Telling]) -> Option<String> {
    let (title, text) = (post.title.as_str(), post.text.as_str());
    let owner = done.watched.registered.owner.as_str();
    let new = overlap::Telling { owner, title, text, published: post.published? };
    let earlier = others.iter().filter(|other| as_told(other).is_some_and(|other| repeats(&new, &other)));
    let first = earlier.min_by_key(|other| other.published.map(Published::shown))?;
    Some(first.source.clone().unwrap_or_else(|| first.name.clone()))
}

/// Why two posts contradict each other, if they do and the new one is the later.
fn contradicts(new: &overlap::Telling<'_>, old: &Telling) -> Option<String> {
    let old = as_told(old).filter(|old| old.published.shown() <= new.published.shown())?;
    if contained(new.text, old.text) < SAME {
        return None;
    }
    let verdict = similar::judge(&old.facts(), &new.facts());
    let clashes = verdict.relation == Relation::Contradictory
        && verdict.conflicts.iter().all(|field| CLASHES.contains(field));
    clashes.then_some(verdict.reason)
}

/// Why the title of a repost seems altered, when the post it names as its source is at hand: the same text, published
/// before by the account that it names.
fn retitled(post: &Post, new: &overlap::Telling<'_>, old: &Telling) -> Option<String> {
    let source = post.source.as_deref().filter(|_| post.origin == Origin::Repost)?;
    let named = source.split('、').any(|name| name == old.name || name == old.owner);
    // Where the title is only the beginning of the text, there is none to alter.
    let titled =
        |title: &str, text: &str| !title.is_empty() && !text.starts_with(title.trim_end_matches(['…', '.']));
    if !named || !titled(&post.title, &post.text) || !titled(&old.title, &old.text) {
        return None;
    }
    let earlier = as_told(old).is_some_and(|old| old.published.latest() < new.published.shown());
    let verdict = titles::judge(&old.name, &old.title, &post.title);
    (earlier && verdict.altered && contained(new.text, &old.text) >= SAME).then_some(verdict.reason)
}

fn finding(
    rule: Rule,
    sighted: &Sighted,
    old: &Telling,
    summary: String,
    pack: &Pack,
    at: DateTime<Utc>,
) -> Finding {
    let (post, since) = (&sighted.post, sighted.effective_at);
    let words = pack.content(rule);
    Finding {
        rule,
        subject: subject(post.key),
        level: Level::Reminder,
        since,
        evidence: Evidence {
            summary,
            basis: words.map(|rule| rule.basis.clone()).unwrap_or_default(),
            advice: words.map(|rule| rule.advice.clone()).unwrap_or_default(),
            looked_at: Some(at),
            post: Some(LastPost { title: post.title.clone(), url: post.url.clone(), at: since }),
            fingerprint: Some(fingerprint([
                old.title.as_str(),
                old.text.as_str(),
                post.title.as_str(),
                post.text.as_str(),
            ])),
            ..Evidence::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "因主管网维修，定于11月22日8时至18时对湖滨路、广济路、学宫路沿线停水，请居民提前储水，抢修结束后即恢复供水，给您带来不便敬请谅解。";

    fn at(hour: u32) -> Published {
        Published::At(format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap())
    }

    fn told(hour: u32, text: &str) -> Telling {
        Telling {
            account: AccountId(1),
            key: PostKey(1),
            name: "甲".to_owned(),
            owner: "甲局".to_owned(),
            title: "停水通知".to_owned(),
            url: String::new(),
            text: text.to_owned(),
            published: Some(at(hour)),
            source: None,
        }
    }

    fn new(hour: u32, text: &str) -> overlap::Telling<'_> {
        overlap::Telling { owner: "乙局", title: "停水通知", text, published: at(hour) }
    }

    #[test]
    fn other_hours_of_one_event_contradict_and_the_later_post_is_told_of() {
        let other = NOTICE.replace("8时至18时", "9时至20时");
        assert!(contradicts(&new(3, &other), &told(1, NOTICE)).unwrap().contains("时间"));
        assert_eq!(contradicts(&new(1, &other), &told(3, NOTICE)), None);
        assert_eq!(contradicts(&new(3, NOTICE), &told(1, NOTICE)), None);
    }

    #[test]
    fn a_repost_that_names_its_source_must_keep_the_title_of_it() {
        let repost = |title: &str, source: &str| {
            let text = format!("{NOTICE}来源：{source}");
            let post = Post {
                key: PostKey(2),
                url: String::new(),
                title: title.to_owned(),
                text,
                published: Some(at(3)),
                origin: Origin::Repost,
                source: Some(source.to_owned()),
                pinned: false,
                links: Vec::new(),
            };
            let new = overlap::Telling { owner: "", title: &post.title, text: &post.text, published: at(3) };
            retitled(&post, &new, &told(1, NOTICE))
        };
        assert!(repost("全城停水！速看", "甲").is_some());
        assert!(repost("全城停水！速看", "甲局").is_some());
        assert_eq!(repost("停水通知", "甲"), None);
        assert_eq!(repost("全城停水！速看", "丙"), None, "another source");
        assert_eq!(repost(&NOTICE[..18], "甲"), None, "no title of its own");
    }

    #[test]
    fn posts_of_one_batch_meet_each_other_and_those_before_and_no_more_is_held_than_allowed() {
        let mut echo = Echo(Shingles::new(NonZeroUsize::new(3).unwrap()));
        let entry = |account| Entry { account, post: 1 };
        let signed = |accounts: &[i64]| {
            accounts.iter().map(|it| (entry(*it), Signature::of(NOTICE).unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(echo.meet(signed(&[1])), []);
        assert_eq!(
            echo.meet(signed(&[2, 3])),
            [(entry(2), vec![entry(1), entry(3)]), (entry(3), vec![entry(1), entry(2)])]
        );
        echo.meet(signed(&[4, 5]));
        assert_eq!(echo.0.len(), 3);
    }
}
