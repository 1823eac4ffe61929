//! The outbox against a mail server that refuses, hangs, hangs up or is not there: nothing is lost, nobody else
//! waits, and the operator sees it.

use crate::support::database::both;
use crate::support::office::notify;
use crate::support::patience::{check, until};
use crate::support::real_smtp::Received;
use crate::support::room::Room;
use crate::support::rows;
use crate::support::smtp::{Act, At, Script, Sink, Taken};
use chrono::Duration;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Once;
use tempfile::NamedTempFile;
use xunwang::store::Store;

/// The recipients of the office's mails.
const OFFICE: [&str; 2] = ["gongkai@chenghu.example", "zhiban@chenghu.example"];
/// Longer than a failed first try waits, and than a worker that died keeps its mails.
const RETRY: Duration = Duration::seconds(65);

/// A port where nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn recipients(taken: &[Taken]) -> Vec<&str> {
    let mut recipients: Vec<&str> = taken.iter().flat_map(|mail| &mail.to).map(String::as_str).collect();
    recipients.sort_unstable();
    recipients
}

/// The mails to a recipient, as they can be read.
fn letters(sink: &Sink, recipient: &str) -> Vec<Received> {
    let taken = sink.taken().into_iter().filter(|mail| mail.to == [recipient]);
    taken.map(|mail| Received::read(&mail.content)).collect()
}

fn failed(reason: &str) -> String {
    format!("xunwang_notifications_failed_total{{channel=\"smtp\",reason=\"{reason}\"}}")
}

/// The state of the running or ended case about a recipient.
async fn undeliverable(store: &Store, recipient: &str) -> Vec<String> {
    let cases = rows::cases(store).await.into_iter();
    let about = cases.filter(|case| case.rule == "undeliverable" && case.subject == recipient);
    about.map(|case| case.state).collect()
}

thread_local! {
    /// Where the log of this thread goes.
    static KEPT: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// The log of this thread as long as it lives. One subscriber serves the whole process: with one for each thread, what a
/// line of code logs could be switched off by another thread that meets it first.
struct Log(NamedTempFile);

/// Writes to the file of the thread that logs, if it has one.
struct ToThread;

impl Write for ToThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        KEPT.with_borrow_mut(|kept| kept.as_mut().map_or(Ok(bytes.len()), |file| file.write(bytes)))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        static LISTENS: Once = Once::new();
        LISTENS.call_once(|| {
            let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(|| ToThread).finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
        });
        let file = NamedTempFile::new().unwrap();
        KEPT.set(Some(file.reopen().unwrap()));
        Self(file)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.0.path()).unwrap()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        KEPT.set(None);
    }
}

