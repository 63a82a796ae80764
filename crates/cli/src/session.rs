//! An open workspace: its configuration, store and key, for the tenant at hand.

use std::path::Path;

use kompel_mining::Discovery;
use kompel_model::{CandidateId, PersonId, Phrase, TenantId};
use kompel_qualify::{Assessed, Assessment};
use kompel_runtime::{
    Key, Scope, Store, Workspace,
    audit::AuditKey,
    clock,
    secrets::{Secrets, Vault},
};

use crate::{args::Global, config::Config, diagnostics::Failure, exit::Exit, output::Output};

/// Everything a command works with.
pub(crate) struct Session<'a> {
    pub(crate) workspace: Workspace,
    pub(crate) config: Config,
    pub(crate) key: Key,
    pub(crate) output: &'a Output,
    store: Store,
    tenant: TenantId,
}

impl<'a> Session<'a> {
    /// Opens the workspace that the user named, or the nearest one upward. `purpose` is what the
    /// audit says if names are to be shown.
    pub(crate) fn open(
        global: &Global,
        output: &'a Output,
        purpose: &str,
    ) -> Result<Self, Failure> {
        let mut session = Self::at(&find(global)?, global.tenant.clone(), output)?;
        if global.reveal {
            session.reveal_all(purpose)?;
        }
        Ok(session)
    }

    /// Opens this workspace.
    pub(crate) fn at(
        workspace: &Workspace,
        tenant: TenantId,
        output: &'a Output,
    ) -> Result<Self, Failure> {
        Ok(Self {
            config: Config::read(&workspace.config())?,
            key: workspace.read_key()?,
            store: workspace.open_store()?,
            workspace: workspace.clone(),
            output,
            tenant,
        })
    }

    /// The store as the tenant at hand sees it.
    pub(crate) fn scope(&mut self) -> Scope<'_> {
        self.store.tenant(self.tenant.clone())
    }

    /// The store of the whole installation.
    pub(crate) fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    /// The tenant at hand.
    pub(crate) fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The key that signs the audit trail, made now if the workspace is older than it.
    pub(crate) fn audit_key(&mut self) -> Result<AuditKey, Failure> {
        Ok(self.workspace.open_audit_key(&self.store)?)
    }

    /// Where secrets come from.
    pub(crate) fn secrets(&self) -> Secrets {
        secrets(&self.workspace)
    }

    /// True if no record is kept yet.
    pub(crate) fn is_empty(&mut self) -> Result<bool, Failure> {
        Ok(self.scope().record_counts()?.is_empty())
    }

    /// How many people have a name kept.
    pub(crate) fn people_known(&mut self) -> Result<usize, Failure> {
        Ok(self.scope().identity_count()?)
    }

    fn reveal_all(&mut self, purpose: &str) -> Result<(), Failure> {
        let why = format!("--reveal: kompel {purpose}");
        self.scope().write_reveal(&PersonId::new("*"), &why, clock::now())?;
        let key = self.workspace.read_key()?;
        let names = self.scope().identities(&key)?;
        self.output.show_names(names);
        Ok(())
    }

    /// What the last hunt found, judged by the thresholds as they are now.
    pub(crate) fn found(&mut self) -> Result<Found, Failure> {
        let kept = self.scope().read_discovery()?.ok_or_else(|| {
            Failure::new(Exit::NotFound, Phrase::new("fail-no-hunt"))
                .advise(Phrase::new("advice-hunt"))
        })?;
        let discovery = crate::hunting::restored(kept)?;
        let assessment = kompel_qualify::assess(&discovery, &self.config.qualify);
        Ok(Found { discovery, assessment })
    }
}

/// Where a workspace's secrets come from: the environment, then its encrypted file.
pub(crate) fn secrets(workspace: &Workspace) -> Secrets {
    let vault = Vault::new(workspace.secrets(), workspace.secrets_key());
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Secrets::new(variables, vault)
}

/// The workspace that the user named, or the nearest one upward.
pub(crate) fn find(global: &Global) -> Result<Workspace, Failure> {
    if let Some(root) = &global.workspace {
        return Ok(Workspace::at(root)?);
    }
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Workspace, Phrase::new("fail-workspace")).because(&error)
    })?;
    Ok(Workspace::above(&here)?)
}

/// A discovery and its assessment.
pub(crate) struct Found {
    pub(crate) discovery: Discovery,
    pub(crate) assessment: Assessment,
}

impl Found {
    /// The candidate with this id, or the only one whose id begins so.
    pub(crate) fn candidate(
        &self,
        id: &str,
    ) -> Result<(&kompel_mining::Candidate, &Assessed), Failure> {
        let matching: Vec<&Assessed> =
            self.assessment.candidates.iter().filter(|a| a.id.as_str().starts_with(id)).collect();
        let exact = matching.iter().find(|a| a.id.as_str() == id);
        let assessed = match (exact, matching.as_slice()) {
            (Some(exact), _) => exact,
            (None, [only]) if id.len() > 2 => only,
            (None, _) => return Err(self.no_candidate(id)),
        };
        let facts = self.facts(&assessed.id).ok_or_else(|| self.no_candidate(id))?;
        Ok((facts, assessed))
    }

    /// The facts of a candidate.
    pub(crate) fn facts(&self, id: &CandidateId) -> Option<&kompel_mining::Candidate> {
        self.discovery.candidates.iter().find(|c| c.id == *id)
    }

    fn no_candidate(&self, id: &str) -> Failure {
        let near = self
            .assessment
            .candidates
            .iter()
            .map(|a| (strsim::jaro_winkler(id, a.id.as_str()), a))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let advice = match near {
            Some((_, near)) => {
                Phrase::new("advice-candidate-nearest").text("near", near.id.as_str())
            }
            None => Phrase::new("advice-candidates"),
        };
        let says = Phrase::new("fail-no-candidate").text("id", id);
        Failure::new(Exit::NotFound, says).advise(advice)
    }
}

/// Writes a file that the user asked for.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|error| {
            let says = Phrase::new("fail-write").text("file", crate::args::shown(path));
            Failure::new(Exit::Output, says).advise(Phrase::new("advice-write")).because(&error)
        })
}
