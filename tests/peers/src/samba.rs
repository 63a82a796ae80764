//! Active Directory: Samba as a domain controller of CORP.TEST.

use std::{
    fs,
    net::TcpStream,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tempfile::TempDir;

use crate::{Certificates, Server, own_address, program};

/// A domain controller with LDAP, LDAPS and Kerberos on its own address.
pub struct SambaAd {
    /// Its address.
    pub address: String,
    /// The authority that signed its certificate.
    pub ca_file: PathBuf,
    krb5_conf: PathBuf,
    folder: TempDir,
    _server: Server,
}

impl SambaAd {
    /// The administrator's principal name.
    pub const ADMIN: &'static str = "Administrator@CORP.TEST";
    /// Their password.
    pub const PASSWORD: &'static str = "Passw0rd!ofTest";
    /// The domain.
    pub const BASE: &'static str = "DC=corp,DC=test";

    /// Provisions a domain and starts its controller.
    ///
    /// # Panics
    /// If it can't be started although it is installed.
    pub fn start() -> Option<Self> {
        let (samba, tool) = (program("samba")?, program("samba-tool")?);
        program("ldapadd")?;
        program("kinit")?;
        let folder = tempfile::Builder::new().prefix("kompel-ad-").tempdir().unwrap();
        let address = own_address().to_string();
        let target = folder.path().join("dc");
        let provisioned = Command::new(tool)
            .args(["domain", "provision", "--use-rfc2307", "--realm=CORP.TEST", "--domain=CORP"])
            .args(["--server-role=dc", "--dns-backend=NONE", "--host-name=dc1"])
            .arg(format!("--adminpass={}", Self::PASSWORD))
            .arg(format!("--host-ip={address}"))
            .arg(format!("--targetdir={}", target.display()))
            .output()
            .unwrap();
        assert!(provisioned.status.success(), "{}", text(&provisioned));

        let certificates = Certificates::write(folder.path(), &["dc1.corp.test", &address]);
        let conf = target.join("etc/smb.conf");
        fs::write(
            &conf,
            configured(&fs::read_to_string(&conf).unwrap(), &address, &target, &certificates),
        )
        .unwrap();
        let krb5_conf = folder.path().join("krb5.conf");
        let realm = format!(
            "[libdefaults]\n default_realm = CORP.TEST\n dns_lookup_kdc = false\n\
             [realms]\n CORP.TEST = {{\n  kdc = {address}\n\
             \x20 kpasswd_server = {address}\n }}\n"
        );
        fs::write(&krb5_conf, realm).unwrap();

        let mut command = Command::new(samba);
        command.arg("-s").arg(&conf);
        command.args(["-F", "--no-process-group", "--debug-stdout", "-M", "single"]);
        let mut server = Server::start(&mut command, &folder.path().join("samba.log"));
        server.ready("samba", || {
            TcpStream::connect((address.as_str(), 636)).is_ok()
                && Command::new("ldapsearch")
                    .args(["-x", "-LLL", "-s", "base", "-b", "", "-H"])
                    .arg(format!("ldap://{address}"))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .is_ok_and(|status| status.success())
        });
        Some(Self { address, ca_file: certificates.ca_file, krb5_conf, folder, _server: server })
    }

    /// Where it answers over TLS.
    pub fn url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    /// Adds or changes entries, written as LDIF.
    ///
    /// # Panics
    /// If the directory refuses.
    pub fn ldif(&self, text_of_changes: &str) {
        let file = self.folder.path().join("changes.ldif");
        fs::write(&file, text_of_changes).unwrap();
        let done = self.client("ldapmodify").arg("-a").arg("-f").arg(&file).output().unwrap();
        assert!(done.status.success(), "{}\n{text_of_changes}", text(&done));
    }

    /// Teaches the directory the property by which Exchange hides a mailbox, as its setup does.
    ///
    /// # Panics
    /// If the directory refuses.
    pub fn prepare_for_exchange(&self) {
        let schema = format!("CN=Schema,CN=Configuration,{}", Self::BASE);
        let reread = "dn:\nchangetype: modify\nadd: schemaUpdateNow\nschemaUpdateNow: 1\n\n";
        self.ldif(&format!(
            "dn: CN=ms-Exch-Hide-From-Address-Lists,{schema}\nobjectClass: attributeSchema\n\
             attributeID: 1.2.840.113556.1.2.73\nlDAPDisplayName: msExchHideFromAddressLists\n\
             attributeSyntax: 2.5.5.8\noMSyntax: 1\nisSingleValued: TRUE\n\n{reread}"
        ));
        self.ldif(&format!(
            "dn: CN=User,{schema}\nchangetype: modify\nadd: mayContain\n\
             mayContain: msExchHideFromAddressLists\n\n{reread}"
        ));
    }

    /// The same, passing over what the directory refuses (it is gone already, say).
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn ldif_as_far_as_it_goes(&self, text_of_changes: &str) {
        let file = self.folder.path().join("changes.ldif");
        fs::write(&file, text_of_changes).unwrap();
        self.client("ldapmodify").args(["-a", "-c", "-f"]).arg(&file).output().unwrap();
    }

    /// Adds an enabled account with this password; `dn` and `name` as they are.
    ///
    /// # Panics
    /// If the directory refuses.
    pub fn user(&self, dn: &str, account: &str, name: &str, password: &str) {
        self.ldif(&Self::user_ldif(dn, account, name, password));
    }

    /// The LDIF of an enabled account.
    pub fn user_ldif(dn: &str, account: &str, name: &str, password: &str) -> String {
        let quoted: Vec<u8> =
            format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
        format!(
            "dn:: {}\nobjectClass: user\nsAMAccountName: {account}\n\
             userPrincipalName: {account}@corp.test\ndisplayName:: {}\nmail: {account}@corp.test\n\
             userAccountControl: 512\nunicodePwd:: {}\n\n",
            STANDARD.encode(dn),
            STANDARD.encode(name),
            STANDARD.encode(quoted),
        )
    }

    /// Tries to sign in over LDAP; the refusal's text if it is one.
    ///
    /// # Errors
    /// What the directory says.
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn bind(&self, principal: &str, password: &str) -> Result<(), String> {
        let mut command = Command::new("ldapsearch");
        command.env("LDAPTLS_CACERT", &self.ca_file);
        command.args(["-x", "-H", &self.url(), "-D", principal, "-w", password]);
        command.args(["-s", "base", "-b", Self::BASE, "dn"]);
        answer(&command.output().unwrap())
    }

    /// Tries to get a Kerberos ticket; the refusal's text if it is one.
    ///
    /// # Errors
    /// What the key distribution centre says.
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn kinit(&self, account: &str, password: &str) -> Result<(), String> {
        self.kinit_typing(account, &format!("{password}\n"))
    }

    /// The same with a password that must be changed, typing the one that is chosen twice.
    ///
    /// # Errors
    /// What the key distribution centre says.
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn kinit_and_choose(
        &self,
        account: &str,
        password: &str,
        chosen: &str,
    ) -> Result<(), String> {
        self.kinit_typing(account, &format!("{password}\n{chosen}\n{chosen}\n"))
    }

    fn kinit_typing(&self, account: &str, typed: &str) -> Result<(), String> {
        let file = self.folder.path().join("password");
        fs::write(&file, typed).unwrap();
        let mut command = Command::new("kinit");
        command.env("KRB5_CONFIG", &self.krb5_conf);
        command.env("KRB5CCNAME", self.folder.path().join("tickets"));
        command.env("LC_ALL", "C");
        command.arg(format!("{account}@CORP.TEST")).stdin(fs::File::open(file).unwrap());
        answer(&command.output().unwrap())
    }

    /// What a search for one object says, as LDIF.
    ///
    /// # Panics
    /// If the client can't be started.
    pub fn read(&self, filter: &str, attributes: &[&str]) -> String {
        let mut command = self.client("ldapsearch");
        command.args(["-LLL", "-o", "ldif-wrap=no", "-b", Self::BASE, filter]).args(attributes);
        text(&command.output().unwrap())
    }

    fn client(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("LDAPTLS_CACERT", &self.ca_file);
        command.args(["-x", "-H", &self.url(), "-D", Self::ADMIN, "-w", Self::PASSWORD]);
        command
    }
}

/// The provisioned configuration, kept to one address and one folder.
fn configured(
    provisioned: &str,
    address: &str,
    target: &std::path::Path,
    certificates: &Certificates,
) -> String {
    let folder = target.display();
    let mut lines: Vec<String> = provisioned
        .lines()
        .filter(|line| !line.contains("server services") && !line.contains("log file"))
        .map(str::to_owned)
        .collect();
    let global = lines.iter().position(|line| line.trim() == "[global]").unwrap();
    let ours = format!(
        "server services = ldap, cldap, kdc\ninterfaces = {address}/8\nbind interfaces only = yes\n\
         pid directory = {folder}/run\nncalrpc dir = {folder}/ncalrpc\n\
         winbindd socket directory = {folder}/winbindd\nlog file = {folder}/log.%m\n\
         tls enabled = yes\ntls keyfile = {}\ntls certfile = {}\ntls cafile = {}\n\
         dsdb:schema update allowed = true\n\
         dns update command = /bin/true\nspn update command = /bin/true\n\
         gpo update command = /bin/true\nsamba kcc command = /bin/true",
        certificates.key_file.display(),
        certificates.certificate_file.display(),
        certificates.ca_file.display(),
    );
    for line in ours.lines().rev() {
        lines.insert(global + 1, format!("\t{line}"));
    }
    for made in ["run", "ncalrpc", "winbindd"] {
        fs::create_dir_all(target.join(made)).unwrap();
    }
    lines.join("\n")
}

fn answer(output: &Output) -> Result<(), String> {
    if output.status.success() { Ok(()) } else { Err(text(output)) }
}

fn text(output: &Output) -> String {
    let whole = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&whole).into_owned()
}
