//! Looks that people took, as they write them: in a file or on the command line.
//!
//! In: words. Out: looks by hand, or what is wrong with each of them. It knows neither accounts nor the store; a time
//! that cannot be, such as one still to come, is refused here and nowhere else.

use super::cell::{self, Complaint};
use super::header::{WITHIN, fold, unbracket};
use super::table::{self, Cell, Row};
use crate::config::mistake::{Mistake, Place};
use crate::extract::date;
use crate::model::hand::{Exhibit, Hand, HandLook, SeenPost};
use crate::model::moment::{ZONE, zh_minute};
use crate::model::post::Published;
use crate::model::words;
use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};
use std::path::Path;

words! {
    /// A column of such a file by its English header; the Chinese one is accepted alike.
    pub enum LookColumn {
        Account = "account", "账号";
        SeenPost = "seen_post", "内容链接";
        PublishedAt = "published_at", "发布时间";
        Title = "title", "标题";
        NothingSince = "nothing_since", "此后无更新";
        File = "file", "截图";
        By = "by", "核查人";
        At = "at", "核查时间";
    }
}

/// Other headers people use.
const SYNONYMS: [(LookColumn, &[&str]); 8] = [
    (LookColumn::Account, &["账号编号", "台账编号", "编号", "id", "账号名称", "name", "名称"]),
    (LookColumn::SeenPost, &["链接", "网址", "内容网址", "作品链接", "最新内容链接", "url"]),
    (LookColumn::PublishedAt, &["发布日期", "最新发布时间", "内容发布时间"]),
    (LookColumn::Title, &["内容标题", "作品标题"]),
    (LookColumn::NothingSince, &["此后未更新", "无更新起始时间", "之后无更新"]),
    (LookColumn::File, &["截图文件", "截图文件名", "screenshot", "佐证"]),
    (LookColumn::By, &["核查人员", "人员", "姓名"]),
    (LookColumn::At, &["核查日期", "查看时间", "时间"]),
];

const TIME: &str = "请写成 2026-11-20 08:30 或 2026年11月20日";
/// A clock that is a little off makes nobody a prophet.
const SLACK: Duration = Duration::minutes(2);
/// People read times to the minute.
const BLUR: Duration = Duration::minutes(10);

/// Since when there is nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Since the newest post that is known (`known`, 已知).
    Known,
    /// Since a time.
    Time(Published),
}

/// What somebody wrote about one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// The address of the post that was seen.
    pub url: String,
    /// Its title.
    pub title: String,
    /// When it was published.
    pub published: Option<Published>,
    /// Since when there is nothing new.
    pub nothing_since: Option<Since>,
    /// The file with the screenshot.
    pub file: String,
    /// Who looked.
    pub by: String,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// What is wrong with a look, and in which column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The column.
    pub column: LookColumn,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub advice: String,
}

impl Trouble {
    fn new(column: LookColumn, reason: impl Into<String>, advice: &str) -> Self {
        Self { column, reason: reason.into(), advice: advice.to_owned() }
    }

    /// As a mistake of a row in a file.
    #[must_use]
    pub fn at(self, file: &Path, place: &Place) -> Mistake {
        let mut place = place.clone();
        if let Place::Cell { column, .. } = &mut place {
            self.column.zh().clone_into(column);
        }
        let key = self.column.as_str().to_owned();
        Mistake { file: file.to_owned(), place, key, reason: self.reason, advice: self.advice }
    }
}

/// A time as a page or a person writes it, as of `now`.
#[must_use]
pub fn read_time(text: &str, now: DateTime<Utc>) -> Option<Published> {
    date::read(text, now).map(date::Stamp::published)
}

/// `known`, 已知, or a time.
#[must_use]
pub fn read_since(text: &str, now: DateTime<Utc>) -> Option<Since> {
    match text.trim() {
        "known" | "已知" => Some(Since::Known),
        text => read_time(text, now).map(Since::Time),
    }
}

