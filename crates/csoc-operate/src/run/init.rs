//! Letting the program fetch its providers and look at the state's place.

use std::path::Path;
use std::sync::PoisonError;

use super::error::{StackError, Step};
use super::operator::{LOCK, Operator, Prepared};
use crate::event::Event;
use crate::terraform::{Cache, GLANCE, Plugins, Share, Turn};

/// By which Terraform and OpenTofu are told where providers are.
const PLACE: &str = "TF_PLUGIN_CACHE_DIR";

impl Operator<'_> {
    /// Lets the program fetch its providers and look at the state's place. Where it fetches into a directory that others
    /// fetch into, too, of this process or of another one, they take turns.
    pub(super) fn init(
        &self,
        prepared: &Prepared,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), StackError> {
        let copy = prepared.workspace.directory();
        let lock = copy.join(LOCK);
        match &self.cache {
            Cache::Apart => self.init_apart(prepared, event),
            Cache::Named(directory) => {
                let fetching = self.fetching.lock();
                let _fetching = fetching.unwrap_or_else(PoisonError::into_inner);
                let turn = directory
                    .as_ref()
                    .map(|it| self.turn(&copy.join(it), event));
                let _turn = turn.transpose()?;
                self.init_apart(prepared, event)
            }
            Cache::Ours(plugins) => {
                let place = plugins.directory().to_str();
                let (Some(place), true, Ok(())) = (place, lock.is_file(), plugins.make()) else {
                    return self.init_apart(prepared, event);
                };
                let turn = self.turn(plugins.directory(), event)?;
                let share = match turn {
                    Turn::Ours(_) => plugins.share(&lock, copy).unwrap_or(Share::Own),
                    _ => Share::Own,
                };
                let variables = [(PLACE, Some(place))];
                match share {
                    Share::Own => {
                        drop(turn);
                        self.init_apart(prepared, event)
                    }
                    Share::Linked => {
                        drop(turn);
                        self.init_with(prepared, &variables, event)
                    }
                    Share::Fetched(fetched) => {
                        self.init_with(prepared, &variables, event)?;
                        // What cannot be said to be whole is fetched again.
                        let _ = fetched.end();
                        Ok(())
                    }
                }
            }
        }
    }

    /// The same with providers of its own, or where somebody says who is not us.
    fn init_apart(
        &self,
        prepared: &Prepared,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), StackError> {
        let copy = prepared.workspace.directory();
        Plugins::unlink(&self.home.plugins(), copy).map_err(|source| self.home.error(source))?;
        self.init_with(prepared, &[], event)
    }

    fn init_with(
        &self,
        prepared: &Prepared,
        variables: &[(&str, Option<&str>)],
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), StackError> {
        let mut arguments = vec!["init", "-input=false", "-no-color", "-json"];
        if prepared.workspace.directory().join(LOCK).is_file() {
            arguments.push("-lockfile=readonly");
        }
        self.ask_with(Step::Init, prepared, &arguments, variables, &[0], event)
            .map(|_| ())
    }

    /// Waits for the turn to fetch into a directory, until somebody asks to stop.
    fn turn(
        &self,
        directory: &Path,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Turn, StackError> {
        let mut is_told = false;
        loop {
            match Turn::ask(directory) {
                Turn::Theirs if self.interrupt.is_stopped() => {
                    return Err(StackError::Stopped(Step::Init));
                }
                Turn::Theirs => {
                    if !is_told {
                        let place = directory.display();
                        let message =
                            format!("another fetches providers into `{place}`: waiting for it");
                        event(Event::Note {
                            message: message.into(),
                        });
                        is_told = true;
                    }
                    std::thread::sleep(GLANCE);
                }
                turn => return Ok(turn),
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
