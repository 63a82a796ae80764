//! Wires the runtime: connectors with their connections and secrets, people, playbooks, schedules.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use kompel_connect::{Connection, connectors};
use kompel_domains::leavers::{self, Client, Reachable, Systems, Unconnected, Unreachable};
use kompel_engine::language::Playbook;
use kompel_model::{Catalogue, Phrase, TenantId};
use kompel_runtime::{
    Limits, Parts, PeerLimits, People, Person, Registry, Runtime, Scheduled, Schedules, TrailSink,
    clock::RealClock,
};

use crate::{
    args::shown,
    config::Config,
    diagnostics::Failure,
    exit::Exit,
    handwork::Handwork,
    invitations::Invitations,
    playbooks::{self, Kept, Shelf},
    session::Session,
    tenants,
};

/// The runtime, and the threads that it works on.
pub(crate) struct Orchestra {
    /// Runs.
    pub(crate) runtime: Arc<Runtime>,
    threads: tokio::runtime::Runtime,
}

impl Orchestra {
    /// Opens the runtime of this workspace. A connection that can't be used is told, and is missing.
    pub(crate) fn open(session: &mut Session<'_>) -> Result<Self, Failure> {
        let threads = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| unexpected(&error))?;
        let _inside = threads.enter();
        let mut registry = registry(session)?;
        let mail = ways_to_send_mail(&registry, &session.config);
        let handwork = Arc::new(Handwork::default());
        with_leavers(&mut registry, &session.config, Arc::clone(&handwork));
        let catalogue = registry.catalogue();
        let books = usable(session, &catalogue)?;
        let parts = Parts {
            database: session.workspace.database(),
            registry,
            people: people(&session.config),
            notify: Arc::new(Invitations::new(mail, session.output.wording())),
            library: Arc::new(Shelf::of(&books)),
            clock: Arc::new(RealClock),
            audit: Arc::new(TrailSink::new(session.secrets().scrubber()?)),
            policy: kompel_engine::act::Policy::default(),
            limits: limits(&session.config),
            schedules: schedules(&session.config, &books)?,
        };
        let runtime = Arc::new(Runtime::open(parts)?);
        handwork.opened(&runtime);
        Ok(Self { runtime, threads })
    }

    /// Waits for an answer of the runtime.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.threads.block_on(future)
    }
}

fn unexpected(error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(error)
}

/// Every action there is, without any connection.
pub(crate) fn catalogue() -> Catalogue {
    let mut registry = Registry::default();
    connectors().into_iter().for_each(|connector| registry.add_connector(connector));
    registry.add_connector(leavers::connector(Arc::default(), Vec::new()));
    registry.catalogue()
}

/// The leavers' functions, over the connections that can be used.
fn with_leavers(registry: &mut Registry, config: &Config, handwork: Arc<Handwork>) {
    let (mut systems, clients) = systems(registry, config);
    systems.remember_by(handwork);
    registry.add_connector(leavers::connector(Arc::new(systems), clients));
}

/// Every tenant's systems as an inventory asks them, and the tenants as requests name them.
pub(crate) fn systems(registry: &Registry, config: &Config) -> (Systems, Vec<Client>) {
    let (mut systems, mut clients) = (Systems::default(), Vec::new());
    for (tenant, table) in &config.tenant {
        for (name, connection) in registry.connections(tenant) {
            let Some(connector) = registry.connector(name) else { continue };
            let actions = connector.actions();
            let called = actions.iter().find_map(|action| action.spec().systems.first().cloned());
            let system = called.unwrap_or_else(|| connection.name.clone());
            let (connector, connection) =
                (registry.within_limits(connector), Arc::clone(connection));
            systems.add(tenant, Reachable { connector, connection, system });
        }
        let opened: Vec<&str> =
            registry.connections(tenant).map(|(_, c)| c.name.as_str()).collect();
        for name in table.connection.keys().filter(|name| !opened.contains(&name.as_str())) {
            let because = "it can't be used: `kompel doctor` tells why".to_owned();
            systems.add_unusable(tenant, Unreachable { connection: name.clone(), because });
        }
        for (system, known) in &table.system {
            let (system, owner) = (system.clone(), known.owner.clone());
            systems.add_unconnected(tenant, Unconnected { system, owner });
        }
        systems.set_policy(tenant, table.leavers.clone(), managers(table));
        clients.push(Client {
            id: tenant.to_string(),
            names: table.name.iter().chain(&table.aliases).cloned().collect(),
            domains: table.domains.clone(),
        });
    }
    (systems, clients)
}

/// Whose manager is who, by mail addresses.
fn managers(table: &tenants::Tenant) -> impl Iterator<Item = (String, String)> {
    table.people.values().filter_map(|person| {
        let manager = table.people.get(person.manager.as_ref()?)?;
        Some((person.mail.clone()?, manager.mail.clone()?))
    })
}

