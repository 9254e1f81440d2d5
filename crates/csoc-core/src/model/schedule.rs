//! When jobs run.

use super::text::{TextError, text_type};

text_type! {
    /// When a job runs, as `cron` and Kubernetes write it: minute, hour, day of the month, month, day of the week.
    CronSchedule, example = "0 9 * * *",
    check = |text| {
        let fields: Vec<&str> = text.split(' ').collect();
        let holds = matches!(text, "@hourly" | "@daily" | "@midnight" | "@weekly" | "@monthly" | "@yearly" | "@annually")
            || fields.len() == RANGES.len() && fields.iter().zip(RANGES).all(|(field, range)| is_field(field, range));
        if holds { Ok(()) } else { Err(TextError::new("a schedule of `cron`: minute, hour, day of the month, month, day of the week")) }
    }
}

/// The numbers of each field, and the words that stand for some of them.
const RANGES: [Range; 5] = [
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (
        1,
        12,
        &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    ),
    (0, 7, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

type Range = (u8, u8, &'static [&'static str]);

/// Whether a text is one field: parts joined by commas, each `*`, a number or two with a dash, and a step behind.
fn is_field(text: &str, (least, most, words): Range) -> bool {
    let number = |text: &str| -> Option<u8> {
        let lower = text.to_ascii_lowercase();
        let word = words.iter().position(|word| *word == lower);
        let number = match word {
            Some(at) => u8::try_from(at).ok()?.checked_add(least)?,
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
            None => return None,
        };
        (least..=most).contains(&number).then_some(number)
    };
    text.split(',').all(|part| {
        let (values, step) = match part.split_once('/') {
            Some((values, step)) => (values, Some(step)),
            None => (part, None),
        };
        let step_holds = step.is_none_or(|step| {
            step.bytes().all(|byte| byte.is_ascii_digit())
                && step.parse::<u8>().is_ok_and(|step| step > 0)
        });
        let values_hold = match values.split_once('-') {
            Some((from, to)) => number(from)
                .zip(number(to))
                .is_some_and(|(from, to)| from <= to),
            None => values == "*" || values == "?" || number(values).is_some(),
        };
        step_holds && values_hold
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_those_that_kubernetes_takes() {
        for text in [
            "0 9 * * *",
            "*/30 * * * *",
            "0 0 31 2 *",
            "30 8 1,15 jan-mar MON",
            "0 0 1 1 */5",
            "@daily",
        ] {
            assert!(CronSchedule::check(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "daily",
            "@often",
            "0 9 * *",
            "0 9 * * * *",
            "60 9 * * *",
            "0 24 * * *",
            "0 9 0 * *",
            "5-1 9 * * *",
            "*/0 9 * * *",
            "0  9 * * *",
            "0 9 * foo *",
            "+5 9 * * *",
        ] {
            assert!(CronSchedule::check(text).is_err(), "{text}");
        }
    }
}
