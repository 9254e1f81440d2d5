//! Rules about what was there and what is left of it.

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::stack::StackScope;
use crate::resolve::EnvironmentRef;
use crate::span::Span;

/// Recorded outputs are of objects that the fleet has.
pub(crate) fn outputs_without_object(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    for stack in fleet.outputs.stacks() {
        let missing = match &stack.scope {
            StackScope::Account => fleet
                .accounts
                .values()
                .all(|account| account.id != stack.account)
                .then(|| format!("account `{}`", stack.account)),
            StackScope::Member(member) => fleet
                .accounts
                .values()
                .all(|account| account.id != *member)
                .then(|| format!("account `{member}`")),
            StackScope::Cluster(name) => fleet
                .cluster(name.as_str())
                .is_none()
                .then(|| format!("cluster `{name}`")),
            StackScope::Environment(commons, environment) => {
                let at = EnvironmentRef {
                    commons: commons.clone(),
                    environment: environment.clone(),
                };
                (!fleet.environments.contains_key(&at)).then(|| format!("environment `{at}`"))
            }
        };
        let Some(missing) = missing else {
            continue;
        };
        let text = stack.to_string();
        let file = stack.outputs_path();
        let place = fleet
            .loaded
            .sources
            .iter()
            .find(|(_, source)| source.path().as_str() == file)
            .map(|(id, _)| Span::file_start(id));
        found.push(
            context
                .finding(&["outputs", &text], format!("outputs are recorded of the {missing}, which the fleet does not have"))
                .help("write the object back and retire it (lifecycle: retiring, then retired), or remove the file once its resources are gone")
                .label(place, "recorded here"),
        );
    }
}
