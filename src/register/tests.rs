//! Whole files, as offices send them.

use super::plan::{Plan, Scope, plan};
use super::{Reading, bad, template};
use crate::config::mistake::Place;
use crate::model::account::{Kind, Platform, Registered, Source, Status, Tier};
use crate::model::moment::day_start;
use chrono::NaiveDate;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use std::fmt::Write as _;
use std::path::Path;

fn known_recipe(name: &str) -> bool {
    matches!(name, "feed" | "gov-list" | "weibo")
}

pub(super) fn read(bytes: &[u8]) -> Reading {
    super::read(Path::new("台账.xlsx"), bytes, &known_recipe)
}

/// A reading of a CSV of which everything must be well.
fn accounts(csv: &str) -> Vec<Registered> {
    let reading = read(csv.as_bytes());
    assert_eq!((&reading.broken, &reading.bad), (&vec![], &vec![]), "{csv}");
    registered(&reading)
}

fn registered(reading: &Reading) -> Vec<Registered> {
    reading.accounts.iter().map(|row| row.registered.clone()).collect()
}

/// The reasons why the only row of a CSV is bad.
fn reasons(csv: &str) -> Vec<String> {
    let reading = read(csv.as_bytes());
    assert_eq!(reading.accounts, [], "{csv}");
    reading.bad.iter().flat_map(|row| row.mistakes.iter().map(ToString::to_string)).collect()
}

pub(super) fn write_row(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0..).zip(cells) {
        sheet.write(row, column, *text).unwrap();
    }
}

#[test]
fn an_office_workbook_reads_as_it_is_meant() {
    let mut book = Workbook::new();
    let (plain, date) = (Format::new(), Format::new().set_num_format("yyyy/m/d"));
    let sheet = book.add_worksheet().set_name("云溪县").unwrap();
    sheet.merge_range(0, 0, 0, 7, "云溪县政务新媒体台账", &plain).unwrap();
    sheet.merge_range(1, 0, 1, 7, "填报单位:云溪县人民政府办公室  填报日期:2026年3月", &plain).unwrap();
    let header =
        ["序号", "主办单位全称", "*账号 名称(必填)", "平台类型", "账号ID", "开设时间", "备案日期", "粉丝数"];
    write_row(sheet, 3, &header);
    sheet.merge_range(4, 1, 5, 1, "云溪县人民政府办公室", &plain).unwrap();
    write_row(sheet, 4, &["1"]);
    write_row(sheet, 5, &["2"]);
    for (row, cells) in
        [(4, ["云溪发布", "微信服务号", "gh_0a1b2c3d4e5f"]), (5, ["云溪发布", "新浪微博", ""])]
    {
        for (column, text) in (2..).zip(cells) {
            sheet.write(row, column, text).unwrap();
        }
    }
    sheet.write_with_format(4, 5, ExcelDateTime::from_ymd(2019, 5, 20).unwrap(), &date).unwrap();
    sheet.write(5, 4, 1_669_879_400_u32).unwrap();
    sheet.write(5, 5, 43_605).unwrap();
    sheet.write(5, 6, "2019年5月27日").unwrap();
    write_row(sheet, 6, &["合计", "", "2"]);
    let sheet = book.add_worksheet().set_name("抖音").unwrap();
    write_row(sheet, 0, &["账号名称", "主办单位"]);
    write_row(sheet, 1, &["云溪公安", "云溪县公安局"]);
    let sheet = book.add_worksheet().set_name("填表说明").unwrap();
    write_row(sheet, 0, &["平台", "说明"]);
    let sheet = book.add_worksheet().set_name("字典").unwrap();
    sheet.set_hidden(true);
    write_row(sheet, 0, &["账号名称", "平台", "主办单位"]);

    let reading = read(&book.save_to_buffer().unwrap());
    assert_eq!((&reading.broken, &reading.bad), (&vec![], &vec![]));
    let [wechat, weibo, douyin] = registered(&reading).try_into().unwrap();
    let day = |d| Some(day_start(NaiveDate::from_ymd_opt(2019, 5, d).unwrap()));
    assert_eq!((wechat.platform, wechat.kind, wechat.opened_on), (Platform::Wechat, Kind::Service, day(20)));
    assert_eq!(wechat.key, "wechat:gh_0a1b2c3d4e5f");
    assert_eq!((weibo.key.as_str(), weibo.opened_on, weibo.filed_on), ("weibo:1669879400", day(20), day(27)));
    assert_eq!(weibo.owner, "云溪县人民政府办公室");
    assert_eq!((douyin.key.as_str(), douyin.owner.as_str()), ("douyin:云溪公安", "云溪县公安局"));
    let place = Place::Cell { sheet: "云溪县".to_owned(), row: 6, column: String::new() };
    assert_eq!(reading.accounts[1].place, place);
    let warned = |word: &str| reading.warnings.iter().any(|warning| warning.to_string().contains(word));
    for word in ["粉丝数", "第7行", "工作表名为平台", "“填表说明”没有台账表头", "隐藏的工作表“字典”"]
    {
        assert!(warned(word), "{word}: {:#?}", reading.warnings);
    }
}

