//! `kompel leavers form`: who may ask for an offboarding in the browser.

use chrono::TimeDelta;
use clap::Args;
use comfy_table::Cell;
use kompel_model::Phrase;
use kompel_runtime::{FormLink, clock, new_ticket};
use serde_json::json;

use super::facts::Names;
use crate::{args::Global, diagnostics::Failure, exit::Exit, output::Output, session::Session};

#[derive(Debug, Args)]
pub(super) struct FormArgs {
    #[arg(long = "for", value_name = "PERSON", conflicts_with = "revoke")]
    whom: Option<String>,
    #[arg(long, value_name = "PERSON")]
    revoke: Option<String>,
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=366))]
    days: i64,
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7411")]
    url: String,
}

pub(super) fn run(args: &FormArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let session = Session::open(global, output, "leavers form")?;
    match (&args.whom, &args.revoke) {
        (Some(whom), _) => make(args, whom, session),
        (None, Some(whom)) => revoke(whom, session),
        (None, None) => list(session),
    }
}

/// The short name of this person of the tenant, given as that or as a mail address.
fn known(session: &Session<'_>, given: &str) -> Option<String> {
    let people = &session.config.tenant.get(session.tenant())?.people;
    let by_mail = || {
        people.iter().find(|(_, person)| {
            person.mail.as_ref().is_some_and(|mail| mail.eq_ignore_ascii_case(given))
        })
    };
    people.get_key_value(given).or_else(by_mail).map(|(id, _)| id.clone())
}

fn make(args: &FormArgs, whom: &str, mut session: Session<'_>) -> Result<Exit, Failure> {
    let tenant = session.tenant().clone();
    let Some(person) = known(&session, whom) else {
        let says = Phrase::new("fail-no-asker").text("name", whom).text("tenant", tenant.as_str());
        let advice = Phrase::new("advice-no-asker").text("tenant", tenant.as_str());
        return Err(Failure::new(Exit::NotFound, says).advise(advice));
    };
    let (link, now) = (new_ticket()?, clock::now());
    let expires = now + TimeDelta::days(args.days);
    session.scope().make_form_link(&person, &link, now, expires)?;
    let url = args.url.trim_end_matches('/');
    let url = format!("{url}/leavers/{tenant}/link/{}", link.reveal());
    let output = session.output;
    if output.is_json() {
        return output.json(&json!({"person": person, "url": url, "expires": expires}));
    }
    output.line(&url);
    let name = Names::of(&session).who(&person).name.unwrap_or(person);
    let until = expires.format("%Y-%m-%d").to_string();
    output.remark(&Phrase::new("leavers-form-made").text("name", name).text("until", until));
    Ok(Exit::Done)
}

fn revoke(whom: &str, mut session: Session<'_>) -> Result<Exit, Failure> {
    // Somebody who is no longer in the configuration may still have a link.
    let person = known(&session, whom).unwrap_or_else(|| whom.to_owned());
    let count = session.scope().revoke_form_links(&person, clock::now())?;
    let output = session.output;
    if output.is_json() {
        return output.json(&json!({"person": person, "revoked": count}));
    }
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    output.say(&Phrase::new("leavers-form-revoked").text("name", person).number("count", count));
    Ok(Exit::Done)
}

fn list(mut session: Session<'_>) -> Result<Exit, Failure> {
    let links = session.scope().form_links(clock::now())?;
    let output = session.output;
    if output.is_json() {
        return output.json(&json!({ "links": links }));
    }
    if links.is_empty() {
        output.say(&Phrase::new("leavers-form-none"));
        return Ok(Exit::Done);
    }
    let wording = output.wording();
    let head = ["person", "made", "opened", "until"];
    let head = head.map(|name| wording.word(&format!("leavers-form-head-{name}")));
    output.table(&head, links.iter().map(row).collect(), &[]);
    Ok(Exit::Done)
}

fn row(link: &FormLink) -> Vec<Cell> {
    let day = |at: kompel_model::Timestamp| at.format("%Y-%m-%d %H:%M").to_string();
    vec![
        Cell::new(&link.person),
        Cell::new(day(link.made)),
        Cell::new(link.opened.map_or_else(|| "–".to_owned(), day)),
        Cell::new(day(link.expires)),
    ]
}
