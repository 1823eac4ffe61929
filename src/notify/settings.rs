//! What the operator may say about mails: `config/notify.toml`.
//!
//! In: the text of the file. Out: settings that are complete and sensible, or every mistake with its line.
//! It opens no file: passwords and certificates are read where the mailer is built.

use super::address;
use super::timing::{Timing, TimingOverride};
use crate::config::document::{Document, Step};
use crate::config::mistake::Mistake;
use crate::config::secret::Secret;
use crate::model::account::{Platform, Tier};
use crate::model::finding::{Level, Rule};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How mails leave.
    pub mail: MailSettings,
    /// When mails leave, unless an audience says otherwise.
    #[serde(default)]
    pub timing: Timing,
    /// The supervising offices.
    #[serde(default)]
    pub office: Vec<Office>,
    /// The bodies responsible for the accounts.
    #[serde(default)]
    pub owner: OwnerSettings,
    /// Whoever runs this service.
    pub operator: OperatorSettings,
}

/// How mails leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// By which way.
    pub transport: Transport,
    /// The sender.
    pub from: Sender,
    /// Stands before every subject, such as the name of a test installation; mostly empty.
    #[serde(default)]
    pub subject_prefix: String,
    /// The console's address as recipients reach it; a mail links to it.
    #[serde(default)]
    pub console_url: Option<String>,
    /// The folder of the transport `directory`.
    #[serde(default = "default_directory")]
    pub directory: PathBuf,
    /// The server of the transport `smtp`.
    #[serde(default)]
    pub smtp: Option<SmtpSettings>,
}

/// A way for mails to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// To a mail server.
    Smtp,
    /// Into a folder, one `.eml` file per mail.
    Directory,
}

impl MailSettings {
    /// The longest time one mail may take.
    #[must_use]
    pub fn time_limit(&self) -> Duration {
        match (self.transport, &self.smtp) {
            (Transport::Smtp, Some(smtp)) => smtp.timeout,
            // Writing a file has no limit of its own; a disk that takes longer is broken.
            (Transport::Smtp, None) | (Transport::Directory, _) => Duration::from_secs(30),
        }
    }
}

impl Transport {
    /// The label of metrics.
    #[must_use]
    pub const fn channel(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Directory => "directory",
        }
    }
}

/// The sender of every mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The name people see.
    pub name: String,
    /// The address answers go to.
    pub address: String,
}

/// A mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port; by default the one of the encryption: 587, 465 or 25.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is encrypted.
    #[serde(default)]
    pub tls: Tls,
    /// Lets passwords and mails travel unencrypted to a server that is not on this machine.
    #[serde(default)]
    pub allow_plain: bool,
    /// A PEM file with further certificates to trust, for servers with a certificate of their own making.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// The user name; without one nobody logs in.
    #[serde(default)]
    pub username: Option<String>,
    /// The password.
    #[serde(default)]
    pub password: Option<Secret>,
    /// A file that holds the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The longest time one mail may take, from connecting to the server's last answer.
    #[serde(default = "default_timeout", with = "humantime_serde")]
    pub timeout: Duration,
    /// The name we greet with; by default the name of this machine.
    #[serde(default)]
    pub hello_name: Option<String>,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Plain at first, then `STARTTLS`; a server that does not offer it is refused (RFC 3207).
    #[default]
    StartTls,
    /// From the first byte on (RFC 8314).
    Implicit,
    /// Not at all.
    None,
}

impl SmtpSettings {
    /// The port to connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::StartTls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        })
    }

    /// Whether the server is on this machine, by its name alone.
    fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// A supervising office and what it wants to hear. An empty list means everything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its name, which also tells it from the others.
    pub name: String,
    /// Where it reads, each address a recipient of its own.
    pub email: Vec<String>,
    /// Region codes; a code stands for everything inside it (`3206` and `320600` alike).
    #[serde(default)]
    pub regions: Vec<String>,
    /// Levels of the bodies that opened the accounts.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Criteria.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Weights.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Platforms.
    #[serde(default)]
    pub platforms: Vec<Platform>,
    /// When its mails leave.
    #[serde(default)]
    pub timing: TimingOverride,
}

