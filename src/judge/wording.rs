//! Findings about silence in the office's words.
//!
//! In: facts and the rule they break. Out: one Chinese sentence with its dates. Says what public pages showed
//! and when they were read, never why, and never more than the rule does.

use super::facts::Facts;
use super::pack::PackRule;
use crate::model::finding::{Evidence, Rule};
use crate::model::moment::{Month, in_shanghai, zh_minute, zh_span};
use chrono::{DateTime, TimeDelta, Utc};

/// A sentence with what it rests on.
pub(super) fn evidence(facts: &Facts, rule: &PackRule, summary: String) -> Evidence {
    Evidence {
        summary,
        basis: rule.basis.clone(),
        advice: rule.advice.clone(),
        looked_at: facts.good_look,
        last_post: facts.last_post.clone(),
        ..Evidence::default()
    }
}

/// A window that ran out.
pub(super) fn silence(
    facts: &Facts,
    rule: Rule,
    start: DateTime<Utc>,
    window: TimeDelta,
    look: DateTime<Utc>,
) -> String {
    let (since, passed) = (start_words(facts, start), zh_span(look - start));
    let (window, look) = (zh_span(window), zh_minute(look));
    match rule {
        Rule::BiweeklyOriginal => {
            format!("{since}已{passed}未见原创或可能为原创的内容，超过{window}的期限（截至{look}查看）")
        }
        Rule::Dormant => format!("{since}已{passed}未更新，达到睡眠账号的认定期限{window}（截至{look}查看）"),
        Rule::Zombie => format!("{since}已{passed}未更新，达到僵尸账号的认定期限{window}（截至{look}查看）"),
        Rule::Hollow if facts.last_update.is_none() => {
            format!("{since}已{passed}未见任何内容，超过{window}的期限（截至{look}查看）")
        }
        Rule::Hollow => {
            format!("{since}已{passed}，简介和头像仍均为空，超过{window}的期限（截至{look}查看）")
        }
        _ => format!("{since}已{passed}未更新，超过{window}的期限（截至{look}查看）"),
    }
}

/// Months whose quota was missed, up to the last that is over.
pub(super) fn short_months(facts: &Facts, quota: u8, first: Option<Month>, last: Month) -> String {
    let count = facts.months.count(last);
    match first.filter(|first| *first < last) {
        None => format!("{}更新{count}次，少于每个自然月{quota}次", zh_month(last)),
        Some(first) => format!(
            "自{}起每个自然月更新均少于{quota}次，其中{}更新{count}次",
            zh_month(first),
            zh_month(last)
        ),
    }
}

/// A window that is about to run out.
pub(super) fn deadline(facts: &Facts, rule: Rule, start: DateTime<Utc>, deadline: DateTime<Utc>) -> String {
    let (since, deadline) = (start_words(facts, start), zh_minute(deadline));
    let what = match rule {
        Rule::BiweeklyOriginal => "尚未见原创或可能为原创的内容",
        Rule::Hollow if facts.last_update.is_some() => "简介和头像仍均为空",
        _ => "尚未更新",
    };
    format!("{since}{what}，将于{deadline}超期（{}）", rule.zh())
}

/// A month whose quota is still to be met.
pub(super) fn quota_left(facts: &Facts, quota: u8, deadline: DateTime<Utc>) -> String {
    let month = Month::of(deadline).previous();
    let count = facts.months.count(month);
    let left = u16::from(quota).saturating_sub(count);
    format!("{}已更新{count}次，尚缺{left}次，将于{}超期", zh_month(month), zh_minute(deadline))
}

/// From when a window counts, and why from then.
fn start_words(facts: &Facts, start: DateTime<Utc>) -> String {
    let day = zh_minute(start);
    let is_post = [facts.last_update, facts.last_maybe_original].contains(&Some(start));
    match facts.registered_at {
        _ if is_post => format!("自{day}以来"),
        Some(registered) if registered == start => format!("自{day}开设或备案以来"),
        _ => format!("自{day}列入台账以来"),
    }
}

fn zh_month(month: Month) -> String {
    in_shanghai(month.start()).format("%Y年%-m月").to_string()
}
