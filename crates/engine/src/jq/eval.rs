//! Evaluation: every operation costs a step, every level of recursion is counted.
//!
//! A filter hands each of its values to the next one by a call; ending early is an error that
//! passes through. So the whole state is on the stack, whose depth is bounded by
//! [`EVAL_DEPTH`](super::limits::EVAL_DEPTH), and loops that could go on for ever are loops here.

use std::{cmp::Ordering, collections::BTreeMap, rc::Rc, sync::Arc};

use serde_json::Value;

use super::{
    Error, Limits,
    compile::{Node, Pattern},
    limits::{EVAL_DEPTH, VALUE_DEPTH},
    prelude,
    regex::Regexes,
    text,
    value::Val,
};

/// Why evaluation ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// An error that `try` can catch.
    Error(Val),
    /// `break`, or enough values.
    Break(u64),
    /// A limit; nothing catches it.
    Fatal(Error),
}

pub(super) type Flow = Result<(), Stop>;

/// A value, and where it came from if the place matters.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) value: Val,
    pub(super) path: Option<Vec<Val>>,
}

impl Item {
    pub(super) fn of(value: Val) -> Self {
        Self { value, path: None }
    }
}

pub(super) type Emit<'e, 'p> = &'e mut dyn FnMut(&mut Evaluator<'p>, Item) -> Flow;

/// What is bound around an expression, innermost first.
#[derive(Debug, Clone, Default)]
pub(super) struct Env<'p>(Option<Rc<Bound<'p>>>);

#[derive(Debug)]
struct Bound<'p> {
    what: What<'p>,
    outer: Env<'p>,
}

