//! One leaver's report: requested, approved, done, read back, open, and the hashes.

use std::collections::BTreeMap;

use kompel_model::{
    AccountReading, Deed, DeedState, Language, LeaverAccount, LeaverAnswer, LeaverApproval,
    LeaverByHand, LeaverReport, LeaverTrail, OpenItem, OpenKind, Phrase, PlannedChange, Standing,
    Timestamp, Who,
};
use serde::Serialize;
use serde_json::Value;

use super::context::{Day, made_with};
use crate::render::pages;
use crate::world::Report;
use crate::{Error, Wording, text};

/// The report as a PDF of as many A4 pages as it takes. `sha256` is that of the JSON it is made of,
/// and is printed on every page.
///
/// # Errors
/// [`Error`] if the template is at fault.
pub fn leaver_pdf(
    report: &LeaverReport,
    sha256: &str,
    language: Language,
) -> Result<Vec<u8>, Error> {
    pages(Report::Leaver, &page(report, sha256, Wording::new(language)))
}

/// What is open and whose turn it is, in a sentence of its own.
pub fn open_in_words(item: &OpenItem, wording: Wording) -> String {
    let id = match item.what {
        OpenKind::Account => "leavers-open-account",
        OpenKind::Kept => "leavers-open-kept",
        OpenKind::Unknown => "leavers-open-unknown",
        OpenKind::ByHand => "leavers-open-by-hand",
        OpenKind::NoAnswer => "leavers-open-no-answer",
        OpenKind::Doubtful => "leavers-open-doubtful",
        OpenKind::Approval => "leavers-open-approval",
        OpenKind::Run => "leavers-open-run",
    };
    let place = item.connection.as_ref().or(item.system.as_ref());
    let says = Phrase::new(id)
        .text("system", place.cloned().unwrap_or_default())
        .text("login", item.login.clone().unwrap_or_default());
    let because: String = item.because.iter().map(|because| format!(": {because}")).collect();
    let turn = if let Some(until) = item.until {
        let until = until.format("%Y-%m-%d %H:%M").to_string();
        wording.say(&Phrase::new("leavers-turn-time").text("at", until))
    } else if item.turn.is_empty() {
        wording.word("leavers-turn-operator")
    } else {
        let people: Vec<&str> = item.turn.iter().map(called).collect();
        wording.say(&Phrase::new("leavers-turn").text("people", people.join(", ")))
    };
    format!("{}{because}. {turn}.", wording.say(&says))
}

/// What `reports/leaver.typ` reads.
#[derive(Serialize)]
struct Page {
    lang: &'static str,
    doc_title: String,
    day: Option<Day>,
    words: BTreeMap<&'static str, String>,
    whose: String,
    head: String,
    title: String,
    known_as: String,
    verdict: Mark,
    summary: String,
    figures: Vec<[String; 2]>,
    requested: Vec<[String; 2]>,
    hashes: Vec<[String; 2]>,
    approvals: Vec<Approved>,
    systems: Vec<System>,
    accounts: Vec<Account>,
    by_hand: Vec<ByHand>,
    silent: Vec<String>,
    absent: String,
    other: Vec<Done>,
    open: Vec<String>,
    trail: Option<Trail>,
    sha256: String,
    made_with: String,
}

/// A mark and its word.
#[derive(Serialize)]
struct Mark {
    mark: &'static str,
    word: String,
}

#[derive(Serialize)]
struct Approved {
    question: String,
    facts: Vec<[String; 2]>,
    answers: Vec<String>,
    mark: &'static str,
    hash: String,
}

#[derive(Serialize)]
struct System {
    system: String,
    place: String,
    login: String,
    before: String,
    after: String,
    standing: Mark,
}

#[derive(Serialize)]
struct Account {
    system: String,
    place: String,
    login: String,
    before: String,
    after: String,
    standing: Mark,
    deeds: Vec<Done>,
    /// What is said where there are no deeds.
    idle: String,
}

#[derive(Serialize)]
struct Done {
    step: String,
    at: String,
    action: String,
    changes: Vec<String>,
    more: Option<String>,
    under: String,
    state: Mark,
    read_back: String,
    because: Option<String>,
}

#[derive(Serialize)]
struct ByHand {
    system: String,
    owner: String,
    standing: Mark,
    says: String,
    proof: Option<String>,
}

#[derive(Serialize)]
struct Trail {
    entries: Vec<[String; 5]>,
    more: Option<String>,
    says: String,
    root: String,
    checkpoint: Vec<String>,
    signed: String,
}

