//! Whose work a post is, from the platform's mark and one source line: what is stored with a post.
//!
//! In: what the platform marks, the source a post names, the names its unit goes by. Out: its origin and, for
//! a repost, whose it is. Decides only what these three tell: everything else stays unknown, which is never
//! held against an account.

use super::own::Unit;
use super::{Case, Forwarded, Marks, Sources, fold, judge, name};
use crate::model::account::Platform;
use crate::model::post::{Origin, Post};
use std::sync::LazyLock;

/// Whose work a post is, as it came from a listing: what the recipe read as its mark and its source line are the
/// platform's word, the rest is in title and text.
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

/// Labels by which a post says that its text as a whole comes from somebody. Credits for a part (图片来源,
/// 数据来源) begin with another word and are none of these.
const LABELS: [&str; 9] =
    ["信息来源", "文章来源", "内容来源", "稿件来源", "素材来源", "来源", "本文转自", "转载自", "转自"];
/// What every label holds one of: few texts do, and only those are searched for labels.
const STEMS: [&str; 3] = ["来源", "转自", "转载自"];
/// What stands between a label and a name.
const AFTER_LABEL: [char; 6] = [':', '：', '丨', '|', '｜', '/'];
/// Where a source line may stand: so many characters from the beginning and from the end of a text.
const MARGIN: usize = 120;
/// The longest name taken for a source, in characters.
const LONGEST_NAME: usize = 40;

/// The source a text credits at its beginning or its end, without its label. Deeper inside, 来源 is a word of
/// the text (资金来源, 水的来源).
#[must_use]
pub fn credited(text: &str) -> Option<&str> {
    let head = text.char_indices().nth(MARGIN).map_or(text.len(), |(at, _)| at);
    let tail = text.char_indices().rev().nth(MARGIN - 1).map_or(0, |(at, _)| at);
    source_in(&text[tail..], true).or_else(|| source_in(&text[..head], false))
}

/// The last (from behind) or first label in a piece of text that begins a line, a bracket or a sentence.
fn source_in(text: &str, from_behind: bool) -> Option<&str> {
    if !STEMS.iter().any(|stem| text.contains(stem)) {
        return None;
    }
    let mut found: Vec<(usize, &str)> = LABELS
        .iter()
        .flat_map(|label| text.match_indices(label).map(|(at, label)| (at, &text[at + label.len()..])))
        .filter(|(at, _)| {
            text[..*at]
                .chars()
                .next_back()
                .is_none_or(|c| c.is_whitespace() || "。!！?？;；(（【[〔—-".contains(c))
        })
        .collect();
    found.sort_unstable_by_key(|(at, _)| *at);
    let mut names = found.into_iter().filter_map(|(_, rest)| {
        let rest = rest.trim_start_matches([' ', '\u{3000}']);
        let name = rest.strip_prefix(AFTER_LABEL)?.trim_start();
        let end =
            name.find(|c: char| "\n\r。;；)）】]〕".contains(c) || c.is_whitespace()).unwrap_or(name.len());
        let name = name[..end].trim();
        (!name.is_empty() && name.chars().count() <= LONGEST_NAME).then_some(name)
    });
    if from_behind { names.next_back() } else { names.next() }
}

/// Settles the origin of a post.
///
/// A repost the platform itself marks is one whatever the source line says, and its source may be the account
/// itself. Otherwise a source line decides: every name own means original, any other means repost, from those
/// others. Without one the platform's mark stands. `own_names` are the host, the account and its other names.
#[must_use]
pub fn settle(marked: Origin, source: Option<&str>, own_names: &[&str]) -> (Origin, Option<String>) {
    let Some(line) = source else { return (marked, None) };
    let unit = Unit::new("", "", own_names);
    let names = names_in(line, &unit);
    if marked == Origin::Repost {
        return (Origin::Repost, (!names.is_empty()).then(|| names.join("、")));
    }
    if names.is_empty() {
        return (marked, None);
    }
    let others: Vec<String> = names.into_iter().filter(|name| !unit.is_own(name)).collect();
    if others.is_empty() { (Origin::Original, None) } else { (Origin::Repost, Some(others.join("、"))) }
}

