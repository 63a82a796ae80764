//! How good discovery is, on small sample worlds whose truth is known.
//!
//! A guard against getting worse, held to the measures the project is held to. Two worlds are too
//! few to say how good discovery is: that is `cargo xtask score`, on many and on held-out ones.

use kompel_sample::{Catalogue, Measures, Output, Part, Score, World, WorldOptions, score};

use crate::{hunt::Hunt, shared};

/// What is found in a world, and what discovery says when its rows stand in another order.
fn measure(catalogue: Catalogue, seed: u64) -> Score {
    let options = WorldOptions { seed, catalogue, ..WorldOptions::default() };
    let world = World::generate(&options);
    let said = Hunt::of(shared::log_of(&world)).json();
    let shuffled = World::generate(&WorldOptions { row_order: 1, ..options });
    let again = Hunt::of(shared::log_of(&shuffled)).json();
    let output: Output = serde_json::from_str(&said).unwrap();
    let mut score = score(&format!("{}{seed}", catalogue.code()), &world.truth(), &output);
    score.measures.row_order = Part { count: usize::from(said == again), of: 1 };
    score
}

#[test]
fn the_processes_of_sample_worlds_are_found_and_judged_right() {
    let scores = [measure(Catalogue::A, 31), measure(Catalogue::C, 32)];
    let mut all = Measures::default();
    for score in &scores {
        all.merge(&score.measures);
    }
    // So that no measure passes for want of anything to measure.
    assert!(all.found.of >= 16, "{:?}", all.found);
    assert!(all.chat.of >= 4 && all.answers.of >= 2, "{:?} {:?}", all.chat, all.answers);
    assert_eq!((all.first_three.of, all.row_order.of), (6, 2));
    assert_eq!(all.verdicts.len(), 4);
    assert!(all.verdicts.values().all(|part| part.of >= 20), "{:?}", all.verdicts);
    let wrong: Vec<String> = scores
        .iter()
        .flat_map(|score| {
            let missed = score.processes.iter().filter(|fate| {
                (fate.qualifies && !fate.found) || (fate.found && !fate.wrong.is_empty())
            });
            let missed = missed.map(|fate| format!("{} {fate:?}", score.world));
            missed.chain(score.wrong_candidates.iter().cloned())
        })
        .collect();
    assert!(all.failures().is_empty(), "{:#?}\n{all:#?}\n{wrong:#?}", all.failures());
}
