//! The workspace's key: made once, kept in a file only its owner can read.
//!
//! Seals names (XChaCha20-Poly1305) and gives the reader's pseudonyms their own key. Is never
//! printed, compared or written anywhere else.

use std::{fs, path::Path};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use sha2::{Digest as _, Sha256};

use crate::{Error, files};

/// 32 secret bytes. Deliberately without `Debug`, `Display` and `Serialize`.
pub struct Key([u8; KEY_BYTES]);

/// Bytes that only the key opens: a nonce and the encrypted text.
pub struct Sealed(pub Vec<u8>);

impl Key {
    /// Makes a new key from the system's random bytes and writes it; never overwrites a file.
    ///
    /// # Errors
    /// `File` if the file exists or can't be written, `NoRandomness` without random bytes.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let mut bytes = [0; KEY_BYTES];
        random(&mut bytes)?;
        files::create_private(path, format!("{}\n", to_hex(&bytes)).as_bytes())?;
        Ok(Self(bytes))
    }

    /// Reads the key.
    ///
    /// # Errors
    /// `Missing` or `File` if the file can't be read, `UnusableKey` if it holds no key.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::Missing(path.to_owned()),
            _ => Error::File { path: path.to_owned(), source },
        })?;
        let bytes = from_hex(text.trim()).ok_or_else(|| Error::UnusableKey(path.to_owned()))?;
        Ok(Self(bytes))
    }

    /// A key for one purpose, from which this one can't be told.
    pub fn for_purpose(&self, purpose: &str) -> [u8; KEY_BYTES] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(b"kompel key for ");
        hash.update(purpose.as_bytes());
        hash.finalize().into()
    }

    /// Encrypts a text that belongs to `context`; opening it needs the same context.
    ///
    /// # Errors
    /// `NoRandomness` without random bytes for the nonce.
    pub fn seal(&self, context: &str, text: &str) -> Result<Sealed, Error> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let payload = Payload { msg: text.as_bytes(), aad: context.as_bytes() };
        let body = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a name is far below the cipher's limit of 256 GiB");
        Ok(Sealed([nonce.as_slice(), &body].concat()))
    }

    /// Decrypts what [`Key::seal`] made; `None` if key or context are others.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Option<String> {
        let (nonce, body) = sealed.0.split_at_checked(NONCE_BYTES)?;
        let payload = Payload { msg: body, aad: context.as_bytes() };
        let bytes = self.cipher().decrypt(XNonce::from_slice(nonce), payload).ok()?;
        String::from_utf8(bytes).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.for_purpose("identities").into())
    }
}

/// Fills the bytes with the system's randomness.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|e| Error::NoRandomness(e.to_string()))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal digits.
pub(crate) fn from_hex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != 2 * BYTES || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_name_opens_only_with_its_key_and_context() {
        let (one, other) = (Key([1; 32]), Key([2; 32]));
        let sealed = one.seal("default/p-1", "Jan Janssen").unwrap();
        assert_eq!(one.open("default/p-1", &sealed).as_deref(), Some("Jan Janssen"));
        assert!(one.open("default/p-2", &sealed).is_none());
        assert!(other.open("default/p-1", &sealed).is_none());
        assert!(!sealed.0.windows(7).any(|bytes| bytes == b"Janssen"));
        assert!(one.open("default/p-1", &Sealed(vec![0; 3])).is_none());
    }

    #[test]
    fn a_key_file_is_for_its_owner_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.key");
        let made = Key::create(&path).unwrap();
        assert!(Key::create(&path).is_err());
        assert_eq!(Key::read(&path).unwrap().0, made.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.key");
        assert!(matches!(Key::read(&path), Err(Error::Missing(_))));
        for text in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Key::read(&path), Err(Error::UnusableKey(_))), "{text:?}");
        }
    }
}
