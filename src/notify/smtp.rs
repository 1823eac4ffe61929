//! One mail to one recipient over SMTP (RFC 5321), and the connections kept between mails.
//!
//! In: sender, recipient and the bytes of a mail. Out: the server's last words, or at which step it went wrong.
//! lettre's own pool is not used: when a send is given up because the server hangs, the pool keeps the hanging
//! connection and hands it out again. Here a connection is kept only after a mail was taken on it, and whatever
//! is given up is closed.

use super::mail::{SendError, SendErrorKind};
use super::plain;
use super::settings::{SmtpSettings, Tls};
use crate::clock::{Clock, System};
use crate::config::mistake::Mistake;
use crate::config::secret::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Severity;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Connections kept at most.
const KEPT: usize = 4;
/// How long a connection is kept; servers close idle ones after a minute or more.
const KEPT_FOR: TimeDelta = TimeDelta::seconds(30);

/// A mail server.
pub(super) struct Smtp {
    host: String,
    port: u16,
    tls: Option<(Tls, TlsParameters)>,
    hello: ClientId,
    credentials: Option<Credentials>,
    timeout: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: DateTime<Utc>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// The step of an exchange; the same answer means another thing at another step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    Tls,
    Auth,
    Sender,
    Recipient,
    Content,
}

impl Smtp {
    /// Reads the password and the certificates; connects to nothing yet.
    pub(super) fn new(settings: &SmtpSettings, file: &Path) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let password = Secret::choose(settings.password.as_ref(), settings.password_file.as_deref())
            .unwrap_or_else(|error| {
                mistakes.push(Mistake::whole(file, error.to_string(), "见[mail.smtp]一节"));
                None
            });
        let tls = tls_parameters(settings).unwrap_or_else(|reason| {
            mistakes.push(Mistake::whole(file, reason, "ca_file须为PEM格式的证书"));
            None
        });
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let credentials = settings.username.clone().zip(password);
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port(),
            tls: tls.map(|parameters| (settings.tls, parameters)),
            hello: settings.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain),
            credentials: credentials
                .map(|(name, password)| Credentials::new(name, password.reveal().to_owned())),
            timeout: settings.timeout,
            idle: Mutex::default(),
        })
    }

    /// Sends one mail; the whole exchange ends within the time limit.
    pub(super) async fn send(&self, from: &Address, to: &Address, mail: &[u8]) -> Result<String, SendError> {
        let limit = TimeDelta::from_std(self.timeout).unwrap_or(TimeDelta::MAX);
        // A server takes real time, also when the program lives through a demo's days or stands still in a test.
        tokio::select! {
            biased;
            answer = self.exchange(from, to, mail) => answer,
            () = System.sleep(limit) => Err(SendError::new(
                SendErrorKind::Timeout,
                format!("no complete answer within {}", humantime::format_duration(self.timeout)),
            )),
        }
    }

    async fn exchange(&self, from: &Address, to: &Address, mail: &[u8]) -> Result<String, SendError> {
        let mut connection = self.begin(from).await?;
        let recipient = Rcpt::new(to.clone(), Vec::new());
        connection.command(recipient).await.map_err(|error| classify(Step::Recipient, &error))?;
        connection.command(Data).await.map_err(|error| classify(Step::Content, &error))?;
        let answer = connection.message(mail).await.map_err(|error| classify(Step::Content, &error))?;
        self.keep(connection);
        Ok(plain::line(&format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" ")), 200))
    }

    /// A connection on which the server has taken our `MAIL FROM`.
    ///
    /// A kept connection on which it does not is dropped for a new one: nothing has been handed over yet, and the
    /// server may only have grown tired of waiting.
    async fn begin(&self, from: &Address) -> Result<AsyncSmtpConnection, SendError> {
        let command = || Mail::new(Some(from.clone()), Vec::new());
        while let Some(mut kept) = self.take() {
            if kept.command(command()).await.is_ok() {
                return Ok(kept);
            }
        }
        let mut connection = self.connect().await?;
        connection.command(command()).await.map_err(|error| classify(Step::Sender, &error))?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let implicit = match &self.tls {
            Some((Tls::Implicit, parameters)) => Some(parameters.clone()),
            _ => None,
        };
        // The time limit is that of the whole exchange.
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, implicit, None)
            .await
            .map_err(|error| classify(Step::Connect, &error))?;
        if let Some((Tls::StartTls, parameters)) = &self.tls {
            connection
                .starttls(parameters.clone(), &self.hello)
                .await
                .map_err(|error| classify(Step::Tls, &error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| classify(Step::Auth, &error))?;
        }
        Ok(connection)
    }

    /// The connection used last, unless it has been idle for too long.
    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = idle.pop()?;
        if System.now() - newest.since < KEPT_FOR {
            return Some(newest.connection);
        }
        // The others have been idle for even longer.
        idle.clear();
        None
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(Idle { connection, since: System.now() });
        }
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<Option<TlsParameters>, String> {
    if settings.tls == Tls::None {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.ca_file {
        let wrong = |error: &dyn std::fmt::Display| format!("无法读取证书“{}”:{error}", file.display());
        let pem = std::fs::read(file).map_err(|error| wrong(&error))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| wrong(&error))?);
    }
    builder.build_rustls().map(Some).map_err(|error| format!("无法准备加密连接:{error}"))
}

/// What an error means at a step.
fn classify(step: Step, error: &Error) -> SendError {
    let kind = match (error.status(), step) {
        (Some(code), _) if code.severity == Severity::TransientNegativeCompletion => SendErrorKind::Transient,
        // RFC 4954, 6: login required, too weak, refused, or not without encryption.
        (Some(code), _) if ["530", "534", "535", "538"].contains(&code.to_string().as_str()) => {
            SendErrorKind::Auth
        }
        (_, Step::Connect) if is_tls(error) => SendErrorKind::Tls,
        (_, Step::Connect) => SendErrorKind::Connect,
        (_, Step::Tls) => SendErrorKind::Tls,
        (Some(_), Step::Auth) => SendErrorKind::Auth,
        (None, Step::Auth) if error.is_client() => SendErrorKind::Auth,
        (Some(_), Step::Recipient) => SendErrorKind::Permanent,
        (Some(_), Step::Sender | Step::Content) => SendErrorKind::Refused,
        (None, _) => SendErrorKind::Io,
    };
    SendError::new(kind, error)
}

/// Whether an error came from the encryption; lettre calls that a connection error.
fn is_tls(error: &Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if error.is::<rustls::Error>()
            || wrapped.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
        {
            return true;
        }
        next = error.source();
    }
    false
}