/// The connectors, and the connections of every tenant.
pub(crate) fn registry(session: &Session<'_>) -> Result<Registry, Failure> {
    let mut registry = Registry::default();
    connectors().into_iter().for_each(|connector| registry.add_connector(connector));
    let secrets = session.secrets();
    for (tenant, table) in &session.config.tenant {
        for (name, connection) in &table.connection {
            let opened = open(&registry, &secrets, tenant, name, connection);
            match opened {
                Ok(opened) => registry.add_connection(&connection.connector, opened),
                Err(failure) => {
                    session.output.remark(
                        &Phrase::new("connection-left-out")
                            .text("because", failure.sentences(session.output.wording()).join(" ")),
                    );
                }
            }
        }
    }
    Ok(registry)
}

/// One connection, with its secrets.
pub(crate) fn open(
    registry: &Registry,
    secrets: &kompel_runtime::secrets::Secrets,
    tenant: &TenantId,
    name: &str,
    table: &tenants::Connection,
) -> Result<Arc<Connection>, Failure> {
    let place = format!("[tenant.{tenant}.connection.{name}]");
    let fails = |error: &dyn std::error::Error| {
        let says = Phrase::new("fail-connection").text("place", place.clone());
        Failure::new(Exit::Configuration, says).because(error)
    };
    let connector = registry.connector(&table.connector).ok_or_else(|| {
        let names: Vec<_> = connectors().iter().map(|known| known.name()).collect();
        let says = Phrase::new("fail-no-connector")
            .text("place", place.clone())
            .text("name", &table.connector);
        let advice = Phrase::new("advice-connectors").text("names", names.join(", "));
        Failure::new(Exit::Configuration, says).advise(advice)
    })?;
    let values = serde_json::to_value(&table.settings).map_err(|error| fails(&error))?;
    let values = values.as_object().cloned().unwrap_or_default();
    let settings = secrets.resolve(tenant, &values).map_err(|error| fails(&error))?;
    Connection::open(connector.as_ref(), tenant.clone(), name, settings)
        .map_err(|error| fails(&error))
}

/// Each tenant's way to send mail, if it has one.
fn ways_to_send_mail(registry: &Registry, config: &Config) -> BTreeMap<TenantId, Arc<Connection>> {
    let way = |tenant: &TenantId| {
        let mut mail = registry.connections(tenant).filter(|(connector, _)| *connector == "mail");
        Some((tenant.clone(), Arc::clone(mail.next()?.1)))
    };
    config.tenant.keys().filter_map(way).collect()
}

fn people(config: &Config) -> People {
    let mut people = People::default();
    for (tenant, table) in &config.tenant {
        for (id, person) in &table.people {
            people.add(
                tenant,
                id,
                Person {
                    name: person.name.clone(),
                    mail: person.mail.clone(),
                    roles: person.roles.iter().cloned().collect(),
                    manager: person.manager.clone(),
                    logins: person.logins.iter().cloned().collect(),
                },
            );
        }
    }
    people
}

fn limits(config: &Config) -> Limits {
    // One figure for all: the strictest that any tenant asks for.
    let strictest = config.tenant.values().map(|tenant| tenant.limits);
    let at_once = strictest.clone().map(|limits| limits.at_once).min();
    let per_minute = strictest.map(|limits| limits.per_minute).min();
    let usual = tenants::Limits::default();
    let peer = PeerLimits {
        at_once: at_once.unwrap_or(usual.at_once) as usize,
        per_minute: Some(per_minute.unwrap_or(usual.per_minute)),
    };
    Limits { peer, ..Limits::default() }
}

/// The playbooks that can be used; the others are told and left out.
fn usable(session: &Session<'_>, catalogue: &Catalogue) -> Result<Vec<(Kept, Playbook)>, Failure> {
    let mut books = Vec::new();
    for kept in playbooks::all(&session.workspace)? {
        match kept.checked(catalogue) {
            Ok(playbook) => books.push((kept, playbook)),
            Err(failure) => session.output.remark(
                &Phrase::new("playbook-left-out")
                    .text("file", shown(&kept.path))
                    .text("because", failure.sentences(session.output.wording()).join(" ")),
            ),
        }
    }
    Ok(books)
}

/// What starts by itself: a playbook with a `schedule`, for each tenant that lists it.
fn schedules(config: &Config, books: &[(Kept, Playbook)]) -> Result<Schedules, Failure> {
    let mut schedules = Schedules::default();
    for (tenant, table) in &config.tenant {
        for name in &table.scheduled {
            let found = books.iter().find(|(kept, _)| kept.name == *name);
            let (kept, playbook) = found.ok_or_else(|| {
                let says = Phrase::new("fail-scheduled").text("tenant", tenant.as_str());
                Failure::new(Exit::Configuration, says.text("name", name))
                    .advise(Phrase::new("advice-playbooks"))
            })?;
            let Some(schedule) = &playbook.schedule else { continue };
            let source = kept.source(playbook);
            let scheduled = Scheduled::new(tenant.clone(), source, schedule, config.timezone.0)
                .map_err(|error| {
                    let says = Phrase::new("fail-scheduled").text("tenant", tenant.as_str());
                    Failure::new(Exit::Configuration, says.text("name", name)).because(&error)
                })?;
            schedules.add(scheduled);
        }
    }
    Ok(schedules)
}
