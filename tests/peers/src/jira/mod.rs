//! A stub of Jira that keeps state: Cloud's REST 3 under `/rest/api/3` with basic authentication,
//! Data Center's REST 2 under `/rest/api/2` with a bearer token.
//!
//! Its answers are held against Atlassian's description of REST 3 (`contracts` of the shared folder)
//! by the connector's tests. What it can't prove:
//! - that a real Jira takes our requests: screens, required fields, schemes, permissions and
//!   workflows of real projects are made by people, here there is one project of each;
//! - JQL beyond `labels = "…"`, `project = "…"`, `key = …`, `status = "…"` joined by AND, and one
//!   ORDER BY: anything else it refuses as an error of JQL;
//! - when Cloud's search shows what was changed: it does so after [`Jira::lag`] further searches,
//!   where a real one takes seconds to minutes;
//! - REST 2 of Data Center, for which there is no description here;
//! - real rate limits: [`Jira::limit`] answers 429 so many times.

mod jql;
mod workflow;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use url::Url;

use self::{
    jql::Wanted,
    workflow::{Transition, WORKFLOW},
};

/// A running stub; it ends when dropped.
pub struct Jira {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    ending: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// One request and its answer, as they went over the line.
#[derive(Debug, Clone)]
pub struct JiraExchange {
    /// The method.
    pub method: String,
    /// The path, decoded.
    pub path: String,
    /// Names of the query's parameters.
    pub query: Vec<String>,
    /// The request's body, if it was JSON.
    pub body: Value,
    /// The answer's status.
    pub status: u16,
    /// The answer's body; null if it had none.
    pub answer: Value,
}

#[derive(Default)]
struct State {
    issues: Vec<Issue>,
    /// Numbers that were given, also to issues that are no longer there.
    numbers: usize,
    /// Searches since each issue was made: see [`Jira::lag`].
    lag: usize,
    limited: usize,
    page: usize,
    exchanges: Vec<JiraExchange>,
}

#[derive(Clone)]
struct Issue {
    number: usize,
    summary: String,
    description: Value,
    labels: Vec<String>,
    status: &'static str,
    comments: Vec<Value>,
    /// Names of those who watch it.
    watchers: Vec<String>,
    /// Searches that did not see it yet.
    unseen: usize,
}

impl Jira {
    /// The address and API token for REST 3.
    pub const USER: (&'static str, &'static str) = ("kompel@client.test", "api-token-of-the-test");
    /// The personal access token for REST 2.
    pub const BEARER: &'static str = "pat-of-the-test";
    /// The key of its one project.
    pub const PROJECT: &'static str = "HR";

    /// Starts it, with one issue, HR-1, in the status "To Do".
    ///
    /// # Panics
    /// If no port can be had.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let ending = Arc::new(AtomicBool::new(false));
        let (shared, ends) = (Arc::clone(&state), Arc::clone(&ending));
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&shared)) else { continue };
                // A connection that breaks is the client's affair.
                thread::spawn(move || drop(serve(stream, address, &shared)));
            }
        });
        let jira = Self { address, state, ending, accepting: Some(accepting) };
        jira.reset();
        jira
    }

    /// Its address, as a connection wants it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Back to the one issue.
    pub fn reset(&self) {
        let mut state = self.state();
        *state = State { page: 50, ..State::default() };
        let description = json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Jan gaat weg per 1 mei"}]},
        ]});
        state.add("Offboarding Jan Janssen", description, Vec::new());
    }

    /// From now on, searches don't show a new issue before they were asked this often.
    pub fn lag(&self, searches: usize) {
        self.state().lag = searches;
    }

    /// The next requests, so many, are answered by 429 with `Retry-After: 7`.
    pub fn limit(&self, requests: usize) {
        self.state().limited = requests;
    }

    /// Searches give at most so many issues a page.
    pub fn page(&self, issues: usize) {
        self.state().page = issues;
    }

    /// The next number is given to nobody, as after a creation that failed.
    pub fn lose_number(&self) {
        self.state().numbers += 1;
    }

    /// Makes an issue and gives its key.
    pub fn add(&self, summary: &str, description: Value) -> String {
        let mut state = self.state();
        let number = state.add(summary, description, Vec::new());
        format!("{}-{number}", Self::PROJECT)
    }

    /// Somebody comments on an issue, by its number.
    ///
    /// # Panics
    /// If there is no such issue.
    pub fn says(&self, number: usize, text: &str) {
        let body = json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": text}]},
        ]});
        let mut state = self.state();
        let issue = state.issues.iter_mut().find(|issue| issue.number == number).unwrap();
        issue.comments.push(json!({
            "id": (20_000 + issue.comments.len()).to_string(), "body": body,
            "created": "2026-04-03T09:31:00.000+0200", "properties": [],
        }));
    }

    /// All that it keeps: issues and their comments, without what differs at each run.
    pub fn snapshot(&self) -> Value {
        let state = self.state();
        let issues = state.issues.iter().map(|issue| {
            let bodies = issue.comments.iter().map(|comment| comment["body"].to_string());
            json!({
                "summary": issue.summary,
                "description": issue.description,
                "status": issue.status,
                "labels": issue.labels.len(),
                "watchers": issue.watchers,
                "comments": bodies.map(|body| without_mark(&body)).collect::<Vec<_>>(),
            })
        });
        issues.collect()
    }

    /// Every exchange since the last reset.
    pub fn exchanges(&self) -> Vec<JiraExchange> {
        self.state().exchanges.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Jira {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
    }
}

