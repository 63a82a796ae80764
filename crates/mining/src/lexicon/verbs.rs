//! Regular forms of Dutch, German and French verbs, so that the lexicon need list only the infinitive.
//!
//! Owns conjugation by rule; irregular forms are listed in the lexicon itself. Works on folded
//! words. A form that does not exist in the language does no harm: nobody writes it.

/// What an infinitive gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Derived {
    /// Single words: stem, third person, past tense, participle, gerund.
    pub(super) words: Vec<String>,
    /// Several words: "aan te maken".
    pub(super) phrases: Vec<String>,
    /// Separated forms: ("maak", "aan") for "maak … aan".
    pub(super) separated: Vec<(String, String)>,
}

const DUTCH_PARTICLES: &[&str] = &[
    "samen", "terug", "klaar", "binnen", "onder", "open", "over", "door", "goed", "leeg", "mede",
    "neer", "stop", "vast", "voor", "vrij", "aan", "bij", "dicht", "los", "mee", "toe", "uit",
    "weg", "af", "in", "na", "om", "op",
];

const GERMAN_PARTICLES: &[&str] = &[
    "zusammen", "zuruck", "zurueck", "weiter", "wieder", "frei", "fest", "fort", "nach", "hinzu",
    "hoch", "auf", "aus", "ein", "her", "hin", "los", "mit", "vor", "weg", "ab", "an", "bei", "um",
    "zu",
];

const DUTCH_FIXED: &[&str] = &["be", "ge", "her", "ont", "ver", "er"];
const GERMAN_FIXED: &[&str] = &["be", "ent", "er", "ge", "ver", "zer", "miss", "uber", "unter"];

/// The regular forms of a Dutch infinitive; empty if `verb` is not one.
pub(super) fn dutch(verb: &str) -> Derived {
    let mut derived = Derived::default();
    if !verb.is_ascii() || verb.len() < 5 || !verb.ends_with("en") {
        return derived;
    }
    let fixed = DUTCH_FIXED.iter().any(|f| verb.starts_with(f)) && !verb.starts_with("geld");
    let particle = DUTCH_PARTICLES
        .iter()
        .find(|p| !fixed && verb.len() >= p.len() + 4 && verb.starts_with(**p))
        .copied();
    let base = &verb[particle.map_or(0, str::len)..];
    let stem = dutch_stem(base);
    let ending = if dutch_voiceless(&base[..base.len() - 2]) { 't' } else { 'd' };
    let inner_fixed = DUTCH_FIXED.iter().any(|f| base.starts_with(f) && base.len() > f.len() + 3);
    let closed = stem.ends_with(ending);
    let mut participle = String::new();
    participle.push_str(particle.unwrap_or(""));
    participle.push_str(if inner_fixed { "" } else { "ge" });
    participle.push_str(&stem);
    if !closed {
        participle.push(ending);
    }
    let third = if stem.ends_with('t') { stem.clone() } else { format!("{stem}t") };
    let past = format!("{stem}{ending}e");
    derived.words.push(format!("{participle}e"));
    derived.words.push(participle);
    derived.words.push(format!("{verb}d"));
    match particle {
        Some(particle) => {
            for head in [stem.as_str(), &third, base, &past, &format!("{past}n")] {
                derived.separated.push((head.to_owned(), particle.to_owned()));
                derived.words.push(format!("{particle}{head}"));
            }
            derived.phrases.push(format!("{particle} te {base}"));
        }
        None => derived.words.extend([stem, third, format!("{past}n"), past]),
    }
    if let Some(loan) = loan_stem(base) {
        derived.words.extend([
            format!("{}{}{loan}d", particle.unwrap_or(""), if inner_fixed { "" } else { "ge" }),
            format!("{}{}{loan}de", particle.unwrap_or(""), if inner_fixed { "" } else { "ge" }),
        ]);
        match particle {
            Some(particle) => {
                for head in [loan.clone(), format!("{loan}t")] {
                    derived.separated.push((head, particle.to_owned()));
                }
            }
            None => derived.words.extend([format!("{loan}t"), format!("{loan}de"), loan]),
        }
    }
    derived
}

/// "blokkeren" gives "blokkeer", beside the "verwijder" kind of the other rule.
fn loan_stem(base: &str) -> Option<String> {
    base.strip_suffix("eren").filter(|rest| rest.len() > 2).map(|rest| format!("{rest}eer"))
}

/// The participles and common persons of a French verb in -er; empty for others.
pub(super) fn french(verb: &str) -> Derived {
    let mut derived = Derived::default();
    if let Some(stem) = verb.strip_suffix("er").filter(|stem| stem.is_ascii() && stem.len() > 2) {
        for tail in ["e", "ee", "es", "ees", "ez", "ant", "ent", "era", "ons"] {
            derived.words.push(format!("{stem}{tail}"));
        }
    }
    derived
}

