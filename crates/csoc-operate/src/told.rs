//! How endings are told: an outcome in a word or two, and what there is to say besides.

use std::error::Error;

use crate::digest::Digest;
use crate::journal::{Outcome, Phase, SecretStep};
use crate::plan::Aim;
use crate::run::{Applied, Drift, Ending, StackError};

/// An ending in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// In a word or two: `applied`, `drifted`, `not begun`.
    pub outcome: &'static str,
    /// What there is to say besides: counts, addresses, why it failed.
    pub remark: String,
}

impl Told {
    fn new(outcome: &'static str, remark: impl Into<String>) -> Self {
        Self {
            outcome,
            remark: remark.into(),
        }
    }

    /// One that was not done, whatever was asked for.
    pub fn undone<T>(ending: &Ending<T, StackError>) -> Self {
        match ending {
            Ending::Failed(StackError::Blocked(needs)) => {
                Self::new("blocked", format!("needs {}", needs.join(", ")))
            }
            Ending::Failed(
                error @ (StackError::Refused(_) | StackError::Dangerous(_) | StackError::Kept(_)),
            ) => Self::new("refused", with_causes(error)),
            Ending::Failed(error @ StackError::Stopped(_)) => {
                Self::new("stopped", with_causes(error))
            }
            Ending::Failed(error) if error.is_detached() => {
                Self::new("goes on", with_causes(error))
            }
            Ending::Failed(error) => Self::new("failed", with_causes(error)),
            Ending::Needs(id) => Self::new("not begun", format!("needs {id}")),
            Ending::Stopped | Ending::Done(_) => Self::new("not begun", ""),
        }
    }
}

impl Ending<Applied, StackError> {
    /// How applying a stack's plan is told.
    pub fn told(&self, aim: Aim) -> Told {
        match self {
            Self::Needs(id) if aim == Aim::Destroy => {
                Told::new("not begun", format!("is needed by {id}"))
            }
            Self::Done(applied) => {
                let totals = applied.totals;
                let counts = format!(
                    "{} added, {} changed, {} destroyed",
                    totals.add, totals.change, totals.remove
                );
                Told::new("applied", counts)
            }
            other => Told::undone(other),
        }
    }
}

impl Ending<Drift, StackError> {
    /// How looking at a stack for what differs is told.
    pub fn told(&self) -> Told {
        match self {
            Self::Done(drift) if drift.is_clean() => Told::new("clean", ""),
            Self::Done(drift) => {
                let put_back = drift.put_back();
                let planned = drift.planned.iter().collect();
                let (outcome, changes) = match (put_back.is_empty(), drift.planned.is_empty()) {
                    (false, _) => ("drifted", put_back),
                    (true, false) => ("config changed", planned),
                    (true, true) => ("outputs changed", planned),
                };
                let addresses: Vec<&str> = changes.iter().map(|change| &*change.address).collect();
                Told::new(outcome, addresses.join(", "))
            }
            Self::Failed(StackError::Blocked(_)) => Told::undone(self),
            Self::Failed(error) => Told::new("error", with_causes(error)),
            _ => Told::new("not begun", ""),
        }
    }
}

impl Phase {
    /// What a line of the journal says.
    pub fn told(&self) -> Told {
        match self {
            Self::PlanStarted => Told::new("plan begins", ""),
            Self::Planned { bundle, .. } => Told::new("planned", short(bundle)),
            Self::PlanClean => Told::new("clean", ""),
            Self::Approved { bundle, how } => {
                Told::new("approved", format!("{} {how}", short(bundle)))
            }
            Self::ApplyStarted { bundle } => Told::new("apply begins", short(bundle)),
            Self::ApplyEnded { bundle, outcome } => {
                let what = match outcome {
                    Outcome::Done => "applied",
                    Outcome::Failed => "failed part-way",
                    Outcome::Stopped => "stopped part-way",
                    Outcome::NotBegun => "nothing of it was done",
                    _ => "nobody saw its end",
                };
                Told::new(what, short(bundle))
            }
            Self::Unlock { holder, .. } => Told::new("lock taken away", &**holder),
            Self::SecretStarted {
                step,
                secret,
                version,
            } => {
                let what = match step {
                    SecretStep::Seed => "seeding begins",
                    SecretStep::Stage => "staging begins",
                    SecretStep::Promote => "promoting begins",
                    _ => "retiring begins",
                };
                Told::new(what, format!("{secret} {}", first(version)))
            }
            Self::SecretDone {
                step,
                secret,
                version,
            } => {
                let what = match step {
                    SecretStep::Seed => "seeded",
                    SecretStep::Stage => "staged",
                    SecretStep::Promote => "promoted",
                    _ => "retired",
                };
                Told::new(what, format!("{secret} {}", first(version)))
            }
        }
    }
}

fn short(digest: &Digest) -> String {
    first(&digest.to_string())
}

/// The first digits of a name of something.
fn first(name: &str) -> String {
    name.chars().take(12).collect()
}

/// An error with what led to it, in a line.
pub fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // An error that only passes on its cause has said it already.
        if !message.ends_with(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::{Told, with_causes};
    use crate::event::Totals;
    use crate::plan::Aim;
    use crate::run::{Applied, Drift, Ending, StackError, Step};

    #[test]
    fn endings_of_an_apply_in_words() {
        let totals = Totals {
            add: 2,
            ..Totals::default()
        };
        let done: Ending<Applied, StackError> = Ending::Done(Applied { totals });
        assert_eq!(
            done.told(Aim::Change),
            Told::new("applied", "2 added, 0 changed, 0 destroyed")
        );
        for (error, outcome) in [
            (StackError::Blocked(vec!["vpc_id".to_owned()]), "blocked"),
            (StackError::Refused(Vec::new()), "refused"),
            (StackError::Stopped(Step::Apply), "stopped"),
            (StackError::Held, "failed"),
        ] {
            let ending: Ending<Applied, StackError> = Ending::Failed(error);
            assert_eq!(ending.told(Aim::Change).outcome, outcome);
        }
    }

    #[test]
    fn why_is_told_to_the_end() {
        let error = StackError::Bundle(crate::BundleError::Io {
            path: "used".into(),
            source: std::io::Error::other("no room"),
        });
        let failed: Ending<Applied, StackError> = Ending::Failed(error);
        let told = failed.told(Aim::Change);
        assert_eq!(
            (told.outcome, &*told.remark),
            ("failed", "the bundle `used` cannot be used: no room")
        );
    }

    #[test]
    fn endings_of_looking_in_words() {
        let clean: Ending<Drift, StackError> = Ending::Done(Drift::default());
        assert_eq!(clean.told().outcome, "clean");
        let outputs: Ending<Drift, StackError> = Ending::Done(Drift {
            outputs_change: true,
            ..Drift::default()
        });
        assert_eq!(outputs.told().outcome, "outputs changed");
        let failed: Ending<Drift, StackError> = Ending::Failed(StackError::Held);
        assert_eq!(failed.told().outcome, "error");
    }

    #[test]
    fn causes_are_told_once() {
        let cause = std::io::Error::other("no room");
        let error = crate::StacksError::Unreadable(cause);
        assert_eq!(
            with_causes(&error),
            "the stacks of a rendered tree cannot be read: no room"
        );
    }
}
