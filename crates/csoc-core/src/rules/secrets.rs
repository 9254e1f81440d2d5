//! Rules about secrets.

use std::collections::BTreeSet;

use super::context::FleetContext;
use crate::catalog::ServiceCatalog;
use crate::diagnostic::Diagnostics;
use crate::value::suggestion::closest;

/// Settings are of secrets that some service has.
pub(crate) fn secret_purpose_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let catalog = ServiceCatalog::embedded();
    let known: BTreeSet<String> = catalog
        .iter()
        .flat_map(|(name, facts)| {
            let database = facts.database.then(|| format!("{name}-creds"));
            let own = facts.secrets.iter().map(|secret| secret.purpose.clone());
            database.into_iter().chain(own)
        })
        .chain(["slack-webhook".to_owned()])
        .collect();
    for (at, environment) in context.environments() {
        for purpose in environment.spec.secrets.keys() {
            if known.contains(purpose) {
                continue;
            }
            let field = ["secrets", purpose.as_str()];
            let help = match closest(purpose, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "run `csoc secrets list` for the secrets there are".to_owned(),
            };
            found.push(
                context
                    .environment_finding(at, &field, format!("no service has a secret `{purpose}`"))
                    .help(help)
                    .label(context.environment_place(at, &field), "has no effect"),
            );
        }
    }
}
