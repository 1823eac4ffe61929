//! Judges labelled cases, so that the rules can be scored by somebody else.
//!
//! In: one JSON object per line. Out: one JSON object per line, the case's `id` and what the rule under test
//! says. Each line is judged by itself, without clock or network; the labels (`expected`, `note`) that a line
//! may carry are thrown away before the rule sees it. Nothing is held but the line in hand.

mod activity;
mod ads;
mod dates;
mod originality;
mod privacy;
mod secrecy;
mod similar;
mod titles;

use super::{Desk, Failed};
use clap::ValueEnum;
use serde_json::Value;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::PathBuf;

/// Longest line that is read, in bytes.
const LINE_LIMIT: u64 = 4 * 1024 * 1024;

/// A set of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Set {
    /// Accounts with their looks and posts, and the rules they break.
    Activity,
    /// Strings found on pages and the instants they mean.
    Dates,
    /// Posts and whose work they are.
    Originality,
    /// Posts and the personal data in them.
    Privacy,
    /// Posts and whether they advertise.
    Ads,
    /// Posts and the secrecy markings of documents they show.
    Secrecy,
    /// Pairs of posts and whether their facts agree.
    Similar,
    /// Titles of reposts and of their sources.
    Titles,
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Set of cases.
    set: Set,
    /// File of cases, one JSON object per line.
    #[arg(long)]
    input: PathBuf,
}

impl Args {
    pub(super) fn run(self, _desk: &Desk) -> Result<(), Failed> {
        let file = std::fs::File::open(&self.input)
            .map_err(|error| Failed::Usage(format!("无法读取{}:{error}", self.input.display())))?;
        match run(self.set, io::BufReader::new(file), io::stdout().lock()) {
            Ok(_) => Ok(()),
            Err(EvalError::Io(error)) => Err(error.into()),
            Err(error @ EvalError::Case { .. }) => {
                Err(Failed::Usage(format!("{} {error}", self.input.display())))
            }
        }
    }
}

/// Why a file of cases could not be judged to its end.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The cases could not be read or the answers not be written.
    #[error("读写失败:{0}")]
    Io(#[from] io::Error),
    /// A line is no case of this set.
    #[error("第{line}行:{reason}")]
    Case {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it, naming the field.
        reason: String,
    },
}

/// Judges every case of `input` and writes the answers to `output`; says how many there were. Empty lines are
/// skipped.
pub fn run(set: Set, mut input: impl BufRead, output: impl Write) -> Result<usize, EvalError> {
    let mut output = BufWriter::new(output);
    let mut text = Vec::new();
    let mut judged = 0;
    for line in 1.. {
        text.clear();
        if input.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let answer = answer(set, &text).map_err(|reason| EvalError::Case { line, reason })?;
        serde_json::to_writer(&mut output, &answer).map_err(io::Error::from)?;
        output.write_all(b"\n")?;
        judged += 1;
    }
    output.flush()?;
    Ok(judged)
}

