//! `xunwang explain`: which rule says what about an account, why, and from which looks.
//!
//! Everything is derived again from the looks and posts in the store, not from the verdict kept with the
//! account, so that the explanation checks the verdict.

use super::output::table;
use super::{Desk, Failed};
use crate::clock::{Clock, System};
use crate::incident::dismissal::Dismissed;
use crate::judge::bridge::{Standing, assess};
use crate::judge::facts::Facts;
use crate::judge::history::{Look, Sighting};
use crate::judge::inactivity;
use crate::judge::originality::share::Share;
use crate::judge::profile::{self, remembered};
use crate::model::bridge::{Bridge, Reading};
use crate::model::finding::Finding;
use crate::model::incident::{Incident, State};
use crate::model::moment::{zh_minute, zh_span};
use crate::model::post::Post;
use crate::model::profile::{Memory, Seen};
use crate::model::visit::{Outcome, Visit};
use crate::model::watch::Watched;
use crate::schedule::bridges::summary;
use crate::schedule::settle::facts_of;
use crate::store::Store;
use crate::store::bridges::Behind;
use crate::store::changes::Changed;
use crate::store::posts::Sighted;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Key or name of the account.
    account: String,
    /// As of this time (RFC 3339).
    #[arg(long, value_parser = super::parse_instant)]
    at: Option<DateTime<Utc>>,
}

/// Looks and posts read back for one explanation.
const HISTORY: usize = 5000;
/// Days over which the share of originals is told: the window of the rule about originals, and four weeks.
const PERIODS: [i64; 2] = [14, 28];
/// Looks and posts shown.
const SHOWN: usize = 12;

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let at = self.at.unwrap_or_else(|| System.now());
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let found = store.find_watched(&self.account).await?;
        if found.is_empty() {
            return Err(Failed::Usage(format!("台账中没有“{}”", self.account)));
        }
        let mut all = Vec::new();
        for watched in found {
            let visits = store.list_visits(watched.id, at, HISTORY).await?;
            let posts = store.list_posts(watched.id, at, HISTORY).await?;
            let named = Some(watched.registered.pack.as_str()).filter(|name| !name.is_empty());
            let pack = named.unwrap_or(&config.main.schedule.pack);
            let Some(pack) = config.packs.find(pack, at) else {
                return Err(Failed::Usage(format!("没有名为“{pack}”的规则包")));
            };
            let bridge = Silence::of(&store, &watched, at).await?;
            let mut facts = facts(&watched, &visits, &posts, bridge.as_ref(), at);
            vouch(&mut facts, &visits);
            let judgement = inactivity::judge(&facts, pack, at);
            let memory =
                store.profiles(&[watched.id]).await?.remove(&watched.id).unwrap_or_default().up_to(at);
            let mut about = remembered(&watched.registered, &memory, at);
            let dismissed = store.dismissals(&[watched.id]).await?.remove(&watched.id).unwrap_or_default();
            set_aside(&mut about, &dismissed);
            if desk.output.is_json() {
                all.push(json!({
                    "account": watched.registered.key, "name": watched.registered.name, "pack": pack.name, "at": at,
                    "state": judgement.state, "judged": judgement.judged, "good_look": facts.good_look, "last_update": facts.last_update,
                    "last_maybe_original": facts.last_maybe_original, "registered_at": facts.registered_at,
                    "findings": judgement.findings.iter().chain(&about.findings).map(|finding| json!({
                        "rule": finding.rule, "level": finding.level, "since": finding.since, "evidence": finding.evidence })).collect::<Vec<_>>(),
                    "profile": in_order(&memory).iter().map(|seen| json!({
                        "fact": seen.fact, "value": seen.value, "first_seen": seen.first_seen, "since": seen.since,
                        "last_seen": seen.last_seen, "confirmed": seen.is_confirmed() })).collect::<Vec<_>>(),
                    "followers": memory.followers.points().iter().map(|point| json!({
                        "day": point.date(), "count": point.count })).collect::<Vec<_>>(),
                    "origins": PERIODS.map(|days| {
                        let share = share_of(&posts, at, days);
                        json!({ "days": days, "original": share.original, "repost": share.repost, "unknown": share.unknown })
                    }),
                    "bridge": bridge.as_ref().map(Silence::json),
                    "deadlines": inactivity::deadlines(&facts, pack).map(|(rule, at)| json!({ "rule": rule, "at": at })).collect::<Vec<_>>(),
                }));
                continue;
            }
            Self::say(desk, &watched, &facts, pack, &judgement, at)?;
            show_profile(desk, &memory, &about)?;
            if let Some(bridge) = &bridge {
                bridge.say(desk, watched.known.last_update)?;
            }
            show_looks(desk, &visits)?;
            show_posts(desk, &posts, at)?;
            show_changes(desk, &store.list_changes(watched.id, at, SHOWN).await?)?;
        }
        if desk.output.is_json() {
            desk.output.data(&all)?;
        }
        Ok(())
    }

    fn say(
        desk: &Desk,
        watched: &Watched,
        facts: &Facts,
        pack: &crate::judge::pack::Pack,
        judgement: &inactivity::Judgement,
        at: DateTime<Utc>,
    ) -> Result<(), Failed> {
        let registered = &watched.registered;
        let out = desk.output;
        let or_none = |at: Option<DateTime<Utc>>| at.map_or("无".to_owned(), zh_minute);
        out.line(format!(
            "{} {}({}) 主办单位:{}",
            registered.key,
            registered.name,
            registered.platform.zh(),
            registered.owner
        ))?;
        out.line(format!("截至 {} 的结论:{}", zh_minute(at), judgement.state.zh()))?;
        out.line(format!("规则包 {}:{}", pack.name, pack.title))?;
        out.line(format!(
            "开设或备案 {}  最近更新 {}  最近可能的原创 {}",
            or_none(facts.registered_at),
            or_none(facts.last_update),
            or_none(facts.last_maybe_original)
        ))?;
        let seen = facts.good_look.map_or("从未成功查看".to_owned(), |look| {
            format!("{}({}前)", zh_minute(look), zh_span(at - look))
        });
        out.line(format!("最近一次成功查看 {seen}"))?;
        if !judgement.judged {
            out.line("最近一次成功查看已超过有效期,不对是否更新作出判断;访问失败不等于未更新")?;
        }
        for finding in &judgement.findings {
            show_finding(desk, finding)?;
        }
        for (rule, deadline) in inactivity::deadlines(facts, pack).filter(|(_, deadline)| *deadline > at) {
            out.line(format!(
                "· {} 的期限为 {},还有{}",
                rule.zh(),
                zh_minute(deadline),
                zh_span(deadline - at)
            ))?;
        }
        Ok(())
    }
}

