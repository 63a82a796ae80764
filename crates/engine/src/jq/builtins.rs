//! The functions that are not written in `jq` itself.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use super::{
    compile::Node,
    eval::{Emit, Env, Evaluator, Flow, Item, Stop, fail, until_mark},
    paths, text, time,
    value::Val,
};

/// A function of its input and of its arguments' values.
pub(super) type ValueFn = fn(&mut Evaluator<'_>, &Val, &[Val]) -> Result<Val, Stop>;

/// The function with this name and so many arguments.
pub(super) fn value_fn(name: &str, arity: usize) -> Option<ValueFn> {
    let found = FUNCTIONS.iter().find(|(found, args, _)| *found == name && *args == arity)?;
    Some(found.2)
}

type Function = (&'static str, usize, ValueFn);

const FUNCTIONS: &[Function] = &[
    ("not", 0, |_, v, _| Ok(Val::Bool(!v.is_true()))),
    ("type", 0, |_, v, _| Ok(Val::text(v.kind()))),
    ("length", 0, length),
    ("utf8bytelength", 0, |_, v, _| Ok(Val::index(string(v)?.len()))),
    ("keys", 0, keys),
    ("keys_unsorted", 0, keys),
    ("has", 1, has),
    ("contains", 1, |ev, v, a| {
        ev.pay(v.size().bytes / 8 * (1 + a[0].size().bytes / 16))?;
        contains(v, &a[0]).map(Val::Bool)
    }),
    ("error", 0, |_, v, _| Err(Stop::Error(v.clone()))),
    ("error", 1, |_, _, a| Err(Stop::Error(a[0].clone()))),
    ("reverse", 0, |ev, v, _| match v {
        Val::Null => ev.array(Vec::new()),
        Val::Str(text) => ev.string(&text.chars().rev().collect::<String>()),
        other => {
            let reversed = array(other)?.iter().rev().cloned().collect();
            ev.array(reversed)
        }
    }),
    ("sort", 0, |ev, v, _| {
        let pairs = array(v)?.iter().map(|item| (item.clone(), item.clone())).collect();
        let sorted = sorted(ev, pairs)?.into_iter().map(|pair| pair.1).collect();
        ev.array(sorted)
    }),
    ("_sort_keyed", 0, |ev, v, _| {
        let pairs = keyed(v)?;
        let sorted = sorted(ev, pairs)?.into_iter().map(|pair| pair.1).collect();
        ev.array(sorted)
    }),
    ("_group_keyed", 0, group),
    ("_min_keyed", 0, |ev, v, _| best(ev, v, Ordering::is_lt)),
    ("_max_keyed", 0, |ev, v, _| best(ev, v, Ordering::is_ge)),
    ("flatten", 1, |ev, v, a| {
        let depth = number(&a[0])?;
        let mut flat = Vec::new();
        flatten(ev, array(v)?, depth, &mut flat)?;
        ev.array(flat)
    }),
    ("indices", 1, |ev, v, a| match (v, &a[0]) {
        (Val::Null, _) => Ok(Val::Null),
        (Val::Str(text), Val::Str(part)) => {
            ev.pay_bytes((text.len() * 4) as u64)?;
            let found = text::places(text, part);
            ev.array(found)
        }
        (Val::Arr(items), Val::Arr(part)) => {
            let found = indices(ev, &items.items, &part.items)?;
            ev.array(found)
        }
        (Val::Arr(items), one) => {
            let found = indices(ev, &items.items, std::slice::from_ref(one))?;
            ev.array(found)
        }
        (v, _) => Err(fail(&format!("cannot search in {}", v.kind()))),
    }),
    ("transpose", 0, transpose),
    ("getpath", 1, |ev, v, a| {
        let path = array(&a[0])?;
        paths::get(ev, v, path)
    }),
    ("setpath", 2, |ev, v, a| paths::set(ev, v.clone(), array(&a[0])?, a[1].clone())),
    ("delpaths", 1, |ev, v, a| {
        let path = |path: &Val| array(path).map(<[Val]>::to_vec);
        let all = array(&a[0])?.iter().map(path).collect::<Result<_, _>>()?;
        paths::delete(ev, v.clone(), all)
    }),
    ("tojson", 0, text::to_json),
    ("tostring", 0, |ev, v, _| match v {
        Val::Str(_) => Ok(v.clone()),
        other => text::to_json(ev, other, &[]),
    }),
    ("fromjson", 0, text::from_json),
    ("tonumber", 0, text::to_number),
    ("ascii_downcase", 0, |ev, v, _| ev.string(&string(v)?.to_ascii_lowercase())),
    ("ascii_upcase", 0, |ev, v, _| ev.string(&string(v)?.to_ascii_uppercase())),
    ("trim", 0, |ev, v, _| ev.string(string(v)?.trim())),
    ("ltrim", 0, |ev, v, _| ev.string(string(v)?.trim_start())),
    ("rtrim", 0, |ev, v, _| ev.string(string(v)?.trim_end())),
    ("startswith", 1, |_, v, a| Ok(Val::Bool(string(v)?.starts_with(string(&a[0])?)))),
    ("endswith", 1, |_, v, a| Ok(Val::Bool(string(v)?.ends_with(string(&a[0])?)))),
    ("ltrimstr", 1, |ev, v, a| match (v, &a[0]) {
        (Val::Str(text), Val::Str(part)) => ev.string(text.strip_prefix(&**part).unwrap_or(text)),
        _ => Ok(v.clone()),
    }),
    ("rtrimstr", 1, |ev, v, a| match (v, &a[0]) {
        (Val::Str(text), Val::Str(part)) => ev.string(text.strip_suffix(&**part).unwrap_or(text)),
        _ => Ok(v.clone()),
    }),
    ("explode", 0, |ev, v, _| {
        let points = string(v)?.chars().map(|c| Val::Int(i64::from(u32::from(c)))).collect();
        ev.array(points)
    }),
    ("implode", 0, text::implode),
    ("split", 1, text::split),
    ("split", 2, super::regex::split),
    ("join", 1, text::join),
    ("_match", 2, super::regex::matches),
    ("_test", 2, super::regex::test),
    ("@text", 0, text::to_text),
    ("@json", 0, text::to_json),
    ("@html", 0, text::html),
    ("@uri", 0, text::uri),
    ("@csv", 0, text::csv),
    ("@tsv", 0, text::tsv),
    ("@sh", 0, text::sh),
    ("@base64", 0, text::base64),
    ("@base64d", 0, text::base64d),
    ("floor", 0, |_, v, _| Ok(Val::number(number(v)?.floor()))),
    ("ceil", 0, |_, v, _| Ok(Val::number(number(v)?.ceil()))),
    ("round", 0, |_, v, _| Ok(Val::number(number(v)?.round()))),
    ("trunc", 0, |_, v, _| Ok(Val::number(number(v)?.trunc()))),
    ("fabs", 0, |_, v, _| Ok(Val::number(number(v)?.abs()))),
    ("abs", 0, |_, v, _| Ok(Val::number(number(v)?.abs()))),
    ("sqrt", 0, |_, v, _| Ok(Val::number(number(v)?.sqrt()))),
    ("pow", 2, |_, _, a| Ok(Val::number(number(&a[0])?.powf(number(&a[1])?)))),
    ("log", 0, |_, v, _| Ok(Val::number(number(v)?.ln()))),
    ("log2", 0, |_, v, _| Ok(Val::number(number(v)?.log2()))),
    ("log10", 0, |_, v, _| Ok(Val::number(number(v)?.log10()))),
    ("exp", 0, |_, v, _| Ok(Val::number(number(v)?.exp()))),
    ("nan", 0, |_, _, _| Ok(Val::Float(f64::NAN))),
    ("infinite", 0, |_, _, _| Ok(Val::Float(f64::INFINITY))),
    ("isnan", 0, |_, v, _| Ok(Val::Bool(number(v)?.is_nan()))),
    ("isinfinite", 0, |_, v, _| Ok(Val::Bool(number(v)?.is_infinite()))),
    ("isnormal", 0, |_, v, _| Ok(Val::Bool(number(v)?.is_normal()))),
    ("todateiso8601", 0, time::to_date),
    ("fromdateiso8601", 0, time::from_date),
    ("strftime", 1, time::format),
    ("strptime", 1, time::parse),
    ("mktime", 0, time::seconds),
    ("gmtime", 0, time::broken_down),
];

/// A function that takes filters and decides how often they run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Special {
    Empty,
    Path,
    First,
    Last,
    Limit,
    Skip,
    Until,
    While,
    Repeat,
    Recurse,
    Range,
    Getpath,
    Walk,
    Sub,
}

impl Special {
    pub(super) fn find(name: &str, arity: usize) -> Option<Self> {
        Some(match (name, arity) {
            ("empty", 0) => Self::Empty,
            ("path", 1) => Self::Path,
            ("first", 1) => Self::First,
            ("last", 1) => Self::Last,
            ("limit", 2) => Self::Limit,
            ("skip", 2) => Self::Skip,
            ("until", 2) => Self::Until,
            ("while", 2) => Self::While,
            ("repeat", 1) => Self::Repeat,
            ("recurse", 1) => Self::Recurse,
            ("range", 3) => Self::Range,
            ("getpath", 1) => Self::Getpath,
            ("walk", 1) => Self::Walk,
            ("sub", 3) => Self::Sub,
            _ => return None,
        })
    }

    #[inline(never)]
    pub(super) fn run<'p>(
        self,
        ev: &mut Evaluator<'p>,
        given: &'p [Node],
        env: &Env<'p>,
        item: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        match self {
            Self::Empty => Ok(()),
            Self::Path => {
                for path in ev.places(&given[0], env, &item.value)? {
                    let path = ev.array(path)?;
                    out(ev, Item::of(path))?;
                }
                Ok(())
            }
            Self::First => limit(ev, 1, &given[0], env, item, out),
            Self::Last => {
                let mut last = None;
                ev.eval(&given[0], env, item, &mut |_, item| {
                    last = Some(item);
                    Ok(())
                })?;
                last.map_or(Ok(()), |last| out(ev, last))
            }
            Self::Limit | Self::Skip => {
                let most = ev.collect(&given[0], env, item.value.clone())?;
                for most in most {
                    let most = number(&most)?;
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "clamped"
                    )]
                    let most = most.clamp(0.0, 1e15).ceil() as u64;
                    match self {
                        Self::Limit => limit(ev, most, &given[1], env, item.clone(), out)?,
                        _ => skip(ev, most, &given[1], env, item.clone(), out)?,
                    }
                }
                Ok(())
            }
            Self::Until => until((&given[0], &given[1]), ev, env, item, out),
            Self::While => grow(ev, item, out, &mut |ev, item| {
                let goes_on = ev.first(&given[0], env, item.value.clone())?;
                let goes_on = goes_on.is_some_and(|yes| yes.is_true());
                Ok((goes_on, if goes_on { items(ev, &given[1], env, item)? } else { Vec::new() }))
            }),
            Self::Repeat | Self::Recurse => {
                grow(ev, item, out, &mut |ev, item| Ok((true, items(ev, &given[0], env, item)?)))
            }
            Self::Range => range(ev, given, env, &item.value, out),
            Self::Getpath => getpath(ev, &given[0], env, &item, out),
            Self::Walk => {
                let walked = walk(ev, &given[0], env, &item.value)?;
                out(ev, Item::of(walked))
            }
            Self::Sub => super::regex::substitute(ev, given, env, &item.value, out),
        }
    }
}

