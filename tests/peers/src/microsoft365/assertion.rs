//! Whether an assertion proves an application: its claims here, its signature by openssl.

use std::{fs, path::Path, process::Command};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::program;

pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// True if the key of this certificate signed it, and it says that it is this client, for the token
/// endpoint of this path, for ten minutes at most.
pub(super) fn proves(said: &str, certificate: &str, client: &str, path: &str) -> bool {
    let parts: Vec<&str> = said.split('.').collect();
    let [head, claims, signature] = parts.as_slice() else { return false };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    let json = |part: &str| serde_json::from_slice::<Value>(&decoded(part)).unwrap_or_default();
    let (head, claims, signed) = (json(head), json(claims), format!("{head}.{claims}"));
    let (nbf, exp) = (claims["nbf"].as_i64(), claims["exp"].as_i64());
    let dated = nbf.zip(exp).is_some_and(|(nbf, exp)| nbf > THIS_CENTURY && exp - nbf <= 600);
    let fits = head["alg"] == "PS256"
        && head["typ"] == "JWT"
        && claims["iss"] == client
        && claims["sub"] == client
        && claims["jti"].as_str().is_some_and(|id| id.len() > 16)
        && claims["aud"].as_str().is_some_and(|audience| audience.ends_with(path));
    fits && dated && signature_holds(&head, &signed, &decoded(signature), certificate)
}

fn signature_holds(head: &Value, signed: &str, signature: &[u8], certificate: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let certificate = file("certificate", certificate.as_bytes());
    let about = |what: &[&str]| openssl(&[&["x509", "-noout"], what].concat(), &certificate);
    let fingerprint = about(&["-fingerprint", "-sha256"]).unwrap_or_default();
    let bytes: Vec<u8> = fingerprint
        .trim()
        .rsplit('=')
        .next()
        .unwrap_or_default()
        .split(':')
        .filter_map(|hex| u8::from_str_radix(hex, 16).ok())
        .collect();
    if head["x5t#S256"] != URL_SAFE_NO_PAD.encode(bytes) {
        return false;
    }
    let key = file("key", about(&["-pubkey"]).unwrap_or_default().as_bytes());
    let signature = file("signature", signature);
    let (key, signature) = (key.to_string_lossy(), signature.to_string_lossy());
    let verify = [
        "dgst",
        "-sha256",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:32",
        "-verify",
        &key,
        "-signature",
        &signature,
    ];
    openssl(&verify, &file("signed", signed.as_bytes())).is_some()
}

/// What openssl says of a file; nothing if it says no.
fn openssl(arguments: &[&str], file: &Path) -> Option<String> {
    let mut command = Command::new(program("openssl")?);
    let of = if arguments[0] == "x509" { &["-in"][..] } else { &[] };
    let said = command.args(arguments).args(of).arg(file).output().unwrap();
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

const THIS_CENTURY: i64 = 1_600_000_000;