/// The bridge an account is read through, and how the silence behind it looks.
struct Silence {
    bridge: Bridge,
    standing: Option<Standing>,
    /// Cases about the bridge that had been opened by then, the newest last.
    cases: Vec<Incident>,
    at: DateTime<Utc>,
}

impl Silence {
    /// As the accounts stand now: what they showed at an earlier time is not counted again.
    async fn of(
        store: &Store,
        watched: &Watched,
        at: DateTime<Utc>,
    ) -> Result<Option<Self>, crate::store::Error> {
        let Some(bridge) = watched.bridge.clone() else { return Ok(None) };
        let mut behind = Behind::by_bridge(store.list_behind().await?);
        let readings: Vec<Reading> = behind.remove(&bridge).unwrap_or_default();
        let key = bridge.to_string();
        let cases = store.list_bridge_cases(at - Duration::days(180)).await?.into_iter();
        let cases: Vec<Incident> =
            cases.filter(|case| case.key.subject == key && case.opened_at <= at).collect();
        let vouched =
            cases.iter().filter(|case| case.state == State::Closed).filter_map(|case| case.ended_at);
        Ok(Some(Self { standing: assess(&readings, vouched.max(), at), bridge, cases, at }))
    }

    fn running(&self) -> Option<&Incident> {
        self.cases.iter().rev().find(|case| case.ended_at.is_none_or(|ended| ended > self.at))
    }

    /// Whether looks of an instant prove nothing, because the bridge was serving only what it had.
    fn covers(&self, look: DateTime<Utc>) -> bool {
        self.cases.iter().any(|case| {
            case.state != State::Closed && case.since < look && case.ended_at.is_none_or(|ended| look < ended)
        })
    }

