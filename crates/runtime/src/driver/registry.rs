//! What can be done here: the connectors' actions, and each tenant's connections to peers.

use std::{collections::BTreeMap, sync::Arc};

use kompel_connect::{Action, Connection, Connector, Settings};
use kompel_engine::act::{Refusal, RefusalKind, RetryHint};
use kompel_model::{ActionEffect, ActionName, ActionSpec, Catalogue, Repeat, TenantId};
use serde_json::{Value, json};

use super::{peers::Peers, within::Within};

/// The connectors and the tenants' connections.
#[derive(Default)]
pub struct Registry {
    connectors: BTreeMap<String, Arc<dyn Connector>>,
    actions: BTreeMap<ActionName, Known>,
    connections: BTreeMap<TenantId, BTreeMap<String, (String, Arc<Connection>)>>,
    peers: Arc<Peers>,
}

struct Known {
    action: Arc<dyn Action>,
    spec: ActionSpec,
    input: Option<jsonschema::Validator>,
}

/// An action with everything that is needed to call it.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) action: Arc<dyn Action>,
    /// Its promise for this very input.
    pub(crate) spec: ActionSpec,
    pub(crate) connection: Arc<Connection>,
    /// The input without `connection`.
    pub(crate) input: Value,
    /// The input with the connection's name: what an approval binds.
    pub(crate) bound: Value,
}

impl Registry {
    /// Makes a connector's actions known.
    pub fn add_connector(&mut self, connector: Arc<dyn Connector>) {
        for action in connector.actions() {
            let spec = action.spec();
            let input = jsonschema::validator_for(&spec.input).ok();
            self.actions.insert(spec.name.clone(), Known { action, spec, input });
        }
        self.connectors.insert(connector.name().to_owned(), connector);
    }

    /// Makes a tenant's connection known under its own name.
    pub fn add_connection(&mut self, connector: &str, connection: Arc<Connection>) {
        let of_tenant = self.connections.entry(connection.tenant.clone()).or_default();
        of_tenant.insert(connection.name.clone(), (connector.to_owned(), connection));
    }

    /// The connector of this name.
    pub fn connector(&self, name: &str) -> Option<&Arc<dyn Connector>> {
        self.connectors.get(name)
    }

    /// The same connector for whoever asks peers on their own, in a function of a domain: its requests
    /// keep within the limits of each connection, together with those of the runs.
    pub fn within_limits(&self, connector: &Arc<dyn Connector>) -> Arc<dyn Connector> {
        Within::wrap(Arc::clone(connector), Arc::clone(&self.peers))
    }

    /// Every connection that was used, with its limits.
    pub(crate) fn peers(&self) -> &Peers {
        &self.peers
    }

    /// A tenant's connections: connector and connection, by the connection's name.
    pub fn connections(&self, tenant: &TenantId) -> impl Iterator<Item = (&str, &Arc<Connection>)> {
        self.connections
            .get(tenant)
            .into_iter()
            .flatten()
            .map(|(_, (connector, connection))| (connector.as_str(), connection))
    }

    /// Everything that a playbook may call: the connectors' actions and the runtime's own.
    pub fn catalogue(&self) -> Catalogue {
        self.actions.values().map(|known| known.spec.clone()).chain(own_actions()).collect()
    }

    /// The action with the connection that this input means.
    pub(crate) fn resolve(
        &self,
        tenant: &TenantId,
        name: &ActionName,
        input: &Value,
    ) -> Result<Resolved, Refusal> {
        let known = self
            .actions
            .get(name)
            .ok_or_else(|| not_configured(format!("no action {name} exists here")))?;
        let (named, input) = split_connection(input);
        let connection = self.connection(tenant, name.connector(), named.as_deref())?;
        if let Some(validator) = &known.input
            && let Some(wrong) = validator.iter_errors(&input).next()
        {
            let place = wrong.instance_path().to_string();
            let place = if place.is_empty() { "/".to_owned() } else { place };
            // The validator's own words quote the value, which may be personal data.
            let rule = wrong.schema_path().to_string();
            return Err(invalid(format!("the input of {name} does not fit at {place} ({rule})")));
        }
        let mut bound = input.clone();
        if let Value::Object(members) = &mut bound {
            members.insert("connection".to_owned(), Value::from(connection.name.as_str()));
        }
        let (action, mut spec) = (Arc::clone(&known.action), known.spec.clone());
        spec.effect = action.effect_of(&input);
        spec.repeat = action.repeat_of(&input);
        Ok(Resolved { action, spec, connection, input, bound })
    }

