//! Posts of different accounts that tell the same, and whether their facts agree.
//!
//! In: the new posts of a batch. Out: a finding where one of them contradicts a recent post of another account. The
//! newest posts are held in memory, as many as the settings allow, and forgotten at a restart: whoever contradicts is
//! told of when the second of the two comes in sight. A contradiction is for a person to look at: it accuses neither.

use super::Scheduler;
use super::settle::Settled;
use crate::judge::content::checks::subject;
use crate::judge::index::shingles::{Entry, Shingles, Signature};
use crate::judge::pack::Pack;
use crate::judge::similar::{self, Field, Relation};
use crate::model::finding::{Evidence, Finding, LastPost, Level, Rule, fingerprint};
use crate::model::moment::in_shanghai;
use crate::model::post::Post;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;

/// Older posts are nobody's news.
const RECENT: Duration = Duration::days(7);
/// How much of two texts must be the same before their facts are compared: less is the same form filled in by others.
const LEAST: f64 = 0.6;
/// Facts whose clash is told. Another place or name is mostly another unit's report in the same words.
const CLASHES: [Field; 2] = [Field::Date, Field::Number];
/// How many posts one is compared with.
const MOST: usize = 3;
/// How much of a text is held, in bytes.
const HELD: usize = 4_500;

/// A post as far as it is compared.
#[derive(Debug, Clone)]
struct Told {
    name: String,
    title: String,
    url: String,
    text: String,
    day: NaiveDate,
}

/// The newest posts of all accounts.
#[derive(Debug)]
pub(super) struct Echo {
    index: Shingles,
    told: HashMap<Entry, Told>,
    order: VecDeque<Entry>,
    capacity: usize,
}

impl Echo {
    /// Holds so many posts; none when nothing is to be compared.
    pub(super) fn new(capacity: usize) -> Option<Self> {
        let index = Shingles::new(NonZeroUsize::new(capacity)?);
        Some(Self { index, told: HashMap::new(), order: VecDeque::new(), capacity })
    }

    /// The earlier post that a new one contradicts, and why. The new one is held from then on.
    fn contradicted(&mut self, entry: Entry, new: Told) -> Option<(Told, String)> {
        let signature = Signature::of(&new.text)?;
        let near = self.index.query_signed(entry.account, &signature, LEAST);
        let mut near = near.iter().take(MOST).filter_map(|overlap| self.told.get(&overlap.entry));
        let contradicted = near.find_map(|old| {
            let verdict = similar::judge(&as_post(old), &as_post(&new));
            let clashes = verdict.relation == Relation::Contradictory
                && verdict.conflicts.iter().all(|field| CLASHES.contains(field));
            clashes.then(|| (old.clone(), verdict.reason))
        });
        self.index.add_signed(entry, signature);
        if self.told.insert(entry, new).is_none() {
            self.order.push_back(entry);
        }
        while self.order.len() > self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.told.remove(&oldest);
            }
        }
        contradicted
    }
}

fn as_post(told: &Told) -> similar::Post<'_> {
    similar::Post { title: &told.title, text: &told.text, published: told.day }
}

impl Scheduler {
    /// Compares the new posts of a look with those of other accounts.
    pub(super) fn compare_posts(&self, settled: &mut Settled, pack: &Pack) {
        // A lock is poisoned only by a panic that has ended the program's work already.
        let Ok(mut echo) = self.echo.lock() else { return };
        let Some(echo) = echo.as_mut() else { return };
        let watched = &settled.finish.watched;
        let (account, at) = (watched.id, settled.visit.at);
        let recent = settled.posts.iter().filter(|sighted| sighted.effective_at > at - RECENT);
        let findings = recent.filter_map(|sighted| {
            let post = &sighted.post;
            let entry = Entry { account: account.0, post: post.key.0 };
            let new = Told {
                name: watched.registered.name.clone(),
                title: post.title.clone(),
                url: post.url.clone(),
                text: post.text[..post.text.floor_char_boundary(HELD)].to_owned(),
                day: in_shanghai(sighted.effective_at).date_naive(),
            };
            let (old, reason) = echo.contradicted(entry, new)?;
            Some(finding(post, &old, &reason, pack, sighted.effective_at, at))
        });
        let findings: Vec<Finding> = findings.collect();
        settled.findings.extend(findings);
    }
}

fn finding(
    post: &Post,
    old: &Told,
    reason: &str,
    pack: &Pack,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Finding {
    let words = pack.content(Rule::Contradiction);
    Finding {
        rule: Rule::Contradiction,
        subject: subject(post.key),
        level: Level::Reminder,
        since,
        evidence: Evidence {
            summary: format!("与“{}”发布的《{}》（{}）相比：{reason}", old.name, old.title, old.url),
            basis: words.map(|rule| rule.basis.clone()).unwrap_or_default(),
            advice: words.map(|rule| rule.advice.clone()).unwrap_or_default(),
            looked_at: Some(at),
            post: Some(LastPost { title: post.title.clone(), url: post.url.clone(), at: since }),
            fingerprint: Some(fingerprint([old.text.as_str(), post.text.as_str()])),
            ..Evidence::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &str) -> Told {
        Told {
            name: name.to_owned(),
            title: "停水通知".to_owned(),
            url: String::new(),
            text: text.to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        }
    }

    fn entry(account: i64) -> Entry {
        Entry { account, post: 1 }
    }

    const NOTICE: &str = "因主管网维修，定于11月22日8时至18时对湖滨路、广济路、学宫路沿线停水，请居民提前储水，抢修结束后即恢复供水，给您带来不便敬请谅解。";

    #[test]
    fn two_accounts_that_tell_different_hours_of_one_event_are_told_of_once() {
        let mut echo = Echo::new(10).unwrap();
        assert!(echo.contradicted(entry(1), told("甲", NOTICE)).is_none());
        assert!(echo.contradicted(entry(2), told("乙", NOTICE)).is_none());
        let other = NOTICE.replace("8时至18时", "9时至20时");
        let (old, reason) = echo.contradicted(entry(3), told("丙", &other)).unwrap();
        assert!(matches!(old.name.as_str(), "甲" | "乙") && reason.contains("时间"), "{old:?} {reason}");
        // An account may correct itself.
        let mut echo = Echo::new(10).unwrap();
        let own = Entry { account: 1, post: 2 };
        assert!(echo.contradicted(entry(1), told("甲", NOTICE)).is_none());
        assert!(echo.contradicted(own, told("甲", &other)).is_none());
    }

    #[test]
    fn no_more_is_held_than_allowed() {
        let mut echo = Echo::new(2).unwrap();
        for account in 0..5 {
            let _ = echo.contradicted(entry(account), told("甲", &format!("{NOTICE}{account}")));
        }
        assert_eq!((echo.told.len(), echo.order.len(), echo.index.len()), (2, 2, 2));
        assert!(Echo::new(0).is_none());
    }
}
