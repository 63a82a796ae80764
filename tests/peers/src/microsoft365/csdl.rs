//! Microsoft's published metadata of Graph (CSDL), and requests and answers held against it.
//!
//! Owns what a path, a body and an answer may be. It says nothing of what a service does with them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    path::Path,
};

use flate2::read::GzDecoder;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use serde_json::Value;

use super::{Exchange, server::taken_apart};

/// The types and the entry points of a service.
#[derive(Default)]
pub struct Metadata {
    types: BTreeMap<String, Kind>,
    /// By name and the type that they are bound to.
    actions: BTreeMap<(String, String), Action>,
    roots: BTreeMap<String, String>,
}

#[derive(Default)]
struct Kind {
    base: Option<String>,
    properties: BTreeMap<String, String>,
    navigation: BTreeMap<String, String>,
    /// Of an enumeration.
    members: BTreeSet<String>,
}

#[derive(Default, Clone)]
struct Action {
    parameters: BTreeMap<String, String>,
    returns: Option<String>,
}

/// Where a path leads.
enum Place {
    /// An object or a list of this type.
    Of(String),
    /// A reference to an object.
    Reference,
    Action(Action),
}

impl Metadata {
    /// Reads the compressed file; `None` if it is not there.
    ///
    /// # Panics
    /// If it is no such file.
    pub fn read(file: &Path) -> Option<Self> {
        let packed = std::fs::read(file).ok()?;
        let mut text = String::new();
        GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        let mut found = Self::default();
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let (mut namespace, mut inside) = (String::new(), Inside::Nothing);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(tag) | Event::Empty(tag) => {
                    found.take(&tag, &mut namespace, &mut inside);
                }
                Event::Eof => return Some(found),
                _ => {}
            }
        }
    }

    fn take(&mut self, tag: &BytesStart<'_>, namespace: &mut String, inside: &mut Inside) {
        let has = |name: &str| {
            let found = tag.try_get_attribute(name).unwrap()?;
            Some(found.unescape_value().unwrap().into_owned())
        };
        let name = || has("Name").unwrap_or_default();
        let typed = || has("Type").map(|kind| whole(&kind)).unwrap_or_default();
        match tag.name().as_ref() {
            b"Schema" => *namespace = has("Namespace").unwrap_or_default(),
            b"EntityType" | b"ComplexType" | b"EnumType" => {
                let full = format!("{namespace}.{}", name());
                let base = has("BaseType").map(|base| whole(&base));
                self.types.insert(full.clone(), Kind { base, ..Kind::default() });
                *inside = Inside::Kind(full);
            }
            b"Action" | b"Function" => *inside = Inside::Action(name(), None),
            b"EntitySet" => {
                let of = whole(&has("EntityType").unwrap_or_default());
                self.roots.insert(name(), format!("Collection({of})"));
            }
            b"Singleton" => drop(self.roots.insert(name(), typed())),
            b"Member" => {
                self.kind(inside, |kind| _ = kind.members.insert(name()));
            }
            b"Property" => {
                self.kind(inside, |kind| drop(kind.properties.insert(name(), typed())));
            }
            b"NavigationProperty" => {
                self.kind(inside, |kind| drop(kind.navigation.insert(name(), typed())));
            }
            b"Parameter" => {
                if let Inside::Action(action, bound) = inside {
                    match bound {
                        // The first is what the action is bound to.
                        None => {
                            *bound = Some(typed());
                            self.actions.insert((action.clone(), typed()), Action::default());
                        }
                        Some(bound) => {
                            let key = (action.clone(), bound.clone());
                            let action = self.actions.entry(key).or_default();
                            action.parameters.insert(name(), typed());
                        }
                    }
                }
            }
            b"ReturnType" => {
                if let Inside::Action(action, Some(bound)) = inside {
                    let key = (action.clone(), bound.clone());
                    self.actions.entry(key).or_default().returns = Some(typed());
                }
            }
            _ => {}
        }
    }

    fn kind(&mut self, inside: &Inside, add: impl FnOnce(&mut Kind)) {
        if let Inside::Kind(name) = inside
            && let Some(kind) = self.types.get_mut(name)
        {
            add(kind);
        }
    }

    /// A type and those that it extends.
    fn line<'a>(&'a self, name: &str) -> Vec<&'a Kind> {
        let mut line = Vec::new();
        let mut next = self.types.get(name);
        while let Some(kind) = next {
            line.push(kind);
            next = kind.base.as_ref().and_then(|base| self.types.get(base));
        }
        line
    }

    fn property(&self, of: &str, name: &str) -> Option<&str> {
        self.line(of).iter().find_map(|kind| kind.properties.get(name)).map(String::as_str)
    }

    fn navigation(&self, of: &str, name: &str) -> Option<&str> {
        self.line(of).iter().find_map(|kind| kind.navigation.get(name)).map(String::as_str)
    }

    /// Everything in this exchange that the metadata doesn't know. An answer that is no success is
    /// not looked at.
    pub fn faults(&self, exchange: &Exchange) -> Vec<String> {
        let (path, query) = taken_apart(&exchange.target);
        let what = format!("{} {}", exchange.method, exchange.target);
        let mut faults = Vec::new();
        let place = match self.place(&path) {
            Ok(place) => place,
            Err(why) => return vec![format!("{what}: {why}")],
        };
        let of = match &place {
            Place::Of(kind) => Some(kind),
            Place::Action(action) => action.returns.as_ref(),
            Place::Reference => None,
        };
        if let Some(kind) = of {
            self.hold_query(element(kind), &query, &mut faults);
        }
        self.hold_bodies(exchange, &place, &mut faults);
        faults.iter().map(|fault| format!("{what}: {fault}")).collect()
    }

    fn hold_query(&self, of: &str, query: &[(String, String)], faults: &mut Vec<String>) {
        for (key, value) in query {
            let names: Vec<&str> = match key.as_str() {
                "$select" | "$expand" => value.split(',').collect(),
                "$filter" => value
                    .split(" or ")
                    .flat_map(|branch| branch.split(" and "))
                    .filter_map(|term| term.trim().split([' ', '/']).next())
                    .collect(),
                "$search" | "$count" | "$top" | "$skiptoken" | "startDateTime" | "endDateTime" => {
                    Vec::new()
                }
                other => {
                    faults.push(format!("an option {other}"));
                    Vec::new()
                }
            };
            for name in names {
                let known = match key.as_str() {
                    "$expand" => self.navigation(of, name),
                    _ => self.property(of, name),
                };
                if known.is_none() {
                    faults.push(format!("{key} names {name}, which {of} has not"));
                }
            }
        }
    }

    fn hold_bodies(&self, exchange: &Exchange, place: &Place, faults: &mut Vec<String>) {
        let (body, answer) = (&exchange.body, &exchange.answer);
        let fine = exchange.status < 300 && !answer.is_null();
        match place {
            Place::Reference => {
                if exchange.method == "POST" && !body["@odata.id"].is_string() {
                    faults.push("a reference without @odata.id".to_owned());
                }
            }
            Place::Action(action) => {
                for (name, value) in body.as_object().into_iter().flatten() {
                    match action.parameters.get(name) {
                        Some(kind) => self.hold(kind, value, name, faults),
                        None => faults.push(format!("a parameter {name}")),
                    }
                }
                if let (Some(kind), true) = (&action.returns, fine) {
                    let inner = ["Edm.", "Collection("].iter().any(|one| kind.starts_with(one));
                    let value = if inner { &answer["value"] } else { answer };
                    self.hold(kind, value, "the answer", faults);
                }
            }
            Place::Of(kind) => {
                self.hold(element(kind), body, "the body", faults);
                if !fine {
                    return;
                }
                if exchange.method == "GET" && kind.starts_with("Collection(") {
                    self.hold(kind, &answer["value"], "the answer", faults);
                } else {
                    self.hold(element(kind), answer, "the answer", faults);
                }
            }
        }
    }

    fn place(&self, path: &[String]) -> Result<Place, String> {
        let mut segments = path.iter();
        let root = segments.next().ok_or("an empty path")?;
        let mut at = self.roots.get(root).ok_or_else(|| format!("no {root}"))?.clone();
        for segment in segments {
            if segment == "$ref" {
                return Ok(Place::Reference);
            }
            if segment.starts_with("microsoft.graph.") {
                let cast = self.types.contains_key(segment.as_str());
                if !cast {
                    return Err(format!("no type {segment}"));
                }
                let list = at.starts_with("Collection(");
                at = if list { format!("Collection({segment})") } else { segment.clone() };
                continue;
            }
            if at.starts_with("Collection(") {
                at = element(&at).to_owned();
                continue;
            }
            if let Some(next) = self.navigation(&at, segment) {
                at = next.to_owned();
            } else if let Some(action) = self.actions.get(&(segment.clone(), at.clone())) {
                return Ok(Place::Action(action.clone()));
            } else {
                return Err(format!("{at} has no {segment}"));
            }
        }
        Ok(Place::Of(at))
    }

    /// Holds a value against a type.
    fn hold(&self, kind: &str, value: &Value, what: &str, faults: &mut Vec<String>) {
        let fits = match (kind, value) {
            (_, Value::Null) => true,
            (kind, Value::Array(all)) if kind.starts_with("Collection(") => {
                for one in all {
                    self.hold(element(kind), one, what, faults);
                }
                true
            }
            ("Edm.String", value) => value.is_string(),
            ("Edm.Boolean", value) => value.is_boolean(),
            ("Edm.Int32" | "Edm.Int64", value) => value.is_i64(),
            ("Edm.Guid", Value::String(text)) => text.split('-').map(str::len).eq([8, 4, 4, 4, 12]),
            ("Edm.DateTimeOffset", Value::String(text)) => {
                chrono::DateTime::parse_from_rfc3339(text).is_ok()
            }
            (kind, Value::String(text)) => {
                self.types.get(kind).is_some_and(|kind| kind.members.contains(text))
            }
            (kind, Value::Object(members)) => {
                let said = value["@odata.type"].as_str().map(|name| name.trim_start_matches('#'));
                let of = said.unwrap_or(kind);
                if !self.types.contains_key(of) {
                    faults.push(format!("{what}: no type {of}"));
                }
                for (name, value) in members.iter().filter(|(name, _)| !name.contains('@')) {
                    match self.property(of, name).or_else(|| self.navigation(of, name)) {
                        Some(kind) => self.hold(kind, value, name, faults),
                        None => faults.push(format!("{what}: {of} has no {name}")),
                    }
                }
                true
            }
            _ => false,
        };
        if !fits {
            faults.push(format!("{what}: {value} is no {kind}"));
        }
    }
}

enum Inside {
    Nothing,
    Kind(String),
    /// Its name and, once known, what it is bound to.
    Action(String, Option<String>),
}

/// A type's name with its whole namespace.
fn whole(kind: &str) -> String {
    match kind.strip_prefix("Collection(") {
        Some(inner) => format!("Collection({}", whole(inner)),
        None => match kind.strip_prefix("graph.") {
            Some(name) => format!("microsoft.graph.{name}"),
            None => kind.to_owned(),
        },
    }
}

/// What a collection is of.
fn element(kind: &str) -> &str {
    kind.strip_prefix("Collection(").and_then(|kind| kind.strip_suffix(')')).unwrap_or(kind)
}
