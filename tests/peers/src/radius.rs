//! A RADIUS server: FreeRADIUS with two people and Kompel's file of blocked ones.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Server, program};

/// A running server.
pub struct FreeRadius {
    folder: TempDir,
    port: u16,
    _server: Server,
}

impl FreeRadius {
    /// The secret that it shares with its client.
    pub const SECRET: &'static str = "secret-of-the-radius-test";
    /// A person, and their password.
    pub const USER: (&'static str, &'static str) = ("jdoe", "password-of-the-test");

    /// Starts it, under a loop that starts it again when it ends, as a service manager does.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start() -> Option<Self> {
        let freeradius = program("freeradius")?;
        program("radclient")?;
        let folder = tempfile::Builder::new().prefix("kompel-radius-").tempdir().unwrap();
        let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let at = folder.path().display();
        let (user, password) = Self::USER;
        let files = [
            ("radiusd.conf", configuration(folder.path(), port)),
            (
                "users",
                format!(
                    "$INCLUDE {at}/blocked\n{user} Cleartext-Password := \"{password}\"\n\
                     gone Cleartext-Password := \"{password}\"\n"
                ),
            ),
            ("blocked", String::new()),
            (
                "loop",
                format!(
                    "#!/bin/sh\ntrap 'kill $child; exit' TERM\nwhile :; do\n\
                     {} -f -l stdout -d {at} & child=$!\necho $child > {at}/pid\nwait $child\ndone\n",
                    freeradius.display()
                ),
            ),
            (
                "restart",
                format!(
                    "#!/bin/sh\nold=$(cat {at}/pid)\nready=$(grep -c Ready {at}/log)\nkill $old\n\
                     n=0\nwhile [ \"$(grep -c Ready {at}/log)\" = \"$ready\" ]; do\n\
                     n=$((n + 1)); [ $n -gt 400 ] && exit 1; sleep 0.05\ndone\n"
                ),
            ),
        ];
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            if matches!(name, "loop" | "restart") {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
        let log = folder.path().join("log");
        let mut server = Server::start(&mut Command::new(folder.path().join("loop")), &log);
        server.ready("freeradius", || {
            fs::read_to_string(&log).is_ok_and(|said| said.contains("Ready to process"))
        });
        Some(Self { folder, port, _server: server })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file that its users file includes first.
    pub fn block_file(&self) -> PathBuf {
        self.folder.path().join("blocked")
    }

    /// The program that restarts it and waits until it is ready.
    pub fn restart(&self) -> PathBuf {
        self.folder.path().join("restart")
    }

    /// Restarts it.
    ///
    /// # Panics
    /// If it does not come back.
    pub fn restarted(&self) {
        assert!(Command::new(self.restart()).status().unwrap().success());
    }

    /// Signs in with the person's password, as a gateway would.
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn accepts(&self, user: &str, password: &str) -> bool {
        let request = self.folder.path().join("request");
        let text = format!("User-Name = \"{user}\"\nUser-Password = \"{password}\"\n");
        fs::write(&request, text).unwrap();
        let mut command = Command::new("radclient");
        command.args(["-x", "-r", "2", "-t", "3", "-f"]).arg(&request);
        command.args([&self.address().to_string(), "auth", Self::SECRET]);
        let said = command.output().unwrap().stdout;
        String::from_utf8_lossy(&said).contains("Received Access-Accept")
    }
}

fn configuration(folder: &Path, port: u16) -> String {
    let at = folder.display();
    format!(
        "raddbdir = {at}\nlogdir = {at}\nrun_dir = {at}\nlibdir = /usr/lib/freeradius\n\
         security {{\n  allow_vulnerable_openssl = yes\n  reject_delay = 0\n}}\n\
         client localhost {{\n  ipaddr = 127.0.0.1\n  secret = {secret}\n}}\n\
         modules {{\n  files {{\n    usersfile = {at}/users\n  }}\n  pap {{\n  }}\n}}\n\
         server default {{\n  listen {{\n    type = auth\n    ipaddr = 127.0.0.1\n\
         \x20   port = {port}\n  }}\n  authorize {{\n    files\n    pap\n  }}\n\
         \x20 authenticate {{\n    Auth-Type PAP {{\n      pap\n    }}\n  }}\n}}\n",
        secret = FreeRadius::SECRET,
    )
}
