//! What posts say, seen through the whole service: a case for each post and rule, its mail, its end and its dismissal.
//!
//! In: a feed on the loopback whose posts change, and a clock that stands still until it is moved. Out: which cases
//! run after each step, and what the mails say.

use crate::support::browser::browser;
use crate::support::database::both;
use crate::support::fixture::{registered, write};
use crate::support::office::{Office, Plan};
use crate::support::rows;
use axum::Router;
use axum::http::Uri;
use axum::response::Html;
use chrono::{DateTime, Duration, Utc};
use mail_parser::MessageParser;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual, SharedClock, System};
use xunwang::config::Config;
use xunwang::model::account::{AccountId, Platform, Registered, Source};
use xunwang::model::finding::{Level, Rule};
use xunwang::model::host::{HostLink, HostState};
use xunwang::model::incident::{Incident, State};
use xunwang::model::post::{Origin, PostKey};
use xunwang::store::cases::Wanted;

const MAIN: &str = r#"
[store]
data_dir = "{data}"

[schedule]
gather = "1m"

[schedule.cadence]
min_interval = "1h"
max_interval = "2h"

[fetch]
allow_private = ["127.0.0.0/8"]
robots = false
"#;

const NOTIFY: &str = r#"
[mail]
transport = "directory"
directory = "{data}/mails"
from = { name = "巡网", address = "xunwang@example.cn" }

[timing]
group_wait = "1m"
resolve_delay = "1m"
repeat_interval = "30d"
digest_at = "08:00"

[[office]]
name = "澄湖市政务公开办"
email = ["office@example.cn"]

[owner]
enabled = true

[operator]
email = ["ops@example.cn"]
"#;

const ROSTER: &str = "发放名单：李小禾，身份证号11010519491231002X，手机13912345678。";
const CONTACT: &str = "报名联系人：王老师 13712345678。";
const PLAIN: &str = "会议听取了防汛工作汇报，部署下一步工作。";

/// A post of the feed: its number, its title and its text.
type Item = (u32, &'static str, &'static str);

/// The service, the feed and the time.
struct Desk {
    app: App,
    clock: Manual,
    items: Arc<Mutex<Vec<Item>>>,
    folder: tempfile::TempDir,
    base: String,
}

impl Desk {
    /// Opens at nine in the morning, after the day's digest.
    async fn open(store: &str) -> Self {
        Self::open_with(store, "").await
    }

