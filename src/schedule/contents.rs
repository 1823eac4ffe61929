//! What the posts that a look read say, judged.
//!
//! In: a settled look. Out: the same with findings about the content of its new and edited posts and of its page, and
//! which of these it can speak about. A post that stands as it was is not judged again: most looks cost nothing here. A
//! check that stumbles over a post leaves that post unjudged and nothing else: the look, and the batch it is written
//! with, go on.

use super::Scheduler;
use super::settle::Settled;
use crate::judge::content::checks::{Checks, PAGE, subject};
use crate::judge::pack::Pack;
use crate::model::finding::Finding;
use crate::model::post::Post;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Scheduler {
    /// Judges what a look read.
    pub(super) fn judge_contents(&self, settled: &mut Settled, pack: &Pack) {
        let at = settled.visit.at;
        let new = settled.posts.iter().map(|sighted| &sighted.post);
        let edited = settled.edits.iter().map(|edited| &edited.post);
        for post in new.chain(edited) {
            let Some(findings) = self.spared(post, || self.checks.findings(post, pack, at)) else { continue };
            settled.findings.extend(findings);
            settled.sure.read.extend(Checks::subjects(post));
        }
        if let Some(front) = &settled.front {
            let homepage = &settled.finish.watched.registered.homepage;
            settled.findings.extend(self.checks.page(front, homepage, pack, at));
            settled.sure.read.push(PAGE.to_owned());
        }
        // Nobody can read any more what is not there.
        let gone = settled.withdrawn.iter().filter(|post| post.since.is_some());
        settled.sure.read.extend(gone.map(|post| subject(post.key)));
    }

    /// What the checks say of a post; none when one of them stumbled.
    fn spared(&self, post: &Post, judge: impl FnOnce() -> Vec<Finding>) -> Option<Vec<Finding>> {
        // The checks only read: whatever they left half done is gone with them.
        let judged = catch_unwind(AssertUnwindSafe(judge)).ok();
        if judged.is_none() {
            self.metrics.panics_total.inc();
            tracing::error!(post.key = post.key.0, "a check of content panicked; the post is not judged");
        }
        judged
    }
}
