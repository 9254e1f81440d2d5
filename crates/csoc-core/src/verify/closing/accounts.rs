//! Policies of roles stay in their account.

use super::edges::Edges;
use super::states;
use crate::catalog::SharedAccounts;
use crate::diagnostic::{Code, Finding};
use crate::graph::{Relation, Target, ThingKind};
use crate::model::cloud::AccountId;

/// A role is allowed a resource of another account that the tree does not make.
pub(crate) const POLICY_ACCOUNT_FOREIGN: Code = Code::new("policy-account-foreign");

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    for (role, target, origin) in edges.all(Relation::Allows) {
        let (shown, account) = match target {
            // What the tree makes in another account, it shares on purpose.
            Target::Exact(thing) if edges.is_made(thing) => continue,
            Target::Exact(thing) => (
                thing.to_string(),
                thing.scope.split('/').next().unwrap_or_default(),
            ),
            // Whoever applies the tree reads and writes its states.
            Target::Pattern(arn) if edges.is_made(&states::key(arn)) => continue,
            Target::Pattern(pattern) => match pattern.split(':').collect::<Vec<_>>()[..] {
                // Roles are what one goes through into another account.
                ["arn", _, "iam" | "sts", ..] => continue,
                ["arn", _, _, _, account, ..] => (format!("`{pattern}`"), account),
                _ => continue,
            },
            Target::Undecidable(_) => continue,
        };
        // Whom a role lets in works there on behalf of that account, with its state and keys.
        let lets_in = edges.of(role, Relation::Trusts).iter().any(|(by, _)| {
            matches!(by, Target::Exact(by) if by.kind == ThingKind::Role && *by.scope == *account)
        });
        let is_foreign = !lets_in
            && role.kind == ThingKind::Role
            && edges.is_made(role)
            && AccountId::check(account).is_ok()
            && *account != *role.scope
            && !SharedAccounts::embedded().contains(account);
        if is_foreign {
            found.push(
                Finding::warning(
                    POLICY_ACCOUNT_FOREIGN,
                    format!(
                        "{role} is allowed {shown}, which is of the account `{account}` and not made by the tree"
                    ),
                )
                .help("name the one of the role's own account; if the other account shares it on purpose, waive the finding: its own policy must let the role in, too")
                .label(origin.span(), "allowed here")
                .label(edges.place(role), "a role of another account")
                .path(role),
            );
        }
    }
}
