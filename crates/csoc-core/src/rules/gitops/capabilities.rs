//! Rules about what a deployment needs of its cluster.

use super::accounts::list;
use super::context::GitopsContext;
use super::databases::DEPLOY;
use crate::diagnostic::Diagnostics;
use crate::gitops::Deployment;

/// Something that a service needs of the cluster.
struct Need {
    is_needed: fn(&Deployment) -> bool,
    path: &'static [&'static str],
    addons: &'static [&'static str],
    message: &'static str,
    /// The name of an object beside the cluster's values that does instead of all of them.
    object: Option<&'static str>,
}

/// Findings where a cluster does not have what a deployment needs.
fn needs(context: &GitopsContext<'_>, need: &Need, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| (need.is_needed)(deployment))
    {
        let Some(cluster) = context.repository.values_of(deployment) else {
            continue;
        };
        if need
            .addons
            .iter()
            .any(|addon| cluster.is_on(&[addon, "enabled"]))
        {
            continue;
        }
        let is_beside = |object: &str| {
            let directory = &cluster.directory;
            let path = format!("{directory}/cluster-values/custom-objects/{object}.yaml");
            context.repository.referenced(&path).is_some()
        };
        if need.object.is_some_and(is_beside) {
            continue;
        }
        found.push(
            context
                .value(deployment, need.path, format!("{}, and the cluster `{}` does not install {}", need.message, deployment.cluster, list(need.addons)), "needs it")
                .help("switch it on in the cluster's values; where it is installed in another way, accept the finding in a baseline"),
        );
    }
}

/// Whoever reads secrets has something that does.
pub(crate) fn external_secrets_uninstalled(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            is_needed: |deployment| deployment.is_on(&DEPLOY),
            path: &DEPLOY,
            addons: &["external-secrets"],
            message: "secrets come from the secret manager",
            object: None,
        },
        found,
    );
}

/// Whoever changes pods has a certificate.
pub(crate) fn cert_manager_uninstalled(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            is_needed: |deployment| deployment.is_on(&["mutatingWebhook", "enabled"]),
            path: &["mutatingWebhook", "enabled"],
            addons: &["cert-manager"],
            message: "the webhook takes its certificate from cert-manager",
            object: None,
        },
        found,
    );
}

/// Whoever starts workflows has something that runs them.
pub(crate) fn argo_workflows_uninstalled(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            is_needed: |deployment| deployment.is_on(&["argo-wrapper", "enabled"]),
            path: &["argo-wrapper", "enabled"],
            addons: &["argo-workflows"],
            message: "`argo-wrapper` starts workflows",
            object: None,
        },
        found,
    );
}

/// Whoever asks for a load balancer has something that makes it.
pub(crate) fn alb_controller_uninstalled(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            is_needed: |deployment| deployment.is_on(&["global", "aws", "enabled"]),
            path: &["global", "aws", "enabled"],
            addons: &["alb-controller"],
            message: "a load balancer leads to it",
            object: None,
        },
        found,
    );
}

/// Whoever limits traffic has something that does.
pub(crate) fn network_policy_unenforced(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            is_needed: |deployment| deployment.is_on(&["global", "netPolicy", "enabled"]),
            path: &["global", "netPolicy", "enabled"],
            addons: &["calico", "cilium"],
            message: "network policies are asked for",
            // What tells the network of EKS, which keeps to them itself in Auto Mode.
            object: Some("amazon-vpc-cni"),
        },
        found,
    );
}
