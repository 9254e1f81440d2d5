//! What rules look at, with short ways to say where something stands.

use std::sync::OnceLock;

use super::name_use::{NameUse, uses};
use super::rule::Rule;
use crate::context::Context;
use crate::contract::{Contracts, EnvironmentContract};
use crate::diagnostic::Finding;
use crate::model::network::Hostname;
use crate::model::{Mode, Tier};
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};
use crate::span::Span;
use crate::value::path::{ModelPath, Step};
use crate::value::{Kind, Node};

/// The fleet as a rule sees it.
pub(crate) struct FleetContext<'a> {
    /// The rule that runs.
    pub(crate) rule: &'static Rule,
    /// The fleet.
    pub(crate) fleet: &'a ResolvedFleet,
    /// Its contracts; an environment whose references lead nowhere has none.
    pub(crate) contracts: &'a Contracts,
    /// The facts and the day of the call.
    pub(crate) call: &'a Context,
    /// Every derived name, found out once for all rules.
    pub(super) names: &'a OnceLock<Vec<NameUse<'a>>>,
}

impl<'a> FleetContext<'a> {
    /// Every derived name of the fleet.
    pub(super) fn names(&self) -> &'a [NameUse<'a>] {
        self.names.get_or_init(|| uses(self))
    }

    /// A finding about an object that is no environment; `path` are the keys below the fleet.
    pub(crate) fn finding(&self, path: &[&str], message: impl Into<String>) -> Finding {
        self.tier_finding(None, path, message)
    }

    /// The same, as severe as the rule is for a tier.
    pub(crate) fn tier_finding(
        &self,
        tier: Option<Tier>,
        path: &[&str],
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(self.rule.code, self.rule.severity.of(tier), message)
            .object(object_of(path))
            .path(model_path(path))
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
        let path: Vec<&str> = keys(at).into_iter().chain(field.iter().copied()).collect();
        Finding::new(self.rule.code, self.rule.severity.of(tier), message)
            .object(at)
            .path(model_path(&path))
    }

    /// Where a value of the fleet stands, or its nearest parent.
    pub(crate) fn place(&self, path: &[&str]) -> Option<Span> {
        place(self.fleet, path)
    }

    /// Where a field of an environment was set, or the environment itself.
    pub(crate) fn environment_place(&self, at: &EnvironmentRef, field: &[&str]) -> Option<Span> {
        environment_place(self.fleet, at, field)
    }

    /// All environments, in order.
    pub(crate) fn environments(
        &self,
    ) -> impl Iterator<Item = (&'a EnvironmentRef, &'a ResolvedEnvironment)> {
        self.fleet.environments.iter()
    }

    /// The environments that could be linked, in order.
    pub(crate) fn linked(
        &self,
    ) -> impl Iterator<Item = (&'a EnvironmentRef, &'a EnvironmentContract)> {
        self.contracts.environments.iter()
    }

    /// The environment that answers at a host, or is looked at there before it takes requests.
    pub(crate) fn environment_of(&self, host: &Hostname) -> Option<&'a EnvironmentRef> {
        let mut linked = self.linked();
        let found = linked.find(|(_, environment)| {
            let preview = environment.spec.preview_hostname.as_ref();
            environment.endpoint.hostname == *host || preview == Some(host)
        });
        found.map(|(at, _)| at)
    }

    /// The tier of the environment that matters most.
    pub(crate) fn highest_tier(&self) -> Option<Tier> {
        self.environments()
            .map(|(_, environment)| environment.spec.tier)
            .max()
    }
}

/// Whether an output of that mode is one that we write.
pub(crate) fn is_rendered(mode: Mode) -> bool {
    matches!(mode, Mode::Managed | Mode::Adopt)
}

/// The keys below the fleet that lead to an environment.
fn keys(at: &EnvironmentRef) -> [&str; 4] {
    [
        "commons",
        at.commons.as_str(),
        "environments",
        at.environment.as_str(),
    ]
}

/// The object that a field belongs to.
fn object_of(path: &[&str]) -> String {
    match path {
        ["accounts" | "clusters" | "commons", _, ..] => path[..2].join("."),
        _ => "fleet".to_owned(),
    }
}

fn model_path(path: &[&str]) -> String {
    path.iter().copied().collect::<ModelPath>().to_string()
}

/// Where the value of a model path stands, or its nearest parent: for findings that only name their field.
pub(crate) fn place_of(fleet: &ResolvedFleet, path: &str) -> Option<Span> {
    let path: ModelPath = path.parse().ok()?;
    let keys: Vec<&str> = path
        .steps()
        .iter()
        .map_while(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        })
        .collect();
    if let ["commons", commons, "environments", environment, field @ ..] = &keys[..]
        && let (Ok(commons), Ok(environment)) = (commons.parse(), environment.parse())
    {
        let at = EnvironmentRef {
            commons,
            environment,
        };
        return environment_place(fleet, &at, field);
    }
    place(fleet, &keys)
}

fn place(fleet: &ResolvedFleet, path: &[&str]) -> Option<Span> {
    (0..=path.len())
        .rev()
        .find_map(|length| shown(&fleet.root, &path[..length]))
        // What stands nowhere yet would stand beside the fleet's name.
        .or_else(|| shown(&fleet.root, &["name"]))
}

fn environment_place(fleet: &ResolvedFleet, at: &EnvironmentRef, field: &[&str]) -> Option<Span> {
    let environment = fleet.environments.get(at)?;
    let exact = (!field.is_empty())
        .then(|| shown(&environment.layers.merged, field))
        .flatten();
    exact.or_else(|| place(fleet, &keys(at)))
}

/// What is to be shown of a value: a scalar itself, the key of a map or list, or their first character.
fn shown(root: &Node, path: &[&str]) -> Option<Span> {
    let first = |span: Span| Span {
        end: span.end.min(span.start + 1),
        ..span
    };
    let Some((key, parents)) = path.split_last() else {
        return root.span().map(first);
    };
    let entry = root
        .path(parents)?
        .entries()
        .iter()
        .rev()
        .find(|entry| entry.key == **key)?;
    if matches!(entry.node.kind, Kind::Scalar(_)) {
        return entry.node.span();
    }
    let key = entry
        .key_origin
        .span()
        .filter(|span| span.end > span.start && Some(*span) != entry.node.span());
    key.or_else(|| entry.node.span().map(first))
}