fn page(report: &LeaverReport, sha256: &str, wording: Wording) -> Page {
    let name = line(report.person.called());
    let whose = report.tenant.name.as_deref().unwrap_or(&report.tenant.id);
    Page {
        lang: wording.language().code(),
        doc_title: wording.say(&Phrase::new("leaver-title").text("name", &name)),
        day: Some(Day::of(report.as_of.date_naive())),
        words: WORDS.into_iter().map(|(key, id)| (key, wording.word(id))).collect(),
        whose: line(whose),
        head: text::clean(&name, 60),
        known_as: known_as(report),
        title: name,
        verdict: verdict(report, wording),
        summary: summary(report, wording),
        figures: figures(report, wording),
        requested: requested(report, wording),
        hashes: vec![
            [wording.word("leaver-playbook-digest"), hash(&report.run.digest)],
            [wording.word("leaver-sha256"), hash(sha256)],
        ],
        approvals: first(&report.approvals).map(|one| approved(one, wording)).collect(),
        systems: systems(report, wording),
        accounts: first(&report.accounts).map(|one| account(one, wording)).collect(),
        by_hand: first(&report.by_hand).map(|one| by_hand(one, wording)).collect(),
        silent: first(&report.no_answer)
            .map(|it| paragraph(&format!("{}: {}", it.connection, or_dash(it.because.as_deref()))))
            .collect(),
        absent: absent(report),
        other: first(&report.other_deeds).map(|deed| done(deed, wording)).collect(),
        open: first(&report.open).map(|item| paragraph(&open_in_words(item, wording))).collect(),
        trail: report.trail.as_ref().map(|it| trail(it, wording)),
        sha256: sha256.to_owned(),
        made_with: made_with(wording),
    }
}

fn known_as(report: &LeaverReport) -> String {
    let person = &report.person;
    let known = person.mails.iter().chain(&person.logins).filter(|it| *it != person.called());
    known.take(MOST).map(|text| line(text)).collect::<Vec<_>>().join(" · ")
}

fn absent(report: &LeaverReport) -> String {
    let names: Vec<String> = first(&report.not_there)
        .map(|it| line(&format!("{} ({})", it.system, it.connection)))
        .collect();
    names.join(", ")
}

fn verdict(report: &LeaverReport, wording: Wording) -> Mark {
    let (mark, id) = if report.all_closed {
        ("met", "leaver-all-closed")
    } else if report.run.ended.is_none() {
        ("unknown", "leaver-under-way")
    } else if report.open.is_empty() {
        ("not_met", "leaver-taken-back")
    } else {
        ("not_met", "leaver-not-closed")
    };
    Mark { mark, word: wording.word(id) }
}

fn summary(report: &LeaverReport, wording: Wording) -> String {
    let of = |wanted: fn(&LeaverAccount) -> bool| {
        u32::try_from(report.accounts.iter().filter(|it| wanted(it)).count()).unwrap_or(u32::MAX)
    };
    let says = Phrase::new("leaver-summary")
        .number("accounts", of(|_| true))
        .number("closed", of(|account| account.standing == Standing::Closed))
        .text("at", moment(report.as_of, wording));
    let because = report.run.because.as_ref().map(|because| format!(" {because}."));
    paragraph(&format!("{}{}", wording.say(&says), because.unwrap_or_default()))
}

fn figures(report: &LeaverReport, wording: Wording) -> Vec<[String; 2]> {
    let deeds = report.accounts.iter().flat_map(|account| &account.deeds);
    let proven = deeds.filter(|deed| deed.read_back.is_some()).count();
    let numbers = [
        ("leaver-figure-accounts", report.accounts.len()),
        ("leaver-figure-proven", proven),
        ("leaver-figure-by-hand", report.by_hand.len()),
        ("leaver-figure-open", report.open.len()),
    ];
    numbers.map(|(id, count)| [wording.word(id), count.to_string()]).to_vec()
}

fn requested(report: &LeaverReport, wording: Wording) -> Vec<[String; 2]> {
    let run = &report.run;
    let word = |id: &str| wording.word(id);
    let ended = run.ended.map_or_else(|| word("leaver-not-ended"), |at| moment(at, wording));
    let mut rows = vec![
        [word("leaver-asked-by"), line(&full(&run.requester))],
        [word("leaver-asked-at"), moment(run.started, wording)],
        [word("leaver-asked-through"), line(&run.trigger)],
    ];
    rows.extend(report.last_day.iter().map(|day| [word("leaver-last-day"), line(day)]));
    rows.extend(report.reason.iter().map(|why| [word("leaver-reason"), paragraph(why)]));
    rows.extend([
        [word("leaver-run"), line(&run.id)],
        [word("leaver-playbook"), line(&format!("{} {}", run.playbook, run.version))],
        [word("leaver-ended"), ended],
        [word("leaver-state"), word(&format!("state-{}", run.state))],
    ]);
    rows
}