fn limit<'p>(
    ev: &mut Evaluator<'p>,
    most: u64,
    node: &'p Node,
    env: &Env<'p>,
    item: Item,
    out: Emit<'_, 'p>,
) -> Flow {
    if most == 0 {
        return Ok(());
    }
    let (mark, mut count) = (ev.mark(), 0);
    let flow = ev.eval(node, env, item, &mut |ev, item| {
        count += 1;
        out(ev, item)?;
        if count >= most { Err(Stop::Break(mark)) } else { Ok(()) }
    });
    until_mark(flow, mark)
}

fn skip<'p>(
    ev: &mut Evaluator<'p>,
    most: u64,
    node: &'p Node,
    env: &Env<'p>,
    item: Item,
    out: Emit<'_, 'p>,
) -> Flow {
    let mut count = 0;
    ev.eval(node, env, item, &mut |ev, item| {
        count += 1;
        if count > most { out(ev, item) } else { Ok(()) }
    })
}

/// All items of a filter; an error ends them.
fn items<'p>(
    ev: &mut Evaluator<'p>,
    node: &'p Node,
    env: &Env<'p>,
    item: &Item,
) -> Result<Vec<Item>, Stop> {
    let mut all = Vec::new();
    ev.eval(node, env, item.clone(), &mut |_, item| {
        all.push(item);
        Ok(())
    })?;
    Ok(all)
}

