//! What a run of signs is, by its own digits and by what its surroundings call it.
//!
//! In: the runs of a text with their labels, columns and holders. Out: identity numbers, mobile numbers, cards, passports
//! and plates, each with its severity and the reason. Numbers that are called something else are left alone.

use super::check;
use super::contact::{self, Contacts};
use super::label::{self, Label, Named};
use super::link::Links;
use super::page::Page;
use super::run::{MOBILE, Run, Runs, Shape};
use super::table::{Row, Tables};
use super::{Hit, Kind, Severity, Why};
use super::{holder, who};

/// Finds the numbers of a page.
pub(super) fn find(page: &Page<'_>) -> Vec<Hit> {
    let mut look = Look {
        page,
        tables: Tables::new(page),
        links: Links::new(page.original()),
        contacts: Contacts::new(page.text()),
        last: None,
    };
    Runs::new(page.text()).filter_map(|run| look.at(&run)).collect()
}

/// Walks down a page.
struct Look<'p, 't> {
    page: &'p Page<'t>,
    tables: Tables<'p, 't>,
    links: Links<'t>,
    contacts: Contacts<'p>,
    /// Where the last number ended, how many positions it had and what a label called it.
    last: Option<(usize, usize, Named)>,
}

/// What surrounds a run.
struct Surroundings<'s> {
    label: Option<Label<'s>>,
    row: Option<Row<'s>>,
    named: Option<Named>,
}

impl Look<'_, '_> {
    fn at(&mut self, run: &Run) -> Option<Hit> {
        let page = self.page;
        let written = page.written_at(run.range.clone());
        if self.links.run_through(written.start) {
            return None;
        }
        let contact = self.contacts.named_before(run.range.start);
        let label = label::read(page.before(run.range.start, label::REACH));
        if label.is_none() && run.shape == Shape::Number && is_amount(page, run) {
            return None;
        }
        let shared = self.shared(run);
        let short = run.shape == Shape::Number && run.signs.len() == MOBILE;
        let row = self.tables.row(run.range.start);
        let named = label
            .map(|label| label.named)
            .or_else(|| row.as_ref().and_then(|row| row.named(short)))
            .or_else(|| above(page, run.range.start).map(|label| label.named))
            .or(shared);
        self.last = named.map(|named| (run.range.end, run.signs.len(), named));
        let around = Surroundings { label, row, named };
        let (kind, severity, why) = match run.shape {
            Shape::Number => match run.signs.len() {
                MOBILE => mobile(page, run, &around, contact)?,
                _ => identity(page, run, &around).or_else(|| card(page, run, &around))?,
            },
            Shape::Passport => passport(page, run, named)?,
            Shape::Plate => plate(page, run, named)?,
        };
        Some(Hit { kind, severity, why, range: run.range.clone() })
    }

    /// What the number before was called, when both follow one label: 订单号:甲、乙.
    fn shared(&self, run: &Run) -> Option<Named> {
        let (end, length, named) = self.last?;
        let between = self.page.text().get(end..run.range.start)?;
        (length == run.signs.len()
            && between.len() <= 6
            && between.contains(['、', ',', '/', '和', '及'])
            && between.chars().all(|c| matches!(c, '、' | ',' | '/' | ' ' | '和' | '及')))
        .then_some(named)
    }
}

/// A label that stands alone on the line above a number that begins its own line.
fn above<'p>(page: &'p Page<'_>, at: usize) -> Option<Label<'p>> {
    /// A label is short.
    const ALONE: usize = 60;
    if !label::trim(page.before(at, label::REACH)).is_empty() {
        return None;
    }
    let line = page.above(page.line_of(at), 2 * ALONE).next().filter(|line| line.len() <= ALONE)?;
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    (digits <= 2 && !line.contains(['。', ',', '、'])).then(|| label::read(line)).flatten()
}

/// Whether digits count or measure something, or are a part of a number of a document: they name nobody.
fn is_amount(page: &Page<'_>, run: &Run) -> bool {
    const UNITS: [&str; 24] = [
        "元", "万", "亿", "千", "百", "吨", "度电", "千瓦", "平方", "立方", "公里", "米", "人次", "人", "件",
        "个", "股", "次", "户", "条", "%", "kwh", "kg", "美元",
    ];
    let before = &page.before(run.range.start, 8);
    let after = page.after(run.range.end, 12);
    let fraction = |mut rest: std::str::Chars<'_>| rest.next().is_some_and(|c| c.is_ascii_digit());
    let is_part = |rest: Option<&str>| rest.is_some_and(|rest| fraction(rest.chars()));
    UNITS.iter().any(|unit| after.starts_with(unit))
        || is_part(after.strip_prefix('.'))
        || before.strip_suffix('.').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
        || before.ends_with(['¥', '￥', '$', '第'])
        || (after.starts_with('号') && !after.starts_with("号码") && before.ends_with([']', ')', '字', '第']))
}