fn approved(approval: &LeaverApproval, wording: Wording) -> Approved {
    let word = |id: &str| wording.word(id);
    let people: Vec<String> = first(&approval.people).map(full).collect();
    let mut facts = vec![
        [word("leaver-approval-id"), line(&approval.id)],
        [word("leaver-approval-asked"), moment(approval.asked, wording)],
        [word("leaver-approval-people"), paragraph(&people.join(", "))],
    ];
    if approval.binds_plan {
        let steps = Phrase::new("leaver-approval-steps").number("count", approval.steps);
        facts.push([word("leaver-approval-plan"), wording.say(&steps)]);
    }
    if approval.plan_changed {
        facts.push([word("leaver-approval-why"), word("leaver-approval-changed")]);
    }
    let closed = approval.closed.as_deref();
    if !matches!(closed, Some("approved" | "rejected")) {
        let id = match closed {
            None => "leaver-approval-open",
            Some("no_answer") => "leaver-approval-no-answer",
            Some(_) => "leaver-approval-withdrawn",
        };
        facts.push([word("leaver-approval-came-of-it"), word(id)]);
    }
    Approved {
        question: paragraph(&approval.question),
        facts,
        answers: first(&approval.answers).map(|answer| answered(answer, wording)).collect(),
        mark: match closed {
            Some("approved") => "met",
            None => "unknown",
            Some(_) => "not_met",
        },
        hash: if approval.binds_plan { hash(&approval.plan_hash) } else { String::new() },
    }
}

fn answered(answer: &LeaverAnswer, wording: Wording) -> String {
    let id = if answer.yes { "leaver-yes" } else { "leaver-no" };
    let says = Phrase::new(id)
        .text("who", full(&answer.who))
        .text("at", moment(answer.at, wording))
        .text("through", &answer.through);
    paragraph(&format!("{}{}", wording.say(&says), quoted(&answer.why)))
}

fn quoted(why: &str) -> String {
    if why.trim().is_empty() { String::new() } else { format!(" “{}”", why.trim()) }
}

fn systems(report: &LeaverReport, wording: Wording) -> Vec<System> {
    let accounts = first(&report.accounts).map(|account| System {
        system: line(&account.system),
        place: line(&account.connection),
        login: parted(&account.login),
        before: state(&account.before, wording),
        after: after(account, wording),
        standing: standing(account.standing, wording),
    });
    let by_hand = first(&report.by_hand).map(|one| System {
        system: line(&one.system),
        place: wording.word("leaver-by-hand"),
        login: "–".to_owned(),
        before: "–".to_owned(),
        after: "–".to_owned(),
        standing: standing(one.standing, wording),
    });
    accounts.chain(by_hand).collect()
}

fn account(account: &LeaverAccount, wording: Wording) -> Account {
    let at = |reading: &AccountReading| {
        format!("{}, {}", state(reading, wording), moment(reading.at, wording))
    };
    Account {
        system: line(&account.system),
        place: line(&account.connection),
        login: line(&account.login),
        before: at(&account.before),
        after: account.after.as_ref().map_or_else(|| wording.word("leaver-not-read-again"), at),
        standing: standing(account.standing, wording),
        deeds: first(&account.deeds).map(|deed| done(deed, wording)).collect(),
        idle: wording.word(if account.standing == Standing::Closed {
            "leaver-done-none"
        } else {
            "leaver-not-done-yet"
        }),
    }
}

fn after(account: &LeaverAccount, wording: Wording) -> String {
    let again = account.after.as_ref();
    again.map_or_else(|| wording.word("leaver-not-read-again"), |again| state(again, wording))
}

fn state(reading: &AccountReading, wording: Wording) -> String {
    let id = match (reading.found, reading.enabled) {
        (false, _) => "leaver-account-gone",
        (true, Some(true)) => "leaver-account-enabled",
        (true, Some(false)) => "leaver-account-disabled",
        (true, None) => "leaver-account-unknown",
    };
    let sessions = reading.sessions.filter(|count| *count > 0).map(|count| {
        let says = Phrase::new("leaver-sessions").number("count", count);
        format!(", {}", wording.say(&says))
    });
    format!("{}{}", wording.word(id), sessions.unwrap_or_default())
}