/// Whether a value is shown, and what grows from it.
type Next<'n, 'p> = &'n mut dyn FnMut(&mut Evaluator<'p>, &Item) -> Result<(bool, Vec<Item>), Stop>;

/// A value, what grows from it, what grows from those and so on, depth first, in a loop: the
/// standard definitions recurse and could not be bounded by steps alone.
fn grow<'p>(ev: &mut Evaluator<'p>, item: Item, out: Emit<'_, 'p>, next: Next<'_, 'p>) -> Flow {
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        ev.pay(1)?;
        let (shown, inner) = next(ev, &item)?;
        open.extend(inner.into_iter().rev());
        if shown {
            out(ev, item)?;
        }
    }
    Ok(())
}

fn until<'p>(
    (done, update): (&'p Node, &'p Node),
    ev: &mut Evaluator<'p>,
    env: &Env<'p>,
    item: Item,
    out: Emit<'_, 'p>,
) -> Flow {
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        ev.pay(1)?;
        let is_done = ev.first(done, env, item.value.clone())?.is_some_and(|yes| yes.is_true());
        if is_done {
            out(ev, item)?;
        } else {
            let inner = items(ev, update, env, &item)?;
            open.extend(inner.into_iter().rev());
        }
    }
    Ok(())
}

fn range<'p>(
    ev: &mut Evaluator<'p>,
    given: &'p [Node],
    env: &Env<'p>,
    value: &Val,
    out: Emit<'_, 'p>,
) -> Flow {
    ev.arguments(given, env, value, Vec::new(), &mut |ev, given| {
        let (from, to, by) = (number(&given[0])?, number(&given[1])?, number(&given[2])?);
        let mut at = from;
        while (by > 0.0 && at < to) || (by < 0.0 && at > to) {
            ev.pay(1)?;
            out(ev, Item::of(Val::number(at)))?;
            at += by;
        }
        Ok(())
    })
}

