//! How many failures make one case: pure.
//!
//! In: how many accounts of a site are out of reach. Out: whether one case about the site stands for them all.
//! A hundred accounts behind one dead server are one piece of news, not a hundred.

/// What to do about a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damp {
    /// Open one case for the site.
    Open,
    /// End it.
    Close,
    /// Leave things as they are.
    Keep,
}

/// Fewer accounts than this are told one by one.
const LEAST: u32 = 3;

/// Whether a site is down: `out` of its `all` accounts have failed again and again with failures of the site.
/// It opens at half of the accounts and closes below a quarter, so that a site on the edge does not flutter.
#[must_use]
pub const fn site(out: u32, all: u32, open: bool) -> Damp {
    match open {
        false if out >= LEAST && out * 2 >= all => Damp::Open,
        true if out * 4 < all || all == 0 => Damp::Close,
        _ => Damp::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_site_is_down_when_half_of_its_accounts_are_out_of_reach() {
        assert_eq!(site(2, 2, false), Damp::Keep);
        assert_eq!(site(3, 6, false), Damp::Open);
        assert_eq!(site(3, 7, false), Damp::Keep);
        assert_eq!(site(100, 120, false), Damp::Open);
    }

    #[test]
    fn a_site_is_up_again_when_nearly_all_answer() {
        assert_eq!(site(3, 6, true), Damp::Keep);
        assert_eq!(site(1, 6, true), Damp::Close);
        assert_eq!(site(0, 1, true), Damp::Close);
    }

    proptest! {
        #[test]
        fn a_site_on_the_edge_does_not_flutter(out in 0_u32..1000, more in 0_u32..1000) {
            let all = out + more;
            prop_assert!(!(site(out, all, false) == Damp::Open && site(out, all, true) == Damp::Close));
        }
    }
}
