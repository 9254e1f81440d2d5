//! Trust in the service accounts of a cluster whose issuer another stack gives.

use super::policy::Statement;
use super::variables::Variable;
use crate::hcl::{Expression, Part};
use crate::model::stack::OutputKind;

/// Whoever runs as one of those service accounts may be the role.
pub(super) fn trust(namespace: &str, accounts: &[&str]) -> Statement {
    let claim = |claim: &str| {
        Expression::template([
            Part::from(Variable::reference(OutputKind::OidcIssuer.as_str())),
            Part::from(claim),
        ])
    };
    let subjects = accounts
        .iter()
        .map(|account| format!("system:serviceaccount:{namespace}:{account}"));
    Statement::allow("ServiceAccount")
        .actions(["sts:AssumeRoleWithWebIdentity"])
        .principals(
            "Federated",
            [Variable::reference(OutputKind::OidcProviderArn.as_str())],
        )
        .when("StringEquals", claim(":aud"), ["sts.amazonaws.com"])
        .when("StringEquals", claim(":sub"), subjects)
}
