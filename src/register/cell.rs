//! Readers for the kinds of text a cell may hold.
//!
//! In: one cell. Out: the value in the one form the store keeps, or a complaint in Chinese. Reading what has
//! been read gives the same again, so that a second import of a file changes nothing.

use super::table::Cell;
use crate::model::account::Source;
use lettre::Address;
use unicode_normalization::UnicodeNormalization;
use url::Url;

/// Most characters of a text column; notes may be longer.
const MAX_TEXT: usize = 1_000;
/// Most sources or addresses of one account.
const MAX_LIST: usize = 32;
/// The largest number of which a spreadsheet keeps every digit.
const MAX_EXACT: f64 = 1e15;

/// What an office writes for "nothing".
const NOTHING: [&str; 12] = ["/", "\\", "-", "--", "—", "——", "无", "暂无", "空", "n/a", "N/A", "NULL"];

/// What is wrong with a cell and what to do about it, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) reason: String,
    pub(super) advice: String,
}

impl Complaint {
    pub(super) fn new(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: advice.into() }
    }
}

/// A line of text: marks that cannot be seen removed, white space folded, "nothing" made empty.
pub(super) fn line(cell: &Cell) -> Result<String, Complaint> {
    let shown = readable(cell)?;
    let line = visible(&shown).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > MAX_TEXT {
        return Err(Complaint::new(format!("内容超过 {MAX_TEXT} 个字"), "请精简,详情写入备注"));
    }
    Ok(if NOTHING.contains(&line.as_str()) { String::new() } else { unguarded(&line).to_owned() })
}

/// Text of several lines, kept as they are.
pub(super) fn lines(cell: &Cell) -> Result<String, Complaint> {
    let shown = readable(cell)?;
    let lines = visible(&shown).lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    Ok(unguarded(lines.trim()).to_owned())
}

/// An id, a code or a telephone number: compatibility forms folded (full-width digits), no white space at
/// its ends, every digit certain.
pub(super) fn code(cell: &Cell) -> Result<String, Complaint> {
    const ADVICE: &str = "请先把该列设为“文本”格式,再重新填写完整号码";
    if matches!(cell, Cell::Number(number) if number.abs() >= MAX_EXACT) {
        return Err(Complaint::new("号码超过 15 位而按数字保存,后几位已经失真", ADVICE));
    }
    let code: String = line(cell)?.nfkc().collect();
    if is_scientific(&code) {
        return Err(Complaint::new(format!("号码成了科学计数法“{code}”,后几位已经丢失"), ADVICE));
    }
    Ok(code)
}

