//! Values that know their own size and depth, so that none can grow beyond its bounds.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use serde_json::{Number, Value};

/// A JSON value, cheap to clone.
#[derive(Debug, Clone)]
pub(super) enum Val {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Arc<str>),
    Arr(Arc<Array>),
    Obj(Arc<Object>),
}

/// Items with the size of the whole.
#[derive(Debug, Clone)]
pub(super) struct Array {
    pub(super) items: Vec<Val>,
    pub(super) size: Size,
}

/// Members with the size of the whole.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) members: BTreeMap<Arc<str>, Val>,
    pub(super) size: Size,
}

/// How large a value would be as JSON, roughly, and how deep it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) bytes: u64,
    pub(super) depth: u32,
}

impl Val {
    pub(super) fn text(text: &str) -> Self {
        Self::Str(text.into())
    }

    pub(super) fn index(index: usize) -> Self {
        Self::Int(i64::try_from(index).unwrap_or(i64::MAX))
    }

    /// A number, whole if it is.
    pub(super) fn number(number: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() <= EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            return Self::Int(number as i64);
        }
        Self::Float(number)
    }

    pub(super) fn array(items: Vec<Self>) -> Self {
        let size = Size::of(items.iter().map(|item| (0, item)));
        Self::Arr(Arc::new(Array { items, size }))
    }

    pub(super) fn object(members: BTreeMap<Arc<str>, Self>) -> Self {
        let size = Size::of(members.iter().map(|(name, member)| (name.len(), member)));
        Self::Obj(Arc::new(Object { members, size }))
    }

    pub(super) fn size(&self) -> Size {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) => {
                Size { bytes: 8, depth: 0 }
            }
            Self::Str(text) => Size { bytes: text.len() as u64 + 2, depth: 0 },
            Self::Arr(array) => array.size,
            Self::Obj(object) => object.size,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Float(_) => "number",
            Self::Str(_) => "string",
            Self::Arr(_) => "array",
            Self::Obj(_) => "object",
        }
    }

    pub(super) fn as_f64(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "jq's numbers are doubles")]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Null | Self::Bool(_) | Self::Str(_) | Self::Arr(_) | Self::Obj(_) => None,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => Value::Bool(*yes),
            Self::Int(number) => Value::from(*number),
            Self::Float(number) => {
                // As jq: not-a-number has no JSON, the infinite are the largest there are.
                let largest = number.clamp(f64::MIN, f64::MAX);
                Number::from_f64(largest).map_or(Value::Null, Value::Number)
            }
            Self::Str(text) => Value::String(text.to_string()),
            Self::Arr(array) => array.items.iter().map(Self::to_json).collect(),
            Self::Obj(object) => Value::Object(
                object.members.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect(),
            ),
        }
    }

    /// None if `json` is nested deeper than `depth` levels.
    pub(super) fn from_json(json: &Value, depth: u32) -> Option<Self> {
        Some(match json {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(number) => number
                .as_i64()
                .map_or_else(|| Self::Float(number.as_f64().unwrap_or(f64::NAN)), Self::Int),
            Value::String(text) => Self::text(text),
            Value::Array(items) => {
                let depth = depth.checked_sub(1)?;
                Self::array(items.iter().map(|i| Self::from_json(i, depth)).collect::<Option<_>>()?)
            }
            Value::Object(members) => {
                let depth = depth.checked_sub(1)?;
                let member = |(k, v): (&String, &Value)| {
                    Some((k.as_str().into(), Self::from_json(v, depth)?))
                };
                Self::object(members.iter().map(member).collect::<Option<_>>()?)
            }
        })
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Int(_) | Self::Float(_) => 3,
            Self::Str(_) => 4,
            Self::Arr(_) => 5,
            Self::Obj(_) => 6,
        }
    }

    /// jq's order of all values.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Str(a), Self::Str(b)) => a.cmp(b),
            (Self::Arr(a), Self::Arr(b)) => compare_all(&a.items, &b.items),
            (Self::Obj(a), Self::Obj(b)) => a
                .members
                .keys()
                .cmp(b.members.keys())
                .then_with(|| compare_all(a.members.values(), b.members.values())),
            (a, b) => match (a.as_f64(), b.as_f64()) {
                // As jq: not-a-number is below every number, itself included.
                (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(if a.is_nan() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }),
                _ => a.rank().cmp(&b.rank()),
            },
        }
    }
}

fn compare_all<'v>(
    a: impl IntoIterator<Item = &'v Val>,
    b: impl IntoIterator<Item = &'v Val>,
) -> Ordering {
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    loop {
        match (a.next(), b.next()) {
            (Some(x), Some(y)) => match x.compare(y) {
                Ordering::Equal => {}
                different => return different,
            },
            (x, y) => return x.is_some().cmp(&y.is_some()),
        }
    }
}

impl Size {
    fn of<'v>(children: impl Iterator<Item = (usize, &'v Val)>) -> Self {
        children.fold(Self { bytes: 2, depth: 1 }, |size, (name, child)| size.with(name, child))
    }

    /// The size with one more child.
    pub(super) fn with(self, name_bytes: usize, child: &Val) -> Self {
        let child = child.size();
        Self {
            bytes: self.bytes.saturating_add(child.bytes).saturating_add(name_bytes as u64 + 2),
            depth: self.depth.max(child.depth + 1),
        }
    }

    /// The size without a child's bytes; the depth stays, as an upper bound.
    pub(super) fn without(self, child: &Val) -> Self {
        Self { bytes: self.bytes.saturating_sub(child.size().bytes), ..self }
    }
}
