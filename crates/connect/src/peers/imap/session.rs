//! One conversation with a server: connect, log in, open a mailbox, ask, and see how it ended.
//!
//! Every answer's end is looked at here: the library's own readers take a FETCH that was refused
//! for one that found nothing.

use std::{
    fmt, io,
    net::IpAddr,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use async_imap::{
    Authenticator, Client,
    imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode, Status},
};
use kompel_model::{Secret, Timestamp};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::{
    Connection, Error, ErrorKind,
    http::{
        Http,
        oauth2::{self, ClientAuth, Grant},
        read_authorities,
    },
};

#[derive(Deserialize)]
struct Config {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    tls: Encryption,
    username: String,
    token_url: Option<String>,
    client_id: Option<String>,
    #[serde(default = "exchange_online")]
    scope: String,
    #[serde(default)]
    ca_file: Option<PathBuf>,
    #[serde(default = "usual_patience")]
    timeout_s: u32,
}

fn usual_patience() -> u32 {
    30
}

fn exchange_online() -> String {
    "https://outlook.office365.com/.default".to_owned()
}

/// How we prove who we are.
enum Proof {
    Password(Secret),
    /// An OAuth 2 access token.
    Token(Secret),
}

/// When the conversation is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encryption {
    /// From the first byte.
    #[default]
    #[serde(rename = "tls")]
    AtOnce,
    /// After a greeting in the clear.
    StartTls,
    /// Never.
    None,
}

/// A logged-in conversation.
pub(super) struct Session {
    imap: async_imap::Session<Line>,
    patience: Duration,
}

/// What one message of a FETCH says.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) uid: u32,
    pub(super) flags: Vec<String>,
    pub(super) taken: String,
    pub(super) size: u32,
    pub(super) body: Vec<u8>,
}

/// What was asked of the server, for what a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Connecting,
    Opening,
    Reading,
    Writing,
}

impl Session {
    /// Connects and logs in; `now` tells whether a kept token is still good.
    pub(super) async fn open(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
        let config: Config = connection.settings.read()?;
        if config.tls == Encryption::None && !is_here(&config.host) {
            let why = "setting `tls`: none is only for a server on this machine";
            return Err(Error::new(ErrorKind::Invalid, why));
        }
        let (Some(token_url), Some(client_id)) = (&config.token_url, &config.client_id) else {
            let proof = Proof::Password(connection.settings.secret("password")?.clone());
            return Self::with(&config, &proof).await;
        };
        let grant = Grant {
            token_url,
            client_id,
            client_secret: connection.settings.secret("client_secret")?,
            client_auth: ClientAuth::Form,
            scope: &config.scope,
            fields: Vec::new(),
        };
        let token = oauth2::token(&Http::of(connection)?, connection, &grant, now).await?;
        let opened = Self::with(&config, &Proof::Token(token)).await;
        if opened.as_ref().is_err_and(|error| error.kind == ErrorKind::Denied) {
            // It may have been withdrawn: the next attempt asks for another.
            oauth2::forget(connection, &grant);
        }
        opened
    }

    async fn with(config: &Config, proof: &Proof) -> Result<Self, Error> {
        let patience = Duration::from_secs(config.timeout_s.into());
        match timeout(patience, logged_in(config, proof)).await {
            Ok(imap) => Ok(Self { imap: imap?, patience }),
            Err(late) => Err(lost(Doing::Connecting).because(late)),
        }
    }

    /// Opens a mailbox so that nothing in it changes, and gives its UIDVALIDITY.
    pub(super) async fn examine(&mut self, mailbox: &str) -> Result<u32, Error> {
        self.opened("EXAMINE", mailbox).await
    }

    /// Opens a mailbox to change it, and gives its UIDVALIDITY.
    pub(super) async fn select(&mut self, mailbox: &str) -> Result<u32, Error> {
        self.opened("SELECT", mailbox).await
    }

    async fn opened(&mut self, verb: &str, mailbox: &str) -> Result<u32, Error> {
        let mut validity = None;
        let command = format!("{verb} {}", quoted(mailbox)?);
        self.ask(&command, Doing::Opening, |response| {
            if let Response::Data { outcome, .. } = response
                && let Some(ResponseCode::UidValidity(number)) = &outcome.code
            {
                validity = Some(*number);
            }
        })
        .await?;
        let without = || Error::new(ErrorKind::Unsupported, "the mailbox has no UIDVALIDITY");
        validity.ok_or_else(without)
    }

