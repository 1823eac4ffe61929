//! The text of a rule pack, read with every mistake in it.
//!
//! In: TOML. Out: a [`Draft`] per file, then a [`Pack`] per draft once all are known. Knows the form of a
//! pack and nothing about accounts.

use super::section::{Page, Section};
use super::{CONTENT, ContentRule, Limit, Pack, PackRule, RULES};
use crate::config::mistake::Mistake;
use crate::model::finding::Rule;
use crate::model::moment::day_start;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use toml::de::{DeTable, DeValue};

/// Beyond this a span is a slip of the pen.
const LONGEST: TimeDelta = TimeDelta::days(3660);
/// How old a good look may be when no pack says otherwise.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// A pack as its own file tells it.
pub(super) struct Draft {
    file: PathBuf,
    name: String,
    title: String,
    basis: String,
    valid_from: DateTime<Utc>,
    /// With the line it stands on.
    extends: Option<(String, usize)>,
    fresh: Option<TimeDelta>,
    filing_workdays: Option<u32>,
    notice_workdays: Option<u32>,
    sources: Option<String>,
    rules: Vec<PackRule>,
    content: Vec<ContentRule>,
}

/// Reads one file; `None` when it holds a mistake that leaves no pack.
pub(super) fn draft(file: &Path, text: &str, mistakes: &mut Vec<Mistake>) -> Option<Draft> {
    let mut page = Page { file, text, mistakes };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = page.line_of(error.span().map_or(0, |span| span.start));
        page.fault(line, "", format!("不是有效的TOML:{}", error.message()), "请核对引号、括号和等号");
    }
    if !errors.is_empty() {
        return None;
    }
    let mut head = Section::new("", 1, root.get_ref());
    let page = &mut page;
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = head.required(page, "name", &format!("与文件名相同的“{stem}”"), |value| {
        value.as_str().filter(|name| *name == stem).map(str::to_owned)
    });
    let title = head.text(page, "title");
    let extends =
        head.optional(page, "extends", "另一规则包的名称", |value| value.as_str().map(str::to_owned));
    let extends = extends.map(|base| (base, head.value(page, "extends").map_or(1, |(_, line)| line)));
    let basis = head.text(page, "basis");
    let valid_from = head.required(page, "valid_from", "日期，如“2019-04-01”", date);
    let fresh = head.optional(page, "fresh", "时长，如“24h”", span);
    let filing_workdays =
        head.optional(page, "filing_workdays", "1至60的整数", |value| whole(value, 1..=60));
    let notice_workdays =
        head.optional(page, "notice_workdays", "1至60的整数", |value| whole(value, 1..=60));
    let sources = head.optional(page, "sources", "稿源名单的名称，如“nantong”", |value| {
        value.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
    });
    let rules = head.inner(page, "rules").map(|rules| rules.inner_all(page)).unwrap_or_default();
    let rules = rules.into_iter().filter_map(|(word, section)| rule(page, word, section)).collect();
    let content = head.inner(page, "content").map(|content| content.inner_all(page)).unwrap_or_default();
    let content =
        content.into_iter().filter_map(|(word, section)| content_rule(page, word, section)).collect();
    head.close(page);
    Some(Draft {
        file: file.to_owned(),
        name: name?,
        title: title?,
        basis: basis?,
        valid_from: valid_from?,
        extends,
        fresh,
        filing_workdays,
        notice_workdays,
        sources,
        rules,
        content,
    })
}

/// The rule that a section is named after, one of those that may stand there.
fn named(page: &mut Page<'_>, word: &str, section: &Section<'_>, among: &[Rule]) -> Option<Rule> {
    let rule = among.iter().find(|rule| rule.as_str() == word);
    if rule.is_none() {
        let known: Vec<_> = among.iter().map(|rule| rule.as_str()).collect();
        let advice = format!("可用的规则：{}", known.join("、"));
        page.fault(section.line, section.path(), "未知的规则", advice);
    }
    rule.copied()
}

fn content_rule(page: &mut Page<'_>, word: &str, mut section: Section<'_>) -> Option<ContentRule> {
    let rule = named(page, word, &section, &CONTENT)?;
    let basis = section.text(page, "basis");
    let advice = section.text(page, "advice");
    section.close(page);
    Some(ContentRule { rule, basis: basis?, advice: advice? })
}

fn rule(page: &mut Page<'_>, word: &str, mut section: Section<'_>) -> Option<PackRule> {
    let rule = named(page, word, &section, &RULES)?;
    let window = section.required(page, "window", "1小时至10年的时长，如“7d”", span);
    let service = section.inner(page, "service").and_then(|service| limit(page, rule, service));
    let level = section.required(page, "level", "reminder、deduction、fail、suspected之一", parsed);
    let basis = section.text(page, "basis");
    let advice = section.text(page, "advice");
    let remind_before = section.optional(
        page,
        "remind_before",
        "短于时限的时长列表，如[\"2d\", \"1d\"]",
        |value| {
            let spans = list(value, span)?;
            spans.iter().all(|span| window.is_none_or(|window| *span < window)).then_some(spans)
        },
    );
    let while_closing = section.required(page, "while_closing", "true或false", flag);
    let kinds = section
        .optional(page, "kinds", "账号类型列表，如[\"subscription\"]", |value| list(value, parsed));
    let platforms =
        section.optional(page, "platforms", "平台列表，如[\"wechat\", \"weibo\"]", |value| {
            list(value, parsed)
        });
    let example = section.text(page, "example");
    section.close(page);
    Some(PackRule {
        rule,
        window: window?,
        service,
        level: level?,
        basis: basis?,
        advice: advice?,
        remind_before: remind_before.unwrap_or_default(),
        while_closing: while_closing?,
        kinds,
        platforms,
        example: example?,
    })
}

