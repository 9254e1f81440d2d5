//! Which services run in an environment.

use crate::catalog::{ServiceCatalog, ServiceFacts};
use crate::model::Environment;
use crate::model::environment::{AccessRequests, Frontend};
use crate::model::service::{ServiceProfile, ServiceSettings};

/// A service of an environment: what the chart knows of it and what the model says.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ServiceContract {
    /// Its name in the chart.
    pub(crate) name: &'static str,
    /// Whether it runs.
    pub(crate) enabled: bool,
    /// The catalog's facts; part of the product, and of every digest that way.
    #[serde(skip)]
    pub(crate) facts: &'static ServiceFacts,
    /// The model's settings.
    pub(crate) settings: ServiceSettings,
}

/// Every service of the catalog, in its order.
pub(crate) fn services(spec: &Environment) -> Vec<ServiceContract> {
    ServiceCatalog::embedded()
        .iter()
        .map(|(name, facts)| {
            let settings = spec.services.get(name).cloned().unwrap_or_default();
            let enabled = settings
                .enabled
                .unwrap_or_else(|| wanted(name, facts, spec));
            ServiceContract {
                name,
                enabled,
                facts,
                settings,
            }
        })
        .collect()
}

/// Whether profiles, front end and access requests ask for a service.
fn wanted(name: &str, facts: &ServiceFacts, spec: &Environment) -> bool {
    let is_child = spec.profiles.contains(&ServiceProfile::Child);
    let by_profile = facts
        .profiles
        .iter()
        .any(|profile| spec.profiles.contains(profile));
    match name {
        "portal" => spec.frontend == Frontend::Portal,
        "frontend-framework" => spec.frontend == Frontend::Gen3ff,
        "requestor" => by_profile || spec.access_requests == AccessRequests::Requestor,
        // Tokens are the parent's; pods of a child still mount secrets of fence and indexd, so those run beside it.
        "wts" if is_child => false,
        _ => by_profile,
    }
}
