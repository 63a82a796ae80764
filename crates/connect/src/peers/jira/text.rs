//! Texts as Jira keeps them: a tree (Atlassian Document Format) in REST 3, wiki markup in REST 2.

use serde_json::{Value, json};

/// A plain text as a document: a paragraph for each block, line breaks within.
pub(super) fn document(text: &str) -> Value {
    let text = text.replace("\r\n", "\n");
    let paragraphs: Vec<Value> = text
        .split("\n\n")
        .map(|block| block.trim_matches('\n'))
        .filter(|block| !block.is_empty())
        .map(|block| {
            let mut content = Vec::new();
            for (number, line) in block.split('\n').enumerate() {
                if number > 0 {
                    content.push(json!({"type": "hardBreak"}));
                }
                // A text node may not be empty.
                if !line.is_empty() {
                    content.push(json!({"type": "text", "text": line}));
                }
            }
            json!({"type": "paragraph", "content": content})
        })
        .collect();
    json!({"type": "doc", "version": 1, "content": paragraphs})
}

/// A plain text in wiki markup: what would begin a macro, a link, a mention or a picture is escaped,
/// so that a text is never more than a text.
pub(super) fn wiki(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '{' | '[' | '!') {
            escaped.push('\\');
        }
        escaped.push(sign);
    }
    escaped
}

/// What people read of a field, at most `most` bytes: a document, a text in wiki markup, or nothing.
pub(super) fn plain(field: &Value, most: usize) -> String {
    let mut text = String::new();
    match field {
        Value::String(wiki) => text.push_str(wiki),
        document => write(document, &mut text, most, 0),
    }
    text.truncate(text.floor_char_boundary(most));
    text.trim().to_owned()
}

fn write(node: &Value, text: &mut String, most: usize, depth: usize) {
    if depth > DEEPEST || text.len() >= most {
        return;
    }
    let kind = node["type"].as_str().unwrap_or_default();
    let attribute = |name: &str| node["attrs"][name].as_str().unwrap_or_default();
    match kind {
        "text" => text.push_str(node["text"].as_str().unwrap_or_default()),
        "hardBreak" => text.push('\n'),
        "mention" | "emoji" | "status" | "placeholder" => text.push_str(attribute("text")),
        "inlineCard" | "blockCard" | "embedCard" => text.push_str(attribute("url")),
        "listItem" | "taskItem" => text.push_str("- "),
        _ => {}
    }
    let start = text.len();
    for child in node["content"].as_array().into_iter().flatten() {
        write(child, text, most, depth + 1);
    }
    if kind == "blockquote" {
        let quoted = text.split_off(start);
        text.extend(quoted.lines().flat_map(|line| ["> ", line, "\n"]));
    }
    let ends_line = matches!(
        kind,
        "paragraph" | "heading" | "codeBlock" | "rule" | "tableRow" | "taskItem" | "blockCard"
    );
    if ends_line {
        text.push('\n');
    }
}

/// Deeper nodes are not read. No reader of JSON goes deeper than 128 anyway.
const DEEPEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_document_and_back() {
        for (text, back) in [
            ("Alles gesloten.", "Alles gesloten."),
            ("één\ntwee\n\ndrie", "één\ntwee\ndrie"),
            ("a\r\nb\n\n\n\nc\n", "a\nb\nc"),
            ("", ""),
        ] {
            assert_eq!(plain(&document(text), 1000), back, "{text:?}");
        }
        let quoting = json!({"type": "doc", "content": [
            {"type": "blockquote", "content": document("a\nb")["content"]},
            document("c")["content"][0],
        ]});
        assert_eq!(plain(&quoting, 1000), "> a\n> b\nc");
        let paragraph = &document("a\n\nb")["content"];
        assert_eq!(paragraph.as_array().unwrap().len(), 2);
        assert!(!document("a\n\n\n").to_string().contains("\"text\":\"\""));
    }

    #[test]
    fn lists_mentions_links_and_tables_are_read_as_text() {
        let tree = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Uit dienst"}]},
            {"type": "bulletList", "content": [
                {"type": "listItem", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "VPN"}]}]},
                {"type": "listItem", "content": [
                    {"type": "paragraph", "content": [
                        {"type": "text", "text": "vraag "},
                        {"type": "mention", "attrs": {"id": "1", "text": "@An"}},
                        {"type": "text", "text": " "},
                        {"type": "inlineCard", "attrs": {"url": "https://hr.test/1"}}]}]}]},
            {"type": "panel", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "per 1 mei"}]}]},
        ]});
        assert_eq!(
            plain(&tree, 1000),
            "Uit dienst\n- VPN\n- vraag @An https://hr.test/1\nper 1 mei"
        );
        assert_eq!(plain(&tree, 7), "Uit die");
        assert_eq!(plain(&Value::Null, 7), "");
        assert_eq!(plain(&json!("h1. één"), 7), "h1. é");
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        assert_eq!(wiki("{code}[~an] !x.png! a*b"), "\\{code}\\[~an] \\!x.png\\! a*b");
    }

    #[test]
    fn a_deep_or_strange_document_ends() {
        let mut deep = json!({"type": "text", "text": "bottom"});
        for _ in 0..400 {
            deep = json!({"type": "panel", "content": [deep]});
        }
        assert_eq!(plain(&deep, 1000), "");
        let strange = json!([{"type": 3, "content": "x"}, 7]);
        assert_eq!(plain(&strange, 1000), "");
    }
}
