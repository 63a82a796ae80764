//! Finding people's names in running text.
//!
//! Owns the rules by which words are taken for a person: known people by any form of their name,
//! unknown people by a first name with a surname, a form of address, or a word that calls for a
//! person. Hosts, companies and products are left alone.

use std::ops::Range;

use super::known::KnownPeople;
use super::people::ParsedName;
use super::tokens::{Token, tokenize};
use super::words::{Word, fold_into, word};

/// A name found: where it stands and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The bytes of the name.
    pub(super) range: Range<usize>,
    /// The canonical name of the person.
    pub(super) canonical: String,
}

/// Memory that one text after another is scanned with.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    tokens: Vec<Token>,
    buffer: String,
    joined: String,
}

/// Finds the names in `text`, from left to right, without overlap.
pub(super) fn find(text: &str, people: &KnownPeople, scratch: &mut Scratch, out: &mut Vec<Found>) {
    let Scratch { tokens, buffer, joined } = scratch;
    tokens.clear();
    tokenize(text, tokens);
    let mut scan = Scan { text, tokens, people, buffer, joined };
    let mut at = 0;
    while at < scan.tokens.len() {
        if !scan.may_begin(at) {
            at += 1;
            continue;
        }
        match scan.at(at) {
            Taken::Nothing => at += 1,
            Taken::Keep { words } => at += words,
            Taken::Person { words, from, canonical } => {
                let range = scan.tokens[from].start..scan.tokens[at + words - 1].end;
                out.push(Found { range, canonical });
                at += words;
            }
        }
    }
}

enum Taken {
    Nothing,
    Keep { words: usize },
    Person { words: usize, from: usize, canonical: String },
}

struct Scan<'a> {
    text: &'a str,
    tokens: &'a [Token],
    people: &'a KnownPeople,
    /// The folded word that is looked at.
    buffer: &'a mut String,
    /// Folded words joined.
    joined: &'a mut String,
}

