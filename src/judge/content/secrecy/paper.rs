//! What looks like an official document: its number, its title, its head.
//!
//! In: a folded line, or part of one. Out: whether a document speaks there. It decides nothing by itself; what kinds of
//! documents there are comes from 党政机关公文处理工作条例 (article 8) and from what offices call their papers.

use crate::judge::content::Part;
use regex::Regex;
use std::sync::LazyLock;

/// Parts of a line longer than this, in bytes, are prose and are not looked at.
pub(super) const LONGEST: usize = 400;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the title of the post.
    Title,
    /// It is a line of the text or of a picture.
    Line,
    /// It is the name of a file.
    Name,
}

impl Place {
    pub(super) const fn of(part: Part) -> Self {
        match part {
            Part::Title => Self::Title,
            Part::Attachment(_) => Self::Name,
            Part::Text | Part::Picture(_) => Self::Line,
        }
    }
}

/// The kinds of documents by which a title ends.
pub(super) const KINDS: &str = "通知|通报|报告|请示|批复|复函|函|意见|决定|决议|纪要|公报|公告|通告|命令|议案|方案|预案|计划|规划|总结|\
    汇总|汇总表|建议|简报|专报|快报|要情|讲话|讲话稿|材料|名单|名册|花名册|清单|台账|统计表|一览表|明细表|登记表|报表|情况|情况表|要点|安排|安排表|\
    汇报|提纲|分工|批示|摘要|合同|图纸|预算|记录|文件|草案|稿|分析|调研|研判|部署图|数据|档案";

pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// A document's number, as [2026]45号 with the body's short name before it.
pub(super) const NUMBER: &str = r"[\p{Han}]{1,14} *[\[(] *(?:19|20)\d\d *[\])] *\d{1,5} *号";

static FORMAL: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("关于[^。!?\n]{{2,80}}(?:{KINDS})")));
static KIND_ENDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:{KINDS})(?: *\([^()]{{0,20}}\))? *$")));
static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"{NUMBER}|关于[^。!?\n]{{2,80}}的(?:{KINDS})|签发人|抄 *送|主 *送|印发|份 *号|(?m:^ *\d{{6}} *$)|签批盖章|发电单位"
    ))
});

/// Whether a line is a document's title in the prescribed form (关于…的通知).
pub(super) fn is_formal(line: &str) -> bool {
    line.len() <= LONGEST && FORMAL.is_match(line)
}

/// Whether a line may be a document's title: it ends with a kind of document and is no sentence.
pub(super) fn is_titled(line: &str) -> bool {
    line.len() <= LONGEST
        && !line.contains(['。', '!', '?'])
        && (KIND_ENDS.is_match(line) || FORMAL.is_match(line))
}

/// Whether a text has the marks of a document anywhere.
pub(super) fn is_document(text: &str) -> bool {
    DOCUMENT.is_match(text) || text.lines().take(6).any(is_titled)
}

/// The name of a file without its ending.
pub(super) fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending))
            if ending.len() <= 5 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => name,
    }
}