#[test]
fn every_column_of_the_contract_is_read() {
    let csv = "id,name,platform,platform_uid,kind,sources,homepage,service_url,owner,credit_code,supervisor,level,\
        region_code,region_path,verified_subject,verified_type,status,status_since,opened_on,filed_on,\
        announced_on,announcement_url,leader,operator,phone,email,contractor,pack,notes\n\
        A-1,云溪发布,weibo,１６６９８７９４００,,weibo:1669879400;feed:https://a.example.com/f.xml,\
        weibo.com/u/1669879400,api.example.com,云溪县政府办,91350100M000100Y43,澄湖市政府办,区县级,９９0102,澄湖市-云溪县,\
        云溪县政府,政府,停更公告中,2026.3.1,2019/5/20,２０１９年５月２７日,44260,https://a.example.com/n,\
        张三,李四,０９９０－１２３４５６７,\"a@example.com;b@example.com、A@example.com\",云溪传媒,national,\"甲\n乙\"\n";
    let [account] = accounts(csv).try_into().unwrap();
    let day = |y, m, d| Some(day_start(NaiveDate::from_ymd_opt(y, m, d).unwrap()));
    let source = |recipe: &str, target: &str| Source { recipe: recipe.to_owned(), target: target.to_owned() };
    let expected = Registered {
        key: "A-1".into(),
        name: "云溪发布".into(),
        platform: Platform::Weibo,
        platform_uid: "1669879400".into(),
        kind: Kind::Ordinary,
        sources: vec![source("weibo", "1669879400"), source("feed", "https://a.example.com/f.xml")],
        homepage: "http://weibo.com/u/1669879400".into(),
        service_url: "http://api.example.com".into(),
        owner: "云溪县政府办".into(),
        credit_code: "91350100M000100Y43".into(),
        supervisor: "澄湖市政府办".into(),
        level: Tier::County,
        region_code: "990102".into(),
        region_path: "澄湖市/云溪县".into(),
        verified_subject: "云溪县政府".into(),
        verified_type: "政府".into(),
        status: Status::Closing,
        status_since: day(2026, 3, 1),
        opened_on: day(2019, 5, 20),
        filed_on: day(2019, 5, 27),
        announced_on: day(2021, 3, 5),
        announcement_url: "https://a.example.com/n".into(),
        leader: "张三".into(),
        operator: "李四".into(),
        phone: "0990-1234567".into(),
        email: vec!["a@example.com".into(), "b@example.com".into(), "A@example.com".into()],
        contractor: "云溪传媒".into(),
        pack: "national".into(),
        notes: "甲\n乙".into(),
    };
    assert_eq!(account, expected);
    assert_eq!(read(csv.as_bytes()).warnings, []);
}

#[test]
fn several_accounts_in_one_row_become_several() {
    let head = "账号名称,平台,账号ID,主页链接,主办单位,邮箱\n";
    let rows = "\"云溪发布\n云溪公安\",\"微信公众号|新浪微博\",gh_0a1b;123,\
        \"a.example.com\nb.example.com\",云溪县,x@example.com;y@example.com\n\
        云溪文旅,微信、抖音,,,云溪县,\n";
    let found = accounts(&format!("{head}{rows}"));
    let keys: Vec<&str> = found.iter().map(|account| account.key.as_str()).collect();
    assert_eq!(keys, ["wechat:gh_0a1b", "weibo:123", "wechat:云溪文旅", "douyin:云溪文旅"]);
    assert_eq!(found[1].name, "云溪公安");
    assert_eq!(found[1].homepage, "http://b.example.com");
    assert_eq!(found[1].email.len(), 2);
}

