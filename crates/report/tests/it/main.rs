//! The reports as their readers get them.

mod sample;

use kompel_model::Language;
use kompel_report::map_pdf;

#[test]
fn look() {
    let hunt = sample::hunt();
    let dir = env!("CARGO_TARGET_TMPDIR");
    for map in &hunt.maps {
        for lang in [Language::Nl, Language::En] {
            let pdf = map_pdf(map, lang, &hunt.context).unwrap();
            std::fs::write(format!("{dir}/{}-{lang}.pdf", map.id), pdf).unwrap();
        }
    }
}
