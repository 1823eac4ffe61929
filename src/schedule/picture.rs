//! The picture behind an account's avatar, when its address is another one than before.
//!
//! In: what a look told about the account. Out: that the address is the one whose picture is known, the hash of the
//! picture behind a new one, or nothing: then what was known stays, for a picture that could not be fetched says
//! nothing. A picture is asked for as seldom as a profile is gone through, at the pace and within the day's limit of
//! its own site.

use super::pace::site_of;
use super::visit::{Eyes, Refusal};
use crate::extract::{self, Recipe};
use crate::model::listing::{Extracted, Picture};
use crate::model::page::Request;
use crate::model::profile::{address_hash, avatar_of};
use crate::model::watch::Watched;
use url::Url;

impl Eyes {
    /// What is known of the picture; `page` is where its address stands.
    pub(super) async fn picture(
        &self,
        watched: &Watched,
        recipe: &Recipe,
        extracted: &Extracted,
        page: &Url,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Picture> {
        let raw = extracted.profile.avatar.as_deref()?;
        let plain = avatar_of(&extracted.profile, extracted.named, &watched.registered)?;
        let noted = watched.known.profile;
        if plain.is_empty() {
            return None;
        }
        if noted.avatar == Some(address_hash(&plain)) {
            return Some(Picture::Same);
        }
        if noted.due.is_some_and(|due| due > self.clock.now()) {
            return None;
        }
        let url = page.join(raw.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let site = site_of(&url);
        if !self.wait(&site, recipe, &url).await {
            return None;
        }
        let fetched = match self.fetcher.fetch(Request::get(url)).await {
            Ok(fetched) if fetched.status == 200 => fetched,
            Ok(_) => return None,
            Err(miss) => {
                refusals.extend(Refusal::of(&site, &miss));
                return None;
            }
        };
        // Decoding is bounded, but not so short that others should wait for it.
        let hash = tokio::task::spawn_blocking(move || extract::picture(&fetched.body)).await.ok()??;
        Some(Picture::Hash(hash))
    }
}
