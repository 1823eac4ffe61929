//! Groups: cases told together to the same people, and what those people know.

use super::incidents::IncidentColumns;
use super::lease::Token;
use super::{CHUNK, Error, Store, Tx, json, on_db, on_tx, word};
use crate::model::account::{AccountId, Platform};
use crate::model::delivery::Told;
use crate::model::finding::{LastPost, Level};
use crate::model::incident::{Incident, IncidentId};
use crate::model::moment::{from_ms, to_ms};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use serde::Deserialize;
use sqlx::{FromRow, QueryBuilder};
use std::collections::HashMap;
use std::sync::Arc;

/// Cases that some people are to be told about.
#[derive(Debug, Clone)]
pub struct Touch {
    /// Identity of the group.
    pub key: String,
    /// Title, recipients and timing, as JSON; the newest wins.
    pub audience: String,
    /// The cases.
    pub incidents: Vec<IncidentId>,
}

/// A case as a member of a group.
#[derive(Debug, Clone)]
pub struct Member {
    /// The case.
    pub incident: Incident,
    /// What the people know.
    pub told: Told,
    /// When they were told.
    pub told_at: Option<DateTime<Utc>>,
    /// The weight they know it with.
    pub told_level: Option<Level>,
    /// The account it is about, if it is about one.
    pub account: Option<Arc<Subject>>,
}

/// An account as a mail names it. An account with several cases is held once.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Name in the register.
    pub name: String,
    /// Where it is.
    pub platform: Platform,
    /// Body responsible.
    pub owner: String,
    /// Address of its page.
    pub homepage: String,
    /// What shares one pace with it.
    pub site: String,
    /// Its newest post known now.
    pub last_post: Option<LastPost>,
}

/// A group taken to decide whether to write.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its number.
    pub id: i64,
    /// Its identity.
    pub key: String,
    /// Title, recipients and timing, as JSON.
    pub audience: String,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// Counts changes; to be handed back to [`Tx::finish_group`].
    pub touched: i64,
    /// Number of the last mail.
    pub sequence: i64,
    /// When the last mail was written.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// Cases that run or whose end the people do not know yet.
    pub members: Vec<Member>,
}

/// What a decision leaves on a group.
#[derive(Debug, Clone)]
pub struct GroupFinish {
    /// Which group.
    pub id: i64,
    /// As it was when the decision was made.
    pub touched: i64,
    /// Number of the last mail.
    pub sequence: i64,
    /// When the last mail was written.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// When to decide again; `None`: when something happens.
    pub due_at: Option<DateTime<Utc>>,
    /// What the people know now.
    pub told: Vec<Tell>,
}

/// What the people of a group have just been told about a case.
#[derive(Debug, Clone)]
pub struct Tell {
    /// The case.
    pub incident: IncidentId,
    /// What they know now.
    pub told: Told,
    /// The weight they know it with.
    pub level: Level,
    /// When they were told.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct GroupRow {
    id: i64,
    key: String,
    audience: String,
    created_at: i64,
    touched: i64,
    sequence: i64,
    last_sent_at: Option<i64>,
}

#[derive(FromRow)]
struct MemberRow {
    group_id: i64,
    told: String,
    told_at: Option<i64>,
    told_level: Option<String>,
    #[sqlx(flatten)]
    incident: IncidentColumns,
}

#[derive(FromRow)]
struct SubjectRow {
    id: i64,
    name: String,
    platform: String,
    owner: String,
    site: String,
    last_post: Option<String>,
    register: String,
}

/// The one part of a register's line that has no column.
#[derive(Deserialize)]
struct Line {
    homepage: String,
}

/// A group that changed is decided on at once; the decision itself says when its mail may leave.
const TOUCH_GROUP: &str = "/* touch_group */ INSERT INTO incident_group (key, audience, created_at, due_at) VALUES ($1, $2, $3, $3) \
     ON CONFLICT (key) DO UPDATE SET audience = excluded.audience, touched = incident_group.touched + 1, due_at = excluded.due_at \
     RETURNING id";
