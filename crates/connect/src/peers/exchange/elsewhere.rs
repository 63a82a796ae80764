//! The rights that somebody has in other people's mailboxes: found, taken away, given back.
//!
//! Who may send as, or on behalf of, somebody else is one question to Exchange. Who may open a mailbox
//! is a question to each mailbox; so many are asked as the connection allows, and the answer says
//! whether that was all.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access::{self, Access, Right},
    mailbox::{self, MANAGE, OnMailbox, SYSTEM},
    transport::Session,
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, Reading, each},
    peers::graph::named,
    promise::{self, Promise},
};

/// Places by their id (or by what they were asked for), each with its name and the rights that
/// somebody has there.
#[derive(Default)]
struct Places(BTreeMap<String, (Value, BTreeSet<Right>)>);

impl Places {
    fn add(&mut self, shown: Value, rights: impl IntoIterator<Item = Right>) {
        self.add_as(id(&shown).to_owned(), shown, rights);
    }

    fn add_as(&mut self, key: String, shown: Value, rights: impl IntoIterator<Item = Right>) {
        self.0.entry(key).or_insert_with(|| (shown, BTreeSet::new())).1.extend(rights);
    }

    fn told(&self) -> Vec<Value> {
        let told = |(id, (shown, rights)): (&String, &(Value, BTreeSet<Right>))| {
            let rights: Vec<&str> = rights.iter().map(|right| right.word()).collect();
            json!({"mailbox": id, "name": shown["name"], "rights": rights})
        };
        self.0.iter().filter(|(_, (_, rights))| !rights.is_empty()).map(told).collect()
    }
}

/// What was found of a person's rights, and in how many of how many mailboxes was looked.
struct Found {
    places: Places,
    looked: usize,
    of: usize,
}

impl Found {
    fn is_complete(&self) -> bool {
        self.looked == self.of
    }
}

/// Who a recipient is, by what finds it again.
fn shown(row: &Value) -> Value {
    let text = |name: &str| row[name].as_str().filter(|text| !text.is_empty());
    let id = text("ExternalDirectoryObjectId").or(text("PrimarySmtpAddress"));
    json!({"id": id.or(text("Identity")).unwrap_or_default(), "name": row["DisplayName"]})
}

fn id(shown: &Value) -> &str {
    shown["id"].as_str().unwrap_or_default()
}

/// Looks everywhere.
async fn everywhere(session: &Session<'_>, person: &Value) -> Result<Found, Error> {
    let mut places = Places::default();
    sends(session, person, &mut places).await?;
    let all = session.list("Get-Mailbox", json!({"ResultSize": "Unlimited"})).await?;
    let others = all.iter().filter(|one| mailbox::id(one) != mailbox::id(person));
    let mut others: Vec<(String, Value)> =
        others.map(shown).map(|one| (id(&one).to_owned(), one)).collect();
    others.sort_by(|(one, _), (other, _)| one.cmp(other));
    let of = others.len();
    others.truncate(session.most_mailboxes);
    let looked = others.len();
    opens(session, person, others, &mut places).await?;
    Ok(Found { places, looked, of })
}

/// Looks in these places only, and gives each by the name that it was asked for; those that are not
/// there are left out.
async fn at(
    session: &Session<'_>,
    person: &Value,
    asked: &BTreeSet<&str>,
) -> Result<Places, Error> {
    let (mut all, mut places, mut there) = (Places::default(), Places::default(), Vec::new());
    sends(session, person, &mut all).await?;
    let found = recipients(session, asked.iter().copied()).await?;
    for (key, place) in asked.iter().map(|key| (*key).to_owned()).zip(found) {
        // By such a name it was found, if it can't be told from others.
        let sent = all.0.get(place.as_ref().map_or(key.as_str(), id));
        let Some(place) = place.or_else(|| sent.map(|(shown, _)| shown.clone())) else { continue };
        let rights = sent.iter().flat_map(|(_, rights)| rights.iter().copied());
        places.add_as(key.clone(), place.clone(), rights);
        there.push((key, place));
    }
    opens(session, person, there, &mut places).await?;
    Ok(places)
}

