use super::super::sink::{Act, At, Encryption, Script, Sink};
use super::*;

const MAIL: &[u8] = b"Subject: x\r\n\r\n.hidden dot\r\nbye\r\n";

fn settings(sink: &Sink) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port: Some(sink.port()),
        tls: Tls::None,
        allow_plain: false,
        ca_file: None,
        username: None,
        password: None,
        password_file: None,
        timeout: Duration::from_mins(10),
        hello_name: Some("xunwang.example.cn".to_owned()),
    }
}

fn smtp(settings: &SmtpSettings) -> Smtp {
    Smtp::new(settings, Path::new("notify.toml")).unwrap()
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

async fn send_to(smtp: &Smtp, recipient: &str) -> Result<String, SendError> {
    smtp.send(&address("xunwang@example.cn"), &address(recipient), MAIL).await
}

async fn send(smtp: &Smtp) -> Result<String, SendError> {
    send_to(smtp, "office@example.cn").await
}

/// What becomes of a mail when the server does this at that step.
async fn kind(at: At, act: Act) -> SendErrorKind {
    let sink = Script::default().always(at, act).start().await;
    let kind = send(&smtp(&settings(&sink))).await.unwrap_err().kind;
    // A server that takes a mail and breaks off before it says so leaves us in doubt: that is the one duplicate.
    assert_eq!(sink.taken().len(), usize::from(at == At::Answer), "{at:?} {act:?}");
    kind
}

#[tokio::test]
async fn a_mail_arrives_byte_for_byte() {
    let sink = Script::default().start().await;
    let answer = send(&smtp(&settings(&sink))).await.unwrap();
    assert_eq!(answer, "250 2.0.0 Ok: queued as 4XW1");
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].from, "xunwang@example.cn");
    assert_eq!(taken[0].to, ["office@example.cn"]);
    assert!(taken[0].content.starts_with(MAIL));
    assert!(!taken[0].encrypted);
}

#[tokio::test]
async fn each_refusal_is_told_from_the_others() {
    let reply = Act::Reply;
    for at in [At::Greeting, At::Hello, At::Mail, At::Rcpt, At::Data, At::Content] {
        assert_eq!(kind(at, reply("451 4.7.1 greylisted")).await, SendErrorKind::Transient, "{at:?}");
    }
    for at in [At::Greeting, At::Hello] {
        assert_eq!(kind(at, reply("554 no service")).await, SendErrorKind::Connect, "{at:?}");
    }
    for at in [At::Mail, At::Data, At::Content] {
        assert_eq!(kind(at, reply("554 5.6.0 looks like spam")).await, SendErrorKind::Refused, "{at:?}");
    }
    assert_eq!(kind(At::Rcpt, reply("550 5.1.1 no such user")).await, SendErrorKind::Permanent);
    assert_eq!(kind(At::Mail, reply("530 5.7.0 log in first")).await, SendErrorKind::Auth);
}

#[tokio::test]
async fn a_connection_that_breaks_is_retried_later() {
    for at in [At::Greeting, At::Hello] {
        assert_eq!(kind(at, Act::Cut).await, SendErrorKind::Connect, "{at:?}");
    }
    for at in [At::Mail, At::Rcpt, At::Data, At::Content, At::Answer] {
        let kind = kind(at, Act::Cut).await;
        assert_eq!(kind, SendErrorKind::Io, "{at:?}");
        assert!(kind.is_retryable());
    }
}

#[tokio::test]
async fn nonsense_instead_of_an_answer_is_a_broken_connection() {
    assert_eq!(kind(At::Greeting, Act::Reply("HTTP/1.1 400 Bad Request")).await, SendErrorKind::Connect);
    assert_eq!(kind(At::Rcpt, Act::Reply("???")).await, SendErrorKind::Io);
}

