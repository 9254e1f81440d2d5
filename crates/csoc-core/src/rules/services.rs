//! Rules about services: that there are such, and how many copies run.

use super::context::FleetContext;
use crate::catalog::ServiceCatalog;
use crate::contract::{EnvironmentContract, ServiceContract};
use crate::diagnostic::Diagnostics;
use crate::model::Tier;
use crate::value::suggestion::closest;

/// Services whose loss users notice at once.
const PROTECTED: [&str; 5] = ["arborist", "fence", "indexd", "portal", "revproxy"];

/// Settings are of services that there are.
pub(crate) fn service_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let catalog = ServiceCatalog::embedded();
    for (at, environment) in context.environments() {
        for service in environment.spec.services.keys() {
            if catalog.get(service.as_str()).is_some() {
                continue;
            }
            let field = ["services", service.as_str()];
            let help = match closest(service.as_str(), catalog.iter().map(|(name, _)| name)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "set what the chart takes for it below `values`".to_owned(),
            };
            found.push(
                context
                    .environment_finding(at, &field, format!("there is no service `{service}`"))
                    .help(help)
                    .label(
                        context.environment_place(at, &field),
                        "no service that we know",
                    ),
            );
        }
    }
}

/// A service does not need more copies than it may have.
pub(crate) fn autoscaling_bounds_reversed(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        for (service, settings) in &environment.spec.services {
            let Some(scaling) = &settings.autoscaling else {
                continue;
            };
            let (Some(least), Some(most)) = (scaling.min_replicas, scaling.max_replicas) else {
                continue;
            };
            if least > most {
                let least_at = ["services", service.as_str(), "autoscaling", "minReplicas"];
                let most_at = ["services", service.as_str(), "autoscaling", "maxReplicas"];
                found.push(
                    context
                        .environment_finding(
                            at,
                            &least_at,
                            format!(
                                "`{service}` runs in {least} copies at least and {most} at most"
                            ),
                        )
                        .help("exchange the two numbers, or correct one")
                        .label(context.environment_place(at, &least_at), "at least")
                        .label(context.environment_place(at, &most_at), "at most"),
                );
            }
        }
    }
}

/// A service that grows by itself has no fixed number of copies.
pub(crate) fn autoscaling_replicas_conflict(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        for (service, settings) in &environment.spec.services {
            let grows = settings
                .autoscaling
                .as_ref()
                .is_some_and(|scaling| scaling.enabled);
            if grows && settings.replicas.is_some() {
                let field = ["services", service.as_str(), "replicas"];
                let scaling = ["services", service.as_str(), "autoscaling"];
                found.push(
                    context
                        .environment_finding(
                            at,
                            &field,
                            format!("`{service}` has a fixed number of copies and grows by itself"),
                        )
                        .help(
                            "remove `replicas`: set autoscaling.minReplicas for the fewest copies",
                        )
                        .label(
                            context.environment_place(at, &field),
                            "fixed, and without effect",
                        )
                        .label(context.environment_place(at, &scaling), "grows by itself"),
                );
            }
        }
    }
}

/// Production survives the loss of one copy.
pub(crate) fn production_single_replica(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        if environment.spec.tier != Tier::Prod {
            continue;
        }
        for (field, services) in single(environment) {
            let field: Vec<&str> = field.iter().map(String::as_str).collect();
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!("one copy only of {} in production", listed(&services)),
                    )
                    .help("run two copies at least, so that users do not notice the loss of a node")
                    .label(context.environment_place(at, &field), "one copy"),
            );
        }
    }
}

/// A disruption budget keeps something.
pub(crate) fn disruption_budget_ineffective(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        if environment.spec.tier == Tier::Prod || !environment.spec.disruption_budgets {
            continue;
        }
        for (field, services) in single(environment) {
            let field: Vec<&str> = field.iter().map(String::as_str).collect();
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!(
                            "disruption budgets protect nothing with one copy of {}",
                            listed(&services)
                        ),
                    )
                    .help("run two copies, or set disruptionBudgets: false")
                    .label(context.environment_place(at, &field), "one copy")
                    .label(
                        context.environment_place(at, &["disruptionBudgets"]),
                        "asked for here",
                    ),
            );
        }
    }
}

/// The protected services that run in one copy, by the field that says so.
fn single(environment: &EnvironmentContract) -> Vec<(Vec<String>, Vec<&'static str>)> {
    let mut by_field: Vec<(Vec<String>, Vec<&'static str>)> = Vec::new();
    let services = environment
        .services
        .iter()
        .filter(|service| service.enabled && PROTECTED.contains(&service.name));
    for service in services {
        let (field, copies) = copies(environment, service);
        if copies >= 2 {
            continue;
        }
        match by_field.iter_mut().find(|(known, _)| *known == field) {
            Some((_, names)) => names.push(service.name),
            None => by_field.push((field, vec![service.name])),
        }
    }
    by_field
}

/// The fewest copies of a service, and the field that sets them.
fn copies(environment: &EnvironmentContract, service: &ServiceContract) -> (Vec<String>, u32) {
    let field = |keys: &[&str]| {
        ["services", service.name]
            .iter()
            .chain(keys)
            .map(|key| (*key).to_owned())
            .collect::<Vec<_>>()
    };
    let settings = &service.settings;
    match (&settings.autoscaling, settings.replicas) {
        (Some(scaling), _) if scaling.enabled => (
            field(&["autoscaling", "minReplicas"]),
            scaling.min_replicas.unwrap_or(1),
        ),
        (_, Some(replicas)) => (field(&["replicas"]), replicas),
        _ => (vec!["replicas".to_owned()], environment.spec.replicas),
    }
}

fn listed(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
