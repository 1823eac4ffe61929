//! Whether a repost has altered the title of what it reposts (“不得擅改标题”).
//!
//! In: the source's name and title, and the title on the account. Out: altered or not, with the reason in Chinese.
//! Signs, spaces, emoji and the notation of numbers may differ; a label before and a format after may be added, if
//! they do not hype. Every other difference alters, a question mark gained or lost among them. Pure.

mod form;
#[cfg(test)]
mod tests;

use form::{Form, form, is_ellipsis, letters, tidy};

/// Words that turn a title into a lure, wherever they are added.
const HYPE: [&str; 16] = [
    "重磅",
    "震惊",
    "刚刚",
    "突发",
    "紧急",
    "速看",
    "必看",
    "扩散",
    "炸了",
    "定了",
    "官宣",
    "注意",
    "好消息",
    "看哭",
    "出大事",
    "@所有人",
];
/// Hype words of one character: only where they are the whole label (惊！), for 惊蛰 and 抢险 are none.
const HYPE_ALONE: [&str; 3] = ["惊", "抢", "燃"];
/// What may follow a title in brackets or after a bar.
const FORMATS: [&str; 7] = ["全文", "附全文", "附图", "图解", "视频", "音频", "转载"];
/// The longest label, in characters.
const LABEL: usize = 8;
/// How many labels and additions are taken off; a title with more is read no further.
const DEPTH: usize = 6;
/// Titles longer than this are cut, in characters: no platform shows them.
const LONGEST: usize = 600;

/// What became of a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is another title than the source's.
    pub altered: bool,
    /// Why, in Chinese.
    pub reason: String,
}

/// Compares the title on an account with that of its source.
#[must_use]
pub fn judge(source_name: &str, source_title: &str, account_title: &str) -> Verdict {
    let clip = |text: &str| tidy(text, LONGEST);
    let (name, source, account) = (clip(source_name), clip(source_title), clip(account_title));
    let wanted = form(&source);
    let given = form(&account);
    if wanted == given {
        return Verdict { altered: false, reason: "标题与来源一致".to_owned() };
    }
    let cut = is_same(&account, &source, &wanted, &form(&name), DEPTH);
    if let Some(how) = cut {
        return Verdict { altered: false, reason: how.to_owned() };
    }
    let hype = HYPE.iter().find(|word| account.contains(*word) && !source.contains(*word));
    let reason = match hype {
        Some(word) => format!("标题加入“{word}”"),
        None if wanted.without_questions() == given.without_questions() => "标题增减了问号".to_owned(),
        None => "标题文字与来源不一致".to_owned(),
    };
    Verdict { altered: true, reason }
}

/// Whether a title is the source's once allowed additions are taken off; how it differed.
fn is_same(account: &str, source: &str, wanted: &Form, name: &Form, depth: usize) -> Option<&'static str> {
    let account = account.trim();
    if form(account) == *wanted {
        return Some("标题只增加了栏目名、来源或格式说明");
    }
    if let Some(kept) = is_ellipsis(account)
        && wanted.begins_with(&form(kept))
        && 2 * letters(kept) >= letters(source)
    {
        return Some("标题为来源标题的前半，以省略号结束");
    }
    if depth == 0 {
        return None;
    }
    let labels = leading(account, name).into_iter();
    let additions = trailing(account, name).into_iter();
    labels.chain(additions).find_map(|rest| is_same(rest, source, wanted, name, depth - 1))
}

/// What is left of a title without its first label; every way of reading a label.
fn leading<'a>(title: &'a str, name: &Form) -> Vec<&'a str> {
    let bare = title.trim_start_matches(|c: char| !c.is_alphanumeric() && !"【[#@(?".contains(c));
    let mut rests = Vec::new();
    for (open, close) in [('【', '】'), ('[', ']')] {
        if let Some((label, rest)) = bare.strip_prefix(open).and_then(|inner| inner.split_once(close))
            && is_label(label, name)
        {
            rests.push(rest);
        }
    }
    if let Some((topic, rest)) = bare.strip_prefix('#').and_then(|inner| inner.split_once('#'))
        && !topic.is_empty()
        && !is_hype(topic)
    {
        rests.push(rest);
    }
    if let Some((label, rest)) = bare.split_once(['|', ':'])
        && is_label(label, name)
    {
        rests.push(rest);
    }
    rests
}

/// Whether a label may stand before a title: short and no hype, or the source's name.
fn is_label(label: &str, name: &Form) -> bool {
    let label = label.trim();
    let is_name = !label.is_empty() && form(label) == *name;
    is_name
        || (!label.is_empty() && label.chars().count() <= LABEL && !is_hype(label) && !label.contains('?'))
}

/// What is left of a title without what follows it in brackets or after a bar.
fn trailing<'a>(title: &'a str, name: &Form) -> Vec<&'a str> {
    let title = title.trim_end();
    let allowed = |added: &str| {
        let added = added.trim();
        let of =
            ["来源:", "来源", "转自:", "转自"].iter().find_map(|of| added.strip_prefix(of)).unwrap_or(added);
        FORMATS.contains(&added) || (!of.is_empty() && form(of) == *name)
    };
    let mut rests = Vec::new();
    for (open, close) in [('(', ')'), ('【', '】'), ('[', ']')] {
        if let Some((rest, added)) = title.strip_suffix(close).and_then(|inner| inner.rsplit_once(open))
            && allowed(added)
        {
            rests.push(rest);
        }
    }
    if let Some((rest, added)) = title.rsplit_once('|')
        && allowed(added)
    {
        rests.push(rest);
    }
    rests
}

/// Whether a label lures.
fn is_hype(label: &str) -> bool {
    let bare: String = label.chars().filter(|c| c.is_alphanumeric() || *c == '@').collect();
    let alone = HYPE_ALONE.iter().any(|word| !bare.is_empty() && bare.replace(word, "").is_empty());
    alone || HYPE.iter().any(|word| bare.contains(word) && !bare.contains("注意事项"))
}
