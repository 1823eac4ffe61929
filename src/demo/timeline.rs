//! When the city's accounts post.
//!
//! In: an account, the start and the present instant. Out: its posts up to the present, newest first, each
//! with the instant it appears and the date it prints. It counts days instead of walking through them, so
//! that a demo may run for a year and a page still costs the same.

use super::behaviour::{BACKDATED, Behaviour, FUTURE, HIDDEN, REVIVES};
use super::city::Account;
use super::names::{pick, seed};
use super::slips::Slip;
use super::texts::{OUTLETS, Story, own_story, reprinted_story};
use crate::model::moment::{Month, day_start, in_shanghai};
use chrono::{DateTime, Datelike, Days, Duration, Utc};

/// Posts a page shows at most, as the feed bridges do.
pub(super) const SHOWN: usize = 20;

/// One post of the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Post {
    /// Number inside its account, at most six digits.
    pub(super) serial: u32,
    /// When it appears on the page.
    pub(super) appears: DateTime<Utc>,
    /// The date the page prints.
    pub(super) printed: DateTime<Utc>,
    /// Whose work it is, if not the account's own.
    pub(super) outlet: Option<&'static str>,
    /// Held at the top.
    pub(super) pinned: bool,
    /// What it says beside the rhythm, and whether that is mended by now.
    slip: Option<(Slip, bool)>,
}

/// Serials from here on belong to posts outside the rhythm.
const SPECIAL: u32 = 900_000;

impl Post {
    fn own(serial: u32, at: DateTime<Utc>) -> Self {
        Self { serial, appears: at, printed: at, outlet: None, pinned: false, slip: None }
    }

    /// What the post says.
    pub(super) fn story(&self, account: &Account) -> Story {
        if let Some((slip, mended)) = self.slip {
            return slip.story(&account.registered.owner, mended);
        }
        let seed = seed(account.number, &format!("story {}", self.serial));
        match self.outlet {
            Some(outlet) => reprinted_story(outlet, seed),
            None => own_story(
                account.body.topic(),
                account.place.short(),
                &account.registered.owner,
                seed,
                account.shows_rare_signs() && self.serial.is_multiple_of(4),
            ),
        }
    }
}

