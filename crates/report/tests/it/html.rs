//! The HTML report.

use kompel_mining::RejectedWhy;
use kompel_model::Language;

use crate::hostile::page;
use crate::{pdf, sample};

#[test]
fn the_page_shows_candidates_rejected_groups_leftovers_and_findings() {
    let html = page(&sample::hunt(), Language::Nl);
    pdf::keep("hunt-nl.html", html.as_bytes());
    for wanted in [
        "<html lang=\"nl\">",
        "Wachtwoord reset VPN",
        "Rapport kopiëren naar SharePoint",
        "Welke heeft de hoogste prioriteit voor Secamo?",
        "21 % eindigt op dezelfde manier",
        "4.560",
        "Onleesbare datum",
        "export.csv, rij 31, Created",
        "criteria.frequency",
    ] {
        assert!(html.contains(wanted), "lacks {wanted:?}");
    }
}

#[test]
fn the_english_page_has_every_message() {
    let html = page(&sample::hunt(), Language::De);
    pdf::keep("hunt-en.html", html.as_bytes());
    assert!(html.contains("<html lang=\"en\">"));
    for place in html.match_indices('[') {
        let inside: String = html[place.0..].chars().take_while(|c| *c != ']').collect();
        let id = inside.trim_start_matches('[');
        let is_id = id.contains('-') && id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(!is_id || id == "aria-sort", "no message for {id}");
    }
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let html = page(&sample::hunt(), Language::En);
    for outside in ["http://", "https://", "src=", "@import", "url(", "<link"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn an_empty_hunt_says_so() {
    let mut hunt = sample::hunt_of(vec![]);
    hunt.discovery.rejected.clear();
    hunt.findings.clear();
    let html = page(&hunt, Language::En);
    for wanted in ["No candidate was found.", "No group was rejected.", "nothing to report"] {
        assert!(html.contains(wanted), "lacks {wanted:?}");
    }
}

#[test]
fn long_lists_are_cut_and_counted() {
    let mut hunt = sample::hunt();
    let group = hunt.discovery.rejected[0].clone();
    hunt.discovery.rejected = vec![group; 1000];
    let html = page(&hunt, Language::En);
    assert!(html.contains("+ 800 more"));
    assert!(html.len() < 2_000_000, "{}", html.len());
}

#[test]
fn odd_numbers_do_not_break_the_page() {
    let mut hunt = sample::hunt();
    hunt.discovery.rejected[0].why = RejectedWhy::ResolutionsDiffer { sameness: f64::NAN };
    for assessed in &mut hunt.assessment.candidates {
        assessed.value = f64::NAN;
        assessed.ease.share = f64::INFINITY;
        assessed.score = f64::NEG_INFINITY;
    }
    let html = page(&hunt, Language::Nl);
    for odd in ["NaN", "inf\""] {
        assert!(!html.contains(odd), "{odd}");
    }
}

#[test]
fn the_same_hunt_gives_the_same_page() {
    assert_eq!(page(&sample::hunt(), Language::Nl), page(&sample::hunt(), Language::Nl));
}
