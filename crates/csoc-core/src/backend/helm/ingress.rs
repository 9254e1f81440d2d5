//! What leads requests to an environment: a load balancer of AWS, or a controller in the cluster; and its certificate.

use super::Subject;
use super::values::Values;
use crate::backend::acme;
use crate::contract::Ingress;
use crate::model::cluster::Scheme;
use crate::model::environment::{Certificate, Records};
use crate::value::{Key, Node};

/// The annotation by which external-dns knows ingresses that are not its own.
const OWNER: &str = "external-dns.alpha.kubernetes.io/controller";

/// The Secret that holds a certificate in the cluster: `tls.crt` and `tls.key`.
const SECRET: &str = "revproxy-tls";

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    balancer(subject, values);
    let endpoint = &subject.input.contract.endpoint;
    if let Ingress::Class(class) = &endpoint.ingress
        && subject.input.contract.runs("revproxy")
    {
        controller(subject, class, values);
    }
    records(subject, values);
}

/// The load balancer of AWS; where there is none, what the chart would take in its place is emptied.
fn balancer(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let endpoint = &contract.endpoint;
    match &endpoint.certificate {
        Some(arn) => values.set(
            &["global", "revproxyArn"],
            arn.clone(),
            "certificate of the host name",
            &["certificate"],
        ),
        // Without this the chart would take an example's certificate.
        None => values.set(
            &["global", "revproxyArn"],
            "",
            "no certificate of ACM",
            &["certificate"],
        ),
    }
    let balancer = format!(
        "/clusters.{}.loadBalancers.{}",
        contract.cluster, endpoint.load_balancer
    );
    match &endpoint.web_acl {
        Some(arn) => {
            values.set(
                &["global", "aws", "wafv2", "enabled"],
                true,
                "web ACL of the load balancer",
                &[&balancer],
            );
            values.set(
                &["global", "aws", "wafv2", "wafAclArn"],
                arn.clone(),
                "web ACL of the load balancer",
                &[&balancer],
            );
        }
        None => values.set(
            &["global", "aws", "wafv2", "enabled"],
            false,
            "no web ACL before the load balancer",
            &[&balancer],
        ),
    }
    if endpoint.scheme == Scheme::Internal {
        values.set(
            &["global", "aws", "scheme"],
            "internal",
            "scheme of the load balancer",
            &[&balancer],
        );
    }
    if contract.runs("revproxy") && endpoint.ingress == Ingress::Balancer {
        values.set(
            &["revproxy", "ingress", "aws", "group"],
            endpoint.group.as_str(),
            "ingress group of the load balancer",
            &["loadBalancer", &balancer],
        );
    }
}

/// The ingress of a controller in the cluster, with the Secret that its certificate is in.
fn controller(subject: &Subject<'_>, class: &str, values: &mut Values) {
    let contract = &subject.input.contract;
    let host = contract.endpoint.hostname.as_str();
    let entry = |entries: [(&'static str, Node); 2]| {
        let mut node = Node::map();
        for (key, value) in entries {
            node.insert(Key::fixed(key), value);
        }
        node
    };
    let cluster = format!("/clusters.{}.platform", contract.cluster);
    let path = entry([("path", "/".into()), ("pathType", "Prefix".into())]);
    let served = entry([("host", host.into()), ("paths", Node::list([path]))]);
    let secret = entry([
        ("secretName", SECRET.into()),
        ("hosts", Node::list([host.into()])),
    ]);
    let mut set = |key: &str, value: Node, rule: &'static str, inputs: &[&str]| {
        values.set(&["revproxy", "ingress", key], value, rule, inputs);
    };
    set(
        "enabled",
        true.into(),
        "a controller in the cluster",
        &[&cluster],
    );
    set(
        "className",
        class.into(),
        "class of the ingress",
        &[&cluster],
    );
    set("hosts", Node::list([served]), "host name", &["hostname"]);
    set(
        "tls",
        Node::list([secret]),
        "certificate of the host name",
        &["certificate"],
    );
    let is_issued = matches!(
        contract.spec.certificate,
        Certificate::LeDns01 | Certificate::LeHttp01
    );
    if is_issued {
        let issuer = acme::issuer(contract.spec.tier).name;
        values.set(
            &[
                "revproxy",
                "ingress",
                "annotations",
                "cert-manager.io/cluster-issuer",
            ],
            issuer,
            "who issues the certificate",
            &["certificate", "tier"],
        );
    }
}

/// What external-dns of the cluster leaves alone, since somebody else keeps the record.
fn records(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let is_left = contract.endpoint.records != Records::ExternalDns;
    if is_left && subject.input.has_external_dns && contract.runs("revproxy") {
        let cluster = format!("/clusters.{}.addons.external-dns", contract.cluster);
        values.set(
            &["revproxy", "ingress", "annotations", OWNER],
            "none",
            "somebody else keeps the record",
            &["records", &cluster],
        );
    }
}
