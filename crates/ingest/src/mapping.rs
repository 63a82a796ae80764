//! The user's own say in which column holds what: `--map field=column`.

use std::{collections::BTreeMap, str::FromStr};

/// Columns by the field they hold, as the user gave them. Readers check the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMapping(pub BTreeMap<String, String>);

/// A mapping that is not of the form `field=column`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no mapping: write field=column, such as title=Onderwerp")]
pub struct BadMapping(pub String);

impl ColumnMapping {
    /// The empty mapping.
    pub const NONE: &'static Self = &Self(BTreeMap::new());

    /// The column that the user gave for a field.
    pub fn column(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Adds one `field=column`.
    ///
    /// # Errors
    /// [`BadMapping`] if there is no `=`, or nothing on a side of it.
    pub fn add(&mut self, text: &str) -> Result<(), BadMapping> {
        let bad = || BadMapping(text.to_owned());
        let (field, column) = text.split_once('=').ok_or_else(bad)?;
        let (field, column) = (field.trim(), column.trim());
        if field.is_empty() || column.is_empty() {
            return Err(bad());
        }
        self.0.insert(field.to_lowercase(), column.to_owned());
        Ok(())
    }
}

impl FromStr for ColumnMapping {
    type Err = BadMapping;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut mapping = Self::default();
        mapping.add(text)?;
        Ok(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_field_and_column() {
        let mapping: ColumnMapping = " Title = Onderwerp = nu ".parse().unwrap();
        assert_eq!(mapping.column("title"), Some("Onderwerp = nu"));
        assert!("title".parse::<ColumnMapping>().is_err());
        assert!("=x".parse::<ColumnMapping>().is_err());
    }
}
