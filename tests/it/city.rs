//! The sample city for its whole script, from the register to the mail server, on both databases.
//!
//! The clock stands still until the test moves it, in steps of ten minutes, from one due row to the next. What
//! came of it is compared twice: with what the city says a sound watch must see (derived from what its accounts
//! do, not from the judge), and word by word with the lists in `tests/golden/city`. `XUNWANG_BLESS=1` writes
//! those lists anew, for a reviewer to read.

use crate::support::database::both;
use crate::support::real_smtp::{RealSmtp, Received};
use crate::support::smtp::{Script, Sink};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual, SharedClock};
use xunwang::demo::setup::{Mails, configure, enrol};
use xunwang::demo::{About, City, Site, serve};
use xunwang::model::account::AccountId;
use xunwang::model::finding::Rule;
use xunwang::model::incident::Incident;
use xunwang::web;

/// Due rows are waited for in steps, so that a whole neighbourhood of them is looked at together.
const STEP: Duration = Duration::minutes(10);

both! {
    async fn the_city_lives_through_its_script(store: Store, base: &Base) {
        let start = DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().to_utc();
        let clock = Manual::new(start);
        let shared: SharedClock = Arc::new(clock.clone());
        let city = Arc::new(City::new(start));
        let serving = serve(city.clone(), shared.clone()).await.unwrap();
        let office = Office::open().await;
        let folder = tempfile::tempdir().unwrap();
        let mails = Mails::Server { port: office.port() };
        let config = configure(folder.path(), &serving.addresses, mails, Some(base.address())).unwrap();
        let app = App::build(config, shared).await.unwrap();
        enrol(&city, &serving.addresses, &app.config, &app.store).await.unwrap();

        let end = start + City::length();
        live(&app, &clock, end).await;

        let sites: BTreeMap<String, Site> = Site::ALL
            .iter()
            .map(|site| (serving.addresses.base(*site).trim_start_matches("http://").to_owned(), *site))
            .collect();
        let accounts: BTreeMap<AccountId, String> = store
            .list_register()
            .await
            .unwrap()
            .into_iter()
            .map(|(id, account)| (id, account.key))
            .collect();
        let cases = store.list_incidents(end).await.unwrap();
        as_a_sound_watch_sees_it(&city, &cases, &accounts, &sites);
        as_written("cases.txt", &case_list(&cases, &accounts, &sites));
        as_written("mails.txt", &mail_list(&office.mails(), &sites));
        as_written("metrics.txt", &metric_list(&app).await);
        assert!(store.list_mails(xunwang::model::delivery::DeliveryId(0)).await.unwrap().iter().all(|mail| mail.error.is_empty()));
        app.store.close().await;
        serving.shut_down().await;
    }
}

/// The mail server of the city: an independent one, or where there is none the scripted one of these tests.
enum Office {
    Real(RealSmtp),
    Scripted(Sink),
}

impl Office {
    async fn open() -> Self {
        match RealSmtp::start().await {
            Some(server) => Self::Real(server),
            None => Self::Scripted(Script::default().start().await),
        }
    }

    fn port(&self) -> u16 {
        match self {
            Self::Real(server) => server.port(),
            Self::Scripted(sink) => sink.port(),
        }
    }

    fn mails(&self) -> Vec<Received> {
        match self {
            Self::Real(server) => server.received(),
            Self::Scripted(sink) => sink.taken().iter().map(|mail| Received::read(&mail.content)).collect(),
        }
    }
}

/// Looks, decides and sends whatever is due, until nothing is due before `end`.
async fn live(app: &App, clock: &Manual, end: DateTime<Utc>) {
    let (_stop, stopped) = watch::channel(false);
    loop {
        app.settle(|_| {}, stopped.clone()).await.unwrap();
        let next = app.next_due().await.unwrap().unwrap_or(end).max(clock.now());
        let steps = (next - clock.now()).num_milliseconds() / STEP.num_milliseconds() + 1;
        let next = clock.now() + STEP * i32::try_from(steps).unwrap();
        if next > end {
            return;
        }
        clock.advance_to(next);
    }
}

fn about(case: &Incident, accounts: &BTreeMap<AccountId, String>, sites: &BTreeMap<String, Site>) -> About {
    match case.key.account {
        Some(id) => About::Account(accounts[&id].clone()),
        // The subject of a bridge is its site and the platform that it reads.
        None => About::Site(sites[case.key.subject.split(' ').next().unwrap_or_default()]),
    }
}

