//! The facts about accounts that people have dismissed by closing their cases.

use super::{CHUNK, Error, Store, Tx, on_db, on_tx, word};
use crate::incident::dismissal::Dismissed;
use crate::model::account::AccountId;
use crate::model::moment::to_ms;
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use std::collections::HashMap;

impl Tx {
    /// Remembers what a person dismissed; what is remembered already stays as it was.
    pub async fn dismiss(
        &mut self,
        dismissed: &[(AccountId, Dismissed)],
        at: DateTime<Utc>,
        who: &str,
    ) -> Result<(), Error> {
        for chunk in dismissed.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* dismiss */ INSERT INTO dismissal (account_id, rule, fingerprint, at, who) ");
                query.push_values(chunk, |mut row, (account, it)| {
                    row.push_bind(account.0)
                        .push_bind(it.rule.as_str())
                        .push_bind(it.fingerprint)
                        .push_bind(to_ms(at))
                        .push_bind(who.to_owned());
                });
                query.push(" ON CONFLICT DO NOTHING");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Forgets dismissals whose fact is over.
    pub async fn lift(&mut self, over: &[(AccountId, Dismissed)]) -> Result<(), Error> {
        for chunk in over.chunks(CHUNK) {
            on_tx!(self, Db, conn => {
                let mut query = QueryBuilder::<Db>::new("/* lift_dismissals */ DELETE FROM dismissal WHERE (account_id, rule, fingerprint) IN (");
                query.push_values(chunk, |mut row, (account, it)| {
                    row.push_bind(account.0).push_bind(it.rule.as_str()).push_bind(it.fingerprint);
                });
                query.push(")");
                query.build().persistent(false).execute(conn).await?;
            });
        }
        Ok(())
    }
}

impl Store {
    /// What was dismissed about these accounts. One statement for a whole batch of looks.
    pub async fn dismissals(
        &self,
        accounts: &[AccountId],
    ) -> Result<HashMap<AccountId, Vec<Dismissed>>, Error> {
        let mut found: HashMap<AccountId, Vec<Dismissed>> = HashMap::new();
        for chunk in accounts.chunks(1000) {
            let rows: Vec<(i64, String, i64)> = on_db!(self, Db, pool => {
                let mut query = QueryBuilder::<Db>::new(
                    "/* dismissals */ SELECT account_id, rule, fingerprint FROM dismissal WHERE account_id IN (",
                );
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                query.build_query_as().persistent(false).fetch_all(pool).await?
            });
            for (account, rule, fingerprint) in rows {
                let rule = word("dismissal", "rule", account, &rule)?;
                found.entry(AccountId(account)).or_default().push(Dismissed { rule, fingerprint });
            }
        }
        Ok(found)
    }
}
