//! Which sheets of a file are registers, and what each of their columns is.
//!
//! In: the bytes of a file. Out: sheets with their headers; mistakes where a required column is missing or
//! two headers mean the same, warnings for everything that is not read.

use super::cell::Complaint;
use super::column::Column;
use super::header::{self, Header};
use super::reader::Reader;
use super::table::{self, Cell, Sheet};
use super::words;
use crate::config::mistake::Place;
use std::sync::Arc;

/// Columns without which a row cannot become an account.
const REQUIRED: [Column; 3] = [Column::Name, Column::Platform, Column::Owner];

/// A sheet with a header of the register.
pub(super) struct Register {
    pub(super) sheet: Sheet,
    pub(super) header: Header,
    /// Where each of its columns stands in [`super::Reading::header`].
    pub(super) columns: Vec<usize>,
    /// See [`super::Row::absent`].
    pub(super) absent: Arc<[Column]>,
}

impl Reader<'_> {
    /// The sheets that are registers. All others are told about; none at all is a mistake.
    pub(super) fn registers(&mut self, bytes: &[u8]) -> Vec<Register> {
        let table = match table::read(bytes) {
            Ok(table) => table,
            Err((reason, advice)) => {
                self.broken(Place::Whole, Complaint::new(reason, advice));
                return Vec::new();
            }
        };
        for name in table.hidden {
            let complaint = Complaint::new(format!("隐藏的工作表“{name}”未读取"), "需要导入的请先取消隐藏");
            self.warning(Place::Whole, complaint);
        }
        let (mut registers, mut others) = (Vec::new(), Vec::new());
        for sheet in table.sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()) {
            match header::find(&sheet.rows) {
                Some(header) if is_register(&header) => registers.push((sheet, header)),
                found => others.push((sheet, found)),
            }
        }
        if registers.is_empty() {
            self.explain_none(&others);
        } else {
            for (sheet, _) in others {
                let reason = format!("工作表“{}”没有台账表头,未读取", sheet.name);
                self.warning(Place::Whole, Complaint::new(reason, ""));
            }
        }
        registers.into_iter().filter_map(|(sheet, header)| self.register(sheet, header)).collect()
    }

    /// A sheet ready to read; nothing when it lacks a required column.
    fn register(&mut self, mut sheet: Sheet, mut header: Header) -> Option<Register> {
        let width = sheet.rows.iter().skip(header.index).map(|row| row.cells.len()).max().unwrap_or(0);
        header.widen(width);
        if header.position(Column::Platform).is_none() {
            self.find_platform(&mut sheet, &mut header);
        }
        for (column, first, second) in &header.clashes {
            let (first, second) = (header::letter(*first), header::letter(*second));
            let complaint = Complaint::new(
                format!("{first}列和{second}列都是“{}”", column.zh()),
                "请只留一列;一行列出几个平台的,请拆成一行一个账号",
            );
            self.broken(place(&sheet, &header, &second), complaint);
        }
        for (at, winner) in &header.unread {
            let reason = match winner {
                Some(winner) => format!("已有“{}”列,本列未读取", header.name(*winner)),
                None => "不是台账的列,未读取".to_owned(),
            };
            let name = header.names.get(*at).map_or("", String::as_str);
            self.warning(place(&sheet, &header, name), Complaint::new(reason, ""));
        }
        let columns = self.columns(&header);
        if missing(&header).is_empty() {
            let lacks = |column: &Column| *column != Column::Key && header.position(*column).is_none();
            let absent = Column::ALL.iter().copied().filter(lacks).collect();
            return Some(Register { sheet, header, columns, absent });
        }
        self.broken(place(&sheet, &header, ""), lacking(&header));
        None
    }

    /// A register without a platform column may keep one sheet per platform, or say it as the kind.
    fn find_platform(&mut self, sheet: &mut Sheet, header: &mut Header) {
        let reason = if words::platform(&sheet.name).is_some() {
            let named = [Column::Name, Column::PlatformUid].map(|column| header.position(column));
            let at = header.append(Column::Platform);
            for row in sheet.rows.iter_mut().skip(header.index + 1) {
                if named.iter().flatten().any(|at| row.cells.get(*at).is_some_and(Cell::is_filled)) {
                    row.cells.resize(at, Cell::Empty);
                    row.cells.push(Cell::text(&sheet.name));
                }
            }
            "没有平台列,以工作表名为平台"
        } else if header.position(Column::Kind).is_some() {
            header.read_as(Column::Kind, Column::Platform);
            "没有平台列,以账号类型列为平台"
        } else {
            return;
        };
        self.warning(place(sheet, header, ""), Complaint::new(reason, ""));
    }

    /// Finds a sheet's columns among those of all sheets; a name that stands twice stands for two columns.
    fn columns(&mut self, header: &Header) -> Vec<usize> {
        let all = &mut self.reading.header;
        let mut taken = vec![false; all.len()];
        let mut columns = Vec::with_capacity(header.names.len());
        for name in &header.names {
            let same = all.iter().zip(&taken).position(|(known, taken)| known == name && !taken);
            let at = same.unwrap_or_else(|| {
                all.push(name.clone());
                taken.push(false);
                all.len() - 1
            });
            taken[at] = true;
            columns.push(at);
        }
        columns
    }

    /// No sheet is a register: says what the most likely one lacks.
    fn explain_none(&mut self, sheets: &[(Sheet, Option<Header>)]) {
        let found = sheets.iter().filter_map(|(sheet, header)| Some((sheet, header.as_ref()?)));
        match found.max_by_key(|(_, header)| header.known()) {
            Some((sheet, header)) => self.broken(place(sheet, header, ""), lacking(header)),
            None => self.broken(
                Place::Whole,
                Complaint::new(
                    format!("前 {} 行里没有找到台账的表头", header::WITHIN),
                    "表头要有账号名称、平台、主办单位等列名;可用 xunwang import --template 取得模板",
                ),
            ),
        }
    }

    fn broken(&mut self, place: Place, complaint: Complaint) {
        let mistake = self.mistake(place, "", complaint);
        self.reading.broken.push(mistake);
    }

    fn warning(&mut self, place: Place, complaint: Complaint) {
        let warning = self.mistake(place, "", complaint);
        self.reading.warnings.push(warning);
    }
}

/// A cell of the header row.
fn place(sheet: &Sheet, header: &Header, column: &str) -> Place {
    let row = sheet.rows.get(header.index).map_or(0, |row| row.number);
    Place::Cell { sheet: sheet.name.clone(), row, column: column.to_owned() }
}

/// Whether a header is one of accounts, and not of a list of platforms or an instruction.
fn is_register(header: &Header) -> bool {
    let has = |column| header.position(column).is_some();
    has(Column::Name) && (has(Column::Platform) || has(Column::Owner) || has(Column::Kind))
}

fn missing(header: &Header) -> Vec<&'static str> {
    REQUIRED.iter().filter(|column| header.position(**column).is_none()).map(|column| column.zh()).collect()
}

fn lacking(header: &Header) -> Complaint {
    Complaint::new(
        format!("缺少必需的列:{};找到的列:{}", missing(header).join("、"), header.names.join("、")),
        "请补上列名,或用 xunwang import --template 取得模板",
    )
}
