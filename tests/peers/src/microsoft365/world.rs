//! What the imaginary tenant holds, and the one that every test begins with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Everything a tenant holds, in Graph's and Exchange's own words, by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    /// Accounts.
    pub users: BTreeMap<String, Value>,
    /// Accounts that were deleted and can still be restored.
    pub deleted: BTreeMap<String, Value>,
    /// Groups.
    pub groups: BTreeMap<String, Value>,
    /// Group and member.
    pub members: Vec<(String, String)>,
    /// Directory roles by id.
    pub roles: BTreeMap<String, Value>,
    /// Who has which role.
    pub role_assignments: BTreeMap<String, Value>,
    /// Who may take up which role.
    pub eligibilities: BTreeMap<String, Value>,
    /// True for a tenant without Privileged Identity Management.
    pub without_pim: bool,
    /// Sign-in methods: the account's id and the method.
    pub methods: Vec<(String, Value)>,
    /// Assignments to applications.
    pub app_assignments: BTreeMap<String, Value>,
    /// What accounts allowed applications to do in their name.
    pub grants: BTreeMap<String, Value>,
    /// Devices.
    pub devices: BTreeMap<String, Value>,
    /// Device and account.
    pub registered: Vec<(String, String)>,
    /// Devices that Intune manages: the account and the device.
    pub managed: Vec<(String, Value)>,
    /// Account and what it owns.
    pub owned: Vec<(String, Value)>,
    /// Licences that the tenant bought.
    pub skus: BTreeMap<String, Value>,
    /// Mailboxes, by the id of their account.
    pub mailboxes: BTreeMap<String, Value>,
    /// Inbox rules: the mailbox and the rule.
    pub rules: Vec<(String, Value)>,
    /// Telephones that fetch mail: the mailbox and the device.
    pub mobiles: Vec<(String, Value)>,
    /// Distribution groups of Exchange by id.
    pub lists: BTreeMap<String, Value>,
    /// Distribution group and member.
    pub list_members: Vec<(String, String)>,
    /// Mailbox, who may, and which right.
    pub rights: Vec<(String, String, String)>,
    /// Items of drives: the account and the item.
    pub files: Vec<(String, Value)>,
    /// Items with permissions of their own: the item and a permission.
    pub shares: Vec<(String, Value)>,
    /// True for a tenant without SharePoint.
    pub without_sharepoint: bool,
    /// What calendars show: the account and the event.
    pub events: Vec<(String, Value)>,
    /// Counts what was made.
    pub made: u32,
}

/// An id of the form that Microsoft's have.
pub fn guid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// Accounts that the service itself makes are numbered from here.
pub(super) const MADE: u32 = 900_000;

/// Before everything that happens in tests.
pub(super) const LONG_AGO: &str = "2025-01-01T00:00:00Z";

impl World {
    /// Jan (1: everything one can have), Piet (2: synchronised from a directory), a guest (3), one
    /// who is closed (4), and Jan's namesake (5).
    pub fn sample() -> Self {
        let mut world = Self::default();
        world.add_user(1, "jan@contoso.test", "Jan Janssen", true);
        world.add_user(2, "piet@contoso.test", "Piet Pieters", true);
        world.add_user(3, "gast_other.test#EXT#@contoso.test", "Gast Gastens", true);
        world.add_user(4, "closed@contoso.test", "Closed Person", false);
        world.add_user(5, "jan.janssens@contoso.test", "Jan Janssens", true);
        world.user(2)["onPremisesSyncEnabled"] = true.into();
        world.user(2)["onPremisesSamAccountName"] = "piet".into();
        world.user(3)["userType"] = "Guest".into();
        world.user(1)["proxyAddresses"] =
            json!(["SMTP:jan@contoso.test", "smtp:info@contoso.test"]);
        world.user(1)["businessPhones"] = json!(["+31 20 1234567"]);
        world.user(1)["mobilePhone"] = "+31 6 98765432".into();
        world.add_groups();
        world.add_licences();
        world.add_access();
        world.add_mailboxes();
        world.add_files();
        world.add_events();
        world
    }

    /// A user of the sample.
    ///
    /// # Panics
    /// If there is none.
    pub fn user(&mut self, number: u32) -> &mut Value {
        self.users.get_mut(&guid(number)).expect("a user of the sample")
    }

