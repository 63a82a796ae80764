//! What the form in the browser asks of Kompel, done as the commands do it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use kompel_domains::leavers::{Found, Inventory, OFFBOARDING, RunFacts, Systems};
use kompel_model::{Language, PersonQuery, Secret, TenantId};
use kompel_runtime::{
    Error, RunRow, RunStatus, Runtime, Scope, Store, Waiting, Workspace, clock, new_ticket,
};
use kompel_web::{Account, Asked, Asker, Doubt, Reception, Stage, Standing, Trouble, Wish};

use super::{
    begin::{self, Unless, before, begin},
    facts::{self, Names},
};
use crate::{
    config::Config, diagnostics::Failure, orchestra, orchestra::Orchestra, session::Session,
};

/// Takes wishes in for every tenant.
pub(crate) struct Desk(Arc<Parts>);

struct Parts {
    runtime: Arc<Runtime>,
    workspace: Workspace,
    config: Config,
    systems: Systems,
    store: Mutex<Store>,
    language: Language,
}

impl Desk {
    /// Over the systems and people of this session's workspace.
    pub(crate) fn open(session: &Session<'_>, orchestra: &Orchestra) -> Result<Self, Failure> {
        let (systems, _) = orchestra::systems(orchestra.runtime.registry(), &session.config);
        Ok(Self(Arc::new(Parts {
            runtime: Arc::clone(&orchestra.runtime),
            workspace: session.workspace.clone(),
            config: session.config.clone(),
            systems,
            store: Mutex::new(session.workspace.open_store()?),
            language: session.output.wording().language(),
        })))
    }

    /// Does this where it may wait for the disk.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Parts) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let parts = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&parts)).await;
        done.map_err(|error| Trouble(error.to_string()))?
    }

    /// Asks the store of this tenant.
    async fn kept<T: Send + 'static>(
        &self,
        tenant: &TenantId,
        work: impl FnOnce(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Trouble> {
        let tenant = tenant.clone();
        self.apart(move |parts| {
            let mut store = parts.store.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut store.tenant(tenant)).map_err(|error| Trouble(error.to_string()))
        })
        .await
    }

    /// This person of the tenant; nobody who is no longer in the configuration.
    fn known(&self, tenant: &TenantId, id: Option<String>) -> Option<Asker> {
        let id = id?;
        let table = self.0.config.tenant.get(tenant)?;
        let name = table.people.get(&id)?.name.clone();
        let client = table.name.clone().unwrap_or_else(|| tenant.to_string());
        Some(Asker { id, name, client })
    }

    /// What the systems tell within seconds; `None` if they do not.
    async fn looked(&self, tenant: &TenantId, wish: &Wish) -> Option<Inventory> {
        let person = PersonQuery {
            name: wish.person.name.clone(),
            mails: wish.person.mails.clone(),
            logins: wish.person.logins.clone(),
        };
        let look = self.0.systems.inventory(tenant, &person, clock::now());
        tokio::time::timeout(LOOK_WITHIN, look).await.ok()
    }
}

impl Parts {
    fn offboardings(&self, tenant: &TenantId) -> Result<Vec<RunFacts>, Failure> {
        let names = Names::among(&self.config, tenant);
        facts::offboardings(&self.runtime, tenant, &names)
    }

