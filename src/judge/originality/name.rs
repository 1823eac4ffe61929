//! The names in a source line.
//!
//! In: what stands after a label such as 来源, folded. Out: the names it gives, without quotation marks, platform
//! words and what else a line carries (staff, dates, counts). It does not say whose names they are.

use super::organ;
use regex::Regex;
use std::sync::LazyLock;

/// Words after a name that say where it publishes, not who it is; longer ones first.
const PLATFORM_WORDS: [&str; 26] = [
    "微信公众平台",
    "微信公众号",
    "微信订阅号",
    "微信视频号",
    "官方微信",
    "官方微博",
    "官方网站",
    "门户网站",
    "新浪微博",
    "公众号",
    "订阅号",
    "服务号",
    "头条号",
    "抖音号",
    "视频号",
    "快手号",
    "百家号",
    "客户端",
    "微信",
    "微博",
    "官微",
    "网站",
    "官网",
    "官方",
    "APP",
    "app",
];
/// The longest name taken for a source, in characters.
const LONGEST: usize = 30;

/// What begins something else than a further source.
static STOP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:编辑|责编|责任|编审|编发|作者|记者|通讯员|日期|时间|发布[日时]|发文|字号|字体|浏览|点击|阅读|审核|审校|校对|校审|监制|排版|制作|初审|复审|终审|一审|二审|三审|摄影|摄像|图[片源]?[:|/]|文[:|/]|视频|撰稿|采写|供稿|主编|值班|打印|分享|关闭|访问|人气|统筹|美编|设计|网址|链接|原标题|原文|整理|责|签发|版权|侵|如有|如需|转载|仅供|联系|部分|图片|特此|欢迎|点赞|长按|扫码|扫描|更多|阅读|https?:|\d{1,4}[-年/.:]|\d+\s*$|\d+次|【|\[|#|★|▲|•|-{2,}|—|…)")
        .expect("a constant pattern")
});
/// What a line adds in brackets: （记者 张三）, （有删改）.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\([^()\n]*\)").expect("a constant pattern"));
/// What stands around a name without being part of it.
static AROUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:等(?:媒体|网站|网|单位|平台|部门|报道)?|综合(?:整理|报道|编辑|采编)?|整理|报道|供稿|供图|提供|(?:有|略)?删[改减节]|ID)$")
        .expect("a constant pattern")
});

/// A name without quotation marks, platform words and spaces around it.
pub(super) fn bare(name: &str) -> &str {
    let quotes = |c: char| c.is_whitespace() || "“”\"'‘’「」『』《》〈〉<>@()[]【】{}*,.:;".contains(c);
    let mut name = name.trim_matches(quotes);
    while let Some(shorter) = PLATFORM_WORDS.iter().find_map(|word| name.strip_suffix(word)) {
        // The site of a government is an outlet of its own; the government is not.
        if shorter.ends_with("政府") {
            break;
        }
        let shorter = shorter.trim_end_matches('的').trim_matches(quotes);
        if shorter.is_empty() {
            break;
        }
        name = shorter;
    }
    name
}

/// The names in what follows a label, and how many bytes of it they take.
///
/// `known` says whether a name is one of a list or of the unit: such a name needs no ending by which to tell it.
pub(super) fn names_in(rest: &str, known: impl Fn(&str) -> bool) -> (Vec<String>, usize) {
    let end = extent(rest);
    let line = ASIDE.replace_all(&rest[..end], " ");
    let line = line.split('(').next().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    let mut sure = true;
    'line: for part in split_keeping(line) {
        let (by, piece) = part;
        for (place, token) in words(piece).into_iter().enumerate() {
            if token.is_empty() {
                continue;
            }
            if STOP.is_match(token) && !known(bare(token)) {
                break 'line;
            }
            // After a space or a comma anything may follow: only what reads like a publisher is one more source.
            let loose = place > 0 || matches!(by, Some(',' | '|')) || !sure;
            for token in pair(token, &known) {
                let name = clean(token);
                let count = name.chars().count();
                if name.is_empty() || count > LONGEST {
                    continue;
                }
                let likely = known(&name) || organ::is_publisher(&name);
                if loose && !names.is_empty() && !likely {
                    break 'line;
                }
                if !names.contains(&name) {
                    names.push(name);
                }
                sure = true;
            }
        }
    }
    (names, end)
}