fn identity(page: &Page<'_>, run: &Run, around: &Surroundings<'_>) -> Option<(Kind, Severity, Why)> {
    let labelled = around.named == Some(Named::Identity);
    let found = |severity, why| Some((Kind::IdNumber, severity, why));
    if matches!(around.named, Some(Named::Other | Named::Passport)) {
        return None;
    }
    match (run.signs.len(), run.masked()) {
        (15, 0) if labelled && check::is_old_identity(&run.signs) => found(Severity::High, Why::OldNumber),
        (check::IDENTITY, 0) if check::is_identity(&run.signs) => {
            // An account's number is one, whatever else its digits fit.
            let is_card = around.named == Some(Named::Card) && check::is_luhn(&run.signs);
            let is_code = !labelled && is_credit_code(page, run);
            (!is_card && !is_code).then_some((Kind::IdNumber, Severity::High, Why::Checked))
        }
        (check::IDENTITY, 0) if labelled => found(Severity::Medium, Why::Labelled),
        (check::IDENTITY, 1..=5)
            if labelled || (around.named != Some(Named::Card) && check::holds_birthday(&run.signs)) =>
        {
            found(Severity::Low, Why::HardlyMasked)
        }
        _ => None,
    }
}

/// Whether a number is the credit code of the unit that is named before it.
fn is_credit_code(page: &Page<'_>, run: &Run) -> bool {
    let before = label::trim(page.before(run.range.start, label::REACH));
    let name = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(before);
    check::is_credit_code(&run.signs) && who::is_unit(name)
}

fn card(page: &Page<'_>, run: &Run, around: &Surroundings<'_>) -> Option<(Kind, Severity, Why)> {
    let labelled = around.named == Some(Named::Card);
    let issued =
        run.signs.starts_with(b"62") && matches!(around.named, None | Some(Named::Phone | Named::Plate));
    let masked = run.masked();
    if !matches!(run.signs.len(), 16..=19) || run.signs.ends_with(b"x") || masked > 5 || !(labelled || issued)
    {
        return None;
    }
    let (severity, why) = match (masked, check::is_luhn(&run.signs)) {
        (0, true) => (Severity::High, if labelled { Why::CheckedCard } else { Why::Checked }),
        (0, false) if labelled => (Severity::Medium, Why::Labelled),
        (1.., _) => (Severity::Low, Why::HardlyMasked),
        _ => return None,
    };
    let units =
        holder::is_unit(page, run.range.start, run.range.end, around.label.as_ref(), around.row.as_ref());
    (!units).then_some((Kind::BankCard, severity, why))
}

fn mobile(
    page: &Page<'_>,
    run: &Run,
    around: &Surroundings<'_>,
    contact: bool,
) -> Option<(Kind, Severity, Why)> {
    let phone = around.named == Some(Named::Phone);
    if !phone && matches!(around.named, Some(Named::Other | Named::Identity | Named::Card | Named::Passport))
    {
        return None;
    }
    let begins = match run.signs.first_chunk::<2>()? {
        [b'1', b'3'..=b'9' | b'*'] => true,
        [b'*', b'3'..=b'9' | b'*'] => phone,
        _ => false,
    };
    if !begins || run.masked() > 3 {
        return None;
    }
    if run.masked() > 0 {
        return Some((Kind::Mobile, Severity::Low, Why::HardlyMasked));
    }
    let contact = contact
        || around.row.as_ref().is_some_and(Row::is_contact)
        || above(page, run.range.start).is_some_and(|label| contact::speaks(label.before));
    Some(if contact {
        (Kind::Mobile, Severity::Low, Why::Contact)
    } else {
        (Kind::Mobile, Severity::Medium, Why::Whole)
    })
}

fn passport(page: &Page<'_>, run: &Run, named: Option<Named>) -> Option<(Kind, Severity, Why)> {
    let typed = || {
        // 证件类型:护照,证件号码:…
        let before = page.before(run.range.start, label::REACH);
        named == Some(Named::Identity) && ["护照", "通行证"].iter().any(|word| before.contains(word))
    };
    (named == Some(Named::Passport) || typed()).then_some((Kind::Passport, Severity::High, Why::Labelled))
}

fn plate(page: &Page<'_>, run: &Run, named: Option<Named>) -> Option<(Kind, Severity, Why)> {
    if named == Some(Named::Other) || page.after(run.range.end, 4).starts_with(['警', '学', '领', '使']) {
        return None;
    }
    let digits = run.signs[1..].iter().any(u8::is_ascii_digit);
    // Letters alone may be a word: then a vehicle has to be spoken of.
    let vehicle = || {
        let written = page.written(run.range.clone());
        let before = page.before(run.range.start, label::REACH);
        !written.contains(|c: char| c.is_ascii_lowercase())
            && (named == Some(Named::Plate) || before.contains(['车', '牌']))
    };
    (digits || vehicle()).then_some((Kind::Plate, Severity::Medium, Why::Whole))
}
