//! Whether to write to an audience now, why, and of which cases.
//!
//! In: where each case of the audience stands, what the audience was last told of it, the spans and the time.
//! Out: a decision. It knows nothing of mails, rows or clocks: the same input always gives the same decision,
//! so that a restart tells nothing anew.
//!
//! What holds:
//! - A change is told once `group_wait` after the earliest untold change, and `group_interval` after the last
//!   mail at the earliest; whatever else is ready then goes along. So a hundred cases at once are one mail.
//! - A case that ended before anybody heard of it is never mentioned.
//! - A case that was told and ended is told as ended, `resolve_delay` after its end, hidden or not.
//! - A hidden case is neither told nor repeated; it is told when what hides it ends.
//! - What is open, told and not yet acknowledged is told again after `repeat_interval`.
//! - What is minor is told in the daily digest, once.

use super::timing::{Timing, after};
use crate::model::delivery::Reason;
use crate::model::finding::Level;
use crate::model::incident::State;
use chrono::{DateTime, Utc};

/// A case as the audience may hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Where it stands.
    pub state: State,
    /// How much it weighs.
    pub level: Level,
    /// Whether another running case hides it.
    pub hidden: bool,
    /// It waits for the daily digest and is told once.
    pub minor: bool,
    /// When it took its present state and level, or when what hid it ended, whichever is later.
    pub changed_at: DateTime<Utc>,
    /// What the audience was last told of it.
    pub told: Told,
}

/// What an audience was last told of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Never,
    /// That it is open.
    Open {
        /// When.
        at: DateTime<Utc>,
        /// With which weight.
        level: Level,
    },
    /// That it ended.
    Ended,
}

/// How a case is mentioned in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// It is new to the audience.
    Opened,
    /// It is known and weighs more now.
    Worsened,
    /// It is known and still open.
    StillOpen,
    /// It is known and has ended.
    Ended,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Why to write now; `None` when there is nothing to write.
    pub reason: Option<Reason>,
    /// The cases of the mail by their place in the input, in that order; empty without a reason.
    pub tell: Vec<(usize, Tell)>,
    /// When to decide again if nothing happens before; `None` when only something new can change the decision.
    /// Assumes that a mail decided on now is recorded as told now.
    pub due: Option<DateTime<Utc>>,
}

/// Decides for one audience; `last_sent` is when its last mail was decided on.
#[must_use]
pub fn decide(
    members: &[Member],
    timing: Timing,
    last_sent: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Decision {
    let due = next_mail(members, timing, last_sent);
    if due.is_none_or(|due| now < due) {
        return Decision { reason: None, tell: Vec::new(), due };
    }
    let repeat = next_repeat(members, timing).is_some_and(|at| at <= now);
    let tell: Vec<_> = members
        .iter()
        .enumerate()
        .filter_map(|(place, member)| {
            let news = member.news(timing).filter(|(_, at)| *at <= now).map(|(tell, _)| tell);
            let again = repeat && member.repeats();
            news.or(again.then_some(Tell::StillOpen)).map(|tell| (place, tell))
        })
        .collect();
    let mut after_mail = members.to_vec();
    for (place, tell) in &tell {
        after_mail[*place].told = after_mail[*place].told_as(*tell, now);
    }
    Decision {
        reason: reason(members, &after_mail, &tell),
        tell,
        due: next_mail(&after_mail, timing, Some(now)),
    }
}

impl Member {
    /// What is new to the audience about this case, and from when on it may be told.
    fn news(&self, timing: Timing) -> Option<(Tell, DateTime<Utc>)> {
        match (self.state.is_running(), self.told) {
            (true, _) if self.hidden => None,
            (true, Told::Never | Told::Ended) if self.minor => {
                Some((Tell::Opened, timing.digest_after(self.changed_at)))
            }
            (true, Told::Never | Told::Ended) => Some((Tell::Opened, self.changed_at)),
            (true, Told::Open { level, .. }) if self.level.gravity() > level.gravity() => {
                Some((Tell::Worsened, self.changed_at))
            }
            (false, Told::Open { .. }) => Some((Tell::Ended, after(self.changed_at, timing.resolve_delay))),
            (true, Told::Open { .. }) | (false, Told::Never | Told::Ended) => None,
        }
    }

    /// Whether the case is told again from time to time.
    fn repeats(&self) -> bool {
        self.state == State::Open && !self.hidden && !self.minor && matches!(self.told, Told::Open { .. })
    }

    /// What the audience knows once it was told so.
    const fn told_as(&self, tell: Tell, now: DateTime<Utc>) -> Told {
        match tell {
            Tell::Opened | Tell::Worsened | Tell::StillOpen => Told::Open { at: now, level: self.level },
            Tell::Ended => Told::Ended,
        }
    }

    /// Whether the audience believes the case to be open.
    const fn is_known_open(&self) -> bool {
        matches!(self.told, Told::Open { .. })
    }
}

/// When the next mail leaves if nothing else happens.
fn next_mail(members: &[Member], timing: Timing, last_sent: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let news = members.iter().filter_map(|member| member.news(timing)).map(|(_, at)| at).min();
    let news = news.map(|at| after(at, timing.group_wait));
    let earliest = news.into_iter().chain(next_repeat(members, timing)).min()?;
    Some(last_sent.map_or(earliest, |last| earliest.max(after(last, timing.group_interval))))
}

/// When the case told longest ago is to be told again. What was hidden or acknowledged meanwhile counts anew.
fn next_repeat(members: &[Member], timing: Timing) -> Option<DateTime<Utc>> {
    if timing.repeat_interval.is_zero() {
        return None;
    }
    let told = members.iter().filter(|member| member.repeats()).filter_map(|member| match member.told {
        Told::Open { at, .. } => Some(at.max(member.changed_at)),
        Told::Never | Told::Ended => None,
    });
    told.min().map(|at| after(at, timing.repeat_interval))
}

fn reason(before: &[Member], after_mail: &[Member], tell: &[(usize, Tell)]) -> Option<Reason> {
    let tells = |wanted: &[Tell]| tell.iter().any(|(_, tell)| wanted.contains(tell));
    if tells(&[Tell::Opened, Tell::Worsened]) {
        let known = before.iter().any(Member::is_known_open);
        Some(if known { Reason::Added } else { Reason::First })
    } else if tells(&[Tell::Ended]) {
        let open = after_mail.iter().any(Member::is_known_open);
        Some(if open { Reason::SomeResolved } else { Reason::AllResolved })
    } else if tells(&[Tell::StillOpen]) {
        Some(Reason::Repeat)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
