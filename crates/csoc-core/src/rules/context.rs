//! What rules look at, with short ways to say where something stands.

use super::rule::Rule;
use crate::contract::Contracts;
use crate::diagnostic::Finding;
use crate::model::Tier;
use crate::model::version::Date;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};
use crate::span::Span;

/// The fleet as a rule sees it.
pub(crate) struct FleetContext<'a> {
    /// The rule that runs.
    pub(crate) rule: &'static Rule,
    pub(crate) fleet: &'a ResolvedFleet,
    pub(crate) contracts: &'a Contracts,
    /// The day, where the caller gave one.
    pub(crate) as_of: Option<&'a Date>,
}

impl<'a> FleetContext<'a> {
    /// A finding about an object that is no environment; `path` are the keys below the fleet.
    pub(crate) fn finding(&self, path: &[&str], message: impl Into<String>) -> Finding {
        self.about(path, None, message)
    }

    /// A finding about a field of an environment.
    pub(crate) fn environment_finding(
        &self,
        at: &EnvironmentRef,
        field: &[&str],
        message: impl Into<String>,
    ) -> Finding {
        let tier = self
            .fleet
            .environments
            .get(at)
            .map(|environment| environment.spec.tier);
        let path = field
            .iter()
            .fold(at.to_string(), |path, key| format!("{path}.{key}"));
        Finding::new(self.rule.code, self.rule.severity.of(tier), message)
            .object(at)
            .path(path)
    }

    fn about(&self, path: &[&str], tier: Option<Tier>, message: impl Into<String>) -> Finding {
        let object = path.get(..2).unwrap_or(path).join(".");
        let object = if object.is_empty() {
            "fleet".to_owned()
        } else {
            object
        };
        Finding::new(self.rule.code, self.rule.severity.of(tier), message)
            .object(object)
            .path(path.join("."))
    }

    /// Where a value of the fleet stands, or its nearest parent.
    pub(crate) fn place(&self, path: &[&str]) -> Option<Span> {
        self.fleet.place(path)
    }

    /// Where a field of an environment was set, or the environment itself.
    pub(crate) fn environment_place(&self, at: &EnvironmentRef, field: &[&str]) -> Option<Span> {
        self.fleet.environment_place(at, field)
    }

    /// All environments, in order.
    pub(crate) fn environments(
        &self,
    ) -> impl Iterator<Item = (&'a EnvironmentRef, &'a ResolvedEnvironment)> {
        self.fleet.environments.iter()
    }
}
