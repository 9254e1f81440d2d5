//! Rules about cloud accounts and what is of them.

use std::collections::BTreeMap;

use super::context::{FleetContext, is_rendered};
use crate::diagnostic::Diagnostics;
use crate::model::Provider;
use crate::model::account::AuditService;
use crate::model::cloud::{AccountId, Arn};

/// Two accounts of the fleet are two accounts.
pub(crate) fn account_id_shared(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut first = BTreeMap::new();
    for (name, account) in &context.fleet.accounts {
        let Some(other) = first.get(&account.id) else {
            first.insert(&account.id, name);
            continue;
        };
        let path = ["accounts", name.as_str(), "id"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the accounts `{other}` and `{name}` have the same id `{}`",
                        account.id
                    ),
                )
                .help("correct one of the ids, or make one account of the two")
                .label(context.place(&path), format!("of `{name}`"))
                .label(
                    context.place(&["accounts", other.as_str(), "id"]),
                    format!("and of `{other}`"),
                ),
        );
    }
}

/// A role that an object names is of the account that the object is in.
pub(crate) fn arn_account_mismatch(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let other = |arn: &Arn, id: &AccountId| arn.account().filter(|account| account != id);
    for (name, account) in &context.fleet.accounts {
        let Some(role) = &account.bootstrap_role else {
            continue;
        };
        if let Some(wrong) = other(role, &account.id) {
            let path = ["accounts", name.as_str(), "bootstrapRole"];
            found.push(
                context
                    .finding(
                        &path,
                        format!("the bootstrap role of `{name}` is of the account `{wrong}`"),
                    )
                    .help(format!("name a role of the account `{}`", account.id))
                    .label(context.place(&path), "of another account")
                    .label(
                        context.place(&["accounts", name.as_str(), "id"]),
                        "the account's id",
                    ),
            );
        }
    }
    if let Some(hub) = &context.fleet.spec.hub
        && let (Some(role), Some(account)) = (
            &hub.controller_role,
            context.fleet.account(hub.account.as_str()),
        )
        && let Some(wrong) = other(role, &account.id)
    {
        let path = ["hub", "controllerRole"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the controller role is of the account `{wrong}`, and must be of the hub's"
                    ),
                )
                .help(format!(
                    "name a role of the account `{}`, or make that account the hub's",
                    account.id
                ))
                .label(context.place(&path), "of another account")
                .label(context.place(&["hub", "account"]), "the hub's account"),
        );
    }
    for (at, environment) in context.environments() {
        let Some((_, account)) = context.fleet.home(environment) else {
            continue;
        };
        for (service, settings) in &environment.spec.services {
            let Some(role) = &settings.role_arn else {
                continue;
            };
            let Some(wrong) = other(role, &account.id) else {
                continue;
            };
            let field = ["services", service.as_str(), "roleArn"];
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!("the role of `{service}` is of the account `{wrong}`, and must be of `{}`", account.id),
                    )
                    .help("name a role of the environment's own account: a service account cannot assume one of another")
                    .label(context.environment_place(at, &field), "of another account"),
            );
        }
    }
}

/// A fleet of several AWS accounts says where it is run from.
pub(crate) fn hub_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let accounts: Vec<&str> = context
        .fleet
        .accounts
        .iter()
        .filter(|(_, account)| {
            account.provider == Provider::Aws && is_rendered(account.management.terraform)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if context.fleet.spec.hub.is_some() || accounts.len() < 2 {
        return;
    }
    found.push(
        context
            .finding(
                &["hub"],
                format!(
                    "{} AWS accounts and no hub: nothing may assume their deploy roles",
                    accounts.len()
                ),
            )
            .help("say which account the fleet is run from: hub: { account: NAME }")
            .label(context.place(&["accounts"]), "these accounts"),
    );
}

/// A budget that is exceeded is told to somebody.
pub(crate) fn budget_contacts_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, account) in &context.fleet.accounts {
        if account.budget.is_none()
            || !account.contacts.is_empty()
            || !is_rendered(account.management.terraform)
        {
            continue;
        }
        let path = ["accounts", name.as_str(), "budget"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "`{name}` has a budget and no contacts: nobody is told when it is exceeded"
                    ),
                )
                .help("name who is told: contacts: [NAME@DOMAIN]")
                .label(context.place(&path), "the budget"),
        );
    }
}

/// Security Hub judges what AWS Config records.
pub(crate) fn audit_recorder_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, account) in &context.fleet.accounts {
        let audit = &account.audit;
        if !audit.has(AuditService::SecurityHub)
            || audit.has(AuditService::Config)
            || !is_rendered(account.management.terraform)
        {
            continue;
        }
        let path = ["accounts", name.as_str(), "audit", "services"];
        found.push(
            context
                .finding(
                    &path,
                    format!("Security Hub of `{name}` judges what AWS Config records, and `config` is not switched on"),
                )
                .help("add `config`, unless the organization records this account")
                .label(context.place(&path), "without `config`"),
        );
    }
}