    /// The last offboardings of which this holds, the newest first.
    fn last(
        &self,
        tenant: &TenantId,
        most: usize,
        wanted: impl Fn(&RunRow) -> bool,
    ) -> Result<Vec<Standing>, Failure> {
        let all = self.runtime.runs_of(tenant, OFFBOARDING, MOST_RUNS)?;
        let rows = all.iter().filter(|row| wanted(row)).take(most);
        let standings = rows.map(|row| self.standing(tenant, &row.id));
        Ok(standings.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn standing(&self, tenant: &TenantId, run: &str) -> Result<Option<Standing>, Failure> {
        let story = self.runtime.show(tenant, run)?;
        let Some(facts) = facts::of(&story, &Names::among(&self.config, tenant)) else {
            return Ok(None);
        };
        let who = facts.run.requester;
        Ok(Some(Standing {
            run: facts.run.id,
            person: facts.person,
            last_day: facts.last_day,
            reason: facts.reason,
            asked_by: (who.id.clone(), who.name.unwrap_or(who.id)),
            begun: facts.run.started.with_timezone(&self.config.timezone.0).naive_local(),
            stage: stage(&story.status),
        }))
    }
}

fn stage(status: &RunStatus) -> Stage {
    match status {
        RunStatus::Running => Stage::Begun,
        RunStatus::Waiting { on } => on.iter().map(waits).next().unwrap_or(Stage::Begun),
        RunStatus::Completed => Stage::Completed,
        RunStatus::Incomplete { .. } => Stage::Incomplete,
        RunStatus::Failed { .. } => Stage::Failed,
        RunStatus::Rejected { .. } => Stage::Rejected,
        RunStatus::Cancelled { .. } => Stage::Cancelled,
    }
}

fn trouble(failure: &Failure) -> Trouble {
    Trouble(failure.sentences(kompel_report::wording(Language::En)).join(" "))
}

/// The wish as `kompel leavers add` would have it.
fn as_asked(wish: &Wish, by: &str) -> begin::Wish {
    begin::Wish {
        person: wish.person.clone(),
        last_day: wish.last_day,
        reason: wish.reason.clone(),
        by: by.to_owned(),
        trigger: "form",
    }
}

/// The offboarding of this person that was completed, if the asker has not been asked about it.
fn unless(known: &[RunFacts], wish: &Wish, asked: &begin::Wish) -> Result<Unless, Doubt> {
    let Some(done) = before(known, asked, Unless::BeganBefore) else {
        return Ok(Unless::BeganBefore);
    };
    let Some(ended) = done.run.ended else { return Ok(Unless::BeganBefore) };
    let left = Doubt::LeftBefore { run: done.run.id.clone(), on: ended.date_naive() };
    if wish.is_sure(&left) { Ok(Unless::UnderWay) } else { Err(left) }
}

/// What the day leaves doubtful.
fn about_day(last_day: Option<NaiveDate>, today: NaiveDate) -> Option<Doubt> {
    let day = last_day?;
    if day < today {
        Some(Doubt::PastDay(day))
    } else if day - today > FAR {
        Some(Doubt::FarDay(day))
    } else {
        None
    }
}

/// What the systems leave doubtful. Where one did not answer, nobody can say that nobody is known.
fn about_person(found: &Inventory) -> Option<Doubt> {
    if !found.doubtful.is_empty() {
        let mut seen = BTreeSet::new();
        let accounts = found.doubtful.iter().map(account);
        let accounts = accounts.filter(|account| seen.insert(account.key.to_lowercase()));
        return Some(Doubt::Several(accounts.take(MOST_SHOWN).collect()));
    }
    let nobody = found.accounts.is_empty() && found.unreachable.is_empty();
    (nobody && !found.asked.is_empty()).then_some(Doubt::Nobody)
}

fn account(found: &Found) -> Account {
    let Found { account, system, .. } = found;
    Account {
        key: account.mail.clone().unwrap_or_else(|| account.login.clone()),
        name: account.name.clone(),
        system: system.clone(),
    }
}

#[async_trait]
impl Reception for Desk {
    fn language(&self) -> Language {
        self.0.language
    }

    async fn link_of(&self, tenant: &TenantId, link: &Secret) -> Result<Option<Asker>, Trouble> {
        let link = link.clone();
        let id = self.kept(tenant, move |scope| scope.form_link_of(&link, clock::now())).await?;
        Ok(self.known(tenant, id))
    }

    async fn open(
        &self,
        tenant: &TenantId,
        link: &Secret,
    ) -> Result<Option<(Secret, i64)>, Trouble> {
        if self.link_of(tenant, link).await?.is_none() {
            return Ok(None);
        }
        let link = link.clone();
        self.kept(tenant, move |scope| {
            let held = new_ticket()?;
            let opened = scope.open_form_link(&link, &held, clock::now())?;
            Ok(opened.map(|(_, expires)| (held, (expires - clock::now()).num_seconds())))
        })
        .await
    }

    async fn asker(&self, tenant: &TenantId, held: &Secret) -> Result<Option<Asker>, Trouble> {
        let held = held.clone();
        let id = self.kept(tenant, move |scope| scope.form_asker(&held, clock::now())).await?;
        Ok(self.known(tenant, id))
    }

    async fn close(&self, tenant: &TenantId, held: &Secret) -> Result<(), Trouble> {
        let held = held.clone();
        self.kept(tenant, move |scope| scope.close_form(&held, clock::now())).await
    }

    async fn doubts(&self, tenant: &TenantId, wish: &Wish) -> Result<Vec<Doubt>, Trouble> {
        let (whose, asked) = (tenant.clone(), as_asked(wish, ""));
        let known =
            self.apart(move |parts| parts.offboardings(&whose).map_err(|f| trouble(&f))).await?;
        if before(&known, &asked, Unless::UnderWay).is_some() {
            return Ok(Vec::new());
        }
        let today = clock::now().with_timezone(&self.0.config.timezone.0).date_naive();
        let mut doubts: Vec<Doubt> = about_day(wish.last_day, today).into_iter().collect();
        doubts.extend(unless(&known, wish, &asked).err());
        if let Some(found) = self.looked(tenant, wish).await {
            doubts.extend(about_person(&found));
        }
        Ok(doubts)
    }

    async fn ask(&self, tenant: &TenantId, asker: &Asker, wish: &Wish) -> Result<Asked, Trouble> {
        let (whose, by, wish) = (tenant.clone(), asker.id.clone(), wish.clone());
        self.apart(move |parts| {
            let asked = as_asked(&wish, &by);
            let known = || parts.offboardings(&whose);
            let done = || -> Result<_, Failure> {
                let unless = unless(&known()?, &wish, &asked).unwrap_or(Unless::BeganBefore);
                let of = (&parts.workspace, &whose);
                let begins = begin(&parts.runtime, of, &asked, unless, known);
                tokio::runtime::Handle::current().block_on(begins)
            };
            let begun = done().map_err(|failure| trouble(&failure))?;
            Ok(Asked { run: begun.run, new: begun.new })
        })
        .await
    }

    async fn standing(&self, tenant: &TenantId, run: &str) -> Result<Option<Standing>, Trouble> {
        let (whose, run) = (tenant.clone(), run.to_owned());
        let found = self.apart(move |parts| {
            parts.last(&whose, 1, |row| row.id == run).map_err(|failure| trouble(&failure))
        });
        Ok(found.await?.pop())
    }

    async fn asked_by(&self, tenant: &TenantId, asker: &Asker) -> Result<Vec<Standing>, Trouble> {
        let (whose, asker) = (tenant.clone(), asker.id.clone());
        self.apart(move |parts| {
            let asked = parts.last(&whose, MOST_ASKED, |row| row.requester == asker);
            asked.map_err(|failure| trouble(&failure))
        })
        .await
    }
}

fn waits(on: &Waiting) -> Stage {
    match on {
        Waiting::Approval { .. } | Waiting::Decision { .. } => Stage::Approval,
        Waiting::Time { .. } => Stage::Moment,
        Waiting::Peer { .. } | Waiting::Event { .. } | Waiting::Run { .. } => Stage::System,
    }
}

/// How long an asker waits for what the systems tell; later, an approver is asked instead.
const LOOK_WITHIN: Duration = Duration::from_secs(8);
const FAR: TimeDelta = TimeDelta::days(366);
const MOST_SHOWN: usize = 20;
const MOST_ASKED: usize = 10;
const MOST_RUNS: usize = 100_000;
