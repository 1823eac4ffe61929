//! Whether a post carries what a task asks for, and whether an account has missed it.
//!
//! In: a task, a post; a task, what is known of an account's look. Out: the post as one that carries it, with the reason
//! why its title is suspected to be altered; whether the account must be asked. Pure. What a list does not reach back
//! to is unverified and never missed.

use super::titles;
use crate::model::address::plain_with_route;
use crate::model::post::Post;
use crate::model::task::{Carried, Task};
use chrono::{DateTime, Utc};

/// Titles of which so much stays when one is turned into the other letter by letter are one that was altered
/// (Levenshtein's distance as a share of the longer).
const ALIKE: f64 = 0.72;
/// The shortest title by which a post is known, in characters: shorter ones stand in many texts.
const SHORTEST: usize = 6;
/// How much of a text is looked through for a title, in bytes.
const LOOKED: usize = 4_000;

/// The post as one that carries a task, if it does; `at`: when it appeared.
#[must_use]
pub fn carries(task: &Task, post: &Post, at: DateTime<Utc>) -> Option<Carried> {
    if at < task.from {
        return None;
    }
    let by_address = !task.url.is_empty() && leads_to(post, &plain_with_route(&task.url));
    let verdict = titles::judge(&task.source, &task.title, &post.title);
    let altered = if !verdict.altered || stands_in(&task.title, &post.text) {
        String::new()
    } else if by_address
        || strsim::normalized_levenshtein(&letters(&task.title), &letters(&post.title)) >= ALIKE
    {
        verdict.reason
    } else {
        return None;
    };
    let (title, url) = (post.title.clone(), post.url.clone());
    Some(Carried { task: task.id, post: post.key, at, title, url, altered })
}

/// Whether a post is the original itself, or links to it.
fn leads_to(post: &Post, original: &str) -> bool {
    plain_with_route(&post.url) == original
        || post.links.iter().any(|link| plain_with_route(&link.href) == original)
}

/// Whether a text gives the title in full: on platforms without titles it stands there.
fn stands_in(title: &str, text: &str) -> bool {
    let title = letters(title);
    title.chars().count() >= SHORTEST && letters(&text[..text.floor_char_boundary(LOOKED)]).contains(&title)
}

/// The letters and digits of a text, in one width.
fn letters(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether an account whose look was good and that has not carried a task has missed it.
///
/// `covers_since`: how far back its list reached in that look.
#[must_use]
pub fn is_missed(task: &Task, looked_at: DateTime<Utc>, covers_since: Option<DateTime<Utc>>) -> bool {
    looked_at > task.deadline && covers_since.is_some_and(|since| since <= task.from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::post::{Link, Origin, PostKey};
    use crate::model::task::{Scope, TaskId};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn task() -> Task {
        Task {
            id: TaskId(1),
            title: "国务院办公厅关于加强冬季取暖保障工作的通知".to_owned(),
            url: "https://www.gov.cn/zhengce/1.htm".to_owned(),
            source: "中国政府网".to_owned(),
            from: at("2026-11-18T00:00:00Z"),
            deadline: at("2026-11-20T00:00:00Z"),
            scope: Scope::default(),
            closed_at: None,
        }
    }

    fn carried(title: &str, text: &str, href: &str) -> Option<String> {
        let link = Link { words: String::new(), href: href.to_owned(), hidden: false };
        let post = Post {
            key: PostKey(1),
            url: String::new(),
            title: title.to_owned(),
            text: text.to_owned(),
            published: None,
            origin: Origin::Repost,
            source: None,
            pinned: false,
            links: vec![link],
        };
        carries(&task(), &post, at("2026-11-19T00:00:00Z")).map(|it| it.altered)
    }

    #[test]
    fn a_title_carries_a_task_in_any_dress_and_an_altered_one_says_why() {
        let title = task().title;
        assert_eq!(carried(&title, "", ""), Some(String::new()));
        assert_eq!(carried(&format!("【转载】{title}"), "", ""), Some(String::new()));
        assert_eq!(carried("", &format!("【{title}】各地要做好保障。"), ""), Some(String::new()));
        for altered in
            ["重磅！国务院办公厅关于加强冬季取暖保障工作的通知来了", "国务院办公厅发文加强冬季取暖保障工作"]
        {
            assert!(carried(altered, "", "").is_some_and(|why| !why.is_empty()), "{altered}");
        }
        assert!(
            carried("通知来了", "", "http://www.gov.cn/zhengce/1.htm").is_some_and(|why| !why.is_empty())
        );
        for other in ["国务院办公厅关于加强夏季防汛工作的意见", "今日天气", ""] {
            assert_eq!(carried(other, "各地做好取暖保障。", ""), None, "{other}");
        }
    }

    #[test]
    fn what_was_posted_before_the_task_does_not_count() {
        let post = Post {
            key: PostKey(1),
            url: String::new(),
            title: task().title,
            text: String::new(),
            published: None,
            origin: Origin::Repost,
            source: None,
            pinned: false,
            links: Vec::new(),
        };
        assert_eq!(carries(&task(), &post, at("2026-11-17T00:00:00Z")), None);
    }

    #[test]
    fn only_a_list_that_reaches_back_to_the_task_can_miss_it() {
        let (before, after) = (at("2026-11-17T00:00:00Z"), at("2026-11-18T06:00:00Z"));
        let late = at("2026-11-20T00:00:01Z");
        assert!(is_missed(&task(), late, Some(before)));
        assert!(!is_missed(&task(), late, Some(after)));
        assert!(!is_missed(&task(), late, None));
        assert!(!is_missed(&task(), at("2026-11-20T00:00:00Z"), Some(before)));
    }
}