/// `7.01235E+18`
fn is_scientific(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(number, power)| {
        number.contains('.')
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && power
                .strip_prefix('+')
                .is_some_and(|power| !power.is_empty() && power.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn readable(cell: &Cell) -> Result<std::borrow::Cow<'_, str>, Complaint> {
    match cell {
        Cell::Fault(fault) => Err(Complaint::new(fault.clone(), "请改为填写文字")),
        other => Ok(other.shown()),
    }
}

/// The text without characters that have no form: zero-width ones, marks of direction, controls.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || (c.is_control() && !c.is_whitespace())
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

/// The text without the apostrophe that keeps a spreadsheet from taking it for a formula.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(text)
}

/// A number for administrative divisions: 2 to 12 digits (GB/T 2260 and its extensions).
pub(super) fn region_code(code: &str) -> Result<(), Complaint> {
    if code.is_empty() || ((2..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())) {
        Ok(())
    } else {
        Err(Complaint::new(format!("行政区划代码“{code}”不是 2 至 12 位数字"), "请填写 6 位代码,例如 320602"))
    }
}

/// Names of divisions from the largest to the smallest, joined by `/`.
pub(super) fn region_path(line: &str) -> String {
    let parts =
        line.split(['/', '\\', '>', '|', '-', '—', '、', ' ', '\u{3000}']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

/// A unified social credit code in capitals.
pub(super) fn credit_code(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether a code is none or its check character holds (GB 32100-2015); the older organisation code of nine
/// characters has another check (GB 11714-1997).
pub(super) fn is_credit_code(code: &str) -> bool {
    const CHARACTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let value = |byte: u8| CHARACTERS.iter().position(|c| *c == byte);
    let bytes = code.as_bytes();
    match bytes {
        [] => true,
        [body @ .., check] if bytes.len() == 18 => {
            let (mut sum, mut weight) = (0, 1);
            for byte in body {
                let Some(digit) = value(*byte) else { return false };
                sum += digit * weight;
                weight = weight * 3 % 31;
            }
            value(*check) == Some((31 - sum % 31) % 31)
        }
        [body @ .., check] if bytes.len() == 9 => {
            const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
            let digits = body.iter().map(|byte| char::from(*byte).to_digit(36));
            let Some(sum) =
                digits.zip(WEIGHTS).map(|(digit, weight)| Some(digit? * weight)).sum::<Option<u32>>()
            else {
                return false;
            };
            *check == [b'0', b'X', b'9', b'8', b'7', b'6', b'5', b'4', b'3', b'2', b'1'][sum as usize % 11]
        }
        _ => false,
    }
}

/// Addresses separated by `;`, `,`, `、`, white space; each is a recipient of its own.
pub(super) fn emails(cell: &Cell) -> Result<Vec<String>, Complaint> {
    let text: String = visible(&readable(cell)?).nfkc().collect();
    let mut emails: Vec<String> = Vec::new();
    for word in text.split([';', ',', '、', '|', '/', '\\']).flat_map(str::split_whitespace) {
        let word = word.trim_start_matches("mailto:");
        if word.is_empty() || NOTHING.contains(&word) {
            continue;
        }
        if word.parse::<Address>().is_err() {
            return Err(Complaint::new(
                format!("“{word}”不是有效的邮箱地址"),
                "多个地址之间用分号分隔,例如 a@example.com;b@example.com",
            ));
        }
        if !emails.iter().any(|known| known == word) {
            emails.push(word.to_owned());
        }
    }
    within(emails, "邮箱")
}

/// `recipe:target;recipe:target`, the preferred one first.
pub(super) fn sources(cell: &Cell, known_recipe: &dyn Fn(&str) -> bool) -> Result<Vec<Source>, Complaint> {
    const FORM: &str = "写成“方案:目标”,多个用分号分隔,例如 feed:https://example.com/rss.xml";
    let text = visible(&readable(cell)?);
    let mut sources: Vec<Source> = Vec::new();
    for part in text.split([';', '\u{ff1b}', '\n', '\r']).map(str::trim) {
        if part.is_empty() || NOTHING.contains(&part) {
            continue;
        }
        let (recipe, target) = part.split_once([':', '\u{ff1a}']).unwrap_or((part, ""));
        let recipe: String = recipe.trim().nfkc().collect();
        let target = target.trim();
        if matches!(recipe.to_ascii_lowercase().as_str(), "http" | "https") {
            return Err(Complaint::new(
                format!("“{part}”只有网址,没有说明用哪种采集方案"),
                format!("在网址前加方案名,例如 feed:{part} 或 gov-list:{part};网址本身的分号写成 %3B"),
            ));
        }
        if recipe.is_empty() || !recipe.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            return Err(Complaint::new(format!("看不懂的采集源“{part}”"), FORM));
        }
        let manual = recipe == Source::MANUAL;
        if target.is_empty() && !manual {
            return Err(Complaint::new(format!("采集源“{part}”没有目标"), FORM));
        }
        if !manual && !known_recipe(&recipe) {
            return Err(Complaint::new(
                format!("没有名为“{recipe}”的采集方案"),
                "方案名见 config/platforms/,请检查拼写",
            ));
        }
        let source = Source { recipe, target: target.to_owned() };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    within(sources, "采集源")
}

fn within<T>(list: Vec<T>, what: &str) -> Result<Vec<T>, Complaint> {
    if list.len() > MAX_LIST {
        Err(Complaint::new(format!("{what}超过 {MAX_LIST} 个"), "请只保留需要的"))
    } else {
        Ok(list)
    }
}

/// An address of the web; the scheme may be missing. Anything else, `javascript:` above all, is none.
pub(super) fn web_address(line: &str) -> Option<String> {
    if line.is_empty() {
        return Some(String::new());
    }
    let (whole, typed) = if line.contains("://") {
        (line.to_owned(), line.split_once("://").map_or("", |(_, rest)| rest))
    } else {
        (format!("http://{line}"), line)
    };
    let url = Url::parse(&whole).ok()?;
    let host = url.host_str()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && host.contains('.');
    // A sentence parses as a host of Chinese letters: what was typed must begin like a domain.
    let begins =
        typed.chars().next().is_some_and(char::is_alphanumeric) && !typed.contains(char::is_whitespace);
    (plain && begins).then_some(whole)
}

/// Whether an address is a platform's short link, whose account shows only once it is followed.
pub(super) fn is_short_link(address: &str) -> bool {
    const HOSTS: [&str; 8] =
        ["v.douyin.com", "v.kuaishou.com", "b23.tv", "t.cn", "xhslink.com", "url.cn", "dwz.cn", "suo.im"];
    Url::parse(address).is_ok_and(|url| url.host_str().is_some_and(|host| HOSTS.contains(&host)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_written_as_a_stroke_is_nothing() {
        for text in ["/", "—", "无", " 暂无 ", "N/A", "\u{200b}"] {
            assert_eq!(line(&Cell::text(text)).unwrap(), "", "{text:?}");
        }
    }

    #[test]
    fn marks_that_cannot_be_seen_are_taken_out() {
        assert_eq!(line(&Cell::text("\u{feff}云溪\u{200b}\u{202e}发布 \u{3000} 网")).unwrap(), "云溪发布 网");
    }

    #[test]
    fn full_width_forms_are_folded_in_codes_only() {
        assert_eq!(code(&Cell::text("ｇｈ＿１２")).unwrap(), "gh_12");
        assert_eq!(line(&Cell::text("云溪（１２）")).unwrap(), "云溪（１２）");
    }

    #[test]
    fn a_number_of_up_to_15_digits_is_certain() {
        assert_eq!(code(&Cell::Number(999_999_999_999_999.0)).unwrap(), "999999999999999");
        assert!(code(&Cell::Number(1e15)).is_err());
        assert!(code(&Cell::text("7.01235E+18")).is_err());
        assert_eq!(code(&Cell::text("gh_1.5E+x")).unwrap(), "gh_1.5E+x");
    }

    #[test]
    fn the_check_character_of_a_credit_code_is_computed() {
        for code in ["", "91350100M000100Y43"] {
            assert!(is_credit_code(code), "{code}");
        }
        for code in ["91350100M000100Y44", "91350100M000100I43", "9135", "云溪县云溪县"] {
            assert!(!is_credit_code(code), "{code}");
        }
        assert!(is_credit_code(&credit_code("D2143569-X")));
        assert!(!is_credit_code("D21435690"));
    }

    #[test]
    fn an_address_of_the_web_may_lack_its_scheme_but_not_be_a_script() {
        let kept = |text: &str| web_address(text).unwrap_or_default();
        assert_eq!(kept("www.example.com/a?b=1"), "http://www.example.com/a?b=1");
        assert_eq!(kept("HTTPS://example.com"), "HTTPS://example.com");
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.com",
            "云溪发布",
            "微信搜索:云溪",
            "http://",
            "https://user@example.com/",
            "请看 www.example.com",
        ] {
            assert_eq!(web_address(text), None, "{text}");
        }
    }

    #[test]
    fn a_region_is_a_path_however_it_is_separated() {
        for text in
            ["江苏省/南通市/崇川区", "江苏省-南通市-崇川区", "江苏省 南通市 崇川区", "江苏省>南通市>崇川区/"]
        {
            assert_eq!(region_path(text), "江苏省/南通市/崇川区", "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\PC]{0,24}|[0-9A-Z+.E:/;@-]{0,24}") {
            let cell = Cell::Text(text.clone());
            let _ = (line(&cell), lines(&cell), code(&cell), emails(&cell), sources(&cell, &|_| true));
            let _ = (is_credit_code(&credit_code(&text)), region_code(&text), region_path(&text));
            let _ = web_address(&text).map(|address| is_short_link(&address));
        }
    }
}