fn done(deed: &Deed, wording: Wording) -> Done {
    let (mark, id) = match deed.state {
        DeedState::Verified => ("met", "leaver-deed-verified"),
        DeedState::Already => ("met", "leaver-deed-already"),
        DeedState::TakenBack => ("not_met", "leaver-deed-taken-back"),
        DeedState::UnderWay => ("unknown", "leaver-deed-under-way"),
        DeedState::Unknown => ("unknown", "leaver-deed-unknown"),
        DeedState::NotVerified => ("not_met", "leaver-deed-not-verified"),
        DeedState::Failed => ("not_met", "leaver-deed-failed"),
    };
    let left = deed.changes.len().saturating_sub(MOST_CHANGES);
    let more = Phrase::new("leaver-more").number("count", u32::try_from(left).unwrap_or(u32::MAX));
    let under = deed
        .approval
        .as_ref()
        .map(|id| wording.say(&Phrase::new("leaver-under").text("id", line(id))));
    let sent = (deed.attempts > 1)
        .then(|| wording.say(&Phrase::new("leaver-attempts").number("count", deed.attempts)));
    // What was not surely done is not told as if it were.
    let surely = matches!(
        deed.state,
        DeedState::Verified | DeedState::Already | DeedState::TakenBack | DeedState::NotVerified
    );
    let words_of = |change: &PlannedChange| {
        let told = changed(change, wording);
        let meant = Phrase::new("leaver-meant").text("change", &told);
        if surely { told } else { wording.say(&meant) }
    };
    Done {
        step: deed.step.to_string(),
        at: deed.at.map_or_else(|| "–".to_owned(), |at| moment(at, wording)),
        action: line(&deed.action),
        changes: deed.changes.iter().take(MOST_CHANGES).map(words_of).collect(),
        more: (left > 0).then(|| wording.say(&more)),
        under: under.into_iter().chain(sent).collect::<Vec<_>>().join(" · "),
        state: Mark { mark, word: wording.word(id) },
        read_back: deed.read_back.map_or_else(|| "–".to_owned(), |at| moment(at, wording)),
        because: deed.because.as_deref().map(paragraph),
    }
}

fn changed(change: &PlannedChange, wording: Wording) -> String {
    let (from, to) = (value(&change.from, wording), value(&change.to, wording));
    let warns = if change.irreversible {
        format!(" ({})", wording.word("plan-irreversible"))
    } else {
        String::new()
    };
    paragraph(&format!("{}: {from} → {to}{warns}", change.property))
}

