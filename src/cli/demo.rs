//! `xunwang demo`: a sample city on this machine, watched by the real service.
//!
//! In: how long to watch. Out: what happens in the city, what the service makes of it, and where its mails,
//! metrics and database are. Nothing leaves this machine.

use super::output::table;
use super::{Desk, Failed};
use crate::app::App;
use crate::clock::{Clock, Scaled, SharedClock, System};
use crate::demo::setup::{Mails, configure, enrol};
use crate::demo::{City, Event, What, serve};
use crate::model::account::{AccountId, AccountState, Registered};
use crate::model::delivery::{DeliveryId, DeliveryState};
use crate::model::finding::Rule;
use crate::model::incident::Incident;
use crate::model::moment::{ZONE, day_start, zh_day, zh_short};
use anyhow::Context;
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// City days to live through.
    #[arg(long, default_value_t = 4.25, value_parser = positive)]
    days: f64,
    /// Real seconds of one city day.
    #[arg(long, default_value_t = 13.0, value_parser = positive)]
    seconds: f64,
    /// Go on until Ctrl-C.
    #[arg(long)]
    keep: bool,
    /// Where mails, database and log go [default: a new folder for temporary files].
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// The terminal is brought up to date so often, in real milliseconds.
const FRAME_MS: f64 = 200.0;
const DAY_SECONDS: f64 = 86_400.0;

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.01..=100_000.0).contains(&number) => Ok(number),
        _ => Err("须为0.01至100000之间的数".to_owned()),
    }
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let start = start_of(System.now());
        let factor = DAY_SECONDS / self.seconds;
        let clock: SharedClock = Arc::new(Scaled::new(start, factor));
        let dir = self.folder()?;
        log_into(&dir)?;
        let city = Arc::new(City::new(start));
        let serving = serve(city.clone(), clock.clone()).await.context("无法在本机开放示例城市的站点")?;
        let mails = dir.join("mail");
        let config = configure(&dir, &serving.addresses, Mails::Folder(&mails), None)?;
        let app = App::build(config, clock.clone()).await?;
        enrol(&city, &serving.addresses, &app.config, &app.store).await?;
        let (stop, stopped) = watch::channel(false);
        let (listening, address) = oneshot::channel();
        let service = tokio::spawn({
            let app = app.clone();
            let stopped = stopped.clone();
            async move {
                // Whoever asked for the address may be gone when the service fails to start.
                app.run(stopped, move |address| {
                    let _ = listening.send(address);
                })
                .await
            }
        });
        let Ok(address) = address.await else {
            service.await.context("service")??;
            return Err(Failed::Own(anyhow::anyhow!("服务没有启动")));
        };
        let mut stage = Stage::new(desk, &app, &city, start, self.end(start));
        stage.welcome(address, city.accounts().len());
        stage.play(Duration::milliseconds(whole(FRAME_MS * factor)), stopped.clone(), self.keep).await?;
        stage.curtain(&dir, &mails, address).await?;
        if self.keep && !*stopped.borrow() {
            let (interrupt, mut interrupted) = watch::channel(false);
            tokio::spawn(super::run::stop_on_signal(interrupt));
            // A sender that is gone means the same.
            let _ = interrupted.wait_for(|stop| *stop).await;
        }
        let _ = stop.send(true);
        service.await.context("service")??;
        serving.shut_down().await;
        Ok(())
    }

    fn end(&self, start: DateTime<Utc>) -> DateTime<Utc> {
        start + Duration::seconds(whole(self.days * DAY_SECONDS))
    }

    fn folder(&self) -> Result<PathBuf, Failed> {
        let name = format!("xunwang-demo-{}", std::process::id());
        let dir = self.dir.clone().unwrap_or_else(|| std::env::temp_dir().join(name));
        // The configuration written there takes relative paths from its own place.
        let dir = std::path::absolute(&dir).with_context(|| format!("无法使用目录{}", dir.display()))?;
        std::fs::create_dir_all(&dir).with_context(|| format!("无法创建{}", dir.display()))?;
        if dir.join("xunwang.db").exists() {
            return Err(Failed::Usage(format!("{}中已有数据库,请换一个目录", dir.display())));
        }
        Ok(dir)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bounded by the argument parser far below the limit")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// A morning in the middle of a month: the quota of service accounts must not change while somebody watches.
fn start_of(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.with_timezone(&ZONE).date_naive();
    let day = if (5..=24).contains(&today.day()) {
        Some(today)
    } else {
        let month = if today.day() < 5 { today - chrono::Months::new(1) } else { today };
        NaiveDate::from_ymd_opt(month.year(), month.month(), 18)
    };
    day_start(day.unwrap_or(today)) + Duration::hours(9)
}

/// The service's log goes into a file: the terminal belongs to the city.
fn log_into(dir: &Path) -> Result<(), Failed> {
    let file = std::fs::File::create(dir.join("xunwang.log")).context("无法写入日志")?;
    let log =
        tracing_subscriber::fmt().with_env_filter(crate::config::environment::log_filter()).with_ansi(false);
    // A second log in one process (tests) is refused; the first one goes on.
    let _ = log.with_writer(Arc::new(file)).try_init();
    Ok(())
}

/// What the terminal shows while the city lives.
struct Stage<'a> {
    desk: &'a Desk,
    app: &'a App,
    events: std::iter::Peekable<std::slice::Iter<'a, Event>>,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    bar: ProgressBar,
    shown: DeliveryId,
    mails: usize,
    posts: usize,
}