fn as_a_sound_watch_sees_it(
    city: &City,
    cases: &[Incident],
    accounts: &BTreeMap<AccountId, String>,
    sites: &BTreeMap<String, Site>,
) {
    let expected = city.expected(City::length());
    let set = |running: bool| -> BTreeSet<(About, Rule)> {
        let wanted = cases.iter().filter(|case| case.state.is_running() == running);
        wanted.map(|case| (about(case, accounts, sites), case.key.rule)).collect()
    };
    let (running, ended) = (set(true), set(false));
    let missing: Vec<_> = expected.open.difference(&running).collect();
    assert!(missing.is_empty(), "not found: {missing:?}");
    let never: Vec<_> = expected.resolved.difference(&ended).collect();
    assert!(never.is_empty(), "not found and ended: {never:?}");
    let allowed: BTreeSet<_> = expected.open.union(&expected.undecided).cloned().collect();
    let accused: Vec<_> = running.difference(&allowed).collect();
    assert!(accused.is_empty(), "wrongly open: {accused:?}");
    let known: BTreeSet<_> = allowed.union(&expected.resolved).cloned().collect();
    let invented: Vec<_> = ended.difference(&known).collect();
    assert!(invented.is_empty(), "wrongly opened: {invented:?}");
}

fn case_list(
    cases: &[Incident],
    accounts: &BTreeMap<AccountId, String>,
    sites: &BTreeMap<String, Site>,
) -> String {
    let lines: BTreeSet<String> = cases
        .iter()
        .map(|case| {
            let name = match about(case, accounts, sites) {
                About::Account(key) => key,
                About::Site(site) => site.to_string(),
            };
            // The key of a post hangs on the port at which it is served.
            let told = case.key.account.is_some() && !case.key.rule.is_content();
            let subject = if told { case.key.subject.as_str() } else { "" };
            format!("{name} {} [{subject}] {} {}", case.key.rule, case.level, case.state)
        })
        .collect();
    assert_eq!(lines.len(), cases.len(), "a case was opened twice");
    lines.into_iter().fold(String::new(), |text, line| text + &line + "\n")
}

fn mail_list(mails: &[Received], sites: &BTreeMap<String, Site>) -> String {
    let mut lines: Vec<String> = mails
        .iter()
        .map(|mail| {
            let named = sites.iter().fold(mail.subject.clone(), |subject, (address, site)| {
                subject.replace(address, site.as_str())
            });
            format!("{} {} {named}\n", mail.date.format("%dT%H:%MZ"), mail.to)
        })
        .collect();
    lines.sort_unstable();
    lines.concat()
}

/// The totals as Prometheus reads them; what depends on real time or on this machine is left out.
async fn metric_list(app: &App) -> String {
    let settings =
        web::Settings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..web::Settings::default() };
    let (listener, address) = web::bind(&settings).await.unwrap();
    let desk = web::Desk {
        store: app.store.clone(),
        metrics: app.metrics.clone(),
        clock: app.clock.clone(),
        settings,
        quarantine: app.config.main.schedule.quarantine,
    };
    let (stop, stopped) = watch::channel(false);
    let served = tokio::spawn(web::serve(listener, desk, stopped));
    let get = async |path: &str| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("http://{address}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    assert_eq!(get("/livez").await, "ok\n");
    assert_eq!(get("/readyz").await, "ok\n");
    let states = get("/metrics/accounts").await;
    let present = states
        .lines()
        .filter(|line| line.starts_with("xunwang_account_state{") && line.ends_with(" 1"))
        .count();
    let registered = app.store.list_register().await.unwrap().len();
    assert_eq!(present, registered, "each account is in exactly one state");
    let text = get("/metrics").await;
    stop.send(true).unwrap();
    served.await.unwrap().unwrap();
    let kept = text.lines().filter(|line| {
        let measured = ["_seconds", "fetch_bytes", "build_info", "store_retries"];
        !line.starts_with('#') && !line.ends_with(" 0") && !measured.iter().any(|word| line.contains(word))
    });
    kept.fold(String::new(), |text, line| text + line + "\n")
}

/// Compares with a list under review.
fn as_written(name: &str, text: &str) {
    let path = format!("{}/tests/golden/city/{name}", env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests")]
    if std::env::var("XUNWANG_BLESS").is_ok() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if written != text {
        let (before, after): (BTreeSet<&str>, BTreeSet<&str>) =
            (written.lines().collect(), text.lines().collect());
        let gone: Vec<_> = before.difference(&after).collect();
        let new: Vec<_> = after.difference(&before).collect();
        panic!("{name} differs\nno longer: {gone:#?}\nnew: {new:#?}");
    }
}
