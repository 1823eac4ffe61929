//! The subject of a letter: what an official understands at a glance.
//!
//! In: the letter. Out: one line of at most 60 characters, the gravest first, that no text from outside can
//! turn into a second header.

use super::decide::Tell;
use super::message::{CaseLine, Letter};
use super::plain::line;
use super::sections::{Group, ending};
use crate::model::account::Platform;
use crate::model::delivery::Reason;
use crate::model::finding::{Level, Rule};
use std::collections::HashSet;

/// The longest subject, in characters; more is cut off by most clients.
const LONGEST: usize = 60;
/// The longest name in a subject.
const LONGEST_NAME: usize = 16;
/// Criteria named in a subject; more are counted.
const RULES: usize = 2;

/// The subject of a letter; `lines` are its cases, the gravest first.
pub(super) fn subject(letter: &Letter<'_>, lines: &[CaseLine<'_>]) -> String {
    let head = format!("{}【巡网{}】", line(letter.subject_prefix, 20), tag(letter, lines));
    let open: Vec<_> = lines.iter().filter(|case| case.tell != Tell::Ended).collect();
    let rest = LONGEST.saturating_sub(head.chars().count());
    let body = if open.is_empty() { ended(lines, letter.still_open, rest) } else { found(&open, rest) };
    line(&format!("{head}{body}"), LONGEST)
}

fn tag(letter: &Letter<'_>, lines: &[CaseLine<'_>]) -> &'static str {
    match lines.iter().filter(|case| case.tell != Tell::Ended).map(Group::of).min() {
        _ if letter.audience.is_unclaimed() => "·无人接收",
        None => "·恢复",
        Some(Group::Service) => "·运维",
        Some(Group::Unverified) => "·未能核验",
        Some(_) if letter.reason == Reason::Repeat => "·仍未解决",
        Some(Group::Reminder) => "·提醒",
        Some(_) => "",
    }
}

/// Cases of one criterion.
struct Matter<'a> {
    rule: Rule,
    level: Level,
    group: Group,
    names: Vec<String>,
    seen: HashSet<(&'a str, Option<Platform>, &'a str)>,
}

fn found(open: &[&CaseLine<'_>], longest: usize) -> String {
    let mut matters: Vec<Matter<'_>> = Vec::new();
    for case in open {
        let known = matters.iter().position(|it| it.rule == case.rule && it.level == case.level);
        let place = known.unwrap_or_else(|| {
            matters.push(Matter {
                rule: case.rule,
                level: case.level,
                group: Group::of(case),
                names: Vec::new(),
                seen: HashSet::new(),
            });
            matters.len() - 1
        });
        let matter = &mut matters[place];
        if matter.seen.insert((case.name, case.platform, case.owner)) {
            matter.names.push(line(case.name, LONGEST_NAME));
        }
    }
    matters.sort_by_key(|it| (it.group, std::cmp::Reverse(it.seen.len()), it.rule));
    if let [matter] = matters.as_slice()
        && let [name] = matter.names.as_slice()
        && !name.is_empty()
        && matter.group != Group::Service
    {
        return format!("{name} {}{}", state(matter.rule), weight(matter));
    }
    let mut text = matters.iter().take(RULES).map(counted).collect::<Vec<_>>().join("、");
    if matters.len() > RULES {
        let all: usize = matters.iter().map(|it| it.seen.len()).sum();
        text = format!("{text}等共{all}项");
    }
    // Only names of the gravest matter: among them, one that could not be verified would read as accused.
    let names = matters.first().map_or(&[][..], |it| &it.names);
    let all = matters.iter().map(|it| it.names.len()).sum();
    named(text, names, all, longest)
}

/// `两周未更新`, after a name.
const fn state(rule: Rule) -> &'static str {
    match rule {
        Rule::Dormant => "已成睡眠账号",
        Rule::Zombie => "已成僵尸账号",
        Rule::Hollow => "为空壳账号",
        Rule::DueSoon => "即将超期未更新",
        Rule::Renamed => "名称与台账不一致",
        _ => rule.zh(),
    }
}

/// `3个账号两周未更新（单项否决）`.
fn counted(matter: &Matter<'_>) -> String {
    let count = matter.seen.len();
    let what = match matter.rule {
        Rule::Dormant | Rule::Zombie | Rule::Hollow => format!("{count}个{}", matter.rule.zh()),
        Rule::Gone => format!("{count}个账号消失"),
        Rule::SiteDown => format!("{count}个站点无法访问"),
        Rule::BridgeStale => format!("{count}个采集桥疑似停更"),
        Rule::Blind => "本机断网，暂停判断".to_owned(),
        Rule::CredentialExpired => format!("{count}个采集凭据失效"),
        Rule::Undeliverable => format!("{count}个地址无法送达"),
        rule => format!("{count}个账号{}", state(rule)),
    };
    format!("{what}{}", weight(matter))
}

const fn weight(matter: &Matter<'_>) -> &'static str {
    match (matter.group, matter.level) {
        (Group::Fail, _) => "（单项否决）",
        (Group::Unverified, _) if matches!(matter.rule, Rule::Unverified) => "（不计为未更新）",
        _ => "",
    }
}

fn ended(lines: &[CaseLine<'_>], still_open: usize, longest: usize) -> String {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    let mut endings = HashSet::new();
    for case in lines {
        endings.insert(ending(case));
        if seen.insert((case.name, case.platform, case.owner)) {
            names.push(line(case.name, LONGEST_NAME));
        }
    }
    let how = match endings.iter().next() {
        Some(ending) if endings.len() == 1 => ending,
        _ => "已解除",
    };
    let open = match still_open {
        0 => String::new(),
        open => format!("（另有{open}项未解决）"),
    };
    match names.as_slice() {
        [name] if name.is_empty() => format!("{how}{open}"),
        [name] => format!("{name} {how}{open}"),
        names => named(format!("{}项{how}{open}", names.len()), names, names.len(), longest),
    }
}

/// The text and as many names as there is room for; `all` is how many there would be.
fn named(mut text: String, names: &[String], all: usize, longest: usize) -> String {
    let mut length = text.chars().count();
    let mut shown = 0;
    for name in names.iter().filter(|name| !name.is_empty()) {
        // One for the sign before the name, one for the 等 after the last.
        let needed = name.chars().count() + 1;
        if length + needed + 1 > longest {
            break;
        }
        text.push_str(if shown == 0 { "：" } else { "、" });
        text.push_str(name);
        length += needed;
        shown += 1;
    }
    if shown > 0 && shown < all {
        text.push('等');
    }
    text
}
