//! A mail store: Dovecot, with mailboxes as folders of files.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Certificates, Server, free_port, program};

/// A running Dovecot with one user.
pub struct Dovecot {
    /// Where it speaks IMAP in the clear, with STARTTLS on offer.
    pub address: SocketAddr,
    /// Where it speaks IMAP over TLS.
    pub tls: SocketAddr,
    /// The authority that signed its certificate, for `127.0.0.1` and `localhost`.
    pub ca_file: PathBuf,
    folder: TempDir,
    _server: Server,
}

impl Dovecot {
    /// Its user and the password.
    pub const USER: (&'static str, &'static str) = ("hr", "mail-password-1");

    /// The UIDVALIDITY of its INBOX.
    pub const VALIDITY: u32 = 1_700_000_000;

    /// Starts it.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// The same, taking tokens too (XOAUTH2): whether one is good it asks at this address.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start_asking(introspection_url: &str) -> Option<Self> {
        Self::start_with(introspection_url)
    }

    fn start_with(introspection_url: &str) -> Option<Self> {
        let program = program("dovecot")?;
        let folder = tempfile::Builder::new().prefix("kompel-imap-").tempdir().unwrap();
        // Its processes run as another user than the one who started it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let certificates = Certificates::write(folder.path(), &["127.0.0.1", "localhost"]);
        for name in ["run", "state", "mail", "mail/hr"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let list = format!("3 V{} N1 G6b6f6d70656c6b6f6d70656c6b6f6d70\n", Self::VALIDITY);
        fs::write(folder.path().join("mail/hr/dovecot-uidlist"), list).unwrap();
        let (user, group) = unprivileged();
        let owner = format!("{user}:{group}");
        let owned =
            Command::new("chown").arg("-R").arg(&owner).arg(folder.path().join("mail")).status();
        assert!(owned.unwrap().success(), "chown {owner}");
        let (clear, tls) = (free_port(Ipv4Addr::LOCALHOST), free_port(Ipv4Addr::LOCALHOST));
        let at = folder.path().display();
        let config = format!(
            "protocols = imap\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\n\
             listen = 127.0.0.1\ndisable_plaintext_auth = no\nauth_mechanisms = plain login\n\
             default_internal_user = {user}\ndefault_internal_group = {group}\n\
             default_login_user = {user}\nfirst_valid_uid = 1\n\
             mail_location = maildir:{at}/mail/%u\n\
             ssl = yes\nssl_cert = <{}\nssl_key = <{}\n\
             passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN {at}/users\n}}\n\
             userdb {{\n  driver = static\n  args = uid={user} gid={group} home={at}/mail/%u\n}}\n\
             service imap-login {{\n  chroot =\n\
             \x20 inet_listener imap {{\n    port = {clear}\n  }}\n\
             \x20 inet_listener imaps {{\n    port = {tls}\n    ssl = yes\n  }}\n}}\n\
             service anvil {{\n  chroot =\n}}\n",
            certificates.certificate_file.display(),
            certificates.key_file.display(),
        );
        let config = match introspection_url {
            "" => config,
            url => config + &taking_tokens(folder.path(), url),
        };
        let (name, password) = Self::USER;
        fs::write(folder.path().join("users"), format!("{name}:{{PLAIN}}{password}\n")).unwrap();
        fs::write(folder.path().join("dovecot.conf"), config).unwrap();
        let mut command = Command::new(program);
        command.arg("-F").arg("-c").arg(folder.path().join("dovecot.conf"));
        let mut server = Server::start(&mut command, &folder.path().join("out"));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, clear));
        server.ready("dovecot", || TcpStream::connect(address).is_ok());
        let ca_file = certificates.ca_file;
        let tls = SocketAddr::from((Ipv4Addr::LOCALHOST, tls));
        Some(Self { address, tls, ca_file, folder, _server: server })
    }

    /// Puts a message into INBOX, taken on this day ("02-Feb-2026 09:30:00 +0100").
    ///
    /// # Panics
    /// If the server refuses.
    pub fn deliver(&self, message: &[u8], taken: &str) {
        let mut said = format!("APPEND INBOX \"{taken}\" {{{}+}}\r\n", message.len()).into_bytes();
        said.extend_from_slice(message);
        let answer = self.ask(&[&said]);
        assert!(answer.contains("t1 OK"), "{answer}");
    }

    /// Says these commands after logging in, tagged t0, t1 and so on, and gives all answers.
    ///
    /// # Panics
    /// If the server can't be spoken with.
    pub fn ask(&self, commands: &[&[u8]]) -> String {
        let mut stream = BufReader::new(TcpStream::connect(self.address).unwrap());
        let mut answer = Vec::new();
        stream.read_until(b'\n', &mut answer).unwrap();
        let (name, password) = Self::USER;
        let login = format!("LOGIN {name} {password}").into_bytes();
        let all = [&login[..]].into_iter().chain(commands.iter().copied());
        for (number, command) in all.chain([&b"LOGOUT"[..]]).enumerate() {
            let tag = format!("t{number} ");
            let said = [tag.as_bytes(), command, b"\r\n"].concat();
            stream.get_mut().write_all(&said).unwrap();
            // One at a time: what is said before the login's answer may get lost.
            loop {
                let mut line = Vec::new();
                let read = stream.read_until(b'\n', &mut line).unwrap();
                answer.extend_from_slice(&line);
                if read == 0 || line.starts_with(tag.as_bytes()) {
                    break;
                }
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Flags of every message in INBOX, as the server says them, one message a line.
    pub fn flags(&self) -> Vec<String> {
        let answer = self.ask(&[b"EXAMINE INBOX", b"UID FETCH 1:* (FLAGS)"]);
        let fetched = answer.lines().filter(|line| line.contains(" FETCH ("));
        // Whether a message is recent is about sessions, not about it.
        fetched
            .map(|line| line.replace("\\Recent", "").replace("( ", "(").replace(" )", ")"))
            .collect()
    }

    /// What it wrote into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

/// What makes it take tokens, and ask at this address whether one is good.
fn taking_tokens(folder: &Path, introspection_url: &str) -> String {
    let file = folder.join("tokens.conf");
    let asking = format!(
        "introspection_mode = post\nintrospection_url = {introspection_url}\n\
         username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    );
    fs::write(&file, asking).unwrap();
    format!(
        "auth_mechanisms = plain login xoauth2\n\
         passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {}\n}}\n",
        file.display(),
    )
}

/// Whom its processes run as: who starts it, or nobody if that is root.
fn unprivileged() -> (String, String) {
    let own = |what: &str| {
        let said = Command::new("id").arg(what).output().unwrap();
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    };
    match own("-un").as_str() {
        "root" => ("nobody".to_owned(), "nogroup".to_owned()),
        user => (user.to_owned(), own("-gn")),
    }
}
