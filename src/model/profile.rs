//! What an account says about itself, over time.
//!
//! In: the profiles of good looks. Out: for each fact its values with when they were seen, and what of it changed
//! and must be written. A value seen once may be a slip of the platform: it counts only once it has been seen
//! again hours later with no other value in between.

use super::account::{Platform, Registered, Verification};
use super::followers::Followers;
use super::listing::{Ipv6, Picture, Profile};
use super::words;
use chrono::{DateTime, Duration, Utc};
use std::cmp::Reverse;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::Xxh3;

words! {
    /// A part of a profile whose values are kept.
    pub enum Fact {
        Name = "name", "名称";
        Intro = "intro", "简介";
        Avatar = "avatar", "头像";
        Verification = "verification", "认证类型";
        VerifiedSubject = "verified_subject", "认证主体";
        /// Of an app: how its host answers over IPv6 ([`Ipv6`]).
        Ipv6 = "ipv6", "IPv6";
    }
}

impl Fact {
    /// Whether anything is said about an account because of it. The others are only kept, once a day.
    #[must_use]
    pub const fn is_judged(self) -> bool {
        matches!(self, Self::Name | Self::Verification | Self::VerifiedSubject | Self::Ipv6)
    }
}

/// How far apart a value must be seen twice before it counts.
pub const CONFIRM: Duration = Duration::hours(6);
/// How often it is written that an unchanged profile was seen; a little less than a day, so that looks an hour
/// apart leave no day out.
pub const REFRESH: Duration = Duration::hours(23);
/// Bytes of a value; enough for any introduction, and few enough for a key of either database.
const LONGEST: usize = 900;

/// One value of one fact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Seen {
    /// Which fact.
    pub fact: Fact,
    /// Its value.
    pub value: String,
    /// When it was seen first.
    pub first_seen: DateTime<Utc>,
    /// Since when no other value has been seen, up to `last_seen`.
    pub since: DateTime<Utc>,
    /// When it was seen last, as far as that was written.
    pub last_seen: DateTime<Utc>,
    /// Whether it was ever more than a slip.
    pub lasted: bool,
}

impl Seen {
    /// Whether the present run of this value was seen twice, hours apart.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.last_seen - self.since >= CONFIRM
    }
}

/// What was last noted of a profile, kept with the account so that an unchanged one costs nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Noted {
    /// Of what is judged; none when nothing was ever noted.
    pub hash: Option<i64>,
    /// From when the profile is gone through again although nothing changed; none at once.
    pub due: Option<DateTime<Utc>>,
    /// Of the address whose picture is the avatar seen last ([`address_hash`]).
    pub avatar: Option<i64>,
}

/// What one look told about an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    facts: Vec<(Fact, String)>,
    followers: Option<u64>,
    /// The address of the avatar and its picture, when that is known.
    avatar: Option<(String, Picture)>,
}

impl Told {
    /// What a profile tells about a registered account. `named`: the name is the account's own on its platform.
    /// The title of a site or of a generic feed is nobody's name, and such a page's introduction and image are
    /// not the account's either.
    #[must_use]
    pub fn of(profile: &Profile, named: bool, registered: &Registered) -> Self {
        let ipv6 = profile.ipv6.map(|ipv6| (Fact::Ipv6, ipv6.as_str().to_owned()));
        if !has_profile(registered.platform) {
            return Self { facts: ipv6.into_iter().collect(), ..Self::default() };
        }
        let own = |value: &Option<String>| value.as_deref().filter(|_| named).map(|text| clip(text.trim()));
        let address = avatar_of(profile, named, registered);
        let spoken = |value: Option<String>| value.filter(|text| !text.is_empty());
        let values = [
            (Fact::Name, spoken(own(&profile.name))),
            (Fact::Intro, own(&profile.intro)),
            // That there is none is seen on the page; which one it is, only in the picture.
            (Fact::Avatar, address.clone().filter(String::is_empty)),
            (Fact::Verification, profile.verification.map(|it| it.as_str().to_owned())),
            (Fact::VerifiedSubject, spoken(profile.verified_subject.as_deref().map(|it| clip(it.trim())))),
        ];
        let facts = values.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect();
        let avatar = address.filter(|address| !address.is_empty()).zip(profile.picture);
        Self { facts, followers: profile.followers, avatar }
    }

