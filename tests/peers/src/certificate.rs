//! A certificate authority of the test's own, and certificates that it signs.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// Files of an authority and of a server certificate that it signed.
pub struct Certificates {
    /// The authority's certificate: what a client trusts.
    pub ca_file: PathBuf,
    /// The server's certificate.
    pub certificate_file: PathBuf,
    /// The server's key.
    pub key_file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Certificates {
    /// Writes them into this folder, for a server with these names and addresses.
    ///
    /// # Panics
    /// If the folder can't be written.
    pub fn write(folder: &Path, names: &[&str]) -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(Vec::<String>::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.distinguished_name.push(DnType::CommonName, "test authority");
        let ca_file = folder.join("ca.pem");
        fs::write(&ca_file, ca.self_signed(&ca_key).unwrap().pem()).unwrap();
        let mut written = Self {
            ca_file,
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            issuer: Issuer::new(ca, ca_key),
            folder: folder.to_owned(),
        };
        (written.certificate_file, written.key_file) = written.sign("server", names);
        written
    }

    /// Writes another certificate and its key; its common name is the first of the names.
    ///
    /// # Panics
    /// If the folder can't be written.
    pub fn sign(&self, file: &str, names: &[&str]) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let alternatives: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(alternatives).unwrap();
        params.distinguished_name.push(DnType::CommonName, names[0]);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let certificate_file = self.folder.join(format!("{file}.pem"));
        let key_file = self.folder.join(format!("{file}.key"));
        fs::write(&certificate_file, certificate.pem()).unwrap();
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true).mode(0o600);
        let mut file = options.open(&key_file).unwrap();
        file.write_all(key.serialize_pem().as_bytes()).unwrap();
        (certificate_file, key_file)
    }
}
