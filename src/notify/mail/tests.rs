use super::super::sink::Script;
use super::*;
use chrono::{DateTime, Utc};
use mail_parser::{Address, MessageParser};

fn settings(toml: &str) -> MailSettings {
    let from = r#"from = { name = "政务新媒体巡网", address = "xunwang@example.cn" }"#;
    toml::from_str(&format!("{from}\n{toml}")).unwrap()
}

fn mailer(settings: &MailSettings) -> Mailer {
    Mailer::new(settings, Path::new("notify.toml")).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn message() -> Message {
    Message {
        message_id: "<0123abcd@example.cn>".to_owned(),
        references: Vec::new(),
        recipient: "office@example.cn".to_owned(),
        subject: "【巡网】3个账号两周未更新（单项否决）：云溪发布、澄湖交警等".to_owned(),
        text: "澄湖市政务公开办：\n\n.\n巡网发现下列情况，请核实处理。\n".to_owned(),
        html: "<p>澄湖市政务公开办：</p>\n<p>巡网发现下列情况</p>".to_owned(),
        written_at: at("2026-11-20T09:30:00+08:00"),
    }
}

fn composed(message: &Message) -> Vec<u8> {
    let from = Mailbox::new(Some("政务新媒体巡网".to_owned()), "xunwang@example.cn".parse().unwrap());
    let to = Mailbox::new(None, message.recipient.parse().unwrap());
    compose(&from, to, message).unwrap()
}

fn header<'a>(mail: &'a mail_parser::Message<'_>, name: &str) -> Option<&'a str> {
    mail.header_raw(name.to_owned()).map(str::trim)
}

#[tokio::test]
async fn a_mail_can_be_read_as_it_was_written() {
    let sink = Script::default().start().await;
    let settings = settings(&format!(
        "transport = 'smtp'\nsmtp = {{ host = 'localhost', port = {}, tls = 'none' }}",
        sink.port()
    ));
    let receipt = mailer(&settings).send(&message()).await.unwrap();
    assert_eq!(receipt.detail, "250 2.0.0 Ok: queued as 4XW1");

    let taken = sink.taken();
    assert!(taken[0].content.is_ascii());
    let mail = MessageParser::default().parse(&taken[0].content).unwrap();
    assert_eq!(mail.subject(), Some(message().subject.as_str()));
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), message().text);
    assert_eq!(mail.body_html(0).unwrap().replace("\r\n", "\n"), message().html);
    assert_eq!((mail.text_body_count(), mail.html_body_count(), mail.attachment_count()), (1, 1, 0));
    assert_eq!(mail.message_id(), Some("0123abcd@example.cn"));
    assert_eq!(mail.date().unwrap().to_timestamp(), message().written_at.timestamp());
    assert_eq!(header(&mail, "Auto-Submitted"), Some("auto-generated"));
    let from = mail.from().and_then(Address::first).unwrap();
    assert_eq!((from.name(), from.address()), (Some("政务新媒体巡网"), Some("xunwang@example.cn")));
    let to: Vec<_> = mail.to().unwrap().iter().map(|it| it.address().unwrap()).collect();
    assert_eq!(to, ["office@example.cn"]);
}

#[test]
fn a_resend_is_the_same_mail_byte_for_byte() {
    assert_eq!(composed(&message()), composed(&message()));
}

#[test]
fn a_thread_names_its_first_mail_and_its_latest_ones() {
    let first = composed(&message());
    let first = MessageParser::default().parse(&first).unwrap();
    assert_eq!((header(&first, "References"), header(&first, "In-Reply-To")), (None, None));

    let references = (0..50).map(|i| format!("<m{i}@example.cn>")).collect();
    let later = composed(&Message { references, ..message() });
    let later = MessageParser::default().parse(&later).unwrap();
    let ids: Vec<_> = later.references().as_text_list().unwrap().iter().map(AsRef::as_ref).collect();
    assert_eq!(ids.len(), 11);
    assert_eq!((ids[0], ids[1], ids[10]), ("m0@example.cn", "m40@example.cn", "m49@example.cn"));
    assert_eq!(later.in_reply_to().as_text(), Some("m49@example.cn"));
}

#[test]
fn a_short_thread_is_named_in_full_and_once() {
    let ids = |count: usize| -> Vec<String> { (0..count).map(|i| format!("<m{i}@x.cn>")).collect() };
    assert_eq!(references(&[]), Vec::<&str>::new());
    for count in 1..=11 {
        assert_eq!(references(&ids(count)), ids(count));
    }
    assert_eq!(references(&["bad".to_owned(), "<a@x.cn> <b@x.cn>".to_owned()]), Vec::<&str>::new());
}

#[test]
fn nothing_in_a_message_becomes_a_header() {
    let subject = "云溪\r\nBcc: victim@example.cn".to_owned();
    let mail = composed(&Message { subject, ..message() });
    let mail = MessageParser::default().parse(&mail).unwrap();
    assert_eq!(mail.subject(), Some("云溪 Bcc: victim@example.cn"));
    assert!(mail.bcc().is_none());
}

#[tokio::test]
async fn a_message_that_cannot_be_a_mail_is_refused_for_good() {
    let (sender, mut sent) = mpsc::unbounded_channel();
    let from = Sender { name: "巡网".to_owned(), address: "xunwang@example.cn".to_owned() };
    let mailer = Mailer::memory(&from, sender).unwrap();
    let bad = [
        Message { recipient: "张三".to_owned(), ..message() },
        Message { recipient: "a@b.cn\r\nRCPT TO:<c@d.cn>".to_owned(), ..message() },
        Message { message_id: "0123".to_owned(), ..message() },
        Message { message_id: "<a@b>\r\nBcc: c@d.cn".to_owned(), ..message() },
        Message { written_at: DateTime::<Utc>::MAX_UTC, ..message() },
    ];
    for bad in bad {
        let error = mailer.send(&bad).await.unwrap_err();
        assert_eq!(error.kind, SendErrorKind::Invalid, "{bad:?}");
        assert!(!error.kind.is_retryable());
    }
    assert!(sent.try_recv().is_err());
    mailer.send(&message()).await.unwrap();
    assert_eq!(sent.try_recv().unwrap(), message());
}

#[tokio::test]
async fn a_mail_in_a_folder_is_a_file_of_its_own_and_a_resend_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("out").join("mail");
    let mut settings = settings("transport = 'directory'");
    settings.directory.clone_from(&directory);
    let mailer = mailer(&settings);
    let receipt = mailer.send(&message()).await.unwrap();
    mailer.send(&message()).await.unwrap();
    mailer.send(&Message { message_id: "<other@example.cn>".to_owned(), ..message() }).await.unwrap();

    let mut files: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("20261120T013000Z-"), "{name}");
        assert_eq!(file.extension().unwrap(), "eml");
    }
    let mail = std::fs::read(&receipt.detail).unwrap();
    assert_eq!(MessageParser::default().parse(&mail).unwrap().subject(), Some(message().subject.as_str()));
}

#[tokio::test]
async fn a_folder_that_is_gone_is_retried_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings("transport = 'directory'");
    settings.directory = folder.path().join("mail");
    let mailer = mailer(&settings);
    std::fs::remove_dir(&settings.directory).unwrap();
    let error = mailer.send(&message()).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Io);
    assert!(error.kind.is_retryable());
}

#[test]
fn a_folder_that_cannot_be_made_is_a_mistake() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut settings = settings("transport = 'directory'");
    settings.directory = file.path().join("mail");
    assert_eq!(Mailer::new(&settings, Path::new("notify.toml")).unwrap_err().len(), 1);
}
