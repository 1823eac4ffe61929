//! The columns of the register: their names in files, in Chinese, and the text of each for people to compare.
//!
//! In: a [`Registered`]. Out: names and texts. It never reads files; `header` matches names to cells.

use crate::model::account::{Kind, Registered};
use crate::model::moment::in_shanghai;
use crate::model::words;
use chrono::{DateTime, NaiveTime, Utc};
use std::borrow::Cow;

words! {
    /// A column of the register by its English header; the Chinese one is accepted alike.
    pub enum Column {
        Key = "id", "编号";
        Name = "name", "账号名称";
        Platform = "platform", "平台";
        PlatformUid = "platform_uid", "账号ID";
        Kind = "kind", "账号类型";
        Sources = "sources", "采集源";
        Homepage = "homepage", "主页链接";
        ServiceUrl = "service_url", "服务地址";
        Owner = "owner", "主办单位";
        CreditCode = "credit_code", "统一社会信用代码";
        Supervisor = "supervisor", "主管单位";
        Level = "level", "层级";
        RegionCode = "region_code", "行政区划代码";
        RegionPath = "region_path", "行政区划";
        VerifiedSubject = "verified_subject", "认证主体";
        VerifiedType = "verified_type", "认证类型";
        Status = "status", "状态";
        StatusSince = "status_since", "状态日期";
        OpenedOn = "opened_on", "开设日期";
        FiledOn = "filed_on", "备案日期";
        AnnouncedOn = "announced_on", "公告日期";
        AnnouncementUrl = "announcement_url", "公告链接";
        Leader = "leader", "负责人";
        Operator = "operator", "管理员";
        Phone = "phone", "联系电话";
        Email = "email", "邮箱";
        Contractor = "contractor", "承办单位";
        Pack = "pack", "规则包";
        Notes = "notes", "备注";
    }
}

/// How many columns there are; a column's number is its place in [`Column::ALL`].
pub(super) const COUNT: usize = Column::ALL.len();

/// Other headers offices use for a column, the most certain first.
pub(super) const SYNONYMS: [(Column, &[&str]); COUNT] = [
    (Column::Key, &["账号编号", "台账编号", "登记编号", "内部编号", "记录编号"]),
    (
        Column::Name,
        &[
            "账号名",
            "账号全称",
            "政务新媒体名称",
            "新媒体名称",
            "公众号名称",
            "账号昵称",
            "昵称",
            "媒体名称",
            "媒体名",
            "网站名称",
            "名称",
        ],
    ),
    (
        Column::Platform,
        &[
            "平台类型",
            "平台名称",
            "账号平台",
            "所属平台",
            "开设平台",
            "发布平台",
            "新媒体类型",
            "新媒体平台",
            "平台类别",
        ],
    ),
    (
        Column::PlatformUid,
        &[
            "平台账号ID",
            "账号标识",
            "账号原始ID",
            "原始ID",
            "公众号原始ID",
            "公众号ghid",
            "ghid",
            "用户ID",
            "uid",
            "微信号",
            "平台账号",
            "账号",
            "包名",
            "域名",
        ],
    ),
    (Column::Kind, &["公众号类型", "账号种类", "账号性质"]),
    (Column::Sources, &["采集来源", "采集地址", "数据源", "订阅源"]),
    (
        Column::Homepage,
        &[
            "账号主页",
            "主页",
            "主页地址",
            "主页网址",
            "主页url",
            "账号链接",
            "首页网址",
            "首页地址",
            "网站地址",
            "访问地址",
            "网址",
            "链接地址",
            "链接",
            "url",
        ],
    ),
    (Column::ServiceUrl, &["应用服务地址", "服务域名", "服务器地址", "服务器域名", "后台地址", "接口地址"]),
    (
        Column::Owner,
        &[
            "主办单位全称",
            "主办单位名称",
            "主办机构",
            "开设主体",
            "开设主体全称",
            "开设单位",
            "责任单位",
            "主体单位",
            "所属单位",
            "单位全称",
            "单位名称",
            "单位",
            "host_unit",
        ],
    ),
    (Column::CreditCode, &["社会信用代码", "统一信用代码", "信用代码", "组织机构代码", "机构代码"]),
    (
        Column::Supervisor,
        &["主管部门", "上级主管单位", "上级主管部门", "业务主管单位", "业务主管部门", "监管单位"],
    ),
    (Column::Level, &["单位层级", "主办单位层级", "行政层级", "账号层级", "单位级别", "行政级别", "级别"]),
    (Column::RegionCode, &["区划代码", "行政区域代码", "行政区代码", "地区代码", "区划码"]),
    (
        Column::RegionPath,
        &[
            "行政区域",
            "所属行政区划",
            "所属区划",
            "区划",
            "所属地区",
            "所在地区",
            "所在地",
            "地区",
            "区域",
            "属地",
        ],
    ),
    (Column::VerifiedSubject, &["认证主体名称", "认证主体全称", "账号主体", "认证单位", "认证名称"]),
    (Column::VerifiedType, &["认证类别", "认证种类", "主体类型"]),
    (Column::Status, &["账号状态", "运行状态", "运营状态", "当前状态", "使用状态"]),
    (Column::StatusSince, &["状态时间", "状态变更日期", "状态变更时间"]),
    (
        Column::OpenedOn,
        &[
            "开设时间",
            "开通日期",
            "开通时间",
            "开办日期",
            "开办时间",
            "注册日期",
            "注册时间",
            "上线日期",
            "上线时间",
        ],
    ),
    (Column::FiledOn, &["备案时间"]),
    (Column::AnnouncedOn, &["公告时间", "关停公告日期", "注销公告日期"]),
    (Column::AnnouncementUrl, &["公告地址", "公告网址", "公告url"]),
    (Column::Leader, &["负责人姓名", "责任人", "账号负责人", "分管负责人", "分管领导", "主管领导"]),
    (
        Column::Operator,
        &[
            "管理员姓名",
            "管理人员",
            "账号管理员",
            "运维人员",
            "运营人员",
            "运维人",
            "信息员",
            "联系人",
            "联系人姓名",
        ],
    ),
    (
        Column::Phone,
        &["电话", "联系人电话", "管理员电话", "手机号码", "手机号", "手机", "办公电话", "联系方式"],
    ),
    (Column::Email, &["联系邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件", "e-mail", "mail"]),
    (Column::Contractor, &["承办机构", "代运营单位", "运维单位", "运营单位", "第三方运维单位"]),
    (Column::Pack, &["适用规则", "规则"]),
    (Column::Notes, &["备注说明", "说明"]),
];

