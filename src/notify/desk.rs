//! The desk: groups that are due become mails that are owed.
//!
//! In: groups of cases out of the store. Out: deliveries, one per recipient, written in the same transaction
//! as what the recipients now know. Nothing is sent here, and nothing is decided but by [`super::decide`].

use super::decide::{Decision, Member, Tell, Told, decide};
use super::message::{CaseLine, Letter, message_id, render};
use super::route::{CaseFacts, Destination, destinations};
use super::settings::Settings;
use crate::clock::SharedClock;
use crate::incident::inhibit::{Inhibitor, Running};
use crate::metrics::Metrics;
use crate::model::account::AccountId;
use crate::model::delivery::{Message, Reason, Told as Knowledge};
use crate::model::finding::{Level, Rule};
use crate::model::incident::{IncidentId, IncidentKey};
use crate::store::groups::{self, Group, GroupFinish, Touch};
use crate::store::lease::{Table, Take, Token};
use crate::store::outbox::{NewDelivery, Threads};
use crate::store::{Error, Store};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Groups decided on at once.
const AT_ONCE: usize = 50;
/// A decision takes milliseconds; a desk that dies gives its groups back after this. One that is slower writes
/// nothing, and loses nothing.
const LEASE: Duration = Duration::seconds(15);

/// Decides for groups that are due.
#[derive(Debug)]
pub struct Desk {
    /// The memory.
    pub store: Store,
    /// Who hears of what.
    pub settings: Arc<Settings>,
    /// The counters.
    pub metrics: Metrics,
    /// The time.
    pub clock: SharedClock,
}

/// Adds a case to every group that hears of it.
pub fn add_touches(
    settings: &Settings,
    touches: &mut BTreeMap<String, Touch>,
    id: IncidentId,
    facts: &CaseFacts<'_>,
) {
    for destination in destinations(settings, facts) {
        // A destination is plain strings and numbers: it always serialises.
        let audience = serde_json::to_string(&destination).unwrap_or_default();
        let key = destination.audience.key;
        touches
            .entry(key.clone())
            .or_insert_with(|| Touch { key, audience, incidents: Vec::new() })
            .incidents
            .push(id);
    }
}

impl Desk {
    /// Decides for the groups that are due. Returns how many there were.
    pub async fn pass(&self, token: Token) -> Result<usize, Error> {
        let now = self.clock.now();
        let ids =
            self.store.lease(Table::Group, Take { now, until: now + LEASE, limit: AT_ONCE, token }).await?;
        let groups = self.store.load_groups(&ids).await?;
        let running = self.running(&groups).await?;
        let threads = self.store.group_threads(&ids).await?;
        let sites: HashMap<AccountId, &str> = groups
            .iter()
            .flat_map(|group| &group.members)
            .filter_map(|member| Some((member.incident.key.account?, member.account.as_ref()?.site.as_str())))
            .collect();
        let inhibitor = Inhibitor::new(running.iter().map(|key| as_running(key, &sites)));
        for group in &groups {
            self.settle(group, &inhibitor, &sites, &threads, token, now).await?;
        }
        Ok(ids.len())
    }

    /// What every running case is about that could hide a member of these groups.
    async fn running(&self, groups: &[Group]) -> Result<Vec<IncidentKey>, Error> {
        let mut accounts: Vec<AccountId> = groups
            .iter()
            .flat_map(|group| &group.members)
            .filter_map(|member| member.incident.key.account)
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        let mut running = self.store.running_keys(&accounts).await?;
        running.extend(self.store.running_elsewhere().await?.into_iter().map(|case| case.key));
        Ok(running)
    }

    async fn settle(
        &self,
        group: &Group,
        inhibitor: &Inhibitor<'_>,
        sites: &HashMap<AccountId, &str>,
        threads: &Threads,
        token: Token,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let destination: Destination =
            serde_json::from_str(&group.audience).map_err(|error| Error::Inconsistent {
                table: "incident_group",
                column: "audience",
                row: group.id,
                value: group.audience.chars().take(200).collect(),
                reason: error.to_string(),
            })?;
        let members: Vec<Member> = group
            .members
            .iter()
            .map(|member| {
                let hidden = member.incident.state.is_running()
                    && inhibitor.hides(&as_running(&member.incident.key, sites));
                as_member(member, hidden)
            })
            .collect();
        let quiet = group
            .members
            .iter()
            .filter(|member| ends_quietly(member))
            .map(|member| as_told(member, Tell::Ended, now));
        let quiet: Vec<groups::Tell> = quiet.collect();
        let hidden = members.iter().filter(|member| member.hidden).count();
        self.metrics
            .notifications_suppressed_total
            .with_label_values(&["inhibited"])
            .inc_by(u64::try_from(hidden).unwrap_or(0));
        let decision = decide(&members, destination.timing, group.last_sent_at, now);
        let deliveries = match decision.reason {
            Some(reason) => self.write(group, &destination, &members, &decision, reason, threads, now),
            None => Vec::new(),
        };
        let sent = decision.reason.is_some();
        let finish = GroupFinish {
            id: group.id,
            touched: group.touched,
            sequence: group.sequence + i64::from(sent),
            last_sent_at: if sent { Some(now) } else { group.last_sent_at },
            due_at: decision.due,
            told: decision
                .tell
                .iter()
                .map(|(place, tell)| as_told(&group.members[*place], *tell, now))
                .chain(quiet)
                .collect(),
        };
        let mut tx = self.store.begin().await?;
        if !tx.finish_group(token, &finish, now).await? {
            self.metrics.leases_lost_total.inc();
            return Ok(());
        }
        tx.insert_deliveries(&deliveries).await?;
        tx.commit().await?;
        let count = u64::try_from(deliveries.len()).unwrap_or(0);
        self.metrics
            .notifications_total
            .with_label_values(&[self.settings.mail.transport.channel()])
            .inc_by(count);
        if sent {
            tracing::info!(
                group = group.key,
                reason = decision.reason.map(Reason::as_str),
                recipients = count,
                "mail written"
            );
        }
        Ok(())
    }

