//! What an account says about itself against what the register says, and against what it said before.
//!
//! In: a line of the register, everything remembered of the profile and what the present look told. Out: findings,
//! and about which rules the look can say anything at all. A value seen once, a fact the look did not tell and a
//! fact the platform never tells are no ground for opening a case nor for closing one. Never judges a name that is
//! the title of a site or a generic feed: such a one is never told ([`Told::of`]).
//!
//! - 名称变化: the account's name differs from the register's and from a name that was seen for hours before. One that
//!   always differed is a matter of the register's spelling.
//! - 认证变化: it was verified as a body and is now verified as none, as a person or as an enterprise.
//! - 认证主体不符: the verified subject is clearly neither the owner nor the subject in the register.
//! - 粉丝数异常增长: see [`crowd`].
//! - 应用不支持 IPv6: the app's server has no IPv6 address, or takes no connection at one while others do.

pub mod crowd;
pub mod names;

use crate::model::account::{Registered, Verification};
use crate::model::finding::{Evidence, Finding, Level, Rule, RuleSet, fingerprint};
use crate::model::followers::Point;
use crate::model::listing::Ipv6;
use crate::model::moment::{day_start, zh_day, zh_minute};
use crate::model::profile::{Fact, Memory, Seen, Told, ipv6, one_form, verification};
use chrono::{DateTime, Utc};
use crowd::Jump;

/// The rules about profiles.
pub const RULES: [Rule; 5] =
    [Rule::Renamed, Rule::VerificationChanged, Rule::SubjectMismatch, Rule::FollowersJump, Rule::Ipv6Lacking];

/// What follows from a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// What the rules say, of the rules that are sure.
    pub findings: Vec<Finding>,
    /// The rules about which something can be said: what they did not find is not there.
    pub sure: RuleSet,
}

/// Judges a look that told so much, after it was taken into the memory.
#[must_use]
pub fn judge(registered: &Registered, memory: &Memory, told: &Told, now: DateTime<Utc>) -> Judgement {
    let tells = |rule| match rule {
        Rule::Renamed => told.tells(Fact::Name),
        Rule::VerificationChanged => told.tells(Fact::Verification),
        Rule::SubjectMismatch => told.tells(Fact::VerifiedSubject),
        Rule::Ipv6Lacking => told.tells(Fact::Ipv6),
        _ => told.tells_followers(),
    };
    narrow(remembered(registered, memory, now), tells)
}

/// Judges by the memory alone, to explain.
#[must_use]
pub fn remembered(registered: &Registered, memory: &Memory, now: DateTime<Utc>) -> Judgement {
    let confirmed = |fact| memory.latest(fact).filter(|seen| seen.is_confirmed());
    let mut judgement = Judgement::default();
    let mut say = |rule, finding: Option<Finding>| {
        judgement.sure.insert(rule);
        judgement.findings.extend(finding);
    };
    if let Some(name) = confirmed(Fact::Name) {
        say(Rule::Renamed, renamed(registered, memory, name));
    }
    if let Some(now) = confirmed(Fact::Verification) {
        say(Rule::VerificationChanged, verification_changed(memory, now));
    }
    if let Some(subject) = confirmed(Fact::VerifiedSubject) {
        say(Rule::SubjectMismatch, subject_mismatch(registered, subject));
    }
    if let Some(seen) = confirmed(Fact::Ipv6) {
        say(Rule::Ipv6Lacking, ipv6_lacking(registered, seen));
    }
    let points = memory.followers.points();
    if !points.is_empty() {
        say(Rule::FollowersJump, crowd::jump(&points).map(|jump| followers_jump(&jump)));
    }
    for finding in &mut judgement.findings {
        finding.evidence.looked_at = Some(now);
    }
    judgement
}

fn narrow(judgement: Judgement, keep: impl Fn(Rule) -> bool) -> Judgement {
    let sure: RuleSet =
        RULES.into_iter().filter(|rule| judgement.sure.contains(*rule) && keep(*rule)).collect();
    let mut findings = judgement.findings;
    findings.retain(|finding| sure.contains(finding.rule));
    Judgement { findings, sure }
}

fn renamed(registered: &Registered, memory: &Memory, name: &Seen) -> Option<Finding> {
    let form = one_form(&name.value);
    if form == one_form(&registered.name) {
        return None;
    }
    let before = memory.earlier(Fact::Name).find(|seen| one_form(&seen.value) != form)?;
    let summary = format!(
        "平台上现名“{}”，台账登记为“{}”；{}至{}所见为“{}”，{}起改为现名；如属依规更名，更新台账后本提醒自动解除",
        quoted(&name.value),
        registered.name,
        zh_day(before.first_seen),
        zh_day(before.last_seen),
        quoted(&before.value),
        zh_minute(name.since),
    );
    let advice = "请与主办单位核实是否依规更名并办理变更备案；属实的请更新台账，不属实的请立即处置";
    let basis = "账号名称以台账登记为准，名称变更须备案";
    let fact = fingerprint([form.as_str(), &one_form(&registered.name)]);
    Some(finding(Rule::Renamed, Level::Reminder, name.since, fact, summary, basis, advice))
}

/// What the places' own regulations say alike (宁夏 art. 12, 南通 art. 14).
const VERIFIED_AS: &str = "政务新媒体管理办法：应在公开认证信息中标明主办单位名称";

/// Whether a verification says that the account is a body's.
const fn is_official(verification: Verification) -> bool {
    matches!(verification, Verification::Government | Verification::Organisation | Verification::Media)
}

