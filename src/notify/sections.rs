//! The cases of a letter, sorted and put into words.
//!
//! In: the cases and the time. Out: sections, the gravest first, each with its cases in full as far as a reader
//! can take them, and the rest in one line each. What could not be verified stands apart and says that it is not
//! silence.

use super::decide::Tell;
use super::message::CaseLine;
use super::plain::{self, line};
use crate::model::bridge::Bridge;
use crate::model::finding::{LastPost, Level, Rule};
use crate::model::incident::State;
use crate::model::moment::{zh_minute, zh_span};
use crate::model::passage::Passage;
use chrono::{DateTime, Utc};

/// Cases told in full; a reader does not read more.
const FULL: usize = 30;
/// Cases told in one line each, after those told in full.
const BRIEF: usize = 300;
/// Passages of a post told in a case.
const PASSAGES: usize = 5;
/// Columns of a line of plain text.
const WIDTH: usize = 72;

/// Cases that belong together.
pub(super) struct Section {
    pub(super) title: &'static str,
    /// The colour of the section in HTML.
    pub(super) colour: &'static str,
    /// What the reader must know about all of them; mostly empty.
    pub(super) note: &'static str,
    pub(super) count: usize,
    /// Cases in full.
    pub(super) blocks: Vec<Block>,
    /// Cases in one line each.
    pub(super) rest: Vec<String>,
    /// Cases that are only counted.
    pub(super) omitted: usize,
}

impl Section {
    pub(super) fn note_text(&self) -> String {
        plain::wrap(self.note, WIDTH, "", "")
    }
}

/// One case in full.
pub(super) struct Block {
    pub(super) number: usize,
    pub(super) heading: String,
    /// How it is mentioned, if that needs saying.
    pub(super) badge: &'static str,
    pub(super) fields: Vec<Field>,
}

impl Block {
    pub(super) fn heading_text(&self) -> String {
        let number = format!("{}. ", self.number);
        let badge = if self.badge.is_empty() { String::new() } else { format!("［{}］", self.badge) };
        plain::wrap(&format!("{}{badge}", self.heading), WIDTH, &number, &plain::blank(&number))
    }
}

/// One fact of a case.
pub(super) struct Field {
    pub(super) label: &'static str,
    pub(super) value: String,
    /// Where to look, a web address.
    pub(super) link: Option<String>,
}

impl Field {
    pub(super) fn text(&self) -> String {
        let label = format!("   {}：", self.label);
        let indent = plain::blank(&label);
        let mut text = plain::wrap(&self.value, WIDTH, &label, &indent);
        if let Some(link) = &self.link {
            // A link is never broken: a client would open half of it.
            text = format!("{text}\n{indent}{link}");
        }
        text
    }
}

/// Where a case stands in the letter; the order of the sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Fail,
    Suspected,
    Deduction,
    Reminder,
    Unverified,
    Service,
    Ended,
}

impl Group {
    pub(super) fn of(case: &CaseLine<'_>) -> Self {
        if case.tell == Tell::Ended {
            return Self::Ended;
        }
        match (case.rule, case.level) {
            (Rule::Unverified | Rule::LayoutChanged | Rule::SiteDown | Rule::BridgeStale, _) => {
                Self::Unverified
            }
            (rule, _) if rule.is_internal() => Self::Service,
            (_, Level::Fail) => Self::Fail,
            (_, Level::Suspected) => Self::Suspected,
            (_, Level::Deduction) => Self::Deduction,
            (_, Level::Reminder) => Self::Reminder,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Fail => "不合格（单项否决）",
            Self::Suspected => "疑似问题",
            Self::Deduction => "扣分项",
            Self::Reminder => "提醒",
            Self::Unverified => "未能核验",
            Self::Service => "系统运行",
            Self::Ended => "已解除",
        }
    }

    const fn colour(self) -> &'static str {
        match self {
            Self::Fail => "#b42318",
            Self::Suspected => "#7a3e9d",
            Self::Deduction => "#b54708",
            Self::Reminder => "#1f5fa8",
            Self::Unverified => "#5c6670",
            Self::Service => "#344054",
            Self::Ended => "#1e7b4b",
        }
    }

    const fn note(self) -> &'static str {
        match self {
            Self::Unverified => {
                "未能核验不等于未更新：系统未能看到这些账号的完整内容，因此不作判断，不计入未更新，\
                 也不得作为扣分或通报的依据。请打开账号人工查看。"
            }
            Self::Suspected => "疑似问题须由人工判断，确认之前请勿对外认定。",
            Self::Fail | Self::Deduction | Self::Reminder | Self::Service | Self::Ended => "",
        }
    }
}

