//! Cmdlets of Exchange Online, by whichever way the connection names: its administration interface
//! over HTTP, or PowerShell.

use async_trait::async_trait;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kompel_model::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::pwsh::PowerShell;
use crate::{
    Call, Connection, Error, ErrorKind,
    http::{Answer, Method, Stake},
    peers::graph::entra::Entra,
};

/// A cmdlet with its parameters. Its name is never a user's text.
pub(super) struct Command<'a> {
    pub(super) cmdlet: &'static str,
    pub(super) parameters: Map<String, Value>,
    /// The mailbox near which it runs, as `X-AnchorMailbox` wants it.
    pub(super) anchor: &'a str,
    /// The properties that are wanted of each row; all of them if none is named.
    pub(super) select: &'static [&'static str],
}

/// A way to run cmdlets.
#[async_trait]
pub(super) trait Transport: Send + Sync {
    /// Runs it and gives its rows.
    async fn run(&self, command: &Command<'_>, stake: Stake) -> Result<Vec<Value>, Error>;

    /// Runs one that reads with each of these parameters, and gives the rows of each; none where
    /// what it is about is not there.
    async fn run_each(
        &self,
        cmdlet: &'static str,
        each: Vec<Map<String, Value>>,
        anchor: &str,
    ) -> Result<Vec<Vec<Value>>, Error>;
}

#[derive(Deserialize)]
struct Config {
    directory: String,
    #[serde(default = "exchange_url")]
    exchange_url: Url,
    #[serde(default)]
    transport: Way,
    #[serde(default = "pwsh")]
    pwsh: String,
    #[serde(default = "pwsh_timeout_s")]
    pwsh_timeout_s: u32,
    #[serde(default = "most_mailboxes")]
    most_mailboxes: usize,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Way {
    #[default]
    Rest,
    Powershell,
}

fn exchange_url() -> Url {
    Url::parse(EXCHANGE_URL).expect("a constant that is an address")
}

fn pwsh() -> String {
    "pwsh".to_owned()
}

fn pwsh_timeout_s() -> u32 {
    60
}

fn most_mailboxes() -> usize {
    MOST_MAILBOXES
}

/// The service, and near which mailbox to begin.
pub(super) struct Session<'a> {
    transport: Box<dyn Transport + 'a>,
    anywhere: String,
    /// In how many mailboxes at most permissions are read one by one.
    pub(super) most_mailboxes: usize,
}

impl<'a> Session<'a> {
    pub(super) fn of(call: &'a Call) -> Result<Self, Error> {
        Self::open(&call.connection, call.at)
    }

    pub(super) fn open(connection: &'a Connection, now: Timestamp) -> Result<Self, Error> {
        let config: Config = connection.settings.read()?;
        let entra = Entra::of(connection, &config.exchange_url, now)?;
        let directory = config.directory;
        let anywhere = format!("APP:{SYSTEM_MAILBOX}@{directory}");
        let transport: Box<dyn Transport + 'a> = match config.transport {
            Way::Rest => Box::new(Rest::new(entra, config.exchange_url, &directory, now)?),
            Way::Powershell => {
                let seconds = config.pwsh_timeout_s;
                Box::new(PowerShell::new(entra, config.pwsh, directory, seconds))
            }
        };
        Ok(Self { transport, anywhere, most_mailboxes: config.most_mailboxes })
    }

    /// Runs a cmdlet that only reads.
    pub(super) async fn read(
        &self,
        cmdlet: &'static str,
        parameters: Value,
    ) -> Result<Vec<Value>, Error> {
        self.run(cmdlet, parameters, (&self.anywhere, &[]), Stake::Read).await
    }

    /// The same for what may be many: of each only who it is.
    pub(super) async fn list(
        &self,
        cmdlet: &'static str,
        parameters: Value,
    ) -> Result<Vec<Value>, Error> {
        self.run(cmdlet, parameters, (&self.anywhere, WHO), Stake::Read).await
    }

    /// Runs a cmdlet that only reads with each of these parameters: the rows of each, none where
    /// what it is about is not there.
    pub(super) async fn read_each(
        &self,
        cmdlet: &'static str,
        each: impl Iterator<Item = Value>,
    ) -> Result<Vec<Vec<Value>>, Error> {
        let each: Vec<_> = each.map(named).collect();
        if each.is_empty() {
            return Ok(Vec::new());
        }
        let asked = each.len();
        let rows = self.transport.run_each(cmdlet, each, &self.anywhere).await?;
        if rows.len() == asked {
            return Ok(rows);
        }
        Err(Error::new(ErrorKind::Unexpected, "not every question was answered"))
    }