/// The names in a source line, without platform words and quotation marks.
fn names_in(line: &str, unit: &Unit) -> Vec<String> {
    name::names_in(&fold::fold(line), |name| unit.is_own(name)).0
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 3] = ["云溪县水利局", "云溪水利", "云溪县河道管理站"];

    fn line(source: &str) -> (Origin, Option<String>) {
        settle(Origin::Unknown, Some(source), &OWN)
    }

    fn repost(source: &str) -> (Origin, Option<String>) {
        (Origin::Repost, Some(source.to_owned()))
    }

    #[test]
    fn a_source_line_naming_the_own_unit_or_its_office_is_original() {
        for source in [
            "云溪县水利局",
            "云溪水利微信公众号",
            "“云溪水利”",
            "云溪县水利局办公室",
            "云溪县水利局河道管理股",
            "办公室",
            "宣传科",
            "我局",
            "本局综合科",
            "云溪县水利局、云溪县河道管理站",
            "云溪水利官方微博",
        ] {
            assert_eq!(line(source), (Origin::Original, None), "{source}");
        }
    }

    #[test]
    fn a_text_credits_its_source_at_its_beginning_or_its_end() {
        for (text, name) in [
            ("入冬以来，各地积极应对。\n来源：新华社", Some("新华社")),
            ("来源丨人民日报\n正文一段。", Some("人民日报")),
            ("今日要闻（来源：央视新闻）", Some("央视新闻")),
            ("正文。\n转自：澄湖日报 编辑：某某", Some("澄湖日报")),
            ("正文。\n信息来源: 云溪县水利局", Some("云溪县水利局")),
            ("正文。\n来源：新华社）", Some("新华社")),
            ("正文(来源:新华社)", Some("新华社")),
            ("项目资金来源：财政拨款", None),
            ("图片来源：新华社", None),
            ("没有来源的文字", None),
            ("来源:", None),
            ("", None),
        ] {
            assert_eq!(credited(text), name, "{text}");
        }
    }

    #[test]
    fn a_source_named_in_the_middle_of_a_long_text_is_a_word_of_it() {
        let text = format!("{}\n来源：某地\n{}", "上".repeat(200), "下".repeat(200));
        assert_eq!(credited(&text), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_searched_without_a_panic(text in "\\PC{0,300}") {
            let _ = credited(&text);
        }
    }

    #[test]
    fn a_source_line_naming_somebody_else_is_a_repost_from_there() {
        assert_eq!(line("新华社微信公众号"), repost("新华社"));
        assert_eq!(line("澄湖市水利局"), repost("澄湖市水利局"));
        assert_eq!(line("云溪县水利局、澄湖日报"), repost("澄湖日报"));
        assert_eq!(line("新华社，澄湖日报"), repost("新华社、澄湖日报"));
        assert_eq!(line("澄湖日报 / 《求是》杂志"), repost("澄湖日报、求是杂志"));
    }

    #[test]
    fn a_unit_whose_name_only_begins_like_the_own_one_is_another() {
        assert_eq!(line("云溪水利投资有限公司"), repost("云溪水利投资有限公司"));
    }

    #[test]
    fn without_mark_and_source_nobody_can_tell() {
        assert_eq!(settle(Origin::Unknown, None, &OWN), (Origin::Unknown, None));
        assert_eq!(line(" , "), (Origin::Unknown, None));
    }

    #[test]
    fn a_source_line_wins_over_a_declaration_of_originality() {
        assert_eq!(settle(Origin::Original, Some("央视新闻客户端"), &OWN), repost("央视新闻"));
        assert_eq!(settle(Origin::Original, None, &OWN), (Origin::Original, None));
    }

    #[test]
    fn a_structural_mark_wins_over_everything() {
        assert_eq!(settle(Origin::Repost, Some("云溪水利"), &OWN), repost("云溪水利"));
        assert_eq!(settle(Origin::Repost, None, &OWN), (Origin::Repost, None));
    }

    #[test]
    fn a_source_that_is_nothing_but_a_platform_word_is_kept() {
        assert_eq!(line("微博"), repost("微博"));
    }
}
