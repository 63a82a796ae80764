//! Regular expressions, in linear time and of bounded size; look-around and back references do not
//! exist.

use std::{collections::BTreeMap, sync::Arc};

use regex::{Regex, RegexBuilder};

use super::{
    builtins::string,
    compile::Node,
    eval::{Emit, Env, Evaluator, Flow, Item, Stop, fail},
    value::Val,
};

/// The compiled expressions of one evaluation.
#[derive(Debug, Default)]
pub(super) struct Regexes(BTreeMap<(String, String), Arc<Regex>>);

/// What a regular expression costs beside its text: compiling it is worth so many steps.
const COMPILE_STEPS: u64 = 500;

/// Bytes of a compiled expression.
const COMPILED_BYTES: usize = 64 << 10;

fn compiled(ev: &mut Evaluator<'_>, pattern: &str, flags: &str) -> Result<Arc<Regex>, Stop> {
    let key = (pattern.to_owned(), flags.to_owned());
    if let Some(found) = ev.regexes.0.get(&key) {
        return Ok(Arc::clone(found));
    }
    ev.pay(COMPILE_STEPS + pattern.len() as u64)?;
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(COMPILED_BYTES).dfa_size_limit(COMPILED_BYTES).nest_limit(50);
    for flag in flags.chars() {
        match flag {
            'g' | 'n' => {}
            'i' => drop(builder.case_insensitive(true)),
            'x' => drop(builder.ignore_whitespace(true)),
            's' => drop(builder.dot_matches_new_line(true)),
            other => return Err(fail(&format!("{other:?} is no flag; use g, i, n, s or x"))),
        }
    }
    let regex = builder.build().map_err(|error| {
        let why = error.to_string().chars().take(200).collect::<String>();
        fail(&format!("not a usable regular expression: {why}"))
    })?;
    let regex = Arc::new(regex);
    ev.regexes.0.insert(key, Arc::clone(&regex));
    Ok(regex)
}

/// The regular expression, the text, and whether all matches are wanted.
fn prepared<'t>(
    ev: &mut Evaluator<'_>,
    value: &'t Val,
    given: &[Val],
) -> Result<(Arc<Regex>, &'t str, bool), Stop> {
    let text = string(value)?;
    let flags = match &given[1] {
        Val::Null => "",
        flags => string(flags)?,
    };
    let regex = compiled(ev, string(&given[0])?, flags)?;
    ev.pay(text.len() as u64 * 4)?;
    Ok((regex, text, flags.contains('g')))
}

pub(super) fn test(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Result<Val, Stop> {
    let (regex, text, _) = prepared(ev, value, given)?;
    Ok(Val::Bool(regex.is_match(text)))
}

pub(super) fn matches(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Result<Val, Stop> {
    let (regex, text, all) = prepared(ev, value, given)?;
    let most = if all { usize::MAX } else { 1 };
    let mut found = Vec::new();
    let (mut bytes, mut characters) = (0, 0);
    for captures in regex.captures_iter(text).take(most) {
        let Some(whole) = captures.get(0) else { continue };
        characters += text[bytes..whole.start()].chars().count();
        bytes = whole.start();
        let mut groups = Vec::new();
        for (group, name) in captures.iter().zip(regex.capture_names()).skip(1) {
            let name = name.map_or(Val::Null, Val::text);
            let from = group.map(|g| text[..g.start()].chars().count());
            ev.pay_bytes(group.map_or(0, |g| g.start() as u64))?;
            let made = found_object(ev, group.map(|g| g.as_str()), from)?;
            groups.push(with_member(ev, made, "name", name)?);
        }
        let groups = ev.array(groups)?;
        let made = found_object(ev, Some(whole.as_str()), Some(characters))?;
        found.push(with_member(ev, made, "captures", groups)?);
    }
    ev.array(found)
}

type Members = BTreeMap<Arc<str>, Val>;

fn found_object(
    ev: &mut Evaluator<'_>,
    text: Option<&str>,
    from: Option<usize>,
) -> Result<Members, Stop> {
    let string = match text {
        Some(text) => ev.string(text)?,
        None => Val::Null,
    };
    let length = text.map_or(0, |text| text.chars().count());
    Ok(BTreeMap::from([
        ("offset".into(), from.map_or(Val::Int(-1), Val::index)),
        ("length".into(), Val::index(length)),
        ("string".into(), string),
    ]))
}

fn with_member(
    ev: &mut Evaluator<'_>,
    mut members: Members,
    name: &str,
    value: Val,
) -> Result<Val, Stop> {
    members.insert(name.into(), value);
    ev.object(members)
}

pub(super) fn split(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Result<Val, Stop> {
    let (regex, text, _) = prepared(ev, value, given)?;
    let parts = regex.split(text).map(Val::text).collect();
    ev.array(parts)
}

/// `sub(re; with; flags)`: `with` sees the named groups; its first value is used.
pub(super) fn substitute<'p>(
    ev: &mut Evaluator<'p>,
    given: &'p [Node],
    env: &Env<'p>,
    value: &Val,
    out: Emit<'_, 'p>,
) -> Flow {
    let pattern = ev.first(&given[0], env, value.clone())?.unwrap_or(Val::Null);
    let flags = ev.first(&given[2], env, value.clone())?.unwrap_or(Val::Null);
    let (regex, text, all) = prepared(ev, value, &[pattern, flags])?;
    let most = if all { usize::MAX } else { 1 };
    let (mut made, mut at) = (String::new(), 0);
    for captures in regex.captures_iter(text).take(most) {
        let Some(whole) = captures.get(0) else { continue };
        let mut groups = BTreeMap::new();
        for name in regex.capture_names().flatten() {
            let group = captures.name(name).map_or(Val::Null, |group| Val::text(group.as_str()));
            groups.insert(name.into(), group);
        }
        let groups = ev.object(groups)?;
        let with = ev.first(&given[1], env, groups)?.unwrap_or_else(|| Val::text(""));
        made.push_str(&text[at..whole.start()]);
        made.push_str(string(&with)?);
        ev.pay_bytes(made.len() as u64)?;
        at = whole.end();
    }
    made.push_str(&text[at..]);
    let made = ev.string(&made)?;
    out(ev, Item::of(made))
}
