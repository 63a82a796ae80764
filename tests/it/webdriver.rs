//! A headless browser, driven as a person would: keys and clicks (W3C WebDriver over loopback).
//!
//! The protocol is a few JSON messages over HTTP/1.1, so it is spoken here without a crate. The
//! browser keeps all it writes in a temporary folder and resolves no name: nothing can leave.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// One browser with one page; both end with it.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Holds the profile until the browser is gone.
    folder: TempDir,
}

/// Keys as WebDriver names them (section 17.4.2, the table of normalised keys).
pub(crate) const BACKSPACE: &str = "\u{E003}";
/// Tab.
pub(crate) const TAB: &str = "\u{E004}";
/// Enter.
pub(crate) const ENTER: &str = "\u{E007}";
/// The space bar.
pub(crate) const SPACE: &str = " ";

impl Browser {
    /// Starts one; without chromedriver says `not run`, or fails where it must be there.
    #[expect(clippy::disallowed_methods, reason = "the suite says by it which peers must be there")]
    pub(crate) fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", folder.path())
            .env("XDG_CACHE_HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut driver) = driver else {
            assert!(env::var("PEERS_REQUIRED").is_err(), "chromedriver is absent");
            eprintln!("not run: chromedriver is absent (cargo xtask peers installs it)");
            return None;
        };
        let mut says = BufReader::new(driver.stdout.take().unwrap());
        let port = port(&mut says);
        // It may say more: a full pipe must not stop it.
        std::thread::spawn(move || std::io::copy(&mut says, &mut std::io::sink()));
        let mut browser = Self { driver, port, session: String::new(), folder };
        let made = browser.call("POST", "", &capabilities(browser.folder.path()));
        browser.session = format!("/{}", made["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    /// Opens a page and waits until it is loaded; what came before it is forgotten.
    pub(crate) fn open(&self, url: &str) {
        // The browser's own first page asks for its parts: leave it before listening.
        self.call("POST", "/url", &json!({ "url": "about:blank" }));
        self.requests();
        self.console();
        self.call("POST", "/url", &json!({ "url": url }));
    }

    /// The value of a JavaScript expression in the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.call("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Clicks what a CSS selector finds; fails if it cannot be clicked.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.call("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Presses and releases keys, one after the other, wherever the focus is.
    pub(crate) fn press(&self, keys: &[&str]) {
        let actions: Vec<Value> = keys
            .iter()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.call("POST", "/actions", &json!({ "actions": [keyboard] }));
    }

    /// What a screen reader calls an element: its role and its name.
    pub(crate) fn spoken(&self, selector: &str) -> (String, String) {
        let element = self.element(selector);
        let ask = |what: &str| {
            let said = self.call("GET", &format!("/element/{element}/{what}"), &Value::Null);
            said.as_str().unwrap().to_owned()
        };
        (ask("computedrole"), ask("computedlabel"))
    }

    /// What the page wrote to its console since the last call.
    pub(crate) fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// What the page asked for since the last call, itself included.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.log("performance")
            .iter()
            .map(|entry| {
                let text = entry["message"].as_str().unwrap();
                serde_json::from_str::<Value>(text).unwrap()["message"].take()
            })
            .filter(|message| message["method"] == "Network.requestWillBeSent")
            .map(|message| message["params"]["request"]["url"].as_str().unwrap().to_owned())
            .collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let said = self.call("POST", "/se/log", &json!({ "type": kind }));
        said.as_array().unwrap().clone()
    }

    fn element(&self, selector: &str) -> String {
        let by = json!({"using": "css selector", "value": selector});
        let found = self.call("POST", "/element", &by);
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// One command and what it yields; a browser's refusal ends the test with its words.
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let said = self.exchange(method, path, body).expect("chromedriver answers");
        let value = said["value"].clone();
        assert!(value.get("error").is_none(), "{method} {path}: {value}");
        value
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        write!(
            stream,
            "{method} /session{}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{body}",
            self.session,
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = reader.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(bytes) = line.strip_prefix("content-length:") {
                length = bytes.trim().parse().map_err(std::io::Error::other)?;
            }
            if read == 0 || line.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer)?;
        serde_json::from_slice(&answer).map_err(Into::into)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser with the session; killed first, it would leave it behind.
        let _ = self.exchange("DELETE", "", &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port it chose, from the line by which it says that it is ready.
fn port(says: &mut impl BufRead) -> u16 {
    let lines = says.lines().map_while(Result::ok);
    let mut ready = lines.filter_map(|line| {
        line.split_once("on port ")?.1.trim_end_matches('.').parse::<u16>().ok()
    });
    ready.find(|port| *port > 0).expect("chromedriver says its port")
}

fn capabilities(profile: &Path) -> Value {
    let args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        // The page scrolls smoothly for who did not ask for less: a click would miss what moves.
        "--force-prefers-reduced-motion",
        "--window-size=1280,1000",
        &format!("--user-data-dir={}", profile.join("profile").display()),
    ];
    json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": {"args": args},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    }}})
}
