//! What the posts that a look read say, judged.
//!
//! In: a settled look. Out: the same with findings about the content of its new and edited posts, and which posts it
//! can speak about. A post that stands as it was is not judged again: most looks cost nothing here.

use super::settle::Settled;
use crate::judge::content::checks::{Checks, PAGE, subject};
use crate::judge::pack::Pack;

/// Judges the posts of a look.
pub(super) fn judge(settled: &mut Settled, checks: &Checks, pack: &Pack) {
    let at = settled.visit.at;
    let new = settled.posts.iter().map(|sighted| &sighted.post);
    let edited = settled.edits.iter().map(|edited| &edited.post);
    for post in new.chain(edited) {
        settled.findings.extend(checks.findings(post, pack, at));
        settled.sure.read.extend(Checks::subjects(post));
    }
    if let Some(hidden) = &settled.hidden {
        settled.findings.extend(checks.page(hidden, &settled.finish.watched.registered.homepage, pack, at));
        settled.sure.read.push(PAGE.to_owned());
    }
    // Nobody can read any more what is not there.
    let gone = settled.withdrawn.iter().filter(|post| post.since.is_some());
    settled.sure.read.extend(gone.map(|post| subject(post.key)));
}
