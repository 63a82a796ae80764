//! Arithmetic, of numbers and of everything else that `+ - * /` work on.

use std::sync::Arc;

use jaq_core::ops::Math;

use super::{
    eval::{Evaluator, Stop, fail},
    text,
    value::Val,
};

/// `+ - * / %`.
pub(super) fn run(ev: &mut Evaluator<'_>, op: Math, l: Val, r: Val) -> Result<Val, Stop> {
    if let (Val::Int(a), Val::Int(b)) = (&l, &r) {
        let exact = match op {
            Math::Add => a.checked_add(*b),
            Math::Sub => a.checked_sub(*b),
            Math::Mul => a.checked_mul(*b),
            Math::Div | Math::Rem => None,
        };
        if let Some(exact) = exact {
            return Ok(Val::Int(exact));
        }
    }
    let made = match (op, &l, &r) {
        (Math::Add, Val::Null, _) => r,
        (Math::Add, _, Val::Null) => l,
        (Math::Add, Val::Str(a), Val::Str(b)) => {
            ev.pay_bytes((a.len() + b.len()) as u64)?;
            Val::Str(format!("{a}{b}").into())
        }
        (Math::Add, Val::Arr(a), Val::Arr(b)) => {
            ev.pay((a.items.len() + b.items.len()) as u64)?;
            Val::array(a.items.iter().chain(&b.items).cloned().collect())
        }
        (Math::Add, Val::Obj(a), Val::Obj(b)) => {
            ev.pay((a.members.len() + b.members.len()) as u64)?;
            let mut members = a.members.clone();
            members.extend(b.members.iter().map(|(k, v)| (Arc::clone(k), v.clone())));
            Val::object(members)
        }
        (Math::Sub, Val::Arr(a), Val::Arr(b)) => {
            ev.pay((a.size.bytes / 8 + 1).saturating_mul(b.items.len() as u64))?;
            let kept = |item: &&Val| !b.items.iter().any(|gone| gone.compare(item).is_eq());
            Val::array(a.items.iter().filter(kept).cloned().collect())
        }
        (Math::Mul, Val::Str(text), _) if r.as_f64().is_some() => repeat(ev, text, &r)?,
        (Math::Mul, _, Val::Str(text)) if l.as_f64().is_some() => repeat(ev, text, &l)?,
        (Math::Mul, Val::Obj(_), Val::Obj(_)) => {
            ev.pay((l.size().bytes + r.size().bytes) / 8)?;
            merge(&l, &r)
        }
        (Math::Div, Val::Str(_), Val::Str(_)) => text::split(ev, &l, &[r])?,
        _ => numbers(op, &l, &r)?,
    };
    ev.checked(made)
}

fn numbers(op: Math, l: &Val, r: &Val) -> Result<Val, Stop> {
    let (Some(a), Some(b)) = (l.as_f64(), r.as_f64()) else {
        let what = format!("cannot calculate {} {} {}", l.kind(), op.as_str(), r.kind());
        return Err(fail(&what));
    };
    let result = match op {
        Math::Add => a + b,
        Math::Sub => a - b,
        Math::Mul => a * b,
        Math::Div if b == 0.0 => return Err(fail("division by zero")),
        Math::Div => a / b,
        Math::Rem if b.trunc() == 0.0 => return Err(fail("remainder of a division by zero")),
        // As jq: of whole numbers.
        Math::Rem => a.trunc() % b.trunc().abs(),
    };
    Ok(Val::number(result))
}

fn repeat(ev: &mut Evaluator<'_>, text: &str, times: &Val) -> Result<Val, Stop> {
    let times = times.as_f64().unwrap_or(0.0);
    if times.is_nan() || times <= 0.0 {
        return Ok(Val::Null);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let times = times.clamp(1.0, 1e12) as usize;
    ev.pay_bytes((text.len() as u64).saturating_mul(times as u64).max(times as u64 / 64))?;
    Ok(Val::text(&text.repeat(times)))
}

fn merge(l: &Val, r: &Val) -> Val {
    let (Val::Obj(a), Val::Obj(b)) = (l, r) else { return r.clone() };
    let mut members = a.members.clone();
    for (name, new) in &b.members {
        let merged = members.get(name).map_or_else(|| new.clone(), |old| merge(old, new));
        members.insert(Arc::clone(name), merged);
    }
    Val::object(members)
}