fn getpath<'p>(
    ev: &mut Evaluator<'p>,
    node: &'p Node,
    env: &Env<'p>,
    item: &Item,
    out: Emit<'_, 'p>,
) -> Flow {
    ev.eval(node, env, Item::of(item.value.clone()), &mut |ev, path| {
        let steps = array(&path.value)?;
        let value = paths::get(ev, &item.value, steps)?;
        let path = item.path.as_ref().map(|path| path.iter().chain(steps).cloned().collect());
        out(ev, Item { value, path })
    })
}

/// Changes a value from its leaves up; as deep as values can be.
fn walk<'p>(
    ev: &mut Evaluator<'p>,
    node: &'p Node,
    env: &Env<'p>,
    value: &Val,
) -> Result<Val, Stop> {
    let inner = match value {
        Val::Arr(items) => {
            let mut walked = Vec::new();
            for item in &items.items {
                walked.push(ev.deeper(|ev| walk(ev, node, env, item))?);
            }
            ev.array(walked)?
        }
        Val::Obj(object) => {
            let mut walked = BTreeMap::new();
            for (name, member) in &object.members {
                let made = ev.deeper(|ev| walk(ev, node, env, member))?;
                walked.insert(Arc::clone(name), made);
            }
            ev.object(walked)?
        }
        plain => plain.clone(),
    };
    Ok(ev.first(node, env, inner)?.unwrap_or(Val::Null))
}

pub(super) fn string(value: &Val) -> Result<&str, Stop> {
    match value {
        Val::Str(text) => Ok(text),
        other => Err(fail(&format!("needs a string, not {}", other.kind()))),
    }
}

pub(super) fn array(value: &Val) -> Result<&[Val], Stop> {
    match value {
        Val::Arr(array) => Ok(&array.items),
        other => Err(fail(&format!("needs an array, not {}", other.kind()))),
    }
}

pub(super) fn number(value: &Val) -> Result<f64, Stop> {
    value.as_f64().ok_or_else(|| fail(&format!("needs a number, not {}", value.kind())))
}

