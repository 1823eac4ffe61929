//! The lines of a post, each with what it is for.
//!
//! In: a folded text. Out: its lines, told apart from lists of related reading, from the names of the staff, and
//! without instructions to others (转载请注明来源), which are kept aside. It judges nothing.

use super::sign::{Sign, Signs};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The post itself, or a line about it.
    Body,
    /// Who edited, checked or photographed, and where to turn to.
    Staff,
    /// A list of other posts.
    Related,
}

/// One line.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) used: Use,
    /// Which wordings it can hold.
    pub(super) signs: Signs,
}

impl Line<'_> {
    /// Whether nothing in the line says anything about the post.
    pub(super) fn is_aside(&self) -> bool {
        self.used == Use::Related
    }
}

/// The lines of a text.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    pub(super) lines: Vec<Line<'a>>,
    /// What the text asks others to do when they take it.
    pub(super) instructions: Vec<&'a str>,
}

/// Headings of lists of other posts.
static RELATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s▼▲◆●■★☆>\-—*【\[(「]*(?:相关(?:阅读|链接|推荐|报道|新闻|文章)|推荐(?:阅读|文章|关注)?|往期(?:回顾|推荐|精彩|链接|阅读|热文)?(?:回顾|推荐)?|精彩(?:回顾|推荐)|延伸阅读|拓展阅读|扩展阅读|更多(?:阅读|精彩|内容|资讯|新闻)|热文(?:推荐|回顾)?|热门(?:文章|推荐|阅读)|猜你喜欢|你可能(?:还)?(?:喜欢|想看)|点击(?:阅读|查看|下方)|阅读更多|此前报道|前情回顾|历史文章|上期回顾|上一篇|下一篇|相关链接|近期热门|今日推荐|精选(?:文章)?)[\s】\])」▼▲|]*(?:[:|/《>]|$)")
        .expect("a constant pattern")
});
/// An item of a list.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\d{1,2}[.、)\s]|[①-⑳]|[·◆●■★☆▶►>*-]|《|【|\|)").expect("a constant pattern")
});
/// Lines about the staff, about parts of the post and about where to turn to.
static STAFF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s(\[【]*(?:责任编辑|责编|编辑|美编|美术编辑|编审|编发|校对|校审|审校|审核|审签|初审|复审|终审|[一二三]审|[一二三]校|排版|值班(?:主任|编辑|编委|总编|领导)?|监制|主编|总编|统筹|策划|设计|制图|制表|摄影|摄像|拍摄|剪辑|配音|配乐|封面(?:图|设计)?|图源|图片(?:来源)?|配图|视频(?:来源)?|音频|数据来源|资料来源|参考(?:资料|文献|来源)|联系(?:电话|人|方式)|咨询(?:电话|热线)?|投稿(?:邮箱|热线)?|邮箱|电话|地址|网址|关注|扫码|长按|BGM|bgm)\s*[:|/\s】\]]")
        .expect("a constant pattern")
});
/// What asks others to name the source.
static INSTRUCTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:转载|转发|引用|使用|摘编|复制|转引|刊用|分享).{0,14}?(?:注明|标明|标注|写明|署名|保留|联系|授权|许可|告知|同意|出处)|(?:未经|非经|须经|需经).{0,14}(?:转载|授权|许可|摘编)|(?:谢绝|禁止|不得|严禁|欢迎)(?:擅自|任何)?转载")
        .expect("a constant pattern")
});

/// Reads a folded text.
#[cfg(test)]
pub(super) fn read(text: &str) -> Page<'_> {
    read_by(text, Signs::of)
}

/// Reads a folded text whose lines can hold what `signs` says of them.
pub(super) fn read_by(text: &str, signs: impl Fn(&str) -> Signs) -> Page<'_> {
    let mut page = Page::default();
    let mut in_list = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let heading = RELATED.is_match(line);
        in_list = heading || (in_list && ITEM.is_match(line));
        let used = if in_list {
            Use::Related
        } else if STAFF.is_match(line) {
            Use::Staff
        } else {
            Use::Body
        };
        let signs = signs(line);
        let text = if signs.has_all(&[Sign::Taking, Sign::Asking]) && INSTRUCTION.is_match(line) {
            without(line, &mut page.instructions)
        } else {
            Cow::Borrowed(line)
        };
        if !text.trim().is_empty() {
            page.lines.push(Line { text, used, signs });
        }
    }
    page
}

/// A line that stands alone, as a title does.
pub(super) fn line(text: &str, signs: impl Fn(&str) -> Signs) -> Line<'_> {
    Line { text: Cow::Borrowed(text), used: Use::Body, signs: signs(text) }
}

/// A line without its sentences of instruction.
fn without<'a>(line: &'a str, instructions: &mut Vec<&'a str>) -> Cow<'a, str> {
    let mut kept = String::new();
    for sentence in line.split_inclusive(['。', ';', '!']) {
        if INSTRUCTION.is_match(sentence) {
            instructions.push(sentence);
        } else {
            kept.push_str(sentence);
        }
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(text: &str) -> Vec<Use> {
        read(text).lines.iter().map(|line| line.used).collect()
    }

    #[test]
    fn related_reading_ends_where_its_list_ends() {
        let text = "正文一段。\n往期回顾\n1. 来源:甲报\n《乙网:某事》\n来源:丙台\n编辑:某某";
        assert_eq!(uses(text), [Use::Body, Use::Related, Use::Related, Use::Related, Use::Body, Use::Staff]);
    }

    #[test]
    fn instructions_to_others_are_kept_aside() {
        let page = read("正文。转载请注明来源:沙河水利。再见");
        assert_eq!(page.instructions, ["转载请注明来源:沙河水利。"]);
        assert_eq!(page.lines[0].text, "正文。再见");
        assert_eq!(read("转载自新华社").instructions.len(), 0);
    }
}
