//! Operations that make new values: literals, arrays, objects, texts, arithmetic, comparisons.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use jaq_core::ops::{Cmp, Math};

use super::{
    builtins::value_fn,
    compile::{Node, Piece},
    eval::{Emit, Env, Evaluator, Flow, Item, Stop, fail},
    math, text,
    value::Val,
};

impl<'p> Evaluator<'p> {
    /// The operations whose result has no place in the input.
    #[inline(never)]
    pub(super) fn pure(
        &mut self,
        node: &'p Node,
        env: &Env<'p>,
        item: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        if item.path.is_some() && !matches!(node, Node::Literal(Val::Null)) {
            return Err(fail("this is a made value, not a place in the input"));
        }
        let (value, path) = (item.value, item.path);
        match node {
            Node::Literal(literal) => out(self, Item { value: literal.clone(), path }),
            Node::Variable(name) => {
                let value = self.variable(name, env)?;
                out(self, Item::of(value))
            }
            Node::Array(inner) => {
                let items = match inner {
                    Some(inner) => self.collect(inner, env, value)?,
                    None => Vec::new(),
                };
                let array = self.array(items)?;
                out(self, Item::of(array))
            }
            Node::Object(members) => self.members(members, env, &value, BTreeMap::new(), out),
            Node::Text(format, pieces) => {
                self.pieces(format.as_deref(), pieces, env, &value, String::new(), out)
            }
            Node::Negate(inner) => self.eval(inner, env, Item::of(value), &mut |ev, item| {
                let zero = Val::Int(0);
                let negative = math::run(ev, Math::Sub, zero, item.value)?;
                out(ev, Item::of(negative))
            }),
            Node::Math(op, left, right) => self.pairs(left, right, env, &value, &mut |ev, l, r| {
                let result = math::run(ev, *op, l, r)?;
                out(ev, Item::of(result))
            }),
            Node::Compare(op, left, right) => {
                self.pairs(left, right, env, &value, &mut |ev, l, r| {
                    let result = holds(*op, ev.compare(&l, &r)?);
                    out(ev, Item::of(Val::Bool(result)))
                })
            }
            Node::And(left, right) => self.logic(false, left, right, env, &value, out),
            Node::Or(left, right) => self.logic(true, left, right, env, &value, out),
            Node::Values(function, arguments) => {
                self.arguments(arguments, env, &value, Vec::new(), &mut |ev, given| {
                    let result = function(ev, &value, given)?;
                    let result = ev.checked(result)?;
                    out(ev, Item::of(result))
                })
            }
            _ => Err(fail("this operation has no value")),
        }
    }

    fn pairs(
        &mut self,
        left: &'p Node,
        right: &'p Node,
        env: &Env<'p>,
        value: &Val,
        then: &mut dyn FnMut(&mut Self, Val, Val) -> Flow,
    ) -> Flow {
        self.eval(right, env, Item::of(value.clone()), &mut |ev, r| {
            ev.eval(left, env, Item::of(value.clone()), &mut |ev, l| {
                then(ev, l.value, r.value.clone())
            })
        })
    }

    fn logic(
        &mut self,
        decides: bool,
        left: &'p Node,
        right: &'p Node,
        env: &Env<'p>,
        value: &Val,
        out: Emit<'_, 'p>,
    ) -> Flow {
        self.eval(left, env, Item::of(value.clone()), &mut |ev, l| {
            if l.value.is_true() == decides {
                return out(ev, Item::of(Val::Bool(decides)));
            }
            ev.eval(right, env, Item::of(value.clone()), &mut |ev, r| {
                out(ev, Item::of(Val::Bool(r.value.is_true())))
            })
        })
    }

    /// Every combination of the arguments' values, the first argument changing fastest.
    pub(super) fn arguments(
        &mut self,
        arguments: &'p [Node],
        env: &Env<'p>,
        value: &Val,
        given: Vec<Val>,
        then: &mut dyn FnMut(&mut Self, &[Val]) -> Flow,
    ) -> Flow {
        let Some((last, rest)) = arguments.split_last() else {
            let in_order: Vec<Val> = given.into_iter().rev().collect();
            return then(self, &in_order);
        };
        self.eval(last, env, Item::of(value.clone()), &mut |ev, item| {
            let mut given = given.clone();
            given.push(item.value);
            ev.arguments(rest, env, value, given, then)
        })
    }

    fn members(
        &mut self,
        mut members: &'p [(Node, Node)],
        env: &Env<'p>,
        value: &Val,
        mut made: BTreeMap<Arc<str>, Val>,
        out: Emit<'_, 'p>,
    ) -> Flow {
        // Members of one value, which is nearly all, need no recursion.
        while let Some(((Node::Literal(Val::Str(key)), member), rest)) = members.split_first() {
            let Some(only) = self.single(member, env, value)? else { break };
            made.insert(Arc::clone(key), only);
            members = rest;
        }
        let Some(((key, member), rest)) = members.split_first() else {
            let object = self.object(made)?;
            return out(self, Item::of(object));
        };
        self.eval(key, env, Item::of(value.clone()), &mut |ev, key| {
            let Val::Str(key) = key.value else {
                return Err(fail(&format!("a key must be a string, not {}", key.value.kind())));
            };
            ev.eval(member, env, Item::of(value.clone()), &mut |ev, member| {
                ev.pay(made.len() as u64)?;
                let mut made = made.clone();
                made.insert(Arc::clone(&key), member.value);
                ev.members(rest, env, value, made, out)
            })
        })
    }

    fn pieces(
        &mut self,
        format: Option<&str>,
        mut pieces: &'p [Piece],
        env: &Env<'p>,
        value: &Val,
        mut made: String,
        out: Emit<'_, 'p>,
    ) -> Flow {
        while let Some((first, rest)) = pieces.split_first() {
            match first {
                Piece::Plain(plain) => made.push_str(plain),
                Piece::Inserted(node) => {
                    let Some(only) = self.single(node, env, value)? else { break };
                    made.push_str(&self.inserted(format, &only)?);
                    self.pay_bytes(made.len() as u64)?;
                }
            }
            pieces = rest;
        }
        let Some((Piece::Inserted(node), rest)) = pieces.split_first() else {
            let text = self.string(&made)?;
            return out(self, Item::of(text));
        };
        self.eval(node, env, Item::of(value.clone()), &mut |ev, item| {
            let inserted = ev.inserted(format, &item.value)?;
            ev.pay_bytes((made.len() + inserted.len()) as u64)?;
            ev.pieces(format, rest, env, value, format!("{made}{inserted}"), out)
        })
    }

    fn inserted(&mut self, format: Option<&str>, value: &Val) -> Result<String, Stop> {
        self.pay_bytes(value.size().bytes)?;
        match format.and_then(|format| value_fn(format, 0)) {
            Some(function) => Ok(text::shown(&function(self, value, &[])?)),
            None => Ok(text::shown(value)),
        }
    }
}

fn holds(op: Cmp, order: Ordering) -> bool {
    match op {
        Cmp::Lt => order.is_lt(),
        Cmp::Le => order.is_le(),
        Cmp::Gt => order.is_gt(),
        Cmp::Ge => order.is_ge(),
        Cmp::Eq => order.is_eq(),
        Cmp::Ne => order.is_ne(),
    }
}
