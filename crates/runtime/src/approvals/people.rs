//! The people of each tenant, as the configuration names them.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::TenantId;
use serde::{Deserialize, Serialize};

/// The people of each tenant, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(BTreeMap<TenantId, BTreeMap<String, Person>>);

/// One person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their name for people.
    pub name: String,
    /// Where they are asked.
    #[serde(default)]
    pub mail: Option<String>,
    /// What they may be asked as.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// Their manager's id.
    #[serde(default)]
    pub manager: Option<String>,
    /// Their logins on the machine that Kompel runs on: whoever is logged in as one of these may
    /// answer as this person without a code.
    #[serde(default)]
    pub logins: BTreeSet<String>,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// These people, by id, mail address or name.
    People(Vec<String>),
    /// Everyone in this role.
    Role(String),
    /// This person's manager.
    ManagerOf(String),
}

impl People {
    /// Adds a person.
    pub fn add(&mut self, tenant: &TenantId, id: &str, person: Person) {
        self.0.entry(tenant.clone()).or_default().insert(id.to_owned(), person);
    }

    /// The person with this id.
    pub fn get(&self, tenant: &TenantId, id: &str) -> Option<&Person> {
        self.0.get(tenant)?.get(id)
    }

    /// The id of the person whom this text means: an id, a mail address or a name.
    pub fn find(&self, tenant: &TenantId, text: &str) -> Option<&str> {
        let people = self.0.get(tenant)?;
        if let Some((id, _)) = people.get_key_value(text) {
            return Some(id);
        }
        let means = |person: &Person| {
            person.mail.as_ref().is_some_and(|mail| mail.eq_ignore_ascii_case(text))
                || person.name.eq_ignore_ascii_case(text)
        };
        let mut fitting = people.iter().filter(|(_, person)| means(person));
        let found = fitting.next();
        // Two people of the same name: neither is meant.
        if fitting.next().is_some() { None } else { found.map(|(id, _)| id.as_str()) }
    }

    /// The ids of the people whom this means, in order.
    ///
    /// # Errors
    /// What is missing, and what to write.
    pub fn resolve(&self, tenant: &TenantId, who: &Who) -> Result<Vec<String>, String> {
        match who {
            Who::People(names) => names
                .iter()
                .map(|name| {
                    self.find(tenant, name).map(str::to_owned).ok_or_else(|| unknown(tenant, name))
                })
                .collect(),
            Who::Role(role) => {
                let people = self.0.get(tenant).into_iter().flatten();
                let found: Vec<_> = people
                    .filter(|(_, person)| person.roles.contains(role))
                    .map(|(id, _)| id.clone())
                    .collect();
                if found.is_empty() {
                    return Err(format!(
                        "nobody has the role {role:?}: give it under [tenant.{tenant}.people.<id>]"
                    ));
                }
                Ok(found)
            }
            Who::ManagerOf(name) => {
                let id = self.find(tenant, name).ok_or_else(|| unknown(tenant, name))?;
                let manager = self.get(tenant, id).and_then(|person| person.manager.as_deref());
                let manager = manager.ok_or_else(|| {
                    format!("{id} has no manager: write `manager` in [tenant.{tenant}.people.{id}]")
                })?;
                let manager = self.find(tenant, manager).ok_or_else(|| unknown(tenant, manager))?;
                Ok(vec![manager.to_owned()])
            }
        }
    }
}

fn unknown(tenant: &TenantId, name: &str) -> String {
    format!("nobody is called {name:?}: write [tenant.{tenant}.people.<id>] in kompel.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> (TenantId, People) {
        let (tenant, mut people) = (TenantId::default(), People::default());
        for (id, name, mail, roles, manager) in [
            ("an", "An Peeters", Some("an@corp.test"), vec!["security"], None),
            ("bo", "Bo Maes", None, vec!["security"], Some("an")),
            ("ci", "Bo Maes", None, vec![], Some("nobody")),
        ] {
            let person = Person {
                name: name.to_owned(),
                mail: mail.map(str::to_owned),
                roles: roles.into_iter().map(str::to_owned).collect(),
                manager: manager.map(str::to_owned),
                logins: BTreeSet::new(),
            };
            people.add(&tenant, id, person);
        }
        (tenant, people)
    }

    #[test]
    fn people_are_found_by_id_mail_or_a_name_that_only_they_have() {
        let (tenant, people) = people();
        for (text, found) in [
            ("an", Some("an")),
            ("AN@corp.test", Some("an")),
            ("An Peeters", Some("an")),
            ("Bo Maes", None),
            ("zoe", None),
        ] {
            assert_eq!(people.find(&tenant, text), found, "{text}");
        }
        assert_eq!(people.find(&"acme".parse().unwrap(), "an"), None);
    }

    #[test]
    fn roles_and_managers_mean_people_or_say_what_is_missing() {
        let (tenant, people) = people();
        let of = |who| people.resolve(&tenant, &who);
        assert_eq!(of(Who::Role("security".to_owned())).unwrap(), ["an", "bo"]);
        assert_eq!(of(Who::ManagerOf("bo".to_owned())).unwrap(), ["an"]);
        for (who, says) in [
            (Who::Role("boss".to_owned()), "nobody has the role"),
            (Who::ManagerOf("an".to_owned()), "has no manager"),
            (Who::ManagerOf("ci".to_owned()), "nobody is called"),
            (Who::People(vec!["an".to_owned(), "zoe".to_owned()]), "nobody is called"),
        ] {
            assert!(of(who).unwrap_err().contains(says), "{says}");
        }
    }
}
