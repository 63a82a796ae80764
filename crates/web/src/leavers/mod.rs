//! The form by which a client's people ask for an offboarding, in any browser, without a script.
//!
//! Owns the pages, the fields, and who gets to see them. What is doubtful, and what becomes of what
//! was asked, is the [`Reception`]'s matter.
//!
//! Who may ask got a link ([`kompel_runtime::FormLink`]). Opening it shows a button; pressing that
//! uses the link up and leaves a cookie, so that no address, log or history lets anybody in.

mod guard;
mod page;
mod routes;
mod wish;

use async_trait::async_trait;
use chrono::{NaiveDate, NaiveDateTime};
use kompel_model::{Language, LeaverPerson, Secret, TenantId};

pub(crate) use routes::{Desk, routes};
pub use wish::Wish;

/// Someone who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The short name in the configuration.
    pub id: String,
    /// The name as people write it.
    pub name: String,
    /// Whose people they ask for, as people write it.
    pub client: String,
}

/// Something that the asker clears up before anything begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The last day has passed.
    PastDay(NaiveDate),
    /// The last day is more than a year ahead.
    FarDay(NaiveDate),
    /// No connected system knows the person.
    Nobody,
    /// Accounts that may be the person's or somebody else's.
    Several(Vec<Account>),
    /// The person was offboarded before.
    LeftBefore {
        /// The run.
        run: String,
        /// When it was completed.
        on: NaiveDate,
    },
}

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The mail address or the login that means this one alone.
    pub key: String,
    /// The name that the system shows.
    pub name: Option<String>,
    /// What people call the system.
    pub system: String,
}

/// How far an offboarding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It has begun.
    Begun,
    /// Somebody has to approve it, or to say something.
    Approval,
    /// It waits for its moment.
    Moment,
    /// It waits for a system.
    System,
    /// All is closed.
    Completed,
    /// It has ended, and something is open.
    Incomplete,
    /// An approver said no.
    Rejected,
    /// It was stopped.
    Cancelled,
    /// It failed.
    Failed,
}

/// An offboarding as who asked for it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The run.
    pub run: String,
    /// Who leaves.
    pub person: LeaverPerson,
    /// From when on; `None`: at once.
    pub last_day: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who asked, by short name, and as people write it where that is known.
    pub asked_by: (String, String),
    /// When it began, where the workspace is.
    pub begun: NaiveDateTime,
    /// How far it is.
    pub stage: Stage,
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The run that does it.
    pub run: String,
    /// False if it was asked for already: then nothing new began.
    pub new: bool,
}

/// Kompel can't answer just now; the asker is told to try again, the log why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

/// What the pages need to know, and to have done.
#[async_trait]
pub trait Reception: Send + Sync {
    /// The language of pages for those whose browser asks for none that is spoken.
    fn language(&self) -> Language;

    /// Who may open this link; opens nothing.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be told now.
    async fn link_of(&self, tenant: &TenantId, link: &Secret) -> Result<Option<Asker>, Trouble>;

    /// Opens a link, once: gives what the browser is to hold, and for how many seconds.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be done now.
    async fn open(
        &self,
        tenant: &TenantId,
        link: &Secret,
    ) -> Result<Option<(Secret, i64)>, Trouble>;

    /// Who asks from the browser that holds this.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be told now.
    async fn asker(&self, tenant: &TenantId, held: &Secret) -> Result<Option<Asker>, Trouble>;

    /// Ends what this browser holds.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be done now.
    async fn close(&self, tenant: &TenantId, held: &Secret) -> Result<(), Trouble>;

    /// What is not certain about a wish, as far as can be told within seconds; changes nothing.
    /// Nothing where it was asked for already.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be told now.
    async fn doubts(&self, tenant: &TenantId, wish: &Wish) -> Result<Vec<Doubt>, Trouble>;

    /// Begins the offboarding, or gives the one that does it already.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be done now.
    async fn ask(&self, tenant: &TenantId, asker: &Asker, wish: &Wish) -> Result<Asked, Trouble>;

    /// How this offboarding of the tenant is; `None` if there is none.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be told now.
    async fn standing(&self, tenant: &TenantId, run: &str) -> Result<Option<Standing>, Trouble>;

    /// The last offboardings that this person asked for, the newest first; at most ten.
    ///
    /// # Errors
    /// [`Trouble`] if it can't be told now.
    async fn asked_by(&self, tenant: &TenantId, asker: &Asker) -> Result<Vec<Standing>, Trouble>;
}