const TOUCH_ALL: &str = "/* touch_all_groups */ UPDATE incident_group SET touched = touched + 1, due_at = $1";
const FINISH_GROUP: &str = "/* finish_group */ UPDATE incident_group SET sequence = $3, last_sent_at = $4, \
     due_at = CASE WHEN touched = $5 THEN $6 ELSE $7 END, lease_token = NULL, attempts = 0 \
     WHERE id = $1 AND lease_token = $2 RETURNING id";
const NEXT_GROUP: &str = "/* next_group */ SELECT MIN(due_at) FROM incident_group WHERE due_at IS NOT NULL";

impl Tx {
    /// Adds cases to groups and makes the groups due. Groups come in the order of their keys, so that two
    /// workers never wait for each other in a circle.
    pub async fn touch_groups(&mut self, touches: &[Touch], now: DateTime<Utc>) -> Result<(), Error> {
        for touch in touches {
            let id: i64 = on_tx!(self, Db, conn => {
                let query = sqlx::query_scalar::<Db, i64>(TOUCH_GROUP).bind(touch.key.clone()).bind(touch.audience.clone());
                query.bind(to_ms(now)).fetch_one(conn).await?
            });
            for chunk in touch.incidents.chunks(CHUNK) {
                on_tx!(self, Db, conn => {
                    let mut query = QueryBuilder::<Db>::new("/* add_members */ INSERT INTO group_member (group_id, incident_id) ");
                    query.push_values(chunk, |mut row, incident| {
                        row.push_bind(id).push_bind(incident.0);
                    });
                    query.push(" ON CONFLICT (group_id, incident_id) DO NOTHING");
                    query.build().persistent(false).execute(conn).await?;
                });
            }
        }
        Ok(())
    }

    /// Makes the groups of cases that changed or ended due.
    pub async fn touch_groups_of(
        &mut self,
        incidents: &[IncidentId],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        for chunk in incidents.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* touch_groups_of */ UPDATE incident_group SET touched = touched + 1, due_at = ");
                query.push_bind(to_ms(now)).push(" WHERE id IN (SELECT group_id FROM group_member WHERE incident_id IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push("))");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Makes every group due: what hid cases has ended.
    pub async fn touch_all_groups(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        on_tx!(self, Db, conn => sqlx::query::<Db>(TOUCH_ALL).bind(to_ms(now)).execute(conn).await?.rows_affected());
        Ok(())
    }

