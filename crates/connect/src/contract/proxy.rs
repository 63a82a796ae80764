//! A TCP proxy that breaks one chosen exchange, for any protocol.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// How an exchange is broken. An exchange begins when the client speaks after the peer had the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request is swallowed and the connection cut.
    CutBefore,
    /// The request is passed on, and the connection cut when the peer answers.
    CutAfter,
    /// The request is passed on, and the peer's answer is kept back for ever.
    Silent,
    /// The request is swallowed and answered with this HTTP status and `Retry-After: 7`.
    AnswerInstead(u16),
    /// The request is passed on, and its answer replaced by this HTTP status.
    AnswerAfter(u16),
    /// The request is held back this long before it is passed on.
    Delay(Duration),
}

/// A running proxy; it stops when dropped.
pub struct Proxy {
    address: SocketAddr,
    plan: Arc<Mutex<Breaking>>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Breaking {
    seen: usize,
    armed: Option<(usize, Fault)>,
    fired: bool,
}

impl Proxy {
    /// A proxy in front of this peer, on the peer's own address and a free port.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn start(peer: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((peer.ip(), 0)).await?;
        let address = listener.local_addr()?;
        let plan = Arc::new(Mutex::new(Breaking::default()));
        let shared = Arc::clone(&plan);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let plan = Arc::clone(&shared);
                connections.spawn(async move {
                    if let Ok(server) = TcpStream::connect(peer).await {
                        // Either side going away ends it; there is nobody to tell.
                        drop(pass(client, server, &plan).await);
                    }
                });
            }
        });
        Ok(Self { address, plan, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks the exchange with this number, counted over all connections from now, from 0.
    pub fn arm(&self, exchange: usize, fault: Fault) {
        *lock(&self.plan) = Breaking { armed: Some((exchange, fault)), ..Breaking::default() };
    }

    /// True if the armed exchange came and was broken.
    pub fn fired(&self) -> bool {
        lock(&self.plan).fired
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(plan: &Mutex<Breaking>) -> std::sync::MutexGuard<'_, Breaking> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The fault of the exchange that begins now, if it is the armed one.
fn begin(plan: &Mutex<Breaking>) -> Option<Fault> {
    let mut plan = lock(plan);
    let number = plan.seen;
    plan.seen += 1;
    let (_, fault) = plan.armed.filter(|(exchange, _)| *exchange == number)?;
    plan.fired = true;
    Some(fault)
}

async fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    plan: &Mutex<Breaking>,
) -> io::Result<()> {
    let (mut up, mut down) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let mut asking = false;
    let mut on_answer: Option<Fault> = None;
    let mut client_open = true;
    loop {
        tokio::select! {
            read = client.read(&mut up), if client_open => {
                let length = read?;
                if length == 0 {
                    client_open = false;
                    server.shutdown().await?;
                    continue;
                }
                if !asking {
                    asking = true;
                    match begin(plan) {
                        Some(Fault::CutBefore) => return Ok(()),
                        Some(Fault::AnswerInstead(status)) => return answer(client, status).await,
                        Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
                        after => on_answer = after,
                    }
                }
                server.write_all(&up[..length]).await?;
            }
            read = server.read(&mut down) => {
                let length = read?;
                match on_answer {
                    Some(Fault::AnswerAfter(status)) => return answer(client, status).await,
                    Some(Fault::Silent) if length > 0 => continue,
                    Some(Fault::Silent) => return silent(client).await,
                    Some(_) => return Ok(()),
                    None => {}
                }
                asking = false;
                if length == 0 {
                    return client.shutdown().await;
                }
                client.write_all(&down[..length]).await?;
            }
        }
    }
}

/// Answers and lets the client finish speaking, so that no reset overtakes the answer.
async fn answer(mut client: TcpStream, status: u16) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} Broken On Purpose\r\nretry-after: 7\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await?;
    silent(client).await
}

/// Swallows what the client says until it goes.
async fn silent(mut client: TcpStream) -> io::Result<()> {
    let mut rest = vec![0; 4096];
    while client.read(&mut rest).await? > 0 {}
    Ok(())
}
