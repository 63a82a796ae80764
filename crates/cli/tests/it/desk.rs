//! A folder to work in, the binary, and exports to feed it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// A temporary folder with a workspace in it.
pub(crate) struct Desk(tempfile::TempDir);

/// What tells a process another date, without its help.
pub(crate) struct Clock(PathBuf);

impl Clock {
    /// `None` where libfaketime is not installed.
    pub(crate) fn find() -> Option<Self> {
        let folder = format!("/usr/lib/{}-linux-gnu/faketime", std::env::consts::ARCH);
        kompel_peers::installed(&Path::new(&folder).join("libfaketimeMT.so.1")).map(Self)
    }
}

/// How the binary ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// A folder without a workspace.
    pub(crate) fn bare() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with an English workspace.
    pub(crate) fn new() -> Self {
        let desk = Self::bare();
        assert_eq!(desk.run(&["init", "--lang", "en"]).code, 0);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        ended(Self::command(self.0.path()).args(arguments).output().unwrap())
    }

    /// Runs what must succeed and gives its answer.
    pub(crate) fn answer(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {}{}", ended.out, ended.err);
        ended.out
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.answer(&[arguments, &["--json"]].concat())).unwrap()
    }

    pub(crate) fn command(folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kompel"));
        command.current_dir(folder).env_clear().env("LANG", "en_GB.UTF-8");
        command
    }

    /// The same, so many days from now.
    pub(crate) fn command_later(folder: &Path, clock: &Clock, days: u32) -> Command {
        let mut command = Self::command(folder);
        // What waits a while must not wait for days: only the date is another.
        command.env("LD_PRELOAD", &clock.0).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command.env("FAKETIME", format!("+{days}d"));
        command
    }

    /// Keeps a secret in the workspace's encrypted file.
    pub(crate) fn secret(&self, name: &str, value: &str) {
        let mut set = Self::command(self.0.path());
        let set = set.args(["secret", "set", name, "--quiet"]);
        let set = set.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut set = set.spawn().unwrap();
        set.stdin.take().unwrap().write_all(value.as_bytes()).unwrap();
        assert!(set.wait().unwrap().success());
    }

    /// All bytes in the workspace's database files.
    pub(crate) fn database(&self) -> Vec<u8> {
        ["kompel.db", "kompel.db-wal"]
            .iter()
            .filter_map(|name| fs::read(self.path(name)).ok())
            .flatten()
            .collect()
    }
}

/// The tenant acme at its desk, with the secrets of its servers.
pub(crate) trait Acme {
    fn desk(&self) -> &Desk;

    /// Names of secrets, and their values.
    fn secrets(&self) -> Vec<(&'static str, &'static str)>;

    fn command(&self, arguments: &[&str]) -> Command {
        self.dressed(Desk::command(&self.desk().path("")), arguments)
    }

    /// This command as the tenant's.
    fn dressed(&self, mut command: Command, arguments: &[&str]) -> Command {
        for (name, value) in self.secrets() {
            command.env(format!("KOMPEL_SECRET_ACME__{name}"), value);
        }
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.args(arguments).args(["--tenant", "acme"]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{arguments:?}: {}", ended.err))
    }

    /// The ids of this playbook's runs, the newest first.
    fn runs(&self, playbook: &str) -> Vec<String> {
        let all = self.json(&["runs"]);
        let runs = all["runs"].as_array().unwrap().iter().filter(|run| run["name"] == playbook);
        runs.map(|run| run["id"].as_str().unwrap().to_owned()).collect()
    }

    fn serve(&self) -> Served {
        Served::by(self.command(&["serve"]))
    }
}

/// A running `kompel serve`, ended in good order.
pub(crate) struct Served(Child, String);

impl Served {
    /// Started by this command, on a port of its own.
    pub(crate) fn by(mut command: Command) -> Self {
        command.args(["--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let mut words = line.split(|c: char| c.is_whitespace() || c == '/');
        let address = words.find(|word| word.starts_with("127.0.0.1:"));
        let address = address.unwrap_or_else(|| panic!("serve does not start: {line:?}"));
        Self(child, address.trim_end_matches(['.', ',']).to_owned())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.1
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.0.wait();
    }
}

pub(crate) fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Who runs the tests: people with this login answer without a code.
pub(crate) fn this_login() -> String {
    let login = Command::new("/usr/bin/id").arg("-un").output().unwrap();
    String::from_utf8(login.stdout).unwrap().trim().to_owned()
}

/// Rows of a Jira export: password resets, all alike, over a year.
pub(crate) fn rows() -> Vec<String> {
    (1..=60)
        .map(|n| {
            let (month, day) = (MONTHS[(n as usize - 1) / 5], 1 + (n - 1) % 5 * 5);
            let who = PEOPLE[n as usize % PEOPLE.len()];
            format!(
                "Wachtwoord reset VPN voor {who},OPS-{n},Service Request,Done,Done,{who},\
                 {day:02}/{month}/25 9:15 AM,{day:02}/{month}/25 4:40 PM,{day:02}/{month}/25 4:40 PM,\
                 \"{day:02}/{month}/25 4:39 PM;{who};Gereset in Active Directory en doorgegeven\""
            )
        })
        .collect()
}

/// A Jira export of these rows.
pub(crate) fn export(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

/// Names that stand in [`rows`].
pub(crate) const PEOPLE: [&str; 4] =
    ["Thibault Vandenbroucke", "Anneleen Uyttendaele", "Karim Belhadj", "Lotte Goossens"];

const HEAD: &str = "Summary,Issue key,Issue Type,Status,Resolution,Reporter,Created,Updated,\
                    Resolved,Comment";

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
