//! Lines by which a post says that its text as a whole comes from somebody.
//!
//! In: the lines of a text without those that say nothing about it. Out: the names credited, in the order in which
//! they stand, or that somebody unnamed is. Credits for a part (图片来源, 数据来源) and 来源 in another sense are none.

use super::name;
use super::organ;
use super::page::Line;
use super::sign::Sign;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What a text says about where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Credit {
    /// From these.
    Names(Vec<String>),
    /// From somebody it does not name; the wording that shows it.
    Unnamed(&'static str),
}

/// What may stand right before a label.
const EDGE: &str = r"(?:^|[\s。!?;,()\[\]【】「」『』<>{}—–~*■▲▼●◆◎○☆★※·…↓→↑“”|/-])";

/// Labels with a noun: 来源, 文章来源, 本文内容来源于.
static NOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<label>(?:本文|此文|该文|本篇|本条|本稿|文章|以上|上述|全文|原文|以下)?(?:所有|全部|主要|的|均|内容|信息|资料与)?(?:本文|文章|信息|内容|稿件|素材|新闻|资讯|消息|文字|文案|文稿|原文|图文|文图|文/图|文、图|图/文|文字和图片|文字及图片|图片和文字|图片及文字|文字、图片|图片、文字|作品|文本|通稿|稿源|转载|转发|公众号|微信|内容及图片|文字与图片)?(?:、图片|及图片|和图片)?(?:的)?(?:来源|出处|信源|稿源)(?:于|自|单位|媒体|平台|网站|公众号|账号|为|是|标注)?)",
    )
});
/// Labels with a verb: 转自, 本文转载自, 综合自.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<label>(?P<of>(?:本文|此文|该文|本篇|本条|本稿|文章|以上|上述|全文|原文|内容|信息|稿件|文字|图文|素材|文案)(?:内容|信息|文字)?(?:均|全部|皆|系|为|主要)?)?(?:综合)?(?P<verb>转载自|转载于|转发自|转自|综合整理自|综合自|整理自|摘编自|摘自|选自|节选自|节录自|编译自|改编自|编自|编选自|引自|采自|源自|来自|原载于?|原刊于?|首发于|首刊于|刊载于|刊于))",
    )
});
/// Labels that need a sign after them: 综合:, 转载|, 转:.
static WEAK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(\[【「—])(?:综合|转载|转发|转|原作者|原创作者)\s*(?P<sep>[:|/\]】」]+)")
        .expect("a constant pattern")
});
/// 转 @somebody and what other tongues say.
static VIA: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^A-Za-z])(?P<label>(?i:via|from|source|reposted from|rt)|转|转发)\s*(?P<sep>[:|]\s*|@|\s+@|\s)")
        .expect("a constant pattern")
});
/// What separates a label from a name.
static SEPARATOR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\s:|/\\=>»~·→↓\]】」』)—–-]*").expect("a constant pattern"));
/// 视频来源 on a platform where the video is the post.
static VIDEO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<label>(?:视频|影像|画面|音视频|视频素材|原视频|素材)(?:来源|素材|源|转|来|原作者)?)(?:\s*(?:[:|/]|@|\s+@)|(?:于|自))",
    )
});
/// 综合网络, 网络整理: a line that names nothing but the net.
static NET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(【])(?:内容|文字|图文|素材|信息|稿件|本文)?(?:综合(?:自)?网络|网络综合|网络整理|网络转载|整理自网络|摘自网络|文字来自网络)(?:整理|综合)?\s*(?:$|[)】。,;\s])")
        .expect("a constant pattern")
});
/// Notices that the rights in the text are somebody's.
static RIGHTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"版权(?:归|属于?)?(?:原作者|原创作者|作者|原出处|原单位|著作权人|原媒体|原创)|(?:著作权|版权)(?:均)?归(?:原|其)|侵删|侵权(?:请|必|立|联系|告知)?(?:联系)?(?:我们)?(?:即|立即|及时)?删|如有侵权|若有侵权|如涉及?侵权|如侵权|涉及版权.{0,12}删")
        .expect("a constant pattern")
});
/// What makes a notice one about a part.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"图片|配图|照片|图源|插图|封面|视频|音乐|配乐|BGM|音频|字体|表情|部分|素材图|海报")
        .expect("a constant pattern")
});
/// What makes it one about the text all the same.
static TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"图文|文字|文章|本文|文图|稿件|内容").expect("a constant pattern"));
/// Marks of a reprint that name nobody.
static MARKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[(\[【]\s*转(?:载|发|帖|贴)?\s*[)\]】]|转帖[:|]|原标题\s*[:|/])|[(\[【]\s*转(?:载|发|帖|贴)?\s*[)\]】]\s*$|(?:^|[\s(。])原标题(?:为|是)?\s*[:|/《“\x22]|原题[:|]")
        .expect("a constant pattern")
});
/// 据…报道 at the beginning.
static ACCORDING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:【[^】]{0,60}】|#[^#]{0,40}#|\s)*据(?P<who>[^,。:;!?\n]{2,40}?)(?:\d{1,2}月)?(?:\d{1,2}日)?(?:最新|今日|今天|昨日|昨天|近日|日前)?(?:报道|消息|讯|电|通报|发布|公布|披露|刊文|介绍|刊发|文章)(?:称|说|指出|透露)?[,:,\s]")
        .expect("a constant pattern")
});

