//! What an account's page lists, and the compact memory of it between two looks.
//!
//! The memory lets the next look skip every item whose bytes it has seen before: of thirty known items and
//! one new one, only the new one is parsed.

use super::account::Verification;
use super::post::{Link, Origin, Post, PostKey, Published};
use super::words;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use std::collections::HashSet;

/// One item of a listing, as remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Hash of the item's own bytes in the page; an edit changes it.
    pub hash: u64,
    /// Identity of the post.
    pub key: PostKey,
    /// Time printed by the platform.
    pub published: Option<Published>,
    /// Held at the top of the list by its author.
    pub pinned: bool,
}

/// The items of one listing in the order of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The items.
    pub lines: Vec<Line>,
}

/// Bytes a line takes in the store.
const WIDTH: usize = 8 + 8 + 8 + 1;
const PINNED: u8 = 1;
const TIMED: u8 = 2;
const DATED: u8 = 4;

impl Listing {
    /// The line with these bytes, if the last look saw them.
    #[must_use]
    pub fn find_hash(&self, hash: u64) -> Option<&Line> {
        self.lines.iter().find(|line| line.hash == hash)
    }

    /// The line of this post, if the last look saw it.
    #[must_use]
    pub fn find_key(&self, key: PostKey) -> Option<&Line> {
        self.lines.iter().find(|line| line.key == key)
    }

    /// How far the listing reaches back: the latest instant its oldest non-pinned item may have.
    /// `None` when any non-pinned item has no date, for then nobody can tell.
    #[must_use]
    pub fn covers_since(&self) -> Option<DateTime<Utc>> {
        let ages = self.lines.iter().filter(|line| !line.pinned);
        ages.map(|line| line.published.map(Published::latest)).min().flatten()
    }

    /// The posts that stood in this listing and are gone from a later one of the same page although an older post
    /// below them still stands there: they did not scroll out, somebody took them away. Nothing can be told where
    /// either list is not in the order of time (several columns on one page, posts held at the top without a mark) nor
    /// where half of it is gone at once, which is another view and not so many withdrawals.
    #[must_use]
    pub fn withdrawn(&self, later: &Self) -> Vec<PostKey> {
        if !self.is_in_order() || !later.is_in_order() {
            return Vec::new();
        }
        let there: HashSet<PostKey> = later.lines.iter().map(|line| line.key).collect();
        let own: Vec<&Line> = self.lines.iter().filter(|line| !line.pinned).collect();
        let Some(last) = own.iter().rposition(|line| there.contains(&line.key)) else { return Vec::new() };
        let gone = own[..last].iter().map(|line| line.key).filter(|key| !there.contains(key));
        let gone: Vec<PostKey> = gone.collect();
        if gone.len() * 2 > own.len() { Vec::new() } else { gone }
    }

    /// Whether all posts that are not pinned have a time and the newest stands first.
    fn is_in_order(&self) -> bool {
        let mut before = None;
        self.lines.iter().filter(|line| !line.pinned).all(|line| {
            let Some(at) = line.published.map(Published::shown) else { return false };
            before.replace(at).is_none_or(|before| at <= before)
        })
    }

    /// The newest printed time among the items that are not pinned.
    #[must_use]
    pub fn newest(&self) -> Option<DateTime<Utc>> {
        let ages = self.lines.iter().filter(|line| !line.pinned);
        ages.filter_map(|line| line.published.map(Published::shown)).max()
    }

