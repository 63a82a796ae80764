//! The client against broken and encrypted peers.

use std::{fs, net::SocketAddr, sync::Arc};

use kompel_model::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::{Exchange, Http, HttpSettings, Method};
use crate::{
    ErrorKind,
    contract::{Fault, Proxy},
};

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A peer that answers every request with these bytes and hangs up.
async fn answering(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut request = [0; 4096];
            drop(client.read(&mut request).await);
            drop(client.write_all(bytes).await);
            drop(client.shutdown().await);
        }
    });
    address
}

fn http() -> Http {
    Http::new(HttpSettings { timeout_s: 1, most_bytes: 1024, ..HttpSettings::default() }).unwrap()
}

async fn told(exchange: Exchange) -> Option<ErrorKind> {
    exchange.succeed(Timestamp::UNIX_EPOCH).await.err().map(|error| error.kind)
}

#[tokio::test]
async fn what_a_broken_answer_means_depends_on_what_was_at_stake() {
    use ErrorKind::{OutcomeUnknown, Unexpected, Unreachable};
    for (bytes, to_read, to_write) in [
        (FINE, None, None),
        (&b""[..], Some(Unreachable), Some(OutcomeUnknown)),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
            Some(Unreachable),
            Some(OutcomeUnknown),
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n",
            Some(Unreachable),
            Some(OutcomeUnknown),
        ),
        (b"SSH-2.0-OpenSSH\r\n", Some(Unreachable), Some(OutcomeUnknown)),
        (b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", Some(Unexpected), Some(OutcomeUnknown)),
    ] {
        let url = format!("http://{}/", answering(bytes).await);
        let what = String::from_utf8_lossy(bytes);
        assert_eq!(told(http().read(Method::GET, &url)).await, to_read, "read {what}");
        assert_eq!(told(http().write(Method::POST, &url)).await, to_write, "write {what}");
    }
}

#[tokio::test]
async fn a_write_without_an_answer_in_time_may_have_been_done() {
    let proxy = Proxy::start(answering(FINE).await).await.unwrap();
    let url = format!("http://{}/", proxy.address());
    proxy.arm(0, Fault::Silent);
    assert_eq!(told(http().write(Method::POST, &url)).await, Some(ErrorKind::OutcomeUnknown));
    proxy.arm(0, Fault::Silent);
    assert_eq!(told(http().read(Method::GET, &url)).await, Some(ErrorKind::Unreachable));
}

/// A TLS peer whose certificate an authority in `ca.pem` signed.
async fn encrypted(folder: &TempDir) -> SocketAddr {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(mut client) = acceptor.accept(client).await else { continue };
            let mut request = [0; 4096];
            drop(client.read(&mut request).await);
            drop(client.write_all(FINE).await);
            drop(client.shutdown().await);
        }
    });
    address
}

#[tokio::test]
async fn only_a_known_authority_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("https://{}/", encrypted(&folder).await);
    // Nothing was sent to a stranger, so a write is not in doubt.
    assert_eq!(told(http().write(Method::PUT, &url)).await, Some(ErrorKind::Unreachable));
    let trusting = |file: &str| {
        let ca_file = Some(folder.path().join(file));
        Http::new(HttpSettings { ca_file, ..HttpSettings::default() })
    };
    assert_eq!(told(trusting("ca.pem").unwrap().write(Method::PUT, &url)).await, None);
    fs::write(folder.path().join("junk.pem"), "junk").unwrap();
    for file in ["absent.pem", "junk.pem"] {
        let refused = trusting(file).err().map(|error| error.kind);
        assert_eq!(refused, Some(ErrorKind::Invalid), "{file}");
    }
}

#[tokio::test]
async fn a_larger_answer_than_allowed_is_not_read() {
    let body = "x".repeat(2000);
    let bytes = format!("HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{body}").into_bytes();
    let url = format!("http://{}/", answering(Vec::leak(bytes)).await);
    assert_eq!(told(http().read(Method::GET, &url)).await, Some(ErrorKind::Unexpected));
    assert_eq!(told(http().write(Method::PUT, &url)).await, Some(ErrorKind::OutcomeUnknown));
}
