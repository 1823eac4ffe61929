//! `xunwang evidence list`: the looks people took at one account.

use super::super::output::table;
use super::{Accounts, Desk, Failed, look_json};
use crate::model::hand::HandLook;
use crate::model::moment::zh_minute;
use crate::store::exhibits;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Key or name of the account.
    account: String,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let store = crate::app::open_store(&config, &crate::app::worker_name()).await?;
        let accounts = Accounts::new(store.find_entries(std::slice::from_ref(&self.account)).await?);
        // Whoever is no longer watched may still be asked about.
        let key = match accounts.by_key.get(&self.account) {
            Some(entry) => entry.registered.key.clone(),
            None => match accounts.by_name.get(&self.account).map(Vec::as_slice) {
                Some([key]) => key.clone(),
                Some(several) if !several.is_empty() => {
                    let keys = several.join("、");
                    return Err(Failed::Usage(format!(
                        "有{}个账号叫“{}”,请改用台账编号:{keys}",
                        several.len(),
                        self.account
                    )));
                }
                _ => return Err(Failed::Usage(format!("台账中没有“{}”", self.account))),
            },
        };
        let Some(entry) = accounts.by_key.get(&key) else {
            return Err(Failed::Usage(format!("台账中没有“{}”", self.account)));
        };
        let visits = store.list_hand_looks(&[entry.id]).await?;
        let looks: Vec<HandLook> = visits
            .into_iter()
            .rev()
            .filter_map(|visit| Some(HandLook { at: visit.at, hand: visit.hand? }))
            .collect();
        store.close().await;
        if desk.output.is_json() {
            let data: Vec<_> = looks.iter().map(|look| look_json(&key, look)).collect();
            desk.output.data(&data)?;
            return Ok(());
        }
        let mut rows = table(&["核查时间", "核查人", "内容", "截图"]);
        for look in &looks {
            let file = look.hand.exhibit.as_ref().map_or_else(String::new, |exhibit| {
                format!(
                    "{}\n{}",
                    exhibit.name,
                    exhibits::place(&config.main.store.data_dir, exhibit).display()
                )
            });
            let url = look.hand.seen.as_ref().map_or_else(String::new, |post| format!("\n{}", post.url));
            rows.add_row([
                zh_minute(look.at),
                look.hand.by.clone(),
                format!("{}{url}", look.hand.words()),
                file,
            ]);
        }
        desk.output.line(format!("{key} {} 人工核查{}次", entry.registered.name, looks.len()))?;
        if !looks.is_empty() {
            desk.output.line(rows.to_string())?;
        }
        Ok(())
    }
}
