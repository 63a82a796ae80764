//! Decisions and reveals: written once, never changed, never removed.

use kompel_model::{CandidateId, PersonId, Timestamp};
use rusqlite::params;

use super::Scope;
use crate::{
    Error,
    audit::{AuditEvent, Trail},
};

/// A decision to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// About which candidate.
    pub candidate: CandidateId,
    /// True if it is to be automated.
    pub yes: bool,
    /// Who decided.
    pub by: String,
    /// Why.
    pub why: String,
}

/// A decision that was taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decision {
    /// About which candidate.
    pub candidate: CandidateId,
    /// True if it is to be automated.
    pub yes: bool,
    /// Who decided.
    pub by: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// A name that was shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reveal {
    /// Whose.
    pub pseudonym: PersonId,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

impl Scope<'_> {
    /// Keeps a decision, and that it was taken in the audit trail.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn decide(&mut self, decision: &NewDecision, at: Timestamp) -> Result<(), Error> {
        let (transaction, tenant) = self.immediate()?;
        transaction.execute(
            "INSERT INTO decisions (tenant, candidate, yes, by_whom, why, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                tenant.as_str(),
                decision.candidate.as_str(),
                decision.yes,
                decision.by,
                decision.why,
                at.to_rfc3339(),
            ],
        )?;
        let event = AuditEvent::new("decision.taken", at)
            .by(&decision.by)
            .detail("candidate", decision.candidate.as_str())
            .detail("yes", decision.yes)
            .text("why", &decision.why);
        Trail::append(&transaction, tenant, &event)?;
        Ok(transaction.commit()?)
    }

    /// All decisions, the oldest first; the last about a candidate is the one that holds.
    ///
    /// # Errors
    /// `UnreadableTime` if another program wrote it.
    pub fn decisions(&mut self) -> Result<Vec<Decision>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate, yes, by_whom, why, at FROM decisions WHERE tenant = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([self.tenant.as_str()])?;
        let mut decisions = Vec::new();
        while let Some(row) = rows.next()? {
            decisions.push(Decision {
                candidate: CandidateId(row.get(0)?),
                yes: row.get(1)?,
                by: row.get(2)?,
                why: row.get(3)?,
                at: moment(&row.get::<_, String>(4)?)?,
            });
        }
        Ok(decisions)
    }

    /// Keeps that a name is about to be shown, here and in the audit trail.
    ///
    /// # Errors
    /// `Database` if SQLite refuses; then the name must not be shown.
    pub fn write_reveal(
        &mut self,
        person: &PersonId,
        why: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (transaction, tenant) = self.immediate()?;
        transaction.execute(
            "INSERT INTO reveals (tenant, pseudonym, why, at) VALUES (?1, ?2, ?3, ?4)",
            params![tenant.as_str(), person.as_str(), why, at.to_rfc3339()],
        )?;
        let event = AuditEvent::new("name.revealed", at)
            .by("operator")
            .detail("pseudonym", person.as_str())
            .text("why", why);
        Trail::append(&transaction, tenant, &event)?;
        Ok(transaction.commit()?)
    }

    /// All reveals, the oldest first.
    ///
    /// # Errors
    /// `UnreadableTime` if another program wrote it.
    pub fn reveals(&mut self) -> Result<Vec<Reveal>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT pseudonym, why, at FROM reveals WHERE tenant = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([self.tenant.as_str()])?;
        let mut reveals = Vec::new();
        while let Some(row) = rows.next()? {
            reveals.push(Reveal {
                pseudonym: PersonId::new(&row.get::<_, String>(0)?),
                why: row.get(1)?,
                at: moment(&row.get::<_, String>(2)?)?,
            });
        }
        Ok(reveals)
    }
}

/// A moment as the store writes it.
pub(super) fn moment(text: &str) -> Result<Timestamp, Error> {
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| Error::UnreadableTime(text.to_owned()))
}
