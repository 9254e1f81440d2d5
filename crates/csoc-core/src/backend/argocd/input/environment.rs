//! What an environment's Application depends on.

use std::collections::BTreeSet;

use super::destination::{Destination, destination};
use crate::backend::FleetView;
use crate::backend::argocd::policies;
use crate::backend::argocd::sync::Wave;
use crate::backend::helm::layout;
use crate::catalog::{LocalSecrets, Randomness, ServiceCatalog};
use crate::contract::EnvironmentContract;
use crate::model::commons::Rollout;
use crate::model::environment::{ChartSettings, Notifications, Sync, SyncMode};
use crate::model::fleet::{Chart, Gitops};
use crate::model::name::KeyPath;
use crate::model::{Lifecycle, Tier};
use crate::value::Exact;

/// Secrets that a service's chart makes with other random text at each rendering, whatever the values are.
const ALWAYS_RANDOM: [(&str, &str); 2] = [("fence", "fence-creds"), ("revproxy", "gen3-certs")];

/// An environment's Application.
#[derive(Debug, serde::Serialize)]
pub(crate) struct EnvironmentInput {
    /// The environment in the fleet: `commons.demo.environments.dev`.
    pub(crate) object: String,
    pub(crate) commons: String,
    pub(crate) environment: String,
    pub(crate) tier: Tier,
    pub(crate) name: String,
    pub(crate) cluster: String,
    /// Where it runs, as Argo CD names the cluster.
    pub(crate) destination: Destination,
    pub(crate) project: String,
    pub(crate) namespace: String,
    pub(crate) release_name: String,
    /// Its directory below `gitops`.
    pub(crate) directory: String,
    pub(crate) values_files: Vec<String>,
    pub(crate) chart: Chart,
    pub(crate) gitops: Gitops,
    /// Whether objects of its own stand beside its chart.
    pub(crate) has_objects: bool,
    pub(crate) sync: Sync,
    /// When its root, or its set, gets to it.
    pub(crate) wave: Wave,
    /// Secrets of its chart that hold other random text at each rendering.
    pub(crate) random: Vec<String>,
    /// Who hears of its syncs.
    pub(crate) notifications: Notifications,
    /// Raw fields of the Application.
    pub(crate) fields: Option<Exact>,
    pub(crate) omit: Vec<KeyPath>,
    /// Whether deleting the Application deletes what it made.
    pub(crate) cascades: bool,
}

pub(super) fn environment(
    view: &FleetView<'_>,
    contract: &EnvironmentContract,
    gitops: &Gitops,
    chart: &Chart,
) -> EnvironmentInput {
    let spec = &contract.spec;
    EnvironmentInput {
        object: contract.at.to_string(),
        commons: contract.at.commons.to_string(),
        environment: contract.at.environment.to_string(),
        tier: spec.tier,
        name: contract.application.name.clone(),
        cluster: contract.cluster.to_string(),
        destination: destination(view, contract.cluster.as_str()),
        project: spec
            .application
            .project
            .as_ref()
            .map_or_else(|| contract.at.commons.to_string(), ToString::to_string),
        namespace: contract.namespace.clone(),
        release_name: contract.release_name.clone(),
        directory: layout::directory(contract),
        values_files: layout::values_files(contract),
        chart: own_chart(chart, spec.chart.as_ref()),
        gitops: Gitops {
            revision: spec
                .application
                .revision
                .clone()
                .unwrap_or_else(|| gitops.revision.clone()),
            ..gitops.clone()
        },
        has_objects: !policies::beside(view, contract).is_empty(),
        sync: spec.sync.clone(),
        wave: wave(view, contract),
        random: random_secrets(view, contract),
        notifications: spec.notifications.clone(),
        fields: view
            .fleet
            .environments
            .get(&contract.at)
            .and_then(|resolved| resolved.layers.merged.path(&["application", "fields"]))
            .cloned()
            .map(Exact),
        omit: spec.application.omit.clone(),
        cascades: spec.tier != Tier::Prod || spec.lifecycle == Lifecycle::Retiring,
    }
}

/// Whether the set of its commons syncs it in its turn.
pub(crate) fn rolls(input: &EnvironmentInput, rollout: Rollout) -> bool {
    input.destination != Destination::Here
        && rollout == Rollout::ByTier
        && input.sync.mode != SyncMode::Manual
}

/// A child comes after the commons that it signs in to, where both are of one Argo CD and nobody has to start the other by hand.
fn wave(view: &FleetView<'_>, contract: &EnvironmentContract) -> Wave {
    let parent = contract.parent.as_ref();
    let parent = parent.and_then(|parent| view.contracts.environments.get(&parent.at));
    let comes_first = parent.is_some_and(|parent| {
        parent.application.instance == contract.application.instance
            && parent.spec.sync.mode != SyncMode::Manual
    });
    if comes_first {
        Wave::Children
    } else {
        Wave::Environments
    }
}

/// The Secrets that hold other random text each time the chart is rendered: Argo CD renders it without looking into the cluster.
fn random_secrets(view: &FleetView<'_>, contract: &EnvironmentContract) -> Vec<String> {
    const SECRETS: &str = "externalSecrets";
    let layers = view.fleet.environments.get(&contract.at);
    let raw = |path: &[&str]| {
        let path: Vec<&str> = ["values"].iter().chain(path).copied().collect();
        let flag = layers?.layers.merged.path(&path)?.text()?.parse().ok()?;
        Some(flag)
    };
    let mut names: BTreeSet<String> = ALWAYS_RANDOM
        .iter()
        .filter(|(service, _)| contract.runs(service))
        .map(|(_, secret)| (*secret).to_owned())
        .collect();
    // Passwords of databases, where no secret manager keeps them.
    let are_local = raw(&["global", SECRETS, "createLocalK8sSecret"]) == Some(true)
        || raw(&["global", SECRETS, "deploy"]) == Some(false);
    let local: BTreeSet<(&str, &str)> = LocalSecrets::embedded()
        .iter()
        .filter(|secret| secret.random != Randomness::No)
        .map(|secret| (secret.service.as_str(), secret.flag.as_str()))
        .collect();
    for (name, service) in ServiceCatalog::embedded().iter() {
        if !contract.runs(name) {
            continue;
        }
        if are_local && service.database {
            names.insert(format!("{name}-dbcreds"));
        }
        for secret in &service.secrets {
            let switch = LocalSecrets::embedded().flag(name, &secret.value);
            let switch = switch.filter(|switch| local.contains(&(name, *switch)));
            let is_made = switch.is_some_and(|switch| {
                let settings = contract.spec.secrets.get(&secret.purpose);
                let given = settings.and_then(|settings| settings.in_chart);
                raw(&[name, SECRETS, switch]).or(given).unwrap_or_default()
            });
            if is_made {
                names.insert(secret.kubernetes.clone());
            }
        }
    }
    names.into_iter().collect()
}

/// The fleet's chart with what an environment says otherwise.
pub(super) fn own_chart(chart: &Chart, own: Option<&ChartSettings>) -> Chart {
    let Some(own) = own else {
        return chart.clone();
    };
    let mut chart = chart.clone();
    if let Some(repository) = &own.repository {
        chart.repository = repository.clone();
    }
    if let Some(path) = &own.path {
        chart.path = Some(path.clone());
    }
    if let Some(revision) = &own.revision {
        chart.revision = revision.clone();
    }
    chart
}
