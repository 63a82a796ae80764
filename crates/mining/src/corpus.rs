//! What discovery knows before it reads a record.
use std::collections::BTreeMap;

use kompel_model::{Party, PersonId};

use crate::{lexicon::Lexicon, signs::Signs, systems::Systems};

/// What discovery knows before it reads a record.
pub(crate) struct Words<'a> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) signs: &'a Signs,
    pub(crate) systems: &'a Systems,
    pub(crate) people: &'a BTreeMap<PersonId, Party>,
}
