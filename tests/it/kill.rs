//! The real program is killed again and again, and nothing is lost: no case, no mail, and nothing comes twice
//! but a mail that was taken at the very instant of a kill, and then under the same name.

use crate::support::database::both;
use crate::support::office::{Office, Plan, key};
use crate::support::origin::Origin;
use crate::support::patience::{check, now, until};
use crate::support::program::Program;
use crate::support::real_smtp::Received;
use crate::support::rows::{self, Delivery};
use crate::support::smtp::{Act, At, Script, Sink};
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use xunwang::clock::{Clock, System};
use xunwang::store::Store;
use xxhash_rust::xxh3::xxh3_64;

const ACCOUNTS: usize = 45;
const KILLS: usize = 20;
/// Whatever is to come must have come by then.
const LIMIT: Duration = Duration::seconds(60);

/// A third of the accounts.
fn silent() -> BTreeSet<usize> {
    (0..ACCOUNTS).step_by(3).collect()
}

/// Those of them that post while the kills go on.
fn recovering() -> BTreeSet<usize> {
    silent().into_iter().step_by(2).collect()
}

/// 20 to 600 milliseconds, different in each round and the same in each run.
fn life_span(round: usize) -> Duration {
    Duration::milliseconds(20 + i64::try_from(xxh3_64(&round.to_le_bytes()) % 581).unwrap())
}

/// Waits for a few seconds until something holds. Returns whether it does.
async fn soon(holds: impl Fn() -> bool) -> bool {
    let deadline = now() + Duration::seconds(5);
    while !holds() && now() < deadline {
        System.sleep(Duration::milliseconds(2)).await;
    }
    holds()
}

fn keys(accounts: &BTreeSet<usize>) -> BTreeSet<String> {
    accounts.iter().map(|number| key(*number)).collect()
}

/// The mails by Message-ID, each as often as it was taken.
fn taken(sink: &Sink) -> BTreeMap<String, Vec<(String, Vec<u8>)>> {
    let mut taken: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for mail in sink.taken() {
        let id = format!("<{}>", Received::read(&mail.content).message_id);
        assert_eq!(mail.to.len(), 1, "a mail goes to one recipient");
        taken.entry(id).or_default().push((mail.to[0].clone(), mail.content));
    }
    taken
}

/// The accounts whose case of a rule is in one of these states.
async fn accounts_with(store: &Store, rule: &str, states: &[&str]) -> BTreeSet<String> {
    let cases = rows::cases(store).await;
    let these = cases.into_iter().filter(|case| case.rule == rule && states.contains(&case.state.as_str()));
    these.map(|case| case.key).collect()
}

/// Waits until nothing is owed: every case is as it should be and told as it is, and every mail has left.
async fn settled(store: &Store, running: &BTreeSet<String>) {
    until("everything told", LIMIT, async || {
        let now_running = accounts_with(store, "not_updated", &["open"]).await;
        check(now_running == *running, || format!("running: {now_running:?}"))?;
        let owed: Vec<Delivery> = rows::deliveries(store).await;
        let owed = owed.iter().filter(|mail| mail.state == "pending").count();
        check(owed == 0, || format!("{owed} mails owed"))?;
        let next = store.next_group().await.unwrap();
        check(next.is_none(), || format!("a group is due at {next:?}, now {}", now()))
    })
    .await;
}

/// What holds of every mail, whatever happened to the program: it arrived; it came again only if a kill cut its
/// first try short, and then byte for byte. Returns how many came again.
async fn every_mail_arrived(store: &Store, sink: &Sink) -> usize {
    let deliveries = rows::deliveries(store).await;
    let taken = taken(sink);
    let owed: BTreeSet<&str> = deliveries.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(owed.len(), deliveries.len(), "a Message-ID stands for one mail");
    assert_eq!(taken.keys().map(String::as_str).collect::<BTreeSet<_>>(), owed);
    let mut again = 0;
    for mail in &deliveries {
        assert_eq!(mail.state, "sent", "{mail:?}");
        let copies = &taken[&mail.message_id];
        assert!(copies.iter().all(|(to, _)| *to == mail.recipient), "{mail:?}");
        assert!(copies.iter().all(|copy| copy == &copies[0]), "another try is the same mail: {mail:?}");
        assert!(i64::try_from(copies.len()).unwrap() <= mail.attempts, "{} copies of {mail:?}", copies.len());
        again += copies.len() - 1;
    }
    again
}

