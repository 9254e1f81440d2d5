//! A secret manager in memory, with the rules of AWS about stages.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::store::{CURRENT, Described, PENDING, PREVIOUS, Store, StoreError, Version};
use super::value::Value;

/// One secret: its versions by name, and where stages are.
#[derive(Debug, Default, Clone)]
struct Kept {
    versions: BTreeMap<String, (Value, Timestamp)>,
    stages: BTreeMap<String, String>,
    deletion: Option<Timestamp>,
    changed: Option<Timestamp>,
}

/// A secret manager in memory.
#[derive(Debug, Default)]
pub(super) struct Memory {
    secrets: RefCell<BTreeMap<String, Kept>>,
    /// What time it is.
    pub(super) now: Cell<Timestamp>,
    /// After how many changes it stops answering.
    pub(super) stops_after: Cell<Option<usize>>,
    /// How many changes there were.
    pub(super) changes: Cell<usize>,
    /// What somebody else puts in before our next version.
    pub(super) rival: RefCell<Option<Value>>,
}

impl Memory {
    /// A container without a value.
    pub(super) fn container(&self, name: &str) {
        self.secrets
            .borrow_mut()
            .entry(name.to_owned())
            .or_default();
    }

    /// A value that somebody put there.
    pub(super) fn put(&self, name: &str, text: &str) {
        let mut secrets = self.secrets.borrow_mut();
        let kept = secrets.entry(name.to_owned()).or_default();
        let id = format!("somebody-{}", kept.versions.len());
        let value = Value::new(text.to_owned());
        kept.versions.insert(id.clone(), (value, self.now.get()));
        kept.stages.insert(CURRENT.to_owned(), id);
    }

    /// Moves a stage, as people do.
    pub(super) fn move_by_hand(&self, name: &str, stage: &str, id: &str) {
        if let Some(kept) = self.secrets.borrow_mut().get_mut(name) {
            kept.stages.insert(stage.to_owned(), id.to_owned());
        }
    }

    /// Takes a stage away, as if it had never been there.
    pub(super) fn forget(&self, name: &str, stage: &str) {
        if let Some(kept) = self.secrets.borrow_mut().get_mut(name) {
            kept.stages.remove(stage);
        }
    }

    pub(super) fn delete(&self, name: &str, at: Timestamp) {
        if let Some(kept) = self.secrets.borrow_mut().get_mut(name) {
            kept.deletion = Some(at);
        }
    }

    /// The text of a version.
    pub(super) fn text(&self, name: &str, stage: &str) -> Option<String> {
        let secrets = self.secrets.borrow();
        let kept = secrets.get(name)?;
        let (value, _) = kept.versions.get(kept.stages.get(stage)?)?;
        Some(value.expose().to_owned())
    }

    fn change(&self) -> Result<(), StoreError> {
        if self.stops_after.get() == Some(self.changes.get()) {
            return Err(refusal("it went away"));
        }
        self.changes.set(self.changes.get() + 1);
        Ok(())
    }
}

fn refusal(reason: &str) -> StoreError {
    StoreError::Refused {
        code: None,
        reason: reason.into(),
    }
}

impl Store for Memory {
    fn describe(&self, name: &str) -> Result<Option<Described>, StoreError> {
        let secrets = self.secrets.borrow();
        Ok(secrets.get(name).map(|kept| Described {
            versions: kept
                .versions
                .iter()
                .map(|(id, (_, made))| Version {
                    id: id.clone(),
                    stages: kept
                        .stages
                        .iter()
                        .filter(|(_, of)| *of == id)
                        .map(|(stage, _)| stage.clone())
                        .collect(),
                    made: Some(*made),
                })
                .collect(),
            changed: kept.changed,
            deletion: kept.deletion,
            replicas: Vec::new(),
        }))
    }

    fn read(&self, name: &str, stage: &str) -> Result<Option<Value>, StoreError> {
        Ok(self.text(name, stage).map(Value::new))
    }

    fn create(&self, name: &str, value: &Value, _key: &str, token: &str) -> Result<(), StoreError> {
        if let Some(rival) = self.rival.take() {
            self.put(name, rival.expose());
        }
        self.change()?;
        if self.secrets.borrow().contains_key(name) {
            return Err(StoreError::Exists);
        }
        self.container(name);
        let mut secrets = self.secrets.borrow_mut();
        let kept = secrets
            .get_mut(name)
            .ok_or_else(|| refusal("no such secret"))?;
        kept.versions
            .insert(token.to_owned(), (value.clone(), self.now.get()));
        kept.stages.insert(CURRENT.to_owned(), token.to_owned());
        kept.changed = Some(self.now.get());
        Ok(())
    }

    fn stage(&self, name: &str, value: &Value, token: &str) -> Result<(), StoreError> {
        if let Some(rival) = self.rival.take() {
            self.put(name, rival.expose());
        }
        self.change()?;
        let mut secrets = self.secrets.borrow_mut();
        let kept = secrets
            .get_mut(name)
            .ok_or_else(|| refusal("no such secret"))?;
        if let Some((there, _)) = kept.versions.get(token) {
            return if there.expose() == value.expose() {
                Ok(())
            } else {
                Err(StoreError::Exists)
            };
        }
        if kept.versions.is_empty() {
            kept.stages.insert(CURRENT.to_owned(), token.to_owned());
        }
        kept.versions
            .insert(token.to_owned(), (value.clone(), self.now.get()));
        kept.stages.insert(PENDING.to_owned(), token.to_owned());
        kept.changed = Some(self.now.get());
        Ok(())
    }

    fn move_stage(
        &self,
        name: &str,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), StoreError> {
        self.change()?;
        let mut secrets = self.secrets.borrow_mut();
        let kept = secrets
            .get_mut(name)
            .ok_or_else(|| refusal("no such secret"))?;
        if kept.stages.get(stage).map(String::as_str) != from {
            return Err(refusal("the stage is at another version"));
        }
        match to {
            Some(to) => {
                if stage == CURRENT
                    && let Some(from) = from
                {
                    kept.stages.insert(PREVIOUS.to_owned(), from.to_owned());
                }
                kept.stages.insert(stage.to_owned(), to.to_owned());
            }
            None => {
                kept.stages.remove(stage);
            }
        }
        kept.changed = Some(self.now.get());
        Ok(())
    }

    fn actor(&self) -> Box<str> {
        "somebody".into()
    }
}
