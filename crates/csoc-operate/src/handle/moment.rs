//! What happened in a run, one thing after the other, as far back as there is room.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use crate::event::Event;
use crate::stack::StackId;

/// How many are kept: what a run of a thousand stacks says in a quarter of an hour, in some ten megabytes.
const KEPT: usize = 1 << 16;

/// How much of a text is kept; what a provider answers may be of any length.
const LENGTH: usize = 4096;

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// To which stack.
    pub stack: StackId,
    /// What.
    #[serde(flatten)]
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happened {
    /// Work on the stack began.
    Begun,
    /// Work on the stack came to its end.
    Ended {
        /// How long it took, in seconds.
        seconds: f64,
        /// Why it failed, in a line; none where it did not.
        error: Option<String>,
    },
    /// The program said something.
    #[serde(untagged)]
    Said(Event),
}

/// The last things that happened, numbered from the first one on.
#[derive(Debug, Default)]
pub(super) struct Moments {
    /// How many are not kept any more.
    gone: u64,
    kept: VecDeque<Moment>,
}

impl Moments {
    pub(super) fn push(&mut self, moment: Moment) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
            self.gone += 1;
        }
        self.kept.push_back(moment);
    }

    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.gone + self.kept.len() as u64
    }

    /// Those from that number on, as far as they are kept.
    pub(super) fn since(&self, number: u64) -> impl Iterator<Item = &Moment> {
        let skipped = usize::try_from(number.saturating_sub(self.gone)).unwrap_or(usize::MAX);
        self.kept.iter().skip(skipped)
    }
}

/// What may be told of what the program said: nothing where it is a text of somebody else's.
///
/// What a provider prints as it likes may hold anything; it stays in the log, which is the owner's alone.
pub(super) fn telling(event: Event) -> Option<Event> {
    match event {
        Event::Text { .. } | Event::Log { .. } | Event::Unknown { .. } => None,
        Event::Diagnostic(mut diagnostic) => {
            cut(&mut diagnostic.summary);
            cut(&mut diagnostic.detail);
            Some(Event::Diagnostic(diagnostic))
        }
        other => Some(other),
    }
}

fn cut(text: &mut Box<str>) {
    if text.len() > LENGTH {
        let end = text.floor_char_boundary(LENGTH);
        *text = format!("{}…", text.get(..end).unwrap_or_default()).into();
    }
}

#[cfg(test)]
mod tests {
    use super::{Happened, KEPT, Moment, Moments, telling};
    use crate::event::Event;

    fn moment(what: Happened) -> Moment {
        Moment {
            at: "2026-11-26T10:00:00Z".parse().expect("it is a time"),
            stack: "v1/111122223333/us-east-1/waf/cluster/main"
                .parse()
                .expect("it is one"),
            what,
        }
    }

    #[test]
    fn what_is_too_old_is_forgotten_and_numbers_stay() {
        let mut moments = Moments::default();
        for _ in 0..KEPT + 2 {
            moments.push(moment(Happened::Begun));
        }
        assert_eq!(moments.count(), KEPT as u64 + 2);
        assert_eq!(moments.since(0).count(), KEPT);
        assert_eq!(moments.since(KEPT as u64).count(), 2);
        assert_eq!(moments.since(u64::MAX).count(), 0);
    }

    #[test]
    fn a_moment_is_a_line_of_data() {
        let line = |what| serde_json::to_value(moment(what)).expect("it is data");
        assert_eq!(line(Happened::Begun)["kind"], "begun");
        let reading = Event::Reading {
            address: "terraform_data.a".into(),
        };
        let said = line(Happened::Said(reading));
        assert_eq!(
            (&said["kind"], &said["address"]),
            (&"reading".into(), &"terraform_data.a".into())
        );
        let ended = line(Happened::Ended {
            seconds: 1.5,
            error: None,
        });
        assert_eq!(
            (&ended["kind"], &ended["seconds"]),
            (&"ended".into(), &1.5.into())
        );
    }

    #[test]
    fn what_a_provider_prints_is_not_told_and_long_texts_are_cut() {
        assert_eq!(telling(Event::read("planted")), None);
        let long = format!(
            r#"{{"type":"diagnostic","diagnostic":{{"severity":"error","summary":"s","detail":"{}"}}}}"#,
            "ü".repeat(9000)
        );
        let Some(Event::Diagnostic(diagnostic)) = telling(Event::read(&long)) else {
            panic!("it is told");
        };
        assert_eq!(diagnostic.detail.chars().count(), 2049);
    }
}