/// Where a source line ends.
fn extent(rest: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' | '\n' | '。' | ';' | '!' | '?' | ']' | '】' | '」' | '}' if depth == 0 => return at,
            _ if at > 400 => return at,
            _ => {}
        }
    }
    rest.len()
}

/// The parts between 、 , / | and the sign before each.
fn split_keeping(line: &str) -> Vec<(Option<char>, &str)> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut by = None;
    for (at, c) in line.char_indices() {
        let cuts = match c {
            '、' | ',' | '|' | '&' | '+' | '＆' => true,
            '/' => !line[..at].ends_with([':', '/']) && !line[at + 1..].starts_with('/'),
            _ => false,
        };
        if cuts {
            parts.push((by, &line[from..at]));
            from = at + c.len_utf8();
            by = Some(c);
        }
    }
    parts.push((by, &line[from..]));
    parts
}

/// The words of a part; a quoted name keeps its spaces.
fn words(piece: &str) -> Vec<&str> {
    let piece = piece.trim();
    if piece.starts_with(['“', '"', '《']) {
        return vec![piece];
    }
    piece.split_whitespace().collect()
}

/// 新华社和人民网 are two names; 人力资源和社会保障局 is one.
fn pair<'a>(token: &'a str, known: &impl Fn(&str) -> bool) -> Vec<&'a str> {
    for word in ["以及", "和", "与", "及"] {
        for (at, found) in token.match_indices(word) {
            let (left, right) = (&token[..at], &token[at + found.len()..]);
            let names = |name: &str| known(bare(name)) || organ::is_publisher(bare(name));
            let right_names = names(right) && !right.starts_with("社会保障") && !right.starts_with("城乡");
            if names(left) && right_names {
                return vec![left, right];
            }
        }
    }
    vec![token]
}

/// A name as the post writes it, without what a source line says around it.
fn clean(token: &str) -> String {
    let mut name = bare(token);
    for before in [
        "微信公众号",
        "公众号",
        "微信视频号",
        "视频号",
        "抖音号",
        "头条号",
        "微博",
        "综合自",
        "综合",
        "转载自",
        "转自",
        "据",
        "来自",
        "自",
    ] {
        if let Some(rest) = name.strip_prefix(before).filter(|rest| rest.chars().count() >= 2) {
            name = bare(rest.trim_start_matches([':', ' ']));
            break;
        }
    }
    while let Some(around) = AROUND.find(name).filter(|found| found.start() > 0) {
        name = bare(&name[..around.start()]);
    }
    name.trim_end_matches('于').chars().filter(|c| !"《》〈〉“”\"".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_line_gives_its_names() {
        for (line, names) in [
            ("新华社", vec!["新华社"]),
            ("新华社、人民网", vec!["新华社", "人民网"]),
            ("新华社 / 临江日报", vec!["新华社", "临江日报"]),
            ("《求是》杂志", vec!["求是杂志"]),
            ("“江边事”微信公众号", vec!["江边事"]),
            ("@央视新闻", vec!["央视新闻"]),
            ("临江日报(记者 张三 通讯员 李四)", vec!["临江日报"]),
            ("人民日报(有删改)", vec!["人民日报"]),
            ("央视网 编辑:张三", vec!["央视网"]),
            ("央视网 | 编辑 张三", vec!["央视网"]),
            ("本站 浏览次数:128", vec!["本站"]),
            ("网络,版权归原作者所有", vec!["网络"]),
            ("新华社,人民网", vec!["新华社", "人民网"]),
            ("新华网和光明网", vec!["新华网", "光明网"]),
            ("省人力资源和社会保障厅", vec!["省人力资源和社会保障厅"]),
            ("新华社、人民网等", vec!["新华社", "人民网"]),
            ("人民日报客户端)后文", vec!["人民日报"]),
            ("", vec![]),
        ] {
            assert_eq!(names_in(line, |_| false).0, names, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_without_a_panic(line in "\\PC{0,200}") {
            let _ = names_in(&line, |_| false);
        }
    }
}