/// Which of these mailboxes the person may open.
async fn opens(
    session: &Session<'_>,
    person: &Value,
    mailboxes: Vec<(String, Value)>,
    places: &mut Places,
) -> Result<(), Error> {
    let login = mailbox::login(person);
    let asked = mailboxes.iter().map(|(_, one)| json!({"Identity": one["id"], "User": login}));
    let rows = session.read_each("Get-MailboxPermission", asked).await?;
    for ((key, mailbox), rows) in mailboxes.into_iter().zip(rows) {
        if rows.iter().any(|row| Right::FullAccess.is_in(row)) {
            places.add_as(key, mailbox, [Right::FullAccess]);
        }
    }
    Ok(())
}

/// As whom, and on whose behalf, the person may send.
async fn sends(session: &Session<'_>, person: &Value, places: &mut Places) -> Result<(), Error> {
    let asked = json!({"Trustee": mailbox::login(person), "ResultSize": "Unlimited"});
    let rows = session.read("Get-RecipientPermission", asked).await?;
    let rows = rows.iter().filter(|row| Right::SendAs.is_in(row));
    let names: Vec<&str> = rows.map(|row| row["Identity"].as_str().unwrap_or_default()).collect();
    if names.len() > MOST_NAMED {
        let detail = format!("more than {MOST_NAMED} recipients as whom one may send");
        return Err(Error::new(ErrorKind::Unsupported, detail));
    }
    // They are told by a name that says little to people.
    let found = recipients(session, names.iter().copied()).await?;
    for (name, found) in names.iter().zip(found) {
        places.add(found.unwrap_or_else(|| json!({"id": name, "name": name})), [Right::SendAs]);
    }
    for mailbox in access::on_behalf(session, person).await? {
        places.add(shown(&mailbox), [Right::SendOnBehalf]);
    }
    places.0.remove(mailbox::id(person));
    Ok(())
}

/// The recipients of these names or ids; `None` where none, or more than one, is called so.
async fn recipients(
    session: &Session<'_>,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<Option<Value>>, Error> {
    let asked = names.map(|name| json!({"Identity": name}));
    let rows = session.read_each("Get-Recipient", asked).await?;
    let one = |rows: Vec<Value>| match &rows[..] {
        [one] => Some(shown(one)),
        _ => None,
    };
    Ok(rows.into_iter().map(one).collect())
}

fn place_schema() -> Value {
    promise::object(
        &["mailbox", "rights"],
        json!({
            "mailbox": {
                "type": "string", "minLength": 1, "maxLength": 320,
                "description": "its id in Entra ID, or its address",
            },
            "name": {"type": ["string", "null"]},
            "rights": access::rights_schema(),
        }),
    )
}

fn places_schema(what: &str) -> Value {
    json!({
        "type": "array", "maxItems": MOST_NAMED, "items": place_schema(), "description": what,
    })
}

/// `exchange.find-rights-elsewhere`.
pub(super) struct Find;

