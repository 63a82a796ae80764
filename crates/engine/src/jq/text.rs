//! Texts: their forms, parts and formats.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    builtins::{array, string},
    eval::{Evaluator, Stop, fail},
    limits::VALUE_DEPTH,
    value::Val,
};

type Made = Result<Val, Stop>;

/// The text itself, or any other value as JSON.
pub(super) fn shown(value: &Val) -> String {
    match value {
        Val::Str(text) => text.to_string(),
        other => other.to_json().to_string(),
    }
}

/// Everything but letters, digits and `-_.~` as `%XX`.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Where `part` stands in `text`, in characters.
pub(super) fn places(text: &str, part: &str) -> Vec<Val> {
    if part.is_empty() {
        return Vec::new();
    }
    let starts = text.char_indices().enumerate();
    let found = starts.filter(|(_, (byte, _))| text[*byte..].starts_with(part));
    found.map(|(at, _)| Val::index(at)).collect()
}

pub(super) fn to_json(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    ev.pay_bytes(value.size().bytes)?;
    ev.string(&value.to_json().to_string())
}

pub(super) fn to_text(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    ev.pay_bytes(value.size().bytes)?;
    ev.string(&shown(value))
}

pub(super) fn from_json(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    let text = string(value)?;
    ev.pay(text.len() as u64)?;
    let json = serde_json::from_str(text).map_err(|error| fail(&format!("no JSON: {error}")))?;
    Val::from_json(&json, VALUE_DEPTH).ok_or_else(|| fail("the JSON is nested too deeply"))
}

pub(super) fn to_number(_: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    match value {
        Val::Int(_) | Val::Float(_) => Ok(value.clone()),
        Val::Str(text) => {
            let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            let number = text.parse::<f64>().ok().filter(|_| plain);
            let whole = text.parse::<i64>().ok().map(Val::Int);
            whole.or(number.map(Val::number)).ok_or_else(|| fail("this text is no number"))
        }
        other => Err(fail(&format!("{} is no number", other.kind()))),
    }
}

pub(super) fn implode(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    let letter = |point: &Val| match point {
        Val::Int(point) => u32::try_from(*point).ok().and_then(char::from_u32),
        _ => None,
    };
    let text: Option<String> = array(value)?.iter().map(letter).collect();
    ev.string(&text.ok_or_else(|| fail("needs an array of code points"))?)
}

pub(super) fn split(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Made {
    let (text, separator) = (string(value)?, string(&given[0])?);
    ev.pay(text.len() as u64)?;
    let parts = if text.is_empty() {
        Vec::new()
    } else if separator.is_empty() {
        text.chars().map(|c| Val::text(c.encode_utf8(&mut [0; 4]))).collect()
    } else {
        text.split(separator).map(Val::text).collect()
    };
    ev.array(parts)
}

pub(super) fn join(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Made {
    let mut joined = String::new();
    for (index, item) in array(value)?.iter().enumerate() {
        if index > 0 {
            joined.push_str(string(&given[0])?);
        }
        match item {
            Val::Null => {}
            Val::Arr(_) | Val::Obj(_) => return Err(fail("only plain values can be joined")),
            plain => joined.push_str(&shown(plain)),
        }
        ev.pay(1)?;
        if joined.len() > 1 << 16 {
            ev.pay_bytes(joined.len() as u64)?;
        }
    }
    ev.string(&joined)
}

fn escaped(ev: &mut Evaluator<'_>, value: &Val, escape: impl Fn(char, &mut String)) -> Made {
    ev.pay_bytes(value.size().bytes * 6)?;
    let mut made = String::new();
    shown(value).chars().for_each(|letter| escape(letter, &mut made));
    ev.string(&made)
}

pub(super) fn html(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    escaped(ev, value, |letter, made| match letter {
        '<' => made.push_str("&lt;"),
        '>' => made.push_str("&gt;"),
        '&' => made.push_str("&amp;"),
        '\'' => made.push_str("&#39;"),
        '"' => made.push_str("&quot;"),
        other => made.push(other),
    })
}

pub(super) fn uri(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    ev.pay_bytes(value.size().bytes * 3)?;
    ev.string(&percent_encoded(&shown(value)))
}

pub(super) fn csv(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    row(ev, value, ",", |text| format!("\"{}\"", text.replace('"', "\"\"")))
}

pub(super) fn tsv(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    row(ev, value, "\t", |text| {
        let text = text.replace('\\', "\\\\").replace('\t', "\\t");
        text.replace('\n', "\\n").replace('\r', "\\r")
    })
}

fn row(
    ev: &mut Evaluator<'_>,
    value: &Val,
    separator: &str,
    quoted: impl Fn(&str) -> String,
) -> Made {
    ev.pay_bytes(value.size().bytes * 2)?;
    let cell = |cell: &Val| match cell {
        Val::Null => Ok(String::new()),
        Val::Str(text) => Ok(quoted(text)),
        Val::Bool(_) | Val::Int(_) | Val::Float(_) => Ok(shown(cell)),
        Val::Arr(_) | Val::Obj(_) => Err(fail("a row holds plain values only")),
    };
    let cells = array(value)?.iter().map(cell).collect::<Result<Vec<_>, _>>()?;
    ev.string(&cells.join(separator))
}

pub(super) fn sh(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    ev.pay_bytes(value.size().bytes * 4)?;
    let word = |word: &Val| match word {
        Val::Str(text) => Ok(format!("'{}'", text.replace('\'', "'\\''"))),
        Val::Null | Val::Bool(_) | Val::Int(_) | Val::Float(_) => Ok(shown(word)),
        Val::Arr(_) | Val::Obj(_) => Err(fail("only plain values can be words")),
    };
    let words = match value {
        Val::Arr(array) => array.items.iter().map(word).collect::<Result<Vec<_>, _>>()?,
        one => vec![word(one)?],
    };
    ev.string(&words.join(" "))
}

pub(super) fn base64(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    ev.pay_bytes(value.size().bytes * 2)?;
    ev.string(&STANDARD.encode(shown(value)))
}

pub(super) fn base64d(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    let text = string(value)?;
    ev.pay_bytes(text.len() as u64)?;
    let bytes = STANDARD.decode(text).map_err(|_| fail("this text is no base64"))?;
    ev.string(&String::from_utf8_lossy(&bytes))
}
