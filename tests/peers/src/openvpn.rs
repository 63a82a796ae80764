//! A VPN gateway: OpenVPN with a management interface, and a client of it.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Certificates, Server, free_port, process::missing, program};

/// A running gateway.
pub struct OpenVpn {
    /// Where its management interface listens.
    pub management: SocketAddr,
    folder: TempDir,
    certificates: Certificates,
    port: u16,
    _server: Server,
}

impl OpenVpn {
    /// The management interface's password.
    pub const PASSWORD: &'static str = "management-of-the-test";

    /// Starts it.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start() -> Option<Self> {
        let openvpn = program("openvpn")?;
        if !Path::new("/dev/net/tun").exists() {
            missing("/dev/net/tun");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("kompel-openvpn-").tempdir().unwrap();
        let certificates = Certificates::write(folder.path(), &["gateway.test"]);
        let (port, console) = (free_port(Ipv4Addr::LOCALHOST), free_port(Ipv4Addr::LOCALHOST));
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("ccd")).unwrap();
        fs::write(at("password"), format!("{}\n", Self::PASSWORD)).unwrap();
        let conf = format!(
            "local 127.0.0.1\nport {port}\nproto tcp-server\ndev tun\ntopology subnet\n\
             server 10.{}.{}.0 255.255.255.0\nca {ca}\ncert {certificate}\nkey {key}\ndh none\n\
             client-config-dir {ccd}\nkeepalive 5 60\npersist-key\n\
             management 127.0.0.1 {console} {password}\nverb 3\n",
            128 + port % 64,
            port >> 8,
            ca = certificates.ca_file.display(),
            certificate = certificates.certificate_file.display(),
            key = certificates.key_file.display(),
            ccd = at("ccd").display(),
            password = at("password").display(),
        );
        fs::write(at("server.conf"), conf).unwrap();
        let mut command = Command::new(openvpn);
        command.arg("--config").arg(at("server.conf"));
        let log = at("log");
        let mut server = Server::start(&mut command, &log);
        server.ready("openvpn", || {
            fs::read_to_string(&log).is_ok_and(|said| said.contains("Initialization Sequence"))
                && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        let management = SocketAddr::from((Ipv4Addr::LOCALHOST, console));
        Some(Self { management, folder, certificates, port, _server: server })
    }

    /// Its `client-config-dir`.
    pub fn client_config_dir(&self) -> PathBuf {
        self.folder.path().join("ccd")
    }

    /// Connects a client with a certificate of this common name; it is connected, or was refused,
    /// when this returns. It tries again as real clients do.
    ///
    /// # Panics
    /// If neither happens.
    pub fn connect(&self, name: &str) -> OpenVpnClient {
        let (certificate, key) = self.certificates.sign(name, &[name]);
        let log = self.folder.path().join(format!("{name}.log"));
        let _ = fs::remove_file(&log);
        let mut command = Command::new("openvpn");
        command.args(["--client", "--dev", "tun", "--proto", "tcp-client", "--nobind"]);
        command.args(["--remote", "127.0.0.1", &self.port.to_string()]);
        command.args(["--ifconfig-noexec", "--route-noexec", "--connect-retry", "1", "1"]);
        command.args(["--verb", "3", "--persist-key"]);
        command.arg("--ca").arg(&self.certificates.ca_file);
        command.arg("--cert").arg(certificate).arg("--key").arg(key);
        let mut client = OpenVpnClient { server: Server::start(&mut command, &log) };
        for _ in 0..600 {
            let said = client.server.said();
            let connected = said.contains("Initialization Sequence Completed");
            if connected || said.contains("AUTH_FAILED") || !client.server.runs() {
                return client;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
        panic!("the client is neither connected nor refused: {}", client.server.said());
    }
}

/// A client of the gateway; ended when dropped.
pub struct OpenVpnClient {
    server: Server,
}

impl OpenVpnClient {
    /// What it has said so far.
    pub fn said(&self) -> String {
        self.server.said()
    }

    /// How often it got through.
    pub fn connections(&self) -> usize {
        self.said().matches("Initialization Sequence Completed").count()
    }

    /// True while it lives: it gives up once it is refused for good.
    pub fn runs(&mut self) -> bool {
        self.server.runs()
    }
}