impl Scan<'_> {
    /// False if no name, pseudonym or company can begin at this word.
    fn may_begin(&mut self, at: usize) -> bool {
        let range = self.tokens[at].range();
        let (word, tail) = self.text.as_bytes()[range.start..].split_at(range.len());
        if word.contains(&b'-') || word == b"p" && tail.first() == Some(&b'-') {
            return true;
        }
        if word.is_ascii() {
            let folded = word.iter().filter(|b| **b != b'\'').map(u8::to_ascii_lowercase);
            return self.people.heads.may_hold(folded);
        }
        self.fold(at);
        self.people.heads.may_hold(self.buffer.bytes())
    }

    fn at(&mut self, at: usize) -> Taken {
        if let Some(words) = self.placeholder(at) {
            return Taken::Keep { words };
        }
        let token = self.tokens[at];
        self.fold(at);
        if let Some(&reach) = self.people.starts.get(self.buffer.as_str())
            && let Some(taken) = self.phrase(at, reach)
        {
            return taken;
        }
        self.fold(at);
        let mentioned = self.before(at) == Some('@') && !self.glued_before_at(at);
        if !token.capital {
            return self.lower_case(at, mentioned);
        }
        let known = word(self.buffer);
        if known.title {
            return self.titled(at);
        }
        if let Some(taken) = self.initial(at) {
            return taken;
        }
        self.fold(at);
        if known.surname && !known.first && !known.common && self.given_name_follows(at) {
            return person(2, at, self.canonical(at, 2));
        }
        let first = known.first || self.compound_first(at);
        if first && let Some(taken) = self.with_surname(at, known) {
            return taken;
        }
        self.alone(at, known, first, mentioned)
    }

    /// The words of a placeholder or pseudonym that is already there.
    fn placeholder(&self, at: usize) -> Option<usize> {
        let token = self.tokens[at];
        let rest = &self.text[token.start..];
        if is_pseudonym_start(rest) {
            let end = token.start + PSEUDONYM_LEN;
            return Some(self.tokens[at..].iter().take_while(|t| t.start < end).count());
        }
        let word = &self.text[token.range()];
        let boxed = self.before(at) == Some('[') && self.text[token.end..].starts_with(']');
        (boxed && PLACEHOLDERS.contains(&word)).then_some(1)
    }

    /// The longest known full name, login or company that begins here.
    fn phrase(&mut self, at: usize, reach: usize) -> Option<Taken> {
        self.joined.clear();
        let mut best = None;
        for words in 1..=reach.min(MAX_WORDS).min(self.tokens.len() - at) {
            if words > 1 && !self.gap(at + words - 1, NAME_GAPS) {
                break;
            }
            self.fold(at + words - 1);
            self.joined.push_str(self.buffer);
            if self.joined.len() > self.people.longest {
                break;
            }
            if let Some(owner) = self.people.phrases.get(self.joined.as_str()) {
                best = Some((words, owner));
            }
        }
        let (words, owner) = best?;
        let Some(canonical) = owner else { return Some(Taken::Keep { words }) };
        if words == 1 && !(self.stands_free(at) || self.before(at) == Some('\\')) {
            return None;
        }
        Some(Taken::Person { words, from: at, canonical: canonical.clone() })
    }

    /// A lower-case word: an @mention, or a login of the form `given.surname`.
    fn lower_case(&mut self, at: usize, mentioned: bool) -> Taken {
        if !self.tokens[at].letters || !word(self.buffer).first {
            return match self.people.lone.get(self.buffer.as_str()) {
                Some(owner) if mentioned => person(1, at, owner.clone()),
                _ => Taken::Nothing,
            };
        }
        let first = word(self.buffer);
        let given = self.buffer.clone();
        if at + 1 < self.tokens.len() && self.gap(at + 1, &["."]) {
            let next = self.tokens[at + 1];
            self.fold(at + 1);
            let last = word(self.buffer);
            let ends = !self.text[next.end..].starts_with(['.', '(', '_', '/'])
                || self.text[next.end..].starts_with(". ");
            let sure = last.surname || mentioned || !first.ambiguous;
            let name = next.letters && next.end - next.start >= 4 && !last.common && sure;
            if ends && name && !next.capital {
                let canonical = ParsedName { tokens: vec![given, self.buffer.clone()] }.canonical();
                return person(2, at, canonical);
            }
        }
        if let Some(words) = self.lower_case_surname(at, first) {
            return person(words, at, self.canonical(at, words));
        }
        if mentioned && (!first.ambiguous || self.people.lone.contains_key(&given)) {
            let owner = self.people.lone.get(&given).cloned().unwrap_or(given);
            return person(1, at, owner);
        }
        Taken::Nothing
    }

    /// "hanne van de velde": how many words a sure first name and a frequent surname are.
    fn lower_case_surname(&mut self, at: usize, first: Word) -> Option<usize> {
        if first.ambiguous || first.common || !self.stands_free(at) {
            return None;
        }
        self.joined.clear();
        for words in 2..=MAX_WORDS.min(self.tokens.len() - at) {
            let last = at + words - 1;
            if !self.gap(last, SPACE) || self.tokens[last].capital {
                return None;
            }
            self.fold(last);
            self.joined.push_str(self.buffer);
            let (alone, joined) = (word(self.buffer), word(self.joined));
            if joined.surname && !alone.common && self.stands_free_or_ends(last) {
                return (!self.company(last)).then_some(words);
            }
            if !alone.particle {
                return None;
            }
        }
        None
    }

    fn stands_free_or_ends(&self, at: usize) -> bool {
        !self.text[self.tokens[at].end..].starts_with(['_', '/', '\\', '@', '-'])
    }

    /// "Mevr. Janssens": the words after a form of address.
    fn titled(&mut self, at: usize) -> Taken {
        let mut words = 1;
        while words < MAX_WORDS && at + words < self.tokens.len() {
            let gap = if words == 1 { TITLE_GAPS } else { SPACE };
            if !self.gap(at + words, gap)
                || is_pseudonym_start(&self.text[self.start(at + words)..])
            {
                break;
            }
            let next = self.tokens[at + words];
            self.fold(at + words);
            let known = word(self.buffer);
            let particle = known.particle && at + words + 1 < self.tokens.len();
            let name = next.capital && next.letters && (!known.common || known.first);
            if !(name || particle && words < MAX_WORDS - 1) {
                break;
            }
            words += 1;
        }
        while words > 1 && !self.tokens[at + words - 1].capital {
            words -= 1;
        }
        if words == 1 || self.tokens[at + 1].end - self.tokens[at + 1].start < 3 && words == 2 {
            return Taken::Nothing;
        }
        let canonical = self.canonical(at + 1, words - 1);
        Taken::Person { words, from: at + 1, canonical }
    }

    /// "D. van de Velde": an initial with the surname of someone known, or a frequent one.
    fn initial(&mut self, at: usize) -> Option<Taken> {
        let token = self.tokens[at];
        if token.end - token.start != 1 || !self.stands_free(at) {
            return None;
        }
        self.fold(at);
        self.joined.clear();
        self.joined.push_str(self.buffer);
        for words in 2..=MAX_WORDS.min(self.tokens.len() - at) {
            let last = at + words - 1;
            if !self.gap(last, if words == 2 { &[". "] } else { SPACE }) {
                return None;
            }
            self.fold(last);
            self.joined.push_str(self.buffer);
            let alone = word(self.buffer);
            if alone.particle {
                continue;
            }
            let owner = self.people.phrases.get(self.joined.as_str()).cloned().flatten();
            let whole = word(self.joined.get(1..).unwrap_or_default());
            let surname = whole.surname || alone.surname && !alone.common;
            if !self.tokens[last].capital || owner.is_none() && !surname || self.company(last) {
                return None;
            }
            let canonical = owner.unwrap_or_else(|| self.canonical(at, words));
            return Some(person(words, at, canonical));
        }
        None
    }

    /// "Raes Ilse": true if a first name follows the surname, and is not itself followed by one.
    fn given_name_follows(&mut self, at: usize) -> bool {
        let next = at + 1;
        let inside_name = at > 0 && self.gap(at, SPACE) && self.tokens[at - 1].capital;
        if inside_name || next >= self.tokens.len() || !self.gap(next, SPACE) {
            return false;
        }
        let token = self.tokens[next];
        self.fold(next);
        let given = word(self.buffer);
        let sure = given.first && !given.common && (!given.ambiguous || given.contextual);
        if !token.capital || !sure || self.beside_number(next) || self.company(next) {
            return false;
        }
        let after = next + 1;
        after >= self.tokens.len() || !self.gap(after, SPACE) || !self.tokens[after].capital || {
            self.fold(after);
            !word(self.buffer).surname
        }
    }

    /// A first name with the surname that follows it.
    fn with_surname(&mut self, at: usize, known: Word) -> Option<Taken> {
        let shouting = self.all_capitals(at);
        let mut words = 1;
        let mut particles = 0;
        while at + words < self.tokens.len() && particles < 4 && self.gap(at + words, SPACE) {
            self.fold(at + words);
            let next = word(self.buffer);
            if !next.particle {
                break;
            }
            particles += 1;
            words += 1;
        }
        if at + words >= self.tokens.len() || !self.gap(at + words, SPACE) {
            return None;
        }
        if !self.can_be_surname(at + words, shouting) {
            return None;
        }
        self.fold(at + words);
        let surname = word(self.buffer);
        let doubtful = known.ambiguous || known.common || shouting;
        let strong_particle = particles > 0 && self.strong_particle(at + 1);
        if doubtful && !surname.surname && !strong_particle || particles > 0 && !strong_particle {
            return None;
        }
        words += 1;
        if at + words < self.tokens.len() && self.gap(at + words, SPACE) {
            self.fold(at + words);
            let next = word(self.buffer);
            if next.company {
                return None;
            }
            if next.surname && !next.common && self.can_be_surname(at + words, shouting) {
                words += 1;
            }
        }
        let canonical = self.canonical(at, words);
        Some(Taken::Person { words, from: at, canonical })
    }

    /// A name alone: of someone known, a sure first name, or after a word that calls for a person.
    fn alone(&mut self, at: usize, known: Word, first: bool, mentioned: bool) -> Taken {
        self.fold(at);
        let owner = self.people.lone.get(self.buffer.as_str()).cloned();
        let given = self.buffer.clone();
        if !self.tokens[at].letters || !(mentioned || self.stands_free(at)) || self.company(at) {
            return Taken::Nothing;
        }
        let called = mentioned || self.called(at);
        let sure = match (&owner, first) {
            (Some(_), true) => {
                (!known.ambiguous || called || known.contextual && self.acts_as_person(at))
                    && !(known.ambiguous && self.beside_number(at))
            }
            (Some(_), false) => !known.common && !self.all_capitals(at),
            (None, true) if known.ambiguous => {
                known.contextual && called && !self.beside_number(at)
            }
            (None, true) => !known.common && !self.all_capitals(at),
            (None, false) => false,
        };
        if sure { person(1, at, owner.unwrap_or(given)) } else { Taken::Nothing }
    }

    fn fold(&mut self, at: usize) {
        let token = self.tokens[at];
        fold_into(&self.text[token.range()], self.buffer);
    }

    fn canonical(&self, at: usize, words: usize) -> String {
        let range = self.tokens[at].start..self.tokens[at + words - 1].end;
        ParsedName::parse(&self.text[range]).canonical()
    }

    fn start(&self, at: usize) -> usize {
        self.tokens[at].start
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..self.start(at)].chars().next_back()
    }

    /// True if the `@` before the word is glued to something before it (`root@host`).
    fn glued_before_at(&self, at: usize) -> bool {
        let before_at = self.text[..self.start(at)].chars().rev().nth(1);
        before_at.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'))
    }

    /// True if exactly one of `gaps` stands between word `at - 1` and word `at`.
    fn gap(&self, at: usize, gaps: &[&str]) -> bool {
        gaps.contains(&&self.text[self.tokens[at - 1].end..self.start(at)])
    }

    /// "Anne-Britt": a hyphened name of which the lists know each part.
    fn compound_first(&self, at: usize) -> bool {
        let text = &self.text[self.tokens[at].range()];
        let mut buffer = String::new();
        text.contains('-')
            && text.split('-').all(|part| {
                fold_into(part, &mut buffer);
                word(&buffer).first && !word(&buffer).common
            })
    }

    fn can_be_surname(&mut self, at: usize, shouting: bool) -> bool {
        let token = self.tokens[at];
        if !token.capital || !token.letters || token.end - token.start < 2 {
            return false;
        }
        if self.all_capitals(at) && !shouting {
            self.fold(at);
            return word(self.buffer).surname;
        }
        self.fold(at);
        let known = word(self.buffer);
        let tail = self.text[token.end..].chars().next();
        (!known.common || known.surname && !known.first) && !matches!(tail, Some('_' | '/' | '\\'))
    }

    /// "van", "de" and the like, but not "the article of a next noun" such as "la" or "the".
    fn strong_particle(&mut self, at: usize) -> bool {
        self.fold(at);
        matches!(
            self.buffer.as_str(),
            "van"
                | "de"
                | "den"
                | "der"
                | "ter"
                | "ten"
                | "von"
                | "el"
                | "al"
                | "du"
                | "vom"
                | "del"
                | "della"
                | "di"
                | "da"
                | "dos"
                | "le"
                | "ben"
                | "ait"
                | "zu"
                | "zum"
                | "zur"
                | "t"
                | "d"
                | "des"
                | "la"
        )
    }

    fn all_capitals(&self, at: usize) -> bool {
        let text = &self.text[self.tokens[at].range()];
        text.chars().count() > 1 && text.chars().all(|c| !c.is_lowercase())
    }

    /// True if white space or punctuation of running text stands on both sides.
    fn stands_free(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let before = self.before(at).is_none_or(|c| {
            c.is_whitespace()
                || matches!(c, '"' | '\'' | '(' | '[' | '«' | '“' | '‘' | '*' | '>' | ',')
                || matches!(c, ';' | ':' | '@' | '„' | '~' | '–' | '—' | '!')
        });
        let mut rest = self.text[token.end..].chars();
        let after = match rest.next() {
            None => true,
            Some('.' | ':' | '@') => rest.next().is_none_or(|c| !c.is_alphanumeric()),
            Some(c) => c.is_whitespace() || ",;!?)]\"'»”’*<…–—&".contains(c),
        };
        before && after
    }

    /// True if the word before calls for a person, or the word stands alone on its line.
    fn called(&mut self, at: usize) -> bool {
        if at > 0 && self.gap(at, CALL_GAPS) {
            self.fold(at - 1);
            if word(self.buffer).calls {
                return true;
            }
        }
        let token = self.tokens[at];
        let line_start =
            self.text[..token.start].trim_end_matches([' ', '\t', ',']).ends_with('\n');
        let rest = self.text[token.end..].trim_start_matches([' ', '\t', ',', '.']);
        line_start && (rest.is_empty() || rest.starts_with(['\n', '\r']))
    }

    /// True if the sentence around the word treats it as a person: it stands inside the sentence,
    /// beside another person, or before what people do.
    fn acts_as_person(&mut self, at: usize) -> bool {
        if self.inside_sentence(at) || self.beside_person(at) || self.owns(at) {
            return true;
        }
        if at + 1 >= self.tokens.len() || !self.gap(at + 1, SPACE) {
            return false;
        }
        self.fold(at + 1);
        word(self.buffer).acts
    }

    /// True if a pseudonym stands before or after it in an enumeration.
    fn beside_person(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let (before, after) = (&self.text[..token.start], &self.text[token.end..]);
        let follows = LINKS.iter().any(|link| {
            let head = before.strip_suffix(link).unwrap_or_default();
            let start = head.len().checked_sub(PSEUDONYM_LEN);
            start.and_then(|start| head.get(start..)).is_some_and(is_pseudonym_start)
        });
        follows || LINKS.iter().any(|link| after.strip_prefix(link).is_some_and(is_pseudonym_start))
    }

    /// "Jan's laptop".
    fn owns(&self, at: usize) -> bool {
        let after = &self.text[self.tokens[at].end..];
        ["'s ", "’s "].iter().any(|ending| after.starts_with(ending))
    }

    fn inside_sentence(&self, at: usize) -> bool {
        at > 0 && self.gap(at, SPACE) && !self.tokens[at - 1].capital
    }

    fn beside_number(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let skip = [' ', '.', '-', '/', ','];
        let follows_pseudonym =
            at > 0 && is_pseudonym_start(&self.text[self.start(at - 1)..self.tokens[at - 1].end]);
        !follows_pseudonym
            && digit(self.text[..token.start].trim_end_matches(skip).chars().next_back())
            || digit(self.text[token.end..].trim_start_matches(skip).chars().next())
    }

    /// True if the next word makes a company of this one ("Janssens NV", "Peeters & Zonen").
    fn company(&mut self, at: usize) -> bool {
        if at + 1 >= self.tokens.len() || !self.gap(at + 1, &[" ", " & ", "-"]) {
            return false;
        }
        self.fold(at + 1);
        word(self.buffer).company
    }
}

