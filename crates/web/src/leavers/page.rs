//! The pages, in Dutch and English. Every text that was typed is text, never markup.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use kompel_model::{Language, Phrase, TenantId};
use kompel_report::{Wording, reason_in_words, wording};

use super::{
    Account, Asker, Doubt, Stage, Standing, Wish,
    guard::sealed,
    wish::{Fields, Mistake, UNSURE},
};

/// What every page has around it.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    tenant: &'a TenantId,
    wording: Wording,
    /// Who asks, if they are let in.
    asker: Option<&'a Asker>,
    /// The page's own address without its language; empty if it can't be asked for again.
    here: &'a str,
}

impl<'a> Frame<'a> {
    pub(super) fn new(tenant: &'a TenantId, language: Language) -> Self {
        Self { tenant, wording: wording(language), asker: None, here: "" }
    }

    pub(super) fn of(self, asker: &'a Asker, here: &'a str) -> Self {
        Self { asker: Some(asker), here, ..self }
    }

    fn w(&self, id: &str) -> String {
        self.wording.word(id)
    }

    fn lang(&self) -> &'static str {
        self.wording.language().code()
    }

    fn other(&self) -> &'static str {
        if self.wording.language() == Language::Nl { "en" } else { "nl" }
    }

    fn home(&self) -> String {
        format!("/leavers/{}", self.tenant)
    }

    /// The same page in the other language.
    fn elsewhere(&self) -> String {
        if self.here.is_empty() {
            return String::new();
        }
        format!("{}?lang={}", self.here, self.other())
    }
}

#[derive(Template)]
#[template(path = "form/ask.html")]
struct AskPage<'a> {
    frame: Frame<'a>,
    fields: &'a Fields,
    wrong: &'a [Mistake],
    doubts: Vec<DoubtView>,
    sure: Vec<&'a str>,
    csrf: &'a str,
    unsure: &'static str,
    /// True if who is meant was said before, and is not asked on this page.
    keeps: bool,
    asked: Vec<AskedView>,
}

/// What was asked for before.
struct AskedView {
    run: String,
    called: String,
    stage: &'static str,
    word: String,
    day: String,
}

impl AskPage<'_> {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.iter().any(|(of, _)| *of == field)
    }
}

struct DoubtView {
    mark: String,
    says: String,
    yes: String,
    /// Keys and what is shown of each.
    accounts: Vec<(String, String)>,
}

/// The form as it stands, with what is wrong or doubtful about it.
pub(super) fn ask(
    frame: Frame<'_>,
    fields: &Fields,
    csrf: &str,
    (wrong, doubts): (&[Mistake], &[(String, Doubt)]),
) -> Response {
    let asks = doubts.iter().any(|(_, doubt)| matches!(doubt, Doubt::Several(_)));
    let keeps = !asks && !fields.meant.is_empty();
    let doubts = doubts.iter().map(|(mark, doubt)| view(frame.wording, mark, doubt)).collect();
    // What was cleared up stays so, as long as it is about the same.
    let sure = fields.sure.iter().map(String::as_str).collect();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    rendered(
        status,
        &AskPage {
            frame,
            fields,
            wrong,
            doubts,
            sure,
            csrf,
            unsure: UNSURE,
            keeps,
            asked: Vec::new(),
        },
    )
}

/// The empty form, and under it what its asker asked for before.
pub(super) fn empty(frame: Frame<'_>, csrf: &str, asked: &[Standing]) -> Response {
    let view = |standing: &Standing| AskedView {
        run: standing.run.clone(),
        called: standing.person.called().to_owned(),
        stage: word(standing.stage),
        word: frame.w(&format!("form-stage-{}", word(standing.stage))),
        day: frame.wording.short_date(standing.begun.date()),
    };
    let page = AskPage {
        frame,
        fields: &Fields::default(),
        wrong: &[],
        doubts: Vec::new(),
        sure: Vec::new(),
        csrf,
        unsure: UNSURE,
        keeps: false,
        asked: asked.iter().map(view).collect(),
    };
    rendered(StatusCode::OK, &page)
}

