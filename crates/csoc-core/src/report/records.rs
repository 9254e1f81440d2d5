//! The step that points hosts: each with where its record leads, and whether anything writes it.

use super::bootstrap::Writer;
use super::step::{ReportFact, ReportStep, StepKind};
use super::words::step;
use crate::contract::{FleetHost, Leads};
use crate::model::environment::Records;

impl Writer<'_> {
    /// The hosts of these objects; none where they have none.
    pub(super) fn records(&self, objects: &[String]) -> Option<ReportStep> {
        let hosts = self.hosts.iter();
        let hosts = hosts.filter(|host| objects.contains(&host.object));
        let mut records = step("records", StepKind::Hand, &[]);
        records.facts = hosts
            .map(|host| ReportFact::new(&host.host, led(host)))
            .collect();
        (!records.facts.is_empty()).then_some(records)
    }
}

/// Where the record of a host leads, and who writes it.
fn led(host: &FleetHost) -> String {
    let leads = match &host.leads {
        Leads::Balancer(group) => format!("an alias of the load balancer of the group `{group}`"),
        Leads::Controller => format!(
            "the address that `kubectl --context {} -n {} get ingress` shows",
            host.cluster, host.namespace
        ),
    };
    match host.records {
        Records::Manual => leads,
        Records::ExternalDns => format!("{leads}; external-dns writes it"),
        Records::Terraform => format!("{leads}; the stack `dns` of the environment writes it"),
    }
}
