//! The pitch.

use kompel_model::Language;
use kompel_report::pitch_pdf;

use crate::{pdf, sample};

#[test]
fn the_pitch_asks_the_seed_s_question_of_three_candidates() {
    let hunt = sample::hunt();
    assert_eq!(hunt.pitch.entries.len(), 3);
    let bytes = pitch_pdf(&hunt.pitch, Language::Nl, &hunt.context).unwrap();
    assert_eq!(pdf::pages("pitch-nl", &bytes).unwrap_or(1), 1);
    let Some(text) = pdf::words("pitch-nl", &bytes) else { return };
    for wanted in [
        "Ik heb 3 processen gevonden.",
        "Welke heeft de hoogste prioriteit voor Secamo?",
        "Wachtwoord reset VPN",
        "Certificaat vernieuwen",
        "Offboarding",
        "Handtekening",
        "94 %",
    ] {
        assert!(text.contains(wanted), "lacks {wanted:?}:\n{text}");
    }
}

#[test]
fn fewer_than_three_candidates_leave_their_places_visibly_empty() {
    let all = [sample::vpn(), sample::leavers(), sample::certificates()];
    for count in 0..=3 {
        let hunt = sample::hunt_of(all[..count].to_vec());
        let name = format!("pitch-of-{count}");
        let bytes = pitch_pdf(&hunt.pitch, Language::En, &hunt.context).unwrap();
        assert_eq!(pdf::pages(&name, &bytes).unwrap_or(1), 1, "{name}");
        if let Some(text) = pdf::words(&name, &bytes) {
            assert_eq!(text.matches("No other process").count(), 3 - count, "{text}");
        }
    }
}

#[test]
fn the_same_pitch_gives_the_same_bytes() {
    let bytes = || {
        let hunt = sample::hunt();
        pitch_pdf(&hunt.pitch, Language::En, &hunt.context).unwrap()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_pitch_takes_one_page_whatever_is_in_it() {
    let mut hunt = sample::hunt();
    let long = "Certificaat vernieuwen op de load balancer ".repeat(30);
    for entry in &mut hunt.pitch.entries {
        entry.title.clone_from(&long);
        entry.systems = vec![long.clone(); 20];
        entry.ease = f64::NAN;
        entry.value = 7.0;
        entry.per_year = Some(f64::INFINITY);
    }
    hunt.pitch.question =
        hunt.pitch.question.text("visible_title", &long).text("quick_title", &long);
    hunt.pitch.decider = Some("x".repeat(500));
    let bytes = pitch_pdf(&hunt.pitch, Language::Nl, &hunt.context).unwrap();
    assert_eq!(pdf::pages("pitch-long", &bytes).unwrap_or(1), 1);
}
