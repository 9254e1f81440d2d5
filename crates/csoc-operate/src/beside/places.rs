//! From a backend to what lies beside the state that is in it.

#[cfg(feature = "aws")]
use super::objects::Buckets;
use super::{Backend, Ledger, LedgerError, file::Files};
use crate::run::Variables;
use crate::terraform::Interrupt;

/// Finds what lies beside states. It keeps what all stacks share: connections, and who the surroundings say we are.
#[derive(Default)]
pub(crate) struct Places {
    #[cfg(feature = "aws")]
    buckets: Buckets,
}

impl Places {
    /// One that waits for no store longer than somebody waits for it.
    #[cfg_attr(
        not(feature = "aws"),
        expect(
            unused_variables,
            clippy::needless_pass_by_value,
            reason = "files are not waited for"
        )
    )]
    pub(crate) fn new(interrupt: Interrupt) -> Self {
        Self {
            #[cfg(feature = "aws")]
            buckets: Buckets::new(interrupt),
        }
    }

    /// What lies beside the state in a backend, reached as the child with these variables reaches the state; the name of
    /// the backend where nothing of ours can lie there.
    #[cfg_attr(
        not(feature = "aws"),
        expect(
            clippy::unnecessary_wraps,
            clippy::unused_self,
            unused_variables,
            reason = "without AWS there is nothing to reach, and nothing that stacks share"
        )
    )]
    pub(crate) fn beside(
        &self,
        backend: &Backend,
        variables: &Variables,
    ) -> Result<Result<Ledger, Box<str>>, LedgerError> {
        match backend {
            Backend::File(state) => Ok(Ok(Ledger::new(Files::beside(state)))),
            #[cfg(feature = "aws")]
            Backend::S3(settings) => {
                let objects = self.buckets.beside(settings, variables)?;
                Ok(Ok(Ledger::new(objects)))
            }
            Backend::Other(of) => Ok(Err(of.clone())),
        }
    }
}
