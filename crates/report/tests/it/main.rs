//! The reports as their readers get them.

mod sample;

use kompel_model::Language;
use kompel_report::{map_pdf, pitch_pdf};

#[test]
fn look() {
    let hunt = sample::hunt();
    let dir = env!("CARGO_TARGET_TMPDIR");
    for (n, hunt) in [sample::hunt_of(vec![]), sample::hunt_of(vec![sample::vpn()]), sample::hunt_of(vec![sample::vpn(), sample::leavers()]), sample::hunt()].iter().enumerate() {
        for lang in [Language::Nl, Language::En] {
            let pdf = pitch_pdf(&hunt.pitch, lang, &hunt.context).unwrap();
            std::fs::write(format!("{dir}/pitch{n}-{lang}.pdf"), pdf).unwrap();
        }
    }
    for map in &hunt.maps {
        for lang in [Language::Nl, Language::En] {
            let pdf = map_pdf(map, lang, &hunt.context).unwrap();
            std::fs::write(format!("{dir}/{}-{lang}.pdf", map.id), pdf).unwrap();
        }
    }
}
