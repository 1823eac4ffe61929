//! One row of a sheet becomes one account, or several when its cells list several.
//!
//! In: a row and its header. Out: accounts, mistakes that forbid them, and warnings. It looks at one row
//! only: what two rows say against each other is for [`super::read`] to find.

use super::cell::{self, Complaint};
use super::column::Column;
use super::date::{self, Precision};
use super::header::Header;
use super::split::{Lists, split};
use super::table::{Cell, Row};
use super::words;
use crate::model::account::{Kind, Platform, Registered, Status, Tier};
use chrono::{DateTime, Utc};

/// What first cells of rows begin with that are no accounts.
const REMARKS: [&str; 14] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "填表",
    "填报",
    "制表",
    "审核人",
    "审核单位",
    "说明:",
    "注:",
    "备注:",
    "示例",
    "例:",
];

/// What one row says.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// None when there are mistakes, or when the row is no account.
    pub(super) accounts: Vec<Registered>,
    /// Why the row is bad.
    pub(super) mistakes: Vec<(Column, Complaint)>,
    /// What was taken another way than written.
    pub(super) warnings: Vec<(Column, Complaint)>,
}

/// Whether a row under the header says anything at all about accounts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A row to read.
    Account,
    /// Only numbering, or the header once more.
    Nothing,
    /// A sum, a signature or an example; people are told that it was passed over.
    Remark,
}

/// Sorts a row.
pub(super) fn sort(header: &Header, row: &Row) -> Sort {
    let filled = |column: &Column| header.cell(row, *column).is_filled();
    if !Column::ALL.iter().any(filled) || header.is_repeated_by(row) {
        return Sort::Nothing;
    }
    let first = row.cells.iter().find(|cell| cell.is_filled()).map(Cell::shown).unwrap_or_default();
    let first = words::fold(&first);
    let first = first.trim_start_matches(['(', '[', '【']);
    let names_account =
        [Column::Name, Column::Platform, Column::PlatformUid, Column::Homepage, Column::Sources];
    if REMARKS.iter().any(|word| first.starts_with(word)) || !names_account.iter().any(filled) {
        Sort::Remark
    } else {
        Sort::Account
    }
}

/// Reads a row.
pub(super) fn read(header: &Header, row: &Row, known_recipe: &dyn Fn(&str) -> bool) -> Read {
    let mut read = Read::default();
    let (count, lists) = match split(header, row) {
        Ok(found) => found,
        Err(mistake) => {
            read.mistakes.push(mistake);
            return read;
        }
    };
    for index in 0..count {
        let mut reader = Reader { header, row, lists: &lists, index, read: &mut read };
        let account = reader.account(known_recipe);
        read.accounts.push(account);
    }
    if !read.mistakes.is_empty() {
        read.accounts.clear();
    }
    read
}

/// Reads the columns of one account and collects what is wrong with them.
struct Reader<'a> {
    header: &'a Header,
    row: &'a Row,
    lists: &'a Lists,
    index: usize,
    read: &'a mut Read,
}

