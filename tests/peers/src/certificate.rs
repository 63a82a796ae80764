//! A certificate authority of the test's own, and one server certificate.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// Files of an authority and of a certificate that it signed.
pub struct Certificates {
    /// The authority's certificate: what a client trusts.
    pub ca_file: PathBuf,
    /// The server's certificate.
    pub certificate_file: PathBuf,
    /// The server's key.
    pub key_file: PathBuf,
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
        let ca_certificate = ca.self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(ca, ca_key);

        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut server = CertificateParams::new(names.clone()).unwrap();
        server.distinguished_name.push(DnType::CommonName, names[0].clone());
        let certificate = server.signed_by(&key, &issuer).unwrap();

        let written = Self {
            ca_file: folder.join("ca.pem"),
            certificate_file: folder.join("server.pem"),
            key_file: folder.join("server.key"),
        };
        fs::write(&written.ca_file, ca_certificate.pem()).unwrap();
        fs::write(&written.certificate_file, certificate.pem()).unwrap();
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true).mode(0o600);
        let mut file = options.open(&written.key_file).unwrap();
        file.write_all(key.serialize_pem().as_bytes()).unwrap();
        written
    }
}
