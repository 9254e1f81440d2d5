//! Every rule, once: the one list that runs them, documents them and proves that each has fixtures and a page.

use super::rule::{Check, PerTier, Rule};
use super::{hosts, network, reference};
use crate::diagnostic::{Code, Severity};

/// All rules, sorted by code.
pub(crate) static RULES: &[Rule] = &[
    Rule {
        code: Code::new("cidr-overlap"),
        since: "0.1.0",
        severity: PerTier::all(Severity::Error),
        controls: &["NIST 800-53 SC-7"],
        summary: "Two clusters' networks, or a cluster's and a reserved one, share addresses.",
        check: Check::Fleet(network::cidr_overlap),
    },
    Rule {
        code: Code::new("hostname-not-unique"),
        since: "0.1.0",
        severity: PerTier::all(Severity::Error),
        controls: &[],
        summary: "Two environments have the same host name.",
        check: Check::Fleet(hosts::hostname_not_unique),
    },
    Rule {
        code: Code::new("reference-unknown"),
        since: "0.1.0",
        severity: PerTier::all(Severity::Error),
        controls: &[],
        summary: "A field names an account, cluster, commons or shared resource that is not there.",
        check: Check::Fleet(reference::reference_unknown),
    },
];

/// The rule of a code.
pub(crate) fn find(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.as_str() == code)
}
