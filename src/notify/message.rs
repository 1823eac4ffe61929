//! A decision as a mail: subject, plain text and HTML.
//!
//! In: an audience, the cases to tell and the time. Out: a rendered mail, the same for the same input. It never
//! counts a failed look as silence, never lets text from outside become markup, a header or an address that is
//! not a web link, and never grows beyond what a person reads: a hundred cases are one readable mail.

use super::decide::Tell;
use super::plain;
use super::route::Audience;
use super::sections::{Section, sections};
use super::subject::subject;
use crate::model::account::Platform;
use crate::model::delivery::Reason;
use crate::model::finding::{Evidence, LastPost, Level, Rule};
use crate::model::incident::State;
use crate::model::moment::zh_minute;
use askama::Template;
use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::xxh3_128;

/// What is to be told, and to whom.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// Why we write now.
    pub reason: Reason,
    /// Who reads it.
    pub audience: &'a Audience,
    /// The cases, in any order.
    pub lines: Vec<CaseLine<'a>>,
    /// Cases the audience knows to be open that are not among the lines.
    pub still_open: usize,
    /// When it is written.
    pub now: DateTime<Utc>,
    /// Stands before the subject; mostly empty.
    pub subject_prefix: &'a str,
    /// Where the reader finds everything.
    pub console_url: Option<&'a str>,
}

/// One case as it is told.
#[derive(Debug, Clone, Copy)]
pub struct CaseLine<'a> {
    /// How it is mentioned.
    pub tell: Tell,
    /// The account's name; the site or address of a case that is not about an account.
    pub name: &'a str,
    /// The account's platform.
    pub platform: Option<Platform>,
    /// 主办单位, empty when there is none.
    pub owner: &'a str,
    /// The account's home page, empty when the register has none.
    pub homepage: &'a str,
    /// Which criterion.
    pub rule: Rule,
    /// How much it weighs.
    pub level: Level,
    /// Where it stands: a case a person closed did not recover.
    pub state: State,
    /// Since when the matter holds.
    pub since: DateTime<Utc>,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// What it rests on.
    pub evidence: &'a Evidence,
    /// The newest post known now, where it is newer than the evidence.
    pub latest: Option<&'a LastPost>,
}

/// A mail before it has a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject line.
    pub subject: String,
    /// Plain text body.
    pub text: String,
    /// HTML body.
    pub html: String,
}

/// The letter in its two forms; a field that is empty is left out.
#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a>(&'a View<'a>);

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a>(&'a View<'a>);

/// What both templates show.
struct View<'a> {
    subject: &'a str,
    greeting: String,
    intro: Vec<String>,
    tallies: Vec<(&'static str, &'static str, usize)>,
    sections: Vec<Section>,
    closing: Vec<String>,
    console: Option<String>,
    written: String,
}

impl View<'_> {
    /// The width of a line of plain text, in columns.
    const WIDTH: usize = 72;

    fn wrapped(text: &str) -> String {
        plain::wrap(text, Self::WIDTH, "", "")
    }
}

/// The letter as a mail.
#[must_use]
pub fn render(letter: &Letter<'_>) -> Rendered {
    let sections = sections(&letter.lines, letter.now);
    let subject = subject(letter);
    let mut closing = Vec::new();
    if letter.still_open > 0 {
        closing.push(format!("另有{}项此前已告知的问题尚未解决，本邮件不再重复列出。", letter.still_open));
    }
    closing.push(
        "以上均为系统对公开页面的自动监测结果，须经人工复核后方可作为通报、整改或考核的依据。如有出入，请以人工核查为准。"
            .to_owned(),
    );
    let view = View {
        subject: &subject,
        greeting: format!("{}：", plain::line(&letter.audience.title, 60)),
        intro: intro(letter),
        tallies: sections.iter().map(|it| (it.title, it.colour, it.count)).collect(),
        sections,
        closing,
        console: letter.console_url.and_then(plain::web_link),
        written: zh_minute(letter.now),
    };
    typeset(&view)
}

/// A mail that shows that mails arrive.
#[must_use]
pub fn render_test(subject_prefix: &str, now: DateTime<Utc>) -> Rendered {
    let subject = plain::line(&format!("{subject_prefix}【巡网·测试】邮件发送正常"), 60);
    let view = View {
        subject: &subject,
        greeting: "您好：".to_owned(),
        intro: vec![
            "这是一封测试邮件。收到它，说明巡网系统的发信设置可用，今后的提醒会由同一地址发出。".to_owned(),
            "如果它出现在垃圾邮件中，请将发件人加入通讯录或白名单。".to_owned(),
        ],
        tallies: Vec::new(),
        sections: Vec::new(),
        closing: Vec::new(),
        console: None,
        written: zh_minute(now),
    };
    typeset(&view)
}

fn typeset(view: &View<'_>) -> Rendered {
    Rendered {
        subject: view.subject.to_owned(),
        // Writing into a string cannot fail, and no field of the view fails to be shown.
        text: Text(view).render().unwrap_or_default(),
        html: Html(view).render().unwrap_or_default(),
    }
}

fn intro(letter: &Letter<'_>) -> Vec<String> {
    let mut intro = Vec::new();
    if letter.audience.is_unclaimed() {
        intro.push(
            "下列问题没有任何单位接收，因此发送给您。请在 config/notify.toml 中为相应地区、层级或规则配置接收单位。"
                .to_owned(),
        );
    }
    intro.push(
        match letter.reason {
            Reason::First => "巡网发现下列情况，请核实处理。",
            Reason::Added => "巡网新发现下列情况，请核实处理。",
            Reason::SomeResolved => "此前告知的问题中，下列各项已经解除。",
            Reason::AllResolved => "此前告知的问题已全部解除。",
            Reason::Repeat => "下列问题此前已告知，至今尚未解决，请尽快处理。",
        }
        .to_owned(),
    );
    intro
}

/// The Message-ID of a delivery: the same for every try, so that a mail that leaves twice is recognised.
#[must_use]
pub fn message_id(delivery_key: &str, from_address: &str) -> String {
    let domain = from_address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("<{:032x}@{domain}>", xxh3_128(delivery_key.as_bytes()))
}

#[cfg(test)]
mod tests;
