//! The life of a case: pure, one exhaustive table.
//!
//! In: where a case stands and what happened. Out: where it stands now and whether people are to hear of it.

use crate::model::incident::State;

/// What can happen to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A look that can carry the claim found the matter.
    Found,
    /// A look that can carry the claim found that the matter is over.
    Cleared,
    /// A look failed, or could not tell.
    Unsure,
    /// A person took it in hand.
    Acknowledge,
    /// A person closed it (false alarm, settled otherwise).
    Close,
}

impl Happening {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Found, Self::Cleared, Self::Unsure, Self::Acknowledge, Self::Close];
}

/// What follows from a happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Open a new case and tell.
    Open,
    /// Write that it goes on, tell only when it got worse.
    Continue,
    /// Note who has it in hand.
    Acknowledge,
    /// End it and tell.
    Resolve,
    /// End it on a person's word and tell.
    Close,
}

/// Where a case stands after a happening; `None` is "no case runs". An ended case never runs again: the same
/// matter coming back is a new case.
#[must_use]
pub const fn next(state: Option<State>, happening: Happening) -> (Option<State>, Effect) {
    use Happening as H;
    match (state, happening) {
        (_, H::Unsure)
        | (None | Some(State::Resolved | State::Closed), H::Cleared | H::Acknowledge | H::Close)
        | (Some(State::Acknowledged), H::Acknowledge) => (state, Effect::Nothing),
        (None | Some(State::Resolved | State::Closed), H::Found) => (Some(State::Open), Effect::Open),
        (Some(State::Open | State::Acknowledged), H::Found) => (state, Effect::Continue),
        (Some(State::Open | State::Acknowledged), H::Cleared) => (Some(State::Resolved), Effect::Resolve),
        (Some(State::Open | State::Acknowledged), H::Close) => (Some(State::Closed), Effect::Close),
        (Some(State::Open), H::Acknowledge) => (Some(State::Acknowledged), Effect::Acknowledge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [Option<State>; 5] =
        [None, Some(State::Open), Some(State::Acknowledged), Some(State::Resolved), Some(State::Closed)];

    #[test]
    fn a_look_that_could_not_tell_neither_opens_nor_closes_a_case() {
        for state in STATES {
            assert_eq!(next(state, Happening::Unsure), (state, Effect::Nothing));
        }
    }

    #[test]
    fn an_ended_case_never_runs_again_by_itself() {
        for state in [Some(State::Resolved), Some(State::Closed)] {
            for happening in Happening::ALL {
                let (after, effect) = next(state, happening);
                assert!(after == state || (happening == Happening::Found && effect == Effect::Open));
            }
        }
    }

    #[test]
    fn people_hear_exactly_when_a_case_begins_or_ends() {
        for state in STATES {
            for happening in Happening::ALL {
                let (after, effect) = next(state, happening);
                let runs = |state: Option<State>| state.is_some_and(State::is_running);
                assert_eq!(!runs(state) && runs(after), effect == Effect::Open, "{state:?} {happening:?}");
                assert_eq!(
                    runs(state) && !runs(after),
                    matches!(effect, Effect::Resolve | Effect::Close),
                    "{state:?} {happening:?}"
                );
            }
        }
    }
}
