//! Whom a text waits for, and how long it says the work took.

use regex::Regex;

/// Whom people wait for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Awaited {
    /// A role: "manager", "customer", "vendor"…
    Role(String),
    /// A pseudonym (`p-1a2b3c4d`) or a scrubbed `[mail]`.
    Person(String),
}

#[derive(Debug, Clone)]
pub(super) struct Roles {
    names: Vec<String>,
    /// People, then one group per role.
    anyone: Regex,
}

impl Roles {
    pub(super) fn new(roles: &[(String, String)]) -> Result<Self, regex::Error> {
        let groups: Vec<String> =
            roles.iter().map(|(_, words)| format!("((?:{words})(?:'?s)?)")).collect();
        let source = format!(
            r"(?:^|[^a-z0-9])(?:(p-[0-9a-f]{{6,12}}|\[(?:mail|name|naam|person|persoon)\])|{})(?:$|[^a-z0-9])",
            groups.join("|")
        );
        Ok(Self {
            names: roles.iter().map(|(name, _)| name.clone()).collect(),
            anyone: Regex::new(&source)?,
        })
    }

    /// The person or role nearest to the span: after it, within it, or before it, in its sentence.
    pub(super) fn near(&self, text: &str, start: usize, end: usize) -> Option<Awaited> {
        let tail = &text[end..text.floor_char_boundary((end + 60).min(text.len()))];
        let tail = &tail[..tail.find(['.', '!', '?', '\n', ';']).unwrap_or(tail.len())];
        self.first(&text[start..end + tail.len()], end - start)
            .or_else(|| self.first(super::sentence_before(text, start), 0))
    }

    /// The first mention, one from byte `from` on rather than one before it; a person rather
    /// than a role next to it ("manager p-12…").
    fn first(&self, text: &str, from: usize) -> Option<Awaited> {
        let from = text.floor_char_boundary(from.saturating_sub(1));
        let mentions = |part: &str| {
            let mut role = None;
            let mut rest = 0;
            while let Some(found) = self.anyone.captures_at(part, rest) {
                if let Some(person) = found.get(1) {
                    return Some(Awaited::Person(person.as_str().to_owned()));
                }
                let number = (0..self.names.len()).find(|n| found.get(n + 2).is_some());
                if let (Some(number), None) = (number, &role) {
                    role = Some(Awaited::Role(self.names[number].clone()));
                }
                rest = found.get(0).map_or(part.len(), |all| all.end().max(rest + 2) - 1);
                rest = part.floor_char_boundary(rest);
            }
            role
        };
        mentions(&text[from..]).or_else(|| mentions(text))
    }
}

#[derive(Debug, Clone)]
pub(super) struct Durations {
    amount: Regex,
    work_before: Regex,
    work_after: Regex,
    not_work: Regex,
    not_work_after: Regex,
}

