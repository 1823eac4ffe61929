//! The records of cases and their chain.

use super::{CHUNK, Error, Store, Tx, on_db, on_tx, storable, word};
use crate::model::incident::IncidentId;
use crate::model::moment::{from_ms, to_ms};
use crate::model::record::{Draft, Hash, Record};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

/// How hard payloads are compressed: pages shrink to a fifth already at the fastest.
const EFFORT: i32 = 3;
/// The largest payload that is unpacked: none was larger when it was kept.
const LARGEST: usize = 64 << 20;

#[derive(FromRow)]
struct RecordRow {
    number: i64,
    incident_id: i64,
    kind: String,
    url: String,
    at: i64,
    peer: String,
    request: String,
    response: String,
    truncated: bool,
    sha256: Vec<u8>,
    link: Vec<u8>,
    payload: Option<Vec<u8>>,
}

macro_rules! columns {
    () => {
        "number, incident_id, kind, url, at, peer, request, response, truncated, sha256, link, payload"
    };
}

/// The head is locked until the transaction ends: two workers never give one number twice.
const HEAD: &str =
    "/* record_head */ UPDATE record_head SET number = number WHERE id = 1 RETURNING number, link";
const MOVE_HEAD: &str = "/* move_record_head */ UPDATE record_head SET number = $1, link = $2 WHERE id = 1";
const READ_HEAD: &str = "/* read_record_head */ SELECT number, link FROM record_head WHERE id = 1";
const RECORDS_OF: &str =
    concat!("/* records_of */ SELECT ", columns!(), " FROM record WHERE incident_id = $1 ORDER BY number");
const SHARED_RECORD: &str = concat!(
    "/* shared_record */ SELECT ",
    columns!(),
    " FROM record WHERE sha256 = $1 AND at = $2 AND kind = 'response' ORDER BY number"
);
const WALK_RECORDS: &str = concat!(
    "/* walk_records */ SELECT ",
    columns!(),
    " FROM record WHERE number > $1 ORDER BY number LIMIT $2"
);
const FORGET_PAYLOADS: &str =
    "/* forget_payloads */ UPDATE record SET payload = NULL WHERE at < $1 AND payload IS NOT NULL";

/// The end of the chain: how many records there are, and the last link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many.
    pub number: i64,
    /// The last link.
    pub link: Hash,
}

impl Tx {
    /// Adds records to the chain, in this order.
    pub async fn keep_records(&mut self, drafts: Vec<Draft>) -> Result<(), Error> {
        if drafts.is_empty() {
            return Ok(());
        }
        let head: (i64, Vec<u8>) =
            on_tx!(self, Db, conn => sqlx::query_as::<Db, (i64, Vec<u8>)>(HEAD).fetch_one(conn).await?);
        let (mut number, mut before) = (head.0, hash("record_head", 1, &head.1)?);
        let mut records = Vec::with_capacity(drafts.len());
        for draft in drafts {
            // Hashed as it will be read back.
            let draft = Draft { at: from_ms(to_ms(draft.at)), ..draft };
            let draft = Draft {
                url: storable(&draft.url),
                request: storable(&draft.request),
                response: storable(&draft.response),
                ..draft
            };
            number += 1;
            let record = draft.link(number, &before);
            before = record.link;
            let payload = zstd::bulk::compress(&record.draft.payload, EFFORT);
            // Compressing into memory fails only without memory.
            records.push((record, payload.map_err(|error| inconsistent(number, error))?));
        }
        for chunk in records.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new(concat!("/* keep_records */ INSERT INTO record (", columns!(), ") "));
                query.push_values(chunk, |mut row, (record, payload)| {
                    let draft = &record.draft;
                    row.push_bind(record.number)
                        .push_bind(draft.incident.0)
                        .push_bind(draft.kind.as_str())
                        .push_bind(draft.url.clone())
                        .push_bind(to_ms(draft.at))
                        .push_bind(draft.peer.clone())
                        .push_bind(draft.request.clone())
                        .push_bind(draft.response.clone())
                        .push_bind(draft.truncated)
                        .push_bind(record.sha256.to_vec())
                        .push_bind(record.link.to_vec())
                        .push_bind(payload.clone());
                });
                query.build().persistent(false).execute(conn).await?;
            });
        }
        on_tx!(self, Db, conn =>
            sqlx::query::<Db>(MOVE_HEAD).bind(number).bind(before.to_vec()).execute(conn).await?.rows_affected());
        Ok(())
    }
}