impl<'a> Stage<'a> {
    fn new(desk: &'a Desk, app: &'a App, city: &'a City, start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        let bar = if desk.output.is_terminal() {
            let style = ProgressStyle::with_template("{prefix} {bar:30.cyan/blue} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new((end - start).num_minutes().unsigned_abs()).with_style(style)
        } else {
            ProgressBar::hidden()
        };
        Self {
            desk,
            app,
            events: city.script().iter().peekable(),
            start,
            end,
            bar,
            shown: DeliveryId(0),
            mails: 0,
            posts: 0,
        }
    }

    fn say(&self, line: &str) {
        if self.desk.output.is_json() {
            return;
        }
        if self.bar.is_hidden() {
            self.desk.output.note(line);
        } else {
            self.bar.println(line);
        }
    }

    fn welcome(&self, address: SocketAddr, accounts: usize) {
        self.say(&format!("{}", style("巡网 · 示例城市澄湖市").bold()));
        self.say(&format!(
            "{accounts}个账号,站点与服务都只在本机运行;城市时间从{}走到{}。指标 http://{address}/metrics",
            zh_short(self.start),
            zh_short(self.end)
        ));
        self.say("");
    }

    /// Shows what happens until the script's end or Ctrl-C.
    async fn play(
        &mut self,
        frame: Duration,
        mut stopped: watch::Receiver<bool>,
        keep: bool,
    ) -> Result<(), Failed> {
        let interrupt = tokio::signal::ctrl_c();
        tokio::pin!(interrupt);
        loop {
            let now = self.app.clock.now();
            while let Some(event) = self.events.next_if(|event| self.start + event.at <= now) {
                // A lively city posts all the time: only what changes for somebody is told.
                if matches!(event.what, What::Posted(_)) {
                    self.posts += 1;
                } else {
                    self.say(&format!(
                        "{}  {} {}",
                        style(zh_short(self.start + event.at)).dim(),
                        style("城市").cyan(),
                        event.say
                    ));
                }
            }
            self.show_mails().await?;
            let figures = self.app.store.figures(u32::MAX, now).await?;
            let open: u32 = figures
                .incidents
                .iter()
                .filter(|(_, state, _)| state.is_running())
                .map(|(_, _, count)| count)
                .sum();
            self.bar.set_prefix(format!("城市时间 {}", zh_short(now)));
            self.bar.set_position((now - self.start).num_minutes().unsigned_abs());
            self.bar.set_message(format!("新内容{} · 未解决{open}项 · 邮件{}封", self.posts, self.mails));
            if now >= self.end || *stopped.borrow() {
                return Ok(());
            }
            tokio::select! {
                () = self.app.clock.sleep(frame) => {}
                _ = stopped.changed() => {}
                _ = &mut interrupt => {
                    if keep { std::process::exit(0) }
                    return Ok(());
                }
            }
        }
    }