    /// Renders the mail of a decision, once, for every recipient.
    #[expect(clippy::too_many_arguments, reason = "one call, and each is a thing of its own")]
    fn write(
        &self,
        group: &Group,
        destination: &Destination,
        members: &[Member],
        decision: &Decision,
        reason: Reason,
        threads: &Threads,
        now: DateTime<Utc>,
    ) -> Vec<NewDelivery> {
        let known_open = members.iter().filter(|member| matches!(member.told, Told::Open { .. })).count();
        let told_known = decision
            .tell
            .iter()
            .filter(|(place, _)| matches!(members[*place].told, Told::Open { .. }))
            .count();
        let letter = Letter {
            reason,
            audience: &destination.audience,
            lines: decision.tell.iter().map(|(place, tell)| as_line(&group.members[*place], *tell)).collect(),
            still_open: known_open.saturating_sub(told_known),
            now,
            subject_prefix: &self.settings.mail.subject_prefix,
            console_url: self.settings.mail.console_url.as_deref(),
        };
        let rendered = render(&letter);
        let sequence = group.sequence + 1;
        let deliveries = destination.audience.recipients.iter().map(|recipient| NewDelivery {
            group: group.id,
            sequence,
            reason,
            message: Message {
                message_id: message_id(
                    &format!("{}/{sequence}/{recipient}", group.key),
                    &self.settings.mail.from.address,
                ),
                references: threads.get(&(group.id, recipient.clone())).cloned().unwrap_or_default(),
                recipient: recipient.clone(),
                subject: rendered.subject.clone(),
                text: rendered.text.clone(),
                html: rendered.html.clone(),
                written_at: now,
            },
        });
        deliveries.collect()
    }
}

fn as_running<'a>(key: &'a IncidentKey, sites: &HashMap<AccountId, &'a str>) -> Running<'a> {
    let site = match key.account {
        Some(account) => sites.get(&account).copied().unwrap_or_default(),
        None => key.subject.as_str(),
    };
    Running { rule: key.rule, account: key.account, site }
}

fn as_member(member: &groups::Member, hidden: bool) -> Member {
    let case = &member.incident;
    let told = match (member.told, member.told_at) {
        _ if ends_quietly(member) => Told::Ended,
        (Knowledge::Open, Some(at)) => Told::Open { at, level: member.told_level.unwrap_or(case.level) },
        (Knowledge::Resolved, _) => Told::Ended,
        (Knowledge::Never | Knowledge::Open, _) => Told::Never,
    };
    // Words that weigh little are no reason to disturb anybody at once.
    let minor = case.key.rule.is_content() && case.level == Level::Reminder;
    Member { state: case.state, level: case.level, hidden, minor, changed_at: case.changed_at, told }
}

/// A reminder of a deadline ends when the deadline has passed, one way or the other: either nothing is owed any
/// more or the case of the missed deadline is told. Its own end is no news.
fn ends_quietly(member: &groups::Member) -> bool {
    member.incident.key.rule == Rule::DueSoon && !member.incident.state.is_running()
}

fn as_told(member: &groups::Member, tell: Tell, now: DateTime<Utc>) -> groups::Tell {
    let told = match tell {
        Tell::Ended => Knowledge::Resolved,
        Tell::Opened | Tell::Worsened | Tell::StillOpen => Knowledge::Open,
    };
    groups::Tell { incident: member.incident.id, told, level: member.incident.level, at: now }
}

fn as_line(member: &groups::Member, tell: Tell) -> CaseLine<'_> {
    let case = &member.incident;
    let account = member.account.as_ref();
    CaseLine {
        tell,
        name: account.map_or(case.key.subject.as_str(), |account| account.name.as_str()),
        platform: account.map(|account| account.platform),
        owner: account.map_or("", |account| account.owner.as_str()),
        homepage: account.map_or("", |account| account.homepage.as_str()),
        rule: case.key.rule,
        level: case.level,
        state: case.state,
        since: case.since,
        ended_at: case.ended_at,
        evidence: &case.evidence,
        latest: account.and_then(|account| account.last_post.as_ref()),
    }
}
