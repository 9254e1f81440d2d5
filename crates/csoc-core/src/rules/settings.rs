//! Rules about settings of the model that some services do not take.

use super::context::FleetContext;
use crate::catalog::{ServiceCatalog, ServiceFacts, SettingFacts, VariableShape};
use crate::diagnostic::Diagnostics;
use crate::model::environment::Frontend;
use crate::model::pod::VariableValue;
use crate::model::service::ServiceSettings;

/// What is set is read.
pub(crate) fn setting_unread(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let mut add = |field: &[&str], message: String, help: &str| {
            found.push(
                context
                    .environment_finding(at, field, message)
                    .help(help)
                    .label(context.environment_place(at, field), "has no effect"),
            );
        };
        if environment.spec.frontend_source.is_some() && environment.spec.frontend == Frontend::None
        {
            add(
                &["frontendSource"],
                "content of a front end is named, and there is no front end".to_owned(),
                "remove it, or say which front end: frontend: portal",
            );
        }
        for (service, settings) in &environment.spec.services {
            let Some(facts) = ServiceCatalog::embedded().get(service.as_str()) else {
                continue;
            };
            for (field, what) in unread(settings, facts) {
                let field = ["services", service.as_str(), field];
                let message = format!("the chart takes no {what} for `{service}`");
                add(&field, message, "remove it");
            }
            let by_name = facts
                .variables
                .as_ref()
                .is_some_and(|variables| variables.shape == VariableShape::Map);
            let sources = settings
                .env
                .iter()
                .filter(|(_, value)| matches!(value, VariableValue::From(_)));
            for (name, _) in sources.filter(|_| by_name) {
                let field = ["services", service.as_str(), "env", name.as_str()];
                let message = format!(
                    "the chart takes texts only as variables of `{service}`, and `{name}` is none"
                );
                add(&field, message, "give the text itself, if it is no secret");
            }
        }
    }
}

/// Fields of a service that are set and not taken, with what they say.
fn unread(settings: &ServiceSettings, facts: &ServiceFacts) -> Vec<(&'static str, &'static str)> {
    let takes = |setting| facts.takes.contains(&setting);
    let mut unread = Vec::new();
    if !settings.env.is_empty() && facts.variables.is_none() {
        unread.push(("env", "variables"));
    }
    if !settings.pod_annotations.is_empty() && !takes(SettingFacts::Annotations) {
        unread.push(("podAnnotations", "annotations of pods"));
    }
    if settings.service_account.is_some() && !takes(SettingFacts::ServiceAccount) {
        unread.push(("serviceAccount", "service account"));
    }
    if settings.database.is_some() && !facts.database {
        unread.push(("database", "database"));
    }
    unread
}

/// A list of variables leaves out none of the chart's own by accident.
pub(crate) fn service_variables_lost(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        for (service, settings) in &environment.spec.services {
            let own = ServiceCatalog::embedded()
                .get(service.as_str())
                .and_then(|facts| facts.variables.as_ref())
                .map(|variables| variables.own.as_slice())
                .unwrap_or_default();
            let lost: Vec<String> = own
                .iter()
                .filter(|name| !settings.env.contains_key(name.as_str()))
                .map(|name| format!("`{name}`"))
                .collect();
            if settings.env.is_empty() || lost.is_empty() {
                continue;
            }
            let field = ["services", service.as_str(), "env"];
            let message = format!(
                "the variables of `{service}` take the place of the chart's own, and leave out {}",
                lost.join(", ")
            );
            found.push(
                context
                    .environment_finding(at, &field, message)
                    .help("add what the chart gives, as its values.yaml says, unless it shall be gone")
                    .label(context.environment_place(at, &field), "the whole list"),
            );
        }
    }
}
