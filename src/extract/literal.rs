//! A JavaScript literal as JSON: what pages embed in their scripts is almost JSON.
//!
//! In: a text that begins with `{` or `[`. Out: the JSON of the one literal there; what follows it is not looked at.
//! `undefined` becomes null, a `new Set([…])` its list, a bare key a quoted one. It never runs anything: a word that
//! is no literal ends it. One pass, no tree, and no more than six bytes written for one read.

use std::fmt::Write as _;

/// The deepest nesting read; the JSON parser goes no deeper either.
const DEEPEST: usize = 120;

/// The JSON of the literal at the beginning of a text; none when there is none or it never closes.
pub(super) fn json_of(text: &str) -> Option<String> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut writer = Writer { rest: text, out: String::new(), open: Vec::new() };
    while writer.step()? {}
    Some(writer.out)
}

/// What is open around the place that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Object,
    Array,
    /// The brackets of a `new Set(…)`, and how much was written before them.
    Call(usize),
}

struct Writer<'t> {
    rest: &'t str,
    out: String,
    open: Vec<Open>,
}

impl Writer<'_> {
    /// Reads one token. False when the literal has closed, none when it is no literal.
    fn step(&mut self) -> Option<bool> {
        self.rest = self.rest.trim_start();
        let sign = self.rest.chars().next()?;
        match sign {
            '{' => self.begin(Open::Object, "{")?,
            '[' => self.begin(Open::Array, "[")?,
            '}' => return self.end('}'),
            ']' => return self.end(']'),
            ')' => return self.end(')'),
            ',' | ':' => {
                self.out.push(sign);
                self.skip(1);
            }
            '"' | '\'' => self.string(sign)?,
            '!' => {
                let truth = match self.rest.as_bytes().get(1)? {
                    b'0' => "true",
                    b'1' => "false",
                    _ => return None,
                };
                self.out.push_str(truth);
                self.skip(2);
            }
            '0'..='9' | '-' | '+' | '.' => self.number(),
            sign if is_word(sign) => self.word()?,
            _ => return None,
        }
        Some(true)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn begin(&mut self, what: Open, written: &str) -> Option<()> {
        if self.open.len() >= DEEPEST {
            return None;
        }
        self.open.push(what);
        self.out.push_str(written);
        self.skip(1);
        Some(())
    }

    fn end(&mut self, sign: char) -> Option<bool> {
        if self.out.ends_with(',') {
            self.out.pop();
        }
        match (self.open.pop()?, sign) {
            (Open::Object, '}') | (Open::Array, ']') => self.out.push(sign),
            // A collection made of nothing.
            (Open::Call(before), ')') if self.out.len() == before => self.out.push_str("[]"),
            (Open::Call(_), ')') => {}
            _ => return None,
        }
        self.skip(1);
        Some(!self.open.is_empty())
    }

    /// Whether a key comes next.
    fn is_key(&self) -> bool {
        self.open.last() == Some(&Open::Object) && self.out.ends_with(['{', ','])
    }

    /// Takes the longest beginning made of such characters.
    fn take(&mut self, of: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|sign| !of(sign)).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        token.to_owned()
    }

    fn number(&mut self) {
        let key = self.is_key();
        let token = self.take(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '+'));
        if key {
            let _ = write!(self.out, "\"{token}\"");
        } else if serde_json::from_str::<serde_json::Number>(&token).is_ok() {
            self.out.push_str(&token);
        } else {
            self.out.push_str("null");
        }
    }

    fn word(&mut self) -> Option<()> {
        let key = self.is_key();
        let word = self.take(is_word);
        match word.as_str() {
            word if key => {
                let _ = write!(self.out, "\"{word}\"");
            }
            "true" | "false" | "null" => self.out.push_str(&word),
            "undefined" | "NaN" | "Infinity" => self.out.push_str("null"),
            "void" => {
                self.rest = self.rest.trim_start();
                self.take(|sign| sign.is_ascii_digit());
                self.out.push_str("null");
            }
            "new" => {
                self.rest = self.rest.trim_start();
                self.take(is_word);
                self.rest = self.rest.trim_start();
                if !self.rest.starts_with('(') {
                    return None;
                }
                self.begin(Open::Call(self.out.len()), "")?;
            }
            _ => return None,
        }
        Some(())
    }

    fn string(&mut self, quote: char) -> Option<()> {
        self.skip(1);
        self.out.push('"');
        loop {
            let special = |sign: char| sign == quote || matches!(sign, '\\' | '"') || sign < ' ';
            let at = self.rest.find(special)?;
            let (plain, rest) = self.rest.split_at(at);
            self.out.push_str(plain);
            let sign = rest.chars().next()?;
            self.rest = &rest[sign.len_utf8()..];
            match sign {
                sign if sign == quote => break,
                '\\' => self.escape()?,
                '"' => self.out.push_str("\\\""),
                control => self.code(u32::from(control)),
            }
        }
        self.out.push('"');
        Some(())
    }

    /// Writes what stands behind a backslash.
    fn escape(&mut self) -> Option<()> {
        let sign = self.rest.chars().next()?;
        self.rest = &self.rest[sign.len_utf8()..];
        match sign {
            'b' | 'f' | 'n' | 'r' | 't' | '"' | '\\' | '/' => {
                self.out.push('\\');
                self.out.push(sign);
            }
            'v' => self.code(0x0b),
            '0' => self.code(0),
            'x' => {
                let code = self.hex(2)?;
                self.code(code);
            }
            'u' => self.unicode()?,
            '\n' => {}
            control if control < ' ' => self.code(u32::from(control)),
            other => self.out.push(other),
        }
        Some(())
    }

    fn unicode(&mut self) -> Option<()> {
        if let Some(rest) = self.rest.strip_prefix('{') {
            let (digits, rest) = rest.split_once('}')?;
            self.rest = rest;
            let sign = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            self.plain(sign.unwrap_or('\u{fffd}'));
            return Some(());
        }
        let first = self.hex(4)?;
        // A title cut in the middle of a sign leaves half a sign, which JSON does not know.
        let sign = match first {
            0xd800..=0xdbff if self.rest.starts_with("\\u") => {
                let before = self.rest;
                self.skip(2);
                if let Some(second @ 0xdc00..=0xdfff) = self.hex(4) {
                    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
                } else {
                    self.rest = before;
                    None
                }
            }
            code => char::from_u32(code),
        };
        self.plain(sign.unwrap_or('\u{fffd}'));
        Some(())
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text =
            self.rest.get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let code = u32::from_str_radix(text, 16).ok()?;
        self.skip(digits);
        Some(code)
    }

    /// Writes a sign inside a string.
    fn plain(&mut self, sign: char) {
        match sign {
            '"' | '\\' => {
                self.out.push('\\');
                self.out.push(sign);
            }
            control if control < ' ' => self.code(u32::from(control)),
            sign => self.out.push(sign),
        }
    }

    fn code(&mut self, code: u32) {
        let _ = write!(self.out, "\\u{code:04x}");
    }
}