    /// Gives a leased group back. False when the lease was lost: then nothing of the decision may be written.
    /// A group that changed meanwhile is due again at once, so that no change is overlooked.
    pub async fn finish_group(
        &mut self,
        token: Token,
        finish: &GroupFinish,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let held: Option<i64> = on_tx!(self, Db, conn => {
            let query = sqlx::query_scalar::<Db, i64>(FINISH_GROUP).bind(finish.id).bind(token.0).bind(finish.sequence);
            let query = query.bind(finish.last_sent_at.map(to_ms)).bind(finish.touched).bind(finish.due_at.map(to_ms)).bind(to_ms(now));
            query.fetch_optional(conn).await?
        });
        if held.is_none() {
            return Ok(false);
        }
        for chunk in finish.told.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* tell_members */ UPDATE group_member SET told = v.column2, told_at = v.column3, \
                     told_level = v.column4 FROM (");
                query.push_values(chunk, |mut row, tell| {
                    row.push_bind(tell.incident.0)
                        .push_bind(tell.told.as_str())
                        .push_bind(to_ms(tell.at))
                        .push_bind(tell.level.as_str());
                });
                query.push(") AS v WHERE incident_id = v.column1 AND group_id = ").push_bind(finish.id);
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(true)
    }
}

impl Store {
    /// Groups with the cases that run or whose end the people do not know yet.
    pub async fn load_groups(&self, ids: &[i64]) -> Result<Vec<Group>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut subjects: HashMap<AccountId, Arc<Subject>> = HashMap::new();
        let (rows, members): (Vec<GroupRow>, Vec<MemberRow>) = on_db!(self, Db, pool => {
            let mut query = QueryBuilder::<Db>::new(
                "/* load_groups */ SELECT id, key, audience, created_at, touched, sequence, last_sent_at FROM incident_group WHERE id IN (",
            );
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(") ORDER BY id");
            let rows = query.build_query_as().persistent(false).fetch_all(pool).await?;
            let mut query = QueryBuilder::<Db>::new(
                "/* load_members */ SELECT m.group_id, m.told, m.told_at, m.told_level, i.id, i.account_id, i.rule, i.subject, \
                 i.level, i.state, i.since, i.opened_at, i.changed_at, i.ended_at, i.evidence \
                 FROM group_member AS m JOIN incident AS i ON i.id = m.incident_id \
                 WHERE (m.told = 'open' OR i.state IN ('open', 'acknowledged')) AND m.group_id IN (",
            );
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(") ORDER BY m.group_id, i.opened_at, i.account_id, i.id");
            let members = query.build_query_as().persistent(false).fetch_all(pool).await?;
            let mut query = QueryBuilder::<Db>::new(
                "/* load_subjects */ SELECT a.id, a.name, a.platform, a.owner, l.site, a.last_post, t.register \
                 FROM account AS a JOIN account_look AS l ON l.account_id = a.id JOIN account_text AS t ON t.account_id = a.id \
                 WHERE a.id IN (SELECT i.account_id FROM group_member AS m JOIN incident AS i ON i.id = m.incident_id \
                 WHERE (m.told = 'open' OR i.state IN ('open', 'acknowledged')) AND m.group_id IN (",
            );
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push("))");
            // One by one: the lines of a whole register need not be held at once.
            let mut rows_of = query.build_query_as::<SubjectRow>().persistent(false).fetch(pool);
            while let Some(row) = rows_of.try_next().await? {
                subjects.insert(AccountId(row.id), Arc::new(Subject::try_from(row)?));
            }
            drop(rows_of);
            (rows, members)
        });
        let mut groups: Vec<Group> = rows.into_iter().map(Group::from).collect();
        for row in members {
            let Some(group) = groups.iter_mut().find(|group| group.id == row.group_id) else { continue };
            let incident = Incident::try_from(row.incident)?;
            group.members.push(Member {
                told: word("group_member", "told", incident.id.0, &row.told)?,
                told_at: row.told_at.map(from_ms),
                told_level: row
                    .told_level
                    .map(|text| word("group_member", "told_level", incident.id.0, &text))
                    .transpose()?,
                account: incident.key.account.and_then(|account| subjects.get(&account).cloned()),
                incident,
            });
        }
        Ok(groups)
    }

    /// When the next group is due, `None` when none is.
    pub async fn next_group(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let ms: Option<i64> = on_db!(self, Db, pool => sqlx::query_scalar::<Db, Option<i64>>(NEXT_GROUP).fetch_one(pool).await?);
        Ok(ms.map(from_ms))
    }
}

impl TryFrom<SubjectRow> for Subject {
    type Error = Error;

    fn try_from(row: SubjectRow) -> Result<Self, Error> {
        let Line { homepage } = json("account_text", "register", row.id, &row.register)?;
        let last_post = row.last_post.map(|text| json("account", "last_post", row.id, &text));
        Ok(Self {
            platform: word("account", "platform", row.id, &row.platform)?,
            name: row.name,
            owner: row.owner,
            homepage,
            site: row.site,
            last_post: last_post.transpose()?,
        })
    }
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            id: row.id,
            key: row.key,
            audience: row.audience,
            created_at: from_ms(row.created_at),
            touched: row.touched,
            sequence: row.sequence,
            last_sent_at: row.last_sent_at.map(from_ms),
            members: Vec::new(),
        }
    }
}
