//! A mail on its way: to a mail server, into a folder, or to a test.
//!
//! In: a message to one recipient. Out: a receipt, or why not and whether to try again. One message goes to one
//! recipient, so that one bad address silences nobody else. The bytes of a message are the same for every try.
//! Nothing here waits longer than the configured time limit, retries, or logs an address.

use super::address;
use super::plain;
use super::settings::{MailSettings, Sender, Transport};
use super::smtp::Smtp;
use crate::config::mistake::Mistake;
use crate::model::delivery::Message;
use crate::model::words;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tokio::sync::mpsc;
use xxhash_rust::xxh3::xxh3_64;

words! {
    /// Why a mail was not delivered; the label of `notifications_failed_total`.
    pub enum SendErrorKind {
        /// The server could not be reached or did not greet.
        Connect = "connect", "无法连接邮件服务器";
        /// The encrypted connection could not be had.
        Tls = "tls", "与邮件服务器的加密连接失败";
        /// The server does not accept our user name and password, or wants some.
        Auth = "auth", "邮件服务器登录失败";
        /// The server asks to try again later (4xx).
        Transient = "transient", "邮件服务器要求稍后再试";
        /// The server does not take mail for this recipient (5xx).
        Permanent = "permanent", "收件地址被拒绝";
        /// The server does not take this sender or this mail (5xx).
        Refused = "refused", "邮件被服务器拒收";
        /// No complete answer within the time limit. The mail may have been taken all the same.
        Timeout = "timeout", "邮件服务器超时未响应";
        /// The connection broke, or the folder could not be written. The mail may have been taken all the same.
        Io = "io", "发送中断";
        /// No mail can be made of the message: its address or its Message-ID is none.
        Invalid = "invalid", "收件地址无效";
    }
}

impl SendErrorKind {
    /// Whether the same mail may succeed later. What concerns us or the server may be mended; what concerns this
    /// mail will not.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Connect | Self::Tls | Self::Auth | Self::Transient | Self::Timeout | Self::Io => true,
            Self::Permanent | Self::Refused | Self::Invalid => false,
        }
    }
}

/// Why a mail was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{detail}", kind.zh())]
pub struct SendError {
    /// The class.
    pub kind: SendErrorKind,
    /// The server's or the system's own words; one line, clipped.
    pub detail: String,
}

impl SendError {
    pub(super) fn new(kind: SendErrorKind, detail: impl std::fmt::Display) -> Self {
        Self { kind, detail: plain::line(&detail.to_string(), 300) }
    }
}

/// Proof that a mail left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The server's last words, by which its operator finds the mail; or the file.
    pub detail: String,
}

/// The way mails leave. Made once and shared: it keeps connections open between mails.
#[derive(Debug)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Smtp(Box<Smtp>),
    Directory(PathBuf),
    Memory(mpsc::UnboundedSender<Message>),
}

impl Mailer {
    /// The way the settings choose, ready to use; `file` is only named in mistakes.
    ///
    /// Reads the password and the certificates, and makes the folder. Connects to nothing yet.
    pub fn new(settings: &MailSettings, file: &Path) -> Result<Self, Vec<Mistake>> {
        let from = mailbox(&settings.from)
            .ok_or_else(|| vec![Mistake::whole(file, "mail.from.address 不是可用的邮件地址", "")])?;
        let way = match (settings.transport, &settings.smtp) {
            (Transport::Directory, _) => {
                std::fs::create_dir_all(&settings.directory).map_err(|error| {
                    let reason = format!("无法创建邮件目录“{}”:{error}", settings.directory.display());
                    vec![Mistake::whole(file, reason, "请检查目录权限")]
                })?;
                Way::Directory(settings.directory.clone())
            }
            (Transport::Smtp, Some(smtp)) => Way::Smtp(Box::new(Smtp::new(smtp, file)?)),
            (Transport::Smtp, None) => return Err(vec![Mistake::whole(file, "没有[mail.smtp]一节", "")]),
        };
        Ok(Self { from, way })
    }

    /// A mailer that hands every message over, for tests. `None` when the sender's address is none.
    #[must_use]
    pub fn memory(from: &Sender, sent: mpsc::UnboundedSender<Message>) -> Option<Self> {
        Some(Self { from: mailbox(from)?, way: Way::Memory(sent) })
    }