    /// Runs a cmdlet that changes something of this mailbox.
    pub(super) async fn write(
        &self,
        cmdlet: &'static str,
        parameters: Value,
        login: &str,
    ) -> Result<(), Error> {
        let anchor = format!("UPN:{login}");
        self.run(cmdlet, parameters, (&anchor, &[]), Stake::Write).await.map(drop)
    }

    async fn run(
        &self,
        cmdlet: &'static str,
        parameters: Value,
        (anchor, select): (&str, &'static [&'static str]),
        stake: Stake,
    ) -> Result<Vec<Value>, Error> {
        let parameters = named(parameters);
        self.transport.run(&Command { cmdlet, parameters, anchor, select }, stake).await
    }
}

fn named(parameters: Value) -> Map<String, Value> {
    match parameters {
        Value::Object(parameters) => parameters,
        _ => Map::new(),
    }
}

/// The administration interface.
struct Rest<'a> {
    entra: Entra<'a>,
    url: Url,
    now: Timestamp,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    value: Option<Vec<Value>>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl<'a> Rest<'a> {
    fn new(entra: Entra<'a>, base: Url, directory: &str, now: Timestamp) -> Result<Self, Error> {
        let mut url = base;
        url.path_segments_mut()
            .map_err(|()| Error::new(ErrorKind::Invalid, "setting `exchange_url` is no address"))?
            .pop_if_empty()
            .extend(["adminapi", "beta", directory, "InvokeCommand"]);
        Ok(Self { entra, url, now })
    }
}

#[async_trait]
impl Transport for Rest<'_> {
    async fn run(&self, command: &Command<'_>, stake: Stake) -> Result<Vec<Value>, Error> {
        let parameters = typed(command.parameters.clone());
        let body = json!({
            "CmdletInput": {"CmdletName": command.cmdlet, "Parameters": parameters},
        });
        let (mut url, mut rows) = (self.url.clone(), Vec::new());
        if !command.select.is_empty() {
            url.query_pairs_mut().append_pair("$select", &command.select.join(","));
        }
        for _ in 0..MAX_PAGES {
            let sent = self.entra.send(|http| {
                let exchange = match stake {
                    Stake::Read => http.read(Method::POST, url.as_str()),
                    Stake::Write => http.write(Method::POST, url.as_str()),
                };
                exchange.with(|request| {
                    request
                        .header("X-AnchorMailbox", command.anchor)
                        .header("X-CmdletName", command.cmdlet)
                        .header("X-ResponseFormat", "json")
                        .header("Prefer", "odata.maxpagesize=1000")
                        .json(&body)
                })
            });
            let answer = sent.await?;
            if !answer.succeeded() {
                return Err(refused(&answer, stake, self.now));
            }
            // A cmdlet that says nothing is answered by nothing.
            if answer.body.is_empty() {
                return Ok(rows);
            }
            let page: Page = answer.json()?;
            rows.extend(page.value.unwrap_or_default());
            let Some(next) = page.next else { return Ok(rows) };
            let next = Url::parse(&next).ok().filter(|next| next.origin() == self.url.origin());
            let elsewhere = || Error::new(ErrorKind::Unexpected, "the next page is elsewhere");
            url = next.ok_or_else(elsewhere)?;
        }
        Err(Error::new(ErrorKind::Unsupported, format!("more than {MAX_PAGES} pages")))
    }

    async fn run_each(
        &self,
        cmdlet: &'static str,
        each: Vec<Map<String, Value>>,
        anchor: &str,
    ) -> Result<Vec<Vec<Value>>, Error> {
        let asked = each.into_iter().map(|parameters| async move {
            let command = Command { cmdlet, parameters, anchor, select: &[] };
            match self.run(&command, Stake::Read).await {
                Err(error) if error.kind == ErrorKind::Absent => Ok(Vec::new()),
                rows => rows,
            }
        });
        stream::iter(asked).buffered(AT_ONCE).try_collect().await
    }
}

/// Parameters as the interface wants them: a table (what to add, what to remove) says that it is one.
fn typed(mut parameters: Map<String, Value>) -> Map<String, Value> {
    for table in parameters.values_mut().filter_map(Value::as_object_mut) {
        table.insert("@odata.type".to_owned(), "#Exchange.GenericHashTable".into());
    }
    parameters
}

fn refused(answer: &Answer, stake: Stake, now: Timestamp) -> Error {
    let mut error = answer.refusal(now);
    if let Some(class) = class(&answer.body) {
        return meaning(error, &class, stake);
    }
    // Not Exchange's own: a wrong address or something in between must not pass for "no mailbox".
    if error.kind == ErrorKind::Absent {
        error.kind = ErrorKind::Unexpected;
    }
    error
}

