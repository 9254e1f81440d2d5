//! The rules about clusters that gen3-terraform makes, sorted by code.

use super::{calls, combinations, fields, variables};
use crate::diagnostic::{Code, Control, Severity};
use crate::rules::rule::{Check, Rule};

/// All of them.
pub(in crate::rules) static RULES: &[Rule] = &[
    Rule::everywhere(
        Code::new("engine-cluster-off"),
        Severity::Error,
        &[],
        "gen3-terraform is called without the cluster that its outputs read.",
        Check::Fleet(combinations::cluster_off),
    ),
    Rule::everywhere(
        Code::new("engine-commit-missing"),
        Severity::Error,
        &[Control::nist("CM-2")],
        "gen3-terraform is called, and no commit says which.",
        Check::Fleet(calls::commit_missing),
    ),
    Rule::everywhere(
        Code::new("engine-commit-unknown"),
        Severity::Warning,
        &[Control::nist("CM-2")],
        "gen3-terraform is called at a commit that no catalog knows.",
        Check::Fleet(calls::commit_unknown),
    ),
    Rule::everywhere(
        Code::new("engine-database-family-wrong"),
        Severity::Error,
        &[],
        "gen3-terraform reads a family of parameters from a version that does not give it.",
        Check::Fleet(combinations::database_family_wrong),
    ),
    Rule::everywhere(
        Code::new("engine-field-unfitting"),
        Severity::Error,
        &[],
        "A cluster asks for what gen3-terraform cannot make.",
        Check::Fleet(fields::unfitting),
    ),
    Rule::everywhere(
        Code::new("engine-gen3-inside"),
        Severity::Error,
        &[],
        "gen3-terraform is to deploy Gen3, and no plan of that gets through.",
        Check::Fleet(combinations::gen3_inside),
    ),
    Rule::everywhere(
        Code::new("engine-hub-foreign"),
        Severity::Error,
        &[],
        "gen3-terraform would join a network to one of its authors.",
        Check::Fleet(combinations::hub_foreign),
    ),
    Rule::everywhere(
        Code::new("engine-network-unfitting"),
        Severity::Error,
        &[],
        "gen3-terraform cannot cut a network into its subnets.",
        Check::Fleet(combinations::network_unfitting),
    ),
    Rule::everywhere(
        Code::new("engine-password-filed"),
        Severity::Error,
        &[Control::nist("IA-5")],
        "gen3-terraform would write a password into a file.",
        Check::Fleet(combinations::password_filed),
    ),
    Rule::everywhere(
        Code::new("engine-proxy-missing"),
        Severity::Error,
        &[],
        "gen3-terraform is called without the proxy that its cluster looks up.",
        Check::Fleet(combinations::proxy_missing),
    ),
    Rule::everywhere(
        Code::new("engine-settings-unread"),
        Severity::Warning,
        &[],
        "Settings of gen3-terraform stand at a cluster that it does not make.",
        Check::Fleet(calls::settings_unread),
    ),
    Rule::everywhere(
        Code::new("engine-subnets-overlap"),
        Severity::Error,
        &[],
        "gen3-terraform would make subnets that overlap.",
        Check::Fleet(combinations::subnets_overlap),
    ),
    Rule::everywhere(
        Code::new("engine-variable-dead"),
        Severity::Warning,
        &[],
        "A variable of gen3-terraform is set that it never reads.",
        Check::Fleet(variables::dead),
    ),
    Rule::everywhere(
        Code::new("engine-variable-derived"),
        Severity::Error,
        &[],
        "A variable of gen3-terraform is set that a field of the model says.",
        Check::Fleet(variables::derived),
    ),
    Rule::everywhere(
        Code::new("engine-variable-mistyped"),
        Severity::Error,
        &[],
        "A variable of gen3-terraform is of another type.",
        Check::Fleet(variables::mistyped),
    ),
    Rule::everywhere(
        Code::new("engine-variable-secret"),
        Severity::Error,
        &[Control::nist("IA-5")],
        "A variable of gen3-terraform is secret.",
        Check::Fleet(variables::secret),
    ),
    Rule::everywhere(
        Code::new("engine-variable-unknown"),
        Severity::Error,
        &[],
        "A variable is set that gen3-terraform does not have.",
        Check::Fleet(variables::unknown),
    ),
];
