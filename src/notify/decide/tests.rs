use super::*;
use chrono::{NaiveTime, TimeDelta};
use proptest::prelude::*;
use std::time::Duration;

const TIMING: Timing = Timing {
    group_wait: Duration::from_secs(30),
    group_interval: Duration::from_mins(5),
    repeat_interval: Duration::from_hours(24),
    resolve_delay: Duration::from_mins(2),
    digest_at: NaiveTime::MIN,
};

/// An instant, in seconds.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn member(state: State, changed: i64, told: Told) -> Member {
    Member { state, level: Level::Fail, hidden: false, minor: false, changed_at: at(changed), told }
}

fn told(seconds: i64) -> Told {
    Told::Open { at: at(seconds), level: Level::Fail }
}

fn decide_at(members: &[Member], last_sent: Option<i64>, now: i64) -> Decision {
    decide(members, TIMING, last_sent.map(at), at(now))
}

fn silent(due: Option<i64>) -> Decision {
    Decision { reason: None, tell: Vec::new(), due: due.map(at) }
}

const DAY: i64 = 86_400;

#[test]
fn a_new_case_waits_for_others_and_is_then_told() {
    let new = [member(State::Open, 100, Told::Never)];
    assert_eq!(decide_at(&new, None, 129), silent(Some(130)));
    let told = decide_at(&new, None, 130);
    assert_eq!(told.reason, Some(Reason::First));
    assert_eq!(told.tell, [(0, Tell::Opened)]);
    assert_eq!(told.due, Some(at(130 + DAY)));
}

#[test]
fn a_hundred_cases_at_once_are_one_mail() {
    let many: Vec<_> = (0..100).map(|i| member(State::Open, 100 + i / 10, Told::Never)).collect();
    let decision = decide_at(&many, None, 130);
    assert_eq!(decision.tell.len(), 100);
}

#[test]
fn the_wait_begins_with_the_first_case_so_a_steady_stream_cannot_delay_it() {
    let stream = [member(State::Open, 100, Told::Never), member(State::Open, 129, Told::Never)];
    assert_eq!(decide_at(&stream, None, 130).tell.len(), 2);
}

#[test]
fn a_case_that_is_not_yet_there_is_not_told() {
    let future = [member(State::Open, 100, Told::Never), member(State::Open, 999, Told::Never)];
    let decision = decide_at(&future, None, 130);
    assert_eq!(decision.tell, [(0, Tell::Opened)]);
    assert_eq!(decision.due, Some(at(999 + 30)));
}

#[test]
fn an_added_case_waits_until_the_last_mail_is_old_enough() {
    let members = [member(State::Open, 100, told(130)), member(State::Open, 200, Told::Never)];
    assert_eq!(decide_at(&members, Some(130), 429), silent(Some(430)));
    let decision = decide_at(&members, Some(130), 430);
    assert_eq!(decision.reason, Some(Reason::Added));
    assert_eq!(decision.tell, [(1, Tell::Opened)]);
}

#[test]
fn a_minor_case_waits_for_the_digest_and_is_told_once() {
    // Midnight in Shanghai.
    let midnight = at(57_600);
    let minor = |told| Member { minor: true, ..member(State::Open, 100, told) };
    let decision = decide_at(&[minor(Told::Never)], None, 130);
    assert_eq!(decision, silent(Some(57_600 + 30)));
    let decision = decide(&[minor(Told::Never)], TIMING, None, midnight + TimeDelta::seconds(30));
    assert_eq!(decision.tell, [(0, Tell::Opened)]);
    assert_eq!(decision.due, None);
    // A grave case does not take it along before its time.
    let both = [minor(Told::Never), member(State::Open, 100, Told::Never)];
    assert_eq!(decide_at(&both, None, 130).tell, [(1, Tell::Opened)]);
}

