//! What names stand for at a place of a template.

use std::collections::BTreeMap;

use super::value::Value;
use crate::value::Key;

/// `.`, `$` and the variables.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// `.`.
    pub(super) dot: Value,
    /// Variables by name; `$` has the empty one.
    variables: BTreeMap<Key, Value>,
}

impl Scope {
    /// What a template begins with.
    pub(super) fn new(argument: Value) -> Self {
        Self {
            variables: BTreeMap::from([(Key::fixed(""), argument.clone())]),
            dot: argument,
        }
    }

    /// What a variable can be.
    pub(super) fn variable(&self, name: &Key) -> Value {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    /// Gives a variable its value.
    pub(super) fn set(&mut self, name: &Key, value: Value) {
        self.variables.insert(name.clone(), value);
    }

    /// How much its values hold.
    pub(super) fn parts(&self) -> usize {
        let variables = self.variables.values().map(Value::parts);
        variables.fold(self.dot.parts(), usize::saturating_add)
    }

    /// A variable that a template changes in place, as `set` does.
    pub(super) fn variable_mut(&mut self, name: &Key) -> Option<&mut Value> {
        self.variables.get_mut(name)
    }

    /// After a block that may have run: a variable from outside can be what it was, or what the block made of it.
    pub(super) fn join(&mut self, inner: &Self) {
        for (name, value) in &mut self.variables {
            if let Some(after) = inner.variables.get(name)
                && value != after
            {
                value.add(after);
            }
        }
    }
}
