//! A VPN gateway: ocserv with one account, and openconnect as its client.

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    Certificates, Server, free_port,
    process::{missing, spawned_with_input},
    program, wait_until,
};

/// A running gateway.
pub struct Ocserv {
    folder: TempDir,
    port: u16,
    _server: Server,
}

/// What the gateway does about cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// As it comes: a cut session's cookie is void, that of a lost line is not.
    Usual,
    /// A `connect-script` refuses locked accounts.
    Guarded,
}

impl Ocserv {
    /// The account that it has, and its password.
    pub const USER: (&'static str, &'static str) = ("jdoe", "secret-of-the-test");

    /// Starts it.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start(cookies: Cookies) -> Option<Self> {
        let ocserv = program("ocserv")?;
        program("openconnect")?;
        if !Path::new("/dev/net/tun").exists() {
            missing("/dev/net/tun");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("kompel-ocserv-").tempdir().unwrap();
        let certificates = Certificates::write(folder.path(), &["127.0.0.1"]);
        let port = free_port(Ipv4Addr::LOCALHOST);
        let at = |name: &str| folder.path().join(name).display().to_string();
        let mut conf = format!(
            "auth = \"plain[passwd={passwords}]\"\nlisten-host = 127.0.0.1\ntcp-port = {port}\n\
             udp-port = 0\nrun-as-user = root\nrun-as-group = root\nsocket-file = {socket}\n\
             server-cert = {certificate}\nserver-key = {key}\nisolate-workers = false\n\
             max-clients = 64\nmax-same-clients = 0\nkeepalive = 300\ndpd = 60\n\
             cookie-timeout = 300\nuse-occtl = true\nocctl-socket-file = {occtl}\n\
             pid-file = {pid}\ndevice = kvpn\nipv4-network = 10.{net}.0/24\n\
             cisco-client-compat = true\nmax-ban-score = 0\n",
            passwords = at("ocpasswd"),
            socket = at("ocserv.sock"),
            certificate = certificates.certificate_file.display(),
            key = certificates.key_file.display(),
            occtl = at("occtl.sock"),
            pid = at("pid"),
            net = format_args!("{}.{}", 64 + port % 64, port >> 8),
        );
        if cookies == Cookies::Guarded {
            let script = folder.path().join("connect.sh");
            let text = format!("#!/bin/sh\n! grep -q \"^$USERNAME:[^:]*:!\" {}\n", at("ocpasswd"));
            fs::write(&script, text).unwrap();
            let mode = Command::new("chmod").arg("+x").arg(&script).status().unwrap();
            assert!(mode.success());
            conf.push_str(&format!("connect-script = {}\n", script.display()));
        }
        fs::write(folder.path().join("ocserv.conf"), conf).unwrap();
        fs::write(folder.path().join("ocpasswd"), "").unwrap();
        let (user, password) = Self::USER;
        let typed = format!("{password}\n{password}\n");
        let mut set = Command::new(program("ocpasswd")?);
        set.arg("-c").arg(folder.path().join("ocpasswd")).arg(user);
        assert!(spawned_with_input(&mut set, &typed).wait().unwrap().success());

        let mut command = Command::new(ocserv);
        command.arg("-f").arg("-c").arg(folder.path().join("ocserv.conf"));
        let mut server = Server::start(&mut command, &folder.path().join("log"));
        let socket = folder.path().join("occtl.sock");
        server.ready("ocserv", || {
            socket.exists() && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        Some(Self { folder, port, _server: server })
    }

    /// Where occtl reaches it.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("occtl.sock")
    }

    /// Its accounts.
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("ocpasswd")
    }

    /// Signs in with the password; `None` if it is refused, else the session's cookie.
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn sign_in(&self) -> Option<String> {
        let (user, password) = Self::USER;
        let mut command = self.client();
        command.args(["--authenticate", "--non-inter", "--passwd-on-stdin", "--user", user]);
        command.arg(format!("https://127.0.0.1:{}", self.port));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let child = spawned_with_input(&mut command, &format!("{password}\n"));
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let cookie = said.lines().find_map(|line| line.strip_prefix("COOKIE="))?;
        output.status.success().then(|| cookie.trim_matches('\'').to_owned())
    }

    /// Connects with a cookie; the session is live, or refused, when this returns.
    ///
    /// # Panics
    /// If neither happens.
    pub fn connect(&self, cookie: &str) -> VpnClient {
        let file = self.folder.path().join("cookie");
        fs::write(&file, format!("{cookie}\n")).unwrap();
        let log = self
            .folder
            .path()
            .join(format!("client-{}.log", fs::read_dir(self.folder.path()).unwrap().count()));
        let mut command = self.client();
        command.args(["--cookie-on-stdin", "--non-inter", "-s", "/bin/true"]);
        command.arg(format!("https://127.0.0.1:{}", self.port));
        let out = fs::File::create(&log).unwrap();
        command.stdin(fs::File::open(&file).unwrap());
        command.stdout(out.try_clone().unwrap()).stderr(out);
        let mut client = VpnClient { child: command.spawn().unwrap(), log };
        wait_until("the session is live or refused", || {
            let said = client.said();
            said.contains("CSTP connected") || said.contains("Configured as") || !client.runs()
        });
        client
    }

    fn client(&self) -> Command {
        let mut command = Command::new("openconnect");
        command.arg("--protocol=anyconnect").arg("--no-dtls");
        command.arg("--cafile").arg(self.folder.path().join("ca.pem"));
        command
    }
}

/// A client of the gateway; ended when dropped.
pub struct VpnClient {
    child: std::process::Child,
    log: PathBuf,
}

impl VpnClient {
    /// What it has said so far.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// True while it lives.
    ///
    /// # Panics
    /// If the system can't tell.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Loses its line without signing out, so that its cookie stays.
    ///
    /// # Panics
    /// If it can't be told to.
    pub fn lose_the_line(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for VpnClient {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