/// Whether and what the bodies responsible hear about their own accounts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnerSettings {
    /// Whether they hear anything.
    pub enabled: bool,
    /// Weights they hear of; empty means all.
    pub levels: Vec<Level>,
    /// When their mails leave.
    pub timing: TimingOverride,
}

/// Whoever runs this service: hears what concerns the service, and whatever nobody else hears.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorSettings {
    /// Where they read.
    pub email: Vec<String>,
    /// When their mails leave.
    #[serde(default)]
    pub timing: TimingOverride,
}

fn default_directory() -> PathBuf {
    PathBuf::from("mail")
}

const fn default_timeout() -> Duration {
    Duration::from_mins(1)
}

impl Settings {
    /// Reads and checks the file; `file` is only named in mistakes.
    pub fn read(file: &Path, text: &str) -> Result<Self, Vec<Mistake>> {
        let document = Document::parse(file, text)?;
        let settings: Self = document.value()?;
        let mut check = Check { document: &document, mistakes: Vec::new() };
        check.mail(&settings.mail);
        check.audiences(&settings);
        check.mistakes.sort();
        if check.mistakes.is_empty() { Ok(settings) } else { Err(check.mistakes) }
    }

    /// Makes relative paths absolute: what is read lies beside the configuration, what is written among the data.
    pub fn resolve(&mut self, config_dir: &Path, data_dir: &Path) {
        self.mail.directory = data_dir.join(&self.mail.directory);
        if let Some(smtp) = &mut self.mail.smtp {
            for file in [&mut smtp.password_file, &mut smtp.ca_file].into_iter().flatten() {
                *file = config_dir.join(&*file);
            }
        }
    }
}