impl<'a> Reader<'a> {
    fn cell(&self, column: Column) -> &'a Cell {
        self.lists[column as usize]
            .as_ref()
            .and_then(|list| list.get(self.index))
            .unwrap_or_else(|| self.header.cell(self.row, column))
    }

    fn mistake(&mut self, column: Column, complaint: Complaint) {
        let mistake = (column, complaint);
        if !self.read.mistakes.contains(&mistake) {
            self.read.mistakes.push(mistake);
        }
    }

    fn warn(&mut self, column: Column, reason: impl Into<String>, advice: &str) {
        let warning = (column, Complaint::new(reason, advice));
        if !self.read.warnings.contains(&warning) {
            self.read.warnings.push(warning);
        }
    }

    fn take<T: Default>(&mut self, column: Column, value: Result<T, Complaint>) -> T {
        value.unwrap_or_else(|complaint| {
            self.mistake(column, complaint);
            T::default()
        })
    }

    fn line(&mut self, column: Column) -> String {
        self.take(column, cell::line(self.cell(column)))
    }

    fn code(&mut self, column: Column) -> String {
        self.take(column, cell::code(self.cell(column)))
    }

    fn required(&mut self, column: Column) -> String {
        let before = self.read.mistakes.len();
        let line = self.line(column);
        if line.is_empty() && self.read.mistakes.len() == before {
            self.mistake(
                column,
                Complaint::new(
                    format!("没有填写{}", column.zh()),
                    if column == Column::Owner {
                        "合并单元格另存为 CSV 后只留第一行,请逐行填写或直接导入 XLSX"
                    } else {
                        ""
                    },
                ),
            );
        }
        line
    }

    fn account(&mut self, known_recipe: &dyn Fn(&str) -> bool) -> Registered {
        let name = self.required(Column::Name);
        let owner = self.required(Column::Owner);
        let (platform, word, implied) = self.platform();
        let platform_uid = self.platform_uid(platform);
        let (status, lost) = self.status();
        let account = Registered {
            key: self.key(platform, &word, &platform_uid, &name),
            platform,
            kind: self.kind(platform, implied),
            sources: self.take(Column::Sources, cell::sources(self.cell(Column::Sources), known_recipe)),
            homepage: self.address(Column::Homepage),
            service_url: self.address(Column::ServiceUrl),
            credit_code: self.credit_code(),
            supervisor: self.line(Column::Supervisor),
            level: self.level(),
            region_code: self.region_code(),
            region_path: cell::region_path(&self.line(Column::RegionPath)),
            verified_subject: self.line(Column::VerifiedSubject),
            verified_type: self.line(Column::VerifiedType),
            status,
            status_since: self.date(Column::StatusSince),
            opened_on: self.date(Column::OpenedOn),
            filed_on: self.date(Column::FiledOn),
            announced_on: self.date(Column::AnnouncedOn),
            announcement_url: self.address(Column::AnnouncementUrl),
            leader: self.line(Column::Leader),
            operator: self.line(Column::Operator),
            phone: self.code(Column::Phone),
            email: self.take(Column::Email, cell::emails(self.cell(Column::Email))),
            contractor: self.line(Column::Contractor),
            pack: self.code(Column::Pack),
            notes: self.notes(lost),
            name,
            owner,
            platform_uid,
        };
        if account.sources.iter().any(|source| cell::is_short_link(&source.target)) {
            self.warn(Column::Sources, "短链接看不出是哪个账号", "请打开后改填完整网址");
        }
        account
    }

    /// The platform, the word that was written for it, and the kind the word implies.
    fn platform(&mut self) -> (Platform, String, Option<Kind>) {
        let word = self.required(Column::Platform);
        match words::platform(&word) {
            Some((platform, kind)) => (platform, word, kind),
            None if word.is_empty() => (Platform::Other, word, None),
            None => {
                let known: Vec<&str> = Platform::ALL.iter().map(|platform| platform.zh()).collect();
                let complaint =
                    Complaint::new(format!("不认识的平台“{word}”"), format!("可填:{}", known.join("、")));
                self.mistake(Column::Platform, complaint);
                (Platform::Other, word, None)
            }
        }
    }

    fn kind(&mut self, platform: Platform, implied: Option<Kind>) -> Kind {
        let usual = if platform == Platform::Wechat { Kind::Subscription } else { Kind::Ordinary };
        let word = self.line(Column::Kind);
        let kind = match words::kind(&word) {
            Some(Kind::Ordinary) | None if platform == Platform::Wechat => implied.unwrap_or(usual),
            Some(kind) => kind,
            None => implied.unwrap_or(usual),
        };
        if !word.is_empty() && words::kind(&word).is_none() {
            self.warn(Column::Kind, format!("不认识的账号类型“{word}”,按{}处理", kind.zh()), "");
        }
        if platform != Platform::Wechat && kind != Kind::Ordinary {
            self.warn(Column::Kind, format!("{}没有{},按普通账号处理", platform.zh(), kind.zh()), "");
            return Kind::Ordinary;
        }
        kind
    }

    fn platform_uid(&mut self, platform: Platform) -> String {
        let uid = self.code(Column::PlatformUid);
        if platform == Platform::Website {
            let host = uid.split_once("://").map_or(uid.as_str(), |(_, rest)| rest);
            return host.split('/').next().unwrap_or_default().to_lowercase();
        }
        if uid.contains("://") {
            let complaint =
                Complaint::new("账号ID填成了网址", "网址填到主页链接列,这里填账号在平台上的ID,没有就留空");
            self.mistake(Column::PlatformUid, complaint);
        }
        uid
    }

    /// The office's own id, or one made of what does not change: the platform and the id there, the name
    /// where there is none. Among other platforms the word that was written tells them apart.
    fn key(&mut self, platform: Platform, word: &str, uid: &str, name: &str) -> String {
        let key = self.code(Column::Key);
        if !key.is_empty() {
            return key;
        }
        let id = if uid.is_empty() { name } else { uid };
        match platform {
            Platform::Other => format!("{platform}:{}:{id}", words::fold(word)),
            _ => format!("{platform}:{id}"),
        }
    }

    fn status(&mut self) -> (Status, Option<String>) {
        let word = self.line(Column::Status);
        match words::status(&word) {
            None if word.is_empty() => (Status::Normal, None),
            Some((status, false)) => (status, None),
            Some((status, true)) => {
                self.warn(
                    Column::Status,
                    format!("“{word}”在注销完成以前仍在检查之列,按正常处理"),
                    "完成注销后改填“已注销”",
                );
                (status, Some(word))
            }
            None => {
                let complaint = Complaint::new(
                    format!("不认识的状态“{word}”"),
                    "可填:拟开设、正常、关停公告中、已注销、停用无法注销",
                );
                self.mistake(Column::Status, complaint);
                (Status::Normal, None)
            }
        }
    }

    fn level(&mut self) -> Tier {
        let word = self.line(Column::Level);
        words::tier(&word).unwrap_or_else(|| {
            if !word.is_empty() {
                self.warn(
                    Column::Level,
                    format!("不认识的层级“{word}”,按未填处理"),
                    "可填:国家级、省级、市级、县级、乡级",
                );
            }
            Tier::Unknown
        })
    }

    fn region_code(&mut self) -> String {
        let code = self.code(Column::RegionCode);
        if let Err(complaint) = cell::region_code(&code) {
            self.mistake(Column::RegionCode, complaint);
        }
        code
    }

    fn credit_code(&mut self) -> String {
        let code = cell::credit_code(&self.code(Column::CreditCode));
        if !cell::is_credit_code(&code) {
            self.warn(Column::CreditCode, format!("统一社会信用代码“{code}”校验不符"), "请核对是否抄错");
        }
        code
    }

    fn address(&mut self, column: Column) -> String {
        let line = self.line(column);
        let Some(address) = cell::web_address(&line) else {
            self.warn(
                column,
                format!("“{line}”不是网址,未采用"),
                "请填写 http:// 或 https:// 开头的完整网址",
            );
            return String::new();
        };
        if cell::is_short_link(&address) {
            self.warn(column, format!("短链接“{address}”看不出是哪个账号"), "请打开后改填完整网址");
        }
        address
    }

    fn date(&mut self, column: Column) -> Option<DateTime<Utc>> {
        let cell = self.cell(column);
        let shown = cell::line(cell).unwrap_or_default();
        if shown.is_empty() && !matches!(cell, Cell::Fault(_)) {
            return None;
        }
        match date::read(cell) {
            Ok((at, Precision::Day)) => Some(at),
            Ok((at, Precision::Rough)) => {
                self.warn(column, format!("“{shown}”没有写到日,按该时期的最后一天计"), "请填写到日");
                Some(at)
            }
            Err(complaint) => {
                self.mistake(column, complaint);
                None
            }
        }
    }

    /// The notes, with a status that has no word of its own kept in them.
    fn notes(&mut self, lost: Option<String>) -> String {
        let notes = self.take(Column::Notes, cell::lines(self.cell(Column::Notes)));
        match lost {
            Some(word) if !notes.contains(&word) => {
                let mark = format!("登记状态:{word}");
                if notes.is_empty() { mark } else { format!("{notes}\n{mark}") }
            }
            _ => notes,
        }
    }
}
