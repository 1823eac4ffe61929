//! Whose work a post of a listing is: what is stored with it.
//!
//! In: a post as a recipe read it, the platform, the unit behind the account. Out: its origin and, for a repost, whose
//! it is. What the recipe read as mark and source line is the platform's word; everything else is in title and text.

use super::own::Unit;
use super::{Case, Forwarded, Marks, Sources, judge};
use crate::model::account::Platform;
use crate::model::post::{Origin, Post};
use std::sync::LazyLock;

/// Settles the origin and the source of a post.
#[must_use]
pub fn of_post(post: &Post, platform: Platform, unit: &Unit) -> (Origin, Option<String>) {
    // Whether a source is allowed is another question; here the list only tells names from words.
    static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::shipped);
    let source = post.source.as_deref();
    let forwarded = (post.origin == Origin::Repost).then(|| Forwarded::by(source));
    let declared = post.origin == Origin::Original;
    let source_line = source.filter(|_| forwarded.is_none());
    let marks = Marks { forwarded, source_line, declared, ..Marks::default() };
    let case = Case { platform, title: &post.title, text: &post.text, marks };
    let verdict = judge(&case, unit, &SOURCES.allowed(None, None));
    (verdict.origin, verdict.source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::post::PostKey;

    fn settled(origin: Origin, source: Option<&str>, text: &str) -> (Origin, Option<String>) {
        let post = Post {
            key: PostKey(1),
            url: String::new(),
            title: String::new(),
            text: text.to_owned(),
            published: None,
            origin,
            source: source.map(str::to_owned),
            pinned: false,
            links: Vec::new(),
        };
        of_post(&post, Platform::Wechat, &Unit::new("沙河水利", "沙河县水利局", &["沙河县河道管理站"]))
    }

    fn repost(source: &str) -> (Origin, Option<String>) {
        (Origin::Repost, Some(source.to_owned()))
    }

    #[test]
    fn a_source_line_of_the_platform_names_the_own_unit_or_another() {
        let line = |source| settled(Origin::Unknown, Some(source), "");
        for own in [
            "沙河县水利局",
            "沙河水利微信公众号",
            "“沙河水利”",
            "沙河县水利局办公室",
            "沙河县水利局河道管理股",
            "办公室",
            "宣传科",
            "我局",
            "本局综合科",
            "沙河县水利局、沙河县河道管理站",
            "沙河水利官方微博",
        ] {
            assert_eq!(line(own), (Origin::Original, None), "{own}");
        }
        assert_eq!(line("新华社微信公众号"), repost("新华社"));
        assert_eq!(line("江州市水利局"), repost("江州市水利局"));
        assert_eq!(line("沙河县水利局、江州日报"), repost("江州日报"));
        assert_eq!(line("新华社，江州日报"), repost("新华社、江州日报"));
        assert_eq!(line("江州日报 / 《求是》杂志"), repost("江州日报、求是杂志"));
        assert_eq!(line("沙河水利投资有限公司"), repost("沙河水利投资有限公司"));
        assert_eq!(line(" , "), (Origin::Unknown, None));
    }

    #[test]
    fn a_source_line_wins_over_a_declaration_and_a_mark_over_everything() {
        assert_eq!(settled(Origin::Original, Some("央视新闻客户端"), ""), repost("央视新闻"));
        assert_eq!(settled(Origin::Original, None, "冬天要补水。"), (Origin::Original, None));
        assert_eq!(settled(Origin::Repost, Some("沙河水利"), ""), repost("沙河水利"));
        assert_eq!(settled(Origin::Repost, None, "我局开展巡河。"), (Origin::Repost, None));
    }

    #[test]
    fn the_text_tells_where_the_platform_does_not() {
        assert_eq!(settled(Origin::Unknown, None, "冬天要补水。\n来源：新华社"), repost("新华社"));
        assert_eq!(settled(Origin::Unknown, None, "我局开展巡河。"), (Origin::Original, None));
        assert_eq!(settled(Origin::Unknown, None, "冬天要补水。"), (Origin::Unknown, None));
        let deep = format!("{}\n水的来源：某地\n{}", "上".repeat(200), "下".repeat(200));
        assert_eq!(settled(Origin::Unknown, None, &deep), (Origin::Unknown, None));
    }
}