    /// Whether nothing was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.followers.is_none() && self.avatar.is_none()
    }

    /// Whether a fact was told.
    #[must_use]
    pub fn tells(&self, fact: Fact) -> bool {
        self.facts.iter().any(|(told, _)| *told == fact)
    }

    /// Whether followers were told.
    #[must_use]
    pub const fn tells_followers(&self) -> bool {
        self.followers.is_some()
    }

    /// Of what is judged; what changes often (followers, introductions that count) is left out.
    #[must_use]
    pub fn hash(&self) -> i64 {
        let mut hasher = Xxh3::new();
        for (fact, value) in self.facts.iter().filter(|(fact, _)| fact.is_judged()) {
            hasher.update(fact.as_str().as_bytes());
            hasher.update(&[0]);
            hasher.update(value.as_bytes());
            hasher.update(&[0]);
        }
        hasher.digest().cast_signed()
    }

    /// Whether the look must be taken into the memory: something that is judged is new, or it is time again.
    #[must_use]
    pub fn is_wanted(&self, noted: Noted, now: DateTime<Utc>) -> bool {
        !self.is_empty() && (noted.due.is_none_or(|due| due <= now) || noted.hash != Some(self.hash()))
    }
}

/// Everything remembered of one account's profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// Values of facts, in no order.
    pub facts: Vec<Seen>,
    /// Followers day by day.
    pub followers: Followers,
}

/// What taking in a look changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Values to write.
    pub facts: Vec<Seen>,
    /// The followers have one more count.
    pub followers: bool,
    /// The address whose picture is the avatar seen last, if this look told it ([`address_hash`]).
    pub avatar: Option<i64>,
}

impl Memory {
    /// The value of a fact seen last.
    #[must_use]
    pub fn latest(&self, fact: Fact) -> Option<&Seen> {
        self.facts.iter().filter(|seen| seen.fact == fact).max_by_key(|seen| (seen.last_seen, seen.since))
    }

    /// The values of a fact that lasted, other than the latest; the one seen last first.
    pub fn earlier(&self, fact: Fact) -> impl Iterator<Item = &Seen> {
        let latest = self.latest(fact);
        let mut others: Vec<&Seen> =
            self.facts.iter().filter(|seen| seen.fact == fact && seen.lasted).collect();
        others.retain(|seen| latest.is_none_or(|latest| latest.value != seen.value));
        others.sort_by_key(|seen| Reverse(seen.last_seen));
        others.into_iter()
    }

    /// The same as far as it was known at an instant; when a value came back is known of the last time only.
    #[must_use]
    pub fn up_to(&self, at: DateTime<Utc>) -> Self {
        let known = self.facts.iter().filter(|seen| seen.first_seen <= at).map(|seen| Seen {
            since: if seen.since <= at { seen.since } else { seen.first_seen },
            last_seen: seen.last_seen.min(at),
            lasted: seen.lasted && at - seen.first_seen >= CONFIRM,
            ..seen.clone()
        });
        Self { facts: known.collect(), followers: self.followers.up_to(at) }
    }

    /// Takes in a good look; returns what must be written.
    pub fn note(&mut self, told: &Told, at: DateTime<Utc>) -> Changes {
        let mut facts: Vec<Seen> =
            told.facts.iter().filter_map(|(fact, value)| self.note_fact(*fact, value, at)).collect();
        let mut avatar = None;
        if let Some((address, picture)) = &told.avatar
            && let Some(value) = self.avatar_value(address, *picture)
        {
            facts.extend(self.note_fact(Fact::Avatar, &value, at));
            let taken = self.latest(Fact::Avatar).is_some_and(|latest| latest.value == value);
            avatar = taken.then(|| address_hash(address));
        }
        let followers = told.followers.is_some_and(|count| self.followers.note(at, count));
        Changes { facts, followers, avatar }
    }

    /// The value that stands for a picture: that of the picture as it was seen before, whatever its address was, else
    /// its hash and its address.
    fn avatar_value(&self, address: &str, picture: Picture) -> Option<String> {
        let known = |seen: &&Seen| seen.fact == Fact::Avatar && picture_of(&seen.value).is_some();
        let latest = self.latest(Fact::Avatar).filter(known);
        let hash = match picture {
            Picture::Same => return latest.map(|seen| seen.value.clone()),
            Picture::Hash(hash) => hash,
        };
        let same = |seen: &&Seen| picture_of(&seen.value).is_some_and(|other| is_same_picture(hash, other));
        let before = latest.filter(same).or_else(|| self.facts.iter().filter(known).find(same));
        Some(before.map_or_else(|| clip(&format!("{hash:016x} {address}")), |seen| seen.value.clone()))
    }

