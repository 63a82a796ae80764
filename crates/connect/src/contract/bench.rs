//! What a connector brings to be tried: a peer to work on and an example for each action.

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use kompel_model::Secret;
use serde_json::Value;

use crate::{Connection, Connector};

/// A connector's way into the shared contract tests.
#[async_trait]
pub trait Bench: Send + Sync {
    /// The connector.
    fn connector(&self) -> Arc<dyn Connector>;

    /// At least one example for each of its actions; the suite fails for an action without one.
    fn examples(&self) -> Vec<Example>;

    /// Starts the peer: a real server on a free port or an own address of 127.0.0.0/8, with its
    /// state in a temporary folder. It is stopped when the peer is dropped.
    ///
    /// # Errors
    /// Why it can't be started here; the suite then says "not run" (or fails, if the environment
    /// has `PEERS_REQUIRED`).
    async fn start(&self) -> Result<Box<dyn Peer>, NotRun>;
}

/// A running peer.
#[async_trait]
pub trait Peer: Send + Sync {
    /// Puts the peer's state where this example begins. Called before every case, so it must work
    /// from any state that the example's own action, repeated or undone, can have left.
    async fn prepare(&self, example: &Example);

    /// All of the peer's state that its actions can change, without what differs at each look
    /// (times, sequence numbers). Equal snapshots mean that nothing was changed.
    async fn snapshot(&self) -> Value;

    /// A connection, opened with [`Connection::open`] so that its settings are checked; `None` if
    /// this way does not exist at this peer.
    async fn connection(&self, way: Way) -> Option<Arc<Connection>>;

    /// Where the peer listens with TCP, so that the suite can put a breaking proxy in between.
    /// `None` for a peer without a socket: it then offers [`Way::Mishap`].
    fn address(&self) -> Option<SocketAddr> {
        None
    }

    /// An example's input with the peer's address in it, for connectors whose input names one; the
    /// suite gives its proxy's address where it wants to be in between.
    fn fill_in(&self, input: &Value, at: SocketAddr) -> Value {
        let _ = at;
        input.clone()
    }

    /// True if `address` speaks plain HTTP/1.1, so that the proxy can answer 429 or 500 itself.
    fn speaks_plain_http(&self) -> bool {
        false
    }

    /// The secrets that the connections use; the suite looks for them in everything it is told.
    fn secrets(&self) -> Vec<Secret> {
        Vec::new()
    }
}

/// Which connection is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Straight to the peer, with all permissions that the actions name.
    Direct,
    /// The same through this address instead of the peer's own (same host where certificates
    /// matter: the proxy listens on the peer's own address).
    Through(SocketAddr),
    /// With credentials that may not write (or no right ones at all).
    Powerless,
    /// As direct, but this goes wrong; for peers without a socket.
    Mishap(Mishap),
}

/// What goes wrong at a peer without a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The peer is not there.
    Gone,
    /// It does what it is asked and the answer is lost.
    AnswerLost,
}

/// One example of an action's use.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The action's name ("ad.disable").
    pub action: &'static str,
    /// What tells it from other examples of the same action ("member of two groups"); may be empty.
    pub name: &'static str,
    /// An input that works on the state that [`Peer::prepare`] makes.
    pub input: Value,
    /// True if its plan does not look at the peer, which some protocols do not allow: it then can't
    /// see that the peer is gone, or that nothing is left to do.
    pub blind: bool,
}

impl Example {
    /// An example with this input.
    pub fn new(action: &'static str, input: Value) -> Self {
        Self { action, name: "", input, blind: false }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same, with a plan that does not look at the peer.
    #[must_use]
    pub fn blind(mut self) -> Self {
        self.blind = true;
        self
    }
}

/// Why something was not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun(pub String);
