//! Which wordings a line can hold at all, told in one pass over it.
//!
//! In: a folded line. Out: a set of [`Sign`]s. A rule's pattern costs more than this whole pass and mostly finds nothing:
//! it is tried only on lines that hold one of the words without which it cannot match. A sign proves nothing and
//! decides nothing; a test compares every verdict with the one given when all signs are taken as present.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a line may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// A verb of taking over, as in 转载请注明来源.
    Taking,
    /// What is asked of those who take it over.
    Asking,
    /// A noun of origin.
    Source,
    /// A verb of origin.
    From,
    /// A word of origin that needs a sign after it.
    Weak,
    /// A word of origin in another tongue.
    Via,
    /// The picture of a video.
    Video,
    /// The net as the source.
    Net,
    /// A mark of a reprint.
    Marked,
    /// A notice about rights.
    Rights,
    /// A reporter.
    Reporter,
    /// A paper or a station that speaks of itself.
    Ours,
    /// A bracket that closes.
    Bracket,
    /// A role in a byline.
    Role,
    /// The word for what an outlet makes.
    Made,
    /// A document that is passed on.
    Passing,
    /// A warning signal.
    Warning,
    /// A verb of issuing.
    Issuing,
    /// Where an issued text begins.
    Begins,
    /// A letter to the public.
    Letter,
    /// What only a document says.
    Formal,
    /// A document number.
    Number,
    /// A declaration of originality.
    Declared,
    /// The unit's site that reports.
    OwnNews,
    /// A hashtag or a mention.
    Tag,
    /// 我 or 本.
    Speaker,
    /// A long word in the name of a body that has a short one.
    Long,
}

/// The words of which a pattern needs at least one. ASCII letters stand for both cases.
const WORDS: [(Sign, &[&str]); 26] = [
    (
        Sign::Taking,
        &[
            "转载", "转发", "引用", "使用", "摘编", "复制", "转引", "刊用", "分享", "未经", "非经", "须经",
            "需经",
        ],
    ),
    (
        Sign::Asking,
        &[
            "注明", "标明", "标注", "写明", "署名", "保留", "联系", "授权", "许可", "告知", "同意", "出处",
            "转载", "摘编",
        ],
    ),
    (Sign::Source, &["来源", "出处", "信源", "稿源"]),
    (
        Sign::From,
        &[
            "载自", "载于", "发自", "转自", "理自", "合自", "编自", "摘自", "选自", "录自", "译自", "引自",
            "采自", "源自", "来自", "原载", "原刊", "发于", "刊于",
        ],
    ),
    (Sign::Weak, &["综合", "转", "原作者", "原创作者"]),
    (Sign::Via, &["via", "from", "source", "rt", "转"]),
    (Sign::Video, &["视频", "影像", "画面", "素材"]),
    (Sign::Net, &["网络"]),
    (Sign::Marked, &["转", "原标题", "原题"]),
    (Sign::Rights, &["版权", "著作权", "侵删", "侵权"]),
    (Sign::Reporter, &["记者"]),
    (Sign::Ours, &["本报", "本台", "本刊"]),
    (Sign::Bracket, &[")", "】", "]"]),
    (
        Sign::Role,
        &[
            "图/文",
            "文、图",
            "图、文",
            "文&图",
            "撰稿",
            "撰文",
            "采写",
            "供稿",
            "供图",
            "稿件提供",
            "文字",
            "来稿",
            "报送",
            "通讯员",
            "记者",
            "信息员",
            "作者",
            "执笔",
            "出品",
            "文图",
            "图文",
            "文:",
            "文|",
            "文/",
            "文 ",
            "编写",
        ],
    ),
    (Sign::Made, &["出品"]),
    (Sign::Passing, &["转发", "全文", "原文", "批转"]),
    (Sign::Warning, &["预警", "警报", "警示", "应急响应"]),
    (Sign::Issuing, &["印发", "发布", "公布", "下发", "出台", "发出", "提醒", "提示"]),
    (Sign::Begins, &["如下", "全文", ":"]),
    (Sign::Letter, &["一封信", "公开信", "倡议书", "慰问信"]),
    (
        Sign::Formal,
        &[
            "现将",
            "现就",
            "现予",
            "现印发",
            "现公告",
            "现通告",
            "现通知",
            "现通报",
            "特此",
            "知如下",
            "告如下",
            "报如下",
            "各省",
            "各市",
            "各县",
            "各区",
            "各镇",
            "各乡",
            "各街道",
            "各部门",
            "各单位",
            "各有关",
            "各地",
            "各级",
            "各学校",
            "各企业",
            "请认真",
            "请遵照",
            "请贯彻",
            "请抓好",
        ],
    ),
    (Sign::Number, &["号"]),
    (Sign::Declared, &["原创"]),
    (Sign::OwnNews, &["本网", "本站", "本局", "本委", "本院", "本中心", "本公众号"]),
    (Sign::Tag, &["#", "@"]),
    (Sign::Speaker, &["我", "本"]),
];

/// A set of signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs(u32);

struct Words {
    automaton: AhoCorasick,
    /// What each word of the automaton stands for.
    signs: Vec<Signs>,
}

static AUTOMATON: LazyLock<Words> = LazyLock::new(|| {
    let mut words: BTreeMap<&str, u32> = BTreeMap::new();
    let long = super::organ::long_words().map(|word| (Sign::Long, word));
    let listed = WORDS.iter().flat_map(|(sign, words)| words.iter().map(|word| (*sign, *word)));
    for (sign, word) in listed.chain(long) {
        *words.entry(word).or_default() |= 1 << sign as u32;
    }
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .build(words.keys())
        .expect("a constant list of words");
    Words { automaton, signs: words.into_values().map(Signs).collect() }
});

impl Signs {
    /// What a folded line may hold.
    pub(super) fn of(line: &str) -> Self {
        let found = AUTOMATON.automaton.find_overlapping_iter(line);
        Self(found.fold(0, |all, word| all | AUTOMATON.signs[word.pattern()].0))
    }

    /// Whether a line may hold it.
    pub(super) fn has(self, sign: Sign) -> bool {
        self.0 & (1 << sign as u32) != 0
    }

    /// Whether a line may hold all of these.
    pub(super) fn has_all(self, signs: &[Sign]) -> bool {
        signs.iter().all(|sign| self.has(*sign))
    }
}

/// Every word that is looked for.
#[cfg(test)]
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|(_, words)| words.iter().copied())
}

#[cfg(test)]
impl Signs {
    /// As if a line held everything.
    pub(super) const ALL: Self = Self(u32::MAX);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_it_may_hold() {
        let signs = Signs::of("转载请注明来源:沙河水利");
        assert!(signs.has_all(&[Sign::Taking, Sign::Asking, Sign::Source, Sign::Weak]));
        assert!(!signs.has(Sign::Reporter) && !signs.has(Sign::Bracket));
        assert!(Signs::of("Via 某报").has(Sign::Via) && Signs::of("").0 == 0);
    }
}
