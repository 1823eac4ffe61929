//! Several accounts in the cells of one row.
//!
//! In: a row. Out: how many accounts it lists and the parts of its cells. Counts that do not agree are a
//! complaint: pairing names with the wrong ids would accuse the wrong account.

use super::cell::Complaint;
use super::column::{COUNT, Column};
use super::header::Header;
use super::table::{Cell, Row};

/// Separators between accounts that nothing else means.
const STRONG: [char; 4] = ['\n', '\r', '|', '\u{ff5c}'];
/// Separators that may as well belong to a name or a list.
const WEAK: [char; 9] = ['\n', '\r', '|', '\u{ff5c}', '、', ';', '\u{ff1b}', ',', '\u{ff0c}'];

/// Most accounts of one row.
const MAX_ACCOUNTS: usize = 64;

/// What identifies an account; a row whose cells of these list several is several accounts.
const IDENTITY: [Column; 4] = [Column::Key, Column::Name, Column::Platform, Column::PlatformUid];

/// What else belongs to one account each when a row lists several; all other columns are about the body and
/// its people and hold for every account of the row.
const OWN: [Column; 11] = [
    Column::Kind,
    Column::Sources,
    Column::Homepage,
    Column::VerifiedSubject,
    Column::VerifiedType,
    Column::Status,
    Column::StatusSince,
    Column::OpenedOn,
    Column::FiledOn,
    Column::AnnouncedOn,
    Column::AnnouncementUrl,
];

/// The parts of the cells that list several, by column.
pub(super) type Lists = [Option<Vec<Cell>>; COUNT];

fn pieces(cell: &Cell, weak: bool) -> Vec<Cell> {
    let Cell::Text(text) = cell else {
        return Vec::new();
    };
    if !text.contains(WEAK) {
        return vec![cell.clone()];
    }
    let by = |separators: &[char]| -> Vec<Cell> {
        text.split(separators).map(Cell::text).filter(Cell::is_filled).collect()
    };
    let strong = by(&STRONG);
    if strong.len() > 1 || !weak { strong } else { by(&WEAK) }
}

/// How many accounts a row lists. An id of its own says that there is one, whatever its name contains.
pub(super) fn split(header: &Header, row: &Row) -> Result<(usize, Lists), (Column, Complaint)> {
    let mut lists: Lists = [const { None }; COUNT];
    let key = header.cell(row, Column::Key);
    let weak = !key.is_filled() || pieces(key, true).len() > 1;
    let mut count = 1;
    for column in IDENTITY {
        let list = pieces(header.cell(row, column), weak);
        if list.len() > 1 {
            count = count.max(list.len());
            lists[column as usize] = Some(list);
        }
    }
    if count == 1 {
        return Ok((1, lists));
    }
    if count > MAX_ACCOUNTS {
        let complaint = Complaint::new(format!("一行列出 {count} 个账号"), "请一行填一个账号");
        return Err((Column::Name, complaint));
    }
    for column in IDENTITY {
        let found = lists[column as usize]
            .as_ref()
            .map_or_else(|| usize::from(header.cell(row, column).is_filled()), Vec::len);
        let shared = found == 1 && matches!(column, Column::Name | Column::Platform);
        if found != count && found != 0 && !shared {
            return Err((column, unequal(count, found)));
        }
    }
    for column in OWN {
        let addresses = matches!(column, Column::Sources | Column::Homepage | Column::AnnouncementUrl);
        let list = pieces(header.cell(row, column), !addresses);
        if list.len() > 1 {
            if list.len() != count {
                return Err((column, unequal(count, list.len())));
            }
            lists[column as usize] = Some(list);
        }
    }
    Ok((count, lists))
}

fn unequal(accounts: usize, found: usize) -> Complaint {
    Complaint::new(
        format!("本行列出 {accounts} 个账号,而本列有 {found} 个值,无法一一对应"),
        "请一行填一个账号,或让各列的个数相同;名称本身含有分隔符的,请填写编号",
    )
}
