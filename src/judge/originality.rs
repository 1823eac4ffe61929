//! Whose work a post is, from the platform's mark and the source line.
//!
//! In: what the platform marks, the source a post names, the names its unit goes by. Out: its origin and, for
//! a repost, whose it is. Decides only what these three tell: everything else stays unknown, which is never
//! held against an account.

use crate::model::post::Origin;

/// Words after a name that say where it publishes, not who it is.
const PLATFORM_WORDS: [&str; 19] = [
    "官方",
    "的",
    "微信公众平台",
    "微信公众号",
    "公众号",
    "微信",
    "微博",
    "客户端",
    "APP",
    "app",
    "门户网站",
    "官方网站",
    "网站",
    "官网",
    "头条号",
    "抖音号",
    "视频号",
    "快手号",
    "百家号",
];
/// How a unit speaks of itself.
const SELF_WORDS: [&str; 14] = [
    "我局",
    "本局",
    "我委",
    "本委",
    "我院",
    "本院",
    "我校",
    "本校",
    "我中心",
    "本中心",
    "本站",
    "本网",
    "本台",
    "本报",
];
/// How the name of an office inside a unit ends.
const OFFICE_ENDS: [&str; 7] = ["办公室", "科室", "科", "股", "处", "室", "大队"];
/// The longest name of an office that is taken for one's own without its unit's name, in characters.
const OFFICE_ALONE: usize = 6;

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
    let names: Vec<&str> = source.map(names_in).unwrap_or_default();
    if marked == Origin::Repost {
        return (Origin::Repost, (!names.is_empty()).then(|| names.join("、")));
    }
    if names.is_empty() {
        return (marked, None);
    }
    let others: Vec<&str> = names.into_iter().filter(|name| !is_own(name, own_names)).collect();
    if others.is_empty() { (Origin::Original, None) } else { (Origin::Repost, Some(others.join("、"))) }
}

/// The names in a source line, without platform words and quotation marks.
fn names_in(line: &str) -> Vec<&str> {
    line.split(['、', ',', '，', ';', '；', '/', '|', '｜', '丨'])
        .map(bare)
        .filter(|name| !name.is_empty())
        .collect()
}

fn bare(name: &str) -> &str {
    let quotes = |c: char| c.is_whitespace() || "“”\"'‘’「」『』《》〈〉@()()[]【】".contains(c);
    let mut name = name.trim_matches(quotes);
    while let Some(shorter) = PLATFORM_WORDS.iter().find_map(|word| name.strip_suffix(word)) {
        let shorter = shorter.trim_matches(quotes);
        if shorter.is_empty() {
            break;
        }
        name = shorter;
    }
    name
}

/// Whether a name is the unit's own, or that of an office inside it.
fn is_own(name: &str, own_names: &[&str]) -> bool {
    let is_inside = |rest: &str| rest.is_empty() || is_office(rest);
    let of_own = own_names.iter().map(|own| bare(own)).filter(|own| !own.is_empty());
    let of_own = of_own.chain(SELF_WORDS).filter_map(|own| name.strip_prefix(own));
    of_own.into_iter().any(is_inside) || (name.chars().count() <= OFFICE_ALONE && is_office(name))
}

fn is_office(name: &str) -> bool {
    OFFICE_ENDS.iter().any(|end| name.ends_with(end))
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
        assert_eq!(line("澄湖日报 / 《求是》杂志"), repost("澄湖日报、求是》杂志"));
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