fn value(value: &Value, wording: Wording) -> String {
    match value {
        Value::Null => wording.word("leaver-nothing"),
        Value::Bool(true) => wording.word("leaver-true"),
        Value::Bool(false) => wording.word("leaver-false"),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => wording.word("leaver-nothing"),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn standing(standing: Standing, wording: Wording) -> Mark {
    let (mark, id) = match standing {
        Standing::Closed => ("met", "leaver-standing-closed"),
        Standing::ClosedByHand => ("met", "leaver-standing-closed-by-hand"),
        Standing::NotThere => ("met", "leaver-standing-not-there"),
        Standing::Open => ("not_met", "leaver-standing-open"),
        Standing::OpenByHand => ("not_met", "leaver-standing-open-by-hand"),
        Standing::NoAnswer => ("unknown", "leaver-standing-no-answer"),
        Standing::NotAsked => ("unknown", "leaver-standing-not-asked"),
    };
    Mark { mark, word: wording.word(id) }
}

fn by_hand(one: &LeaverByHand, wording: Wording) -> ByHand {
    let owner = one.owner.as_ref().map_or_else(|| wording.word("leaver-no-owner"), full);
    let says = match (&one.answer, one.asked) {
        (Some(answer), _) => {
            let id = if answer.yes { "leaver-hand-yes" } else { "leaver-hand-no" };
            Phrase::new(id)
                .text("who", full(&answer.who))
                .text("at", moment(answer.at, wording))
                .text("through", &answer.through)
        }
        (None, Some(at)) => Phrase::new("leaver-hand-asked").text("at", moment(at, wording)),
        (None, None) => Phrase::new("leaver-hand-not-asked"),
    };
    let proof = one.answer.as_ref().map(|answer| answer.why.trim()).filter(|why| !why.is_empty());
    ByHand {
        system: line(&one.system),
        owner: line(&owner),
        standing: standing(one.standing, wording),
        says: paragraph(&wording.say(&says)),
        proof: proof.map(paragraph),
    }
}

fn trail(trail: &LeaverTrail, wording: Wording) -> Trail {
    let entries = trail.entries.iter().take(MOST).map(|entry| {
        let at = entry.at.parse().map_or_else(|_| line(&entry.at), |at| moment(at, wording));
        let who = entry.who.as_deref().unwrap_or("–");
        [entry.place.to_string(), at, line(&entry.kind), line(who), hash(&entry.leaf)]
    });
    let left = u32::try_from(trail.entries.len().saturating_sub(MOST)).unwrap_or(u32::MAX);
    let more = Phrase::new("leaver-more").number("count", left);
    let says = Phrase::new("leaver-trail-says").text("size", trail.size.to_string());
    let note = trail.checkpoint.as_deref().unwrap_or_default();
    Trail {
        entries: entries.collect(),
        more: (left > 0).then(|| wording.say(&more)),
        says: wording.say(&says),
        root: text::clean(&trail.root, 60),
        checkpoint: note.lines().take(8).map(|part| text::breakable(part, 200)).collect(),
        signed: wording.word(if note.is_empty() { "leaver-not-signed" } else { "leaver-signed" }),
    }
}

/// "28 nov 2026 04:20:11".
fn moment(at: Timestamp, wording: Wording) -> String {
    format!("{} {}", wording.short_date(at.date_naive()), at.format("%H:%M:%S"))
}

fn called(who: &Who) -> &str {
    who.name.as_deref().unwrap_or(&who.id)
}

/// "Xander Peeters (xander)".
fn full(who: &Who) -> String {
    match &who.name {
        Some(name) => format!("{name} ({})", who.id),
        None => who.id.clone(),
    }
}

fn or_dash(text: Option<&str>) -> &str {
    text.unwrap_or("–")
}

/// At most as many as pages bear; the JSON has them all.
fn first<T>(all: &[T]) -> std::iter::Take<std::slice::Iter<'_, T>> {
    all.iter().take(MOST)
}

fn line(given: &str) -> String {
    text::breakable(given, 120)
}

fn paragraph(given: &str) -> String {
    text::breakable(given, 600)
}

/// A login or address with places to break after its marks.
fn parted(login: &str) -> String {
    line(&text::clean(login, 100).replace('@', "@\u{200B}").replace('.', ".\u{200B}"))
}

/// A hash in groups, so that it can break and be compared by eye.
fn hash(digits: &str) -> String {
    let digits = text::clean(digits, 128);
    let letters: Vec<char> = digits.chars().collect();
    letters.chunks(8).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The template's own words, and their messages.
const WORDS: [(&str, &str); 33] = [
    ("kicker", "leaver-kicker"),
    ("page", "leaver-page"),
    ("page_of", "leaver-page-of"),
    ("utc", "leaver-utc"),
    ("requested", "leaver-section-requested"),
    ("approved", "leaver-section-approved"),
    ("approved_none", "leaver-approved-none"),
    ("glance", "leaver-section-glance"),
    ("glance_none", "leaver-glance-none"),
    ("done", "leaver-section-done"),
    ("by_hand", "leaver-section-by-hand"),
    ("absent", "leaver-section-absent"),
    ("silent", "leaver-section-silent"),
    ("other", "leaver-section-other"),
    ("open", "leaver-section-open"),
    ("open_none", "leaver-open-none"),
    ("evidence", "leaver-section-evidence"),
    ("trail_none", "leaver-trail-none"),
    ("system", "leaver-column-system"),
    ("login", "leaver-column-login"),
    ("before", "leaver-column-before"),
    ("after", "leaver-column-after"),
    ("standing", "leaver-column-standing"),
    ("step", "leaver-column-step"),
    ("when", "leaver-column-when"),
    ("what", "leaver-column-what"),
    ("came_of_it", "leaver-column-came-of-it"),
    ("owner", "leaver-column-owner"),
    ("who", "leaver-column-who"),
    ("proof", "leaver-column-proof"),
    ("place", "leaver-column-place"),
    ("plan_hash", "leaver-plan-hash"),
    ("check", "leaver-how-to-check"),
];

/// The most entries of any list that pages show.
const MOST: usize = 200;
const MOST_CHANGES: usize = 40;
