//! Programs that connectors run on this machine (or through another program, such as `ssh`): never
//! through a shell, bounded in time and output.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    time::timeout,
};

use crate::{Error, ErrorKind};

/// What is at stake if the program is stopped half way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    Reading,
    Writing,
}

/// What a program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a program with these arguments and this on its standard input.
///
/// # Errors
/// `Unreachable` if it can't be started; `OutcomeUnknown` if a writing one did not end in time or
/// was killed.
pub(crate) async fn run(
    words: &[&str],
    input: &str,
    run: Run,
    limit: Duration,
) -> Result<Said, Error> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Error::new(ErrorKind::Invalid, "no program is set"));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            let detail = format!("{program} can't be started: {}", error.kind());
            Error::new(ErrorKind::Unreachable, detail).because(error)
        })?;
    let lost = |why: &str| {
        let kind = match run {
            Run::Reading => ErrorKind::Unreachable,
            Run::Writing => ErrorKind::OutcomeUnknown,
        };
        Error::new(kind, format!("{program} {why}"))
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input may have ended already: its answer counts.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(lost("has no output"));
    };
    let whole = async {
        let (mut said, mut complained) = (Vec::new(), Vec::new());
        let (mut out, mut err) = (out.take(MAX_BYTES), err.take(MAX_BYTES));
        tokio::try_join!(out.read_to_end(&mut said), err.read_to_end(&mut complained))?;
        Ok::<_, std::io::Error>((said, complained, child.wait().await?))
    };
    let ended = timeout(limit, whole).await.map_err(|_| lost("did not end in time"))?;
    let (out, err, status) = ended.map_err(|error| lost("broke off").because(error))?;
    let code = status.code().ok_or_else(|| lost("was killed"))?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Said { code, out: text(out), err: text(err) })
}

const MAX_BYTES: u64 = 8 << 20;
