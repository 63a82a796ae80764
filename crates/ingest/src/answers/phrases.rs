//! Words for how often and how long, in Dutch, English, French and German, as numbers.
//!
//! Owns the numbers behind the words: a year has 52 weeks and 220 working days, a working day
//! 8 hours. Words without a number in them ("soms", "regularly") give `None`.

use std::sync::LazyLock;

use regex::Regex;

/// Runs a year, from an answer to "how often".
pub(super) fn per_year(text: &str) -> Option<f64> {
    let text = normal(text);
    if let Some(per_year) = counted(&text).or_else(|| unit_rate(&text)) {
        return Some(per_year);
    }
    let alone = BARE.captures(&text)?;
    number(&alone[1]).filter(|n| *n > 0.0 && *n <= 10_000.0)
}

/// Runs a year, where a longer text says so in passing.
pub(super) fn in_text_per_year(text: &str) -> Option<f64> {
    let text = normal(text);
    counted(&text).or_else(|| unit_rate(&text))
}

/// Minutes a run, from an answer to "how long"; a bare number is minutes.
pub(super) fn minutes(text: &str) -> Option<f64> {
    in_text_minutes(text).or_else(|| {
        let text = normal(text);
        let alone = BARE.captures(&text)?;
        number(&alone[1]).filter(|n| *n > 0.0 && *n <= 2_400.0)
    })
}

/// Minutes a run, where a longer text says so in passing.
pub(super) fn in_text_minutes(text: &str) -> Option<f64> {
    let text = normal(text);
    if let Some(found) = RANGE_TIME.captures(&text) {
        let (low, high) = (number(&found[1])?, number(&found[2])?);
        return Some((low + high) / 2.0 * time_unit(&found[3])?);
    }
    if let Some(found) = HOURS_MINUTES.captures(&text) {
        let minutes = found.get(2).map_or(Some(0.0), |m| number(m.as_str()))?;
        return Some(number(&found[1])? * 60.0 + minutes);
    }
    if let Some((_, minutes)) = FIXED.iter().find(|(words, _)| has_words(&text, words)) {
        return Some(*minutes);
    }
    let found = AMOUNT.captures(&text)?;
    let amount = found.get(1).map_or(Some(1.0), |n| number(n.as_str().trim()))?;
    let half = found.get(2).map_or(0.0, |_| 0.5);
    Some((amount + half) * time_unit(&found[3])?)
}

/// "twee keer per week", "3x/maand", "5 à 6 fois par mois", "twice a month".
fn counted(text: &str) -> Option<f64> {
    if let Some(found) = EVERY_N.captures(text) {
        let many = number(&found[1]).filter(|n| *n > 0.0)?;
        return Some(units_per_year(&found[2])? / many);
    }
    if let Some(found) = RANGE_COUNT.captures(text) {
        let (low, high) = (number(&found[1])?, number(&found[2])?);
        return Some((low + high) / 2.0 * units_per_year(&found[3])?);
    }
    if let Some(found) = COUNT.captures(text) {
        let times = number(found.get(1)?.as_str().trim())?;
        return Some(times * units_per_year(&found[2])?);
    }
    None
}

/// "wekelijks", "elke vrijdag", "every working day", "am 1. jedes Monats".
fn unit_rate(text: &str) -> Option<f64> {
    if let Some((_, per_year)) = RATES.iter().find(|(words, _)| has_words(text, words)) {
        return Some(*per_year);
    }
    if let Some(found) = EVERY.captures(text) {
        let days = WEEKDAY.find_iter(&found[0]).count();
        let unit = found.get(1).map_or("", |m| m.as_str());
        return if days > 0 { Some(52.0 * days as f64) } else { units_per_year(unit) };
    }
    let days = WEEKDAYS_ALONE.find_iter(text).count();
    (days > 0).then_some(52.0 * days as f64)
}

