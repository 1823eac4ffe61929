//! Any way of writing a date into one form of characters.
//!
//! In: text as it stands on a page, hostile. Out: at most [`LIMIT`] characters without entities, tags, width,
//! invisible marks or runs of white space; ASCII in lower case; Chinese numerals as digits; a weekday as
//! [`WEEKDAY`]. It only rewrites signs and never decides what is a date.

use super::numeral;
use unicode_normalization::UnicodeNormalization;

/// How much text is read: a date stands at the beginning of what a page says about a post.
pub(super) const LIMIT: usize = 400;
/// How much of the page is looked at to find that much text.
const RAW_LIMIT: usize = 8 * 1024;
/// Longest tag that is left out.
const TAG_LIMIT: usize = 1024;
/// Stands for any weekday name. Control characters become spaces, so no text can contain it.
pub(super) const WEEKDAY: char = '\u{1}';
/// Stands for a number that is only roughly known.
const VAGUE: char = '几';

/// The one form of a text.
pub(super) fn fold(raw: &str) -> Vec<char> {
    let plain = plain(raw);
    let mut text = Vec::with_capacity(plain.len().min(LIMIT));
    for c in plain.nfkc() {
        let Some(c) = unify(c) else { continue };
        if c == ' ' && text.last().is_none_or(|&last| last == ' ') {
            continue;
        }
        text.push(c);
        if text.len() == LIMIT {
            break;
        }
    }
    if text.last() == Some(&' ') {
        text.pop();
    }
    to_arabic(&without_weekdays(&text))
}

/// The text with entities decoded and tags turned into spaces.
fn plain(raw: &str) -> String {
    let raw = raw.trim_start();
    let end = raw.char_indices().nth(RAW_LIMIT).map_or(raw.len(), |(at, _)| at);
    let mut rest = &raw[..end];
    let mut plain = String::with_capacity(rest.len());
    while let Some(at) = rest.find(['&', '<']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, width) = entity(rest).or_else(|| tag(rest)).unwrap_or((rest.as_bytes()[0].into(), 1));
        plain.push(c);
        rest = &rest[width..];
    }
    plain.push_str(rest);
    plain
}

/// The character of the entity that begins `text`, and the entity's length. `&amp;nbsp;` counts as `&nbsp;`.
fn entity(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let name = body.strip_prefix("amp;").unwrap_or(body);
    let skipped = text.len() - name.len();
    if let Some(rest) = name.strip_prefix("nbsp") {
        return Some((' ', skipped + 4 + usize::from(rest.starts_with(';'))));
    }
    let end = name.bytes().take(10).position(|b| b == b';')?;
    let name = &name[..end];
    let code = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
        Some(decimal) => decimal.parse().ok(),
        None => None,
    };
    let c = match name {
        "ensp" | "emsp" | "thinsp" => ' ',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "colon" => ':',
        "sol" => '/',
        "ndash" => '–',
        "mdash" => '—',
        "middot" => '·',
        _ => char::from_u32(code?)?,
    };
    Some((c, skipped + end + 1))
}

/// A space for the tag or comment that begins `text`, and the tag's length.
fn tag(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('<')?;
    body.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')).then_some(())?;
    let end = body.bytes().take(TAG_LIMIT).position(|b| b == b'>')?;
    Some((' ', end + 2))
}

/// One sign for all that mean the same; `None` for signs that nobody sees.
fn unify(c: char) -> Option<char> {
    Some(match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => {
            return None;
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => return None,
        c if c.is_whitespace() || c.is_control() => ' ',
        '\u{2010}'..='\u{2013}' | '−' => '-',
        '―' | '─' | '━' => '—',
        '〜' | '∼' => '~',
        '∕' | '⁄' => '/',
        '∶' | '꞉' | 'ː' => ':',
        '【' | '〔' | '〖' => '[',
        '】' | '〕' | '〗' => ']',
        '丨' | '│' => '|',
        // Traditional characters of the words that are looked for.
        '時' => '时',
        '點' => '点',
        '鐘' | '鍾' => '钟',
        '剛' => '刚',
        '個' => '个',
        '週' => '周',
        '兩' => '两',
        '號' => '号',
        '間' => '间',
        '發' => '发',
        '佈' => '布',
        '開' => '开',
        '編' => '编',
        '輯' => '辑',
        '農' => '农',
        '曆' | '歷' => '历',
        '陰' => '阴',
        '舊' => '旧',
        '閏' => '闰',
        '貳' => '贰',
        '參' | '叄' => '叁',
        '陸' => '陆',
        '電' => '电',
        '話' => '话',
        '閱' => '阅',
        '讀' => '读',
        '數' => '数',
        c => c.to_ascii_lowercase(),
    })
}

/// The text with weekday names replaced: the 一 of 星期一 is no number.
fn without_weekdays(text: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let width = weekday(&text[at..], out.last().copied());
        if width == 0 {
            out.push(text[at]);
            at += 1;
        } else {
            out.push(WEEKDAY);
            at += width;
        }
    }
    out
}

