//! Places within values: reading, assigning and deleting along a path.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    compile::{Assign, Node, Part},
    eval::{Emit, Env, Evaluator, Flow, Item, Stop, fail},
    value::{Array, Object, Val},
};

/// `.[index]` of a value.
pub(super) fn child(ev: &mut Evaluator<'_>, value: &Val, index: &Val) -> Result<Val, Stop> {
    ev.pay(1)?;
    match (value, index) {
        (Val::Obj(object), Val::Str(name)) => {
            Ok(object.members.get(name).cloned().unwrap_or(Val::Null))
        }
        (Val::Arr(array), Val::Int(_) | Val::Float(_)) => {
            let at = position(index, array.items.len());
            Ok(at.and_then(|at| array.items.get(at)).cloned().unwrap_or(Val::Null))
        }
        (Val::Null, Val::Str(_) | Val::Int(_) | Val::Float(_) | Val::Null) => Ok(Val::Null),
        (Val::Arr(array), Val::Arr(wanted)) => {
            let found = super::builtins::indices(ev, &array.items, &wanted.items)?;
            ev.array(found)
        }
        _ => Err(fail(&format!("cannot index {} with {}", value.kind(), shown(index)))),
    }
}

fn shown(index: &Val) -> String {
    match index {
        Val::Str(name) => format!("{:?}", name.chars().take(60).collect::<String>()),
        other => other.kind().to_owned(),
    }
}

fn position(index: &Val, length: usize) -> Option<usize> {
    let index = index.as_f64()?.floor();
    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
    let index = if index < 0.0 { index + length as f64 } else { index };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
    (0.0..9e15).contains(&index).then_some(index as usize)
}

/// One step down, the path along with it.
pub(super) fn step(ev: &mut Evaluator<'_>, at: &Item, index: Val) -> Result<Item, Stop> {
    let value = child(ev, &at.value, &index)?;
    let path = match &at.path {
        Some(path) => {
            ev.pay(path.len() as u64)?;
            Some(path.iter().cloned().chain([index]).collect())
        }
        None => None,
    };
    Ok(Item { value, path })
}

/// `.[from:to]`.
pub(super) fn slice(ev: &mut Evaluator<'_>, at: &Item, from: &Val, to: &Val) -> Result<Item, Stop> {
    if at.path.is_some() {
        return Err(fail("a slice can be read but not assigned to"));
    }
    let bounds = |length: usize| {
        let bound = |value: &Val, otherwise| match value {
            Val::Null => Ok(otherwise),
            Val::Int(number) if *number < 0 => {
                let back = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
                Ok(length.saturating_sub(back))
            }
            Val::Int(_) | Val::Float(_) => Ok(position(value, length).unwrap_or(0).min(length)),
            _ => Err(fail("the bounds of a slice must be numbers")),
        };
        let (from, to) = (bound(from, 0)?, bound(to, length)?);
        Ok((from, to.max(from)))
    };
    let value = match &at.value {
        Val::Null => Val::Null,
        Val::Arr(array) => {
            let (from, to) = bounds(array.items.len())?;
            ev.array(array.items[from..to].to_vec())?
        }
        Val::Str(text) => {
            ev.pay_bytes(text.len() as u64)?;
            let (from, to) = bounds(text.chars().count())?;
            Val::text(&text.chars().skip(from).take(to - from).collect::<String>())
        }
        other => return Err(fail(&format!("cannot slice {}", other.kind()))),
    };
    Ok(Item::of(value))
}

/// `.[]`.
pub(super) fn each<'p>(
    ev: &mut Evaluator<'p>,
    at: Item,
    optional: bool,
    out: Emit<'_, 'p>,
) -> Flow {
    let mut one = |ev: &mut Evaluator<'p>, value: &Val, key: &dyn Fn() -> Val| {
        ev.pay(1)?;
        let path = match &at.path {
            Some(path) => {
                ev.pay(path.len() as u64)?;
                Some(path.iter().cloned().chain([key()]).collect())
            }
            None => None,
        };
        out(ev, Item { value: value.clone(), path })
    };
    match &at.value {
        Val::Arr(array) => {
            for (index, item) in array.items.iter().enumerate() {
                one(ev, item, &|| Val::index(index))?;
            }
            Ok(())
        }
        Val::Obj(object) => {
            for (name, member) in &object.members {
                one(ev, member, &|| Val::Str(Arc::clone(name)))?;
            }
            Ok(())
        }
        _ if optional => Ok(()),
        other => Err(fail(&format!("cannot iterate over {}", other.kind()))),
    }
}

