//! A cookie of the operator's own account: where it goes, where it never goes, and what happens when it expires.

use crate::support::database::{Base, both};
use crate::support::fixture::{registered, watched, write};
use crate::support::office::{Office, Plan, key};
use crate::support::patience::{check, now, until};
use crate::support::rows;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use chrono::Duration;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;
use xunwang::app::App;
use xunwang::clock::{Clock, Manual};
use xunwang::config::Config;
use xunwang::model::account::{Kind, Registered, Source};
use xunwang::store::Store;

/// What nobody may ever see.
const TOKEN: &str = "a1b2c3SECRETd4e5f6";

/// A platform that shows a feed to whoever sends the cookie, and repeats the cookie to whoever it refuses.
struct Platform {
    port: u16,
    accepts: Arc<AtomicBool>,
    /// The cookies of all requests, with their paths.
    cookies: Arc<Mutex<Vec<(String, String)>>>,
}

impl Platform {
    /// `elsewhere`: the port that `/moved` leads to.
    async fn start(elsewhere: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (accepts, cookies) =
            (Arc::new(AtomicBool::new(true)), Arc::<Mutex<Vec<(String, String)>>>::default());
        let (open, seen) = (Arc::clone(&accepts), Arc::clone(&cookies));
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
            let cookie = headers.get(header::COOKIE).map_or("", |it| it.to_str().unwrap()).to_owned();
            seen.lock().unwrap().push((uri.path().to_owned(), cookie.clone()));
            let accepted = open.load(Ordering::SeqCst) && cookie.contains(TOKEN);
            async move {
                if uri.path() == "/moved" {
                    let to = format!("http://127.0.0.1:{elsewhere}/0");
                    return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
                }
                if !accepted {
                    let wall = format!("{{\"ok\":-100,\"url\":\"https://passport.example/\",\"cookie\":\"{cookie}\"}}");
                    return ([(header::CONTENT_TYPE, "application/json")], wall).into_response();
                }
                let item = format!(
                    "<item><title>通告</title><guid>1</guid><link>http://127.0.0.1/1</link><pubDate>{}</pubDate></item>",
                    (now() - Duration::hours(1)).to_rfc2822()
                );
                let body = format!("<rss version=\"2.0\"><channel><title>澄湖</title>{item}</channel></rss>");
                ([(header::CONTENT_TYPE, "application/rss+xml")], body).into_response()
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, accepts, cookies }
    }

    fn cookies(&self) -> Vec<(String, String)> {
        self.cookies.lock().unwrap().clone()
    }
}

/// An office with one account, read by a recipe with a secret.
async fn office(store: &Store, base: &Base, platform: &Platform, target: &str) -> Office {
    let office = Office::open(&Plan { interval: "1h", ..Plan::new(base.address(), 9) });
    let text = std::fs::read_to_string(office.file()).unwrap();
    std::fs::write(office.file(), format!("{text}[recipes.armed]\nsecret_file = \"armed.cookie\"\n"))
        .unwrap();
    let cookie = office.file().with_file_name("armed.cookie");
    std::fs::write(&cookie, format!("uid=7; session={TOKEN}\n")).unwrap();
    std::fs::set_permissions(&cookie, std::fs::Permissions::from_mode(0o600)).unwrap();
    let recipe = format!(
        "name = \"armed\"\nreader = \"feed\"\nbase = \"http://127.0.0.1:{}/\"\nurl = \"{{+target}}\"\n",
        platform.port
    );
    std::fs::write(office.file().with_file_name("platforms").join("armed.toml"), recipe).unwrap();
    let line = Registered {
        kind: Kind::Ordinary,
        pack: String::new(),
        sources: vec![Source { recipe: "armed".to_owned(), target: target.to_owned() }],
        ..registered(0)
    };
    let config = office.config();
    write(store, async |tx| tx.add_accounts(&[line], &|line| config.site_of(line), now()).await).await;
    office
}

async fn look(app: &App, clock: &Manual) {
    clock.advance(Duration::hours(1));
    app.store.make_due(None, None, clock.now()).await.unwrap();
    let (_stop, stopped) = watch::channel(false);
    app.settle(|_| {}, stopped).await.unwrap();
}