/// The order of a letter: the gravest first, then the oldest; otherwise as they came.
pub(super) fn sort(lines: &mut [CaseLine<'_>]) {
    lines.sort_by_key(|case| (Group::of(case), std::cmp::Reverse(case.level.gravity()), case.since));
}

/// The sorted cases in sections.
pub(super) fn sections(lines: &[CaseLine<'_>], now: DateTime<Utc>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut number = 0;
    for cases in lines.chunk_by(|a, b| Group::of(a) == Group::of(b)) {
        let group = Group::of(&cases[0]);
        let folded = fold(group, cases);
        let mut section = Section {
            title: group.title(),
            colour: group.colour(),
            note: group.note(),
            count: folded.len(),
            blocks: Vec::new(),
            rest: Vec::new(),
            omitted: 0,
        };
        for cases in folded {
            number += 1;
            if number <= FULL {
                section.blocks.push(block(number, group, &cases, now));
            } else if number <= FULL + BRIEF {
                section.rest.push(brief(number, &cases, now));
            } else {
                section.omitted += 1;
            }
        }
        sections.push(section);
    }
    sections
}

/// What ended for one account is told once: whoever posts again is neither one week nor two weeks late.
fn fold<'a>(group: Group, cases: &'a [CaseLine<'a>]) -> Vec<Vec<&'a CaseLine<'a>>> {
    let mut folded: Vec<Vec<&CaseLine<'_>>> = Vec::with_capacity(cases.len());
    let mut known = std::collections::HashMap::new();
    for case in cases {
        let same = (case.name, case.platform, case.owner, ending(case));
        match known.get(&same) {
            Some(place) if group == Group::Ended && case.platform.is_some() && !case.rule.is_content() => {
                let place: &usize = place;
                folded[*place].push(case);
            }
            _ => {
                known.insert(same, folded.len());
                folded.push(vec![case]);
            }
        }
    }
    folded
}

/// How an ended case ended, as a reader says it.
pub(super) const fn ending(case: &CaseLine<'_>) -> &'static str {
    if matches!(case.state, State::Closed) {
        return "已办结";
    }
    match case.rule {
        Rule::Weekly | Rule::NotUpdated | Rule::Dormant | Rule::Zombie | Rule::Hollow => "已恢复更新",
        Rule::BiweeklyOriginal => "已发布原创内容",
        Rule::DueSoon => "已按时更新",
        Rule::Unverified | Rule::LayoutChanged => "已可正常核验",
        Rule::Gone => "已可正常查看",
        Rule::SiteDown => "已恢复访问",
        Rule::BridgeStale => "采集桥已恢复更新",
        Rule::SourcesDisagree => "采集源已一致",
        Rule::Blind => "网络已恢复",
        Rule::Undeliverable => "已可送达",
        Rule::Quarantined => "已恢复采集",
        Rule::CredentialExpired => "凭据已可使用",
        Rule::Renamed => "名称已与台账一致",
        Rule::VerificationChanged => "认证已恢复",
        Rule::SubjectMismatch => "认证主体已与台账一致",
        Rule::FollowersJump => "近期粉丝数无异常增长",
        Rule::Ipv6Lacking => "已支持IPv6",
        Rule::UnlistedSource => "来源已列入名单",
        Rule::RepostMissed => "已按要求转载",
        Rule::TitleAltered => "标题已与来源一致",
        Rule::Contradiction
        | Rule::Privacy
        | Rule::Secrecy
        | Rule::Advertising
        | Rule::Wording
        | Rule::Links => "原文已修改或已撤下",
        Rule::Defaced => "网页已恢复",
    }
}

fn heading(case: &CaseLine<'_>) -> String {
    if case.rule == Rule::BridgeStale
        && let Ok(bridge) = case.name.parse::<Bridge>()
    {
        return line(&bridge.title(), 60);
    }
    let name = line(case.name, 40);
    let name = if name.is_empty() { case.rule.zh().to_owned() } else { name };
    match case.platform {
        Some(platform) => format!("{name}（{}）", platform.zh()),
        None => name,
    }
}

fn rules(cases: &[&CaseLine<'_>]) -> String {
    cases.iter().map(|case| case.rule.zh()).collect::<Vec<_>>().join("、")
}

fn block(number: usize, group: Group, cases: &[&CaseLine<'_>], now: DateTime<Utc>) -> Block {
    // `fold` makes no empty groups; the first case of a group is its gravest.
    let case = cases[0];
    let mut fields = Vec::new();
    let mut field = |label, value: String, link: Option<String>| {
        if !value.is_empty() {
            fields.push(Field { label, value, link });
        }
    };
    field("主办单位", line(case.owner, 60), None);
    if group == Group::Ended {
        let at = case.ended_at.map(|at| format!("，{}", zh_minute(at))).unwrap_or_default();
        field("情况", format!("{}（原问题：{}）{at}", ending(case), rules(cases)), None);
        if let Some(post) = &case.evidence.post {
            field("信息", format!("{}{}", zh_minute(post.at), title(post)), post_link(post, case));
        } else if let Some(post) = case.latest {
            field("最新发布", published(post, now), post_link(post, case));
        }
    } else {
        field("问题", matter(case, now), None);
        field("说明", line(&case.evidence.summary, 300), None);
        if let Some(post) = &case.evidence.post {
            field("信息", format!("{}{}", zh_minute(post.at), title(post)), post_link(post, case));
        } else if case.rule.is_content() {
            if let Some(link) = plain::web_link(case.homepage) {
                field("主页", "打开账号主页".to_owned(), Some(link));
            }
        } else if let Some(post) = case.latest.or(case.evidence.last_post.as_ref()) {
            if group == Group::Unverified {
                // Whatever has been posted since then is unknown: no span is counted.
                field("此前所见", format!("{}{}", zh_minute(post.at), title(post)), post_link(post, case));
            } else {
                field("最后更新", published(post, now), post_link(post, case));
            }
        } else if let Some(link) = plain::web_link(case.homepage) {
            field("主页", "打开账号主页".to_owned(), Some(link));
        }
        for passage in case.evidence.passages.iter().take(PASSAGES) {
            field("位置", quoted(passage), None);
        }
        let more = case.evidence.passages.len().saturating_sub(PASSAGES);
        if more > 0 {
            field("位置", format!("另有{more}处，从略"), None);
        }
        field("依据", line(&case.evidence.basis, 150), None);
        field("处理", line(&case.evidence.advice, 300), None);
        let looked = case.evidence.looked_at.map(zh_minute).unwrap_or_default();
        field(if group == Group::Unverified { "上次成功核查" } else { "核查时间" }, looked, None);
    }
    let badge = match case.tell {
        Tell::Worsened => "情况加重",
        Tell::StillOpen => "仍未解决",
        Tell::Opened | Tell::Ended => "",
    };
    Block { number, heading: heading(case), badge, fields }
}

/// What the case says, and since when. The words of a post do not get worse by standing there longer.
fn matter(case: &CaseLine<'_>, now: DateTime<Utc>) -> String {
    if case.rule.is_content() {
        return case.rule.zh().to_owned();
    }
    format!("{}，自{}起，已{}", case.rule.zh(), zh_minute(case.since), zh_span(now - case.since))
}

/// A passage in one line. What it quotes was masked where it is personal data.
fn quoted(passage: &Passage) -> String {
    let suggestion = line(&passage.suggestion, 60);
    let suggestion = if suggestion.is_empty() { suggestion } else { format!("，建议：{suggestion}") };
    let (quote, reason) = (line(&passage.quote, 120), line(&passage.reason, 100));
    format!("{}：“{quote}”（{}，{reason}{suggestion}）", passage.place, passage.kind)
}

fn published(post: &LastPost, now: DateTime<Utc>) -> String {
    format!("{}（距今{}）{}", zh_minute(post.at), zh_span(now - post.at), title(post))
}

fn title(post: &LastPost) -> String {
    let title = line(&post.title, 60);
    if title.is_empty() { title } else { format!("《{title}》") }
}

/// The post itself, or where it should be found.
fn post_link(post: &LastPost, case: &CaseLine<'_>) -> Option<String> {
    plain::web_link(&post.url).or_else(|| plain::web_link(case.homepage))
}

fn brief(number: usize, cases: &[&CaseLine<'_>], now: DateTime<Utc>) -> String {
    let case = cases[0];
    let owner = line(case.owner, 30);
    let owner = if owner.is_empty() { owner } else { format!("，{owner}") };
    let what = match case.tell {
        Tell::Ended => ending(case).to_owned(),
        _ if case.rule.is_content() => {
            let post = case.evidence.post.as_ref().map(title).unwrap_or_default();
            format!("{}{post}", case.rule.zh())
        }
        _ => format!("{}，已{}", case.rule.zh(), zh_span(now - case.since)),
    };
    format!("{number}. {}{owner}：{what}", heading(case))
}