    /// Adds an account.
    pub fn add_user(&mut self, number: u32, login: &str, name: &str, enabled: bool) {
        let (given, family) = name.split_once(' ').unwrap_or((name, ""));
        let user = json!({
            "id": guid(number), "accountEnabled": enabled, "displayName": name,
            "givenName": given, "surname": family, "mail": login, "userPrincipalName": login,
            "proxyAddresses": [format!("SMTP:{login}")], "userType": "Member",
            "onPremisesSyncEnabled": null, "onPremisesSamAccountName": null,
            "assignedLicenses": [], "licenseAssignmentStates": [], "usageLocation": "NL",
            "signInSessionsValidFromDateTime": LONG_AGO, "lastPasswordChangeDateTime": LONG_AGO,
            "createdDateTime": LONG_AGO, "businessPhones": [], "mobilePhone": null,
        });
        self.users.insert(guid(number), user);
    }

    fn add_groups(&mut self) {
        for (number, name, types, mail, security, synced, assignable) in [
            (101, "Sales", json!([]), false, true, false, false),
            (102, "Team", json!(["Unified"]), true, false, false, false),
            (103, "Synced", json!([]), false, true, true, false),
            (104, "Everybody", json!(["DynamicMembership"]), false, true, false, false),
            (105, "News", json!([]), true, false, false, false),
            (106, "With Visio", json!([]), false, true, false, false),
            (107, "Admins", json!([]), false, true, false, true),
        ] {
            let group = json!({
                "id": guid(number), "displayName": name, "groupTypes": types,
                "mailEnabled": mail, "securityEnabled": security,
                "onPremisesSyncEnabled": synced.then_some(true), "isAssignableToRole": assignable,
            });
            self.groups.insert(guid(number), group);
            self.members.push((guid(number), guid(1)));
        }
        self.groups.insert(
            guid(108),
            json!({
                "id": guid(108), "displayName": "Empty", "groupTypes": [], "mailEnabled": false,
                "securityEnabled": true, "onPremisesSyncEnabled": null,
                "isAssignableToRole": false,
            }),
        );
    }

    fn add_licences(&mut self) {
        for (number, part) in [(901, "ENTERPRISEPACK"), (902, "VISIOCLIENT")] {
            let sku = json!({
                "id": format!("tenant_{}", guid(number)), "skuId": guid(number),
                "skuPartNumber": part, "consumedUnits": 1, "capabilityStatus": "Enabled",
                "prepaidUnits": {"enabled": 5, "suspended": 0, "warning": 0, "lockedOut": 0},
            });
            self.skus.insert(guid(number), sku);
        }
        let jan = self.user(1);
        jan["assignedLicenses"] = json!([
            {"skuId": guid(901), "disabledPlans": [guid(951)]},
            {"skuId": guid(902), "disabledPlans": []},
        ]);
        jan["licenseAssignmentStates"] = json!([
            {"skuId": guid(901), "disabledPlans": [guid(951)], "assignedByGroup": null,
             "state": "Active", "error": "None"},
            {"skuId": guid(902), "disabledPlans": [], "assignedByGroup": guid(106),
             "state": "Active", "error": "None"},
        ]);
    }

    fn add_access(&mut self) {
        for (number, name) in [(201, "Helpdesk Administrator"), (202, "Reports Reader")] {
            let role = json!({"id": guid(number), "displayName": name, "isBuiltIn": true});
            self.roles.insert(guid(number), role);
        }
        self.role_assignments.insert(
            "assignment-1".to_owned(),
            json!({
                "id": "assignment-1", "principalId": guid(1), "roleDefinitionId": guid(201),
                "directoryScopeId": "/",
            }),
        );
        for (id, role, member) in [("eligible-1", 202, "Direct"), ("eligible-2", 201, "Group")] {
            let one = json!({
                "id": id, "principalId": guid(1), "roleDefinitionId": guid(role),
                "directoryScopeId": "/", "memberType": member, "startDateTime": LONG_AGO,
            });
            self.eligibilities.insert(id.to_owned(), one);
        }
        self.add_methods();
        for (number, kind, whose, app) in
            [(401, "User", guid(1), "Intranet"), (402, "Group", guid(101), "CRM")]
        {
            self.app_assignments.insert(
                format!("app-{number}"),
                json!({
                    "id": format!("app-{number}"), "appRoleId": guid(0), "principalId": whose,
                    "principalType": kind, "resourceDisplayName": app, "resourceId": guid(number),
                }),
            );
        }
        self.grants.insert("grant-1".to_owned(), json!({
            "id": "grant-1", "clientId": guid(501), "consentType": "Principal",
            "principalId": guid(1), "resourceId": guid(502), "scope": "Mail.Read offline_access",
        }));
        self.devices.insert(
            guid(601),
            json!({
                "id": guid(601), "displayName": "LAPTOP-JAN", "deviceId": guid(602),
                "accountEnabled": true, "operatingSystem": "Windows", "trustType": "AzureAd",
            }),
        );
        self.registered.push((guid(601), guid(1)));
        self.add_managed();
        self.owned.push((
            guid(1),
            json!({
                "@odata.type": "#microsoft.graph.group", "id": guid(101), "displayName": "Sales",
            }),
        ));
        self.owned.push((
            guid(1),
            json!({
                "@odata.type": "#microsoft.graph.application", "id": guid(701),
                "displayName": "Nightly export",
            }),
        ));
    }

