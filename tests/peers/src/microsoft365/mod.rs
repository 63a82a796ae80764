//! A stub of Microsoft 365: the token endpoint, the parts of Graph v1.0 and the Exchange cmdlets
//! that our connectors use, over one imaginary tenant that remembers what was done.
//!
//! Owns the shapes, checked against Microsoft's published metadata (`Metadata`), and the troubles a
//! cloud makes: latency, 429 with `Retry-After`, 5xx, writes that are seen later, writes that are
//! acknowledged and not done.
//!
//! *What it can't prove*: that Microsoft grants these actions to an application with these
//! permissions (the table in `graph.rs` is the documentation's, read in 2026); how long a write
//! takes to be seen, and a session to end; what Microsoft's own checks refuse beyond those written
//! here (roles of the target, licences of the tenant, conditional access, protected actions); which
//! `$filter` it understands beyond the few here; that OneDrive for Business shows and inherits
//! permissions as `files.rs` has it, and tells items with permissions of their own apart when asked
//! for that; that a cancelled meeting reaches who was invited; that `-User` and `-Trustee` find every right of a
//! person (SendAs under an earlier SID is not found, says Microsoft), how long a client's mailboxes take
//! to be asked one by one, and that tables and `$select` are taken as public clients send them; and for
//! Exchange anything at all about shapes,
//! since InvokeCommand is described nowhere: names and errors are those of the PowerShell
//! documentation and of public clients. A test that passes here says that we keep our promises if
//! Microsoft keeps these, no more.

mod assertion;
mod csdl;
mod exchange;
mod files;
mod filter;
mod graph;
mod server;
mod world;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::oneshot;

pub use csdl::Metadata;
pub use world::{World, guid};

/// A running stub; stopped when dropped.
pub struct Microsoft365 {
    /// Where it listens: for tokens, Graph and Exchange alike.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// With requests whose method, path or cmdlet contains this ("PATCH /v1.0/users",
    /// "Set-Mailbox").
    pub on: String,
    /// How.
    pub how: How,
    /// How often; it then passes.
    pub times: u32,
    /// Only with those that write.
    pub writes: bool,
}

/// How something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// 429 with `Retry-After` in seconds; not done.
    Limited(u32),
    /// This status without doing it.
    Failing(u16),
    /// It is done, and this status answered.
    FailingAfter(u16),
    /// It is done, and the answer breaks off.
    AnswerLost,
    /// 403.
    Refused,
    /// It is acknowledged as done, and is not.
    Deaf,
}

/// One request and what was answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Its body, if it was JSON.
    pub body: Value,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub answer: Value,
}

pub(crate) struct State {
    /// What is.
    truth: World,
    /// What reads see.
    seen: World,
    /// Reads after a write that don't see it.
    lag: u32,
    unseen: u32,
    latency: Duration,
    troubles: Vec<Trouble>,
    log: Vec<Exchange>,
    /// Certificates in PEM that the application of all permissions may prove itself by.
    certificates: Vec<String>,
    /// Seconds since the stub's time began.
    clock: u32,
}

impl Microsoft365 {
    /// The directory (tenant) that it serves.
    pub const DIRECTORY: &'static str = "contoso.test";
    /// An application with all permissions, and its secret.
    pub const CLIENT: (&'static str, &'static str) = ("kompel", "secret-of-kompel");
    /// An application that may only read, and its secret.
    pub const READER: (&'static str, &'static str) = ("reader", "secret-of-reader");

    /// Starts it with the sample world.
    ///
    /// # Panics
    /// If it can't listen.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            truth: World::sample(),
            seen: World::sample(),
            lag: 0,
            unseen: 0,
            latency: Duration::ZERO,
            troubles: Vec::new(),
            log: Vec::new(),
            certificates: Vec::new(),
            clock: 0,
        }));
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&state);
        let thread = thread::spawn(move || server::run(listener, shared, stopped));
        Self { address, state, stop: Some(stop), thread: Some(thread) }
    }

    /// Its address as a base of URLs.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the world, and ends every trouble.
    pub fn reset(&self, world: World) {
        let mut state = self.state();
        state.seen = world.clone();
        state.truth = world;
        (state.lag, state.unseen, state.latency) = (0, 0, Duration::ZERO);
        state.troubles.clear();
        state.log.clear();
    }

    /// From now on [`Self::CLIENT`] may prove itself by this certificate (PEM) too.
    pub fn trust(&self, certificate: &str) {
        self.state().certificates.push(certificate.to_owned());
    }

    /// Changes the world behind everybody's back, seen at once.
    pub fn change(&self, change: impl FnOnce(&mut World)) {
        let mut state = self.state();
        change(&mut state.truth);
        state.seen = state.truth.clone();
    }

    /// The world as it is.
    pub fn world(&self) -> World {
        self.state().truth.clone()
    }

    /// From now on a write is seen only after this many further reads.
    pub fn lag(&self, reads: u32) {
        self.state().lag = reads;
    }

    /// From now on every answer takes this long.
    pub fn latency(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// Something goes wrong from now on.
    pub fn trouble(&self, on: &str, how: How, times: u32) {
        self.state().troubles.push(Trouble { on: on.to_owned(), how, times, writes: false });
    }

    /// Something goes wrong with every such request that writes, and with none that reads.
    pub fn trouble_with_writes(&self, on: &str, how: How) {
        let trouble = Trouble { on: on.to_owned(), how, times: u32::MAX, writes: true };
        self.state().troubles.push(trouble);
    }

    /// Every exchange since the last [`Self::reset`], tokens aside; those within a batch one by
    /// one.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.state().log.clone()
    }
}

impl Drop for Microsoft365 {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl State {
    /// The world for a read; each brings unseen writes nearer.
    fn reading(&mut self) -> &World {
        if self.unseen > 0 {
            self.unseen -= 1;
            if self.unseen == 0 {
                self.seen = self.truth.clone();
            }
        }
        &self.seen
    }

    /// Keeps what a write made.
    fn written(&mut self, world: World) {
        self.truth = world;
        if self.lag == 0 {
            self.seen = self.truth.clone();
        } else {
            // One more: the read that makes it seen sees it.
            self.unseen = self.lag + 1;
        }
    }

    /// The present moment.
    fn now(&mut self) -> String {
        self.clock += 1;
        let (minutes, seconds) = (self.clock / 60, self.clock % 60);
        format!("2026-11-28T{:02}:{:02}:{seconds:02}Z", minutes / 60 % 24, minutes % 60)
    }

    /// What goes wrong with this request, if anything.
    fn trouble_with(&mut self, what: &str, writes: bool) -> Option<How> {
        let trouble = self
            .troubles
            .iter_mut()
            .find(|one| one.times > 0 && what.contains(&one.on) && (writes || !one.writes))?;
        trouble.times -= 1;
        Some(trouble.how)
    }
}
