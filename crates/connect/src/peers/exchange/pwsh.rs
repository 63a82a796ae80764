//! PowerShell with Microsoft's module ExchangeOnlineManagement, where an engineer has it.
//!
//! Owns the script, which is a constant: what differs is JSON on its standard input. The token goes
//! that way too, never into an argument.

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kompel_model::Secret;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::transport::{Command, Transport, meaning};
use crate::{
    Error, ErrorKind,
    http::Stake,
    peers::graph::entra::Entra,
    program::{self, Run},
    promise,
};

/// Exchange by PowerShell.
pub(super) struct PowerShell<'a> {
    entra: Entra<'a>,
    program: String,
    organization: String,
    limit: Duration,
}

impl<'a> PowerShell<'a> {
    pub(super) fn new(entra: Entra<'a>, program: String, organization: String, s: u32) -> Self {
        Self { entra, program, organization, limit: Duration::from_secs(s.into()) }
    }
}

/// What the script reads.
fn asked(cmdlet: &str, what: What<'_>, token: &Secret, organization: &str) -> String {
    let asked = json!({"token": token.reveal(), "organization": organization, "cmdlet": cmdlet});
    let what = match what {
        What::Once(parameters, select) => json!({"parameters": parameters, "select": select}),
        What::Each(each) => json!({"each": each}),
    };
    promise::with(asked, what).to_string()
}

