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
