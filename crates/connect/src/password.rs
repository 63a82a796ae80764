//! Passwords: random ones that nobody knows, and those that one person can be told.
//!
//! A password to hand over leaves only encrypted, to the age recipient of the person who tells it
//! on. So it stands in no journal, log or mail that others can read.

use std::str::FromStr as _;

use age::x25519::Recipient;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kompel_model::Secret;
use serde_json::{Value, json};

use crate::{Error, ErrorKind};

/// 40 characters of four kinds: 32 from 64 signs (192 bits), and eight that satisfy every rule on
/// kinds of characters.
pub(crate) fn random() -> Result<Secret, Error> {
    let signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text: String =
        bytes()?.iter().map(|byte| char::from(signs[usize::from(byte % 64)])).collect();
    text.push_str("aB3!zY7?");
    Ok(Secret::new(text))
}

/// One that can be told over the phone: four times four signs that nobody mistakes for others (80
/// bits), and a beginning that satisfies every rule on kinds of characters.
fn tellable() -> Result<Secret, Error> {
    let signs = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut text = "K7".to_owned();
    for (number, byte) in bytes()?.iter().take(16).enumerate() {
        if number % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(signs[usize::from(byte % 32)]));
    }
    Ok(Secret::new(text))
}

/// A new password, and what of it may be told: nothing, or the password encrypted for one person.
pub(crate) fn new(recipient: Option<&str>) -> Result<(Secret, Value), Error> {
    let Some(text) = recipient else { return Ok((random()?, Value::Null)) };
    let recipient = read(text)?;
    let password = tellable()?;
    let sealed = age::encrypt(&recipient, password.reveal().as_bytes()).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "the password can't be encrypted").because(error)
    })?;
    Ok((password, STANDARD.encode(sealed).into()))
}

/// Fails for a recipient that is none, before anything is done.
pub(crate) fn check(recipient: Option<&str>) -> Result<(), Error> {
    recipient.map(read).transpose().map(drop)
}

fn read(recipient: &str) -> Result<Recipient, Error> {
    Recipient::from_str(recipient)
        .map_err(|why| Error::new(ErrorKind::Invalid, format!("`sealFor`: {why}")))
}

/// Schema of the input that names the person.
pub(crate) fn recipient_schema() -> Value {
    json!({
        "type": "string", "pattern": "^age1[0-9a-z]{58}$",
        "description": "age recipient of the person who tells the password on; left out, nobody \
                        knows it",
    })
}

/// Schema of the output that only that person can read.
pub(crate) fn sealed_schema() -> Value {
    json!({
        "type": ["string", "null"],
        "description": "the password, encrypted with age and written in base64; null without \
                        sealFor, or if no password was set",
    })
}

/// Schema of the output that says that nobody may know the password.
pub(crate) fn lost_schema() -> Value {
    json!({
        "type": "boolean",
        "description": "true: it was seen after an attempt whose answer was lost; if that set a \
                        password, nobody knows it. Reset it",
    })
}

/// An output, seen after an attempt whose answer was lost: the password went with the answer.
pub(crate) fn lost(input: &Value, mut output: Value) -> Value {
    if input["sealFor"].is_string() {
        output["passwordLost"] = true.into();
    }
    output
}

fn bytes() -> Result<[u8; 32], Error> {
    let mut bytes = [0_u8; 32];
    rustls::crypto::aws_lc_rs::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Unexpected, "no randomness"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), 40);
    }

    #[test]
    fn a_password_is_told_to_one_person_only() {
        let person = age::x25519::Identity::generate();
        let (password, sealed) = new(Some(&person.to_public().to_string())).unwrap();
        let sealed = STANDARD.decode(sealed.as_str().unwrap()).unwrap();
        let told = age::decrypt(&person, &sealed).unwrap();
        assert_eq!(told, password.reveal().as_bytes());
        assert_eq!(password.reveal().len(), 22);
        assert!(age::decrypt(&age::x25519::Identity::generate(), &sealed).is_err());
        let (unknown, nothing) = new(None).unwrap();
        assert_eq!((unknown.reveal().len(), nothing), (40, Value::Null));
        assert_eq!(check(Some("age1nonsense")).unwrap_err().kind, ErrorKind::Invalid);
    }
}
