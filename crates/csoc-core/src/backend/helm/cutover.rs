//! The ingress of an environment that shares its host name: which hosts it claims, and which weight its record has.

use super::Subject;
use super::values::Values;
use crate::contract::{CUTOVER_STATE, CutoverContract, Ingress, MORE_HOSTS, RECORD_IDENTIFIER};
use crate::model::environment::Records;
use crate::value::Node;

/// Annotations of external-dns: more hosts, the weight of a record, whether health moves requests.
const HOSTNAME: &str = "external-dns.alpha.kubernetes.io/hostname";
const WEIGHT: &str = "external-dns.alpha.kubernetes.io/aws-weight";
const HEALTH: &str = "external-dns.alpha.kubernetes.io/aws-evaluate-target-health";

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let Some(cutover) = contract.cutover.as_ref() else {
        return;
    };
    if !contract.runs("revproxy") {
        return;
    }
    annotate(
        values,
        CUTOVER_STATE,
        cutover.says.to_string(),
        &["cutover"],
    );
    let endpoint = &contract.endpoint;
    if endpoint.ingress == Ingress::Balancer {
        if endpoint.claimed != endpoint.hostname {
            values.set(
                &["revproxy", "hostname"],
                endpoint.claimed.as_str(),
                "host that its ingress claims while it stands by",
                &["cutover", "previewHostname"],
            );
        }
        if let Some(also) = &endpoint.also {
            let condition = also_led(also.as_str());
            annotate(values, MORE_HOSTS, condition, &["previewHostname"]);
        }
    }
    if endpoint.records == Records::ExternalDns {
        if let Some(also) = &endpoint.also {
            annotate(values, HOSTNAME, also.to_string(), &["previewHostname"]);
        }
        weigh(cutover, values);
    }
}

/// The weight of its record, where others have records of the same name. Behind one load balancer there is one record.
fn weigh(cutover: &CutoverContract, values: &mut Values) {
    if cutover.is_one_record {
        return;
    }
    annotate(
        values,
        RECORD_IDENTIFIER,
        cutover.identifier.clone(),
        &["cutover"],
    );
    annotate(values, WEIGHT, cutover.share().to_string(), &["cutover"]);
    // Whoever stands by would answer with other data as soon as the other is ill.
    annotate(values, HEALTH, "false".to_owned(), &["cutover"]);
}

fn annotate(values: &mut Values, key: &str, text: String, inputs: &[&str]) {
    values.set(
        &["revproxy", "ingress", "annotations", key],
        Node::string(text),
        "part of the requests of a host name that others have, too",
        inputs,
    );
}

/// A condition of a listener's rule, as the controller reads it, that one more host is led as the ingress' own.
fn also_led(host: &str) -> String {
    let condition = serde_json::json!({
        "field": "host-header",
        "hostHeaderConfig": { "values": [host] },
    });
    serde_json::Value::Array(vec![condition]).to_string()
}
