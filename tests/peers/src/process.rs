//! Processes, addresses and waiting.

use std::{
    fs::File,
    io::Write as _,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

/// A running server; killed by its process id when dropped.
pub struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts the command; what it says goes to this file.
    ///
    /// # Panics
    /// If it can't be started.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let out = File::options().create(true).append(true).open(log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, log: log.to_owned() }
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// True while the process lives.
    ///
    /// # Panics
    /// If the system can't tell.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the check passes.
    ///
    /// # Panics
    /// With what the server said, if it ends first or the check does not pass.
    pub fn ready(&mut self, what: &str, mut check: impl FnMut() -> bool) {
        for _ in 0..ROUNDS {
            if check() {
                return;
            }
            assert!(self.runs(), "{what} ended: {}", self.said());
            thread::park_timeout(PAUSE);
        }
        panic!("{what} is not ready: {}", self.said());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An orderly end first: some servers have helper processes to take with them.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).stderr(Stdio::null()).status();
        for _ in 0..60 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::park_timeout(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the check passes.
///
/// # Panics
/// If it does not.
pub fn wait_until(what: &str, mut check: impl FnMut() -> bool) {
    for _ in 0..ROUNDS {
        if check() {
            return;
        }
        thread::park_timeout(PAUSE);
    }
    panic!("waited in vain: {what}");
}

/// Starts a command and types this into it.
pub(crate) fn spawned_with_input(command: &mut Command, typed: &str) -> Child {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child
}

/// Where a program is; `None`, after saying so, if it is not installed.
///
/// # Panics
/// If it is absent and `PEERS_REQUIRED` is set.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = environment("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/usr/local/sbin", "/sbin"]);
    let found = folders.map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
    if found.is_none() {
        missing(name);
    }
    found
}

/// This file of a package; `None`, after saying so, if it is not installed.
///
/// # Panics
/// If it is absent and `PEERS_REQUIRED` is set.
pub fn installed(path: &Path) -> Option<PathBuf> {
    let found = path.is_file().then(|| path.to_owned());
    if found.is_none() {
        missing(&path.display().to_string());
    }
    found
}

/// Says that a peer is absent.
///
/// # Panics
/// If peers are required.
#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
pub(crate) fn missing(what: &str) {
    let required = environment("PEERS_REQUIRED").is_some_and(|value| value == "1");
    assert!(!required, "{what} is absent, and PEERS_REQUIRED is set");
    eprintln!("not run: {what} is absent");
}

/// A program of the virtual environment that `cargo xtask peers` makes.
pub(crate) fn python_program(name: &str) -> Option<PathBuf> {
    let usual = || environment("HOME").map(|home| format!("{home}/.cache/kompel/peers"));
    let folder = environment("KOMPEL_PEERS").or_else(usual)?;
    let path = Path::new(&folder).join("python/bin").join(name);
    if path.is_file() {
        return Some(path);
    }
    missing(name);
    None
}

/// A setting of the tester.
#[expect(clippy::disallowed_methods, reason = "which peers are there is the tester's setting")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A TCP port of this address that nobody listens on.
///
/// # Panics
/// If the system gives none.
pub fn free_port(address: Ipv4Addr) -> u16 {
    TcpListener::bind((address, 0)).unwrap().local_addr().unwrap().port()
}

/// A loopback address that no other test uses: for servers whose ports are fixed.
pub fn own_address() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let last = u8::try_from(next % 250).unwrap_or(0) + 2;
    Ipv4Addr::new(127, 64 + (high & 0x3f), low, last)
}

const ROUNDS: usize = 1200;
const PAUSE: Duration = Duration::from_millis(50);
