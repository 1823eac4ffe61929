//! Paths into JSON, as recipes write them.
//!
//! `data.cards[card_type=9].mblog` goes through keys; `name[]` takes each element, `name[*]` too, where a
//! lone value counts as its own only element; `name[2]` one of them, `name[test]` those that pass; `a|b` is the first that leads to anything.
//! `*` is every value under any key. A test is `path` (there, and not null, false, zero or empty), `path=value`,
//! `path^=beginning` or `path~=part`, where the value may also be percent-encoded.
//! It never fails on a document; only writing a path wrongly is a mistake.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A compiled path.
#[derive(Debug, Clone, Default)]
pub(super) struct Path(Vec<Vec<Step>>);

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    AnyKey,
    Each,
    EachOrLone,
    At(usize),
    Where(Test),
}

/// A question to a value.
#[derive(Debug, Clone)]
pub(super) struct Test {
    path: Path,
    want: Want,
}

#[derive(Debug, Clone)]
enum Want {
    Truth,
    Equal(String),
    Begin(String),
    Contain(String),
}

impl Path {
    /// Compiles a path, or says in Chinese what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        split(text, '|').into_iter().map(|way| steps(way.trim())).collect::<Result<_, _>>().map(Self)
    }

    /// Everything the path leads to, by the first of its ways that leads anywhere.
    pub(super) fn find<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        for way in &self.0 {
            let mut here = vec![value];
            for step in way {
                here = follow(&here, step);
            }
            here.retain(|value| !value.is_null());
            if !here.is_empty() {
                return here;
            }
        }
        Vec::new()
    }

    /// The first value that is not null.
    pub(super) fn first<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.find(value).into_iter().next()
    }

    /// The first text or number that is not empty, as text.
    pub(super) fn text(&self, value: &Value) -> Option<String> {
        // Each way may lead to an empty text; the next one may be better.
        self.0.iter().find_map(|way| {
            let mut here = vec![value];
            for step in way {
                here = follow(&here, step);
            }
            here.into_iter().find_map(|value| scalar(value).filter(|text| !text.trim().is_empty()))
        })
    }

    /// Whether the path leads to anything, empty lists included; null is nothing.
    pub(super) fn exists(&self, value: &Value) -> bool {
        !self.find(value).is_empty()
    }
}

impl Test {
    /// Compiles a test, or says in Chinese what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (path, want) = match text.split_once('=') {
            None => (text, Want::Truth),
            Some((path, value)) => {
                let value = value.trim().to_owned();
                match (path.strip_suffix('^'), path.strip_suffix('~')) {
                    (Some(path), _) => (path, Want::Begin(value)),
                    (_, Some(path)) => (path, Want::Contain(value)),
                    _ => (path, Want::Equal(value)),
                }
            }
        };
        Ok(Self { path: Path::parse(path.trim())?, want })
    }

    /// Whether a value passes.
    pub(super) fn holds(&self, value: &Value) -> bool {
        self.path.find(value).into_iter().any(|found| match &self.want {
            Want::Truth => truth(found),
            Want::Equal(want) => scalar(found).is_some_and(|text| text == *want),
            Want::Begin(want) => scalar(found).is_some_and(|text| text.starts_with(want.as_str())),
            Want::Contain(want) => scalar(found).is_some_and(|text| {
                text.contains(want.as_str())
                    || text.contains('%')
                        && percent_decode_str(&text).decode_utf8_lossy().contains(want.as_str())
            }),
        })
    }
}

/// A value as text: strings, numbers and truths; none for the rest.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "false" | "null"),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn follow<'v>(here: &[&'v Value], step: &Step) -> Vec<&'v Value> {
    let each = |value: &'v Value| value.as_array().map(Vec::as_slice).unwrap_or_default();
    let lone = |value: &'v Value| match value {
        Value::Array(list) => list.as_slice(),
        Value::Null => &[],
        lone => std::slice::from_ref(lone),
    };
    match step {
        Step::Key(key) => here.iter().filter_map(|value| value.get(key)).collect(),
        Step::AnyKey => {
            here.iter().filter_map(|value| value.as_object()).flat_map(serde_json::Map::values).collect()
        }
        Step::At(index) => here.iter().filter_map(|value| value.get(index)).collect(),
        Step::Each => here.iter().flat_map(|value| each(value)).collect(),
        Step::EachOrLone => here.iter().flat_map(|value| lone(value)).collect(),
        Step::Where(test) => {
            here.iter().flat_map(|value| each(value)).filter(|value| test.holds(value)).collect()
        }
    }
}

