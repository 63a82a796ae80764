//! The vault: a file of secrets that only its key opens, in the age format.
//!
//! Both files can be used with age's own tools: `age -d -i kompel.age-key kompel.secrets.age`.
//!
//! # Source
//! <https://c2sp.org/age>

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use age::{secrecy::ExposeSecret as _, x25519::Identity};
use kompel_model::{Secret, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::SecretName;
use crate::{Error, files};

/// An encrypted file of secrets and the file of its key.
#[derive(Debug, Clone)]
pub struct Vault {
    file: PathBuf,
    key: PathBuf,
}

/// What may be told of a secret: never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptSecret {
    /// Its name.
    pub name: String,
    /// When it was set last.
    pub set: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// By tenant and name.
    secrets: BTreeMap<String, BTreeMap<String, Item>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(with = "guarded")]
    value: Secret,
    set: String,
}

impl Vault {
    /// The vault in these files; neither needs to be there yet.
    pub fn new(file: PathBuf, key: PathBuf) -> Self {
        Self { file, key }
    }

    /// Keeps a secret; true if it takes the place of one. Makes key and file where they lack.
    ///
    /// # Errors
    /// `SecretTooShort` if it is too short to be found in texts again; `File` if the files can't be
    /// written: then the old ones stand.
    pub fn set(
        &self,
        tenant: &TenantId,
        name: &SecretName,
        value: Secret,
        at: Timestamp,
    ) -> Result<bool, Error> {
        Self::accepts(name, &value)?;
        let _turn = self.turn()?;
        if !self.key.exists() {
            if self.file.exists() {
                return Err(Error::Missing(self.key.clone()));
            }
            files::create_private(&self.key, key_text(&[Identity::generate()]).as_bytes())?;
        }
        let mut content = self.read()?;
        let item = Item { value, set: at.to_rfc3339() };
        let of_tenant = content.secrets.entry(tenant.as_str().to_owned()).or_default();
        let replaced = of_tenant.insert(name.as_str().to_owned(), item).is_some();
        self.write(&content, &self.identities()?[0])?;
        Ok(replaced)
    }

    /// Whether [`Vault::set`] would take this value, before anything is put on record.
    ///
    /// # Errors
    /// `SecretTooShort` if it is too short to be found in texts again.
    pub fn accepts(name: &SecretName, value: &Secret) -> Result<(), Error> {
        long_enough(name, value)
    }

    /// Removes a secret; false if there was none.
    ///
    /// # Errors
    /// As [`Vault::set`].
    pub fn remove(&self, tenant: &TenantId, name: &SecretName) -> Result<bool, Error> {
        let _turn = self.turn()?;
        let mut content = self.read()?;
        let Some(of_tenant) = content.secrets.get_mut(tenant.as_str()) else { return Ok(false) };
        let removed = of_tenant.remove(name.as_str()).is_some();
        if removed {
            self.write(&content, &self.identities()?[0])?;
        }
        Ok(removed)
    }

    /// The tenant's secrets by name, without their values.
    ///
    /// # Errors
    /// As [`Vault::find`].
    pub fn list(&self, tenant: &TenantId) -> Result<Vec<KeptSecret>, Error> {
        let mut content = self.read()?;
        let items = content.secrets.remove(tenant.as_str()).unwrap_or_default();
        Ok(items.into_iter().map(|(name, item)| KeptSecret { name, set: item.set }).collect())
    }

    /// A secret of this tenant; `None` if the vault has none of that name.
    ///
    /// # Errors
    /// `WrongSecretsKey` if the key does not open the file or the file was damaged.
    pub fn find(&self, tenant: &TenantId, name: &SecretName) -> Result<Option<Secret>, Error> {
        let mut content = self.read()?;
        let items = content.secrets.get_mut(tenant.as_str());
        Ok(items.and_then(|items| items.remove(name.as_str())).map(|item| item.value))
    }

    /// Encrypts everything anew with a new key; gives how many secrets there are. A crash in the
    /// middle leaves files that open: until the last step the key file holds both keys.
    ///
    /// # Errors
    /// As [`Vault::set`].
    pub fn rotate(&self) -> Result<usize, Error> {
        let _turn = self.turn()?;
        let content = self.read()?;
        let new = Identity::generate();
        let mut both = vec![new];
        if self.key.exists() {
            both.extend(self.identities()?);
        }
        files::replace_private(&self.key, key_text(&both).as_bytes())?;
        self.write(&content, &both[0])?;
        files::replace_private(&self.key, key_text(&both[..1]).as_bytes())?;
        Ok(content.secrets.values().map(BTreeMap::len).sum())
    }