/// What service accounts must keep instead: `{ monthly = 4 }` or `{ window = "28d" }`.
fn limit(page: &mut Page<'_>, rule: Rule, mut section: Section<'_>) -> Option<Limit> {
    let window = section.optional(page, "window", "1小时至10年的时长，如“28d”", span).map(Limit::Window);
    let monthly = section
        .optional(page, "monthly", "1至31的整数；只有weekly可以按自然月计", |value| {
            whole(value, 1..=31).filter(|_| rule == Rule::Weekly)
        })
        .map(Limit::Monthly);
    if let (Some(_), Some(_)) = (window, monthly) {
        page.fault(section.line, &section.path_of("monthly"), "window与monthly只能写一项", "请删去其中一项");
    }
    section.close(page);
    window.or(monthly)
}

/// A pack with everything it inherits; `None` when the chain it builds on is broken.
pub(super) fn settle(own: &Draft, all: &[Draft], mistakes: &mut Vec<Mistake>) -> Option<Pack> {
    let mut chain = vec![own];
    let mut last = own;
    while let Some((base, line)) = &last.extends {
        let mut fault = |reason: String, advice: &str| {
            // Those that build on a broken pack are not wrong themselves.
            if chain.len() == 1 {
                mistakes.push(Mistake::line(&own.file, *line, "extends", reason, advice));
            }
        };
        let Some(next) = all.iter().find(|draft| draft.name == *base) else {
            fault(format!("没有名为“{base}”的规则包"), "请核对名称，或补上该规则包的文件");
            return None;
        };
        if chain.iter().any(|link| link.name == next.name) {
            mistakes.push(Mistake::line(
                &own.file,
                own.extends.as_ref().map_or(1, |(_, line)| *line),
                "extends",
                "规则包相互引用成环",
                "请改为引用national",
            ));
            return None;
        }
        chain.push(next);
        last = next;
    }
    let inherited = |rule: Rule| chain.iter().find_map(|link| link.rules.iter().find(|r| r.rule == rule));
    let of_content = |rule: Rule| chain.iter().find_map(|link| link.content.iter().find(|r| r.rule == rule));
    let missing = RULES.into_iter().filter(|rule| inherited(*rule).is_none());
    let missing: Vec<_> =
        missing.chain(CONTENT.into_iter().filter(|rule| of_content(*rule).is_none())).collect();
    if !missing.is_empty() {
        let words: Vec<_> = missing.into_iter().map(Rule::as_str).collect();
        let reason = format!("缺少规则：{}", words.join("、"));
        mistakes.push(Mistake::whole(&own.file, reason, "请补上，或写明extends = \"national\""));
        return None;
    }
    let mut rules = Vec::with_capacity(RULES.len());
    rules.extend(RULES.into_iter().filter_map(inherited).cloned());
    Some(Pack {
        name: own.name.clone(),
        title: own.title.clone(),
        basis: own.basis.clone(),
        valid_from: own.valid_from,
        extends: own.extends.as_ref().map(|(base, _)| base.clone()),
        fresh: chain.iter().find_map(|link| link.fresh).unwrap_or(FRESH),
        filing_workdays: chain.iter().find_map(|link| link.filing_workdays),
        notice_workdays: chain.iter().find_map(|link| link.notice_workdays),
        sources: chain.iter().find_map(|link| link.sources.clone()),
        rules: rules.try_into().ok()?,
        content: CONTENT.into_iter().filter_map(of_content).cloned().collect::<Vec<_>>().try_into().ok()?,
    })
}

fn parsed<T: FromStr>(value: &DeValue<'_>) -> Option<T> {
    value.as_str()?.parse().ok()
}

fn flag(value: &DeValue<'_>) -> Option<bool> {
    value.as_bool()
}

fn date(value: &DeValue<'_>) -> Option<DateTime<Utc>> {
    parsed::<NaiveDate>(value).map(day_start)
}

fn span(value: &DeValue<'_>) -> Option<TimeDelta> {
    let span = TimeDelta::from_std(humantime::parse_duration(value.as_str()?).ok()?).ok()?;
    (TimeDelta::hours(1)..=LONGEST).contains(&span).then_some(span)
}

fn whole<T: FromStr + PartialOrd>(value: &DeValue<'_>, range: std::ops::RangeInclusive<T>) -> Option<T> {
    value.as_integer()?.as_str().parse().ok().filter(|number| range.contains(number))
}

fn list<T>(value: &DeValue<'_>, convert: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(|item| convert(item.get_ref())).collect()
}
