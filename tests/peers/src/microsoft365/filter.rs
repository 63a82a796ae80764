//! The few `$filter` and `$search` that our connectors use, `$select`, `$expand` and pages.

use serde_json::{Value, json};

use super::server::{Answered, Asked};

/// Properties that can be filtered only with `ConsistencyLevel: eventual` and `$count=true`.
const ADVANCED: [&str; 1] = ["onPremisesSamAccountName"];

/// Rows of a page: few, so that every list of the sample has several, unless many are asked for.
const ROWS: usize = 2;
const MANY: usize = 200;

/// A page of these rows as they were asked for.
pub(super) fn page(asked: &Asked, rows: impl IntoIterator<Item = Value>) -> Answered {
    let mut kept = Vec::new();
    for row in rows {
        match fits(asked, &row) {
            Ok(true) => kept.push(selected(asked, &row)),
            Ok(false) => {}
            Err(code) => return super::graph::refused(400, code),
        }
    }
    let start = asked.query("$skiptoken").and_then(|text| text.parse().ok()).unwrap_or(0);
    let top = asked.query("$top").and_then(|text| text.parse().ok()).unwrap_or(0);
    let rows = if top < MANY { ROWS } else { top };
    let end = kept.len().min(start + rows);
    let context = format!("http://{}/v1.0/$metadata#{}", asked.host, asked.path.join("/"));
    let mut page = json!({"@odata.context": context, "value": kept.get(start..end)});
    if end < kept.len() {
        let mut next = url::Url::parse(&format!("http://{}/v1.0", asked.host)).unwrap();
        next.path_segments_mut().unwrap().extend(&asked.path);
        for (key, value) in asked.query.iter().filter(|(key, _)| key != "$skiptoken") {
            next.query_pairs_mut().append_pair(key, value);
        }
        next.query_pairs_mut().append_pair("$skiptoken", &end.to_string());
        page["@odata.nextLink"] = next.as_str().into();
    }
    (200, page)
}

/// The object with the properties that were asked for.
pub(super) fn selected(asked: &Asked, object: &Value) -> Value {
    let Some(select) = asked.query("$select") else { return object.clone() };
    let expanded = asked.query("$expand").unwrap_or_default();
    let mut kept = serde_json::Map::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        let wanted = select.split(',').chain(expanded.split(',')).any(|one| one == name);
        if wanted || name.starts_with('@') {
            kept.insert(name.clone(), value.clone());
        }
    }
    kept.into()
}

fn fits(asked: &Asked, row: &Value) -> Result<bool, &'static str> {
    if let Some(search) = asked.query("$search") {
        if !asked.eventual {
            return Err("Request_UnsupportedQuery");
        }
        return search.split(" AND ").try_fold(true, |all, one| {
            let inner = one.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            let (name, word) =
                inner.and_then(|text| text.split_once(':')).ok_or("Request_UnsupportedQuery")?;
            let text = row[name].as_str().unwrap_or_default().to_lowercase();
            Ok(all && text.split(' ').any(|part| part.starts_with(&word.to_lowercase())))
        });
    }
    let Some(filter) = asked.query("$filter") else { return Ok(true) };
    filter.split(" or ").try_fold(false, |any, branch| {
        let all = branch.split(" and ").try_fold(true, |all, term| {
            let holds = compared(asked, row, term.trim()).ok_or("Request_UnsupportedQuery")?;
            Ok::<bool, &'static str>(all && holds)
        })?;
        Ok(any || all)
    })
}

fn compared(asked: &Asked, row: &Value, term: &str) -> Option<bool> {
    let same = |one: &Value, text: &str| {
        one.as_str().is_some_and(|value| value.to_lowercase() == text.to_lowercase())
    };
    if let Some(rest) = term.strip_prefix("proxyAddresses/any(p:p eq ") {
        let text = literal(rest.strip_suffix(')')?)?;
        return Some(row["proxyAddresses"].as_array()?.iter().any(|one| same(one, &text)));
    }
    let (name, value) = term.split_once(" eq ")?;
    if ADVANCED.contains(&name) && !(asked.eventual && asked.query("$count") == Some("true")) {
        return None;
    }
    if let "true" | "false" = value {
        return Some(row[name] == (value == "true"));
    }
    Some(same(&row[name], &literal(value)?))
}

/// A text between quotes, in which a quote is doubled.
fn literal(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let plain = inner.replace("''", "");
    (!plain.contains('\'')).then(|| inner.replace("''", "'"))
}