/// The regular forms of a German infinitive; empty if `verb` is not one.
pub(super) fn german(verb: &str) -> Derived {
    let mut derived = Derived::default();
    let cut = if verb.ends_with("ern") || verb.ends_with("eln") { 1 } else { 2 };
    if !verb.is_ascii() || verb.len() < 5 || (cut == 2 && !verb.ends_with("en")) {
        return derived;
    }
    let fixed = GERMAN_FIXED.iter().any(|f| verb.starts_with(f));
    let particle = GERMAN_PARTICLES
        .iter()
        .find(|p| !fixed && verb.len() >= p.len() + 4 && verb.starts_with(**p))
        .copied();
    let base = &verb[particle.map_or(0, str::len)..];
    let stem = &base[..base.len() - cut];
    let foreign = base.ends_with("ieren");
    let inner_fixed = GERMAN_FIXED.iter().any(|f| base.starts_with(f) && base.len() > f.len() + 3);
    let joint = if stem.ends_with(['t', 'd']) { "et" } else { "t" };
    let ge = if inner_fixed || foreign { "" } else { "ge" };
    let lead = particle.unwrap_or("");
    for tail in ["", "e", "en", "es", "er"] {
        derived.words.push(format!("{lead}{ge}{stem}{joint}{tail}"));
    }
    derived.words.push(format!("{lead}{stem}ung"));
    match particle {
        Some(particle) => {
            for head in [stem.to_owned(), format!("{stem}e"), format!("{stem}{joint}"), base.into()]
            {
                derived.separated.push((head, particle.to_owned()));
            }
            derived.words.push(format!("{particle}zu{base}"));
        }
        None => derived.words.extend([format!("{stem}e"), format!("{stem}{joint}")]),
    }
    derived
}

/// "maken" gives "maak", "zetten" gives "zet", "reizen" gives "reis", "geven" gives "geef".
fn dutch_stem(base: &str) -> String {
    let raw = &base[..base.len() - 2];
    let bytes = raw.as_bytes();
    let Some(&last) = bytes.last() else { return String::new() };
    if bytes.len() >= 2 && bytes[bytes.len() - 2] == last && !is_vowel(last) {
        return raw[..raw.len() - 1].to_owned();
    }
    let hard = match last {
        b'z' => 's',
        b'v' => 'f',
        other => char::from(other),
    };
    let short = &raw[..raw.len() - 1];
    let open = bytes.len() >= 2 && !is_vowel(last) && is_vowel(bytes[bytes.len() - 2]);
    let single = bytes.len() < 3 || !is_vowel(bytes[bytes.len() - 3]);
    let weak = ["el", "er", "em", "ig"].iter().any(|e| raw.len() > 3 && raw.ends_with(e));
    if open && single && !weak && !raw.ends_with("ij") {
        format!("{short}{}{hard}", char::from(bytes[bytes.len() - 2]))
    } else {
        format!("{short}{hard}")
    }
}

fn dutch_voiceless(raw: &str) -> bool {
    raw.ends_with("ch") || raw.ends_with(['t', 'k', 'f', 's', 'p', 'x'])
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dutch_participles_follow_from_the_infinitive() {
        for (verb, participle) in [
            ("aanmaken", "aangemaakt"),
            ("verwijderen", "verwijderd"),
            ("herstarten", "herstart"),
            ("resetten", "gereset"),
            ("blokkeren", "geblokkeerd"),
            ("toevoegen", "toegevoegd"),
            ("uitschakelen", "uitgeschakeld"),
            ("overzetten", "overgezet"),
            ("vernieuwen", "vernieuwd"),
            ("kopieren", "gekopieerd"),
        ] {
            assert!(dutch(verb).words.iter().any(|w| w == participle), "{:?}", dutch(verb));
        }
    }

    #[test]
    fn separable_verbs_come_apart() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert!(dutch("aanmaken").separated.contains(&pair("maak", "aan")));
        assert!(dutch("aanmaken").phrases.contains(&"aan te maken".to_owned()));
        assert!(german("zurucksetzen").separated.contains(&pair("setze", "zuruck")));
    }

    #[test]
    fn german_participles_follow_from_the_infinitive() {
        for (verb, participle) in [
            ("zurucksetzen", "zuruckgesetzt"),
            ("sperren", "gesperrt"),
            ("verlangern", "verlangert"),
            ("installieren", "installiert"),
            ("einrichten", "eingerichtet"),
        ] {
            assert!(german(verb).words.iter().any(|w| w == participle), "{:?}", german(verb));
        }
    }
}