fn without_mark(text: &str) -> String {
    text.split("[kompel:").next().unwrap_or_default().to_owned()
}

/// Largest request that it reads.
const MOST_BYTES: usize = 4 << 20;

fn serve(stream: TcpStream, address: SocketAddr, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut length, mut login) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => value.trim().clone_into(&mut login),
            _ => {}
        }
    }
    let mut bytes = vec![0; length.min(MOST_BYTES)];
    reader.read_exact(&mut bytes)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let Ok(url) = Url::parse(&format!("http://{address}{target}")) else { return Ok(()) };
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let request = Request { method, url: &url, login: &login, body };
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, answer) = request.answered(&mut state);
    state.exchanges.push(JiraExchange {
        method: method.to_owned(),
        path: url.path().to_owned(),
        query: url.query_pairs().map(|(name, _)| name.into_owned()).collect(),
        body: request.body,
        status,
        answer: answer.clone(),
    });
    drop(state);
    let body = if answer.is_null() { String::new() } else { answer.to_string() };
    let wait = if status == 429 { "Retry-After: 7\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status} Jira\r\nContent-Type: application/json\r\n{wait}\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
    );
    reader.get_mut().write_all(head.as_bytes())
}

struct Request<'a> {
    method: &'a str,
    url: &'a Url,
    login: &'a str,
    body: Value,
}

type Answer = (u16, Value);

fn refused(status: u16, why: &str) -> Answer {
    (status, json!({"errorMessages": [why], "errors": {}}))
}

fn wrong_field(name: &str, why: &str) -> Answer {
    (400, json!({"errorMessages": [], "errors": {name: why}}))
}

const NO_ISSUE: &str = "Issue does not exist or you do not have permission to see it.";