async fn expired(store: &Store) -> Vec<(String, String)> {
    let cases = rows::cases(store).await.into_iter().filter(|case| case.rule == "credential_expired");
    cases.map(|case| (case.subject, case.state)).collect()
}

fn run(office: &Office, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunwang"));
    command.arg("--config").arg(office.file()).args(arguments).env("RUST_LOG", "trace");
    command.output().unwrap()
}

fn words(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].concat().escape_ascii().to_string()
}

both! {
    async fn an_expired_secret_is_one_case_for_the_operator(store: Store, base: &Base) {
        let platform = Platform::start(9).await;
        let office = office(&store, base, &platform, "0").await;
        let clock = Manual::new(now());
        let app = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        look(&app, &clock).await;
        assert!(watched(&store, &key(0)).await.known.good_look.is_some());
        assert_eq!(expired(&store).await, []);
        platform.accepts.store(false, Ordering::SeqCst);
        look(&app, &clock).await;
        look(&app, &clock).await;
        let open = [("armed".to_owned(), "open".to_owned())];
        assert_eq!(expired(&store).await, open);
        let trouble = watched(&store, &key(0)).await.trouble;
        assert_eq!(trouble.failure.map(xunwang::model::visit::Failure::as_str), Some("credential"));
        assert!(!rows::everything(&store).await.contains(TOKEN));
        assert!(rows::cases(&store).await.iter().all(|case| case.key.is_empty()), "no account is at fault");
        // A restart knows of it, and ends it when the secret is accepted again.
        drop(app);
        let app = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        look(&app, &clock).await;
        assert_eq!(expired(&store).await, open);
        platform.accepts.store(true, Ordering::SeqCst);
        look(&app, &clock).await;
        assert_eq!(expired(&store).await, [("armed".to_owned(), "resolved".to_owned())]);
    }

    async fn an_expired_secret_that_was_replaced_is_tried_at_once(store: Store, base: &Base) {
        let platform = Platform::start(9).await;
        let office = office(&store, base, &platform, "0").await;
        let cookie = office.file().with_file_name("armed.cookie");
        let clock = Manual::new(now());
        let app = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        look(&app, &clock).await;
        let asked = |needle: &str| platform.cookies().iter().filter(|(_, cookie)| cookie.contains(needle)).count();
        // Another session; the platform has forgotten the account's.
        std::fs::write(&cookie, "uid=7; session=forgotten1234").unwrap();
        look(&app, &clock).await;
        assert_eq!((asked("forgotten1234"), expired(&store).await.len()), (1, 1));
        // Nothing is due, and the refused one is not tried again.
        let settle = async || {
            clock.advance(Duration::minutes(1));
            let (_stop, stopped) = watch::channel(false);
            app.settle(|_| {}, stopped).await.unwrap();
        };
        settle().await;
        assert_eq!(asked("forgotten1234"), 1);
        std::fs::write(&cookie, format!("uid=7; session={TOKEN}-new")).unwrap();
        settle().await;
        assert_eq!(asked(&format!("{TOKEN}-new")), 1);
        assert_eq!(expired(&store).await, [("armed".to_owned(), "resolved".to_owned())]);
        assert!(watched(&store, &key(0)).await.trouble.failure.is_none());
        // A file that cannot be used leaves the good one in force.
        std::fs::write(&cookie, "a=1\nb=2").unwrap();
        look(&app, &clock).await;
        assert_eq!(asked(&format!("{TOKEN}-new")), 2);
        assert!(!rows::everything(&store).await.contains(TOKEN));
    }

    async fn nothing_the_program_says_or_writes_holds_the_secret(store: Store, base: &Base) {
        let platform = Platform::start(9).await;
        let office = office(&store, base, &platform, "0").await;
        let mut said = String::new();
        for accepts in [true, false] {
            platform.accepts.store(accepts, Ordering::SeqCst);
            for arguments in [
                &["check"][..],
                &["probe", &key(0)],
                &["--json", "probe", &key(0)],
                &["--json", "probe", "--recipe", "armed", "--url", "0"],
                &["sweep"],
                &["explain", &key(0)],
                &["--json", "explain", &key(0)],
            ] {
                said.push_str(&words(&run(&office, arguments)));
            }
            let log = std::fs::File::options().create(true).append(true).open(office.log_file()).unwrap();
            let before = platform.cookies().len();
            store.make_due(None, None, now()).await.unwrap();
            let mut service = Command::new(env!("CARGO_BIN_EXE_xunwang"))
                .arg("--config")
                .arg(office.file())
                .arg("run")
                .env("RUST_LOG", "trace")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap();
            until("a look by the service", Duration::seconds(20), async || {
                check(platform.cookies().len() > before, || office.log())
            })
            .await;
            service.kill().unwrap();
            service.wait().unwrap();
        }
        said.push_str(&office.log());
        said.push_str(&rows::everything(&store).await);
        let configuration = format!("{:?}", office.config());
        said.push_str(&configuration);
        assert!(said.len() > 5_000 && said.contains("credential"), "{said}");
        assert!(!said.contains(TOKEN));
        // And yet it was sent, and to its own host every time.
        assert!(platform.cookies().iter().all(|(_, cookie)| cookie.contains(TOKEN)));
    }
}

