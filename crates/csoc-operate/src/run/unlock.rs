//! Taking away a lock that somebody left on a state: only with proof that nobody holds it.

use super::error::{StackError, Step};
use super::operator::Operator;
use super::session::Purpose;
use crate::beside::{Backend, Holder, is_alive, machine};
use crate::event::Event;
use crate::journal::Phase;
use crate::stack::Stack;

/// What became of the lock of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unlocked {
    /// Nobody held it.
    Free,
    /// Somebody holds it; nothing was done, since that lock was not named.
    Held(Holder),
    /// It was taken away.
    Done(Holder),
}

impl Operator<'_> {
    /// Says who holds the lock of a stack's state, and takes it away if `id` is its name.
    ///
    /// A stack that a process of this machine works on is refused, also where that process is a Terraform that was left to
    /// itself; and so is a lock that is a running process's own, as that of a state in a file is.
    pub fn unlock(
        &self,
        stack: &Stack,
        id: Option<&str>,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Unlocked, StackError> {
        // Both roles hold and release locks, and this one does nothing else.
        let prepared = self.hold(stack, Purpose::Plan)?;
        prepared.reduce_to_backend()?;
        self.init(&prepared, event)?;
        let backend = Self::backend(&prepared)?;
        let ledger = match self.places.beside(&backend, &prepared.variables)? {
            Ok(ledger) => ledger,
            Err(backend) => return Err(StackError::Unknown { backend }),
        };
        let Some(holder) = ledger.holder()? else {
            return Ok(Unlocked::Free);
        };
        if id != Some(&*holder.id) {
            return Ok(Unlocked::Held(holder));
        }
        if matches!(backend, Backend::File(_)) {
            return Err(StackError::Running(Box::new(holder)));
        }
        // Another home of this machine is not asked who holds what: what it began says which process did.
        if let Some((head, _)) = ledger.head()?
            && matches!(head.record.phase, Phase::ApplyStarted { .. })
            && head.machine == machine()
            && head.process != std::process::id()
            && is_alive(head.process)
        {
            return Err(StackError::Alive {
                process: head.process,
                run: head.record.run,
            });
        }
        self.record(
            stack,
            Phase::Unlock {
                lock: holder.id.clone(),
                holder: holder.to_string().into(),
            },
        )?;
        let arguments = ["force-unlock", "-no-color", "-force", &*holder.id];
        self.document(Step::Unlock, &prepared, &arguments)?;
        Ok(Unlocked::Done(holder))
    }
}