    /// The same with more settings.
    async fn open_with(store: &str, settings: &str) -> Self {
        let start = DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().to_utc();
        let clock = Manual::new(start);
        let items = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shown = Arc::clone(&items);
        let router = Router::new().fallback(move |uri: Uri| {
            let delay = if uri.path() == "/later" { 2 } else { 0 };
            let body = feed(&shown.lock().unwrap(), start + Duration::hours(delay));
            async move { body }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        std::fs::write(folder.path().join("notify.toml"), NOTIFY.replace("{data}", &data)).unwrap();
        let file = folder.path().join("xunwang.toml");
        let mut config =
            Config::read(&file, &(MAIN.replace("{data}", &data) + settings), Some(folder.path()), &[])
                .unwrap();
        store.clone_into(&mut config.store_address);
        let shared: SharedClock = Arc::new(clock.clone());
        let app = App::build(config, shared).await.unwrap();
        let line = Registered {
            sources: vec![Source { recipe: "feed".to_owned(), target: format!("{base}/feed") }],
            email: vec!["owner@example.cn".to_owned()],
            ..registered(1)
        };
        write(&app.store, async |tx| {
            tx.add_accounts(std::slice::from_ref(&line), &|_| "site.example:443".to_owned(), start).await
        })
        .await;
        Self { app, clock, items, folder, base }
    }

    /// The account of a site, whose list stands there.
    async fn watches_site(&self, address: &str) {
        let line = Registered {
            platform: Platform::Website,
            sources: vec![Source { recipe: "gov-list".to_owned(), target: format!("http://{address}/") }],
            ..registered(3)
        };
        let now = self.clock.now();
        write(&self.app.store, async |tx| {
            tx.add_accounts(std::slice::from_ref(&line), &|_| "site.example:443".to_owned(), now).await
        })
        .await;
    }

    /// Another account of another body, which tells the same two hours later.
    async fn is_echoed(&self) {
        let line = Registered {
            sources: vec![Source { recipe: "feed".to_owned(), target: format!("{}/later", self.base) }],
            owner: "云溪县气象局".to_owned(),
            verified_subject: "云溪县气象局".to_owned(),
            name: "云溪气象".to_owned(),
            ..registered(2)
        };
        let now = self.clock.now();
        write(&self.app.store, async |tx| {
            tx.add_accounts(std::slice::from_ref(&line), &|_| "site.example:443".to_owned(), now).await
        })
        .await;
    }

    async fn shows(&self, items: &[Item]) {
        items.clone_into(&mut self.items.lock().unwrap());
        self.passes(3).await;
    }

    async fn passes(&self, hours: i64) {
        let (_stop, stopped) = watch::channel(false);
        let end = self.clock.now() + Duration::hours(hours);
        while self.clock.now() < end {
            self.app.settle(|_| {}, stopped.clone()).await.unwrap();
            self.clock.advance(Duration::minutes(5));
        }
    }

    /// The cases about content, as they stand.
    async fn cases(&self) -> Vec<Incident> {
        let all = self.app.store.list_cases(Wanted::All).await.unwrap();
        all.into_iter().map(|case| case.incident).filter(|case| case.key.rule.is_content()).collect()
    }

    async fn standing(&self) -> Vec<(Rule, Level, State)> {
        self.cases().await.iter().map(|case| (case.key.rule, case.level, case.state)).collect()
    }

    /// Recipient, subject and text of the mails in the folder, in the order of writing.
    fn mails(&self) -> Vec<(String, String, String)> {
        let folder = self.folder.path().join("mails");
        let files = std::fs::read_dir(folder).into_iter().flatten();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |file: &std::path::PathBuf| {
            let bytes = std::fs::read(file).unwrap();
            let mail = MessageParser::new().parse(&bytes).unwrap();
            let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap();
            (to.to_owned(), mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned())
        };
        files.iter().map(read).collect()
    }

    async fn closes(&self, case: &Incident) {
        let mut tx = self.app.store.begin().await.unwrap();
        tx.end_incidents(&[case.id], State::Closed, self.clock.now(), "值班员").await.unwrap();
        tx.touch_all_groups(self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// What the feed shows; under `/later` it tells the same two hours later.
fn feed(items: &[Item], start: DateTime<Utc>) -> String {
    let items = items.iter().map(|(number, title, text)| {
        // The higher its number, the younger a post.
        let when = (start - Duration::hours(100 - i64::from(*number))).to_rfc2822();
        format!(
            "<item><guid>{number}</guid><title>{title}</title><description>{text}</description>\
             <link>https://www.yunxi.gov.cn/{number}.html</link><pubDate>{when}</pubDate></item>"
        )
    });
    let items: Vec<String> = items.collect();
    let items = items.concat();
    format!("<rss version=\"2.0\"><channel><title>云溪发布</title>{items}</channel></rss>")
}

/// Words that say nothing about whose they are.
const ADVICE: &str = "冬天空气干燥，室内可以放一盆水或者几株绿植，每天开窗通风两次，每次半个小时，出门记得戴好帽子和手套，喝温水，早睡早起。";

/// A site that shows a list with this title.
async fn site(title: Arc<Mutex<&'static str>>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new().fallback(move || {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{}</title></head><body></body></html>",
            title.lock().unwrap()
        );
        async move { Html(page) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// The text of a post that links there.
fn linking(host: &str) -> &'static str {
    format!("{PLAIN}&lt;a href=\"http://{host}/zl/1.html\"&gt;详见&lt;/a&gt;").leak()
}

both! {
    async fn a_link_to_a_site_that_somebody_else_took_over_is_told_until_the_site_is_mended(_store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        let title = Arc::new(Mutex::new("云溪县数字图书馆"));
        let host = site(Arc::clone(&title)).await;
        desk.shows(&[(1, "讲座预告", linking(&host))]).await;
        assert_eq!(desk.standing().await, []);
        // It is looked at again after a week; nobody knows before.
        *title.lock().unwrap() = "此域名正在出售";
        desk.passes(8 * 24).await;
        assert_eq!(desk.standing().await, [(Rule::Links, Level::Suspected, State::Open)]);
        let case = desk.cases().await.remove(0);
        assert_eq!(case.key.subject, host);
        assert!(case.evidence.summary.contains("1条信息链接到127.0.0.1：网页标题为“此域名正在出售”"), "{}", case.evidence.summary);
        assert!(case.evidence.passages[0].quote.contains("/zl/1.html"), "{:?}", case.evidence);
        *title.lock().unwrap() = "云溪县数字图书馆";
        desk.passes(30).await;
        assert_eq!(desk.standing().await, [(Rule::Links, Level::Suspected, State::Resolved)]);
    }

    async fn a_defaced_page_is_told_with_a_picture_of_it_where_there_is_a_browser(_store: Store, base: &Base) {
        let Some(program) = browser() else { return };
        let settings = format!("[browser]\nprogram = {:?}\nsandbox = false\n", program.display().to_string());
        let desk = Desk::open_with(base.address(), &settings).await;
        let title = Arc::new(Mutex::new("澳门新葡京娱乐官网"));
        desk.watches_site(&site(title).await).await;
        desk.passes(2).await;
        let looks = desk.app.store.list_visits(AccountId(2), desk.clock.now(), 3).await.unwrap();
        assert_eq!(desk.standing().await, [(Rule::Defaced, Level::Suspected, State::Open)], "{looks:?}");
        let case = desk.cases().await.remove(0);
        desk.app.store.close().await;
        let zip = desk.folder.path().join("case.zip");
        let office = Office::open(&Plan::new(base.address(), 9));
        let number = case.id.0.to_string();
        let out = xunwang(&office, &["evidence", "export", &number, "--out", zip.to_str().unwrap()]);
        let kinds: Vec<_> = out["records"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["response", "extract", "screenshot"]);
        assert_eq!(xunwang(&office, &["evidence", "verify"])["broken"].as_array().unwrap().len(), 0);
        let mut zip = zip::ZipArchive::new(std::fs::File::open(zip).unwrap()).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let picture = names.iter().find(|name| name.starts_with("screenshot-")).unwrap_or_else(|| panic!("{names:?}"));
        let mut png = Vec::new();
        zip.by_name(picture).unwrap().read_to_end(&mut png).unwrap();
        assert_eq!(image::load_from_memory(&png).unwrap().width(), 1280);
    }

    async fn a_host_is_looked_at_while_time_goes_on(_store: Store, base: &Base) {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        std::fs::write(folder.path().join("notify.toml"), NOTIFY.replace("{data}", &data)).unwrap();
        let file = folder.path().join("xunwang.toml");
        let mut config = Config::read(&file, &MAIN.replace("{data}", &data), Some(folder.path()), &[]).unwrap();
        base.address().clone_into(&mut config.store_address);
        // The real time never stands still between two steps.
        let app = App::build(config, Arc::new(System)).await.unwrap();
        let host = site(Arc::new(Mutex::new("云溪县数字图书馆"))).await;
        let link = HostLink {
            account: AccountId(1),
            post: PostKey(1),
            host: host.clone(),
            root: format!("http://{host}/"),
            href: format!("http://{host}/a"),
            words: "详见".to_owned(),
        };
        write(&app.store, async |tx| tx.note_links(std::slice::from_ref(&link), System.now()).await).await;
        assert_eq!(app.scheduler.look_at_hosts().await.unwrap(), 1);
        let hosts = app.store.hosts(&[1]).await.unwrap();
        assert_eq!((hosts[0].name.as_str(), hosts[0].standing.state), (host.as_str(), HostState::Alive));
        assert_eq!(app.scheduler.look_at_hosts().await.unwrap(), 0);
        app.store.close().await;
    }

    async fn a_dead_link_is_minor_and_told_after_days_and_ends_when_it_is_taken_out(_store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        let closed = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let dead = linking(&closed.to_string());
        desk.shows(&[(1, "讲座预告", dead)]).await;
        desk.passes(80).await;
        assert_eq!(desk.standing().await, [], "nothing answers: it may be our own line");
        let host = site(Arc::new(Mutex::new("云溪县数字图书馆"))).await;
        desk.shows(&[(2, "新书上架", linking(&host)), (1, "讲座预告", dead)]).await;
        desk.passes(40).await;
        assert_eq!(desk.standing().await, [], "two days are not over");
        desk.passes(48).await;
        assert_eq!(desk.standing().await, [(Rule::Links, Level::Reminder, State::Open)]);
        let case = desk.cases().await.remove(0);
        assert!(case.evidence.summary.contains("次查看均无法建立连接"), "{}", case.evidence.summary);
        desk.shows(&[(2, "新书上架", linking(&host)), (1, "讲座预告", PLAIN)]).await;
        desk.passes(3).await;
        assert_eq!(desk.standing().await, [(Rule::Links, Level::Reminder, State::Resolved)]);
    }

    async fn a_text_that_another_unit_published_before_is_its_repost(_store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        desk.shows(&[(2, "冬天怎样过得舒服", ADVICE), (1, "会议", PLAIN)]).await;
        desk.is_echoed().await;
        desk.passes(3).await;
        let now = desk.clock.now();
        let of = async |account| {
            let posts = desk.app.store.list_posts(AccountId(account), now, 10).await.unwrap();
            posts.into_iter().find(|it| it.post.text == ADVICE).map(|it| (it.post.origin, it.post.source)).unwrap()
        };
        assert_eq!(of(1).await, (Origin::Unknown, None));
        assert_eq!(of(2).await, (Origin::Repost, Some("澄湖发布1".to_owned())));
        // What is held in memory can be read back: the newest first.
        let mut texts = Vec::new();
        let since = now - Duration::days(1);
        desk.app.store.recent_texts(since, 2, |account, _, text| texts.push((account.0, text.to_owned()))).await.unwrap();
        assert_eq!(texts.len(), 2);
        assert!(texts.iter().all(|(account, _)| *account == 2), "{texts:?}");
    }

    async fn a_leak_is_told_at_once_to_the_owner_and_the_office_and_is_over_when_the_post_is_mended(_store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        desk.shows(&[(2, "补贴发放公示", ROSTER), (1, "会议", PLAIN)]).await;
        assert_eq!(desk.standing().await, [(Rule::Privacy, Level::Suspected, State::Open)]);
        let mails = desk.mails();
        let mut recipients: Vec<_> = mails.iter().map(|(recipient, _, _)| recipient.as_str()).collect();
        recipients.sort_unstable();
        assert_eq!(recipients, ["office@example.cn", "owner@example.cn"]);
        for (_, subject, text) in &mails {
            assert!(subject.contains("疑似泄露个人信息"), "{subject}");
            assert!(text.contains("身份证件号码1处、手机号码1处") && text.contains("/2.html"), "{text}");
            // The mail must not spread what it warns of.
            assert!(!text.contains("11010519491231002X") && !text.contains("13912345678"), "{text}");
            assert!(text.contains("政府信息公开条例"), "{text}");
        }
        // The post scrolls out of the list: nobody has read it again, so nothing is over.
        desk.shows(&[(4, "培训", PLAIN), (3, "调研", PLAIN)]).await;
        assert_eq!(desk.standing().await, [(Rule::Privacy, Level::Suspected, State::Open)]);
        // It comes back mended.
        desk.shows(&[(4, "培训", PLAIN), (3, "调研", PLAIN), (2, "补贴发放公示", "发放名单：李小禾等12人。")])
            .await;
        assert_eq!(desk.standing().await, [(Rule::Privacy, Level::Suspected, State::Resolved)]);
        let mails = desk.mails();
        assert_eq!(mails.len(), 4);
        assert!(mails[2].2.contains("原文已修改或已撤下"), "{}", mails[2].2);
        desk.app.store.close().await;
    }

    async fn what_is_minor_waits_for_the_daily_digest(_store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        desk.shows(&[(1, "夏令营报名须知", CONTACT)]).await;
        assert_eq!(desk.standing().await, [(Rule::Privacy, Level::Reminder, State::Open)]);
        assert_eq!(desk.mails(), []);
        // Until eight o'clock of the next morning.
        desk.passes(21).await;
        let mails = desk.mails();
        assert_eq!(mails.len(), 2, "{mails:?}");
        // And never again.
        desk.passes(48).await;
        assert_eq!(desk.mails().len(), 2);
        desk.app.store.close().await;
    }

    async fn what_a_person_dismissed_in_a_text_is_not_told_again_and_what_is_new_in_it_is(_store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        desk.shows(&[(1, "寻人启事", "李小禾的手机号码是13912345678，请协助寻找。")]).await;
        let cases = desk.cases().await;
        desk.closes(&cases[0]).await;
        // An edit elsewhere, and the same words in another post: both are what was dismissed.
        let again = "李小禾的手机号码是13912345678，请协助寻找。";
        desk.shows(&[(2, "再发寻人启事", again), (1, "寻人启事（更新）", again)]).await;
        assert_eq!(desk.standing().await, [(Rule::Privacy, Level::Suspected, State::Closed)]);
        // Another number is another fact.
        let more = "李小禾的手机号码是13912345678，请协助寻找。\n其母王小麦的手机号码是13887654321。";
        desk.shows(&[(2, "再发寻人启事", again), (1, "寻人启事（再更新）", more)]).await;
        let cases = desk.cases().await;
        assert_eq!(cases.len(), 2, "{cases:?}");
        assert_eq!(cases[1].evidence.summary, "手机号码1处");
        assert!(cases[1].evidence.passages[0].quote.contains("138******21"), "{cases:?}");
        desk.app.store.close().await;
    }

    async fn a_post_that_was_withdrawn_ends_its_case_and_one_that_comes_back_opens_it_again(store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        let leak = (3, "补贴发放公示", ROSTER);
        desk.shows(&[(4, "调研", PLAIN), leak, (2, "会议", PLAIN), (1, "培训", PLAIN)]).await;
        desk.shows(&[(4, "调研", PLAIN), (2, "会议", PLAIN), (1, "培训", PLAIN)]).await;
        assert_eq!(desk.standing().await, [(Rule::Privacy, Level::Suspected, State::Resolved)]);
        let changes = store.list_changes(AccountId(1), desk.clock.now(), 9).await.unwrap();
        assert_eq!(changes.iter().map(|it| (it.title.as_str(), it.before.clone())).collect::<Vec<_>>(), [("补贴发放公示", None)]);
        desk.shows(&[(4, "调研", PLAIN), leak, (2, "会议", PLAIN), (1, "培训", PLAIN)]).await;
        assert_eq!(
            desk.standing().await,
            [(Rule::Privacy, Level::Suspected, State::Resolved), (Rule::Privacy, Level::Suspected, State::Open)]
        );
        assert_eq!(store.list_changes(AccountId(1), desk.clock.now(), 9).await.unwrap(), []);
        desk.app.store.close().await;
    }

    async fn what_was_seen_is_exported_opens_elsewhere_and_a_change_shows(store: Store, base: &Base) {
        let desk = Desk::open(base.address()).await;
        desk.shows(&[(3, "要闻", PLAIN), (2, "补贴发放公示", ROSTER), (1, "报名", CONTACT)]).await;
        desk.app.store.close().await;
        let office = Office::open(&Plan::new(base.address(), 9));
        let listed = xunwang(&office, &["case", "list"]);
        let numbers: Vec<i64> = listed.as_array().unwrap().iter().map(|it| it["case"].as_i64().unwrap()).collect();
        assert_eq!(numbers.len(), 2);

        // Each case has its own extract; the answer, which both rest on, is kept once.
        let folder = tempfile::tempdir().unwrap();
        for number in &numbers {
            let (zip, warc) = (folder.path().join("case.zip"), folder.path().join("case.warc.gz"));
            let number = number.to_string();
            let out = xunwang(&office, &["evidence", "export", &number, "--out", zip.to_str().unwrap()]);
            let kinds: Vec<_> = out["records"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
            assert_eq!(kinds, ["response", "extract"]);
            let mut archive = zip::ZipArchive::new(std::fs::File::open(&zip).unwrap()).unwrap();
            let mut page = String::new();
            archive.by_name("index.html").unwrap().read_to_string(&mut page).unwrap();
            assert!(page.contains("疑似泄露个人信息") && !page.contains("13912345678"), "{page}");
            assert!(archive.by_name("sha256.txt").is_ok() && archive.len() == 3);
            xunwang(&office, &["evidence", "export", &number, "--format", "warc", "--out", warc.to_str().unwrap()]);
            opens_elsewhere(&warc);
        }
        assert_eq!(store.walk_records(0, 99).await.unwrap().len(), 3);
        assert_eq!(xunwang(&office, &["evidence", "verify"])["broken"].as_array().unwrap().len(), 0);

        // What is no longer kept leaves its hashes, and the chain holds.
        assert_eq!(store.forget_payloads(desk.clock.now() + Duration::days(1)).await.unwrap(), 3);
        assert_eq!(xunwang(&office, &["evidence", "verify"])["broken"].as_array().unwrap().len(), 0);

        // Somebody changes a letter.
        rows::tamper(&store, "UPDATE record SET url = url || 'x' WHERE number = 2").await;
        let verified = run(&office, &["evidence", "verify"]);
        assert_eq!(verified.status.code(), Some(3));
        let said: Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!(said["broken"][0]["number"], 2);
        rows::tamper(&store, "DELETE FROM record WHERE number = 3").await;
        assert_eq!(run(&office, &["evidence", "verify"]).status.code(), Some(3));

        // A word about a case.
        let first = numbers[0].to_string();
        assert_eq!(xunwang(&office, &["case", "acknowledge", &first, "--by", "值班员"])["changed"][0], numbers[0]);
        assert_eq!(xunwang(&office, &["case", "close", &first])["state"], "closed");
        assert_eq!(xunwang(&office, &["case", "close", &first])["unchanged"][0], numbers[0]);
        assert_eq!(xunwang(&office, &["case", "list"]).as_array().unwrap().len(), 1);
        assert_eq!(xunwang(&office, &["case", "list", "--all", "--rule", "privacy"]).as_array().unwrap().len(), 2);
        assert_eq!(run(&office, &["case", "show", "99"]).status.code(), Some(1));
        let told = run_plainly(&office, &["case", "show", &first]);
        assert!(told.contains("身份证件号码") && told.contains("已办结") && !told.contains("13912345678"), "{told}");
    }

    async fn a_required_repost_is_followed_until_it_is_carried_as_it_was(_store: Store, base: &Base) {
        const TITLE: &str = "国务院办公厅关于加强冬季取暖保障工作的通知";
        let desk = Desk::open(base.address()).await;
        desk.shows(&[(40, "会议", PLAIN), (1, "培训", PLAIN)]).await;
        let office = Office::open(&Plan::new(base.address(), 9));
        let deadline = (desk.clock.now() + Duration::hours(6)).to_rfc3339();
        let from = (desk.clock.now() - Duration::hours(90)).to_rfc3339();
        let add = ["task", "add", "--title", TITLE, "--from", &from, "--deadline", &deadline];
        assert_eq!(xunwang(&office, &add)["accounts"], 1);
        assert_eq!(run(&office, &[&add[..], &["--region", "999999"]].concat()).status.code(), Some(1));
        let state = || xunwang(&office, &["task", "show", "1"])["accounts"][0]["state"].as_str().unwrap().to_owned();
        desk.passes(3).await;
        assert_eq!(desk.standing().await, []);
        desk.passes(6).await;
        assert_eq!(desk.standing().await, [(Rule::RepostMissed, Level::Deduction, State::Open)]);
        assert_eq!(state(), "missing");
        // Late, and under another title.
        desk.shows(&[(41, "重磅！国务院办公厅关于加强冬季取暖保障工作的通知来了", PLAIN), (40, "会议", PLAIN), (1, "培训", PLAIN)]).await;
        assert_eq!(
            desk.standing().await,
            [
                (Rule::RepostMissed, Level::Deduction, State::Resolved),
                (Rule::TitleAltered, Level::Suspected, State::Open)
            ]
        );
        // As it was.
        desk.shows(&[(42, TITLE, PLAIN), (40, "会议", PLAIN), (1, "培训", PLAIN)]).await;
        let standing = desk.standing().await;
        assert_eq!(standing[1], (Rule::TitleAltered, Level::Suspected, State::Resolved), "{standing:?}");
        assert_eq!(xunwang(&office, &["task", "close", "1"])["closed"], true);
        assert!(xunwang(&office, &["task", "list"])[0]["closed_at"].is_string());
        desk.app.store.close().await;
    }
}

/// Runs a command of the real program.
fn run(office: &Office, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunwang"));
    command.arg("--config").arg(office.file()).arg("--json").args(arguments).output().unwrap()
}

/// What a command that succeeds prints as JSON.
fn xunwang(office: &Office, arguments: &[&str]) -> Value {
    let output = run(office, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a command prints for people.
fn run_plainly(office: &Office, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunwang"));
    let output = command.arg("--config").arg(office.file()).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Opens an archive with the reader of another project and lets it check every digest.
fn opens_elsewhere(warc: &Path) {
    let python = std::env::var_os("XUNWANG_TEST_WARCIO").unwrap_or_default();
    let warcio = |arguments: &[&str]| {
        let mut command = Command::new("python3");
        command.env("PYTHONPATH", &python).args(["-m", "warcio.cli"]).args(arguments).arg(warc).output()
    };
    let there = Command::new("python3").env("PYTHONPATH", &python).args(["-c", "import warcio"]).output();
    if !there.is_ok_and(|it| it.status.success()) {
        let _ = writeln!(std::io::stderr(), "skipped with another reader of WARC: warcio is not installed");
        return;
    }
    let checked = warcio(&["check", "-v"]).unwrap();
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && said.contains("digest pass") && !said.contains("fail"), "{said}");
    let index = warcio(&["index", "-f", "warc-type,warc-target-uri,http:status"]).unwrap();
    let index = String::from_utf8(index.stdout).unwrap();
    let kinds: Vec<String> = index
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["warc-type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["warcinfo", "response", "request", "metadata"], "{index}");
    assert!(index.contains("\"200\""), "{index}");
}