#[tokio::test]
async fn the_secret_stays_on_its_host_and_is_never_carried_elsewhere() {
    let base = Base::sqlite();
    base.run(async |store| {
        let other = Platform::start(9).await;
        let platform = Platform::start(other.port).await;
        let office = office(&store, &base, &platform, "moved").await;
        let clock = Manual::new(now());
        let app = App::build(office.config(), Arc::new(clock.clone())).await.unwrap();
        look(&app, &clock).await;
        assert!(platform.cookies()[0].1.contains(TOKEN));
        assert_eq!(other.cookies(), [("/0".to_owned(), String::new())]);
        // A target that leads to another host does not take it there either.
        let recipes = office.config().recipes;
        let recipe = recipes.find("armed").unwrap();
        let request =
            |target: &str| recipe.request(target, xunwang::model::page::Validators::default()).unwrap();
        assert!(request("0").secret.is_some());
        let away = format!("http://127.0.0.1:{}/0", other.port);
        for target in [away.as_str(), "//elsewhere.example/0", "https://127.0.0.1.elsewhere.example/"] {
            assert!(request(target).secret.is_none(), "{target}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_is_a_mistake_and_an_exposed_one_a_warning() {
    let base = Base::sqlite();
    base.run(async |store| {
        let platform = Platform::start(9).await;
        let office = office(&store, &base, &platform, "0").await;
        let cookie = office.file().with_file_name("armed.cookie");
        let read = || {
            let text = std::fs::read_to_string(office.file()).unwrap();
            Config::read(&office.file(), &text, office.file().parent(), &[])
        };
        assert_eq!(read().unwrap().exposed_secrets(), []);
        std::fs::set_permissions(&cookie, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(read().unwrap().exposed_secrets().len(), 1);
        let checked = run(&office, &["check"]);
        assert!(checked.status.success() && String::from_utf8_lossy(&checked.stderr).contains("600"));
        std::fs::write(&cookie, format!("a={TOKEN}\nb=2")).unwrap();
        let mistakes = read().unwrap_err();
        assert!(
            mistakes[0].to_string().contains("Cookie") && !mistakes[0].to_string().contains(TOKEN),
            "{mistakes:?}"
        );
        std::fs::remove_file(&cookie).unwrap();
        let mistakes = read().unwrap_err();
        assert!(
            mistakes[0].key.contains("recipes.armed") && mistakes[0].reason.contains("无法读取"),
            "{mistakes:?}"
        );
        std::fs::write(&cookie, TOKEN).unwrap();
        let recipe = office.file().with_file_name("platforms").join("armed.toml");
        let text = std::fs::read_to_string(&recipe).unwrap();
        std::fs::write(&recipe, text.replace("127.0.0.1", "open.example")).unwrap();
        assert!(read().unwrap_err()[0].reason.contains("https"));
    })
    .await;
}
