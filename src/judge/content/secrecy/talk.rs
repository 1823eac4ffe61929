//! What makes a marking no marking: the post speaks about it, or says that it holds no longer.
//!
//! In: the parts of a post, and a mark found in one of its lines. Out: whether the mark is cleared. What speaks about a
//! document is the post around it, never the document itself: a secret notice about teaching secrecy stays secret, a
//! blackboard with the same mark does not. So words of teaching and telling count in the post's title, in the text
//! when the mark is elsewhere, right beside the mark and in short captions, unless they are a document's title.

use super::paper::{self, Place, is_formal, is_titled, pattern};
use super::{Level, Mark};
use crate::judge::content::{Part, Words};
use regex::Regex;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

/// The longest caption, in characters.
const CAPTION: usize = 24;
/// How many captions are looked at.
const CAPTIONS: usize = 400;

/// A document that says it is open.
static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?:^|[^不非未])主动公开|此件(?:可以?|已|予以)?公开|公开(?:属性|方式|类别|形式|选项)[: ]*(?:主动)?公开|[^不]同意公开|件可(?:以)?公开",
    )
});
/// A secret that is none any more.
static DECLASSIFIED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "已(?:经|被|予以|正式|全部|公开|依法|依规|按规定|按程序|批准|于[^,。;\n]{1,20})*解密|解密(?:档案|公开|公布|章|字样|件|史料|文献|历史|后)|(?:标注|加盖|注明|盖有|批准|准予|宣布)(?:了|为|有)?[“\"']?解密|[“\"']解密[”\"']|(?:保密|密级)期限?(?:已|业已)(?:届满|到期|满|过)|现已公开|(?:^|[^\\p{Han}])已?解密(?:$|[^\\p{Han}])",
    )
});
/// A printed matter that is licensed as internal (内部资料性出版物管理办法, article 2).
static LICENSED: LazyLock<Regex> =
    LazyLock::new(|| pattern("准 *印|内部资料性|免费 *(?:交流|赠阅|取阅|发放)|赠阅"));
/// An examination that is over, or was never one: whose paper is called so in play or in praise.
static HELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "真题|(?:考|试|场)[^。\n]{0,12}(?:结束|落幕|收官|完成|完毕)|考后|考完|已考|评析|解析|点评|赏析|答案|回顾|出炉|往[年届]|历[年届]|去年|前年|旧(?:试)?卷|老(?:试)?卷|当年|恢复高考|考试当天|(?:今天|昨天|今日|昨日|上午|下午)[^。\n]{0,10}(?:开考|举行|进行)|考考你|测一测|答卷人|(?:民生|文明|幸福|创意|趣味|挑战|特殊)[^。\n]{0,6}(?:答卷|试卷|考卷|试题|考题|小测)|这(?:份|张)(?:特殊)?(?:的)?[“\"]?(?:试卷|考卷|卷子)|模拟(?:卷|试题)",
    )
});
/// What is shown as an example, wherever it is shown.
static SAMPLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"样例|样张|样图|样本|样稿|示例|示范|示意|范例|范本|模板|图例|格式|参考样式|标志样式|举例|例如|供(?:宣传|教学|教育|培训|演示|展示|展览|参观|科普)|演练|道具|剧照|虚构|仿制|复制品|展品|展柜|展牌|馆藏|文物|[×x○]{2,}|[×x○](?:政|府|办|发|委)|正确(?:标注|标志|做法)|标注(?:位置|方法|规范)|左上角",
    )
});
/// Lessons about secrecy and documents.
static LESSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "保密(?:知识|教育|法|课|常识|宣传|培训|小|月|周|日|漫画|提醒|提示|测|答题|竞赛|微|公益|科普|讲|展|观|技能|意识|那些|普|警示|主题|文化|故事|承诺)|[^ ]密级|密级[^: 和\n]|定密|国家秘密|国家安全|涉密人员|普法|公文(?:写作|知识|处理|种类|常识|小|要素|版头)|gb/?t|版头|课件|课堂|小知识|知识点|科普|讲座|讲堂|展板|海报|展览|展出|特展|陈列|展厅|博物馆|纪念馆|档案馆|党史|史料|旧藏|考古|什么意思|是什么|怎么读|你知道|认识",
    )
});
/// Cases, warnings, frauds.
static CASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern("泄密|失密|窃密|间谍|案例|以案|警示|骗|诈|谣|兜售|叫卖|冒充|假冒|伪造|造假|假文件|假公文|被查")
});
/// Stories, plays, games and their names.
static STORY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "电影|影片|观影|影评|话剧|戏剧|短剧|小说|剧本|密室|绘本|童话|书单|新书|游戏|桌游|闯关|谍战|剧社|剧团|上演|上映|首映|首演|展映|影院|连载|涂色|寻宝|魔术|夏令营|冬令营|动漫|漫画|综艺|歌曲|专辑|猜谜|谜语|小侦探|菜谱|配方|盲盒|快闪",
    )
});
/// Questions with answers to choose from.
static QUIZ: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"单选|多选|判断题|选择题|答题|竞答|竞赛|测试题|题库|下列|以下哪|哪[个项些]|[a-d][.、:)][^\n]{1,60}[b-d][.、:)]",
    )
});