    /// How many secrets it holds, of all tenants.
    ///
    /// # Errors
    /// As [`Vault::find`].
    pub fn count(&self) -> Result<usize, Error> {
        Ok(self.read()?.secrets.values().map(BTreeMap::len).sum())
    }

    /// All values of all tenants: what no text may hold.
    pub(super) fn values(&self) -> Result<Vec<Secret>, Error> {
        let content = self.read()?;
        Ok(content.secrets.into_values().flat_map(BTreeMap::into_values).map(|i| i.value).collect())
    }

    /// The encrypted file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The file of its key.
    pub fn key(&self) -> &Path {
        &self.key
    }

    fn read(&self) -> Result<Content, Error> {
        let sealed = match fs::read(&self.file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Content::default());
            }
            read => read.map_err(|source| Error::File { path: self.file.clone(), source })?,
        };
        let wrong = || Error::WrongSecretsKey(self.file.clone());
        let identities = self.identities()?;
        let bytes = identities
            .iter()
            .find_map(|identity| age::decrypt(identity, &sealed).ok())
            .map(Zeroizing::new)
            .ok_or_else(wrong)?;
        serde_json::from_slice(&bytes).map_err(|_| wrong())
    }

    fn write(&self, content: &Content, identity: &Identity) -> Result<(), Error> {
        let text = serde_json::to_vec(content)
            .map(Zeroizing::new)
            .map_err(|source| Error::Unwritable { what: "secrets", source })?;
        let sealed = age::encrypt(&identity.to_public(), &text).map_err(|error| Error::File {
            path: self.file.clone(),
            source: std::io::Error::other(error.to_string()),
        })?;
        files::replace_private(&self.file, &sealed)
    }

    /// The keys in the key file, the newest first; at least one.
    fn identities(&self) -> Result<Vec<Identity>, Error> {
        let text =
            fs::read_to_string(&self.key).map(Zeroizing::new).map_err(|source| {
                match source.kind() {
                    std::io::ErrorKind::NotFound => Error::Missing(self.key.clone()),
                    _ => Error::File { path: self.key.clone(), source },
                }
            })?;
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Option<Vec<Identity>> = lines.map(|line| line.parse().ok()).collect();
        keys.filter(|keys| !keys.is_empty()).ok_or_else(|| Error::UnusableKey(self.key.clone()))
    }

    /// Keeps other processes from writing until it is dropped.
    pub(crate) fn turn(&self) -> Result<fs::File, Error> {
        let path = self.file.with_extension("lock");
        fs::File::create(&path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|source| Error::File { path, source })
    }
}

/// Refuses what is too short to be scrubbed from texts without harm to them.
pub(super) fn long_enough(name: &SecretName, value: &Secret) -> Result<(), Error> {
    if value.reveal().len() < SHORTEST {
        return Err(Error::SecretTooShort { name: name.to_string(), least: SHORTEST });
    }
    Ok(())
}

fn key_text(identities: &[Identity]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for identity in identities {
        text.push_str("# public key: ");
        text.push_str(&identity.to_public().to_string());
        text.push('\n');
        text.push_str(identity.to_string().expose_secret());
        text.push('\n');
    }
    text
}

/// The one place where a secret is written: into the text that is encrypted next.
mod guarded {
    use kompel_model::Secret;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.reveal())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