impl Note {
    /// The look that was written down, or everything that is wrong with it. `by` is who looked when the note does not
    /// say; `known` is the newest post the account is known to have.
    pub fn look(
        &self,
        by: &str,
        known: Option<DateTime<Utc>>,
        exhibit: Option<Exhibit>,
        now: DateTime<Utc>,
    ) -> Result<HandLook, Vec<Trouble>> {
        let mut troubles = Vec::new();
        let at = self.at.unwrap_or(now);
        if at > now + SLACK {
            troubles.push(Trouble::new(LookColumn::At, "核查时间还没有到", TIME));
        }
        let by = if self.by.is_empty() { by } else { &self.by };
        if by.is_empty() {
            troubles.push(Trouble::new(
                LookColumn::By,
                "没有说明是谁核查的",
                "请用 --by 或“核查人”列填写姓名",
            ));
        }
        let seen = self.seen(at, &mut troubles);
        let nothing_since = self.since(at, known, seen.as_ref(), &mut troubles);
        if seen.is_none() && nothing_since.is_none() && troubles.is_empty() {
            troubles.push(Trouble::new(
                LookColumn::SeenPost,
                "没有写看到了什么",
                "请填写内容链接和发布时间;看完整个列表没有更新的,填写“此后无更新”",
            ));
        }
        if !troubles.is_empty() {
            return Err(troubles);
        }
        let hand = Hand { by: by.to_owned(), noted_at: now, seen, nothing_since, exhibit };
        Ok(HandLook { at: at.min(now), hand })
    }

    fn seen(&self, at: DateTime<Utc>, troubles: &mut Vec<Trouble>) -> Option<SeenPost> {
        let published = match (self.url.is_empty(), self.published) {
            (true, None) => return None,
            (false, None) => {
                troubles.push(Trouble::new(LookColumn::PublishedAt, "有内容链接而没有发布时间", TIME));
                return None;
            }
            (true, Some(_)) => {
                let advice = "请复制该条内容的链接";
                troubles.push(Trouble::new(LookColumn::SeenPost, "有发布时间而没有内容链接", advice));
                return None;
            }
            (false, Some(published)) => published,
        };
        let address = url::Url::parse(&self.url).ok();
        if !address.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            troubles.push(Trouble::new(
                LookColumn::SeenPost,
                format!("“{}”不是网址", self.url),
                "请填写 http:// 或 https:// 开头的完整网址",
            ));
        }
        if published.shown() > at + SLACK {
            let reason = format!("发布时间{}晚于核查时间{}", zh_minute(published.shown()), zh_minute(at));
            troubles.push(Trouble::new(LookColumn::PublishedAt, reason, "请核对年份和时间"));
        }
        Some(SeenPost { url: self.url.clone(), title: self.title.clone(), published })
    }

    fn since(
        &self,
        at: DateTime<Utc>,
        known: Option<DateTime<Utc>>,
        seen: Option<&SeenPost>,
        troubles: &mut Vec<Trouble>,
    ) -> Option<DateTime<Utc>> {
        let column = LookColumn::NothingSince;
        let newest = known.filter(|known| *known <= at).max(seen.map(|seen| seen.published.latest().min(at)));
        let since = match self.nothing_since? {
            Since::Known => {
                if newest.is_none() {
                    let advice = "请同时登记最新一条的链接和发布时间,或填写具体时间";
                    troubles.push(Trouble::new(column, "该账号还没有已知的内容", advice));
                }
                return newest;
            }
            Since::Time(since) => since,
        };
        if since.shown() > at + SLACK {
            let reason = format!("{}晚于核查时间{}", zh_minute(since.shown()), zh_minute(at));
            troubles.push(Trouble::new(column, reason, "请核对年份和时间"));
        }
        let since = since.latest().min(at);
        if let Some(newest) = newest.filter(|newest| *newest > since + BLUR) {
            let reason = format!("已知{}有更新的内容,与“此后无更新”不符", zh_minute(newest));
            troubles.push(Trouble::new(column, reason, "请再次核对;该条已被删除的,请填写其发布时间或“已知”"));
        }
        Some(since)
    }
}

/// A look of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRow {
    /// Its row, without a column.
    pub place: Place,
    /// The account's key or name, as written.
    pub account: String,
    /// What was written.
    pub note: Note,
}

/// What a file says.
#[derive(Debug, Default)]
pub struct Reading {
    /// Good rows in the order of the file.
    pub rows: Vec<LookRow>,
    /// Everything wrong with the others.
    pub bad: Vec<Mistake>,
    /// Mistakes of the file as a whole: nothing of it may be taken in.
    pub broken: Vec<Mistake>,
}