fn units_per_year(unit: &str) -> Option<f64> {
    let starts = |words: &[&str]| words.iter().any(|word| unit.starts_with(word));
    Some(if WEEKDAY.is_match(unit) {
        52.0
    } else if starts(&[
        "werkdag",
        "working",
        "workday",
        "business",
        "arbeitstag",
        "jour ouv",
        "weekday",
        "werktag",
    ]) {
        220.0
    } else if starts(&["week", "wk", "semaine", "woche"]) {
        52.0
    } else if starts(&["maand", "month", "mois", "monat", "mnd", "mth"]) {
        12.0
    } else if starts(&["kwartaal", "quarter", "trimest", "quartal"]) {
        4.0
    } else if starts(&["jaar", "year", "jahr", "annee", "yr", "ans", "semest", "halfjaar"]) {
        if unit.starts_with("semest") || unit.starts_with("halfjaar") { 2.0 } else { 1.0 }
    } else if starts(&["uur", "hour", "heure", "stunde"]) {
        220.0 * 8.0
    } else if starts(&[
        "dag",
        "day",
        "jour",
        "tag",
        "morning",
        "ochtend",
        "avond",
        "evening",
        "namiddag",
        "voormiddag",
        "afternoon",
        "matin",
        "shift",
        "nacht",
        "night",
    ]) {
        220.0
    } else {
        return None;
    })
}

fn time_unit(unit: &str) -> Option<f64> {
    let starts = |words: &[&str]| words.iter().any(|word| unit.starts_with(word));
    Some(if starts(&["sec", "sek"]) {
        1.0 / 60.0
    } else if starts(&["kwartier", "quarter", "viertel"]) {
        15.0
    } else if starts(&["halfuur", "half uur", "half hour", "halve uur", "demi"]) {
        30.0
    } else if starts(&["m", "'", "’"]) {
        1.0
    } else if starts(&["u", "h", "st"]) {
        60.0
    } else if starts(&["dag", "day", "jour", "tag", "werkdag", "workday", "man"]) {
        480.0
    } else {
        return None;
    })
}

/// Lower case, without accents, fractions as decimals, one space between words.
fn normal(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(MAX_TEXT));
    for c in text.chars().take(MAX_TEXT) {
        match c {
            '½' => plain.push_str(if ends_in_digit(&plain) { ".5" } else { "0.5" }),
            '¼' => plain.push_str(if ends_in_digit(&plain) { ".25" } else { "0.25" }),
            '¾' => plain.push_str(if ends_in_digit(&plain) { ".75" } else { "0.75" }),
            '×' => plain.push('x'),
            '–' | '—' => plain.push('-'),
            'é' | 'è' | 'ê' | 'ë' | 'É' => plain.push('e'),
            'à' | 'â' | 'ä' | 'À' => plain.push('a'),
            'ö' | 'ô' => plain.push('o'),
            'ü' | 'û' => plain.push('u'),
            'ï' | 'î' => plain.push('i'),
            'ß' => plain.push_str("ss"),
            _ => plain.extend(c.to_lowercase()),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        free(text[..at].chars().next_back()) && free(text[at + words.len()..].chars().next())
    })
}

fn number(word: &str) -> Option<f64> {
    let word = word.trim();
    if let Some((_, value)) = NUMBERS.iter().find(|(name, _)| *name == word) {
        return Some(*value);
    }
    if let Some((over, under)) = word.split_once('/') {
        let (over, under): (f64, f64) = (over.trim().parse().ok()?, under.trim().parse().ok()?);
        return (under > 0.0).then(|| over / under);
    }
    let value: f64 = word.replace(',', ".").parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some(value)
}

fn pattern(source: &str) -> Regex {
    let source = source
        .replace("NUM", NUM)
        .replace("UNIT", UNIT)
        .replace("TIMES", TIMES)
        .replace("PER", PER)
        .replace("TIME", TIME);
    Regex::new(&source).expect("the pattern is a constant that a test compiles")
}