/// The shortest secret, in bytes.
const SHORTEST: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let vault = Vault::new(at("kompel.secrets.age"), at("kompel.age-key"));
        (folder, vault)
    }

    fn set(vault: &Vault, tenant: &str, name: &str, value: &str) -> Result<bool, Error> {
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        let value = Secret::new(value.to_owned());
        vault.set(&tenant.parse().unwrap(), &name.parse().unwrap(), value, at)
    }

    fn find(vault: &Vault, tenant: &str, name: &str) -> Result<Option<String>, Error> {
        let found = vault.find(&tenant.parse().unwrap(), &name.parse().unwrap())?;
        Ok(found.map(|secret| secret.reveal().to_owned()))
    }

    #[test]
    fn a_secret_is_its_tenants_alone() {
        let (_folder, vault) = vault();
        assert!(!set(&vault, "acme", "ad", "hunter2-hunter2").unwrap());
        assert!(set(&vault, "acme", "ad", "hunter3-hunter3").unwrap());
        assert_eq!(find(&vault, "acme", "ad").unwrap().as_deref(), Some("hunter3-hunter3"));
        assert_eq!(find(&vault, "other", "ad").unwrap(), None);
        assert!(vault.list(&"other".parse().unwrap()).unwrap().is_empty());
        assert!(!vault.remove(&"other".parse().unwrap(), &"ad".parse().unwrap()).unwrap());
        let listed = vault.list(&"acme".parse().unwrap()).unwrap();
        assert_eq!((listed.len(), listed[0].name.as_str()), (1, "ad"));
        assert!(vault.remove(&"acme".parse().unwrap(), &"ad".parse().unwrap()).unwrap());
        assert_eq!(find(&vault, "acme", "ad").unwrap(), None);
    }

    #[test]
    fn rotation_keeps_the_secrets_and_locks_the_old_key_out() {
        let (folder, vault) = vault();
        set(&vault, "acme", "ad", "hunter2-hunter2").unwrap();
        let old_key = folder.path().join("old");
        fs::copy(vault.key(), &old_key).unwrap();
        assert_eq!(vault.rotate().unwrap(), 1);
        assert_eq!(find(&vault, "acme", "ad").unwrap().as_deref(), Some("hunter2-hunter2"));
        let stale = Vault::new(vault.file().to_owned(), old_key);
        assert!(matches!(find(&stale, "acme", "ad"), Err(Error::WrongSecretsKey(_))));
        #[cfg(unix)]
        for path in [vault.key(), vault.file()] {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn rotation_that_stops_after_any_step_leaves_what_opens() {
        let (folder, vault) = vault();
        set(&vault, "acme", "ad", "hunter2-hunter2").unwrap();
        let before = [fs::read(vault.key()).unwrap(), fs::read(vault.file()).unwrap()];
        vault.rotate().unwrap();
        let after = [fs::read(vault.key()).unwrap(), fs::read(vault.file()).unwrap()];
        let both = [after[0].as_slice(), &before[0]].concat();
        for (key, file) in [
            (&before[0], &before[1]),
            (&both, &before[1]),
            (&both, &after[1]),
            (&after[0], &after[1]),
        ] {
            fs::write(vault.key(), key).unwrap();
            fs::write(vault.file(), file).unwrap();
            fs::write(folder.path().join("kompel.age-key.new"), "half").unwrap();
            assert_eq!(find(&vault, "acme", "ad").unwrap().as_deref(), Some("hunter2-hunter2"));
            assert!(set(&vault, "acme", "ad", "hunter2-hunter2").unwrap());
        }
        vault.rotate().unwrap();
        assert_eq!(find(&vault, "acme", "ad").unwrap().as_deref(), Some("hunter2-hunter2"));
    }

    #[test]
    fn a_lost_key_is_named_and_never_replaced() {
        let (_folder, vault) = vault();
        set(&vault, "acme", "ad", "hunter2-hunter2").unwrap();
        fs::remove_file(vault.key()).unwrap();
        assert!(matches!(set(&vault, "acme", "b", "hunter2-hunter2"), Err(Error::Missing(_))));
        assert!(matches!(vault.rotate(), Err(Error::Missing(_))));
        fs::write(vault.key(), "nonsense").unwrap();
        assert!(matches!(find(&vault, "acme", "ad"), Err(Error::UnusableKey(_))));
    }

    #[test]
    fn what_is_too_short_is_refused() {
        let (_folder, vault) = vault();
        assert!(matches!(set(&vault, "acme", "pin", "12345"), Err(Error::SecretTooShort { .. })));
        assert!(!vault.file().exists());
    }

    #[test]
    fn two_writers_lose_nothing() {
        let (_folder, vault) = vault();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let vault = &vault;
                scope.spawn(move || {
                    for number in 0..5 {
                        let name = format!("s{writer}-{number}");
                        set(vault, "acme", &name, "hunter2-hunter2").unwrap();
                    }
                });
            }
        });
        assert_eq!(vault.list(&"acme".parse().unwrap()).unwrap().len(), 20);
    }
}
