//! When a schedule fires: pure arithmetic on times.

use std::str::FromStr as _;

use chrono::TimeDelta;
use chrono_tz::Tz;
use croner::Cron;
use kompel_engine::language::{Duration, Schedule as Written};
use kompel_model::Timestamp;

/// At which times a playbook starts.
#[derive(Debug, Clone)]
pub enum Rule {
    /// At this interval, whether or not the last run has ended.
    Every(TimeDelta),
    /// At these times of this zone. A time that does not exist (the hour that spring leaves out)
    /// is kept at the first moment after the gap; one that comes twice (autumn) fires once, the
    /// first time it comes.
    Cron(Box<Cron>, Tz),
    /// This long after the last run ended; the first at once.
    After(TimeDelta),
}

/// A schedule that can't be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnusableRule(pub String);

impl Rule {
    /// The rule of a written schedule; `None` if it names events only.
    ///
    /// # Errors
    /// What can't be kept, and what to write.
    pub fn from_written(schedule: &Written, zone: Tz) -> Result<Option<Self>, UnusableRule> {
        let fixed = |duration: &Duration| match duration {
            Duration::Fixed(fixed) if fixed.milliseconds() > 0 => {
                let milliseconds = i64::try_from(fixed.milliseconds()).unwrap_or(i64::MAX / 2);
                TimeDelta::try_milliseconds(milliseconds)
                    .ok_or_else(|| UnusableRule("the duration is too long".to_owned()))
            }
            Duration::Fixed(_) => Err(UnusableRule("the duration must be above zero".to_owned())),
            Duration::Expression(_) => {
                Err(UnusableRule("write a duration: nothing is there to evaluate it".to_owned()))
            }
        };
        if let Some(text) = &schedule.cron {
            return Self::cron(text, zone).map(Some);
        }
        if let Some(every) = &schedule.every {
            return Ok(Some(Self::Every(fixed(every)?)));
        }
        schedule.after.as_ref().map(|after| fixed(after).map(Self::After)).transpose()
    }

    /// The rule of a cron expression in this zone.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn cron(text: &str, zone: Tz) -> Result<Self, UnusableRule> {
        let cron = Cron::from_str(text)
            .map_err(|error| UnusableRule(format!("unusable cron {text:?}: {error}")))?;
        Ok(Self::Cron(Box::new(cron), zone))
    }

    /// The rule in words that change when it changes.
    pub(crate) fn as_text(&self) -> String {
        match self {
            Self::Every(wait) => format!("every {} ms", wait.num_milliseconds()),
            Self::Cron(cron, zone) => format!("cron {} {zone}", cron.pattern),
            Self::After(wait) => format!("after {} ms", wait.num_milliseconds()),
        }
    }

    /// When it fires first, if it becomes known now.
    pub(crate) fn first(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(_) | Self::After(_) => Some(now),
            Self::Cron(..) => self.following(now),
        }
    }

    /// The first time after `at`, by the clock alone.
    pub(crate) fn following(&self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(wait) => at.checked_add_signed(*wait),
            Self::Cron(cron, zone) => {
                let local = at.with_timezone(zone);
                let next = cron.find_next_occurrence(&local, false).ok()?;
                Some(next.with_timezone(&chrono::Utc))
            }
            Self::After(_) => None,
        }
    }

    /// When it fires next, after having fired for `last`: in the future.
    pub(crate) fn next(&self, last: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(wait) => {
                let (step, since) =
                    (wait.num_milliseconds().max(1), (now - last).num_milliseconds());
                let steps = since.max(0) / step + 1;
                last.checked_add_signed(TimeDelta::try_milliseconds(step.checked_mul(steps)?)?)
            }
            Self::Cron(..) => self.following(last.max(now)),
            Self::After(_) => None,
        }
    }

    /// Its times from `due` to `now`, both included; the last `most` of them.
    pub(crate) fn passed(&self, due: Timestamp, now: Timestamp, most: usize) -> Vec<Timestamp> {
        let mut passed = vec![due];
        let mut at = due;
        while let Some(next) = self.following(at).filter(|next| *next <= now && *next > at) {
            if passed.len() == most {
                passed.remove(0);
            }
            passed.push(next);
            at = next;
        }
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn cron_keeps_the_local_time_of_its_zone_through_both_changes() {
        let brussels = chrono_tz::Europe::Brussels;
        for (cron, from, times) in [
            (
                "0 9 * * 1",
                "2026-03-24T00:00:00Z",
                vec!["2026-03-30T07:00:00Z", "2026-04-06T07:00:00Z"],
            ),
            // 2026-03-29: 02:30 does not exist in Brussels; it is kept at 03:00 local time.
            (
                "30 2 * * *",
                "2026-03-28T12:00:00Z",
                vec!["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
            ),
            // 2026-10-25: 02:30 comes twice; it fires once, the first time.
            (
                "30 2 * * *",
                "2026-10-24T12:00:00Z",
                vec!["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
            ),
        ] {
            let rule = Rule::cron(cron, brussels).unwrap();
            let mut now = at(from);
            for time in times {
                now = rule.following(now).unwrap();
                assert_eq!(now, at(time), "{cron} from {from}");
            }
        }
        assert!(Rule::cron("61 * * * *", brussels).is_err());
    }

    #[test]
    fn what_passed_is_listed_and_the_next_time_lies_ahead() {
        let rule = Rule::Every(TimeDelta::minutes(10));
        let (due, now) = (at("2026-03-02T09:00:00Z"), at("2026-03-02T09:25:00Z"));
        let passed = rule.passed(due, now, 100);
        assert_eq!(passed.len(), 3);
        assert_eq!(rule.passed(due, now, 2).len(), 2);
        assert_eq!(rule.next(passed[2], now), Some(at("2026-03-02T09:30:00Z")));
        let after = Rule::After(TimeDelta::minutes(10));
        assert_eq!((after.first(now), after.next(due, now)), (Some(now), None));
    }
}