fn is_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> Option<Value> {
        serde_json::from_str(&json_of(text)?).ok()
    }

    #[test]
    fn what_is_no_json_becomes_json() {
        for (text, value) in [
            (r#"{"a":undefined,"b":"undefined"};"#, json!({"a": null, "b": "undefined"})),
            (
                r#"{"a":new Set([]),"b":new Set(["x"]),"c":new Map(),"d":new Map([["k",1]])}"#,
                json!({"a": [], "b": ["x"], "c": [], "d": [["k", 1]]}),
            ),
            ("{a:1,'b':2,3:4,undefined:5,}", json!({"a": 1, "b": 2, "3": 4, "undefined": 5})),
            (
                "[!0,!1,void 0,NaN,-Infinity,.5,1e3,new Date(17),]",
                json!([true, false, null, null, null, null, 1e3, 17]),
            ),
            (r#"['说"好"', 'it\'s', "\x41\u{1f600}\v"]"#, json!(["说\"好\"", "it's", "A😀\u{b}"])),
            (r#"["\ud83d\ude00", "半\ud83d", "\ud83dx"]"#, json!(["😀", "半\u{fffd}", "\u{fffd}x"])),
            ("[\"一\t二\"](function(){})", json!(["一\t二"])),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_runs_or_never_closes_is_nothing() {
        for text in
            ["", "window", "{a:f()}", "{a:b}", "[1", "{\"a\":\"", "[1}", "{a:new X}", "[`x`]", "{a:)", "[\\"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(json_of(&"[".repeat(1_000_000)), None);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "(?s).{0,12}|[\\\\\"'undefined,:{}]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("(?s).{0,6}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_stays_what_it_is(value in any_value(), noise in ".{0,20}") {
            let value = json!([value]);
            let text = format!("{value}{noise}");
            prop_assert_eq!(read(&text), Some(value));
        }

        #[test]
        fn any_text_is_read_without_a_panic_and_in_bounds(text in "[\\[{]([\\[\\]{}(),:'\"\\\\!a-z0-9$.ux \t\u{4e00}-]|undefined|new Set\\(){0,80}") {
            if let Some(json) = json_of(&text) {
                prop_assert!(json.len() <= text.len() * 6);
            }
        }
    }
}