fn verification_changed(memory: &Memory, seen: &Seen) -> Option<Finding> {
    let now = verification(seen)?;
    let mut earlier = memory.earlier(Fact::Verification).filter_map(|seen| Some((verification(seen)?, seen)));
    let (was, before) = match now {
        Verification::Personal | Verification::Enterprise => earlier.find(|(was, _)| is_official(*was))?,
        Verification::Unverified => {
            earlier.find(|(was, _)| is_official(*was) || *was == Verification::Enterprise)?
        }
        Verification::Government | Verification::Media | Verification::Organisation => return None,
    };
    let summary = format!(
        "平台上现为“{}”；{}至{}所见为“{}”，{}起改变",
        now.zh(),
        zh_day(before.first_seen),
        zh_day(before.last_seen),
        was.zh(),
        zh_minute(seen.since),
    );
    let advice =
        "请核实认证是否到期、被取消或变更，并尽快恢复政务认证；未恢复前请留意账号是否仍由主办单位掌握";
    let fact = fingerprint([now.as_str(), was.as_str()]);
    Some(finding(Rule::VerificationChanged, Level::Suspected, seen.since, fact, summary, VERIFIED_AS, advice))
}

fn subject_mismatch(registered: &Registered, subject: &Seen) -> Option<Finding> {
    let Registered { owner, verified_subject, name, .. } = registered;
    // An account verified under its own name says nothing about its body.
    if owner.is_empty() && verified_subject.is_empty()
        || !names::differs(&subject.value, &[owner, verified_subject, name])
    {
        return None;
    }
    let against = match (owner.as_str(), verified_subject.as_str()) {
        ("", subject) => format!("台账认证主体“{subject}”"),
        (owner, "") => format!("台账主办单位“{owner}”（台账未填认证主体）"),
        (owner, subject) => format!("台账主办单位“{owner}”、认证主体“{subject}”"),
    };
    let shown = quoted(&subject.value);
    let summary = format!("平台认证信息为“{shown}”，与{against}不一致（{}起所见）", zh_minute(subject.since));
    let advice = "请核实账号由谁注册认证；机构更名或主体迁移的，请更新台账或办理平台认证变更";
    let fact = fingerprint([one_form(&subject.value).as_str(), owner, verified_subject]);
    Some(finding(Rule::SubjectMismatch, Level::Suspected, subject.since, fact, summary, VERIFIED_AS, advice))
}

fn followers_jump(jump: &Jump) -> Finding {
    let since = day_start(jump.after.date());
    let day = |point: Point| point.date().format("%-m月%-d日").to_string();
    let summary = format!(
        "粉丝数{}为{}，{}为{}，增加{}（{}）；此前{}次逐日变化的中位数为{}、通常偏差{}、最大增幅{}；{}复核为{}，最近为{}。热门内容也会使粉丝骤增，是否购买粉丝须人工判断",
        day(jump.before),
        jump.before.count,
        day(jump.after),
        jump.after.count,
        jump.after.count.saturating_sub(jump.before.count),
        percent(jump.share),
        jump.history,
        percent(jump.median),
        percent(jump.spread),
        percent(jump.greatest),
        day(jump.confirmed),
        jump.confirmed.count,
        jump.latest.count,
    );
    let basis = "国办发〔2018〕123号：不得购买“粉丝”等弄虚作假";
    let advice = "请核对当日是否有被大量转发的内容或推广活动；没有的，请向承办单位核实是否购买粉丝";
    let fact = fingerprint([jump.after.date().to_string().as_str()]);
    finding(Rule::FollowersJump, Level::Suspected, since, fact, summary, basis, advice)
}

fn ipv6_lacking(registered: &Registered, seen: &Seen) -> Option<Finding> {
    let found = ipv6(seen).filter(|found| *found != Ipv6::Reachable)?;
    let summary = format!(
        "应用服务地址“{}”{}；{}起多次检测结果一致",
        quoted(&registered.service_url),
        found.zh(),
        zh_minute(seen.since),
    );
    // What the places' own regulations say alike (宁夏 art. 14, 南通 art. 13).
    let basis = "政务新媒体管理办法：移动客户端要全面支持IPv6";
    let advice = "请主办单位核对域名解析（AAAA记录）与服务器的IPv6配置；服务地址已变更的，请更新台账";
    let fact = fingerprint([found.as_str(), &registered.service_url]);
    Some(finding(Rule::Ipv6Lacking, Level::Reminder, seen.since, fact, summary, basis, advice))
}

/// A value as a reader understands it.
#[must_use]
pub fn shown(seen: &Seen) -> String {
    match seen.fact {
        Fact::Verification => verification(seen).map_or_else(|| seen.value.clone(), |it| it.zh().to_owned()),
        Fact::Ipv6 => ipv6(seen).map_or_else(|| seen.value.clone(), |it| it.zh().to_owned()),
        Fact::Name | Fact::Intro | Fact::Avatar | Fact::VerifiedSubject => seen.value.clone(),
    }
}

/// What somebody on the web wrote, as far as it fits into a sentence.
fn quoted(text: &str) -> String {
    /// Characters; longer than any name a platform allows.
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

fn finding(
    rule: Rule,
    level: Level,
    since: DateTime<Utc>,
    fact: i64,
    summary: String,
    basis: &str,
    advice: &str,
) -> Finding {
    let evidence = Evidence {
        summary,
        basis: basis.to_owned(),
        advice: advice.to_owned(),
        fingerprint: Some(fact),
        ..Evidence::default()
    };
    Finding { rule, subject: String::new(), level, since, evidence }
}

#[cfg(test)]
mod tests;
