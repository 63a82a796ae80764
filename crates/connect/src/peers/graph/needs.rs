//! Which application permissions each action needs, and which of them a token lacks.
//!
//! From the reference page of each call (learn.microsoft.com/graph/api, 2026); the least first.

use std::collections::BTreeMap;

use crate::{Check, CheckState};

type Either = &'static [&'static str];

const READ_USER: Either = &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"];
const WRITE_USER: Either = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_GROUPS: Either =
    &["GroupMember.Read.All", "GroupMember.ReadWrite.All", "Directory.Read.All"];
const WRITE_GROUPS: Either = &["GroupMember.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_ROLES: Either =
    &["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"];
const WRITE_ROLES: Either = &["RoleManagement.ReadWrite.Directory"];
const READ_ELIGIBLE: Either = &[
    "RoleEligibilitySchedule.Read.Directory",
    "RoleManagement.Read.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Directory",
];
const WRITE_ELIGIBLE: Either =
    &["RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"];
const READ_SKUS: Either = &[
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Directory.Read.All",
];
const WRITE_LICENCES: Either = &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"];
const READ_METHODS: Either =
    &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"];
const WRITE_METHODS: Either = &["UserAuthenticationMethod.ReadWrite.All"];
const READ_DIRECTORY: Either = &["Directory.Read.All", "Directory.ReadWrite.All"];
const READ_DEVICES: Either = &["Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All"];
const READ_MANAGED: Either =
    &["DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"];
const WRITE_DEVICES: Either = &["Device.ReadWrite.All"];
const READ_FILES: Either =
    &["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"];
const WRITE_FILES: Either = &["Files.ReadWrite.All", "Sites.ReadWrite.All"];

/// For each action: from each list, one.
const NEEDS: &[(&str, &[Either])] = &[
    ("graph.find-user", &[READ_USER]),
    ("graph.list-memberships", &[READ_USER, READ_GROUPS, READ_ROLES]),
    ("graph.list-licences", &[READ_USER, READ_SKUS]),
    ("graph.list-sign-in-methods", &[READ_USER, READ_METHODS]),
    ("graph.list-devices", &[READ_USER, READ_DEVICES]),
    ("graph.list-managed-devices", &[READ_USER, READ_MANAGED]),
    ("graph.list-app-assignments", &[READ_USER, READ_DIRECTORY]),
    ("graph.list-oauth-grants", &[READ_USER, READ_DIRECTORY]),
    ("graph.list-owned", &[READ_USER, READ_DIRECTORY]),
    ("graph.list-eligible-roles", &[READ_USER, READ_ELIGIBLE]),
    ("graph.find-drive", &[READ_USER, READ_FILES]),
    ("graph.block-sign-in", &[READ_USER, &["User.EnableDisableAccount.All", "User.ReadWrite.All"]]),
    (
        "graph.unblock-sign-in",
        &[READ_USER, &["User.EnableDisableAccount.All", "User.ReadWrite.All"]],
    ),
    ("graph.revoke-sessions", &[READ_USER, &["User.RevokeSessions.All", "User.ReadWrite.All"]]),
    ("graph.reset-password", &[READ_USER, &["User-PasswordProfile.ReadWrite.All"]]),
    ("graph.remove-sign-in-methods", &[READ_USER, WRITE_METHODS]),
    ("graph.remove-from-groups", &[READ_USER, READ_GROUPS, WRITE_GROUPS]),
    ("graph.add-to-groups", &[READ_USER, READ_GROUPS, WRITE_GROUPS]),
    ("graph.remove-directory-roles", &[READ_USER, WRITE_ROLES]),
    ("graph.assign-directory-roles", &[READ_USER, WRITE_ROLES]),
    ("graph.remove-eligible-roles", &[READ_USER, WRITE_ELIGIBLE]),
    (
        "graph.remove-app-assignments",
        &[READ_USER, READ_DIRECTORY, &["AppRoleAssignment.ReadWrite.All"]],
    ),
    (
        "graph.remove-oauth-grants",
        &[READ_USER, READ_DIRECTORY, &["DelegatedPermissionGrant.ReadWrite.All"]],
    ),
    ("graph.remove-licences", &[READ_USER, READ_SKUS, WRITE_LICENCES]),
    ("graph.assign-licences", &[READ_USER, READ_SKUS, WRITE_LICENCES]),
    ("graph.disable-devices", &[READ_USER, READ_DEVICES, WRITE_DEVICES]),
    ("graph.enable-devices", &[READ_USER, READ_DEVICES, WRITE_DEVICES]),
    (
        "graph.retire-managed-devices",
        &[READ_USER, READ_MANAGED, &["DeviceManagementManagedDevices.PrivilegedOperations.All"]],
    ),
    ("graph.hand-over-drive", &[READ_USER, WRITE_FILES]),
    ("graph.take-back-drive", &[READ_USER, WRITE_FILES]),
    ("graph.stop-sharing", &[READ_USER, WRITE_FILES]),
    ("graph.cancel-meetings", &[READ_USER, &["Calendars.ReadWrite"]]),
    ("graph.delete-user", &[READ_USER, &["User.ReadWrite.All"]]),
    ("graph.create-user", &[READ_USER, WRITE_USER]),
    ("graph.set-usage-location", &[READ_USER, WRITE_USER]),
];

fn needs(action: &str) -> &'static [Either] {
    NEEDS.iter().find(|(name, _)| *name == action).map_or(&[], |(_, needs)| needs)
}

/// What an action needs, in words.
pub(super) fn of(action: &str) -> Vec<String> {
    needs(action).iter().map(|either| either.join(" or ")).collect()
}

/// Which permissions are missing, each with the actions that it keeps from working.
pub(super) fn checks(roles: Option<&[String]>) -> Vec<Check> {
    let Some(roles) = roles else {
        let state = CheckState::Warning("the token does not show its permissions".to_owned());
        return vec![Check { what: "permissions".to_owned(), state }];
    };
    let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (action, needs) in NEEDS {
        for either in *needs {
            if !roles.iter().any(|role| either.contains(&role.as_str())) {
                missing.entry(either.join(" or ")).or_default().push(action);
            }
        }
    }
    if missing.is_empty() {
        return vec![Check { what: "permissions".to_owned(), state: CheckState::Good }];
    }
    let line = |(permission, actions): (String, Vec<&str>)| Check {
        what: format!("permission {permission}"),
        state: CheckState::Warning(format!(
            "missing: grant it, or these will be refused: {}",
            actions.join(", ")
        )),
    };
    missing.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::graph::connector;

    #[test]
    fn every_action_says_what_it_needs() {
        let actions = connector().actions();
        for action in &actions {
            let name = action.spec().name;
            assert!(!needs(name.as_str()).is_empty(), "{name}");
        }
        assert_eq!(actions.len(), NEEDS.len());
    }

    #[test]
    fn a_missing_permission_is_told_with_what_it_keeps_from_working() {
        let all: Vec<String> =
            NEEDS.iter().flat_map(|(_, needs)| *needs).map(|either| either[0].to_owned()).collect();
        assert_eq!(checks(Some(&all))[0].state, CheckState::Good);
        let without: Vec<String> =
            all.into_iter().filter(|role| role != "Device.ReadWrite.All").collect();
        let found = checks(Some(&without));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, "permission Device.ReadWrite.All");
        let CheckState::Warning(why) = &found[0].state else { panic!("{found:?}") };
        assert!(why.ends_with("graph.disable-devices, graph.enable-devices"), "{why}");
    }
}
