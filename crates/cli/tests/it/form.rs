//! The form for leavers, in a real browser and as others would misuse it, against the real binary
//! and a real SCIM service.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use kompel_peers::{Scim2Server, wait_until};
use serde_json::{Value, json};

use crate::{
    desk::{Acme, Desk, Served},
    webdriver::{Browser, ENTER, TAB},
};

const GATE: &str = "a token for bringing events";

/// A client whose people say in the browser who leaves.
struct Client {
    desk: Desk,
    saas: Scim2Server,
}

impl Acme for Client {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![("SAAS", Scim2Server::TOKEN), ("GATE", GATE)]
    }
}

impl Client {
    fn start() -> Option<Self> {
        let saas = Scim2Server::start()?;
        for (mail, name) in [
            ("jan@acme.test", "Jan Janssen"),
            ("jan.janssen@acme.test", "Jan Janssen"),
            ("an@acme.test", "An Maes"),
        ] {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": mail, "displayName": name, "active": true,
                "emails": [{"value": mail, "primary": true}],
            });
            saas.ask("POST", "/Users", &body.to_string());
        }
        let desk = Desk::new();
        desk.write(
            "kompel.toml",
            &format!(
                "language = \"en\"\n[tenant.acme]\nname = \"Acme NV\"\nevents = \"secret://gate\"\n\
                 scheduled = [\"offboarding\"]\n\
                 [tenant.acme.connection.saas]\nconnector = \"scim\"\nurl = {:?}\n\
                 token = \"secret://saas\"\n\
                 [tenant.acme.people.els]\nname = \"Els <Peeters>\"\nmail = \"els@acme.test\"\n\
                 roles = [\"offboarding-approver\"]\nlogins = [{login:?}]\n\
                 [tenant.acme.people.xander]\nname = \"Xander Peeters\"\n\
                 roles = [\"offboarding-approver\"]\nlogins = [{login:?}]\n\
                 [tenant.globex.people.els]\nname = \"Another Els\"\n",
                saas.url(),
                login = crate::desk::this_login(),
            ),
        );
        desk.answer(&["playbook", "new", "offboarding"]);
        Some(Self { desk, saas })
    }

    /// Who can still sign in.
    fn active(&self) -> Vec<String> {
        let users: Value = serde_json::from_str(&self.saas.ask("GET", "/Users", "")).unwrap();
        let users = users["Resources"].as_array().unwrap().iter();
        let active = users.filter(|user| user["active"] == true);
        let mut names: Vec<String> =
            active.map(|user| user["userName"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// A new link for Els, as a path.
    fn link(&self) -> String {
        let made = self.json(&["leavers", "form", "--for", "ELS@acme.test"]);
        assert_eq!(made["person"], "els");
        let url = made["url"].as_str().unwrap();
        url.strip_prefix("http://127.0.0.1:7411").unwrap().to_owned()
    }
}

/// What a server said.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map_or("", |(_, value)| value)
    }

    /// The value of the page's hidden field.
    fn hidden(&self, name: &str) -> &str {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
        rest.split('"').next().unwrap()
    }
}

