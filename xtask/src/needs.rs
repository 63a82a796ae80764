//! What the tests need beside Rust: real peers and tools to look with, as data.
//!
//! To add one, add a line; `cargo xtask peers` installs it, `cargo xtask test` does so by itself.

/// A Debian package and the file by which one sees that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Package {
    /// A program's name, looked for on the PATH and in the system's folders, or a whole path
    /// (`{arch}` is the machine's).
    pub(crate) witness: &'static str,
    /// As apt knows it.
    pub(crate) name: &'static str,
}

const fn package(witness: &'static str, name: &'static str) -> Package {
    Package { witness, name }
}

/// A package of PyPI or npm, and its version: these registries keep every one.
pub(crate) type Pinned = (&'static str, &'static str);

/// From Debian; a witness that its package does not bring fails the installation.
pub(crate) const DEBIAN: &[Package] = &[
    // Looking at pages: PDFs as text and pictures, reports in a browser.
    package("pdftotext", "poppler-utils"),
    package("chromium", "chromium"),
    package("chromedriver", "chromium-driver"),
    // Active Directory.
    package("samba", "samba"),
    package("/usr/share/samba/setup/provision.ldif", "samba-ad-provision"),
    package("/usr/lib/{arch}-linux-gnu/samba/ldb/samba_dsdb.so", "samba-dsdb-modules"),
    package("/usr/lib/{arch}-linux-gnu/samba/vfs/acl_xattr.so", "samba-vfs-modules"),
    package("winbindd", "winbind"),
    package("kinit", "krb5-user"),
    package("ldapsearch", "ldap-utils"),
    package("slapd", "slapd"),
    // Remote access.
    package("ocserv", "ocserv"),
    package("openconnect", "openconnect"),
    package("openvpn", "openvpn"),
    package("freeradius", "freeradius"),
    package("radclient", "freeradius-utils"),
    // Tickets and mail.
    package("/usr/share/request-tracker5/libexec/rt-server", "request-tracker5"),
    package("/usr/share/doc/rt5-db-sqlite", "rt5-db-sqlite"),
    package("starman", "starman"),
    package("/usr/lib/dovecot/imap", "dovecot-imapd"),
    // Another date than today's for a process that waits for it.
    package("/usr/lib/{arch}-linux-gnu/faketime/libfaketimeMT.so.1", "libfaketime"),
    // Evidence, signatures.
    package("age", "age"),
    package("openssl", "openssl"),
];

/// From PyPI, all in one virtual environment.
pub(crate) const PYTHON: &[Pinned] = &[("scim2-server", "0.8.3"), ("aiosmtpd", "1.4.6")];

/// From npm, all in one folder.
pub(crate) const NODE: &[Pinned] = &[];
