//! Outputs of the root `commons`, recorded as what our stacks would give.

use super::target::Target;
use crate::catalog::module::is_secret;
use crate::import::ledger::Outcome;
use crate::model::stack::{OutputKind, OutputType};
use crate::value::Node;

/// Outputs that say what one of ours says; those of several are of the one that the root makes.
const RECORDED: [(&str, OutputKind); 9] = [
    ("eks_cluster_endpoint", OutputKind::ClusterEndpoint),
    (
        "eks_cluster_ca_cert",
        OutputKind::ClusterCertificateAuthority,
    ),
    ("cluster_oidc_provider_url", OutputKind::OidcIssuer),
    ("cluster_oidc_provider_arn", OutputKind::OidcProviderArn),
    (
        "aurora_cluster_writer_endpoint",
        OutputKind::DatabaseEndpoints,
    ),
    (
        "aurora_cluster_reader_endpoint",
        OutputKind::DatabaseReaderEndpoints,
    ),
    ("es_endpoint", OutputKind::SearchEndpoints),
    ("opensearch_cluster_arn", OutputKind::SearchDomainArns),
    ("waf_arn", OutputKind::WebAclArns),
];

/// Outputs that say again what variables say or what follows from names.
const AGAIN: [(&str, &str); 4] = [
    ("aws_region", "the variables say it"),
    ("vpc_name", "the variables say it"),
    ("vpc_cidr_block", "the variables say it"),
    (
        "eks_oidc_arn",
        "in spite of its name it is the issuer, which `cluster_oidc_provider_url` says too",
    ),
];

pub(super) fn map(target: &mut Target<'_>) {
    let names: Vec<String> = target
        .root
        .outputs
        .iter()
        .flat_map(|part| part.node.entries())
        .map(|entry| entry.key.to_string())
        .collect();
    for name in &names {
        one(target, name);
    }
    if let Some(arn) = target.root.text("revproxy_arn")
        && arn.starts_with("arn:")
        && target.environment.is_some()
    {
        let value = Node::string(arn);
        target.outputs.insert(OutputKind::CertificateArn, value);
    }
}

fn one(target: &mut Target<'_>, name: &str) {
    let Some(value) = target.root.output(name).cloned() else {
        let reason = "it has no value";
        return target.claim_output(name, Outcome::Dropped, "", reason);
    };
    if is_secret(name, &value) {
        let reason = "secret material";
        target.claim_output(name, Outcome::Refused, "", reason);
        target.unit.steps.push(format!(
            "put the value of the output `{name}` into the secret manager: what Terraform prints shows it"
        ));
    } else if let Some((_, kind)) = RECORDED.iter().find(|(known, _)| *known == name) {
        recorded(target, name, *kind, &value);
    } else if let Some((_, reason)) = AGAIN.iter().find(|(known, _)| *known == name) {
        target.claim_output(name, Outcome::Dropped, "", reason);
    } else if name == "data-bucket_name" {
        bucket(target, name, &value);
    } else if name == "eks_cluster_name" {
        let reason = "names of clusters are of the cluster's own stack, which is its owner's";
        target.claim_output(name, Outcome::Unmapped, "", reason);
    } else {
        let reason = "nothing of the model waits for it";
        target.claim_output(name, Outcome::Unmapped, "", reason);
    }
}

fn recorded(target: &mut Target<'_>, name: &str, kind: OutputKind, value: &Node) {
    let Some(text) = value.text().filter(|text| !text.is_empty()) else {
        let reason = "it is no text";
        return target.claim_output(name, Outcome::Unmapped, "", reason);
    };
    let text = match kind {
        OutputKind::OidcIssuer => text.trim_start_matches("https://"),
        _ => text,
    };
    let node = match kind.output_type() {
        OutputType::Text => Node::string(text),
        OutputType::TextList => Node::list([Node::string(text)]),
        OutputType::TextMap => {
            let key = if kind == OutputKind::WebAclArns {
                "public"
            } else {
                "main"
            };
            let mut map = Node::map();
            map.insert(key, Node::string(text));
            map
        }
    };
    target.outputs.insert(kind, node);
    let file = format!("outputs: {}", kind.as_str());
    target.claim_output(name, Outcome::Mapped, &file, "");
    let needs: Option<[&str; 2]> = match kind {
        OutputKind::DatabaseEndpoints => Some(["databases", "main"]),
        OutputKind::SearchEndpoints => Some(["search", "main"]),
        OutputKind::WebAclArns => Some(["loadBalancers", "public"]),
        _ => None,
    };
    if let Some(path) = needs
        && target.cluster.path(&path).is_none()
    {
        target.cluster.set(&path, Node::map());
    }
}

/// The bucket of data files is one that fence reads beside its own.
fn bucket(target: &mut Target<'_>, name: &str, value: &Node) {
    let text = value.text().unwrap_or_default();
    let holds = text.parse::<crate::model::cloud::BucketName>().is_ok();
    let Some(environment) = target.environment.as_mut().filter(|_| holds) else {
        let reason = "there is no environment that reads it";
        return target.claim_output(name, Outcome::Unmapped, "", reason);
    };
    let mut row = Node::map();
    row.insert("name", Node::string(text));
    row.insert("access", "write".into());
    environment.set(&["dataBuckets"], Node::list([row]));
    let to = "environment: dataBuckets";
    target.claim_output(name, Outcome::Mapped, to, "");
}