impl Request<'_> {
    fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        pairs.find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
    }

    fn answered(&self, state: &mut State) -> Answer {
        if state.limited > 0 {
            state.limited -= 1;
            return refused(429, "Rate limit exceeded.");
        }
        let steps: Vec<&str> = self.url.path().trim_start_matches('/').split('/').collect();
        let ["rest", "api", version @ ("2" | "3"), rest @ ..] = steps.as_slice() else {
            return (404, Value::Null);
        };
        let cloud = *version == "3";
        let (user, token) = Jira::USER;
        let login = match cloud {
            true => format!("Basic {}", STANDARD.encode(format!("{user}:{token}"))),
            false => format!("Bearer {}", Jira::BEARER),
        };
        if self.login != login {
            return refused(401, "Client must be authenticated to access this resource.");
        }
        match (self.method, rest) {
            ("GET", ["mypermissions"]) => self.permissions(),
            ("GET", ["project", key]) if *key == Jira::PROJECT => (200, self.project()),
            ("GET", ["project", _]) => refused(404, "No project could be found with that key."),
            ("GET", ["search", "jql"]) if cloud => self.search(state, true),
            ("GET", ["search"]) if !cloud => self.search(state, false),
            ("GET", ["search"]) => refused(410, "The requested API has been removed."),
            ("GET", ["user", "search"]) => self.people(cloud),
            ("POST", ["issue"]) => self.create(state, cloud),
            (method, ["issue", key, rest @ ..]) => {
                let number = key.strip_prefix("HR-").and_then(|number| number.parse().ok());
                let mut issues = state.issues.iter_mut();
                let Some(issue) = issues.find(|issue| Some(issue.number) == number) else {
                    return refused(404, NO_ISSUE);
                };
                self.on_issue(issue, method, rest, cloud)
            }
            _ => (404, Value::Null),
        }
    }

    fn permissions(&self) -> Answer {
        let Some(names) = self.query("permissions") else {
            return refused(400, "The permissions query parameter is required.");
        };
        let all = names.split(',').map(|name| {
            let about = json!({
                "id": "10", "key": name, "name": name, "type": "PROJECT",
                "description": "", "havePermission": true,
            });
            (name.to_owned(), about)
        });
        (200, json!({"permissions": all.collect::<serde_json::Map<_, _>>()}))
    }

    fn project(&self) -> Value {
        let kind = |id: &str, name: &str, subtask: bool| json!({"id": id, "name": name, "description": "", "subtask": subtask});
        json!({
            "id": "10000", "key": Jira::PROJECT, "name": "Human Resources",
            "issueTypes": [kind("1", "Task", false), kind("2", "Sub-task", true)],
        })
    }

    fn search(&self, state: &mut State, cloud: bool) -> Answer {
        let jql = self.query("jql").unwrap_or_default();
        let Some(wanted) = Wanted::of(&jql) else {
            return refused(400, "Error in the JQL Query.");
        };
        let mut found: Vec<&mut Issue> = state.issues.iter_mut().collect();
        found.retain_mut(|issue| {
            let shown = issue.unseen == 0;
            issue.unseen = issue.unseen.saturating_sub(1);
            shown && wanted.fits(issue)
        });
        if wanted.newest_first {
            found.reverse();
        }
        let asked = self.query("maxResults").and_then(|text| text.parse().ok()).unwrap_or(50);
        let count = asked.min(state.page);
        let place = if cloud { self.query("nextPageToken") } else { self.query("startAt") };
        let start = match place {
            None => 0,
            Some(text) => match text.trim_start_matches("after-").parse() {
                Ok(start) => start,
                Err(_) => return refused(400, "The place is none."),
            },
        };
        let total = found.len();
        let issues: Vec<Value> =
            found.iter().skip(start).take(count).map(|issue| self.shown(issue, cloud)).collect();
        let end = start + issues.len();
        if !cloud {
            let answer =
                json!({"startAt": start, "maxResults": count, "total": total, "issues": issues});
            return (200, answer);
        }
        let mut answer = json!({"issues": issues, "isLast": end >= total});
        if end < total {
            answer["nextPageToken"] = format!("after-{end}").into();
        }
        (200, answer)
    }

    fn shown(&self, issue: &Issue, cloud: bool) -> Value {
        let asked = self.query("fields").unwrap_or_default();
        let reporter = json!({
            "accountId": "5b10a2844c20165700ede21g", "displayName": "HR", "active": true,
            "emailAddress": "hr@client.test",
        });
        let mut fields = json!({
            "summary": issue.summary, "description": issue.description, "labels": issue.labels,
            "created": "2026-04-02T09:30:00.000+0200", "reporter": reporter,
            "status": status(issue.status),
            "project": {"id": "10000", "key": Jira::PROJECT, "name": "Human Resources"},
        });
        if !cloud {
            fields["description"] = match &issue.description {
                Value::String(wiki) => wiki.clone().into(),
                _ => "Jan gaat weg per *1 mei*".into(),
            };
        }
        if let Some(fields) = fields.as_object_mut() {
            fields.retain(|name, _| asked.split(',').any(|one| one == name));
        }
        json!({
            "id": (10_000 + issue.number).to_string(), "key": format!("HR-{}", issue.number),
            "self": format!("http://jira.test/rest/api/3/issue/{}", 10_000 + issue.number),
            "fields": fields,
        })
    }

    fn create(&self, state: &mut State, cloud: bool) -> Answer {
        let fields = &self.body["fields"];
        if fields["project"]["key"] != Jira::PROJECT {
            return wrong_field("project", "valid project is required");
        }
        if fields["issuetype"]["name"] != "Task" {
            return wrong_field("issuetype", "Specify a valid issue type");
        }
        let Some(summary) = fields["summary"].as_str().filter(|text| !text.is_empty()) else {
            return wrong_field("summary", "You must specify a summary of the issue.");
        };
        if let Some(refusal) = wrong_text(&fields["description"], "description", cloud) {
            return refusal;
        }
        let labels = fields["labels"].as_array().into_iter().flatten();
        let labels: Vec<String> = labels.filter_map(Value::as_str).map(str::to_owned).collect();
        if labels.iter().any(|label| label.contains(' ')) {
            return wrong_field("labels", "The label can't contain spaces.");
        }
        let number = state.add(summary, fields["description"].clone(), labels);
        let id = (10_000 + number).to_string();
        let link = format!("http://jira.test/rest/api/3/issue/{id}");
        (201, json!({"id": id, "key": format!("HR-{number}"), "self": link}))
    }

    fn on_issue(&self, issue: &mut Issue, method: &str, rest: &[&str], cloud: bool) -> Answer {
        match (method, rest) {
            ("GET", []) => (200, self.shown(issue, cloud)),
            ("GET", ["comment"]) => {
                let mut comments = issue.comments.clone();
                if self.query("orderBy").as_deref() == Some("-created") {
                    comments.reverse();
                }
                let total = comments.len();
                comments.truncate(100);
                let answer = json!({
                    "startAt": 0, "maxResults": 100, "total": total, "comments": comments,
                });
                (200, answer)
            }
            ("POST", ["comment"]) => {
                if let Some(refusal) = wrong_text(&self.body["body"], "comment", cloud) {
                    return refusal;
                }
                let comment = json!({
                    "id": (20_000 + issue.comments.len()).to_string(),
                    "body": self.body["body"],
                    "created": "2026-04-02T09:31:00.000+0200",
                    "properties": self.body["properties"],
                });
                issue.comments.push(comment.clone());
                (201, comment)
            }
            ("GET", ["transitions"]) => {
                let open = WORKFLOW.iter().filter(|one| one.from == issue.status);
                (200, json!({"transitions": open.map(Transition::shown).collect::<Vec<_>>()}))
            }
            ("POST", ["transitions"]) => {
                let id = self.body["transition"]["id"].as_str().unwrap_or_default();
                let mut open = WORKFLOW.iter().filter(|one| one.from == issue.status);
                match open.find(|one| one.id == id) {
                    None => refused(400, "It is not on the appropriate step of the workflow."),
                    Some(one) if one.asks && self.body["fields"]["resolution"].is_null() => {
                        wrong_field("resolution", "Resolution is required.")
                    }
                    Some(one) => {
                        issue.status = one.to;
                        (204, Value::Null)
                    }
                }
            }
            (_, ["watchers"]) => self.on_watchers(issue, method, cloud),
            _ => (404, Value::Null),
        }
    }

    /// People whose name or address begins with what is asked for.
    fn people(&self, cloud: bool) -> Answer {
        let asked = self.query(if cloud { "query" } else { "username" }).unwrap_or_default();
        let meant = PEOPLE.iter().filter(|(_, address)| address.starts_with(&asked));
        (200, meant.map(|(name, address)| shown_person(name, address, cloud)).collect())
    }

    fn on_watchers(&self, issue: &mut Issue, method: &str, cloud: bool) -> Answer {
        let named = |name: Option<String>| {
            let known = PEOPLE.iter().map(|(name, _)| person_id(name, cloud));
            name.filter(|name| known.clone().any(|one| one == *name))
        };
        match method {
            "GET" => {
                let watchers: Vec<Value> = PEOPLE
                    .iter()
                    .filter(|(name, _)| issue.watchers.contains(&person_id(name, cloud)))
                    .map(|(name, address)| shown_person(name, address, cloud))
                    .collect();
                let count = watchers.len();
                (200, json!({"isWatching": false, "watchCount": count, "watchers": watchers}))
            }
            "POST" => match named(self.body.as_str().map(str::to_owned)) {
                Some(name) => {
                    issue.watchers.retain(|one| *one != name);
                    issue.watchers.push(name);
                    (204, Value::Null)
                }
                None => refused(404, "The user does not exist."),
            },
            "DELETE" => match named(self.query(if cloud { "accountId" } else { "username" })) {
                Some(name) => {
                    issue.watchers.retain(|one| *one != name);
                    (204, Value::Null)
                }
                None => refused(404, "The user does not exist."),
            },
            _ => (405, Value::Null),
        }
    }
}

