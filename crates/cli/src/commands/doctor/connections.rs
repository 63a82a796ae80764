//! Connections and playbooks: each connection is asked whether it can be used, each playbook checked.

use kompel_connect::{CheckState, connectors};
use kompel_engine::language::{self, Severity};
use kompel_report::Wording;
use kompel_runtime::{Registry, Workspace};

use super::{Check, named};
use crate::{args::shown, config::Config, orchestra, output::Output, playbooks, session};

/// Every connection of every tenant, by its own check, which changes nothing.
pub(super) fn checks(workspace: &Workspace, config: &Config, output: &Output) -> Vec<Check> {
    let mut checks = books(workspace, output.wording());
    let Ok(threads) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return checks;
    };
    let mut registry = Registry::default();
    connectors().into_iter().for_each(|connector| registry.add_connector(connector));
    let secrets = session::secrets(workspace);
    for (tenant, table) in &config.tenant {
        for (name, connection) in &table.connection {
            let of = format!("tenant.{tenant}.connection.{name} ({})", connection.connector);
            let mut known = Vec::new();
            let wrong = match orchestra::open(&registry, &secrets, tenant, name, connection) {
                Err(failure) => failure.sentences(output.wording()),
                Ok(opened) => match registry.connector(&connection.connector) {
                    None => Vec::new(),
                    Some(connector) => {
                        let mut wrong = Vec::new();
                        for check in threads.block_on(connector.check(&opened)) {
                            match check.state {
                                CheckState::Good => {}
                                CheckState::Warning(why) => {
                                    known.push(format!("{}: {why}", check.what));
                                }
                                CheckState::Bad(why) => {
                                    wrong.push(format!("{}: {why}", check.what));
                                }
                            }
                        }
                        wrong
                    }
                },
            };
            checks.push(Check { known, ..named("connection", of, wrong) });
        }
    }
    checks
}

fn books(workspace: &Workspace, wording: Wording) -> Vec<Check> {
    let Ok(all) = playbooks::all(workspace) else { return Vec::new() };
    let catalogue = orchestra::catalogue();
    let one = |kept: &playbooks::Kept| {
        let found = language::parse(&kept.text, &shown(&kept.path))
            .map_or_else(|found| found, |book| playbooks::mistakes(&book, &catalogue));
        let errors = found.iter().filter(|mistake| mistake.severity == Severity::Error);
        let told = |mistake: &language::Mistake| {
            let what = wording.say(&playbooks::what(mistake));
            format!("{}:{}:{}: {what}", mistake.file, mistake.line, mistake.column)
        };
        named("playbook", kept.name.clone(), errors.map(told).collect())
    };
    all.iter().map(one).collect()
}