/// `..`: the value and everything in it, without recursion.
pub(super) fn descend<'p>(ev: &mut Evaluator<'p>, item: Item, out: Emit<'_, 'p>) -> Flow {
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        ev.pay(1)?;
        let mut inner = Vec::new();
        each(ev, item.clone(), true, &mut |_, item| {
            inner.push(item);
            Ok(())
        })?;
        open.extend(inner.into_iter().rev());
        out(ev, item)?;
    }
    Ok(())
}

/// What stands at a path, null if nothing does.
pub(super) fn get(ev: &mut Evaluator<'_>, value: &Val, path: &[Val]) -> Result<Val, Stop> {
    let mut at = value.clone();
    for index in path {
        if matches!(at, Val::Null) {
            return Ok(Val::Null);
        }
        at = child(ev, &at, index)?;
    }
    Ok(at)
}

/// The value with another one at a path.
pub(super) fn set(ev: &mut Evaluator<'_>, value: Val, path: &[Val], new: Val) -> Result<Val, Stop> {
    let made = put(ev, value, path, new)?;
    ev.checked(made)
}

fn put(ev: &mut Evaluator<'_>, value: Val, path: &[Val], new: Val) -> Result<Val, Stop> {
    let Some((index, rest)) = path.split_first() else { return Ok(new) };
    ev.pay(1)?;
    if rest.len() > super::limits::VALUE_DEPTH as usize {
        return Err(Stop::Fatal(super::Error::Depth(super::limits::VALUE_DEPTH as usize)));
    }
    match (value, index) {
        (Val::Null, Val::Str(_)) => put(ev, Val::object(BTreeMap::new()), path, new),
        (Val::Null, Val::Int(_) | Val::Float(_)) => put(ev, Val::array(Vec::new()), path, new),
        (Val::Obj(mut object), Val::Str(name)) => {
            let inner = owned_object(ev, &mut object)?;
            let old = inner.members.remove(name);
            let fresh = old.is_none();
            let old = old.unwrap_or(Val::Null);
            let size = if fresh { inner.size } else { inner.size.without(&old) };
            let made = put(ev, old, rest, new)?;
            inner.size = size.with(if fresh { name.len() } else { 0 }, &made);
            inner.members.insert(Arc::clone(name), made);
            Ok(Val::Obj(object))
        }
        (Val::Arr(mut array), Val::Int(_) | Val::Float(_)) => {
            let length = array.items.len();
            let at = position(index, length)
                .ok_or_else(|| fail("this negative index is outside the array"))?;
            ev.pay_bytes((at.saturating_sub(length) as u64).saturating_mul(16))?;
            let inner = owned_array(ev, &mut array)?;
            if at >= length {
                inner.items.resize(at + 1, Val::Null);
                inner.size.bytes += (at + 1 - length) as u64 * 10;
            }
            let old = std::mem::replace(&mut inner.items[at], Val::Null);
            let size = inner.size.without(&old);
            let made = put(ev, old, rest, new)?;
            inner.size = size.with(0, &made);
            inner.items[at] = made;
            Ok(Val::Arr(array))
        }
        (value, index) => {
            Err(fail(&format!("cannot assign at {} of {}", shown(index), value.kind())))
        }
    }
}

/// The members to change; copied, and paid for, only if others hold the object too.
fn owned_object<'o>(
    ev: &mut Evaluator<'_>,
    object: &'o mut Arc<Object>,
) -> Result<&'o mut Object, Stop> {
    if Arc::strong_count(object) > 1 {
        ev.pay(object.members.len() as u64)?;
    }
    Ok(Arc::make_mut(object))
}

fn owned_array<'o>(
    ev: &mut Evaluator<'_>,
    array: &'o mut Arc<Array>,
) -> Result<&'o mut Array, Stop> {
    if Arc::strong_count(array) > 1 {
        ev.pay(array.items.len() as u64)?;
    }
    Ok(Arc::make_mut(array))
}

/// The value without what stands at these paths.
pub(super) fn delete(
    ev: &mut Evaluator<'_>,
    mut value: Val,
    mut paths: Vec<Vec<Val>>,
) -> Result<Val, Stop> {
    let weight = paths.len().max(1).ilog2() as usize + 1;
    ev.pay((paths.iter().map(Vec::len).sum::<usize>() * weight) as u64)?;
    // The last first, so that the others stay where they are.
    paths.sort_by(|a, b| Val::array(b.clone()).compare(&Val::array(a.clone())));
    for path in paths {
        value = remove(ev, value, &path)?;
    }
    Ok(value)
}

