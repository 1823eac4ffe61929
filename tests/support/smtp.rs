//! A mail server for tests: real TCP on a free port of loopback, that does what its script says.
//!
//! In: a script of what to do at which step. Out: the mails it took, byte for byte, and how often it was
//! connected to. It never sleeps: a step at which it hangs lasts until the client goes away.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A step of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// Instead of the greeting.
    Greeting,
    /// Instead of the answer to `EHLO`.
    Hello,
    /// Instead of the answer to `MAIL FROM`.
    Mail,
    /// Instead of the answer to `RCPT TO`.
    Rcpt,
    /// Instead of the answer to `DATA`.
    Data,
    /// After the content, before it is taken and answered.
    Content,
    /// After the content was taken, instead of saying so.
    Answer,
    /// After the content was taken and answered.
    Taken,
}

/// What to do at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Answer this line and go on.
    Reply(&'static str),
    /// Say nothing until the client goes away.
    Hang,
    /// Close the connection.
    Cut,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Offered, and demanded before anything else.
    StartTls,
    /// From the first byte on.
    Implicit,
}

/// What a server does differently from a willing one.
#[derive(Debug, Default)]
pub(crate) struct Script {
    acts: Vec<(At, Act, bool)>,
    refused: Vec<(&'static str, &'static str)>,
    login: Option<(&'static str, &'static str)>,
    encryption: Option<Encryption>,
}

impl Script {
    /// Every time this step is reached.
    pub(crate) fn always(mut self, at: At, act: Act) -> Self {
        self.acts.push((at, act, false));
        self
    }

    /// The next time this step is reached, and then no more.
    pub(crate) fn once(mut self, at: At, act: Act) -> Self {
        self.acts.push((at, act, true));
        self
    }

    /// Answers this line to a recipient.
    pub(crate) fn refuse(mut self, recipient: &'static str, reply: &'static str) -> Self {
        self.refused.push((recipient, reply));
        self
    }

    /// Takes no mail without this user name and password.
    pub(crate) fn login(mut self, name: &'static str, password: &'static str) -> Self {
        self.login = Some((name, password));
        self
    }

    /// Takes no mail without encryption.
    pub(crate) fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Starts the server.
    pub(crate) async fn start(self) -> Sink {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let (reached, _) = watch::channel(None);
        let shared = Arc::new(Shared {
            acts: Mutex::new(self.acts),
            refused: self.refused,
            login: self.login,
            encryption: self.encryption,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            taken: Mutex::default(),
            connections: AtomicUsize::new(0),
            hanging: reached,
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                let serving = Arc::clone(&serving);
                // A client that goes away ends its session with an error; that is no failure of a test.
                tokio::spawn(async move { serving.connection(stream).await.ok() });
            }
        });
        Sink { address, certificate: certified.cert.pem(), shared, task }
    }
}

