//! `kompel serve`: drives runs, schedules and timers, takes events in and shows the form for leavers,
//! until it is told to stop.

use std::{convert::Infallible, fs, net::SocketAddr, sync::Arc, time::Duration};

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::{Fingerprint, Workspace, secrets::SecretName};
use kompel_web::{Gate, Reception, router};
use tokio_util::sync::CancellationToken;

use crate::{
    args::Global, commands::leavers::Desk, diagnostics::Failure, exit::Exit, orchestra::Orchestra,
    output::Output, playbooks, session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7411")]
    listen: SocketAddr,
}

pub(crate) fn run(args: &ServeArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "serve")?;
    let gate = gate(&session)?;
    let orchestra = Orchestra::open(&mut session)?;
    if !orchestra.runtime.is_driver() {
        let says = Phrase::new("fail-driven");
        return Err(Failure::new(Exit::Workspace, says).advise(Phrase::new("advice-driven")));
    }
    let workspace = session.workspace.clone();
    let served = written(&workspace);
    let reception: Arc<dyn Reception> = Arc::new(Desk::open(&session, &orchestra)?);
    let doors = Doors { gate, reception };
    orchestra.wait(async {
        tokio::select! {
            ended = serve(args.listen, &orchestra, doors, output) => ended,
            never = tell_of_changes(&workspace, served, output) => match never {},
        }
    })
}

/// Says once that the files are no longer what is served; never ends.
async fn tell_of_changes(
    workspace: &Workspace,
    served: Option<String>,
    output: &Output,
) -> Infallible {
    while written(workspace).is_none_or(|now| Some(now) == served) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    output.say(&Phrase::new("serving-what-was"));
    std::future::pending().await
}

/// What stands in the configuration and the playbooks; `None` where that can't be read just now.
fn written(workspace: &Workspace) -> Option<String> {
    let mut print = Fingerprint::default();
    print.add(&fs::read(workspace.config()).ok()?);
    for kept in playbooks::all(workspace).ok()? {
        print.add(kept.name.as_bytes());
        print.add(kept.text.as_bytes());
    }
    Some(print.finish())
}

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Who may bring events: the tenants with an `events` token.
fn gate(session: &Session<'_>) -> Result<Gate, Failure> {
    let mut gate = Gate::default();
    let secrets = session.secrets();
    for (tenant, table) in &session.config.tenant {
        let Some(reference) = &table.events else { continue };
        let fails = |error: &dyn std::error::Error| {
            let place = format!("tenant.{tenant}.events");
            Failure::new(Exit::Configuration, Phrase::new("fail-connection").text("place", place))
                .because(error)
        };
        let name = SecretName::referred(reference).ok_or_else(|| {
            let place = format!("tenant.{tenant}.events");
            Failure::new(Exit::Configuration, Phrase::new("fail-connection").text("place", place))
                .advise(Phrase::new("advice-secret"))
        })?;
        let name = name.map_err(|error| fails(&error))?;
        let token = secrets.find(tenant, &name).map_err(|error| fails(&error))?;
        gate.open_for(tenant.clone(), &token);
    }
    Ok(gate)
}

/// Who may come in, and who takes in what they ask.
struct Doors {
    gate: Gate,
    reception: Arc<dyn Reception>,
}

async fn serve(
    listen: SocketAddr,
    orchestra: &Orchestra,
    doors: Doors,
    output: &Output,
) -> Result<Exit, Failure> {
    let fails = |error: std::io::Error| {
        let says = Phrase::new("fail-listen").text("address", listen.to_string());
        Failure::new(Exit::Output, says).advise(Phrase::new("advice-listen")).because(&error)
    };
    let socket = tokio::net::TcpListener::bind(listen).await.map_err(fails)?;
    let address = socket.local_addr().map_err(fails)?;
    // Before it is said that it serves: whoever hears that may stop it.
    let told = told_to_stop().map_err(fails)?;
    output.say(&Phrase::new("serving").text("address", address.to_string()));
    let stop = CancellationToken::new();
    let runtime = Arc::clone(&orchestra.runtime);
    let driving = tokio::spawn({
        let stop = stop.clone();
        async move { runtime.serve(stop).await }
    });
    tokio::spawn({
        let stop = stop.clone();
        async move {
            told.await;
            stop.cancel();
        }
    });
    let app = router(Arc::clone(&orchestra.runtime), doors.gate, doors.reception);
    let served =
        axum::serve(socket, app).with_graceful_shutdown(stop.clone().cancelled_owned()).await;
    stop.cancel();
    let driven = driving.await.map_err(|error| {
        Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(&error)
    })?;
    driven?;
    served.map_err(fails)?;
    output.say(&Phrase::new("served"));
    Ok(Exit::Done)
}

/// Comes at Ctrl-C and at SIGTERM, from the moment of the call.
#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + use<>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupted, mut ended) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = ended.recv() => {}
        }
    })
}

/// Comes at Ctrl-C.
#[cfg(not(unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + use<>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