fn view(wording: Wording, mark: &str, doubt: &Doubt) -> DoubtView {
    let (id, says) = match doubt {
        Doubt::PastDay(day) => {
            ("past", Phrase::new("form-doubt-past").text("day", wording.date(*day)))
        }
        Doubt::FarDay(day) => {
            ("far", Phrase::new("form-doubt-far").text("day", wording.date(*day)))
        }
        Doubt::Nobody => ("nobody", Phrase::new("form-doubt-nobody")),
        Doubt::Several(_) => ("several", Phrase::new("form-doubt-several")),
        Doubt::LeftBefore { run, on } => {
            let says = Phrase::new("form-doubt-left").text("day", wording.date(*on));
            ("left", says.text("run", run))
        }
    };
    let accounts = match doubt {
        Doubt::Several(accounts) => accounts.iter().map(named).collect(),
        Doubt::PastDay(_) | Doubt::FarDay(_) | Doubt::Nobody | Doubt::LeftBefore { .. } => {
            Vec::new()
        }
    };
    let yes = wording.word(&format!("form-doubt-{id}-yes"));
    DoubtView { mark: mark.to_owned(), says: wording.say(&says), yes, accounts }
}

fn named(account: &Account) -> (String, String) {
    let Account { key, name, system } = account;
    let name = name.as_ref().map(|name| format!("{name} · ")).unwrap_or_default();
    (key.clone(), format!("{name}{key} · {system}"))
}

#[derive(Template)]
#[template(path = "form/run.html")]
struct RunPage<'a> {
    frame: Frame<'a>,
    heading: String,
    known: bool,
    stage: &'static str,
    stage_word: &'a str,
    stage_means: &'a str,
    facts: Vec<(String, String)>,
}

/// How an offboarding is; `known`: it was asked for before.
pub(super) fn run(frame: Frame<'_>, standing: &Standing, known: bool) -> Response {
    let wording = frame.wording;
    let called = standing.person.called();
    let stage = word(standing.stage);
    let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |day| wording.date(day));
    let at_once = || wording.word("form-run-at-once");
    let begun =
        format!("{}, {}", wording.date(standing.begun.date()), standing.begun.format("%H:%M"));
    let keys = [&standing.person.mails[..], &standing.person.logins].concat().join(", ");
    let whom = match &standing.person.name {
        Some(name) if !keys.is_empty() => format!("{name} ({keys})"),
        Some(name) => name.clone(),
        None => keys,
    };
    let mut facts = vec![
        ("who", whom),
        ("day", standing.last_day.as_deref().map_or_else(at_once, day)),
        ("by", standing.asked_by.1.clone()),
        ("at", begun),
        ("id", standing.run.clone()),
    ];
    if let Some(reason) = &standing.reason {
        facts.insert(2, ("reason", reason_in_words(reason, wording)));
    }
    let facts =
        facts.into_iter().map(|(id, value)| (wording.word(&format!("form-run-{id}")), value));
    rendered(
        StatusCode::OK,
        &RunPage {
            frame,
            heading: wording.say(&Phrase::new("form-run-title").text("name", called)),
            known,
            stage,
            stage_word: &format!("form-stage-{stage}"),
            stage_means: &format!("form-stage-{stage}-means"),
            facts: facts.collect(),
        },
    )
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Begun => "begun",
        Stage::Approval => "approval",
        Stage::Moment => "moment",
        Stage::System => "system",
        Stage::Completed => "completed",
        Stage::Incomplete => "incomplete",
        Stage::Rejected => "rejected",
        Stage::Cancelled => "cancelled",
        Stage::Failed => "failed",
    }
}

#[derive(Template)]
#[template(path = "form/open.html")]
struct OpenPage<'a> {
    frame: Frame<'a>,
    greeting: String,
}

/// The page of a link that can be opened.
pub(super) fn open(frame: Frame<'_>, asker: &Asker) -> Response {
    let greeting = Phrase::new("form-open-greeting").text("name", &asker.name);
    let greeting = frame.wording.say(&greeting.text("client", &asker.client));
    rendered(StatusCode::OK, &OpenPage { frame, greeting })
}

#[derive(Template)]
#[template(path = "form/says.html")]
struct SaysPage<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    text: &'a str,
}

/// A page that says one thing: the messages `form-<id>` and `form-<id>-text`.
pub(super) fn says(frame: Frame<'_>, status: StatusCode, id: &str) -> Response {
    let (heading, text) = (format!("form-{id}"), format!("form-{id}-text"));
    rendered(status, &SaysPage { frame, heading: &heading, text: &text })
}

fn rendered(status: StatusCode, page: &impl Template) -> Response {
    let body = page.render().unwrap_or_else(|error| {
        tracing::error!(error = %error, "form.page_failed");
        String::new()
    });
    sealed((status, Html(body)).into_response())
}

/// What `mark` makes of a doubt, beside it.
pub(super) fn marked(wish: &Wish, doubts: Vec<Doubt>) -> Vec<(String, Doubt)> {
    let open = doubts.into_iter().filter(|doubt| !wish.is_sure(doubt));
    open.map(|doubt| (wish.mark(&doubt), doubt)).collect()
}