    /// The UIDs that fit the criteria, lowest first.
    pub(super) async fn search(&mut self, criteria: &str) -> Result<Vec<u32>, Error> {
        let mut found = Vec::new();
        self.ask(&format!("UID SEARCH {criteria}"), Doing::Reading, |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend_from_slice(uids);
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// These items of these messages, as far as they are still there.
    pub(super) async fn fetch(&mut self, uids: &[u32], items: &str) -> Result<Vec<Fetched>, Error> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let set: Vec<String> = uids.iter().map(u32::to_string).collect();
        let mut fetched = Vec::new();
        let command = format!("UID FETCH {} ({items})", set.join(","));
        self.ask(&command, Doing::Reading, |response| {
            if let Response::Fetch(_, values) = response {
                fetched.push(Fetched::of(values));
            }
        })
        .await?;
        // The server may speak of other messages in between.
        fetched.retain(|one| uids.contains(&one.uid));
        fetched.sort_by_key(|one| one.uid);
        Ok(fetched)
    }

    /// Sets or clears a flag of one message.
    pub(super) async fn store(&mut self, uid: u32, flag: &str, set: bool) -> Result<(), Error> {
        let sign = if set { '+' } else { '-' };
        let command = format!("UID STORE {uid} {sign}FLAGS.SILENT ({flag})");
        self.ask(&command, Doing::Writing, |_| {}).await
    }

    /// Says goodbye; how that goes changes nothing.
    pub(super) async fn close(mut self) {
        drop(timeout(FAREWELL, self.imap.logout()).await);
    }

    async fn ask(
        &mut self,
        command: &str,
        doing: Doing,
        mut hear: impl FnMut(&Response<'_>) + Send,
    ) -> Result<(), Error> {
        let asked = async {
            let id = self.imap.run_command(command).await.map_err(|error| failed(error, doing))?;
            loop {
                let read = self.imap.read_response().await;
                let Some(response) = read.map_err(|error| lost(doing).because(error))? else {
                    return Err(lost(doing));
                };
                match response.parsed() {
                    Response::Done { tag, status, .. } if *tag == id => {
                        return match status {
                            Status::Ok => Ok(()),
                            Status::No => Err(refused(doing)),
                            Status::Bad | Status::PreAuth | Status::Bye => Err(misunderstood()),
                        };
                    }
                    other => hear(other),
                }
            }
        };
        match timeout(self.patience, asked).await {
            Ok(done) => done,
            Err(late) => Err(lost(doing).because(late)),
        }
    }
}

impl Fetched {
    fn of(values: &[AttributeValue<'_>]) -> Self {
        let mut fetched = Self::default();
        for value in values {
            match value {
                AttributeValue::Uid(uid) => fetched.uid = *uid,
                AttributeValue::Flags(flags) => {
                    fetched.flags = flags.iter().map(|flag| flag.to_string()).collect();
                }
                AttributeValue::InternalDate(date) => fetched.taken = date.to_string(),
                AttributeValue::Rfc822Size(size) => fetched.size = *size,
                AttributeValue::BodySection { data: Some(data), .. } => {
                    fetched.body = data.to_vec();
                }
                _ => {}
            }
        }
        fetched
    }
}

async fn logged_in(config: &Config, proof: &Proof) -> Result<async_imap::Session<Line>, Error> {
    let port = config.port.unwrap_or(match config.tls {
        Encryption::AtOnce => 993,
        Encryption::StartTls | Encryption::None => 143,
    });
    let connecting = |error: io::Error| lost(Doing::Connecting).because(error);
    let tcp = TcpStream::connect((config.host.as_str(), port)).await.map_err(connecting)?;
    let client = match config.tls {
        Encryption::None => greeted(Box::new(tcp)).await?,
        Encryption::AtOnce => greeted(encrypted(config, Box::new(tcp)).await?).await?,
        Encryption::StartTls => {
            let mut client = greeted(Box::new(tcp)).await?;
            let start = client.run_command_and_check_ok("STARTTLS", None).await;
            start.map_err(|error| match failed(error, Doing::Connecting) {
                error if error.kind == ErrorKind::Unreachable => error,
                error => Error::new(ErrorKind::Unsupported, "the server offers no STARTTLS")
                    .because(error),
            })?;
            // What came in the clear behind the answer is thrown away with the client.
            let bare = client.into_inner();
            Client::new(Line::new(encrypted(config, bare.stream).await?))
        }
    };
    let login = match proof {
        Proof::Password(password) => client.login(&config.username, password.reveal()).await,
        Proof::Token(token) => {
            let (user, token) = (&config.username, token.reveal());
            let said = format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}");
            client.authenticate("XOAUTH2", Bearer(Zeroizing::new(said))).await
        }
    };
    login.map_err(|(error, _)| match failed(error, Doing::Connecting) {
        error if error.kind == ErrorKind::Unreachable => error,
        // Not its cause: a server may repeat what it was given.
        _ => Error::new(ErrorKind::Denied, "the login was refused"),
    })
}

/// Says the token once; to a second challenge, which tells why it was refused, it says nothing.
///
/// # Source
/// Microsoft's page "Authenticate an IMAP, POP or SMTP connection using OAuth"
struct Bearer(Zeroizing<String>);

impl Authenticator for Bearer {
    type Response = Zeroizing<String>;

    fn process(&mut self, _challenge: &[u8]) -> Self::Response {
        std::mem::take(&mut self.0)
    }
}

async fn greeted(stream: Stream) -> Result<Client<Line>, Error> {
    let mut client = Client::new(Line::new(stream));
    let greeting = client.read_response().await;
    match greeting.map_err(|error| lost(Doing::Connecting).because(error))? {
        Some(greeting) => match greeting.parsed() {
            Response::Data { status: Status::Ok, .. } => Ok(client),
            _ => Err(Error::new(ErrorKind::Limited, "the mail server turns us away for now")),
        },
        None => Err(lost(Doing::Connecting)),
    }
}

async fn encrypted(config: &Config, stream: Stream) -> Result<Stream, Error> {
    let name = ServerName::try_from(config.host.clone()).map_err(|error| {
        Error::new(ErrorKind::Invalid, "setting `host` is no name").because(error)
    })?;
    let connector = TlsConnector::from(Arc::new(trusting(config)?));
    let encrypted = connector.connect(name, stream).await.map_err(|error| {
        let why = "the mail server can't be reached with TLS, or its certificate is not trusted";
        Error::new(ErrorKind::Unreachable, why).because(error)
    })?;
    Ok(Box::new(encrypted))
}

fn trusting(config: &Config) -> Result<ClientConfig, Error> {
    let unusable = || Error::new(ErrorKind::Invalid, "setting `ca_file`: no usable certificate");
    let mut roots = RootCertStore::empty();
    // A machine without authorities of its own can still trust those of the setting.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &config.ca_file {
        let pem = read_authorities(file)?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| unusable().because(error))?;
            roots.add(certificate).map_err(|error| unusable().because(error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable().because(error))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A name as a quoted string (RFC 3501 §4.3).
pub(super) fn quoted(text: &str) -> Result<String, Error> {
    if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(Error::new(ErrorKind::Invalid, "a name or text for the server is ASCII"));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// What a failure of the library means. Its words are not repeated: they quote the server's, and
/// those may name people.
fn failed(error: async_imap::error::Error, doing: Doing) -> Error {
    use async_imap::error::Error as Said;
    match error {
        Said::No(_) => refused(doing),
        Said::Bad(_) | Said::Validate(_) => misunderstood(),
        Said::Io(cause) => lost(doing).because(cause),
        _ => lost(doing),
    }
}

fn lost(doing: Doing) -> Error {
    match doing {
        Doing::Writing => Error::new(
            ErrorKind::OutcomeUnknown,
            "no answer from the mail server after the change was sent",
        ),
        Doing::Connecting | Doing::Opening | Doing::Reading => {
            Error::new(ErrorKind::Unreachable, "the mail server can't be reached or broke off")
        }
    }
}

fn refused(doing: Doing) -> Error {
    match doing {
        Doing::Connecting => Error::new(ErrorKind::Denied, "the login was refused"),
        Doing::Opening => Error::new(ErrorKind::Absent, "no such mailbox, or it may not be opened"),
        Doing::Reading => Error::new(ErrorKind::Unexpected, "the server refused to read"),
        Doing::Writing => Error::new(ErrorKind::Denied, "the server refused the change"),
    }
}

fn misunderstood() -> Error {
    Error::new(ErrorKind::Invalid, "the server did not understand the request")
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

type Stream = Box<dyn Wire>;

/// A stream that ends when the server has said more than anybody should.
struct Line {
    stream: Stream,
    left: usize,
}

impl Line {
    fn new(stream: Stream) -> Self {
        Self { stream, left: MOST_BYTES }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("left", &self.left).finish_non_exhaustive()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len() - before;
        match self.left.checked_sub(read) {
            Some(left) => {
                self.left = left;
                polled
            }
            None => Poll::Ready(Err(io::Error::other("the server says too much"))),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// More than 50 messages of 256 KiB, headers for a subject and all that goes with them.
const MOST_BYTES: usize = 32 << 20;
const FAREWELL: Duration = Duration::from_secs(2);