/// What a cmdlet's exception means. Exchange answers them with 500; an exception that is not known
/// here keeps the meaning of that: after a write, an unknown outcome.
pub(super) fn meaning(mut error: Error, class: &str, stake: Stake) -> Error {
    let name = class.rsplit('.').next().unwrap_or(class);
    let known = match name {
        "ManagementObjectNotFoundException"
        | "ADNoSuchObjectException"
        | "MemberNotFoundException" => Some((ErrorKind::Absent, "not there")),
        "MemberAlreadyExistsException" => Some((ErrorKind::Conflict, "already a member")),
        "CommandNotFoundException" => {
            Some((ErrorKind::Denied, "the application's role does not offer this cmdlet"))
        }
        "CmdletAccessDeniedException" | "UnauthorizedAccessException" => {
            Some((ErrorKind::Denied, "not allowed"))
        }
        "ParameterBindingException" | "NamedParameterNotFoundException" => {
            Some((ErrorKind::Unsupported, "the client's licence or role does not offer this"))
        }
        "OverBudgetException" | "ServerBusyException" | "ThrottlingException" => {
            Some((ErrorKind::Limited, "too many requests"))
        }
        "TaskInvalidOperationException" | "RecipientTaskException" | "MailboxTaskException" => {
            Some((ErrorKind::Conflict, "not possible in this state"))
        }
        _ => None,
    };
    if let Some((kind, detail)) = known {
        let code = error.code;
        error = Error::new(kind, detail);
        error.code = code;
    } else if stake == Stake::Write && error.kind == ErrorKind::Unexpected {
        error.kind = ErrorKind::OutcomeUnknown;
    }
    error.detail = format!("{}: {name}", error.detail);
    error
}

/// The class of the exception, which stands between bars in the message; the rest names people.
fn class(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = &body["error"];
    let details = error["details"].as_array().into_iter().flatten().map(|one| &one["message"]);
    let inner = [&error["innererror"]["message"], &error["message"]];
    details.chain(inner).find_map(|message| class_in(message.as_str()?))
}

/// The class between the bars of a message.
pub(super) fn class_in(message: &str) -> Option<String> {
    let class = message.split('|').nth(1)?;
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    (class.len() <= 200 && class.bytes().all(fine)).then(|| class.to_owned())
}

pub(super) const EXCHANGE_URL: &str = "https://outlook.office365.com";

/// The arbitration mailbox that every organization has.
const SYSTEM_MAILBOX: &str = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}";
const MAX_PAGES: usize = 100;

/// How many requests that read are under way at once.
const AT_ONCE: usize = 5;

/// Some requests more take longer than the runtime waits for an answer.
pub(super) const MOST_MAILBOXES: usize = 500;

/// Who a recipient is.
const WHO: &[&str] =
    &["ExternalDirectoryObjectId", "UserPrincipalName", "PrimarySmtpAddress", "DisplayName"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_means_what_its_class_says_and_its_words_are_not_kept() {
        use ErrorKind::{
            Absent, Conflict, Denied, Limited, OutcomeUnknown, Unexpected, Unsupported,
        };
        for (class, stake, kind) in [
            ("A.ManagementObjectNotFoundException", Stake::Write, Absent),
            ("A.MemberAlreadyExistsException", Stake::Write, Conflict),
            ("System.Management.Automation.CommandNotFoundException", Stake::Write, Denied),
            ("A.ParameterBindingException", Stake::Write, Unsupported),
            ("A.OverBudgetException", Stake::Read, Limited),
            ("A.TaskInvalidOperationException", Stake::Write, Conflict),
            ("A.SomethingNewException", Stake::Write, OutcomeUnknown),
            ("A.SomethingNewException", Stake::Read, Unexpected),
        ] {
            let body = json!({"error": {
                "message": "Error executing cmdlet",
                "details": [{"message": format!("Ex12AB|{class}|Jan couldn't be found")}],
            }});
            let found = super::class(body.to_string().as_bytes()).unwrap();
            assert_eq!(found, class);
            let error = meaning(Error::new(Unexpected, "the peer failed"), &found, stake);
            assert_eq!(error.kind, kind, "{class} {stake:?}");
            assert!(!error.detail.contains("Jan"), "{error}");
        }
        for message in ["no bars", "Ex1|jan@contoso.test is not there|x", "a||b"] {
            let class = class_in(message).filter(|class| !class.is_empty());
            assert_eq!(class, None, "{message}");
        }
    }
}
