//! Which wordings a line can hold at all, told in one pass over it.
//!
//! In: a folded line. Out: a set of [`Sign`]s. A rule's pattern costs more than this whole pass and mostly finds nothing:
//! it is tried only on lines that hold one of the words without which it cannot match. A sign proves nothing and
//! decides nothing; a test compares every verdict with the one given when all signs are taken as present.

use super::actor::is_han;
use crate::judge::glyphs::Glyphs;
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
    /// The word for news where a dateline ends.
    News,
    /// What an account of others' words begins with.
    According,
    /// A reporter.
    Reporter,
    /// A paper or a station that speaks of itself.
    Ours,
    /// What a byline can stand after inside a line.
    Opening,
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
    /// 我局, 本中心: the unit as it speaks of itself.
    Speaker,
    /// A long word in the name of a body that has a short one.
    Long,
}

/// Where a word must stand to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere.
    Any,
    /// Where a wording can begin: not after a Han character, a letter or a digit.
    Begins,
    /// Where a wording can end: not before one of these.
    Ends,
}

/// The words of which a pattern needs at least one.
const WORDS: [(Sign, Place, &[&str]); 32] = [
    (
        Sign::Taking,
        Place::Any,
        &[
            "转载", "转发", "引用", "使用", "摘编", "复制", "转引", "刊用", "分享", "未经", "非经", "须经",
            "需经",
        ],
    ),
    (
        Sign::Asking,
        Place::Any,
        &[
            "注明", "标明", "标注", "写明", "署名", "保留", "联系", "授权", "许可", "告知", "同意", "出处",
            "转载", "摘编",
        ],
    ),
    (Sign::Source, Place::Any, &["来源", "出处", "信源", "稿源"]),
    (
        Sign::From,
        Place::Any,
        &[
            "载自", "载于", "发自", "转自", "理自", "合自", "编自", "摘自", "选自", "录自", "译自", "引自",
            "采自", "源自", "来自", "原载", "原刊", "发于", "刊于",
        ],
    ),
    (Sign::Weak, Place::Begins, &["综合", "转", "原作者", "原创作者"]),
    (Sign::Via, Place::Any, &["via", "from", "source", "rt"]),
    (Sign::Via, Place::Ends, &["转", "转发"]),
    (Sign::Video, Place::Any, &["视频", "影像", "画面", "素材"]),
    (Sign::Net, Place::Any, &["综合网络", "自网络", "网络综合", "网络整理", "网络转载"]),
    (Sign::Marked, Place::Begins, &["转"]),
    (Sign::Marked, Place::Any, &["原标题", "原题"]),
    (Sign::Rights, Place::Any, &["版权", "著作权", "侵删", "侵权"]),
    (Sign::News, Place::Ends, &["讯", "消息", "电"]),
    (Sign::According, Place::Begins, &["据"]),
    (Sign::Reporter, Place::Any, &["记者"]),
    (Sign::Ours, Place::Begins, &["本报", "本台", "本刊"]),
    (Sign::Opening, Place::Any, &["(", "[", "【", "—", "●", "■", "▲"]),
    (Sign::Bracket, Place::Any, &[")", "】", "]"]),
    (
        Sign::Role,
        Place::Begins,
        &[
            "图/文",
            "文、图",
            "图、文",
            "文&图",
            "撰稿",
            "撰文",
            "采写",
            "采编",
            "文案",
            "供稿",
            "供图供稿",
            "图文",
            "稿件提供",
            "文字",
            "来稿",
            "报送",
            "通讯员",
            "特约通讯员",
            "本网记者",
            "本站记者",
            "特约记者",
            "记者",
            "信息员",
            "作者",
            "执笔",
            "出品",
            "联合出品",
            "文图",
            "文:",
            "文|",
            "文/",
            "文 ",
            "原作者",
            "编写",
        ],
    ),
    (Sign::Made, Place::Any, &["出品"]),
    (Sign::Passing, Place::Any, &["转发", "全文", "原文", "批转"]),
    (Sign::Warning, Place::Any, &["预警", "警报", "警示", "应急响应"]),
    (Sign::Issuing, Place::Any, &["印发", "发布", "公布", "下发", "出台", "发出", "提醒", "提示"]),
    (Sign::Begins, Place::Any, &["如下", "全文", ":"]),
    (Sign::Letter, Place::Any, &["一封信", "公开信", "倡议书", "慰问信"]),
    (
        Sign::Formal,
        Place::Any,
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
            "请认真",
            "请遵照",
            "请贯彻",
            "请抓好",
        ],
    ),
    (Sign::Formal, Place::Begins, &["各"]),
    (Sign::Number, Place::Any, &["号"]),
    (Sign::Declared, Place::Any, &["原创"]),
    (Sign::OwnNews, Place::Begins, &["本网", "本站", "本局", "本委", "本院", "本中心", "本公众号"]),
    (Sign::Tag, Place::Any, &["#", "@"]),
    (Sign::Long, Place::Any, &super::organ::LONG),
];