fn steps(way: &str) -> Result<Vec<Step>, String> {
    if way.is_empty() {
        return Err("路径为空".to_owned());
    }
    let mut steps = Vec::new();
    for part in split(way, '.') {
        let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key == "*" {
            steps.push(Step::AnyKey);
        } else if !key.is_empty() {
            steps.push(Step::Key(key.to_owned()));
        } else if rest.is_empty() {
            return Err(format!("路径“{way}”中有空的一段"));
        }
        while !rest.is_empty() {
            let end = closing(rest).ok_or_else(|| format!("路径“{way}”的方括号不成对"))?;
            let inside = &rest[1..end];
            steps.push(match inside.trim() {
                "" => Step::Each,
                "*" => Step::EachOrLone,
                number if number.bytes().all(|b| b.is_ascii_digit()) => {
                    Step::At(number.parse().map_err(|_| format!("序号“{number}”过大"))?)
                }
                test => Step::Where(Test::parse(test)?),
            });
            rest = &rest[end + 1..];
        }
    }
    Ok(steps)
}

/// The bracket that closes the one the text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    if !text.starts_with('[') {
        return None;
    }
    for (at, sign) in text.char_indices() {
        match sign {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts between a sign, where it does not stand in brackets.
fn split(text: &str, by: char) -> Vec<&str> {
    let mut depth = 0_i32;
    text.split(|sign| {
        match sign {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        sign == by && depth == 0
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn texts(path: &str, value: &Value) -> Vec<String> {
        Path::parse(path).unwrap().find(value).into_iter().filter_map(scalar).collect()
    }

    #[test]
    fn a_path_leads_through_keys_lists_and_filters() {
        let value = json!({"data": {"cards": [
            {"type": 9, "blog": {"id": "1"}}, {"type": 11, "group": [{"type": 9, "blog": {"id": "2"}}]}, {"type": "9", "blog": {"id": 3}}
        ], "one": {"id": "only"}, "none": null}});
        assert_eq!(texts("data.cards[type=9].blog.id", &value), ["1", "3"]);
        assert_eq!(texts("data.cards[].group[type=9].blog.id", &value), ["2"]);
        assert_eq!(texts("data.cards[0].blog.id", &value), ["1"]);
        assert_eq!(texts("data.one[*].id", &value), ["only"]);
        assert_eq!(texts("data.one[].id", &value), Vec::<String>::new());
        assert_eq!(texts("data.missing|data.none|data.one.id", &value), ["only"]);
        assert_eq!(texts("data.cards[blog.id^=3].type", &value), ["9"]);
        assert_eq!(texts("*.one.id", &value), ["only"]);
        assert!(Path::parse("data.cards").unwrap().exists(&value));
        assert!(!Path::parse("data.none").unwrap().exists(&value));
        assert!(!Path::parse("data.missing").unwrap().exists(&value));
    }

    #[test]
    fn a_part_is_found_in_a_value_and_in_what_it_encodes() {
        let value = json!({"url": "https://weibo.com/sorry?why=%E6%8A%95%E8%AF%89", "why": "被投诉"});
        let holds = |test: &str| Test::parse(test).unwrap().holds(&value);
        assert!(holds("url~=投诉") && holds("why~=投诉") && holds("url^=https://weibo"));
        assert!(!holds("url~=注销") && !holds("missing~=投诉"));
    }

    #[test]
    fn an_empty_text_gives_way_to_the_next() {
        let value = json!({"bid": "", "id": 7});
        assert_eq!(Path::parse("bid|id").unwrap().text(&value).as_deref(), Some("7"));
    }

    #[test]
    fn a_path_written_wrongly_is_told() {
        for path in ["", "a..b", "a[", "a]b[", "a[b", "a[99999999999999999999999]"] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_panics(path in "[a-c.\\[\\]|=^~*0-9]{0,30}") {
            if let Ok(path) = Path::parse(&path) {
                let _ = path.find(&json!({"a": [{"b": [1, 2]}, {"c": "x"}], "b": {"a": null}}));
            }
        }
    }
}
