//! A word list as an office keeps it in a text file.
//!
//! In: the bytes of a file, UTF-8 or GB18030. Out: its terms, each with its line, and a mistake with its line for every
//! one that cannot be used. The form is told in `config/terms/README.md`.

use super::Term;
use crate::config::mistake::Mistake;
use crate::judge::folded::Folded;
use crate::model::charset;
use crate::model::finding::Level;
use chrono::NaiveDate;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shorter term stands in too many words by chance, in characters.
const SHORTEST: usize = 2;
/// A longer line is a text and no term, in characters.
const LONGEST: usize = 100;
/// What a term is called where exceptions hold for all that follow.
const ANY: char = '~';

/// A list that was read.
pub(super) struct List {
    pub(super) file: PathBuf,
    /// With the lines they stand on.
    pub(super) terms: Vec<(usize, Term)>,
}

/// What holds for the terms that follow.
struct Setting {
    category: Arc<str>,
    level: Level,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    /// With the sign for the term in them.
    exceptions: Vec<String>,
    right_in_titles: bool,
}

/// Reads a list; `file` is only named in mistakes.
pub(super) fn read(file: &Path, bytes: &[u8], mistakes: &mut Vec<Mistake>) -> List {
    let text = charset::decode("", bytes);
    let mut setting = Setting {
        category: Arc::from("词表"),
        level: Level::Reminder,
        from: None,
        until: None,
        exceptions: Vec::new(),
        right_in_titles: false,
    };
    let mut terms = Vec::new();
    for (line, words) in (1..).zip(text.lines()) {
        let words = words.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        let read = match setting.set(words) {
            Some(set) => set,
            None => setting.term(words).map(|term| terms.push((line, term))),
        };
        if let Err((key, reason, advice)) = read {
            mistakes.push(Mistake::line(file, line, key, reason, advice));
        }
    }
    List { file: file.to_owned(), terms }
}

/// Key, reason and advice of a mistake.
type Wrong = (&'static str, String, &'static str);

impl Setting {
    /// Takes in a line that sets something for those that follow; none when it is a term.
    fn set(&mut self, line: &str) -> Option<Result<(), Wrong>> {
        let (key, value) = line.split_once(['：', ':'])?;
        let value = value.trim();
        let none = value == "无";
        match key.trim() {
            "类别" => Some(if value.is_empty() {
                Err(("类别", "类别为空".to_owned(), "请写类别名称，如“错别字”"))
            } else {
                self.category = Arc::from(value);
                Ok(())
            }),
            "级别" => Some(match Level::ALL.iter().find(|level| level.zh() == value) {
                Some(level) if *level != Level::Fail => {
                    self.level = *level;
                    Ok(())
                }
                _ => Err(("级别", format!("没有级别“{value}”"), "可用的级别：提醒、扣分、疑似")),
            }),
            "生效" => Some(day("生效", value, none).map(|day| self.from = day)),
            "失效" => Some(day("失效", value, none).map(|day| self.until = day)),
            "书名号" => Some(match value {
                "不计" | "计" => {
                    self.right_in_titles = value == "不计";
                    Ok(())
                }
                _ => Err(("书名号", format!("“{value}”不是“计”或“不计”"), "书名号内的词不算的，写“不计”")),
            }),
            "例外" => {
                let phrases: Vec<String> =
                    if none { Vec::new() } else { pieces(value).map(str::to_owned).collect() };
                let bare = phrases.iter().find(|phrase| phrase.matches(ANY).count() != 1);
                Some(if let Some(phrase) = bare {
                    let reason = format!("“{phrase}”中须有一个“~”代表词");
                    Err(("例外", reason, "如“原~”；只对一个词的例外写在该词所在的行"))
                } else {
                    self.exceptions = phrases;
                    Ok(())
                })
            }
            _ => None,
        }
    }

    /// Reads a term with its suggestion and its exceptions.
    fn term(&self, line: &str) -> Result<Term, Wrong> {
        let mut parts = line.split(['|', '｜', '\t']).map(str::trim);
        let (word, suggestion) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let own = parts.next().unwrap_or_default();
        if parts.next().is_some() {
            return Err(("", "竖线多于两个".to_owned(), "一行写“词 | 建议 | 例外”，几个例外用顿号隔开"));
        }
        let form = fold(word);
        let length = form.chars().count();
        if length < SHORTEST {
            return Err(("词", format!("“{word}”太短"), "词至少两个字；更短的会在许多正常词语中出现"));
        }
        if length > LONGEST {
            return Err(("词", format!("词长{length}字，超过{LONGEST}字"), "请核对是否缺少竖线"));
        }
        let everywhere = self.exceptions.iter().map(|phrase| phrase.replace(ANY, word));
        let exceptions = everywhere.chain(pieces(own).map(str::to_owned)).map(|phrase| {
            let phrase = fold(&phrase);
            match phrase.find(&form) {
                Some(at) => Ok((phrase, at)),
                None => {
                    Err(("例外", format!("例外“{phrase}”中没有“{word}”"), "例外是词在其中为正确的更长的词语"))
                }
            }
        });
        Ok(Term {
            category: Arc::clone(&self.category),
            level: self.level,
            suggestion: suggestion.to_owned(),
            exceptions: exceptions.collect::<Result<_, _>>()?,
            from: self.from,
            until: self.until,
            right_in_titles: self.right_in_titles,
            form,
        })
    }
}

fn fold(text: &str) -> String {
    Folded::new(text.trim()).text().to_owned()
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', '，', ',']).map(str::trim).filter(|piece| !piece.is_empty())
}

fn day(key: &'static str, value: &str, none: bool) -> Result<Option<NaiveDate>, Wrong> {
    if none {
        return Ok(None);
    }
    match value.parse() {
        Ok(day) => Ok(Some(day)),
        Err(_) => Err((key, format!("“{value}”不是日期"), "请写成“2018-03-17”；不限写“无”")),
    }
}