/// Collects every mistake of a file that could be read.
struct Check<'a> {
    document: &'a Document<'a>,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn say(&mut self, path: &[Step<'_>], reason: impl Into<String>, advice: &str) {
        self.mistakes.push(self.document.mistake(path, reason, advice));
    }

    fn mail(&mut self, mail: &MailSettings) {
        let key = |name| [Step::Name("mail"), Step::Name(name)];
        let from = |name| [Step::Name("mail"), Step::Name("from"), Step::Name(name)];
        self.line(&from("name"), &mail.from.name, 60);
        self.address(&from("address"), &mail.from.address);
        if !mail.subject_prefix.is_empty() {
            self.line(&key("subject_prefix"), &mail.subject_prefix, 20);
        }
        if mail.console_url.as_deref().is_some_and(|url| super::plain::web_link(url).is_none()) {
            self.say(&key("console_url"), "控制台地址须以http://或https://开头", "");
        }
        match (mail.transport, &mail.smtp) {
            (Transport::Smtp, None) => {
                self.say(&key("transport"), "选择了smtp,但没有[mail.smtp]一节", "请填写邮件服务器");
            }
            (Transport::Directory, _) if mail.directory.as_os_str().is_empty() => {
                self.say(&key("directory"), "目录为空", "请填写存放邮件的目录");
            }
            _ => {}
        }
        if let Some(smtp) = &mail.smtp {
            self.smtp(smtp);
        }
    }

    fn smtp(&mut self, smtp: &SmtpSettings) {
        let key = |name| [Step::Name("mail"), Step::Name("smtp"), Step::Name(name)];
        if smtp.host.is_empty() || smtp.host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            self.say(&key("host"), "邮件服务器名称为空或含有空格", "例如 smtp.example.gov.cn");
        }
        if smtp.port == Some(0) {
            self.say(&key("port"), "端口不能为0", "");
        }
        if smtp.tls == Tls::None && !smtp.allow_plain && !smtp.is_loopback() {
            self.say(
                &key("tls"),
                "不加密的连接只允许用于本机",
                "请改用starttls或implicit;确需如此请加上 allow_plain = true",
            );
        }
        if smtp.password.is_some() && smtp.password_file.is_some() {
            self.say(&key("password"), "password与password_file只能填写一项", "建议只保留password_file");
        }
        let password = smtp.password.is_some() || smtp.password_file.is_some();
        if smtp.username.as_deref().is_some_and(|name| !name.is_empty()) != password {
            self.say(&key("username"), "用户名与密码须同时填写", "不需要登录时两项都不填");
        }
        if !(Duration::from_secs(1)..=Duration::from_mins(10)).contains(&smtp.timeout) {
            self.say(&key("timeout"), "时限须在1秒至10分钟之间", "例如 60s");
        }
        if let Some(name) = &smtp.hello_name
            && (name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-[]:".contains(&b)))
        {
            self.say(&key("hello_name"), "须为主机名或方括号中的地址", "例如 xunwang.example.gov.cn");
        }
    }

    fn audiences(&mut self, settings: &Settings) {
        self.timing(&[Step::Name("timing")], settings.timing.mistakes());
        let mut names = std::collections::HashSet::new();
        for (index, office) in settings.office.iter().enumerate() {
            let at = [Step::Name("office"), Step::Index(index)];
            let key = |name| [at[0], at[1], Step::Name(name)];
            self.line(&key("name"), &office.name, 60);
            if !names.insert(office.name.trim()) {
                self.say(&key("name"), format!("单位“{}”重复", office.name), "请合并或改名");
            }
            self.addresses(&at, &office.email);
            for region in &office.regions {
                if !(2..=12).contains(&region.len()) || !region.bytes().all(|b| b.is_ascii_digit()) {
                    let reason = format!("行政区划代码“{region}”须为2至12位数字");
                    self.say(&key("regions"), reason, "例如 3206 表示该市及其所辖县区");
                }
            }
            self.own_timing(&key("timing"), settings.timing, &office.timing);
        }
        let key = |table, name| [Step::Name(table), Step::Name(name)];
        self.own_timing(&key("owner", "timing"), settings.timing, &settings.owner.timing);
        self.addresses(&[Step::Name("operator")], &settings.operator.email);
        self.own_timing(&key("operator", "timing"), settings.timing, &settings.operator.timing);
    }

    /// What an audience's own spans make wrong; what is wrong with the common ones is said where they stand.
    fn own_timing(&mut self, at: &[Step<'_>], common: Timing, own: &TimingOverride) {
        let known = common.mistakes();
        let mut mistakes = common.with(own).mistakes();
        mistakes.retain(|mistake| !known.contains(mistake));
        self.timing(at, mistakes);
    }

    fn timing(&mut self, at: &[Step<'_>], mistakes: Vec<(&'static str, &'static str)>) {
        for (name, reason) in mistakes {
            self.say(&[at, &[Step::Name(name)]].concat(), reason, "");
        }
    }

    fn addresses(&mut self, at: &[Step<'_>], addresses: &[String]) {
        let at = [at, &[Step::Name("email")]].concat();
        if addresses.is_empty() {
            self.say(&at, "没有收件地址", "请至少填写一个,否则问题无人接收");
        }
        for (index, address) in addresses.iter().enumerate() {
            self.address(&[at.as_slice(), &[Step::Index(index)]].concat(), address);
        }
    }

    fn address(&mut self, at: &[Step<'_>], text: &str) {
        if address::parse(text).is_none() {
            self.say(at, format!("“{text}”不是可用的邮件地址"), "例如 zwxmt@example.gov.cn");
        }
    }

    /// One line of text for people.
    fn line(&mut self, at: &[Step<'_>], text: &str, longest: usize) {
        if text.trim().is_empty() || text.chars().any(char::is_control) || text.chars().count() > longest {
            self.say(at, format!("须为一行不超过{longest}字的文字"), "");
        }
    }
}

#[cfg(test)]
mod tests;