    fn note_fact(&mut self, fact: Fact, value: &str, at: DateTime<Utc>) -> Option<Seen> {
        let latest = self.latest(fact).cloned();
        if let Some(latest) = &latest {
            let age = at - latest.last_seen;
            if latest.value == value {
                let confirms = !latest.is_confirmed() && at - latest.since >= CONFIRM;
                if age < REFRESH && !confirms {
                    return None;
                }
            } else if age <= Duration::zero() || (age < REFRESH && !fact.is_judged() && fact != Fact::Avatar)
            {
                // An older look, or an introduction that is another one at every look. A picture is no such thing.
                return None;
            }
        }
        let continues = latest.is_some_and(|latest| latest.value == value);
        let place = self.facts.iter_mut().find(|seen| seen.fact == fact && seen.value == value);
        let seen = if let Some(seen) = place {
            if !continues {
                seen.since = at;
            }
            seen.last_seen = at;
            seen.lasted |= seen.is_confirmed();
            seen.clone()
        } else {
            let value = value.to_owned();
            let new = Seen { fact, value, first_seen: at, since: at, last_seen: at, lasted: false };
            self.facts.push(new.clone());
            new
        };
        Some(seen)
    }

    /// When the profile is to be gone through again although nothing changed: soon while something that is judged
    /// waits for its second look.
    #[must_use]
    pub fn due(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let judged = Fact::ALL.iter().filter(|fact| fact.is_judged()).filter_map(|fact| self.latest(*fact));
        let waits = judged.filter(|seen| !seen.is_confirmed()).map(|seen| seen.since + CONFIRM);
        waits.filter(|due| *due > at).min().unwrap_or(at + REFRESH).min(at + REFRESH)
    }
}

/// As what an account is verified according to a kept value.
#[must_use]
pub fn verification(seen: &Seen) -> Option<Verification> {
    seen.value.parse().ok()
}

/// How a host answered over IPv6 according to a kept value.
#[must_use]
pub fn ipv6(seen: &Seen) -> Option<Ipv6> {
    seen.value.parse().ok()
}

/// A text in one form: compatible signs as their plain ones, without spaces and marks that have no shape.
#[must_use]
pub fn one_form(text: &str) -> String {
    let shapeless = |c: &char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    };
    text.nfkc().filter(|c| !shapeless(c)).flat_map(char::to_lowercase).collect()
}

/// Whether accounts of a platform have a profile. A site and a program have none; what they are called is no matter
/// of a platform.
const fn has_profile(platform: Platform) -> bool {
    !matches!(platform, Platform::Website | Platform::App | Platform::Miniprogram | Platform::Other)
}

/// The address of an account's own avatar, without what changes while the picture stays; empty when the page shows
/// that there is none.
#[must_use]
pub fn avatar_of(profile: &Profile, named: bool, registered: &Registered) -> Option<String> {
    let own = named && has_profile(registered.platform);
    profile.avatar.as_deref().filter(|_| own).map(|address| plain_address(&clip(address.trim())))
}

/// A number for an address.
#[must_use]
pub fn address_hash(address: &str) -> i64 {
    xxhash_rust::xxh3::xxh3_64(address.as_bytes()).cast_signed()
}

/// Bits by which two difference hashes of one picture may differ, after resizing and recompression.
const SAME: u32 = 8;

/// Whether two difference hashes are of one picture.
#[must_use]
pub const fn is_same_picture(one: u64, other: u64) -> bool {
    (one ^ other).count_ones() <= SAME
}

/// The hash in the value of an avatar; none when there is no avatar.
fn picture_of(value: &str) -> Option<u64> {
    let hash = value.split(' ').next().filter(|hash| hash.len() == 16)?;
    u64::from_str_radix(hash, 16).ok()
}

/// The address of a picture without what changes while the picture stays: host, signature and size.
fn plain_address(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let path = bare.split_once("://").map_or(bare, |(_, rest)| rest).trim_start_matches('/');
    // Pictures are served by whichever host of the platform is nearest.
    let path = path.split_once('/').map_or(path, |(_, path)| path);
    path.trim_end_matches('/').to_owned()
}

fn clip(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].replace('\0', "")
}

#[cfg(test)]
pub(crate) mod tests;