/// How many characters of a weekday name begin `text`, whose predecessor is `before`.
fn weekday(text: &[char], before: Option<char>) -> usize {
    const DAYS: &str = "一二三四五六日天";
    const ENGLISH: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let is_day = |c: char| DAYS.contains(c);
    match text {
        ['星', '期', day, ..] | ['礼', '拜', day, ..] if is_day(*day) => 3,
        ['周', day, ..] if is_day(*day) => 2,
        // 2026-11-20(五)
        ['(', day, ')', ..] if is_day(*day) && before.is_some_and(|c| c.is_ascii_digit() || c == '日') => 3,
        [c, ..] if c.is_ascii_lowercase() && !before.is_some_and(|c| c.is_ascii_alphabetic()) => {
            let width = text.iter().take_while(|c| c.is_ascii_alphabetic()).count();
            let named = |name: &str| name.chars().take(width).eq(text[..width].iter().copied());
            if width >= 3 && ENGLISH.iter().any(|name| named(name)) { width } else { 0 }
        }
        _ => 0,
    }
}

/// The text with Chinese numerals as digits.
fn to_arabic(text: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let run = numeral_run(text, at);
        let end = at + run.len();
        let rest = &text[end.max(at)..];
        if run.is_empty() {
            out.push(if is_letter_zero(text, at) { '0' } else { text[at] });
            at += 1;
        } else if numeral::is_vague(&run) && is_counted(rest) {
            out.push(VAGUE);
            at = end;
        } else if let Some(digits) = numeral::to_digits(&run) {
            // 之一2026-11-20: a numeral beside digits is another number.
            if out.last().is_some_and(char::is_ascii_digit) {
                out.push(' ');
            }
            out.extend(digits.chars());
            if rest.first().is_some_and(char::is_ascii_digit) {
                out.push(' ');
            }
            at = end;
        } else {
            out.extend_from_slice(&text[at..end]);
            at = end;
        }
    }
    out
}

/// Whether a letter or circle stands for the zero of an Arabic number, as in 2O26年.
fn is_letter_zero(text: &[char], at: usize) -> bool {
    numeral::is_round(text[at])
        && at > 0
        && text[at - 1].is_ascii_digit()
        && text.get(at + 1).is_some_and(|&c| c.is_ascii_digit() || is_unit(c))
}

fn is_unit(c: char) -> bool {
    "年月日号时点分秒".contains(c)
}

/// The numerals that begin at `at`, every zero as `〇`. A circle, a letter o or an ASCII 0 counts between
/// numerals, as in 二○二六, 二O二六 and 二0二六.
fn numeral_run(text: &[char], at: usize) -> Vec<char> {
    let opens = |c: char| {
        let round = numeral::is_round(c) && text.get(at + 1).is_some_and(|&next| numeral::is_numeral(next));
        numeral::is_numeral(c) || round && !(at > 0 && text[at - 1].is_ascii_alphanumeric())
    };
    let mut run = Vec::new();
    if !opens(text[at]) {
        return run;
    }
    for (offset, &c) in text.iter().enumerate().skip(at) {
        let is_zero = |&&c: &&char| numeral::is_round(c) || c == '0';
        if numeral::is_numeral(c) {
            run.push(c);
        } else if is_zero(&&c) {
            let after = text[offset..].iter().find(|c| !is_zero(c));
            if !after.is_some_and(|&c| numeral::is_numeral(c) || is_unit(c)) {
                break;
            }
            run.push('〇');
        } else {
            break;
        }
    }
    run
}

/// Whether what follows a number is a unit of a span of time.
fn is_counted(rest: &[char]) -> bool {
    let rest = if let [' ', rest @ ..] = rest { rest } else { rest };
    match rest {
        ['年' | '月', '前' | '以' | '之', ..] => true,
        [unit, ..] => "个天小分秒周星刻".contains(*unit),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(raw: &str) -> String {
        fold(raw).into_iter().collect()
    }

    #[test]
    fn every_way_of_writing_becomes_one() {
        let table = [
            ("２０２６－１１－２０　０８：３０", "2026-11-20 08:30"),
            ("2026-11-20&nbsp;&#160;08&#58;30", "2026-11-20 08:30"),
            ("2026-11-20&amp;nbsp;08:30", "2026-11-20 08:30"),
            ("<em class=\"t\">2026</em>年", "2026 年"),
            ("二○二六年", "2026年"),
            ("二O二六年", "2026年"),
            ("二0二六年", "2026年"),
            ("二〇二〇年", "2020年"),
            ("2O26年11月2O日", "2026年11月20日"),
            ("○2026-11-20", "○2026-11-20"),
            ("2026-Oct-20", "2026-oct-20"),
            ("之一2026-11-20", "之1 2026-11-20"),
            ("星期一08:30", "\u{1}08:30"),
            ("Fri, 20 Nov", "\u{1}, 20 nov"),
            ("两三天前", "几天前"),
            ("十几分钟前", "10几分钟前"),
            ("\u{200e}2026\u{200e}年", "2026年"),
            ("⽇⽉", "日月"),
        ];
        for (raw, expected) in table {
            assert_eq!(folded(raw), expected, "{raw}");
        }
    }

    #[test]
    fn white_space_before_the_text_does_not_hide_it() {
        assert_eq!(folded(&format!("{}2026-11-20", " \n".repeat(3000))), "2026-11-20");
    }
}
