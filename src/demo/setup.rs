//! The service's configuration for the sample city.
//!
//! In: a folder, the city and where its sites listen. Out: the files an operator would have written, and the
//! configuration read from them by the same code. Spans are long because the city's days are short.

use super::slips::task;
use super::{Addresses, City, Site};
use crate::config::Config;
use crate::config::mistake::Mistake;
use std::path::Path;
use std::sync::Arc;

/// Everything about looking: looks every hour or two of the city's time, on loopback only.
const MAIN: &str = r#"# 示例城市的主配置;时间为城市时间,城市的一天只有几十秒,所以租期等设得很长。
[store]
data_dir = "{data}"

[schedule]
concurrency = 32
per_site = 1
lease = "12h"
gather = "1m"

[schedule.cadence]
min_interval = "1h"
max_interval = "2h"
before_deadline = "1h"

[fetch]
contact = "demo@chenghu.example"
allow_private = ["127.0.0.0/8", "::1/128"]

[content]
contradictions = true

[web]
listen = "127.0.0.1:0"
"#;

/// Who hears of what in the city.
const NOTIFY: &str = r#"# 示例城市的通知配置。
[mail]
{transport}
from = { name = "澄湖市政务新媒体巡网", address = "xunwang@chenghu.example" }

[timing]
group_wait = "30m"
group_interval = "3h"
repeat_interval = "5d"
resolve_delay = "30m"

[[office]]
name = "澄湖市政务公开办"
email = ["zwgkb@chenghu.example"]
levels = ["fail", "deduction", "suspected"]

[[office]]
name = "澄湖市政府办公室信息科"
email = ["xxk@chenghu.example", "zhiban@chenghu.example"]

[owner]
enabled = true
levels = ["fail", "deduction"]

[operator]
email = ["yunwei@chenghu.example"]
"#;

/// Whose place each site takes.
const BASES: [(&str, Site); 13] = [
    ("https://m.weibo.cn", Site::Weibo),
    ("https://weibo.com", Site::WeiboAjax),
    ("https://api.bilibili.com", Site::Bilibili),
    ("https://www.douyin.com", Site::Douyin),
    ("https://www.toutiao.com", Site::Toutiao),
    ("https://live.kuaishou.com", Site::Kuaishou),
    ("https://www.xiaohongshu.com", Site::Xiaohongshu),
    ("https://itunes.apple.com", Site::Apple),
    ("https://sj.qq.com", Site::Tencent),
    ("https://mp.weixin.qq.com", Site::Wechat),
    ("http://127.0.0.1:8001/", Site::Werss),
    ("http://127.0.0.1:4000/", Site::Wewe),
    ("http://127.0.0.1:8080/", Site::Wechat2rss),
];

/// Where the city's mails go.
#[derive(Debug, Clone, Copy)]
pub enum Mails<'a> {
    /// Into this folder, one file per mail.
    Folder(&'a Path),
    /// To a mail server on this machine.
    Server {
        /// Its port.
        port: u16,
    },
}

/// Writes the city's configuration into `dir` and reads it. `store` overrides the SQLite file in `dir`.
pub fn configure(
    dir: &Path,
    addresses: &Addresses,
    mails: Mails<'_>,
    store: Option<&str>,
) -> Result<Config, Vec<Mistake>> {
    let main = MAIN.replace("{data}", &escape(dir));
    let transport = match mails {
        Mails::Folder(folder) => format!("transport = \"directory\"\ndirectory = \"{}\"", escape(folder)),
        Mails::Server { port } => format!(
            "transport = \"smtp\"\nsmtp = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\", timeout = \"10s\", hello_name = \"xunwang.example\" }}"
        ),
    };
    let file = dir.join("xunwang.toml");
    let notify = NOTIFY.replace("{transport}", &transport);
    for (path, text) in [(&file, &main), (&dir.join("notify.toml"), &notify)] {
        std::fs::write(path, text)
            .map_err(|error| vec![Mistake::whole(path, format!("无法写入:{error}"), "请换一个目录")])?;
    }
    let mut config = Config::read(&file, &main, Some(dir), &[])?;
    if let Some(store) = store {
        store.clone_into(&mut config.store_address);
    }
    let recipes = Arc::make_mut(&mut config.recipes);
    for (base, site) in BASES {
        recipes.rebase(base, &addresses.base(site));
    }
    // Articles stand on the sites that list them.
    recipes.rehost_pages("mp.weixin.qq.com", r"127\.0\.0\.1:\d+");
    Ok(config)
}

/// The register of the city as the service stores it.
pub async fn enrol(
    city: &City,
    addresses: &Addresses,
    config: &Config,
    store: &crate::store::Store,
) -> Result<(), crate::store::Error> {
    let accounts = city.registered(addresses);
    let mut tx = store.begin().await?;
    tx.add_accounts(&accounts, &|account| config.site_of(account), city.start()).await?;
    tx.add_task(&task(city)).await?;
    tx.commit().await
}

/// A path inside a TOML string.
fn escape(path: &Path) -> String {
    path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"")
}
