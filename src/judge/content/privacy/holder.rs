//! Whose an account is: those of units are public and give nobody away.
//!
//! In: what stands before an account's number and around it. Out: whether its holder is a unit. The holder that is
//! named nearest before the number counts.

use super::label::Label;
use super::page::Page;
use super::table::Row;
use super::who;
use regex::Regex;
use std::sync::LazyLock;

/// Words after which the holder of an account is named, and the name.
static HOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:户 {0,4}名|开户单位|开户人|账户名称?|帐户名称?|账户全称|账号名称|收款单位|收款人|收款方|收款账户名|单位名称|公司名称|企业名称|持卡人|受益人|姓 {0,4}名|名 {0,4}称|全称)(?:全称|名称|全名)?(?:\([^)\n]{0,24}\))?[ :,|、为是=-]{1,6}([^ ,;。:|、\n]{2,90})",
    )
    .expect("a constant pattern")
});
/// Accounts that only units have.
const UNIT_ACCOUNTS: [&str; 9] = ["对公", "公户", "专户", "专用", "监管", "国库", "财政", "单位", "基本"];
/// How far a holder is looked for, in bytes of a line.
const REACH: usize = 200;

/// Whether the account whose number begins at a place is a unit's.
pub(super) fn is_unit(
    page: &Page<'_>,
    at: usize,
    end: usize,
    label: Option<&Label<'_>>,
    row: Option<&Row<'_>>,
) -> bool {
    if let Some(label) = label {
        let owner = label.before.trim_end_matches(['的', ' ', ':']);
        let owner = owner.rsplit([' ', ',', ';', '。', ':', '(', '、', '|']).next().unwrap_or(owner);
        let owner = owner
            .strip_suffix("收款")
            .or(owner.strip_suffix("捐款"))
            .or(owner.strip_suffix("开户"))
            .unwrap_or(owner);
        let is_bank =
            ["银行", "支行", "分行", "信用社", "营业部", "行"].iter().any(|bank| owner.ends_with(bank));
        if UNIT_ACCOUNTS.iter().any(|kind| owner.ends_with(kind)) || (who::is_unit(owner) && !is_bank) {
            return true;
        }
    }
    if let Some(named) = row.and_then(holder_in) {
        return who::is_unit(named);
    }
    let line = page.line_of(at);
    let mut before = std::iter::once(page.before(at, REACH)).chain(page.above(line, REACH).take(5));
    if let Some(unit) = before.find_map(last_holder) {
        return unit;
    }
    HOLDER
        .captures(page.after(end, REACH))
        .and_then(|found| found.get(1))
        .is_some_and(|holder| who::is_unit(holder.as_str()))
}

/// The holder that a row names in the column for holders.
fn holder_in<'r>(row: &Row<'r>) -> Option<&'r str> {
    let is_holder = |cell: &str| {
        ["户名", "姓名", "收款人", "收款单位", "开户单位", "账户名", "持卡人", "收款方", "开户人"]
            .iter()
            .any(|word| cell.contains(word))
    };
    let is_name = |cell: &str| {
        ["名称", "单位", "企业", "公司", "机构", "合作社"].iter().any(|word| cell.ends_with(word))
    };
    row.cell_under(is_holder).or_else(|| row.cell_under(is_name))
}

/// Whether the last holder that a line names is a unit.
fn last_holder(line: &str) -> Option<bool> {
    let holder = HOLDER.captures_iter(line).last()?;
    holder.get(1).map(|name| who::is_unit(name.as_str()))
}