    async fn show_mails(&mut self) -> Result<(), Failed> {
        let mails = self.app.store.list_mails(self.shown).await?;
        // One letter to several people is one line.
        let sent = mails.iter().take_while(|mail| mail.state != DeliveryState::Pending).collect::<Vec<_>>();
        for letter in sent.chunk_by(|one, next| one.group == next.group && one.written_at == next.written_at)
        {
            let to: Vec<&str> = letter.iter().map(|mail| mail.recipient.as_str()).collect();
            let (Some(first), Some(last)) = (letter.first(), letter.last()) else { continue };
            (self.shown, self.mails) = (last.id, self.mails + letter.len());
            let (time, to) =
                (style(zh_short(first.written_at)).dim(), style(format!("→ {}", to.join(" "))).dim());
            self.say(&format!("{time}  {} {} {to}", style("邮件").green().bold(), first.subject));
        }
        Ok(())
    }

    /// What was found, and where everything is.
    async fn curtain(&self, dir: &Path, mails: &Path, address: SocketAddr) -> Result<(), Failed> {
        self.bar.finish_and_clear();
        let now = self.app.clock.now();
        let accounts: HashMap<AccountId, Registered> =
            self.app.store.list_register().await?.into_iter().collect();
        let cases = self.app.store.list_incidents(now).await?;
        let figures = self.app.store.figures(u32::MAX, now).await?;
        let mut states: BTreeMap<AccountState, u32> = BTreeMap::new();
        for (_, _, state, count) in &figures.accounts {
            *states.entry(*state).or_default() += count;
        }
        if self.desk.output.is_json() {
            let open = cases.iter().filter(|case| case.state.is_running()).count();
            self.desk.output.data(&json!({
                "accounts": accounts.len(), "states": states.iter().map(|(state, count)| (state.as_str(), count)).collect::<BTreeMap<_, _>>(),
                "cases_open": open, "cases_ended": cases.len() - open, "mails": self.mails,
                "mail_dir": mails, "metrics": format!("http://{address}/metrics"), "database": dir.join("xunwang.db"),
            }))?;
            return Ok(());
        }
        let out = self.desk.output;
        out.line("")?;
        out.line(style("账号状态").bold().to_string())?;
        let mut rows = table(&["状态", "账号数"]);
        for (state, count) in &states {
            rows.add_row([state.zh().to_owned(), count.to_string()]);
        }
        out.line(rows.to_string())?;
        out.line(style("发现的问题").bold().to_string())?;
        out.line(found(&cases, &accounts))?;
        out.line(format!("邮件      {}封,在 {}(可用邮件客户端打开)", self.mails, mails.display()))?;
        out.line(format!("数据库    {}", dir.join("xunwang.db").display()))?;
        out.line(format!("日志      {}", dir.join("xunwang.log").display()))?;
        let config = dir.join("xunwang.toml");
        out.line(format!(
            "看依据    xunwang --config {} explain 账号名称 --at {}",
            config.display(),
            now.format("%Y-%m-%dT%H:%M:%SZ")
        ))?;
        Ok(())
    }
}

/// One row a rule: how many, and who.
fn found(cases: &[Incident], accounts: &HashMap<AccountId, Registered>) -> String {
    let mut by_rule: BTreeMap<Rule, (usize, usize, Vec<String>)> = BTreeMap::new();
    for case in cases {
        let (open, ended, names) = by_rule.entry(case.key.rule).or_default();
        let running = case.state.is_running();
        *if running { open } else { ended } += 1;
        let name = case
            .key
            .account
            .and_then(|id| accounts.get(&id))
            .map_or(case.key.subject.as_str(), |account| account.name.as_str());
        let since = if running { format!("{}起", zh_day(case.since)) } else { "已恢复".to_owned() };
        names.push(format!("{name}({since})"));
    }
    let mut rows = table(&["问题", "未解决", "已恢复", "账号"]);
    for (rule, (open, ended, names)) in by_rule {
        let more = names.len().saturating_sub(5);
        let mut shown = names.into_iter().take(5).collect::<Vec<_>>().join("、");
        if more > 0 {
            // Writing into a string cannot fail.
            let _ = write!(shown, "等{}个", more + 5);
        }
        rows.add_row([rule.zh().to_owned(), open.to_string(), ended.to_string(), shown]);
    }
    rows.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_starts_on_a_morning_in_the_middle_of_a_month() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        assert_eq!(start_of(at("2026-11-20T23:00:00+08:00")), at("2026-11-20T09:00:00+08:00"));
        assert_eq!(start_of(at("2026-11-29T23:00:00+08:00")), at("2026-11-18T09:00:00+08:00"));
        assert_eq!(start_of(at("2027-01-02T23:00:00+08:00")), at("2026-12-18T09:00:00+08:00"));
    }
}
