//! What is asked of the form's addresses, and what is answered.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Form, Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use kompel_model::{Language, Secret, TenantId};
use kompel_runtime::clock;
use tokio::sync::Semaphore;

use super::{
    Asker, Reception, Trouble,
    guard::{Turnstile, cookie, csrf, held, is_own, is_ticket, language, sealed},
    page::{self, Frame},
    wish::Fields,
};

/// What the handlers share.
pub(crate) struct Desk {
    reception: Arc<dyn Reception>,
    turnstile: Turnstile,
    /// How many wishes are looked into at once, so that forms do not crowd out the runs.
    looks: Semaphore,
}

impl Desk {
    /// Where wishes go.
    pub(crate) fn new(reception: Arc<dyn Reception>) -> Self {
        Self { reception, turnstile: Turnstile::default(), looks: Semaphore::new(MOST_LOOKS) }
    }
}

/// `/leavers/{tenant}` and below, and the style of the pages.
pub(crate) fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/leavers.css", get(style))
        .route("/leavers/{tenant}", get(form).post(ask))
        .route("/leavers/{tenant}/runs/{run}", get(run))
        .route("/leavers/{tenant}/link/{link}", get(link).post(open))
        .route("/leavers/{tenant}/close", post(close))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(Arc::new(desk))
}

type Asked = Query<BTreeMap<String, String>>;
type Sent = Form<Vec<(String, String)>>;

/// A request, with who it is from.
struct Visit {
    tenant: TenantId,
    language: Language,
    asker: Asker,
    held: Secret,
}

impl Visit {
    fn frame(&self) -> Frame<'_> {
        Frame::new(&self.tenant, self.language)
    }
}

/// Who asks, or the page that says why they are not let in.
async fn visit(
    desk: &Desk,
    tenant: &str,
    lang: &str,
    headers: &HeaderMap,
) -> Result<Visit, Response> {
    let language = language(lang, headers, desk.reception.language());
    let nobody = TenantId::default();
    let stranger = |id| page::says(Frame::new(&nobody, language), StatusCode::UNAUTHORIZED, id);
    let held = held(headers).ok_or_else(|| stranger("stranger"))?;
    // An unknown tenant is answered as a wrong cookie is.
    let tenant = tenant.parse::<TenantId>().map_err(|_| stranger("stranger"))?;
    match desk.reception.asker(&tenant, &held).await {
        Ok(Some(asker)) => Ok(Visit { tenant, language, asker, held }),
        Ok(None) => Err(stranger("stranger")),
        Err(trouble) => Err(troubled(&Frame::new(&tenant, language), &trouble)),
    }
}

fn troubled(frame: &Frame<'_>, trouble: &Trouble) -> Response {
    tracing::error!(error = %trouble, "form.trouble");
    page::says(*frame, StatusCode::SERVICE_UNAVAILABLE, "trouble")
}

fn asked_language(query: &Asked) -> &str {
    query.0.get("lang").map_or("", String::as_str)
}

