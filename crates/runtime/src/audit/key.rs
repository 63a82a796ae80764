//! The key that signs checkpoints, and its public half that auditors hold.
//!
//! The name in both is the log's origin: it is derived from the key, so that no two installations
//! share one.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{Error, files, key::to_hex};

/// The private key. Deliberately without `Debug`, `Display` and `Serialize`.
pub struct AuditKey {
    signing: SigningKey,
    verifier: VerifierKey,
}

/// The public key, in the form that C2SP calls a vkey: `name+id+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl AuditKey {
    /// Makes a key from the system's random bytes and writes it and its public half; never
    /// overwrites a private key.
    ///
    /// # Errors
    /// `File` if the file exists or can't be written, `NoRandomness` without random bytes.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let mut seed = Zeroizing::new([0; 32]);
        crate::key::random(seed.as_mut_slice())?;
        let key = Self::from_seed(*seed);
        let mut bytes = Zeroizing::new(vec![ED25519]);
        bytes.extend_from_slice(seed.as_slice());
        let (name, id) = (key.verifier.name(), to_hex(&key.verifier.id()));
        let encoded = Zeroizing::new(STANDARD.encode(&bytes));
        let text = Zeroizing::new(format!("{PRIVATE}{name}+{id}+{}\n", *encoded));
        files::create_private(path, text.as_bytes())?;
        files::replace(&public_beside(path), format!("{}\n", key.verifier).as_bytes())?;
        Ok(key)
    }

    /// Reads the key.
    ///
    /// # Errors
    /// `Missing` or `File` if the file can't be read, `UnusableKey` if it holds no such key.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text =
            Zeroizing::new(fs::read_to_string(path).map_err(|source| match source.kind() {
                std::io::ErrorKind::NotFound => Error::Missing(path.to_owned()),
                _ => Error::File { path: path.to_owned(), source },
            })?);
        Self::parse(text.trim_end()).ok_or_else(|| Error::UnusableKey(path.to_owned()))
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.strip_prefix(PRIVATE)?.split_once('+')?;
        let (id, encoded) = rest.split_once('+')?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        let (kind, seed) = bytes.split_first()?;
        let key = Self::from_seed(seed.try_into().ok()?);
        let whole = *kind == ED25519 && name == key.verifier.name;
        (whole && id == to_hex(&key.verifier.id())).then_some(key)
    }

    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(&seed);
        let key = signing.verifying_key();
        let print = to_hex(&Sha256::digest(key.as_bytes()));
        let name = format!("{ORIGIN}{}", &print[..16]);
        Self { signing, verifier: VerifierKey { name, key } }
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(super) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.signing.sign(text).to_bytes()
    }
}

impl VerifierKey {
    /// The key's name, which is also the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    pub(super) fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.key.verify_strict(text, &signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, to_hex(&self.id()), STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (name, rest) = text.split_once('+')?;
            let (_, encoded) = rest.split_once('+')?;
            let bytes = STANDARD.decode(encoded).ok()?;
            let (ED25519, key) = bytes.split_first().map(|(kind, key)| (*kind, key))? else {
                return None;
            };
            let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
            let found = Self { name: name.to_owned(), key };
            let plain = !name.is_empty() && !name.contains(char::is_whitespace);
            (plain && found.to_string() == text).then_some(found)
        };
        parse().ok_or(Error::UnusableVerifierKey)
    }
}

/// Where the public half of a private key file stands.
pub(crate) fn public_beside(path: &Path) -> PathBuf {
    path.with_extension("audit-key.pub")
}

const ED25519: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";
const ORIGIN: &str = "kompel.dev/audit/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.audit-key");
        let made = AuditKey::create(&path).unwrap();
        assert!(AuditKey::create(&path).is_err());
        assert_eq!(AuditKey::read(&path).unwrap().verifier(), made.verifier());
        let public = fs::read_to_string(folder.path().join("kompel.audit-key.pub")).unwrap();
        assert_eq!(public.trim().parse::<VerifierKey>().unwrap(), *made.verifier());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.audit-key");
        assert!(matches!(AuditKey::read(&path), Err(Error::Missing(_))));
        for text in ["", "PRIVATE+KEY+a+00000000+AQ==", "PRIVATE+KEY+a"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(AuditKey::read(&path), Err(Error::UnusableKey(_))), "{text:?}");
        }
        let good = AuditKey::from_seed([7; 32]).verifier().to_string();
        for text in ["", "a+b+c", &good[1..], &format!("{good} "), &good.to_uppercase()] {
            assert!(text.parse::<VerifierKey>().is_err(), "{text:?}");
        }
    }
}
