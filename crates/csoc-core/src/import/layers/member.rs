//! An environment as far as moving its values goes.

use super::path::find;
use crate::model::name::ObjectName;
use crate::resolve::EnvironmentRef;
use crate::value::{Key, Node};

/// An environment with what it takes part in.
pub(super) struct Member {
    pub(super) at: EnvironmentRef,
    pub(super) cluster: ObjectName,
    /// Whether its values are rendered.
    pub(super) has_values: bool,
    /// Whether its Application is rendered.
    pub(super) has_application: bool,
    /// What the model generates for it, before anything is left out.
    pub(super) values: Option<Node>,
    pub(super) application: Option<Node>,
}

impl Member {
    /// Whether it does not matter what a layer says at a path, since nothing of it is rendered.
    pub(super) fn ignores(&self, path: &[Key]) -> bool {
        let field = path.first().map(Key::as_str).unwrap_or_default();
        match field {
            "management" => false,
            "application" | "chart" => !self.has_application,
            _ => !self.has_values,
        }
    }

    /// Whether its Application is made with that field anyway, so that it may as well be said.
    pub(super) fn has_anyway(&self, path: &[Key], value: &Node) -> bool {
        let Some((application, rest)) = path.split_first() else {
            return false;
        };
        let Some((fields, field)) = rest.split_first() else {
            return false;
        };
        *application == "application"
            && *fields == "fields"
            && self
                .application
                .as_ref()
                .and_then(|base| find(base, field))
                .is_some_and(|base| base == value)
    }
}
