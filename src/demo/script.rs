//! The script: what changes in the city while somebody watches, told in the order of time.
//!
//! In: the accounts and the start. Out: events for a terminal and for tests. The script drives nothing: the
//! pages are functions of the present instant, and the script is read off the same functions.

use super::answer::REFUSALS;
use super::behaviour::{self, Behaviour, END};
use super::city::{Account, Site};
use super::timeline::posts;
use chrono::{DateTime, Duration, Utc};

/// Something that changes in the city. Accounts are named by their key in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A post appears.
    Posted(String),
    /// A silent account posts again.
    Revived(String),
    /// A post appears under an old date.
    Backdated(String),
    /// A post appears under a date in the future.
    FutureDated(String),
    /// Seven days have passed since its last post.
    WeekOver(String),
    /// The account disappears behind a login wall.
    WallRaised(String),
    /// Its page is redesigned.
    LayoutChanged(String),
    /// Its platform says that it does not exist.
    Vanished(String),
    /// A site refuses everybody for some hours: 429, a captcha, a check of the browser.
    Limited(Site),
    /// A site goes down.
    SiteDown(Site),
    /// A site is back.
    SiteUp(Site),
    /// A bridge shows nothing new any more.
    BridgeStale(Site),
    /// A bridge shows what it has missed.
    BridgeFresh(Site),
    /// The script is over; the city goes on posting.
    End,
}

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, counted from the start.
    pub at: Duration,
    /// What.
    pub what: What,
    /// The same for people, in Chinese.
    pub say: String,
}

/// Reads the script off the accounts.
pub(super) fn write(accounts: &[Account], start: DateTime<Utc>) -> Vec<Event> {
    let mut events: Vec<Event> = accounts.iter().flat_map(|account| about(account, start)).collect();
    events.extend(about_sites());
    events.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.say.cmp(&other.say)));
    events
}

fn about_sites() -> impl Iterator<Item = Event> {
    let site = |hour, what, site: Site, say: &str| Event {
        at: Duration::hours(hour),
        what,
        say: format!("{}{say}", site.zh()),
    };
    let (columns, hall, bridge) = (Site::Columns, Site::DistrictHall, Site::Werss);
    let end = Event { at: Duration::hours(END), what: What::End, say: "演示剧本结束".to_owned() };
    [
        site(behaviour::LIMITED.start, What::Limited(columns), columns, "限制访问频率(429)"),
        site(behaviour::DOWN.start, What::SiteDown(hall), hall, "故障,无法访问"),
        site(behaviour::DOWN.end, What::SiteUp(hall), hall, "恢复访问"),
        site(behaviour::STALE.start, What::BridgeStale(bridge), bridge, "登录失效,此后只显示旧内容"),
        site(behaviour::STALE.end, What::BridgeFresh(bridge), bridge, "恢复同步,补上期间的内容"),
        end,
    ]
    .into_iter()
    .chain(REFUSALS.into_iter().map(move |(refusing, hours)| {
        site(hours.start, What::Limited(refusing), refusing, "暂时拒绝机器访问")
    }))
}

/// What happens to one account.
fn about(account: &Account, start: DateTime<Utc>) -> Vec<Event> {
    let key = || account.registered.key.clone();
    let name = format!("{}({})", account.registered.name, account.registered.platform.zh());
    let event = |at, what, say: &str| Event { at, what, say: format!("{name}{say}") };
    let at = Duration::hours;
    let mut events = match account.behaviour {
        Behaviour::Late { hour } => {
            vec![event(at(i64::from(hour)), What::WeekOver(key()), "已满7天没有更新")]
        }
        Behaviour::WallLater => {
            vec![event(at(behaviour::WALL), What::WallRaised(key()), "改为登录后才能查看")]
        }
        Behaviour::LayoutChanged => vec![event(at(behaviour::LAYOUT), What::LayoutChanged(key()), "改版")],
        Behaviour::Vanishes => {
            vec![event(at(behaviour::VANISHES), What::Vanished(key()), "被平台告知不存在")]
        }
        _ => Vec::new(),
    };
    // Behind a wall nobody sees a post appear.
    if account.behaviour == Behaviour::Wall {
        return events;
    }
    let hidden_from = (account.behaviour == Behaviour::Vanishes).then_some(at(behaviour::VANISHES));
    for post in posts(account, start, start + at(END)) {
        let offset = post.appears - start;
        if offset <= Duration::zero() || hidden_from.is_some_and(|hidden| offset >= hidden) {
            continue;
        }
        let title = post.story(account).title;
        let (what, verb) = match account.behaviour {
            Behaviour::Revives if offset == at(behaviour::REVIVES) => (What::Revived(key()), "恢复更新"),
            Behaviour::Backdated => (What::Backdated(key()), "补发了一条旧日期的内容"),
            Behaviour::FutureDated if post.printed > post.appears => {
                (What::FutureDated(key()), "发布了一条日期写错的内容")
            }
            _ => (What::Posted(key()), "发布了新内容"),
        };
        events.push(event(offset, what, &format!("{verb}《{title}》")));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::City;

    fn city() -> City {
        City::new(DateTime::parse_from_rfc3339("2026-11-18T09:00:00+08:00").unwrap().with_timezone(&Utc))
    }

    #[test]
    fn the_script_is_in_the_order_of_time_and_ends_with_its_end() {
        let city = city();
        let script = city.script();
        assert!(script.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(script.iter().all(|event| event.at > Duration::zero() && !event.say.is_empty()));
        assert_eq!(script.last().unwrap().what, What::End);
    }

    #[test]
    fn everything_that_can_happen_happens() {
        let city = city();
        let count = |what: fn(&What) -> bool| city.script().iter().filter(|event| what(&event.what)).count();
        assert!(count(|what| matches!(what, What::Posted(_))) > 60);
        assert_eq!(count(|what| matches!(what, What::Revived(_))), 2);
        assert_eq!(count(|what| matches!(what, What::Backdated(_))), 1);
        assert_eq!(count(|what| matches!(what, What::FutureDated(_))), 1);
        assert_eq!(count(|what| matches!(what, What::WeekOver(_))), 3);
        assert_eq!(count(|what| matches!(what, What::WallRaised(_))), 2);
        assert_eq!(count(|what| matches!(what, What::LayoutChanged(_))), 1);
        assert_eq!(count(|what| matches!(what, What::Vanished(_))), 1);
        assert_eq!(count(|what| matches!(what, What::Limited(_))), 1 + REFUSALS.len());
        assert_eq!(count(|what| matches!(what, What::SiteDown(_) | What::SiteUp(_))), 2);
        assert_eq!(count(|what| matches!(what, What::BridgeStale(_) | What::BridgeFresh(_))), 2);
    }
}