const NUM: &str = concat!(
    r"(?:\d+(?:[.,]\d+)?(?:/\d+)?|een keer of \w+|een stuk of \w+|a couple of|couple of|een paar|enkele|",
    r"a few|quelques|ein paar|paar|anderhalve?|one and a half|andert\w+|eine[nr]?s?|een|ene|one|an|a|",
    r"une?|ein|twee|two|deux|zwei|drie|three|trois|drei|vier|four|quatre|vijf|five|cinq|funf|zes|six|",
    r"sechs|zeven|seven|sept|sieben|acht|eight|huit|negen|nine|neuf|neun|tien|ten|dix|zehn|",
    r"vijftien|fifteen|quinze|twaalf|twelve|douze|twintig|twenty|vingt|zwanzig|dertig|thirty|trente|",
    r"veertig|forty|quarante|vijfenveertig|vijftig|fifty|cinquante|dozen)",
);
const UNIT: &str = concat!(
    r"(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag\w*|(?:mon|tues|wednes|thurs|fri|satur|sun)day\w*|",
    r"(?:lun|mar|mercre|jeu|vendre|same)di\w*|dimanche\w*|(?:mon|diens|donners|frei|sams|sonn)tag\w*|mittwoch\w*|",
    r"werkdag(?:en)?|working days?|work ?days?|business days?|weekdays?|arbeitstag\w*|werktag\w*|",
    r"jours? ouv\w+|weekends?|week(?:en)?s?|wk|semaines?|wochen?|maand(?:en)?|mnd|months?|mois|monat\w*|",
    r"kwarta(?:al|len)|quarters?|trimestres?|quartal\w*|semestres?|halfjaar|jaar|jaren|years?|yr|jahre?s?|",
    r"annees?|ans?|uren|uur|hours?|heures?|stunden?|dag(?:en)?|days?|jours?|tage?|mornings?|ochtend\w*|",
    r"avond\w*|evenings?|namiddag\w*|voormiddag\w*|afternoons?|matins?|shift|nacht|nights?)",
);
const TIMES: &str = r"(?:x|keer|maal|keren|times?|fois|mal|tickets?|stuks?|runs?)";
const PER: &str = r"(?:per|/|a|an|each|every|elke?|par|pro|im|in de|in the|in een|de|op een|in der|in|le|la|jede[nrs]?|die|the)";
const TIME: &str = concat!(
    r"(?:['’]|(?:seconden?|seconds?|secs?|sekunden?|minuut(?:je)?s?|minuten|minutes?|minuutjes|mins?|min|m|kwartier(?:en|tje)?s?|",
    r"quarters?|viertelstunden?|halfuur(?:tje)?|half uur(?:tje)?|half hours?|uurtjes?|uren|uur|u|hours?|hrs?|hr|h|",
    r"heures?|stunden?|std|werkdag(?:en)?|dag(?:en)?|days?|jours?|tage?|mandag(?:en)?|workdays?)\b)",
);
const MAX_TEXT: usize = 600;

static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:ca\.?|circa|ongeveer|about|~|\+/-|±|max\.?)? ?(\d+(?:[.,]\d+)?) ?(?:x|keer|times|fois|mal)?$",
    )
});
static EVERY_N: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:om de|elke|every|toutes les|tous les|alle|iedere|each) (?:other )?(\d+|twee|drie|vier|vijf|zes|tien|two|three|four|five|six|ten|deux|trois|quatre|zwei|drei|vier|sechs) (UNIT)\b",
    )
});
static RANGE_COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(NUM) ?(?:-|tot|to|a|of|or|bis|ou) ?(NUM) ?TIMES? ?PER ?(?:de |the |la )?(UNIT)\b")
});
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^\w.,])(NUM|once|twice|thrice|eenmaal|tweemaal|driemaal|einmal|zweimal|dreimal) ?TIMES? ?PER ?(?:de |the |la )?(UNIT)\b",
    )
});
static EVERY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:elke?|iedere?|every|each|chaque|jede[nrs]?|tous les|toutes les|alle|per|par|pro|telkens op|am ersten? jedes|le premier de chaque|on the first of the) (?:single |eerste |laatste |first |last |ersten? |letzten? )?((?:UNIT)(?:(?:,| en| and| et| und| &) (?:elke |every )?(?:UNIT))*)",
    )
});
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:lun|mar|mercre|jeu|vendre|same)dis?\b|dimanche|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)",
    )
});
static WEEKDAYS_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag(?:en|s|ochtend|avond|namiddag|middag|voormiddag)*|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:lun|mar|mercre|jeu|vendre|same)dis?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?)\b",
    )
});
static RANGE_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(NUM) ?(?:-|tot|to|a|of|or|bis|ou) ?(NUM) ?(TIME)"));
static HOURS_MINUTES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(\d{1,2}) ?(?:uur en|uur|u|hours? and|hours?|h|:|std|heures?|stunden? und) ?(\d{1,2})\b(?: ?(?:min\w*|m))?",
    )
});
static AMOUNT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\w.,])(NUM)( and a half| en half| en een half)? ?(TIME)"));