/// Names and addresses of those who may watch.
const PEOPLE: &[(&str, &str)] =
    &[("xander", "xander@client.test"), ("xandra", "xander@client.test.example")];

fn person_id(name: &str, cloud: bool) -> String {
    if cloud { format!("5b10a2844c20165700ede21g:{name}") } else { name.to_owned() }
}

fn shown_person(name: &str, address: &str, cloud: bool) -> Value {
    let key = if cloud { "accountId" } else { "name" };
    json!({
        key: person_id(name, cloud), "displayName": name, "emailAddress": address, "active": true,
    })
}

/// A text must be a document in REST 3 and plain in REST 2, and not longer than Jira's usual limit.
fn wrong_text(text: &Value, field: &str, cloud: bool) -> Option<Answer> {
    let fits = match cloud {
        true => text["type"] == "doc" && text["version"] == 1 && text["content"].is_array(),
        false => text.is_string(),
    };
    if !fits {
        return Some(wrong_field(field, "Operation value must be an Atlassian Document"));
    }
    let long = text.to_string().len() > 200_000;
    long.then(|| wrong_field(field, "The entered text is too long."))
}

impl State {
    fn add(&mut self, summary: &str, description: Value, labels: Vec<String>) -> usize {
        self.numbers += 1;
        let (number, unseen) = (self.numbers, self.lag);
        self.issues.push(Issue {
            number,
            summary: summary.to_owned(),
            description,
            labels,
            status: "To Do",
            comments: Vec::new(),
            watchers: Vec::new(),
            unseen,
        });
        number
    }
}

fn status(name: &str) -> Value {
    json!({"id": "10001", "name": name, "description": ""})
}
