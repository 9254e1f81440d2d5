//! What is to be in clusters: what the fleet would render, or what a tree says.

use std::path::Path;

use camino::Utf8PathBuf;
use csoc_core::{Deliveries, deliveries};
use csoc_operate::{Expectation, Stacks};

use crate::failure::Failure;
use crate::session::Session;
use crate::status_args::Status;

/// The part of what is to be in clusters that is selected.
pub(super) fn expectation(arguments: &Status, session: &Session) -> Result<Expectation, Failure> {
    let mut expectation = if let Some(tree) = &arguments.rendered {
        of_tree(tree, session)?
    } else {
        let fleet = session.fleet(&arguments.fleet)?;
        of(&fleet.deliveries(&session.context)?)?
    };
    expectation.commit.clone_from(&arguments.commit);
    let named = arguments.reach.context.iter().map(|it| &*it.cluster);
    let narrowed = expectation.narrowed(&arguments.select, named);
    narrowed.map_err(|error| Failure::unusable(error.to_string()).help(error.help()))
}

/// A tree knows tiers, accounts and regions by its stacks, where it has some.
fn of_tree(tree: &Path, session: &Session) -> Result<Expectation, Failure> {
    let path = Utf8PathBuf::from_path_buf(tree.to_owned())
        .map_err(|path| Failure::unusable(format!("`{}` is no text in UTF-8", path.display())))?;
    let mut expectation = of(&deliveries(path, &session.context)?)?;
    if let Ok(stacks) = Stacks::load(tree) {
        expectation.place(&stacks);
    }
    Ok(expectation)
}

fn of(deliveries: &Deliveries) -> Result<Expectation, Failure> {
    Expectation::of(deliveries).map_err(|error| Failure::unusable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use csoc_core::{Context, Fleet};
    use csoc_operate::Expectation;

    #[test]
    fn nothing_is_lost_between_the_fleet_and_who_asks() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
        let context = Context::default();
        let fleet = Fleet::load(root.join("../../examples/hub-push"), &context).expect("it loads");
        let said = fleet.deliveries(&context).expect("nobody stops it");
        let expected = Expectation::of(&said).expect("they fit");
        assert!(!expected.applications.is_empty());
        assert_eq!(said.clusters.len(), expected.clusters.len());
        for (one, other) in said.clusters.iter().zip(&expected.clusters) {
            assert_eq!(
                (&one.name, &one.account, &one.account_name),
                (&other.name, &other.account, &other.account_name)
            );
            assert_eq!(
                (&one.region, &one.tier, &one.server),
                (&other.region, &other.tier, &other.server)
            );
        }
        assert_eq!(said.applications.len(), expected.applications.len());
        for (one, other) in said.applications.iter().zip(&expected.applications) {
            assert_eq!(
                (&one.cluster, &one.namespace, &one.name, &one.object),
                (&other.cluster, &other.namespace, &other.name, &other.object)
            );
            assert_eq!(
                (&one.tier, &one.deploys_to, &one.images),
                (&other.tier, &other.deploys_to, &other.images)
            );
            assert_eq!(one.sources.len(), other.sources.len());
            for (one, other) in one.sources.iter().zip(&other.sources) {
                assert_eq!(
                    (&one.repository, &one.chart, &one.path, &one.revision),
                    (
                        &other.repository,
                        &other.chart,
                        &other.path,
                        &other.revision
                    )
                );
            }
        }
    }
}
