//! Answers of several files: which file a row belongs to, and the ref it goes by.
//!
//! An answer's ref is its data row (`3`). That names it within one file only, so the rows of a
//! second file with other answers go by that file's name too (`spring.csv#3`). A newer version of
//! a file that is known, whatever its name, updates that file's rows: nothing is counted twice.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::Answer;

/// Of the shorter of two files, the share of rows that must recur for one to be the other's newer
/// version.
const SAME_FILE: f64 = 0.5;

/// Gives each of `new` the ref under which it is kept beside the answers that are `known`.
/// `name` is the name of the file that they come from.
pub(crate) fn place(known: &[Answer], new: &mut [Answer], name: &str) {
    let mut files: BTreeMap<&str, BTreeSet<Words<'_>>> = BTreeMap::new();
    for answer in known {
        files.entry(file_of(&answer.id.key)).or_default().insert(words(answer));
    }
    let label = label(&files, new, name);
    if label.is_empty() {
        return;
    }
    for answer in new {
        answer.id.key = format!("{label}#{}", answer.id.key).into();
    }
}

/// What a person wrote.
type Words<'a> = (&'a str, &'a str, &'a str);

fn words(answer: &Answer) -> Words<'_> {
    (&answer.what, &answer.how_often, &answer.how_long)
}

/// The file's part of a ref; empty for the first file.
fn file_of(key: &str) -> &str {
    key.rsplit_once('#').map_or("", |(file, _)| file)
}

fn label(files: &BTreeMap<&str, BTreeSet<Words<'_>>>, new: &[Answer], name: &str) -> String {
    let rows: BTreeSet<Words<'_>> = new.iter().map(words).collect();
    let same = files
        .iter()
        .map(|(file, known)| (known.intersection(&rows).count(), known.len(), *file))
        .filter(|(common, known, _)| {
            let shorter = rows.len().min(*known).max(1);
            *common as f64 / shorter as f64 >= SAME_FILE
        })
        .max_by(|a, b| a.0.cmp(&b.0).then(b.2.cmp(a.2)));
    if let Some((_, _, file)) = same {
        return file.to_owned();
    }
    if files.is_empty() {
        return String::new();
    }
    let name = name.replace('#', "_");
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone())
        .chain(numbered)
        .find(|label| !files.contains_key(label.as_str()))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use kompel_model::{MemberRef, SourceKind};

    use super::*;

    fn answers(chores: &[&str]) -> Vec<Answer> {
        let answer = |(row, what): (usize, &&str)| Answer {
            id: MemberRef { source: SourceKind::Survey, key: (row + 1).to_string().into() },
            author: None,
            at: None,
            what: (*what).to_owned(),
            how_often: "weekly".to_owned(),
            how_long: String::new(),
            per_year: Some(52.0),
            minutes: None,
        };
        chores.iter().enumerate().map(answer).collect()
    }

    fn keys(answers: &[Answer]) -> Vec<String> {
        answers.iter().map(|a| a.id.key.to_string()).collect()
    }

    /// The refs of a file's answers beside those that are known.
    fn placed(known: &[Answer], chores: &[&str], name: &str) -> Vec<Answer> {
        let mut new = answers(chores);
        place(known, &mut new, name);
        new
    }

    #[test]
    fn the_first_file_goes_by_rows_and_other_answers_by_their_file_too() {
        let first = placed(&[], &["backups", "licences"], "a.csv");
        assert_eq!(keys(&first), ["1", "2"]);
        let second = placed(&first, &["roster", "parcels"], "b.csv");
        assert_eq!(keys(&second), ["b.csv#1", "b.csv#2"]);
        let both: Vec<Answer> = first.iter().chain(&second).cloned().collect();
        let third = placed(&both, &["coffee"], "b.csv");
        assert_eq!(keys(&third), ["b.csv-2#1"]);
    }

    #[test]
    fn a_newer_version_keeps_the_refs_whatever_its_name() {
        let first = placed(&[], &["backups", "licences"], "a.csv");
        let second = placed(&first, &["roster", "parcels"], "b.csv");
        let both: Vec<Answer> = first.iter().chain(&second).cloned().collect();
        let newer = placed(&both, &["backups", "licences", "tapes"], "a-final.csv");
        assert_eq!(keys(&newer), ["1", "2", "3"]);
        let newer = placed(&both, &["roster", "boxes"], "c.csv");
        assert_eq!(keys(&newer), ["b.csv#1", "b.csv#2"]);
    }
}