/// A set of signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs(u32);

/// What a word stands for, by where it stands.
#[derive(Debug, Clone, Copy, Default)]
struct Meaning {
    any: u32,
    begins: u32,
    ends: u32,
}

/// A word and what it stands for.
#[derive(Debug)]
struct Word {
    text: String,
    meaning: Meaning,
}

/// The words by their first characters. Few characters of a text begin one, so that a table of first characters is all
/// that most of a text ever needs; an automaton of whole words takes three times as long.
struct Lexicon {
    /// The first characters of words.
    first: Glyphs,
    /// For each character of the basic plane which list its words are in; 0 for none.
    numbers: Vec<u8>,
    lists: Vec<List>,
}

/// The words with one first character.
#[derive(Debug, Default)]
struct List {
    /// One bit for each second character; a word of one character has any second.
    seconds: u64,
    words: Vec<Word>,
}

impl List {
    fn bit(second: Option<char>) -> u64 {
        second.map_or(1, |c| 1 << (c as u32 % 64))
    }
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut words: BTreeMap<String, Meaning> = BTreeMap::new();
    for spoken in super::actor::spoken() {
        words.entry(spoken).or_default().any |= 1 << Sign::Speaker as u32;
    }
    for (sign, place, list) in WORDS {
        for word in list.iter().flat_map(|word| cases(word)) {
            let meaning = words.entry(word).or_default();
            let signs = match place {
                Place::Any => &mut meaning.any,
                Place::Begins => &mut meaning.begins,
                Place::Ends => &mut meaning.ends,
            };
            *signs |= 1 << sign as u32;
        }
    }
    let mut lexicon =
        Lexicon { first: Glyphs::default(), numbers: vec![0; 1 << 16], lists: vec![List::default()] };
    for (text, meaning) in words {
        let mut chars = text.chars();
        let (first, second) = (chars.next().map_or(0, |first| first as usize), chars.next());
        if lexicon.numbers[first] == 0 {
            lexicon.numbers[first] = u8::try_from(lexicon.lists.len()).expect("few first characters");
            lexicon.lists.push(List::default());
        }
        let list = &mut lexicon.lists[usize::from(lexicon.numbers[first])];
        list.seconds |= if second.is_some() { List::bit(second) } else { u64::MAX };
        list.words.push(Word { text, meaning });
    }
    lexicon.first = Glyphs::of(|c| lexicon.numbers[c as usize] != 0);
    lexicon
});

/// A word as it is looked for: of a Latin one the first two letters, small and capital.
fn cases(word: &str) -> Vec<String> {
    let Some(first) = word.get(..2).filter(|first| first.bytes().all(|byte| byte.is_ascii_lowercase()))
    else {
        return vec![word.to_owned()];
    };
    let capital = first.to_ascii_uppercase();
    let mixed = [format!("{}{}", &capital[..1], &first[1..]), format!("{}{}", &first[..1], &capital[1..])];
    [first.to_owned(), capital].into_iter().chain(mixed).collect()
}

/// Whether a character belongs to a word.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_han(c)
}

impl Signs {
    /// What a folded line may hold.
    pub(super) fn of(line: &str) -> Self {
        let lexicon = &*LEXICON;
        let mut all = 0;
        let mut from = 0;
        while let Some(at) = lexicon.first.find(line, from) {
            let mut rest = line[at..].chars();
            let first = rest.next().map_or(0, |first| first as usize);
            from = line.len() - rest.as_str().len();
            let list = &lexicon.lists[usize::from(lexicon.numbers[first])];
            if list.seconds & List::bit(rest.next()) == 0 {
                continue;
            }
            for Word { text, meaning } in &list.words {
                let Some(after) = line[at..].strip_prefix(text.as_str()) else { continue };
                all |= meaning.any;
                if meaning.begins & !all != 0 && !line[..at].ends_with(is_of_word) {
                    all |= meaning.begins;
                }
                if meaning.ends & !all != 0 && !after.starts_with(is_of_word) {
                    all |= meaning.ends;
                }
            }
        }
        Self(all)
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
