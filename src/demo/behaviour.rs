//! What an account of the city does with its time, and when the script makes something of it.
//!
//! In: nothing. Out: the closed set of behaviours and the hours of the script. Every hour stands at least
//! [`MARGIN`](super::MARGIN) away from the next edge of the same account and from the end of the script.

use super::slips::Slip;
use chrono::Duration;

/// What an account does. Hours count from the start of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Behaviour {
    /// Posts every one to three days.
    Lively,
    /// Last posted so that its seven days are over at this hour of the script.
    Late {
        /// The hour.
        hour: u16,
    },
    /// Has posted nothing for so many days and some hours.
    Silent {
        /// Full days at the start.
        days: u16,
    },
    /// Opened two months ago; its platform itself says that it has no posts.
    NeverPosted,
    /// Lively, but every post is somebody else's.
    RepostsOnly,
    /// A service account that pushes four times a month.
    ServiceFull,
    /// A service account that pushed three times in the last month.
    ServiceShort,
    /// Stands behind a login wall from the start.
    Wall,
    /// Reads well, then disappears behind a login wall.
    WallLater,
    /// Its list is redesigned: the page still comes, the posts are loaded by a script.
    LayoutChanged,
    /// Lively, on the site that goes down and comes back.
    SiteDown,
    /// Lively, below an old post held at the top.
    Pinned,
    /// Silent for nine days, then shows a post with the printed date of twelve days ago.
    Backdated,
    /// Lively; one of its posts is dated a month ahead.
    FutureDated,
    /// Lively, on a bridge that tells no dates.
    Undated,
    /// Opened two days ago, nothing yet; its platform says so.
    NewAccount,
    /// Closing notice running.
    Closing,
    /// Closed and struck off.
    Deregistered,
    /// Silent for fifteen days, then posts again.
    Revives,
    /// Lively, then its platform says that it does not exist.
    Vanishes,
    /// Lively; one of its posts says too much, or seems to.
    Says(Slip),
    /// Posts while its bridge shows old rows, and its seven days end before the bridge is back.
    Hidden,
}

/// Length of the script.
pub(super) const END: i64 = 102;
/// When the accounts of [`Behaviour::WallLater`] disappear behind the wall.
pub(super) const WALL: i64 = 3;
/// When the platform begins to deny the accounts of [`Behaviour::Vanishes`].
pub(super) const VANISHES: i64 = 6;
/// From when to when the column interface answers 429.
pub(super) const LIMITED: std::ops::Range<i64> = 14..15;
/// When the post dated ahead appears.
pub(super) const FUTURE: i64 = 18;
/// From when to when the site of [`Behaviour::SiteDown`] is down: first it answers 503 …
pub(super) const DOWN: std::ops::Range<i64> = 20..32;
/// … and from this hour on it closes every connection.
pub(super) const MUTE: i64 = 26;
/// When the back-dated post appears.
pub(super) const BACKDATED: i64 = 22;
/// From when to when the bridge of most 公众号 answers 200 with what it had before: its own login is over.
pub(super) const STALE: std::ops::Range<i64> = 24..84;
/// When the accounts of [`Behaviour::Hidden`] post, seen by nobody who looks through the bridge …
pub(super) const HIDDEN: i64 = 30;
/// … and when their seven days would be over without that post.
const HIDDEN_LINE: i64 = 46;
/// When the accounts of [`Behaviour::Revives`] post again.
pub(super) const REVIVES: i64 = 26;
/// When the list of [`Behaviour::LayoutChanged`] is redesigned: less than a day before the end, so that the
/// last good look is still fresh there.
pub(super) const LAYOUT: i64 = 88;

impl Behaviour {
    /// When the account posted last before a silence, counted from the start; none for those that are lively
    /// or have never posted.
    pub(super) fn last(self, number: u32) -> Option<Duration> {
        let hours_ago = match self {
            Self::Late { hour } => 7 * 24 - i64::from(hour),
            Self::Silent { days } => i64::from(days) * 24 + 2 + i64::from(number % 4),
            Self::Revives => 15 * 24 + 5,
            Self::Backdated => 9 * 24 + 5,
            Self::Hidden => 7 * 24 - HIDDEN_LINE,
            // Its seven days end at hour 54: by then nobody can look, so nobody may say so.
            Self::WallLater => 7 * 24 - 54,
            // Past the weekly duty, which a closing account no longer has, short of the two weeks, which it has.
            Self::Closing => 7 * 24 + 12,
            Self::Deregistered => 220 * 24,
            _ => return None,
        };
        Some(Duration::hours(-hours_ago))
    }

    /// Whether the account posts all the time and no rule has anything to say about it, as long as it can be seen.
    #[must_use]
    pub const fn is_lively(self) -> bool {
        matches!(
            self,
            Self::Lively
                | Self::SiteDown
                | Self::Pinned
                | Self::FutureDated
                | Self::Undated
                | Self::ServiceFull
                | Self::LayoutChanged
                | Self::Vanishes
                | Self::Says(_)
        )
    }
}
