//! Which cell of a sheet stands in which column of the register.
//!
//! In: the first rows of a sheet. Out: the header row, where each known column is, and what else is there.
//! It knows names only; what a column's cells mean is the business of the readers.

use super::column::{COUNT, Column, SYNONYMS};
use super::table::{Cell, Row};
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The header is looked for among this many rows: titles, filling instructions and dates stand above it.
pub(super) const WITHIN: usize = 20;

/// The rank of a name that is known only once the platform before it is taken off (`抖音主页url`).
const BEHIND_PLATFORM: usize = usize::MAX;

/// Columns of other systems and of ours that say nothing about an account: read over without a word.
const PASSED_OVER: [&str; 6] = ["序号", "序", "no", "行号", "原表位置", "问题"];

/// A header row and what it names.
#[derive(Debug)]
pub(super) struct Header {
    /// Its place among the rows given.
    pub(super) index: usize,
    /// Every header as written, white space folded; `C列` where there is none.
    pub(super) names: Vec<String>,
    /// Headers read as nothing, with the column that won when another one means the same.
    pub(super) unread: Vec<(usize, Option<Column>)>,
    /// Two headers that mean the same column equally well: nobody can say which holds the truth.
    pub(super) clashes: Vec<(Column, usize, usize)>,
    cells: [Option<usize>; COUNT],
}

impl Header {
    /// Where a column stands in a row.
    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.cells[column as usize]
    }

    /// What a row has in a column.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: Column) -> &'a Cell {
        self.position(column).and_then(|at| row.cells.get(at)).unwrap_or(&Cell::Empty)
    }

    /// How a column is headed in this file, for people to find it.
    pub(super) fn name(&self, column: Column) -> &str {
        self.position(column).and_then(|at| self.names.get(at)).map_or(column.zh(), String::as_str)
    }

    /// How many columns of the register are named.
    pub(super) fn known(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// Reads the cells of one column as another one.
    pub(super) fn read_as(&mut self, from: Column, to: Column) {
        self.cells[to as usize] = self.cells[from as usize].take();
    }

    /// Adds a column that the sheet itself does not have.
    pub(super) fn append(&mut self, column: Column) -> usize {
        let at = self.names.len();
        self.names.push(column.zh().to_owned());
        self.cells[column as usize] = Some(at);
        at
    }

    /// Names the columns that have cells but no header by their letters.
    pub(super) fn widen(&mut self, width: usize) {
        self.names.extend((self.names.len()..width).map(|at| format!("{}列", letter(at))));
    }

    /// Whether a row repeats the header, as printed registers do at the top of each page.
    pub(super) fn is_repeated_by(&self, row: &Row) -> bool {
        let repeats = |column: Column| matches!(self.cell(row, column), Cell::Text(text) if known(text).is_some_and(|(is, _)| is == column));
        repeats(Column::Name) && repeats(Column::Platform)
    }
}

/// The row that names most columns, at least two; of two adjacent rows that name as many the lower one, as
/// in a header of two lines.
pub(super) fn find(rows: &[Row]) -> Option<Header> {
    let mut best: Option<Header> = None;
    for (index, row) in rows.iter().take(WITHIN).enumerate() {
        let header = read(index, row);
        let better = best.as_ref().is_none_or(|best| {
            header.known() > best.known() || (header.known() == best.known() && index == best.index + 1)
        });
        if header.known() >= 2 && better {
            best = Some(header);
        }
    }
    best
}

fn read(index: usize, row: &Row) -> Header {
    let mut header = Header {
        index,
        names: Vec::with_capacity(row.cells.len()),
        unread: Vec::new(),
        clashes: Vec::new(),
        cells: [None; COUNT],
    };
    let mut ranks = [0; COUNT];
    for (at, cell) in row.cells.iter().enumerate() {
        let Cell::Text(text) = cell else {
            header.names.push(format!("{}列", letter(at)));
            continue;
        };
        header.names.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        match known(text) {
            Some((column, rank)) => {
                let taken = column as usize;
                match header.cells[taken] {
                    Some(other) if ranks[taken] == rank => header.clashes.push((column, other, at)),
                    Some(_) if ranks[taken] < rank => header.unread.push((at, Some(column))),
                    before => {
                        header.unread.extend(before.map(|other| (other, Some(column))));
                        header.cells[taken] = Some(at);
                        ranks[taken] = rank;
                    }
                }
            }
            None if PASSED_OVER.contains(&fold(text).as_str()) => {}
            None => header.unread.push((at, None)),
        }
    }
    header
}

