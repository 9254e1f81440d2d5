//! Rules about network policies.

use super::context::GitopsContext;
use super::databases::DEV;
use crate::diagnostic::Diagnostics;

/// Whether traffic is limited.
const POLICY: [&str; 3] = ["global", "netPolicy", "enabled"];

/// Services may reach their databases.
pub(super) fn database_subnets_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&POLICY) && !deployment.is_on(&DEV))
    {
        let path = ["global", "netPolicy", "dbSubnets"];
        if deployment
            .get(&path)
            .is_none_or(|node| node.items().is_empty())
        {
            found.push(
                context
                    .value(deployment, &path, "traffic is limited, and `dbSubnets` does not say where the databases are: no service can reach its own", "`dbSubnets` is missing here")
                    .help("list the networks of the databases: global.netPolicy.dbSubnets"),
            );
        }
    }
}

/// Policies find the namespaces that they are about.
pub(super) fn namespace_label_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&POLICY))
    {
        let Some(application) = deployment.application() else {
            continue;
        };
        let label = application.node.path(&[
            "spec",
            "syncPolicy",
            "managedNamespaceMetadata",
            "labels",
            "role",
        ]);
        if label.and_then(crate::value::Node::text) == Some("gen3") {
            continue;
        }
        found.push(
            context
                .value(deployment, &POLICY, "network policies let in namespaces with the label `role: gen3`, and the Application does not give it to its own", "selects by label")
                .help("add it: spec.syncPolicy.managedNamespaceMetadata.labels: { role: gen3 }")
                .label(application.namespace.as_ref().and_then(|placed| placed.span), "without the label"),
        );
    }
}