fn ask(served: &Served, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(served.address()).unwrap();
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let kind = if body.starts_with('{') { "json" } else { "x-www-form-urlencoded" };
    let head = format!(
        "{request} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\
         Content-Type: application/{kind}\r\n{more}\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// The cookie that a link leaves.
fn signed_in(served: &Served, link: &str) -> String {
    let opened = ask(served, &format!("POST {link}"), &[], "lang=en");
    assert_eq!(opened.status, 303, "{}", opened.body);
    assert_eq!(opened.header("location"), "/leavers/acme?lang=en");
    let cookie = opened.header("set-cookie");
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

/// Els at her browser.
struct Hr<'a> {
    browser: &'a Browser,
    served: &'a Served,
}

impl Hr<'_> {
    fn open(&self, path: &str) {
        self.browser.open(&format!("http://{}{path}", self.served.address()));
    }

    fn text(&self) -> String {
        let text = self.browser.value("document.body ? document.body.innerText : ''");
        text.as_str().unwrap().to_owned()
    }

    /// Waits for it: a form is answered once the server has looked.
    fn sees(&self, part: &str) {
        wait_until(part, || self.text().contains(part));
    }

    fn path(&self) -> String {
        self.browser.value("location.pathname").as_str().unwrap().to_owned()
    }

    fn types(&self, field: &str, text: &str) {
        self.browser.click(field);
        let keys: Vec<String> = text.chars().map(String::from).collect();
        self.browser.press(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn picks(&self, day: &str) {
        self.browser.value(&format!("document.getElementById('day').value = '{day}'"));
    }

    /// Opens her link, in Dutch, and goes on in English.
    fn signs_in(&self, link: &str) {
        let lang = || self.browser.value("document.documentElement.lang");
        self.open(&format!("{link}?lang=nl"));
        assert!(self.text().contains("Dag Els <Peeters>"), "{}", self.text());
        self.browser.click("button");
        self.sees("Wie vertrekt?");
        assert_eq!(self.path(), "/leavers/acme", "no secret in the address");
        assert_eq!(self.browser.value("document.cookie"), "", "no script sees it");
        assert_eq!(lang(), "nl");
        self.browser.click("header nav a");
        self.sees("Who leaves?");
        assert_eq!(lang(), "en");
        for (selector, role, name) in [
            ("#name", "textbox", "Name"),
            ("#key", "textbox", "Mail address or login"),
            ("#when-now", "radio", "At once, as soon as it is approved"),
            ("#reason", "textbox", "Reason or ticket"),
            ("button", "button", "Ask for it"),
        ] {
            assert_eq!(self.browser.spoken(selector), (role.to_owned(), name.to_owned()));
        }
    }

    /// Asks for one of two who are called so, and for a day that has passed: both are asked back
    /// before anything begins. Gives the run.
    fn asks_for_jan(&self, client: &Client) -> String {
        let browser = self.browser;
        self.types("#name", "Jan Janssen");
        self.picks("2026-01-31");
        self.types("#reason", "<b>HR-12</b>");
        browser.press(&[TAB, ENTER]);
        self.sees("Nothing has been asked for yet.");
        assert!(self.text().contains("31 January 2026 has passed"), "{}", self.text());
        assert_eq!(browser.value("document.querySelectorAll('[name=meant]').length"), 3);
        assert_eq!(browser.value("document.getElementById('name').value"), "Jan Janssen");
        assert!(client.runs("offboarding").is_empty());
        browser.click("[name=meant][value='jan@acme.test']");
        browser.click("[name=sure]");
        browser.click("form button");
        self.sees("Offboarding of Jan Janssen");
        let path = self.path();
        let run = path.strip_prefix("/leavers/acme/runs/").unwrap();
        for part in ["Els <Peeters>", "<b>HR-12</b>", run] {
            self.sees(part);
        }
        run.to_owned()
    }
}

#[test]
fn hr_says_in_the_browser_who_leaves_and_however_often_it_is_sent_one_run_begins() {
    let Some(client) = Client::start() else { return };
    let Some(browser) = Browser::start() else { return };
    let served = client.serve();
    let hr = Hr { browser: &browser, served: &served };
    hr.signs_in(&client.link());
    let run = hr.asks_for_jan(&client);
    let path = format!("/leavers/acme/runs/{run}");
    wait_until("it waits for its approver", || {
        hr.open(&path);
        hr.text().contains("Waits for approval")
    });

    // The same again, sent twice at once.
    hr.open("/leavers/acme");
    hr.types("#key", "JAN@acme.test");
    hr.picks("2030-01-31");
    browser
        .value("(f => { f.requestSubmit(); f.requestSubmit(); })(document.querySelector('form'))");
    hr.sees("had been asked for already");
    assert_eq!(hr.path(), path);
    assert_eq!(client.runs("offboarding"), [run.as_str()]);
    let mut told = browser.console();
    told.retain(|line| !line.contains("favicon"));
    assert_eq!(told, Vec::<String>::new());

    let leavers = client.json(&["leavers"]);
    let leaver = &leavers["leavers"][0];
    assert_eq!((&leaver["run"], &leaver["state"]), (&json!(run), &json!("waiting")), "{leavers}");
    let report = client.json(&["leavers", "report", &run]);
    assert_eq!(report["run"]["requester"], json!({"id": "els", "name": "Els <Peeters>"}));
    let told = (&report["run"]["trigger"], &report["reason"]);
    assert_eq!(told, (&json!("form"), &json!("<b>HR-12</b>")));
    // Who asked may not approve, though the role would allow it.
    assert_ne!(client.run(&["approve", &run, "--as", "els"]).code, 0);
    let yes = client.run(&["approve", &run, "--as", "xander", "--why", "agreed"]);
    assert_eq!(yes.code, 0, "{}{}", yes.out, yes.err);
    wait_until("all is closed", || {
        hr.open(&path);
        hr.text().contains("Every account is closed")
    });
    assert_eq!(client.active(), ["an@acme.test", "jan.janssen@acme.test"]);
    assert_eq!(client.run(&["audit", "verify"]).code, 0);

    // Somebody who was offboarded before is asked about, for a namesake may be meant.
    hr.open("/leavers/acme");
    hr.types("#name", "Jan Janssen");
    browser.click("#when-now");
    browser.click("form button");
    hr.sees("Who do you mean?");
    browser.click("[name=meant][value='jan@acme.test']");
    browser.click("form button");
    hr.sees("This person was offboarded before");
    assert_eq!(client.runs("offboarding").len(), 1);
    browser.click("[name=sure]");
    browser.click("form button");
    hr.sees("Offboarding of Jan Janssen");
    hr.sees("jan@acme.test");
    assert_eq!(client.runs("offboarding").len(), 2, "{}", hr.text());
    assert_eq!(client.active().len(), 2);

    // Both can be found again.
    hr.open("/leavers/acme");
    browser.click(&format!(".asked a[href*='{run}']"));
    hr.sees("Every account is closed");
    assert_eq!(hr.path(), path);
}

#[test]
fn nobody_gets_in_by_an_old_link_another_tenant_or_a_page_from_elsewhere() {
    let Some(client) = Client::start() else { return };
    let served = client.serve();
    let link = client.link();
    let stranger = ask(&served, "GET /leavers/acme", &[("Accept-Language", "nl-BE")], "");
    assert_eq!(stranger.status, 401);
    assert!(stranger.body.contains("lang=\"nl\"") && stranger.body.contains("niet aangemeld"));
    for tenant in ["none", "%2e%2e", "globex"] {
        let other = ask(&served, &format!("GET /leavers/{tenant}"), &[], "");
        assert_eq!((other.status, other.header("set-cookie")), (401, ""), "{tenant}");
    }
    // Programs that read mail look at links: that uses nothing up.
    for _ in 0..2 {
        let seen = ask(&served, &format!("GET {link}"), &[], "");
        assert_eq!((seen.status, seen.header("set-cookie")), (200, ""));
    }
    let foreign = [("Sec-Fetch-Site", "cross-site")];
    assert_eq!(ask(&served, &format!("POST {link}"), &foreign, "").status, 403);
    let cookie = signed_in(&served, &link);
    for method in ["GET", "POST"] {
        let again = ask(&served, &format!("{method} {link}"), &[], "");
        assert_eq!((again.status, again.header("set-cookie")), (404, ""), "{method}");
    }
    let with = [("Cookie", cookie.as_str())];
    assert_eq!(ask(&served, "GET /leavers/acme", &with, "").status, 200);
    assert_eq!(ask(&served, "GET /leavers/globex", &with, "").status, 401);

    // The operator ends it; nothing that lets anybody in stands in the workspace.
    let revoked = client.json(&["leavers", "form", "--revoke", "els"]);
    assert_eq!(revoked["revoked"], 1);
    assert_eq!(ask(&served, "GET /leavers/acme", &with, "").status, 401);
    let kept = client.desk.database();
    for secret in [link.rsplit('/').next().unwrap(), cookie.split_once('=').unwrap().1] {
        assert!(!kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()));
    }
    let trail = client.json(&["audit", "show"]).to_string();
    for kind in ["form.link-made", "form.link-opened", "form.links-revoked"] {
        assert!(trail.contains(kind), "{kind}: {trail}");
    }
    let unknown = client.run(&["leavers", "form", "--for", "nobody"]);
    assert_ne!(unknown.code, 0);
    assert!(unknown.err.contains("kompel.toml"), "{}", unknown.err);
}

#[test]
fn what_is_sent_counts_only_from_our_page_whole_and_in_bounds() {
    let Some(client) = Client::start() else { return };
    let served = client.serve();
    let cookie = signed_in(&served, &client.link());
    let with = [("Cookie", cookie.as_str())];
    let form = ask(&served, "GET /leavers/acme", &with, "");
    assert!(form.body.contains("Els &#60;Peeters&#62;"), "{}", form.body);
    assert!(!form.body.contains("<script") && !form.body.contains("style="));
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert!(form.header(name).contains(part), "{name}: {}", form.head);
    }
    let csrf = form.hidden("csrf");
    let whole = format!("csrf={csrf}&lang=en&when=now&key=an@acme.test&reason=x");
    for (headers, body, status) in [
        (vec![with[0], ("Sec-Fetch-Site", "cross-site")], whole.clone(), 403),
        (vec![with[0]], whole.replace(csrf, "0"), 403),
        (vec![], whole.clone(), 401),
        (vec![with[0]], whole.replace("an@acme.test", "an maes"), 422),
        (vec![with[0]], format!("{whole}{}", "x".repeat(17_000)), 413),
    ] {
        let answer = ask(&served, "POST /leavers/acme", &headers, &body);
        assert_eq!(answer.status, status, "{headers:?} {}", answer.body);
    }
    assert!(client.runs("offboarding").is_empty());
    let unknown = whole.replace("an@acme.test", "nobody@acme.test");
    let asked_back = ask(&served, "POST /leavers/acme", &with, &unknown);
    assert!(asked_back.body.contains("No system knows this person"), "{}", asked_back.body);
    let begun = ask(&served, "POST /leavers/acme", &with, &whole);
    assert_eq!(begun.status, 303, "{}", begun.body);
    let run = client.runs("offboarding").pop().unwrap();
    assert!(begun.header("location").contains(&run));
    assert_eq!(ask(&served, "GET /leavers/acme/runs/r-none", &with, "").status, 404);
    let closed = ask(&served, "POST /leavers/acme/close", &with, &format!("csrf={csrf}&lang=en"));
    assert!(closed.body.contains("You are signed out"), "{}", closed.body);
    assert_eq!(ask(&served, "GET /leavers/acme", &with, "").status, 401);
}

#[test]
fn a_form_an_event_and_a_command_at_the_same_moment_begin_one_run() {
    let Some(client) = Client::start() else { return };
    let served = client.serve();
    let cookie = signed_in(&served, &client.link());
    let with = [("Cookie", cookie.as_str())];
    let csrf = ask(&served, "GET /leavers/acme", &with, "").hidden("csrf").to_owned();
    let bearer = format!("Bearer {GATE}");
    let event = |kind: &str, id: &str| {
        let headers = [
            ("Authorization", bearer.as_str()),
            ("ce-specversion", "1.0"),
            ("ce-type", kind),
            ("ce-source", "/hr"),
            ("ce-id", id),
        ];
        let data = json!({"person": {"name": "An Maes", "mails": ["AN@acme.test"]}, "reason": id});
        ask(&served, "POST /events/acme", &headers, &data.to_string())
    };
    std::thread::scope(|scope| {
        for at in 0..4 {
            scope.spawn(move || {
                let asked = event("be.kompel.leaver.requested", &format!("ticket-{at}"));
                assert_eq!(asked.status, 202, "{}", asked.body);
            });
            scope.spawn(|| {
                let body = format!("csrf={csrf}&when=now&name=An+Maes&key=an@acme.test");
                let sent = ask(&served, "POST /leavers/acme", &with, &body);
                assert_eq!(sent.status, 303, "{}", sent.body);
            });
            scope.spawn(|| {
                let an = ["--name", "An Maes", "--mail", "an@acme.test", "--by", "els"];
                let added = client.run(&[&["leavers", "add"], &an[..]].concat());
                assert_eq!(added.code, 11, "{}{}", added.out, added.err);
            });
        }
    });
    let runs = client.runs("offboarding");
    assert_eq!(runs.len(), 1);
    let report = client.json(&["leavers", "report", &runs[0]]);
    let trail = report["trail"]["entries"].as_array().unwrap();
    let noted = trail.iter().filter(|entry| entry["kind"] == "run.asked-again").count();
    assert!(noted >= 3, "each event but the first is a note: {report}");

    let lie = event("be.kompel.leaver.given-back", "lie");
    assert_eq!(lie.status, 403);
    assert!(lie.body.contains("be.kompel.leaver.given-back"), "{}", lie.body);
}
