//! Environments of a commons that have one host name and say which of them takes its requests.

use std::collections::BTreeMap;

use super::fleet::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};
use crate::model::lifecycle::Lifecycle;
use crate::model::name::ObjectName;
use crate::naming::{NameKind, Pattern};

/// The pattern of directories that cannot tell such environments from each other.
const BY_HOST: &str = "{hostname}";
/// The pattern that does.
const BY_ENVIRONMENT: &str = "{hostname}-{environment}";

impl ResolvedFleet {
    /// The environments of a commons that have the host name of one of them and take their parts of its requests, that one
    /// among them. Empty where there is no other.
    pub(crate) fn sharers(
        &self,
        at: &EnvironmentRef,
    ) -> Vec<(&EnvironmentRef, &ResolvedEnvironment)> {
        let own = self.environments.get(at).filter(|own| takes_part(own));
        let Some(own) = own else {
            return Vec::new();
        };
        let all: Vec<_> = self
            .environments
            .iter()
            .filter(|(other, _)| other.commons == at.commons)
            .filter(|(_, other)| takes_part(other) && other.spec.hostname == own.spec.hostname)
            .collect();
        if all.len() > 1 { all } else { Vec::new() }
    }
}

impl ResolvedEnvironment {
    /// Whether a naming rule of it is the one that tells environments with one host name apart, and nobody wrote it.
    pub(crate) fn names_apart(&self, rule: &str) -> bool {
        let (name, made) = self.names.rule(NameKind::Directory, None);
        rule == name
            && takes_part(self)
            && made.pattern.to_string() == BY_ENVIRONMENT
            && self.layers.merged.path(&["naming", rule]).is_none()
    }
}

/// Whether an environment says what it takes, and is not gone.
fn takes_part(environment: &ResolvedEnvironment) -> bool {
    environment.spec.cutover.is_some() && environment.spec.lifecycle != Lifecycle::Retired
}

/// Names the directories of environments apart that share a cluster and a host name, where the usual rule would not.
///
/// A rule that somebody wrote stays as it is, and so does the directory of an
/// environment that is alone in its cluster.
pub(super) fn name_directories(environments: &mut BTreeMap<EnvironmentRef, ResolvedEnvironment>) {
    let Ok(apart) = Pattern::parse(BY_ENVIRONMENT) else {
        return;
    };
    let mut together: BTreeMap<(ObjectName, ObjectName, String), Vec<EnvironmentRef>> =
        BTreeMap::new();
    for (at, environment) in &*environments {
        if takes_part(environment) {
            let spec = &environment.spec;
            let key = (
                at.commons.clone(),
                spec.cluster.clone(),
                spec.hostname.to_string(),
            );
            together.entry(key).or_default().push(at.clone());
        }
    }
    for at in together.into_values().filter(|all| all.len() > 1).flatten() {
        let Some(environment) = environments.get_mut(&at) else {
            continue;
        };
        let (_, rule) = environment.names.rule(NameKind::Directory, None);
        if rule.pattern.to_string() == BY_HOST {
            environment
                .names
                .set_rule(NameKind::Directory.as_str(), &apart);
        }
    }
}
