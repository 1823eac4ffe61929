//! The stage as a whole: saved pages of every recipe, every wall, and hostile bytes.

mod bridges;
mod gov;
mod guide;
mod hostile;
mod platforms;
mod recipes;
mod walls;
mod wechat;

use super::*;
use crate::model::page::Validators;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

static SHIPPED: LazyLock<Recipes> = LazyLock::new(|| Recipes::load(Path::new("no such folder")).unwrap());

fn recipe(name: &str) -> &'static Arc<Recipe> {
    SHIPPED.find(name).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00+08:00".parse().unwrap()
}

fn golden(file: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    std::fs::read(path).unwrap()
}

fn fetched(body: impl Into<Vec<u8>>) -> Fetched {
    let url = Url::parse("https://www.chenghu.example/zwgk/index.html").unwrap();
    Fetched::at_hand(url, body.into())
}

fn look(name: &str, body: impl Into<Vec<u8>>) -> Result<Extracted, Miss> {
    extract(recipe(name), &fetched(body), &Listing::default(), now())
}

/// A post in one line: time, origin, source, title.
fn told(post: &Post) -> String {
    let time = match post.published {
        Some(crate::model::post::Published::At(at)) => {
            crate::model::moment::in_shanghai(at).format("%m-%d %H:%M").to_string()
        }
        Some(crate::model::post::Published::On(day)) => day.format("%Y-%m-%d").to_string(),
        None => "-".to_owned(),
    };
    let pin = if post.pinned { "^" } else { "" };
    format!("{pin}{time} {} {} {}", post.origin, post.source.as_deref().unwrap_or("-"), post.title)
}
