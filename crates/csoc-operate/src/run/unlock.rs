//! Taking away a lock that somebody left on a state: only with proof that nobody holds it.

use std::path::Path;

use super::error::{StackError, Step};
use super::home::Home;
use super::living::refuse_living;
use super::operator::Operator;
use super::session::Purpose;
use crate::beside::{Backend, Head, Holder};
use crate::event::Event;
use crate::journal::Phase;
use crate::stack::Stack;
use crate::terraform::Workspace;

/// What became of the lock of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unlocked {
    /// Nobody held it.
    Free,
    /// Somebody holds it; nothing was done, since that lock was not named.
    Held {
        /// Who.
        holder: Holder,
        /// What was begun to be applied last, by whichever machine, if no end of it is recorded.
        began: Option<Box<Head>>,
    },
    /// It was taken away.
    Done(Holder),
}

impl Operator<'_> {
    /// Says who holds the lock of a stack's state, and takes it away if `id` is its name.
    ///
    /// A stack that a process of this machine works on is refused, from whichever home, also where that process is a
    /// Terraform that was left to itself; and so is a lock that is a running process's own, as that of a state in a file
    /// is. What another machine does is not known here: who names the lock says that it is over.
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
        let head = ledger.head()?.map(|(head, _)| head);
        if let (Some(head), Some(_)) = (&head, id) {
            refuse_living(head, self.home, &stack.id)?;
            // A container holds no lock of ours, and works in the copy of its own home.
            if let Some(home) = &head.home {
                let copies = Home::at(Path::new(&**home))?.workspaces();
                self.is_alone(&Workspace::place(&copies, &stack.id))?;
            }
        }
        if id != Some(&*holder.id) {
            let is_open = |head: &Head| matches!(head.record.phase, Phase::ApplyStarted { .. });
            let began = head.filter(is_open).map(Box::new);
            return Ok(Unlocked::Held { holder, began });
        }
        if matches!(backend, Backend::File(_)) {
            return Err(StackError::Running(Box::new(holder)));
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