both! {
    async fn nothing_is_lost_however_often_the_program_is_killed(store: Store, base: &Base) {
        let origin = Origin::start(silent()).await;
        let sink = Script::default().start().await;
        let office = Office::open(&Plan::new(base.address(), sink.port()));
        office.enrol(&store, &origin, ACCOUNTS).await;
        let mut caught = [0; 3];
        for round in 0..KILLS {
            let (started, mails) = (office.log().matches("listening").count(), sink.taken().len());
            let program = Program::start(&office);
            // The kills fall into the sending of mails, if there are any to send soon, into the work, and into the start.
            match round % 3 {
                0 if soon(|| sink.taken().len() > mails).await => System.sleep(life_span(round) / 20).await,
                1 => {
                    program.listens(started + 1).await;
                    System.sleep(life_span(round)).await;
                }
                _ => System.sleep(life_span(round)).await,
            }
            program.kill();
            let (accounts, groups, mails) = rows::leased(&store).await;
            for (sum, now) in caught.iter_mut().zip([accounts, groups, mails]) {
                *sum += usize::from(now > 0);
            }
            if round == KILLS / 2 {
                for account in recovering() {
                    origin.post(account);
                }
            }
        }
        // Where the kills fall is chance, more so on a busy machine: it is told, and asked only that they fell into work.
        assert!(caught.iter().any(|rounds| *rounds > 0), "the kills hit nothing: {caught:?}");
        let running: BTreeSet<usize> = silent().difference(&recovering()).copied().collect();
        let last = Program::start(&office);
        settled(&store, &keys(&running)).await;
        let (status, _) = last.stop().await;
        assert!(status.success());

        // No case is lost, and each spell of silence is one case.
        let cases = rows::cases(&store).await;
        let mut seen = BTreeSet::new();
        for case in &cases {
            assert!(seen.insert((&case.key, &case.rule, &case.subject)), "opened twice: {case:?} in {cases:?}");
        }
        let opened = accounts_with(&store, "not_updated", &["open", "resolved"]).await;
        assert!(keys(&running).is_subset(&opened) && opened.is_subset(&keys(&silent())), "{opened:?}");
        assert_eq!(accounts_with(&store, "unverified", &["open"]).await, BTreeSet::new());

        // Everybody knows how each case stands: an end is told to whoever heard of the beginning.
        for (key, rule, state, told) in rows::told(&store).await {
            match state.as_str() {
                "open" if rule == "not_updated" => assert_eq!(told, "open", "{key}"),
                "open" => {}
                _ => assert_ne!(told, "open", "{key}: the end of {rule} was not told"),
            }
        }
        let again = every_mail_arrived(&store, &sink).await;
        assert!(again <= KILLS * 8, "{again} mails came twice");
        let mails = rows::deliveries(&store).await.len();
        let summary = format!(
            "{KILLS} kills, with accounts, groups, mails in hand at {caught:?}: {} cases, {mails} mails, {again} came twice\n",
            cases.len()
        );
        std::io::stderr().write_all(summary.as_bytes()).unwrap();
    }

    async fn a_mail_taken_but_not_noted_comes_again_as_the_same_mail(store: Store, base: &Base) {
        let origin = Origin::start([0]).await;
        // The server has the mail and says nothing: the program dies without knowing.
        let sink = Script::default().once(At::Answer, Act::Hang).start().await;
        let office = Office::open(&Plan::new(base.address(), sink.port()));
        office.enrol(&store, &origin, 1).await;
        let program = Program::start(&office);
        sink.hangs(At::Answer).await;
        program.kill();
        assert_eq!(sink.taken().iter().filter(|mail| mail.to == sink.taken()[0].to).count(), 1);
        let _last = Program::start(&office);
        settled(&store, &keys(&BTreeSet::from([0]))).await;
        assert!(every_mail_arrived(&store, &sink).await >= 1);
        assert!(rows::deliveries(&store).await.iter().any(|mail| mail.attempts > 1));
    }
}
