//! Filling templates: slots, aliases of systems, typing slips.
//!
//! Owns how a template becomes a text and notes which systems the text names, so that the truth
//! speaks of what was written. Doesn't choose templates.

use chrono::{Datelike, NaiveDateTime};

use crate::{
    catalogue::Book,
    dice::{Dice, hash, mix},
    people::Cast,
};

/// Slots that need no list: what a template may name in braces besides `{s:…}` and `{x:…}`.
#[cfg(test)]
pub(crate) const PLAIN_SLOTS: &[&str] = &[
    "p", "f", "r", "c", "h", "h2", "d", "dom", "ip", "ip2", "port", "date", "mail", "n", "a", "af",
    "e", "k", "tel", "login", "old", "month",
];

/// Everything a template may speak of in one case; every slot keeps its value through the case.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub book: &'a Book,
    pub cast: &'a Cast,
    pub seed: u64,
    pub at: NaiveDateTime,
    pub client: usize,
    pub requester: usize,
    pub subject: usize,
    pub approver: usize,
    pub engineer: usize,
    pub key: String,
    /// Bit `i`: the text names the `i`-th system of the book.
    pub systems: u64,
}

impl Scene<'_> {
    /// Appends the filled template; now and then with a typing slip in its own words.
    pub(crate) fn fill(&mut self, template: &str, dice: &mut Dice, out: &mut String) {
        let slip = if dice.chance(0.10) { dice.below(template.len()) } else { usize::MAX };
        let mut rest = template;
        let mut offset = 0;
        while let Some(open) = rest.find('{') {
            literal(&rest[..open], slip.wrapping_sub(offset), dice, out);
            let Some(close) = rest[open..].find('}') else { break };
            self.slot(&rest[open + 1..open + close], dice, out);
            offset += open + close + 1;
            rest = &rest[open + close + 1..];
        }
        literal(rest, slip.wrapping_sub(offset), dice, out);
    }

    /// The filled template.
    pub(crate) fn say(&mut self, template: &str, dice: &mut Dice) -> String {
        let mut out = String::with_capacity(template.len() + 24);
        self.fill(template, dice, &mut out);
        out
    }

    fn slot(&mut self, name: &str, dice: &mut Dice, out: &mut String) {
        let fixed = mix(self.seed ^ hash(name));
        if let Some(id) = name.strip_prefix("s:") {
            return self.system(id, dice, out);
        }
        if let Some(id) = name.strip_prefix("x:") {
            let list = self.book.lists.get(id).map_or(&[] as &[String], Vec::as_slice);
            return out.push_str(Dice::new(fixed).pick(list));
        }
        let person = |i: usize| &self.cast.people[i];
        match name {
            "p" => out.push_str(&person(self.subject).name),
            "f" => out.push_str(&person(self.subject).first),
            "r" => out.push_str(&person(self.requester).first),
            "a" => out.push_str(&person(self.approver).name),
            "af" => out.push_str(&person(self.approver).first),
            "e" => out.push_str(&person(self.engineer).first),
            "mail" => out.push_str(&person(self.subject).mail),
            "login" => out.push_str(person(self.subject).mail.split('@').next().unwrap_or("")),
            "c" => out.push_str(&self.cast.clients[self.client].name),
            "dom" => out.push_str(&self.cast.clients[self.client].domain),
            "k" => out.push_str(&self.key),
            _ => out.push_str(&self.invented(name, fixed)),
        }
    }

    fn invented(&self, name: &str, fixed: u64) -> String {
        let client = &self.cast.clients[self.client];
        let n = |low: u64, span: u64| low + fixed % span;
        match name {
            "h" | "h2" => {
                let role = ["web", "app", "db", "file", "dc", "srv", "ts", "prd"]
                    [(fixed >> 20) as usize % 8];
                format!("{}-{role}{:02}", client.code, n(1, 12))
            }
            "d" => {
                let host = [
                    "www", "portal", "mail", "vpn", "api", "shop", "intranet", "extranet", "crm",
                    "sso",
                ];
                format!("{}.{}", host[fixed as usize % host.len()], client.domain)
            }
            "ip" | "ip2" => {
                format!("10.{}.{}.{}", n(10, 80), (fixed >> 8) % 250, (fixed >> 16) % 250 + 1)
            }
            "port" => ["443", "3389", "22", "8443", "1433", "5432", "445", "636"]
                [fixed as usize % 8]
                .to_owned(),
            "date" => {
                let date = self.at.date() + chrono::Duration::days(n(1, 20) as i64);
                match (fixed >> 32) % 3 {
                    0 => date.format("%d/%m/%Y").to_string(),
                    1 => date.format("%d-%m").to_string(),
                    _ => date.format("%d/%m").to_string(),
                }
            }
            "month" => format!("{:02}/{}", self.at.month(), self.at.year()),
            "n" => n(2, 14).to_string(),
            "tel" => format!(
                "04{}/{:02}.{:02}.{:02}",
                n(70, 29),
                (fixed >> 8) % 100,
                (fixed >> 16) % 100,
                (fixed >> 24) % 100
            ),
            "old" => n(10_000, 70_000).to_string(),
            _ => String::new(),
        }
    }

    fn system(&mut self, id: &str, dice: &mut Dice, out: &mut String) {
        let Some(index) = self.book.systems.keys().position(|key| key == id) else { return };
        self.systems |= 1 << index;
        let aliases = &self.book.systems[id];
        let alias = if dice.chance(0.5) { &aliases[0] } else { dice.pick(aliases) };
        out.push_str(alias);
    }
}

/// Appends a template's own words, with a slip at byte `slip` if that is within a word.
fn literal(text: &str, slip: usize, dice: &mut Dice, out: &mut String) {
    let bytes = text.as_bytes();
    let inside = slip > 0
        && slip.saturating_add(2) < bytes.len()
        && bytes[slip - 1..slip + 2].iter().all(u8::is_ascii_lowercase);
    if !inside {
        return out.push_str(text);
    }
    out.push_str(&text[..slip]);
    match dice.below(3) {
        0 => {
            out.push(char::from(bytes[slip + 1]));
            out.push(char::from(bytes[slip]));
            out.push_str(&text[slip + 2..]);
        }
        1 => out.push_str(&text[slip + 1..]),
        _ => {
            out.push(char::from(bytes[slip]));
            out.push_str(&text[slip..]);
        }
    }
}
