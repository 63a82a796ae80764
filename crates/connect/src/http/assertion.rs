//! What proves a client that holds a certificate: an assertion signed with its key (RFC 7523 §2.2),
//! as Microsoft wants it (PS256, `x5t#S256`).
//!
//! # Source
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kompel_model::{Secret, Timestamp};
use rustls::{
    SignatureScheme,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Error, ErrorKind};

/// The type of such an assertion, as the token endpoint wants it named.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How long it counts: Microsoft advises five to ten minutes.
const LIVES_S: i64 = 300;

/// An assertion of this client for this token endpoint. `pem` holds the certificate and its RSA
/// key.
///
/// # Errors
/// `Invalid` if it does not; nothing of it is told.
pub(super) fn assertion(
    pem: &Secret,
    client: &str,
    endpoint: &str,
    at: Timestamp,
) -> Result<Secret, Error> {
    let wrong = |what: &str| Error::new(ErrorKind::Invalid, format!("the certificate: {what}"));
    let text = pem.reveal().as_bytes();
    let certificate =
        CertificateDer::from_pem_slice(text).map_err(|_| wrong("no CERTIFICATE in PEM"))?;
    let key = PrivateKeyDer::from_pem_slice(text).map_err(|_| wrong("no PRIVATE KEY in PEM"))?;
    let provider = aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(key);
    let signer = key
        .map_err(|_| wrong("its key can't be used"))?
        .choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])
        .ok_or_else(|| wrong("its key is not RSA"))?;
    let failed = || Error::new(ErrorKind::Unexpected, "no assertion could be signed");
    let mut unique = [0_u8; 16];
    provider.secure_random.fill(&mut unique).map_err(|_| failed())?;
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate));
    let (head, now) =
        (json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}), at.timestamp());
    let claims = json!({
        "aud": endpoint, "iss": client, "sub": client, "jti": URL_SAFE_NO_PAD.encode(unique),
        "nbf": now, "iat": now, "exp": now + LIVES_S,
    });
    let said = format!("{}.{}", part(head), part(claims));
    let signature = signer.sign(said.as_bytes()).map_err(|_| failed())?;
    Ok(Secret::new(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_rsa_certificate_with_its_key_is_refused_and_not_told() {
        let elliptic = rcgen::KeyPair::generate().unwrap();
        let signed = rcgen::CertificateParams::default().self_signed(&elliptic).unwrap();
        let (certificate, key) = (signed.pem(), elliptic.serialize_pem());
        for (pem, word) in [
            ("not PEM".to_owned(), "no CERTIFICATE"),
            (certificate.clone(), "no PRIVATE KEY"),
            (format!("{certificate}{key}"), "not RSA"),
            (
                format!(
                    "{certificate}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
                ),
                "can't be used",
            ),
        ] {
            let refused = assertion(&Secret::new(pem), "kompel", "http://x", Timestamp::UNIX_EPOCH);
            let error = refused.err().unwrap();
            assert_eq!(error.kind, ErrorKind::Invalid);
            assert!(error.detail.contains(word), "{word}: {error}");
        }
    }
}