    /// Sends one message to its one recipient.
    pub async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let recipient = address::parse(&message.recipient)
            .ok_or_else(|| SendError::new(SendErrorKind::Invalid, &message.recipient))?;
        let mail = compose(&self.from, Mailbox::new(None, recipient.clone()), message)?;
        let detail = match &self.way {
            Way::Smtp(smtp) => smtp.send(&self.from.email, &recipient, &mail).await?,
            Way::Directory(folder) => {
                let path = folder.join(file_name(message));
                // Writing and flushing a file blocks.
                tokio::task::spawn_blocking(move || write(&path, &mail).map(|()| path.display().to_string()))
                    .await
                    .map_err(|error| SendError::new(SendErrorKind::Io, error))?
                    .map_err(|error| SendError::new(SendErrorKind::Io, error))?
            }
            Way::Memory(sent) => {
                sent.send(message.clone()).map_err(|_| SendError::new(SendErrorKind::Io, "nobody reads"))?;
                String::new()
            }
        };
        Ok(Receipt { detail })
    }
}

fn mailbox(sender: &Sender) -> Option<Mailbox> {
    let name = plain::line(&sender.name, 60);
    Some(Mailbox::new((!name.is_empty()).then_some(name), address::parse(&sender.address)?))
}

/// The message as bytes, all of them ASCII, the same for every try.
fn compose(from: &Mailbox, to: Mailbox, message: &Message) -> Result<Vec<u8>, SendError> {
    if !is_message_id(&message.message_id) {
        return Err(SendError::new(SendErrorKind::Invalid, &message.message_id));
    }
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(to)
        .subject(plain::line(&message.subject, 200))
        .message_id(Some(message.message_id.clone()))
        .date(date(message)?)
        // Nobody's holiday notice should answer (RFC 3834), and ours is no reason to answer either.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"));
    let references = references(&message.references);
    if let Some(parent) = references.last() {
        builder = builder.in_reply_to((*parent).to_owned()).references(references.join(" "));
    }
    // The line between the parts would be random otherwise, and a resend would be another mail.
    let boundary = format!("xunwang-{:016x}", xxh3_64(message.message_id.as_bytes()));
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &message.text))
        .singlepart(part(ContentType::TEXT_HTML, &message.html));
    let mail = builder.multipart(parts).map_err(|error| SendError::new(SendErrorKind::Invalid, error))?;
    Ok(mail.formatted())
}

/// Always Base64: Chinese text in quoted-printable is three times as long, and its long lines get mended on the way.
fn part(content_type: ContentType, text: &str) -> SinglePart {
    let body =
        Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
    SinglePart::builder().header(content_type).body(body)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The time in the header `Date`, which knows four digits of a year.
fn date(message: &Message) -> Result<SystemTime, SendError> {
    const LAST: i64 = 253_402_300_799;
    if (0..=LAST).contains(&message.written_at.timestamp()) {
        Ok(message.written_at.into())
    } else {
        Err(SendError::new(SendErrorKind::Invalid, message.written_at))
    }
}

/// Whether the text is a Message-ID as this program makes them (RFC 5322, 3.6.4).
fn is_message_id(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or_default();
    text.len() <= 250
        && inner.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
        && inner.bytes().all(|b| b.is_ascii_graphic() && !b"<>".contains(&b))
}

/// The first mail of the thread and the latest ones: enough for every client, and never too long a header.
fn references(all: &[String]) -> Vec<&str> {
    const LATEST: usize = 10;
    let valid: Vec<&str> = all.iter().map(String::as_str).filter(|id| is_message_id(id)).collect();
    let latest = valid.len().saturating_sub(LATEST).max(1);
    let mut kept: Vec<&str> = valid.first().copied().into_iter().collect();
    kept.extend(valid.iter().skip(latest));
    kept
}

/// The time and a hash of the Message-ID: a resend replaces its own file, files sort as they were written.
fn file_name(message: &Message) -> String {
    let time = message.written_at.format("%Y%m%dT%H%M%SZ");
    format!("{time}-{:016x}.eml", xxh3_64(message.message_id.as_bytes()))
}

/// Writes the file so that after a crash it is there in full or not at all.
fn write(path: &Path, mail: &[u8]) -> std::io::Result<()> {
    let partial = path.with_extension("part");
    let mut file = std::fs::File::create(&partial)?;
    file.write_all(mail)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    match path.parent() {
        Some(folder) if cfg!(unix) => std::fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