#[tokio::test]
async fn nobody_listening_is_a_failure_to_connect() {
    let sink = Script::default().start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = SmtpSettings { port: Some(closed), ..settings(&sink) };
    let error = send(&smtp(&settings)).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Connect);
    assert!(!error.detail.is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_at_any_step() {
    for at in [At::Greeting, At::Hello, At::Mail, At::Rcpt, At::Data, At::Content] {
        let sink = Script::default().once(at, Act::Hang).start().await;
        let smtp = smtp(&settings(&sink));
        let (from, to) = (address("xunwang@example.cn"), address("office@example.cn"));
        let given_up = smtp.send_within(sink.hangs(at), &from, &to, MAIL).await;
        assert_eq!(given_up.unwrap_err().kind, SendErrorKind::Timeout, "{at:?}");
        // The next mail does not meet the connection that hangs.
        send(&smtp).await.unwrap();
        assert_eq!((sink.taken().len(), sink.connections()), (1, 2), "{at:?}");
    }
}

#[tokio::test]
async fn the_configured_time_limit_holds() {
    let sink = Script::default().always(At::Greeting, Act::Hang).start().await;
    let settings = SmtpSettings { timeout: Duration::from_millis(1), ..settings(&sink) };
    let error = send(&smtp(&settings)).await.unwrap_err();
    assert_eq!(
        (error.kind, error.detail.as_str()),
        (SendErrorKind::Timeout, "no complete answer within 1ms")
    );
}

#[tokio::test]
async fn a_bad_address_silences_nobody_else() {
    let sink = Script::default().refuse("gone@example.cn", "550 5.1.1 no such user").start().await;
    let smtp = smtp(&settings(&sink));
    send_to(&smtp, "first@example.cn").await.unwrap();
    assert_eq!(send_to(&smtp, "gone@example.cn").await.unwrap_err().kind, SendErrorKind::Permanent);
    send_to(&smtp, "last@example.cn").await.unwrap();
    let recipients: Vec<_> = sink.taken().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(recipients, ["first@example.cn", "last@example.cn"]);
}

#[tokio::test]
async fn one_connection_carries_many_mails() {
    let sink = Script::default().login("xw", "s3cret").start().await;
    let settings = SmtpSettings {
        username: Some("xw".to_owned()),
        password: Some(Secret::from("s3cret".to_owned())),
        ..settings(&sink)
    };
    let smtp = smtp(&settings);
    for _ in 0..5 {
        send(&smtp).await.unwrap();
    }
    assert_eq!((sink.taken().len(), sink.connections()), (5, 1));
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_costs_no_mail() {
    for act in [Act::Cut, Act::Reply("421 4.4.2 idle for too long")] {
        let sink = Script::default().once(At::Taken, act).start().await;
        let smtp = smtp(&settings(&sink));
        send(&smtp).await.unwrap();
        send(&smtp).await.unwrap();
        assert_eq!((sink.taken().len(), sink.connections()), (2, 2), "{act:?}");
    }
}

#[tokio::test]
async fn a_wrong_or_missing_password_is_told_as_such() {
    let sink = Script::default().login("xw", "s3cret").start().await;
    assert_eq!(send(&smtp(&settings(&sink))).await.unwrap_err().kind, SendErrorKind::Auth);
    let wrong = SmtpSettings {
        username: Some("xw".to_owned()),
        password: Some(Secret::from("wr0ng".to_owned())),
        ..settings(&sink)
    };
    let error = send(&smtp(&wrong)).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Auth);
    assert!(error.kind.is_retryable(), "a password can be mended");
    assert!(!error.detail.contains("wr0ng"));
    assert_eq!(sink.taken(), []);
}

#[tokio::test]
async fn a_server_without_login_is_not_sent_the_password() {
    let sink = Script::default().start().await;
    let settings = SmtpSettings {
        username: Some("xw".to_owned()),
        password: Some(Secret::from("s3cret".to_owned())),
        ..settings(&sink)
    };
    assert_eq!(send(&smtp(&settings)).await.unwrap_err().kind, SendErrorKind::Auth);
}

#[tokio::test]
async fn mails_travel_encrypted_both_ways() {
    for (encryption, tls) in [(Encryption::StartTls, Tls::StartTls), (Encryption::Implicit, Tls::Implicit)] {
        let sink = Script::default().encryption(encryption).login("xw", "s3cret").start().await;
        let folder = tempfile::tempdir().unwrap();
        let (ca, password) = (folder.path().join("ca.pem"), folder.path().join("password"));
        std::fs::write(&ca, sink.certificate()).unwrap();
        std::fs::write(&password, "s3cret\n").unwrap();
        let settings = SmtpSettings {
            tls,
            ca_file: Some(ca),
            username: Some("xw".to_owned()),
            password_file: Some(password),
            ..settings(&sink)
        };
        send(&smtp(&settings)).await.unwrap();
        assert!(sink.taken()[0].encrypted, "{tls:?}");
    }
}

#[tokio::test]
async fn a_certificate_nobody_trusts_is_refused() {
    for (encryption, tls) in [(Encryption::StartTls, Tls::StartTls), (Encryption::Implicit, Tls::Implicit)] {
        let sink = Script::default().encryption(encryption).start().await;
        let settings = SmtpSettings { tls, ..settings(&sink) };
        assert_eq!(send(&smtp(&settings)).await.unwrap_err().kind, SendErrorKind::Tls, "{tls:?}");
        assert_eq!(sink.taken(), []);
    }
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_gets_nothing() {
    for tls in [Tls::StartTls, Tls::Implicit] {
        let sink = Script::default().start().await;
        let settings = SmtpSettings { tls, ..settings(&sink) };
        assert_eq!(send(&smtp(&settings)).await.unwrap_err().kind, SendErrorKind::Tls, "{tls:?}");
        assert_eq!(sink.taken(), []);
    }
}

#[tokio::test]
async fn a_wrong_file_is_a_mistake_before_anything_is_sent() {
    let sink = Script::default().start().await;
    let settings = SmtpSettings {
        tls: Tls::StartTls,
        ca_file: Some("/nonexistent/ca.pem".into()),
        username: Some("xw".to_owned()),
        password_file: Some("/nonexistent/password".into()),
        ..settings(&sink)
    };
    let mistakes = Smtp::new(&settings, Path::new("notify.toml")).unwrap_err();
    assert_eq!(mistakes.len(), 2);
    assert!(!format!("{mistakes:?}").is_empty());
}
