//! Repositories of others as files that can be observed: what is merged, and what it is deployed to.

use crate::gitops::{Deployment, Repository};
use crate::graph::Fact;
use crate::tree::{BackendName, Document, File};
use crate::value::Node;
use crate::verify::directory::TreeFiles;

/// Where the number of the account stands.
const ACCOUNT: [&str; 3] = ["global", "aws", "account"];

/// Adds each deployment whose namespace is known: its values as Helm would merge them.
///
/// Values lie in several files there, and their Application may be a template,
/// so that neither is given as it stands.
pub(super) fn add(repository: &Repository, tree: &mut TreeFiles) {
    for deployment in repository.deployments() {
        let Some(namespace) = deployment.namespace() else {
            continue;
        };
        let path = format!("{}/values/values.yaml", deployment.directory());
        tree.facts.push(Fact::Scope {
            file: path.as_str().into(),
            scope: format!("{}/{namespace}", deployment.cluster).into(),
        });
        let values = with_account(deployment, repository);
        tree.files.push(File::new(
            path,
            deployment.directory(),
            BackendName::Helm,
            Document::Yaml(values),
        ));
    }
}

/// The values with the account, which those of the cluster may say alone.
fn with_account(deployment: &Deployment, repository: &Repository) -> Node {
    let mut values = deployment.values.clone();
    let is_open = values
        .path(&ACCOUNT[..2])
        .is_some_and(|aws| aws.is_map() && aws.get("account").is_none());
    if is_open && let Some(account) = repository.account(deployment) {
        values.set(&ACCOUNT, Node::string(account));
    }
    values
}
