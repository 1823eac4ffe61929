//! The help in Chinese, for terminals that speak it.

use clap::Command;

/// Command, argument (empty: the command itself), what it says.
const WORDS: &[(&str, &str, &str)] = &[
    ("demo", "", "本机示例城市,由真实服务巡查:从这里开始"),
    ("demo", "days", "演示多少个城市日"),
    ("demo", "seconds", "每个城市日用多少秒"),
    ("demo", "keep", "结束后继续运行,直到按Ctrl-C"),
    ("demo", "dir", "把邮件、数据库和日志写到此目录"),
    ("run", "", "运行服务"),
    ("run", "log", "日志格式:text或json"),
    ("check", "", "一次列出配置中的全部错误"),
    ("check", "defaults", "输出内置的默认配置"),
    ("import", "", "从CSV或XLSX文件导入台账"),
    ("import", "file", "台账文件"),
    ("import", "dry_run", "只显示将新增、变更、撤销的账号,不写入"),
    ("import", "skip_bad", "跳过有问题的行,并写入单独的文件"),
    ("import", "whole", "文件就是全部台账:撤销其中没有的账号"),
    ("import", "template", "输出空白台账模板"),
    ("sweep", "", "立即巡查一遍"),
    ("sweep", "account", "只查看这些账号(台账编号或名称),可多次填写"),
    ("sweep", "platform", "只查看此平台的账号"),
    ("probe", "", "试看一个账号或页面,逐步显示,不写入"),
    ("probe", "account", "台账编号或账号名称"),
    ("probe", "recipe", "采集规则名称"),
    ("probe", "url", "要看的地址,或规则所需的账号ID"),
    ("probe", "file", "已保存的页面文件"),
    ("probe", "now", "以此时间为准(RFC 3339)"),
    ("explain", "", "说明某账号依据哪条规则、根据哪些查看记录得出什么结论"),
    ("explain", "account", "台账编号或账号名称"),
    ("explain", "at", "以此时间为准(RFC 3339)"),
    ("case", "", "立案及其处理"),
    ("case list", "", "列出未结的立案"),
    ("case list", "all", "包括已结束的"),
    ("case list", "rule", "只列此规则的(如privacy),可多次填写"),
    ("case list", "account", "只列此账号的(台账编号或名称)"),
    ("case show", "", "一项立案的详情和全部证据"),
    ("case show", "case", "立案编号"),
    ("case acknowledge", "", "登记立案已有人处理:不再重复提醒"),
    ("case acknowledge", "cases", "立案编号,可写多个"),
    ("case acknowledge", "by", "处理人[默认:本机用户]"),
    ("case close", "", "办结立案:误报,或已另行处理。同一事实不再提醒"),
    ("case close", "cases", "立案编号,可写多个"),
    ("case close", "by", "办结人[默认:本机用户]"),
    ("task", "", "转载任务:要求转载什么,谁已转载"),
    ("task add", "", "登记一项转载任务"),
    ("task add", "title", "须转载的标题"),
    ("task add", "url", "原文网址"),
    ("task add", "source", "来源单位"),
    ("task add", "deadline", "截止时间(RFC 3339)"),
    ("task add", "from", "此时间以后的转载才算(RFC 3339)[默认:现在]"),
    ("task add", "region", "只限此地区(行政区划代码)及其下辖地区,可多次填写"),
    ("task add", "platform", "只限此平台,可多次填写"),
    ("task add", "level", "只限此层级(如county),可多次填写"),
    ("task add", "account", "只限此账号(台账编号或名称),可多次填写"),
    ("task list", "", "列出全部转载任务"),
    ("task show", "", "谁已转载、谁未转载、谁未能核验"),
    ("task show", "task", "任务编号"),
    ("task close", "", "结束一项任务,不再跟踪"),
    ("task close", "task", "任务编号"),
    ("evidence", "", "人工核查记录(用于系统不能读取的平台),以及立案时保存的证据"),
    ("evidence add", "", "登记一次人工核查"),
    ("evidence add", "account", "台账编号或账号名称"),
    ("evidence add", "seen_post", "看到的最新一条内容的网址"),
    ("evidence add", "published_at", "该条内容的发布时间,照平台所示填写"),
    ("evidence add", "title", "该条内容的标题"),
    ("evidence add", "nothing_since", "已看完整个列表,此时间以后没有更新;“已知”即没有比系统已知的更新"),
    ("evidence add", "file", "留存的截图"),
    ("evidence add", "by", "核查人[默认:本机用户]"),
    ("evidence add", "at", "核查时间[默认:现在]"),
    ("evidence import", "", "从CSV或XLSX文件登记人工核查"),
    ("evidence import", "file", "核查记录文件"),
    ("evidence import", "dry_run", "只检查,不写入"),
    ("evidence import", "skip_bad", "跳过有问题的行"),
    ("evidence import", "by", "文件中没有写明时的核查人[默认:本机用户]"),
    ("evidence list", "", "列出某账号的人工核查"),
    ("evidence list", "account", "台账编号或账号名称"),
    ("evidence export", "", "导出立案时保存的网页和内容"),
    ("evidence export", "case", "立案编号"),
    ("evidence export", "out", "写入此文件[默认:当前目录的case-编号.zip或.warc.gz]"),
    ("evidence export", "format", "zip:附可读网页的压缩包;warc:只要WARC存档"),
    ("evidence verify", "", "核对保存的证据是否与保存时相符(不符时退出码为3)"),
    ("bridge", "", "采集桥的状况,以及对疑似停更的采集桥的人工确认"),
    ("bridge list", "", "列出全部采集桥,及其后账号的沉默是否可疑"),
    ("bridge vouch", "", "确认疑似停更的采集桥正常:确实只有这么多新内容"),
    ("bridge vouch", "bridge", "采集桥的主机和端口;服务几个平台的再写平台(“rss.example:1200 weibo”)"),
    ("bridge vouch", "by", "确认人[默认:本机用户]"),
    ("eval", "", "判断带标注的样例"),
    ("eval", "set", "样例类别"),
    ("eval", "input", "样例文件,每行一个JSON对象"),
    ("test-mail", "", "按当前配置发送一封测试邮件"),
    ("test-mail", "to", "收件地址"),
];

/// The same command with its help in Chinese.
pub(super) fn in_chinese(command: Command) -> Command {
    let command = command
        .about("巡网:政务新媒体巡查")
        .mut_arg("config", |arg| {
            arg.help("主配置文件[默认:config/xunwang.toml,其次/etc/xunwang/xunwang.toml,再次为内置配置]")
        })
        .mut_arg("json", |arg| arg.help("以JSON输出数据"));
    WORDS.iter().fold(command, |command, (name, argument, says)| say(command, name, argument, says))
}

/// Translates one command, which may be a command of a command (`evidence add`), or an argument of it.
fn say(command: Command, name: &str, argument: &'static str, says: &'static str) -> Command {
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    command.mut_subcommand(first, |sub| match (rest, argument) {
        ("", "") => sub.about(says),
        ("", argument) => sub.mut_arg(argument, |arg| arg.help(says)),
        (rest, argument) => say(sub, rest, argument, says),
    })
}