/// The answer to one case.
fn answer(set: Set, text: &[u8]) -> Result<Value, String> {
    let mut case: Value = serde_json::from_slice(text).map_err(|error| format!("不是有效的JSON:{error}"))?;
    let Value::Object(fields) = &mut case else { return Err("不是JSON对象".to_owned()) };
    fields.remove("expected");
    fields.remove("note");
    let id = fields.remove("id").filter(Value::is_string).ok_or("字段 id 缺失或不是文本")?;
    let mut answer = match set {
        Set::Activity => activity::judge(case)?,
        Set::Dates => dates::judge(case)?,
        Set::Originality => originality::judge(case)?,
        Set::Privacy => privacy::judge(case)?,
        Set::Ads => ads::judge(case)?,
        Set::Secrecy => secrecy::judge(case)?,
        Set::Similar => similar::judge(case)?,
        Set::Titles => titles::judge(case)?,
    };
    if let Value::Object(fields) = &mut answer {
        fields.insert("id".to_owned(), id);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_dates(input: &str) -> Result<String, EvalError> {
        let mut output = Vec::new();
        run(Set::Dates, input.as_bytes(), &mut output)?;
        Ok(String::from_utf8(output).unwrap())
    }

    #[test]
    fn every_case_is_answered_with_its_id() {
        let input = concat!(
            r#"{"id":"a","raw":"昨天 23:59","now":"2026-11-20T10:30:15+08:00","expected":{"instant":null}}"#,
            "\n\n",
            r#"{"id":"b","raw":"待定","now":"2026-11-20T10:30:15+08:00"}"#,
        );
        let expected = concat!(
            r#"{"id":"a","instant":"2026-11-19T23:59:00+08:00"}"#,
            "\n",
            r#"{"id":"b","instant":null}"#,
            "\n"
        );
        assert_eq!(run_dates(input).unwrap(), expected);
    }

    #[test]
    fn labels_are_never_read() {
        let plain = r#"{"id":"a","raw":"刚刚","now":"2026-11-20T10:30:15+08:00"}"#;
        let labelled = r#"{"id":"a","note":7,"expected":"x","raw":"刚刚","now":"2026-11-20T10:30:15+08:00"}"#;
        assert_eq!(run_dates(plain).unwrap(), run_dates(labelled).unwrap());
    }

    #[test]
    fn a_broken_case_is_named_by_line_and_field() {
        let good = r#"{"id":"a","raw":"刚刚","now":"2026-11-20T10:30:15+08:00"}"#;
        let table = [
            ("{", "第2行", "JSON"),
            ("[]", "第2行", "JSON"),
            (r#"{"raw":"刚刚","now":"2026-11-20T10:30:15+08:00"}"#, "第2行", "id"),
            (r#"{"id":"b","now":"2026-11-20T10:30:15+08:00"}"#, "第2行", "raw"),
            (r#"{"id":"b","raw":"刚刚"}"#, "第2行", "now"),
            (r#"{"id":"b","raw":"刚刚","now":"昨天"}"#, "第2行", "now"),
        ];
        for (bad, line, field) in table {
            let error = run_dates(&format!("{good}\n{bad}\n")).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(field), "{bad}: {error}");
        }
    }

    #[test]
    fn the_sets_of_reposts_are_answered_with_their_keys() {
        let one = |set: Set, input: &str| -> String {
            let mut output = Vec::new();
            run(set, input.as_bytes(), &mut output).unwrap();
            String::from_utf8(output).unwrap()
        };
        let post = r#"{"id":"a","platform":"toutiao","account_name":"沙河水利","host_unit":"沙河县水利局","local_whitelist":[{"name":"江州日报","aliases":["江州网"]}],"title":"","text":"冬天要补水。","platform_marks":{"source":"江州网"}}"#;
        let answer = r#"{"class":"repost","id":"a","source":"江州网","source_allowed":true}"#;
        assert_eq!(one(Set::Originality, post).trim(), answer);
        for (marks, class) in [
            (r#"{"copyright_stat":101}"#, "repost"),
            (r#"{"copyright_stat":11}"#, "original"),
            (r#"{"copyright_stat":100,"reprint_source":""}"#, "unknown"),
            (r#"{"retweeted_status":{"user":null}}"#, "repost"),
            (r#"{"source":"iPhone客户端"}"#, "unknown"),
            ("{}", "unknown"),
        ] {
            let post = format!(
                r#"{{"id":"a","platform":"weibo","account_name":"沙河水利","host_unit":"沙河县水利局","text":"冬天要补水。","platform_marks":{marks}}}"#
            );
            assert!(one(Set::Originality, &post).contains(&format!(r#""class":"{class}""#)), "{marks}");
        }
        let titles = r#"{"id":"b","source_name":"江州日报","source_title":"全省启动春耕","account_title":"重磅!全省启动春耕"}"#;
        assert_eq!(one(Set::Titles, titles).trim(), r#"{"altered":true,"id":"b"}"#);
        let side = |text: &str| {
            format!(r#"{{"title":"停水","text":"{text}","published_at":"2026-11-20T17:00:00+08:00"}}"#)
        };
        let pair = format!(
            r#"{{"id":"c","a":{},"b":{}}}"#,
            side("12月2日安和苑停水。"),
            side("12月3日安和苑停水。")
        );
        let answer = r#"{"conflict_fields":["date"],"id":"c","relation":"contradictory"}"#;
        assert_eq!(one(Set::Similar, &pair).trim(), answer);
    }

    #[test]
    fn the_sets_of_content_are_answered_with_their_keys() {
        let one = |set: Set, input: &str| -> String {
            let mut output = Vec::new();
            run(set, input.as_bytes(), &mut output).unwrap();
            String::from_utf8(output).unwrap().trim().to_owned()
        };
        let post = r#"{"id":"a","title":"","text":"张三，电话：１９９ 0000 1111"}"#;
        let found =
            r#"{"findings":[{"severity":"medium","span":"１９９ 0000 1111","type":"mobile"}],"id":"a"}"#;
        assert_eq!(one(Set::Privacy, post), found);
        let marked = r#"{"id":"b","title":"会议材料","text":"","attachments":["机密★1年 布防图.pdf"]}"#;
        let leak = r#"{"class":"leak","id":"b","level":"机密","span":"机密★1年"}"#;
        assert_eq!(one(Set::Secrecy, marked), leak);
        let clean = r#"{"class":"clean","id":"c","level":null,"span":null}"#;
        assert_eq!(one(Set::Secrecy, r#"{"id":"c","title":"长寿的秘密"}"#), clean);
    }

    #[test]
    fn a_broken_case_of_reposts_names_its_field() {
        for (set, bad, field) in [
            (Set::Originality, r#"{"id":"a","platform":"weibo","text":"x"}"#, "account_name"),
            (Set::Originality, r#"{"id":"a","platform":"fax","account_name":"x","host_unit":"y"}"#, "fax"),
            (Set::Titles, r#"{"id":"a","source_title":"x"}"#, "account_title"),
            (Set::Similar, r#"{"id":"a","a":{"text":"x"}}"#, "published_at"),
        ] {
            let error = run(set, bad.as_bytes(), Vec::new()).unwrap_err().to_string();
            assert!(error.contains(field), "{bad}: {error}");
        }
    }
}