    fn add_managed(&mut self) {
        for (number, name, owner) in [(611, "LAPTOP-JAN", "company"), (612, "iPhone", "personal")] {
            let device = json!({
                "id": guid(number), "deviceName": name, "operatingSystem": "Windows",
                "managedDeviceOwnerType": owner, "deviceActionResults": [],
            });
            self.managed.push((guid(1), device));
        }
    }

    fn add_methods(&mut self) {
        for (kind, number, more) in [
            ("passwordAuthenticationMethod", 301, json!({})),
            (
                "phoneAuthenticationMethod",
                302,
                json!({"phoneNumber": "+31 612345678", "phoneType": "mobile"}),
            ),
            ("microsoftAuthenticatorAuthenticationMethod", 303, json!({"displayName": "Pixel"})),
            ("fido2AuthenticationMethod", 304, json!({"displayName": "Key", "model": "YubiKey"})),
        ] {
            let mut method = more;
            method["@odata.type"] = format!("#microsoft.graph.{kind}").into();
            method["id"] = guid(number).into();
            self.methods.push((guid(1), method));
        }
    }

    fn add_mailboxes(&mut self) {
        for number in [1, 2, 4, 5] {
            let user = &self.users[&guid(number)];
            let mailbox = json!({
                "ExternalDirectoryObjectId": guid(number),
                "UserPrincipalName": user["userPrincipalName"], "DisplayName": user["displayName"],
                "PrimarySmtpAddress": user["mail"],
                "DistinguishedName": format!("CN={},OU=contoso,DC=test", guid(number)),
                "RecipientTypeDetails": if number == 4 { "SharedMailbox" } else { "UserMailbox" },
                "IsDirSynced": user["onPremisesSyncEnabled"] == true,
                "LitigationHoldEnabled": false, "InPlaceHolds": [], "ArchiveStatus": "None",
                "ForwardingAddress": null, "ForwardingSmtpAddress": null,
                "DeliverToMailboxAndForward": false, "HiddenFromAddressListsEnabled": number == 4,
                // What Get-MailboxStatistics and Get-MailboxAutoReplyConfiguration tell.
                "statistics": {"TotalItemSize": "1.5 GB (1,610,612,736 bytes)", "ItemCount": 1234},
                "reply": {
                    "AutoReplyState": "Disabled", "InternalMessage": "", "ExternalMessage": "",
                    "ExternalAudience": "All", "StartTime": LONG_AGO, "EndTime": LONG_AGO,
                },
            });
            self.mailboxes.insert(guid(number), mailbox);
        }
        for (number, name) in [(801, "Forward to gmail"), (802, "Hide")] {
            let rule = json!({"RuleIdentity": number, "Name": name, "Enabled": true});
            self.rules.push((guid(1), rule));
        }
        self.mobiles.push((
            guid(1),
            json!({
                "Guid": guid(811), "FriendlyName": "iPhone", "DeviceOS": "iOS 26",
                "ClientType": "EAS",
            }),
        ));
        // The first is one of Entra ID's groups too.
        for (number, name, synced) in [(105, "News", false), (822, "Board", true)] {
            let list = json!({
                "ExternalDirectoryObjectId": guid(number), "DisplayName": name,
                "PrimarySmtpAddress": format!("{}@contoso.test", name.to_lowercase()),
                "RecipientTypeDetails": "MailUniversalDistributionGroup", "IsDirSynced": synced,
            });
            self.lists.insert(guid(number), list);
            self.list_members.push((guid(number), guid(1)));
        }
    }

