//! 4 FINDINGS: rules over facts.
//!
//! In: what is known about an account, a rule pack, the time. Out: its state and findings with their evidence.
//! Everything here is pure but for reading the files of packs at start; nothing is fetched, stored or sent.
//!
//! | Question | File | Runs on | Skipped when |
//! |---|---|---|---|
//! | Has it been silent for too long? | [`inactivity`] | every visit, good or not | the last good look is missing or not fresh: nothing may be opened or closed (`judged == false`) |
//! | Can we see it, and does it still exist? | [`reachability`] | every failed visit | our own line is down |
//! | Is it still who it was? | [`profile`] | a good look that told about the account, when something changed and once a day | the fact was not told, or seen only once so far |
//! | Has the bridge before it fallen silent? | [`bridge`] | the accounts behind it together, every few minutes | too few of them have a rhythm |
//! | Do its sources tell the same? | [`sources`] | looks that asked several | fewer than two of them answered |
//! | Whose work is a post? | [`originality`] | every new post | never; it may say that nobody can tell |
//! | Do two posts tell the same, and do their facts agree? | [`similar`] | pairs of posts | what nobody can compare is different |
//! | Does a post carry what a task asks for? | [`tasks`] | new posts while a task runs | the list does not reach back to the task |
//! | Has a repost altered its title? | [`titles`] | a repost and its source | the source's title is not known |
//! | Does a post give away personal data? | [`content::privacy`] | title and text | it holds neither digit nor letter |
//! | Does it show a document that bears a secrecy marking? | [`content::secrecy`] | title, text, lines of pictures, names of attachments | never |
//! | Does it advertise? | [`content::ads`] | title, text, links | it holds no sign of a sale |
//! | Does it link where it must not? | [`content::links`] | links, seen and hidden | it has none |
//! | Which listed terms does it hold? | [`content::terms`] | title and text | there is no list |
//! | May its source be reposted? | [`content::reposts`] | reposts that name a source | the place has no list |
//! | What do all checks of content say? | [`content::checks`] | every new and every edited post | a check is switched off |
//! | Which earlier posts does a text overlap with? | [`index::shingles`] | every new post | the text is short |
//!
//! What the rules demand is data ([`pack`]); what they need to know is one small value per account
//! ([`facts`]), kept up to date look by look and equal to what the whole [`history`] says.

mod amount;
pub mod bridge;
pub mod content;
pub mod facts;
mod folded;
mod glyphs;
pub mod history;
pub mod inactivity;
pub mod index;
pub mod months;
pub mod originality;
pub mod pack;
pub mod profile;
pub mod reachability;
pub mod similar;
pub mod sources;
pub mod tasks;
pub mod titles;
mod wording;