fn moved(to: &str) -> Response {
    sealed((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

async fn style() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    let mut style = sealed((kind, STYLE).into_response());
    style.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    style
}

/// The empty form, and what this person asked for before.
async fn form(
    State(desk): State<Arc<Desk>>,
    Path(tenant): Path<String>,
    query: Asked,
    headers: HeaderMap,
) -> Response {
    let visit = match visit(&desk, &tenant, asked_language(&query), &headers).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let here = format!("/leavers/{}", visit.tenant);
    let frame = visit.frame().of(&visit.asker, &here);
    match desk.reception.asked_by(&visit.tenant, &visit.asker).await {
        Ok(asked) => page::empty(frame, &csrf(&visit.held), &asked),
        Err(trouble) => troubled(&frame, &trouble),
    }
}

/// Takes a wish in: asks back what is not certain, then begins, once.
async fn ask(
    State(desk): State<Arc<Desk>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(pairs): Sent,
) -> Response {
    let fields = Fields::of(pairs);
    let visit = match visit(&desk, &tenant, &fields.lang, &headers).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let frame = visit.frame().of(&visit.asker, "");
    if !is_own(&headers, Some(&visit.held), &fields.csrf) {
        return page::says(frame, StatusCode::FORBIDDEN, "foreign");
    }
    if let Err(seconds) = desk.turnstile.admits(&visit.tenant, &visit.asker.id, clock::now()) {
        let mut answer = page::says(frame, StatusCode::TOO_MANY_REQUESTS, "many");
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return answer;
    }
    match begin(&desk, &visit, &fields).await {
        Ok(answer) => answer,
        Err(trouble) => troubled(&frame, &trouble),
    }
}

async fn begin(desk: &Desk, visit: &Visit, fields: &Fields) -> Result<Response, Trouble> {
    let again = |wrong: &[_], doubts: &[_]| {
        let frame = visit.frame().of(&visit.asker, "");
        page::ask(frame, fields, &csrf(&visit.held), (wrong, doubts))
    };
    let wish = match fields.wish() {
        Ok(wish) => wish,
        Err(wrong) => return Ok(again(&wrong, &[])),
    };
    let _look = desk.looks.acquire().await.map_err(|error| Trouble(error.to_string()))?;
    let doubts = page::marked(&wish, desk.reception.doubts(&visit.tenant, &wish).await?);
    if !doubts.is_empty() {
        return Ok(again(&[], &doubts));
    }
    let asked = desk.reception.ask(&visit.tenant, &visit.asker, &wish).await?;
    let known = if asked.new { "" } else { "&known=1" };
    let lang = visit.language.code();
    // A page that is asked for, so that to load it again asks for nothing more.
    Ok(moved(&format!("/leavers/{}/runs/{}?lang={lang}{known}", visit.tenant, asked.run)))
}

/// How an offboarding is.
async fn run(
    State(desk): State<Arc<Desk>>,
    Path((tenant, run)): Path<(String, String)>,
    query: Asked,
    headers: HeaderMap,
) -> Response {
    let visit = match visit(&desk, &tenant, asked_language(&query), &headers).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match desk.reception.standing(&visit.tenant, &run).await {
        Ok(Some(standing)) => {
            let here = format!("/leavers/{}/runs/{}", visit.tenant, standing.run);
            let frame = visit.frame().of(&visit.asker, &here);
            page::run(frame, &standing, query.0.contains_key("known"))
        }
        Ok(None) => page::says(visit.frame().of(&visit.asker, ""), StatusCode::NOT_FOUND, "no-run"),
        Err(trouble) => troubled(&visit.frame(), &trouble),
    }
}

/// Shows what a link opens. Opens nothing, for programs that read mail follow links too.
async fn link(
    State(desk): State<Arc<Desk>>,
    Path((tenant, link)): Path<(String, String)>,
    query: Asked,
    headers: HeaderMap,
) -> Response {
    let language = language(asked_language(&query), &headers, desk.reception.language());
    let Some((tenant, link)) = known(&tenant, &link) else { return dead(language) };
    let frame = Frame::new(&tenant, language);
    match desk.reception.link_of(&tenant, &link).await {
        Ok(Some(asker)) => page::open(frame, &asker),
        Ok(None) => dead(language),
        Err(trouble) => troubled(&frame, &trouble),
    }
}

/// Uses a link up, and leaves the browser something that lets it in.
async fn open(
    State(desk): State<Arc<Desk>>,
    Path((tenant, link)): Path<(String, String)>,
    headers: HeaderMap,
    Form(pairs): Sent,
) -> Response {
    let lang = Fields::of(pairs).lang;
    let language = language(&lang, &headers, desk.reception.language());
    let Some((tenant, link)) = known(&tenant, &link) else { return dead(language) };
    let frame = Frame::new(&tenant, language);
    if !is_own(&headers, None, "") {
        return page::says(frame, StatusCode::FORBIDDEN, "foreign");
    }
    let opened = match desk.reception.open(&tenant, &link).await {
        Ok(opened) => opened,
        Err(trouble) => return troubled(&frame, &trouble),
    };
    let Some((held, seconds)) = opened else { return dead(language) };
    let mut answer = moved(&format!("/leavers/{tenant}?lang={}", language.code()));
    if let Some(cookie) = cookie(&tenant, held.reveal(), seconds, &headers) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer
}

fn known(tenant: &str, link: &str) -> Option<(TenantId, Secret)> {
    let tenant = tenant.parse().ok()?;
    is_ticket(link).then(|| (tenant, Secret::new(link.to_owned())))
}

fn dead(language: Language) -> Response {
    page::says(Frame::new(&TenantId::default(), language), StatusCode::NOT_FOUND, "dead-link")
}

/// Ends what the browser holds.
async fn close(
    State(desk): State<Arc<Desk>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(pairs): Sent,
) -> Response {
    let fields = Fields::of(pairs);
    let visit = match visit(&desk, &tenant, &fields.lang, &headers).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    if !is_own(&headers, Some(&visit.held), &fields.csrf) {
        return page::says(visit.frame(), StatusCode::FORBIDDEN, "foreign");
    }
    if let Err(trouble) = desk.reception.close(&visit.tenant, &visit.held).await {
        return troubled(&visit.frame(), &trouble);
    }
    let mut answer = page::says(visit.frame(), StatusCode::OK, "closed");
    if let Some(cookie) = cookie(&visit.tenant, "", 0, &headers) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer
}

const MOST_BYTES: usize = 16 << 10;
const MOST_LOOKS: usize = 4;
const STYLE: &str = include_str!("../../../../ui/static/leavers.css");