fn person(words: usize, from: usize, canonical: String) -> Taken {
    Taken::Person { words, from, canonical }
}

/// True if a pseudonym such as `p-1f3a9c20` begins the text.
pub(super) fn is_pseudonym_start(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= PSEUDONYM_LEN
        && bytes.starts_with(b"p-")
        && bytes[2..PSEUDONYM_LEN].iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        && !bytes.get(PSEUDONYM_LEN).is_some_and(u8::is_ascii_alphanumeric)
}

/// Bytes of a pseudonym.
pub(super) const PSEUDONYM_LEN: usize = 10;
/// The most words that a name has.
pub(super) const MAX_WORDS: usize = 6;
const SPACE: &[&str] = &[" ", "\u{a0}"];
const NAME_GAPS: &[&str] = &[" ", "\u{a0}", ".", "_", ", ", ",", "  ", "' ", "'"];
/// What stands between people that are named together.
const LINKS: &[&str] = &[", ", " en ", " and ", " et ", " und ", " & ", "/", " / "];
const TITLE_GAPS: &[&str] = &[" ", ". ", ".", "\u{a0}"];
const CALL_GAPS: &[&str] = &[" ", ": ", ", ", " @", "\n", " \"", ",\n", " (", ":"];
const PLACEHOLDERS: &[&str] = &["mail", "phone", "address", "number", "secret"];