impl Store {
    /// The records of a case, in their order, with the answers it shares with other cases of the same look: those its
    /// own extract names.
    pub async fn records_of(&self, incident: IncidentId) -> Result<Vec<Record>, Error> {
        let rows: Vec<RecordRow> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, RecordRow>(RECORDS_OF).bind(incident.0).fetch_all(pool).await?);
        let mut records = rows.into_iter().map(Record::try_from).collect::<Result<Vec<_>, _>>()?;
        let mut shared = Vec::new();
        for own in &records {
            for hash in own.named_responses() {
                let rows: Vec<RecordRow> = on_db!(self, Db, pool =>
                    sqlx::query_as::<Db, RecordRow>(SHARED_RECORD)
                        .bind(hash.to_vec()).bind(to_ms(own.draft.at)).fetch_all(pool).await?);
                for row in rows {
                    shared.push(Record::try_from(row)?);
                }
            }
        }
        records.extend(shared);
        records.sort_by_key(|record| record.number);
        records.dedup_by_key(|record| record.number);
        Ok(records)
    }

    /// The records after a number, so many of them, in their order.
    pub async fn walk_records(&self, after: i64, most: i64) -> Result<Vec<Record>, Error> {
        let rows: Vec<RecordRow> = on_db!(self, Db, pool =>
            sqlx::query_as::<Db, RecordRow>(WALK_RECORDS).bind(after).bind(most).fetch_all(pool).await?);
        rows.into_iter().map(Record::try_from).collect()
    }

    /// Forgets what records held that are older than an instant; their hashes and links stay. Returns how many.
    pub async fn forget_payloads(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        let mut tx = self.begin().await?;
        let forgotten = on_tx!(&mut tx, Db, conn =>
            sqlx::query::<Db>(FORGET_PAYLOADS).bind(to_ms(before)).execute(conn).await?.rows_affected());
        tx.commit().await?;
        Ok(forgotten)
    }

    /// The end of the chain.
    pub async fn record_head(&self) -> Result<Head, Error> {
        let (number, link): (i64, Vec<u8>) =
            on_db!(self, Db, pool => sqlx::query_as::<Db, (i64, Vec<u8>)>(READ_HEAD).fetch_one(pool).await?);
        Ok(Head { number, link: hash("record_head", 1, &link)? })
    }
}

fn hash(table: &'static str, row: i64, bytes: &[u8]) -> Result<Hash, Error> {
    bytes.try_into().map_err(|_| Error::Inconsistent {
        table,
        column: "link",
        row,
        value: format!("{} bytes", bytes.len()),
        reason: "not a SHA-256".to_owned(),
    })
}

fn inconsistent(row: i64, error: impl std::fmt::Display) -> Error {
    Error::Inconsistent {
        table: "record",
        column: "payload",
        row,
        value: String::new(),
        reason: error.to_string(),
    }
}

impl TryFrom<RecordRow> for Record {
    type Error = Error;

    fn try_from(row: RecordRow) -> Result<Self, Error> {
        // A payload that no longer unpacks is one that was changed: its hash will say so.
        let unpack = |bytes: Vec<u8>| zstd::bulk::decompress(&bytes, LARGEST).unwrap_or(bytes);
        let kept = row.payload.is_some();
        Ok(Self {
            number: row.number,
            sha256: hash("record", row.number, &row.sha256)?,
            link: hash("record", row.number, &row.link)?,
            kept,
            draft: Draft {
                incident: IncidentId(row.incident_id),
                kind: word("record", "kind", row.number, &row.kind)?,
                url: row.url,
                at: from_ms(row.at),
                peer: row.peer,
                request: row.request,
                response: row.response,
                payload: Bytes::from(row.payload.map(unpack).unwrap_or_default()),
                truncated: row.truncated,
            },
        })
    }
}
