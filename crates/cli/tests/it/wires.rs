//! The tables of `kompel.toml` that connect a tenant with the servers of these tests.

use kompel_peers::{FreeRadius, MailServer, Microsoft365, Ocserv, OpenVpn, SambaAd, Scim2Server};
use serde_json::json;

/// The connections of this tenant.
pub(crate) struct Wires(pub(crate) &'static str);

impl Wires {
    fn table(&self, name: &str, connector: &str, settings: &str) -> String {
        format!("[tenant.{}.connection.{name}]\nconnector = \"{connector}\"\n{settings}\n", self.0)
    }

    /// Active Directory as `corp`, with a secret `ad`; leavers go to this unit.
    pub(crate) fn directory(&self, ad: &SambaAd, leavers_ou: Option<&str>) -> String {
        let unit = leavers_ou.map_or_else(String::new, |unit| format!("leavers_ou = {unit:?}\n"));
        let settings = format!(
            "url = {:?}\nbind = {:?}\npassword = \"secret://ad\"\nca_file = {:?}\n{unit}",
            ad.url(),
            SambaAd::ADMIN,
            ad.ca_file,
        );
        self.table("corp", "ad", &settings)
    }

    /// A service as `saas`, with a secret of that name.
    pub(crate) fn service(&self, saas: &Scim2Server) -> String {
        let settings = format!("url = {:?}\ntoken = \"secret://saas\"", saas.url());
        self.table("saas", "scim", &settings)
    }

    /// The office's gateway as `vpn`.
    pub(crate) fn gateway(&self, vpn: &Ocserv) -> String {
        let (socket, accounts) = (vpn.socket(), vpn.password_file());
        let settings = format!("socket = {socket:?}\npassword_file = {accounts:?}\nguarded = true");
        self.table("vpn", "ocserv", &settings)
    }

    /// The other gateway as `field`, with a secret of that name.
    pub(crate) fn field(&self, field: &OpenVpn) -> String {
        let settings = format!(
            "management = \"{}\"\npassword = \"secret://field\"\nclient_config_dir = {:?}",
            field.management,
            field.client_config_dir(),
        );
        self.table("field", "openvpn", &settings)
    }

    /// RADIUS as `wifi`, with a secret of that name.
    pub(crate) fn wifi(&self, radius: &FreeRadius) -> String {
        let settings = format!(
            "server = \"{}\"\nsecret = \"secret://wifi\"\nblock_file = {:?}\nreload = [{:?}]",
            radius.address(),
            radius.block_file(),
            radius.restart(),
        );
        self.table("wifi", "radius", &settings)
    }

    /// The mail server as this connection, with a secret `post`.
    pub(crate) fn mail(&self, name: &str, mail: &MailServer) -> String {
        let settings = format!(
            "host = \"{}\"\nport = {}\ntls = \"none\"\nusername = \"{}\"\n\
             password = \"secret://post\"\nfrom = \"Kompel <kompel@corp.test>\"",
            mail.address.ip(),
            mail.address.port(),
            MailServer::LOGIN,
        );
        self.table(name, "mail", &settings)
    }

    /// Microsoft Graph as `cloud`, with a secret `graph`.
    pub(crate) fn cloud(&self, cloud: &Microsoft365) -> String {
        self.microsoft("cloud", "graph", cloud)
    }

    /// Exchange Online as `post`, with a secret `graph`.
    pub(crate) fn mailboxes(&self, cloud: &Microsoft365) -> String {
        self.microsoft("post", "exchange", cloud)
    }

    fn microsoft(&self, name: &str, connector: &str, cloud: &Microsoft365) -> String {
        let url = cloud.url();
        let settings = format!(
            "directory = \"{}\"\nclient_id = \"{}\"\nclient_secret = \"secret://graph\"\n\
             login_url = {url:?}\n{connector}_url = {url:?}",
            Microsoft365::DIRECTORY,
            Microsoft365::CLIENT.0,
        );
        self.table(name, connector, &settings)
    }
}

/// Gives somebody an account of the service.
pub(crate) fn joins(saas: &Scim2Server, mail: &str, name: &str) {
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": mail, "displayName": name, "active": true,
        "emails": [{"value": mail, "type": "work", "primary": true}],
    });
    saas.ask("POST", "/Users", &user.to_string());
}
