//! Asking a cloud: it blocks, since callers have no event loop, and comes back when nobody waits for the answer.

use std::io;

use tokio::runtime::Runtime;

use crate::terraform::{GLANCE, Interrupt, Until};

/// What asks a cloud, and is asked to stop as processes are.
pub(crate) struct Asking {
    /// Until it is dropped.
    runtime: Option<Runtime>,
    interrupt: Interrupt,
}

impl Asking {
    /// Something that asks until it is asked to stop.
    pub(crate) fn new(interrupt: Interrupt) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            interrupt,
        })
    }

    /// The answer; nothing where it is not waited for any more.
    pub(crate) fn ask<T>(&self, until: Until, answer: impl Future<Output = T>) -> Option<T> {
        self.runtime.as_ref()?.block_on(async {
            let mut answer = std::pin::pin!(answer);
            loop {
                match tokio::time::timeout(GLANCE, answer.as_mut()).await {
                    Ok(answer) => return Some(answer),
                    Err(_) if self.interrupt.ends(until) => return None,
                    Err(_) => {}
                }
            }
        })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name that is looked up is waited for otherwise.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Asking, Interrupt, Until};

    #[test]
    fn what_does_not_answer_is_waited_for_until_somebody_says_so() {
        let interrupt = Interrupt::default();
        let asking = Asking::new(interrupt.clone()).expect("there is room");
        let never = || std::future::pending::<()>();
        assert_eq!(asking.ask(Until::Stopped, async { 1 }), Some(1));
        interrupt.stop();
        assert_eq!(asking.ask(Until::Stopped, never()), None);
        let late = async {
            tokio::time::sleep(Duration::from_millis(120)).await;
            2
        };
        assert_eq!(asking.ask(Until::Detached, late), Some(2));
        interrupt.detach();
        assert_eq!(asking.ask(Until::Detached, never()), None);
    }
}