#[derive(Debug)]
enum What<'p> {
    Variable(&'p str, Val),
    Label(&'p str, u64),
    Filter(&'p str, &'p Node, Env<'p>),
}

impl<'p> Env<'p> {
    fn with(&self, what: What<'p>) -> Self {
        Self(Some(Rc::new(Bound { what, outer: self.clone() })))
    }

    fn find<T>(&self, wanted: impl Fn(&What<'p>) -> Option<T>) -> Option<T> {
        let mut at = self;
        while let Some(bound) = &at.0 {
            if let Some(found) = wanted(&bound.what) {
                return Some(found);
            }
            at = &bound.outer;
        }
        None
    }
}

/// One evaluation, with what is left of its limits.
pub(super) struct Evaluator<'p> {
    globals: &'p BTreeMap<&'p str, Val>,
    limits: Limits,
    steps: u64,
    depth: usize,
    labels: u64,
    pub(super) regexes: Regexes,
}

pub(super) fn run(
    node: &Node,
    input: &Value,
    variables: &BTreeMap<&str, Value>,
    limits: &Limits,
) -> Result<Value, Error> {
    let read = |json| Val::from_json(json, VALUE_DEPTH).ok_or(Error::Depth(VALUE_DEPTH as usize));
    let input = read(input)?;
    let globals: BTreeMap<&str, Val> = variables
        .iter()
        .map(|(name, value)| Ok((*name, read(value)?)))
        .collect::<Result<_, Error>>()?;
    let mut evaluator = Evaluator {
        globals: &globals,
        limits: *limits,
        steps: 0,
        depth: 0,
        labels: 0,
        regexes: Regexes::default(),
    };
    let mut result = None;
    let flow = evaluator.eval(node, &Env::default(), Item::of(input), &mut |_, item| {
        if result.replace(item.value).is_some() {
            return Err(Stop::Fatal(Error::Several));
        }
        Ok(())
    });
    match flow {
        Ok(()) => {}
        Err(Stop::Fatal(error)) => return Err(error),
        Err(Stop::Break(_)) => return Err(Error::Failed("break".to_owned())),
        Err(Stop::Error(value)) => return Err(Error::Failed(text::shown(&value))),
    }
    let result = result.unwrap_or(Val::Null);
    if result.size().bytes > limits.bytes {
        return Err(Error::Size(limits.bytes));
    }
    Ok(result.to_json())
}

impl<'p> Evaluator<'p> {
    /// Pays for an operation.
    pub(super) fn pay(&mut self, steps: u64) -> Flow {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            return Err(Stop::Fatal(Error::Steps(self.limits.steps)));
        }
        Ok(())
    }

    /// Pays for `bytes` of text, before they are made.
    pub(super) fn pay_bytes(&mut self, bytes: u64) -> Flow {
        if bytes > self.limits.bytes {
            return Err(Stop::Fatal(Error::Size(self.limits.bytes)));
        }
        self.pay(bytes / 16)
    }

    /// Checks a value that was just made.
    pub(super) fn checked(&self, value: Val) -> Result<Val, Stop> {
        let size = value.size();
        if size.bytes > self.limits.bytes {
            return Err(Stop::Fatal(Error::Size(self.limits.bytes)));
        }
        if size.depth > VALUE_DEPTH {
            return Err(Stop::Fatal(Error::Depth(VALUE_DEPTH as usize)));
        }
        Ok(value)
    }

    pub(super) fn array(&mut self, items: Vec<Val>) -> Result<Val, Stop> {
        self.pay(items.len() as u64)?;
        self.checked(Val::array(items))
    }

    pub(super) fn object(&mut self, members: BTreeMap<Arc<str>, Val>) -> Result<Val, Stop> {
        self.pay(members.len() as u64)?;
        self.checked(Val::object(members))
    }

    pub(super) fn string(&mut self, text: &str) -> Result<Val, Stop> {
        self.pay_bytes(text.len() as u64)?;
        Ok(Val::text(text))
    }

    /// Compares two values at the price of the smaller.
    pub(super) fn compare(&mut self, a: &Val, b: &Val) -> Result<Ordering, Stop> {
        self.pay(a.size().bytes.min(b.size().bytes) / 8)?;
        Ok(a.compare(b))
    }

    /// A fresh mark for ending early.
    pub(super) fn mark(&mut self) -> u64 {
        self.labels += 1;
        self.labels
    }

    /// All values of a filter.
    pub(super) fn collect(
        &mut self,
        node: &'p Node,
        env: &Env<'p>,
        input: Val,
    ) -> Result<Vec<Val>, Stop> {
        let mut all = Vec::new();
        let mut bytes = 0_u64;
        self.eval(node, env, Item::of(input), &mut |ev, item| {
            bytes = bytes.saturating_add(item.value.size().bytes);
            if bytes > ev.limits.bytes {
                return Err(Stop::Fatal(Error::Size(ev.limits.bytes)));
            }
            all.push(item.value);
            Ok(())
        })?;
        Ok(all)
    }

    /// The first value of a filter, if there is one.
    pub(super) fn first(
        &mut self,
        node: &'p Node,
        env: &Env<'p>,
        input: Val,
    ) -> Result<Option<Val>, Stop> {
        let (mut first, mark) = (None, self.mark());
        let flow = self.eval(node, env, Item::of(input), &mut |_, item| {
            first = Some(item.value);
            Err(Stop::Break(mark))
        });
        until_mark(flow, mark)?;
        Ok(first)
    }

    /// The value of a filter that gives exactly one; a second one is not waited for.
    pub(super) fn single(
        &mut self,
        node: &'p Node,
        env: &Env<'p>,
        input: &Val,
    ) -> Result<Option<Val>, Stop> {
        let (mut found, mut count, mark) = (None, 0, self.mark());
        let flow = self.eval(node, env, Item::of(input.clone()), &mut |_, item| {
            count += 1;
            found = Some(item.value);
            if count > 1 { Err(Stop::Break(mark)) } else { Ok(()) }
        });
        until_mark(flow, mark)?;
        Ok(found.filter(|_| count == 1))
    }

    /// Counts a level of a recursion of its own.
    pub(super) fn deeper<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        self.pay(1)?;
        if self.depth >= EVAL_DEPTH {
            return Err(Stop::Fatal(Error::Depth(EVAL_DEPTH)));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// Hands each value of `node` on `item` to `out`.
    pub(super) fn eval(
        &mut self,
        node: &'p Node,
        env: &Env<'p>,
        item: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        self.deeper(|ev| ev.dispatch(node, env, item, out))
    }

    #[inline(never)]
    fn dispatch(&mut self, node: &'p Node, env: &Env<'p>, item: Item, out: Emit<'_, 'p>) -> Flow {
        match node {
            Node::Identity => out(self, item),
            Node::Pipe(left, right) => {
                self.eval(left, env, item, &mut |ev, item| ev.eval(right, env, item, out))
            }
            Node::Comma(all) => {
                all.iter().try_for_each(|node| self.eval(node, env, item.clone(), out))
            }
            Node::Access(head, parts) => self.eval(head, env, item.clone(), &mut |ev, at| {
                ev.access(parts, env, &item.value, at, out)
            }),
            Node::Parameter(name) => self.parameter(name, env, item, out),
            Node::Defined(key, arguments) => self.defined(key, arguments, env, item, out),
            Node::If(condition, then, otherwise) => {
                self.branch((condition, then, otherwise.as_deref()), env, &item, out)
            }
            Node::Bind(source, pattern, body) => {
                let value = item.value.clone();
                self.eval(source, env, Item::of(value), &mut |ev, bound| {
                    ev.bind(pattern, &bound.value, &bound.value, env, &mut |ev, env| {
                        ev.eval(body, env, item.clone(), out)
                    })
                })
            }
            Node::Label(name, inner) => {
                let mark = self.mark();
                let env = env.with(What::Label(name, mark));
                let flow = self.eval(inner, &env, item, out);
                until_mark(flow, mark)
            }
            Node::Break(name) => Err(broken(name, env)),
            Node::Try(inner, handler) => self.attempt(inner, handler.as_deref(), env, item, out),
            Node::Alternative(left, right) => self.alternative(left, right, env, item, out),
            Node::Reduce(source, pattern, init, update) => {
                self.reduce((source, pattern, init, update), env, &item, out)
            }
            Node::Foreach(source, pattern, init, update, extract) => {
                let body = (&**update, extract.as_deref());
                self.foreach((source, pattern, init), body, env, &item, out)
            }
            Node::Descend => super::paths::descend(self, item, out),
            Node::Special(special, arguments) => special.run(self, arguments, env, item, out),
            Node::Assign(how, target, value) => {
                let changed = |ev: &mut Self, value| out(ev, Item::of(value));
                self.assign(*how, (target, value), env, item.value, &mut { changed })
            }
            _ => self.pure(node, env, item, out),
        }
    }

    /// Runs the filter that a definition was given.
    #[inline(never)]
    fn parameter(&mut self, name: &str, env: &Env<'p>, item: Item, out: Emit<'_, 'p>) -> Flow {
        let wanted = |what: &What<'p>| match what {
            What::Filter(found, node, env) if *found == name => Some((*node, env.clone())),
            What::Filter(..) | What::Variable(..) | What::Label(..) => None,
        };
        let (node, env) = env.find(wanted).ok_or_else(|| unknown(name))?;
        self.eval(node, &env, item, out)
    }

    #[inline(never)]
    fn defined(
        &mut self,
        key: &str,
        arguments: &'p [Node],
        env: &Env<'p>,
        item: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        let definition = prelude::get(key).ok_or_else(|| unknown(key))?;
        let mut inner = Env::default();
        for (name, argument) in definition.parameters.iter().zip(arguments) {
            inner = inner.with(What::Filter(name, argument, env.clone()));
        }
        self.eval(&definition.body, &inner, item, out)
    }

    pub(super) fn variable(&self, name: &str, env: &Env<'p>) -> Result<Val, Stop> {
        let wanted = |what: &What<'p>| match what {
            What::Variable(found, value) if *found == name => Some(value.clone()),
            What::Variable(..) | What::Label(..) | What::Filter(..) => None,
        };
        env.find(wanted)
            .or_else(|| self.globals.get(name).cloned())
            .ok_or_else(|| Stop::Fatal(Error::UnknownVariable(name.to_owned())))
    }

    #[inline(never)]
    fn branch(
        &mut self,
        (condition, then, otherwise): (&'p Node, &'p Node, Option<&'p Node>),
        env: &Env<'p>,
        item: &Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        let value = Item::of(item.value.clone());
        self.eval(condition, env, value, &mut |ev, yes| match (yes.value.is_true(), otherwise) {
            (true, _) => ev.eval(then, env, item.clone(), out),
            (false, Some(otherwise)) => ev.eval(otherwise, env, item.clone(), out),
            (false, None) => out(ev, item.clone()),
        })
    }

    #[inline(never)]
    fn attempt(
        &mut self,
        inner: &'p Node,
        handler: Option<&'p Node>,
        env: &Env<'p>,
        item: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        // An error of what comes after must pass through, so it is set aside.
        let mut after = None;
        let mark = self.mark();
        let flow = self.eval(inner, env, item, &mut |ev, item| {
            out(ev, item).map_err(|stop| match stop {
                Stop::Error(error) => {
                    after = Some(error);
                    Stop::Break(mark)
                }
                other => other,
            })
        });
        match (flow, after) {
            (Err(Stop::Break(end)), Some(error)) if end == mark => Err(Stop::Error(error)),
            (Err(Stop::Error(error)), _) => match handler {
                Some(handler) => self.eval(handler, env, Item::of(error), out),
                None => Ok(()),
            },
            (flow, _) => flow,
        }
    }

    #[inline(never)]
    fn alternative(
        &mut self,
        left: &'p Node,
        right: &'p Node,
        env: &Env<'p>,
        item: Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        let (mut some, mut after) = (false, None);
        let mark = self.mark();
        let flow = self.eval(left, env, item.clone(), &mut |ev, found| {
            if !found.value.is_true() {
                return Ok(());
            }
            some = true;
            out(ev, found).map_err(|stop| match stop {
                Stop::Error(error) => {
                    after = Some(error);
                    Stop::Break(mark)
                }
                other => other,
            })
        });
        match (flow, after) {
            (Err(Stop::Break(end)), Some(error)) if end == mark => Err(Stop::Error(error)),
            (Ok(()) | Err(Stop::Error(_)), _) if some => Ok(()),
            (Ok(()) | Err(Stop::Error(_)), _) => self.eval(right, env, item, out),
            (flow, _) => flow,
        }
    }

    #[inline(never)]
    fn reduce(
        &mut self,
        (source, pattern, init, update): (&'p Node, &'p Pattern, &'p Node, &'p Node),
        env: &Env<'p>,
        item: &Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        self.eval(init, env, item.clone(), &mut |ev, start| {
            let mut state = start;
            let input = Item::of(item.value.clone());
            ev.eval(source, env, input, &mut |ev, bound| {
                ev.bind(pattern, &bound.value, &bound.value, env, &mut |ev, env| {
                    let before = std::mem::replace(&mut state, Item::of(Val::Null));
                    // As jq 1.5 and later: the last value goes on, none is null.
                    ev.eval(update, env, before, &mut |_, next| {
                        state = next;
                        Ok(())
                    })
                })
            })?;
            out(ev, state)
        })
    }

    #[inline(never)]
    fn foreach(
        &mut self,
        (source, pattern, init): (&'p Node, &'p Pattern, &'p Node),
        (update, extract): (&'p Node, Option<&'p Node>),
        env: &Env<'p>,
        item: &Item,
        out: Emit<'_, 'p>,
    ) -> Flow {
        self.eval(init, env, item.clone(), &mut |ev, start| {
            let mut state = start;
            let input = Item::of(item.value.clone());
            ev.eval(source, env, input, &mut |ev, bound| {
                ev.bind(pattern, &bound.value, &bound.value, env, &mut |ev, env| {
                    let before = state.clone();
                    ev.eval(update, env, before, &mut |ev, next| {
                        state = next.clone();
                        match extract {
                            Some(extract) => ev.eval(extract, env, next, out),
                            None => out(ev, next),
                        }
                    })
                })
            })
        })
    }

    /// Binds the names of a pattern; `whole` is what the keys of the pattern are evaluated on.
    fn bind(
        &mut self,
        pattern: &'p Pattern,
        value: &Val,
        whole: &Val,
        env: &Env<'p>,
        then: &mut dyn FnMut(&mut Self, &Env<'p>) -> Flow,
    ) -> Flow {
        match pattern {
            Pattern::Name(name) => then(self, &env.with(What::Variable(name, value.clone()))),
            Pattern::Array(items) => self.bind_items(items, 0, value, whole, env, then),
            Pattern::Object(members) => self.bind_members(members, value, whole, env, then),
        }
    }

    fn bind_items(
        &mut self,
        items: &'p [Pattern],
        index: usize,
        value: &Val,
        whole: &Val,
        env: &Env<'p>,
        then: &mut dyn FnMut(&mut Self, &Env<'p>) -> Flow,
    ) -> Flow {
        self.pay(1)?;
        let Some((first, rest)) = items.split_first() else { return then(self, env) };
        let inner = super::paths::child(self, value, &Val::index(index))?;
        self.deeper(|ev| {
            ev.bind(first, &inner, whole, env, &mut |ev, env| {
                ev.bind_items(rest, index + 1, value, whole, env, then)
            })
        })
    }

    fn bind_members(
        &mut self,
        members: &'p [(Node, Pattern)],
        value: &Val,
        whole: &Val,
        env: &Env<'p>,
        then: &mut dyn FnMut(&mut Self, &Env<'p>) -> Flow,
    ) -> Flow {
        let Some(((key, first), rest)) = members.split_first() else { return then(self, env) };
        self.eval(key, env, Item::of(whole.clone()), &mut |ev, key| {
            let inner = super::paths::child(ev, value, &key.value)?;
            ev.bind(first, &inner, whole, env, &mut |ev, env| {
                ev.bind_members(rest, value, whole, env, then)
            })
        })
    }
}

/// An error that `try` can catch.
pub(super) fn fail(text: &str) -> Stop {
    Stop::Error(Val::text(text))
}

fn broken(name: &str, env: &Env<'_>) -> Stop {
    let wanted = |what: &What<'_>| match what {
        What::Label(found, mark) if *found == name => Some(*mark),
        What::Label(..) | What::Variable(..) | What::Filter(..) => None,
    };
    env.find(wanted).map_or_else(|| unknown(name), Stop::Break)
}

fn unknown(name: &str) -> Stop {
    Stop::Fatal(Error::UnknownVariable(name.to_owned()))
}

/// Ends an early end at its mark.
pub(super) fn until_mark(flow: Flow, mark: u64) -> Flow {
    match flow {
        Err(Stop::Break(end)) if end == mark => Ok(()),
        flow => flow,
    }
}