impl Durations {
    pub(super) fn new() -> Self {
        let regex = |source: &str| Regex::new(source).expect("a tested expression");
        Self {
            amount: regex(concat!(
                r"(?:(?P<h>\d{1,2}) ?(?:h|u|hrs?|uur|hours?|std|heures?) ?(?:en |and |et |und )?(?P<m>\d{1,2})(?: ?(?:m|min|mins|minuten|minutes?))?\b)",
                r"|(?:(?P<c>\d{1,2}):(?P<d>\d{2})(?: ?(?:h|u|uur|hours?))?\b)",
                r"|(?:(?P<n>\d{1,3}(?:[.,]\d{1,2})?|anderhalf|half|halve|kwart|een half|een halfuur|half an|a quarter of an|quarter of an|een|one|an|a|two|twee|drie|three|une|un|eine|halbe|une demi|een goede|vijf|five|tien|ten|vijftien|fifteen|twintig|twenty|dertig|thirty|zehn|dix)",
                r"[ -]?(?P<u>minutes?|minuten|minuutjes|min|mins|minuut|m|hours?|uurtje|uren|uur|hrs?|h|u|kwartier|kwartiertje|quarter|stunden?|std|heures?)\b)",
                r"|(?P<w>\b(?:halfuurtje|halfuur|kwartiertje|kwartier|half uurtje)\b)"
            )),
            work_before: regex(
                r"\b(?:werk|werkte|gewerkt|worked|work|working|duurde|duurt|duur|took|takes|taken|kostte|kost|gekost|time spent|spent|spend|besteed|bestede|tijdsbesteding|werktijd|tijd|effort|travail|passe|pris|dauerte|gedauert|gearbeitet|aufwand|gebraucht|arbeitszeit|bezig geweest|mee bezig|bezig|time worked|duration|doorlooptijd werk|logged|billable|interventietijd|interventie|intervention|temps)\b[^.!?\n]{0,30}$",
            ),
            work_after: regex(
                r"^[^.!?\n]{0,3}(?:werk|gewerkt|work\b|of work|worked|werktijd|nodig gehad|mee bezig|bezig geweest|spent|besteed|effort|gearbeitet|arbeit|aufwand|de travail|travail|aan besteed|aan gewerkt|in beslag|kwijt|job\b|werk gehad|manual work|handwerk)",
            ),
            not_work: regex(
                r"\b(?:wacht|wachten|gewacht|wait|waiting|waited|since|sinds|sedert|binnen|within|in de laatste|last|elke|every|per|after|na|over|seit|depuis|attendre|attendu|warten|gewartet|down|ago|until|tot|om|at|max|maximum|minder dan|downtime|outage|storing|responds? in)\b[^.!?\n,]{0,18}$",
            ),
            not_work_after: regex(
                r"^[^.!?\n]{0,3}(?:geleden|ago|later|wachten|gewacht|waiting|wait\b|downtime|down\b|plat|voor de|before|per dag|a day|every|timeout|vooraf|window|delay|vertraging|te laat|late\b)",
            ),
        }
    }

    /// The first stated duration of work, in minutes, up to three working days.
    pub(super) fn stated(&self, text: &str) -> Option<f64> {
        for found in self.amount.captures_iter(text) {
            let all = found.get(0)?;
            let before = super::sentence_before(text, all.start());
            let after = &text[all.end()..];
            if before.ends_with(|c: char| c.is_alphanumeric()) {
                continue;
            }
            let work = self.work_before.is_match(before) || self.work_after.is_match(after);
            let other = self.not_work.is_match(before) || self.not_work_after.is_match(after);
            if work
                && !other
                && let Some(minutes) = minutes_of(&found)
            {
                return Some(minutes).filter(|m| *m > 0.0 && *m <= 1440.0);
            }
        }
        None
    }
}

fn minutes_of(found: &regex::Captures<'_>) -> Option<f64> {
    let number = |name: &str| found.name(name)?.as_str().replace(',', ".").parse::<f64>().ok();
    if let (Some(hours), Some(minutes)) = (number("h"), number("m")) {
        return Some(hours * 60.0 + minutes);
    }
    if let (Some(hours), Some(minutes)) = (number("c"), number("d")) {
        return Some(hours * 60.0 + minutes);
    }
    if let Some(word) = found.name("w") {
        return Some(if word.as_str().starts_with("kwart") { 15.0 } else { 30.0 });
    }
    let amount = match found.name("n")?.as_str() {
        "half" | "halve" | "een half" | "half an" | "halbe" | "une demi" => 0.5,
        "kwart" | "a quarter of an" | "quarter of an" => 0.25,
        "anderhalf" => 1.5,
        "een" | "one" | "an" | "a" | "une" | "un" | "eine" | "een goede" => 1.0,
        "two" | "twee" => 2.0,
        "three" | "drie" => 3.0,
        "vijf" | "five" => 5.0,
        "tien" | "ten" | "zehn" | "dix" => 10.0,
        "vijftien" | "fifteen" => 15.0,
        "twintig" | "twenty" => 20.0,
        "dertig" | "thirty" => 30.0,
        digits => digits.replace(',', ".").parse().ok()?,
    };
    Some(match found.name("u")?.as_str() {
        "kwartier" | "kwartiertje" | "quarter" => amount * 15.0,
        unit if unit.starts_with('m') => amount,
        _ => amount * 60.0,
    })
}
