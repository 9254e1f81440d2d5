//! What every service has: whether it runs, how many copies, how it grows, what it asks for.
//!
//! What the model says of a service that does not run is written, too, so that switching it on is one line.

use super::Subject;
use super::values::Values;
use crate::model::environment::DatabaseSetup;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let spec = &subject.input.contract.spec;
    for service in &subject.input.contract.services {
        let name = service.name;
        if service.enabled || service.facts.enabled || service.settings.enabled.is_some() {
            let input = format!("services.{name}.enabled");
            values.set(
                &[name, "enabled"],
                service.enabled,
                "service profiles",
                &["profiles", "frontend", &input],
            );
        }
        let replicas = format!("services.{name}.replicas");
        match service.settings.replicas {
            Some(count) => values.set(&[name, "replicaCount"], count, "copies", &[&replicas]),
            None if service.enabled && service.facts.scales && spec.replicas != 1 => values.set(
                &[name, "replicaCount"],
                spec.replicas,
                "copies",
                &["replicas"],
            ),
            None => {}
        }
        if let Some(autoscaling) = &service.settings.autoscaling {
            let input = format!("services.{name}.autoscaling");
            let mut set = |key: &str, value: crate::value::Node| {
                values.set(&[name, "autoscaling", key], value, "autoscaling", &[&input]);
            };
            set("enabled", autoscaling.enabled.into());
            if let Some(fewest) = autoscaling.min_replicas {
                set("minReplicas", fewest.into());
            }
            if let Some(most) = autoscaling.max_replicas {
                set("maxReplicas", most.into());
            }
        }
        if let Some(resources) = subject.input.resources.get(name) {
            let input = format!("services.{name}.resources");
            values.set(
                &[name, "resources"],
                resources.0.clone(),
                "resources",
                &[&input],
            );
        }
        if let Some(database) = service
            .settings
            .database
            .as_ref()
            .filter(|_| service.facts.database)
        {
            let input = format!("services.{name}.database");
            if let Some(setup) = database.setup {
                values.set(
                    &[name, "postgres", "dbCreate"],
                    setup == DatabaseSetup::Job,
                    "who makes databases",
                    &[&input],
                );
            }
            if let Some(pushed) = database.push_credentials {
                values.set(
                    &[name, "externalSecrets", "pushSecret"],
                    pushed,
                    "credentials that are pushed",
                    &[&input],
                );
            }
        }
    }
    values.set(
        &["mutatingWebhook", "enabled"],
        false,
        "never: its objects are the whole cluster's",
        &[],
    );
}