fn pattern(label: &str) -> Regex {
    Regex::new(&format!("{EDGE}{label}")).expect("a constant pattern")
}

/// What every line of a text credits; `video` when the video is the post.
pub(super) fn credits(
    title: &str,
    lines: &[Line<'_>],
    video: bool,
    known: &dyn Fn(&str) -> bool,
) -> Vec<Credit> {
    let mut found: Vec<(usize, Credit)> = Vec::new();
    if MARKED.is_match(title) {
        found.push((0, Credit::Unnamed("标题注明转载")));
    }
    for (at, line) in lines.iter().enumerate() {
        if line.is_aside() {
            continue;
        }
        let next = lines.get(at + 1).map(|line| line.text.as_ref());
        let mut here: Vec<(usize, Credit)> = Vec::new();
        labelled(line, next, known, &mut here);
        if video && line.signs.has(Sign::Video) {
            for hit in VIDEO.find_iter(&line.text) {
                push_names(&line.text, hit.end(), known, &mut here);
            }
        }
        if here.is_empty() && line.signs.has(Sign::Net) && NET.is_match(&line.text) {
            here.push((0, Credit::Names(vec!["网络".to_owned()])));
        }
        if here.is_empty() {
            here.extend(unnamed(line).map(|credit| (0, credit)));
        }
        here.sort_by_key(|(place, _)| *place);
        found.extend(here);
        if at == 0
            && line.signs.has(Sign::According)
            && let Some(said) = ACCORDING.captures(&line.text)
            && let Some(names) = according(&said, known)
        {
            found.push((0, Credit::Names(names)));
        }
    }
    found.into_iter().map(|(_, credit)| credit).collect()
}

/// The labels of one line.
fn labelled(
    line: &Line<'_>,
    next: Option<&str>,
    known: &dyn Fn(&str) -> bool,
    here: &mut Vec<(usize, Credit)>,
) {
    let (signs, line) = (line.signs, line.text.as_ref());
    if signs.has(Sign::Source) {
        by_noun(line, next, known, here);
    }
    if signs.has(Sign::From) {
        by_verb(line, known, here);
    }
    if signs.has(Sign::Weak) {
        for said in WEAK.captures_iter(line) {
            let Some(sep) = said.name("sep") else { continue };
            push_names(line, sep.end(), known, here);
        }
    }
    if signs.has(Sign::Via) {
        by_via(line, known, here);
    }
}

fn by_noun(line: &str, next: Option<&str>, known: &dyn Fn(&str) -> bool, here: &mut Vec<(usize, Credit)>) {
    for said in NOUN.captures_iter(line) {
        let Some(label) = said.name("label") else { continue };
        let rest = &line[label.end()..];
        let gap = SEPARATOR.find(rest).map_or("", |gap| gap.as_str());
        let after = &rest[gap.len()..];
        if after.is_empty() && !gap.trim().is_empty() {
            // The name stands on the next line.
            if let Some(next) = next.filter(|next| next.chars().count() <= 30) {
                push_names(next, 0, known, here);
            }
            continue;
        }
        let hard =
            gap.contains([':', '|', '/', '=', '>', ']', '】', '」', '』', '→', '↓', '—', '-', '–', '·']);
        let quoted = after.starts_with(['“', '"', '《', '@', '【', '「', '(']);
        let joined = label.as_str().ends_with('于') || label.as_str().ends_with('自');
        if hard || quoted || joined || stands_alone(after, known) {
            push_names(line, label.end() + gap.len(), known, here);
        }
    }
}

fn by_verb(line: &str, known: &dyn Fn(&str) -> bool, here: &mut Vec<(usize, Credit)>) {
    for said in VERB.captures_iter(line) {
        let (Some(label), Some(verb)) = (said.name("label"), said.name("verb")) else { continue };
        let rest = &line[label.end()..];
        let gap = SEPARATOR.find(rest).map_or("", |gap| gap.as_str());
        let after = &rest[gap.len()..];
        let hard = gap.contains([':', '|', '/', '】', ']']);
        let of_text = said.name("of").is_some();
        let before = line[..label.start()].trim_end();
        let alone =
            before.is_empty() || before.ends_with(['(', '【', '[', '。', '—', '-', '!', '?', '*', '↑', '↓']);
        let certain = match verb.as_str() {
            "转载自" | "转载于" | "转发自" | "转自" | "综合自" | "综合整理自" | "摘编自" | "编译自"
            | "整理自" => hard || of_text || alone,
            _ => {
                let whole = alone
                    && after.trim_end_matches([')', '】', ']']).chars().count() <= 24
                    && !has_clause(after);
                hard || of_text && !has_clause(after) || whole
            }
        };
        if certain {
            push_names(line, label.end() + gap.len(), known, here);
        }
    }
}

fn by_via(line: &str, known: &dyn Fn(&str) -> bool, here: &mut Vec<(usize, Credit)>) {
    for said in VIA.captures_iter(line) {
        let (Some(label), Some(sep)) = (said.name("label"), said.name("sep")) else { continue };
        let rest = &line[sep.end()..];
        let short = rest.chars().count() <= 24 && !has_clause(rest);
        let chinese = label.as_str().starts_with('转');
        let latin_only = matches!(label.as_str().to_ascii_lowercase().as_str(), "from" | "source" | "rt");
        let marked = sep.as_str().contains(['@', ':', '|']);
        if short && (!(chinese || latin_only) || marked) {
            push_names(line, sep.end(), known, here);
        }
    }
}

/// Whether a piece of text goes on like a sentence.
fn has_clause(text: &str) -> bool {
    text.contains([',', '。', '的', '了']) && !text.starts_with(['“', '"', '《'])
}

/// Whether what follows a label without any sign is a name and nothing else.
fn stands_alone(after: &str, known: &dyn Fn(&str) -> bool) -> bool {
    let name = after.split([' ', ')', '】', '。', ';']).next().unwrap_or_default();
    let name = name::bare(name);
    !name.is_empty() && (known(name) || organ::is_publisher(name) || matches!(name, "网络" | "互联网"))
}

fn push_names(line: &str, at: usize, known: &dyn Fn(&str) -> bool, here: &mut Vec<(usize, Credit)>) {
    // One stretch of a line gives its names once, whatever labels point at it.
    let (names, taken) = name::names_in(&line[at..], known);
    let overlaps = here.iter().any(|(place, _)| *place == at || (at < *place && *place < at + taken));
    if names.is_empty() || overlaps {
        return;
    }
    let fresh: Vec<String> = names
        .into_iter()
        .filter(|name| {
            !here.iter().any(|(_, credit)| matches!(credit, Credit::Names(known) if known.contains(name)))
        })
        .collect();
    if !fresh.is_empty() {
        here.push((at, Credit::Names(fresh)));
    }
}

/// Signs of a reprint that name nobody.
fn unnamed(line: &Line<'_>) -> Option<Credit> {
    let (signs, line) = (line.signs, line.text.as_ref());
    if signs.has(Sign::Marked) && MARKED.is_match(line) {
        return Some(Credit::Unnamed("注明转载或原标题"));
    }
    if !signs.has(Sign::Rights) {
        return None;
    }
    let sentence = line.split(['。', ';', '!']).find(|sentence| RIGHTS.is_match(sentence))?;
    let part = PART.is_match(line) && !TEXT.is_match(sentence);
    (!part).then_some(Credit::Unnamed("注明版权归原作者"))
}

/// Who stands in 据…报道; `None` when nobody is named.
fn according(said: &Captures<'_>, known: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let who = said.name("who")?.as_str();
    let nobody = ["了解", "悉", "统计", "介绍", "不完全", "说", "称", "此", "初步"];
    if nobody.iter().any(|word| who.starts_with(word)) {
        return None;
    }
    let (names, _) = name::names_in(who, known);
    let likely = names.iter().all(|name| known(name) || organ::is_publisher(name) || name.contains("媒"))
        || who.contains(['“', '"', '@'])
        || who.ends_with("号");
    (!names.is_empty() && likely).then_some(names)
}
