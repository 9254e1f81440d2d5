//! What a run looks at and writes beside the state, so that other machines know.

use std::time::{Duration, Instant};

use super::error::{StackError, Step};
use super::operator::{Operator, Prepared};
use crate::beside::{Backend, Claim, Head, Ledger, LedgerError, Mark, Version};
use crate::bundle::{Bundle, Refused};
use crate::digest::Digest;
use crate::event::Event;
use crate::journal::{Outcome, Phase};
use crate::stack::Stack;

/// How often it is asked whether a lock is still held.
const GLANCE: Duration = Duration::from_millis(500);

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

    /// Waits until nobody holds the lock of a state, for as long as Terraform would: a plan that is made used before that
    /// would be used up by somebody else's lock. Where it cannot be seen who holds it, Terraform finds out.
    pub(super) fn wait_for_lock(&self, prepared: &Prepared) -> Result<(), StackError> {
        let Ok(ledger) = self.ledger(prepared)? else {
            return Ok(());
        };
        let began = Instant::now();
        while let Ok(Some(holder)) = ledger.holder() {
            if self.interrupt.is_stopped() {
                return Err(StackError::Stopped(Step::Apply));
            }
            let left = self.patience().saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(StackError::Locked {
                    step: Step::Apply,
                    stack: prepared.stack().clone(),
                    holder: Box::new(holder),
                });
            }
            std::thread::sleep(left.min(GLANCE));
        }
        Ok(())
    }

    /// Looks at what other machines did, and tells of it once.
    ///
    /// Where the last of it is an apply of this home of which nobody saw the end, and whose end the journal has since,
    /// that end is put there: who only reads may not, and whoever applies next does.
    pub(super) fn look(
        &self,
        prepared: &Prepared,
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
        let mut marks = Marks {
            ledger: Some(ledger),
            head,
            version,
        };
        let Some(head) = &marks.head else {
            return Ok(marks);
        };
        if self.journal().has(head.entry)? {
            let ended = self.journal().ended(prepared.stack())?;
            if let Some(ended) = ended.filter(|ended| ended.began == head.entry) {
                let end = Head::new(ended.line, ended.record, self.home);
                let _ = Self::advance(&mut marks, end.clone());
                marks.head = Some(end);
            }
        } else if self.home.told(prepared.stack()) != Some(head.entry) {
            event(Event::Note {
                message: format!("{}: {head}", head.elsewhere(self.home)).into(),
            });
            self.home.note_told(prepared.stack(), head.entry);
        }
        Ok(marks)
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
        let begun = match bundle.claim(self.run) {
            Ok(false) => return Err(StackError::Refused(vec![Refused::Used])),
            Ok(true) => {
                let began = self.record(stack, Phase::ApplyStarted { bundle: digest });
                let began = began.map_err(StackError::from);
                began.and_then(|began| Self::advance(marks, began))
            }
            Err(error) => Err(error.into()),
        };
        if begun.is_err() {
            // It is used, and nothing of it was done. Why it came to that is the error that counts.
            let _ = Bundle::spend(&self.home.bundles(), digest);
            let outcome = Outcome::NotBegun;
            let _ = self.record(
                stack,
                Phase::ApplyEnded {
                    bundle: digest,
                    outcome,
                },
            );
        }
        begun
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
