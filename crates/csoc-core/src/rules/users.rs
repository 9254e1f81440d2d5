//! Rules about who signs in and who may do what.

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::Tier;
use crate::model::environment::IdentityProviderKind;

/// Somebody may do everything at first.
pub(crate) fn administrators_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        let users = &environment.spec.users;
        if environment.runs("fence") && users.administrators.is_empty() && users.user_yaml.is_none()
        {
            let field = ["users", "administrators"];
            found.push(
                context
                    .environment_finding(at, &field, "nobody may do anything: there are no administrators and no user.yaml")
                    .help("name those who may do everything: users: { administrators: [you@example.org] }, or the user.yaml: users: { userYaml: s3://… }")
                    .label(context.environment_place(at, &field), "of this environment"),
            );
        }
    }
}

/// Users of what is real can sign in.
pub(crate) fn identity_provider_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        let real = matches!(environment.spec.tier, Tier::Staging | Tier::Prod);
        // A child's users sign in at its parent.
        let signs_in = environment.runs("fence") && environment.parent.is_none();
        if real && signs_in && environment.spec.identity_providers.is_empty() {
            let field = ["identityProviders"];
            found.push(
                context
                    .environment_finding(at, &field, "nobody can sign in: there is no identity provider")
                    .help("add one: identityProviders: { google: { kind: google, clientId: …, clientSecret: \"secretsmanager:…\" } }")
                    .label(context.environment_place(at, &field), "of this environment"),
            );
        }
    }
}

/// An identity provider of no fixed address has one.
pub(crate) fn identity_provider_incomplete(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        for (name, provider) in &environment.spec.identity_providers {
            let anywhere = matches!(
                provider.kind,
                IdentityProviderKind::Generic
                    | IdentityProviderKind::Okta
                    | IdentityProviderKind::Cognito
            );
            if anywhere && provider.discovery_url.is_none() {
                let field = ["identityProviders", name.as_str(), "discoveryUrl"];
                let there = ["identityProviders", name.as_str(), "kind"];
                found.push(
                    context
                        .environment_finding(at, &field, format!("the identity provider `{name}` lacks its `discoveryUrl`"))
                        .help("add where its OpenID configuration is: https://…/.well-known/openid-configuration")
                        .label(context.environment_place(at, &there), "this kind has no fixed address"),
                );
            }
        }
    }
}
