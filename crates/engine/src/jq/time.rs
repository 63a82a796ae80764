//! Dates as texts and numbers, in UTC. Nothing here reads the clock or a time zone.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Timelike as _, Utc};

use super::{
    builtins::{array, number, string},
    eval::{Evaluator, Stop, fail},
    value::Val,
};

type Made = Result<Val, Stop>;

fn at(value: &Val) -> Result<DateTime<Utc>, Stop> {
    match value {
        Val::Arr(_) => from_parts(value),
        _ => {
            let seconds = number(value)?;
            if !(-6.2e10..2.6e11).contains(&seconds) {
                return Err(fail("this is no date"));
            }
            #[expect(clippy::cast_possible_truncation, reason = "checked above")]
            let milliseconds = (seconds * 1000.0).round() as i64;
            DateTime::from_timestamp_millis(milliseconds).ok_or_else(|| fail("this is no date"))
        }
    }
}

fn from_parts(value: &Val) -> Result<DateTime<Utc>, Stop> {
    let numbers = array(value)?.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let [year, month, day, hour, minute, second, ..] = numbers[..] else {
        return Err(fail("a broken-down time has at least six numbers"));
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    let date = NaiveDate::from_ymd_opt(year as i32, month as u32 + 1, day as u32)
        .and_then(|date| date.and_hms_opt(hour as u32, minute as u32, second as u32));
    date.map(|date| date.and_utc()).ok_or_else(|| fail("this is no date"))
}

pub(super) fn to_date(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    ev.string(&at(value)?.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

pub(super) fn from_date(_: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    let date = DateTime::parse_from_rfc3339(string(value)?);
    let date = date.map_err(|_| fail("this text is no date like 2026-01-31T09:00:00Z"))?;
    #[expect(clippy::cast_precision_loss, reason = "years are far below 2^53 milliseconds")]
    Ok(Val::number(date.timestamp_millis() as f64 / 1000.0))
}

pub(super) fn format(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Made {
    let form = string(&given[0])?;
    ev.pay(form.len() as u64 * 4)?;
    let mut items = chrono::format::StrftimeItems::new(form);
    if items.any(|item| matches!(item, chrono::format::Item::Error)) {
        return Err(fail("this form of a date can't be used"));
    }
    ev.string(&at(value)?.format(form).to_string())
}

pub(super) fn parse(ev: &mut Evaluator<'_>, value: &Val, given: &[Val]) -> Made {
    let (text, form) = (string(value)?, string(&given[0])?);
    ev.pay((text.len() + form.len()) as u64)?;
    let date = DateTime::parse_from_str(text, form).map(|date| date.to_utc());
    let date = date
        .or_else(|_| NaiveDateTime::parse_from_str(text, form).map(|date| date.and_utc()))
        .or_else(|_| {
            let day = NaiveDate::parse_from_str(text, form)?;
            Ok(day.and_time(chrono::NaiveTime::MIN).and_utc())
        });
    let date = date.map_err(|_: chrono::ParseError| fail("this date has another form"))?;
    ev.array(parts(&date))
}

fn parts(date: &DateTime<Utc>) -> Vec<Val> {
    let whole = |number: u32| Val::Int(i64::from(number));
    vec![
        Val::Int(i64::from(date.year())),
        whole(date.month0()),
        whole(date.day()),
        whole(date.hour()),
        whole(date.minute()),
        whole(date.second()),
        whole(date.weekday().num_days_from_sunday()),
        whole(date.ordinal0()),
    ]
}

pub(super) fn seconds(_: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    Ok(Val::Int(from_parts(value)?.timestamp()))
}

pub(super) fn broken_down(ev: &mut Evaluator<'_>, value: &Val, _: &[Val]) -> Made {
    let date = at(value)?;
    ev.array(parts(&date))
}