/// The column a header names and how certain that is, 0 being the name in the contract.
fn known(text: &str) -> Option<(Column, usize)> {
    static NAMES: LazyLock<HashMap<String, (Column, usize)>> = LazyLock::new(|| {
        let mut names = HashMap::new();
        for (column, synonyms) in SYNONYMS {
            let own = [column.as_str(), column.zh()].into_iter().map(|name| (name, 0));
            let others = synonyms.iter().enumerate().map(|(rank, name)| (*name, rank + 1));
            for (name, rank) in own.chain(others) {
                names.entry(fold(name)).or_insert((column, rank));
            }
        }
        names
    });
    if text.len() > 200 {
        return None;
    }
    let folded = fold(text);
    let (outside, inside) = unbracket(&folded);
    let whole = [outside.as_str(), inside.as_str()];
    whole.into_iter().find_map(|name| NAMES.get(name).copied()).or_else(|| {
        let bare = PLATFORMS.iter().find_map(|platform| outside.strip_prefix(platform))?;
        NAMES.get(bare).map(|(column, _)| (*column, BEHIND_PLATFORM))
    })
}

/// Platforms that stand before a column's name (`抖音主页url`, `微博uid`).
const PLATFORMS: [&str; 9] = ["公众号", "微信", "微博", "抖音", "今日头条", "头条", "快手", "小红书", "b站"];

/// Compatibility forms, lower case, without white space and marks; brackets stay for [`unbracket`].
pub(super) fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '帐' => '账',
            '【' | '[' | '〔' => '(',
            '】' | ']' | '〕' => ')',
            c => c,
        })
        .filter(|c| c.is_alphanumeric() || matches!(c, '(' | ')'))
        .collect()
}

/// What stands outside of brackets (`账号名称(必填)`) and what inside (`【账号名称】`).
pub(super) fn unbracket(folded: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_usize);
    for c in folded.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            c => inside.push(c),
        }
    }
    (outside, inside)
}

/// The letter of a column as the spreadsheet shows it: 0 is A, 26 is AA.
pub(super) fn letter(mut at: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(at % 26).unwrap_or(0)));
        if at < 26 {
            return letters.iter().rev().collect();
        }
        at = at / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: usize, cells: &[&str]) -> Row {
        Row { number, cells: cells.iter().map(|text| Cell::text(text)).collect() }
    }

    #[test]
    fn a_header_is_known_in_whatever_way_it_is_written() {
        let cases = [
            ("name", Column::Name),
            (" Platform_UID ", Column::PlatformUid),
            ("账号 名称", Column::Name),
            ("*账号名称(必填)", Column::Name),
            ("【帐号名称】", Column::Name),
            ("账号\n类型", Column::Kind),
            ("平台类型", Column::Platform),
            ("账号ID", Column::PlatformUid),
            ("抖音主页 url", Column::Homepage),
            ("公众号ghid", Column::PlatformUid),
            ("主办单位(开设主体)全称", Column::Owner),
            ("name(账号名称)", Column::Name),
            ("承办(代运营)单位", Column::Contractor),
            ("E-mail", Column::Email),
        ];
        for (text, column) in cases {
            assert_eq!(known(text).map(|(column, _)| column), Some(column), "{text}");
        }
        assert_eq!(known("粉丝数"), None);
    }

    #[test]
    fn every_name_of_a_column_leads_to_it() {
        for (column, synonyms) in SYNONYMS {
            for name in [column.as_str(), column.zh()].into_iter().chain(synonyms.iter().copied()) {
                assert_eq!(known(name).map(|(column, _)| column), Some(column), "{name}");
            }
        }
    }

    #[test]
    fn the_header_stands_below_titles_and_notes() {
        let rows = [
            row(1, &["云溪县政务新媒体台账"]),
            row(3, &["填报单位:", "云溪县", "平台"]),
            row(4, &["序号", "账号名称", "平台", "主办单位"]),
            row(5, &["1", "云溪发布", "微博", "云溪县"]),
        ];
        assert_eq!(find(&rows).map(|header| header.index), Some(2));
    }

    #[test]
    fn of_a_header_in_two_lines_the_lower_one_counts() {
        let rows = [row(1, &["账号名称", "平台", "管理员"]), row(2, &["账号名称", "平台", "姓名", "电话"])];
        assert_eq!(find(&rows).map(|header| header.index), Some(1));
    }

    #[test]
    fn the_contracts_own_name_wins_and_the_other_is_told() {
        let header = find(&[row(1, &["账号名称", "分管领导", "负责人", "粉丝数"])]).unwrap();
        assert_eq!(header.position(Column::Leader), Some(2));
        assert_eq!(header.unread, [(1, Some(Column::Leader)), (3, None)]);
        assert!(header.clashes.is_empty());
    }

    #[test]
    fn two_headers_of_equal_right_clash() {
        let header = find(&[row(1, &["账号名称", "账号名称 ", "抖音主页url", "微博主页url"])]).unwrap();
        assert_eq!(header.clashes, [(Column::Name, 0, 1), (Column::Homepage, 2, 3)]);
    }

    #[test]
    fn letters_run_as_in_a_spreadsheet() {
        let seen: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letter).into();
        assert_eq!(seen, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