    /// The form kept in the store: fixed width, little endian, no version byte because a listing that does
    /// not decode is simply forgotten and read again.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.lines.len() * WIDTH);
        for line in &self.lines {
            let (mark, time) = match line.published {
                Some(Published::At(at)) => (TIMED, at.timestamp_millis()),
                Some(Published::On(day)) => (DATED, i64::from(day.num_days_from_ce())),
                None => (0, 0),
            };
            bytes.extend_from_slice(&line.hash.to_le_bytes());
            bytes.extend_from_slice(&line.key.0.to_le_bytes());
            bytes.extend_from_slice(&time.to_le_bytes());
            bytes.push(mark | if line.pinned { PINNED } else { 0 });
        }
        bytes
    }

    /// The listing kept in the store; an empty one when the bytes are not a listing.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        if !bytes.len().is_multiple_of(WIDTH) {
            return Self::default();
        }
        let word = |chunk: &[u8], at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&chunk[at..at + 8]);
            eight
        };
        let lines = bytes.chunks_exact(WIDTH).map(|chunk| {
            let mark = chunk[WIDTH - 1];
            let time = i64::from_le_bytes(word(chunk, 16));
            let published = if mark & TIMED != 0 {
                DateTime::from_timestamp_millis(time).map(Published::At)
            } else if mark & DATED != 0 {
                i32::try_from(time).ok().and_then(NaiveDate::from_num_days_from_ce_opt).map(Published::On)
            } else {
                None
            };
            Line {
                hash: u64::from_le_bytes(word(chunk, 0)),
                key: PostKey(i64::from_le_bytes(word(chunk, 8))),
                published,
                pinned: mark & PINNED != 0,
            }
        });
        Self { lines: lines.collect() }
    }
}

/// What is known of the picture behind an avatar's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// The address is the one whose picture is known already.
    Same,
    /// The difference hash of the picture that was fetched.
    Hash(u64),
}

words! {
    /// How a host answers over IPv6.
    pub enum Ipv6 {
        /// It takes a connection.
        Reachable = "reachable", "支持";
        /// Its name leads to IPv4 addresses only.
        NoAddress = "no_address", "没有 IPv6 地址";
        /// It has an address, and nobody answers there.
        Unreachable = "unreachable", "有 IPv6 地址但无法连接";
    }
}

/// What a page tells about the account itself. `None` means the page does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Profile {
    /// The account's name on the platform.
    pub name: Option<String>,
    /// The account's introduction.
    pub intro: Option<String>,
    /// Address of the avatar; `Some("")` when the page shows that there is none.
    pub avatar: Option<String>,
    /// The picture behind it; none when it was not fetched or could not be.
    #[serde(skip)]
    pub picture: Option<Picture>,
    /// Followers, a lower bound.
    pub followers: Option<u64>,
    /// Who is verified as the account's body.
    pub verified_subject: Option<String>,
    /// As what the platform has verified it.
    pub verification: Option<Verification>,
    /// How many posts the platform's own counter says there are; none when it is missing or only a round figure.
    pub posts: Option<u64>,
    /// The platform's counters of everything its list can show say that there is nothing. A counter that is missing,
    /// or that leaves out a kind of post, proves nothing.
    #[serde(skip)]
    pub proven_empty: bool,
    /// Whether the host behind an app can be reached over IPv6; none when it was not asked or could not be told.
    #[serde(skip)]
    pub ipv6: Option<Ipv6>,
    /// The platform's own record of its names (名称记录), the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl Profile {
    /// What this profile says, and of what it does not say what another one does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            intro: self.intro.or(other.intro),
            picture: if self.avatar.is_some() { self.picture } else { other.picture },
            avatar: self.avatar.or(other.avatar),
            followers: self.followers.or(other.followers),
            verified_subject: self.verified_subject.or(other.verified_subject),
            verification: self.verification.or(other.verification),
            proven_empty: if self.posts.is_some() { self.proven_empty } else { other.proven_empty },
            posts: self.posts.or(other.posts),
            ipv6: self.ipv6.or(other.ipv6),
            names: if self.names.is_empty() { other.names } else { self.names },
        }
    }
}

/// A bridge's own word about its last reading of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synced {
    /// When it was.
    pub at: DateTime<Utc>,
    /// How long after it the bridge's silence still says something.
    pub allowed: TimeDelta,
}

/// What was read from one page.
#[derive(Debug, Clone, Default)]
pub struct Extracted {
    /// About the account.
    pub profile: Profile,
    /// The profile's name is the account's own on its platform, not the title of a site or of a generic feed.
    pub named: bool,
    /// Every item of the listing, known ones included.
    pub listing: Listing,
    /// The items whose bytes the last look did not see, parsed.
    pub posts: Vec<Post>,
    /// The platform itself says that there is nothing.
    pub empty_marker: bool,
    /// The list is by its nature only a part of what the account posts: it shows updates, never silence.
    pub part: bool,
    /// When the bridge itself last read the account, if the bridge says so.
    pub synced: Option<Synced>,
    /// What the page says about itself; none where no page of a site was read.
    pub front: Option<Front>,
}