/// With which parameters: once, with the properties that are wanted, or with each of several.
#[derive(Clone, Copy)]
enum What<'a> {
    Once(&'a Map<String, Value>, &'a [&'a str]),
    Each(&'a [Map<String, Value>]),
}

/// What the script says.
#[derive(Deserialize)]
struct Said {
    value: Option<Vec<Value>>,
    error: Option<Failed>,
}

#[derive(Deserialize)]
struct Failed {
    /// True once the cmdlet itself was begun.
    begun: bool,
    class: String,
}

fn lost(stake: Stake) -> Error {
    let kind = match stake {
        Stake::Read => ErrorKind::Unexpected,
        Stake::Write => ErrorKind::OutcomeUnknown,
    };
    Error::new(kind, "pwsh said nothing that can be read")
}

fn understood(out: &str, stake: Stake) -> Result<Vec<Value>, Error> {
    // The module may say things before the answer.
    let line = out.lines().rev().find(|line| line.starts_with('{')).ok_or_else(|| lost(stake))?;
    let said: Said = serde_json::from_str(line).map_err(|_| lost(stake))?;
    match (said.value, said.error) {
        (Some(rows), None) => Ok(rows),
        (_, Some(failed)) if failed.begun => Err(meaning(
            Error::new(ErrorKind::Unexpected, "the cmdlet failed"),
            &failed.class,
            stake,
        )),
        (_, Some(failed)) => {
            let class = failed.class.rsplit('.').next().unwrap_or_default();
            let detail = format!("pwsh can't connect to Exchange: {class}");
            Err(Error::new(ErrorKind::Unreachable, detail))
        }
        (None, None) => Err(lost(stake)),
    }
}

impl PowerShell<'_> {
    async fn said(&self, cmdlet: &str, what: What<'_>, stake: Stake) -> Result<Vec<Value>, Error> {
        let token = self.entra.token().await?;
        let input = asked(cmdlet, what, &token, &self.organization);
        let run = match stake {
            Stake::Read => Run::Reading,
            Stake::Write => Run::Writing,
        };
        let words = [&self.program, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", SCRIPT];
        let said = program::run(&words, &input, run, self.limit).await?;
        understood(&said.out, stake)
    }
}

#[async_trait]
impl Transport for PowerShell<'_> {
    async fn run(&self, command: &Command<'_>, stake: Stake) -> Result<Vec<Value>, Error> {
        let what = What::Once(&command.parameters, command.select);
        self.said(command.cmdlet, what, stake).await
    }

    async fn run_each(
        &self,
        cmdlet: &'static str,
        each: Vec<Map<String, Value>>,
        _anchor: &str,
    ) -> Result<Vec<Vec<Value>>, Error> {
        // Connecting takes longer than reading: many at a time share it.
        let parts: Vec<Vec<_>> = each.chunks(PART).map(<[_]>::to_vec).collect();
        let parts = parts
            .into_iter()
            .map(|part| async move { self.said(cmdlet, What::Each(&part), Stake::Read).await });
        let parts: Vec<Vec<Value>> = stream::iter(parts).buffered(AT_ONCE).try_collect().await?;
        let rows = |answer: Value| match answer {
            Value::Object(mut answer) => match answer.remove("rows") {
                Some(Value::Array(rows)) => Ok(rows),
                _ => Err(lost(Stake::Read)),
            },
            _ => Err(lost(Stake::Read)),
        };
        parts.into_iter().flatten().map(rows).collect()
    }
}

/// How many questions one process answers.
const PART: usize = 100;

/// How many processes run at once.
const AT_ONCE: usize = 3;

/// Reads what is asked, connects, runs the one cmdlet with its parameters by name (splatting: no
/// text becomes script), once or with each of several, and writes one line of JSON.
const SCRIPT: &str = r#"
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$asked = [Console]::In.ReadToEnd() | ConvertFrom-Json -AsHashtable
$begun = $false
try {
    Import-Module ExchangeOnlineManagement
    Connect-ExchangeOnline -AccessToken $asked.token -Organization $asked.organization `
        -CommandName $asked.cmdlet -ShowBanner:$false | Out-Null
    $begun = $true
    if ($asked.ContainsKey('each')) {
        $rows = foreach ($parameters in $asked.each) {
            $found = try { @(& $asked.cmdlet @parameters) } catch {
                if ($_.Exception.Message -notmatch '\|[A-Za-z0-9.]*ObjectNotFoundException\|') { throw }
            }
            @{ rows = @($found | Where-Object { $null -ne $_ }) }
        }
        $rows = @($rows)
    } else {
        $parameters = $asked.parameters
        $rows = @(& $asked.cmdlet @parameters)
        if ($asked.select) { $rows = @($rows | Select-Object -Property $asked.select) }
    }
    $said = @{ value = $rows }
} catch {
    $class = $_.Exception.GetType().FullName
    if ($_.Exception.Message -match '\|([A-Za-z0-9.]+)\|') { $class = $Matches[1] }
    $said = @{ error = @{ begun = $begun; class = $class } }
} finally {
    try { Disconnect-ExchangeOnline -Confirm:$false | Out-Null } catch { }
}
[Console]::Out.WriteLine((ConvertTo-Json -InputObject $said -Depth 8 -Compress -EnumsAsStrings))
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_json_and_never_script() {
        let hostile = "x'; Remove-Mailbox jan #\n$(whoami)";
        let parameters = json!({"Identity": hostile, "Type": "Shared", "Confirm": false});
        let parameters = parameters.as_object().cloned().unwrap();
        let (what, token) = (What::Once(&parameters, &[]), Secret::new("token".to_owned()));
        let text = asked("Set-Mailbox", what, &token, "contoso.test");
        assert!(!text.contains('\n'));
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["parameters"]["Identity"], hostile);
        assert_eq!(back["parameters"]["Confirm"], false);
        assert_eq!(back["cmdlet"], "Set-Mailbox");
        for placeholder in ["{}", "Identity", "token\""] {
            assert!(!SCRIPT.contains(placeholder), "{placeholder}");
        }
    }

    #[test]
    fn what_the_script_says_is_rows_or_an_error_of_its_stage() {
        use ErrorKind::{Absent, OutcomeUnknown, Unexpected, Unreachable};
        let rows = understood("WARNING: x\n{\"value\":[{\"a\":1}]}\n", Stake::Write).unwrap();
        assert_eq!(rows, [json!({"a": 1})]);
        for (out, stake, kind) in [
            (r#"{"error":{"begun":false,"class":"System.Net.X"}}"#, Stake::Write, Unreachable),
            (
                r#"{"error":{"begun":true,"class":"A.ManagementObjectNotFoundException"}}"#,
                Stake::Write,
                Absent,
            ),
            (r#"{"error":{"begun":true,"class":"A.Odd"}}"#, Stake::Write, OutcomeUnknown),
            (r#"{"error":{"begun":true,"class":"A.Odd"}}"#, Stake::Read, Unexpected),
            ("", Stake::Write, OutcomeUnknown),
            ("{}", Stake::Read, Unexpected),
        ] {
            assert_eq!(understood(out, stake).unwrap_err().kind, kind, "{out} {stake:?}");
        }
    }
}