/// A heading inside a document: it belongs to what is marked.
static HEADING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ *(?:\(?[一二三四五六七八九十]+[、)]|\d+[.、])"));

/// A post as what may speak about a mark in it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question about the document, answered by itself"
)]
pub(super) struct Talk<'a> {
    parts: &'a [(Part, &'a Words<'a>)],
    is_document: bool,
    open: bool,
    declassified: bool,
    licensed: bool,
    held: bool,
    /// Whether a line of the text speaks; asked for once, when a mark stands elsewhere.
    text_speaks: OnceCell<bool>,
}

impl<'a> Talk<'a> {
    pub(super) fn new(parts: &'a [(Part, &'a Words<'a>)]) -> Self {
        let any = |told: &Regex| parts.iter().any(|(_, words)| told.is_match(words.folded.text()));
        Self {
            parts,
            is_document: parts.iter().any(|(part, words)| match Place::of(*part) {
                Place::Name => is_titled(paper::stem(words.folded.text())),
                Place::Title | Place::Line => paper::is_document(words.folded.text()),
            }),
            open: any(&OPEN),
            declassified: any(&DECLASSIFIED),
            licensed: any(&LICENSED),
            held: any(&HELD),
            text_speaks: OnceCell::new(),
        }
    }

    /// Whether a mark in a line of a part is no marking.
    pub(super) fn clears(&self, mark: &Mark, part: usize, line: Range<usize>) -> bool {
        self.open
            || self.declassified
            || (mark.level == Level::Internal && self.licensed)
            || (mark.until && self.held)
            || (mark.bare && !self.is_document)
            || self.is_spoken_of(mark, part, &line)
    }

    /// Whether something speaks about what is marked.
    fn is_spoken_of(&self, mark: &Mark, part: usize, line: &Range<usize>) -> bool {
        let (kind, words) = &self.parts[part];
        let own = &words.folded.text()[line.clone()];
        speaks(&own[..mark.range.start])
            || speaks(&own[mark.range.end..])
            || self.parts.iter().any(|(other, words)| match other {
                Part::Title => *kind != Part::Title && speaks(words.folded.text()),
                Part::Text if *kind == Part::Text => beside(words.folded.text(), line).any(speaks),
                Part::Text => *self.text_speaks.get_or_init(|| words.folded.text().lines().any(speaks)),
                _ => false,
            })
            || self.captions(part, line).any(speaks)
    }

    /// The short lines around a mark: in the text what leads to it, and in pictures and names whatever else is there.
    fn captions(&self, part: usize, line: &Range<usize>) -> impl Iterator<Item = &'a str> {
        let parts: &'a [(Part, &'a Words<'a>)] = self.parts;
        let lead = if parts[part].0 == Part::Text { &parts[part].1.folded.text()[..line.start] } else { "" };
        let others = parts
            .iter()
            .enumerate()
            .filter(move |(other, (kind, ..))| *other != part && !matches!(kind, Part::Title | Part::Text));
        let lines = lead.lines().chain(others.map(|(_, (_, words))| words.folded.text())).take(CAPTIONS);
        lines.filter(|line| line.chars().nth(CAPTION).is_none() && !HEADING.is_match(line))
    }
}

/// The filled lines right before and after one.
fn beside<'t>(text: &'t str, line: &Range<usize>) -> impl Iterator<Item = &'t str> {
    let filled = |line: &&str| !line.trim().is_empty();
    let before = text[..line.start].rsplit('\n').find(filled);
    let after = text[line.end..].split('\n').find(filled);
    before.into_iter().chain(after)
}

/// Whether a line speaks about what is marked rather than being part of it. A document's title in the prescribed form
/// never does; what merely ends like one does so only in words about secrecy or about samples.
fn speaks(line: &str) -> bool {
    if is_formal(line) {
        return false;
    }
    let about = SAMPLE.is_match(line) || LESSON.is_match(line) || QUIZ.is_match(line);
    about || (!is_titled(line) && (CASE.is_match(line) || STORY.is_match(line)))
}