/// The posts an account shows at `now`: pinned ones first, then by printed date, newest first.
pub(super) fn posts(account: &Account, start: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Post> {
    let behaviour = account.behaviour;
    let mut posts = specials(account, start, now);
    match behaviour {
        Behaviour::NeverPosted | Behaviour::NewAccount => {}
        Behaviour::ServiceFull | Behaviour::ServiceShort => posts.extend(pushes(behaviour, start, now)),
        _ => {
            // Nothing of the rhythm falls into a silence, nor so near to its ends that it would blur them.
            let from = behaviour.last(account.number).map(|last| start + last - Duration::hours(12));
            let until = match behaviour {
                Behaviour::Revives => Some(start + Duration::hours(REVIVES + 24)),
                Behaviour::Hidden => Some(start + Duration::hours(HIDDEN + 24)),
                _ => None,
            };
            let in_silence = |at: DateTime<Utc>| {
                from.is_some_and(|from| at > from) && until.is_none_or(|until| at < until)
            };
            let rhythm = Rhythm::of(account);
            posts.extend(rhythm.back_from(now).filter(|post| !in_silence(post.appears)).take(SHOWN));
        }
    }
    posts.retain(|post| post.appears <= now);
    posts.sort_by_key(|post| std::cmp::Reverse((post.pinned, post.printed, post.serial)));
    posts.truncate(SHOWN);
    posts
}

/// The posts that a behaviour sets outside the rhythm.
fn specials(account: &Account, start: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Post> {
    let mut posts = Vec::new();
    if let Some(last) = account.behaviour.last(account.number) {
        posts.push(Post::own(SPECIAL, start + last));
    }
    let hour = |hour| start + Duration::hours(hour);
    match account.behaviour {
        Behaviour::Revives => posts.push(Post::own(SPECIAL + 1, hour(REVIVES))),
        Behaviour::Hidden => posts.push(Post::own(SPECIAL + 1, hour(HIDDEN))),
        Behaviour::Backdated => {
            let printed = start - Duration::days(12);
            posts.push(Post { printed, ..Post::own(SPECIAL + 1, hour(BACKDATED)) });
        }
        Behaviour::FutureDated => {
            let printed = hour(FUTURE) + Duration::days(30);
            posts.push(Post { printed, ..Post::own(SPECIAL + 1, hour(FUTURE)) });
        }
        Behaviour::Says(slip) => {
            let mended = slip.mended().is_some_and(|at| hour(at) <= now);
            posts.push(Post { slip: Some((slip, mended)), ..Post::own(SPECIAL + 1, hour(slip.hour())) });
        }
        Behaviour::Pinned => {
            posts.push(Post { pinned: true, ..Post::own(SPECIAL + 1, start - Duration::days(200)) });
        }
        _ => {}
    }
    posts
}

/// The pushes of a service account over half a year: enough to show that every month had its four.
fn pushes(behaviour: Behaviour, start: DateTime<Utc>, now: DateTime<Utc>) -> impl Iterator<Item = Post> {
    let short = (behaviour == Behaviour::ServiceShort).then(|| Month::of(start).previous());
    let months = std::iter::successors(Some(Month::of(now)), |month| Some(month.previous()));
    months.take(6).flat_map(move |month| {
        // No pause reaches fourteen days, in a short month neither.
        let days: &[u32] = if short == Some(month) { &[6, 15, 24] } else { &[5, 12, 19, 26] };
        days.iter().map(move |day| {
            let at = month.start() + Duration::days(i64::from(*day) - 1) + Duration::hours(10);
            let local = in_shanghai(at);
            Post::own(local.year().unsigned_abs() % 100 * 10_000 + local.month() * 100 + day, at)
        })
    })
}

/// The regular days of an account: one in one to three, at an hour of the working day.
struct Rhythm {
    number: u32,
    period: i32,
    phase: i32,
    reposts_only: bool,
    own_only: bool,
}

impl Rhythm {
    fn of(account: &Account) -> Self {
        let number = account.number;
        Self {
            number,
            period: pick(&[1, 2, 2, 3], seed(number, "period")),
            phase: pick(&[0, 1, 2], seed(number, "phase")),
            reposts_only: account.behaviour == Behaviour::RepostsOnly,
            own_only: matches!(account.behaviour, Behaviour::Says(slip) if slip.is_alone()),
        }
    }

    /// The posts up to an instant, newest first, without end.
    fn back_from(&self, until: DateTime<Utc>) -> impl Iterator<Item = Post> {
        let today = in_shanghai(until).date_naive();
        let days = std::iter::successors(Some(today), |day| day.checked_sub_days(Days::new(1)));
        days.filter_map(|day| {
            let count = day.num_days_from_ce() + self.phase;
            (count % self.period == 0).then(|| {
                // Days since 1970 keep the serial short.
                let serial = (count / self.period - 719_162 / self.period).unsigned_abs();
                let minute = pick(&MINUTES, seed(self.number, &format!("minute {serial}")));
                let at = day_start(day) + Duration::minutes(minute);
                let reposted = !self.own_only && (self.reposts_only || serial % 4 == 3);
                let outlet = reposted.then(|| pick(&OUTLETS, u64::from(serial / 4)));
                Post { outlet, ..Post::own(serial, at) }
            })
        })
        .filter(move |post| post.appears <= until)
    }
}

/// Minutes of the day at which offices post.
const MINUTES: [i64; 11] = [503, 537, 561, 590, 628, 663, 701, 874, 912, 985, 1031];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::City;

    fn start() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().with_timezone(&Utc)
    }

    #[test]
    fn no_lively_account_ever_pauses_for_four_days_or_goes_two_weeks_without_a_post_of_its_own() {
        let city = City::new(start());
        let now = start() + Duration::hours(60);
        let regular = |behaviour: Behaviour| behaviour.is_lively() && behaviour != Behaviour::ServiceFull;
        for account in city.accounts().iter().filter(|account| regular(account.behaviour)) {
            let mut posts = posts(account, start(), now);
            posts.retain(|post| !post.pinned && post.printed <= now);
            assert!(posts.len() > 10);
            assert!(now - posts[0].printed < Duration::days(4), "{}", account.registered.name);
            assert!(posts.windows(2).all(|pair| pair[0].printed - pair[1].printed < Duration::days(4)));
            let own: Vec<_> = posts.iter().filter(|post| post.outlet.is_none()).collect();
            assert!(own.windows(2).all(|pair| pair[0].printed - pair[1].printed < Duration::days(8)));
        }
    }

    #[test]
    fn a_silence_begins_when_the_behaviour_says() {
        let city = City::new(start());
        for account in city.accounts() {
            let Some(last) = account.behaviour.last(account.number) else { continue };
            let posts = posts(account, start(), start());
            assert_eq!(posts[0].printed, start() + last, "{}", account.registered.name);
            assert!(posts.len() > 5);
            assert!(posts[0].outlet.is_none());
        }
    }

    #[test]
    fn serials_never_repeat_in_an_account_and_have_at_most_six_digits() {
        let city = City::new(start());
        for account in city.accounts() {
            let posts = posts(account, start(), start() + Duration::days(3));
            let serials: std::collections::BTreeSet<_> = posts.iter().map(|post| post.serial).collect();
            assert_eq!(serials.len(), posts.len(), "{}", account.registered.name);
            assert!(serials.iter().all(|serial| *serial < 1_000_000));
        }
    }

    #[test]
    fn what_was_shown_once_is_still_shown_an_hour_later_unless_it_scrolled_out() {
        let city = City::new(start());
        for account in city.accounts() {
            let before = posts(account, start(), start() + Duration::hours(30));
            let after = posts(account, start(), start() + Duration::hours(31));
            let lost = before.iter().filter(|post| !after.contains(post)).count();
            let new = after.iter().filter(|post| !before.contains(post)).count();
            assert!(lost <= new, "{}", account.registered.name);
        }
    }

    #[test]
    fn a_service_account_pushes_four_times_a_month_or_three() {
        let city = City::new(start());
        let last = Month::of(start()).previous();
        for account in city.accounts() {
            let expected = match account.behaviour {
                Behaviour::ServiceFull => 4,
                Behaviour::ServiceShort => 3,
                _ => continue,
            };
            let posts = posts(account, start(), start());
            let count = |month| posts.iter().filter(|post| Month::of(post.printed) == month).count();
            assert_eq!(count(last), expected);
            assert_eq!(count(last.previous()), 4);
        }
    }
}