    fn add_files(&mut self) {
        let jan = guid(1);
        for (id, name, above, more) in [
            ("item-1", "root", None, json!({"root": {}, "folder": {"childCount": 3}})),
            ("item-2", "Plans", Some("item-1"), json!({"folder": {"childCount": 2}})),
            ("item-3", "Budget.xlsx", Some("item-2"), json!({"file": {}})),
            ("item-4", "Notes.docx", Some("item-2"), json!({"file": {}})),
            ("item-5", "Offer (final).docx", Some("item-1"), json!({"file": {}})),
            ("item-6", "Private.docx", Some("item-1"), json!({"file": {}})),
        ] {
            let mut item = more;
            item["id"] = id.into();
            item["name"] = name.into();
            if let Some(above) = above {
                item["parentReference"] = json!({"id": above});
            }
            self.files.push((jan.clone(), item));
        }
        let name = |number: u32| self.users[&guid(number)]["displayName"].clone();
        let right =
            |number: u32, role: &str| Self::right(&guid(number), &name(number), &json!([role]));
        let link = |id: &str, scope: &str| json!({"id": id, "roles": ["read"], "link": {"type": "view", "scope": scope}});
        let invited = json!({
            "id": "invitation-1", "roles": ["write"], "invitation": {"email": "x@other.test"},
        });
        self.shares = [
            ("item-1", right(1, "owner")),
            ("item-2", right(1, "owner")),
            ("item-2", right(2, "write")),
            ("item-3", right(1, "owner")),
            ("item-3", right(2, "write")),
            ("item-3", right(5, "read")),
            ("item-3", link("link-1", "anonymous")),
            ("item-3", link("link-0", "existingAccess")),
            ("item-5", right(1, "owner")),
            ("item-5", invited),
        ]
        .map(|(item, permission)| (item.to_owned(), permission))
        .to_vec();
    }

    fn add_events(&mut self) {
        let other = json!([{"emailAddress": {"address": "piet@contoso.test"}, "type": "required"}]);
        for (id, day, series, organizer, others) in [
            ("event-1", "2026-12-01", None, true, other.clone()),
            ("event-2", "2026-12-02", Some("series-1"), true, other.clone()),
            ("event-3", "2026-12-09", Some("series-1"), true, other.clone()),
            ("event-4", "2026-12-03", None, false, other.clone()),
            ("event-5", "2026-12-04", None, true, json!([])),
            ("event-6", "2031-12-04", None, true, other),
        ] {
            let event = json!({
                "id": id, "subject": "Salary of Piet", "isOrganizer": organizer,
                "isCancelled": false, "seriesMasterId": series, "attendees": others,
                "start": {"dateTime": format!("{day}T09:00:00.0000000"), "timeZone": "UTC"},
                "type": if series.is_some() { "occurrence" } else { "singleInstance" },
            });
            self.events.push((guid(1), event));
        }
    }

    /// All of it, without what differs each time: times become "long ago" or "lately", ids that the
    /// service gave are left out.
    pub fn snapshot(&self) -> Value {
        let mut users = self.users.clone();
        for user in users.values_mut() {
            for stamp in ["signInSessionsValidFromDateTime", "lastPasswordChangeDateTime"] {
                let old = user[stamp] == LONG_AGO;
                user[stamp] = if old { "long ago" } else { "lately" }.into();
            }
        }
        let mut managed = self.managed.clone();
        for result in
            managed.iter_mut().filter_map(|(_, one)| one["deviceActionResults"].get_mut(0))
        {
            *result = json!([result["actionName"], result["actionState"]]);
        }
        let assigned = |one: &Value| {
            json!([one["principalId"], one["roleDefinitionId"], one["directoryScopeId"]])
        };
        let mut roles: Vec<String> =
            self.role_assignments.values().map(|one| assigned(one).to_string()).collect();
        roles.sort();
        let mut shares: Vec<String> =
            self.shares.iter().map(|(item, one)| format!("{item} {one}")).collect();
        shares.sort();
        // Who was made and taken away again is in the bin; that is no trace to undo.
        let deleted: Vec<&String> = self.deleted.keys().filter(|id| **id < guid(MADE)).collect();
        let (mut members, mut lists) = (self.members.clone(), self.list_members.clone());
        let mut rights = self.rights.clone();
        members.sort();
        lists.sort();
        rights.sort();
        json!({
            "users": users, "deleted": deleted,
            "groups": self.groups, "members": members, "roles": roles,
            "eligible": self.eligibilities, "methods": self.methods,
            "apps": self.app_assignments, "grants": self.grants, "devices": self.devices,
            "managed": managed,
            "mailboxes": self.mailboxes, "rules": self.rules, "mobiles": self.mobiles,
            "lists": lists, "rights": rights, "shares": shares, "events": self.events,
        })
    }
}
