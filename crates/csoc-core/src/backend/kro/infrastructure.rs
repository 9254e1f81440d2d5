//! `infrastructure-values.yaml`: the values that a spoke's graphs read. All below `data` is text.

use super::finish;
use super::input::SpokeInput;
use crate::value::Node;

pub(super) fn values(input: &SpokeInput) -> Node {
    let mut values = Node::map();
    let mut set = |path: &[&str], text: Option<&str>| {
        if let Some(text) = text {
            values.set(path, Node::string(text));
        }
    };
    set(&["global", "name"], Some(&input.name));
    set(&["global", "namespace"], Some(&input.alias));
    set(&["global", "aws", "region"], Some(&input.region));
    let domain = ["data", "domainSecurity"];
    let [data, security] = domain;
    set(&[data, security, "hostname"], input.hostname.as_deref());
    set(&[data, security, "hostedZoneName"], input.domain.as_deref());
    set(&[data, "network", "vpcCidr"], input.cidr.as_deref());
    set(
        &[data, "compute", "kubernetesVersion"],
        input.kubernetes.as_deref(),
    );
    let search = input
        .search
        .as_ref()
        .map(|version| format!("OpenSearch_{version}"));
    set(
        &[data, "compute", "openSearchDomain", "engineVersion"],
        search.as_deref(),
    );
    set(
        &[data, "database", "auroraEngineVersion"],
        input.database.as_deref(),
    );
    set(&[data, "platformHelm", "project"], input.project.as_deref());
    finish(values, &input.omit, input.overlay.as_ref())
}
