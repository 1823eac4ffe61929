//! An empty register to fill in.

use super::column::Column;

/// CSV that Excel opens: the Chinese headers and one example row, which an import passes over.
#[must_use]
pub fn template() -> String {
    let line = |cell: fn(Column) -> &'static str| {
        Column::ALL.iter().map(|column| cell(*column)).collect::<Vec<_>>().join(",")
    };
    format!("\u{feff}{}\r\n{}\r\n", line(Column::zh), line(example))
}

const fn example(column: Column) -> &'static str {
    match column {
        Column::Key => "示例",
        Column::Name => "云溪发布",
        Column::Platform => "微信公众号",
        Column::PlatformUid => "gh_0a1b2c3d4e5f",
        Column::Kind => "订阅号",
        Column::Sources => "feed:https://feeds.example.com/yunxi.xml",
        Column::Owner | Column::VerifiedSubject => "云溪县人民政府办公室",
        Column::Supervisor => "澄湖市人民政府办公室",
        Column::Level => "县级",
        Column::RegionCode => "990102",
        Column::RegionPath => "澄湖市/云溪县",
        Column::VerifiedType => "政府",
        Column::Status => "正常",
        Column::OpenedOn => "2019-05-20",
        Column::FiledOn => "2019-05-27",
        Column::Leader => "张三",
        Column::Operator => "李四",
        Column::Phone => "0990-1234567",
        Column::Email => "zhangsan@example.com;lisi@example.com",
        Column::Homepage
        | Column::ServiceUrl
        | Column::CreditCode
        | Column::StatusSince
        | Column::AnnouncedOn
        | Column::AnnouncementUrl
        | Column::Contractor
        | Column::Pack => "",
        Column::Notes => "本行是示例,导入时跳过",
    }
}