#[test]
fn lists_of_unequal_length_are_one_bad_row() {
    let found = reasons("账号名称,平台,账号ID,主办单位\n云溪发布|云溪公安,微博,123,云溪县\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("第2行 “账号ID”列") && found[0].contains("2 个账号"), "{found:?}");
}

#[test]
fn an_id_says_that_a_name_with_a_comma_is_one_name() {
    let found = accounts("id,name,platform,owner\nA1,\"科学、健康\",网站,云溪县\n");
    assert_eq!(found[0].name, "科学、健康");
}

#[test]
fn everything_wrong_with_a_row_is_told_at_once() {
    let found = reasons(
        "账号名称,平台,账号ID,主办单位,邮箱,采集源,开设日期,状态,行政区划代码\n\
         ,云溪网,7.01235E+18,,不是邮箱,https://a.example.com/,21.3.5,不详,云溪\n",
    );
    let words = [
        "账号名称",
        "不认识的平台",
        "科学计数法",
        "主办单位",
        "邮箱地址",
        "feed:https",
        "日期",
        "状态",
        "行政区划代码",
    ];
    for word in words {
        assert!(found.iter().any(|reason| reason.contains(word)), "{word}: {found:#?}");
    }
    assert_eq!(found.len(), words.len(), "{found:#?}");
}

#[test]
fn sources_need_a_recipe_that_exists_and_a_target() {
    let row = |sources: &str| format!("账号名称,平台,主办单位,采集源\n云溪发布,微博,云溪县,{sources}\n");
    for (sources, word) in [
        ("rss:https://a.example.com/", "没有名为“rss”"),
        ("feed:", "没有目标"),
        ("Feed!:x", "看不懂"),
        ("http://a.example.com/", "只有网址"),
    ] {
        assert!(reasons(&row(sources))[0].contains(word), "{sources}");
    }
    let wide = accounts(&row("feed：https://a.example.com/；weibo：1；weibo:1"));
    assert_eq!(
        wide[0].sources.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["feed:https://a.example.com/", "weibo:1"]
    );
}

#[test]
fn a_number_that_lost_its_last_digits_is_not_an_id() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write_row(sheet, 0, &["账号名称", "平台", "账号ID", "主办单位"]);
    write_row(sheet, 1, &["云溪发布", "今日头条", "", "云溪县"]);
    sheet.write(1, 2, 7.012_345_678_901_234e18).unwrap();
    let reading = read(&book.save_to_buffer().unwrap());
    assert!(reading.bad[0].mistakes[0].reason.contains("15 位"));
}

#[test]
fn an_account_that_cannot_be_closed_stays_under_watch() {
    let csv = "账号名称,平台,主办单位,状态,备注\n云溪发布,微博,云溪县,停用无法注销,原管理员离职\n";
    let [account] = accounts(csv).try_into().unwrap();
    assert_eq!(account.status, Status::Normal);
    assert_eq!(account.notes, "原管理员离职\n登记状态:停用无法注销");
    assert!(read(csv.as_bytes()).warnings[0].reason.contains("仍在检查之列"));
}

#[test]
fn a_credit_code_with_a_slip_is_a_warning_only() {
    let csv = "账号名称,平台,主办单位,信用代码\n云溪发布,微博,云溪县,91350100M000100Y44\n";
    accounts(csv);
    assert!(read(csv.as_bytes()).warnings[0].reason.contains("校验不符"));
}

#[test]
fn links_that_lead_nowhere_known_are_warned_of() {
    let csv = "账号名称,平台,主办单位,主页链接\n\
        云溪发布,抖音,云溪县,https://v.douyin.com/iABC/\n\
        云溪公安,微博,云溪县,javascript:alert(1)\n\
        云溪文旅,微信,云溪县,微信搜索云溪文旅\n";
    let found = accounts(csv);
    assert_eq!(found[0].homepage, "https://v.douyin.com/iABC/");
    assert_eq!((found[1].homepage.as_str(), found[2].homepage.as_str()), ("", ""));
    let reasons: Vec<String> = read(csv.as_bytes()).warnings.into_iter().map(|w| w.reason).collect();
    assert!(reasons[0].contains("短链接") && reasons[1].contains("不是网址"), "{reasons:?}");
}

#[test]
fn the_same_account_twice_is_bad_twice_when_the_rows_differ() {
    let csv =
        "账号名称,平台,账号ID,主办单位\n云溪发布,微博,1,云溪县\n别的,微博,2,云溪县\n云溪发布,微博,1,澄湖市\n";
    let reading = read(csv.as_bytes());
    assert_eq!(reading.accounts.len(), 1);
    let reasons: Vec<&str> = reading.bad.iter().map(|row| row.mistakes[0].reason.as_str()).collect();
    assert!(reasons[0].contains("第4行") && reasons[1].contains("第2行"), "{reasons:?}");
}

