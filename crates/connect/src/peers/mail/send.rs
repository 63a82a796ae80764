//! One conversation with a submission server, stage by stage.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use kompel_model::Secret;
use lettre::{
    address::Envelope,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailParameter},
    },
};
use rustls::crypto::aws_lc_rs;
use serde::Deserialize;
use tokio::time::timeout;

use crate::{Connection, Error, ErrorKind, http::read_authorities};

/// A connection's submission server.
pub(super) struct Submission {
    host: String,
    port: u16,
    tls: Encryption,
    username: Option<String>,
    password: Option<Secret>,
    authorities: Option<PathBuf>,
    patience: Duration,
    pub(super) from: String,
}

#[derive(Deserialize)]
struct Configured {
    host: String,
    #[serde(default = "submission_port")]
    port: u16,
    #[serde(default)]
    tls: Encryption,
    #[serde(default)]
    username: Option<String>,
    from: String,
    #[serde(default)]
    ca_file: Option<PathBuf>,
    #[serde(default = "usual_patience")]
    timeout_s: u32,
}

fn submission_port() -> u16 {
    587
}

fn usual_patience() -> u32 {
    30
}

/// When the conversation is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encryption {
    /// After a greeting in the clear.
    #[default]
    StartTls,
    /// From the first byte.
    #[serde(rename = "tls")]
    AtOnce,
    /// Never.
    None,
}

/// What the server says when a stage ends badly: its code, or nothing.
type Said = lettre::transport::smtp::Error;

impl Submission {
    /// The submission server of this connection.
    ///
    /// # Errors
    /// `Invalid` for settings that can't be used together.
    pub(super) fn of(connection: &Connection) -> Result<Self, Error> {
        let Configured { host, port, tls, username, from, ca_file, timeout_s } =
            connection.settings.read()?;
        let password = connection.settings.secret("password").ok().cloned();
        let invalid = |why: &str| Error::new(ErrorKind::Invalid, why);
        if tls == Encryption::None && !is_here(&host) {
            return Err(invalid("setting `tls`: none is only for a server on this machine"));
        }
        if username.is_some() != password.is_some() {
            return Err(invalid("settings `username` and `password` belong together"));
        }
        let patience = Duration::from_secs(timeout_s.into());
        Ok(Self { host, port, tls, username, password, authorities: ca_file, patience, from })
    }

    /// Connects and logs in, and no more.
    ///
    /// # Errors
    /// `Unreachable` or `Denied`.
    pub(super) async fn log_in(&self) -> Result<(), Error> {
        let mut open = self.open().await?;
        open.abort().await;
        Ok(())
    }

    /// Submits a mail. All recipients or none: a server that refuses one gets no text.
    ///
    /// # Errors
    /// As the server answers; `OutcomeUnknown` if the text was sent and no answer came.
    ///
    /// # Cancel safety
    /// Dropped after the text was begun, it may have been sent.
    pub(super) async fn send(&self, envelope: &Envelope, text: &[u8]) -> Result<(), Error> {
        let mut open = self.open().await?;
        self.before(self.announce(&mut open, envelope)).await?;
        match timeout(self.patience, open.message(text)).await {
            Ok(Ok(_)) => {
                // The mail is the server's now; how the farewell goes changes nothing.
                drop(timeout(FAREWELL, open.abort()).await);
                Ok(())
            }
            Ok(Err(error)) if error.status().is_some() => Err(refused(error)),
            Ok(Err(error)) => Err(unknown().because(error)),
            Err(late) => Err(unknown().because(late)),
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let tls = match self.tls {
            Encryption::None => None,
            Encryption::StartTls | Encryption::AtOnce => Some(self.parameters()?),
        };
        self.before(async {
            let hello = ClientId::default();
            let at_once = tls.clone().filter(|_| self.tls == Encryption::AtOnce);
            let address = (self.host.as_str(), self.port);
            let mut open = AsyncSmtpConnection::connect_tokio1(
                address,
                Some(self.patience),
                &hello,
                at_once,
                None,
            )
            .await?;
            if let Some(parameters) = tls.filter(|_| self.tls == Encryption::StartTls) {
                open.starttls(parameters, &hello).await?;
            }
            if let (Some(name), Some(password)) = (&self.username, &self.password) {
                let who = Credentials::new(name.clone(), password.reveal().to_owned());
                open.auth(DEFAULT_MECHANISMS, &who).await?;
            }
            Ok(open)
        })
        .await
    }

    async fn announce(
        &self,
        open: &mut AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), Said> {
        let wide = envelope.to().iter().chain(envelope.from()).any(|one| {
            let text: &str = one.as_ref();
            !text.is_ascii()
        });
        let mut options = Vec::new();
        if wide && open.server_info().supports_feature(Extension::SmtpUtfEight) {
            options.push(MailParameter::SmtpUtfEight);
        }
        open.command(Mail::new(envelope.from().cloned(), options)).await?;
        for recipient in envelope.to() {
            open.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
        }
        open.command(Data).await?;
        Ok(())
    }

    /// A stage before the text: whatever goes wrong, nothing was delivered.
    async fn before<T>(&self, stage: impl Future<Output = Result<T, Said>>) -> Result<T, Error> {
        match timeout(self.patience, stage).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) if error.status().is_some() => Err(refused(error)),
            Ok(Err(error)) if error.is_client() => {
                let why = "the mail server does not offer what the settings ask (STARTTLS, login)";
                Err(Error::new(ErrorKind::Unsupported, why).because(error))
            }
            Ok(Err(error)) => {
                let why = "the mail server can't be reached or broke off";
                Err(Error::new(ErrorKind::Unreachable, why).because(error))
            }
            Err(late) => {
                let why = "no answer from the mail server in time";
                Err(Error::new(ErrorKind::Unreachable, why).because(late))
            }
        }
    }

    fn parameters(&self) -> Result<TlsParameters, Error> {
        // Fails only if a provider is there already, which is then used.
        drop(aws_lc_rs::default_provider().install_default());
        let unusable = "setting `ca_file` holds no usable certificate";
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(file) = &self.authorities {
            let pem = read_authorities(file)?;
            let authority = Certificate::from_pem(&pem)
                .map_err(|error| Error::new(ErrorKind::Invalid, unusable).because(error))?;
            builder = builder.add_root_certificate(authority);
        }
        builder.build().map_err(|error| Error::new(ErrorKind::Invalid, unusable).because(error))
    }
}

const FAREWELL: Duration = Duration::from_secs(2);

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn unknown() -> Error {
    Error::new(ErrorKind::OutcomeUnknown, "no answer from the mail server after the text was sent")
}

/// What a reply code means (RFC 5321 §4.2, RFC 4954 §6). The server's words are not repeated: they
/// often name the recipient.
fn refused(error: Said) -> Error {
    let code = error.status().map_or(0, u16::from);
    let (kind, what) = match code {
        530 | 534 | 535 | 538 => (ErrorKind::Denied, "the login was refused"),
        550 | 551 | 553 => (ErrorKind::Invalid, "a recipient or the sender was refused"),
        552 => (ErrorKind::Invalid, "the mail is too large"),
        502 | 504 => (ErrorKind::Unsupported, "not offered"),
        400..=499 => (ErrorKind::Limited, "turned away for now"),
        _ => (ErrorKind::Invalid, "the mail was refused"),
    };
    Error::new(kind, format!("{what} (SMTP {code})")).with_code(code.into())
}
