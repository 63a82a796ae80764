//! The A4 of one process.

use kompel_model::{Language, Phrase};
use kompel_qualify::{MapLine, MapRowKind, ProcessMap, Verdict};
use kompel_report::{MapContext, map_pdf};

use crate::{pdf, sample};

fn has_all(name: &str, bytes: &[u8], wanted: &[&str]) {
    if let Some(text) = pdf::words(name, bytes) {
        for words in wanted {
            assert!(text.contains(words), "{name} lacks {words:?}:\n{text}");
        }
    }
}

fn is_one_page(name: &str, bytes: &[u8]) {
    if let Some(pages) = pdf::pages(name, bytes) {
        assert_eq!(pages, 1, "{name}");
    }
}

#[test]
fn a_dutch_map_has_the_seeds_rows_and_questions() {
    let hunt = sample::hunt();
    let bytes = map_pdf(&hunt.maps[0], Language::Nl, &hunt.context).unwrap();
    let wanted = [
        "Wachtwoord reset VPN",
        "c-7f3a",
        "Brugwacht NV · stand van 30 juni 2026",
        "Trigger",
        "Wat start dit proces?",
        "Input Data",
        "Welke info heb je nodig?",
        "Stappen (Nu)",
        "Wat doet de mens?",
        "Pijn",
        "Waar gaat het mis?",
        "Stappen (Straks)",
        "Wat doet jouw orchestrator?",
        "Winst",
        "Wat levert het op?",
        "(296 van 318)",
        "OPS-12 OPS-29 OPS-46",
        "318 keer in 18 maanden",
        "26,5 uur",
        "Ik geraak niet meer op de VPN",
        "Jira: 4.312 records",
    ];
    has_all("vpn-nl", &bytes, &wanted);
    is_one_page("vpn-nl", &bytes);
}

#[test]
fn an_english_map_speaks_english_about_the_same_records() {
    let hunt = sample::hunt();
    let bytes = map_pdf(&hunt.maps[0], Language::En, &hunt.context).unwrap();
    let wanted =
        ["What starts this process?", "as of 30 June 2026", "26.5", "4,312 records", "OPS-12"];
    has_all("vpn-en", &bytes, &wanted);
}

#[test]
fn verdicts_are_said_in_words_beside_their_marks() {
    let hunt = sample::hunt();
    let mut map = hunt.maps[0].clone();
    map.criteria.systems.verdict = Verdict::NotMet;
    map.criteria.errors.verdict = Verdict::Unknown;
    let bytes = map_pdf(&map, Language::Nl, &hunt.context).unwrap();
    has_all("verdicts", &bytes, &["VOLDAAN", "NIET VOLDAAN", "NIET BEKEND"]);
}

#[test]
fn the_document_carries_its_title_and_the_data_s_date_and_is_tagged() {
    let hunt = sample::hunt();
    let bytes = map_pdf(&hunt.maps[0], Language::Nl, &hunt.context).unwrap();
    let Some(info) = pdf::info("info", &bytes) else { return };
    for wanted in ["Proceskaart: Wachtwoord reset VPN", "Jun 30", "2026"] {
        assert!(info.contains(wanted), "{info}");
    }
    let tagged = info.lines().find(|line| line.starts_with("Tagged:")).unwrap();
    assert!(tagged.ends_with("yes"), "{info}");
}

#[test]
fn the_same_map_gives_the_same_bytes() {
    let bytes = || {
        let hunt = sample::hunt();
        map_pdf(&hunt.maps[0], Language::Nl, &hunt.context).unwrap()
    };
    let first = bytes();
    let hunt = sample::hunt();
    map_pdf(&hunt.maps[1], Language::En, &hunt.context).unwrap();
    assert_eq!(first, bytes());
}

#[test]
fn what_a_person_must_fill_in_is_asked_and_left_blank() {
    let hunt = sample::hunt_of(vec![sample::claimed()]);
    let bytes = map_pdf(&hunt.maps[0], Language::Nl, &hunt.context).unwrap();
    has_all("claimed-nl", &bytes, &["Wat doet de mens nu, stap voor stap?", "niet bekend"]);
    is_one_page("claimed-nl", &bytes);
}

fn flooded(mut map: ProcessMap, lines: usize, words: &str) -> ProcessMap {
    for row in &mut map.rows {
        let known = row.lines[0].evidence.clone();
        row.lines = (1..=lines)
            .map(|number| MapLine {
                says: Phrase::new("step-now")
                    .number("number", u32::try_from(number).unwrap())
                    .number("count", 5)
                    .number("of", 9)
                    .text("text", words),
                evidence: known.clone(),
                blank: false,
            })
            .collect();
    }
    map
}

#[test]
fn a_map_takes_one_page_whatever_is_in_it() {
    let plain = || sample::hunt().maps.remove(0);
    let long = "Certificaat vernieuwen op de load balancer van de klant ".repeat(40);
    let mut long_title = plain();
    long_title.title.clone_from(&long);
    let mut wide = plain();
    wide.title = "W".repeat(4000);
    wide.quotes.iter_mut().for_each(|quote| quote.text = "x".repeat(9000));
    let mut empty = plain();
    empty.title.clear();
    empty.rows.clear();
    empty.months.clear();
    empty.quotes.clear();
    empty.gain.hours_per_month = None;
    empty.time = kompel_qualify::TimeUse::default();
    let mut decades = plain();
    decades.months = (0..900).map(|at| decades.months[at % 18]).collect();
    let mut reasons = plain();
    for criterion in [&mut reasons.criteria.frequency, &mut reasons.criteria.errors] {
        criterion.reason = Phrase::new("then-close").text("number", "1").text("system", &long);
    }
    let mut blanks = plain();
    for row in &mut blanks.rows {
        row.lines.iter_mut().for_each(|line| line.blank = true);
    }
    let cases = [
        ("long title", long_title),
        ("wide words", wide),
        ("forty steps", flooded(plain(), 40, "Iets gedaan in het systeem")),
        ("forty long steps", flooded(plain(), 40, &long)),
        ("a thousand steps", flooded(plain(), 1000, "kort")),
        ("nothing at all", empty),
        ("seventy-five years", decades),
        ("long reasons", reasons),
        ("all blank", blanks),
    ];
    for (name, map) in cases {
        let bytes = map_pdf(&map, Language::Nl, &sample::hunt().context).unwrap();
        is_one_page(&name.replace(' ', "-"), &bytes);
    }
}

#[test]
fn steps_that_do_not_fit_are_counted() {
    let map = flooded(sample::hunt().maps.remove(0), 40, "Iets gedaan in het systeem");
    let bytes = map_pdf(&map, Language::Nl, &MapContext::default()).unwrap();
    has_all("forty", &bytes, &["+ nog 3"]);
}

#[test]
fn rows_stand_in_the_seed_s_order_whatever_the_map_s() {
    let hunt = sample::hunt();
    let mut map = hunt.maps[0].clone();
    map.rows.reverse();
    let bytes = map_pdf(&map, Language::En, &hunt.context).unwrap();
    let Some(text) = pdf::words("reversed", &bytes) else { return };
    let places: Vec<_> = ["What starts", "Where does it go wrong", "What does it bring"]
        .iter()
        .map(|words| text.find(words).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(map.rows[0].kind, MapRowKind::Gain);
}