fn length(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Result<Val, Stop> {
    Ok(match value {
        Val::Null => Val::Int(0),
        Val::Bool(_) => return Err(fail("a boolean has no length")),
        Val::Int(number) => Val::Int(number.saturating_abs()),
        Val::Float(number) => Val::Float(number.abs()),
        Val::Str(text) => {
            ev.pay_bytes(text.len() as u64)?;
            Val::index(text.chars().count())
        }
        Val::Arr(array) => Val::index(array.items.len()),
        Val::Obj(object) => Val::index(object.members.len()),
    })
}

fn keys(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Result<Val, Stop> {
    let keys = match value {
        Val::Arr(array) => (0..array.items.len()).map(Val::index).collect(),
        Val::Obj(object) => object.members.keys().map(|name| Val::Str(Arc::clone(name))).collect(),
        other => return Err(fail(&format!("{} has no keys", other.kind()))),
    };
    ev.array(keys)
}

fn has(_: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Result<Val, Stop> {
    match (value, &given[0]) {
        (Val::Obj(object), Val::Str(name)) => Ok(Val::Bool(object.members.contains_key(name))),
        (Val::Arr(array), Val::Int(at)) => {
            Ok(Val::Bool(usize::try_from(*at).is_ok_and(|at| at < array.items.len())))
        }
        (value, key) => {
            Err(fail(&format!("cannot look for a {} key in {}", key.kind(), value.kind())))
        }
    }
}

fn contains(whole: &Val, part: &Val) -> Result<bool, Stop> {
    match (whole, part) {
        (Val::Str(a), Val::Str(b)) => Ok(a.contains(&**b)),
        (Val::Arr(a), Val::Arr(b)) => {
            for wanted in &b.items {
                let found = a.items.iter().any(|item| contains(item, wanted).unwrap_or(false));
                if !found {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Val::Obj(a), Val::Obj(b)) => Ok(b.members.iter().all(|(name, wanted)| {
            a.members.get(name).is_some_and(|found| contains(found, wanted).unwrap_or(false))
        })),
        (a, b) if a.kind() == b.kind() => Ok(a.compare(b).is_eq()),
        (a, b) => Err(fail(&format!("{} can't contain {}", a.kind(), b.kind()))),
    }
}

fn keyed(value: &Val) -> Result<Vec<(Val, Val)>, Stop> {
    let pair = |pair: &Val| match array(pair)? {
        [key, item] => Ok((key.clone(), item.clone())),
        _ => Err(fail("needs pairs")),
    };
    array(value)?.iter().map(pair).collect()
}

/// Sorts pairs by their first; equal ones stay in order.
fn sorted(ev: &mut Evaluator<'_>, mut pairs: Vec<(Val, Val)>) -> Result<Vec<(Val, Val)>, Stop> {
    let bytes: u64 = pairs.iter().map(|pair| pair.0.size().bytes).sum();
    let rounds = u64::from(pairs.len().max(1).ilog2()) + 1;
    ev.pay((bytes / 8 + pairs.len() as u64).saturating_mul(rounds))?;
    pairs.sort_by(|a, b| a.0.compare(&b.0));
    Ok(pairs)
}

fn group(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Result<Val, Stop> {
    let pairs = keyed(value)?;
    let mut groups: Vec<(Val, Vec<Val>)> = Vec::new();
    for (key, item) in sorted(ev, pairs)? {
        match groups.last_mut() {
            Some((last, items)) if last.compare(&key).is_eq() => items.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let mut made = Vec::new();
    for (_, items) in groups {
        made.push(ev.array(items)?);
    }
    ev.array(made)
}

fn best(ev: &mut Evaluator<'_>, value: &Val, better: fn(Ordering) -> bool) -> Result<Val, Stop> {
    let mut best: Option<(Val, Val)> = None;
    for pair in keyed(value)? {
        let replaces = match &best {
            Some(best) => better(ev.compare(&pair.0, &best.0)?),
            None => true,
        };
        if replaces {
            best = Some(pair);
        }
    }
    Ok(best.map_or(Val::Null, |pair| pair.1))
}

fn flatten(
    ev: &mut Evaluator<'_>,
    items: &[Val],
    depth: f64,
    flat: &mut Vec<Val>,
) -> Result<(), Stop> {
    for item in items {
        ev.pay(1)?;
        match item {
            Val::Arr(inner) if depth >= 1.0 => flatten(ev, &inner.items, depth - 1.0, flat)?,
            other => flat.push(other.clone()),
        }
    }
    Ok(())
}

/// Where `part` stands in `items`.
pub(super) fn indices(
    ev: &mut Evaluator<'_>,
    items: &[Val],
    part: &[Val],
) -> Result<Vec<Val>, Stop> {
    if part.is_empty() {
        return Ok(Vec::new());
    }
    let bytes: u64 = part.iter().map(|item| item.size().bytes).sum();
    ev.pay((items.len() as u64).saturating_mul(bytes / 8 + 1))?;
    let equal = |window: &[Val]| window.iter().zip(part).all(|(a, b)| a.compare(b).is_eq());
    let windows = items.windows(part.len()).enumerate();
    Ok(windows.filter(|(_, w)| equal(w)).map(|(at, _)| Val::index(at)).collect())
}

fn transpose(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Result<Val, Stop> {
    let rows = array(value)?.iter().map(array).collect::<Result<Vec<_>, _>>()?;
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let mut made = Vec::new();
    for column in 0..width {
        let cell = |row: &&[Val]| row.get(column).cloned().unwrap_or(Val::Null);
        made.push(ev.array(rows.iter().map(cell).collect())?);
    }
    ev.array(made)
}