    fn connection(
        &self,
        tenant: &TenantId,
        connector: &str,
        named: Option<&str>,
    ) -> Result<Arc<Connection>, Refusal> {
        let all = self.connections.get(tenant);
        let fitting: Vec<_> = all
            .into_iter()
            .flatten()
            .filter(|(_, (of, _))| of == connector)
            .map(|(name, (_, connection))| (name.as_str(), connection))
            .collect();
        if let Some(named) = named {
            let found = fitting.iter().find(|(name, _)| *name == named);
            return found.map(|(_, connection)| Arc::clone(connection)).ok_or_else(|| {
                not_configured(format!(
                    "no connection {named:?} of connector {connector:?}: \
                     write [tenant.{tenant}.connection.{named}] in kompel.toml"
                ))
            });
        }
        match fitting.as_slice() {
            [(_, only)] => Ok(Arc::clone(only)),
            [] => self.bare(tenant, connector).ok_or_else(|| {
                not_configured(format!(
                    "no connection for {connector:?}: write [tenant.{tenant}.connection.<name>] \
                     with connector = {connector:?} in kompel.toml"
                ))
            }),
            several => {
                let names: Vec<_> = several.iter().map(|(name, _)| *name).collect();
                Err(not_configured(format!(
                    "several connections for {connector:?}: write `connection:` with one of {}",
                    names.join(", ")
                )))
            }
        }
    }

    /// A connection without settings, for a connector that needs none (plain HTTP).
    fn bare(&self, tenant: &TenantId, connector: &str) -> Option<Arc<Connection>> {
        let found = self.connectors.get(connector)?;
        let settings = Settings::default();
        Connection::open(found.as_ref(), tenant.clone(), connector, settings).ok()
    }
}

/// The connection that the input names, and the input without it.
fn split_connection(input: &Value) -> (Option<String>, Value) {
    let mut input = input.clone();
    let named = match &mut input {
        Value::Object(members) => members.remove("connection"),
        Value::Null => {
            input = json!({});
            None
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    };
    (named.and_then(|name| name.as_str().map(str::to_owned)), input)
}

pub(crate) fn not_configured(detail: String) -> Refusal {
    Refusal { kind: RefusalKind::Configuration, retry: RetryHint::Never, detail, code: None }
}

fn invalid(detail: String) -> Refusal {
    Refusal { kind: RefusalKind::Invalid, retry: RetryHint::Never, detail, code: None }
}

/// The runtime's own functions.
fn own_actions() -> Vec<ActionSpec> {
    let spec = |name: &str, summary: &str, effect, input: Value, output: Value| ActionSpec {
        name: name.parse().expect("a name in this file"),
        summary: summary.to_owned(),
        effect,
        repeat: Repeat::Natural,
        permissions: Vec::new(),
        systems: Vec::new(),
        input,
        output,
    };
    let report = json!({"type": "object", "properties": {
        "undone": {"type": "array", "items": {"type": "string"}},
        "remaining": {"type": "array", "items": {"type": "object"}},
    }});
    vec![
        spec(
            ASK,
            "Asks people to approve what the rest of the run would do",
            ActionEffect::Read,
            ask_schema(),
            json!({"type": "object", "properties": {
                "approved": {"const": true},
                "answers": {"type": "array"},
                "planHash": {"type": "string"},
            }}),
        ),
        spec(
            UNDO_ALL,
            "Takes back every write of the run that can be taken back, the last one first",
            ActionEffect::Notice,
            json!({"type": "object", "additionalProperties": false}),
            report.clone(),
        ),
        spec(
            UNDO_STEP,
            "Takes back the writes of one task of the run, the last one first",
            ActionEffect::Notice,
            json!({"type": "object", "additionalProperties": false, "required": ["step"],
                "properties": {"step": {"type": "string", "minLength": 1}}}),
            report,
        ),
    ]
}

fn ask_schema() -> Value {
    let duration = json!({"type": "string", "pattern": "^P"});
    let who = json!({"type": "object", "additionalProperties": false, "minProperties": 1,
        "maxProperties": 1, "properties": {
            "people": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "role": {"type": "string"},
            "managerOf": {"type": "string"},
    }});
    json!({"type": "object", "additionalProperties": false, "required": ["who"], "properties": {
        "who": who,
        "count": {"type": "integer", "minimum": 1, "maximum": 20},
        "within": duration,
        "escalate": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "required": ["after", "to"], "properties": {"after": duration, "to": who}}},
        "question": {"type": "string"},
        "plan": {"enum": ["rest", "none"]},
        "about": true,
    }})
}

/// Asking people.
pub(crate) const ASK: &str = "approval.ask";
/// Taking back everything.
pub(crate) const UNDO_ALL: &str = "undo.all";
/// Taking back one task's writes.
pub(crate) const UNDO_STEP: &str = "undo.step";