#[test]
fn a_case_that_ended_before_it_was_told_is_never_mentioned() {
    let ended = [member(State::Resolved, 110, Told::Never)];
    assert_eq!(decide_at(&ended, None, 10 * DAY), silent(None));
}

#[test]
fn an_ended_case_is_told_after_its_delay() {
    let members = [member(State::Resolved, 1000, told(130)), member(State::Open, 100, told(130))];
    assert_eq!(decide_at(&members, Some(130), 1149).reason, None);
    let decision = decide_at(&members, Some(130), 1150);
    assert_eq!(decision.reason, Some(Reason::SomeResolved));
    assert_eq!(decision.tell, [(0, Tell::Ended)]);
}

#[test]
fn the_last_case_that_ends_makes_all_resolved() {
    let members = [member(State::Closed, 1000, told(130)), member(State::Resolved, 900, Told::Ended)];
    let decision = decide_at(&members, Some(130), 1150);
    assert_eq!(decision.reason, Some(Reason::AllResolved));
    assert_eq!(decision.tell, [(0, Tell::Ended)]);
    assert_eq!(decision.due, None);
}

#[test]
fn a_hidden_case_is_not_told_until_what_hides_it_ends() {
    let mut weekly = member(State::Open, 100, Told::Never);
    weekly.hidden = true;
    assert_eq!(decide_at(&[weekly], None, 10 * DAY), silent(None));
    weekly.hidden = false;
    weekly.changed_at = at(500);
    assert_eq!(decide_at(&[weekly], None, 530).tell, [(0, Tell::Opened)]);
}

#[test]
fn a_case_that_was_told_is_told_as_ended_even_while_hidden() {
    let mut weekly = member(State::Resolved, 1000, told(130));
    weekly.hidden = true;
    assert_eq!(decide_at(&[weekly], Some(130), 1150).tell, [(0, Tell::Ended)]);
}

#[test]
fn a_hidden_case_is_not_repeated() {
    let mut weekly = member(State::Open, 100, told(130));
    weekly.hidden = true;
    assert_eq!(decide_at(&[weekly], Some(130), 10 * DAY), silent(None));
}

#[test]
fn a_case_that_gets_worse_is_told_again_and_one_that_gets_better_is_not() {
    let mut case = member(State::Open, 1000, Told::Open { at: at(130), level: Level::Reminder });
    let decision = decide_at(&[case], Some(130), 1030);
    assert_eq!((decision.reason, decision.tell), (Some(Reason::Added), vec![(0, Tell::Worsened)]));
    case.level = Level::Reminder;
    case.told = told(130);
    assert_eq!(decide_at(&[case], Some(130), 1030).reason, None);
}

#[test]
fn open_cases_are_repeated_once_a_day_all_together() {
    let members = [member(State::Open, 100, told(130)), member(State::Open, 200, told(5000))];
    assert_eq!(decide_at(&members, Some(5000), DAY + 129), silent(Some(DAY + 130)));
    let decision = decide_at(&members, Some(5000), DAY + 130);
    assert_eq!(decision.reason, Some(Reason::Repeat));
    assert_eq!(decision.tell, [(0, Tell::StillOpen), (1, Tell::StillOpen)]);
    assert_eq!(decision.due, Some(at(2 * DAY + 130)));
}

#[test]
fn what_somebody_is_working_on_is_not_repeated() {
    let members = [member(State::Acknowledged, 500, told(130))];
    assert_eq!(decide_at(&members, Some(130), 10 * DAY), silent(None));
}

#[test]
fn a_repeat_interval_of_zero_never_repeats() {
    let never = Timing { repeat_interval: Duration::ZERO, ..TIMING };
    let decision = decide(&[member(State::Open, 100, told(130))], never, Some(at(130)), at(99 * DAY));
    assert_eq!(decision, silent(None));
}