/// A mail as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The sender of the envelope.
    pub(crate) from: String,
    /// The recipients of the envelope.
    pub(crate) to: Vec<String>,
    /// The content.
    pub(crate) content: Vec<u8>,
    /// Whether it came over an encrypted connection.
    pub(crate) encrypted: bool,
}

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Sink {
    address: SocketAddr,
    certificate: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Sink {
    /// The port it listens on; the host is `localhost` on IPv4.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its own certificate as PEM, for a client that is to trust it.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The mails it took, in order.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// How often it was connected to.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Ends when the server hangs at a step.
    pub(crate) async fn hangs(&self, at: At) {
        let mut hanging = self.shared.hanging.subscribe();
        hanging.wait_for(|step| *step == Some(at)).await.unwrap();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared {
    acts: Mutex<Vec<(At, Act, bool)>>,
    refused: Vec<(&'static str, &'static str)>,
    login: Option<(&'static str, &'static str)>,
    encryption: Option<Encryption>,
    acceptor: TlsAcceptor,
    taken: Mutex<Vec<Taken>>,
    connections: AtomicUsize,
    hanging: watch::Sender<Option<At>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// How a step was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    AsUsual,
    Otherwise,
    Over,
}

/// How a part of a session ended.
enum End {
    /// The client wants to encrypt.
    Encrypt,
    /// The connection is over.
    Close,
}

impl Shared {
    async fn connection(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut encrypted = self.encryption == Some(Encryption::Implicit);
        let mut stream: Box<dyn Stream> =
            if encrypted { Box::new(self.acceptor.accept(stream).await?) } else { Box::new(stream) };
        if self.answer(&mut stream, At::Greeting, "220 sink ESMTP").await? == Answered::Over {
            return Ok(());
        }
        while matches!(self.session(&mut stream, encrypted).await?, End::Encrypt) {
            stream = Box::new(self.acceptor.accept(stream).await?);
            encrypted = true;
        }
        stream.shutdown().await
    }

    /// Answers as the script says, or as usual.
    async fn answer(
        &self,
        stream: &mut (impl Stream + ?Sized),
        at: At,
        usual: &str,
    ) -> std::io::Result<Answered> {
        let act = {
            let mut acts = self.acts.lock().unwrap();
            let place = acts.iter().position(|(step, _, _)| *step == at);
            place.map(|place| if acts[place].2 { acts.remove(place).1 } else { acts[place].1 })
        };
        match act {
            None if usual.is_empty() => Ok(Answered::AsUsual),
            None => say(stream, usual).await.map(|()| Answered::AsUsual),
            Some(Act::Reply(line)) => say(stream, line).await.map(|()| Answered::Otherwise),
            Some(Act::Cut) => Ok(Answered::Over),
            Some(Act::Hang) => {
                self.hanging.send_replace(Some(at));
                tokio::io::copy(stream, &mut tokio::io::sink()).await?;
                Ok(Answered::Over)
            }
        }
    }

    async fn session(&self, stream: &mut Box<dyn Stream>, encrypted: bool) -> std::io::Result<End> {
        let mut stream = BufReader::new(stream);
        let mut allowed = self.login.is_none();
        let mut mail = Taken { from: String::new(), to: Vec::new(), content: Vec::new(), encrypted };
        loop {
            let mut line = String::new();
            if (&mut stream).take(2000).read_line(&mut line).await? == 0 {
                return Ok(End::Close);
            }
            let line = line.trim_end();
            let secret = self.encryption == Some(Encryption::StartTls) && !encrypted;
            let answered = match line.get(..4).unwrap_or_default() {
                "EHLO" => {
                    let starttls = if secret { "250-STARTTLS\r\n" } else { "" };
                    let auth = if self.login.is_some() { "250-AUTH PLAIN LOGIN\r\n" } else { "" };
                    let usual = format!("250-sink\r\n{starttls}{auth}250 SIZE 10000000");
                    self.answer(&mut stream, At::Hello, &usual).await?
                }
                "STAR" if secret => {
                    say(&mut stream, "220 go ahead").await?;
                    return Ok(End::Encrypt);
                }
                "AUTH" => {
                    allowed = self.login.is_some_and(|(name, password)| line == plain_login(name, password));
                    say(&mut stream, if allowed { "235 welcome" } else { "535 5.7.8 bad credentials" })
                        .await?;
                    Answered::AsUsual
                }
                "MAIL" if secret || !allowed => {
                    say(&mut stream, "530 5.7.0 encrypt and log in first").await?;
                    Answered::Otherwise
                }
                "MAIL" => {
                    mail.from = path(line);
                    mail.to.clear();
                    self.answer(&mut stream, At::Mail, "250 2.1.0 Ok").await?
                }
                "RCPT" => {
                    mail.to.push(path(line));
                    let refused = self.refused.iter().find(|(address, _)| path(line) == *address);
                    self.answer(&mut stream, At::Rcpt, refused.map_or("250 2.1.5 Ok", |(_, reply)| reply))
                        .await?
                }
                "DATA" => match self.answer(&mut stream, At::Data, "354 go ahead").await? {
                    Answered::AsUsual => {
                        mail.content = content(&mut stream).await?;
                        self.finish(&mut stream, &mail).await?
                    }
                    other => other,
                },
                "QUIT" => {
                    say(&mut stream, "221 bye").await?;
                    Answered::Over
                }
                _ => {
                    say(&mut stream, "250 Ok").await?;
                    Answered::AsUsual
                }
            };
            if answered == Answered::Over {
                return Ok(End::Close);
            }
        }
    }

    /// Takes the mail, unless the script says otherwise.
    async fn finish(&self, stream: &mut impl Stream, mail: &Taken) -> std::io::Result<Answered> {
        let act = self.answer(stream, At::Content, "").await?;
        if act != Answered::AsUsual {
            return Ok(act);
        }
        self.taken.lock().unwrap().push(mail.clone());
        let answered = self.answer(stream, At::Answer, "250 2.0.0 Ok: queued as 4XW1").await?;
        if answered != Answered::AsUsual {
            return Ok(answered);
        }
        self.answer(stream, At::Taken, "").await
    }
}

async fn say(stream: &mut (impl Stream + ?Sized), line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// The content up to the line with a single dot, without the dots that were doubled on the way.
async fn content(stream: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(content);
        }
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// The address between the angle brackets.
fn path(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// `AUTH PLAIN` with its only answer (RFC 4616).
fn plain_login(name: &str, password: &str) -> String {
    use lettre::message::{Body, header::ContentTransferEncoding};
    let text = format!("\0{name}\0{password}").into_bytes();
    let encoded = Body::new_with_encoding(text, ContentTransferEncoding::Base64).unwrap();
    format!("AUTH PLAIN {}", String::from_utf8_lossy(encoded.as_ref()).trim())
}
