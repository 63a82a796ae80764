//! What a run of the offboarding is asked: for whom, and from when on.
//!
//! Owns what counts as asking for the same once more. Reads the input of a run, be it given by a
//! command or by an event.

use chrono::NaiveDate;
use kompel_model::LeaverPerson;
use serde_json::Value;

use super::same_person;

/// What the input of an offboarding asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Who leaves.
    pub person: LeaverPerson,
    /// The moment at which everything is closed, as `2026-03-31T17:00:00Z`; `None`: at once.
    pub at: Option<String>,
}

impl Asking {
    /// Reads an input; `None` if it names no person.
    pub fn of(input: &Value) -> Option<Self> {
        let input = asked(input);
        let person = serde_json::from_value(input.get("person")?.clone()).ok()?;
        let text = |name: &str| input[name].as_str().map(str::to_owned);
        let end = |day: String| day.parse::<NaiveDate>().is_ok().then(|| format!("{day}{END}"));
        Some(Self { person, at: text("closeAt").or_else(|| text("lastDay").and_then(end)) })
    }
}

/// What was asked: a run that an event started has the event as its input.
pub fn asked(input: &Value) -> &Value {
    input.get(0).map_or(input, |event| &event["data"])
}

/// True if the second asks for the same person as the first, and for no sooner: whoever closes for
/// the first does what the second asks. Sooner is another matter, and not to be put off. Nor is who
/// is only named taken for who is known by an address or a login: two may be called so.
pub fn asks_no_sooner(first: &Asking, second: &Asking) -> bool {
    let named_only =
        |asking: &Asking| asking.person.mails.is_empty() && asking.person.logins.is_empty();
    // `None`, at once, is the least.
    same_person(&first.person, &second.person)
        && named_only(first) == named_only(second)
        && first.at <= second.at
}

/// The end of the last day, as the playbook has it.
const END: &str = "T17:00:00Z";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_person_is_asked_for_again_unless_it_is_to_be_sooner() {
        let jan = json!({"person": {"mails": ["Jan@acme.test"]}, "lastDay": "2026-03-31"});
        let of = |input: &Value| Asking::of(input).unwrap();
        for (second, again) in [
            (json!({"person": {"mails": ["jan@acme.test"]}, "lastDay": "2026-03-31"}), true),
            (json!({"person": {"logins": ["jan@acme.test"]}, "lastDay": "2026-04-30"}), true),
            (json!([{"data": {"person": jan["person"], "lastDay": "2026-03-31"}}]), true),
            (json!({"person": jan["person"], "closeAt": "2026-03-31T18:00:00Z"}), true),
            (json!({"person": jan["person"], "lastDay": "2026-03-30"}), false),
            (json!({"person": jan["person"], "lastDay": null}), false),
            (json!({"person": jan["person"]}), false),
            (json!({"person": {"mails": ["an@acme.test"]}, "lastDay": "2026-03-31"}), false),
        ] {
            assert_eq!(asks_no_sooner(&of(&jan), &of(&second)), again, "{second}");
        }
        let now = json!({"person": jan["person"]});
        assert!(asks_no_sooner(&of(&now), &of(&jan)), "at once is soon enough for any day");
        let named = json!({"person": {"name": "Jan Janssen"}});
        let known = json!({"person": {"name": "Jan Janssen", "mails": ["jan@acme.test"]}});
        assert!(asks_no_sooner(&of(&named), &of(&named)), "nothing tells them apart");
        assert!(!asks_no_sooner(&of(&named), &of(&known)), "the namesake may be meant");
        assert!(!asks_no_sooner(&of(&known), &of(&named)), "the namesake may be meant");
        for nobody in [json!({}), json!([]), json!([{"data": {}}]), json!(3), json!({"person": 1})]
        {
            assert_eq!(Asking::of(&nobody), None, "{nobody}");
        }
    }
}
