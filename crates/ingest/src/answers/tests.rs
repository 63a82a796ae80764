//! How often and how long, in the words people use.

use super::phrases::{in_text_minutes, in_text_per_year, minutes, per_year};

type Read = fn(&str) -> Option<f64>;

fn check(read: Read, table: &[(&str, Option<f64>)]) {
    let failed: Vec<String> = table
        .iter()
        .filter(|(text, expected)| match (read(text), expected) {
            (Some(got), Some(expected)) => (got - expected).abs() > 0.01,
            (got, expected) => got.is_some() != expected.is_some(),
        })
        .map(|(text, expected)| format!("{text:?}: {:?}, not {expected:?}", read(text)))
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), table.len(), failed.join("\n"));
}

#[test]
fn how_often_reads_as_runs_a_year() {
    check(
        per_year,
        &[
            ("elke vrijdag", Some(52.0)),
            ("Elke vrijdagnamiddag", Some(52.0)),
            ("wekelijks", Some(52.0)),
            ("twee keer per week", Some(104.0)),
            ("2x/maand", Some(24.0)),
            ("2x per maand", Some(24.0)),
            ("dagelijks", Some(220.0)),
            ("elke werkdag", Some(220.0)),
            ("om de twee weken", Some(26.0)),
            ("om de 2 weken", Some(26.0)),
            ("1 keer per kwartaal", Some(4.0)),
            ("every Friday", Some(52.0)),
            ("twice a month", Some(24.0)),
            ("on the 1st of each month", Some(12.0)),
            ("a couple of times a week", Some(104.0)),
            ("50x per jaar", Some(50.0)),
            ("een keer of 3 per week", Some(156.0)),
            ("soms", None),
            ("regelmatig", None),
            ("een paar keer per week", Some(156.0)),
            ("maandelijks", Some(12.0)),
            ("elke maandag en donderdag", Some(104.0)),
            ("3 à 4 keer per maand", Some(42.0)),
            ("2-3 times per week", Some(130.0)),
            ("once a week", Some(52.0)),
            ("daily", Some(220.0)),
            ("every working day", Some(220.0)),
            ("every day", Some(220.0)),
            ("weekly", Some(52.0)),
            ("every two weeks", Some(26.0)),
            ("every other week", Some(26.0)),
            ("quarterly", Some(4.0)),
            ("jaarlijks", Some(1.0)),
            ("elk kwartaal", Some(4.0)),
            ("elke 1e van de maand", Some(12.0)),
            ("eerste maandag van de maand", Some(12.0)),
            ("per week", Some(52.0)),
            ("1x per week", Some(52.0)),
            ("vijf keer per dag", Some(1100.0)),
            ("10 times a year", Some(10.0)),
            ("sometimes", None),
            ("", None),
            ("120", Some(120.0)),
            ("chaque semaine", Some(52.0)),
            ("deux fois par mois", Some(24.0)),
            ("tous les vendredis", Some(52.0)),
            ("zweimal pro Woche", Some(104.0)),
            ("jeden Freitag", Some(52.0)),
            ("täglich", Some(220.0)),
            ("monatlich", Some(12.0)),
            ("tous les jours", Some(220.0)),
            ("als het nodig is", None),
        ],
    );
}

#[test]
fn how_long_reads_as_minutes() {
    check(
        minutes,
        &[
            ("half uurtje", Some(30.0)),
            ("een half uur", Some(30.0)),
            ("een kwartier", Some(15.0)),
            ("kwartiertje", Some(15.0)),
            ("anderhalf uur", Some(90.0)),
            ("1u30", Some(90.0)),
            ("1h15", Some(75.0)),
            ("20 min", Some(20.0)),
            ("20-30 minuten", Some(25.0)),
            ("2 uur", Some(120.0)),
            ("twee uurtjes", Some(120.0)),
            ("een halve dag", Some(240.0)),
            ("hele namiddag", Some(240.0)),
            ("about an hour", Some(60.0)),
            ("¾ h", Some(45.0)),
            ("een uur", Some(60.0)),
            ("uurtje", Some(60.0)),
            ("1,5 uur", Some(90.0)),
            ("1.5 hours", Some(90.0)),
            ("1½ uur", Some(90.0)),
            ("30 minutes", Some(30.0)),
            ("30'", Some(30.0)),
            ("45m", Some(45.0)),
            ("45", Some(45.0)),
            ("drie kwartier", Some(45.0)),
            ("half an hour", Some(30.0)),
            ("an hour and a half", Some(90.0)),
            ("quarter of an hour", Some(15.0)),
            ("ongeveer 10 minuten", Some(10.0)),
            ("10 à 15 min", Some(12.5)),
            ("een dag", Some(480.0)),
            ("1 uur en 15 minuten", Some(75.0)),
            ("vijf minuten", Some(5.0)),
            ("tien minuutjes", Some(10.0)),
            ("two hours", Some(120.0)),
            ("2 à 3 uur", Some(150.0)),
            ("half a day", Some(240.0)),
            ("une demi-heure", Some(30.0)),
            ("un quart d'heure", Some(15.0)),
            ("deux heures", Some(120.0)),
            ("eine halbe Stunde", Some(30.0)),
            ("zwei Stunden", Some(120.0)),
            ("lang", None),
            ("", None),
            ("te lang", None),
            ("geen idee", None),
        ],
    );
}

#[test]
fn a_chore_may_say_how_often_and_how_long_itself() {
    let what = "Elke vrijdag de backups nakijken, duurt een half uurtje";
    assert_eq!(in_text_per_year(what), Some(52.0));
    assert_eq!(in_text_minutes(what), Some(30.0));
    assert_eq!(in_text_minutes("Backups van 3 servers nakijken"), None);
    assert_eq!(in_text_per_year("Accounts aanmaken"), None);
}
