//! The word lists of redaction, and folding words for comparison.
//!
//! Owns what is known of words alone; how words make a name is `names`' business.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What a folded word can be; flags, because "Martin" is a first name and a surname.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// A first name.
    pub(super) first: bool,
    /// A first name that is also an everyday word, month or product.
    pub(super) ambiguous: bool,
    /// An ambiguous first name that counts right after a word that calls for a person.
    pub(super) contextual: bool,
    /// A frequent surname.
    pub(super) surname: bool,
    /// A word of the trade or of grammar: no part of a name.
    pub(super) common: bool,
    /// A particle inside surnames ("van", "de").
    pub(super) particle: bool,
    /// A word that may be followed by a person ("door", "collega", "ask").
    pub(super) calls: bool,
    /// A word that says what the person before it does, has or is.
    pub(super) acts: bool,
    /// A form of address ("Mevr", "Herr").
    pub(super) title: bool,
    /// What follows a company's name ("NV", "GmbH").
    pub(super) company: bool,
}

/// What the lists say of a folded word.
pub(super) fn word(folded: &str) -> Word {
    WORDS.get(folded).copied().unwrap_or_default()
}

/// The folded words, and initials, that can begin a name.
pub(super) fn heads() -> impl Iterator<Item = &'static str> {
    let begins = |known: &Word| known.first || known.title || known.surname && !known.common;
    let words = WORDS.iter().filter(move |(_, known)| begins(known)).map(|(word, _)| word.as_str());
    words.chain((0..INITIALS.len()).map(|at| &INITIALS[at..=at]))
}

const INITIALS: &str = "abcdefghijklmnopqrstuvwxyz";

/// Writes `text` into `out` in lower case, without accents, hyphens and apostrophes.
pub(super) fn fold_into(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        out.extend(
            text.bytes()
                .filter(|b| !matches!(b, b'-' | b'\''))
                .map(|b| char::from(b.to_ascii_lowercase())),
        );
        return;
    }
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            '-' | '\'' | '’' | '‐' => {}
            'ß' => out.push_str("ss"),
            'ł' | 'Ł' => out.push('l'),
            'ø' | 'Ø' => out.push('o'),
            'ı' => out.push('i'),
            'đ' | 'Đ' => out.push('d'),
            'æ' | 'Æ' => out.push_str("ae"),
            _ => out.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c))),
        }
    }
}

/// The folded form of `text`.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

static WORDS: LazyLock<FxHashMap<String, Word>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, Word> = FxHashMap::default();
    mark(&mut words, include_str!("data/first_names.txt"), |w| w.first = true);
    mark(&mut words, include_str!("data/ambiguous_names.txt"), |w| {
        w.first = true;
        w.ambiguous = true;
    });
    mark(&mut words, include_str!("data/contextual_names.txt"), |w| w.contextual = true);
    mark(&mut words, include_str!("data/surnames.txt"), |w| w.surname = true);
    mark(&mut words, include_str!("data/not_names.txt"), |w| w.common = true);
    mark(&mut words, PARTICLES, |w| w.particle = true);
    mark(&mut words, CALLS, |w| w.calls = true);
    mark(&mut words, ACTS, |w| w.acts = true);
    mark(&mut words, TITLES, |w| w.title = true);
    mark(&mut words, COMPANIES, |w| w.company = true);
    words
});

fn mark(words: &mut FxHashMap<String, Word>, list: &str, set: impl Fn(&mut Word)) {
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        for entry in line.split_whitespace() {
            set(words.entry(fold(entry)).or_default());
        }
    }
}

const PARTICLES: &str = "van de den der het t d la le du des dos da di del della ter ten te von vom \
    zu zum zur el al ben bin ibn abou ait in op";

const CALLS: &str = "door aan met collega collegas namens gebruiker gebruikster medewerker \
    medewerkster vraag vraagt bel bedankt dank thanks thx ask asked ping tell by with colleague \
    user cc hi hallo hello hey dag beste dear bonjour salut cher chere liebe lieber grtz groeten \
    groetjes mvg gr merci danke par avec chez collegue kollege kollegin von bei mit regards cheers \
    manager hoi goedkeuring approver vanwege mailed emailed called phoned pinged contacted gemaild \
    gebeld contacteer";

const ACTS: &str = "is was heeft had kan kon moet mag wil zal werkt werkte zei zegt vraagt vroeg \
    belt belde gebeld opgebeld teruggebeld gemaild \
    aangeschreven verwittigd gecontacteerd bereikt gehoord gevraagd gesproken levert komt gaat krijgt stuurt \
    bevestigt bevestigde meldt meldde geraakt zit vertrekt start begint wacht gaf geeft laat van \
    bij has can could must wants needs said says asked asks calls works worked will would \
    no at from told called phoned mailed emailed contacted \
    reached confirmed confirms replied joins leaves est peut veut dit demande travaille \
    appelle ist hat kann sagt fragt arbeitet";

const TITLES: &str = "mr mrs ms miss dhr mevr mevrouw meneer mw heer mme mlle madame monsieur herr \
    frau dr ir ing";

const COMPANIES: &str = "nv bv bvba sa srl sprl gmbh ag ltd llc inc vzw asbl cvba plc corp group \
    holding zonen fils sons partners consulting";