/// Rates that one word or set phrase names; the first that occurs counts.
const RATES: &[(&str, f64)] = &[
    ("tweewekelijks", 26.0),
    ("om de twee weken", 26.0),
    ("om de 2 weken", 26.0),
    ("om de andere week", 26.0),
    ("om de week", 26.0),
    ("veertiendaags", 26.0),
    ("every other week", 26.0),
    ("every second week", 26.0),
    ("biweekly", 26.0),
    ("bi-weekly", 26.0),
    ("fortnightly", 26.0),
    ("every fortnight", 26.0),
    ("bimensuel", 24.0),
    ("alle zwei wochen", 26.0),
    ("toutes les deux semaines", 26.0),
    ("tweemaandelijks", 6.0),
    ("om de twee maanden", 6.0),
    ("every other month", 6.0),
    ("bimonthly", 6.0),
    ("om de maand", 12.0),
    ("om de dag", 110.0),
    ("every other day", 110.0),
    ("un jour sur deux", 110.0),
    ("halfjaarlijks", 2.0),
    ("semi-annually", 2.0),
    ("zesmaandelijks", 2.0),
    ("driemaandelijks", 4.0),
    ("elke werkdag", 220.0),
    ("iedere werkdag", 220.0),
    ("dagelijks", 220.0),
    ("daily", 220.0),
    ("quotidien", 220.0),
    ("quotidiennement", 220.0),
    ("taglich", 220.0),
    ("taeglich", 220.0),
    ("elke dag", 220.0),
    ("alle dagen", 220.0),
    ("tous les jours", 220.0),
    ("wekelijks", 52.0),
    ("wekelijkse", 52.0),
    ("weekly", 52.0),
    ("hebdomadaire", 52.0),
    ("hebdo", 52.0),
    ("wochentlich", 52.0),
    ("woechentlich", 52.0),
    ("maandelijks", 12.0),
    ("maandelijkse", 12.0),
    ("monthly", 12.0),
    ("mensuel", 12.0),
    ("mensuellement", 12.0),
    ("monatlich", 12.0),
    ("end of month", 12.0),
    ("einde van de maand", 12.0),
    ("eind van de maand", 12.0),
    ("maandeinde", 12.0),
    ("fin de mois", 12.0),
    ("of the month", 12.0),
    ("of each month", 12.0),
    ("of every month", 12.0),
    ("van de maand", 12.0),
    ("du mois", 12.0),
    ("jedes monats", 12.0),
    ("des monats", 12.0),
    ("van elke maand", 12.0),
    ("per kwartaal", 4.0),
    ("quarterly", 4.0),
    ("trimestriel", 4.0),
    ("vierteljahrlich", 4.0),
    ("per trimester", 4.0),
    ("jaarlijks", 1.0),
    ("yearly", 1.0),
    ("annually", 1.0),
    ("annuel", 1.0),
    ("jahrlich", 1.0),
    ("hourly", 1_760.0),
    ("ieder uur", 1_760.0),
];

/// Lengths that set words name; the first that occurs counts.
const FIXED: &[(&str, f64)] = &[
    ("anderhalf uur", 90.0),
    ("anderhalf uurtje", 90.0),
    ("an hour and a half", 90.0),
    ("hour and a half", 90.0),
    ("one and a half hours", 90.0),
    ("une heure et demie", 90.0),
    ("anderthalb stunden", 90.0),
    ("eineinhalb stunden", 90.0),
    ("drie kwartier", 45.0),
    ("driekwartier", 45.0),
    ("three quarters of an hour", 45.0),
    ("trois quarts d'heure", 45.0),
    ("dreiviertelstunde", 45.0),
    ("kwartier", 15.0),
    ("kwartiertje", 15.0),
    ("quarter of an hour", 15.0),
    ("quarter hour", 15.0),
    ("quart d'heure", 15.0),
    ("viertelstunde", 15.0),
    ("half uur", 30.0),
    ("half uurtje", 30.0),
    ("halfuur", 30.0),
    ("halfuurtje", 30.0),
    ("half an hour", 30.0),
    ("half hour", 30.0),
    ("demi-heure", 30.0),
    ("demi heure", 30.0),
    ("halbe stunde", 30.0),
    ("halve dag", 240.0),
    ("half a day", 240.0),
    ("half day", 240.0),
    ("demi-journee", 240.0),
    ("halber tag", 240.0),
    ("halben tag", 240.0),
    ("hele namiddag", 240.0),
    ("namiddag", 240.0),
    ("hele voormiddag", 240.0),
    ("voormiddag", 240.0),
    ("hele ochtend", 240.0),
    ("whole afternoon", 240.0),
    ("whole morning", 240.0),
    ("all afternoon", 240.0),
    ("all morning", 240.0),
    ("toute la matinee", 240.0),
    ("hele dag", 480.0),
    ("whole day", 480.0),
    ("all day", 480.0),
    ("toute la journee", 480.0),
    ("ganzen tag", 480.0),
    ("about an hour", 60.0),
    ("uurtje", 60.0),
];

