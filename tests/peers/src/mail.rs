//! A mail server: aiosmtpd, which holds what it is given.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Server, free_port, process::python_program};

/// A running server.
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    held: PathBuf,
    _server: Server,
    _folder: TempDir,
}

impl MailServer {
    /// The login that it accepts.
    pub const LOGIN: &'static str = "kompel";
    /// Its password.
    pub const PASSWORD: &'static str = "right-of-the-test";

    /// Starts it; with a certificate and its key it wants STARTTLS.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start(tls: Option<(&Path, &Path)>) -> Option<Self> {
        let python = python_program("aiosmtpd")?.with_file_name("python");
        let folder = tempfile::Builder::new().prefix("kompel-mail-").tempdir().unwrap();
        let (port, held) = (free_port(Ipv4Addr::LOCALHOST), folder.path().join("mails"));
        let mut command = Command::new(python);
        command.arg("-c").arg(include_str!("mail.py")).arg(&held).arg(port.to_string());
        if let Some((certificate, key)) = tls {
            command.arg(certificate).arg(key);
        }
        let mut server = Server::start(&mut command, &folder.path().join("log"));
        server.ready("aiosmtpd", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Some(Self { address, held, _server: server, _folder: folder })
    }

    /// The mails that it holds, each as `{"to": [..], "data": ".."}`.
    ///
    /// # Panics
    /// If what it wrote can't be read.
    pub fn mails(&self) -> Vec<Value> {
        let held = fs::read_to_string(&self.held).unwrap_or_default();
        held.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Forgets what it holds.
    ///
    /// # Panics
    /// If its folder can't be written.
    pub fn forget(&self) {
        fs::write(&self.held, "").unwrap();
    }
}
