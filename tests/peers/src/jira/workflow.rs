//! The one workflow of the stub's project.

use serde_json::{Value, json};

use super::status;

pub(super) struct Transition {
    pub(super) id: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    /// Whether it asks for a resolution.
    pub(super) asks: bool,
}

pub(super) const WORKFLOW: &[Transition] = &[
    Transition { id: "11", from: "To Do", to: "In Progress", asks: false },
    Transition { id: "21", from: "In Progress", to: "Done", asks: true },
    Transition { id: "31", from: "In Progress", to: "Done", asks: false },
    Transition { id: "41", from: "To Do", to: "Rejected", asks: true },
    Transition { id: "51", from: "In Progress", to: "To Do", asks: false },
    Transition { id: "61", from: "Done", to: "To Do", asks: false },
];

impl Transition {
    pub(super) fn shown(&self) -> Value {
        let mut fields = json!({});
        if self.asks {
            fields["resolution"] = json!({
                "key": "resolution", "name": "Resolution", "required": true,
                "hasDefaultValue": false, "operations": ["set"],
                "schema": {"type": "resolution", "system": "resolution"},
            });
        }
        json!({
            "id": self.id, "name": format!("To {}", self.to), "hasScreen": self.asks,
            "isAvailable": true, "to": status(self.to), "fields": fields,
        })
    }
}
