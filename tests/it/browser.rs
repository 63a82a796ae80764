//! The HTML report in a real browser: it sorts, filters, can be used by keys, and asks nobody.

use std::sync::LazyLock;

use kompel_ingest::{Format, Input};
use kompel_model::Language;
use kompel_qualify::{Policy, pitch, process_map};
use kompel_report::{HuntView, MapContext, hunt_html};
use kompel_sample::{World, WorldOptions};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    hunt::Hunt,
    shared::reading_as,
    webdriver::{BACKSPACE, Browser, ENTER, SPACE, TAB},
};

/// The report of a small world, as a file.
static REPORT: LazyLock<(TempDir, String)> = LazyLock::new(|| {
    let world = World::generate(&WorldOptions { seed: 3, scale: 0.3, ..WorldOptions::default() });
    let mut csv = Vec::new();
    world.jira_csv(&mut csv).unwrap();
    let reading = reading_as(Format::JiraCsv, &Input::file("jira.csv", csv));
    let hunt = Hunt::of(reading.log);
    let policy = Policy::default();
    let facts = |id: &str| hunt.discovery.candidates.iter().find(|c| c.id.as_str() == id).unwrap();
    let maps: Vec<_> = hunt
        .assessment
        .candidates
        .iter()
        .map(|assessed| process_map(facts(assessed.id.as_str()), assessed, &policy))
        .collect();
    let view = HuntView {
        context: &MapContext::of(&hunt.discovery, None),
        discovery: &hunt.discovery,
        assessment: &hunt.assessment,
        maps: &maps,
        pitch: &pitch(&hunt.discovery, &hunt.assessment, &policy),
        findings: &reading.findings,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    std::fs::write(&path, hunt_html(&view, Language::En).unwrap()).unwrap();
    let url = format!("file://{}", path.display());
    (folder, url)
});

fn opened() -> Option<Browser> {
    let browser = Browser::start()?;
    browser.open(&REPORT.1);
    Some(browser)
}

/// The values of a column of the rows that are shown, from top to bottom.
fn column(browser: &Browser, at: usize) -> Vec<f64> {
    let cells = format!(
        "[...document.querySelectorAll('#table tbody tr')].filter(r => r.offsetParent).map(r => \
         Number(r.cells[{at}].dataset.value))"
    );
    browser.value(&cells).as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The titles of the rows that are shown.
fn titles(browser: &Browser) -> Vec<String> {
    let cells = "[...document.querySelectorAll('#table tbody tr')].filter(r => r.offsetParent)\
                 .map(r => r.cells[1].querySelector('a').textContent)";
    let titles = browser.value(cells);
    titles.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
}

fn focus(browser: &Browser) -> String {
    let name = "(e => e.id || e.className || e.textContent.trim())(document.activeElement)";
    browser.value(name).as_str().unwrap().to_owned()
}

fn tab_to(browser: &Browser, wanted: &str) {
    for _ in 0..20 {
        browser.press(&[TAB]);
        if focus(browser) == wanted {
            return;
        }
    }
    panic!("the Tab key does not reach {wanted}");
}

#[test]
fn columns_sort_up_and_down() {
    let Some(browser) = opened() else { return };
    let ranks = column(&browser, 0);
    assert!(ranks.len() > 5, "{ranks:?}");
    assert!(ranks.is_sorted(), "first in the order of the ranks: {ranks:?}");
    browser.click("#table thead th:nth-child(7) button");
    let down = column(&browser, 6);
    assert!(down.is_sorted_by(|a, b| a >= b), "{down:?}");
    assert!(down.first() > down.last(), "{down:?}");
    browser.click("#table thead th:nth-child(7) button");
    assert!(column(&browser, 6).is_sorted(), "{:?}", column(&browser, 6));
    let says = "document.querySelector('#table thead th:nth-child(7)').getAttribute('aria-sort')";
    assert_eq!(browser.value(says), "ascending");
    browser.click("#table thead th:nth-child(2) button");
    let sorted = "(t => JSON.stringify(t) === JSON.stringify([...t].sort((a, b) => \
                  a.localeCompare(b))))([...document.querySelectorAll('#table tbody tr')]\
                  .map(r => r.cells[1].textContent))";
    assert_eq!(browser.value(sorted), true, "{:?}", titles(&browser));
    assert_eq!(browser.value("document.querySelectorAll('#table th[aria-sort]').length"), 1);
    browser.click("#table thead th:nth-child(1) button");
    assert_eq!(column(&browser, 0), ranks);
}

#[test]
fn the_filter_leaves_what_it_says() {
    let Some(browser) = opened() else { return };
    let all = titles(&browser);
    let word = all[0].split(' ').next().unwrap().to_lowercase();
    let expected: Vec<&String> =
        all.iter().filter(|title| title.to_lowercase().contains(&word)).collect();
    assert!(expected.len() < all.len(), "{all:?}");
    browser.click("#filter");
    let keys: Vec<String> = word.chars().map(String::from).collect();
    browser.press(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(titles(&browser).iter().collect::<Vec<_>>(), expected);
    browser.press(&vec![BACKSPACE; keys.len()]);
    assert_eq!(titles(&browser), all, "an empty filter leaves all");
    browser.click("#only");
    let left = titles(&browser);
    let qualifying = browser.value("document.querySelectorAll('#table tbody tr:not(.out)').length");
    assert_eq!(json!(left.len()), qualifying);
    assert!(!left.is_empty() && left.len() < all.len(), "{left:?}");
}

#[test]
fn keys_alone_reach_and_work_everything() {
    let Some(browser) = opened() else { return };
    browser.press(&[TAB]);
    assert_eq!(focus(&browser), "skip");
    browser.press(&[ENTER]);
    assert_eq!(browser.value("location.hash"), "#candidates");
    tab_to(&browser, "filter");
    tab_to(&browser, "only");
    let before = titles(&browser).len();
    browser.press(&[SPACE]);
    assert!(titles(&browser).len() < before);
    tab_to(&browser, "scroll");
    tab_to(&browser, "Per year");
    browser.press(&[ENTER]);
    let down = column(&browser, 6);
    assert!(down.is_sorted_by(|a, b| a >= b), "{down:?}");
    let outline = "getComputedStyle(document.activeElement).outlineStyle";
    assert_ne!(browser.value(outline), "none", "one sees where the focus is");
    let first = titles(&browser)[0].clone();
    tab_to(&browser, &first);
    browser.press(&[ENTER]);
    let open = "document.getElementById(decodeURIComponent(location.hash.slice(1))).open";
    assert_eq!(browser.value(open), true, "a title leads to its details");
    for (selector, role, name) in [
        ("#filter", "searchbox", "Search in the titles"),
        ("#only", "checkbox", "Only those that pass the filter"),
        ("#table", "table", ""),
        ("#table tbody th", "rowheader", first.as_str()),
    ] {
        let (spoken_role, spoken_name) = browser.spoken(selector);
        assert_eq!(spoken_role, role, "{selector}");
        assert!(spoken_name.starts_with(name), "{selector}: {spoken_name:?}");
    }
}

#[test]
fn it_asks_nobody_and_complains_of_nothing() {
    let Some(browser) = opened() else { return };
    browser.click("#only");
    browser.click("#table thead th:nth-child(7) button");
    browser.value("[...document.querySelectorAll('details')].forEach(d => d.open = true)");
    assert_eq!(browser.requests(), [REPORT.1.as_str()]);
    assert_eq!(browser.console(), Vec::<String>::new());
    // The page forbids itself to ask; this also shows that the console would tell.
    let refused = browser.value(
        "new Promise(done => { \
           document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective)); \
           new Image().src = 'http://127.0.0.1:9/x'; })",
    );
    assert_eq!(refused, "img-src");
    let told: Value = browser.console().into();
    assert!(told.to_string().contains("Content Security Policy"), "{told}");
}