/// Reads a file of looks; `path` is only for the mistakes.
#[must_use]
pub fn read(path: &Path, bytes: &[u8], now: DateTime<Utc>) -> Reading {
    let mut reading = Reading::default();
    let known = |rows: &[Row]| find_header(rows).map_or(0, |(_, columns)| columns.len());
    let table = match table::read_by(bytes, &known) {
        Ok(table) => table,
        Err((reason, advice)) => {
            reading.broken.push(Mistake::whole(path, reason, advice));
            return reading;
        }
    };
    let mut found = false;
    for sheet in table.sheets {
        let Some((index, columns)) = find_header(&sheet.rows) else { continue };
        if !columns.iter().any(|(column, _)| *column == LookColumn::Account) {
            continue;
        }
        found = true;
        for row in sheet.rows.iter().skip(index + 1) {
            let place = Place::Cell { sheet: sheet.name.clone(), row: row.number, column: String::new() };
            let mut reader = RowReader { columns: &columns, row, now, troubles: Vec::new() };
            let (account, note) = reader.note();
            if reader.troubles.is_empty() {
                reading.rows.push(LookRow { place, account, note });
            } else {
                reading.bad.extend(reader.troubles.into_iter().map(|trouble| trouble.at(path, &place)));
            }
        }
    }
    if !found {
        let names: Vec<&str> = LookColumn::ALL.iter().map(|column| column.zh()).collect();
        let advice = format!("表头应有“账号”,以及:{}", names[1..].join("、"));
        reading.broken.push(Mistake::whole(path, "没有找到核查记录的表头", advice));
    }
    reading
}

/// The first row that names at least two columns, and where they stand.
fn find_header(rows: &[Row]) -> Option<(usize, Vec<(LookColumn, usize)>)> {
    rows.iter().take(WITHIN).enumerate().find_map(|(index, row)| {
        let mut columns: Vec<(LookColumn, usize)> = Vec::new();
        for (at, cell) in row.cells.iter().enumerate() {
            let Cell::Text(text) = cell else { continue };
            if let Some(column) = column_of(text)
                && columns.iter().all(|(known, _)| *known != column)
            {
                columns.push((column, at));
            }
        }
        (columns.len() >= 2).then_some((index, columns))
    })
}

fn column_of(text: &str) -> Option<LookColumn> {
    if text.len() > 200 {
        return None;
    }
    let folded = fold(text);
    let (outside, inside) = unbracket(&folded);
    [outside, inside].into_iter().filter(|name| !name.is_empty()).find_map(|name| {
        SYNONYMS.iter().find_map(|(column, others)| {
            let names = [column.as_str(), column.zh()].into_iter().chain(others.iter().copied());
            names.map(fold).any(|known| known == name).then_some(*column)
        })
    })
}

struct RowReader<'a> {
    columns: &'a [(LookColumn, usize)],
    row: &'a Row,
    now: DateTime<Utc>,
    troubles: Vec<Trouble>,
}

impl RowReader<'_> {
    fn note(&mut self) -> (String, Note) {
        let account = self.line(LookColumn::Account);
        if account.is_empty() && self.troubles.is_empty() {
            self.troubles.push(Trouble::new(LookColumn::Account, "没有填写账号", "请填写台账编号或账号名称"));
        }
        let at = self.time(LookColumn::At, self.now);
        // A bare day of a look is taken from its end, or from now when it is today.
        let at = at.map(|at| if at.shown() > self.now { at.shown() } else { at.latest().min(self.now) });
        let now = at.unwrap_or(self.now);
        let nothing_since = match self.line(LookColumn::NothingSince).as_str() {
            "" => None,
            "known" | "已知" => Some(Since::Known),
            _ => self.time(LookColumn::NothingSince, now).map(Since::Time),
        };
        let note = Note {
            url: self.line(LookColumn::SeenPost),
            title: self.line(LookColumn::Title),
            published: self.time(LookColumn::PublishedAt, now),
            nothing_since,
            file: self.line(LookColumn::File),
            by: self.line(LookColumn::By),
            at,
        };
        (account, note)
    }

    fn cell(&self, column: LookColumn) -> &Cell {
        let at = self.columns.iter().find(|(known, _)| *known == column).map(|(_, at)| *at);
        at.and_then(|at| self.row.cells.get(at)).unwrap_or(&Cell::Empty)
    }

    fn line(&mut self, column: LookColumn) -> String {
        match cell::line(self.cell(column)) {
            Ok(line) => line,
            Err(Complaint { reason, advice }) => {
                self.troubles.push(Trouble::new(column, reason, &advice));
                String::new()
            }
        }
    }

    fn time(&mut self, column: LookColumn, now: DateTime<Utc>) -> Option<Published> {
        let cell = self.cell(column).clone();
        let read = match &cell {
            Cell::Empty => return None,
            Cell::Date(at) if at.time() == NaiveTime::MIN => Some(Published::On(at.date())),
            Cell::Date(at) => ZONE.from_local_datetime(at).earliest().map(|at| Published::At(at.to_utc())),
            _ => {
                let line = self.line(column);
                if line.is_empty() {
                    return None;
                }
                read_time(&line, now)
            }
        };
        if read.is_none() {
            let reason = format!("看不懂的时间“{}”", cell.shown());
            self.troubles.push(Trouble::new(column, reason, TIME));
        }
        read
    }
}

#[cfg(test)]
mod tests;
