//! Which services run in an environment.

use crate::catalog::{ServiceCatalog, ServiceFacts};
use crate::model::Environment;
use crate::model::environment::{AccessRequests, DatabaseSetup, Frontend};
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

impl ServiceContract {
    /// Whether a job of the chart makes its database, whatever holds for all.
    pub(crate) fn makes_database(&self) -> bool {
        let database = self.settings.database.as_ref();
        self.enabled && database.and_then(|own| own.setup) == Some(DatabaseSetup::Job)
    }

    /// Whether the credentials of its database are pushed into the secret manager.
    pub(crate) fn pushes_credentials(&self) -> bool {
        let database = self.settings.database.as_ref();
        database.and_then(|own| own.push_credentials) == Some(true)
    }
}

/// Every service of the catalog, in its order.
pub(crate) fn services(spec: &Environment) -> Vec<ServiceContract> {
    let wants = Wants {
        profiles: &spec.profiles,
        frontend: spec.frontend,
        access_requests: spec.access_requests,
    };
    ServiceCatalog::embedded()
        .iter()
        .map(|(name, facts)| {
            let settings = spec.services.get(name).cloned().unwrap_or_default();
            let enabled = settings
                .enabled
                .unwrap_or_else(|| wants.service(name, facts));
            ServiceContract {
                name,
                enabled,
                facts,
                settings,
            }
        })
        .collect()
}

/// What asks for services.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wants<'a> {
    pub(crate) profiles: &'a [ServiceProfile],
    pub(crate) frontend: Frontend,
    pub(crate) access_requests: AccessRequests,
}

impl Wants<'_> {
    /// Whether profiles, front end and access requests ask for a service.
    pub(crate) fn service(self, name: &str, facts: &ServiceFacts) -> bool {
        let is_child = self.profiles.contains(&ServiceProfile::Child);
        let by_profile = facts
            .profiles
            .iter()
            .any(|profile| self.profiles.contains(profile));
        match name {
            "portal" => self.frontend == Frontend::Portal,
            "frontend-framework" => self.frontend == Frontend::Gen3ff,
            "requestor" => by_profile || self.access_requests == AccessRequests::Requestor,
            // Tokens are the parent's; pods of a child still mount secrets of fence and indexd, so those run beside it.
            "wts" if is_child => false,
            _ => by_profile,
        }
    }
}