#[test]
fn the_same_account_twice_counts_once_when_the_rows_agree() {
    let csv = "账号名称,平台,账号ID,主办单位\n云溪发布,微博,1,云溪县\n云溪发布,微博,1,云溪县\n";
    assert_eq!(accounts(csv).len(), 1);
    assert!(read(csv.as_bytes()).warnings[0].reason.contains("只计一次"));
}

#[test]
fn accounts_of_other_platforms_are_told_apart_by_the_word_for_it() {
    let found = accounts("账号名称,平台,主办单位\n云溪发布,大鱼号,云溪县\n云溪发布,企鹅号,云溪县\n");
    assert_ne!(found[0].key, found[1].key);
}

#[test]
fn a_file_without_the_required_columns_says_what_it_has() {
    let reading = read("账号名称,平台,粉丝数\n云溪发布,微博,12\n".as_bytes());
    let told = reading.broken[0].to_string();
    assert!(told.contains("主办单位") && told.contains("粉丝数") && told.contains("第1行"), "{told}");
    assert!(reading.accounts.is_empty());
    assert!(read("随便什么\n".as_bytes()).broken[0].reason.contains("没有找到台账的表头"));
    assert!(read(b"").broken[0].reason.contains("没有找到台账的表头"));
}

#[test]
fn two_columns_of_one_name_import_nothing() {
    let reading = read("账号名称,平台,主办单位,平台\n云溪发布,微博,云溪县,抖音\n".as_bytes());
    assert!(reading.broken[0].to_string().contains("B列和D列"), "{}", reading.broken[0]);
    assert!(reading.accounts.is_empty());
}

#[test]
fn notes_under_the_table_and_repeated_headers_are_no_accounts() {
    let header = "序号,账号名称,平台,主办单位\n";
    let csv = format!("{header}1,云溪发布,微博,云溪县\n{header}2,,,\n填表人:张三,,,2026年3月\n");
    assert_eq!(accounts(&csv).len(), 1);
    let reading = read(csv.as_bytes());
    assert_eq!(reading.warnings.len(), 1, "{:?}", reading.warnings);
}

#[test]
fn bad_rows_come_back_with_their_reasons_and_can_be_imported_again() {
    let csv = "序号,账号名称,平台,主办单位,联系电话\n1,=cmd|' /C calc'!A0,云溪网,云溪县,+86 990\n";
    let mut written = Vec::new();
    bad::write(&read(csv.as_bytes()), &mut written).unwrap();
    let text = String::from_utf8(written).unwrap();
    assert!(text.starts_with("\u{feff}序号,账号名称,平台,主办单位,联系电话,原表位置,问题\n"), "{text}");
    assert!(text.contains("1,'=cmd") && text.contains("'+86 990") && text.contains("第2行"), "{text}");

    let csv = "账号名称,平台,主办单位,联系电话\n云溪发布,云溪网,云溪县,+86 990\n";
    let mut written = Vec::new();
    bad::write(&read(csv.as_bytes()), &mut written).unwrap();
    let corrected = String::from_utf8(written).unwrap().replacen("云溪网", "微博", 1);
    let [account] = accounts(&corrected).try_into().unwrap();
    assert_eq!(account.phone, "+86 990");
    assert_eq!(read(corrected.as_bytes()).warnings, []);
}

#[test]
fn the_template_reads_without_a_complaint() {
    let empty = read(template::template().as_bytes());
    assert_eq!((empty.accounts.len(), empty.bad.len(), empty.broken.len()), (0, 0, 0));
    let filled = template::template().replacen("示例", "A1", 1);
    assert_eq!(accounts(&filled)[0].key, "A1");
    assert_eq!(read(filled.as_bytes()).warnings, []);
}

/// Ten thousand rows with a bit of everything.
fn large() -> String {
    let mut csv = "账号名称,平台,账号ID,主办单位,层级,开设日期,邮箱\n".to_owned();
    for row in 0..10_000 {
        let platform = ["微信公众号", "新浪微博", "抖音", "今日头条"][row % 4];
        let (owner, day) = (row / 3, row % 28 + 1);
        writeln!(
            csv,
            "云溪{row}号,{platform},uid{row},云溪县第{owner}局,县级,2019年5月{day}日,a{row}@example.com"
        )
        .unwrap();
    }
    csv
}

#[test]
fn what_was_just_applied_plans_nothing() {
    let csv = large();
    let first = plan(&[], &read(csv.as_bytes()), Scope::Whole).added;
    assert_eq!(first.len(), 10_000);
    let again = plan(&first, &read(csv.as_bytes()), Scope::Whole);
    assert_eq!(again, Plan { unchanged: 10_000, ..Plan::default() });
}