/// What a page says about itself to browsers and search engines, and what it keeps from its readers: where intruders
/// write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Front {
    /// Its title.
    pub title: String,
    /// The keywords in its head.
    pub keywords: String,
    /// The description in its head.
    pub description: String,
    /// Links that nobody who looks at it can see.
    pub hidden: Vec<Link>,
}

/// What an article's own page adds to the line in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its title.
    pub title: Option<String>,
    /// Its publication time, the most exact the page has.
    pub published: Option<Published>,
    /// Whose work the platform marks it as.
    pub origin: Origin,
    /// Its source line (来源), without the label, or whom a repost names.
    pub source: Option<String>,
    /// Its plain text.
    pub text: String,
    /// Where its text leads.
    pub links: Vec<Link>,
    /// What the page calls the account that published it: ids of several kinds.
    pub ids: Vec<String>,
    /// What the page says about that account.
    pub profile: Profile,
}

impl Default for Article {
    fn default() -> Self {
        Self {
            title: None,
            published: None,
            origin: Origin::Unknown,
            source: None,
            text: String::new(),
            links: Vec::new(),
            ids: Vec::new(),
            profile: Profile::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn any_line()(hash: u64, key: i64, pinned: bool, ms in proptest::option::of(0_i64..4_000_000_000_000), bare: bool) -> Line {
            let at = ms.map(|ms| DateTime::from_timestamp_millis(ms).unwrap());
            let published = at.map(|at| if bare { Published::On(at.date_naive()) } else { Published::At(at) });
            Line { hash, key: PostKey(key), published, pinned }
        }
    }

    proptest! {
        #[test]
        fn a_listing_survives_the_store(lines in proptest::collection::vec(any_line(), 0..40)) {
            let listing = Listing { lines };
            prop_assert_eq!(Listing::from_bytes(&listing.to_bytes()), listing);
        }
    }

    #[test]
    fn a_post_is_withdrawn_when_an_older_one_below_it_still_stands() {
        let line = |key: i64, day: i64| Line {
            hash: 0,
            key: PostKey(key),
            published: DateTime::from_timestamp(day * 86_400, 0).map(Published::At),
            pinned: false,
        };
        let list = |lines: &[(i64, i64)]| Listing {
            lines: lines.iter().map(|(key, day)| line(*key, *day)).collect(),
        };
        let before = list(&[(5, 50), (4, 40), (3, 30), (2, 20), (1, 10)]);
        let withdrawn = |later: &[(i64, i64)]| before.withdrawn(&list(later));
        assert_eq!(withdrawn(&[(5, 50), (3, 30), (2, 20), (1, 10)]), [PostKey(4)]);
        // What new posts push out at the end has only scrolled away.
        assert_eq!(withdrawn(&[(7, 70), (6, 60), (5, 50), (4, 40), (3, 30)]), []);
        // A list that begins anew, another order, half of it at once: nobody can tell.
        assert_eq!(withdrawn(&[(9, 90), (8, 80)]), []);
        assert_eq!(withdrawn(&[(3, 30), (5, 50), (2, 20), (1, 10)]), []);
        assert_eq!(withdrawn(&[(5, 50), (1, 10)]), []);
    }

    #[test]
    fn bytes_of_another_form_are_forgotten() {
        assert_eq!(Listing::from_bytes(&[1, 2, 3]), Listing::default());
    }

    #[test]
    fn a_pinned_post_says_nothing_about_the_reach_of_a_list() {
        let line = |ms, pinned| Line {
            hash: 0,
            key: PostKey(ms),
            published: DateTime::from_timestamp_millis(ms).map(Published::At),
            pinned,
        };
        let listing = Listing { lines: vec![line(1, true), line(500, false), line(400, false)] };
        assert_eq!(listing.covers_since().unwrap().timestamp_millis(), 400);
        assert_eq!(listing.newest().unwrap().timestamp_millis(), 500);
    }
}