const NUMBERS: &[(&str, f64)] = &[
    ("een", 1.0),
    ("ene", 1.0),
    ("one", 1.0),
    ("an", 1.0),
    ("a", 1.0),
    ("un", 1.0),
    ("une", 1.0),
    ("ein", 1.0),
    ("eine", 1.0),
    ("einen", 1.0),
    ("einer", 1.0),
    ("once", 1.0),
    ("eenmaal", 1.0),
    ("einmal", 1.0),
    ("twee", 2.0),
    ("two", 2.0),
    ("deux", 2.0),
    ("zwei", 2.0),
    ("twice", 2.0),
    ("tweemaal", 2.0),
    ("zweimal", 2.0),
    ("a couple of", 2.0),
    ("couple of", 2.0),
    ("drie", 3.0),
    ("three", 3.0),
    ("trois", 3.0),
    ("drei", 3.0),
    ("thrice", 3.0),
    ("driemaal", 3.0),
    ("dreimal", 3.0),
    ("een paar", 3.0),
    ("paar", 3.0),
    ("enkele", 3.0),
    ("a few", 3.0),
    ("quelques", 3.0),
    ("ein paar", 3.0),
    ("anderhalf", 1.5),
    ("anderhalve", 1.5),
    ("one and a half", 1.5),
    ("vier", 4.0),
    ("four", 4.0),
    ("quatre", 4.0),
    ("vijf", 5.0),
    ("five", 5.0),
    ("cinq", 5.0),
    ("funf", 5.0),
    ("zes", 6.0),
    ("six", 6.0),
    ("sechs", 6.0),
    ("zeven", 7.0),
    ("seven", 7.0),
    ("sept", 7.0),
    ("sieben", 7.0),
    ("acht", 8.0),
    ("eight", 8.0),
    ("huit", 8.0),
    ("negen", 9.0),
    ("nine", 9.0),
    ("neuf", 9.0),
    ("neun", 9.0),
    ("tien", 10.0),
    ("ten", 10.0),
    ("dix", 10.0),
    ("zehn", 10.0),
    ("twaalf", 12.0),
    ("twelve", 12.0),
    ("douze", 12.0),
    ("dozen", 12.0),
    ("vijftien", 15.0),
    ("fifteen", 15.0),
    ("quinze", 15.0),
    ("twintig", 20.0),
    ("twenty", 20.0),
    ("vingt", 20.0),
    ("zwanzig", 20.0),
    ("dertig", 30.0),
    ("thirty", 30.0),
    ("trente", 30.0),
    ("veertig", 40.0),
    ("forty", 40.0),
    ("quarante", 40.0),
    ("vijfenveertig", 45.0),
    ("vijftig", 50.0),
    ("fifty", 50.0),
    ("cinquante", 50.0),
    ("een keer of twee", 2.0),
    ("een keer of drie", 3.0),
    ("een keer of vier", 4.0),
    ("een keer of vijf", 5.0),
    ("een keer of tien", 10.0),
    ("een stuk of drie", 3.0),
    ("een stuk of vijf", 5.0),
    ("een stuk of tien", 10.0),
    ("een keer of 2", 2.0),
    ("een keer of 3", 3.0),
    ("een keer of 4", 4.0),
    ("een keer of 5", 5.0),
    ("een keer of 10", 10.0),
];