fn remove(ev: &mut Evaluator<'_>, value: Val, path: &[Val]) -> Result<Val, Stop> {
    let Some((index, rest)) = path.split_first() else { return Ok(Val::Null) };
    if matches!(value, Val::Null) {
        return Ok(value);
    }
    if !rest.is_empty() {
        let inner = child(ev, &value, index)?;
        if matches!(inner, Val::Null) {
            return Ok(value);
        }
        let made = remove(ev, inner, rest)?;
        return put(ev, value, std::slice::from_ref(index), made);
    }
    match (value, index) {
        (Val::Obj(object), Val::Str(name)) => {
            let mut members = object.members.clone();
            members.remove(name);
            ev.object(members)
        }
        (Val::Arr(array), Val::Int(_) | Val::Float(_)) => {
            let mut items = array.items.clone();
            if let Some(at) = position(index, items.len()).filter(|at| *at < items.len()) {
                items.remove(at);
            }
            ev.array(items)
        }
        (value, index) => Err(fail(&format!("cannot delete {} of {}", shown(index), value.kind()))),
    }
}

impl<'p> Evaluator<'p> {
    /// Follows a path's parts from `at`; their expressions are evaluated on `input`.
    pub(super) fn access(
        &mut self,
        parts: &'p [(Part, bool)],
        env: &Env<'p>,
        input: &Val,
        at: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        let Some(((part, optional), rest)) = parts.split_first() else { return out(self, at) };
        self.pay(1)?;
        match part {
            Part::Each => {
                each(self, at, *optional, &mut |ev, item| ev.access(rest, env, input, item, out))
            }
            Part::Index(index) => self.eval(
                index,
                env,
                Item::of(input.clone()),
                &mut |ev, index| match step(ev, &at, index.value) {
                    Ok(item) => ev.access(rest, env, input, item, out),
                    Err(Stop::Error(_)) if *optional => Ok(()),
                    Err(stop) => Err(stop),
                },
            ),
            Part::Slice(from, to) => {
                let bounds = |ev: &mut Self, node: &'p Option<Node>| match node {
                    Some(node) => {
                        ev.first(node, env, input.clone()).map(|v| v.unwrap_or(Val::Null))
                    }
                    None => Ok(Val::Null),
                };
                let (from, to) = (bounds(self, from)?, bounds(self, to)?);
                match slice(self, &at, &from, &to) {
                    Ok(item) => self.access(rest, env, input, item, out),
                    Err(Stop::Error(_)) if *optional => Ok(()),
                    Err(stop) => Err(stop),
                }
            }
        }
    }

    /// The places that a filter points at.
    pub(super) fn places(
        &mut self,
        node: &'p Node,
        env: &Env<'p>,
        value: &Val,
    ) -> Result<Vec<Vec<Val>>, Stop> {
        let mut places = Vec::new();
        let item = Item { value: value.clone(), path: Some(Vec::new()) };
        self.eval(node, env, item, &mut |ev, item| {
            let path = item.path.ok_or_else(|| fail("this is a made value, not a place"))?;
            ev.pay(1 + path.len() as u64)?;
            places.push(path);
            Ok(())
        })?;
        Ok(places)
    }

    /// `target = value` and its kin.
    #[inline(never)]
    pub(super) fn assign(
        &mut self,
        how: Assign,
        (target, new): (&'p Node, &'p Node),
        env: &Env<'p>,
        value: Val,
        out: &mut dyn FnMut(&mut Self, Val) -> Flow,
    ) -> Flow {
        if matches!(how, Assign::Update) {
            let changed = self.update(target, new, env, value)?;
            return out(self, changed);
        }
        let news = self.collect(new, env, value.clone())?;
        for new in news {
            let mut changed = value.clone();
            for path in self.places(target, env, &value)? {
                let made = match how {
                    Assign::Set | Assign::Update => new.clone(),
                    Assign::Math(op) => {
                        let old = get(self, &changed, &path)?;
                        super::math::run(self, op, old, new.clone())?
                    }
                    Assign::Default => {
                        let old = get(self, &changed, &path)?;
                        if old.is_true() { old } else { new.clone() }
                    }
                };
                changed = set(self, changed, &path, made)?;
            }
            out(self, changed)?;
        }
        Ok(())
    }

    fn update(
        &mut self,
        target: &'p Node,
        filter: &'p Node,
        env: &Env<'p>,
        value: Val,
    ) -> Result<Val, Stop> {
        let places = self.places(target, env, &value)?;
        let (mut changed, mut gone) = (value, Vec::new());
        for path in places {
            let old = get(self, &changed, &path)?;
            match self.first(filter, env, old)? {
                Some(new) => changed = set(self, changed, &path, new)?,
                None => gone.push(path),
            }
        }
        delete(self, changed, gone)
    }
}
