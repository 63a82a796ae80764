//! A service with SCIM: scim2-server, which keeps its accounts in memory.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::Command,
};

use tempfile::TempDir;

use crate::{Server, free_port, process::python_program};

/// A running service.
pub struct Scim2Server {
    /// Where it listens.
    pub address: SocketAddr,
    _folder: TempDir,
    _server: Server,
}

impl Scim2Server {
    /// The bearer token that it accepts.
    pub const TOKEN: &'static str = "token-of-the-test";

    /// Starts it.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start() -> Option<Self> {
        let program = python_program("scim2-server")?;
        let folder = tempfile::Builder::new().prefix("kompel-scim-").tempdir().unwrap();
        let port = free_port(Ipv4Addr::LOCALHOST);
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string(), "--bearer-token", Self::TOKEN]);
        let mut server = Server::start(&mut command, &folder.path().join("log"));
        server.ready("scim2-server", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Some(Self { address, _folder: folder, _server: server })
    }

    /// Its SCIM address.
    pub fn url(&self) -> String {
        format!("http://{}/v2", self.address)
    }

    /// Sends a request and gives the body of the answer.
    ///
    /// # Panics
    /// If the service answers with an error.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!(
            "{method} /v2{path} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            Self::TOKEN,
            body.len(),
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.split(' ').nth(1).unwrap().starts_with('2'), "{method} {path}: {answer}");
        body.to_owned()
    }
}