    fn word(&self) -> &'static str {
        match (&self.standing, self.running()) {
            (_, Some(_)) => "疑似停更，其后的账号一律不作未更新的认定",
            (Some(standing), None) if standing.is_doubtful() => {
                "近来没有新内容，尚不足以判断停更；等到下一条新内容之前暂不据以认定任何账号未更新"
            }
            _ => "看不出停更",
        }
    }

    fn json(&self) -> serde_json::Value {
        let standing = self.standing.as_ref();
        json!({
            "bridge": self.bridge.to_string(),
            "suspected_since": self.running().map(|case| case.since),
            "opened_at": self.running().map(|case| case.opened_at),
            "doubtful": standing.is_some_and(Standing::is_doubtful),
            "accounts": standing.map(|it| it.accounts), "rhythmic": standing.map(|it| it.rhythmic),
            "last_plausible_post": standing.map(|it| it.since), "expected": standing.map(|it| it.expected),
            "seen": standing.map(|it| it.seen), "owed": standing.map(|it| it.owed),
            "chance": standing.map(|it| (-it.surprise).exp()), "threshold": Standing::THRESHOLD,
            "delay_hours": standing.map(|it| it.delay.num_hours()),
        })
    }

    fn say(&self, desk: &Desk, last_update: Option<DateTime<Utc>>) -> Result<(), Failed> {
        let out = desk.output;
        out.line(format!("经采集桥 {} 查看:{}", self.bridge.title(), self.word()))?;
        if let Some(case) = self.running() {
            out.line(format!("  {} 立案,自 {} 起存疑", zh_minute(case.opened_at), zh_minute(case.since)))?;
        }
        let reasoning = match &self.standing {
            Some(standing) if standing.expected >= 0.5 => summary(&self.bridge, standing),
            Some(standing) => format!(
                "其后{}个账号中最新一条为 {},按规律此后还不应有新内容",
                standing.accounts,
                zh_minute(standing.newest)
            ),
            None => "其后的账号都还没有内容,无从判断".to_owned(),
        };
        out.line(format!("  {reasoning}"))?;
        if let Some(standing) = &self.standing {
            let own = last_update.map_or("无".to_owned(), zh_minute);
            out.line(format!(
                "  有规律可循的账号{}个(少于4个不作判断);内容到达一般滞后{};本账号最近更新 {own}",
                standing.rhythmic,
                zh_span(standing.delay)
            ))?;
        }
        Ok(())
    }
}

/// The facts as they follow from looks and posts. Behind a bridge posts come late as a matter of course, so that a
/// look that did not show one yet proves nothing about its time.
fn facts(
    watched: &Watched,
    visits: &[Visit],
    posts: &[Sighted],
    bridge: Option<&Silence>,
    at: DateTime<Utc>,
) -> Facts {
    let mut looks = looks(visits);
    let Some(bridge) = bridge else {
        return facts_of(watched).from_history(&looks, &sightings(posts), at);
    };
    for (look, visit) in looks.iter_mut().zip(visits) {
        // Who looks by hand looks past the bridge.
        look.good &= visit.hand.is_some() || !bridge.covers(look.at);
    }
    let reach = looks.iter().filter(|look| look.good).filter_map(|look| look.covers_since).min();
    for look in &mut looks {
        look.covers_since = None;
    }
    let mut facts = facts_of(watched).from_history(&looks, &sightings(posts), at);
    facts.reach = match (facts.reach, reach) {
        (Some(known), Some(reach)) => Some(known.min(reach)),
        (known, _) => known,
    };
    facts
}

/// Whether a look could have shown whatever was newer: one by hand only when it says so.
fn is_good(visit: &Visit) -> bool {
    visit.outcome.is_good() && visit.hand.as_ref().is_none_or(crate::model::hand::Hand::is_complete)
}

/// What people vouch for beyond the posts they saw; `visits` are the newest first.
fn vouch(facts: &mut Facts, visits: &[Visit]) {
    let mut seen: Option<DateTime<Utc>> = None;
    for visit in visits.iter().rev().filter(|visit| is_good(visit)) {
        if let Some(since) = visit.hand.as_ref().and_then(|hand| hand.nothing_since) {
            facts.silent_since(since, seen.is_some_and(|seen| seen >= since));
        }
        seen = seen.max(Some(visit.at));
    }
}

fn looks(visits: &[Visit]) -> Vec<Look> {
    let look = |visit: &Visit| Look {
        at: visit.at,
        good: is_good(visit),
        covers_since: visit.covers_since,
        empty_marker: visit.outcome == Outcome::ProvenEmpty,
    };
    visits.iter().map(look).collect()
}

fn sightings(posts: &[Sighted]) -> Vec<Sighting<'_>> {
    let sighting = |sighted: &'_ Sighted| Sighting {
        guid: "",
        url: "",
        title: "",
        published: sighted.post.published,
        first_seen: sighted.first_seen,
        origin: sighted.post.origin,
        deleted: false,
    };
    posts
        .iter()
        .map(|sighted| Sighting { url: &sighted.post.url, title: &sighted.post.title, ..sighting(sighted) })
        .collect()
}

fn show_finding(desk: &Desk, finding: &Finding) -> Result<(), Failed> {
    let (rule, level) = (finding.rule.zh(), finding.level.zh());
    desk.output.line(format!("· {rule}[{level}] {}", finding.evidence.summary))?;
    desk.output.line(format!("  依据 {}", finding.evidence.basis))?;
    Ok(())
}

/// The values of facts, fact by fact, the one seen last first.
fn in_order(memory: &Memory) -> Vec<&Seen> {
    let mut facts: Vec<&Seen> = memory.facts.iter().collect();
    facts.sort_by_key(|seen| (seen.fact, std::cmp::Reverse((seen.last_seen, seen.since))));
    facts
}

