//! What is to be in clusters: what the fleet would render, or what a tree says.

use std::path::Path;

use camino::Utf8PathBuf;
use csoc_core::{DeliveredApplication, DeliveredCluster, Deliveries, deliveries};
use csoc_operate::{
    Expectation, ExpectedApplication, ExpectedCluster, ExpectedSource, Stack, Stacks,
};

use crate::failure::Failure;
use crate::session::Session;
use crate::status_args::Status;

/// The part of what is to be in clusters that is selected.
pub(super) fn expectation(arguments: &Status, session: &Session) -> Result<Expectation, Failure> {
    let mut expectation = if let Some(tree) = &arguments.rendered {
        of_tree(tree, session)?
    } else {
        let fleet = session.fleet(&arguments.fleet)?;
        of(fleet.deliveries(&session.context)?)
    };
    expectation.commit.clone_from(&arguments.commit);
    let is_empty = expectation.applications.is_empty();
    let expectation = expectation.select(&arguments.select);
    if expectation.applications.is_empty() {
        let failure = if is_empty {
            Failure::unusable("no Application is rendered, so that nothing is to be compared")
        } else {
            Failure::unusable("no environment and no cluster is selected").help(
                "fields are account, region, cluster, commons, environment, tier and object"
                    .to_owned(),
            )
        };
        return Err(failure);
    }
    let is_known = |name: &str| expectation.clusters.iter().any(|it| it.name == name);
    if let Some(unknown) = arguments
        .reach
        .context
        .iter()
        .find(|it| !is_known(&it.cluster))
    {
        let names: Vec<&str> = expectation.clusters.iter().map(|it| &*it.name).collect();
        return Err(
            Failure::unusable(format!("no cluster `{}` is rendered", unknown.cluster))
                .help(format!("there are {}", names.join(", "))),
        );
    }
    Ok(expectation)
}

/// A tree knows tiers, accounts and regions by its stacks, where it has some.
fn of_tree(tree: &Path, session: &Session) -> Result<Expectation, Failure> {
    let path = Utf8PathBuf::from_path_buf(tree.to_owned())
        .map_err(|path| Failure::unusable(format!("`{}` is no text in UTF-8", path.display())))?;
    let mut expectation = of(deliveries(path, &session.context)?);
    let Ok(stacks) = Stacks::load(tree) else {
        return Ok(expectation);
    };
    for cluster in &mut expectation.clusters {
        let is_its = |stack: &&Stack| stack.id.cluster() == Some(&cluster.name);
        if let Some(stack) = stacks.iter().find(is_its) {
            cluster.account = Some(stack.account.clone());
            cluster.account_name = stack.account_name().map(ToOwned::to_owned);
            cluster.region.clone_from(&stack.region);
            cluster.tier.clone_from(&stack.tier);
        }
    }
    for application in &mut expectation.applications {
        let is_its = |stack: &&Stack| stack.object == application.object;
        let stack = stacks.iter().find(is_its);
        application.tier = stack.and_then(|stack| stack.tier.clone());
    }
    Ok(expectation)
}

fn of(deliveries: Deliveries) -> Expectation {
    Expectation {
        clusters: deliveries.clusters.into_iter().map(cluster).collect(),
        applications: deliveries
            .applications
            .into_iter()
            .map(application)
            .collect(),
        ..Expectation::default()
    }
}

fn cluster(cluster: DeliveredCluster) -> ExpectedCluster {
    ExpectedCluster {
        name: cluster.name,
        account: cluster.account,
        account_name: cluster.account_name,
        region: cluster.region,
        tier: cluster.tier,
        server: cluster.server,
    }
}

fn application(application: DeliveredApplication) -> ExpectedApplication {
    let sources = application
        .sources
        .into_iter()
        .map(|source| ExpectedSource {
            repository: source.repository,
            chart: source.chart,
            path: source.path,
            revision: source.revision,
        });
    ExpectedApplication {
        cluster: application.cluster,
        name: application.name,
        namespace: application.namespace,
        object: application.object,
        tier: application.tier,
        deploys_to: application.deploys_to,
        sources: sources.collect(),
        images: application.images,
    }
}