#[async_trait]
impl Reading for Find {
    fn spec(&self) -> ActionSpec {
        let count = |what: &str| json!({"type": "integer", "minimum": 0, "description": what});
        Promise {
            name: "exchange.find-rights-elsewhere",
            summary: "Finds the mailboxes of others that somebody may open, send as, or send on \
                      behalf of",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &[MANAGE, "role View-Only Recipients in Exchange"],
            input: promise::object(&["mailbox"], json!({"mailbox": mailbox::mailbox_input()})),
            output: promise::object(
                &["found", "rights", "looked", "of", "complete"],
                json!({
                    "found": {"type": "boolean", "description": "false: there is no such mailbox"},
                    "id": {"type": "string", "description": "in Entra ID"},
                    "userName": {"type": "string"},
                    "rights": places_schema("where the person has which rights"),
                    "looked": count("in how many mailboxes was looked for FullAccess"),
                    "of": count("how many mailboxes of others there are"),
                    "complete": {
                        "type": "boolean",
                        "description": "false: there are more mailboxes than were looked in",
                    },
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let OnMailbox { mailbox } = promise::input(call)?;
        let session = Session::of(call)?;
        let person = match mailbox::one(&session, &mailbox).await {
            Err(error) if error.kind == ErrorKind::Absent => {
                return Ok(json!({
                    "found": false, "rights": [], "looked": 0, "of": 0, "complete": true,
                }));
            }
            person => person?,
        };
        let found = everywhere(&session, &person).await?;
        Ok(mailbox::about(
            &person,
            json!({
                "found": true, "rights": found.places.told(), "looked": found.looked,
                "of": found.of, "complete": found.is_complete(),
            }),
        ))
    }
}

/// `exchange.drop-rights-elsewhere` and `exchange.give-rights-elsewhere`.
pub(super) struct Elsewhere(pub(super) Access);

#[derive(Deserialize)]
struct Wanted {
    mailbox: String,
    rights: Option<Vec<Place>>,
}

#[derive(Deserialize)]
struct Place {
    mailbox: String,
    rights: Vec<Right>,
}

impl Elsewhere {
    /// The places that are meant, with the rights that are to change there.
    async fn changing(
        &self,
        session: &Session<'_>,
        person: &Value,
        wanted: Option<Vec<Place>>,
    ) -> Result<Places, Error> {
        let Some(wanted) = wanted else {
            let found = everywhere(session, person).await?;
            if found.is_complete() {
                return Ok(found.places);
            }
            let detail = format!(
                "{} mailboxes are more than the {} that are looked in: raise most_mailboxes, or \
                 name those that are meant",
                found.of, found.looked
            );
            return Err(Error::new(ErrorKind::Unsupported, detail));
        };
        let ids = wanted.iter().map(|place| place.mailbox.as_str()).collect();
        let held = at(session, person, &ids).await?;
        let mut places = Places::default();
        for Place { mailbox, rights } in &wanted {
            match held.0.get(mailbox) {
                Some((shown, has)) => {
                    let differs = |right: &Right| has.contains(right) != self.0.wanted();
                    places.add(shown.clone(), rights.iter().copied().filter(differs));
                }
                // What is gone gives nobody a right.
                None if !self.0.wanted() => {}
                None => {
                    return Err(Error::new(ErrorKind::Absent, "no recipient has one of these ids"));
                }
            }
        }
        Ok(places)
    }
}

#[async_trait]
impl Desired for Elsewhere {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo, which) = match self.0 {
            Access::Revoke => (
                "exchange.drop-rights-elsewhere",
                "Takes from somebody these rights in other people's mailboxes, or all",
                "exchange.give-rights-elsewhere",
                "as find-rights-elsewhere tells them; all of them when left out",
            ),
            Access::Grant => (
                "exchange.give-rights-elsewhere",
                "Gives somebody these rights in other people's mailboxes",
                "exchange.drop-rights-elsewhere",
                "as find-rights-elsewhere tells them",
            ),
        };
        let required: &[&str] = if self.0.wanted() { &["mailbox", "rights"] } else { &["mailbox"] };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &[MANAGE, "role Mail Recipients in Exchange"],
            input: promise::object(
                required,
                json!({"mailbox": mailbox::mailbox_input(), "rights": places_schema(which)}),
            ),
            output: mailbox::about_schema(
                &["rights"],
                json!({"rights": places_schema("what changed")}),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Wanted = promise::input(call)?;
        let session = Session::of(call)?;
        let person = mailbox::one(&session, &wanted.mailbox).await?;
        let places = self.changing(&session, &person, wanted.rights).await?;
        let (has, who) = (!self.0.wanted(), mailbox::login(&person));
        let mut changes = Vec::new();
        for (shown, rights) in places.0.values() {
            let object = format!("mailbox {}", named::named(shown));
            changes.extend(rights.iter().map(|right| {
                let property = access::property(*right, who);
                promise::change(&object, &property, has.into(), (!has).into())
            }));
        }
        let output = mailbox::about(&person, json!({"rights": places.told()}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let session = &Session::of(call)?;
        let who = difference.output["userName"].as_str().unwrap_or_default();
        each(&difference.changes, |change| async move {
            let (Some(right), Some(of)) = (access::right_of(change), named::id(&change.object))
            else {
                return Ok(());
            };
            match self.0.make(session, right, (of, who), who).await {
                // Gone already is as good.
                Err(error) if error.kind == ErrorKind::Absent && !self.0.wanted() => Ok(()),
                made => made,
            }
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        mailbox::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let changed = plan.changes.iter().filter_map(|change| {
            let (right, of) = (access::right_of(change)?, named::id(&change.object)?);
            Some(json!({"mailbox": of, "rights": [right.word()]}))
        });
        Some(json!({"mailbox": output["id"], "rights": changed.collect::<Vec<_>>()}))
    }
}

/// How many places may be named at once.
const MOST_NAMED: usize = 2000;
