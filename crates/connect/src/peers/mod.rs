//! The peer systems, one file each, and the one list of them.
//!
//! Owns the registry. A peer's module brings `connector()`, and for tests `bench()`: by being named
//! here it is in the catalogue and under the shared contract tests.

mod desk;

use std::sync::Arc;

use kompel_model::Catalogue;

use crate::Connector;

/// Declares the peers' modules, their registry and their contract tests. Each module has
/// `pub(super) fn connector() -> Arc<dyn Connector>` and, for tests,
/// `pub(super) fn bench() -> Box<dyn contract::Bench>`.
macro_rules! peers {
    ($($peer:ident),* $(,)?) => {
        $(mod $peer;)*

        /// Every connector there is, in the order of the list.
        pub fn connectors() -> Vec<Arc<dyn Connector>> {
            vec![$($peer::connector()),*]
        }

        /// The bench of each connector, by its name.
        #[cfg(test)]
        pub(crate) fn benches() -> Vec<(&'static str, Box<dyn crate::contract::Bench>)> {
            vec![$((stringify!($peer), $peer::bench())),*]
        }

        #[cfg(test)]
        mod contract_of {
            $(#[tokio::test]
            async fn $peer() {
                let bench = super::$peer::bench();
                crate::contract::run(bench.as_ref()).await.expect_kept();
            })*
        }
    };
}

peers! {
    ad,
    exchange,
    files,
    graph,
    http,
    imap,
    jira,
    mail,
    ocserv,
    openapi,
    openvpn,
    radius,
    rt,
    scim,
}

/// Every action of every connector.
pub fn catalogue() -> Catalogue {
    connectors().iter().flat_map(|one| one.actions()).map(|action| action.spec()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kompel_model::{ActionEffect, ActionName};

    use super::*;

    #[test]
    fn every_action_bears_its_connectors_name_and_every_undo_exists() {
        let mut names = BTreeSet::new();
        for connector in connectors() {
            for action in connector.actions() {
                let spec = action.spec();
                assert_eq!(spec.name.connector(), connector.name(), "{}", spec.name);
                assert!(names.insert(spec.name.clone()), "{} is there twice", spec.name);
            }
        }
        let catalogue = catalogue();
        let undone: Vec<ActionName> = catalogue
            .iter()
            .filter_map(|spec| match &spec.effect {
                ActionEffect::Reversible { undo } => Some(undo.clone()),
                ActionEffect::Read | ActionEffect::Irreversible | ActionEffect::Notice => None,
            })
            .collect();
        for undo in undone {
            assert!(catalogue.get(&undo).is_some(), "undo action {undo} is not in the catalogue");
        }
    }
}
