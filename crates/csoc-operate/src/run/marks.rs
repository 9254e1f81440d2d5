//! What a run looks at and writes beside the state, so that other machines know.

use jiff::Timestamp;

use super::error::StackError;
use super::operator::{Operator, Prepared};
use crate::beside::{Backend, Claim, Head, Ledger, LedgerError, Mark, Version};
use crate::bundle::{Bundle, Refused};
use crate::digest::Digest;
use crate::event::Event;
use crate::journal::{Outcome, Phase};
use crate::stack::Stack;

/// What lies beside the state of a stack that is worked on.
pub(super) struct Marks {
    /// None where the state's store keeps nothing of ours.
    ledger: Option<Ledger>,
    /// What was done last, before this.
    pub(super) head: Option<Head>,
    version: Option<Version>,
}

impl Marks {
    /// The line of whichever journal that says what was done last.
    pub(super) fn entry(&self) -> Option<Digest> {
        self.head.as_ref().map(|head| head.entry)
    }
}

impl Operator<'_> {
    /// Where the state of a root is that is initialised.
    pub(super) fn backend(prepared: &Prepared) -> Result<Backend, LedgerError> {
        Backend::read(prepared.workspace.directory())
    }

    /// What lies beside the state; the name of the backend where nothing of ours can.
    pub(super) fn ledger(
        &self,
        prepared: &Prepared,
    ) -> Result<Result<Ledger, Box<str>>, LedgerError> {
        let backend = Self::backend(prepared)?;
        self.places.beside(&backend, &prepared.variables)
    }

    /// Looks at what other machines did, and tells of it once: `since` is when this one looked last.
    pub(super) fn look(
        &self,
        prepared: &Prepared,
        since: Option<Timestamp>,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Marks, StackError> {
        let ledger = match self.ledger(prepared)? {
            Ok(ledger) => ledger,
            Err(backend) => {
                let message = format!(
                    "nothing of csoc can lie beside a state in `{backend}`: that its plan is applied once is known to this machine alone"
                );
                event(Event::Note {
                    message: message.into(),
                });
                return Ok(Marks {
                    ledger: None,
                    head: None,
                    version: None,
                });
            }
        };
        let (head, version) = ledger.head()?.unzip();
        if let Some(head) = &head {
            let is_news = since.is_none_or(|since| since < head.record.at);
            if is_news && !self.journal().has(head.entry)? {
                event(Event::Note {
                    message: format!("another machine was here: {head}").into(),
                });
            }
        }
        Ok(Marks {
            ledger: Some(ledger),
            head,
            version,
        })
    }

    /// Makes a bundle used, here and beside the state, and records that it begins. From then on it is used, however it
    /// ends: a crash within costs a plan, one that let it be applied again could cost a fleet.
    pub(super) fn begin(
        &self,
        stack: &Stack,
        bundle: &Bundle,
        marks: &mut Marks,
    ) -> Result<(), StackError> {
        let digest = bundle.digest();
        if let Some(ledger) = &marks.ledger {
            let mark = Mark::new(digest, (self.clock)(), self.run, self.sessions.actor());
            if let Claim::Taken(by) = ledger.claim(&mark)? {
                return Err(StackError::Refused(vec![Refused::UsedElsewhere(by)]));
            }
        }
        if !bundle.claim(self.run)? {
            return Err(StackError::Refused(vec![Refused::Used]));
        }
        let began = self.record(stack, Phase::ApplyStarted { bundle: digest })?;
        let Err(error) = Self::advance(marks, began) else {
            return Ok(());
        };
        let outcome = Outcome::NotBegun;
        self.record(
            stack,
            Phase::ApplyEnded {
                bundle: digest,
                outcome,
            },
        )?;
        Err(error)
    }

    /// Records how it ended. That it cannot be said beside the state changes nothing of that, and is told.
    pub(super) fn end(
        &self,
        stack: &Stack,
        bundle: &Bundle,
        marks: &mut Marks,
        outcome: Outcome,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), StackError> {
        let ended = self.record(
            stack,
            Phase::ApplyEnded {
                bundle: bundle.digest(),
                outcome,
            },
        )?;
        if let Err(error) = Self::advance(marks, ended) {
            let message = format!("how it ended is not recorded beside the state: {error}");
            event(Event::Note {
                message: message.into(),
            });
        }
        Ok(())
    }

    /// Puts a line beside the state, if nobody else did since it was looked at.
    fn advance(marks: &mut Marks, to: Head) -> Result<(), StackError> {
        let Some(ledger) = &marks.ledger else {
            return Ok(());
        };
        let Some(version) = ledger.advance(marks.version.as_ref(), &to)? else {
            let overtaken = ledger.head()?.map(|(head, _)| Box::new(head));
            let refused = match overtaken {
                Some(head) => Refused::Overtaken(head),
                None => Refused::UsedElsewhere(None),
            };
            return Err(StackError::Refused(vec![refused]));
        };
        marks.version = Some(version);
        marks.head = Some(to);
        Ok(())
    }
}
