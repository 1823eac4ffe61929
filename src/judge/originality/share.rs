//! How much of what an account publishes is its own work.
//!
//! In: whose work its posts of a period are. Out: the counts, with what nobody can tell apart, and the share of
//! originals as the least and the most it can be: self-reports of offices state one figure (DOMAIN 6.2), but a figure
//! that hides what is unknown would be invented.

use crate::model::post::Origin;

/// The posts of a period by whose work they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// The account's own.
    pub original: usize,
    /// Others'.
    pub repost: usize,
    /// Nobody can tell.
    pub unknown: usize,
}

impl Share {
    /// Counts posts.
    #[must_use]
    pub fn of(origins: impl Iterator<Item = Origin>) -> Self {
        let mut share = Self::default();
        for origin in origins {
            match origin {
                Origin::Original => share.original += 1,
                Origin::Repost => share.repost += 1,
                Origin::Unknown => share.unknown += 1,
            }
        }
        share
    }

    /// All of them.
    #[must_use]
    pub const fn all(self) -> usize {
        self.original + self.repost + self.unknown
    }

    /// The least and the most that the share of originals can be, in whole percent; none without any post.
    #[must_use]
    pub const fn percent(self) -> Option<(usize, usize)> {
        let all = self.all();
        if all == 0 {
            return None;
        }
        Some((self.original * 100 / all, (self.original + self.unknown) * 100 / all))
    }

    /// In words.
    #[must_use]
    pub fn zh(self) -> String {
        let Self { original, repost, unknown } = self;
        let share = match self.percent() {
            None => return "没有内容".to_owned(),
            Some((least, most)) if least == most => format!("原创占{least}%"),
            Some((least, most)) => format!("原创占{least}%至{most}%（取决于无法判断的）"),
        };
        format!("原创{original}条、转载{repost}条、无法判断{unknown}条，{share}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_widens_the_share_and_belongs_to_nobody() {
        use Origin::{Original, Repost, Unknown};
        let of = |origins: &[Origin]| Share::of(origins.iter().copied());
        assert_eq!(of(&[]).percent(), None);
        assert_eq!(of(&[Original, Repost]).percent(), Some((50, 50)));
        let share = of(&[Original, Repost, Unknown, Unknown]);
        assert_eq!((share.all(), share.percent()), (4, Some((25, 75))));
        assert_eq!(share.zh(), "原创1条、转载1条、无法判断2条，原创占25%至75%（取决于无法判断的）");
    }
}