both! {
    async fn news_is_one_mail_for_each_recipient(store: Store) {
        let sink = Script::default().start().await;
        let room = Room::new(&store, &notify(sink.port()));
        for number in 0..5 {
            room.opens(number, &["ju@yunxi.example"]).await;
        }
        room.tells().await;
        assert_eq!(recipients(&sink.taken()), [OFFICE[0], "ju@yunxi.example", OFFICE[1]]);
        // However often it is gone over.
        for _ in 0..3 {
            room.tells().await;
        }
        assert_eq!(sink.taken().len(), 3);
        let keys: BTreeSet<_> =
            rows::deliveries(&store).await.into_iter().map(|mail| (mail.group_id, mail.sequence, mail.recipient)).collect();
        assert_eq!(keys.len(), 3);
    }

    async fn the_mails_of_a_group_are_one_thread(store: Store) {
        let sink = Script::default().start().await;
        let room = Room::new(&store, &notify(sink.port()));
        let first = room.opens(1, &[]).await;
        room.tells().await;
        room.worsens(first).await;
        room.tells().await;
        let second = room.opens(2, &[]).await;
        room.tells().await;
        room.ends(first).await;
        room.ends(second).await;
        room.tells().await;
        for recipient in OFFICE {
            let letters = letters(&sink, recipient);
            assert_eq!(letters.len(), 4, "{letters:?}");
            for (place, letter) in letters.iter().enumerate() {
                let before: Vec<_> = letters[..place].iter().map(|letter| letter.message_id.clone()).collect();
                assert_eq!(letter.references, before, "each mail points to those before it");
            }
        }
        let reasons: Vec<String> = rows::deliveries(&store).await.into_iter().map(|mail| mail.reason).collect();
        assert_eq!(reasons, ["first", "first", "added", "added", "added", "added", "all_resolved", "all_resolved"]);
    }

    async fn a_server_that_is_down_delays_mails_and_loses_none(store: Store) {
        let log = Log::start();
        let room = Room::new(&store, &notify(closed_port()));
        room.opens(1, &["ju@yunxi.example"]).await;
        room.tells().await;
        assert_eq!(room.figure(&failed("connect")).await, 3);
        assert_eq!(room.figure("xunwang_outbox_pending").await, 3);
        room.clock.advance(RETRY);
        assert_eq!(room.sends().await.unwrap(), 3);
        assert!(room.figure("xunwang_outbox_oldest_seconds").await >= 65);
        assert_eq!(room.figure("xunwang_outbox_dead").await, 0);
        let log = log.text();
        assert_eq!(log.matches("mail not delivered").count(), 6, "{log}");
        assert!(log.contains("kind=\"connect\"") && !log.contains("yunxi.example"), "{log}");

        let sink = Script::default().start().await;
        let room = room.reopened(&notify(sink.port()));
        room.clock.advance(RETRY * 2);
        room.sends().await.unwrap();
        assert_eq!(sink.taken().len(), 3);
        assert_eq!(room.figure("xunwang_outbox_pending").await, 0);
        assert_eq!(room.figure("xunwang_outbox_oldest_seconds").await, 0);
    }

    async fn whatever_happens_on_the_way_the_mail_arrives_later_as_it_was(store: Store) {
        let later = Act::Reply("451 4.7.1 greylisted, come back");
        let mut ways = vec![(At::Answer, Act::Cut, "io"), (At::Content, Act::Cut, "io"), (At::Data, Act::Cut, "io")];
        ways.extend([At::Mail, At::Rcpt, At::Data, At::Content].map(|at| (at, later, "transient")));
        ways.extend([At::Greeting, At::Hello].map(|at| (at, Act::Cut, "connect")));
        for (number, (at, act, reason)) in ways.into_iter().enumerate() {
            let sink = Script::default().once(at, act).start().await;
            let room = Room::new(&store, &notify(sink.port()));
            // Not at the time of the rounds before.
            room.clock.advance(Duration::hours(i64::try_from(number).unwrap()));
            room.opens(number, &[]).await;
            room.tells().await;
            assert_eq!(room.figure(&failed(reason)).await, 1, "{at:?} {act:?}");
            assert_eq!(room.figure("xunwang_outbox_pending").await, 1, "{at:?} {act:?}");
            room.clock.advance(RETRY);
            room.sends().await.unwrap();
            let taken = sink.taken();
            let both: BTreeSet<&str> = recipients(&taken).into_iter().collect();
            assert_eq!(both, BTreeSet::from(OFFICE), "{at:?} {act:?}");
            // The server had it and could not say so: it comes again, and everybody can see that it is the same.
            let twice = usize::from(at == At::Answer);
            assert_eq!(taken.len(), 2 + twice, "{at:?} {act:?}");
            let contents: BTreeSet<&[u8]> = taken.iter().map(|mail| mail.content.as_slice()).collect();
            assert_eq!(contents.len(), 2, "{at:?} {act:?}");
        }
        assert!(rows::deliveries(&store).await.iter().all(|mail| mail.state == "sent"));
    }

    async fn a_server_that_hangs_on_one_mail_holds_up_no_other(store: Store) {
        let steps = [At::Greeting, At::Hello, At::Mail, At::Rcpt, At::Data, At::Content, At::Answer];
        for (number, at) in steps.into_iter().enumerate() {
            let sink = Script::default().once(at, Act::Hang).start().await;
            let room = Room::new(&store, &notify(sink.port()).replace("timeout = \"1s\"", "timeout = \"60s\""));
            room.clock.advance(Duration::hours(i64::try_from(number).unwrap()));
            // More than are on their way at once.
            let owners: Vec<String> = (0..18).map(|owner| format!("ju{owner}@yunxi.example")).collect();
            room.opens(number, &owners.iter().map(String::as_str).collect::<Vec<_>>()).await;
            room.decides().await;
            let arrived = async {
                sink.hangs(at).await;
                until("the others", Duration::seconds(30), async || {
                    let arrived: BTreeSet<Vec<String>> = sink.taken().into_iter().map(|mail| mail.to).collect();
                    let expected = if at == At::Answer { 20 } else { 19 };
                    check(arrived.len() == expected, || format!("{at:?}: {arrived:?}"))?;
                    let sent = rows::deliveries(&store).await.into_iter().filter(|mail| mail.state == "sent").count();
                    check(sent == number * 20 + 19, || format!("{at:?}: {sent} noted"))
                })
                .await;
            };
            tokio::select! {
                sent = room.sends() => panic!("{at:?}: the pass ended with {sent:?} while a mail hangs"),
                // The process dies while the mail hangs.
                () = arrived => {}
            }
            room.clock.advance(Duration::seconds(60 + 11));
            assert_eq!(room.sends().await.unwrap(), 1, "{at:?}");
            let arrived: BTreeSet<Vec<String>> = sink.taken().into_iter().map(|mail| mail.to).collect();
            assert_eq!(arrived.len(), 20, "{at:?}");
            assert_eq!(room.figure("xunwang_outbox_pending").await, 0);
        }
    }

    async fn a_mail_that_hangs_is_given_up_after_its_time_and_tried_again(store: Store) {
        let sink = Script::default().once(At::Data, Act::Hang).start().await;
        let room = Room::new(&store, &notify(sink.port()));
        room.opens(1, &[]).await;
        room.tells().await;
        assert_eq!(room.figure(&failed("timeout")).await, 1);
        assert_eq!(sink.taken().len(), 1);
        room.clock.advance(RETRY);
        room.sends().await.unwrap();
        assert_eq!(recipients(&sink.taken()), OFFICE);
    }

    async fn a_wrong_password_delays_mails_until_it_is_mended(store: Store) {
        let sink = Script::default().login("xunwang", "s3cret").start().await;
        let with = |password: &str| {
            let login = format!("username = \"xunwang\", password = \"{password}\", timeout");
            notify(sink.port()).replacen("timeout", &login, 1)
        };
        let room = Room::new(&store, &with("secret"));
        room.opens(1, &[]).await;
        room.tells().await;
        assert_eq!(room.figure(&failed("auth")).await, 2);
        assert_eq!(room.figure("xunwang_outbox_pending").await, 2);
        let room = room.reopened(&with("s3cret"));
        room.clock.advance(RETRY);
        room.sends().await.unwrap();
        assert_eq!(recipients(&sink.taken()), OFFICE);
    }

    async fn a_refused_recipient_is_a_case_for_the_operator_until_a_mail_arrives(store: Store) {
        let log = Log::start();
        let sink = Script::default().refuse(OFFICE[0], "550 5.1.1 no such user").start().await;
        let room = Room::new(&store, &notify(sink.port()));
        room.opens(1, &[]).await;
        room.tells().await;
        assert_eq!(recipients(&sink.taken()), [OFFICE[1]]);
        assert_eq!(room.figure(&failed("permanent")).await, 1);
        assert_eq!(room.figure("xunwang_outbox_dead").await, 1);
        assert_eq!(room.figure("xunwang_outbox_pending").await, 0);
        assert_eq!(undeliverable(&store, OFFICE[0]).await, ["open"]);
        let log = log.text();
        assert!(log.contains("given_up=true"), "{log}");
        room.tells().await;
        let told = letters(&sink, "yunwei@chenghu.example");
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains(OFFICE[0]) && told[0].text.contains("no such user"), "{}", told[0].text);
        // It is one case however many mails die of it.
        room.opens(2, &[]).await;
        room.tells().await;
        room.tells().await;
        assert_eq!(undeliverable(&store, OFFICE[0]).await, ["open"]);
        assert_eq!(letters(&sink, "yunwei@chenghu.example").len(), 1);

        let sink = Script::default().start().await;
        let room = room.reopened(&notify(sink.port()));
        room.opens(3, &[]).await;
        room.tells().await;
        assert_eq!(recipients(&sink.taken()), OFFICE);
        assert_eq!(undeliverable(&store, OFFICE[0]).await, ["resolved"]);
        room.tells().await;
        assert_eq!(letters(&sink, "yunwei@chenghu.example").len(), 1, "the operator hears of the end");
    }

    async fn an_operator_whose_other_address_is_dead_hears_of_it(store: Store) {
        let two = "email = [\"yunwei@chenghu.example\", \"beifen@chenghu.example\"]";
        let sink = Script::default().refuse("yunwei@chenghu.example", "550 5.1.1 no such user").start().await;
        let text = notify(sink.port()).replace("email = [\"yunwei@chenghu.example\"]", two);
        let room = Room::new(&store, &text.replace("[\"fail\", \"deduction\"]", "[\"fail\"]"));
        // Nobody but the operator hears of this one.
        room.opens(1, &[]).await;
        room.tells().await;
        room.tells().await;
        let told = letters(&sink, "beifen@chenghu.example");
        assert_eq!(told.len(), 2);
        assert!(told[1].text.contains("yunwei@chenghu.example"), "{}", told[1].text);
        assert_eq!(undeliverable(&store, "yunwei@chenghu.example").await, ["open"]);
    }

    async fn a_given_up_mail_and_its_case_are_written_together_or_not_at_all(store: Store) {
        let sink = Script::default().refuse(OFFICE[0], "550 5.1.1 no such user").start().await;
        let one = notify(sink.port()).replace(&format!(", \"{}\"", OFFICE[1]), "");
        let room = Room::new(&store, &one);
        room.opens(1, &[]).await;
        room.decides().await;
        rows::execute(&store, "ALTER TABLE event RENAME TO event_away").await;
        room.sends().await.unwrap_err();
        rows::execute(&store, "ALTER TABLE event_away RENAME TO event").await;
        assert_eq!(rows::deliveries(&store).await[0].state, "pending");
        assert!(undeliverable(&store, OFFICE[0]).await.is_empty());
        room.clock.advance(RETRY);
        room.sends().await.unwrap();
        assert_eq!(rows::deliveries(&store).await[0].state, "dead");
        assert_eq!(undeliverable(&store, OFFICE[0]).await, ["open"]);
    }
}
