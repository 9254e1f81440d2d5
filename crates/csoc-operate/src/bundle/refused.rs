//! Which bundles are not applied, and why.

use std::fmt;

use jiff::Timestamp;

use super::{Bundle, StateMark};
use crate::beside::{Head, Mark};
use crate::digest::Digest;
use crate::plan::Aim;
use crate::terraform::Version;

/// How things are when a bundle is about to be applied.
#[derive(Debug, Clone)]
pub struct Now<'n> {
    /// The time.
    pub at: Timestamp,
    /// The digest of the root, as it is rendered now.
    pub root: Digest,
    /// The program that would apply it.
    pub program: &'n Version,
    /// The state as it is now.
    pub state: Option<&'n StateMark>,
    /// What was done to the stack last, by whichever machine, as far as that is known.
    pub head: Option<&'n Head>,
}

/// Why a bundle is not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// Somebody began to apply it already.
    Used,
    /// Another machine began to apply it, or this one for another home; which one, if its mark says it.
    UsedElsewhere(Option<Box<Mark>>),
    /// The stack was applied since, or begun to be.
    Overtaken(Box<Head>),
    /// It is too old.
    Expired {
        /// Until when it could be applied.
        expired: Timestamp,
    },
    /// Its plan was taken away, although it was not used and may be applied still.
    Spent,
    /// It is for something else than what is asked for.
    Aim(Aim),
    /// The root was rendered anew, and is another one.
    RootChanged,
    /// Another program, or another version of it, planned it.
    Program {
        /// What planned it.
        planned: Version,
        /// What would apply it.
        found: Version,
    },
    /// The state was changed since.
    StateMoved {
        /// The serial that it is a plan of; none where there was no state.
        planned: Option<u64>,
        /// The serial now; none where there is no state.
        found: Option<u64>,
    },
}

impl Bundle {
    /// Why it is not applied, all reasons; none where it may be.
    pub fn refused(&self, now: &Now<'_>) -> Vec<Refused> {
        let facts = self.facts();
        let mut refused = self.refused_here(now.at, now.root, now.program);
        if now.state != facts.state.as_ref() {
            refused.push(Refused::StateMoved {
                planned: facts.state.as_ref().map(|state| state.serial),
                found: now.state.map(|state| state.serial),
            });
        }
        if let Some(head) = now.head.filter(|head| facts.head != Some(head.entry)) {
            refused.push(Refused::Overtaken(Box::new(head.clone())));
        }
        refused
    }

    /// The reasons for which nobody but this machine needs to be asked.
    pub(crate) fn refused_here(
        &self,
        at: Timestamp,
        root: Digest,
        program: &Version,
    ) -> Vec<Refused> {
        let facts = self.facts();
        let mut refused = Vec::new();
        if self.is_used() {
            refused.push(Refused::Used);
        }
        if at >= facts.expires {
            refused.push(Refused::Expired {
                expired: facts.expires,
            });
        }
        if refused.is_empty() && self.is_spent() {
            refused.push(Refused::Spent);
        }
        if root != facts.root {
            refused.push(Refused::RootChanged);
        }
        if *program != facts.program {
            refused.push(Refused::Program {
                planned: facts.program.clone(),
                found: program.clone(),
            });
        }
        refused
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Used => f.write_str(
                "somebody began to apply it already, and it is applied once; plan again",
            ),
            Self::UsedElsewhere(None) => f.write_str(
                "it is marked beside the state: somebody began to apply it, and it is applied once; plan again",
            ),
            Self::UsedElsewhere(Some(mark)) => write!(
                f,
                "{} began to apply it at {} on the machine {}, in the run {}, and it is applied once; plan again",
                mark.actor, mark.at, mark.machine, mark.run
            ),
            Self::Overtaken(head) => {
                write!(f, "{head}, since it was planned; plan again")
            }
            Self::Expired { expired } => {
                write!(f, "it could be applied until {expired}; plan again")
            }
            Self::Spent => f.write_str("the plan itself is here no more; plan again"),
            Self::Aim(aim) => write!(
                f,
                "it is a plan to {aim}, and `{}` applies such",
                aim.command()
            ),
            Self::RootChanged => {
                f.write_str("the root was rendered anew since, and is another one; plan again")
            }
            Self::Program { planned, found } => {
                write!(
                    f,
                    "{planned} planned it, and {found} would apply it; take the same, or plan again"
                )
            }
            Self::StateMoved { planned, found } => {
                let serial = |serial: &Option<u64>| match serial {
                    Some(serial) => format!("version {serial}"),
                    None => "nothing".to_owned(),
                };
                write!(
                    f,
                    "the state was {} when it was planned, and is {} now; plan again",
                    serial(planned),
                    serial(found)
                )
            }
        }
    }
}