impl Column {
    /// What an account has in the column, as a register would write it.
    #[must_use]
    pub fn text(self, account: &Registered) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Key => &account.key,
            Self::Name => &account.name,
            Self::PlatformUid => &account.platform_uid,
            Self::Homepage => &account.homepage,
            Self::ServiceUrl => &account.service_url,
            Self::Owner => &account.owner,
            Self::CreditCode => &account.credit_code,
            Self::Supervisor => &account.supervisor,
            Self::RegionCode => &account.region_code,
            Self::RegionPath => &account.region_path,
            Self::VerifiedSubject => &account.verified_subject,
            Self::VerifiedType => &account.verified_type,
            Self::AnnouncementUrl => &account.announcement_url,
            Self::Leader => &account.leader,
            Self::Operator => &account.operator,
            Self::Phone => &account.phone,
            Self::Contractor => &account.contractor,
            Self::Pack => &account.pack,
            Self::Notes => &account.notes,
            Self::Platform => account.platform.zh(),
            Self::Kind => account.kind.zh(),
            Self::Level => account.level.zh(),
            Self::Status => account.status.zh(),
            Self::Sources => return Cow::Owned(join(&account.sources)),
            Self::Email => return Cow::Owned(join(&account.email)),
            Self::StatusSince => return Cow::Owned(day(account.status_since)),
            Self::OpenedOn => return Cow::Owned(day(account.opened_on)),
            Self::FiledOn => return Cow::Owned(day(account.filed_on)),
            Self::AnnouncedOn => return Cow::Owned(day(account.announced_on)),
        })
    }
}

/// Gives an account what another one has in a column. A kind that the platform's name has already said (微信服务号)
/// stays.
pub(super) fn copy(column: Column, from: &Registered, to: &mut Registered) {
    match column {
        Column::Key => to.key.clone_from(&from.key),
        Column::Name => to.name.clone_from(&from.name),
        Column::Platform => to.platform = from.platform,
        Column::PlatformUid => to.platform_uid.clone_from(&from.platform_uid),
        Column::Kind if to.kind == Kind::Service => {}
        Column::Kind => to.kind = from.kind,
        Column::Sources => to.sources.clone_from(&from.sources),
        Column::Homepage => to.homepage.clone_from(&from.homepage),
        Column::ServiceUrl => to.service_url.clone_from(&from.service_url),
        Column::Owner => to.owner.clone_from(&from.owner),
        Column::CreditCode => to.credit_code.clone_from(&from.credit_code),
        Column::Supervisor => to.supervisor.clone_from(&from.supervisor),
        Column::Level => to.level = from.level,
        Column::RegionCode => to.region_code.clone_from(&from.region_code),
        Column::RegionPath => to.region_path.clone_from(&from.region_path),
        Column::VerifiedSubject => to.verified_subject.clone_from(&from.verified_subject),
        Column::VerifiedType => to.verified_type.clone_from(&from.verified_type),
        Column::Status => to.status = from.status,
        Column::StatusSince => to.status_since = from.status_since,
        Column::OpenedOn => to.opened_on = from.opened_on,
        Column::FiledOn => to.filed_on = from.filed_on,
        Column::AnnouncedOn => to.announced_on = from.announced_on,
        Column::AnnouncementUrl => to.announcement_url.clone_from(&from.announcement_url),
        Column::Leader => to.leader.clone_from(&from.leader),
        Column::Operator => to.operator.clone_from(&from.operator),
        Column::Phone => to.phone.clone_from(&from.phone),
        Column::Email => to.email.clone_from(&from.email),
        Column::Contractor => to.contractor.clone_from(&from.contractor),
        Column::Pack => to.pack.clone_from(&from.pack),
        Column::Notes => to.notes.clone_from(&from.notes),
    }
}

fn join<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(";")
}

/// `2021-03-05`, with the time of day when it is not midnight in Shanghai.
fn day(at: Option<DateTime<Utc>>) -> String {
    at.map(in_shanghai).map_or_else(String::new, |local| {
        let form = if local.time() == NaiveTime::MIN { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
        local.format(form).to_string()
    })
}
