//! How plans name a thing: its name for people, its id behind it for the undo.

use kompel_model::Plan;
use serde_json::Value;

/// `name (id)`, from an object that has both.
pub(in crate::peers) fn named(shown: &Value) -> String {
    let text = |name: &str| shown[name].as_str().unwrap_or_default();
    format!("{} ({})", text("name"), text("id"))
}

/// The ids that stand last in a plan's properties.
pub(in crate::peers) fn ids(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().filter_map(|change| id(&change.property)).collect()
}

/// The id that stands last in such a name, whatever the name itself holds.
pub(in crate::peers) fn id(name: &str) -> Option<&str> {
    name.strip_suffix(')')?.rsplit_once('(').map(|(_, id)| id)
}

/// How plans say that one is in a group.
pub(in crate::peers) const MEMBER: &str = "member";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_id_is_found_behind_any_name() {
        for name in ["Sales", "Sales (old)", "a) (b", "", "("] {
            assert_eq!(id(&named(&json!({"name": name, "id": "x-1"}))), Some("x-1"), "{name}");
        }
        assert_eq!(id("no id"), None);
    }
}