/// Marks what a person has dismissed: it holds, but opens no case.
fn set_aside(about: &mut profile::Judgement, dismissed: &[Dismissed]) {
    for finding in &mut about.findings {
        if dismissed.iter().any(|it| it.is_about(finding)) {
            finding.evidence.summary.push_str("（已由人工办结，不再立案；再有变化才会立案）");
        }
    }
}

fn show_profile(desk: &Desk, memory: &Memory, about: &profile::Judgement) -> Result<(), Failed> {
    let points = memory.followers.points();
    if memory.facts.is_empty() && points.is_empty() {
        return Ok(());
    }
    let mut rows = table(&["账号信息", "内容", "首次看到", "最后看到", "说明"]);
    for seen in in_order(memory) {
        let latest = memory.latest(seen.fact) == Some(seen);
        let note = match (latest, seen.is_confirmed(), seen.lasted) {
            (true, true, _) => "现用",
            (true, false, _) => "待再次查看确认",
            (false, _, true) => "曾用",
            (false, _, false) => "仅短暂出现,不作依据",
        };
        rows.add_row([
            seen.fact.zh().to_owned(),
            profile::shown(seen),
            zh_minute(seen.first_seen),
            zh_minute(seen.last_seen),
            note.to_owned(),
        ]);
    }
    desk.output.line("账号信息的变化(最后看到的时间约每天记一次)")?;
    desk.output.line(rows.to_string())?;
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        desk.output.line(format!(
            "粉丝数 {}为{} {}为{} 共{}个观测日",
            first.date(),
            first.count,
            last.date(),
            last.count,
            points.len()
        ))?;
    }
    about.findings.iter().try_for_each(|finding| show_finding(desk, finding))?;
    for rule in profile::RULES.into_iter().filter(|rule| !about.sure.contains(*rule)) {
        desk.output.line(format!("· {} 暂不判断:平台未提供或尚待再次查看确认", rule.zh()))?;
    }
    Ok(())
}

fn show_looks(desk: &Desk, visits: &[Visit]) -> Result<(), Failed> {
    let mut rows = table(&["查看时间", "结果", "条数", "说明"]);
    for visit in visits.iter().take(SHOWN) {
        let result =
            visit.outcome.failure().map_or(visit.outcome.kind().zh(), crate::model::visit::Failure::zh);
        let (result, detail) = match &visit.hand {
            Some(hand) if hand.is_complete() => ("人工核查", hand.words()),
            Some(hand) => ("人工核查", format!("{}（未确认有无更新的内容）", hand.words())),
            None => (result, visit.detail.clone()),
        };
        rows.add_row([zh_minute(visit.at), result.to_owned(), visit.items.to_string(), detail]);
    }
    desk.output.line(format!("最近的查看(共{}次)", visits.len()))?;
    desk.output.line(rows.to_string())?;
    Ok(())
}

fn show_posts(desk: &Desk, posts: &[Sighted], at: DateTime<Utc>) -> Result<(), Failed> {
    let mut rows = table(&["认定时间", "首次看到", "原创", "标题"]);
    for sighted in posts.iter().take(SHOWN) {
        rows.add_row([
            zh_minute(sighted.effective_at),
            zh_minute(sighted.first_seen),
            whose(&sighted.post),
            sighted.post.title.clone(),
        ]);
    }
    desk.output.line(format!("最近的内容(共{}条)", posts.len()))?;
    for days in PERIODS {
        let share = share_of(posts, at, days);
        desk.output.line(format!("  {days}天内:{}", share.zh()))?;
        if share.original == 0 && share.unknown > 0 {
            desk.output.line("  其中没有能够认定的原创;有无法判断的,不据此认定为没有原创")?;
        }
    }
    desk.output.line(rows.to_string())?;
    Ok(())
}

/// Whose work the posts of the last days are.
fn share_of(posts: &[Sighted], at: DateTime<Utc>, days: i64) -> Share {
    let recent = posts.iter().filter(|sighted| sighted.effective_at > at - Duration::days(days));
    Share::of(recent.map(|sighted| sighted.post.origin))
}

/// Whose work a post is, and whom a repost repeats.
fn whose(post: &Post) -> String {
    let origin = post.origin.zh();
    post.source.as_ref().map_or_else(|| origin.to_owned(), |source| format!("{origin}（{source}）"))
}

fn show_changes(desk: &Desk, changes: &[Changed]) -> Result<(), Failed> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut rows = table(&["发现时间", "变化", "标题", "原标题或原文开头"]);
    for change in changes {
        let (what, before) = match &change.before {
            None => ("已撤下", String::new()),
            Some((title, _)) if *title != change.title => ("标题修改", title.clone()),
            Some((_, text)) => ("正文修改", text.chars().take(40).collect()),
        };
        rows.add_row([zh_minute(change.at), what.to_owned(), change.title.clone(), before]);
    }
    desk.output.line("最近的修改与撤下")?;
    desk.output.line(rows.to_string())?;
    Ok(())
}
