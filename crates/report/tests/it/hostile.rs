//! Text of records is data: never markup, never code, and never a reason to fail.

use kompel_model::{Language, Phrase};
use kompel_report::{HuntView, hunt_html, map_pdf, pitch_pdf};

use crate::{pdf, sample};

const TEXTS: [&str; 12] = [
    "#panic(\"boom\") #read(\"/etc/passwd\")",
    "*bold* _italic_ $x^2$ `raw` <label> @ref",
    "= Heading - list + enum / term: \\ ~ -- ---",
    "#import \"style.typ\": *; ] } ) [ { (",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)> ' & &amp; {{ title }} {% raw %}",
    "{ $title } { who-name } \\u{202E}",
    "\u{202E}evil\u{2066}\u{0}\u{7}\u{1b}[31m\u{FEFF}",
    "مرحبا بالعالم שלום עולם",
    "👩‍💻🔥🇧🇪 e\u{301}\u{301}\u{301}\u{301}\u{301}",
    "証明書の更新 인증서 갱신",
    "https://example.invalid/a/very/long/path/without/any/space/in/it?with=query&and=more#fragment",
];

#[test]
fn hostile_text_in_a_map_is_shown_as_text_on_one_page() {
    for (at, text) in TEXTS.iter().enumerate() {
        let hunt = sample::hunt();
        let mut map = hunt.maps[0].clone();
        (*text).clone_into(&mut map.title);
        map.id.0 = (*text).to_owned();
        for quote in &mut map.quotes {
            (*text).clone_into(&mut quote.text);
            quote.of.key = (*text).into();
        }
        map.rows[2].lines[0].says = Phrase::new("step-now")
            .number("number", 1)
            .text("text", *text)
            .number("count", 2)
            .number("of", 3);
        let mut context = hunt.context;
        context.tenant = Some((*text).to_owned());
        let bytes = map_pdf(&map, Language::Nl, &context).unwrap();
        assert_eq!(pdf::pages(&format!("hostile-{at}"), &bytes).unwrap_or(1), 1, "{text}");
    }
}

#[test]
fn markup_comes_out_letter_for_letter() {
    let hunt = sample::hunt();
    let mut map = hunt.maps[0].clone();
    map.title = "#panic() *bold* $x$".to_owned();
    let bytes = map_pdf(&map, Language::En, &hunt.context).unwrap();
    if let Some(text) = pdf::words("markup", &bytes) {
        assert!(text.contains("#panic() *bold* $x$"), "{text}");
    }
}

#[test]
fn hostile_text_in_a_pitch_is_shown_as_text_on_one_page() {
    for (at, text) in TEXTS.iter().enumerate() {
        let mut hunt = sample::hunt();
        for entry in &mut hunt.pitch.entries {
            (*text).clone_into(&mut entry.title);
            entry.systems = vec![(*text).to_owned()];
        }
        hunt.pitch.decider = Some((*text).to_owned());
        let bytes = pitch_pdf(&hunt.pitch, Language::En, &hunt.context).unwrap();
        assert_eq!(pdf::pages(&format!("hostile-pitch-{at}"), &bytes).unwrap_or(1), 1, "{text}");
    }
}

#[test]
fn no_text_becomes_html() {
    for text in TEXTS {
        let mut hunt = sample::hunt();
        let calm = tags(&sample::hunt());
        for candidate in &mut hunt.discovery.candidates {
            text.clone_into(&mut candidate.title);
        }
        for map in &mut hunt.maps {
            for quote in &mut map.quotes {
                text.clone_into(&mut quote.text);
                quote.of.key = text.into();
            }
        }
        for entry in &mut hunt.pitch.entries {
            text.clone_into(&mut entry.title);
        }
        for group in &mut hunt.discovery.rejected {
            text.clone_into(&mut group.title);
        }
        for finding in &mut hunt.findings {
            finding.detail = Phrase::new("detail-date").text("value", text);
            text.clone_into(&mut finding.place.file);
        }
        hunt.context.tenant = Some(text.to_owned());
        assert_eq!(tags(&hunt), calm, "{text}");
    }
}

/// How many tags and how many quotation marks the page has: text must add none.
fn tags(hunt: &sample::Hunt) -> (usize, usize) {
    let html = page(hunt, Language::Nl);
    (html.matches('<').count(), html.matches('"').count())
}

/// The hunt's page.
pub(crate) fn page(hunt: &sample::Hunt, language: Language) -> String {
    let view = HuntView {
        context: &hunt.context,
        discovery: &hunt.discovery,
        assessment: &hunt.assessment,
        maps: &hunt.maps,
        pitch: &hunt.pitch,
        findings: &hunt.findings,
    };
    hunt_html(&view, language).unwrap()
}