#[test]
fn news_and_a_repeat_that_is_due_are_one_mail() {
    let members = [member(State::Open, 100, told(130)), member(State::Open, DAY + 120, Told::Never)];
    let decision = decide_at(&members, Some(130), DAY + 130);
    assert_eq!(decision.reason, Some(Reason::Added));
    assert_eq!(decision.tell, [(0, Tell::StillOpen), (1, Tell::Opened)]);
}

#[test]
fn after_everything_ended_a_new_case_is_a_first_one_again() {
    let members = [member(State::Resolved, 900, Told::Ended), member(State::Open, 5000, Told::Never)];
    let decision = decide_at(&members, Some(1200), 5030);
    assert_eq!(decision.reason, Some(Reason::First));
}

#[test]
fn the_longest_spans_do_not_overflow() {
    let endless = Timing {
        digest_at: NaiveTime::MIN,
        group_wait: Duration::MAX,
        group_interval: Duration::MAX,
        repeat_interval: Duration::MAX,
        resolve_delay: Duration::MAX,
    };
    let members = [member(State::Open, 0, Told::Never), member(State::Resolved, 0, told(0))];
    assert_eq!(decide(&members, endless, Some(at(0)), at(1)).due, Some(DateTime::<Utc>::MAX_UTC));
}

/// What may happen to a case of a simulated audience.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Opens(usize),
    Worsens(usize),
    Acknowledged(usize),
    Ends(usize),
    Hidden(usize),
    Shown(usize),
    /// Seconds pass, and whatever is due meanwhile is decided.
    Passes(i64),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    use Happening::{Acknowledged, Ends, Hidden, Opens, Passes, Shown, Worsens};
    let one = prop_oneof![
        (0..4_usize).prop_map(Opens),
        (0..4_usize).prop_map(Worsens),
        (0..4_usize).prop_map(Acknowledged),
        (0..4_usize).prop_map(Ends),
        (0..4_usize).prop_map(Hidden),
        (0..4_usize).prop_map(Shown),
        prop_oneof![0..100_i64, 0..1000_i64, 0..100_000_i64].prop_map(Passes),
    ];
    prop::collection::vec(one, 0..24)
}

/// An audience whose mails are recorded as the outbox would.
struct World {
    now: i64,
    last_sent: Option<i64>,
    members: Vec<Member>,
    mails: Vec<(i64, Decision)>,
}

impl World {
    fn live(happenings: &[Happening]) -> Self {
        let mut world = Self { now: 0, last_sent: None, members: Vec::new(), mails: Vec::new() };
        // At first nothing is there: a case that ended untold stands for one that does not exist.
        world.members = vec![member(State::Resolved, 0, Told::Never); 4];
        for happening in happenings {
            world.happen(*happening);
        }
        world
    }

    fn happen(&mut self, happening: Happening) {
        let now = at(self.now);
        match happening {
            Happening::Opens(i) if !self.members[i].state.is_running() => {
                // A case opens again as another case; the old one is over, told or not.
                let told =
                    if self.members[i].told == Told::Ended { Told::Ended } else { self.members[i].told };
                let level = Level::Reminder;
                self.members[i] =
                    Member { state: State::Open, level, hidden: false, minor: false, changed_at: now, told };
            }
            Happening::Worsens(i) if self.members[i].state.is_running() => {
                self.members[i].level = Level::Fail;
                self.members[i].changed_at = now;
            }
            Happening::Acknowledged(i) if self.members[i].state == State::Open => {
                self.members[i].state = State::Acknowledged;
            }
            Happening::Ends(i) if self.members[i].state.is_running() => {
                self.members[i].state = State::Resolved;
                self.members[i].changed_at = now;
            }
            Happening::Hidden(i) => self.members[i].hidden = true,
            Happening::Shown(i) if self.members[i].hidden => {
                self.members[i].hidden = false;
                self.members[i].changed_at = self.members[i].changed_at.max(now);
            }
            Happening::Passes(seconds) => self.pass(seconds),
            _ => {}
        }
    }

    fn pass(&mut self, seconds: i64) {
        let until = self.now + seconds;
        loop {
            let decision = self.decide();
            if decision.reason.is_some() {
                self.record(decision);
                continue;
            }
            match decision.due.filter(|due| *due <= at(until)) {
                Some(due) => self.now = due.timestamp(),
                None => break,
            }
        }
        self.now = until;
    }

    fn decide(&self) -> Decision {
        decide(&self.members, TIMING, self.last_sent.map(at), at(self.now))
    }

    fn record(&mut self, decision: Decision) {
        for (place, tell) in &decision.tell {
            let member = &mut self.members[*place];
            member.told = member.told_as(*tell, at(self.now));
        }
        self.last_sent = Some(self.now);
        self.mails.push((self.now, decision));
    }
}

proptest! {
    #[test]
    fn a_restart_tells_nothing_anew(happenings in happenings()) {
        let mut world = World::live(&happenings);
        world.pass(0);
        prop_assert_eq!(world.decide().reason, None);
    }

    #[test]
    fn the_announced_time_is_the_time_of_the_next_mail(happenings in happenings()) {
        let mut world = World::live(&happenings);
        world.pass(0);
        if let Some(due) = world.decide().due {
            world.now = due.timestamp() - 1;
            prop_assert_eq!(world.decide().reason, None);
            world.now += 1;
            prop_assert!(world.decide().reason.is_some());
        } else {
            world.now += 1000 * DAY;
            prop_assert_eq!(world.decide().reason, None);
        }
    }

    #[test]
    fn mails_keep_their_distance_and_say_something(happenings in happenings()) {
        let world = World::live(&happenings);
        for pair in world.mails.windows(2) {
            prop_assert!(pair[1].0 - pair[0].0 >= 300);
        }
        for (_, mail) in &world.mails {
            prop_assert!(!mail.tell.is_empty());
            let only_repeats = mail.tell.iter().all(|(_, tell)| *tell == Tell::StillOpen);
            prop_assert_eq!(mail.reason == Some(Reason::Repeat), only_repeats);
        }
    }

    #[test]
    fn nothing_is_told_twice_except_as_a_repeat(happenings in happenings()) {
        let world = World::live(&happenings);
        for case in 0..4 {
            let told = world.mails.iter().flat_map(|(_, mail)| &mail.tell);
            let told: Vec<_> = told.filter(|(place, _)| *place == case).map(|(_, tell)| *tell).collect();
            let mut open = false;
            for tell in told {
                match tell {
                    Tell::Opened => prop_assert!(!std::mem::replace(&mut open, true)),
                    Tell::Ended => prop_assert!(std::mem::replace(&mut open, false)),
                    Tell::Worsened | Tell::StillOpen => prop_assert!(open),
                }
            }
        }
    }

    #[test]
    fn repeats_are_a_day_apart(happenings in happenings()) {
        let world = World::live(&happenings);
        let repeats = |mail: &Decision| mail.tell.iter().any(|(_, tell)| *tell == Tell::StillOpen);
        let times: Vec<_> = world.mails.iter().filter(|(_, mail)| repeats(mail)).map(|(time, _)| *time).collect();
        for pair in times.windows(2) {
            prop_assert!(pair[1] - pair[0] >= DAY);
        }
    }

    #[test]
    fn every_case_that_was_told_is_told_as_ended_when_it_ends(happenings in happenings()) {
        let mut world = World::live(&happenings);
        for case in 0..4 {
            world.happen(Happening::Ends(case));
        }
        world.pass(3 * DAY);
        prop_assert!(world.members.iter().all(|member| !member.is_known_open()));
        prop_assert_eq!(world.decide().due, None);
    }

    #[test]
    fn every_case_that_stays_open_and_is_shown_is_told(happenings in happenings()) {
        let mut world = World::live(&happenings);
        world.pass(1000);
        for member in world.members.iter().filter(|member| member.state.is_running() && !member.hidden) {
            prop_assert!(member.is_known_open());
        }
    }
}
